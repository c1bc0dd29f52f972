//! `CITATION.cff`: how a repository asks to be cited. Its preferred citation is the paper; the software itself is not.

use std::io::BufRead;

use serde_json::Value;

use super::facts::{add_link, add_repository, date, date_of, name, set_authors, set_doi, titled};
use super::json::JsonAccess;
use super::lines::InputLines;
use super::markup::plain;
use super::place::{FramedRecord, ProblemReason, SkippedRecord, SourceInput, SourceItem};
use super::yaml;
use crate::paper::{Paper, PaperId};

/// Size limit: a file with ten thousand references is smaller.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Types of references that are papers.
const PAPERS: [&str; 8] =
    ["article", "conference", "conference-paper", "generic", "magazine-article", "proceedings", "report", "thesis"];

/// Whether a line states the version of the format.
pub(super) fn looks_like(start: &str) -> bool {
    start.lines().any(|line| line.starts_with("cff-version:"))
}

/// The paper of a file.
pub(super) fn read(reader: impl BufRead, place: &SourceInput) -> Vec<SourceItem> {
    let fail = |reason, message: String| vec![Err(place.problem(1, SkippedRecord::new(reason, message)))];
    let mut text = String::new();
    for line in InputLines::new(reader, place.clone()) {
        match line {
            Ok(FramedRecord { record, .. }) => {
                text.push_str(&record);
                text.push('\n');
            }
            Err(problem) => return vec![Err(problem)],
        }
        if text.len() > MAX_BYTES {
            return fail(ProblemReason::TooLarge, format!("is larger than {} MiB", MAX_BYTES >> 20));
        }
    }
    let file: Value = match yaml::parse(&text) {
        Ok(file) => file,
        Err(error) => return fail(ProblemReason::Malformed, format!("not YAML: {error}")),
    };
    match paper(&file) {
        Ok(paper) => vec![place.paper(1, paper)],
        Err(skipped) => vec![Err(place.problem(1, skipped))],
    }
}

fn paper(file: &Value) -> Result<Paper, SkippedRecord> {
    let Some(citation) = file.get("preferred-citation") else {
        return Err(SkippedRecord::not_a_paper("software without a paper (no `preferred-citation`)"));
    };
    let kind = citation.text("type").unwrap_or_default();
    if !PAPERS.contains(&kind) {
        return Err(SkippedRecord::not_a_paper(format!("a preferred citation of the type `{kind}`")));
    }
    let mut paper = titled(&plain(citation.text("title").unwrap_or_default()))?;
    set_doi(&mut paper, citation.text("doi").unwrap_or_default());
    for identifier in citation.list("identifiers") {
        let value = identifier.text("value").unwrap_or_default();
        match identifier.text("type") {
            Some("doi") => set_doi(&mut paper, value),
            Some("url") => add_link(&mut paper, value),
            // arXiv has no type of its own: `arXiv:2407.11062`.
            _ => paper.identify(PaperId::arxiv(value).filter(|_| value.to_lowercase().contains("arxiv"))),
        }
    }
    paper.abstract_text = plain(citation.text("abstract").or(file.text("abstract")).unwrap_or_default());
    let number = |field: &str| citation.number(field).or_else(|| citation.text(field)?.trim().parse().ok());
    let small = |field: &str| number(field).and_then(|number| u8::try_from(number).ok());
    let year = number("year").and_then(|year| date_of(u16::try_from(year).ok()?, small("month"), None));
    let day = ["date-published", "date-released"].iter().find_map(|field| citation.text(field).and_then(date));
    paper.published = day.or(year);
    let person = |author: &Value| {
        let family: Vec<&str> =
            ["name-particle", "family-names", "name"].iter().filter_map(|field| author.text(field)).collect();
        name(author.text("given-names"), Some(&family.join(" ")))
    };
    set_authors(&mut paper, citation.list("authors").iter().filter_map(person).collect());
    let event = citation.get("conference").and_then(|conference| conference.text("name"));
    paper.venue = citation.text("journal").or(citation.text("collection-title")).or(event).map(plain);
    for url in ["url", "repository"].iter().filter_map(|field| citation.text(field)) {
        add_link(&mut paper, url);
    }
    // The file belongs to the repository of the authors.
    if let Some(url) = file.text("repository-code").or(citation.text("repository-code")) {
        paper.declared.repositories.retain(|known| known.url != url);
        add_repository(&mut paper, url, Some(true), None);
    }
    Ok(paper)
}
