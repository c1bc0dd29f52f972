//! The manifest of an index: its files, with their sizes and checksums.
//!
//! Readers of an index map its files and trust them. A changed byte can make them fail anywhere or answer wrongly. So
//! an index is compared with its manifest before it is opened. Sizes are always compared, contents as far as it takes
//! no noticeable time; [`super::Index::verify`] compares everything.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use crate::disk::{self, FileDefect, FileKind};

const KIND: FileKind = FileKind { magic: b"kg-srch\n", version: 1 };
pub(super) const FILE: &str = "manifest";
/// Number of bytes that are compared whenever an index is opened, the smallest files first. This takes a few
/// milliseconds, even if none of the bytes are in memory.
pub(super) const BRIEFLY: u64 = 8 << 20;

#[derive(Serialize, Deserialize)]
struct ManifestEntry {
    name: String,
    /// Size in bytes.
    size: u64,
    /// Content hash.
    hash: u64,
}

/// Writes the manifest of the index at `folder`. Files of tantivy are never changed in place, so a file that the
/// manifest has with the same name and size is not read again.
pub(super) fn write(folder: &Path) -> io::Result<()> {
    let known = read(folder).ok().flatten().unwrap_or_default();
    let known: HashMap<(&str, u64), u64> =
        known.iter().filter(|entry| is_immutable(&entry.name)).map(|e| ((e.name.as_str(), e.size), e.hash)).collect();
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == FILE || name.ends_with(".lock") || name.ends_with(".tmp") {
            continue;
        }
        let size = entry.metadata()?.len();
        let hash = match known.get(&(name.as_str(), size)) {
            Some(hash) => *hash,
            None => hash_of(&entry.path())?,
        };
        entries.push(ManifestEntry { name, size, hash });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let contents = postcard::to_allocvec(&entries).map_err(io::Error::other)?;
    disk::replace_with(&folder.join(FILE), &KIND.sealed(&contents))
}

/// Whether the name is that of a segment: 32 hexadecimal digits, which are never used twice.
fn is_immutable(name: &str) -> bool {
    name.split('.').next().is_some_and(|stem| stem.len() == 32 && stem.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Compares the index at `folder` with its manifest, and the contents of at most `bytes` bytes. Returns what is wrong.
pub(super) fn defect(folder: &Path, bytes: u64) -> io::Result<Option<String>> {
    let mut entries = match read(folder) {
        Ok(Some(entries)) => entries,
        Ok(None) => return Ok(Some(format!("{FILE} is missing"))),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(Some(format!("{FILE}: {error}"))),
        Err(error) => return Err(error),
    };
    entries.sort_by_key(|entry| entry.size);
    let mut left = bytes;
    for ManifestEntry { name, size, hash } in entries {
        let path = folder.join(&name);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.len() == size => {}
            Ok(metadata) => return Ok(Some(format!("{name} has {} bytes instead of {size}", metadata.len()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(format!("{name} is missing"))),
            Err(error) => return Err(error),
        }
        if size <= left {
            left -= size;
            if hash_of(&path)? != hash {
                return Ok(Some(format!("the checksum of {name} is wrong")));
            }
        } else {
            left = 0;
        }
    }
    Ok(None)
}

fn read(folder: &Path) -> io::Result<Option<Vec<ManifestEntry>>> {
    let Some(file) = disk::read(&folder.join(FILE))? else { return Ok(None) };
    postcard::from_bytes(KIND.unsealed(&file)?).map(Some).map_err(|_| FileDefect::Undecodable.into())
}

fn hash_of(path: &Path) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut hash = Xxh3::new();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.digest()),
            n => hash.update(&buffer[..n]),
        }
    }
}
