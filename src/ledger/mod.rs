//! All records of each source, stored beside the graph that was made from them.
//!
//! Merging records into papers is a pure function of the records, so the ledger keeps each record as it was read. This
//! makes builds incremental (a record with a known hash needs no extraction), lets a source be removed, and shows
//! which source stated what.
//!
//! ```text
//! generations/7/ledger/
//!   state         sources, records and papers: small, replaced as a whole by every build
//!   records-1     the records: compressed blocks with checksums. One build appends them and they never change again,
//!   records-2     so generations share the file by a hard link
//! ```
//!
//! A database would do the same with more parts: nothing here is changed in place, all look-ups are by number in the
//! `state` that a build holds in memory (a few hundred bytes for each paper), and renaming the generation makes all of
//! it visible at once.

mod log;
mod segment;
mod state;
mod unversioned;

pub(crate) use log::BuildLog;
pub(crate) use segment::RecordPosition;
pub use segment::{RecordReader, RecordWriter};
pub use state::LedgerState;
pub(crate) use state::{PaperState, Record, SourceState, StoredOptions, VocabularySummary};
