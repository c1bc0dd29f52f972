//! JSON Lines: one paper a line, in the shape of the extraction record (`title`, `abstract`, `published`, …).
//!
//! Only `title` is required. `id` may be a `paper/…` id or an arXiv id; without one, or with another, the title makes
//! it. Fields of the extraction part, and fields that are unknown, are passed over, so that the output of
//! `kg extract` can be read again.

use std::io::BufRead;

use serde::Deserialize;

use super::json;
use super::lines::Lines;
use super::place::{Item, Place, Skipped};
use crate::paper::{DateSource, Declared, Origin, Paper, PaperId, PartialDate, Section};

#[derive(Deserialize)]
struct Record {
    id: Option<String>,
    title: String,
    #[serde(rename = "abstract")]
    abstract_text: Option<String>,
    published: Option<PartialDate>,
    /// Of the output of `kg extract`: what `published` was inferred from.
    date_source: Option<DateSource>,
    author_count: Option<u32>,
    authors: Option<Vec<String>>,
    organization: Option<String>,
    comments: Option<u32>,
    #[serde(default)]
    urls: Vec<String>,
    doi: Option<String>,
    venue: Option<String>,
    #[serde(default)]
    identifiers: Vec<PaperId>,
    #[serde(default)]
    declared: Declared,
    #[serde(default)]
    sections: Vec<Section>,
    #[serde(default)]
    sources: Vec<Origin>,
}

pub(super) fn read(reader: impl BufRead, place: Place) -> impl Iterator<Item = Item> {
    let blank = |text: &str| text.bytes().all(|b| b.is_ascii_whitespace());
    Lines::new(reader, place.clone()).filter_map(move |frame| match frame {
        Ok(frame) if blank(&frame.record) => None,
        Ok(frame) => Some(match paper(&frame.record) {
            // The output of `kg extract` knows where its papers were read.
            Ok(paper) if !paper.sources.is_empty() => Ok(paper),
            Ok(paper) => place.paper(frame.line, paper),
            Err(skipped) => Err(place.problem(frame.line, skipped)),
        }),
        Err(problem) => Some(Err(problem)),
    })
}

fn paper(line: &str) -> Result<Paper, Skipped> {
    let record: Record = json::parse(line.as_bytes())?;
    if record.title.trim().is_empty() {
        return Err(Skipped::untitled());
    }
    let id = record
        .id
        .as_deref()
        .and_then(|id| PaperId::arxiv(id).or_else(|| if id.starts_with("paper/") { id.parse().ok() } else { None }));
    let mut paper = Paper {
        author_count: record.author_count.or(record.authors.as_ref().and_then(|a| u32::try_from(a.len()).ok())),
        abstract_text: record.abstract_text.unwrap_or_default(),
        // An inferred date is no statement of a source: it is inferred again.
        published: record.published.filter(|_| record.date_source.is_none()),
        authors: record.authors,
        organization: record.organization,
        comments: record.comments,
        doi: record.doi,
        venue: record.venue,
        identifiers: record.identifiers,
        urls: record.urls,
        declared: record.declared,
        sections: record.sections,
        sources: record.sources,
        ..Paper::titled(record.title)
    };
    if let Some(id) = id {
        paper.id = id;
    }
    Ok(paper)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Format, Problem};

    fn all(text: &str) -> Vec<Result<Paper, Problem>> {
        read(text.as_bytes(), Place::new("in.jsonl", Format::Jsonl)).collect()
    }

    #[test]
    fn a_title_is_enough_and_makes_the_id() {
        let papers = all("{\"title\": \"Fast Sparse ConvNets\"}\n\n{\"title\": \"B\", \"id\": \"2407.11062v2\"}");
        let ids: Vec<String> = papers.iter().map(|p| p.as_ref().unwrap().id.to_string()).collect();
        assert_eq!(ids, ["paper/fast-sparse-convnets", "paper/arxiv-2407.11062"]);
        assert_eq!(papers[1].as_ref().unwrap().sources[0].line, 3);
    }

    #[test]
    fn a_bad_line_is_named_and_the_next_is_read() {
        let papers = all("{\"title\": \"A\"\n{\"abstract\": \"x\"}\n{\"title\": \"C\"}\n");
        let messages: Vec<String> = papers.iter().filter_map(|p| p.as_ref().err()).map(ToString::to_string).collect();
        insta::assert_snapshot!(messages.join("\n"), @r"
        in.jsonl:1: not JSON: EOF while parsing an object (column 13)
        in.jsonl:2: not a paper: missing field `title` (column 17)
        ");
        assert!(papers[2].is_ok());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            for item in read(bytes.as_slice(), Place::new("x", Format::Jsonl)) {
                let _ = item;
            }
        }
    }
}
