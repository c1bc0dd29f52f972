//! Our own files on disk: their headers, and how a file is replaced as a whole.
//!
//! A binary file begins with a header: eight bytes that name its kind, and the version of its layout. A program that
//! finds another version reports it, migrates the file or reads its sources again; it never guesses. A *sealed* file
//! also has a checksum of its contents.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// A kind of binary file, and the version of its layout that this program writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileKind {
    pub magic: &'static [u8; 8],
    pub version: u32,
}

/// Why the contents of a file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileDefect {
    #[error("it does not begin with the header of such a file")]
    NoHeader,
    #[error("it has version {0}, which this version of the program does not know")]
    OtherVersion(u32),
    #[error("its checksum is wrong")]
    Checksum,
    /// The checksum matches.
    #[error("its contents cannot be decoded")]
    Undecodable,
}

/// Length of a header in bytes: the magic and a `u32`, little-endian.
pub(crate) const HEADER: usize = 12;

impl FileKind {
    pub(crate) fn header(self) -> [u8; HEADER] {
        let mut header = [0; HEADER];
        header[..8].copy_from_slice(self.magic);
        header[8..].copy_from_slice(&self.version.to_le_bytes());
        header
    }

    /// The bytes after the header of a file of this kind and version.
    pub(crate) fn contents(self, file: &[u8]) -> Result<&[u8], FileDefect> {
        let (header, contents) = file.split_first_chunk::<HEADER>().ok_or(FileDefect::NoHeader)?;
        let (magic, version) = header.split_at(8);
        if magic != self.magic {
            return Err(FileDefect::NoHeader);
        }
        match version.try_into().map(u32::from_le_bytes) {
            Ok(version) if version == self.version => Ok(contents),
            Ok(version) => Err(FileDefect::OtherVersion(version)),
            Err(_) => Err(FileDefect::NoHeader),
        }
    }

    /// Builds a sealed file: header, checksum, contents.
    pub(crate) fn sealed(self, contents: &[u8]) -> Vec<u8> {
        let mut file = Vec::with_capacity(HEADER + 8 + contents.len());
        file.extend(self.header());
        file.extend(xxh3_64(contents).to_le_bytes());
        file.extend(contents);
        file
    }

    /// The contents of a sealed file, after its checksum was verified.
    pub(crate) fn unsealed(self, file: &[u8]) -> Result<&[u8], FileDefect> {
        let (checksum, contents) = self.contents(file)?.split_first_chunk::<8>().ok_or(FileDefect::Checksum)?;
        if xxh3_64(contents) == u64::from_le_bytes(*checksum) { Ok(contents) } else { Err(FileDefect::Checksum) }
    }
}

impl From<FileDefect> for io::Error {
    fn from(defect: FileDefect) -> Self {
        Self::new(io::ErrorKind::InvalidData, defect)
    }
}

/// Writes to a temporary file, waits until it is on the disk, and renames it. Readers of `path` find either the old or
/// the new contents, however the program ends.
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let temporary = aside(path);
    let written = (|| {
        let mut file = BufWriter::new(File::create(&temporary)?);
        write(&mut file)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&temporary, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Like [`replace`], with all bytes at once.
pub(crate) fn replace_with(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace(path, |file| file.write_all(bytes))
}

/// Like [`replace`], with a sealed file whose contents are written in pieces.
pub(crate) fn replace_sealed(
    path: &Path,
    kind: FileKind,
    write: impl FnOnce(&mut SealedContents<'_>) -> io::Result<()>,
) -> io::Result<()> {
    replace(path, |file| {
        file.write_all(&kind.header())?;
        file.write_all(&[0; 8])?;
        let mut contents = SealedContents { file, checksum: Xxh3::new() };
        write(&mut contents)?;
        let checksum = contents.checksum.digest();
        file.seek(SeekFrom::Start(HEADER as u64))?;
        file.write_all(&checksum.to_le_bytes())
    })
}

/// Writes the contents of a sealed file.
pub(crate) struct SealedContents<'f> {
    file: &'f mut BufWriter<File>,
    checksum: Xxh3,
}

impl Write for SealedContents<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.checksum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Reads the whole file; `None` if there is none.
pub(crate) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Whether an error means that the disk, or the user's quota on it, is full.
pub(crate) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded) || says_full(&error.to_string())
}

/// Whether an error message of another library means that the disk is full.
pub(crate) fn says_full(message: &str) -> bool {
    ["No space left on device", "Disk quota exceeded"].iter().any(|words| message.contains(words))
}

fn aside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".tmp");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: FileKind = FileKind { magic: b"kg-test\n", version: 3 };

    #[test]
    fn a_sealed_file_gives_its_contents_and_any_changed_byte_is_noticed() {
        let file = KIND.sealed(b"contents");
        assert_eq!(KIND.unsealed(&file), Ok(b"contents".as_slice()));
        for at in 0..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert!(KIND.unsealed(&damaged).is_err(), "byte {at}");
            assert!(KIND.unsealed(&file[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_sealed_file_is_the_same_when_it_is_written_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        replace_sealed(&path, KIND, |contents| {
            contents.write_all(b"con")?;
            contents.write_all(b"tents")
        })
        .unwrap();
        assert_eq!(fs::read(&path).unwrap(), KIND.sealed(b"contents"));
    }

    #[test]
    fn another_version_is_named() {
        let later = FileKind { version: 4, ..KIND };
        assert_eq!(KIND.unsealed(&later.sealed(b"")), Err(FileDefect::OtherVersion(4)));
        assert_eq!(KIND.contents(b"PNG"), Err(FileDefect::NoHeader));
    }

    #[test]
    fn a_file_that_cannot_be_written_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        replace_with(&path, b"old").unwrap();
        assert!(replace(&path, |_| Err(io::Error::other("full"))).is_err());
        assert_eq!(read(&path).unwrap().unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
