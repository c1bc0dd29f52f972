//! Asks catalogues about the papers of a graph whose sources lack something. The answers are written unchanged into
//! files, which `kg build` reads like any other source, so that the graph knows who states what.
//!
//! Papers are requested in batches by their ids. A note in the folder says which papers were asked for, so that the
//! next run continues there, however the last one ended, and no paper is asked for twice.

mod openalex;
mod semantic_scholar;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use url::Url;

use super::{BadAnswer, FetchError, FetchEvent, FetchedCounts, Fetcher, state};
pub(crate) use wanted::{LackedField, WantedPaper, wanted_papers};

/// A catalogue that can be asked for papers by their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PaperCatalogue {
    Openalex,
    SemanticScholar,
}

/// One request for some papers.
struct CatalogueRequest {
    url: Url,
    /// The JSON to post; `None` for a GET request.
    json: Option<String>,
}

impl PaperCatalogue {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Openalex => "openalex",
            Self::SemanticScholar => "semantic-scholar",
        }
    }

    /// Address of its interface.
    pub(crate) fn base(self) -> &'static str {
        match self {
            Self::Openalex => openalex::BASE,
            Self::SemanticScholar => semantic_scholar::BASE,
        }
    }

    /// How many papers one request may name.
    fn most(self) -> usize {
        match self {
            Self::Openalex => openalex::MOST,
            Self::SemanticScholar => semantic_scholar::MOST,
        }
    }

    /// The name of a paper in a request; `None` if the catalogue has no name for it.
    fn name(self, paper: &WantedPaper) -> Option<String> {
        match self {
            Self::Openalex => openalex::name(paper),
            Self::SemanticScholar => semantic_scholar::name(paper),
        }
    }

    fn batch(self, base: &Url, names: &[&str], contact: Option<&str>) -> CatalogueRequest {
        match self {
            Self::Openalex => openalex::batch(base, names, contact),
            Self::SemanticScholar => semantic_scholar::batch(base, names),
        }
    }

    /// Number of papers in an answer.
    fn found(self, answer: &[u8]) -> Result<u64, BadAnswer> {
        match self {
            Self::Openalex => openalex::found(answer),
            Self::SemanticScholar => semantic_scholar::found(answer),
        }
    }
}

/// The result of an enrichment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct EnrichedCounts {
    /// Number of papers that the catalogue knows, and the files with them.
    pub fetched: FetchedCounts,
    /// Number of papers asked for in this run.
    pub asked: u64,
    /// Number of papers that earlier runs asked for.
    pub asked_before: u64,
    /// Number of papers without an id that the catalogue uses.
    pub nameless: u64,
}

/// Asks a catalogue for these papers, for `limit` of them at most. `contact` is an address of the user, for services
/// that want one.
///
/// # Errors
/// If the service does not answer, or a file cannot be written. What was written stays.
pub(crate) fn enrich(
    fetcher: &mut Fetcher<'_>,
    catalogue: PaperCatalogue,
    papers: &[WantedPaper],
    contact: Option<&str>,
    limit: Option<usize>,
) -> Result<EnrichedCounts, FetchError> {
    let mut asked = AskedIds::open(&fetcher.folder)?;
    let mut enriched = EnrichedCounts::default();
    let mut names: Vec<(&str, String)> = Vec::new();
    for paper in papers {
        match catalogue.name(paper) {
            None => enriched.nameless += 1,
            Some(_) if asked.has(catalogue, &paper.id) => enriched.asked_before += 1,
            Some(name) => names.push((paper.id.as_str(), name)),
        }
    }
    names.truncate(limit.unwrap_or(usize::MAX));
    for batch in names.chunks(catalogue.most()) {
        let of_batch: Vec<&str> = batch.iter().map(|(_, name)| name.as_str()).collect();
        let CatalogueRequest { url, json } = catalogue.batch(&fetcher.base, &of_batch, contact);
        let (bytes, found) = match json {
            Some(json) => fetcher.answer_to_post(&url, &json, |bytes| catalogue.found(bytes))?,
            None => fetcher.answer(&url, |bytes| catalogue.found(bytes))?,
        };
        if found > 0 {
            let file = asked.next_file(catalogue);
            fetcher.write(&file, &bytes)?;
            enriched.fetched.files += 1;
            enriched.fetched.papers += found;
            (fetcher.watch)(FetchEvent::Wrote {
                file: &file,
                papers: enriched.fetched.papers,
                of: Some(names.len() as u64),
            });
        }
        enriched.asked += batch.len() as u64;
        asked.add(catalogue, batch.iter().map(|(id, _)| *id), found > 0)?;
    }
    Ok(enriched)
}

/// The papers that each catalogue was asked for, in a file of the folder that builds ignore.
struct AskedIds {
    path: PathBuf,
    catalogues: BTreeMap<String, AskedOne>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct AskedOne {
    /// Number of files with its answers.
    files: u32,
    /// Ids of the papers.
    papers: BTreeSet<String>,
}

impl AskedIds {
    fn open(folder: &Path) -> Result<Self, FetchError> {
        let path = folder.join(".enriched.json");
        let of = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|e| FetchError::State { path: path.clone(), message: e.to_string() })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(FetchError::State { path, message: error.to_string() }),
        };
        Ok(Self { path, catalogues: of })
    }

    fn has(&self, catalogue: PaperCatalogue, paper: &str) -> bool {
        self.catalogues.get(catalogue.as_str()).is_some_and(|asked| asked.papers.contains(paper))
    }

    /// The name of the next file. Its prefix says that its records only fill gaps, see
    /// [`is_enrichment`](crate::paper::is_enrichment).
    fn next_file(&self, catalogue: PaperCatalogue) -> String {
        let files = self.catalogues.get(catalogue.as_str()).map_or(0, |asked| asked.files);
        format!("{}{catalogue}-{files:04}.json", crate::paper::ENRICHMENT, catalogue = catalogue.as_str())
    }

    fn add<'p>(
        &mut self,
        catalogue: PaperCatalogue,
        papers: impl Iterator<Item = &'p str>,
        has_file: bool,
    ) -> Result<(), FetchError> {
        let asked = self.catalogues.entry(catalogue.as_str().to_string()).or_default();
        asked.papers.extend(papers.map(str::to_string));
        asked.files += u32::from(has_file);
        let json = serde_json::to_vec_pretty(&self.catalogues)
            .map_err(|e| FetchError::State { path: self.path.clone(), message: e.to_string() })?;
        state::replace(&self.path, &json)
    }
}
