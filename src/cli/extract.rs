use std::io::{self, BufWriter, Write};

use clap::Args;
use papergraph::collection::Collection;
use papergraph::extract::add_candidates;

use super::Context;
use super::failure::Failure;
use super::input::{self, Inputs};

/// Print what papers name, as JSON Lines
///
/// One object a line: the paper as its sources give it, and the mentions, contributions, repositories, pages, hardware,
/// results and the code statement read out of its title and abstract, each mention with its place in code points. No
/// graph is read or written.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Extract {
    #[command(flatten)]
    inputs: Inputs,
    /// Also propose names that no vocabulary knows, by their shape and context, with a confidence of 0.3
    #[arg(long)]
    candidates: bool,
}

const EXAMPLES: &str = "\
Examples:
  kg extract listing.txt > papers.jsonl
  kg extract listing.txt | jq -r '.mentions[] | select(.type == \"dataset\") | .name' | sort | uniq -c
  kg extract --candidates listing.txt | jq -c '.mentions[] | select(.confidence == 0.3) | [.type, .name]'
  echo '{\"title\": \"T\", \"abstract\": \"We evaluate on COCO.\"}' | kg extract -";

impl Extract {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let mut collection = Collection::default();
        let reading = self.inputs.read_into(&mut collection, context)?;
        let vocabulary = context.vocabulary()?;
        let known = self.candidates.then(|| vocabulary.clone());
        let mut extractions = input::extract(collection, vocabulary, context)?;
        if let Some(known) = known {
            add_candidates(&mut extractions, &known);
        }
        let mut out = BufWriter::new(io::stdout().lock());
        for extraction in &extractions {
            serde_json::to_writer(&mut out, extraction).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        if reading.skipped > 0 {
            context.say(&input::skipped(reading.skipped));
        }
        Ok(())
    }
}
