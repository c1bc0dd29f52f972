use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

use crate::collection::Collection;
use crate::extract::{Extraction, Extractor, add_candidates};
use crate::ontology::{Base, Ontology};
use crate::paper::Paper;
use crate::pipeline::Observer;
use crate::schema::Versioned;
use crate::source::ReadTally;
use clap::{Args, ValueEnum};
use rayon::prelude::*;

use super::CommandContext;
use super::failure::CommandFailure;
use super::input::{self, InputArgs, MinConfidenceArgs};
use super::names;

/// Print what papers name, as JSON Lines
///
/// One object a line: the paper as its sources give it, and the mentions, contributions, repositories, pages, hardware,
/// results and the code statement found in its title and abstract, each mention with its place in code points. No graph
/// is read or written.
///
/// The inputs are one collection: a paper that comes twice is printed once, and a name that one paper introduces is
/// known in all. With --each they are a stream: each record is read by itself, in constant memory, and printed in
/// order, so that any number of processes can share the work. Such a process does not know the names that papers of the
/// others introduce. `kg build --extracted` adds them, or a second run with --introduced, which then prints the same as
/// one process would.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExtractArgs {
    #[command(flatten)]
    inputs: InputArgs,
    /// Also link names that no vocabulary has and whose own paper does not explain them, guessed from the other papers
    /// with a confidence of 0.3
    #[arg(long, conflicts_with = "each")]
    candidates: bool,
    #[command(flatten)]
    confidence: MinConfidenceArgs,
    /// Read each record by itself, in order
    #[arg(long)]
    each: bool,
    /// With --each: use the names that all papers introduce, from the output of `kg names`, or from an earlier run over
    /// all papers
    #[arg(long, value_name = "FILE", requires = "each")]
    introduced: Vec<PathBuf>,
    /// With --each: print JSON Lines, or the triples of each paper
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = ExtractFormat::Jsonl, requires = "each")]
    format: ExtractFormat,
    /// Base IRI of the triples [default: https://w3id.org/papergraph/]
    #[arg(long, value_name = "IRI", requires = "format")]
    base: Option<Base>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExtractFormat {
    Jsonl,
    Nquads,
}

const EXAMPLES: &str = "\
Examples:
  kg extract listing.txt > papers.jsonl
  kg extract listing.txt | jq -r '.mentions[] | select(.type == \"dataset\") | .name' | sort | uniq -c
  kg extract --candidates listing.txt | jq -c '.mentions[] | select(.confidence == 0.3) | [.type, .name]'
  echo '{\"title\": \"T\", \"abstract\": \"We evaluate on COCO.\"}' | kg extract -
  split -n l/8 --filter 'kg extract --each - > $FILE.jsonl' papers.jsonl && kg build --extracted x??.jsonl";

/// Number of papers read at once, on all cores.
const BATCH: usize = 256;

impl ExtractArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let vocabulary = context.vocabulary()?;
        if self.each {
            let extractor = Extractor::new(vocabulary).map_err(|e| input::failure(e.into(), 0))?;
            return self.each(extractor, context);
        }
        let mut collection = Collection::default();
        let reading = self.inputs.read_into(&mut collection, context)?;
        let known = self.candidates.then(|| Arc::clone(&vocabulary));
        let mut extractions = input::extract(collection, vocabulary, self.confidence.limits(), context)?;
        if let Some(known) = known {
            add_candidates(&mut extractions, &known);
        }
        let mut out = BufWriter::new(io::stdout().lock());
        for extraction in &extractions {
            print_record(&mut out, extraction)?;
        }
        out.flush()?;
        if reading.skipped > 0 {
            context.say(&input::skipped(reading.skipped));
        }
        Ok(())
    }

    fn each(self, mut extractor: Extractor, context: &CommandContext) -> Result<(), CommandFailure> {
        extractor.set_limits(self.confidence.limits());
        if !self.introduced.is_empty() {
            let names = names::read(&self.introduced, &extractor)?;
            extractor.learn(names);
        }
        let printer =
            ExtractionPrinter { format: self.format, ontology: Ontology::new(self.base.clone().unwrap_or_default()) };
        let progress = self.inputs.progress(context);
        let options = self.inputs.options();
        let alone = self.inputs.is_alone();
        let mut out = BufWriter::new(io::stdout().lock());
        progress.begin("papers", 0);
        let inputs = self.inputs.all()?;
        let mut ahead = input::read_ahead(&inputs, &options);
        // A batch has papers of several inputs, so that a folder of whole papers is worked on by all cores.
        let mut batch: Vec<Paper> = Vec::with_capacity(BATCH);
        for input in inputs {
            progress.detail(&format!("reading {}", input.name()));
            let Some(records) = ahead.next_papers() else { break };
            let records = match records {
                Ok(records) => records,
                Err(problem) if alone => return Err(CommandFailure::new(problem.to_string())),
                Err(problem) => {
                    progress.problem(problem).map_err(|problem| input::failure(problem.into(), 0))?;
                    continue;
                }
            };
            let mut tally = ReadTally::default();
            for record in records {
                tally.add(&record);
                match record {
                    Ok(paper) => batch.push(paper),
                    Err(problem) if alone && problem.line.is_none() => {
                        return Err(CommandFailure::new(problem.to_string()));
                    }
                    Err(problem) => progress.problem(problem).map_err(|problem| input::failure(problem.into(), 0))?,
                }
                if batch.len() == BATCH {
                    print(std::mem::take(&mut batch), &extractor, &printer, &mut out)?;
                    progress.step(BATCH as u64);
                }
            }
            tally.details(options.of(&input).from.is_some()).for_each(|detail| progress.detail(&detail));
        }
        print(batch, &extractor, &printer, &mut out)?;
        out.flush()?;
        progress.end(false);
        if progress.skipped() > 0 {
            context.say(&input::skipped(progress.skipped()));
        }
        Ok(())
    }
}

fn print(
    papers: Vec<Paper>,
    extractor: &Extractor,
    printer: &ExtractionPrinter,
    out: &mut impl Write,
) -> io::Result<()> {
    let printed: Vec<Vec<u8>> =
        papers.into_par_iter().map(|paper| printer.print(&extractor.extract(paper))).collect::<io::Result<_>>()?;
    printed.iter().try_for_each(|bytes| out.write_all(bytes))
}

/// Writes one line: the extraction with the version of its shape.
fn print_record(out: &mut impl Write, extraction: &Extraction) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &Versioned::new(extraction))?;
    out.write_all(b"\n")
}

struct ExtractionPrinter {
    format: ExtractFormat,
    ontology: Ontology,
}

impl ExtractionPrinter {
    fn print(&self, extraction: &Extraction) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match self.format {
            ExtractFormat::Jsonl => {
                print_record(&mut bytes, extraction)?;
            }
            ExtractFormat::Nquads => {
                for triple in self.ontology.paper_triples(extraction).triples {
                    writeln!(bytes, "{triple} .")?;
                }
            }
        }
        Ok(bytes)
    }
}
