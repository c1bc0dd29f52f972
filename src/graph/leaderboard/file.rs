//! The boards of a generation in a file beside its RDF, so that no question has to group all results.
//!
//! `kg build` makes the file from the search index. Where it is missing, damaged or of another version, it is made
//! again by the next question that needs all boards.
//!
//! The file begins with blocks: the results of one board, a part of the list of boards, where the boards of a few
//! datasets are, the ranks of a few papers or systems. Tables with the places of the blocks follow, and at the end a
//! head with the places of the tables. So blocks are written as they are made, and a question about one dataset, paper
//! or system reads the head, one line of a table and a few blocks. The head and each block have their own checksum.
//! That of a block is in its line of a table, so a damaged line is noticed as well.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::read::{BoardStatement, IdAndName, ResultReader, StatingPaper};
use super::{Board, BoardQuery, BoardRow, board_order, filled, grouped, unfilled};
use crate::disk::{self, FileDefect, FileKind, HEADER};
use crate::graph::{Node, SURE_RESULT};
use crate::index::{StatedRepository, StatedResult};
use crate::ontology::{NodeKind, name_key};
use crate::paper::PartialDate;
use crate::store::{GraphStore, StoreError};

/// A change of the rules that sort results into boards or rank them raises the version.
const KIND: FileKind = FileKind { magic: b"kg-brds\n", version: 4 };

/// The rank of a paper or system on a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardStanding {
    /// Position of the board in the list of all boards.
    pub board: usize,
    /// From 1.
    pub rank: usize,
    /// The value as it is written: `47.3`.
    pub value: String,
    /// Name of the system, if it is stated.
    pub system: Option<String>,
    /// Id of the paper that says it.
    pub paper: String,
}

/// All boards of a generation.
#[derive(Debug)]
pub(crate) struct BoardFile {
    head: BoardFileHead,
    file: Mutex<File>,
}

/// A board of the file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ListedBoard {
    dataset: String,
    dataset_id: Option<String>,
    task: Option<String>,
    variant: Option<String>,
    metric: String,
    metric_id: Option<String>,
    lower_is_better: Option<bool>,
    /// Number of papers that have a row.
    pub papers: usize,
    /// Number of rows.
    pub rows: usize,
    /// The paper and the result of the first row, its figure, and the number of rows that were merged into it.
    best: (StoredPaper, StatedResult),
    number: Option<f64>,
    repeated: usize,
    /// Where its results are.
    results: BlockPlace,
}

/// What every question reads.
#[derive(Debug, Serialize, Deserialize)]
struct BoardFileHead {
    /// Number of boards.
    boards: usize,
    /// Number of results that are not sure enough for a board.
    less_sure: usize,
    /// The list of boards, in parts of [`PART`]. The board with the most papers comes first.
    list: BlockTable,
    /// Where the boards of a dataset are, by the hash of the dataset's id.
    of_dataset: BlockTable,
    /// The ranks of papers, by the hash of the paper's id.
    of_paper: BlockTable,
    /// The ranks of systems, by the hash of the key of the name.
    of_system: BlockTable,
}

/// A list of the places of blocks. Each line has [`BlockPlace::BYTES`].
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct BlockTable {
    /// First byte.
    offset: u64,
    /// Number of blocks.
    lines: usize,
}

/// The results on a dataset.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct BlocksOnDataset {
    /// The results of each board.
    boards: Vec<BlockPlace>,
    /// Number of results that are not sure enough for a board.
    less_sure: usize,
}

/// Where a block is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct BlockPlace {
    /// First byte.
    offset: u64,
    /// Length in bytes.
    bytes: u64,
    checksum: u64,
}

