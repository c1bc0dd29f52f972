//! The named queries: a list of all, and a page with a form for each.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use maud::{Markup, html};
use xxhash_rust::xxh3::xxh3_64;

use super::data::{self, DataFormat, PageReply};
use super::query::{KeptQueryRows, ShownResult, ask, downloads};
use super::table::{self, NodeColumnDisplay};
use super::{clean, page, put_together};
use crate::disk::FileKind;
use crate::ontology::{Base, NodeKind};
use crate::query::{NamedQuery, Parameter, ParameterKind, QueryHead, QueryList, QueryTask, named_queries, named_query};
use crate::serve::answer::{self, ResultForm};
use crate::serve::parameters::{Parameters, address};
use crate::serve::problem::HttpProblem;
use crate::serve::{ServerApp, off_the_loop};
use crate::store::{GraphStore, KeptAnswer};

/// The endings of addresses at which the answer of a query is data.
const ENDINGS: [&str; 4] = ["csv", "tsv", "json", "xml"];

/// The queries, by topic.
pub(crate) fn groups(queries: Vec<NamedQuery>) -> Markup {
    let mut topics: BTreeMap<String, Vec<NamedQuery>> = BTreeMap::new();
    for query in queries {
        topics.entry(query.head.topic.clone().unwrap_or_default()).or_default().push(query);
    }
    html! {
        div.groups {
            @for (topic, queries) in &topics {
                section {
                    h3 { (topic) }
                    ul.plain {
                        @for query in queries { @let (question, more) = question(&query.head.summary); li {
                            a href={ "/queries/" (query.name) } { (question) } @if !more.is_empty() { " " span.note { (more) } }
                        } }
                    }
                }
            }
        }
    }
}

/// The question of a query, and what its summary says about the answer. Columns are named as the table shows them.
fn question(summary: &str) -> (&str, String) {
    let (question, more) = summary.split_at(summary.find('?').map_or(summary.len(), |at| at + 1));
    (question, more.trim().replace('_', " "))
}

pub(crate) async fn list(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    let face = DataFormat::of(&parts)?;
    put_together(&app, move || {
        match face {
            DataFormat::Csv => return PageReply::csv(&QueryList::read()?.sheet()),
            DataFormat::Json => return PageReply::json(&QueryList::read()?),
            DataFormat::Page | DataFormat::Atom => {}
        }
        Ok(PageReply::Page(page(
            "Questions",
            "",
            &html! {
                h1 { "Questions" }
                p { "Each is a SPARQL query that ships with the program; its text is below its answer." }
                h2.hidden { "By topic" }
                (groups(named_queries()?))
                (data::links("/queries", "", &data::ROWS))
            },
        )))
    })
    .await
}

/// One query: its form, and its result once all required values are given.
pub(crate) async fn one(
    State(app): State<Arc<ServerApp>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, HttpProblem> {
    // `papers-using.csv` is the answer of `papers-using` as CSV.
    let (name, ending) = match name.rsplit_once('.').filter(|(_, ending)| ENDINGS.contains(ending)) {
        Some((name, ending)) => (name.to_string(), Some(ending.to_string())),
        None => (name, None),
    };
    let text = named_query(&name)?;
    let parameters = Parameters::parse(request.uri().query().unwrap_or_default())?;
    let format = match parameters.filled("format")? {
        Some(format) => Some(format.to_string()),
        None => ending,
    };
    let values = parameters.without(&["format"]);
    let head = QueryHead::parse(text)?;
    let missing = head.parameters.iter().any(|p| p.is_required() && !values.iter().any(|(name, _)| *name == p.name));
    if missing && format.is_none() {
        return put_together(&app, move || Ok(query_page(&name, text, &head, &[], &html! {}))).await;
    }
    let task = QueryTask::new(text).parameters(values.clone());
    if format.is_some() || !super::wanted(request.headers()) {
        bound(&app, &head, &values).await?;
        let (parts, _) = request.into_parts();
        return answer::begin(&app, task, None).await?.send(&app, format.as_deref(), &parts).await;
    }
    // An error in a value is shown below the form, where the user can correct it.
    let outcome = match bound(&app, &head, &values).await {
        Ok(()) => answered(&app, &name, &values, task).await,
        Err(problem) => Err(problem),
    };
    let status = outcome.as_ref().err().map(|problem| problem.status);
    let base = app.live.get().graph.base().clone();
    let page = put_together(&app, move || {
        let result = match &outcome {
            Ok(answer) => result(&name, &values, &answer.0, answer.1, &base),
            Err(problem) => problem_notice(problem),
        };
        Ok(query_page(&name, text, &head, &values, &result))
    });
    let mut response = page.await?;
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    Ok(response)
}

/// The answer of a query. A generation does not change, so the query runs once. Without values, its answer is kept in a
/// file, because over many papers it takes seconds.
async fn answered(
    app: &Arc<ServerApp>,
    name: &str,
    values: &[(String, String)],
    task: QueryTask,
) -> Result<Arc<(ShownResult, ResultForm)>, HttpProblem> {
    let pairs: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let question = address(name, &pairs);
    let served = app.live.get();
    if let Some(known) = served.answers.get(&question) {
        return Ok(known);
    }
    let file = values.is_empty().then(|| KeptQueryFile::of(name)).transpose()?;
    let known = match file.clone() {
        Some(file) => {
            let served = Arc::clone(&served);
            off_the_loop(move || Ok(file.read(&served.graph))).await?
        }
        None => None,
    };
    let answer = match known {
        Some(shown) => (shown, ResultForm::Rows),
        None => {
            let found = ask(app, task).await?;
            // A worker reads the current generation.
            if let Some(file) = file.filter(|_| served.graph.is_current())
                && let Some(rows) = KeptQueryRows::of(&found.0)
            {
                let served = Arc::clone(&served);
                let keeping = off_the_loop(move || {
                    file.write(&served.graph, &rows);
                    Ok(())
                });
                keeping.await?;
            }
            found
        }
    };
    let answer = Arc::new(answer);
    served.answers.keep(question, &answer);
    Ok(answer)
}

const KEPT: FileKind = FileKind { magic: b"kg-rows\n", version: 1 };

/// The file that keeps the answer of a query without values.
#[derive(Clone)]
struct KeptQueryFile {
    name: String,
    /// Of the query's text. A changed query is asked again.
    hash: u64,
}

impl KeptQueryFile {
    fn of(query: &str) -> Result<Self, HttpProblem> {
        let hash = xxh3_64(named_query(query)?.as_bytes());
        Ok(Self { name: format!("rows-{query}"), hash })
    }

    fn answer(&self) -> KeptAnswer<'_> {
        KeptAnswer { name: &self.name, kind: KEPT }
    }

    fn read(&self, store: &GraphStore) -> Option<ShownResult> {
        let (hash, rows): (u64, KeptQueryRows) = store.read_kept(self.answer())?;
        if hash == self.hash { rows.shown() } else { None }
    }

    fn write(&self, store: &GraphStore, rows: &KeptQueryRows) {
        store.keep(self.answer(), &(self.hash, rows));
    }
}

