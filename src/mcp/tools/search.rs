use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{SearchHit, SearchResults};
use crate::mcp::arguments::one_or_many;
use crate::mcp::failure::Failure;
use crate::mcp::tool::{Asked, Found, Tool};
use crate::ontology::NodeKind;

pub(super) struct Search;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Words of a name, or of a paper's title and abstract. Typing errors are forgiven.
    words: String,
    /// Only nodes of these kinds.
    #[serde(default, deserialize_with = "one_or_many")]
    kind: Vec<NodeKind>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Head {}

impl Tool for Search {
    const NAME: &'static str = "search";
    const TITLE: &'static str = "Search names and papers";
    const DESCRIPTION: &'static str = "\
Find datasets, models, methods, tasks, metrics, hardware, software, repositories and papers by words, the best first. Call it \
first when you have a word and need an id, or to find papers on a topic (kind: paper). A row has the id that all other tools \
take, the number of papers about the node, and in `alias` the name that matched if it is not the node's own.";
    type Input = Input;
    type Head = Head;
    type Row = SearchHit;

    fn answer(asked: &Asked<'_>, input: Input) -> Result<Found<Head, SearchHit>, Failure> {
        let found = SearchResults::ask(asked.graph, &input.words, &input.kind, asked.end())?;
        let mut notes = Vec::new();
        if found.total == 0 {
            notes.push("no name and no paper has these words; fewer or other words may find more".to_string());
        }
        Ok(Found { head: Head {}, rows: asked.window(found.hits), total: Some(found.total), notes })
    }
}
