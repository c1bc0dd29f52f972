//! The topics of the graph: its communities.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::html;

use super::data::{self, DataFormat, PageReply};
use super::{counted, link, page as whole_page, put_together, thousands};
use crate::answer::MIN_PAPERS;
use crate::serve::ServerApp;
use crate::serve::problem::HttpProblem;

pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let served = app.live.get();
    put_together(&app, move || {
        let base = served.graph.base();
        let found = served.topics()?;
        match face {
            DataFormat::Csv => return PageReply::csv(&found.sheet()),
            DataFormat::Json => return PageReply::json(found),
            DataFormat::Page | DataFormat::Atom => {}
        }
        Ok(PageReply::Page(whole_page("Communities", "", &html! {
            h1 { "Communities" }
            p {
                "Groups of papers that name the same things, found by the Leiden algorithm. Each is described by what its papers name more "
                "often than all papers do: the number of papers, and how many times more often."
            }
            p.count { (found.counts(MIN_PAPERS)) ", the largest first; modularity " (format!("{:.2}", found.modularity)) "." }
            @if found.topics.is_empty() { p { "The graph has too few papers for communities." } }
            ol.topics { @for topic in &found.topics { li {
                b { (counted(topic.papers as u64, "paper", "papers")) }
                @if let Some((first, last)) = topic.years { span.note { " of " (first) @if first != last { " to " (last) } } }
                p { @for (i, telling) in topic.telling.iter().enumerate() {
                    @if i > 0 { ", " } (link(base, &telling.node.id, &telling.node.name)) " "
                    span.note { "(" (thousands(telling.papers as u64)) ", " (format!("{:.1}", telling.lift)) "×)" }
                } }
            } } }
            (data::links("/communities", "", &data::ROWS))
        })))
    })
    .await
}
