use std::collections::BTreeMap;
use std::fmt;

use super::{Format, ProblemReason, ReadProblem};
use crate::paper::Paper;

/// The result of reading an input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReadTally {
    pub read: u64,
    /// The number of problems for each reason, including those of records that were read.
    pub skipped: BTreeMap<ProblemReason, u64>,
    format: Option<Format>,
}

impl ReadTally {
    pub(crate) fn add(&mut self, item: &Result<Paper, ReadProblem>) {
        match item {
            Ok(paper) => {
                self.read += 1;
                if self.format.is_none() {
                    self.format = paper.sources.last().and_then(|origin| origin.format.parse().ok());
                }
            }
            Err(problem) => *self.skipped.entry(problem.reason).or_default() += 1,
        }
    }

    /// What `--verbose` prints of the input: its format, if it has a paper, and the counts. `is_named` says that the
    /// user named the format.
    pub(crate) fn details(&self, is_named: bool) -> impl Iterator<Item = String> {
        let format = self.format.map(|format| format!("  {}", format.decided_by(is_named)));
        format.into_iter().chain([format!("  {self}")])
    }

    /// The message about an input that contains no paper although nothing is wrong with it: `list.md: no papers (2 not
    /// a paper)`.
    pub(crate) fn nothing_read(&self, name: &str) -> Option<String> {
        let is_sound = self.skipped.keys().all(|reason| reason.is_expected());
        let counts: Vec<String> = self.skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        (self.read == 0 && is_sound && !counts.is_empty()).then(|| format!("{name}: no papers ({})", counts.join(", ")))
    }
}

/// `1204 read; skipped: 3 malformed, 17 not a paper; 2 with a field left out`.
impl fmt::Display for ReadTally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} read", self.read)?;
        let skipped = self.skipped.iter().filter(|(reason, _)| !reason.keeps_record());
        for (i, (reason, count)) in skipped.enumerate() {
            write!(f, "{} {count} {reason}", if i == 0 { "; skipped:" } else { "," })?;
        }
        let mut kept = self.skipped.iter().filter(|(reason, _)| reason.keeps_record());
        kept.try_for_each(|(reason, count)| write!(f, "; {count} {reason}"))
    }
}
