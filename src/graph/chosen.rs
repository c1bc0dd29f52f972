use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use oxigraph::model::NamedNode;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use super::select::{Importance, relate};
use super::{Around, Cutout, Edge, Entry, Graph, Node, Part, Reach, Selection, Tie};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};

/// The part of a graph that an export writes, read while it is written.
///
/// A part of the whole graph is never in memory: at most a mark of 16 bytes for each node that is kept. It may be
/// walked as often as a format needs.
pub struct Chosen<'s> {
    store: &'s GraphStore,
    body: Body,
    /// Nodes that were asked for and are not in it, because there are too many.
    pub left_out: usize,
    /// The nodes that it is around.
    pub middle: Vec<NodeRef>,
    /// What is not complete, and why, for the user to know.
    pub notes: Vec<String>,
}

enum Body {
    Stored(Stored),
    Drawn(Graph),
}

impl<'s> Chosen<'s> {
    /// Chooses from the whole graph.
    pub fn whole(store: &'s GraphStore, cutout: &Cutout) -> Result<Self, StoreError> {
        let selection = &cutout.selection;
        let mut stored = Stored::new(store, selection)?;
        let left_out = stored.shrink(store, cutout)?;
        let body = if !cutout.shows_papers() && selection.takes_tie(Tie::Related) {
            let mut part = stored.graph(store)?;
            relate_stored(store, selection, &mut part)?;
            Body::Drawn(part)
        } else {
            Body::Stored(stored)
        };
        let mut chosen = Self { store, body, left_out, middle: Vec::new(), notes: Vec::new() };
        chosen.drop_lonely(cutout)?;
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
    pub fn entries(&self) -> Box<dyn Iterator<Item = Result<Entry, StoreError>> + '_> {
        match &self.body {
            Body::Stored(stored) => Box::new(stored.entries(self.store)),
            Body::Drawn(graph) => Box::new(graph.nodes().filter_map(|(index, node)| {
                let read = Entry::read(self.store, &self.store.base().node(&node.id));
                read.map(|entry| entry.map(|entry| graph.entry(index, entry))).transpose()
            })),
        }
    }

    /// The entries of one kind.
    pub fn of_kind(&self, kind: NodeKind) -> Box<dyn Iterator<Item = Result<Entry, StoreError>> + '_> {
        match &self.body {
            Body::Stored(stored) => Box::new(stored.of_kinds(self.store, vec![kind])),
            Body::Drawn(_) => {
                Box::new(self.entries().filter(move |entry| entry.as_ref().map_or(true, |e| e.node.kind == kind)))
            }
        }
    }

    /// Whether a node is chosen.
    pub fn has(&self, node: &NamedNode) -> bool {
        match &self.body {
            Body::Stored(stored) => stored.has(self.store, node),
            Body::Drawn(graph) => self.store.base().id(node.as_str()).is_some_and(|id| graph.find(id).is_some()),
        }
    }

    /// The chosen part in memory, for what cannot be written node by node.
    pub fn graph(&self) -> Result<Graph, StoreError> {
        match &self.body {
            Body::Stored(stored) => stored.graph(self.store),
            Body::Drawn(graph) => Ok(graph.clone()),
        }
    }

    /// How many edges each node has in both directions, by [`mark`]: 32 bytes for each node.
    pub fn degrees(&self) -> Result<HashMap<u128, u32>, StoreError> {
        let mut degrees: HashMap<u128, u32> = HashMap::new();
        for entry in self.entries() {
            let entry = entry?;
            for edge in &entry.edges {
                *degrees.entry(mark(&entry.node.id)).or_default() += 1;
                *degrees.entry(mark(&edge.to)).or_default() += 1;
            }
        }
        Ok(degrees)
    }

    /// Where a degree is asked for, drops the nodes whose ties all went to nodes that are not chosen.
    fn drop_lonely(&mut self, cutout: &Cutout) -> Result<(), StoreError> {
        if cutout.min_degree == 0 {
            return Ok(());
        }
        let tied: HashSet<u128> = self.degrees()?.into_keys().collect();
        let before = match &mut self.body {
            Body::Stored(stored) => {
                let before = stored.kept.as_ref().map_or(0, HashSet::len);
                if let Some(kept) = &mut stored.kept {
                    kept.retain(|mark| tied.contains(mark));
                }
                before - stored.kept.as_ref().map_or(0, HashSet::len)
            }
            Body::Drawn(graph) => {
                let before = graph.node_count();
                let keep: Vec<_> = graph.nodes().filter(|(_, n)| tied.contains(&mark(&n.id))).map(|(i, _)| i).collect();
                *graph = graph.part(&keep, &[]);
                before - graph.node_count()
            }
        };
        self.left_out += before;
        Ok(())
    }
}

