//! The search index (tantivy) beside the RDF of a generation: an inverted index of names, words, dates and ties.
//!
//! RDF answers "what is tied to this node" one triple at a time, and decoding each takes a few microseconds. For a
//! dataset that a hundred thousand papers name, that is half a second. The index answers the same from sorted lists of
//! numbers, without reading the papers: which papers name the dataset, how many they are, the newest first, and what
//! else they name. It also finds misspelt names, and papers by the words of their abstracts.
//!
//! The index is derived: everything in it is also in the RDF, and a graph without an index gets one
//! (`store::search_index`). It also holds the fields of a node that tables show (`DisplayFields`).

mod confidence;
mod hubs;
mod manifest;
mod node_hash;
mod nodes;
mod read;
mod results;
mod schema;
mod shown;
mod words;
mod write;

use std::path::PathBuf;

pub(crate) use confidence::LessSureNodes;
pub(crate) use hubs::{Hub, HubCompanion, HubCompanions};
pub(crate) use node_hash::ByHash;
pub use node_hash::NodeHash;
pub(crate) use nodes::{NodeRank, NodeTable};
pub use read::ReadAmount;
pub(crate) use read::{Index, IndexedNode, NamingPaper};
pub(crate) use results::{PaperResults, ResultPlace, StatedRepository, StatedResult};
pub(crate) use shown::{DisplayFields, TiesBySegment};
pub(crate) use words::{FoundPapers, SearchWords};
pub(crate) use write::NewIndex;

use crate::ontology::NodeKind;
use crate::paper::PartialDate;

/// Input of the index for one node.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexDocument {
    /// The node's id, as in `dataset/coco`.
    pub id: String,
    pub kind: NodeKind,
    /// Name and aliases of an entity, address of a repository or page, or title of a paper.
    pub names: Vec<String>,
    /// The abstract of a paper.
    pub text: String,
    /// Publication date of a paper.
    pub date: Option<PartialDate>,
    /// Outgoing ties: local name of the predicate (`evaluatesOn`), and id of the object.
    pub ties: Vec<(String, String)>,
    /// Ids of the entities that a paper names, once for each mention, and of its repositories and pages.
    pub named: Vec<String>,
    /// Ids of the entities that the title of a paper names.
    pub headline: Vec<String>,
    /// Ids of the devices that a paper counts, each with the number that it used.
    pub units: Vec<(String, u64)>,
    /// Results of a paper.
    pub results: PaperResults,
    /// Ids of the entities that only the text of a paper names, each with the confidence of its surest mention in
    /// percent.
    pub confidences: Vec<(String, u8)>,
    /// Fields for display, except its id and date.
    pub shown: DisplayFields,
}

impl IndexDocument {
    /// A node about which nothing else is known yet.
    pub fn new(id: String, kind: NodeKind) -> Self {
        Self {
            id,
            kind,
            names: Vec::new(),
            text: String::new(),
            date: None,
            ties: Vec::new(),
            named: Vec::new(),
            headline: Vec::new(),
            units: Vec::new(),
            results: PaperResults::default(),
            confidences: Vec::new(),
            shown: DisplayFields::default(),
        }
    }
}

/// An error in reading or writing the index. In every case the index can be rebuilt from the RDF.
#[derive(Debug, thiserror::Error)]
#[error("the search index at {path} failed: {message}")]
pub struct IndexError {
    pub path: PathBuf,
    pub message: String,
}
