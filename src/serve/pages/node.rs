//! The page of a node: the answer to `kg show`, with links.

use std::ops::Range;
use std::sync::Arc;

use axum::response::Response;
use maud::{Markup, html};
use rayon::prelude::*;

use super::data::{DataFormat, PageReply};
use super::{
    badge, clean, counted, entity, feed, link, outside, page as whole_page, pager, paper, put_together, raw,
    repository_link, thousands,
};
use crate::answer::{
    Evidence as Sentence, NeighborGroup, NeighborRow, Neighborhood, NodeDetails, NodeFacts, PaperList, together_heading,
};
use crate::graph::{EvidenceQuote, MinConfidence, NeighborQuery, PaperListQuery, Selection, Tie, quotes_of};
use crate::liveness::Verdict;
use crate::ontology::{Base, NodeKind};
use crate::serve::ServerApp;
use crate::serve::address;
use crate::serve::parameters::{self, MIN_CONFIDENCE, Parameters};
use crate::serve::problem::HttpProblem;
use crate::serve::reload::ServedGeneration;
use crate::serve::site::SiteAddress;
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::text::Readable;

/// Maximum rows of each group on the first page of a node.
const ROWS: usize = 8;
/// Number of rows on a page that lists one group.
const LISTED: usize = 50;

/// A node, or one of its groups in full (`?tie=evaluates-on&kind=paper&page=2`).
pub(crate) async fn page(
    app: &Arc<ServerApp>,
    served: Arc<ServedGeneration>,
    node: NodeRef,
    parameters: &Parameters,
) -> Result<Response, HttpProblem> {
    let (listed, least) = (listed(parameters)?, parameters.min_confidence()?);
    put_together(app, move || {
        let store = &served.graph;
        match listed {
            None => overview(&served, &node, least),
            Some((tie, kind, number)) => in_full(store, &node, tie, kind, number, least),
        }
    })
    .await
}

/// The node as data that is not RDF.
pub(crate) async fn data(
    app: &Arc<ServerApp>,
    served: Arc<ServedGeneration>,
    node: NodeRef,
    face: DataFormat,
    parameters: &Parameters,
    site: SiteAddress,
) -> Result<Response, HttpProblem> {
    let min_confidence = parameters.min_confidence()?;
    put_together(app, move || {
        let store = &served.graph;
        match face {
            DataFormat::Csv => {
                let selection = Selection { min_confidence, ..Selection::default() };
                let wanted = NeighborQuery { selection, depth: 1, limit: None, evidence: false };
                PageReply::csv(&Neighborhood::ask(store, &node, &wanted)?.sheet())
            }
            DataFormat::Atom => {
                let selection = Selection { min_confidence, ..Selection::default() };
                let wish = PaperListQuery { limit: feed::ENTRIES, selection, ..PaperListQuery::default() };
                let found = PaperList::ask(store, served.paper_register()?, Some(&node), &wish)?;
                let page = address::path(store.base(), node.iri.as_str()).unwrap_or_default();
                feed::of(&served, &site, &format!("Papers about {}", node.label), &page, &found.papers)
            }
            DataFormat::Json | DataFormat::Page => {
                PageReply::json(&NodeDetails::ask(store, &node, &shown_first(min_confidence))?)
            }
        }
    })
    .await
}

fn listed(parameters: &Parameters) -> Result<Option<(Tie, NodeKind, usize)>, HttpProblem> {
    let (Some(tie), Some(kind)) = (parameters.filled("tie")?, parameters.filled("kind")?) else { return Ok(None) };
    let tie = tie.parse::<Tie>().map_err(HttpProblem::bad_request)?;
    let kind = kind.parse::<NodeKind>().map_err(HttpProblem::bad_request)?;
    Ok(Some((tie, kind, parameters.number("page")?)))
}

/// What the page of a node shows.
fn shown_first(min_confidence: Option<MinConfidence>) -> NeighborQuery {
    let selection = Selection { min_confidence, ..Selection::default() };
    NeighborQuery { selection, depth: 1, limit: Some(ROWS), evidence: true }
}

fn overview(served: &ServedGeneration, node: &NodeRef, least: Option<MinConfidence>) -> Result<Markup, HttpProblem> {
    let mut found = NodeDetails::ask(&served.graph, node, &shown_first(least))?;
    match &found.facts {
        NodeFacts::Paper(_) => paper::page(served, node, &mut found, least),
        NodeFacts::Other(facts) => entity::page(served, node, &found, facts, least),
    }
}

/// Confidences that a page offers.
const CONFIDENCES: [&str; 3] = ["0.8", "0.9", "0.95"];

