//! Finds the paper of a list item, a table row or a paragraph.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::super::facts::{add_link, add_repository, date, date_of, identify_by_url, month, set_authors, titled};
use super::super::place::{RecordResult, SkippedRecord};
use crate::extract::{LinkTarget, classify_url};
use crate::paper::{Paper, PartialDate};
use crate::text::single_spaced;

/// The text of an item, a cell or a paragraph, and its links.
#[derive(Default)]
pub(super) struct MarkdownCell {
    pub text: String,
    pub links: Vec<MarkdownLink>,
    /// The first part of the text in bold.
    pub strong: Option<Range<usize>>,
    /// The first part of the text in italics.
    pub emphasis: Option<Range<usize>>,
    /// Positions of line ends in the text.
    pub breaks: Vec<usize>,
    /// The names below its title.
    pub authors: Option<Vec<String>>,
    /// The parts that can be folded out, each with the words to click on.
    pub details: Vec<ItemDetails>,
}

#[derive(Default)]
pub(super) struct ItemDetails {
    pub summary: String,
    pub text: String,
}

pub(super) struct MarkdownLink {
    pub url: String,
    pub label: String,
    /// Position of its label in the text.
    pub at: usize,
}

/// Number of links of one paper.
const MOST_LABELS: usize = 50;

/// Words of labels that describe the target of a link and not the paper.
const MARK_WORDS: [&str; 83] = [
    "abs",
    "abstract",
    "and",
    "appendix",
    "arxiv",
    "bib",
    "bibtex",
    "blog",
    "c",
    "caffe",
    "checkpoint",
    "checkpoints",
    "cite",
    "code",
    "codes",
    "coming",
    "construction",
    "data",
    "dataset",
    "datasets",
    "demo",
    "doc",
    "docs",
    "doi",
    "github",
    "gitlab",
    "hf",
    "homepage",
    "html",
    "hub",
    "huggingface",
    "hugging",
    "face",
    "implementation",
    "in",
    "jax",
    "keras",
    "link",
    "links",
    "material",
    "matlab",
    "model",
    "models",
    "of",
    "official",
    "openreview",
    "oral",
    "page",
    "paper",
    "papers",
    "pdf",
    "post",
    "poster",
    "preprint",
    "project",
    "publication",
    "python",
    "pytorch",
    "re",
    "repo",
    "repository",
    "reviews",
    "site",
    "slides",
    "soon",
    "source",
    "spotlight",
    "stars",
    "supp",
    "supplementary",
    "talk",
    "tensorflow",
    "tf",
    "the",
    "torch",
    "tweet",
    "twitter",
    "under",
    "unofficial",
    "video",
    "web",
    "website",
    "weights",
];

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of the program is sound")
}

/// Hosts of papers, in addition to arXiv, the DOI resolver and the Anthology.
const PUBLISHERS: [&str; 24] = [
    "openreview.net",
    "openaccess.thecvf.com",
    "papers.nips.cc",
    "papers.neurips.cc",
    "proceedings.neurips.cc",
    "proceedings.mlr.press",
    "jmlr.org",
    "ojs.aaai.org",
    "aaai.org",
    "ijcai.org",
    "ecva.net",
    "isca-speech.org",
    "dl.acm.org",
    "ieeexplore.ieee.org",
    "link.springer.com",
    "sciencedirect.com",
    "nature.com",
    "science.org",
    "biorxiv.org",
    "medrxiv.org",
    "semanticscholar.org",
    "alphaxiv.org",
    "huggingface.co/papers/",
    "papers.ssrn.com",
];

