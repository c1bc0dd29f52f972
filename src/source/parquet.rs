//! Parquet files of dataset archives: the rows as lines of JSON, so that all readers of JSON can read them. A column of
//! lists or structures becomes a list or an object; a day or a moment becomes its date.

mod pages;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use serde_json::{Map, Number, Value};

use super::compressed::Stream;
use super::json_lines;
use pages::CheckedFile;

/// The rows of a file, one JSON object on each line. The positions of the columns are at the end of the file: the file
/// is kept on disk while it is read.
///
/// # Errors
/// If it cannot be kept, or is not a Parquet file.
pub(super) fn json_lines(stream: Stream) -> Result<Stream, String> {
    let file = CheckedFile(json_lines::on_disk(stream)?.into_file());
    let opened = guarded(|| SerializedFileReader::new(file).map(|reader| RowIter::from_file_into(Box::new(reader))));
    let mut rows = opened.map_err(|e| format!("is a damaged Parquet file: {e}"))?;
    Ok(json_lines::stream(std::iter::from_fn(move || {
        let row = guarded(|| rows.next().transpose()).transpose()?;
        let damaged = |e| io::Error::new(io::ErrorKind::InvalidData, format!("damaged Parquet: {e}"));
        Some(row.map(|row| object(&row)).map_err(damaged))
    })))
}

/// The result of reading; a panic of the library, which some damaged files cause, becomes an error.
fn guarded<T>(read: impl FnOnce() -> parquet::errors::Result<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|e| e.to_string()),
        Err(_) => Err("its pages do not match their headers".to_string()),
    }
}

fn object(row: &Row) -> Value {
    Value::Object(row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect())
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null | Field::TimeMillis(_) | Field::TimeMicros(_) | Field::Decimal(_) => Value::Null,
        Field::Bool(value) => Value::Bool(*value),
        Field::Byte(number) => Value::from(*number),
        Field::Short(number) => Value::from(*number),
        Field::Int(number) => Value::from(*number),
        Field::Long(number) => Value::from(*number),
        Field::UByte(number) => Value::from(*number),
        Field::UShort(number) => Value::from(*number),
        Field::UInt(number) => Value::from(*number),
        Field::ULong(number) => Value::from(*number),
        Field::Float16(number) => float(f64::from(*number)),
        Field::Float(number) => float(f64::from(*number)),
        Field::Double(number) => float(*number),
        Field::Str(text) => Value::from(text.as_str()),
        Field::Bytes(bytes) => Value::from(String::from_utf8_lossy(bytes.data())),
        Field::Date(days) => day(i64::from(*days).checked_mul(24 * 60 * 60 * 1000)),
        Field::TimestampMillis(milliseconds) => day(Some(*milliseconds)),
        Field::TimestampMicros(microseconds) => day(Some(*microseconds / 1000)),
        Field::Group(row) => object(row),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        Field::MapInternal(map) => {
            let entries = map.entries().iter().map(|(key, field)| (text(key), value(field)));
            Value::Object(entries.collect::<Map<String, Value>>())
        }
    }
}

fn float(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

fn text(key: &Field) -> String {
    match value(key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The day of a moment, given in milliseconds since 1970.
fn day(milliseconds: Option<i64>) -> Value {
    let moment = milliseconds.and_then(|moment| Timestamp::from_millisecond(moment).ok());
    moment.map_or(Value::Null, |moment| Value::from(moment.strftime("%Y-%m-%d").to_string()))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use crate::source::{ReadOptions, read_stream};

    /// A file with one paper, in the form of the Papers with Code archive.
    const SAMPLE: &[u8] = include_bytes!("../../tests/fixtures/containers/pwc-papers.parquet");

    #[test]
    fn rows_are_read_as_the_records_that_their_columns_make() {
        let papers: Vec<_> = read_stream(Cursor::new(SAMPLE), "x", &ReadOptions::default()).unwrap().collect();
        let paper = papers[0].as_ref().unwrap();
        assert_eq!((paper.title.as_str(), paper.abstract_text.as_str()), ("Lamps in Columns", "We light columns."));
        assert_eq!((paper.id.key(), paper.published.unwrap().to_string().as_str()), ("arxiv-3001.00001", "2030-03-17"));
        assert_eq!(paper.authors.as_deref().unwrap(), ["Ana Ruiz", "Bo Dam"]);
        assert_eq!(
            (paper.declared.methods.as_slice(), paper.sources[0].format.as_str()),
            (&["Lamp".to_string()][..], "pwc-papers")
        );
    }

    #[test]
    fn a_damaged_file_is_reported() {
        for cut in [5, 40, SAMPLE.len() / 2, SAMPLE.len() - 3] {
            assert!(read_stream(Cursor::new(&SAMPLE[..cut]), "x", &ReadOptions::default()).is_err(), "{cut}");
        }
    }

    #[test]
    fn a_page_that_asks_for_more_than_it_can_hold_is_refused() {
        let mut bytes = SAMPLE.to_vec();
        // The dictionary of titles has 20 bytes, and says that it has 63 values.
        let at = bytes.windows(4).position(|part| part == [0x4c, 0x15, 2, 0x15]).unwrap();
        bytes[at + 2] = 126;
        let problem = read_stream(Cursor::new(bytes), "x", &ReadOptions::default()).err().unwrap();
        assert!(problem.message.contains("asks for more than the page can hold"), "{problem}");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
        #[test]
        fn a_changed_byte_does_no_harm(at in 0..10_000_usize, byte in proptest::num::u8::ANY) {
            let mut bytes = SAMPLE.to_vec();
            let at = at % bytes.len();
            bytes[at] = byte;
            for item in read_stream(Cursor::new(bytes), "x", &ReadOptions::default()).into_iter().flatten() {
                let _ = item;
            }
        }
    }
}
