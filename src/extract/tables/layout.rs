//! Finds the cells of a table that are values, and the headings above and beside each value.

use super::value::{CellValue, values};
use super::words::cell_words;
use crate::document::{Cell, Grid, Table};

/// A row or column with a larger share of numbers is one of values.
const MOSTLY: f64 = 0.4;

/// A cell with a number, and its headings.
pub(super) struct ValueCell<'t> {
    /// Position in the grid, from 0.
    pub row: usize,
    pub column: usize,
    pub cell: &'t Cell,
    pub values: Vec<CellValue>,
}

/// The headings of a table by row and column, and its values.
pub(super) struct TableLayout<'t> {
    /// The headings above each column, the topmost first, each once.
    pub columns: Vec<Vec<String>>,
    /// The group and the labels of each row, from left to right.
    pub rows: Vec<Vec<String>>,
    /// References that the labels of each row cite.
    pub row_cites: Vec<bool>,
    /// The sign for a removed (`-`) or added (`+`) part before the label of each row: `- character layer`.
    pub row_signs: Vec<Option<char>>,
    /// The headings of the label columns.
    pub corner: String,
    /// Words at the beginning of all headings of value columns: a caption or a running head that a converter included
    /// in the table. They are removed from the headings.
    pub banner: String,
    pub cells: Vec<ValueCell<'t>>,
}

impl<'t> TableLayout<'t> {
    /// `None` for a table without values.
    pub(super) fn of(table: &'t Table, tokenized: bool) -> Option<Self> {
        let grid = table.grid();
        let (height, width) = (grid.height(), grid.width());
        if height < 2 || width < 2 {
            return None;
        }
        let parsed: Vec<Vec<Vec<CellValue>>> = (0..height)
            .map(|row| (0..width).map(|column| values(&cell_words(grid.text(row, column), tokenized))).collect())
            .collect();
        let header = header_rows(&grid, &parsed);
        let labels = label_columns(&grid, &parsed, header);
        let words = |row: usize, column: usize| cell_words(grid.text(row, column), tokenized);
        let headings = |column: usize| {
            let mut all: Vec<String> = Vec::new();
            for text in (0..header).map(|row| words(row, column)) {
                if !text.is_empty() && all.last() != Some(&text) {
                    all.push(text);
                }
            }
            all
        };
        let mut columns: Vec<Vec<String>> = (0..width).map(headings).collect();
        let banner = take_banner(&mut columns, &labels);
        let corner = labels.iter().flat_map(|column| &columns[*column]).cloned().collect::<Vec<_>>().join(" ");
        let mut layout = TableLayout {
            columns,
            rows: vec![Vec::new(); height],
            row_cites: vec![false; height],
            row_signs: vec![None; height],
            corner,
            banner,
            cells: Vec::new(),
        };
        let mut group = String::new();
        let mut above: Vec<String> = vec![String::new(); labels.len()];
        for (row, in_row) in parsed.iter().enumerate().skip(header) {
            if let Some(heading) = group_heading(&grid, in_row, row) {
                group = cell_words(heading, tokenized);
                above.fill(String::new());
                continue;
            }
            let mut texts: Vec<String> = labels.iter().map(|column| words(row, *column)).collect();
            // A label for several rows is printed once.
            if texts.last().is_some_and(|last| !last.is_empty()) {
                for (text, above) in texts.iter_mut().zip(&above).rev().skip(1) {
                    if text.is_empty() {
                        text.clone_from(above);
                    }
                }
            }
            above.clone_from(&texts);
            layout.row_cites[row] =
                labels.iter().any(|column| grid.at(row, *column).is_some_and(|cell| !cell.cites.is_empty()));
            let printed = labels.iter().map(|column| grid.text(row, *column).trim()).rfind(|text| !text.is_empty());
            layout.row_signs[row] = printed.and_then(sign);
            let all = std::iter::once(group.clone()).chain(texts).filter(|text| !text.is_empty());
            layout.rows[row] = all.collect();
            for column in (0..width).filter(|column| !labels.contains(column)) {
                let values = in_row[column].clone();
                if let Some(cell) = grid.at(row, column).filter(|_| !values.is_empty()) {
                    layout.cells.push(ValueCell { row, column, cell, values });
                }
            }
        }
        (layout.cells.len() >= 2).then_some(layout)
    }
}

