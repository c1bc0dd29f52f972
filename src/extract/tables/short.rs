//! Whether a heading is a short form of a dataset's name: `SE15` of `SemEval 2015`, `DBP.` of `DBpedia`.

/// A heading with fewer letters and digits can be the short form of anything.
const LEAST_CHARS: usize = 2;

/// Whether `short` consists of beginnings of the words in `long`, in their order, starting with its first word. The
/// last two digits of a year are enough.
pub(super) fn is_short_form(short: &str, long: &str) -> bool {
    let short: Vec<char> = short.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let words = words(long);
    let Some(first) = words.first() else { return false };
    let whole: usize = words.iter().map(Vec::len).sum();
    // `MUSE` is a name of its own and not the beginning of `MuseData`.
    if is_compound(long) && short == *first {
        return false;
    }
    let starts = short.len() >= LEAST_CHARS && short.len() < whole && short[0].is_alphabetic();
    starts && (1..=common(&short, first)).any(|taken| is_made_of(&short[taken..], &words[1..]))
}

/// Whether a name is one word made of several.
fn is_compound(name: &str) -> bool {
    name.chars().all(char::is_alphabetic)
}

/// The words of a name in lower case; inside a word, a capital letter or a number begins a new one.
fn words(name: &str) -> Vec<Vec<char>> {
    let mut words: Vec<Vec<char>> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        let begins = !before.is_alphanumeric()
            || c.is_uppercase() && before.is_lowercase()
            || c.is_ascii_digit() != before.is_ascii_digit();
        if c.is_alphanumeric() {
            if begins {
                words.push(Vec::new());
            }
            words.last_mut().expect("the first letter begins a word").extend(c.to_lowercase());
        }
        before = c;
    }
    words
}

fn is_made_of(short: &[char], words: &[Vec<char>]) -> bool {
    if short.is_empty() {
        return true;
    }
    let Some((word, rest)) = words.split_first() else { return false };
    let is_year = word.len() == 4 && word.iter().all(char::is_ascii_digit);
    let by_year = is_year && short.starts_with(&word[2..]) && is_made_of(&short[2..], rest);
    by_year || (1..=common(short, word)).any(|taken| is_made_of(&short[taken..], rest)) || is_made_of(short, rest)
}

/// Number of letters that both begin with.
fn common(a: &[char], b: &[char]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_words_make_a_short_form() {
        for (short, long) in [
            ("SE15", "SemEval 2015"),
            ("DBP.", "DBpedia"),
            ("AG", "AG News"),
            ("Yelp P.", "Yelp Polarity"),
            ("C03", "CoNLL 2003"),
        ] {
            assert!(is_short_form(short, long), "{short} of {long}");
        }
        for (short, long) in [
            ("SE15", "SemEval 2013"),
            ("News", "AG News"),
            ("S", "SQuAD"),
            ("SQuAD", "SQuAD"),
            ("MUSE", "MuseData"),
            ("Test", "TREC"),
            ("", ""),
        ] {
            assert!(!is_short_form(short, long), "{short} of {long}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(short in ".{0,12}", long in ".{0,24}") {
            let _ = is_short_form(&short, &long);
        }
    }
}
