use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub segment: u32,
    /// Byte at which its block begins.
    pub block: u32,
    /// Its number within the block.
    pub nth: u32,
}

/// Bytes of records that are compressed together: enough for the compressor to learn the words, few enough that one
/// record is read in a fraction of a millisecond.
const BLOCK: usize = 256 * 1024;
/// A file is closed when it is longer than this.
const SEGMENT: u32 = 1 << 30;

fn file(folder: &Path, segment: u32) -> PathBuf {
    folder.join(format!("records-{segment}"))
}

/// Appends records to files of their own.
pub struct Writer {
    folder: PathBuf,
    segment: u32,
    file: Option<BufWriter<File>>,
    at: u32,
    block: Vec<u8>,
    nth: u32,
}

impl Writer {
    /// Writes from segment number `first` on, over what an interrupted build may have left there.
    pub fn new(folder: &Path, first: u32) -> Self {
        Self { folder: folder.to_path_buf(), segment: first, file: None, at: 0, block: Vec::new(), nth: 0 }
    }

    pub fn push(&mut self, record: &[u8]) -> io::Result<Place> {
        if self.block.len() >= BLOCK {
            self.write_block()?;
        }
        if self.at > SEGMENT {
            self.close()?;
        }
        let place = Place { segment: self.segment, block: self.at, nth: self.nth };
        self.block.extend((record.len() as u32).to_le_bytes());
        self.block.extend(record);
        self.nth += 1;
        Ok(place)
    }

    /// What was pushed can be read, and nothing of it is lost by a crash, after this.
    pub fn close(&mut self) -> io::Result<()> {
        if !self.block.is_empty() {
            self.write_block()?;
        }
        let Some(file) = self.file.take() else { return Ok(()) };
        file.into_inner().map_err(|e| e.into_error())?.sync_all()?;
        self.segment += 1;
        self.at = 0;
        Ok(())
    }

    fn write_block(&mut self) -> io::Result<()> {
        let mut compressor = zstd::bulk::Compressor::new(1)?;
        compressor.include_checksum(true)?;
        let packed = compressor.compress(&self.block)?;
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(BufWriter::new(File::create(file(&self.folder, self.segment))?)),
        };
        file.write_all(&(packed.len() as u32).to_le_bytes())?;
        file.write_all(&(self.block.len() as u32).to_le_bytes())?;
        file.write_all(&packed)?;
        self.at += packed.len() as u32 + 8;
        self.block.clear();
        self.nth = 0;
        Ok(())
    }
}

/// Reads records by their place.
#[derive(Debug, Clone)]
pub struct Records {
    folder: PathBuf,
}

impl Records {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes the files that are not wanted. Other generations keep theirs.
    pub fn forget(&self, unwanted: impl Fn(u32) -> bool) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let segment = entry.file_name().to_str().and_then(|name| name.strip_prefix("records-")?.parse().ok());
            if segment.is_some_and(&unwanted) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// The records at these places, in their order; each block is read once, on all cores.
    pub fn read<T: DeserializeOwned + Send>(&self, places: &[Place]) -> io::Result<Vec<T>> {
        let mut blocks: BTreeMap<(u32, u32), Vec<(u32, usize)>> = BTreeMap::new();
        for (i, place) in places.iter().enumerate() {
            blocks.entry((place.segment, place.block)).or_default().push((place.nth, i));
        }
        let blocks: Vec<_> = blocks.into_iter().collect();
        let read: Vec<(usize, T)> = blocks
            .into_par_iter()
            .map(|((segment, block), wanted)| self.of_block(segment, block, wanted))
            .collect::<io::Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect();
        let mut records: Vec<Option<T>> = Vec::new();
        records.resize_with(places.len(), || None);
        for (i, record) in read {
            records[i] = Some(record);
        }
        records.into_iter().collect::<Option<_>>().ok_or_else(damaged)
    }

    fn of_block<T: DeserializeOwned>(
        &self,
        segment: u32,
        block: u32,
        mut wanted: Vec<(u32, usize)>,
    ) -> io::Result<Vec<(usize, T)>> {
        wanted.sort_unstable();
        let bytes = self.block(segment, block)?;
        let mut rest = bytes.as_slice();
        let mut at = 0;
        let mut records = Vec::with_capacity(wanted.len());
        for (nth, i) in wanted {
            let record = loop {
                let (length, behind) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
                let (record, behind) =
                    behind.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(damaged)?;
                // One record can be wanted twice.
                if at == nth {
                    break record;
                }
                rest = behind;
                at += 1;
            };
            records.push((i, serde_json::from_slice(record).map_err(io::Error::from)?));
        }
        Ok(records)
    }

    fn block(&self, segment: u32, block: u32) -> io::Result<Vec<u8>> {
        let mut file = File::open(file(&self.folder, segment))?;
        file.seek(SeekFrom::Start(block.into()))?;
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let number = |at: usize| head[at..at + 4].iter().rev().fold(0, |n: usize, b| n << 8 | usize::from(*b));
        let (packed_length, length) = (number(0), number(4));
        let mut packed = vec![0; packed_length];
        file.read_exact(&mut packed)?;
        zstd::bulk::decompress(&packed, length)
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a block of records is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::Paper;

    #[test]
    fn records_come_back_from_their_places_in_any_order() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer::new(folder.path(), 3);
        let papers: Vec<Paper> = (0..2000).map(|i| Paper::titled(format!("Paper {i} {}", "x".repeat(i)))).collect();
        let places: Vec<Place> =
            papers.iter().map(|paper| writer.push(&serde_json::to_vec(paper).unwrap()).unwrap()).collect();
        writer.close().unwrap();
        assert!(places.last().unwrap().block > 0, "several blocks");
        let wanted = [7, 1999, 7, 0, 1000];
        let read: Vec<Paper> = Records::new(folder.path()).read(&wanted.map(|i| places[i])).unwrap();
        assert_eq!(read, wanted.map(|i| papers[i].clone()));
    }

    #[test]
    fn damage_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer::new(folder.path(), 1);
        let place = writer.push(&serde_json::to_vec(&Paper::titled("A")).unwrap()).unwrap();
        writer.close().unwrap();
        let path = file(folder.path(), 1);
        let mut bytes = std::fs::read(&path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(Records::new(folder.path()).read::<Paper>(&[place]).is_err());
        let beyond = Place { nth: 1, ..place };
        assert!(Records::new(folder.path()).read::<Paper>(&[beyond]).is_err());
    }
}
