//! Commands for single characters.

use unicode_normalization::UnicodeNormalization;

use super::arguments::group;
use super::tokens::{LatexToken, PlacedToken};
pub(super) use crate::text::latex_symbol as spoken;

/// A letter with the accent from a command, and the position after it.
pub(super) fn accented(name: &str, tokens: &[PlacedToken], at: usize) -> Option<(String, usize)> {
    let mark = match name {
        "'" => '\u{301}',
        "`" => '\u{300}',
        "^" => '\u{302}',
        "\"" => '\u{308}',
        "~" => '\u{303}',
        "=" => '\u{304}',
        "." => '\u{307}',
        "c" => '\u{327}',
        "v" => '\u{30c}',
        "u" => '\u{306}',
        "H" => '\u{30b}',
        "r" => '\u{30a}',
        "k" => '\u{328}',
        "d" => '\u{323}',
        _ => return None,
    };
    let (argument, next) = group(tokens, at);
    let letter = argument.iter().find_map(|(token, _)| match token {
        LatexToken::Char(c) if c.is_alphabetic() => Some(*c),
        LatexToken::Command(name) if &**name == "i" => Some('i'),
        LatexToken::Command(name) if &**name == "j" => Some('j'),
        _ => None,
    })?;
    let text: String = [letter, mark].into_iter().nfc().collect();
    // After `\i` there may be an empty group or a space that is part of the command.
    Some((text, next))
}
