//! Precomputed answers about nodes that many papers name or cite.
//!
//! Such an answer requires reading all these papers; of a million papers, 45,000 name COCO. So the answers for these
//! nodes are computed once, on all cores, when the index is written. They are kept in a file beside those of tantivy:
//! one table for each hub, and at the end of the file the position where each table ends. The file is rewritten with
//! every change of the index. It therefore always agrees with counting, and may refer to nodes by number.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::read::range_of;
use super::schema::{kind_number, kind_of};
use super::{ByHash, Index, IndexError, IndexedNode, NamingPaper, NodeHash};
use crate::disk::{FileKind, HEADER};
use crate::ontology::NodeKind;

const KIND: FileKind = FileKind { magic: b"kg-hubs\n", version: 1 };

/// Precomputed answers about a node that many papers name or cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    /// Empty for a hub that is cited: papers and works have no companions.
    pub companions: Vec<HubCompanions>,
    pub papers: Vec<PapersByTie>,
}

impl Hub {
    /// Number of papers that are kept for each set of predicates.
    pub const PAPERS: usize = 20;
}

/// Entities of one kind that papers name together with another entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubCompanions {
    pub kind: NodeKind,
    /// Number of companions that at least two of the entity's papers name.
    pub total: usize,
    /// Companions by falling number of shared papers, then by falling hash. For a hub, only the first ones.
    pub most_shared: Vec<HubCompanion>,
}

/// An entity that is named together with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HubCompanion {
    /// Number of papers that name both.
    pub shared: usize,
    pub hash: NodeHash,
    /// Data that is available without a query to the index.
    pub entity: Option<IndexedEntity>,
}

/// Number of an entity in the index, and how many papers name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedEntity {
    pub doc: IndexedNode,
    pub papers: usize,
}

/// Papers that are tied to an entity by exactly these predicates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PapersByTie {
    pub predicates: Vec<String>,
    pub total: usize,
    /// The first papers in list order; all of them if there are few.
    pub first: Vec<NamingPaper>,
}

/// Number of papers from which a node has a table.
const MANY: usize = 500;
/// Number of companions of one kind in a table.
const COMPANIONS: usize = 200;
/// Number of tables that are made before they are written.
const CHUNK: usize = 64;
pub(super) const FILE: &str = "hubs";

/// For each kind, its number, the total, and for each companion the number of shared papers, its hash and its known
/// data; then the papers.
type HubTable = (Vec<(u64, usize, Vec<(usize, u64, IndexedEntity)>)>, Vec<PapersByTie>);

/// Each node that papers name, with its id.
type EntitiesByHash = ByHash<(String, IndexedEntity)>;

/// Hash of a node, and the end of its table. These pairs are at the end of the file, sorted by hash.
type TablePlace = [[u8; 8]; 2];

impl Index {
    /// Precomputed answers about a node; `None` if it had too few papers when the index was written.
    pub fn hub(&self, entity: NodeHash) -> Result<Option<Hub>, IndexError> {
        let table = table(&self.path.join(FILE), entity).map_err(|e| self.error(e))?;
        Ok(table.map(|(by_kind, papers)| {
            let companion = |(shared, hash, known)| HubCompanion { shared, hash: NodeHash(hash), entity: Some(known) };
            let companions = by_kind.into_iter().filter_map(|(kind, total, often)| {
                Some(HubCompanions {
                    kind: kind_of(kind)?,
                    total,
                    most_shared: often.into_iter().map(companion).collect(),
                })
            });
            Hub { companions: companions.collect(), papers }
        }))
    }

    /// All companions of the entity in these papers, which all name the entity. The list is not cut. Companions that a
    /// paper names less surely than `least` percent are not counted for it.
    pub fn companions_in(&self, entity: NodeHash, papers: &[IndexedNode], least: u8) -> Vec<HubCompanions> {
        let weights = vec![0.0; papers.len()];
        let has_origins = entity.kind().is_some_and(NodeKind::is_origin);
        let tally = self.tally(papers, &weights, least, |kind| match kind {
            NodeKind::Entity(_) => true,
            kind => has_origins && kind.is_origin(),
        });
        let mut by_kind: Vec<HubCompanions> = Vec::new();
        for (hash, (shared, _)) in tally {
            let Some(kind) = hash.kind().filter(|_| shared > 1 && hash != entity) else { continue };
            let companion = HubCompanion { shared, hash, entity: None };
            match by_kind.iter_mut().find(|companions| companions.kind == kind) {
                Some(companions) => companions.most_shared.push(companion),
                None => by_kind.push(HubCompanions { kind, total: 0, most_shared: vec![companion] }),
            }
        }
        for companions in &mut by_kind {
            companions.total = companions.most_shared.len();
            companions.most_shared.sort_unstable_by_key(|companion| Reverse((companion.shared, companion.hash)));
        }
        by_kind
    }

