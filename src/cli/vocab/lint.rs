use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use crate::collection::Collection;
use crate::lint::{self, LintBase};
use clap::Args;

use crate::cli::CommandContext;
use crate::cli::failure::CommandFailure;
use crate::cli::input::{self, InputArgs};

/// Check vocabulary files
///
/// A vocabulary with errors cannot be used: duplicate ids, a name that two entities share without `weak` and `context`
/// on both, unknown fields, names too short to match, references to what does not exist. Warnings are doubts: ordinary
/// words and short acronyms that link wherever they occur, weak names without context, papers that are neither arXiv id
/// nor DOI, impossible years, entries out of order, modalities spelled in two ways.
///
/// Files are checked as layers over the shipped ones, as they would be used; without any, the shipped ones are checked.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct LintFiles {
    /// Files, or folders of *.toml [default: those of --vocab, else the shipped ones]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Check the files by themselves, without the shipped ones
    #[arg(long)]
    alone: bool,
    /// Also warn about names that behave in these papers like something else: mostly in lower case, in papers that are
    /// older than the thing, or without any context word
    #[arg(long, value_name = "INPUT", num_args = 1..)]
    corpus: Vec<PathBuf>,
    /// Fail on warnings too
    #[arg(long)]
    strict: bool,
}

const EXAMPLES: &str = "\
Examples:
  kg vocab lint
  kg vocab lint my-field.toml
  kg --vocab ~/vocab vocab lint --strict
  kg vocab lint --alone vocab
  kg vocab lint --corpus anthology/xml listing.txt";

impl LintFiles {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let mut paths = context.vocab.clone();
        paths.extend(self.paths);
        if self.alone && paths.is_empty() {
            return Err(CommandFailure::usage("--alone needs files to check"));
        }
        let ground = if self.alone { LintBase::Nothing } else { LintBase::Shipped };
        let mut collection = Collection::default();
        if !self.corpus.is_empty() {
            let reading = InputArgs::of(self.corpus).read_into(&mut collection, context)?;
            if reading.skipped > 0 {
                context.say(&input::skipped(reading.skipped));
            }
        }
        let findings = lint::lint(ground, &paths, &collection.into_papers());
        let mut out = BufWriter::new(io::stdout().lock());
        let mut all: Vec<_> = findings.errors.iter().map(|problem| (problem, "error")).collect();
        all.extend(findings.warnings.iter().map(|problem| (problem, "warning")));
        all.sort_by_key(|(problem, _)| (&problem.file, problem.line));
        for (problem, severity) in all {
            match problem.line {
                Some(line) => writeln!(out, "{}:{line}: {severity}: {}", problem.file, problem.message)?,
                None => writeln!(out, "{}: {severity}: {}", problem.file, problem.message)?,
            }
        }
        out.flush()?;
        let (errors, warnings) = (findings.errors.len(), findings.warnings.len());
        let entries = if findings.entities == 1 { "entry" } else { "entries" };
        let summary =
            format!("{} {entries}: {}, {}", findings.entities, count(errors, "error"), count(warnings, "warning"));
        if errors > 0 || self.strict && warnings > 0 {
            return Err(CommandFailure::new(summary).help("vocab/README.md describes the format"));
        }
        context.say(&summary);
        Ok(())
    }
}

/// `1 error`, `2 errors`.
fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
