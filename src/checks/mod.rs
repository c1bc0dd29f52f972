//! Checks the links of a graph: selects them, asks them, and reports the findings.

mod findings;
pub(crate) mod format;
pub(crate) mod page;
#[cfg(feature = "check")]
mod run;
mod scope;

pub(crate) use findings::{CheckFindings, FailOn, LinkFinding, VerdictCounts, utc_day};
#[cfg(feature = "check")]
pub(crate) use run::{CheckEvent, RunError, due_links, known_links, run};
pub(crate) use scope::{LinkOfGraph, LinkScope, OutcomeAge, OutcomeFilter};
