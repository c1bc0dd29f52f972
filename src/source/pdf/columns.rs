//! Decides in which order the columns of a page are read.

use super::words::Word;

/// Width of the narrowest space between two columns, in points.
const MIN_GUTTER: f32 = 8.0;

/// A part of a page with one column of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Region {
    /// The edges of the column, filled with text or not.
    pub x0: f32,
    pub x1: f32,
    pub words: Vec<Word>,
}

/// The middle of the space between two columns, if the page has two.
pub(super) fn gutter(words: &[Word], width: f32) -> Option<f32> {
    let rows = rows(words);
    if rows.len() < 8 {
        return None;
    }
    let (from, to) = ((0.35 * width) as u32, (0.65 * width) as u32);
    let mut best: Option<(usize, Vec<u32>)> = None;
    for x in from..=to {
        let (mut crossed, mut left, mut right) = (0, 0, 0);
        for row in &rows {
            match side(row, words, x as f32) {
                GapSide::Across => crossed += 1,
                GapSide::Left => left += 1,
                GapSide::Right => right += 1,
                GapSide::Both => {
                    left += 1;
                    right += 1;
                }
            }
        }
        let enough = rows.len() / 4;
        if crossed * 10 > rows.len() * 4 || left < enough.max(4) || right < enough.max(4) {
            continue;
        }
        match &mut best {
            Some((least, xs)) if *least == crossed => xs.push(x),
            Some((least, _)) if *least < crossed => {}
            _ => best = Some((crossed, vec![x])),
        }
    }
    best.map(|(_, xs)| xs[xs.len() / 2] as f32)
}

/// Indices of words with the same base line, from left to right.
fn rows(words: &[Word]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..words.len()).collect();
    order.sort_by(|&a, &b| words[a].y.total_cmp(&words[b].y));
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for i in order {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|&first| (words[i].y - words[first].y).abs() < 2.0) => row.push(i),
            _ => rows.push(vec![i]),
        }
    }
    for row in &mut rows {
        row.sort_by(|&a, &b| words[a].x0.total_cmp(&words[b].x0));
    }
    rows
}

enum GapSide {
    Left,
    Right,
    Both,
    Across,
}

/// The side of `x` on which a row has text; across it, if there is no space wide enough for columns.
fn side(row: &[usize], words: &[Word], x: f32) -> GapSide {
    let left = row.iter().map(|&i| &words[i]).filter(|word| word.x0 < x).map(|word| word.x1).reduce(f32::max);
    let right = row.iter().map(|&i| &words[i]).filter(|word| word.x0 >= x).map(|word| word.x0).reduce(f32::min);
    match (left, right) {
        (Some(left), _) if left > x => GapSide::Across,
        (Some(left), Some(right)) if right - left < MIN_GUTTER => GapSide::Across,
        (Some(_), Some(_)) => GapSide::Both,
        (Some(_), None) => GapSide::Left,
        _ => GapSide::Right,
    }
}

/// The regions of a page in reading order: text across both columns separates the text above it from the text below.
pub(super) fn regions(words: Vec<Word>, gutter: Option<f32>, width: f32) -> Vec<Region> {
    let left_edge = words.iter().map(|word| word.x0).fold(width, f32::min);
    let right_edge = words.iter().map(|word| word.x1).fold(0.0, f32::max);
    let Some(x) = gutter else { return vec![Region { x0: left_edge, x1: right_edge, words }] };
    let rows = rows(&words);
    let wide = |row: &[usize]| {
        // The run of words around the gutter without a space wide enough for columns.
        let at = row.iter().position(|&i| words[i].x1 > x)?;
        let (mut first, mut last) = (at, at);
        while first > 0 && words[row[first]].x0 - words[row[first - 1]].x1 < MIN_GUTTER {
            first -= 1;
        }
        while last + 1 < row.len() && words[row[last + 1]].x0 - words[row[last]].x1 < MIN_GUTTER {
            last += 1;
        }
        let (from, to) = (words[row[first]].x0, words[row[last]].x1);
        Some(from < x - 0.012 * width && to > x + 0.012 * width)
    };
    let mut is_wide: Vec<bool> = rows.iter().map(|row| wide(row).unwrap_or(false)).collect();
    // Indices and exponents of a wide line.
    let y = |row: &[usize]| row.first().map_or(0.0, |&i| words[i].y);
    for i in 0..rows.len() {
        let size = rows[i].first().map_or(0.0, |&first| words[first].size);
        let beside = |j: usize| is_wide[j] && (y(&rows[j]) - y(&rows[i])).abs() < 0.75 * size;
        is_wide[i] |= (i > 0 && beside(i - 1)) || (i + 1 < rows.len() && beside(i + 1));
    }
    let mut slots: Vec<Option<Word>> = words.into_iter().map(Some).collect();
    let mut regions: Vec<Region> = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let end = (at..rows.len()).find(|&i| is_wide[i] != is_wide[at]).unwrap_or(rows.len());
        let band: Vec<Word> = rows[at..end].iter().flatten().filter_map(|&i| slots[i].take()).collect();
        if is_wide[at] {
            regions.push(Region { x0: left_edge, x1: right_edge, words: band });
        } else {
            let (left, right): (Vec<Word>, Vec<Word>) =
                band.into_iter().partition(|word| f32::midpoint(word.x0, word.x1) < x);
            let gap = MIN_GUTTER / 2.0;
            regions.push(Region { x0: left_edge, x1: x - gap, words: left });
            regions.push(Region { x0: x + gap, x1: right_edge, words: right });
        }
        at = end;
    }
    regions.retain(|region| !region.words.is_empty());
    regions
}
