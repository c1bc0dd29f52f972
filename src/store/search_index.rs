//! The search index of a generation: made from its RDF when the generation is published, from what changed or anew.

use std::collections::HashSet;
use std::path::Path;

use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad, Term};
use oxigraph::store::Store;
use rayon::prelude::*;

use super::{StoreError, read};
use crate::index::{Document, Index, Shown, Writer};
use crate::ontology::{Base, NodeKind, Ontology, dcterms, rdf, rdfs, skos};
use crate::paper::PartialDate;
use crate::vocabulary::Kind;

/// The folder of the index in that of its generation.
pub(super) const FOLDER: &str = "search";

/// Changed nodes from which on all are indexed anew: faster than changing so many.
const ANEW: usize = 200_000;
/// Nodes that are described before they are handed to the index.
const CHUNK: usize = 4096;

/// The nodes whose description a build changed.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes {
    all: bool,
    nodes: HashSet<NamedNode>,
}

impl Changes {
    /// The graph was filled, or nobody knows what changed.
    pub fn everything(&mut self) {
        self.all = true;
        self.nodes = HashSet::new();
    }

    pub fn is_empty(&self) -> bool {
        !self.all && self.nodes.is_empty()
    }

    /// Takes note of what is written to the graph, or removed from it.
    pub fn note<'q>(&mut self, base: &Base, quads: impl IntoIterator<Item = &'q Quad>) {
        if self.all {
            return;
        }
        for quad in quads {
            if let NamedOrBlankNode::NamedNode(node) = &quad.subject
                && !self.nodes.contains(node)
                && base.id(node.as_str()).is_some()
            {
                self.nodes.insert(node.clone());
            }
        }
        if self.nodes.len() > ANEW {
            self.everything();
        }
    }
}

/// Writes the index of the generation at `folder`, which nobody reads yet, from that of the `previous` one and the
/// changes since; anew if there is none to begin from.
pub(super) fn write(
    store: &Store,
    ontology: &Ontology,
    folder: &Path,
    previous: Option<&Path>,
    changes: &Changes,
) -> Result<(), StoreError> {
    let target = folder.join(FOLDER);
    // What a build that was killed at this point left.
    remove(&target)?;
    let previous = previous.map(|previous| previous.join(FOLDER)).filter(|_| !changes.all);
    let previous = match previous {
        Some(previous) if Index::open(&previous).ok().flatten().is_some() => previous,
        _ => return write_anew(store, ontology, &target),
    };
    let writer = Writer::begin(&target, Some(&previous), changes.nodes.len())?;
    let nodes: Vec<&NamedNode> = changes.nodes.iter().collect();
    nodes.par_iter().try_for_each(|node| match document(store, ontology, node)? {
        Some(document) => Ok(writer.put(&document)?),
        None => {
            writer.remove(ontology.base.id(node.as_str()).unwrap_or_default());
            Ok::<(), StoreError>(())
        }
    })?;
    Ok(writer.finish()?)
}

/// Writes an index of the whole graph.
pub(super) fn write_anew(store: &Store, ontology: &Ontology, target: &Path) -> Result<(), StoreError> {
    remove(target)?;
    let papers = Term::from(ontology.kg.paper_class.clone());
    let many = read::in_default(store, None, Some(rdf::TYPE), Some(&papers)).take(ANEW).count();
    let writer = Writer::begin(target, None, many)?;
    for kind in NodeKind::ALL {
        let class = Term::from(ontology.node_class(kind).clone());
        let mut nodes = read::in_default(store, None, Some(rdf::TYPE), Some(&class));
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            for quad in nodes.by_ref().take(CHUNK) {
                chunk.extend(read::named(quad.map_err(|error| storage(target, error))?.subject));
            }
            if chunk.is_empty() {
                break;
            }
            chunk.par_iter().try_for_each(|node| match document(store, ontology, node)? {
                Some(document) => Ok(writer.add(&document)?),
                None => Ok::<(), StoreError>(()),
            })?;
        }
    }
    Ok(writer.finish()?)
}

