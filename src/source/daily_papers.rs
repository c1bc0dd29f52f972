//! The daily-papers page, copied as text.
//!
//! An entry is a title and an abstract, each a line of its own, and then, on pages copied in one way, a line with the
//! authors' count (`• 8 authors`) or the organisation (`netflix Netflix`: handle, name), a `·`, and a date with the
//! number of comments (`Oct 22, 2025 2`). Pages copied in the other way have titles and abstracts alone; both ways
//! occur on one page. Pages of 2026 have no abstracts, and an entry begins with who submitted it: see [`submitted`].
//! The page's heading gives a month and a day, and so do the dates of papers of the page's own year: see [`page_year`].

mod submitted;

use std::collections::VecDeque;
use std::io::BufRead;

use super::facts::month;
use super::lines::{InputLines, MAX_LINE_BYTES};
use super::place::{FramedRecord, ProblemReason, ReadProblem, SkippedRecord, SourceInput};
use super::spool::SpooledInput;
use super::{PaperStream, ReadOptions};
use crate::paper::{Paper, PartialDate};

/// Size limit for an abstract of many paragraphs.
const MAX_ENTRY_BYTES: usize = MAX_LINE_BYTES;

/// Authors or organisation, a dot, a date.
const DETAILS_LINES: usize = 3;

/// Lines of the page around its papers, folded to lower case.
const FURNITURE: [&str; 33] = [
    "new",
    "get trending papers in your email inbox!",
    "get trending papers in your email inbox once a day!",
    "subscribe",
    "daily papers",
    "trending papers",
    "byak and the research community",
    "by ak and the research community",
    "hugging face",
    "models",
    "datasets",
    "spaces",
    "community",
    "docs",
    "enterprise",
    "pricing",
    "log in",
    "sign up",
    "daily",
    "weekly",
    "monthly",
    "today",
    "previous",
    "next",
    "papers",
    "company",
    "tos",
    "privacy",
    "about",
    "jobs",
    "system theme",
    "careers",
    "website",
];

pub(super) fn looks_like(head: &str) -> bool {
    let lines: Vec<&str> = head.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut signs = 0;
    for (at, line) in lines.iter().enumerate() {
        let lower = line.to_lowercase();
        if lower.ends_with("and the research community") || lower.starts_with("get trending papers") {
            return true;
        }
        // A dot alone can be part of a formula.
        let is_dot = || {
            let next = lines.get(at + 1).copied().unwrap_or_default();
            *line == "·" && (ListedDate::parse(next).is_some() || author_count(next).is_some())
        };
        if is_dot() || author_count(line).is_some() || lower == "daily papers" || submitted::is_mark(line) {
            signs += 1;
        }
    }
    signs >= 2
}

/// The papers of a page, one by one. Its last entry shows its year: unless that year is known already, the page is read
/// twice.
pub(super) fn read(reader: impl BufRead + Send + 'static, place: SourceInput, options: &ReadOptions) -> PaperStream {
    if let Some(day) = options.as_of {
        return papers(reader, place, Some(day.year()));
    }
    let twice = || -> Result<PaperStream, SkippedRecord> {
        let mut spool = SpooledInput::new(reader)?;
        let year = page_year(PageEntries::new(InputLines::new(spool.text()?, place.clone())));
        let cut_off = spool.cut_off.take();
        let end = place.clone();
        let papers = papers(spool.into_text()?, place.clone(), year);
        Ok(Box::new(papers.chain(cut_off.map(|(line, skipped)| Err(end.problem(line, skipped))))))
    };
    twice().unwrap_or_else(|skipped| Box::new(std::iter::once(Err(place.problem(1, skipped)))))
}

fn papers(reader: impl BufRead + Send + 'static, place: SourceInput, year: Option<u16>) -> PaperStream {
    let entries = PageEntries::new(InputLines::new(reader, place.clone()));
    Box::new(entries.map(move |found| match found {
        FoundInListing::Entry(entry) if entry.bytes() > MAX_ENTRY_BYTES => {
            let skipped = SkippedRecord::new(ProblemReason::TooLarge, "the entry is larger than any paper's");
            Err(place.problem(entry.line, skipped))
        }
        FoundInListing::Entry(entry) => place.paper(entry.line, entry.into_paper(year)),
        FoundInListing::Unused(line, message) => {
            Err(place.problem(line, SkippedRecord::new(ProblemReason::Unused, message)))
        }
        FoundInListing::ReadProblem(problem) => Err(problem),
    }))
}

