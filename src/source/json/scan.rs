//! Cuts a long JSON text into its records, with at most one record in memory.

use std::io::BufRead;

use super::super::compressed::unreadable;
use super::super::place::{FramedRecord, ProblemReason, ReadProblem, SkippedRecord, SourceInput};

/// Depth limit; serde_json has the same.
const MAX_DEPTH: u64 = 128;

/// Length limit of names; names in paths are shorter.
const MAX_NAME: usize = 256;

/// The records of a stream: the values at `path`, or each value of a sequence if it is empty.
pub(super) struct JsonScanner<R> {
    reader: R,
    path: Vec<&'static str>,
    input: SourceInput,
    limit: usize,
    /// Number of the current record.
    record: u64,
    state: ScanState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ScanState {
    /// Before a whole document.
    Outside,
    /// Within the list of records.
    Inside,
    Ended,
}

/// Why the scanner cannot continue: the problem to report at the end.
enum StopReason {
    /// The text ended at a valid position.
    End,
    Because(SkippedRecord),
}

type ScanResult<T> = Result<T, StopReason>;

impl<R: BufRead> JsonScanner<R> {
    pub(super) fn new(reader: R, path: Vec<&'static str>, place: SourceInput, limit: usize) -> Self {
        Self { reader, path, input: place, limit, record: 0, state: ScanState::Outside }
    }

    /// The next byte that is not white space, without consuming it.
    fn peek(&mut self) -> ScanResult<Option<u8>> {
        loop {
            let buffer = self.reader.fill_buf().map_err(|e| broken(&e))?;
            if buffer.is_empty() {
                return Ok(None);
            }
            // A byte order mark counts as white space, so that files put together by `cat` can be read.
            let blank = |b: &u8| b.is_ascii_whitespace() || matches!(b, 0xef | 0xbb | 0xbf);
            match buffer.iter().position(|b| !blank(b)) {
                Some(at) => {
                    let byte = buffer.get(at).copied();
                    self.reader.consume(at);
                    return Ok(byte);
                }
                None => {
                    let length = buffer.len();
                    self.reader.consume(length);
                }
            }
        }
    }

    /// As [`JsonScanner::peek`], where the text must continue.
    fn must_peek(&mut self) -> ScanResult<u8> {
        self.peek()?.ok_or_else(|| StopReason::Because(SkippedRecord::cut_off("the text ends too early")))
    }

    fn take(&mut self) {
        self.reader.consume(1);
    }

    /// Moves to the first record of a document.
    fn enter(&mut self) -> ScanResult<()> {
        if self.peek()?.is_none() {
            return Err(StopReason::End);
        }
        for name in self.path.clone() {
            let byte = self.must_peek()?;
            if name == "[]" {
                if byte != b'[' {
                    return Err(unexpected(byte, "a list"));
                }
                self.take();
            } else if byte != b'{' {
                return Err(unexpected(byte, "an object"));
            } else {
                self.take();
                self.find(name)?;
            }
        }
        self.state = if self.path.last() == Some(&"[]") { ScanState::Inside } else { ScanState::Outside };
        Ok(())
    }

    /// Moves to the value of a name in the current object.
    fn find(&mut self, name: &str) -> ScanResult<()> {
        loop {
            match self.must_peek()? {
                b',' => self.take(),
                b'}' => {
                    return Err(StopReason::Because(SkippedRecord::malformed(format!(
                        "there is no list under `{name}`"
                    ))));
                }
                b'"' => {
                    let key = self.value(MAX_NAME)?;
                    if self.must_peek()? != b':' {
                        return Err(StopReason::Because(SkippedRecord::malformed("not JSON: a name without a value")));
                    }
                    self.take();
                    self.must_peek()?;
                    if key.is_some_and(|key| key.get(1..key.len() - 1) == Some(name.as_bytes())) {
                        return Ok(());
                    }
                    self.value(0)?;
                }
                byte => return Err(unexpected(byte, "a name")),
            }
        }
    }

    /// Reads one value and returns its text, or `None` if it is longer than `keep` or too deep.
    fn value(&mut self, keep: usize) -> ScanResult<Option<Vec<u8>>> {
        let mut text = Vec::new();
        let mut value = ValueEnd::default();
        loop {
            let buffer = self.reader.fill_buf().map_err(|e| broken(&e))?;
            if buffer.is_empty() {
                let message = "the text ends in the middle of a record";
                return if value.is_scalar() {
                    Ok(Some(text))
                } else {
                    Err(StopReason::Because(SkippedRecord::cut_off(message)))
                };
            }
            let (taken, ended) = value.feed(buffer);
            if text.len() + taken <= keep && value.deepest <= MAX_DEPTH {
                text.extend_from_slice(buffer.get(..taken).unwrap_or_default());
            } else {
                value.dropped = true;
                text = Vec::new();
            }
            self.reader.consume(taken);
            if ended {
                return Ok((!value.dropped).then_some(text));
            }
        }
    }

    fn next_record(&mut self) -> ScanResult<Result<FramedRecord<Vec<u8>>, ReadProblem>> {
        loop {
            if self.state == ScanState::Outside {
                self.enter()?;
                if self.state == ScanState::Outside {
                    let record = self.whole_record()?;
                    // The text around a single record does not matter.
                    if !self.path.is_empty() {
                        self.state = ScanState::Ended;
                    }
                    return Ok(record);
                }
            }
            match self.must_peek()? {
                b',' => self.take(),
                b']' => {
                    self.take();
                    self.leave()?;
                }
                b'}' | b':' => {
                    return Err(StopReason::Because(SkippedRecord::malformed("not JSON: a list closes as an object")));
                }
                _ => return self.whole_record(),
            }
        }
    }

