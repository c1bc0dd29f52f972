//! Search: the best hits of each kind, or one kind page by page. A text that names exactly one node leads to its page.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HeaderValue, LOCATION};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::json;

use super::compare;
use super::data::{self, DataFormat, PageReply};
use super::selection::AskedPapers;
use super::{badge, clean, counted, feed, link, page as whole_page, pager, paper_count, put_together, raw, thousands};
use crate::answer::{ListedPaperAnswer, SearchHit, SearchResults};
use crate::extract::Field;
use crate::ontology::NodeKind;
use crate::serve::ServerApp;
use crate::serve::address as node_address;
use crate::serve::off_the_loop;
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::HttpProblem;
use crate::serve::reload::ServedGeneration;
use crate::serve::site::SiteAddress;
use crate::store::{GraphStore, is_id_or_address};
use crate::text::{fold_name, readable};
use crate::vocabulary::Kind;

/// Number of hits on one page of one kind.
const HITS: usize = 25;
/// Number of hits of each kind if all kinds are shown.
const EACH: usize = 5;
/// Number of hits of all kinds among which the best of each kind are found.
const LOOKED_AT: usize = 400;
/// Number of hits in an answer as data.
const ALL: usize = 10_000;
/// Number of suggestions while the user types.
const SUGGESTED: usize = 8;
/// Maximum length of a search text, in characters: longer than any title.
const LONGEST: usize = 500;
/// Number of characters of an abstract around the first word.
const SNIPPET: usize = 220;

/// The parameters in the address.
struct AskedSearch {
    text: String,
    kind: Option<NodeKind>,
    /// Which papers are looked at. Unless it is all of them, only papers are found.
    papers: AskedPapers,
    page: usize,
}

impl AskedSearch {
    fn of(parameters: &Parameters) -> Result<Self, HttpProblem> {
        let text = parameters.filled("q")?.unwrap_or_default().to_string();
        let kind = match parameters.filled("kind")? {
            Some(kind) => Some(kind.parse::<NodeKind>().map_err(HttpProblem::bad_request)?),
            None => None,
        };
        if text.chars().count() > LONGEST {
            return Err(HttpProblem::bad_request(format!("a search has at most {LONGEST} characters")));
        }
        Ok(Self { text, kind, papers: AskedPapers::of(parameters)?, page: parameters.number("page")? })
    }

    fn address(&self, path: &str, kind: Option<NodeKind>, page: usize) -> String {
        let (page, papers) = (page.to_string(), self.papers.pairs());
        let mut pairs = Vec::new();
        pairs.extend((!self.text.is_empty()).then_some(("q", self.text.as_str())));
        pairs.extend(kind.map(|kind| ("kind", kind.as_str())));
        pairs.extend(papers.iter().map(|(name, value)| (*name, value.as_str())));
        pairs.extend((page != "1").then_some(("page", page.as_str())));
        address(path, &pairs)
    }
}

pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let asked = AskedSearch::of(&Parameters::parse(parts.uri.query().unwrap_or_default())?)?;
    let (served, site) = (app.live.get(), SiteAddress::of(&app, &parts));
    // Without words, the papers of an author or a venue are a list.
    if asked.text.is_empty() && !asked.papers.is_all() {
        let list = parts.uri.path().replacen("/search", "/papers", 1);
        let pairs = asked.papers.pairs();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let list =
            HeaderValue::try_from(address(&list, &pairs)).map_err(|_| HttpProblem::bad_request("no such list"))?;
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, list)]).into_response());
    }
    // An id or an address needs no list.
    if face == DataFormat::Page && asked.kind.is_none() && !asked.text.is_empty() && asked.papers.is_all() {
        let (served, text) = (Arc::clone(&served), asked.text.clone());
        let permit = app.page_permits.take().await?;
        let target = off_the_loop(move || {
            let _permit = permit;
            let node = served.graph.addressed(&text)?;
            Ok(node.and_then(|node| node_address::path(served.graph.base(), node.iri.as_str())))
        });
        if let Some(target) = target.await?.and_then(|path| HeaderValue::try_from(path).ok()) {
            return Ok((StatusCode::SEE_OTHER, [(LOCATION, target)]).into_response());
        }
    }
    put_together(&app, move || {
        let store = &served.graph;
        match face {
            DataFormat::Json => return PageReply::json(&found(&served, &asked, ALL)?),
            DataFormat::Csv => return PageReply::csv(&found(&served, &asked, ALL)?.sheet()),
            DataFormat::Atom => return new_papers(&served, &site, &asked),
            DataFormat::Page => {}
        }
        match (asked.text.is_empty(), asked.kind) {
            (true, None) => Ok(PageReply::Page(whole_page("Search", "", &html! {
                h1 { "Search" }
                (kind_links(&asked, None))
                p { "Parts of names, aliases, titles and abstracts; typing errors are forgiven. An arXiv id, a DOI or an address leads to its node." }
            }))),
            (false, None) => best_of_each(&served, &asked),
            _ => one_kind(store, &served, &asked),
        }
    })
    .await
}

