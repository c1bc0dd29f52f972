//! Hundreds of thousands of names that are known only at run time: those that the papers of a collection introduce.
//!
//! An automaton over the two million spellings of half a million names takes more than a gigabyte to build. Here
//! each spelling takes only twelve bytes, with its hash. A text is searched from each beginning of a word whose
//! first letters begin some name; that is one in fifty. The results are the same as an automaton's.

use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use super::names::{EntityName, spellings};
use super::{SpellingContext, digits_end_word, follows_multiplier, is_word, word_end};
use crate::text::Folded;
use crate::vocabulary::Kind;

pub(crate) struct NameTable {
    names: Vec<EntityName>,
    /// Hashes of the spellings, sorted, each with the index of its name.
    spellings: Vec<(u64, u32)>,
    heads: FirstWords,
}

impl NameTable {
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = (Kind, &'n str)>) -> Self {
        Self::of((0..).zip(names).map(|(i, (kind, name))| EntityName::strong(i, name, kind)).collect())
    }

    /// Finds the names in any capitalisation.
    pub(crate) fn in_any_case<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self::of((0..).zip(names).map(|(i, name)| EntityName::in_any_case(i, name)).collect())
    }

    fn of(names: Vec<EntityName>) -> Self {
        let mut heads = FirstWords::for_names(names.len());
        let mut hashes = Vec::with_capacity(names.len() * 4);
        for (i, name) in (0..).zip(&names) {
            for spelling in spellings(&name.surface) {
                heads.add(head(spelling.as_bytes()), spelling.len());
                hashes.push((xxh3_64(spelling.as_bytes()), i));
            }
        }
        hashes.sort_unstable();
        hashes.dedup();
        Self { names, spellings: hashes, heads }
    }

    /// Every occurrence of a name: the index of the name, and the byte range in the original text.
    pub(crate) fn find(&self, text: &str, folded: &Folded) -> Vec<(u32, Range<usize>)> {
        let bytes = folded.bytes();
        let mut found = Vec::new();
        if self.names.is_empty() {
            return found;
        }
        for start in (0..bytes.len()).filter(|&at| folded.begins_word(at) || follows_multiplier(bytes, at)) {
            let word = head(&bytes[start..]);
            // A name can end inside the word, before a plural ending or a depth of two or three digits.
            for cut in 0..word.len().min(4) {
                let stem = &word[..word.len() - cut];
                let Some(longest) = self.heads.longest(stem) else { continue };
                let first = start + stem.len();
                let last = if cut == 0 { bytes.len().min(start.saturating_add(longest)) } else { first };
                for end in first..=last {
                    if word_end(bytes, end).is_some() || digits_end_word(bytes, end) {
                        self.admit(start..end, text, folded, &mut found);
                    }
                }
            }
        }
        found
    }

    fn admit(&self, at: Range<usize>, text: &str, folded: &Folded, found: &mut Vec<(u32, Range<usize>)>) {
        let hash = xxh3_64(&folded.bytes()[at.clone()]);
        let first = self.spellings.partition_point(|(other, _)| *other < hash);
        let same = self.spellings[first..].iter().take_while(|(other, _)| *other == hash);
        let mut bounds = None;
        for &(_, i) in same {
            let Some(bounds) = bounds.get_or_insert_with(|| SpellingContext::of(&at, folded)) else { return };
            let origin = folded.origin(at.start..bounds.end);
            if bounds.admit(&self.names[i as usize], &text[origin.clone()]) {
                found.push((i, origin));
            }
        }
    }
}

/// The letters and digits at the beginning of a text, or one byte if there are none.
fn head(bytes: &[u8]) -> &[u8] {
    let length = bytes.iter().position(|byte| !is_word(*byte)).unwrap_or(bytes.len());
    &bytes[..length.max(1).min(bytes.len())]
}

/// The words that can begin a name, as a set with false positives: at most one time in thirty.
struct FirstWords {
    /// By the hash of the word: the length in bytes of the longest name that begins with it, [`u8::MAX`] if it is longer,
    /// 0 if there is none.
    lengths: Vec<u8>,
    mask: u64,
}

impl FirstWords {
    fn for_names(names: usize) -> Self {
        let slots = (names.max(64) * 32).next_power_of_two();
        Self { lengths: vec![0; slots], mask: slots as u64 - 1 }
    }

    fn add(&mut self, word: &[u8], length: usize) {
        let slot = self.slot(word);
        let longest = &mut self.lengths[slot];
        *longest = (*longest).max(u8::try_from(length).unwrap_or(u8::MAX));
    }

    /// The greatest length in bytes that a name with this first word can have, if there is such a name.
    fn longest(&self, word: &[u8]) -> Option<usize> {
        match self.lengths[self.slot(word)] {
            0 => None,
            u8::MAX => Some(usize::MAX),
            length => Some(usize::from(length)),
        }
    }

    fn slot(&self, word: &[u8]) -> usize {
        (xxh3_64(word) & self.mask) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::Matcher;
    use crate::vocabulary::{Entity, EntityId};

    proptest::proptest! {
        #[test]
        fn it_finds_what_an_automaton_finds(
            names in proptest::collection::vec((r"[A-Za-z+.]{1,3}([ -]?[A-Zs0-9a-zα.+]{1,3}){0,3}", 0..7usize), 1..6),
            words in proptest::collection::vec((0..6usize, r"(|2x|x|\(|A)", r"(|s|es|50|\.5|\+|\.|101)", 0..4usize), 0..8),
        ) {
            let kinds: Vec<(Kind, &str)> = names.iter().map(|(name, kind)| (Kind::ALL[*kind], name.as_str())).collect();
            let entities: Vec<Entity> = kinds
                .iter()
                .map(|(kind, name)| Entity::of_name(EntityId::new(*kind, "x").unwrap(), name.to_string()))
                .collect();
            let mut text = String::new();
            for (name, before, after, shape) in words {
                let name = kinds[name % kinds.len()].1;
                let written = match shape {
                    0 => name.to_string(),
                    1 => name.replace(['-', ' '], ""),
                    2 => name.replace(' ', "-"),
                    _ => name.to_uppercase(),
                };
                text.push_str(&format!("{before}{written}{after} "));
            }
            let folded = Folded::new(&text);
            let matcher = Matcher::new(&entities).unwrap();
            let mut candidates = Vec::new();
            matcher.find(&text, &folded, &mut candidates);
            let mut expected: Vec<(u32, Range<usize>)> =
                candidates.iter().map(|c| (matcher.name(c.name).entity, c.range())).collect();
            let mut found = NameTable::new(kinds).find(&text, &folded);
            for all in [&mut expected, &mut found] {
                all.sort_by_key(|(name, range)| (*name, range.start, range.end));
                all.dedup();
            }
            proptest::prop_assert_eq!(found, expected, "{}", text);
        }
    }

    #[test]
    fn names_of_any_length_are_found() {
        let long = ["quux"; 80].join(" ");
        let table = NameTable::new([(Kind::Method, long.as_str()), (Kind::Method, "Quux folding")]);
        let text = format!("{long} is Quux folding.");
        let found: Vec<u32> = table.find(&text, &Folded::new(&text)).into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, [0, 1]);
    }
}
