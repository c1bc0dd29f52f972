use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tantivy::columnar::{Column, StrColumn};
#[cfg(unix)]
use tantivy::directory::Advice;
use tantivy::directory::MmapDirectory;
use tantivy::directory::error::OpenDirectoryError;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::{IndexRecordOption, Term};
use tantivy::{BitSet, SegmentReader};
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::manifest;
use super::nodes::places_in;
use super::schema::{FORMAT, IndexFields, UNITS, date_of};
use super::shown::SegmentDocuments;
use super::{ByHash, IndexError, LessSureNodes, NodeHash, NodeTable};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;

/// Number of a node in the index. It is valid for one opened index only.
pub(crate) type IndexedNode = u32;

/// A paper that names a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperWithPredicates {
    pub paper: IndexedNode,
    /// Which of the requested predicates tie them: bit `i` for the `i`-th.
    pub predicates: u32,
}

/// A paper that names a node. It sorts in list order: papers with the name in the title first, then the newest, then
/// those with the most mentions, then by id (because numbers change in every build).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NamingPaper {
    pub in_title: Reverse<bool>,
    pub day: Reverse<u64>,
    pub times: Reverse<usize>,
    pub id: String,
    pub doc: IndexedNode,
}

/// How much of an index will be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadAmount {
    /// Lists and columns. The system reads ahead, from 128 kB to several megabytes around each page.
    Much,
    /// Single pages, with no read-ahead (on Unix). With no part of a million papers in memory yet, the neighbours of a
    /// hub take a fifth of the time compared with a read-ahead of 8 MB, and also less time than with one of 128 kB.
    Little,
}

/// The index of one generation, opened for reading. Opening maps the files and reads their tables of contents.
pub struct Index {
    pub(super) path: PathBuf,
    pub(super) fields: IndexFields,
    pub(super) segments: Vec<IndexSegment>,
    nodes: OnceLock<NodeTable>,
    docs: IndexedNode,
}

pub(super) struct IndexSegment {
    pub reader: SegmentReader,
    /// Number of its first document.
    pub base: IndexedNode,
    pub ties: Option<StrColumn>,
    named: Option<Column<u64>>,
    pub confidences: Option<Column<u64>>,
    pub documents: SegmentDocuments,
}

impl IndexSegment {
    /// Calls `f` with each document that has a term, in order, without deleted ones.
    pub(super) fn each(&self, term: &Term, mut f: impl FnMut(IndexedNode)) -> io::Result<()> {
        if let Some(postings) = self.postings(term)? {
            self.each_of(postings, &mut f);
        }
        Ok(())
    }

    /// Adds the documents that have a term to a list. Space is reserved first, because growing the list costs more
    /// than reading the documents.
    fn add_all(&self, term: &Term, docs: &mut Vec<IndexedNode>) -> io::Result<()> {
        if let Some(postings) = self.postings(term)? {
            docs.reserve(postings.doc_freq() as usize);
            self.each_of(postings, |doc| docs.push(doc));
        }
        Ok(())
    }

    fn postings(&self, term: &Term) -> io::Result<Option<BlockSegmentPostings>> {
        self.inverted(term)?.read_block_postings(term, IndexRecordOption::Basic)
    }

    pub(super) fn each_of(&self, mut postings: BlockSegmentPostings, mut f: impl FnMut(IndexedNode)) {
        let all_alive = !self.reader.has_deletes();
        // Read by blocks, because some lists have one number for each paper.
        while postings.block_len() > 0 {
            for doc in postings.docs() {
                if all_alive || !self.reader.is_deleted(*doc) {
                    f(self.base + doc);
                }
            }
            postings.advance();
        }
    }

    /// Range of its document numbers.
    pub(super) fn docs(&self) -> Range<IndexedNode> {
        self.base..self.base + self.reader.max_doc()
    }

    fn inverted(&self, term: &Term) -> io::Result<std::sync::Arc<tantivy::InvertedIndexReader>> {
        self.reader.inverted_index(term.field()).map_err(io::Error::other)
    }
}

