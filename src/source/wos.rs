//! Web of Science's plain text: a tag of two characters and a space, continuation lines that begin with three spaces,
//! and `ER` at the end of a record.

use std::io::BufRead;

use super::facts::{date_of, month, set_authors, set_doi, spoken, titled};
use super::json_references;
use super::markup::plain;
use super::place::{FramedRecord, RecordResult, SkippedRecord, SourceInput, SourceItem};
use super::tagged::{self, TaggedFormat, TaggedReference, values_of};
use crate::document::Reference;
use crate::paper::PartialDate;

/// Tags whose lines are a list with one value each.
const LISTS: [&str; 3] = ["AU", "AF", "CR"];

/// Kinds of documents that are not papers.
const NOT_PAPERS: [&str; 6] =
    ["Book Review", "Correction", "Patent", "News Item", "Biographical-Item", "Meeting Abstract"];

pub(super) fn looks_like(head: &str) -> bool {
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().and_then(tag);
    match first {
        Some(("FN", _)) => lines.filter_map(tag).any(|(tag, _)| tag == "PT"),
        Some(("PT", kind)) => kind.len() == 1 && lines.filter_map(tag).any(|(tag, _)| tag == "TI"),
        _ => false,
    }
}

/// The tag of a line and its value.
fn tag(line: &str) -> Option<(&str, &str)> {
    let (tag, value) = line.trim_end().split_at_checked(2)?;
    let is_tag = tag.starts_with(|c: char| c.is_ascii_uppercase())
        && tag.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && (value.is_empty() || value.starts_with(' '));
    is_tag.then(|| (tag, value.trim()))
}

pub(super) fn read(reader: impl BufRead, place: SourceInput) -> impl Iterator<Item = SourceItem> {
    tagged::read::<WosRecord>(reader, place)
}

struct WosRecord;

impl WosRecord {
    fn cut_off() -> Option<SkippedRecord> {
        Some(SkippedRecord::cut_off("the record has no `ER`"))
    }
}

impl TaggedFormat for WosRecord {
    fn line(reference: &mut TaggedReference, FramedRecord { line, record }: FramedRecord<String>) {
        reference.bytes += record.len();
        match tag(&record) {
            Some(("PT", kind)) => {
                reference.end::<Self>(Self::cut_off());
                reference.begin(line, "PT", kind);
            }
            Some(("ER", _)) => reference.end::<Self>(None),
            Some((tag, value)) => match reference.statements() {
                Some(statements) => statements.push((tag.to_string(), value.to_string())),
                // The name of the program, the version of the format, and the end of the file.
                None if matches!(tag, "FN" | "VR" | "EF") => reference.bytes = 0,
                None => reference.report(line, SkippedRecord::malformed("a statement before the `PT` of a record")),
            },
            None => {
                let last = reference.statements().and_then(|statements| statements.last());
                let list = last.and_then(|(last, _)| LISTS.into_iter().find(|list| list == last));
                match (list, reference.statements()) {
                    (Some(tag), Some(statements)) => statements.push((tag.to_string(), record.trim().to_string())),
                    _ => reference.go_on(&record),
                }
            }
        }
        reference.end_if_too_large::<Self>(line);
    }

    fn end_of_input(reference: &mut TaggedReference) {
        reference.end::<Self>(Self::cut_off());
    }

    fn paper(statements: &[(String, String)]) -> RecordResult {
        paper(statements)
    }
}

fn paper(statements: &[(String, String)]) -> RecordResult {
    let all = |tag: &'static str| values_of(statements, tag);
    let first = |tag: &'static str| all(tag).next();
    let kinds = || first("DT").into_iter().flat_map(|kinds| kinds.split(';')).map(str::trim);
    if first("PT") == Some("P") || kinds().any(|kind| NOT_PAPERS.contains(&kind)) {
        return Err(SkippedRecord::not_a_paper(format!("a record of the kind `{}`", first("DT").unwrap_or("Patent"))));
    }
    let mut paper = titled(&plain(first("TI").unwrap_or_default()))?;
    paper.abstract_text = plain(first("AB").unwrap_or_default());
    let full: Vec<String> = all("AF").filter_map(spoken).collect();
    set_authors(&mut paper, if full.is_empty() { all("AU").filter_map(spoken).collect() } else { full });
    paper.published = first("PY").and_then(|year| published(year, first("PD").unwrap_or_default()));
    paper.venue = first("SO").map(plain);
    if let Some(doi) = first("DI") {
        set_doi(&mut paper, doi);
    }
    paper.library.add_tags(all("DE").flat_map(|tags| tags.split(';')));
    // Without a DOI, an entry has no title by which the work could be found.
    json_references::add(&mut paper, all("CR").map(cited).filter(|reference| reference.doi.is_some()));
    Ok(vec![paper])
}

