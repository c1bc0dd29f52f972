//! Conditional requests: 304 instead of a page, a description or a result that has not changed.
//!
//! An answer to a GET depends only on the generation, the address, what the client accepts and the program. So these
//! decide whether it has changed before any work is done. The validator is weak, because the body may be compressed in
//! transit. Only queries that use the current time, random numbers or new ids differ each time.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};
use std::time::UNIX_EPOCH;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, LAST_MODIFIED, VARY};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use regex::Regex;
use xxhash_rust::xxh3::Xxh3Default;

use super::ServerApp;
use super::reload::ServedGeneration;

/// Answers 304 if the client has the current answer. Otherwise calls the handler and adds the validators.
pub(super) async fn unless_changed(State(app): State<Arc<ServerApp>>, request: Request, next: Next) -> Response {
    // A handler may see a newer generation than this one. Then the client requests its answer once more.
    let validators = AnswerValidators::of(&app.live.get(), &request);
    let Some(validators) = validators else { return next.run(request).await };
    if validators.are_in(request.headers()) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        validators.write(response.headers_mut());
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
        return response;
    }
    let mut response = next.run(request).await;
    if response.status() == StatusCode::OK && !response.headers().contains_key(CACHE_CONTROL) {
        validators.write(response.headers_mut());
    }
    response
}

/// The validators of one answer.
struct AnswerValidators {
    tag: String,
    published: HeaderValue,
}

impl AnswerValidators {
    /// `None` for an answer that may change at any time.
    fn of(served: &ServedGeneration, request: &Request) -> Option<Self> {
        let published = served.graph.published()?;
        let uri = request.uri();
        if !matches!(*request.method(), Method::GET | Method::HEAD)
            || matches!(uri.path(), "/health" | "/metrics")
            || uri.query().is_some_and(depends_on_more)
        {
            return None;
        }
        let mut hash = Xxh3Default::new();
        // Another graph in the same folder has its own generation numbers and publication times.
        (served.graph.generation(), published.duration_since(UNIX_EPOCH).ok()?).hash(&mut hash);
        (env!("CARGO_PKG_VERSION"), env!("KG_RULES"), uri.path(), uri.query()).hash(&mut hash);
        for accept in request.headers().get_all(ACCEPT) {
            accept.as_bytes().hash(&mut hash);
        }
        let tag = format!("W/\"{:016x}\"", hash.finish());
        Some(Self { tag, published: HeaderValue::try_from(httpdate::fmt_http_date(published)).ok()? })
    }

    /// Whether the client has this version of the answer.
    fn are_in(&self, headers: &HeaderMap) -> bool {
        let opaque = self.tag.trim_start_matches("W/");
        let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
        known.flat_map(|tags| tags.split(',')).any(|tag| tag.trim().trim_start_matches("W/") == opaque)
    }

    fn write(&self, headers: &mut HeaderMap) {
        if let Ok(tag) = HeaderValue::try_from(&self.tag) {
            headers.insert(ETAG, tag);
        }
        headers.insert(LAST_MODIFIED, self.published.clone());
        // Clients may store the answer, but must revalidate it: a build may finish at any time.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
}

/// Whether a query may use a SPARQL function whose value differs each time. It may report a false positive, because
/// such a word may also be a name, and an escape such as `\u004E` may stand for any letter.
fn depends_on_more(query: &str) -> bool {
    static WORDS: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)\b(?:now|rand|uuid|struuid|bnode)\b|\\u").ok());
    let decoded = percent_encoding::percent_decode_str(query).decode_utf8_lossy();
    WORDS.as_ref().is_none_or(|words| words.is_match(&decoded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_asks_for_chance_or_time_is_known_in_any_spelling() {
        for query in [
            "query=SELECT%20(NOW()%20AS%20?n)%7B%7D",
            "query=select+(%72and()+as+?x){}",
            "query=STRUUID()",
            "query=\\u004EOW()",
        ] {
            assert!(depends_on_more(query), "{query}");
        }
        assert!(!depends_on_more("query=SELECT+*+{+?s+kg:usesMethod+method:knowledge-distillation+}"));
    }
}
