//! JSON Lines: one paper a line, in the shape of the extraction record (`title`, `abstract`, `published`, …).
//!
//! Only `title` is required. `id` may be a `paper/…` id or an arXiv id; without one, or with another, the title makes
//! it. Fields of the extraction part, and fields that are unknown, are passed over, so that the output of
//! `kg extract` can be read again.

use std::io::{BufRead, Read};

use serde::Deserialize;

use super::{Format, Problem, utf8_line};
use crate::paper::{Declared, Origin, Paper, PaperId, PartialDate, Section};

/// A line longer than this is refused instead of read into memory: no paper's record is.
const MAX_LINE_BYTES: usize = 16 * 1024 * 1024;

#[derive(Deserialize)]
struct Record {
    id: Option<String>,
    title: String,
    #[serde(rename = "abstract")]
    abstract_text: Option<String>,
    published: Option<PartialDate>,
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

pub(super) fn read<R: BufRead>(reader: R, file: String) -> impl Iterator<Item = Result<Paper, Problem>> {
    Lines { reader, file, line: 0, ended: false }
}

struct Lines<R> {
    reader: R,
    file: String,
    line: u64,
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    fn problem(&self, message: String) -> Problem {
        Problem { file: self.file.clone(), line: Some(self.line), message }
    }

    /// The rest of a line that was too long.
    fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            if let Some(end) = buffer.iter().position(|&b| b == b'\n') {
                self.reader.consume(end + 1);
                return Ok(());
            }
            let length = buffer.len();
            self.reader.consume(length);
        }
    }

    fn paper(&self, line: &[u8]) -> Result<Paper, Problem> {
        let text = utf8_line(line).map_err(|message| self.problem(message))?;
        let record: Record = serde_json::from_str(text).map_err(|e| self.problem(describe(&e)))?;
        if record.title.trim().is_empty() {
            return Err(self.problem("the title is empty".to_string()));
        }
        let id = record.id.as_deref().and_then(|id| {
            PaperId::arxiv(id).or_else(|| if id.starts_with("paper/") { id.parse().ok() } else { None })
        });
        let mut paper = Paper {
            author_count: record.author_count.or(record.authors.as_ref().and_then(|a| u32::try_from(a.len()).ok())),
            abstract_text: record.abstract_text.unwrap_or_default(),
            published: record.published,
            authors: record.authors,
            organization: record.organization,
            comments: record.comments,
            doi: record.doi,
            venue: record.venue,
            identifiers: record.identifiers,
            urls: record.urls,
            declared: record.declared,
            sections: record.sections,
            ..Paper::titled(record.title)
        };
        if let Some(id) = id {
            paper.id = id;
        }
        // The output of `kg extract` knows where its papers were read.
        if record.sources.is_empty() {
            return Ok(paper.read_from(&self.file, self.line, Format::Jsonl));
        }
        paper.sources = record.sources;
        Ok(paper)
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Paper, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let mut line = Vec::new();
            self.line += 1;
            let read = (&mut self.reader).take(MAX_LINE_BYTES as u64).read_until(b'\n', &mut line);
            match read {
                Ok(0) => self.ended = true,
                Ok(n) if n == MAX_LINE_BYTES && line.last() != Some(&b'\n') => {
                    if let Err(e) = self.skip_line() {
                        self.ended = true;
                        return Some(Err(self.problem(format!("cannot read: {e}"))));
                    }
                    return Some(Err(self.problem(format!("the line is longer than {} MiB", MAX_LINE_BYTES >> 20))));
                }
                Ok(_) if line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => return Some(self.paper(&line)),
                Err(e) => {
                    self.ended = true;
                    return Some(Err(self.problem(format!("cannot read: {e}"))));
                }
            }
        }
        None
    }
}

/// serde_json ends its message with "at line 1 column 20"; the line is always 1 here, and ours is already known.
fn describe(e: &serde_json::Error) -> String {
    let message = e.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    match e.classify() {
        serde_json::error::Category::Data => format!("not a paper: {message} (column {})", e.column()),
        _ => format!("not JSON: {message} (column {})", e.column()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Result<Paper, Problem>> {
        read(text.as_bytes(), "in.jsonl".to_string()).collect()
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
            for item in read(bytes.as_slice(), "x".to_string()) {
                let _ = item;
            }
        }
    }
}
