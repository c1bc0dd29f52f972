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

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use oxigraph::model::NamedNode;
use rayon::prelude::*;

use super::evidence::quote_among;
use super::papers::PaperIndex;
use super::tie::capitalized;
use super::{
    EvidenceQuote, GraphView, MinConfidence, Node, NodesAround, PaperCount, Selection, Tie, Ties, ViewCut,
    citing_quote, quotes_of, weight_of_sharing,
};
use crate::extract::Field;
use crate::index::{Hub, HubCompanion, HubCompanions, IndexedNode, NamingPaper, NodeHash, ReadAmount};
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
/// A name with more papers than this adds to the score of papers found by other names, but finds no papers itself.
const HUB: usize = 10_000;
/// Smallest number of related papers that are read, so that equals come in the same order at every limit.
const CANDIDATES: usize = 200;
/// Number of names listed for a related node.
const THROUGH: usize = 4;

/// How often a paper names an entity, and whether in its title.
#[derive(Debug, Clone, Copy, Default)]
struct NamingFrequency {
    title: bool,
    places: usize,
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
        let search = NeighborSearch { store, papers, center, wanted, hub, own_mentions: OnceLock::new() };
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

/// Something else that papers name together with the centre.
#[derive(Debug, Clone, Copy)]
struct NamedTogether {
    /// Number of these papers that name it.
    shared: usize,
    /// Total number of papers that name it.
    papers: usize,
    hash: NodeHash,
    /// The document in the index, if known.
    doc: Option<IndexedNode>,
}

impl NamedTogether {
    fn score(&self) -> f64 {
        self.shared as f64 * weight_of_sharing(self.papers)
    }

