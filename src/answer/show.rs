//! The answer to `kg show`: everything about one node.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{NeighborGroup, Neighborhood, PaperCount};
use crate::extract::TextPlace;
use crate::graph::{ClaimedResult, ExperimentDevice, LastCheck, NeighborQuery, NodeAbout, PaperAbout, Tie};
use crate::liveness::{CheckOutcome, PastCheck};
use crate::ontology::NodeKind;
use crate::paper::Paper;
use crate::store::{GraphStore, NodeRef, StoreError};

/// Everything that the graph says about one node, with its neighbours.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NodeDetails {
    /// `dataset/coco`
    pub id: String,
    /// IRI of the node.
    pub iri: String,
    /// Kind of the node.
    pub kind: NodeKind,
    /// Name, title or address.
    pub name: String,
    /// Web addresses of the node; for a paper arXiv, the Anthology or its DOI.
    pub urls: Vec<String>,
    /// Facts that depend on the kind of the node.
    #[serde(flatten)]
    pub facts: NodeFacts,
    /// The neighbours, grouped by their relation to the node.
    pub groups: Vec<NeighborGroup>,
    /// Where the search of the graph was cut short, and why.
    pub notes: Vec<String>,
}

/// Facts about a node; they depend on its kind.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum NodeFacts {
    /// Facts about a paper.
    Paper(Box<PaperFacts>),
    /// Facts about any other node.
    Other(Box<OtherFacts>),
}

/// Facts about a paper.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PaperFacts {
    /// The paper as its sources give it.
    pub paper: Paper,
    /// What the text says about code: `link`, `claimed`, `promised` or `none`.
    pub code: String,
    /// Devices that the paper ran on.
    pub hardware: Vec<DeviceStatement>,
    /// Results that the paper claims.
    pub results: Vec<ResultStatement>,
    /// The facts for people: devices, claims and the statement on code.
    #[serde(skip)]
    pub about: PaperAbout,
}

/// A device that the paper's experiments ran on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeviceStatement {
    /// Name that is shown.
    pub name: String,
    /// Number of devices, if it is stated.
    pub count: Option<u64>,
    /// Memory of each device in gigabytes, if it is stated.
    pub memory_gb: Option<u64>,
    /// The evidence in the text.
    #[serde(flatten)]
    pub place: Option<TextPlace>,
}

/// A figure that the abstract claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ResultStatement {
    /// Name of the system, if it is stated.
    pub system: Option<String>,
    /// Name of the dataset, if it is stated.
    pub dataset: Option<String>,
    /// Name of the metric.
    pub metric: String,
    /// The value as it is written: `47.3`.
    pub value: String,
    /// The evidence in the text.
    #[serde(flatten)]
    pub place: Option<TextPlace>,
}

/// Facts about an entity, a repository or a page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct OtherFacts {
    /// Other names, in alphabetical order.
    pub aliases: Vec<String>,
    /// The year in which it first appeared.
    pub year: Option<i64>,
    /// Address of its own page.
    pub homepage: Option<String>,
    /// The latest check, for a repository or page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckFacts>,
    /// The address of the paper that introduces it, from the vocabulary.
    pub introduced_in: Option<String>,
    /// The same thing on another site.
    pub same_as: Option<String>,
    /// Named facts that depend on the kind: modality, vendor, memory, architecture.
    #[serde(serialize_with = "as_map")]
    #[schemars(with = "BTreeMap<String, String>")]
    pub facts: Vec<(&'static str, String)>,
    /// Broader concepts.
    pub broader: Vec<RelatedNode>,
    /// Narrower concepts.
    pub narrower: Vec<RelatedNode>,
    /// The tasks that it is made for.
    pub tasks: Vec<RelatedNode>,
    /// Number of papers, by what they do with it.
    #[serde(flatten)]
    pub count: PaperCount,
    /// The number of papers about it, by the strongest relation of each.
    #[serde(serialize_with = "as_map")]
    #[schemars(with = "BTreeMap<String, usize>")]
    pub by_relation: Vec<(Tie, usize)>,
    /// The number of dated papers about it, by year.
    pub by_year: BTreeMap<u16, usize>,
    /// A sentence that says how many papers are about it.
    #[serde(skip)]
    pub papers_in_words: String,
}

