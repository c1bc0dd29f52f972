use serde::{Deserialize, Serialize};

/// A work that a paper cites and that the collection does not have, as one reference describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Work {
    /// The part of its id after `work/`.
    pub key: String,
    /// The title as the reference writes it, or an id if the reference has no title.
    pub title: String,
    /// The first author as the reference writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Year of publication, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// The DOI without the resolver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// The arXiv id without the version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arxiv: Option<String>,
}

impl Work {
    /// How much the description says. If a work has several descriptions, the fullest is shown.
    pub fn fullness(&self) -> u8 {
        let ids = u8::from(self.doi.is_some()) + u8::from(self.arxiv.is_some());
        4 * u8::from(self.author.is_some()) + 2 * u8::from(self.year.is_some()) + ids.min(1)
    }
}
