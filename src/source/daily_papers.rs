//! The daily-papers page as people copy it.
//!
//! An entry is a title and an abstract, each a line of its own, and then, on pages copied in one way, a line with the
//! authors' count (`• 8 authors`) or the organisation (`netflix Netflix`: handle, name), a `·`, and a date with the
//! number of comments (`Oct 22, 2025 2`). Pages copied in the other way have titles and abstracts alone; both ways
//! occur on one page. The page's heading gives a month and a day, and so do the dates of papers of the page's own
//! year: see [`page_year`].

use std::io::BufRead;

use super::Options;
use super::facts::month;
use super::lines::{Lines, whole};
use super::place::{Frame, Item, Place, Reason, Skipped};
use crate::paper::{Paper, PartialDate};

/// A listing is a page; this is some four thousand of them. More is another kind of file.
const MAX_BYTES: usize = 512 * 1024 * 1024;

/// Lines of the page around its papers, folded to lower case.
const FURNITURE: [&str; 32] = [
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
    "careers",
    "website",
];

pub(super) fn looks_like(head: &str) -> bool {
    let mut signs = 0;
    for line in head.lines().map(str::trim) {
        let lower = line.to_lowercase();
        if lower.ends_with("and the research community") || lower.starts_with("get trending papers") {
            return true;
        }
        if line == "·" || author_count(line).is_some() || (lower == "daily papers") {
            signs += 1;
        }
    }
    signs >= 2
}

/// The whole page at once, since the last of its entries can tell the year of the first.
pub(super) fn read(reader: impl BufRead, place: &Place, options: &Options) -> Vec<Item> {
    let (bytes, problem) = match whole(reader, MAX_BYTES) {
        Ok(read) => read,
        Err(skipped) => return vec![Err(place.problem(1, skipped))],
    };
    let mut out = Vec::new();
    let mut texts: Vec<Frame<String>> = Vec::new();
    for line in Lines::new(bytes.as_slice(), place.clone()) {
        match line {
            Ok(frame) if frame.record.trim().is_empty() => {}
            Ok(frame) => texts.push(frame),
            Err(problem) => out.push(Err(problem)),
        }
    }
    let lines: Vec<Line> = texts.iter().map(|f| Line { number: f.line, text: f.record.trim() }).collect();
    let mut listing = Listing::default();
    listing.read(&lines);
    let year = page_year(&listing.entries, options.as_of);
    for entry in listing.entries {
        out.push(place.paper(entry.line, entry.into_paper(year)));
    }
    for (line, message) in listing.unused {
        out.push(Err(place.problem(line, Skipped::new(Reason::Unused, message))));
    }
    let last = texts.last().map_or(1, |frame| frame.line);
    out.extend(problem.map(|skipped| Err(place.problem(last, skipped))));
    out
}

#[derive(Clone, Copy)]
struct Line<'a> {
    number: u64,
    text: &'a str,
}

struct Entry {
    line: u64,
    title: String,
    abstract_text: String,
    author_count: Option<u32>,
    organization: Option<String>,
    date: Option<ListedDate>,
}

impl Entry {
    fn into_paper(self, page_year: Option<u16>) -> Paper {
        let published =
            self.date.as_ref().and_then(|d| PartialDate::new(d.year.or(page_year)?, Some(d.month), Some(d.day)));
        Paper {
            abstract_text: self.abstract_text,
            published,
            author_count: self.author_count,
            organization: self.organization,
            comments: self.date.and_then(|d| d.comments),
            ..Paper::titled(self.title)
        }
    }
}

#[derive(Default)]
struct Listing {
    entries: Vec<Entry>,
    unused: Vec<(u64, String)>,
}

impl Listing {
    fn read(&mut self, lines: &[Line]) {
        let mut body: Vec<Line> = Vec::new();
        let mut i = 0;
        while i < lines.len() {
            if let Some((details, taken)) = Details::at(&lines[i..], !body.is_empty()) {
                self.body(&body, Some(details));
                body.clear();
                i += taken;
                continue;
            }
            let line = lines[i];
            let heading = ListedDate::parse(line.text).is_some() && body.is_empty();
            if !heading && !is_furniture(line.text) {
                body.push(line);
            }
            i += 1;
        }
        self.body(&body, None);
    }

