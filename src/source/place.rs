//! The location of a reader, and its problems with what it leaves out.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Format;
use super::facts::take_back_default_date;
use crate::paper::Paper;

/// What is wrong with a record or an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ProblemReason {
    /// The input as a whole cannot be read, or has no known format.
    Input,
    /// The input is not there, or may not be read.
    NotOpened,
    /// The record breaks the rules of its format.
    Malformed,
    /// The record has no title.
    Untitled,
    /// The record is larger or deeper than any paper's.
    TooLarge,
    /// The input is cut off, or cannot be unpacked further.
    CutOff,
    /// Text of a listing that belongs to no paper.
    Unused,
    /// The source has withdrawn the paper.
    Deleted,
    /// A field of the record cannot be read; the paper is read without it.
    Field,
    /// The record is not about a paper: front matter, a journal, a dataset without a paper.
    NotAPaper,
}

impl ProblemReason {
    /// The reason in words, for summaries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "not readable",
            Self::NotOpened => "not opened",
            Self::Malformed => "malformed",
            Self::Untitled => "without a title",
            Self::TooLarge => "too large",
            Self::CutOff => "cut off",
            Self::Unused => "not part of a paper",
            Self::Deleted => "deleted",
            Self::Field => "with a field left out",
            Self::NotAPaper => "not a paper",
        }
    }

    /// Whether the record with the problem is still read.
    pub fn keeps_record(self) -> bool {
        self == Self::Field
    }

    /// Whether sound inputs have such records: they are counted and not reported one by one.
    pub fn is_expected(self) -> bool {
        matches!(self, Self::Deleted | Self::NotAPaper)
    }
}

impl fmt::Display for ProblemReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Something in an input that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadProblem {
    /// Name of the file.
    pub file: String,
    /// Line number from 1, as [`SourceLocation::line`](crate::paper::SourceLocation::line); `None` for the whole input.
    pub line: Option<u64>,
    /// The kind of the problem, for counting.
    pub reason: ProblemReason,
    /// The problem, in words.
    pub message: String,
}

impl ReadProblem {
    /// A problem with a whole input.
    pub fn of_input(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: None, reason: ProblemReason::Input, message: message.into() }
    }
}

impl fmt::Display for ReadProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for ReadProblem {}

/// What a reader yields: papers and problems in the order of the input.
pub(super) type SourceItem = Result<Paper, ReadProblem>;

/// The input that a reader reads.
#[derive(Clone)]
pub(super) struct SourceInput {
    file: Arc<str>,
    format: Format,
}

impl SourceInput {
    pub(super) fn new(file: &str, format: Format) -> Self {
        Self { file: file.into(), format }
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// The paper, with this location as the place where it was read.
    pub(super) fn paper(&self, line: u64, mut paper: Paper) -> SourceItem {
        take_back_default_date(&mut paper);
        Ok(paper.read_from(&self.file, line, self.format))
    }

    /// A problem of an input that is a single paper.
    pub(super) fn problem_of_whole(&self, skipped: SkippedRecord) -> ReadProblem {
        ReadProblem { file: self.file.to_string(), line: None, reason: skipped.reason, message: skipped.message }
    }

    pub(super) fn problem(&self, line: u64, skipped: SkippedRecord) -> ReadProblem {
        ReadProblem { file: self.file.to_string(), line: Some(line), reason: skipped.reason, message: skipped.message }
    }
}

/// Why a record contains no paper.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SkippedRecord {
    pub reason: ProblemReason,
    pub message: String,
}

impl SkippedRecord {
    pub(super) fn new(reason: ProblemReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }

    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self::new(ProblemReason::Malformed, message)
    }

    pub(super) fn untitled() -> Self {
        Self::new(ProblemReason::Untitled, "the title is empty")
    }

    pub(super) fn not_a_paper(message: impl Into<String>) -> Self {
        Self::new(ProblemReason::NotAPaper, message)
    }

    /// A PDF whose pages are pictures.
    pub(super) fn not_text(pages: usize) -> Self {
        let pages =
            if pages == 1 { "its page is a picture".to_string() } else { format!("its {pages} pages are pictures") };
        Self::new(
            ProblemReason::Malformed,
            format!("is a PDF without text: {pages}; add text with OCR, as in `ocrmypdf FILE OUT`"),
        )
    }

    pub(super) fn cut_off(message: impl Into<String>) -> Self {
        Self::new(ProblemReason::CutOff, message)
    }
}

/// One record of an input, as cut out by its framing.
pub(super) struct FramedRecord<T> {
    pub line: u64,
    pub record: T,
}

/// The result of one record: most contain one paper, a results table contains many.
pub(super) type RecordResult = Result<Vec<Paper>, SkippedRecord>;

/// The papers of a stream of records.
pub(super) fn papers<T, F>(
    place: SourceInput,
    frames: impl Iterator<Item = Result<FramedRecord<T>, ReadProblem>>,
    mut read: F,
) -> impl Iterator<Item = SourceItem>
where
    F: FnMut(T) -> RecordResult,
{
    frames.flat_map(move |frame| match frame {
        Ok(FramedRecord { line, record }) => match read(record) {
            Ok(papers) => papers.into_iter().map(|paper| place.paper(line, paper)).collect(),
            Err(skipped) => vec![Err(place.problem(line, skipped))],
        },
        Err(problem) => vec![Err(problem)],
    })
}
