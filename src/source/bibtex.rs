//! BibTeX and BibLaTeX, entry by entry, so that a bibliography of any size can be read. LaTeX in the fields becomes
//! letters; formulas stay between dollars.
//!
//! An entry to which others refer (`crossref`) comes after them in the file: they wait for it, or for the end.

mod entries;
mod mend;
mod tex;

use std::collections::{HashMap, VecDeque};
use std::io::BufRead;

use biblatex::{Bibliography, ChunksExt, Entry, RawBibliography, RawChunk};

use super::facts::{
    add_link, add_repository, date, date_of, marked_arxiv_id, month, name, set_authors, set_doi, titled,
};
use super::lines::InputLines;
use super::place::{FramedRecord, ProblemReason, ReadProblem, SkippedRecord, SourceInput, SourceItem};
use crate::paper::{Paper, PaperId, PartialDate};
use crate::text::single_spaced;
use entries::{BibtexEntries, RawEntry};

/// Kinds of entries that are papers.
const PAPERS: [&str; 18] = [
    "article",
    "inproceedings",
    "conference",
    "incollection",
    "inbook",
    "inreference",
    "misc",
    "unpublished",
    "preprint",
    "phdthesis",
    "mastersthesis",
    "thesis",
    "techreport",
    "report",
    "suppperiodical",
    "bookinbook",
    "paper",
    "workshop",
];

/// Kinds of entries that are papers if they have a DOI: some programs write preprints with these kinds.
const ONLINE: [&str; 3] = ["online", "electronic", "www"];

/// Fields with addresses of pages about the paper, or of the paper itself.
const LINKS: [&str; 11] =
    ["url", "howpublished", "pdf", "html", "project", "website", "webpage", "homepage", "link", "ee", "note"];

/// Maximum number of proceedings kept for later entries, and of entries that wait for their proceedings.
const MOST_PARENTS: usize = 100_000;
const MOST_WAITING: usize = 10_000;
/// Length of the text of waiting entries, and of the title of one parent.
const MAX_WAITING: usize = 32 * 1024 * 1024;
const MAX_PARENT: usize = 1000;

/// Abbreviations that a file defines: their number, and the bytes that those in one entry may add up to.
const MOST_STRINGS: usize = 10_000;
const MAX_EXPANDED: usize = 1024 * 1024;
/// Length of one expanded abbreviation. It can consist of others, so without a limit each could double the last.
const MAX_STRING: usize = 10_000;

/// Minimum number of lines that begin an entry.
pub(super) fn entries_in<'t>(lines: impl Iterator<Item = &'t str>) -> usize {
    lines.filter(|line| entries::begins(line.trim_start()).is_some_and(|kind| kind != "comment")).count()
}

pub(super) fn read(reader: impl BufRead, place: SourceInput) -> impl Iterator<Item = SourceItem> {
    BibtexReader {
        entries: BibtexEntries::new(InputLines::new(reader, place.clone()), place.clone()),
        input: place,
        strings: HashMap::new(),
        parents: HashMap::new(),
        waiting: VecDeque::new(),
        waiting_bytes: 0,
        ready: VecDeque::new(),
    }
}

/// Fields that papers take from the proceedings to which they refer.
#[derive(Clone)]
struct ParentEntry {
    title: Option<String>,
    published: Option<PartialDate>,
}

struct BibtexReader<E> {
    entries: E,
    input: SourceInput,
    /// The abbreviations so far, in lower case, with their texts.
    strings: HashMap<String, String>,
    parents: HashMap<String, ParentEntry>,
    /// Papers that wait for their proceedings: line, paper, key of the proceedings.
    waiting: VecDeque<(u64, Paper, String)>,
    waiting_bytes: usize,
    ready: VecDeque<SourceItem>,
}

impl<E: Iterator<Item = Result<FramedRecord<RawEntry>, ReadProblem>>> BibtexReader<E> {
    fn entry(&mut self, line: u64, raw: &RawEntry) {
        if raw.kind == "string" {
            return self.string(&raw.text);
        }
        match parse(&raw.text, &self.strings) {
            Ok((entry, crossref)) => self.parsed(line, &raw.kind, &entry, crossref),
            Err(skipped) => self.ready.push_back(Err(self.input.problem(line, skipped))),
        }
    }

