use std::io::{self, Write};

use serde_json::{Value, json};

use crate::checks::{Finding, Findings};
use crate::liveness::Confirm;
use crate::schema::SCHEMA_VERSION;

/// Writes one object: the counts, and every link.
pub fn write_json(out: &mut dyn Write, findings: &Findings) -> io::Result<()> {
    let counts: serde_json::Map<String, Value> = findings
        .tally()
        .into_iter()
        .map(|(verdict, n)| (verdict.map_or("unchecked", |verdict| verdict.as_str()).to_string(), json!(n)))
        .collect();
    let all = json!({
        "schema_version": SCHEMA_VERSION,
        "links": findings.all.len(),
        "asked": findings.asked(),
        "dead": findings.dead().count(),
        "suspected": findings.suspected().count(),
        "verdicts": counts,
        "findings": findings.all.iter().map(|finding| value(finding, findings.confirm)).collect::<Vec<_>>(),
    });
    writeln!(out, "{all:#}")
}

/// Writes one object per line, one for each link.
pub fn write_jsonl(out: &mut dyn Write, findings: &Findings) -> io::Result<()> {
    for finding in &findings.all {
        writeln!(out, "{}", value(finding, findings.confirm))?;
    }
    Ok(())
}

fn value(finding: &Finding, confirm: Confirm) -> Value {
    let mut value = json!({
        "id": finding.node.id,
        "kind": finding.node.kind.as_str(),
        "url": finding.url,
        "host": finding.host,
        "asked": finding.asked,
        "verdict": null,
    });
    if let Some(outcome) = &finding.outcome {
        // All fields of the outcome under their own names; `key` and `url` are already written above.
        if let (Value::Object(value), Ok(Value::Object(outcome))) = (&mut value, serde_json::to_value(outcome)) {
            value.extend(outcome.into_iter().filter(|(name, _)| name != "key" && name != "url"));
        }
        value["certainty"] = json!(outcome.certainty(confirm).as_str());
        value["dead"] = json!(outcome.is_dead(confirm));
    }
    value
}
