//! A paper as a source gives it: its text, and the facts that the source states about it.
//!
//! Nothing here is extracted from prose. A field that the source does not give is `None`, never a guess.

mod contradiction;
mod date;
mod declared;
mod id;
mod library;
mod person;
mod work;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::document::DocumentParts;
pub use crate::document::Section;
pub use contradiction::Contradiction;
pub use date::PartialDate;
pub use declared::{Declared, DeclaredName, DeclaredRepository, DeclaredResult};
#[cfg_attr(not(feature = "graph"), allow(unused_imports))]
pub(crate) use declared::{method_key, task_key, url_key};
pub use id::{PaperId, Registry};
pub(crate) use id::{arxiv_id, doi, slug};
pub use library::LibraryEntry;
pub(crate) use library::{ENRICHMENT, is_enrichment};
pub(crate) use person::{author_key, spoken_name};
pub use work::Work;

/// Prefix of the id of a file among [`Paper::catalogue_ids`]. An item of a library and the file attached to it have the
/// same id, which makes them one paper.
pub const FILE_IDS: &str = "zotero-file:";

/// Prefix of the id of a submission at `OpenReview` among [`Paper::catalogue_ids`]: every list has the same id for a
/// paper.
pub const OPENREVIEW_IDS: &str = "openreview:";

/// One paper, as its sources give it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
pub struct Paper {
    /// The paper's id, from its registry or its title.
    pub id: PaperId,
    /// The title as the source writes it, including LaTeX. The offsets of mentions refer to this text.
    pub title: String,
    /// Abstract, empty if there is none.
    #[serde(rename = "abstract", default)]
    pub abstract_text: String,
    /// Publication date, as exact as it is known.
    #[serde(default)]
    pub published: Option<PartialDate>,
    /// How the date was inferred if no source states it; `None` for a stated date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_source: Option<DateSource>,
    /// Number of authors, if it is known.
    #[serde(default)]
    pub author_count: Option<u32>,
    /// Names of the authors, if they are known.
    #[serde(default)]
    pub authors: Option<Vec<String>>,
    /// Organisation that a listing shows with the paper.
    #[serde(default)]
    pub organization: Option<String>,
    /// Number of comments on the page that listed the paper.
    #[serde(default)]
    pub comments: Option<u32>,
    /// The DOI without the resolver: `10.18653/v1/N19-1423`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// The journal, the proceedings or the conference, as the source writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<String>,
    /// Every registered id from any source, other than `id`: a paper can be in arXiv and in the Anthology.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<PaperId>,
    /// Its ids in catalogues that cite by their own ids: `openalex:w2741809807`, `s2:` and a hash; and the ids that
    /// connect it with a file of a library, see [`FILE_IDS`]. Sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub catalogue_ids: Vec<String>,
    /// Pages that a source declares, kept separate from the links found in the text. Code repositories are in
    /// `declared`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    /// What sources state beside the text.
    #[serde(default, skip_serializing_if = "Declared::is_empty")]
    pub declared: Declared,
    /// How people file the paper in their libraries.
    #[serde(default, skip_serializing_if = "LibraryEntry::is_empty")]
    pub library: LibraryEntry,
    /// The full text, as far as the source has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// The parts of a whole paper other than its running text: tables, references, authors with their affiliations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Box<DocumentParts>>,
    /// Where its records were read.
    #[serde(default)]
    pub sources: Vec<SourceLocation>,
    /// Contradictions between the sources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradictions: Vec<Contradiction>,
}

/// The basis of an inferred date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum DateSource {
    /// The first four digits of an arXiv id: the year and month in which the paper was submitted.
    #[serde(rename = "arxiv-id")]
    ArxivId,
    /// The conference, journal or copyright line on the first page.
    #[serde(rename = "paper-text")]
    PaperText,
    /// The metadata of the file: its subject, or the day on which it was made.
    #[serde(rename = "file-metadata")]
    FileMetadata,
}

impl DateSource {
    /// The word that files, options and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ArxivId => "arxiv-id",
            Self::PaperText => "paper-text",
            Self::FileMetadata => "file-metadata",
        }
    }

    /// In words: `from the arXiv id`.
    pub fn words(self) -> &'static str {
        match self {
            Self::ArxivId => "from the arXiv id",
            Self::PaperText => "from the first page",
            Self::FileMetadata => "from the file's metadata",
        }
    }
}

