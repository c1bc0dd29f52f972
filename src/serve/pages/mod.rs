//! Pages for people. The server renders them completely; a small script only adds convenience.

pub(super) mod boards;
pub(super) mod compare;
pub(super) mod data;
pub(super) mod entity;
pub(super) mod feed;
pub(super) mod gone;
pub(super) mod graph;
pub(super) mod hardware;
pub(super) mod missing;
pub(super) mod named;
pub(super) mod node;
pub(super) mod paper;
pub(super) mod papers;
pub(super) mod path;
pub(super) mod picture;
pub(super) mod problem;
pub(super) mod query;
pub(super) mod search;
mod selection;
pub(super) mod similar;
pub(super) mod start;
pub(super) mod stats;
mod table;
pub(super) mod topics;
pub(super) mod trending;
pub(super) mod trends;

use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, VARY};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, PreEscaped, html};

use super::negotiation::{FormatOffer, preferred_offer};
use super::problem::HttpProblem;
use super::{ServerApp, off_the_loop};
use crate::answer::LinkCheck;
use crate::export::chart::ChartFrame;
use crate::export::html::{self, outside};
use crate::graph::PaperCount;
use crate::ontology::{Base, NodeKind};
use crate::text::{readable, thousands};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script/site.js");
const GRAPH_SCRIPT: &str = include_str!("script/graph.js");
/// Cytoscape.js 3.35.0, MIT licence, as in its npm package. The licence is at its beginning.
const CYTOSCAPE: &str = include_str!("script/cytoscape.min.js");
const ICON: &str = include_str!("icon.svg");

/// The routes of pages that are not nodes of the graph.
pub(super) fn routes() -> Router<Arc<ServerApp>> {
    let mut router = Router::new();
    for ending in ["", ".json", ".csv"] {
        router = router
            .route(&format!("/leaderboards{ending}"), get(boards::list))
            .route(&format!("/leaderboard{ending}"), get(boards::one))
            .route(&format!("/papers{ending}"), get(papers::list))
            .route(&format!("/similar{ending}"), get(similar::page))
            .route(&format!("/compare{ending}"), get(compare::page))
            .route(&format!("/path{ending}"), get(path::page))
            .route(&format!("/trending{ending}"), get(trending::page))
            .route(&format!("/communities{ending}"), get(topics::page))
            .route(&format!("/code{ending}"), get(gone::page))
            .route(&format!("/stats{ending}"), get(stats::page))
            .route(&format!("/graph{ending}"), get(picture::page))
            .route(&format!("/trends{ending}"), get(trends::page))
            .route(&format!("/hardware{ending}"), get(hardware::page))
            .route(&format!("/missing{ending}"), get(missing::page));
    }
    router
        .route("/papers.atom", get(papers::list))
        .route("/queries.json", get(named::list))
        .route("/queries.csv", get(named::list))
        .route("/search.json", get(search::page))
        .route("/search.csv", get(search::page))
        .route("/search.atom", get(search::page))
        .route("/suggest", get(search::suggest))
        .route("/site.js", get(script))
        .route("/graph.js", get(graph_script))
        .route("/cytoscape.js", get(cytoscape))
        .route("/robots.txt", get(feed::robots))
        .route("/opensearch.xml", get(feed::opensearch))
}

/// The [`routes`] that are pages.
const PAGES: [&str; 14] = [
    "/leaderboards",
    "/leaderboard",
    "/papers",
    "/similar",
    "/compare",
    "/path",
    "/trending",
    "/communities",
    "/code",
    "/stats",
    "/graph",
    "/trends",
    "/hardware",
    "/missing",
];

/// Whether a path is a page of [`routes`], with or without the ending of a format.
pub(super) fn is_page(path: &str) -> bool {
    let name = path.split('.').next().unwrap_or(path);
    PAGES.contains(&name)
}

/// Whether the client prefers a page: it accepts HTML by name, at least as much as any other format.
pub(super) fn wanted(headers: &HeaderMap) -> bool {
    let offers = [
        FormatOffer { value: true, types: &["text/html", "application/xhtml+xml"] },
        FormatOffer {
            value: false,
            types: &["application/sparql-results+json", "text/turtle", "application/json", "text/csv"],
        },
    ];
    let by_name = headers
        .get_all(axum::http::header::ACCEPT)
        .iter()
        .any(|accept| accept.to_str().is_ok_and(|accept| accept.contains("html")));
    by_name && preferred_offer(headers, &offers).is_some_and(|(page, _)| page)
}

