//! Whole papers in JATS, the XML of PubMed Central, bioRxiv and many publishers.

use std::collections::HashMap;

use super::facts::{date_of, identify_by_url, month, name, set_doi, whole_paper};
use super::markup_table;
use super::place::{RecordResult, SkippedRecord};
use super::references::parse;
use super::xml::{Element, XmlNode, XmlRecord};
use crate::document::{
    Document, DocumentAuthor, DocumentLocation, Figure, Footnote, Reference, RunningText, Section, Table,
};
use crate::paper::{PaperId, PartialDate};
use crate::text::single_spaced;

pub(super) const RECORDS: [&str; 1] = ["article"];

/// Whether a text with the root element `article` is JATS.
pub(super) fn looks_like(start: &str) -> bool {
    ["<front", "article-type=", "JATS", "journalpublishing", "archivearticle"].iter().any(|mark| start.contains(mark))
}

pub(super) fn read(record: XmlRecord) -> RecordResult {
    let article = record.element;
    let missing = || SkippedRecord::malformed("is JATS without `article-meta`");
    let meta = article.first(&["front", "article-meta"]).ok_or_else(missing)?;
    let journal = article.first(&["front", "journal-meta"]);
    let title = meta.first(&["title-group", "article-title"]).map(words).unwrap_or_default();
    let mut document = Document { title, ..Document::default() };
    document.abstract_text = abstract_of(meta);
    document.parts.authors = authors(meta);
    let ids: HashMap<&str, u32>;
    (document.parts.references, ids) = references(&article);
    let mut body = JatsBody { ids, document };
    for (part, path) in
        [("body", "/article/body"), ("back", "/article/back"), ("floats-group", "/article/floats-group")]
    {
        if let Some(element) = article.first(&[part]) {
            body.division(element, path);
        }
    }
    let mut paper = whole_paper(body.document)?;
    let names = [&["journal-title-group", "journal-title"][..], &["journal-title"]];
    let venue = journal.and_then(|journal| names.iter().find_map(|path| journal.first(path)));
    paper.venue = venue.map(words).filter(|venue| !venue.is_empty());
    // Among dates of equal precision, the first one.
    let dates: Vec<PartialDate> = meta.all("pub-date").filter_map(date).collect();
    paper.published = dates.into_iter().rev().max_by_key(|date| date.precision());
    for id in meta.all("article-id") {
        let text = single_spaced(&id.text());
        match id.attribute("pub-id-type").unwrap_or_default() {
            "doi" => set_doi(&mut paper, &text),
            "arxiv" => paper.identify(PaperId::arxiv(&text)),
            _ => {}
        }
    }
    for link in meta.all("self-uri").filter_map(|link| link.attribute("href")) {
        identify_by_url(&mut paper, link);
    }
    Ok(vec![paper])
}

/// Text on one line, without marks of footnotes and elements that are not text.
fn words(element: &Element) -> String {
    single_spaced(&element.text_with(&mut |inner, out| match inner.name.as_str() {
        "xref" => matches!(inner.attribute("ref-type"), Some("fn" | "table-fn" | "author-notes" | "aff" | "corresp")),
        "label" | "fn" => true,
        "break" => {
            out.push(' ');
            true
        }
        _ => is_no_text(inner),
    }))
}

/// Elements inside text that are not text: pictures, and formulas in a form that another one repeats.
fn is_no_text(element: &Element) -> bool {
    matches!(
        element.name.as_str(),
        "tex-math" | "annotation" | "graphic" | "inline-graphic" | "media" | "object-id" | "table-wrap" | "fig"
    )
}

fn words_of(element: &Element, path: &[&str]) -> String {
    element.first(path).map(words).unwrap_or_default()
}

