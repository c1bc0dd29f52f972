//! The server's metrics, for Prometheus.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::problem::HttpProblem;
use super::reload::LiveGraph;

type RequestLabels = [(&'static str, String); 3];
type RouteLabel = [(&'static str, &'static str); 1];

pub(super) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Family<RouteLabel, Histogram>,
    running: Gauge,
    outcomes: Family<RouteLabel, Counter>,
    connections: Gauge,
    generation: Gauge<u64, AtomicU64>,
    triples: Gauge<u64, AtomicU64>,
}

/// Upper bounds of the latency histogram, in seconds.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 15.0, 30.0];

impl Metrics {
    pub(super) fn new() -> Self {
        let mut registry = Registry::with_prefix("kg");
        let requests = Family::default();
        let seconds = Family::<RouteLabel, Histogram>::new_with_constructor(|| Histogram::new(BOUNDS));
        let (running, connections) = (Gauge::default(), Gauge::default());
        let outcomes = Family::default();
        let (generation, triples) = (Gauge::default(), Gauge::default());
        registry.register("requests", "Requests answered, by route, method and status", requests.clone());
        registry.register("request_seconds", "Time until the head of the answer is sent", seconds.clone());
        registry.register("queries_running", "Queries that are being evaluated", running.clone());
        registry.register("queries", "Queries that ended, by outcome", outcomes.clone());
        registry.register("connections", "Open connections", connections.clone());
        registry.register("generation", "Generation of the graph that is served", generation.clone());
        registry.register("triples", "Triples of the graph that is served", triples.clone());
        Self { registry, requests, seconds, running, outcomes, connections, generation, triples }
    }

    pub(super) fn request(&self, route: &'static str, method: &Method, status: StatusCode, took: Duration) {
        // An unknown method in a request line must not create a new series.
        let known = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];
        let method = if known.contains(method) { method.as_str() } else { "other" };
        let labels = [("route", route.to_string()), ("method", method.to_string()), ("status", status.as_str().into())];
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&[("route", route)]).observe(took.as_secs_f64());
    }

    /// Counts a query as running until the returned value records how it ended, or is dropped.
    pub(super) fn running(&self) -> RunningQuery {
        self.running.inc();
        RunningQuery { gauge: self.running.clone(), outcomes: self.outcomes.clone(), outcome: "broken" }
    }

    pub(super) fn connection(&self) -> OpenConnection {
        self.connections.inc();
        OpenConnection(self.connections.clone())
    }

    /// The page for Prometheus.
    pub(super) fn text(&self, live: &LiveGraph) -> Result<String, HttpProblem> {
        let served = live.get();
        self.generation.set(served.graph.generation());
        self.triples.set(served.counts()?.triples);
        let mut text = String::new();
        encode(&mut text, &self.registry).map_err(|_| HttpProblem::internal("the metrics cannot be written"))?;
        Ok(text)
    }
}

/// A query that is being evaluated.
pub(super) struct RunningQuery {
    gauge: Gauge,
    outcomes: Family<RouteLabel, Counter>,
    outcome: &'static str,
}

impl RunningQuery {
    pub(super) fn ended(mut self, problem: Option<&HttpProblem>) {
        self.outcome = match problem.map(|problem| problem.status) {
            None => "answered",
            Some(StatusCode::GATEWAY_TIMEOUT) => "timed_out",
            Some(status) if status.is_client_error() => "refused",
            Some(_) => "failed",
        };
    }
}

impl Drop for RunningQuery {
    fn drop(&mut self) {
        self.gauge.dec();
        self.outcomes.get_or_create(&[("outcome", self.outcome)]).inc();
    }
}

/// An open connection.
pub(super) struct OpenConnection(Gauge);

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}