/// Links to the same page with surer links only.
pub(crate) fn confidences(base: &Base, node: &NodeRef, least: Option<MinConfidence>) -> Markup {
    let path = address::path(base, node.iri.as_str()).unwrap_or_default();
    let asked = least.map(|least| least.to_string());
    html! {
        p.note {
            "Links: "
            @if asked.is_none() { b { "all" } } @else { a href=(path) { "all" } }
            @for share in CONFIDENCES {
                ", "
                @if asked.as_deref() == Some(share) { b { "of confidence " (share) " or more" } }
                @else { a href=(parameters::address(&path, &[(MIN_CONFIDENCE, share)])) { "of confidence " (share) " or more" } }
            }
            @if let Some(asked) = asked.as_deref().filter(|asked| !CONFIDENCES.contains(asked)) {
                ", " b { "of confidence " (asked) " or more" }
            }
        }
    }
}

/// Links in a page's head to the node as data, and to the feed of its papers.
pub(crate) fn head(path: &str, has_feed: bool) -> Markup {
    html! {
        link rel="alternate" type="text/turtle" href={ (path) ".ttl" };
        link rel="alternate" type="application/ld+json" href={ (path) ".jsonld" };
        link rel="alternate" type="application/json" href={ (path) ".json" };
        @if has_feed { link rel="alternate" type="application/atom+xml" title="New papers" href={ (path) ".atom" }; }
    }
}

fn in_full(
    store: &GraphStore,
    node: &NodeRef,
    tie: Tie,
    kind: NodeKind,
    number: usize,
    least: Option<MinConfidence>,
) -> Result<Markup, HttpProblem> {
    let base = store.base();
    let selection = Selection { kinds: vec![kind], ties: vec![tie], min_confidence: least, ..Selection::default() };
    // The sentences are read below, only for the rows of this page.
    let wanted = NeighborQuery { selection, depth: 1, limit: Some(number.saturating_mul(LISTED)), evidence: false };
    let Neighborhood { groups, notes, .. } = Neighborhood::ask(store, node, &wanted)?;
    let Some(mut group) = groups.into_iter().find(|group| group.relation == Some(tie) && group.kind == kind) else {
        return Err(HttpProblem::not_found("the graph has no such node here"));
    };
    let pages = group.total.div_ceil(LISTED).max(1);
    let first = (number - 1).saturating_mul(LISTED);
    group.rows = group.rows.into_iter().skip(first).take(LISTED).collect();
    group.rows.par_iter_mut().try_for_each(|row| {
        let other = base.node(&row.id);
        let quote = match (node.kind, kind) {
            (NodeKind::Entity(_), NodeKind::Paper) => quotes_of(store, &other, &node.iri)?,
            (NodeKind::Paper, NodeKind::Entity(_)) => quotes_of(store, &node.iri, &other)?,
            _ => None,
        };
        row.evidence = quote.map(Sentence::from);
        Ok::<(), StoreError>(())
    })?;
    Ok(whole_page(
        &group.heading,
        "",
        &html! {
            p.path { (badge(node.kind)) " " (link(base, &node.id, &node.label)) }
            h1 { (clean(&group.heading)) }
            p.count { (counted(group.total as u64, node_word(kind, true), node_word(kind, false))) }
            (rows(&group, node, base, first + 1))
            (pager(pages, number, |n| group_address(base, node, &group, n, least)))
            @for note in &notes { p.note { (note) } }
        },
    ))
}

fn node_word(kind: NodeKind, one: bool) -> &'static str {
    if one { kind.as_str() } else { kind.plural() }
}

/// The address of the page that lists a whole group.
pub(crate) fn group_address(
    base: &Base,
    node: &NodeRef,
    group: &NeighborGroup,
    number: usize,
    least: Option<MinConfidence>,
) -> String {
    let path = address::path(base, node.iri.as_str()).unwrap_or_default();
    let tie = group.relation.map_or("", Tie::as_str);
    let (number, least) = (number.to_string(), least.map(|least| least.to_string()));
    let mut pairs = vec![("tie", tie), ("kind", group.kind.as_str())];
    if number != "1" {
        pairs.push(("page", &number));
    }
    pairs.extend(least.as_deref().map(|least| (MIN_CONFIDENCE, least)));
    parameters::address(&path, &pairs)
}

pub(crate) fn fact_rows(facts: &FactList) -> Markup {
    html! { @if !facts.is_empty() { dl.facts { @for (name, value) in facts { dt { (name) } dd { (value) } } } } }
}