/// The abstract; abstracts with a type are summaries of it, or pictures.
fn abstract_of(meta: &Element) -> String {
    let all: Vec<&Element> = meta.all("abstract").collect();
    let plain = all.iter().find(|element| element.attribute("abstract-type").is_none());
    let Some(element) = plain.or(all.first()) else { return String::new() };
    let mut parts = Vec::new();
    for inner in element.elements() {
        match inner.name.as_str() {
            "sec" => {
                let title = words_of(inner, &["title"]);
                let text = inner.all("p").map(words).collect::<Vec<_>>().join(" ");
                let title = title.trim_end_matches([':', '.']);
                parts.push(if title.is_empty() { text } else { format!("{title}: {text}") });
            }
            "title" | "label" | "object-id" => {}
            _ => parts.push(words(inner)),
        }
    }
    single_spaced(&parts.join(" "))
}

fn authors(meta: &Element) -> Vec<DocumentAuthor> {
    let places: HashMap<&str, String> =
        meta.descendants("aff").filter_map(|place| Some((place.attribute("id")?, words(place)))).collect();
    let named: HashMap<&str, Vec<String>> = meta
        .descendants("aff")
        .filter_map(|place| Some((place.attribute("id")?, institutions_of(place).collect())))
        .collect();
    let is_author = |contributor: &&Element| contributor.attribute("contrib-type").is_none_or(|kind| kind == "author");
    let contributors = meta.all("contrib-group").flat_map(|group| group.all("contrib")).filter(is_author);
    let author = |contributor: &Element| {
        let marks = contributor.all("xref").filter(|mark| mark.attribute("ref-type") == Some("aff"));
        let marked = marks.filter_map(|mark| mark.attribute("rid")).flat_map(str::split_whitespace);
        let mut affiliations: Vec<String> = marked.filter_map(|id| places.get(id).cloned()).collect();
        affiliations.extend(contributor.all("aff").map(words));
        let marked = contributor.all("xref").filter_map(|mark| mark.attribute("rid")).flat_map(str::split_whitespace);
        let mut institutions: Vec<String> = marked.filter_map(|id| named.get(id)).flatten().cloned().collect();
        institutions.extend(contributor.all("aff").flat_map(institutions_of));
        let is_orcid = |id: &&Element| id.attribute("contrib-id-type") == Some("orcid");
        let orcid = contributor.all("contrib-id").find(is_orcid).map(|id| single_spaced(&id.text()));
        Some(DocumentAuthor {
            name: person(contributor)?,
            affiliations,
            email: contributor.descendants("email").next().map(|email| single_spaced(&email.text())),
            orcid: orcid.and_then(|orcid| orcid.rsplit('/').next().map(str::to_string)),
            ids: Vec::new(),
            institutions,
        })
    };
    contributors.filter_map(author).collect()
}

/// The institutions that an affiliation marks, without their departments.
fn institutions_of(place: &Element) -> impl Iterator<Item = String> {
    let is_whole = |name: &&Element| name.attribute("content-type").is_none_or(|kind| !kind.contains("dept"));
    place.descendants("institution").filter(is_whole).map(words).filter(|name| !name.is_empty())
}

/// The name of a contributor, a person or a group.
fn person(contributor: &Element) -> Option<String> {
    let parts = contributor.first(&["name"]).or_else(|| contributor.first(&["name-alternatives", "name"]));
    match parts {
        Some(parts) => person_of(parts),
        None => {
            let whole = contributor.first(&["string-name"]).or_else(|| contributor.first(&["collab"]))?;
            person_of(whole).or_else(|| Some(words(whole)).filter(|name| !name.is_empty()))
        }
    }
}

