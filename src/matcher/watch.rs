use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};

use super::is_word;
use super::names::spellings;
use crate::paper::Paper;
use crate::text::Folded;
use crate::vocabulary::squeeze;

/// Finds the papers that names with a changed meaning may affect.
///
/// It can report a paper that is not affected, but never misses one. It ignores the rules for names (capitals,
/// evidence, the spaces between parts): a name counts if its letters and digits occur as words.
pub(crate) struct NameWatch {
    automaton: AhoCorasick,
}

impl NameWatch {
    /// A watch for these names.
    ///
    /// # Errors
    /// If the automaton does not fit into memory.
    pub(crate) fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, BuildError> {
        let mut patterns: Vec<String> = Vec::new();
        for name in names {
            patterns.extend(spellings(name).iter().map(|spelling| spelling.replace(' ', "")));
            let squeezed = squeeze(name);
            // "CIFAR-10 and -100" names the second dataset only by its number.
            let stem = squeezed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let stem = if squeezed.len() - stem.len() <= 1 { stem } else { &squeezed };
            let stem = stem.trim_end_matches(|c: char| c.is_ascii_digit());
            patterns.push(stem.to_string());
            patterns.push(squeezed);
        }
        patterns.retain(|pattern| !pattern.is_empty());
        patterns.sort_unstable();
        patterns.dedup();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&patterns)?;
        Ok(Self { automaton })
    }

    /// Whether one of the names can occur in the parts of the paper that are read.
    pub(crate) fn concerns(&self, paper: &Paper) -> bool {
        let sections = paper.sections.iter().flat_map(|section| [&section.title, &section.text]);
        let parts = paper.document.iter().flat_map(|parts| parts.texts());
        let declared = &paper.declared;
        let results = declared.results.iter().flat_map(|result| {
            [Some(&result.metric), result.task.as_ref(), result.dataset.as_ref()].into_iter().flatten()
        });
        let datasets = declared.datasets.iter().map(|dataset| &dataset.name);
        let names = datasets.chain(&declared.tasks).chain(&declared.methods).chain(results);
        let mut texts = [&paper.title, &paper.abstract_text].into_iter().chain(sections).chain(names);
        texts.any(|text| self.occurs_in(text)) || parts.into_iter().any(|text| self.occurs_in(text))
    }

    fn occurs_in(&self, text: &str) -> bool {
        let folded = Folded::new(text);
        let bytes = folded.bytes();
        let (squeezed, places): (Vec<u8>, Vec<u32>) =
            bytes.iter().zip(0..).filter(|(byte, _)| **byte != b' ').map(|(byte, at)| (*byte, at)).unzip();
        self.automaton.find_overlapping_iter(&squeezed).any(|found| {
            let (Some(&start), Some(&last)) = (places.get(found.start()), places.get(found.end() - 1)) else {
                return false;
            };
            begins(bytes, start as usize) && ends(bytes, last as usize + 1)
        })
    }
}

/// At the beginning of a word, or after a count (`2xA800`).
fn begins(bytes: &[u8], at: usize) -> bool {
    match bytes[..at] {
        [.., digit, b'x'] if digit.is_ascii_digit() => true,
        [.., before] => !is_word(before),
        [] => true,
    }
}

/// At the end of a word, except for a plural ending or a number.
fn ends(bytes: &[u8], at: usize) -> bool {
    let rest = &bytes[at..];
    let tail = &rest[..rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len())];
    matches!(tail, b"" | b"s" | b"es") || tail.len() <= 6 && tail[0].is_ascii_digit()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::Matcher;
    use crate::vocabulary::{Entity, EntityId, Kind};

    fn concerns(name: &str, text: &str) -> bool {
        NameWatch::new([name]).unwrap().concerns(&Paper::titled(text))
    }

    #[test]
    fn a_paper_is_concerned_by_a_name_in_any_spelling() {
        for (name, text) in [
            ("MS COCO", "on MS-COCO."),
            ("MS COCO", "on mscoco"),
            ("Im Age Net", "on ImageNet"),
            ("CIFAR-100", "on CIFAR-10 and -100"),
            ("CIFAR-100", "on CIFAR-10/100"),
            ("NVIDIA A800", "on 2xNVIDIA A800s"),
            ("ResNet", "a ResNet50"),
            ("Open Images", "on OpenImage"),
            ("PixArt-α", "PIXART-\\alpha"),
        ] {
            assert!(concerns(name, text), "{name} in {text}");
        }
        for (name, text) in [("SAM", "the same sample"), ("LoRA", "exploration"), ("COCO", "coconut")] {
            assert!(!concerns(name, text), "{name} in {text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_matcher_finds_is_watched(
            name in r"[A-Za-z]{1,3}([ -]?[A-Z0-9a-zα.+]{1,3}){0,3}",
            before in r"[a-z0-9 (x-]{0,3}",
            after in r"[a-z0-9 .s+-]{0,3}",
            shape in 0..4,
        ) {
            let written = match shape {
                0 => name.clone(),
                1 => name.replace(['-', ' '], ""),
                2 => name.replace(' ', "-"),
                _ => name.to_uppercase(),
            };
            let text = format!("{before}{written}{after}");
            for kind in [Kind::Hardware, Kind::Model] {
                let entity = Entity::of_name(EntityId::new(kind, "x").unwrap(), name.clone());
                let mut found = Vec::new();
                Matcher::new(&[entity]).unwrap().find(&text, &Folded::new(&text), &mut found);
                proptest::prop_assert!(found.is_empty() || concerns(&name, &text), "{} in {}", name, text);
            }
        }
    }
}
