//! Inputs that are read twice, because their end determines what their beginning means. An input that does not fit into
//! a little memory is kept on disk.

use std::io::{self, BufRead, BufReader, Seek as _, Write as _};

use tempfile::SpooledTempFile;

use super::compressed::unreadable;
use super::place::{ProblemReason, SkippedRecord};

/// Most listings are smaller.
const IN_MEMORY: usize = 8 * 1024 * 1024;

/// A whole input, unpacked.
pub(super) struct SpooledInput {
    text: BufReader<SpooledTempFile>,
    /// The line at which it is cut off, and the reason.
    pub cut_off: Option<(u64, SkippedRecord)>,
}

impl SpooledInput {
    /// Reads to the end. The text before an error is kept.
    ///
    /// # Errors
    /// If nothing can be read, or it cannot be kept.
    pub(super) fn new(mut reader: impl BufRead) -> Result<Self, SkippedRecord> {
        let mut text = SpooledTempFile::new(IN_MEMORY);
        let mut is_empty = true;
        let mut line = 1;
        let cut_off = loop {
            let piece = match reader.fill_buf() {
                Ok([]) => break None,
                Ok(piece) => piece,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) if is_empty => return Err(SkippedRecord::new(ProblemReason::Input, unreadable(&e))),
                Err(e) => break Some((line, SkippedRecord::cut_off(unreadable(&e)))),
            };
            text.write_all(piece).map_err(|e| not_kept(&e))?;
            is_empty = false;
            line += memchr::memchr_iter(b'\n', piece).count() as u64;
            let length = piece.len();
            reader.consume(length);
        };
        Ok(Self { text: BufReader::new(text), cut_off })
    }

    /// The text from its beginning.
    ///
    /// # Errors
    /// If the disk fails.
    pub(super) fn text(&mut self) -> Result<&mut impl BufRead, SkippedRecord> {
        self.text.rewind().map_err(|e| not_kept(&e))?;
        Ok(&mut self.text)
    }

    /// As [`SpooledInput::text`], for keeping.
    pub(super) fn into_text(mut self) -> Result<impl BufRead + Send + use<>, SkippedRecord> {
        self.text.rewind().map_err(|e| not_kept(&e))?;
        Ok(self.text)
    }
}

fn not_kept(e: &io::Error) -> SkippedRecord {
    let message = format!("cannot be kept on the disk while it is read ({e}); TMPDIR names a folder with more space");
    SkippedRecord::new(ProblemReason::Input, message)
}