/// Running text over several columns has at least this many words.
const BANNER_WORDS: usize = 5;
/// Running text over one column has at least this many words.
const SENTENCE_WORDS: usize = 12;

/// Removes from the topmost headings the words at the beginning that another column shares, if there are many. Returns
/// the words that all columns share.
fn take_banner(columns: &mut [Vec<String>], labels: &[usize]) -> String {
    let is_value = |column: &usize| !labels.contains(column) && !columns[*column].is_empty();
    let values: Vec<usize> = (0..columns.len()).filter(is_value).collect();
    if let [only] = values.as_slice() {
        // Over one column, running text ends with the heading.
        let top = &mut columns[*only][0];
        if let Some((text, last)) =
            top.rsplit_once(' ').filter(|(text, _)| text.split_whitespace().count() >= SENTENCE_WORDS)
        {
            let (text, last) = (text.to_string(), last.to_string());
            *top = last;
            return text;
        }
        return String::new();
    }
    let tops: Vec<Vec<String>> =
        values.iter().map(|column| columns[*column][0].split_whitespace().map(str::to_string).collect()).collect();
    let shared = |a: &[String], b: &[String]| a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let mut banner: Option<&[String]> = None;
    for (at, column) in values.iter().enumerate() {
        let own = &tops[at];
        let others = tops.iter().enumerate().filter(|(other, _)| *other != at);
        let many = others.map(|(_, other)| shared(own, other)).filter(|words| *words >= BANNER_WORDS);
        let (longest, shortest) = many.fold((0, usize::MAX), |(max, min), words| (max.max(words), min.min(words)));
        let of_all = tops.iter().all(|other| shared(own, other) >= BANNER_WORDS);
        if of_all && tops.len() > 1 {
            banner.get_or_insert(&own[..shortest.min(own.len())]);
        }
        // If words of a group follow, only the words shared by the whole group are left out.
        let taken = if of_all { shortest } else { longest };
        if taken >= BANNER_WORDS && taken != usize::MAX {
            let rest = own[taken.min(own.len())..].join(" ");
            if rest.is_empty() {
                columns[*column].remove(0);
            } else {
                columns[*column][0] = rest;
            }
        }
    }
    banner.map(|words| words.join(" ")).unwrap_or_default()
}

/// The sign before the words of a label: `- character layer`, `+ CRF`.
fn sign(label: &str) -> Option<char> {
    let behind = label.strip_prefix(['-', '–', '—', '−', '+'])?.trim_start();
    let sign = if label.starts_with('+') { '+' } else { '-' };
    behind.starts_with(char::is_alphabetic).then_some(sign)
}

fn is_empty(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '*'))
}

/// The share of values among cells that are not empty.
fn share<'a>(cells: impl Iterator<Item = (&'a str, &'a Vec<CellValue>)>) -> Option<f64> {
    let (mut all, mut numbers) = (0_u32, 0_u32);
    for (text, values) in cells {
        all += u32::from(!is_empty(text));
        numbers += u32::from(!values.is_empty());
    }
    (all > 0).then(|| f64::from(numbers) / f64::from(all))
}

/// Rows above the values: marked rows, and rows with almost no numbers.
fn header_rows(grid: &Grid, parsed: &[Vec<Vec<CellValue>>]) -> usize {
    let marked = |row: usize| (0..grid.width()).any(|column| grid.at(row, column).is_some_and(|cell| cell.is_header));
    let texts = |row: usize| {
        let cells = (1..grid.width()).map(|column| (grid.text(row, column), &parsed[row][column]));
        share(cells).is_none_or(|share| share < MOSTLY)
    };
    let mut rows = (0..grid.height()).take_while(|row| marked(*row)).count();
    while rows < grid.height() && texts(rows) && (rows == 0 || group_heading(grid, &parsed[rows], rows).is_none()) {
        rows += 1;
    }
    if rows == grid.height() { usize::from(marked(0)) } else { rows }
}

/// Columns of labels: the first column, and all columns with almost no numbers. Numbers before the first of them are
/// settings or numbers of rows.
fn label_columns(grid: &Grid, parsed: &[Vec<Vec<CellValue>>], header: usize) -> Vec<usize> {
    let is_label = |column: usize| {
        let cells = (header..grid.height()).map(|row| (grid.text(row, column), &parsed[row][column]));
        share(cells).is_some_and(|share| share < MOSTLY)
    };
    let mut columns: Vec<usize> = (0..grid.width()).filter(|column| is_label(*column)).collect();
    let first = columns.first().copied().unwrap_or(1);
    columns.splice(..0, 0..first);
    columns
}

