//! Fills a new graph: triples are made on all cores and written into shards. What is written before a checkpoint survives
//! a crash. In the end the shards are merged. A graph of a single shard is loaded as a whole instead.
//!
//! There is no earlier graph to compare with. The names that papers give to shared nodes are collected on the way, so
//! that each shared node is described once, at the end, without a database query.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term, Triple};
use oxigraph::store::{BulkLoader, StorageError, Store};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::build::GenerationBuild;
use super::generation::{GenerationWriter, in_default_graph};
use super::search_index::{ChangedNodes, IndexFeed};
use super::shards::{self, ShardWriter, WRITERS};
use super::statistics::Statistics;
use super::{StoreError, read};
use crate::disk::FileKind;
use crate::extract::Extraction;
use crate::ledger::BuildLog;
use crate::ontology::{Ontology, Packing, PaperCounts, PaperTriples, rdf};

/// Number of triples in a shard. A larger value makes fewer files for the database to merge, and takes one kilobyte of memory for
/// each triple while they are sorted.
pub(super) const SHARD_TRIPLES: usize = 120_000;
/// Number of papers after which there is a checkpoint, from which the work can be resumed. There is also one whenever all
/// writers have a shard.
const CHECKPOINT_PAPERS: u64 = 4 * super::build::FILL_BATCH as u64;
/// Number of batches that may wait for the loader.
const MAX_WAITING_BATCHES: usize = 1;

/// A loader that gives the database all its files at the commit, because the database begins to merge whenever it gets
/// some.
pub(super) fn loader(store: &Store) -> BulkLoader<'_> {
    // The loader's "megabytes" mean a thousand quads each, shared by its threads.
    store.bulk_loader().with_num_threads(WRITERS).with_max_memory_size_in_megabytes(SHARD_TRIPLES / 1000 * WRITERS)
}

/// Log of [`FillCheckpoint`]s.
const FILL_LOG: FileKind = FileKind { magic: b"kg-fill\n", version: 3 };

/// What has been written since the previous checkpoint.
#[derive(Debug, Default, Serialize, Deserialize)]
struct FillCheckpoint {
    /// Number of batches.
    batches: u64,
    /// Number of shards since the beginning; 0 if the whole graph is in the database.
    shards: u64,
    /// Number of papers.
    papers: u64,
    statistics: Statistics,
    /// Names that papers give to shared nodes, by the IRI of the node.
    shared_names: Vec<(String, NodeNames)>,
}

/// Output for one paper: its triples as they are stored, the counts of its triples, and its names for shared nodes.
type PaperOutput = (Vec<Triple>, Statistics, Vec<(NamedNode, NodeNames)>);

enum FillWork {
    Triples(Vec<Vec<Triple>>),
    /// Everything before this is on the disk before it is logged.
    Checkpoint(FillCheckpoint),
}

