//! The search index of a generation. It is either fed with the triples of a new graph as they are made, or updated
//! from the RDF when the generation is published.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use oxigraph::store::StorageError;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::quads::Quads;
use super::{StoreError, read, results};
use crate::index::{Index, IndexDocument, NewIndex};
use crate::ontology::{Base, NodeKind, Ontology, dcterms, rdf, rdfs, skos};
use crate::paper::PartialDate;
use crate::vocabulary::Kind;

/// Name of the index folder inside the generation.
pub(super) const FOLDER: &str = "search";

/// Number of changed nodes from which the whole index is rebuilt, because that is faster than so many updates.
const REBUILD_FROM: usize = 200_000;
/// Number of nodes that are read at a time.
const CHUNK: usize = 4096;

/// Nodes whose description a build changed.
#[derive(Debug, Clone, Default)]
pub(super) struct ChangedNodes {
    all: bool,
    nodes: HashSet<NamedNode>,
}

impl ChangedNodes {
    /// Marks all nodes as changed: the graph was filled, or it is unknown what changed.
    pub(super) fn everything(&mut self) {
        self.all = true;
        self.nodes = HashSet::new();
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.all && self.nodes.is_empty()
    }

    /// Whether nothing but repositories and pages changed.
    pub(super) fn are_of_links(&self, base: &Base) -> bool {
        let is_link = |node: &NamedNode| {
            let whole = node.as_str().split('#').next().unwrap_or_default();
            matches!(base.kind(whole), Some(NodeKind::Repository | NodeKind::Page))
        };
        !self.all && self.nodes.iter().all(is_link)
    }

    /// Records the nodes that written or removed quads belong to.
    pub(super) fn note<'q>(&mut self, ontology: &Ontology, quads: impl IntoIterator<Item = &'q Quad>) {
        if self.all {
            return;
        }
        for quad in quads {
            let NamedOrBlankNode::NamedNode(subject) = &quad.subject else { continue };
            // The index counts papers by itself.
            if ontology.kg.is_paper_count(&quad.predicate) {
                continue;
            }
            // The results of a paper are in the paper's document.
            let node = match subject.as_str().split_once('#') {
                Some((paper, _)) if results::is_needed(subject.as_str()) => &NamedNode::new_unchecked(paper),
                _ => subject,
            };
            if !self.nodes.contains(node) && ontology.base.id(node.as_str()).is_some() {
                self.nodes.insert(node.clone());
            }
        }
        if self.nodes.len() > REBUILD_FROM {
            self.everything();
        }
    }
}

/// The index of a graph that is being filled. It takes each node when its triples are made, so that nothing has to be
/// read back.
pub(super) struct IndexFeed {
    target: PathBuf,
    writer: NewIndex,
    describer: NodeDescriber,
    /// Nodes in the index, as hashes of their ids; `None` if the graph was empty when the feed began.
    known: Option<Mutex<HashSet<u64>>>,
    /// Number of papers at the last save, and since then.
    saved: u64,
    unsaved: u64,
}

/// The index is saved when it has grown by half of its saved size. A crash then costs no more than that. Each time
/// makes segments that must be merged in the end.
const SAVE_AFTER: u64 = 2;

impl IndexFeed {
    /// Begins the index of the generation at `folder`. `resumed` means that an interrupted build has filled a part of
    /// the graph. The saved part of the index is kept; the rest is read back from the graph by [`IndexFeed::rest`].
    pub(super) fn begin(folder: &Path, ontology: &Ontology, resumed: bool) -> Result<Self, StoreError> {
        let target = folder.join(FOLDER);
        let describer = NodeDescriber::new(ontology);
        if resumed && let Some((writer, saved, known)) = NewIndex::resume(&target, usize::MAX)? {
            return Ok(Self { target, writer, describer, known: Some(Mutex::new(known)), saved, unsaved: 0 });
        }
        // Leftovers of a killed build.
        remove(&target)?;
        let writer = NewIndex::begin(&target, None, usize::MAX)?;
        Ok(Self { target, writer, describer, known: resumed.then(Mutex::default), saved: 0, unsaved: 0 })
    }

    /// Adds a node, given all triples of the node and of its parts. A node that is already in the index is skipped,
    /// because the same build describes it in the same way.
    pub(super) fn take(&self, node: &NamedNode, triples: &[Triple]) -> Result<(), StoreError> {
        let Some(document) = self.describer.describe(node, triples) else { return Ok(()) };
        if let Some(known) = &self.known {
            let is_new = known.lock().unwrap_or_else(PoisonError::into_inner).insert(xxh3_64(document.id.as_bytes()));
            if !is_new {
                return Ok(());
            }
        }
        Ok(self.writer.add(&document)?)
    }

