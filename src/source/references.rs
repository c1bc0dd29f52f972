//! Parses an entry of a list of references.

use std::sync::LazyLock;

use regex::Regex;

use crate::document::Reference;

static BRACKET: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\[([^\]]{1,40})\]").unwrap());
static COUNTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(\d{1,3})\.(?:\s|$)").unwrap());
static YEAR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(19[4-9]\d|20[0-4]\d)[a-z]?\b").unwrap());
static DOI: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b10\.\d{4,9}/[^\s,;]+").unwrap());
static ARXIV: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:arxiv[:\s./]*(?:preprint\s+)?(?:arxiv:)?|abs/)(\d{4}\.\d{4,5}|[a-z-]+/\d{7})").unwrap()
});
static URL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"https?://[^\s,;]+").unwrap());
static QUOTED: LazyLock<Regex> = LazyLock::new(|| Regex::new("[“\"]([^”\"]{8,300})[”\"]").unwrap());

/// The fields of an entry.
pub(super) fn parse(text: &str) -> Reference {
    let bracket = BRACKET.captures(text);
    let counted = COUNTED.captures(text);
    let label = bracket.as_ref().or(counted.as_ref()).map(|found| found[1].trim().to_string()).unwrap_or_default();
    let behind = bracket.or(counted).and_then(|found| found.get(0).map(|found| found.end())).unwrap_or(0);
    let entry = text[behind..].trim();
    let clean = |found: &str| found.trim_end_matches(['.', ',', ')', ']']).to_string();
    let mut reference = Reference {
        label,
        text: text.to_string(),
        year: year(entry),
        doi: DOI.find(entry).map(|found| clean(found.as_str())),
        arxiv: ARXIV.captures(entry).map(|found| found[1].to_string()),
        url: URL.find(entry).map(|found| clean(found.as_str())),
        ..Reference::default()
    };
    reference.title = title(entry);
    reference.authors = authors(entry, reference.title.as_deref());
    reference
}

/// The year of the entry: in parentheses or after the authors, else the last year that is printed.
fn year(entry: &str) -> Option<u16> {
    let without = ARXIV.replace_all(entry, " ");
    let mut found: Vec<(usize, u16)> = Vec::new();
    for hit in YEAR.find_iter(&without) {
        let digits: String = hit.as_str().chars().filter(char::is_ascii_digit).collect();
        if let Ok(year) = digits.parse() {
            found.push((hit.start(), year));
        }
    }
    let marked = found.iter().find(|(at, _)| without[..*at].ends_with('('));
    marked.or_else(|| found.last()).map(|(_, year)| *year)
}

/// The title: the text in quotation marks, the text after the year that follows the authors, or the sentence after the
/// authors.
fn title(entry: &str) -> Option<String> {
    if let Some(quoted) = QUOTED.captures(entry) {
        return Some(quoted[1].trim_end_matches([',', '.']).to_string());
    }
    let long_enough = |title: &str| title.split_whitespace().count() >= 2 || title.chars().count() > 8;
    if let Some(hit) = YEAR.find(entry).filter(|hit| hit.start() < 2 * entry.len() / 3) {
        let rest = entry[hit.end()..].trim_start_matches([')', '.', ',', ':', ' ']);
        let first = sentence(rest);
        if long_enough(first) && rest.len() > first.len() {
            return Some(first.to_string());
        }
    }
    // Authors end with a full stop after a word that is not an initial.
    let behind = sentence_end(entry)?;
    let rest = entry[behind..].trim_start_matches(['.', ' ']);
    let first = sentence(rest);
    long_enough(first).then(|| first.to_string())
}

/// The first sentence: up to a full stop, question or exclamation mark before a space.
fn sentence(text: &str) -> &str {
    match sentence_end(text) {
        Some(end) if text[..end].ends_with(['?', '!']) => &text[..end],
        Some(end) => text[..end].trim_end_matches('.'),
        None => text,
    }
}

fn sentence_end(text: &str) -> Option<usize> {
    for (i, c) in text.char_indices() {
        if !matches!(c, '.' | '?' | '!') {
            continue;
        }
        let end = i + c.len_utf8();
        let before = text[..i].rsplit([' ', '-', '.', '~']).next().unwrap_or_default();
        let initial = before.chars().count() <= 1
            || ["al", "vs", "Jr", "St", "eds", "Eds", "ed"].contains(&before) && before != "al";
        let spaced = text[end..].starts_with(' ') || text[end..].is_empty();
        if spaced && !(c == '.' && initial) {
            return Some(end);
        }
    }
    None
}

/// The names before the title, in the order `Given Family`.
fn authors(entry: &str, title: Option<&str>) -> Vec<String> {
    let Some(at) = title.and_then(|title| entry.find(title)) else { return Vec::new() };
    let before = &entry[..at];
    let end = YEAR.find(before).map_or(before.len(), |hit| hit.start());
    let list = before[..end]
        .trim_matches(['(', ' ', '.', ',', '“', '"', ':'])
        .replace(" and ", ", ")
        .replace(" & ", ", ")
        .replace(';', ",");
    let pieces: Vec<&str> =
        list.split(',').map(str::trim).filter(|piece| !piece.is_empty() && *piece != "et al").collect();
    let initials = |text: &str| {
        text.split([' ', '-', '.'])
            .filter(|part| !part.is_empty())
            .all(|part| part.chars().count() == 1 && part.chars().all(char::is_uppercase))
    };
    let mut out: Vec<String> = Vec::new();
    let mut i = 0;
    while i < pieces.len() && out.len() < 200 {
        // `Kim, Y.` or `Kim, Yoon` where the first name follows.
        let next = pieces.get(i + 1).copied().unwrap_or_default();
        if !next.is_empty() && initials(next) {
            out.push(format!("{next} {}", pieces[i]));
            i += 2;
            continue;
        }
        let name = pieces[i].trim_end_matches(" et al").trim_end_matches('.');
        if name.split_whitespace().count() <= 6 && name.chars().any(char::is_uppercase) {
            out.push(name.to_string());
        }
        i += 1;
    }
    out
}
