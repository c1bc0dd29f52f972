//! Finding nodes by words.

use schemars::JsonSchema;
use serde::Serialize;

use super::{CountedNode, Extent, Sheet};
use crate::graph::{Hit, most_named, search};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

/// The hits of a search, the best first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SearchResults {
    /// Number of matching nodes; `hits` may have only the first of them.
    pub total: usize,
    pub hits: Vec<SearchHit>,
}

/// A node that a search found.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SearchHit {
    #[serde(flatten)]
    pub node: CountedNode,
    /// The name that matched, if it is not the node's own.
    pub alias: Option<String>,
    /// The score, 0 to 1, to three digits.
    pub score: f64,
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
    pub fn ask(store: &GraphStore, text: &str, kinds: &[NodeKind], limit: usize) -> Result<Self, StoreError> {
        search(store, text, kinds, limit).map(Self::from)
    }

    /// The nodes of a kind, those with the most papers first; for papers, the newest first.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub fn browse(store: &GraphStore, kind: NodeKind, limit: usize) -> Result<Self, StoreError> {
        most_named(store, kind, limit).map(Self::from)
    }

    pub fn extent(&self) -> Extent {
        Extent { total: self.total, listed: self.hits.len() }
    }
}

impl From<(Vec<Hit>, usize)> for SearchResults {
    fn from((hits, total): (Vec<Hit>, usize)) -> Self {
        let hit = |hit: Hit| SearchHit {
            node: CountedNode { node: (&hit.node).into(), count: hit.count },
            alias: hit.alias,
            score: (hit.score * 1000.0).round() / 1000.0,
        };
        Self { total, hits: hits.into_iter().map(hit).collect() }
    }
}
