//! Research organisations and how people write their names: `vocab/organizations.toml`.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use toml::Spanned;

use super::load::{LineStarts, VocabularyProblem, VocabularyProblems};
use crate::text::fold_name;

/// A university, company or institute.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organization {
    /// The part of the node's id after `organization/`.
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub kind: OrganizationKind,
    /// Two letters of ISO 3166.
    pub country: Option<String>,
    /// Its address in the Research Organization Registry.
    pub ror: Option<String>,
    /// The id of the organisation that it belongs to.
    pub parent: Option<String>,
    /// Whether its one-word name is also an ordinary word, with which other names begin too.
    #[serde(default)]
    pub ordinary: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OrganizationKind {
    University,
    Company,
    Institute,
    Government,
    Nonprofit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrganizationsFile {
    #[serde(default)]
    organization: Vec<Spanned<Organization>>,
}

/// All listed organisations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Organizations {
    organizations: Vec<Organization>,
    ids: HashMap<String, usize>,
    /// Indexes by squeezed name; `None` for a name that several have.
    names: HashMap<String, Option<usize>>,
    /// First words of the names, folded.
    first_words: HashSet<String>,
}

/// Longest name, in words and in parts between commas.
const LONGEST: usize = 12;
const LONGEST_IN_PARTS: usize = 3;
/// Words at the end of a company's name that people omit.
const FORMS: [&str; 8] = ["inc", "ltd", "llc", "gmbh", "corp", "corporation", "co", "ag"];
/// Words that follow the one-word name of a company in the name of one of its parts.
const PARTS: [&str; 14] = [
    "research",
    "lab",
    "labs",
    "laboratory",
    "laboratories",
    "ai",
    "group",
    "team",
    "brain",
    "cloud",
    "technologies",
    "technology",
    "search",
    "europe",
];

/// Words before `University of …` in the name of another university.
const QUALIFIERS: [&str; 19] = [
    "agricultural",
    "american",
    "autonomous",
    "catholic",
    "christian",
    "federal",
    "free",
    "international",
    "islamic",
    "medical",
    "national",
    "normal",
    "open",
    "pedagogical",
    "polytechnic",
    "state",
    "technical",
    "technological",
    "women",
];

impl Organizations {
    /// # Errors
    /// Every problem of the file, with its line.
    pub(crate) fn from_toml(file: &str, text: &str) -> Result<Self, VocabularyProblems> {
        let lines_of = LineStarts::new(text);
        let problem = |line, message: String| VocabularyProblem { file: file.to_string(), line, message };
        let read: OrganizationsFile = toml::from_str(text).map_err(|e| {
            VocabularyProblems(vec![problem(e.span().map(|s| lines_of.line(s.start)), e.message().to_string())])
        })?;
        let (mut found, mut problems, mut lines) = (Self::default(), Vec::new(), Vec::new());
        for one in read.organization {
            let line = lines_of.line(one.span().start);
            let one = one.into_inner();
            let number = found.organizations.len();
            if let Some(first) = found.ids.insert(one.id.clone(), number) {
                let first = lines.get(first).copied().unwrap_or_default();
                problems.push(problem(Some(line), format!("`{}` is also at line {first}", one.id)));
            }
            let mut keys: Vec<String> = one.names().map(key_of).filter(|key| !key.is_empty()).collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                found.names.entry(key).and_modify(|known| *known = None).or_insert(Some(number));
            }
            found.first_words.extend(one.names().filter_map(|name| words_of(name).into_iter().next()));
            lines.push(line);
            found.organizations.push(one);
        }
        for (one, line) in found.organizations.iter().zip(&lines) {
            if let Some(parent) = one.parent.as_ref().filter(|parent| !found.ids.contains_key(*parent)) {
                problems
                    .push(problem(Some(*line), format!("parent of `{}` is `{parent}`, which is not listed", one.id)));
            }
        }
        if problems.is_empty() { Ok(found) } else { Err(VocabularyProblems(problems)) }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Organization> {
        self.organizations.get(*self.ids.get(id)?)
    }

    /// The organisation with this name.
    pub(crate) fn named(&self, name: &str) -> Option<&Organization> {
        let words = words_of(name);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.with_key(&words.concat()).or_else(|| self.whole(&words))
    }

    fn with_key(&self, key: &str) -> Option<&Organization> {
        self.organizations.get((*self.names.get(key)?)?)
    }

    fn whole(&self, words: &[&str]) -> Option<&Organization> {
        let mut words = words;
        while let [rest @ .., last] = words
            && FORMS.contains(last)
        {
            words = rest;
        }
        if let ["the", rest @ ..] = words {
            words = rest;
        }
        self.with_key(&words.concat())
    }

