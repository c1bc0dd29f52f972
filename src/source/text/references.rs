//! The list of references of a text: each item of a list, numbered line or paragraph is an entry.

use std::sync::LazyLock;

use regex::Regex;

use crate::document::Reference;

static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:19|20)\d\d\b"));
static DOI: LazyLock<Regex> = LazyLock::new(|| pattern(r"10\.\d{4,9}/[^\s,;]+"));
static ARXIV: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)arxiv[:.\s/a-z]*(\d{4}\.\d{4,5})"));

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of the program is sound")
}

/// Number of entries; no paper has more.
const MAX_REFERENCES: usize = 5_000;

/// Adds a line to its entry, or begins a new entry.
pub(super) fn add(entries: &mut Vec<String>, line: &str) {
    let begins = number_of(line).is_some() || line.starts_with(['-', '*', '•']);
    if let Some(open) = entries.last_mut().filter(|open| !begins && !open.ends_with('\n')) {
        return super::add(open, line);
    }
    if entries.len() < MAX_REFERENCES {
        entries.push(line.to_string());
    }
}

pub(super) fn end_paragraph(entries: &mut [String]) {
    if let Some(open) = entries.last_mut().filter(|open| !open.ends_with('\n')) {
        open.push('\n');
    }
}

pub(super) fn read(entries: Vec<String>) -> Vec<Reference> {
    entries.iter().map(|entry| reference(entry.trim())).filter(|reference| !reference.text.is_empty()).collect()
}

fn reference(entry: &str) -> Reference {
    let entry = entry.trim_start_matches(['-', '*', '•', ' ']);
    let (label, text) = number_of(entry).unwrap_or(("", entry));
    let years = YEAR.find_iter(text);
    // Pages and numbers of arXiv can look like years; in most styles the year is the last.
    let year = years.last().and_then(|year| year.as_str().parse().ok());
    let doi = DOI.find(text).map(|doi| doi.as_str().trim_end_matches('.'));
    let arxiv = ARXIV.captures(text).map(|id| id[1].to_string());
    Reference {
        label: label.to_string(),
        text: text.to_string(),
        year,
        doi: doi.map(str::to_string),
        arxiv,
        ..Reference::default()
    }
}

/// `[12] Entry` and `12. Entry`, split into the number and the entry.
fn number_of(line: &str) -> Option<(&str, &str)> {
    let (number, rest) = match line.strip_prefix('[') {
        Some(inner) => inner.split_once(']')?,
        None => line.split_once(". ")?,
    };
    let plain = !number.is_empty() && number.len() <= 4 && number.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| (number, rest.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_distinguished_by_numbers_marks_and_paragraphs() {
        let mut entries = Vec::new();
        for line in
            ["[1] A. One. Title. 2019.", "[2] B. Two. A long", "title. arXiv:2001.01234, 2020.", "", "Plain. 2001."]
        {
            match line {
                "" => end_paragraph(&mut entries),
                line => add(&mut entries, line),
            }
        }
        let read = read(entries);
        let shown: Vec<_> = read.iter().map(|r| (r.label.as_str(), r.year, r.arxiv.as_deref())).collect();
        assert_eq!(shown, [("1", Some(2019), None), ("2", Some(2020), Some("2001.01234")), ("", Some(2001), None)]);
        assert_eq!(read[1].text, "B. Two. A long title. arXiv:2001.01234, 2020.");
    }
}