/// The predicates, and every tie as (subject, position of its predicate, object).
pub(super) type AllTies = (Vec<String>, Vec<(IndexedNode, u32, IndexedNode)>);

impl Index {
    /// Opens the index at `path`; `None` if there is none, or one of another version.
    pub fn open(path: &Path) -> Result<Option<Self>, IndexError> {
        Self::open_for(path, ReadAmount::Much)
    }

    /// Like [`Index::open`]. `reading` affects only the speed.
    ///
    /// # Errors
    /// If the quick comparison with the manifest finds damage, or the index cannot be opened.
    pub fn open_for(path: &Path, reading: ReadAmount) -> Result<Option<Self>, IndexError> {
        if !path.is_dir() {
            return Ok(None);
        }
        let error = |message: String| IndexError { path: path.to_path_buf(), message };
        match manifest::defect(path, manifest::BRIEFLY).map_err(|e| error(e.to_string()))? {
            Some(_) if !path.join(manifest::FILE).exists() => return Ok(None),
            Some(defect) => return Err(error(defect)),
            None => {}
        }
        // Damage outside the compared bytes can make tantivy panic.
        let opened = std::panic::catch_unwind(|| Self::open_sound(path, reading));
        opened.unwrap_or_else(|_| Err(error("it is damaged".to_string())))
    }

    /// Compares every byte of the index at `path` with its manifest, and reports what is wrong.
    pub fn verify(path: &Path) -> Result<Option<String>, IndexError> {
        let error = |e: io::Error| IndexError { path: path.to_path_buf(), message: e.to_string() };
        manifest::defect(path, u64::MAX).map_err(error)
    }

    fn open_sound(path: &Path, reading: ReadAmount) -> Result<Option<Self>, IndexError> {
        let error = |message: String| IndexError { path: path.to_path_buf(), message };
        let directory = directory(path, reading).map_err(|e| error(e.to_string()))?;
        let index = tantivy::Index::open(directory).map_err(|e| error(e.to_string()))?;
        let metas = index.load_metas().map_err(|e| error(e.to_string()))?;
        let fields = IndexFields::new();
        if metas.payload.as_deref() != Some(FORMAT.to_string().as_str()) || metas.schema != fields.schema {
            return Ok(None);
        }
        Self::of(path, &index, fields).map(Some)
    }

    /// Opens an index that is still being written, in its last saved state.
    pub(super) fn open_unfinished(path: &Path) -> Result<Self, IndexError> {
        let error = |message: String| IndexError { path: path.to_path_buf(), message };
        let directory = directory(path, ReadAmount::Much).map_err(|e| error(e.to_string()))?;
        let index = tantivy::Index::open(directory).map_err(|e| error(e.to_string()))?;
        Self::of(path, &index, IndexFields::new())
    }

    fn of(path: &Path, index: &tantivy::Index, fields: IndexFields) -> Result<Self, IndexError> {
        let error = |message: String| IndexError { path: path.to_path_buf(), message };
        let mut segments = Vec::new();
        let mut docs: IndexedNode = 0;
        // Tantivy's own reader is not used because it takes a lock, which fails on a read-only disk.
        for segment in index.searchable_segments().map_err(|e| error(e.to_string()))? {
            let segment = IndexSegment::open(&segment, docs).map_err(|e| error(e.to_string()))?;
            docs += segment.reader.max_doc();
            segments.push(segment);
        }
        Ok(Self { path: path.to_path_buf(), fields, segments, nodes: OnceLock::new(), docs })
    }

    /// A number that another index does not have, one that is made again from the same graph included.
    pub(crate) fn fingerprint(&self) -> u64 {
        let names = self.segments.iter().map(|segment| segment.reader.segment_id().uuid_string());
        xxh3_64(names.collect::<String>().as_bytes())
    }

    /// One more than the highest document number.
    pub fn end(&self) -> IndexedNode {
        self.docs
    }

    /// The node with this id.
    pub fn find(&self, id: &str) -> Result<Option<IndexedNode>, IndexError> {
        let term = Term::from_field_text(self.fields.id, id);
        let mut found = None;
        for segment in &self.segments {
            segment.each(&term, |doc| found = Some(doc)).map_err(|e| self.error(e))?;
            if found.is_some() {
                break;
            }
        }
        Ok(found)
    }

