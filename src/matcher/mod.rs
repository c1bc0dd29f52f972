//! Finds candidates for the names of the vocabulary in a text.
//!
//! An Aho–Corasick automaton over the folded forms of all names (see [`crate::text::Folded`]) finds every
//! occurrence, including overlapping ones. Matches that are not whole words, or are in the wrong capitalisation,
//! are dropped at once without allocation. [`crate::extract`] decides between candidates.
//!
//! `build.rs` compiles the automaton of the shipped vocabulary, and this module only loads it. It is a double array
//! (`daachorse`), because that can be stored, loads in a few milliseconds and scans fastest (`BENCHMARKS.md`).
//! Names known only at run time, from a user's own vocabulary or introduced by papers of the collection, go into an
//! automaton of `aho-corasick`, which builds fast. A text is then searched by both.

mod names;
mod table;
mod watch;

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use daachorse::DoubleArrayAhoCorasick;

pub(crate) use names::EntityName;
pub(crate) use names::PatternNames;
pub(crate) use table::NameTable;
pub(crate) use watch::NameWatch;

use crate::text::Folded;
use crate::vocabulary::{Entity, Kind};

/// A name found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Index of the name, see [`Matcher::name`].
    pub name: u32,
    /// Byte range in the original text, including a plural ending.
    pub start: usize,
    pub end: usize,
    /// Byte range in the folded text.
    pub folded_start: usize,
    pub folded_end: usize,
}

impl Candidate {
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// All folded spellings of the names of these entities: the patterns of the automaton.
pub fn patterns(entities: &[Entity]) -> Vec<String> {
    PatternNames::spell((0..).zip(entities)).1
}

/// An automaton over names, and the entities that they mean.
pub struct Matcher {
    /// Each automaton, with the number of its first pattern.
    automata: Vec<(u32, Automaton)>,
    names: PatternNames,
}

enum Automaton {
    Stored(DoubleArrayAhoCorasick<u32>),
    Built(AhoCorasick),
}

impl Matcher {
    /// A matcher for the names of these entities.
    ///
    /// # Errors
    /// If the automaton does not fit into memory (beyond some hundred million bytes of names).
    pub fn new(entities: &[Entity]) -> Result<Self, aho_corasick::BuildError> {
        let mut matcher = Self { automata: Vec::new(), names: PatternNames::default() };
        matcher.add((0..).zip(entities))?;
        Ok(matcher)
    }

    /// A matcher from a compiled automaton and its names. Pattern numbers count the patterns of `names`.
    pub(crate) fn from_parts(automaton: DoubleArrayAhoCorasick<u32>, names: PatternNames) -> Self {
        Self { automata: vec![(0, Automaton::Stored(automaton))], names }
    }

    /// Replaces the names of the entities at these indexes, or adds them.
    ///
    /// # Errors
    /// As [`Matcher::new`].
    pub(crate) fn overlay(&mut self, indexes: &[u32], entities: &[Entity]) -> Result<(), aho_corasick::BuildError> {
        if indexes.is_empty() {
            return Ok(());
        }
        self.names.forget(&indexes.iter().copied().collect());
        self.add(indexes.iter().map(|&index| (index, &entities[index as usize])))
    }

    fn add<'e>(&mut self, entities: impl Iterator<Item = (u32, &'e Entity)>) -> Result<(), aho_corasick::BuildError> {
        let (names, patterns) = PatternNames::spell(entities);
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .prefilter(false)
            .build(&patterns)?;
        self.automata.push((self.names.patterns(), Automaton::Built(automaton)));
        self.names.append(names);
        Ok(())
    }

    pub fn name(&self, index: u32) -> &EntityName {
        self.names.name(index)
    }

    /// Appends every candidate in `text` to `out`. `folded` must be the folded form of `text`.
    pub fn find(&self, text: &str, folded: &Folded, out: &mut Vec<Candidate>) {
        for (first, automaton) in &self.automata {
            match automaton {
                Automaton::Stored(automaton) => {
                    for found in automaton.find_overlapping_iter(folded.bytes()) {
                        self.admit(first + found.value(), found.start()..found.end(), text, folded, out);
                    }
                }
                Automaton::Built(automaton) => {
                    for found in automaton.find_overlapping_iter(folded.bytes()) {
                        self.admit(first + found.pattern().as_u32(), found.range(), text, folded, out);
                    }
                }
            }
        }
    }

    /// Appends the candidates for a pattern found at `at` in the folded text.
    #[inline]
    fn admit(&self, pattern: u32, at: Range<usize>, text: &str, folded: &Folded, out: &mut Vec<Candidate>) {
        let Some(bounds) = SpellingContext::of(&at, folded) else { return };
        let origin = folded.origin(at.start..bounds.end);
        let surface = &text[origin.clone()];
        for index in self.names.of_pattern(pattern) {
            if bounds.admit(self.names.name(index), surface) {
                out.push(Candidate {
                    name: index,
                    start: origin.start,
                    end: origin.end,
                    folded_start: at.start,
                    folded_end: bounds.end,
                });
            }
        }
    }
}

/// The context of a spelling found in the folded text.
struct SpellingContext {
    /// End of the match, after a plural ending if there is one.
    end: usize,
    /// The plural of a number or of a single letter: "A100s" is a plural, "FastSpeech 2s" is another model, and "CLIP is"
    /// has nothing to do with `CLIP-I`.
    odd_plural: bool,
    multiplied: bool,
    /// `ResNet50`: a depth directly after the family's name denotes a variant.
    depth: bool,
}

