//! The single writer of generations. A build and an edit both work on their own generation and publish it by one
//! rename.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use oxigraph::model::{NamedNode, Quad, Triple};
use oxigraph::store::{StorageError, Store};
use rayon::prelude::*;

use super::layout::{CurrentPointer, StoreLayout};
use super::overview::GenerationOverview;
use super::quads::Quads;
use super::search_index::{self, ChangedNodes, IndexFeed};
use super::statistics::Statistics;
use super::user_statements::{self, UserStatements};
use super::{BOARDS, StoreError, fill, open_read_only, read, rocksdb};
use crate::ontology::{Base, Ontology, void};

/// Number of differences that are collected before they are written.
pub(super) const BATCH: usize = 100_000;
/// Number of quads from which the bulk loader is faster than a transaction.
const BULK: usize = 20_000;

/// Bytes of a database that is compressed when most of it was written again. RocksDB does not compress its first level,
/// which is all of a smaller one.
const COMPRESSED: std::ops::Range<u64> = 16 << 20..1 << 30;

/// A graph whose build lock is held. Nothing in it has been opened yet.
pub struct LockedStore {
    layout: StoreLayout,
    lock: File,
    /// The published generation; `None` if there is none that can be recognised.
    current: Option<CurrentPointer>,
    base: Base,
    /// Messages for the user about the state in which the graph was found.
    notes: Vec<String>,
}

/// The initial contents of a new generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GenerationBasis {
    /// A copy of the published generation that shares its files.
    Published,
    /// No triples. With `ledger`, the records of the published generation are kept.
    Empty { ledger: bool },
}

impl LockedStore {
    /// Takes the build lock of the store at `path`, creates the folder if it is missing, and removes what killed
    /// builds left. `base` applies to a new graph; for an existing one it must be `None` or the same. If the pointer
    /// to the published generation is lost, it is restored to the newest generation that was published.
    ///
    /// # Errors
    /// If another build is running, the folder is not a store, the base differs, or a later version of the program
    /// made the graph.
    pub fn take(path: &Path, base: Option<&Base>) -> Result<Self, StoreError> {
        let layout = StoreLayout::new(path);
        let lock = layout.lock_for_build()?;
        let mut notes = Vec::new();
        let found = match layout.try_current() {
            Ok(Some((current, base))) if layout.generation(current.generation).is_dir() => Some((current, base)),
            Ok(_) | Err(StoreError::Corrupt { .. }) => recover(&layout, &mut notes)?,
            Err(error) => return Err(error),
        };
        if let (Some((_, has)), Some(wanted)) = (&found, base)
            && has != wanted
        {
            return Err(StoreError::OtherBase { path: path.into(), has: has.clone(), wanted: wanted.clone() });
        }
        let (current, has) = found.unzip();
        // Generations that cannot be recognised are kept until there is a new one.
        if current.is_some() || layout.whole()?.is_empty() {
            layout.clean(current.as_ref())?;
        }
        let noted = || layout.whole().ok()?.into_iter().find_map(|number| layout.noted_base(number));
        let base = has.or_else(|| base.cloned()).or_else(noted).unwrap_or_default();
        if let UserStatements::Damaged(lines) = user_statements::read(layout.root()).map_err(layout.io("read"))? {
            notes.push(format!(
                "{} is damaged: your statements are taken from the graph, or from the {} lines that can be read if the \
                 graph cannot",
                user_statements::path(layout.root()).display(),
                lines.len()
            ));
        }
        Ok(Self { layout, lock, current, base, notes })
    }

    /// The number of the published generation.
    pub fn generation(&self) -> Option<u64> {
        self.current.as_ref().map(|current| current.generation)
    }

    /// The folder of the ledger beside the published graph.
    pub fn ledger(&self) -> Option<PathBuf> {
        self.generation().map(|generation| self.layout.ledger(generation))
    }

    /// Whether generations were published but none can be recognised.
    pub fn is_lost(&self) -> Result<bool, StoreError> {
        Ok(self.current.is_none() && !self.layout.whole()?.is_empty())
    }

    /// Messages for the user about the state in which the graph was found.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Removes all unfinished generations, and all others that `StoreLayout::clean` removes. Returns the number of
    /// bytes freed.
    pub fn discard_unfinished(&self) -> Result<u64, StoreError> {
        let before = self.layout.total_size();
        self.layout.forget_plans()?;
        self.layout.clean(self.current.as_ref())?;
        Ok(before.saturating_sub(self.layout.total_size()))
    }
}

