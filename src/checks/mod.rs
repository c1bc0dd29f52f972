//! Checks the links of a graph: selects them, asks them, and reports the findings.

mod findings;
pub mod format;
pub mod page;
#[cfg(feature = "check")]
mod run;
mod scope;

pub use findings::{FailOn, Finding, Findings, VerdictCounts, day};
#[cfg(feature = "check")]
pub use run::{Event, RunError, due, known, run};
pub use scope::{Age, LinkOfGraph, Only, Scope};
