//! The papers about a node, or of the whole graph: filtered, in an order that is the same each time, in parts.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::papers::PaperIndex;
use super::{Node, PaperRegister, Selection, Tie};
use crate::index::IndexedNode;
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};

/// Which papers to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct PaperListQuery {
    /// Papers whose strongest tie to the node is one of these; all if empty. It has no effect without a node.
    pub ties: Vec<Tie>,
    /// Its least confidence is that of the link to the node, and has no effect without one.
    pub selection: Selection,
    pub code: Option<CodeFilter>,
    pub order: PaperOrder,
    /// Number of papers before the first listed one.
    pub offset: usize,
    pub limit: usize,
}

/// Which papers to list, by their code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeFilter {
    /// Those that link to a repository.
    Linked,
    /// Those with a repository that was alive at the latest check.
    Alive,
    /// Those that link to no repository.
    None,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum PaperOrder {
    #[default]
    Newest,
    Oldest,
    /// The strongest tie first, then the newest.
    Relation,
}

/// The papers that were found.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListedPapers {
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
pub(crate) fn list_papers(
    store: &GraphStore,
    register: &PaperRegister,
    about: Option<&NodeRef>,
    wish: &PaperListQuery,
) -> Result<ListedPapers, StoreError> {
    match about {
        Some(node) => papers_about(store, register, node, wish),
        None => all_papers(store, register, wish),
    }
}

fn all_papers(store: &GraphStore, register: &PaperRegister, wish: &PaperListQuery) -> Result<ListedPapers, StoreError> {
    let nodes = store.index()?.nodes()?;
    let selection = &wish.selection;
    if wish.code.is_none() && !selection.limits_papers() && wish.order != PaperOrder::Oldest {
        let papers = register.newest();
        let shown = papers.get(wish.offset..).unwrap_or_default().iter().take(wish.limit);
        let rows = paper_rows(store, &shown.map(|paper| (*paper, None)).collect::<Vec<_>>())?;
        return Ok(ListedPapers { total: papers.len(), rows, by_tie: Vec::new() });
    }
    let in_order: Box<dyn Iterator<Item = IndexedNode> + '_> = match wish.order {
        PaperOrder::Oldest => Box::new(register.oldest()),
        PaperOrder::Newest | PaperOrder::Relation => Box::new(register.newest().iter().copied()),
    };
    let (mut total, mut shown) = (0, Vec::new());
    for paper in in_order {
        if wish.code.is_some_and(|code| !register.takes(code, paper))
            || selection.limits_papers() && !selection.takes_paper(nodes, paper)
        {
            continue;
        }
        if total >= wish.offset && shown.len() < wish.limit {
            shown.push((paper, None));
        }
        total += 1;
    }
    Ok(ListedPapers { total, rows: paper_rows(store, &shown)?, by_tie: Vec::new() })
}

fn papers_about(
    store: &GraphStore,
    register: &PaperRegister,
    node: &NodeRef,
    wish: &PaperListQuery,
) -> Result<ListedPapers, StoreError> {
    let papers = PaperIndex::sure(store, wish.selection.min_confidence)?;
    let nodes = papers.index.nodes()?;
    let selection = &wish.selection;
    // A paper that cites itself is not in its own list.
    let own = papers.index.find(&node.id)?;
    let mut found: Vec<(IndexedNode, Option<Tie>)> = Vec::new();
    for (paper, ties) in papers.tied(&node.id, &Tie::STORED)? {
        let is_taken = nodes.kind(paper) == Some(NodeKind::Paper)
            && Some(paper) != own
            && wish.code.is_none_or(|code| register.takes(code, paper))
            && (!selection.limits_papers() || selection.takes_paper(nodes, paper));
        if is_taken {
            found.push((paper, ties.strongest(&[])));
        }
    }
    let mut by_tie: BTreeMap<Tie, usize> = BTreeMap::new();
    for tie in found.iter().filter_map(|(_, tie)| *tie) {
        *by_tie.entry(tie).or_default() += 1;
    }
    found.retain(|(_, tie)| wish.ties.is_empty() || tie.is_none_or(|tie| wish.ties.contains(&tie)));
    match wish.order {
        PaperOrder::Newest => found.sort_by_cached_key(|(paper, _)| nodes.rank(*paper)),
        // Undated papers come last in both orders.
        PaperOrder::Oldest => {
            found.sort_by_cached_key(|(paper, _)| (nodes.day(*paper) == 0, nodes.day(*paper), nodes.rank(*paper)));
        }
        PaperOrder::Relation => found.sort_by_cached_key(|(paper, tie)| (*tie, nodes.rank(*paper))),
    }
    let total = found.len();
    let shown = found.get(wish.offset..).unwrap_or_default();
    let rows = paper_rows(store, shown.get(..wish.limit).unwrap_or(shown))?;
    Ok(ListedPapers { total, rows, by_tie: by_tie.into_iter().collect() })
}

/// What lists show of papers, in the same order.
///
/// # Errors
/// If the graph cannot be read.
fn paper_rows(store: &GraphStore, papers: &[(IndexedNode, Option<Tie>)]) -> Result<Vec<ListedPaper>, StoreError> {
    let mut rows = code_rows(store, papers)?;
    rows.par_iter_mut().try_for_each(|row| {
        row.venue = store.literal(&store.base().node(&row.node.id), store.ontology().kg.venue.as_ref())?;
        Ok::<(), StoreError>(())
    })?;
    Ok(rows)
}

/// The same rows without venues, which are read from the RDF; all else is in the search index.
///
/// # Errors
/// If the graph cannot be read.
pub(crate) fn code_rows(
    store: &GraphStore,
    papers: &[(IndexedNode, Option<Tie>)],
) -> Result<Vec<ListedPaper>, StoreError> {
    let all = PaperIndex::of(store)?;
    let row = |(paper, tie): &(IndexedNode, Option<Tie>)| {
        let Some(node) = Node::at(store, *paper)? else { return Ok(None) };
        let mut repositories = repositories(store, &all, *paper)?;
        repositories.sort_by_key(|node| (Reverse(node.is_live()), node.dead, node.id.clone()));
        Ok(Some(ListedPaper { node, tie: *tie, venue: None, repositories }))
    };
    let rows: Vec<Option<ListedPaper>> = papers.par_iter().map(row).collect::<Result<_, StoreError>>()?;
    Ok(rows.into_iter().flatten().collect())
}

fn repositories(store: &GraphStore, papers: &PaperIndex<'_>, paper: IndexedNode) -> Result<Vec<Node>, StoreError> {
    let mut repositories = Vec::new();
    for repository in papers.repositories(paper)? {
        repositories.extend(Node::at(store, repository)?);
    }
    Ok(repositories)
}