    /// The strongest first. Hashes are the same in every index, so that equals keep their order.
    fn order(&self, other: &Self) -> Ordering {
        other.score().total_cmp(&self.score()).then_with(|| (other.papers, other.hash).cmp(&(self.papers, self.hash)))
    }
}

/// What two papers share.
#[derive(Default)]
struct SharedByPapers {
    score: f64,
    /// Whether the paper at the centre introduces one of the names.
    own: bool,
    /// Shared names, each with its weight.
    names: Vec<(f64, NamedNode)>,
}

/// A row with its score.
type RankedRow = (f64, NamedNode, Neighbor);

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
    wanted: &'a NeighborQuery,
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
        Ok(papers.into_iter().filter(|paper| self.wanted.selection.takes_paper(nodes, *paper)).count())
    }

    /// Neighbours one step away.
    fn direct(&self, cuts: &mut Vec<ViewCut>) -> Result<Vec<NeighborsByTie>, StoreError> {
        let selection = &self.wanted.selection;
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
        let selection = &self.wanted.selection;
        selection.takes_kind(kind) || ((cited || origins) && selection.kinds.is_empty())
    }

    /// Nodes beyond one step: those within the requested depth or, for a depth of one, those that share neighbours
    /// with the centre.
    fn beyond(&self, cuts: &mut Vec<ViewCut>) -> Result<Vec<NeighborsByTie>, StoreError> {
        let NeighborQuery { selection, depth, .. } = self.wanted;
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
        let selection = &self.wanted.selection;
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
            let Some(tie) = self.papers.ties(&tied.predicates).strongest(&self.wanted.selection.ties) else { continue };
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
        match self.wanted.limit {
            Some(_) if self.wanted.selection.live_only => ASKED_FOR_CODE,
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
        if self.wanted.selection.live_only && first.len() < total {
            cuts.push(ViewCut { name: group.heading.clone(), taken: first.len(), of: Some(total) });
        }
        group.total = total;
        let mut rows = Vec::with_capacity(first.len());
        for NamingPaper { in_title: Reverse(in_title), times: Reverse(times), id, doc, .. } in first {
            let iri = self.store.base().node(&id);
            match Node::at(self.store, doc)? {
                Some(node) if self.wanted.selection.takes_live(self.store, NodeKind::Paper, &iri)? => {
                    let row = self.row(Node { distance: 1, ..node }, times, in_title);
                    rows.push((iri, Neighbor { doc: Some(doc), ..row }));
                }
                _ => group.total -= 1,
            }
        }
        self.filled(group, rows, self.wanted.limit)
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
            let NamingFrequency { title, places } = places.get(&end).copied().unwrap_or_default();
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
        self.filled(group, rows, self.wanted.limit)
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
                entry.title |= mention.place.field == Field::Title;
                entry.places += 1;
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

    /// Other entities named by the papers that name the entity.
    fn named_together(&self) -> Result<Vec<NeighborsByTie>, StoreError> {
        let selection = &self.wanted.selection;
        let index = self.papers.index;
        let Some(center) = NodeHash::of(&self.center.id) else { return Ok(Vec::new()) };
        if let Some(hub) = &self.hub
            && let Some(groups) = self.companion_groups(&hub.companions)?
        {
            return Ok(groups);
        }
        let mut papers = self.papers.naming(&self.center.id)?;
        if selection.limits_papers() {
            let nodes = index.nodes()?;
            papers.retain(|paper| selection.takes_paper(nodes, *paper));
        }
        let least = selection.min_confidence.map_or(0, MinConfidence::percent);
        Ok(self.companion_groups(&index.companions_in(center, &papers, least))?.unwrap_or_default())
    }

    /// Entities that papers name together with the centre, by kind. `None` if more must be counted to find the
    /// strongest.
    fn companion_groups(&self, by_kind: &[HubCompanions]) -> Result<Option<Vec<NeighborsByTie>>, StoreError> {
        let wanted = by_kind.iter().filter(|companions| self.takes_kind(companions.kind));
        let mut by_kind: Vec<&HubCompanions> = wanted.collect();
        // Names of the same kind as the centre come first.
        by_kind.sort_by_key(|companions| (companions.kind != self.center.kind, companions.kind));
        let ranked = by_kind.iter().map(|companions| self.most_telling(companions));
        let Some(ranked) = ranked.collect::<Result<Option<Vec<_>>, StoreError>>()? else { return Ok(None) };
        let mut groups = Vec::new();
        for (HubCompanions { kind, total, .. }, ranked) in by_kind.into_iter().zip(ranked) {
            let mut rows = Vec::new();
            for NamedTogether { shared, papers, hash, doc } in ranked {
                let doc = doc.map_or_else(|| self.papers.index.of_hash(hash), |doc| Ok(Some(doc)))?;
                let Some(doc) = doc else { continue };
                if let Some(node) = Node::at(self.store, doc)? {
                    let row = self.row(Node { distance: 2, ..node }, 0, false);
                    rows.push((self.store.base().node(&row.node.id), Neighbor { papers, shared, ..row }));
                }
            }
            let heading = Tie::Related.heading(false, self.center.kind, &self.center.label, *kind, false);
            groups.push(self.filled(of_related(heading, *kind, *total), rows, None)?);
        }
        Ok(Some(groups))
    }

    /// The strongest of the names that occur together with the centre. `None` if a name that occurs less often than
    /// all of these could be among them.
    fn most_telling(
        &self,
        HubCompanions { total, often, .. }: &HubCompanions,
    ) -> Result<Option<Vec<NamedTogether>>, StoreError> {
        let Some(limit) = self.wanted.limit else { return self.all_together(*total, often) };
        let mut ranked: Vec<NamedTogether> = Vec::new();
        for HubCompanion { shared, hash, known } in often.iter().copied() {
            // A name has at least as many papers as are shared, so none of those still to come can score higher.
            let most = NamedTogether { shared, papers: shared, hash, doc: None }.score();
            if ranked.len() >= limit && ranked.last().is_some_and(|last| last.score() > most) {
                return Ok(Some(ranked));
            }
            let one = self.together(HubCompanion { shared, hash, known })?;
            ranked.insert(ranked.partition_point(|other| other.order(&one).is_lt()), one);
            ranked.truncate(limit);
        }
        Ok((often.len() == *total).then_some(ranked))
    }

    /// All names that occur together with the centre, the strongest first. `None` if the list does not hold them
    /// all.
    fn all_together(&self, total: usize, often: &[HubCompanion]) -> Result<Option<Vec<NamedTogether>>, StoreError> {
        if often.len() < total {
            return Ok(None);
        }
        let mut all = often.iter().map(|one| self.together(*one)).collect::<Result<Vec<_>, StoreError>>()?;
        all.sort_by(NamedTogether::order);
        Ok(Some(all))
    }

    fn together(&self, HubCompanion { shared, hash, known }: HubCompanion) -> Result<NamedTogether, StoreError> {
        let papers = known.map_or_else(|| self.papers.index.count(hash), |known| Ok(known.papers))?;
        Ok(NamedTogether { shared, papers, hash, doc: known.map(|known| known.doc) })
    }

    /// Papers that name the same entities. One common name is a coincidence, unless one of the two papers introduces
    /// it.
    fn related_papers(&self, cuts: &mut Vec<ViewCut>) -> Result<Vec<NeighborsByTie>, StoreError> {
        let selection = &self.wanted.selection;
        if !selection.takes_kind(NodeKind::Paper) {
            return Ok(Vec::new());
        }
        let kg = &self.store.ontology().kg;
        let introduced = self.store.objects(&self.center.iri, kg.introduces.as_ref())?;
        let center = self.papers.index.find(&self.center.id)?;
        let less_sure = center.map(|center| self.papers.less_sure_of(center)).unwrap_or_default();
        let mut names: Vec<(Vec<IndexedNode>, NamedNode)> = Vec::new();
        for entity in self.store.objects(&self.center.iri, kg.mentions.as_ref())? {
            let id = self.store.base().id(entity.as_str()).unwrap_or_default();
            if less_sure.has_id(id) {
                continue;
            }
            names.push((self.papers.naming(id)?, entity));
        }
        names.sort_by(|a, b| (a.0.len(), &a.1).cmp(&(b.0.len(), &b.1)));
        let mut related: HashMap<IndexedNode, SharedByPapers> = HashMap::new();
        for (papers, entity) in &names {
            let own = introduced.contains(entity);
            // The closest connection is a name that one paper introduces and the other uses.
            let telling = weight_of_sharing(papers.len()) * if own { 2.0 } else { 1.0 };
            let few = papers.len() <= HUB || own;
            for paper in papers.iter().filter(|paper| Some(**paper) != center) {
                let shared = if few { Some(related.entry(*paper).or_default()) } else { related.get_mut(paper) };
                if let Some(shared) = shared {
                    shared.score += telling;
                    shared.own |= own;
                    shared.names.push((telling, entity.clone()));
                }
            }
        }
        let nodes = self.papers.index.nodes()?;
        let mut ends = Vec::new();
        for (paper, shared) in related.into_iter().filter(|(_, shared)| shared.own || shared.names.len() > 1) {
            if !selection.takes_paper(nodes, paper) {
                continue;
            }
            ends.push((shared, paper));
        }
        let mut total = ends.len();
        let heading = Tie::Related.heading(false, self.center.kind, &self.center.label, NodeKind::Paper, false);
        let most = self.wanted.limit.unwrap_or(usize::MAX);
        let read = if selection.live_only { self.most_papers() } else { most.max(CANDIDATES) };
        if ends.len() > read {
            if selection.live_only {
                cuts.push(ViewCut { name: heading.clone(), taken: read, of: Some(total) });
            }
            let order = |paper: IndexedNode| nodes.rank(paper);
            ends.select_nth_unstable_by(read, |a, b| {
                b.0.score.total_cmp(&a.0.score).then_with(|| order(a.1).cmp(&order(b.1)))
            });
            ends.truncate(read);
        }
        let mut ranked = Vec::with_capacity(ends.len());
        for (shared, paper) in ends {
            ranked.push((self.store.base().node(&nodes.id(paper)?), shared, paper));
        }
        ranked.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then_with(|| a.0.cmp(&b.0)));
        let mut rows = Vec::new();
        for (paper, SharedByPapers { names: mut shared, .. }, doc) in ranked {
            if rows.len() >= most {
                break;
            }
            if !selection.takes_live(self.store, NodeKind::Paper, &paper)? {
                total -= 1;
                continue;
            }
            if let Some(node) = Node::at(self.store, doc)? {
                shared.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
                let mut row = self.row(Node { distance: 2, ..node }, 0, false);
                row.shared = shared.len();
                row.doc = Some(doc);
                for (_, entity) in shared.iter().take(THROUGH) {
                    row.through.extend(self.store.node(entity)?.map(|node| node.label));
                }
                rows.push((paper, row));
            }
        }
        Ok(vec![self.filled(of_related(heading, NodeKind::Paper, total), rows, None)?])
    }

    /// Neighbours more than one step away.
    fn farther(&self, graph: &GraphView) -> Result<Vec<NeighborsByTie>, StoreError> {
        let mut by_step: BTreeMap<(u8, NodeKind), Vec<RankedRow>> = BTreeMap::new();
        for (index, node) in graph.nodes() {
            if node.distance < 2 || !self.wanted.selection.takes_node(node) {
                continue;
            }
            let mut before: Vec<(f64, &str)> = Vec::new();
            for other in graph.petgraph().neighbors_undirected(index) {
                let Some(step) = graph.node(other).filter(|step| step.distance + 1 == node.distance) else { continue };
                let edges = [(index, other), (other, index)];
                let weight = edges.iter().filter_map(|(a, b)| {
                    graph.petgraph().find_edge(*a, *b).and_then(|edge| graph.petgraph().edge_weight(edge))
                });
                let weight: f64 = weight.map(|link| link.weight).sum();
                before.push((weight * weight_of_sharing(graph.degree(other)), &step.label));
            }
            before.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
            before.dedup_by(|a, b| a.1 == b.1);
            let mut row = self.row(node.clone(), 0, false);
            row.shared = before.len();
            row.through = before.iter().take(THROUGH).map(|(_, label)| (*label).to_string()).collect();
            let score: f64 = before.iter().map(|(weight, _)| weight).sum();
            let iri = self.store.base().node(&node.id);
            by_step.entry((node.distance, node.kind)).or_default().push((score, iri, row));
        }
        let mut groups = Vec::new();
        for ((distance, kind), mut rows) in by_step {
            rows.sort_by(|a, b| {
                b.0.total_cmp(&a.0).then(b.2.node.date.cmp(&a.2.node.date)).then_with(|| name(&a.2, &b.2))
            });
            let total = rows.len();
            let heading = format!("{} {distance} steps away", capitalized(kind.plural()));
            let rows = rows.into_iter().map(|(_, iri, row)| (iri, row)).collect();
            let group = NeighborsByTie { heading, tie: None, incoming: false, kind, distance, total, rows: Vec::new() };
            groups.push(self.filled(group, rows, self.wanted.limit)?);
        }
        Ok(groups)
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
        if self.wanted.evidence && group.distance == 1 {
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
