//! Unpacks compressed inputs, recognised by their first bytes; the name of the file does not matter.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

/// A stream that other threads may read.
pub(super) type Stream = Box<dyn BufRead + Send>;

/// Number of bytes of a stream that detection reads.
pub(super) const HEAD_BYTES: usize = 64 * 1024;

/// Maximum number of nested compressions; more is an attack.
const MOST_LAYERS: usize = 3;

/// The largest window of a zstd frame, as a power of two: 128 MiB, like the zstd tool.
const ZSTD_WINDOW_LOG: u32 = 27;

/// Unpacks a stream and reads its beginning without losing it. A stream that is cut off or damaged gives everything
/// before the damage: the error comes at that point.
///
/// # Errors
/// If the stream cannot be read at all, or is compressed in an unsupported way.
pub(super) fn open(mut stream: Stream) -> Result<(Vec<u8>, Stream), String> {
    for _ in 0..MOST_LAYERS {
        let (start, whole) = peek(stream)?;
        stream = match packing(&start) {
            CompressionFormat::None => return Ok((start, whole)),
            CompressionFormat::Gzip => Box::new(BufReader::new(MultiGzDecoder::new(whole))),
            CompressionFormat::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(whole).map_err(|e| format!("cannot unpack: {e}"))?;
                decoder.window_log_max(ZSTD_WINDOW_LOG).map_err(|e| format!("cannot unpack: {e}"))?;
                Box::new(BufReader::new(decoder))
            }
            #[cfg(feature = "parquet")]
            CompressionFormat::Parquet => super::parquet::json_lines(whole)?,
            #[cfg(not(feature = "parquet"))]
            CompressionFormat::Parquet => return Err("is Parquet, which this program was built without".to_string()),
            #[cfg(feature = "zotero")]
            CompressionFormat::Sqlite => super::zotero::json_lines(whole)?,
            #[cfg(not(feature = "zotero"))]
            CompressionFormat::Sqlite => {
                return Err("is an SQLite database, which this program was built without".to_string());
            }
            CompressionFormat::Other(how) => return Err(how.to_string()),
        };
    }
    Err(format!("is compressed more than {MOST_LAYERS} times"))
}

/// The beginning of a stream, and the stream from its beginning.
fn peek(mut stream: Stream) -> Result<(Vec<u8>, Stream), String> {
    let mut start = Vec::new();
    let read = (&mut stream).take(HEAD_BYTES as u64).read_to_end(&mut start);
    match read {
        Ok(_) => {}
        Err(e) if start.is_empty() => return Err(unreadable(&e)),
        // Further reading gets to the end of what could be unpacked, and then to the error.
        Err(e) => {
            let rest = BufReader::new(Cursor::new(start.clone()).chain(FailingStream(Some(e))));
            return Ok((start, Box::new(rest)));
        }
    }
    let whole = BufReader::new(Cursor::new(start.clone()).chain(stream));
    Ok((start, Box::new(whole)))
}

/// A stream that yields only an error.
struct FailingStream(Option<io::Error>);

impl Read for FailingStream {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

enum CompressionFormat {
    None,
    Gzip,
    Zstd,
    Parquet,
    Sqlite,
    /// The error message.
    Other(&'static str),
}

fn packing(start: &[u8]) -> CompressionFormat {
    match start {
        _ if start.starts_with(super::zotero::MAGIC) => CompressionFormat::Sqlite,
        [0x1f, 0x8b, ..] => CompressionFormat::Gzip,
        // A frame, or a skippable frame before one.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => CompressionFormat::Zstd,
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..] => {
            CompressionFormat::Other("is compressed with bzip2; unpack it, as in `bzcat FILE | kg build -`")
        }
        [0xfd, b'7', b'z', b'X', b'Z', ..] => {
            CompressionFormat::Other("is compressed with xz; unpack it, as in `xzcat FILE | kg build -`")
        }
        [b'P', b'K', 3, 4, ..] => {
            CompressionFormat::Other("is a zip archive; unpack it, as in `unzip -p FILE | kg build -`")
        }
        [b'P', b'A', b'R', b'1', ..] => CompressionFormat::Parquet,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            CompressionFormat::Other("is UTF-16; convert it, as in `iconv -f UTF-16 -t UTF-8 FILE | kg build -`")
        }
        _ => CompressionFormat::None,
    }
}

/// The message for a stream that cannot be read further.
pub(super) fn unreadable(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::UnexpectedEof => "ends too early: the compressed file is cut off".to_string(),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => format!("the compressed data is damaged: {e}"),
        io::ErrorKind::FileTooLarge => e.to_string(),
        _ => format!("cannot read: {e}"),
    }
}
