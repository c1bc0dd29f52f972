use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text folded for comparison, with a mapping back to the original.
///
/// - ASCII letters are lower-case; accents are dropped; Greek letters are spelled out (`α`, `\alpha`, `$\alpha$`
///   are all `alpha`); `×` and `\times` are `x`.
/// - Digits that a converter separated are one number: `UCF 1 0 1` is `ucf 101`.
/// - Runs of white space, hyphens and dashes of any kind, underscores and ties (`~`) are one space.
/// - LaTeX commands that only format their argument (`\textbf{X}`) leave the argument; `$`, `^` and a combining
///   `{}` are dropped, so `V$^3$` and `V^{3}` are `v3`.
/// - Other punctuation is kept, and ends a word.
#[derive(Debug, Default, Clone)]
pub struct Folded {
    bytes: Vec<u8>,
    /// For each folded byte, the byte at which its original character begins.
    starts: Vec<u32>,
    /// For each folded byte, the byte at which its original character ends.
    ends: Vec<u32>,
}

impl Folded {
    pub fn new(text: &str) -> Self {
        let mut folded = Self::default();
        folded.refill(text);
        folded
    }

    /// Folds `text` into this buffer, so that many texts can share one buffer. Text beyond 4 GiB is left out.
    pub fn refill(&mut self, text: &str) {
        self.bytes.clear();
        self.starts.clear();
        self.ends.clear();
        self.bytes.reserve(text.len());
        self.starts.reserve(text.len());
        self.ends.reserve(text.len());
        TextFolder { text, offset: 0, dressed: Vec::new(), out: self }.run();
    }

    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The range of the original text that corresponds to a folded range.
    pub fn origin(&self, folded: std::ops::Range<usize>) -> std::ops::Range<usize> {
        if folded.is_empty() {
            let at = self.starts.get(folded.start).map_or(0, |&s| s as usize);
            return at..at;
        }
        self.starts[folded.start] as usize..self.ends[folded.end - 1] as usize
    }

    /// Whether a word can begin at `at`: no letter or digit comes before it.
    #[inline]
    pub fn begins_word(&self, at: usize) -> bool {
        at == 0 || !is_word_byte(self.bytes[at - 1])
    }

    /// The folded form of a range of the original text.
    pub fn of(&self, original: std::ops::Range<usize>) -> &[u8] {
        let start = self.starts.partition_point(|&s| (s as usize) < original.start);
        let end = self.starts.partition_point(|&s| (s as usize) < original.end);
        &self.bytes[start..end.max(start)]
    }
}

/// Receives folded bytes, each with its range in the original text.
trait FoldSink {
    fn push(&mut self, byte: u8, start: usize, end: usize);
    /// Writes ASCII text of the classes [`Ascii::Kept`] and [`Ascii::Space`] that begins at `start`.
    fn push_plain(&mut self, text: &[u8], start: usize);
    fn last(&self) -> Option<u8>;
    fn pop(&mut self);

    /// Writes one space for any run of separators, but none at the beginning.
    #[inline]
    fn push_space(&mut self, start: usize, end: usize) {
        if self.last().is_some_and(|b| b != b' ') {
            self.push(b' ', start, end);
        }
    }
}

impl FoldSink for Folded {
    #[inline]
    fn push(&mut self, byte: u8, start: usize, end: usize) {
        self.bytes.push(byte);
        self.starts.push(start as u32);
        self.ends.push(end as u32);
    }

    #[inline]
    fn push_plain(&mut self, text: &[u8], start: usize) {
        let (start, end) = (start as u32, (start + text.len()) as u32);
        self.bytes.extend(text.iter().map(|byte| folded_ascii(*byte)));
        self.starts.extend(start..end);
        self.ends.extend((start..end).map(|at| at + 1));
    }

    #[inline]
    fn last(&self) -> Option<u8> {
        self.bytes.as_slice().last().copied()
    }

    fn pop(&mut self) {
        self.bytes.pop();
        self.starts.pop();
        self.ends.pop();
    }
}

/// A folded name needs no mapping back.
impl FoldSink for Vec<u8> {
    #[inline]
    fn push(&mut self, byte: u8, _: usize, _: usize) {
        self.push(byte);
    }

    #[inline]
    fn push_plain(&mut self, text: &[u8], _: usize) {
        self.extend(text.iter().map(|byte| folded_ascii(*byte)));
    }