fn found(served: &ServedGeneration, asked: &AskedSearch, limit: usize) -> Result<SearchResults, HttpProblem> {
    match (asked.text.is_empty(), asked.kind) {
        (true, Some(kind)) => Ok(served.browse(kind, 0, limit)?),
        _ => of_words(&served.graph, asked, asked.kind, limit),
    }
}

/// What has the words, of one kind or of all.
fn of_words(
    store: &GraphStore,
    asked: &AskedSearch,
    kind: Option<NodeKind>,
    limit: usize,
) -> Result<SearchResults, HttpProblem> {
    let (kinds, selection): (Vec<NodeKind>, _) = (kind.into_iter().collect(), asked.papers.selection(store)?);
    Ok(SearchResults::among(store, &asked.text, &kinds, &selection, limit)?)
}

/// The first hits of each kind, the kind of the best hit first.
fn best_of_each(served: &ServedGeneration, asked: &AskedSearch) -> Result<PageReply, HttpProblem> {
    let store = &served.graph;
    let found = of_words(store, asked, None, LOOKED_AT)?;
    let mut kinds: Vec<NodeKind> = Vec::new();
    for hit in &found.hits {
        if !kinds.contains(&hit.node.node.kind) {
            kinds.push(hit.node.node.kind);
        }
    }
    let counts: BTreeMap<NodeKind, usize> = found.by_kind.iter().copied().collect();
    let total = |kind: NodeKind| counts.get(&kind).copied().unwrap_or_default();
    let mut sections = Vec::new();
    for kind in kinds {
        let hits: Vec<&SearchHit> = found.hits.iter().filter(|hit| hit.node.node.kind == kind).take(EACH).collect();
        sections.push(html! {
            section {
                h2.capital { (kind.plural()) " " span.count { "(" (thousands(total(kind) as u64)) ")" } }
                ul.hits { @for hit in &hits { (row(store, hit, &asked.text)?) } }
                @if kind == NodeKind::Paper { (compare::of_chosen()) }
                @if total(kind) > hits.len() {
                    p.more { a href=(asked.address("/search", Some(kind), 1)) { "All " (thousands(total(kind) as u64)) " " (kind.plural()) } }
                }
            }
        });
    }
    let feed = asked.address("/search.atom", None, 1);
    let head =
        html! { link rel="alternate" type="application/atom+xml" title="New papers of this search" href=(feed); };
    Ok(PageReply::Page(page_with_search(
        &asked.text,
        &head,
        &html! {
            h1 { "Search: " (raw(&asked.text)) }
            (kind_links(asked, Some(&counts)))
            @if !found.hits.is_empty() || !asked.papers.is_all() { (filters(asked)) }
            @if is_id_or_address(&asked.text) { p.note {
                "Nothing in this graph has this id or address."
                @if !found.hits.is_empty() { " These have words of it." }
            } }
            @else if found.hits.is_empty() { (nothing(asked)) }
            @else if found.matched < found.words { p.note {
                "Nothing has all " (found.words) " words. These have " (found.matched) " of them."
            } }
            @for section in &sections { (section) }
            @if !found.hits.is_empty() {
                (data::links("/search", data::query_of(&asked.address("/search", None, 1)), &[("json", "JSON"), ("csv", "CSV"), ("atom", "feed of new papers")]))
            }
        },
    )))
}

fn page_with_search(text: &str, head: &Markup, main: &Markup) -> Markup {
    super::framed(&format!("Search: {text}"), text, head, main)
}