impl SpellingContext {
    /// `None` if the match is not a whole word.
    #[inline]
    fn of(at: &Range<usize>, folded: &Folded) -> Option<Self> {
        let bytes = folded.bytes();
        let multiplied = !folded.begins_word(at.start);
        if multiplied && !follows_multiplier(bytes, at.start) {
            return None;
        }
        // A depth is looked for only where no word ends.
        let (end, depth) = match word_end(bytes, at.end) {
            Some(end) => (end, false),
            None if digits_end_word(bytes, at.end) => (at.end, true),
            None => return None,
        };
        let single_letter = at.len() >= 2 && bytes[at.end - 2] == b' ';
        let odd_plural = end > at.end && (bytes[at.end - 1].is_ascii_digit() || single_letter);
        Some(Self { end, odd_plural, multiplied, depth })
    }

    #[inline]
    fn admit(&self, name: &EntityName, surface: &str) -> bool {
        name.case.admits(&name.surface, surface)
            && !((self.odd_plural || self.multiplied) && name.kind != Kind::Hardware)
            && !(self.depth && (name.kind != Kind::Model || name.weak))
    }
}

/// Whether two or three digits after a letter end the word.
#[inline]
fn digits_end_word(bytes: &[u8], at: usize) -> bool {
    let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    (2..=3).contains(&digits) && bytes[at - 1].is_ascii_alphabetic() && !continues(bytes, at + digits)
}

/// `2xA800`: whether a count and a multiplication sign come directly before the name.
#[inline]
fn follows_multiplier(bytes: &[u8], at: usize) -> bool {
    at >= 2 && bytes[at - 1] == b'x' && bytes[at - 2].is_ascii_digit()
}

/// Where the word that contains the end of the match ends: there, or after a plural ending. `None` if the word goes
/// on.
#[inline]
pub(crate) fn word_end(bytes: &[u8], end: usize) -> Option<usize> {
    if !continues(bytes, end) {
        return Some(end);
    }
    let letter = bytes[end - 1].is_ascii_alphabetic();
    match bytes[end..] {
        [b's', ..]
            if (letter || bytes[end - 1].is_ascii_digit()) && bytes[end - 1] != b's' && !continues(bytes, end + 1) =>
        {
            Some(end + 1)
        }
        [b'e', b's', ..] if matches!(bytes[end - 1], b's' | b'x' | b'h') && !continues(bytes, end + 2) => Some(end + 2),
        _ => None,
    }
}

/// Letters, digits and every byte of a non-ASCII character.
#[inline]
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// Whether a word goes on at `at`: with a letter or digit, with the fraction of a number (`Qwen2` in `Qwen2.5`), or
/// with a plus sign that is part of the name (`PointNet` in `PointNet++`).
#[inline]
fn continues(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at) {
        None => false,
        Some(b) if is_word(*b) => true,
        Some(b'.') => bytes[at - 1].is_ascii_digit() && bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
        Some(b'+') => !bytes.get(at + 1).is_some_and(|b| is_word(*b)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Vocabulary;

    fn found(toml: &str, text: &str) -> Vec<String> {
        let vocabulary = Vocabulary::from_texts([("test.toml", toml)]).unwrap();
        let matcher = Matcher::new(vocabulary.entities()).unwrap();
        let mut out = Vec::new();
        matcher.find(text, &Folded::new(text), &mut out);
        out.iter().map(|c| text[c.range()].to_string()).collect()
    }

    fn one(kind: &str, name: &str) -> String {
        format!("kind = \"{kind}\"\nentity = [{{ id = \"x\", name = {name:?} }}]\n")
    }

    #[test]
    fn a_name_is_found_in_the_spellings_that_papers_use() {
        for (name, text) in [
            ("MS COCO", "on MS-COCO."),
            ("MS COCO", "on MSCOCO"),
            ("GPT-4", "with GPT 4's help"),
            ("GPT-4", "with GPT4"),
            ("YOLOv5", "YOLO-v5"),
            ("ImageNet", "Image-Net (ILSVRC)"),
            ("ImageNet", "IMAGENET"),
            ("PixArt-α", "PIXART-\\alpha"),
            ("FastSpeech 2", "FastSpeech2"),
            ("wav2vec 2.0", "Wav2Vec2.0"),
            ("Llama 2", "Llama~2"),
            ("Latent Diffusion Model", "latent diffusion models"),
            ("Pigeon", "PIGEON"),
            ("ADE20K", "on ADE 2 0 K"),
        ] {
            assert_eq!(found(&one("model", name), text).len(), 1, "{name} in {text}");
        }
    }

    #[test]
    fn several_devices_are_the_device() {
        assert_eq!(found(&one("hardware", "NVIDIA A100"), "eight NVIDIA A100s"), ["NVIDIA A100s"]);
        assert_eq!(found(&one("model", "FastSpeech 2"), "FastSpeech 2s"), [""; 0]);
    }

    #[test]
    fn a_part_of_a_word_and_another_capitalisation_are_not_the_name() {
        for (name, text) in [
            ("DINO", "DINOv2"),
            ("LoRA", "QLoRA"),
            ("LoRA", "the lora radio"),
            ("Adam", "adam"),
            ("ImageNet", "an image net"),
            ("CLIP-I", "while CLIP is a model"),
            ("Qwen2", "Qwen2.5"),
            ("PointNet", "PointNet++"),
            ("COCO", "coconut"),
            ("Natural Questions", "answers to natural questions"),
        ] {
            assert_eq!(found(&one("dataset", name), text), [""; 0], "{name} in {text}");
        }
    }

    #[test]
    fn overlapping_names_are_all_reported() {
        let toml = "kind = \"task\"\nentity = [{ id = \"a\", name = \"object detection\" }, { id = \"b\", name = \"3D object detection\" }]";
        assert_eq!(found(toml, "3D object detection"), ["3D object detection", "object detection"]);
    }
}
