//! Finds the node that a name means.
//!
//! People usually mean the well-known node: COCO is the dataset of thousands of papers, even if one paper calls its
//! method CoCo. A user who writes `CoCo` means that method. The user must choose only if the use is balanced.

use std::fmt;

use super::PaperCount;
use super::papers::PaperIndex;
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::text::shorten;

/// A node that a name can mean. Prints as `dataset/coco (COCO, 29 papers)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeCandidate {
    pub node: NodeRef,
    pub count: PaperCount,
}

/// The node that a name means.
#[derive(Debug)]
pub(crate) struct FoundNode {
    pub node: NodeRef,
    /// What else the name can mean, as a sentence; `None` if nothing.
    pub note: Option<String>,
}

/// Why a name does not mean one node.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NameError {
    /// No node of the wanted kind has the name.
    #[error("{} called `{}`", nothing(.kind.as_deref()), shorten(.name, NAME))]
    Unknown {
        name: String,
        /// The wanted kind; `None` for any.
        kind: Option<String>,
        /// Nodes of that kind with similar names, the most similar first.
        suggestions: Vec<NodeCandidate>,
    },
    /// Several nodes have an equal claim to the name, those with the most papers first.
    #[error("`{}` can mean {} things", shorten(.name, NAME), .candidates.len())]
    Ambiguous { name: String, candidates: Vec<NodeCandidate> },
    /// The graph cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn nothing(kind: Option<&str>) -> String {
    kind.map_or_else(|| "nothing in the graph is".to_string(), |kind| format!("the graph has no {kind}"))
}

/// The nodes with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
enum NameMeaning {
    /// No node has the name.
    Nothing,
    /// The node that is clearly meant. `others` have the name too, those with the most papers first.
    Chosen { chosen: NodeCandidate, others: Vec<NodeCandidate> },
    /// Several nodes with an equal claim to the name, those with the most papers first.
    Ambiguous(Vec<NodeCandidate>),
}

/// How many times more papers a meaning needs than the next one to be chosen.
const CLEARLY_MORE: usize = 10;
/// Length at which a name is cut in a message, in columns.
const NAME: usize = 60;
/// Number of similar names in an error.
const NEAR: usize = 8;
/// Number of similar names that are looked at for those of the wanted kind.
const LOOKED_AT: usize = 20;
/// Number of other meanings in a note.
const OTHERS: usize = 3;

/// The node that a name means, among those of one kind or of all kinds.
///
/// A node whose name or alias has exactly this spelling, capitals included, wins over the others. Among those
/// left, a node wins with ten times the papers of the next.
///
/// # Errors
/// If there is no such node, if several have an equal claim to the name, or if the graph cannot be read.
pub(crate) fn find_node(store: &GraphStore, name: &str, kind: Option<NodeKind>) -> Result<FoundNode, NameError> {
    let accepts = |other: NodeKind| kind.is_none_or(|kind| kind == other);
    find_node_among(store, name, kind.map(|kind| kind.to_string()), accepts)
}

/// As [`find_node`], among the kinds that `accepts` accepts. `kind` is what they are called in an error.
///
/// # Errors
/// As [`find_node`].
pub(crate) fn find_node_among(
    store: &GraphStore,
    name: &str,
    kind: Option<String>,
    accepts: impl Fn(NodeKind) -> bool,
) -> Result<FoundNode, NameError> {
    let mut nodes = store.resolve_among(name, &accepts)?;
    if nodes.len() < 2
        && let Some(node) = nodes.pop()
    {
        return Ok(FoundNode { node, note: None });
    }
    let papers = PaperIndex::of(store)?;
    let mut candidates = Vec::with_capacity(nodes.len());
    for node in nodes {
        let is_exact = is_spelt(&papers, &node, name.trim())?;
        candidates.push((is_exact, NodeCandidate { count: papers.count(&node.id)?, node }));
    }
    match chosen(candidates) {
        NameMeaning::Chosen { chosen, others } => {
            let note = (!others.is_empty()).then(|| {
                format!(
                    "`{}` is read as {chosen}; it can also mean {}",
                    shorten(name, NAME),
                    list_candidates(&others, OTHERS)
                )
            });
            Ok(FoundNode { node: chosen.node, note })
        }
        NameMeaning::Nothing => {
            let nodes = store.nearest(name, LOOKED_AT)?.into_iter().filter(|node| accepts(node.kind)).take(NEAR);
            let near = nodes.map(|node| Ok(NodeCandidate { count: papers.count(&node.id)?, node }));
            Err(NameError::Unknown {
                name: name.to_string(),
                kind,
                suggestions: near.collect::<Result<_, StoreError>>()?,
            })
        }
        NameMeaning::Ambiguous(candidates) => Err(NameError::Ambiguous { name: name.to_string(), candidates }),
    }
}

