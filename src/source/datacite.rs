//! JSON of DataCite: one DOI, a page of its programming interface, or the lines of its data file.

use serde_json::Value;

use super::author_details;
use super::facts::{add_link, date, date_of, identify_by_url, name, set_authors, set_doi, spoken, titled};
use super::json::{JsonAccess, RecordOutline};
use super::markup::plain;
use super::place::{RecordResult, SkippedRecord};
use crate::document::DocumentAuthor;
use crate::paper::PaperId;

/// General types of registered objects that can be papers.
const PAPERS: [&str; 9] = [
    "",
    "Text",
    "JournalArticle",
    "ConferencePaper",
    "Preprint",
    "Dissertation",
    "BookChapter",
    "Report",
    "PeerReview",
];

pub(super) fn looks_like(outline: &RecordOutline) -> bool {
    outline.has("attributes.titles") || outline.has("attributes.creators")
}

pub(super) fn read(record: Value) -> RecordResult {
    // The answer to a request for one DOI has an object around it.
    let record = record.get("data").filter(|data| data.is_object()).unwrap_or(&record);
    let attributes = record.get("attributes").unwrap_or(record);
    let kind = attributes.get("types").and_then(|types| types.text("resourceTypeGeneral")).unwrap_or_default();
    let creators = attributes.list("creators");
    let has_people = creators.iter().any(|creator| creator.text("nameType") != Some("Organizational"));
    if !PAPERS.contains(&kind) || (kind == "Report" && !has_people) {
        return Err(SkippedRecord::not_a_paper(format!("a work of the type `{kind}`")));
    }
    let title = attributes.list("titles").iter().find(|title| title.text("titleType").is_none());
    let mut paper = titled(&plain(title.and_then(|title| title.text("title")).unwrap_or_default()))?;
    let doi = attributes.text("doi").or(record.text("id")).unwrap_or_default();
    // arXiv registers its papers here.
    let arxiv = doi.to_ascii_lowercase().strip_prefix("10.48550/arxiv.").and_then(PaperId::arxiv);
    paper.identify(arxiv);
    set_doi(&mut paper, doi);
    let descriptions = attributes.list("descriptions");
    let summary = descriptions.iter().find(|part| part.text("descriptionType") == Some("Abstract"));
    paper.abstract_text = plain(summary.and_then(|part| part.text("description")).unwrap_or_default());
    let dated = |kind: &str| {
        let found = attributes.list("dates").iter().find(|date| date.text("dateType") == Some(kind));
        found.and_then(|found| found.text("date")).and_then(date)
    };
    let year = || date_of(u16::try_from(attributes.number("publicationYear")?).ok()?, None, None);
    paper.published = dated("Submitted").or_else(|| dated("Issued")).or_else(year);
    let person = |creator: &Value| {
        let parts = name(creator.text("givenName"), creator.text("familyName"));
        parts.or_else(|| spoken(creator.text("name")?))
    };
    set_authors(&mut paper, creators.iter().filter_map(person).collect());
    let details = |creator: &Value| {
        let mut ids = creator.list("nameIdentifiers").iter().filter_map(|id| id.text("nameIdentifier"));
        Some(DocumentAuthor {
            name: person(creator)?,
            affiliations: author_details::names(creator.get("affiliation"), &["name"]),
            orcid: ids.find_map(author_details::orcid),
            ..DocumentAuthor::default()
        })
    };
    author_details::add(&mut paper, creators.iter().filter_map(details));
    let container = attributes.get("container").and_then(|container| container.text("title"));
    paper.venue = container.map(plain);
    for related in attributes.list("relatedIdentifiers") {
        let Some(id) = related.text("relatedIdentifier") else { continue };
        match related.text("relationType") {
            Some("IsVersionOf" | "IsIdenticalTo") if related.text("relatedIdentifierType") == Some("DOI") => {
                identify_by_url(&mut paper, &format!("https://doi.org/{id}"));
            }
            Some("IsSupplementedBy") if related.text("relatedIdentifierType") == Some("URL") => {
                add_link(&mut paper, id);
            }
            _ => {}
        }
    }
    Ok(vec![paper])
}
