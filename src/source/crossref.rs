//! Crossref works: one message, an answer with a list of items, or the lines of a public data file. Titles and
//! abstracts carry markup of JATS and MathML.

use serde_json::Value;

use super::facts::{date_parts, identify_by_url, name, one_line, set_authors, set_doi, titled};
use super::json::{Look, Outline};
use super::place::{Read, Skipped};
use super::xml::fragment;

/// Kinds of works that can be papers.
const PAPERS: [&str; 9] = [
    "journal-article",
    "proceedings-article",
    "posted-content",
    "book-chapter",
    "book-section",
    "report",
    "dissertation",
    "monograph",
    "other",
];

pub(super) fn looks_like(outline: &Outline) -> bool {
    outline.has("DOI")
        && (outline.has("indexed") || outline.has("deposited") || outline.has("container-title"))
        && outline.has("prefix")
        || (outline.has("DOI") && outline.has("is-referenced-by-count"))
}

pub(super) fn read(work: Value) -> Read {
    let kind = work.text("type").unwrap_or("other");
    if !PAPERS.contains(&kind) {
        return Err(Skipped::not_a_paper(format!("a work of the type `{kind}`")));
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
    let event = work.get("event").and_then(|event| event.text("name")).map(str::to_string);
    paper.venue = first("container-title").map(|title| plain(&title)).or(event);
    // A publication names its preprint, and the other way round.
    let relation = work.get("relation");
    for field in ["has-preprint", "is-preprint-of", "is-same-as", "is-version-of"] {
        for other in relation.map(|relation| relation.list(field)).unwrap_or_default() {
            let id = other.text("id").unwrap_or_default();
            if id.to_ascii_lowercase().contains("arxiv") {
                identify_by_url(&mut paper, &format!("https://doi.org/{id}"));
            }
        }
    }
    Ok(vec![paper])
}

/// The words of a text with markup: headings of an abstract are left out, a formula is written once, as TeX if it is
/// there.
fn plain(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return one_line(text);
    }
    let text = fragment(text).text_with(&mut |element, out| match element.name.as_str() {
        "title" => true,
        "p" | "sec" => {
            out.push(' ');
            false
        }
        "alternatives" => {
            let formula = element.first(&["tex-math"]).or_else(|| element.elements().next());
            out.push_str(&formula.map(super::xml::Element::text).unwrap_or_default());
            true
        }
        _ => false,
    });
    let text = one_line(&text);
    text.strip_prefix("Abstract ").map_or(text.clone(), str::to_string)
}