/// The heading in a row that contains nothing else: it applies to the rows below.
fn group_heading<'t>(grid: &Grid<'t>, parsed: &[Vec<CellValue>], row: usize) -> Option<&'t str> {
    if parsed.iter().any(|values| !values.is_empty()) {
        return None;
    }
    let mut texts: Vec<&str> = (0..grid.width()).map(|column| grid.text(row, column)).collect();
    texts.retain(|text| !is_empty(text));
    texts.dedup();
    match texts.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let rows = rows.iter().map(|row| row.iter().map(|text| Cell::new(*text)).collect()).collect();
        Table { rows, ..Table::default() }
    }

    fn shown(layout: &TableLayout) -> Vec<String> {
        let one = |cell: &ValueCell| {
            let value = &cell.values[0].shown;
            format!("{} | {} = {value}", layout.rows[cell.row].join(" > "), layout.columns[cell.column].join(" > "))
        };
        layout.cells.iter().map(one).collect()
    }

    #[test]
    fn a_value_has_the_headings_above_and_the_labels_beside_it() {
        let table =
            table(&[&["Model", "Dev", "Test"], &["Single models", "", ""], &["A", "1.0", "2.0"], &["B", "-", "3.0"]]);
        let layout = TableLayout::of(&table, false).unwrap();
        assert_eq!(
            shown(&layout),
            ["Single models > A | Dev = 1.0", "Single models > A | Test = 2.0", "Single models > B | Test = 3.0"]
        );
        assert_eq!(layout.corner, "Model");
    }

    #[test]
    fn running_text_over_all_columns_is_not_a_heading() {
        let table = table(&[
            &["", "Scores on the FooSet test data F1", "Scores on the FooSet test data EM"],
            &["A", "1.0", "2.0"],
        ]);
        let layout = TableLayout::of(&table, false).unwrap();
        assert_eq!(shown(&layout), ["A | F1 = 1.0", "A | EM = 2.0"]);
        assert_eq!(layout.banner, "Scores on the FooSet test data");
    }

    #[test]
    fn running_text_over_one_column_ends_with_its_heading() {
        let text = "than the baseline . We see that the new model is far better than all the others F1";
        let one = table(&[&["Model", text], &["A", "1.0"], &["B", "2.0"]]);
        assert_eq!(shown(&TableLayout::of(&one, false).unwrap()), ["A | F1 = 1.0", "B | F1 = 2.0"]);
        let one = table(&[&["Model", "Mean F1 of five runs"], &["A", "1.0"], &["B", "2.0"]]);
        assert_eq!(shown(&TableLayout::of(&one, false).unwrap())[0], "A | Mean F1 of five runs = 1.0");
    }

    #[test]
    fn a_label_printed_once_holds_for_the_rows_below() {
        let table = table(&[&["Set", "Model", "F1"], &["X", "A", "1.0"], &["", "B", "2.0"], &["Y", "A", "3.0"]]);
        let layout = TableLayout::of(&table, false).unwrap();
        assert_eq!(shown(&layout), ["X > A | F1 = 1.0", "X > B | F1 = 2.0", "Y > A | F1 = 3.0"]);
    }

    #[test]
    fn numbers_before_the_labels_are_no_values() {
        let table = table(&[&["K", "Model", "F1"], &["16", "A", "1.0"], &["", "B", "2.0"], &["32", "A", "3.0"]]);
        let layout = TableLayout::of(&table, false).unwrap();
        assert_eq!(shown(&layout), ["16 > A | F1 = 1.0", "16 > B | F1 = 2.0", "32 > A | F1 = 3.0"]);
    }

    #[test]
    fn a_label_that_begins_with_a_sign_is_a_part() {
        let table = table(&[
            &["Model", "F1"],
            &["Full", "9.0"],
            &["- character layer", "8.0"],
            &["+ CRF", "8.5"],
            &["-", "8.1"],
        ]);
        assert_eq!(TableLayout::of(&table, false).unwrap().row_signs, [None, None, Some('-'), Some('+'), None]);
    }

    #[test]
    fn a_table_of_words_has_no_values() {
        assert!(TableLayout::of(&table(&[&["A", "B"], &["x", "y"]]), false).is_none());
        assert!(TableLayout::of(&Table::default(), false).is_none());
    }
}
