//! The routes, and the layers around every handler.

use std::any::Any;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCESS_CONTROL_REQUEST_METHOD, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use oxigraph::model::GraphName;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::access::CrossOrigin;
use super::conditional::unless_changed;
use super::connections::LocalAddress;
use super::negotiation::{FormatOffer, preferred_offer, triple_offers};
use super::problem::HttpProblem;
use super::{ServerApp, address, graph_store, log, mcp, off_the_loop, pages, resource, site, sparql};

pub(super) fn router(app: Arc<ServerApp>) -> Router {
    let router = Router::new()
        .route("/", get(start))
        .route("/.well-known/void", get(about))
        .route("/search", get(pages::search::page))
        .route("/queries", get(pages::named::list))
        .route("/queries/{name}", get(pages::named::one))
        .route("/sparql", any(sparql::endpoint))
        .route("/graphs", any(graph_store::indirect))
        .route("/mcp", any(mcp::endpoint))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .route("/style.css", get(pages::style))
        .route("/icon.svg", get(pages::icon))
        .merge(pages::routes())
        .fallback(resource::resource)
        .with_state(Arc::clone(&app));
    let router = around(router, Arc::clone(&app));
    if app.base_path.is_empty() {
        return router;
    }
    // The path must be shortened before it is routed.
    Router::new().fallback_service(router).layer(from_fn_with_state(app, site::without_base_path))
}

/// Adds the layers around every handler, the innermost first.
fn around(router: Router, app: Arc<ServerApp>) -> Router {
    let reachable = Arc::clone(&app);
    let cors = cors(&app.access.cross_origin);
    let router = router
        .layer(from_fn_with_state(Arc::clone(&app), unless_changed))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app, finish))
        .layer(CompressionLayer::new());
    let router = match cors {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router.layer(from_fn(options)).layer(from_fn_with_state(reachable, under_a_known_name))
}

/// Rejects requests for host names that are not this server's, before any other layer sees them.
async fn under_a_known_name(State(app): State<Arc<ServerApp>>, request: Request, next: Next) -> Response {
    let local = request.extensions().get::<LocalAddress>().map_or(IpAddr::from([127, 0, 0, 1]), |local| local.0);
    match app.access.may_reach(request.uri(), request.headers(), request.version(), local) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Answers OPTIONS with the allowed methods. (The CORS layer takes every OPTIONS for a browser's preflight request.)
async fn options(request: Request, next: Next) -> Response {
    if request.method() != Method::OPTIONS || request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return next.run(request).await;
    }
    let methods = match request.uri().path() {
        "/sparql" => sparql::METHODS,
        "/mcp" => mcp::METHODS,
        _ => graph_store::METHODS,
    };
    (StatusCode::NO_CONTENT, [(ALLOW, methods)]).into_response()
}

/// Pages of the origins that the operator allows may read. They may not send tokens, because `Authorization` is not
/// among the allowed headers.
fn cors(allowed: &CrossOrigin) -> Option<CorsLayer> {
    let origin = match allowed {
        CrossOrigin::Any => AllowOrigin::any(),
        CrossOrigin::One(origin) => AllowOrigin::exact(origin.clone()),
        CrossOrigin::None => return None,
    };
    let layer = CorsLayer::new().allow_origin(origin);
    Some(layer.allow_methods([Method::GET, Method::HEAD, Method::POST]).allow_headers([
        axum::http::header::ACCEPT,
        CONTENT_TYPE,
        PROTOCOL_VERSION,
    ]))
}

/// The panic itself has already written its message to standard error.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    HttpProblem::internal("the server failed on this request").into_response()
}

/// Counts the request, renders an error as a page for people, and adds the headers of every answer.
async fn finish(State(app): State<Arc<ServerApp>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let (method, path, person) =
        (request.method().clone(), request.uri().path().to_string(), pages::wanted(request.headers()));
    let mut response = next.run(request).await;
    if person && let Some(problem) = response.extensions_mut().remove::<HttpProblem>() {
        let page = pages::problem::page(&problem);
        let (parts, _) = response.into_parts();
        response = Response::from_parts(parts, Body::from(page.into_string()));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    }
    let mut response = site::with_base_path(&app.base_path, response).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if app.access.cross_origin == CrossOrigin::None {
        // A page of another site may not embed an answer either.
        headers.insert(EMBEDDING, HeaderValue::from_static("same-origin"));
    }
    let status = response.status();
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        app.live.suspect();
    }
    app.metrics.request(route(&path), &method, status, began.elapsed());
    if app.verbose {
        log(&format!("{method} {path} {} {} ms", status.as_u16(), began.elapsed().as_millis()));
    }
    response
}

/// Headers that clients of the Model Context Protocol send.
const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

const EMBEDDING: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// No foreign scripts or resources, no guessing of media types, no referrer to other sites.
const ALWAYS: [(HeaderName, &str); 3] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
];

