//! Builds: one at a time, each on its own generation, published by one rename.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use oxigraph::model::{Literal, NamedNode, Quad, Term, Triple};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::fill::SharedNames;
use super::generation::{BATCH, GenerationBasis, GenerationWriter, LockedStore, in_default_graph};
use super::quads::Quads;
use super::shared_nodes::SharedNodes;
use super::{StoreError, carry, read, statistics};
use crate::disk::FileKind;
use crate::extract::Extraction;
use crate::ledger::{BuildLog, SourceState};
use crate::ontology::{Base, NodeKind, Ontology, PaperCounts, PaperTriples};
use crate::paper::PaperId;
use crate::vocabulary::Vocabulary;

/// Number of papers that are mapped to triples at a time, on all cores.
pub(super) const FILL_BATCH: usize = 1024;

/// Result of a build.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildSummary {
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub removed: u64,
    /// Whether a new generation became current.
    pub published: bool,
    /// Whether the graph was rebuilt and the check outcomes of the old graph could not be read.
    pub checks_lost: bool,
}

impl BuildSummary {
    fn add(&mut self, other: Self) {
        self.added += other.added;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.removed += other.removed;
    }

    fn since(self, before: Self) -> Self {
        Self {
            added: self.added - before.added,
            changed: self.changed - before.changed,
            unchanged: self.unchanged - before.unchanged,
            removed: self.removed - before.removed,
            published: false,
            checks_lost: false,
        }
    }
}

/// Log of [`BatchChanges`].
const BATCH_LOG: FileKind = FileKind { magic: b"kg-repl\n", version: 2 };

/// Changes of one batch of an unfinished build.
#[derive(Serialize, Deserialize)]
struct BatchChanges {
    /// IRIs of nodes whose description may have changed.
    touched: Vec<String>,
    /// By how much the numbers of papers that name an entity change, by its IRI.
    count_changes: Vec<(String, PaperCounts)>,
    summary: BuildSummary,
}

/// Folders beside the RDF of an unfinished generation.
#[derive(Debug, Clone)]
pub struct GenerationFolders {
    /// The ledger, which stays.
    pub ledger: PathBuf,
    /// Files that only this build needs, in case it is interrupted.
    pub work: PathBuf,
}

/// A build in progress. Readers see nothing of it before [`GenerationBuild::finish`]. Dropping it leaves the graph
/// unchanged.
pub struct GenerationBuild<'v> {
    pub(super) writer: GenerationWriter,
    pub(super) vocabulary: &'v Vocabulary,
    /// Papers that this build has changed, as hashes of their ids.
    changed_papers: HashSet<u64>,
    /// Entities, repositories and pages whose description may have changed.
    pub(super) touched: HashSet<NamedNode>,
    /// How this build changes the numbers of papers that name an entity.
    count_changes: HashMap<NamedNode, PaperCounts>,
    /// Names that papers give to shared nodes, in a graph that is being filled.
    pub(super) shared_names: SharedNames,
    /// Number of quads in a shard.
    pub(super) shard_quads: usize,
    /// Whether the graph states how many papers name each entity.
    counts_papers: bool,
    /// When the build began, as `xsd:dateTime`.
    began_at: String,
    /// Sources of the graph.
    sources: Vec<SourceState>,
    /// Folder where progress is logged, if the build can be resumed.
    pub(super) work_folder: Option<PathBuf>,
    pub(super) summary: BuildSummary,
}

impl<'v> GenerationBuild<'v> {
    /// Takes the build lock of the store at `path` and opens the published graph; see [`LockedStore::take`].
    ///
    /// # Errors
    /// If another build is running, the folder is not a store, the base differs, or the graph cannot be read.
    pub fn begin(path: &Path, base: Option<&Base>, vocabulary: &'v Vocabulary) -> Result<Self, StoreError> {
        Self::on(LockedStore::take(path, base)?, GenerationBasis::Published, vocabulary)
    }

