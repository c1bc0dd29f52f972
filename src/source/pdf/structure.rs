//! Turns lines into a paper: title, authors, abstract, headings, paragraphs, captions, footnotes, references.

use std::sync::LazyLock;

use regex::Regex;

use super::front;
use super::hyphens::Spellings;
use super::lines::TextLine;
use super::marks::RuledLine;
use super::pages::{PageLine, PageTable, PagedText};
use super::references;
use super::words::Word;
use crate::document::{Cell, Document, DocumentLocation, Figure, Footnote, Section, Table};
use crate::source::headings::HEADINGS;

/// The role of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineRole {
    Text,
    Heading,
    /// Continues the heading, caption or footnote before it.
    Continued,
    Caption,
    Footnote,
    /// Part of a picture, or of nothing.
    Dropped,
    /// Part of the title page: title, authors and their details.
    Front,
}

pub(super) struct ClassifiedLines<'p> {
    pub text: &'p PagedText,
    pub roles: Vec<LineRole>,
    pub spellings: Spellings,
}

/// The paper in the lines.
pub(super) fn document(text: &PagedText, metadata_title: Option<&str>) -> Document {
    let mut classified = ClassifiedLines {
        roles: vec![LineRole::Text; text.lines.len()],
        spellings: Spellings::of(text.lines.iter().map(|line| &line.line)),
        text,
    };
    captions(&mut classified);
    footnotes(&mut classified);
    let front = front::read(&mut classified, metadata_title);
    headings(&mut classified, front.end);
    let mut document = Document { title: front.title, abstract_text: front.abstract_text, ..Document::default() };
    document.parts.authors = front.authors;
    body(&classified, front.body, &mut document);
    tables_and_figures(&classified, &mut document);
    document
}

pub(super) fn location(line: &PageLine) -> DocumentLocation {
    DocumentLocation::Page {
        number: line.page as u32 + 1,
        area: Some(area([line.line.x0, line.line.top(), line.line.x1, line.line.bottom()])),
    }
}

fn area(edges: [f32; 4]) -> [u32; 4] {
    edges.map(|edge| edge.max(0.0).round() as u32)
}

static CAPTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i:(table|tab\.|figure|fig\.|algorithm|listing|supplementary table|supplementary figure|extended data table|extended data figure)\.?)\s*((?:[A-Z]{1,2}[.-]?)?\d{1,3}(?:\.\d{1,2})?[a-z]?|[IVX]{1,5}|[A-Z])\s*([:.|—–-]|$)?").unwrap()
});

