use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{ComparedName, ComparedPaper, PaperComparison};
use crate::graph::quotes_of;
use crate::mcp::arguments::one_or_many;
use crate::mcp::failure::ToolFailure;
use crate::mcp::node;
use crate::mcp::tool::{Tool, ToolFindings, ToolRequest};
use crate::ontology::NodeKind;

pub(super) struct CompareTool;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CompareArguments {
    /// Ids, titles or arXiv ids of 2 to 10 papers.
    #[serde(deserialize_with = "one_or_many")]
    #[schemars(length(min = 2, max = 10))]
    papers: Vec<String>,
    /// Only what two of the papers or more name.
    #[serde(default)]
    shared: bool,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct CompareHead {
    papers: Vec<ComparedPaper>,
}

/// Something that one of the papers names.
#[derive(Serialize, JsonSchema)]
pub(super) struct NamedByPapers {
    #[serde(flatten)]
    name: ComparedName,
    /// The sentence of each paper that names it, in the order of the papers.
    evidence: Vec<Option<String>>,
}

/// Most papers that are compared at once.
const PAPERS: usize = 10;

impl Tool for CompareTool {
    const NAME: &'static str = "compare";
    const TITLE: &'static str = "Compare papers";
    const DESCRIPTION: &'static str = "\
Papers side by side: date, code and its state, hardware and claimed results of each, and a row for everything that any of them \
names, with the relation and the sentence of each paper. What most of the papers share comes first.";
    type Input = CompareArguments;
    type Head = CompareHead;
    type Row = NamedByPapers;

    fn answer(
        asked: &ToolRequest<'_>,
        input: CompareArguments,
    ) -> Result<ToolFindings<CompareHead, NamedByPapers>, ToolFailure> {
        if !(2..=PAPERS).contains(&input.papers.len()) {
            return Err(ToolFailure::new(format!("`papers` has {}; it takes 2 to {PAPERS}", input.papers.len()))
                .help("give ids, titles or arXiv ids as a list; `search` with kind paper finds them, `show` shows a single one"));
        }
        let mut notes = Vec::new();
        let mut papers = Vec::new();
        for name in &input.papers {
            let paper = node::find_of_kind(asked.graph, name, NodeKind::Paper, &mut notes)?;
            if papers.contains(&paper) {
                return Err(ToolFailure::new(format!("{} is given twice", paper.id)));
            }
            papers.push(paper);
        }
        let mut found = PaperComparison::ask(asked.graph, &papers)?;
        if input.shared {
            found.rows.retain(|row| row.shared > 1);
        }
        let total = found.rows.len();
        let mut rows = Vec::new();
        for name in asked.window(found.rows) {
            let entity = asked.graph.base().node(&name.node.id);
            let mut evidence = Vec::new();
            for (paper, relation) in papers.iter().zip(&name.relations) {
                let quote = match relation {
                    Some(_) => quotes_of(asked.graph, &paper.iri, &entity)?,
                    None => None,
                };
                evidence.push(quote.map(|quote| quote.marked("", "")));
            }
            rows.push(NamedByPapers { name, evidence });
        }
        Ok(ToolFindings { head: CompareHead { papers: found.papers }, rows, total: Some(total), notes })
    }
}