/// The relation of papers to a node of this kind, as the name of a fact: `named by`.
pub fn papers_relation(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Entity(_) => "named by",
        NodeKind::Work => "cited by",
        NodeKind::Author => "author of",
        NodeKind::Venue => "published",
        NodeKind::Organization => "affiliation of",
        NodeKind::Paper | NodeKind::Repository | NodeKind::Page => "linked by",
    }
}

/// The latest check of a repository or page.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CheckFacts {
    /// Outcome of the last check.
    #[serde(flatten)]
    pub latest: CheckOutcome,
    /// Whether it is dead.
    pub dead: bool,
    /// When the host last reported facts such as stars.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub facts_at: Option<Timestamp>,
    /// Every recorded check, the latest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<PastCheck>,
}

/// A node that the vocabulary ties to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RelatedNode {
    /// Id of its node: `dataset/coco`.
    pub id: String,
    /// Name that is shown.
    pub name: String,
}

impl NodeDetails {
    /// Reads the facts from the graph.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn ask(store: &GraphStore, node: &NodeRef, wanted: &NeighborQuery) -> Result<Self, StoreError> {
        let about = NodeAbout::load(store, node)?;
        let Neighborhood { groups, notes, .. } = Neighborhood::ask(store, node, wanted)?;
        let NodeRef { kind, id, label: name, iri } = node.clone();
        let (iri, urls) = (iri.into_string(), about.urls.clone());
        let papers_in_words = about.papers_said();
        let facts = match about.paper {
            Some(paper) => NodeFacts::Paper(Box::new(paper.into())),
            None => NodeFacts::Other(Box::new(OtherFacts {
                aliases: about.aliases,
                year: about.year,
                homepage: about.homepage,
                check: about.checked.map(|checked| {
                    let LastCheck { latest, dead, facts_at, history } = checked;
                    CheckFacts { latest, dead, facts_at, history }
                }),
                introduced_in: about.source,
                same_as: about.same_as,
                facts: about.facts,
                broader: related(&about.broader),
                narrower: related(&about.narrower),
                tasks: related(&about.tasks),
                count: about.count,
                by_relation: about.by_tie,
                by_year: about.by_year.into_iter().collect(),
                papers_in_words,
            })),
        };
        Ok(Self { id, iri, kind, name, urls, facts, groups, notes })
    }
}

fn related(nodes: &[NodeRef]) -> Vec<RelatedNode> {
    nodes.iter().map(|node| RelatedNode { id: node.id.clone(), name: node.label.clone() }).collect()
}

/// Serialises pairs as a JSON object.
fn as_map<K: Serialize, V: Serialize, S: Serializer>(pairs: &[(K, V)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        map.serialize_entry(key, value)?;
    }
    map.end()
}

impl From<PaperAbout> for PaperFacts {
    fn from(about: PaperAbout) -> Self {
        let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<u64>().ok());
        let device = |device: &ExperimentDevice| DeviceStatement {
            name: device.name.clone(),
            count: number(&device.count),
            memory_gb: number(&device.memory_gb),
            place: device.place,
        };
        let claim = |claim: &ClaimedResult| ResultStatement {
            system: claim.system.clone(),
            dataset: claim.dataset.clone(),
            metric: claim.metric.clone(),
            value: claim.value.clone(),
            place: claim.place,
        };
        Self {
            paper: about.paper.clone(),
            code: about.code.clone(),
            hardware: about.devices.iter().map(device).collect(),
            results: about.results.iter().map(claim).collect(),
            about,
        }
    }
}
