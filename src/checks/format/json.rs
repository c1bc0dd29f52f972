use std::collections::BTreeMap;
use std::io::{self, Write};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::checks::{CheckFindings, LinkFinding};
use crate::liveness::{Certainty, CheckOutcome, ConfirmRule, FailureStreak, RepositoryFacts, Verdict};
use crate::ontology::NodeKind;
use crate::schema::Versioned;

/// The counts of a run of checks, and every link.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CheckedLinks<'f> {
    /// The number of links in the scope.
    links: usize,
    /// How many of them this run asked.
    asked: usize,
    /// How many are dead: missing in enough checks.
    dead: usize,
    /// How many are suspected: missing, in fewer checks.
    suspected: usize,
    /// The number of links with each verdict; `unchecked` counts those that were never checked.
    verdicts: BTreeMap<&'static str, usize>,
    findings: Vec<CheckedLink<'f>>,
}

/// A link and what the checks found.
#[derive(Debug, Serialize, JsonSchema)]
struct CheckedLink<'f> {
    /// The id of its node.
    id: &'f str,
    kind: NodeKind,
    url: &'f str,
    /// Empty if the address has no host.
    host: &'f str,
    /// Whether this run asked the link, and did not use an earlier outcome.
    asked: bool,
    /// `null` if the link was never checked.
    verdict: Option<Verdict>,
    #[serde(flatten)]
    checks: Option<LinkChecks<'f>>,
}

/// The combined result of all checks of a link.
#[derive(Debug, Serialize, JsonSchema)]
struct LinkChecks<'f> {
    certainty: Certainty,
    /// Whether the link is missing in enough checks.
    dead: bool,
    #[schemars(with = "String")]
    checked_at: Timestamp,
    /// The HTTP status of the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// The final address after redirects, if it is a different one.
    #[serde(skip_serializing_if = "Option::is_none")]
    final_url: Option<&'f str>,
    /// The new address of a repository that has moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved_to: Option<&'f str>,
    /// The reason, in words, if the verdict alone does not show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'f str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<&'f RepositoryFacts>,
    /// The tag for a conditional request.
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<&'f str>,
    /// The earliest time at which the host wants another request.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    retry_after: Option<Timestamp>,
    /// When the link was last alive.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    last_alive: Option<Timestamp>,
    /// Checks since then that found the link missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    lost: Option<FailureStreak>,
    /// Checks since then that got no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    unreachable: Option<FailureStreak>,
}

impl<'f> CheckedLinks<'f> {
    fn of(findings: &'f CheckFindings) -> Self {
        let verdicts = findings.tally().into_iter();
        Self {
            links: findings.links.len(),
            asked: findings.asked(),
            dead: findings.dead().count(),
            suspected: findings.suspected().count(),
            verdicts: verdicts.map(|(verdict, n)| (verdict.map_or("unchecked", Verdict::as_str), n)).collect(),
            findings: findings.links.iter().map(|finding| CheckedLink::of(finding, findings.confirm)).collect(),
        }
    }
}

impl<'f> CheckedLink<'f> {
    fn of(finding: &'f LinkFinding, confirm: ConfirmRule) -> Self {
        Self {
            id: &finding.node.id,
            kind: finding.node.kind,
            url: &finding.url,
            host: &finding.host,
            asked: finding.asked,
            verdict: finding.verdict(),
            checks: finding.outcome.as_ref().map(|outcome| LinkChecks::of(outcome, confirm)),
        }
    }
}

impl<'f> LinkChecks<'f> {
    fn of(outcome: &'f CheckOutcome, confirm: ConfirmRule) -> Self {
        Self {
            certainty: outcome.certainty(confirm),
            dead: outcome.is_dead(confirm),
            checked_at: outcome.checked_at,
            status: outcome.status,
            final_url: outcome.final_url.as_deref(),
            moved_to: outcome.moved_to.as_deref(),
            reason: outcome.reason.as_deref(),
            facts: Some(&outcome.facts).filter(|facts| !facts.is_empty()),
            etag: outcome.etag.as_deref(),
            retry_after: outcome.retry_after,
            last_alive: outcome.last_alive,
            lost: outcome.lost,
            unreachable: outcome.unreachable,
        }
    }
}

/// Writes one object: the counts, and every link.
pub(crate) fn write_json(out: &mut dyn Write, findings: &CheckFindings) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Versioned::new(CheckedLinks::of(findings)))?;
    writeln!(out)
}

/// Writes one object per line, one for each link.
pub(crate) fn write_jsonl(out: &mut dyn Write, findings: &CheckFindings) -> io::Result<()> {
    for finding in &findings.links {
        serde_json::to_writer(&mut *out, &CheckedLink::of(finding, findings.confirm))?;
        writeln!(out)?;
    }
    Ok(())
}
