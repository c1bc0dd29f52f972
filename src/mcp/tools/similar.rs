use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{NodeName, SimilarNode, SimilarNodes};
use crate::mcp::failure::ToolFailure;
use crate::mcp::node;
use crate::mcp::tool::{Tool, ToolFindings, ToolRequest};
use crate::ontology::NodeKind;

pub(super) struct SimilarTool;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SimilarArguments {
    /// An id (dataset/coco), a name or alias, or the title or arXiv id of a paper.
    name: String,
    /// The kind of what is to be found, if not that of the node. Papers are compared with papers only.
    kind: Option<NodeKind>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct SimilarHead {
    node: NodeName,
    /// Number of nodes that share any neighbour with it.
    candidates: usize,
}

impl Tool for SimilarTool {
    const NAME: &'static str = "similar";
    const TITLE: &'static str = "Find similar nodes";
    const CHOOSES_PAPERS: bool = true;
    const DESCRIPTION: &'static str = "\
Nodes that are similar to a node: papers that name the same rare things, or datasets, models and methods that the same papers name. The score \
is a cosine, 0 to 1; `because` has the shared neighbours that count most, which are the evidence. Use it to find related work \
and alternatives.";
    type Input = SimilarArguments;
    type Head = SimilarHead;
    type Row = SimilarNode;

    fn answer(
        asked: &ToolRequest<'_>,
        input: SimilarArguments,
    ) -> Result<ToolFindings<SimilarHead, SimilarNode>, ToolFailure> {
        let mut notes = Vec::new();
        let node = node::find(asked.graph, &input.name, &mut notes)?;
        let selection = asked.papers.selection(asked.graph, &mut notes)?;
        let found = SimilarNodes::ask(asked.graph, &node, input.kind, &selection, asked.end())?
            .ok_or_else(|| ToolFailure::new("papers are compared with papers only").help("leave `kind` out"))?;
        if found.measured < found.candidates {
            notes.push(format!(
                "of {} candidates the {} with most in common were measured",
                found.candidates, found.measured
            ));
        }
        let head = SimilarHead { node: found.node, candidates: found.candidates };
        // Nodes that were not measured are never listed.
        Ok(ToolFindings { head, rows: asked.window(found.similar), total: Some(found.measured), notes })
    }
}
