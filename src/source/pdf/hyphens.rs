//! Joins words that a line end divides.

use std::collections::HashSet;

use super::lines::{TextLine, join};

/// The words of a document. They show whether a hyphen at the end of a line is part of the word.
#[derive(Debug, Default)]
pub(super) struct Spellings {
    words: HashSet<String>,
}

impl Spellings {
    pub(super) fn of<'l>(lines: impl Iterator<Item = &'l TextLine>) -> Self {
        let mut words = HashSet::new();
        for line in lines {
            let count = line.words.len();
            for (i, word) in line.words.iter().enumerate() {
                // A word at the end may be divided, and a word at the beginning may be its rest.
                if i > 0 && i + 1 < count {
                    let plain = bare(&word.text);
                    if plain.chars().count() > 2 {
                        words.insert(plain.to_lowercase());
                    }
                }
            }
        }
        Self { words }
    }

    /// Lines joined into one text.
    pub(super) fn join<'l>(&self, lines: impl Iterator<Item = &'l TextLine>) -> String {
        let mut text = String::new();
        for line in lines {
            self.add(&mut text, &join(&line.words));
        }
        text
    }

    /// Adds a line to a text.
    pub(super) fn add(&self, text: &mut String, line: &str) {
        if text.is_empty() || line.is_empty() {
            text.push_str(line);
            return;
        }
        let hyphen = text.ends_with(['-', '\u{2010}', '\u{ad}']);
        let stem = text.trim_end_matches(['-', '\u{2010}', '\u{ad}']);
        let divided = hyphen
            && stem.len() + 4 > text.len()
            && stem.ends_with(char::is_alphanumeric)
            && line.starts_with(char::is_alphanumeric);
        if !divided {
            let address = text.rsplit(' ').next().is_some_and(|word| word.contains("://"))
                && text.ends_with(['/', '.', '_', '=', '&', '?']);
            if !address {
                text.push(' ');
            }
            text.push_str(line);
            return;
        }
        let left = stem.rsplit([' ', '\n', '(', '/']).next().unwrap_or_default();
        let right = line.split([' ', ')', ',', '.', ';', ':', '/']).next().unwrap_or_default();
        if self.is_one_word(left, right) {
            text.truncate(stem.len());
        }
        text.push_str(line);
    }

    /// Whether two parts are one word without a hyphen between them.
    fn is_one_word(&self, left: &str, right: &str) -> bool {
        let (left, right) =
            (left.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase(), right.to_lowercase());
        let part = right.split('-').next().unwrap_or_default();
        let last = left.rsplit('-').next().unwrap_or_default();
        if self.words.contains(&format!("{left}-{right}")) || self.words.contains(&format!("{last}-{part}")) {
            return false;
        }
        if self.words.contains(&format!("{last}{part}")) {
            return true;
        }
        // Words are divided between lower-case letters; a digit or a capital there means a compound.
        let lower = |c: Option<char>| c.is_some_and(char::is_lowercase);
        if !lower(left.chars().last()) || !lower(right.chars().next()) {
            return false;
        }
        // Both parts are long words of their own: a compound.
        let compound = self.words.contains(last) && self.words.contains(part) && last.len() > 3 && part.len() > 3;
        !compound
    }
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}