    /// Begins a build of a graph whose lock is held.
    ///
    /// # Errors
    /// If the build is to begin with the published graph, and that cannot be read.
    pub fn on(locked: LockedStore, basis: GenerationBasis, vocabulary: &'v Vocabulary) -> Result<Self, StoreError> {
        Ok(Self {
            writer: GenerationWriter::begin(locked, basis)?,
            vocabulary,
            changed_papers: HashSet::new(),
            touched: HashSet::new(),
            count_changes: HashMap::new(),
            shared_names: SharedNames::default(),
            shard_quads: super::fill::SHARD_TRIPLES,
            counts_papers: true,
            began_at: now(),
            sources: Vec::new(),
            work_folder: None,
            summary: BuildSummary::default(),
        })
    }

    pub fn ontology(&self) -> &Ontology {
        &self.writer.ontology
    }

    /// Fills a new graph in shards of this many quads, instead of the usual number.
    pub fn use_shards_of(&mut self, quads: usize) {
        self.shard_quads = quads;
    }

    /// Whether the build begins with an empty graph.
    pub fn is_new(&self) -> bool {
        self.writer.begins_empty()
    }

    /// Begins a generation for `plan`, or resumes the one that an interrupted build of the same plan left.
    pub fn work_on(&mut self, plan: u64) -> Result<GenerationFolders, StoreError> {
        let writer = &mut self.writer;
        let number = match writer.layout.planned(plan, writer.current())? {
            Some(number) => {
                writer.resume(number)?;
                writer.must_count |= !writer.begins_empty();
                // It is unknown what the interrupted build changed.
                writer.changes.everything();
                number
            }
            None => {
                writer.writable()?;
                let number = writer.number().unwrap_or_default();
                writer.layout.note_plan(number, plan)?;
                writer.is_resumable = true;
                number
            }
        };
        let work = writer.layout.work(number);
        std::fs::create_dir_all(&work).map_err(|e| writer.io(e))?;
        self.work_folder = Some(work.clone());
        Ok(GenerationFolders { ledger: self.writer.layout.ledger(number), work })
    }

    /// Abandons the work: the graph stays as it was, and there is nothing to resume.
    pub fn discard(self) -> Result<(), StoreError> {
        self.writer.discard()
    }

    /// Replaces papers in the graph. If a paper comes twice, the last one wins. Papers that are not given stay. Only
    /// differences are written.
    pub fn replace(&mut self, extractions: impl IntoIterator<Item = Extraction>) -> Result<(), StoreError> {
        let mut extractions = extractions.into_iter().peekable();
        let mut again = Vec::new();
        if self.is_new() && self.changed_papers.is_empty() && extractions.peek().is_some() {
            let mut seen = HashSet::new();
            // An iterator cannot be read by batch number, so an interrupted build starts from the beginning.
            let work = self.work_folder.take();
            self.fill(|_| {
                let mut batch = Vec::new();
                for extraction in extractions.by_ref() {
                    if seen.insert(hash(&extraction.paper.id)) {
                        batch.push(extraction);
                    } else {
                        again.push(extraction);
                    }
                    if batch.len() == FILL_BATCH {
                        break;
                    }
                }
                Ok::<_, StoreError>(Some(batch).filter(|batch| !batch.is_empty()))
            })?;
            self.work_folder = work;
            self.changed_papers = seen;
        }
        for extraction in again.into_iter().chain(extractions) {
            let mapped = self.writer.ontology.paper_triples(&extraction);
            self.replace_one(&extraction.paper.id, mapped)?;
        }
        Ok(())
    }

