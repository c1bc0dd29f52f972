//! Edits of the graph outside a build: the outcomes of link checks, and the user's own statements.

use std::collections::HashSet;
use std::path::Path;

use oxigraph::model::Quad;
use oxigraph::store::StorageError;
use rayon::prelude::*;

use super::generation::{BATCH, GenerationBasis, GenerationWriter, LockedStore};
use super::layout::StoreLayout;
use super::quads::Quads;
use super::statistics::Statistics;
use super::{GraphStore, StoreError};

/// An edit in progress, on a copy of the published generation that shares its files. Readers see nothing of it before
/// [`GenerationEdit::finish`]. Dropping it leaves the graph unchanged.
pub struct GenerationEdit {
    writer: GenerationWriter,
    graph: GraphStore,
    removes: Vec<Quad>,
    inserts: Vec<Quad>,
}

impl GenerationEdit {
    /// Takes the build lock of the graph at `path`.
    ///
    /// # Errors
    /// If there is no graph, it cannot be read, or a build or another edit is running.
    pub fn begin(path: &Path) -> Result<Self, StoreError> {
        // Checked before the lock is taken, because taking it would create the folder of a missing graph.
        StoreLayout::new(path).current()?;
        let writer = GenerationWriter::begin(LockedStore::take(path, None)?, GenerationBasis::Published)?;
        let published = writer.published().ok_or_else(|| StoreError::Missing { path: path.into() })?;
        let graph = GraphStore::over(path, published)?;
        Ok(Self { writer, graph, removes: Vec::new(), inserts: Vec::new() })
    }

    /// The graph as it was when the edit began.
    pub fn graph(&self) -> &GraphStore {
        &self.graph
    }

    /// Adds a statement. A statement that is already there is left as it is.
    pub fn insert(&mut self, quad: Quad) -> Result<(), StoreError> {
        self.inserts.push(quad);
        self.write_if(BATCH)
    }

    /// Removes a statement. Within one write, removals are applied before insertions.
    pub fn remove(&mut self, quad: Quad) -> Result<(), StoreError> {
        if !self.inserts.is_empty() {
            self.write_if(1)?;
        }
        self.removes.push(quad);
        self.write_if(BATCH)
    }

    /// The graph being edited, with all insertions and removals so far. A caller that writes to its database directly
    /// must leave the default graph alone, because its triples are counted and some are packed.
    pub fn store(&mut self) -> Result<&Quads, StoreError> {
        self.write_if(1)?;
        self.writer.writable()
    }

    /// Publishes the edit as a new generation. Returns `false`, and keeps the old generation, if nothing changed.
    pub fn finish(mut self) -> Result<bool, StoreError> {
        self.write_if(1)?;
        if self.writer.number().is_none() {
            return Ok(false);
        }
        if !self.writer.growth.is_still() {
            let ontology = self.graph.ontology();
            let before = self.graph.ok(Statistics::read(self.graph.store()?.database(), ontology))?.quads(ontology);
            let now = self.writer.count()?.quads(ontology);
            self.writer.remove(before);
            self.writer.write_if(1)?;
            self.writer.insert(now);
        }
        self.writer.publish()?;
        Ok(true)
    }

    fn write_if(&mut self, at_least: usize) -> Result<(), StoreError> {
        if self.inserts.len() + self.removes.len() < at_least {
            return Ok(());
        }
        let (removes, inserts) = (std::mem::take(&mut self.removes), std::mem::take(&mut self.inserts));
        let store = self.writer.writable()?;
        let removes = self.graph.ok(once(removes, |quad| store.contains(quad)))?;
        self.writer.remove(removes);
        self.writer.write_if(1)?;
        let store = self.writer.writable()?;
        let inserts = self.graph.ok(once(inserts, |quad| Ok(!store.contains(quad)?)))?;
        self.writer.insert(inserts);
        self.writer.write_if(1)
    }
}

/// Distinct quads that change something. They are tested on all cores.
fn once(
    quads: Vec<Quad>,
    differs: impl Fn(&Quad) -> Result<bool, StorageError> + Sync,
) -> Result<Vec<Quad>, StorageError> {
    let quads: HashSet<Quad> = quads.into_iter().collect();
    quads.into_par_iter().filter_map(|quad| differs(&quad).map(|differs| differs.then_some(quad)).transpose()).collect()
}

#[cfg(test)]
mod tests {
    use oxigraph::model::{GraphName, Literal, NamedNodeRef};

    use super::*;
    use crate::store::GenerationBuild;
    use crate::vocabulary::Vocabulary;

    fn graph() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let vocabulary = Vocabulary::from_texts([]).unwrap();
        GenerationBuild::begin(&folder.path().join("g"), None, &vocabulary).unwrap().finish().unwrap();
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
        let mut change = GenerationEdit::begin(&path).unwrap();
        change.insert(quad("a")).unwrap();
        change.insert(quad("a")).unwrap();
        change.insert(quad("b")).unwrap();
        change.remove(quad("b")).unwrap();
        change.remove(quad("never there")).unwrap();
        assert!(change.store().unwrap().contains(&quad("a")).unwrap());
        assert!(matches!(GenerationEdit::begin(&path), Err(StoreError::Locked { .. })));
        assert!(change.finish().unwrap());
        assert_eq!(triples(&path), before + 1);
        assert!(!reader.store().unwrap().contains(&quad("a")).unwrap(), "a reader keeps the generation it opened");
    }

    #[test]
    fn an_edit_of_nothing_and_one_that_is_dropped_publish_nothing() {
        let folder = graph();
        let path = folder.path().join("g");
        let generation = GraphStore::open(&path).unwrap().generation();
        assert!(!GenerationEdit::begin(&path).unwrap().finish().unwrap());
        let mut dropped = GenerationEdit::begin(&path).unwrap();
        dropped.insert(quad("a")).unwrap();
        dropped.store().unwrap();
        drop(dropped);
        let now = GraphStore::open(&path).unwrap();
        assert_eq!(now.generation(), generation);
        assert!(!now.store().unwrap().contains(&quad("a")).unwrap());
    }

    #[test]
    fn without_a_graph_none_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none");
        assert!(matches!(GenerationEdit::begin(&path), Err(StoreError::Missing { .. })));
        assert!(!path.exists());
    }
}