/// What stands for a node's id where a million of them are held: too long for two ids to have the same.
pub fn mark(id: &str) -> u128 {
    xxh3_128(id.as_bytes())
}

/// A part of the graph on disk.
struct Stored {
    selection: Selection,
    /// The nodes that are taken, of the kinds of the selection; all of these kinds if `None`.
    kept: Option<HashSet<u128>>,
}

/// Nodes that are read at once, on all cores.
const BATCH: usize = 1024;

impl Stored {
    fn new(store: &GraphStore, selection: &Selection) -> Result<Self, StoreError> {
        let mut stored = Self { selection: selection.clone(), kept: None };
        if selection.has_dates() || selection.live_only {
            stored.kept = Some(stored.admitted(store)?);
        }
        Ok(stored)
    }

    /// The papers of the time (and with live code, where that is asked for), and what they name: what no such paper
    /// names does not belong to the part, whatever else it is tied to.
    fn admitted(&self, store: &GraphStore) -> Result<HashSet<u128>, StoreError> {
        let selection = &self.selection;
        let papers = Self { selection: Selection::default(), kept: None };
        let mut kept = HashSet::new();
        let mut dead = HashSet::new();
        for entry in papers.of_kinds(store, vec![NodeKind::Paper]) {
            let entry = entry?;
            if !selection.admits(store, &entry.node)? {
                continue;
            }
            kept.insert(mark(&entry.node.id));
            for edge in &entry.edges {
                let other = store.base().node(&edge.to);
                let Some(kind) = store.base().kind(other.as_str()) else { continue };
                if kept.contains(&mark(&edge.to)) || dead.contains(&mark(&edge.to)) {
                } else if selection.takes_live(store, kind, &other)? {
                    kept.insert(mark(&edge.to));
                } else {
                    dead.insert(mark(&edge.to));
                }
            }
        }
        Ok(kept)
    }

    fn kinds(&self) -> Vec<NodeKind> {
        NodeKind::ALL.into_iter().filter(|kind| self.selection.takes_kind(*kind)).collect()
    }

    fn keeps(&self, id: &str) -> bool {
        self.kept.as_ref().is_none_or(|kept| kept.contains(&mark(id)))
    }

    fn has(&self, store: &GraphStore, iri: &NamedNode) -> bool {
        let base = store.base();
        base.kind(iri.as_str()).is_some_and(|kind| self.selection.takes_kind(kind))
            && base.id(iri.as_str()).is_some_and(|id| self.keeps(id))
    }

    fn entries<'a>(&'a self, store: &'a GraphStore) -> impl Iterator<Item = Result<Entry, StoreError>> + 'a {
        self.of_kinds(store, self.kinds())
    }

