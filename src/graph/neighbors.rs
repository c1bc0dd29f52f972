//! The neighbours of a node as a reader wants to see them: grouped by what ties them, the most relevant first.
//!
//! The order of groups is that of [`Tie`]: what a sentence states outright before what is only named. Within a group:
//!
//! - papers: those that name it in their title, then the newest, then those that name it most often;
//! - what a paper names: what its title names, then by the number of places times the [`rarity`] of the name, so that
//!   a dataset of its own stands above "accuracy";
//! - related nodes: by the neighbours they share, each counted by its rarity (papers), or by the number of shared
//!   papers times their own rarity (the rest);
//! - further than one step: by the ties to the step before, each counted by [`Tie::weight`] and by the rarity of the
//!   node it comes from.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use oxigraph::model::NamedNode;

use super::around::{End, ends, in_time};
use super::tie::capital;
use super::{Around, COUNTED, Cut, Graph, Node, Quote, Selection, Tie, quotes_of, rarity};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub selection: Selection,
    /// Steps to go, at least 1.
    pub depth: u8,
    /// Rows of a group; all if `None`.
    pub limit: Option<usize>,
    /// Whether to fetch the sentence behind each row.
    pub evidence: bool,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Neighbors {
    pub middle: NodeRef,
    /// None of them is empty.
    pub groups: Vec<Group>,
    pub cuts: Vec<Cut>,
}

/// Neighbours of one kind that are tied to the middle in one way.
#[derive(Debug, Clone)]
pub struct Group {
    pub heading: String,
    /// `None` for nodes more than a step away.
    pub tie: Option<Tie>,
    /// Whether the ties point to the middle.
    pub incoming: bool,
    pub kind: NodeKind,
    pub distance: u8,
    /// How many there are, of which `rows` has the first.
    pub total: usize,
    pub rows: Vec<Neighbor>,
}

#[derive(Debug, Clone)]
pub struct Neighbor {
    pub node: Node,
    /// Places in which the paper names the entity; 0 where the row is not of that sort.
    pub mentions: usize,
    pub in_title: bool,
    /// Papers that name the node, counted up to [`Neighbor::MANY`]; 0 for papers themselves.
    pub papers: usize,
    /// Names of what ties a related or farther node to the middle, the most telling first.
    pub through: Vec<String>,
    /// How many of these there are.
    pub shared: usize,
    /// The repositories of a paper.
    pub repositories: Vec<Node>,
    pub evidence: Option<Quote>,
}

impl Neighbor {
    /// Where counting papers stops.
    pub const MANY: usize = COUNTED;
}

/// Neighbours of one node that are taken into the lists.
const ENDS: usize = 100_000;
/// Rows of a group whose dates are read to rank them.
const RANKED: usize = 2000;
/// Papers of an entity that are asked what else they name.
const ASKED: usize = 300;
/// Papers that are looked at for each name of a paper.
const PAPERS_OF_NAME: usize = 200;
/// Related nodes that are ranked.
const CANDIDATES: usize = 200;
/// Names listed for a related node.
const THROUGH: usize = 4;

/// How often a paper names an entity, and whether in its title.
#[derive(Debug, Clone, Copy, Default)]
struct Naming {
    title: bool,
    places: usize,
}

impl Neighbors {
    pub fn load(store: &GraphStore, middle: &NodeRef, wanted: &Wanted) -> Result<Self, StoreError> {
        let search = Search { store, middle, wanted };
        let mut cuts = Vec::new();
        let mut groups = search.direct(&mut cuts)?;
        if wanted.depth > 1 {
            let around = Around::load(store, middle, wanted.depth, &wanted.selection)?;
            groups.extend(search.farther(&around.graph)?);
            cuts.extend(around.cuts);
        } else if wanted.selection.takes_tie(Tie::Related) {
            groups.extend(match middle.kind {
                NodeKind::Paper => search.related_papers()?,
                NodeKind::Entity(_) => search.named_together()?,
                NodeKind::Repository | NodeKind::Page => Vec::new(),
            });
        }
        groups.retain(|group| !group.rows.is_empty());
        Ok(Self { middle: middle.clone(), groups, cuts })
    }
}