/// The kind of a caption and its label, and the position of the words after the label.
pub(super) fn caption(text: &str) -> Option<(bool, String, usize, bool)> {
    let found = CAPTION.captures(text)?;
    let word = found.get(1)?.as_str().to_lowercase();
    let is_table = word.contains("tab");
    let name = match word.as_str() {
        "tab." => "Table".to_string(),
        "fig." => "Figure".to_string(),
        word => {
            let mut letters = word.chars();
            letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    };
    let end = found.get(3).map_or_else(|| found.get(2).map_or(0, |m| m.end()), |m| m.end());
    Some((is_table, format!("{name} {}", found.get(2)?.as_str()), end, found.get(3).is_some()))
}

/// Marks captions with their continuation lines, and drops the labels of the pictures above.
fn captions(classified: &mut ClassifiedLines<'_>) {
    let lines = &classified.text.lines;
    let leading = classified.text.leading;
    for i in 0..lines.len() {
        let line = &lines[i].line;
        let text = line.text();
        let Some((is_table, _, end, marked)) = caption(&text) else { continue };
        let starts = i == 0 || lines[i - 1].region != lines[i].region || {
            let before = &lines[i - 1].line;
            line.y - before.y > 1.25 * leading.min(1.25 * line.size.max(before.size))
                || (before.size - line.size).abs() > 0.3
                || classified.roles[i - 1] != LineRole::Text
        };
        let bold = line.words.first().is_some_and(|word| word.style.bold) && !line.style.bold;
        let alone = text[end..].trim().is_empty() && text.chars().count() < 14;
        if !(marked || bold || alone) || !(starts || bold) {
            continue;
        }
        classified.roles[i] = LineRole::Caption;
        let mut last = i;
        for j in i + 1..lines.len() {
            let next = &lines[j].line;
            let before = &lines[last].line;
            let step = next.y - before.y;
            let same = lines[j].region == lines[i].region
                && (next.size - line.size).abs() < 0.35
                && step < 1.32 * line.size.max(next.size) + 0.5
                && caption(&next.text()).is_none_or(|(_, _, _, marked)| !marked);
            // A short last line ends a caption whose type does not differ from that of the text.
            let short = before.x1 < lines[last].x1 - 0.2 * (lines[last].x1 - lines[last].x0) && j > i + 1;
            let indented = next.x0 - lines[j].x0 > 0.8 * next.size && (next.x0 - before.x0).abs() > 0.8 * next.size;
            if !same || (short && (line.size - classified.text.body).abs() < 0.3 && (step > leading + 0.8 || indented))
            {
                break;
            }
            // The lines between a caption and its table are a table.
            let ruled = classified.text.rules[lines[j].page].iter().any(|rule| {
                rule.x1 - rule.x0 > 60.0
                    && rule.y0 > before.y
                    && rule.y0 < next.y
                    && rule.x0 < next.x1
                    && rule.x1 > next.x0
            });
            if ruled {
                break;
            }
            classified.roles[j] = LineRole::Continued;
            last = j;
        }
        if !is_table {
            drop_labels(classified, i);
        }
    }
}

/// Lines between the text above and the caption of a figure are labels of the picture.
fn drop_labels(classified: &mut ClassifiedLines<'_>, caption: usize) {
    let lines = &classified.text.lines;
    let body = classified.text.body;
    let here = &lines[caption];
    let drawn = |top: f32, bottom: f32| {
        classified.text.drawings[here.page]
            .iter()
            .any(|drawing| drawing.y1 > top && drawing.y0 < bottom && drawing.x0 < here.x1 && drawing.x1 > here.x0)
    };
    for i in (0..caption).rev() {
        let PageLine { line, page, region, x0, x1 } = &lines[i];
        if *page != here.page || *region != here.region || classified.roles[i] != LineRole::Text {
            break;
        }
        let plain = (line.size - body).abs() < 0.25
            && (line.x1 - line.x0 > 0.7 * (x1 - x0)
                || (i > 0
                    && lines[i - 1].line.x1 > x1 - body
                    && lines[i - 1].region == *region
                    && line.y - lines[i - 1].line.y < 1.3 * classified.text.leading))
            && line.words.len() >= 3;
        if plain || !drawn(line.top() - 80.0, here.line.top()) {
            break;
        }
        classified.roles[i] = LineRole::Dropped;
    }
}

/// Small print at the foot of a column, after a short rule or with a raised mark.
fn footnotes(classified: &mut ClassifiedLines<'_>) {
    let lines = &classified.text.lines;
    let body = classified.text.body;
    let mut start = 0;
    while start < lines.len() {
        let region = lines[start].region;
        let end = (start..lines.len()).find(|&i| lines[i].region != region).unwrap_or(lines.len());
        let (x0, x1, page) = (lines[start].x0, lines[start].x1, lines[start].page);
        let rule = classified.text.rules[page].iter().find(|rule: &&RuledLine| {
            let length = rule.x1 - rule.x0;
            (rule.x0 - x0).abs() < 12.0
                && length > 0.12 * (x1 - x0)
                && length < 0.75 * (x1 - x0)
                && rule.y0 > 0.4 * classified.text.heights[page]
                && (start..end).any(|i| lines[i].line.y > rule.y0)
                && (start..end).all(|i| lines[i].line.y < rule.y0 || lines[i].line.size < body - 0.4)
        });
        let mut first = end;
        for i in (start..end).rev() {
            let small = lines[i].line.size < body - 0.4 && classified.roles[i] == LineRole::Text;
            if !small || rule.is_some_and(|rule| lines[i].line.y < rule.y0) {
                break;
            }
            if rule.is_some() || begins_note(&lines[i].line) {
                first = i;
            }
        }
        let low = first < end && lines[first].line.y > 0.4 * classified.text.heights[page];
        if low && (rule.is_some() || first > start) {
            for (i, line) in lines.iter().enumerate().take(end).skip(first) {
                let begins = i == first || begins_note(&line.line);
                classified.roles[i] = if begins { LineRole::Footnote } else { LineRole::Continued };
            }
        }
        start = end;
    }
}

/// Whether a line begins with a raised mark.
fn begins_note(line: &TextLine) -> bool {
    line.words.first().is_some_and(|first| {
        let mark =
            first.text.chars().count() <= 3 && first.text.chars().all(|c| c.is_ascii_digit() || "*∗†‡§¶".contains(c));
        let raised = first.size < 0.85 * line.size && first.y < line.y - 0.1 * line.size;
        (mark && raised) || first.text.starts_with(['∗', '†', '‡', '§', '¶'])
    })
}

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:(?i:appendix|section)\s+)?((?:\d{1,2}|[A-Z])(?:\.\d{1,2}){0,3}|[IVX]{1,6}|[a-z](?:\)))(\.|:|\))?\s+(\S.*)$").unwrap()
});

