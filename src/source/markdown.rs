//! Lists of papers in Markdown: "awesome" lists, and tables with columns for paper and code. An item is a paper if it
//! leads to one: to arXiv, a DOI, a publisher, or by a link called "paper" or "pdf". What else a list holds (tools,
//! tables of contents) is counted and passed over.

mod item;

use std::io::BufRead;

use pulldown_cmark::{Event, Options as Extensions, Parser, Tag, TagEnd};

use super::lines::whole;
use super::place::{Item, Place, Read, Reason, Skipped};
use item::{Cell, Link, of_item, of_row};

/// A list is a page; the largest of them have two megabytes.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// Lists within lists.
const MAX_DEPTH: usize = 40;

pub(super) fn looks_like(head: &str) -> bool {
    let item = |line: &str| {
        let line = line.trim_start();
        let numbered =
            line.split_once(". ").is_some_and(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        line.starts_with(['-', '*', '+', '|']) || numbered
    };
    head.lines().filter(|line| line.contains("](") && item(line)).count() >= 2
}

pub(super) fn read(reader: impl BufRead, place: &Place) -> Vec<Item> {
    let (bytes, problem) = match whole(reader, MAX_BYTES) {
        Ok(read) => read,
        Err(skipped) => return vec![Err(place.problem(1, skipped))],
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut list = List { place, out: Vec::new(), items: Vec::new(), table: None, link: None, cell: None };
    let mut line = 1;
    let mut counted = 0;
    for (event, range) in Parser::new_ext(&text, Extensions::ENABLE_TABLES).into_offset_iter() {
        // Events come in the order of the text, but for the ends of what is nested.
        if let Some(passed) = bytes.get(counted..range.start) {
            line += memchr::memchr_iter(b'\n', passed).count() as u64;
            counted = range.start;
        }
        list.event(event, line);
    }
    if let std::borrow::Cow::Owned(_) = text {
        let skipped =
            Skipped::malformed("is not UTF-8 throughout; convert the file, for example with `iconv -t UTF-8`");
        list.out.push(Err(place.problem(1, skipped)));
    }
    list.out.extend(problem.map(|skipped| Err(place.problem(line, skipped))));
    list.out
}

struct List<'a> {
    place: &'a Place,
    out: Vec<Item>,
    /// List items that are open, each with the line on which it begins.
    items: Vec<(u64, Cell)>,
    table: Option<Table>,
    link: Option<Link>,
    /// The table cell that is open.
    cell: Option<Cell>,
}

#[derive(Default)]
struct Table {
    columns: Vec<String>,
    row: Vec<Cell>,
    line: u64,
}

impl List<'_> {
    fn event(&mut self, event: Event<'_>, line: u64) {
        match event {
            Event::Start(Tag::Item) if self.items.len() < MAX_DEPTH => self.items.push((line, Cell::default())),
            Event::End(TagEnd::Item) => {
                if let Some((line, cell)) = self.items.pop() {
                    self.done(line, of_item(&cell));
                }
            }
            // What stands in a list below an item is not the item's.
            Event::Start(Tag::List(_)) => {
                if let Some((line, cell)) = self.items.last_mut() {
                    let (line, cell) = (*line, std::mem::take(cell));
                    self.done(line, of_item(&cell));
                }
            }
            Event::Start(Tag::Table(_)) => self.table = Some(Table::default()),
            Event::End(TagEnd::Table) => self.table = None,
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                if let Some(table) = &mut self.table {
                    table.row = Vec::new();
                    table.line = line;
                }
            }
            Event::Start(Tag::TableCell) => self.cell = Some(Cell::default()),
            Event::End(TagEnd::TableCell) => {
                if let (Some(table), Some(cell)) = (&mut self.table, self.cell.take()) {
                    table.row.push(cell);
                }
            }
            Event::End(TagEnd::TableHead) => {
                if let Some(table) = &mut self.table {
                    table.columns = table.row.iter().map(|cell| cell.text.trim().to_lowercase()).collect();
                }
            }
            Event::End(TagEnd::TableRow) => {
                if let Some(table) = &self.table {
                    let (line, read) = (table.line, of_row(&table.columns, &table.row));
                    self.done(line, read);
                }
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let at = self.open().map_or(0, |cell| cell.text.len());
                self.link = Some(Link { url: dest_url.trim().to_string(), label: String::new(), at });
            }
            Event::End(TagEnd::Link) => {
                if let (Some(link), Some(cell)) = (self.link.take(), self.open()) {
                    cell.links.push(link);
                }
            }
            Event::Start(Tag::Strong) => {
                if let Some(cell) = self.open() {
                    cell.strong.get_or_insert(cell.text.len()..usize::MAX);
                }
            }
            Event::End(TagEnd::Strong) => {
                if let Some(cell) = self.open() {
                    let end = cell.text.len();
                    cell.strong
                        .iter_mut()
                        .filter(|strong| strong.end == usize::MAX)
                        .for_each(|strong| strong.end = end);
                }
            }
            Event::Text(text) | Event::Code(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            _ => {}
        }
    }

    fn open(&mut self) -> Option<&mut Cell> {
        match &mut self.cell {
            Some(cell) => Some(cell),
            None => self.items.last_mut().map(|(_, cell)| cell),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(link) = &mut self.link {
            link.label.push_str(text);
        }
        if let Some(cell) = self.open() {
            cell.text.push_str(text);
        }
    }

    fn done(&mut self, line: u64, read: Read) {
        match read {
            Ok(papers) => self.out.extend(papers.into_iter().map(|paper| self.place.paper(line, paper))),
            Err(skipped) if skipped.reason == Reason::NotAPaper && skipped.message.is_empty() => {}
            Err(skipped) => self.out.push(Err(self.place.problem(line, skipped))),
        }
    }
}
