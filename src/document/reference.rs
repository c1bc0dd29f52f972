use serde::{Deserialize, Serialize};

/// An entry in a paper's list of references. What the reader cannot assign to a field is only in `text`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Reference {
    /// The label by which the text refers to it, without brackets: `12`, `Kim, 2014`, or the BibTeX key. Empty if
    /// there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// The entry as printed, on one line. Empty if the source gives only fields.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Title, if it is stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Names in the order `Given Family`, or `G Family`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Year of publication, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// Venue as the source writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue: Option<String>,
    /// The DOI without the resolver: `10.18653/v1/N19-1423`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// The arXiv id without the version: `1810.04805`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arxiv: Option<String>,
    /// Web address, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
