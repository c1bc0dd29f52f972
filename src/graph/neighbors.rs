//! The neighbours of a node in groups by their tie, the most relevant first.
//!
//! Counts and first dates of an entity come from the search index, so that a dataset of a hundred thousand papers
//! costs no more to show than one of ten. Only the rows that are shown are read from the graph.
//!
//! Groups follow the order of [`Tie`]: what a sentence states outright comes before what it only names. Within a
//! group:
//!
//! - papers: those that name the entity in their title, then the newest, then those that name it most often, then
//!   by id;
//! - what a paper names: what its title names, then by the number of mentions times the [`weight_of_sharing`] of the
//!   name, so that the paper's own dataset comes before "accuracy";
//! - related papers: by the neighbours they share, each weighted by its rarity; other related nodes: by the number
//!   of shared papers times their own rarity;
//! - nodes further than one step: by the ties to the step before, each weighted by [`Tie::weight`] and by the
//!   rarity of the node it comes from.

mod companions;
mod farther;
mod related;

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use oxigraph::model::NamedNode;
use rayon::prelude::*;

use super::evidence::quote_among;
use super::papers::PaperIndex;
use super::{
    EvidenceQuote, Node, NodesAround, PaperCount, Selection, Tie, Ties, ViewCut, citing_quote, quotes_of,
    weight_of_sharing,
};
use crate::extract::Field;
use crate::index::{Hub, IndexedNode, NamingPaper, NodeHash, ReadAmount};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError, StoredMention};

/// Which neighbours of a node a question asks for; by default all that are tied to it, without evidence.
#[derive(Debug, Clone)]
pub struct NeighborQuery {
    /// Which nodes and ties are listed.
    pub selection: Selection,
    /// Number of steps to walk, at least 1.
    pub depth: u8,
    /// Largest number of rows in a group; all if `None`.
    pub limit: Option<usize>,
    /// Whether to read the sentence behind each row.
    pub evidence: bool,
}

impl Default for NeighborQuery {
    fn default() -> Self {
        Self { selection: Selection::default(), depth: 1, limit: None, evidence: false }
    }
}

impl NeighborQuery {
    /// How much of the index the question reads: little if a hub has the answer precomputed, or if the node has few
    /// papers.
    pub(crate) fn reading(&self) -> ReadAmount {
        let few = self.depth <= 1 && self.limit.is_some_and(|limit| limit <= Hub::PAPERS);
        let is_counted = !self.selection.limits_papers() && self.selection.min_confidence.is_none();
        match few && is_counted && !self.selection.live_only {
            true => ReadAmount::Little,
            false => ReadAmount::Much,
        }
    }
}

/// The neighbours that were found.
#[derive(Debug, Clone)]
pub(crate) struct FoundNeighbors {
    /// How many papers are about the centre.
    pub count: PaperCount,
    /// Groups with at least one row.
    pub groups: Vec<NeighborsByTie>,
    pub cuts: Vec<ViewCut>,
    /// Number of links between the centre and papers or entities that are left out because they are not sure enough;
    /// `None` if no confidence was asked for.
    pub less_sure: Option<usize>,
}

/// Neighbours of one kind with the same tie to the centre.
#[derive(Debug, Clone)]
pub struct NeighborsByTie {
    pub heading: String,
    /// `None` for nodes more than one step away.
    pub tie: Option<Tie>,
    /// Whether the ties point to the centre.
    pub incoming: bool,
    pub kind: NodeKind,
    pub distance: u8,
    /// Total number of neighbours in the group; `rows` has the first of them.
    pub total: usize,
    pub rows: Vec<Neighbor>,
}

#[derive(Debug, Clone)]
pub struct Neighbor {
    pub node: Node,
    /// Number of times that the paper names the entity; 0 if the row is not about that.
    pub mentions: usize,
    pub in_title: bool,
    /// Number of papers about the node, see [`PaperCount`]; 0 for papers themselves.
    pub papers: usize,
    /// Names of the nodes that connect a related or farther node to the centre, the strongest first.
    pub through: Vec<String>,
    /// Total number of these connecting nodes.
    pub shared: usize,
    /// The repositories of a paper.
    pub repositories: Vec<Node>,
    pub evidence: Option<EvidenceQuote>,
    /// The document of the node in the index, if known.
    doc: Option<IndexedNode>,
}

