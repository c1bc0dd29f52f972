//! Links the names that papers introduce, as the whole collection knows them, in other papers.
//!
//! A name is linked in other papers only as it was written when it was introduced, only in papers that are not older,
//! and only as a whole word: part of a longer name is a different name. [`crate::collection::decide_names`] decides
//! from all papers which names these are, and how many things each name means.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::contributions;
use super::mentions::{Span, head_word_beside};
use super::reading::ReadField;
use super::record::{Contribution, Extraction, Field, Mention};
use super::rule::{Rule, rule};
use crate::matcher::NameTable;
use crate::paper::{Paper, PaperId, PartialDate};
use crate::text::{ByteOffsets, Folded, fold_name};
use crate::vocabulary::{EntityId, Kind, squeeze};

/// A name that one paper presents as its own, as that paper alone shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntroducedName {
    pub entity: EntityId,
    pub name: String,
    /// Whether a word states the kind of the thing.
    pub kind_stated: bool,
    /// Whether the shape of the name distinguishes it from ordinary words and short acronyms.
    pub distinctive: bool,
    /// The long form of a name that is an abbreviation.
    pub expansion: Option<String>,
}

/// A name over the whole collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionName {
    /// The key by which names are compared, see `squeeze`.
    pub key: String,
    /// All spellings under which papers introduce it.
    pub spellings: Vec<String>,
    /// The things with this name. Empty if the name is older than all papers that seem to introduce it: then it is
    /// nobody's own.
    pub things: Vec<NamedThing>,
}

/// One thing with the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedThing {
    pub entity: EntityId,
    pub name: String,
    pub kind_stated: bool,
    pub expansion: Option<String>,
    /// When the first of its papers was published.
    pub since: Option<PartialDate>,
    /// The papers that introduce it.
    pub papers: Vec<PaperId>,
    pub search: NameSearch,
}

/// Whether a name is linked in papers that do not introduce it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NameSearch {
    /// Wherever it is written as introduced.
    Anywhere,
    /// Only where its sentence also cites a paper or states its kind: the same word is used in lower case.
    WithEvidence,
    Never,
}

/// The names of the collection, ready to be searched.
pub(super) struct LearntNames {
    names: Vec<CollectionName>,
    by_key: HashMap<String, u32>,
    /// For each spelling of the table, the index of its name.
    searched: Vec<u32>,
    table: NameTable,
}

impl LearntNames {
    pub(super) fn new(names: Vec<CollectionName>) -> Self {
        let mut searched = Vec::new();
        let mut spellings: Vec<(Kind, &str)> = Vec::new();
        for (number, name) in (0..).zip(&names) {
            let mut written: Vec<&NamedThing> = Vec::new();
            for thing in name.things.iter().filter(|thing| thing.search != NameSearch::Never) {
                if !written.iter().any(|other| other.name == thing.name) {
                    written.push(thing);
                }
            }
            for thing in written {
                searched.push(number);
                spellings.push((thing.entity.kind(), &thing.name));
            }
        }
        let table = NameTable::new(spellings);
        let by_key = (0..).zip(&names).map(|(number, name)| (name.key.clone(), number)).collect();
        Self { names, by_key, searched, table }
    }

    /// The name with a spelling of the table.
    fn searched_name(&self, spelling: u32) -> &CollectionName {
        &self.names[self.searched[spelling as usize] as usize]
    }

    pub(super) fn name(&self, name: &str) -> Option<&CollectionName> {
        self.by_key.get(&squeeze(name)).map(|&number| &self.names[number as usize])
    }

    /// Whether a name that a paper seems to introduce is known to belong to another paper.
    pub(super) fn refuses(&self, name: &str, paper: &PaperId) -> bool {
        self.name(name).is_some_and(|known| !known.things.iter().any(|thing| thing.papers.contains(paper)))
    }

    /// The thing that a paper introduces by a name.
    pub(super) fn thing(&self, name: &str, paper: &PaperId) -> Option<&NamedThing> {
        self.name(name)?.things.iter().find(|thing| thing.papers.contains(paper))
    }

