//! Finds tables: the areas between ruled lines, and the grid of cells in them.

use super::marks::RuledLine;
use super::spans;
use super::words::Word;
use crate::document::Cell;

/// Tolerance in points for the ends of rules at the top, the bottom and inside one table.
const SAME_END: f32 = 8.0;

/// Length of the shortest rule across a table, in points.
const MIN_SPAN: f32 = 40.0;

/// Largest distance between two rules of one table, in points.
const MAX_APART: f32 = 420.0;

/// A gap with this share of the font size separates cells. The space between words has a quarter.
const CELL_GAP: f32 = 0.38;

/// Limits of rows and columns; no table of a paper has more.
const MAX_COLUMNS: usize = 60;

/// The first and the last column of a cell, and its words.
type PlacedCell<'w> = (usize, usize, Vec<&'w Word>);

/// An area with a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TableArea {
    pub x0: f32,
    pub y0: f32,
    pub x1: f32,
    pub y1: f32,
    /// Horizontal rules inside and around the area, from top to bottom.
    pub rules: Vec<RuledLine>,
}

impl TableArea {
    pub(super) fn holds(&self, word: &Word) -> bool {
        let middle = f32::midpoint(word.x0, word.x1);
        let y = word.y - 0.25 * word.size;
        (self.x0 - 4.0..=self.x1 + 4.0).contains(&middle) && (self.y0 - 1.0..=self.y1 + 1.0).contains(&y)
    }
}

/// Horizontal rules; parts that cells draw separately are joined.
pub(super) fn merged(rules: &[RuledLine]) -> Vec<RuledLine> {
    let mut flat: Vec<RuledLine> = rules.iter().filter(|rule| rule.is_horizontal()).copied().collect();
    flat.sort_by(|a, b| a.y0.total_cmp(&b.y0).then(a.x0.total_cmp(&b.x0)));
    let mut out: Vec<RuledLine> = Vec::new();
    for rule in flat {
        let same = out
            .iter_mut()
            .rev()
            .take_while(|known| rule.y0 - known.y0 < 8.0)
            .find(|known| (rule.y0 - known.y0).abs() < 1.2 && rule.x0 - known.x1 < 1.5 && known.x0 - rule.x1 < 1.5);
        match same {
            Some(known) => {
                known.x0 = known.x0.min(rule.x0);
                known.x1 = known.x1.max(rule.x1);
                known.y1 = known.y1.max(rule.y1);
            }
            None => out.push(rule),
        }
    }
    out
}

