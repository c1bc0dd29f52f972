//! The neighbours of a node: which papers name it, and what is named together with it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{CountedNode, Extent, Sheet};
use crate::extract::Field;
use crate::graph::{EvidenceQuote, FoundNeighbors, Neighbor, NeighborQuery, NeighborsByTie, Node, Tie};
use crate::liveness::Verdict;
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// The neighbours of a node, grouped by their relation to it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Neighborhood {
    /// The node, with how many papers name it.
    pub node: CountedNode,
    /// The strongest relation first; no group is empty.
    pub groups: Vec<NeighborGroup>,
    /// Number of links of the node that are left out because they are less sure than asked for. `node.papers` counts
    /// them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub less_sure: Option<usize>,
    /// Where the search of the graph was cut short or links were left out, and why.
    pub notes: Vec<String>,
}

/// Neighbours of one kind with the same relation to the node.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NeighborGroup {
    /// `Papers that evaluate on COCO`
    pub heading: String,
    /// `None` for nodes more than one step away.
    pub relation: Option<Tie>,
    /// `None` where the relation has no direction.
    pub direction: Option<Direction>,
    /// Kind of the node.
    pub kind: NodeKind,
    /// Number of steps from the node.
    pub distance: u8,
    /// Number of neighbours; `rows` may have only the first of them.
    pub total: usize,
    /// The neighbours, the most relevant first.
    pub rows: Vec<NeighborRow>,
}

/// The direction of a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The neighbour is the subject: it evaluates on the node.
    In,
    /// The node is the subject.
    Out,
}

impl Direction {
    /// `in` or `out`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// A neighbour.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct NeighborRow {
    /// `paper/arxiv-2407.11062`
    pub id: String,
    /// Name, title or address.
    pub name: String,
    /// Facts that depend on the kind of the neighbour.
    #[serde(flatten)]
    pub facts: RowFacts,
    /// How often the paper names the entity, where a paper and an entity are neighbours.
    #[serde(flatten)]
    pub mentions: Option<Mentions>,
    /// What both have in common, where the two are related and not tied.
    #[serde(flatten)]
    pub shared: Option<Shared>,
    /// The sentence behind the row, if it was asked for and found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// Facts about a neighbour; they depend on its kind.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum RowFacts {
    /// Facts about a paper.
    Paper {
        /// Publication date, as exact as it is known.
        date: Option<PartialDate>,
        /// Addresses without scheme: `github.com/facebookresearch/detr`.
        repositories: Vec<String>,
        /// The latest check of each checked repository.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        checks: BTreeMap<String, LinkCheck>,
    },
    /// Facts about any other node.
    Other {
        /// Number of papers about it, see [`PaperCount`](super::PaperCount).
        papers: usize,
        /// The latest check, for a repository or page.
        #[serde(skip_serializing_if = "Option::is_none")]
        check: Option<LinkCheck>,
    },
}

/// The result of the latest check of a repository or page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LinkCheck {
    /// Outcome of the check.
    pub verdict: Verdict,
    /// Whether it is dead: missing in several checks, days apart.
    pub dead: bool,
}

impl LinkCheck {
    pub(crate) fn of(node: &Node) -> Option<Self> {
        node.verdict.map(|verdict| Self { verdict, dead: node.dead })
    }
}

/// How often a paper names an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Mentions {
    /// Number of places in the text.
    pub mentions: usize,
    /// Whether the title names it.
    pub in_title: bool,
}

/// What a related or more distant node has in common with the node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Shared {
    /// Number of shared papers or names.
    pub shared: usize,
    /// The names of the most informative shared ones.
    pub through: Vec<String>,
}

/// The sentence that is the evidence.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Evidence {
    /// The sentence.
    pub sentence: String,
    /// The words in it that name the entity.
    pub mention: String,
    /// The text of the paper: title, abstract or a section.
    pub field: Field,
    /// Where the mention begins in the field, in code points.
    pub start: usize,
    /// Where the mention ends in the field, in code points.
    pub end: usize,
    /// The sentence split around the mention, for printing.
    #[serde(skip)]
    pub quote: EvidenceQuote,
}

