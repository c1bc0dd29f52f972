//! Packs the parts of papers into few bytes.
//!
//! Most of what the mapping says is evidence: a mention of a name is a resource of ten triples, and a database keeps
//! each triple in three orders. Most of it is redundant: the paper, the field and the offsets are in the IRI of the
//! mention. So the database keeps the parts of a paper as one literal for each kind of part, and readers of the graph
//! see the triples that the literal represents.
//!
//! The literal has a line for each part: the end of its fragment, then a cell for each column of its kind.
//!
//! A part is packed only if it has exactly the shape of its kind. Any other part stays as it is, triple by triple. So
//! unpacking always gives what was packed.
//!
//! An entity, repository or page in a cell is always tied to the paper by a triple of its own too
//! (`kg:mentions`, `kg:hasRepository`, `kg:hasPage`): the parts that name it are found by way of these papers.

mod cell;
mod kinds;
mod mentions;

use std::sync::Arc;

use oxigraph::model::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, TermRef, Triple};

use super::{Base, NodeKind, Ontology, rdf};
use cell::{BETWEEN_CELLS, BETWEEN_PARTS, BETWEEN_VALUES, ValueForm};
use mentions::MentionCells;
pub(crate) use mentions::PackedMention;

/// The predicates that tie a paper to its packed parts begin with this. Readers of the graph never see them.
const HIDDEN: &str = "urn:papergraph:packed:";
/// The datatype of packed parts. It ends in the version of the format.
const DATATYPE: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("urn:papergraph:packed-parts:1");

/// A term that is cheap to copy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SharedTerm(Arc<Term>);

impl SharedTerm {
    pub(crate) fn new(term: impl Into<Term>) -> Self {
        Self(Arc::new(term.into()))
    }

    pub(crate) fn term(&self) -> &Term {
        &self.0
    }

    /// The IRI; `None` for other terms.
    pub(crate) fn iri(&self) -> Option<&str> {
        match self.term() {
            Term::NamedNode(node) => Some(node.as_str()),
            _ => None,
        }
    }

    pub(crate) fn into_term(self) -> Term {
        Arc::unwrap_or_clone(self.0)
    }
}

/// A triple of a part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct PartTriple {
    pub(crate) subject: SharedTerm,
    pub(crate) predicate: SharedTerm,
    pub(crate) object: SharedTerm,
}

impl PartTriple {
    pub(crate) fn triple(&self) -> Triple {
        let node = |term: &SharedTerm| NamedNode::new_unchecked(term.iri().unwrap_or_default());
        Triple::new(node(&self.subject), node(&self.predicate), self.object.term().clone())
    }
}

/// Parts of papers with the same shape.
#[derive(Debug)]
pub(crate) struct PartKind {
    /// Prefix of their fragments.
    pub(crate) prefix: &'static str,
    /// The predicate that ties a paper to its packed parts of this kind.
    pub(crate) predicate: NamedNode,
    classes: Vec<SharedTerm>,
    columns: Vec<PackedColumn>,
}

#[derive(Debug)]
struct PackedColumn {
    predicate: SharedTerm,
    form: ValueForm,
}

/// The papers whose parts can have a given object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PartHolders {
    Nobody,
    Paper(NamedNode),
    /// Papers that this predicate ties to the object.
    TiedBy(NamedNode),
    Everybody,
}

/// How the parts of papers are packed in the graphs with one base.
#[derive(Debug)]
pub(crate) struct Packing {
    base: Base,
    kinds: Vec<PartKind>,
    is_a: SharedTerm,
    in_paper: SharedTerm,
    /// As an IRI.
    tie: NamedNode,
    mentions: NamedNode,
    has_repository: NamedNode,
    has_page: NamedNode,
    mention_cells: Option<MentionCells>,
}

impl Packing {
    pub(crate) fn new(ontology: &Ontology) -> Self {
        let kg = &ontology.kg;
        let kinds = kinds::all(kg);
        Self {
            base: ontology.base.clone(),
            mention_cells: MentionCells::of(&kinds, kg),
            kinds,
            is_a: SharedTerm::new(rdf::TYPE),
            in_paper: SharedTerm::new(kg.in_paper.clone()),
            tie: kg.in_paper.clone(),
            mentions: kg.mentions.clone(),
            has_repository: kg.has_repository.clone(),
            has_page: kg.has_page.clone(),
        }
    }

    pub(crate) fn kinds(&self) -> &[PartKind] {
        &self.kinds
    }

