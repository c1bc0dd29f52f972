//! The state of the ledger: sources, records and papers, in one file that each build replaces.

use std::collections::HashMap;
use std::io::{self, BufWriter, Read as _, Write};
use std::path::Path;

use postcard::ser_flavors::Flavor;
use serde::{Deserialize, Serialize, Serializer};
use xxhash_rust::xxh3::xxh3_64;

use super::{RecordPosition, unversioned};
use crate::collection::{Byline, Introduction, RecordTrace};
use crate::disk::{self, FileDefect, FileKind};
use crate::extract::{CollectionName, ConfidenceLimits};
use crate::paper::PaperId;
use crate::vocabulary::{self, EntityId};

/// Raise the version when a type in [`LastingState`] changes, and keep a copy of the old types, as `unversioned` does.
/// Types in [`DerivedState`] may change freely, because they are read only by a program with the same rules.
const STATE_FILE: FileKind = FileKind { magic: b"kg-ledg\n", version: 1 };

/// Everything that a build needs to know about the previous one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LedgerState {
    /// Hash of the rules with which the inputs were read and the graph was made.
    pub rules: u64,
    /// Whether names that are in no vocabulary were linked too.
    pub candidates: bool,
    /// Lowest confidence of what was kept.
    pub limits: ConfidenceLimits,
    pub vocabulary: VocabularySummary,
    pub sources: Vec<SourceState>,
    pub records: Vec<Record>,
    /// Empty if the state was written by other rules.
    pub papers: Vec<PaperState>,
    /// Names that the papers introduce, with the things that each means in the collection.
    pub names: Vec<CollectionName>,
    /// Keys of works that papers cite by an id alone, by the hash of the id; sorted.
    pub works: Vec<(u64, String)>,
    /// Version of the user's decisions about people.
    pub decisions_version: u64,
    /// Number of the next segment of records.
    pub next_segment: u32,
}

/// An input that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceState {
    /// Name as given by the user; `-` is standard input.
    pub name: String,
    /// Absolute path; `None` for standard input, or if an earlier version of the program read it.
    pub path: Option<String>,
    /// Options with which it was read; `None` if an earlier version of the program read it and did not keep its
    /// options.
    pub options: Option<StoredOptions>,
    /// Size in bytes.
    pub size: u64,
    /// Modification time, in nanoseconds since 1970.
    pub modified: u128,
    /// Content hash.
    pub hash: u64,
    /// Number of its records that could not be read. If it is not zero, each build reads the input again and reports
    /// them.
    pub problems: u32,
}

/// Options with which an input was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredOptions {
    /// Format that the user chose, with the columns that the user named; `None` if the format was detected.
    pub format_and_columns: Option<String>,
    /// Date on which a listing was copied.
    pub as_of: Option<String>,
    /// Whether the input is the output of `kg extract`.
    pub is_extracted: bool,
}

/// A record: what a source states about a paper in one location.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Index into [`LedgerState::sources`].
    pub source: u32,
    /// Orders the records of a source: the number of the record within it, from 1. For standard input, which cannot be
    /// read again, the record's hash.
    pub order: u64,
    /// Content hash.
    pub hash: u64,
    pub position: RecordPosition,
    /// `None` if other rules made it. It must then be computed from the record again.
    pub trace: Option<RecordTrace>,
    /// Whether the record names files other than its source, because it was merged before it was read here.
    pub has_own_origins: bool,
    /// Whether the record is output of `kg extract`, which needs no extraction.
    pub is_extracted: bool,
}

/// Data that cannot be derived again. Its layout changes only with the version of the file.
#[derive(Deserialize)]
struct LastingState {
    rules: u64,
    next_segment: u32,
    sources: Vec<SourceState>,
    records: Vec<LastingRecord>,
}

/// A [`LastingState`] to write: the same fields, borrowed from a [`LedgerState`].
#[derive(Serialize)]
struct LastingStateRef<'s> {
    rules: u64,
    next_segment: u32,
    sources: &'s [SourceState],
    #[serde(serialize_with = "lasting_records")]
    records: &'s [Record],
}

