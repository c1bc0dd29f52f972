//! The archive of Papers with Code: Parquet files on a hub of datasets, which lists the files of each part. The archive
//! no longer changes, so fetched files are never requested again.

use jiff::civil::{Date, date};
use url::Url;

use super::state::FetchedPart;
use super::{BadAnswer, FetchError, FetchEvent, FetchedCounts, Fetcher};

/// Address of the archive in the interface of the hub.
pub(crate) const BASE: &str = "https://huggingface.co/api/datasets/pwc-archive/";
/// The day on which Papers with Code was closed.
const CLOSED: Date = date(2025, 7, 28);
/// Maximum size of a file, in bytes.
pub(crate) const MAX_FILE_BYTES: usize = 1 << 30;

/// A part of the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArchivePart {
    Papers,
    Links,
    Evaluations,
    Datasets,
    Methods,
}

impl ArchivePart {
    /// The prefix of the names of files of the part.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Papers => "papers",
            Self::Links => "links",
            Self::Evaluations => "evaluations",
            Self::Datasets => "datasets",
            Self::Methods => "methods",
        }
    }

    /// The name of the part in the archive.
    fn dataset(self) -> &'static str {
        match self {
            Self::Papers => "papers-with-abstracts",
            Self::Links => "links-between-paper-and-code",
            Self::Evaluations => "evaluation-tables",
            Self::Datasets => "datasets",
            Self::Methods => "methods",
        }
    }
}

/// Fetches the files of these parts that earlier runs have not fetched.
pub(crate) fn fetch(fetcher: &mut Fetcher<'_>, parts: &[ArchivePart]) -> Result<FetchedCounts, FetchError> {
    let mut fetched = FetchedCounts::default();
    for part in parts {
        let name = format!("papers-with-code-{}", part.as_str());
        let mut piece = fetcher.state.piece(&name, CLOSED, CLOSED, 0);
        if piece.done == FetchedPart::ForGood {
            (fetcher.watch)(FetchEvent::Known { what: &name });
            continue;
        }
        let (_, files) = fetcher.answer(&list_address(&fetcher.base, *part), list)?;
        for url in files.iter().skip(piece.pages as usize) {
            let (bytes, rows) = fetcher.answer(url, rows)?;
            let file = format!("{name}-{:03}.parquet", piece.pages);
            fetcher.write(&file, &bytes)?;
            piece.pages += 1;
            piece.papers += rows;
            fetched.files += 1;
            fetched.papers += rows;
            (fetcher.watch)(FetchEvent::Wrote { file: &file, papers: piece.papers, of: None });
            fetcher.state.put(&name, piece)?;
        }
        piece.done = FetchedPart::ForGood;
        fetcher.state.put(&name, piece)?;
    }
    Ok(fetched)
}

/// Where the hub lists the files of a part.
fn list_address(base: &Url, part: ArchivePart) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend([part.dataset(), "parquet", "default", "train"]);
    }
    url
}

/// The addresses of the files of a part.
fn list(bytes: &[u8]) -> Result<Vec<Url>, BadAnswer> {
    let no_list = || BadAnswer::Passing("its answer is not a list of files".into());
    if let Ok(addresses) = serde_json::from_slice::<Vec<String>>(bytes) {
        let urls: Vec<Url> = addresses.iter().filter_map(|address| Url::parse(address).ok()).collect();
        return if urls.is_empty() || urls.len() < addresses.len() { Err(no_list()) } else { Ok(urls) };
    }
    match serde_json::from_slice::<serde_json::Value>(bytes) {
        Ok(value) => match value.get("error").and_then(|error| error.as_str()) {
            Some(error) => Err(BadAnswer::Final(error.to_string())),
            None => Err(no_list()),
        },
        Err(error) => Err(BadAnswer::Passing(format!("its answer is not JSON: {error}"))),
    }
}

/// Number of rows of a Parquet file, which must be complete.
#[cfg(feature = "parquet")]
fn rows(bytes: &[u8]) -> Result<u64, BadAnswer> {
    use std::io::Write as _;

    use parquet::file::reader::FileReader;
    use parquet::file::serialized_reader::SerializedFileReader;

    let no_parquet = |why: String| BadAnswer::Passing(format!("its answer is not a complete Parquet file: {why}"));
    let read = || -> parquet::errors::Result<i64> {
        let mut file = tempfile::tempfile()?;
        file.write_all(bytes)?;
        Ok(SerializedFileReader::new(file)?.metadata().file_metadata().num_rows())
    };
    let rows = read().map_err(|e| no_parquet(e.to_string()))?;
    u64::try_from(rows).map_err(|e| no_parquet(e.to_string()))
}

/// As above, for a program that cannot read Parquet: only the marks at both ends are looked at, and the rows are not
/// counted.
#[cfg(not(feature = "parquet"))]
fn rows(bytes: &[u8]) -> Result<u64, BadAnswer> {
    let is_whole = bytes.len() > 12 && bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1");
    if is_whole { Ok(0) } else { Err(BadAnswer::Passing("its answer is not a complete Parquet file".into())) }
}
