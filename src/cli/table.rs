use std::io::{self, Write};

use crate::export::printable;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};

/// Width of a page in columns if the terminal does not report its own.
const UNKNOWN_WIDTH: u16 = 80;
/// Smallest width to which a column is wrapped.
const NARROWEST: u16 = 6;

/// The width for output in columns: $COLUMNS, else the terminal's, else 80.
pub(super) fn width() -> u16 {
    let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|&n| n >= 20);
    asked
        .or_else(|| terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| width))
        .unwrap_or(UNKNOWN_WIDTH)
}

/// Prints rows with a heading, wrapped to the width. Columns of numbers are right-aligned.
pub(super) fn print(out: &mut dyn Write, heading: &[String], rows: &[Vec<String>], width: u16) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(heading.iter().map(|h| Cell::new(h.to_uppercase())));
    for row in rows {
        table.add_row(row.iter().map(|value| Cell::new(printable(value))));
    }
    let last = heading.len().saturating_sub(1);
    for (i, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if i == last { 0 } else { 2 }));
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(NARROWEST)));
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
    fn control_characters_do_not_reach_the_terminal() {
        let text = printed(&["x"], &[&["\x1b[31mred\nline \u{202e}a\u{2066}b\u{200b}c"]], 80);
        assert!(text.ends_with("[31mred line abc\n"), "{text:?}");
    }
}
