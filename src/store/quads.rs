//! The quads of a graph as all readers see them: those in the database, and the triples of packed parts of papers (see
//! [`Packing`]). The literals with the packed parts are hidden.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::iter::{empty, once};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use oxigraph::model::{
    GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad, QuadRef, Term,
    TermRef, Triple,
};
use oxigraph::store::{GraphNameIter, StorageError, Store};
use rayon::prelude::*;

use super::read;
use crate::ontology::{Ontology, PackedMention, Packing, PartHolders, PartTriple, SharedTerm, rdf};

/// Number of triples of parts that are kept in memory for the next read.
const MAX_CACHED_TRIPLES: usize = 50_000;

/// The quads of a graph.
#[derive(Clone)]
pub struct Quads {
    store: Store,
    packing: Arc<Packing>,
    /// Parts that were read; `None` if the graph is being written.
    cached_parts: Option<Arc<Mutex<PartsOfKind>>>,
    /// Whether some mentions are not packed; computed at the first use, and not used where the graph is being written.
    has_plain_mentions: Arc<OnceLock<bool>>,
}

/// The parts of one kind of some papers.
#[derive(Default)]
struct PartsOfKind {
    parts: HashMap<(usize, String), PaperParts>,
    triples: usize,
}

/// The triples of all packed parts of one kind in one paper, in the order of the parts' IRIs.
type PaperParts = Arc<Vec<PartTriple>>;

/// A quad of the database, or a triple of a packed part, which is in the default graph.
pub(super) enum FoundQuad {
    Stored(Quad),
    Part(PartTriple),
}

pub(super) type QuadItems<T> = Box<dyn Iterator<Item = Result<T, StorageError>>>;

/// Changes of a graph, as changes of the database.
#[derive(Default)]
pub(super) struct QuadChanges {
    pub(super) removes: Vec<Quad>,
    pub(super) inserts: Vec<Quad>,
    /// Packed parts to insert. They must be written in one transaction with `removes`, which contains what they
    /// replace.
    pub(super) packed: Vec<Quad>,
}

impl Quads {
    /// The quads of a database without a writer.
    pub(super) fn new(store: Store, ontology: &Ontology) -> Self {
        Self { cached_parts: Some(Arc::default()), ..Self::changing(store, ontology) }
    }

    /// The quads of a database that is being written.
    pub(super) fn changing(store: Store, ontology: &Ontology) -> Self {
        Self {
            store,
            packing: Arc::new(Packing::new(ontology)),
            cached_parts: None,
            has_plain_mentions: Arc::default(),
        }
    }

    /// The same quads, for reading during a pause in writing.
    pub(super) fn at_rest(&self) -> Self {
        Self { cached_parts: Some(Arc::default()), has_plain_mentions: Arc::default(), ..self.clone() }
    }

    /// The database itself, in which parts of papers are packed.
    pub fn database(&self) -> &Store {
        &self.store
    }

    pub(super) fn packing(&self) -> &Packing {
        &self.packing
    }

    /// Whether a packed part can have a triple with this predicate and this object, where they are given. If not, the
    /// database itself has every quad that matches.
    pub(crate) fn can_be_packed(&self, predicate: Option<NamedNodeRef<'_>>, object: Option<TermRef<'_>>) -> bool {
        predicate.is_some_and(Packing::is_hidden) || self.packing.can_say(predicate, object)
    }

    /// The quads that match, as [`Store::quads_for_pattern`].
    pub fn quads_for_pattern(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: Option<GraphNameRef<'_>>,
    ) -> impl Iterator<Item = Result<Quad, StorageError>> + use<> {
        let shared = [
            subject.map(|subject| SharedTerm::new(subject.into_owned())),
            predicate.map(|predicate| SharedTerm::new(predicate.into_owned())),
            object.map(|object| SharedTerm::new(object.into_owned())),
        ];
        let [s, p, o] = shared.each_ref().map(Option::as_ref);
        self.find(s, p, o, graph).map(|found| found.map(FoundQuad::quad))
    }

    /// Every quad.
    pub fn iter(&self) -> impl Iterator<Item = Result<Quad, StorageError>> + use<> {
        self.quads_for_pattern(None, None, None, None)
    }

