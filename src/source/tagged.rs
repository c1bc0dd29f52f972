//! References as lines with a tag and a value, as in RIS, the MEDLINE format, EndNote's tagged text and Web of Science's
//! plain text: the common part of their readers.

use std::collections::VecDeque;
use std::io::BufRead;
use std::marker::PhantomData;

use super::ReadProblem;
use super::lines::{InputLines, MAX_LINE_BYTES};
use super::place::{FramedRecord, Reason, RecordResult, SkippedRecord, SourceInput, SourceItem};

/// Tags of a reference with their values, in the order of the file.
pub(super) type TagValues = Vec<(String, String)>;

/// The values of a tag that are not empty.
pub(super) fn values_of<'s>(statements: &'s [(String, String)], tag: &'static str) -> impl Iterator<Item = &'s str> {
    statements.iter().filter(move |(t, value)| t == tag && !value.is_empty()).map(|(_, value)| value.as_str())
}

/// The rules of one format for its lines.
pub(super) trait TaggedFormat {
    /// Reads one line.
    fn line(reference: &mut TaggedReference, frame: FramedRecord<String>);
    /// Ends the last reference at the end of the input.
    fn end_of_input(reference: &mut TaggedReference);
    /// The paper of a whole reference.
    fn paper(statements: &[(String, String)]) -> RecordResult;
}

/// The current reference, and the results before it.
pub(super) struct TaggedReference {
    place: SourceInput,
    /// Line of its first statement, and its statements.
    begun: Option<(u64, TagValues)>,
    /// Total size of its lines.
    pub bytes: usize,
    ready: VecDeque<SourceItem>,
}

impl TaggedReference {
    pub(super) fn begin(&mut self, line: u64, tag: &str, value: &str) {
        self.begun = Some((line, vec![(tag.to_string(), value.to_string())]));
    }

    /// The statements so far; `None` outside of a reference.
    pub(super) fn statements(&mut self) -> Option<&mut TagValues> {
        self.begun.as_mut().map(|(_, statements)| statements)
    }

    /// Adds a line that continues the last statement.
    pub(super) fn go_on(&mut self, line: &str) {
        if let Some((_, last)) = self.statements().and_then(|statements| statements.last_mut()) {
            last.push(' ');
            last.push_str(line.trim());
        }
    }

    pub(super) fn report(&mut self, line: u64, skipped: SkippedRecord) {
        self.ready.push_back(Err(self.place.problem(line, skipped)));
    }

    /// Ends a reference that has too many bytes or statements, and reports it with `message`.
    pub(super) fn end_if_too_large<F: TaggedFormat>(&mut self, most_statements: usize, message: &str) {
        let statements = self.statements().map_or(0, |statements| statements.len());
        if self.bytes > MAX_LINE_BYTES || statements > most_statements {
            self.end::<F>(Some(SkippedRecord::new(Reason::TooLarge, message)));
        }
    }

    /// Ends the reference, if there is one. `fault` is a problem with it.
    pub(super) fn end<F: TaggedFormat>(&mut self, fault: Option<SkippedRecord>) {
        self.bytes = 0;
        let Some((line, statements)) = self.begun.take() else { return };
        let paper = match fault {
            Some(fault) if fault.reason == Reason::TooLarge => Err(fault),
            fault => F::paper(&statements).map_err(|skipped| fault.unwrap_or(skipped)),
        };
        match paper {
            Ok(papers) => self.ready.extend(papers.into_iter().map(|paper| self.place.paper(line, paper))),
            Err(skipped) => self.report(line, skipped),
        }
    }
}

pub(super) fn read<F: TaggedFormat>(reader: impl BufRead, place: SourceInput) -> impl Iterator<Item = SourceItem> {
    let lines = InputLines::new(reader, place.clone());
    let reference = TaggedReference { place, begun: None, bytes: 0, ready: VecDeque::new() };
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
                None if self.reference.begun.is_some() => F::end_of_input(&mut self.reference),
                None => return None,
            }
        }
        self.reference.ready.pop_front()
    }
}
