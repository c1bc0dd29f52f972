//! `a|b` in property paths as SPARQL 1.1 defines it (section 18.4: the union of both, duplicates kept).
//!
//! Oxigraph returns each pair of nodes once, so COUNT and SUM over such a path are too small. Alternatives in a parsed
//! query are therefore rewritten as unions before evaluation. Paths under `*`, `+` and `?` are left as they are,
//! because the standard returns each of their pairs once.

use std::convert::Infallible;

use spargebra::Query;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{BlankNode, NamedNodePattern, TermPattern, TriplePattern};

use super::walk::{QueryPartMut, parts_of_expression_mut, parts_of_pattern_mut};

/// Rewrites every path with alternatives in the query.
pub(super) fn rewrite(query: &mut Query) {
    match query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => rewrite_pattern(pattern),
    }
}

fn rewrite_pattern(pattern: &mut GraphPattern) {
    match pattern {
        GraphPattern::Path { subject, path, object } if has_alternatives(path) => {
            *pattern = union(subject.clone(), path.clone(), object.clone());
        }
        // SERVICE is left alone, because another endpoint evaluates it.
        GraphPattern::Service { .. } => {}
        pattern => {
            let _ = parts_of_pattern_mut(pattern, |part| {
                rewrite_part(part);
                Ok::<_, Infallible>(())
            });
        }
    }
}

fn rewrite_part(part: QueryPartMut<'_>) {
    match part {
        QueryPartMut::Pattern(pattern) => rewrite_pattern(pattern),
        QueryPartMut::Expression(expression) => {
            let _ = parts_of_expression_mut(expression, |part| {
                rewrite_part(part);
                Ok::<_, Infallible>(())
            });
        }
    }
}

/// Whether a path has alternatives whose duplicates count.
fn has_alternatives(path: &PropertyPathExpression) -> bool {
    match path {
        PropertyPathExpression::Alternative(..) => true,
        PropertyPathExpression::Sequence(a, b) => has_alternatives(a) || has_alternatives(b),
        PropertyPathExpression::Reverse(path) => has_alternatives(path),
        _ => false,
    }
}

fn union(subject: TermPattern, path: PropertyPathExpression, object: TermPattern) -> GraphPattern {
    match path {
        PropertyPathExpression::NamedNode(predicate) => {
            let predicate = NamedNodePattern::NamedNode(predicate);
            GraphPattern::Bgp { patterns: vec![TriplePattern { subject, predicate, object }] }
        }
        PropertyPathExpression::Reverse(path) => union(object, *path, subject),
        PropertyPathExpression::Alternative(a, b) => GraphPattern::Union {
            left: Box::new(union(subject.clone(), *a, object.clone())),
            right: Box::new(union(subject, *b, object)),
        },
        PropertyPathExpression::Sequence(a, b) => {
            let between = TermPattern::from(BlankNode::default());
            GraphPattern::Join {
                left: Box::new(union(subject, *a, between.clone())),
                right: Box::new(union(between, *b, object)),
            }
        }
        path => GraphPattern::Path { subject, path, object },
    }
}
