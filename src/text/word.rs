use super::wrap;

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
