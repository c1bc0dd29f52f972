//! Numbers of papers that name an entity. The graph states them, so that no query has to count papers.

use std::collections::HashMap;

use oxigraph::model::{Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use serde::{Deserialize, Serialize};

use super::{KgTerms, NodeKind, Ontology};

/// Numbers of papers that name one entity, or changes of these numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PaperCounts {
    /// Papers that name it in their text or in the statements of a source.
    pub papers: i64,
    /// Papers that name it in their text.
    pub mentioning: i64,
    /// Papers that use it, by the relation of its kind, such as `kg:usesDataset`. Papers that introduce it are not
    /// among them.
    pub using: i64,
}

impl PaperCounts {
    pub(crate) fn add(&mut self, other: Self) {
        self.papers += other.papers;
        self.mentioning += other.mentioning;
        self.using += other.using;
    }

    pub(crate) fn negated(self) -> Self {
        Self { papers: -self.papers, mentioning: -self.mentioning, using: -self.using }
    }

    fn each_mut<'c>(&'c mut self, kg: &'c KgTerms) -> [(&'c NamedNode, &'c mut i64); 3] {
        [
            (&kg.paper_count, &mut self.papers),
            (&kg.mentioning_paper_count, &mut self.mentioning),
            (&kg.using_paper_count, &mut self.using),
        ]
    }
}

impl KgTerms {
    /// Whether a predicate states how many papers name an entity.
    pub(crate) fn is_paper_count(&self, predicate: &NamedNode) -> bool {
        [&self.paper_count, &self.mentioning_paper_count, &self.using_paper_count].contains(&predicate)
    }
}

impl Ontology {
    /// What one paper adds to the counts of each entity, from the triples of the paper.
    pub(crate) fn counts_of_paper(&self, paper: &[Triple]) -> HashMap<NamedNode, PaperCounts> {
        let kg = &self.kg;
        let mut counts: HashMap<NamedNode, PaperCounts> = HashMap::new();
        for Triple { subject, predicate, object } in paper {
            let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(entity)) = (subject, object) else { continue };
            if subject.as_str().contains('#') {
                continue;
            }
            let Some(NodeKind::Entity(kind)) = self.base.kind(entity.as_str()) else { continue };
            let (mentions, declares) = (*predicate == kg.mentions, *predicate == kg.declares);
            let uses = predicate == self.uses(kind);
            if mentions || declares || uses {
                let counts = counts.entry(entity.clone()).or_default();
                // One paper counts once, whether its text or a source names the entity.
                counts.papers |= i64::from(mentions || declares);
                counts.mentioning |= i64::from(mentions);
                counts.using |= i64::from(uses);
            }
        }
        counts
    }

    /// The triples that state the counts of an entity. A count of zero is not stated.
    pub(crate) fn paper_count_triples(&self, entity: &NamedNode, mut counts: PaperCounts) -> Vec<Triple> {
        let stated = counts.each_mut(&self.kg).into_iter().filter(|(_, count)| **count > 0);
        stated.map(|(predicate, count)| Triple::new(entity.clone(), predicate.clone(), Literal::from(*count))).collect()
    }

    /// The counts that a description states; `None` if it states none.
    pub(crate) fn stated_paper_counts(&self, description: &[Triple]) -> Option<PaperCounts> {
        let mut counts = PaperCounts::default();
        let mut is_stated = false;
        for (predicate, count) in counts.each_mut(&self.kg) {
            for triple in description.iter().filter(|triple| triple.predicate == *predicate) {
                if let Term::Literal(stated) = &triple.object {
                    *count = stated.value().parse().ok()?;
                    is_stated = true;
                }
            }
        }
        is_stated.then_some(counts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::rdfs;

    #[test]
    fn a_paper_counts_once_for_each_entity_that_it_names() {
        let ontology = Ontology::default();
        let kg = &ontology.kg;
        let paper = NamedNode::new_unchecked("https://w3id.org/papergraph/paper/x");
        let part = NamedNode::new_unchecked("https://w3id.org/papergraph/paper/x#mention-title-0-4");
        let coco = ontology.base.node("dataset/coco");
        let bert = ontology.base.node("model/bert");
        let say = |subject: &NamedNode, predicate: &NamedNode, object: &NamedNode| {
            Triple::new(subject.clone(), predicate.clone(), object.clone())
        };
        let counts = ontology.counts_of_paper(&[
            say(&paper, &kg.mentions, &coco),
            say(&paper, &kg.uses_dataset, &coco),
            say(&paper, &kg.evaluates_on, &coco),
            say(&paper, &kg.declares, &coco),
            say(&paper, &kg.declares, &bert),
            say(&part, &kg.entity, &coco),
        ]);
        assert_eq!(counts.len(), 2);
        assert_eq!(counts[&coco], PaperCounts { papers: 1, mentioning: 1, using: 1 });
        assert_eq!(counts[&bert], PaperCounts { papers: 1, mentioning: 0, using: 0 });
    }

    #[test]
    fn counts_are_read_as_they_are_stated() {
        let ontology = Ontology::default();
        let coco = ontology.base.node("dataset/coco");
        let mut counts = PaperCounts { papers: 12, mentioning: 9, using: 0 };
        let mut stated = ontology.paper_count_triples(&coco, counts);
        assert_eq!(stated.len(), 2);
        assert_eq!(ontology.stated_paper_counts(&stated), Some(counts));
        stated.retain(|triple| !ontology.kg.is_paper_count(&triple.predicate));
        stated.push(Triple::new(coco, rdfs::LABEL, Literal::from("COCO")));
        assert_eq!(stated.len(), 1);
        assert_eq!(ontology.stated_paper_counts(&stated), None);
        counts.add(PaperCounts { papers: 2, mentioning: 9, using: 1 }.negated());
        assert_eq!(counts, PaperCounts { papers: 10, mentioning: 0, using: -1 });
    }
}
