//! The named queries: all of them, and each with a form for its parameters.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use maud::{Markup, html};

use super::query::{Shown, downloads};
use super::{clean, page, put_together, table};
use crate::ontology::NodeKind;
use crate::query::{NamedQuery, Parameter, ParameterKind, Query, named_queries, named_query};
use crate::serve::answer::{self, Asked};
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::Problem;
use crate::serve::sparql::of;
use crate::serve::{App, off_the_loop};

/// What the queries are about, in the order of the page, by words of their names; the first that fits.
const GROUPS: [(&str, &[&str]); 6] = [
    ("Code", &["code", "repositor"]),
    ("Datasets and results", &["dataset", "result", "metric"]),
    ("Hardware and software", &["hardware", "software"]),
    ("Models and methods", &["model", "method", "task", "comparison"]),
    ("What is new", &["introduc", "contribution"]),
    ("Papers", &[""]),
];

/// All queries, grouped.
pub fn groups() -> Result<Markup, Problem> {
    let queries = named_queries()?;
    let group = |query: &NamedQuery| GROUPS.iter().position(|(_, words)| words.iter().any(|w| query.name.contains(w)));
    Ok(html! {
        div.groups {
            @for (i, (heading, _)) in GROUPS.iter().enumerate() {
                @let members: Vec<_> = queries.iter().filter(|query| group(query) == Some(i)).collect();
                @if !members.is_empty() {
                    section {
                        h3 { (heading) }
                        ul.plain {
                            @for query in members { li { a href={ "/queries/" (query.name) } { (query.head.summary) } } }
                        }
                    }
                }
            }
        }
    })
}

pub async fn list(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    put_together(&app, || {
        Ok(page("Questions", "", &html! {
            h1 { "Questions" }
            p { "Each is a SPARQL query that ships with the program; its text stands below its answer." }
            (groups()?)
        }))
    })
    .await
}

/// One query: its form, and its result as soon as all that is required is given.
pub async fn one(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let text = named_query(&name)?;
    let parameters = Parameters::parse(request.uri().query().unwrap_or_default())?;
    let format = parameters.filled("format")?.map(str::to_string);
    let values = parameters.without(&["format"]);
    let served = app.live.get();
    let query = Query::parse(text, served.graph.base())?;
    let head = query.head.clone();
    let missing = head.parameters.iter().any(|p| p.is_required() && !values.iter().any(|(name, _)| *name == p.name));
    if missing && format.is_none() {
        return put_together(&app, move || Ok(query_page(&name, text, &head.parameters, &head.summary, &[], &html! {}))).await;
    }
    let bound = {
        let (served, values) = (Arc::clone(&served), values.clone());
        off_the_loop(move || Ok(query.bind(&values, &served.graph)?)).await
    };
    let query = match bound {
        Ok(query) => query,
        // What is wrong with a value is said above the form in which it can be mended.
        Err(problem) if format.is_none() && super::wanted(request.headers()) => {
            let told = told(&problem);
            let page = query_page(&name, text, &head.parameters, &head.summary, &values, &told);
            let mut response = put_together(&app, move || Ok(page)).await?;
            *response.status_mut() = problem.status;
            return Ok(response);
        }
        Err(problem) => return Err(problem),
    };
    let asked = Asked { query, served };
    if format.is_some() || !super::wanted(request.headers()) {
        let (wanted, media) = answer::format(asked.query.form(), format.as_deref(), request.headers())?;
        return Ok(of(asked.answer(&app, wanted, request.version()).await?, media));
    }
    let form = asked.query.form();
    let base = asked.served.graph.base().clone();
    let shown = asked.shown(&app).await;
    put_together(&app, move || {
        let result = match shown {
            Ok(shown) => result(&name, &values, &shown, form, &base),
            Err(problem) => told(&problem),
        };
        Ok(query_page(&name, text, &head.parameters, &head.summary, &values, &result))
    })
    .await
}

fn result(
    name: &str,
    values: &[(String, String)],
    shown: &Shown,
    form: crate::query::Form,
    base: &crate::ontology::Base,
) -> Markup {
    let pairs: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    html! {
        section aria-labelledby="result" {
            h2 #result { "Answer" }
            (table::of(shown, base))
            (downloads(&address(&format!("/queries/{name}"), &pairs), form))
        }
    }
}

fn told(problem: &Problem) -> Markup {
    html! {
        div.told role="alert" {
            p { (clean(&problem.message)) }
            @if let Some(help) = &problem.help { p { (clean(help)) } }
            @if !problem.near.is_empty() {
                ul.plain { @for node in &problem.near { li { code { (node.id) } " " (clean(&node.label)) } } }
            }
        }
    }
}

fn query_page(
    name: &str,
    text: &str,
    parameters: &[Parameter],
    summary: &str,
    values: &[(String, String)],
    result: &Markup,
) -> Markup {
    page(
        summary,
        "",
        &html! {
            p.path { a href="/queries" { "Questions" } }
            h1 { (summary) }
            @if !parameters.is_empty() {
                form.parameters method="get" action={ "/queries/" (name) } {
                    @for parameter in parameters { (field(parameter, values)) }
                    button type="submit" { "Ask" }
                }
            }
            (result)
            details {
                summary { "The query" }
                pre { code { (text) } }
                p { code { "kg query " (name) @for p in parameters { " " (p) } } }
            }
        },
    )
}

fn field(parameter: &Parameter, values: &[(String, String)]) -> Markup {
    let given = values.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| value);
    let value = given.or(parameter.default.as_ref()).map(String::as_str).unwrap_or_default();
    let example = match parameter.kind {
        ParameterKind::Node(NodeKind::Entity(_)) | ParameterKind::Entity | ParameterKind::AnyNode => "name, alias or id",
        ParameterKind::Node(NodeKind::Paper) => "title or arXiv id",
        ParameterKind::Node(_) => "address",
        ParameterKind::Number => "number",
        ParameterKind::Text => "text",
    };
    let id = format!("p-{}", parameter.name);
    html! {
        div.field {
            label for=(id) { (clean(&parameter.description)) @if parameter.optional { " (optional)" } }
            input id=(id) name=(parameter.name) value=(value) placeholder=(example) required[parameter.is_required()]
                inputmode=[(parameter.kind == ParameterKind::Number).then_some("numeric")] autocomplete="off";
        }
    }
}
