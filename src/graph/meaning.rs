//! What a name means in a graph, where several nodes are called so.
//!
//! People mean the well-known thing: COCO is the dataset of thousands of papers, even if one paper calls its method
//! CoCo. Who writes `CoCo` means that method. Only where the use is balanced must the user choose.

use super::PaperCount;
use super::papers::Papers;
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};

/// A node that a name can mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub node: NodeRef,
    pub count: PaperCount,
    /// Whether its name or one of its aliases is spelt exactly as the name that was looked up.
    pub spelt_so: bool,
}

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// No node is called so.
    Nothing,
    /// This one. `others` are called so too; the one of most papers first.
    Node { node: NodeRef, count: PaperCount, others: Vec<Candidate> },
    /// Several nodes with equal claim to the name, the one of most papers first.
    Ambiguous(Vec<Candidate>),
}

/// How many times more papers a meaning must have than the next one to be taken for what is meant.
const CLEARLY_MORE: usize = 10;

impl Meaning {
    /// Looks up a name among the nodes of the kinds that are accepted.
    ///
    /// Of several nodes those win whose name or alias is spelt exactly so, capitals included; among the rest the one
    /// with ten times the papers of the next.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub fn of(store: &GraphStore, name: &str, accepts: impl Fn(NodeKind) -> bool) -> Result<Self, StoreError> {
        let mut nodes = store.resolve(name)?;
        nodes.retain(|node| accepts(node.kind));
        if nodes.is_empty() {
            return Ok(Self::Nothing);
        }
        let papers = Papers::of(store)?;
        let mut candidates = Vec::with_capacity(nodes.len());
        for node in nodes {
            let spelt_so = is_spelt(&papers, &node, name.trim())?;
            candidates.push(Candidate { count: papers.count(&node.id)?, node, spelt_so });
        }
        Ok(chosen(candidates))
    }
}

/// Whether a name or alias of the node is spelt so.
fn is_spelt(papers: &Papers<'_>, node: &NodeRef, name: &str) -> Result<bool, StoreError> {
    if node.label == name {
        return Ok(true);
    }
    let Some(doc) = papers.index.find(&node.id)? else { return Ok(false) };
    let shown = papers.index.shown(doc)?;
    Ok(shown.is_some_and(|shown| shown.aliases.iter().any(|alias| alias == name)))
}

/// The candidate that is meant, if one of them clearly is.
fn chosen(mut candidates: Vec<Candidate>) -> Meaning {
    candidates.sort_by(|a, b| {
        let rank = |one: &Candidate| (one.spelt_so, one.count.papers);
        rank(b).cmp(&rank(a)).then_with(|| a.node.cmp(&b.node))
    });
    let is_clear = match candidates.as_slice() {
        [] => return Meaning::Nothing,
        [_] => true,
        [first, second, ..] => {
            first.spelt_so && !second.spelt_so
                // A paper of that title, which no paper names, is as good as one that one paper names.
                || first.count.papers >= CLEARLY_MORE * second.count.papers.max(1)
        }
    };
    if !is_clear {
        return Meaning::Ambiguous(candidates);
    }
    let Candidate { node, count, .. } = candidates.remove(0);
    Meaning::Node { node, count, others: candidates }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::Base;

    /// Candidates as (id, papers, whether it is spelt so).
    fn meant(candidates: &[(&str, usize, bool)]) -> Option<String> {
        let base = Base::default();
        let candidate = |(id, papers, spelt_so): &(&str, usize, bool)| Candidate {
            node: NodeRef {
                kind: NodeKind::of_id(id).unwrap(),
                id: (*id).to_string(),
                label: (*id).to_string(),
                iri: base.node(id),
            },
            count: PaperCount { papers: *papers, in_text: *papers },
            spelt_so: *spelt_so,
        };
        match chosen(candidates.iter().map(candidate).collect()) {
            Meaning::Node { node, .. } => Some(node.id),
            _ => None,
        }
    }

    #[test]
    fn exact_capitals_come_before_the_number_of_papers() {
        assert_eq!(meant(&[("dataset/coco", 900, false), ("method/coco", 1, true)]).unwrap(), "method/coco");
    }

    #[test]
    fn of_names_spelt_alike_the_one_of_ten_times_the_papers_is_meant() {
        for spelt_so in [true, false] {
            let with = |a, b| meant(&[("dataset/coco", a, spelt_so), ("method/coco", b, spelt_so)]);
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
