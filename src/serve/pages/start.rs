use std::sync::Arc;

use axum::response::Response;
use maud::{Markup, html};

use super::query::{box_for, example};
use super::trending::is_growing;
use super::{boards, clean, counted, kind_address, link, named, put_together, search_form, start_page, thousands};
use crate::answer::{BoardIndex, NodeRanking, RankedNode};
use crate::ontology::{Base, NodeKind};
use crate::query::named_queries;
use crate::serve::ServerApp;
use crate::serve::problem::HttpProblem;
use crate::store::GraphCounts;
use crate::vocabulary::Kind;

/// Number of new papers, leaderboards and growing terms on the start page.
const NEW: usize = 8;
const BOARDS: usize = 8;
const GROWING: usize = 6;
/// What people look for most comes first; the other kinds follow.
const FIRST: [NodeKind; 6] = [
    NodeKind::Paper,
    NodeKind::Entity(Kind::Task),
    NodeKind::Entity(Kind::Dataset),
    NodeKind::Entity(Kind::Model),
    NodeKind::Entity(Kind::Method),
    NodeKind::Entity(Kind::Metric),
];

/// The search, new papers, boards, growing terms, and links to everything else.
pub(crate) async fn page(app: &Arc<ServerApp>) -> Result<Response, HttpProblem> {
    let served = app.live.get();
    put_together(app, move || {
        let counts = served.counts()?;
        let base = served.graph.base();
        let new = served.browse(NodeKind::Paper, 0, NEW)?;
        let boards_found = served.boards()?;
        let queries = named_queries()?;
        Ok(start_page(
            "Papers, and what they name",
            &html! {
                h1 { "Papers, and what they name" }
                (search_form("", true))
                (summary(counts))
                (kinds(counts, boards_found.boards.len()))
                div.columns {
                    section {
                        h2 { "New papers" }
                        ul.plain.new { @for hit in &new.hits { li {
                            span.date { @match hit.date { Some(date) => (date), None => "undated" } } " "
                            (link(base, &hit.node.node.id, &hit.node.node.name))
                        } } }
                        p.more { a href="/papers" { "All papers" } " · " a href="/papers.atom" { "feed" } }
                    }
                    (boards(boards_found, base))
                    (growing(served.trending()?, base))
                }
                h2 { "Questions" }
                details.rest {
                    summary { (queries.len()) " questions with an answer ready: on code, results, hardware, citations …" }
                    (named::groups(queries))
                }
                h2 { "Your own question" }
                (box_for(&example(), base))
                (about(base))
            },
        ))
    })
    .await
}

fn boards(index: &BoardIndex, base: &Base) -> Markup {
    html! {
        @if !index.boards.is_empty() {
            section {
                h2 { "Leaderboards" }
                ul.plain { @for board in index.boards.iter().take(BOARDS) { li {
                    a href=(boards::board_address(board)) { (clean(&board.facts.metric)) " on " (clean(&board.facts.dataset.name)) @if let Some(variant) = &board.facts.variant { " (" (clean(variant)) ")" } }
                    ": " b { (clean(&board.best.value)) } " " span.note { (boards::by(&board.best, base)) }
                } } }
                p.more { a href="/leaderboards" { "All " (counted(index.boards.len() as u64, "board", "boards")) } }
            }
        }
    }
}

/// The tasks and datasets that grow most.
fn growing(rankings: &[(Kind, NodeRanking)], base: &Base) -> Markup {
    html! {
        @for (kind, ranking) in rankings.iter().filter(|(kind, _)| matches!(kind, Kind::Task | Kind::Dataset)) {
            @let rows: Vec<&RankedNode> = ranking.rows.iter().filter(|row| ranking.growth.is_some_and(|growth| is_growing(row, growth))).take(GROWING).collect();
            @if !rows.is_empty() {
                section {
                    h2 { "Growing " (NodeKind::Entity(*kind).plural()) }
                    ul.plain { @for row in rows { li {
                        (link(base, &row.node.id, &row.node.name)) " " span.note { (format!("{:.1} ×", row.score)) ", " (counted(row.ties as u64, "paper", "papers")) }
                    } } }
                    p.more { a href={ "/trending?kind=" (kind.as_str()) } { "More, and how this is counted" } }
                }
            }
        }
    }
}

fn summary(counts: &GraphCounts) -> Markup {
    let of = |kind| counts.nodes.iter().find(|(k, _)| *k == kind).map_or(0, |(_, n)| *n);
    let years = match counts.years {
        Some((first, last)) if first == last => format!(" of {first}"),
        Some((first, last)) => format!(" of {first} to {last}"),
        None => String::new(),
    };
    html! {
        p.lead {
            "This graph links " (counted(of(NodeKind::Paper), "paper", "papers")) (years) " to the datasets, models, "
            "methods, tasks, metrics, hardware and software that they name, "
            (thousands(counts.mentions)) " times in all, and to the code that they publish."
        }
    }
}

fn kinds(counts: &GraphCounts, boards: usize) -> Markup {
    let mut tiles: Vec<(NodeKind, u64)> = counts.nodes.iter().copied().filter(|(_, n)| *n > 0).collect();
    let place = |kind: NodeKind| FIRST.iter().position(|first| *first == kind).unwrap_or(FIRST.len());
    tiles.sort_by_key(|(kind, _)| (place(*kind), *kind == NodeKind::Entity(Kind::Unknown)));
    let tile = |address: &str, n: u64, words: &str| {
        html! { li { a href=(address) { span.number { (thousands(n)) } " " (words) } } }
    };
    html! {
        ul.tiles aria-label="What the graph holds" {
            @for (at, (kind, n)) in tiles.iter().enumerate() {
                (tile(&kind_address(*kind), *n, kind.plural()))
                @if at == 0 && boards > 0 { (tile("/leaderboards", boards as u64, if boards == 1 { "leaderboard" } else { "leaderboards" })) }
            }
        }
    }
}

fn about(base: &Base) -> Markup {
    html! {
        h2 { "For programs" }
        dl.facts {
            dt { "SPARQL 1.1" } dd { a href="/sparql" { "/sparql" } " answers queries by GET and POST" }
            dt { "Nodes" } dd {
                "An IRI of the graph such as " code { (base.as_str()) "dataset/coco" } " is " code { "/dataset/coco" }
                " here, as Turtle, JSON-LD, N-Triples or RDF/XML (" code { ".ttl" } ", " code { ".jsonld" } " …)"
            }
            dt { "Whole graphs" } dd { a href="/graphs?default&format=nt" { "/graphs?default" } " gives all of the data" }
            dt { "State" } dd { a href="/health" { "/health" } ", " a href="/metrics" { "/metrics" } }
        }
    }
}