/// The route of an address, for the metrics. There are few.
fn route(path: &str) -> &'static str {
    match path {
        "/" => "start",
        "/search" => "search",
        "/sparql" => "sparql",
        "/graphs" => "graphs",
        "/mcp" => "mcp",
        "/health" | "/metrics" => "operation",
        "/style.css" | "/icon.svg" | "/site.js" | "/graph.js" | "/cytoscape.js" | "/robots.txt" | "/opensearch.xml" => {
            "asset"
        }
        path if pages::is_page(path) => "page",
        path if path == "/queries" || path.starts_with("/queries/") => "queries",
        _ => "node",
    }
}

/// A page for people; for programs, the graph's description of itself.
async fn start(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let mut offers = vec![FormatOffer { value: None, types: &["text/html", "application/xhtml+xml"] }];
    offers.extend(triple_offers().map(|offer| FormatOffer { value: Some(offer.value), types: offer.types }));
    match preferred_offer(request.headers(), &offers) {
        Some((None, _)) => pages::start::page(&app).await,
        Some((Some(format), media)) => {
            let served = app.live.get();
            let build = served.graph.ontology().build_graph();
            graph_store::whole(&app, served, build, format, media, request.version()).await
        }
        None => Err(HttpProblem::not_acceptable("text/html and the formats of RDF")),
    }
}

/// The address at which VoID expects the description of a host's data.
async fn about(State(app): State<Arc<ServerApp>>) -> Redirect {
    let served = app.live.get();
    let build = served.graph.ontology().build_graph();
    let path = match &build {
        GraphName::NamedNode(name) => address::path(served.graph.base(), name.as_str()),
        _ => None,
    };
    Redirect::to(path.as_deref().unwrap_or("/"))
}

/// Succeeds while the server can read the graph.
async fn health(State(app): State<Arc<ServerApp>>) -> Result<Response, HttpProblem> {
    let served = app.live.get();
    let generation = served.graph.generation();
    off_the_loop(move || Ok(served.graph.named_graphs()?)).await?;
    let mut response = format!("ok, generation {generation}\n").into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn metrics(State(app): State<Arc<ServerApp>>) -> Result<Response, HttpProblem> {
    let text = off_the_loop(move || app.metrics.text(&app.live)).await?;
    let media = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(CONTENT_TYPE, media), (CACHE_CONTROL, "no-store")], text).into_response())
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::path::PathBuf;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::serve::{AccessRules, ServeLimits, ServeOptions, connections};
    use crate::store::GenerationBuild;
    use crate::vocabulary::Vocabulary;

    async fn fault() -> &'static str {
        panic!("a fault that this test wants")
    }

    /// A small graph on a server with a faulty handler.
    async fn faulty() -> (tempfile::TempDir, SocketAddr) {
        let folder = tempfile::tempdir().unwrap();
        let vocabulary = Vocabulary::from_texts([]).unwrap();
        GenerationBuild::begin(folder.path(), None, &vocabulary).unwrap().finish().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let options = ServeOptions {
            store: folder.path().to_path_buf(),
            program: PathBuf::from("kg"),
            bind: address,
            access: AccessRules::default(),
            limits: ServeLimits::default(),
            base_path: String::new(),
            verbose: false,
        };
        let app = Arc::new(ServerApp::new(options).unwrap());
        let routes =
            Router::new().route("/fault", get(fault)).route("/health", get(health)).with_state(Arc::clone(&app));
        let router = around(routes, Arc::clone(&app));
        tokio::spawn(async move { connections::accept(listener, router, &app).await });
        (folder, address)
    }

    async fn ask(stream: &mut TcpStream, path: &str, accept: &str) -> String {
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // Each answer is small and has a content length.
        loop {
            let mut piece = [0; 4096];
            let read = stream.read(&mut piece).await.unwrap();
            assert!(read > 0, "the connection was closed");
            answer.extend_from_slice(&piece[..read]);
            let text = String::from_utf8_lossy(&answer);
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.expect("a length") {
                return text.into_owned();
            }
        }
    }

    #[tokio::test]
    async fn a_fault_is_an_error_of_its_request_alone() {
        let (_folder, address) = faulty().await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let answer = ask(&mut stream, "/fault", "*/*").await;
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(answer.ends_with("the server failed on this request\n") && answer.contains("nosniff"), "{answer}");
        let page = ask(&mut stream, "/fault", "text/html").await;
        assert!(page.starts_with("HTTP/1.1 500 ") && page.contains("<h1>Internal Server Error</h1>"), "{page}");
        assert!(!page.contains("a fault that this test wants"), "{page}");
        // The connection stays open, and the server goes on.
        let health = ask(&mut stream, "/health", "*/*").await;
        assert!(health.starts_with("HTTP/1.1 200 ") && health.contains("ok, generation"), "{health}");
    }
}
