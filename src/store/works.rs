//! Describes the nodes that only papers describe: the works that they cite and that are not in the graph as papers,
//! their authors, venues and organisations.
//!
//! Each citing paper describes such a work in its own way. The node gets the fullest description; among equals, the one
//! of the paper whose hash is the greatest. So a description depends only on the set of papers.
//!
//! In a new graph there are millions of them: the works are found by reading the descriptions of all papers in the
//! order of the databases, twice. The first time only a hash of the best paper is kept for each work.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use oxigraph::model::{NamedNode, NamedNodeRef, Term, Triple};
use oxigraph::store::StorageError;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::build::GenerationBuild;
use super::fill::{DescribedNodes, DescriptionBatch};
use super::quads::Quads;
use super::shared_nodes::SharedNodes;
use super::{StoreError, read};
use crate::ontology::{Base, dcterms, name_key, read_stated_names, read_works};
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

fn work_hash(work: &Work) -> u64 {
    xxh3_64(work.key.as_bytes())
}

/// What all papers of a filled graph say of the nodes that only papers describe.
#[derive(Default)]
struct StatedDescriptions {
    /// For each cited work, by the hash of its key, how good its best description is.
    works: HashMap<u64, DescriptionMerit>,
    /// The spellings of each author's name, the best first.
    authors: HashMap<NamedNode, Vec<String>>,
    /// The longest name that papers give to each venue and organisation; among equals, the last in alphabetical order.
    origins: BTreeMap<NamedNode, Option<String>>,
}

impl StatedDescriptions {
    /// Keeps the merit of a work's description if it is the best one.
    fn offer_work(&mut self, work: u64, merit: DescriptionMerit) {
        let known = self.works.entry(work).or_insert(merit);
        *known = merit.max(*known);
    }

    /// What two sets of papers say.
    fn join(mut self, other: Self, base: &Base) -> Self {
        other.works.into_iter().for_each(|(work, merit)| self.offer_work(work, merit));
        for (author, names) in other.authors {
            let id = base.id(author.as_str()).unwrap_or_default().to_string();
            let known = self.authors.entry(author).or_default();
            names.into_iter().for_each(|name| offer(known, &id, name));
        }
        for (origin, name) in other.origins {
            keep_longer(self.origins.entry(origin).or_default(), name);
        }
        self
    }
}