/// Checks whether the values can be bound. This gives errors with similar names.
async fn bound(app: &ServerApp, head: &QueryHead, values: &[(String, String)]) -> Result<(), HttpProblem> {
    let permit = app.page_permits.take().await?;
    let (served, head, values) = (app.live.get(), head.clone(), values.to_vec());
    off_the_loop(move || {
        let _permit = permit;
        Ok(head.bind(&values, &served.graph).map(drop)?)
    })
    .await
}

fn result(name: &str, values: &[(String, String)], shown: &ShownResult, form: ResultForm, base: &Base) -> Markup {
    let pairs: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    html! {
        section aria-labelledby="result" {
            h2 #result { "Answer" }
            (table::of(shown, base, NodeColumnDisplay::InText))
            (downloads(&address(&format!("/queries/{name}"), &pairs), form))
        }
    }
}

fn problem_notice(problem: &HttpProblem) -> Markup {
    html! {
        div.notice role="alert" {
            p { (clean(&problem.message)) }
            @if let Some(help) = &problem.help { p { (clean(help)) } }
            @if !problem.suggestions.is_empty() {
                ul.plain { @for node in &problem.suggestions { li { code { (node.id) } " " (clean(&node.label)) } } }
            }
        }
    }
}

fn query_page(name: &str, text: &str, head: &QueryHead, values: &[(String, String)], result: &Markup) -> Markup {
    let (question, more) = question(&head.summary);
    page(
        question,
        "",
        &html! {
            p.path { a href="/queries" { "Questions" } }
            h1 { (question) }
            @if !more.is_empty() { p { (more) } }
            @if !head.parameters.is_empty() {
                form.parameters method="get" action={ "/queries/" (name) } {
                    @for parameter in &head.parameters { (field(parameter, values)) }
                    button type="submit" { "Ask" }
                }
            }
            (result)
            details {
                summary { "The query" }
                pre tabindex="0" role="region" aria-label="The query" { code { (text) } }
                p { code { "kg query " (name) @for p in &head.parameters { " " (p) } } }
            }
        },
    )
}

fn field(parameter: &Parameter, values: &[(String, String)]) -> Markup {
    let given = values.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| value);
    let example = match parameter.kind {
        ParameterKind::Node(NodeKind::Entity(_)) | ParameterKind::Entity | ParameterKind::AnyNode => {
            "name, alias or id"
        }
        ParameterKind::Node(NodeKind::Paper) => "title or arXiv id",
        ParameterKind::Node(_) => "address",
        ParameterKind::Number => "number",
        ParameterKind::Text => "text",
    };
    let placeholder = parameter.default.as_deref().unwrap_or(example);
    let id = format!("p-{}", parameter.name);
    html! {
        div.field {
            label for=(id) { (clean(&parameter.description)) @if parameter.optional { " (optional)" } }
            input id=(id) name=(parameter.name) value=[given] placeholder=(placeholder) required[parameter.is_required()]
                inputmode=[(parameter.kind == ParameterKind::Number).then_some("numeric")] autocomplete="off";
        }
    }
}
