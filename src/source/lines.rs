//! Text read line by line, in memory that no input can make grow.

use std::io::{BufRead, Read};

use super::compressed::unreadable;
use super::place::{Frame, Place, Problem, Reason, Skipped};

/// A line longer than this is passed over instead of read into memory: no paper's record is.
pub(super) const MAX_LINE_BYTES: usize = 16 * 1024 * 1024;

/// The lines of a stream, without their ends; each knows its number. A line that is too long or not UTF-8 is a problem.
pub(super) struct Lines<R> {
    reader: R,
    place: Place,
    line: u64,
    ended: bool,
}

impl<R: BufRead> Lines<R> {
    pub fn new(reader: R, place: Place) -> Self {
        Self { reader, place, line: 0, ended: false }
    }

    fn problem(&self, skipped: Skipped) -> Problem {
        self.place.problem(self.line, skipped)
    }

    /// Passes over the rest of a line that was too long.
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

    fn failed(&mut self, e: &std::io::Error) -> Problem {
        self.ended = true;
        self.problem(Skipped::cut_off(unreadable(e)))
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Frame<String>, Problem>;

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
                    Some(Err(self.problem(Skipped::new(Reason::TooLarge, message))))
                }
                Err(e) => Some(Err(self.failed(&e))),
            },
            Ok(_) => {
                if self.line == 1 && line.starts_with(b"\xef\xbb\xbf") {
                    line.drain(..3);
                }
                let record = utf8_line(line).map_err(|message| self.problem(Skipped::malformed(message)));
                Some(record.map(|record| Frame { line: self.line, record }))
            }
            Err(e) => Some(Err(self.failed(&e))),
        }
    }
}

/// A whole text of at most `limit` bytes, for formats that say at their end what the beginning means. What comes
/// before an error is kept.
///
/// # Errors
/// If nothing can be read, or there is more.
pub(super) fn whole(reader: impl BufRead, limit: usize) -> Result<(Vec<u8>, Option<Skipped>), Skipped> {
    let mut bytes = Vec::new();
    let read = reader.take(limit as u64 + 1).read_to_end(&mut bytes);
    if bytes.len() > limit {
        let message = format!("is larger than {} MiB; cut it into parts", limit >> 20);
        return Err(Skipped::new(Reason::TooLarge, message));
    }
    let problem = match read {
        Ok(_) => None,
        Err(e) if bytes.is_empty() => return Err(Skipped::new(Reason::Input, unreadable(&e))),
        Err(e) => Some(Skipped::cut_off(unreadable(&e))),
    };
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    Ok((bytes, problem))
}

/// A line without its end, or what to say of it.
fn utf8_line(mut line: Vec<u8>) -> Result<String, String> {
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map_err(|e| {
        format!(
            "not UTF-8 (byte {} of the line); convert the file, for example with `iconv -t UTF-8`",
            e.utf8_error().valid_up_to() + 1
        )
    })
}