    /// Like [`GenerationBuild::replace`], for a graph that is already published. `batch` returns each batch by its
    /// number, and `None` at the end. A resumed build does not ask for the batches that were already written.
    pub fn replace_batches<E: From<StoreError>>(
        &mut self,
        mut batch: impl FnMut(u64) -> Result<Option<Vec<Extraction>>, E>,
    ) -> Result<(), E> {
        let mut log = None;
        let mut next = 0;
        if let Some(work) = &self.work_folder {
            let (opened, done) =
                BuildLog::open::<BatchChanges>(&work.join("replaced"), BATCH_LOG).map_err(|e| self.writer.io(e))?;
            log = Some(opened);
            next = done.len() as u64;
            for replaced in done {
                self.summary.add(replaced.summary);
                self.touched.extend(replaced.touched.into_iter().map(NamedNode::new_unchecked));
                self.add_count_changes(
                    replaced.count_changes.into_iter().map(|(node, counts)| (NamedNode::new_unchecked(node), counts)),
                );
            }
        }
        while let Some(extractions) = batch(next)? {
            next += 1;
            let ontology = &self.writer.ontology;
            let mapped: Vec<(PaperId, PaperTriples)> = extractions
                .into_par_iter()
                .map(|extraction| (extraction.paper.id.clone(), ontology.paper_triples(&extraction)))
                .collect();
            let (before, touched) = (self.summary, std::mem::take(&mut self.touched));
            let earlier_changes = std::mem::take(&mut self.count_changes);
            for (id, mapped) in mapped {
                self.replace_one(&id, mapped)?;
            }
            self.writer.write_if(1)?;
            if let Some(log) = &mut log {
                let touched = self.touched.iter().map(|node| node.as_str().to_string()).collect();
                let count_changes =
                    self.count_changes.iter().map(|(node, counts)| (node.as_str().to_string(), *counts)).collect();
                let replaced = BatchChanges { touched, count_changes, summary: self.summary.since(before) };
                log.append(&replaced).map_err(|e| self.writer.io(e))?;
            }
            self.touched.extend(touched);
            self.add_count_changes(earlier_changes);
        }
        Ok(())
    }

    /// Removes a paper from the graph, with every node that only this paper named. `false` if it is not there.
    pub fn remove(&mut self, id: &PaperId) -> Result<bool, StoreError> {
        self.writer.merge_shards()?;
        let old = self.old_triples(id)?;
        if old.is_empty() {
            return Ok(false);
        }
        self.touch(&old);
        self.count_paper(&old, &[]);
        self.writer.remove(old.into_iter().map(in_default_graph));
        self.summary.removed += 1;
        self.writer.write_if(BATCH)?;
        Ok(true)
    }

    /// Describes the nodes that papers share, removes those that no paper names any more, and publishes the result. If
    /// nothing changed, no new generation is published.
    pub fn finish(mut self) -> Result<BuildSummary, StoreError> {
        self.follow_vocabulary()?;
        self.writer.write_if(1)?;
        self.describe_filled()?;
        self.writer.merge_shards()?;
        self.describe_touched()?;
        self.refresh_ontology()?;
        self.writer.write_if(1)?;
        self.summary.checks_lost = !carry::checks(&mut self.writer)?;
        if self.writer.number().is_none() {
            if self.writer.current().is_some() {
                return Ok(self.summary);
            }
            // A graph without papers is still published, so that every command can report that it is empty.
            self.writer.writable()?;
        }
        self.write_metadata()?;
        self.writer.publish()?;
        Ok(BuildSummary { published: true, ..self.summary })
    }

    /// Sets the sources that are written into the metadata of the graph.
    pub fn made_from(&mut self, sources: &[SourceState]) {
        self.sources = sources.to_vec();
    }

    pub(super) fn replace_one(&mut self, id: &PaperId, mapped: PaperTriples) -> Result<(), StoreError> {
        self.writer.merge_shards()?;
        let old = self.old_triples(id)?;
        let before = self.writer.waiting();
        self.touch(&old);
        self.count_paper(&old, &mapped.triples);
        self.touched.extend(mapped.names);
        self.touched.extend(mapped.described);
        let was_there = !old.is_empty();
        self.write_difference(old, mapped.triples);
        let differs = self.writer.waiting() > before;
        match (was_there, differs) {
            (false, _) => self.summary.added += 1,
            (true, true) => self.summary.changed += 1,
            (true, false) => self.summary.unchanged += 1,
        }
        self.writer.write_if(BATCH)
    }

