//! The progress of earlier runs in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::FetchError;

/// The progress of one piece of work: a month of a category, a day of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FetchPiece {
    pub since: Date,
    pub until: Date,
    pub page_size: u32,
    /// Number of answers on disk.
    pub pages: u32,
    pub papers: u64,
    pub done: FetchedPart,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FetchedPart {
    /// More answers remain.
    Partly,
    /// Complete at that time; the service may still add papers.
    ForNow,
    /// Complete for good.
    ForGood,
}

/// The file with the progress. It is hidden, so that `kg build` of the folder does not read it.
const FILE: &str = ".fetched.json";

/// Its name in earlier versions.
const OLD_FILE: &str = "fetched.json";

/// The pieces by name, stored in a file of the folder.
#[derive(Debug)]
pub(super) struct FetchState {
    path: PathBuf,
    pieces: BTreeMap<String, FetchPiece>,
}

impl FetchState {
    pub(super) fn open(folder: &Path) -> Result<Self, FetchError> {
        let path = folder.join(FILE);
        let old_path = folder.join(OLD_FILE);
        if old_path.exists() && !path.exists() {
            fs::rename(&old_path, &path).map_err(|error| FetchError::Io { path: old_path, error })?;
        }
        let pieces = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|e| FetchError::State { path: path.clone(), message: e.to_string() })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(FetchError::State { path, message: error.to_string() }),
        };
        Ok(Self { path, pieces })
    }

    /// The progress of a piece. It is zero if the piece was requested with other parameters.
    pub(super) fn piece(&self, name: &str, since: Date, until: Date, page_size: u32) -> FetchPiece {
        let new = FetchPiece { since, until, page_size, pages: 0, papers: 0, done: FetchedPart::Partly };
        match self.pieces.get(name) {
            Some(known) if known.done == FetchedPart::ForGood && known.since <= since && known.until >= until => *known,
            Some(known) if known.done == FetchedPart::Partly && FetchPiece { pages: 0, papers: 0, ..*known } == new => {
                *known
            }
            _ => new,
        }
    }

    pub(super) fn put(&mut self, name: &str, piece: FetchPiece) -> Result<(), FetchError> {
        self.pieces.insert(name.to_string(), piece);
        let json = serde_json::to_vec_pretty(&self.pieces)
            .map_err(|e| FetchError::State { path: self.path.clone(), message: e.to_string() })?;
        replace(&self.path, &json)
    }
}

/// Replaces a file completely or not at all.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), FetchError> {
    let temporary = path.with_extension("part");
    let write = || {
        let mut file = fs::File::create(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(|error| FetchError::Io { path: path.into(), error })
}
