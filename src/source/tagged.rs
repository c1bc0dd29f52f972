//! References as lines with a tag and a value, as in RIS, the MEDLINE format, EndNote's tagged text and Web of
//! Science's plain text: the common part of their readers.

use std::collections::VecDeque;
use std::io::BufRead;
use std::marker::PhantomData;

use super::ReadProblem;
use super::lines::{InputLines, MAX_LINE_BYTES};
use super::place::{FramedRecord, ProblemReason, RecordResult, SkippedRecord, SourceInput, SourceItem};

/// Tags of a reference with their values, in the order of the file.
pub(super) type TagValues = Vec<(String, String)>;

/// The values of a tag that are not empty.
pub(super) fn values_of<'s>(statements: &'s [(String, String)], tag: &'static str) -> impl Iterator<Item = &'s str> {
    statements.iter().filter(move |(t, value)| t == tag && !value.is_empty()).map(|(_, value)| value.as_str())
}

/// The rules of one format for its lines.
pub(super) trait TaggedFormat {
    /// Largest number of statements in one reference; no reference has more.
    const MOST_STATEMENTS: usize = 50_000;
    /// Reads one line.
    fn line(reference: &mut TaggedReference, frame: FramedRecord<String>);
    /// Ends the last reference at the end of the input.
    fn end_of_input(reference: &mut TaggedReference);
    /// The paper of a whole reference.
    fn paper(statements: &[(String, String)]) -> RecordResult;
}

/// The current reference, and the results before it.
pub(super) struct TaggedReference {
    input: SourceInput,
    /// Line of its first statement, and its statements.
    open: Option<(u64, TagValues)>,
    /// Total size of its lines.
    pub bytes: usize,
    ready: VecDeque<SourceItem>,
}

impl TaggedReference {
    pub(super) fn begin(&mut self, line: u64, tag: &str, value: &str) {
        self.open = Some((line, vec![(tag.to_string(), value.to_string())]));
    }

    /// The statements so far; `None` outside of a reference.
    pub(super) fn statements(&mut self) -> Option<&mut TagValues> {
        self.open.as_mut().map(|(_, statements)| statements)
    }

    /// Adds a line that continues the last statement.
    pub(super) fn go_on(&mut self, line: &str) {
        if let Some((_, last)) = self.statements().and_then(|statements| statements.last_mut()) {
            last.push(' ');
            last.push_str(line.trim());
        }
    }

    pub(super) fn report(&mut self, line: u64, skipped: SkippedRecord) {
        self.ready.push_back(Err(self.input.problem(line, skipped)));
    }

    /// Ends a reference that has too many bytes or statements, and reports it. `line` is the last line that was read;
    /// it locates lines that are in no reference.
    pub(super) fn end_if_too_large<F: TaggedFormat>(&mut self, line: u64) {
        let statements = self.statements().map(|statements| statements.len());
        if self.bytes <= MAX_LINE_BYTES && statements.is_none_or(|count| count <= F::MOST_STATEMENTS) {
            return;
        }
        let skipped = SkippedRecord::new(ProblemReason::TooLarge, "the record is larger than any paper's");
        if statements.is_some() {
            self.end::<F>(Some(skipped));
        } else {
            self.bytes = 0;
            self.report(line, skipped);
        }
    }

    /// Ends the reference, if there is one. `fault` is a problem with it.
    pub(super) fn end<F: TaggedFormat>(&mut self, fault: Option<SkippedRecord>) {
        self.bytes = 0;
        let Some((line, statements)) = self.open.take() else { return };
        let paper = match fault {
            Some(fault) if fault.reason == ProblemReason::TooLarge => Err(fault),
            fault => F::paper(&statements).map_err(|skipped| fault.unwrap_or(skipped)),
        };
        match paper {
            Ok(papers) => self.ready.extend(papers.into_iter().map(|paper| self.input.paper(line, paper))),
            Err(skipped) => self.report(line, skipped),
        }
    }
}

pub(super) fn read<F: TaggedFormat>(reader: impl BufRead, place: SourceInput) -> impl Iterator<Item = SourceItem> {
    let lines = InputLines::new(reader, place.clone());
    let reference = TaggedReference { input: place, open: None, bytes: 0, ready: VecDeque::new() };
    TaggedReferences { lines, reference, format: PhantomData::<F> }
}

struct TaggedReferences<L, F> {
    lines: L,
    reference: TaggedReference,
    format: PhantomData<F>,
}

impl<L: Iterator<Item = Result<FramedRecord<String>, ReadProblem>>, F: TaggedFormat> Iterator
    for TaggedReferences<L, F>
{
    type Item = SourceItem;

    fn next(&mut self) -> Option<SourceItem> {
        while self.reference.ready.is_empty() {
            match self.lines.next() {
                Some(Ok(frame)) => F::line(&mut self.reference, frame),
                Some(Err(problem)) => self.reference.ready.push_back(Err(problem)),
                None if self.reference.open.is_some() => F::end_of_input(&mut self.reference),
                None => return None,
            }
        }
        self.reference.ready.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{enw, nbib, ris, wos};
    use super::*;
    use crate::source::Format;

    fn all(format: Format, text: &str) -> Vec<SourceItem> {
        let (lines, place) = (text.as_bytes(), SourceInput::new("x", format));
        match format {
            Format::Enw => enw::read(lines, place).collect(),
            Format::Nbib => nbib::read(lines, place).collect(),
            Format::Wos => wos::read(lines, place).collect(),
            _ => ris::read(lines, place).collect(),
        }
    }

    /// The places at which a record or lines outside of records are too large, and the titles.
    fn read(format: Format, text: &str) -> (Vec<String>, Vec<String>) {
        let (mut large, mut titles) = (Vec::new(), Vec::new());
        for item in all(format, text) {
            match item {
                Ok(paper) => titles.push(paper.title),
                Err(problem) if problem.reason == ProblemReason::TooLarge => large.push(problem.to_string()),
                Err(_) => {}
            }
        }
        (large, titles)
    }

    #[test]
    fn what_is_too_large_is_reported_and_the_next_record_is_read() {
        let outside = format!("{}\n", "x".repeat(MAX_LINE_BYTES / 2)).repeat(3);
        for (format, start, statement, end) in [
            (Format::Ris, "TY  - JOUR\nTI  - Lamps\n", "KW  - a\n", "ER  - \n"),
            (Format::Nbib, "PMID- 1\nTI  - Lamps\n", "OT  - a\n", ""),
            (Format::Enw, "%0 Thesis\n%T Lamps\n", "%K a\n", ""),
            (Format::Wos, "PT J\nTI Lamps\n", "DE a\n", "ER\n"),
        ] {
            let many = statement.repeat(50_001);
            let (large, titles) = read(format, &format!("{start}{many}{end}{start}{end}"));
            assert_eq!((large.len(), titles.as_slice()), (1, &["Lamps".to_string()][..]), "{format}");
            assert!(large[0].starts_with("x:1: the record is larger"), "{large:?}");
            let (large, titles) = read(format, &format!("{outside}{start}{end}"));
            assert_eq!((large.len(), titles.len()), (1, 1), "{format}: {large:?}");
        }
    }
}
