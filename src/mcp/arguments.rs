//! Arguments that all tools take, and how arguments are read.

use schemars::JsonSchema;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::bounded::{DEFAULT_CHARACTERS, FEWEST_CHARACTERS, MOST_CHARACTERS};
use super::failure::ToolFailure;
use super::node;
use crate::graph::{MinConfidence, PaperSet, Selection};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::GraphStore;

/// Which part of an answer is wanted.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct PageArguments {
    /// Most rows; 20 if not given. Fewer, if they do not fit into max_characters.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u64>,
    /// The next_cursor of the answer before, for the rows that follow it.
    cursor: Option<String>,
    /// Most characters of the answer; 12000 if not given.
    #[schemars(range(min = 2000, max = 200_000))]
    max_characters: Option<u64>,
}

/// The names of [`PageArguments`].
const PAGE: [&str; 3] = ["limit", "cursor", "max_characters"];

/// Most rows of one answer.
pub(super) const MOST_ROWS: usize = 200;
const ROWS: usize = 20;

/// A checked [`PageArguments`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestedPage {
    pub limit: usize,
    pub cursor: Option<String>,
    pub characters: usize,
}

/// Splits the arguments of a call into those of every tool and the tool's own.
///
/// # Errors
/// If one of those of every tool is wrong.
pub(super) fn split_arguments(
    mut arguments: Map<String, Value>,
) -> Result<(RequestedPage, Map<String, Value>), ToolFailure> {
    let mut page = Map::new();
    for name in PAGE {
        page.extend(arguments.remove(name).map(|value| (name.to_string(), value)));
    }
    let page: PageArguments = read_arguments("", page)?;
    let within = |name: &str, value: Option<u64>, least: usize, most: usize, default: usize| match value {
        None => Ok(default),
        Some(value) => usize::try_from(value)
            .ok()
            .filter(|value| (least..=most).contains(value))
            .ok_or_else(|| ToolFailure::new(format!("`{name}` is {value}; it can be {least} to {most}"))),
    };
    Ok((
        RequestedPage {
            limit: within("limit", page.limit, 1, MOST_ROWS, ROWS)?,
            cursor: page.cursor,
            characters: within(
                "max_characters",
                page.max_characters,
                FEWEST_CHARACTERS,
                MOST_CHARACTERS,
                DEFAULT_CHARACTERS,
            )?,
        },
        arguments,
    ))
}

/// Reads the arguments of `tool`.
///
/// # Errors
/// If one is missing, unknown or of another type. The error lists what the tool takes.
pub(super) fn read_arguments<T: DeserializeOwned>(tool: &str, arguments: Map<String, Value>) -> Result<T, ToolFailure> {
    serde_json::from_value(Value::Object(arguments)).map_err(|error| {
        // The names of Rust's types mean nothing to a caller.
        let types = [("u64", "a whole number"), ("u8", "a small whole number"), ("f32", "a number")];
        let why = types.iter().fold(error.to_string(), |why, (name, words)| {
            why.replace(&format!("expected {name}"), &format!("expected {words}"))
        });
        wrong_arguments(tool, &why)
    })
}

/// The error about the arguments of `tool`.
pub(super) fn wrong_arguments(tool: &str, why: &str) -> ToolFailure {
    let of = if tool.is_empty() { String::new() } else { format!(" of `{tool}`") };
    ToolFailure::new(format!("the arguments{of} are wrong: {why}"))
        .help("the input schema of the tool, from tools/list, says which arguments there are and what each can be")
}

/// One value, or a list of values.
pub(super) fn one_or_many<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let values = match Value::deserialize(deserializer)? {
        Value::Null => Vec::new(),
        Value::Array(values) => values,
        one => vec![one],
    };
    values.into_iter().map(|value| serde_json::from_value(value).map_err(D::Error::custom)).collect()
}

/// A date as text, or a year as a number.
fn date_or_year<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PartialDate>, D::Error> {
    let value = match Value::deserialize(deserializer)? {
        Value::Number(year) => Value::String(year.to_string()),
        other => other,
    };
    serde_json::from_value(value).map_err(D::Error::custom)
}

