use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use tantivy::directory::MmapDirectory;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::schema::Term;
use tantivy::{IndexBuilder, IndexWriter, TantivyDocument};
use xxhash_rust::xxh3::xxh3_64;

use super::confidence::link_number;
use super::hubs::FILE as HUBS;
use super::schema::{FORMAT, IndexFields, date_number, index_settings, kind_number, tokenizers};
use super::{DisplayFields, Index, IndexDocument, IndexError, NodeHash, manifest};
use crate::ontology::{NodeKind, name_key};

/// Memory of one writer thread before it writes a segment, in bytes.
const SMALL: usize = 16 << 20;
const LARGE: usize = 64 << 20;
/// Number of documents from which several threads and the larger memory pay off.
const MANY: usize = 20_000;
/// Maximum number of threads. More of them make more segments without writing faster.
const THREADS: usize = 4;

/// Prefix of the payload of an unfinished index.
const UNFINISHED: &str = "unfinished ";

/// An index being written, in the folder of a generation without readers.
pub(crate) struct NewIndex {
    folder: PathBuf,
    fields: IndexFields,
    inner: IndexWriter,
    /// Whether the index copies nothing from an earlier one.
    is_new: bool,
}

impl NewIndex {
    /// Begins an index at `folder`, with the contents of the one at `previous` if they can be copied.
    ///
    /// Files of tantivy are never changed in place: segments are immutable, and the list of segments is replaced by a
    /// rename. So all files are shared by hard links (copied on disks without them), and additions and deletions in
    /// the new index do not affect the old one.
    ///
    /// # Errors
    /// If the disk reports an error.
    pub(crate) fn begin(folder: &Path, previous: Option<&Path>, expected: usize) -> Result<Self, IndexError> {
        let error = |message: String| IndexError { path: folder.to_path_buf(), message };
        fs::create_dir_all(folder).map_err(|e| error(e.to_string()))?;
        if let Some(previous) = previous {
            share(previous, folder).map_err(|e| error(e.to_string()))?;
        }
        let fields = IndexFields::new();
        let directory = MmapDirectory::open(folder).map_err(|e| error(e.to_string()))?;
        let index = IndexBuilder::new()
            .schema(fields.schema.clone())
            .tokenizers(tokenizers())
            .settings(index_settings())
            .open_or_create(directory)
            .map_err(|e| error(e.to_string()))?;
        let many = expected >= MANY;
        let threads = if many { rayon::current_num_threads().clamp(1, THREADS) } else { 1 };
        let inner = index
            .writer_with_num_threads(threads, threads * if many { LARGE } else { SMALL })
            .map_err(|e| error(e.to_string()))?;
        if previous.is_none() {
            // All segments are merged into one at the end. Merges before that would be done twice.
            inner.set_merge_policy(Box::new(NoMergePolicy));
        }
        Ok(Self { folder: folder.to_path_buf(), fields, inner, is_new: previous.is_none() })
    }

    /// Adds a node, replacing its earlier document.
    pub(crate) fn put(&self, document: &IndexDocument) -> Result<(), IndexError> {
        self.remove(&document.id);
        self.add(document)
    }

    /// Adds a node that is not in the index yet.
    pub(crate) fn add(&self, document: &IndexDocument) -> Result<(), IndexError> {
        let fields = &self.fields;
        let mut doc = TantivyDocument::default();
        doc.add_text(fields.id, &document.id);
        doc.add_u64(fields.kind, kind_number(document.kind));
        let paper = document.kind == NodeKind::Paper;
        let mut keys: Vec<String> = Vec::new();
        for name in &document.names {
            // Works are found only by their whole title: their words would crowd out everything else.
            if document.kind != NodeKind::Work {
                doc.add_text(if paper { fields.title } else { fields.name }, name);
            }
            keys.push(name_key(name));
        }
        keys.sort_unstable();
        keys.dedup();
        for key in keys.iter().filter(|key| !key.is_empty()) {
            doc.add_text(fields.key, key);
        }
        if !document.text.is_empty() {
            doc.add_text(fields.text, &document.text);
        }
        if let Some(date) = document.date {
            doc.add_u64(fields.date, date_number(date));
        }
        for (predicate, id) in &document.ties {
            doc.add_text(fields.tie, format!("{predicate} {id}"));
        }
        if let Some(NodeHash(hash)) = NodeHash::of(&document.id).filter(|_| !paper) {
            doc.add_u64(fields.hash, hash);
        }
        let mut named: Vec<NodeHash> = document.named.iter().filter_map(|id| NodeHash::of(id)).collect();
        named.sort_unstable();
        for NodeHash(hash) in named {
            doc.add_u64(fields.named, hash);
        }
        for (id, percent) in &document.confidences {
            if let Some(node) = NodeHash::of(id) {
                doc.add_u64(fields.confidence, link_number(node, *percent));
            }
        }
        let shown = DisplayFields::bytes(document).map_err(|e| self.failed(e))?;
        doc.add_bytes(fields.shown, &shown);
        for dataset in document.results.terms() {
            doc.add_text(fields.result, dataset);
        }
        if !document.results.results.is_empty() {
            doc.add_bytes(fields.results, &postcard::to_allocvec(&document.results).map_err(|e| self.failed(e))?);
        }
        for id in &document.headline {
            doc.add_text(fields.headline, id);
        }
        for (id, count) in &document.units {
            if let Some(NodeHash(hash)) = NodeHash::of(id) {
                doc.add_u64(fields.units, hash);
                doc.add_u64(fields.units, *count);
            }
        }
        self.inner.add_document(doc).map(|_| ()).map_err(|e| self.error(e))
    }

