//! Finds the node that an argument names.

use crate::graph::{NameError, NodeCandidate, find_node};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef};
use crate::text::shorten;

use super::CommandContext;
use super::failure::CommandFailure;

/// Number of candidates listed for a name that can mean several nodes.
const CANDIDATES: usize = 8;
/// Number of similar names listed for a name that no node has.
const SIMILAR: usize = 5;

/// The node that `name` means. If it can mean others too, a note on standard error says so.
///
/// # Errors
/// If there is no such node (the error lists the nearest names), or if several have an equal claim to the name (the
/// error lists their ids).
pub(super) fn find(context: &CommandContext, graph: &GraphStore, name: &str) -> Result<NodeRef, CommandFailure> {
    find_among(context, graph, name, None)
}

/// As [`find`], among the nodes of one kind.
pub(super) fn find_of_kind(
    context: &CommandContext,
    graph: &GraphStore,
    name: &str,
    kind: NodeKind,
) -> Result<NodeRef, CommandFailure> {
    find_among(context, graph, name, Some(kind))
}

fn find_among(
    context: &CommandContext,
    graph: &GraphStore,
    name: &str,
    kind: Option<NodeKind>,
) -> Result<NodeRef, CommandFailure> {
    let found = find_node(graph, name, kind)?;
    if let Some(note) = found.note {
        context.say(&format!("note: {note}; use an id to choose one"));
    }
    Ok(found.node)
}

impl From<NameError> for CommandFailure {
    fn from(error: NameError) -> Self {
        let failure = Self::new(error.to_string());
        match error {
            NameError::Store(error) => error.into(),
            NameError::Unknown { suggestions: near, .. } if near.is_empty() => {
                failure.help("`kg search` finds names by a part of them; a paper goes by title or arXiv id")
            }
            NameError::Unknown { suggestions: near, .. } => {
                failure.help(format!("did you mean\n{}", lines(&near[..near.len().min(SIMILAR)])))
            }
            NameError::Ambiguous { candidates, .. } => {
                let (shown, rest) = candidates.split_at(candidates.len().min(CANDIDATES));
                let more = if rest.is_empty() { String::new() } else { format!("\n  … {} more", rest.len()) };
                failure.help(format!("give the id of the one you mean\n{}{more}", lines(shown)))
            }
        }
    }
}

/// `  dataset/coco  COCO (12 papers)`, aligned.
fn lines(candidates: &[NodeCandidate]) -> String {
    let width = candidates.iter().map(|one| one.node.id.chars().count()).max().unwrap_or_default().min(40);
    let line = |NodeCandidate { node, count, .. }: &NodeCandidate| {
        let papers = if count.papers > 0 { format!(" ({count})") } else { String::new() };
        format!("  {:width$}  {}{papers}", node.id, shorten(&node.label, 60))
    };
    candidates.iter().map(line).collect::<Vec<_>>().join("\n")
}
