//! Connections between two nodes: the shortest paths.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::data::{self, DataFormat, PageReply};
use super::papers::one_node;
use super::{badge, link, page as whole_page, put_together, raw};
use crate::answer::{Direction, NodePath, ShortestPaths};
use crate::ontology::Base;
use crate::serve::ServerApp;
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::HttpProblem;

/// Number of paths on the page, and maximum number of steps of a path.
const PATHS: usize = 5;
const STEPS: u8 = 6;

pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    let from = parameters.filled("from")?.unwrap_or_default().to_string();
    let to = parameters.filled("to")?.unwrap_or_default().to_string();
    let served = app.live.get();
    put_together(&app, move || {
        let store = &served.graph;
        let base = store.base();
        let ends = match from.is_empty() || to.is_empty() {
            true => None,
            false => Some((one_node(store, &from)?, one_node(store, &to)?)),
        };
        let found = ends.as_ref().map(|(a, b)| ShortestPaths::ask(store, a, b, STEPS, PATHS)).transpose()?;
        match (face, &found) {
            (DataFormat::Csv, Some(found)) => return PageReply::csv(&found.sheet()),
            (DataFormat::Json, Some(found)) => return PageReply::json(found),
            (DataFormat::Csv | DataFormat::Json, None) => {
                return Err(HttpProblem::bad_request("a path has two ends").help("write ?from=NAME&to=NAME"));
            }
            (DataFormat::Page | DataFormat::Atom, _) => {}
        }
        Ok(PageReply::Page(whole_page("Paths between two nodes", "", &html! {
            h1 { "Paths between two nodes" }
            form.filter method="get" action="/path" aria-label="Ends" {
                @for (name, words, value) in [("from", "From", &from), ("to", "To", &to)] {
                    div.field {
                        label for={ "end-" (name) } { (words) }
                        input id={ "end-" (name) } name=(name) value=(raw(value)) placeholder="name, title or id" autocomplete="off"
                            spellcheck="false" data-suggest="";
                    }
                }
                button type="submit" { "Show" }
            }
            @if let Some(found) = &found {
                @if found.paths.is_empty() { p { "There is no path of at most " (STEPS) " steps." } }
                @for (n, path) in (1..).zip(&found.paths) { (one(n, path, base)) }
                @for note in &found.notes { p.note { (note) } }
                (data::links("/path", data::query_of(&address("/path", &[("from", &from), ("to", &to)])), &data::ROWS))
            } @else {
                p { "The shortest paths and the next longer ones, each step with its relation. Of two that are equally long, the one "
                    "with the stronger relations and the rarer nodes comes first." }
            }
        })))
    })
    .await
}

fn one(number: usize, path: &NodePath, base: &Base) -> Markup {
    html! {
        section {
            h2 { "Path " (number) " " span.count { "(" (path.length) @if path.length == 1 { " step)" } @else { " steps)" } } }
            ol.steps {
                li { (link(base, &path.start.id, &path.start.label)) " " (badge(path.start.kind)) }
                @for step in &path.steps { li {
                    span.note { @if step.direction == Direction::In { (step.relation.words_back()) } @else { (step.relation.words()) } " " }
                    (link(base, &step.id, &step.name)) " " (badge(step.node.kind))
                } }
            }
        }
    }
}
