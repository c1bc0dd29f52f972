//! XML of DBLP: its dump, or the pages of a person. Titles end in a full stop, and people of one name have numbers.

use unicode_normalization::UnicodeNormalization as _;

use super::author_details;
use super::facts::{add_link, date_of, month, set_authors, titled};
use super::place::{RecordResult, SkippedRecord};
use super::xml::{Element, XmlRecord};
use crate::document::DocumentAuthor;
use crate::paper::{PaperId, slug};
use crate::text::single_spaced;

pub(super) const RECORDS: [&str; 9] =
    ["article", "inproceedings", "incollection", "phdthesis", "mastersthesis", "proceedings", "book", "www", "data"];

pub(super) fn read(record: XmlRecord) -> RecordResult {
    let record = record.element;
    if matches!(record.name.as_str(), "proceedings" | "book" | "www" | "data") {
        return Err(SkippedRecord::not_a_paper(format!("a record of the type `{}`", record.name)));
    }
    let text = |name: &str| record.first(&[name]).map(words).filter(|text| !text.is_empty());
    let mut paper = titled(text("title").unwrap_or_default().trim_end_matches('.'))?;
    let month = text("month").as_deref().and_then(month);
    paper.published = text("year").and_then(|year| date_of(year.parse().ok()?, month, None));
    set_authors(&mut paper, record.all("author").map(|author| without_number(&words(author))).collect());
    let details = |author: &Element| {
        let name = words(author);
        let plain = without_number(&name);
        DocumentAuthor {
            orcid: author.attribute("orcid").and_then(author_details::orcid),
            // DBLP numbers people who share a name.
            ids: (plain != name).then(|| format!("dblp:{}", slug(&name))).into_iter().collect(),
            name: plain,
            ..DocumentAuthor::default()
        }
    };
    author_details::add(&mut paper, record.all("author").map(details));
    let venue = text("booktitle").or_else(|| text("journal"));
    // A thesis is written at a university.
    paper.organization = text("school");
    let volume = text("volume").unwrap_or_default();
    if let Some(id) = volume.strip_prefix("abs/") {
        paper.identify(PaperId::arxiv(id));
    }
    // `CoRR` is DBLP's name for arXiv.
    paper.venue = venue.filter(|venue| venue != "CoRR");
    for address in record.all("ee") {
        add_link(&mut paper, &address.text());
    }
    Ok(vec![paper])
}

/// `Jane Doe 0001` as `Jane Doe`.
pub(super) fn without_number(name: &str) -> String {
    let number = |word: &str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    match name.rsplit_once(' ') {
        Some((name, last)) if number(last) => name.to_string(),
        _ => name.to_string(),
    }
}

/// The text of an element, including letters that the dump's own document type names: `&uuml;`.
fn words(element: &Element) -> String {
    let text = single_spaced(&element.text());
    if !text.contains('&') {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, behind)) = rest.split_once('&') {
        out.push_str(before);
        match behind.split_once(';').and_then(|(name, behind)| Some((letter(name)?, behind))) {
            Some((letter, behind)) => {
                out.push_str(&letter);
                rest = behind;
            }
            None => {
                out.push('&');
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

/// A letter of Latin-1 by its name: a letter and its accent, or one of a few others.
fn letter(name: &str) -> Option<String> {
    const OTHERS: [(&str, &str); 12] = [
        ("szlig", "ß"),
        ("oslash", "ø"),
        ("Oslash", "Ø"),
        ("aelig", "æ"),
        ("AElig", "Æ"),
        ("eth", "ð"),
        ("ETH", "Ð"),
        ("thorn", "þ"),
        ("THORN", "Þ"),
        ("reg", "®"),
        ("micro", "µ"),
        ("times", "×"),
    ];
    const ACCENTS: [(&str, char); 7] = [
        ("grave", '\u{300}'),
        ("acute", '\u{301}'),
        ("circ", '\u{302}'),
        ("tilde", '\u{303}'),
        ("uml", '\u{308}'),
        ("ring", '\u{30a}'),
        ("cedil", '\u{327}'),
    ];
    if let Some((_, letter)) = OTHERS.iter().find(|(other, _)| *other == name) {
        return Some((*letter).to_string());
    }
    let (letter, accent) = name.split_at_checked(1)?;
    let (_, mark) = ACCENTS.iter().find(|(name, _)| *name == accent)?;
    Some(letter.chars().chain([*mark]).nfc().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_known_by_their_names() {
        for (name, wanted) in
            [("uuml", Some("ü")), ("Ccedil", Some("Ç")), ("szlig", Some("ß")), ("x", None), ("", None), ("éuml", None)]
        {
            assert_eq!(letter(name).as_deref(), wanted, "{name}");
        }
        assert_eq!(without_number("Ana Ruiz 0001"), "Ana Ruiz");
    }
}
