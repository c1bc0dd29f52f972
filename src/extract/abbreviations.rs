//! Abbreviations that a text defines: "Large Multimodal Models (LMMs)", "TDATR (Table Detail-Aware Table Recognition)".
//!
//! The algorithm is that of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
//! biomedical text" (Pacific Symposium on Biocomputing, 2003): the letters of the short form must occur in the long
//! form in order, the first of them at the beginning of a word.

use std::ops::Range;

use memchr::memchr_iter;

use crate::text::Sentences;

/// A short form and its long form, as bytes of the text. Valid for the paper that defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Abbreviation {
    pub short: Range<usize>,
    pub long: Range<usize>,
}

/// All definitions of a text, in order.
pub(super) fn find(text: &str, sentences: &Sentences) -> Vec<Abbreviation> {
    let mut out = Vec::new();
    for open in memchr_iter(b'(', text.as_bytes()) {
        let Some(length) = text[open + 1..].find([')', '(']) else { break };
        let inside = trim(text, open + 1..open + 1 + length);
        if inside.is_empty() || text.as_bytes()[open + 1 + length] != b')' {
            continue;
        }
        let sentence = sentences.around(open);
        let before = trim(text, sentence.start..open);
        // "(MTTR)", "(LMMs, for short)", "(i.e., FID)".
        let first = inside.start + text[inside.clone()].find([',', ';']).unwrap_or(inside.len());
        let short = trim(text, inside.start..first);
        if is_short_form(&text[short.clone()])
            && let Some(long) = long_form(text, before.clone(), &text[short.clone()])
        {
            out.push(Abbreviation { short, long });
            continue;
        }
        // The other way round: the short form before the bracket, the long form in it.
        let start = text[before.clone()]
            .rfind(|c: char| c.is_whitespace() || matches!(c, '(' | ',' | ';'))
            .map_or(before.start, |i| {
                before.start + i + text[before.start + i..].chars().next().map_or(1, char::len_utf8)
            });
        let short = start..before.end;
        let words = text[inside.clone()].split_whitespace().count();
        if words >= 2
            && is_short_form(&text[short.clone()])
            && let Some(long) = long_form(text, inside.clone(), &text[short.clone()])
            && long.start == inside.start
        {
            out.push(Abbreviation { short, long: inside });
        }
    }
    let colons = memchr_iter(b':', text.as_bytes()).filter(|colon| text[colon + 1..].starts_with(' '));
    out.extend(colons.filter_map(|colon| spelled_out(text, colon)));
    out.sort_by_key(|a| a.short.start.min(a.long.start));
    out
}

/// "LLaVA: Large Language and Vision Assistant, a …": the words after the colon begin with the letters of the short form.
/// No bracket ends the long form, so each letter must begin a word.
fn spelled_out(text: &str, colon: usize) -> Option<Abbreviation> {
    const SMALL: [&str; 10] = ["a", "an", "and", "for", "from", "in", "of", "on", "the", "with"];
    let short = text[..colon].rfind(char::is_whitespace).map_or(0, |space| space + 1);
    let short = trim(text, short..colon);
    let letters = text[short.clone()].to_lowercase();
    if !is_short_form(&text[short.clone()]) || letters.chars().count() < 3 {
        return None;
    }
    let mut start = colon + 2;
    start += ["a ", "an ", "the "].iter().find(|article| text[start..].starts_with(**article)).map_or(0, |a| a.len());
    let mut end = start;
    // The first letters of all words, and of those that are not small.
    let (mut all, mut large) = (String::new(), String::new());
    let mut words = text[start..].split(' ').take(letters.len() * 2).peekable();
    while let Some(word) = words.next() {
        let plain = word.trim_end_matches([',', '.', ';', ':', ')', '!', '?']);
        let is_small = SMALL.contains(&plain);
        if !is_small && !plain.starts_with(char::is_uppercase) {
            return None;
        }
        let firsts = plain.split('-').filter_map(|part| part.chars().next()).flat_map(char::to_lowercase);
        firsts.for_each(|first| {
            all.push(first);
            if !is_small {
                large.push(first);
            }
        });
        end += plain.len();
        let goes_on =
            plain.len() == word.len() && words.peek().is_some_and(|next| next.starts_with(char::is_uppercase));
        if !is_small && !goes_on && (all == letters || large == letters) {
            return Some(Abbreviation { short, long: start..end });
        }
        if plain.len() < word.len() {
            return None;
        }
        end += 1;
    }
    None
}

fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let s = &text[range.clone()];
    let left = s.len() - s.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '`' | '“' | '\'')).len();
    let right = s.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '”' | '\'' | ',')).len();
    if left >= right { range.start..range.start } else { range.start + left..range.start + right }
}

/// 2 to 12 characters in at most two words, beginning with a letter or digit, with a capital and not one capitalised
/// word alone.
fn is_short_form(s: &str) -> bool {
    let chars = s.chars().count();
    let capitals = s.chars().filter(|c| c.is_uppercase()).count();
    let digits = s.chars().filter(char::is_ascii_digit).count();
    (2..=14).contains(&chars)
        && s.split_whitespace().count() <= 2
        && s.chars().next().is_some_and(char::is_alphanumeric)
        && (capitals >= 2 || (capitals == 1 && (digits > 0 || s.chars().next().is_some_and(char::is_lowercase))))
        && s.chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | ' ' | '+' | '&' | '$' | '^' | '_' | '\''))
}

