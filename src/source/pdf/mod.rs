//! Whole papers as PDF.
//!
//! `hayro` reads the file, its fonts and its operators. This room does the rest in steps: `marks` (what a page shows),
//! `words`, `columns`, `lines`, `pages` (without running heads), `grids` (tables with ruled lines), `unruled` (other
//! tables), `structure` (headings, captions, notes), `front` (the title page), `references`. Why this library:
//! `docs/design/016-pdf-library.md`.

mod columns;
mod front;
mod grids;
mod hyphens;
mod lines;
mod marks;
mod metadata;
mod pages;
mod references;
mod spans;
mod structure;
mod unruled;
mod words;
mod year;

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use hayro_syntax::{LoadPdfError, Pdf};
use regex::Regex;

use super::PaperStream;
use super::compressed::Stream;
use super::facts::{date_of, month, set_doi, whole_paper};
use super::isolated::{self, PaperFiles};
use super::place::{ProblemReason, SkippedRecord, SourceInput};
use crate::paper::{Paper, PaperId};
use marks::{Interpreter, LimitReached, MarkLimits, PageMarks};

/// Size of the largest file; proceedings with pictures have some hundred MiB.
const MAX_BYTES: u64 = 256 << 20;

/// Number of pages that are read; a thesis has fewer.
const MAX_PAGES: usize = 1_500;

/// Number of operators in a document. A map or a plot with millions of points has no more text after them.
const MAX_OPERATORS: u64 = 20_000_000;

/// Number of characters in a document; a book has a few million.
const MAX_GLYPHS: usize = 8_000_000;

/// Time limit for one document. A paper takes a tenth of a second.
const MAX_TIME: Duration = Duration::from_secs(20);

/// A document with fewer letters has no text: its pages are pictures.
const MIN_LETTERS: usize = 200;

/// Stack size for reading a document: objects may be nested as deeply as the library allows.
const STACK_BYTES: usize = 64 << 20;

pub(super) fn read(stream: Stream, place: &SourceInput) -> PaperStream {
    let mut bytes = Vec::new();
    let read = stream.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    let item = match read {
        Err(e) => Err(SkippedRecord::cut_off(super::compressed::unreadable(&e))),
        Ok(_) if bytes.len() as u64 > MAX_BYTES => Err(SkippedRecord::new(
            ProblemReason::TooLarge,
            format!("is larger than {} MiB, more than any paper", MAX_BYTES >> 20),
        )),
        Ok(_) => isolated::read(PaperFiles::Pdf(bytes)),
    };
    let item = item.map_err(|skipped| place.problem_of_whole(skipped)).and_then(|paper| place.paper(1, paper));
    Box::new(std::iter::once(item))
}

/// Reads on a stack that is large enough. If the reader panics, the file cannot be read.
pub(super) fn apart(bytes: Vec<u8>) -> Result<Paper, SkippedRecord> {
    let failed = || SkippedRecord::malformed("is a PDF that cannot be read: its contents are damaged");
    let reader = move || catch_unwind(AssertUnwindSafe(|| paper(bytes)));
    let thread = std::thread::Builder::new().name("pdf".to_string()).stack_size(STACK_BYTES).spawn(reader);
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(paper))) => paper,
        Ok(_) => Err(failed()),
        Err(e) => Err(SkippedRecord::malformed(format!("cannot be read: no thread could be started: {e}"))),
    }
}

