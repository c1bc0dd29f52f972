//! What a user states about people in `people.toml`: who is the same person, and who is not.

use serde::Deserialize;
use toml::Spanned;

use crate::paper::author_key;

/// The decisions of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PeopleDecisions {
    /// Groups of name keys; each group is one person.
    pub(super) same: Vec<Vec<String>>,
    pub(super) different: Vec<SplitName>,
    /// Hash of the file; 0 without a file.
    pub version: u64,
}

/// Papers with one author name that are by different people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SplitName {
    /// Key of the name.
    pub name: String,
    /// Ids of papers, in one list for each person.
    pub papers: Vec<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeopleFile {
    #[serde(default)]
    same: Vec<Spanned<Vec<String>>>,
    #[serde(default)]
    different: Vec<Spanned<RawSplitName>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSplitName {
    name: String,
    papers: Vec<Vec<String>>,
}

impl PeopleDecisions {
    /// # Errors
    /// The first problem of the text, as `FILE:LINE: what is wrong`.
    pub(crate) fn from_toml(file: &str, text: &str) -> Result<Self, String> {
        let at = |offset: usize| format!("{file}:{}", text[..offset.min(text.len())].matches('\n').count() + 1);
        let read: PeopleFile = toml::from_str(text)
            .map_err(|e| format!("{}: {}", e.span().map_or(file.to_string(), |span| at(span.start)), e.message()))?;
        let key = |place: &str, name: &str| author_key(name).ok_or_else(|| format!("{place}: `{name}` is not a name"));
        let mut decisions = Self { version: crate::text::stable_hash(text.bytes()), ..Self::default() };
        for names in read.same {
            let place = at(names.span().start);
            let names = names.into_inner();
            if names.len() < 2 {
                return Err(format!("{place}: `same` needs two names or more, as in [\"Bo Li\", \"B. Li\"]"));
            }
            decisions.same.push(names.iter().map(|name| key(&place, name)).collect::<Result<_, _>>()?);
        }
        for different in read.different {
            let place = at(different.span().start);
            let RawSplitName { name, papers } = different.into_inner();
            if papers.len() < 2 || papers.iter().any(Vec::is_empty) {
                return Err(format!(
                    "{place}: `papers` needs a list of ids for each person, as in [[\"paper/a\"], [\"paper/b\"]]"
                ));
            }
            decisions.different.push(SplitName { name: key(&place, &name)?, papers });
        }
        Ok(decisions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_reported_with_its_line() {
        let read = |text: &str| PeopleDecisions::from_toml("people.toml", text);
        assert_eq!(read("same = [[\"Bo Li\", \"B. Li\"]]").unwrap().same, [["bo-li", "b-li"]]);
        for (text, wanted) in [
            ("same = [\n  [\"Bo Li\"],\n]", "people.toml:2: `same` needs two names"),
            ("\ndifferent = [{ name = \"Bo Li\", papers = [[\"paper/a\"]] }]", "people.toml:2: `papers` needs a list"),
            ("same = [[\"…\", \"B\"]]", "people.toml:1: `…` is not a name"),
            ("alike = []", "people.toml:1: "),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(wanted), "{error}");
        }
    }
}
