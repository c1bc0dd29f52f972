//! The result of a query as a table, its terms as links.

use maud::{Markup, html};
use oxigraph::model::Term;

use super::query::ShownResult;
use super::{clean, counted, outside};
use crate::ontology::{Base, xsd};
use crate::serve::address;

pub(super) fn of(shown: &ShownResult, base: &Base) -> Markup {
    match shown {
        ShownResult::Boolean(value) => html! { p.lead { @if *value { "Yes" } @else { "No" } } },
        ShownResult::Rows { rows, .. } if rows.is_empty() => html! { p { "The answer is empty." } },
        ShownResult::Rows { heading, rows, more } => html! {
            p.count {
                @if *more { "The first " (counted(rows.len() as u64, "row", "rows")) "; all are in the downloads." }
                @else { (counted(rows.len() as u64, "row", "rows")) "." }
            }
            div.scroll tabindex="0" role="region" aria-label="Result table" {
                table {
                    thead { tr { @for name in heading { th scope="col" { (name.replace('_', " ")) } } } }
                    tbody {
                        @for row in rows {
                            tr { @for term in row { (cell(term.as_ref(), base)) } }
                        }
                    }
                }
            }
        },
    }
}

fn cell(term: Option<&Term>, base: &Base) -> Markup {
    match term {
        None => html! { td {} },
        Some(Term::NamedNode(node)) => html! { td { (named(node.as_str(), base)) } },
        Some(Term::BlankNode(node)) => html! { td { (node.to_string()) } },
        Some(Term::Literal(literal)) if is_number(literal.datatype().as_str()) => {
            html! { td.number { (clean(literal.value())) } }
        }
        Some(Term::Literal(literal)) if is_day(literal.datatype().as_str()) => {
            html! { td.day { (clean(literal.value())) } }
        }
        Some(Term::Literal(literal)) => html! { td { (clean(literal.value())) } },
    }
}

/// An IRI with its prefix, as a link to the node.
pub(super) fn named(iri: &str, base: &Base) -> Markup {
    let short = base.shorten(iri);
    match address::path(base, iri) {
        Some(path) => html! { a href=(path) { (clean(&short)) } },
        None => outside(iri, &short),
    }
}

fn is_day(datatype: &str) -> bool {
    [xsd::DATE, xsd::G_YEAR, xsd::G_YEAR_MONTH].iter().any(|day| day.as_str() == datatype)
}

fn is_number(datatype: &str) -> bool {
    [xsd::INTEGER.as_str(), xsd::DECIMAL.as_str()].contains(&datatype)
        || datatype.ends_with("#double")
        || datatype.ends_with("#float")
}
