use std::cmp::Reverse;
use std::collections::HashMap;

use rayon::prelude::*;

use super::papers::less_sure_of;
use super::register::NodeRegister;
use super::select::tie_named_together;
use super::{
    Edge, GraphView, MinConfidence, Node, NodeEntry, NodeNumber, NodesAround, PaperSet, PartChoice, SelectedPart,
    Selection, Tie, Ties, WalkLimits,
};
use crate::index::LessSureNodes;
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// The part of a graph that an export writes, read while it is written.
///
/// For a part of the whole graph, only ids and ties are held in memory, as numbers. The details of a node are read
/// when the node is written, in batches on all cores. The part can be walked as often as a format needs.
pub struct ChosenPart<'s> {
    store: &'s GraphStore,
    contents: PartContents<'s>,
    /// Number of selected nodes that are missing because there were too many.
    pub left_out: usize,
    /// The centres of the part.
    pub centers: Vec<NodeRef>,
    /// Notes to the user on what is incomplete, and why.
    pub notes: Vec<String>,
    /// Links of papers to entities that are less sure are left out.
    pub min_confidence: Option<MinConfidence>,
}

enum PartContents<'s> {
    Stored(StoredPart<'s>),
    Drawn(GraphView),
}

/// The edges that leave a node.
#[derive(Debug, Clone, PartialEq)]
pub struct LeavingEdges {
    /// Id of the node that the edges leave.
    pub from: String,
    /// Publication date, if the node is a paper.
    pub date: Option<PartialDate>,
    pub edges: Vec<Edge>,
}

/// Number of edges of each node in a part, counting both directions.
pub struct NodeDegrees<'c> {
    contents: &'c PartContents<'c>,
    counts: Vec<u32>,
}

/// Items read from a graph one by one.
pub(super) type GraphWalk<'w, T> = Box<dyn Iterator<Item = Result<T, StoreError>> + 'w>;

impl<'s> ChosenPart<'s> {
    /// Chooses nodes from the whole graph.
    pub fn whole(store: &'s GraphStore, cutout: &PartChoice) -> Result<Self, StoreError> {
        let selection = &cutout.selection;
        let mut stored = StoredPart::new(store, selection)?;
        let notes = selection.min_confidence.map(|least| stored.drop_less_sure().note(least));
        let ranked = stored.ranked(cutout);
        let related = !cutout.shows_papers() && selection.takes_tie(Tie::Related);
        let body = if related || (cutout.min_degree > 0 && cutout.max_nodes.is_some()) {
            PartContents::Drawn(cutout.most_important(ranked.len(), &[], |first| {
                let mut part = stored.graph(ranked.get(..first).unwrap_or(&ranked))?;
                if related {
                    stored.relate(&mut part);
                }
                Ok::<_, StoreError>(part)
            })?)
        } else {
            stored.keep(ranked.get(..cutout.max_nodes.unwrap_or(usize::MAX)).unwrap_or(&ranked));
            if cutout.min_degree > 0 {
                stored.drop_lonely();
            }
            PartContents::Stored(stored)
        };
        let (notes, min_confidence) = (notes.into_iter().collect(), selection.min_confidence);
        let mut chosen = Self { store, contents: body, left_out: 0, centers: Vec::new(), notes, min_confidence };
        chosen.left_out = ranked.len() - chosen.len();
        Ok(chosen)
    }

    /// Chooses the nodes at most `depth` steps from the given nodes.
    pub fn around(
        store: &'s GraphStore,
        centers: Vec<NodeRef>,
        depth: u8,
        cutout: &PartChoice,
        reach: WalkLimits,
    ) -> Result<Self, StoreError> {
        let mut graph = GraphView::default();
        let mut notes = Vec::new();
        for node in &centers {
            let around = NodesAround::within(store, node, depth, &cutout.selection, reach)?;
            notes.extend(around.cuts.iter().map(ToString::to_string));
            graph.join(&around.graph);
        }
        let min_confidence = cutout.selection.min_confidence;
        notes.extend(min_confidence.map(|least| format!("links with a confidence below {least} are left out")));
        let indices: Vec<_> = centers.iter().filter_map(|node| graph.find(&node.id)).collect();
        Ok(Self { centers, notes, min_confidence, ..Self::drawn(store, cutout.of(&graph, &indices)) })
    }

