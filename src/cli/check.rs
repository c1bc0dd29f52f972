mod network;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use crate::checks::format::{write_csv, write_json, write_jsonl, write_junit, write_markdown};
use crate::checks::page::{CodeFates, to_html};
use crate::checks::{
    self, CheckEvent, CheckFindings, FailOn, LinkFinding, LinkOfGraph, LinkScope, OutcomeFilter, VerdictCounts,
};
use crate::export::output::write_file;
use crate::liveness::{CheckConfig, ConfirmRule, RunEnd, Severity, Verdict};
use crate::ontology::NodeKind;
use crate::store::GraphStore;
use crate::text::{counted, shorten, wrap};
use crate::vocabulary::Kind;
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::failure::CommandFailure;
use super::listing::printable;
use super::paint::TerminalPaint;
use super::{CommandContext, node, table};
use network::{NetworkArgs, parse_duration};

/// Check whether the repositories and pages of the graph still exist
///
/// Each link is requested once, politely: few requests at a time to one host, limited per second, and none during a
/// pause that the host asks for. The results become part of the graph: the verdict and its date; stars, licence and
/// last push of a repository; the new address of a repository that moved. Links that were checked within --max-age are
/// not requested again, and an interrupted run continues where it stopped.
///
/// A link is called dead only when --confirm checks on different days found it missing. A host that is down or slow
/// does not make a link dead, however long that lasts.
///
/// Tokens for the APIs of hosts come from GITHUB_TOKEN, GITLAB_TOKEN and HF_TOKEN; each is sent to its host only.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CheckArgs {
    /// Only repositories, or only pages
    #[arg(short, long, value_name = "KIND", value_enum, value_delimiter = ',')]
    kind: Vec<CheckedKind>,
    /// Only links to these hosts
    #[arg(long, value_name = "HOST", value_delimiter = ',')]
    host: Vec<String>,
    /// Only the links of this paper: its title, id or arXiv id; may be given several times
    #[arg(long, value_name = "NAME")]
    paper: Vec<String>,
    /// Only the links of papers that name this dataset
    #[arg(long, value_name = "NAME")]
    dataset: Vec<String>,
    /// Only the links of papers that name this: a dataset, model, method, task, …
    #[arg(long, value_name = "NAME")]
    around: Vec<String>,
    /// Only links in this state: new (never checked), stale (checked longer ago than --max-age), dead, suspected
    /// (missing, but not dead yet), or a verdict
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    only: Vec<OutcomeFilter>,

    /// Age below which a check is not repeated: 12h, 7d, or 0 to check all links again; a suspected link is checked
    /// again after --confirm-after
    #[arg(long, value_name = "AGE", default_value = "7d", value_parser = parse_duration)]
    max_age: Duration,
    /// Number of checks that must find a link missing before it is called dead
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    confirm: u32,
    /// Least time between two checks that count
    #[arg(long, value_name = "AGE", default_value = "1d", value_parser = parse_duration)]
    confirm_after: Duration,

    /// Show which links would be checked; send no request
    #[arg(long)]
    dry_run: bool,
    /// Send no request; report the results of earlier checks
    #[arg(long, conflicts_with = "dry_run")]
    offline: bool,
    /// Also write a page to this file: papers that lost their code, papers that promised code, and papers that still
    /// have it, by year, organisation and venue
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Output format of the results
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = CheckFormat::Table)]
    format: CheckFormat,
    /// End with exit code 4 if a link of the scope is dead or suspected, or has one of these verdicts
    #[arg(long, value_name = "STATE", value_delimiter = ',')]
    fail_on: Vec<FailOn>,

    #[command(flatten)]
    network: NetworkArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckedKind {
    #[value(alias = "repositories")]
    Repository,
    #[value(alias = "pages")]
    Page,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    Table,
    Json,
    Jsonl,
    Csv,
    Markdown,
    Junit,
}

const EXAMPLES: &str = "\
Examples:
  kg check --dry-run                               the links that it would check
  kg check --kind repository --contact you@example.org
  kg check --dataset COCO --max-age 1d
  kg check --only dead,suspected --max-age 0       check missing links again
  kg check --paper 2407.11062 --fail-on dead
  kg check --offline --format csv > links.csv
  kg check --format junit --fail-on gone > links.xml
  kg check --offline --report code.html            papers that still have their code";