impl MarkdownCell {
    /// Collects the addresses that are written out, each with the words before it as its label.
    pub(super) fn find_addresses(&mut self) {
        static ADDRESS: LazyLock<Regex> = LazyLock::new(|| pattern(r#"https?://[^\s<>"|\]]+"#));
        let labels: Vec<Range<usize>> = self.links.iter().map(|link| link.at..link.at + link.label.len()).collect();
        let mut found = Vec::new();
        let mut before = 0;
        for address in ADDRESS.find_iter(&self.text) {
            let url = address.as_str().trim_end_matches(['.', ',', ';', ')', '*', '\'']);
            let label = labels.partition_point(|label| label.start <= address.start()).checked_sub(1);
            if !label.is_some_and(|label| labels[label].contains(&address.start())) {
                let label = self.text.get(before..address.start()).unwrap_or_default();
                let label = label.trim_end_matches([' ', ':', '：', '(', '<', '-']);
                let at = before + label.rfind(['|', ';', ',', '\n']).map_or(0, |at| at + 1);
                let label = self.text.get(at..before + label.len()).unwrap_or_default();
                found.push(MarkdownLink { url: url.to_string(), label: single_spaced(label), at });
            }
            before = address.end();
        }
        self.links.extend(found);
        self.links.sort_by_key(|link| link.at);
    }

    /// Whether it only lists the targets of links: `Paper: https://…`, `[paper] | [code]`, `Code: None`.
    pub(super) fn is_labels(&self) -> bool {
        static NOTHING: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"(?i)^[\w /()-]{2,30}[:：]\s*(?:none|n/?a|-+|no|todo|tbd|soon|coming soon)?$"));
        if self.links.len() > MOST_LABELS {
            return false;
        }
        if self.links.is_empty() {
            return NOTHING.is_match(self.text.trim());
        }
        let mut rest = self.text.clone();
        for link in &self.links {
            if !link.is_mark() {
                return false;
            }
            rest = rest.replace(&link.url, " ").replacen(link.label.as_str(), " ", 1);
        }
        words(&rest).all(|word| MARK_WORDS.contains(&word.as_str()))
    }

    /// Whether a paragraph begins with a text that looks like the title of a paper, and links to a paper.
    pub(super) fn begins_with_title(&self) -> bool {
        let strong = self.strong.as_ref().map(|range| range.start);
        let label = self.links.iter().find(|link| !link.is_mark()).map(|link| link.at);
        let first = strong.into_iter().chain(label).min().unwrap_or(usize::MAX);
        let before = self.text.get(..first).unwrap_or("prose");
        before.chars().filter(|c| c.is_alphabetic()).count() == 0
            && title(self).contains(' ')
            && self.links.iter().any(MarkdownLink::is_paper)
    }

    /// The names, if it consists of several names.
    pub(super) fn names(&self) -> Option<Vec<String>> {
        names(&self.text).filter(|names| names.len() > 1 && self.links.is_empty())
    }

    /// The text in italics at its beginning, if that is not a list of names.
    fn title_in_italics(&self) -> Option<&str> {
        let range = self
            .emphasis
            .clone()
            .filter(|range| !self.text.get(..range.start).is_none_or(|text| text.contains(char::is_alphanumeric)))?;
        self.text.get(range).filter(|text| text.contains(' ') && names(text).is_none())
    }

    /// Whether all of it is in bold.
    pub(super) fn is_bold(&self) -> bool {
        let Some(strong) = &self.strong else { return false };
        let around = |text: Option<&str>| !text.unwrap_or_default().contains(char::is_alphanumeric);
        around(self.text.get(..strong.start)) && around(self.text.get(strong.end.min(self.text.len())..))
    }

    /// Its lines, if each of several links to a paper of its own.
    pub(super) fn lines(self) -> Vec<Self> {
        let ends: Vec<usize> = self.breaks.iter().copied().chain([self.text.len()]).collect();
        let line_of = |at: usize| ends.partition_point(|end| *end <= at).min(ends.len() - 1);
        let mut with_title: Vec<usize> =
            self.links.iter().filter(|link| !link.is_mark() && link.is_paper()).map(|link| line_of(link.at)).collect();
        with_title.dedup();
        if with_title.len() < 2 {
            return vec![self];
        }
        let mut lines: Vec<Self> = Vec::new();
        let mut from = 0;
        for end in &ends {
            let text = self.text.get(from..*end).unwrap_or_default().to_string();
            let strong = self.strong.clone().filter(|range| range.start >= from && range.end <= *end);
            let strong = strong.map(|range| range.start - from..range.end - from);
            lines.push(Self { text, strong, ..Self::default() });
            from = *end;
        }
        for link in self.links {
            let line = line_of(link.at);
            let begins = if line == 0 { 0 } else { ends[line - 1] };
            lines[line].links.push(MarkdownLink { at: link.at - begins, ..link });
        }
        lines
    }
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

impl MarkdownLink {
    fn mark(&self) -> String {
        let label = self.label.trim().trim_matches(['[', ']', '(', ')', ':', '*', '!', '.', ' ']);
        label.to_lowercase()
    }

