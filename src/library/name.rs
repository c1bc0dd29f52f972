//! Finds the node that a name means.

use super::error::{Error, ErrorKind};
use crate::graph::{Meaning, NodeCandidate};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef};
use crate::text::shorten;

/// Number of ids that an error suggests.
const SUGGESTED: usize = 8;
/// Length at which a name is cut in a message, in characters.
const NAME: usize = 60;

/// The node that `name` means. The other nodes that it can mean are added to `notes`.
///
/// # Errors
/// If there is no such node, or if several have an equal claim to the name.
pub(super) fn find(
    graph: &GraphStore,
    name: &str,
    kind: Option<NodeKind>,
    notes: &mut Vec<String>,
) -> Result<NodeRef, Error> {
    let is_accepted = |other: NodeKind| kind.is_none_or(|kind| kind == other);
    let shown = shorten(name, NAME);
    match Meaning::of(graph, name, is_accepted)? {
        Meaning::Node(node) => Ok(node),
        Meaning::Chosen { chosen, others } => {
            let others: Vec<&str> = others.iter().take(SUGGESTED).map(|other| other.node.id.as_str()).collect();
            notes.push(format!("`{shown}` is read as {}; it can also mean {}", chosen.node.id, others.join(", ")));
            Ok(chosen.node)
        }
        Meaning::Ambiguous(candidates) => {
            let ids = |candidates: Vec<NodeCandidate>| candidates.into_iter().map(|candidate| candidate.node.id);
            let message = format!("`{shown}` can mean {} things", candidates.len());
            let error = Error::new(ErrorKind::AmbiguousName, message).with_help("give the id of one of them");
            Err(error.with_suggestions(ids(candidates).take(SUGGESTED)))
        }
        Meaning::Nothing => {
            let mut near = graph.nearest(name, 20)?;
            near.retain(|node| is_accepted(node.kind));
            near.truncate(SUGGESTED);
            let message = match kind {
                None => format!("nothing in the graph is called `{shown}`"),
                Some(kind) => format!("the graph has no {kind} called `{shown}`"),
            };
            let error = Error::new(ErrorKind::NotFound, message);
            let error = match near.is_empty() {
                true => error.with_help("`search` finds names by a part of them; a paper goes by title or arXiv id"),
                false => error,
            };
            Err(error.with_suggestions(near.into_iter().map(|node| node.id)))
        }
    }
}
