//! BibTeX and BibLaTeX, entry by entry, so that a bibliography of any size can be read. LaTeX in the fields becomes
//! letters; formulas stay between dollars.
//!
//! What an entry takes from another (`crossref`) stands behind it in the file: such entries wait for the other, or for
//! the end.

mod entries;

use std::collections::{HashMap, VecDeque};
use std::io::BufRead;

use biblatex::{Bibliography, ChunksExt, Entry, ParseErrorKind};

use super::facts::{add_link, add_repository, date, date_of, month, name, one_line, set_authors, set_doi, titled};
use super::lines::Lines;
use super::place::{Frame, Item, Place, Problem, Skipped};
use crate::paper::{Paper, PaperId, PartialDate};
use entries::{Entries, RawEntry};

/// Entries that are no papers.
const OTHER: [&str; 10] =
    ["proceedings", "book", "collection", "software", "dataset", "manual", "online", "electronic", "www", "image"];

/// Proceedings that later entries may refer to, and entries that wait for theirs.
const MOST_PARENTS: usize = 100_000;
const MOST_WAITING: usize = 10_000;

/// Abbreviations that a file defines for itself.
const MAX_STRINGS: usize = 1024 * 1024;

pub(super) fn looks_like(head: &str) -> bool {
    head.lines().map(str::trim_start).any(|line| entries::begins(line).is_some_and(|kind| kind != "comment"))
        && head.contains('=')
}

pub(super) fn read(reader: impl BufRead, place: Place) -> impl Iterator<Item = Item> {
    Bibliographies {
        entries: Entries::new(Lines::new(reader, place.clone()), place.clone()),
        place,
        strings: String::new(),
        parents: HashMap::new(),
        waiting: VecDeque::new(),
        ready: VecDeque::new(),
    }
}

/// What papers take from the proceedings they refer to.
#[derive(Clone)]
struct Parent {
    title: Option<String>,
    published: Option<PartialDate>,
}

struct Bibliographies<E> {
    entries: E,
    place: Place,
    /// The `@string` entries so far, as they are written.
    strings: String,
    parents: HashMap<String, Parent>,
    /// Papers whose proceedings have not come yet: line, paper, key of the proceedings.
    waiting: VecDeque<(u64, Paper, String)>,
    ready: VecDeque<Item>,
}

impl<E: Iterator<Item = Result<Frame<RawEntry>, Problem>>> Bibliographies<E> {
    fn entry(&mut self, line: u64, raw: &RawEntry) {
        if raw.kind == "string" {
            if self.strings.len() + raw.text.len() < MAX_STRINGS && Bibliography::parse(&raw.text).is_ok() {
                self.strings.push_str(&raw.text);
                self.strings.push('\n');
            }
            return;
        }
        match parse(&raw.text, &self.strings) {
            Ok(entry) => self.parsed(line, &raw.kind, &entry),
            Err(skipped) => self.ready.push_back(Err(self.place.problem(line, skipped))),
        }
    }

    fn parsed(&mut self, line: u64, kind: &str, entry: &Entry) {
        let has_id = text(entry, &["eprint", "doi"]).is_some();
        if OTHER.contains(&kind) && !(has_id && matches!(kind, "online" | "electronic" | "www")) {
            self.parent(entry);
            let skipped = Skipped::not_a_paper(format!("an entry of the type `{kind}`"));
            return self.ready.push_back(Err(self.place.problem(line, skipped)));
        }
        let paper = match paper(entry) {
            Ok(paper) => paper,
            Err(skipped) => return self.ready.push_back(Err(self.place.problem(line, skipped))),
        };
        let Some(key) = text(entry, &["crossref"]) else { return self.ready.push_back(self.place.paper(line, paper)) };
        match self.parents.get(&key) {
            Some(parent) => {
                let paper = inherit(paper, parent);
                self.ready.push_back(self.place.paper(line, paper));
            }
            None => self.waiting.push_back((line, paper, key)),
        }
        if self.waiting.len() > MOST_WAITING {
            self.release();
        }
    }

    /// Remembers proceedings, and gives out the papers that waited for them.
    fn parent(&mut self, entry: &Entry) {
        let parent = Parent { title: text(entry, &["booktitle", "title"]), published: published(entry) };
        for (line, paper, key) in std::mem::take(&mut self.waiting) {
            if key == entry.key {
                let paper = inherit(paper, &parent);
                self.ready.push_back(self.place.paper(line, paper));
            } else {
                self.waiting.push_back((line, paper, key));
            }
        }
        if self.parents.len() < MOST_PARENTS {
            self.parents.insert(entry.key.clone(), parent);
        }
    }

