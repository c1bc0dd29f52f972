//! Finds the node that an argument names.

use papergraph::graph::{Candidate, Meaning};
use papergraph::ontology::NodeKind;
use papergraph::store::{GraphStore, NodeRef};
use papergraph::text::shorten;

use crate::failure::{Exception, Failure};

/// Number of ids that an exception suggests.
const SUGGESTED: usize = 8;
/// Length at which a name is cut in a message, in characters.
const NAME: usize = 60;

/// The node that `name` means. What else it can mean is added to `notes`.
///
/// # Errors
/// If there is no such node, or if several have an equal claim to the name.
pub fn find(
    graph: &GraphStore,
    name: &str,
    kind: Option<NodeKind>,
    notes: &mut Vec<String>,
) -> Result<NodeRef, Failure> {
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
            let ids = |candidates: Vec<Candidate>| candidates.into_iter().map(|candidate| candidate.node.id);
            let failure =
                Failure::new(Exception::AmbiguousNameError, format!("`{shown}` can mean {} things", candidates.len()));
            Err(failure.help("give the id of one of them").suggestions(ids(candidates).take(SUGGESTED)))
        }
        Meaning::Nothing => {
            let mut near = graph.nearest(name, 20)?;
            near.retain(|node| is_accepted(node.kind));
            near.truncate(SUGGESTED);
            let message = match kind {
                None => format!("nothing in the graph is called `{shown}`"),
                Some(kind) => format!("the graph has no {kind} called `{shown}`"),
            };
            let failure = Failure::new(Exception::NotFoundError, message);
            let failure = match near.is_empty() {
                true => failure.help("`search` finds names by a part of them; a paper goes by title or arXiv id"),
                false => failure,
            };
            Err(failure.suggestions(near.into_iter().map(|node| node.id)))
        }
    }
}
