//! arXiv's metadata in each of its forms: the snapshot (JSON Lines), the Atom answers of the API, and OAI-PMH with the
//! `arXiv` and `arXivRaw` formats. The date is that of the first version; the DOI and journal are those of the
//! publication that the authors entered.

use serde_json::Value;

use super::facts::{add_link, date, name, set_authors, set_doi, titled};
use super::json::{JsonAccess, RecordOutline};
use super::place::{ProblemReason, RecordResult, SkippedRecord};
use super::xml::{Element, XmlRecord};
use crate::extract::find_links;
use crate::paper::{Paper, PaperId};
use crate::text::single_spaced;

pub(super) fn is_snapshot(outline: &RecordOutline) -> bool {
    outline.has("authors_parsed") || (outline.has("submitter") && outline.has("update_date"))
}

/// A line of the snapshot.
pub(super) fn snapshot(record: Value) -> RecordResult {
    paper_of_snapshot(&record).map(|paper| vec![paper])
}

/// The paper of a record of the snapshot.
pub(super) fn paper_of_snapshot(record: &Value) -> Result<Paper, SkippedRecord> {
    let id = record.text("id").and_then(PaperId::arxiv);
    let mut paper = start(id, record.text("title"), record.text("abstract"))?;
    let first = record.list("versions").first();
    paper.published = first.and_then(|version| version.text("created")).and_then(date);
    // Each author is a list: family name, given name, and what follows (`Jr.`).
    let person = |author: &Value| {
        let part = |i: usize| author.get(i).and_then(Value::as_str);
        let full = name(part(1), part(0))?;
        Some(
            part(2)
                .filter(|suffix| !suffix.trim().is_empty())
                .map_or(full.clone(), |suffix| format!("{full} {suffix}")),
        )
    };
    set_authors(&mut paper, record.list("authors_parsed").iter().filter_map(person).collect());
    published(&mut paper, record.text("doi"), record.text("journal-ref"), record.text("comments"));
    Ok(paper)
}

/// Whether the beginning of a feed shows that it is arXiv's.
pub(super) fn is_feed(start: &str) -> bool {
    ["arxiv.org/", "oai:arXiv.org:", "://arxiv.org"].iter().any(|mark| start.contains(mark))
}

/// An `entry` of Atom, or an `item` of RSS.
pub(super) fn feed(record: XmlRecord) -> RecordResult {
    if record.element.name == "item" { rss(&record.element) } else { atom(record.element) }
}

/// An `item` of RSS. arXiv makes one feed for each day and subject. It says when the paper was announced, which is
/// not when it was submitted.
fn rss(item: &Element) -> RecordResult {
    let text = |name: &str| item.first(&[name]).map(|element| single_spaced(&element.text())).unwrap_or_default();
    let (title, description) = (text("title"), text("description"));
    let places = [text("link"), text("guid"), item.attribute("about").unwrap_or_default().to_string(), title.clone()];
    let id = places.iter().find_map(|place| super::facts::marked_arxiv_id(place));
    if id.is_none() {
        return Err(SkippedRecord::not_a_paper(format!("`{title}` has no arXiv id")));
    }
    let title = title.rfind(" (arXiv:").and_then(|end| title.get(..end)).unwrap_or(&title).trim_end_matches('.');
    let summary = description.split_once("Abstract: ").map_or(description.as_str(), |(_, summary)| summary);
    let mut paper = start(id, Some(title), Some(&super::markup::plain(summary)))?;
    let creators = super::markup::plain(&text("creator"));
    set_authors(&mut paper, split_authors(&creators));
    published(&mut paper, Some(text("doi").as_str()), None, None);
    Ok(vec![paper])
}

fn atom(entry: Element) -> RecordResult {
    let text =
        |name: &str| entry.first(&[name]).map(|element| single_spaced(&element.text())).filter(|t| !t.is_empty());
    let id = text("id");
    // The API reports an invalid request as an entry.
    if id.as_deref().is_some_and(|id| id.contains("/api/errors")) {
        let message = format!("the API answers with an error: {}", text("summary").unwrap_or_default());
        return Err(SkippedRecord::malformed(message));
    }
    let arxiv = id.as_deref().and_then(PaperId::arxiv);
    if arxiv.is_none() {
        let title = text("title").unwrap_or_default();
        return Err(SkippedRecord::not_a_paper(format!("`{title}` has no arXiv id")));
    }
    let mut paper = start(arxiv, text("title").as_deref(), text("summary").as_deref())?;
    paper.published = text("published").as_deref().and_then(date);
    let names = entry.all("author").filter_map(|author| Some(single_spaced(&author.first(&["name"])?.text())));
    set_authors(&mut paper, names.filter(|name| !name.is_empty()).collect());
    published(&mut paper, text("doi").as_deref(), text("journal_ref").as_deref(), text("comment").as_deref());
    Ok(vec![paper])
}