    /// Wraps a part that was chosen in memory.
    pub fn drawn(store: &'s GraphStore, part: SelectedPart) -> Self {
        let (left_out, body) = (part.left_out, PartContents::Drawn(part.graph));
        Self { store, left_out, contents: body, centers: Vec::new(), notes: Vec::new(), min_confidence: None }
    }

    /// The nodes to which the paper's links are not sure enough.
    pub(crate) fn less_sure(&self, paper: &str) -> Result<LessSureNodes, StoreError> {
        less_sure_of(self.store, paper, self.min_confidence)
    }

    /// A node with all edges that are sure enough, to chosen nodes or not.
    pub(crate) fn read(&self, id: &str) -> Result<Option<NodeEntry>, StoreError> {
        NodeEntry::sure(self.store, id, self.min_confidence)
    }

    pub fn store(&self) -> &'s GraphStore {
        self.store
    }

    /// Every node with its edges to other chosen nodes. The order is the same on each walk.
    pub fn entries(&self) -> GraphWalk<'_, NodeEntry> {
        self.walk(|_| true, |node| self.entry(node))
    }

    /// The entries of one kind.
    pub fn of_kind(&self, kind: NodeKind) -> GraphWalk<'_, NodeEntry> {
        self.walk(move |of| of == kind, |node| self.entry(node))
    }

    /// The ids of all nodes.
    pub fn ids(&self) -> GraphWalk<'_, String> {
        self.walk(|_| true, |node| Ok(self.dated_id(node).map(|(id, _)| id)))
    }

    /// The nodes of one kind, as id and date.
    pub fn dated(&self, kind: NodeKind) -> GraphWalk<'_, (String, Option<PartialDate>)> {
        self.walk(move |of| of == kind, |node| Ok(self.dated_id(node)))
    }

    fn dated_id(&self, node: NodeHandle) -> Option<(String, Option<PartialDate>)> {
        match (node, &self.contents) {
            (NodeHandle::Stored(node), PartContents::Stored(stored)) => {
                Some((stored.register.id(node).to_string(), stored.register.date(node)))
            }
            (NodeHandle::Drawn(index), PartContents::Drawn(graph)) => {
                graph.node(index).map(|node| (node.id.clone(), node.date))
            }
            _ => None,
        }
    }

    /// The edges of every node that has any, in the order of [`ChosenPart::entries`], without the details of the nodes.
    pub fn edges(&self) -> GraphWalk<'_, LeavingEdges> {
        let leaving = |node: NodeHandle| {
            let edges = match (node, &self.contents) {
                (NodeHandle::Stored(node), PartContents::Stored(stored)) => stored.register.named(stored.edges(node)),
                (NodeHandle::Drawn(index), PartContents::Drawn(graph)) => graph.edges_of(index),
                _ => Vec::new(),
            };
            let from = if edges.is_empty() { None } else { self.dated_id(node) };
            Ok(from.map(|(from, date)| LeavingEdges { from, date, edges }))
        };
        self.walk(|_| true, leaving)
    }

    fn entry(&self, node: NodeHandle) -> Result<Option<NodeEntry>, StoreError> {
        match (node, &self.contents) {
            (NodeHandle::Stored(node), PartContents::Stored(stored)) => stored.register.entry(node, stored.edges(node)),
            (NodeHandle::Drawn(index), PartContents::Drawn(graph)) => {
                let Some(node) = graph.node(index) else { return Ok(None) };
                let entry = NodeEntry::read(self.store, &node.id)?;
                Ok(entry.map(|entry| NodeEntry {
                    edges: graph.edges_of(index),
                    node: Node { distance: node.distance, ..entry.node },
                    ..entry
                }))
            }
            _ => Ok(None),
        }
    }

    /// Reads the nodes of the matching kinds, in batches on all cores.
    fn walk<'c, T: Send + 'c>(
        &'c self,
        wanted: impl Fn(NodeKind) -> bool + 'c,
        read: impl Fn(NodeHandle) -> Result<Option<T>, StoreError> + Sync + 'c,
    ) -> GraphWalk<'c, T> {
        let mut nodes: Box<dyn Iterator<Item = NodeHandle>> = match &self.contents {
            PartContents::Stored(stored) => Box::new(
                stored
                    .register
                    .numbers()
                    .filter(move |node| stored.keeps(*node) && wanted(stored.register.kind(*node)))
                    .map(NodeHandle::Stored),
            ),
            PartContents::Drawn(graph) => Box::new(
                graph.nodes().filter(move |(_, node)| wanted(node.kind)).map(|(index, _)| NodeHandle::Drawn(index)),
            ),
        };
        let batches = std::iter::from_fn(move || {
            let batch: Vec<(usize, NodeHandle)> = nodes.by_ref().take(BATCH).enumerate().collect();
            (!batch.is_empty()).then(|| self.read_batch(batch, &read))
        });
        Box::new(batches.flatten())
    }

    fn read_batch<T: Send>(
        &self,
        mut batch: Vec<(usize, NodeHandle)>,
        read: &(impl Fn(NodeHandle) -> Result<Option<T>, StoreError> + Sync),
    ) -> Vec<Result<T, StoreError>> {
        // In index order, so that neighbouring documents are read together.
        if let PartContents::Stored(stored) = &self.contents {
            batch.sort_unstable_by_key(|(_, node)| match node {
                NodeHandle::Stored(node) => stored.register.doc(*node),
                NodeHandle::Drawn(_) => 0,
            });
        }
        let mut all: Vec<(usize, Result<T, StoreError>)> = batch
            .into_par_iter()
            .with_min_len(TOGETHER)
            .filter_map(|(at, node)| Some((at, read(node).transpose()?)))
            .collect();
        all.sort_unstable_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, read)| read).collect()
    }

    /// Whether the node with this id is chosen.
    pub fn has(&self, id: &str) -> bool {
        match &self.contents {
            PartContents::Stored(stored) => stored.register.find(id).is_some_and(|node| stored.keeps(node)),
            PartContents::Drawn(graph) => graph.find(id).is_some(),
        }
    }

    /// Number of chosen nodes.
    pub fn len(&self) -> usize {
        match &self.contents {
            PartContents::Stored(stored) => stored.register.numbers().filter(|node| stored.keeps(*node)).count(),
            PartContents::Drawn(graph) => graph.node_count(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The chosen part in memory, for formats that cannot be written node by node.
    pub fn graph(&self) -> Result<GraphView, StoreError> {
        match &self.contents {
            PartContents::Stored(stored) => {
                stored.graph(&stored.register.numbers().filter(|n| stored.keeps(*n)).collect::<Vec<_>>())
            }
            PartContents::Drawn(graph) => Ok(graph.clone()),
        }
    }

    pub fn degrees(&self) -> NodeDegrees<'_> {
        let counts = match &self.contents {
            PartContents::Stored(stored) => stored.degrees(|node| stored.edges(node)),
            PartContents::Drawn(_) => Vec::new(),
        };
        NodeDegrees { contents: &self.contents, counts }
    }
}

impl NodeDegrees<'_> {
    /// The number of edges of the node with this id.
    pub fn of(&self, id: &str) -> usize {
        match self.contents {
            PartContents::Stored(stored) => {
                let count = stored.register.find(id).and_then(|node| self.counts.get(node as usize));
                count.copied().unwrap_or_default() as usize
            }
            PartContents::Drawn(graph) => graph.find(id).map_or(0, |index| graph.degree(index)),
        }
    }
}

