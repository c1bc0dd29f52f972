//! What identifies the authors of a paper, in a few bytes: a million papers fit into memory.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::super::identity::title_key;
use crate::builtin::organizations;
use crate::document::DocumentAuthor;
use crate::paper::{Paper, spoken_name};
use crate::text::fold_name;

/// Shorter words of titles say nothing about a field.
const SHORTEST_WORD: usize = 4;

/// The authors of one paper.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Byline {
    /// Their names in the order `Given Family`, one a line.
    names: Box<str>,
    /// Ids that sources state, each with the number of its author: `orcid:0000-0002-1825-0097`. Sorted.
    pub(super) ids: Box<[(u16, Box<str>)]>,
    /// Hashes of organisations, each with the number of an author. Sorted.
    pub(super) organizations: Box<[(u16, u32)]>,
    /// Hashes of the words of the title, sorted.
    pub(super) words: Box<[u32]>,
}

impl Byline {
    pub fn of(paper: &Paper) -> Self {
        let authors = paper.authors.as_deref().unwrap_or_default();
        let names: Vec<String> = authors.iter().map(|name| spoken_name(&name.replace('\n', " "))).collect();
        let details = paper.document.as_deref().map_or(&[][..], |document| &document.authors);
        let (mut ids, mut organizations) = (Vec::new(), Vec::new());
        for (number, name) in (0..u16::MAX).zip(&names) {
            let Some(author) = details_of(details, usize::from(number), name, names.len()) else { continue };
            let orcid = author.orcid.iter().map(|orcid| format!("orcid:{}", orcid.to_lowercase()));
            ids.extend(orcid.chain(author.ids.iter().cloned()).map(|id| (number, id.into_boxed_str())));
            organizations.extend(organizations_of(author).map(|hash| (number, hash)));
        }
        ids.sort_unstable();
        ids.dedup();
        organizations.sort_unstable();
        organizations.dedup();
        let folded = fold_name(&paper.title);
        let long = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= SHORTEST_WORD);
        let mut words: Vec<u32> = long.map(hash).collect();
        words.sort_unstable();
        words.dedup();
        // Without authors the words are not needed.
        if names.is_empty() {
            words.clear();
        }
        Self {
            names: names.join("\n").into(),
            ids: ids.into(),
            organizations: organizations.into(),
            words: words.into(),
        }
    }

    /// The names in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let all = (!self.names.is_empty()).then(|| self.names.split('\n'));
        all.into_iter().flatten()
    }
}

/// The details of an author: those at the same position, or those with the same name.
fn details_of<'a>(
    details: &'a [DocumentAuthor],
    number: usize,
    name: &str,
    authors: usize,
) -> Option<&'a DocumentAuthor> {
    let is_same = |other: &&DocumentAuthor| title_key(&spoken_name(&other.name)) == title_key(name);
    let here = details.get(number).filter(|other| details.len() == authors || is_same(other));
    here.or_else(|| details.iter().find(is_same))
}

/// If no list has an organisation, its name is compared.
fn organizations_of(author: &DocumentAuthor) -> impl Iterator<Item = u32> {
    let list = organizations();
    let stated = author.affiliations.iter().chain(&author.institutions);
    let mut found: Vec<u32> = stated.flat_map(|text| list.in_affiliation(text)).map(|one| hash(&one.id)).collect();
    if found.is_empty() {
        found.extend(author.institutions.iter().chain(&author.affiliations).map(|name| hash(&title_key(name))));
    }
    found.into_iter()
}

pub(super) fn hash(text: &str) -> u32 {
    xxh3_64(text.as_bytes()) as u32
}
