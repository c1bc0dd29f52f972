//! Papers whose code is gone: the report of link checks as pages.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::data::{self, DataFormat, PageReply};
use super::{clean, counted, link, page as whole_page, pager, put_together, repository_link, thousands};
use crate::answer::{CodeCounts, CodeList, CodePaper};
use crate::graph::CodeState;
use crate::ontology::Base;
use crate::serve::ServerApp;
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::HttpProblem;

/// Number of papers on one page.
const ROWS: usize = 100;

pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    let state = parameters.choice("state", &CodeState::ALL.map(|state| (state, state.as_str())))?;
    let number = parameters.number("page")?;
    let served = app.live.get();
    put_together(&app, move || {
        let base = served.graph.base();
        let register = served.paper_register()?;
        let all = register.with_code();
        match face {
            DataFormat::Csv => return PageReply::csv(&CodeList::of(&served.graph, all.iter())?.sheet()),
            DataFormat::Json => return PageReply::json(&CodeList::of(&served.graph, all.iter())?),
            DataFormat::Page | DataFormat::Atom => {}
        }
        let counts = CodeCounts::of(register);
        let of = |state| counts.in_state(state);
        let total = counts.linked();
        let checked = total - of(CodeState::Unchecked);
        let state = state.unwrap_or(if checked == 0 { CodeState::Unchecked } else { CodeState::Gone });
        let pages = of(state).div_ceil(ROWS).max(1);
        let number = number.min(pages);
        let shown = all.iter().filter(|paper| paper.state == state).skip((number - 1) * ROWS).take(ROWS);
        let papers = CodeList::of(&served.graph, shown)?.papers;
        Ok(PageReply::Page(whole_page("Is the code still there?", "", &html! {
            h1 { "Is the code still there?" }
            p.lead {
                @if total == 0 { "No paper of this graph links to a repository." }
                @else if checked == 0 {
                    "Nothing was checked yet. " (counted(total as u64, "paper links", "papers link")) " to code; "
                    code { "kg check" } " asks whether it is still there."
                } @else {
                    "Of " (counted(total as u64, "paper that links", "papers that link")) " to code, "
                    (thousands(of(CodeState::There) as u64)) " still have it and " (thousands(of(CodeState::Gone) as u64)) " lost it."
                    @if checked < total { " " (thousands((total - checked) as u64)) " were not checked yet." }
                }
            }
            nav.kinds aria-label="States" { @for one in CodeState::ALL { @if of(one) > 0 || one == state {
                a href=(address("/code", &[("state", one.as_str())])) aria-current=[(one == state).then_some("true")] {
                    (one.words()) " (" (thousands(of(one) as u64)) ")"
                } " "
            } } }
            @if total > 0 {
                h2.capital { (state.words()) }
                @if papers.is_empty() { p { @if checked == 0 { "Not checked yet." } @else { "No paper." } } }
                @else { (table(&papers, base)) }
            }
            (pager(pages, number, |n| address("/code", &[("state", state.as_str()), ("page", &n.to_string())])))
            @if total > 0 { (years(&counts)) }
            (data::links("/code", "", &data::ROWS))
        })))
    })
    .await
}

fn table(papers: &[CodePaper], base: &Base) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Papers" {
            table.papers.stacked {
                thead { tr { th scope="col" { "Date" } th scope="col" { "Paper" } th scope="col" { "Repositories" } } }
                tbody { @for paper in papers { tr {
                    td.day { (paper.date.map_or_else(|| "undated".to_string(), |date| date.to_string())) }
                    th.title scope="row" { span.clamp title=(clean(&paper.title)) { (link(base, &paper.id, &paper.title)) } }
                    td.code data-label="Repositories" { @for repository in &paper.repositories {
                        (repository_link(base, &repository.name))
                        @if repository.check.is_some() || paper.state != CodeState::Unchecked { " " (super::code_state(repository.check)) } br;
                    } }
                } } }
            }
        }
    }
}

/// The states by year of the paper.
fn years(counts: &CodeCounts) -> Markup {
    // A state that no paper has needs no column.
    let states: Vec<CodeState> = CodeState::ALL.into_iter().filter(|state| counts.in_state(*state) > 0).collect();
    html! {
        section {
            h2 { "By year of the paper" }
            div.scroll tabindex="0" role="region" aria-label="By year" {
                table.trends {
                    thead { tr { th scope="col" { "Year" } @for state in &states { th.number.capital scope="col" { (state.words()) } } } }
                    tbody { @for year in counts.years().rev() { tr {
                        th scope="row" { (year.map_or_else(|| "undated".to_string(), |year| year.to_string())) }
                        @for state in &states { td.number { (thousands(counts.of_year(year, *state) as u64)) } }
                    } } }
                }
            }
        }
    }
}
