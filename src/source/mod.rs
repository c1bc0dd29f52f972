//! Reading papers: one file for each input format, each a stream of [`Paper`]s that know where
//! they came from.
//!
//! A source never stops at a bad record: it yields a [`ReadProblem`] that names the place, and continues. Each reader
//! holds one record in memory, whatever the size of its input. `lines`, `json` and `xml` cut inputs into records and
//! limit their sizes; `facts` parses dates, names and ids in the spellings of all formats; `compressed` unpacks.

mod acl;
mod ahead;
mod arxiv;
mod author_details;
mod bibtex;
mod cff;
mod compressed;
mod crossref;
mod csl;
mod csv;
mod daily_papers;
mod datacite;
mod dblp;
mod endnote;
mod enw;
mod extracted;
mod facts;
mod format;
mod headings;
mod hf_daily;
mod html;
mod input;
mod isolated;
mod jats;
mod json;
mod json_lines;
mod json_references;
mod jsonl;
mod latex;
mod latexml;
mod lines;
mod loose_table;
mod markdown;
mod markup;
mod markup_table;
mod model_card;
mod nbib;
mod openalex;
mod openreview;
mod papercopilot;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "pdf")]
mod pdf;
mod people;
mod place;
mod pubmed;
mod pwc;
mod references;
mod ris;
mod run_in_table;
mod semantic_scholar;
mod spool;
mod tagged;
mod tally;
mod tei;
mod text;
mod wos;
mod xml;
mod yaml;
mod zotero;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::PathBuf;

use crate::paper::{Paper, PartialDate};
pub use ahead::{NamedInput, ReadAhead};
use compressed::Stream;
pub(crate) use extracted::read_extracted;
pub use format::Format;
pub use input::{Input, InputScope};
pub use isolated::isolate;
pub(crate) use isolated::work;
use json::RecordOutline;
#[cfg(feature = "pdf")]
use pdf::read as read_pdf;
use place::SourceInput;
pub use place::{ProblemReason, ReadProblem};
pub(crate) use tally::ReadTally;

/// How inputs are read; by default their content decides.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The format; without it, the content decides.
    pub from: Option<Format>,
    /// The day on which a listing was copied, for dates without a year.
    pub as_of: Option<PartialDate>,
    /// For tables, the column of each field: (`title`, `Titel`).
    pub columns: Vec<(String, String)>,
    /// Files with a format of their own, which takes precedence over `from`.
    pub from_of: Vec<(PathBuf, Format)>,
}

impl ReadOptions {
    /// The options for one input, with its own format if it has one.
    #[must_use]
    pub fn of(&self, input: &Input) -> Self {
        let (Input::File(path) | Input::Pipe(path)) = input else { return self.clone() };
        let own = self.from_of.iter().find(|(file, _)| file == path).map(|(_, format)| *format);
        Self { from: own.or(self.from), as_of: self.as_of, columns: self.columns.clone(), from_of: Vec::new() }
    }
}

/// Whether a field of papers has this name, so that [`ReadOptions::columns`] may name its column.
pub fn is_field(name: &str) -> bool {
    csv::is_field(name)
}

/// Papers and problems in the order of the input.
pub type PaperStream = Box<dyn Iterator<Item = Result<Paper, ReadProblem>> + Send>;

/// Opens an input, unpacks it, and detects its format unless the options name one.
///
/// # Errors
/// If the input cannot be opened, its format is not known, or nothing is in it. Anything after that is an item of the
/// stream.
pub fn read(input: &Input, options: &ReadOptions) -> Result<PaperStream, ReadProblem> {
    read_as(input, &input.name(), options)
}

/// As [`read`]; `name` is what papers and problems call the input.
///
/// # Errors
/// As [`read`].
pub fn read_as(input: &Input, name: &str, options: &ReadOptions) -> Result<PaperStream, ReadProblem> {
    let reader: Box<dyn Read + Send> = match input {
        Input::Stdin => Box::new(std::io::stdin()),
        Input::File(path) | Input::Pipe(path) => Box::new(File::open(path).map_err(|e| cannot_open(name, &e))?),
    };
    read_stream(reader, name, options)
}

/// As [`read`], from any stream; `name` is what papers and problems call it.
///
/// # Errors
/// As [`read`].
pub fn read_stream(
    reader: impl Read + Send + 'static,
    name: &str,
    options: &ReadOptions,
) -> Result<PaperStream, ReadProblem> {
    let fail = |message: String| ReadProblem::of_input(name, message);
    let stream: Stream = Box::new(BufReader::with_capacity(BUFFER_BYTES, reader));
    let (head, stream) = compressed::open(stream).map_err(fail)?;
    if let Some(format) = format::whole_paper(&head).filter(|found| options.from.is_none_or(|from| from == *found)) {
        let place = SourceInput::new(name, format);
        return Ok(match format {
            Format::Pdf => read_pdf(stream, &place),
            _ => latex::read(stream, &place),
        });
    }
    let (head, stream) = lines::with_line_feeds(head, stream);
    let outline = RecordOutline::of(&head);
    let format = match options.from {
        Some(format) => format,
        None if csv::has_columns(&head, &options.columns) => Format::Csv,
        None => match format::detect(&head, &outline) {
            // The reader reports which of the columns named by the user is missing.
            Err(_)
                if !options.columns.is_empty() && csv::columns_of_table(&String::from_utf8_lossy(&head)).is_some() =>
            {
                Format::Csv
            }
            detected => detected.map_err(fail)?,
        },
    };
    let mut papers = papers(stream, (&head, &outline), &SourceInput::new(name, format), format, options).peekable();
    match papers.peek() {
        None => Err(fail("has no papers".to_string())),
        Some(_) => Ok(Box::new(papers)),
    }
}

