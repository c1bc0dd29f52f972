//! Cuts Markdown where nothing is open, so that a list of any length is parsed in pieces: before a paragraph at the
//! margin or, if there is none for long, before an item or a row, with the head of its table repeated.

use super::super::place::{FramedRecord, ProblemReason, ReadProblem, SkippedRecord, SourceInput};

/// Length of a piece, which continues to the next good place; most lists are one piece.
const PIECE: usize = 1024 * 1024;
/// From this length on, an item or a row is good enough.
const LONG: usize = 2 * PIECE;
/// Code or a paragraph of this size is not a list.
const TOO_LONG: usize = 16 * PIECE;

/// A longer line is not the head of a table.
const MAX_HEAD: usize = 10_000;

/// The pieces of a text, each with the number of its first line. A line that cannot be read is a problem, and counts as
/// blank.
pub(super) struct MarkdownPieces<L> {
    lines: L,
    input: SourceInput,
    piece: String,
    /// Number of the first line of the piece, and of the last line read.
    first: u64,
    line: u64,
    /// The line that opened a block of code.
    fence: Option<CodeFence>,
    /// The two lines at the head of the open table.
    head: Option<(String, String)>,
    /// The last line; empty if it was blank.
    before: String,
    /// Whether the piece has become too long, so that the rest of it is skipped.
    dropped: bool,
    ready: Vec<Result<FramedRecord<String>, ReadProblem>>,
    ended: bool,
}

#[derive(Clone, Copy)]
struct CodeFence {
    mark: char,
    length: usize,
}

impl<L: Iterator<Item = Result<FramedRecord<String>, ReadProblem>>> MarkdownPieces<L> {
    pub(super) fn new(lines: L, place: SourceInput) -> Self {
        Self {
            lines,
            input: place,
            piece: String::new(),
            first: 1,
            line: 0,
            fence: None,
            head: None,
            before: String::new(),
            dropped: false,
            ready: Vec::new(),
            ended: false,
        }
    }

    fn line(&mut self, text: &str) {
        self.line += 1;
        let blank = text.trim().is_empty();
        if self.fence.is_none() && !blank {
            self.cut_before(text);
        }
        if self.piece.len() + text.len() > TOO_LONG {
            self.too_long();
        }
        if !self.dropped {
            self.piece.push_str(text);
            self.piece.push('\n');
        }
        self.fence = fence_after(self.fence, text);
        if blank {
            self.head = None;
        } else if self.head.is_none() && self.fence.is_none() && is_rule(text) && self.before.contains('|') {
            self.head = Some((std::mem::take(&mut self.before), text.to_string()));
        }
        self.before.clear();
        if !blank && text.len() <= MAX_HEAD {
            self.before.push_str(text);
        }
    }

    fn cut_before(&mut self, text: &str) {
        let at_margin = !text.starts_with([' ', '\t']);
        let length = self.piece.len();
        if !at_margin || (length < PIECE && !self.dropped) {
            return;
        }
        let paragraph = self.before.is_empty() && (self.dropped || self.piece.ends_with("\n\n"));
        let long = length >= LONG && self.head.is_none();
        if paragraph || ((self.dropped || long) && is_item(text)) {
            self.end_piece();
        } else if length >= LONG
            && let Some((names, rule)) = self.head.clone()
        {
            self.end_piece();
            self.piece = format!("{names}\n{rule}\n");
            self.first = self.line.saturating_sub(2);
        }
    }

    fn end_piece(&mut self) {
        let record = std::mem::take(&mut self.piece);
        if !record.is_empty() {
            self.ready.push(Ok(FramedRecord { line: self.first, record }));
        }
        self.first = self.line;
        self.dropped = false;
    }

    /// Skips a piece without an end, and continues where an item begins.
    fn too_long(&mut self) {
        if !self.dropped {
            let message = format!("{} MiB without the end of a block; they are left out", TOO_LONG >> 20);
            self.ready.push(Err(self.input.problem(self.first, SkippedRecord::new(ProblemReason::TooLarge, message))));
        }
        self.piece = String::new();
        self.dropped = true;
        self.head = None;
    }
}

impl<L: Iterator<Item = Result<FramedRecord<String>, ReadProblem>>> Iterator for MarkdownPieces<L> {
    type Item = Result<FramedRecord<String>, ReadProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.ended {
            match self.lines.next() {
                Some(Ok(frame)) => self.line(&frame.record),
                Some(Err(problem)) => {
                    self.line("");
                    self.ready.push(Err(problem));
                }
                None => {
                    self.ended = true;
                    self.end_piece();
                }
            }
        }
        if self.ready.is_empty() { None } else { Some(self.ready.remove(0)) }
    }
}

