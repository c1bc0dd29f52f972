use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// Width of a text on a terminal, in columns.
pub(crate) fn display_width(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}

/// The text on one line of at most `width` columns, cut with `…` if it is longer.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    let text = text.trim();
    if display_width(text) <= width {
        return text.to_string();
    }
    let mut out = text[..fitting(text, width.saturating_sub(1))].trim_end().to_string();
    if width > 0 {
        out.push('…');
    }
    out
}

/// The first `most` code points of a text, with `…` behind them if it is longer.
pub(crate) fn beginning(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// The text in at most `most` lines of at most `width` columns, broken at spaces where possible. The last line ends
/// in `…` if something is left out. Never empty.
pub(crate) fn wrap(text: &str, width: usize, most: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut word = word;
        if used > 0 && used + 1 + display_width(word) <= width {
            if let Some(line) = lines.last_mut() {
                line.push(' ');
                line.push_str(word);
            }
            used += 1 + display_width(word);
            continue;
        }
        if used > 0 {
            lines.push(String::new());
        }
        // A word longer than a line (such as an address) is broken at the end of the line.
        loop {
            let (line, rest) = cut(word, width);
            used = display_width(line);
            if let Some(last) = lines.last_mut() {
                last.push_str(line);
            }
            if rest.is_empty() {
                break;
            }
            lines.push(String::new());
            word = rest;
        }
    }
    let most = most.max(1);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            *last = if display_width(last) < width {
                format!("{last}…")
            } else {
                format!("{}…", last[..fitting(last, width.saturating_sub(1))].trim_end())
            };
        }
    }
    lines
}

/// The longest prefix of at most `width` columns, but at least one character, and the rest.
fn cut(text: &str, width: usize) -> (&str, &str) {
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.split_at(fitting(text, width).max(first))
}

/// Number of bytes of the text that fit into `width` columns; 0 if the first character is wider.
fn fitting(text: &str, width: usize) -> usize {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_break_at_spaces_and_the_last_says_that_there_is_more() {
        assert_eq!(
            wrap("EfficientQAT: Efficient Training of Models", 16, 9),
            ["EfficientQAT:", "Efficient", "Training of", "Models"]
        );
        assert_eq!(wrap("one two three four", 7, 2), ["one two", "three…"]);
        assert_eq!(wrap("", 7, 2), [""]);
        assert_eq!(shorten("one two three", 8), "one two…");
    }

    #[test]
    fn wide_letters_count_double() {
        assert_eq!(display_width("知识图谱"), 8);
        assert_eq!(shorten("知识图谱", 6), "知识…");
        assert_eq!(wrap("a𠀀!", 2, 2), ["a", "…"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(text in ".{0,80}", width in 2usize..30, most in 1usize..5) {
            let lines = wrap(&text, width, most);
            prop_assert!(lines.len() <= most && !lines.is_empty());
            for line in lines {
                prop_assert!(display_width(&line) <= width, "{line:?}");
            }
        }
    }
}