/// Headings that do not begin a section, or that occur only in PDFs.
const MORE_HEADINGS: [&str; 9] = [
    "abstract",
    "acknowledgment",
    "acknowledgement",
    "appendices",
    "references",
    "bibliography",
    "future work",
    "reproducibility statement",
    "author contributions",
];

pub(super) fn is_named(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['.', ':']).to_lowercase();
    HEADINGS.contains(&text.as_str()) || MORE_HEADINGS.contains(&text.as_str())
}

/// The number of a heading as parts, and its words.
pub(super) fn numbered(text: &str) -> Option<(Vec<u32>, &str)> {
    let found = NUMBER.captures(text)?;
    let number = found.get(1)?.as_str();
    let rest = found.get(3)?.as_str();
    let dotted = found.get(2).is_some();
    let roman = number.len() > 1 && number.bytes().all(|b| b"IVX".contains(&b));
    if roman {
        return dotted.then(|| (vec![1000 + from_roman(number)], rest));
    }
    let mut parts = Vec::new();
    for part in number.trim_end_matches(')').split('.') {
        parts.push(match part.parse::<u32>() {
            Ok(n) => n,
            // Letters come after all numbers.
            Err(_) => 100 + u32::from(part.bytes().next()?.to_ascii_uppercase() - b'A' + 1),
        });
    }
    Some((parts, rest))
}

fn from_roman(number: &str) -> u32 {
    let value = |b| match b {
        b'I' => 1,
        b'V' => 5,
        _ => 10,
    };
    let bytes = number.as_bytes();
    let mut sum = 0_i32;
    for (i, &b) in bytes.iter().enumerate() {
        let more = bytes.get(i + 1).is_some_and(|&next| value(next) > value(b));
        sum += if more { -value(b) } else { value(b) };
    }
    sum.max(0) as u32
}

/// The type of a heading, for recognising others.
#[derive(Debug, Clone, Copy, PartialEq)]
struct HeadingType {
    size: f32,
    largest: f32,
    bold: bool,
    italic: bool,
    capitals: bool,
}

impl HeadingType {
    fn of(line: &TextLine) -> Self {
        let text = line.text();
        let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
        let capitals = letters.len() > 2 && (letters.iter().all(|c| c.is_uppercase()) || is_small_capitals(line));
        Self { size: line.size, largest: line.largest, bold: line.style.bold, italic: line.style.italic, capitals }
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.size - other.size).abs() < 0.35
            && (self.largest - other.largest).abs() < 0.6
            && self.bold == other.bold
            && self.italic == other.italic
            && self.capitals == other.capitals
    }
}

