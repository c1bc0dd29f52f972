//! How people file a paper in their libraries, and how lists with keywords do.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::text::single_spaced;

/// Prefix of the names of files whose records only fill gaps: answers of catalogues about the papers of a graph.
pub(crate) const ENRICHMENT: &str = "enriched-";

/// Whether a file with this name holds such answers.
pub(crate) fn is_enrichment(file: &str) -> bool {
    Path::new(file).file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(ENRICHMENT))
}

/// What people record about a paper in their own library, as they wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct LibraryEntry {
    /// The keys by which documents cite the paper: `ruiz2030lamps`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub citation_keys: BTreeSet<String>,
    /// Tags of a library, and keywords of a list or of the authors.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Collections, each with the collections that contain it: `Thesis/Chapter 2`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub collections: BTreeSet<String>,
    /// Notes as plain text.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub notes: BTreeSet<String>,
}

impl LibraryEntry {
    /// Whether the library says nothing about the paper.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// Adds what another source says.
    pub fn join(&mut self, other: Self) {
        self.citation_keys.extend(other.citation_keys);
        self.tags.extend(other.tags);
        self.collections.extend(other.collections);
        self.notes.extend(other.notes);
    }

    /// Adds a citation key. A key that is empty or has white space is ignored.
    pub fn add_citation_key(&mut self, key: &str) {
        let key = key.trim();
        if !key.is_empty() && !key.contains(char::is_whitespace) {
            self.citation_keys.insert(key.to_string());
        }
    }

    /// Adds several tags from one text: `moths; lamps`, or `moths, lamps`.
    pub fn add_tag_list(&mut self, tags: &str) {
        let between = if tags.contains(';') { ';' } else { ',' };
        self.add_tags(tags.split(between));
    }

    /// Adds tags, each without line breaks.
    pub fn add_tags<'t>(&mut self, tags: impl IntoIterator<Item = &'t str>) {
        self.tags.extend(tags.into_iter().map(single_spaced).filter(|tag| !tag.is_empty()));
    }
}
