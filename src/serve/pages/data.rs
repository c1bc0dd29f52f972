//! The answer of a page as data, at the page's address with an ending (`/leaderboards.json`) or by `Accept`.

use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Serialize;

use crate::answer::Sheet;
use crate::export::csv::{RowFormat, write_sheet};
use crate::schema::Versioned;
use crate::serve::negotiation::{FormatOffer, content_type, preferred_offer};
use crate::serve::problem::HttpProblem;

/// The forms of an answer that is not RDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DataFormat {
    Page,
    /// The fields of the command's `--format json`.
    Json,
    /// The columns of the command's `--format csv`.
    Csv,
    /// A feed of papers.
    Atom,
}

impl DataFormat {
    /// The form in the ending of the path, or the form that the request accepts.
    ///
    /// # Errors
    /// If the request accepts none of them.
    pub(crate) fn of(parts: &Parts) -> Result<Self, HttpProblem> {
        match parts.uri.path().rsplit_once('.') {
            Some((_, "json")) => return Ok(Self::Json),
            Some((_, "csv")) => return Ok(Self::Csv),
            Some((_, "atom")) => return Ok(Self::Atom),
            _ => {}
        }
        let offers = [
            FormatOffer { value: Self::Page, types: &["text/html", "application/xhtml+xml"] },
            FormatOffer { value: Self::Json, types: &["application/json"] },
            FormatOffer { value: Self::Csv, types: &["text/csv"] },
        ];
        let chosen = preferred_offer(&parts.headers, &offers).map(|(face, _)| face);
        chosen.ok_or_else(|| HttpProblem::not_acceptable("text/html, application/json, text/csv"))
    }
}

/// An answer in one of the forms.
pub(crate) enum PageReply {
    Page(Markup),
    Data { media: &'static str, body: Vec<u8> },
}

impl PageReply {
    /// An answer, an object, with the version of its shape as `--format json` prints it.
    ///
    /// # Errors
    /// If the answer cannot be written.
    pub(crate) fn json(answer: &impl Serialize) -> Result<Self, HttpProblem> {
        let mut body = serde_json::to_vec_pretty(&Versioned::new(answer))
            .map_err(|error| HttpProblem::internal(error.to_string()))?;
        body.push(b'\n');
        Ok(Self::Data { media: "application/json", body })
    }

    /// # Errors
    /// If the rows cannot be written.
    pub(crate) fn csv(sheet: &Sheet) -> Result<Self, HttpProblem> {
        let mut body = Vec::new();
        write_sheet(&mut body, sheet, RowFormat::Csv).map_err(|error| HttpProblem::internal(error.to_string()))?;
        Ok(Self::Data { media: "text/csv", body })
    }
}

impl IntoResponse for PageReply {
    fn into_response(self) -> Response {
        match self {
            Self::Page(page) => page.into_response(),
            Self::Data { media, body } => {
                let mut response = body.into_response();
                if let Ok(media) = HeaderValue::try_from(content_type(media)) {
                    response.headers_mut().insert(CONTENT_TYPE, media);
                }
                response
            }
        }
    }
}

/// Links to the same answer as data. `path` has no ending, `query` begins with `?` or is empty.
pub(crate) fn links(path: &str, query: &str, endings: &[(&str, &str)]) -> Markup {
    html! {
        p.downloads {
            "As data: "
            @for (i, (ending, title)) in endings.iter().enumerate() {
                @if i > 0 { ", " }
                a href={ (path) "." (ending) (query) } { (title) }
            }
        }
    }
}

/// The endings of answers that have rows.
pub(crate) const ROWS: [(&str, &str); 2] = [("json", "JSON"), ("csv", "CSV")];

/// The query of an address with its question mark; empty without one.
pub(crate) fn query_of(address: &str) -> &str {
    address.find('?').and_then(|at| address.get(at..)).unwrap_or_default()
}