    /// Writes the tables of the index at `folder`, which has no readers yet.
    pub(super) fn write_hubs(folder: &Path) -> Result<(), IndexError> {
        let index = Self::open_unfinished(folder)?;
        // A new file, because the index of an earlier generation may share the old one by a hard link.
        let aside = folder.join(format!("{FILE}.new"));
        let file = File::create(&aside).map_err(|e| index.error(e))?;
        index.write_tables(BufWriter::new(&file))?;
        file.sync_all().map_err(|e| index.error(e))?;
        fs::rename(aside, folder.join(FILE)).map_err(|e| index.error(e))
    }

    fn write_tables(&self, mut out: impl Write) -> Result<(), IndexError> {
        let mut places: Vec<TablePlace> = Vec::new();
        let mut end = HEADER as u64;
        out.write_all(&KIND.header()).map_err(|e| self.error(e))?;
        let (entities, predicates) = (self.entities()?, self.predicates()?);
        let many = entities.iter().filter(|(_, (_, known))| known.papers >= MANY);
        let mut many: Vec<(NodeHash, &str)> = many.map(|(hash, (id, _))| (*hash, id.as_str())).collect();
        let cited = self.cited_by_many(&predicates)?;
        many.extend(cited.iter().filter_map(|id| Some((NodeHash::of(id)?, id.as_str()))));
        many.sort_unstable();
        many.dedup_by_key(|(hash, _)| *hash);
        for chunk in many.chunks(CHUNK) {
            let table = |(hash, id): &(NodeHash, &str)| self.encoded(*hash, id, &entities, &predicates);
            let tables: Vec<Vec<u8>> = chunk.par_iter().map(table).collect::<Result<_, _>>()?;
            for ((entity, _), table) in chunk.iter().zip(tables) {
                out.write_all(&table).map_err(|e| self.error(e))?;
                end += table.len() as u64;
                places.push([entity.0.to_le_bytes(), end.to_le_bytes()]);
            }
        }
        let whole = out.write_all(places.as_flattened().as_flattened());
        let whole = whole.and_then(|()| out.write_all(&end.to_le_bytes())).and_then(|()| out.flush());
        whole.map_err(|e| self.error(e))
    }

    fn encoded(
        &self,
        entity: NodeHash,
        id: &str,
        entities: &EntitiesByHash,
        predicates: &[String],
    ) -> Result<Vec<u8>, IndexError> {
        // Empty for a node that is only cited.
        let by_kind = self.companions_in(entity, &self.naming(entity)?, 0);
        let by_kind = by_kind.into_iter().map(|HubCompanions { kind, total, most_shared: often }| {
            let kept = often.iter().take(COMPANIONS);
            let kept = kept.filter_map(|one| Some((one.shared, one.hash.0, entities.get(&one.hash)?.1)));
            (kind_number(kind), total, kept.collect())
        });
        let table: HubTable = (by_kind.collect(), self.tied(entity, id, predicates)?);
        postcard::to_allocvec(&table).map_err(|e| self.error(e))
    }