    /// Saves the index against a crash if it has grown enough. `papers` is the number of papers added since the last
    /// call.
    pub(super) fn save(&mut self, papers: u64) -> Result<(), StoreError> {
        self.unsaved += papers;
        if self.unsaved * SAVE_AFTER >= self.saved {
            self.saved += std::mem::take(&mut self.unsaved);
            self.writer.save(self.saved)?;
        }
        Ok(())
    }

    /// Saves the index, and merges what it has: a finished index has one segment. More nodes can be added after it.
    pub(super) fn settle(&mut self) -> Result<(), StoreError> {
        self.saved += std::mem::take(&mut self.unsaved);
        Ok(self.writer.settle(self.saved)?)
    }

    /// Adds the nodes of the graph that the index lacks.
    fn rest(&self, store: &Quads, ontology: &Ontology) -> Result<(), StoreError> {
        let Some(known) = &self.known else { return Ok(()) };
        let known = known.lock().unwrap_or_else(PoisonError::into_inner);
        let id = |node: &NamedNode| ontology.base.id(node.as_str()).map(|id| xxh3_64(id.as_bytes()));
        add_all(&self.writer, store, ontology, &self.target, |node| id(node).is_some_and(|id| !known.contains(&id)))
    }
}

/// Writes the index of the generation at `folder`, which has no readers yet. It begins with what was fed while the
/// graph was filled, or with the index of the `previous` generation, and adds the changes since. Without either, the
/// index is rebuilt.
pub(super) fn write(
    store: &Quads,
    ontology: &Ontology,
    folder: &Path,
    feed: Option<IndexFeed>,
    previous: Option<&Path>,
    changes: &ChangedNodes,
) -> Result<(), StoreError> {
    let target = folder.join(FOLDER);
    if let Some(feed) = feed.filter(|_| !changes.all) {
        feed.rest(store, ontology)?;
        return write_changes(feed.writer, store, ontology, &target, changes);
    }
    // Leftovers of a build that was killed at this point.
    remove(&target)?;
    let previous = previous.map(|previous| previous.join(FOLDER)).filter(|_| !changes.all);
    if let Some(previous) = previous.filter(|previous| matches!(Index::open(previous), Ok(Some(_)))) {
        // Opening the previous index verifies only a part of it. Other damage shows up here.
        let written = std::panic::catch_unwind(AssertUnwindSafe(|| {
            let writer = NewIndex::begin(&target, Some(&previous), changes.nodes.len())?;
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
    write_whole(store, ontology, &target)
}

/// Updates an index for the nodes that changed.
fn write_changes(
    writer: NewIndex,
    store: &Quads,
    ontology: &Ontology,
    target: &Path,
    changes: &ChangedNodes,
) -> Result<(), StoreError> {
    let describer = NodeDescriber::new(ontology);
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

/// Builds an index of the whole graph.
pub(super) fn write_whole(store: &Quads, ontology: &Ontology, target: &Path) -> Result<(), StoreError> {
    remove(target)?;
    let papers = Term::from(ontology.kg.paper_class.clone());
    let many = read::in_default(store, None, Some(rdf::TYPE), Some(&papers)).take(REBUILD_FROM).count();
    let writer = NewIndex::begin(target, None, many)?;
    add_all(&writer, store, ontology, target, |_| true)?;
    Ok(writer.finish()?)
}

/// Adds all `wanted` nodes of the graph to an index that has none of them.
fn add_all(
    writer: &NewIndex,
    store: &Quads,
    ontology: &Ontology,
    target: &Path,
    wanted: impl Fn(&NamedNode) -> bool,
) -> Result<(), StoreError> {
    let describer = NodeDescriber::new(ontology);
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

/// Turns triples into index documents.
struct NodeDescriber {
    ontology: Ontology,
    edges: Vec<NamedNode>,
}

impl NodeDescriber {
    fn new(ontology: &Ontology) -> Self {
        Self { ontology: ontology.clone(), edges: edge_predicates(ontology) }
    }

    /// The document of a node; `None` if the graph has no statement about it.
    fn read(&self, store: &Quads, node: &NamedNode) -> Result<Option<IndexDocument>, StorageError> {
        let mut triples = read::description(store, node)?;
        if self.ontology.base.kind(node.as_str()) == Some(NodeKind::Paper) {
            triples.extend(store.parts(node, &["mention-", "hardware-"])?);
            triples.extend(store.parts(node, &results::PARTS)?);
        }
        Ok(self.describe(node, &triples))
    }

    /// Like [`NodeDescriber::read`], from given triples: those of the node, and those of the mentions and devices in a
    /// paper.
    fn describe(&self, node: &NamedNode, triples: &[Triple]) -> Option<IndexDocument> {
        let base = &self.ontology.base;
        let (kind, id) = base.kind(node.as_str()).zip(base.id(node.as_str()))?;
        let mut document = IndexDocument::new(id.to_string(), kind);
        let mut about = Vec::new();
        let mut mentions: HashMap<&str, (Option<String>, u8)> = HashMap::new();
        if kind == NodeKind::Paper {
            document.results = results::of(&self.ontology, node, triples);
        }
        // Device and count of each use of hardware.
        let mut uses: BTreeMap<&str, (Option<String>, Option<u64>)> = BTreeMap::new();
        for Triple { subject, predicate, object } in triples {
            match subject {
                NamedOrBlankNode::NamedNode(subject) if subject == node => {
                    self.add(&mut document, predicate, object);
                    about.extend(self.id(object).filter(|_| self.is_naming(predicate)));
                }
                NamedOrBlankNode::NamedNode(part) if part.as_str().contains("#hardware-") => {
                    let (device, count) = uses.entry(part.as_str()).or_default();
                    match object {
                        Term::Literal(number) if *predicate == self.ontology.kg.count => {
                            *count = number.value().parse().ok();
                        }
                        _ if *predicate == self.ontology.kg.entity => *device = self.id(object),
                        _ => {}
                    }
                }
                NamedOrBlankNode::NamedNode(part) if *predicate == self.ontology.kg.entity => {
                    let Some((place, id)) = place(part.as_str()).zip(self.id(object)) else { continue };
                    if place.starts_with("title") {
                        document.headline.push(id.clone());
                    }
                    mentions.entry(part.as_str()).or_default().0 = Some(id.clone());
                    document.named.push(id);
                }
                NamedOrBlankNode::NamedNode(part)
                    if *predicate == self.ontology.kg.confidence && place(part.as_str()).is_some() =>
                {
                    mentions.entry(part.as_str()).or_default().1 = percent(object);
                }
                _ => {}
            }
        }
        self.add_confidences(&mut document, mentions.into_values());
        // Entities without a mention in the text are named once.
        about.sort_unstable();
        about.dedup();
        about.retain(|id| !document.named.contains(id));
        about.sort_unstable();
        about.dedup();
        // The series of a venue is not named by a paper.
        if kind == NodeKind::Venue {
            about.clear();
        }
        document.named.extend(about);
        document.units = uses.into_values().filter_map(|(device, count)| device.zip(count)).collect();
        document.headline.sort_unstable();
        document.headline.dedup();
        (!document.names.is_empty()).then_some(document)
    }

    /// The confidence of a link is that of its surest mention. A link that a source states has none.
    fn add_confidences(&self, document: &mut IndexDocument, mentions: impl Iterator<Item = (Option<String>, u8)>) {
        let declares = local(&self.ontology.kg.declares);
        let mut links: BTreeMap<String, u8> = BTreeMap::new();
        for (id, percent) in mentions {
            let Some(id) = id else { continue };
            let surest = links.entry(id).or_default();
            *surest = percent.max(*surest);
        }
        for (predicate, id) in &document.ties {
            if predicate == declares {
                links.remove(id);
            }
        }
        document.confidences = links.into_iter().collect();
    }

    fn add(&self, document: &mut IndexDocument, predicate: &NamedNode, object: &Term) {
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
        [&kg.mentions, &kg.declares, &kg.has_repository, &kg.has_page].contains(&predicate) || kg.is_origin(predicate)
    }

    fn id(&self, object: &Term) -> Option<String> {
        let Term::NamedNode(node) = object else { return None };
        self.ontology.base.id(node.as_str()).map(str::to_string)
    }
}

/// A confidence of 0 to 1 in percent.
fn percent(confidence: &Term) -> u8 {
    let Term::Literal(confidence) = confidence else { return 0 };
    confidence.value().parse::<f32>().map_or(0, |share| (share * 100.0).round() as u8)
}

/// The position of a mention inside a paper, as in `title-0-4`; `None` if the part is not a mention.
fn place(part: &str) -> Option<&str> {
    part.split_once("#mention-").map(|(_, place)| place)
}

/// Predicates that tie one node to another. `kg:mentions` is left out, because a more specific predicate is always
/// there too.
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
        &kg.cites,
        &kg.written_by,
        &kg.published_in,
        &kg.in_series,
        &kg.affiliated_with,
        &kg.for_task,
        &kg.declares,
    ]
    .map(Clone::clone)
    .into();
    all.extend(Kind::ALL.map(|kind| ontology.uses(kind).clone()));
    all.push(skos::BROADER.into_owned());
    all
}

/// The name of a predicate in the index, as in `evaluatesOn`.
pub(super) fn local(predicate: &NamedNode) -> &str {
    predicate.as_str().rsplit(['#', '/']).next().unwrap_or_default()
}

fn storage(path: &Path) -> impl Fn(StorageError) -> StoreError {
    move |error| StoreError::Storage { path: path.to_path_buf(), error }
}
