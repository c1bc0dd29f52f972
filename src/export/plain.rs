//! Text from papers, prepared for people: on a terminal, a page or a picture.

/// The characters of a text that a reader sees. Characters that change the direction of what follows are left out, so
/// that a name cannot rearrange its line (CVE-2021-42574). So are zero-width characters, in which a name can hide
/// something. Letters of right-to-left scripts stay, and so do the joiners that Indic and Persian words and emoji need.
pub(crate) fn visible(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(|c| !is_invisible(*c))
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        // Direction.
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        // No width: spaces, operators, the byte order mark, annotations, tags.
        | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text for a terminal: control characters, which a terminal would obey, become spaces. The program prints all text
/// from papers and users through this function.
pub(crate) fn printable(text: &str) -> String {
    visible(text).map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect()
}

/// The text in one line: white space of any kind and control characters become single spaces. Characters that are not
/// `visible` are left out.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text) {
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
        assert_eq!(printable("a\u{200b}b\u{2066}c\u{feff}\x1b[31m\nd"), "abc [31m d");
        assert_eq!(printable("👩\u{200d}🔬"), "👩\u{200d}🔬");
    }
}
