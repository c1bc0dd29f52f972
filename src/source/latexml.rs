//! Whole papers in arXiv's HTML, which LaTeXML makes from LaTeX. Its classes say what each element is.

use std::collections::HashMap;
use std::io::Read;

use super::PaperStream;
use super::compressed::Stream;
use super::facts::whole_paper;
use super::html;
use super::markup_table::{self, has_class};
use super::people::is_name;
use super::place::{ProblemReason, SkippedRecord, SourceInput};
use super::references::parse;
use super::xml::{Element, XmlNode};
use crate::document::{
    Document, DocumentAuthor, DocumentLocation, Figure, Footnote, Reference, RunningText, Section, Table,
};
use crate::paper::{Paper, PaperId, arxiv_id};
use crate::text::single_spaced;

/// Size of the largest file. LaTeXML writes formulas at length; a long paper has some megabytes.
const MAX_BYTES: u64 = 64 << 20;

/// Whether a text is HTML of LaTeXML.
pub(super) fn looks_like(start: &str) -> bool {
    start.contains("ltx_document") || start.contains("ltx_page_main") || start.contains("LaTeXML")
}

pub(super) fn read(stream: Stream, place: &SourceInput) -> PaperStream {
    let item = paper(stream, place.file());
    let item = item.map_err(|skipped| place.problem_of_whole(skipped)).and_then(|paper| place.paper(1, paper));
    Box::new(std::iter::once(item))
}

fn paper(stream: Stream, name: &str) -> Result<Paper, SkippedRecord> {
    let mut bytes = Vec::new();
    let read = stream.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    read.map_err(|e| SkippedRecord::cut_off(super::compressed::unreadable(&e)))?;
    if bytes.len() as u64 > MAX_BYTES {
        let message = format!("is larger than {} MiB, more than any paper", MAX_BYTES >> 20);
        return Err(SkippedRecord::new(ProblemReason::TooLarge, message));
    }
    let html = html::tree(&String::from_utf8_lossy(&bytes))?;
    let article = html.descendants("article").find(|element| has_class(element, "ltx_document"));
    let article = article.or_else(|| html.descendants("div").find(|element| has_class(element, "ltx_page_content")));
    let article = article.ok_or_else(|| SkippedRecord::malformed("is HTML without a document of LaTeXML"))?;
    let references = references(article);
    let ids = (0..).zip(&references).map(|(number, (id, _))| (id.clone(), number)).collect();
    let mut reader =
        LatexmlReader { ids, document: Document::default(), section: Section::default(), text: RunningText::default() };
    reader.inside(article, "//article");
    reader.end_section();
    let mut document = reader.document;
    document.parts.references = references.into_iter().map(|(_, reference)| reference).collect();
    let mut paper = whole_paper(document)?;
    paper.identify(id_of(&html, name));
    Ok(paper)
}

/// The id in the page itself, or the name of the file: `2401.00001v2.html`.
fn id_of(html: &Element, name: &str) -> Option<PaperId> {
    let base = html.descendants("base").find_map(|base| base.attribute("href"));
    let watermark = html.descendants("div").find(|element| element.attribute("id") == Some("watermark-tr"));
    let canonical = html.descendants("link").filter(|link| link.attribute("rel") == Some("canonical"));
    let addresses = base.into_iter().chain(canonical.filter_map(|link| link.attribute("href")));
    let of_page = addresses.into_iter().find_map(|address| {
        let address =
            if address.starts_with('/') { format!("https://arxiv.org{address}") } else { address.to_string() };
        PaperId::arxiv(&arxiv_id(address.trim_end_matches('/'))?)
    });
    let of_stamp = || watermark.and_then(|stamp| super::facts::marked_arxiv_id(&single_spaced(&stamp.text())));
    let of_name = || super::latex::id_of_name(name.trim_end_matches(".html").trim_end_matches(".htm"));
    of_page.or_else(of_stamp).or_else(of_name)
}

struct LatexmlReader {
    /// References by the ids of their elements.
    ids: HashMap<String, u32>,
    document: Document,
    section: Section,
    text: RunningText,
}

