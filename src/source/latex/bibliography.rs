//! The references of a paper in LaTeX: as BibTeX printed them (`.bbl`, `thebibliography`), or the cited entries of the
//! `.bib` files.

use std::collections::HashMap;

use super::arguments::{environment, group, optional, short_group};
use super::convert::tidy;
use super::files::SourceFiles;
use super::tokens::{Expansion, LatexToken, PlacedToken, text, tokens};
use super::words;
use crate::document::Reference;
use crate::source::facts::spoken;
use crate::source::references::parse;
use crate::text::single_spaced;

/// Number of entries of one paper.
const MAX_ENTRIES: usize = 20_000;

/// The references, and the keys by which the text cites them.
#[derive(Default)]
pub(super) struct Bibliography {
    /// With the key of each.
    entries: Vec<(String, Reference)>,
    by_key: HashMap<String, usize>,
    /// Numbers in the order of the printed list, once known; entries of a `.bib` file count only if they are cited.
    order: Vec<usize>,
    number: HashMap<usize, u32>,
    is_printed: bool,
}

impl Bibliography {
    /// The contents of a paper's files about its references.
    pub(super) fn of(files: &SourceFiles, main: &str, paper: &[PlacedToken]) -> Self {
        let mut bibliography = Self::default();
        if let Some(at) = begin(paper, "thebibliography") {
            bibliography.printed(environment(paper, at, "thebibliography").0);
        }
        let stem = main.trim_end_matches(".tex");
        if bibliography.entries.is_empty() {
            let mut printed: Vec<&str> = files.with_extension(".bbl").map(|(name, _)| name).collect();
            // The file with the name of the main file, else the only one.
            printed.sort_by_key(|name| (name.trim_end_matches(".bbl") != stem, *name));
            if let Some(name) = printed.first() {
                let expanded = Expansion::of(files, name).out;
                match begin(&expanded, "thebibliography") {
                    Some(at) => bibliography.printed(environment(&expanded, at, "thebibliography").0),
                    None => bibliography.printed(&expanded),
                }
            }
        }
        if bibliography.entries.is_empty() {
            for (_, text) in files.with_extension(".bib") {
                bibliography.database(text);
            }
        } else {
            bibliography.is_printed = true;
            bibliography.order = (0..bibliography.entries.len()).collect();
            bibliography.number = (0..bibliography.entries.len()).map(|i| (i, i as u32)).collect();
        }
        bibliography
    }

    /// `\bibitem[label]{key} …`
    fn printed(&mut self, tokens: &[PlacedToken]) {
        let item = |(token, _): &PlacedToken| matches!(token, LatexToken::Command(name) if &**name == "bibitem" || &**name == "bibitem*");
        let starts: Vec<usize> = tokens.iter().enumerate().filter(|(_, token)| item(token)).map(|(i, _)| i).collect();
        for (nth, &start) in starts.iter().enumerate().take(MAX_ENTRIES) {
            let end = starts.get(nth + 1).copied().unwrap_or(tokens.len());
            let part = &tokens[start + 1..end];
            let label = optional(part, 0);
            let at = label.map_or(0, |(_, next)| next);
            let (key, next) = group(part, at);
            let key = text(key).trim().to_string();
            let blocks: Vec<String> = part[next..]
                .split(|(token, _)| matches!(token, LatexToken::Command(name) if &**name == "newblock"))
                .map(plain)
                .collect();
            let whole = single_spaced(&blocks.join(" "));
            let mut reference = parse(&whole);
            // BibTeX separates the authors from the title, and the title from the rest.
            if blocks.len() > 1 {
                let title = blocks[1].trim().trim_end_matches(['.', ',']).trim_matches(['“', '”']).to_string();
                reference.authors = words::names(&blocks[0]);
                reference.title = Some(title).filter(|title| !title.is_empty());
            }
            reference.label = match label {
                Some((tokens, _)) => label_of(&plain(tokens)),
                None => (nth + 1).to_string(),
            };
            self.add(key, reference);
        }
    }

    fn add(&mut self, key: String, reference: Reference) {
        if self.entries.len() < MAX_ENTRIES && !self.by_key.contains_key(&key) {
            self.by_key.insert(key.clone(), self.entries.len());
            self.entries.push((key, reference));
        }
    }

    /// The entries of a `.bib` file.
    fn database(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find('@') {
            rest = &rest[at + 1..];
            let in_kind = |c: char| c.is_ascii_alphabetic() || c.is_ascii_whitespace();
            let open = rest.find(|c| !in_kind(c)).unwrap_or(rest.len());
            if !rest[open..].starts_with(['{', '(']) {
                continue;
            }
            let kind = rest[..open].trim().to_lowercase();
            let body = balanced(&rest[open + 1..]);
            rest = &rest[open + 1 + body.len()..];
            if ["comment", "string", "preamble"].contains(&kind.as_str()) {
                continue;
            }
            let Some((key, fields)) = body.split_once(',') else { continue };
            if let Some(reference) = entry(fields) {
                self.add(key.trim().to_string(), reference);
            }
        }
    }

    /// The number of the reference with this key, from 0.
    pub(super) fn cite(&mut self, key: &str) -> Option<u32> {
        let entry = *self.by_key.get(key)?;
        if let Some(number) = self.number.get(&entry) {
            return Some(*number);
        }
        let number = self.order.len() as u32;
        self.order.push(entry);
        self.number.insert(entry, number);
        if let Some((_, reference)) = self.entries.get_mut(entry).filter(|(_, reference)| reference.label.is_empty()) {
            reference.label = (number + 1).to_string();
        }
        Some(number)
    }

