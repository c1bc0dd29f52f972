//! The year of a paper whose PDF has no date from a listing: the first page's line about the publication, else the
//! metadata of the file.

use std::sync::LazyLock;

use hayro_syntax::metadata::Metadata;
use regex::Regex;

use super::text_string;
use crate::paper::{DateSource, PartialDate};

/// Words before the year of publication: the line of a conference, or a copyright.
static PUBLISHED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) (?:\b[Pp]ublished\s(?:as|in|by|at)\b | \b[Uu]nder\sreview\b | \b[Tt]o\sappear\b | \b[Aa]ccepted\s(?:at|to|for|by|in|as)\b | \b[Pp]resented\sat\b |
        \b[Pp]roceedings\sof\b | \b[Cc]opyright\b | © | \([Cc]\) )",
    )
    .expect("a pattern of the program is sound")
});

/// `c 2020 Association`: a copyright sign that is drawn as a letter in a circle.
static DRAWN_SIGN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|\s)[c⃝]\s{0,2}((?:19|20)\d\d)\s[A-Z]").expect("a pattern of the program is sound")
});

static YEAR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:19[5-9]|20[0-9])\d").expect("a pattern of the program is sound"));

/// Number of bytes after the words for a publication in which the year occurs.
const REACH: usize = 220;

/// The year, and the basis of the inference.
pub(super) fn inferred(first_page: &str, metadata: &Metadata) -> Option<(PartialDate, DateSource)> {
    if let Some(year) = printed(first_page) {
        return Some((year, DateSource::PaperText));
    }
    let subject = metadata.subject.as_deref().map(text_string).unwrap_or_default();
    let created = || metadata.creation_date.map(|date| date.year.to_string()).filter(|year| YEAR.is_match(year));
    let year = years(&subject).next().map(str::to_string).or_else(created)?;
    Some((year.parse().ok()?, DateSource::FileMetadata))
}

/// The year of publication on the first page.
fn printed(first_page: &str) -> Option<PartialDate> {
    let behind = |found: regex::Match| {
        let end = (found.end() + REACH).min(first_page.len());
        let end = (end..=first_page.len()).find(|i| first_page.is_char_boundary(*i)).unwrap_or(first_page.len());
        years(&first_page[found.end()..end]).next()
    };
    let year = PUBLISHED.find_iter(first_page).find_map(behind);
    let drawn = || DRAWN_SIGN.captures(first_page).and_then(|found| found.get(1)).map(|year| year.as_str());
    year.or_else(drawn)?.parse().ok()
}

/// Numbers that can be years and are not part of a page range or of a longer number.
fn years(text: &str) -> impl Iterator<Item = &str> {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '-' | '–' | '.' | '/' | ':');
    YEAR.find_iter(text).filter_map(move |found| {
        let before = text[..found.start()].chars().next_back();
        let mut behind = text[found.end()..].chars();
        let ends =
            behind.next().is_none_or(|c| !joins(c) || c == '.' && !behind.next().is_some_and(char::is_alphanumeric));
        (ends && !before.is_some_and(joins)).then(|| found.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_conference_has_the_year() {
        for (page, year) in [
            ("Published as a conference paper at ICLR 2015 A TITLE", Some("2015")),
            (
                "of the Association, pages 1998–2005, Oslo, June 2021. Proceedings of the 3rd Meeting on Lamps, pages 1998–2005, Oslo, June 23-25 2014.",
                Some("2014"),
            ),
            ("May 5 - 10, 2019. c 2019 Association for Lamps", Some("2019")),
            ("Copyright © 2016 by the authors", Some("2016")),
            ("We follow Doe (2013) on arXiv:2005.12345", None),
        ] {
            assert_eq!(printed(page).map(|date| date.to_string()).as_deref(), year, "{page}");
        }
    }
}
