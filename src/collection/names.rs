//! Decides what the names that papers introduce mean in the whole collection: whose each name is, how many things one
//! name means, and where else it may be linked.
//!
//! This is a pure function of what all papers introduce and of how the names are used, so the order of reading does not
//! matter.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::usage::{Introduction, SpellingUsage};
use crate::extract::{CollectionName, IntroducedName, NameSearch, NamedThing};
use crate::paper::PartialDate;
use crate::vocabulary::{EntityId, Kind, Vocabulary, squeeze};

/// If this many papers of earlier years write a name, it is older than the paper that seems to introduce it. A single
/// paper can be a preprint, or have a wrong date.
const MIN_EARLIER_PAPERS: u32 = 2;
/// The same limit for its long form, which can also describe other things. A term of the field counts in its first year
/// too.
const MIN_EARLIER_EXPANSIONS: u32 = 2;
/// If this many papers by others write a long form without capitals, in any year, it is a term.
const MIN_TERM_EXPANSIONS: u32 = 3;
/// If this many other papers write a short acronym that has no long form, it does not belong to this paper.
const MIN_ACRONYM_PAPERS: u32 = 3;
/// The same limit for papers by others in the year in which a method is introduced.
const MIN_SAME_YEAR_PAPERS: u32 = 5;
/// If this many groups of authors define a short form with the same long form, it is a term of the field.
const MIN_TERM_GROUPS: usize = 3;
/// A name with this many meanings is linked nowhere else.
const MIN_UNLINKED_THINGS: usize = 4;

/// Puts the papers in order of precedence. If two papers introduce one name, the earlier one decides its kind; papers
/// without a date come last.
pub(crate) fn sort_introductions(introductions: &mut [&Introduction]) {
    introductions.sort_by(|a, b| {
        (a.published.is_none(), a.published, &a.paper).cmp(&(b.published.is_none(), b.published, &b.paper))
    });
}

/// Decides about all names. `introductions` must be in order of precedence, see [`sort_introductions`].
pub(crate) fn decide_names(
    introductions: &[&Introduction],
    usage: &HashMap<String, SpellingUsage>,
    vocabulary: &Vocabulary,
) -> Vec<CollectionName> {
    let mut by_key: BTreeMap<String, Vec<(&Introduction, &IntroducedName)>> = BTreeMap::new();
    for introduction in introductions {
        for name in &introduction.names {
            by_key.entry(squeeze(&name.name)).or_default().push((introduction, name));
        }
    }
    let mut taken: HashSet<EntityId> = HashSet::new();
    let decided = by_key.into_iter().map(|(key, introduced)| {
        let mut spellings: Vec<String> = introduced.iter().map(|(_, name)| name.name.clone()).collect();
        spellings.sort_unstable();
        spellings.dedup();
        let mut things = decide_things(&introduced, usage);
        for thing in &mut things {
            thing.entity = free_id(thing, vocabulary, &taken);
            taken.insert(thing.entity.clone());
        }
        CollectionName { key, spellings, things }
    });
    decided.collect()
}

/// A thing while its papers are being collected.
struct GrowingThing {
    thing: NamedThing,
    /// Hashes of the authors of its papers.
    authors: Vec<u32>,
    /// Number of groups of authors without a common member that introduce it.
    groups: usize,
}

impl GrowingThing {
    fn of(introduction: &Introduction, name: &IntroducedName, search: NameSearch) -> Self {
        let thing = NamedThing {
            entity: name.entity.clone(),
            name: name.name.clone(),
            kind_stated: name.kind_stated,
            expansion: name.expansion.clone(),
            since: introduction.published,
            papers: vec![introduction.paper.clone()],
            search,
        };
        Self { thing, authors: introduction.authors.to_vec(), groups: 1 }
    }

    fn has_paper(&self, introduction: &Introduction) -> bool {
        self.thing.papers.contains(&introduction.paper)
    }

    fn shares_author(&self, introduction: &Introduction) -> bool {
        self.authors.iter().any(|author| introduction.authors.contains(author))
    }

    /// Whether both long forms are the same; `None` if one of them is not known.
    fn has_expansion_of(&self, name: &IntroducedName) -> Option<bool> {
        let (own, other) = (self.thing.expansion.as_ref()?, name.expansion.as_ref()?);
        Some(squeeze(own) == squeeze(other))
    }

    /// Adds a paper that introduces the thing too.
    fn add(&mut self, introduction: &Introduction, name: &IntroducedName, search: NameSearch) {
        let year = |date: Option<PartialDate>| date.map(PartialDate::year);
        let is_later = year(self.thing.since).is_some_and(|since| year(introduction.published) > Some(since));
        let shares_author = self.shares_author(introduction);
        self.groups += usize::from(!shares_author);
        // Others that define the same words in a later year refer to the existing thing.
        if is_later && !shares_author && !self.has_paper(introduction) {
            return;
        }
        self.thing.papers.push(introduction.paper.clone());
        self.authors.extend(introduction.authors.iter());
        let sureness = |entity: &EntityId, kind_stated: bool| (kind_stated, entity.kind() != Kind::Unknown);
        if sureness(&name.entity, name.kind_stated) > sureness(&self.thing.entity, self.thing.kind_stated) {
            self.thing.entity = name.entity.clone();
            self.thing.kind_stated = name.kind_stated;
            self.thing.search = search;
        }
    }

    /// Whether a name that others introduce is certainly another thing: the long forms or kinds differ, or the name is
    /// an ordinary word.
    fn differs_from(&self, name: &IntroducedName, usage: &SpellingUsage) -> bool {
        self.has_expansion_of(name) == Some(false)
            || self.thing.kind_stated && name.kind_stated && !are_confused(self.thing.entity.kind(), name.entity.kind())
            || is_word(usage)
            || !name.distinctive
    }
}

