//! Lists of papers, about a node or of the whole graph, filtered by relation, year and code, page by page.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::compare;
use super::data::{self, DataFormat, PageReply};
use super::selection::AskedPapers;
use super::{clean, code_state, counted, feed, link, page_with, pager, put_together, thousands};
use crate::answer::{ListedPaperAnswer, PaperList};
use crate::graph::{
    CodeFilter, MinConfidence, NameError, NodeCandidate, PaperListQuery, PaperOrder, Selection, Tie, find_node,
};
use crate::ontology::NodeKind;
use crate::serve::ServerApp;
use crate::serve::parameters::{MIN_CONFIDENCE, Parameters, address};
use crate::serve::problem::HttpProblem;
use crate::serve::site::SiteAddress;
use crate::store::{GraphStore, NodeRef, StoreError};

/// Number of papers on one page.
const ROWS: usize = 50;
/// Number of papers in an answer as data.
const ALL: usize = 100_000;

/// The parameters in the address.
#[derive(Default)]
struct AskedList {
    node: Option<String>,
    relation: Option<Tie>,
    papers: AskedPapers,
    code: Option<(CodeFilter, &'static str)>,
    min_confidence: Option<MinConfidence>,
    order: PaperOrder,
    page: usize,
}

const CODE: [(CodeFilter, &str, &str); 3] = [
    (CodeFilter::Linked, "linked", "with code"),
    (CodeFilter::Alive, "alive", "with code that was alive at the last check"),
    (CodeFilter::None, "none", "without code"),
];
const ORDERS: [(PaperOrder, &str, &str); 3] = [
    (PaperOrder::Newest, "newest", "the newest first"),
    (PaperOrder::Oldest, "oldest", "the oldest first"),
    (PaperOrder::Relation, "relation", "by relation, then the newest first"),
];

/// The address of the list of papers about a node.
pub(crate) fn papers_address(node: &str, least: Option<MinConfidence>) -> String {
    let least = least.map(|least| least.to_string());
    let least = least.as_deref().map(|least| (MIN_CONFIDENCE, least));
    address("/papers", &[("of", node)].into_iter().chain(least).collect::<Vec<_>>())
}

impl AskedList {
    fn of(parameters: &Parameters) -> Result<Self, HttpProblem> {
        let relation = parameters.filled("relation")?;
        Ok(Self {
            node: parameters.filled("of")?.map(str::to_string),
            relation: relation.map(|relation| relation.parse::<Tie>().map_err(HttpProblem::bad_request)).transpose()?,
            papers: AskedPapers::of(parameters)?,
            code: parameters.choice("code", &CODE.map(|(wish, name, _)| ((wish, name), name)))?,
            order: parameters.choice("order", &ORDERS.map(|(order, name, _)| (order, name)))?.unwrap_or_default(),
            min_confidence: parameters.min_confidence()?,
            page: parameters.number("page")?,
        })
    }

    fn wish(&self, selection: &Selection, offset: usize, limit: usize) -> PaperListQuery {
        PaperListQuery {
            ties: self.relation.into_iter().collect(),
            selection: selection.clone(),
            code: self.code.map(|(wish, _)| wish),
            order: self.order,
            offset,
            limit,
        }
    }

    fn order_name(order: PaperOrder) -> &'static str {
        ORDERS.into_iter().find(|(known, ..)| *known == order).map_or("newest", |(_, name, _)| name)
    }

    fn address(&self, order: PaperOrder, page: usize) -> String {
        let (papers, page) = (self.papers.pairs(), page.to_string());
        let least = self.min_confidence.map(|least| least.to_string()).unwrap_or_default();
        let mut pairs =
            vec![("of", self.node.as_deref().unwrap_or_default()), ("relation", self.relation.map_or("", Tie::as_str))];
        pairs.extend(papers.iter().map(|(name, value)| (*name, value.as_str())));
        pairs.extend([
            ("code", self.code.map_or("", |(_, name)| name)),
            (MIN_CONFIDENCE, &least),
            ("order", if order == PaperOrder::Newest { "" } else { Self::order_name(order) }),
            ("page", if page == "1" { "" } else { &page }),
        ]);
        let pairs: Vec<(&str, &str)> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        address("/papers", &pairs)
    }
}

