//! Every paper of a graph in the order of lists, and the state of its code. It is found once for a generation, so that
//! the cost of a page depends only on what it shows.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tantivy::BitSet;

use super::papers::PaperIndex;
use super::{CodeFilter, CodeState, Node, Tie};
use crate::disk::FileKind;
use crate::index::{Index, IndexedNode};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, KeptAnswer, StoreError};

const FILE: KeptAnswer<'_> = KeptAnswer { name: "paper-register", kind: FileKind { magic: b"kg-preg\n", version: 1 } };

/// All papers. It takes four bytes for each, and twelve for each that links to code.
pub(crate) struct PaperRegister {
    /// The newest first, then by id; papers without a date come last.
    newest: Vec<IndexedNode>,
    /// Number of papers with a date.
    dated: usize,
    /// Papers that link to code, the newest first.
    with_code: Vec<LinkedPaper>,
    linked: BitSet,
    alive: BitSet,
    /// Number of dated papers by year.
    by_year: BTreeMap<u16, usize>,
}

/// A paper that links to code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedPaper {
    pub paper: IndexedNode,
    /// The year of publication, if known.
    pub year: Option<u16>,
    pub state: CodeState,
}

/// A register as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptPaperRegister {
    newest: Vec<IndexedNode>,
    dated: usize,
    with_code: Vec<LinkedPaper>,
    /// Papers with code that was there at the latest check.
    alive: Vec<IndexedNode>,
    by_year: BTreeMap<u16, usize>,
}

impl KeptPaperRegister {
    /// Reads the dates of all papers, and all repositories.
    fn read(store: &GraphStore) -> Result<Self, StoreError> {
        let papers = PaperIndex::of(store)?;
        let (index, nodes) = (papers.index, papers.index.nodes()?);
        let docs: Vec<IndexedNode> = index.docs().collect();
        let of_kind = |kind| docs.par_iter().copied().filter(move |doc| nodes.kind(*doc) == Some(kind));
        let mut newest: Vec<_> = of_kind(NodeKind::Paper).map(|doc| nodes.rank(doc)).collect();
        newest.par_sort_unstable();
        let newest: Vec<IndexedNode> = newest.into_iter().map(|rank| rank.doc).collect();
        let dated = newest.partition_point(|doc| nodes.day(*doc) > 0);
        let mut by_year = BTreeMap::new();
        for date in newest.iter().filter_map(|doc| nodes.date(*doc)) {
            *by_year.entry(date.year()).or_default() += 1;
        }
        let repositories = of_kind(NodeKind::Repository).map(|doc| {
            let Some(repository) = Node::at(store, doc)? else { return Ok(None) };
            let is_alive = repository.is_live() == Some(true) && !repository.dead;
            Ok(Some((CodeState::of(&repository), is_alive, papers.subjects(Tie::Repository, &repository.id)?)))
        });
        let repositories: Vec<_> = repositories.collect::<Result<_, StoreError>>()?;
        let mut alive = index.nothing();
        let mut states: HashMap<IndexedNode, CodeState> = HashMap::new();
        for (state, is_alive, papers) in repositories.into_iter().flatten() {
            for paper in papers {
                if is_alive {
                    alive.insert(paper);
                }
                states.entry(paper).and_modify(|known| *known = known.better(state)).or_insert(state);
            }
        }
        let with_code = newest.iter().filter_map(|paper| {
            let state = *states.get(paper)?;
            Some(LinkedPaper { paper: *paper, year: nodes.date(*paper).map(|date| date.year()), state })
        });
        let with_code: Vec<LinkedPaper> = with_code.collect();
        let alive = with_code.iter().map(|linked| linked.paper).filter(|paper| alive.contains(*paper)).collect();
        Ok(Self { newest, dated, with_code, alive, by_year })
    }
}

impl PaperRegister {
    /// Reads the register that was kept. If there is none, it is found and kept: that reads the dates of all papers,
    /// and all repositories.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn of(store: &GraphStore) -> Result<Self, StoreError> {
        Ok(Self::new(store.kept(FILE, || KeptPaperRegister::read(store))?, store.index()?))
    }

    fn new(kept: KeptPaperRegister, index: &Index) -> Self {
        let KeptPaperRegister { newest, dated, with_code, alive: living, by_year } = kept;
        let (mut linked, mut alive) = (index.nothing(), index.nothing());
        for paper in &with_code {
            linked.insert(paper.paper);
        }
        for paper in living {
            alive.insert(paper);
        }
        Self { newest, dated, with_code, linked, alive, by_year }
    }

    /// All papers, the newest first; papers without a date come last.
    pub(crate) fn newest(&self) -> &[IndexedNode] {
        &self.newest
    }

    /// All papers, the oldest first; papers without a date come last.
    pub(super) fn oldest(&self) -> impl Iterator<Item = IndexedNode> + '_ {
        let (dated, undated) = self.newest.split_at(self.dated.min(self.newest.len()));
        dated.iter().rev().chain(undated).copied()
    }

    /// The papers that link to code, the newest first.
    pub(crate) fn with_code(&self) -> &[LinkedPaper] {
        &self.with_code
    }

    /// Number of dated papers by year.
    pub(crate) fn by_year(&self) -> &BTreeMap<u16, usize> {
        &self.by_year
    }

    pub(super) fn takes(&self, code: CodeFilter, paper: IndexedNode) -> bool {
        match code {
            CodeFilter::Linked => self.linked.contains(paper),
            CodeFilter::Alive => self.alive.contains(paper),
            CodeFilter::None => !self.linked.contains(paper),
        }
    }
}