#[derive(Serialize, Deserialize)]
struct LastingRecord {
    source: u32,
    order: u64,
    hash: u64,
    position: RecordPosition,
    has_own_origins: bool,
    is_extracted: bool,
}

/// Data that the rules derived from the records.
#[derive(Deserialize)]
struct DerivedState {
    candidates: bool,
    limits: ConfidenceLimits,
    vocabulary: VocabularySummary,
    traces: Vec<Option<RecordTrace>>,
    papers: Vec<PaperState>,
    names: Vec<CollectionName>,
    works: Vec<(u64, String)>,
    decisions: u64,
}

/// A [`DerivedState`] to write: the same fields, borrowed from a [`LedgerState`].
#[derive(Serialize)]
struct DerivedStateRef<'s> {
    candidates: bool,
    limits: ConfidenceLimits,
    vocabulary: &'s VocabularySummary,
    #[serde(serialize_with = "traces")]
    traces: &'s [Record],
    papers: &'s [PaperState],
    names: &'s [CollectionName],
    works: &'s [(u64, String)],
    decisions: u64,
}

fn lasting_records<S: Serializer>(records: &[Record], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(records.iter().map(LastingRecord::of))
}

fn traces<S: Serializer>(records: &[Record], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(records.iter().map(|record| &record.trace))
}

/// State of a paper after the last build.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaperState {
    /// Hash of the records from which it was made.
    pub records_hash: u64,
    /// What the paper introduces when it is read by itself.
    pub introduction: Introduction,
    /// Whether the paper has a list of references.
    pub has_references: bool,
    /// Hashes of the ids by which it cites without a title.
    pub untitled_references: Box<[u64]>,
    /// What identifies its authors.
    pub byline: Byline,
    /// Hash of the keys of its authors; 0 if each follows from the name.
    pub authors_hash: u64,
}

impl PaperState {
    pub fn id(&self) -> &PaperId {
        &self.introduction.paper
    }
}

/// A summary of the vocabulary: shows which entities have changed, and by which names they were searched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VocabularySummary {
    pub version: u64,
    entities: Vec<EntitySummary>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct EntitySummary {
    id: EntityId,
    /// Hash of the whole entry.
    hash: u64,
    names: Vec<String>,
}

impl VocabularySummary {
    /// # Errors
    /// If an entity cannot be serialised.
    pub fn of(vocabulary: &vocabulary::Vocabulary) -> io::Result<Self> {
        let entities = vocabulary.entities().iter().map(|entity| {
            // An entity that moved within its file counts as unchanged.
            let nowhere = vocabulary::VocabularyLine { file: "".into(), line: 0 };
            let bytes = postcard::to_allocvec(&vocabulary::Entity { defined_at: nowhere, ..entity.clone() })?;
            Ok(EntitySummary {
                id: entity.id.clone(),
                hash: xxh3_64(&bytes),
                names: entity.names().map(str::to_string).collect(),
            })
        });
        let entities: Result<_, postcard::Error> = entities.collect();
        Ok(Self { version: vocabulary.version(), entities: entities.map_err(io::Error::other)? })
    }

    /// The entities that differ between the two, with all names that either has for them.
    pub fn changed<'v>(&'v self, other: &'v Self) -> Vec<(&'v EntityId, Vec<&'v str>)> {
        let by_id = |summary: &'v Self| -> HashMap<&'v EntityId, &'v EntitySummary> {
            summary.entities.iter().map(|entity| (&entity.id, entity)).collect()
        };
        let (before, after) = (by_id(self), by_id(other));
        let names = |entities: [Option<&&'v EntitySummary>; 2]| -> Vec<&'v str> {
            entities.into_iter().flatten().flat_map(|entity| entity.names.iter().map(String::as_str)).collect()
        };
        let mut changed: Vec<_> = before
            .iter()
            .filter(|(id, entity)| after.get(*id).is_none_or(|other| other.hash != entity.hash))
            .map(|(&id, entity)| (id, names([Some(entity), after.get(id)])))
            .collect();
        let added = after.iter().filter(|(id, _)| !before.contains_key(*id));
        changed.extend(added.map(|(&id, entity)| (id, names([Some(entity), None]))));
        changed.sort_unstable();
        changed
    }
}

