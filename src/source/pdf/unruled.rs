//! Finds tables without ruled lines: rows of cells above or below the caption of a table.

use std::ops::Range;

use super::grids::{self, CLEAR_GAP, TableArea, chunks, is_number};
use super::marks::RuledLine;
use super::pages::{PageLine, PageTable, PagedText};
use super::structure::caption;
use super::words::Word;

/// Largest distance of a caption from the first row, and of a row from the next, as shares of the font size.
const FROM_CAPTION: f32 = 4.0;
const FROM_ROW: f32 = 2.6;

/// Largest distance in points between a caption and a table that has ruled lines.
const RULED_NEAR: f32 = 60.0;

/// A gap between figures with this share of the font size separates cells.
const NARROW_GAP: f32 = 0.75;

/// A line of one cell with a larger share of the column's width is running text.
const MAX_WIDTH: f32 = 0.6;

/// Moves the lines of tables without rules from the text to the tables.
pub(super) fn take_tables(text: &mut PagedText) {
    let mut taken = vec![false; text.lines.len()];
    let mut tables = Vec::new();
    for at in 0..text.lines.len() {
        if !begins_caption(&text.lines, at) || taken[at] || has_ruled_table(text, at) {
            continue;
        }
        let Some(rows) = rows_of(&text.lines, at) else { continue };
        if taken[rows.clone()].contains(&true) {
            continue;
        }
        taken[rows.clone()].fill(true);
        tables.push(table(text, rows));
    }
    text.tables.extend(tables);
    let mut taken = taken.into_iter();
    text.lines.retain(|_| !taken.next().unwrap_or_default());
}

fn begins_caption(lines: &[PageLine], at: usize) -> bool {
    let text = lines[at].line.text();
    caption(&text).is_some_and(|(is_table, _, end, marked)| is_table && (marked || text[end..].trim().is_empty()))
}

/// Whether a table with ruled lines is near enough to be that of the caption.
fn has_ruled_table(text: &PagedText, at: usize) -> bool {
    let PageLine { line, page, x0, x1, .. } = &text.lines[at];
    text.tables.iter().any(|table| {
        let overlaps = table.area.x0 < *x1 && table.area.x1 > *x0;
        let gap = (table.area.y0 - line.bottom()).max(line.top() - table.area.y1);
        table.page == *page && overlaps && gap < RULED_NEAR
    })
}

/// The lines of the table above or below a caption.
fn rows_of(lines: &[PageLine], at: usize) -> Option<Range<usize>> {
    let size = lines[at].line.size;
    let is_next = |next: usize| {
        let step = lines[next].line.y - lines[next - 1].line.y;
        lines[next].region == lines[at].region && step < 1.4 * size && cells(&lines[next]).len() == 1
    };
    let end = (at + 1..lines.len()).find(|next| !is_next(*next)).unwrap_or(lines.len());
    let below = run(lines, end - 1, true).map(|last| end..last + 1);
    let above = run(lines, at, false).map(|first| first..at);
    let figures = |rows: &Range<usize>| lines[rows.clone()].iter().filter(|line| has_number(line)).count();
    let rows = [above, below].into_iter().flatten().filter(|rows| figures(rows) >= 2).max_by_key(figures)?;
    Some(with_heading(lines, rows))
}

/// The rows with the line directly above them, if it is a heading with narrow spaces.
fn with_heading(lines: &[PageLine], rows: Range<usize>) -> Range<usize> {
    let Some(at) = rows.start.checked_sub(1) else { return rows };
    let (line, first) = (&lines[at], &lines[rows.start]);
    let words: Vec<&Word> = line.line.words.iter().collect();
    let edges = lines[rows.clone()].iter().map(|row| (row.line.x0, row.line.x1));
    let (x0, x1) = edges.fold((f32::MAX, f32::MIN), |(x0, x1), (from, to)| (x0.min(from), x1.max(to)));
    let is_inside = line.line.x0 > x0 - line.line.size && line.line.x1 < x1 + line.line.size;
    let is_near = line.region == first.region && first.line.y - line.line.y < FROM_ROW * line.line.size;
    let is_heading = is_near && is_inside && !begins_caption(lines, at) && chunks(&words, NARROW_GAP).len() > 1;
    if is_heading { at..rows.end } else { rows }
}

/// The last row of cells of the run that begins next to a line of a caption.
fn run(lines: &[PageLine], from: usize, downwards: bool) -> Option<usize> {
    let mut last = None;
    let (mut before, mut limit) = (from, FROM_CAPTION);
    loop {
        let next = if downwards { Some(before + 1) } else { before.checked_sub(1) };
        let in_region = |next: &usize| lines.get(*next).is_some_and(|line| line.region == lines[from].region);
        let Some(next) = next.filter(in_region) else { return last };
        let line = &lines[next];
        let step = (line.line.y - lines[before].line.y).abs();
        if step > limit * line.line.size || begins_caption(lines, next) {
            return last;
        }
        let width = line.line.x1 - line.line.x0;
        match cells(line).len() {
            2.. => last = Some(next),
            _ if width > MAX_WIDTH * (line.x1 - line.x0) => return last,
            _ => {}
        }
        (before, limit) = (next, FROM_ROW);
    }
}

fn cells(line: &PageLine) -> Vec<Vec<&Word>> {
    let words: Vec<&Word> = line.line.words.iter().collect();
    let numbers = words.iter().filter(|word| is_number(&[**word])).count();
    // Running text is not made of numbers, so that a row of them can have narrow gaps.
    let is_of_numbers = numbers >= 2 && numbers * 2 >= words.len();
    chunks(&words, if is_of_numbers { NARROW_GAP } else { CLEAR_GAP })
}

fn has_number(line: &PageLine) -> bool {
    let cells = cells(line);
    cells.len() > 1 && cells.iter().any(|cell| is_number(cell))
}

fn table(text: &PagedText, rows: Range<usize>) -> PageTable {
    let lines = &text.lines[rows];
    let edge = |of: fn(&PageLine) -> f32, pick: fn(f32, f32) -> f32| lines.iter().map(of).reduce(pick).unwrap_or(0.0);
    let page = lines.first().map_or(0, |line| line.page);
    let mut area = TableArea {
        x0: edge(|line| line.line.x0, f32::min),
        y0: edge(|line| line.line.top(), f32::min),
        x1: edge(|line| line.line.x1, f32::max),
        y1: edge(|line| line.line.bottom(), f32::max),
        rules: Vec::new(),
    };
    let inside = |rule: &&RuledLine| {
        (area.y0..=area.y1).contains(&rule.y0) && rule.x0 >= area.x0 - 8.0 && rule.x1 <= area.x1 + 8.0
    };
    area.rules = text.rules.get(page).map(|rules| rules.iter().filter(inside).copied().collect()).unwrap_or_default();
    let words: Vec<&Word> = lines.iter().flat_map(|line| &line.line.words).collect();
    PageTable { page, rows: grids::grid(&words, &area), area }
}
