//! What a source yields: a paper's text and the facts that the source states about it.
//!
//! Nothing here is extracted from prose. A field that the source does not give is `None`, never a guess.

mod contradiction;
mod date;
mod declared;
mod id;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::document::DocumentParts;
pub use crate::document::Section;
pub use contradiction::Contradiction;
pub use date::PartialDate;
pub use declared::{Declared, DeclaredName, DeclaredRepository, DeclaredResult};
pub(crate) use declared::{method_key, task_key, url_key};
pub use id::{PaperId, Registry, arxiv_id, doi, slug};

/// One paper as its sources give it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    pub id: PaperId,
    /// As the source writes it, LaTeX included: the offsets of mentions count in this text.
    pub title: String,
    #[serde(rename = "abstract", default)]
    pub abstract_text: String,
    #[serde(default)]
    pub published: Option<PartialDate>,
    /// Where the date comes from if no source states it; `None` for a date that one states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_source: Option<DateSource>,
    #[serde(default)]
    pub author_count: Option<u32>,
    #[serde(default)]
    pub authors: Option<Vec<String>>,
    #[serde(default)]
    pub organization: Option<String>,
    /// Comments on the page that listed the paper.
    #[serde(default)]
    pub comments: Option<u32>,
    /// Without a resolver: `10.18653/v1/N19-1423`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// The journal, the proceedings or the conference, as the source writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<String>,
    /// Every registered id that a source gives, other than `id`: a paper can be in arXiv and in the Anthology.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<PaperId>,
    /// Pages that a source declares beside the text, kept apart from the links found in the text. Code repositories
    /// are among `declared`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<String>,
    #[serde(default, skip_serializing_if = "Declared::is_empty")]
    pub declared: Declared,
    /// The full text, as far as the source has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// What a whole paper has beside its running text: tables, references, authors with their affiliations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Box<DocumentParts>>,
    #[serde(default)]
    pub sources: Vec<Origin>,
    /// Where the sources disagree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradictions: Vec<Contradiction>,
}

/// What a date is inferred from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DateSource {
    /// The first four digits of an arXiv id: the year and month in which the paper was submitted.
    #[serde(rename = "arxiv-id")]
    ArxivId,
}

impl DateSource {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ArxivId => "arxiv-id",
        }
    }

    /// In words: `from the arXiv id`.
    pub fn words(self) -> &'static str {
        match self {
            Self::ArxivId => "from the arXiv id",
        }
    }
}

impl FromStr for DateSource {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        if s == Self::ArxivId.as_str() { Ok(Self::ArxivId) } else { Err(()) }
    }
}

/// Where a paper was read: enough to open the file at the right place, and what it states there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    pub file: String,
    /// The line on which the paper begins, from 1; in a file that is one JSON document, where lines mean nothing, the
    /// number of the record.
    pub line: u64,
    /// Name of the input format, as `--from` takes it: `daily-papers`, `jsonl`.
    pub format: String,
    /// What this source states of the paper, sorted: names of fields (`title`, `doi`), and for what a source lists
    /// each item (`repository https://github.com/a/b`); see [`Paper::stated`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<String>,
}

impl Paper {
    /// A paper of which only the title is known; its id is the title's.
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
            urls: Vec::new(),
            declared: Declared::default(),
            sections: Vec::new(),
            document: None,
            sources: Vec::new(),
            contradictions: Vec::new(),
        }
    }

    /// Takes up ids by which registries know the paper: the first by [`PaperId::preference`] is its own, the others are its
    /// `identifiers`, whatever the order in which sources give them.
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

    /// Gives a paper without a date the month of its arXiv id, marked as inferred.
    pub fn infer_date(&mut self) {
        if self.published.is_none() {
            self.published = std::iter::once(&self.id).chain(&self.identifiers).find_map(PaperId::arxiv_month);
            self.date_source = self.published.map(|_| DateSource::ArxivId);
        }
    }

    /// What is known of the paper, in the words of [`Origin::states`]. A reader calls it once a record is read, when
    /// all that is known comes from that record.
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

    /// Adds where the paper was read, with all that is known of it as what is stated there.
    #[must_use]
    pub fn read_from(mut self, file: &str, line: u64, format: impl fmt::Display) -> Self {
        let states = self.stated();
        self.sources.push(Origin { file: file.to_string(), line, format: format.to_string(), states });
        self
    }
}

impl Origin {
    /// Whether this is the same place, whatever it states now.
    pub fn is_at(&self, other: &Self) -> bool {
        (&self.file, self.line, &self.format) == (&other.file, other.line, &other.format)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