/// Whether a line is in capitals and small capitals, which words have as small letters.
fn is_small_capitals(line: &TextLine) -> bool {
    let is_small = |word: &Word| word.largest > 1.12 * word.size;
    let is_capital = |word: &Word| !word.text.chars().any(char::is_lowercase);
    let is_set_small = |word: &Word| word.size < 0.9 * line.largest || is_capital(word);
    line.words.iter().any(is_small) && line.words.iter().all(is_set_small)
}

/// Whether all words of a line have the type of most of it: a heading that runs into the text does not.
fn is_uniform(line: &TextLine) -> bool {
    let letters = |word: &&Word| word.text.chars().any(char::is_alphabetic);
    line.words.iter().filter(letters).all(|word| {
        word.style.symbols
            || (word.style.bold == line.style.bold
                && (word.style.italic == line.style.italic || word.text.chars().count() < 3 || line.style.bold))
    })
}

fn headings(classified: &mut ClassifiedLines<'_>, from: usize) {
    let text = classified.text;
    let lines = &text.lines;
    let stands_out = |line: &TextLine| {
        let print = HeadingType::of(line);
        line.size > text.body + 0.6 || line.largest > text.body + 1.1 || print.bold || print.capitals
    };
    // First the certain headings: others have the same type.
    let mut prints: Vec<HeadingType> = Vec::new();
    let mut counter: Vec<u32> = Vec::new();
    let mut accepted: Vec<usize> = Vec::new();
    for (i, line) in lines.iter().enumerate().skip(from) {
        if classified.roles[i] != LineRole::Text || !opens(classified, i) {
            continue;
        }
        let line = &line.line;
        let whole = line.text();
        let plain = whole.chars().count() <= 110;
        if let Some((number, title)) = numbered(&whole).filter(|_| plain) {
            let words = title.chars().filter(|c| c.is_alphabetic()).count();
            let capital = title.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
            let named = is_named(title);
            let follows = follows(&counter, &number);
            let italic = line.style.italic && is_uniform(line);
            let distinct = (stands_out(line) || italic) && is_uniform(line);
            let known = prints.iter().any(|print| print.is_like(&HeadingType::of(line)));
            if words >= 2 && follows && (distinct || (capital && (named || known))) {
                if distinct && !prints.iter().any(|print| print.is_like(&HeadingType::of(line))) {
                    prints.push(HeadingType::of(line));
                }
                counter = number;
                accepted.push(i);
            }
        } else if is_named(&whole)
            && (begins_large(&whole) || counter.is_empty())
            && (stands_out(line) || line.x1 - line.x0 < 0.5 * (lines[i].x1 - lines[i].x0))
        {
            if stands_out(line) && !prints.iter().any(|print| print.is_like(&HeadingType::of(line))) {
                prints.push(HeadingType::of(line));
            }
            accepted.push(i);
        }
    }
    for &i in &accepted {
        classified.roles[i] = LineRole::Heading;
    }
    // Then lines without a number in the same type.
    for i in from..lines.len() {
        if classified.roles[i] != LineRole::Text || !opens(classified, i) {
            continue;
        }
        let line = &lines[i].line;
        let whole = line.text();
        let print = HeadingType::of(line);
        let letters = whole.chars().filter(|c| c.is_alphabetic()).count();
        let larger = line.size > text.body + 0.6;
        let known = prints.iter().any(|known| {
            known.is_like(&print) || (larger && (known.size - print.size).abs() < 0.35 && known.bold == print.bold)
        });
        let isolated = (i + 1 >= lines.len()
            || lines[i + 1].region != lines[i].region
            || lines[i + 1].line.y - line.y > 0.9 * text.leading.min(1.2 * line.size))
            && !whole.ends_with([',', ';', '-'])
            && (larger || !whole.ends_with('.'));
        let numbered_style = accepted.iter().filter(|&&i| numbered(&lines[i].line.text()).is_some()).count() >= 3;
        // If headings are numbered, a line without a number is a heading only if its type is as large or bold as
        // theirs.
        let enough = if numbered_style { known && (larger || print.bold || print.capitals) } else { known };
        // The keywords of an algorithm are in bold small letters.
        let enough = enough && (begins_large(&whole) || larger && !numbered_style);
        if enough && letters >= 4 && whole.chars().count() <= 110 && is_uniform(line) && isolated && !is_math(&whole) {
            classified.roles[i] = LineRole::Heading;
        }
    }
    // Headings of several lines.
    for i in from..lines.len() {
        if classified.roles[i] != LineRole::Heading {
            continue;
        }
        let print = HeadingType::of(&lines[i].line);
        let mut last = i;
        while let Some(next) = lines.get(last + 1) {
            let step = next.line.y - lines[last].line.y;
            let goes_on = next.region == lines[i].region
                && matches!(classified.roles[last + 1], LineRole::Text | LineRole::Heading)
                && HeadingType::of(&next.line).is_like(&print)
                && (stands_out(&next.line) || print.italic)
                && is_uniform(&next.line)
                && step < 1.45 * next.line.size
                && numbered(&next.line.text()).is_none_or(|(number, _)| !follows(&counter_of(&lines[i].line), &number))
                && !is_named(&next.line.text())
                && last < i + 3;
            if !goes_on {
                break;
            }
            last += 1;
            classified.roles[last] = LineRole::Continued;
        }
    }
}