impl Neighborhood {
    /// Reads the neighbours from the graph.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn ask(store: &GraphStore, node: &NodeRef, wanted: &NeighborQuery) -> Result<Self, StoreError> {
        let found = FoundNeighbors::load(store, node, wanted)?;
        Ok(Self {
            node: CountedNode { node: node.into(), count: found.count },
            groups: found.groups.into_iter().map(NeighborGroup::from).collect(),
            less_sure: found.less_sure,
            notes: found
                .cuts
                .iter()
                .map(ToString::to_string)
                .chain(less_sure_note(node, wanted, found.less_sure))
                .collect(),
        })
    }

    /// The rows of `--format csv`.
    pub fn sheet(&self) -> Sheet {
        let mut sheet = Sheet::new([
            "relation",
            "direction",
            "distance",
            "kind",
            "id",
            "name",
            "date",
            "papers",
            "mentions",
            "shared",
            "through",
            "repositories",
            "verdict",
            "evidence",
        ]);
        for group in &self.groups {
            for row in &group.rows {
                let number = |n: usize| if n == 0 { String::new() } else { n.to_string() };
                sheet.row([
                    group.relation.map_or("", Tie::as_str).to_string(),
                    group.direction.map_or("", Direction::as_str).to_string(),
                    group.distance.to_string(),
                    group.kind.to_string(),
                    row.id.clone(),
                    row.name.clone(),
                    row.date().map(|date| date.to_string()).unwrap_or_default(),
                    number(row.papers()),
                    number(row.mentions.map_or(0, |mentions| mentions.mentions)),
                    number(row.shared()),
                    row.through().join("; "),
                    row.repositories().map(|(name, _)| name).collect::<Vec<_>>().join("; "),
                    verdicts(row),
                    row.evidence.as_ref().map(|evidence| evidence.quote.marked("**", "**")).unwrap_or_default(),
                ]);
            }
        }
        sheet
    }

    /// The number of rows of all groups together.
    pub fn extent(&self) -> Extent {
        Extent {
            total: self.groups.iter().map(|group| group.total).sum(),
            listed: self.groups.iter().map(|group| group.rows.len()).sum(),
        }
    }
}

/// Says how many links of the node are left out, and that counts of papers include them.
fn less_sure_note(node: &NodeRef, wanted: &NeighborQuery, links: Option<usize>) -> Option<String> {
    let (least, links) = wanted.selection.min_confidence.zip(links)?;
    Some(match (links, node.kind) {
        (0, _) => format!("every link of {} has a confidence of {least} or more", node.label),
        (1, NodeKind::Paper) => format!("1 link of the paper has a confidence below {least} and is left out"),
        (_, NodeKind::Paper) => format!("{links} links of the paper have a confidence below {least} and are left out"),
        (1, _) => {
            format!("1 paper names {} with a confidence below {least} and is left out; counts include it", node.label)
        }
        _ => {
            format!(
                "{links} papers name {} with a confidence below {least} and are left out; counts include them",
                node.label
            )
        }
    })
}

/// The latest verdict on a repository or page, or on each repository of a paper; empty if none was checked.
fn verdicts(row: &NeighborRow) -> String {
    let of: Vec<Option<LinkCheck>> = match row.facts {
        RowFacts::Paper { .. } => row.repositories().map(|(_, check)| check).collect(),
        RowFacts::Other { check, .. } => vec![check],
    };
    if of.iter().all(Option::is_none) {
        return String::new();
    }
    let said: Vec<&str> = of.iter().map(|check| check.map_or("unchecked", |check| check.verdict.as_str())).collect();
    said.join("; ")
}

/// The heading over entities that papers name together with a node of this kind.
pub fn together_heading(of: NodeKind) -> &'static str {
    if of.is_origin() { "In the same papers" } else { "Often named together" }
}

impl NeighborGroup {
    /// Whether this group holds entities that are named together with the node, which are shown in one line.
    pub fn is_named_together(&self) -> bool {
        self.relation == Some(Tie::Related) && self.kind != NodeKind::Paper
    }

