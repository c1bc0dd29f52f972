//! Metadata of a graph: its counts (VoID) and its provenance (PROV-O).
//!
//! The counts are updated with each statement that is added or removed. Counting a large graph at the end of every
//! build would take longer than most builds.

use std::collections::{BTreeMap, HashSet};

use oxigraph::model::{GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term, Triple};
use oxigraph::store::{StorageError, Store};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::ledger::SourceState;
use crate::ontology::{Ontology, PREFIXES, dcterms, foaf, oa, owl, prov, rdf, rdfs, schema, void, xsd};

/// Counts by IRI. Every statement of a graph is counted, so hashing must be fast.
type Counts = FxHashMap<String, i64>;

/// Number of statements by property, and number of nodes by class.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Statistics {
    properties: Counts,
    classes: Counts,
    /// Number of `owl:sameAs` links, by target site.
    links: Counts,
}

impl Statistics {
    pub(super) fn of<'t>(triples: impl IntoIterator<Item = &'t Triple>) -> Self {
        let mut statistics = Self::default();
        triples.into_iter().for_each(|triple| statistics.add(triple.predicate.as_ref(), &triple.object, 1));
        statistics
    }

    /// Counts a statement that is added (1) or removed (-1). Statements in named graphs are not counted.
    pub(super) fn count(&mut self, quad: &Quad, by: i64) {
        if quad.graph_name == GraphName::DefaultGraph {
            self.add(quad.predicate.as_ref(), &quad.object, by);
        }
    }

    fn add(&mut self, predicate: NamedNodeRef<'_>, object: &Term, by: i64) {
        add(&mut self.properties, predicate.as_str(), by);
        let Term::NamedNode(object) = object else { return };
        if predicate == rdf::TYPE {
            add(&mut self.classes, object.as_str(), by);
        } else if predicate == owl::SAME_AS {
            add(&mut self.links, site(object.as_str()), by);
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.properties, &other.properties),
            (&mut self.classes, &other.classes),
            (&mut self.links, &other.links),
        ] {
            theirs.iter().for_each(|(name, n)| add(mine, name, *n));
        }
    }

    /// Whether all counts are zero.
    pub(super) fn is_still(&self) -> bool {
        [&self.properties, &self.classes, &self.links].into_iter().all(|counts| counts.values().all(|n| *n == 0))
    }

    pub(super) fn triples(&self) -> i64 {
        self.properties.values().sum()
    }

    /// Number of nodes of a class.
    pub(super) fn of_class(&self, class: &NamedNode) -> u64 {
        self.classes.get(class.as_str()).and_then(|n| u64::try_from(*n).ok()).unwrap_or_default()
    }

    /// The counts as the last build or edit left them.
    pub(super) fn read(store: &Store, ontology: &Ontology) -> Result<Self, StorageError> {
        let mut parts: BTreeMap<String, Vec<Quad>> = BTreeMap::new();
        for quad in metadata_quads(store, ontology)? {
            parts.entry(quad.subject.to_string()).or_default().push(quad);
        }
        let mut statistics = Self::default();
        for quads in parts.values() {
            let number = |predicate| {
                let quad = quads.iter().find(|quad| quad.predicate == predicate)?;
                if let Term::Literal(literal) = &quad.object { literal.value().parse::<i64>().ok() } else { None }
            };
            for quad in quads {
                let Term::NamedNode(object) = &quad.object else { continue };
                let (map, name, figure) = match quad.predicate.as_ref() {
                    void::PROPERTY => (&mut statistics.properties, object.as_str(), void::TRIPLES),
                    void::CLASS => (&mut statistics.classes, object.as_str(), void::ENTITIES),
                    void::OBJECTS_TARGET => (&mut statistics.links, object.as_str(), void::TRIPLES),
                    _ => continue,
                };
                add(map, name, number(figure).unwrap_or_default());
            }
        }
        Ok(statistics)
    }

    /// The counts as statements about the graph.
    pub(super) fn quads(&self, ontology: &Ontology) -> Vec<Quad> {
        let mut about = BuildStatements::new(ontology);
        let data = about.data.clone();
        let (properties, classes) = (sorted(&self.properties), sorted(&self.classes));
        about.say(&data, void::TRIPLES, Literal::from(self.triples()));
        about.say(&data, void::PROPERTIES, Literal::from(properties.len() as u64));
        about.say(&data, void::CLASSES, Literal::from(classes.len() as u64));
        // A mention is also an annotation; every other node has one class.
        let entities: i64 = classes.iter().filter(|(class, _)| oa::ANNOTATION != **class).map(|(_, n)| n).sum();
        about.say(&data, void::ENTITIES, Literal::from(entities));
        for (class, n) in classes {
            let part = about.part("class", class);
            about.say(&data, void::CLASS_PARTITION, part.clone());
            about.say(&part, void::CLASS, NamedNode::new_unchecked(class));
            about.say(&part, void::ENTITIES, Literal::from(n));
        }
        for (property, n) in properties {
            let part = about.part("property", property);
            about.say(&data, void::PROPERTY_PARTITION, part.clone());
            about.say(&part, void::PROPERTY, NamedNode::new_unchecked(property));
            about.say(&part, void::TRIPLES, Literal::from(n));
        }
        for (site, n) in sorted(&self.links) {
            let part = about.part("links", site);
            about.say(&data, void::SUBSET, part.clone());
            about.say(&part, rdf::TYPE, void::LINKSET.into_owned());
            about.say(&part, void::LINK_PREDICATE, owl::SAME_AS.into_owned());
            about.say(&part, void::SUBJECTS_TARGET, data.clone());
            about.say(&part, void::OBJECTS_TARGET, NamedNode::new_unchecked(site));
            about.say(&part, void::TRIPLES, Literal::from(n));
        }
        about.quads
    }
}

