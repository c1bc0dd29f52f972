//! The title page: title, authors, abstract.

use super::lines::{TextLine, join};
use super::pages::PageLine;
use super::structure::{ClassifiedLines, LineRole, is_named, numbered};
use super::words::Word;
use crate::document::DocumentAuthor;
use crate::source::people::is_name;

/// The contents of the title page.
#[derive(Debug, Default)]
pub(super) struct TitlePage {
    pub title: String,
    pub authors: Vec<DocumentAuthor>,
    pub abstract_text: String,
    /// The line after title and authors, from which headings are searched.
    pub end: usize,
    /// The line after the abstract, at which the text begins.
    pub body: usize,
}

/// The part of the first page that contains the beginning of the title.
const TITLE_WITHIN: f32 = 0.6;

pub(super) fn read(classified: &mut ClassifiedLines<'_>, metadata_title: Option<&str>) -> TitlePage {
    let lines = &classified.text.lines;
    let first_page = lines.iter().take_while(|line| line.page == 0).count();
    let mut front = TitlePage::default();
    let title = title_lines(classified, first_page);
    if let Some((from, to)) = title {
        front.title = classified.spellings.join(lines[from..to].iter().map(|line| &line.line));
        front.title = without_marks(&front.title, &lines[from..to]);
        classified.roles[..to].iter_mut().for_each(|role| *role = LineRole::Front);
        front.end = to;
    }
    if front.title.chars().filter(|c| c.is_alphabetic()).count() < 3
        && let Some(title) = metadata_title
    {
        front.title = title.to_string();
    }
    // The abstract: after the word, or before it.
    let word = (front.end..first_page)
        .find(|&i| classified.roles[i] == LineRole::Text && is_abstract(&lines[i].line).is_some());
    let body = |i: usize| classified.roles[i] == LineRole::Text && begins_body(classified, i);
    let begins = (front.end..lines.len().min(front.end + 400)).find(|&i| body(i));
    let (from, authors_end) = match word {
        Some(i) => (i, i),
        // Without the word, it is the first paragraph with the width of the text.
        None => {
            let end = begins.unwrap_or(first_page);
            let long = (front.end..end).find(|&i| classified.roles[i] == LineRole::Text && is_prose(lines, i));
            (long.unwrap_or(end), long.unwrap_or(end))
        }
    };
    // In two columns, authors in the right column come after the abstract in reading order.
    let beside: Vec<usize> = match word {
        Some(word) => (word + 1..first_page)
            .filter(|&i| {
                let above = lines[i].line.y < lines[word].line.y - lines[word].line.size;
                above && lines[i].region != lines[word].region && classified.roles[i] == LineRole::Text
            })
            .collect(),
        None => Vec::new(),
    };
    let mut title_page: Vec<PageLine> = lines[front.end.min(authors_end)..authors_end].to_vec();
    if !beside.is_empty() {
        title_page.extend(beside.iter().map(|&i| lines[i].clone()));
        title_page.sort_by(|a, b| a.line.y.total_cmp(&b.line.y));
    }
    front.authors = authors(&title_page);
    beside.iter().for_each(|&i| classified.roles[i] = LineRole::Front);
    // Details of authors may be printed after the abstract in another column; only those before it count.
    classified.roles[front.end..authors_end]
        .iter_mut()
        .filter(|role| **role == LineRole::Text)
        .for_each(|role| *role = LineRole::Front);
    let mut end = from;
    let mut text = String::new();
    let mut size = None;
    for i in from..lines.len() {
        let line = &lines[i].line;
        if i > from && classified.roles[i] == LineRole::Text && begins_body(classified, i) || lines[i].page > 1 {
            break;
        }
        let run_in = if i == from && word.is_some() { is_abstract(line) } else { None };
        end = i + 1;
        if classified.roles[i] != LineRole::Text {
            continue;
        }
        let mut shown = join(&line.words);
        if let Some(skip) = run_in {
            shown = shown[skip..].trim_start().to_string();
            if shown.is_empty() {
                continue;
            }
        }
        if ends_abstract(&shown) {
            // Keywords and similar lines are not part of it; nor is the text between them and the first heading.
            classified.roles[i] = LineRole::Front;
            let stop = (i + 1..lines.len().min(i + 60))
                .find(|&j| classified.roles[j] == LineRole::Text && begins_body(classified, j));
            if let Some(stop) = stop {
                classified.roles[i..stop]
                    .iter_mut()
                    .filter(|role| **role == LineRole::Text)
                    .for_each(|role| *role = LineRole::Front);
                end = stop;
            }
            break;
        }
        // Small print that is not part of the abstract: the conference, the licence.
        let expected = *size.get_or_insert(line.size);
        if (line.size - expected).abs() > 0.7 {
            let next_same = lines.get(i + 1).is_some_and(|next| (next.line.size - expected).abs() < 0.3);
            if !next_same || line.size < expected {
                continue;
            }
        }
        classified.spellings.add(&mut text, &shown);
    }
    // Without a heading after it, the end of the abstract is unknown: its first paragraph is taken.
    classified.roles[from..end]
        .iter_mut()
        .filter(|role| **role == LineRole::Text)
        .for_each(|role| *role = LineRole::Front);
    front.abstract_text = text;
    front.body = end;
    front
}

