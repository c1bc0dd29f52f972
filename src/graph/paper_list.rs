//! The papers about a node, or of the whole graph: filtered, in an order that is the same each time, in parts.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::papers::Papers;
use super::{Node, Selection, Tie};
use crate::index::Doc;
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// Which papers to list.
#[derive(Debug, Clone, Default)]
pub struct PaperWish {
    /// Papers whose strongest tie to the node is one of these; all if empty. It has no effect without a node.
    pub ties: Vec<Tie>,
    pub since: Option<PartialDate>,
    pub until: Option<PartialDate>,
    pub code: Option<CodeWish>,
    pub order: PaperOrder,
    /// Number of papers before the first listed one.
    pub offset: usize,
    pub limit: usize,
}

/// Which papers to list, by their code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeWish {
    /// Those that link to a repository.
    Linked,
    /// Those with a repository that was alive at the latest check.
    Alive,
    /// Those that link to no repository.
    None,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PaperOrder {
    #[default]
    Newest,
    Oldest,
    /// The strongest tie first, then the newest.
    Relation,
}

/// The papers that were found.
#[derive(Debug, Clone, Default)]
pub struct PaperList {
    /// Number of papers; `rows` has a part of them.
    pub total: usize,
    pub rows: Vec<ListedPaper>,
    /// Number of papers by their strongest tie to the node, before the filter of ties.
    pub by_tie: Vec<(Tie, usize)>,
}

#[derive(Debug, Clone)]
pub struct ListedPaper {
    pub node: Node,
    /// The strongest tie to the node; `None` in a list of the whole graph.
    pub tie: Option<Tie>,
    pub venue: Option<String>,
    pub repositories: Vec<Node>,
}

/// Lists the papers about a node; those of the whole graph if there is none.
///
/// # Errors
/// If the graph cannot be read.
pub fn list_papers(store: &GraphStore, about: Option<&NodeRef>, wish: &PaperWish) -> Result<PaperList, StoreError> {
    let papers = Papers::of(store)?;
    let nodes = papers.index.nodes()?;
    let selection = Selection { since: wish.since, until: wish.until, ..Selection::default() };
    let mut found: Vec<(Doc, Option<Tie>)> = Vec::new();
    match about {
        Some(node) => {
            for (paper, ties) in papers.tied(&node.id, &Tie::STORED)? {
                if nodes.kind(paper) == Some(NodeKind::Paper) && paper_differs(&nodes.id(paper)?, node) {
                    found.push((paper, ties.strongest(&[])));
                }
            }
        }
        None => {
            found.extend(
                papers.index.docs().filter(|doc| nodes.kind(*doc) == Some(NodeKind::Paper)).map(|doc| (doc, None)),
            );
        }
    }
    found.retain(|(paper, _)| selection.takes_paper(nodes, *paper));
    if let Some(code) = wish.code {
        let mut kept = Vec::new();
        for one in found {
            if code.takes(store, &papers, one.0)? {
                kept.push(one);
            }
        }
        found = kept;
    }
    let mut by_tie: BTreeMap<Tie, usize> = BTreeMap::new();
    for tie in found.iter().filter_map(|(_, tie)| *tie) {
        *by_tie.entry(tie).or_default() += 1;
    }
    found.retain(|(_, tie)| wish.ties.is_empty() || tie.is_none_or(|tie| wish.ties.contains(&tie)));
    match wish.order {
        PaperOrder::Newest => found.sort_by_key(|(paper, _)| nodes.rank(*paper)),
        // Undated papers come last in both orders.
        PaperOrder::Oldest => {
            found.sort_by_key(|(paper, _)| (nodes.day(*paper) == 0, nodes.day(*paper), nodes.rank(*paper)));
        }
        PaperOrder::Relation => found.sort_by_key(|(paper, tie)| (*tie, nodes.rank(*paper))),
    }
    let total = found.len();
    let mut rows = Vec::new();
    for (paper, tie) in found.into_iter().skip(wish.offset).take(wish.limit) {
        let Some(node) = Node::at(store, paper)? else { continue };
        let mut repositories = repositories(store, &papers, paper)?;
        repositories.sort_by_key(|node| (Reverse(node.is_live()), node.dead, node.id.clone()));
        let venue = store.literal(&store.base().node(&node.id), store.ontology().kg.venue.as_ref())?;
        rows.push(ListedPaper { node, tie, venue, repositories });
    }
    Ok(PaperList { total, rows, by_tie: by_tie.into_iter().collect() })
}

/// A paper that cites itself is not in its own list.
fn paper_differs(id: &str, node: &NodeRef) -> bool {
    node.id != id
}

fn repositories(store: &GraphStore, papers: &Papers<'_>, paper: Doc) -> Result<Vec<Node>, StoreError> {
    let mut repositories = Vec::new();
    for repository in papers.repositories(paper)? {
        repositories.extend(Node::at(store, repository)?);
    }
    Ok(repositories)
}

impl CodeWish {
    fn takes(self, store: &GraphStore, papers: &Papers<'_>, paper: Doc) -> Result<bool, StoreError> {
        Ok(match self {
            Self::Linked => !papers.repositories(paper)?.is_empty(),
            Self::None => papers.repositories(paper)?.is_empty(),
            Self::Alive => {
                repositories(store, papers, paper)?.iter().any(|node| node.is_live() == Some(true) && !node.dead)
            }
        })
    }
}

/// Number of dated papers of the graph by year.
///
/// # Errors
/// If the graph cannot be read.
pub fn papers_by_year(store: &GraphStore) -> Result<BTreeMap<u16, usize>, StoreError> {
    let index = store.index()?;
    let nodes = index.nodes()?;
    let mut years = BTreeMap::new();
    for date in index.docs().filter_map(|doc| nodes.date(doc)) {
        *years.entry(date.year()).or_default() += 1;
    }
    Ok(years)
}
