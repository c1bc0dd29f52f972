//! Turns small pieces of LaTeX into text where only the words matter.

use super::arguments::{group, optional};
use super::characters::{accented, spoken};
use super::tokens::{LatexToken, PlacedToken};

/// Tokens as text; unknown commands leave their arguments.
pub(super) fn plain(tokens: &[PlacedToken]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < tokens.len() {
        let (token, _) = &tokens[at];
        at += 1;
        match token {
            LatexToken::Char('\u{a0}') | LatexToken::Space | LatexToken::Paragraph => out.push(' '),
            LatexToken::Char('-') if matches!(tokens.get(at), Some((LatexToken::Char('-'), _))) => {
                while matches!(tokens.get(at), Some((LatexToken::Char('-'), _))) {
                    at += 1;
                }
                out.push('–');
            }
            LatexToken::Char(c @ ('`' | '\'')) => {
                let double = matches!(tokens.get(at), Some((LatexToken::Char(next), _)) if next == c);
                at += usize::from(double);
                out.push(match (c, double) {
                    ('`', true) => '“',
                    ('`', false) => '‘',
                    (_, true) => '”',
                    _ => '’',
                });
            }
            LatexToken::Char(c) => out.push(*c),
            LatexToken::Verbatim(text) => out.push_str(text),
            LatexToken::Cell => out.push('&'),
            LatexToken::Command(name) => {
                if let Some((text, next)) = accented(name, tokens, at) {
                    out.push_str(&text);
                    at = next;
                } else if let Some(text) = spoken(name) {
                    out.push_str(text);
                } else if matches!(&**name, "bibinfo" | "href" | "bibfield" | "textcolor") {
                    at = group(tokens, at).1;
                } else if matches!(
                    &**name,
                    "providecommand" | "expandafter" | "csname" | "label" | "vspace" | "hspace" | "bibitem"
                ) {
                    at = optional(tokens, at).map_or(at, |(_, next)| next);
                    at = group(tokens, at).1;
                } else if matches!(&**name, "par" | "\\" | "newline") {
                    out.push(' ');
                }
            }
            LatexToken::Open | LatexToken::Close | LatexToken::Math | LatexToken::Parameter(_) => {}
        }
    }
    out
}

/// The names in a printed list: `Jane Doe, John Roe, and Kim Poe.`
pub(super) fn names(list: &str) -> Vec<String> {
    let list = list.trim().trim_end_matches('.').replace(" and ", ", ").replace(" & ", ", ");
    let pieces: Vec<&str> =
        list.split(',').map(str::trim).filter(|piece| !piece.is_empty() && !piece.starts_with("et al")).collect();
    let initials = |text: &str| {
        text.split([' ', '-', '.'])
            .filter(|part| !part.is_empty())
            .all(|part| part.chars().count() == 1 && part.chars().all(char::is_uppercase))
    };
    let mut out = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        // `Doe, J.`
        if let Some(next) = pieces.get(at + 1).filter(|next| initials(next)) {
            out.push(format!("{next} {}", pieces[at]));
            at += 2;
            continue;
        }
        // The year after the names.
        if pieces[at].chars().any(char::is_alphabetic) {
            out.push(pieces[at].split(" (").next().unwrap_or_default().to_string());
        }
        at += 1;
    }
    out
}
