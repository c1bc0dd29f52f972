//! One field of a paper, prepared for the rules: folded, split into sentences, and searched for names.

use std::cell::OnceCell;
use std::ops::Range;

use memchr::memmem;

use super::abbreviations::{self, Abbreviation};
use super::cue_words::{CueMatches, CueRule, LowerText};
use super::mentions::has_word;
use super::record::{Field, TextPlace};
use crate::matcher::{Candidate, Matcher};
use crate::text::{CodePoints, Folded, Sentences, folded_name, range_of};

pub(super) struct ReadField<'a> {
    pub field: Field,
    pub text: &'a str,
    pub lower: LowerText,
    pub folded: Folded,
    pub sentences: Sentences,
    pub abbreviations: Vec<Abbreviation>,
    pub candidates: Vec<Candidate>,
    /// The pairs of letters in each sentence of the folded text, once something asks for them.
    pairs: Vec<OnceCell<LetterPairs>>,
}

impl<'a> ReadField<'a> {
    pub(super) fn new(field: Field, text: &'a str, matcher: &Matcher) -> Self {
        let folded = Folded::new(text);
        let sentences = Sentences::new(text);
        let abbreviations = abbreviations::find(text, &sentences);
        let mut candidates = Vec::new();
        matcher.find(text, &folded, &mut candidates);
        let pairs = sentences.iter().map(|_| OnceCell::new()).collect();
        Self { field, text, pairs, lower: LowerText::of(text), folded, sentences, abbreviations, candidates }
    }

    /// A byte range of the text as the location that records store.
    pub(super) fn place(&self, range: &Range<usize>) -> TextPlace {
        let mut points = CodePoints::new(self.text);
        TextPlace { field: self.field, start: points.before(range.start), end: points.before(range.end) }
    }

    /// The text before `at`: at most `chars` characters, within its sentence.
    pub(super) fn before(&self, at: usize, chars: usize) -> &'a str {
        let from = self.sentences.around(at).start;
        let window = &self.text[from..at.max(from)];
        // As many bytes as characters, nearly always.
        let near = &window.as_bytes()[window.len().saturating_sub(chars)..];
        if near.is_ascii() {
            return &window[window.len() - near.len()..];
        }
        match window.char_indices().rev().nth(chars.saturating_sub(1)) {
            Some((i, _)) => &window[i..],
            None => window,
        }
    }

    /// The text from `at`: at most `chars` characters, within the sentence of the character before.
    pub(super) fn after(&self, at: usize, chars: usize) -> &'a str {
        let to = self.sentences.around(at.saturating_sub(1).min(self.text.len())).end.max(at);
        let window = &self.text[at..to];
        let near = &window.as_bytes()[..window.len().min(chars)];
        if near.is_ascii() {
            return &window[..near.len()];
        }
        match window.char_indices().nth(chars) {
            Some((i, _)) => &window[..i],
            None => window,
        }
    }

    /// A piece of the text in lower case.
    pub(super) fn lower_of(&self, piece: &str) -> &str {
        range_of(self.text, piece).map_or("", |range| &self.lower[range])
    }

    /// Non-overlapping matches in a piece of the text, as ranges of the piece.
    pub(super) fn matches<'s>(&'s self, rule: &'s CueRule, piece: &'s str) -> CueMatches<'s> {
        let start = range_of(self.text, piece).map_or(self.text.len(), |range| range.start);
        self.lower.matches_from(rule, piece, start)
    }

    /// Whether the sentence around `at` has one of these words, see [`has_word`].
    pub(super) fn sentence_has<'w>(&self, at: usize, mut words: impl Iterator<Item = &'w String>) -> bool {
        let Some(first) = words.next() else { return false };
        let sentence = || self.folded.of(self.sentences.around(at));
        let pairs = self.pairs[self.sentences.index(at)].get_or_init(|| LetterPairs::of(sentence()));
        let mut words = std::iter::once(first).chain(words).filter(|word| pairs.may_have(word)).peekable();
        words.peek().is_some() && {
            let sentence = sentence();
            words.any(|word| has_word(sentence, word))
        }
    }

    pub(super) fn sentence(&self, at: usize) -> &'a str {
        &self.text[self.sentences.around(at)]
    }

    /// The ranges of the folded text where `pattern` (folded) is a word, with or without a plural ending.
    pub(super) fn occurrences<'s>(&'s self, pattern: &'s str) -> impl Iterator<Item = Range<usize>> + 's {
        let bytes = self.folded.bytes();
        let mut at = 0;
        std::iter::from_fn(move || {
            while !pattern.is_empty() {
                let found = at + memmem::find(bytes.get(at..)?, pattern.as_bytes())?;
                at = found + 1;
                if self.folded.begins_word(found)
                    && let Some(end) = crate::matcher::word_end(bytes, found + pattern.len())
                {
                    return Some(found..end);
                }
            }
            None
        })
    }
}

/// Which pairs of neighbouring bytes a text has, as a set with false positives: a word with another pair is not in it.
struct LetterPairs([u64; 8]);

impl LetterPairs {
    fn of(text: &[u8]) -> Self {
        let mut pairs = Self([0; 8]);
        for pair in text.windows(2) {
            let (word, bit) = Self::place(pair);
            pairs.0[word] |= bit;
        }
        pairs
    }

    fn may_have(&self, word: &str) -> bool {
        let has = |pair: &[u8]| {
            let (word, bit) = Self::place(pair);
            self.0[word] & bit != 0
        };
        // Small letters at the beginning are the same in the folded form, and mostly show that a word is not there.
        if let Some(first) = word.as_bytes().get(..2)
            && first.iter().all(u8::is_ascii_lowercase)
            && !has(first)
        {
            return false;
        }
        folded_name(word).as_bytes().windows(2).all(has)
    }

    fn place(pair: &[u8]) -> (usize, u64) {
        let hash = usize::from(pair[0]) * 37 + usize::from(pair[1]);
        (hash / 64 % 8, 1 << (hash % 64))
    }
}
