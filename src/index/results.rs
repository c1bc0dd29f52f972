//! The results that papers state, so that boards can be made from the index alone. The RDF is read only for the
//! sentences behind the rows that are shown.

use serde::{Deserialize, Serialize};
use tantivy::schema::{Term, Value};

use super::{Index, IndexError, IndexedNode};

/// What boards need of one paper.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PaperResults {
    pub results: Vec<StatedResult>,
    /// The paper's repositories, sorted by id.
    pub repositories: Vec<StatedRepository>,
}

/// A result of a paper, as the graph has it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StatedResult {
    /// Name of the part of the paper that states it, as in `result-2`.
    pub part: String,
    pub dataset: String,
    /// Id of the dataset, if it is a node.
    pub dataset_id: Option<String>,
    pub task: Option<String>,
    pub variant: Option<String>,
    pub metric: String,
    /// Id of the metric, if it is a node.
    pub metric_id: Option<String>,
    /// As written.
    pub value: String,
    pub system: Option<String>,
    /// Whether it is a result of the paper's own system.
    pub own: bool,
    pub deviation: Option<String>,
    /// Confidence that a table states it, 0 to 1.
    pub confidence: Option<f32>,
    pub place: ResultPlace,
}

/// Where a result is stated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResultPlace {
    /// A source states it beside the text.
    #[default]
    BySource,
    /// In a cell: `Table 2, row 5`.
    InTable(String),
    /// In a sentence of this field, as in `section-3`.
    InSentence(String),
}

/// A repository of a paper.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StatedRepository {
    pub id: String,
    /// Whether the paper or a source says that it is the authors' own.
    pub is_official: bool,
}

/// The term of every paper that states a result.
const ANY: &str = "*";

impl PaperResults {
    /// The terms under which the paper is found.
    pub(super) fn terms(&self) -> Vec<&str> {
        let mut terms: Vec<&str> = self.results.iter().filter_map(|result| result.dataset_id.as_deref()).collect();
        terms.extend((!self.results.is_empty()).then_some(ANY));
        terms.sort_unstable();
        terms.dedup();
        terms
    }
}

impl Index {
    /// Papers that state a result on the dataset with this id, or on any if `None`, sorted by number.
    pub(crate) fn stating(&self, dataset: Option<&str>) -> Result<Vec<IndexedNode>, IndexError> {
        self.with(&Term::from_field_text(self.fields.result, dataset.unwrap_or(ANY)))
    }

    /// The results and repositories of a paper; empty if it states no result.
    pub(crate) fn results(&self, paper: IndexedNode) -> Result<PaperResults, IndexError> {
        let Some(document) = self.stored(paper)? else { return Ok(PaperResults::default()) };
        match document.get_first(self.fields.results).and_then(|value| value.as_bytes()) {
            Some(bytes) => postcard::from_bytes(bytes).map_err(|e| self.error(e)),
            None => Ok(PaperResults::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_found_by_each_dataset_that_it_states_a_result_on_once() {
        let on = |id: Option<&str>| StatedResult { dataset_id: id.map(str::to_string), ..StatedResult::default() };
        let with = |results| PaperResults { results, repositories: Vec::new() };
        let some = with(vec![on(Some("dataset/b")), on(None), on(Some("dataset/a")), on(Some("dataset/b"))]);
        assert_eq!(some.terms(), [ANY, "dataset/a", "dataset/b"]);
        assert!(with(Vec::new()).terms().is_empty());
    }
}
