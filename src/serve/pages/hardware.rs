//! The devices that papers run on.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::html;

use super::data::{self, DataFormat, PageReply};
use super::selection::AskedPapers;
use super::{clean, counted, link, page as whole_page, put_together, thousands};
use crate::answer::DeviceList;
use crate::serve::ServerApp;
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::HttpProblem;

/// Number of devices, and of years, on the page.
const ROWS: usize = 60;
const YEARS: usize = 6;

pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let asked = AskedPapers::of(&Parameters::parse(parts.uri.query().unwrap_or_default())?)?;
    let served = app.live.get();
    put_together(&app, move || {
        let chosen;
        let found = if asked.is_all() {
            served.devices()?
        } else {
            chosen = DeviceList::ask(&served.graph, &asked.selection(&served.graph)?, &[], usize::MAX)?;
            &chosen
        };
        match face {
            DataFormat::Csv => return PageReply::csv(&found.sheet()),
            DataFormat::Json => return PageReply::json(found),
            DataFormat::Page | DataFormat::Atom => {}
        }
        let base = served.graph.base();
        let pairs = asked.pairs();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let own = address("/hardware", &pairs);
        let years: Vec<u16> = found.by_year.keys().rev().take(YEARS).rev().copied().collect();
        let number = |n: Option<u64>| n.map(thousands).unwrap_or_default();
        Ok(PageReply::Page(whole_page("Hardware", "", &html! {
            h1 { "Hardware that papers run on" }
            form.filter method="get" action="/hardware" aria-label="Filters" { (asked.fields()) button type="submit" { "Filter" } }
            p.count {
                (counted(found.papers as u64, "paper names", "papers name")) " a device"
                @if found.undated > 0 { ", " (thousands(found.undated as u64)) " of them undated" }
                ". " (counted(found.total as u64, "device", "devices")) ", those that most papers name first."
            }
            @if !found.devices.is_empty() {
                div.scroll tabindex="0" role="region" aria-label="Devices" { table.boards.stacked {
                    thead { tr {
                        th scope="col" { "Device" } th scope="col" { "Maker" } th.number scope="col" { "Papers" }
                        th.number scope="col" { "State how many" } th.number scope="col" { "Median" } th.number scope="col" { "Most" }
                        @for year in &years { th.number scope="col" { (year) } }
                    } }
                    tbody { @for device in found.devices.iter().take(ROWS) { tr {
                        th scope="row" { (link(base, &device.id, &device.name)) }
                        td data-label="Maker" { (clean(device.vendor.as_deref().unwrap_or_default())) }
                        td.number data-label="Papers" { (thousands(device.papers as u64)) }
                        td.number data-label="State how many" { @if !device.counts.is_empty() { (device.counts.len()) } }
                        td.number data-label="Median" { (number(device.median)) }
                        td.number data-label="Most" { (number(device.most)) }
                        @for year in &years { td.number.year data-label=(year) {
                            @if let Some(n) = device.by_year.get(year) { (thousands(*n as u64)) }
                        } }
                    } } }
                } }
                @if found.devices.len() > ROWS { p.note { (found.devices.len() - ROWS) " more are in the data." } }
            }
            (data::links("/hardware", data::query_of(&own), &data::ROWS))
        })))
    })
    .await
}
