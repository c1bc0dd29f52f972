//! OpenAlex works. The abstract comes as a map from each word to its places.

use serde_json::Value;

use super::facts::{add_link, date, date_of, identify_by_url, one_line, set_authors, set_doi, titled};
use super::json::{Look, Outline};
use super::place::{Read, Skipped};
use super::xml::fragment;

/// Places of words beyond this are no abstract's.
const MOST_WORDS: u64 = 100_000;

/// Works that are no papers, though they have a title.
const OTHER: [&str; 8] =
    ["dataset", "paratext", "erratum", "retraction", "grant", "peer-review", "supplementary-materials", "libguides"];

pub(super) fn looks_like(outline: &Outline) -> bool {
    outline.has("abstract_inverted_index") || (outline.has("authorships") && outline.has("id"))
}

pub(super) fn read(work: Value) -> Read {
    let kind = work.text("type").unwrap_or_default();
    if OTHER.contains(&kind) {
        return Err(Skipped::not_a_paper(format!("a work of the type `{kind}`")));
    }
    let title = work.text("title").or(work.text("display_name")).unwrap_or_default();
    let mut paper = titled(&fragment(title).text())?;
    set_doi(&mut paper, work.text("doi").unwrap_or_default());
    if let Some(index) = work.get("abstract_inverted_index").and_then(Value::as_object) {
        paper.abstract_text = upright(index);
    }
    let year = || date_of(u16::try_from(work.number("publication_year")?).ok()?, None, None);
    paper.published = work.text("publication_date").and_then(date).or_else(year);
    let person = |authorship: &Value| {
        let author = authorship.get("author").and_then(|author| author.text("display_name"));
        author.or(authorship.text("raw_author_name")).map(one_line)
    };
    set_authors(&mut paper, work.list("authorships").iter().filter_map(person).collect());
    let venue = work.get("primary_location").and_then(|l| l.get("source")).and_then(|s| s.text("display_name"));
    paper.venue = venue.map(str::to_string);
    // Other places of the same work: its preprint at arXiv, its page in the Anthology.
    for location in work.list("locations") {
        for url in [location.text("landing_page_url"), location.text("pdf_url")].into_iter().flatten() {
            identify_by_url(&mut paper, url);
        }
    }
    for dataset in work.list("datasets").iter().filter_map(Value::as_str) {
        add_link(&mut paper, dataset);
    }
    Ok(vec![paper])
}

/// The words in the order of their places; a place that no word has is left out.
fn upright(index: &serde_json::Map<String, Value>) -> String {
    let mut words: Vec<(u64, &str)> = Vec::new();
    for (word, places) in index {
        let places = places.as_array().into_iter().flatten().filter_map(Value::as_u64);
        words.extend(places.filter(|place| *place < MOST_WORDS).map(|place| (place, word.as_str())));
    }
    words.sort_unstable();
    one_line(&words.into_iter().map(|(_, word)| word).collect::<Vec<_>>().join(" "))
}