/// Whether the first letter is a capital, or comes after a number.
fn begins_large(text: &str) -> bool {
    text.chars().find(|c| c.is_alphanumeric()).is_some_and(|c| c.is_uppercase() || c.is_numeric() || !c.is_lowercase())
}

fn counter_of(line: &TextLine) -> Vec<u32> {
    numbered(&line.text()).map(|(number, _)| number).unwrap_or_default()
}

fn is_math(text: &str) -> bool {
    let signs = text
        .chars()
        .filter(|c| !c.is_alphanumeric() && !c.is_whitespace() && !"-–—:,.()&’'\"“”?!/".contains(*c))
        .count();
    signs * 4 > text.chars().count()
}

/// Whether a number comes next: the first of a lower level, the next of this or a higher level, or the first of all.
fn follows(before: &[u32], next: &[u32]) -> bool {
    if before.is_empty() {
        return next.len() == 1 && matches!(next[0], 0 | 1 | 2 | 101 | 1001);
    }
    let depth = next.len();
    if depth > before.len() {
        // `III.` and then `A.`: a letter below a roman number counts as a level of its own.
        return depth == before.len() + 1 && next[..before.len()] == *before && next[depth - 1] <= 2;
    }
    let same = next[..depth - 1] == before[..depth - 1];
    let (was, now) = (before[depth - 1], next[depth - 1]);
    // One heading can be missed.
    let counts = now > was && now <= was + 2;
    let letters_begin = depth == 1 && now == 101;
    let numbers_again = depth == 1 && was > 100 && now > 1000 && now <= 1010;
    same && (counts || letters_begin || numbers_again) || depth == 1 && was > 1000 && (101..=126).contains(&now)
}

/// Whether a line begins something: there is more space above it than between lines, or text of another type.
fn opens(classified: &ClassifiedLines<'_>, i: usize) -> bool {
    let lines = &classified.text.lines;
    if i == 0 || lines[i - 1].region != lines[i].region {
        return true;
    }
    let (before, line) = (&lines[i - 1].line, &lines[i].line);
    let step = line.y - before.y;
    step > 1.12 * classified.text.leading.max(1.1 * line.size.min(before.size))
        || !matches!(classified.roles[i - 1], LineRole::Text)
        || (line.size - before.size).abs() > 0.6
        || (line.style.bold && !before.style.bold)
}