    /// Whether the graph has this quad.
    pub fn contains<'q>(&self, quad: impl Into<QuadRef<'q>>) -> Result<bool, StorageError> {
        let QuadRef { subject, predicate, object, graph_name } = quad.into();
        let mut found = self.quads_for_pattern(Some(subject), Some(predicate), Some(object), Some(graph_name));
        Ok(found.next().transpose()?.is_some())
    }

    /// The named graphs, without the default graph.
    pub fn named_graphs(&self) -> GraphNameIter<'static> {
        self.store.named_graphs()
    }

    /// The triples of the parts of a paper whose fragments begin with one of these prefixes, part by part.
    pub(super) fn parts(&self, paper: &NamedNode, prefixes: &[&str]) -> Result<Vec<Triple>, StorageError> {
        let mut triples = Vec::new();
        let in_paper = self.packing.in_paper();
        for quad in self.store.quads_for_pattern(
            None,
            Some(in_paper),
            Some(paper.as_ref().into()),
            Some(GraphNameRef::DefaultGraph),
        ) {
            let Some(part) = read::named(quad?.subject) else { continue };
            let fragment = part.as_str().rsplit('#').next().unwrap_or_default();
            if prefixes.iter().any(|prefix| fragment.starts_with(prefix)) {
                let about = self.store.quads_for_pattern(
                    Some(part.as_ref().into()),
                    None,
                    None,
                    Some(GraphNameRef::DefaultGraph),
                );
                for quad in about {
                    triples.push(quad?.into());
                }
            }
        }
        let whole = paper.as_str().len() + 1;
        for (number, kind) in self.packing.kinds().iter().enumerate() {
            if prefixes.iter().any(|prefix| kind.prefix.starts_with(prefix) || prefix.starts_with(kind.prefix)) {
                let is_wanted = |part: &&PartTriple| {
                    let fragment = part.subject.iri().and_then(|iri| iri.get(whole..)).unwrap_or_default();
                    prefixes.iter().any(|prefix| fragment.starts_with(prefix))
                };
                triples.extend(self.unpacked(number, paper.as_str())?.iter().filter(is_wanted).map(PartTriple::triple));
            }
        }
        Ok(triples)
    }

    /// The mentions in a paper, in the order of their IRIs. `None` if the database has mentions that are not packed:
    /// then the paper's may be among them.
    pub(super) fn packed_mentions(
        &self,
        ontology: &Ontology,
        paper: &NamedNode,
    ) -> Result<Option<Vec<PackedMention>>, StorageError> {
        let predicate = self.packing.mentions_predicate();
        if predicate.is_none() || self.has_plain_mentions(ontology)? {
            return Ok(None);
        }
        let mut stored = self.store.quads_for_pattern(
            Some(paper.as_ref().into()),
            predicate,
            None,
            Some(GraphNameRef::DefaultGraph),
        );
        let Some(packed) = stored.next().transpose()? else { return Ok(Some(Vec::new())) };
        self.packing.mentions(&packed.object).map(Some).map_err(|wrong| damaged(paper.as_str(), &wrong))
    }

    fn has_plain_mentions(&self, ontology: &Ontology) -> Result<bool, StorageError> {
        if let Some(known) = self.has_plain_mentions.get().filter(|_| self.cached_parts.is_some()) {
            return Ok(*known);
        }
        let class = ontology.kg.mention_class.as_ref();
        let mut stored =
            self.store.quads_for_pattern(None, Some(rdf::TYPE), Some(class.into()), Some(GraphNameRef::DefaultGraph));
        let found = stored.next().transpose()?.is_some();
        if self.cached_parts.is_some() {
            let _ = self.has_plain_mentions.set(found);
        }
        Ok(found)
    }

    /// The matching quads. `graph` is `None` for any graph.
    pub(super) fn find(
        &self,
        subject: Option<&SharedTerm>,
        predicate: Option<&SharedTerm>,
        object: Option<&SharedTerm>,
        graph: Option<GraphNameRef<'_>>,
    ) -> QuadItems<FoundQuad> {
        let s = match subject.map(SharedTerm::term) {
            Some(Term::NamedNode(node)) => Some(node.as_ref().into()),
            Some(Term::BlankNode(node)) => Some(node.as_ref().into()),
            Some(Term::Literal(_)) => return Box::new(empty()),
            None => None,
        };
        let p = match predicate.map(SharedTerm::term) {
            Some(Term::NamedNode(node)) => Some(node.as_ref()),
            Some(_) => return Box::new(empty()),
            None => None,
        };
        let o = object.map(|object| object.term().as_ref());
        let stored = self.store.quads_for_pattern(s, p, o, graph);
        if !matches!(graph, None | Some(GraphNameRef::DefaultGraph)) {
            return Box::new(stored.map(|quad| quad.map(FoundQuad::Stored)));
        }
        if s.is_none() && p.is_none() && o.is_none() {
            return Box::new(ExpandedQuads {
                quads: self.clone(),
                stored,
                next: VecDeque::new(),
                about: None,
                parts: Vec::new(),
            });
        }
        if p.is_some_and(Packing::is_hidden) && graph.is_some() {
            return Box::new(empty());
        }
        let stored = stored.filter(|quad| !matches!(quad, Ok(quad) if is_hidden(quad)));
        let stored = stored.map(|quad| quad.map(FoundQuad::Stored));
        match self.parts_found(subject, p, predicate, o, object) {
            Some(parts) => Box::new(stored.chain(parts.map(|part| part.map(FoundQuad::Part)))),
            None => Box::new(stored),
        }
    }

    /// The matching triples of packed parts; `None` if there can be none.
    fn parts_found(
        &self,
        subject: Option<&SharedTerm>,
        p: Option<NamedNodeRef<'_>>,
        predicate: Option<&SharedTerm>,
        o: Option<TermRef<'_>>,
        object: Option<&SharedTerm>,
    ) -> Option<QuadItems<PartTriple>> {
        let wanted =
            WantedTriples { subject: subject.cloned(), predicate: predicate.cloned(), object: object.cloned() };
        if let Some(subject) = subject {
            let (number, paper) = self.packing.part(subject.iri()?)?;
            let found = self.unpacked(number, paper).map(|parts| wanted.among(&parts));
            return Some(match found {
                Ok(found) => Box::new(found.into_iter().map(Ok)),
                Err(error) => Box::new(once(Err(error))),
            });
        }
        let kinds = self.packing.kinds().iter().enumerate();
        let mut held = kinds
            .map(|(number, kind)| (number, self.packing.holders(kind, p, o)))
            .filter(|(_, holders)| *holders != PartHolders::Nobody)
            .peekable();
        held.peek()?;
        let parts: Vec<QuadItems<PaperParts>> =
            held.map(|(number, holders)| self.held_by(number, holders, o)).collect();
        Some(Box::new(parts.into_iter().flatten().flat_map(move |parts| -> Vec<Result<PartTriple, StorageError>> {
            match parts {
                Ok(parts) => wanted.among(&parts).into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            }
        })))
    }

    /// The packed parts of a kind in each of the papers.
    fn held_by(&self, number: usize, holders: PartHolders, object: Option<TermRef<'_>>) -> QuadItems<PaperParts> {
        let quads = self.clone();
        let stored = |predicate: &NamedNode, object: Option<TermRef<'_>>| {
            self.store.quads_for_pattern(None, Some(predicate.as_ref()), object, Some(GraphNameRef::DefaultGraph))
        };
        match (holders, self.packing.kinds().get(number)) {
            (PartHolders::Paper(paper), _) => Box::new(once(self.unpacked(number, paper.as_str()))),
            (PartHolders::TiedBy(predicate), _) => {
                Box::new(stored(&predicate, object).map(move |quad| match quad?.subject {
                    NamedOrBlankNode::NamedNode(paper) => quads.unpacked(number, paper.as_str()),
                    NamedOrBlankNode::BlankNode(_) => Ok(PaperParts::default()),
                }))
            }
            (PartHolders::Everybody, Some(kind)) => Box::new(stored(&kind.predicate, None).map(move |quad| {
                let quad = quad?;
                match &quad.subject {
                    NamedOrBlankNode::NamedNode(paper) => quads.unpack(number, paper.as_str(), &quad.object),
                    NamedOrBlankNode::BlankNode(_) => Ok(PaperParts::default()),
                }
            })),
            _ => Box::new(empty()),
        }
    }

    /// The packed parts of a kind in one paper.
    fn unpacked(&self, number: usize, paper: &str) -> Result<PaperParts, StorageError> {
        if let Some(parts) = self.remembered(number, paper) {
            return Ok(parts);
        }
        match self.packed(number, NamedNodeRef::new_unchecked(paper))? {
            Some(packed) => self.unpack(number, paper, &packed),
            None => Ok(self.keep(number, paper, Vec::new())),
        }
    }

    /// The literal with the packed parts of a kind in one paper.
    fn packed(&self, number: usize, paper: NamedNodeRef<'_>) -> Result<Option<Term>, StorageError> {
        let Some(kind) = self.packing.kinds().get(number) else { return Ok(None) };
        let predicate = Some(kind.predicate.as_ref());
        let mut stored =
            self.store.quads_for_pattern(Some(paper.into()), predicate, None, Some(GraphNameRef::DefaultGraph));
        Ok(stored.next().transpose()?.map(|quad| quad.object))
    }

    fn unpack(&self, number: usize, paper: &str, packed: &Term) -> Result<PaperParts, StorageError> {
        if let Some(parts) = self.remembered(number, paper) {
            return Ok(parts);
        }
        let parts = self.packing.unpack(number, paper, packed).map_err(|wrong| damaged(paper, &wrong))?;
        Ok(self.keep(number, paper, parts))
    }

    /// The parts that a hidden quad of the database represents.
    pub(super) fn parts_in(&self, hidden: &Quad) -> Result<Vec<PartTriple>, StorageError> {
        let paper = match &hidden.subject {
            NamedOrBlankNode::NamedNode(paper) => paper.as_str(),
            NamedOrBlankNode::BlankNode(node) => node.as_str(),
        };
        let number = self.packing.kinds().iter().position(|kind| kind.predicate == hidden.predicate);
        let unpacked = match number {
            Some(number) => self.packing.unpack(number, paper, &hidden.object),
            None => Err(format!("{} is not a kind that this version reads", hidden.predicate)),
        };
        unpacked.map_err(|wrong| damaged(paper, &wrong))
    }

    fn remembered(&self, number: usize, paper: &str) -> Option<PaperParts> {
        let cached = self.cached_parts.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        cached.parts.get(&(number, paper.to_string())).cloned()
    }

    fn keep(&self, number: usize, paper: &str, parts: Vec<PartTriple>) -> PaperParts {
        let parts = Arc::new(parts);
        if let Some(cached) = &self.cached_parts {
            let mut cached = cached.lock().unwrap_or_else(PoisonError::into_inner);
            if cached.triples > MAX_CACHED_TRIPLES {
                *cached = PartsOfKind::default();
            }
            cached.triples += parts.len() + 1;
            cached.parts.insert((number, paper.to_string()), parts.clone());
        }
        parts
    }

    /// The changes of the database that remove and insert these quads. Parts that can be packed are packed.
    pub(super) fn changes(&self, removes: Vec<Quad>, inserts: Vec<Quad>) -> Result<QuadChanges, StorageError> {
        let mut changes = QuadChanges::default();
        let mut papers: BTreeMap<NamedNode, [Vec<Triple>; 2]> = BTreeMap::new();
        for (at, quads) in [removes, inserts].into_iter().enumerate() {
            for quad in quads {
                let paper = match (&quad.subject, &quad.graph_name) {
                    (NamedOrBlankNode::NamedNode(part), GraphName::DefaultGraph) => self.packing.part(part.as_str()),
                    _ => None,
                };
                match paper {
                    Some((_, paper)) => {
                        let paper = NamedNode::new_unchecked(paper);
                        papers.entry(paper).or_default()[at].push(quad.into());
                    }
                    None if at == 0 => changes.removes.push(quad),
                    None => changes.inserts.push(quad),
                }
            }
        }
        let papers: Vec<_> = papers.into_iter().collect();
        let changed: Vec<[Vec<Triple>; 2]> = papers
            .into_par_iter()
            .map(|(paper, [removes, inserts])| self.changes_of_paper(&paper, &removes, inserts))
            .collect::<Result<_, _>>()?;
        let in_default = |triple: Triple| triple.in_graph(GraphName::DefaultGraph);
        for [removes, inserts] in changed {
            changes.removes.extend(removes.into_iter().map(in_default));
            let (packed, plain) = inserts.into_iter().map(in_default).partition::<Vec<_>, _>(is_hidden);
            changes.packed.extend(packed);
            changes.inserts.extend(plain);
        }
        Ok(changes)
    }

    /// What to remove from the database, and what to insert.
    fn changes_of_paper(
        &self,
        paper: &NamedNode,
        removes: &[Triple],
        inserts: Vec<Triple>,
    ) -> Result<[Vec<Triple>; 2], StorageError> {
        let touched: HashSet<&NamedOrBlankNode> =
            removes.iter().chain(&inserts).map(|triple| &triple.subject).collect();
        let mut stored: HashSet<Triple> = HashSet::new();
        let mut parts: HashSet<Triple> = HashSet::new();
        let mut kinds = HashSet::new();
        for part in touched {
            for quad in self.store.quads_for_pattern(Some(part.as_ref()), None, None, Some(GraphNameRef::DefaultGraph))
            {
                let triple = Triple::from(quad?);
                parts.insert(triple.clone());
                stored.insert(triple);
            }
            if let NamedOrBlankNode::NamedNode(part) = part {
                kinds.extend(self.packing.part(part.as_str()).map(|(number, _)| number));
            }
        }
        for number in kinds {
            let Some(packed) = self.packed(number, paper.as_ref())? else { continue };
            parts.extend(self.unpack(number, paper.as_str(), &packed)?.iter().map(PartTriple::triple));
            let kind = self.packing.kinds().get(number);
            stored.extend(kind.map(|kind| Triple::new(paper.clone(), kind.predicate.clone(), packed)));
        }
        removes.iter().for_each(|triple| {
            parts.remove(triple);
        });
        parts.extend(inserts);
        let wanted: HashSet<Triple> = self.packing.pack(parts.into_iter().collect()).into_iter().collect();
        Ok([stored.difference(&wanted).cloned().collect(), wanted.difference(&stored).cloned().collect()])
    }
}