/// The areas that ruled lines turn into tables.
pub(super) fn areas(words: &[Word], rules: &[RuledLine]) -> Vec<TableArea> {
    let long: Vec<RuledLine> = rules.iter().filter(|rule| rule.x1 - rule.x0 >= MIN_SPAN).copied().collect();
    let mut used = vec![false; long.len()];
    let mut areas: Vec<TableArea> = Vec::new();
    for i in 0..long.len() {
        if used[i] {
            continue;
        }
        let mut group = vec![i];
        for j in i + 1..long.len() {
            let (last, next) = (&long[*group.last().unwrap_or(&i)], &long[j]);
            let same = (next.x0 - long[i].x0).abs() < SAME_END && (next.x1 - long[i].x1).abs() < SAME_END;
            if used[j] || !same {
                continue;
            }
            // Double rules count as one.
            if next.y0 - last.y0 > 4.0
                && (next.y0 - last.y0 > MAX_APART || !is_tabular(words, last, next, group.len() > 1))
            {
                break;
            }
            group.push(j);
        }
        let (Some(&first), Some(&last)) = (group.first(), group.last()) else { continue };
        let mut area = TableArea {
            x0: long[first].x0,
            y0: long[first].y0,
            x1: long[first].x1,
            y1: long[last].y0,
            rules: Vec::new(),
        };
        if area.y1 - area.y0 < 8.0 {
            continue;
        }
        let ruled = area.clone();
        extend(&mut area, words, true);
        extend(&mut area, words, false);
        let inside: Vec<&Word> = words.iter().filter(|word| area.holds(word)).collect();
        let lines = rows(&inside);
        let starts = lines.first().map(|row| row.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "));
        let is_algorithm = starts.is_some_and(|text| {
            let text = text.to_lowercase();
            ["algorithm", "procedure", "listing", "input:", "require"].iter().any(|word| text.starts_with(word))
        });
        if lines.len() < 2 || is_algorithm || !inside.iter().any(|word| word.text.chars().any(|c| c.is_ascii_digit())) {
            continue;
        }
        group.iter().for_each(|&i| used[i] = true);
        area.rules = rules
            .iter()
            .filter(|rule| {
                rule.y0 >= ruled.y0 - 1.0
                    && rule.y0 <= ruled.y1 + 1.0
                    && rule.x0 >= area.x0 - 8.0
                    && rule.x1 <= area.x1 + 8.0
            })
            .copied()
            .collect();
        areas.push(area);
    }
    areas
}

/// Number of rows outside the rules of a table: a heading above the first rule, or a sum below the last.
const MAX_OUTSIDE: usize = 3;

/// Distance in points within which words beside a table are part of its rows. The space between two columns is wider.
const ROW_REACH: f32 = 12.0;

/// A gap with this share of the font size is wider than the spaces of running text.
pub(super) const CLEAR_GAP: f32 = 1.2;

/// Adds the rows of cells directly above the first rule, or directly below the last.
fn extend(area: &mut TableArea, words: &[Word], upwards: bool) {
    let near: Vec<&Word> = words
        .iter()
        .filter(|word| {
            let reach = 2.0 * MAX_OUTSIDE as f32 * word.size;
            let beyond = if upwards { area.y0 - word.y } else { word.y - area.y1 };
            // Words beside the table show that a row is one of running text.
            (-0.3 * word.size..reach).contains(&beyond)
                && word.x1 > area.x0 - ROW_REACH
                && word.x0 < area.x1 + ROW_REACH
        })
        .filter(|word| !area.holds(word))
        .collect();
    let mut rows = rows(&near);
    if upwards {
        rows.reverse();
    }
    for row in rows.iter().take(MAX_OUTSIDE) {
        let size = row.first().map_or(9.0, |word| word.size);
        let (base, top) = (height(row), height(row) - 0.8 * size);
        let gap = if upwards { area.y0 - base } else { top - area.y1 };
        let inside = row.iter().all(|word| word.x0 > area.x0 - 4.0 && word.x1 < area.x1 + 4.0);
        let cells = chunks(row, CLEAR_GAP);
        let has_numbers = cells.iter().any(|cell| is_number(cell));
        if gap > 0.9 * size || !inside || cells.len() < 2 || !upwards && !has_numbers {
            break;
        }
        if upwards {
            area.y0 = top;
        } else {
            area.y1 = base + 0.25 * size;
        }
    }
}

/// Whether a cell is a figure: most of it consists of digits.
pub(super) fn is_number(cell: &[&Word]) -> bool {
    let letters = || cell.iter().flat_map(|word| word.text.chars());
    let digits = letters().filter(char::is_ascii_digit).count();
    digits > 0 && digits * 2 >= letters().count()
}

/// Whether the text between two rules consists of cells, not of sentences.
fn is_tabular(words: &[Word], above: &RuledLine, below: &RuledLine, begun: bool) -> bool {
    let area = TableArea { x0: above.x0, y0: above.y0, x1: above.x1, y1: below.y0, rules: Vec::new() };
    let inside: Vec<&Word> = words.iter().filter(|word| area.holds(word)).collect();
    let rows = rows(&inside);
    // Between the first two rules, a line or two are the heading of narrow columns.
    let is_heading = !begun && rows.len() <= 2;
    let is_narrow = |row: &[&Word]| {
        let cells = chunks(row, CELL_GAP);
        let figures = cells.iter().filter(|cell| is_number(cell)).count();
        cells.len() > 1 && (is_heading || figures * 2 >= cells.len())
    };
    let cells = rows.iter().filter(|row| chunks(row, 0.8).len() > 1 || is_narrow(row)).count();
    match begun {
        // A line over the whole width can separate the groups of a table.
        true => cells * 2 >= rows.len() || (rows.len() == 1 && below.y0 - above.y0 < 25.0),
        false => cells * 2 >= rows.len() && !rows.is_empty(),
    }
}

/// Words by line, each from left to right.
pub(super) fn rows<'w>(words: &[&'w Word]) -> Vec<Vec<&'w Word>> {
    let mut sizes: Vec<f32> = words.iter().map(|word| word.size).collect();
    sizes.sort_by(f32::total_cmp);
    let typical = sizes.get(sizes.len() / 2).copied().unwrap_or(9.0);
    let mut large: Vec<&Word> = words.iter().copied().filter(|word| word.size >= 0.82 * typical).collect();
    large.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Vec<&Word>> = Vec::new();
    for word in large {
        match rows.last_mut() {
            Some(row) if row.iter().any(|other| (word.y - other.y).abs() < 0.35 * typical) => row.push(word),
            _ => rows.push(vec![word]),
        }
    }
    for word in words.iter().copied().filter(|word| word.size < 0.82 * typical) {
        let near = rows
            .iter_mut()
            .min_by(|a, b| distance(a, word).total_cmp(&distance(b, word)))
            .filter(|row| distance(row, word) < 0.7 * typical);
        match near {
            Some(row) => row.push(word),
            None => rows.push(vec![word]),
        }
    }
    rows.sort_by(|a, b| height(a).total_cmp(&height(b)));
    for row in &mut rows {
        row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    }
    rows
}

