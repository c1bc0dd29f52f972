//! The numbers of a sentence.

use std::ops::Range;

use super::super::mentions::Span;

rule!(VALUE, r"(?P<v>[<>~]?\d+(?:[.,]\d+)?)(?:\s?(?:±|\\pm|\+/-)\s?\d+(?:\.\d+)?)?\s?(?P<p>\\?%|percent\b)?");

/// A number of a sentence.
pub(super) struct SentenceNumber<'t> {
    /// Its place in the text, with the deviation and the percent sign.
    pub range: Range<usize>,
    number: &'t str,
    percent: Option<&'t str>,
}

impl<'t> SentenceNumber<'t> {
    pub(super) fn all(text: &'t str, sentence: &Range<usize>) -> Vec<Self> {
        let found = VALUE.captures_iter(&text[sentence.clone()]).filter_map(|found| {
            let (number, percent) = (found.name("v")?, found.name("p"));
            let end = found.get(0)?.as_str().trim_end().len() + number.start();
            Some(Self {
                range: sentence.start + number.start()..sentence.start + end,
                number: number.as_str(),
                percent: percent.map(|percent| percent.as_str()),
            })
        });
        found.collect()
    }

    /// Whether it has decimal places or a percent sign, as values have and counts do not.
    pub(super) fn is_exact(&self) -> bool {
        self.percent.is_some() || self.number.contains('.')
    }

    pub(super) fn shown(&self) -> String {
        shown_value(self.number, self.percent)
    }
}

pub(super) fn shown_value(number: &str, percent: Option<&str>) -> String {
    let unit = percent.map_or("", |p| if p.starts_with('p') { " percent" } else { "%" });
    // A decimal comma, not one of thousands.
    let number = match number.split_once(',') {
        Some((_, behind)) if behind.len() < 3 => number.replace(',', "."),
        _ => number.to_string(),
    };
    format!("{number}{unit}")
}

/// Whether a number is not part of a name (`COCO 2017`), a version, a multiple (`2.5x`), a size (`70B`) or a reference.
pub(super) fn is_free_number(text: &str, value: &Range<usize>, spans: &[Span]) -> bool {
    // "28.4/41.0 BLEU", "32.4 dB/0.912".
    rule!(BEFORE_SLASH, r"\d\.\d+%?(?:\sdB)?/$");
    rule!(SLASH, r"^(?:\sdB)?/\d+\.\d");
    let (before, after) = (&text[..value.start], &text[value.end..]);
    let glued_before = before.chars().next_back().is_some_and(|c| {
        c.is_alphanumeric()
            || matches!(c, '-' | '.' | '_' | '^' | '[' | '@')
            || c == '/' && !BEFORE_SLASH.is_match(before)
    });
    let glued_after = after
        .chars()
        .next()
        .is_some_and(|c| c.is_alphabetic() || matches!(c, '-' | '×' | ']') || c == '/' && !SLASH.is_match(after));
    let inside = spans.iter().any(|s| s.range.start < value.end && value.start < s.range.end);
    let times = after.trim_start().starts_with("times") || after.starts_with("\\times");
    !glued_before && !glued_after && !inside && !times
}
