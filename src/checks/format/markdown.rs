use std::io::{self, Write};

use crate::checks::{CheckFindings, LinkFinding};
use crate::text::{counted, counted_as};

/// Number of hosts with a line of their own.
const HOSTS: usize = 20;

/// Writes a summary for an issue, a pull request or a wiki: counts by host, then the dead, suspected and moved links.
pub(crate) fn write_markdown(out: &mut dyn Write, findings: &CheckFindings) -> io::Result<()> {
    let links = counted_as(findings.links.len(), "repository or page", "repositories and pages");
    writeln!(out, "## Links of {links}\n")?;
    hosts(out, findings)?;
    let confirm = findings.confirm;
    list(out, "Dead", findings.dead(), |finding| finding.explanation(confirm))?;
    list(out, "In doubt", findings.suspected(), |finding| finding.explanation(confirm))?;
    list(out, "Moved", findings.moved(), |finding| finding.moved_to().map(link).unwrap_or_default())
}

fn hosts(out: &mut dyn Write, findings: &CheckFindings) -> io::Result<()> {
    let total = findings.tally();
    let verdicts: Vec<_> = total.keys().copied().collect();
    let heading =
        |verdict: &Option<_>| verdict.map_or("unchecked".to_string(), |v: crate::liveness::Verdict| v.to_string());
    writeln!(out, "| host | links | {} |", verdicts.iter().map(heading).collect::<Vec<_>>().join(" | "))?;
    writeln!(out, "|---|--:|{}", "--:|".repeat(verdicts.len()))?;
    let hosts = findings.by_host();
    let mut line = |name: &str, tally: &crate::checks::VerdictCounts| {
        let counts = verdicts.iter().map(|verdict| tally.get(verdict).map_or("·".to_string(), ToString::to_string));
        let links: usize = tally.values().sum();
        writeln!(out, "| {} | {links} | {} |", escape(name), counts.collect::<Vec<_>>().join(" | "))
    };
    for (host, tally) in hosts.iter().take(HOSTS) {
        line(if host.is_empty() { "(no host)" } else { host }, tally)?;
    }
    if hosts.len() > HOSTS {
        let mut rest = crate::checks::VerdictCounts::new();
        for (verdict, n) in hosts.iter().skip(HOSTS).flat_map(|(_, tally)| tally) {
            *rest.entry(*verdict).or_default() += n;
        }
        line(&counted(hosts.len() - HOSTS, "other host"), &rest)?;
    }
    line("**all**", &total)
}

fn list<'f>(
    out: &mut dyn Write,
    heading: &str,
    findings: impl Iterator<Item = &'f LinkFinding>,
    beside: impl Fn(&LinkFinding) -> String,
) -> io::Result<()> {
    let mut findings = findings.peekable();
    if findings.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "\n### {heading}\n")?;
    for finding in findings {
        let verdict = finding.verdict().map(|verdict| verdict.to_string()).unwrap_or_default();
        writeln!(out, "- {}: {verdict}. {}", link(&finding.url), beside(finding))?;
    }
    Ok(())
}

/// A link in Markdown that stays intact with any characters in the address.
fn link(url: &str) -> String {
    format!("<{}>", url.replace('<', "%3C").replace('>', "%3E").replace(char::is_whitespace, "%20"))
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|")
}