    /// Whether the names of the collection change nothing in this paper: none that can be meant occurs where nothing is
    /// linked, and none of the paper's own names belongs to another paper or has another id. A mention for which `holds`
    /// is false gives way to a name of the collection.
    pub(super) fn changes_nothing(&self, extraction: &Extraction, holds: impl Fn(&Mention) -> bool) -> bool {
        let paper = &extraction.paper;
        let own_stay = extraction.introduces.iter().all(|own| match self.name(&own.name) {
            Some(name) => {
                name.things.iter().any(|thing| thing.papers.contains(&paper.id) && thing.entity == own.entity)
            }
            None => true,
        });
        let mut fields = [Field::Title, Field::Abstract].into_iter().chain(Field::sections(paper));
        own_stay && fields.all(|field| self.adds_nothing(extraction, field, &holds))
    }

    fn adds_nothing(&self, extraction: &Extraction, field: Field, holds: impl Fn(&Mention) -> bool) -> bool {
        let paper = &extraction.paper;
        let text = field.of(paper);
        let found = self.table.find(text, &Folded::new(text));
        if found.is_empty() {
            return true;
        }
        let bytes = ByteOffsets::new(text);
        let linked: Vec<Range<usize>> = extraction
            .mentions
            .iter()
            .filter(|mention| mention.field == field && holds(mention))
            .filter_map(|mention| bytes.range(mention.start, mention.end))
            .collect();
        found.iter().all(|(spelling, at)| {
            linked.iter().any(|range| range.start < at.end && at.start < range.end)
                || !self.searched_name(*spelling).things.iter().any(|thing| can_mean(thing, &text[at.clone()], paper))
        })
    }

    /// Links names that other papers introduce, where nothing else was linked.
    pub(super) fn link(&self, reading: &ReadField, paper: &Paper, spans: &mut Vec<Span>) {
        let mut found = self.table.find(reading.text, &reading.folded);
        found.sort_by_key(|(spelling, at)| (std::cmp::Reverse(at.end - at.start), at.start, *spelling));
        for (spelling, range) in found {
            if spans.iter().any(|s| s.range.start < range.end && range.start < s.range.end) {
                continue;
            }
            let Some((thing, confidence)) = thing_meant(self.searched_name(spelling), reading, &range, paper) else {
                continue;
            };
            spans.push(Span {
                entity: thing.entity.clone(),
                name: thing.name.clone(),
                range,
                confidence,
                own: false,
                variant: None,
            });
        }
        spans.sort_by_key(|s| s.range.start);
    }
}

/// What a paper introduces by itself and the vocabulary does not have.
pub(super) fn introduced(contribution: &Contribution) -> IntroducedName {
    IntroducedName {
        entity: contribution.entity.clone(),
        name: contribution.name.clone(),
        kind_stated: contribution.kind_stated,
        distinctive: contributions::is_distinctive(&contribution.name),
        expansion: contribution.expansion.clone(),
    }
}

/// Share of correct links to names that other papers introduced: 46 of 50 drawn at random and judged (ACCURACY.md).
const CERTAIN: f32 = 0.92;
/// The same for a name that is also an ordinary word. A guess: too few of these links were judged.
const WITH_EVIDENCE: f32 = 0.85;

/// The thing that a name means at a place in another paper, and how sure that is.
fn thing_meant<'n>(
    name: &'n CollectionName,
    reading: &ReadField,
    range: &Range<usize>,
    paper: &Paper,
) -> Option<(&'n NamedThing, f32)> {
    let surface = &reading.text[range.clone()];
    let mut things: Vec<&NamedThing> = name.things.iter().filter(|thing| can_mean(thing, surface, paper)).collect();
    if things.is_empty() || is_part_of_a_name(reading, range) {
        return None;
    }
    if let Some(long) = long_form(reading, surface) {
        things.retain(|thing| thing.expansion.as_ref().is_none_or(|known| squeeze(known) == long));
    }
    if things.len() > 1 {
        // The head noun states the kind; nothing distinguishes two things of one kind.
        things.retain(|thing| head_word_beside(reading, range, thing.entity.kind()));
    }
    let &[thing] = &things[..] else { return None };
    let named = head_word_beside(reading, range, thing.entity.kind()) || names_a_thing(reading, range);
    let cited = is_cited(reading, range);
    match thing.search {
        NameSearch::Anywhere => Some((thing, CERTAIN)),
        NameSearch::WithEvidence if named || cited => Some((thing, WITH_EVIDENCE)),
        _ => None,
    }
}

