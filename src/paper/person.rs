//! Names of people as sources write them.

use super::slug;

/// A name in the order `Given Family`, with single spaces: `Kaiming He` for `He, Kaiming`.
pub(crate) fn spoken_name(name: &str) -> String {
    let (given, family) = match name.split_once(',') {
        Some((family, given)) => (given, family),
        None => ("", name),
    };
    let words: Vec<&str> = given.split_whitespace().chain(family.split_whitespace()).collect();
    words.join(" ")
}

/// The part of an author's id after `author/`, from the name alone: `kaiming-he`. `None` for a name without letters.
pub(crate) fn author_key(name: &str) -> Option<String> {
    let is_name = name.contains(char::is_alphabetic);
    is_name.then(|| slug(&spoken_name(name)).replace('.', ""))
}
