//! Text from papers on its way into a page that people look at.

/// The text without the signs that turn the direction of what stands behind them, so that a name cannot rearrange the
/// line it stands in (the sequence that CVE-2021-42574 is about). Letters of right-to-left scripts stay as they are.
pub fn without_direction(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(
        |c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'),
    )
}

/// The text in one line: white space of any kind and control signs become single spaces, signs of direction are
/// dropped.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in without_direction(text) {
        if !c.is_whitespace() && !c.is_control() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_in_its_line_and_its_direction() {
        assert_eq!(one_line(" a\r\n\tb\u{0}c\u{2028}d "), "a b c d");
        assert_eq!(one_line("\u{202e}abc\u{2069} שלום"), "abc שלום");
    }
}