fn height(row: &[&Word]) -> f32 {
    row.first().map_or(0.0, |word| word.y)
}

fn distance(row: &[&Word], word: &Word) -> f32 {
    row.iter().map(|other| (other.y - word.y).abs()).fold(f32::MAX, f32::min)
}

/// The parts of a row between gaps with this share of the font size.
pub(super) fn chunks<'w>(row: &[&'w Word], gap: f32) -> Vec<Vec<&'w Word>> {
    let mut chunks: Vec<Vec<&Word>> = Vec::new();
    let mut end = f32::MIN;
    for word in row {
        match chunks.last_mut() {
            Some(chunk) if word.x0 - end < gap * word.size => {
                chunk.push(word);
                end = end.max(word.x1);
            }
            _ => {
                chunks.push(vec![word]);
                end = word.x1;
            }
        }
    }
    chunks
}

/// The grid of the words in an area.
pub(super) fn grid(words: &[&Word], area: &TableArea) -> Vec<Vec<Cell>> {
    let rows = rows(words);
    let span = area.x1 - area.x0;
    let full: Vec<f32> = area.rules.iter().filter(|rule| rule.x1 - rule.x0 > 0.9 * span).map(|rule| rule.y0).collect();
    let parts: Vec<&RuledLine> = area.rules.iter().filter(|rule| rule.x1 - rule.x0 <= 0.9 * span).collect();
    // The header ends at the first rule over the whole width that has text above it.
    let first = rows.first().map_or(f32::MIN, |row| height(row));
    let header_end = full.iter().copied().find(|y| *y > first).filter(|y| rows.iter().any(|row| height(row) > *y));
    let in_header = |row: &[&Word]| header_end.is_some_and(|end| height(row) < end);
    let columns = columns(&rows, area, &in_header);
    let mut out: Vec<Vec<Cell>> = Vec::new();
    for row in &rows {
        out.push(cells(row, &columns, &parts, in_header(row)));
    }
    let figures_from = rows.iter().position(|row| has_figure(row)).unwrap_or_default();
    let head = header_end.map_or(figures_from, |end| rows.iter().take_while(|row| height(row) < end).count());
    for at in 1..head {
        let between = height(&rows[at - 1])..height(&rows[at]);
        if !parts.iter().any(|rule| between.contains(&rule.y0)) {
            let (upper, lower) = out.split_at_mut(at);
            spans::widen(&mut upper[at - 1], &lower[0]);
        }
    }
    merge_lines(&rows, &mut out, &full);
    out
}