/// Text, sections, footnotes and references.
fn body(classified: &ClassifiedLines<'_>, from: usize, document: &mut Document) {
    let lines = &classified.text.lines;
    let mut section = Section::default();
    let mut paragraph: Vec<&PageLine> = Vec::new();
    let mut in_references = false;
    let mut reference_lines: Vec<&PageLine> = Vec::new();
    let mut i = 0;
    while i < lines.len() {
        let line = &lines[i];
        let run = |role: LineRole| {
            let end = (i + 1..lines.len()).find(|&j| classified.roles[j] != LineRole::Continued).unwrap_or(lines.len());
            let _ = role;
            (end, &lines[i..end])
        };
        match classified.roles[i] {
            LineRole::Heading if i >= from => {
                let (end, parts) = run(LineRole::Heading);
                flush(&mut paragraph, &mut section, &classified.spellings);
                let title = classified.spellings.join(parts.iter().map(|line| &line.line));
                let title = heading_title(&title);
                keep(&mut section, document);
                in_references = ["references", "bibliography", "literature cited", "references and notes"]
                    .contains(&title.to_lowercase().trim_end_matches(['.', ':']));
                section = Section { title, location: Some(location(line)), ..Section::default() };
                i = end;
                continue;
            }
            LineRole::Footnote => {
                let (end, parts) = run(LineRole::Footnote);
                let text = classified.spellings.join(parts.iter().map(|line| &line.line));
                let (mark, text) = footnote(&text);
                document.parts.footnotes.push(Footnote { mark, text, location: Some(location(line)) });
                i = end;
                continue;
            }
            LineRole::Text if i >= from && in_references => reference_lines.push(line),
            LineRole::Text if i >= from => {
                if paragraph.last().is_some_and(|last| begins_paragraph(classified, last, line)) {
                    flush(&mut paragraph, &mut section, &classified.spellings);
                }
                if section.location.is_none() {
                    section.location = Some(location(line));
                }
                paragraph.push(line);
            }
            _ => {}
        }
        i += 1;
    }
    flush(&mut paragraph, &mut section, &classified.spellings);
    keep(&mut section, document);
    document.parts.references = references::split(&reference_lines, &classified.spellings);
}

fn keep(section: &mut Section, document: &mut Document) {
    let section = std::mem::take(section);
    if !section.title.is_empty() || !section.text.is_empty() {
        document.sections.push(section);
    }
}

fn flush(paragraph: &mut Vec<&PageLine>, section: &mut Section, spellings: &Spellings) {
    if paragraph.is_empty() {
        return;
    }
    let text = spellings.join(paragraph.iter().map(|line| &line.line));
    paragraph.clear();
    if text.is_empty() {
        return;
    }
    if !section.text.is_empty() {
        section.text.push('\n');
    }
    section.text.push_str(&text);
}

/// `3.2 Training Data` without the number.
fn heading_title(text: &str) -> String {
    let title = numbered(text).map_or(text, |(_, title)| title).trim();
    title.trim_end_matches([':', '.']).to_string()
}

fn footnote(text: &str) -> (String, String) {
    let end = text.find(|c: char| !(c.is_ascii_digit() || "*∗†‡§¶".contains(c))).unwrap_or(0);
    let (mark, rest) = text.split_at(end);
    (mark.to_string(), rest.trim().to_string())
}

fn begins_paragraph(classified: &ClassifiedLines<'_>, before: &PageLine, line: &PageLine) -> bool {
    let ended = before.line.words.last().is_some_and(|word| word.text.ends_with(['.', '?', '!', ':', '”', '"', ')']));
    let lower = line.line.words.first().is_some_and(|word| word.text.starts_with(char::is_lowercase));
    if before.region != line.region {
        // The text continues in the next column or on the next page.
        return ended
            && (!lower && line.line.x0 - line.x0 > 0.8 * line.line.size
                || before.line.x1 < before.x1 - 0.15 * (before.x1 - before.x0));
    }
    let step = line.line.y - before.line.y;
    let gap = step > 1.35 * classified.text.leading;
    let indent = line.line.x0 - before.line.x0;
    let indented =
        indent > 0.8 * line.line.size && indent < 4.0 * line.line.size && line.line.x0 - line.x0 < 4.0 * line.line.size;
    (gap && (ended || !lower)) || (indented && ended && !lower) || (line.line.size - before.line.size).abs() > 0.6
}

