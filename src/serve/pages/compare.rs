//! Papers side by side.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::data::{self, DataFormat, PageReply};
use super::papers::one_node;
use super::{badge, clean, code_state, link, page as whole_page, put_together, repository_link};
use crate::answer::{ComparedName, PaperComparison};
use crate::graph::Tie;
use crate::ontology::{Base, NodeKind};
use crate::serve::ServerApp;
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::HttpProblem;
use crate::store::NodeRef;

/// Maximum number of papers in a comparison.
const PAPERS: usize = 6;
/// Number of rows of a group.
const ROWS: usize = 200;

pub(crate) async fn page(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    // Several fields, or several names in one field.
    let names: Vec<String> = parameters
        .all("papers")
        .flat_map(|names| names.split([',', '\n', ';']))
        .map(|name| name.trim().to_string())
        .filter(|name| !name.is_empty())
        .collect();
    let served = app.live.get();
    put_together(&app, move || {
        let store = &served.graph;
        let base = store.base();
        let mut papers: Vec<NodeRef> = Vec::new();
        for name in names.iter().take(PAPERS) {
            let node = one_node(store, name)?;
            if node.kind != NodeKind::Paper {
                return Err(HttpProblem::bad_request(format!("{} is a {}, not a paper", node.label, node.kind)));
            }
            if !papers.contains(&node) {
                papers.push(node);
            }
        }
        let found = if papers.len() > 1 { Some(PaperComparison::ask(store, &papers)?) } else { None };
        match (face, &found) {
            (DataFormat::Csv, Some(found)) => return PageReply::csv(&found.sheet()),
            (DataFormat::Json, Some(found)) => return PageReply::json(found),
            (DataFormat::Csv | DataFormat::Json, None) => {
                return Err(
                    HttpProblem::bad_request("a comparison needs two papers").help("write ?papers=ID&papers=ID")
                );
            }
            (DataFormat::Page | DataFormat::Atom, _) => {}
        }
        let ids: Vec<(&str, &str)> = papers.iter().map(|paper| ("papers", paper.id.as_str())).collect();
        Ok(PageReply::Page(whole_page(
            "Compare papers",
            "",
            &html! {
                h1 { "Compare papers" }
                (form(&papers))
                @match &found {
                    Some(found) => {
                        @if names.len() > PAPERS {
                            p.note { "Of " (names.len()) " papers, these are the first " (PAPERS) ": more do not fit side by side." }
                        }
                        (comparison(found, base))
                        (data::links("/compare", data::query_of(&address("/compare", &ids)), &data::ROWS))
                    }
                    None => p { "Give two papers or more: what they share comes first, then where they differ." }
                }
            },
        )))
    })
    .await
}

/// A box that chooses a paper. The button of [`of_chosen`] on the same page compares the chosen papers.
pub(crate) fn choice(id: &str, title: &str) -> Markup {
    html! { input.choice type="checkbox" form="compare" name="papers" value=(id) aria-label={ "Compare " (clean(title)) }; }
}

/// The form of all boxes on a page.
pub(crate) fn of_chosen() -> Markup {
    html! {
        form #compare method="get" action="/compare" aria-label="Compare papers" {
            button type="submit" { "Compare the chosen papers" }
        }
    }
}

fn form(papers: &[NodeRef]) -> Markup {
    html! {
        form.filter method="get" action="/compare" aria-label="Papers" {
            @for n in 0..(papers.len() + 1).clamp(2, PAPERS) {
                div.field {
                    label for={ "paper-" (n) } { "Paper " (n + 1) }
                    input id={ "paper-" (n) } name="papers" value=[papers.get(n).map(|paper| &paper.id)] placeholder="title, arXiv id or DOI"
                        autocomplete="off" spellcheck="false" data-suggest="paper";
                }
            }
            button type="submit" { "Compare" }
        }
    }
}

fn comparison(found: &PaperComparison, base: &Base) -> Markup {
    let all = found.papers.len();
    let groups: [(&str, Vec<&ComparedName>); 3] = [
        ("In all of them", found.rows.iter().filter(|row| row.shared == all).collect()),
        ("In some of them", found.rows.iter().filter(|row| row.shared > 1 && row.shared < all).collect()),
        ("In one of them", found.rows.iter().filter(|row| row.shared == 1).collect()),
    ];
    html! {
        div.scroll tabindex="0" role="region" aria-label="Comparison" {
            table.compare {
                thead { tr { td {} @for paper in &found.papers { th scope="col" { (link(base, &paper.id, &paper.title)) } } } }
                tbody {
                    tr { th scope="row" { "Date" } @for paper in &found.papers { td { (paper.date.map_or_else(|| "undated".to_string(), |date| date.to_string())) } } }
                    tr { th scope="row" { "Code" } @for paper in &found.papers { td {
                        @for repository in &paper.repositories { (repository_link(base, &repository.name)) " " (code_state(repository.check)) br; }
                        @if paper.repositories.is_empty() { span.note { (paper.code.as_deref().unwrap_or("none")) } }
                    } } }
                    @if found.papers.iter().any(|paper| paper.organization.is_some()) {
                        tr { th scope="row" { "Organisation" } @for paper in &found.papers { td { (clean(paper.organization.as_deref().unwrap_or_default())) } } }
                    }
                    @if found.papers.iter().any(|paper| !paper.hardware.is_empty()) {
                        tr { th scope="row" { "Hardware" } @for paper in &found.papers { td { @for device in &paper.hardware {
                            @if let Some(count) = &device.count { (clean(count)) " × " } (clean(&device.name)) br;
                        } } } }
                    }
                    @if found.papers.iter().any(|paper| !paper.claims.is_empty()) {
                        tr { th scope="row" { "Claims" } @for paper in &found.papers { td { @for claim in &paper.claims {
                            (clean(&claim.metric)) " " b { (clean(&claim.value)) } @if let Some(dataset) = &claim.dataset { " on " (clean(dataset)) } br;
                        } } } }
                    }
                    @for (heading, rows) in &groups { @if !rows.is_empty() {
                        tr.group { th colspan=(all + 1) scope="colgroup" { (heading) " (" (rows.len()) ")" } }
                        @for row in rows.iter().take(ROWS) { tr {
                            th scope="row" { (link(base, &row.node.id, &row.node.name)) " " (badge(row.node.kind)) }
                            @for tie in &row.relations { td { (tie.map_or("", Tie::words)) } }
                        } }
                    } }
                }
            }
        }
    }
}