/// The results of one board.
#[derive(Serialize, Deserialize)]
struct StoredResults {
    /// Nodes that the results name.
    nodes: Vec<IdAndName>,
    papers: Vec<StoredPaper>,
    /// Each with the position of its paper in `papers`.
    results: Vec<(u32, StatedResult)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct StoredPaper {
    id: String,
    title: String,
    date: Option<PartialDate>,
    url: Option<String>,
    repositories: Vec<StatedRepository>,
}

/// What the keys of one block lead to: ids of papers or datasets, or keys of the names of systems.
type KeyBucket<T> = Vec<(String, T)>;

/// Average number of keys in a block.
const KEYS: usize = 16;
/// Number of boards in a part of the list.
const PART: usize = 64;

impl BoardFile {
    /// The file of the generation that is open. It is made if it is missing, damaged or of another version.
    ///
    /// # Errors
    /// If the graph cannot be read, or no file can be written.
    pub(crate) fn open(store: &GraphStore) -> Result<Self, StoreError> {
        match Self::read(store) {
            Some(file) => Ok(file),
            None => make(store),
        }
    }

    /// The file of the generation that is open; `None` if there is none that can be used.
    pub(crate) fn read(store: &GraphStore) -> Option<Self> {
        let path = store.boards_file();
        match Self::from(File::open(&path).ok()?) {
            Ok(file) => Some(file),
            Err(error) => {
                log::debug!("the list of boards at {} cannot be used: {error}", path.display());
                None
            }
        }
    }

    fn from(mut file: File) -> io::Result<Self> {
        let mut header = [0; HEADER];
        file.seek(SeekFrom::Start(0))?;
        file.read_exact(&mut header)?;
        KIND.contents(&header)?;
        let mut end = [0; BlockPlace::BYTES];
        file.seek(SeekFrom::End(-(BlockPlace::BYTES as i64)))?;
        file.read_exact(&mut end)?;
        let size = file.stream_position()?;
        let head = BlockPlace::from_bytes(end);
        if head.offset.checked_add(head.bytes).is_none_or(|end| end > size) {
            return Err(FileDefect::Checksum.into());
        }
        Ok(Self { head: head.read(&mut file)?, file: Mutex::new(file) })
    }

    /// Number of boards.
    pub(crate) fn len(&self) -> usize {
        self.head.boards
    }

    /// Number of results that are not sure enough for a board.
    pub(crate) fn less_sure(&self) -> usize {
        self.head.less_sure
    }

    /// Number of results on the dataset with this id that are not sure enough for a board.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn less_sure_on(&self, store: &GraphStore, dataset: &str) -> Result<usize, StoreError> {
        Ok(self.of_key::<BlocksOnDataset>(store, self.head.of_dataset, dataset)?.unwrap_or_default().less_sure)
    }