/// Provenance of a build: its start and end, its inputs, and the program.
pub(super) fn run(ontology: &Ontology, began: &str, ended: &str, sources: &[SourceState]) -> Vec<Quad> {
    let mut about = BuildStatements::new(ontology);
    let data = about.data.clone();
    about.say(&data, rdf::TYPE, void::DATASET.into_owned());
    about.say(&data, dcterms::TITLE, text("Machine-learning papers, what they name and the code they publish"));
    about.say(&data, void::URI_SPACE, text(ontology.base.as_str()));
    about.say(&data, void::VOCABULARY, NamedNode::new_unchecked(ontology.base.namespace()));
    let foreign = PREFIXES.iter().filter(|(name, _)| !["rdf", "xsd", "void"].contains(name)).map(|(_, iri)| *iri);
    for vocabulary in foreign.chain([foaf::NAMESPACE.as_str()]) {
        about.say(&data, void::VOCABULARY, NamedNode::new_unchecked(vocabulary));
    }
    let time = |time: &str| Literal::new_typed_literal(time, xsd::DATE_TIME);
    let activity = about.named("run");
    about.say(&data, prov::GENERATED_AT_TIME, time(ended));
    about.say(&data, prov::WAS_GENERATED_BY, activity.clone());
    about.say(&activity, rdf::TYPE, prov::ACTIVITY.into_owned());
    about.say(&activity, prov::STARTED_AT_TIME, time(began));
    about.say(&activity, prov::ENDED_AT_TIME, time(ended));
    let agent = about.named("program");
    about.say(&activity, prov::WAS_ASSOCIATED_WITH, agent.clone());
    about.say(&agent, rdf::TYPE, prov::SOFTWARE_AGENT.into_owned());
    about.say(&agent, rdfs::LABEL, text(env!("CARGO_PKG_NAME")));
    about.say(&agent, schema::SOFTWARE_VERSION, text(env!("CARGO_PKG_VERSION")));
    for (i, source) in sources.iter().enumerate() {
        let file = about.named(&format!("input-{}", i + 1));
        about.say(&activity, prov::USED, file.clone());
        about.say(&data, prov::WAS_DERIVED_FROM, file.clone());
        about.say(&file, rdf::TYPE, prov::ENTITY.into_owned());
        about.say(&file, ontology.kg.file.as_ref(), text(&source.name));
        about.say(&file, ontology.kg.byte_size.as_ref(), Literal::from(source.size));
        about.say(&file, ontology.kg.content_hash.as_ref(), text(&format!("xxh3:{:016x}", source.hash)));
    }
    about.quads
}