impl FoundQuad {
    fn quad(self) -> Quad {
        match self {
            Self::Stored(quad) => quad,
            Self::Part(part) => part.triple().in_graph(GraphName::DefaultGraph),
        }
    }
}

/// The triples of a part that match.
struct WantedTriples {
    subject: Option<SharedTerm>,
    predicate: Option<SharedTerm>,
    object: Option<SharedTerm>,
}

impl WantedTriples {
    fn among(&self, parts: &PaperParts) -> Vec<PartTriple> {
        let is = |wanted: &Option<SharedTerm>, term: &SharedTerm| wanted.as_ref().is_none_or(|wanted| wanted == term);
        let of_subject = match self.subject.as_ref().and_then(SharedTerm::iri) {
            Some(subject) => {
                let first = parts.partition_point(|part| part.subject.iri().unwrap_or_default() < subject);
                parts.get(first..).unwrap_or_default()
            }
            None => parts,
        };
        let matching = of_subject.iter().take_while(|part| is(&self.subject, &part.subject));
        let matching = matching.filter(|part| is(&self.predicate, &part.predicate) && is(&self.object, &part.object));
        matching.cloned().collect()
    }
}

fn damaged(paper: &str, wrong: &str) -> StorageError {
    let message = format!("the packed parts of <{paper}> are damaged: {wrong}");
    StorageError::Io(std::io::Error::new(std::io::ErrorKind::InvalidData, message))
}

