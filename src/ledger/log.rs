//! The log of an unfinished build, from which an interrupted one resumes.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

use crate::disk::FileKind;

/// A log of the progress of an unfinished build. An entry is on the disk when [`BuildLog::append`] returns. An entry
/// that a crash cut off is dropped.
pub(crate) struct BuildLog {
    file: File,
}

impl BuildLog {
    /// Opens or creates the log, and reads its entries. A log of another kind or version is emptied, because its
    /// entries only save work.
    pub(crate) fn open<T: DeserializeOwned>(path: &Path, kind: FileKind) -> io::Result<(Self, Vec<T>)> {
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let mut entries = Vec::new();
        let Ok(mut rest) = kind.contents(&bytes) else {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&kind.header())?;
            return Ok((Self { file }, entries));
        };
        while let Some((entry, after)) = split_entry(rest) {
            entries.push(entry);
            rest = after;
        }
        let valid = (bytes.len() - rest.len()) as u64;
        file.set_len(valid)?;
        file.seek(SeekFrom::Start(valid))?;
        Ok((Self { file }, entries))
    }

    pub(crate) fn append<T: Serialize>(&mut self, entry: &T) -> io::Result<()> {
        let plain = postcard::to_allocvec(entry).map_err(io::Error::other)?;
        let packed = zstd::bulk::compress(&plain, 1)?;
        let mut frame = Vec::with_capacity(packed.len() + 16);
        frame.extend((packed.len() as u32).to_le_bytes());
        frame.extend((plain.len() as u32).to_le_bytes());
        frame.extend(xxh3_64(&packed).to_le_bytes());
        frame.extend(packed);
        self.file.write_all(&frame)?;
        self.file.sync_data()
    }
}

/// The first entry in `bytes` and the rest after it; `None` if no complete entry is left.
fn split_entry<T: DeserializeOwned>(bytes: &[u8]) -> Option<(T, &[u8])> {
    let (length, bytes) = bytes.split_first_chunk::<4>()?;
    let (plain_length, bytes) = bytes.split_first_chunk::<4>()?;
    let (hash, bytes) = bytes.split_first_chunk::<8>()?;
    let (packed, rest) = bytes.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    if xxh3_64(packed) != u64::from_le_bytes(*hash) {
        return None;
    }
    let plain_length = u32::from_le_bytes(*plain_length) as usize;
    if zstd::zstd_safe::get_frame_content_size(packed).ok()?? != plain_length as u64 {
        return None;
    }
    let plain = zstd::bulk::decompress(packed, plain_length).ok()?;
    Some((postcard::from_bytes(&plain).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST_LOG: FileKind = FileKind { magic: b"kg-test\n", version: 1 };

    #[test]
    fn entries_survive_whatever_is_cut_off_after_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let (mut log, entries) = BuildLog::open::<String>(&path, TEST_LOG).unwrap();
        assert!(entries.is_empty());
        log.append(&"one".to_string()).unwrap();
        log.append(&"two".to_string()).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for cut in [whole.len(), whole.len() - 1, whole.len() - 12] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let (mut log, entries) = BuildLog::open::<String>(&path, TEST_LOG).unwrap();
            assert_eq!(entries.len(), if cut == whole.len() { 2 } else { 1 });
            log.append(&"three".to_string()).unwrap();
            assert_eq!(BuildLog::open::<String>(&path, TEST_LOG).unwrap().1.last().unwrap(), "three");
        }
    }

    #[test]
    fn a_log_of_another_version_is_begun_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        BuildLog::open::<String>(&path, TEST_LOG).unwrap().0.append(&"one".to_string()).unwrap();
        let later = FileKind { version: 2, ..TEST_LOG };
        assert!(BuildLog::open::<String>(&path, later).unwrap().1.is_empty());
        assert!(BuildLog::open::<String>(&path, TEST_LOG).unwrap().1.is_empty());
    }
}
