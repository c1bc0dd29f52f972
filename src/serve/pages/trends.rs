//! The number of papers that name each of several nodes, by year.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::data::{self, DataFormat, PageReply};
use super::entity::percent;
use super::papers::one_node;
use super::selection::AskedPapers;
use super::{clean, for_both_widths, link, page as whole_page, put_together, raw, thousands};
use crate::answer::TrendLines;
use crate::export::chart::{ChartSeries, LineChart, lines_on_page};
use crate::graph::TimeStep;
use crate::ontology::{Base, NodeKind};
use crate::serve::ServerApp;
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::HttpProblem;
use crate::store::NodeRef;

/// Maximum number of nodes side by side.
const NODES: usize = 6;

pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    // Several fields, or several names in one field.
    let names: Vec<String> = parameters
        .all("of")
        .flat_map(|names| names.split([',', '\n', ';']))
        .map(|name| name.trim().to_string())
        .filter(|name| !name.is_empty())
        .collect();
    let is_share = parameters.filled("share")? == Some("1");
    let asked = AskedPapers::of(&parameters)?;
    let served = app.live.get();
    put_together(&app, move || {
        let store = &served.graph;
        let mut nodes: Vec<NodeRef> = Vec::new();
        for name in names.iter().take(NODES) {
            let node = one_node(store, name)?;
            if node.kind == NodeKind::Paper {
                return Err(HttpProblem::bad_request(format!("{} is a paper, which no papers name", node.label)));
            }
            if !nodes.contains(&node) {
                nodes.push(node);
            }
        }
        if nodes.is_empty() && face != DataFormat::Page {
            return Err(HttpProblem::bad_request("trends of what? write ?of=NAME"));
        }
        let found = match nodes.as_slice() {
            [] => None,
            nodes => Some(TrendLines::ask(store, nodes, TimeStep::Year, &asked.selection(store)?)?),
        };
        match (face, &found) {
            (DataFormat::Csv, Some(found)) => return PageReply::csv(&found.sheet()),
            (DataFormat::Json, Some(found)) => return PageReply::json(found),
            _ => {}
        }
        let mut pairs: Vec<(&str, &str)> = nodes.iter().map(|node| ("of", node.id.as_str())).collect();
        let papers = asked.pairs();
        pairs.extend(papers.iter().map(|(name, value)| (*name, value.as_str())));
        let own = address("/trends", &pairs);
        let counts = own.clone();
        pairs.push(("share", "1"));
        let shares = address("/trends", &pairs);
        let base = store.base();
        let labels: Vec<&str> = nodes.iter().map(|node| node.label.as_str()).collect();
        Ok(PageReply::Page(whole_page("Trends", "", &html! {
            h1 { "Trends" }
            p { "How many papers of each year name something, for up to " (NODES) " names side by side." }
            form.filter method="get" action="/trends" aria-label="Names" {
                div.field {
                    label for="of" { "Names, separated by commas" }
                    input #of name="of" value=(raw(&labels.join(", "))) placeholder="COCO, ImageNet" autocomplete="off";
                }
                @if is_share { input type="hidden" name="share" value="1"; }
                (asked.fields())
                button type="submit" { "Show" }
            }
            @if let Some(found) = &found {
                nav.kinds aria-label="Unit" {
                    a href=(counts) aria-current=[(!is_share).then_some("true")] { "papers" } " "
                    a href=(shares) aria-current=[is_share.then_some("true")] { "share of the papers of the year" }
                }
                (chart(found, is_share))
                (table(found, base))
                (data::links("/trends", data::query_of(&own), &data::ROWS))
            }
        })))
    })
    .await
}

/// The number of periods before the first paper about any of the nodes.
fn empty_periods(found: &TrendLines) -> usize {
    let first = |papers: &[usize]| papers.iter().position(|papers| *papers > 0);
    found.trends.iter().filter_map(|trend| first(&trend.papers)).min().unwrap_or_default()
}

fn chart(found: &TrendLines, is_share: bool) -> Markup {
    let skipped = empty_periods(found);
    let series = found.trends.iter().map(|trend| ChartSeries {
        name: trend.node.name.clone(),
        values: match is_share {
            true => trend.shares.iter().skip(skipped).map(|share| share.map(|share| share * 100.0)).collect(),
            false => trend.papers.iter().skip(skipped).map(|papers| Some(*papers as f64)).collect(),
        },
    });
    let chart = LineChart {
        title: "Papers by year".to_string(),
        note: String::new(),
        unit: if is_share { "% of the papers of the year" } else { "papers" }.to_string(),
        steps: found.periods.iter().skip(skipped).map(ToString::to_string).collect(),
        series: series.collect(),
    };
    html! {
        @if found.periods.len() > skipped + 1 {
            figure.chart {
                (for_both_widths(|frame| lines_on_page(&chart, frame)))
            }
        }
    }
}

fn table(found: &TrendLines, base: &Base) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Papers by year" { table.trends {
            thead { tr {
                th scope="col" { "Year" } th.number scope="col" { "All papers" }
                @for trend in &found.trends { th.number scope="col" { (link(base, &trend.node.id, &trend.node.name)) } th.number scope="col" { "Share" } }
            } }
            tbody { @for (at, period) in found.periods.iter().enumerate().skip(empty_periods(found)).rev() { tr {
                th scope="row" { (clean(&period.to_string())) }
                td.number { (thousands(found.papers.get(at).copied().unwrap_or_default() as u64)) }
                @for trend in &found.trends {
                    td.number { (thousands(trend.papers.get(at).copied().unwrap_or_default() as u64)) }
                    td.number { @if let Some(share) = trend.shares.get(at).copied().flatten() { (percent(share)) } }
                }
            } } }
        } }
    }
}