/// The lines with the largest print in the upper part of the first page.
fn title_lines(classified: &ClassifiedLines<'_>, first_page: usize) -> Option<(usize, usize)> {
    let lines = &classified.text.lines[..first_page];
    let height = classified.text.heights.first().copied().unwrap_or(800.0);
    let letters = |line: &TextLine| {
        line.words.iter().map(|word| word.text.chars().filter(|c| c.is_alphabetic()).count()).sum::<usize>()
    };
    let end = lines.iter().position(|line| is_abstract(&line.line).is_some()).unwrap_or(lines.len());
    let candidates = || {
        lines[..end]
            .iter()
            .enumerate()
            .filter(|(_, line)| line.line.y < TITLE_WITHIN * height && letters(&line.line) >= 3)
    };
    let largest = candidates().map(|(_, line)| title_size(&line.line)).reduce(f32::max)?;
    let from = candidates().find(|(_, line)| title_size(&line.line) > largest - 0.6).map(|(i, _)| i)?;
    // The name of a journal, in larger letters than the title, has one word and no second line.
    let mut to = from + 1;
    while let Some(next) = lines[..end].get(to) {
        let size = title_size(&next.line);
        let step = next.line.y - lines[to - 1].line.y;
        let same = size > largest - 0.6 && step < 2.2 * largest && next.line.style.bold == lines[from].line.style.bold;
        if !same {
            break;
        }
        to += 1;
    }
    Some((from, to))
}

fn title_size(line: &TextLine) -> f32 {
    line.largest.min(line.size * 1.35)
}

/// A title without a note mark at its end.
fn without_marks(title: &str, lines: &[PageLine]) -> String {
    let raised = lines.last().and_then(|line| line.line.words.last()).filter(|word| {
        word.is_glued
            && word.text.chars().count() <= 2
            && word.text.chars().all(|c| c.is_ascii_digit() || "*∗†‡§¶".contains(c))
    });
    let title = match raised {
        Some(mark) => title.strip_suffix(mark.text.as_str()).unwrap_or(title),
        None => title,
    };
    title.trim_end_matches(['*', '∗', '†', '‡']).trim().to_string()
}

/// Length of the word `Abstract` in a line, with the mark between it and the text.
fn is_abstract(line: &TextLine) -> Option<usize> {
    let text = join(&line.words);
    let letters: String = text.chars().take(10).collect::<String>().to_lowercase();
    let word = ["abstract", "summary"].into_iter().find(|word| letters.starts_with(word))?;
    let rest = &text[word.len()..];
    let plain = rest.trim_start_matches(['.', ':', '-', '–', '—', ' ', '*']);
    let divided = plain.is_empty()
        || rest.trim_start().starts_with(['.', ':', '—', '–', '-'])
        || line.words.first().is_some_and(|first| first.style.bold && !line.style.bold);
    (divided && (word == "abstract" || plain.is_empty())).then(|| text.len() - plain.len())
}

/// Lines after an abstract that are not part of it.
fn ends_abstract(text: &str) -> bool {
    let lower = text.to_lowercase();
    let starts = [
        "keywords",
        "key words",
        "index terms",
        "ccs concepts",
        "acm reference",
        "categories and subject",
        "general terms",
        "1. introduction",
        "introduction",
        "additional key words",
        "date:",
        "code:",
        "*correspondence",
        "correspondence to",
        "proceedings of the",
    ];
    starts.iter().any(|start| lower.starts_with(start)) && !lower.starts_with("introduction of")
}

