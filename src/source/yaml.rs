//! Parses YAML, if the program has the feature `yaml`.

use serde_json::Value;

/// The value of a document.
///
/// # Errors
/// What is wrong, as the end of a sentence.
#[cfg(feature = "yaml")]
pub(super) fn parse(text: &str) -> Result<Value, String> {
    serde_saphyr::from_str(text).map_err(|error| error.to_string())
}

#[cfg(not(feature = "yaml"))]
pub(super) fn parse(_: &str) -> Result<Value, String> {
    Err("this program was built without YAML".to_string())
}