/// Where a node is held.
#[derive(Clone, Copy)]
enum NodeHandle {
    Stored(NodeNumber),
    Drawn(petgraph::graph::NodeIndex),
}

/// Number of nodes in one batch.
const BATCH: usize = 16_384;
/// Number of nodes that one core reads in a row.
const TOGETHER: usize = 64;

fn take(taken: &mut [bool], node: NodeNumber) {
    if let Some(taken) = taken.get_mut(node as usize) {
        *taken = true;
    }
}

/// Number of links that are left out because they are not sure enough.
struct LinksLeftOut(usize);

impl LinksLeftOut {
    fn note(&self, least: MinConfidence) -> String {
        match self.0 {
            1 => format!("1 link with a confidence below {least} is left out"),
            links => format!("{links} links with a confidence below {least} are left out"),
        }
    }
}

/// A part of the graph on disk.
struct StoredPart<'s> {
    register: NodeRegister<'s>,
    selection: Selection,
    /// Whether each node is kept, by number.
    selected: Vec<bool>,
    /// Whether each node is a paper of the selected period (and has live code, if that is required), by number.
    admitted: Option<Vec<bool>>,
}

impl<'s> StoredPart<'s> {
    fn new(store: &'s GraphStore, selection: &Selection) -> Result<Self, StoreError> {
        let register = NodeRegister::load(store, selection.min_confidence)?;
        let kept = register.numbers().map(|node| selection.takes_kind(register.kind(node))).collect();
        let mut stored = Self { register, selection: selection.clone(), selected: kept, admitted: None };
        if selection.limits_papers() || selection.live_only {
            stored.admit()?;
        }
        Ok(stored)
    }