impl LatexmlReader {
    /// Adds the parts of an element to the document.
    fn inside(&mut self, element: &Element, path: &str) {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for inner in element.elements() {
            let nth = counts.entry(inner.name.as_str()).or_default();
            *nth += 1;
            let path = format!("{path}/{}[{nth}]", inner.name);
            let is = |class: &str| has_class(inner, class);
            if is("ltx_title_document") {
                self.document.title = words(inner);
            } else if is("ltx_authors") {
                self.document.parts.authors = authors(inner);
            } else if is("ltx_abstract") {
                let parts = inner.elements().filter(|part| !has_class(part, "ltx_title"));
                self.document.abstract_text = single_spaced(&parts.map(words).collect::<Vec<_>>().join(" "));
            } else if is("ltx_bibliography") || is("ltx_dates") || is("ltx_keywords") || is("ltx_TOC") {
                // Not part of the text.
            } else if is("ltx_table") {
                self.table(inner, &path);
            } else if is("ltx_figure") || is("ltx_float") {
                self.figure(inner, &path);
            } else if is("ltx_title") {
                self.end_section();
                self.section.title = words(inner);
                self.section.location = Some(location(inner, &path));
            } else if is("ltx_p") || is("ltx_equation") || is("ltx_equationgroup") {
                self.paragraph(inner, &path);
                self.text.end_paragraph();
            } else {
                self.inside(inner, &path);
            }
        }
    }

    fn end_section(&mut self) {
        let (text, citations) = std::mem::take(&mut self.text).finish();
        let section = std::mem::take(&mut self.section);
        if !text.is_empty() {
            self.document.sections.push(Section { text, citations, ..section });
        }
    }

    fn paragraph(&mut self, element: &Element, path: &str) {
        for child in &element.children {
            match child {
                XmlNode::Text(words) => self.text.push(words),
                XmlNode::Element(inner) if inner.name == "cite" => {
                    let cited = self.cited(inner);
                    self.text.cite(&single_spaced(&inner.text()), cited);
                }
                XmlNode::Element(inner) if has_class(inner, "ltx_note") => self.footnote(inner, path),
                XmlNode::Element(inner) if inner.name == "math" => self.text.push(&formula(inner)),
                XmlNode::Element(inner) if is_no_text(inner) => {}
                XmlNode::Element(inner) => self.paragraph(inner, path),
            }
        }
    }

    fn cited(&self, element: &Element) -> Vec<u32> {
        let targets = element.descendants("a").filter_map(|link| link.attribute("href"));
        targets.filter_map(|target| self.ids.get(target.rsplit('#').next()?).copied()).collect()
    }

    fn footnote(&mut self, element: &Element, path: &str) {
        let content = element.descendants("span").find(|inner| has_class(inner, "ltx_note_content"));
        let Some(content) = content else { return };
        let mark = content.descendants("sup").next().map(|mark| single_spaced(&mark.text())).unwrap_or_default();
        let text = single_spaced(&content.text_with(&mut |inner, out| {
            has_class(inner, "ltx_note_mark") || has_class(inner, "ltx_tag_note") || is_special(inner, out)
        }));
        if !text.is_empty() {
            self.document.parts.footnotes.push(Footnote { mark, text, location: Some(location(element, path)) });
        }
    }

    /// A table, or several that are panels of one.
    fn table(&mut self, element: &Element, path: &str) {
        let (label, caption) = caption(element);
        let before = self.document.parts.tables.len();
        for inner in element.elements().filter(|inner| has_class(inner, "ltx_table") || has_class(inner, "ltx_figure"))
        {
            self.table(inner, path);
        }
        if self.document.parts.tables.len() > before {
            for table in &mut self.document.parts.tables[before..] {
                if table.label.is_empty() {
                    table.label.clone_from(&label);
                }
                table.caption = single_spaced(&format!("{caption} {}", table.caption));
            }
            return;
        }
        let rows = self.rows(element);
        if !rows.is_empty() || !caption.is_empty() {
            let location = Some(location(element, path));
            self.document.parts.tables.push(Table { label, caption, rows, location, ..Table::default() });
        }
    }

    fn figure(&mut self, element: &Element, path: &str) {
        let (label, caption) = caption(element);
        // A table of results can be marked up as a figure.
        if label.starts_with("Table") || !self.rows(element).is_empty() && !label.starts_with("Algorithm") {
            self.table(element, path);
        }
        if !caption.is_empty() && label.starts_with("Fig") {
            let location = Some(location(element, path));
            self.document.parts.figures.push(Figure { label, caption, location });
        }
    }

    fn rows(&self, element: &Element) -> Vec<Vec<crate::document::Cell>> {
        let read = |cell: &Element| (words(cell), self.cited(cell));
        let mut found = Vec::new();
        tabulars(element, &mut found);
        found.into_iter().flat_map(|tabular| markup_table::rows(tabular, &read)).collect()
    }
}

/// The outermost tables in an element.
fn tabulars<'e>(element: &'e Element, found: &mut Vec<&'e Element>) {
    for inner in element.elements() {
        if has_class(inner, "ltx_tabular") {
            found.push(inner);
        } else {
            tabulars(inner, found);
        }
    }
}

