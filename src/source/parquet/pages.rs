//! The file for a Parquet reader. It checks the headers of pages before the library reads them.
//!
//! The library takes as much memory as a header asks for: two kilobytes could ask for gigabytes. A header is a
//! structure of Thrift in its compact form. These fields are read: 2, the size of the page; 3, its compressed size; and
//! in 7, which only dictionaries have, 1, the number of values.

use std::fs::File;
use std::io::{BufRead, BufReader};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// Largest number of bytes from one compressed byte: three bytes of Snappy repeat 64 bytes.
const MOST_EXPANSION: i64 = 64;

/// Number of compressed bytes that a page may have without a check.
const SMALLEST_PAGE: i64 = 64;

/// The end of a file: the length of its description, and the mark of the format.
const END_BYTES: u64 = 8;

/// A Parquet file with checked headers of pages.
pub(super) struct CheckedFile(pub(super) File);

impl Length for CheckedFile {
    fn len(&self) -> u64 {
        Length::len(&self.0)
    }
}

impl ChunkReader for CheckedFile {
    type T = BufReader<File>;

    /// The library calls this for headers of pages, and once for the end of the file.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut reader = self.0.get_read(start)?;
        if start.saturating_add(END_BYTES) < Length::len(self) {
            check(reader.fill_buf()?)?;
        }
        Ok(reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // A missing field needs no memory.
        if start.checked_add(length as u64).is_none_or(|end| end > Length::len(self)) {
            return Err(ParquetError::EOF("a part of the file is missing".to_string()));
        }
        self.0.get_bytes(start, length)
    }
}

/// # Errors
/// If the header of a page asks for more than the page can hold.
fn check(header: &[u8]) -> Result<()> {
    let PageSizes { size, compressed, dictionary_values } = PageSizes::of(header)
        .ok_or_else(|| ParquetError::General("the header of a page does not give its size".to_string()))?;
    let most = compressed.saturating_add(SMALLEST_PAGE).saturating_mul(MOST_EXPANSION);
    if !(0..=most).contains(&size) || !(0..=size).contains(&dictionary_values) {
        return Err(ParquetError::General("the header of a page asks for more than the page can hold".to_string()));
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
struct PageSizes {
    /// Size in bytes, like the compressed size.
    size: i64,
    compressed: i64,
    dictionary_values: i64,
}

impl PageSizes {
    /// `None` if the header does not begin with the sizes.
    fn of(header: &[u8]) -> Option<Self> {
        let mut fields = ThriftFields { rest: header, id: 0 };
        let (mut size, mut compressed, mut dictionary_values) = (None, None, 0);
        while let Some(field) = fields.next() {
            match field {
                (2, ParquetValue::Number(number)) => size = Some(number),
                (3, ParquetValue::Number(number)) => compressed = Some(number),
                (_, ParquetValue::Number(_)) => {}
                (id, ParquetValue::Structure) => {
                    let mut inner = ThriftFields { rest: fields.rest, id: 0 };
                    if let (7, Some((1, ParquetValue::Number(values)))) = (id, inner.next()) {
                        dictionary_values = values;
                    }
                    break;
                }
            }
        }
        Some(Self { size: size?, compressed: compressed?, dictionary_values })
    }
}

enum ParquetValue {
    Number(i64),
    /// Its fields follow.
    Structure,
}

/// The fields of a structure, each with its id, up to the end or to a type that does not occur at the beginning of
/// headers.
struct ThriftFields<'h> {
    rest: &'h [u8],
    /// Id of the last field.
    id: i64,
}

impl ThriftFields<'_> {
    fn next(&mut self) -> Option<(i64, ParquetValue)> {
        let head = self.byte()?;
        let (step, kind) = (i64::from(head >> 4), head & 15);
        self.id = if step == 0 { self.number()? } else { self.id + step };
        match kind {
            4..=6 => Some((self.id, ParquetValue::Number(self.number()?))),
            12 => Some((self.id, ParquetValue::Structure)),
            _ => None,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    /// An integer with seven bits in each byte, and the sign in its lowest bit.
    fn number(&mut self) -> Option<i64> {
        let mut bits = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            bits |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some((bits >> 1) as i64 ^ -((bits & 1) as i64));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sizes_of_a_header_are_read() {
        // A dictionary of 3 values: type 2, 20 bytes, 22 compressed.
        let dictionary = [0x15, 4, 0x15, 40, 0x15, 44, 0x4c, 0x15, 6, 0x15, 0, 0, 0];
        let sizes = PageSizes { size: 20, compressed: 22, dictionary_values: 3 };
        assert_eq!(PageSizes::of(&dictionary), Some(sizes));
        // A page of values, with a checksum, and an id that is written out.
        let values = [0x15, 0, 0x05, 4, 40, 0x15, 44, 0x15, 2, 0x1c, 0x15, 6];
        assert_eq!(PageSizes::of(&values), Some(PageSizes { size: 20, compressed: 22, dictionary_values: 0 }));
        assert_eq!(PageSizes::of(b"no header"), None);
        assert!(check(&dictionary).is_ok() && check(&values).is_ok());
    }

    #[test]
    fn a_header_that_asks_for_more_than_its_page_can_hold_is_an_error() {
        let many_values = [0x15, 4, 0x15, 40, 0x15, 44, 0x4c, 0x15, 0xfe, 0xff, 0x7f];
        let much_text = [0x15, 0, 0x15, 0xfe, 0xff, 0xff, 0x7f, 0x15, 44];
        let below_zero = [0x15, 4, 0x15, 40, 0x15, 44, 0x4c, 0x15, 1];
        assert!([&many_values[..], &much_text, &below_zero].into_iter().all(|header| check(header).is_err()));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_looked_at(bytes: Vec<u8>) {
            let _ = check(&bytes);
        }
    }
}
