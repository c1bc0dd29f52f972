//! A node at the path of its IRI: a page for people, its description for programs.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HeaderValue, LOCATION};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use oxigraph::io::RdfFormat;
use oxigraph::model::NamedNode;

use super::answer::{self, NegotiatedFormat};
use super::graph_store;
use super::negotiation::{FormatOffer, preferred_offer, triple_offers, triples_named};
use super::parameters::Parameters;
use super::problem::HttpProblem;
use super::reload::ServedGeneration;
use super::site::SiteAddress;
use super::{ServerApp, address, off_the_loop, pages};
use crate::query::QueryTask;
use crate::store::NodeRef;

/// Queries the node with the resources inside it (the evidence of a paper), and its incoming statements.
const DESCRIPTION: &str = "\
# The description of a node.
# param node: node to describe, required
CONSTRUCT { ?s ?p ?o } WHERE {
  { BIND($node AS ?s) $node ?p ?o }
  UNION { ?s kg:inPaper $node ; ?p ?o }
  UNION { ?s ?p $node BIND($node AS ?o) }
}";

/// The target of an address.
enum ResourceTarget {
    Node(NodeRef),
    Graph(NamedNode),
}

/// The format in the address or in the request.
#[derive(Clone, Copy)]
enum ResourceFormat {
    Page,
    /// The answer of `kg show` as JSON, of `kg neighbors` as CSV, or a feed of the papers about the node.
    Answer(pages::data::DataFormat),
    Triples(RdfFormat, &'static str),
}

pub(super) async fn resource(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, _) = request.into_parts();
    match parts.method {
        Method::GET | Method::HEAD => {}
        _ => return Err(graph_store::read_only()),
    }
    let served = app.live.get();
    let (found, suffix) = {
        // Finding nodes with similar names reads many names.
        let permit = app.page_permits.take().await?;
        let (served, path) = (Arc::clone(&served), parts.uri.path().to_string());
        off_the_loop(move || {
            let _permit = permit;
            find(&served, &path)
        })
        .await?
    };
    let face = match suffix {
        Some(suffix) => suffix,
        None => accepted(&parts)?,
    };
    let iri = match &found {
        ResourceTarget::Node(node) => &node.iri,
        ResourceTarget::Graph(name) => name,
    };
    if suffix.is_none()
        && let Some(path) = address::path(served.graph.base(), iri.as_str())
        && path != parts.uri.path()
    {
        return Ok(moved(&path, parts.uri.query()));
    }
    match (found, face) {
        (ResourceTarget::Node(node), ResourceFormat::Page) => {
            let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
            pages::node::page(&app, served, node, &parameters).await
        }
        (ResourceTarget::Node(node), ResourceFormat::Answer(face)) => {
            let site = SiteAddress::of(&app, &parts);
            let parameters = Parameters::parse(parts.uri.query().unwrap_or_default())?;
            pages::node::data(&app, served, node, face, &parameters, site).await
        }
        (ResourceTarget::Graph(_), ResourceFormat::Answer(_)) => {
            Err(HttpProblem::not_found("this graph has RDF formats only"))
        }
        (ResourceTarget::Graph(name), ResourceFormat::Page) => pages::graph::page(&app, served, name).await,
        (ResourceTarget::Node(node), ResourceFormat::Triples(format, media)) => {
            let task = QueryTask::new(DESCRIPTION).parameters(vec![("node".to_string(), node.id)]);
            let begun = answer::begin(&app, task, None).await?;
            begun.written(&app, NegotiatedFormat::Triples(format), media, parts.version).await
        }
        (ResourceTarget::Graph(name), ResourceFormat::Triples(format, media)) => {
            graph_store::whole(&app, served, name.into(), format, media, parts.version).await
        }
    }
}

fn accepted(parts: &Parts) -> Result<ResourceFormat, HttpProblem> {
    let mut offers: Vec<FormatOffer<ResourceFormat>> = Vec::new();
    for FormatOffer { value, types } in triple_offers() {
        if let Some(media) = types.first() {
            offers.push(FormatOffer { value: ResourceFormat::Triples(value, media), types });
        }
    }
    offers.push(FormatOffer { value: ResourceFormat::Page, types: &["text/html", "application/xhtml+xml"] });
    let none = || HttpProblem::not_acceptable("text/html and the formats of RDF");
    Ok(match preferred_offer(&parts.headers, &offers).ok_or_else(none)? {
        (ResourceFormat::Triples(format, _), media) => ResourceFormat::Triples(format, media),
        (face, _) => face,
    })
}

/// The target of a path: the path itself, or the path without the ending of a format.
fn find(served: &ServedGeneration, path: &str) -> Result<(ResourceTarget, Option<ResourceFormat>), HttpProblem> {
    if let Some(target) = named(served, path)? {
        return Ok((target, None));
    }
    if let Some((path, ending)) = path.rsplit_once('.') {
        let face = match ending {
            "html" => Some(ResourceFormat::Page),
            "json" => Some(ResourceFormat::Answer(pages::data::DataFormat::Json)),
            "csv" => Some(ResourceFormat::Answer(pages::data::DataFormat::Csv)),
            "atom" => Some(ResourceFormat::Answer(pages::data::DataFormat::Atom)),
            _ => triples_named(ending).and_then(|o| Some(ResourceFormat::Triples(o.value, o.types.first()?))),
        };
        if let Some(face) = face
            && let Some(target) = named(served, path)?
        {
            return Ok((target, Some(face)));
        }
    }
    Err(not_found(served, path)?)
}

fn named(served: &ServedGeneration, path: &str) -> Result<Option<ResourceTarget>, HttpProblem> {
    let graph = &served.graph;
    let iris = address::iris(graph.base(), path);
    for iri in &iris {
        if let Some(node) = graph.node(iri)? {
            return Ok(Some(ResourceTarget::Node(node)));
        }
    }
    let graphs = graph.named_graphs()?;
    Ok(iris.into_iter().find(|iri| graphs.contains(iri)).map(ResourceTarget::Graph))
}

/// A 404 with the nodes that have similar names.
fn not_found(served: &ServedGeneration, path: &str) -> Result<HttpProblem, HttpProblem> {
    const NEAR: usize = 8;
    const LONGEST: usize = 200;
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let name = decoded.trim_matches('/').split_once('/').map_or("", |(_, name)| name).replace(['-', '_', '/'], " ");
    let mut problem = HttpProblem::not_found("there is nothing at this address");
    if !name.is_empty() && name.len() <= LONGEST {
        problem.suggestions = served.graph.nearest(&name, NEAR)?;
    }
    Ok(problem)
}

fn moved(path: &str, query: Option<&str>) -> Response {
    let target = query.map_or_else(|| path.to_string(), |query| format!("{path}?{query}"));
    let mut response = Response::new(axum::body::Body::empty());
    if let Ok(target) = HeaderValue::try_from(target) {
        *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
        response.headers_mut().insert(LOCATION, target);
    }
    response
}
