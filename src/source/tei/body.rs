//! The running text of TEI, its tables, figures and footnotes.

use std::collections::HashMap;

use crate::document::{Cell, Document, DocumentLocation, Figure, Footnote, RunningText, Section, Table};
use crate::source::xml::{Element, XmlNode};
use crate::source::{loose_table, run_in_table};
use crate::text::single_spaced;

/// Adds the parts of `text` to the document; `ids` are the references by their `xml:id`.
pub(super) fn read(text: &Element, ids: &HashMap<&str, u32>, document: &mut Document) {
    let mut body = TeiBody { ids, document, has_marked_rows: false };
    for part in ["body", "back"] {
        if let Some(element) = text.first(&[part]) {
            body.division(element, &format!("/TEI/text/{part}"));
        }
    }
    if !body.has_marked_rows {
        loose_table::move_rows_below_captions(&mut body.document.parts.tables);
    }
    run_in_table::add_all(body.document);
}

struct TeiBody<'b> {
    ids: &'b HashMap<&'b str, u32>,
    document: &'b mut Document,
    /// Whether a table has elements for its rows.
    has_marked_rows: bool,
}

impl TeiBody<'_> {
    /// A division, followed by the divisions in it.
    fn division(&mut self, element: &Element, path: &str) {
        if element.attribute("type") == Some("references") {
            return;
        }
        let title = words_of(element, "head");
        let mut text = RunningText::default();
        for inner in element.elements() {
            if matches!(inner.name.as_str(), "p" | "list" | "formula") {
                self.paragraph(inner, &mut text);
                text.end_paragraph();
            }
        }
        if !text.is_empty() {
            let (text, citations) = text.finish();
            let location = Some(location(element, path));
            self.document.sections.push(Section { title, text, location, citations });
        }
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for inner in element.elements() {
            let nth = counts.entry(inner.name.as_str()).or_default();
            *nth += 1;
            let path = format!("{path}/{}[{nth}]", inner.name);
            match inner.name.as_str() {
                "div" => self.division(inner, &path),
                "figure" => self.figure(inner, &path),
                "note" if inner.attribute("place") == Some("foot") => self.document.parts.footnotes.push(Footnote {
                    mark: inner.attribute("n").unwrap_or_default().to_string(),
                    text: single_spaced(&inner.text()),
                    location: Some(location(inner, &path)),
                }),
                _ => {}
            }
        }
    }

    fn paragraph(&self, element: &Element, text: &mut RunningText) {
        for child in &element.children {
            match child {
                XmlNode::Text(words) => text.push(words),
                XmlNode::Element(inner) if inner.name == "ref" => text.cite(&inner.text(), self.cited(inner)),
                XmlNode::Element(inner) => self.paragraph(inner, text),
            }
        }
    }

    fn cited(&self, marker: &Element) -> Option<u32> {
        let target = marker.attribute("target").filter(|_| marker.attribute("type") == Some("bibr"))?;
        self.ids.get(target.trim_start_matches('#')).copied()
    }

    fn figure(&mut self, element: &Element, path: &str) {
        let number = words_of(element, "label");
        let head = words_of(element, "head");
        let description = words_of(element, "figDesc");
        let location = Some(location(element, path));
        if element.attribute("type") == Some("table") {
            let (label, rest) = loose_table::split_label(&head, "Table", &number);
            let caption = join(rest, &description);
            let mut table = Table { label, caption, location, ..Table::default() };
            for printed in element.all("table") {
                self.rows(printed, &mut table);
            }
            return self.document.parts.tables.push(table);
        }
        let (label, rest) = loose_table::split_label(&head, "Figure", &number);
        let caption = join(rest, &description);
        if !caption.is_empty() {
            self.document.parts.figures.push(Figure { label, caption, location });
        }
    }

    /// Rows as marked by newer versions of GROBID, or lines of text from older ones.
    fn rows(&mut self, printed: &Element, table: &mut Table) {
        let rows: Vec<Vec<Cell>> = printed.all("row").map(|row| self.row(row)).collect();
        if !rows.is_empty() {
            table.rows.extend(rows);
            self.has_marked_rows = true;
            return;
        }
        let loose = loose_table::read(&printed.text());
        table.caption = join(&table.caption, &loose.caption);
        table.rows.extend(loose.rows);
    }

    fn row(&self, row: &Element) -> Vec<Cell> {
        let header = row.attribute("role") == Some("label");
        let span = |cell: &Element, name| cell.attribute(name).and_then(|n| n.parse().ok()).unwrap_or(1);
        let cell = |cell: &Element| Cell {
            text: single_spaced(&cell.text()),
            is_header: header || cell.attribute("role") == Some("label"),
            is_bold: false,
            row_span: span(cell, "rows"),
            column_span: span(cell, "cols"),
            cites: cell.descendants("ref").filter_map(|marker| self.cited(marker)).collect(),
        };
        row.all("cell").map(cell).collect()
    }
}

fn words_of(element: &Element, name: &str) -> String {
    element.first(&[name]).map(|inner| single_spaced(&inner.text())).unwrap_or_default()
}

fn join(a: &str, b: &str) -> String {
    [a, b].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The page and box that GROBID gives on request (`coords="3,72.0,100.5,200.0,20.1;…"`: page, left, top, width,
/// height), else the path of the element.
fn location(element: &Element, path: &str) -> DocumentLocation {
    let printed = element.attribute("coords").and_then(|all| all.split(';').next()).map(|first| {
        first.split(',').filter_map(|n| n.trim().parse::<f32>().ok()).map(|n| n.round() as u32).collect::<Vec<_>>()
    });
    match printed.as_deref() {
        Some([page, left, top, width, height]) => DocumentLocation::Page {
            number: *page,
            area: Some([*left, *top, left.saturating_add(*width), top.saturating_add(*height)]),
        },
        _ => DocumentLocation::Xpath(path.to_string()),
    }
}
