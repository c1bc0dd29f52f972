//! Checking the links of a graph: which ones, and what is told about them.

mod findings;
pub mod format;
mod scope;

pub use findings::{FailOn, Finding, Findings, Tally};
pub use scope::{Age, LinkOfGraph, Only, Scope};