const BUFFER_BYTES: usize = 128 * 1024;

/// The papers of a stream that begins with `head`; `outline` is the outline of `head`.
fn papers(
    stream: Stream,
    (head, outline): (&[u8], &RecordOutline),
    place: &SourceInput,
    format: Format,
    options: &ReadOptions,
) -> PaperStream {
    let at = || place.clone();
    let json = |stream, read: fn(serde_json::Value) -> place::RecordResult| -> PaperStream {
        Box::new(place::papers(at(), json::values(stream, outline, at()), read))
    };
    let xml = |stream, names, read: fn(xml::XmlRecord) -> place::RecordResult| -> PaperStream {
        Box::new(place::papers(at(), xml::XmlRecords::new(stream, names, at()), read))
    };
    match format {
        Format::DailyPapers => daily_papers::read(stream, at(), options),
        Format::HfDaily => json(stream, hf_daily::read),
        Format::ArxivJson => json(stream, arxiv::snapshot),
        Format::ArxivAtom => xml(stream, &["entry", "item"], arxiv::feed),
        Format::ArxivOai => xml(stream, &["record", "error"], arxiv::oai),
        Format::AclAnthology => {
            Box::new(place::papers(at(), xml::XmlRecords::new(stream, &acl::RECORDS, at()), acl::reader()))
        }
        Format::PwcPapers => json(stream, pwc::papers),
        Format::PwcLinks => json(stream, pwc::links),
        Format::PwcDatasets => json(stream, pwc::datasets),
        Format::PwcMethods => json(stream, pwc::methods),
        Format::PwcEvaluations => {
            let tasks = json::texts(stream, outline, at(), pwc::MAX_TASK_BYTES);
            Box::new(place::papers(at(), tasks, pwc::evaluations))
        }
        Format::SemanticScholar => json(stream, semantic_scholar::paper),
        Format::S2orc => json(stream, semantic_scholar::s2orc),
        Format::Openalex => json(stream, openalex::read),
        Format::Crossref => json(stream, crossref::read),
        Format::Bibtex => Box::new(bibtex::read(stream, at())),
        Format::CslJson => json(stream, csl::read),
        Format::Datacite => json(stream, datacite::read),
        Format::Ris => Box::new(ris::read(stream, at())),
        Format::Nbib => Box::new(nbib::read(stream, at())),
        Format::Wos => Box::new(wos::read(stream, at())),
        Format::Enw => Box::new(enw::read(stream, at())),
        Format::PubmedXml => xml(stream, &pubmed::RECORDS, pubmed::read),
        Format::EndnoteXml => xml(stream, &endnote::RECORDS, endnote::read),
        Format::DblpXml => xml(stream, &dblp::RECORDS, dblp::read),
        Format::CitationCff => Box::new(cff::read(stream, &at()).into_iter()),
        Format::Zotero => json(stream, zotero::read),
        Format::Openreview => json(stream, openreview::read),
        Format::Papercopilot => {
            let records = json::values(stream, outline, at());
            Box::new(place::papers(at(), records, papercopilot::reader(place.file())))
        }
        Format::Csv => Box::new(csv::read(stream, head, &options.columns, at())),
        Format::ModelCard => Box::new(model_card::read(stream, &at()).into_iter()),
        Format::Markdown => markdown::read(stream, at()),
        Format::Tei => xml(stream, &tei::RECORDS, tei::read),
        Format::Jats => xml(stream, &jats::RECORDS, jats::read),
        Format::ArxivHtml => latexml::read(stream, &at()),
        Format::Pdf => read_pdf(stream, &at()),
        Format::Latex => latex::read(stream, &at()),
        Format::Text => Box::new(text::read(stream, at())),
        Format::Jsonl => Box::new(jsonl::read(stream, outline, at())),
    }
}

#[cfg(not(feature = "pdf"))]
fn read_pdf(_: Stream, place: &SourceInput) -> PaperStream {
    let skipped = place::SkippedRecord::malformed("is a PDF, which this program was built without");
    Box::new(std::iter::once(Err(place.problem_of_whole(skipped))))
}

fn cannot_open(name: &str, e: &std::io::Error) -> ReadProblem {
    let message = match e.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_string(),
        _ => format!("cannot open: {e}"),
    };
    ReadProblem { reason: ProblemReason::NotOpened, ..ReadProblem::of_input(name, message) }
}