/// The caption of a table, with its position in points.
struct PrintedCaption {
    page: usize,
    x0: f32,
    x1: f32,
    top: f32,
    bottom: f32,
    label: String,
    words: String,
    location: Option<DocumentLocation>,
}

/// The lines of a caption, separated into several captions that are printed next to each other.
fn beside_each_other(lines: &[PageLine]) -> Vec<Vec<TextLine>> {
    let Some(first) = lines.first().map(|line| &line.line) else { return Vec::new() };
    let mut starts = vec![f32::MIN];
    for (at, pair) in first.words.windows(2).enumerate() {
        let gap = pair[1].x0 - pair[0].x1;
        let begins = || caption(&super::lines::join(&first.words[at + 1..])).is_some_and(|(_, _, _, marked)| marked);
        // Spaces of justified lines stay below half the size.
        if gap > 0.6 * first.size && begins() {
            starts.push(pair[1].x0 - 1.0);
        }
    }
    let part = |from: f32, to: f32| -> Vec<TextLine> {
        let of_line = |line: &TextLine| {
            let words: Vec<_> = line.words.iter().filter(|word| (from..to).contains(&word.x0)).cloned().collect();
            let (x0, x1) = (words.first()?.x0, words.iter().map(|word| word.x1).fold(f32::MIN, f32::max));
            Some(TextLine { words, x0, x1, ..line.clone() })
        };
        lines.iter().filter_map(|line| of_line(&line.line)).collect()
    };
    let ends = starts.iter().skip(1).copied().chain([f32::MAX]);
    starts.iter().zip(ends).map(|(from, to)| part(*from, to)).filter(|part| !part.is_empty()).collect()
}

/// Whether the rows begin with words, unlike the numbers at the axes of a diagram.
fn has_row_labels(rows: &[Vec<Cell>]) -> bool {
    let labelled = rows.iter().filter(|row| row.first().is_some_and(|cell| cell.text.contains(char::is_alphabetic)));
    labelled.count() * 2 > rows.len()
}

/// Largest distance in points between a table and a caption beside it.
const BESIDE: f32 = 40.0;

/// Whether a caption is printed to the left or right of a table.
fn is_beside(caption: &PrintedCaption, table: &PageTable) -> bool {
    let area = &table.area;
    let gap = (caption.x0 - area.x1).max(area.x0 - caption.x1);
    let shared = caption.bottom.min(area.y1) - caption.top.max(area.y0);
    let least = (caption.bottom - caption.top).min(area.y1 - area.y0);
    caption.page == table.page && (0.0..BESIDE).contains(&gap) && shared > 0.5 * least
}

