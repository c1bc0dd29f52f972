//! The pages of a document as lines in reading order, without repeated lines and without parts of pictures.

use std::collections::HashMap;

use super::columns::{gutter, regions};
use super::grids::{self, TableArea};
use super::lines::{TextLine, lines};
use super::marks::{Drawing, PageMarks, RuledLine};
use super::unruled;
use super::words::{Word, words};
use crate::document::Cell;

/// A line, and the column that contains it.
#[derive(Debug, Clone)]
pub(super) struct PageLine {
    pub line: TextLine,
    /// Page number, from 0.
    pub page: usize,
    /// Number of the column in the document, in reading order.
    pub region: usize,
    /// The edges of the column.
    pub x0: f32,
    pub x1: f32,
}

/// A table without its caption.
#[derive(Debug, Clone)]
pub(super) struct PageTable {
    pub page: usize,
    pub area: TableArea,
    pub rows: Vec<Vec<Cell>>,
}

/// A document as text lines and tables.
#[derive(Debug, Default)]
pub(super) struct PagedText {
    pub lines: Vec<PageLine>,
    pub tables: Vec<PageTable>,
    /// Lines by page.
    pub rules: Vec<Vec<RuledLine>>,
    pub drawings: Vec<Vec<Drawing>>,
    pub heights: Vec<f32>,
    /// Rotated text on the first page.
    pub stamp: String,
    /// All words of the first page, including running heads.
    pub first_page: String,
    /// The font size of most of the text.
    pub body: f32,
    /// The distance between the base lines of most of the text.
    pub leading: f32,
}

/// If a larger share of a page's words is in forms, the whole page was imported as a form.
const IMPORTED: usize = 2;

/// Width and height of the largest page that PDF allows, in points (ISO 32000-1, annex C.2).
const MAX_PAGE: f32 = 14_400.0;

pub(super) fn paged_text(pages: Vec<PageMarks>) -> PagedText {
    let mut out = PagedText::default();
    let mut all: Vec<Vec<Word>> = Vec::new();
    for (number, marks) in pages.into_iter().enumerate() {
        let mut words = words(&marks);
        let in_forms = words.iter().filter(|word| word.in_form).count();
        let imported = in_forms * IMPORTED > words.len();
        words.retain(|word| imported || !word.in_form);
        words.retain(|word| word.text.chars().any(|c| c != char::REPLACEMENT_CHARACTER));
        let rules: Vec<RuledLine> = marks.rules.iter().filter(|rule| imported || !rule.in_form).copied().collect();
        out.rules.push(grids::merged(&rules));
        let page_area = marks.width * marks.height;
        let area = |drawing: &Drawing| (drawing.x1 - drawing.x0) * (drawing.y1 - drawing.y0);
        out.drawings.push(marks.drawings.iter().filter(|drawing| area(drawing) < 0.8 * page_area).copied().collect());
        out.heights.push(marks.height);
        if number == 0 {
            out.stamp = marks.turned;
            out.first_page = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        }
        drop_line_numbers(&mut words);
        all.push(words);
    }
    drop_running_heads(&mut all, &out.heights);
    out.body = body_size(&all);
    let width = text_width(&all);
    let mut without_tables = Vec::new();
    for (page, words) in all.into_iter().enumerate() {
        let areas = grids::areas(&words, &out.rules[page]);
        for area in &areas {
            let inside: Vec<&Word> = words.iter().filter(|word| area.holds(word)).collect();
            out.tables.push(PageTable { page, area: area.clone(), rows: grids::grid(&inside, area) });
        }
        without_tables
            .push(words.into_iter().filter(|word| !areas.iter().any(|area| area.holds(word))).collect::<Vec<_>>());
    }
    // Most pages of a paper have the same columns.
    let gutters: Vec<Option<f32>> = without_tables.iter().map(|words| gutter(words, width)).collect();
    let mut found: Vec<f32> = gutters.iter().flatten().copied().collect();
    found.sort_by(f32::total_cmp);
    let typical = found.get(found.len() / 2).copied().filter(|_| found.len() * 2 >= gutters.len());
    let mut region = 0;
    for (page, words) in without_tables.into_iter().enumerate() {
        for part in regions(words, gutters[page].or(typical), width) {
            for line in lines(part.words) {
                out.lines.push(PageLine { line, page, region, x0: part.x0, x1: part.x1 });
            }
            region += 1;
        }
    }
    unruled::take_tables(&mut out);
    out.leading = leading(&out.lines, out.body);
    out
}

/// The right end of the text, in points. Text beyond the largest page is on no page.
fn text_width(pages: &[Vec<Word>]) -> f32 {
    pages.iter().flatten().map(|word| word.x1).fold(0.0, f32::max).min(MAX_PAGE)
}

fn body_size(pages: &[Vec<Word>]) -> f32 {
    let mut counts: HashMap<i32, usize> = HashMap::new();
    for word in pages.iter().flatten() {
        *counts.entry((word.size * 10.0).round() as i32).or_default() += word.text.len();
    }
    let most = counts.into_iter().max_by_key(|&(size, count)| (count, size));
    most.map_or(10.0, |(size, _)| size as f32 / 10.0)
}

fn leading(lines: &[PageLine], body: f32) -> f32 {
    let mut steps: Vec<f32> = lines
        .windows(2)
        .filter(|pair| pair[0].region == pair[1].region && pair.iter().all(|line| (line.line.size - body).abs() < 0.3))
        .map(|pair| pair[1].line.y - pair[0].line.y)
        .filter(|step| *step > 0.5 * body)
        .collect();
    steps.sort_by(f32::total_cmp);
    steps.get(steps.len() / 2).copied().unwrap_or(1.2 * body)
}

