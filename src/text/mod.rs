//! Text as papers write it, made comparable, without losing the way back.
//!
//! [`Folded`] is the form in which names and texts meet: lower-case, hyphens and spaces alike, LaTeX resolved,
//! accents dropped, Greek spelled out. Every byte of it knows the byte of the original it came from, so that a match
//! can be reported in the author's own words. Folding is one pass and allocates twice.

mod fold;
mod hash;
mod sentence;
mod wrap;

pub use fold::{Folded, fold_name, folded_name};
pub use hash::{stable_hash, stable_hash_after};
pub use sentence::{Sentences, is_word_char};
pub use wrap::{display_width, shorten, wrap};

/// The number of Unicode code points before byte `at` of `text`, counted incrementally: offsets must be asked for in
/// ascending order, which makes converting all mentions of a field linear.
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
