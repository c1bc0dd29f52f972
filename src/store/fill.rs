//! Fills a new graph: triples are made on all cores and handed to the bulk loader, in stretches that survive a crash.
//!
//! There is no earlier graph to compare with. The names that papers give to shared nodes are collected on the way, so
//! that each shared node is described once, at the end, without a database query.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};
use oxigraph::store::{BulkLoader, StorageError, Store};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::build::Build;
use super::generation::{GenerationWriter, in_default_graph};
use super::search_index::{ChangedNodes, IndexFeed};
use super::statistics::Statistics;
use crate::disk::FileKind;
use crate::extract::Extraction;
use crate::ledger::Log;
use crate::ontology::{Ontology, Packing, PaperCounts, PaperTriples, rdf};

/// Quads that each thread of the bulk loader sorts at a time. A larger value makes fewer files for the database to
/// merge, and takes one kilobyte of memory for each quad while they are sorted.
const SORTED: usize = 160_000;
const LOADERS: usize = 2;
/// A stretch ends, and the work can be resumed from there, after this many triples (the number that the loader's
/// threads sort at a time) or this many papers, if it has a third as many papers as all stretches before it. After each
/// stretch the database merges all its files, so that stretches of one size would cost the square of the number of
/// papers.
const STRETCH_TRIPLES: usize = LOADERS * SORTED;
const STRETCH_PAPERS: u64 = 4 * super::build::FILL_BATCH as u64;
const STRETCH_SHARE: u64 = 3;
/// Number of batches that may wait for the loader.
const WAITING: usize = 1;

/// A loader that gives the database all its files at the commit, because the database begins to merge whenever it gets
/// some.
pub(super) fn loader(store: &Store) -> BulkLoader<'_> {
    // The loader's "megabytes" mean a thousand quads each, shared by its threads.
    store.bulk_loader().with_num_threads(LOADERS).with_max_memory_size_in_megabytes(SORTED / 1000 * LOADERS)
}

/// Log of [`FillStretch`] entries.
const FILLED: FileKind = FileKind { magic: b"kg-fill\n", version: 2 };

/// What has been committed to the database since the previous entry.
#[derive(Debug, Default, Serialize, Deserialize)]
struct FillStretch {
    batches: u64,
    papers: u64,
    statistics: Statistics,
    shared: Vec<(String, NodeNames)>,
}

/// Output for one paper: its triples as they are stored, the counts of its triples, and its names for shared nodes.
type PaperOutput = (Vec<Triple>, Statistics, Vec<(NamedNode, NodeNames)>);

enum FillWork {
    Quads(Vec<Vec<Triple>>),
    /// End of a stretch: everything before this is committed together.
    End(FillStretch),
}

