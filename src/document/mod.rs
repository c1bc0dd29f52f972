//! A whole paper, independent of its file format: running text in sections, tables as grids, captions, references
//! and footnotes, each with its location in the file.
//!
//! A reader of PDF, LaTeX, HTML, JATS, TEI or Markdown fills a [`Document`]. `source::facts::whole_paper` turns it
//! into a [`Paper`](crate::paper::Paper): title, abstract and sections become the paper's texts, the rest its
//! [`DocumentParts`]. The reader then adds the paper's ids in registries (`Paper::identify`), its date and its
//! venue. The code after the reader knows no file format.
//!
//! These types are stored in the records of the ledger, so their serialised form is compact: empty fields are left
//! out, and a cell with nothing but text is written as a string.

mod location;
mod reference;
mod running_text;
mod table;

use serde::{Deserialize, Serialize};

pub use location::DocumentLocation;
pub use reference::Reference;
pub use running_text::{CitationMarker, RunningText};
pub use table::{Cell, Grid, Table};

/// A whole paper, as the reader of a file format returns it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// Title of the document.
    pub title: String,
    /// Abstract, empty if there is none.
    pub abstract_text: String,
    /// In the order of the text, including appendices but not the list of references.
    pub sections: Vec<Section>,
    /// Tables, references and everything else apart from running text.
    pub parts: DocumentParts,
}

/// A part of the running text with its heading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
pub struct Section {
    /// The heading without its number; empty for text under no heading.
    pub title: String,
    /// Paragraphs are separated by line feeds. Words hyphenated at a line end are joined.
    pub text: String,
    /// Where the heading begins, or the text if there is no heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<DocumentLocation>,
    /// Markers in `text` that point to references, in the order of the text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<CitationMarker>,
}

/// The parts of a whole paper other than its running text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DocumentParts {
    /// In the order of the title page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<DocumentAuthor>,
    /// Tables, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<Table>,
    /// Figures, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<Figure>,
    /// In the order of the list. Citations and cells refer to them by their index in this list, from 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// Footnotes, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub footnotes: Vec<Footnote>,
}

/// An author with the details from the title page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
pub struct DocumentAuthor {
    /// The name in the order `Given Family`.
    pub name: String,
    /// Affiliations as the paper writes them: `Software Institute, Peking University, China`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affiliations: Vec<String>,
    /// Names that the source states to be those of institutions: `Peking University`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub institutions: Vec<String>,
    /// Address of the author, if it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The ORCID without the resolver: `0000-0002-1825-0097`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orcid: Option<String>,
    /// Ids that the source gives the person: `openalex:a5023888391`, `s2:1700325`, `acl:yang-liu-ict`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
}

/// A figure. Only its label and caption are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
pub struct Figure {
    /// `Figure 3`; empty if the paper gives no label.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// The caption without the label.
    pub caption: String,
    /// Where it is in the document, if the format says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<DocumentLocation>,
}

/// A note at the foot of a page or the end of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
pub struct Footnote {
    /// The mark by which the text refers to it: `1`, `†`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mark: String,
    /// The note without the mark.
    pub text: String,
    /// Where it is in the document, if the format says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<DocumentLocation>,
}

impl Section {
    /// A section of plain text, without a location or citations.
    pub fn new(title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { title: title.into(), text: text.into(), ..Self::default() }
    }
}

impl DocumentAuthor {
    /// Whether anything but the name is known.
    pub fn has_details(&self) -> bool {
        *self != Self { name: self.name.clone(), ..Self::default() }
    }
}

impl DocumentParts {
    /// Whether the document has none of these parts.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// All texts that can contain names.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let tables = self.tables.iter().flat_map(Table::texts);
        tables.chain(self.figures.iter().map(|figure| figure.caption.as_str()))
    }
}
