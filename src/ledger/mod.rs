//! What each source said, record by record, beside the graph that was made of it.
//!
//! Merging records into papers is a pure function, so that whatever it needs must not be read back from its own
//! outcome: the ledger keeps each record as it was read. It makes a build incremental (a record that stands there with
//! the same hash needs no reading), lets a source be taken back, and tells which source said what.
//!
//! ```text
//! generations/7/ledger/
//!   state         sources, records and papers: small, written anew by every build, renamed into place
//!   records-1     what records say: compressed blocks, appended by one build and never changed again, so that
//!   records-2     generations share the file by a hard link
//! ```
//!
//! A database of its own would do the same with more parts: nothing here is ever changed in place, all lookups are by
//! number in the `state` that a build holds in memory (some hundred bytes a paper), and the generation's rename makes
//! all of it visible at once.

mod log;
mod segment;
mod state;

pub(crate) use log::Log;
pub use segment::{Place, Records, Writer};
pub use state::{PaperState, Record, Source, State, Vocabulary};
