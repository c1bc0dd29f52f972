//! Errors of a request: a status, a sentence, and what to do.

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::query::{OutputError, QueryError};
use crate::store::{NodeRef, StoreError};

/// An error on its way to the client. Programs get it as plain text; [`super::pages`] makes a page of it for people.
#[derive(Debug, Clone)]
pub(crate) struct HttpProblem {
    pub status: StatusCode,
    pub message: String,
    pub help: Option<String>,
    /// Nodes that the user may have meant.
    pub suggestions: Vec<NodeRef>,
    headers: Vec<(HeaderName, &'static str)>,
}

impl HttpProblem {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), help: None, suggestions: Vec::new(), headers: Vec::new() }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn not_acceptable(offers: &str) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, format!("no format that the request accepts; there is {offers}"))
    }

    pub(crate) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
    }

    pub(crate) fn method(allowed: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("this address answers {allowed} only")).with(ALLOW, allowed)
    }

    pub(crate) fn busy() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "too many queries are running").with(RETRY_AFTER, "5")
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "updates need the server's token")
            .help("send it as `Authorization: Bearer TOKEN`")
            .with(WWW_AUTHENTICATE, "Bearer realm=\"papergraph\"")
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The text that programs get.
    pub(crate) fn text(&self) -> String {
        let help = self.help.as_ref().map(|help| format!("{help}\n")).unwrap_or_default();
        format!("{}\n{help}", self.message)
    }
}

impl IntoResponse for HttpProblem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.text()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        for (name, value) in &self.headers {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for HttpProblem {
    /// The details of a damaged store are for the operator only: they go to the log, not to the client.
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Locked { .. }) {
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "a build is changing the graph").with(RETRY_AFTER, "5");
        }
        super::log(&format!("error: {error}"));
        Self::internal("the graph cannot be read")
    }
}

impl From<QueryError> for HttpProblem {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::TimedOut { .. } => Self::new(StatusCode::GATEWAY_TIMEOUT, error.to_string())
                .help("ask for less; a LIMIT does not help a query that sorts or counts"),
            QueryError::TooMany { .. } | QueryError::TooLarge { .. } => {
                Self::internal(error.to_string()).help("ask for less, with LIMIT or in parts with OFFSET")
            }
            QueryError::OutOfMemory { .. } => {
                let problem = Self::internal(error.to_string());
                error.help().into_iter().fold(problem, Self::help)
            }
            QueryError::Interrupted => Self::internal(error.to_string()),
            QueryError::Worker(_) | QueryError::Lost(_) => {
                super::log(&format!("error: {error}"));
                Self::internal("the query could not be evaluated")
            }
            QueryError::TooLong { .. } => Self::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            QueryError::Store(error) => error.into(),
            QueryError::UnknownQuery { .. } => Self::not_found(error.to_string()),
            QueryError::NoSuchNode { ref near, .. } => {
                let near = near.clone();
                Self { suggestions: near, ..Self::bad_request(error.to_string()) }
            }
            QueryError::Ambiguous { ref nodes, .. } => {
                let near = nodes.clone();
                Self {
                    suggestions: near,
                    ..Self::bad_request(error.to_string()).help("give the id of the one you mean")
                }
            }
            error => {
                let problem = Self::bad_request(error.to_string());
                match error.help() {
                    Some(help) => problem.help(help),
                    None => problem,
                }
            }
        }
    }
}

impl From<OutputError> for HttpProblem {
    fn from(error: OutputError) -> Self {
        match error {
            OutputError::Query(error) => error.into(),
            OutputError::Write(error) => Self::internal(error.to_string()),
        }
    }
}
