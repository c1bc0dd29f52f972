//! Segments: the files with the records, as compressed blocks with checksums.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::disk::{FileDefect, FileKind, HEADER};

/// Position of a record in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordPosition {
    pub segment: u32,
    /// Offset of its block in the segment, in bytes.
    pub block: u32,
    /// Number of records before it in the block.
    pub index: u32,
}

const SEGMENT_FILE: FileKind = FileKind { magic: b"kg-recs\n", version: 1 };
/// Length of a block's header, in bytes: the block's packed and plain length (`u32`, little-endian), and a checksum
/// (`u64`) of both lengths and the packed bytes. Before version 1, files had no header and blocks had no checksum.
const BLOCK_HEADER_LENGTH: usize = 16;

/// Number of bytes that are compressed together: enough for the compressor to learn the words, and few enough that one
/// record is read in a fraction of a millisecond.
const BLOCK_LENGTH: usize = 256 * 1024;
/// Length in bytes after which a file is closed.
const SEGMENT_LENGTH: u32 = 1 << 30;

fn segment_path(folder: &Path, segment: u32) -> PathBuf {
    folder.join(format!("records-{segment}"))
}

/// Appends records to new segments.
pub struct RecordWriter {
    folder: PathBuf,
    /// Number of the segment that is written.
    segment: u32,
    /// `None` until the segment has a block.
    file: Option<BufWriter<File>>,
    /// Length of the segment so far, in bytes.
    length: u32,
    /// The records of the next block, each after its length.
    block: Vec<u8>,
    records_in_block: u32,
}

impl RecordWriter {
    /// Starts at segment number `first`, and overwrites what an interrupted build may have left.
    pub fn new(folder: &Path, first: u32) -> Self {
        Self {
            folder: folder.to_path_buf(),
            segment: first,
            file: None,
            length: 0,
            block: Vec::new(),
            records_in_block: 0,
        }
    }

    pub fn push(&mut self, record: &[u8]) -> io::Result<RecordPosition> {
        if self.block.len() >= BLOCK_LENGTH {
            self.write_block()?;
        }
        if self.length > SEGMENT_LENGTH {
            self.close()?;
        }
        let position = RecordPosition {
            segment: self.segment,
            block: self.length.max(HEADER as u32),
            index: self.records_in_block,
        };
        self.block.extend((record.len() as u32).to_le_bytes());
        self.block.extend(record);
        self.records_in_block += 1;
        Ok(position)
    }

    /// Flushes to disk. After this, all pushed records can be read and survive a crash.
    pub fn close(&mut self) -> io::Result<()> {
        if !self.block.is_empty() {
            self.write_block()?;
        }
        let Some(file) = self.file.take() else { return Ok(()) };
        file.into_inner().map_err(|e| e.into_error())?.sync_all()?;
        self.segment += 1;
        self.length = 0;
        Ok(())
    }

    fn write_block(&mut self) -> io::Result<()> {
        let packed = zstd::bulk::compress(&self.block, 1)?;
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let mut file = BufWriter::new(File::create(segment_path(&self.folder, self.segment))?);
                file.write_all(&SEGMENT_FILE.header())?;
                self.length = HEADER as u32;
                none.insert(file)
            }
        };
        let lengths = [packed.len() as u32, self.block.len() as u32];
        for length in lengths {
            file.write_all(&length.to_le_bytes())?;
        }
        file.write_all(&checksum(lengths, &packed).to_le_bytes())?;
        file.write_all(&packed)?;
        self.length += (BLOCK_HEADER_LENGTH + packed.len()) as u32;
        self.block.clear();
        self.records_in_block = 0;
        Ok(())
    }
}

fn checksum(lengths: [u32; 2], packed: &[u8]) -> u64 {
    let mut hash = Xxh3::new();
    lengths.iter().for_each(|length| hash.update(&length.to_le_bytes()));
    hash.update(packed);
    hash.digest()
}

/// Reads records by their position.
#[derive(Debug, Clone)]
pub struct RecordReader {
    folder: PathBuf,
}