/// Renders a page on a thread where reading the graph may block.
async fn put_together<F, T>(app: &ServerApp, page: F) -> Result<Response, HttpProblem>
where
    F: FnOnce() -> Result<T, HttpProblem> + Send + 'static,
    T: IntoResponse + Send + 'static,
{
    let permit = app.page_permits.take().await?;
    let page = off_the_loop(move || {
        let _permit = permit;
        page()
    });
    let mut response = page.await?.into_response();
    response.headers_mut().append(VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

pub(super) async fn style() -> Response {
    asset(STYLE, "text/css; charset=utf-8")
}

pub(super) async fn script() -> Response {
    asset(SCRIPT, "text/javascript; charset=utf-8")
}

pub(super) async fn graph_script() -> Response {
    asset(GRAPH_SCRIPT, "text/javascript; charset=utf-8")
}

pub(super) async fn cytoscape() -> Response {
    asset(CYTOSCAPE, "text/javascript; charset=utf-8")
}

pub(super) async fn icon() -> Response {
    asset(ICON, "image/svg+xml")
}

/// A file of the program. Its address never changes, so clients may keep it for one hour only.
fn asset(text: &'static str, media: &'static str) -> Response {
    ([(CONTENT_TYPE, media), (CACHE_CONTROL, "max-age=3600")], text).into_response()
}

/// The frame of every page. `search` is the text of the search box.
fn page(title: &str, search: &str, main: &Markup) -> Markup {
    framed(title, search, &html! {}, main)
}

/// The frame of the start page, whose content has the search box.
fn start_page(title: &str, main: &Markup) -> Markup {
    in_frame(title, &html! {}, &html! {}, main)
}

/// Like [`page`], with more links in the head.
fn page_with(title: &str, head: &Markup, main: &Markup) -> Markup {
    framed(title, "", head, main)
}

fn framed(title: &str, search: &str, more: &Markup, main: &Markup) -> Markup {
    in_frame(title, &search_form(search, false), more, main)
}

fn in_frame(title: &str, search: &Markup, more: &Markup, main: &Markup) -> Markup {
    let head = html! {
        meta name="color-scheme" content="light dark";
        link rel="stylesheet" href="/style.css";
        link rel="icon" href="/icon.svg" type="image/svg+xml";
        link rel="search" href="/opensearch.xml" type="application/opensearchdescription+xml" title="papergraph";
        script src="/site.js" defer {}
        (more)
    };
    let body = html! {
        a.skip href="#main" { "Skip to the content" }
        header.site {
            a.home href="/" { "papergraph" }
            (search)
            nav aria-label="Site" {
                a href="/leaderboards" { "Leaderboards" }
                a href="/papers" { "Papers" }
                a href="/trending" { "Trending" }
                a href="/code" { "Code" }
                a href="/queries" { "Questions" }
            }
        }
        main #main { (main) }
        footer.site {
            p {
                "Pages about the graph are also data at their address: " code { ".json" } " and " code { ".csv" } ", for a node also Turtle, "
                "JSON-LD, N-Triples and RDF/XML."
            }
            nav aria-label="More" {
                @for (i, (address, words)) in MORE.iter().enumerate() { @if i > 0 { " · " } a href=(address) { (words) } }
            }
        }
    };
    html::page(&format!("{} · papergraph", clean(title)), &head, &body)
}

/// The pages that the foot of every page links to.
const MORE: [(&str, &str); 11] = [
    ("/compare", "Compare papers"),
    ("/graph", "Graph"),
    ("/path", "Paths"),
    ("/trends", "Trends"),
    ("/communities", "Communities"),
    ("/hardware", "Hardware"),
    ("/missing", "Missing papers"),
    ("/stats", "Counts"),
    ("/sparql", "SPARQL"),
    ("/ontology", "Ontology"),
    ("/papers.atom", "Feed"),
];

/// The search box, for the head of a page or, larger, for the start page.
fn search_form(text: &str, is_large: bool) -> Markup {
    html! {
        form.search.large[is_large] role="search" action="/search" method="get" {
            label.hidden for="q" { "Search names and titles" }
            input #q type="search" name="q" value=(raw(text)) placeholder="COCO, LoRA, 2407.11062 …"
                autocomplete="off" spellcheck="false";
            button type="submit" { "Search" }
        }
    }
}

/// A text from a paper for people: LaTeX as characters, without invisible characters.
fn clean(text: &str) -> String {
    raw(&readable(text))
}

/// A text as written, without invisible characters.
fn raw(text: &str) -> String {
    html::clean(text)
}

/// A link to a node.
fn link(base: &Base, id: &str, label: &str) -> Markup {
    let path = super::address::path(base, base.node(id).as_str()).unwrap_or_default();
    html! { a href=(path) { (clean(label)) } }
}

/// `list.txt:7` for `/home/me/papers/list.txt:7`: pages do not show the folders of the machine.
fn file_name(origin: &str) -> &str {
    origin.rsplit(['/', '\\']).next().unwrap_or(origin)
}

/// A link to a repository by its address without scheme. The tooltip has the name of the host.
fn repository_link(base: &Base, repository: &str) -> Markup {
    let short = repository.strip_prefix("github.com/").unwrap_or(repository);
    html! { span title=(clean(repository)) { (link(base, &format!("repository/{repository}").to_lowercase(), short)) } }
}

/// The state of a repository or page: the result of the latest check, or a text that there was none.
fn code_state(check: Option<LinkCheck>) -> Markup {
    match check {
        Some(check) => node::verdict_words(check.verdict, check.dead),
        None => html! { span.note { "not checked yet" } },
    }
}

/// The address of the list of all nodes of a kind.
fn kind_address(kind: NodeKind) -> String {
    match kind {
        NodeKind::Paper => "/papers".to_string(),
        kind => super::parameters::address("/search", &[("kind", kind.as_str())]),
    }
}

/// The kind of a node, for display beside its name.
fn badge(kind: NodeKind) -> Markup {
    html! { span class={ "kind " (kind.as_str()) } { (kind.as_str()) } }
}

/// A chart in two drawings, for a wide and for a narrow screen; the style sheet shows one of them.
fn for_both_widths(draw: impl Fn(ChartFrame) -> String) -> Markup {
    html! {
        (PreEscaped(draw(ChartFrame::Page)))
        (PreEscaped(draw(ChartFrame::NarrowPage)))
    }
}

/// `1 paper`, `1,234 papers`
fn counted(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", thousands(n)) }
}

/// `1,283 papers, 45 of them in their text`
fn paper_count(count: PaperCount) -> String {
    let papers = counted(count.papers as u64, "paper", "papers");
    match count.has_two_parts() {
        true => format!("{papers}, {} of them in their text", thousands(count.in_text as u64)),
        false => papers,
    }
}

/// The links to the other pages of a list; nothing for a single page.
fn pager(pages: usize, current: usize, address: impl Fn(usize) -> String) -> Markup {
    html! {
        @if pages > 1 {
            nav.pager aria-label="Pages" {
                @if current > 1 { a rel="prev" href=(address(current - 1)) { "← Previous" } }
                span { "Page " (current) " of " (pages) }
                @if current < pages { a rel="next" href=(address(current + 1)) { "Next →" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let evil = "<script>alert(1)</script>\" onload=\"x\u{202e}";
        let page = page(evil, evil, &link(&Base::default(), "dataset/x", evil)).into_string();
        assert!(!page.contains("<script>") && !page.contains("\" onload=\"") && !page.contains('\u{202e}'), "{page}");
    }

    #[test]
    fn a_browser_wants_a_page_and_a_program_does_not() {
        let wants = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(axum::http::header::ACCEPT, HeaderValue::from_static(accept));
            wanted(&headers)
        };
        assert!(wants("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(!wants("*/*"));
        assert!(!wants("application/sparql-results+json, text/html;q=0.1"));
        assert!(!wanted(&HeaderMap::new()));
    }
}