/// Assigns captions to the nearest tables, and collects the captions of figures.
fn tables_and_figures(classified: &ClassifiedLines<'_>, document: &mut Document) {
    let lines = &classified.text.lines;
    let mut captions: Vec<PrintedCaption> = Vec::new();
    let mut of_figures: Vec<PrintedCaption> = Vec::new();
    for i in 0..lines.len() {
        if classified.roles[i] != LineRole::Caption {
            continue;
        }
        let end = (i + 1..lines.len()).find(|&j| classified.roles[j] != LineRole::Continued).unwrap_or(lines.len());
        for block in beside_each_other(&lines[i..end]) {
            let text = classified.spellings.join(block.iter());
            let (Some(first), Some(last)) = (block.first(), block.last()) else { continue };
            let Some((is_table, label, behind, _)) = caption(&text) else { continue };
            let words = text[behind..].trim_start_matches(['.', ':', ' ']).trim().to_string();
            let edges = area([first.x0, first.top(), first.x1, first.bottom()]);
            let location = Some(DocumentLocation::Page { number: lines[i].page as u32 + 1, area: Some(edges) });
            let printed = PrintedCaption {
                page: lines[i].page,
                x0: first.x0.min(last.x0),
                x1: first.x1.max(last.x1),
                top: first.top(),
                bottom: last.bottom(),
                label: label.clone(),
                words: words.clone(),
                location: location.clone(),
            };
            if is_table {
                captions.push(printed);
            } else if !label.starts_with("Algorithm") && !label.starts_with("Listing") {
                of_figures.push(printed);
                document.parts.figures.push(Figure { label, caption: words, location });
            }
        }
    }
    let tables = &classified.text.tables;
    let distance = |caption: &PrintedCaption, table: &PageTable| {
        let overlap = caption.x1.min(table.area.x1) - caption.x0.max(table.area.x0);
        if caption.page != table.page || overlap < 0.0 {
            return None;
        }
        let above = table.area.y0 - caption.bottom;
        let below = caption.top - table.area.y1;
        let (gap, is_above) = if above >= below { (above, true) } else { (below, false) };
        (gap > -8.0 && gap < 60.0).then_some((gap.max(0.0), is_above))
    };
    // Papers put all captions above, or all below.
    let nearest = |want: bool| {
        let pairs = captions.iter().filter_map(|caption| {
            tables.iter().filter_map(|table| distance(caption, table)).min_by(|a, b| a.0.total_cmp(&b.0))
        });
        pairs.filter(|(_, above)| *above == want).count()
    };
    let above = nearest(true) >= nearest(false);
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for (c, caption) in captions.iter().enumerate() {
        for (t, table) in tables.iter().enumerate() {
            if let Some((gap, is_above)) = distance(caption, table) {
                pairs.push((gap + if is_above == above { 0.0 } else { 25.0 }, c, t));
            }
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut of_table: Vec<Option<usize>> = vec![None; tables.len()];
    let mut used = vec![false; captions.len()];
    for (_, c, t) in pairs {
        if !used[c] && of_table[t].is_none() {
            used[c] = true;
            of_table[t] = Some(c);
        }
    }
    for (t, table) in tables.iter().enumerate().filter(|(_, table)| has_row_labels(&table.rows)) {
        let free = |c: &usize| !used[*c] && is_beside(&captions[*c], table);
        if of_table[t].is_none()
            && let Some(c) = (0..captions.len()).find(free)
        {
            used[c] = true;
            of_table[t] = Some(c);
        }
    }
    let mut found: Vec<(usize, f32, Table)> = Vec::new();
    for (table, caption) in tables.iter().zip(of_table) {
        // A table of results can be printed as a figure.
        let of_figure = || {
            let near = of_figures.iter().filter_map(|caption| Some((distance(caption, table)?.0, caption)));
            let nearest = near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, caption)| caption);
            nearest.filter(|_| has_row_labels(&table.rows))
        };
        let caption = caption.map(|c| &captions[c]).or_else(of_figure);
        let (label, words) = caption.map(|caption| (caption.label.clone(), caption.words.clone())).unwrap_or_default();
        let edges = area([table.area.x0, table.area.y0, table.area.x1, table.area.y1]);
        let location = Some(DocumentLocation::Page { number: table.page as u32 + 1, area: Some(edges) });
        found.push((
            table.page,
            table.area.y0,
            Table { label, caption: words, rows: table.rows.clone(), location, ..Table::default() },
        ));
    }
    // A caption is kept even if its table could not be found.
    for (PrintedCaption { page, top, label, words, location, .. }, used) in captions.into_iter().zip(used) {
        if !used {
            found.push((page, top, Table { label, caption: words, location, ..Table::default() }));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    document.parts.tables = found.into_iter().map(|(_, _, table)| table).collect();
}
