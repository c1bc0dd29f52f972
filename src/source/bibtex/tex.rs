//! Writes the LaTeX commands of a field as the words that they print. Accents and escapes are letters already; a
//! formula between dollars stays as it is.

use crate::text::single_spaced;
/// Commands that print a character.
const SYMBOLS: [(&str, &str); 24] = [
    ("texttimes", "×"),
    ("textregistered", "®"),
    ("texttrademark", "™"),
    ("textcopyright", "©"),
    ("textdegree", "°"),
    ("textmu", "µ"),
    ("textpm", "±"),
    ("textquoteleft", "‘"),
    ("textquoteright", "’"),
    ("textquotesingle", "'"),
    ("textquotedblleft", "“"),
    ("textquotedblright", "”"),
    ("textquotedbl", "\""),
    ("textendash", "–"),
    ("textemdash", "—"),
    ("textellipsis", "…"),
    ("ldots", "…"),
    ("dots", "…"),
    ("textbullet", "•"),
    ("textasciitilde", "~"),
    ("textbackslash", "\\"),
    ("textless", "<"),
    ("textgreater", ">"),
    ("textunderscore", "_"),
];

/// Commands that change how the rest of a group looks, but print nothing.
const SWITCHES: [&str; 33] = [
    "sc",
    "it",
    "bf",
    "em",
    "rm",
    "tt",
    "sf",
    "sl",
    "scshape",
    "itshape",
    "bfseries",
    "mdseries",
    "rmfamily",
    "sffamily",
    "ttfamily",
    "upshape",
    "slshape",
    "normalfont",
    "tiny",
    "scriptsize",
    "footnotesize",
    "small",
    "normalsize",
    "large",
    "Large",
    "LARGE",
    "huge",
    "Huge",
    "selectfont",
    "protect",
    "noopsort",
    "relax",
    "xspace",
];

/// Commands whose argument is not part of the text.
const NOTES: [&str; 9] = ["footnote", "thanks", "label", "cite", "citep", "citet", "vspace", "hspace", "ref"];

/// Depth of groups; those of papers are less deep.
const MAX_DEPTH: usize = 40;

/// Length of the argument of a command, in bytes.
const MAX_GROUP: usize = 20_000;

/// How to write the address of a link that has a label.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LabelledAddress {
    /// In parentheses after the label.
    Written,
    LeftOut,
}

/// The text, with its commands as words.
pub(super) fn plain(text: &str) -> String {
    worded(text, LabelledAddress::Written)
}

/// As [`plain`], for a title or a name: only the label of a link is part of it.
pub(super) fn label(text: &str) -> String {
    worded(text, LabelledAddress::LeftOut)
}

fn worded(text: &str, address: LabelledAddress) -> String {
    if !text.contains(['\\', '{', '}']) {
        return text.to_string();
    }
    let mut out = String::with_capacity(text.len());
    write(text, &mut out, address, 0);
    single_spaced(&out)
}

/// The target addresses of the links in the text.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split("\\href").skip(1).filter_map(|rest| Some(group(rest)?.0.trim()))
}

fn write(text: &str, out: &mut String, address: LabelledAddress, depth: usize) {
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '{', '}', '$']) {
        out.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        rest = match rest.as_bytes()[at] {
            b'\\' => command(behind, out, address, depth),
            b'$' => {
                let end = behind.find('$').map_or(rest.len(), |end| at + end + 2);
                out.push_str(&rest[at..end]);
                &rest[end..]
            }
            _ => behind,
        };
    }
    out.push_str(rest);
}

