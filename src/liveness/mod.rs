//! Whether repositories and pages can still be had: asked over HTTP, politely, safely, and with a memory.

mod outcome;
mod verdict;

pub use outcome::{Confirm, Facts, Link, Outcome, Streak};
pub use verdict::{Certainty, Severity, Verdict};
