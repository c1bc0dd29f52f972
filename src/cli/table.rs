use std::io::{self, Write};

use crate::export::printable;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, Table, Width, presets};
use unicode_width::UnicodeWidthStr;

/// Width of a page in columns if the terminal does not report its own.
const UNKNOWN_WIDTH: u16 = 80;
/// Number of spaces between two columns.
const GAP: u16 = 2;

/// The width for output in columns: $COLUMNS, else the terminal's, else 80.
pub(super) fn width() -> u16 {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|&n| n >= 20);
    asked
        .or_else(|| terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| width))
        .unwrap_or(UNKNOWN_WIDTH)
}

/// Prints rows with a heading, wrapped to the width. Columns of numbers are right-aligned.
pub(super) fn print(out: &mut dyn Write, heading: &[String], rows: &[Vec<String>], width: u16) -> io::Result<()> {
    let heading: Vec<String> = heading.iter().map(|h| h.to_uppercase()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|value| printable(value)).collect()).collect();
    let mut contents = vec![Content::default(); heading.len()];
    for row in std::iter::once(&heading).chain(&rows) {
        contents.iter_mut().zip(row).for_each(|(content, value)| content.add(value));
    }
    let gaps = GAP.saturating_mul(u16::try_from(heading.len().saturating_sub(1)).unwrap_or(u16::MAX));
    let widths = column_widths(&contents, width.saturating_sub(gaps));
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(&heading);
    for row in &rows {
        table.add_row(row.iter().map(Cell::new));
    }
    for (i, (column, width)) in table.column_iter_mut().zip(widths).enumerate() {
        let gap = if i + 1 == heading.len() { 0 } else { GAP };
        column.set_padding((0, gap));
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + gap)));
        let mut values = rows.iter().filter_map(|row| row.get(i)).filter(|value| !value.is_empty()).peekable();
        if values.peek().is_some() && values.all(|value| value.parse::<f64>().is_ok()) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// What a column has to hold.
#[derive(Debug, Clone, Copy, Default)]
struct Content {
    /// Width of the widest cell on one line.
    cell: u16,
    /// Width of the widest word.
    word: u16,
}

impl Content {
    fn add(&mut self, value: &str) {
        let width = |text: &str| u16::try_from(text.width()).unwrap_or(u16::MAX);
        self.cell = self.cell.max(width(value));
        self.word = self.word.max(value.split(' ').map(width).max().unwrap_or_default());
    }
}

/// The width of each column, so that all of them fit into `room`. Narrow columns are not wrapped, and the others share
/// the rest evenly. Words are broken only if the widest words of all columns do not fit side by side.
fn column_widths(columns: &[Content], room: u16) -> Vec<u16> {
    let sum = |widths: &[u16]| widths.iter().map(|width| u32::from(*width)).sum::<u32>();
    let words: Vec<u16> = columns.iter().map(|column| column.word).collect();
    let words_fit = sum(&words) <= u32::from(room);
    let at = |share: u16| -> Vec<u16> {
        let width = |column: &Content| match words_fit {
            true => share.clamp(column.word, column.cell),
            false => share.min(column.word),
        };
        columns.iter().map(|column| width(column).max(1)).collect()
    };
    (1..=room).rev().map(at).find(|widths| sum(widths) <= u32::from(room)).unwrap_or_else(|| at(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(heading: &[&str], rows: &[&[&str]], width: u16) -> String {
        let heading: Vec<String> = heading.iter().map(ToString::to_string).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        let mut out = Vec::new();
        print(&mut out, &heading, &rows, width).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn columns_fit_the_width_and_numbers_stand_right() {
        let long = "a title that goes on and on until it cannot stand on one line any more";
        let text = printed(&["paper", "papers"], &[&[long, "7"], &["short", "1234"]], 40);
        assert!(text.lines().all(|line| line.chars().count() <= 40), "{text}");
        assert!(text.starts_with("PAPER"), "{text}");
        assert!(text.contains("    7"), "{text}");
    }

    #[test]
    fn words_are_broken_only_where_they_cannot_stand_side_by_side() {
        let row = ["a title that goes on and on", "dataset/natural-questions", "43.5"];
        let text = printed(&["paper", "entity", "value"], &[&row], 48);
        assert_eq!(
            text,
            "PAPER           ENTITY                     VALUE\n\
             a title that    dataset/natural-questions   43.5\n\
             goes on and on\n"
        );
        let narrow = printed(&["paper", "entity", "value"], &[&row], 30);
        assert!(narrow.lines().all(|line| line.chars().count() <= 30), "{narrow}");
        assert!(narrow.lines().next().is_some_and(|line| line.ends_with("VALUE")), "{narrow}");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let text = printed(&["x"], &[&["\x1b[31mred\nline \u{202e}a\u{2066}b\u{200b}c"]], 80);
        assert!(text.ends_with("[31mred line abc\n"), "{text:?}");
    }
}
