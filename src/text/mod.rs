//! Makes the text of papers comparable and keeps the mapping to the original.
//!
//! [`Folded`] is the form in which names and texts are compared: lower-case, hyphens and spaces treated alike,
//! LaTeX resolved, accents dropped, Greek spelled out. Each byte of it maps to a byte of the original, so that a
//! match can be reported in the author's own words. Folding takes one pass and two allocations.

mod count;
mod fold;
mod hash;
mod latex_symbols;
mod readable;
mod sentence;
mod spaces;
mod word;
mod wrap;

use std::ops::Range;

pub(crate) use count::{counted, counted_as, thousands};
pub(crate) use fold::folded_name;
pub use fold::{Folded, fold_name};
pub(crate) use hash::{stable_hash, stable_hash_after};
pub(crate) use latex_symbols::latex_symbol;
pub(crate) use readable::{Readable, readable};
pub(crate) use sentence::{Sentences, is_word_char};
pub(crate) use spaces::single_spaced;
pub(crate) use word::{in_lower_case, parse_word};
pub(crate) use wrap::{beginning, display_width, shorten, wrap};

/// The byte at which each code point of a text begins, to convert the offsets of records to positions in the text.
pub struct ByteOffsets(Vec<usize>);

impl ByteOffsets {
    pub fn new(text: &str) -> Self {
        Self(text.char_indices().map(|(at, _)| at).chain([text.len()]).collect())
    }

    /// The byte range of code points `start..end`; `None` if the text is shorter.
    pub fn range(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let (start, end) = (*self.0.get(start)?, *self.0.get(end)?);
        (start <= end).then_some(start..end)
    }
}

/// The byte range of `part` in `text`, if it is a slice of it.
pub fn range_of(text: &str, part: &str) -> Option<Range<usize>> {
    let start = (part.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let range = start..start.checked_add(part.len())?;
    text.get(range.clone()).map(|_| range)
}

/// Counts the Unicode code points before byte `at` of `text` incrementally. Offsets must be passed in ascending
/// order, so that converting all mentions of a field takes linear time.
pub struct CodePoints<'a> {
    text: &'a str,
    byte: usize,
    count: usize,
}

impl<'a> CodePoints<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, byte: 0, count: 0 }
    }

    /// `at` must be a character boundary of the text.
    pub fn before(&mut self, at: usize) -> usize {
        if at < self.byte {
            self.byte = 0;
            self.count = 0;
        }
        self.count += self.text[self.byte..at].chars().count();
        self.byte = at;
        self.count
    }
}
