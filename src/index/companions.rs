//! What is named together with an entity.
//!
//! To count it means to read all papers that name the entity: of a million papers 45,000 name COCO. So for entities of
//! many papers it is counted once, when the index is written, on all cores, and lies in a file beside those of tantivy: a
//! table for each of these entities, and at the end where each ends. The file is written anew whenever what papers name
//! has changed, so that it always says what counting would say.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use rayon::prelude::*;
use tempfile::NamedTempFile;

use super::schema::{kind_number, kind_of};
use super::{Doc, Index, IndexError, NodeHash};
use crate::ontology::NodeKind;

/// The entities of a kind that are named together with another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Companions {
    pub kind: NodeKind,
    /// How many there are that more than one of its papers name.
    pub total: usize,
    /// The most often named first, of equals the greater hash. All of them, or of an entity of many papers the first.
    pub often: Vec<Companion>,
}

/// An entity that is named together with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Companion {
    /// How many papers name both.
    pub shared: usize,
    pub hash: NodeHash,
    /// How many papers name it, where that is known already.
    pub papers: Option<usize>,
}

/// Entities that fewer papers name have no table.
const MANY: usize = 2_000;
/// Companions of a kind in a table.
const KEPT: usize = 200;
/// Tables that are made before they are written.
const CHUNK: usize = 64;
const FILE: &str = "companions";

/// For each kind its number, the total, and of each companion the papers that name both, its hash, and its papers.
type Table = Vec<(u64, usize, Vec<(usize, u64, usize)>)>;

/// The hash of an entity, and where its table ends. They stand at the end of the file, in the order of the hashes.
type Place = [[u8; 8]; 2];

impl Index {
    /// What is named together with an entity, by kinds.
    pub fn companions(&self, entity: NodeHash) -> Result<Vec<Companions>, IndexError> {
        match table(&self.path.join(FILE), entity).map_err(|e| self.error(e))? {
            Some(table) => Ok(table),
            None => Ok(self.companions_in(entity, &self.naming(entity)?)),
        }
    }

    /// What these papers, all of which name the entity, name besides: everything, whatever their number.
    pub fn companions_in(&self, entity: NodeHash, papers: &[Doc]) -> Vec<Companions> {
        let weights = vec![0.0; papers.len()];
        let tally = self.tally(papers, &weights, |kind| matches!(kind, NodeKind::Entity(_)));
        let mut by_kind: Vec<Companions> = Vec::new();
        for (hash, (shared, _)) in tally {
            let Some(kind) = hash.kind().filter(|_| shared > 1 && hash != entity) else { continue };
            let companion = Companion { shared, hash, papers: None };
            match by_kind.iter_mut().find(|companions| companions.kind == kind) {
                Some(companions) => companions.often.push(companion),
                None => by_kind.push(Companions { kind, total: 0, often: vec![companion] }),
            }
        }
        for companions in &mut by_kind {
            companions.total = companions.often.len();
            companions.often.sort_unstable_by_key(|companion| Reverse((companion.shared, companion.hash)));
        }
        by_kind
    }

    /// Writes the tables of the index at `folder`, which nobody reads yet.
    pub(super) fn write_companions(folder: &Path) -> Result<(), IndexError> {
        let Some(index) = Self::open(folder)? else { return Ok(()) };
        let mut file = NamedTempFile::new_in(folder).map_err(|e| index.error(e))?;
        index.write_tables(BufWriter::new(file.as_file_mut()))?;
        file.as_file().sync_all().map_err(|e| index.error(e))?;
        file.persist(folder.join(FILE)).map_err(|e| index.error(e))?;
        Ok(())
    }

    fn write_tables(&self, mut out: impl Write) -> Result<(), IndexError> {
        let mut places: Vec<Place> = Vec::new();
        let mut end: u64 = 0;
        for chunk in self.of_many_papers()?.chunks(CHUNK) {
            let tables: Vec<Vec<u8>> =
                chunk.par_iter().map(|entity| self.encoded(*entity)).collect::<Result<_, _>>()?;
            for (entity, table) in chunk.iter().zip(tables) {
                out.write_all(&table).map_err(|e| self.error(e))?;
                end += table.len() as u64;
                places.push([entity.0.to_le_bytes(), end.to_le_bytes()]);
            }
        }
        let whole = out.write_all(places.as_flattened().as_flattened());
        let whole = whole.and_then(|()| out.write_all(&end.to_le_bytes())).and_then(|()| out.flush());
        whole.map_err(|e| self.error(e))
    }

    fn encoded(&self, entity: NodeHash) -> Result<Vec<u8>, IndexError> {
        let mut table = Table::new();
        for Companions { kind, total, often } in self.companions_in(entity, &self.naming(entity)?) {
            let kept =
                often.iter().take(KEPT).map(|Companion { shared, hash, .. }| Ok((*shared, hash.0, self.count(*hash)?)));
            table.push((kind_number(kind), total, kept.collect::<Result<_, IndexError>>()?));
        }
        postcard::to_allocvec(&table).map_err(|e| self.error(e))
    }

    /// The entities that have a table, in the order of their hashes.
    fn of_many_papers(&self) -> Result<Vec<NodeHash>, IndexError> {
        let mut often = BTreeSet::new();
        for segment in &self.segments {
            let inverted = segment.reader.inverted_index(self.fields.named).map_err(|e| self.error(e))?;
            let mut terms = inverted.terms().stream().map_err(|e| self.error(e))?;
            while terms.advance() {
                // Who has many papers has its share of them in one segment at least.
                let may_be = terms.value().doc_freq as usize * self.segments.len() >= MANY;
                if may_be && let Ok(hash) = terms.key().try_into() {
                    often.insert(NodeHash(u64::from_be_bytes(hash)));
                }
            }
        }
        let mut many = Vec::new();
        for entity in often {
            if matches!(entity.kind(), Some(NodeKind::Entity(_))) && self.count(entity)? >= MANY {
                many.push(entity);
            }
        }
        Ok(many)
    }
}

/// The table of an entity in the file at `path`; `None` if it has none.
fn table(path: &Path, entity: NodeHash) -> io::Result<Option<Vec<Companions>>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    // Nothing but the places and one table is read, and only the table is taken apart.
    let mut end = [0; 8];
    let places_end = file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut end)?;
    let places_begin = u64::from_le_bytes(end);
    let places = read(&mut file, places_begin..places_end)?;
    let (numbers, _) = places.as_chunks::<8>();
    let (places, _) = numbers.as_chunks::<2>();
    let place = |at: usize| places.get(at).map(|place: &Place| place.map(u64::from_le_bytes));
    let at = places.partition_point(|[hash, _]| u64::from_le_bytes(*hash) < entity.0);
    let Some([_, end]) = place(at).filter(|[hash, _]| *hash == entity.0) else { return Ok(None) };
    let begin = at.checked_sub(1).and_then(place).map_or(0, |[_, end]| end);
    let table: Table = postcard::from_bytes(&read(&mut file, begin..end)?).map_err(io::Error::other)?;
    let companions = table.into_iter().filter_map(|(kind, total, often)| {
        let companion = |(shared, hash, papers)| Companion { shared, hash: NodeHash(hash), papers: Some(papers) };
        Some(Companions { kind: kind_of(kind)?, total, often: often.into_iter().map(companion).collect() })
    });
    Ok(Some(companions.collect()))
}

fn read(file: &mut File, range: Range<u64>) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(range.start))?;
    let mut bytes = Vec::new();
    file.take(range.end.saturating_sub(range.start)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
