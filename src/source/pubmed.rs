//! XML of PubMed: `PubmedArticle`s from its programming interface, its saved results, or its yearly files.

use super::author_details;
use super::facts::{date_of, month, name, set_authors, set_doi, titled};
use super::place::{RecordResult, SkippedRecord};
use super::xml::{Element, XmlRecord};
use crate::document::DocumentAuthor;
use crate::paper::PartialDate;
use crate::text::single_spaced;

pub(super) const RECORDS: [&str; 2] = ["PubmedArticle", "PubmedBookArticle"];

pub(super) fn read(record: XmlRecord) -> RecordResult {
    let record = record.element;
    let citation = record.first(&["MedlineCitation"]).or_else(|| record.first(&["BookDocument"])).unwrap_or(&record);
    let Some(article) = citation.first(&["Article"]) else {
        return Err(SkippedRecord::not_a_paper("a book or chapter"));
    };
    let text = |path: &[&str]| {
        article.first(path).map(|element| single_spaced(&element.text())).filter(|text| !text.is_empty())
    };
    let title = text(&["ArticleTitle"]).or_else(|| text(&["VernacularTitle"])).unwrap_or_default();
    // A title in brackets is a translation.
    let mut paper = titled(title.trim_end_matches('.').trim_matches(['[', ']']))?;
    let parts = article.first(&["Abstract"]).into_iter().flat_map(|all| all.all("AbstractText")).map(Element::text);
    paper.abstract_text = single_spaced(&parts.collect::<Vec<_>>().join(" "));
    let dates = [article.first(&["ArticleDate"]), article.first(&["Journal", "JournalIssue", "PubDate"])];
    paper.published = dates.into_iter().flatten().filter_map(date).max_by_key(|date| date.precision());
    let people = article.first(&["AuthorList"]).into_iter().flat_map(|authors| authors.all("Author"));
    let part = |author: &Element, part: &str| author.first(&[part]).map(Element::text);
    let details = people.filter_map(|author| {
        let given = part(author, "ForeName").or_else(|| part(author, "Initials"));
        let family = part(author, "LastName").or_else(|| part(author, "CollectiveName"));
        let affiliations = author.all("AffiliationInfo").filter_map(|info| part(info, "Affiliation"));
        let mut ids = author.all("Identifier").filter(|id| id.attribute("Source") == Some("ORCID"));
        Some(DocumentAuthor {
            name: name(given.as_deref(), family.as_deref())?,
            affiliations: affiliations.map(|text| single_spaced(&text)).collect(),
            orcid: ids.find_map(|id| author_details::orcid(&id.text())),
            ..DocumentAuthor::default()
        })
    });
    let details: Vec<DocumentAuthor> = details.collect();
    set_authors(&mut paper, details.iter().map(|author| author.name.clone()).collect());
    author_details::add(&mut paper, details);
    paper.venue = text(&["Journal", "Title"]).or_else(|| text(&["Journal", "ISOAbbreviation"]));
    let places = article.all("ELocationID").filter(|id| id.attribute("EIdType") == Some("doi"));
    // Those of the references are deeper.
    let ids = record.first(&["PubmedData", "ArticleIdList"]).into_iter().flat_map(|ids| ids.all("ArticleId"));
    for id in places.chain(ids.filter(|id| id.attribute("IdType") == Some("doi"))) {
        set_doi(&mut paper, id.text().trim());
    }
    Ok(vec![paper])
}

/// `<Year>2020</Year><Month>Mar</Month><Day>5</Day>`, or `<MedlineDate>2020 Mar-Apr</MedlineDate>`.
fn date(element: &Element) -> Option<PartialDate> {
    let part = |name: &str| element.first(&[name]).map(|part| part.text().trim().to_string());
    match part("Year").and_then(|year| year.parse().ok()) {
        Some(year) => {
            date_of(year, part("Month").as_deref().and_then(month), part("Day").and_then(|day| day.parse().ok()))
        }
        None => part("MedlineDate").as_deref().and_then(super::nbib::published),
    }
}
