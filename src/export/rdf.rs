//! RDF, for other stores and tools.
//!
//! Turtle, RDF/XML and N-Triples hold one graph: the data with the user's own statements, as queries see it. N-Quads,
//! TriG and JSON-LD hold the named graphs too: the ontology, the metadata of builds and checks, the user's statements.
//! Statements are streamed from the store to the writer, so only one is in memory at a time.

use std::borrow::Cow;
use std::io::Write;

use oxigraph::io::{JsonLdProfileSet, RdfFormat, RdfSerializer, WriterQuadSerializer};
use oxigraph::model::{GraphName, GraphNameRef, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple};

use super::each::each;
use super::{ExportError, xml};
use crate::graph::ChosenPart;
use crate::index::LessSureNodes;
use crate::ontology::{Base, NodeKind};
use crate::store::GraphStore;

/// The RDF formats by the names of `kg export`.
pub const FORMATS: [(&str, RdfFormat); 6] = [
    ("turtle", RdfFormat::Turtle),
    ("trig", RdfFormat::TriG),
    ("ntriples", RdfFormat::NTriples),
    ("nquads", RdfFormat::NQuads),
    ("rdfxml", RdfFormat::RdfXml),
    ("jsonld", RdfFormat::JsonLd { profile: JsonLdProfileSet::empty() }),
];

/// Writes the whole graph.
pub fn write_all(out: &mut dyn Write, graph: &GraphStore, format: RdfFormat) -> Result<(), ExportError> {
    let mut writer = RdfWriter::new(out, format, graph.base());
    let user = graph.ontology().user_graph();
    for triple in graph.triples_of(GraphNameRef::DefaultGraph) {
        writer.write(triple?, GraphName::DefaultGraph)?;
    }
    if !format.supports_datasets() {
        for triple in graph.triples_of(user.as_ref()) {
            writer.write(triple?, GraphName::DefaultGraph)?;
        }
        return writer.finish();
    }
    for name in graph.named_graphs()? {
        for triple in graph.triples_of((&name).into()) {
            writer.write(triple?, name.clone().into())?;
        }
    }
    writer.finish()
}

/// Writes what the graph says about the chosen nodes: their descriptions, and the evidence of papers, without
/// statements about nodes that are not chosen.
pub fn write_chosen(out: &mut dyn Write, chosen: &ChosenPart<'_>, format: RdfFormat) -> Result<(), ExportError> {
    let graph = chosen.store();
    let mut writer = RdfWriter::new(out, format, graph.base());
    let read = |ids: &[String]| {
        let mut all = Vec::new();
        for id in ids {
            let node = graph.base().node(id);
            let is_paper = graph.base().kind(node.as_str()) == Some(NodeKind::Paper);
            let triples = if is_paper { graph.paper_triples(&node)? } else { graph.description(&node)? };
            let less_sure = if is_paper { chosen.less_sure(id)? } else { LessSureNodes::default() };
            for subject in triples.chunk_by(|a, b| a.subject == b.subject) {
                all.extend(inside(chosen, &node, &less_sure, subject));
            }
        }
        Ok(all)
    };
    each(chosen.ids(), read, |triples: Vec<Triple>| {
        triples.into_iter().try_for_each(|triple| writer.write(triple, GraphName::DefaultGraph))
    })?;
    writer.finish()
}

/// All statements of a node except those that refer to a node outside the selection, or by a link that is not sure
/// enough. A part with such a statement is left out.
fn inside(chosen: &ChosenPart<'_>, node: &NamedNode, less_sure: &LessSureNodes, triples: &[Triple]) -> Vec<Triple> {
    let base = chosen.store().base();
    let outside = |triple: &Triple| match &triple.object {
        Term::NamedNode(object) => base.id(object.as_str()).is_some_and(|id| !chosen.has(id) || less_sure.has_id(id)),
        _ => false,
    };
    let is_part = triples.first().is_some_and(|triple| triple.subject != NamedOrBlankNode::from(node.clone()));
    if is_part && triples.iter().any(outside) {
        return Vec::new();
    }
    triples.iter().filter(|triple| !outside(triple)).cloned().collect()
}

struct RdfWriter<'w> {
    serializer: WriterQuadSerializer<&'w mut dyn Write>,
    is_xml: bool,
}

impl<'w> RdfWriter<'w> {
    fn new(out: &'w mut dyn Write, format: RdfFormat, base: &Base) -> Self {
        let serializer = base.prefixes().into_iter().fold(RdfSerializer::from_format(format), |serializer, prefix| {
            serializer.clone().with_prefix(prefix.0, prefix.1).unwrap_or(serializer)
        });
        Self { serializer: serializer.for_writer(out), is_xml: format == RdfFormat::RdfXml }
    }

    fn write(&mut self, triple: Triple, graph: GraphName) -> Result<(), ExportError> {
        let Triple { subject, predicate, object } = triple;
        let object = if self.is_xml { valid(object) } else { object };
        Ok(self.serializer.serialize_quad(&Quad::new(subject, predicate, object, graph))?)
    }

    fn finish(self) -> Result<(), ExportError> {
        Ok(self.serializer.finish()?.flush()?)
    }
}

/// The term without characters that XML cannot hold.
fn valid(term: Term) -> Term {
    let Term::Literal(literal) = &term else { return term };
    let Cow::Owned(value) = xml::valid(literal.value()) else { return term };
    match literal.language() {
        Some(language) => Literal::new_language_tagged_literal_unchecked(value, language).into(),
        None => Literal::new_typed_literal(value, literal.datatype()).into(),
    }
}
