//! The shared nodes of a graph that is being written: which of them papers name, and their descriptions.

use std::collections::{BTreeSet, HashSet};

use oxigraph::model::{GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};

use super::generation::GenerationWriter;
use super::{StoreError, read};
use crate::ontology::{NodeKind, PaperCounts, skos};
use crate::vocabulary::{EntityId, Vocabulary};

/// Reads the graph that a build writes. Changes that wait in the writer are not seen.
#[derive(Clone, Copy)]
pub(super) struct SharedNodes<'b> {
    pub(super) writer: &'b GenerationWriter,
    pub(super) vocabulary: &'b Vocabulary,
}

impl SharedNodes<'_> {
    /// The description of a node, from the vocabulary and from the papers that name it; empty if neither describes it.
    pub(super) fn describe(&self, node: &NamedNode) -> Result<Vec<Triple>, StoreError> {
        match self.writer.ontology.base.kind(node.as_str()) {
            Some(NodeKind::Work) => self.work_description(node),
            Some(NodeKind::Author) => self.author_description(node),
            Some(NodeKind::Venue | NodeKind::Organization) => self.origin_description(node),
            _ => {
                let names = self.names_in_papers(node)?;
                Ok(self.writer.ontology.shared_node_triples(node, self.vocabulary, &names))
            }
        }
    }

    /// Whether a paper names the node.
    pub(super) fn is_named(&self, node: &NamedNode) -> Result<bool, StoreError> {
        let Some(store) = self.writer.store() else { return Ok(false) };
        let kg = &self.writer.ontology.kg;
        let by: &[&NamedNode] = match self.writer.ontology.base.kind(node.as_str()) {
            Some(NodeKind::Entity(_)) => &[&kg.mentions, &kg.declares],
            Some(NodeKind::Work) => &[&kg.cites],
            Some(NodeKind::Author) => &[&kg.written_by],
            Some(NodeKind::Venue) => &[&kg.published_in, &kg.in_series],
            Some(NodeKind::Organization) => &[&kg.affiliated_with],
            _ => &[&kg.target],
        };
        for predicate in by {
            let mut quads = store.quads_for_pattern(
                None,
                Some(predicate.as_ref()),
                Some(node.as_ref().into()),
                Some(GraphNameRef::DefaultGraph),
            );
            if self.writer.ok(quads.next().transpose())?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn has_named_below(&self, node: &NamedNode) -> Result<bool, StoreError> {
        let Some(store) = self.writer.store() else { return Ok(false) };
        let mut seen: HashSet<NamedNode> = [node.clone()].into();
        let mut open = vec![node.clone()];
        while let Some(node) = open.pop() {
            if self.is_named(&node)? {
                return Ok(true);
            }
            let object = Term::from(node);
            let below =
                [skos::BROADER, self.writer.ontology.kg.for_task.as_ref(), self.writer.ontology.kg.moved_to.as_ref()]
                    .into_iter()
                    .flat_map(|predicate| read::in_default(store, None, Some(predicate), Some(&object)));
            for quad in below {
                if let NamedOrBlankNode::NamedNode(narrower) = self.writer.ok(quad)?.subject
                    && seen.insert(narrower.clone())
                {
                    open.push(narrower);
                }
            }
        }
        Ok(false)
    }

    /// Nodes that stay in the graph because this node refers to them: broader entities, its tasks, and the address
    /// that a repository moved to.
    pub(super) fn broader(&self, node: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
        let mut all: Vec<NamedNode> = self.entity_of(node).map(|id| self.vocabulary_broader(&id)).unwrap_or_default();
        for triple in self.description(node)? {
            if [skos::BROADER, self.writer.ontology.kg.for_task.as_ref(), self.writer.ontology.kg.moved_to.as_ref()]
                .contains(&triple.predicate.as_ref())
                && let Term::NamedNode(broader) = triple.object
            {
                all.push(broader);
            }
        }
        Ok(all)
    }

    fn vocabulary_broader(&self, id: &EntityId) -> Vec<NamedNode> {
        let Some(entity) = self.vocabulary.get(id) else { return Vec::new() };
        entity.broader.iter().chain(&entity.tasks).map(|id| self.writer.ontology.base.entity(id)).collect()
    }

    pub(super) fn need_broader(&self, node: &NamedNode, needed: &mut HashSet<NamedNode>) {
        let Some(id) = self.entity_of(node) else { return };
        for broader in self.vocabulary_broader(&id) {
            if needed.insert(broader.clone()) {
                self.need_broader(&broader, needed);
            }
        }
    }

    pub(super) fn entity_of(&self, node: &NamedNode) -> Option<EntityId> {
        self.writer.ontology.base.id(node.as_str())?.parse().ok()
    }

    /// Names that papers give to a node that no vocabulary describes: those by which they introduce or link it, or
    /// else the text of their mentions.
    fn names_in_papers(&self, node: &NamedNode) -> Result<BTreeSet<String>, StoreError> {
        let kg = &self.writer.ontology.kg;
        let Some(entity) = self.entity_of(node) else { return self.said_of(node, &kg.target, &kg.name) };
        if self.vocabulary.get(&entity).is_some() {
            return Ok(BTreeSet::new());
        }
        // Introductions are read first: few papers introduce a name, but many may mention it.
        let mut names = BTreeSet::new();
        for paper in self.subjects(&kg.introduces, node)? {
            let contribution = self.writer.ontology.contribution(&paper, node, &entity);
            names.extend(self.literals(&contribution, &kg.name)?);
        }
        if names.is_empty() {
            names = self.said_of(node, &kg.entity, &kg.name)?;
        }
        if names.is_empty() {
            names = self.said_of(node, &kg.entity, &kg.text)?;
        }
        Ok(names)
    }

    /// Values of `word` of the parts of papers that `link` ties to the node.
    fn said_of(&self, node: &NamedNode, link: &NamedNode, word: &NamedNode) -> Result<BTreeSet<String>, StoreError> {
        let mut names = BTreeSet::new();
        for part in self.subjects(link, node)? {
            names.extend(self.literals(&part, word)?);
        }
        Ok(names)
    }

    /// Whether the graph that the build begins with states how many papers name each entity. One that an earlier
    /// version of the program made does not, and its counts would be those of a few entities.
    pub(super) fn has_paper_counts(&self) -> Result<bool, StoreError> {
        let Some(published) = self.writer.published() else { return Ok(true) };
        let kg = &self.writer.ontology.kg;
        let has = |predicate: &NamedNode| -> Result<bool, StoreError> {
            let mut quads = read::in_default(published, None, Some(predicate.as_ref()), None);
            Ok(self.writer.ok(quads.next().transpose())?.is_some())
        };
        Ok(has(&kg.paper_count)? || !(has(&kg.mentions)? || has(&kg.declares)?))
    }

    /// How many papers name an entity, given its description in the graph that is being written and how this build
    /// changes the numbers; `None` for other nodes.
    pub(super) fn paper_counts(
        &self,
        node: &NamedNode,
        description: &[Triple],
        change: PaperCounts,
    ) -> Result<Option<PaperCounts>, StoreError> {
        let ontology = &self.writer.ontology;
        let Some(NodeKind::Entity(kind)) = ontology.base.kind(node.as_str()) else { return Ok(None) };
        // An interrupted build may already have written the new counts.
        let before = match self.writer.published() {
            Some(published) => ontology.stated_paper_counts(&self.writer.ok(read::description(published, node))?),
            None => ontology.stated_paper_counts(description),
        };
        if let Some(mut counts) = before {
            counts.add(change);
            return Ok(Some(counts));
        }
        let mentioning = self.subjects(&ontology.kg.mentions, node)?;
        let mut papers: HashSet<&NamedNode> = mentioning.iter().collect();
        let declaring = self.subjects(&ontology.kg.declares, node)?;
        papers.extend(&declaring);
        Ok(Some(PaperCounts {
            papers: papers.len() as i64,
            mentioning: mentioning.len() as i64,
            using: self.subjects(ontology.uses(kind), node)?.len() as i64,
        }))
    }

    pub(super) fn metadata(&self, predicate: NamedNodeRef<'_>) -> Result<Option<String>, StoreError> {
        let Some(store) = self.writer.store() else { return Ok(None) };
        self.writer.ok(read::metadata(store, &self.writer.ontology, predicate))
    }

    pub(super) fn paper_triples(&self, paper: &NamedNode) -> Result<Vec<Triple>, StoreError> {
        let Some(store) = self.writer.store() else { return Ok(Vec::new()) };
        self.writer.ok(read::paper_triples(store, paper))
    }

    pub(super) fn description(&self, node: &NamedNode) -> Result<Vec<Triple>, StoreError> {
        let Some(store) = self.writer.store() else { return Ok(Vec::new()) };
        self.writer.ok(read::description(store, node))
    }

    pub(super) fn subjects(&self, predicate: &NamedNode, object: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
        let Some(store) = self.writer.store() else { return Ok(Vec::new()) };
        let object = Term::from(object.clone());
        read::in_default(store, None, Some(predicate.as_ref()), Some(&object))
            .filter_map(|quad| self.writer.ok(quad.map(|quad| read::named(quad.subject))).transpose())
            .collect()
    }

    pub(super) fn literals(&self, subject: &NamedNode, predicate: &NamedNode) -> Result<Vec<String>, StoreError> {
        let Some(store) = self.writer.store() else { return Ok(Vec::new()) };
        let mut values = Vec::new();
        for quad in read::in_default(store, Some(subject), Some(predicate.as_ref()), None) {
            if let Term::Literal(literal) = self.writer.ok(quad)?.object {
                values.push(literal.value().to_string());
            }
        }
        Ok(values)
    }
}
