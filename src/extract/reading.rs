//! One field of a paper, prepared for the rules: folded, split into sentences, and searched for names.

use std::ops::Range;

use memchr::memmem;

use super::abbreviations::{self, Abbreviation};
use super::record::{Field, TextPlace};
use crate::matcher::{Candidate, Matcher};
use crate::text::{CodePoints, Folded, Sentences, range_of};

pub(super) struct ReadField<'a> {
    pub field: Field,
    pub text: &'a str,
    /// The text with its ASCII letters in lower case, so that ranges are the same in both. Expressions find their cues
    /// in it much faster than with `(?i)` in the text.
    pub lower: String,
    pub folded: Folded,
    pub sentences: Sentences,
    pub abbreviations: Vec<Abbreviation>,
    pub candidates: Vec<Candidate>,
}

impl<'a> ReadField<'a> {
    pub(super) fn new(field: Field, text: &'a str, matcher: &Matcher) -> Self {
        let folded = Folded::new(text);
        let sentences = Sentences::new(text);
        let abbreviations = abbreviations::find(text, &sentences);
        let mut candidates = Vec::new();
        matcher.find(text, &folded, &mut candidates);
        Self { field, text, lower: text.to_ascii_lowercase(), folded, sentences, abbreviations, candidates }
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
        match window.char_indices().rev().nth(chars.saturating_sub(1)) {
            Some((i, _)) => &window[i..],
            None => window,
        }
    }

    /// The text from `at`: at most `chars` characters, within the sentence of the character before.
    pub(super) fn after(&self, at: usize, chars: usize) -> &'a str {
        let to = self.sentences.around(at.saturating_sub(1).min(self.text.len())).end.max(at);
        let window = &self.text[at..to];
        match window.char_indices().nth(chars) {
            Some((i, _)) => &window[..i],
            None => window,
        }
    }

    /// A piece of the text in lower case.
    pub(super) fn lower_of(&self, piece: &str) -> &str {
        range_of(self.text, piece).map_or("", |range| &self.lower[range])
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