pub(crate) async fn list(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let asked = AskedList::of(&Parameters::parse(parts.uri.query().unwrap_or_default())?)?;
    let (served, site) = (app.live.get(), SiteAddress::of(&app, &parts));
    put_together(&app, move || {
        let store = &served.graph;
        let node = asked.node.as_deref().map(|name| one_node(store, name)).transpose()?;
        let (offset, limit) = match face {
            DataFormat::Page => ((asked.page - 1).saturating_mul(ROWS), ROWS),
            DataFormat::Atom => (0, feed::ENTRIES),
            DataFormat::Json | DataFormat::Csv => (0, ALL),
        };
        let register = served.paper_register()?;
        let selection = Selection { min_confidence: asked.min_confidence, ..asked.papers.selection(store)? };
        let mut found = PaperList::ask(store, register, node.as_ref(), &asked.wish(&selection, offset, limit))?;
        match face {
            DataFormat::Csv => return PageReply::csv(&found.sheet()),
            DataFormat::Json => return PageReply::json(&found),
            DataFormat::Atom => {
                let title = node.as_ref().map_or_else(|| "New papers".to_string(), |node| format!("Papers about {}", node.label));
                return feed::of(&served, &site, &title, &asked.address(asked.order, 1), &found.papers);
            }
            DataFormat::Page => {}
        }
        let pages = found.total.div_ceil(ROWS).max(1);
        let number = asked.page.min(pages);
        if number < asked.page {
            found = PaperList::ask(store, register, node.as_ref(), &asked.wish(&selection, (number - 1) * ROWS, ROWS))?;
        }
        let base = store.base();
        let title = node.as_ref().map_or_else(|| "Papers".to_string(), |node| format!("Papers about {}", node.label));
        let query = asked.address(asked.order, 1);
        let head = html! {
            link rel="alternate" type="application/atom+xml" title="New papers" href={ "/papers.atom" (data::query_of(&query)) };
        };
        let order = ORDERS.into_iter().find(|(order, ..)| *order == asked.order).map_or("", |(.., words)| words);
        Ok(PageReply::Page(page_with(&title, &head, &html! {
            h1 { @match &node { Some(node) => { "Papers about " (link(base, &node.id, &node.label)) } None => "Papers" } }
            (filters(&asked, &found, node.is_some()))
            p.count { (counted(found.total as u64, "paper", "papers")) ", " (order) "." }
            @if let Some(least) = asked.min_confidence.filter(|_| node.is_some()) {
                p.note { "Papers whose link has a confidence below " (least) " are left out." }
            }
            @if found.total == 0 { p { "No paper passes these filters." } }
            @else {
                (table(store, &found, |order| asked.address(order, 1), asked.order)?)
                (compare::of_chosen())
            }
            (pager(pages, number, |n| asked.address(asked.order, n)))
            (data::links("/papers", data::query_of(&query), &[("json", "JSON"), ("csv", "CSV"), ("atom", "feed of new papers")]))
        })))
    })
    .await
}

/// Number of nodes that an error suggests.
const SUGGESTED: usize = 6;

/// The node that a name means: the one with the most papers, if it means several.
pub(crate) fn one_node(store: &GraphStore, name: &str) -> Result<NodeRef, HttpProblem> {
    one_node_of(store, name, None)
}

/// As [`one_node`], among the nodes of one kind.
pub(crate) fn one_node_of(store: &GraphStore, name: &str, kind: Option<NodeKind>) -> Result<NodeRef, HttpProblem> {
    let error = match find_node(store, name, kind) {
        Ok(found) => return Ok(found.node),
        Err(error) => error,
    };
    let mut problem = HttpProblem::not_found(error.to_string());
    match error {
        NameError::Store(error) => Err(error.into()),
        NameError::Unknown { suggestions: near, .. } => {
            problem.suggestions = nodes(near).take(SUGGESTED).collect();
            Err(problem)
        }
        NameError::Ambiguous { candidates, .. } => nodes(candidates).next().ok_or(problem),
    }
}

fn nodes(candidates: Vec<NodeCandidate>) -> impl Iterator<Item = NodeRef> {
    candidates.into_iter().map(|candidate| candidate.node)
}

