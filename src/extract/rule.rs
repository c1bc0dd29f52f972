//! Rules over the words of a text: regular expressions, and forms for which regular expressions are slow.
//!
//! A bounded gap inside an expression (`we [^.;]{0,140}? propose`) makes a state for nearly every text, and the engine
//! spends its time making states. Measured on abstracts: 34 ms for a sixth of the megabyte that the same rule reads in
//! 3 ms as two expressions and a comparison of positions.

use std::ops::{Deref, Range};

use regex::{Captures, Match, Regex};
use regex_syntax::hir::Hir;

use super::cue_words::{CueRule, LowerText};
use super::edges::Edges;

/// A regular expression that is not asked about texts whose edges rule out a match.
pub(super) struct Rule {
    regex: Regex,
    edges: Edges,
}

/// Compiles a constant pattern. Its `\b` is ASCII, which is enough for every cue: with a Unicode `\b`, the engine
/// leaves its fast path at the first dash or accent of a text.
pub(super) fn rule(pattern: &str) -> Rule {
    let pattern = with_short_classes(pattern);
    let edges = if pattern.contains(['^', '$']) { Edges::of(&parsed(&pattern)) } else { Edges::default() };
    Rule { regex: Regex::new(&pattern).expect("a constant pattern"), edges }
}

/// Letters, digits and the underscore, as `\w` of Unicode has them in the scripts in which papers write names, in a few ranges
/// instead of 770. Between them are scripts and signs that abstracts do not have. A range of letters without capitals is not
/// beside one with capitals, because `(?i)` goes through each character of a range that has some.
const WORD: &str = r"[0-9A-Za-z_\u{c0}-\u{d6}\u{d8}-\u{f6}\u{f8}-\u{58f}\u{591}-\u{109f}\u{1100}-\u{139f}\u{1400}-\u{1c7f}\u{1e00}-\u{1fff}\u{3040}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}]";

/// `\b` and `\d` of ASCII, and `\w` of few ranges: the engine then needs a fraction of the states.
pub(super) fn with_short_classes(pattern: &str) -> String {
    pattern.replace(r"\b", r"(?-u:\b)").replace(r"\d", "[0-9]").replace(r"\w", WORD)
}

pub(super) fn parsed(pattern: &str) -> Hir {
    regex_syntax::parse(pattern).expect("a constant pattern")
}

impl Rule {
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.edges.admit(text) && self.regex.is_match(text)
    }

    pub(super) fn find<'t>(&self, text: &'t str) -> Option<Match<'t>> {
        if self.edges.admit(text) { self.regex.find(text) } else { None }
    }

    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        if self.edges.admit(text) { self.regex.captures(text) } else { None }
    }
}

impl Deref for Rule {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        &self.regex
    }
}

/// A static rule.
macro_rules! rule {
    ($(#[$comment:meta])* $name:ident, $pattern:expr) => {
        $(#[$comment])*
        static $name: std::sync::LazyLock<crate::extract::rule::Rule> =
            std::sync::LazyLock::new(|| crate::extract::rule::rule($pattern));
    };
}

/// One expression, then another at most `gap` characters after it in the same clause: `first[^.;]{0,gap}?second`.
pub(super) struct NearbyRule {
    pub(super) first: CueRule,
    gap: usize,
    pub(super) second: CueRule,
}

impl NearbyRule {
    pub(super) fn new(first: &str, gap: usize, second: &str) -> Self {
        Self { first: CueRule::new(first), gap, second: CueRule::new(second) }
    }

    /// Non-overlapping matches in a piece of a text, from the beginning of the first to the end of the second, as
    /// `Regex::find_iter` would return them.
    pub(super) fn find_all(&self, text: &LowerText, piece: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for (first, second) in self.pairs(text, piece) {
            if found.last().is_none_or(|last| first.start >= last.end) {
                found.push(first.start..second.end);
            }
        }
        found
    }

    /// Every two matches that are close enough, by the first and then by the second.
    fn pairs(&self, text: &LowerText, piece: &str) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let firsts: Vec<Range<usize>> = text.matches(&self.first, piece).collect();
        let seconds: Vec<Range<usize>> = match firsts.first() {
            None => Vec::new(),
            Some(first) => {
                let behind = text.matches(&self.second, &piece[first.end..]);
                behind.map(|found| first.end + found.start..first.end + found.end).collect()
            }
        };
        firsts.into_iter().flat_map(move |first| {
            let behind = seconds.iter().filter(|second| second.start >= first.end);
            let close: Vec<_> = behind
                .take_while(|second| within(&piece[first.end..second.start], &['.', ';'], self.gap))
                .map(|second| (first.clone(), second.clone()))
                .collect();
            close
        })
    }
}

/// An expression at most `gap` characters from the end or the beginning of a text, in the same clause:
/// `cue[^.;]{0,gap}$` or `^[^.;]{0,gap}cue`.
pub(super) struct ClauseRule {
    pub(super) cue: CueRule,
    gap: usize,
    stops: &'static [char],
}

impl ClauseRule {
    pub(super) fn new(cue: &str, gap: usize) -> Self {
        Self { cue: CueRule::new(cue), gap, stops: &['.', ';'] }
    }

    /// A comma also ends the clause.
    pub(super) fn up_to_comma(cue: &str, gap: usize) -> Self {
        Self { stops: &['.', ';', ','], ..Self::new(cue, gap) }
    }

    /// Whether the expression is near the end of a piece of the text.
    pub(super) fn ends(&self, text: &LowerText, piece: &str) -> bool {
        text.matches(&self.cue, piece).any(|found| within(&piece[found.end..], self.stops, self.gap))
    }

    /// Whether the expression is near the beginning of a piece of the text.
    pub(super) fn begins(&self, text: &LowerText, piece: &str) -> bool {
        // What keeps the first match away keeps away all others.
        text.matches(&self.cue, piece).next().is_some_and(|found| within(&piece[..found.start], self.stops, self.gap))
    }
}

impl NearbyRule {
    /// Whether the second expression matches at most `tail` characters before the end, in the last clause.
    pub(super) fn ends(&self, text: &LowerText, piece: &str, tail: usize) -> bool {
        self.pairs(text, piece).any(|(_, second)| within(&piece[second.end..], &['.', ';'], tail))
    }
}

/// Whether a piece of text has none of `stops` and at most `most` characters.
pub(super) fn within(text: &str, stops: &[char], most: usize) -> bool {
    // A character has at most four bytes.
    (text.len() <= most || text.len() <= 4 * most && text.chars().count() <= most) && !text.contains(stops)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_unicode_in_the_scripts_of_papers() {
        let (short, unicode) = (Regex::new(&format!("^{WORD}$")).unwrap(), Regex::new(r"^\w$").unwrap());
        let letters =
            ('\0'..'\u{a0}').chain('\u{c0}'..'\u{250}').chain('α'..='ω').chain('А'..='я').chain("語한".chars());
        for letter in letters {
            let text = letter.to_string();
            assert_eq!(short.is_match(&text), unicode.is_match(&text), "{letter:?}");
        }
        for sign in "“”–—…•×÷→≥、\u{a0}\u{3000}".chars() {
            assert!(!short.is_match(&sign.to_string()), "{sign:?}");
        }
    }

    #[test]
    fn classes_are_replaced_within_brackets_too() {
        let rule = rule(r"(?i)^[\w-]+\s\d+\b");
        assert!(rule.is_match("Größe-K 12") && !rule.is_match("a“b 12") && !rule.is_match("ab 12c"));
    }
}
