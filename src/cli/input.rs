//! Reading the inputs of a command into one collection, with problems told on the way.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use papergraph::collection::{self, Collection};
use papergraph::extract::{Extraction, Extractor};
use papergraph::paper::PartialDate;
use papergraph::source::{self, Format, Input, Options};

use papergraph::vocabulary::Vocabulary;

use super::Context;
use super::failure::Failure;

/// The inputs of a command that reads papers.
#[derive(Args)]
pub struct Inputs {
    /// Files to read; `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Format of the inputs [default: told by their content]
    #[arg(long, value_name = "FORMAT", value_parser = ["daily-papers", "jsonl"])]
    from: Option<String>,
    /// The day on which the listing was copied, for dates without a year
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<PartialDate>,
    /// Stop at the first record that cannot be read
    #[arg(long)]
    strict: bool,
}

/// What reading came to.
#[derive(Default)]
pub struct Reading {
    pub read: usize,
    pub skipped: usize,
}

impl Inputs {
    /// The inputs as they were named, for a command that reads them in its own way.
    pub fn paths(&self) -> &[PathBuf] {
        &self.inputs
    }

    /// Reads all inputs into `collection`. Problems are told as they come; an input that cannot be read at all is an
    /// error if nothing else was read, or under `--strict`.
    pub fn read_into(&self, collection: &mut Collection, context: &Context) -> Result<Reading, Failure> {
        let from = self.from.as_deref().map(str::parse::<Format>).transpose().map_err(Failure::usage)?;
        let options = Options { from, as_of: self.as_of };
        let mut reading = Reading::default();
        let mut first_problem = None;
        for path in &self.inputs {
            let input = Input::new(path);
            context.detail(&format!("reading {}", input.name()));
            let before = reading.read;
            let papers = match source::read(&input, &options) {
                Ok(papers) => papers,
                Err(problem) => {
                    self.problem(&problem, &mut reading, context)?;
                    first_problem.get_or_insert(problem);
                    continue;
                }
            };
            for record in papers {
                match record {
                    Ok(paper) => {
                        reading.read += 1;
                        collection.add(paper);
                    }
                    Err(problem) => {
                        self.problem(&problem, &mut reading, context)?;
                        first_problem.get_or_insert(problem);
                    }
                }
            }
            context.detail(&format!("  {} papers", reading.read - before));
        }
        if reading.read == 0 {
            let failure = match first_problem {
                Some(problem) if reading.skipped == 1 => Failure::new(problem.to_string()),
                _ => Failure::new("no paper could be read from the inputs"),
            };
            return Err(failure.help("see `kg build --help` for the formats that can be read"));
        }
        Ok(reading)
    }

    fn problem(&self, problem: &source::Problem, reading: &mut Reading, context: &Context) -> Result<(), Failure> {
        if self.strict {
            return Err(Failure::new(problem.to_string())
                .help("correct the input, or leave out --strict to skip what cannot be read"));
        }
        reading.skipped += 1;
        // The only problem of the only input is the error itself, told at the end.
        if self.inputs.len() > 1 || problem.line.is_some() {
            context.say(&format!("skipped: {problem}"));
        }
        Ok(())
    }
}

/// Reads every paper of the collection against the vocabulary, with progress on a terminal.
pub fn extract(collection: Collection, vocabulary: Vocabulary, context: &Context) -> Result<Vec<Extraction>, Failure> {
    let failed = |e| Failure::new(format!("cannot build the automaton over all names: {e}"));
    let mut extractor = Extractor::new(vocabulary).map_err(failed)?;
    let papers = collection.into_papers();
    // Two passes over every paper.
    let progress = Progress::new(context, papers.len() as u64 * 2);
    let extractions = collection::extract(papers, &mut extractor, || progress.step()).map_err(failed)?;
    progress.end();
    Ok(extractions)
}

/// A bar that appears on a terminal when the work takes longer than a second.
struct Progress {
    bar: ProgressBar,
    began: Instant,
    shown: bool,
}

impl Progress {
    fn new(context: &Context, steps: u64) -> Self {
        let shown = !context.quiet && io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent}% of the reading, {elapsed}, {eta} left") {
            bar.set_style(style);
        }
        Self { bar, began: Instant::now(), shown }
    }

    fn step(&self) {
        if self.shown && self.bar.is_hidden() && self.began.elapsed() > Duration::from_secs(1) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(1);
    }

    fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// What is told at the end when something was left out.
pub fn skipped(records: usize) -> String {
    match records {
        1 => "1 record could not be read and was skipped".to_string(),
        n => format!("{n} records could not be read and were skipped"),
    }
}