    #[inline]
    fn last(&self) -> Option<u8> {
        self.as_slice().last().copied()
    }

    fn pop(&mut self) {
        self.pop();
    }
}

/// What folding does to a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ascii {
    /// It is kept, apart from its case.
    Kept,
    /// It becomes a space.
    Space,
    /// It depends on what is around it, or is no ASCII.
    Other,
}

static ASCII: [Ascii; 256] = {
    let mut classes = [Ascii::Other; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b'-' | b'_' | b'~' | 0x0b | 0x0c => Ascii::Space,
            b'$' | b'^' | b'\\' | b'{' | b'}' => Ascii::Other,
            _ => Ascii::Kept,
        };
        byte += 1;
    }
    classes
};

/// The folded form of a byte of the classes [`Ascii::Kept`] and [`Ascii::Space`].
#[inline]
fn folded_ascii(byte: u8) -> u8 {
    static FOLDED: [u8; 256] = {
        let mut folded = [0; 256];
        let mut byte = 0_u8;
        while byte < 128 {
            folded[byte as usize] = match ASCII[byte as usize] {
                Ascii::Space => b' ',
                _ => byte.to_ascii_lowercase(),
            };
            byte += 1;
        }
        folded
    };
    FOLDED[usize::from(byte)]
}

/// Letters, digits and every byte of a non-ASCII character.
#[inline]
pub(super) fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b >= 0x80
}

/// The folded form of a name, without spaces at either end.
pub fn fold_name(name: &str) -> String {
    folded_name(name).into_owned()
}

/// As [`fold_name`]. A name that is folded already, as most words of the vocabulary are, is not copied.
pub(crate) fn folded_name(name: &str) -> Cow<'_, str> {
    let bytes = name.as_bytes();
    let kept = |i: usize| match bytes[i] {
        b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'+' => true,
        // A space between two digits may be inside a number, see `TextFolder::is_inside_number`.
        b' ' => {
            i > 0
                && i + 1 < bytes.len()
                && bytes[i - 1] != b' '
                && !(bytes[i - 1].is_ascii_digit() && bytes[i + 1].is_ascii_digit())
        }
        _ => false,
    };
    if (0..bytes.len()).all(kept) {
        return Cow::Borrowed(name);
    }
    let mut out = Vec::with_capacity(name.len());
    TextFolder { text: name, offset: 0, dressed: Vec::new(), out: &mut out }.run();
    // Folding emits only ASCII and whole UTF-8 characters; the lossy conversion only avoids a panic.
    let folded = String::from_utf8(out).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    Cow::Owned(folded)
}

/// The number of bytes at the beginning of a text that are folded one by one. The first of them is no space: whether a
/// space is kept depends on the text before it, which only the caller knows.
#[inline]
fn plain_length(text: &[u8]) -> usize {
    let mut before = Ascii::Space;
    for (at, byte) in text.iter().enumerate() {
        let class = ASCII[usize::from(*byte)];
        // A space after a digit can be inside a number, and one after another space is dropped.
        let goes_on = match class {
            Ascii::Kept => true,
            Ascii::Space => before == Ascii::Kept && !text[at - 1].is_ascii_digit(),
            Ascii::Other => false,
        };
        if !goes_on {
            return at;
        }
        before = class;
    }
    text.len()
}

struct TextFolder<'t, 'o, S> {
    text: &'t str,
    offset: usize,
    /// For each open brace, whether it belongs to a LaTeX command (and so is dropped).
    dressed: Vec<bool>,
    out: &'o mut S,
}

impl<S: FoldSink> TextFolder<'_, '_, S> {
    fn run(mut self) {
        let bytes = self.text.as_bytes();
        // Text beyond the largest offset is left out.
        let bytes = &bytes[..bytes.len().min(u32::MAX as usize)];
        while self.offset < bytes.len() {
            let plain = plain_length(&bytes[self.offset..]);
            if plain > 0 {
                self.out.push_plain(&bytes[self.offset..self.offset + plain], self.offset);
                self.offset += plain;
                continue;
            }
            let b = bytes[self.offset];
            match b {
                b' ' if self.is_inside_number() => self.offset += 1,
                _ if ASCII[usize::from(b)] == Ascii::Space => {
                    self.out.push_space(self.offset, self.offset + 1);
                    self.offset += 1;
                }
                b'$' => self.offset += 1,
                b'^' => {
                    self.offset += 1;
                    self.open_brace_of_command();
                }
                b'\\' => self.command(),
                b'{' => {
                    self.dressed.push(false);
                    self.byte(b);
                }
                b'}' => match self.dressed.pop() {
                    Some(true) => self.offset += 1,
                    _ => self.byte(b),
                },
                _ => self.beyond_ascii(),
            }
        }
        if self.out.last() == Some(b' ') {
            self.out.pop();
        }
    }

