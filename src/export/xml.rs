//! What XML needs of a text.

use std::borrow::Cow;

/// The text with what no XML 1.0 document may hold, even escaped, as U+FFFD: control signs but tab and line breaks,
/// and two signs that are no characters.
pub fn valid(text: &str) -> Cow<'_, str> {
    let bad = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(bad) { text.replace(bad, "\u{fffd}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_forbids_is_seen_to_have_been_there() {
        assert_eq!(valid("a\0b\u{1b}c\td"), "a\u{fffd}b\u{fffd}c\td");
        assert!(matches!(valid("fine <&>"), Cow::Borrowed(_)));
    }
}