fn person_of(parts: &Element) -> Option<String> {
    let part = |part: &str| parts.first(&[part]).map(words);
    part("surname")?;
    let family = [part("surname"), part("suffix")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    name(part("given-names").as_deref(), Some(&family))
}

fn date(element: &Element) -> Option<PartialDate> {
    let part = |name: &str| element.first(&[name]).map(|part| part.text().trim().to_string());
    let day = part("day").and_then(|day| day.parse().ok());
    date_of(part("year")?.parse().ok()?, part("month").as_deref().and_then(month), day)
}

/// The references in order, and the number of each by its id.
fn references(article: &Element) -> (Vec<Reference>, HashMap<&str, u32>) {
    let (mut references, mut ids) = (Vec::new(), HashMap::new());
    let lists = article.first(&["back"]).into_iter().flat_map(|back| back.descendants("ref-list"));
    for entry in lists.flat_map(|list| list.all("ref")) {
        if let Some(id) = entry.attribute("id") {
            ids.insert(id, u32::try_from(references.len()).unwrap_or(u32::MAX));
        }
        references.push(reference(entry));
    }
    (references, ids)
}

fn reference(entry: &Element) -> Reference {
    let kinds = ["mixed-citation", "element-citation", "nlm-citation", "citation"];
    let within = |parent: &'_ Element| -> Option<usize> {
        parent
            .children
            .iter()
            .position(|child| matches!(child, XmlNode::Element(e) if kinds.contains(&e.name.as_str())))
    };
    let holder = entry.first(&["citation-alternatives"]).filter(|inner| within(inner).is_some()).unwrap_or(entry);
    let Some(XmlNode::Element(citation)) = within(holder).map(|at| &holder.children[at]) else {
        return Reference { text: words(entry), ..Reference::default() };
    };
    let part = |name: &str| Some(words_of(citation, &[name])).filter(|words| !words.is_empty());
    let printed = if citation.name == "mixed-citation" { words(citation) } else { String::new() };
    let guessed = if printed.is_empty() { Reference::default() } else { parse(&printed) };
    let article = part("article-title").or_else(|| part("chapter-title"));
    let source = part("source");
    // A book contains no article: its own title is cited.
    let (title, venue) = if article.is_some() { (article, source) } else { (source, None) };
    let is_marked_up = title.is_some();
    let groups = citation.all("person-group");
    let of_authors = |group: &&Element| group.attribute("person-group-type").is_none_or(|kind| kind == "author");
    let holders = std::iter::once(citation).chain(groups.filter(of_authors));
    let people = holders.flat_map(|holder| {
        holder.elements().filter(|inner| matches!(inner.name.as_str(), "name" | "string-name" | "collab"))
    });
    let authors: Vec<String> =
        people.filter_map(|one| person_of(one).or_else(|| Some(words(one)).filter(|name| !name.is_empty()))).collect();
    let id = |kind: &str| {
        let of_kind = |id: &&Element| id.attribute("pub-id-type") == Some(kind);
        citation.all("pub-id").find(of_kind).map(|id| single_spaced(&id.text()))
    };
    let year = part("year").and_then(|year| year.get(..4)?.parse().ok());
    let link = citation.descendants("ext-link").find_map(|link| link.attribute("href")).map(str::to_string);
    Reference {
        label: entry
            .first(&["label"])
            .map(|label| single_spaced(&label.text()))
            .unwrap_or_default()
            .trim_matches(['[', ']', '.'])
            .to_string(),
        title: title.or(guessed.title),
        authors: if is_marked_up || !authors.is_empty() { authors } else { guessed.authors },
        year: year.or(guessed.year),
        venue,
        doi: id("doi").and_then(|text| crate::paper::doi(&text).map(str::to_string)).or(guessed.doi),
        arxiv: id("arxiv").and_then(|text| crate::paper::arxiv_id(&text)).or(guessed.arxiv),
        url: link.or(guessed.url),
        text: printed,
    }
}

struct JatsBody<'b> {
    /// References by their ids.
    ids: HashMap<&'b str, u32>,
    document: Document,
}

