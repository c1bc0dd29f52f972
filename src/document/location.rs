use std::fmt;

use serde::{Deserialize, Serialize};

/// A location in a file. Each reader uses the form that suits its format.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(json_schema, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum DocumentLocation {
    /// A place in a PDF file.
    Page {
        /// Page number in the file, from 1.
        number: u32,
        /// Left, top, right and bottom in points (1/72 inch), from the top left corner of the page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<[u32; 4]>,
    },
    /// A file name and a line number, from 1, for LaTeX (the file inside the e-print), Markdown and plain text. The
    /// name is empty if the paper is a single file.
    Line(String, u64),
    /// The XPath of an element in XML or HTML: `/TEI/text[1]/body[1]/figure[2]`.
    Xpath(String),
}

impl DocumentLocation {
    /// The page, if the format has pages.
    pub fn page(&self) -> Option<u32> {
        match self {
            Self::Page { number, .. } => Some(*number),
            Self::Line(..) | Self::Xpath(_) => None,
        }
    }
}

impl fmt::Display for DocumentLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page { number, .. } => write!(f, "page {number}"),
            Self::Line(file, line) if file.is_empty() => write!(f, "line {line}"),
            Self::Line(file, line) => write!(f, "{file}:{line}"),
            Self::Xpath(path) => f.write_str(path),
        }
    }
}
