//! Lists of papers in Markdown: "awesome" lists, and tables with columns for paper and code, in HTML too. An item, a
//! row or a paragraph that begins with a title is a paper if it leads to one: to arXiv, a DOI, a publisher, or by a
//! link called "paper" or "pdf". Items below a title that only list addresses (`Code: https://…`) belong to it. Other
//! contents of a list (tools, tables of contents) are counted and skipped.

mod addresses;
mod html;
mod item;
mod pieces;

use std::io::BufRead;

use pulldown_cmark::{BrokenLink, Event, Options as Extensions, Parser, Tag, TagEnd};

use super::PaperStream;
use super::lines::InputLines;
use super::place::{FramedRecord, ProblemReason, ReadProblem, RecordResult, SkippedRecord, SourceInput, SourceItem};
use super::spool::SpooledInput;
use addresses::AddressByName;
use html::HtmlPiece;
use item::{ItemDetails, MarkdownCell, MarkdownLink, of_item, of_row};
use pieces::MarkdownPieces;

/// Depth of nested lists.
const MAX_DEPTH: usize = 40;

pub(super) fn looks_like(head: &str) -> bool {
    let linked = head.lines().filter(|line| line.contains("](")).count();
    let bare = || head.lines().filter(|line| is_item(line) && line.contains("http")).count();
    linked >= 2 || (is_headed(head) && (linked + bare() >= 1 || head.contains("<td>")))
}

/// Whether the text has a heading of Markdown.
fn is_headed(head: &str) -> bool {
    head.lines().any(|line| line.trim_start_matches('#').starts_with(' ') && line.starts_with('#'))
}

/// Number of list items, rows and paragraphs with links in a text.
pub(super) fn items_in(head: &str) -> usize {
    head.lines().filter(|line| line.contains("](") || (is_item(line) && line.contains("http"))).count()
}

fn is_item(line: &str) -> bool {
    let line = line.trim_start();
    let numbered = line.split_once(". ").is_some_and(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    line.starts_with(['-', '*', '+', '|']) || numbered
}

/// The papers of a list, piece by piece. The addresses of link names may be defined anywhere, usually at the end: the
/// list is read twice.
pub(super) fn read(reader: impl BufRead, place: SourceInput) -> PaperStream {
    let twice = || -> Result<PaperStream, SkippedRecord> {
        let mut spool = SpooledInput::new(reader)?;
        let addresses = AddressByName::of(pieces(spool.text()?, place.clone()));
        let too_many = addresses.too_many();
        let cut_off = spool.cut_off.take();
        let (at, end) = (place.clone(), place.clone());
        let papers = pieces(spool.into_text()?, place.clone()).flat_map(move |piece| match piece {
            Ok(FramedRecord { line, record }) => papers(&record, line, &addresses, &at),
            Err(problem) => vec![Err(problem)],
        });
        let ends = too_many.map(|skipped| (1, skipped)).into_iter().chain(cut_off);
        Ok(Box::new(papers.chain(ends.map(move |(line, skipped)| Err(end.problem(line, skipped))))))
    };
    twice().unwrap_or_else(|skipped| Box::new(std::iter::once(Err(place.problem(1, skipped)))))
}

fn pieces(reader: impl BufRead, place: SourceInput) -> impl Iterator<Item = Result<FramedRecord<String>, ReadProblem>> {
    MarkdownPieces::new(InputLines::new(reader, place.clone()), place)
}

fn papers(text: &str, first_line: u64, addresses: &AddressByName, place: &SourceInput) -> Vec<SourceItem> {
    let mut list = OpenList::new(place);
    let mut line = first_line;
    let mut counted = 0;
    let elsewhere = |link: BrokenLink<'_>| Some((addresses.get(&link.reference)?.to_string().into(), "".into()));
    let parser = Parser::new_with_broken_link_callback(text, Extensions::ENABLE_TABLES, Some(elsewhere));
    for (event, range) in parser.into_offset_iter() {
        // Events come in the order of the text, except for the ends of nested elements.
        if let Some(passed) = text.as_bytes().get(counted..range.start) {
            line += memchr::memchr_iter(b'\n', passed).count() as u64;
            counted = range.start;
        }
        list.event(event, line);
    }
    list.end();
    list.out
}

/// An item or paragraph with its line, from 1.
type ListBlock = (u64, MarkdownCell);

struct OpenList<'a> {
    input: &'a SourceInput,
    out: Vec<SourceItem>,
    /// Open list items.
    items: Vec<ListBlock>,
    /// The open paragraph or heading.
    block: Option<ListBlock>,
    table: Option<OpenTable>,
    link: Option<MarkdownLink>,
    /// The open table cell.
    cell: Option<MarkdownCell>,
    /// The text that is folded away, and whether its summary is open.
    details: Option<(ItemDetails, bool)>,
    /// The last piece that began with a title: items that list addresses can follow.
    title: Option<ListBlock>,
    /// Incomplete HTML, with its line.
    html: Option<(u64, String)>,
}

