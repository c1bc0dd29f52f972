//! The ledger's state as it was written before files had versions: bare zstd around postcard.
//!
//! The types are copies that never change. Only what cannot be derived again is read: the inputs, and the positions of
//! their records. Everything else in the file was made by other rules.

use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::state::{LedgerState, Record, SourceState};
use super::{RecordPosition, StoredOptions};

/// The beginning of the file. The rest (papers and the next segment) is not needed.
#[derive(Deserialize)]
struct UnversionedBeginning {
    rules: u64,
    _candidates: bool,
    _vocabulary: (u64, Vec<(OldEntityId, u64, Vec<String>)>),
    sources: Vec<OldSource>,
    records: Vec<OldRecord>,
}

type OldEntityId = (u32, String);

#[derive(Deserialize)]
struct OldSource {
    name: String,
    options: u64,
    size: u64,
    modified: u128,
    hash: u64,
    problems: u32,
}

#[derive(Deserialize)]
struct OldRecord {
    source: u32,
    position: u64,
    hash: u64,
    segment: u32,
    block: u32,
    nth: u32,
    _trace: (Vec<u64>, u64, u64, u32, u16),
    has_own_origins: bool,
    is_extracted: bool,
}

/// Bytes that were hashed for a source without options.
const PLAIN: &[u8] = b"Options { from: None, as_of: None } false";
const PLAIN_EXTRACTED: &[u8] = b"Options { from: None, as_of: None } true";

/// `None` if the bytes are not such a state.
pub(super) fn read(bytes: &[u8]) -> Option<LedgerState> {
    let plain = zstd::decode_all(bytes).ok()?;
    let (old, _) = postcard::take_from_bytes::<UnversionedBeginning>(&plain).ok()?;
    let sources: Vec<SourceState> = old.sources.into_iter().map(SourceState::from).collect();
    let records: Vec<Record> = old.records.into_iter().map(Record::from).collect();
    if records.iter().any(|record| record.source as usize >= sources.len()) {
        return None;
    }
    let next_segment = records.iter().map(|record| record.position.segment + 1).max().unwrap_or(1);
    Some(LedgerState { rules: old.rules, sources, records, next_segment, ..LedgerState::default() })
}

impl From<OldSource> for SourceState {
    fn from(old: OldSource) -> Self {
        let OldSource { name, options, size, modified, hash, problems } = old;
        let plain = |is_extracted| Some(StoredOptions { is_extracted, ..StoredOptions::default() });
        let options = if options == xxh3_64(PLAIN) {
            plain(false)
        } else if options == xxh3_64(PLAIN_EXTRACTED) {
            plain(true)
        } else {
            None
        };
        Self { name, path: None, options, size, modified, hash, problems }
    }
}

impl From<OldRecord> for Record {
    fn from(old: OldRecord) -> Self {
        let OldRecord {
            source, position: order, hash, segment, block, nth: index, has_own_origins, is_extracted, ..
        } = old;
        let position = RecordPosition { segment, block, index };
        Self { source, order, hash, position, trace: None, has_own_origins, is_extracted }
    }
}
