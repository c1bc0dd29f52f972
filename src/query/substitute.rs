//! Replaces a variable by a term everywhere in a parsed query.
//!
//! This is done on the algebra, after parsing. A parameter's value is never part of the query's text, so no value can
//! change what the query does. (Oxigraph's own `substitute_variable` reaches only variables that the outermost SELECT
//! returns. It also hides the value from the optimizer, which then scans instead of looking up.)

use oxigraph::model::{Term, Variable};
use spargebra::Query;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};

use super::walk::{QueryPartMut, parts_of_expression_mut, parts_of_pattern_mut};

/// Replaces the variable. `Err` names the position of the variable in the query in which no value is allowed.
pub(super) fn substitute(query: &mut Query, variable: &Variable, term: &Term) -> Result<(), &'static str> {
    let substitution = ParameterSubstitution { variable, term };
    match query {
        Query::Select { pattern, .. } | Query::Describe { pattern, .. } | Query::Ask { pattern, .. } => {
            substitution.pattern(pattern)
        }
        Query::Construct { template, pattern, .. } => {
            template.iter_mut().try_for_each(|triple| substitution.triple(triple))?;
            substitution.pattern(pattern)
        }
    }
}

struct ParameterSubstitution<'a> {
    variable: &'a Variable,
    term: &'a Term,
}

type SubstitutionResult = Result<(), &'static str>;

impl ParameterSubstitution<'_> {
    fn pattern(&self, pattern: &mut GraphPattern) -> SubstitutionResult {
        match pattern {
            GraphPattern::Bgp { patterns } => patterns.iter_mut().try_for_each(|triple| self.triple(triple))?,
            GraphPattern::Path { subject, object, .. } => {
                self.subject(subject)?;
                self.object(object)?;
            }
            GraphPattern::Graph { name, .. } | GraphPattern::Service { name, .. } => {
                self.name(name, "as a graph or service")?;
            }
            GraphPattern::Extend { variable, .. } => self.free(variable, "in `AS` or `BIND`")?,
            GraphPattern::Values { variables, .. } => self.all_free(variables, "in `VALUES`")?,
            _ => {}
        }
        parts_of_pattern_mut(pattern, |part| self.part(part))?;
        if let GraphPattern::Project { inner, variables } | GraphPattern::Group { inner, variables, .. } = pattern {
            self.keep_column(variables, inner);
        }
        Ok(())
    }

    fn part(&self, part: QueryPartMut<'_>) -> SubstitutionResult {
        match part {
            QueryPartMut::Pattern(pattern) => self.pattern(pattern),
            QueryPartMut::Expression(expression) => self.expression(expression),
        }
    }

    /// Keeps the column of a variable that is returned or grouped by; the column then holds the value. (`SELECT *`,
    /// ASK and CONSTRUCT return every variable of their pattern.)
    fn keep_column(&self, variables: &[Variable], inner: &mut GraphPattern) {
        if variables.contains(self.variable) {
            let expression = match self.term {
                Term::NamedNode(node) => Expression::NamedNode(node.clone()),
                Term::Literal(literal) => Expression::Literal(literal.clone()),
                Term::BlankNode(_) => return,
            };
            let pattern = std::mem::take(inner);
            *inner = GraphPattern::Extend { inner: Box::new(pattern), variable: self.variable.clone(), expression };
        }
    }

    fn expression(&self, expression: &mut Expression) -> SubstitutionResult {
        match expression {
            Expression::Variable(variable) => {
                if variable == self.variable {
                    *expression = match self.term {
                        Term::NamedNode(node) => Expression::NamedNode(node.clone()),
                        Term::Literal(literal) => Expression::Literal(literal.clone()),
                        Term::BlankNode(_) => return Err("as a value"),
                    };
                }
                Ok(())
            }
            Expression::Bound(variable) => {
                if variable == self.variable {
                    *expression = Expression::Literal(true.into());
                }
                Ok(())
            }
            expression => parts_of_expression_mut(expression, |part| self.part(part)),
        }
    }

    fn triple(&self, triple: &mut TriplePattern) -> SubstitutionResult {
        self.subject(&mut triple.subject)?;
        self.name(&mut triple.predicate, "as a predicate")?;
        self.object(&mut triple.object)
    }

    fn subject(&self, pattern: &mut TermPattern) -> SubstitutionResult {
        if self.is(pattern) && !matches!(self.term, Term::NamedNode(_)) {
            return Err("as a subject");
        }
        self.object(pattern)
    }

    fn object(&self, pattern: &mut TermPattern) -> SubstitutionResult {
        if self.is(pattern) {
            *pattern = self.term.clone().into();
        }
        Ok(())
    }

    fn is(&self, pattern: &TermPattern) -> bool {
        matches!(pattern, TermPattern::Variable(v) if v == self.variable)
    }

    fn name(&self, name: &mut NamedNodePattern, place: &'static str) -> SubstitutionResult {
        if matches!(name, NamedNodePattern::Variable(v) if v == self.variable) {
            let Term::NamedNode(node) = self.term else { return Err(place) };
            *name = NamedNodePattern::NamedNode(node.clone());
        }
        Ok(())
    }

    fn free(&self, variable: &Variable, place: &'static str) -> SubstitutionResult {
        if variable == self.variable { Err(place) } else { Ok(()) }
    }

    fn all_free(&self, variables: &[Variable], place: &'static str) -> SubstitutionResult {
        variables.iter().try_for_each(|v| self.free(v, place))
    }
}