    /// Whether the label only describes the target of the link; the label of a badge is often empty.
    fn is_mark(&self) -> bool {
        static ID: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"(?i)^(?:arxiv[ :]*)?(?:\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+/\d{7})$"));
        let mark = self.mark();
        let is_short = mark.len() <= 12 && mark.starts_with("arxiv");
        is_short
            || ID.is_match(&mark)
            || mark.starts_with("http")
            || words(&mark).all(|word| MARK_WORDS.contains(&word.as_str()))
    }

    pub(super) fn is_web(&self) -> bool {
        self.url.starts_with("http://") || self.url.starts_with("https://")
    }

    /// Whether the link leads to a paper.
    pub(super) fn is_paper(&self) -> bool {
        let url = self.url.to_ascii_lowercase();
        let registered = identify_by_url(&mut Paper::titled("t"), &self.url);
        let mark = self.mark();
        let first = mark.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
        let named = self.is_mark() && matches!(first, Some("paper" | "pdf" | "arxiv" | "openreview" | "doi"));
        registered
            || PUBLISHERS.iter().any(|host| url.contains(host))
            || url.ends_with(".pdf")
            || (named && self.is_web())
    }
}

/// The paper of a list item or a paragraph.
pub(super) fn of_item(cell: &MarkdownCell) -> RecordResult {
    let links: Vec<&MarkdownLink> = cell.links.iter().filter(|link| link.is_web()).collect();
    if links.is_empty() {
        return Err(SkippedRecord::not_a_paper(""));
    }
    let title = title(cell);
    if !links.iter().any(|link| link.is_paper()) {
        return Err(SkippedRecord::not_a_paper(format!("`{title}` leads to no paper")));
    }
    let mut paper = titled(&title)?;
    for link in links {
        behind(&mut paper, link);
    }
    let outside = cell.text.replacen(&title, " ", 1);
    paper.published = date_in(&outside);
    let in_italics = || {
        let text = cell.emphasis.clone().and_then(|range| cell.text.get(range))?;
        names(text).filter(|_| single_spaced(text) != title)
    };
    if let Some(names) = cell.authors.clone().or_else(in_italics) {
        set_authors(&mut paper, names);
    }
    let is_abstract = |details: &&ItemDetails| {
        ["abstract", "summary", "tl;dr", "tldr"].iter().any(|name| details.summary.to_lowercase().contains(name))
    };
    paper.abstract_text =
        cell.details.iter().find(is_abstract).map(|details| single_spaced(&details.text)).unwrap_or_default();
    Ok(vec![paper])
}

/// The date in the words around a title: a day, or the year of a conference (`ICCV 2019`, `ICCV' 19`), possibly in
/// parentheses.
fn date_in(text: &str) -> Option<PartialDate> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(\d{1,2}) ([A-Z][a-z]{2,8})\.?,? ((?:19|20)\d\d)\b"));
    static MONTH_DAY: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\b([A-Z][a-z]{2,8})\.? (\d{1,2}), ((?:19|20)\d\d)\b"));
    static NUMBERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b"));
    static YEAR: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:\b[A-Z][A-Za-z&+-]*[A-Z][A-Za-z&+-]*,?\s?['’]?\s?((?:19|20)\d\d|['’ ]\d\d)\b)|\(((?:19|20)\d\d)\)|\[((?:19|20)\d\d)\]",
        )
    });
    static MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\[(]((?:19|20)\d\d)[-/.](\d{1,2})[\])]"));
    let number = |text: &str| text.parse::<u8>().ok();
    if let Some(found) = DAY.captures(text).filter(|found| month(&found[2]).is_some()) {
        return date_of(found[3].parse().ok()?, month(&found[2]), number(&found[1]));
    }
    if let Some(found) = MONTH_DAY.captures(text).filter(|found| month(&found[1]).is_some()) {
        return date_of(found[3].parse().ok()?, month(&found[1]), number(&found[2]));
    }
    if let Some(found) = MONTH.captures(text) {
        return date_of(found[1].parse().ok()?, number(&found[2]), None);
    }
    if let Some(found) = NUMBERS.captures(text) {
        return date_of(found[1].parse().ok()?, number(&found[2]), number(&found[3]));
    }
    let found = YEAR.captures(text)?;
    let year = found.iter().skip(1).flatten().next()?.as_str().trim_matches(['\'', '’', ' ']);
    let year: u16 = year.parse().ok()?;
    // Two digits: a list has no conferences in the future.
    let year = if year >= 100 { year } else { year + if year < 70 { 2000 } else { 1900 } };
    date_of(year, None, None)
}

/// Words of venues and awards, which lists also write in italics.
const OF_VENUES: [&str; 24] = [
    "accepted",
    "advances",
    "award",
    "best",
    "conference",
    "highlight",
    "international",
    "journal",
    "letters",
    "nature",
    "oral",
    "paper",
    "papers",
    "poster",
    "presentation",
    "preprint",
    "proceedings",
    "review",
    "science",
    "spotlight",
    "survey",
    "transactions",
    "under",
    "workshop",
];

