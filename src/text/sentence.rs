use std::ops::Range;

use super::in_lower_case;

/// Letters and digits of any script.
pub(crate) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric()
}

/// The sentences of a text, as byte ranges that together cover it.
///
/// A sentence ends at `.`, `!` or `?` (with closing brackets or quotes) before white space and something that can
/// begin a sentence, unless the dot belongs to an abbreviation ("e.g.", "et al.", an initial) or a number. Text
/// copied from papers can lose the space after a full stop ("knowledge.However"), so a dot between a lower-case and
/// a capitalised word also ends a sentence.
#[derive(Debug, Clone)]
pub(crate) struct Sentences {
    ends: Vec<usize>,
}

impl Sentences {
    pub(crate) fn new(text: &str) -> Self {
        let mut ends = Vec::new();
        let bytes = text.as_bytes();
        let mut start = 0;
        let mut i = 0;
        while let Some(gap) = bytes[i..].iter().position(|byte| matches!(byte, b'.' | b'!' | b'?')) {
            i += gap;
            let mut end = i + 1;
            while end < bytes.len() && matches!(bytes[end], b')' | b']' | b'"' | b'\'' | b'.' | b'!' | b'?') {
                end += 1;
            }
            if end < bytes.len() && is_sentence_end(text, start, i, end) {
                let rest = &text[end..];
                end += rest.len() - rest.trim_start().len();
                ends.push(end);
                start = end;
            }
            i = end;
        }
        if ends.last() != Some(&text.len()) {
            ends.push(text.len());
        }
        Self { ends }
    }

    /// The sentence that contains byte `at`.
    pub(crate) fn around(&self, at: usize) -> Range<usize> {
        let i = self.index(at);
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        start..self.ends[i]
    }

    /// The index of the sentence that contains byte `at`.
    pub(crate) fn index(&self, at: usize) -> usize {
        self.ends.partition_point(|&e| e <= at).min(self.ends.len() - 1)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let range = start..end;
            start = end;
            range
        })
    }
}

/// `dot` is the position of the terminator; `end` is the byte after it and its closing brackets or quotes.
fn is_sentence_end(text: &str, start: usize, dot: usize, end: usize) -> bool {
    let Some(next) = text[end..].chars().next() else { return true };
    let before = &text[start..dot];
    let last_word = before.rsplit(|c: char| c.is_whitespace() || c == '(' || c == ',').next().unwrap_or_default();
    if !next.is_whitespace() {
        // "knowledge.However", but not "U.S", "v1.5", "github.com/Foo" or "e.g.Foo".
        let mut following = text[end..].chars();
        return text.as_bytes()[dot] == b'.'
            && end == dot + 1
            && following.next().is_some_and(char::is_uppercase)
            && following.next().is_some_and(char::is_lowercase)
            && last_word.len() > 2
            && last_word.chars().all(char::is_lowercase);
    }
    if text.as_bytes()[dot] == b'.' && is_abbreviation(last_word) {
        return false;
    }
    text[end..].trim_start().chars().next().is_none_or(|c| !c.is_lowercase())
}

fn is_abbreviation(word: &str) -> bool {
    const KNOWN: [&str; 20] = [
        "e.g", "i.e", "al", "etc", "cf", "vs", "resp", "fig", "figs", "eq", "sec", "tab", "no", "dr", "mr", "ms",
        "prof", "approx", "w.r.t", "a.k.a",
    ];
    in_lower_case(word, |lower| KNOWN.contains(&lower) && !(lower == "etc" || lower == "no"))
        || (word.len() == 1 && word.chars().all(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Vec<&str> {
        Sentences::new(text).iter().map(|r| text[r].trim()).collect()
    }

    #[test]
    fn full_stops_end_sentences_and_abbreviations_do_not() {
        assert_eq!(split("We use COCO, e.g. for boxes. It works."), ["We use COCO, e.g. for boxes.", "It works."]);
        assert_eq!(
            split("Vinyals et al. Tested it. Then v1.5 came."),
            ["Vinyals et al. Tested it.", "Then v1.5 came."]
        );
    }

    #[test]
    fn a_lost_space_after_a_full_stop_is_understood() {
        assert_eq!(split("external knowledge.However, it"), ["external knowledge.", "However, it"]);
        assert_eq!(split("see github.com/Foo/Bar now"), ["see github.com/Foo/Bar now"]);
    }

    proptest! {
        #[test]
        fn sentences_cover_the_text_on_character_boundaries(text in ".*") {
            let sentences = Sentences::new(&text);
            let mut at = 0;
            for range in sentences.iter() {
                prop_assert_eq!(range.start, at);
                prop_assert!(text.is_char_boundary(range.end));
                at = range.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
