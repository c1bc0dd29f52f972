//! Records from databases and columns as lines of JSON, for the readers of JSON.

use std::io::{self, BufReader, Read, Seek as _};

use serde_json::Value;
use tempfile::NamedTempFile;

use super::compressed::Stream;

/// A stream as a file on disk, for formats whose table of contents is at the end. The file is deleted when the value
/// is dropped.
///
/// # Errors
/// A message, if it cannot be read or written.
pub(super) fn on_disk(mut stream: Stream) -> Result<NamedTempFile, String> {
    let mut copy = || -> io::Result<NamedTempFile> {
        let mut file = NamedTempFile::new()?;
        io::copy(&mut stream, &mut file)?;
        file.rewind()?;
        Ok(file)
    };
    copy().map_err(|e| format!("cannot be kept on the disk while it is read ({e})"))
}

/// The records, one JSON object on each line. The first error ends the stream.
pub(super) fn stream(records: impl Iterator<Item = io::Result<Value>> + Send + 'static) -> Stream {
    Box::new(BufReader::new(RecordLines { records, line: Vec::new(), offset: 0 }))
}

struct RecordLines<R> {
    records: R,
    /// The current line.
    line: Vec<u8>,
    /// How many of its bytes were read.
    offset: usize,
}

impl<R: Iterator<Item = io::Result<Value>>> Read for RecordLines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.offset == self.line.len() {
            let Some(record) = self.records.next().transpose()? else { return Ok(0) };
            (self.line, self.offset) = (serde_json::to_vec(&record)?, 0);
            self.line.push(b'\n');
        }
        let read = self.line.get(self.offset..).unwrap_or_default().read(out)?;
        self.offset += read;
        Ok(read)
    }
}