/// Small words of names.
const PARTICLES: [&str; 16] =
    ["al", "bin", "da", "de", "del", "della", "der", "di", "do", "dos", "du", "el", "la", "le", "van", "von"];

/// The names that a text lists; `None` if it contains anything else.
fn names(text: &str) -> Option<Vec<String>> {
    let parts: Vec<String> = text
        .trim()
        .trim_end_matches('.')
        .split(',')
        .flat_map(|part| part.split(" and "))
        .map(|part| single_spaced(part.trim().trim_start_matches("and ")))
        .filter(|part| !part.is_empty())
        .collect();
    let is_name = |name: &String| {
        let words = name.split(' ');
        let is_part = |word: &str| word.starts_with(char::is_uppercase) || PARTICLES.contains(&word);
        let capitals = words.clone().filter(|word| word.starts_with(char::is_uppercase)).count();
        words.clone().all(is_part)
            && (2..=5).contains(&words.count())
            && capitals >= 2
            && !self::words(name).any(|word| OF_VENUES.contains(&word.as_str()))
            && !name.contains(|c: char| c.is_ascii_digit() || "()[]:;/\"".contains(c))
    };
    (!parts.is_empty() && parts.iter().all(|name| is_name(name) || name.to_lowercase().starts_with("et al")))
        .then_some(parts)
}

/// The title of an item: the label of a link if it is more than a mark, else the text in bold or in quotation marks,
/// else the text before the first link.
fn title(cell: &MarkdownCell) -> String {
    let strong = cell.strong.clone().and_then(|range| cell.text.get(range.start..range.end.min(cell.text.len())));
    // `**[Name]** Title`: the name is not the whole title.
    let strong = strong.filter(|text| text.contains(' ') && !(text.starts_with('[') && text.ends_with(']')));
    let label = cell.links.iter().find(|link| !link.is_mark() && (link.is_paper() || link.label.contains(' ')));
    let candidates = [label.map(|link| link.label.as_str()), strong, quoted(&cell.text), cell.title_in_italics()];
    if let Some(title) = candidates.into_iter().flatten().map(clean).find(|title| !title.is_empty()) {
        return title;
    }
    let first = cell.links.iter().find(|link| link.is_mark()).map_or(cell.text.len(), |link| link.at);
    let before = cell.text.get(..first).unwrap_or_default();
    without_tail(before.split('|').map(str::trim).find(|part| part.contains(char::is_alphabetic)).unwrap_or_default())
}

