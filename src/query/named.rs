use super::{QueryError, QueryHead};

include!(concat!(env!("OUT_DIR"), "/query_files.rs"));

/// A query shipped with the program.
#[derive(Debug, Clone)]
pub struct NamedQuery {
    /// File name without its extension: `datasets-by-papers`.
    pub name: &'static str,
    /// The query.
    pub text: &'static str,
    /// Parameters and description of the query.
    pub head: QueryHead,
}

/// All shipped queries, by name.
///
/// # Errors
/// Only if a shipped file has a bad parameter declaration, which a test rules out.
pub fn named_queries() -> Result<Vec<NamedQuery>, QueryError> {
    QUERY_FILES
        .iter()
        .map(|&(file, text)| Ok(NamedQuery { name: name(file), text, head: QueryHead::parse(text)? }))
        .collect()
}

/// The text of the shipped query with this name. A trailing `.rq` and a leading `queries/` are allowed.
///
/// # Errors
/// If there is none; the error names the most similar one.
pub fn named_query(wanted: &str) -> Result<&'static str, QueryError> {
    let stem = name(wanted);
    if let Some((_, text)) = QUERY_FILES.iter().find(|(file, _)| name(file) == stem) {
        return Ok(text);
    }
    let near = QUERY_FILES
        .iter()
        .map(|(file, _)| (strsim::jaro_winkler(stem, name(file)), name(file)))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|(likeness, _)| *likeness > 0.75);
    Err(QueryError::UnknownQuery { name: wanted.to_string(), near: near.map(|(_, name)| name.to_string()) })
}

fn name(file: &str) -> &str {
    let file = file.strip_prefix("queries/").unwrap_or(file);
    file.strip_suffix(".rq").unwrap_or(file)
}
