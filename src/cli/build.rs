use std::path::Path;

use clap::Args;
use papergraph::collection::Collection;
use papergraph::extract::add_candidates;
use papergraph::ontology::Base;
use papergraph::store;

use super::Context;
use super::failure::Failure;
use super::input::{self, Inputs};

/// Read papers into the graph
///
/// Formats: the text of the daily-papers page as people copy it, and JSON Lines of papers (`title`, and as far as known
/// `id`, `abstract`, `published`, `author_count`, `organization`). Papers that the graph has already are brought up to
/// date; the others stay as they are. Readers see the graph as it was until the build has ended, and a build that is
/// interrupted changes nothing.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Build {
    #[command(flatten)]
    inputs: Inputs,
    /// Where the IRIs of a new graph begin [default: https://w3id.org/papergraph/]
    #[arg(long, value_name = "IRI")]
    base: Option<Base>,
    /// Also link names that no vocabulary knows, proposed by their shape and context with a confidence of 0.3; a build
    /// without this takes them out again
    #[arg(long)]
    candidates: bool,
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
        let mut build = store::Build::begin(&context.store, self.base.as_ref(), &vocabulary)?;
        // What the graph has takes part: a new paper can name what an old one introduces, and the other way round.
        let mut collection = Collection::default();
        let mut known = Vec::new();
        for paper in build.papers() {
            let paper = paper?;
            known.push(paper.id.clone());
            collection.add(paper);
        }
        let reading = self.inputs.read_into(&mut collection, context)?;
        let mut extractions = input::extract(collection, vocabulary.clone(), context)?;

        if self.candidates {
            add_candidates(&mut extractions, &vocabulary);
        }

        // A paper known by its title until a source gave its arXiv id has a new id.
        let ids: std::collections::HashSet<_> = extractions.iter().map(|e| &e.paper.id).collect();
        for renamed in known.iter().filter(|id| !ids.contains(id)) {
            build.remove(renamed)?;
        }
        build.replace(extractions)?;
        let done = build.finish()?;
        if reading.skipped > 0 {
            context.say(&input::skipped(reading.skipped));
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
