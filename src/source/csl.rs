//! CSL-JSON, as Zotero and other reference managers export it.

use serde_json::Value;

use super::facts::{add_link, date, date_parts, name, one_line, set_authors, set_doi, titled};
use super::json::{Look, Outline};
use super::place::{Read, Skipped};
use super::xml::fragment;
use crate::paper::PaperId;

/// Kinds of items that a library holds beside papers.
const OTHER: [&str; 9] = [
    "webpage",
    "dataset",
    "software",
    "book",
    "motion_picture",
    "personal_communication",
    "post-weblog",
    "broadcast",
    "legislation",
];

pub(super) fn looks_like(outline: &Outline) -> bool {
    let family = outline.has("author[].family") || outline.has("author[].literal");
    outline.has("type")
        && outline.has("title")
        && (family || outline.has("issued.date-parts") || outline.has("container-title"))
}

pub(super) fn read(item: Value) -> Read {
    let kind = item.text("type").unwrap_or_default();
    if OTHER.contains(&kind) {
        return Err(Skipped::not_a_paper(format!("an item of the type `{kind}`")));
    }
    let mut paper = titled(&fragment(item.text("title").unwrap_or_default()).text())?;
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
    paper.abstract_text = one_line(&fragment(item.text("abstract").unwrap_or_default()).text());
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
    let venue = item.text("container-title").or(item.text("event-title")).or(item.text("event"));
    paper.venue = venue.map(str::to_string);
    if kind.is_empty() && paper.authors.is_none() && paper.published.is_none() {
        return Err(Skipped::malformed("an item without type, authors and date"));
    }
    Ok(vec![paper])
}