/// `2021` with `MAR 5`, `MAR`, `MAR-APR` or nothing.
fn published(year: &str, day: &str) -> Option<PartialDate> {
    let mut words = day.split([' ', '-']);
    date_of(year.parse().ok()?, words.next().and_then(month), words.next().and_then(|day| day.parse().ok()))
}

/// `Doe J, 2019, J LAMPS, V3, P1, DOI 10.1000/lamps.3`.
fn cited(entry: &str) -> Reference {
    let year = entry.split(", ").nth(1).and_then(|year| year.parse().ok());
    let doi = entry.split_once("DOI ").map(|(_, doi)| doi.trim_matches(['[', ']', ' ']));
    let doi = doi.and_then(|doi| doi.split([',', ' ']).next()).and_then(crate::paper::doi).map(str::to_string);
    let author = entry.split(", ").next().filter(|_| year.is_some());
    let authors =
        author.and_then(|name| name.rsplit_once(' ')).map(|(family, initials)| format!("{initials} {family}"));
    Reference { text: entry.to_string(), authors: authors.into_iter().collect(), year, doi, ..Reference::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Format;

    fn all(text: &str) -> Vec<SourceItem> {
        read(text.as_bytes(), SourceInput::new("x", Format::Wos)).collect()
    }

    #[test]
    fn a_line_that_goes_on_is_a_value_of_its_own_in_a_list() {
        let items = all(
            "FN Clarivate\nVR 1.0\nPT J\nAU Ruiz, A\n   Li, B\nAF Ruiz, Ana\n   Li, Bo\nTI Lamps\n   at night\nPY 2030\nPD MAR 5\nDI 10.5555/l.1\nDE lamps; moths\nCR Doe J, 2019, J LAMPS, V3, P1, DOI 10.5555/l.0\nER\n\nPT P\nTI A patent\nER\n\nPT J\nTI Cut off\n",
        );
        let paper = items[0].as_ref().unwrap();
        assert_eq!((paper.title.as_str(), paper.doi.as_deref()), ("Lamps at night", Some("10.5555/l.1")));
        assert_eq!(paper.authors.as_deref().unwrap(), ["Ana Ruiz", "Bo Li"]);
        assert_eq!(paper.published.unwrap().to_string(), "2030-03-05");
        let reference = &paper.document.as_ref().unwrap().references[0];
        assert_eq!(
            (reference.doi.as_deref(), reference.year, reference.authors.as_slice()),
            (Some("10.5555/l.0"), Some(2019), &["J Doe".to_string()][..])
        );
        assert_eq!(items[1].as_ref().unwrap_err().to_string(), "x:17: a record of the kind `Patent`");
        assert_eq!(items[2].as_ref().unwrap().title, "Cut off");
    }

    #[test]
    fn only_its_own_tags_are_recognized() {
        assert!(looks_like("FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\n"));
        assert!(looks_like("PT J\nAU Ruiz, A\nTI Lamps\n"));
        for other in ["", "FN a function\n", "PT is a word\nTI\n", "TY  - JOUR\n", "PMID- 1\nTI  - Lamps\n"] {
            assert!(!looks_like(other), "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_lines_are_read(text in "(FN |PT J|PT |TI |AU |CR |DI |PY |PD |ER|EF|   |\n|[a-z]{1,4}|é|2030|DOI |, ){0,40}") {
            let _ = (looks_like(&text), all(&text));
        }
    }
}