fn filters(asked: &AskedList, found: &PaperList, has_node: bool) -> Markup {
    html! {
        form.filter method="get" action="/papers" aria-label="Filters" {
            @if let Some(of) = &asked.node { input type="hidden" name="of" value=(of); }
            @if let Some(least) = asked.min_confidence { input type="hidden" name=(MIN_CONFIDENCE) value=(least); }
            @if has_node {
                div.field { label for="relation" { "Relation" } select #relation name="relation" {
                    option value="" { "any" }
                    @for (tie, n) in &found.by_relation { option value=(tie.as_str()) selected[asked.relation == Some(*tie)] {
                        (tie.words()) " it (" (thousands(*n as u64)) ")"
                    } }
                } }
            }
            div.field { label for="code" { "Code" } select #code name="code" {
                option value="" { "with or without" }
                @for (_, name, words) in CODE { option value=(name) selected[asked.code.is_some_and(|(_, code)| code == name)] { (words) } }
            } }
            div.field { label for="order" { "Order" } select #order name="order" {
                @for (order, name, words) in ORDERS { @if has_node || order != PaperOrder::Relation {
                    option value=(name) selected[order == asked.order] { (words) }
                } }
            } }
            (asked.papers.fields())
            button type="submit" { "Show" }
        }
    }
}

/// A table of papers. `by` gives the address of the same list in another order.
fn table(
    store: &GraphStore,
    found: &PaperList,
    by: impl Fn(PaperOrder) -> String,
    order: PaperOrder,
) -> Result<Markup, StoreError> {
    let base = store.base();
    let has_relation = found.papers.iter().any(|paper| paper.relation.is_some());
    let has_venue = found.papers.iter().any(|paper| paper.venue.is_some());
    let dates = match order {
        PaperOrder::Newest => Some("descending"),
        PaperOrder::Oldest => Some("ascending"),
        PaperOrder::Relation => None,
    };
    let turned = if order == PaperOrder::Newest { PaperOrder::Oldest } else { PaperOrder::Newest };
    let related = (order == PaperOrder::Relation).then_some("ascending");
    Ok(html! {
        div.scroll tabindex="0" role="region" aria-label="Papers" {
            table.papers.stacked {
                thead { tr {
                    th scope="col" aria-sort=[dates] { a href=(by(turned)) { "Date" } } th scope="col" { "Paper" }
                    @if has_venue { th scope="col" { "Venue" } }
                    @if has_relation { th scope="col" aria-sort=[related] { a href=(by(PaperOrder::Relation)) { "Relation" } } }
                    th scope="col" { "Code" }
                } }
                tbody { @for paper in &found.papers { tr {
                    td.day {
                        (compare::choice(&paper.id, &paper.title)) " "
                        @match paper.date { Some(date) => (date), None => span.note { "undated" } }
                    }
                    th.title scope="row" { span.clamp title=(clean(&paper.title)) { (link(base, &paper.id, &paper.title)) } }
                    @if has_venue { td data-label=[paper.venue.is_some().then_some("Venue")] { (venue_of(store, paper)?) } }
                    @if has_relation { td data-label="Relation" { (paper.relation.map_or("", Tie::words)) } }
                    td.code data-label="Code" { @match paper.repositories.first() {
                        Some(repository) => {
                            (super::repository_link(base, &repository.name)) " " (code_state(repository.check))
                            @if paper.repositories.len() > 1 { " " span.note { "and " (paper.repositories.len() - 1) " more" } }
                        }
                        None => span.note { "none" },
                    } }
                } } }
            }
        }
    })
}

/// The venue by the name of its node, with a link: `ACL 2022` is shorter than the title of its proceedings. The tooltip
/// has the name as the source writes it.
fn venue_of(store: &GraphStore, paper: &ListedPaperAnswer) -> Result<Markup, StoreError> {
    let Some(written) = paper.venue.as_deref().map(clean) else { return Ok(html! {}) };
    let published_in = store.ontology().kg.published_in.as_ref();
    let venue = store.objects(&store.base().node(&paper.id), published_in)?.into_iter().next();
    let venue = venue.map(|iri| store.node(&iri)).transpose()?.flatten();
    Ok(match venue {
        Some(venue) => html! { span.clamp title=(written) { (link(store.base(), &venue.id, &venue.label)) } },
        None => html! { span.clamp title=(written) { (written) } },
    })
}