    /// Whether this group holds broader terms, or what a dataset is made for:
    /// these are shown among the facts of a node.
    pub fn is_fact(&self) -> bool {
        match self.relation {
            Some(Tie::Broader) => true,
            Some(Tie::ForTask) => self.direction == Some(Direction::Out),
            _ => false,
        }
    }

    /// How many rows the answer has in all, and how many are listed.
    pub fn extent(&self) -> Extent {
        Extent { total: self.total, listed: self.rows.len() }
    }
}

impl From<NeighborsByTie> for NeighborGroup {
    fn from(group: NeighborsByTie) -> Self {
        let direction = if group.incoming { Direction::In } else { Direction::Out };
        Self {
            heading: group.heading,
            relation: group.tie,
            direction: group.tie.filter(|tie| *tie != Tie::Related).map(|_| direction),
            kind: group.kind,
            distance: group.distance,
            total: group.total,
            rows: group.rows.into_iter().map(NeighborRow::from).collect(),
        }
    }
}

impl From<Neighbor> for NeighborRow {
    fn from(row: Neighbor) -> Self {
        let facts = match row.node.kind {
            NodeKind::Paper => RowFacts::Paper {
                date: row.node.date,
                checks: row
                    .repositories
                    .iter()
                    .filter_map(|node| Some((node.label.clone(), LinkCheck::of(node)?)))
                    .collect(),
                repositories: row.repositories.into_iter().map(|node| node.label).collect(),
            },
            _ => RowFacts::Other { papers: row.papers, check: LinkCheck::of(&row.node) },
        };
        let mentions = Mentions { mentions: row.mentions, in_title: row.in_title };
        let shared = Shared { shared: row.shared, through: row.through };
        Self {
            id: row.node.id,
            name: row.node.label,
            facts,
            mentions: Some(mentions).filter(|mentions| mentions.mentions > 0),
            shared: Some(shared).filter(|shared| shared.shared > 0),
            evidence: row.evidence.map(Evidence::from),
        }
    }
}

impl NeighborRow {
    /// Number of papers or names that it shares with the node; 0 for a neighbour one step away.
    pub fn shared(&self) -> usize {
        self.shared.as_ref().map_or(0, |shared| shared.shared)
    }

    /// Names of what it shares with the node, the most informative first; empty for a neighbour one step away.
    pub fn through(&self) -> &[String] {
        self.shared.as_ref().map_or(&[], |shared| &shared.through)
    }

    /// The publication date, if it is a paper.
    pub fn date(&self) -> Option<PartialDate> {
        match self.facts {
            RowFacts::Paper { date, .. } => date,
            RowFacts::Other { .. } => None,
        }
    }

    /// Number of papers about it; 0 for papers themselves.
    pub fn papers(&self) -> usize {
        match self.facts {
            RowFacts::Paper { .. } => 0,
            RowFacts::Other { papers, .. } => papers,
        }
    }

    /// The repositories of a paper, each with its latest check.
    pub fn repositories(&self) -> impl Iterator<Item = (&str, Option<LinkCheck>)> {
        let of = match &self.facts {
            RowFacts::Paper { repositories, checks, .. } => Some((repositories, checks)),
            RowFacts::Other { .. } => None,
        };
        of.into_iter().flat_map(|(repositories, checks)| {
            repositories.iter().map(|name| (name.as_str(), checks.get(name).copied()))
        })
    }

    /// Its own latest check, if it is a repository or page.
    pub fn check(&self) -> Option<LinkCheck> {
        match self.facts {
            RowFacts::Paper { .. } => None,
            RowFacts::Other { check, .. } => check,
        }
    }
}

impl From<EvidenceQuote> for Evidence {
    fn from(quote: EvidenceQuote) -> Self {
        Self {
            sentence: quote.marked("", ""),
            mention: quote.mention.clone(),
            field: quote.place.field,
            start: quote.place.start,
            end: quote.place.end,
            quote,
        }
    }
}
