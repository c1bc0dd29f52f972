//! Compares names of people.

use crate::paper::author_key;

/// Words that follow a family name.
const SUFFIXES: [&str; 5] = ["jr", "sr", "ii", "iii", "iv"];

/// A folded name: the last word, and the words before it. A particle (`de`, `van`) counts as a given name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PersonName {
    pub family: String,
    pub given: Vec<String>,
}

impl PersonName {
    /// `None` for a name without letters.
    pub(super) fn of(spoken: &str) -> Option<Self> {
        let key = author_key(spoken)?;
        let mut words: Vec<&str> = key.split('-').filter(|word| !word.is_empty()).collect();
        while words.len() > 2 && words.last().is_some_and(|last| SUFFIXES.contains(last)) {
            words.pop();
        }
        let family = words.pop()?.to_string();
        Some(Self { family, given: words.into_iter().map(str::to_string).collect() })
    }

    /// The first letter of the given names.
    pub(super) fn initial(&self) -> Option<char> {
        self.given.first()?.chars().next()
    }

    /// Whether the first given name is an initial.
    pub(super) fn is_abbreviated(&self) -> bool {
        self.given.first().is_none_or(|first| first.chars().count() == 1)
    }

    /// Whether both can be names of one person: the same family name, and given names that are equal or abbreviate each
    /// other. A given name that only one of them has does not matter.
    pub(super) fn can_be(&self, other: &Self) -> bool {
        let alike = |(a, b): (&String, &String)| {
            let is_initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
            a == b || is_initial(a, b) || is_initial(b, a)
        };
        self == other
            || (self.family == other.family
                && !self.given.is_empty()
                && !other.given.is_empty()
                && self.given.iter().zip(&other.given).all(alike))
    }

    /// The name in the other order, if it has two full words: `Zhang Wei` of `Wei Zhang`.
    pub(super) fn turned(&self) -> Option<Self> {
        match &self.given[..] {
            [given] if given.chars().count() > 1 && self.family.chars().count() > 1 => {
                Some(Self { family: given.clone(), given: vec![self.family.clone()] })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_names_fit_if_they_abbreviate_each_other() {
        let fits = |a: &str, b: &str| PersonName::of(a).unwrap().can_be(&PersonName::of(b).unwrap());
        for (a, b) in
            [("Jörg Peña", "JORG PENA"), ("J. Peña", "Jörg Pena"), ("Jörg M. Peña", "J Peña"), ("A Li Jr.", "Ann Li")]
        {
            assert!(fits(a, b) && fits(b, a), "{a}, {b}");
        }
        for (a, b) in
            [("Jörg Peña", "Jan Peña"), ("Peña", "J Peña"), ("J Peña", "J Pena Ruiz"), ("Ann B Li", "Ann C Li")]
        {
            assert!(!fits(a, b) && !fits(b, a), "{a}, {b}");
        }
        assert_eq!(PersonName::of("Wei Zhang").unwrap().turned(), PersonName::of("Zhang Wei"));
        assert_eq!((PersonName::of("W Zhang").unwrap().turned(), PersonName::of("…")), (None, None));
    }
}
