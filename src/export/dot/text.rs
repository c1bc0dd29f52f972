//! Names as GraphViz shows them.

use crate::export::visible;
use crate::text::{display_width, wrap};

/// The text in a few lines, as the inside of a quoted label. A word that is a little longer than a line makes the
/// lines longer: names are not broken in the middle.
pub fn wrapped(text: &str, width: usize, lines: usize) -> String {
    lines_of(text, width, lines).iter().map(|line| escape(line)).collect::<Vec<_>>().join("\\n")
}

pub fn lines_of(text: &str, width: usize, lines: usize) -> Vec<String> {
    let longest = text.split_whitespace().map(display_width).max().unwrap_or_default();
    wrap(text, width.max(longest.min(width + width / 2)), lines)
}

/// A text as the inside of a quoted string that is shown as it is.
///
/// GraphViz reads backslashes as escapes (`\N` is the node's name) and HTML entities (`&lt;`) in labels; both are
/// told apart from the text. Control characters, and what is not [`visible`], are left out.
pub fn escape(text: &str) -> String {
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

/// An id as a quoted name, in which only the quotation mark and the backslash mean something.
pub fn quoted(id: &str) -> String {
    let plain: String = id.chars().filter(|c| !unprintable(*c)).collect();
    format!("\"{}\"", plain.replace('\\', "\\\\").replace('"', "\\\""))
}

/// What stands for nothing on paper, and what the SVG that GraphViz makes could not hold.
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
    }

    #[test]
    fn names_are_not_broken_in_the_middle() {
        assert_eq!(wrapped("lm-evaluation-harness", 20, 3), "lm-evaluation-harness");
        assert_eq!(wrapped("a very long name of a dataset", 14, 2), "a very long\\nname of a…");
    }
}
