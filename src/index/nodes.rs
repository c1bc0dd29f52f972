//! Columns in which every node has a value.

use std::cmp::Reverse;
use std::ops::Range;
use std::path::PathBuf;

use tantivy::SegmentReader;
use tantivy::columnar::{Column, StrColumn};

use super::read::IndexSegment;
use super::schema::{date_of, kind_of};
use super::{IndexError, IndexedNode};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;

/// Ids and kinds of all nodes, and publication dates of papers.
///
/// Opened on first use ([`super::Index::nodes`]): for a million papers that takes half a millisecond, and the most
/// common questions do not need it.
pub struct NodeTable {
    path: PathBuf,
    segments: Vec<NodeColumns>,
}

struct NodeColumns {
    docs: Range<IndexedNode>,
    ids: Option<StrColumn>,
    kinds: Column<u64>,
    dates: Option<Column<u64>>,
    /// Number of documents with a date.
    dated: IndexedNode,
}

/// Sort key of a node, see [`NodeTable::rank`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeRank {
    day: Reverse<u64>,
    segment: IndexedNode,
    id: Option<u64>,
    pub doc: IndexedNode,
}

impl NodeTable {
    pub(super) fn open(path: PathBuf, segments: &[IndexSegment]) -> tantivy::Result<Self> {
        let segments = segments.iter().map(|segment| NodeColumns::open(&segment.reader, segment.docs()));
        Ok(Self { path, segments: segments.collect::<Result<_, _>>()? })
    }

    pub fn id(&self, doc: IndexedNode) -> Result<String, IndexError> {
        let mut id = String::new();
        if let Some((columns, row)) = self.row(doc)
            && let Some(ids) = &columns.ids
            && let Some(ord) = ids.term_ords(row).next()
        {
            let read = ids.ord_to_str(ord, &mut id);
            read.map_err(|e| IndexError { path: self.path.clone(), message: e.to_string() })?;
        }
        Ok(id)
    }

    pub fn kind(&self, doc: IndexedNode) -> Option<NodeKind> {
        match self.row(doc)? {
            // Nodes with a date are papers, and come first.
            (columns, row) if row < columns.dated => Some(NodeKind::Paper),
            (columns, row) => kind_of(columns.kinds.first(row)?),
        }
    }

    /// Publication date of a paper, as a number that sorts by time; 0 if it is unknown.
    pub fn day(&self, doc: IndexedNode) -> u64 {
        self.row(doc).and_then(|(columns, row)| columns.dates.as_ref()?.first(row)).unwrap_or_default()
    }

    pub fn date(&self, doc: IndexedNode) -> Option<PartialDate> {
        date_of(self.day(doc))
    }

    /// Sort key of a node: newest first, then by id. Unlike the node's number, it does not depend on how the index was
    /// made. Ids are compared only within a segment, without reading them; a new graph has one segment.
    pub fn rank(&self, doc: IndexedNode) -> NodeRank {
        let row = self.row(doc);
        let id = row.and_then(|(columns, row)| columns.ids.as_ref()?.term_ords(row).next());
        let segment = row.map_or(doc, |(columns, _)| columns.docs.start);
        NodeRank { day: Reverse(self.day(doc)), segment, id, doc }
    }

    /// The `most` newest of these nodes (sorted by number) that are `wanted`, and all that are as new as the last of
    /// them. Within a segment, newer nodes have lower numbers, so that no others are examined.
    pub fn newest(&self, docs: &[IndexedNode], most: usize, wanted: impl Fn(IndexedNode) -> bool) -> Vec<IndexedNode> {
        let mut newest: Vec<(Reverse<u64>, IndexedNode)> = Vec::new();
        for segment in &self.segments {
            let mut last = None;
            let wanted =
                docs.get(places_in(docs, &segment.docs)).unwrap_or_default().iter().filter(|doc| wanted(**doc));
            for (i, doc) in wanted.enumerate() {
                let day = Reverse(self.day(*doc));
                if i >= most && last != Some(day) {
                    break;
                }
                last = Some(day);
                newest.push((day, *doc));
            }
        }
        newest.sort_unstable();
        let last = most.checked_sub(1).and_then(|last| newest.get(last)).map(|(day, _)| *day);
        newest.into_iter().take_while(|(day, _)| last.is_none_or(|last| *day <= last)).map(|(_, doc)| doc).collect()
    }

    /// Ids of the nodes of a segment.
    pub(super) fn ids(&self, segment: usize) -> Option<&StrColumn> {
        self.segments.get(segment)?.ids.as_ref()
    }

    /// The columns that hold a document, and its row in them.
    fn row(&self, doc: IndexedNode) -> Option<(&NodeColumns, IndexedNode)> {
        let place = self.segments.partition_point(|columns| columns.docs.start <= doc).checked_sub(1)?;
        self.segments.get(place).map(|columns| (columns, doc - columns.docs.start))
    }
}

impl NodeColumns {
    fn open(reader: &SegmentReader, docs: Range<IndexedNode>) -> tantivy::Result<Self> {
        let columns = reader.fast_fields();
        let dates = columns.column_opt::<u64>("date")?;
        let dated = dates.as_ref().map_or(0, |dates| dates.values.num_vals());
        Ok(Self { docs, ids: columns.str("id")?, kinds: columns.u64("kind")?, dates, dated })
    }
}

/// The part of a list, sorted by number, whose documents are in `range`.
pub(super) fn places_in(docs: &[IndexedNode], range: &Range<IndexedNode>) -> Range<usize> {
    docs.partition_point(|doc| *doc < range.start)..docs.partition_point(|doc| *doc < range.end)
}
