//! Parses a request to `/sparql`: the SPARQL 1.1 Protocol (<https://www.w3.org/TR/sparql11-protocol/>), section 2.

use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, Method};
use oxigraph::model::NamedNode;

use super::parameters::Parameters;
use super::problem::HttpProblem;

/// The requested operation.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SparqlOperation {
    /// Neither a query nor an update: the client asks for the endpoint's description.
    Describe,
    Query {
        text: String,
        dataset: RequestedGraphs,
    },
    Update {
        text: String,
        dataset: RequestedGraphs,
    },
}

/// The graphs that the request names. They override those that the query names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RequestedGraphs {
    pub default: Vec<NamedNode>,
    pub named: Vec<NamedNode>,
}

impl RequestedGraphs {
    fn of(parameters: &Parameters, default: &str, named: &str) -> Result<Self, HttpProblem> {
        let iris = |name: &str| -> Result<Vec<NamedNode>, HttpProblem> {
            parameters
                .all(name)
                .map(|iri| {
                    NamedNode::new(iri).map_err(|e| HttpProblem::bad_request(format!("`{name}` is not an IRI: {e}")))
                })
                .collect()
        };
        Ok(Self { default: iris(default)?, named: iris(named)? })
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
const QUERY: &str = "application/sparql-query";
const UPDATE: &str = "application/sparql-update";

/// Reads the request. The method is GET, HEAD or POST.
///
/// # Errors
/// If the request violates the protocol; the error has the matching status.
pub(super) fn read(
    method: &Method,
    address: Parameters,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<SparqlOperation, HttpProblem> {
    if method != Method::POST {
        if address.has("update") {
            return Err(HttpProblem::bad_request("an update is sent by POST, not by GET"));
        }
        return match address.one("query")? {
            Some(text) => query(text.to_string(), &address),
            None => Ok(SparqlOperation::Describe),
        };
    }
    if let Some(encoding) = headers.get(CONTENT_ENCODING)
        && encoding != "identity"
    {
        return Err(HttpProblem::unsupported("the body of a request must not be compressed"));
    }
    let media = media_type(headers)?;
    let text = || {
        let text = std::str::from_utf8(body).map_err(|_| HttpProblem::bad_request("the body is not UTF-8"));
        text.map(str::to_string)
    };
    match media.as_str() {
        FORM => {
            let mut parameters = address;
            parameters.extend(Parameters::parse(&text()?)?);
            match (parameters.one("query")?, parameters.one("update")?) {
                (Some(text), None) => query(text.to_string(), &parameters),
                (None, Some(text)) => update(text.to_string(), &parameters),
                (None, None) => Err(HttpProblem::bad_request("the form has no `query`")),
                (Some(_), Some(_)) => Err(HttpProblem::bad_request("the form has both a `query` and an `update`")),
            }
        }
        QUERY | UPDATE if address.has("query") || address.has("update") => {
            Err(HttpProblem::bad_request("the query is both in the body and in the address"))
        }
        QUERY => query(text()?, &address),
        UPDATE => update(text()?, &address),
        "" => Err(HttpProblem::unsupported("the request does not say what its body is").help(TYPES)),
        other => Err(HttpProblem::unsupported(format!("a body of type {other} is not understood")).help(TYPES)),
    }
}

const TYPES: &str = "send Content-Type: application/sparql-query with the query as body, or \
                     application/x-www-form-urlencoded with query=…";

fn query(text: String, parameters: &Parameters) -> Result<SparqlOperation, HttpProblem> {
    Ok(SparqlOperation::Query {
        text,
        dataset: RequestedGraphs::of(parameters, "default-graph-uri", "named-graph-uri")?,
    })
}

fn update(text: String, parameters: &Parameters) -> Result<SparqlOperation, HttpProblem> {
    Ok(SparqlOperation::Update {
        text,
        dataset: RequestedGraphs::of(parameters, "using-graph-uri", "using-named-graph-uri")?,
    })
}

/// The media type of the body in lower case; empty if the header is missing.
fn media_type(headers: &HeaderMap) -> Result<String, HttpProblem> {
    let Some(value) = headers.get(CONTENT_TYPE) else { return Ok(String::new()) };
    let value = value.to_str().map_err(|_| HttpProblem::bad_request("Content-Type cannot be read"))?;
    let mut parts = value.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default().to_lowercase();
    for (name, charset) in parts.filter_map(|parameter| parameter.split_once('=')) {
        let charset = charset.trim().trim_matches('"');
        if name.trim().eq_ignore_ascii_case("charset")
            && !["utf-8", "utf8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known))
        {
            return Err(HttpProblem::unsupported(format!("a body in {charset} is not understood; send UTF-8")));
        }
    }
    Ok(media)
}