    /// The lines between two blocks of details: any number of entries without details and, if `details` are there,
    /// the one they belong to at the end.
    fn body(&mut self, lines: &[Line], details: Option<Details>) {
        let first = self.entries.len();
        let mut i = 0;
        while i < lines.len() {
            let title = lines[i];
            if is_prose(title.text) {
                // A paragraph where a title should stand continues the abstract before it.
                match self.entries[first..].last_mut() {
                    Some(entry) => {
                        entry.abstract_text.push('\n');
                        entry.abstract_text.push_str(title.text);
                    }
                    None => self.unused.push((title.number, "an abstract without a title above it".to_string())),
                }
                i += 1;
                continue;
            }
            let next = lines.get(i + 1);
            let after = lines.get(i + 2);
            // Two lines that look like titles, and then prose: the first of them belongs to nothing.
            let stray = next.is_some_and(|n| !is_prose(n.text) && !ends_like_prose(n.text))
                && (after.is_some_and(|a| is_prose(a.text)) || after.is_none());
            if stray && (after.is_some() || details.is_none()) {
                self.unused.push((title.number, format!("`{}` is no part of a paper", shorten(title.text))));
                i += 1;
                continue;
            }
            match next {
                Some(text) => {
                    self.push(title, text.text);
                    i += 2;
                }
                None if details.is_some() => {
                    self.push(title, "");
                    i += 1;
                }
                None => {
                    self.unused.push((title.number, format!("`{}` is no part of a paper", shorten(title.text))));
                    i += 1;
                }
            }
        }
        let Some(details) = details else { return };
        match self.entries[first..].last_mut() {
            Some(entry) => {
                entry.author_count = details.author_count;
                entry.organization = details.organization;
                entry.date = details.date;
            }
            None => self.unused.push((details.line, "authors or date without a paper above them".to_string())),
        }
    }

    fn push(&mut self, title: Line, abstract_text: &str) {
        self.entries.push(Entry {
            line: title.number,
            title: title.text.to_string(),
            abstract_text: abstract_text.to_string(),
            author_count: None,
            organization: None,
            date: None,
        });
    }
}

/// The lines below an abstract.
struct Details {
    line: u64,
    author_count: Option<u32>,
    organization: Option<String>,
    date: Option<ListedDate>,
}

impl Details {
    /// Reads details at the beginning of `lines`; returns how many lines they take.
    fn at(lines: &[Line], within_entry: bool) -> Option<(Self, usize)> {
        let first = lines.first()?;
        let dot = |i: usize| lines.get(i).is_some_and(|l| l.text == "·" || l.text == "•");
        let date = |i: usize| lines.get(i).and_then(|l| ListedDate::parse(l.text));
        let count = author_count(first.text);
        let (organization, mut taken) = if count.is_some() {
            (None, 1)
        } else if within_entry && first.text.len() <= 120 && dot(1) && date(2).is_some() {
            (Some(first.text.to_string()), 1)
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

/// `Oct 22, 2025 2`: a day, its year unless it is the page's own, and the number of comments unless there is none.
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
        // 2000 is a leap year: 29 February exists where the year is not known.
        let exists = PartialDate::new(year.unwrap_or(2000), Some(month), Some(day)).is_some();
        (exists && words.next().is_none()).then_some(Self { month, day, year, comments })
    }
}

/// The year that the page leaves out. It prints the year of every paper but those of its own year, so its own year is
/// later than every year it prints, and none it prints itself: the year after the latest. Pages that print none leave
/// it open.
fn page_year(entries: &[Entry], as_of: Option<PartialDate>) -> Option<u16> {
    match as_of {
        Some(day) => Some(day.year()),
        None => entries.iter().filter_map(|e| e.date.as_ref()?.year).max().map(|y| y + 1),
    }
}

fn is_furniture(line: &str) -> bool {
    let lower = line.to_lowercase();
    FURNITURE.contains(&lower.as_str())
        || lower.starts_with("get trending papers")
        || lower.starts_with("submitted by")
        || lower.ends_with("and the research community")
        || lower.bytes().all(|b| b.is_ascii_digit())
}

/// A line too long for a title, or a shorter one made of sentences.
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
        let options = Options { from: None, as_of: as_of.map(|d| d.parse().unwrap()) };
        let mut papers = Vec::new();
        let mut problems = Vec::new();
        for item in read(text.as_bytes(), &Place::new("page.txt", Format::DailyPapers), &options) {
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
    fn a_page_that_prints_no_year_leaves_dates_open_unless_told() {
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
                "page.txt:3: `Some advert of the day` is no part of a paper",
                "page.txt:13: `Left over` is no part of a paper"
            ]
        );
    }

    #[test]
    fn an_abstract_of_two_paragraphs_stays_one() {
        let (papers, _) = parse(&format!("Daily Papers\n\nOne\n\n{PROSE}\n\n{PROSE}\n\nTwo\n\n{PROSE}\n"));
        assert_eq!(papers.len(), 2);
        assert_eq!(papers[0].abstract_text, format!("{PROSE}\n{PROSE}"));
    }

    proptest::proptest! {
        #[test]
        fn any_lines_parse_and_no_line_is_lost(
            lines in proptest::collection::vec("(• [0-9]{1,3} authors|·|Oct 22|Oct 2, 2025 3|[A-Za-z ]{0,40}|[a-z. ]{200,400})", 0..30)
        ) {
            let text = lines.join("\n");
            let items = read(text.as_bytes(), &Place::new("x", Format::DailyPapers), &Options::default());
            proptest::prop_assert!(items.len() <= lines.len());
        }
    }
}