    fn of_kinds<'a>(
        &'a self,
        store: &'a GraphStore,
        kinds: Vec<NodeKind>,
    ) -> impl Iterator<Item = Result<Entry, StoreError>> + 'a {
        let mut nodes = kinds
            .into_iter()
            .flat_map(|kind| store.nodes_of(kind))
            .filter(|iri| iri.as_ref().map_or(true, |iri| self.has(store, iri)));
        std::iter::from_fn(move || {
            let batch: Vec<_> = nodes.by_ref().take(BATCH).collect();
            let read =
                |iri: Result<NamedNode, StoreError>| Entry::read(store, &iri?).map(|e| e.map(|e| self.cut(store, e)));
            (!batch.is_empty())
                .then(|| batch.into_par_iter().filter_map(|iri| read(iri).transpose()).collect::<Vec<_>>())
        })
        .flatten()
    }

    /// Leaves the edges that are asked for, between nodes that are.
    fn cut(&self, store: &GraphStore, entry: Entry) -> Entry {
        let base = store.base();
        let kept = |edge: &Edge| {
            let kind = base.kind(base.node(&edge.to).as_str());
            kind.is_some_and(|kind| self.selection.takes_kind(kind)) && self.keeps(&edge.to)
        };
        let edges = entry.edges.into_iter().filter(kept).filter_map(|edge| edge.only(&self.selection.ties));
        Entry { edges: edges.collect(), ..entry }
    }

    /// Keeps the nodes of enough ties, and the most important of them; returns how many were too many.
    fn shrink(&mut self, store: &GraphStore, cutout: &Cutout) -> Result<usize, StoreError> {
        if cutout.min_degree == 0 && cutout.max_nodes.is_none() {
            return Ok(0);
        }
        // Without papers, what they say about a node is still its importance.
        let counted = match cutout.shows_papers() {
            true => Self { selection: self.selection.clone(), kept: self.kept.clone() },
            false => Self { selection: Selection::default(), kept: None },
        };
        let mut degrees: HashMap<u128, u32> = HashMap::new();
        for entry in counted.entries(store) {
            let entry = entry?;
            for edge in &entry.edges {
                *degrees.entry(mark(&entry.node.id)).or_default() += 1;
                *degrees.entry(mark(&edge.to)).or_default() += 1;
            }
        }
        let most = cutout.max_nodes.unwrap_or(usize::MAX);
        let mut best: BinaryHeap<Importance> = BinaryHeap::new();
        let mut asked_for = 0;
        for iri in self.kinds().into_iter().flat_map(|kind| store.nodes_of(kind)) {
            let iri = iri?;
            let Some(id) = store.base().id(iri.as_str()) else { continue };
            let degree = degrees.get(&mark(id)).copied().unwrap_or_default() as usize;
            if degree < cutout.min_degree || !self.keeps(id) {
                continue;
            }
            asked_for += 1;
            best.push((true, 0, Reverse(degree), id.to_string()));
            if best.len() > most {
                best.pop();
            }
        }
        self.kept = Some(best.iter().map(|(_, _, _, id)| mark(id)).collect());
        Ok(asked_for - best.len())
    }

    /// In memory, in the order of the ids.
    fn graph(&self, store: &GraphStore) -> Result<Graph, StoreError> {
        let mut entries = self.entries(store).collect::<Result<Vec<_>, _>>()?;
        entries.sort_unstable_by(|a, b| a.node.id.cmp(&b.node.id));
        let mut graph = Graph::default();
        for entry in &entries {
            graph.add_node(entry.node.clone());
        }
        for entry in &entries {
            for edge in &entry.edges {
                if let (Some(from), Some(to)) = (graph.find(&entry.node.id), graph.find(&edge.to)) {
                    edge.ties.iter().for_each(|tie| graph.tie(from, to, tie));
                }
            }
        }
        Ok(graph)
    }
}

/// Ties the nodes of `part` that papers of the selection name together.
fn relate_stored(store: &GraphStore, selection: &Selection, part: &mut Graph) -> Result<(), StoreError> {
    let papers = Stored { selection: Selection::default(), kept: None };
    let mut named = Vec::new();
    for entry in papers.of_kinds(store, vec![NodeKind::Paper]) {
        let entry = entry?;
        if selection.admits(store, &entry.node)? {
            let found: Vec<_> = entry.edges.iter().filter_map(|edge| part.find(&edge.to)).collect();
            if found.len() > 1 {
                named.push(found);
            }
        }
    }
    relate(part, named);
    Ok(())
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

    /// The entry with the edges that the node has in this graph.
    fn entry(&self, index: petgraph::graph::NodeIndex, entry: Entry) -> Entry {
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
        let distance = self.node(index).map_or(0, |node| node.distance);
        Entry { edges, node: Node { distance, ..entry.node }, ..entry }
    }
}
