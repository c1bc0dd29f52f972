//! Decides whether the answer of a query can depend on packed parts of papers. If not, oxigraph's own dataset has
//! everything that the query reads, and answers faster (see [`Quads::dataset`]).

use oxigraph::model::{NamedNode, TermRef};
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TermPattern};

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
    let reads = |pattern: &GraphPattern| pattern_reads(pattern, quads);
    let asks = |expression: &Expression| expression_reads(expression, quads);
    match pattern {
        GraphPattern::Bgp { patterns } => {
            patterns.iter().any(|triple| triple_reads(&triple.predicate, &triple.object, quads))
        }
        GraphPattern::Path { subject, path, object } => {
            path_reads(path, is_variable(subject) && is_variable(object), quads)
        }
        GraphPattern::Join { left, right }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right } => reads(left) || reads(right),
        GraphPattern::LeftJoin { left, right, expression } => {
            reads(left) || reads(right) || expression.as_ref().is_some_and(asks)
        }
        GraphPattern::Filter { expr, inner } => asks(expr) || reads(inner),
        GraphPattern::Extend { inner, expression, .. } => asks(expression) || reads(inner),
        GraphPattern::OrderBy { inner, expression } => {
            let asks = |order: &OrderExpression| match order {
                OrderExpression::Asc(expression) | OrderExpression::Desc(expression) => asks(expression),
            };
            expression.iter().any(asks) || reads(inner)
        }
        GraphPattern::Group { inner, aggregates, .. } => {
            let asks = |(_, aggregate): &(_, AggregateExpression)| match aggregate {
                AggregateExpression::FunctionCall { expr, .. } => asks(expr),
                AggregateExpression::CountSolutions { .. } => false,
            };
            aggregates.iter().any(asks) || reads(inner)
        }
        GraphPattern::Graph { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => reads(inner),
        GraphPattern::Values { .. } | GraphPattern::Service { .. } => false,
    }
}

fn expression_reads(expression: &Expression, quads: &Quads) -> bool {
    let asks = |expression: &Expression| expression_reads(expression, quads);
    match expression {
        Expression::Exists(pattern) => pattern_reads(pattern, quads),
        Expression::Variable(_) | Expression::Bound(_) | Expression::NamedNode(_) | Expression::Literal(_) => false,
        Expression::Or(a, b)
        | Expression::And(a, b)
        | Expression::Equal(a, b)
        | Expression::SameTerm(a, b)
        | Expression::Greater(a, b)
        | Expression::GreaterOrEqual(a, b)
        | Expression::Less(a, b)
        | Expression::LessOrEqual(a, b)
        | Expression::Add(a, b)
        | Expression::Subtract(a, b)
        | Expression::Multiply(a, b)
        | Expression::Divide(a, b) => asks(a) || asks(b),
        Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => asks(a),
        Expression::In(a, list) => asks(a) || list.iter().any(asks),
        Expression::If(a, b, c) => asks(a) || asks(b) || asks(c),
        Expression::Coalesce(list) | Expression::FunctionCall(_, list) => list.iter().any(asks),
    }
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