impl CheckArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open()?;
        let scope = self.scope(&graph, context)?;
        let config = self.config()?;
        if self.dry_run {
            return self.plan(&checks::due_links(&context.store, &graph, &scope, &config)?, context);
        }
        if self.offline {
            let findings = checks::known_links(&context.store, &graph, &scope, &config)?;
            return self.tell(&findings, &scope, context);
        }
        // The run opens the graph itself, and its next generation at the end.
        drop(graph);
        let mut progress = CheckProgress::new(context);
        let report = checks::run(&context.store, &scope, config, |event| progress.on(event, context))?;
        progress.finish();
        report.notes.iter().for_each(|note| context.say(&format!("note: {note}")));
        if report.end == RunEnd::Interrupted {
            let (asked, due) = (report.findings.asked(), progress.due);
            return Err(CommandFailure::interrupted(format!("interrupted after {asked} of {}", counted(due, "link")))
                .help("the results so far are kept; run it again to continue"));
        }
        self.tell(&report.findings, &scope, context)
    }

    fn scope(&self, graph: &GraphStore, context: &CommandContext) -> Result<LinkScope, CommandFailure> {
        let mut around = Vec::new();
        for (names, wanted) in
            [(&self.paper, Some(NodeKind::Paper)), (&self.dataset, Some(DATASET)), (&self.around, None)]
        {
            for name in names {
                around.push(match wanted {
                    Some(kind) => node::find_of_kind(context, graph, name, kind)?,
                    None => node::find(context, graph, name)?,
                });
            }
        }
        let kinds = self.kind.iter().map(|kind| match kind {
            CheckedKind::Repository => NodeKind::Repository,
            CheckedKind::Page => NodeKind::Page,
        });
        Ok(LinkScope { kinds: kinds.collect(), hosts: self.host.clone(), around, only: self.only.clone() })
    }

    fn config(&self) -> Result<CheckConfig, CommandFailure> {
        let mut config = self.network.config()?;
        config.max_age = self.max_age;
        config.confirm = ConfirmRule { times: self.confirm, apart: self.confirm_after };
        Ok(config)
    }

    fn plan(&self, due: &[LinkOfGraph], context: &CommandContext) -> Result<(), CommandFailure> {
        let mut out = BufWriter::new(io::stdout().lock());
        for link in due {
            match &link.outcome {
                None => writeln!(out, "{}", printable(&link.url))?,
                Some(known) => {
                    let verdict = known.verdict;
                    writeln!(out, "{}  ({verdict}, {})", printable(&link.url), checks::utc_day(known.checked_at))?;
                }
            }
        }
        out.flush()?;
        let hosts: std::collections::BTreeSet<&str> = due.iter().map(|link| link.host.as_str()).collect();
        context.say(&format!("{} on {} would be checked", count(due.len(), "link"), count(hosts.len(), "host")));
        Ok(())
    }

    fn tell(
        &self,
        findings: &CheckFindings,
        scope: &LinkScope,
        context: &CommandContext,
    ) -> Result<(), CommandFailure> {
        if let Some(path) = &self.report {
            let graph = context.open()?;
            let fates = CodeFates::load(&graph, findings, scope.papers(&graph)?.as_ref())?;
            let page = to_html(&fates, graph.base(), findings.confirm, jiff::Timestamp::now());
            write_file(path, |out| Ok(out.write_all(page.as_bytes())?))?;
            context.say(&format!("the page is at {}", path.display()));
        }
        let mut out = BufWriter::new(io::stdout().lock());
        let on = if self.fail_on.is_empty() { &[FailOn::Dead][..] } else { &self.fail_on };
        match self.format {
            CheckFormat::Table => {
                let paint = TerminalPaint(context.wants_color(io::stdout().is_terminal()));
                CheckSummary { out: &mut out, findings, paint, width: usize::from(table::width()) }.print()?;
            }
            CheckFormat::Json => write_json(&mut out, findings)?,
            CheckFormat::Jsonl => write_jsonl(&mut out, findings)?,
            CheckFormat::Csv => write_csv(&mut out, findings)?,
            CheckFormat::Markdown => write_markdown(&mut out, findings)?,
            CheckFormat::Junit => write_junit(&mut out, findings, on)?,
        }
        out.flush()?;
        drop(out);
        let failing = findings.failing(&self.fail_on).count();
        if failing == 0 {
            return Ok(());
        }
        let states: Vec<String> = self.fail_on.iter().map(ToString::to_string).collect();
        Err(CommandFailure::found(format!(
            "{} failed the check (--fail-on {})",
            count(failing, "link"),
            states.join(",")
        )))
    }
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// The progress bar on the terminal: progress, speed, remaining time, and verdicts so far.
struct CheckProgress {
    bar: Option<ProgressBar>,
    due: usize,
    found: VerdictCounts,
}

