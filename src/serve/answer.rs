//! Answers a query: a worker process evaluates it within the limits, and the result is streamed.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, Version};
use axum::response::Response;
use oxigraph::io::RdfFormat;
use oxigraph::sparql::results::QueryResultsFormat;
use tokio::sync::OwnedSemaphorePermit;

use super::limits::ServeLimits;
use super::metrics::RunningQuery;
use super::negotiation::{self, FormatOffer};
use super::problem::HttpProblem;
use super::sparql::of;
use super::stream::{self, AnswerSink};
use super::{ServerApp, off_the_loop};
use crate::ontology::Base;
use crate::query::{self, QueryAnswer, QueryTask, RowLimit, write_boolean, write_solutions, write_triples};

/// The content of a query result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResultForm {
    /// The result of ASK or SELECT.
    Rows,
    /// The result of CONSTRUCT or DESCRIBE.
    Triples,
}

/// The output format of a result.
#[derive(Debug, Clone, Copy)]
pub(super) enum NegotiatedFormat {
    Rows(QueryResultsFormat),
    Triples(RdfFormat),
}

/// The format for a result of this form, with its media type: the one called `name`,
/// or the one that the request accepts.
///
/// # Errors
/// If this form of result has no such format.
pub(super) fn format(
    form: ResultForm,
    name: Option<&str>,
    headers: &HeaderMap,
) -> Result<(NegotiatedFormat, &'static str), HttpProblem> {
    if form == ResultForm::Triples {
        let offers = negotiation::triple_offers();
        let chosen = pick(name, headers, &offers, negotiation::triples_named)?;
        return chosen.map(|(format, media)| (NegotiatedFormat::Triples(format), media)).ok_or_else(|| none(&offers));
    }
    let chosen = pick(name, headers, &negotiation::ROWS, negotiation::rows_named)?;
    chosen.map(|(format, media)| (NegotiatedFormat::Rows(format), media)).ok_or_else(|| none(&negotiation::ROWS))
}

type NegotiatedMedia<T> = Option<(T, &'static str)>;

fn pick<T: Copy>(
    name: Option<&str>,
    headers: &HeaderMap,
    offers: &[FormatOffer<T>],
    named: impl Fn(&str) -> Option<FormatOffer<T>>,
) -> Result<NegotiatedMedia<T>, HttpProblem> {
    let Some(name) = name else { return Ok(negotiation::preferred_offer(headers, offers)) };
    let offer =
        named(name).ok_or_else(|| HttpProblem::bad_request(format!("`{name}` is not a format of this result")))?;
    Ok(offer.types.first().map(|media| (offer.value, *media)))
}

fn none<T>(offers: &[FormatOffer<T>]) -> HttpProblem {
    let own: Vec<&str> = offers.iter().filter_map(|offer| offer.types.first().copied()).collect();
    HttpProblem::not_acceptable(&own.join(", "))
}

/// A query that a worker has begun to answer, with its permit.
pub(super) struct StartedQuery {
    pub answer: QueryAnswer,
    pub base: Base,
    /// Belongs to the request, never to a thread that works for it. When the client disconnects, the worker is stopped.
    asker: Arc<()>,
    permit: OwnedSemaphorePermit,
    running: RunningQuery,
}

/// Starts a query on a worker. `rows` is the maximum number of rows; `None` for all.
///
/// # Errors
/// If there is no free permit, the query is invalid, or it fails before the first row.
pub(super) async fn begin(
    app: &Arc<ServerApp>,
    task: QueryTask,
    rows: Option<usize>,
) -> Result<StartedQuery, HttpProblem> {
    let permit = app.query_permits.take().await?;
    let running = app.metrics.running();
    let base = app.live.get().graph.base().clone();
    let asker = Arc::new(());
    let app = Arc::clone(app);
    let asked = Arc::downgrade(&asker);
    let begun = off_the_loop(move || {
        let answer = app.workers.run_for(asked, task, evaluation(&app.limits, rows)).map_err(HttpProblem::from);
        match answer {
            Ok(answer) => Ok((answer, permit, running)),
            Err(problem) => {
                running.ended(Some(&problem));
                Err(problem)
            }
        }
    });
    let (answer, permit, running) = begun.await?;
    Ok(StartedQuery { answer, base, asker, permit, running })
}

fn evaluation(limits: &ServeLimits, rows: Option<usize>) -> query::QueryLimits {
    query::QueryLimits {
        timeout: Some(limits.query_time),
        rows,
        memory: Some(limits.memory),
        answer_bytes: Some(limits.result_bytes as u64),
    }
}

impl StartedQuery {
    pub(super) fn form(&self) -> ResultForm {
        match self.answer {
            QueryAnswer::Boolean(_) | QueryAnswer::Solutions(_) => ResultForm::Rows,
            QueryAnswer::Graph(_) => ResultForm::Triples,
        }
    }

    /// Processes the answer on a thread that may block, and records how it ended.
    pub(super) async fn with<T: Send + 'static>(
        self,
        work: impl FnOnce(QueryAnswer) -> Result<T, HttpProblem> + Send + 'static,
    ) -> Result<T, HttpProblem> {
        let Self { answer, asker, permit, running, .. } = self;
        let done = off_the_loop(move || {
            let _permit = permit;
            let done = work(answer);
            running.ended(done.as_ref().err());
            done
        })
        .await;
        drop(asker);
        done
    }

    /// Sends the whole answer in the format that `name` or the request asks for.
    ///
    /// # Errors
    /// If there is no such format, or the query fails before the first pieces are sent.
    pub(super) async fn send(
        self,
        app: &ServerApp,
        name: Option<&str>,
        parts: &Parts,
    ) -> Result<Response, HttpProblem> {
        let (wanted, media) = format(self.form(), name, &parts.headers)?;
        self.written(app, wanted, media, parts.version).await
    }

    pub(super) async fn written(
        self,
        app: &ServerApp,
        wanted: NegotiatedFormat,
        media: &str,
        version: Version,
    ) -> Result<Response, HttpProblem> {
        let Self { answer, base, asker, permit, running } = self;
        let most = app.limits.rows;
        let body = stream::body(app.limits.result_bytes, app.limits.client_timeout, version, asker, move |sink| {
            let _permit = permit;
            let written = write(sink, answer, wanted, most, &base);
            running.ended(written.as_ref().err());
            written
        });
        Ok(of(body.await?, media))
    }
}

fn write(
    sink: &mut AnswerSink,
    answer: QueryAnswer,
    wanted: NegotiatedFormat,
    most: usize,
    base: &Base,
) -> Result<(), HttpProblem> {
    match (answer, wanted) {
        (QueryAnswer::Boolean(value), NegotiatedFormat::Rows(format)) => write_boolean(sink, value, format)?,
        (QueryAnswer::Solutions(rows), NegotiatedFormat::Rows(format)) => {
            let variables = rows.variables().to_vec();
            write_solutions(sink, variables, RowLimit::new(rows, most), format)?;
        }
        (QueryAnswer::Graph(triples), NegotiatedFormat::Triples(format)) => {
            write_triples(sink, RowLimit::new(triples, most), format, base)?;
        }
        _ => return Err(HttpProblem::internal("the result has another form than the format")),
    }
    Ok(())
}