    /// The organisations that a line of affiliation names: `Department of Lamps, Light University, Light City`.
    pub(crate) fn in_affiliation(&self, text: &str) -> Vec<&Organization> {
        let mut found: Vec<&Organization> = Vec::new();
        let parts = text.split([',', ';', '\n', '|', '(', ')', '/']).map(words_of);
        let parts: Vec<Vec<String>> = parts.filter(|words| !words.is_empty()).collect();
        let mut at = 0;
        while let Some(words) = parts.get(at) {
            at += 1;
            // Some names have a comma: `University of Light, Oslo`.
            let longer = (2..=LONGEST_IN_PARTS).rev().find_map(|many| {
                let together = parts.get(at - 1..at - 1 + many)?;
                Some((self.with_key(&together.concat().concat())?, many))
            });
            if let Some((one, many)) = longer {
                found.push(one);
                at += many - 1;
                continue;
            }
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let before = found.len();
            match self.whole(&words) {
                Some(one) => found.push(one),
                None => self.inside(&words, &mut found),
            }
            if found.len() == before {
                found.extend(self.part_of_company(&words));
            }
        }
        let mut seen = HashSet::new();
        found.retain(|one| seen.insert(one.id.as_str()));
        found
    }

    /// `Lumen Research` belongs to a company that the list calls `Lumen`.
    fn part_of_company(&self, words: &[&str]) -> Option<&Organization> {
        let [first, rest @ ..] = words else { return None };
        let is_part = |word: &&str| PARTS.contains(word) || FORMS.contains(word);
        let one = self.with_key(first).filter(|one| one.kind == OrganizationKind::Company && first.len() > 2)?;
        // `Meta Learning Lab` is not part of Meta.
        let has_part = if one.ordinary { rest.first().is_some_and(is_part) } else { rest.iter().any(is_part) };
        has_part.then_some(one)
    }

    /// Names of two or more words inside a part.
    fn inside<'o>(&'o self, words: &[&str], found: &mut Vec<&'o Organization>) {
        let mut from = 0;
        while from < words.len() {
            let mut next = from + 1;
            if self.first_words.contains(words[from]) {
                let longest = words.len().min(from + LONGEST);
                for to in (from + 2..=longest).rev() {
                    let one = self.with_key(&words[from..to].concat());
                    if let Some(one) = one.filter(|_| is_whole_name(words, from, to)) {
                        found.push(one);
                        next = to;
                        break;
                    }
                }
            }
            from = next;
        }
    }
}

/// Whether the words `from..to` are not part of another name: `Light University of Technology`, `Technical University
/// of Light`.
fn is_whole_name(words: &[&str], from: usize, to: usize) -> bool {
    let goes_on = words.get(to).is_some_and(|next| *next == "of");
    let before = from.checked_sub(1).and_then(|before| words.get(before));
    let is_of_place = words.get(from + 1).is_some_and(|second| *second == "of");
    let is_qualified = is_of_place && before.is_some_and(|before| QUALIFIERS.contains(before));
    !goes_on && !is_qualified
}

/// The words of a name, folded, without punctuation.
fn words_of(name: &str) -> Vec<String> {
    let folded = fold_name(name);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_string).collect()
}

fn key_of(name: &str) -> String {
    words_of(name).concat()
}

impl Organization {
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        [&self.name].into_iter().chain(&self.aliases).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"organization = [
  { id = "lumen", name = "Lumen", kind = "company", country = "NO" },
  { id = "lumen-oil", name = "Lumen Oil", aliases = ["LumenOil"], kind = "company", parent = "lumen" },
  { id = "glow", name = "Glow", kind = "company", ordinary = true },
  { id = "light", name = "Light University", aliases = ["University of Light", "Univ. of Light, Oslo", "LU"], kind = "university" },
  { id = "lu-2", name = "Lower University", aliases = ["LU"], kind = "university" },
]"#;

    #[test]
    fn organisations_are_found_in_affiliations_and_departments_are_none() {
        let list = Organizations::from_toml("o.toml", FILE).unwrap();
        for (text, wanted) in [
            ("Department of Lamps, Light University, Light City, Norway", &["light"][..]),
            ("Lumen Inc.", &["lumen"]),
            ("Dept. of Lamps, Univ. of Light, Oslo, Norway", &["light"]),
            ("Lumen Research, Oslo", &["lumen"]),
            ("Lumen Oil and the University of Light", &["lumen-oil", "light"]),
            ("Institute of Wicks of the University of Light Oslo", &["light"]),
            ("School of Lamps, 12 Lumen Street", &[]),
            ("Light University of Wicks and Oil", &[]),
            ("Technical University of Light", &[]),
            ("Lamp Group Technical University of Light", &[]),
            ("Glow Research", &["glow"]),
            ("Glow Discharge Lab", &[]),
            // Two organisations have the name.
            ("LU", &[]),
        ] {
            let found: Vec<&str> = list.in_affiliation(text).iter().map(|one| one.id.as_str()).collect();
            assert_eq!(found, wanted, "{text}");
        }
        assert_eq!(list.named("lumen-oil").unwrap().id, "lumen-oil");
    }

    #[test]
    fn a_parent_must_be_listed() {
        let problems = Organizations::from_toml("o.toml", &FILE.replace("parent = \"lumen\"", "parent = \"x\""));
        assert_eq!(problems.unwrap_err().to_string(), "o.toml:3: parent of `lumen-oil` is `x`, which is not listed");
    }

    proptest::proptest! {
        #[test]
        fn any_affiliation_is_read(text in "\\PC{0,80}") {
            let _ = Organizations::from_toml("o.toml", FILE).unwrap().in_affiliation(&text);
        }
    }
}