impl RecordReader {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes unused segments of this generation. Other generations keep their segments.
    pub fn remove_segments(&self, is_unused: impl Fn(u32) -> bool) {
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            if segment_number(&entry.file_name()).is_some_and(&is_unused) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// The records at these positions, in the same order. Each block is read once, on all cores.
    pub fn read<T: DeserializeOwned + Send>(&self, positions: &[RecordPosition]) -> io::Result<Vec<T>> {
        let mut blocks: BTreeMap<(u32, u32), Vec<(u32, usize)>> = BTreeMap::new();
        for (i, position) in positions.iter().enumerate() {
            blocks.entry((position.segment, position.block)).or_default().push((position.index, i));
        }
        let blocks: Vec<_> = blocks.into_iter().collect();
        let read: Vec<(usize, T)> = blocks
            .into_par_iter()
            .map(|((segment, block), wanted)| self.read_from_block(segment, block, wanted))
            .collect::<io::Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect();
        let mut records: Vec<Option<T>> = Vec::new();
        records.resize_with(positions.len(), || None);
        for (i, record) in read {
            records[i] = Some(record);
        }
        records.into_iter().collect::<Option<_>>().ok_or_else(damaged)
    }

    /// The records with these indexes in a block, each with its number in the answer. `wanted` has
    /// pairs of the two.
    fn read_from_block<T: DeserializeOwned>(
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
        for (index, i) in wanted {
            let record = loop {
                let (length, behind) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
                let (record, behind) =
                    behind.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(damaged)?;
                // One record can be wanted twice.
                if at == index {
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
        let mut file = SegmentFile::open(&segment_path(&self.folder, segment))?;
        file.block(block.into()).map(|(plain, _)| plain)
    }

    /// Numbers of the existing segments.
    pub fn segments(&self) -> io::Result<Vec<u32>> {
        let entries = match std::fs::read_dir(&self.folder) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut numbers = Vec::new();
        for entry in entries {
            numbers.extend(segment_number(&entry?.file_name()));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Reads every block of a segment and counts the sound ones.
    ///
    /// # Errors
    /// If the segment cannot be opened, or a block is damaged. Blocks after a damaged one cannot be found.
    pub fn verify(&self, segment: u32) -> io::Result<u64> {
        let mut file = SegmentFile::open(&segment_path(&self.folder, segment))?;
        let (mut at, mut blocks) = (if file.has_header { HEADER as u64 } else { 0 }, 0);
        while at < file.length {
            at = file.block(at)?.1;
            blocks += 1;
        }
        Ok(blocks)
    }
}

fn segment_number(name: &std::ffi::OsStr) -> Option<u32> {
    name.to_str()?.strip_prefix("records-")?.parse().ok()
}

struct SegmentFile {
    file: File,
    /// Length in bytes.
    length: u64,
    /// Whether the file is of version 1, in which files have a header and blocks have a checksum.
    has_header: bool,
}

impl SegmentFile {
    fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut header = Vec::with_capacity(HEADER);
        Read::by_ref(&mut file).take(HEADER as u64).read_to_end(&mut header)?;
        let has_header = match SEGMENT_FILE.contents(&header) {
            Ok(_) => true,
            Err(FileDefect::NoHeader) => false,
            Err(defect) => return Err(defect.into()),
        };
        Ok(Self { file, length, has_header })
    }

    /// The uncompressed bytes of the block at this offset, and the offset after it.
    fn block(&mut self, at: u64) -> io::Result<(Vec<u8>, u64)> {
        self.file.seek(SeekFrom::Start(at))?;
        let mut lengths = [[0; 4]; 2];
        lengths.iter_mut().try_for_each(|length| self.file.read_exact(length))?;
        let lengths @ [packed_length, length] = lengths.map(u32::from_le_bytes);
        let mut expected = None;
        if self.has_header {
            let mut checksum = [0; 8];
            self.file.read_exact(&mut checksum)?;
            expected = Some(u64::from_le_bytes(checksum));
        }
        let begin = self.file.stream_position()?;
        if u64::from(packed_length) > self.length.saturating_sub(begin) {
            return Err(damaged());
        }
        let mut packed = vec![0; packed_length as usize];
        self.file.read_exact(&mut packed)?;
        // Files without our checksums have those of zstd.
        if expected.is_some_and(|expected| expected != checksum(lengths, &packed)) {
            return Err(damaged());
        }
        if zstd::zstd_safe::get_frame_content_size(&packed).ok().flatten() != Some(u64::from(length)) {
            return Err(damaged());
        }
        let plain = zstd::bulk::decompress(&packed, length as usize)?;
        Ok((plain, begin + u64::from(packed_length)))
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
        let mut writer = RecordWriter::new(folder.path(), 3);
        let papers: Vec<Paper> = (0..2000).map(|i| Paper::titled(format!("Paper {i} {}", "x".repeat(i)))).collect();
        let positions: Vec<RecordPosition> =
            papers.iter().map(|paper| writer.push(&serde_json::to_vec(paper).unwrap()).unwrap()).collect();
        writer.close().unwrap();
        assert!(positions.last().unwrap().block > 0, "several blocks");
        let wanted = [7, 1999, 7, 0, 1000];
        let read: Vec<Paper> = RecordReader::new(folder.path()).read(&wanted.map(|i| positions[i])).unwrap();
        assert_eq!(read, wanted.map(|i| papers[i].clone()));
    }

    #[test]
    fn damage_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = RecordWriter::new(folder.path(), 1);
        let position = writer.push(&serde_json::to_vec(&Paper::titled("A")).unwrap()).unwrap();
        writer.close().unwrap();
        let path = segment_path(folder.path(), 1);
        let whole = std::fs::read(&path).unwrap();
        assert_eq!(RecordReader::new(folder.path()).verify(1).unwrap(), 1);
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, bytes).unwrap();
            assert!(RecordReader::new(folder.path()).read::<Paper>(&[position]).is_err(), "byte {at}");
            assert!(RecordReader::new(folder.path()).verify(1).is_err(), "byte {at}");
        }
        std::fs::write(&path, whole).unwrap();
        let beyond = RecordPosition { index: 1, ..position };
        assert!(RecordReader::new(folder.path()).read::<Paper>(&[beyond]).is_err());
    }

    #[test]
    fn a_file_from_before_headers_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let record = serde_json::to_vec(&Paper::titled("A")).unwrap();
        let mut block = (record.len() as u32).to_le_bytes().to_vec();
        block.extend(record);
        let mut compressor = zstd::bulk::Compressor::new(1).unwrap();
        compressor.include_checksum(true).unwrap();
        let packed = compressor.compress(&block).unwrap();
        let lengths = [packed.len() as u32, block.len() as u32].map(u32::to_le_bytes);
        let mut bytes = lengths.concat();
        bytes.extend(packed);
        std::fs::write(segment_path(folder.path(), 1), bytes).unwrap();
        let records = RecordReader::new(folder.path());
        let read: Vec<Paper> = records.read(&[RecordPosition { segment: 1, block: 0, index: 0 }]).unwrap();
        assert_eq!(read, [Paper::titled("A")]);
        assert_eq!(records.verify(1).unwrap(), 1);
    }
}