#[cfg(test)]
mod tests {
    use oxigraph::model::{Literal, NamedNode};
    use spargebra::SparqlParser;

    use super::*;

    fn replaced(query: &str, term: impl Into<Term>) -> Result<String, &'static str> {
        let mut query = SparqlParser::new().parse_query(query).unwrap();
        substitute(&mut query, &Variable::new_unchecked("p"), &term.into())?;
        Ok(query.to_string())
    }

    #[test]
    fn a_variable_is_replaced_at_every_depth() {
        let query = "SELECT ?s WHERE { \
            ?s <urn:a> $p . OPTIONAL { ?s <urn:b>+ $p } FILTER(?s != $p && EXISTS { $p <urn:c> ?s }) \
            { SELECT ?s (COUNT(*) AS ?n) WHERE { { $p <urn:d> ?s } UNION { ?s <urn:e> $p } MINUS { $p <urn:f> ?s } } \
              GROUP BY ?s HAVING (COUNT($p) > 1) } } ORDER BY ($p)";
        let out = replaced(query, NamedNode::new_unchecked("urn:x")).unwrap();
        assert!(!out.contains("?p") && !out.contains("$p"), "{out}");
        assert_eq!(out.matches("<urn:x>").count(), 9, "{out}");
    }

    #[test]
    fn a_value_stays_a_value() {
        let evil = "\" } DROP ALL { \" # \\";
        let out = replaced("SELECT ?s WHERE { ?s <urn:a> ?o FILTER(STR(?o) = $p) }", Literal::from(evil)).unwrap();
        let again = SparqlParser::new().parse_query(&out).unwrap();
        assert_eq!(again.to_string(), out);
    }

    #[test]
    fn a_variable_that_is_returned_shows_its_value() {
        let out =
            replaced("SELECT ?p (COUNT(*) AS ?n) WHERE { ?s <urn:a> ?p } GROUP BY ?p", Literal::from("x")).unwrap();
        assert!(out.contains("?s <urn:a> \"x\"") && out.contains("BIND(\"x\" AS ?p)"), "{out}");
        assert!(replaced("ASK { ?s <urn:a> $p }", Literal::from("x")).is_ok());
    }

    #[test]
    fn places_that_no_value_can_take_are_named() {
        let literal = Literal::from("x");
        assert_eq!(replaced("SELECT ?s WHERE { ?p <urn:a> ?s }", literal.clone()), Err("as a subject"));
        assert_eq!(replaced("SELECT ?s WHERE { ?s ?p ?o }", literal.clone()), Err("as a predicate"));
        assert_eq!(replaced("ASK { BIND(1 AS ?p) }", literal.clone()), Err("in `AS` or `BIND`"));
        assert_eq!(replaced("ASK { VALUES ?p { 1 } }", literal), Err("in `VALUES`"));
    }
}