/// Whether it is a literal with packed parts.
pub(super) fn is_hidden(quad: &Quad) -> bool {
    quad.graph_name == GraphName::DefaultGraph && Packing::is_hidden(quad.predicate.as_ref())
}

/// All quads. The parts of a paper follow the paper's own triples.
struct ExpandedQuads<I> {
    quads: Quads,
    stored: I,
    next: VecDeque<FoundQuad>,
    about: Option<NamedOrBlankNode>,
    /// The paper's own triples end here; its parts are being read.
    parts: Vec<PartTriple>,
}

impl<I: Iterator<Item = Result<Quad, StorageError>>> Iterator for ExpandedQuads<I> {
    type Item = Result<FoundQuad, StorageError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(found) = self.next.pop_front() {
                return Some(Ok(found));
            }
            let quad = match self.stored.next() {
                Some(Ok(quad)) => quad,
                Some(Err(error)) => return Some(Err(error)),
                None if self.parts.is_empty() => return None,
                None => {
                    self.next.extend(self.parts.drain(..).map(FoundQuad::Part));
                    continue;
                }
            };
            if self.about.as_ref() != Some(&quad.subject) {
                self.next.extend(self.parts.drain(..).map(FoundQuad::Part));
                self.about = Some(quad.subject.clone());
            }
            if !is_hidden(&quad) {
                self.next.push_back(FoundQuad::Stored(quad));
                continue;
            }
            match self.quads.parts_in(&quad) {
                Ok(parts) => self.parts.extend(parts),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
