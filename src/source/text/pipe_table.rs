//! Pipe tables of Markdown, in the form of PDF converters.

use crate::document::{Cell, DocumentLocation, Table};
use crate::source::loose_table::split_label;
use crate::text::single_spaced;

/// Rows of the current table.
#[derive(Debug)]
pub(super) struct PipeTable {
    line: u64,
    rows: Vec<Vec<Cell>>,
    /// Rows above the dashes.
    header_rows: usize,
}

/// Whether a line is a row.
pub(super) fn is_row(line: &str) -> bool {
    line.len() > 2 && line.starts_with('|') && line.ends_with('|')
}

impl PipeTable {
    /// A table whose first row is on this line, from 1.
    pub(super) fn begin(line: u64) -> Self {
        Self { line, rows: Vec::new(), header_rows: 0 }
    }

    /// A table whose rows are read already.
    pub(super) fn of_rows(line: u64, rows: Vec<Vec<Cell>>) -> Self {
        Self { rows, ..Self::begin(line) }
    }

    pub(super) fn push(&mut self, row: &str) {
        let cells = cells(row);
        let dashes = |cell: &str| cell.contains('-') && cell.chars().all(|c| matches!(c, '-' | ':' | ' '));
        if self.header_rows == 0 && cells.iter().all(|cell| dashes(cell)) {
            self.header_rows = self.rows.len();
            self.rows.iter_mut().flatten().for_each(|cell| cell.is_header = true);
            return;
        }
        self.rows.push(cells.iter().map(|cell| plain(cell)).collect());
    }

    /// The table with its caption, `Table 2: Results` or empty.
    pub(super) fn finish(self, caption: &str) -> Table {
        let (label, caption) = caption_of(caption).unwrap_or((String::new(), caption));
        let location = Some(DocumentLocation::Line(String::new(), self.line));
        Table { label, caption: caption.to_string(), rows: self.rows, location, ..Table::default() }
    }
}

/// Label and words of a paragraph that begins like a caption of a table.
pub(super) fn caption_of(paragraph: &str) -> Option<(String, &str)> {
    let text = paragraph.trim_start_matches(['*', '_', ' ']);
    let kind = ["Table", "Tab."].into_iter().find(|kind| {
        text.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind))
            && text[kind.len()..].trim_start().starts_with(|c: char| c.is_ascii_digit() || c.is_ascii_uppercase())
    })?;
    let (label, rest) = split_label(text, kind, "");
    let label = label.replacen("Tab. ", "Table ", 1);
    (!label.is_empty()).then(|| (label, rest.trim_start_matches(['*', '_', ':', ' '])))
}

/// The parts between the pipes of a row; `\|` is a pipe in a cell.
fn cells(row: &str) -> Vec<String> {
    let inner = row.strip_prefix('|').unwrap_or(row);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let mut cells = vec![String::new()];
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '|' if !escaped => cells.push(String::new()),
            c => {
                if let Some(cell) = cells.last_mut() {
                    if escaped && c != '|' {
                        cell.push('\\');
                    }
                    cell.push(c);
                }
            }
        }
        escaped = false;
    }
    cells.iter().map(|cell| cell.trim().to_string()).collect()
}

/// A cell without marks of emphasis; `<br>` becomes a space.
fn plain(cell: &str) -> Cell {
    let text = cell.replace("<br>", " ").replace("<br/>", " ");
    let bold = text.matches("**").count() >= 2;
    let text = text.replace("**", "");
    Cell { is_bold: bold, ..Cell::new(single_spaced(&text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_table_knows_its_header_and_what_is_bold() {
        let mut table = PipeTable::begin(7);
        for row in ["| Model | F 1 |", "|---|:-:|", r"| A \| B | **91.2** |"] {
            assert!(is_row(row));
            table.push(row);
        }
        let table = table.finish("**Table 2:** Results on our set.");
        assert_eq!((table.label.as_str(), table.caption.as_str()), ("Table 2", "Results on our set."));
        assert_eq!(table.rows[0], [Cell::header("Model"), Cell::header("F 1")]);
        assert_eq!(table.rows[1], [Cell::new("A | B"), Cell { is_bold: true, ..Cell::new("91.2") }]);
    }

    #[test]
    fn captions_are_distinguished_from_other_paragraphs() {
        assert_eq!(caption_of("Table 3. Speed"), Some(("Table 3".to_string(), "Speed")));
        assert_eq!(caption_of("Tab. 3: Speed"), Some(("Table 3".to_string(), "Speed")));
        assert_eq!(caption_of("Tables are long"), None);
        assert_eq!(caption_of("The Table 3"), None);
    }
}
