//! Lists of papers in Markdown: "awesome" lists, and tables with columns for paper and code. An item is a paper if it
//! leads to one: to arXiv, a DOI, a publisher, or by a link called "paper" or "pdf". What else a list holds (tools,
//! tables of contents) is counted and passed over.

mod addresses;
mod item;
mod pieces;

use std::io::BufRead;

use pulldown_cmark::{BrokenLink, Event, Options as Extensions, Parser, Tag, TagEnd};

use super::Papers;
use super::lines::Lines;
use super::place::{Frame, Item, Place, Problem, Read, Reason, Skipped};
use super::spool::Spool;
use addresses::Addresses;
use item::{Cell, Link, of_item, of_row};
use pieces::Pieces;

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

/// The papers of a list, piece by piece. What a link is called may be defined anywhere, mostly at the end: the list is
/// read twice.
pub(super) fn read(reader: impl BufRead, place: Place) -> Papers {
    let twice = || -> Result<Papers, Skipped> {
        let mut spool = Spool::new(reader)?;
        let addresses = Addresses::of(pieces(spool.text()?, place.clone()));
        let too_many = addresses.too_many();
        let cut_off = spool.cut_off.take();
        let (at, end) = (place.clone(), place.clone());
        let papers = pieces(spool.into_text()?, place.clone()).flat_map(move |piece| match piece {
            Ok(Frame { line, record }) => papers(&record, line, &addresses, &at),
            Err(problem) => vec![Err(problem)],
        });
        let ends = too_many.map(|skipped| (1, skipped)).into_iter().chain(cut_off);
        Ok(Box::new(papers.chain(ends.map(move |(line, skipped)| Err(end.problem(line, skipped))))))
    };
    twice().unwrap_or_else(|skipped| Box::new(std::iter::once(Err(place.problem(1, skipped)))))
}

fn pieces(reader: impl BufRead, place: Place) -> impl Iterator<Item = Result<Frame<String>, Problem>> {
    Pieces::new(Lines::new(reader, place.clone()), place)
}

fn papers(text: &str, first_line: u64, addresses: &Addresses, place: &Place) -> Vec<Item> {
    let mut list = List { place, out: Vec::new(), items: Vec::new(), table: None, link: None, cell: None };
    let mut line = first_line;
    let mut counted = 0;
    let elsewhere = |link: BrokenLink<'_>| Some((addresses.get(&link.reference)?.to_string().into(), "".into()));
    let parser = Parser::new_with_broken_link_callback(text, Extensions::ENABLE_TABLES, Some(elsewhere));
    for (event, range) in parser.into_offset_iter() {
        // Events come in the order of the text, but for the ends of what is nested.
        if let Some(passed) = text.as_bytes().get(counted..range.start) {
            line += memchr::memchr_iter(b'\n', passed).count() as u64;
            counted = range.start;
        }
        list.event(event, line);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Format;

    #[test]
    fn a_link_of_the_first_piece_is_found_at_the_end_of_the_last() {
        let filler = format!("- {}\n\n", "word ".repeat(200)).repeat(3000);
        let text = format!(
            "- [The First Paper][One]\n\n{filler}| Paper | Code |\n|---|---|\n| [The Second Paper][two] | - |\n\n\
             [one]: https://arxiv.org/abs/0704.0001\n[Two]: https://doi.org/10.1000/two\n"
        );
        let papers: Vec<Item> = read(text.as_bytes(), Place::new("x.md", Format::Markdown)).collect();
        let told: Vec<String> = papers
            .iter()
            .map(|item| match item {
                Ok(paper) => format!("{} {} {}", paper.sources[0].line, paper.id.key(), paper.title),
                Err(problem) => problem.to_string(),
            })
            .collect();
        assert_eq!(told, ["1 arxiv-0704.0001 The First Paper", "6005 doi-10.1000-two The Second Paper"]);
    }

    #[test]
    fn a_line_that_is_no_text_is_told_with_its_number_and_the_others_are_read() {
        let text = b"- [The First Paper](https://arxiv.org/abs/0704.0001)\n- caf\xe9\n- [The Second Paper](https://arxiv.org/abs/0704.0002)\n";
        let items: Vec<Item> = read(text.as_slice(), Place::new("x.md", Format::Markdown)).collect();
        assert_eq!(items.len(), 3);
        let problem = items.iter().find_map(|item| item.as_ref().err()).unwrap();
        assert_eq!((problem.line, problem.reason), (Some(2), Reason::Malformed));
    }
}
