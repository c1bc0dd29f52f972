//! The rows of a board, as a chart and as a table.

use std::cmp::Reverse;
use std::collections::HashMap;

use maud::{Markup, html};

use super::super::{clean, counted, file_name, for_both_widths, link, pager};
use super::parameters::{BoardParameters, RowOrder};
use crate::export::chart::{RecordChart, records_on_page};
use crate::graph::{Board, BoardRow, ResultCode, ResultSource};
use crate::ontology::{Base, name_key};
use crate::store::{GraphStore, StoreError};

/// Number of rows on one page of a board.
const ROWS: usize = 100;

/// The records over time, once for a wide and once for a narrow screen.
pub(super) fn chart(board: &Board) -> Markup {
    let records = RecordChart::of(board);
    let dated = records.points.len();
    html! {
        @if dated > 1 {
            figure.chart {
                (for_both_widths(|frame| records_on_page(&records, frame)))
                figcaption.note {
                    "The line joins results that were better than all before them."
                    @if dated < board.rows.len() {
                        " " (counted((board.rows.len() - dated) as u64, "result without a date or number is", "results without a date or number are"))
                        " only in the table."
                    }
                }
            }
        } @else {
            p.note { "There is no chart: fewer than two results have a date and a number." }
        }
    }
}

pub(super) fn rows(
    store: &GraphStore,
    board: &Board,
    beside: &[Board],
    asked: &BoardParameters,
) -> Result<Markup, StoreError> {
    let base = store.base();
    let records: Vec<*const BoardRow> = board.history().into_iter().map(std::ptr::from_ref).collect();
    let is_record = |row: &BoardRow| records.len() > 1 && records.contains(&std::ptr::from_ref(row));
    // A metric without a value in any row of the board needs no column.
    let beside: Vec<(&str, HashMap<SystemOfPaper, &str>)> = beside
        .iter()
        .map(|other| (other.metric.as_str(), values(other)))
        .filter(|(_, values)| board.rows.iter().any(|row| values.contains_key(&of_paper(row))))
        .collect();
    let mut ranked: Vec<(usize, &BoardRow)> = (1..).zip(&board.rows).collect();
    match asked.sort {
        RowOrder::Rank => {}
        RowOrder::System => {
            ranked.sort_by_cached_key(|(_, row)| (row.system.is_none(), row.system.as_deref().map(name_key)));
        }
        RowOrder::Date => ranked.sort_by_key(|(_, row)| (row.since().is_none(), Reverse(row.since()))),
        RowOrder::Paper => ranked.sort_by_cached_key(|(_, row)| row.paper.label.to_lowercase()),
        RowOrder::Code => ranked
            .sort_by_key(|(_, row)| Reverse(row.code.as_ref().map(|c| (c.is_runnable(), c.is_official, !c.is_dead)))),
    }
    let pages = ranked.len().div_ceil(ROWS).max(1);
    let number = asked.page.min(pages);
    let mut shown = Vec::new();
    for (rank, row) in ranked.into_iter().skip((number - 1) * ROWS).take(ROWS) {
        let is_record = is_record(row);
        let mut row = row.clone();
        row.read_evidence(store)?;
        row.read_code(store)?;
        shown.push((rank, row, is_record));
    }
    let column = |sort: RowOrder, name: &str| {
        let order = match (asked.sort == sort, sort) {
            (false, _) => None,
            (true, RowOrder::Date | RowOrder::Code) => Some("descending"),
            (true, _) => Some("ascending"),
        };
        html! { th scope="col" aria-sort=[order] { a href=(asked.address("/leaderboard", sort, 1)) { (name) } } }
    };
    Ok(html! {
        p.count {
            (counted(board.rows.len() as u64, "result", "results"))
            @if asked.is_filtered() { " after the filters" }
            ", by " (asked.sort.as_str()) "."
        }
        div.scroll tabindex="0" role="region" aria-label="Results" {
            table.results.stacked.sortable[pages == 1] {
                thead { tr {
                    (column(RowOrder::Rank, "Rank")) (column(RowOrder::System, "System"))
                    th.number scope="col" { (clean(&board.metric)) }
                    @for (metric, _) in &beside { th.number scope="col" { (clean(metric)) } }
                    (column(RowOrder::Date, "Date")) (column(RowOrder::Paper, "Paper")) (column(RowOrder::Code, "Code"))
                    th scope="col" { "Read in" }
                } }
                tbody { @for (rank, row, is_record) in &shown { tr.record[*is_record] {
                    td.number data-label="Rank" { (rank) }
                    td.name data-label="System" { (system(row)) @if *is_record { " " span.mark-record title="better than all before it" { "record" } } }
                    td.number data-label=(clean(&board.metric)) { b { (clean(&row.value)) } @if let Some(deviation) = &row.deviation { span.note { " ± " (clean(deviation)) } } }
                    @for (metric, values) in &beside { td.number data-label=(clean(metric)) { @if let Some(value) = values.get(&of_paper(row)) { (clean(value)) } } }
                    td.day data-label="Date" { @match row.since() { Some(date) => (date), None => span.note { "undated" } } }
                    td.title { span.clamp title=(clean(&row.paper.label)) { (link(base, &row.paper.id, &row.paper.label)) } }
                    td.code data-label="Code" { @match &row.code { Some(code) => (code_cell(code, base)), None => span.note { "none" } } }
                    td.place data-label="Read in" { (place(row)) }
                } } }
            }
        }
        (pager(pages, number, |n| asked.address("/leaderboard", asked.sort, n)))
    })
}

/// The system and paper of a row: a paper's own system, or another's by its name.
type SystemOfPaper = (String, Option<String>);

fn of_paper(row: &BoardRow) -> SystemOfPaper {
    match row.own {
        true => (row.paper.id.clone(), None),
        false => (String::new(), Some(row.system.as_deref().map(name_key).unwrap_or_default())),
    }
}

fn values(board: &Board) -> HashMap<SystemOfPaper, &str> {
    let mut values = HashMap::new();
    for row in &board.rows {
        values.entry(of_paper(row)).or_insert(row.value.as_str());
    }
    values
}

fn system(row: &BoardRow) -> Markup {
    html! {
        @match &row.system { Some(system) => (clean(system)), None => span.note { "not named" } }
        @if !row.own { " " span.note { "as cited" } }
        @if row.repeated > 0 {
            " " span.note {
                @if row.own { "and " (counted(row.repeated as u64, "lower result", "lower results")) }
                @else { "also in " (counted(row.repeated as u64, "other paper", "other papers")) }
            }
        }
    }
}

fn code_cell(code: &ResultCode, base: &Base) -> Markup {
    let short = code.url.split_once('/').map_or(code.url.as_str(), |(_, path)| path);
    let id = format!("repository/{}", code.url).to_lowercase();
    html! {
        span title=(clean(&code.url)) { (link(base, &id, short)) } " "
        span.verdict.dead[code.is_dead].live[code.is_runnable()] { (code.state()) }
    }
}

fn place(row: &BoardRow) -> Markup {
    html! {
        @match &row.source {
            ResultSource::Sentence { field, text: Some(text) } => {
                details.place { summary { (clean(field)) } blockquote { "“" (clean(text)) "”" } }
            }
            ResultSource::Sentence { field, text: None } => (clean(field)),
            ResultSource::Table(place) => (clean(place)),
            ResultSource::Stated(sources) => {
                "stated by " @for (i, source) in sources.iter().enumerate() { @if i > 0 { ", " } (clean(file_name(source))) }
            }
        }
        @if let Some(confidence) = row.confidence { " " span.note { (format!("{:.0} % sure", confidence * 100.0)) } }
    }
}
