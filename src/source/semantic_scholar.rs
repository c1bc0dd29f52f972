//! Semantic Scholar: papers of the Academic Graph API and of the Datasets releases, and S2ORC with the full text. The
//! API writes names as `paperId`, the releases in lower case.

use serde_json::Value;

use super::author_details;
use super::facts::{date, date_of, set_authors, set_doi, spoken, titled};
use super::json::{JsonAccess, RecordOutline};
use super::json_references;
use super::place::{RecordResult, SkippedRecord};
use crate::document::{DocumentAuthor, Reference};
use crate::paper::{Paper, PaperId, Section, doi};
use crate::text::single_spaced;

pub(super) fn is_paper(outline: &RecordOutline) -> bool {
    outline.has("paperId") && outline.has("title") || (outline.has("corpusid") && outline.has("title"))
}

pub(super) fn is_s2orc(outline: &RecordOutline) -> bool {
    outline.has("content.text")
        || outline.has("content.annotations")
        || outline.has("body.text")
        || outline.has("body.annotations")
        || outline.has("pdf_parse")
        || outline.has("grobid_parse")
        || outline.has("body_text")
        || (outline.has("paper_id") && outline.has("mag_field_of_study"))
}

pub(super) fn paper(record: Value) -> RecordResult {
    if record.is_null() {
        return Err(SkippedRecord::not_a_paper("an id that Semantic Scholar does not know"));
    }
    let mut paper = titled(record.text("title").unwrap_or_default())?;
    identify(&mut paper, record.get("externalIds").or(record.get("externalids")));
    paper.abstract_text = single_spaced(record.text("abstract").unwrap_or_default());
    let day = record.text("publicationDate").or(record.text("publicationdate"));
    paper.published = day.and_then(date).or_else(|| year_of(&record));
    let journal = record.get("journal").and_then(|journal| journal.text("name"));
    let venue = record.get("publicationVenue").and_then(|venue| venue.text("name"));
    paper.venue = record.text("venue").or(venue).or(journal).map(str::to_string);
    set_authors(&mut paper, record.texts("authors", "name"));
    let details = |author: &Value| {
        Some(DocumentAuthor {
            name: author.text("name").map(single_spaced)?,
            affiliations: author_details::names(author.get("affiliations"), &["name"]),
            ids: author.text("authorId").map(|id| format!("s2:{id}")).into_iter().collect(),
            ..DocumentAuthor::default()
        })
    };
    author_details::add(&mut paper, record.list("authors").iter().filter_map(details));
    catalogue_ids(&mut paper, &record);
    json_references::add(&mut paper, json_references::read(record.get("references")));
    Ok(vec![paper])
}

/// The ids by which Semantic Scholar refers to its papers: a hash, and a number.
fn catalogue_ids(paper: &mut Paper, record: &Value) {
    let hash = record.text("paperId").or(record.text("paper_id")).map(|id| format!("s2:{}", id.to_ascii_lowercase()));
    let corpus = record.number("corpusId").or(record.number("corpusid")).map(|id| format!("corpus:{id}"));
    paper.catalogue_ids.extend(hash.into_iter().chain(corpus));
    paper.catalogue_ids.sort_unstable();
}

/// `{"ArXiv": "…", "DOI": "…", "ACL": "…"}`, its names in any case.
fn identify(paper: &mut Paper, ids: Option<&Value>) {
    for (registry, id) in ids.and_then(Value::as_object).into_iter().flatten() {
        let Some(id) = id.as_str() else { continue };
        match registry.to_ascii_lowercase().as_str() {
            "arxiv" => paper.identify(PaperId::arxiv(id)),
            "acl" => paper.identify(PaperId::acl(id)),
            "doi" => set_doi(paper, id),
            _ => {}
        }
    }
}