#[derive(Default)]
struct OpenTable {
    columns: Vec<String>,
    row: Vec<MarkdownCell>,
    line: u64,
    /// Whether the open row names the columns.
    is_head: bool,
}

impl<'a> OpenList<'a> {
    fn new(place: &'a SourceInput) -> Self {
        Self {
            input: place,
            out: Vec::new(),
            items: Vec::new(),
            block: None,
            table: None,
            link: None,
            cell: None,
            details: None,
            title: None,
            html: None,
        }
    }

    fn event(&mut self, event: Event<'_>, line: u64) {
        match event {
            Event::Start(tag) => self.start(tag, line),
            Event::End(tag) => self.finish(tag),
            Event::Html(html) => match &mut self.html {
                Some((_, whole)) => whole.push_str(&html),
                None => self.html(&html, line),
            },
            Event::InlineHtml(html) => self.html(&html, line),
            Event::Text(text) | Event::Code(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.line_break(),
            Event::Rule => self.end_title(),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, line: u64) {
        match tag {
            Tag::Item => self.start_item(line),
            Tag::List(_) => self.start_list(),
            Tag::Table(_) => self.start_table(),
            Tag::TableHead => self.start_row(line, true),
            Tag::TableRow => self.start_row(line, false),
            Tag::TableCell => self.cell = Some(MarkdownCell::default()),
            Tag::Paragraph => self.start_block(line),
            Tag::Heading { .. } => {
                // A table of HTML does not continue after a heading.
                (self.table, self.cell, self.details) = (None, None, None);
                self.start_block(line);
            }
            Tag::Link { dest_url, .. } => self.start_link(&dest_url),
            Tag::Strong => self.start_strong(),
            Tag::Emphasis => self.start_emphasis(),
            Tag::HtmlBlock => self.html = Some((line, String::new())),
            _ => {}
        }
    }

    fn finish(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Item => self.end_item(),
            TagEnd::Table => self.table = None,
            TagEnd::TableHead | TagEnd::TableRow => self.end_row(),
            TagEnd::TableCell => self.end_cell(),
            TagEnd::Paragraph => self.end_block(false),
            TagEnd::Heading(_) => self.end_block(true),
            TagEnd::Link => self.end_link(),
            TagEnd::Strong => self.end_strong(),
            TagEnd::Emphasis => self.end_emphasis(),
            TagEnd::HtmlBlock => {
                if let Some((line, html)) = self.html.take() {
                    self.html(&html, line);
                }
            }
            _ => {}
        }
    }

    /// Treats tags of HTML like the marks of Markdown with the same meaning.
    fn html(&mut self, html: &str, first_line: u64) {
        for (lines, piece) in html::pieces(html) {
            let line = first_line + lines;
            match piece {
                HtmlPiece::Text(text) => self.text(&text),
                HtmlPiece::Open(name, address) => match name.as_str() {
                    "a" => self.start_link(&address),
                    "b" | "strong" => self.start_strong(),
                    "i" | "em" => self.start_emphasis(),
                    "br" => self.line_break(),
                    "p" | "div" if self.cell.is_none() && self.details.is_none() => self.start_block(line),
                    "li" => self.start_item(line),
                    "ul" | "ol" => self.start_list(),
                    "table" => self.start_table(),
                    "tr" => self.start_row(line, false),
                    "td" => self.cell = Some(MarkdownCell::default()),
                    "th" => {
                        self.cell = Some(MarkdownCell::default());
                        self.table.iter_mut().for_each(|table| table.is_head = true);
                    }
                    "details" => self.details = Some((ItemDetails::default(), false)),
                    "summary" => self.details.iter_mut().for_each(|(_, open)| *open = true),
                    _ => {}
                },
                HtmlPiece::Close(name) => match name.as_str() {
                    "a" => self.end_link(),
                    "b" | "strong" => self.end_strong(),
                    "i" | "em" => self.end_emphasis(),
                    "p" | "div" if self.cell.is_none() && self.details.is_none() => self.end_block(false),
                    "li" => self.end_item(),
                    "table" => self.table = None,
                    "tr" => self.end_row(),
                    "td" | "th" => self.end_cell(),
                    "summary" => self.details.iter_mut().for_each(|(_, open)| *open = false),
                    "details" => self.end_details(),
                    _ => {}
                },
            }
        }
    }

    fn start_item(&mut self, line: u64) {
        if self.items.len() < MAX_DEPTH {
            self.items.push((line, MarkdownCell::default()));
        }
    }

    fn end_item(&mut self) {
        let Some((line, mut cell)) = self.items.pop() else { return };
        cell.find_addresses();
        if cell.text.trim().is_empty() && cell.links.is_empty() {
            // All of its content was in the list below it.
            return self.end_title();
        }
        if !self.is_of_title(&mut cell) {
            self.end_title();
            self.done(line, of_item(&cell));
        }
    }

    /// The content of a list below an item does not belong to the item, unless it only lists addresses.
    fn start_list(&mut self) {
        let Some((line, cell)) = self.items.last_mut() else { return };
        let (line, mut cell) = (*line, std::mem::take(cell));
        if cell.text.trim().is_empty() && cell.links.is_empty() {
            return;
        }
        self.end_title();
        cell.find_addresses();
        self.title = Some((line, cell));
    }

    fn start_block(&mut self, line: u64) {
        if self.items.is_empty() && self.cell.is_none() {
            self.end_block(false);
            self.block = Some((line, MarkdownCell::default()));
        }
    }

    fn end_block(&mut self, is_heading: bool) {
        let Some((line, mut cell)) = self.block.take() else { return };
        cell.find_addresses();
        if cell.text.trim().is_empty() || (!is_heading && self.is_of_title(&mut cell)) {
            return;
        }
        self.end_title();
        // A heading can also have badges and links to tools.
        if is_heading && !cell.links.iter().any(MarkdownLink::is_paper) {
            cell.links.clear();
        }
        if is_heading || (cell.is_bold() && cell.links.is_empty()) {
            self.title = Some((line, cell));
            return;
        }
        let mut lines = cell.lines();
        let last = lines.pop();
        for (at, cell) in lines.into_iter().enumerate().filter(|(_, cell)| cell.begins_with_title()) {
            self.done(line + at as u64, of_item(&cell));
        }
        self.title = last.filter(MarkdownCell::begins_with_title).map(|cell| (line, cell));
    }

    /// Adds addresses or names to the title above them, if there is nothing else.
    fn is_of_title(&mut self, cell: &mut MarkdownCell) -> bool {
        let Some((_, title)) = self.title.as_mut() else { return false };
        if let Some(names) = cell.names() {
            title.authors.get_or_insert(names);
            return true;
        }
        if !cell.is_labels() {
            return false;
        }
        let at = title.text.len();
        title.links.extend(cell.links.drain(..).map(|link| MarkdownLink { at, ..link }));
        title.details.append(&mut cell.details);
        true
    }

    /// Nothing after this belongs to the title.
    fn end_title(&mut self) {
        if let Some((line, cell)) = self.title.take() {
            self.done(line, of_item(&cell));
        }
    }

    fn start_table(&mut self) {
        self.end_title();
        self.table = Some(OpenTable::default());
    }

    fn start_row(&mut self, line: u64, is_head: bool) {
        if let Some(table) = &mut self.table {
            (table.row, table.line, table.is_head) = (Vec::new(), line, is_head);
        }
    }

    fn end_row(&mut self) {
        let Some(table) = &mut self.table else { return };
        if table.is_head {
            table.columns = table.row.iter().map(|cell| cell.text.trim().to_lowercase()).collect();
            return;
        }
        let (line, read) = (table.line, of_row(&table.columns, &table.row));
        self.done(line, read);
    }

    fn end_cell(&mut self) {
        self.end_details();
        if let (Some(table), Some(mut cell)) = (&mut self.table, self.cell.take()) {
            cell.find_addresses();
            table.row.push(cell);
        }
    }

    fn start_link(&mut self, url: &str) {
        let at = self.open().map_or(0, |cell| cell.text.len());
        self.link = Some(MarkdownLink { url: url.trim().to_string(), label: String::new(), at });
    }

    fn end_link(&mut self) {
        if let (Some(link), Some(cell)) = (self.link.take(), self.open()) {
            cell.links.push(link);
        }
    }

    fn start_strong(&mut self) {
        if let Some(cell) = self.open() {
            cell.strong.get_or_insert(cell.text.len()..usize::MAX);
        }
    }

    fn end_strong(&mut self) {
        if let Some(cell) = self.open() {
            let end = cell.text.len();
            cell.strong.iter_mut().filter(|range| range.end == usize::MAX).for_each(|range| range.end = end);
        }
    }

    fn start_emphasis(&mut self) {
        if let Some(cell) = self.open() {
            cell.emphasis.get_or_insert(cell.text.len()..usize::MAX);
        }
    }

    fn end_emphasis(&mut self) {
        if let Some(cell) = self.open() {
            let end = cell.text.len();
            cell.emphasis.iter_mut().filter(|range| range.end == usize::MAX).for_each(|range| range.end = end);
        }
    }

    fn end_details(&mut self) {
        if let (Some((details, _)), Some(cell)) = (self.details.take(), self.open()) {
            cell.details.push(details);
        }
    }

    fn open(&mut self) -> Option<&mut MarkdownCell> {
        match &mut self.cell {
            Some(cell) => Some(cell),
            None => self.items.last_mut().or(self.block.as_mut()).map(|(_, cell)| cell),
        }
    }

    fn line_break(&mut self) {
        self.text(" ");
        if let Some(cell) = self.open() {
            cell.breaks.push(cell.text.len());
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((details, in_summary)) = &mut self.details {
            let part = if *in_summary { &mut details.summary } else { &mut details.text };
            return part.push_str(text);
        }
        if let Some(link) = &mut self.link {
            link.label.push_str(text);
        }
        if let Some(cell) = self.open() {
            cell.text.push_str(text);
        }
    }

    /// Reads what is still open at the end of the text.
    fn end(&mut self) {
        self.end_block(false);
        while !self.items.is_empty() {
            self.end_item();
        }
        self.end_title();
    }

    fn done(&mut self, line: u64, read: RecordResult) {
        match read {
            Ok(papers) => self.out.extend(papers.into_iter().map(|paper| self.input.paper(line, paper))),
            Err(skipped) if skipped.reason == ProblemReason::NotAPaper && skipped.message.is_empty() => {}
            Err(skipped) => self.out.push(Err(self.input.problem(line, skipped))),
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
        let papers: Vec<SourceItem> = read(text.as_bytes(), SourceInput::new("x.md", Format::Markdown)).collect();
        let lines: Vec<String> = papers
            .iter()
            .map(|item| match item {
                Ok(paper) => format!("{} {} {}", paper.sources[0].line, paper.id.key(), paper.title),
                Err(problem) => problem.to_string(),
            })
            .collect();
        assert_eq!(lines, ["1 arxiv-0704.0001 The First Paper", "6005 doi-10.1000-two The Second Paper"]);
    }

    #[test]
    fn a_title_in_italics_that_looks_like_a_name_is_no_author() {
        let of = |text: &'static str| {
            let item = read(text.as_bytes(), SourceInput::new("x.md", Format::Markdown)).next().unwrap();
            let paper = item.unwrap();
            (paper.title, paper.authors)
        };
        let title = "- (ICLR'22) *Parsing Lamps* | [pdf](https://arxiv.org/pdf/0704.0001)";
        assert_eq!(of(title), ("Parsing Lamps".to_string(), None));
        let authors = "- [Parsing Lamps](https://arxiv.org/abs/0704.0001), *Ana Ruiz*";
        assert_eq!(of(authors), ("Parsing Lamps".to_string(), Some(vec!["Ana Ruiz".to_string()])));
    }

    #[test]
    fn a_line_that_is_not_text_is_reported_with_its_number_and_the_others_are_read() {
        let text = b"- [The First Paper](https://arxiv.org/abs/0704.0001)\n- caf\xe9\n- [The Second Paper](https://arxiv.org/abs/0704.0002)\n";
        let items: Vec<SourceItem> = read(text.as_slice(), SourceInput::new("x.md", Format::Markdown)).collect();
        assert_eq!(items.len(), 3);
        let problem = items.iter().find_map(|item| item.as_ref().err()).unwrap();
        assert_eq!((problem.line, problem.reason), (Some(2), ProblemReason::Malformed));
    }
}
