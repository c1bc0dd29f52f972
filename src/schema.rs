//! The contract of the JSON that this program prints: its version, and the JSON Schemas of values that are one string.
//!
//! The schemas of all other types are derived from them.

#[cfg(json_schema)]
use std::borrow::Cow;

#[cfg(json_schema)]
use schemars::generate::SchemaSettings;
#[cfg(json_schema)]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

#[cfg(json_schema)]
use crate::paper::{PaperId, PartialDate};

/// The version of the shape of every JSON answer. It rises when a field is renamed, removed or means something else; a
/// new field does not change it.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// An answer with the version of its shape: what `--format json` prints.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(json_schema, derive(JsonSchema))]
pub struct Versioned<T> {
    /// The version of the shape. It rises when a field is renamed, removed or means something else.
    pub schema_version: u32,
    /// The answer.
    #[serde(flatten)]
    pub answer: T,
}

impl<T> Versioned<T> {
    /// The answer with the current version.
    pub fn new(answer: T) -> Self {
        Self { schema_version: SCHEMA_VERSION, answer }
    }
}

/// The JSON Schema (draft 2020-12) of a type as it is printed.
#[cfg(json_schema)]
pub(crate) fn of_printed<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>()
}

/// A string that matches a pattern.
#[cfg(json_schema)]
pub(crate) fn text(pattern: &str, description: &str) -> Schema {
    json_schema!({ "type": "string", "pattern": pattern, "description": description })
}

/// One of some strings.
#[cfg(json_schema)]
pub(crate) fn one_of(values: impl IntoIterator<Item = &'static str>, description: &str) -> Schema {
    let values: Vec<&str> = values.into_iter().collect();
    json_schema!({ "type": "string", "enum": values, "description": description })
}

#[cfg(json_schema)]
impl JsonSchema for PartialDate {
    fn schema_name() -> Cow<'static, str> {
        "PartialDate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        text(r"^\d{4}(-\d{2}(-\d{2})?)?$", "A date with the precision that is known: 2024, 2024-07 or 2024-07-10.")
    }
}

#[cfg(json_schema)]
impl JsonSchema for PaperId {
    fn schema_name() -> Cow<'static, str> {
        "PaperId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        text("^paper/", "The id of a paper: paper/arxiv-2407.11062.")
    }
}