    /// The boards at these positions of the list, in which the board with the most papers comes first.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn boards(&self, store: &GraphStore, range: Range<usize>) -> Result<Vec<ListedBoard>, StoreError> {
        let range = range.start.min(self.len())..range.end.min(self.len());
        let mut boards = Vec::new();
        for part in range.start / PART..range.end.div_ceil(PART) {
            let listed: Vec<ListedBoard> = self.block(store, self.head.list, part)?;
            let all = (part * PART..).zip(listed);
            boards.extend(all.filter(|(at, _)| range.contains(at)).map(|(_, board)| board));
        }
        Ok(boards)
    }

    /// The results on the dataset with this id, or all, and the number of those that are not sure enough for a board.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(super) fn statements_on(
        &self,
        store: &GraphStore,
        dataset: Option<&str>,
    ) -> Result<(Vec<BoardStatement>, usize), StoreError> {
        let on = match dataset {
            Some(id) => self.of_key::<BlocksOnDataset>(store, self.head.of_dataset, id)?.unwrap_or_default(),
            None => {
                let boards = self.boards(store, 0..self.len())?;
                BlocksOnDataset {
                    boards: boards.iter().map(|board| board.results).collect(),
                    less_sure: self.less_sure(),
                }
            }
        };
        let mut statements = Vec::new();
        for place in on.boards {
            statements.extend(self.results(store, place)?);
        }
        Ok((statements, on.less_sure))
    }

    /// The board at a position of the list, with the rows that the query asks for. Dataset, metric and variant of the
    /// query do not count. There are no rows after the end of the list.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn board(&self, store: &GraphStore, at: usize, query: &BoardQuery) -> Result<Option<Board>, StoreError> {
        let Some(listed) = self.boards(store, at..at.saturating_add(1))?.pop() else { return Ok(None) };
        let statements = self.results(store, listed.results)?;
        filled(store, listed.unfilled(), statements, query).map(Some)
    }

    /// The ranks of a paper's own systems, by its id, the largest board first.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn of_paper(&self, store: &GraphStore, id: &str) -> Result<Vec<BoardStanding>, StoreError> {
        Ok(self.of_key(store, self.head.of_paper, id)?.unwrap_or_default())
    }

    /// The ranks of a system, by the key of its name, the largest board first.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn of_system(&self, store: &GraphStore, key: &str) -> Result<Vec<BoardStanding>, StoreError> {
        Ok(self.of_key(store, self.head.of_system, key)?.unwrap_or_default())
    }

    /// What a table has under a key.
    fn of_key<T: DeserializeOwned>(
        &self,
        store: &GraphStore,
        table: BlockTable,
        key: &str,
    ) -> Result<Option<T>, StoreError> {
        if table.lines == 0 {
            return Ok(None);
        }
        let known: KeyBucket<T> = self.block(store, table, bucket(key, table.lines))?;
        Ok(known.into_iter().find(|(known, _)| known == key).map(|(_, found)| found))
    }

    /// Reads the block at a line of a table.
    fn block<T: DeserializeOwned>(&self, store: &GraphStore, table: BlockTable, line: usize) -> Result<T, StoreError> {
        self.mending(store, |file| table.place(file, line)?.read(file))
    }

    /// Reads the results of a board.
    fn results(&self, store: &GraphStore, place: BlockPlace) -> Result<Vec<BoardStatement>, StoreError> {
        Ok(self.mending(store, |file| place.read::<StoredResults>(file))?.statements())
    }

    /// Reads a part of the file. If it is damaged, the file is made again; the same results give the same file.
    fn mending<T>(&self, store: &GraphStore, read: impl Fn(&mut File) -> io::Result<T>) -> Result<T, StoreError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(part) = read(&mut file) {
            return Ok(part);
        }
        log::warn!("the list of boards at {} is damaged; it is made again", store.boards_file().display());
        *file = make(store)?.file.into_inner().unwrap_or_else(PoisonError::into_inner);
        read(&mut file).map_err(|error| failed(&store.boards_file(), "read", error))
    }
}

impl ListedBoard {
    /// The board without its rows.
    pub(crate) fn unfilled(&self) -> Board {
        Board {
            dataset: self.dataset.clone(),
            dataset_id: self.dataset_id.clone(),
            task: self.task.clone(),
            variant: self.variant.clone(),
            metric: self.metric.clone(),
            metric_id: self.metric_id.clone(),
            lower_is_better: self.lower_is_better,
            rows: Vec::new(),
        }
    }

    /// The first row of the board, without its sentence, sources and code.
    pub(crate) fn best(&self) -> BoardRow {
        let (paper, result) = self.best.clone();
        let statement = BoardStatement { paper: Arc::new(paper.into()), result, dataset: None, metric: None };
        BoardRow { number: self.number, repeated: self.repeated, ..statement.into_row() }
    }
}

impl StoredResults {
    fn of(statements: &[BoardStatement]) -> Self {
        let mut papers: Vec<StoredPaper> = Vec::new();
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut nodes: BTreeMap<&str, &IdAndName> = BTreeMap::new();
        let mut results = Vec::with_capacity(statements.len());
        for statement in statements {
            let paper = &statement.paper;
            let at = *known.entry(&paper.node.id).or_insert_with(|| {
                papers.push(StoredPaper::from(&**paper));
                papers.len() as u32 - 1
            });
            for node in [&statement.dataset, &statement.metric].into_iter().flatten() {
                nodes.insert(&node.id, node);
            }
            results.push((at, statement.result.clone()));
        }
        Self { nodes: nodes.into_values().cloned().collect(), papers, results }
    }

