use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{CountedNode, Direction, Evidence, NeighborRow, Neighborhood};
use crate::graph::{NeighborQuery, Selection, Tie, citing_quote, quotes_of};
use crate::mcp::arguments::{least_confidence, one_or_many};
use crate::mcp::failure::ToolFailure;
use crate::mcp::node;
use crate::mcp::tool::{Tool, ToolFindings, ToolRequest};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};

pub(super) struct NeighborsTool;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NeighborsArguments {
    /// An id (dataset/coco), a name or alias, the title or arXiv id of a paper, or the address of a repository.
    name: String,
    /// Only neighbours of these kinds.
    #[serde(default, deserialize_with = "one_or_many")]
    kind: Vec<NodeKind>,
    /// Only neighbours with one of these relations.
    #[serde(default, deserialize_with = "one_or_many")]
    relation: Vec<Tie>,
    /// Only papers whose code is not known to be dead, and no dead repositories.
    #[serde(default)]
    live_only: bool,
    /// Leaves out links of papers to what they name that are less sure, 0 to 1: nine in ten links with a confidence of
    /// 0.9 are right.
    #[schemars(range(min = 0, max = 1))]
    min_confidence: Option<f32>,
    /// Steps to go from the node, 1 to 4; 1 if not given.
    #[schemars(range(min = 1, max = 4))]
    depth: Option<u8>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct NeighborsHead {
    node: CountedNode,
}

/// A neighbour, with its relation to the node.
#[derive(Serialize, JsonSchema)]
pub(super) struct RelatedNodeRow {
    /// Null for a node more than one step away.
    relation: Option<Tie>,
    /// in: the neighbour is the subject (the paper evaluates on the node); out: the node is.
    direction: Option<Direction>,
    /// Number of steps from the node.
    distance: u8,
    kind: NodeKind,
    #[serde(flatten)]
    neighbor: NeighborRow,
}

impl Tool for NeighborsTool {
    const NAME: &'static str = "neighbors";
    const TITLE: &'static str = "List what a node is tied to";
    const CHOOSES_PAPERS: bool = true;
    const DESCRIPTION: &'static str = "\
What is tied to a node, the strongest relation first. For a dataset, model, method, task, metric or device: the papers that \
introduce it, evaluate on it, train on it, build on it, compare with it, run on it or name it, each with date, repositories, \
the state of their code and the sentence as evidence; then what is named together with it. For a paper: what it introduces, \
uses and links to, and the papers most related. Narrow it with kind, relation, since and until.";
    type Input = NeighborsArguments;
    type Head = NeighborsHead;
    type Row = RelatedNodeRow;

    fn answer(
        asked: &ToolRequest<'_>,
        input: NeighborsArguments,
    ) -> Result<ToolFindings<NeighborsHead, RelatedNodeRow>, ToolFailure> {
        let depth = input.depth.unwrap_or(1);
        if !(1..=4).contains(&depth) {
            return Err(ToolFailure::new(format!("`depth` is {depth}; it can be 1 to 4")));
        }
        let min_confidence = least_confidence(input.min_confidence)?;
        let mut notes = Vec::new();
        let center = node::find(asked.graph, &input.name, &mut notes)?;
        let selection = Selection {
            kinds: input.kind,
            ties: input.relation,
            live_only: input.live_only,
            min_confidence,
            ..asked.papers.selection(asked.graph, &mut notes)?
        };
        // Sentences are read only for the rows of this page.
        let wanted = NeighborQuery { selection, depth, limit: Some(asked.end()), evidence: false };
        let found = Neighborhood::ask(asked.graph, &center, &wanted)?;
        let total = found.extent().total;
        notes.extend(found.notes);
        let all = found.groups.into_iter().flat_map(|group| {
            let (relation, direction, distance, kind) = (group.relation, group.direction, group.distance, group.kind);
            // A group's missing rows come before the next group.
            let rows = group.rows.into_iter().map(Some);
            let left_out = group.total.saturating_sub(rows.len());
            rows.chain(std::iter::repeat_n(None, left_out))
                .map(move |row| row.map(|neighbor| RelatedNodeRow { relation, direction, distance, kind, neighbor }))
        });
        let mut rows: Vec<RelatedNodeRow> = asked.window(all).into_iter().flatten().collect();
        for row in &mut rows {
            row.neighbor.evidence = evidence(asked.graph, &center, row)?;
        }
        if total == 0 {
            notes.push("nothing of these kinds, relations and dates is tied to it".to_string());
        }
        Ok(ToolFindings { head: NeighborsHead { node: found.node }, rows, total: Some(total), notes })
    }
}

/// The sentence behind a row one step away, if a paper names or cites something in it.
fn evidence(graph: &GraphStore, center: &NodeRef, row: &RelatedNodeRow) -> Result<Option<Evidence>, StoreError> {
    if row.distance != 1 || row.relation == Some(Tie::Related) {
        return Ok(None);
    }
    let other = graph.base().node(&row.neighbor.id);
    let quote = match (center.kind, row.kind) {
        (NodeKind::Paper, NodeKind::Entity(_)) => quotes_of(graph, &center.iri, &other)?,
        (NodeKind::Entity(_), NodeKind::Paper) => quotes_of(graph, &other, &center.iri)?,
        (_, NodeKind::Paper) if row.relation == Some(Tie::Cites) && row.direction == Some(Direction::In) => {
            citing_quote(graph, &other, &center.iri)?
        }
        (NodeKind::Paper, _) if row.relation == Some(Tie::Cites) => citing_quote(graph, &center.iri, &other)?,
        _ => None,
    };
    Ok(quote.map(Evidence::from))
}
