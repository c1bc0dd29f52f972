//! Which paper an item of a list or a row of a table is about.

use std::ops::Range;

use super::super::facts::{add_link, add_repository, date, identify_by_url, one_line, set_authors, titled};
use super::super::place::{Read, Skipped};
use crate::extract::{Target, classify_url};
use crate::paper::Paper;

/// The text of an item or a cell, and its links.
#[derive(Default)]
pub(super) struct Cell {
    pub text: String,
    pub links: Vec<Link>,
    /// The part of the text that stands in bold first.
    pub strong: Option<Range<usize>>,
}

pub(super) struct Link {
    pub url: String,
    pub label: String,
    /// Where in the text its label begins.
    pub at: usize,
}

/// Labels of links that say what is behind them, not which paper it is.
const MARKS: [&str; 34] = [
    "paper",
    "papers",
    "pdf",
    "arxiv",
    "abs",
    "abstract",
    "html",
    "link",
    "doi",
    "openreview",
    "code",
    "github",
    "pytorch",
    "tensorflow",
    "jax",
    "torch",
    "official",
    "official code",
    "pytorch code",
    "project",
    "project page",
    "page",
    "website",
    "homepage",
    "web",
    "demo",
    "video",
    "slides",
    "poster",
    "blog",
    "dataset",
    "data",
    "model",
    "bib",
];

/// Hosts of papers beside arXiv, the DOI resolver and the Anthology.
const PUBLISHERS: [&str; 24] = [
    "openreview.net",
    "openaccess.thecvf.com",
    "papers.nips.cc",
    "papers.neurips.cc",
    "proceedings.neurips.cc",
    "proceedings.mlr.press",
    "jmlr.org",
    "ojs.aaai.org",
    "aaai.org",
    "ijcai.org",
    "ecva.net",
    "isca-speech.org",
    "dl.acm.org",
    "ieeexplore.ieee.org",
    "link.springer.com",
    "sciencedirect.com",
    "nature.com",
    "science.org",
    "biorxiv.org",
    "medrxiv.org",
    "semanticscholar.org",
    "alphaxiv.org",
    "huggingface.co/papers/",
    "papers.ssrn.com",
];

impl Link {
    fn mark(&self) -> String {
        let label = self.label.trim().trim_matches(['[', ']', '(', ')', ':', '*', '!', '.', ' ']);
        label.to_lowercase()
    }

    /// Whether the label only says what is behind the link; that of a badge is often empty.
    fn is_mark(&self) -> bool {
        let mark = self.mark();
        mark.is_empty() || MARKS.contains(&mark.as_str()) || (mark.len() <= 12 && mark.starts_with("arxiv"))
    }

    fn is_web(&self) -> bool {
        self.url.starts_with("http://") || self.url.starts_with("https://")
    }

    /// Whether a paper is behind the link.
    fn is_paper(&self) -> bool {
        let url = self.url.to_ascii_lowercase();
        let registered = identify_by_url(&mut Paper::titled("t"), &self.url);
        let named = matches!(self.mark().as_str(), "paper" | "pdf" | "arxiv" | "openreview" | "doi");
        registered
            || PUBLISHERS.iter().any(|host| url.contains(host))
            || url.ends_with(".pdf")
            || (named && self.is_web())
    }
}

/// The paper of a list item.
pub(super) fn of_item(cell: &Cell) -> Read {
    let links: Vec<&Link> = cell.links.iter().filter(|link| link.is_web()).collect();
    if links.is_empty() {
        return Err(Skipped::not_a_paper(""));
    }
    let title = title(cell);
    if !links.iter().any(|link| link.is_paper()) {
        return Err(Skipped::not_a_paper(format!("`{title}` leads to no paper")));
    }
    let mut paper = titled(&title)?;
    for link in links {
        behind(&mut paper, link);
    }
    Ok(vec![paper])
}