    fn statements(self) -> Vec<BoardStatement> {
        let nodes: HashMap<String, Arc<IdAndName>> =
            self.nodes.into_iter().map(|node| (node.id.clone(), Arc::new(node))).collect();
        let node = |id: &Option<String>| nodes.get(id.as_ref()?).cloned();
        let papers: Vec<Arc<StatingPaper>> = self.papers.into_iter().map(|paper| Arc::new(paper.into())).collect();
        let statement = |(paper, result): (u32, StatedResult)| {
            let paper = Arc::clone(papers.get(paper as usize)?);
            let (dataset, metric) = (node(&result.dataset_id), node(&result.metric_id));
            Some(BoardStatement { paper, result, dataset, metric })
        };
        self.results.into_iter().filter_map(statement).collect()
    }
}

impl From<&StatingPaper> for StoredPaper {
    fn from(paper: &StatingPaper) -> Self {
        Self {
            id: paper.node.id.clone(),
            title: paper.node.label.clone(),
            date: paper.node.date,
            url: paper.node.url.clone(),
            repositories: paper.repositories.to_vec(),
        }
    }
}

impl From<StoredPaper> for StatingPaper {
    fn from(paper: StoredPaper) -> Self {
        let node = Node { date: paper.date, url: paper.url, ..Node::new(NodeKind::Paper, paper.id, paper.title) };
        Self { node: Arc::new(node), repositories: paper.repositories.into() }
    }
}

impl BlockPlace {
    const BYTES: usize = 24;

    fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        for (part, number) in bytes.chunks_exact_mut(8).zip([self.offset, self.bytes, self.checksum]) {
            part.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let number =
            |at: usize| bytes.get(at..at + 8).and_then(|part| part.try_into().ok()).map_or(0, u64::from_le_bytes);
        Self { offset: number(0), bytes: number(8), checksum: number(16) }
    }

    fn read<T: DeserializeOwned>(self, file: &mut File) -> io::Result<T> {
        file.seek(SeekFrom::Start(self.offset))?;
        let mut bytes = Vec::new();
        (&mut *file).take(self.bytes).read_to_end(&mut bytes)?;
        if bytes.len() as u64 != self.bytes || xxh3_64(&bytes) != self.checksum {
            return Err(FileDefect::Checksum.into());
        }
        postcard::from_bytes(&bytes).map_err(|_| FileDefect::Undecodable.into())
    }
}

impl BlockTable {
    /// The place of the block at a line.
    fn place(self, file: &mut File, line: usize) -> io::Result<BlockPlace> {
        let at = (line as u64).checked_mul(BlockPlace::BYTES as u64).and_then(|bytes| self.offset.checked_add(bytes));
        let mut bytes = [0; BlockPlace::BYTES];
        file.seek(SeekFrom::Start(at.ok_or(FileDefect::Undecodable)?))?;
        file.read_exact(&mut bytes)?;
        Ok(BlockPlace::from_bytes(bytes))
    }
}

/// Which of this many blocks has a key.
fn bucket(key: &str, buckets: usize) -> usize {
    (xxh3_64(key.as_bytes()) % buckets.max(1) as u64) as usize
}

/// Makes the file of the open generation. Where it cannot be written beside the RDF, a temporary file takes its place.
fn make(store: &GraphStore) -> Result<BoardFile, StoreError> {
    let made = BoardFileContents::of(store)?;
    let path = store.boards_file();
    let written = match store.is_in_place() {
        true => disk::replace(&path, |out| made.write(out)).and_then(|()| File::open(&path)),
        false => Err(io::Error::other("the folder belongs to another graph")),
    };
    let file = written.or_else(|_| {
        let mut out = BufWriter::new(tempfile::tempfile()?);
        made.write(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)
    });
    file.and_then(BoardFile::from).map_err(|error| failed(&path, "write to", error))
}

fn failed(path: &Path, doing: &'static str, error: io::Error) -> StoreError {
    StoreError::Io { path: path.to_path_buf(), doing, error }
}

/// The contents of a file that is being made.
struct BoardFileContents {
    /// The board with the most papers first.
    boards: Vec<(Board, Vec<BoardStatement>)>,
    of_paper: BTreeMap<String, Vec<BoardStanding>>,
    of_system: BTreeMap<String, Vec<BoardStanding>>,
    /// Number of results that are not sure enough for a board, by the id of the dataset; under the empty string those
    /// on no node.
    less_sure: BTreeMap<String, usize>,
}

