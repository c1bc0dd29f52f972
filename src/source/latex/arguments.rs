//! Arguments of commands and contents of environments.

use super::tokens::{LatexToken, PlacedToken, text};

/// Number of tokens in the brackets of an optional argument.
const MAX_OPTIONAL: usize = 2_000;

/// Number of tokens in a name.
const MAX_NAME: usize = 200;

/// The next group, without its braces, and the position after it.
pub(super) fn group(tokens: &[PlacedToken], from: usize) -> (&[PlacedToken], usize) {
    let mut at = from;
    while matches!(tokens.get(at), Some((LatexToken::Space | LatexToken::Paragraph, _))) {
        at += 1;
    }
    match tokens.get(at) {
        Some((LatexToken::Open, _)) => {}
        Some(_) => return (&tokens[at..=at], at + 1),
        None => return (&[], tokens.len()),
    }
    let mut depth = 0;
    for end in at..tokens.len() {
        match tokens[end].0 {
            LatexToken::Open => depth += 1,
            LatexToken::Close => {
                depth -= 1;
                if depth == 0 {
                    return (&tokens[at + 1..end], end + 1);
                }
            }
            _ => {}
        }
    }
    (&tokens[at + 1..], tokens.len())
}

/// As [`group`], for the name of an environment, which is short: an unclosed group must not make the reader search the
/// rest of the paper again and again.
pub(super) fn short_group(tokens: &[PlacedToken], from: usize) -> (&[PlacedToken], usize) {
    group(&tokens[..tokens.len().min(from + MAX_NAME)], from)
}

/// `[…]`, if it comes next, and the position after it.
pub(super) fn optional(tokens: &[PlacedToken], from: usize) -> Option<(&[PlacedToken], usize)> {
    let mut at = from;
    while matches!(tokens.get(at), Some((LatexToken::Space, _))) {
        at += 1;
    }
    if !matches!(tokens.get(at), Some((LatexToken::Char('['), _))) {
        return None;
    }
    let mut depth = 0_usize;
    for end in at + 1..tokens.len().min(at + MAX_OPTIONAL) {
        match tokens[end].0 {
            LatexToken::Open => depth += 1,
            LatexToken::Close => depth = depth.saturating_sub(1),
            LatexToken::Char(']') if depth == 0 => return Some((&tokens[at + 1..end], end + 1)),
            LatexToken::Paragraph => return None,
            _ => {}
        }
    }
    None
}

/// The next command from a position on, and the position after it.
pub(super) fn next_command(tokens: &[PlacedToken], from: usize) -> Option<(&str, usize)> {
    (from..).zip(tokens.get(from..)?).find_map(|(at, token)| match &token.0 {
        LatexToken::Command(name) => Some((&**name, at + 1)),
        _ => None,
    })
}

/// The content of an environment whose name was just read, and the position after its end.
pub(super) fn environment<'t>(tokens: &'t [PlacedToken], from: usize, kind: &str) -> (&'t [PlacedToken], usize) {
    let mut depth = 0;
    let mut at = from;
    while at < tokens.len() {
        if let LatexToken::Command(name) = &tokens[at].0 {
            let begins = &**name == "begin";
            if begins || &**name == "end" {
                let (argument, next) = short_group(tokens, at + 1);
                if text(argument).trim() == kind {
                    if !begins && depth == 0 {
                        return (&tokens[from..at], next);
                    }
                    depth = if begins { depth + 1 } else { depth - 1 };
                }
            }
        }
        at += 1;
    }
    (&tokens[from..], tokens.len())
}