    /// Reads definitions of abbreviations, and expands the abbreviations in them.
    fn string(&mut self, text: &str) {
        let Ok(raw) = RawBibliography::parse(text) else { return };
        for pair in &raw.abbreviations {
            let full = |name: &str| self.strings.get(&name.to_lowercase()).cloned().unwrap_or_else(|| name.to_string());
            let parts = pair.value.v.iter().map(|chunk| match chunk.v {
                RawChunk::Normal(text) => text.to_string(),
                RawChunk::Abbreviation(name) => full(name),
            });
            let text: String = parts.take(100).collect();
            if text.len() <= MAX_STRING && self.strings.len() < MOST_STRINGS {
                self.strings.insert(pair.key.v.to_lowercase(), text);
            }
        }
    }

    fn parsed(&mut self, line: u64, kind: &str, entry: &Entry, crossref: Option<String>) {
        if !is_paper(kind, entry) {
            self.parent(entry);
            let skipped = SkippedRecord::not_a_paper(format!("an entry of the type `{kind}`"));
            return self.ready.push_back(Err(self.input.problem(line, skipped)));
        }
        let paper = match paper(entry) {
            Ok(paper) => paper,
            Err(skipped) => return self.ready.push_back(Err(self.input.problem(line, skipped))),
        };
        let Some(key) = crossref else { return self.ready.push_back(self.input.paper(line, paper)) };
        match self.parents.get(&key) {
            Some(parent) => {
                let paper = inherit(paper, parent);
                self.ready.push_back(self.input.paper(line, paper));
            }
            None => {
                self.waiting_bytes += bytes(&paper);
                self.waiting.push_back((line, paper, key));
            }
        }
        while self.waiting.len() > MOST_WAITING || self.waiting_bytes > MAX_WAITING {
            self.release();
        }
    }

    /// Keeps proceedings, and returns the papers that waited for them.
    fn parent(&mut self, entry: &Entry) {
        let parent = ParentEntry { title: label(entry, &["booktitle", "title"]), published: published(entry) };
        let waits = self.waiting.iter().any(|(_, _, key)| *key == entry.key);
        let waiting = if waits { std::mem::take(&mut self.waiting) } else { VecDeque::new() };
        for (line, paper, key) in waiting {
            if key == entry.key {
                self.waiting_bytes -= bytes(&paper);
                let paper = inherit(paper, &parent);
                self.ready.push_back(self.input.paper(line, paper));
            } else {
                self.waiting.push_back((line, paper, key));
            }
        }
        let fits = entry.key.len() + parent.title.as_ref().map_or(0, String::len) <= MAX_PARENT;
        if fits && self.parents.len() < MOST_PARENTS {
            self.parents.insert(entry.key.clone(), parent);
        }
    }

    /// Returns the paper that has waited longest, as it is.
    fn release(&mut self) {
        if let Some((line, paper, _)) = self.waiting.pop_front() {
            self.waiting_bytes -= bytes(&paper);
            self.ready.push_back(self.input.paper(line, paper));
        }
    }
}

impl<E: Iterator<Item = Result<FramedRecord<RawEntry>, ReadProblem>>> Iterator for BibtexReader<E> {
    type Item = SourceItem;

    fn next(&mut self) -> Option<SourceItem> {
        while self.ready.is_empty() {
            match self.entries.next() {
                Some(Ok(FramedRecord { line, record })) => self.entry(line, &record),
                Some(Err(problem)) => self.ready.push_back(Err(problem)),
                None if !self.waiting.is_empty() => self.release(),
                None => return None,
            }
        }
        self.ready.pop_front()
    }
}

/// Length of the fields of a waiting paper that can be long.
fn bytes(paper: &Paper) -> usize {
    paper.title.len() + paper.abstract_text.len() + paper.authors.iter().flatten().map(String::len).sum::<usize>()
}

fn inherit(mut paper: Paper, parent: &ParentEntry) -> Paper {
    paper.venue = paper.venue.or_else(|| parent.title.clone());
    paper.published = paper.published.or(parent.published);
    paper
}

/// Whether an entry of this kind is a paper. An entry of any kind that has an arXiv id is one.
fn is_paper(kind: &str, entry: &Entry) -> bool {
    let has = |field| text(entry, &[field]).is_some();
    PAPERS.contains(&kind) || !arxiv_ids(entry).is_empty() || (ONLINE.contains(&kind) && has("doi"))
}

/// The only entry of a text, and the key of the entry to which it refers. From an invalid entry, the sound fields are
/// read.
fn parse(text: &str, strings: &HashMap<String, String>) -> Result<(Entry, Option<String>), SkippedRecord> {
    match parse_sound(text, strings) {
        Err(skipped) if skipped.reason == ProblemReason::Malformed => match mend::mended(text) {
            Some(mended) => parse_sound(&mended, strings).map_err(|_| skipped),
            None => Err(skipped),
        },
        read => read,
    }
}

