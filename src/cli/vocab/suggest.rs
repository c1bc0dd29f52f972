use std::io::{self, Write};
use std::sync::Arc;

use crate::collection::Collection;
use crate::extract::{ConfidenceLimits, SuggestionQuery, suggest, write_toml};
use crate::vocabulary::Kind;
use clap::Args;

use crate::cli::CommandContext;
use crate::cli::failure::CommandFailure;
use crate::cli::input::{self, InputArgs};

/// Propose entries for names that the vocabulary does not have
///
/// Prints the names that the papers use most and no vocabulary has, as a vocabulary file: each with a guess of its
/// kind, the numbers of papers and places, and sentences that name it. Names are recognised by their shape and the
/// words around them ("the FooBench benchmark", "evaluated on FooBench", a list with known datasets). Look them over,
/// correct the kind, add context, and add the file to the shipped vocabulary with --vocab.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SuggestEntries {
    #[command(flatten)]
    inputs: InputArgs,
    /// Only these kinds: dataset, model, method, task, metric, hardware, software
    #[arg(short, long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<Kind>,
    /// Number of names to print, the most frequent; 0 for all
    #[arg(short, long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Only names in at least this many papers
    #[arg(long, value_name = "N", default_value_t = 1)]
    min_papers: usize,
    /// Number of sentences for each name
    #[arg(long, value_name = "N", default_value_t = 2)]
    examples: usize,
    /// Also names that the papers introduce; the graph has them without this
    #[arg(long)]
    introduced: bool,
}

const EXAMPLES: &str = "\
Examples:
  kg vocab suggest listing.txt > my-field.toml
  kg vocab suggest --kind dataset --min-papers 2 listing.txt
  kg --vocab my-field.toml vocab suggest listing.txt      what is still unknown
  kg --vocab my-field.toml build listing.txt";

impl SuggestEntries {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let mut collection = Collection::default();
        let reading = self.inputs.read_into(&mut collection, context)?;
        let vocabulary = context.vocabulary()?;
        let extractions = input::extract(collection, Arc::clone(&vocabulary), ConfidenceLimits::default(), context)?;
        let wanted = SuggestionQuery {
            kinds: self.kind,
            papers: self.min_papers,
            limit: if self.limit == 0 { usize::MAX } else { self.limit },
            examples: self.examples,
            introduced: self.introduced,
        };
        let suggestions = suggest(&extractions, &vocabulary, &wanted);
        io::stdout().lock().write_all(write_toml(&suggestions).as_bytes())?;
        if reading.skipped > 0 {
            context.say(&input::skipped(reading.skipped));
        }
        if suggestions.is_empty() {
            context.say("the vocabulary has all names that were found");
        }
        Ok(())
    }
}
