//! Data for programs other than browsers: feeds of new papers, a description of the search, `robots.txt`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{PreEscaped, html};

use super::clean;
use super::data::PageReply;
use crate::answer::ListedPaperAnswer;
use crate::extract::Field;
use crate::paper::PartialDate;
use crate::serve::ServerApp;
use crate::serve::problem::HttpProblem;
use crate::serve::reload::ServedGeneration;
use crate::serve::site::SiteAddress;

/// Number of papers in a feed.
pub(crate) const ENTRIES: usize = 50;

/// An Atom feed (RFC 4287) of papers. `page` is the path of the page with the same papers.
///
/// # Errors
/// If the graph cannot be read.
pub(crate) fn of(
    served: &ServedGeneration,
    site: &SiteAddress,
    title: &str,
    page: &str,
    papers: &[ListedPaperAnswer],
) -> Result<PageReply, HttpProblem> {
    let store = &served.graph;
    let base = store.base();
    let published = store.published().and_then(|time| Timestamp::try_from(time).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut entries = Vec::new();
    for paper in papers {
        let iri = base.node(&paper.id);
        let path = crate::serve::address::path(base, iri.as_str()).unwrap_or_default();
        let text = store.text(&iri, Field::Abstract)?.unwrap_or_default();
        entries.push(html! {
            entry {
                id { (iri.as_str()) }
                title { (clean(&paper.title)) }
                updated { (moment(paper.date, published)) }
                link rel="alternate" type="text/html" href=(site.address(&path)) {}
                @if let Some(url) = &paper.url { link rel="related" href=(url) {} }
                @if !text.is_empty() { summary { (clean(&text)) } }
            }
        });
    }
    let (path, query) = page.split_once('?').map_or((page, String::new()), |(path, query)| (path, format!("?{query}")));
    let feed = html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"))
        feed xmlns="http://www.w3.org/2005/Atom" {
            id { (site.address(page)) }
            title { (clean(title)) }
            updated { (published) }
            author { name { "papergraph" } }
            link rel="alternate" type="text/html" href=(site.address(page)) {}
            link rel="self" type="application/atom+xml" href=(site.address(&format!("{path}.atom{query}"))) {}
            @for entry in &entries { (entry) }
        }
    };
    Ok(PageReply::Data { media: "application/atom+xml", body: feed.into_string().into_bytes() })
}

/// The date of a paper as the beginning of its day, month or year; the time of the build for a paper without a date.
fn moment(date: Option<PartialDate>, published: Timestamp) -> String {
    match date {
        Some(date) => {
            format!("{:04}-{:02}-{:02}T00:00:00Z", date.year(), date.month().unwrap_or(1), date.day().unwrap_or(1))
        }
        None => published.to_string(),
    }
}

/// Lets a browser's address bar search the graph (OpenSearch 1.1).
pub(crate) async fn opensearch(State(app): State<Arc<ServerApp>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let site = SiteAddress::of(&app, &parts);
    let template = site.address("/search?q={searchTerms}");
    let suggestions = site.address("/suggest?q={searchTerms}");
    let description = html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"))
        OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/" {
            ShortName { "papergraph" }
            Description { "Papers, datasets, models, methods and tasks of this graph" }
            InputEncoding { "UTF-8" }
            Image height="16" width="16" type="image/svg+xml" { (site.address("/icon.svg")) }
            Url type="text/html" template=(template) {}
            Url type="application/x-suggestions+json" template=(suggestions) {}
        }
    };
    let media = "application/opensearchdescription+xml";
    ([(CONTENT_TYPE, media), (CACHE_CONTROL, "max-age=3600")], description.into_string()).into_response()
}

/// Search engines may read pages, but may not run queries or endless combinations of parameters.
pub(crate) async fn robots(State(app): State<Arc<ServerApp>>) -> Response {
    let paths = [
        "/sparql",
        "/graphs",
        "/queries/",
        "/search",
        "/suggest",
        "/compare",
        "/path",
        "/similar",
        "/papers?",
        "/leaderboard?",
    ];
    let mut text = String::from("User-agent: *\n");
    for path in paths {
        text.push_str(&format!("Disallow: {}{path}\n", app.base_path));
    }
    ([(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "max-age=3600")], text).into_response()
}