impl FromStr for DateSource {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        [Self::ArxivId, Self::PaperText, Self::FileMetadata].into_iter().find(|source| source.as_str() == s).ok_or(())
    }
}

/// Where a paper was read: file and line, and what the source states there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
pub struct SourceLocation {
    /// Name of the input.
    pub file: String,
    /// The line on which the paper begins, from 1. In a file that is one JSON document, where lines mean nothing,
    /// this is the number of the record.
    pub line: u64,
    /// Name of the input format, as in `--from`: `daily-papers`, `jsonl`.
    pub format: String,
    /// What this source states about the paper, sorted: names of fields (`title`, `doi`) and, for lists, each item
    /// (`repository https://github.com/a/b`); see [`Paper::stated`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<String>,
}

impl Paper {
    /// A paper with nothing but a title, from which its id is made.
    pub fn titled(title: impl Into<String>) -> Self {
        let title = title.into();
        Self {
            id: PaperId::from_title(&title),
            title,
            abstract_text: String::new(),
            published: None,
            date_source: None,
            author_count: None,
            authors: None,
            organization: None,
            comments: None,
            doi: None,
            venue: None,
            identifiers: Vec::new(),
            catalogue_ids: Vec::new(),
            urls: Vec::new(),
            declared: Declared::default(),
            library: LibraryEntry::default(),
            sections: Vec::new(),
            document: None,
            sources: Vec::new(),
            contradictions: Vec::new(),
        }
    }

    /// Adds ids from registries. The first by [`PaperId::preference`] becomes the paper's own, the others its
    /// `identifiers`; the order of the sources does not matter.
    pub fn identify(&mut self, ids: impl IntoIterator<Item = PaperId>) {
        let mut known: Vec<PaperId> = std::mem::take(&mut self.identifiers);
        known.push(self.id.clone());
        known.extend(ids);
        known.retain(PaperId::is_registered);
        known.sort_by(|a, b| a.preference().cmp(&b.preference()));
        known.dedup();
        if !known.is_empty() {
            self.id = known.remove(0);
        }
        known.sort_unstable();
        self.identifiers = known;
    }

    /// Dates an undated paper by the month of its arXiv id, and marks the date as inferred.
    pub fn infer_date(&mut self) {
        if self.published.is_none() {
            self.published = std::iter::once(&self.id).chain(&self.identifiers).find_map(PaperId::arxiv_month);
            self.date_source = self.published.map(|_| DateSource::ArxivId);
        }
    }

    /// What is known about the paper, in the form of [`SourceLocation::states`]. A reader calls this once a record is
    /// read, when everything known comes from that record.
    pub fn stated(&self) -> Vec<String> {
        let fields = [
            ("title", true),
            ("abstract", !self.abstract_text.is_empty()),
            ("published", self.published.is_some() && self.date_source.is_none()),
            ("author_count", self.author_count.is_some()),
            ("authors", self.authors.is_some()),
            ("organization", self.organization.is_some()),
            ("comments", self.comments.is_some()),
            ("doi", self.doi.is_some()),
            ("venue", self.venue.is_some()),
            ("citation_keys", !self.library.citation_keys.is_empty()),
            ("tags", !self.library.tags.is_empty()),
            ("collections", !self.library.collections.is_empty()),
            ("notes", !self.library.notes.is_empty()),
            ("sections", !self.sections.is_empty()),
            ("document", self.document.is_some()),
        ];
        let mut states: Vec<String> =
            fields.into_iter().filter(|(_, known)| *known).map(|(name, _)| name.to_string()).collect();
        let registered = self.id.is_registered().then_some(&self.id);
        states.extend(registered.into_iter().chain(&self.identifiers).map(|id| format!("identifier {id}")));
        states.extend(self.urls.iter().map(|url| declared::url_key(url)));
        states.extend(self.declared.keys());
        states.sort_unstable();
        states.dedup();
        states
    }

    /// Adds where the paper was read. Everything known about the paper counts as stated there.
    #[must_use]
    pub fn read_from(mut self, file: &str, line: u64, format: impl fmt::Display) -> Self {
        let states = self.stated();
        self.sources.push(SourceLocation { file: file.to_string(), line, format: format.to_string(), states });
        self
    }
}

impl SourceLocation {
    /// Whether both are the same place. What they state does not matter.
    pub fn is_at(&self, other: &Self) -> bool {
        (&self.file, self.line, &self.format) == (&other.file, other.line, &other.format)
    }
}

impl fmt::Display for SourceLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
