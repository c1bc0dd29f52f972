//! Answering a query: evaluated by a worker process within the limits, written as it is found.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, Version};
use axum::response::Response;
use oxigraph::io::RdfFormat;
use oxigraph::sparql::results::QueryResultsFormat;
use tokio::sync::OwnedSemaphorePermit;

use super::limits::Limits;
use super::metrics::Running;
use super::negotiation::{self, Offer};
use super::problem::Problem;
use super::sparql::of;
use super::stream::{self, Sink};
use super::{App, off_the_loop};
use crate::ontology::Base;
use crate::query::{self, Answer, AtMost, Task, write_boolean, write_solutions, write_triples};

/// What the result of a query is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Of ASK and SELECT.
    Rows,
    /// Of CONSTRUCT and DESCRIBE.
    Triples,
}

/// How the result is to be written.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    Rows(QueryResultsFormat),
    Triples(RdfFormat),
}

/// The format for a result of this form, with its media type: the one that `name` means, or the one that
/// the request accepts.
///
/// # Errors
/// If there is no such format for such a result.
pub fn format(form: Form, name: Option<&str>, headers: &HeaderMap) -> Result<(Wanted, &'static str), Problem> {
    if form == Form::Triples {
        let offers = negotiation::triples();
        let chosen = pick(name, headers, &offers, negotiation::triples_named)?;
        return chosen.map(|(format, media)| (Wanted::Triples(format), media)).ok_or_else(|| none(&offers));
    }
    let chosen = pick(name, headers, &negotiation::ROWS, negotiation::rows_named)?;
    chosen.map(|(format, media)| (Wanted::Rows(format), media)).ok_or_else(|| none(&negotiation::ROWS))
}

type Chosen<T> = Option<(T, &'static str)>;

fn pick<T: Copy>(
    name: Option<&str>,
    headers: &HeaderMap,
    offers: &[Offer<T>],
    named: impl Fn(&str) -> Option<Offer<T>>,
) -> Result<Chosen<T>, Problem> {
    let Some(name) = name else { return Ok(negotiation::choose(headers, offers)) };
    let offer = named(name).ok_or_else(|| Problem::bad_request(format!("`{name}` is no format of this result")))?;
    Ok(offer.types.first().map(|media| (offer.value, *media)))
}

fn none<T>(offers: &[Offer<T>]) -> Problem {
    let own: Vec<&str> = offers.iter().filter_map(|offer| offer.types.first().copied()).collect();
    Problem::not_acceptable(&own.join(", "))
}

/// A query whose answer has begun, in the place that was given to it.
pub struct Begun {
    pub answer: Answer,
    pub base: Base,
    /// Belongs to the request, never to a thread that works for it: when the client goes away, the worker is ended.
    asker: Arc<()>,
    place: OwnedSemaphorePermit,
    running: Running,
}

/// Has a worker begin with a query; `rows` is how many are wanted of it, if not all.
///
/// # Errors
/// If there is no place for it, it is no query, or it fails before the first row.
pub async fn begin(app: &Arc<App>, task: Task, rows: Option<usize>) -> Result<Begun, Problem> {
    let place = app.places.take().await?;
    let running = app.metrics.running();
    let base = app.live.get().graph.base().clone();
    let asker = Arc::new(());
    let app = Arc::clone(app);
    let asked = Arc::downgrade(&asker);
    let begun = off_the_loop(move || {
        let answer = app.workers.run_for(asked, task, evaluation(&app.limits, rows)).map_err(Problem::from);
        match answer {
            Ok(answer) => Ok((answer, place, running)),
            Err(problem) => {
                running.ended(Some(&problem));
                Err(problem)
            }
        }
    });
    let (answer, place, running) = begun.await?;
    Ok(Begun { answer, base, asker, place, running })
}

fn evaluation(limits: &Limits, rows: Option<usize>) -> query::Limits {
    query::Limits {
        timeout: Some(limits.query_time),
        rows,
        memory: Some(limits.memory),
        answer: Some(limits.bytes as u64),
    }
}

impl Begun {
    pub fn form(&self) -> Form {
        match self.answer {
            Answer::Boolean(_) | Answer::Solutions(_) => Form::Rows,
            Answer::Graph(_) => Form::Triples,
        }
    }

    /// Does something with the answer where it may block, and notes how it ended.
    pub async fn with<T: Send + 'static>(
        self,
        work: impl FnOnce(Answer) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let Self { answer, asker, place, running, .. } = self;
        let done = off_the_loop(move || {
            let _place = place;
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
    /// If there is no such format, or the answer fails before much of it is known.
    pub async fn send(self, app: &App, name: Option<&str>, parts: &Parts) -> Result<Response, Problem> {
        let (wanted, media) = format(self.form(), name, &parts.headers)?;
        self.written(app, wanted, media, parts.version).await
    }

    pub async fn written(self, app: &App, wanted: Wanted, media: &str, version: Version) -> Result<Response, Problem> {
        let Self { answer, base, asker, place, running } = self;
        let most = app.limits.rows;
        let body = stream::body(app.limits.bytes, app.limits.patience, version, asker, move |sink| {
            let _place = place;
            let written = write(sink, answer, wanted, most, &base);
            running.ended(written.as_ref().err());
            written
        });
        Ok(of(body.await?, media))
    }
}

fn write(sink: &mut Sink, answer: Answer, wanted: Wanted, most: usize, base: &Base) -> Result<(), Problem> {
    match (answer, wanted) {
        (Answer::Boolean(value), Wanted::Rows(format)) => write_boolean(sink, value, format)?,
        (Answer::Solutions(rows), Wanted::Rows(format)) => {
            let variables = rows.variables().to_vec();
            write_solutions(sink, variables, AtMost::new(rows, most), format)?;
        }
        (Answer::Graph(triples), Wanted::Triples(format)) => {
            write_triples(sink, AtMost::new(triples, most), format, base)?;
        }
        _ => return Err(Problem::internal("the result has another form than the format")),
    }
    Ok(())
}