impl GenerationBuild<'_> {
    /// Fills a new graph. `batch` returns each batch by its number, and `None` at the end. No paper may come twice. A
    /// resumed build does not ask for the batches that were already written.
    pub fn fill<E: From<StoreError>>(
        &mut self,
        mut batch: impl FnMut(u64) -> Result<Option<Vec<Extraction>>, E>,
    ) -> Result<(), E> {
        let mut next = 0;
        let mut shards = 0;
        let mut log = None;
        if let Some(work) = &self.work_folder {
            let (opened, done) =
                BuildLog::open::<FillCheckpoint>(&work.join("filled"), FILL_LOG).map_err(|e| self.writer.io(e))?;
            log = Some(opened);
            for checkpoint in done {
                next += checkpoint.batches;
                shards = checkpoint.shards;
                self.take_checkpoint(&checkpoint);
                for (node, said) in checkpoint.shared_names {
                    self.shared_names.join(NamedNode::new_unchecked(node), said);
                }
            }
        }
        let quads = self.writer.writable()?.clone();
        let number = self.writer.number().unwrap_or_default();
        let folder = self.writer.layout.generation(number);
        let shard_folder = self.writer.layout.shards(number);
        shards::keep(&shard_folder, shards).map_err(|e| self.writer.io(e))?;
        // An interrupted build may have written into the database. What is described again is then counted twice.
        let mut any = read::in_default(&quads, None, None, None);
        self.writer.must_count |= self.writer.ok(any.next().transpose())?.is_some();
        drop(any);
        self.writer.feed = Some(IndexFeed::begin(&folder, &self.writer.ontology, next > 0)?);
        // From here on, only nodes that are changed again are recorded.
        self.writer.changes = ChangedNodes::default();
        let store = quads.database().clone();
        let (send, receive) = sync_channel(MAX_WAITING_BATCHES);
        let shard_writer = ShardWriter::new(&shard_folder, shards, self.shard_quads);
        let (filled, written) = std::thread::scope(|scope| {
            let writer = scope.spawn(move || write(&store, shard_writer, &receive, log));
            let filled = self.make_triples(next, quads.packing(), &mut batch, &send);
            drop(send);
            (filled, writer.join())
        });
        match written {
            Ok(Ok(count)) => {
                self.writer.shards = shards::paths(&shard_folder, count);
                filled
            }
            Ok(Err(WriteFailure::Storage(e))) => Err(self.writer.storage(e).into()),
            Ok(Err(WriteFailure::Log(e))) => Err(self.writer.io(e).into()),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// Makes the triples of all batches from `next` on, and sends them to the writer.
    fn make_triples<E: From<StoreError>>(
        &mut self,
        mut next: u64,
        packing: &Packing,
        batch: &mut impl FnMut(u64) -> Result<Option<Vec<Extraction>>, E>,
        send: &SyncSender<FillWork>,
    ) -> Result<(), E> {
        let mut checkpoint = FillCheckpoint::default();
        let mut said = SharedNames::default();
        // Number of triples since the last checkpoint, as they are stored.
        let mut stored_triples = 0;
        while let Some(extractions) = batch(next)? {
            next += 1;
            checkpoint.batches += 1;
            checkpoint.papers += extractions.len() as u64;
            let mapped = extractions.into_par_iter().map(|extraction| self.map_paper(&extraction, packing));
            let mapped: Vec<PaperOutput> = mapped.collect::<Result<_, _>>()?;
            let mut triples = Vec::with_capacity(mapped.len());
            for (stored, statistics, names) in mapped {
                checkpoint.statistics.join(&statistics);
                stored_triples += stored.len();
                triples.push(stored);
                for (node, name) in names {
                    said.join_unless_known(node, name, |node| self.is_known(node));
                }
            }
            // The receiver is gone only if it failed. It reports the reason.
            if send.send(FillWork::Triples(triples)).is_err() {
                return Ok(());
            }
            if stored_triples >= WRITERS * self.shard_quads || checkpoint.papers >= CHECKPOINT_PAPERS {
                stored_triples = 0;
                if !self.end_checkpoint(&mut checkpoint, &mut said, send)? {
                    return Ok(());
                }
            }
        }
        self.end_checkpoint(&mut checkpoint, &mut said, send)?;
        Ok(())
    }

    fn map_paper(&self, extraction: &Extraction, packing: &Packing) -> Result<PaperOutput, StoreError> {
        let mapped = self.writer.ontology.paper_triples(extraction);
        if let Some(feed) = &self.writer.feed {
            feed.take(&self.writer.ontology.base.paper(&extraction.paper.id), &mapped.triples)?;
        }
        let said = names_said(&self.writer.ontology, &mapped);
        let statistics = Statistics::of(&mapped.triples);
        Ok((packing.pack(mapped.triples), statistics, said))
    }

    /// Sends a checkpoint. Returns `false` if the receiver is gone.
    fn end_checkpoint(
        &mut self,
        checkpoint: &mut FillCheckpoint,
        said: &mut SharedNames,
        send: &SyncSender<FillWork>,
    ) -> Result<bool, StoreError> {
        let mut checkpoint = std::mem::take(checkpoint);
        self.take_checkpoint(&checkpoint);
        if let (Some(feed), true) = (&mut self.writer.feed, self.work_folder.is_some()) {
            feed.save(checkpoint.papers)?;
        }
        for (node, said) in std::mem::take(said).nodes {
            if self.work_folder.is_some() {
                checkpoint.shared_names.push((node.as_str().to_string(), said.clone()));
            }
            self.shared_names.join(node, said);
        }
        Ok(send.send(FillWork::Checkpoint(checkpoint)).is_ok())
    }

    fn take_checkpoint(&mut self, checkpoint: &FillCheckpoint) {
        self.summary.added += checkpoint.papers;
        self.writer.growth.join(&checkpoint.statistics);
    }

    fn is_known(&self, node: &NamedNode) -> bool {
        self.nodes().entity_of(node).is_some_and(|id| self.vocabulary.get(&id).is_some())
    }

    /// Describes the nodes of a new graph: those that papers share, and those that only papers describe.
    pub(super) fn describe_filled(&mut self) -> Result<(), StoreError> {
        let Some(store) = self.writer.store().cloned().filter(|_| self.writer.feed.is_some()) else { return Ok(()) };
        let mut descriptions = DescribedNodes::new(&self.writer, store.database());
        let shared = std::mem::take(&mut self.shared_names);
        self.describe_shared(&shared, &mut descriptions)?;
        drop(shared);
        self.describe_from_papers(descriptions)?.finish(&mut self.writer)
    }

    /// Describes the nodes that papers share, and the nodes broader than those.
    fn describe_shared(&self, shared: &SharedNames, descriptions: &mut DescribedNodes<'_>) -> Result<(), StoreError> {
        let mut broader = HashSet::new();
        for node in shared.nodes.keys() {
            self.nodes().need_broader(node, &mut broader);
        }
        let nothing = NodeNames::default();
        let mut nodes: Vec<(&NamedNode, &NodeNames)> = shared.nodes.iter().collect();
        nodes.extend(broader.iter().filter(|node| !shared.nodes.contains_key(*node)).map(|node| (node, &nothing)));
        nodes.par_sort_unstable_by_key(|(node, _)| node.as_str());
        for some in nodes.chunks(super::build::FILL_BATCH * 8) {
            let described = some.par_iter().map(|(node, said)| {
                let names: BTreeSet<String> = said.names.iter().map(ToString::to_string).collect();
                let mut triples = self.writer.ontology.shared_node_triples(node, self.vocabulary, &names);
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
        Ok(())
    }
}

/// Descriptions of nodes, which are written into a graph that was filled and into its search index.
pub(super) struct DescribedNodes<'s> {
    target: DescriptionTarget<'s>,
    /// Counts of what was written.
    statistics: Statistics,
}

enum DescriptionTarget<'s> {
    Database(BulkLoader<'s>),
    Shards(ShardWriter),
}

impl<'s> DescribedNodes<'s> {
    /// Writes into shards if the graph has any, and else into its database.
    pub(super) fn new(writer: &GenerationWriter, database: &'s Store) -> Self {
        let target = match (writer.shards.as_slice(), writer.number()) {
            (shards @ [_, ..], Some(number)) => DescriptionTarget::Shards(ShardWriter::new(
                &writer.layout.shards(number),
                shards.len() as u64,
                SHARD_TRIPLES,
            )),
            _ => DescriptionTarget::Database(loader(database)),
        };
        Self { target, statistics: Statistics::default() }
    }

    /// Makes the triples of some nodes, on all cores, and writes them.
    pub(super) fn load<N: Borrow<NamedNode>>(
        &mut self,
        writer: &GenerationWriter,
        nodes: impl ParallelIterator<Item = (N, Vec<Triple>)>,
    ) -> Result<(), StoreError> {
        self.write(writer, DescriptionBatch::of(writer, nodes)?)
    }

    pub(super) fn write(&mut self, writer: &GenerationWriter, batch: DescriptionBatch) -> Result<(), StoreError> {
        self.statistics.join(&batch.statistics);
        let described = batch.described;
        writer.ok(match &mut self.target {
            DescriptionTarget::Database(loader) => {
                loader.load_quads(described.into_iter().flatten().map(in_default_graph))
            }
            DescriptionTarget::Shards(shards) => shards.push(described),
        })
    }

    pub(super) fn finish(self, writer: &mut GenerationWriter) -> Result<(), StoreError> {
        writer.growth.join(&self.statistics);
        match self.target {
            DescriptionTarget::Database(loader) => writer.ok(loader.commit()),
            DescriptionTarget::Shards(mut shards) => {
                let count = writer.ok(shards.flush())?;
                let folder = writer.layout.shards(writer.number().unwrap_or_default());
                writer.shards = shards::paths(&folder, count);
                Ok(())
            }
        }
    }
}

/// Descriptions of some nodes. The search index has them, the graph has not.
pub(super) struct DescriptionBatch {
    described: Vec<Vec<Triple>>,
    statistics: Statistics,
}

impl DescriptionBatch {
    /// Makes the triples of some nodes, on all cores.
    pub(super) fn of<N: Borrow<NamedNode>>(
        writer: &GenerationWriter,
        nodes: impl ParallelIterator<Item = (N, Vec<Triple>)>,
    ) -> Result<Self, StoreError> {
        let described: Vec<Vec<Triple>> = nodes
            .map(|(node, triples)| {
                if let Some(feed) = &writer.feed {
                    feed.take(node.borrow(), &triples)?;
                }
                Ok(triples)
            })
            .collect::<Result<_, StoreError>>()?;
        let statistics = Statistics::of(described.iter().flatten());
        Ok(Self { described, statistics })
    }
}

enum WriteFailure {
    Storage(StorageError),
    Log(std::io::Error),
}

/// Writes what it receives. A checkpoint is logged once everything before it is on the disk. Returns the number of shards.
fn write(
    store: &Store,
    mut shards: ShardWriter,
    work: &Receiver<FillWork>,
    mut log: Option<BuildLog>,
) -> Result<u64, WriteFailure> {
    let mut log_all = |checkpoints: &mut Vec<FillCheckpoint>, count| -> Result<(), WriteFailure> {
        for mut checkpoint in checkpoints.drain(..) {
            checkpoint.shards = count;
            if let Some(log) = &mut log {
                log.append(&checkpoint).map_err(WriteFailure::Log)?;
            }
        }
        Ok(())
    };
    // Checkpoints that are logged when it is known whether there is more to come.
    let mut unlogged: Vec<FillCheckpoint> = Vec::new();
    for work in work {
        match work {
            FillWork::Triples(triples) => {
                if !unlogged.is_empty() {
                    let count = shards.flush().map_err(WriteFailure::Storage)?;
                    log_all(&mut unlogged, count)?;
                }
                shards.push(triples).map_err(WriteFailure::Storage)?;
            }
            FillWork::Checkpoint(checkpoint) => unlogged.push(checkpoint),
        }
    }
    let count = match shards.only() {
        Some(triples) => {
            let mut loader = loader(store);
            loader.load_quads(triples.into_triples().map(in_default_graph)).map_err(WriteFailure::Storage)?;
            loader.commit().map_err(WriteFailure::Storage)?;
            0
        }
        None => shards.flush().map_err(WriteFailure::Storage)?,
    };
    log_all(&mut unlogged, count)?;
    Ok(count)
}

/// Names that papers give to the nodes they share.
#[derive(Default)]
pub(super) struct SharedNames {
    // Each table has its own hash: moving entries between tables with one hash is slow.
    nodes: HashMap<NamedNode, NodeNames>,
}

/// What papers say of one node: the names that they give it, of the best sort found, and how many papers name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NodeNames {
    sort: NameUse,
    /// Sorted. Most nodes have one name, for which a set would take ten times the memory.
    names: Vec<Box<str>>,
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
            for name in other.names {
                if let Err(at) = self.names.binary_search(&name) {
                    self.names.reserve_exact(1);
                    self.names.insert(at, name);
                }
            }
        }
    }
}

/// What a paper says of each shared node. Its triples must be sorted by subject.
fn names_said(ontology: &Ontology, paper: &PaperTriples) -> Vec<(NamedNode, NodeNames)> {
    let kg = &ontology.kg;
    let counts = ontology.counts_of_paper(&paper.triples);
    let mut said: FxHashMap<&NamedNode, NodeNames> = FxHashMap::default();
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
            let new = NodeNames { sort, names: vec![name.into()], papers: PaperCounts::default() };
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
