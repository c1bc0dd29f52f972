//! CSL-JSON, as Zotero and other reference managers export it.

use serde_json::Value;

use super::facts::{add_link, add_repository, date, date_parts, name, set_authors, set_doi, titled};
use super::json::{JsonAccess, RecordOutline};
use super::markup::plain;
use super::place::{RecordResult, SkippedRecord};
use crate::paper::{LibraryEntry, PaperId};

/// Kinds of items that are papers: those of CSL, and those of Crossref, which its CSL-JSON keeps.
const PAPERS: [&str; 21] = [
    "",
    "article",
    "article-journal",
    "article-magazine",
    "paper-conference",
    "chapter",
    "thesis",
    "manuscript",
    "preprint",
    "document",
    "speech",
    "report",
    "review",
    "journal-article",
    "proceedings-article",
    "posted-content",
    "book-chapter",
    "book-section",
    "dissertation",
    "peer-review",
    "other",
];

pub(super) fn looks_like(outline: &RecordOutline) -> bool {
    let family = outline.has("author[].family") || outline.has("author[].literal");
    outline.has("type")
        && outline.has("title")
        && (family || outline.has("issued.date-parts") || outline.has("container-title"))
}

pub(super) fn read(item: Value) -> RecordResult {
    let kind = item.text("type").unwrap_or_default();
    let mut paper = titled(&plain(&first(&item, "title")))?;
    set_doi(&mut paper, item.text("DOI").unwrap_or_default());
    // Zotero keeps an arXiv id as `arXiv:…` in `number`, in `note` or among the extra fields.
    for field in ["number", "archive_location", "note", "id"] {
        for line in item.text(field).unwrap_or_default().lines() {
            let marked = line.to_ascii_lowercase().contains("arxiv");
            paper.identify(PaperId::arxiv(line.trim()).filter(|_| marked));
        }
    }
    if let Some(url) = item.text("URL") {
        add_link(&mut paper, url);
    }
    paper.abstract_text = plain(item.text("abstract").unwrap_or_default());
    let issued = item.get("issued");
    let raw =
        || issued.and_then(|issued| issued.as_str().or(issued.text("raw")).or(issued.text("literal"))).and_then(date);
    paper.published = date_parts(issued).or_else(raw);
    let person = |author: &Value| {
        let family = [
            author.text("non-dropping-particle"),
            author.text("family").or(author.text("literal")).or(author.text("name")),
        ];
        let family = family.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let given = [author.text("given"), author.text("dropping-particle")];
        name(Some(&given.into_iter().flatten().collect::<Vec<_>>().join(" ")), Some(&family))
    };
    set_authors(&mut paper, item.list("author").iter().filter_map(person).collect());
    let venues = ["container-title", "event-title", "event"].map(|field| plain(&first(&item, field)));
    paper.venue = venues.into_iter().find(|venue| !venue.is_empty());
    // As `kg export csl-json` writes it.
    let custom = item.get("custom").map(|custom| custom.texts("code", "url")).unwrap_or_default();
    custom.iter().for_each(|url| add_repository(&mut paper, url, None, None));
    library(&mut paper.library, &item);
    let has_people = item.list("author").iter().any(|author| author.text("family").is_some());
    let is_paper = PAPERS.contains(&kind) && (kind != "report" || has_people);
    // Older versions of Zotero wrote preprints as reports or web pages.
    if !is_paper && !paper.id.to_string().starts_with("paper/arxiv-") {
        return Err(SkippedRecord::not_a_paper(format!("an item of the type `{kind}`")));
    }
    if kind.is_empty() && paper.authors.is_none() && paper.published.is_none() {
        return Err(SkippedRecord::malformed("an item without type, authors and date"));
    }
    Ok(vec![paper])
}

/// How the user files an item. Zotero keeps a key that the user chose in the lines of `note`.
fn library(library: &mut LibraryEntry, item: &Value) {
    let note = item.text("note").unwrap_or_default();
    let labelled = note.lines().filter_map(|line| line.split_once(':'));
    let in_note = labelled.filter(|(label, _)| label.trim().eq_ignore_ascii_case("citation key")).map(|(_, key)| key);
    // Other programs number their items, or name them by an address.
    let is_key = |id: &&str| id.starts_with(char::is_alphabetic) && !id.contains(['/', ' ']);
    let keys = [item.text("citation-key"), item.text("id").filter(is_key)];
    for key in keys.into_iter().flatten().chain(in_note) {
        library.add_citation_key(key);
    }
    library.add_tag_list(item.text("keyword").unwrap_or_default());
    library.notes.extend(item.text("annote").map(plain));
}

/// A text, or the first of a list: Crossref writes some fields as lists.
fn first(item: &Value, field: &str) -> String {
    item.text(field).map(str::to_string).or_else(|| item.texts(field, "").into_iter().next()).unwrap_or_default()
}