/// Facts: a name and its content.
pub(crate) type FactList = Vec<(&'static str, Markup)>;

pub(crate) fn plain(text: &str) -> Markup {
    html! { (clean(text)) }
}

pub(crate) fn section(group: &NeighborGroup, node: &NodeRef, base: &Base, least: Option<MinConfidence>) -> Markup {
    let id = format!("{}-{}", group.relation.map_or("near", Tie::as_str), group.kind.as_str());
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (clean(&group.heading)) " " span.count { "(" (thousands(group.total as u64)) ")" } }
            (rows(group, node, base, 1))
            @if group.total > group.rows.len() {
                p.more { a href=(group_address(base, node, group, 1, least)) {
                    "All " (thousands(group.total as u64)) span.hidden { " " (clean(&group.heading)) }
                } }
            }
        }
    }
}

fn rows(group: &NeighborGroup, node: &NodeRef, base: &Base, first: usize) -> Markup {
    html! {
        ol.rows start=(first) { @for row in &group.rows { li {
            @if group.kind == NodeKind::Paper { (paper_row(group, row, node, base)) } @else { (other_row(group, row, base)) }
            @if let Some(evidence) = &row.evidence { (quoted(&evidence.quote)) }
        } } }
    }
}

fn paper_row(group: &NeighborGroup, row: &NeighborRow, node: &NodeRef, base: &Base) -> Markup {
    // The page of a repository does not name it in each row.
    let others = row.repositories().filter(|(repository, _)| *repository != node.label);
    html! {
        span.date { @match row.date() { Some(date) => (date.to_string()), None => "undated" } } " "
        span.title { (link(base, &row.id, &row.name)) }
        @for (repository, _) in others.take(2) {
            " " span.repository { (repository_link(base, repository)) }
        }
        @if !row.through().is_empty() {
            " " span.note {
                @if group.relation == Some(Tie::Related) { "shares " } @else { "through " }
                (clean(&row.through().join(", ")))
                @if row.shared() > row.through().len() { ", " (row.shared() - row.through().len()) " more" }
            }
        }
    }
}

fn other_row(group: &NeighborGroup, row: &NeighborRow, base: &Base) -> Markup {
    html! {
        (link(base, &row.id, &row.name))
        @if group.relation == Some(Tie::Related) {
            " " span.note { (counted(row.shared() as u64, "paper together", "papers together")) }
        } @else if row.papers() > 1 {
            " " span.note { (counted(row.papers() as u64, "paper", "papers")) }
        }
        @if let Some(check) = row.check() { " " (verdict_words(check.verdict, check.dead)) }
        @if group.kind == NodeKind::Repository { " " (outside(&format!("https://{}", row.name), "open")) }
    }
}

/// The result of the last check of a link.
pub(crate) fn verdict_words(verdict: Verdict, dead: bool) -> Markup {
    html! { span.verdict.dead[dead] { (verdict.as_str().replace('-', " ")) } }
}

/// The sentence, with its mention marked.
pub(crate) fn quoted(quote: &EvidenceQuote) -> Markup {
    let whole = quote.marked("", "");
    let readable = Readable::new(&whole);
    let begin = quote.before.len();
    let mention = readable.range(begin..begin + quote.mention.len());
    let part = |range: Range<usize>| raw(readable.text().get(range).unwrap_or_default());
    html! { blockquote {
        "“" (part(0..mention.start)) mark { (part(mention.clone())) } (part(mention.end..readable.text().len())) "”"
    } }
}

/// Entities that papers name together with the node, at the end of the page, one line for each kind.
pub(crate) fn named_together(
    groups: &[&NeighborGroup],
    node: &NodeRef,
    base: &Base,
    least: Option<MinConfidence>,
) -> Markup {
    html! {
        section aria-labelledby="together" {
            h2 #together { (together_heading(node.kind)) }
            dl.facts { @for group in groups {
                dt { (group.kind.plural()) }
                dd {
                    @for (i, row) in group.rows.iter().enumerate() {
                        @if i > 0 { ", " }
                        (link(base, &row.id, &row.name)) " " span.note { "(" (thousands(row.shared() as u64)) ")" }
                    }
                    @if group.total > group.rows.len() {
                        ", " a href=(group_address(base, node, group, 1, least)) { "all " (thousands(group.total as u64)) }
                    }
                }
            } }
        }
    }
}

/// Links to the node in other formats.
pub(crate) fn formats(base: &Base, node: &NodeRef) -> Markup {
    let path = address::path(base, node.iri.as_str()).unwrap_or_default();
    html! {
        section aria-labelledby="formats" {
            h2 #formats { "As data" }
            p {
                "This is " code { (node.iri.as_str()) } ", in "
                @for (i, (ending, title)) in [("json", "JSON"), ("csv", "CSV"), ("ttl", "Turtle"), ("jsonld", "JSON-LD"), ("nt", "N-Triples"), ("rdf", "RDF/XML")].iter().enumerate() {
                    @if i > 0 { ", " }
                    a href={ (path) "." (ending) } { (title) }
                }
            }
        }
    }
}
