//! TEI as GROBID makes it of a PDF: title, authors and identifiers from the header, the abstract, and the full text in
//! sections. The list of references is left out: the names in it are other papers' business.

use super::facts::{date, identify_by_url, one_line, set_authors, set_doi, titled};
use super::place::{Read, Skipped};
use super::xml::{Element, Record};
use crate::paper::{Paper, PaperId, Section};

pub(super) const RECORDS: [&str; 1] = ["TEI"];

pub(super) fn read(record: Record) -> Read {
    let tei = record.element;
    let header = tei.first(&["teiHeader"]).ok_or_else(|| Skipped::malformed("TEI without a `teiHeader`"))?;
    let file = header.first(&["fileDesc"]);
    let source = file.and_then(|file| file.first(&["sourceDesc", "biblStruct"]));
    let analytic = source.and_then(|source| source.first(&["analytic"]));
    let titles =
        [file.and_then(|file| file.first(&["titleStmt", "title"])), analytic.and_then(|a| a.first(&["title"]))];
    let title = titles.into_iter().flatten().map(|title| one_line(&title.text())).find(|title| !title.is_empty());
    let mut paper = titled(&title.unwrap_or_default())?;
    if let Some(analytic) = analytic {
        set_authors(&mut paper, analytic.all("author").filter_map(person).collect());
    }
    let monograph = source.and_then(|source| source.first(&["monogr"]));
    paper.venue = monograph.and_then(|m| m.first(&["title"])).map(|t| one_line(&t.text())).filter(|t| !t.is_empty());
    let printed = file.and_then(|file| file.first(&["publicationStmt", "date"]));
    let imprint = monograph.and_then(|m| m.first(&["imprint", "date"]));
    let when = |element: &Element| element.attribute("when").and_then(date);
    paper.published = printed.and_then(when).or_else(|| imprint.and_then(when));
    for id in source.into_iter().flat_map(|source| source.descendants("idno")) {
        identify(&mut paper, id);
    }
    let parts = header.first(&["profileDesc", "abstract"]);
    paper.abstract_text = parts.map(|parts| paragraphs(parts).join(" ")).unwrap_or_default();
    if let Some(text) = tei.first(&["text"]) {
        for part in ["body", "back"].iter().filter_map(|part| text.first(&[part])) {
            sections(part, &mut paper.sections);
        }
    }
    Ok(vec![paper])
}

fn person(author: &Element) -> Option<String> {
    let name = author.first(&["persName"])?;
    let parts = name.elements().filter(|part| ["forename", "surname", "genName"].contains(&part.name.as_str()));
    let name = one_line(&parts.map(Element::text).collect::<Vec<_>>().join(" "));
    (!name.is_empty()).then_some(name)
}

fn identify(paper: &mut Paper, id: &Element) {
    let text = id.text();
    match id.attribute("type").unwrap_or_default().to_lowercase().as_str() {
        "doi" => set_doi(paper, text.trim()),
        "arxiv" => paper.identify(text.split([' ', '[']).find_map(PaperId::arxiv)),
        _ => {
            identify_by_url(paper, text.trim());
        }
    }
}

/// The sections below an element, nested ones behind the one around them.
fn sections(element: &Element, out: &mut Vec<Section>) {
    if element.attribute("type") == Some("references") {
        return;
    }
    let title = element.first(&["head"]).map(|head| one_line(&head.text())).unwrap_or_default();
    let own = paragraphs(element);
    if !own.is_empty() {
        out.push(Section { title, text: own.join("\n") });
    }
    for inner in element.elements() {
        match inner.name.as_str() {
            "div" => sections(inner, out),
            "figure" => {
                let caption = inner.first(&["figDesc"]).map(|text| one_line(&text.text())).unwrap_or_default();
                let title = inner.first(&["head"]).map(|head| one_line(&head.text())).unwrap_or_default();
                if !caption.is_empty() {
                    out.push(Section { title, text: caption });
                }
            }
            _ => {}
        }
    }
}

/// The paragraphs right below an element; in an abstract they stand in a `div`.
fn paragraphs(element: &Element) -> Vec<String> {
    let mut out = Vec::new();
    for inner in element.elements() {
        match inner.name.as_str() {
            "p" | "list" | "formula" | "note" => out.push(one_line(&inner.text())),
            "div" if element.name == "abstract" => out.extend(paragraphs(inner)),
            _ => {}
        }
    }
    if out.is_empty() && element.name == "abstract" {
        out.push(one_line(&element.text()));
    }
    out.retain(|text| !text.is_empty());
    out
}
