//! Shows LaTeX in titles and sentences as characters: `$\mathcal{O}(n^2)$` becomes `O(n²)`.
//!
//! Sources give titles and abstracts as their authors typed them. The graph keeps that form, because the offsets of
//! mentions count in it. Pages show the readable form.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::latex_symbol;

/// A text in readable form, and the position of each part of the original in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Readable {
    text: String,
    /// What was replaced, as ranges of bytes in the original and in the new text, in order.
    edits: Vec<(Range<usize>, Range<usize>)>,
}

/// Deeper groups are left out.
const MAX_DEPTH: usize = 12;
/// Length in bytes above which `$…` is not a formula: its second dollar is missing.
const MAX_FORMULA: usize = 600;

impl Readable {
    pub(crate) fn new(original: &str) -> Self {
        let mut readable = Self { text: String::with_capacity(original.len()), edits: Vec::new() };
        let mut done = 0;
        while let Some(found) = original.get(done..).and_then(|rest| rest.find(['$', '\\', '`', '{'])) {
            let at = done + found;
            readable.text.push_str(original.get(done..at).unwrap_or_default());
            let rest = original.get(at..).unwrap_or_default();
            match replacement(rest, at > 0 && original.as_bytes()[at - 1] == b'\\') {
                Some((new, length)) => {
                    let begin = readable.text.len();
                    readable.text.push_str(&new);
                    readable.edits.push((at..at + length, begin..readable.text.len()));
                    done = at + length;
                }
                None => {
                    // Each of these characters is one byte long.
                    readable.text.push_str(rest.get(..1).unwrap_or_default());
                    done = at + 1;
                }
            }
        }
        readable.text.push_str(original.get(done..).unwrap_or_default());
        readable
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the readable text that show these bytes of the original. What is inside a formula is shown by the
    /// whole formula.
    pub(crate) fn range(&self, original: Range<usize>) -> Range<usize> {
        self.place(original.start, false)..self.place(original.end, true)
    }

    fn place(&self, at: usize, is_end: bool) -> usize {
        let before = self.edits.partition_point(|(old, _)| if is_end { old.start < at } else { old.start <= at });
        let Some((old, new)) = before.checked_sub(1).and_then(|last| self.edits.get(last)) else { return at };
        match (at < old.end, is_end) {
            (true, false) => new.start,
            (true, true) => new.end,
            (false, _) => new.end + (at - old.end),
        }
    }
}

/// The text as people read it.
pub(crate) fn readable(text: &str) -> Cow<'_, str> {
    match text.contains(['$', '\\', '`', '{']) {
        true => Cow::Owned(Readable::new(text).text),
        false => Cow::Borrowed(text),
    }
}

/// The readable form of the beginning of `text`, and how many bytes it replaces; `None` if the text does not begin with
/// LaTeX.
fn replacement(text: &str, is_escaped: bool) -> Option<(String, usize)> {
    let mut rest = text.chars();
    match rest.next()? {
        '$' if !is_escaped => formula(text),
        '`' => {
            let inner = text.strip_prefix("``")?;
            let end = inner.find("''").filter(|end| *end < MAX_FORMULA)?;
            let quoted = inner.get(..end)?;
            Some((format!("“{}”", readable(quoted)), end + 4))
        }
        '{' => {
            // `{\em word}`
            let (inner, length) = group(text)?;
            let name = command_name(inner.strip_prefix('\\')?);
            let behind = inner.get(1 + name.len()..)?;
            is_switch(name).then(|| (readable(behind.trim_start()).into_owned(), length))
        }
        '\\' => command(text),
        _ => None,
    }
}

/// A formula between dollars. As in pandoc, a dollar before a space opens no formula, and a dollar after a space or
/// before a digit closes none: `$5 and $10` are amounts.
fn formula(text: &str) -> Option<(String, usize)> {
    let (open, close) = if text.starts_with("$$") { (2, "$$") } else { (1, "$") };
    let inner = text.get(open..)?;
    let mut from = 0;
    let end = loop {
        let end = from + inner.get(from..)?.find(close)?;
        if !inner.get(..end)?.ends_with('\\') {
            break end;
        }
        from = end + 1;
    };
    let content = inner.get(..end).filter(|content| content.len() <= MAX_FORMULA)?;
    let behind = inner.get(end + close.len()..)?;
    let is_marked = content.contains(['\\', '^', '_', '{']);
    let is_tight = !content.starts_with(char::is_whitespace)
        && !content.ends_with(char::is_whitespace)
        && !behind.starts_with(|c: char| c.is_ascii_digit());
    if content.trim().is_empty() || !(is_marked || is_tight) {
        return None;
    }
    Some((math(content, 0).trim().to_string(), open + end + close.len()))
}

