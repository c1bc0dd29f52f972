//! References in records of JSON: texts, or objects with the names that dumps use.

use serde_json::Value;

use super::facts::{date, name, spoken};
use super::json::JsonAccess;
use super::markup::plain;
use crate::document::Reference;
use crate::paper::{Paper, arxiv_id, doi};
use crate::text::single_spaced;

/// Adds the references of a record, if it has any.
pub(super) fn add(paper: &mut Paper, references: impl IntoIterator<Item = Reference>) {
    let mut references = references.into_iter().peekable();
    if references.peek().is_some() {
        paper.document.get_or_insert_default().references.extend(references);
    }
}

/// The references in a list, or in an object that maps labels to references. A reference without title and id is left
/// out.
pub(super) fn read(value: Option<&Value>) -> Vec<Reference> {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(reference).collect(),
        Some(Value::Object(by_label)) => by_label
            .iter()
            .filter_map(|(label, value)| Some(Reference { label: label.clone(), ..reference(value)? }))
            .collect(),
        _ => Vec::new(),
    }
}

fn reference(value: &Value) -> Option<Reference> {
    match value {
        Value::String(text) => Some(named(text)).filter(is_known),
        // Semantic Scholar puts the work into an object with the sentences that cite it.
        Value::Object(object) => match object.get("citedPaper") {
            Some(cited) => reference(cited),
            None => Some(described(value)).filter(is_known),
        },
        _ => None,
    }
}

fn is_known(reference: &Reference) -> bool {
    let Reference { title, doi, arxiv, url, .. } = reference;
    [title, doi, arxiv, url].into_iter().any(Option::is_some)
}

/// A text is an id, an address or a title.
fn named(text: &str) -> Reference {
    let text = single_spaced(text);
    let mut reference = Reference::default();
    if let Some(id) = arxiv_id(&text) {
        reference.arxiv = Some(id);
    } else if let Some(doi) = doi(&text) {
        reference.doi = Some(doi.to_string());
    } else if text.contains("://") {
        reference.url = Some(text);
    } else if !text.is_empty() {
        reference.title = Some(text);
    }
    reference
}

fn described(value: &Value) -> Reference {
    let text = |names: &[&str]| names.iter().find_map(|name| value.text(name));
    let ids = value.get("externalIds").or(value.get("externalids")).or(value.get("other_ids"));
    let id = |name: &str| {
        let of = ids.and_then(Value::as_object)?;
        let (_, id) = of.iter().find(|(registry, _)| registry.eq_ignore_ascii_case(name))?;
        // Older releases of S2ORC have lists of ids.
        id.as_str().or_else(|| id.get(0)?.as_str())
    };
    let year = || text(&["date", "published", "publicationDate"]).and_then(date).map(|date| date.year());
    let title = text(&["title", "article-title", "volume-title", "series-title", "name"]);
    let s2 = || value.text("paperId").map(|id| format!("https://www.semanticscholar.org/paper/{id}"));
    let corpus = || {
        let number = value.number("corpusId").or(value.number("corpusid"))?;
        Some(format!("https://www.semanticscholar.org/corpusid:{number}"))
    };
    let acl = text(&["acl_id", "acl"]).or_else(|| id("ACL"));
    Reference {
        label: String::new(),
        text: text(&["unstructured", "raw_text", "text"]).map(single_spaced).unwrap_or_default(),
        title: title.map(plain).filter(|title| !title.is_empty()),
        authors: authors(value),
        year: value.number("year").and_then(|year| u16::try_from(year).ok()).or_else(year),
        venue: text(&["venue", "journal-title", "journal"]).map(single_spaced),
        doi: text(&["DOI", "doi"]).or_else(|| id("DOI")).and_then(doi).map(str::to_string),
        arxiv: text(&["arxiv", "arxiv_id", "arxivId"]).or_else(|| id("ArXiv")).and_then(arxiv_id),
        url: acl
            .map(|id| format!("https://aclanthology.org/{id}"))
            .or_else(|| text(&["url", "URL"]).map(str::to_string))
            .or_else(s2)
            .or_else(corpus),
    }
}

/// A list of names or of objects with parts of names, or one name.
fn authors(value: &Value) -> Vec<String> {
    let person = |value: &Value| match value {
        Value::String(text) => spoken(text),
        _ => value
            .text("name")
            .and_then(spoken)
            .or_else(|| name(value.text("given").or(value.text("first")), value.text("family").or(value.text("last")))),
    };
    match value.get("authors").or(value.get("author")) {
        Some(Value::Array(list)) => list.iter().filter_map(person).collect(),
        Some(one) => person(one).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_reference_is_an_id_a_title_or_an_object() {
        let read = read(Some(&json!([
            "1706.03762",
            "https://doi.org/10.1000/182",
            "https://openalex.org/W12",
            "Lanterns in the Night",
            {"citedPaper": {"paperId": "ab12", "title": "Lamps", "year": 2019, "authors": [{"name": "Ana Ruiz"}]}},
            {"key": "ref1", "DOI": "10.1000/183", "article-title": "On <i>Wicks</i>", "author": "Li", "year": "2001"},
            {"title": "Oil", "externalIds": {"ArXiv": "2001.00001", "ACL": null}},
            {"key": "ref2", "journal-title": "Nothing Else"},
            7,
        ])));
        let shown: Vec<String> = read
            .iter()
            .map(|r| {
                let of = |text: &Option<String>| text.clone().unwrap_or_default();
                let year = r.year.map(|year| year.to_string()).unwrap_or_default();
                let all = [of(&r.title), r.authors.join(","), year, of(&r.doi), of(&r.arxiv), of(&r.url)];
                all.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" | ")
            })
            .collect();
        assert_eq!(
            shown,
            [
                "1706.03762",
                "10.1000/182",
                "https://openalex.org/W12",
                "Lanterns in the Night",
                "Lamps | Ana Ruiz | 2019 | https://www.semanticscholar.org/paper/ab12",
                "On Wicks | Li | 2001 | 10.1000/183",
                "Oil | 2001.00001",
            ]
        );
    }

    #[test]
    fn references_by_label_keep_it() {
        let read = read(Some(&json!({"BIBREF0": {"title": "Lamps", "authors": [{"first": "Ana", "last": "Ruiz"}]}})));
        assert_eq!(
            (read[0].label.as_str(), read[0].authors.as_slice()),
            ("BIBREF0", ["Ana Ruiz".to_string()].as_slice())
        );
    }
}
