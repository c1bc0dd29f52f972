use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::graph::PaperCount;
use crate::ontology::NodeKind;
use crate::store::NodeRef;

/// A node as all answers show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeName {
    /// `dataset/coco`
    pub id: String,
    /// Kind of the node.
    pub kind: NodeKind,
    /// Name, title or address.
    pub name: String,
}

impl From<&NodeRef> for NodeName {
    fn from(node: &NodeRef) -> Self {
        Self { id: node.id.clone(), kind: node.kind, name: node.label.clone() }
    }
}

/// A node with the number of papers that are about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CountedNode {
    /// Kind, id and name of the node.
    #[serde(flatten)]
    pub node: NodeName,
    /// Number of papers, by what they do with it.
    #[serde(flatten)]
    pub count: PaperCount,
}
