//! The query box, and the answer to a query typed into it.

use std::sync::Arc;

use axum::response::Response;
use maud::{Markup, html};
use oxigraph::model::{Term, Triple};
use serde::{Deserialize, Serialize};

use super::table::{self, NodeColumnDisplay};
use super::{page, put_together};
use crate::ontology::Base;
use crate::query::{QueryAnswer, QueryError, QueryTask};
use crate::serve::ServerApp;
use crate::serve::answer::{self, ResultForm};
use crate::serve::parameters::address;
use crate::serve::problem::HttpProblem;
use crate::serve::protocol::RequestedGraphs;

/// The part of a result that a page has.
pub(crate) enum ShownResult {
    Boolean(bool),
    Rows { heading: Vec<String>, rows: Vec<Vec<Option<Term>>>, more: bool },
}

/// Rows in the form in which they are kept in a file.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptQueryRows {
    heading: Vec<String>,
    /// Terms as in N-Triples.
    rows: Vec<Vec<Option<String>>>,
    more: bool,
}

impl KeptQueryRows {
    /// `None` if it is not an answer of rows.
    pub(crate) fn of(shown: &ShownResult) -> Option<Self> {
        let ShownResult::Rows { heading, rows, more } = shown else { return None };
        let row = |row: &Vec<Option<Term>>| row.iter().map(|term| term.as_ref().map(Term::to_string)).collect();
        Some(Self { heading: heading.clone(), rows: rows.iter().map(row).collect(), more: *more })
    }

    /// `None` if it has something that is not a term.
    pub(crate) fn shown(self) -> Option<ShownResult> {
        let term = |term: Option<String>| term.map(|term| term.parse()).transpose();
        let row = |row: Vec<Option<String>>| row.into_iter().map(term).collect::<Result<Vec<_>, _>>();
        let rows = self.rows.into_iter().map(row).collect::<Result<Vec<_>, _>>().ok()?;
        Some(ShownResult::Rows { heading: self.heading, rows, more: self.more })
    }
}

/// Maximum rows on a page.
const ROWS: usize = 500;

/// Runs the query, up to the rows that a page shows.
pub(crate) async fn ask(app: &Arc<ServerApp>, task: QueryTask) -> Result<(ShownResult, ResultForm), HttpProblem> {
    let begun = answer::begin(app, task, Some(ROWS + 1)).await?;
    let form = begun.form();
    let shown = begun.with(|answer| Ok(shown(answer)?)).await?;
    Ok((shown, form))
}

fn shown(answer: QueryAnswer) -> Result<ShownResult, QueryError> {
    let (heading, mut rows) = match answer {
        QueryAnswer::Boolean(value) => return Ok(ShownResult::Boolean(value)),
        QueryAnswer::Solutions(solutions) => {
            let heading = solutions.variables().iter().map(|v| v.as_str().to_string()).collect();
            let rows = solutions.map(|row| row.map(|row| row.values().to_vec())).collect::<Result<Vec<_>, _>>()?;
            (heading, rows)
        }
        QueryAnswer::Graph(triples) => {
            let row = |t: Triple| vec![Some(t.subject.into()), Some(t.predicate.into()), Some(t.object)];
            let rows = triples.map(|triple| triple.map(row)).collect::<Result<Vec<_>, _>>()?;
            (["subject", "predicate", "object"].map(str::to_string).to_vec(), rows)
        }
    };
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    Ok(ShownResult::Rows { heading, rows, more })
}

/// An example query.
pub(crate) fn example() -> String {
    "SELECT ?date ?title ?paper WHERE {\n  ?paper kg:usesDataset dataset:coco ;\n         dcterms:title ?title .\n  \
     OPTIONAL { ?paper dcterms:issued ?date }\n}\nORDER BY DESC(STR(?date))\nLIMIT 20"
        .to_string()
}

/// The form with a query in it.
pub(crate) fn box_for(text: &str, base: &Base) -> Markup {
    let known: Vec<_> = base.prefixes().into_iter().map(|(prefix, _)| format!("{prefix}:")).collect();
    html! {
        form.query method="get" action="/sparql" {
            label for="query" { "SPARQL" }
            textarea #query name="query" rows=(text.lines().count().clamp(8, 24)) spellcheck="false"
                aria-describedby="prefixes" autocapitalize="off" { "\n" (text) }
            p.note #prefixes { "Known without a declaration: " (known.join(" ")) }
            button type="submit" { "Run" }
        }
    }
}

pub(crate) async fn form(app: &Arc<ServerApp>) -> Result<Response, HttpProblem> {
    let served = app.live.get();
    put_together(app, move || {
        let base = served.graph.base();
        Ok(page(
            "SPARQL",
            "",
            &html! {
                h1 { "SPARQL" }
                (box_for(&example(), base))
                p { "This address is the endpoint itself: programs send queries here by GET or POST. "
                    a href="/queries" { "Questions" } " has queries to start from, the "
                    a href="/ontology" { "ontology" } " all classes and properties." }
            },
        ))
    })
    .await
}

pub(crate) async fn result(
    app: &Arc<ServerApp>,
    text: String,
    dataset: RequestedGraphs,
) -> Result<Response, HttpProblem> {
    let task = QueryTask::new(text.clone()).over(&dataset.default, &dataset.named);
    let outcome = ask(app, task).await;
    let served = app.live.get();
    let status = outcome.as_ref().err().map(|problem| problem.status);
    let page = put_together(app, move || {
        let base = served.graph.base();
        Ok(page(
            "Answer",
            "",
            &html! {
                h1 { "SPARQL" }
                (box_for(&text, base))
                section aria-labelledby="result" {
                    h2 #result { "Answer" }
                    @match &outcome {
                        Ok((shown, form)) => { (table::of(shown, base, NodeColumnDisplay::Shown)) (downloads(&address("/sparql", &[("query", &text)]), *form)) }
                        Err(problem) => { div.notice role="alert" {
                            pre { (problem.message) }
                            @if let Some(help) = &problem.help { p { (help) } }
                        } }
                    }
                }
            },
        ))
    });
    let mut response = page.await?;
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    Ok(response)
}

/// Links to the same result in other formats. `address` may have parameters already.
pub(crate) fn downloads(address: &str, form: ResultForm) -> Markup {
    let formats: &[(&str, &str)] = match form {
        ResultForm::Triples => &[("ttl", "Turtle"), ("nt", "N-Triples"), ("jsonld", "JSON-LD"), ("rdf", "RDF/XML")],
        _ => &[("csv", "CSV"), ("tsv", "TSV"), ("json", "JSON"), ("xml", "XML")],
    };
    let sign = if address.contains('?') { '&' } else { '?' };
    html! {
        p.downloads { "All rows as "
            @for (i, (name, title)) in formats.iter().enumerate() {
                @if i > 0 { ", " }
                a href={ (address) (sign) "format=" (name) } { (title) }
            }
        }
    }
}