/// Whether words of another paper can mean the thing, judged without the words beside them.
fn can_mean(thing: &NamedThing, surface: &str, paper: &Paper) -> bool {
    thing.search != NameSearch::Never && is_written_as(&thing.name, surface) && !is_older(paper, thing)
}

/// Whether the letters are those of the name in the same case, apart from hyphens, spaces and a plural ending.
fn is_written_as(name: &str, surface: &str) -> bool {
    let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (name, surface) = (letters(name), letters(surface));
    match surface.strip_prefix(name.as_str()) {
        Some(rest) => matches!(rest, "" | "s" | "es"),
        // Accents and Greek letters are spelled out in one of the two.
        None => {
            name.strip_suffix('s') == Some(&surface)
                || !(name.is_ascii() && surface.is_ascii()) && fold_name(&name) == fold_name(&surface)
        }
    }
}

/// Whether the paper was certainly published before the thing was introduced.
fn is_older(paper: &Paper, thing: &NamedThing) -> bool {
    match (paper.published, thing.since) {
        (Some(published), Some(since)) => published < since && !published.agrees_with(since),
        _ => false,
    }
}

/// The squeezed long form that the text defines for a short one.
fn long_form(reading: &ReadField, surface: &str) -> Option<String> {
    let same = |short: &Range<usize>| squeeze(&reading.text[short.clone()]) == squeeze(surface);
    let defined = reading.abbreviations.iter().find(|a| same(&a.short))?;
    Some(squeeze(&reading.text[defined.long.clone()]))
}

/// `Disco-SPICE`, `ACL Anthology Reference Corpus`: the name is part of a longer one.
fn is_part_of_a_name(reading: &ReadField, range: &Range<usize>) -> bool {
    let (before, after) = (&reading.text[..range.start], &reading.text[range.end..]);
    if before.ends_with(['-', '/', '_', '@', '.', '#', '\\']) && !before.ends_with(". ") {
        return true;
    }
    // "FooNet-based" and "FooNet-2" are about FooNet; "FooNet-Bar" is another name.
    if let Some(rest) = after.strip_prefix(['-', '_', '@'])
        && rest.starts_with(|c: char| c.is_uppercase())
    {
        return true;
    }
    if after.starts_with(['/', '\\']) && after[1..].starts_with(char::is_alphanumeric) {
        return true;
    }
    if reading.field == Field::Title {
        return contributions::IS_TEAM.is_match(after);
    }
    // After the name comes another capitalised word that states no kind: the name continues.
    static GOES_ON: LazyLock<Rule> = LazyLock::new(|| rule(r"^\s[A-Z][a-z]+\b"));
    GOES_ON.find(after).is_some_and(|word| contributions::noun_kind(word.as_str()).is_none())
}

/// "the X corpus", "X, a parser": a noun beside the name shows that it is a thing of some kind.
fn names_a_thing(reading: &ReadField, range: &Range<usize>) -> bool {
    let after = reading.after(range.end, 40);
    let next = after.trim_start_matches([' ', '-']).split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let before = reading.before(range.start, 30);
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let is_noun = |word: &str| word.starts_with(char::is_lowercase) && contributions::noun_kind(word).is_some();
    is_noun(next) || is_noun(last)
}

/// A citation directly after the name: "X (Doe et al., 2019)", "X [3]", "X \cite{…}".
fn is_cited(reading: &ReadField, range: &Range<usize>) -> bool {
    static CITATION: LazyLock<Rule> = LazyLock::new(|| {
        rule(r"^\s?(?:\((?:[^()]{0,60}\b(?:19|20)\d\d[a-z]?)|\[\d|\\cite|~\\cite|of [A-Z]\w+ (?:et al|and|\())")
    });
    CITATION.is_match(reading.after(range.end, 100))
}
