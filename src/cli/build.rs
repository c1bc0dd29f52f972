use std::path::Path;

use clap::Args;
use papergraph::ontology::Base;
use papergraph::pipeline::{self, Outcome, Request, Task};

use super::Context;
use super::failure::Failure;
use super::input::{self, Inputs};

/// Read papers into the graph
///
/// Inputs are files, folders, patterns or standard input (`-`), compressed with gzip or zstd or not. The format is told
/// by the content:
///
///   daily-papers       the daily-papers page as people copy it
///   hf-daily           JSON of the daily-papers API
///   arxiv-json         arXiv's metadata snapshot; arxiv-atom, arxiv-oai: answers of its interfaces
///   acl-anthology      XML of the ACL Anthology
///   pwc-papers         dumps of Papers with Code; also pwc-links, pwc-datasets, pwc-methods, pwc-evaluations
///   semantic-scholar   papers of Semantic Scholar; s2orc: with their full text
///   openalex           works of OpenAlex
///   crossref           works of Crossref
///   bibtex, csl-json, ris   what reference managers export
///   markdown           "awesome" lists, tables with Paper and Code columns
///   tei                full papers by GROBID
///   text               one paper as text with headings
///   jsonl              JSON Lines with `title`, `abstract`, …, as `kg extract` prints them
///
/// docs/sources.md says what is read from each. Only what changed is read: an input whose bytes are known is passed over,
/// a record that is known stays as it is, and of the other papers those are read again that a changed vocabulary or a
/// newly introduced name can concern. A file stands for what it says now: a record that it has no more is taken back,
/// unless another source says it too. What came from standard input stays until `kg remove` takes it back.
///
/// Readers see the graph as it was until the build has ended. A build that is interrupted changes nothing; the same
/// command goes on where it stopped.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Build {
    #[command(flatten)]
    inputs: Inputs,
    /// Where the IRIs of a new graph begin [default: https://w3id.org/papergraph/]
    #[arg(long, value_name = "IRI")]
    base: Option<Base>,
    /// Also link names that no vocabulary knows, proposed by their shape and context with a confidence of 0.3; a build
    /// without this takes them out again. Reads all papers again, and holds them in memory
    #[arg(long)]
    candidates: bool,
    /// Read everything again, also what has not changed
    #[arg(long)]
    rebuild: bool,
    /// The inputs are what `kg extract --each` printed, with this version of kg and the same vocabulary: take it as it
    /// is, and add what the papers introduce for each other
    #[arg(long, conflicts_with_all = ["from", "as_of"])]
    extracted: bool,
}

const EXAMPLES: &str = "\
Examples:
  kg build listing.txt another.txt
  kg build --as-of 2025-11-03 listing.txt
  kg --vocab my-field.toml build listing.txt    reads again what the new names concern
  kg extract --each papers.jsonl > read.jsonl; kg build --extracted read.jsonl
  kg build anthology/xml dumps/links-between-papers-and-code.json.gz 'exports/*.bib'
  zcat snapshot.gz | head -10000 | kg build --from arxiv-json -
  kg build --store ~/graphs/vision --base https://kg.example.org/ listing.txt";

/// So many contradictions and doubts are told unless all are asked for.
const TOLD: usize = 5;

impl Build {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let vocabulary = context.vocabulary()?;
        let progress = self.inputs.progress(context);
        let task = match self.extracted {
            true => Task::ReadExtracted { inputs: self.inputs.all()? },
            false => Task::Read { inputs: self.inputs.all()?, options: self.inputs.options() },
        };
        let request = Request {
            store: &context.store,
            base: self.base.as_ref(),
            vocabulary: &vocabulary,
            task,
            rebuild: self.rebuild,
            candidates: self.candidates,
        };
        let outcome = pipeline::build(&request, &progress);
        progress.end();
        let outcome = outcome.map_err(|error| input::failure(error, progress.skipped()))?;
        if progress.skipped() > 0 {
            context.say(&input::skipped(progress.skipped()));
        }
        report(&outcome, context);
        Ok(())
    }
}

/// Tells what a build came to.
pub fn report(outcome: &Outcome, context: &Context) {
    let told = if context.verbose { usize::MAX } else { TOLD };
    for (paper, contradiction) in outcome.contradictions.iter().take(told) {
        context.say(&format!("contradiction: {contradiction} ({paper})"));
    }
    for (record, other) in outcome.doubts.iter().take(told) {
        context.say(&format!("doubtful: {record}\n  may be the paper at {other}; not joined"));
    }
    let more = outcome.contradictions.len().saturating_sub(told) + outcome.doubts.len().saturating_sub(told);
    if more > 0 {
        context.say(&format!("… and {more} more; -v tells all, `kg query contradictions` asks the graph"));
    }
    context.detail(&format!(
        "{} records read, {} of them known; {} inputs as before; {} papers in several records; {} papers read again for \
         changed names",
        outcome.read, outcome.known, outcome.unread, outcome.merged, outcome.read_again
    ));
    context.say(&summary(outcome, &context.store));
}

fn summary(outcome: &Outcome, store: &Path) -> String {
    let store = store.display();
    if outcome.added + outcome.changed + outcome.removed == 0 && (outcome.papers > 0 || !outcome.published) {
        return format!("{} papers, nothing new; {store} is as it was", outcome.papers);
    }
    let unchanged = outcome.papers.saturating_sub(outcome.added + outcome.changed);
    let removed = if outcome.removed > 0 { format!(", {} removed", outcome.removed) } else { String::new() };
    format!(
        "{} papers added, {} changed, {unchanged} as before{removed}; the graph is at {store}",
        outcome.added, outcome.changed
    )
}
