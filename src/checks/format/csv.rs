use std::io::{self, Write};

use crate::checks::CheckFindings;
use crate::export::csv::{RowFormat, RowWriter};

const COLUMNS: [&str; 20] = [
    "url",
    "verdict",
    "certainty",
    "dead",
    "moved_to",
    "redirects_to",
    "status",
    "reason",
    "checked_at",
    "last_seen_alive",
    "failing_since",
    "failures",
    "stars",
    "licence",
    "last_push",
    "archived",
    "host",
    "kind",
    "id",
    "asked",
];

/// Writes a header and one row per link.
pub(crate) fn write_csv(out: &mut dyn Write, findings: &CheckFindings) -> io::Result<()> {
    let mut rows = RowWriter::new(out, RowFormat::Csv);
    rows.row(COLUMNS)?;
    for finding in &findings.links {
        let outcome = finding.outcome.as_ref();
        let text = |value: Option<String>| value.unwrap_or_default();
        let values: [String; 20] = [
            finding.url.clone(),
            text(outcome.map(|o| o.verdict.to_string())),
            text(outcome.map(|o| o.certainty(findings.confirm).to_string())),
            text(outcome.map(|o| o.is_dead(findings.confirm).to_string())),
            text(outcome.and_then(|o| o.moved_to.clone())),
            text(outcome.and_then(|o| o.final_url.clone())),
            text(outcome.and_then(|o| o.status).map(|status| status.to_string())),
            text(outcome.and_then(|o| o.reason.clone())),
            text(outcome.map(|o| o.checked_at.to_string())),
            text(outcome.and_then(|o| o.last_alive).map(|at| at.to_string())),
            text(outcome.and_then(|o| o.lost).map(|lost| lost.since.to_string())),
            text(outcome.and_then(|o| o.lost).map(|lost| lost.times.to_string())),
            text(outcome.and_then(|o| o.facts.stars).map(|stars| stars.to_string())),
            text(outcome.and_then(|o| o.facts.licence.clone())),
            text(outcome.and_then(|o| o.facts.last_push).map(|at| at.to_string())),
            text(outcome.and_then(|o| o.facts.archived).map(|archived| archived.to_string())),
            finding.host.clone(),
            finding.node.kind.to_string(),
            finding.node.id.clone(),
            finding.asked.to_string(),
        ];
        rows.row(values)?;
    }
    rows.end()
}
