//! Serves whole graphs: the SPARQL 1.1 Graph Store HTTP Protocol (<https://www.w3.org/TR/sparql11-http-rdf-update/>).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{Method, Version};
use axum::response::Response;
use oxigraph::io::RdfFormat;
use oxigraph::model::{GraphName, NamedNode};

use super::negotiation::{preferred_offer, triple_offers, triples_named};
use super::parameters::Parameters;
use super::problem::HttpProblem;
use super::reload::ServedGeneration;
use super::sparql::of;
use super::{ServerApp, off_the_loop, stream};
use crate::query::{QueryError, write_triples};

pub(super) const METHODS: &str = "GET, HEAD, OPTIONS";

/// `/graphs?default` and `/graphs?graph=IRI`
pub(super) async fn indirect(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    match *request.method() {
        Method::GET | Method::HEAD => {}
        _ => return Err(read_only()),
    }
    let parameters = Parameters::parse(request.uri().query().unwrap_or_default())?;
    let graph: GraphName = match (parameters.has("default"), parameters.one("graph")?) {
        (true, None) => GraphName::DefaultGraph,
        (false, Some(iri)) => {
            NamedNode::new(iri).map_err(|e| HttpProblem::bad_request(format!("`graph` is not an IRI: {e}")))?.into()
        }
        _ => return Err(HttpProblem::bad_request("which graph? write ?default or ?graph=IRI")),
    };
    let served = app.live.get();
    let served = match &graph {
        GraphName::NamedNode(name) => existing(served, name.clone()).await?,
        _ => served,
    };
    let chosen = match parameters.filled("format")? {
        Some(name) => triples_named(name).and_then(|offer| Some((offer.value, *offer.types.first()?))),
        None => preferred_offer(request.headers(), &triple_offers()),
    };
    let Some((format, media)) = chosen else { return Err(HttpProblem::not_acceptable("the formats of RDF")) };
    whole(&app, served, graph, format, media, request.version()).await
}

pub(super) fn read_only() -> HttpProblem {
    HttpProblem::method(METHODS).help("graphs are changed by `kg build` and by SPARQL updates")
}

async fn existing(served: Arc<ServedGeneration>, name: NamedNode) -> Result<Arc<ServedGeneration>, HttpProblem> {
    off_the_loop(move || {
        if served.graph.named_graphs()?.contains(&name) {
            return Ok(served);
        }
        Err(HttpProblem::not_found(format!("there is no graph {name}")))
    })
    .await
}

/// Reads all triples of a graph and sends them one by one. Neither rows nor bytes are limited: the client asked for a
/// copy of the graph, and streaming takes no memory.
pub(super) async fn whole(
    app: &ServerApp,
    served: Arc<ServedGeneration>,
    graph: GraphName,
    format: RdfFormat,
    media: &'static str,
    version: Version,
) -> Result<Response, HttpProblem> {
    let permit = app.query_permits.take().await?;
    let body = stream::body(usize::MAX, app.limits.client_timeout, version, (), move |sink| {
        let _permit = permit;
        let triples = served.graph.triples_of(graph.as_ref()).map(|t| t.map_err(QueryError::from));
        Ok(write_triples(sink, triples, format, served.graph.base())?)
    });
    Ok(of(body.await?, media))
}