/// Whether a row has a cell with a figure, not only a name such as `CIFAR100`.
fn has_figure(row: &[&Word]) -> bool {
    let cells = chunks(row, CELL_GAP);
    let is_name = |cell: &[&Word]| cell.first().is_some_and(|word| word.text.starts_with(char::is_alphabetic));
    cells.len() > 1 && cells.iter().any(|cell| is_number(cell) && !is_name(cell))
}

/// The middles of the spaces between columns, from left to right.
fn columns(rows: &[Vec<&Word>], area: &TableArea, in_header: &dyn Fn(&[&Word]) -> bool) -> Vec<f32> {
    let mut body: Vec<&Vec<&Word>> = rows.iter().filter(|row| !in_header(row)).collect();
    if body.len() < 2 {
        body = rows.iter().collect();
    }
    // Rows with one cell are lines over the whole width.
    let many: Vec<&Vec<&Word>> = body.iter().copied().filter(|row| chunks(row, 0.8).len() > 1).collect();
    if !many.is_empty() {
        body = many;
    }
    // Headings over several columns hide the spaces between them.
    let figures: Vec<&Vec<&Word>> = body.iter().copied().filter(|row| has_figure(row)).collect();
    if figures.len() >= 2 {
        body = figures;
    }
    let mut sizes: Vec<f32> = body.iter().flat_map(|row| row.iter().map(|word| word.size)).collect();
    sizes.sort_by(f32::total_cmp);
    let size = sizes.get(sizes.len() / 2).copied().unwrap_or(9.0);
    const STEP: f32 = 0.5;
    let (from, to) = (area.x0 - 6.0, area.x1 + 6.0);
    let places = (((to - from) / STEP) as usize).min(20_000);
    let mut cover = vec![0_u32; places + 1];
    for row in &body {
        let mut covered = vec![false; places + 1];
        for word in *row {
            let start = (((word.x0 - from) / STEP).max(0.0) as usize).min(places);
            let end = (((word.x1 - from) / STEP).max(0.0) as usize).min(places);
            covered[start..=end].fill(true);
        }
        cover.iter_mut().zip(covered).for_each(|(count, covered)| *count += u32::from(covered));
    }
    let tolerated = if body.len() >= 8 { body.len() as u32 / 8 } else { 0 };
    let mut out = Vec::new();
    let mut start: Option<usize> = None;
    let mut seen = false;
    for (i, count) in cover.iter().enumerate() {
        if *count > tolerated {
            if let Some(from_place) = start.take()
                && seen
                && (i - from_place) as f32 * STEP >= CELL_GAP * size
            {
                out.push(from + (from_place + i) as f32 / 2.0 * STEP);
            }
            seen = true;
        } else if start.is_none() {
            start = Some(i);
        }
    }
    out.truncate(MAX_COLUMNS);
    out
}