/// Replaces a name by one with a greater rank.
fn keep_longer(known: &mut Option<String>, name: Option<String>) {
    if known.as_deref().map(rank_of) < name.as_deref().map(rank_of) {
        *known = name;
    }
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
    /// Describes all cited works, authors, venues and organisations of a graph that was filled.
    pub(super) fn describe_from_papers<'s>(
        &self,
        descriptions: DescribedNodes<'s>,
    ) -> Result<DescribedNodes<'s>, StoreError> {
        // Opening a shard takes longer than reading it, because RocksDB starts some two hundred threads each time.
        let stated = self.writer.filled().map(|quads| self.stated_in(&quads?));
        let join = |a: StatedDescriptions, b| Ok(a.join(b, &self.writer.ontology.base));
        let StatedDescriptions { works, authors, origins } = stated.try_reduce(StatedDescriptions::default, join)?;
        let descriptions = Mutex::new(descriptions);
        if !works.is_empty() {
            self.writer.filled().try_for_each(|quads| self.describe_works_in(&quads?, &works, &descriptions))?;
        }
        let mut descriptions = descriptions.into_inner().unwrap_or_else(PoisonError::into_inner);
        let ontology = &self.writer.ontology;
        let mut authors: Vec<(NamedNode, Vec<String>)> = authors.into_iter().collect();
        authors.par_sort_unstable();
        for some in authors.chunks(CHUNK) {
            let described = some.par_iter().map(|(node, names)| (node, ontology.author_triples(node, names)));
            descriptions.load(&self.writer, described)?;
        }
        let origins: Vec<(NamedNode, Option<String>)> = origins.into_iter().collect();
        for some in origins.chunks(CHUNK) {
            let described = some.par_iter().map(|(node, name)| (node, ontology.origin_triples(node, name.as_deref())));
            descriptions.load(&self.writer, described)?;
        }
        Ok(descriptions)
    }

    /// What the papers of a database say of nodes that only papers describe.
    fn stated_in(&self, quads: &Quads) -> Result<StatedDescriptions, StoreError> {
        let mut stated = StatedDescriptions::default();
        self.each_chunk_of_works(quads, |works| {
            for (paper, works) in works {
                for work in works {
                    stated.offer_work(work_hash(work), merit(work, paper));
                }
            }
            Ok(())
        })?;
        let kg = &self.writer.ontology.kg;
        for predicate in [&kg.published_in, &kg.in_series, &kg.affiliated_with] {
            for quad in read::in_default(quads, None, Some(predicate.as_ref()), None) {
                if let Term::NamedNode(node) = self.writer.ok(quad)?.object {
                    stated.origins.entry(node).or_default();
                }
            }
        }
        self.read_names_in(quads, &mut stated)?;
        Ok(stated)
    }

    /// Reads the names that papers of a database give to their authors, and to the venues and organisations that are
    /// known already.
    fn read_names_in(&self, quads: &Quads, stated: &mut StatedDescriptions) -> Result<(), StoreError> {
        let (kg, base) = (&self.writer.ontology.kg, &self.writer.ontology.base);
        let hash = |paper: &NamedNode| xxh3_64(paper.as_str().as_bytes());
        // Papers that say which node each author is.
        let mut decided: HashSet<u64> = HashSet::new();
        self.each_chunk(quads, kg.stated_names.as_ref(), |chunk| {
            for (paper, json) in chunk {
                for (id, name) in read_stated_names(json) {
                    if is_author(&id) {
                        decided.insert(hash(paper));
                        offer(stated.authors.entry(base.node(&id)).or_default(), &id, name);
                    } else if let Some(known) = stated.origins.get_mut(&base.node(&id)) {
                        keep_longer(known, Some(name));
                    }
                }
            }
            Ok(())
        })?;
        let read = |json: &str| serde_json::from_str::<Vec<String>>(json).unwrap_or_default();
        self.each_chunk(quads, kg.authors.as_ref(), |chunk| {
            let found: Vec<(NamedNode, String)> = chunk
                .par_iter()
                .filter(|(paper, _)| !decided.contains(&hash(paper)))
                .flat_map_iter(|(_, json)| read(json))
                .filter_map(|name| Some((base.author(&name)?, spoken_name(&name))))
                .collect();
            for (author, name) in found {
                let id = base.id(author.as_str()).unwrap_or_default().to_string();
                offer(stated.authors.entry(author).or_default(), &id, name);
            }
            Ok(())
        })
    }

    /// Describes the works whose best description is that of a paper in this database.
    fn describe_works_in(
        &self,
        quads: &Quads,
        best: &HashMap<u64, DescriptionMerit>,
        descriptions: &Mutex<DescribedNodes<'_>>,
    ) -> Result<(), StoreError> {
        self.each_chunk_of_works(quads, |works| {
            let described = works
                .par_iter()
                .flat_map_iter(|(paper, works)| works.iter().map(move |work| (paper, work)))
                .filter(|(paper, work)| best.get(&work_hash(work)) == Some(&merit(work, paper)))
                .map(|(_, work)| {
                    let node = self.writer.ontology.base.work(&work.key);
                    let triples = self.writer.ontology.work_triples(&node, work);
                    (node, triples)
                });
            let batch = DescriptionBatch::of(&self.writer, described)?;
            // Nothing that waits for rayon's threads may run while this is locked, because they wait for the lock.
            descriptions.lock().unwrap_or_else(PoisonError::into_inner).write(&self.writer, batch)
        })
    }

    /// Calls `f` with the works that papers of a database describe, some papers at a time.
    fn each_chunk_of_works(
        &self,
        quads: &Quads,
        mut f: impl FnMut(&[(NamedNode, Vec<Work>)]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each_chunk(quads, self.writer.ontology.kg.cited_works.as_ref(), |chunk| {
            let works: Vec<(NamedNode, Vec<Work>)> =
                chunk.par_iter().map(|(paper, json)| (paper.clone(), read_works(json))).collect();
            f(&works)
        })
    }

    /// Calls `f` with papers of a database and their literals of this predicate, some at a time.
    fn each_chunk(
        &self,
        quads: &Quads,
        predicate: NamedNodeRef<'_>,
        mut f: impl FnMut(&[(NamedNode, String)]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut quads = read::in_default(quads, None, Some(predicate), None);
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
                return Ok(());
            }
            f(&chunk)?;
        }
    }
}

impl SharedNodes<'_> {
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
                    keep_longer(&mut best, read_stated_names(&json).remove(id));
                }
            }
        }
        Ok(best.map(|name| ontology.origin_triples(node, Some(&name))).unwrap_or_default())
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