/// The block of code that is open after a line.
fn fence_after(open: Option<CodeFence>, line: &str) -> Option<CodeFence> {
    let text = line.trim_start();
    let mark = text.chars().next().filter(|mark| ['`', '~'].contains(mark));
    let length = text.chars().take_while(|c| Some(*c) == mark).count();
    let rest = text.get(length..).unwrap_or_default();
    match (open, mark) {
        (None, Some(mark)) if length >= 3 && !(mark == '`' && rest.contains('`')) => Some(CodeFence { mark, length }),
        (Some(fence), Some(mark)) if mark == fence.mark && length >= fence.length && rest.trim().is_empty() => None,
        _ => open,
    }
}

/// `|:---|---|`, below the names of the columns.
fn is_rule(line: &str) -> bool {
    line.contains('-') && line.contains('|') && line.chars().all(|c| "|:- \t".contains(c))
}

fn is_item(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let marks: &[char] = if rest.len() < line.len() { &['.', ')'] } else { &['-', '*', '+'] };
    rest.strip_prefix(marks).is_some_and(|rest| rest.starts_with([' ', '\t']))
}

#[cfg(test)]
mod tests {
    use super::super::super::Format;
    use super::super::super::lines::InputLines;
    use super::*;

    fn pieces(text: String) -> Vec<Result<FramedRecord<String>, ReadProblem>> {
        let place = SourceInput::new("x.md", Format::Markdown);
        MarkdownPieces::new(InputLines::new(std::io::Cursor::new(text), place.clone()), place).collect()
    }

    /// The lines on which pieces begin.
    fn begins(text: String) -> Vec<u64> {
        pieces(text).iter().map(|piece| piece.as_ref().unwrap().line).collect()
    }

    #[test]
    fn a_short_text_is_one_piece() {
        let text = "# A\n\n- b\n\nc\n";
        let found = pieces(text.to_string());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].as_ref().unwrap().record, text);
    }

    #[test]
    fn a_long_text_is_cut_between_paragraphs_and_not_in_code() {
        let line = "x".repeat(1023);
        let paragraph = format!("{line}\n").repeat(600) + "\n";
        // A blank line is not a place to cut inside code, nor before a text that belongs to an item.
        let text = format!("{paragraph}```\n{paragraph}{paragraph}```\n\n    {paragraph}- a\n");
        assert_eq!(begins(text), [1, 2408]);
    }

    #[test]
    fn a_list_or_a_table_without_blank_lines_is_cut_before_items_and_rows() {
        let item = format!("- {}\n  more\n", "x".repeat(1015));
        assert_eq!(begins(item.repeat(5000)), [1, 4095, 8189]);
        let row = format!("| {} | b |\n", "x".repeat(1015));
        let found = pieces(format!("| Paper | Code |\n|---|:-:|\n{}", row.repeat(5000)));
        let beginnings: Vec<(u64, bool)> = found
            .iter()
            .map(|piece| {
                let FramedRecord { line, record } = piece.as_ref().unwrap();
                (*line, record.starts_with("| Paper | Code |\n|---|:-:|\n| xxx"))
            })
            .collect();
        assert_eq!(beginnings.len(), 3);
        assert!(beginnings.iter().all(|(_, headed)| *headed), "{beginnings:?}");
        // Each row has its own line number, although the head is repeated before it.
        let rows: u64 = found.iter().map(|piece| piece.as_ref().unwrap().record.lines().count() as u64 - 2).sum();
        assert_eq!((rows, beginnings[0].0), (5000, 1));
        let first_rows = found[0].as_ref().unwrap().record.lines().count() as u64;
        assert_eq!(beginnings[1].0, first_rows + 1 - 2);
    }

    #[test]
    fn what_has_no_end_is_reported_and_the_next_item_is_read() {
        let code = format!("{}\n", "x".repeat(1023)).repeat(17 * 1024);
        let found = pieces(format!("```\n{code}```\n- an item\n"));
        let lines: Vec<String> = found
            .iter()
            .map(|piece| match piece {
                Ok(frame) => format!("{}: {}", frame.line, frame.record.trim()),
                Err(problem) => problem.to_string(),
            })
            .collect();
        assert_eq!(lines, ["x.md:1: 16 MiB without the end of a block; they are left out", "17411: - an item"]);
    }
}
