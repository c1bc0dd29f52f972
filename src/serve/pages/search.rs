use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::{badge, clean, counted, link, page as whole_page, pager, paper_count, put_together};
use crate::answer::{SearchHit, SearchResults};
use crate::ontology::{Base, NodeKind};
use crate::serve::App;
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::Problem;

/// Hits on one page.
const HITS: usize = 25;
/// Maximum number of pages. A longer search needs better words.
const PAGES: usize = 40;
/// Maximum length of a search text, in characters: longer than any title.
const LONGEST: usize = 500;

pub async fn page(State(app): State<Arc<App>>, request: Request) -> Result<Response, Problem> {
    let parameters = Parameters::parse(request.uri().query().unwrap_or_default())?;
    let text = parameters.filled("q")?.unwrap_or_default().to_string();
    let kind = match parameters.filled("kind")? {
        Some(kind) => Some(kind.parse::<NodeKind>().map_err(Problem::bad_request)?),
        None => None,
    };
    let number = parameters.filled("page")?.and_then(|n| n.parse().ok()).unwrap_or(1_usize).clamp(1, PAGES);
    if text.chars().count() > LONGEST {
        return Err(Problem::bad_request(format!("a search has at most {LONGEST} characters")));
    }
    let served = app.live.get();
    put_together(&app, move || {
        let store = &served.graph;
        let kinds: Vec<NodeKind> = kind.into_iter().collect();
        let found = match (text.is_empty(), kind) {
            (true, Some(kind)) => SearchResults::browse(store, kind, number * HITS)?,
            _ => SearchResults::ask(store, &text, &kinds, number * HITS)?,
        };
        let pages = found.total.div_ceil(HITS).clamp(1, PAGES);
        let number = number.min(pages);
        let hits = found.hits.get((number - 1) * HITS..).unwrap_or_default();
        let title = match (text.is_empty(), kind) {
            (true, Some(kind)) => kind.plural().to_string(),
            (true, None) => "Search".to_string(),
            _ => format!("Search: {text}"),
        };
        let turn = |n: usize| {
            let n = n.to_string();
            address("/search", &[("q", &text), ("kind", kind.map_or("", NodeKind::as_str)), ("page", &n)])
        };
        Ok(whole_page(
            &title,
            &text,
            &html! {
                h1.capital { (clean(&title)) }
                (kind_links(&text, kind))
                @if text.is_empty() && kind.is_none() {
                    p { "A part of a name, alias or title; typing errors are forgiven." }
                } @else if hits.is_empty() {
                    p { "No name or title has these words. Fewer words find more." }
                } @else {
                    p.count { (counted(found.total as u64, "node", "nodes")) }
                    ol.hits start=((number - 1) * HITS + 1) { @for hit in hits { (row(hit, store.base())) } }
                    (pager(pages, number, turn))
                }
            },
        ))
    })
    .await
}

/// The same search among nodes of one kind.
fn kind_links(text: &str, chosen: Option<NodeKind>) -> Markup {
    let to = |kind: &str| address("/search", &[("q", text), ("kind", kind)]);
    html! {
        nav.kinds aria-label="Kinds" {
            @if !text.is_empty() {
                a href=(to("")) aria-current=[chosen.is_none().then_some("true")] { "all" } " "
            }
            @for kind in NodeKind::ALL {
                a href=(to(kind.as_str())) aria-current=[(chosen == Some(kind)).then_some("true")] { (kind.plural()) } " "
            }
        }
    }
}

fn row(hit: &SearchHit, base: &Base) -> Markup {
    let node = &hit.node.node;
    html! {
        li {
            (link(base, &node.id, &node.name)) " " (badge(node.kind))
            @if let Some(alias) = &hit.alias { span.note { " also " (clean(alias)) @if hit.node.count.papers > 0 { ", " } } }
            @if hit.node.count.papers > 0 { span.note { " " (paper_count(hit.node.count)) } }
        }
    }
}