    /// Skips the rest of the objects around a list of records.
    fn leave(&mut self) -> ScanResult<()> {
        let mut open = self.path.len() - 1;
        while open > 0 {
            match self.must_peek()? {
                b'}' => {
                    self.take();
                    open -= 1;
                }
                b',' | b':' | b']' => self.take(),
                _ => {
                    self.value(0)?;
                }
            }
        }
        self.state = ScanState::Outside;
        Ok(())
    }

    fn whole_record(&mut self) -> ScanResult<Result<FramedRecord<Vec<u8>>, ReadProblem>> {
        self.record += 1;
        let before = self.limit;
        Ok(match self.value(before)? {
            Some(record) => Ok(FramedRecord { line: self.record, record }),
            None => {
                let message =
                    format!("record {} is larger than {} MiB, or nested too deep", self.record, self.limit >> 20);
                Err(self.input.problem(self.record, SkippedRecord::new(ProblemReason::TooLarge, message)))
            }
        })
    }
}

impl<R: BufRead> Iterator for JsonScanner<R> {
    type Item = Result<FramedRecord<Vec<u8>>, ReadProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == ScanState::Ended {
            return None;
        }
        match self.next_record() {
            Ok(record) => Some(record),
            Err(stop) => {
                self.state = ScanState::Ended;
                match stop {
                    StopReason::End => None,
                    StopReason::Because(skipped) => Some(Err(self.input.problem(self.record.max(1), skipped))),
                }
            }
        }
    }
}

fn broken(e: &std::io::Error) -> StopReason {
    StopReason::Because(SkippedRecord::cut_off(unreadable(e)))
}

fn unexpected(byte: u8, wanted: &str) -> StopReason {
    let found = char::from(byte).escape_default();
    StopReason::Because(SkippedRecord::malformed(format!(
        "not the JSON that was expected: `{found}` where {wanted} should begin"
    )))
}

/// The end of a value, as far as it was read.
#[derive(Default)]
struct ValueEnd {
    began: bool,
    depth: u64,
    deepest: u64,
    in_string: bool,
    escaped: bool,
    dropped: bool,
}

impl ValueEnd {
    /// A number or a word, which ends with the text.
    fn is_scalar(&self) -> bool {
        self.began && self.depth == 0 && !self.in_string
    }

    /// Reads bytes until the value ends; returns their number, and whether the value has ended.
    fn feed(&mut self, bytes: &[u8]) -> (usize, bool) {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.in_string {
                if self.escaped {
                    self.escaped = false;
                    at += 1;
                    continue;
                }
                let rest = bytes.get(at..).unwrap_or_default();
                let Some(next) = memchr::memchr2(b'"', b'\\', rest) else { return (bytes.len(), false) };
                at += next + 1;
                if rest.get(next) == Some(&b'"') {
                    self.in_string = false;
                    if self.depth == 0 {
                        return (at, true);
                    }
                } else {
                    self.escaped = true;
                }
                continue;
            }
            match byte {
                b'"' if self.depth > 0 || !self.began => self.in_string = true,
                b'{' | b'[' if self.depth > 0 || !self.began => {
                    self.depth += 1;
                    self.deepest = self.deepest.max(self.depth);
                }
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                // Skips at least one byte after a number or a word, so that the reader makes progress.
                b',' | b'}' | b']' | b'{' | b'[' | b'"' | b':' if self.depth == 0 => {
                    return if self.began { (at, true) } else { (at + 1, true) };
                }
                b if b.is_ascii_whitespace() && self.depth == 0 && self.began => return (at, true),
                _ => {}
            }
            self.began = true;
            at += 1;
        }
        (bytes.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Format;

    fn scan(text: &[u8], path: &[&'static str], buffer: usize) -> Vec<String> {
        let place = SourceInput::new("x", Format::Openalex);
        let reader = std::io::BufReader::with_capacity(buffer, text);
        JsonScanner::new(reader, path.to_vec(), place, 40)
            .map(|item| match item {
                Ok(frame) => format!("{} {}", frame.line, String::from_utf8_lossy(&frame.record)),
                Err(problem) => problem.to_string(),
            })
            .collect()
    }

    #[test]
    fn elements_come_one_by_one_whatever_their_strings_contain() {
        for buffer in [1, 2, 7, 1000] {
            let text = br#" [ {"a": "]}\"\\"} , 12 ,"x", [[1],{}],null ] [true]"#;
            let found = scan(text, &["[]"], buffer);
            assert_eq!(found, ["1 {\"a\": \"]}\\\"\\\\\"}", "2 12", "3 \"x\"", "4 [[1],{}]", "5 null", "6 true"]);
            let text = br#"{"meta":{"items":[1]},"message":{"n":3,"items":[{"b":1},{"c":2}],"z":[{}]},"y":1} "#;
            assert_eq!(scan(text, &["message", "items", "[]"], buffer), ["1 {\"b\":1}", "2 {\"c\":2}"]);
            assert_eq!(scan(b"{\"a\":1}\n{\n\"b\":2}", &[], buffer), ["1 {\"a\":1}", "2 {\n\"b\":2}"]);
        }
    }

    #[test]
    fn a_record_that_is_too_large_is_passed_over_and_a_text_cut_off_keeps_what_came_before() {
        let text = format!("[1, \"{}\", 2, {{\"a\": ", "x".repeat(60));
        let found = scan(text.as_bytes(), &["[]"], 8);
        let too_large = "x:2: record 2 is larger than 0 MiB, or nested too deep";
        assert_eq!(found, ["1 1", too_large, "3 2", "x:4: the text ends in the middle of a record"]);
    }
}