    /// Columns in which every node has a value.
    pub fn nodes(&self) -> Result<&NodeTable, IndexError> {
        if let Some(nodes) = self.nodes.get() {
            return Ok(nodes);
        }
        let opened = NodeTable::open(self.path.clone(), &self.segments).map_err(|e| self.error(e))?;
        Ok(self.nodes.get_or_init(|| opened))
    }

    pub fn id(&self, doc: IndexedNode) -> Result<String, IndexError> {
        self.nodes()?.id(doc)
    }

    /// The first `most` of `papers` in list order. `titled` are all papers that name the node in the title. Both lists
    /// are sorted by number. Mentions are counted only for an entity.
    pub fn first(
        &self,
        papers: &[IndexedNode],
        entity: Option<NodeHash>,
        titled: &[IndexedNode],
        most: usize,
    ) -> Result<Vec<NamingPaper>, IndexError> {
        let nodes = self.nodes()?;
        let in_title = nodes.newest(titled, most, |paper| papers.binary_search(&paper).is_ok());
        let others = nodes.newest(papers, most, |paper| titled.binary_search(&paper).is_err());
        let mut first = Vec::new();
        for (in_title, papers) in [(true, in_title), (false, others)] {
            for paper in papers {
                let times = entity.map_or(0, |entity| self.times(paper, entity));
                let (in_title, day, times) = (Reverse(in_title), Reverse(nodes.day(paper)), Reverse(times));
                first.push(NamingPaper { in_title, day, times, id: nodes.id(paper)?, doc: paper });
            }
        }
        first.sort_unstable();
        first.truncate(most);
        Ok(first)
    }