/// The things that one name means. `introduced` has the papers that introduce it, in order of precedence.
fn decide_things(
    introduced: &[(&Introduction, &IntroducedName)],
    usage: &HashMap<String, SpellingUsage>,
) -> Vec<NamedThing> {
    let mut things: Vec<GrowingThing> = Vec::new();
    for &(introduction, name) in introduced {
        let usage = usage.get(&name.name).copied().unwrap_or_default();
        // A name that many papers write in the year of its first paper comes from elsewhere, not from that paper.
        let comes_from_elsewhere =
            usage.same_year >= MIN_SAME_YEAR_PAPERS && matches!(name.entity.kind(), Kind::Method | Kind::Unknown);
        let is_older = usage.earlier >= MIN_EARLIER_PAPERS || comes_from_elsewhere;
        // A short acronym or a plain word can have had another meaning before; several words have not.
        let had_other_meaning =
            !name.distinctive && !name.name.contains(' ') && (name.expansion.is_some() || name.kind_stated);
        if is_older && !had_other_meaning || abbreviates_term(name, &usage) || is_known_acronym(name, &usage) {
            continue;
        }
        let search = search_scope(name, &usage, is_older);
        let known = things
            .iter()
            .position(|thing| thing.has_paper(introduction) || thing.shares_author(introduction))
            .or_else(|| things.iter().position(|thing| thing.has_expansion_of(name) == Some(true)));
        if let Some(at) = known {
            things[at].add(introduction, name, search);
        } else if things.iter().all(|thing| thing.differs_from(name, &usage)) {
            things.push(GrowingThing::of(introduction, name, search));
        }
    }
    things.retain(|thing| thing.groups < MIN_TERM_GROUPS);
    let is_linked_nowhere = things.len() >= MIN_UNLINKED_THINGS;
    let mut things: Vec<NamedThing> = things.into_iter().map(|growing| growing.thing).collect();
    // Most names mean one thing, and a large collection has hundreds of thousands of names.
    things.shrink_to_fit();
    if is_linked_nowhere {
        things.iter_mut().for_each(|thing| thing.search = NameSearch::Never);
    }
    things
}

/// Whether the name abbreviates a long form that many papers use. A short form with a shape of its own (`EmoDS`) is a
/// name whatever it abbreviates.
fn abbreviates_term(name: &IntroducedName, usage: &SpellingUsage) -> bool {
    let plain = |long: &String| !long.contains(char::is_uppercase);
    let is_term = usage.expansion_earlier + usage.expansion_same_year >= MIN_EARLIER_EXPANSIONS
        || usage.expansion_lower_case >= MIN_TERM_EXPANSIONS && name.expansion.as_ref().is_some_and(plain);
    is_term && (!is_mixed(&name.name) || usage.as_introduced >= MIN_ACRONYM_PAPERS)
}

/// Whether the name is an acronym that others write too, and the paper gives neither a long form nor a word for what it
/// is.
fn is_known_acronym(name: &IntroducedName, usage: &SpellingUsage) -> bool {
    // The paper itself is one of those that write the name.
    !name.distinctive
        && name.expansion.is_none()
        && !name.kind_stated
        && !name.name.contains(' ')
        && usage.as_introduced > MIN_ACRONYM_PAPERS
}

/// Where to link a name that a paper introduces.
fn search_scope(name: &IntroducedName, usage: &SpellingUsage, is_older: bool) -> NameSearch {
    // A name without any stated kind is not linked in other papers.
    if !name.distinctive || !name.kind_stated || is_older || is_term(&name.name, usage) {
        NameSearch::Never
    } else if is_word(usage) && !is_mixed(&name.name) {
        NameSearch::WithEvidence
    } else {
        NameSearch::Anywhere
    }
}

/// Whether papers do not distinguish the kinds.
fn are_confused(a: Kind, b: Kind) -> bool {
    let system = |kind: Kind| matches!(kind, Kind::Method | Kind::Model | Kind::Software);
    a == b || system(a) && system(b)
}

/// Whether the collection uses the same letters as an ordinary word.
fn is_word(usage: &SpellingUsage) -> bool {
    usage.lower_case >= 2 && usage.lower_case * 2 >= usage.as_introduced
}

/// Whether other papers write a name of several words at least as often in other capitals: `PP-Attachment` is a term
/// that a title capitalised.
fn is_term(name: &str, usage: &SpellingUsage) -> bool {
    name.contains([' ', '-']) && usage.other_capitals >= 2 && usage.other_capitals >= usage.as_introduced
}

/// Upper-case and lower-case letters in an order that no word of a sentence has: `CharacTer`, `ParaMetric`.
fn is_mixed(name: &str) -> bool {
    name.split([' ', '-'])
        .any(|word| word.chars().any(char::is_lowercase) && word.chars().skip(1).any(char::is_uppercase))
}

/// The id of a thing: made from its name, with its year if the vocabulary or another thing has that id.
fn free_id(thing: &NamedThing, vocabulary: &Vocabulary, taken: &HashSet<EntityId>) -> EntityId {
    let kind = thing.entity.kind();
    let mark = thing.since.map_or_else(|| "introduced".to_string(), |date| date.year().to_string());
    let marked =
        std::iter::once(format!("{} {mark}", thing.name)).chain((2..).map(|n| format!("{} {mark} {n}", thing.name)));
    let mut ids = std::iter::once(thing.name.clone()).chain(marked).map(|name| EntityId::of_name(kind, &name));
    let free = ids.find(|id| vocabulary.get(id).is_none() && !taken.contains(id));
    free.unwrap_or_else(|| thing.entity.clone())
}