/// The cells of a row. A run of words over several columns spans them, and so does a run above a partial rule.
fn cells(row: &[&Word], columns: &[f32], parts: &[&RuledLine], is_header: bool) -> Vec<Cell> {
    let count = columns.len() + 1;
    let mut placed = one_in_each(row, columns).unwrap_or_else(|| by_position(row, columns));
    placed.sort_by_key(|(from, _, _)| *from);
    part(&mut placed);
    // Text in one column is one cell.
    let mut merged: Vec<PlacedCell> = Vec::new();
    for (from, to, words) in placed {
        match merged.last_mut() {
            Some((_, last, known)) if *last >= from => {
                *last = (*last).max(to);
                known.extend(words);
            }
            _ => merged.push((from, to, words)),
        }
    }
    let bounds = |i: usize| {
        let left = if i == 0 { f32::MIN } else { columns[i - 1] };
        let right = columns.get(i).copied().unwrap_or(f32::MAX);
        (left, right)
    };
    let starts: Vec<usize> = merged.iter().map(|(from, _, _)| *from).collect();
    let mut out = Vec::new();
    let mut at = 0;
    for (nth, (from, to, words)) in merged.into_iter().enumerate() {
        let (mut from, mut to) = (from, to);
        let x0 = words.iter().map(|word| word.x0).fold(f32::MAX, f32::min);
        let x1 = words.iter().map(|word| word.x1).fold(f32::MIN, f32::max);
        let bottom = words.iter().map(|word| word.y).fold(f32::MIN, f32::max);
        let size = words.first().map_or(9.0, |word| word.size);
        let next = starts.get(nth + 1).copied().unwrap_or(count);
        let middle = f32::midpoint(x0, x1);
        // A partial rule directly below shows how far the header extends.
        let below = parts.iter().find(|rule| {
            (0.0..1.3 * size).contains(&(rule.y0 - bottom)) && rule.x0 - 2.0 <= middle && middle <= rule.x1 + 2.0
        });
        if let Some(rule) = below {
            let covers = |i: usize| {
                let (left, right) = bounds(i);
                let (left, right) = (left.max(rule.x0), right.min(rule.x1));
                right - left > 6.0
            };
            while from > at && covers(from - 1) {
                from -= 1;
            }
            while to + 1 < next && covers(to + 1) {
                to += 1;
            }
        }
        while at < from {
            out.push(blank(is_header));
            at += 1;
        }
        let letters: usize = words.iter().map(|word| word.text.len()).sum();
        let bold: usize = words.iter().filter(|word| word.style.bold).map(|word| word.text.len()).sum();
        let text = join(&words);
        let column_span = u16::try_from(to + 1 - from).unwrap_or(1).max(1);
        out.push(Cell { is_header, is_bold: bold * 2 > letters, column_span, ..Cell::new(text) });
        at = to + 1;
    }
    while at < count {
        out.push(blank(is_header));
        at += 1;
    }
    out
}

/// The cells of a row if there are as many of them as columns, or as columns after that of the labels. Headings that are
/// wider than the values below them reach into the columns beside theirs.
fn one_in_each<'w>(row: &[&'w Word], columns: &[f32]) -> Option<Vec<PlacedCell<'w>>> {
    let cells = chunks(row, CELL_GAP);
    let is_behind_labels = || {
        let edge = columns.first().zip(row.first());
        edge.is_some_and(|(edge, word)| f32::midpoint(word.x0, word.x1) > *edge)
    };
    let first = match (columns.len() + 1).checked_sub(cells.len())? {
        0 => 0,
        1 if cells.len() > 1 && is_behind_labels() => 1,
        _ => return None,
    };
    let reaches = |(at, cell): (usize, &Vec<&Word>)| {
        let left = (at + first).checked_sub(1).map_or(f32::MIN, |edge| columns[edge]);
        let right = columns.get(at + first).copied().unwrap_or(f32::MAX);
        cell.first().is_some_and(|word| word.x0 < right) && cell.iter().any(|word| word.x1 > left)
    };
    let fits = cells.iter().enumerate().all(reaches);
    fits.then(|| cells.into_iter().enumerate().map(|(at, cell)| (at + first, at + first, cell)).collect())
}

