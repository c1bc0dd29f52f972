//! Describes the nodes that only papers describe: the works that they cite and that are not in the graph as papers,
//! their authors, venues and organisations.
//!
//! Each citing paper describes such a work in its own way. The node gets the fullest description; among equals, the one
//! of the paper whose hash is the greatest. So a description depends only on the set of papers.
//!
//! In a new graph there are millions of them: the works are found by reading the descriptions of all papers in the
//! order of the database, twice. The first time only a hash of the best paper is kept for each work.

use std::collections::{BTreeMap, HashMap, HashSet};

use oxigraph::model::{NamedNode, NamedNodeRef, Term, Triple};
use oxigraph::store::StorageError;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::build::GenerationBuild;
use super::fill::DescribedNodes;
use super::{StoreError, read};
use crate::ontology::{dcterms, name_key, read_stated_names, read_works};
use crate::paper::{Work, author_key, spoken_name};

/// Number of papers whose descriptions are read at a time.
const CHUNK: usize = 8192;

/// How good a description is: its fullness, then the hash of the paper that gives it.
type DescriptionMerit = (u8, u64);

fn merit(work: &Work, paper: &NamedNode) -> DescriptionMerit {
    (work.fullness(), xxh3_64(paper.as_str().as_bytes()))
}

/// If a name has several spellings, the one with the greatest rank is shown.
fn rank_of(name: &str) -> (usize, &str) {
    (name.chars().count(), name)
}

fn is_author(id: &str) -> bool {
    id.starts_with("author/")
}

/// Adds a spelling to those of one person, the best first: that of the person's id, then the longest. Spellings with
/// the same key are one.
fn offer(names: &mut Vec<String>, id: &str, name: String) {
    let key = name_key(&name);
    match names.iter_mut().find(|known| name_key(known) == key) {
        Some(known) if rank_of(known) < rank_of(&name) => *known = name,
        Some(_) => return,
        None => names.push(name),
    }
    let is_own = |name: &str| author_key(name).is_some_and(|key| id.strip_prefix("author/") == Some(key.as_str()));
    names.sort_by(|a, b| (is_own(b), rank_of(b)).cmp(&(is_own(a), rank_of(a))));
}