impl Build<'_> {
    /// Fills a new graph. `batch` returns each batch by its number, and `None` at the end. No paper may come twice. A
    /// resumed build does not ask for the batches that were already written.
    pub fn fill<E: From<StoreError>>(
        &mut self,
        mut batch: impl FnMut(u64) -> Result<Option<Vec<Extraction>>, E>,
    ) -> Result<(), E> {
        let mut next = 0;
        let mut log = None;
        if let Some(work) = &self.work {
            let (opened, done) =
                Log::open::<FillStretch>(&work.join("filled"), FILLED).map_err(|e| self.writer.io(e))?;
            log = Some(opened);
            for stretch in done {
                next += stretch.batches;
                self.take_stretch(&stretch);
                for (node, said) in stretch.shared {
                    self.shared.join(NamedNode::new_unchecked(node), said);
                }
            }
        }
        let quads = self.writer.writable()?.clone();
        let folder = self.writer.layout.generation(self.writer.number().unwrap_or_default());
        self.writer.feed = Some(IndexFeed::begin(&folder, &self.writer.ontology, next > 0)?);
        // From here on, only nodes that are changed again are recorded.
        self.writer.changes = ChangedNodes::default();
        let store = quads.database().clone();
        let (send, receive) = sync_channel(WAITING);
        let (filled, written) = std::thread::scope(|scope| {
            let writer = scope.spawn(move || write(&store, &receive, log));
            let filled = self.make(next, quads.packing(), &mut batch, &send);
            drop(send);
            (filled, writer.join())
        });
        match written {
            Ok(Ok(())) => filled,
            Ok(Err(WriteFailure::Storage(e))) => Err(self.writer.storage(e).into()),
            Ok(Err(WriteFailure::Log(e))) => Err(self.writer.io(e).into()),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    fn make<E: From<StoreError>>(
        &mut self,
        mut next: u64,
        packing: &Packing,
        batch: &mut impl FnMut(u64) -> Result<Option<Vec<Extraction>>, E>,
        send: &SyncSender<FillWork>,
    ) -> Result<(), E> {
        let mut stretch = FillStretch::default();
        let mut said = SharedNames::default();
        // Number of triples of the stretch, as they are stored.
        let mut stretched = 0;
        while let Some(extractions) = batch(next)? {
            next += 1;
            stretch.batches += 1;
            stretch.papers += extractions.len() as u64;
            let mapped = extractions.into_par_iter().map(|extraction| self.map(&extraction, packing));
            let mapped: Vec<PaperOutput> = mapped.collect::<Result<_, _>>()?;
            let mut triples = Vec::with_capacity(mapped.len());
            for (stored, statistics, names) in mapped {
                stretch.statistics.join(&statistics);
                stretched += stored.len();
                triples.push(stored);
                for (node, name) in names {
                    said.join_unless_known(node, name, |node| self.is_known(node));
                }
            }
            // The receiver is gone only if it failed. It reports the reason.
            if send.send(FillWork::Quads(triples)).is_err() {
                return Ok(());
            }
            if (stretched >= STRETCH_TRIPLES || stretch.papers >= STRETCH_PAPERS)
                && stretch.papers * STRETCH_SHARE >= self.summary.added
            {
                stretched = 0;
                if !self.end_stretch(&mut stretch, &mut said, send)? {
                    return Ok(());
                }
            }
        }
        self.end_stretch(&mut stretch, &mut said, send)?;
        Ok(())
    }

    fn map(&self, extraction: &Extraction, packing: &Packing) -> Result<PaperOutput, StoreError> {
        let mapped = self.writer.ontology.paper_triples(extraction);
        if let Some(feed) = &self.writer.feed {
            feed.take(&self.writer.ontology.base.paper(&extraction.paper.id), &mapped.triples)?;
        }
        let said = names_said(&self.writer.ontology, &mapped);
        let statistics = Statistics::of(&mapped.triples);
        Ok((packing.pack(mapped.triples), statistics, said))
    }

    /// Returns `false` if the receiver is gone.
    fn end_stretch(
        &mut self,
        stretch: &mut FillStretch,
        said: &mut SharedNames,
        send: &SyncSender<FillWork>,
    ) -> Result<bool, StoreError> {
        let mut stretch = std::mem::take(stretch);
        self.take_stretch(&stretch);
        if let (Some(feed), true) = (&mut self.writer.feed, self.work.is_some()) {
            feed.save(stretch.papers)?;
        }
        for (node, said) in std::mem::take(said).nodes {
            if self.work.is_some() {
                stretch.shared.push((node.as_str().to_string(), said.clone()));
            }
            self.shared.join(node, said);
        }
        Ok(send.send(FillWork::End(stretch)).is_ok())
    }

    fn take_stretch(&mut self, stretch: &FillStretch) {
        self.summary.added += stretch.papers;
        self.writer.growth.join(&stretch.statistics);
    }

    fn is_known(&self, node: &NamedNode) -> bool {
        self.entity_of(node).is_some_and(|id| self.vocabulary.get(&id).is_some())
    }

    /// Describes the nodes that the papers of a new graph share, and the nodes broader than those.
    pub(super) fn describe_shared(&mut self) -> Result<(), StoreError> {
        let shared = std::mem::take(&mut self.shared);
        if shared.nodes.is_empty() {
            return Ok(());
        }
        let mut broader = HashSet::new();
        for node in shared.nodes.keys() {
            self.need_broader(node, &mut broader);
        }
        let nothing = NodeNames::default();
        let mut nodes: Vec<(&NamedNode, &NodeNames)> = shared.nodes.iter().collect();
        nodes.extend(broader.iter().filter(|node| !shared.nodes.contains_key(*node)).map(|node| (node, &nothing)));
        nodes.par_sort_unstable_by_key(|(node, _)| node.as_str());
        let Some(store) = self.writer.store().cloned() else { return Ok(()) };
        let mut descriptions = DescribedNodes::new(store.database());
        for some in nodes.chunks(super::build::FILL_BATCH * 8) {
            let described = some.par_iter().map(|(node, said)| {
                let mut triples = self.writer.ontology.shared_node_triples(node, self.vocabulary, &said.names);
                // Two names of an entity can have the same key.
                let mut seen = HashSet::new();
                triples.retain(|triple| seen.insert(triple.clone()));
                if !triples.is_empty() {
                    triples.extend(self.writer.ontology.paper_count_triples(node, said.papers));
                }
                (*node, triples)
            });
            descriptions.load(&self.writer, described)?;
        }
        descriptions.finish(&mut self.writer)
    }
}

/// Descriptions of nodes, which are loaded into a graph that was filled and into its search index.
pub(super) struct DescribedNodes<'s> {
    loader: BulkLoader<'s>,
    /// Counts of what was loaded.
    statistics: Statistics,
}

impl<'s> DescribedNodes<'s> {
    pub(super) fn new(store: &'s Store) -> Self {
        Self { loader: loader(store), statistics: Statistics::default() }
    }

    /// Makes the triples of some nodes, on all cores, and loads them.
    pub(super) fn load<N: Borrow<NamedNode>>(
        &mut self,
        writer: &GenerationWriter,
        nodes: impl ParallelIterator<Item = (N, Vec<Triple>)>,
    ) -> Result<(), StoreError> {
        let described: Vec<Vec<Triple>> = nodes
            .map(|(node, triples)| {
                if let Some(feed) = &writer.feed {
                    feed.take(node.borrow(), &triples)?;
                }
                Ok(triples)
            })
            .collect::<Result<_, StoreError>>()?;
        self.statistics.join(&Statistics::of(described.iter().flatten()));
        writer.ok(self.loader.load_quads(described.into_iter().flatten().map(in_default_graph)))
    }