/// A record of S2ORC: a text with the positions of title, abstract, headings and paragraphs; in older releases a paper
/// with its parsed text.
pub(super) fn s2orc(record: Value) -> RecordResult {
    let parse = ["pdf_parse", "grobid_parse", "latex_parse"].iter().find_map(|name| record.get(*name)?.as_object());
    if parse.is_some() || record.get("body_text").is_some() {
        let parse = ["pdf_parse", "grobid_parse", "latex_parse"].iter().filter_map(|name| record.get(*name));
        return parsed(&record, parse.into_iter().find(|parse| parse.is_object()).unwrap_or(&record));
    }
    let Some(content) = record.get("content").or_else(|| record.get("body")).filter(|content| content.is_object())
    else {
        return old(&record).map(|paper| vec![paper]);
    };
    let text = content.get("text").and_then(Value::as_str).unwrap_or_default();
    let marks = TextMarks::new(text, content.get("annotations"));
    let title = record.text("title").map(str::to_string).or_else(|| marks.all("title").first().map(|m| m.text.clone()));
    let mut paper = titled(&title.unwrap_or_default())?;
    identify(&mut paper, record.get("externalids"));
    let stated = single_spaced(record.text("abstract").unwrap_or_default());
    let marked = || marks.all("abstract").iter().map(|mark| single_spaced(&mark.text)).collect::<Vec<_>>().join(" ");
    paper.abstract_text = if stated.is_empty() { marked() } else { stated };
    let mut people = record.texts("authors", "name");
    if people.is_empty() {
        people.extend(marks.all("author").iter().filter_map(|author| super::facts::name(None, Some(&author.text))));
    }
    set_authors(&mut paper, people);
    paper.published = year_of(&record);
    // The present release writes `section_header`, earlier ones `sectionheader`.
    let mut parts = marks.all("section_header");
    parts.extend(marks.all("sectionheader"));
    let headings = parts.len();
    parts.extend(marks.all("paragraph"));
    let mut parts: Vec<(bool, TextMark)> =
        parts.into_iter().enumerate().map(|(i, mark)| (i < headings, mark)).collect();
    parts.sort_by_key(|(heading, mark)| (mark.start, !heading));
    for (is_heading, mark) in parts {
        if is_heading {
            paper.sections.push(Section::new(heading(&mark.text), ""));
        } else {
            add_paragraph(&mut paper, &mark.text);
        }
    }
    paper.sections.retain(|section| !section.text.is_empty());
    catalogue_ids(&mut paper, &record);
    json_references::add(&mut paper, cited(&marks));
    Ok(vec![paper])
}

/// The references of a text: each has its entry, with the positions of the title and the names of the authors.
fn cited(marks: &TextMarks<'_>) -> Vec<Reference> {
    let both = |names: [&str; 2]| names.iter().flat_map(|name| marks.all(name)).collect::<Vec<TextMark>>();
    let (titles, people) = (both(["bib_title", "bibtitle"]), both(["bib_author", "bibauthor"]));
    let entries = both(["bib_entry", "bibentry"]);
    let references = entries.into_iter().map(|entry| {
        let end = entry.start + entry.text.chars().count();
        let inside = |mark: &&TextMark| (entry.start..end).contains(&mark.start);
        let matched = entry.attributes.as_ref().and_then(|attributes| attributes.number("matched_paper_id"));
        let doi = entry.attributes.as_ref().and_then(|attributes| attributes.text("doi")).and_then(doi);
        let mut years = entry.text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse::<u16>().ok());
        Reference {
            title: titles.iter().find(inside).map(|mark| single_spaced(&mark.text)),
            authors: people.iter().filter(inside).filter_map(|mark| spoken(&mark.text)).collect(),
            year: years.rfind(|year| (1900..=2100).contains(year)),
            doi: doi.map(str::to_string),
            url: matched.map(|id| format!("https://www.semanticscholar.org/corpusid:{id}")),
            text: single_spaced(&entry.text),
            ..Reference::default()
        }
    });
    references.collect()
}

fn add_paragraph(paper: &mut Paper, text: &str) {
    let text = single_spaced(text);
    if text.is_empty() {
        return;
    }
    if paper.sections.is_empty() {
        paper.sections.push(Section::default());
    }
    let Some(section) = paper.sections.last_mut() else { return };
    if !section.text.is_empty() {
        section.text.push('\n');
    }
    section.text.push_str(&text);
}

/// The heading without the number before it.
fn heading(text: &str) -> String {
    single_spaced(text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c.is_whitespace()))
}

