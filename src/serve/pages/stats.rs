//! The counts of the graph, and its papers by year.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::data::{self, DataFormat, PageReply};
use super::entity::percent;
use super::{counted, for_both_widths, kind_address, page as whole_page, put_together, thousands};
use crate::answer::{GraphSummary, PapersByYear};
use crate::export::chart::{ColumnChart, TimeColumn, columns_on_page};
use crate::ontology::NodeKind;
use crate::serve::ServerApp;
use crate::serve::problem::HttpProblem;

pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let served = app.live.get();
    put_together(&app, move || {
        let found = GraphSummary::ask(&served.graph)?;
        match face {
            DataFormat::Csv => return PageReply::csv(&found.sheet()),
            DataFormat::Json => return PageReply::json(&found),
            DataFormat::Page | DataFormat::Atom => {}
        }
        Ok(PageReply::Page(whole_page("What the graph holds", "", &html! {
            h1 { "What the graph holds" }
            (counts(&found))
            (years(&PapersByYear::of(served.paper_register()?)))
            p.note {
                "Generation " (thousands(found.generation)) " of the graph, " (thousands(found.bytes / 1_000_000)) " MB on disk. "
                "Ids are below " code { (found.base) } "."
            }
            (data::links("/stats", "", &data::ROWS))
        })))
    })
    .await
}

fn counts(found: &GraphSummary) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Counts" { table {
            thead { tr { th scope="col" { "What" } th.number scope="col" { "Count" } } }
            tbody {
                @for kind in NodeKind::ALL { tr {
                    th scope="row" { @if found.of(kind) > 0 { a href=(kind_address(kind)) { (kind.plural()) } } @else { (kind.plural()) } }
                    td.number { (thousands(found.of(kind))) }
                } }
                tr { th scope="row" { "mentions of entities in papers" } td.number { (thousands(found.mentions)) } }
                tr { th scope="row" { "triples" } td.number { (thousands(found.triples)) } }
            }
        } }
    }
}

/// Papers by year, and how many of them link to code.
fn years(PapersByYear { years, undated }: &PapersByYear) -> Markup {
    if years.is_empty() {
        return html! {};
    }
    let columns = years.iter().map(|(year, of)| TimeColumn {
        step: year.to_string(),
        value: of.papers as f64,
        value_text: format!(
            "{year}: {}, {} with code",
            counted(of.papers as u64, "paper", "papers"),
            thousands(of.with_code as u64)
        ),
    });
    let chart = ColumnChart { title: "Papers by year".to_string(), note: String::new(), columns: columns.collect() };
    html! {
        section aria-labelledby="years" {
            h2 #years { "Papers by year" }
            @if years.len() > 1 {
                figure.chart {
                    (for_both_widths(|frame| columns_on_page(&chart, frame)))
                }
            }
            details { summary { "As a table, with code" }
                div.scroll tabindex="0" role="region" aria-label="Papers by year" { table.years {
                    thead { tr {
                        th scope="col" { "Year" } th.number scope="col" { "Papers" } th.number scope="col" { "With code" }
                        th.number scope="col" { "Share" } th.number scope="col" { "Code gone" }
                    } }
                    tbody { @for (year, of) in years.iter().rev() { tr {
                        th scope="row" { (year) }
                        td.number { (thousands(of.papers as u64)) } td.number { (thousands(of.with_code as u64)) }
                        td.number { @if of.papers > 0 { (percent(of.with_code as f64 / of.papers as f64)) } }
                        td.number { (thousands(of.gone as u64)) }
                    } } }
                } }
            }
            @if *undated > 0 { p.note { (counted(*undated as u64, "paper has", "papers have")) " no date." } }
        }
    }
}
