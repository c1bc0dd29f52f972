use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{Evidence, PathStep, ShortestPaths};
use crate::graph::quotes_of;
use crate::mcp::failure::ToolFailure;
use crate::mcp::node;
use crate::mcp::tool::{Tool, ToolFindings, ToolRequest};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};
use crate::text::counted;

pub(super) struct PathTool;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PathArguments {
    /// One end: an id, a name or alias, a title or an arXiv id.
    from: String,
    /// The other end.
    to: String,
    /// Most steps of a path, 1 to 8; 6 if not given.
    #[schemars(range(min = 1, max = 8))]
    max_steps: Option<u8>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct PathHead {
    /// Id of the node at which the paths begin.
    from: String,
    /// Id of the node at which the paths end.
    to: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct PathRow {
    /// Number of steps.
    length: usize,
    steps: Vec<PathToolStep>,
}

/// One step, to the next node.
#[derive(Serialize, JsonSchema)]
pub(super) struct PathToolStep {
    #[serde(flatten)]
    step: PathStep,
    /// The sentence that says so, where a paper names an entity.
    evidence: Option<Evidence>,
}

/// Number of paths that are searched for.
const PATHS: usize = 50;

impl Tool for PathTool {
    const NAME: &'static str = "path";
    const TITLE: &'static str = "Find paths between two nodes";
    const DESCRIPTION: &'static str = "\
How two nodes are connected: the shortest paths between them and the next longer ones, each step with its relation and the \
sentence as evidence. Among paths of equal length, those over strong relations and rare nodes come first.";
    type Input = PathArguments;
    type Head = PathHead;
    type Row = PathRow;

    fn answer(asked: &ToolRequest<'_>, input: PathArguments) -> Result<ToolFindings<PathHead, PathRow>, ToolFailure> {
        let steps = input.max_steps.unwrap_or(6);
        if !(1..=8).contains(&steps) {
            return Err(ToolFailure::new(format!("`max_steps` is {steps}; it can be 1 to 8")));
        }
        let mut notes = Vec::new();
        let from = node::find(asked.graph, &input.from, &mut notes)?;
        let to = node::find(asked.graph, &input.to, &mut notes)?;
        let most = asked.end().min(PATHS);
        let found = ShortestPaths::ask(asked.graph, &from, &to, steps, most)?;
        notes.extend(found.notes);
        if found.paths.is_empty() {
            notes.push(format!("there is no path of at most {}; max_steps allows more", counted(steps, "step")));
        }
        let ended = found.paths.len() < most;
        let total = if ended || most == PATHS { Some(found.paths.len()) } else { None };
        if !ended && most == PATHS {
            notes.push(format!("no more than {PATHS} paths are searched for"));
        }
        let mut rows = Vec::new();
        for path in asked.window(found.paths) {
            let mut here = path.start.id.clone();
            let mut steps = Vec::new();
            for step in path.steps {
                let evidence = evidence(asked.graph, &here, &step.id)?;
                here.clone_from(&step.id);
                steps.push(PathToolStep { step, evidence });
            }
            rows.push(PathRow { length: path.length, steps });
        }
        Ok(ToolFindings { head: PathHead { from: found.from, to: found.to }, rows, total, notes })
    }
}

/// The sentence in which one of two nodes, a paper, names the other, an entity. Citations have no sentence here.
fn evidence(graph: &GraphStore, one: &str, other: &str) -> Result<Option<Evidence>, StoreError> {
    let is_paper = |id: &str| NodeKind::of_id(id) == Some(NodeKind::Paper);
    let is_entity = |id: &str| matches!(NodeKind::of_id(id), Some(NodeKind::Entity(_)));
    let (paper, entity) = match (one, other) {
        (paper, entity) | (entity, paper) if is_paper(paper) && is_entity(entity) => (paper, entity),
        _ => return Ok(None),
    };
    let base = graph.base();
    Ok(quotes_of(graph, &base.node(paper), &base.node(entity))?.map(Evidence::from))
}