/// Largest number of papers that are tested for live code, if that is required.
const ASKED_FOR_CODE: usize = 2000;
/// Number of names listed for a related node.
const THROUGH: usize = 4;

/// How often a paper names an entity, and whether in its title.
#[derive(Debug, Clone, Copy, Default)]
struct NamingFrequency {
    in_title: bool,
    mentions: usize,
}

impl FoundNeighbors {
    pub(crate) fn load(store: &GraphStore, center: &NodeRef, wanted: &NeighborQuery) -> Result<Self, StoreError> {
        let selection = &wanted.selection;
        let papers = PaperIndex::sure(store, selection.min_confidence)?;
        // Nothing is precomputed for a period or a confidence.
        let counted = !selection.limits_papers() && selection.min_confidence.is_none();
        let hash = NodeHash::of(&center.id).filter(|_| counted);
        let hub = hash.map(|hash| papers.index.hub(hash)).transpose()?.flatten();
        let whole = match &hub {
            // Papers that cite a paper or a work are not about it.
            Some(hub) if !matches!(center.kind, NodeKind::Paper | NodeKind::Work) => papers.count_of(hub),
            _ => papers.count(&center.id)?,
        };
        let search = NeighborSearch { store, papers, center, query: wanted, hub, own_mentions: OnceLock::new() };
        let (mut direct_cuts, mut farther_cuts) = (Vec::new(), Vec::new());
        let (direct, farther) = rayon::join(|| search.direct(&mut direct_cuts), || search.beyond(&mut farther_cuts));
        let mut groups = direct?;
        groups.extend(farther?);
        let cuts = [direct_cuts, farther_cuts].concat();
        groups.retain(|group| !group.rows.is_empty());
        let less_sure = selection.min_confidence.map(|_| search.less_sure()).transpose()?;
        Ok(Self { count: whole, groups, cuts, less_sure })
    }
}

/// The papers with the same tie to the centre.
#[derive(Default)]
struct TiedPapers {
    total: usize,
    /// Papers that can be shown, in their order.
    first: Vec<NamingPaper>,
}

struct NeighborSearch<'a> {
    store: &'a GraphStore,
    papers: PaperIndex<'a>,
    center: &'a NodeRef,
    query: &'a NeighborQuery,
    /// The counts written with the index for the centre, if they are valid for this question.
    hub: Option<Hub>,
    /// The mentions in the paper, read once, if the centre is a paper.
    own_mentions: OnceLock<Vec<StoredMention>>,
}

