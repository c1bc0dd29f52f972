use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::Place;
use crate::collection::Trace;
use crate::extract::IntroducedName;
use crate::paper::{PaperId, PartialDate};
use crate::vocabulary::{self, EntityId};

/// Everything that a build needs to know of the one before it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// Of the rules that made the graph: of the program.
    pub rules: u64,
    /// Whether names that no vocabulary knows were linked too.
    pub candidates: bool,
    pub vocabulary: Vocabulary,
    pub sources: Vec<Source>,
    pub records: Vec<Record>,
    pub papers: Vec<PaperState>,
    /// The number of the next file of records.
    pub next_segment: u32,
}

/// An input that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// As it was named; `-` for standard input.
    pub name: String,
    /// Of the options it was read with.
    pub options: u64,
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: u128,
    /// Of its bytes.
    pub hash: u64,
    /// What in it could not be read: it is read again each time, so that this is told each time.
    pub problems: u32,
}

/// What a source says of a paper in one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Number of its source.
    pub source: u32,
    /// Its number among the records of the source; of standard input, which is not there to be read again, its hash.
    pub position: u64,
    /// Of all that it says.
    pub hash: u64,
    pub place: Place,
    pub trace: Trace,
    /// Whether it names other places than this source: it was put together before it came here.
    pub has_own_origins: bool,
    /// Whether it is what `kg extract` made of it, and needs no extracting.
    pub is_extracted: bool,
}

/// A paper as the last build left it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaperState {
    pub id: PaperId,
    /// Of the records that it was made of.
    pub inputs: u64,
    pub published: Option<PartialDate>,
    pub introduces: Vec<IntroducedName>,
}

/// What tells whether an entity of the vocabulary has changed, and by which names it was searched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    pub version: u64,
    entities: Vec<(EntityId, u64, Vec<String>)>,
}

impl Vocabulary {
    pub fn of(vocabulary: &vocabulary::Vocabulary) -> Self {
        let entities = vocabulary.entities().iter().map(|entity| {
            // Where it stands in its file says nothing of what it is.
            let place = vocabulary::Place { file: "".into(), line: 0 };
            let bytes = postcard::to_allocvec(&vocabulary::Entity { place, ..entity.clone() }).unwrap_or_default();
            (entity.id.clone(), xxh3_64(&bytes), entity.names().map(str::to_string).collect())
        });
        Self { version: vocabulary.version(), entities: entities.collect() }
    }

    /// The entities that are not the same in both, with all names that either has for them.
    pub fn changed<'v>(&'v self, other: &'v Self) -> Vec<(&'v EntityId, Vec<&'v str>)> {
        let by_id = |v: &'v Self| -> HashMap<&'v EntityId, &'v (EntityId, u64, Vec<String>)> {
            v.entities.iter().map(|entity| (&entity.0, entity)).collect()
        };
        let (a, b) = (by_id(self), by_id(other));
        let names = |entities: [Option<&&'v (EntityId, u64, Vec<String>)>; 2]| -> Vec<&'v str> {
            entities.into_iter().flatten().flat_map(|entity| entity.2.iter().map(String::as_str)).collect()
        };
        let mut changed: Vec<_> = a
            .iter()
            .filter(|(id, entity)| b.get(*id).is_none_or(|other| other.1 != entity.1))
            .map(|(&id, entity)| (id, names([Some(entity), b.get(id)])))
            .collect();
        changed.extend(
            b.iter().filter(|(id, _)| !a.contains_key(*id)).map(|(&id, entity)| (id, names([Some(entity), None]))),
        );
        changed.sort_unstable();
        changed
    }
}

impl State {
    /// `None` if there is no file.
    pub fn load(path: &Path) -> io::Result<Option<Self>> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e),
        };
        let mut bytes = Vec::new();
        zstd::Decoder::new(file)?.read_to_end(&mut bytes)?;
        let state = postcard::from_bytes(&bytes);
        state.map(Some).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, format!("the ledger's state: {e}")))
    }

    /// Writes it under another name first, so that it is there whole or not at all.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let temporary = path.with_extension("tmp");
        let mut encoder = zstd::Encoder::new(File::create(&temporary)?, 1)?;
        encoder.include_checksum(true)?;
        let bytes = postcard::to_allocvec(self).map_err(io::Error::other)?;
        encoder.write_all(&bytes)?;
        encoder.finish()?.sync_all()?;
        std::fs::rename(temporary, path)
    }
}
