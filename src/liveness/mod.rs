//! Whether repositories and pages can still be had: asked over HTTP, politely, safely, and with a memory.

mod address;
mod hosts;
mod journal;
mod outcome;
mod pointer;
mod template;
mod verdict;

pub use hosts::{Hosts, HostsError, Limits};
pub use journal::{Journal, JournalError};
pub use outcome::{Confirm, Facts, Link, Outcome, Streak};
pub use verdict::{Certainty, Severity, Verdict};
