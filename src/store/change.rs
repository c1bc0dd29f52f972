//! An edit of the graph that is no build: what link checks found, and a user's own statements.

use std::collections::HashSet;
use std::fs::File;
use std::path::Path;

use oxigraph::model::{GraphName, Quad};
use oxigraph::store::{StorageError, Store};
use rayon::prelude::*;

use super::layout::{Current, Layout};
use super::search_index::{self, Changes};
use super::statistics::Statistics;
use super::{GraphStore, StoreError, fill, read};
use crate::ontology::void;

/// Changes that are collected before they are written.
const BATCH: usize = 100_000;
/// From here on the bulk loader is faster than a transaction.
const BULK: usize = 5_000;

/// An edit in progress, on a copy of the published generation that shares its files. Nothing of it is seen by readers
/// before [`Change::finish`]; dropping it leaves the graph as it was.
pub struct Change {
    layout: Layout,
    _lock: File,
    current: Current,
    graph: GraphStore,
    /// The generation being written, made at the first change.
    new: Option<(u64, Store)>,
    removes: Vec<Quad>,
    inserts: Vec<Quad>,
    /// By how much the default graph has grown, of what.
    grown: Statistics,
    /// Nodes that the search index must be told of.
    changes: Changes,
}

impl Change {
    /// Takes the build lock of the graph at `path`.
    ///
    /// # Errors
    /// If there is no graph, it cannot be read, or a build or another edit runs.
    pub fn begin(path: &Path) -> Result<Self, StoreError> {
        let layout = Layout::new(path);
        // Before the lock, which would make a folder for a graph that is not there.
        layout.current()?;
        let lock = layout.lock_for_build()?;
        let (current, _) = layout.current()?;
        layout.clean(Some(&current))?;
        let graph = GraphStore::open(path)?;
        Ok(Self {
            layout,
            _lock: lock,
            current,
            graph,
            new: None,
            removes: Vec::new(),
            inserts: Vec::new(),
            grown: Statistics::default(),
            changes: Changes::default(),
        })
    }

    /// The graph as it was when the edit began.
    pub fn graph(&self) -> &GraphStore {
        &self.graph
    }

    /// Adds a statement; one that is there already stays as it is.
    pub fn insert(&mut self, quad: Quad) -> Result<(), StoreError> {
        self.inserts.push(quad);
        self.write_if(BATCH)
    }

    /// Takes a statement out. All removals since the last writing come before all insertions.
    pub fn remove(&mut self, quad: Quad) -> Result<(), StoreError> {
        if !self.inserts.is_empty() {
            self.write_if(1)?;
        }
        self.removes.push(quad);
        self.write_if(BATCH)
    }

    /// The store being edited, with everything written that was said so far. Whoever writes to it directly must leave
    /// the default graph alone, whose triples are counted.
    pub fn store(&mut self) -> Result<&Store, StoreError> {
        self.write_if(1)?;
        self.writable()
    }

    /// Makes the edit the graph; `false` if nothing was changed, and the graph is the generation it was.
    pub fn finish(mut self) -> Result<bool, StoreError> {
        self.write_if(1)?;
        if self.new.is_none() {
            return Ok(false);
        }
        if !self.grown.is_still() {
            self.count()?;
        }
        let Some((number, store)) = self.new.take() else { return Ok(false) };
        self.graph.ok(store.flush())?;
        if !self.changes.is_empty() {
            let (folder, before) = (self.layout.generation(number), self.layout.generation(self.current.generation));
            search_index::write(&store, &self.graph.ontology, &folder, None, Some(&before), &self.changes)?;
        }
        drop(store);
        let current = Current::new(self.graph.base(), number, Some(self.current.generation));
        self.layout.publish(&current)?;
        drop(self.graph);
        self.layout.clean(Some(&current))?;
        Ok(true)
    }

    fn writable(&mut self) -> Result<&Store, StoreError> {
        if self.new.is_none() {
            let number = self.layout.next_number()?;
            let folder = self.layout.generation(number);
            self.graph.ok(self.graph.store()?.backup(&folder))?;
            self.layout.carry(self.current.generation, number)?;
            let store = self.graph.ok(Store::open(&folder))?;
            self.new = Some((number, store));
        }
        self.new.as_ref().map(|(_, store)| store).ok_or_else(|| StoreError::Missing { path: self.layout.root().into() })
    }

