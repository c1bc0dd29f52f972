use std::cmp::Reverse;
use std::collections::HashMap;

use rayon::prelude::*;

use super::register::Register;
use super::select::relate;
use super::{Around, Cutout, Edge, Entry, Graph, Node, Number, Part, Reach, Selection, Tie, Ties};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};

/// The part of a graph that an export writes, read while it is written.
///
/// Of a part of the whole graph, ids and ties are in memory as numbers; what a table shows of a node is read when its
/// turn comes, a batch at a time on all cores. It may be walked as often as a format needs.
pub struct Chosen<'s> {
    store: &'s GraphStore,
    body: Body<'s>,
    /// Nodes that were asked for and are not in it, because there are too many.
    pub left_out: usize,
    /// The nodes that it is around.
    pub middle: Vec<NodeRef>,
    /// What is not complete, and why, for the user to know.
    pub notes: Vec<String>,
}

enum Body<'s> {
    Stored(Stored<'s>),
    Drawn(Graph),
}

/// The edges that leave a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaving {
    /// Id of the node.
    pub from: String,
    /// When it was published, if it is a paper.
    pub date: Option<PartialDate>,
    pub edges: Vec<Edge>,
}

/// How many edges each node of a part has, in both directions.
pub struct Degrees<'c> {
    body: &'c Body<'c>,
    counts: Vec<u32>,
}

/// Anything read from a graph, one by one.
pub type Walk<'w, T> = Box<dyn Iterator<Item = Result<T, StoreError>> + 'w>;

impl<'s> Chosen<'s> {
    /// Chooses from the whole graph.
    pub fn whole(store: &'s GraphStore, cutout: &Cutout) -> Result<Self, StoreError> {
        let selection = &cutout.selection;
        let mut stored = Stored::new(store, selection)?;
        let ranked = stored.ranked(cutout);
        let related = !cutout.shows_papers() && selection.takes_tie(Tie::Related);
        let body = if related || (cutout.min_degree > 0 && cutout.max_nodes.is_some()) {
            Body::Drawn(cutout.most_important(ranked.len(), &[], |first| {
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
            Body::Stored(stored)
        };
        let mut chosen = Self { store, body, left_out: 0, middle: Vec::new(), notes: Vec::new() };
        chosen.left_out = ranked.len() - chosen.len();
        Ok(chosen)
    }

    /// Chooses what is at most `depth` steps from one of these nodes.
    pub fn around(
        store: &'s GraphStore,
        middle: Vec<NodeRef>,
        depth: u8,
        cutout: &Cutout,
        reach: Reach,
    ) -> Result<Self, StoreError> {
        let mut graph = Graph::default();
        let mut notes = Vec::new();
        for node in &middle {
            let around = Around::within(store, node, depth, &cutout.selection, reach)?;
            notes.extend(around.cuts.iter().map(ToString::to_string));
            graph.join(&around.graph);
        }
        let indices: Vec<_> = middle.iter().filter_map(|node| graph.find(&node.id)).collect();
        Ok(Self { middle, notes, ..Self::drawn(store, cutout.of(&graph, &indices)) })
    }

    /// What was chosen in memory.
    pub fn drawn(store: &'s GraphStore, part: Part) -> Self {
        Self { store, left_out: part.left_out, body: Body::Drawn(part.graph), middle: Vec::new(), notes: Vec::new() }
    }

    pub fn store(&self) -> &'s GraphStore {
        self.store
    }

    /// Every node with the edges that leave it to other chosen nodes, in an order that is the same each time.
    pub fn entries(&self) -> Walk<'_, Entry> {
        self.walk(|_| true, |node| self.entry(node))
    }

    /// The entries of one kind.
    pub fn of_kind(&self, kind: NodeKind) -> Walk<'_, Entry> {
        self.walk(move |of| of == kind, |node| self.entry(node))
    }