/// A command outside of formulas.
fn command(text: &str) -> Option<(String, usize)> {
    let inner = text.get(1..)?;
    for (open, close) in [("(", "\\)"), ("[", "\\]")] {
        if let Some(content) = inner.strip_prefix(open)
            && let Some(end) = content.find(close).filter(|end| *end <= MAX_FORMULA)
        {
            return Some((math(content.get(..end)?, 0).trim().to_string(), 2 + end + close.len()));
        }
    }
    let name = command_name(inner);
    if name.is_empty() {
        let sign = inner.chars().next()?;
        return match sign {
            '%' | '&' | '$' | '#' | '_' | '{' | '}' => Some((sign.to_string(), 2)),
            '\'' | '`' | '"' | '^' | '~' | '=' | '.' => {
                let (letter, length) = letter(inner.get(1..)?)?;
                Some((accent(sign, letter)?, 2 + length))
            }
            _ => None,
        };
    }
    let behind = inner.get(name.len()..)?;
    let length = 1 + name.len();
    if let Some((argument, more)) = group(behind) {
        match name {
            "c" | "v" | "u" | "H" | "r" | "k" | "d" => {
                let (letter, _) = letter(argument)?;
                return Some((accent(name.chars().next()?, letter)?, length + more));
            }
            "cite" | "citep" | "citet" | "ref" | "label" | "footnote" => return Some((String::new(), length + more)),
            "href" => {
                let (shown, last) = group(behind.get(more..)?)?;
                return Some((readable(shown).into_owned(), length + more + last));
            }
            "textsuperscript" => return Some((raised(&readable(argument)), length + more)),
            "textsubscript" => return Some((lowered(&readable(argument)), length + more)),
            "ensuremath" => return Some((math(argument, 0), length + more)),
            name if is_style(name) || matches!(name, "url" | "emph" | "texttt" | "textsc") => {
                return Some((readable(argument).into_owned(), length + more));
            }
            _ => {}
        }
    }
    let symbol = latex_symbol(name)?;
    Some((symbol.to_string(), length + if behind.starts_with("{}") { 2 } else { 0 }))
}

/// A formula as text.
fn math(text: &str, depth: usize) -> String {
    let mut out = String::with_capacity(text.len());
    if depth > MAX_DEPTH {
        return out;
    }
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let behind = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '^' | '_' => {
                let (argument, behind) = argument(behind);
                let shown = math(argument, depth + 1);
                out.push_str(&if c == '^' { raised(shown.trim()) } else { lowered(shown.trim()) });
                behind
            }
            '\\' => math_command(behind, &mut out, depth),
            '{' | '}' | '$' => behind,
            '\'' => {
                out.push('′');
                behind
            }
            '-' => {
                out.push('−');
                behind
            }
            '~' | '&' => {
                space(&mut out);
                behind
            }
            c if c.is_whitespace() => {
                space(&mut out);
                behind
            }
            c => {
                out.push(c);
                behind
            }
        };
    }
    out
}

/// Writes the command whose name begins here; returns the text after it.
fn math_command<'t>(text: &'t str, out: &mut String, depth: usize) -> &'t str {
    let name = command_name(text);
    if name.is_empty() {
        let Some(sign) = text.chars().next() else { return "" };
        match sign {
            '{' | '}' | '%' | '&' | '$' | '#' | '_' => out.push(sign),
            '|' => out.push('‖'),
            '!' => {}
            _ => space(out),
        }
        return text.get(sign.len_utf8()..).unwrap_or_default();
    }
    let behind = text.get(name.len()..).unwrap_or_default();
    match name {
        "left" | "right" | "big" | "Big" | "bigg" | "Bigg" | "bigl" | "bigr" | "limits" | "nolimits"
        | "displaystyle" | "textstyle" | "rm" | "bf" | "it" | "cal" | "mathop" | "mathbin" | "mathrel" => {
            // `\left.` prints nothing.
            behind.strip_prefix('.').filter(|_| matches!(name, "left" | "right")).unwrap_or(behind)
        }
        "frac" | "dfrac" | "tfrac" => {
            let (above, behind) = argument(behind);
            let (below, behind) = argument(behind);
            let [above, below] = [above, below].map(|part| in_brackets(math(part, depth + 1).trim()));
            out.push_str(&format!("{above}/{below}"));
            behind
        }
        "sqrt" => {
            let (under, behind) = argument(behind);
            out.push('√');
            out.push_str(&in_brackets(math(under, depth + 1).trim()));
            behind
        }
        "hat" | "widehat" | "tilde" | "widetilde" | "bar" | "overline" | "dot" | "ddot" => {
            let (under, behind) = argument(behind);
            let under = math(under, depth + 1);
            out.push_str(&under);
            let mark = match name {
                "hat" | "widehat" => '\u{302}',
                "tilde" | "widetilde" => '\u{303}',
                "bar" | "overline" => '\u{304}',
                "dot" => '\u{307}',
                _ => '\u{308}',
            };
            // Over several letters, a mark for one letter has another meaning.
            if under.chars().count() == 1 {
                out.push(mark);
            }
            behind
        }
        "mathbb" => {
            let (letters, behind) = argument(behind);
            out.extend(letters.chars().map(double_struck));
            behind
        }
        name if is_style(name) => behind,
        name => {
            out.push_str(latex_symbol(name).unwrap_or(name));
            behind
        }
    }
}

