use serde::{Deserialize, Serialize};

/// An entry of a paper's list of references. What the reader cannot tell apart stays in `text` alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reference {
    /// What the text refers to it by, without brackets: `12`, `Kim, 2014`, the key of BibTeX. Empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// The entry as printed, on one line. Empty where the source has only its fields.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// In the order of speaking: `Given Family`, or `G Family`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue: Option<String>,
    /// Without a resolver: `10.18653/v1/N19-1423`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// Without a version: `1810.04805`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arxiv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