    /// All nodes, sorted by number.
    pub fn docs(&self) -> impl Iterator<Item = IndexedNode> + '_ {
        self.segments.iter().flat_map(|segment| segment.reader.doc_ids_alive().map(|doc| segment.base + doc))
    }

    /// Years of the first and the last dated paper; `None` if no paper has a date.
    pub fn years(&self) -> Result<Option<(u16, u16)>, IndexError> {
        let nodes = self.nodes()?;
        let span = self.docs().map(|doc| nodes.day(doc)).filter(|day| *day > 0).fold(None, |span, day| match span {
            None => Some((day, day)),
            Some((first, last)) => Some((day.min(first), day.max(last))),
        });
        let year = |day: u64| date_of(day).map(PartialDate::year);
        Ok(span.and_then(|(first, last)| Some((year(first)?, year(last)?))))
    }

    /// Nodes that one of these predicates ties to the node with this id. For each predicate they are sorted by number.
    pub fn subjects(&self, predicates: &[String], id: &str) -> Result<Vec<IndexedNode>, IndexError> {
        let mut subjects = Vec::new();
        for predicate in predicates {
            self.add_with(&Term::from_field_text(self.fields.tie, &format!("{predicate} {id}")), &mut subjects)?;
        }
        Ok(subjects)
    }

    /// The nodes of one kind that most nodes are tied to by this predicate, with the number of these: the `most` with
    /// the highest numbers, then by id, and how many nodes there are in all. Reads the dictionary of ties, not the
    /// nodes.
    pub fn most_tied(
        &self,
        predicate: &str,
        kind: NodeKind,
        most: usize,
    ) -> Result<(Vec<(usize, String)>, usize), IndexError> {
        let (begin, end) = range_of(predicate, kind);
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut best: BTreeSet<(Reverse<usize>, String)> = BTreeSet::new();
        let mut total = 0;
        let mut keep = |count: usize, id: String| {
            best.insert((Reverse(count), id));
            if best.len() > most {
                best.pop_last();
            }
        };
        let one_segment = self.segments.len() == 1;
        for segment in &self.segments {
            let inverted = segment.reader.inverted_index(self.fields.tie).map_err(|e| self.error(e))?;
            let mut terms = inverted.terms().range().ge(&begin).lt(&end).into_stream().map_err(|e| self.error(e))?;
            while terms.advance() {
                let Some(id) = std::str::from_utf8(terms.key()).ok().and_then(|tie| tie.split_once(' ')) else {
                    continue;
                };
                let count = if segment.reader.has_deletes() {
                    let mut count = 0;
                    let term = Term::from_field_text(self.fields.tie, &format!("{predicate} {}", id.1));
                    segment.each(&term, |_| count += 1).map_err(|e| self.error(e))?;
                    count
                } else {
                    terms.value().doc_freq as usize
                };
                if count == 0 {
                    continue;
                }
                if one_segment {
                    total += 1;
                    keep(count, id.1.to_string());
                } else {
                    *counts.entry(id.1.to_string()).or_default() += count;
                }
            }
        }
        total += counts.len();
        counts.into_iter().for_each(|(id, count)| keep(count, id));
        Ok((best.into_iter().map(|(Reverse(count), id)| (count, id)).collect(), total))
    }

    /// Papers whose title names the entity with this id, sorted by number.
    pub fn headlining(&self, id: &str) -> Result<Vec<IndexedNode>, IndexError> {
        self.with(&Term::from_field_text(self.fields.headline, id))
    }

    /// Nodes with a name or title that has this key.
    pub fn called(&self, key: &str) -> Result<Vec<IndexedNode>, IndexError> {
        self.with(&Term::from_field_text(self.fields.key, key))
    }

    pub(super) fn with(&self, term: &Term) -> Result<Vec<IndexedNode>, IndexError> {
        let mut docs = Vec::new();
        self.add_with(term, &mut docs)?;
        Ok(docs)
    }

    fn add_with(&self, term: &Term, docs: &mut Vec<IndexedNode>) -> Result<(), IndexError> {
        for segment in &self.segments {
            segment.add_all(term, docs).map_err(|e| self.error(e))?;
        }
        Ok(())
    }

    /// Subjects that one of `predicates` ties to the node with this id, each once, sorted by number.
    pub fn namings(&self, predicates: &[String], id: &str) -> Result<Vec<PaperWithPredicates>, IndexError> {
        let mut all: Vec<PaperWithPredicates> = Vec::new();
        for (i, predicate) in predicates.iter().enumerate().take(32) {
            let found = self.subjects(std::slice::from_ref(predicate), id)?;
            if found.is_empty() {
                continue;
            }
            all = merged(&all, &found, 1 << i);
        }
        Ok(all)
    }

    /// Papers that name this node, sorted by number.
    pub fn naming(&self, hash: NodeHash) -> Result<Vec<IndexedNode>, IndexError> {
        self.with(&Term::from_field_u64(self.fields.named, hash.0))
    }

    /// Number of papers that name this node.
    pub fn count(&self, hash: NodeHash) -> Result<usize, IndexError> {
        let term = Term::from_field_u64(self.fields.named, hash.0);
        let mut count = 0;
        for segment in &self.segments {
            if segment.reader.has_deletes() {
                segment.each(&term, |_| count += 1).map_err(|e| self.error(e))?;
            } else {
                let inverted = segment.inverted(&term).map_err(|e| self.error(e))?;
                count += inverted.doc_freq(&term).map_err(|e| self.error(e))? as usize;
            }
        }
        Ok(count)
    }

    /// An empty set of nodes.
    pub fn nothing(&self) -> BitSet {
        BitSet::with_max_value(self.docs)
    }

    /// Nodes that a paper names, each once, sorted by hash.
    pub fn named(&self, paper: IndexedNode) -> impl Iterator<Item = NodeHash> + '_ {
        once_each(self.places(paper))
    }

    /// Number of mentions of a node in a paper.
    pub fn times(&self, paper: IndexedNode, hash: NodeHash) -> usize {
        self.places(paper).filter(|named| *named == hash).count()
    }

    fn places(&self, paper: IndexedNode) -> impl Iterator<Item = NodeHash> + '_ {
        let segment = self.segment(paper);
        let column = segment.and_then(|segment| Some((segment.named.as_ref()?, paper - segment.base)));
        column.into_iter().flat_map(|(column, row)| column.values_for_doc(row)).map(NodeHash)
    }

    /// Every statement of a paper on how many units of a device it used: the paper, the device and the number.
    pub fn units(&self) -> Result<Vec<(IndexedNode, NodeHash, u64)>, IndexError> {
        let mut units = Vec::new();
        for segment in &self.segments {
            let column = segment.reader.fast_fields().column_opt::<u64>(UNITS).map_err(|e| self.error(e))?;
            let Some(column) = column else { continue };
            for row in (0..segment.reader.max_doc()).filter(|row| !segment.reader.is_deleted(*row)) {
                let mut values = column.values_for_doc(row);
                while let (Some(device), Some(count)) = (values.next(), values.next()) {
                    units.push((segment.base + row, NodeHash(device), count));
                }
            }
        }
        Ok(units)
    }

    /// The node with this hash.
    pub fn of_hash(&self, hash: NodeHash) -> Result<Option<IndexedNode>, IndexError> {
        Ok(self.with(&Term::from_field_u64(self.fields.hash, hash.0))?.first().copied())
    }

    /// Outgoing ties of a node: predicates and the ids of the objects.
    pub fn objects(&self, doc: IndexedNode) -> Result<Vec<(String, String)>, IndexError> {
        let mut ties = Vec::new();
        if let Some(segment) = self.segment(doc)
            && let Some(column) = &segment.ties
        {
            let mut tie = String::new();
            for ord in column.term_ords(doc - segment.base) {
                column.ord_to_str(ord, &mut tie).map_err(|e| self.error(e))?;
                ties.extend(tie.split_once(' ').map(|(predicate, id)| (predicate.to_string(), id.to_string())));
            }
        }
        Ok(ties)
    }

    /// Number of outgoing ties of a node.
    pub fn tie_count(&self, doc: IndexedNode) -> usize {
        let column = self.segment(doc).and_then(|segment| Some((segment, segment.ties.as_ref()?)));
        column.map_or(0, |(segment, column)| column.ords().index.value_row_ids(doc - segment.base).len())
    }

    /// For each node of the wanted kinds: how many of these papers (sorted by number) name it, and the sum of their
    /// weights. Links with a confidence below `least` percent are left out.
    pub fn tally(
        &self,
        papers: &[IndexedNode],
        weights: &[f64],
        least: u8,
        wanted: impl Fn(NodeKind) -> bool,
    ) -> ByHash<(usize, f64)> {
        let kinds: Vec<NodeKind> = NodeKind::ALL.into_iter().filter(|kind| wanted(*kind)).collect();
        let mut total: ByHash<(usize, f64)> = ByHash::default();
        for segment in &self.segments {
            let range = places_in(papers, &segment.docs());
            let (Some(papers), Some(column)) = (papers.get(range.clone()), &segment.named) else { continue };
            for (paper, weight) in papers.iter().zip(weights.get(range).unwrap_or_default()) {
                let less_sure = if least > 0 { self.less_sure_of(*paper, least) } else { LessSureNodes::default() };
                for hash in once_each(column.values_for_doc(paper - segment.base).map(NodeHash)) {
                    if hash.kind().is_some_and(|kind| kinds.contains(&kind)) && !less_sure.has(hash) {
                        let entry = total.entry(hash).or_default();
                        entry.0 += 1;
                        entry.1 += weight;
                    }
                }
            }
        }
        total
    }

    /// All ties of the graph as (subject, predicate, object). The predicate is a position in the list that is
    /// also returned. Ties to nodes that are not in the index are left out. Reads columns of numbers, segment by
    /// segment, on all cores; needs 24 bytes for each node and 12 for each tie.
    pub fn all_ties(&self) -> Result<AllTies, IndexError> {
        let by_id = self.numbers()?;
        let mut predicates: Vec<String> = Vec::new();
        let objects = self.each_tie(|predicate, id| {
            let object = *by_id.get(&xxh3_128(id.as_bytes()))?;
            let place = predicates.iter().position(|known| known == predicate).unwrap_or_else(|| {
                predicates.push(predicate.to_string());
                predicates.len() - 1
            });
            Some((place as u32, object))
        })?;
        let of_segment = |segment: &IndexSegment| -> Vec<(IndexedNode, u32, IndexedNode)> {
            let docs = segment.reader.doc_ids_alive().map(|doc| segment.base + doc);
            docs.flat_map(|doc| {
                let ties = self.ties_of(doc, &objects).flatten();
                ties.map(move |(predicate, object)| (doc, *predicate, *object))
            })
            .collect()
        };
        let ties: Vec<Vec<(IndexedNode, u32, IndexedNode)>> = self.segments.par_iter().map(of_segment).collect();
        Ok((predicates, ties.concat()))
    }

    /// All nodes by a hash of their id. It has 128 bits, so that no two of a billion ids collide.
    fn numbers(&self) -> Result<HashMap<u128, IndexedNode>, IndexError> {
        let mut by_id = HashMap::with_capacity(self.docs as usize);
        self.each_id(|id, doc| {
            by_id.insert(xxh3_128(id.as_bytes()), doc);
        })?;
        Ok(by_id)
    }

    /// Number of the segment that holds a document.
    pub(super) fn place(&self, doc: IndexedNode) -> Option<usize> {
        self.segments.partition_point(|segment| segment.base <= doc).checked_sub(1)
    }

    pub(super) fn segment(&self, doc: IndexedNode) -> Option<&IndexSegment> {
        self.segments.get(self.place(doc)?)
    }

    pub(super) fn error(&self, error: impl std::fmt::Display) -> IndexError {
        IndexError { path: self.path.clone(), message: error.to_string() }
    }
}