/// Commands whose argument is shown as it is.
fn is_style(name: &str) -> bool {
    matches!(
        name,
        "text"
            | "textbf"
            | "textit"
            | "textrm"
            | "textsf"
            | "textnormal"
            | "mbox"
            | "mathrm"
            | "mathbf"
            | "mathit"
            | "mathsf"
            | "mathtt"
            | "mathcal"
            | "mathscr"
            | "mathfrak"
            | "boldsymbol"
            | "bm"
            | "operatorname"
            | "vec"
            | "underline"
            | "uline"
    )
}

/// Commands that change how the rest of a group looks.
fn is_switch(name: &str) -> bool {
    matches!(name, "it" | "em" | "bf" | "tt" | "sc" | "rm" | "sl" | "sf" | "cal" | "itshape" | "bfseries" | "scshape")
}

fn command_name(text: &str) -> &str {
    let length = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    text.get(..length).unwrap_or_default()
}

/// The content of the braces that the text begins with, and the number of bytes with them.
fn group(text: &str) -> Option<(&str, usize)> {
    text.strip_prefix('{')?;
    let mut depth = 0_usize;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().take(MAX_FORMULA) {
        match byte {
            b'\\' => {
                escaped = !escaped;
                continue;
            }
            b'{' if !escaped => depth += 1,
            b'}' if !escaped => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some((text.get(1..at)?, at + 1));
                }
            }
            _ => {}
        }
        escaped = false;
    }
    None
}

/// The argument of a command in a formula (a group, a command or a character), and the text after it.
fn argument(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    if let Some((content, length)) = group(text) {
        return (content, text.get(length..).unwrap_or_default());
    }
    let length = match text.strip_prefix('\\') {
        Some(inner) => {
            let name = command_name(inner).len();
            let length = 1 + if name == 0 { inner.chars().next().map_or(0, char::len_utf8) } else { name };
            // `^\mathrm{T}`
            let more = text.get(length..).and_then(group).map_or(0, |(_, more)| more);
            length + more
        }
        None => text.chars().next().map_or(0, char::len_utf8),
    };
    text.split_at_checked(length).unwrap_or((text, ""))
}

/// The letter that an accent is put on: `e`, `{e}`, `\i`.
fn letter(text: &str) -> Option<(char, usize)> {
    if let Some((content, length)) = group(text) {
        return letter(content).map(|(letter, _)| (letter, length));
    }
    match text.strip_prefix('\\') {
        Some(dotless) => dotless.chars().next().filter(|c| matches!(c, 'i' | 'j')).map(|letter| (letter, 2)),
        None => text.chars().next().filter(|c| c.is_alphabetic()).map(|letter| (letter, letter.len_utf8())),
    }
}

/// A letter with an accent, if Unicode has it as one character.
fn accent(sign: char, letter: char) -> Option<String> {
    let mark = match sign {
        '\'' => '\u{301}',
        '`' => '\u{300}',
        '^' => '\u{302}',
        '"' => '\u{308}',
        '~' => '\u{303}',
        '=' => '\u{304}',
        '.' => '\u{307}',
        'c' => '\u{327}',
        'v' => '\u{30c}',
        'u' => '\u{306}',
        'H' => '\u{30b}',
        'r' => '\u{30a}',
        'k' => '\u{328}',
        'd' => '\u{323}',
        _ => return None,
    };
    let text: String = [letter, mark].into_iter().nfc().collect();
    (text.chars().count() == 1).then_some(text)
}

fn space(out: &mut String) {
    if !out.is_empty() && !out.ends_with(' ') {
        out.push(' ');
    }
}

/// Puts the text into brackets if it would be misread without them.
fn in_brackets(text: &str) -> String {
    let is_one = text.chars().count() == 1;
    match is_one || text.chars().all(|c| c.is_alphanumeric() || c == '.') {
        true => text.to_string(),
        false => format!("({text})"),
    }
}

