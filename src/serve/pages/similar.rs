//! Nodes that are similar to a node, and why.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::html;

use super::data::{self, DataFormat, PageReply};
use super::papers::one_node;
use super::selection::AskedPapers;
use super::{clean, counted, link, page as whole_page, put_together, raw, thousands};
use crate::answer::SimilarNodes;
use crate::serve::ServerApp;
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::HttpProblem;

/// Number of nodes on the page.
const ROWS: usize = 50;

pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    let to = parameters.filled("to")?.map(str::to_string);
    let to = to.ok_or_else(|| HttpProblem::bad_request("similar to what? write ?to=NAME"))?;
    let asked = AskedPapers::of(&parameters)?;
    let served = app.live.get();
    put_together(&app, move || {
        let store = &served.graph;
        let base = store.base();
        let node = one_node(store, &to)?;
        let found = SimilarNodes::ask(store, &node, None, &asked.selection(store)?, ROWS)?;
        let found = found.ok_or_else(|| HttpProblem::bad_request("this kind of node is not compared with others"))?;
        match face {
            DataFormat::Csv => return PageReply::csv(&found.sheet()),
            DataFormat::Json => return PageReply::json(&found),
            DataFormat::Page | DataFormat::Atom => {}
        }
        let has_dates = found.similar.iter().any(|one| one.date.is_some());
        let title = format!("Similar to {}", node.label);
        let papers = asked.pairs();
        let mut pairs = vec![("to", to.as_str())];
        pairs.extend(papers.iter().map(|(name, value)| (*name, value.as_str())));
        let own = address("/similar", &pairs);
        Ok(PageReply::Page(whole_page(&title, "", &html! {
            h1 { "Similar to " (link(base, &node.id, &node.label)) }
            form.filter method="get" action="/similar" aria-label="Filters" {
                input type="hidden" name="to" value=(raw(&to));
                (asked.fields())
                button type="submit" { "Filter" }
            }
            p { "Nodes with the same neighbours. A rare neighbour counts more than a common one; 1 means the same neighbours." }
            p.count { (counted(found.candidates as u64, "node shares", "nodes share")) " a neighbour with it"
                @if found.similar.len() < found.candidates { "; these are the first " (found.similar.len()) } "." }
            div.scroll tabindex="0" role="region" aria-label="Similar nodes" {
                table.boards.stacked {
                    thead { tr {
                        th.number scope="col" { "Similarity" } th scope="col" { "Name" }
                        @if has_dates { th scope="col" { "Date" } }
                        th.number scope="col" { "Shared" } th scope="col" { "Because both have" }
                    } }
                    tbody { @for one in &found.similar { tr {
                        td.number data-label="Similarity" { (format!("{:.2}", one.score)) }
                        th scope="row" { span.clamp title=(clean(&one.node.name)) { (link(base, &one.node.id, &one.node.name)) } }
                        @if has_dates { td.day { (one.date.map(|date| date.to_string()).unwrap_or_default()) } }
                        td.number data-label="Shared" { (thousands(one.shared as u64)) }
                        td data-label="Because both have" { @for (i, because) in one.because.iter().enumerate() { @if i > 0 { ", " } (link(base, &because.id, &because.name)) } }
                    } } }
                }
            }
            (data::links("/similar", data::query_of(&own), &data::ROWS))
        })))
    })
    .await
}