    /// The triples of a paper that is about to change. At first they are read from the published graph, because a
    /// resumed build may already have written some of the new ones.
    fn old_triples(&mut self, id: &PaperId) -> Result<Vec<Triple>, StoreError> {
        let paper = self.writer.ontology.base.paper(id);
        if self.changed_papers.insert(hash(id)) {
            let Some(published) = self.writer.published() else { return Ok(Vec::new()) };
            return self.writer.ok(read::paper_triples(published, &paper));
        }
        self.writer.write_if(1)?;
        self.nodes().paper_triples(&paper)
    }

    /// Writes only the difference between two descriptions of the same subjects.
    fn write_difference(&mut self, old: Vec<Triple>, new: Vec<Triple>) {
        let old: HashSet<Triple> = old.into_iter().collect();
        let new: HashSet<Triple> = new.into_iter().collect();
        self.writer.remove(old.difference(&new).cloned().map(in_default_graph));
        self.writer.insert(new.difference(&old).cloned().map(in_default_graph));
    }

    /// Counts a paper that has other triples than before.
    fn count_paper(&mut self, old: &[Triple], new: &[Triple]) {
        let ontology = &self.writer.ontology;
        let (old, new) = (ontology.counts_of_paper(old), ontology.counts_of_paper(new));
        self.add_count_changes(old.into_iter().map(|(node, counts)| (node, counts.negated())).chain(new));
    }

    fn add_count_changes(&mut self, changes: impl IntoIterator<Item = (NamedNode, PaperCounts)>) {
        for (node, counts) in changes {
            self.count_changes.entry(node).or_default().add(counts);
        }
    }

    /// Marks the shared nodes in a paper's triples as touched.
    fn touch(&mut self, triples: &[Triple]) {
        let kg = &self.writer.ontology.kg;
        for triple in triples {
            if [&kg.mentions, &kg.declares, &kg.has_repository, &kg.has_page].contains(&&triple.predicate)
                && let Term::NamedNode(node) = &triple.object
            {
                self.touched.insert(node.clone());
            }
            if let Term::NamedNode(node) = &triple.object
                && (triple.predicate == kg.cites || kg.is_origin(&triple.predicate))
                && self.writer.ontology.base.kind(node.as_str()).is_some_and(NodeKind::is_quiet)
            {
                self.touched.insert(node.clone());
            }
        }
    }

    /// Marks the entities of the vocabulary that are in the graph as touched, if the vocabulary has changed since the
    /// last build.
    fn follow_vocabulary(&mut self) -> Result<(), StoreError> {
        let vocabulary = self.vocabulary;
        let version = version(vocabulary);
        if self.is_new()
            || self.nodes().metadata(self.writer.ontology.kg.vocabulary_version.as_ref())?.as_deref() == Some(&version)
        {
            return Ok(());
        }
        for entity in vocabulary.entities() {
            let node = self.writer.ontology.base.entity(&entity.id);
            if !self.nodes().description(&node)?.is_empty() {
                self.touched.insert(node);
            }
        }
        Ok(())
    }

    /// Updates the description of every touched node and of all nodes broader than it.
    fn describe_touched(&mut self) -> Result<(), StoreError> {
        if self.touched.is_empty() {
            return Ok(());
        }
        self.counts_papers = self.nodes().has_paper_counts()?;
        let mut nodes: Vec<NamedNode> = std::mem::take(&mut self.touched).into_iter().collect();
        nodes.sort_unstable();
        let mut known: HashSet<NamedNode> = nodes.iter().cloned().collect();
        // Broader entities come from the vocabulary. Those that the vocabulary has dropped come from the graph.
        let mut at = 0;
        let mut unnamed = Vec::new();
        let mut needed = HashSet::new();
        while let Some(node) = nodes.get(at).cloned() {
            at += 1;
            for broader in self.nodes().broader(&node)? {
                if known.insert(broader.clone()) {
                    nodes.push(broader);
                }
            }
            if self.nodes().is_named(&node)? {
                self.nodes().need_broader(&node, &mut needed);
                self.update_description(&node)?;
            } else {
                unnamed.push(node);
            }
        }
        let (kept, doubtful): (Vec<_>, Vec<_>) = unnamed.into_iter().partition(|node| needed.contains(node));
        for node in kept {
            self.update_description(&node)?;
        }
        // Whether named nodes exist below the other nodes can be queried only once everything is written.
        self.writer.write_if(1)?;
        for node in doubtful {
            if self.nodes().has_named_below(&node)? {
                self.update_description(&node)?;
            } else {
                self.remove_node(&node)?;
            }
        }
        self.writer.write_if(1)
    }

