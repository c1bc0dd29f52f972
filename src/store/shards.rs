//! Shards: the databases of a graph that is being filled. Each has some of the papers, and is written once. In the end they
//! are merged into one database.
//!
//! If a single database took the papers bit by bit, RocksDB would merge its files again and again: four times in all
//! for 100,000 papers.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use oxigraph::model::Triple;
use oxigraph::store::{StorageError, Store};

use super::generation::in_default_graph;

/// Number of shards that are written at the same time.
pub(super) const WRITERS: usize = 2;

/// Triples that wait to be written, in the lists that were given: joining the lists would copy all triples.
#[derive(Default)]
pub(super) struct WaitingTriples {
    lists: Vec<Vec<Triple>>,
    count: usize,
}

impl WaitingTriples {
    pub(super) fn into_triples(self) -> impl Iterator<Item = Triple> {
        self.lists.into_iter().flatten()
    }
}

/// Writes shards, on threads of their own.
pub(super) struct ShardWriter {
    folder: PathBuf,
    /// Number of the next shard.
    next_number: u64,
    /// Number of triples from which on a shard is written.
    shard_triples: usize,
    waiting: WaitingTriples,
    /// Threads that are writing shards, the oldest first.
    running: VecDeque<JoinHandle<Result<(), StorageError>>>,
}

impl ShardWriter {
    /// Writes shards of `shard_triples` triples into `folder`, from number `next_number` on.
    pub(super) fn new(folder: &Path, next_number: u64, shard_triples: usize) -> Self {
        Self {
            folder: folder.into(),
            next_number,
            shard_triples,
            waiting: WaitingTriples::default(),
            running: VecDeque::new(),
        }
    }

    /// Takes triples that belong into the same shard.
    pub(super) fn push(&mut self, triples: Vec<Vec<Triple>>) -> Result<(), StorageError> {
        self.waiting.count += triples.iter().map(Vec::len).sum::<usize>();
        self.waiting.lists.extend(triples);
        if self.waiting.count >= self.shard_triples { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), StorageError> {
        let triples = std::mem::take(&mut self.waiting);
        if triples.count == 0 {
            return Ok(());
        }
        while self.running.len() >= WRITERS {
            self.join_first()?;
        }
        let shard = path(&self.folder, self.next_number);
        self.next_number += 1;
        self.running.push_back(std::thread::spawn(move || write(&shard, triples)));
        Ok(())
    }

    /// The triples that wait, if no shard was begun.
    pub(super) fn only(&mut self) -> Option<WaitingTriples> {
        (self.next_number == 0).then(|| std::mem::take(&mut self.waiting))
    }

    /// Writes what waits, until it is on the disk. Returns the number of the next shard.
    pub(super) fn flush(&mut self) -> Result<u64, StorageError> {
        self.write()?;
        while !self.running.is_empty() {
            self.join_first()?;
        }
        Ok(self.next_number)
    }

    fn join_first(&mut self) -> Result<(), StorageError> {
        match self.running.pop_front().map(JoinHandle::join) {
            Some(Ok(written)) => written,
            Some(Err(panic)) => std::panic::resume_unwind(panic),
            None => Ok(()),
        }
    }
}

impl Drop for ShardWriter {
    fn drop(&mut self) {
        // No thread may write into a folder that is about to be removed.
        self.running.drain(..).for_each(|thread| drop(thread.join()));
    }
}

fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(number.to_string())
}

/// The folders of the first shards.
pub(super) fn paths(folder: &Path, count: u64) -> Vec<PathBuf> {
    (0..count).map(|number| path(folder, number)).collect()
}

/// Keeps the first shards, and removes those that an interrupted build left unfinished.
pub(super) fn keep(folder: &Path, count: u64) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let number = entry.file_name().to_str().and_then(|name| name.parse::<u64>().ok());
        if number.is_none_or(|number| number >= count) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// Writes one shard, as one file for each table, so that RocksDB has nothing to merge.
fn write(folder: &Path, triples: WaitingTriples) -> Result<(), StorageError> {
    let store = Store::open(folder)?;
    // The loader's "megabytes" mean a thousand quads each.
    let size = triples.count / 1000 + 1;
    let mut loader = store.bulk_loader().with_num_threads(1).with_max_memory_size_in_megabytes(size);
    loader.load_quads(triples.into_triples().map(in_default_graph))?;
    loader.commit()
}