struct ListingLine {
    number: u64,
    text: String,
}

struct ListingEntry {
    line: u64,
    title: String,
    abstract_text: String,
    author_count: Option<u32>,
    organization: Option<String>,
    date: Option<ListedDate>,
    /// The number of comments, on a line of its own.
    comments: Option<u32>,
}

impl ListingEntry {
    fn bytes(&self) -> usize {
        self.title.len() + self.abstract_text.len()
    }

    /// Adds a paragraph. If the text becomes too large, only enough is kept to show that.
    fn go_on(&mut self, paragraph: &str) {
        if self.bytes() <= MAX_ENTRY_BYTES {
            self.abstract_text.push('\n');
            self.abstract_text.push_str(paragraph);
        }
    }

    fn into_paper(self, page_year: Option<u16>) -> Paper {
        let published =
            self.date.as_ref().and_then(|d| PartialDate::new(d.year.or(page_year)?, Some(d.month), Some(d.day)));
        Paper {
            abstract_text: self.abstract_text,
            published,
            author_count: self.author_count,
            organization: self.organization,
            comments: self.date.and_then(|d| d.comments).or(self.comments),
            ..Paper::titled(self.title)
        }
    }
}

enum FoundInListing {
    Entry(ListingEntry),
    /// A line that belongs to no paper, and the reason.
    Unused(u64, String),
    ReadProblem(ReadProblem),
}

/// The entries of a page in order. Only one entry and the lines that determine its end are in memory.
struct PageEntries<L> {
    lines: L,
    /// The next lines, up to the largest number that details can have.
    ahead: VecDeque<ListingLine>,
    /// Lines of titles and abstracts that are not divided yet.
    body: VecDeque<ListingLine>,
    /// Whether a title or an abstract comes between here and the last details.
    within: bool,
    /// The last entry, to which a further paragraph or details may belong.
    open: Option<ListingEntry>,
    ready: VecDeque<FoundInListing>,
    ended: bool,
}

impl<L: Iterator<Item = Result<FramedRecord<String>, ReadProblem>>> PageEntries<L> {
    fn new(lines: L) -> Self {
        Self {
            lines,
            ahead: VecDeque::new(),
            body: VecDeque::new(),
            within: false,
            open: None,
            ready: VecDeque::new(),
            ended: false,
        }
    }

    /// Whether the next lines are known, or there are none. A line that cannot be read is reported first.
    fn look_ahead(&mut self) -> bool {
        while self.ahead.len() < DETAILS_LINES {
            match self.lines.next() {
                Some(Ok(FramedRecord { line, record })) => {
                    let text = record.trim();
                    if !text.is_empty() {
                        self.ahead.push_back(ListingLine { number: line, text: text.to_string() });
                    }
                }
                Some(Err(problem)) => {
                    self.ready.push_back(FoundInListing::ReadProblem(problem));
                    return false;
                }
                None => return true,
            }
        }
        true
    }

    fn advance(&mut self) {
        if !self.look_ahead() {
            return;
        }
        if self.ahead.front().is_some_and(|line| submitted::is_mark(&line.text)) {
            self.end_body(None);
            return self.submitted();
        }
        if let Some((details, taken)) = DetailLines::at(self.ahead.make_contiguous(), self.within) {
            self.ahead.drain(..taken);
            return self.end_body(Some(details));
        }
        let Some(line) = self.ahead.pop_front() else {
            self.ended = true;
            return self.end_body(None);
        };
        let heading = ListedDate::parse(&line.text).is_some() && !self.within;
        if heading || is_furniture(&line.text) {
            return;
        }
        self.within = true;
        self.body.push_back(line);
        // The two lines after a title identify it.
        if self.body.len() > 2 {
            self.body_line(false);
        }
    }

