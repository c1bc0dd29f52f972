//! OpenAlex works. The abstract comes as a map from each word to its places.

use serde_json::Value;

use super::author_details;
use super::facts::{add_link, date, date_of, identify_by_url, set_authors, set_doi, titled};
use super::json::{JsonAccess, RecordOutline};
use super::json_references;
use super::markup::plain;
use super::place::{RecordResult, SkippedRecord};
use crate::document::DocumentAuthor;
use crate::text::single_spaced;

/// Position limit of words; abstracts are shorter.
const MOST_WORDS: u64 = 100_000;

/// Types of works that are papers: today's types, and those of Crossref, which older snapshots have.
const PAPERS: [&str; 16] = [
    "",
    "article",
    "preprint",
    "review",
    "letter",
    "editorial",
    "book-chapter",
    "dissertation",
    "report",
    "other",
    "journal-article",
    "proceedings-article",
    "posted-content",
    "book-section",
    "proceedings-paper",
    "conference-paper",
];

pub(super) fn looks_like(outline: &RecordOutline) -> bool {
    outline.has("abstract_inverted_index") || (outline.has("authorships") && outline.has("id"))
}

pub(super) fn read(work: Value) -> RecordResult {
    let kind = work.text("type").unwrap_or_default();
    // Reports of offices, and works without a type, count if they have authors.
    let has_people = !work.list("authorships").is_empty();
    if !PAPERS.contains(&kind) || (matches!(kind, "report" | "other") && !has_people) {
        return Err(SkippedRecord::not_a_paper(format!("a work of the type `{kind}`")));
    }
    let title = work.text("title").or(work.text("display_name")).unwrap_or_default();
    let mut paper = titled(&plain(title))?;
    set_doi(&mut paper, work.text("doi").unwrap_or_default());
    paper.abstract_text = abstract_of(&work);
    let year = || date_of(u16::try_from(work.number("publication_year")?).ok()?, None, None);
    paper.published = work.text("publication_date").and_then(date).or_else(year);
    let person = |authorship: &Value| {
        let author = authorship.get("author").and_then(|author| author.text("display_name"));
        author.or(authorship.text("raw_author_name")).map(single_spaced)
    };
    set_authors(&mut paper, work.list("authorships").iter().filter_map(person).collect());
    let details = |authorship: &Value| {
        let author = authorship.get("author");
        let id = author.and_then(|author| author.text("id")).and_then(|id| id.rsplit('/').next());
        Some(DocumentAuthor {
            name: person(authorship)?,
            affiliations: author_details::names(authorship.get("raw_affiliation_strings"), &[]),
            institutions: author_details::names(authorship.get("institutions"), &["display_name"]),
            orcid: author.and_then(|author| author.text("orcid")).and_then(author_details::orcid),
            ids: id.map(|id| format!("openalex:{}", id.to_ascii_lowercase())).into_iter().collect(),
            ..DocumentAuthor::default()
        })
    };
    author_details::add(&mut paper, work.list("authorships").iter().filter_map(details));
    let venue = work.get("primary_location").and_then(|l| l.get("source")).and_then(|s| s.text("display_name"));
    paper.venue = venue.map(str::to_string);
    // Other locations of the same work: its preprint at arXiv, its page in the Anthology.
    for location in work.list("locations") {
        for url in [location.text("landing_page_url"), location.text("pdf_url")].into_iter().flatten() {
            identify_by_url(&mut paper, url);
        }
    }
    for dataset in work.list("datasets").iter().filter_map(Value::as_str) {
        add_link(&mut paper, dataset);
    }
    let own = work.text("id").and_then(|id| id.rsplit('/').next());
    paper.catalogue_ids.extend(own.map(|id| format!("openalex:{}", id.to_ascii_lowercase())));
    json_references::add(&mut paper, json_references::read(work.get("referenced_works")));
    Ok(vec![paper])
}

/// The abstract. Snapshots of 2022 have the map as a text of JSON, with the number of words beside it.
fn abstract_of(work: &Value) -> String {
    let index = work.get("abstract_inverted_index");
    let parsed = index.and_then(Value::as_str).and_then(|text| serde_json::from_str::<Value>(text).ok());
    let index = parsed.as_ref().or(index);
    let index = index.and_then(|index| index.get("InvertedIndex").filter(|inner| inner.is_object()).or(Some(index)));
    index.and_then(Value::as_object).map(upright).unwrap_or_default()
}

/// The words in order of their positions; a position without a word is skipped.
fn upright(index: &serde_json::Map<String, Value>) -> String {
    let mut words: Vec<(u64, &str)> = Vec::new();
    for (word, places) in index {
        let places = places.as_array().into_iter().flatten().filter_map(Value::as_u64);
        words.extend(places.filter(|place| *place < MOST_WORDS).map(|place| (place, word.as_str())));
    }
    words.sort_unstable();
    single_spaced(&words.into_iter().map(|(_, word)| word).collect::<Vec<_>>().join(" "))
}