impl JatsBody<'_> {
    /// A division, followed by the divisions in it.
    fn division(&mut self, element: &Element, path: &str) {
        let mut text = RunningText::default();
        for inner in element.elements().filter(|inner| is_paragraph(inner)) {
            self.paragraph(inner, &mut text);
            text.end_paragraph();
        }
        let title = words_of(element, &["title"]);
        if !text.is_empty() {
            let (text, citations) = text.finish();
            self.document.sections.push(Section { title, text, location: Some(location(element, path)), citations });
        }
        self.inside(element, path);
    }

    /// Divisions, tables, figures and notes in an element.
    fn inside(&mut self, element: &Element, path: &str) {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for inner in element.elements() {
            let nth = counts.entry(inner.name.as_str()).or_default();
            *nth += 1;
            let path = format!("{path}/{}[{nth}]", inner.name);
            match inner.name.as_str() {
                "sec" | "app" | "ack" | "notes" => self.division(inner, &path),
                "table-wrap" => self.table(inner, &path),
                "fig" => self.figure(inner, &path),
                "fn" => self.footnote(inner, &path),
                "ref-list" | "title" | "label" => {}
                _ => self.inside(inner, &path),
            }
        }
    }

    fn paragraph(&self, element: &Element, text: &mut RunningText) {
        for child in &element.children {
            match child {
                XmlNode::Text(words) => text.push(words),
                XmlNode::Element(inner) if inner.name == "xref" => match inner.attribute("ref-type") {
                    Some("bibr") => text.cite(&inner.text(), self.cited(inner)),
                    Some("fn") => {}
                    _ => text.push(&inner.text()),
                },
                XmlNode::Element(inner) if inner.name == "fn" || is_no_text(inner) => {}
                XmlNode::Element(inner) => {
                    self.paragraph(inner, text);
                    if matches!(inner.name.as_str(), "list-item" | "def-item" | "p" | "title" | "break") {
                        text.push(" ");
                    }
                }
            }
        }
    }

    fn cited(&self, marker: &Element) -> Vec<u32> {
        let ids = marker.attribute("rid").unwrap_or_default().split_whitespace();
        ids.filter_map(|id| self.ids.get(id).copied()).collect()
    }

    fn table(&mut self, element: &Element, path: &str) {
        let read = |cell: &Element| {
            let markers = cell.descendants("xref").filter(|marker| marker.attribute("ref-type") == Some("bibr"));
            (words(cell), markers.flat_map(|marker| self.cited(marker)).collect())
        };
        let rows = element.descendants("table").flat_map(|table| markup_table::rows(table, &read)).collect();
        let table = Table {
            label: label(element),
            caption: words_of(element, &["caption"]),
            rows,
            notes: element.first(&["table-wrap-foot"]).map(|foot| single_spaced(&foot.text())).unwrap_or_default(),
            location: Some(location(element, path)),
        };
        self.document.parts.tables.push(table);
    }

    fn figure(&mut self, element: &Element, path: &str) {
        let (label, caption) = (label(element), words_of(element, &["caption"]));
        if !caption.is_empty() {
            self.document.parts.figures.push(Figure { label, caption, location: Some(location(element, path)) });
        }
    }

    fn footnote(&mut self, element: &Element, path: &str) {
        let text = words(element);
        if !text.is_empty() {
            let location = Some(location(element, path));
            self.document.parts.footnotes.push(Footnote { mark: label(element), text, location });
        }
    }
}

fn is_paragraph(element: &Element) -> bool {
    matches!(
        element.name.as_str(),
        "p" | "list" | "def-list" | "disp-formula" | "disp-formula-group" | "disp-quote" | "statement" | "boxed-text"
    )
}

/// `Table 1.` as `Table 1`.
fn label(element: &Element) -> String {
    let label = element.first(&["label"]).map(|label| single_spaced(&label.text())).unwrap_or_default();
    label.trim_end_matches(['.', ':']).to_string()
}

fn location(element: &Element, path: &str) -> DocumentLocation {
    DocumentLocation::Xpath(match element.attribute("id") {
        Some(id) if !id.contains(['"', '\'']) => format!("//{}[@id='{id}']", element.name),
        _ => path.to_string(),
    })
}