    /// Whether a converter of PDF inserted the current space between the digits of a number: both neighbours are
    /// single digits ("UCF 1 0 1").
    #[inline]
    fn is_inside_number(&self) -> bool {
        let bytes = self.text.as_bytes();
        let other = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_none_or(|b| !b.is_ascii_alphanumeric());
        let alone = |at: usize| {
            bytes.get(at).is_some_and(u8::is_ascii_digit) && other(at.checked_sub(1)) && other(Some(at + 1))
        };
        self.offset > 0 && bytes[self.offset - 1].is_ascii_digit() && alone(self.offset - 1) && alone(self.offset + 1)
    }

    #[inline]
    fn byte(&mut self, b: u8) {
        self.out.push(b, self.offset, self.offset + 1);
        self.offset += 1;
    }

    fn open_brace_of_command(&mut self) {
        if self.text.as_bytes().get(self.offset) == Some(&b'{') {
            self.dressed.push(true);
            self.offset += 1;
        }
    }

    /// `\alpha`, `\textbf{…}`, `\%`, `\'e`.
    fn command(&mut self) {
        let start = self.offset;
        let rest = &self.text.as_bytes()[start + 1..];
        let length = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let name = &self.text[start + 1..start + 1 + length];
        if length == 0 {
            self.offset += 1;
            match rest.first() {
                // An escaped character is read as itself in the next turn of the loop.
                Some(b'%' | b'&' | b'#' | b'{' | b'}') => {
                    let b = rest[0];
                    self.byte(b);
                }
                // Escaped underscores and thin spaces separate words; accents are dropped.
                Some(b'_' | b',' | b';' | b' ' | b'!' | b'\\') => {
                    self.out.push_space(self.offset, self.offset + 1);
                    self.offset += 1;
                }
                Some(b'\'' | b'`' | b'"' | b'^' | b'=' | b'.') => {
                    self.offset += 1;
                    self.open_brace_of_command();
                }
                _ => {}
            }
            return;
        }
        let end = start + 1 + length;
        self.offset = end;
        if let Some(word) = spoken(name) {
            for &b in word.as_bytes() {
                self.out.push(b, start, end);
            }
        } else if self.text.as_bytes().get(end) != Some(&b'{') {
            self.out.push_space(start, end);
        }
        self.open_brace_of_command();
    }

    fn beyond_ascii(&mut self) {
        let Some(c) = self.text[self.offset..].chars().next() else {
            self.offset = self.text.len();
            return;
        };
        let (start, end) = (self.offset, self.offset + c.len_utf8());
        self.offset = end;
        if let Some(word) = greek(c) {
            for &b in word.as_bytes() {
                self.out.push(b, start, end);
            }
            return;
        }
        match c {
            '×' => self.out.push(b'x', start, end),
            '’' | '‘' | 'ʼ' | '′' => self.out.push(b'\'', start, end),
            '“' | '”' | '„' | '«' | '»' => self.out.push(b'"', start, end),
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{2060}' => {}
            _ if c.is_whitespace() || is_dash(c) => self.out.push_space(start, end),
            _ => {
                for d in std::iter::once(c).nfkd().filter(|d| !is_combining_mark(*d)) {
                    for l in d.to_lowercase() {
                        if l.is_ascii() {
                            self.out.push(l as u8, start, end);
                        } else if l.is_alphanumeric() {
                            let mut buffer = [0; 4];
                            for &b in l.encode_utf8(&mut buffer).as_bytes() {
                                self.out.push(b, start, end);
                            }
                        } else {
                            // Any other sign ends a word; names do not depend on which sign it is.
                            self.out.push(b'|', start, end);
                        }
                    }
                }
            }
        }
    }
}

fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// The text for a LaTeX command that denotes a character.
fn spoken(command: &str) -> Option<&'static str> {
    const GREEK: [&str; 24] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
        "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    ];
    let plain = command.strip_prefix("var").unwrap_or(command);
    if let Some(name) = GREEK.into_iter().find(|g| plain.eq_ignore_ascii_case(g)) {
        return Some(name);
    }
    match command {
        "times" => Some("x"),
        "infty" => Some("infinity"),
        "ell" => Some("l"),
        _ => None,
    }
}

fn greek(c: char) -> Option<&'static str> {
    Some(match c {
        'α' | 'Α' => "alpha",
        'β' | 'Β' => "beta",
        'γ' | 'Γ' => "gamma",
        'δ' | 'Δ' => "delta",
        'ε' | 'ϵ' | 'Ε' => "epsilon",
        'ζ' => "zeta",
        'η' => "eta",
        'θ' | 'Θ' => "theta",
        'κ' => "kappa",
        'λ' | 'Λ' => "lambda",
        'μ' | 'µ' => "mu",
        'ν' => "nu",
        'ξ' | 'Ξ' => "xi",
        'π' | 'Π' => "pi",
        'ρ' => "rho",
        'σ' | 'Σ' | 'ς' => "sigma",
        'τ' => "tau",
        'φ' | 'ϕ' | 'Φ' => "phi",
        'χ' => "chi",
        'ψ' | 'Ψ' => "psi",
        'ω' | 'Ω' => "omega",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_name_fold_alike() {
        for (a, b) in [
            ("MS-COCO", "ms coco"),
            ("PixArt-$α$", "PIXART-\\alpha"),
            ("PixArt-α", "PixArt-{\\alpha}"),
            ("V$^3$", "V3"),
            ("V^{3}", "V3"),
            ("\\textbf{FlashAttention}", "FlashAttention"),
            ("256 × 256", "256 $\\times$ 256"),
            ("Fréchet", "Frechet"),
            ("text–to—image", "text-to-image"),
            ("Llama~2", "Llama 2"),
            ("Something\u{200b}Else", "somethingelse"),
        ] {
            let strip = |s: &str| fold_name(s).replace(['{', '}'], "");
            assert_eq!(strip(a), strip(b), "{a} / {b}");
        }
    }

    #[test]
    fn a_folded_range_leads_back_to_the_authors_words() {
        let text = "We use PixArt-$α$ here";
        let folded = Folded::new(text);
        let found = String::from_utf8(folded.bytes().to_vec()).unwrap();
        let at = found.find("pixart alpha").unwrap();
        assert_eq!(&text[folded.origin(at..at + "pixart alpha".len())], "PixArt-$α");
    }

    #[test]
    fn braces_that_are_not_latex_end_a_word() {
        assert_eq!(fold_name("CVMI-Lab/Hita{https://x}"), "cvmi lab/hita{https://x}");
    }

    proptest! {
        #[test]
        fn any_text_folds_to_utf8_with_origins_on_character_boundaries(text in ".*") {
            let folded = Folded::new(&text);
            prop_assert!(std::str::from_utf8(folded.bytes()).is_ok());
            for i in 0..folded.bytes().len() {
                let range = folded.origin(i..i + 1);
                prop_assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end));
                prop_assert!(range.start < range.end);
            }
        }

        #[test]
        fn latex_in_any_arrangement_folds(text in r"[\\${}^_~a-z%&'α-ω]{0,40}") {
            let folded = Folded::new(&text);
            prop_assert!(std::str::from_utf8(folded.bytes()).is_ok());
        }

        #[test]
        fn a_name_folds_as_a_text_does(text in r"[a-zA-Z0-9 αβé–/().,+$\\{}-]{0,12}") {
            let folded = Folded::new(&text);
            prop_assert_eq!(fold_name(&text).into_bytes(), folded.bytes());
            prop_assert_eq!(folded.of(0..text.len()), folded.bytes());
        }

        #[test]
        // Except for single digits: only the first folding sees what separates them, which decides whether they are
        // one number.
        fn folding_twice_changes_nothing_more(text in "([0-9]{2}|[a-zA-Z αβé–/().,-]){0,40}") {
            let once = fold_name(&text);
            prop_assert_eq!(fold_name(&once), once);
        }
    }
}
