//! The names to search for: their folded spellings, and the capitalisations in which they count.
//!
//! `build.rs` compiles this file too, so that the spellings of the shipped vocabulary are made when the program is
//! built and not each time it starts.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::text::fold_name;
use crate::vocabulary::{CaseRule, Entity, Kind};

/// One name of an entity.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EntityName {
    /// Index into the entities of the vocabulary.
    pub entity: u32,
    pub surface: Box<str>,
    pub kind: Kind,
    /// Whether the name needs evidence.
    pub weak: bool,
    pub(super) case: CaseMatching,
}

impl EntityName {
    /// A name that needs no evidence.
    pub(super) fn strong(entity: u32, surface: &str, kind: Kind) -> Self {
        Self { entity, surface: surface.into(), kind, weak: false, case: case_of(surface, kind, None, false) }
    }

    /// A name that counts in any capitalisation.
    pub(super) fn in_any_case(entity: u32, surface: &str) -> Self {
        Self { entity, surface: surface.into(), kind: Kind::Method, weak: false, case: CaseMatching::Any }
    }
}

/// Which capitalisations of a name count. The shape of the name decides, unless the vocabulary says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum CaseMatching {
    Any,
    /// As written, except for the first letter if a sentence or title capitalises it.
    Exact,
    /// At least one capital or digit: `Imagenet` and `IMAGENET` for `ImageNet`, but not `imagenet`.
    SomeCapital,
    /// As written, or all in capitals: `Pigeon`, `PIGEON`.
    Capitalised,
}

/// The names that each pattern can mean.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct PatternNames {
    names: Vec<EntityName>,
    /// For each pattern, the end of its range in `names`. The range begins where the previous one ends.
    ends: Vec<u32>,
}

impl PatternNames {
    /// The names of these entities and the patterns to search for, in order.
    pub(crate) fn spell<'e>(entities: impl Iterator<Item = (u32, &'e Entity)>) -> (Self, Vec<String>) {
        let mut by_pattern: HashMap<String, Vec<EntityName>> = HashMap::new();
        for (index, entity) in entities {
            for surface in entity.names() {
                let weak = entity.weak.iter().any(|w| w == surface);
                let name = EntityName {
                    entity: index,
                    surface: surface.into(),
                    kind: entity.kind(),
                    weak,
                    case: case_of(surface, entity.kind(), entity.case, weak),
                };
                for pattern in spellings(surface) {
                    let names = by_pattern.entry(pattern).or_default();
                    // `NeMo` and `NEMO` fold to the same pattern but differ in capitalisation.
                    if !names
                        .iter()
                        .any(|n| n.entity == name.entity && (n.surface == name.surface || n.case == CaseMatching::Any))
                    {
                        names.push(name.clone());
                    }
                }
            }
        }
        let mut sorted: Vec<(String, Vec<EntityName>)> = by_pattern.into_iter().collect();
        sorted.sort_by(|a, b| a.0.cmp(&b.0));
        let mut all = Self::default();
        let mut patterns = Vec::with_capacity(sorted.len());
        for (pattern, names) in sorted {
            all.names.extend(names);
            all.ends.push(all.names.len() as u32);
            patterns.push(pattern);
        }
        (all, patterns)
    }

    pub(crate) fn name(&self, index: u32) -> &EntityName {
        &self.names[index as usize]
    }

    /// The indexes of the names for the pattern with number `pattern`.
    pub(crate) fn of_pattern(&self, pattern: u32) -> Range<u32> {
        let pattern = pattern as usize;
        let start = if pattern == 0 { 0 } else { self.ends[pattern - 1] };
        start..self.ends[pattern]
    }

    /// The number of patterns.
    pub(crate) fn patterns(&self) -> u32 {
        self.ends.len() as u32
    }

    /// Drops the names of these entities. The patterns keep their numbers.
    pub(crate) fn forget(&mut self, entities: &HashSet<u32>) {
        let mut kept = Vec::with_capacity(self.names.len());
        let mut start = 0;
        for end in &mut self.ends {
            kept.extend(
                self.names[start as usize..*end as usize].iter().filter(|n| !entities.contains(&n.entity)).cloned(),
            );
            start = std::mem::replace(end, kept.len() as u32);
        }
        self.names = kept;
    }

    /// Appends the patterns of `other`, numbered from [`PatternNames::patterns`].
    pub(crate) fn append(&mut self, other: Self) {
        let before = self.names.len() as u32;
        self.names.extend(other.names);
        self.ends.extend(other.ends.iter().map(|end| before + end));
    }
}