impl BoardFileContents {
    fn of(store: &GraphStore) -> Result<Self, StoreError> {
        let found = ResultReader::new(store).statements(None, SURE_RESULT)?;
        let groups = grouped(found.sure);
        let query = BoardQuery { without_evidence: true, without_code: true, ..BoardQuery::default() };
        let ranked = groups.into_par_iter().map(|statements| {
            Ok((filled(store, unfilled(store, &statements)?, statements.clone(), &query)?, statements))
        });
        let mut boards: Vec<(Board, Vec<BoardStatement>)> = ranked.collect::<Result<_, StoreError>>()?;
        boards.retain(|(board, _)| !board.rows.is_empty());
        boards.sort_by_cached_key(|(board, _)| board_order(board));
        let (mut of_paper, mut of_system) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        for (at, (board, _)) in boards.iter().enumerate() {
            for (rank, row) in (1..).zip(&board.rows) {
                let standing = BoardStanding {
                    board: at,
                    rank,
                    value: row.value.clone(),
                    system: row.system.clone(),
                    paper: row.paper.id.clone(),
                };
                if let Some(system) = &row.system {
                    of_system.entry(name_key(system)).or_default().push(standing.clone());
                }
                if row.own {
                    of_paper.entry(row.paper.id.clone()).or_default().push(standing);
                }
            }
        }
        Ok(Self { boards, of_paper, of_system, less_sure: found.less_sure })
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(&KIND.header())?;
        let mut blocks = BlockWriter { out, offset: HEADER as u64 };
        let mut boards = Vec::new();
        let mut on_dataset: BTreeMap<String, BlocksOnDataset> = BTreeMap::new();
        for (id, less_sure) in &self.less_sure {
            on_dataset.entry(id.clone()).or_default().less_sure = *less_sure;
        }
        for (board, statements) in &self.boards {
            let Some(best) = board.rows.first() else { continue };
            let is_best = |statement: &&BoardStatement| {
                statement.paper.node.id == best.paper.id && statement.result.part == best.part
            };
            let Some(statement) = statements.iter().find(is_best) else { continue };
            let results = blocks.add(&StoredResults::of(statements))?;
            if let Some(id) = &board.dataset_id {
                on_dataset.entry(id.clone()).or_default().boards.push(results);
            }
            boards.push(ListedBoard {
                dataset: board.dataset.clone(),
                dataset_id: board.dataset_id.clone(),
                task: board.task.clone(),
                variant: board.variant.clone(),
                metric: board.metric.clone(),
                metric_id: board.metric_id.clone(),
                lower_is_better: board.lower_is_better,
                papers: board.papers(),
                rows: board.rows.len(),
                best: (StoredPaper::from(&*statement.paper), statement.result.clone()),
                number: best.number,
                repeated: best.repeated,
                results,
            });
        }
        let parts: Vec<&[ListedBoard]> = boards.chunks(PART).collect();
        let head = BoardFileHead {
            boards: boards.len(),
            less_sure: self.less_sure.values().sum(),
            list: blocks.table(&parts)?,
            of_dataset: blocks.by_key(&on_dataset)?,
            of_paper: blocks.by_key(&self.of_paper)?,
            of_system: blocks.by_key(&self.of_system)?,
        };
        let head = blocks.add(&head)?;
        blocks.out.write_all(&head.to_bytes())
    }
}

/// Writes blocks one after another.
struct BlockWriter<'o, W> {
    out: &'o mut W,
    /// Where the next block begins.
    offset: u64,
}

