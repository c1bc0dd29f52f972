//! The places of a text at which rules can begin to match, from one reading of its words.
//!
//! A rule that looks for cues (`\b(?:outperforms?|than|…)\b`) begins each match with one of a few words, and most
//! sentences have none of them. So the text is read once, with the cues of all these rules together, and the engine of
//! expressions is asked only at the places where a cue of the rule is.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::{LazyLock, OnceLock};

use regex::Regex;
use regex_syntax::hir::Look;
use regex_syntax::hir::literal::Extractor;

use super::rule::{parsed, with_short_classes};
use super::{code, contributions, relations};
use crate::text::range_of;

/// An expression whose matches begin with a word, for text in lower case or in any case. It must be in the list of such
/// rules ([`rules`]).
pub(super) struct CueRule {
    /// Matches at the beginning of a text only.
    regex: Regex,
    /// Set when the cues of all rules are read.
    bit: OnceLock<u64>,
}

/// More letters of a cue say little.
const MOST_LETTERS: usize = 7;

/// Beginnings of the matches of one rule.
const MOST_CUES: usize = 2000;

impl CueRule {
    pub(super) fn new(pattern: &str) -> Self {
        let anchored = format!("^(?:{})", with_short_classes(pattern));
        Self { regex: Regex::new(&anchored).expect("a constant pattern"), bit: OnceLock::new() }
    }

    /// The beginnings of its matches, if each begins with one of a few words. Upper and lower case are one.
    fn cues(&self) -> Option<Vec<Vec<u8>>> {
        // Any white space is a space for the places of cues.
        let pattern = self.regex.as_str().replace(r"\s", r"\x20").replacen("(?i", "(?", 1).replacen("(?)", "", 1);
        let hir = parsed(&pattern);
        let cues = Extractor::new().limit_literal_len(MOST_LETTERS).limit_total(MOST_CUES).extract(&hir);
        let cues: Vec<Vec<u8>> = cues.literals()?.iter().map(|cue| cue.as_bytes().to_vec()).collect();
        let are_words = cues.iter().all(|cue| cue.first().is_some_and(u8::is_ascii_alphabetic));
        (are_words && hir.properties().look_set_prefix().contains(Look::WordAscii)).then_some(cues)
    }

    fn bit(&self) -> u64 {
        *self.bit.get().expect("a rule in the list")
    }
}

impl fmt::Debug for CueRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.regex.fmt(f)
    }
}

/// A text with its ASCII letters in lower case, so that ranges are the same in both, and the places of the cues in it.
/// Expressions find their words in it much faster than with `(?i)` in the text.
pub(super) struct LowerText {
    text: String,
    /// The bytes at which a word begins that begins with a cue, each with the set of the rules that have this cue.
    places: Vec<(u32, u64)>,
}

impl Deref for LowerText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl LowerText {
    pub(super) fn of(text: &str) -> Self {
        let text = text.to_ascii_lowercase();
        let places = CUES.places(text.as_bytes());
        Self { text, places }
    }

    /// Non-overlapping matches in a piece of this text, as ranges of the piece.
    pub(super) fn matches<'a>(&'a self, rule: &'a CueRule, piece: &'a str) -> CueMatches<'a> {
        self.matches_from(rule, piece, range_of(&self.text, piece).map_or(self.text.len(), |range| range.start))
    }

    /// The same for a piece of the text in its own capitals that begins at `start`.
    pub(super) fn matches_from<'a>(&'a self, rule: &'a CueRule, piece: &'a str, start: usize) -> CueMatches<'a> {
        let end = start + piece.len();
        let first = self.places.partition_point(|(at, _)| (*at as usize) < start);
        let length = self.places[first..].partition_point(|(at, _)| (*at as usize) < end);
        // A piece that begins inside a word begins with another word.
        let bytes = self.text.as_bytes();
        let torn = start > 0 && start < end && is_word(bytes[start]) && is_word(bytes[start - 1]);
        CueMatches { rule, piece, start, places: &self.places[first..first + length], read: 0, torn }
    }

    /// Whether a rule matches somewhere in a piece of this text.
    pub(super) fn has(&self, rule: &CueRule, piece: &str) -> bool {
        self.matches(rule, piece).next().is_some()
    }
}

/// See [`LowerText::matches`].
pub(super) struct CueMatches<'a> {
    rule: &'a CueRule,
    piece: &'a str,
    /// The beginning of the piece in the text.
    start: usize,
    /// Where a match can begin and nothing has been read yet.
    places: &'a [(u32, u64)],
    /// How far the piece has been read.
    read: usize,
    /// Whether the piece begins inside a word, and a match can begin there.
    torn: bool,
}

impl Iterator for CueMatches<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let bit = self.rule.bit();
        let mut at = std::mem::take(&mut self.torn).then_some(0);
        loop {
            if let Some(at) = at
                && let Some(found) = self.rule.regex.find(&self.piece[at..])
            {
                self.read = at + found.end();
                return Some(at..self.read);
            }
            let next = self
                .places
                .iter()
                .position(|(at, rules)| rules & bit != 0 && *at as usize >= self.start + self.read)?;
            at = Some(self.places[next].0 as usize - self.start);
            self.places = &self.places[next + 1..];
        }
    }
}