    pub(super) fn references(&mut self) -> Vec<Reference> {
        self.order.iter().map(|&entry| self.entries[entry].1.clone()).collect()
    }

    fn get(&self, number: u32) -> Option<&Reference> {
        self.order.get(number as usize).map(|&entry| &self.entries[entry].1)
    }

    /// `(Kim et al., 2014; Doe, 2015)`, or `Kim et al. (2014)`; numbers in brackets if authors or years are unknown.
    pub(super) fn marker(&self, numbers: &[u32], in_text: bool) -> String {
        let known: Option<Vec<(String, u16)>> = numbers
            .iter()
            .map(|number| self.get(*number).and_then(|reference| Some((short(reference)?, reference.year?))))
            .collect();
        match known {
            Some(known) if in_text => {
                known.iter().map(|(names, year)| format!("{names} ({year})")).collect::<Vec<_>>().join(", ")
            }
            Some(known) => {
                format!(
                    "({})",
                    known.iter().map(|(names, year)| format!("{names}, {year}")).collect::<Vec<_>>().join("; ")
                )
            }
            None => {
                format!("[{}]", numbers.iter().map(|number| (number + 1).to_string()).collect::<Vec<_>>().join(", "))
            }
        }
    }

    pub(super) fn names(&self, numbers: &[u32]) -> String {
        let names: Vec<String> = numbers.iter().filter_map(|number| self.get(*number).and_then(short)).collect();
        names.join(", ")
    }

    pub(super) fn years(&self, numbers: &[u32]) -> String {
        let years: Vec<String> =
            numbers.iter().filter_map(|number| self.get(*number)?.year).map(|year| year.to_string()).collect();
        years.join(", ")
    }
}

/// `Kim`, `Kim and Doe`, `Kim et al.`
fn short(reference: &Reference) -> Option<String> {
    let family = |name: &String| name.split_whitespace().next_back().unwrap_or_default().to_string();
    let first = reference.authors.first().map(family)?;
    Some(match reference.authors.len() {
        1 => first,
        2 => format!("{first} and {}", family(&reference.authors[1])),
        _ => format!("{first} et al."),
    })
}

/// natbib's label has the long list of names after the year: `Kim et al.(2014)Kim, Doe, and Roe`.
fn label_of(label: &str) -> String {
    match label.find(')').filter(|_| label.contains('(')) {
        Some(end) => single_spaced(&label[..end].replacen('(', ", ", 1)).replace(" ,", ","),
        None => single_spaced(label),
    }
}

fn begin(tokens: &[PlacedToken], kind: &str) -> Option<usize> {
    (0..tokens.len()).find_map(|at| {
        let LatexToken::Command(name) = &tokens[at].0 else { return None };
        let (argument, next) = short_group(tokens, at + 1);
        (&**name == "begin" && text(argument).trim() == kind).then_some(next)
    })
}

/// Tokens as text on one line.
fn plain(tokens: &[PlacedToken]) -> String {
    tidy(&words::plain(tokens))
}

/// The tokens up to the brace that closes the current group.
fn balanced(text: &str) -> &str {
    let mut depth = 0_usize;
    let mut escaped = false;
    for (i, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' if depth == 0 => return &text[..i],
            '}' => depth -= 1,
            _ => {}
        }
    }
    text
}

fn entry(fields: &str) -> Option<Reference> {
    let mut found: HashMap<String, String> = HashMap::new();
    let mut rest = fields;
    while let Some(at) = rest.find('=') {
        let name = rest[..at].rsplit([',', '\n']).next().unwrap_or_default().trim().to_lowercase();
        let value = rest[at + 1..].trim_start();
        let (value, behind) = match value.chars().next() {
            Some('{') => {
                let inside = balanced(&value[1..]);
                (inside, value.get(inside.len() + 2..).unwrap_or_default())
            }
            Some('"') => {
                let end = quoted(&value[1..]);
                (&value[1..=end], value.get(end + 2..).unwrap_or_default())
            }
            _ => {
                let end = value.find([',', '\n']).unwrap_or(value.len());
                (value[..end].trim(), &value[end..])
            }
        };
        if !name.is_empty() && found.len() < 100 {
            let value = single_spaced(&plain(&tokens(value, 0)));
            found.entry(name).or_insert(value);
        }
        rest = behind;
    }
    let field =
        |names: &[&str]| names.iter().find_map(|name| found.get(*name)).cloned().filter(|text| !text.is_empty());
    let title = field(&["title"])?;
    let authors: Vec<String> =
        field(&["author"]).map(|list| list.split(" and ").filter_map(spoken).collect()).unwrap_or_default();
    let year = field(&["year", "date"]).and_then(|text| text.get(..4)?.parse().ok());
    let venue = field(&["booktitle", "journal", "journaltitle", "publisher", "howpublished"]);
    let parts = [Some(authors.join(", ")), Some(title.clone()), venue.clone(), year.map(|year: u16| year.to_string())];
    let printed = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(". ");
    let ids = parse(
        &[
            printed.as_str(),
            &field(&["eprint"]).map(|id| format!(" arXiv:{id}")).unwrap_or_default(),
            &field(&["url"]).map(|url| format!(" {url}")).unwrap_or_default(),
        ]
        .concat(),
    );
    Some(Reference {
        label: String::new(),
        text: printed,
        title: Some(title),
        authors,
        year,
        venue,
        doi: field(&["doi"]),
        arxiv: ids.arxiv,
        url: field(&["url"]),
    })
}

/// Up to the quotation mark that ends a value; quotation marks inside braces do not.
fn quoted(text: &str) -> usize {
    let mut depth = 0_i32;
    for (i, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            '"' if depth <= 0 => return i,
            _ => {}
        }
    }
    text.len()
}