/// What two papers share.
#[derive(Default)]
struct Shared {
    score: f64,
    /// Whether one of the names is introduced by the paper in the middle.
    own: bool,
    /// Each with how telling it is.
    names: Vec<(f64, NamedNode)>,
}

/// A row with what it is ranked by.
type Ranked = (f64, NamedNode, Neighbor);

struct Search<'a> {
    store: &'a GraphStore,
    middle: &'a NodeRef,
    wanted: &'a Wanted,
}

impl Search<'_> {
    /// One step away.
    fn direct(&self, cuts: &mut Vec<Cut>) -> Result<Vec<Group>, StoreError> {
        let selection = &self.wanted.selection;
        let predicates = Tie::predicates(self.store.ontology());
        let (found, more) = ends(self.store, &self.middle.iri, &predicates, ENDS)?;
        if more {
            cuts.push(Cut { name: self.middle.label.clone(), taken: ENDS, of: None });
        }
        let mut grouped: BTreeMap<(Tie, bool, NodeKind), Vec<NamedNode>> = BTreeMap::new();
        for (other, End { ties, incoming }) in found {
            let Some(kind) = self.store.base().kind(other.as_str()).filter(|kind| selection.takes_kind(*kind)) else {
                continue;
            };
            let Some(tie) = ties.strongest(&selection.ties) else { continue };
            if kind != NodeKind::Paper || in_time(self.store, &other, selection)? {
                grouped.entry((tie, incoming, kind)).or_default().push(other);
            }
        }
        let naming = self.naming()?;
        let mut seen = Vec::new();
        let mut groups = Vec::new();
        for ((tie, incoming, kind), mut ends) in grouped {
            let rest = seen.contains(&(incoming, kind));
            let heading = tie.heading(incoming, self.middle.kind, &self.middle.label, kind, rest);
            seen.push((incoming, kind));
            let names = |end: &NamedNode| naming.get(end).copied().unwrap_or_default();
            let mut total = ends.len();
            if total > RANKED {
                ends.sort_by_cached_key(|end| {
                    let naming = names(end);
                    (Reverse(naming.title), Reverse(naming.places), end.clone())
                });
                ends.truncate(RANKED);
                cuts.push(Cut { name: heading.clone(), taken: RANKED, of: Some(total) });
            }
            let mut rows = Vec::with_capacity(ends.len());
            for end in ends {
                match Node::read(self.store, &end)? {
                    Some(node) => {
                        let Naming { title, places } = names(&end);
                        let papers = match kind {
                            NodeKind::Paper => 0,
                            _ => self.store.papers_up_to(&end, COUNTED)?,
                        };
                        let row = self.row(Node { distance: 1, ..node }, places, title);
                        rows.push((end, Neighbor { papers, ..row }));
                    }
                    None => total -= 1,
                }
            }
            self.rank(kind, &mut rows);
            let group = Group { heading, tie: Some(tie), incoming, kind, distance: 1, total, rows: Vec::new() };
            groups.push(self.filled(group, rows, self.wanted.limit)?);
        }
        Ok(groups)
    }

    fn rank(&self, kind: NodeKind, rows: &mut [(NamedNode, Neighbor)]) {
        match (kind, self.middle.kind) {
            (NodeKind::Paper, _) => rows.sort_by(|(_, a), (_, b)| {
                (b.in_title, b.node.date, b.mentions)
                    .cmp(&(a.in_title, a.node.date, a.mentions))
                    .then_with(|| name(a, b))
            }),
            (_, NodeKind::Paper) => {
                let score = |row: &Neighbor| row.mentions.max(1) as f64 * rarity(row.papers);
                rows.sort_by(|(_, a), (_, b)| {
                    let by_score = score(b).total_cmp(&score(a));
                    b.in_title.cmp(&a.in_title).then(by_score).then_with(|| name(a, b))
                });
            }
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
        }
    }

    /// For each paper that names the entity in the middle, or each entity that the paper in the middle names.
    fn naming(&self) -> Result<HashMap<NamedNode, Naming>, StoreError> {
        let mut naming: HashMap<NamedNode, Naming> = HashMap::new();
        let mut note = |node: NamedNode, title: bool| {
            let entry = naming.entry(node).or_default();
            entry.title |= title;
            entry.places += 1;
        };
        match self.middle.kind {
            NodeKind::Paper => {
                for mention in self.store.mentions_in(&self.middle.iri)? {
                    note(mention.entity, mention.field == "title");
                }
            }
            NodeKind::Entity(_) => {
                for place in self.store.places_of(&self.middle.iri).take(ENDS) {
                    let (paper, title) = place?;
                    note(paper, title);
                }
            }
            NodeKind::Repository | NodeKind::Page => {}
        }
        Ok(naming)
    }

    /// What the papers that name the entity name besides.
    fn named_together(&self) -> Result<Vec<Group>, StoreError> {
        let selection = &self.wanted.selection;
        let uses = [self.store.ontology().kg.mentions.clone()];
        let mut together: HashMap<NamedNode, usize> = HashMap::new();
        let mut asked = 0;
        for link in self.store.links(&self.middle.iri, &uses) {
            let paper = link?.other;
            if !in_time(self.store, &paper, selection)? {
                continue;
            }
            asked += 1;
            for other in self.store.objects(&paper, uses[0].as_ref())? {
                if other != self.middle.iri {
                    *together.entry(other).or_default() += 1;
                }
            }
            if asked == ASKED {
                break;
            }
        }
        let mut by_kind: BTreeMap<(bool, NodeKind), Vec<(NamedNode, usize)>> = BTreeMap::new();
        for (other, shared) in together {
            if let Some(kind) = self.store.base().kind(other.as_str())
                && shared > 1
                && selection.takes_kind(kind)
            {
                by_kind.entry((kind != self.middle.kind, kind)).or_default().push((other, shared));
            }
        }
        let mut groups = Vec::new();
        for ((_, kind), mut ends) in by_kind {
            let total = ends.len();
            ends.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
            ends.truncate(CANDIDATES);
            let mut rows = Vec::new();
            for (end, shared) in ends {
                let papers = self.store.papers_up_to(&end, COUNTED)?;
                let score = shared as f64 * rarity(papers);
                if let Some(node) = Node::read(self.store, &end)? {
                    let row = self.row(Node { distance: 2, ..node }, 0, false);
                    rows.push((score, end, Neighbor { shared, papers, ..row }));
                }
            }
            rows.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| name(&a.2, &b.2)));
            let rows = rows.into_iter().map(|(_, iri, row)| (iri, row)).collect();
            let heading = Tie::Related.heading(false, self.middle.kind, &self.middle.label, kind, false);
            let limit = self.wanted.limit.map(|limit| limit.div_ceil(2));
            groups.push(self.filled(of_related(heading, kind, total), rows, limit)?);
        }
        Ok(groups)
    }

    /// Papers that name the same things. One name in common is chance, unless one of the papers introduces it.
    fn related_papers(&self) -> Result<Vec<Group>, StoreError> {
        let selection = &self.wanted.selection;
        if !selection.takes_kind(NodeKind::Paper) {
            return Ok(Vec::new());
        }
        let kg = &self.store.ontology().kg;
        let mentions = [kg.mentions.clone()];
        let introduced = self.store.objects(&self.middle.iri, kg.introduces.as_ref())?;
        let mut related: HashMap<NamedNode, Shared> = HashMap::new();
        for entity in self.store.objects(&self.middle.iri, kg.mentions.as_ref())? {
            let telling = rarity(self.store.papers_up_to(&entity, COUNTED)?);
            let own = introduced.contains(&entity);
            for link in self.store.links(&entity, &mentions).take(PAPERS_OF_NAME) {
                let link = link?;
                if link.other != self.middle.iri {
                    let shared = related.entry(link.other).or_default();
                    // What the one introduces and the other takes up ties them closest.
                    let telling = if own { 2.0 * telling } else { telling };
                    shared.score += telling;
                    shared.own |= own;
                    shared.names.push((telling, entity.clone()));
                }
            }
        }
        let mut ends: Vec<_> = related.into_iter().filter(|(_, shared)| shared.own || shared.names.len() > 1).collect();
        ends.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then_with(|| a.0.cmp(&b.0)));
        let mut total = 0;
        let mut rows = Vec::new();
        for (paper, Shared { names: mut shared, .. }) in ends {
            if !in_time(self.store, &paper, selection)? {
                continue;
            }
            total += 1;
            if rows.len() >= self.wanted.limit.map_or(CANDIDATES, |limit| limit.div_ceil(2)) {
                continue;
            }
            if let Some(node) = Node::read(self.store, &paper)? {
                shared.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
                let mut row = self.row(Node { distance: 2, ..node }, 0, false);
                row.shared = shared.len();
                for (_, entity) in shared.iter().take(THROUGH) {
                    row.through.extend(self.store.node(entity)?.map(|node| node.label));
                }
                rows.push((paper, row));
            }
        }
        let heading = Tie::Related.heading(false, self.middle.kind, &self.middle.label, NodeKind::Paper, false);
        Ok(vec![self.filled(of_related(heading, NodeKind::Paper, total), rows, None)?])
    }

    /// More than one step away.
    fn farther(&self, graph: &Graph) -> Result<Vec<Group>, StoreError> {
        let mut by_step: BTreeMap<(u8, NodeKind), Vec<Ranked>> = BTreeMap::new();
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
                before.push((weight * rarity(graph.degree(other)), &step.label));
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
            let heading = format!("{} {distance} steps away", capital(kind.plural()));
            let rows = rows.into_iter().map(|(_, iri, row)| (iri, row)).collect();
            let group = Group { heading, tie: None, incoming: false, kind, distance, total, rows: Vec::new() };
            groups.push(self.filled(group, rows, self.wanted.limit)?);
        }
        Ok(groups)
    }

    /// Cuts the rows to the limit, then reads what only the shown ones need.
    fn filled(
        &self,
        mut group: Group,
        mut rows: Vec<(NamedNode, Neighbor)>,
        limit: Option<usize>,
    ) -> Result<Group, StoreError> {
        rows.truncate(limit.unwrap_or(usize::MAX));
        let Group { kind, distance, .. } = group;
        for (iri, mut row) in rows {
            if kind == NodeKind::Paper {
                for repository in self.store.objects(&iri, self.store.ontology().kg.has_repository.as_ref())? {
                    row.repositories.extend(Node::read(self.store, &repository)?);
                }
            }
            if self.wanted.evidence && distance == 1 {
                row.evidence = match (self.middle.kind, kind) {
                    (NodeKind::Entity(_), NodeKind::Paper) => quotes_of(self.store, &iri, &self.middle.iri)?,
                    (NodeKind::Paper, NodeKind::Entity(_)) => quotes_of(self.store, &self.middle.iri, &iri)?,
                    _ => None,
                };
            }
            group.rows.push(row);
        }
        Ok(group)
    }
}

fn of_related(heading: String, kind: NodeKind, total: usize) -> Group {
    Group { heading, tie: Some(Tie::Related), incoming: false, kind, distance: 2, total, rows: Vec::new() }
}

fn name(a: &Neighbor, b: &Neighbor) -> std::cmp::Ordering {
    (a.node.label.to_lowercase(), &a.node.id).cmp(&(b.node.label.to_lowercase(), &b.node.id))
}