/// Restores the pointer to the newest published generation that can be opened.
fn recover(layout: &StoreLayout, notes: &mut Vec<String>) -> Result<Option<(CurrentPointer, Base)>, StoreError> {
    for number in layout.whole()? {
        let Ok(store) = open_read_only(layout, number) else { continue };
        let Some(base) = layout.noted_base(number).or_else(|| base_of(&store)) else { continue };
        let current = CurrentPointer::new(&base, number, None);
        layout.point_to(&current)?;
        notes.push(format!(
            "the file {} was missing or damaged; it names generation {number} again, the newest complete one",
            layout.root().join("current").display()
        ));
        return Ok(Some((current, base)));
    }
    Ok(None)
}

/// The base of a graph, taken from the IRI of the named graph that describes its build.
pub(super) fn base_of(store: &Store) -> Option<Base> {
    // Iterators of a damaged database never end: after an error they return the same error again.
    let mut names = store.named_graphs().map_while(Result::ok).map(|name| name.to_string());
    names.find_map(|name| name.strip_prefix('<')?.strip_suffix("build>")?.parse().ok())
}

/// A generation in progress. Readers see nothing of it before [`GenerationWriter::publish`]. Dropping the writer
/// removes what was written, unless the build was marked as resumable.
pub(super) struct GenerationWriter {
    pub layout: StoreLayout,
    pub ontology: Ontology,
    current: Option<CurrentPointer>,
    /// The published generation, read-only; `None` if there is none, or if the new one begins empty.
    published: Option<Quads>,
    new: Option<(u64, Quads)>,
    /// Shards of a graph that is being filled, which are not in its database yet.
    pub shards: Vec<PathBuf>,
    /// Whether the database was made by a merge of shards.
    is_merged: bool,
    basis: GenerationBasis,
    /// Whether an unfinished generation is kept for a later build with the same plan.
    pub is_resumable: bool,
    removes: Vec<Quad>,
    inserts: Vec<Quad>,
    /// Change in the counts of the default graph.
    pub growth: Statistics,
    /// Nodes whose documents in the search index must be updated.
    pub changes: ChangedNodes,
    /// Search index of a graph that is being filled.
    pub feed: Option<IndexFeed>,
    /// Whether everything must be counted at the end, because it is unknown what an interrupted build wrote last.
    pub must_count: bool,
    _lock: File,
}

impl GenerationWriter {
    /// # Errors
    /// If the new generation is to begin as a copy of the published one, and that cannot be opened.
    pub(super) fn begin(locked: LockedStore, basis: GenerationBasis) -> Result<Self, StoreError> {
        let LockedStore { layout, lock, current, base, .. } = locked;
        let published = match &current {
            Some(current) if basis == GenerationBasis::Published => Some(open_read_only(&layout, current.generation)?),
            _ => None,
        };
        let ontology = Ontology::new(base);
        let published = published.map(|store| Quads::new(store, &ontology));
        Ok(Self {
            layout,
            ontology,
            current,
            published,
            new: None,
            shards: Vec::new(),
            is_merged: false,
            basis,
            is_resumable: false,
            removes: Vec::new(),
            inserts: Vec::new(),
            growth: Statistics::default(),
            changes: ChangedNodes::default(),
            feed: None,
            must_count: false,
            _lock: lock,
        })
    }

    pub(super) fn current(&self) -> Option<&CurrentPointer> {
        self.current.as_ref()
    }

    /// Whether the new generation copies nothing from a published one.
    pub(super) fn begins_empty(&self) -> bool {
        self.published.is_none()
    }

    pub(super) fn published(&self) -> Option<&Quads> {
        self.published.as_ref()
    }

    /// The generation that is being written, or else the published one.
    pub(super) fn store(&self) -> Option<&Quads> {
        self.new.as_ref().map(|(_, store)| store).or(self.published.as_ref())
    }

