use std::path::Path;

use crate::answer::make_boards;
use crate::collection::DoubtReason;
use crate::ontology::Base;
use crate::pipeline::{self, BuildOutcome, BuildRequest, BuildTask};
use crate::source::Format;
use crate::text::counted;
use clap::Args;

use super::CommandContext;
use super::failure::CommandFailure;
use super::input::{self, InputArgs, MinConfidenceArgs};
use super::interrupt::say_on_interrupt;

/// Read papers into the graph
#[derive(Args)]
#[command(long_about = about(), after_help = EXAMPLES)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    inputs: InputArgs,
    /// Base IRI of a new graph, with which the IRIs of its nodes begin [default: https://w3id.org/papergraph/]
    #[arg(long, value_name = "IRI")]
    base: Option<Base>,
    /// Also link names that no vocabulary has and whose own paper does not explain them, guessed from the other papers
    /// with a confidence of 0.3; a build without this removes them again. Reads all papers again, and holds them in
    /// memory
    #[arg(long)]
    candidates: bool,
    #[command(flatten)]
    confidence: MinConfidenceArgs,
    /// Read everything again and make the graph from scratch, even if its files are damaged. Your own statements and
    /// the results of link checks are kept
    #[arg(long)]
    rebuild: bool,
    /// Keep the records of files that are no longer in a folder
    #[arg(long)]
    keep_missing: bool,
    /// The inputs are the output of `kg extract --each`, made with this version of kg and the same vocabulary: use it
    /// unchanged, and link the names that papers introduce in the other papers
    #[arg(long, conflicts_with_all = ["from", "as_of"])]
    extracted: bool,
}

/// The description of the command. It is no doc comment, because clap joins the lines of those.
fn about() -> String {
    let formats: String = Format::ALL.iter().map(|format| format!("  {format:18}{}\n", format.about())).collect();
    format!("{INPUTS}{formats}\n{READING}")
}

const INPUTS: &str = "\
Read papers into the graph

Inputs are files, folders, patterns or standard input (`-`), plain, compressed with gzip or zstd, or as Parquet. The format \
is recognised by the content:

";

const READING: &str = "\
docs/sources.md says what is read from each. Only changes are read: an input with known bytes is skipped, and only papers \
that a changed vocabulary or a newly introduced name may affect are read again. If a record is no longer in a file, it is \
removed, unless another source has it too. The same holds for files that are no longer in a folder or pattern. Records \
from standard input stay until `kg remove` removes them.

Readers see the old graph until the build has ended. An interrupted build changes nothing; the same command resumes \
it. After an update of kg, all inputs that still exist are read again.";

const EXAMPLES: &str = "\
Examples:
  kg build listing.txt another.txt
  kg build --as-of 2025-11-03 listing.txt
  kg --vocab my-field.toml build listing.txt    reads only what the new names may affect
  kg extract --each papers.jsonl > read.jsonl; kg build --extracted read.jsonl
  kg build anthology/xml dumps/links-between-papers-and-code.json.gz 'exports/*.bib'
  kg build list.md notes.txt --from bibtex:notes.txt
  zcat snapshot.gz | head -10000 | kg build --from arxiv-json -
  kg build --store ~/graphs/vision --base https://kg.example.org/ listing.txt";

/// The message for a user who interrupts a build.
pub(super) const INTERRUPTED: &str =
    "the graph has not changed. What has been read is kept: the same command continues from there";

/// The message for a user who interrupts what follows the build of a graph.
pub(super) const INTERRUPTED_AFTER: &str = "the graph is complete. Its list of boards is missing: the first question that \
                                            needs it makes it";

/// Number of contradictions, doubtful cases and sources that are listed, unless the user asks for all.
const LISTED: usize = 5;