/// Writes the command whose name begins here; returns the text after it.
fn command<'t>(text: &'t str, out: &mut String, address: LabelledAddress, depth: usize) -> &'t str {
    let length = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (name, rest) = text.split_at(length);
    if name.is_empty() {
        return escape(text, out);
    }
    if let Some((_, symbol)) = SYMBOLS.iter().find(|(symbol, _)| *symbol == name) {
        out.push_str(symbol);
        return rest.strip_prefix("{}").unwrap_or_else(|| rest.trim_start());
    }
    if SWITCHES.contains(&name) {
        return rest.trim_start();
    }
    let Some((argument, behind)) = group(rest) else {
        // A name that the authors gave to something, or `LaTeX`.
        out.push_str(name);
        return rest;
    };
    match name {
        _ if NOTES.contains(&name) => behind,
        "url" | "path" | "nolinkurl" => {
            out.push_str(argument);
            behind
        }
        "textcolor" | "color" => behind,
        "href" => {
            let Some((label, behind)) = group(behind) else {
                // The reader of entries removes the braces of a second argument: the text after the address is the
                // label.
                let is_labelled = behind.starts_with(|c: char| c.is_alphanumeric() || c == '\\');
                if address == LabelledAddress::Written || !is_labelled {
                    out.push_str(argument);
                    out.push_str(if is_labelled { " " } else { "" });
                }
                return behind;
            };
            if depth < MAX_DEPTH {
                write(label, out, address, depth + 1);
            }
            if label.is_empty() {
                out.push_str(argument);
            } else if label != argument && address == LabelledAddress::Written {
                out.push_str(&format!(" ({argument})"));
            }
            behind
        }
        _ => {
            if depth < MAX_DEPTH {
                write(argument, out, address, depth + 1);
            }
            behind
        }
    }
}

/// Writes what a backslash with this character prints.
fn escape<'t>(text: &'t str, out: &mut String) -> &'t str {
    let Some(c) = text.chars().next() else { return text };
    match c {
        '-' | '/' | '!' => {}
        '\\' | ',' | ';' | ':' => out.push(' '),
        _ => out.push(c),
    }
    &text[c.len_utf8()..]
}

/// The group in braces that begins here, and the text after it.
fn group(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('{')?;
    let mut depth = 1_usize;
    for (at, byte) in inner.bytes().enumerate().take(MAX_GROUP) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return Some((&inner[..at], &inner[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_become_the_words_that_they_print() {
        for (tex, wanted) in [
            (r"\emph{On Cats}: A {\sc Cat} Grammar", "On Cats: A Cat Grammar"),
            (r"In\textsubscript{x}Ga in \texttt{Code}", "InxGa in Code"),
            (r"6\texttimes{} faster, 5\textdegree C", "6× faster, 5°C"),
            (r"see \url{https://a.example/b_c}.", "see https://a.example/b_c."),
            (r"\href{https://a.example}{our page}", "our page (https://a.example)"),
            (r"\textcolor{red}{Hot} \textbf{\textit{Cats}}\thanks{To Bob}", "Hot Cats"),
            (r"where $\emph{x}_{i}$ is \& \LaTeX", r"where $\emph{x}_{i}$ is & LaTeX"),
            (r"A \emph{cat", "A emphcat"),
        ] {
            assert_eq!(plain(tex), wanted, "{tex}");
        }
    }

    #[test]
    fn a_link_in_a_title_is_its_label() {
        let title = r"\href{https://a.example/lamps}{Lamps for \emph{Moths}}";
        assert_eq!(label(title), "Lamps for Moths");
        assert_eq!(addresses(title).collect::<Vec<_>>(), ["https://a.example/lamps"]);
        assert_eq!(label(r"\href{https://a.example}{}"), "https://a.example");
        assert_eq!(label(r"\href{https://a.example}Lamps"), "Lamps");
        assert_eq!(plain(r"See \href{https://a.example}our page."), "See https://a.example our page.");
        assert_eq!(label(r"\href{https://a.example}"), "https://a.example");
        assert_eq!(addresses(r"\hrefs and \href{open").count(), 0);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(\\\\(emph|url|href|sc|cite)|[{}$\\\\]| |é|[a-z]{1,4}){0,40}") {
            let _ = (plain(&text), label(&text), addresses(&text).count());
        }

        #[test]
        fn a_text_without_commands_stays(text in "[a-zA-Z0-9 .,é$-]{0,40}") {
            proptest::prop_assert_eq!(plain(&text), text);
        }
    }
}
