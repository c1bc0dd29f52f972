//! Finds the node that a name means.

use super::error::{Error, ErrorKind};
use crate::graph::{NameError, find_node};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef};

/// Number of ids that an error suggests.
const SUGGESTED: usize = 8;

/// The node that `name` means. A sentence about the other nodes that it can mean is added to `notes`.
///
/// # Errors
/// If there is no such node, or if several have an equal claim to the name.
pub(super) fn find(
    graph: &GraphStore,
    name: &str,
    kind: Option<NodeKind>,
    notes: &mut Vec<String>,
) -> Result<NodeRef, Error> {
    let found = find_node(graph, name, kind)?;
    notes.extend(found.note);
    Ok(found.node)
}

impl From<NameError> for Error {
    fn from(error: NameError) -> Self {
        let message = error.to_string();
        let (error, nodes) = match error {
            NameError::Store(error) => return error.into(),
            NameError::Ambiguous { candidates, .. } => {
                (Self::new(ErrorKind::AmbiguousName, message).with_help("give the id of one of them"), candidates)
            }
            NameError::Unknown { suggestions: near, .. } => {
                let error = Self::new(ErrorKind::NotFound, message);
                let help = "`search` finds names by a part of them; a paper goes by title or arXiv id";
                (if near.is_empty() { error.with_help(help) } else { error }, near)
            }
        };
        error.with_suggestions(nodes.into_iter().take(SUGGESTED).map(|candidate| candidate.node.id))
    }
}
