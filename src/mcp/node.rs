//! Finds the node that an argument names.

use super::failure::Failure;
use crate::graph::{Meaning, NodeCandidate, paper_count};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::text::shorten;

/// Number of candidates listed for a name.
const LISTED: usize = 8;
/// Length at which a name or title is cut in a message, in characters.
const NAME: usize = 60;

/// The node that `name` means. What else it can mean is added to `notes`.
///
/// # Errors
/// If there is no such node, or if several have an equal claim to the name. The error lists ids to choose from.
pub(super) fn find(graph: &GraphStore, name: &str, notes: &mut Vec<String>) -> Result<NodeRef, Failure> {
    find_among(graph, name, None, notes)
}

/// As [`find`], among the nodes of one kind.
pub(super) fn find_of_kind(
    graph: &GraphStore,
    name: &str,
    kind: NodeKind,
    notes: &mut Vec<String>,
) -> Result<NodeRef, Failure> {
    find_among(graph, name, Some(kind), notes)
}

fn find_among(
    graph: &GraphStore,
    name: &str,
    kind: Option<NodeKind>,
    notes: &mut Vec<String>,
) -> Result<NodeRef, Failure> {
    let is_accepted = |other: NodeKind| kind.is_none_or(|kind| kind == other);
    match Meaning::of(graph, name, is_accepted)? {
        Meaning::Node(node) => Ok(node),
        Meaning::Chosen { chosen, others } => {
            notes.push(format!(
                "`{}` is read as {}; it can also mean {}",
                shorten(name, NAME),
                described(&chosen),
                list(&others)
            ));
            Ok(chosen.node)
        }
        Meaning::Nothing => Err(nothing(graph, name, kind)?),
        Meaning::Ambiguous(candidates) => {
            Err(Failure::new(format!("`{}` can mean {} things", shorten(name, NAME), candidates.len()))
                .help(format!("give the id of one: {}", list(&candidates))))
        }
    }
}

fn nothing(graph: &GraphStore, name: &str, kind: Option<NodeKind>) -> Result<Failure, StoreError> {
    let mut near = graph.nearest(name, 20)?;
    near.retain(|node| kind.is_none_or(|kind| kind == node.kind));
    near.truncate(LISTED);
    let name = shorten(name, NAME);
    let failure = Failure::new(match kind {
        None => format!("nothing in this graph is called `{name}`"),
        Some(kind) => format!("this graph has no {kind} called `{name}`"),
    });
    if near.is_empty() {
        return Ok(failure.help("call `search` with a part of the name; a paper is found by its title or arXiv id"));
    }
    let mut candidates = Vec::new();
    for node in near {
        candidates.push(NodeCandidate { count: paper_count(graph, &node.id)?, node });
    }
    Ok(failure.help(format!("did you mean {}?", list(&candidates))))
}

/// `dataset/coco (COCO, 29 papers)`
fn described(candidate: &NodeCandidate) -> String {
    let label = shorten(&candidate.node.label, NAME);
    match candidate.count.papers {
        0 => format!("{} ({label})", candidate.node.id),
        _ => format!("{} ({label}, {})", candidate.node.id, candidate.count),
    }
}

fn list(candidates: &[NodeCandidate]) -> String {
    let mut said: Vec<String> = candidates.iter().take(LISTED).map(described).collect();
    if candidates.len() > LISTED {
        said.push(format!("{} more", candidates.len() - LISTED));
    }
    said.join(", ")
}