    /// Removes all statements about a node, with the history of its checks.
    fn remove_node(&mut self, node: &NamedNode) -> Result<(), StoreError> {
        if let Some(store) = self.store() {
            let history = self.writer.ok(read::history(store, &self.writer.ontology, node))?;
            self.writer.remove(history);
        }
        let old = self.nodes().description(node)?;
        self.write_difference(old, Vec::new());
        self.writer.write_if(BATCH)
    }

    fn update_description(&mut self, node: &NamedNode) -> Result<(), StoreError> {
        let mut old = self.nodes().description(node)?;
        let mut new = self.nodes().describe(node)?;
        let counts = match self.counts_papers {
            true => self.nodes().paper_counts(node, &old, self.count_changes.get(node).copied().unwrap_or_default())?,
            false => None,
        };
        // Keep triples that `kg check` wrote.
        old.retain(|triple| !self.writer.ontology.is_checked_fact(triple.predicate.as_ref()));
        if new.is_empty() {
            // Papers of an earlier build name it, but no vocabulary does today. Its description is kept.
            new.clone_from(&old);
            new.retain(|triple| counts.is_none() || !self.writer.ontology.kg.is_paper_count(&triple.predicate));
        }
        if let (Some(counts), false) = (counts, new.is_empty()) {
            new.extend(self.writer.ontology.paper_count_triples(node, counts));
        }
        self.write_difference(old, new);
        self.writer.write_if(BATCH)
    }

    fn refresh_ontology(&mut self) -> Result<(), StoreError> {
        let new = self
            .writer
            .ontology
            .ontology_quads()
            .map_err(|message| StoreError::Corrupt { path: self.writer.layout.root().into(), message })?;
        let new: HashSet<Quad> = new.into_iter().collect();
        let graph = self.writer.ontology.ontology_graph();
        let old: HashSet<Quad> = match self.store() {
            Some(store) => store
                .quads_for_pattern(None, None, None, Some(graph.as_ref()))
                .collect::<Result<_, _>>()
                .map_err(|e| self.writer.storage(e))?,
            None => HashSet::new(),
        };
        self.writer.remove(old.difference(&new).cloned());
        self.writer.insert(new.difference(&old).cloned());
        Ok(())
    }

    /// Writes the statements about the graph into their own named graph: its counts, and when, from which sources and
    /// with which vocabulary it was made.
    fn write_metadata(&mut self) -> Result<(), StoreError> {
        let statistics = self.writer.count()?;
        if let Some(store) = self.store() {
            let old = self.writer.ok(statistics::metadata_quads(store.database(), &self.writer.ontology))?;
            self.writer.remove(old);
        }
        // Removals are written first, because a statement that stays is removed and written again.
        self.writer.write_if(1)?;
        let ontology = &self.writer.ontology;
        let mut quads = statistics::run(ontology, &self.began_at, &now(), &self.sources);
        quads.extend(statistics.quads(ontology));
        quads.push(Quad::new(
            NamedNode::new_unchecked(ontology.base.as_str()),
            ontology.kg.vocabulary_version.clone(),
            Literal::new_simple_literal(version(self.vocabulary)),
            ontology.build_graph(),
        ));
        self.writer.insert(quads);
        self.writer.write_if(1)
    }

    pub(super) fn nodes(&self) -> SharedNodes<'_> {
        SharedNodes { writer: &self.writer, vocabulary: self.vocabulary }
    }

    fn store(&self) -> Option<&Quads> {
        self.writer.store()
    }
}

pub(super) fn hash(id: &PaperId) -> u64 {
    xxh3_64(id.key().as_bytes())
}

fn version(vocabulary: &Vocabulary) -> String {
    format!("{:016x}", vocabulary.version())
}

/// The current time as `xsd:dateTime`, in UTC.
fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