fn year_of(record: &Value) -> Option<crate::paper::PartialDate> {
    date_of(u16::try_from(record.number("year")?).ok()?, None, None)
}

/// The metadata of an older release, or of unarXive, which uses the metadata of arXiv's snapshot.
fn old(record: &Value) -> Result<Paper, SkippedRecord> {
    let metadata = record.get("metadata").unwrap_or(record);
    if metadata.get("authors_parsed").is_some() {
        return super::arxiv::paper_of_snapshot(metadata);
    }
    let mut paper = titled(metadata.text("title").unwrap_or_default())?;
    paper.identify(metadata.text("arxiv_id").and_then(PaperId::arxiv));
    paper.identify(metadata.text("acl_id").and_then(PaperId::acl));
    set_doi(&mut paper, metadata.text("doi").unwrap_or_default());
    paper.abstract_text = single_spaced(metadata.text("abstract").unwrap_or_default());
    paper.published = year_of(metadata);
    paper.venue = metadata.text("venue").or(metadata.text("journal")).map(str::to_string);
    let person = |author: &Value| super::facts::name(author.text("first"), author.text("last"));
    set_authors(&mut paper, metadata.list("authors").iter().filter_map(person).collect());
    Ok(paper)
}

/// A paper with its parsed text: paragraphs, each with its heading.
fn parsed(record: &Value, parse: &Value) -> RecordResult {
    let mut paper = old(record)?;
    if paper.abstract_text.is_empty() {
        // A list of paragraphs, or one of its paragraphs.
        let one = record.get("abstract").and_then(|part| part.text("text")).map(str::to_string);
        paper.abstract_text = single_spaced(&one.unwrap_or_else(|| parse.texts("abstract", "text").join(" ")));
    }
    for paragraph in parse.list("body_text") {
        let heading = single_spaced(paragraph.text("section").unwrap_or_default());
        if paper.sections.last().is_none_or(|section| section.title != heading) {
            paper.sections.push(Section::new(heading, ""));
        }
        add_paragraph(&mut paper, paragraph.text("text").unwrap_or_default());
    }
    paper.sections.retain(|section| !section.text.is_empty());
    catalogue_ids(&mut paper, record);
    json_references::add(&mut paper, json_references::read(parse.get("bib_entries").or(record.get("bib_entries"))));
    Ok(vec![paper])
}

/// A range of the text and what it contains.
struct TextMark {
    start: usize,
    text: String,
    attributes: Option<Value>,
}

/// The annotations of a text: lists by name, each written as JSON inside a string, with offsets that count code points.
struct TextMarks<'a> {
    text: &'a str,
    /// The byte at which every 64th code point begins, so that an offset is found by a short walk.
    steps: Vec<usize>,
    annotations: Option<&'a Value>,
}

const STEP: usize = 64;

impl<'a> TextMarks<'a> {
    fn new(text: &'a str, annotations: Option<&'a Value>) -> Self {
        let steps = text.char_indices().step_by(STEP).map(|(at, _)| at).collect();
        Self { text, steps, annotations }
    }

    fn all(&self, name: &str) -> Vec<TextMark> {
        let Some(value) = self.annotations.and_then(|all| all.get(name)) else { return Vec::new() };
        let inner = value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        let list = inner.as_ref().unwrap_or(value).as_array().map(Vec::as_slice).unwrap_or_default();
        let mark = |value: &Value| {
            let (start, end) =
                (usize::try_from(value.number("start")?).ok()?, usize::try_from(value.number("end")?).ok()?);
            let text = self.text.get(self.byte(start)?..self.byte(end)?)?;
            Some(TextMark { start, text: text.to_string(), attributes: value.get("attributes").cloned() })
        };
        list.iter().filter_map(mark).collect()
    }

    fn byte(&self, point: usize) -> Option<usize> {
        let from = match self.steps.get(point / STEP) {
            Some(from) => *from,
            // Directly after the last code point.
            None if point.is_multiple_of(STEP) && point / STEP == self.steps.len() => return Some(self.text.len()),
            None => return None,
        };
        let rest = self.text.get(from..)?;
        let mut walk = rest.char_indices().map(|(at, _)| from + at).chain([self.text.len()]);
        walk.nth(point % STEP)
    }
}