/// The shortest end of `within` whose words give the letters of `short`.
fn long_form(text: &str, within: Range<usize>, short: &str) -> Option<Range<usize>> {
    long_form_of_letters(text, within.clone(), short).or_else(|| {
        // "V3 (Viewing Volumetric Videos)", "S2T": a digit says how often the letter before it is repeated.
        let mut spelled = String::new();
        for c in short.chars() {
            match (c.to_digit(10), spelled.chars().next_back()) {
                (Some(times @ 2..=4), Some(letter)) if letter.is_alphabetic() => {
                    spelled.extend(std::iter::repeat_n(letter, times as usize - 1));
                }
                _ => spelled.push(c),
            }
        }
        (spelled != short).then(|| long_form_of_letters(text, within, &spelled)).flatten()
    })
}

fn long_form_of_letters(text: &str, within: Range<usize>, short: &str) -> Option<Range<usize>> {
    let lower_plural = short.ends_with('s') && short.chars().rev().nth(1).is_some_and(char::is_uppercase);
    let short = if lower_plural { &short[..short.len() - 1] } else { short };
    let wanted: Vec<char> = short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let most_words = (wanted.len() + 5).min(wanted.len() * 2);
    // Only the last words can be meant.
    let mut from = within.end;
    for (words, (i, word)) in text[within.clone()].rsplit_whitespace_indices().enumerate() {
        if words >= most_words || word.ends_with(['.', ';', ':']) && words > 0 {
            break;
        }
        from = within.start + i;
    }
    let candidate = &text[from..within.end];
    let chars: Vec<(usize, char)> = candidate.char_indices().collect();
    let mut i = chars.len();
    for (position, &letter) in wanted.iter().enumerate().rev() {
        loop {
            if i == 0 {
                return None;
            }
            i -= 1;
            let same = chars[i].1.to_lowercase().eq([letter]);
            let begins_word = i == 0 || !chars[i - 1].1.is_alphanumeric();
            if same && (position > 0 || begins_word) {
                break;
            }
        }
    }
    let start = from + chars[i].0;
    let long = start..within.end;
    let words = text[long.clone()].split([' ', '-']).filter(|w| !w.is_empty()).count();
    // A single word that contains the letters is a coincidence, unless it is short for itself in capitals.
    (words >= 2 && text[long.clone()].len() > short.len() + 1 && !text[long.clone()].contains(['(', ')']))
        .then_some(long)
}

trait SplitFromEnd {
    fn rsplit_whitespace_indices(&self) -> impl Iterator<Item = (usize, &str)>;
}

impl SplitFromEnd for str {
    /// The words of a text from the last to the first, each with the byte at which it begins.
    fn rsplit_whitespace_indices(&self) -> impl Iterator<Item = (usize, &str)> {
        self.rsplit(char::is_whitespace)
            .filter(|w| !w.is_empty())
            .map(|w| (w.as_ptr() as usize - self.as_ptr() as usize, w))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(&str, &str)> {
        find(text, &Sentences::new(text)).into_iter().map(|a| (&text[a.short], &text[a.long])).collect()
    }

    #[test]
    fn definitions_are_read_in_both_orders() {
        assert_eq!(
            pairs("termed Multimodal Tracking Transformer (MTTR), models"),
            [("MTTR", "Multimodal Tracking Transformer")]
        );
        assert_eq!(pairs("Latent diffusion models (LDMs) enable"), [("LDMs", "Latent diffusion models")]);
        assert_eq!(
            pairs("propose TDATR (Table Detail-Aware Table Recognition) improves"),
            [("TDATR", "Table Detail-Aware Table Recognition")]
        );
        assert_eq!(pairs("achieving an FID (Frechet Inception Distance) of"), [("FID", "Frechet Inception Distance")]);
        assert_eq!(pairs("introduce V3(Viewing Volumetric Videos), a"), [("V3", "Viewing Volumetric Videos")]);
        assert_eq!(pairs("the word error rate (WER) of"), [("WER", "word error rate")]);
    }

    #[test]
    fn words_after_a_colon_define_a_name_if_each_letter_begins_one() {
        assert_eq!(
            pairs("we introduce LLaVA: Large Language and Vision Assistant, an end-to-end"),
            [("LLaVA", "Large Language and Vision Assistant")]
        );
        assert_eq!(pairs("BBAI: Black-Box Agent Integration. We"), [("BBAI", "Black-Box Agent Integration")]);
        for none in [
            "on COCO: Faster Detection, on",
            "MARS: Multi-Agent, Response Selection",
            "DLC: Deep Learning Curve Prediction",
        ] {
            assert_eq!(pairs(none), [], "{none}");
        }
    }

    #[test]
    fn other_brackets_define_nothing() {
        assert_eq!(pairs("datasets (i.e., ActivityNet, FCVID) and models (see Figure 2) or (2024)"), []);
        assert_eq!(pairs("a model (BERT) is used"), []);
    }

    proptest::proptest! {
        #[test]
        fn ranges_are_on_character_boundaries(text in r"[A-Za-zéα(), :.\-]{0,80}") {
            for a in find(&text, &Sentences::new(&text)) {
                let _ = (&text[a.short], &text[a.long]);
            }
        }
    }
}
