//! The endpoint's description of itself: SPARQL 1.1 Service Description
//! (<https://www.w3.org/TR/sparql11-service-description/>).

use std::sync::Arc;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::uri::Authority;
use oxigraph::io::RdfFormat;
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Term, Triple};

use super::negotiation::{ROWS, triple_offers};
use super::problem::HttpProblem;
use super::{ServerApp, off_the_loop};
use crate::ontology::{dcterms, rdf, void};
use crate::query::write_triples;
use crate::store::{GraphStore, StoreError};

const SD: &str = "http://www.w3.org/ns/sparql-service-description#";

/// The description in this format.
pub(super) async fn of(app: &Arc<ServerApp>, headers: &HeaderMap, format: RdfFormat) -> Result<Body, HttpProblem> {
    let endpoint = endpoint(headers);
    let app = Arc::clone(app);
    off_the_loop(move || {
        let served = app.live.get();
        let triples = triples_about(&served.graph, &endpoint, app.access.allow_update, served.counts()?.triples)?;
        let mut text = Vec::new();
        write_triples(&mut text, triples.into_iter().map(Ok), format, served.graph.base())?;
        Ok(Body::from(text))
    })
    .await
}

/// The address at which the client reached the endpoint.
fn endpoint(headers: &HeaderMap) -> NamedNode {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.filter(|host| host.parse::<Authority>().is_ok()).unwrap_or("localhost");
    NamedNode::new(format!("http://{host}/sparql"))
        .unwrap_or_else(|_| NamedNode::new_unchecked("http://localhost/sparql"))
}

fn triples_about(
    graph: &GraphStore,
    endpoint: &NamedNode,
    updates: bool,
    size: u64,
) -> Result<Vec<Triple>, StoreError> {
    let mut all = Vec::new();
    let sd = |name: &str| NamedNode::new_unchecked(format!("{SD}{name}"));
    let part = |name: &str| NamedNode::new_unchecked(format!("{}#{name}", endpoint.as_str()));
    let mut say = |subject: &NamedNode, predicate: NamedNodeRef<'_>, object: Term| {
        all.push(Triple::new(subject.clone(), predicate, object));
    };
    say(endpoint, rdf::TYPE, sd("Service").into());
    say(endpoint, sd("endpoint").as_ref(), endpoint.clone().into());
    say(endpoint, sd("supportedLanguage").as_ref(), sd("SPARQL11Query").into());
    if updates {
        say(endpoint, sd("supportedLanguage").as_ref(), sd("SPARQL11Update").into());
    }
    let formats =
        ROWS.iter().map(|offer| offer.value.iri()).chain(triple_offers().into_iter().map(|offer| offer.value.iri()));
    for format in formats {
        say(endpoint, sd("resultFormat").as_ref(), NamedNode::new_unchecked(format).into());
    }
    let (dataset, default) = (part("dataset"), part("default-graph"));
    say(endpoint, sd("defaultDataset").as_ref(), dataset.clone().into());
    say(endpoint, sd("availableGraphs").as_ref(), dataset.clone().into());
    say(&dataset, rdf::TYPE, sd("Dataset").into());
    say(&dataset, rdf::TYPE, sd("GraphCollection").into());
    say(&dataset, dcterms::SOURCE, NamedNode::new_unchecked(graph.base().as_str()).into());
    say(&dataset, sd("defaultGraph").as_ref(), default.clone().into());
    say(&default, rdf::TYPE, sd("Graph").into());
    say(&default, void::TRIPLES, Literal::from(size).into());
    for (i, name) in graph.named_graphs()?.into_iter().enumerate() {
        let named = part(&format!("graph-{}", i + 1));
        say(&dataset, sd("namedGraph").as_ref(), named.clone().into());
        say(&named, rdf::TYPE, sd("NamedGraph").into());
        say(&named, sd("name").as_ref(), name.into());
    }
    Ok(all)
}
