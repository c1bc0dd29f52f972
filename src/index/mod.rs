//! What nodes are called, the words of papers, their dates and all ties, as an inverted index (tantivy) that lies beside
//! the RDF of a generation.
//!
//! RDF answers "what is tied to this node" one triple at a time, each of which costs a few microseconds of decoding: a
//! dataset that a hundred thousand papers name is half a second away. The index answers the same from sorted lists of
//! numbers: which papers name it, how many, the newest first, what they name besides, without reading the papers. It
//! also finds names that are misspelt, and papers by words of their abstracts.
//!
//! The index is derived: everything in it stands in the RDF too, and a graph without one is given one
//! (`store::search_index`). What a row of a table shows of a node ([`Shown`]) lies in it too.

mod hubs;
mod manifest;
mod node_hash;
mod nodes;
mod read;
mod schema;
mod shown;
mod words;
mod write;

use std::fmt;
use std::path::PathBuf;

pub use hubs::{Companion, Companions, Hub, Known, Tied};
pub use node_hash::{ByHash, NodeHash};
pub use nodes::{Nodes, Rank};
pub use read::{AllTies, Doc, Index, Namer, Naming, Reading};
pub use shown::{Shown, TiesBySegment};
pub use words::{Found, Words};
pub use write::Writer;

use crate::ontology::NodeKind;
use crate::paper::PartialDate;

/// What the index is told of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// `dataset/coco`
    pub id: String,
    pub kind: NodeKind,
    /// Name and aliases of an entity, the address of a repository or page; the title of a paper.
    pub names: Vec<String>,
    /// The abstract of a paper.
    pub text: String,
    /// When a paper was published.
    pub date: Option<PartialDate>,
    /// The nodes that it is the subject of a tie to: local name of the predicate (`evaluatesOn`), and their id.
    pub ties: Vec<(String, String)>,
    /// Ids of the entities that a paper names, each as often as there are places, and of its repositories and pages.
    pub named: Vec<String>,
    /// Ids of the entities that the title of a paper names.
    pub headline: Vec<String>,
    /// What is shown of it besides its id and date.
    pub shown: Shown,
}

/// Why the index cannot be read or written. Whatever it is, the index can be made again from the RDF.
#[derive(Debug)]
pub struct IndexError {
    pub path: PathBuf,
    pub message: String,
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the search index at {} failed: {}", self.path.display(), self.message)
    }
}

impl std::error::Error for IndexError {}
