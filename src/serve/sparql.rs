//! `/sparql`: queries, updates, and the endpoint's description of itself.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, VARY};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use futures_util::StreamExt as _;

use super::negotiation::{FormatOffer, content_type, preferred_offer, triple_offers};
use super::parameters::Parameters;
use super::problem::HttpProblem;
use super::protocol::{self, SparqlOperation};
use super::{ServerApp, answer, description, pages, update};
use crate::query::QueryTask;

/// The methods of the endpoint.
pub(super) const METHODS: &str = "GET, HEAD, POST, OPTIONS";

pub(super) async fn endpoint(State(app): State<Arc<ServerApp>>, request: Request) -> Result<Response, HttpProblem> {
    let (parts, body) = request.into_parts();
    let body = match parts.method {
        Method::GET | Method::HEAD => Bytes::new(),
        Method::POST => whole(body, &parts.headers, &app).await?,
        _ => return Err(HttpProblem::method(METHODS)),
    };
    let address = Parameters::parse(parts.uri.query().unwrap_or_default())?;
    let format = address.filled("format")?.map(str::to_string);
    // An empty form is not a query. A program that sends an empty query gets an error.
    let blank = pages::wanted(&parts.headers) && address.one("query")?.is_some_and(|text| text.trim().is_empty());
    let operation = match protocol::read(&parts.method, address, &parts.headers, &body)? {
        SparqlOperation::Query { .. } if blank => SparqlOperation::Describe,
        operation => operation,
    };
    match operation {
        SparqlOperation::Query { text, dataset } if format.is_none() && pages::wanted(&parts.headers) => {
            pages::query::result(&app, text, dataset).await
        }
        SparqlOperation::Query { text, dataset } => {
            let task = QueryTask::new(text).over(&dataset.default, &dataset.named);
            answer::begin(&app, task, None).await?.send(&app, format.as_deref(), &parts).await
        }
        SparqlOperation::Update { text, dataset } => {
            app.access.may_update(&parts.headers)?;
            update::run(&app, text, dataset).await
        }
        SparqlOperation::Describe => describe(&app, &parts.headers).await,
    }
}

/// A page with a form for people, the service description for programs.
async fn describe(app: &Arc<ServerApp>, headers: &axum::http::HeaderMap) -> Result<Response, HttpProblem> {
    let mut offers = vec![FormatOffer { value: None, types: &["text/html", "application/xhtml+xml"] }];
    offers.extend(triple_offers().map(|offer| FormatOffer { value: Some(offer.value), types: offer.types }));
    // A client that accepts anything is a program.
    offers.rotate_left(1);
    match preferred_offer(headers, &offers) {
        Some((Some(format), media)) => Ok(of(description::of(app, headers, format).await?, media)),
        Some((None, _)) => pages::query::form(app).await,
        None => Err(HttpProblem::not_acceptable("text/html and the formats of RDF")),
    }
}

/// A body of this media type. The answer varies with what the request accepts.
pub(super) fn of(body: Body, media: &str) -> Response {
    let mut response = Response::new(body);
    let media = HeaderValue::try_from(content_type(media));
    response.headers_mut().insert(CONTENT_TYPE, media.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    response.headers_mut().append(VARY, HeaderValue::from_static("accept"));
    response
}

/// Reads the body of a request, up to the limits on size and time.
async fn whole(body: Body, headers: &axum::http::HeaderMap, app: &ServerApp) -> Result<Bytes, HttpProblem> {
    let most = app.limits.request_bytes;
    let too_large =
        || HttpProblem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the request has more than {most} bytes"));
    let stated_length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if stated_length.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let read = async {
        let mut whole = Vec::new();
        let mut pieces = body.into_data_stream();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|_| HttpProblem::bad_request("the body of the request is incomplete"))?;
            if whole.len() + piece.len() > most {
                return Err(too_large());
            }
            whole.extend_from_slice(&piece);
        }
        Ok(Bytes::from(whole))
    };
    let late = |_| HttpProblem::new(StatusCode::REQUEST_TIMEOUT, "the body of the request did not come in time");
    tokio::time::timeout(app.limits.client_timeout, read).await.map_err(late)?
}