fn raised(text: &str) -> String {
    // These are raised characters already.
    if matches!(text, "∘" | "°") {
        return "°".to_string();
    }
    if matches!(text, "′" | "*" | "∗" | "⋆" | "†" | "‡" | "™" | "®") {
        return text.to_string();
    }
    in_script(text, '^', |c| {
        const PLAIN: &str = "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ";
        const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ";
        other_form(c, PLAIN, RAISED)
    })
}

fn lowered(text: &str) -> String {
    in_script(text, '_', |c| {
        const PLAIN: &str = "0123456789+−-=()aehijklmnoprstuvxβγρφχ";
        const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ";
        other_form(c, PLAIN, LOWERED)
    })
}

/// The text in raised or lowered characters, or after the sign if Unicode lacks one of them.
fn in_script(text: &str, sign: char, form: impl Fn(char) -> Option<char>) -> String {
    match text.chars().filter(|c| !c.is_whitespace()).map(form).collect::<Option<String>>() {
        Some(all) => all,
        None => format!("{sign}{}", in_brackets(text)),
    }
}

fn other_form(c: char, plain: &str, other: &str) -> Option<char> {
    other.chars().nth(plain.chars().position(|known| known == c)?)
}

fn double_struck(c: char) -> char {
    match c {
        'C' => 'ℂ',
        'H' => 'ℍ',
        'N' => 'ℕ',
        'P' => 'ℙ',
        'Q' => 'ℚ',
        'R' => 'ℝ',
        'Z' => 'ℤ',
        'A'..='Z' => char::from_u32(0x1D538 + u32::from(c) - u32::from('A')).unwrap_or(c),
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_and_commands_are_characters() {
        for (latex, shown) in [
            ("An $\\mathcal{O}(n^2)$ bound", "An O(n²) bound"),
            ("$\\alpha$-divergence and V$^3$Net", "α-divergence and V³Net"),
            ("$L_{0}$ to $L_\\infty$, $x_{i+1}$", "L₀ to L_∞, xᵢ₊₁"),
            ("$\\frac{1}{2}$ of $\\frac{a+b}{c}$", "1/2 of (a+b)/c"),
            ("$\\sqrt{T}$ regret over $\\mathbb{R}^{d}$", "√T regret over ℝᵈ"),
            ("$10^{-3}$ at $90^\\circ$", "10⁻³ at 90°"),
            ("up to 95\\% of R\\&D in data\\_set", "up to 95% of R&D in data_set"),
            ("\\textbf{Bold} and {\\em loud} \\emph{words}", "Bold and loud words"),
            ("the Schr\\\"odinger and H\\'{e}non maps", "the Schrödinger and Hénon maps"),
            ("``smart'' quotes", "“smart” quotes"),
            ("\\(x \\leq y\\)", "x ≤ y"),
            ("$\\hat{y}$ for $e^{\\lambda x}$", "ŷ for e^(λ x)"),
            ("$\\epsilon$-greedy \\cite{a}with \\href{http://x.org}{a link}", "ε-greedy with a link"),
            ("$\\left\\{ a, b \\right\\}$", "{ a, b }"),
            ("$F_1$ and $\\text{BLEU}_{max}$", "F₁ and BLEUₘₐₓ"),
        ] {
            assert_eq!(readable(latex).nfc().collect::<String>(), shown, "{latex}");
        }
    }

    #[test]
    fn what_is_not_latex_stays() {
        for text in [
            "costs $5 and $10",
            "from US$100 to US$200",
            "a lonely $ sign",
            "C:\\data\\new and \\unknownthing{x}",
            "{BERT}: a title {with} braces",
            "`code` and ```more",
            "",
        ] {
            assert_eq!(readable(text), text);
        }
    }

    #[test]
    fn a_part_of_the_original_is_found_again() {
        let text = "We use $\\alpha$-COCO, or $\\text{COCO}^2$ data.";
        let readable = Readable::new(text);
        assert_eq!(readable.text(), "We use α-COCO, or COCO² data.");
        let of = |part: &str, from: usize| {
            let start = from + text[from..].find(part).unwrap();
            &readable.text()[readable.range(start..start + part.len())]
        };
        assert_eq!(of("COCO", 0), "COCO");
        // Inside a formula, the formula as a whole.
        assert_eq!(of("COCO", 20), "COCO²");
        assert_eq!(of("data", 0), "data");
        assert_eq!(of("$\\alpha$", 0), "α");
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_read(text in "[a$\\\\{}^_`'é ]{0,40}|.{0,80}", start in 0_usize..40, length in 0_usize..40) {
            let readable = Readable::new(&text);
            if let (true, true) = (text.is_char_boundary(start.min(text.len())), text.is_char_boundary((start + length).min(text.len()))) {
                let range = readable.range(start.min(text.len())..(start + length).min(text.len()));
                proptest::prop_assert!(readable.text().get(range).is_some());
            }
        }
    }
}
