use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{SearchHit, SearchResults};
use crate::mcp::arguments::one_or_many;
use crate::mcp::failure::ToolFailure;
use crate::mcp::tool::{Tool, ToolFindings, ToolRequest};
use crate::ontology::NodeKind;

pub(super) struct SearchTool;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchArguments {
    /// Words of a name, or of a paper's title and abstract. Typing errors are forgiven.
    words: String,
    /// Only nodes of these kinds.
    #[serde(default, deserialize_with = "one_or_many")]
    kind: Vec<NodeKind>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct SearchHead {}

impl Tool for SearchTool {
    const NAME: &'static str = "search";
    const TITLE: &'static str = "Search names and papers";
    const CHOOSES_PAPERS: bool = true;
    const DESCRIPTION: &'static str = "\
Find datasets, models, methods, tasks, metrics, hardware, software, repositories and papers by words, the best first. Call it \
first when you have a word and need an id, or to find papers on a topic (kind: paper). A row has the id that all other tools \
take, the number of papers about the node, and in `alias` the name that matched if it is not the node's own. With since, until, \
author, organization or venue, only papers are found.";
    type Input = SearchArguments;
    type Head = SearchHead;
    type Row = SearchHit;

    fn answer(
        asked: &ToolRequest<'_>,
        input: SearchArguments,
    ) -> Result<ToolFindings<SearchHead, SearchHit>, ToolFailure> {
        let mut notes = Vec::new();
        let selection = asked.papers.selection(asked.graph, &mut notes)?;
        let found = SearchResults::among(asked.graph, &input.words, &input.kind, &selection, asked.end())?;
        if found.total == 0 {
            notes.push("no name and no paper has these words; fewer or other words may find more".to_string());
        }
        Ok(ToolFindings { head: SearchHead {}, rows: asked.window(found.hits), total: Some(found.total), notes })
    }
}