fn one_kind(store: &GraphStore, served: &ServedGeneration, asked: &AskedSearch) -> Result<PageReply, HttpProblem> {
    let kind = asked.kind.unwrap_or(NodeKind::Paper);
    let first = (asked.page - 1).saturating_mul(HITS);
    let (hits, total, matched, words) = if asked.text.is_empty() {
        let found = served.browse(kind, first, HITS)?;
        (found.hits, found.total, 0, 0)
    } else {
        let found = of_words(store, asked, Some(kind), first.saturating_add(HITS))?;
        (found.hits.into_iter().skip(first).collect(), found.total, found.matched, found.words)
    };
    let pages = total.div_ceil(HITS).max(1);
    let mut rows = Vec::new();
    for hit in &hits {
        rows.push(row(store, hit, &asked.text)?);
    }
    let title = if asked.text.is_empty() { kind.plural().to_string() } else { format!("Search: {}", asked.text) };
    let order = match (asked.text.is_empty(), kind) {
        (false, _) => "the best first",
        (true, NodeKind::Paper) => "the newest first",
        (true, _) => "those with the most papers first",
    };
    let own = asked.address("/search", Some(kind), 1);
    Ok(PageReply::Page(page_with_search_or_not(
        &title,
        asked,
        &html! {
            h1.capital { (clean(&title)) }
            (kind_links(asked, None))
            @if kind == NodeKind::Paper && !asked.text.is_empty() { (filters(asked)) }
            @if hits.is_empty() { (nothing(asked)) }
            @else {
                p.count { (counted(total as u64, kind.as_str(), kind.plural())) ", " (order) "." }
                @if matched < words { p.note { "Nothing has all " (words) " words. These have " (matched) " of them." } }
                ol.hits start=(first + 1) { @for row in &rows { (row) } }
                @if kind == NodeKind::Paper { (compare::of_chosen()) }
                (pager(pages, asked.page.min(pages), |n| asked.address("/search", Some(kind), n)))
                (data::links("/search", data::query_of(&own), &data::ROWS))
            }
        },
    )))
}

fn page_with_search_or_not(title: &str, asked: &AskedSearch, main: &Markup) -> Markup {
    super::framed(title, &asked.text, &html! {}, main)
}

fn nothing(asked: &AskedSearch) -> Markup {
    html! {
        @if asked.papers.is_all() {
            p { "No name, title or abstract has these words, or words like them. Fewer or more common words find more." }
            p { "All of a kind: "
                @for (i, kind) in [NodeKind::Entity(Kind::Task), NodeKind::Entity(Kind::Dataset), NodeKind::Entity(Kind::Model), NodeKind::Entity(Kind::Method), NodeKind::Author, NodeKind::Venue].into_iter().enumerate() {
                    @if i > 0 { ", " } a href=(super::kind_address(kind)) { (kind.plural()) }
                } "."
            }
        }
        @else { p {
            "No paper that passes the filters has these words in its title or abstract. "
            a href=(address("/search", &[("q", &asked.text)])) { "Without filters" }
        } }
    }
}

/// Chooses the papers that are looked at.
fn filters(asked: &AskedSearch) -> Markup {
    html! {
        details open[!asked.papers.is_all()] {
            summary { "Filter papers by time, author, organisation or venue" }
            form.filter method="get" action="/search" aria-label="Filters of papers" {
                input type="hidden" name="q" value=(asked.text);
                @if let Some(kind) = asked.kind { input type="hidden" name="kind" value=(kind.as_str()); }
                (asked.papers.fields())
                button type="submit" { "Filter papers" }
            }
        }
    }
}

/// The same search among nodes of one kind, with the number of hits where it is known.
fn kind_links(asked: &AskedSearch, counts: Option<&BTreeMap<NodeKind, usize>>) -> Markup {
    if counts.is_some_and(|counts| counts.values().all(|n| *n == 0)) {
        return html! {};
    }
    html! {
        nav.kinds aria-label="Kinds" {
            @if !asked.text.is_empty() {
                a href=(asked.address("/search", None, 1)) aria-current=[asked.kind.is_none().then_some("true")] { "all" } " "
            }
            @for kind in NodeKind::ALL {
                @let n = counts.map(|counts| counts.get(&kind).copied().unwrap_or_default());
                @if n != Some(0) {
                    a href=(asked.address("/search", Some(kind), 1)) aria-current=[(asked.kind == Some(kind)).then_some("true")] {
                        (kind.plural()) @if let Some(n) = n { " (" (thousands(n as u64)) ")" }
                    } " "
                }
            }
        }
    }
}

fn row(store: &GraphStore, hit: &SearchHit, text: &str) -> Result<Markup, HttpProblem> {
    let base = store.base();
    let node = &hit.node.node;
    let is_paper = node.kind == NodeKind::Paper;
    let snippet = match is_paper && !text.is_empty() {
        true => store.text(&base.node(&node.id), Field::Abstract)?.and_then(|full| snippet(&readable(&full), text)),
        false => None,
    };
    Ok(html! {
        li {
            @if is_paper { (compare::choice(&node.id, &node.name)) " " }
            @if let Some(date) = hit.date { span.date { (date) } " " }
            (link(base, &node.id, &node.name)) @if !is_paper { " " (badge(node.kind)) }
            @if let Some(alias) = &hit.alias { span.note { " also " (clean(alias)) @if hit.node.count.papers > 0 { ", " } } }
            @if hit.node.count.papers > 0 { span.note { " " (paper_count(hit.node.count)) } }
            @if let Some(snippet) = &snippet { p.snippet { (snippet) } }
        }
    })
}