/// The title of an item: the label of a link that is more than a mark, else what stands in bold or in quotation marks,
/// else what stands before the first link.
fn title(cell: &Cell) -> String {
    let strong = cell.strong.clone().and_then(|range| cell.text.get(range.start..range.end.min(cell.text.len())));
    let label = cell.links.iter().find(|link| !link.is_mark() && (link.is_paper() || link.label.contains(' ')));
    let candidates =
        [label.map(|link| link.label.as_str()), strong.filter(|text| text.contains(' ')), quoted(&cell.text)];
    if let Some(title) = candidates.into_iter().flatten().map(clean).find(|title| !title.is_empty()) {
        return title;
    }
    let first = cell.links.iter().find(|link| link.is_mark()).map_or(cell.text.len(), |link| link.at);
    let before = cell.text.get(..first).unwrap_or_default();
    clean(before)
}

fn quoted(text: &str) -> Option<&str> {
    let from = text.find(['"', '“'])?;
    let rest = text.get(from..)?;
    let rest = rest.get(rest.chars().next()?.len_utf8()..)?;
    rest.get(..rest.find(['"', '”'])?).filter(|quoted| quoted.contains(' '))
}

/// A title without the brackets, dashes and quotation marks around it, and without an end that a list gives it.
fn clean(text: &str) -> String {
    let text = one_line(text);
    let around = |c: char| c.is_whitespace() || "[]|*_-–—:,\"“”".contains(c);
    text.trim_matches(around).trim_end_matches(['(', '.', '[']).trim_matches(around).to_string()
}

fn behind(paper: &mut Paper, link: &Link) {
    match classify_url(&link.url) {
        Some(Target::Repository(_)) => add_repository(paper, &link.url, official(link), None),
        // The paper itself is no page about it.
        _ if link.is_paper() => {
            identify_by_url(paper, &link.url);
        }
        _ => add_link(paper, &link.url),
    }
}

/// "official" in the label of a link says so; nothing else does.
fn official(link: &Link) -> Option<bool> {
    let mark = link.mark();
    if mark.contains("unofficial") {
        return Some(false);
    }
    mark.contains("official").then_some(true)
}

/// The paper of a table row. A table without a column for papers or titles is of something else.
pub(super) fn of_row(columns: &[String], row: &[Cell]) -> Read {
    let find = |names: &[&str]| {
        let column = columns.iter().position(|column| names.iter().any(|name| column.contains(name)))?;
        row.get(column)
    };
    let Some(main) = find(&["title"]).or_else(|| find(&["paper", "publication", "article", "work"])) else {
        return Err(Skipped::not_a_paper(""));
    };
    let mark = |cell: &Cell| cell.links.iter().all(Link::is_mark) && !cell.links.is_empty();
    // `| Name | Paper | Code |` with a link called "paper": the name is all there is of the title.
    let titled_cell = if mark(main) && clean(&main.text).len() <= 12 {
        find(&["name", "method", "model", "title"]).unwrap_or(main)
    } else {
        main
    };
    let title = title(titled_cell);
    let links = || row.iter().flat_map(|cell| &cell.links).filter(|link| link.is_web());
    if title.is_empty() || links().next().is_none() {
        return Err(Skipped::not_a_paper("a row without title or link"));
    }
    let mut paper = titled(&title)?;
    for link in links() {
        behind(&mut paper, link);
    }
    let text = |names: &[&str]| find(names).map(|cell| one_line(&cell.text)).filter(|text| !text.is_empty());
    paper.venue = text(&["venue", "conference", "journal"]).filter(|venue| venue.len() > 1);
    paper.published = text(&["date", "year", "published"]).as_deref().and_then(date);
    if let Some(authors) = text(&["author"]).filter(|authors| !authors.contains("et al")) {
        set_authors(&mut paper, authors.split(',').map(one_line).filter(|name| !name.is_empty()).collect());
    }
    Ok(vec![paper])
}
