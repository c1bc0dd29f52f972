use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::collection::{Introduction, UsageCounter, decide_names, introduction, sort_introductions};
use crate::extract::{CollectionName, Extraction, Extractor};
use clap::Args;

use super::CommandContext;
use super::failure::CommandFailure;
use super::input;

/// Decide what the names that papers introduce mean in the whole collection, and print the result
///
/// The inputs are the output of `kg extract --each` for all papers. kg reads them twice and keeps only the names in
/// memory: first it collects the names that papers introduce, then it counts how all papers write them. A name is not
/// linked everywhere if papers of earlier years use it, if the collection usually writes it in lower case, or if
/// several papers give it to different things. Pass the output to a second `kg extract --each` with --introduced:
/// together, the processes then print the same as one process that reads all papers.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct NamesArgs {
    /// Output of `kg extract --each`
    #[arg(required = true, value_name = "FILE")]
    inputs: Vec<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  kg extract --each papers.jsonl > alone.jsonl
  kg names alone.jsonl > names.jsonl
  kg extract --each --introduced names.jsonl papers.jsonl > papers-read.jsonl";

impl NamesArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let extractor = Extractor::new(context.vocabulary()?).map_err(|e| input::failure(e.into(), 0))?;
        let mut out = BufWriter::new(io::stdout().lock());
        for name in read(&self.inputs, &extractor)? {
            serde_json::to_writer(&mut out, &name).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        Ok(())
    }
}

/// The names that the papers introduce, either from the output of `kg names` or from that of `kg extract --each`.
pub(super) fn read(files: &[PathBuf], extractor: &Extractor) -> Result<Vec<CollectionName>, CommandFailure> {
    if let [file] = files
        && let Some(decided) = decided(file)?
    {
        return Ok(decided);
    }
    let mut introductions: Vec<Introduction> = Vec::new();
    each_line(files, |extraction: Extraction| {
        let introduction = introduction(&extraction, extractor);
        if !introduction.names.is_empty() {
            introductions.push(introduction);
        }
    })?;
    let mut introductions: Vec<&Introduction> = introductions.iter().collect();
    sort_introductions(&mut introductions);
    let mut counter = UsageCounter::new(introductions.iter().copied());
    each_line(files, |extraction: Extraction| {
        let counts = counter.of_paper(&extraction.paper);
        counter.add(counts);
    })?;
    Ok(decide_names(&introductions, &counter.finish(), extractor.vocabulary()))
}

/// The output of `kg names`; `None` if the first line of the file is something else.
fn decided(file: &Path) -> Result<Option<Vec<CollectionName>>, CommandFailure> {
    let mut first = String::new();
    open(file)?.read_line(&mut first).map_err(|e| unreadable(file, 1, &e))?;
    if serde_json::from_str::<CollectionName>(&first).is_err() {
        return Ok(None);
    }
    let mut names = Vec::new();
    each_line(&[file.to_path_buf()], |name| names.push(name))?;
    Ok(Some(names))
}

fn each_line<T: serde::de::DeserializeOwned>(files: &[PathBuf], mut with: impl FnMut(T)) -> Result<(), CommandFailure> {
    for file in files {
        for (line, text) in (1..).zip(open(file)?.lines()) {
            let text = text.map_err(|e| unreadable(file, line, &e))?;
            with(serde_json::from_str(&text).map_err(|e| unreadable(file, line, &e))?);
        }
    }
    Ok(())
}

fn open(file: &Path) -> Result<BufReader<File>, CommandFailure> {
    File::open(file).map(BufReader::new).map_err(|e| unreadable(file, 0, &e))
}

fn unreadable(file: &Path, line: usize, error: &dyn std::fmt::Display) -> CommandFailure {
    CommandFailure::new(format!("{}:{line}: {error}", file.display()))
        .help("give the output of `kg extract --each` or `kg names`")
}