/// Whether the text of the paper begins here: a first heading.
fn begins_body(classified: &ClassifiedLines<'_>, i: usize) -> bool {
    let line = &classified.text.lines[i].line;
    let text = line.text();
    if text.chars().count() > 90 {
        return false;
    }
    let stands_out =
        line.style.bold || line.size > classified.text.body + 0.6 || line.largest > classified.text.body + 1.0;
    if let Some((number, title)) = numbered(&text) {
        let first = matches!(number.as_slice(), [0 | 1 | 1001]);
        return first
            && title.starts_with(|c: char| c.is_uppercase())
            && (stands_out || is_named(title) || title.to_lowercase().starts_with("introduction"));
    }
    let lower = text.to_lowercase();
    ["introduction", "background", "main"].contains(&lower.trim())
        || (is_named(&text) && lower != "abstract" && stands_out)
}

/// Whether a paragraph of text begins here.
fn is_prose(lines: &[PageLine], i: usize) -> bool {
    let Some(next) = lines.get(i..i + 4) else { return false };
    // Names and places of work have raised marks.
    let marks = |line: &TextLine| line.words.iter().filter(|word| is_mark(word, line)).count();
    let first = &lines[i].line;
    if marks(first) >= 2 || first.words.first().is_some_and(|word| is_mark(word, first)) {
        return false;
    }
    next.iter().all(|line| {
        line.region == lines[i].region
            && line.line.words.len() >= 6
            && (line.line.size - lines[i].line.size).abs() < 0.3
    }) && next.iter().map(|line| line.line.words.len()).sum::<usize>() >= 32
}

/// A part of a line on the title page.
struct LinePart<'l> {
    words: Vec<&'l Word>,
    size: f32,
    bold: bool,
    x0: f32,
    x1: f32,
    y: f32,
}

/// The authors, from the lines between title and abstract.
fn authors(lines: &[PageLine]) -> Vec<DocumentAuthor> {
    let parts: Vec<LinePart<'_>> = lines.iter().flat_map(|line| parts(&line.line)).collect();
    let mut authors: Vec<(DocumentAuthor, Vec<String>, usize)> = Vec::new();
    let mut print: Option<(f32, bool)> = None;
    let mut others: Vec<usize> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let known = print.is_none_or(|(size, bold)| (size - part.size).abs() < 0.4 && bold == part.bold);
        let found = if known { names(part) } else { Vec::new() };
        if found.is_empty() {
            others.push(at);
            continue;
        }
        print.get_or_insert((part.size, part.bold));
        for (name, marks) in found {
            authors.push((DocumentAuthor { name, ..DocumentAuthor::default() }, marks, at));
        }
    }
    // Places of work: by mark, or those printed below the name.
    let mut places: Vec<(Vec<String>, String, usize)> = Vec::new();
    for at in others {
        for (marks, text) in marked(&parts[at]) {
            if text.contains('@') || text.contains("://") || text.chars().filter(|c| c.is_alphabetic()).count() < 3 {
                continue;
            }
            match places.last_mut() {
                // The second line of a place.
                Some((_, known, last))
                    if marks.is_empty()
                        && at == *last + 1
                        && is_below(&parts[at], &parts[*last])
                        && !known.is_empty() =>
                {
                    known.push_str(if known.ends_with(',') { " " } else { ", " });
                    known.push_str(&text);
                    *last = at;
                }
                _ => places.push((marks, text, at)),
            }
        }
    }
    let by_marks =
        places.iter().any(|(marks, _, _)| !marks.is_empty()) && authors.iter().any(|(_, marks, _)| !marks.is_empty());
    let mut out = Vec::new();
    for (mut author, marks, at) in authors {
        for (place_marks, place, place_at) in &places {
            let belongs = match by_marks {
                true => place_marks.iter().any(|mark| marks.contains(mark)),
                false => {
                    let (name, place) = (&parts[at], &parts[*place_at]);
                    place.y > name.y && place.x0 < name.x1 && place.x1 > name.x0
                }
            };
            if belongs && !author.affiliations.contains(place) {
                author.affiliations.push(place.clone());
            }
        }
        out.push(author);
    }
    out
}

fn is_below(part: &LinePart<'_>, other: &LinePart<'_>) -> bool {
    part.y > other.y && part.y - other.y < 2.0 * part.size && part.x0 < other.x1 && part.x1 > other.x0
}