    /// Reads an entry that begins with the person who submitted it.
    fn submitted(&mut self) {
        self.ahead.pop_front();
        let mut lines: Vec<ListingLine> = Vec::new();
        while self.look_ahead() {
            let ends = |line: &ListingLine| submitted::is_mark(&line.text) || is_page(&line.text);
            let Some(line) = self.ahead.pop_front() else { break };
            if lines.len() == submitted::MOST_LINES || ends(&line) {
                self.ahead.push_front(line);
                break;
            }
            lines.push(line);
        }
        let (entry, unused) = submitted::entry(lines);
        self.ready.extend(entry.map(FoundInListing::Entry));
        for line in unused {
            self.unused(line.number, format!("`{}` is not part of a paper", shorten(&line.text)));
        }
    }

    /// The lines up to details, or to the end of the page: any number of entries without details and, if `details`
    /// exist, the entry to which they belong.
    fn end_body(&mut self, details: Option<DetailLines>) {
        while !self.body.is_empty() {
            self.body_line(details.is_some());
        }
        if let Some(details) = details {
            match &mut self.open {
                Some(entry) => {
                    entry.author_count = details.author_count;
                    entry.organization = details.organization;
                    entry.date = details.date;
                }
                None => self.unused(details.line, "authors or date without a paper above them".to_string()),
            }
        }
        self.close();
        self.within = false;
    }

    /// Reads the first line of the body, and the abstract after it if the line is a title.
    fn body_line(&mut self, has_details: bool) {
        let Some(title) = self.body.pop_front() else { return };
        if is_prose(&title.text) {
            // A paragraph in place of a title continues the abstract before it.
            match &mut self.open {
                Some(entry) => entry.go_on(&title.text),
                None => self.unused(title.number, "an abstract without a title above it".to_string()),
            }
            return;
        }
        let (next, after) = (self.body.front(), self.body.get(1));
        // Two lines that look like titles, followed by prose: the first belongs to nothing.
        let stray = next.is_some_and(|n| !is_prose(&n.text) && !ends_like_prose(&n.text))
            && after.is_none_or(|after| is_prose(&after.text));
        let alone = next.is_none() && !has_details;
        if alone || (stray && (after.is_some() || !has_details)) {
            return self.unused(title.number, format!("`{}` is not part of a paper", shorten(&title.text)));
        }
        let abstract_text = self.body.pop_front().map(|line| line.text).unwrap_or_default();
        self.close();
        self.open = Some(ListingEntry {
            line: title.number,
            title: title.text,
            abstract_text,
            author_count: None,
            organization: None,
            date: None,
            comments: None,
        });
    }

    fn unused(&mut self, line: u64, message: String) {
        self.ready.push_back(FoundInListing::Unused(line, message));
    }

    fn close(&mut self) {
        self.ready.extend(self.open.take().map(FoundInListing::Entry));
    }
}

impl<L: Iterator<Item = Result<FramedRecord<String>, ReadProblem>>> Iterator for PageEntries<L> {
    type Item = FoundInListing;

    fn next(&mut self) -> Option<FoundInListing> {
        while self.ready.is_empty() && !self.ended {
            self.advance();
        }
        self.ready.pop_front()
    }
}

/// The lines below an abstract.
struct DetailLines {
    line: u64,
    author_count: Option<u32>,
    organization: Option<String>,
    date: Option<ListedDate>,
}

impl DetailLines {
    /// Reads details at the beginning of `lines`; returns the number of lines.
    fn at(lines: &[ListingLine], within_entry: bool) -> Option<(Self, usize)> {
        let first = lines.first()?;
        let dot = |i: usize| lines.get(i).is_some_and(|l| l.text == "·" || l.text == "•");
        let date = |i: usize| lines.get(i).and_then(|l| ListedDate::parse(&l.text));
        let count = author_count(&first.text);
        let (organization, mut taken) = if count.is_some() {
            (None, 1)
        } else if within_entry && first.text.len() <= 120 && dot(1) && date(2).is_some() {
            (Some(first.text.clone()), 1)
        } else if first.text == "·" && date(1).is_some() {
            (None, 0)
        } else {
            return None;
        };
        if dot(taken) {
            taken += 1;
        }
        let date = date(taken);
        if date.is_some() {
            taken += 1;
        }
        Some((Self { line: first.number, author_count: count, organization, date }, taken))
    }
}