    /// The papers that these predicates tie to the entity, grouped by the set of predicates.
    fn tied(&self, entity: NodeHash, id: &str, predicates: &[String]) -> Result<Vec<PapersByTie>, IndexError> {
        let nodes = self.nodes()?;
        let mut papers: BTreeMap<u32, Vec<IndexedNode>> = BTreeMap::new();
        for naming in self.namings(predicates, id)? {
            if nodes.kind(naming.paper) == Some(NodeKind::Paper) {
                papers.entry(naming.predicates).or_default().push(naming.paper);
            }
        }
        let titles = self.headlining(id)?;
        // How often a paper names an author or a venue is not counted.
        let counted = Some(entity).filter(|entity| matches!(entity.kind(), Some(NodeKind::Entity(_))));
        let tied = papers.into_iter().map(|(bits, papers)| {
            let own = predicates.iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0);
            Ok(PapersByTie {
                predicates: own.map(|(_, predicate)| predicate.clone()).collect(),
                total: papers.len(),
                first: self.first(&papers, counted, &titles, Hub::PAPERS)?,
            })
        });
        tied.collect()
    }

    /// Predicates of all ties to nodes.
    fn predicates(&self) -> Result<Vec<String>, IndexError> {
        let mut predicates = BTreeSet::new();
        for segment in &self.segments {
            let inverted = segment.reader.inverted_index(self.fields.tie).map_err(|e| self.error(e))?;
            let mut from = String::new();
            loop {
                let mut ties = inverted.terms().range().ge(&from).into_stream().map_err(|e| self.error(e))?;
                let tie = if ties.advance() { std::str::from_utf8(ties.key()).ok() } else { None };
                let Some((predicate, _)) = tie.and_then(|tie| tie.split_once(' ')) else { break };
                predicates.insert(predicate.to_string());
                // Skips all other ties of this predicate: `!` is the character after the space.
                from = format!("{predicate}!");
            }
        }
        Ok(predicates.into_iter().collect())
    }

    /// Ids of the papers and works that many papers cite. Deleted papers count, so that a node may have slightly fewer.
    fn cited_by_many(&self, predicates: &[String]) -> Result<BTreeSet<String>, IndexError> {
        let mut cited = BTreeSet::new();
        for segment in &self.segments {
            let inverted = segment.reader.inverted_index(self.fields.tie).map_err(|e| self.error(e))?;
            let pairs = predicates.iter().flat_map(|tie| [NodeKind::Paper, NodeKind::Work].map(|kind| (tie, kind)));
            for (predicate, kind) in pairs {
                let (begin, end) = range_of(predicate, kind);
                let mut ties = inverted.terms().range().ge(&begin).lt(&end).into_stream().map_err(|e| self.error(e))?;
                while ties.advance() {
                    // A node with many papers has its share of them in at least one segment.
                    let is_cited_often = ties.value().doc_freq as usize * self.segments.len() >= MANY;
                    let tie = std::str::from_utf8(ties.key()).ok().filter(|_| is_cited_often);
                    cited.extend(tie.and_then(|tie| tie.split_once(' ')).map(|(_, id)| id.to_string()));
                }
            }
        }
        Ok(cited)
    }

    fn entities(&self) -> Result<EntitiesByHash, IndexError> {
        let mut all: Vec<(NodeHash, String, IndexedNode)> = Vec::new();
        self.each_id(|id, doc| {
            let is_named = |kind: NodeKind| matches!(kind, NodeKind::Entity(_)) || kind.is_origin();
            let hash = NodeHash::of(id).filter(|hash| hash.kind().is_some_and(is_named));
            all.extend(hash.map(|hash| (hash, id.to_string(), doc)));
        })?;
        let counted = all.into_par_iter().map(|(hash, id, doc)| {
            let papers = self.count(hash)?;
            Ok((hash, (id, IndexedEntity { doc, papers })))
        });
        counted.collect()
    }
}

/// Reads the table of an entity from the file at `path`; `None` if it has none.
fn table(path: &Path, entity: NodeHash) -> io::Result<Option<HubTable>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    KIND.contents(&read(&mut file, 0..HEADER as u64)?)?;
    // Only the positions and one table are read, and only the table is decoded.
    let mut end = [0; 8];
    let places_end = file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut end)?;
    let places_begin = u64::from_le_bytes(end);
    let places = read(&mut file, places_begin..places_end)?;
    let (numbers, _) = places.as_chunks::<8>();
    let (places, _) = numbers.as_chunks::<2>();
    let place = |at: usize| places.get(at).map(|place: &TablePlace| place.map(u64::from_le_bytes));
    let at = places.partition_point(|[hash, _]| u64::from_le_bytes(*hash) < entity.0);
    let Some([_, end]) = place(at).filter(|[hash, _]| *hash == entity.0) else { return Ok(None) };
    let begin = at.checked_sub(1).and_then(place).map_or(HEADER as u64, |[_, end]| end);
    postcard::from_bytes(&read(&mut file, begin..end)?).map(Some).map_err(io::Error::other)
}

fn read(file: &mut File, range: Range<u64>) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(range.start))?;
    let mut bytes = Vec::new();
    file.take(range.end.saturating_sub(range.start)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