impl LedgerState {
    /// Reads the state; `None` if there is no file. Derived data is read only if it was made by the same `rules`.
    ///
    /// # Errors
    /// If the file cannot be read, is damaged, or was written by a later version of the program.
    pub fn load(path: &Path, rules: u64) -> io::Result<Option<Self>> {
        let Some(bytes) = disk::read(path)? else { return Ok(None) };
        match STATE_FILE.unsealed(&bytes) {
            Ok(packed) => decode(packed, rules).map(Some),
            Err(FileDefect::NoHeader) => match unversioned::read(&bytes) {
                Some(state) => Ok(Some(state)),
                None => Err(FileDefect::NoHeader.into()),
            },
            Err(defect) => Err(defect.into()),
        }
    }

    /// Replaces the file as a whole. The bytes are never all in memory: the state of a million papers takes a gigabyte.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let Self {
            rules,
            candidates,
            limits,
            vocabulary,
            sources,
            records,
            papers,
            names,
            works,
            decisions_version,
            next_segment,
        } = self;
        let lasting = LastingStateRef { rules: *rules, next_segment: *next_segment, sources, records };
        let derived = DerivedStateRef {
            candidates: *candidates,
            limits: *limits,
            vocabulary,
            traces: records,
            papers,
            names,
            works,
            decisions: *decisions_version,
        };
        let length = postcard::experimental::serialized_size(&lasting).map_err(io::Error::other)?;
        disk::replace_sealed(path, STATE_FILE, |file| {
            let mut plain = BufWriter::new(zstd::Encoder::new(file, 1)?);
            plain.write_all(&(length as u64).to_le_bytes())?;
            write_postcard(&lasting, &mut plain)?;
            write_postcard(&derived, &mut plain)?;
            plain.into_inner().map_err(io::IntoInnerError::into_error)?.finish().map(drop)
        })
    }
}

/// Writes a value in the format of postcard.
fn write_postcard(value: &impl Serialize, to: impl Write) -> io::Result<()> {
    let error = std::cell::Cell::new(None);
    let written = postcard::serialize_with_flavor(value, PostcardWriter { to, error: &error });
    written.map_err(|other| error.take().unwrap_or_else(|| io::Error::other(other)))
}

/// Gives the bytes of postcard to a writer.
struct PostcardWriter<'e, W> {
    to: W,
    /// The error that ended the writing; postcard's own errors do not say what happened.
    error: &'e std::cell::Cell<Option<io::Error>>,
}

impl<W: Write> Flavor for PostcardWriter<'_, W> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.try_extend(&[byte])
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        self.to.write_all(bytes).map_err(|error| {
            self.error.set(Some(error));
            postcard::Error::SerializeBufferFull
        })
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

fn decode(packed: &[u8], rules: u64) -> io::Result<LedgerState> {
    let undecodable = || io::Error::from(FileDefect::Undecodable);
    let mut plain = Vec::new();
    zstd::Decoder::new(packed)?.read_to_end(&mut plain)?;
    let (length, rest) = plain.split_first_chunk::<8>().ok_or_else(undecodable)?;
    let (lasting, derived) = rest.split_at_checked(u64::from_le_bytes(*length) as usize).ok_or_else(undecodable)?;
    let lasting: LastingState = postcard::from_bytes(lasting).map_err(|_| undecodable())?;
    let mut state = LedgerState {
        rules: lasting.rules,
        sources: lasting.sources,
        next_segment: lasting.next_segment,
        ..LedgerState::default()
    };
    let mut traces = Vec::new();
    if lasting.rules == rules {
        let derived: DerivedState = postcard::from_bytes(derived).map_err(|_| undecodable())?;
        (state.candidates, state.limits) = (derived.candidates, derived.limits);
        (state.vocabulary, state.papers, state.names) = (derived.vocabulary, derived.papers, derived.names);
        (state.works, state.decisions_version) = (derived.works, derived.decisions);
        traces = derived.traces;
    }
    let mut traces = traces.into_iter();
    state.records = lasting.records.into_iter().map(|record| record.with(traces.next().flatten())).collect();
    if state.records.iter().any(|record| record.source as usize >= state.sources.len()) {
        return Err(undecodable());
    }
    Ok(state)
}