/// Letters, digits and the underscore of ASCII, as for `\b`.
#[inline]
fn is_word(byte: u8) -> bool {
    static IS_WORD: [bool; 256] = {
        let mut known = [false; 256];
        let mut byte = 0_u8;
        while byte < 128 {
            known[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
            byte += 1;
        }
        known
    };
    IS_WORD[usize::from(byte)]
}

/// The rules whose cues are read together.
fn rules() -> Vec<&'static CueRule> {
    let mut rules = Vec::new();
    rules.extend(relations::cue_rules());
    rules.extend(contributions::cue_rules());
    rules.extend(code::cue_rules());
    rules
}

static CUES: LazyLock<CueTree> = LazyLock::new(|| {
    let mut tree = CueTree::default();
    tree.add_node();
    for (number, rule) in rules().into_iter().enumerate().take(u64::BITS as usize) {
        rule.cues().iter().flatten().for_each(|cue| tree.add(cue, 1 << number));
        rule.bit.get_or_init(|| 1 << number);
    }
    tree.sum_up();
    tree
});

/// Letters, the space, the hyphen, one sign for all others of ASCII, and one for those beyond. The number is a power of
/// two, so that a remainder shows the compiler that every sign is in range.
const SIGNS: usize = 32;
const OTHER: u8 = 28;
const BEYOND_ASCII: usize = 29;

/// The beginnings of cues as a tree of letters.
#[derive(Default)]
struct CueTree {
    nodes: Vec<CueNode>,
}

#[derive(Default)]
struct CueNode {
    /// For each sign the next node, or 0.
    next: [u16; SIGNS],
    /// The rules that have the letters up to this node as a cue.
    complete: u64,
    /// The rules with a cue that begins with these letters.
    below: u64,
}

#[inline]
fn sign(byte: u8) -> usize {
    static SIGN_OF: [u8; 256] = {
        let mut signs = [BEYOND_ASCII as u8; 256];
        let mut byte = 0_u8;
        while byte < 128 {
            signs[byte as usize] = match byte {
                b'a'..=b'z' => byte - b'a',
                b' ' | b'\t'..=b'\r' => 26,
                b'-' => 27,
                _ => OTHER,
            };
            byte += 1;
        }
        signs
    };
    usize::from(SIGN_OF[usize::from(byte)]) % SIGNS
}

impl CueTree {
    fn add_node(&mut self) -> u16 {
        self.nodes.push(CueNode::default());
        (self.nodes.len() - 1) as u16
    }

    fn add(&mut self, cue: &[u8], rule: u64) {
        let mut node = 0;
        for &byte in cue.iter().take_while(|byte| byte.is_ascii()) {
            let sign = sign(byte.to_ascii_lowercase());
            if self.nodes[node].next[sign] == 0 {
                self.nodes[node].next[sign] = self.add_node();
            }
            node = usize::from(self.nodes[node].next[sign]);
        }
        self.nodes[node].complete |= rule;
    }

    /// A node is made before those below it.
    fn sum_up(&mut self) {
        for node in (0..self.nodes.len()).rev() {
            let CueNode { next, complete, .. } = &self.nodes[node];
            let below = next.iter().filter(|next| **next != 0).map(|next| self.nodes[usize::from(*next)].below);
            self.nodes[node].below = below.fold(*complete, |all, rules| all | rules);
        }
    }

    /// Every beginning of a word in lower case at which a cue begins.
    fn places(&self, text: &[u8]) -> Vec<(u32, u64)> {
        let mut places = Vec::new();
        let mut at = 0;
        while let Some(gap) = text[at..].iter().position(|byte| is_word(*byte)) {
            at += gap;
            let rules = self.rules_at(&text[at..]);
            if rules != 0 {
                places.push((at as u32, rules));
            }
            at += text[at..].iter().position(|byte| !is_word(*byte)).unwrap_or(text.len() - at);
        }
        places
    }

    #[inline]
    fn rules_at(&self, text: &[u8]) -> u64 {
        let mut node = &self.nodes[0];
        let mut rules = node.complete;
        for &byte in text {
            let sign = sign(byte);
            // `\s` and other signs of expressions stand for characters beyond ASCII, too.
            if sign == BEYOND_ASCII {
                return rules | node.below;
            }
            let next = usize::from(node.next[sign]);
            if next == 0 {
                break;
            }
            node = &self.nodes[next];
            rules |= node.complete;
        }
        rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_cues() {
        assert!(rules().len() <= u64::BITS as usize, "each rule has its bit");
        for rule in rules() {
            assert!(rule.cues().is_some_and(|cues| !cues.is_empty()), "{rule:?}");
        }
    }

    #[test]
    fn matches_are_those_of_the_whole_expression() {
        let text = "The foo outperforms it on all, as the bars compared\u{a0}with foos do over time. We introduce it";
        let (lower, text) = (LowerText::of(text), text.to_ascii_lowercase());
        for rule in rules() {
            let whole = Regex::new(rule.regex.as_str().trim_start_matches('^')).unwrap();
            for start in 0..text.len() {
                let Some(piece) = lower.get(start..) else { continue };
                let expected: Vec<_> = whole.find_iter(&text[start..]).map(|found| found.range()).collect();
                assert_eq!(lower.matches(rule, piece).collect::<Vec<_>>(), expected, "{rule:?} from {start}");
            }
        }
    }
}