    /// Keeps the papers of the selected period (with live code, if that is required) and what they name. A node
    /// that no such paper names is dropped, whatever other ties it has.
    fn admit(&mut self) -> Result<(), StoreError> {
        let dead = if self.selection.live_only { self.dead()? } else { Vec::new() };
        let dead = |node: NodeNumber| dead.get(node as usize).copied().unwrap_or_default();
        let mut admitted = vec![false; self.register.len()];
        let mut named = vec![false; self.register.len()];
        for paper in self.register.numbers().filter(|node| self.register.kind(*node) == NodeKind::Paper) {
            let is_of_set = |papers: &PaperSet| papers.has_id(self.register.id(paper));
            if !self.selection.takes_date(self.register.date(paper))
                || !self.selection.papers.as_ref().is_none_or(is_of_set)
            {
                continue;
            }
            let edges = self.register.edges(paper);
            let live = |(to, ties): &(NodeNumber, Ties)| ties.contains(Tie::Repository) && !dead(*to);
            if self.selection.live_only && !edges.iter().any(live) {
                continue;
            }
            take(&mut admitted, paper);
            take(&mut named, paper);
            edges.iter().filter(|(to, _)| !dead(*to)).for_each(|(to, _)| take(&mut named, *to));
        }
        for (kept, named) in self.selected.iter_mut().zip(named) {
            *kept &= named;
        }
        self.admitted = Some(admitted);
        Ok(())
    }

    /// Drops the entities to which no link is sure enough, and returns the number of links that are not. Entities that
    /// no paper names stay.
    fn drop_less_sure(&mut self) -> LinksLeftOut {
        let mut links = 0;
        let (mut named, mut lost) = (vec![false; self.register.len()], vec![false; self.register.len()]);
        for paper in self.register.numbers().filter(|node| self.keeps_paper(*node)) {
            let less_sure = self.register.less_sure(paper);
            links += less_sure.len();
            for (to, _) in self.register.all_edges(paper) {
                let is_lost = less_sure.has_id(self.register.id(to));
                take(if is_lost { &mut lost } else { &mut named }, to);
            }
        }
        for (kept, (named, lost)) in self.selected.iter_mut().zip(named.into_iter().zip(lost)) {
            *kept &= named || !lost;
        }
        LinksLeftOut(links)
    }

    /// Whether a node is a paper of the selected period (with live code, if that is required).
    fn keeps_paper(&self, node: NodeNumber) -> bool {
        match &self.admitted {
            Some(admitted) => admitted.get(node as usize).copied().unwrap_or_default(),
            None => self.register.kind(node) == NodeKind::Paper,
        }
    }

    /// Whether each node is a dead repository or page, by number.
    fn dead(&self) -> Result<Vec<bool>, StoreError> {
        let nodes: Vec<NodeNumber> = self.register.numbers().collect();
        nodes
            .par_iter()
            .map(|node| match self.register.kind(*node) {
                NodeKind::Repository | NodeKind::Page => {
                    Ok(self.register.entry(*node, Vec::new())?.is_some_and(|entry| entry.node.dead))
                }
                _ => Ok(false),
            })
            .collect()
    }

    fn keeps(&self, node: NodeNumber) -> bool {
        self.selected.get(node as usize).copied().unwrap_or_default()
    }

    /// The edges of a node that match the selection and lead to kept nodes.
    fn edges(&self, node: NodeNumber) -> Vec<(NodeNumber, Ties)> {
        let mut edges = self.register.edges(node);
        edges.retain_mut(|(to, ties)| {
            *ties = ties.only(&self.selection.ties);
            !ties.is_empty() && self.keeps(*to)
        });
        edges
    }

    /// Number of edges of each node in both directions, by number, counted over the kept nodes.
    fn degrees(&self, edges: impl Fn(NodeNumber) -> Vec<(NodeNumber, Ties)>) -> Vec<u32> {
        self.count(|node| self.keeps(node), edges)
    }