    /// The predicate that ties a part to its paper.
    pub(crate) fn in_paper(&self) -> NamedNodeRef<'_> {
        self.tie.as_ref()
    }

    /// The kind of the part with this IRI, as its position in [`Packing::kinds`], and the IRI of its paper. `None` for
    /// everything that is never packed.
    pub(crate) fn part<'i>(&self, iri: &'i str) -> Option<(usize, &'i str)> {
        let (paper, fragment) = iri.split_once('#')?;
        let kind = self.kinds.iter().position(|kind| fragment.starts_with(kind.prefix))?;
        (self.base.kind(paper) == Some(NodeKind::Paper)).then_some((kind, paper))
    }

    /// Whether a predicate ties a paper to packed parts.
    pub(crate) fn is_hidden(predicate: NamedNodeRef<'_>) -> bool {
        predicate.as_str().starts_with(HIDDEN)
    }

    /// Whether a packed part can have a triple with this predicate and this object, where they are given.
    pub(crate) fn can_say(&self, predicate: Option<NamedNodeRef<'_>>, object: Option<TermRef<'_>>) -> bool {
        self.kinds.iter().any(|kind| self.holders(kind, predicate, object) != PartHolders::Nobody)
    }

    /// The papers among whose packed parts of a kind there can be a triple with this predicate and this object, where
    /// they are given.
    pub(crate) fn holders(
        &self,
        kind: &PartKind,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> PartHolders {
        let says = |term: &SharedTerm| predicate.is_none_or(|predicate| term.iri() == Some(predicate.as_str()));
        let has = |wanted: fn(&ValueForm) -> bool| {
            kind.columns.iter().any(|column| says(&column.predicate) && wanted(&column.form))
        };
        let everybody_if = |is_so: bool| if is_so { PartHolders::Everybody } else { PartHolders::Nobody };
        let node = match object {
            None => return everybody_if(says(&self.is_a) || says(&self.in_paper) || has(|_| true)),
            Some(TermRef::Literal(_)) => return everybody_if(has(ValueForm::is_literal)),
            Some(TermRef::BlankNode(_)) => return PartHolders::Nobody,
            Some(TermRef::NamedNode(node)) => node,
        };
        if says(&self.is_a) && kind.classes.iter().any(|class| class.iri() == Some(node.as_str())) {
            return PartHolders::Everybody;
        }
        if let Some((paper, _)) = node.as_str().split_once('#') {
            let is_held = has(ValueForm::is_part) && self.base.kind(paper) == Some(NodeKind::Paper);
            return if is_held { PartHolders::Paper(NamedNode::new_unchecked(paper)) } else { PartHolders::Nobody };
        }
        let tied_by = |predicate: &NamedNode| {
            if has(|form| *form == ValueForm::Node) {
                PartHolders::TiedBy(predicate.clone())
            } else {
                PartHolders::Nobody
            }
        };
        match self.base.kind(node.as_str()) {
            Some(NodeKind::Paper) if says(&self.in_paper) => PartHolders::Paper(node.into_owned()),
            Some(NodeKind::Entity(_)) => tied_by(&self.mentions),
            Some(NodeKind::Repository) => tied_by(&self.has_repository),
            Some(NodeKind::Page) => tied_by(&self.has_page),
            _ => PartHolders::Nobody,
        }
    }

    /// The triples of one paper as they are stored: parts that have the shape of a kind are packed.
    pub(crate) fn pack(&self, mut triples: Vec<Triple>) -> Vec<Triple> {
        triples.sort_by(|a, b| iri(&a.subject).cmp(iri(&b.subject)));
        let mut packed: Vec<Option<(NamedNode, String)>> = self.kinds.iter().map(|_| None).collect();
        let mut is_packed = Vec::with_capacity(triples.len());
        for part in triples.chunk_by(|a, b| a.subject == b.subject) {
            let line = self.line(part);
            is_packed.resize(is_packed.len() + part.len(), line.is_some());
            let Some((kind, paper, line)) = line else { continue };
            match packed.get_mut(kind) {
                Some(Some((_, lines))) => {
                    lines.push(BETWEEN_PARTS);
                    lines.push_str(&line);
                }
                Some(first) => *first = Some((NamedNode::new_unchecked(paper), line)),
                None => {}
            }
        }
        let mut is_packed = is_packed.into_iter();
        triples.retain(|_| !is_packed.next().unwrap_or_default());
        let packed = self.kinds.iter().zip(packed).filter_map(|(kind, packed)| Some((kind, packed?)));
        triples.extend(packed.map(|(kind, (paper, lines))| {
            Triple::new(paper, kind.predicate.clone(), Literal::new_typed_literal(lines, DATATYPE))
        }));
        triples
    }

    /// The triples that the packed parts of a paper represent, in the order of the parts' IRIs.
    ///
    /// # Errors
    /// What is wrong with `packed`, if it is not what [`Packing::pack`] makes.
    pub(crate) fn unpack(&self, kind: usize, paper: &str, packed: &Term) -> Result<Vec<PartTriple>, String> {
        let kind = self.kinds.get(kind).ok_or("there is no such kind of part")?;
        let Term::Literal(literal) = packed else { return Err(format!("{packed} is not a literal")) };
        if literal.datatype() != DATATYPE {
            return Err(format!("<{}> is not a datatype that this version reads", literal.datatype().as_str()));
        }
        let whole = SharedTerm::new(NamedNode::new_unchecked(paper));
        let mut triples = Vec::new();
        for line in literal.value().split(BETWEEN_PARTS) {
            let mut cells = line.split(BETWEEN_CELLS);
            let end = cells.next().unwrap_or_default();
            let part = SharedTerm::new(NamedNode::new_unchecked(format!("{paper}#{}{end}", kind.prefix)));
            let mut say = |predicate: &SharedTerm, object: SharedTerm| {
                triples.push(PartTriple { subject: part.clone(), predicate: predicate.clone(), object });
            };
            kind.classes.iter().for_each(|class| say(&self.is_a, class.clone()));
            say(&self.in_paper, whole.clone());
            for PackedColumn { predicate, form } in &kind.columns {
                if let ValueForm::Implied(fact) = form {
                    if let Some(object) = fact.of(paper, end) {
                        say(predicate, SharedTerm::new(object));
                    }
                    continue;
                }
                for value in cells.next().unwrap_or_default().split(BETWEEN_VALUES).filter(|value| !value.is_empty()) {
                    let object = form.decode(value, &self.base).ok_or_else(|| format!("`{value}` is not readable"))?;
                    say(predicate, SharedTerm::new(object));
                }
            }
            if cells.next().is_some() {
                return Err(format!("`{line}` has too many cells"));
            }
        }
        Ok(triples)
    }

    /// A part as a line: its kind, the IRI of its paper and the text. `None` if it does not have the shape of its kind.
    fn line<'t>(&'t self, part: &'t [Triple]) -> Option<(usize, &'t str, String)> {
        let subject = iri(&part.first()?.subject);
        let (number, paper) = self.part(subject)?;
        let kind = self.kinds.get(number)?;
        let end = subject.get(paper.len() + 1 + kind.prefix.len()..)?;
        if end.is_empty() || end.contains([BETWEEN_CELLS, BETWEEN_PARTS]) {
            return None;
        }
        let mut said = kind.classes.len() + 1;
        if objects(part, &self.is_a).count() != kind.classes.len()
            || !kind.classes.iter().all(|class| objects(part, &self.is_a).any(|object| object == class.term()))
            || !objects(part, &self.in_paper)
                .all(|object| matches!(object, Term::NamedNode(node) if node.as_str() == paper))
            || objects(part, &self.in_paper).count() != 1
        {
            return None;
        }
        let mut line = end.to_string();
        for PackedColumn { predicate, form } in &kind.columns {
            said += objects(part, predicate).count();
            if let ValueForm::Implied(fact) = form {
                let implied = fact.of(paper, end);
                if !objects(part, predicate).eq(implied.iter()) {
                    return None;
                }
                continue;
            }
            let values = objects(part, predicate).map(|object| form.encode(object, &self.base));
            let mut values = values.collect::<Option<Vec<String>>>()?;
            values.sort_unstable();
            line.push(BETWEEN_CELLS);
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    line.push(BETWEEN_VALUES);
                }
                line.push_str(value);
            }
        }
        line.truncate(line.trim_end_matches(BETWEEN_CELLS).len());
        (said == part.len()).then_some((number, paper, line))
    }
}

fn objects<'t>(part: &'t [Triple], predicate: &'t SharedTerm) -> impl Iterator<Item = &'t Term> {
    let of = |triple: &&'t Triple| predicate.iri() == Some(triple.predicate.as_str());
    part.iter().filter(of).map(|triple| &triple.object)
}

fn iri(subject: &NamedOrBlankNode) -> &str {
    match subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str(),
        NamedOrBlankNode::BlankNode(node) => node.as_str(),
    }
}

#[cfg(test)]
mod tests;
