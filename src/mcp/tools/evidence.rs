use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::answer::{self, NodeName};
use crate::extract::Field;
use crate::graph::{EvidenceQuote, citing_quote, quote};
use crate::mcp::failure::ToolFailure;
use crate::mcp::node;
use crate::mcp::tool::{Tool, ToolFindings, ToolRequest, share};
use crate::ontology::NodeKind;
use crate::paper::Paper;
use crate::store::{GraphStore, NodeRef, StoreError};

pub(super) struct EvidenceTool;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EvidenceArguments {
    /// The id, title or arXiv id of a paper.
    paper: String,
    /// What the paper is tied to: the id or name of a dataset, model, method, task, metric, device or software, the
    /// address of a repository, or a paper that it cites.
    name: String,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct EvidenceHead {
    paper: NodeName,
    node: NodeName,
    /// Files that state the link beside the text of the paper.
    stated_by: Vec<String>,
}

/// A sentence of the paper.
#[derive(Serialize, JsonSchema)]
pub(super) struct EvidenceSentence {
    #[serde(flatten)]
    evidence: answer::Evidence,
    /// The heading of its section; empty outside of sections.
    heading: String,
    /// The page on which the section begins, if known.
    page: Option<u32>,
    /// What the sentence says that the paper does with it.
    relation: Option<String>,
    /// How sure it is that the words mean the node, 0 to 1.
    confidence: Option<f64>,
}

impl Tool for EvidenceTool {
    const NAME: &'static str = "evidence";
    const TITLE: &'static str = "Show the evidence for a link";
    const DESCRIPTION: &'static str = "\
Every sentence in which a paper names something, gives the address of a repository, or cites a paper, with section, page, offsets, relation and \
confidence; those that say more than a bare mention come first. `stated_by` lists the files that state the link beside the \
text. Call it before you claim that a paper uses, evaluates on or introduces something.";
    type Input = EvidenceArguments;
    type Head = EvidenceHead;
    type Row = EvidenceSentence;

    fn answer(
        asked: &ToolRequest<'_>,
        input: EvidenceArguments,
    ) -> Result<ToolFindings<EvidenceHead, EvidenceSentence>, ToolFailure> {
        let graph = asked.graph;
        let mut notes = Vec::new();
        let paper = node::find_of_kind(graph, &input.paper, NodeKind::Paper, &mut notes)?;
        let node = node::find(graph, &input.name, &mut notes)?;
        let id = paper.id.parse().ok();
        let text = match id {
            Some(id) => graph.paper(&id)?,
            None => None,
        };
        let Some(text) = text else { return Err(ToolFailure::new(format!("{} cannot be read", paper.id))) };
        let all = match node.kind {
            NodeKind::Entity(_) => mentions(graph, &paper, &node, &text)?,
            NodeKind::Repository | NodeKind::Page => addresses(&node, &text),
            NodeKind::Paper | NodeKind::Work => {
                let quote = citing_quote(graph, &paper.iri, &node.iri)?;
                quote.map(|quote| in_section(&text, quote)).into_iter().collect()
            }
            NodeKind::Author | NodeKind::Venue | NodeKind::Organization => {
                let stated = "who wrote a paper, and where, is stated by its source, not by a sentence of its text";
                notes.push(stated.to_string());
                Vec::new()
            }
        };
        let stated_by = stated(&node, &text);
        if all.is_empty() && stated_by.is_empty() && !node.kind.is_origin() {
            notes.push(format!("nothing ties {} to {} in this graph", paper.id, node.id));
        }
        let total = all.len();
        let head = EvidenceHead { paper: NodeName::from(&paper), node: NodeName::from(&node), stated_by };
        Ok(ToolFindings { head, rows: asked.window(all), total: Some(total), notes })
    }
}

/// The sentences that name an entity.
fn mentions(
    graph: &GraphStore,
    paper: &NodeRef,
    node: &NodeRef,
    text: &Paper,
) -> Result<Vec<EvidenceSentence>, StoreError> {
    let mut found = graph.mentions_in(&paper.iri)?;
    found.retain(|mention| mention.entity == node.iri);
    // The sort keeps the order of the text.
    found.sort_by_key(|mention| mention.relation == "mentions");
    let sentence = |mention: crate::store::StoredMention| {
        let quote = quote(mention.place.field.of(text), mention.place)?;
        Some(EvidenceSentence {
            relation: Some(mention.relation),
            confidence: Some(share(mention.confidence)),
            ..in_section(text, quote)
        })
    };
    Ok(found.into_iter().filter_map(sentence).collect())
}

/// The sentences that give the address of a repository or page.
fn addresses(node: &NodeRef, text: &Paper) -> Vec<EvidenceSentence> {
    let address = node.label.trim_start_matches("https://").trim_start_matches("http://").to_lowercase();
    if address.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for field in [Field::Title, Field::Abstract].into_iter().chain(Field::sections(text)) {
        let whole = field.of(text);
        // Lower case must not move the offsets.
        let lower: String = whole.chars().map(|c| c.to_ascii_lowercase()).collect();
        for (at, _) in lower.match_indices(&address) {
            let start = whole[..at].chars().count();
            let place = crate::extract::TextPlace { field, start, end: start + address.chars().count() };
            found.extend(quote(whole, place).map(|quote| in_section(text, quote)));
        }
    }
    found
}

fn in_section(text: &Paper, quote: EvidenceQuote) -> EvidenceSentence {
    let section = match quote.place.field {
        Field::Section(number) => (number as usize).checked_sub(1).and_then(|at| text.sections.get(at)),
        Field::Title | Field::Abstract => None,
    };
    EvidenceSentence {
        heading: section.map(|section| section.title.clone()).unwrap_or_default(),
        page: section.and_then(|section| section.location.as_ref()?.page()),
        evidence: quote.into(),
        relation: None,
        confidence: None,
    }
}

/// The places of sources that state the link.
fn stated(node: &NodeRef, text: &Paper) -> Vec<String> {
    let name = node.label.to_lowercase();
    let says = |item: &String| {
        let item = item.to_lowercase();
        item.split_once(' ')
            .is_some_and(|(_, said)| said == name || said.trim_end_matches('/').ends_with(&format!("//{name}")))
    };
    let sources = text.sources.iter().filter(|source| source.states.iter().any(says));
    sources.map(ToString::to_string).collect()
}
