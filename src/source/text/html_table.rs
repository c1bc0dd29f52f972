//! Tables of HTML inside Markdown: MinerU, olmOCR and other PDF converters write them.

use super::formulas;
use crate::document::Cell;
use crate::source::{html, markup_table};
use crate::text::{readable, single_spaced};

/// The lines of a table up to its end tag.
#[derive(Debug)]
pub(super) struct HtmlTable {
    /// Line of the start tag, from 1.
    pub line: u64,
    html: String,
}

const END: &str = "</table>";

/// Whether a line begins a table.
pub(super) fn begins(line: &str) -> bool {
    line.starts_with('<') && line.to_ascii_lowercase().contains("<table")
}

impl HtmlTable {
    /// A table whose start tag is on this line.
    pub(super) fn begin(line: u64) -> Self {
        Self { line, html: String::new() }
    }

    /// Adds a line. If the table ends in it, returns what is behind the end tag.
    pub(super) fn push<'l>(&mut self, line: &'l str) -> Option<&'l str> {
        let end = line.to_ascii_lowercase().find(END).map(|at| at + END.len());
        self.html.push_str(&line[..end.unwrap_or(line.len())]);
        self.html.push(' ');
        end.map(|end| &line[end..])
    }

    /// The rows; empty if it is not HTML.
    pub(super) fn rows(&self) -> Vec<Vec<Cell>> {
        let tree = html::tree(&self.html).unwrap_or_default();
        markup_table::rows(&tree, &|cell| (plain(cell.text()), Vec::new()))
    }
}

/// The text of a cell with formulas as characters. An index is written as in headings without formulas: `AP50`.
fn plain(text: String) -> String {
    let digit = |c: char| match c {
        '₀'..='₉' => char::from_digit(u32::from(c) - u32::from('₀'), 10).unwrap_or(c),
        c => c,
    };
    single_spaced(&readable(&formulas::joined(text)).chars().map(digit).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_can_be_on_one_line_or_on_several() {
        let html = "<html><body><table><tr><th>Model</th><th colspan=\"2\">F<sub>1</sub></th></tr>";
        assert!(begins(html) && begins("<TABLE border=1>") && !begins("a <table> of it"));
        let mut table = HtmlTable::begin(7);
        assert_eq!(table.push(html), None);
        assert_eq!(
            table.push("<tr><td>Ours</td><td><b>9</b></td><td>$8 \\pm 1$</td></tr></TABLE></body>"),
            Some("</body>")
        );
        let rows = table.rows();
        assert_eq!(rows[0], [Cell::header("Model"), Cell { column_span: 2, ..Cell::header("F1") }]);
        assert_eq!(rows[1][1], Cell { is_bold: true, ..Cell::new("9") });
        assert_eq!(rows[1][2].text, "8 ± 1");
        assert_eq!(plain(r"${ \mathrm { A P } } _ { 5 0 } \downarrow$".to_string()), "AP50↓");
        assert_eq!(plain(r"$\underline { 4 5 . 3 }$ $\mathbf { 6 5 . 1 } \pm 0 . 2$".to_string()), "45.3 65.1± 0.2");
    }

    #[test]
    fn a_table_that_is_cut_off_has_the_rows_before_the_end() {
        let mut table = HtmlTable::begin(1);
        table.push("<table><tr><td>a</td><td>b");
        assert_eq!(table.rows(), [[Cell::new("a"), Cell::new("b")]]);
    }
}
