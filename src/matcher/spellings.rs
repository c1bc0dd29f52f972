//! The spellings of the shipped vocabulary, as a table of hashes that `build.rs` writes and that the program reads in place.
//!
//! A name counts only if it is whole words. So a text is searched from each beginning of a word, and word by word, as long
//! as the words so far begin some spelling. An automaton finds the same and takes several times as long (`BENCHMARKS.md`):
//! it also follows what begins inside a word, through seven megabytes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a hash stands for: twice the number of a spelling plus two, or nothing, and in the lowest bit whether it is the
/// first words of a longer one.
#[derive(Clone, Copy)]
struct Meaning(u32);

impl Meaning {
    const NOTHING: Self = Self(0);
    const GOES_ON: u32 = 1;

    fn spelling(self) -> Option<u32> {
        (self.0 >> 1).checked_sub(1)
    }

    fn goes_on(self) -> bool {
        self.0 & Self::GOES_ON != 0
    }
}

/// Bytes of a slot: a hash and its meaning.
const SLOT: usize = 12;

/// Bits of the set of hashes for each slot. The set says of six in seven words that they begin no spelling, and is small
/// enough to stay in the processor's cache.
const BITS_FOR_SLOT: usize = 4;

/// Open addressing in a number of slots that is a power of two, after a set of the hashes as bits.
pub(crate) struct SpellingTable {
    bytes: Cow<'static, [u8]>,
    slots: usize,
}

impl SpellingTable {
    /// Spellings are found by their number.
    pub(crate) fn new(spellings: &[String]) -> Self {
        let mut meanings: BTreeMap<u64, u32> = BTreeMap::new();
        for (number, spelling) in (1..).zip(spellings) {
            let mut hash = NO_LETTERS;
            for (at, byte) in spelling.bytes().enumerate() {
                if at > 0 && !is_word(byte) {
                    *meanings.entry(hash).or_default() |= Meaning::GOES_ON;
                }
                hash = with(hash, byte);
            }
            *meanings.entry(hash).or_default() |= number << 1;
        }
        let slots = (meanings.len() * 2).next_power_of_two().max(2);
        let mut table = Self { bytes: vec![0; slots * BITS_FOR_SLOT / 8 + slots * SLOT].into(), slots };
        meanings.into_iter().for_each(|(hash, meaning)| table.insert(hash, meaning));
        table
    }

