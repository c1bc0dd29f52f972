//! Answering a query: evaluated on threads of its own within the limits, written as it is found.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Version};
use oxigraph::io::RdfFormat;
use oxigraph::sparql::results::QueryResultsFormat;

use super::limits::Limits;
use super::negotiation::{self, Offer};
use super::problem::Problem;
use super::protocol::Dataset;
use super::reload::Served;
use super::stream::{self, Sink};
use super::{App, off_the_loop};
use crate::query::{self, Answer, AtMost, Form, Query, write_boolean, write_solutions, write_triples};

/// How the result is to be written.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    Rows(QueryResultsFormat),
    Triples(RdfFormat),
}

/// The format for the result of a query of this form, with its media type: the one that `name` means, or the one that
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

/// A query that is ready to run, and where.
pub struct Asked {
    pub query: Query,
    pub served: Arc<Served>,
}

impl Asked {
    /// # Errors
    /// What is wrong with the text.
    pub async fn parse(app: &App, text: String, dataset: Dataset) -> Result<Self, Problem> {
        let served = app.live.get();
        off_the_loop(move || {
            let mut query = Query::parse(&text, served.graph.base())?.bind(&[], &served.graph)?;
            if dataset.is_given() {
                query = query.over(dataset.default, dataset.named);
            }
            Ok(Self { query, served })
        })
        .await
    }

    /// Evaluates the query and answers with its result.
    ///
    /// # Errors
    /// If there is no place for it, or it fails before much of the result is known.
    pub async fn answer(self, app: &App, wanted: Wanted, version: Version) -> Result<Body, Problem> {
        let place = app.places.take().await?;
        let limits = app.limits.clone();
        let running = app.metrics.running();
        let job = move |sink: &mut Sink| {
            let _place = place;
            let written = self.write(sink, wanted, &limits);
            running.ended(written.as_ref().err());
            written
        };
        stream::body(app.limits.bytes, app.limits.patience, version, job).await
    }

    fn write(self, sink: &mut Sink, wanted: Wanted, limits: &Limits) -> Result<(), Problem> {
        let graph = &self.served.graph;
        match (self.query.run(graph, evaluation(limits))?, wanted) {
            (Answer::Boolean(value), Wanted::Rows(format)) => write_boolean(sink, value, format)?,
            (Answer::Solutions(rows), Wanted::Rows(format)) => {
                let variables = rows.variables().to_vec();
                write_solutions(sink, variables, AtMost::new(rows, limits.rows), format)?;
            }
            (Answer::Graph(triples), Wanted::Triples(format)) => {
                write_triples(sink, AtMost::new(triples, limits.rows), format, graph.base())?;
            }
            _ => return Err(Problem::internal("the result has another form than the query")),
        }
        Ok(())
    }
}

/// The limits of the evaluation itself.
pub fn evaluation(limits: &Limits) -> query::Limits {
    query::Limits { timeout: Some(limits.query_time), rows: None }
}
