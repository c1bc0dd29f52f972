//! Rules over the words of a text: regular expressions, and two forms for which regular expressions are slow.
//!
//! A bounded gap inside an expression (`we [^.;]{0,140}? propose`) makes a state for nearly every text, and the engine
//! spends its time making states. Measured on abstracts: 34 ms for a sixth of the megabyte that the same rule reads in
//! 3 ms as two expressions and a comparison of positions.

use std::ops::Range;

use regex::Regex;

/// Compiles a constant pattern. Its `\b` is ASCII, which is enough for every cue: with a Unicode `\b`, the engine
/// leaves its fast path at the first dash or accent of a text.
pub(super) fn rule(pattern: &str) -> Regex {
    Regex::new(&pattern.replace(r"\b", r"(?-u:\b)")).expect("a constant pattern")
}

/// A static rule.
macro_rules! rule {
    ($(#[$comment:meta])* $name:ident, $pattern:expr) => {
        $(#[$comment])*
        static $name: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| crate::extract::rule::rule($pattern));
    };
}

/// One expression, then another at most `gap` characters after it in the same clause: `first[^.;]{0,gap}?second`.
pub(super) struct NearbyRule {
    first: Regex,
    gap: usize,
    second: Regex,
}

impl NearbyRule {
    pub(super) fn new(first: &str, gap: usize, second: &str) -> Self {
        Self { first: rule(first), gap, second: rule(second) }
    }

    /// Non-overlapping matches from the beginning of the first to the end of the second, as `Regex::find_iter` would
    /// return them.
    pub(super) fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        let mut found: Vec<Range<usize>> = Vec::new();
        for (first, second) in self.pairs(text) {
            if found.last().is_none_or(|last| first.start >= last.end) {
                found.push(first.start..second.end);
            }
        }
        found
    }

    /// Every two matches that are close enough, by the first and then by the second.
    fn pairs(&self, text: &str) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let firsts: Vec<Range<usize>> = self.first.find_iter(text).map(|m| m.range()).collect();
        let from = firsts.first().map_or(text.len(), |first| first.end);
        let seconds: Vec<Range<usize>> = match firsts.is_empty() {
            true => Vec::new(),
            false => std::iter::successors(self.second.find_at(text, from), |m| self.second.find_at(text, m.end()))
                .map(|m| m.range())
                .collect(),
        };
        firsts.into_iter().flat_map(move |first| {
            let behind = seconds.iter().filter(|second| second.start >= first.end);
            let close: Vec<_> = behind
                .take_while(|second| within(&text[first.end..second.start], &['.', ';'], self.gap))
                .map(|second| (first.clone(), second.clone()))
                .collect();
            close
        })
    }
}

/// An expression at most `gap` characters before the end of a text, in its last clause: `cue[^.;]{0,gap}$`.
pub(super) struct EndingRule {
    cue: Regex,
    gap: usize,
    stops: &'static [char],
}

impl EndingRule {
    pub(super) fn new(cue: &str, gap: usize) -> Self {
        Self { cue: rule(cue), gap, stops: &['.', ';'] }
    }

    /// A comma also ends the clause.
    pub(super) fn up_to_comma(cue: &str, gap: usize) -> Self {
        Self { stops: &['.', ';', ','], ..Self::new(cue, gap) }
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        self.cue.find_iter(text).any(|m| within(&text[m.end()..], self.stops, self.gap))
    }
}

impl NearbyRule {
    /// Whether the second expression matches at most `tail` characters before the end, in the last clause.
    pub(super) fn ends(&self, text: &str, tail: usize) -> bool {
        self.pairs(text).any(|(_, second)| within(&text[second.end..], &['.', ';'], tail))
    }
}

/// Whether a piece of text has none of `stops` and at most `most` characters.
fn within(text: &str, stops: &[char], most: usize) -> bool {
    !text.contains(stops) && (text.len() <= most || text.chars().count() <= most)
}
