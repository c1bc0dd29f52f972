//! The works that papers cite most and that the graph does not have.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::data::{self, DataFormat, PageReply};
use super::{clean, counted, link, node, outside, page as whole_page, put_together, thousands};
use crate::answer::CitedWork;
use crate::ontology::Base;
use crate::serve::ServerApp;
use crate::serve::problem::HttpProblem;

pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let served = app.live.get();
    put_together(&app, move || {
        let found = served.missing()?;
        match face {
            DataFormat::Csv => return PageReply::csv(&found.sheet()),
            DataFormat::Json => return PageReply::json(found),
            DataFormat::Page | DataFormat::Atom => {}
        }
        let base = served.graph.base();
        Ok(PageReply::Page(whole_page("Missing papers", "", &html! {
            h1 { "Works that these papers cite and the graph does not have" }
            @if found.works.is_empty() { p { "No source of this graph has references to works that the graph lacks." } }
            @else {
                p.count { (counted(found.total as u64, "work", "works")) ", those that most papers cite first." }
                ol.hits { @for work in &found.works { li { (entry(work, base)) } } }
                @if found.total > found.works.len() { p.note {
                    (thousands((found.total - found.works.len()) as u64)) " more: " code { "kg missing --limit 0" } " lists all."
                } }
            }
            (data::links("/missing", "", &data::ROWS))
        })))
    })
    .await
}

fn entry(work: &CitedWork, base: &Base) -> Markup {
    let about = [work.author.clone(), work.year.map(|year| year.to_string())];
    let about = about.into_iter().flatten().collect::<Vec<_>>().join(", ");
    html! {
        (link(base, &work.id, &work.title)) " "
        span.note { (counted(work.cited_by as u64, "paper cites it", "papers cite it")) }
        p.snippet {
            @if !about.is_empty() { (clean(&about)) }
            @if let Some(doi) = &work.doi { @if !about.is_empty() { ", " } (outside(&format!("https://doi.org/{doi}"), doi)) }
            @else if let Some(url) = &work.url { @if !about.is_empty() { ", " } (outside(url, url)) }
            @if !work.papers.is_empty() {
                @if !about.is_empty() || work.doi.is_some() || work.url.is_some() { "; " }
                "cited by " @for (i, paper) in work.papers.iter().enumerate() { @if i > 0 { ", " } (link(base, &paper.id, &paper.name)) }
                @if work.cited_by > work.papers.len() { " and " (thousands((work.cited_by - work.papers.len()) as u64)) " more" }
            }
        }
        @if let Some(sentence) = &work.evidence { (node::quoted(&sentence.evidence.quote)) }
    }
}