/// As [`parse`], for a valid entry. An abbreviation that the file does not define is kept as written.
///
/// References and abbreviations are resolved here: the library follows those that lead back to themselves forever.
fn parse_sound(text: &str, strings: &HashMap<String, String>) -> Result<(Entry, Option<String>), SkippedRecord> {
    let broken = |e: biblatex::ParseError| SkippedRecord::malformed(format!("not BibTeX: {}", e.kind));
    let mut raw = RawBibliography::parse(text).map_err(broken)?;
    let ([entry], []) = (raw.entries.as_mut_slice(), raw.abbreviations.as_slice()) else {
        return Err(SkippedRecord::malformed("not BibTeX: a brace is missing, or one too many"));
    };
    let mut expanded = 0;
    for chunk in entry.v.fields.iter_mut().flat_map(|field| &mut field.value.v) {
        let RawChunk::Abbreviation(name) = chunk.v else { continue };
        let full = strings.get(&name.to_lowercase());
        expanded += full.map_or(0, String::len);
        if expanded > MAX_EXPANDED {
            return Err(SkippedRecord::new(
                ProblemReason::TooLarge,
                "abbreviations make the entry larger than any paper's",
            ));
        }
        // The library knows the three letters of months.
        if full.is_some() || name.len() != 3 || month(name).is_none() {
            chunk.v = RawChunk::Normal(full.map_or(name, String::as_str));
        }
    }
    let mut crossref = None;
    entry.v.fields.retain(|field| {
        let key = field.key.v.to_lowercase();
        if key == "crossref" {
            let text = field.value.v.iter().map(|chunk| match chunk.v {
                RawChunk::Normal(text) | RawChunk::Abbreviation(text) => text,
            });
            crossref = Some(single_spaced(&text.collect::<String>()));
        }
        key != "crossref" && key != "xdata"
    });
    let entry = Bibliography::from_raw(raw).map_err(broken)?.into_vec().into_iter().next();
    Ok((entry.ok_or_else(|| SkippedRecord::malformed("not BibTeX: an entry without a key"))?, crossref))
}

/// The first of these fields that has a text, as written.
fn text(entry: &Entry, fields: &[&str]) -> Option<String> {
    fields.iter().find_map(|field| {
        let text = single_spaced(&entry.get(field)?.format_verbatim());
        (!text.is_empty()).then_some(text)
    })
}

/// The first of these fields that has a text, as a title: only the labels of links are part of it.
fn label(entry: &Entry, fields: &[&str]) -> Option<String> {
    text(entry, fields).map(|text| tex::label(&text)).filter(|text| !text.is_empty())
}