impl IndexSegment {
    fn open(segment: &tantivy::index::Segment, base: IndexedNode) -> tantivy::Result<Self> {
        let reader = SegmentReader::open(segment)?;
        let columns = reader.fast_fields();
        let ties = columns.str("tie")?;
        let named = columns.column_opt::<u64>("named")?;
        let confidences = columns.column_opt::<u64>("confidence")?;
        Ok(Self { base, ties, named, confidences, documents: SegmentDocuments::default(), reader })
    }
}

#[cfg(unix)]
fn directory(path: &Path, reading: ReadAmount) -> Result<MmapDirectory, OpenDirectoryError> {
    match reading {
        ReadAmount::Much => MmapDirectory::open(path),
        ReadAmount::Little => MmapDirectory::open_with_madvice(path, Advice::Random),
    }
}

#[cfg(not(unix))]
fn directory(path: &Path, _: ReadAmount) -> Result<MmapDirectory, OpenDirectoryError> {
    MmapDirectory::open(path)
}

/// The first tie of this predicate to a node of this kind, and the first one after all of them, in alphabetical order.
pub(super) fn range_of(predicate: &str, kind: NodeKind) -> (String, String) {
    // `0` follows `/`.
    (format!("{predicate} {}/", kind.as_str()), format!("{predicate} {}0", kind.as_str()))
}

/// Drops consecutive duplicates.
fn once_each<T: Copy + PartialEq>(all: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    let mut last = None;
    all.filter(move |one| last.replace(*one) != Some(*one))
}

/// Merges two ascending lists; `bit` marks the entries of the second.
fn merged(namings: &[PaperWithPredicates], docs: &[IndexedNode], bit: u32) -> Vec<PaperWithPredicates> {
    let mut all = Vec::with_capacity(namings.len() + docs.len());
    let (mut left, mut right) = (namings.iter().copied().peekable(), docs.iter().copied().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some(naming), Some(doc)) if naming.paper == *doc => {
                let naming = PaperWithPredicates { predicates: naming.predicates | bit, ..*naming };
                left.next();
                right.next();
                naming
            }
            (Some(naming), Some(doc)) if naming.paper < *doc => {
                let naming = *naming;
                left.next();
                naming
            }
            (_, Some(doc)) => {
                let naming = PaperWithPredicates { paper: *doc, predicates: bit };
                right.next();
                naming
            }
            (Some(naming), None) => {
                let naming = *naming;
                left.next();
                naming
            }
            (None, None) => return all,
        };
        all.push(next);
    }
}