    /// The ids of all nodes.
    pub fn ids(&self) -> Walk<'_, String> {
        self.walk(|_| true, |node| Ok(self.dated_id(node).map(|(id, _)| id)))
    }

    /// The nodes of one kind, by id and date.
    pub fn dated(&self, kind: NodeKind) -> Walk<'_, (String, Option<PartialDate>)> {
        self.walk(move |of| of == kind, |node| Ok(self.dated_id(node)))
    }

    fn dated_id(&self, node: At) -> Option<(String, Option<PartialDate>)> {
        match (node, &self.body) {
            (At::Stored(node), Body::Stored(stored)) => {
                Some((stored.register.id(node).to_string(), stored.register.date(node)))
            }
            (At::Drawn(index), Body::Drawn(graph)) => graph.node(index).map(|node| (node.id.clone(), node.date)),
            _ => None,
        }
    }

    /// The edges of every node that has some, in the order of [`Chosen::entries`], without what is shown of the nodes.
    pub fn edges(&self) -> Walk<'_, Leaving> {
        let leaving = |node: At| {
            let edges = match (node, &self.body) {
                (At::Stored(node), Body::Stored(stored)) => stored.register.named(stored.edges(node)),
                (At::Drawn(index), Body::Drawn(graph)) => graph.edges_of(index),
                _ => Vec::new(),
            };
            let from = if edges.is_empty() { None } else { self.dated_id(node) };
            Ok(from.map(|(from, date)| Leaving { from, date, edges }))
        };
        self.walk(|_| true, leaving)
    }

    fn entry(&self, node: At) -> Result<Option<Entry>, StoreError> {
        match (node, &self.body) {
            (At::Stored(node), Body::Stored(stored)) => stored.register.entry(node, stored.edges(node)),
            (At::Drawn(index), Body::Drawn(graph)) => {
                let Some(node) = graph.node(index) else { return Ok(None) };
                let entry = Entry::read(self.store, &node.id)?;
                Ok(entry.map(|entry| Entry {
                    edges: graph.edges_of(index),
                    node: Node { distance: node.distance, ..entry.node },
                    ..entry
                }))
            }
            _ => Ok(None),
        }
    }

    /// Reads the nodes of some kinds, a batch at a time on all cores.
    fn walk<'c, T: Send + 'c>(
        &'c self,
        wanted: impl Fn(NodeKind) -> bool + 'c,
        read: impl Fn(At) -> Result<Option<T>, StoreError> + Sync + 'c,
    ) -> Walk<'c, T> {
        let mut nodes: Box<dyn Iterator<Item = At>> = match &self.body {
            Body::Stored(stored) => Box::new(
                stored
                    .register
                    .numbers()
                    .filter(move |node| stored.keeps(*node) && wanted(stored.register.kind(*node)))
                    .map(At::Stored),
            ),
            Body::Drawn(graph) => {
                Box::new(graph.nodes().filter(move |(_, node)| wanted(node.kind)).map(|(index, _)| At::Drawn(index)))
            }
        };
        let batches = std::iter::from_fn(move || {
            let batch: Vec<(usize, At)> = nodes.by_ref().take(BATCH).enumerate().collect();
            (!batch.is_empty()).then(|| self.read_batch(batch, &read))
        });
        Box::new(batches.flatten())
    }

    fn read_batch<T: Send>(
        &self,
        mut batch: Vec<(usize, At)>,
        read: &(impl Fn(At) -> Result<Option<T>, StoreError> + Sync),
    ) -> Vec<Result<T, StoreError>> {
        // In the order of the index, so that what lies together is read together.
        if let Body::Stored(stored) = &self.body {
            batch.sort_unstable_by_key(|(_, node)| match node {
                At::Stored(node) => stored.register.doc(*node),
                At::Drawn(_) => 0,
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

    /// Whether the node of this id is chosen.
    pub fn has(&self, id: &str) -> bool {
        match &self.body {
            Body::Stored(stored) => stored.register.find(id).is_some_and(|node| stored.keeps(node)),
            Body::Drawn(graph) => graph.find(id).is_some(),
        }
    }

    /// How many nodes are chosen.
    pub fn len(&self) -> usize {
        match &self.body {
            Body::Stored(stored) => stored.register.numbers().filter(|node| stored.keeps(*node)).count(),
            Body::Drawn(graph) => graph.node_count(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The chosen part in memory, for what cannot be written node by node.
    pub fn graph(&self) -> Result<Graph, StoreError> {
        match &self.body {
            Body::Stored(stored) => {
                stored.graph(&stored.register.numbers().filter(|n| stored.keeps(*n)).collect::<Vec<_>>())
            }
            Body::Drawn(graph) => Ok(graph.clone()),
        }
    }

    pub fn degrees(&self) -> Degrees<'_> {
        let counts = match &self.body {
            Body::Stored(stored) => stored.degrees(|node| stored.edges(node)),
            Body::Drawn(_) => Vec::new(),
        };
        Degrees { body: &self.body, counts }
    }
}

impl Degrees<'_> {
    /// That of the node of this id.
    pub fn of(&self, id: &str) -> usize {
        match self.body {
            Body::Stored(stored) => {
                let count = stored.register.find(id).and_then(|node| self.counts.get(node as usize));
                count.copied().unwrap_or_default() as usize
            }
            Body::Drawn(graph) => graph.find(id).map_or(0, |index| graph.degree(index)),
        }
    }
}

/// Where a node is.
#[derive(Clone, Copy)]
enum At {
    Stored(Number),
    Drawn(petgraph::graph::NodeIndex),
}

/// Nodes that are read at once.
const BATCH: usize = 16_384;
/// Nodes that one core reads in a row.
const TOGETHER: usize = 64;

fn take(taken: &mut [bool], node: Number) {
    if let Some(taken) = taken.get_mut(node as usize) {
        *taken = true;
    }
}

/// A part of the graph on disk.
struct Stored<'s> {
    register: Register<'s>,
    selection: Selection,
    /// By number, whether the node is taken.
    kept: Vec<bool>,
    /// By number, whether it is a paper of the time (and with live code, where that is asked for).
    admitted: Option<Vec<bool>>,
}

impl<'s> Stored<'s> {
    fn new(store: &'s GraphStore, selection: &Selection) -> Result<Self, StoreError> {
        let register = Register::load(store)?;
        let kept = register.numbers().map(|node| selection.takes_kind(register.kind(node))).collect();
        let mut stored = Self { register, selection: selection.clone(), kept, admitted: None };
        if selection.has_dates() || selection.live_only {
            stored.admit()?;
        }
        Ok(stored)
    }

    /// Keeps the papers of the time (with live code, where that is asked for), and what they name: what no such paper
    /// names does not belong to the part, whatever else it is tied to.
    fn admit(&mut self) -> Result<(), StoreError> {
        let dead = if self.selection.live_only { self.dead()? } else { Vec::new() };
        let dead = |node: Number| dead.get(node as usize).copied().unwrap_or_default();
        let mut admitted = vec![false; self.register.len()];
        let mut named = vec![false; self.register.len()];
        for paper in self.register.numbers().filter(|node| self.register.kind(*node) == NodeKind::Paper) {
            if !self.selection.takes_date(self.register.date(paper)) {
                continue;
            }
            let edges = self.register.edges(paper);
            let live = |(to, ties): &(Number, Ties)| ties.contains(Tie::Repository) && !dead(*to);
            if self.selection.live_only && !edges.iter().any(live) {
                continue;
            }
            take(&mut admitted, paper);
            take(&mut named, paper);
            edges.iter().filter(|(to, _)| !dead(*to)).for_each(|(to, _)| take(&mut named, *to));
        }
        for (kept, named) in self.kept.iter_mut().zip(named) {
            *kept &= named;
        }
        self.admitted = Some(admitted);
        Ok(())
    }

    /// By number, whether a repository or page is called dead.
    fn dead(&self) -> Result<Vec<bool>, StoreError> {
        let nodes: Vec<Number> = self.register.numbers().collect();
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

    fn keeps(&self, node: Number) -> bool {
        self.kept.get(node as usize).copied().unwrap_or_default()
    }

    /// The edges of a node that are asked for, to nodes that are.
    fn edges(&self, node: Number) -> Vec<(Number, Ties)> {
        let mut edges = self.register.edges(node);
        edges.retain_mut(|(to, ties)| {
            *ties = ties.only(&self.selection.ties);
            !ties.is_empty() && self.keeps(*to)
        });
        edges
    }

    /// By number, how many edges a node has in both directions, counted over the nodes that are kept.
    fn degrees(&self, edges: impl Fn(Number) -> Vec<(Number, Ties)>) -> Vec<u32> {
        self.count(|node| self.keeps(node), edges)
    }

    fn count(&self, counted: impl Fn(Number) -> bool, edges: impl Fn(Number) -> Vec<(Number, Ties)>) -> Vec<u32> {
        let mut degrees = vec![0; self.register.len()];
        let mut count = |node: Number| {
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

    /// The nodes of enough ties, the most important first.
    fn ranked(&self, cutout: &Cutout) -> Vec<Number> {
        let mut ranked: Vec<Number> = self.register.numbers().filter(|node| self.keeps(*node)).collect();
        if cutout.min_degree == 0 && cutout.max_nodes.is_none() {
            return ranked;
        }
        // Without papers, what they say about a node is still its importance.
        let degrees = match cutout.shows_papers() {
            true => self.degrees(|node| self.edges(node)),
            false => self.count(|_| true, |node| self.register.edges(node)),
        };
        let degree = |node: Number| degrees.get(node as usize).copied().unwrap_or_default() as usize;
        ranked.retain(|node| degree(*node) >= cutout.min_degree);
        // Numbers are in the order of ids.
        ranked.sort_unstable_by_key(|node| (Reverse(degree(*node)), *node));
        ranked
    }

    /// Keeps these nodes only.
    fn keep(&mut self, nodes: &[Number]) {
        self.kept = vec![false; self.register.len()];
        nodes.iter().for_each(|node| take(&mut self.kept, *node));
    }

    /// Drops the nodes whose ties all go to nodes that are not kept.
    fn drop_lonely(&mut self) {
        let degrees = self.degrees(|node| self.edges(node));
        for (kept, degree) in self.kept.iter_mut().zip(degrees) {
            *kept &= degree > 0;
        }
    }

    /// These nodes in memory, with the edges between them.
    fn graph(&self, nodes: &[Number]) -> Result<Graph, StoreError> {
        let mut graph = Graph::default();
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

    /// Ties the nodes of `part` that papers of the selection name together.
    fn relate(&self, part: &mut Graph) {
        let mut indices = HashMap::new();
        for (index, node) in part.nodes() {
            indices.extend(self.register.find(&node.id).map(|number| (number, index)));
        }
        let admitted = |paper: Number| match &self.admitted {
            Some(admitted) => admitted.get(paper as usize).copied().unwrap_or_default(),
            None => self.register.kind(paper) == NodeKind::Paper,
        };
        let mut named = Vec::new();
        for paper in self.register.numbers().filter(|node| admitted(*node)) {
            let found: Vec<_> =
                self.register.edges(paper).iter().filter_map(|(to, _)| indices.get(to).copied()).collect();
            if found.len() > 1 {
                named.push(found);
            }
        }
        relate(part, named);
    }
}

impl Graph {
    /// Takes the nodes and ties of another graph into this one; the nearer of two distances stays.
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

    /// The edges that leave a node, in the order of the ids that they lead to.
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
