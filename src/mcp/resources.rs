//! Resources that hosts can read without a tool: nodes as Markdown, the coverage of the graph, its terms, and the
//! shipped queries.

use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};

use super::bounded::DEFAULT_CHARACTERS;
use super::coverage::GraphCoverage;
use super::failure::ToolFailure;
use super::{markdown, node};
use crate::ontology::Ontology;
use crate::query::named_queries;
use crate::store::GraphStore;

/// The address of a node: this prefix and its id, `papergraph:///dataset/coco`.
pub(super) const ROOT: &str = "papergraph:///";
const MARKDOWN: &str = "text/markdown";

/// The resources that every graph has.
pub(super) fn fixed() -> Vec<Resource> {
    let resource = |path: &str, name: &str, title: &str, about: &str| {
        Resource::new(format!("{ROOT}{path}"), name).with_title(title).with_description(about).with_mime_type(MARKDOWN)
    };
    vec![
        resource(
            "",
            "graph",
            "What the graph covers",
            "Number of papers, their years and sources, and when the graph was built",
        ),
        resource("ontology", "ontology", "The terms of the graph", "Every class and property, for SPARQL queries"),
        resource("queries", "queries", "The shipped queries", "Names, parameters and meanings, for the tool `sparql`"),
    ]
}

/// The address of any node.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(format!("{ROOT}{{+id}}"), "node")
            .with_title("A node of the graph")
            .with_description("A paper, dataset, model, method, task, metric, device, software, repository or page by its id, as Markdown with its neighbours and the sentences that name it")
            .with_mime_type(MARKDOWN),
    ]
}

/// # Errors
/// If there is no such resource, or the graph cannot be read.
pub(super) fn read(graph: &GraphStore, coverage: &GraphCoverage, uri: &str) -> Result<ReadResourceResult, ToolFailure> {
    let Some(path) = uri.strip_prefix(ROOT) else {
        return Err(ToolFailure::new(format!("`{}` is not an address of this server", crate::text::shorten(uri, 100)))
            .help(format!("addresses begin with {ROOT}, as in {ROOT}dataset/coco")));
    };
    let text = match path {
        "" => markdown::coverage(coverage),
        "ontology" => document(graph.ontology())?,
        "queries" => queries()?,
        id => {
            // An id has no spaces, but a host may encode other characters of it.
            let decoded = percent_encoding::percent_decode_str(id).decode_utf8_lossy().into_owned();
            let mut notes = Vec::new();
            let node = node::find(graph, id, &mut notes).or_else(|_| node::find(graph, &decoded, &mut notes))?;
            markdown::node(graph, &node, coverage, DEFAULT_CHARACTERS)?
        }
    };
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(MARKDOWN)]))
}

fn document(ontology: &Ontology) -> Result<String, ToolFailure> {
    ontology.document().map_err(ToolFailure::new)
}

fn queries() -> Result<String, ToolFailure> {
    let mut out = String::from(
        "# The shipped queries\n\nGive the name as `query` of the tool `sparql`, and the parameters by name.\n",
    );
    for query in named_queries()? {
        let parameters: Vec<String> = query.head.parameters.iter().map(ToString::to_string).collect();
        out.push_str(&format!("\n- `{}`: {}", query.name, query.head.summary));
        if !parameters.is_empty() {
            out.push_str(&format!(" Parameters: `{}`.", parameters.join("`, `")));
        }
    }
    out.push('\n');
    Ok(out)
}
