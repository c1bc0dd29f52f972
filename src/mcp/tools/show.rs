use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{Direction, NodeDetails, NodeFacts, NodeName};
use crate::graph::{NeighborQuery, Selection, Tie};
use crate::mcp::failure::ToolFailure;
use crate::mcp::node;
use crate::mcp::tool::{Tool, ToolFindings, ToolRequest};
use crate::ontology::NodeKind;
use crate::text::counted;

pub(super) struct ShowTool;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ShowArguments {
    /// An id (dataset/coco), a name or alias, the title or arXiv id of a paper, or the address of a repository.
    name: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct ShowHead {
    /// The node's id: every tool takes it.
    id: String,
    iri: String,
    kind: NodeKind,
    /// Name, title or address.
    name: String,
    /// Web addresses of the node.
    urls: Vec<String>,
    #[serde(flatten)]
    facts: NodeFacts,
}

/// One sort of neighbours, with the first of them.
#[derive(Serialize, JsonSchema)]
pub(super) struct GroupRow {
    /// `Papers that evaluate on COCO`
    heading: String,
    relation: Option<Tie>,
    direction: Option<Direction>,
    kind: NodeKind,
    /// Number of neighbours in the group.
    total: usize,
    /// The first of them.
    first: Vec<NodeName>,
}

/// Number of neighbours that are shown of each group.
const FIRST: usize = 3;

impl Tool for ShowTool {
    const NAME: &'static str = "show";
    const TITLE: &'static str = "Show a node";
    const DESCRIPTION: &'static str = "\
Everything known about one node. For a paper: abstract, authors, date, venue, hardware, claimed results, what it says about code, \
and the files that state it. For a dataset, model or method: aliases, who introduced it, papers by year and by relation. For \
a repository: the result of the last check. Rows count its neighbours by relation with the first of each; `neighbors` lists them, \
`read_paper` reads the full text of a paper.";
    type Input = ShowArguments;
    type Head = ShowHead;
    type Row = GroupRow;

    fn answer(asked: &ToolRequest<'_>, input: ShowArguments) -> Result<ToolFindings<ShowHead, GroupRow>, ToolFailure> {
        let mut notes = Vec::new();
        let node = node::find(asked.graph, &input.name, &mut notes)?;
        let wanted = NeighborQuery { selection: Selection::default(), depth: 1, limit: Some(FIRST), evidence: false };
        let found = NodeDetails::ask(asked.graph, &node, &wanted)?;
        let NodeDetails { id, iri, kind, name, urls, mut facts, groups, notes: more } = found;
        if let NodeFacts::Paper(paper) = &mut facts
            && !paper.paper.sections.is_empty()
        {
            let sections = paper.paper.sections.len();
            notes.push(format!("the paper has {} of full text; `read_paper` reads them", counted(sections, "section")));
            paper.paper.sections.clear();
        }
        notes.extend(more);
        let total = groups.len();
        let rows = asked.window(groups).into_iter().map(|group| GroupRow {
            heading: group.heading,
            relation: group.relation,
            direction: group.direction,
            kind: group.kind,
            total: group.total,
            first: group
                .rows
                .into_iter()
                .map(|row| NodeName { id: row.id, kind: group.kind, name: row.name })
                .collect(),
        });
        let rows = rows.collect();
        Ok(ToolFindings { head: ShowHead { id, iri, kind, name, urls, facts }, rows, total: Some(total), notes })
    }
}
