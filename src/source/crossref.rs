//! Crossref works: one message, an answer with a list of items, or the lines of a public data file. Titles and
//! abstracts carry markup of JATS and MathML.

use serde_json::Value;

use super::author_details;
use super::facts::{date_parts, identify_by_url, name, set_authors, set_doi, titled};
use super::json::{JsonAccess, RecordOutline};
use super::json_references;
use super::markup::plain;
use super::place::{RecordResult, SkippedRecord};
use crate::document::DocumentAuthor;

/// Kinds of works that can be papers.
const PAPERS: [&str; 8] = [
    "journal-article",
    "proceedings-article",
    "posted-content",
    "book-chapter",
    "book-section",
    "report",
    "dissertation",
    "other",
];

/// Titles are lists in Crossref, and texts in CSL-JSON, which can have the same other fields.
pub(super) fn looks_like(outline: &RecordOutline) -> bool {
    let registered = ["prefix", "member", "indexed", "deposited", "is-referenced-by-count"];
    outline.has("DOI")
        && (outline.has_list("title")
            || (!outline.has("title") && registered.iter().filter(|field| outline.has(field)).count() >= 2))
}

pub(super) fn read(work: Value) -> RecordResult {
    // The answer to a request for one work has a message around it.
    let message = work.get("message").filter(|message| message.is_object() && message.get("DOI").is_some());
    let work = message.unwrap_or(&work);
    let kind = work.text("type").unwrap_or("other");
    if !PAPERS.contains(&kind) {
        return Err(SkippedRecord::not_a_paper(format!("a work of the type `{kind}`")));
    }
    let first = |field: &str| work.texts(field, "").into_iter().next();
    let mut title = plain(&first("title").unwrap_or_default());
    if let Some(subtitle) = first("subtitle").map(|subtitle| plain(&subtitle))
        && !subtitle.is_empty()
        && !title.contains(&subtitle)
    {
        title = format!("{title}: {subtitle}");
    }
    let mut paper = titled(&title)?;
    set_doi(&mut paper, work.text("DOI").unwrap_or_default());
    paper.abstract_text = plain(work.text("abstract").unwrap_or_default());
    let dates = ["published", "published-online", "published-print", "issued", "posted", "created"];
    paper.published = dates.iter().find_map(|field| date_parts(work.get(*field)));
    // An author is a person, or a group with one name.
    let person = |author: &Value| name(author.text("given"), author.text("family").or(author.text("name")));
    set_authors(&mut paper, work.list("author").iter().filter_map(person).collect());
    let details = |author: &Value| {
        Some(DocumentAuthor {
            name: person(author)?,
            affiliations: author_details::names(author.get("affiliation"), &["name"]),
            orcid: author.text("ORCID").and_then(author_details::orcid),
            ..DocumentAuthor::default()
        })
    };
    author_details::add(&mut paper, work.list("author").iter().filter_map(details));
    // Reports of offices and companies have no people as authors.
    let has_people = work.list("author").iter().any(|author| author.text("family").is_some());
    if kind == "report" && !has_people {
        return Err(SkippedRecord::not_a_paper("a report without authors"));
    }
    let event = work.get("event").and_then(|event| event.text("name")).map(str::to_string);
    paper.venue = first("container-title").map(|title| plain(&title)).or(event);
    // A publication names its preprint, and a preprint its publication.
    let relation = work.get("relation");
    for field in ["has-preprint", "is-preprint-of", "is-same-as", "is-version-of"] {
        for other in relation.map(|relation| relation.list(field)).unwrap_or_default() {
            let id = other.text("id").unwrap_or_default();
            if id.to_ascii_lowercase().contains("arxiv") {
                identify_by_url(&mut paper, &format!("https://doi.org/{id}"));
            }
        }
    }
    json_references::add(&mut paper, json_references::read(work.get("reference")));
    Ok(vec![paper])
}