/// Label and words of a caption.
fn caption(element: &Element) -> (String, String) {
    let Some(printed) = element.elements().find(|inner| has_class(inner, "ltx_caption")) else {
        return Default::default();
    };
    let is_tag = |element: &&Element| has_class(element, "ltx_tag");
    let tag = printed.descendants("span").find(is_tag).map(|tag| single_spaced(&tag.text())).unwrap_or_default();
    (tag.trim_end_matches([':', '.']).to_string(), words(printed))
}

/// Text on one line, without numbers of headings and captions, and without notes.
fn words(element: &Element) -> String {
    single_spaced(&element.text_with(&mut |inner, out| {
        has_class(inner, "ltx_tag") || has_class(inner, "ltx_note") || is_special(inner, out)
    }))
}

/// Writes an element that becomes text in a special way, and returns whether it did.
fn is_special(element: &Element, out: &mut String) -> bool {
    if element.name == "math" {
        out.push_str(&formula(element));
        return true;
    }
    if element.name == "br" {
        out.push(' ');
    }
    is_no_text(element)
}

fn is_no_text(element: &Element) -> bool {
    matches!(element.name.as_str(), "img" | "svg" | "button" | "annotation" | "annotation-xml")
        || has_class(element, "ltx_ERROR")
}

/// The signs of a formula, without the forms for other programs after them.
fn formula(math: &Element) -> String {
    let signs = math.text_with(&mut |inner, _| matches!(inner.name.as_str(), "annotation" | "annotation-xml"));
    signs.chars().filter(|c| !matches!(c, '\u{2061}'..='\u{2064}')).collect::<String>().split_whitespace().collect()
}

/// People with the facts that LaTeXML has about them: each with places of work and addresses, or one text with all of
/// them.
fn authors(element: &Element) -> Vec<DocumentAuthor> {
    let mut authors = Vec::new();
    for creator in element.descendants("span").filter(|inner| has_class(inner, "ltx_role_author")) {
        let Some(printed) = creator.descendants("span").find(|inner| has_class(inner, "ltx_personname")) else {
            continue;
        };
        let contacts = |role: &str| -> Vec<String> {
            let class = format!("ltx_role_{role}");
            creator.descendants("span").filter(|inner| has_class(inner, &class)).map(words).collect()
        };
        let (affiliations, email) = (contacts("affiliation"), contacts("email").into_iter().next());
        // Line breaks, commas and raised marks separate the names.
        let text = printed.text_with(&mut |inner, out| {
            let parts =
                inner.name == "br" || inner.name == "sup" || inner.name == "math" || has_class(inner, "ltx_note");
            if parts {
                out.push(',');
            }
            parts
        });
        let text = text.replace(" and ", ",").replace(" & ", ",");
        let names = text.split([',', '\n']).map(single_spaced).filter(|name| is_name(name));
        authors.extend(names.map(|name| DocumentAuthor {
            name,
            affiliations: affiliations.clone(),
            email: email.clone(),
            ..DocumentAuthor::default()
        }));
    }
    authors
}

/// The references in order, each with the id of its element.
fn references(article: &Element) -> Vec<(String, Reference)> {
    let items = article.descendants("li").filter(|item| has_class(item, "ltx_bibitem"));
    let reference = |item: &Element| {
        let is = |class: &'static str| move |inner: &&Element| has_class(inner, class);
        let label = item.descendants("span").find(is("ltx_tag_bibitem")).map(|tag| single_spaced(&tag.text()));
        let blocks: Vec<String> = item.descendants("span").filter(is("ltx_bibblock")).map(words).collect();
        let mut reference = parse(&single_spaced(&blocks.join(" ")));
        // Authors, title and the other fields are separate blocks.
        if let [_, title, _, ..] = blocks.as_slice() {
            reference.title = Some(title.trim_end_matches(['.', ',']).to_string()).filter(|title| !title.is_empty());
        }
        let label = label.unwrap_or_default();
        let inside = label.strip_prefix(['[', '(']).and_then(|label| label.strip_suffix([']', ')']));
        reference.label = inside.unwrap_or(&label).to_string();
        (item.attribute("id").unwrap_or_default().to_string(), reference)
    };
    items.map(reference).collect()
}

fn location(element: &Element, path: &str) -> DocumentLocation {
    DocumentLocation::Xpath(match element.attribute("id") {
        Some(id) if !id.contains(['"', '\'']) => format!("//*[@id='{id}']"),
        _ => path.to_string(),
    })
}
