//! Reads text line by line, in memory that no input can exceed.

use std::io::{BufRead, BufReader, Read};

use super::compressed::{Stream, unreadable};
use super::place::{FramedRecord, ProblemReason, ReadProblem, SkippedRecord, SourceInput};

/// Length limit of a line; longer ones are skipped. No paper's record is longer.
pub(super) const MAX_LINE_BYTES: usize = 16 * 1024 * 1024;

/// The lines of a stream, without their ends, each with its number. A line that is too long or not UTF-8 is a problem.
pub(super) struct InputLines<R> {
    reader: R,
    input: SourceInput,
    line: u64,
    ended: bool,
}

impl<R: BufRead> InputLines<R> {
    pub(super) fn new(reader: R, place: SourceInput) -> Self {
        Self { reader, input: place, line: 0, ended: false }
    }

    fn problem(&self, skipped: SkippedRecord) -> ReadProblem {
        self.input.problem(self.line, skipped)
    }

    /// Skips the rest of a line that was too long.
    fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            if let Some(end) = memchr::memchr(b'\n', buffer) {
                self.reader.consume(end + 1);
                return Ok(());
            }
            let length = buffer.len();
            self.reader.consume(length);
        }
    }

    fn failed(&mut self, e: &std::io::Error) -> ReadProblem {
        self.ended = true;
        self.problem(SkippedRecord::cut_off(unreadable(e)))
    }
}

impl<R: BufRead> Iterator for InputLines<R> {
    type Item = Result<FramedRecord<String>, ReadProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let mut line = Vec::new();
        self.line += 1;
        match (&mut self.reader).take(MAX_LINE_BYTES as u64).read_until(b'\n', &mut line) {
            Ok(0) => {
                self.ended = true;
                None
            }
            Ok(MAX_LINE_BYTES) if line.last() != Some(&b'\n') => match self.skip_line() {
                Ok(()) => {
                    let message = format!("the line is longer than {} MiB", MAX_LINE_BYTES >> 20);
                    Some(Err(self.problem(SkippedRecord::new(ProblemReason::TooLarge, message))))
                }
                Err(e) => Some(Err(self.failed(&e))),
            },
            Ok(_) => {
                if self.line == 1 && line.starts_with(b"\xef\xbb\xbf") {
                    line.drain(..3);
                }
                let record = utf8_line(line).map_err(|message| self.problem(SkippedRecord::malformed(message)));
                Some(record.map(|record| FramedRecord { line: self.line, record }))
            }
            Err(e) => Some(Err(self.failed(&e))),
        }
    }
}

/// The stream with a line feed at the end of each line, if its lines end with a return alone, as old programs write
/// them. A return means nothing else in any format.
pub(super) fn with_line_feeds(mut head: Vec<u8>, stream: Stream) -> (Vec<u8>, Stream) {
    if head.contains(&b'\n') || !head.contains(&b'\r') {
        return (head, stream);
    }
    feed(&mut head);
    (head, Box::new(BufReader::new(LineFeeds(stream))))
}

struct LineFeeds(Stream);

impl Read for LineFeeds {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.0.read(out)?;
        feed(out.get_mut(..read).unwrap_or_default());
        Ok(read)
    }
}

fn feed(bytes: &mut [u8]) {
    bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
}

/// A line without its end, or the problem with it.
fn utf8_line(mut line: Vec<u8>) -> Result<String, String> {
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    // Some programs write the return twice.
    while line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map_err(|e| {
        format!(
            "not UTF-8 (byte {} of the line); convert the file, for example with `iconv -t UTF-8`",
            e.utf8_error().valid_up_to() + 1
        )
    })
}