    /// Gives out the paper that has waited longest as it is.
    fn release(&mut self) {
        if let Some((line, paper, _)) = self.waiting.pop_front() {
            self.ready.push_back(self.place.paper(line, paper));
        }
    }
}

impl<E: Iterator<Item = Result<Frame<RawEntry>, Problem>>> Iterator for Bibliographies<E> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        while self.ready.is_empty() {
            match self.entries.next() {
                Some(Ok(Frame { line, record })) => self.entry(line, &record),
                Some(Err(problem)) => self.ready.push_back(Err(problem)),
                None if !self.waiting.is_empty() => self.release(),
                None => return None,
            }
        }
        self.ready.pop_front()
    }
}

fn inherit(mut paper: Paper, parent: &Parent) -> Paper {
    paper.venue = paper.venue.or_else(|| parent.title.clone());
    paper.published = paper.published.or(parent.published);
    paper
}

/// The one entry of a text. An abbreviation that the file does not define stands for itself.
fn parse(text: &str, strings: &str) -> Result<Entry, Skipped> {
    let mut source = if strings.is_empty() { text.to_string() } else { format!("{strings}{text}") };
    for _ in 0..20 {
        match Bibliography::parse(&source) {
            Ok(found) => {
                let entry = found.into_vec().into_iter().next();
                return entry.ok_or_else(|| Skipped::malformed("not BibTeX: an entry without a key"));
            }
            Err(e) => match e.kind {
                ParseErrorKind::UnknownAbbreviation(name) if entries::is_word(&name) => {
                    source = format!("@string{{{name} = {{{name}}}}}\n{source}");
                }
                kind => return Err(Skipped::malformed(format!("not BibTeX: {kind}"))),
            },
        }
    }
    Err(Skipped::malformed("not BibTeX: abbreviations that nobody defines"))
}

/// The first of these fields that has a text.
fn text(entry: &Entry, fields: &[&str]) -> Option<String> {
    fields.iter().find_map(|field| {
        let text = one_line(&entry.get(field)?.format_verbatim());
        (!text.is_empty()).then_some(text)
    })
}

fn published(entry: &Entry) -> Option<PartialDate> {
    if let Some(date) = text(entry, &["date"]).and_then(|range| date(range.split('/').next()?)) {
        return Some(date);
    }
    let year = text(entry, &["year"])?.parse().ok()?;
    let months = text(entry, &["month"]).unwrap_or_default();
    let word = months.split(|c: char| !c.is_alphanumeric()).find(|word| month(word).is_some());
    let day = text(entry, &["day"]).and_then(|day| day.parse().ok());
    date_of(year, word.and_then(month), day)
}

fn paper(entry: &Entry) -> Result<Paper, Skipped> {
    let mut paper = titled(&text(entry, &["title"]).unwrap_or_default())?;
    paper.abstract_text = text(entry, &["abstract"]).unwrap_or_default();
    paper.published = published(entry);
    let people = entry.author().unwrap_or_default();
    let people = people.iter().filter(|person| !person.name.eq_ignore_ascii_case("others"));
    let spoken = people.filter_map(|person| {
        let family = [person.prefix.as_str(), &person.name, &person.suffix].join(" ");
        name(Some(&person.given_name), Some(&family))
    });
    set_authors(&mut paper, spoken.collect());
    let venue = text(entry, &["booktitle", "journal", "journaltitle", "eventtitle", "school"]);
    let archive = text(entry, &["archiveprefix", "eprinttype"]).unwrap_or_default().to_lowercase();
    if let Some(eprint) = text(entry, &["eprint"]).filter(|_| archive.is_empty() || archive == "arxiv") {
        paper.identify(PaperId::arxiv(&eprint));
    }
    // `journal = {arXiv preprint arXiv:1810.04805}` names the paper, not a journal.
    match venue {
        Some(venue) if venue.to_lowercase().contains("arxiv") => {
            let id = venue.split_whitespace().find_map(PaperId::arxiv);
            paper.identify(id);
        }
        venue => paper.venue = venue,
    }
    if let Some(doi) = text(entry, &["doi"]) {
        set_doi(&mut paper, &doi);
    }
    for url in ["url", "howpublished", "pdf", "project", "note"].iter().filter_map(|field| text(entry, &[field])) {
        for url in url.split_whitespace().filter(|word| word.starts_with("http")) {
            add_link(&mut paper, url);
        }
    }
    for code in ["code", "github", "software"].iter().filter_map(|field| text(entry, &[field])) {
        if code.starts_with("http") {
            add_repository(&mut paper, &code, None, None);
        }
    }
    Ok(paper)
}