/// The first `most` candidates, and how many more there are.
pub(crate) fn list_candidates(candidates: &[NodeCandidate], most: usize) -> String {
    let mut shown: Vec<String> = candidates.iter().take(most).map(ToString::to_string).collect();
    if candidates.len() > most {
        shown.push(format!("{} more", candidates.len() - most));
    }
    shown.join(", ")
}

impl fmt::Display for NodeCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = shorten(&self.node.label, NAME);
        match self.count.papers {
            0 => write!(f, "{} ({label})", self.node.id),
            _ => write!(f, "{} ({label}, {})", self.node.id, self.count),
        }
    }
}

/// Whether a name or alias of the node has exactly this spelling.
fn is_spelt(papers: &PaperIndex<'_>, node: &NodeRef, name: &str) -> Result<bool, StoreError> {
    if node.label == name {
        return Ok(true);
    }
    let Some(doc) = papers.index.find(&node.id)? else { return Ok(false) };
    let shown = papers.index.shown(doc)?;
    Ok(shown.is_some_and(|shown| shown.aliases.iter().any(|alias| alias == name)))
}

/// The candidate that is clearly meant, if there is one. Each candidate comes with whether its spelling matches
/// exactly.
fn chosen(mut candidates: Vec<(bool, NodeCandidate)>) -> NameMeaning {
    candidates.sort_by(|a, b| {
        let rank = |(is_exact, one): &(bool, NodeCandidate)| (*is_exact, one.count.papers);
        rank(b).cmp(&rank(a)).then_with(|| a.1.node.cmp(&b.1.node))
    });
    let is_clear = match candidates.as_slice() {
        [(first_is_exact, first), (second_is_exact, second), ..] => {
            *first_is_exact && !second_is_exact
                // A paper with that title that no paper names counts as if one paper named it.
                || first.count.papers >= CLEARLY_MORE * second.count.papers.max(1)
        }
        _ => true,
    };
    let mut candidates = candidates.into_iter().map(|(_, one)| one);
    if !is_clear {
        return NameMeaning::Ambiguous(candidates.collect());
    }
    candidates
        .next()
        .map_or(NameMeaning::Nothing, |chosen| NameMeaning::Chosen { chosen, others: candidates.collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::Base;

    /// Candidates as (id, papers, whether the spelling matches exactly).
    fn meant(candidates: &[(&str, usize, bool)]) -> Option<String> {
        let base = Base::default();
        let candidate = |(id, papers, is_exact): &(&str, usize, bool)| {
            let node = NodeRef {
                kind: NodeKind::of_id(id).unwrap(),
                id: (*id).to_string(),
                label: (*id).to_string(),
                iri: base.node(id),
            };
            (*is_exact, NodeCandidate { node, count: PaperCount { papers: *papers, in_text: *papers } })
        };
        match chosen(candidates.iter().map(candidate).collect()) {
            NameMeaning::Chosen { chosen, .. } => Some(chosen.node.id),
            _ => None,
        }
    }

    #[test]
    fn exact_capitals_come_before_the_number_of_papers() {
        assert_eq!(meant(&[("dataset/coco", 900, false), ("method/coco", 1, true)]).unwrap(), "method/coco");
    }

    #[test]
    fn of_names_spelt_alike_the_one_of_ten_times_the_papers_is_meant() {
        for is_exact in [true, false] {
            let with = |a, b| meant(&[("dataset/coco", a, is_exact), ("method/coco", b, is_exact)]);
            assert_eq!(with(10, 1).unwrap(), "dataset/coco");
            assert_eq!(with(3, 30).unwrap(), "method/coco");
            assert_eq!(with(9, 1), None);
        }
    }

    #[test]
    fn a_thing_that_few_papers_name_is_not_meant_before_a_paper_of_that_title() {
        assert_eq!(meant(&[("dataset/coco", 9, false), ("paper/coco", 0, false)]), None);
        assert_eq!(meant(&[("dataset/coco", 10, false), ("paper/coco", 0, false)]).unwrap(), "dataset/coco");
    }
}
