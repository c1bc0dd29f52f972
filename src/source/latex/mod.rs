//! Papers in LaTeX: an e-print of arXiv (an archive, or one compressed file), a folder, one file.

mod arguments;
mod bibliography;
mod characters;
mod commands;
mod convert;
mod files;
mod folder;
mod labels;
mod tabular;
mod tokens;
mod words;

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::PaperStream;
use super::compressed::Stream;
use super::facts::whole_paper;
use super::isolated::{self, PaperFiles};
use super::place::{ProblemReason, SkippedRecord, SourceInput};
use crate::document::Document;
use crate::paper::{Paper, PaperId};
use bibliography::Bibliography;
use convert::Converter;
pub(super) use files::{SourceFiles, begins_document};
pub(super) use folder::LatexFolder;
use labels::LabelMeanings;
use tokens::Expansion;

/// The files of the paper at this path: for a LaTeX file, those of its folder.
pub(super) fn parts_of(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.extension().is_some_and(|extension| extension == "tex") {
        let parts = SourceFiles::paths(folder);
        if !parts.is_empty() {
            return parts;
        }
    }
    vec![path.to_path_buf()]
}

/// The paper in these files.
///
/// # Errors
/// If none of them begins a document.
fn document(files: &SourceFiles, main: Option<&str>) -> Result<Document, String> {
    let main = main.or_else(|| files.main()).ok_or("has no LaTeX file that begins a document")?;
    let expansion = Expansion::of(files, main);
    let labels = LabelMeanings::of(&expansion.out);
    let bibliography = Bibliography::of(files, main, &expansion.out);
    Ok(Converter::new(labels, bibliography, expansion.names).read(&expansion.out))
}

/// Size of the largest archive, unpacked: a paper with its pictures.
const MAX_BYTES: u64 = 512 << 20;

/// Stack size for reading a paper: groups are read by recursion.
const STACK_BYTES: usize = 32 << 20;

/// A paper as one file or as an archive. If it is a file in a folder, the other files of the folder belong to it.
pub(super) fn read(mut stream: Stream, place: &SourceInput) -> PaperStream {
    let name = place.file().to_string();
    let files = source_files(&mut stream, &name);
    let item = files.and_then(|(files, main)| isolated::read(PaperFiles::Latex { files, main, name }));
    let item = item.map_err(|skipped| place.problem_of_whole(skipped)).and_then(|paper| place.paper(1, paper));
    Box::new(std::iter::once(item))
}

/// The files of the paper, and its main file, if it is known.
fn source_files(stream: &mut Stream, name: &str) -> Result<(SourceFiles, Option<String>), SkippedRecord> {
    let mut head = Vec::new();
    let failed = |e: &std::io::Error| SkippedRecord::cut_off(super::compressed::unreadable(e));
    (&mut *stream).take(512).read_to_end(&mut head).map_err(|e| failed(&e))?;
    let whole = std::io::Cursor::new(head.clone()).chain(stream.take(MAX_BYTES));
    if head.get(257..262) == Some(b"ustar") {
        return Ok((SourceFiles::of_archive(whole).map_err(SkippedRecord::malformed)?, None));
    }
    let mut bytes = Vec::new();
    whole.take(files::MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|e| failed(&e))?;
    if bytes.len() as u64 > files::MAX_FILE_BYTES {
        let message = format!("is larger than {} MiB, more than any paper", files::MAX_FILE_BYTES >> 20);
        return Err(SkippedRecord::new(ProblemReason::TooLarge, message));
    }
    let path = Path::new(name);
    let file = path.file_name().map(|file| file.to_string_lossy().into_owned());
    match (path.parent(), file) {
        (Some(folder), Some(file)) if path.is_file() && file.ends_with(".tex") => {
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            Ok((SourceFiles::of_folder(folder), Some(file)))
        }
        _ => Ok((SourceFiles::of_one("main.tex", &bytes), Some("main.tex".to_string()))),
    }
}

/// Reads on a stack that is large enough. If the reader panics, the file cannot be read.
pub(super) fn paper(files: SourceFiles, main: Option<String>, name: &str) -> Result<Paper, SkippedRecord> {
    let reader = move || catch_unwind(AssertUnwindSafe(|| document(&files, main.as_deref())));
    let thread = std::thread::Builder::new().name("latex".to_string()).stack_size(STACK_BYTES).spawn(reader);
    let document = match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(document))) => document.map_err(SkippedRecord::malformed)?,
        Ok(_) => return Err(SkippedRecord::malformed("is LaTeX that cannot be read")),
        Err(e) => return Err(SkippedRecord::malformed(format!("cannot be read: no thread could be started: {e}"))),
    };
    let mut paper = whole_paper(document)?;
    paper.identify(id_of_name(name));
    Ok(paper)
}

/// The id in the file name that arXiv gives to an e-print: `arXiv-2407.11062v1.tar.gz`, `2407.11062.gz`.
pub(super) fn id_of_name(name: &str) -> Option<PaperId> {
    let file = Path::new(name).file_name()?.to_string_lossy().to_lowercase();
    let stem = file.strip_prefix("arxiv-").unwrap_or(&file);
    let (year, rest) = stem.split_once('.')?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let behind = rest[digits..].trim_start_matches(|c: char| c == 'v' || c.is_ascii_digit());
    let whole = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()) && (4..=5).contains(&digits);
    (whole && ["", ".tar.gz", ".gz", ".tar", ".tgz"].contains(&behind))
        .then(|| PaperId::arxiv(&format!("{year}.{}", &rest[..digits])))
        .flatten()
}
