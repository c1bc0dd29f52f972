//! RIS, as Zotero and publishers export it: `TY  - JOUR`, a line for each statement, `ER  - `.

use std::collections::VecDeque;
use std::io::BufRead;
use std::sync::LazyLock;

use regex::Regex;

use super::facts::{add_link, date, marked_arxiv_id, set_authors, set_doi, spoken, titled};
use super::lines::{Lines, MAX_LINE_BYTES};
use super::markup::plain;
use super::place::{Frame, Item, Place, Read, Reason, Skipped};

/// Types of references that are papers.
const PAPERS: [&str; 19] = [
    "JOUR", "EJOUR", "JFULL", "MGZN", "CONF", "CPAPER", "CHAP", "ECHAP", "THES", "UNPB", "UNPD", "INPR", "PREPRINT",
    "ABST", "MANSCPT", "GEN", "RPRT", "SER", "",
];

/// Statements that are glued to one.
const MOST_GLUED: usize = 100;

/// Lines that a provider writes before the first reference.
const MOST_HEADER_LINES: usize = 40;

/// Statements of one reference; more are no reference.
const MOST_LINES: usize = 20_000;

pub(super) fn looks_like(head: &str) -> bool {
    let lines = head.lines().map(str::trim_start).filter(|line| !line.is_empty()).take(MOST_HEADER_LINES);
    let first = lines.filter_map(tag).next();
    first.is_some_and(|(tag, value)| tag == "TY" && !value.is_empty() && !value.contains(' '))
}

/// The tag of a line and what it says. Some exporters write fewer spaces than the two that are asked for.
fn tag(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('-')?;
    let tag = name.trim_end();
    let shaped = tag.len() == 2 && name.len() > 2 && tag.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (shaped && tag.starts_with(|c: char| c.is_ascii_uppercase())).then(|| (tag, value.trim()))
}

/// The statements of a line. Some programs write the next tag behind a value: `10.1000/x  LK  - https://…`.
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

pub(super) fn read(reader: impl BufRead, place: Place) -> impl Iterator<Item = Item> {
    References { lines: Lines::new(reader, place.clone()), place, begun: None, bytes: 0, ready: VecDeque::new() }
}

/// A reference that is being read: its line and its statements.
type Reference = (u64, Vec<(String, String)>);

struct References<L> {
    lines: L,
    place: Place,
    begun: Option<Reference>,
    bytes: usize,
    ready: VecDeque<Item>,
}

impl<L: Iterator<Item = Result<Frame<String>, super::Problem>>> References<L> {
    fn line(&mut self, Frame { line, record }: Frame<String>) {
        match tag(record.trim_start()) {
            Some(("TY", kind)) => {
                self.end(Some(Skipped::cut_off("the reference has no `ER`")));
                self.begun = Some((line, vec![("TY".to_string(), kind.to_string())]));
            }
            Some(("ER", _)) => self.end(None),
            Some((tag, value)) => {
                self.bytes += record.len();
                if let Some((_, statements)) = &mut self.begun {
                    statements.extend(apart(tag, value));
                } else if !value.is_empty() {
                    let skipped = Skipped::malformed("a statement before the `TY` of a reference");
                    self.ready.push_back(Err(self.place.problem(line, skipped)));
                }
            }
            // A long abstract goes on in the next line.
            None => {
                self.bytes += record.len();
                if let Some((_, last)) = self.begun.as_mut().and_then(|(_, statements)| statements.last_mut()) {
                    last.push(' ');
                    last.push_str(record.trim());
                }
            }
        }
        if self.bytes > MAX_LINE_BYTES || self.begun.as_ref().is_some_and(|(_, all)| all.len() > MOST_LINES) {
            self.end(Some(Skipped::new(Reason::TooLarge, "the reference is larger than any paper's")));
        }
    }

    /// The reference is whole, or ends with `fault`.
    fn end(&mut self, fault: Option<Skipped>) {
        self.bytes = 0;
        let Some((line, statements)) = self.begun.take() else { return };
        let paper = match fault {
            Some(fault) if fault.reason == Reason::TooLarge => Err(fault),
            fault => paper(&statements).map_err(|skipped| fault.unwrap_or(skipped)),
        };
        match paper {
            Ok(papers) => self.ready.extend(papers.into_iter().map(|paper| self.place.paper(line, paper))),
            Err(skipped) => self.ready.push_back(Err(self.place.problem(line, skipped))),
        }
    }
}

impl<L: Iterator<Item = Result<Frame<String>, super::Problem>>> Iterator for References<L> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        while self.ready.is_empty() {
            match self.lines.next() {
                Some(Ok(frame)) => self.line(frame),
                Some(Err(problem)) => self.ready.push_back(Err(problem)),
                None if self.begun.is_some() => self.end(Some(Skipped::cut_off("the reference has no `ER`"))),
                None => return None,
            }
        }
        self.ready.pop_front()
    }
}

fn paper(statements: &[(String, String)]) -> Read {
    let all = |tag: &'static str| {
        statements.iter().filter(move |(t, value)| t == tag && !value.is_empty()).map(|(_, value)| value.as_str())
    };
    let first = |tags: &[&'static str]| tags.iter().find_map(|tag| all(tag).next());
    let kind = first(&["TY"]).unwrap_or_default();
    let authors: Vec<&str> = match all("AU").next() {
        // Beside these, other fields name who paid or published.
        Some(_) => all("AU").collect(),
        None => all("A1").collect(),
    };
    let has_people = authors.iter().any(|name| name.contains(','));
    if !PAPERS.contains(&kind) || (kind == "RPRT" && !has_people) {
        return Err(Skipped::not_a_paper(format!("a reference of the type `{kind}`")));
    }
    let mut paper = titled(&plain(first(&["TI", "T1", "CT"]).unwrap_or_default()))?;
    paper.abstract_text = plain(first(&["AB", "N2"]).unwrap_or_default());
    // `DA  - 2021/04/19/` knows more than `PY  - 2021`.
    let dates = ["DA", "PY", "Y1"].iter().filter_map(|tag| all(tag).next()).filter_map(date);
    paper.published = dates.max_by_key(|date| date.precision());
    set_authors(&mut paper, authors.into_iter().filter_map(spoken).collect());
    paper.venue = first(&["T2", "JO", "JF", "BT", "C3", "JA"]).map(plain);
    // A DOI has no spaces: what is behind one is of something else.
    if let Some(doi) = first(&["DO", "DI"]).and_then(|doi| doi.split_whitespace().next()) {
        set_doi(&mut paper, doi);
    }
    let notes = ["AN", "M1", "M3", "N1", "C7", "T2", "JO", "JF", "PB"].into_iter().flat_map(all);
    paper.identify(notes.filter_map(marked_arxiv_id));
    // Addresses come one a line, or several with semicolons between.
    for url in ["UR", "LK", "L1"].into_iter().flat_map(all).flat_map(|urls| urls.split(';')) {
        add_link(&mut paper, url);
    }
    Ok(vec![paper])
}