/// The folded spellings of a name. Its separators are kept, dropped, dropped or added between letters and digits
/// (`gpt 4`, `gpt4`), and added where capitals join words (`ImageNet` → `image net`).
pub(super) fn spellings(surface: &str) -> Vec<String> {
    let plain = fold_name(surface);
    let mut all = vec![plain.clone()];
    let mut add = |s: String| {
        if s.len() >= 2 && !all.contains(&s) {
            all.push(s);
        }
    };
    let joined: String = plain.chars().filter(|c| *c != ' ').collect();
    let joined_length = joined.len();
    // Two short words joined can form ordinary text ("go al"); long names do not.
    if joined.len() >= 4 {
        add(joined);
    }
    add(join_digits(&plain));
    add(split_digits(&plain));
    add(split_digits(&join_digits(&plain)));
    add(fold_name(&split_capitals(surface)));
    // A converter of PDF sets digits apart: `ADE 2 0 K`, `S 2 D 3 D`. Not so `300 W`, `A 2`.
    let goes_on = plain.bytes().zip(plain.bytes().skip(1)).any(|(a, b)| a.is_ascii_digit() && b.is_ascii_alphabetic());
    if goes_on && joined_length >= 4 && plain.starts_with(|c: char| c.is_ascii_alphabetic()) {
        add(split_all_digits(&plain));
    }
    // `NASBench-201` for `NAS-Bench-201`: any separator can be missing in a name with capitals or digits.
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
    // `OpenImage`, `Object365` for `Open Images`, `Objects365`; not `ImageNet` for `ImageNet-S`.
    let stem = plain.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let last = stem.rsplit(' ').next().unwrap_or_default();
    if shaped && last.len() >= 5 && last.ends_with('s') && !last.ends_with("ss") {
        let singular = format!("{}{}", &stem[..stem.len() - 1], &plain[stem.len()..]);
        all.push(singular.replace(' ', ""));
        all.push(singular);
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

/// Separates numbers from letters on both sides: `ade20k` → `ade 20 k`.
fn split_all_digits(s: &str) -> String {
    let mut out = String::with_capacity(s.len() + 4);
    let mut before: Option<char> = None;
    for c in s.chars() {
        let is_edge = |last: char| {
            last.is_ascii_digit() && c.is_ascii_alphabetic() || last.is_ascii_alphabetic() && c.is_ascii_digit()
        };
        if before.is_some_and(is_edge) {
            out.push(' ');
        }
        out.push(c);
        before = Some(c);
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

fn case_of(surface: &str, kind: Kind, rule: Option<CaseRule>, weak: bool) -> CaseMatching {
    match rule {
        Some(CaseRule::Exact) => return CaseMatching::Exact,
        Some(CaseRule::Any) => return CaseMatching::Any,
        None => {}
    }
    let has_capital = surface.chars().any(char::is_uppercase);
    if !has_capital {
        return CaseMatching::Any;
    }
    let words: Vec<&str> = surface.split([' ', '-']).filter(|w| !w.is_empty()).collect();
    // A word with no capital or digit after the first letter: `Adam`, `Learning`.
    let plain_word = |w: &&str| !w.chars().skip(1).any(|c| c.is_uppercase() || c.is_ascii_digit());
    let letters = surface.chars().filter(|c| c.is_alphabetic()).count();
    if words.len() >= 2 && words.iter().all(plain_word) {
        // `Latent Diffusion Model` is also written in lower case; `Natural Questions` in lower case means something
        // else.
        return match kind {
            Kind::Method | Kind::Model | Kind::Task | Kind::Metric if !weak => CaseMatching::Any,
            _ => CaseMatching::SomeCapital,
        };
    }
    if words.len() == 1 && plain_word(&words[0]) {
        return CaseMatching::Capitalised;
    }
    if letters <= 4 || weak { CaseMatching::Exact } else { CaseMatching::SomeCapital }
}

impl CaseMatching {
    pub(super) fn admits(self, name: &str, surface: &str) -> bool {
        match self {
            Self::Any => true,
            Self::SomeCapital => {
                // Any sentence can have one capital at the front ("Red Dots", "Multiple"). Then the words must be
                // joined as in the name (`Imagenet`, not `Image Net`), or contain a digit.
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

/// Whether the two have the same letters and digits in the same case. `surface` can have a plural ending. With
/// `free_first`, its first letter can be a capital where the name's is not.
fn same_letters(name: &str, surface: &str, free_first: bool) -> bool {
    // Most spellings found are ordinary words in lower case, and differ at the first letter.
    if let ([a, ..], [b, ..]) = (name.as_bytes(), surface.as_bytes())
        && a.is_ascii_alphanumeric()
        && b.is_ascii_alphanumeric()
        && a != b
        && !(free_first && a.is_ascii_lowercase())
    {
        return false;
    }
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
            // One of the two spells out a Greek letter or an accent. The folded forms were equal, so this matches.
            (Some(x), Some(y)) if !x.is_ascii() || !y.is_ascii() => return true,
            _ => return false,
        }
        first = false;
    }
}
