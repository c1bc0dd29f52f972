//! Finding the node that an argument names.

use papergraph::graph::Neighbor;
use papergraph::ontology::NodeKind;
use papergraph::store::{GraphStore, NodeRef};
use papergraph::text::shorten;

use super::failure::Failure;

/// Candidates that are listed for a name.
const LISTED: usize = 8;

/// The one node that `name` can mean.
///
/// # Errors
/// If there is none (with the nearest names), or more than one (with the ids to choose from).
pub fn find(graph: &GraphStore, name: &str) -> Result<NodeRef, Failure> {
    let mut nodes = graph.resolve(name)?;
    match nodes.len() {
        1 => Ok(nodes.remove(0)),
        0 => {
            let near = graph.nearest(name, 5)?;
            let failure = Failure::new(format!("nothing in the graph is called `{}`", shorten(name, 60)));
            if near.is_empty() {
                return Err(
                    failure.help("`kg search` finds names by a part of them; a paper goes by title or arXiv id")
                );
            }
            Err(failure.help(format!("did you mean\n{}", lines(graph, &near)?)))
        }
        n => {
            let more = if n > LISTED { format!("\n  … {} more", n - LISTED) } else { String::new() };
            nodes.truncate(LISTED);
            Err(Failure::new(format!("`{}` can mean {n} things", shorten(name, 60)))
                .help(format!("give the id of the one you mean\n{}{more}", lines(graph, &nodes)?)))
        }
    }
}

/// As [`find`], among the nodes of one kind.
pub fn find_of_kind(graph: &GraphStore, name: &str, kind: NodeKind) -> Result<NodeRef, Failure> {
    let mut nodes = graph.resolve(name)?;
    nodes.retain(|node| node.kind == kind);
    match nodes.len() {
        1 => Ok(nodes.remove(0)),
        0 => {
            let near: Vec<NodeRef> =
                graph.nearest(name, 20)?.into_iter().filter(|node| node.kind == kind).take(5).collect();
            let failure = Failure::new(format!("the graph has no {kind} called `{}`", shorten(name, 60)));
            if near.is_empty() {
                return Err(failure.help("`kg search` finds names by a part of them"));
            }
            Err(failure.help(format!("did you mean\n{}", lines(graph, &near)?)))
        }
        _ => find(graph, name),
    }
}

/// `  dataset/coco  COCO (12 papers)`, aligned.
fn lines(graph: &GraphStore, nodes: &[NodeRef]) -> Result<String, Failure> {
    let width = nodes.iter().map(|node| node.id.chars().count()).max().unwrap_or_default().min(40);
    let mut lines = Vec::new();
    for node in nodes {
        let papers = match graph.papers_up_to(&node.iri, Neighbor::MANY)? {
            0 => String::new(),
            1 => " (1 paper)".to_string(),
            n if n >= Neighbor::MANY => format!(" ({n}+ papers)"),
            n => format!(" ({n} papers)"),
        };
        lines.push(format!("  {:width$}  {}{papers}", node.id, shorten(&node.label, 60)));
    }
    Ok(lines.join("\n"))
}