impl LastingRecord {
    fn of(record: &Record) -> Self {
        let Record { source, order, hash, position, has_own_origins, is_extracted, .. } = *record;
        Self { source, order, hash, position, has_own_origins, is_extracted }
    }

    fn with(self, trace: Option<RecordTrace>) -> Record {
        let Self { source, order, hash, position, has_own_origins, is_extracted } = self;
        Record { source, order, hash, position, trace, has_own_origins, is_extracted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::Paper;

    fn state() -> LedgerState {
        let source = SourceState {
            name: "list.txt".into(),
            path: Some("/papers/list.txt".into()),
            options: Some(StoredOptions { as_of: Some("2025-11-03".into()), ..StoredOptions::default() }),
            size: 12,
            modified: 34,
            hash: 56,
            problems: 0,
        };
        let record = Record {
            source: 0,
            order: 1,
            hash: 78,
            position: RecordPosition { segment: 1, block: 12, index: 0 },
            trace: Some(RecordTrace::of(&Paper::titled("A"))),
            has_own_origins: false,
            is_extracted: false,
        };
        let introduction = Introduction {
            paper: PaperId::from_title("A"),
            published: None,
            authors: Box::default(),
            names: Box::default(),
        };
        let paper = PaperState {
            records_hash: 9,
            introduction,
            has_references: false,
            untitled_references: Box::default(),
            byline: Byline::default(),
            authors_hash: 0,
        };
        LedgerState {
            rules: 7,
            candidates: true,
            sources: vec![source],
            records: vec![record],
            papers: vec![paper],
            next_segment: 2,
            ..LedgerState::default()
        }
    }

    #[test]
    fn a_state_comes_back_whole_to_the_rules_that_wrote_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        assert_eq!(LedgerState::load(&path, 7).unwrap(), None);
        state().save(&path).unwrap();
        assert_eq!(LedgerState::load(&path, 7).unwrap(), Some(state()));
    }

    #[test]
    fn other_rules_get_the_sources_and_records_and_nothing_that_was_made_of_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        state().save(&path).unwrap();
        let read = LedgerState::load(&path, 8).unwrap().unwrap();
        assert_eq!((read.rules, read.sources.clone(), read.next_segment), (7, state().sources, 2));
        assert_eq!((read.records[0].trace.clone(), read.papers.len(), read.candidates), (None, 0, false));
        assert_eq!(read.records[0].position, state().records[0].position);
    }

    #[test]
    fn any_damage_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        state().save(&path).unwrap();
        let whole = std::fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x10;
            std::fs::write(&path, &damaged).unwrap();
            assert!(LedgerState::load(&path, 7).is_err(), "byte {at}");
            std::fs::write(&path, &whole[..at]).unwrap();
            assert!(LedgerState::load(&path, 7).is_err(), "cut at {at}");
        }
    }

    /// This test spells out the lasting layout byte by byte. If it fails, the version must be raised.
    #[test]
    fn the_layout_of_what_lasts_is_that_of_its_version() {
        let LedgerState { rules, sources, records, next_segment, .. } = &state();
        let lasting = LastingStateRef { rules: *rules, next_segment: *next_segment, sources, records };
        let bytes = postcard::to_allocvec(&lasting).unwrap();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            (STATE_FILE.version, hex.as_str()),
            (
                1,
                "070201086c6973742e74787401102f7061706572732f6c6973742e7478740100010a323032352d31312d3033000c2238000100014e\
                 010c000000"
            )
        );
    }
}
