//! The search index of a generation: fed with the triples that fill a new graph as they are made, or changed from its
//! RDF when the generation is published.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use oxigraph::store::{StorageError, Store};
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

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

/// The index of a graph that is being filled: it takes each node when its triples are made, so that nothing has to be
/// read back.
pub(super) struct Feed {
    target: PathBuf,
    writer: Writer,
    describer: Describer,
    /// The nodes that it has, as hashes of their ids; `None` if the graph was empty when it began.
    has: Option<Mutex<HashSet<u64>>>,
    /// How many papers it was given when it was last saved, and since then.
    saved: u64,
    unsaved: u64,
}

/// The index is saved when it has grown by this part of what it had, so that a crash costs no more than that, and large
/// indexes are not saved all the time.
const SAVE_AFTER: u64 = 8;

impl Feed {
    /// Begins the index of the generation at `folder`. `resumed`: an interrupted build has filled a part of the graph.
    /// What was saved of the index is kept; the rest is read back from the graph by [`Feed::rest`].
    pub fn begin(folder: &Path, ontology: &Ontology, resumed: bool) -> Result<Self, StoreError> {
        let target = folder.join(FOLDER);
        let describer = Describer::new(ontology);
        if resumed && let Some((writer, saved, has)) = Writer::resume(&target, usize::MAX)? {
            return Ok(Self { target, writer, describer, has: Some(Mutex::new(has)), saved, unsaved: 0 });
        }
        // What a build that was killed left.
        remove(&target)?;
        let writer = Writer::begin(&target, None, usize::MAX)?;
        Ok(Self { target, writer, describer, has: resumed.then(Mutex::default), saved: 0, unsaved: 0 })
    }

    /// Takes a node with all triples of which it is the subject, and of its parts. A node that the index has is passed
    /// over: the same build says the same of it.
    pub fn take(&self, node: &NamedNode, triples: &[Triple]) -> Result<(), StoreError> {
        let Some(document) = self.describer.describe(node, triples) else { return Ok(()) };
        if let Some(has) = &self.has {
            let is_new = has.lock().unwrap_or_else(PoisonError::into_inner).insert(xxh3_64(document.id.as_bytes()));
            if !is_new {
                return Ok(());
            }
        }
        Ok(self.writer.add(&document)?)
    }

    /// Makes what was taken so far survive a crash, if it is worth while. `papers`: how many it was given since the
    /// last call.
    pub fn save(&mut self, papers: u64) -> Result<(), StoreError> {
        self.unsaved += papers;
        if self.unsaved * SAVE_AFTER >= self.saved {
            self.saved += std::mem::take(&mut self.unsaved);
            self.writer.save(self.saved)?;
        }
        Ok(())
    }

    /// Takes the nodes of the graph that it does not have.
    fn rest(&self, store: &Store, ontology: &Ontology) -> Result<(), StoreError> {
        let Some(has) = &self.has else { return Ok(()) };
        let has = has.lock().unwrap_or_else(PoisonError::into_inner);
        let id = |node: &NamedNode| ontology.base.id(node.as_str()).map(|id| xxh3_64(id.as_bytes()));
        add_all(&self.writer, store, ontology, &self.target, |node| id(node).is_some_and(|id| !has.contains(&id)))
    }
}

