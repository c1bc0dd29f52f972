//! The output of `kg extract --each`: one extraction record a line, used unchanged.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use super::compressed::{self, Stream};
use super::place::ProblemReason;
use super::{Input, ReadProblem, cannot_open};
use crate::extract::Extraction;

/// A line longer than this is refused instead of read into memory.
const MAX_LINE_BYTES: u64 = 64 * 1024 * 1024;

/// The extractions of an input; `name` is its name in extractions and problems.
///
/// # Errors
/// If the input cannot be opened. Anything after that is an item of the stream.
pub(crate) fn read_extracted(
    input: &Input,
    name: &str,
) -> Result<impl Iterator<Item = Result<Extraction, ReadProblem>> + use<>, ReadProblem> {
    let file = name.to_string();
    let fail = |message: String| ReadProblem::of_input(file.as_str(), message);
    let stream: Stream = match input {
        Input::Stdin => Box::new(BufReader::new(std::io::stdin())),
        Input::File(path) | Input::Pipe(path) => {
            Box::new(BufReader::new(File::open(path).map_err(|e| cannot_open(name, &e))?))
        }
    };
    let (_, stream) = compressed::open(stream).map_err(fail)?;
    Ok(ExtractionLines { stream, file, line: 0, ended: false })
}

struct ExtractionLines {
    stream: Stream,
    file: String,
    line: u64,
    ended: bool,
}

impl Iterator for ExtractionLines {
    type Item = Result<Extraction, ReadProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let mut line = Vec::new();
            self.line += 1;
            match (&mut self.stream).take(MAX_LINE_BYTES).read_until(b'\n', &mut line) {
                Ok(0) => self.ended = true,
                Ok(n) if n as u64 == MAX_LINE_BYTES && !line.ends_with(b"\n") => {
                    self.ended = true;
                    return Some(Err(self.problem(ProblemReason::TooLarge, "the line is too long for an extraction")));
                }
                Ok(_) if line.iter().all(u8::is_ascii_whitespace) => {}
                Ok(_) => return Some(self.extraction(&line)),
                Err(e) => {
                    self.ended = true;
                    return Some(Err(self.problem(ProblemReason::CutOff, compressed::unreadable(&e))));
                }
            }
        }
        None
    }
}

impl ExtractionLines {
    fn extraction(&self, line: &[u8]) -> Result<Extraction, ReadProblem> {
        let extraction: Extraction = serde_json::from_slice(line).map_err(|e| {
            let message = format!("not what `kg extract` prints: {e}; without --extracted it is read as a paper");
            self.problem(ProblemReason::Malformed, message)
        })?;
        let paper = match extraction.paper.sources.is_empty() {
            true => extraction.paper.read_from(&self.file, self.line, "jsonl"),
            false => extraction.paper,
        };
        Ok(Extraction { paper, ..extraction })
    }

    fn problem(&self, reason: ProblemReason, message: impl Into<String>) -> ReadProblem {
        ReadProblem { file: self.file.clone(), line: Some(self.line), reason, message: message.into() }
    }
}
