use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use xxhash_rust::xxh3::xxh3_64;

/// What an unfinished build has done, entry by entry: each is on the disk when [`Log::append`] returns, and one that a
/// crash cut off is not there.
pub(crate) struct Log {
    file: File,
}

impl Log {
    /// Opens or makes the log, and reads what it has.
    pub fn open<T: DeserializeOwned>(path: &Path) -> io::Result<(Self, Vec<T>)> {
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let mut rest = bytes.as_slice();
        let mut entries = Vec::new();
        while let Some((entry, behind)) = next(rest) {
            entries.push(entry);
            rest = behind;
        }
        let valid = (bytes.len() - rest.len()) as u64;
        file.set_len(valid)?;
        file.seek(SeekFrom::Start(valid))?;
        Ok((Self { file }, entries))
    }

    pub fn append<T: Serialize>(&mut self, entry: &T) -> io::Result<()> {
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

fn next<T: DeserializeOwned>(bytes: &[u8]) -> Option<(T, &[u8])> {
    let (length, bytes) = bytes.split_first_chunk::<4>()?;
    let (plain_length, bytes) = bytes.split_first_chunk::<4>()?;
    let (hash, bytes) = bytes.split_first_chunk::<8>()?;
    let (packed, rest) = bytes.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    if xxh3_64(packed) != u64::from_le_bytes(*hash) {
        return None;
    }
    let plain = zstd::bulk::decompress(packed, u32::from_le_bytes(*plain_length) as usize).ok()?;
    Some((postcard::from_bytes(&plain).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_is_there_whatever_stands_behind_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let (mut log, entries) = Log::open::<String>(&path).unwrap();
        assert!(entries.is_empty());
        log.append(&"one".to_string()).unwrap();
        log.append(&"two".to_string()).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for cut in [whole.len(), whole.len() - 1, whole.len() - 12] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let (mut log, entries) = Log::open::<String>(&path).unwrap();
            assert_eq!(entries.len(), if cut == whole.len() { 2 } else { 1 });
            log.append(&"three".to_string()).unwrap();
            assert_eq!(Log::open::<String>(&path).unwrap().1.last().unwrap(), "three");
        }
    }
}