/// Writes the index of the generation at `folder`, which nobody reads yet: what it was fed with while the graph was
/// filled, or the index of the `previous` generation, and the changes since; anew if there is none to begin from.
pub(super) fn write(
    store: &Store,
    ontology: &Ontology,
    folder: &Path,
    feed: Option<Feed>,
    previous: Option<&Path>,
    changes: &Changes,
) -> Result<(), StoreError> {
    let target = folder.join(FOLDER);
    if let Some(feed) = feed.filter(|_| !changes.all) {
        feed.rest(store, ontology)?;
        return write_changes(feed.writer, store, ontology, &target, changes);
    }
    // What a build that was killed at this point left.
    remove(&target)?;
    let previous = previous.map(|previous| previous.join(FOLDER)).filter(|_| !changes.all);
    if let Some(previous) = previous.filter(|previous| matches!(Index::open(previous), Ok(Some(_)))) {
        // What is damaged in the previous index beyond what opening it compares shows here.
        let written = std::panic::catch_unwind(AssertUnwindSafe(|| {
            let writer = Writer::begin(&target, Some(&previous), changes.nodes.len())?;
            write_changes(writer, store, ontology, &target, changes)
        }));
        match written {
            Ok(Err(StoreError::Index(_))) | Err(_) if !matches!(Index::verify(&previous), Ok(None)) => {
                log::warn!("the search index at {} is damaged; the new one is made from the graph", previous.display());
            }
            Ok(written) => return written,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    write_anew(store, ontology, &target)
}

/// Brings an index in line with the nodes that changed.
fn write_changes(
    writer: Writer,
    store: &Store,
    ontology: &Ontology,
    target: &Path,
    changes: &Changes,
) -> Result<(), StoreError> {
    let describer = Describer::new(ontology);
    let nodes: Vec<&NamedNode> = changes.nodes.iter().collect();
    nodes.par_iter().try_for_each(|node| match describer.read(store, node).map_err(storage(target))? {
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
    add_all(&writer, store, ontology, target, |_| true)?;
    Ok(writer.finish()?)
}

/// Puts every node of the graph that is `wanted` into an index that has none of them.
fn add_all(
    writer: &Writer,
    store: &Store,
    ontology: &Ontology,
    target: &Path,
    wanted: impl Fn(&NamedNode) -> bool,
) -> Result<(), StoreError> {
    let describer = Describer::new(ontology);
    for kind in NodeKind::ALL {
        let class = Term::from(ontology.node_class(kind).clone());
        let mut nodes = read::in_default(store, None, Some(rdf::TYPE), Some(&class));
        loop {
            let mut chunk = Vec::with_capacity(CHUNK);
            for quad in nodes.by_ref().take(CHUNK) {
                chunk.push(quad.map_err(storage(target))?.subject);
            }
            if chunk.is_empty() {
                break;
            }
            let mut nodes: Vec<NamedNode> = chunk.into_iter().filter_map(read::named).collect();
            nodes.retain(&wanted);
            nodes.par_iter().try_for_each(|node| match describer.read(store, node).map_err(storage(target))? {
                Some(document) => Ok(writer.add(&document)?),
                None => Ok::<(), StoreError>(()),
            })?;
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<(), StoreError> {
    match super::remove_any(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::Io { path: folder.to_path_buf(), doing: "remove", error })
        }
        _ => Ok(()),
    }
}

/// Makes documents of triples.
struct Describer {
    ontology: Ontology,
    edges: Vec<NamedNode>,
}

impl Describer {
    fn new(ontology: &Ontology) -> Self {
        Self { ontology: ontology.clone(), edges: edge_predicates(ontology) }
    }

    /// What the index says of a node; `None` if the graph says nothing of it.
    fn read(&self, store: &Store, node: &NamedNode) -> Result<Option<Document>, StorageError> {
        let mut triples = read::description(store, node)?;
        if self.ontology.base.kind(node.as_str()) == Some(NodeKind::Paper) {
            let object = Term::from(node.clone());
            for quad in read::in_default(store, None, Some(self.ontology.kg.in_paper.as_ref()), Some(&object)) {
                let part = quad?.subject;
                if let Some(part) = read::named(part).filter(|part| place(part.as_str()).is_some()) {
                    let entities = read::in_default(store, Some(&part), Some(self.ontology.kg.entity.as_ref()), None);
                    for quad in entities {
                        triples.push(quad?.into());
                    }
                }
            }
        }
        Ok(self.describe(node, &triples))
    }

    /// As [`Describer::read`], from the triples of which the node is the subject, and those of the places in a paper.
    fn describe(&self, node: &NamedNode, triples: &[Triple]) -> Option<Document> {
        let base = &self.ontology.base;
        let (kind, id) = base.kind(node.as_str()).zip(base.id(node.as_str()))?;
        let mut document = Document {
            id: id.to_string(),
            kind,
            names: Vec::new(),
            text: String::new(),
            date: None,
            ties: Vec::new(),
            named: Vec::new(),
            headline: Vec::new(),
            shown: Shown::default(),
        };
        let mut about = Vec::new();
        for Triple { subject, predicate, object } in triples {
            match subject {
                NamedOrBlankNode::NamedNode(subject) if subject == node => {
                    self.add(&mut document, predicate, object);
                    about.extend(self.id(object).filter(|_| self.is_naming(predicate)));
                }
                NamedOrBlankNode::NamedNode(part) if *predicate == self.ontology.kg.entity => {
                    let Some((place, id)) = place(part.as_str()).zip(self.id(object)) else { continue };
                    if place.starts_with("title") {
                        document.headline.push(id.clone());
                    }
                    document.named.push(id);
                }
                _ => {}
            }
        }
        // What has no place in the text is named once.
        about.sort_unstable();
        about.dedup();
        about.retain(|id| !document.named.contains(id));
        about.sort_unstable();
        about.dedup();
        document.named.extend(about);
        document.headline.sort_unstable();
        document.headline.dedup();
        (!document.names.is_empty()).then_some(document)
    }

    fn add(&self, document: &mut Document, predicate: &NamedNode, object: &Term) {
        let tied = predicate.as_ref();
        document.shown.take(&self.ontology, predicate, object);
        match object {
            Term::Literal(text) if tied == rdfs::LABEL => document.names.insert(0, text.value().to_string()),
            Term::Literal(text) if tied == skos::ALT_LABEL => document.names.push(text.value().to_string()),
            Term::Literal(text) if tied == dcterms::ABSTRACT => document.text = text.value().to_string(),
            Term::Literal(date) if tied == dcterms::ISSUED && document.kind == NodeKind::Paper => {
                document.date = date.value().parse::<PartialDate>().ok();
            }
            Term::NamedNode(_) if self.edges.contains(predicate) => {
                document.ties.extend(self.id(object).map(|id| (local(predicate).to_string(), id)));
            }
            _ => {}
        }
    }

    fn is_naming(&self, predicate: &NamedNode) -> bool {
        let kg = &self.ontology.kg;
        [&kg.mentions, &kg.declares, &kg.has_repository, &kg.has_page].contains(&predicate)
    }

    fn id(&self, object: &Term) -> Option<String> {
        let Term::NamedNode(node) = object else { return None };
        self.ontology.base.id(node.as_str()).map(str::to_string)
    }
}

/// Which part of a paper names something where: `title-0-4`; `None` if the part is something else.
fn place(part: &str) -> Option<&str> {
    part.split_once("#mention-").map(|(_, place)| place)
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

fn storage(path: &Path) -> impl Fn(StorageError) -> StoreError {
    move |error| StoreError::Storage { path: path.to_path_buf(), error }
}
