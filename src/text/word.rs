use super::wrap;

/// Gives a word in lower case to `read`. Rules compare most words of a text with lists, so a short word of ASCII is not
/// allocated.
pub(crate) fn in_lower_case<R>(word: &str, read: impl FnOnce(&str) -> R) -> R {
    let mut buffer = [0; 32];
    match buffer.get_mut(..word.len()).filter(|_| word.is_ascii()) {
        Some(lower) => {
            lower.copy_from_slice(word.as_bytes());
            lower.make_ascii_lowercase();
            read(std::str::from_utf8(lower).unwrap_or_default())
        }
        None => read(&word.to_lowercase()),
    }
}

/// The value that a word names, in any capitalisation.
///
/// # Errors
/// A message that lists the words, if it is none of them: "`x` is not `what`; one of a, b". A long list is on lines of its own.
pub(crate) fn parse_word<T: Copy>(
    word: &str,
    what: &str,
    all: &[T],
    as_str: impl Fn(T) -> &'static str,
) -> Result<T, String> {
    let found = all.iter().copied().find(|value| as_str(*value).eq_ignore_ascii_case(word));
    found.ok_or_else(|| {
        let words: Vec<&str> = all.iter().map(|value| as_str(*value)).collect();
        let lines = wrap(&words.join(", "), 76, usize::MAX);
        let list =
            if lines.len() > 2 { format!("\n  {}", lines.join("\n  ")) } else { format!(" {}", lines.join(" ")) };
        format!("`{word}` is not {what}; one of{list}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_any_length_and_script_is_given_in_lower_case() {
        let long = "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ";
        for word in ["", "Ab-1", "ÄΣ", "\u{212a}", long, &long[..32]] {
            assert_eq!(in_lower_case(word, str::to_string), word.to_lowercase());
        }
    }
}