/// The part of an abstract around the first word of the search, with the words marked; `None` if it has none of them.
fn snippet(full: &str, search: &str) -> Option<Markup> {
    let wanted = fold_name(search);
    let wanted: Vec<&str> = wanted.split_whitespace().filter(|word| word.chars().count() > 1).collect();
    let is_wanted = |word: &str| {
        let word = fold_name(word);
        !word.is_empty() && wanted.iter().any(|wanted| word == *wanted || wanted.len() > 3 && word.starts_with(wanted))
    };
    let words: Vec<(usize, &str)> = words_of(full);
    let (at, _) = *words.iter().find(|(_, word)| is_wanted(word))?;
    let start = words.iter().map(|(at, _)| *at).find(|begin| at - *begin <= SNIPPET / 3 && *begin <= at).unwrap_or(at);
    let mut pieces = Vec::new();
    let mut done = start;
    for (begin, word) in words.iter().filter(|(begin, _)| *begin >= start) {
        if begin - start > SNIPPET {
            break;
        }
        pieces.push(html! { (raw(full.get(done..*begin).unwrap_or_default())) });
        pieces.push(match is_wanted(word) {
            true => html! { mark { (raw(word)) } },
            false => html! { (raw(word)) },
        });
        done = begin + word.len();
    }
    Some(html! { @if start > 0 { "… " } @for piece in &pieces { (piece) } @if done < full.len() { " …" } })
}

/// The words of a text (letters and digits), each with its byte range.
fn words_of(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut begin = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric(), begin) {
            (true, None) => begin = Some(at),
            (false, Some(start)) => {
                words.extend(text.get(start..at).map(|word| (start, word)));
                begin = None;
            }
            _ => {}
        }
    }
    words
}

/// The papers that a search finds, the newest first.
fn new_papers(served: &ServedGeneration, site: &SiteAddress, asked: &AskedSearch) -> Result<PageReply, HttpProblem> {
    let found = of_words(&served.graph, asked, Some(NodeKind::Paper), LOOKED_AT)?;
    let mut hits = found.hits;
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.date));
    let papers: Vec<ListedPaperAnswer> = hits
        .into_iter()
        .take(feed::ENTRIES)
        .map(|hit| ListedPaperAnswer {
            id: hit.node.node.id,
            title: hit.node.node.name,
            date: hit.date,
            venue: None,
            relation: None,
            repositories: Vec::new(),
            url: None,
        })
        .collect();
    feed::of(served, site, &format!("Search: {}", asked.text), &asked.address("/search", None, 1), &papers)
}

/// The best names for the typed text, for the suggestions of pages and of the browser's address bar.
pub(crate) async fn suggest(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let asked = AskedSearch::of(&Parameters::parse(parts.uri.query().unwrap_or_default())?)?;
    let for_browser = parts
        .headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_none_or(|accept| !accept.contains("application/json"));
    let served = app.live.get();
    put_together(&app, move || {
        let store = &served.graph;
        let kinds: Vec<NodeKind> = asked.kind.into_iter().collect();
        let found = SearchResults::ask(store, &asked.text, &kinds, SUGGESTED)?;
        if for_browser {
            let names: Vec<&str> = found.hits.iter().map(|hit| hit.node.node.name.as_str()).collect();
            let body = json!([asked.text, names]).to_string().into_bytes();
            return Ok(PageReply::Data { media: "application/x-suggestions+json", body });
        }
        let nodes = found.hits.iter().map(|hit| {
            let node = &hit.node.node;
            let path = node_address::path(store.base(), store.base().node(&node.id).as_str()).unwrap_or_default();
            json!({"id": node.id, "kind": node.kind, "name": clean(&node.name), "path": path})
        });
        PageReply::json(&json!({"nodes": nodes.collect::<Vec<_>>()}))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_search_are_marked_in_the_abstract() {
        let text = "We segment medical images <b>. Größe and segmentation of MEDICAL volumes.";
        let html = snippet(text, "medical segmentation größe").unwrap().into_string();
        assert_eq!(
            html,
            "We segment <mark>medical</mark> images &lt;b&gt;. <mark>Größe</mark> and <mark>segmentation</mark> of \
             <mark>MEDICAL</mark> volumes …"
        );
        assert!(snippet(text, "audio").is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_text_has_a_snippet_or_none(text in ".{0,300}", search in ".{0,20}") {
            let _ = snippet(&text, &search);
        }
    }
}
