//! What a whole paper is, whatever file it was read from: running text in sections, tables as grids, captions, references
//! and footnotes, each with the place where it can be found again.
//!
//! A reader of PDF, LaTeX, HTML, JATS, TEI or Markdown fills a [`Document`], and `source::facts::whole_paper` makes a
//! [`Paper`](crate::paper::Paper) of it: title, abstract and sections become the paper's texts, the rest its
//! [`DocumentParts`]. The reader then adds what registries call the paper (`Paper::identify`), its date and its venue.
//! Everything behind the reader knows no file format.
//!
//! The types are part of what a record of the ledger says, so they are written compactly: what is empty is left out, and a
//! cell that is only text is only a text.

mod location;
mod reference;
mod running_text;
mod table;

use serde::{Deserialize, Serialize};

pub use location::DocumentLocation;
pub use reference::Reference;
pub use running_text::{Citation, RunningText};
pub use table::{Cell, Grid, Table};

/// A whole paper as a reader of one file format yields it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    pub title: String,
    pub abstract_text: String,
    /// In the order of the text, appendices included; without the list of references.
    pub sections: Vec<Section>,
    pub parts: DocumentParts,
}

/// A part of the running text under its heading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The heading without its number; empty for text under no heading.
    pub title: String,
    /// Paragraphs are divided by a line feed; a word that a line end divides is put together again.
    pub text: String,
    /// Where the heading, or else the text, begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<DocumentLocation>,
    /// Markers in `text` that point to references, in the order of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Citation>,
}

/// What a whole paper has beside its running text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DocumentParts {
    /// In the order of the title page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<DocumentAuthor>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Figure>,
    /// In the order of the list; citations and cells point to them by their number in this list, from 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub footnotes: Vec<Footnote>,
}

/// An author with what the title page says of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentAuthor {
    /// In the order of speaking: `Given Family`.
    pub name: String,
    /// Each as the paper writes it: `Software Institute, Peking University, China`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affiliations: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The ORCID without a resolver: `0000-0002-1825-0097`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orcid: Option<String>,
}

/// A figure, of which only the words below it are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// `Figure 3`; empty where the paper gives none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Without the label.
    pub caption: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<DocumentLocation>,
}

/// A note at the foot of a page or the end of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footnote {
    /// What the text refers to it by: `1`, `†`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mark: String,
    /// Without the mark.
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<DocumentLocation>,
}

impl Section {
    /// A section of plain text, of which no place and no citation is known.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into(), ..Self::default() }
    }
}

impl DocumentParts {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// All texts in which names can stand.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let tables = self.tables.iter().flat_map(Table::texts);
        tables.chain(self.figures.iter().map(|figure| figure.caption.as_str()))
    }
}