/// Minimum number of numbered lines that shows that lines are numbered.
const MIN_NUMBERED: usize = 15;

/// Numbers in the margin that increase by one on each line, as in manuscripts under review.
fn drop_line_numbers(words: &mut Vec<Word>) {
    let number = |word: &Word| word.text.parse::<u32>().ok().filter(|_| word.text.len() <= 4);
    let mut columns: HashMap<i32, Vec<usize>> = HashMap::new();
    for (i, word) in words.iter().enumerate() {
        if number(word).is_some() {
            columns.entry((word.x1 / 3.0).round() as i32).or_default().push(i);
        }
    }
    let mut dropped = vec![false; words.len()];
    for column in columns.into_values().filter(|column| column.len() >= MIN_NUMBERED) {
        let mut column = column;
        column.sort_by(|&a, &b| words[a].y.total_cmp(&words[b].y));
        let counted =
            column.windows(2).filter(|pair| number(&words[pair[1]]) == number(&words[pair[0]]).map(|n| n + 1));
        if counted.count() + 2 >= column.len() * 9 / 10 {
            column.into_iter().for_each(|i| dropped[i] = true);
        }
    }
    let mut at = dropped.into_iter();
    words.retain(|_| !at.next().unwrap_or_default());
}

/// The share of a page, at the top and at the bottom, that contains running heads and page numbers.
const MARGIN: f32 = 0.13;

/// Lines at the top or the bottom that occur on several pages, page numbers, and lines of the first page outside the
/// area that other pages use.
fn drop_running_heads(pages: &mut [Vec<Word>], heights: &[f32]) {
    let plain = |text: &str| -> String {
        let mut out = String::new();
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            match c.is_ascii_digit() {
                true if out.ends_with('#') => {}
                true => out.push('#'),
                false => out.extend(c.to_lowercase()),
            }
        }
        out
    };
    let margins: Vec<Vec<TextLine>> = pages
        .iter()
        .zip(heights)
        .map(|(words, height)| {
            let outside = |word: &&Word| word.y < MARGIN * height || word.y > (1.0 - MARGIN) * height;
            lines(words.iter().filter(outside).cloned().collect())
        })
        .collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for page in &margins {
        let mut texts: Vec<String> = page.iter().map(|line| plain(&line.text())).collect();
        texts.sort();
        texts.dedup();
        texts.into_iter().for_each(|text| *counts.entry(text).or_default() += 1);
    }
    let often = (pages.len() * 3 / 10).max(2);
    for (number, (page, (margin, height))) in pages.iter_mut().zip(margins.iter().zip(heights)).enumerate() {
        let count = margin.len();
        let mut sizes: Vec<f32> = page.iter().map(|word| word.size).collect();
        sizes.sort_by(f32::total_cmp);
        let typical = sizes.get(sizes.len() / 2).copied().unwrap_or(10.0);
        for (i, line) in margin.iter().enumerate() {
            let text = plain(&line.text());
            let repeated = counts.get(&text).is_some_and(|count| *count >= often) && text.chars().count() > 3;
            let outermost = i == 0
                || i + 1 == count
                || margin[i - 1].y < MARGIN * height && line.y > (1.0 - MARGIN) * height
                || line.y < MARGIN * height && margin[i + 1].y > (1.0 - MARGIN) * height;
            // The title, which other pages repeat in small print.
            if number == 0 && line.largest > 1.15 * typical {
                continue;
            }
            let is_number = outermost && is_page_number(&line.text());
            if repeated || is_number {
                page.retain(|word| !line.words.iter().any(|other| other.x0 == word.x0 && other.y == word.y));
            }
        }
    }
    if pages.len() < 3 {
        return;
    }
    let edge = |pick: fn(f32, f32) -> f32| {
        let mut edges: Vec<f32> =
            pages[1..].iter().filter_map(|words| words.iter().map(|word| word.y).reduce(pick)).collect();
        edges.sort_by(f32::total_cmp);
        edges
    };
    // The last page can be short, and one can be shifted.
    let bottoms = edge(f32::max);
    if let Some(bottom) = bottoms.get(bottoms.len() * 3 / 4) {
        let foot = bottom + 5.0;
        if let Some(first) = pages.first_mut() {
            first.retain(|word| word.y <= foot);
        }
    }
}

/// `12`, `- 12 -`, `Page 3 of 9`, `xii`.
fn is_page_number(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c.is_whitespace() || "-–—|[]()·".contains(c)).to_lowercase();
    let rest = text.strip_prefix("page").unwrap_or(&text).trim();
    let mut words = rest.split_whitespace().filter(|word| !["of", "/"].contains(word));
    let numbers = |word: &str| {
        word.split('/').all(|part| !part.is_empty() && part.len() <= 5 && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let roman = |word: &str| word.len() <= 5 && word.bytes().all(|b| b"ivx".contains(&b));
    let first = words.next();
    first.is_some_and(|word| numbers(word) || roman(word)) && words.all(numbers) && rest.len() <= 12
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::pdf::marks::FontStyle;

    #[test]
    fn text_that_is_on_no_page_makes_no_page_wider() {
        let word = |x1: f32| Word {
            text: "a".to_string(),
            x0: 0.0,
            x1,
            y: 0.0,
            size: 10.0,
            largest: 10.0,
            style: FontStyle::default(),
            in_form: false,
            is_glued: false,
        };
        assert_eq!(text_width(&[vec![word(500.0)], vec![word(300.0)]]), 500.0);
        assert_eq!(text_width(&[vec![word(500.0), word(1e30), word(f32::INFINITY)]]), MAX_PAGE);
        assert_eq!(text_width(&[]), 0.0);
    }
}
