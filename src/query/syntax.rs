//! Parsing, with the prefixes of a graph, and errors that show the place.

use std::sync::mpsc::sync_channel;
use std::time::Duration;

use spargebra::{SparqlParser, SparqlSyntaxError};

use super::{QueryError, STACK, nesting};
use crate::ontology::Base;

/// Parses on a stack that is deep enough for whatever [`nesting::check`] lets through, and not for ever: the time that
/// the parser takes doubles with each call of a function within the arguments of another.
pub(super) fn parse<T: Send + 'static>(
    text: &str,
    base: &Base,
    parse: fn(SparqlParser, &str) -> Result<T, SparqlSyntaxError>,
) -> Result<T, QueryError> {
    nesting::check(text)?;
    let parser = with_prefixes(base);
    let (sender, receiver) = sync_channel(1);
    let thread = std::thread::Builder::new().stack_size(STACK).spawn({
        let text = text.to_string();
        move || {
            let _ = sender.send(parse(parser, &text).map_err(|e| e.to_string()));
        }
    });
    thread.map_err(QueryError::Worker)?;
    let parsed = receiver.recv_timeout(PATIENCE).map_err(|_| QueryError::TooDeep)?;
    parsed.map_err(|message| error(text, &message))
}

/// Parsing takes a thousandth of this, however long the query.
const PATIENCE: Duration = Duration::from_secs(5);

fn with_prefixes(base: &Base) -> SparqlParser {
    base.prefixes()
        .into_iter()
        .fold(SparqlParser::new(), |parser, (prefix, iri)| parser.clone().with_prefix(prefix, iri).unwrap_or(parser))
}

/// The parser reports `error at 3:7: expected …`; whatever else it may say is told at the beginning of the text.
fn error(text: &str, message: &str) -> QueryError {
    let parsed = message.strip_prefix("error at ").and_then(|rest| {
        let (place, expected) = rest.split_once(": ")?;
        let (line, column) = place.split_once(':')?;
        Some((line.parse::<usize>().ok()?.max(1), column.parse::<usize>().ok()?.max(1), expected))
    });
    let (line, column, expected) = parsed.unwrap_or((1, 1, message));
    QueryError::Syntax {
        line,
        column,
        source_line: text.lines().nth(line - 1).unwrap_or_default().to_string(),
        expected: shorten(expected),
    }
}

/// The parser's list of everything that could have stood there helps no one when it is long.
fn shorten(expected: &str) -> String {
    const SHOWN: usize = 6;
    let Some(list) = expected.strip_prefix("expected one of ") else { return expected.to_string() };
    let parts: Vec<&str> = list.split(", ").collect();
    if parts.len() <= SHOWN {
        return expected.to_string();
    }
    format!("expected one of {} or {} others", parts[..SHOWN].join(", "), parts.len() - SHOWN)
}
