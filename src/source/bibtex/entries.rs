//! Cuts a bibliography into its entries.

use std::collections::VecDeque;

use super::super::place::{FramedRecord, ProblemReason, ReadProblem, SkippedRecord, SourceInput};

/// A longer or deeper entry is not a paper's.
const MAX_ENTRY_BYTES: usize = 1024 * 1024;
const MAX_DEPTH: u32 = 60;

/// One entry as written.
pub(super) struct RawEntry {
    /// In lower case: `article`.
    pub kind: String,
    pub text: String,
}

/// The entries of a stream of lines. Text between entries is a comment.
pub(super) struct BibtexEntries<L> {
    lines: L,
    input: SourceInput,
    /// The part of the last line after an entry.
    rest: Option<FramedRecord<String>>,
    open: Option<OpenEntry>,
    /// Found, but not returned yet.
    ready: VecDeque<Result<FramedRecord<RawEntry>, ReadProblem>>,
    ended: bool,
}

/// An entry that is being read.
struct OpenEntry {
    line: u64,
    kind: String,
    text: String,
    depth: u32,
    deepest: u32,
    /// Whether the entry is in parentheses.
    round: bool,
    /// Number of open braces in a value in quotation marks.
    quoted: Option<u32>,
    /// Whether a value may begin, after `=` or `#`.
    before_value: bool,
    too_large: bool,
}

/// The kind of the entry that begins with this line.
pub(super) fn begins(line: &str) -> Option<String> {
    let rest = line.strip_prefix('@')?;
    let (kind, _) = rest.split_once(['{', '('])?;
    let kind = kind.trim();
    is_word(kind).then(|| kind.to_ascii_lowercase())
}

fn is_word(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
}

impl<L> BibtexEntries<L> {
    pub(super) fn new(lines: L, place: SourceInput) -> Self {
        Self { lines, input: place, rest: None, open: None, ready: VecDeque::new(), ended: false }
    }

    /// Reports that the current entry has no end.
    fn give_up(&mut self) {
        if let Some(begun) = self.open.take().filter(|begun| begun.kind != "comment") {
            let skipped = SkippedRecord::cut_off("not BibTeX: the entry has no end");
            self.ready.push_back(Err(self.input.problem(begun.line, skipped)));
        }
    }

    fn line(&mut self, FramedRecord { line, record }: FramedRecord<String>) {
        let trimmed = record.trim_start();
        // A line that looks like the beginning of an entry is one, even if a brace before it was forgotten.
        if let Some(kind) = begins(trimmed) {
            self.give_up();
            let round = trimmed.find('(').unwrap_or(usize::MAX) < trimmed.find('{').unwrap_or(usize::MAX);
            self.open = Some(OpenEntry {
                line,
                kind,
                text: String::new(),
                depth: 0,
                deepest: 0,
                round,
                quoted: None,
                before_value: false,
                too_large: false,
            });
        }
        let Some(end) = self.open.as_mut().and_then(|begun| begun.take(&record)) else { return };
        let rest = record.get(end..).unwrap_or_default();
        // After the end of an entry, another may begin on the same line.
        if let Some(at) = rest.find('@') {
            self.rest = Some(FramedRecord { line, record: rest.get(at..).unwrap_or_default().to_string() });
        }
        let Some(begun) = self.open.take() else { return };
        if begun.too_large || begun.deepest > MAX_DEPTH {
            let skipped =
                SkippedRecord::new(ProblemReason::TooLarge, "the entry is larger or nested deeper than any paper's");
            self.ready.push_back(Err(self.input.problem(begun.line, skipped)));
        } else if !matches!(begun.kind.as_str(), "comment" | "preamble") {
            let text = if begun.round { with_braces(&begun.text) } else { begun.text };
            let record = RawEntry { kind: begun.kind, text };
            self.ready.push_back(Ok(FramedRecord { line: begun.line, record }));
        }
    }
}

/// An entry in parentheses, which few tools write and few read, converted to braces.
fn with_braces(text: &str) -> String {
    match (text.find('('), text.rfind(')')) {
        (Some(from), Some(to)) if from < to => format!("{}{{{}}}", &text[..from], &text[from + 1..to]),
        _ => text.to_string(),
    }
}

impl OpenEntry {
    /// Reads a line of the entry; returns the position at which the entry ends.
    fn take(&mut self, line: &str) -> Option<usize> {
        for (at, byte) in line.bytes().enumerate() {
            if self.quoted.is_some() {
                self.quotation(byte, line.get(at + 1..).unwrap_or_default());
                continue;
            }
            let begins_value = self.before_value && self.depth == 1;
            self.before_value = matches!(byte, b'=' | b'#') || (self.before_value && byte.is_ascii_whitespace());
            match byte {
                b'"' if begins_value => self.quoted = Some(0),
                b'{' => self.depth += 1,
                b'(' if self.round && self.depth == 0 => self.depth = 1,
                b'}' | b')' if self.depth > 0 && (byte == b'}' || (self.round && self.depth == 1)) => self.depth -= 1,
                _ => continue,
            }
            self.deepest = self.deepest.max(self.depth);
            if self.depth == 0 {
                self.keep(line.get(..=at).unwrap_or_default());
                return Some(at + 1);
            }
        }
        self.keep(line);
        None
    }

    /// Reads a byte of a value in quotation marks. Braces in it do not end the entry, balanced or not.
    fn quotation(&mut self, byte: u8, rest: &str) {
        let Some(open) = self.quoted else { return };
        self.deepest = self.deepest.max(self.depth + open);
        self.quoted = match byte {
            b'{' => Some(open + 1),
            b'}' => Some(open.saturating_sub(1)),
            b'"' if open == 0 || rest.trim() == "," => None,
            _ => Some(open),
        };
    }

    fn keep(&mut self, text: &str) {
        self.too_large |= self.text.len() + text.len() > MAX_ENTRY_BYTES;
        if self.too_large {
            self.text = String::new();
        } else {
            self.text.push_str(text);
            self.text.push('\n');
        }
    }
}

impl<L: Iterator<Item = Result<FramedRecord<String>, ReadProblem>>> Iterator for BibtexEntries<L> {
    type Item = Result<FramedRecord<RawEntry>, ReadProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.ready.is_empty() && !self.ended {
            let line = self.rest.take().map(Ok).or_else(|| self.lines.next());
            match line {
                Some(Ok(line)) => self.line(line),
                Some(Err(problem)) => self.ready.push_back(Err(problem)),
                None => {
                    self.ended = true;
                    self.give_up();
                }
            }
        }
        self.ready.pop_front()
    }
}
