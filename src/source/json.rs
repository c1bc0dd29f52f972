//! Finds the records in JSON from dumps and programming interfaces: JSON Lines, one array of gigabytes, or an object
//! around a list. One record at a time is in memory.

mod outline;
mod scan;

use std::io::BufRead;

use serde_json::Value;

use super::lines::InputLines;
use super::place::{FramedRecord, ProblemReason, ReadProblem, SkippedRecord, SourceInput};
use outline::RecordLayout;
pub(super) use outline::RecordOutline;
use scan::JsonScanner;

/// Size limit of a record; larger ones are skipped. A value takes about ten times the memory of its text.
pub(super) const MAX_RECORD_BYTES: usize = 16 * 1024 * 1024;

/// The records of a stream as text, at most `limit` bytes each; `outline` has their positions.
pub(super) fn texts<R: BufRead + Send + 'static>(
    reader: R,
    outline: &RecordOutline,
    place: SourceInput,
    limit: usize,
) -> Box<dyn Iterator<Item = Result<FramedRecord<Vec<u8>>, ReadProblem>> + Send> {
    match outline.shape() {
        RecordLayout::Lines => Box::new(InputLines::new(reader, place).filter_map(|line| match line {
            Ok(frame) if frame.record.trim().is_empty() => None,
            Ok(frame) => Some(Ok(FramedRecord { line: frame.line, record: frame.record.into_bytes() })),
            Err(problem) => Some(Err(problem)),
        })),
        RecordLayout::Records(path) => Box::new(JsonScanner::new(reader, path, place, limit)),
    }
}

/// The records of a stream as values.
pub(super) fn values<R: BufRead + Send + 'static>(
    reader: R,
    outline: &RecordOutline,
    place: SourceInput,
) -> impl Iterator<Item = Result<FramedRecord<Value>, ReadProblem>> + Send + use<R> {
    let wrapper = outline.wrapper();
    texts(reader, outline, place.clone(), MAX_RECORD_BYTES).flat_map(move |frame| {
        let read = frame.and_then(|FramedRecord { line, record }| {
            let MendedValue { mut value, mended } =
                parse_mending::<Value>(&record).map_err(|skipped| place.problem(line, skipped))?;
            if let Some(inner) = wrapper.and_then(|name| value.get_mut(name)) {
                value = inner.take();
            }
            let problem = (mended > 0).then(|| place.problem(line, SkippedRecord::new(ProblemReason::Field, MENDED)));
            Ok((FramedRecord { line, record: value }, problem))
        });
        match read {
            Ok((frame, problem)) => std::iter::once(Ok(frame)).chain(problem.map(Err)),
            Err(problem) => std::iter::once(Err(problem)).chain(None),
        }
    })
}

/// One record as a value of any type.
pub(super) fn parse<T: serde::de::DeserializeOwned>(text: &[u8]) -> Result<T, SkippedRecord> {
    serde_json::from_slice(text).map_err(|e| SkippedRecord::malformed(describe(&e)))
}

/// A value, and the number of lone surrogates in it that were replaced.
pub(super) struct MendedValue<T> {
    pub value: T,
    pub mended: usize,
}

/// The report about a record that was mended.
pub(super) const MENDED: &str = "a text has half a character (a lone surrogate, such as \\ud83d), read as U+FFFD";

/// As [`parse`], with U+FFFD for each lone surrogate, which is half a character. Programs that cut texts at a number of
/// UTF-16 units write such texts, and JSON allows them (RFC 8259, section 8.2).
pub(super) fn parse_mending<T: serde::de::DeserializeOwned>(text: &[u8]) -> Result<MendedValue<T>, SkippedRecord> {
    match parse(text) {
        Ok(value) => Ok(MendedValue { value, mended: 0 }),
        Err(skipped) => match without_lone_surrogates(text) {
            Some((text, mended)) => parse(&text).map(|value| MendedValue { value, mended }),
            None => Err(skipped),
        },
    }
}

/// The text of a record with `\ufffd` for each escaped lone surrogate, and their number; `None` if there are none.
fn without_lone_surrogates(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let unit = |at: usize| {
        let escape = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u16::from_str_radix(std::str::from_utf8(escape).ok()?, 16).ok()
    };
    let mut out = Vec::with_capacity(text.len());
    let (mut at, mut mended) = (0, 0);
    while let Some(&byte) = text.get(at) {
        let length = match (byte, unit(at), unit(at + 6)) {
            (b'\\', Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (b'\\', Some(0xd800..=0xdfff), _) => {
                out.extend_from_slice(b"\\ufffd");
                mended += 1;
                at += 6;
                continue;
            }
            (b'\\', Some(_), _) => 6,
            (b'\\', None, _) => 2,
            _ => 1,
        };
        let end = (at + length).min(text.len());
        out.extend_from_slice(text.get(at..end).unwrap_or_default());
        at = end;
    }
    (mended > 0).then_some((out, mended))
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

/// Access to a value whose shape is uncertain: a missing or different part is `None`.
pub(super) trait JsonAccess {
    /// The text of a field, if it has one.
    fn text(&self, field: &str) -> Option<&str>;
    /// A number, possibly written as text.
    fn number(&self, field: &str) -> Option<u64>;
    /// The elements of a list; none if there is no list.
    fn list(&self, field: &str) -> &[Value];
    /// The texts of a list, or of the fields `of` of its objects.
    fn texts(&self, field: &str, of: &str) -> Vec<String>;
}

impl JsonAccess for Value {
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