    fn write_if(&mut self, at_least: usize) -> Result<(), StoreError> {
        if self.inserts.len() + self.removes.len() < at_least {
            return Ok(());
        }
        let (removes, inserts) = (std::mem::take(&mut self.removes), std::mem::take(&mut self.inserts));
        let of_nodes = removes.iter().chain(&inserts).filter(|quad| quad.graph_name == GraphName::DefaultGraph);
        self.changes.note(self.graph.base(), of_nodes);
        let store = self.writable()?;
        let written = (|| {
            let mut grown = Statistics::default();
            let removes = once(removes, |quad| store.contains(quad))?;
            let mut transaction = store.start_transaction()?;
            for quad in &removes {
                transaction.remove(quad);
                grown.count(quad, -1);
            }
            transaction.commit()?;
            let inserts = once(inserts, |quad| Ok(!store.contains(quad)?))?;
            inserts.iter().for_each(|quad| grown.count(quad, 1));
            if inserts.len() < BULK {
                let mut transaction = store.start_transaction()?;
                transaction.extend(inserts.iter().map(Quad::as_ref));
                transaction.commit()?;
            } else {
                let mut loader = fill::loader(store);
                loader.load_quads(inserts)?;
                loader.commit()?;
            }
            Ok(grown)
        })();
        let grown = self.graph.ok(written)?;
        self.grown.join(&grown);
        Ok(())
    }

    /// Keeps the figures of the graph true, which nobody wants to count.
    fn count(&mut self) -> Result<(), StoreError> {
        let grown = std::mem::take(&mut self.grown);
        let ontology = &self.graph.ontology;
        let old = self.graph.ok(Statistics::read(self.graph.store()?, ontology))?;
        let had = self.graph.ok(read::metadata(self.graph.store()?, ontology, void::TRIPLES))?;
        if had.and_then(|n| n.parse::<i64>().ok()) != Some(old.triples()) {
            // A graph of an earlier version of the program; the next build counts it.
            return Ok(());
        }
        let mut new = old.clone();
        new.join(&grown);
        self.removes.extend(old.quads(ontology));
        self.write_if(1)?;
        self.inserts.extend(new.quads(&self.graph.ontology));
        self.write_if(1)
    }
}

/// The quads that make a difference, each once, asked for on all cores.
fn once(
    quads: Vec<Quad>,
    differs: impl Fn(&Quad) -> Result<bool, StorageError> + Sync,
) -> Result<Vec<Quad>, StorageError> {
    let quads: HashSet<Quad> = quads.into_iter().collect();
    quads.into_par_iter().filter_map(|quad| differs(&quad).map(|differs| differs.then_some(quad)).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use oxigraph::model::{Literal, NamedNodeRef};

    use super::*;
    use crate::store::Build;
    use crate::vocabulary::Vocabulary;

    fn graph() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let vocabulary = Vocabulary::from_texts([]).unwrap();
        Build::begin(&folder.path().join("g"), None, &vocabulary).unwrap().finish().unwrap();
        folder
    }

    fn quad(name: &str) -> Quad {
        let iri = |s: &str| NamedNodeRef::new(s).unwrap().into_owned();
        Quad::new(iri("urn:s"), iri("urn:p"), Literal::new_simple_literal(name), GraphName::DefaultGraph)
    }

    fn triples(path: &Path) -> u64 {
        GraphStore::open(path).unwrap().counts().unwrap().triples
    }

    #[test]
    fn an_edit_is_seen_when_it_is_finished_and_counted() {
        let folder = graph();
        let path = folder.path().join("g");
        let before = triples(&path);
        let reader = GraphStore::open(&path).unwrap();
        let mut change = Change::begin(&path).unwrap();
        change.insert(quad("a")).unwrap();
        change.insert(quad("a")).unwrap();
        change.insert(quad("b")).unwrap();
        change.remove(quad("b")).unwrap();
        change.remove(quad("never there")).unwrap();
        assert!(change.store().unwrap().contains(&quad("a")).unwrap());
        assert!(matches!(Change::begin(&path), Err(StoreError::Locked { .. })));
        assert!(change.finish().unwrap());
        assert_eq!(triples(&path), before + 1);
        assert!(!reader.store().unwrap().contains(&quad("a")).unwrap(), "a reader keeps the generation it opened");
    }

    #[test]
    fn an_edit_of_nothing_and_one_that_is_dropped_publish_nothing() {
        let folder = graph();
        let path = folder.path().join("g");
        let generation = GraphStore::open(&path).unwrap().generation();
        assert!(!Change::begin(&path).unwrap().finish().unwrap());
        let mut dropped = Change::begin(&path).unwrap();
        dropped.insert(quad("a")).unwrap();
        dropped.store().unwrap();
        drop(dropped);
        let now = GraphStore::open(&path).unwrap();
        assert_eq!(now.generation(), generation);
        assert!(!now.store().unwrap().contains(&quad("a")).unwrap());
    }

    #[test]
    fn where_there_is_no_graph_none_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none");
        assert!(matches!(Change::begin(&path), Err(StoreError::Missing { .. })));
        assert!(!path.exists());
    }
}
