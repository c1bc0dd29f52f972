use std::collections::BTreeMap;
use std::fmt;

use super::{Problem, Reason};
use crate::paper::Paper;

/// What reading an input came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub read: u64,
    /// The number of problems of each reason, those of records that were read among them.
    pub skipped: BTreeMap<Reason, u64>,
}

impl Tally {
    pub fn add(&mut self, item: &Result<Paper, Problem>) {
        match item {
            Ok(_) => self.read += 1,
            Err(problem) => *self.skipped.entry(problem.reason).or_default() += 1,
        }
    }
}

/// `1204 read; skipped: 3 malformed, 17 not a paper; 2 with a field left out`.
impl fmt::Display for Tally {
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