    /// The databases of a graph that is being filled: its own, and its shards. A paper may be in two of them if an
    /// earlier build was interrupted.
    pub(super) fn filled(&self) -> impl ParallelIterator<Item = Result<Quads, StoreError>> + '_ {
        let whole = self.store().cloned().into_par_iter().map(Ok);
        let shards = self.shards.par_iter().map(|shard| {
            let store = self.ok(Store::open_read_only(shard))?;
            Ok(Quads::changing(store, &self.ontology))
        });
        whole.chain(shards)
    }

    /// Merges the shards into the database, and meanwhile the search index into one segment. The caller holds no copy of
    /// the database.
    pub(super) fn merge_shards(&mut self) -> Result<(), StoreError> {
        if self.shards.is_empty() {
            return Ok(());
        }
        let Some((number, quads)) = self.new.take() else { return Ok(()) };
        drop(quads);
        let folder = self.layout.generation(number);
        let (shards, feed) = (&self.shards, self.feed.as_mut());
        let (merged, settled) = std::thread::scope(|scope| {
            let settling = feed.map(|feed| scope.spawn(move || feed.settle()));
            let merged = rocksdb::merge(shards, &folder);
            (merged, settling.map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))))
        });
        merged.map_err(|error| self.io(error))?;
        settled.unwrap_or(Ok(()))?;
        // They stay on the disk until the generation is published, so that the merge can be repeated.
        self.shards = Vec::new();
        self.is_merged = true;
        self.new = Some((number, Quads::changing(self.ok(Store::open(folder))?, &self.ontology)));
        Ok(())
    }

    /// Whether the graph as written so far has any statement about a node.
    pub(super) fn has(&self, node: &NamedNode) -> bool {
        self.store().is_some_and(|store| matches!(read::in_default(store, Some(node), None, None).next(), Some(Ok(_))))
    }

    /// The number of the generation that is being written.
    pub(super) fn number(&self) -> Option<u64> {
        self.new.as_ref().map(|(number, _)| *number)
    }

    /// The generation that is being written. The first call creates it.
    pub(super) fn writable(&mut self) -> Result<&Quads, StoreError> {
        if self.new.is_none() {
            let number = self.layout.next_number()?;
            let folder = self.layout.generation(number);
            let created = self.create(number, &folder);
            match created {
                Ok(store) => self.new = Some((number, Quads::changing(store, &self.ontology))),
                Err(error) => {
                    let _ = self.layout.remove(number);
                    return Err(error);
                }
            }
            self.follow_user_statements()?;
        }
        self.store().ok_or_else(|| StoreError::Missing { path: self.layout.root().into() })
    }

    fn create(&self, number: u64, folder: &Path) -> Result<Store, StoreError> {
        if let Some(published) = &self.published {
            self.ok(published.database().backup(folder))?;
        }
        if let Some(current) = &self.current {
            let folders: &[&str] = match self.basis {
                GenerationBasis::Published => &["ledger", search_index::FOLDER],
                GenerationBasis::Empty { ledger: true } => &["ledger"],
                GenerationBasis::Empty { ledger: false } => &[],
            };
            self.layout.carry(current.generation, number, folders)?;
        }
        self.ok(Store::open(folder))
    }

    /// Resumes a generation that an interrupted build left.
    pub(super) fn resume(&mut self, number: u64) -> Result<(), StoreError> {
        let folder = self.layout.generation(number);
        remove_unloaded(&folder).map_err(self.layout.io("write to"))?;
        let store = self.ok(Store::open(folder))?;
        self.new = Some((number, Quads::changing(store, &self.ontology)));
        self.is_resumable = true;
        self.follow_user_statements()
    }

    /// Updates the user's statements in the new generation from the file that keeps them. If the file is missing or
    /// damaged, the statements of the published generation stay.
    fn follow_user_statements(&mut self) -> Result<(), StoreError> {
        let Some((_, store)) = &self.new else { return Ok(()) };
        let store = store.database();
        let has = self.ok(user_statements::of(store, &self.ontology))?;
        let wanted = match user_statements::read(self.layout.root()).map_err(self.layout.io("read"))? {
            UserStatements::Whole(statements) => statements,
            UserStatements::TooNew(version) => {
                return Err(StoreError::TooNew {
                    path: user_statements::path(self.layout.root()),
                    format: version.into(),
                });
            }
            UserStatements::Missing => self.published_user_statements().unwrap_or(has.clone()),
            UserStatements::Damaged(lines) => self.published_user_statements().unwrap_or(lines),
        };
        if has == wanted {
            return Ok(());
        }
        let graph = self.ontology.user_graph();
        let quads = |lines: BTreeSet<&String>| -> Vec<Quad> {
            lines.into_iter().filter_map(|line| user_statements::quad(line, &graph)).collect()
        };
        let (removes, inserts) = (quads(has.difference(&wanted).collect()), quads(wanted.difference(&has).collect()));
        let written = (|| {
            let mut transaction = store.start_transaction()?;
            removes.iter().for_each(|quad| transaction.remove(quad));
            transaction.extend(&inserts);
            transaction.commit()
        })();
        self.ok(written)
    }

    /// The user's statements in the published generation, as far as they can be read.
    fn published_user_statements(&self) -> Option<BTreeSet<String>> {
        match &self.published {
            Some(store) => user_statements::of(store.database(), &self.ontology).ok(),
            None => {
                let store = open_read_only(&self.layout, self.current.as_ref()?.generation).ok()?;
                user_statements::of(&store, &self.ontology).ok()
            }
        }
    }

    /// Queues quads to insert. They must not be in the graph yet.
    pub(super) fn insert(&mut self, quads: impl IntoIterator<Item = Quad>) {
        self.inserts.extend(quads);
    }

    /// Queues quads to remove. They must be in the graph. Within one write, removals are applied before insertions.
    pub(super) fn remove(&mut self, quads: impl IntoIterator<Item = Quad>) {
        self.removes.extend(quads);
    }

    /// How many differences wait to be written.
    pub(super) fn waiting(&self) -> usize {
        self.inserts.len() + self.removes.len()
    }

    /// Writes the queued differences if there are `at_least` that many.
    pub(super) fn write_if(&mut self, at_least: usize) -> Result<(), StoreError> {
        if self.waiting() < at_least {
            return Ok(());
        }
        let (inserts, removes) = (std::mem::take(&mut self.inserts), std::mem::take(&mut self.removes));
        self.changes.note(&self.ontology, inserts.iter().chain(&removes));
        removes.iter().for_each(|quad| self.growth.count(quad, -1));
        inserts.iter().for_each(|quad| self.growth.count(quad, 1));
        let quads = self.writable()?;
        let written = (|| {
            let store = quads.database();
            let changes = quads.changes(removes, inserts)?;
            let mut transaction = store.start_transaction()?;
            for quad in &changes.removes {
                transaction.remove(quad);
            }
            transaction.extend(changes.packed.iter().map(Quad::as_ref));
            if changes.inserts.len() < BULK {
                transaction.extend(changes.inserts.iter().map(Quad::as_ref));
                return transaction.commit();
            }
            transaction.commit()?;
            let mut loader = fill::loader(store);
            loader.load_quads(changes.inserts)?;
            loader.commit()
        })();
        self.ok(written)
    }

    /// Current counts of the graph. Queued differences are written first.
    pub(super) fn count(&mut self) -> Result<Statistics, StoreError> {
        self.write_if(1)?;
        let mut statistics = Statistics::default();
        if let Some(published) = &self.published {
            statistics = self.ok(Statistics::read(published.database(), &self.ontology))?;
            let noted = self.ok(read::metadata(published, &self.ontology, void::TRIPLES))?;
            // A graph that an earlier version of the program made may have no counts.
            self.must_count |= noted.and_then(|n| n.parse::<i64>().ok()) != Some(statistics.triples());
        }
        let Some(store) = self.store().filter(|_| self.must_count) else {
            statistics.join(&self.growth);
            return Ok(statistics);
        };
        let mut counted = Statistics::default();
        for quad in read::in_default(store, None, None, None) {
            counted.count(&self.ok(quad)?, 1);
        }
        Ok(counted)
    }

    /// Publishes the generation with its search index.
    pub(super) fn publish(mut self) -> Result<(), StoreError> {
        self.write_if(1)?;
        let Some((number, store)) = self.new.take() else { return Ok(()) };
        let published = self.publish_as(number, &store);
        drop(store);
        if published.is_ok() && self.is_worth_compressing(number) {
            // A graph that is not compressed can be read as well.
            let _ = rocksdb::compress(&self.layout.generation(number));
        }
        if published.is_err() && !self.is_resumable {
            let _ = self.layout.remove(number);
        }
        let previous = self.current.as_ref().map(|current| current.generation);
        let current = CurrentPointer::new(&self.ontology.base, number, previous);
        published.and_then(|()| {
            drop(self.published.take());
            self.layout.end_work(number)?;
            self.layout.publish(&current)?;
            self.layout.forget_plans()?;
            self.layout.clean(Some(&current))
        })
    }

    /// Whether RocksDB has written most of the database again, without compression. It compresses larger ones by
    /// itself.
    fn is_worth_compressing(&self, number: u64) -> bool {
        let before = self.current.as_ref().map(|current| self.layout.generation(current.generation));
        let (mut all, mut new) = (0, 0);
        for file in std::fs::read_dir(self.layout.generation(number)).into_iter().flatten().flatten() {
            let (path, size) = (file.path(), file.metadata().map_or(0, |file| file.len()));
            if path.extension().is_some_and(|end| end == "sst") {
                all += size;
                let is_old = before.as_ref().is_some_and(|before| before.join(file.file_name()).exists());
                new += if is_old { 0 } else { size };
            }
        }
        !self.is_merged && COMPRESSED.contains(&all) && new > all / 2
    }

    fn publish_as(&mut self, number: u64, store: &Quads) -> Result<(), StoreError> {
        self.ok(store.database().flush())?;
        self.keep_user_statements(store.database())?;
        let folder = self.layout.generation(number);
        self.ok(GenerationOverview::of(store, &self.ontology))?.write(&folder).map_err(self.layout.io("write to"))?;
        if self.keeps_boards()
            && let Some(current) = &self.current
        {
            // Without the file, the boards are made again.
            let _ = std::fs::hard_link(self.layout.generation(current.generation).join(BOARDS), folder.join(BOARDS));
        }
        let feed = self.feed.take();
        if feed.is_none() && self.changes.is_empty() && self.published.is_some() {
            // The index was carried over unchanged.
            return Ok(());
        }
        let before = match (&self.current, self.basis) {
            (Some(current), GenerationBasis::Published) => Some(self.layout.generation(current.generation)),
            _ => None,
        };
        search_index::write(store, &self.ontology, &folder, feed, before.as_deref(), &self.changes)
    }

    /// Whether the boards are those of the published generation: only links were checked, or statements of the user
    /// changed. Boards do not hold the state of code.
    fn keeps_boards(&self) -> bool {
        self.published.is_some() && self.feed.is_none() && self.changes.are_of_links(&self.ontology.base)
    }

    /// Updates the file of the user's statements if it differs from the graph.
    fn keep_user_statements(&self, store: &Store) -> Result<(), StoreError> {
        let root = self.layout.root();
        let has = self.ok(user_statements::of(store, &self.ontology))?;
        match user_statements::read(root).map_err(self.layout.io("read"))? {
            UserStatements::Whole(statements) if statements == has => return Ok(()),
            UserStatements::Missing if has.is_empty() => return Ok(()),
            _ => {}
        }
        user_statements::write(root, &has).map_err(self.layout.io("write to"))
    }

    /// Abandons the work: the graph stays as it was, and there is nothing to resume.
    pub(super) fn discard(mut self) -> Result<(), StoreError> {
        drop(self.new.take());
        self.layout.forget_plans()?;
        self.layout.clean(self.current.as_ref())
    }

    pub(super) fn io(&self, error: std::io::Error) -> StoreError {
        self.layout.io("write to")(error)
    }

    pub(super) fn storage(&self, error: StorageError) -> StoreError {
        StoreError::Storage { path: self.layout.root().into(), error }
    }

    pub(super) fn ok<T>(&self, result: Result<T, StorageError>) -> Result<T, StoreError> {
        result.map_err(|e| self.storage(e))
    }
}

impl Drop for GenerationWriter {
    fn drop(&mut self) {
        if let Some((number, store)) = self.new.take() {
            drop(store);
            if !self.is_resumable {
                let _ = self.layout.remove(number);
            }
        }
    }
}

/// Removes the files of a bulk load that was killed before they were part of the database.
fn remove_unloaded(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("bulk-") && name.ends_with(".sst") {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Only quads of the default graph are described in the search index and counted.
pub(super) fn in_default_graph(triple: Triple) -> Quad {
    triple.in_graph(oxigraph::model::GraphName::DefaultGraph)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_no_database_took_over_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bulk-17.sst", "000017.sst", "CURRENT", "bulk-17"] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        remove_unloaded(folder.path()).unwrap();
        let mut left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort_unstable();
        assert_eq!(left, ["000017.sst", "CURRENT", "bulk-17"]);
    }
}
