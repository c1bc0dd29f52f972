//! Small capitals in the form of PDF converters: the large first letter, a space, and the rest in capitals (`S PARSE W
//! IDGETS FOR L ARGE -S CALE P ARSING`).

/// Words that titles write in lower case.
pub(super) fn is_function_word(word: &str) -> bool {
    const WORDS: [&str; 32] = [
        "a", "an", "and", "are", "as", "at", "be", "beyond", "by", "can", "for", "from", "in", "into", "is", "it",
        "its", "of", "on", "or", "over", "that", "the", "through", "to", "towards", "under", "using", "via", "with",
        "without", "your",
    ];
    WORDS.contains(&word)
}

/// The line with its words joined, or `None` if it has no small capitals.
pub(super) fn whole(line: &str) -> Option<String> {
    if line.contains(char::is_lowercase) {
        return None;
    }
    let tokens: Vec<&str> = line.split_whitespace().collect();
    let is_rest = |token: &str| {
        let letters = token.trim_end_matches(|c: char| !c.is_alphabetic());
        !letters.is_empty() && letters.chars().all(|c| c.is_uppercase() || "-'’/".contains(c))
    };
    let mut out = String::new();
    let (mut found, mut others) = (0_usize, 0_usize);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        let before = token.trim_end_matches(char::is_uppercase);
        let letters = &token[before.len()..];
        let is_initial = letters.chars().count() == 1 && before.chars().all(|c| !c.is_alphanumeric());
        let next = tokens.get(at).copied().unwrap_or_default();
        let joins = is_initial
            && is_rest(next)
            && (next.chars().filter(|c| c.is_alphabetic()).count() > 1 || short(letters, next));
        let glued = !out.is_empty() && (before.starts_with(['-', '–', '/']) || before.starts_with('’'));
        if !out.is_empty() && !glued {
            out.push(' ');
        }
        if joins {
            found += 1;
            at += 1;
            out.push_str(token);
            out.push_str(&next.to_lowercase());
        } else if is_function_word(&token.to_lowercase()) {
            out.push_str(&token.to_lowercase());
        } else {
            others += usize::from(token.chars().filter(|c| c.is_alphabetic()).count() > 1);
            out.push_str(token);
        }
    }
    // A single letter among words in capitals is an article.
    (found > others).then_some(out)
}

/// Whether two letters are a word: `A N`.
fn short(first: &str, second: &str) -> bool {
    let word = format!("{first}{second}").to_lowercase();
    word.len() == 2 && is_function_word(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_again() {
        for (line, wanted) in [
            ("A BSTRACT", Some("Abstract")),
            ("I NTRODUCTION", Some("Introduction")),
            ("F AST C ATS FOR", Some("Fast Cats for")),
            ("L ARGE -S CALE D OGS", Some("Large-Scale Dogs")),
            ("A N I MAGE OF C ATS BY CNN", Some("An Image of Cats by CNN")),
            ("CATS BEYOND A FIXED LENGTH", None),
            ("ABSTRACT", None),
            ("A BSTRACT of it", None),
            ("", None),
        ] {
            assert_eq!(whole(line).as_deref(), wanted, "{line}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_read(line in "([A-Z]| |-|É|[0-9]|[A-Z]{2,5}){0,40}") {
            let _ = whole(&line);
        }
    }
}