/// A title without the name in brackets before it, and without year and authors after it.
fn without_tail(title: &str) -> String {
    static TAIL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s\((?:19|20)\d\d\)[,.:;]?(?:\s.*)?$"));
    static VENUE: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^\([A-Z][A-Za-z&+-]*[A-Z][A-Za-z&+-]*,?\s?['’]?\s?\d{2,4}\)"));
    let inner = title.strip_prefix('[').and_then(|inner| inner.split_once(']')).map_or(title, |(_, rest)| rest);
    let inner = VENUE.replace(inner.trim(), "");
    let inner = if clean(&inner).contains(' ') { inner.as_ref() } else { title };
    let inner = TAIL.replace(inner, "");
    // `A Title. Ana Ruiz, Bo Li`
    let title = inner
        .rsplit_once(". ")
        .filter(|(_, behind)| names(behind).is_some())
        .map_or(inner.as_ref(), |(title, _)| title);
    clean(title)
}

fn quoted(text: &str) -> Option<&str> {
    let from = text.find(['"', '“'])?;
    let rest = text.get(from..)?;
    let rest = rest.get(rest.chars().next()?.len_utf8()..)?;
    rest.get(..rest.find(['"', '”'])?).filter(|quoted| quoted.contains(' '))
}

/// A title without brackets, dashes and quotation marks around it, and without an end that a list adds.
fn clean(text: &str) -> String {
    let text = single_spaced(text);
    let around = |c: char| c.is_whitespace() || "[]|*_-–—:,\"“”".contains(c);
    let title = text.trim_matches(around).trim_end_matches(['(', '.', '[']).trim_matches(around);
    // A bracket at the end belongs to the title if it closes one.
    let closes = title.matches('[').count() == title.matches(']').count() + 1;
    if closes && text.contains(&format!("{title}]")) { format!("{title}]") } else { title.to_string() }
}

fn behind(paper: &mut Paper, link: &MarkdownLink) {
    match classify_url(&link.url) {
        Some(LinkTarget::Repository(_)) => add_repository(paper, &link.url, official(link), None),
        // The address of the paper itself is not a page about it.
        _ if link.is_paper() => {
            identify_by_url(paper, &link.url);
        }
        _ => add_link(paper, &link.url),
    }
}

/// Only "official" in the label of a link says so.
fn official(link: &MarkdownLink) -> Option<bool> {
    let mark = link.mark();
    if mark.contains("unofficial") {
        return Some(false);
    }
    mark.contains("official").then_some(true)
}

/// The paper of a table row. A table without a column for papers or titles is about something else.
pub(super) fn of_row(columns: &[String], row: &[MarkdownCell]) -> RecordResult {
    let find = |names: &[&str]| {
        let column = columns.iter().position(|column| names.iter().any(|name| column.contains(name)))?;
        row.get(column)
    };
    let Some(main) = find(&["title"]).or_else(|| find(&["paper", "publication", "article", "work"])) else {
        return of_row_without_names(row);
    };
    let mark = |cell: &MarkdownCell| cell.links.iter().all(MarkdownLink::is_mark) && !cell.links.is_empty();
    // `| Name | Paper | Code |` with a link called "paper": the name is the only title there is.
    let titled_cell = if mark(main) && clean(&main.text).len() <= 12 {
        find(&["name", "method", "model", "title"]).unwrap_or(main)
    } else {
        main
    };
    let (title, summary) = title_and_summary(titled_cell);
    let links = || row.iter().flat_map(|cell| &cell.links).filter(|link| link.is_web());
    if title.is_empty() || links().next().is_none() {
        return Err(SkippedRecord::not_a_paper("a row without title or link"));
    }
    let mut paper = titled(&title)?;
    for link in links() {
        behind(&mut paper, link);
    }
    let text = |names: &[&str]| find(names).map(|cell| single_spaced(&cell.text)).filter(|text| !text.is_empty());
    paper.venue = text(&["venue", "conference", "journal"]).filter(|venue| venue.len() > 1);
    paper.published = text(&["date", "year", "published"]).as_deref().and_then(date);
    let unfolded = |cell: &MarkdownCell| {
        cell.details.first().map_or_else(|| single_spaced(&cell.text), |details| single_spaced(&details.text))
    };
    paper.abstract_text = find(&["abstract", "summary", "tl;dr", "tldr"]).map_or(summary, unfolded);
    if let Some(authors) = text(&["author"]) {
        set_authors(&mut paper, authors.split(',').map(single_spaced).filter(|name| !name.is_empty()).collect());
    }
    Ok(vec![paper])
}

/// A row of a table without column names is read as an item; a row that links to no paper is about something else.
fn of_row_without_names(row: &[MarkdownCell]) -> RecordResult {
    let mut whole = MarkdownCell::default();
    for cell in row {
        let at = whole.text.len();
        let moved =
            |link: &MarkdownLink| MarkdownLink { url: link.url.clone(), label: link.label.clone(), at: link.at + at };
        whole.links.extend(cell.links.iter().map(moved));
        let strong = cell.strong.clone().map(|range| range.start + at..range.end.min(cell.text.len()) + at);
        whole.strong = whole.strong.or(strong);
        whole.text.push_str(&cell.text);
        whole.text.push_str(" | ");
    }
    let leads = whole.links.iter().any(MarkdownLink::is_paper);
    if leads && title(&whole).contains(' ') { of_item(&whole) } else { Err(SkippedRecord::not_a_paper("")) }
}

/// The title in a cell, and the cell's text about the paper after it: `**Title** - what it does`.
fn title_and_summary(cell: &MarkdownCell) -> (String, String) {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*\d{1,3}[.)]\s+"));
    const PROSE: usize = 40;
    let title = title(cell);
    if let Some(at) = cell.text.find(&title).filter(|_| !title.is_empty())
        && title.len() < cell.text.trim().len()
        && cell.strong.is_some()
    {
        let rest = cell.text.get(at + title.len()..).unwrap_or_default();
        let rest = single_spaced(rest.trim_start_matches(['*', '"', '”', ' ', '-', '–', '—', ':', '.']));
        let summary = if rest.len() >= PROSE && cell.links.is_empty() { rest } else { String::new() };
        return (title, summary);
    }
    // A title before two spaces or a dash is shorter than the text after it.
    let plain = NUMBER.replace(&cell.text, "");
    let is_long = plain.len() > 2 * PROSE && cell.links.is_empty() && cell.strong.is_none();
    let parts =
        ["  ", " - ", " – ", " — "].iter().find_map(|between| plain.trim().split_once(between).filter(|_| is_long));
    match parts {
        Some((title, rest)) if rest.len() >= PROSE => (clean(title), single_spaced(rest)),
        _ => (clean(&NUMBER.replace(&title, "")), String::new()),
    }
}
