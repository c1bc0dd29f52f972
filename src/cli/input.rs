//! Reads the inputs of a command into one collection and reports problems along the way.

use std::path::PathBuf;
use std::sync::Arc;

use crate::collection::{self, Collection};
use crate::extract::{ConfidenceLimits, Extraction, Extractor, ExtractorError};
use crate::paper::PartialDate;
use crate::pipeline::{BuildError, Observer};
use crate::source::{self, Format, Input, InputScope, NamedInput, ProblemReason, ReadAhead, ReadOptions, ReadTally};
use crate::text::counted_as;
use crate::vocabulary::Vocabulary;
use clap::Args;

use super::CommandContext;
use super::failure::CommandFailure;
use super::progress::Progress;

/// The inputs of a command that reads papers.
#[derive(Args)]
pub(super) struct InputArgs {
    /// Files, folders or patterns to read, compressed (gzip, zstd) or not; `-` is standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Format of the inputs [default: recognised by their content]; `kg build --help` lists the formats. FORMAT:FILE is
    /// for one input
    #[arg(long, value_name = "FORMAT[:FILE]", value_parser = NamedFormat::parse)]
    from: Vec<NamedFormat>,
    /// The day on which the listing was copied, for dates without a year
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<PartialDate>,
    /// The column of a CSV file for a field, if its name does not show it: `title=Titel,abstract=Zusammenfassung`
    #[arg(long, value_name = "FIELD=COLUMN", value_delimiter = ',', value_parser = column)]
    columns: Vec<(String, String)>,
    /// Stop at the first record that cannot be read
    #[arg(long)]
    strict: bool,
}

/// A format that the user names, for all inputs or for one.
#[derive(Debug, Clone)]
struct NamedFormat {
    format: Format,
    file: Option<PathBuf>,
}

impl NamedFormat {
    fn parse(text: &str) -> Result<Self, String> {
        let (format, file) = text.split_once(':').map_or((text, None), |(format, file)| (format, Some(file)));
        Ok(Self { format: format.parse()?, file: file.map(PathBuf::from) })
    }
}

/// A field of papers and the name of its column.
fn column(text: &str) -> Result<(String, String), String> {
    let (field, column) = text.split_once('=').ok_or("write FIELD=COLUMN, as in `title=Titel`")?;
    if !source::is_field(field) {
        return Err(format!(
            "`{field}` is not a field of papers; one of title, abstract, date, authors, url, doi, arxiv-id, venue"
        ));
    }
    Ok((field.to_string(), column.to_string()))
}

/// The least confidence of links.
#[derive(Args)]
pub(super) struct MinConfidenceArgs {
    /// Leave out links with a lower confidence, 0 to 1: the share of correct links of their kind in a judged sample
    /// (ACCURACY.md), or a guess if too few were judged. Applies to results too [default: 0.75 for links, 0.3 for
    /// results; boards show results from 0.7 on]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    min_confidence: Option<f32>,
}

impl MinConfidenceArgs {
    pub(super) fn limits(&self) -> ConfidenceLimits {
        self.min_confidence.map_or_else(ConfidenceLimits::default, ConfidenceLimits::of)
    }
}

fn share(text: &str) -> Result<f32, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("`{text}` is not a number from 0 to 1"))
}

/// How many records were read and skipped.
#[derive(Default)]
pub(super) struct ReadCounts {
    pub read: usize,
    pub skipped: usize,
}

impl InputArgs {
    /// The given paths, with their formats detected.
    pub(super) fn of(inputs: Vec<PathBuf>) -> Self {
        Self { inputs, from: Vec::new(), as_of: None, columns: Vec::new(), strict: false }
    }

    /// Whether there is one input that is neither a folder nor a pattern.
    pub(super) fn is_alone(&self) -> bool {
        matches!(self.inputs.as_slice(), [only] if InputScope::of(only).is_none())
    }

