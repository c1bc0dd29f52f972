//! The list of references of TEI: one `biblStruct` for each.

use std::collections::HashMap;

use super::person;
use crate::document::Reference;
use crate::source::xml::Element;
use crate::text::single_spaced;

/// The references of a text in order, and the number of each by its `xml:id`.
pub(super) fn read(text: &Element) -> (Vec<Reference>, HashMap<&str, u32>) {
    let mut references = Vec::new();
    let mut ids = HashMap::new();
    let lists = text.elements().filter(|part| part.name == "back").flat_map(|back| back.descendants("listBibl"));
    for entry in lists.flat_map(|list| list.all("biblStruct")) {
        if let Some(id) = entry.attribute("id") {
            ids.insert(id, u32::try_from(references.len()).unwrap_or(u32::MAX));
        }
        references.push(reference(entry));
    }
    (references, ids)
}

fn reference(entry: &Element) -> Reference {
    let words = |element: &Element| Some(single_spaced(&element.text())).filter(|words| !words.is_empty());
    let analytic = entry.first(&["analytic"]);
    let monograph = entry.first(&["monogr"]);
    let title_of = |part: Option<&Element>| part.and_then(|part| part.first(&["title"])).and_then(words);
    let article = title_of(analytic);
    let container = title_of(monograph);
    // A book contains no article: its own title is cited.
    let (title, venue) = if article.is_some() { (article, container) } else { (container, None) };
    let authors = [analytic, monograph].into_iter().flatten().flat_map(|part| part.all("author")).filter_map(person);
    let date = monograph.and_then(|part| part.first(&["imprint", "date"])).and_then(|date| date.attribute("when"));
    let id = |kind: &str| {
        let of_kind = |id: &&Element| id.attribute("type").is_some_and(|other| other.eq_ignore_ascii_case(kind));
        entry.descendants("idno").find(of_kind).and_then(words)
    };
    let printed = entry.all("note").find(|note| note.attribute("type") == Some("raw_reference"));
    Reference {
        label: String::new(),
        text: printed.and_then(words).unwrap_or_default(),
        title,
        authors: authors.collect(),
        year: date.and_then(|date| date.get(..4)?.parse().ok()),
        venue,
        doi: id("doi").and_then(|text| crate::paper::doi(&text).map(str::to_string)),
        arxiv: id("arxiv").and_then(|text| text.split([' ', '[']).find_map(crate::paper::arxiv_id)),
        url: entry.descendants("ptr").find_map(|link| link.attribute("target")).map(str::to_string),
    }
}
