//! Papers side by side.

use schemars::JsonSchema;
use serde::Serialize;

use super::{LinkCheck, NodeName, Sheet};
use crate::graph::{ComparedNode, Node, Tie, compare};
use crate::liveness::Verdict;
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// Several papers, and every entity that any of them names.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PaperComparison {
    /// The papers, in the order of the answer.
    pub papers: Vec<ComparedPaper>,
    /// Entities that most of the papers name come first; among equals by kind, then the rarest.
    pub rows: Vec<ComparedName>,
}

/// One of the papers.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ComparedPaper {
    /// Id of its node: `dataset/coco`.
    pub id: String,
    /// Title of the paper.
    pub title: String,
    /// Publication date, as exact as it is known.
    pub date: Option<PartialDate>,
    /// Organisation of the authors, if a source states one.
    pub organization: Option<String>,
    /// What the text says about code: `link`, `claimed`, `promised` or `none`.
    pub code: Option<String>,
    /// Code repositories of the paper, with their last check.
    pub repositories: Vec<ComparedRepository>,
    /// Devices that the paper ran on.
    pub hardware: Vec<DeviceFact>,
    /// Results that the paper claims.
    pub claims: Vec<ClaimFact>,
    /// The node as the graph shows it.
    #[serde(skip)]
    pub node: Node,
}

/// A repository of a paper.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ComparedRepository {
    /// `github.com/facebookresearch/detr`
    pub name: String,
    /// What the latest check found.
    pub verdict: Option<Verdict>,
    /// The last check, if there was one.
    #[serde(skip)]
    pub check: Option<LinkCheck>,
}

/// A device that the paper's experiments ran on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DeviceFact {
    /// Name that is shown.
    pub name: String,
    /// Number of devices, if it is stated.
    pub count: Option<String>,
    /// Memory of each device in gigabytes, if it is stated.
    pub memory_gb: Option<String>,
}

/// A figure that the abstract claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClaimFact {
    /// Name of the system, if it is stated.
    pub system: Option<String>,
    /// Name of the dataset, if it is stated.
    pub dataset: Option<String>,
    /// Name of the metric.
    pub metric: String,
    /// The value as it is written: `47.3`.
    pub value: String,
}

/// Something that one of the papers names.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ComparedName {
    /// Kind, id and name of the node.
    #[serde(flatten)]
    pub node: NodeName,
    /// Papers of the whole graph that are about it, see [`PaperCount`](super::PaperCount).
    pub papers: usize,
    /// How many of the papers name it.
    pub shared: usize,
    /// The strongest relation of each paper, in the order of the papers.
    pub relations: Vec<Option<Tie>>,
}

impl PaperComparison {
    /// The rows of `--format csv`.
    pub fn sheet(&self) -> Sheet {
        let mut heading: Vec<String> = ["kind", "id", "name", "papers", "shared"].map(str::to_string).into();
        heading.extend(self.papers.iter().map(|paper| paper.id.clone()));
        let mut sheet = Sheet { heading, rows: Vec::new() };
        for row in &self.rows {
            let mut line = vec![
                row.node.kind.to_string(),
                row.node.id.clone(),
                row.node.name.clone(),
                row.papers.to_string(),
                row.shared.to_string(),
            ];
            line.extend(row.relations.iter().map(|tie| tie.map_or("", |tie| tie.as_str()).to_string()));
            sheet.rows.push(line);
        }
        sheet
    }

    /// Compares papers.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(store: &GraphStore, papers: &[NodeRef]) -> Result<Self, StoreError> {
        let found = compare(store, papers)?;
        let rows = found.rows.into_iter().map(|row| ComparedName {
            shared: row.shared(),
            node: NodeName::from(&row.node),
            papers: row.papers,
            relations: row.ties,
        });
        Ok(Self { rows: rows.collect(), papers: found.papers.into_iter().map(ComparedPaper::from).collect() })
    }
}

impl From<ComparedNode> for ComparedPaper {
    fn from(paper: ComparedNode) -> Self {
        let about = paper.about.as_ref();
        let repositories = paper.repositories.iter().filter(|node| node.kind == NodeKind::Repository);
        let hardware = about.into_iter().flat_map(|about| &about.devices);
        let claims = about.into_iter().flat_map(|about| &about.results);
        Self {
            id: paper.node.id.clone(),
            title: paper.node.label.clone(),
            date: paper.node.date,
            organization: about.and_then(|about| about.paper.organization.clone()),
            code: about.map(|about| about.code.clone()),
            repositories: repositories
                .map(|node| ComparedRepository {
                    name: node.label.clone(),
                    verdict: node.verdict,
                    check: LinkCheck::of(node),
                })
                .collect(),
            hardware: hardware
                .map(|device| DeviceFact {
                    name: device.name.clone(),
                    count: device.count.clone(),
                    memory_gb: device.memory_gb.clone(),
                })
                .collect(),
            claims: claims
                .map(|claim| ClaimFact {
                    system: claim.system.clone(),
                    dataset: claim.dataset.clone(),
                    metric: claim.metric.clone(),
                    value: claim.value.clone(),
                })
                .collect(),
            node: paper.node,
        }
    }
}
