//! The findings of a run of checks: every link of its scope, with its latest outcome.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::liveness::{Certainty, CheckOutcome, ConfirmRule, Verdict};
use crate::store::NodeRef;

use super::scope::LinkOfGraph;

/// A link and its latest outcome.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LinkFinding {
    pub node: NodeRef,
    pub url: String,
    /// Empty if the address has no host.
    pub host: String,
    /// `None` if the link was never checked: the run was interrupted first, or was not allowed to ask.
    pub outcome: Option<CheckOutcome>,
    /// Whether this run asked the link, and did not use an earlier outcome.
    pub asked: bool,
}

/// The links of a run, ordered by host and address.
#[derive(Debug, Clone)]
pub(crate) struct CheckFindings {
    pub links: Vec<LinkFinding>,
    pub confirm: ConfirmRule,
}

/// A condition under which a run fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailOn {
    /// Missing in enough checks to be dead.
    Dead,
    /// Missing in at least one check.
    Suspected,
    /// The verdict of the latest check.
    Verdict(Verdict),
}

/// Number of links per verdict; `None` counts links that were never checked.
pub(crate) type VerdictCounts = BTreeMap<Option<Verdict>, usize>;

impl CheckFindings {
    /// Combines the links of a scope with the outcomes of a run.
    pub(crate) fn new(
        links: Vec<LinkOfGraph>,
        mut found: BTreeMap<String, CheckOutcome>,
        confirm: ConfirmRule,
    ) -> Self {
        let links = links.into_iter().map(|LinkOfGraph { node, url, host, outcome: known }| {
            let found = found.remove(&node.id);
            LinkFinding { node, url, host, asked: found.is_some(), outcome: found.or(known) }
        });
        Self { links: links.collect(), confirm }
    }

    pub(crate) fn tally(&self) -> VerdictCounts {
        tally(&self.links)
    }

    /// The tally of each host, hosts with the most links first.
    pub(crate) fn by_host(&self) -> Vec<(&str, VerdictCounts)> {
        let mut hosts: Vec<(&str, VerdictCounts)> = self
            .links
            .chunk_by(|a, b| a.host == b.host)
            .filter_map(|findings| Some((findings.first()?.host.as_str(), tally(findings))))
            .collect();
        hosts.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.values().sum::<usize>()));
        hosts
    }

    pub(crate) fn asked(&self) -> usize {
        self.links.iter().filter(|finding| finding.asked).count()
    }

    /// Links that are missing in enough checks to be dead.
    pub(crate) fn dead(&self) -> impl Iterator<Item = &LinkFinding> {
        self.links.iter().filter(|finding| finding.is_dead(self.confirm))
    }

    /// Links that are missing but not dead yet.
    pub(crate) fn suspected(&self) -> impl Iterator<Item = &LinkFinding> {
        self.links.iter().filter(|finding| finding.is_suspected(self.confirm))
    }

    pub(crate) fn moved(&self) -> impl Iterator<Item = &LinkFinding> {
        self.with(Verdict::Moved)
    }

    pub(crate) fn with(&self, verdict: Verdict) -> impl Iterator<Item = &LinkFinding> {
        self.links.iter().filter(move |finding| finding.verdict() == Some(verdict))
    }

    /// Links that meet one of the conditions.
    pub(crate) fn failing(&self, on: &[FailOn]) -> impl Iterator<Item = &LinkFinding> {
        self.links.iter().filter(move |finding| on.iter().any(|on| finding.fails(*on, self.confirm)))
    }
}

impl LinkFinding {
    pub(crate) fn verdict(&self) -> Option<Verdict> {
        self.outcome.as_ref().map(|outcome| outcome.verdict)
    }

    pub(crate) fn is_dead(&self, confirm: ConfirmRule) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.is_dead(confirm))
    }

    pub(crate) fn is_suspected(&self, confirm: ConfirmRule) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.lost.is_some() && !outcome.is_dead(confirm))
    }

    pub(crate) fn fails(&self, on: FailOn, confirm: ConfirmRule) -> bool {
        match on {
            FailOn::Dead => self.is_dead(confirm),
            FailOn::Suspected => self.is_suspected(confirm),
            FailOn::Verdict(verdict) => self.verdict() == Some(verdict),
        }
    }

    /// The new address, if the link moved.
    pub(crate) fn moved_to(&self) -> Option<&str> {
        self.outcome.as_ref()?.moved_to.as_deref()
    }

    /// Certainty and age of the verdict, in words: "missing in 2 of 3 checks; last seen alive 2026-01-02".
    pub(crate) fn explanation(&self, confirm: ConfirmRule) -> String {
        let Some(outcome) = &self.outcome else { return "never checked".to_string() };
        let mut said: Vec<String> = Vec::new();
        if let Some(lost) = outcome.lost {
            if outcome.is_dead(confirm) {
                said.push(format!("dead: missing since {}", utc_day(lost.since)));
            } else {
                said.push(format!("missing in {} of {} checks", lost.times, confirm.times));
            }
        }
        if let Some(unreachable) = outcome.unreachable {
            said.push(format!("no answer since {}", utc_day(unreachable.since)));
        }
        if outcome.certainty(confirm) != Certainty::Confirmed || outcome.is_dead(confirm) {
            match outcome.last_alive {
                Some(alive) => said.push(format!("last seen alive {}", utc_day(alive))),
                None => said.push("never seen alive".to_string()),
            }
        }
        said.extend(outcome.reason.clone());
        said.join("; ")
    }
}

fn tally(findings: &[LinkFinding]) -> VerdictCounts {
    let mut tally = VerdictCounts::new();
    for finding in findings {
        *tally.entry(finding.verdict()).or_default() += 1;
    }
    tally
}

/// The day of a timestamp, in UTC.
pub(crate) fn utc_day(moment: jiff::Timestamp) -> jiff::civil::Date {
    moment.to_zoned(jiff::tz::TimeZone::UTC).date()
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Ok(match s.to_lowercase().as_str() {
            "dead" => Self::Dead,
            "suspected" => Self::Suspected,
            verdict => Self::Verdict(verdict.parse().map_err(|_| {
                let verdicts = Verdict::ALL.map(Verdict::as_str).join(", ");
                format!("`{s}` is none of dead, suspected, {verdicts}")
            })?),
        })
    }
}

impl fmt::Display for FailOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Dead => "dead",
            Self::Suspected => "suspected",
            Self::Verdict(verdict) => verdict.as_str(),
        })
    }
}
