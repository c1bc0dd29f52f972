//! What each source said, record by record, beside the graph that was made of it.
//!
//! Merging records into papers is a pure function of the records, so the ledger keeps each record as it was read. This
//! makes a build incremental (a record with a known hash needs no extraction), lets a source be removed, and tells which
//! source said what.
//!
//! ```text
//! generations/7/ledger/
//!   state         sources, records and papers: small, replaced as a whole by every build
//!   records-1     the records: compressed blocks with checksums, appended by one build and never changed again, so
//!   records-2     that generations share the file by a hard link
//! ```
//!
//! A database would do the same with more parts: nothing here is changed in place, all look-ups are by number in the
//! `state` that a build holds in memory (some hundred bytes a paper), and renaming the generation makes all of it visible
//! at once.

mod log;
mod segment;
mod state;
mod unversioned;

pub(crate) use log::Log;
pub use segment::{Place, Records, Writer};
pub use state::{LedgerState, PaperState, ReadOptions, Record, Source, Vocabulary};
