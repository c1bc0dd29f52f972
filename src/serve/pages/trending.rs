//! Terms that papers name more often than the year before.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::data::{self, DataFormat, PageReply};
use super::{link, page as whole_page, put_together, thousands};
use crate::answer::{NodeRanking, RankedNode};
use crate::graph::GrowthYears;
use crate::ontology::{Base, NodeKind};
use crate::serve::ServerApp;
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::HttpProblem;
use crate::vocabulary::Kind;

/// Number of nodes of a kind on the page of all kinds.
const SHOWN: usize = 10;
pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    let kind = match parameters.filled("kind")? {
        Some(kind) => Some(kind.parse::<NodeKind>().map_err(HttpProblem::bad_request)?),
        None => None,
    };
    let served = app.live.get();
    put_together(&app, move || {
        let base = served.graph.base();
        let rankings = served.trending()?;
        let asked = |ranking: &&(Kind, NodeRanking)| kind.is_none_or(|kind| kind == NodeKind::Entity(ranking.0));
        let chosen: Vec<&(Kind, NodeRanking)> = rankings.iter().filter(asked).collect();
        if chosen.is_empty() && kind.is_some() && !rankings.is_empty() {
            let kinds: Vec<&str> = rankings.iter().map(|(kind, _)| kind.as_str()).collect();
            let message = format!("this page shows the growth of {}; `kg rank --by growth` ranks other kinds too", kinds.join(", "));
            return Err(HttpProblem::bad_request(message));
        }
        let first = chosen.first().map(|(_, ranking)| ranking);
        match (face, first) {
            (DataFormat::Csv, Some(ranking)) => return PageReply::csv(&ranking.sheet()),
            (DataFormat::Json, Some(ranking)) => return PageReply::json(ranking),
            (DataFormat::Csv | DataFormat::Json, None) => {
                return Err(HttpProblem::not_found("growth compares two years, but the graph has papers of fewer"));
            }
            (DataFormat::Page | DataFormat::Atom, _) => {}
        }
        Ok(PageReply::Page(whole_page("Trending", "", &html! {
            h1 { "Trending" @if let Some(kind) = kind { ": " (kind.plural()) } }
            @match first.and_then(|ranking| ranking.growth) {
                Some(growth) => (explained(growth, served.years()?.keys().next_back().copied())),
                None => p { "Growth compares two years, but the dated papers of this graph are of fewer." }
            }
            nav.kinds aria-label="Kinds" {
                a href="/trending" aria-current=[kind.is_none().then_some("true")] { "all" } " "
                @for (one, _) in rankings { @let one = NodeKind::Entity(*one);
                    a href=(address("/trending", &[("kind", one.as_str())])) aria-current=[(kind == Some(one)).then_some("true")] { (one.plural()) } " "
                }
            }
            @for (one, ranking) in &chosen { @if let Some(growth) = ranking.growth {
                section {
                    @if kind.is_none() { h2.capital { a href=(address("/trending", &[("kind", one.as_str())])) { (NodeKind::Entity(*one).plural()) } } }
                    (table(&ranking.rows, growth, base, if kind.is_some() { usize::MAX } else { SHOWN }, NodeKind::Entity(*one).plural()))
                }
            } }
            @if !chosen.is_empty() { (data::links("/trending", data::query_of(&address("/trending", &[("kind", kind.map_or("task", NodeKind::as_str))])), &data::ROWS)) }
        })))
    })
    .await
}

/// `last`: the last year that has papers.
fn explained(growth: GrowthYears, last: Option<u16>) -> Markup {
    html! {
        p.lead { "What papers of " (growth.now) " name more often than papers of " (growth.before) "." }
        @if let Some(last) = last.filter(|last| *last > growth.now) {
            p.note {
                "The graph has papers up to " (last) ". Years with less than a tenth of the papers of its largest year have too few to compare."
            }
        }
        p.note {
            "2 × means: named by twice the share of papers (of " (thousands(growth.papers_now as u64)) " in " (growth.now) " and "
            (thousands(growth.papers_before as u64)) " in " (growth.before) "). What few papers name is brought nearer to 1, and what only "
            "one paper names is left out."
        }
    }
}

/// Whether a node is shown as growing: by a twentieth at least, and not by one paper alone.
pub(crate) fn is_growing(row: &RankedNode, growth: GrowthYears) -> bool {
    row.score >= 1.05 && row.by_year.get(&growth.now).is_some_and(|papers| *papers > 1)
}

fn table(rows: &[RankedNode], growth: GrowthYears, base: &Base, most: usize, what: &str) -> Markup {
    let of = |row: &RankedNode, year: u16| row.by_year.get(&year).copied().unwrap_or_default();
    let shown: Vec<&RankedNode> = rows.iter().filter(|row| is_growing(row, growth)).take(most).collect();
    if shown.is_empty() {
        return html! { p { "None of the " (what) " is named more often than before by several papers." } };
    }
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Growth of " (what) } {
            table.boards.growth {
                thead { tr {
                    th scope="col" { "Name" } th.number scope="col" { "Growth" }
                    th.number scope="col" { "Papers of " (growth.before) } th.number scope="col" { "Papers of " (growth.now) }
                } }
                tbody { @for row in shown { tr {
                    th scope="row" { (link(base, &row.node.id, &row.node.name)) }
                    td.number { (format!("{:.1} ×", row.score)) }
                    td.number { (thousands(of(row, growth.before) as u64)) } td.number { (thousands(of(row, growth.now) as u64)) }
                } } }
            }
        }
    }
}
