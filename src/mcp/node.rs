//! Finds the node that an argument names.

use super::failure::ToolFailure;
use crate::graph::{NameError, find_node, list_candidates};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef};

/// Number of candidates listed for a name.
const LISTED: usize = 8;

/// The node that `name` means. A sentence about what else it can mean is added to `notes`.
///
/// # Errors
/// If there is no such node, or if several have an equal claim to the name. The error lists ids to choose from.
pub(super) fn find(graph: &GraphStore, name: &str, notes: &mut Vec<String>) -> Result<NodeRef, ToolFailure> {
    let found = find_node(graph, name, None)?;
    notes.extend(found.note);
    Ok(found.node)
}

/// As [`find`], among the nodes of one kind.
pub(super) fn find_of_kind(
    graph: &GraphStore,
    name: &str,
    kind: NodeKind,
    notes: &mut Vec<String>,
) -> Result<NodeRef, ToolFailure> {
    let found = find_node(graph, name, Some(kind))?;
    notes.extend(found.note);
    Ok(found.node)
}

impl From<NameError> for ToolFailure {
    fn from(error: NameError) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            NameError::Store(error) => error.into(),
            NameError::Ambiguous { candidates, .. } => {
                failure.help(format!("give the id of one: {}", list_candidates(&candidates, LISTED)))
            }
            NameError::Unknown { suggestions, .. } if suggestions.is_empty() => {
                failure.help("call `search` with a part of the name; a paper is found by its title or arXiv id")
            }
            NameError::Unknown { suggestions, .. } => {
                failure.help(format!("did you mean {}?", list_candidates(&suggestions, LISTED)))
            }
        }
    }
}