    /// A table from its bytes.
    pub(crate) fn stored(bytes: &'static [u8]) -> Self {
        let slots = bytes.len() * 8 / (BITS_FOR_SLOT + SLOT * 8);
        Self { bytes: bytes.into(), slots }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn insert(&mut self, hash: u64, meaning: u32) {
        let mut slot = self.first_slot(hash);
        while self.slot(slot).1.0 != 0 {
            slot = (slot + 1) % self.slots;
        }
        let ((byte, bit), at) = (self.bit(hash), self.place(slot));
        let bytes = self.bytes.to_mut();
        bytes[byte] |= bit;
        bytes[at..at + 8].copy_from_slice(&hash.to_le_bytes());
        bytes[at + 8..at + SLOT].copy_from_slice(&meaning.to_le_bytes());
    }

    fn first_slot(&self, hash: u64) -> usize {
        (hash >> 40) as usize & (self.slots - 1)
    }

    fn place(&self, slot: usize) -> usize {
        self.slots * BITS_FOR_SLOT / 8 + slot * SLOT
    }

    fn bit(&self, hash: u64) -> (usize, u8) {
        let bit = (hash >> 20) as usize & (self.slots * BITS_FOR_SLOT - 1);
        (bit / 8, 1 << (bit % 8))
    }

    fn slot(&self, slot: usize) -> (u64, Meaning) {
        let at = self.place(slot);
        let (hash, meaning) = self.bytes[at..at + SLOT].split_at(8);
        let hash = u64::from_le_bytes(hash.try_into().expect("eight bytes"));
        (hash, Meaning(u32::from_le_bytes(meaning.try_into().expect("four bytes"))))
    }

    #[inline]
    fn meaning(&self, hash: u64) -> Meaning {
        let (byte, bit) = self.bit(hash);
        if self.bytes[byte] & bit == 0 {
            return Meaning::NOTHING;
        }
        let mut slot = self.first_slot(hash);
        loop {
            let (other, meaning) = self.slot(slot);
            if meaning.0 == 0 || other == hash {
                return meaning;
            }
            slot = (slot + 1) & (self.slots - 1);
        }
    }

    /// The spellings in a folded text as numbers with their places, in the order of their ends, the longer first. They
    /// begin with a word, or behind a multiplier; they end with a word, or before an ending that a name can have.
    pub(crate) fn find(&self, text: &[u8]) -> Vec<(u32, Range<usize>)> {
        let mut found = Vec::new();
        let mut inside = false;
        for (at, &byte) in text.iter().enumerate() {
            if byte != b' ' && (!inside || follows_multiplier(text, at)) {
                self.find_from(at, text, &mut found);
            }
            inside = is_word(byte);
        }
        found.sort_unstable_by_key(|(_, range)| (range.end, range.start));
        found
    }

    #[inline]
    fn find_from(&self, start: usize, text: &[u8], found: &mut Vec<(u32, Range<usize>)>) {
        let mut hash = NO_LETTERS;
        let mut at = start;
        while at < text.len() {
            let behind = text[at + 1..].iter().position(|byte| !is_word(*byte));
            let end = behind.map_or(text.len(), |length| at + 1 + length);
            for (place, &byte) in (at + 1..).zip(&text[at..end]) {
                hash = with(hash, byte);
                if place < end && place + 3 >= end && is_ending(&text[place..end]) {
                    let spelling = self.meaning(hash).spelling();
                    found.extend(spelling.map(|spelling| (spelling, start..place)));
                }
            }
            let meaning = self.meaning(hash);
            found.extend(meaning.spelling().map(|spelling| (spelling, start..end)));
            if !meaning.goes_on() {
                return;
            }
            at = end;
        }
    }
}

/// FNV-1a, letter by letter.
const NO_LETTERS: u64 = 0xcbf2_9ce4_8422_2325;

#[inline]
fn with(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
}

/// Letters, digits and every byte of a non-ASCII character.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// `2xA800`: whether a count and a multiplication sign come directly before the name.
fn follows_multiplier(text: &[u8], at: usize) -> bool {
    at >= 2 && text[at - 1] == b'x' && text[at - 2].is_ascii_digit()
}

/// What can come behind a name within its last word: the ending of a plural, or a depth of two or three digits.
fn is_ending(rest: &[u8]) -> bool {
    matches!(rest, b"s" | b"es") || rest.len() >= 2 && rest.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(spellings: &[&str], text: &str) -> Vec<String> {
        let spellings: Vec<String> = spellings.iter().map(|spelling| (*spelling).to_string()).collect();
        let table = SpellingTable::new(&spellings);
        let found = table.find(text.as_bytes());
        found.into_iter().map(|(number, range)| format!("{} {}", spellings[number as usize], &text[range])).collect()
    }

    #[test]
    fn spellings_are_found_as_words_in_the_order_of_their_ends() {
        let text = "a quux zork, zorks";
        assert_eq!(
            found(&["quux", "quux zork", "zork"], text),
            ["quux quux", "quux zork quux zork", "zork zork", "zork zork"]
        );
        assert_eq!(found(&["quux zork lamp", "ork", "uux"], text), [""; 0]);
    }

    #[test]
    fn signs_multipliers_and_endings_belong_to_no_word() {
        assert_eq!(
            found(&["zork++", ".quux", "a800", "zork"], "(zork++) .quux 2xa800s zork50"),
            ["zork zork", "zork++ zork++", ".quux .quux", "a800 a800", "zork zork"]
        );
    }

    #[test]
    fn a_table_is_the_same_from_its_bytes() {
        let spellings: Vec<String> = (0..1000).map(|n| format!("quux {n} zork")).collect();
        let table = SpellingTable::new(&spellings);
        let stored = SpellingTable::stored(table.as_bytes().to_vec().leak());
        assert_eq!(stored.slots, table.slots);
        let text = "quux 7 zork, quux 999 zork, quux 1000 zork";
        assert_eq!(stored.find(text.as_bytes()), table.find(text.as_bytes()));
        assert_eq!(stored.find(text.as_bytes()).len(), 2);
    }
}