impl<W: Write> BlockWriter<'_, W> {
    fn add(&mut self, block: &impl Serialize) -> io::Result<BlockPlace> {
        let bytes = postcard::to_allocvec(block).map_err(io::Error::other)?;
        self.out.write_all(&bytes)?;
        let place = BlockPlace { offset: self.offset, bytes: bytes.len() as u64, checksum: xxh3_64(&bytes) };
        self.offset += place.bytes;
        Ok(place)
    }

    /// Writes blocks and the table of their places.
    fn table(&mut self, blocks: &[impl Serialize]) -> io::Result<BlockTable> {
        let places = blocks.iter().map(|block| self.add(block)).collect::<io::Result<Vec<BlockPlace>>>()?;
        let table = BlockTable { offset: self.offset, lines: places.len() };
        for place in &places {
            self.out.write_all(&place.to_bytes())?;
            self.offset += BlockPlace::BYTES as u64;
        }
        Ok(table)
    }

    /// Writes what each key leads to, in blocks of a few keys.
    fn by_key<T: Serialize>(&mut self, all: &BTreeMap<String, T>) -> io::Result<BlockTable> {
        let mut buckets: Vec<Vec<(&String, &T)>> = Vec::new();
        buckets.resize_with(all.len().div_ceil(KEYS), Vec::new);
        let number = buckets.len();
        for (key, found) in all {
            if let Some(keys) = buckets.get_mut(bucket(key, number)) {
                keys.push((key, found));
            }
        }
        self.table(&buckets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::ReadAmount;
    use crate::store::GenerationBuild;
    use crate::vocabulary::Vocabulary;

    fn statement(paper: &str, system: &str, value: &str) -> BoardStatement {
        let named = |id: &str| Some(Arc::new(IdAndName { id: id.to_string(), label: id.to_uppercase() }));
        let paper = StoredPaper {
            id: format!("paper/{paper}"),
            title: paper.to_string(),
            date: "2020-05".parse().ok(),
            url: None,
            repositories: vec![StatedRepository { id: "repository/a".to_string(), is_official: true }],
        };
        let result = StatedResult {
            dataset: "D".to_string(),
            dataset_id: Some("dataset/d".to_string()),
            metric: "F1".to_string(),
            metric_id: Some("metric/f1".to_string()),
            system: Some(system.to_string()),
            value: value.to_string(),
            own: true,
            ..StatedResult::default()
        };
        BoardStatement {
            paper: Arc::new(paper.into()),
            result,
            dataset: named("dataset/d"),
            metric: named("metric/f1"),
        }
    }

    fn written(made: &BoardFileContents) -> File {
        let mut file = tempfile::tempfile().unwrap();
        made.write(&mut file).unwrap();
        file
    }

    fn made() -> BoardFileContents {
        let statements = vec![statement("a", "A", "81.0"), statement("b", "B", "79.5"), statement("a", "A2", "80.0")];
        let mut board = Board {
            dataset: "D".to_string(),
            dataset_id: Some("dataset/d".to_string()),
            task: None,
            variant: None,
            metric: "F1".to_string(),
            metric_id: Some("metric/f1".to_string()),
            lower_is_better: Some(false),
            rows: Vec::new(),
        };
        board.rows = statements.iter().take(2).cloned().map(BoardStatement::into_row).collect();
        let standing =
            |rank| BoardStanding { board: 0, rank, value: String::new(), system: None, paper: String::new() };
        let of_paper = (0..100).map(|n| (format!("paper/{n}"), vec![standing(n)])).collect();
        let less_sure = BTreeMap::from([("dataset/d".to_string(), 3), (String::new(), 1)]);
        BoardFileContents { boards: vec![(board, statements)], of_paper, of_system: BTreeMap::new(), less_sure }
    }

    /// Reads the block at a line of a table.
    fn block<T: DeserializeOwned>(file: &mut File, table: BlockTable, line: usize) -> io::Result<T> {
        table.place(file, line)?.read(file)
    }

    fn of_key<T: DeserializeOwned>(file: &mut File, table: BlockTable, key: &str) -> Option<T> {
        let known: KeyBucket<T> = block(file, table, bucket(key, table.lines)).unwrap();
        known.into_iter().find(|(known, _)| known == key).map(|(_, found)| found)
    }

    #[test]
    fn boards_results_and_ranks_come_back_from_the_file() {
        let BoardFile { head, file } = BoardFile::from(written(&made())).unwrap();
        let mut file = file.into_inner().unwrap();
        let boards: Vec<ListedBoard> = block(&mut file, head.list, 0).unwrap();
        let [board] = boards.as_slice() else { panic!("{boards:?}") };
        assert_eq!((board.papers, board.rows, board.best().value.as_str()), (2, 2, "81.0"));
        assert_eq!((head.boards, head.list.lines, head.less_sure), (1, 1, 4));
        let on: BlocksOnDataset = of_key(&mut file, head.of_dataset, "dataset/d").unwrap();
        assert_eq!(on.less_sure, 3);
        assert!(of_key::<BlocksOnDataset>(&mut file, head.of_dataset, "dataset/e").is_none());
        let [place] = on.boards.as_slice() else { panic!("{on:?}") };
        let results: StoredResults = place.read(&mut file).unwrap();
        let back = results.statements();
        let values: Vec<&str> = back.iter().map(|statement| statement.result.value.as_str()).collect();
        assert_eq!(values, ["81.0", "79.5", "80.0"]);
        assert_eq!(back[0].paper.node, back[2].paper.node);
        assert_eq!(back[1].dataset.as_ref().unwrap().label, "DATASET/D");
        let ranks: Vec<BoardStanding> = of_key(&mut file, head.of_paper, "paper/37").unwrap();
        assert_eq!(ranks[0].rank, 37);
    }

    #[test]
    fn a_long_list_is_read_in_parts() {
        let BoardFileContents { boards, of_paper, of_system, less_sure } = made();
        let boards = (0..PART + 3).map(|at| {
            let (board, statements) = boards[0].clone();
            (Board { variant: Some(at.to_string()), ..board }, statements)
        });
        let made = BoardFileContents { boards: boards.collect(), of_paper, of_system, less_sure };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g");
        GenerationBuild::begin(&path, None, &Vocabulary::from_texts([]).unwrap()).unwrap().finish().unwrap();
        let store = GraphStore::open_index(&path, ReadAmount::Much).unwrap();
        let file = BoardFile::from(written(&made)).unwrap();
        let listed = |range: Range<usize>| -> Vec<String> {
            file.boards(&store, range).unwrap().into_iter().filter_map(|board| board.variant).collect()
        };
        let numbers = |range: Range<usize>| range.map(|at| at.to_string()).collect::<Vec<_>>();
        assert_eq!(listed(0..usize::MAX), numbers(0..PART + 3));
        assert_eq!(listed(PART - 2..PART + 1), numbers(PART - 2..PART + 1));
        assert_eq!(listed(PART + 3..PART + 9), numbers(0..0));
        assert_eq!(file.statements_on(&store, Some("dataset/d")).unwrap().0.len(), 3 * (PART + 3));
        assert_eq!(file.statements_on(&store, None).unwrap().0.len(), 3 * (PART + 3));
        assert_eq!(file.statements_on(&store, Some("dataset/e")).unwrap().0.len(), 0);
    }

    #[test]
    fn a_file_that_is_cut_or_changed_is_never_read_as_another() {
        let mut file = written(&made());
        let mut whole = Vec::new();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_to_end(&mut whole).unwrap();
        let is_sound = |bytes: &[u8]| -> io::Result<()> {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            let BoardFile { head, file } = BoardFile::from(file)?;
            let mut file = file.into_inner().unwrap();
            for table in [head.of_paper, head.of_system] {
                for line in 0..table.lines {
                    block::<KeyBucket<Vec<BoardStanding>>>(&mut file, table, line)?;
                }
            }
            for line in 0..head.of_dataset.lines {
                block::<KeyBucket<BlocksOnDataset>>(&mut file, head.of_dataset, line)?;
            }
            for line in 0..head.list.lines {
                for board in block::<Vec<ListedBoard>>(&mut file, head.list, line)? {
                    board.results.read::<StoredResults>(&mut file)?;
                }
            }
            Ok(())
        };
        is_sound(&whole).unwrap();
        for at in (0..whole.len()).step_by(7) {
            assert!(is_sound(&whole[..at]).is_err(), "cut at {at}");
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(is_sound(&changed).is_err(), "byte {at}");
        }
    }
}