fn paper(bytes: Vec<u8>) -> Result<Paper, SkippedRecord> {
    let limits = MarkLimits { operators: MAX_OPERATORS, glyphs: MAX_GLYPHS, deadline: Instant::now() + MAX_TIME };
    let has_end = has_end(&bytes);
    let cut_off = || SkippedRecord::cut_off("is a PDF that is cut off: its end is missing; get the file again");
    let dois_in_metadata = metadata::dois(&bytes);
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(_) => {
            SkippedRecord::malformed("is an encrypted PDF; unlock it, as in `qpdf --decrypt --password=… FILE OUT`")
        }
        LoadPdfError::Invalid if !has_end => cut_off(),
        LoadPdfError::Invalid => {
            SkippedRecord::malformed("is a damaged PDF; mend it, as in `qpdf FILE OUT`, or print it to a file again")
        }
    })?;
    let pages = pdf.pages();
    let mut interpreter = Interpreter::new(limits);
    let mut shown: Vec<PageMarks> = Vec::new();
    for page in pages.iter().take(MAX_PAGES) {
        let (marks, reached) = interpreter.page(page);
        shown.push(marks);
        match reached {
            Some(LimitReached::Time) => {
                let message = format!("is a PDF that takes longer than {} s to read", MAX_TIME.as_secs());
                return Err(SkippedRecord::new(ProblemReason::TooLarge, message));
            }
            Some(LimitReached::Operators | LimitReached::Glyphs) => {
                return Err(SkippedRecord::new(
                    ProblemReason::TooLarge,
                    "is a PDF with more on its pages than any paper has",
                ));
            }
            None => {}
        }
    }
    let letters: usize = shown.iter().flat_map(|page| &page.glyphs).filter(|glyph| glyph.text.is_alphabetic()).count();
    if letters < MIN_LETTERS {
        if !has_end {
            return Err(cut_off());
        }
        return Err(SkippedRecord::not_text(shown.len()));
    }
    let metadata = pdf.metadata();
    let title = metadata.title.as_deref().map(text_string).filter(|title| title.split_whitespace().count() > 2);
    let notes = [&metadata.subject, &metadata.keywords].into_iter().flatten().map(|note| text_string(note));
    let notes = notes.collect::<Vec<_>>().join(" ");
    let text = pages::paged_text(shown);
    let first_page = text.first_page.clone();
    let stamp = text.stamp.clone();
    let read = whole_paper(structure::document(&text, title.as_deref()));
    // The first page may be what is missing, and the title with it.
    let mut paper = read.map_err(|skipped| if has_end { skipped } else { cut_off() })?;
    identify(&mut paper, &stamp, &first_page);
    if paper.doi.is_none() {
        let dois = dois_in_metadata.into_iter().chain(dois_of(&notes).map(str::to_string));
        set_only_doi(&mut paper, dois.collect());
    }
    // arXiv's id contains the month.
    if paper.published.is_none()
        && paper.id.as_arxiv().is_none()
        && let Some((date, source)) = year::inferred(&first_page, metadata)
    {
        (paper.published, paper.date_source) = (Some(date), Some(source));
    }
    Ok(paper)
}

/// Whether the end mark of a PDF is in its last part.
fn has_end(bytes: &[u8]) -> bool {
    bytes[bytes.len().saturating_sub(2048)..].windows(5).any(|part| part == b"%%EOF")
}

/// Text of the document information: UTF-16 with its mark, or else bytes similar to Latin-1.
fn text_string(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => bytes.iter().map(|&b| char::from(b)).collect(),
    }
}

static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"arXiv:\s*(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?\s*(?:\[[^\]]{2,20}\])?\s*(?:(\d{1,2})\s*([A-Z][a-z]{2})[a-z]*\s*(\d{4}))?")
        .unwrap()
});

static DOI: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b10\.\d{4,9}/[^\s,;]+[^\s,;.)\]]").unwrap());

/// The ids printed on the first page: the stamp of arXiv in its margin, and the DOI, if there is only one.
fn identify(paper: &mut Paper, stamp: &str, first_page: &str) {
    let found = STAMP.captures(stamp).or_else(|| STAMP.captures(first_page));
    if let Some(found) = found {
        paper.identify(PaperId::arxiv(&found[1]));
        let part = |i| found.get(i).map(|part| part.as_str());
        if let (Some(day), Some(name), Some(year)) = (part(2), part(3), part(4)) {
            paper.published = year.parse().ok().and_then(|year| date_of(year, month(name), day.parse().ok()));
        }
    }
    set_only_doi(paper, dois_of(first_page).map(str::to_string).collect());
}

fn dois_of(text: &str) -> impl Iterator<Item = &str> {
    DOI.find_iter(text).map(|found| found.as_str())
}

/// If there are several DOIs, they can be those of other works.
fn set_only_doi(paper: &mut Paper, mut dois: Vec<String>) {
    dois.iter_mut().for_each(|doi| doi.make_ascii_lowercase());
    dois.sort_unstable();
    dois.dedup();
    if let [one] = dois.as_slice() {
        set_doi(paper, one);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_of_arxiv_is_id_and_date() {
        let mut paper = Paper::titled("T");
        identify(&mut paper, "arXiv:2301.00037v2  [cs.LG]  13 Feb 2023", "Doe. https://doi.org/10.1234/abc.5");
        assert_eq!(paper.id.to_string(), "paper/arxiv-2301.00037");
        assert_eq!(paper.published.map(|date| date.to_string()).as_deref(), Some("2023-02-13"));
        assert_eq!(paper.doi.as_deref(), Some("10.1234/abc.5"));
    }
}
