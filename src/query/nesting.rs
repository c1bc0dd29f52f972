//! Limits that are checked before parsing.
//!
//! The parser and everything after it recurse once for each bracket and each link of a chain (`a || b || c`, `{} UNION
//! {} UNION {}`), so the text alone shows how much stack a query needs. The limits are far above what people and
//! programs write, and far below what [`super::STACK`] can hold.

use super::QueryError;

/// Maximum depth of nested brackets.
const MOST_DEPTH: usize = 100;
/// Maximum number of operators and keywords that each put the parsed query one level deeper.
const MOST_LINKS: usize = 4_000;
/// Maximum length of the text in bytes.
const MOST_BYTES: usize = 4 << 20;

/// Checks that the size and depth of a query or update can be parsed.
///
/// # Errors
/// [`QueryError::TooDeep`] and [`QueryError::TooLong`].
pub(super) fn check(text: &str) -> Result<(), QueryError> {
    if text.len() > MOST_BYTES {
        return Err(QueryError::TooLong { bytes: text.len(), most: MOST_BYTES });
    }
    let (mut depth, mut links) = (0_usize, 0_usize);
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match first {
            b'(' | b'{' | b'[' => depth += 1,
            b')' | b'}' | b']' => depth = depth.saturating_sub(1),
            b'#' => rest = after(rest, |b| matches!(b, b'\n' | b'\r')),
            b'"' | b'\'' => rest = after_string(rest, *first),
            b'<' => match after_iri(rest) {
                Some(behind) => rest = behind,
                None => links += 1,
            },
            b'!' | b'=' | b'>' | b'|' | b'&' | b'+' | b'-' | b'*' | b'/' | b'^' => links += 1,
            b if is_word(*b) => {
                let length = word_length(rest);
                let (word, behind) = rest.split_at(length);
                links += usize::from(is_link(*b, word));
                rest = behind;
            }
            _ => {}
        }
        if depth > MOST_DEPTH || links > MOST_LINKS {
            return Err(QueryError::TooDeep);
        }
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'?' | b'$') || byte >= 0x80
}

/// Length of a word. A hyphen is part of a prefixed name, and an operator elsewhere.
fn word_length(rest: &[u8]) -> usize {
    let mut prefixed = false;
    let length = rest.iter().take_while(|&&b| {
        prefixed |= b == b':';
        is_word(b) || matches!(b, b'.' | b'%') || prefixed && b == b'-'
    });
    length.count()
}

fn is_link(first: u8, rest: &[u8]) -> bool {
    const WORDS: [&str; 7] = ["union", "optional", "minus", "filter", "bind", "graph", "lateral"];
    WORDS.iter().any(|word| {
        word.as_bytes().split_first().is_some_and(|(head, tail)| {
            head.eq_ignore_ascii_case(&first) && rest.get(..tail.len()).is_some_and(|r| r.eq_ignore_ascii_case(tail))
        })
    })
}

/// The rest after the first byte for which `ends` holds.
fn after(rest: &[u8], ends: impl Fn(u8) -> bool) -> &[u8] {
    rest.iter().position(|&b| ends(b)).and_then(|at| rest.get(at + 1..)).unwrap_or_default()
}

fn after_string(mut rest: &[u8], quote: u8) -> &[u8] {
    let long = rest.starts_with(&[quote, quote]);
    if long {
        rest = rest.get(2..).unwrap_or_default();
    }
    while let [first, tail @ ..] = rest {
        rest = match first {
            b'\\' => tail.get(1..).unwrap_or_default(),
            b if *b == quote && !long => return tail,
            b if *b == quote && tail.starts_with(&[quote, quote]) => return tail.get(2..).unwrap_or_default(),
            // A short string ends at the end of its line at the latest. What follows is a syntax error, and is
            // counted.
            b'\n' if !long => return tail,
            _ => tail,
        };
    }
    rest
}

/// The rest after the `>` of an IRI; `None` if the `<` is the operator.
fn after_iri(rest: &[u8]) -> Option<&[u8]> {
    let end = rest.iter().position(|b| b" \t\r\n<>\"{}|^`".contains(b))?;
    (rest.get(end) == Some(&b'>')).then(|| rest.get(end + 1..))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_brackets_and_long_chains_are_refused() {
        for (open, close) in [("{", "}"), ("(", ")"), ("[", "]")] {
            assert!(check(&format!("{}{}", open.repeat(90), close.repeat(90))).is_ok());
            assert!(matches!(check(&open.repeat(200)), Err(QueryError::TooDeep)), "{open}");
        }
        for link in ["!", " UNION {}", " union {}", "1+", "-", "a||", "^", "x/", "<", " OPTIONAL {}", "BIND(1 AS ?x)"] {
            assert!(check(&link.repeat(100)).is_ok(), "{link}");
            assert!(matches!(check(&link.repeat(5_000)), Err(QueryError::TooDeep)), "{link}");
        }
        assert!(matches!(check(&" ".repeat(MOST_BYTES + 1)), Err(QueryError::TooLong { .. })));
    }

    #[test]
    fn the_content_of_strings_iris_and_comments_counts_for_nothing() {
        let brackets = "(".repeat(200);
        for quiet in [
            format!("\"{brackets}\""),
            format!("'{brackets}'"),
            format!("'''\n'{brackets}\n'''"),
            format!("\"\\\"{brackets}\""),
            format!("# {brackets}\nASK {{}}"),
            format!("<http://x/{}>", "-".repeat(5_000)),
            format!("kg:{}", "a-b".repeat(5_000)),
            format!("VALUES ?x {{ {} }}", "<urn:a-b> kg:a \"x\" ".repeat(10_000)),
        ] {
            assert!(check(&quiet).is_ok(), "{}", &quiet[..30]);
        }
        assert!(check(&format!("\"a\" {brackets}")).is_err());
        assert!(check(&format!("\"a\n{brackets}")).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_checked(text in "[-<>\"'#(){}a: \\\\\n]{0,40}") {
            let _ = check(&text);
        }
    }
}
