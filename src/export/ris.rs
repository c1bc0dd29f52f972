//! RIS of papers, for Zotero, EndNote, Mendeley.
//!
//! `ID` is the citation key of the library that the paper comes from, else the last part of the paper's id. Code with
//! its state is in notes (`N1  - Code: …`). Each value is one line, so that it cannot begin a statement.

use std::fmt::Write as _;
use std::io::Write;

use super::ExportError;
use super::bibtex::is_journal;
use super::citation_keys::CitationKeys;
use super::people::NameParts;
use super::plain::one_line;
use super::reading::{PaperReading, each_reading, paper_facts, papers_by_date};
use crate::graph::{ChosenPart, web_address};
use crate::paper::{Paper, PaperId};

/// Writes the papers from the newest to the oldest.
pub(crate) fn write(out: &mut dyn Write, chosen: &ChosenPart<'_>) -> Result<(), ExportError> {
    let keys = CitationKeys::of(chosen.store())?;
    let render = |reading: PaperReading| {
        let paper = paper_facts(chosen, &reading.entry.node.id)?;
        Ok(paper.map(|paper| reference(&reading, &paper, &keys)).unwrap_or_default())
    };
    each_reading(chosen, &papers_by_date(chosen)?, render, |text| Ok(out.write_all(text.as_bytes())?))
}

fn reference(reading: &PaperReading, paper: &Paper, keys: &CitationKeys) -> String {
    let mut out = String::new();
    let mut say = |tag: &str, value: &str| {
        let value = one_line(value);
        if !value.is_empty() {
            let _ = writeln!(out, "{tag}  - {value}");
        }
    };
    let arxiv = [&paper.id].into_iter().chain(&paper.identifiers).find_map(PaperId::as_arxiv);
    say(
        "TY",
        match (paper.venue.as_deref(), &arxiv) {
            (Some(venue), _) if is_journal(venue) => "JOUR",
            (Some(_), _) => "CONF",
            (None, Some(_)) => "UNPB",
            (None, None) => "GEN",
        },
    );
    say("ID", keys.of_paper(paper).unwrap_or(paper.id.key()));
    say("TI", &paper.title);
    for author in paper.authors.iter().flatten() {
        match NameParts::of(&one_line(author)) {
            NameParts::Person { given, family } => say("AU", &format!("{family}, {given}")),
            // A comma at the end marks a name without a first name.
            NameParts::Whole(name) => say("AU", &format!("{},", name.trim_end_matches(','))),
        }
    }
    if let Some(date) = paper.published {
        say("PY", &date.year().to_string());
        let two = |part: Option<u8>| part.map(|part| format!("{part:02}")).unwrap_or_default();
        say("DA", &format!("{}/{}/{}/", date.year(), two(date.month()), two(date.day())));
    }
    say("T2", paper.venue.as_deref().unwrap_or_default());
    say("AB", &paper.abstract_text);
    say("DO", paper.doi.as_deref().unwrap_or_default());
    if let Some(arxiv) = &arxiv {
        say("AN", &format!("arXiv:{arxiv}"));
    }
    say("UR", &reading.entry.node.url.as_deref().and_then(web_address).unwrap_or_default());
    for tag in &paper.library.tags {
        say("KW", tag);
    }
    for note in &paper.library.notes {
        say("N1", note);
    }
    for (url, state) in reading.code() {
        say("N1", &format!("Code: {url} ({state})"));
    }
    out.push_str("ER  - \n\n");
    out
}