impl BuildArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let vocabulary = context.vocabulary()?;
        let progress = self.inputs.progress(context);
        let scopes = if self.keep_missing { Vec::new() } else { self.inputs.scopes() };
        let task = match self.extracted {
            true => BuildTask::ReadExtracted { inputs: self.inputs.all()?, scopes },
            false => BuildTask::Read { inputs: self.inputs.all()?, options: self.inputs.options(), scopes },
        };
        let request = BuildRequest {
            store: &context.store,
            base: self.base.as_ref(),
            vocabulary: &vocabulary,
            task,
            rebuild: self.rebuild,
            candidates: self.candidates,
            limits: Some(self.confidence.limits()),
        };
        say_on_interrupt(INTERRUPTED);
        let outcome = pipeline::build(&request, &progress);
        if outcome.is_ok() {
            list_boards(context);
        }
        progress.end(outcome.is_err());
        let outcome = outcome.map_err(|error| input::failure(error, progress.skipped()))?;
        if progress.skipped() > 0 {
            context.say(&input::skipped(progress.skipped()));
        }
        report(&outcome, context);
        Ok(())
    }
}

/// Makes the list of all boards. The graph is complete without it: the first question that needs the list makes it.
pub(super) fn list_boards(context: &CommandContext) {
    if let Err(error) = make_boards(&context.store) {
        log::warn!("the list of boards was not made: {error}");
    }
}

/// Prints the outcome of a build.
pub(super) fn report(outcome: &BuildOutcome, context: &CommandContext) {
    let most = if context.verbose { usize::MAX } else { LISTED };
    report_sources(outcome, most, context);
    for (paper, contradiction) in outcome.contradictions.iter().take(most) {
        context.say(&format!("contradiction: {contradiction} ({paper})"));
    }
    for (record, other, reason) in outcome.doubts.iter().take(most) {
        context.say(&match reason {
            DoubtReason::Title => format!("doubtful: {record}\n  may be the paper at {other}; not joined"),
            DoubtReason::SharedDoi => {
                format!(
                    "error of the source: {record}\n  has the DOI of another paper, {other}; not joined, and left without it"
                )
            }
        });
    }
    let more = outcome.contradictions.len().saturating_sub(most) + outcome.doubts.len().saturating_sub(most);
    if more > 0 {
        context.say(&format!("… and {more} more; -v lists all, `kg query contradictions` reads them from the graph"));
    }
    if outcome.doubtful_authors > 0 {
        context.detail(&format!(
            "{} may be several people or not; people-doubtful.toml in the folder of the graph lists them, and lines in \
             people.toml decide",
            counted(outcome.doubtful_authors, "author")
        ));
    }
    context.detail(&format!(
        "{} read, {} of them known; {} as before; {} in several records; {} read again for changed names",
        counted(outcome.read, "record"),
        outcome.known,
        counted(outcome.unread, "input"),
        counted(outcome.merged, "paper"),
        counted(outcome.read_again, "paper")
    ));
    context.say(&summary(outcome, &context.store));
}

/// Prints what happened to sources that are gone, were not read again, or can no longer be read.
fn report_sources(outcome: &BuildOutcome, most: usize, context: &CommandContext) {
    for lines in outcome.source_notes() {
        lines.iter().take(most).for_each(|line| context.say(line));
        if lines.len() > most {
            context.say(&format!("… and {} more such sources; -v lists all", lines.len() - most));
        }
    }
}

fn summary(outcome: &BuildOutcome, store: &Path) -> String {
    let store = store.display();
    if outcome.rebuilt && outcome.published {
        let papers = counted(outcome.papers, "paper");
        return format!("{papers} read again; the graph at {store} is made from scratch");
    }
    if outcome.added + outcome.changed + outcome.removed == 0 && (outcome.papers > 0 || !outcome.published) {
        return format!("{}, nothing new; {store} has not changed", counted(outcome.papers, "paper"));
    }
    let unchanged = outcome.papers.saturating_sub(outcome.added + outcome.changed);
    let removed = if outcome.removed > 0 { format!(", {} removed", outcome.removed) } else { String::new() };
    format!(
        "{} added, {} changed, {unchanged} as before{removed}; the graph is at {store}",
        counted(outcome.added, "paper"),
        outcome.changed
    )
}
