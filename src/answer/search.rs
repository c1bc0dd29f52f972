//! Finding nodes by words.

use schemars::JsonSchema;
use serde::Serialize;

use super::{CountedNode, Extent, Sheet};
use crate::graph::{FoundByName, FoundByWords, Selection, listed_nodes, search};
use crate::index::IndexedNode;
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, StoreError};

/// The hits of a search, the best first.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct SearchResults {
    /// Number of matching nodes; `hits` may have only the first of them.
    pub total: usize,
    /// The nodes found, the best first.
    pub hits: Vec<SearchHit>,
    /// Number of matching nodes of each kind that has any.
    #[serde(skip)]
    pub by_kind: Vec<(NodeKind, usize)>,
    /// Number of words of the search, and how many of them each node has.
    #[serde(skip)]
    pub words: usize,
    /// Number of words of the query that match.
    #[serde(skip)]
    pub matched: usize,
}

/// A node that a search found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SearchHit {
    /// The node, with how many papers name it.
    #[serde(flatten)]
    pub node: CountedNode,
    /// The name that matched, if it is not the node's own.
    pub alias: Option<String>,
    /// The score, 0 to 1, to three digits.
    pub score: f64,
    /// The publication date of a paper.
    pub date: Option<PartialDate>,
}

impl SearchResults {
    /// The rows of `--format csv`.
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new(["kind", "id", "name", "alias", "papers", "score", "in_text"]);
        for hit in &self.hits {
            sheet.row([
                hit.node.node.kind.to_string(),
                hit.node.node.id.clone(),
                hit.node.node.name.clone(),
                hit.alias.clone().unwrap_or_default(),
                hit.node.count.papers.to_string(),
                format!("{:.3}", hit.score),
                hit.node.count.in_text.to_string(),
            ]);
        }
        sheet
    }

    /// Finds nodes of these kinds (of all kinds if none are given) that contain the words of `text`.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(store: &GraphStore, text: &str, kinds: &[NodeKind], limit: usize) -> Result<Self, StoreError> {
        Self::among(store, text, kinds, &Selection::default(), limit)
    }

    /// As [`SearchResults::ask`]. A selection that limits papers finds papers only, and only those that it has.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn among(
        store: &GraphStore,
        text: &str,
        kinds: &[NodeKind],
        selection: &Selection,
        limit: usize,
    ) -> Result<Self, StoreError> {
        search(store, text, kinds, selection, limit).map(Self::from)
    }

    /// A part of all nodes of a kind, in the order of `graph::browse_orders`.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub fn browse(store: &GraphStore, ranked: &[IndexedNode], offset: usize, limit: usize) -> Result<Self, StoreError> {
        let docs: Vec<IndexedNode> = ranked.iter().skip(offset).take(limit).copied().collect();
        Ok(Self::from(FoundByWords {
            hits: listed_nodes(store, &docs)?,
            total: ranked.len(),
            ..FoundByWords::default()
        }))
    }

    /// How many rows the answer has in all, and how many are listed.
    pub fn extent(&self) -> Extent {
        Extent { total: self.total, listed: self.hits.len() }
    }
}

impl From<FoundByWords> for SearchResults {
    fn from(found: FoundByWords) -> Self {
        let hit = |hit: FoundByName| SearchHit {
            node: CountedNode { node: (&hit.node).into(), count: hit.count },
            alias: hit.alias,
            score: (hit.score * 1000.0).round() / 1000.0,
            date: hit.date,
        };
        Self {
            total: found.total,
            hits: found.hits.into_iter().map(hit).collect(),
            by_kind: found.by_kind,
            words: found.words,
            matched: found.matched,
        }
    }
}
