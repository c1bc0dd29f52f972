//! Rows of tables in HTML and JATS.

use super::xml::Element;
use crate::document::Cell;
use crate::text::single_spaced;

/// The rows of a table. `read` turns a cell into text, and returns the references that it cites.
pub(super) fn rows(table: &Element, read: &dyn Fn(&Element) -> (String, Vec<u32>)) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    collect(table, false, read, &mut rows);
    rows
}

/// Whether an element has this class. LaTeXML states with classes what an element is.
pub(super) fn has_class(element: &Element, class: &str) -> bool {
    element.attribute("class").is_some_and(|classes| classes.split_whitespace().any(|one| one == class))
}

fn collect(element: &Element, in_head: bool, read: &dyn Fn(&Element) -> (String, Vec<u32>), rows: &mut Vec<Vec<Cell>>) {
    for inner in element.elements() {
        if inner.name == "tr" || has_class(inner, "ltx_tr") {
            let cells: Vec<&Element> = inner.elements().filter(|inner| is_cell(inner)).collect();
            // A label at the beginning of a row is also marked like a heading.
            let is_header = in_head || !cells.is_empty() && cells.iter().all(|cell| is_column_heading(cell));
            rows.push(cells.into_iter().map(|element| cell(element, is_header, read)).collect());
        } else if !is_cell(inner) {
            collect(inner, in_head || inner.name == "thead" || has_class(inner, "ltx_thead"), read, rows);
        }
    }
}

fn is_cell(element: &Element) -> bool {
    matches!(element.name.as_str(), "td" | "th") || has_class(element, "ltx_td")
}

fn is_column_heading(element: &Element) -> bool {
    match element.attribute("class") {
        Some(classes) if classes.contains("ltx_") => has_class(element, "ltx_th_column"),
        _ => element.name == "th",
    }
}

fn cell(element: &Element, is_header: bool, read: &dyn Fn(&Element) -> (String, Vec<u32>)) -> Cell {
    let (text, cites) = read(element);
    let is_bold = is_bold(element, text.len());
    let (row_span, column_span) = (span(element, "rowspan"), span(element, "colspan"));
    Cell { text, is_header, is_bold, row_span, column_span, cites }
}

/// The attribute, or the number in a class of LaTeXML: `ltx_colspan_2`.
fn span(element: &Element, name: &str) -> u16 {
    let of_class = || {
        let mut classes = element.attribute("class")?.split_whitespace();
        let prefix = format!("ltx_{name}_");
        classes.find_map(|class| class.strip_prefix(prefix.as_str())?.parse().ok())
    };
    let number: Option<u16> = element.attribute(name).and_then(|number| number.trim().parse().ok()).or_else(of_class);
    number.unwrap_or(1).clamp(1, 1000)
}

/// Whether most of a cell's text is in bold type.
fn is_bold(element: &Element, length: usize) -> bool {
    let marked = |element: &Element| {
        matches!(element.name.as_str(), "b" | "strong" | "bold") || has_class(element, "ltx_font_bold")
    };
    length > 0
        && (marked(element)
            || element.elements().any(|inner| {
                let words = single_spaced(&inner.text()).len();
                words * 2 > length && (marked(inner) || is_bold(inner, words))
            }))
}
