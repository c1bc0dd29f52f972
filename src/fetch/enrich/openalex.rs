//! OpenAlex: works by their DOIs, many in one filter.

use serde_json::Value;
use url::Url;

use super::{BadAnswer, CatalogueRequest, WantedPaper};

/// Address of the works.
pub(super) const BASE: &str = "https://api.openalex.org/works";
/// Largest number of values in a filter, and of works on a page.
pub(super) const MOST: usize = 50;

/// The fields of a work that the reader of OpenAlex reads.
const FIELDS: &str = "id,doi,title,display_name,type,publication_date,publication_year,authorships,primary_location,\
locations,abstract_inverted_index,referenced_works";

/// A DOI. arXiv and the ACL Anthology register one for each of their ids.
pub(super) fn name(paper: &WantedPaper) -> Option<String> {
    let of_acl = || paper.acl.as_ref().map(|id| format!("10.18653/v1/{id}"));
    let of_arxiv = || paper.arxiv.as_ref().map(|id| format!("10.48550/arxiv.{id}"));
    let doi = paper.doi.clone().or_else(of_acl).or_else(of_arxiv)?.to_lowercase();
    // These separate the values and the conditions of a filter.
    (!doi.contains(['|', ',', ' '])).then_some(doi)
}

pub(super) fn batch(base: &Url, names: &[&str], contact: Option<&str>) -> CatalogueRequest {
    let mut url = base.clone();
    url.query_pairs_mut()
        .append_pair("filter", &format!("doi:{}", names.join("|")))
        .append_pair("per-page", &MOST.to_string())
        .append_pair("select", FIELDS);
    if let Some(address) = contact.filter(|contact| contact.contains('@')) {
        url.query_pairs_mut().append_pair("mailto", address.trim_start_matches("mailto:"));
    }
    CatalogueRequest { url, json: None }
}

/// Number of works in an answer.
pub(super) fn found(answer: &[u8]) -> Result<u64, BadAnswer> {
    let answer: Value =
        serde_json::from_slice(answer).map_err(|e| BadAnswer::Passing(format!("its answer is not JSON: {e}")))?;
    if let Some(works) = answer.get("results").and_then(Value::as_array) {
        return Ok(works.len() as u64);
    }
    let why = ["message", "error"].iter().find_map(|field| answer.get(*field)?.as_str());
    Err(why
        .map_or_else(|| BadAnswer::Passing("its answer has no works".into()), |why| BadAnswer::Final(why.to_string())))
}