fn remove(folder: &Path) -> Result<(), StoreError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::Io { path: folder.to_path_buf(), doing: "remove", error })
        }
        _ => Ok(()),
    }
}

/// What the index says of a node; `None` if the graph says nothing of it.
fn document(store: &Store, ontology: &Ontology, node: &NamedNode) -> Result<Option<Document>, StoreError> {
    let base = &ontology.base;
    let Some((kind, id)) = base.kind(node.as_str()).zip(base.id(node.as_str())) else { return Ok(None) };
    let mut document = Document {
        id: id.to_string(),
        kind,
        names: Vec::new(),
        text: String::new(),
        date: None,
        ties: Vec::new(),
        headline: Vec::new(),
        shown: Shown::default(),
    };
    let predicates = edge_predicates(ontology);
    for triple in read::description(store, node).map_err(|error| storage(Path::new(id), error))? {
        let predicate = triple.predicate.as_ref();
        document.shown.take(ontology, &triple.predicate, &triple.object);
        match &triple.object {
            Term::Literal(text) if predicate == rdfs::LABEL => document.names.insert(0, text.value().to_string()),
            Term::Literal(text) if predicate == skos::ALT_LABEL => document.names.push(text.value().to_string()),
            Term::Literal(text) if predicate == dcterms::ABSTRACT => document.text = text.value().to_string(),
            Term::Literal(date) if predicate == dcterms::ISSUED && kind == NodeKind::Paper => {
                document.date = date.value().parse::<PartialDate>().ok();
            }
            Term::NamedNode(object) if predicates.contains(&triple.predicate) => {
                if let Some(object) = base.id(object.as_str()) {
                    document.ties.push((local(&triple.predicate).to_string(), object.to_string()));
                }
            }
            _ => {}
        }
    }
    if document.names.is_empty() {
        return Ok(None);
    }
    if kind == NodeKind::Paper {
        document.headline = headline(store, ontology, node)?;
    }
    Ok(Some(document))
}

/// The entities that the title of a paper names.
fn headline(store: &Store, ontology: &Ontology, paper: &NamedNode) -> Result<Vec<String>, StoreError> {
    let failed = |error| storage(Path::new(paper.as_str()), error);
    let object = Term::from(paper.clone());
    let mut ids = Vec::new();
    for quad in read::in_default(store, None, Some(ontology.kg.in_paper.as_ref()), Some(&object)) {
        let Some(part) = read::named(quad.map_err(failed)?.subject) else { continue };
        if !part.as_str().contains("#mention-title-") {
            continue;
        }
        for quad in read::in_default(store, Some(&part), Some(ontology.kg.entity.as_ref()), None) {
            if let Term::NamedNode(entity) = quad.map_err(failed)?.object {
                ids.extend(ontology.base.id(entity.as_str()).map(str::to_string));
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// The predicates that tie one node to another. `kg:mentions` is left out: wherever it stands, a more telling one
/// stands too.
pub(super) fn edge_predicates(ontology: &Ontology) -> Vec<NamedNode> {
    let kg = &ontology.kg;
    let mut all: Vec<NamedNode> = [
        &kg.introduces,
        &kg.evaluates_on,
        &kg.trains_on,
        &kg.compares_with,
        &kg.builds_on,
        &kg.has_repository,
        &kg.has_page,
        &kg.for_task,
        &kg.declares,
    ]
    .map(Clone::clone)
    .into();
    all.extend(Kind::ALL.map(|kind| ontology.uses(kind).clone()));
    all.push(skos::BROADER.into_owned());
    all
}

/// The name of a predicate in the index: `evaluatesOn`.
pub(super) fn local(predicate: &NamedNode) -> &str {
    predicate.as_str().rsplit(['#', '/']).next().unwrap_or_default()
}

fn storage(path: &Path, error: oxigraph::store::StorageError) -> StoreError {
    StoreError::Storage { path: path.to_path_buf(), error }
}
