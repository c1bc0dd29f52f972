//! Checking the links of a graph: which ones, and what is told about them.

mod findings;
pub mod format;
pub mod page;
mod run;
mod scope;

pub use findings::{FailOn, Finding, Findings, Tally, day};
pub use run::{Event, Report, RunError, due, known, run};
pub use scope::{Age, LinkOfGraph, Only, Scope};
