//! What sources state about authors in addition to their names: ids and affiliations.

use serde_json::Value;

use super::json::JsonAccess;
use crate::document::DocumentAuthor;
use crate::paper::Paper;
use crate::text::single_spaced;

/// Adds the details of the authors, in the order of the authors, if there is more than names.
pub(super) fn add(paper: &mut Paper, authors: impl IntoIterator<Item = DocumentAuthor>) {
    let authors: Vec<DocumentAuthor> = authors.into_iter().collect();
    if authors.iter().any(DocumentAuthor::has_details) {
        paper.document.get_or_insert_default().authors = authors;
    }
}

/// The ORCID in a text or address: `0000-0002-1825-0097`.
pub(super) fn orcid(text: &str) -> Option<String> {
    let id = text.trim().trim_end_matches('/').rsplit(['/', ':']).next()?.trim().to_uppercase();
    let is_part = |part: &str| part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = id.split('-').collect();
    match parts[..] {
        [a, b, c, d] if [a, b, c].iter().all(|part| is_part(part)) && is_part(&d.replace('X', "0")) => Some(id),
        _ => None,
    }
}

/// The names in a list of texts or of objects with one of these fields.
pub(super) fn names(list: Option<&Value>, fields: &[&str]) -> Vec<String> {
    let all = list.and_then(Value::as_array).into_iter().flatten();
    let name = |value: &Value| match value {
        Value::String(text) => Some(single_spaced(text)),
        value => fields.iter().find_map(|field| value.text(field)).map(single_spaced),
    };
    all.filter_map(name).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_orcid_is_read_in_every_spelling() {
        for text in ["0000-0002-1825-009x", "https://orcid.org/0000-0002-1825-009X", "orcid:0000-0002-1825-009X"] {
            assert_eq!(orcid(text).as_deref(), Some("0000-0002-1825-009X"), "{text}");
        }
        assert_eq!(["", "0000-0002-1825", "https://example.org/0000-0002-1825-00zz"].map(orcid), [None, None, None]);
    }
}
