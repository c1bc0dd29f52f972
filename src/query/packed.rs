//! Decides whether the answer of a query can depend on packed parts of papers. If not, oxigraph's own dataset has
//! everything that the query reads, and answers faster (see [`Quads::dataset`]).

use oxigraph::model::{NamedNode, TermRef};
use spargebra::Query;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern};

use super::walk::{QueryPart, parts_of_expression, parts_of_pattern};
use crate::ontology::rdf;
use crate::store::Quads;

/// Whether a query can match packed parts.
pub(super) fn query_reads(query: &Query, quads: &Quads) -> bool {
    match query {
        Query::Select { pattern, .. } | Query::Construct { pattern, .. } | Query::Ask { pattern, .. } => {
            pattern_reads(pattern, quads)
        }
        // DESCRIBE can describe a part.
        Query::Describe { .. } => true,
    }
}

/// Whether a pattern can match packed parts.
pub(super) fn pattern_reads(pattern: &GraphPattern, quads: &Quads) -> bool {
    match pattern {
        GraphPattern::Bgp { patterns } => {
            patterns.iter().any(|triple| triple_reads(&triple.predicate, &triple.object, quads))
        }
        GraphPattern::Path { subject, path, object } => {
            path_reads(path, is_variable(subject) && is_variable(object), quads)
        }
        GraphPattern::Service { .. } => false,
        pattern => parts_of_pattern(pattern, |part| unless_it_reads(part, quads)).is_err(),
    }
}

/// A part of a query can match packed parts.
struct ReadsPacked;

fn unless_it_reads(part: QueryPart<'_>, quads: &Quads) -> Result<(), ReadsPacked> {
    let reads = match part {
        QueryPart::Pattern(pattern) => pattern_reads(pattern, quads),
        QueryPart::Expression(expression) => {
            parts_of_expression(expression, |part| unless_it_reads(part, quads)).is_err()
        }
    };
    if reads { Err(ReadsPacked) } else { Ok(()) }
}

fn triple_reads(predicate: &NamedNodePattern, object: &TermPattern, quads: &Quads) -> bool {
    let object = match object {
        // A value has many spellings, and the store compares values; so only classes and nodes are compared.
        TermPattern::NamedNode(node) => Some(TermRef::NamedNode(node.as_ref())),
        _ => None,
    };
    match predicate {
        // A variable also matches the triples that hold the packed parts.
        NamedNodePattern::Variable(_) => true,
        NamedNodePattern::NamedNode(predicate) => predicate_reads(predicate, object, quads),
    }
}

fn predicate_reads(predicate: &NamedNode, object: Option<TermRef<'_>>, quads: &Quads) -> bool {
    // The class of a part does not depend on the paper, but everything else may.
    let object = object.filter(|_| *predicate == rdf::TYPE);
    quads.can_be_packed(Some(predicate.as_ref()), object)
}

/// `is_open`: neither end of the path is given.
fn path_reads(path: &PropertyPathExpression, is_open: bool, quads: &Quads) -> bool {
    match path {
        PropertyPathExpression::NamedNode(predicate) => predicate_reads(predicate, None, quads),
        PropertyPathExpression::Reverse(path) | PropertyPathExpression::OneOrMore(path) => {
            path_reads(path, is_open, quads)
        }
        PropertyPathExpression::Sequence(a, b) | PropertyPathExpression::Alternative(a, b) => {
            path_reads(a, is_open, quads) || path_reads(b, is_open, quads)
        }
        // A path of length zero matches every node of the graph, and so every part.
        PropertyPathExpression::ZeroOrMore(path) | PropertyPathExpression::ZeroOrOne(path) => {
            is_open || path_reads(path, is_open, quads)
        }
        PropertyPathExpression::NegatedPropertySet(_) => true,
    }
}

fn is_variable(term: &TermPattern) -> bool {
    matches!(term, TermPattern::Variable(_) | TermPattern::BlankNode(_))
}
