//! Finds the node that an argument names.

use crate::graph::{Meaning, NodeCandidate, paper_count};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef};
use crate::text::shorten;

use super::Context;
use super::failure::Failure;

/// Number of candidates listed for a name.
const LISTED: usize = 8;
/// Number of other meanings listed in a note.
const OTHERS: usize = 3;

/// The node that `name` means. If it can mean others too, a note on standard error says so.
///
/// # Errors
/// If there is no such node (the error lists the nearest names), or if several have an equal claim to the name (the
/// error lists their ids).
pub(super) fn find(context: &Context, graph: &GraphStore, name: &str) -> Result<NodeRef, Failure> {
    find_among(context, graph, name, None)
}

/// As [`find`], among the nodes of one kind.
pub(super) fn find_of_kind(
    context: &Context,
    graph: &GraphStore,
    name: &str,
    kind: NodeKind,
) -> Result<NodeRef, Failure> {
    find_among(context, graph, name, Some(kind))
}

fn find_among(context: &Context, graph: &GraphStore, name: &str, kind: Option<NodeKind>) -> Result<NodeRef, Failure> {
    let is_accepted = |other: NodeKind| kind.is_none_or(|kind| kind == other);
    match Meaning::of(graph, name, is_accepted)? {
        Meaning::Node(node) => Ok(node),
        Meaning::Chosen { chosen, others } => {
            context.say(&note(name, &chosen, &others));
            Ok(chosen.node)
        }
        Meaning::Nothing => {
            let mut near = graph.nearest(name, 20)?;
            near.retain(|node| is_accepted(node.kind));
            near.truncate(5);
            let name = shorten(name, 60);
            let failure = Failure::new(match kind {
                None => format!("nothing in the graph is called `{name}`"),
                Some(kind) => format!("the graph has no {kind} called `{name}`"),
            });
            if near.is_empty() {
                return Err(
                    failure.help("`kg search` finds names by a part of them; a paper goes by title or arXiv id")
                );
            }
            let mut candidates = Vec::new();
            for node in near {
                candidates.push(NodeCandidate { count: paper_count(graph, &node.id)?, node });
            }
            Err(failure.help(format!("did you mean\n{}", lines(&candidates))))
        }
        Meaning::Ambiguous(mut candidates) => {
            let n = candidates.len();
            let more = if n > LISTED { format!("\n  … {} more", n - LISTED) } else { String::new() };
            candidates.truncate(LISTED);
            Err(Failure::new(format!("`{}` can mean {n} things", shorten(name, 60)))
                .help(format!("give the id of the one you mean\n{}{more}", lines(&candidates))))
        }
    }
}

/// "note: `COCO` is read as dataset/coco (283 papers); method/coco (CoCo, 1 paper) has that name too; use its id to
/// choose it"
fn note(name: &str, chosen: &NodeCandidate, others: &[NodeCandidate]) -> String {
    let mut said: Vec<String> =
        others.iter().take(OTHERS).map(|one| format!("{} ({}, {})", one.node.id, one.node.label, one.count)).collect();
    if others.len() > OTHERS {
        said.push(format!("{} more", others.len() - OTHERS));
    }
    let rest = match others.len() {
        1 => "has that name too; use its id to choose it",
        _ => "have that name too; use an id to choose one",
    };
    format!(
        "note: `{}` is read as {} ({}); {} {rest}",
        shorten(name, 60),
        chosen.node.id,
        chosen.count,
        said.join(", ")
    )
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
