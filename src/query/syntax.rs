//! Parsing with the prefixes of a graph, and errors with their position.

use std::sync::mpsc::sync_channel;
use std::time::Duration;

use spargebra::{SparqlParser, SparqlSyntaxError};

use super::{QueryError, STACK, nesting};
use crate::ontology::Base;

/// Parses on a stack that is deep enough for everything that [`nesting::check`] accepts, and with a time limit: the
/// parser's time doubles with each function call that is nested in the arguments of another.
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

/// Time limit of parsing. Parsing normally takes a thousandth of it, however long the query is.
const PATIENCE: Duration = Duration::from_secs(5);

fn with_prefixes(base: &Base) -> SparqlParser {
    base.prefixes()
        .into_iter()
        .fold(SparqlParser::new(), |parser, (prefix, iri)| parser.clone().with_prefix(prefix, iri).unwrap_or(parser))
}

/// Converts a parser error, `error at 3:7: expected …`. Any other message is reported at the beginning of the text.
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

/// Shortens the parser's list of expected tokens, because a long list helps no one.
fn shorten(expected: &str) -> String {
    const SHOWN: usize = 6;
    let Some(list) = expected.strip_prefix("expected one of ") else { return expected.to_string() };
    let parts: Vec<&str> = list.split(", ").collect();
    if parts.len() <= SHOWN {
        return expected.to_string();
    }
    format!("expected one of {} or {} others", parts[..SHOWN].join(", "), parts.len() - SHOWN)
}
