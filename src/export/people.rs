//! Splits names of people into the parts that reference managers use.

/// The parts of an author's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NameParts {
    Person {
        given: String,
        family: String,
    },
    /// A name without parts: of a group, or a single word.
    Whole(String),
}

/// Small words at the beginning of a family name.
const PARTICLES: [&str; 20] = [
    "de", "la", "le", "van", "von", "der", "den", "del", "della", "di", "da", "dos", "du", "bin", "ibn", "al", "el",
    "ter", "ten", "zu",
];

/// Words that occur in names of groups and not in names of people.
const GROUPS: [&str; 10] =
    ["team", "group", "consortium", "collaboration", "project", "institute", "university", "lab", "labs", "the"];

impl NameParts {
    /// The parts of `Ana van der Ruiz`: the family name is the last word, with the small words before it.
    pub(super) fn of(name: &str) -> Self {
        let words: Vec<&str> = name.split_whitespace().collect();
        let is_group = words.iter().any(|word| GROUPS.contains(&word.to_lowercase().as_str()));
        let particle = words.iter().skip(1).position(|word| PARTICLES.contains(word)).map(|at| at + 1);
        let family = particle.filter(|at| *at + 1 < words.len()).unwrap_or(words.len().saturating_sub(1));
        if is_group || family == 0 || name.contains(',') {
            return Self::Whole(words.join(" "));
        }
        Self::Person { given: words[..family].join(" "), family: words[family..].join(" ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_name_begins_with_its_small_words() {
        let person = |given: &str, family: &str| NameParts::Person { given: given.into(), family: family.into() };
        assert_eq!(NameParts::of("Ana Maria Ruiz"), person("Ana Maria", "Ruiz"));
        assert_eq!(NameParts::of("Ana van der Ruiz"), person("Ana", "van der Ruiz"));
        assert_eq!(NameParts::of("Ana de"), person("Ana", "de"));
        for whole in ["The Lamp Team", "Plato", "", "Moth Collaboration"] {
            assert_eq!(NameParts::of(whole), NameParts::Whole(whole.into()));
        }
    }
}
