//! XML that `EndNote`, and other reference managers for it, export: `<xml><records><record>`, with a `style` around
//! each text.

use super::facts::{add_link, date, marked_arxiv_id, set_authors, set_doi, spoken, titled};
use super::markup::plain;
use super::place::{RecordResult, SkippedRecord};
use super::xml::{Element, XmlRecord};
use crate::text::single_spaced;

pub(super) const RECORDS: [&str; 1] = ["record"];

/// Types of references that are papers, in lower case.
const PAPERS: [&str; 14] = [
    "",
    "journal article",
    "electronic article",
    "magazine article",
    "conference paper",
    "conference proceeding",
    "conference proceedings",
    "book section",
    "electronic book section",
    "thesis",
    "manuscript",
    "unpublished work",
    "generic",
    "report",
];

pub(super) fn read(record: XmlRecord) -> RecordResult {
    let record = record.element;
    let text = |path: &[&str]| {
        record.first(path).map(|element| single_spaced(&element.text())).filter(|text| !text.is_empty())
    };
    let kind = record.first(&["ref-type"]).and_then(|kind| kind.attribute("name")).unwrap_or_default();
    let people = record.first(&["contributors", "authors"]).into_iter().flat_map(|authors| authors.all("author"));
    let people: Vec<String> = people.map(Element::text).collect();
    let is_of_people = people.iter().any(|name| name.trim_end_matches(',').contains(','));
    if !PAPERS.contains(&kind.to_lowercase().as_str()) || (kind.eq_ignore_ascii_case("report") && !is_of_people) {
        return Err(SkippedRecord::not_a_paper(format!("a reference of the type `{kind}`")));
    }
    let mut paper = titled(&plain(&text(&["titles", "title"]).unwrap_or_default()))?;
    paper.abstract_text = plain(&text(&["abstract"]).unwrap_or_default());
    set_authors(&mut paper, people.iter().filter_map(|name| spoken(name)).collect());
    let day = || date(&text(&["dates", "pub-dates", "date"])?);
    paper.published = text(&["dates", "year"]).as_deref().and_then(date).or_else(day);
    let venues: [&[&str]; 3] =
        [&["periodical", "full-title"], &["titles", "secondary-title"], &["alt-periodical", "full-title"]];
    paper.venue = venues.iter().find_map(|path| text(path)).map(|venue| plain(&venue));
    if let Some(doi) = text(&["electronic-resource-num"]) {
        set_doi(&mut paper, doi.split_whitespace().next().unwrap_or_default());
    }
    let notes = ["notes", "volume", "number", "accession-num", "custom1", "research-notes"];
    paper.identify(notes.iter().filter_map(|name| text(&[name])).filter_map(|note| marked_arxiv_id(&note)));
    paper.identify(paper.venue.as_deref().and_then(marked_arxiv_id));
    let tags: Vec<String> =
        record.first(&["keywords"]).into_iter().flat_map(|tags| tags.all("keyword")).map(Element::text).collect();
    paper.library.add_tags(tags.iter().map(String::as_str));
    for url in record.first(&["urls"]).into_iter().flat_map(|urls| urls.descendants("url")) {
        add_link(&mut paper, &url.text());
    }
    Ok(vec![paper])
}