impl CheckProgress {
    fn new(context: &CommandContext) -> Self {
        let bar = (!context.quiet && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = "{bar:24} {pos} of {len} links  {per_sec}  {eta} left  {msg}";
            bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { bar, due: 0, found: VerdictCounts::new() }
    }

    fn on(&mut self, event: CheckEvent<'_>, context: &CommandContext) {
        match event {
            CheckEvent::Begins { due, fresh } => {
                self.due = due;
                if let Some(bar) = &self.bar {
                    bar.set_length(due as u64);
                }
                context.detail(&format!("{} to check, {fresh} with a recent result", count(due, "link")));
            }
            CheckEvent::Found(outcome) => {
                *self.found.entry(Some(outcome.verdict)).or_default() += 1;
                let Some(bar) = &self.bar else { return };
                let said = self.found.iter().filter(|(verdict, _)| **verdict != Some(Verdict::Alive));
                let mut said: Vec<_> = said.map(|(verdict, n)| (*n, name(verdict))).collect();
                said.sort_unstable_by(|a, b| b.cmp(a));
                let said: Vec<String> = said.into_iter().take(3).map(|(n, name)| format!("{n} {name}")).collect();
                bar.set_message(said.join(", "));
                bar.inc(1);
            }
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn name(verdict: &Option<Verdict>) -> &'static str {
    verdict.map_or("unchecked", Verdict::as_str)
}

/// The summary for people at the end of a run.
struct CheckSummary<'a> {
    out: &'a mut dyn Write,
    findings: &'a CheckFindings,
    paint: TerminalPaint,
    width: usize,
}

const DATASET: NodeKind = NodeKind::Entity(Kind::Dataset);
/// Number of hosts that get a line of their own.
const HOSTS: usize = 12;
/// Number of links listed under a heading.
const LISTED: usize = 10;

impl CheckSummary<'_> {
    fn print(&mut self) -> io::Result<()> {
        let total = self.findings.links.len();
        if total == 0 {
            return writeln!(self.out, "no repository or page of the graph is in the scope");
        }
        self.hosts()?;
        let confirm = self.findings.confirm;
        let explained = |finding: &LinkFinding| finding.explanation(confirm);
        let (dead, suspected) = (self.findings.dead().collect(), self.findings.suspected().collect());
        let moved: Vec<&LinkFinding> = self.findings.moved().collect();
        self.list("Dead", dead, explained)?;
        self.list("In doubt", suspected, explained)?;
        self.list("Moved", moved, |finding| format!("now {}", finding.moved_to().unwrap_or("elsewhere")))?;
        self.unclear()?;
        let (asked, unchecked) =
            (self.findings.asked(), self.findings.links.iter().filter(|f| f.outcome.is_none()).count());
        let known = total - asked - unchecked;
        let mut said = vec![format!("{} asked", count(asked, "link"))];
        if known > 0 {
            said.push(format!("{known} known from earlier checks"));
        }
        if unchecked > 0 {
            said.push(format!("{unchecked} never checked"));
        }
        writeln!(self.out, "\n{}", self.paint.dim(said.join(", ")))
    }

    /// One line for each host, one column for each verdict that occurs.
    fn hosts(&mut self) -> io::Result<()> {
        let total = self.findings.tally();
        let verdicts: Vec<Option<Verdict>> = self.columns(&total);
        let mut heading = vec!["host".to_string(), "links".to_string()];
        heading.extend(verdicts.iter().map(|verdict| name(verdict).to_string()));
        let others = verdicts.len() < total.len();
        if others {
            heading.push("other".to_string());
        }
        let row = |host: String, tally: &VerdictCounts| {
            let links: usize = tally.values().sum();
            let counts = verdicts.iter().map(|verdict| tally.get(verdict).copied().unwrap_or_default());
            let counts: Vec<usize> = counts.collect();
            let rest = links - counts.iter().sum::<usize>();
            let counts = counts.into_iter().chain(others.then_some(rest));
            let shown = counts.map(|n| if n == 0 { String::new() } else { n.to_string() });
            [host, links.to_string()].into_iter().chain(shown).collect::<Vec<String>>()
        };
        let hosts = self.findings.by_host();
        let named = if hosts.len() > HOSTS + 1 { HOSTS } else { hosts.len() };
        let mut rows: Vec<Vec<String>> = Vec::new();
        for (host, tally) in hosts.iter().take(named) {
            rows.push(row(if host.is_empty() { "(no host)".into() } else { (*host).to_string() }, tally));
        }
        if hosts.len() > named {
            let mut rest = VerdictCounts::new();
            for (verdict, n) in hosts.iter().skip(named).flat_map(|(_, tally)| tally) {
                *rest.entry(*verdict).or_default() += n;
            }
            rows.push(row(counted(hosts.len() - named, "other host"), &rest));
        }
        if hosts.len() > 1 {
            rows.push(row("all".into(), &total));
        }
        table::print(self.out, &heading, &rows, u16::try_from(self.width).unwrap_or(u16::MAX))
    }

    /// The verdicts that get a column: all of them, or the most frequent if there is no room for all.
    fn columns(&self, total: &VerdictCounts) -> Vec<Option<Verdict>> {
        let host = self.findings.by_host().iter().map(|(host, _)| host.len()).max().unwrap_or_default().clamp(14, 30);
        let mut room = self.width.saturating_sub(host + 9);
        let mut by_count: Vec<_> = total.iter().collect();
        by_count.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
        let mut chosen = Vec::new();
        for (verdict, _) in by_count {
            let needed = name(verdict).len().max(6) + 2;
            // The last column is for all other verdicts.
            if room < needed + 8 && chosen.len() + 1 < total.len() || room < needed {
                break;
            }
            room -= needed;
            chosen.push(*verdict);
        }
        // In the order of the verdicts, best first; links that were not checked come last.
        chosen.sort_by_key(|verdict| (verdict.is_none(), *verdict));
        chosen
    }

    /// The links without a clear verdict, by reason, since one reason often explains them all.
    fn unclear(&mut self) -> io::Result<()> {
        let mut reasons: BTreeMap<(Verdict, &str), usize> = BTreeMap::new();
        for outcome in self.findings.links.iter().filter_map(|finding| finding.outcome.as_ref()) {
            if outcome.verdict.severity() == Severity::Unclear {
                *reasons.entry((outcome.verdict, outcome.reason.as_deref().unwrap_or_default())).or_default() += 1;
            }
        }
        if reasons.is_empty() {
            return Ok(());
        }
        let total: usize = reasons.values().sum();
        writeln!(self.out, "\n{} ({total})", self.paint.bold("Without a clear answer"))?;
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(reason, n)| (std::cmp::Reverse(*n), *reason));
        for ((verdict, reason), n) in reasons.iter().take(LISTED) {
            let space = self.width.saturating_sub(30).max(20);
            let reason = self.paint.dim(shorten(&printable(reason), space));
            writeln!(self.out, "  {n:>6}  {:14}  {reason}", verdict.as_str())?;
        }
        if reasons.len() > LISTED {
            writeln!(self.out, "  {}", self.paint.dim(format!("… {} more reasons", reasons.len() - LISTED)))?;
        }
        Ok(())
    }

    fn list(
        &mut self,
        heading: &str,
        findings: Vec<&LinkFinding>,
        beside: impl Fn(&LinkFinding) -> String,
    ) -> io::Result<()> {
        if findings.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n{} ({})", self.paint.bold(heading), findings.len())?;
        for finding in findings.iter().take(LISTED) {
            let verdict = finding.verdict().unwrap_or(Verdict::Skipped);
            let word = self.paint.verdict(verdict, finding.is_dead(self.findings.confirm));
            let (url, reasons) = (printable(&finding.url), printable(&beside(finding)));
            writeln!(self.out, "  {url}  {word}")?;
            for line in wrap(&reasons, self.width.saturating_sub(6).max(20), 3) {
                writeln!(self.out, "      {}", self.paint.dim(line))?;
            }
        }
        if findings.len() > LISTED {
            let more = findings.len() - LISTED;
            writeln!(self.out, "  {}", self.paint.dim(format!("… {more} more (--format csv lists all)")))?;
        }
        Ok(())
    }
}
