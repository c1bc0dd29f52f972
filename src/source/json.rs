//! Records of JSON in the ways that dumps and programming interfaces come: JSON Lines, one array of gigabytes, and an
//! object around a list. One record at a time is in memory.

mod outline;
mod scan;

use std::io::BufRead;

use serde_json::Value;

use super::lines::Lines;
use super::place::{Frame, Place, Problem, Skipped};
pub(super) use outline::Outline;
use outline::Shape;
use scan::Scanner;

/// A larger record is passed over. A value takes some ten times its text in memory.
pub(super) const MAX_RECORD_BYTES: usize = 16 * 1024 * 1024;

/// The records of a stream as their text, of at most `limit` bytes each; `outline` tells where they are.
pub(super) fn texts<R: BufRead + Send + 'static>(
    reader: R,
    outline: &Outline,
    place: Place,
    limit: usize,
) -> Box<dyn Iterator<Item = Result<Frame<Vec<u8>>, Problem>> + Send> {
    match outline.shape() {
        Shape::Lines => Box::new(Lines::new(reader, place).filter_map(|line| match line {
            Ok(frame) if frame.record.trim().is_empty() => None,
            Ok(frame) => Some(Ok(Frame { line: frame.line, record: frame.record.into_bytes() })),
            Err(problem) => Some(Err(problem)),
        })),
        Shape::Records(path) => Box::new(Scanner::new(reader, path, place, limit)),
    }
}

/// The records of a stream as values.
pub(super) fn values<R: BufRead + Send + 'static>(
    reader: R,
    outline: &Outline,
    place: Place,
) -> impl Iterator<Item = Result<Frame<Value>, Problem>> + Send + use<R> {
    texts(reader, outline, place.clone(), MAX_RECORD_BYTES).map(move |frame| {
        let Frame { line, record } = frame?;
        let record = parse(&record).map_err(|skipped| place.problem(line, skipped))?;
        Ok(Frame { line, record })
    })
}

/// One record as a value of any type.
pub(super) fn parse<T: serde::de::DeserializeOwned>(text: &[u8]) -> Result<T, Skipped> {
    serde_json::from_slice(text).map_err(|e| Skipped::malformed(describe(&e)))
}

/// serde_json ends its message with "at line 1 column 20", which counts within the record.
pub(super) fn describe(e: &serde_json::Error) -> String {
    let message = e.to_string();
    let message = message.split(" at line ").next().unwrap_or(&message);
    match e.classify() {
        serde_json::error::Category::Data => format!("not a paper: {message} (column {})", e.column()),
        _ => format!("not JSON: {message} (column {})", e.column()),
    }
}

/// Looking into a value whose shape is not certain: what is not there, or is something else, is `None`.
pub(super) trait Look {
    /// The text of a field that has some.
    fn text(&self, field: &str) -> Option<&str>;
    /// A number, also one written as text.
    fn number(&self, field: &str) -> Option<u64>;
    /// The elements of a list; none if there is no list.
    fn list(&self, field: &str) -> &[Value];
    /// The texts of a list, or of the fields `of` of its objects.
    fn texts(&self, field: &str, of: &str) -> Vec<String>;
}

impl Look for Value {
    fn text(&self, field: &str) -> Option<&str> {
        self.get(field)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }

    fn number(&self, field: &str) -> Option<u64> {
        let value = self.get(field)?;
        value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
    }

    fn list(&self, field: &str) -> &[Value] {
        self.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    fn texts(&self, field: &str, of: &str) -> Vec<String> {
        let text =
            |value: &Value| value.as_str().or_else(|| value.get(of)?.as_str()).map(|text| text.trim().to_string());
        self.list(field).iter().filter_map(text).filter(|text| !text.is_empty()).collect()
    }
}