    pub(crate) fn remove(&self, id: &str) {
        self.inner.delete_term(Term::from_field_text(self.fields.id, id));
    }

    /// Writes all additions to disk, so that they survive a crash, and stores a number for [`NewIndex::resume`].
    pub(crate) fn save(&mut self, progress: u64) -> Result<(), IndexError> {
        let saved = self.inner.prepare_commit().and_then(|mut commit| {
            commit.set_payload(&format!("{UNFINISHED}{progress}"));
            commit.commit()
        });
        saved.map(|_| ()).map_err(|e| self.error(e))
    }

    /// Like [`NewIndex::save`], and merges all segments into one, which [`NewIndex::finish`] then need not do.
    pub(crate) fn settle(&mut self, progress: u64) -> Result<(), IndexError> {
        self.save(progress)?;
        let segments = self.inner.index().searchable_segment_ids().map_err(|e| self.error(e))?;
        if segments.len() > 1 {
            self.inner.merge(&segments).wait().map_err(|e| self.error(e))?;
        }
        Ok(())
    }

    /// Resumes an unfinished index at `folder`, if it was saved: returns it with the stored number, and with the ids
    /// in the index as hashes.
    ///
    /// # Errors
    /// If the disk reports an error.
    pub(crate) fn resume(folder: &Path, expected: usize) -> Result<Option<(Self, u64, HashSet<u64>)>, IndexError> {
        let saved = std::panic::catch_unwind(|| {
            let directory = MmapDirectory::open(folder).ok()?;
            let payload = tantivy::Index::open(directory).ok()?.load_metas().ok()?.payload?;
            let progress = payload.strip_prefix(UNFINISHED)?.parse::<u64>().ok()?;
            let index = Index::open_unfinished(folder).ok()?;
            let mut ids = HashSet::new();
            index
                .each_id(|id, _| {
                    ids.insert(xxh3_64(id.as_bytes()));
                })
                .ok()?;
            Some((progress, ids))
        });
        match saved {
            Ok(Some((progress, ids))) => Ok(Some((Self::begin(folder, None, expected)?, progress, ids))),
            Ok(None) | Err(_) => Ok(None),
        }
    }

    /// Writes everything, and waits until it is on the disk.
    pub(crate) fn finish(mut self) -> Result<(), IndexError> {
        let folder = self.folder.clone();
        let error = |e: tantivy::TantivyError| IndexError { path: folder.clone(), message: e.to_string() };
        let mut commit = self.inner.prepare_commit().map_err(error)?;
        commit.set_payload(&FORMAT.to_string());
        commit.commit().map_err(error)?;
        let index = self.inner.index().clone();
        // A background merge would remove segments that the merge below needs.
        self.inner.wait_merging_threads().map_err(error)?;
        if self.is_new {
            // The segments are merged, because every query costs time for each segment.
            let segments = index.searchable_segment_ids().map_err(error)?;
            if segments.len() > 1 {
                let mut merger = reopened(&index).map_err(error)?;
                merger.set_merge_policy(Box::new(NoMergePolicy));
                merger.merge(&segments).wait().map_err(error)?;
                merger.garbage_collect_files().wait().map_err(error)?;
                merger.wait_merging_threads().map_err(error)?;
            }
        }
        Index::write_hubs(&folder)?;
        tidy(&folder).and_then(|()| manifest::write(&folder)).map_err(|e| error(e.into()))
    }

    fn error(&self, error: tantivy::TantivyError) -> IndexError {
        self.failed(error)
    }

    fn failed(&self, error: impl std::fmt::Display) -> IndexError {
        IndexError { path: self.folder.clone(), message: error.to_string() }
    }
}

/// A writer of an index that this process has just closed. A program that is being started elsewhere in this process
/// holds a copy of the lock for a moment.
fn reopened(index: &tantivy::Index) -> tantivy::Result<IndexWriter> {
    const TRIES: u32 = 1000;
    let mut tries = 0;
    loop {
        match index.writer_with_num_threads(1, SMALL) {
            Err(tantivy::TantivyError::LockFailure(..)) if tries < TRIES => {
                tries += 1;
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            writer => return writer,
        }
    }
}

/// Removes the locks, and gives the files that tantivy replaces by a rename the same permissions as the others.
/// Tantivy makes them readable for their owner only, and other users could not read the index.
fn tidy(folder: &Path) -> std::io::Result<()> {
    let plain = fs::metadata(folder.join(HUBS))?.permissions();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(".lock") {
            let _ = fs::remove_file(entry.path());
        } else if entry.metadata()?.permissions() != plain {
            fs::set_permissions(entry.path(), plain.clone())?;
        }
    }
    Ok(())
}

/// Links or copies the files of one index into the folder of another.
fn share(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let (name_text, target) = (name.to_string_lossy().into_owned(), to.join(&name));
        if name_text.ends_with(".lock") || target.exists() {
            continue;
        }
        if fs::hard_link(entry.path(), &target).is_err() {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