/// All metadata of a graph: the statements about its data, and about the parts that these refer to.
pub(super) fn metadata_quads(store: &Store, ontology: &Ontology) -> Result<Vec<Quad>, StorageError> {
    let graph = ontology.build_graph();
    let own = format!("{}build#", ontology.base.as_str());
    let about = NamedNode::new_unchecked(ontology.base.as_str());
    let (mut seen, mut open) = (HashSet::from([about.clone()]), vec![about]);
    let mut quads: Vec<Quad> = Vec::new();
    while let Some(node) = open.pop() {
        for quad in store.quads_for_pattern(Some(node.as_ref().into()), None, None, Some(graph.as_ref())) {
            let quad = quad?;
            if let Term::NamedNode(part) = &quad.object
                && part.as_str().starts_with(&own)
                && seen.insert(part.clone())
            {
                open.push(part.clone());
            }
            quads.push(quad);
        }
    }
    Ok(quads)
}

/// Collects statements about the data for the named graph of the build.
struct BuildStatements<'o> {
    ontology: &'o Ontology,
    data: NamedNode,
    quads: Vec<Quad>,
}

impl<'o> BuildStatements<'o> {
    fn new(ontology: &'o Ontology) -> Self {
        Self { ontology, data: NamedNode::new_unchecked(ontology.base.as_str()), quads: Vec::new() }
    }

    fn say(&mut self, subject: &NamedNode, predicate: NamedNodeRef<'_>, object: impl Into<Term>) {
        let graph = self.ontology.build_graph();
        self.quads.push(Quad::new(subject.clone(), predicate.into_owned(), object, graph));
    }

    fn named(&self, name: &str) -> NamedNode {
        NamedNode::new_unchecked(format!("{}build#{name}", self.ontology.base.as_str()))
    }

    /// Names a part, as in `build#property-kg-usesDataset`.
    fn part(&self, sort: &str, iri: &str) -> NamedNode {
        let short = self.ontology.base.shorten(iri);
        let plain: String = short.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        self.named(&format!("{sort}-{plain}"))
    }
}

fn add(counts: &mut Counts, name: &str, by: i64) {
    match counts.get_mut(name) {
        Some(n) => *n += by,
        None => {
            counts.insert(name.to_string(), by);
        }
    }
}

fn sorted(counts: &Counts) -> BTreeMap<&str, i64> {
    counts.iter().filter(|(_, n)| **n > 0).map(|(name, n)| (name.as_str(), *n)).collect()
}

/// The site of an IRI, such as `http://www.wikidata.org/`.
fn site(iri: &str) -> &str {
    let host = iri.find("://").map_or(0, |at| at + 3);
    iri.get(host..).and_then(|rest| rest.find('/')).and_then(|end| iri.get(..=host + end)).unwrap_or(iri)
}

fn text(value: &str) -> Literal {
    Literal::new_simple_literal(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn triple(predicate: NamedNodeRef<'_>, object: &str) -> Triple {
        Triple::new(NamedNode::new_unchecked("urn:s"), predicate.into_owned(), NamedNode::new_unchecked(object))
    }

    #[test]
    fn figures_read_back_are_those_written() {
        let ontology = Ontology::default();
        let mut statistics = Statistics::of(&[
            triple(rdf::TYPE, "https://w3id.org/papergraph/ontology#Paper"),
            triple(rdf::TYPE, "https://w3id.org/papergraph/ontology#Paper"),
            triple(owl::SAME_AS, "http://www.wikidata.org/entity/Q1"),
            triple(owl::SAME_AS, "https://arxiv.org/abs/1"),
            triple(rdfs::LABEL, "urn:gone"),
        ]);
        statistics.count(&triple(rdfs::LABEL, "urn:gone").in_graph(GraphName::DefaultGraph), -1);
        statistics.count(&triple(rdfs::LABEL, "urn:x").in_graph(ontology.user_graph()), 1);
        assert_eq!(statistics.triples(), 4);
        let store = Store::new().unwrap();
        store.extend(statistics.quads(&ontology)).unwrap();
        let read = Statistics::read(&store, &ontology).unwrap();
        assert_eq!(read.quads(&ontology), statistics.quads(&ontology));
        assert_eq!(read.triples(), 4);
        assert_eq!(read.links.get("http://www.wikidata.org/"), Some(&1));
        assert_eq!(metadata_quads(&store, &ontology).unwrap().len(), store.len().unwrap());
    }
}