/// `• 8 authors`.
fn author_count(line: &str) -> Option<u32> {
    let rest = line.trim_start_matches(['•', '·', '*', '-']).trim();
    let (number, word) = rest.split_once(' ')?;
    matches!(word.trim(), "author" | "authors").then(|| number.parse().ok())?
}

/// `Oct 22, 2025 2`: a day, its year if it is not the page's own, and the number of comments if there are any.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ListedDate {
    month: u8,
    day: u8,
    year: Option<u16>,
    comments: Option<u32>,
}

impl ListedDate {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let month = words.next().filter(|word| word.starts_with(char::is_alphabetic)).and_then(month)?;
        let day = words.next()?;
        let has_year = day.ends_with(',');
        let day: u8 = day.trim_end_matches(',').parse().ok()?;
        let year: Option<u16> = if has_year { Some(words.next()?.parse().ok()?) } else { None };
        let comments = match words.next() {
            Some(word) => Some(word.parse().ok()?),
            None => None,
        };
        // 2000 is a leap year, so 29 February is valid while the year is unknown.
        let exists = PartialDate::new(year.unwrap_or(2000), Some(month), Some(day)).is_some();
        (exists && words.next().is_none()).then_some(Self { month, day, year, comments })
    }
}

/// The year that the page omits. It prints the year of all papers except those of its own year, so its own year is
/// later than every printed year: the year after the latest. If the page prints none, the year remains unknown.
fn page_year(entries: impl Iterator<Item = FoundInListing>) -> Option<u16> {
    let year = |found| match found {
        FoundInListing::Entry(entry) => entry.date?.year,
        FoundInListing::Unused(..) | FoundInListing::ReadProblem(_) => None,
    };
    entries.filter_map(year).max()?.checked_add(1)
}

