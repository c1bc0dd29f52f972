use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use papergraph::extract::{Extraction, Extractor};
use papergraph::ontology::Base;
use papergraph::paper::{Paper, PartialDate};
use papergraph::store;

use super::Context;
use super::failure::Failure;

/// Read papers into the graph
///
/// Papers that the graph has already are brought up to date; the others stay as they are. Readers see the graph as it
/// was until the build has ended, and a build that is interrupted changes nothing.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Build {
    /// Files to read; `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Format of the input, if its content does not tell
    #[arg(long, value_name = "FORMAT")]
    from: Option<String>,
    /// The day on which the listing was copied, for dates without a year
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<PartialDate>,
    /// Stop at the first record that cannot be read, and change nothing
    #[arg(long)]
    strict: bool,
    /// Where the IRIs of a new graph begin [default: https://w3id.org/papergraph/]
    #[arg(long, value_name = "IRI")]
    base: Option<Base>,
}

const EXAMPLES: &str = "\
Examples:
  kg build listing.txt another.txt
  kg build --as-of 2025-11-03 listing.txt
  kg extract listing.txt | kg build -
  kg build --store ~/graphs/vision --base https://kg.example.org/ listing.txt";

impl Build {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let vocabulary = context.vocabulary()?;
        let extractor = Extractor::new(vocabulary.clone());
        let mut build = store::Build::begin(&context.store, self.base.as_ref(), &vocabulary)?;
        let progress = Progress::new(context);
        let mut problems = Problems { strict: self.strict, skipped: 0, stopped: None };
        for input in &self.inputs {
            context.detail(&format!("reading {}", input.display()));
            let papers = read(input, &extractor)?;
            build.replace(
                papers.map_while(|record| problems.keep(record, context)).flatten().inspect(|_| progress.step()),
            )?;
            if let Some(problem) = problems.stopped.take() {
                return Err(Failure::new(problem).help("correct the record, or leave out --strict to skip it"));
            }
        }
        progress.end();
        let done = build.finish()?;
        if problems.skipped > 0 {
            context.say(&format!("{} records could not be read and were skipped", problems.skipped));
        }
        context.say(&report(&done, &context.store));
        Ok(())
    }
}

fn report(done: &store::Summary, store: &Path) -> String {
    let store = store.display();
    if !done.published {
        return format!("{} papers, nothing new; {store} is as it was", done.unchanged);
    }
    format!(
        "{} papers added, {} changed, {} as before; the graph is at {store}",
        done.added, done.changed, done.unchanged
    )
}

/// Counts what is skipped; under `--strict` the first problem ends the reading.
struct Problems {
    strict: bool,
    skipped: u64,
    stopped: Option<String>,
}

impl Problems {
    /// `None` to stop reading, `Some(None)` to skip.
    fn keep(&mut self, record: Result<Extraction, String>, context: &Context) -> Option<Option<Extraction>> {
        match record {
            Ok(extraction) => Some(Some(extraction)),
            Err(problem) if self.strict => {
                self.stopped = Some(problem);
                None
            }
            Err(problem) => {
                context.say(&format!("skipped: {problem}"));
                self.skipped += 1;
                Some(None)
            }
        }
    }
}

// SLOT: the sources. Until they are plugged in, JSON Lines are read: records of `kg extract`, or papers alone.
fn read<'e>(
    input: &'e Path,
    extractor: &'e Extractor,
) -> Result<impl Iterator<Item = Result<Extraction, String>> + 'e, Failure> {
    let reader: Box<dyn BufRead> = if input == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        let file = File::open(input).map_err(|e| Failure::new(format!("cannot read {}: {e}", input.display())))?;
        Box::new(BufReader::new(file))
    };
    let place = move |i: usize| format!("{}:{}", input.display(), i + 1);
    Ok(reader.lines().enumerate().filter_map(move |(i, line)| {
        let line = match line {
            Ok(line) if line.trim().is_empty() => return None,
            Ok(line) => line,
            Err(e) => return Some(Err(format!("{}: {e}", place(i)))),
        };
        let extraction = serde_json::from_str::<Extraction>(&line);
        let record = extraction.or_else(|_| serde_json::from_str::<Paper>(&line).map(|paper| extractor.extract(paper)));
        Some(record.map_err(|e| format!("{}: {e}", place(i))))
    }))
}

/// A counter that appears on a terminal when a build takes longer than a second.
struct Progress {
    bar: ProgressBar,
    began: Instant,
    shown: bool,
}

impl Progress {
    fn new(context: &Context) -> Self {
        let shown = !context.quiet && io::stderr().is_terminal();
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} papers, {per_sec}, {elapsed}") {
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