/// The cells of a row by the columns that its words cover. Words of one run in two columns are one cell if the run has
/// normal spaces between words.
fn by_position<'w>(row: &[&'w Word], columns: &[f32]) -> Vec<PlacedCell<'w>> {
    let column = |x: f32| columns.iter().take_while(|edge| **edge < x).count();
    let mut placed: Vec<PlacedCell> = Vec::new();
    for run in chunks(row, 0.75) {
        let first_of_run = placed.len();
        for word in run {
            let from = column(word.x0 + 0.5);
            let to = column(word.x1 - 0.5).max(from);
            match placed[first_of_run..].last_mut() {
                Some((_, last, words)) if from <= *last || gap(words, word) < CELL_GAP * word.size => {
                    *last = (*last).max(to);
                    words.push(word);
                }
                _ => placed.push((from, to, vec![word])),
            }
        }
    }
    placed
}

/// The distance in points between the last of the words and the next.
fn gap(words: &[&Word], next: &Word) -> f32 {
    words.last().map_or(0.0, |last| next.x0 - last.x1)
}

/// Separates neighbours that share a column because one of them extends over its edge: a label that is longer than all
/// others, or a heading that is wider than the values below it.
fn part(placed: &mut [PlacedCell]) {
    for at in 1..placed.len() {
        let next = placed.get(at + 1).map_or(usize::MAX, |(from, _, _)| *from);
        let (before, behind) = placed.split_at_mut(at);
        let (Some((from, to, left)), Some((from_right, to_right, right))) = (before.last_mut(), behind.first_mut())
        else {
            continue;
        };
        let end = left.iter().map(|word| word.x1).fold(f32::MIN, f32::max);
        let begin = right.iter().map(|word| word.x0).fold(f32::MAX, f32::min);
        let size = right.first().map_or(9.0, |word| word.size);
        if *to < *from_right || begin - end < 0.75 * size {
            continue;
        }
        if *from < *from_right {
            *to = *from_right - 1;
        } else if *to_right > *to && *to + 1 < next {
            *from_right = *to + 1;
        }
    }
}

fn blank(is_header: bool) -> Cell {
    Cell { is_header, ..Cell::default() }
}

fn join(words: &[&Word]) -> String {
    let mut text = String::new();
    let mut last: Option<&Word> = None;
    for word in words {
        let near = last.is_some_and(|last| word.x0 - last.x1 < 0.13 * word.size.max(last.size));
        if !text.is_empty() && !near {
            text.push(' ');
        }
        text.push_str(&word.text);
        last = Some(word);
    }
    text
}

/// Lines that only continue the cells of the line above become part of it: the second line of a header, or of a long
/// name.
fn merge_lines(rows: &[Vec<&Word>], cells: &mut Vec<Vec<Cell>>, full: &[f32]) {
    let mut steps: Vec<f32> = rows.windows(2).map(|pair| height(&pair[1]) - height(&pair[0])).collect();
    steps.sort_by(f32::total_cmp);
    let typical = steps.get(steps.len() / 2).copied().unwrap_or(10.0);
    let size = rows.first().and_then(|row| row.first()).map_or(9.0, |word| word.size);
    for i in (1..rows.len()).rev() {
        let step = height(&rows[i]) - height(&rows[i - 1]);
        let ruled = full.iter().any(|y| *y > height(&rows[i - 1]) && *y < height(&rows[i]));
        let filled = |row: &[Cell]| row.iter().filter(|cell| !cell.text.is_empty()).count();
        // A label centred beside two rows is printed between their lines.
        let between = step < 0.75 * typical && step < 0.9 * size && !ruled;
        if !between || cells[i].len() != cells[i - 1].len() {
            continue;
        }
        let clash = cells[i].iter().zip(&cells[i - 1]).any(|(a, b)| !a.text.is_empty() && !b.text.is_empty());
        if clash || (filled(&cells[i]) > 2 && filled(&cells[i - 1]) > 2) {
            continue;
        }
        let below = cells.remove(i);
        for (cell, more) in cells[i - 1].iter_mut().zip(below) {
            if cell.text.is_empty() {
                *cell = more;
            }
        }
    }
}