    fn count(
        &self,
        counted: impl Fn(NodeNumber) -> bool,
        edges: impl Fn(NodeNumber) -> Vec<(NodeNumber, Ties)>,
    ) -> Vec<u32> {
        let mut degrees = vec![0; self.register.len()];
        let mut count = |node: NodeNumber| {
            if let Some(degree) = degrees.get_mut(node as usize) {
                *degree += 1;
            }
        };
        for node in self.register.numbers().filter(|node| counted(*node)) {
            for (to, _) in edges(node) {
                count(node);
                count(to);
            }
        }
        degrees
    }

    /// The nodes with enough ties, the most important first.
    fn ranked(&self, cutout: &PartChoice) -> Vec<NodeNumber> {
        let mut ranked: Vec<NodeNumber> = self.register.numbers().filter(|node| self.keeps(*node)).collect();
        if cutout.min_degree == 0 && cutout.max_nodes.is_none() {
            return ranked;
        }
        // If papers are not shown, their ties still decide how important a node is.
        let degrees = match cutout.shows_papers() {
            true => self.degrees(|node| self.edges(node)),
            false => self.count(|_| true, |node| self.register.edges(node)),
        };
        let degree = |node: NodeNumber| degrees.get(node as usize).copied().unwrap_or_default() as usize;
        ranked.retain(|node| degree(*node) >= cutout.min_degree);
        // Numbers follow the order of ids.
        ranked.sort_unstable_by_key(|node| (Reverse(degree(*node)), *node));
        ranked
    }

    /// Keeps these nodes only.
    fn keep(&mut self, nodes: &[NodeNumber]) {
        self.selected = vec![false; self.register.len()];
        nodes.iter().for_each(|node| take(&mut self.selected, *node));
    }

    /// Drops nodes whose ties all lead to nodes that are not kept.
    fn drop_lonely(&mut self) {
        let degrees = self.degrees(|node| self.edges(node));
        for (kept, degree) in self.selected.iter_mut().zip(degrees) {
            *kept &= degree > 0;
        }
    }

    /// The given nodes and the edges between them, in memory.
    fn graph(&self, nodes: &[NodeNumber]) -> Result<GraphView, StoreError> {
        let mut graph = GraphView::default();
        let mut indices = HashMap::new();
        for node in nodes {
            if let Some(entry) = self.register.entry(*node, Vec::new())? {
                indices.insert(*node, graph.add_node(entry.node));
            }
        }
        for node in nodes {
            for (to, ties) in self.edges(*node) {
                if let (Some(from), Some(to)) = (indices.get(node), indices.get(&to)) {
                    ties.iter().for_each(|tie| graph.tie(*from, *to, tie));
                }
            }
        }
        Ok(graph)
    }

    /// Adds a tie between nodes of `part` that papers of the selection name together.
    fn relate(&self, part: &mut GraphView) {
        let mut indices = HashMap::new();
        for (index, node) in part.nodes() {
            indices.extend(self.register.find(&node.id).map(|number| (number, index)));
        }
        let mut named = Vec::new();
        for paper in self.register.numbers().filter(|node| self.keeps_paper(*node)) {
            let found: Vec<_> =
                self.register.edges(paper).iter().filter_map(|(to, _)| indices.get(to).copied()).collect();
            if found.len() > 1 {
                named.push(found);
            }
        }
        tie_named_together(part, named);
    }
}

impl GraphView {
    /// Merges another graph into this one. The smaller of two distances is kept.
    fn join(&mut self, other: &Self) {
        let mut place = HashMap::new();
        for (index, node) in other.nodes() {
            let here = self.add_node(node.clone());
            self.come_nearer(here, node.distance);
            place.insert(index, here);
        }
        for (from, to, link) in other.links() {
            if let (Some(&from), Some(&to)) = (place.get(&from), place.get(&to)) {
                link.ties.iter().for_each(|tie| self.tie(from, to, tie));
            }
        }
    }

    /// The edges that leave a node, sorted by the id at the other end.
    fn edges_of(&self, index: petgraph::graph::NodeIndex) -> Vec<Edge> {
        use petgraph::visit::EdgeRef;
        let mut edges: Vec<Edge> = self
            .petgraph()
            .edges(index)
            .filter_map(|edge| {
                let to = self.node(edge.target())?.id.clone();
                Some(Edge { to, ties: edge.weight().ties, weight: edge.weight().weight })
            })
            .collect();
        edges.sort_unstable_by(|a, b| a.to.cmp(&b.to));
        edges
    }
}
