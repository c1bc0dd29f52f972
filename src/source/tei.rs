//! TEI, as GROBID makes it from a PDF: title, authors with affiliations and identifiers from the header, the abstract,
//! the full text in sections, tables, figures, footnotes and the list of references. The list of references is not a
//! section, because its names belong to other papers.

mod body;
mod references;

use std::collections::HashMap;

use super::facts::{date, identify_by_url, set_doi, whole_paper};
use super::place::{RecordResult, SkippedRecord};
use super::xml::{Element, XmlRecord};
use crate::document::{Document, DocumentAuthor};
use crate::paper::{Paper, PaperId};
use crate::text::single_spaced;

pub(super) const RECORDS: [&str; 1] = ["TEI"];

pub(super) fn read(record: XmlRecord) -> RecordResult {
    let tei = record.element;
    let header = tei.first(&["teiHeader"]).ok_or_else(|| SkippedRecord::malformed("TEI without a `teiHeader`"))?;
    let file = header.first(&["fileDesc"]);
    let source = file.and_then(|file| file.first(&["sourceDesc", "biblStruct"]));
    let analytic = source.and_then(|source| source.first(&["analytic"]));
    let titles =
        [file.and_then(|file| file.first(&["titleStmt", "title"])), analytic.and_then(|a| a.first(&["title"]))];
    let title = titles.into_iter().flatten().map(|title| single_spaced(&title.text())).find(|title| !title.is_empty());
    let mut document = Document { title: title.unwrap_or_default(), ..Document::default() };
    let parts = &mut document.parts;
    parts.authors = analytic.into_iter().flat_map(|analytic| analytic.all("author")).filter_map(author).collect();
    let abstract_parts = header.first(&["profileDesc", "abstract"]);
    document.abstract_text = abstract_parts.map(|parts| paragraphs(parts).join(" ")).unwrap_or_default();
    let text = tei.first(&["text"]);
    let ids: HashMap<&str, u32>;
    (parts.references, ids) = text.map(references::read).unwrap_or_default();
    if let Some(text) = text {
        body::read(text, &ids, &mut document);
    }
    let mut paper = whole_paper(document)?;
    let monograph = source.and_then(|source| source.first(&["monogr"]));
    paper.venue =
        monograph.and_then(|m| m.first(&["title"])).map(|t| single_spaced(&t.text())).filter(|t| !t.is_empty());
    let printed = file.and_then(|file| file.first(&["publicationStmt", "date"]));
    let imprint = monograph.and_then(|m| m.first(&["imprint", "date"]));
    let when = |element: &Element| element.attribute("when").and_then(date);
    paper.published = printed.and_then(when).or_else(|| imprint.and_then(when));
    for id in source.into_iter().flat_map(|source| source.descendants("idno")) {
        identify(&mut paper, id);
    }
    Ok(vec![paper])
}

fn author(author: &Element) -> Option<DocumentAuthor> {
    let words = |element: &Element| Some(single_spaced(&element.text())).filter(|words| !words.is_empty());
    let orcid = |id: &&Element| id.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("orcid"));
    Some(DocumentAuthor {
        name: person(author)?,
        affiliations: author.all("affiliation").filter_map(affiliation).collect(),
        institutions: author.all("affiliation").flat_map(institutions).collect(),
        email: author.first(&["email"]).and_then(words),
        orcid: author.all("idno").find(orcid).and_then(words),
        ids: Vec::new(),
    })
}

fn institutions(affiliation: &Element) -> impl Iterator<Item = String> {
    let names = affiliation.all("orgName").filter(|name| name.attribute("type") == Some("institution"));
    names.map(|name| single_spaced(&name.text())).filter(|name| !name.is_empty())
}

/// The names of the organisation from the smallest to the largest, then its place.
fn affiliation(element: &Element) -> Option<String> {
    // Newer versions of GROBID keep the printed text.
    let printed = element.all("note").find(|note| note.attribute("type") == Some("raw_affiliation"));
    if let Some(printed) = printed {
        let words = single_spaced(&printed.text_with(&mut |inner, _| inner.name == "label"));
        return (!words.is_empty()).then_some(words);
    }
    let organizations = element.all("orgName");
    let place = element.first(&["address"]).into_iter().flat_map(Element::elements);
    let all: Vec<String> =
        organizations.chain(place).map(|part| single_spaced(&part.text())).filter(|part| !part.is_empty()).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn person(author: &Element) -> Option<String> {
    let name = author.first(&["persName"])?;
    let parts = name.elements().filter(|part| ["forename", "surname", "genName"].contains(&part.name.as_str()));
    // GROBID makes a given name of the bracket before a label: `[ Mikolov`.
    let parts = parts.map(Element::text).filter(|part| part.contains(char::is_alphabetic));
    let name = single_spaced(&parts.collect::<Vec<_>>().join(" "));
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

/// The paragraphs directly below an element; in an abstract they are in a `div`.
fn paragraphs(element: &Element) -> Vec<String> {
    let mut out = Vec::new();
    for inner in element.elements() {
        match inner.name.as_str() {
            "p" | "list" | "formula" | "note" => out.push(single_spaced(&inner.text())),
            "div" if element.name == "abstract" => out.extend(paragraphs(inner)),
            _ => {}
        }
    }
    if out.is_empty() && element.name == "abstract" {
        out.push(single_spaced(&element.text()));
    }
    out.retain(|text| !text.is_empty());
    out
}
