//! The origin and the path with which the addresses of the server begin, behind a reverse proxy or not.
//!
//! Pages write addresses from the root (`/dataset/coco`). Below a base path, the path is put in front when an answer is
//! sent. This is safe because only attributes of our own markup hold a quotation mark: in texts, maud escapes it.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, LOCATION};
use axum::http::request::Parts;
use axum::http::uri::{Authority, PathAndQuery};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::ServerApp;
use super::problem::HttpProblem;

/// The beginning of absolute addresses.
#[derive(Debug, Clone)]
pub(super) struct SiteAddress {
    /// `https://kg.example.org/kg`, without a slash at the end.
    root: String,
}

impl SiteAddress {
    /// Reads the name and the scheme of the request. `X-Forwarded-Host` counts if the server answers to that name.
    pub(super) fn of(app: &ServerApp, parts: &Parts) -> Self {
        let header = |name: &str| first(&parts.headers, name);
        let forwarded = header("x-forwarded-host")
            .filter(|host| host.parse::<Authority>().is_ok_and(|host| app.access.is_named(host.host())));
        let host = forwarded.or_else(|| header(HOST.as_str())).unwrap_or_else(|| "localhost".to_string());
        let scheme = match header("x-forwarded-proto").as_deref() {
            Some("https") => "https",
            _ => "http",
        };
        Self { root: format!("{scheme}://{host}{}", app.base_path) }
    }

    /// The absolute address of a path that begins with a slash.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.root)
    }
}

/// The first of the values that proxies add to a header.
fn first(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?.split(',').next()?.trim();
    (!value.is_empty()).then(|| value.to_string())
}

/// Removes the base path from the path of a request. A proxy may have removed it already.
pub(super) async fn without_base_path(State(app): State<Arc<ServerApp>>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    if let Some(rest) = path.strip_prefix(&app.base_path)
        && (rest.is_empty() || rest.starts_with(['/', '?']))
    {
        let shorter = if rest.starts_with('/') { rest.to_string() } else { format!("/{rest}") };
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = shorter.parse().ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    next.run(request).await
}

/// Adds the base path to the addresses of a page and of a redirect.
pub(super) async fn with_base_path(base_path: &str, mut response: Response) -> Response {
    if base_path.is_empty() {
        return response;
    }
    if let Some(target) = response.headers().get(LOCATION).and_then(|target| target.to_str().ok())
        && target.starts_with('/')
        && let Ok(target) = HeaderValue::try_from(format!("{base_path}{target}"))
    {
        response.headers_mut().insert(LOCATION, target);
    }
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Pages are complete before they are sent, so this needs no more memory than they did.
    let Ok(page) = to_bytes(body, usize::MAX).await else {
        return HttpProblem::internal("the server failed on this request").into_response();
    };
    let mut page = String::from_utf8_lossy(&page).into_owned();
    for attribute in ["href", "src", "action"] {
        page = page.replace(&format!(" {attribute}=\"/"), &format!(" {attribute}=\"{base_path}/"));
    }
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page))
}