/// The first of these fields that has a text, with its commands as words.
fn words(entry: &Entry, fields: &[&str]) -> Option<String> {
    text(entry, fields).map(|text| tex::plain(&text)).filter(|text| !text.is_empty())
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

fn paper(entry: &Entry) -> Result<Paper, SkippedRecord> {
    let mut paper = titled(&label(entry, &["title"]).unwrap_or_default())?;
    paper.abstract_text = words(entry, &["abstract"]).unwrap_or_default();
    paper.published = published(entry);
    let people = entry.author().unwrap_or_default();
    let spoken = people.iter().filter_map(|person| {
        let family = [person.prefix.as_str(), &person.name, &person.suffix].join(" ");
        name(Some(&tex::label(&person.given_name)), Some(&tex::label(&family)))
    });
    set_authors(&mut paper, spoken.collect());
    paper.identify(arxiv_ids(entry));
    // `journal = {arXiv preprint arXiv:1810.04805}` names the paper, not a journal.
    paper.venue = label(entry, &["booktitle", "journal", "journaltitle", "eventtitle"])
        .filter(|venue| !venue.to_lowercase().contains("arxiv"));
    // A thesis is written at a university.
    paper.organization = words(entry, &["school", "institution"]);
    if let Some(doi) = text(entry, &["doi"]) {
        set_doi(&mut paper, &doi);
    }
    for url in LINKS.iter().filter_map(|field| text(entry, &[field])) {
        let words = url.split_whitespace().map(|word| word.trim_end_matches([',', ';', '}', ')']));
        let urls = words.map(|word| word.trim_start_matches("\\url{").trim_start_matches('('));
        for url in urls.filter(|word| word.starts_with("http")) {
            add_link(&mut paper, url);
        }
    }
    for url in tex::addresses(&text(entry, &["title"]).unwrap_or_default()).filter(|url| url.starts_with("http")) {
        add_link(&mut paper, url);
    }
    paper.library.add_citation_key(&entry.key);
    for tags in ["keywords", "keyword"].iter().filter_map(|field| words(entry, &[field])) {
        paper.library.add_tag_list(&tags);
    }
    // JabRef calls its collections groups.
    let groups = words(entry, &["groups"]).unwrap_or_default();
    paper.library.collections.extend(groups.split(',').map(single_spaced).filter(|group| !group.is_empty()));
    paper.library.notes.extend(["annote", "annotation"].iter().filter_map(|field| words(entry, &[field])));
    for code in ["code", "github", "software"].iter().filter_map(|field| text(entry, &[field])) {
        if code.starts_with("http") {
            add_repository(&mut paper, &code, None, None);
        }
    }
    Ok(paper)
}

/// The arXiv ids of an entry, from any field in which programs write them.
fn arxiv_ids(entry: &Entry) -> Vec<PaperId> {
    let archive = text(entry, &["archiveprefix", "eprinttype"]).unwrap_or_default().to_lowercase();
    let eprint = text(entry, &["eprint"]).filter(|_| archive.is_empty() || archive == "arxiv");
    let plain = [eprint, text(entry, &["arxiv"]), text(entry, &["arxivid"]), text(entry, &["arxiv_id"])];
    let mut ids: Vec<PaperId> = plain.into_iter().flatten().filter_map(|id| PaperId::arxiv(&id)).collect();
    let marked = ["journal", "journaltitle", "booktitle", "number", "howpublished", "series", "publisher", "note"];
    ids.extend(marked.iter().filter_map(|field| text(entry, &[field])).filter_map(|text| marked_arxiv_id(&text)));
    // `journal = {CoRR}, volume = {abs/1810.04805}`, as DBLP and Semantic Scholar write it.
    let of_arxiv = text(entry, &["journal", "publisher", "archiveprefix"]).unwrap_or_default().to_lowercase();
    if of_arxiv.contains("arxiv") || of_arxiv.contains("corr") {
        let numbers = ["volume", "number"].iter().filter_map(|field| text(entry, &[field]));
        ids.extend(numbers.filter_map(|id| PaperId::arxiv(id.trim_start_matches("abs/"))));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Format;

    #[test]
    fn the_address_of_a_link_in_a_title_is_a_link_of_the_paper() {
        let text = r"@article{k, title = {\href{https://arxiv.org/abs/3001.00001}{Lamps for {M}oths}}}";
        let paper = read(text.as_bytes(), SourceInput::new("x", Format::Bibtex)).next().unwrap().unwrap();
        assert_eq!((paper.title.as_str(), paper.id.key()), ("Lamps for Moths", "arxiv-3001.00001"));
    }

    fn titles(text: &str) -> Vec<String> {
        read(text.as_bytes(), SourceInput::new("x", Format::Bibtex))
            .map(|item| item.map_or_else(|problem| problem.to_string(), |paper| paper.title))
            .collect()
    }

    #[test]
    fn what_leads_back_to_itself_ends() {
        assert_eq!(
            titles("@string{a = a}\n@string{b = c # b}\n@string{c = b}\n@article{k, title = a # b # c}"),
            ["acbcb"]
        );
        assert_eq!(titles("@article{k, title = {T}, crossref = {k}, xdata = {k}}"), ["T"]);
    }

    #[test]
    fn abbreviations_of_abbreviations_do_not_grow_without_end() {
        let mut text = String::from("@string{a0 = {0123456789}}\n");
        for i in 1..60 {
            text.push_str(&format!("@string{{a{i} = a{} # a{}}}\n", i - 1, i - 1));
        }
        text.push_str(&format!("@article{{k, title = {}a9}}", "a9 # ".repeat(1000)));
        assert_eq!(titles(&text), ["x:61: abbreviations make the entry larger than any paper's"]);
    }

    #[test]
    fn entries_that_wait_for_their_proceedings_take_no_more_than_so_much() {
        let long = "word ".repeat(100_000);
        let mut text = String::new();
        for i in 0..80 {
            text.push_str(&format!("@inproceedings{{k{i}, title = {{T}}, crossref = {{p}}, abstract = {{{long}}}}}\n"));
        }
        text.push_str("@proceedings{p, title = {Proceedings}}\n");
        let papers = read(text.as_bytes(), SourceInput::new("x", Format::Bibtex)).filter_map(Result::ok);
        let venues: Vec<bool> = papers.map(|paper| paper.venue.is_some()).collect();
        // The entries that waited longest were returned as they are.
        assert_eq!(venues.iter().filter(|known| !**known).count(), 80 - MAX_WAITING / long.len());
        assert_eq!((venues.first(), venues.last(), venues.len()), (Some(&false), Some(&true), 80));
    }
}
