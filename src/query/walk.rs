//! The parts of a parsed query one level below a pattern or an expression, for reading and for changing.

use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};

macro_rules! walk {
    ($part:ident, $in_pattern:ident, $in_expression:ident, $iter:ident, $($mutable:tt)?) => {
        /// A part of a pattern or of an expression.
        pub(super) enum $part<'q> {
            Pattern(&'q $($mutable)? GraphPattern),
            Expression(&'q $($mutable)? Expression),
        }

        /// Calls `f` with each part of a pattern, until it returns an error.
        pub(super) fn $in_pattern<E>(
            pattern: &$($mutable)? GraphPattern,
            mut f: impl FnMut($part<'_>) -> Result<(), E>,
        ) -> Result<(), E> {
            match pattern {
                GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => Ok(()),
                GraphPattern::Join { left, right }
                | GraphPattern::Lateral { left, right }
                | GraphPattern::Union { left, right }
                | GraphPattern::Minus { left, right } => {
                    f($part::Pattern(left))?;
                    f($part::Pattern(right))
                }
                GraphPattern::LeftJoin { left, right, expression } => {
                    f($part::Pattern(left))?;
                    f($part::Pattern(right))?;
                    expression.$iter().try_for_each(|expression| f($part::Expression(expression)))
                }
                GraphPattern::Filter { expr: expression, inner } | GraphPattern::Extend { inner, expression, .. } => {
                    f($part::Expression(expression))?;
                    f($part::Pattern(inner))
                }
                GraphPattern::OrderBy { inner, expression } => {
                    for order in expression.$iter() {
                        match order {
                            OrderExpression::Asc(expression) | OrderExpression::Desc(expression) => {
                                f($part::Expression(expression))?;
                            }
                        }
                    }
                    f($part::Pattern(inner))
                }
                GraphPattern::Group { inner, aggregates, .. } => {
                    for (_, aggregate) in aggregates.$iter() {
                        if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                            f($part::Expression(expr))?;
                        }
                    }
                    f($part::Pattern(inner))
                }
                GraphPattern::Graph { inner, .. }
                | GraphPattern::Service { inner, .. }
                | GraphPattern::Project { inner, .. }
                | GraphPattern::Distinct { inner }
                | GraphPattern::Reduced { inner }
                | GraphPattern::Slice { inner, .. } => f($part::Pattern(inner)),
            }
        }

        /// Calls `f` with each part of an expression, until it returns an error.
        pub(super) fn $in_expression<E>(
            expression: &$($mutable)? Expression,
            mut f: impl FnMut($part<'_>) -> Result<(), E>,
        ) -> Result<(), E> {
            match expression {
                Expression::Variable(_)
                | Expression::Bound(_)
                | Expression::NamedNode(_)
                | Expression::Literal(_) => Ok(()),
                Expression::Exists(pattern) => f($part::Pattern(pattern)),
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
                | Expression::Divide(a, b) => {
                    f($part::Expression(a))?;
                    f($part::Expression(b))
                }
                Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => f($part::Expression(a)),
                Expression::In(a, list) => {
                    f($part::Expression(a))?;
                    list.$iter().try_for_each(|expression| f($part::Expression(expression)))
                }
                Expression::If(a, b, c) => {
                    f($part::Expression(a))?;
                    f($part::Expression(b))?;
                    f($part::Expression(c))
                }
                Expression::Coalesce(list) | Expression::FunctionCall(_, list) => {
                    list.$iter().try_for_each(|expression| f($part::Expression(expression)))
                }
            }
        }
    };
}

walk!(QueryPart, parts_of_pattern, parts_of_expression, iter,);
walk!(QueryPartMut, parts_of_pattern_mut, parts_of_expression_mut, iter_mut, mut);