    pub(super) fn finish(self, writer: &mut GenerationWriter) -> Result<(), StoreError> {
        writer.growth.join(&self.statistics);
        writer.ok(self.loader.commit())
    }
}

enum WriteFailure {
    Storage(StorageError),
    Log(std::io::Error),
}

/// The only thread that writes: one bulk load for each stretch, logged once it is in the database.
fn write(store: &Store, work: &Receiver<FillWork>, mut log: Option<Log>) -> Result<(), WriteFailure> {
    let mut open = true;
    while open {
        let mut end = None;
        let quads = std::iter::from_fn(|| match work.recv() {
            Ok(FillWork::Quads(triples)) => Some(triples),
            Ok(FillWork::End(stretch)) => {
                end = Some(stretch);
                None
            }
            Err(_) => {
                open = false;
                None
            }
        });
        let mut loader = loader(store);
        loader.load_quads(quads.flatten().flatten().map(in_default_graph)).map_err(WriteFailure::Storage)?;
        loader.commit().map_err(WriteFailure::Storage)?;
        if let (Some(log), Some(stretch)) = (&mut log, end) {
            log.append(&stretch).map_err(WriteFailure::Log)?;
        }
    }
    Ok(())
}

/// Names that papers give to the nodes they share.
#[derive(Default)]
pub(super) struct SharedNames {
    nodes: HashMap<NamedNode, NodeNames>,
}

/// What papers say of one node: the names that they give it, of the best sort found, and how many papers name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NodeNames {
    sort: NameUse,
    names: BTreeSet<String>,
    papers: PaperCounts,
}

/// How a paper uses a name, best first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum NameUse {
    /// The vocabulary describes the node, so names from papers are ignored.
    #[default]
    Known,
    /// A paper introduces the node by this name, or links to it.
    Introduced,
    Named,
    /// The text of a mention.
    Words,
}

impl SharedNames {
    fn join(&mut self, node: NamedNode, said: NodeNames) {
        match self.nodes.get_mut(&node) {
            Some(known) => known.join(said),
            None => {
                self.nodes.insert(node, said);
            }
        }
    }

    fn join_unless_known(&mut self, node: NamedNode, said: NodeNames, is_known: impl Fn(&NamedNode) -> bool) {
        match self.nodes.get_mut(&node) {
            Some(known) => known.join(said),
            None => {
                let said =
                    if is_known(&node) { NodeNames { papers: said.papers, ..NodeNames::default() } } else { said };
                self.nodes.insert(node, said);
            }
        }
    }
}

impl NodeNames {
    fn join(&mut self, other: Self) {
        self.papers.add(other.papers);
        if other.sort < self.sort {
            (self.sort, self.names) = (other.sort, other.names);
        } else if other.sort == self.sort {
            self.names.extend(other.names);
        }
    }
}

/// What a paper says of each shared node. Its triples must be sorted by subject.
fn names_said(ontology: &Ontology, paper: &PaperTriples) -> Vec<(NamedNode, NodeNames)> {
    let kg = &ontology.kg;
    let counts = ontology.counts_of_paper(&paper.triples);
    let mut said: HashMap<&NamedNode, NodeNames> = HashMap::new();
    for part in paper.triples.chunk_by(|a, b| a.subject == b.subject) {
        let is_part = matches!(&part[0].subject, NamedOrBlankNode::NamedNode(node) if node.as_str().contains('#'));
        if !is_part {
            continue;
        }
        let object = |predicate: &NamedNode| part.iter().find(|t| t.predicate == *predicate).map(|t| &t.object);
        let word = |predicate: &NamedNode| match object(predicate) {
            Some(Term::Literal(literal)) => Some(literal.value().to_string()),
            _ => None,
        };
        let introduces = part.iter().any(|t| {
            t.predicate == rdf::TYPE && matches!(&t.object, Term::NamedNode(c) if *c == kg.contribution_class)
        });
        for (tie, best) in [(&kg.target, NameUse::Introduced), (&kg.entity, NameUse::Named)] {
            let Some(Term::NamedNode(node)) = object(tie) else { continue };
            let best = if introduces { NameUse::Introduced } else { best };
            let name = word(&kg.name).map(|name| (best, name)).or_else(|| Some((NameUse::Words, word(&kg.text)?)));
            let Some((sort, name)) = name else { continue };
            let new = NodeNames { sort, names: BTreeSet::from([name]), papers: PaperCounts::default() };
            match said.get_mut(node) {
                Some(known) => known.join(new),
                None => {
                    said.insert(node, new);
                }
            }
        }
    }
    paper
        .names
        .iter()
        .map(|node| {
            // Without a name, the node is described by the vocabulary or not at all.
            let mut said = said.remove(node).unwrap_or(NodeNames { sort: NameUse::Words, ..NodeNames::default() });
            said.papers = counts.get(node).copied().unwrap_or_default();
            (node.clone(), said)
        })
        .collect()
}
