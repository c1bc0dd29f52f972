//! Escapes names for GraphViz.

use std::borrow::Cow;

use crate::export::visible;
use crate::text::{beginning, display_width, stable_hash, wrap};

/// Length at which a text is cut, in code points.
const LONGEST: usize = 1_000;

/// Wraps a text into a few lines, as the inside of a quoted label. A word that is a little longer than a line makes the
/// lines longer, so that names are not broken in the middle.
pub(super) fn wrapped(text: &str, width: usize, lines: usize) -> String {
    lines_of(text, width, lines).iter().map(|line| escape(line)).collect::<Vec<_>>().join("\\n")
}

/// The beginning of a text that GraphViz can read: it refuses quoted strings of more than 16 KiB, and a title can have
/// any length.
pub(super) fn cut(text: &str) -> Cow<'_, str> {
    beginning(text, LONGEST)
}

pub(super) fn lines_of(text: &str, width: usize, lines: usize) -> Vec<String> {
    let text = &cut(text);
    let longest = text.split_whitespace().map(display_width).max().unwrap_or_default();
    wrap(text, width.max(longest.min(width + width / 2)), lines)
}

/// Escapes a text for the inside of a quoted string, so that it is shown unchanged.
///
/// In labels, GraphViz reads backslashes as escapes (`\N` is the node's name), and HTML entities (`&lt;`). Both are
/// escaped. Control characters, and characters that are not [`visible`], are left out.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text) {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '\n' | '\t' | '\r' => out.push(' '),
            c if unprintable(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// An id as a quoted name, in which only the quotation mark and the backslash are special. A long id
/// is cut and ends with a hash of the whole.
pub(super) fn quoted(id: &str) -> String {
    let mut plain: String = cut(id).chars().filter(|c| !unprintable(*c)).collect();
    if id.chars().nth(LONGEST).is_some() {
        plain.push_str(&format!("{:016x}", stable_hash(id.bytes())));
    }
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Characters that print as nothing, and those that GraphViz's SVG could not hold.
fn unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_leave_its_quotes() {
        assert_eq!(escape(r#"a "b" \N & <c>"#), r#"a \"b\" \\N &amp; <c>"#);
        assert_eq!(escape("end\\"), "end\\\\");
        assert_eq!(escape("a\nb\u{0}\u{202e}c"), "a bc");
        assert_eq!(quoted("x\" -> y\\"), r#""x\" -> y\\""#);
        let long = "x".repeat(20_000);
        assert!(quoted(&long).len() < 1_100 && quoted(&long) != quoted(&format!("{long}y")));
    }

    #[test]
    fn names_are_not_broken_in_the_middle() {
        assert_eq!(wrapped("lm-evaluation-harness", 20, 3), "lm-evaluation-harness");
        assert_eq!(wrapped("a very long name of a dataset", 14, 2), "a very long\\nname of a…");
    }
}
