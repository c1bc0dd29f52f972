//! Semantic Scholar: papers by ids of many registries, posted as one list. The answer is a list in the same order, with
//! `null` for unknown papers.

use serde_json::{Value, json};
use url::Url;

use super::{BadAnswer, CatalogueRequest, WantedPaper};

/// Address of the request for many papers.
pub(super) const BASE: &str = "https://api.semanticscholar.org/graph/v1/paper/batch";
/// The service accepts 500 ids, but answers with at most 10 MB: lists of references are long.
pub(super) const MOST: usize = 100;

/// The fields of a paper that the reader of Semantic Scholar reads.
const FIELDS: &str = "title,abstract,year,publicationDate,authors,externalIds,corpusId,venue,publicationVenue,journal,\
references.title,references.year,references.externalIds,references.authors";

/// The id with its registry: `ARXIV:2407.11062`.
pub(super) fn name(paper: &WantedPaper) -> Option<String> {
    let of_arxiv = paper.arxiv.as_ref().map(|id| format!("ARXIV:{id}"));
    let of_acl = || {
        let id = paper.acl.as_ref()?;
        // Ids of the form N19-1423 have a capital letter.
        let is_old = id.starts_with(|c: char| c.is_ascii_alphabetic());
        Some(format!("ACL:{}", if is_old { id.to_uppercase() } else { id.clone() }))
    };
    let of_doi = || paper.doi.as_ref().map(|doi| format!("DOI:{doi}"));
    of_arxiv.or_else(of_acl).or_else(of_doi)
}

pub(super) fn batch(base: &Url, names: &[&str]) -> CatalogueRequest {
    let mut url = base.clone();
    url.query_pairs_mut().append_pair("fields", FIELDS);
    CatalogueRequest { url, json: Some(json!({ "ids": names }).to_string()) }
}

/// Number of papers in an answer that are known.
pub(super) fn found(answer: &[u8]) -> Result<u64, BadAnswer> {
    let answer: Value =
        serde_json::from_slice(answer).map_err(|e| BadAnswer::Passing(format!("its answer is not JSON: {e}")))?;
    if let Some(papers) = answer.as_array() {
        return Ok(papers.iter().filter(|paper| !paper.is_null()).count() as u64);
    }
    let why = ["error", "message"].iter().find_map(|field| answer.get(*field)?.as_str());
    match why {
        // The service's message if it knows none of the papers.
        Some(why) if why.contains("No valid paper ids given") => Ok(0),
        Some(why) => Err(BadAnswer::Final(why.to_string())),
        None => Err(BadAnswer::Passing("its answer is not a list of papers".into())),
    }
}