    /// The inputs as the user named them, for a command that reads them in its own way.
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.inputs
    }

    /// Every input, with folders and patterns expanded to files.
    ///
    /// # Errors
    /// If one is not there, or a format is named for a file that is no input.
    pub(super) fn all(&self) -> Result<Vec<Input>, CommandFailure> {
        let mut all = Vec::new();
        for path in &self.inputs {
            all.extend(Input::expand(path).map_err(|problem| CommandFailure::new(problem.to_string()))?);
        }
        for file in self.from.iter().filter_map(|from| from.file.as_deref()) {
            if !all.iter().any(|input| matches!(input, Input::File(path) | Input::Pipe(path) if path == file)) {
                let failure = CommandFailure::new(format!(
                    "{} is not among the inputs, but --from names its format",
                    file.display()
                ));
                return Err(failure.help("name the file among the inputs, spelled in the same way"));
            }
        }
        Ok(all)
    }

    /// The folders and patterns among the inputs.
    pub(super) fn scopes(&self) -> Vec<InputScope> {
        self.inputs.iter().filter_map(|path| InputScope::of(path)).collect()
    }

    pub(super) fn options(&self) -> ReadOptions {
        let of_one = self.from.iter().filter_map(|from| Some((from.file.clone()?, from.format)));
        let of_all = self.from.iter().rev().find(|from| from.file.is_none());
        ReadOptions {
            from: of_all.map(|from| from.format),
            as_of: self.as_of,
            columns: self.columns.clone(),
            from_of: of_one.collect(),
        }
    }

    /// A progress display for reading. With `--strict`, the first problem ends the reading.
    pub(super) fn progress<'c>(&self, context: &'c CommandContext) -> Progress<'c> {
        Progress::new(context, self.strict, self.is_alone())
    }

    /// Reads all inputs into `collection` and reports problems as they occur. An input that cannot be read at all
    /// is an error if nothing else was read, or under `--strict`.
    pub(super) fn read_into(
        &self,
        collection: &mut Collection,
        context: &CommandContext,
    ) -> Result<ReadCounts, CommandFailure> {
        let options = self.options();
        let mut reading = ReadCounts::default();
        let mut first_problem = None;
        let inputs = self.all()?;
        let mut ahead = read_ahead(&inputs, &options);
        for input in inputs {
            context.detail(&format!("reading {}", input.name()));
            let mut tally = ReadTally::default();
            let Some(papers) = ahead.next_papers() else { break };
            let papers = match papers {
                Ok(papers) => papers,
                Err(problem) => {
                    self.problem(&problem, &mut reading, context)?;
                    first_problem.get_or_insert(problem);
                    continue;
                }
            };
            for record in papers {
                tally.add(&record);
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
            tally.details(options.of(&input).from.is_some()).for_each(|detail| context.detail(&detail));
            if let Some(nothing) = tally.nothing_read(&input.name()).filter(|_| self.inputs.len() > 1) {
                context.say(&nothing);
            }
        }
        if reading.read == 0 {
            return Err(failure(BuildError::NothingRead(first_problem), reading.skipped));
        }
        Ok(reading)
    }

    fn problem(
        &self,
        problem: &source::ReadProblem,
        reading: &mut ReadCounts,
        context: &CommandContext,
    ) -> Result<(), CommandFailure> {
        if problem.reason.is_expected() {
            return Ok(());
        }
        if self.strict {
            return Err(failure(BuildError::ReadProblem(problem.clone()), 0));
        }
        let word = if problem.reason.keeps_record() { "note" } else { "skipped" };
        reading.skipped += usize::from(!problem.reason.keeps_record());
        // The only problem of a single input is the error itself, reported at the end.
        if !self.is_alone() || problem.line.is_some() {
            context.say(&format!("{word}: {problem}"));
        }
        Ok(())
    }
}

/// Reads whole papers among the inputs ahead, in worker processes.
pub(super) fn read_ahead(inputs: &[Input], options: &ReadOptions) -> ReadAhead {
    let named = |input: &Input| NamedInput { input: input.clone(), name: input.name(), options: options.of(input) };
    ReadAhead::new(inputs.iter().map(named).collect())
}

/// Extracts all papers of the collection with the vocabulary, and shows progress on a terminal.
pub(super) fn extract(
    collection: Collection,
    vocabulary: Arc<Vocabulary>,
    limits: ConfidenceLimits,
    context: &CommandContext,
) -> Result<Vec<Extraction>, CommandFailure> {
    let failed = |error: ExtractorError| CommandFailure::new(error.to_string());
    let mut extractor = Extractor::new(vocabulary).map_err(failed)?;
    extractor.set_limits(limits);
    let papers = collection.into_papers();
    let progress = Progress::new(context, false, false);
    progress.begin("reading papers", papers.len() as u64);
    let extractions = collection::extract_all(papers, &mut extractor, || progress.step(1));
    progress.end(false);
    Ok(extractions)
}

/// The message at the end if records were left out.
pub(super) fn skipped(records: usize) -> String {
    counted_as(records, "record could not be read and was skipped", "records could not be read and were skipped")
}

/// The error of a build, with advice.
pub(super) fn failure(error: BuildError, skipped: usize) -> CommandFailure {
    let failure = match &error {
        // What is wrong with a line was printed when it was read.
        BuildError::NothingRead(Some(problem)) if skipped > 1 || problem.line.is_some() => {
            CommandFailure::new(BuildError::NothingRead(None).to_string())
        }
        _ => CommandFailure::new(error.to_string()),
    };
    match error {
        BuildError::Store(error) => error.into(),
        BuildError::ReadProblem(_) => failure.help("correct the input, or leave out --strict to skip what cannot be read"),
        BuildError::People(_) => failure.help("docs/exploring.md describes people.toml"),
        BuildError::NothingRead(Some(problem)) if skipped < 2 && problem.reason == ProblemReason::NotOpened => {
            failure.help("check the path, and who may read the file")
        }
        BuildError::NothingRead(_) => failure.help("see `kg build --help` for the formats that can be read"),
        BuildError::NoSuchSource { .. } => failure.help("name one of these, or see `kg show PAPER`"),
        BuildError::Ledger { .. } => failure.help(
            "`kg doctor` says what is damaged and what can be saved; `kg build --rebuild INPUT…` makes the graph again and \
             keeps your statements and the results of checks",
        ),
        BuildError::Extractor(_) => failure,
    }
}