/// Parts of a line with wide spaces between them: the names in two columns of authors.
fn parts(line: &TextLine) -> Vec<LinePart<'_>> {
    let mut out: Vec<LinePart<'_>> = Vec::new();
    for word in &line.words {
        match out.last_mut() {
            Some(part) if word.x0 - part.x1 < 1.1 * line.size => {
                part.x1 = part.x1.max(word.x1);
                part.words.push(word);
            }
            _ => out.push(LinePart {
                words: vec![word],
                size: line.size,
                bold: line.style.bold,
                x0: word.x0,
                x1: word.x1,
                y: line.y,
            }),
        }
    }
    for part in &mut out {
        let large = part.words.iter().filter(|word| !is_mark(word, line)).max_by_key(|word| word.text.len());
        if let Some(word) = large {
            part.size = word.size;
            part.bold = word.style.bold;
        }
    }
    out
}

/// Whether a word is raised small print next to a name: the mark of a place of work.
fn is_mark(word: &Word, line: &TextLine) -> bool {
    is_mark_of(word, line.size, line.y)
}

fn is_mark_of(word: &Word, size: f32, y: f32) -> bool {
    let raised = word.y < y - 0.15 * size && word.size < 0.9 * size;
    raised || word.text.chars().all(|c| "*∗†‡§¶♠♣♦♥⋆".contains(c))
}

/// The marks of a name or a place of work: numbers, letters and signs, `1,2*`.
fn marks_in(text: &str) -> Vec<String> {
    let mut marks: Vec<String> = Vec::new();
    let mut goes_on = false;
    for c in text.chars() {
        let joins = c.is_alphanumeric();
        match marks.last_mut() {
            Some(mark) if joins && goes_on => mark.push(c),
            _ if joins || "*∗†‡§¶♠♣♦♥⋆".contains(c) => marks.push(c.to_string()),
            _ => {}
        }
        goes_on = joins;
    }
    marks
}

/// `Yu.A.Pusep` as `Yu. A. Pusep`.
fn spaced_initials(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_uppercase() && out.ends_with('.') {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// The names in a part of a line, each with its marks; none if there is anything else.
fn names(part: &LinePart<'_>) -> Vec<(String, Vec<String>)> {
    let mut pieces: Vec<(String, Vec<String>)> = vec![(String::new(), Vec::new())];
    for word in &part.words {
        if is_mark_of(word, part.size, part.y) {
            if let Some(piece) = pieces.last_mut() {
                piece.1.extend(marks_in(&word.text));
            }
            continue;
        }
        if ["and", "&", "·", "•", "und"].contains(&word.text.as_str()) {
            pieces.push(Default::default());
            continue;
        }
        for (i, text) in word.text.split(',').enumerate() {
            if i > 0 {
                pieces.push(Default::default());
            }
            let text = &spaced_initials(text.trim_end_matches([';', ':']));
            // Marks in the same type: `Doe1`, `Doe*`.
            let name = text.trim_end_matches(|c: char| c.is_ascii_digit() || "*∗†‡§¶".contains(c));
            // A name after the marks of another.
            let is_next = |piece: &(String, Vec<String>)| !piece.1.is_empty() && piece.0.contains(' ');
            if !name.is_empty() && pieces.last().is_some_and(is_next) {
                pieces.push(Default::default());
            }
            if let Some(piece) = pieces.last_mut() {
                if !name.is_empty() {
                    if !piece.0.is_empty() {
                        piece.0.push(' ');
                    }
                    piece.0.push_str(name);
                }
                piece.1.extend(marks_in(&text[name.len()..]));
            }
        }
    }
    pieces.retain(|(name, _)| !name.is_empty());
    if pieces.iter().all(|(name, _)| is_name(name)) { pieces } else { Vec::new() }
}

/// A part of a line, split at its marks: `1 Acme, 2 Example University`.
fn marked(part: &LinePart<'_>) -> Vec<(Vec<String>, String)> {
    let mut out: Vec<(Vec<String>, String)> = vec![(Vec::new(), String::new())];
    for word in &part.words {
        if is_mark_of(word, part.size, part.y) {
            let marks = marks_in(&word.text);
            match out.last_mut() {
                Some((known, text)) if text.is_empty() => known.extend(marks),
                _ => out.push((marks, String::new())),
            }
            continue;
        }
        if let Some((_, text)) = out.last_mut() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word.text);
        }
    }
    out.retain(|(_, text)| !text.is_empty());
    out.iter_mut().for_each(|(_, text)| *text = text.trim_matches([',', ';', ' ']).to_string());
    out
}
