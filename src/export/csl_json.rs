//! CSL-JSON of papers, for Zotero, Pandoc and other programs that cite.
//!
//! The id of an item is the citation key of the library that the paper comes from, else the last part of the paper's
//! id. Code with its state is in `custom.code`, for programs, and in lines of `note`, which Zotero shows as "Extra".

use std::io::Write;

use serde_json::{Map, Value, json};

use super::ExportError;
use super::bibtex::is_journal;
use super::citation_keys::CitationKeys;
use super::people::NameParts;
use super::plain::one_line;
use super::reading::{PaperReading, each_reading, paper_facts, papers_by_date};
use crate::graph::{ChosenPart, web_address};
use crate::paper::{Paper, PaperId};

/// Writes the papers from the newest to the oldest, as one JSON array.
pub(crate) fn write(out: &mut dyn Write, chosen: &ChosenPart<'_>) -> Result<(), ExportError> {
    let keys = CitationKeys::of(chosen.store())?;
    let render = |reading: PaperReading| {
        let paper = paper_facts(chosen, &reading.entry.node.id)?;
        Ok(paper.map(|paper| item(&reading, &paper, &keys)))
    };
    let mut before = "[\n";
    each_reading(chosen, &papers_by_date(chosen)?, render, |item| {
        if let Some(item) = item {
            let text = serde_json::to_string(&item).map_err(std::io::Error::from)?;
            out.write_all(format!("{}{text}", std::mem::replace(&mut before, ",\n")).as_bytes())?;
        }
        Ok(())
    })?;
    out.write_all(if before == "[\n" { b"[]\n" } else { b"\n]\n" })?;
    Ok(())
}

fn item(reading: &PaperReading, paper: &Paper, keys: &CitationKeys) -> Value {
    let own_key = keys.of_paper(paper);
    let mut item = Map::new();
    let mut put = |field: &str, value: Value| {
        item.insert(field.to_string(), value);
    };
    put("id", Value::from(own_key.unwrap_or(paper.id.key())));
    if let Some(key) = own_key {
        put("citation-key", Value::from(key));
    }
    let kind = match paper.venue.as_deref() {
        None => "article",
        Some(venue) if is_journal(venue) => "article-journal",
        Some(_) => "paper-conference",
    };
    put("type", Value::from(kind));
    put("title", Value::from(one_line(&paper.title)));
    if let Some(authors) = paper.authors.as_ref().filter(|authors| !authors.is_empty()) {
        let authors = authors.iter().map(|author| match NameParts::of(&one_line(author)) {
            NameParts::Person { given, family } => json!({ "family": family, "given": given }),
            NameParts::Whole(name) => json!({ "literal": name }),
        });
        put("author", authors.collect());
    }
    if let Some(date) = paper.published {
        let parts = [Some(date.year()), date.month().map(u16::from), date.day().map(u16::from)];
        put("issued", json!({ "date-parts": [parts.into_iter().flatten().collect::<Vec<u16>>()] }));
    }
    if let Some(venue) = &paper.venue {
        put("container-title", Value::from(one_line(venue)));
    }
    if let Some(doi) = &paper.doi {
        put("DOI", Value::from(one_line(doi)));
    }
    if let Some(url) = reading.entry.node.url.as_deref().and_then(web_address) {
        put("URL", Value::from(url));
    }
    let arxiv = [&paper.id].into_iter().chain(&paper.identifiers).find_map(PaperId::as_arxiv);
    if let (Some(arxiv), None) = (&arxiv, &paper.venue) {
        put("number", Value::from(format!("arXiv:{arxiv}")));
        put("publisher", Value::from("arXiv"));
    }
    if !paper.abstract_text.trim().is_empty() {
        put("abstract", Value::from(one_line(&paper.abstract_text)));
    }
    let tags: Vec<&str> = paper.library.tags.iter().map(String::as_str).collect();
    if !tags.is_empty() {
        put("keyword", Value::from(tags.join(", ")));
    }
    let notes: Vec<&str> = paper.library.notes.iter().map(String::as_str).collect();
    if !notes.is_empty() {
        put("annote", Value::from(notes.join("\n\n")));
    }
    let code: Vec<(&str, &str)> = reading.code().collect();
    let mut lines: Vec<String> = Vec::new();
    lines.extend(own_key.map(|key| format!("Citation Key: {key}")));
    lines.extend(arxiv.map(|arxiv| format!("arXiv: {arxiv}")));
    lines.extend(code.iter().map(|(url, state)| format!("Code: {url} ({state})")));
    if !lines.is_empty() {
        put("note", Value::from(lines.join("\n")));
    }
    if !code.is_empty() {
        let code: Vec<Value> = code.iter().map(|(url, state)| json!({ "url": url, "state": state })).collect();
        put("custom", json!({ "code": code }));
    }
    Value::Object(item)
}
