//! Where names of the vocabulary stand in a text: text in, candidate spans out.
//!
//! One Aho–Corasick automaton over the folded forms of all names (see [`crate::text::Folded`]) finds every occurrence,
//! overlapping ones included; what is no whole word, or in the wrong capitalisation, is dropped on the spot without
//! allocating. Deciding between candidates is left to [`crate::extract`].

use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::text::{Folded, fold_name};
use crate::vocabulary::{CaseRule, Entity, Kind};

/// A name found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Index of the name, see [`Matcher::name`].
    pub name: u32,
    /// Bytes of the original text, plural ending included.
    pub start: usize,
    pub end: usize,
    /// The same in the folded text.
    pub folded_start: usize,
    pub folded_end: usize,
}

impl Candidate {
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// One surface form of one entity.
#[derive(Debug, Clone)]
pub struct Name {
    /// Index into the entities that the matcher was built from.
    pub entity: u32,
    pub surface: Box<str>,
    pub kind: Kind,
    /// Needs evidence.
    pub weak: bool,
    case: Case,
}

/// Which capitalisations of a name count; decided from its shape unless the vocabulary says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Any,
    /// As written, but for the first letter where a sentence or a title capitalises it.
    Exact,
    /// At least one capital or digit: `Imagenet` and `IMAGENET` for `ImageNet`, but not `imagenet`.
    SomeCapital,
    /// As written or all in capitals: `Pigeon`, `PIGEON`.
    Capitalised,
}

pub struct Matcher {
    automaton: AhoCorasick,
    /// For each pattern, its names: a range of `names`.
    patterns: Vec<Range<u32>>,
    names: Vec<Name>,
}