fn is_furniture(line: &str) -> bool {
    is_page(line) || line.to_lowercase().starts_with("submitted by") || line.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a line belongs to the page and not to an entry.
fn is_page(line: &str) -> bool {
    let lower = line.to_lowercase();
    FURNITURE.contains(&lower.as_str())
        || lower.starts_with("get trending papers")
        || lower.ends_with("and the research community")
}

/// A line that is too long for a title, or a shorter one that consists of sentences.
fn is_prose(line: &str) -> bool {
    let length = line.chars().count();
    length > 350 || (length > 160 && ends_like_prose(line))
}

fn ends_like_prose(line: &str) -> bool {
    line.ends_with(['.', '!', ')', ']', '}']) || line.contains(". ")
}

fn shorten(line: &str) -> String {
    let mut short: String = line.chars().take(60).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Format;

    const PROSE: &str = "We study how the thing is done and find that it can be done in one step. \
        The step is short, and it needs no labels, so that anybody can take it. \
        On every set that we looked at it does better than what was there before it.";

    fn parse(text: &str) -> (Vec<Paper>, Vec<String>) {
        parse_as_of(text, None)
    }

    fn parse_as_of(text: &str, as_of: Option<&str>) -> (Vec<Paper>, Vec<String>) {
        let options = ReadOptions { as_of: as_of.map(|d| d.parse().unwrap()), ..ReadOptions::default() };
        let mut papers = Vec::new();
        let mut problems = Vec::new();
        let text = std::io::Cursor::new(text.to_string());
        for item in read(text, SourceInput::new("page.txt", Format::DailyPapers), &options) {
            match item {
                Ok(paper) => papers.push(paper),
                Err(problem) => problems.push(problem.to_string()),
            }
        }
        (papers, problems)
    }

    #[test]
    fn both_shapes_of_an_entry_are_read_from_one_page() {
        let (papers, problems) = parse(&format!(
            "Daily Papers\n\nbyAK and the research community\n\nApr 20\n\nOne Thing\n\n{PROSE}\n\nTwo: A Thing\n\n{PROSE}\n\n  • 8 authors\n·\nDec 27, 2025 3\n\nThree\n\n{PROSE}\n\nnetflix Netflix\n·\nMar 5 2\n"
        ));
        assert_eq!(problems, [""; 0]);
        let seen: Vec<_> = papers
            .iter()
            .map(|p| {
                (
                    p.title.as_str(),
                    p.author_count,
                    p.organization.as_deref(),
                    p.published.map(|d| d.to_string()),
                    p.comments,
                    p.sources[0].line,
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("One Thing", None, None, None, None, 7),
                ("Two: A Thing", Some(8), None, Some("2025-12-27".to_string()), Some(3), 11),
                ("Three", None, Some("netflix Netflix"), Some("2026-03-05".to_string()), Some(2), 19),
            ]
        );
    }

    #[test]
    fn a_page_that_prints_no_year_leaves_dates_open_unless_allowed() {
        let page = format!("Daily Papers\n\nOne\n\n{PROSE}\n\n  • 1 author\n·\nMar 23\n");
        assert_eq!(parse(&page).0[0].published, None);
        assert_eq!(parse_as_of(&page, Some("2026-04-20")).0[0].published.unwrap().to_string(), "2026-03-23");
    }

    #[test]
    fn a_line_that_fits_nothing_is_reported() {
        let (papers, problems) = parse(&format!(
            "Daily Papers\n\nSome advert of the day\n\nOne\n\n{PROSE}\n\n• 2 authors\n·\nMay 1, 2024\n\nLeft over\n"
        ));
        assert_eq!(papers.len(), 1);
        assert_eq!(papers[0].title, "One");
        assert_eq!(
            problems,
            [
                "page.txt:3: `Some advert of the day` is not part of a paper",
                "page.txt:13: `Left over` is not part of a paper"
            ]
        );
    }

    #[test]
    fn an_abstract_of_two_paragraphs_stays_one() {
        let (papers, _) = parse(&format!("Daily Papers\n\nOne\n\n{PROSE}\n\n{PROSE}\n\nTwo\n\n{PROSE}\n"));
        assert_eq!(papers.len(), 2);
        assert_eq!(papers[0].abstract_text, format!("{PROSE}\n{PROSE}"));
    }

    /// An endless page.
    struct Endless {
        entry: Vec<u8>,
        at: usize,
    }

    impl std::io::Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            for byte in out.iter_mut() {
                *byte = self.entry[self.at % self.entry.len()];
                self.at += 1;
            }
            Ok(out.len())
        }
    }

    #[test]
    fn papers_come_before_the_page_has_ended() {
        let pages = [format!("One\n\n{PROSE}\n\n• 2 authors\n·\nMay 1\n\n"), format!("One\n\n{PROSE}\n\n")];
        for entry in pages {
            let endless = std::io::BufReader::new(Endless { entry: entry.into_bytes(), at: 0 });
            let options = ReadOptions { as_of: Some("2026-04-20".parse().unwrap()), ..ReadOptions::default() };
            let papers = read(endless, SourceInput::new("x", Format::DailyPapers), &options);
            assert!(papers.take(10_000).all(|paper| paper.is_ok_and(|paper| paper.title == "One")));
        }
    }

    #[test]
    fn an_entry_without_end_is_reported_and_skipped() {
        let paragraphs = format!("{PROSE}\n").repeat(MAX_ENTRY_BYTES / PROSE.len() + 10);
        let (papers, problems) = parse(&format!("One\n\n{paragraphs}• 2 authors\n\nTwo\n\n{PROSE}\n"));
        assert_eq!(papers.iter().map(|paper| paper.title.as_str()).collect::<Vec<_>>(), ["Two"]);
        assert_eq!(problems, ["page.txt:1: the entry is larger than any paper's"]);
    }

    proptest::proptest! {
        #[test]
        fn any_lines_parse_and_no_line_is_lost(
            lines in proptest::collection::vec("(• [0-9]{1,3} authors|·|Oct 22|Oct 2, 2025 3|[A-Za-z ]{0,40}|[a-z. ]{200,400})", 0..30)
        ) {
            let text = lines.join("\n");
            let items = read(std::io::Cursor::new(text), SourceInput::new("x", Format::DailyPapers), &ReadOptions::default());
            proptest::prop_assert!(items.count() <= lines.len());
        }
    }
}
