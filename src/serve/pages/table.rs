//! The result of a query as a table, its terms as links.

use maud::{Markup, html};
use oxigraph::model::Term;

use super::query::ShownResult;
use super::{clean, counted, link, outside, repository_link};
use crate::ontology::{Base, xsd};
use crate::serve::address;

/// How a table shows the column of a node whose name is in another column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeColumnDisplay {
    /// As a column with the node's id.
    Shown,
    /// Only as the address of the link that its name becomes. Shipped queries name their columns so that this works.
    InText,
}

/// Columns with a name or title, and the columns that may have its node. The first one is taken.
const NAMED: [(&str, &[&str]); 3] = [
    ("title", &["paper"]),
    ("name", &["dataset", "model", "task", "software", "metric", "entity", "other"]),
    ("compared_with", &["other"]),
];
/// Columns with addresses of repositories.
const REPOSITORIES: [&str; 3] = ["code", "repository", "address"];

pub(super) fn of(shown: &ShownResult, base: &Base, nodes: NodeColumnDisplay) -> Markup {
    match shown {
        ShownResult::Boolean(value) => html! { p.lead { @if *value { "Yes" } @else { "No" } } },
        ShownResult::Rows { rows, .. } if rows.is_empty() => html! { p { "The answer is empty." } },
        ShownResult::Rows { heading, rows, more } => {
            let columns = columns(heading, rows, nodes);
            html! {
                p.count {
                    @if *more { "The first " (counted(rows.len() as u64, "row", "rows")) "; all are in the downloads." }
                    @else { (counted(rows.len() as u64, "row", "rows")) "." }
                }
                div.scroll tabindex="0" role="region" aria-label="Result table" {
                    table.answer.stacked {
                        thead { tr { @for column in &columns { th scope="col" { (column.heading) } } } }
                        tbody {
                            @for row in rows {
                                tr { @for column in &columns { (cell(column, row, base)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A column of the table.
struct ResultColumn {
    heading: String,
    /// Its position in a row.
    position: usize,
    /// The position of the node that its text names.
    node: Option<usize>,
    has_repositories: bool,
}

fn columns(heading: &[String], rows: &[Vec<Option<Term>>], nodes: NodeColumnDisplay) -> Vec<ResultColumn> {
    let has_nodes = |at: usize| rows.iter().any(|row| matches!(row.get(at), Some(Some(Term::NamedNode(_)))));
    let place = |name: &str| heading.iter().position(|known| known == name).filter(|at| has_nodes(*at));
    let node_of = |name: &str| {
        let (_, of) = NAMED.iter().find(|(named, _)| *named == name)?;
        of.iter().find_map(|node| place(node))
    };
    let in_text: Vec<usize> = match nodes {
        NodeColumnDisplay::InText => heading.iter().filter_map(|name| node_of(name)).collect(),
        NodeColumnDisplay::Shown => Vec::new(),
    };
    let shown = heading.iter().enumerate().filter(|(at, _)| !in_text.contains(at));
    let column = |(at, name): (usize, &String)| ResultColumn {
        heading: name.replace('_', " "),
        position: at,
        node: node_of(name),
        has_repositories: REPOSITORIES.contains(&name.as_str()),
    };
    shown.map(column).collect()
}

fn cell(column: &ResultColumn, row: &[Option<Term>], base: &Base) -> Markup {
    let of = |at: usize| row.get(at).and_then(Option::as_ref);
    let node = column.node.and_then(of).and_then(|term| match term {
        Term::NamedNode(node) => base.id(node.as_str()),
        _ => None,
    });
    let label = column.heading.as_str();
    match (of(column.position), node) {
        (None, _) => html! { td {} },
        (Some(Term::NamedNode(node)), _) => html! { td data-label=(label) { (named(node.as_str(), base)) } },
        (Some(Term::BlankNode(node)), _) => html! { td data-label=(label) { (node.to_string()) } },
        (Some(Term::Literal(literal)), _) if is_number(literal.datatype().as_str()) => {
            html! { td.number data-label=(label) { (clean(literal.value())) } }
        }
        (Some(Term::Literal(literal)), _) if is_day(literal.datatype().as_str()) => {
            html! { td.day data-label=(label) { (clean(literal.value())) } }
        }
        (Some(Term::Literal(literal)), Some(id)) => {
            html! { td.title data-label=(label) { (link(base, id, literal.value())) } }
        }
        (Some(Term::Literal(literal)), None) if column.has_repositories => {
            html! { td.code data-label=[(!literal.value().is_empty()).then_some(label)] { (repositories(literal.value(), base)) } }
        }
        (Some(Term::Literal(literal)), None) => html! { td data-label=(label) { (clean(literal.value())) } },
    }
}

/// Addresses, separated by spaces, with links to those that are written as the graph writes those of repositories.
fn repositories(addresses: &str, base: &Base) -> Markup {
    html! {
        @for (i, address) in addresses.split_whitespace().enumerate() {
            @if i > 0 { br; }
            @if address.contains('/') && !address.contains(':') { (repository_link(base, address)) } @else { (clean(address)) }
        }
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

#[cfg(test)]
mod tests {
    use oxigraph::model::{Literal, NamedNode};

    use super::*;

    #[test]
    fn a_title_and_an_address_lead_to_their_nodes() {
        let base = Base::default();
        let paper = NamedNode::new_unchecked(base.node("paper/one").as_str());
        let text = |text: &str| Some(Term::from(Literal::new_simple_literal(text)));
        let shown = ShownResult::Rows {
            heading: ["title", "code", "paper"].map(str::to_string).to_vec(),
            rows: vec![vec![text("The One"), text("github.com/One/one <b>"), Some(paper.into())]],
            more: false,
        };
        let html = of(&shown, &base, NodeColumnDisplay::InText).into_string();
        for says in ["<a href=\"/paper/one\">The One</a>", "href=\"/repository/github.com/one/one\"", "&lt;b&gt;"] {
            assert!(html.contains(says), "{says} in {html}");
        }
        assert!(!html.contains("paper:one"), "{html}");
        let html = of(&shown, &base, NodeColumnDisplay::Shown).into_string();
        assert!(html.contains(">paper:one</a>"), "a query of the user has the columns that it asks for: {html}");
    }
}