impl NeighborSearch<'_> {
    /// Number of links of the centre that are not sure enough, of papers of the selected period.
    fn less_sure(&self) -> Result<usize, StoreError> {
        let index = self.papers.index;
        if self.center.kind == NodeKind::Paper {
            return Ok(index.find(&self.center.id)?.map_or(0, |paper| self.papers.less_sure_of(paper).len()));
        }
        let nodes = index.nodes()?;
        let papers = self.papers.less_sure(&self.center.id)?;
        Ok(papers.into_iter().filter(|paper| self.query.selection.takes_paper(nodes, *paper)).count())
    }

    /// Neighbours one step away.
    fn direct(&self, cuts: &mut Vec<ViewCut>) -> Result<Vec<NeighborsByTie>, StoreError> {
        let selection = &self.query.selection;
        let mut grouped: BTreeMap<(Tie, bool, NodeKind), Vec<NamedNode>> = BTreeMap::new();
        for (other, ties, incoming) in self.ends()? {
            let Some(kind) = self.store.base().kind(other.as_str()).filter(|kind| self.takes_kind(*kind)) else {
                continue;
            };
            let Some(tie) = ties.strongest(&selection.ties) else { continue };
            if selection.takes_live(self.store, kind, &other)? {
                grouped.entry((tie, incoming, kind)).or_default().push(other);
            }
        }
        let mut naming = self.by_papers()?;
        for tie in naming.keys() {
            grouped.entry((*tie, true, NodeKind::Paper)).or_default();
        }
        let places = self.places()?;
        let mut seen = Vec::new();
        let mut groups = Vec::new();
        for ((tie, incoming, kind), ends) in grouped {
            let rest = seen.contains(&(incoming, kind));
            let heading = tie.heading(incoming, self.center.kind, &self.center.label, kind, rest);
            seen.push((incoming, kind));
            let group =
                NeighborsByTie { heading, tie: Some(tie), incoming, kind, distance: 1, total: 0, rows: Vec::new() };
            groups.push(match (incoming, kind) {
                (true, NodeKind::Paper) => self.paper_group(group, naming.remove(&tie).unwrap_or_default(), cuts)?,
                _ => self.other_group(group, ends, &places)?,
            });
        }
        Ok(groups)
    }

    /// Whether nodes of this kind are listed. The works that a paper cites are listed with it, and the co-authors,
    /// venues and organisations of an author with the author. Everywhere else, these kinds are shown only if they are
    /// asked for.
    fn takes_kind(&self, kind: NodeKind) -> bool {
        let cited = kind == NodeKind::Work && self.center.kind == NodeKind::Paper;
        let origins = kind.is_origin() && self.center.kind.is_origin();
        let selection = &self.query.selection;
        selection.takes_kind(kind) || ((cited || origins) && selection.kinds.is_empty())
    }

    /// Nodes beyond one step: those within the requested depth or, for a depth of one, those that share neighbours
    /// with the centre.
    fn beyond(&self, cuts: &mut Vec<ViewCut>) -> Result<Vec<NeighborsByTie>, StoreError> {
        let NeighborQuery { selection, depth, .. } = self.query;
        if *depth > 1 {
            let around = NodesAround::load(self.store, self.center, *depth, selection)?;
            cuts.extend(around.cuts);
            return self.farther(&around.graph);
        }
        match self.center.kind {
            _ if !selection.takes_tie(Tie::Related) => Ok(Vec::new()),
            NodeKind::Paper => self.related_papers(cuts),
            NodeKind::Entity(_) | NodeKind::Author | NodeKind::Venue | NodeKind::Organization => self.named_together(),
            NodeKind::Repository | NodeKind::Page | NodeKind::Work => Ok(Vec::new()),
        }
    }

    /// The other ends of all ties except those from papers to the centre, and whether the tie points to the centre.
    fn ends(&self) -> Result<Vec<(NamedNode, Ties, bool)>, StoreError> {
        let index = self.papers.index;
        let leaving = index.find(&self.center.id)?.map(|doc| self.papers.leaving(doc)).transpose()?;
        let mut ends: Vec<(String, Ties, bool)> =
            leaving.into_iter().flatten().map(|(id, ties)| (id, ties, false)).collect();
        let mut reaching = self.papers.tied(&self.center.id, &[Tie::Broader, Tie::ForTask])?;
        if self.center.kind == NodeKind::Venue {
            let nodes = index.nodes()?;
            let of_venue = self.papers.tied(&self.center.id, &[Tie::PublishedIn])?.into_iter();
            reaching.extend(of_venue.filter(|(doc, _)| nodes.kind(*doc) == Some(NodeKind::Venue)));
        }
        for (doc, ties) in reaching {
            // Does not use the column of ids, which nothing else may need to load.
            ends.extend(index.shown(doc)?.map(|shown| (shown.id, ties, true)));
        }
        ends.retain(|(other, ..)| *other != self.center.id);
        Ok(ends.into_iter().map(|(id, ties, incoming)| (self.store.base().node(&id), ties, incoming)).collect())
    }

    /// The papers of the selected period with a tie to the centre, by their strongest selected tie.
    fn by_papers(&self) -> Result<BTreeMap<Tie, TiedPapers>, StoreError> {
        let selection = &self.query.selection;
        let mut by_tie: BTreeMap<Tie, TiedPapers> = BTreeMap::new();
        if !selection.takes_kind(NodeKind::Paper) {
            return Ok(by_tie);
        }
        if let Some(by_tie) = self.hub.as_ref().and_then(|hub| self.papers_of(hub)) {
            return Ok(by_tie);
        }
        let index = self.papers.index;
        let entity = NodeHash::of(&self.center.id).filter(|_| matches!(self.center.kind, NodeKind::Entity(_)));
        let titled = index.headlining(&self.center.id)?;
        let (nodes, mut seen) = (index.nodes()?, index.nothing());
        for tie in Tie::STORED.into_iter().filter(|tie| selection.takes_tie(*tie)) {
            let mut papers = self.papers.subjects(tie, &self.center.id)?;
            papers.retain(|paper| {
                let is_of_time = || selection.takes_paper(nodes, *paper);
                seen.insert(*paper) && nodes.kind(*paper) == Some(NodeKind::Paper) && is_of_time()
            });
            if !papers.is_empty() {
                // A tie with several predicates has one list for each.
                papers.sort_unstable();
                let first = index.first(&papers, entity, &titled, self.most_papers())?;
                by_tie.insert(tie, TiedPapers { total: papers.len(), first });
            }
        }
        Ok(by_tie)
    }

    /// As [`NeighborSearch::by_papers`], from the precomputed counts. `None` if they hold too few papers.
    fn papers_of(&self, hub: &Hub) -> Option<BTreeMap<Tie, TiedPapers>> {
        let most = self.most_papers();
        let mut by_tie: BTreeMap<Tie, TiedPapers> = BTreeMap::new();
        for tied in &hub.papers {
            let Some(tie) = self.papers.ties(&tied.predicates).strongest(&self.query.selection.ties) else { continue };
            if tied.first.len() < tied.total.min(most) {
                return None;
            }
            let list = by_tie.entry(tie).or_default();
            list.total += tied.total;
            list.first.extend_from_slice(&tied.first);
        }
        for list in by_tie.values_mut() {
            list.first.sort_unstable();
            list.first.truncate(most);
        }
        Some(by_tie)
    }

    /// Largest number of papers of a list that can be shown.
    fn most_papers(&self) -> usize {
        match self.query.limit {
            Some(_) if self.query.selection.live_only => ASKED_FOR_CODE,
            limit => limit.unwrap_or(usize::MAX),
        }
    }

    /// Papers that name the centre: those with it in the title first, then the newest.
    fn paper_group(
        &self,
        mut group: NeighborsByTie,
        papers: TiedPapers,
        cuts: &mut Vec<ViewCut>,
    ) -> Result<NeighborsByTie, StoreError> {
        let TiedPapers { total, first } = papers;
        if self.query.selection.live_only && first.len() < total {
            cuts.push(ViewCut { name: group.heading.clone(), taken: first.len(), total: Some(total) });
        }
        group.total = total;
        let mut rows = Vec::with_capacity(first.len());
        for NamingPaper { in_title: Reverse(in_title), times: Reverse(times), id, doc, .. } in first {
            let iri = self.store.base().node(&id);
            match Node::at(self.store, doc)? {
                Some(node) if self.query.selection.takes_live(self.store, NodeKind::Paper, &iri)? => {
                    let row = self.row(Node { distance: 1, ..node }, times, in_title);
                    rows.push((iri, Neighbor { doc: Some(doc), ..row }));
                }
                _ => group.total -= 1,
            }
        }
        self.filled(group, rows, self.query.limit)
    }

    fn other_group(
        &self,
        mut group: NeighborsByTie,
        ends: Vec<NamedNode>,
        places: &HashMap<NamedNode, NamingFrequency>,
    ) -> Result<NeighborsByTie, StoreError> {
        let mut rows = Vec::with_capacity(ends.len());
        for end in ends {
            let Some(node) = Node::read(self.store, &end)? else { continue };
            let NamingFrequency { in_title: title, mentions: places } = places.get(&end).copied().unwrap_or_default();
            let papers = match group.kind {
                NodeKind::Paper => 0,
                NodeKind::Work => self.papers.subjects(Tie::Cites, &node.id)?.len(),
                _ => self.papers.degree(&node.id)?,
            };
            let row = self.row(Node { distance: 1, ..node }, places, title);
            rows.push((end, Neighbor { papers, ..row }));
        }
        group.total = rows.len();
        self.rank(group.kind, &mut rows);
        self.filled(group, rows, self.query.limit)
    }

    fn rank(&self, kind: NodeKind, rows: &mut [(NamedNode, Neighbor)]) {
        match (kind, self.center.kind) {
            (NodeKind::Paper, _) => rows.sort_by(|(_, a), (_, b)| {
                (b.in_title, b.node.date, b.mentions)
                    .cmp(&(a.in_title, a.node.date, a.mentions))
                    .then_with(|| name(a, b))
            }),
            (_, NodeKind::Paper) => {
                let score = |row: &Neighbor| row.mentions.max(1) as f64 * weight_of_sharing(row.papers);
                rows.sort_by(|(_, a), (_, b)| {
                    let by_score = score(b).total_cmp(&score(a));
                    b.in_title.cmp(&a.in_title).then(by_score).then_with(|| name(a, b))
                });
            }
            // The years of a series, the latest first.
            (NodeKind::Venue, NodeKind::Venue) => rows.sort_by(|(_, a), (_, b)| name(b, a)),
            _ => rows.sort_by(|(_, a), (_, b)| b.papers.cmp(&a.papers).then_with(|| name(a, b))),
        }
    }

    fn row(&self, node: Node, mentions: usize, in_title: bool) -> Neighbor {
        Neighbor {
            node,
            mentions,
            in_title,
            papers: 0,
            through: Vec::new(),
            shared: 0,
            repositories: Vec::new(),
            evidence: None,
            doc: None,
        }
    }

    /// How often the paper at the centre names each entity.
    fn places(&self) -> Result<HashMap<NamedNode, NamingFrequency>, StoreError> {
        let mut naming: HashMap<NamedNode, NamingFrequency> = HashMap::new();
        if self.center.kind == NodeKind::Paper {
            for mention in self.own_mentions()? {
                let entry = naming.entry(mention.entity.clone()).or_default();
                entry.in_title |= mention.place.field == Field::Title;
                entry.mentions += 1;
            }
        }
        Ok(naming)
    }

    fn own_mentions(&self) -> Result<&[StoredMention], StoreError> {
        if let Some(mentions) = self.own_mentions.get() {
            return Ok(mentions);
        }
        let mentions = self.store.mentions_in(&self.center.iri)?;
        Ok(self.own_mentions.get_or_init(|| mentions))
    }

    /// Cuts the rows to the limit, then reads what only the shown rows need.
    fn filled(
        &self,
        mut group: NeighborsByTie,
        mut rows: Vec<(NamedNode, Neighbor)>,
        limit: Option<usize>,
    ) -> Result<NeighborsByTie, StoreError> {
        rows.truncate(limit.unwrap_or(usize::MAX));
        // Each row reads a paper of its own.
        let complete = |(iri, row)| self.complete(&group, iri, row);
        let rows = rows.into_par_iter().map(complete).collect::<Result<Vec<_>, StoreError>>()?;
        group.rows.extend(rows);
        Ok(group)
    }

    /// A row with the repositories of its paper and the sentence behind it.
    fn complete(&self, group: &NeighborsByTie, iri: NamedNode, mut row: Neighbor) -> Result<Neighbor, StoreError> {
        let (kind, center) = (group.kind, &self.center.iri);
        if kind == NodeKind::Paper {
            let doc = row.doc.map_or_else(|| self.papers.index.find(&row.node.id), |doc| Ok(Some(doc)))?;
            let repositories = doc.map(|doc| self.papers.repositories(doc)).transpose()?;
            for repository in repositories.unwrap_or_default() {
                row.repositories.extend(Node::at(self.store, repository)?);
            }
            row.repositories.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        }
        if self.query.evidence && group.distance == 1 {
            row.evidence = match (self.center.kind, kind) {
                (NodeKind::Entity(_), NodeKind::Paper) => quotes_of(self.store, &iri, center)?,
                (NodeKind::Paper, NodeKind::Entity(_)) => {
                    quote_among(self.store, center, &iri, || Ok(Cow::Borrowed(self.own_mentions()?)))?
                }
                (NodeKind::Paper | NodeKind::Work, NodeKind::Paper) if group.incoming => {
                    citing_quote(self.store, &iri, center)?
                }
                (NodeKind::Paper, NodeKind::Paper | NodeKind::Work) => citing_quote(self.store, center, &iri)?,
                _ => None,
            };
        }
        Ok(row)
    }
}

fn of_related(heading: String, kind: NodeKind, total: usize) -> NeighborsByTie {
    NeighborsByTie { heading, tie: Some(Tie::Related), incoming: false, kind, distance: 2, total, rows: Vec::new() }
}

fn name(a: &Neighbor, b: &Neighbor) -> Ordering {
    (a.node.label.to_lowercase(), &a.node.id).cmp(&(b.node.label.to_lowercase(), &b.node.id))
}