/// A `record` of OAI-PMH: `arXivRaw`, `arXiv`, or `oai_dc`.
pub(super) fn oai(record: XmlRecord) -> RecordResult {
    let record = record.element;
    if record.name == "error" {
        return Err(SkippedRecord::malformed(format!(
            "the repository answers with an error: {}",
            single_spaced(&record.text())
        )));
    }
    let header = record.first(&["header"]);
    if header.and_then(|header| header.attribute("status")) == Some("deleted") {
        return Err(SkippedRecord::new(ProblemReason::Deleted, "the record was deleted at arXiv"));
    }
    let metadata = record.first(&["metadata"]).and_then(|metadata| metadata.elements().next());
    let Some(metadata) = metadata else { return Err(SkippedRecord::malformed("a record without metadata")) };
    let text =
        |name: &str| metadata.first(&[name]).map(|element| single_spaced(&element.text())).filter(|t| !t.is_empty());
    let named = header.and_then(|header| header.first(&["identifier"])).map(Element::text);
    let named = named.as_deref().and_then(|id| id.rsplit(':').next());
    let id = text("id").as_deref().or(named).and_then(PaperId::arxiv);
    let summary = text("abstract").or_else(|| text("description"));
    let mut paper = start(id, text("title").as_deref(), summary.as_deref())?;
    // `arXivRaw` dates each version, `arXiv` says when the first was made, Dublin Core lists dates in their order.
    let first = metadata.all("version").find(|v| v.attribute("version").is_none_or(|v| v == "v1"));
    let first = first.and_then(|version| version.first(&["date"])).map(Element::text);
    let created = first.or_else(|| text("created")).or_else(|| text("date"));
    paper.published = created.as_deref().and_then(date);
    set_authors(&mut paper, authors(metadata));
    published(&mut paper, text("doi").as_deref(), text("journal-ref").as_deref(), text("comments").as_deref());
    Ok(vec![paper])
}

fn authors(metadata: &Element) -> Vec<String> {
    let part = |author: &Element, part: &str| author.first(&[part]).map(Element::text);
    let structured = metadata.first(&["authors"]).into_iter().flat_map(|authors| authors.all("author"));
    let mut names: Vec<String> = structured
        .filter_map(|author| {
            let family = [part(author, "keyname"), part(author, "suffix")].map(Option::unwrap_or_default).join(" ");
            name(part(author, "forenames").as_deref(), Some(&family))
        })
        .collect();
    if names.is_empty() {
        names = metadata.all("creator").filter_map(|creator| super::facts::spoken(&creator.text())).collect();
    }
    if names.is_empty()
        && let Some(line) = metadata.first(&["authors"])
    {
        names = split_authors(&line.text());
    }
    names
}

/// The authors of one line: `Ann Lee (1), Bo Chen (2 and 3) and C. D'Arc ((1) X, (2) Y)`. The texts in parentheses are
/// places of work.
fn split_authors(line: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut depth = 0_u32;
    for c in line.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    let plain = single_spaced(&plain).replace(" and ", ", ");
    plain.split(',').map(|name| name.trim().to_string()).filter(|name| !name.is_empty()).collect()
}

fn start(id: Option<PaperId>, title: Option<&str>, summary: Option<&str>) -> Result<Paper, SkippedRecord> {
    let mut paper = titled(title.unwrap_or_default())?;
    paper.identify(id);
    paper.abstract_text = single_spaced(summary.unwrap_or_default());
    Ok(paper)
}

/// The authors' notes about the publication. Links in their comment are declared, not part of the text.
fn published(paper: &mut Paper, doi: Option<&str>, journal: Option<&str>, comment: Option<&str>) {
    // One field can have several DOIs with spaces between them.
    for doi in doi.unwrap_or_default().split_whitespace() {
        set_doi(paper, doi);
    }
    paper.venue = journal.map(single_spaced);
    for link in find_links(comment.unwrap_or_default()) {
        let target = match link.target {
            crate::extract::LinkTarget::Repository(repository) => repository.url(),
            crate::extract::LinkTarget::Page(page) => page,
        };
        add_link(paper, &target);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authors_of_one_line_are_distinguished() {
        let line = "Ann Lee (1), Bo Chen (2 and 3) and C. D'Arc ((1) University of X, (2) Y)";
        assert_eq!(split_authors(line), ["Ann Lee", "Bo Chen", "C. D'Arc"]);
        assert_eq!(split_authors(" ) ( "), [""; 0]);
    }
}