/// The least confidence that is asked for.
pub(super) fn least_confidence(share: Option<f32>) -> Result<Option<MinConfidence>, ToolFailure> {
    let limit = |share| {
        MinConfidence::of(share)
            .ok_or_else(|| ToolFailure::new(format!("`min_confidence` is {share}; it can be 0 to 1")))
    };
    share.map(limit).transpose()
}

/// Which papers count, for tools that choose papers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PaperArguments {
    /// Only papers from this day on: 2024, 2024-07 or 2024-07-10.
    #[serde(default, deserialize_with = "date_or_year")]
    since: Option<PartialDate>,
    /// Only papers up to this day.
    #[serde(default, deserialize_with = "date_or_year")]
    until: Option<PartialDate>,
    /// Only papers by one of these authors.
    #[serde(default, deserialize_with = "one_or_many")]
    author: Vec<String>,
    /// Only papers from one of these organisations.
    #[serde(default, deserialize_with = "one_or_many")]
    organization: Vec<String>,
    /// Only papers of one of these venues: ACL, ACL 2021.
    #[serde(default, deserialize_with = "one_or_many")]
    venue: Vec<String>,
}

impl PaperArguments {
    /// The names of these arguments.
    const NAMES: [&str; 5] = ["since", "until", "author", "organization", "venue"];

    /// Takes these arguments out of those of `tool`.
    ///
    /// # Errors
    /// If one of them is wrong.
    pub(super) fn take(tool: &str, arguments: &mut Map<String, Value>) -> Result<Self, ToolFailure> {
        let mut own = Map::new();
        for name in Self::NAMES {
            own.extend(arguments.remove(name).map(|value| (name.to_string(), value)));
        }
        read_arguments(tool, own)
    }

    /// The chosen papers: of the period, by one of the authors, from one of the organisations, published in one of the
    /// venues.
    ///
    /// # Errors
    /// If the period has no day, a name means nothing in the graph, or the graph cannot be read.
    pub(super) fn selection(&self, graph: &GraphStore, notes: &mut Vec<String>) -> Result<Selection, ToolFailure> {
        let dates = Selection::between(self.since, self.until).map_err(ToolFailure::new)?;
        let origins = [
            (NodeKind::Author, &self.author),
            (NodeKind::Organization, &self.organization),
            (NodeKind::Venue, &self.venue),
        ];
        let mut groups = Vec::new();
        for (kind, names) in origins {
            let nodes = names.iter().map(|name| node::find_of_kind(graph, name, kind, notes));
            groups.push(nodes.collect::<Result<Vec<_>, _>>()?);
        }
        let papers = PaperSet::of(graph, &groups)?;
        Ok(Selection { papers, ..dates })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn split_of(value: Value) -> Result<(RequestedPage, Map<String, Value>), String> {
        split_arguments(value.as_object().unwrap().clone()).map_err(|error| error.to_string())
    }

    #[test]
    fn limits_have_defaults_and_bounds() {
        let (page, own) = split_of(json!({"name": "COCO"})).unwrap();
        assert_eq!(page, RequestedPage { limit: 20, cursor: None, characters: 12_000 });
        assert_eq!(own.keys().collect::<Vec<_>>(), ["name"]);
        let error = split_of(json!({"limit": 100_000})).unwrap_err();
        assert_eq!(error, "`limit` is 100000; it can be 1 to 200");
        assert!(split_of(json!({"limit": -1})).unwrap_err().contains("arguments are wrong"));
        let error = split_of(json!({"max_characters": "many"})).unwrap_err();
        assert!(error.contains("invalid type: string \"many\", expected a whole number"), "{error}");
    }

    #[test]
    fn a_period_is_of_dates_and_years() {
        let of = |value: Value| PaperArguments::take("search", &mut value.as_object().unwrap().clone());
        let period = of(json!({"since": 2020, "until": "2021-07"})).unwrap();
        assert_eq!((period.since, period.until), ("2020".parse().ok(), "2021-07".parse().ok()));
        assert_eq!(of(json!({"since": null})).unwrap().since, None);
        assert!(of(json!({"since": 20.5})).is_err());
        assert!(of(json!({"since": "soon"})).is_err());
    }
}
