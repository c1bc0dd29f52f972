use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{CheckFacts, Neighborhood, NodeName};
use crate::graph::{NeighborQuery, Node, NodeEntry, PaperCode, Selection};
use crate::mcp::failure::ToolFailure;
use crate::mcp::node;
use crate::mcp::tool::{Tool, ToolFindings, ToolRequest};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

pub(super) struct CodeStateTool;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeStateArguments {
    /// A repository by its address, a paper, or a dataset, model, method or task: then the code of the papers about it.
    name: String,
    /// Only papers with a repository that is not known to be dead.
    #[serde(default)]
    live_only: bool,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct CodeStateHead {
    node: NodeName,
}

/// A paper with its code.
#[derive(Serialize, JsonSchema)]
pub(super) struct PaperRow {
    /// Id of the paper; null if the question is about a repository.
    paper: Option<String>,
    title: Option<String>,
    date: Option<PartialDate>,
    /// What the paper's text says: link, claimed (available, without a link), promised or none.
    says: Option<String>,
    repositories: Vec<CheckedRepository>,
}

/// A repository, and what the last check found.
#[derive(Serialize, JsonSchema)]
pub(super) struct CheckedRepository {
    /// `repository/github.com/owner/name`
    id: String,
    url: Option<String>,
    /// The last check; null if it was never checked, so that nothing is known of its state.
    check: Option<CheckFacts>,
}

impl Tool for CodeStateTool {
    const NAME: &'static str = "code_state";
    const TITLE: &'static str = "Ask whether code is still there";
    const CHOOSES_PAPERS: bool = true;
    const DESCRIPTION: &'static str = "\
The repositories of a paper, or of the papers about a dataset, model, method or task, those that introduce it or evaluate on it \
first: what the last link check found (alive, archived, moved, gone …), when, and whether the link counts as dead, with stars, licence and last push where \
the host tells. Nothing is asked of the network now. `check: null` means never checked, not dead. Use it to find baselines with \
running code.";
    type Input = CodeStateArguments;
    type Head = CodeStateHead;
    type Row = PaperRow;

    fn answer(
        asked: &ToolRequest<'_>,
        input: CodeStateArguments,
    ) -> Result<ToolFindings<CodeStateHead, PaperRow>, ToolFailure> {
        let graph = asked.graph;
        let mut notes = Vec::new();
        let node = node::find(graph, &input.name, &mut notes)?;
        let head = CodeStateHead { node: NodeName::from(&node) };
        match node.kind {
            NodeKind::Repository | NodeKind::Page => {
                let entry = NodeEntry::without_edges(graph, &node.id)?;
                let repositories = entry.map(|entry| repository(graph, entry.node)).transpose()?;
                let row = PaperRow {
                    paper: None,
                    title: None,
                    date: None,
                    says: None,
                    repositories: repositories.into_iter().collect(),
                };
                Ok(ToolFindings { head, rows: asked.window([row]), total: Some(1), notes })
            }
            NodeKind::Paper => {
                let row = paper(graph, &node.id)?;
                Ok(ToolFindings { head, rows: asked.window(row), total: Some(1), notes })
            }
            NodeKind::Work => {
                Err(ToolFailure::new(format!("{} is cited and not in the graph, so its code is not known", node.id))
                    .help("ask for a paper of the graph, a dataset, model, method, task or repository"))
            }
            NodeKind::Entity(_) | NodeKind::Author | NodeKind::Venue | NodeKind::Organization => {
                let selection = Selection {
                    kinds: vec![NodeKind::Paper],
                    live_only: input.live_only,
                    ..asked.papers.selection(graph, &mut notes)?
                };
                let wanted = NeighborQuery { selection, depth: 1, limit: Some(asked.end()), evidence: false };
                let found = Neighborhood::ask(graph, &node, &wanted)?;
                let total = found.extent().total;
                notes.extend(found.notes);
                let all = found.groups.into_iter().flat_map(|group| {
                    let left_out = group.total.saturating_sub(group.rows.len());
                    group.rows.into_iter().map(Some).chain(std::iter::repeat_n(None, left_out))
                });
                let mut rows = Vec::new();
                for row in asked.window(all).into_iter().flatten() {
                    rows.extend(paper(graph, &row.id)?);
                }
                Ok(ToolFindings { head, rows, total: Some(total), notes })
            }
        }
    }
}

fn paper(graph: &GraphStore, id: &str) -> Result<Option<PaperRow>, StoreError> {
    let Some(PaperCode { title, date, statement: says, repositories }) = PaperCode::read(graph, id)? else {
        return Ok(None);
    };
    Ok(Some(PaperRow {
        paper: Some(id.to_string()),
        title: Some(title),
        date,
        says: Some(says),
        repositories: repositories.into_iter().map(|node| repository(graph, node)).collect::<Result<_, _>>()?,
    }))
}

/// The RDF is read only for a repository that was checked: opening it takes longer than all else.
fn repository(graph: &GraphStore, repository: Node) -> Result<CheckedRepository, StoreError> {
    let Node { kind, id, label, verdict, dead, .. } = repository;
    let node = NodeRef { kind, iri: graph.base().node(&id), id, label };
    let latest = match verdict {
        Some(_) => graph.checked(&node)?,
        None => None,
    };
    let check = match latest {
        Some(latest) => Some(CheckFacts {
            latest,
            dead,
            facts_at: graph.facts_reported_at(&node.iri)?,
            // Answers to agents are short.
            history: Vec::new(),
        }),
        None => None,
    };
    Ok(CheckedRepository { url: node.address(), id: node.id, check })
}
