//! A node and its neighbours as a picture. The server draws one; the script adds one that can be moved and extended.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, PreEscaped, html};
use serde_json::{Value, json};

use super::data::{self, DataFormat, PageReply};
use super::papers::one_node;
use super::{badge, clean, counted, framed, link, page as whole_page, put_together, thousands};
use crate::answer::{Vicinity, VicinityNode};
use crate::export::dot::look;
use crate::export::picture::{narrow, wide};
use crate::graph::MinConfidence;
use crate::ontology::{Base, NodeKind};
use crate::serve::ServerApp;
use crate::serve::address as node_address;
use crate::serve::parameters::{MIN_CONFIDENCE, Parameters, address};
use crate::serve::problem::HttpProblem;
use crate::store::NodeRef;

/// Number of papers, and of other nodes, in the picture on the page of a node.
const IN_PAGE: usize = 6;
/// Number of papers, and of other nodes, on the page of the picture.
const SHOWN: usize = 12;

/// The address of the page with the picture around a node.
pub(crate) fn picture_address(node: &str, least: Option<MinConfidence>) -> String {
    let least = least.map(|least| least.to_string());
    let least = least.as_deref().map(|least| (MIN_CONFIDENCE, least));
    address("/graph", &[("around", node)].into_iter().chain(least).collect::<Vec<_>>())
}

/// The picture in the page of a node; nothing if it has no neighbours.
pub(crate) fn section(
    base: &Base,
    node: &NodeRef,
    groups: &[crate::answer::NeighborGroup],
    least: Option<MinConfidence>,
) -> Markup {
    let vicinity = Vicinity::of(node, groups, IN_PAGE);
    html! {
        @if !vicinity.neighbors.is_empty() {
            section aria-labelledby="picture" {
                h2 #picture { "Neighbourhood" }
                (drawn(&vicinity, base))
                p.more { a href=(picture_address(&node.id, least)) { "Larger picture, which can be zoomed and extended" } }
            }
        }
    }
}

fn drawn(vicinity: &Vicinity, base: &Base) -> Markup {
    let address = |id: &str| node_address::path(base, base.node(id).as_str()).unwrap_or_default();
    html! { figure.picture { (PreEscaped(wide(vicinity, &address))) (PreEscaped(narrow(vicinity, &address))) } }
}

pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    let around = parameters.filled("around")?.map(str::to_string);
    let least = parameters.min_confidence()?;
    let served = app.live.get();
    put_together(&app, move || {
        let store = &served.graph;
        let base = store.base();
        let Some(around) = around else {
            if face != DataFormat::Page {
                return Err(HttpProblem::bad_request("the parameter `around` names the centre of the picture"));
            }
            return Ok(PageReply::Page(whole_page("Graph", "", &html! { h1 { "Graph" } (form("")) })));
        };
        let node = one_node(store, &around)?;
        let found = Vicinity::ask(store, &node, SHOWN, least)?;
        match face {
            DataFormat::Csv => return PageReply::csv(&found.sheet()),
            DataFormat::Json => return PageReply::json(&with_paths(&found, base)),
            DataFormat::Page | DataFormat::Atom => {}
        }
        let own = picture_address(&node.id, least);
        let head = html! { script src="/cytoscape.js" defer {} script src="/graph.js" defer {} };
        Ok(PageReply::Page(framed(
            &format!("Graph around {}", node.label),
            "",
            &head,
            &html! {
                p.path { (badge(node.kind)) " " code { (node.id) } }
                h1 { "Graph around " (link(base, &node.id, &node.label)) }
                (form(&node.label))
                div #graph data-around=(node.id) data-confidence=[least.map(|least| least.to_string())] data-looks=(looks()) { (drawn(&found, base)) }
                @if found.left_out > 0 { p.note {
                    "From each group of neighbours the first. " (thousands(found.left_out as u64)) " more are on the "
                    (link(base, &node.id, "page of the node")) "."
                } }
                @if let Some(least) = least { p.note { "Links with a confidence below " (least) " are left out." } }
                (list(&found, base, least))
                (data::links("/graph", data::query_of(&own), &data::ROWS))
            },
        )))
    })
    .await
}

fn form(value: &str) -> Markup {
    html! {
        form.filter method="get" action="/graph" aria-label="Centre" {
            div.field {
                label for="around" { "Centre" }
                input #around name="around" value=(super::raw(value)) placeholder="name, title or id" autocomplete="off" data-suggest="";
            }
            button type="submit" { "Show" }
        }
    }
}

/// The neighbours as text, each with a link to its own picture.
fn list(found: &Vicinity, base: &Base, least: Option<MinConfidence>) -> Markup {
    html! {
        section aria-labelledby="list" {
            h2 #list { "Neighbours in the picture" }
            ul.plain #neighbors { @for VicinityNode { node, papers, date, .. } in &found.neighbors { li {
                (link(base, &node.id, &node.name)) " " (badge(node.kind))
                @if let Some(date) = date { " " span.note { (date) } }
                @if *papers > 0 { " " span.note { (counted(*papers as u64, "paper", "papers")) } }
                " " a.grow href=(picture_address(&node.id, least)) data-node=(node.id) { "picture around it" span.hidden { ": " (clean(&node.name)) } }
            } } }
        }
    }
}

/// The answer, with the address of each node's page and the name for people.
fn with_paths(found: &Vicinity, base: &Base) -> Value {
    let path = |id: &str| node_address::path(base, base.node(id).as_str()).unwrap_or_default();
    let mut value = json!(found);
    for node in value["neighbors"].as_array_mut().into_iter().flatten() {
        node["path"] = path(node["id"].as_str().unwrap_or_default()).into();
        node["label"] = clean(node["name"].as_str().unwrap_or_default()).into();
    }
    value["node"]["path"] = path(&found.node.id).into();
    value["node"]["label"] = clean(&found.node.name).into();
    value
}

/// The colours and shapes of kinds, for the script.
fn looks() -> String {
    let of = |kind: NodeKind| {
        let look = look(kind);
        (kind.as_str().to_string(), json!({"fill": look.fill, "ink": look.ink}))
    };
    Value::Object(NodeKind::ALL.into_iter().map(of).collect()).to_string()
}