impl GenerationBuild<'_> {
    /// Describes all cited works of a graph that was filled.
    pub(super) fn describe_cited(&mut self) -> Result<(), StoreError> {
        let Some(store) = self.writer.store().cloned().filter(|_| self.writer.feed.is_some()) else { return Ok(()) };
        let mut best: HashMap<u64, DescriptionMerit> = HashMap::new();
        let key = |work: &Work| xxh3_64(work.key.as_bytes());
        self.each_chunk_of_works(|_, works| {
            for (paper, works) in works {
                for work in works {
                    let merit = merit(work, paper);
                    let known = best.entry(key(work)).or_insert(merit);
                    *known = merit.max(*known);
                }
            }
            Ok(())
        })?;
        if best.is_empty() {
            return Ok(());
        }
        let mut descriptions = DescribedNodes::new(&self.writer, store.database());
        self.each_chunk_of_works(|build, works| {
            let described = works
                .par_iter()
                .flat_map_iter(|(paper, works)| works.iter().map(move |work| (paper, work)))
                .filter(|(paper, work)| best.get(&key(work)) == Some(&merit(work, paper)))
                .map(|(_, work)| {
                    let node = build.writer.ontology.base.work(&work.key);
                    let triples = build.writer.ontology.work_triples(&node, work);
                    (node, triples)
                });
            descriptions.load(&build.writer, described)
        })?;
        descriptions.finish(&mut self.writer)
    }

    /// Describes all authors of a graph that was filled. The longest spelling of a name is shown; among equals, the
    /// last in alphabetical order, which has the diacritics.
    pub(super) fn describe_authors(&mut self) -> Result<(), StoreError> {
        let Some(store) = self.writer.store().cloned().filter(|_| self.writer.feed.is_some()) else { return Ok(()) };
        let kg = self.writer.ontology.kg.clone();
        let mut names: HashMap<NamedNode, Vec<String>> = HashMap::new();
        // Papers that say which node each author is.
        let mut decided: HashSet<u64> = HashSet::new();
        let hash = |paper: &NamedNode| xxh3_64(paper.as_str().as_bytes());
        self.each_chunk(kg.stated_names.as_ref(), |build, chunk| {
            for (paper, json) in chunk {
                for (id, name) in read_stated_names(json).into_iter().filter(|(id, _)| is_author(id)) {
                    decided.insert(hash(paper));
                    offer(names.entry(build.writer.ontology.base.node(&id)).or_default(), &id, name);
                }
            }
            Ok(())
        })?;
        let read = |json: &str| serde_json::from_str::<Vec<String>>(json).unwrap_or_default();
        self.each_chunk(kg.authors.as_ref(), |build, chunk| {
            let found: Vec<(NamedNode, String)> = chunk
                .par_iter()
                .filter(|(paper, _)| !decided.contains(&hash(paper)))
                .flat_map_iter(|(_, json)| read(json))
                .filter_map(|name| Some((build.writer.ontology.base.author(&name)?, spoken_name(&name))))
                .collect();
            for (author, name) in found {
                let id = build.writer.ontology.base.id(author.as_str()).unwrap_or_default().to_string();
                offer(names.entry(author).or_default(), &id, name);
            }
            Ok(())
        })?;
        let mut authors: Vec<(NamedNode, Vec<String>)> = names.into_iter().collect();
        authors.par_sort_unstable();
        let mut descriptions = DescribedNodes::new(&self.writer, store.database());
        for some in authors.chunks(CHUNK) {
            let described =
                some.par_iter().map(|(node, names)| (node, self.writer.ontology.author_triples(node, names)));
            descriptions.load(&self.writer, described)?;
        }
        descriptions.finish(&mut self.writer)
    }

    /// The description of one author, from all papers of that author.
    pub(super) fn author_description(&self, node: &NamedNode) -> Result<Vec<Triple>, StoreError> {
        let ontology = &self.writer.ontology;
        let id = ontology.base.id(node.as_str()).unwrap_or_default();
        let mut names = Vec::new();
        for paper in self.subjects(&ontology.kg.written_by, node)? {
            let mut stated = BTreeMap::new();
            for json in self.literals(&paper, &ontology.kg.stated_names)? {
                stated.extend(read_stated_names(&json));
            }
            if let Some(name) = stated.remove(id) {
                offer(&mut names, id, name);
            } else if !stated.keys().any(|id| is_author(id)) {
                for name in self.literals(&paper, &dcterms::CREATOR.into_owned())? {
                    if ontology.base.author(&name).as_ref() == Some(node) {
                        offer(&mut names, id, spoken_name(&name));
                    }
                }
            }
        }
        Ok(if names.is_empty() { Vec::new() } else { ontology.author_triples(node, &names) })
    }

    /// Describes all venues and organisations of a graph that was filled: from the shipped lists or, if none has them,
    /// by the longest name that papers give them.
    pub(super) fn describe_origins(&mut self) -> Result<(), StoreError> {
        let Some(store) = self.writer.store().cloned().filter(|_| self.writer.feed.is_some()) else { return Ok(()) };
        let kg = self.writer.ontology.kg.clone();
        let mut best: BTreeMap<NamedNode, Option<String>> = BTreeMap::new();
        for quads in self.writer.filled() {
            let quads = quads?;
            for predicate in [&kg.published_in, &kg.in_series, &kg.affiliated_with] {
                for quad in read::in_default(&quads, None, Some(predicate.as_ref()), None) {
                    if let Term::NamedNode(node) = self.writer.ok(quad)?.object {
                        best.entry(node).or_default();
                    }
                }
            }
        }
        self.each_chunk(kg.stated_names.as_ref(), |build, chunk| {
            for (id, name) in chunk.iter().flat_map(|(_, json)| read_stated_names(json)) {
                let Some(known) = best.get_mut(&build.writer.ontology.base.node(&id)) else { continue };
                if known.as_deref().is_none_or(|known| rank_of(known) < rank_of(&name)) {
                    *known = Some(name);
                }
            }
            Ok(())
        })?;
        let nodes: Vec<(NamedNode, Option<String>)> = best.into_iter().collect();
        let mut descriptions = DescribedNodes::new(&self.writer, store.database());
        for some in nodes.chunks(CHUNK) {
            let ontology = &self.writer.ontology;
            let described = some.par_iter().map(|(node, name)| (node, ontology.origin_triples(node, name.as_deref())));
            descriptions.load(&self.writer, described)?;
        }
        descriptions.finish(&mut self.writer)
    }

    /// The description of one venue or organisation, from all its papers.
    pub(super) fn origin_description(&self, node: &NamedNode) -> Result<Vec<Triple>, StoreError> {
        let ontology = &self.writer.ontology;
        let listed = ontology.origin_triples(node, None);
        if !listed.is_empty() {
            return Ok(listed);
        }
        let id = ontology.base.id(node.as_str()).unwrap_or_default();
        let kg = &ontology.kg;
        let mut best: Option<String> = None;
        for predicate in [&kg.published_in, &kg.in_series, &kg.affiliated_with] {
            for paper in self.subjects(predicate, node)? {
                for json in self.literals(&paper, &kg.stated_names)? {
                    let Some(name) = read_stated_names(&json).remove(id) else { continue };
                    if best.as_deref().is_none_or(|known| rank_of(known) < rank_of(&name)) {
                        best = Some(name);
                    }
                }
            }
        }
        Ok(best.map(|name| ontology.origin_triples(node, Some(&name))).unwrap_or_default())
    }

    /// Calls `f` with the works that papers describe, some papers at a time.
    fn each_chunk_of_works(
        &self,
        mut f: impl FnMut(&Self, &[(NamedNode, Vec<Work>)]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each_chunk(self.writer.ontology.kg.cited_works.as_ref(), |build, chunk| {
            let works: Vec<(NamedNode, Vec<Work>)> =
                chunk.par_iter().map(|(paper, json)| (paper.clone(), read_works(json))).collect();
            f(build, &works)
        })
    }

    /// Calls `f` with papers and their literals of this predicate, some at a time.
    fn each_chunk(
        &self,
        predicate: NamedNodeRef<'_>,
        mut f: impl FnMut(&Self, &[(NamedNode, String)]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for quads in self.writer.filled() {
            let quads = quads?;
            let mut quads = read::in_default(&quads, None, Some(predicate), None);
            loop {
                let chunk: Vec<(NamedNode, String)> = quads
                    .by_ref()
                    .take(CHUNK)
                    .map(|quad| {
                        quad.map(|quad| match (read::named(quad.subject), quad.object) {
                            (Some(paper), Term::Literal(json)) => Some((paper, json.value().to_string())),
                            _ => None,
                        })
                    })
                    .filter_map(Result::transpose)
                    .collect::<Result<_, StorageError>>()
                    .map_err(|error| self.writer.storage(error))?;
                if chunk.is_empty() {
                    break;
                }
                f(self, &chunk)?;
            }
        }
        Ok(())
    }

    /// The description of one work, from all papers that cite it.
    pub(super) fn work_description(&self, node: &NamedNode) -> Result<Vec<Triple>, StoreError> {
        let ontology = &self.writer.ontology;
        let mut best: Option<(DescriptionMerit, Work)> = None;
        for paper in self.subjects(&ontology.kg.cites, node)? {
            for json in self.literals(&paper, &ontology.kg.cited_works)? {
                for work in read_works(&json).into_iter().filter(|work| ontology.base.work(&work.key) == *node) {
                    let merit = merit(&work, &paper);
                    if best.as_ref().is_none_or(|(known, _)| *known < merit) {
                        best = Some((merit, work));
                    }
                }
            }
        }
        Ok(best.map(|(_, work)| ontology.work_triples(node, &work)).unwrap_or_default())
    }
}