impl Matcher {
    /// # Errors
    /// If the automaton would not fit into memory (beyond some hundred million bytes of names).
    pub fn new(entities: &[Entity]) -> Result<Self, aho_corasick::BuildError> {
        let mut by_pattern: HashMap<String, Vec<Name>> = HashMap::new();
        for (index, entity) in entities.iter().enumerate() {
            for surface in entity.names() {
                let weak = entity.weak.iter().any(|w| w == surface);
                let name = Name {
                    entity: index as u32,
                    surface: surface.into(),
                    kind: entity.kind(),
                    weak,
                    case: case_of(surface, entity.kind(), entity.case, weak),
                };
                for pattern in spellings(surface) {
                    let names = by_pattern.entry(pattern).or_default();
                    if !names.iter().any(|n| n.entity == name.entity) {
                        names.push(name.clone());
                    }
                }
            }
        }
        let mut sorted: Vec<(String, Vec<Name>)> = by_pattern.into_iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        let mut names = Vec::with_capacity(sorted.len());
        let mut patterns = Vec::with_capacity(sorted.len());
        let mut texts = Vec::with_capacity(sorted.len());
        for (text, found) in sorted {
            let start = names.len() as u32;
            names.extend(found);
            patterns.push(start..names.len() as u32);
            texts.push(text);
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .prefilter(false)
            .build(&texts)?;
        Ok(Self { automaton, patterns, names })
    }

    pub fn name(&self, index: u32) -> &Name {
        &self.names[index as usize]
    }

    /// Appends every candidate of `text` to `out`; `folded` must be its folded form.
    pub fn find(&self, text: &str, folded: &Folded, out: &mut Vec<Candidate>) {
        let bytes = folded.bytes();
        for found in self.automaton.find_overlapping_iter(bytes) {
            let (start, end) = (found.start(), found.end());
            let multiplied = !folded.begins_word(start);
            if multiplied && !follows_multiplier(bytes, start) {
                continue;
            }
            // `ResNet50`: the depth glued to the family's name is read as its variant.
            let depth = digits_end_word(bytes, end);
            let Some(end) = word_end(bytes, end).or(depth.then_some(end)) else { continue };
            let origin = folded.origin(start..end);
            let surface = &text[origin.clone()];
            // "A100s" are several; "FastSpeech 2s" is another model.
            let numbered_plural = end > found.end() && bytes[found.end() - 1].is_ascii_digit();
            for index in self.patterns[found.pattern().as_usize()].clone() {
                let name = &self.names[index as usize];
                if name.case.admits(&name.surface, surface)
                    && !((numbered_plural || multiplied) && name.kind != Kind::Hardware)
                    && !(depth && (name.kind != Kind::Model || name.weak))
                {
                    let range = origin.clone();
                    out.push(Candidate {
                        name: index,
                        start: range.start,
                        end: range.end,
                        folded_start: start,
                        folded_end: end,
                    });
                }
            }
        }
    }
}

/// Whether two or three digits follow that end the word, behind a letter.
fn digits_end_word(bytes: &[u8], at: usize) -> bool {
    let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    (2..=3).contains(&digits) && bytes[at - 1].is_ascii_alphabetic() && !continues(bytes, at + digits)
}

/// `2xA800`: a count and a times sign stand right before the name.
fn follows_multiplier(bytes: &[u8], at: usize) -> bool {
    at >= 2 && bytes[at - 1] == b'x' && bytes[at - 2].is_ascii_digit()
}

/// Where the word ends that a match ends in: at once, or behind a plural ending. `None` if the word goes on.
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

/// Whether a word that reaches to `at` goes on there: with a letter or digit, with the fraction of a number (`Qwen2`
/// in `Qwen2.5`), or with a plus that is part of the name (`PointNet` in `PointNet++`).
fn continues(bytes: &[u8], at: usize) -> bool {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b >= 0x80;
    match bytes.get(at) {
        None => false,
        Some(b) if is_word(b) => true,
        Some(b'.') => bytes[at - 1].is_ascii_digit() && bytes.get(at + 1).is_some_and(u8::is_ascii_digit),
        Some(b'+') => !bytes.get(at + 1).is_some_and(is_word),
        _ => false,
    }
}

/// The folded forms under which a name is searched: its separators kept, dropped, dropped or added between letters and
/// digits (`gpt 4`, `gpt4`), and added where capitals join words (`ImageNet` → `image net`).
fn spellings(surface: &str) -> Vec<String> {
    let plain = fold_name(surface);
    let mut all = vec![plain.clone()];
    let mut add = |s: String| {
        if s.len() >= 2 && !all.contains(&s) {
            all.push(s);
        }
    };
    let joined: String = plain.chars().filter(|c| *c != ' ').collect();
    // Two short words glued together make ordinary words ("go al"); long names do not.
    if joined.len() >= 4 {
        add(joined);
    }
    add(join_digits(&plain));
    add(split_digits(&plain));
    add(split_digits(&join_digits(&plain)));
    add(fold_name(&split_capitals(surface)));
    // `NASBench-201` for `NAS-Bench-201`: each separator of a name in capitals or with digits may be missing.
    let separators = plain.matches(' ').count();
    let shaped = surface.chars().skip(1).any(|c| c.is_uppercase() || c.is_ascii_digit());
    if shaped && (2..=3).contains(&separators) {
        for dropped in 1..(1_u32 << separators) {
            let mut n = 0;
            let kept = plain.chars().filter(|c| {
                let drop = *c == ' ' && dropped & (1 << n) != 0;
                n += u32::from(*c == ' ');
                !drop
            });
            add(kept.collect());
        }
    }
    // `OpenImage`, `Object365` for `Open Images`, `Objects365`.
    if shaped {
        for form in all.clone() {
            let stem = form.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
            if stem.len() >= 6 && stem.ends_with('s') && !stem.ends_with("ss") {
                all.push(format!("{}{}", &stem[..stem.len() - 1], &form[stem.len()..]));
            }
        }
    }
    all
}

fn join_digits(s: &str) -> String {
    let chars: Vec<char> = s.chars().collect();
    let mut out = String::with_capacity(s.len());
    for (i, &c) in chars.iter().enumerate() {
        let between = i > 0
            && c == ' '
            && chars
                .get(i + 1)
                .is_some_and(|n| n.is_ascii_digit() != chars[i - 1].is_ascii_digit() && n.is_ascii_alphanumeric());
        if !between {
            out.push(c);
        }
    }
    out
}

/// Separates a number at the end of a word from the letters before it: `gpt4` → `gpt 4`, `yolov5` → `yolo v5`.
fn split_digits(s: &str) -> String {
    let mut out = String::with_capacity(s.len() + 2);
    for word in s.split_inclusive(' ') {
        let body = word.trim_end_matches(' ');
        // `iiit5k` → `iiit 5k`
        let counted =
            body.strip_suffix(['k', 'm', 'b']).filter(|b| b.ends_with(|c: char| c.is_ascii_digit())).unwrap_or(body);
        let stem = counted.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let version = stem.strip_suffix('v').filter(|rest| rest.len() >= 2);
        let stem = version.unwrap_or(stem);
        let digits_behind = stem.len() < counted.len() && counted.as_bytes()[counted.len() - 1].is_ascii_digit();
        if digits_behind && stem.len() >= 2 && stem.bytes().all(|b| b.is_ascii_alphabetic()) {
            out.push_str(stem);
            out.push(' ');
            out.push_str(&body[stem.len()..]);
        } else {
            out.push_str(body);
        }
        out.push_str(&word[body.len()..]);
    }
    out
}

fn split_capitals(surface: &str) -> String {
    let mut out = String::with_capacity(surface.len() + 4);
    let mut before: Option<char> = None;
    for c in surface.chars() {
        if c.is_uppercase() && before.is_some_and(char::is_lowercase) {
            out.push(' ');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

fn case_of(surface: &str, kind: Kind, rule: Option<CaseRule>, weak: bool) -> Case {
    match rule {
        Some(CaseRule::Exact) => return Case::Exact,
        Some(CaseRule::Any) => return Case::Any,
        None => {}
    }
    let has_capital = surface.chars().any(char::is_uppercase);
    if !has_capital {
        return Case::Any;
    }
    let words: Vec<&str> = surface.split([' ', '-']).filter(|w| !w.is_empty()).collect();
    // A word whose capital is only its first letter: `Adam`, `Learning`.
    let plain_word = |w: &&str| !w.chars().skip(1).any(|c| c.is_uppercase() || c.is_ascii_digit());
    let letters = surface.chars().filter(|c| c.is_alphabetic()).count();
    if words.len() >= 2 && words.iter().all(plain_word) {
        // `Latent Diffusion Model` is written in lower case too; `Natural Questions` is another thing then.
        return match kind {
            Kind::Method | Kind::Model | Kind::Task | Kind::Metric if !weak => Case::Any,
            _ => Case::SomeCapital,
        };
    }
    if words.len() == 1 && plain_word(&words[0]) {
        return Case::Capitalised;
    }
    if letters <= 4 || weak { Case::Exact } else { Case::SomeCapital }
}

impl Case {
    fn admits(self, name: &str, surface: &str) -> bool {
        match self {
            Self::Any => true,
            Self::SomeCapital => {
                // One capital at the front is what any sentence has ("Red Dots", "Multiple"): then the words must be
                // put together as in the name (`Imagenet`, not `Image Net`), or carry a digit.
                let inner = surface.chars().skip(1).any(char::is_uppercase);
                let digit = surface.chars().any(|c| c.is_ascii_digit());
                let separated = |s: &str| s.chars().filter(|c| c.is_whitespace() || *c == '-').count();
                let first = surface.chars().next().is_some_and(char::is_uppercase);
                let title_case = surface.split([' ', '-']).all(|w| !w.chars().skip(1).any(char::is_uppercase));
                if inner && !title_case {
                    return true;
                }
                (first || digit && surface.chars().filter(|c| c.is_alphabetic()).count() >= 4)
                    && (digit
                        || separated(surface) == separated(name)
                        || surface.contains('-') && !surface.contains(' '))
            }
            Self::Exact => same_letters(name, surface, true),
            Self::Capitalised => {
                same_letters(name, surface, false)
                    || surface.chars().filter(|c| c.is_alphabetic()).all(|c| c.is_uppercase() || c == 's')
            }
        }
    }
}

/// Whether the letters and digits of the two are the same in the same case; `surface` may have a plural ending, and
/// with `free_first` its first letter may be a capital where the name's is not.
fn same_letters(name: &str, surface: &str, free_first: bool) -> bool {
    let mut a = name.chars().filter(|c| c.is_alphanumeric());
    let mut b = surface.chars().filter(|c| c.is_alphanumeric());
    let mut first = true;
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (None, Some(rest)) => return matches!(rest, 's' | 'e') && b.all(|c| c == 's'),
            (Some(_), None) => return false,
            (Some(x), Some(y)) if x == y => {}
            (Some(x), Some(y)) if first && free_first && x.is_lowercase() && x.to_uppercase().eq([y]) => {}
            // Greek letters and accents are spelled out in one of the two: the folded forms were equal.
            (Some(x), Some(y)) if !x.is_ascii() || !y.is_ascii() => return true,
            _ => return false,
        }
        first = false;
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
