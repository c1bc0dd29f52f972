//! RIS, as Zotero and publishers export it: `TY  - JOUR`, a line for each statement, `ER  - `.

use std::io::BufRead;
use std::sync::LazyLock;

use regex::Regex;

use super::facts::{add_link, date, marked_arxiv_id, set_authors, set_doi, spoken, titled};
use super::markup::plain;
use super::place::{FramedRecord, RecordResult, SkippedRecord, SourceInput, SourceItem};
use super::tagged::{self, TaggedFormat, TaggedReference, values_of};

/// Types of references that are papers.
const PAPERS: [&str; 19] = [
    "JOUR", "EJOUR", "JFULL", "MGZN", "CONF", "CPAPER", "CHAP", "ECHAP", "THES", "UNPB", "UNPD", "INPR", "PREPRINT",
    "ABST", "MANSCPT", "GEN", "RPRT", "SER", "",
];

/// Tags that are joined into one.
const MOST_GLUED: usize = 100;

/// Lines that a provider writes before the first reference.
const MOST_HEADER_LINES: usize = 40;

pub(super) fn looks_like(head: &str) -> bool {
    let mut lines = head.lines().map(str::trim_start).filter(|line| !line.is_empty()).take(MOST_HEADER_LINES);
    let first = lines.find_map(tag);
    first.is_some_and(|(tag, value)| tag == "TY" && !value.is_empty() && !value.contains(' '))
}

/// The tag of a line and its value. Some exporters write fewer spaces than the two of the format.
fn tag(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('-')?;
    let tag = name.trim_end();
    let shaped = tag.len() == 2 && name.len() > 2 && tag.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (shaped && tag.starts_with(|c: char| c.is_ascii_uppercase())).then(|| (tag, value.trim()))
}

/// The statements of a line. Some programs write the next tag after a value: `10.1000/x  LK  - https://…`.
fn apart(tag: &str, value: &str) -> Vec<(String, String)> {
    static GLUED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\s+([A-Z][A-Z0-9])  ?- ").expect("a pattern of the program is sound"));
    let (mut tag, mut from) = (tag, 0);
    let mut found = Vec::new();
    // In prose such letters can be words.
    let is_prose = matches!(tag, "AB" | "N2" | "TI" | "T1");
    for glued in GLUED.captures_iter(value).take(if is_prose { 0 } else { MOST_GLUED }) {
        let (Some(whole), Some(next)) = (glued.get(0), glued.get(1)) else { break };
        found.push((tag.to_string(), value[from..whole.start()].to_string()));
        (tag, from) = (next.as_str(), whole.end());
    }
    found.push((tag.to_string(), value[from..].to_string()));
    found
}

pub(super) fn read(reader: impl BufRead, place: SourceInput) -> impl Iterator<Item = SourceItem> {
    tagged::read::<RisRecord>(reader, place)
}

struct RisRecord;

impl RisRecord {
    fn cut_off() -> Option<SkippedRecord> {
        Some(SkippedRecord::cut_off("the reference has no `ER`"))
    }
}

impl TaggedFormat for RisRecord {
    const MOST_STATEMENTS: usize = 20_000;

    fn line(reference: &mut TaggedReference, FramedRecord { line, record }: FramedRecord<String>) {
        match tag(record.trim_start()) {
            Some(("TY", kind)) => {
                reference.end::<Self>(Self::cut_off());
                reference.begin(line, "TY", kind);
            }
            Some(("ER", _)) => reference.end::<Self>(None),
            Some((tag, value)) => {
                reference.bytes += record.len();
                if let Some(statements) = reference.statements() {
                    statements.extend(apart(tag, value));
                } else if !value.is_empty() {
                    reference.report(line, SkippedRecord::malformed("a statement before the `TY` of a reference"));
                }
            }
            // A long abstract continues on the next line.
            None => {
                reference.bytes += record.len();
                reference.go_on(&record);
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
    let first = |tags: &[&'static str]| tags.iter().find_map(|tag| all(tag).next());
    let kind = first(&["TY"]).unwrap_or_default();
    let authors: Vec<&str> = match all("AU").next() {
        // For these types, other fields name the funder or publisher.
        Some(_) => all("AU").collect(),
        None => all("A1").collect(),
    };
    let has_people = authors.iter().any(|name| name.contains(','));
    if !PAPERS.contains(&kind) || (kind == "RPRT" && !has_people) {
        return Err(SkippedRecord::not_a_paper(format!("a reference of the type `{kind}`")));
    }
    let mut paper = titled(&plain(first(&["TI", "T1", "CT"]).unwrap_or_default()))?;
    paper.abstract_text = plain(first(&["AB", "N2"]).unwrap_or_default());
    // `DA  - 2021/04/19/` is more precise than `PY  - 2021`.
    let dates = ["DA", "PY", "Y1"].iter().filter_map(|tag| all(tag).next()).filter_map(date);
    paper.published = dates.max_by_key(|date| date.precision());
    set_authors(&mut paper, authors.into_iter().filter_map(spoken).collect());
    paper.venue = first(&["T2", "JO", "JF", "BT", "C3", "JA"]).map(plain);
    // A DOI has no spaces: the text after one is something else.
    if let Some(doi) = first(&["DO", "DI"]).and_then(|doi| doi.split_whitespace().next()) {
        set_doi(&mut paper, doi);
    }
    let notes = ["AN", "M1", "M3", "N1", "C7", "T2", "JO", "JF", "PB"].into_iter().flat_map(all);
    paper.identify(notes.filter_map(marked_arxiv_id));
    for key in all("ID") {
        paper.library.add_citation_key(key);
    }
    paper.library.add_tags(all("KW").flat_map(|tags| tags.split(';')));
    for note in all("N1") {
        // As `kg export ris` writes it: `Code: https://… (gone)`.
        match note.strip_prefix("Code: ") {
            Some(code) => add_link(&mut paper, code.split_whitespace().next().unwrap_or_default()),
            // Some programs write the abstract or an id as a note.
            None if note == paper.abstract_text || marked_arxiv_id(note).is_some() => {}
            None => paper.library.notes.extend(Some(plain(note))),
        }
    }
    // Addresses come one on each line, or several with semicolons between them.
    for url in ["UR", "LK", "L1"].into_iter().flat_map(all).flat_map(|urls| urls.split(';')) {
        add_link(&mut paper, url);
    }
    Ok(vec![paper])
}
