//! Counts how the whole collection writes the names that papers introduce. These counts decide whether a new name is
//! accepted.
//!
//! The counts are numbers of papers, so parts of the collection can be counted separately and added up, in any order.
//! Memory is proportional to the number of names, not to the number of papers.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::AddAssign;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::extract::{Field, IntroducedName};
use crate::matcher::NameTable;
use crate::paper::{Paper, PaperId, PartialDate};
use crate::text::{Folded, fold_name};
use crate::vocabulary::squeeze;

/// What a paper introduces, and the facts about the paper that decide whether its names are accepted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Introduction {
    pub paper: PaperId,
    pub published: Option<PartialDate>,
    /// Hashes of its authors' names, see [`author_hashes`].
    pub authors: Box<[u32]>,
    pub names: Box<[IntroducedName]>,
}

/// Number of papers that write a spelling of a name in each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SpellingUsage {
    /// As it was introduced, apart from hyphens, spaces and a plural ending.
    pub as_introduced: u32,
    /// Without capitals.
    pub lower_case: u32,
    /// In other capitals.
    pub other_capitals: u32,
    /// In an earlier year, by other authors: as introduced, or in any capitalisation if the name has several words.
    pub earlier: u32,
    /// As introduced, in the same year, by other authors.
    pub same_year: u32,
    /// The long form, in an earlier year, by other authors.
    pub expansion_earlier: u32,
    /// The long form without capitals, in the same year, by other authors.
    pub expansion_same_year: u32,
    /// The long form without capitals, in any year, by other authors.
    pub expansion_lower_case: u32,
}

impl AddAssign for SpellingUsage {
    fn add_assign(&mut self, other: Self) {
        self.as_introduced += other.as_introduced;
        self.lower_case += other.lower_case;
        self.other_capitals += other.other_capitals;
        self.earlier += other.earlier;
        self.same_year += other.same_year;
        self.expansion_earlier += other.expansion_earlier;
        self.expansion_same_year += other.expansion_same_year;
        self.expansion_lower_case += other.expansion_lower_case;
    }
}

/// The usage of every spelling that papers introduce.
pub(crate) struct UsageCounter {
    spellings: Vec<IntroducedSpelling>,
    /// All spellings, followed by the long forms.
    table: NameTable,
    /// For each long form in the table, the index of its spelling.
    expansions: Vec<u32>,
    /// The usage of each spelling.
    counts: Vec<SpellingUsage>,
}

struct IntroducedSpelling {
    name: String,
    /// Year of the first paper that introduces it.
    year: Option<u16>,
    /// Hashes of that paper's authors.
    authors: Box<[u32]>,
}

impl UsageCounter {
    /// All counts are zero. `introductions` are in order of precedence: the first paper that introduces a spelling
    /// dates it.
    pub(crate) fn new<'i>(introductions: impl IntoIterator<Item = &'i Introduction>) -> Self {
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut spellings: Vec<IntroducedSpelling> = Vec::new();
        let mut long_forms: Vec<(&str, u32)> = Vec::new();
        for introduction in introductions {
            for name in &introduction.names {
                let number = *numbers.entry(&name.name).or_insert_with(|| {
                    spellings.push(IntroducedSpelling {
                        name: name.name.clone(),
                        year: introduction.published.map(PartialDate::year),
                        authors: introduction.authors.clone(),
                    });
                    spellings.len() as u32 - 1
                });
                if let Some(long) = &name.expansion
                    && long.contains([' ', '-'])
                {
                    long_forms.push((long, number));
                }
            }
        }
        long_forms.sort_unstable();
        long_forms.dedup();
        let written = spellings.iter().map(|spelling| spelling.name.as_str());
        let table = NameTable::in_any_case(written.chain(long_forms.iter().map(|(long, _)| *long)));
        let expansions = long_forms.iter().map(|(_, number)| *number).collect();
        let counts = vec![SpellingUsage::default(); spellings.len()];
        Self { spellings, table, expansions, counts }
    }

    /// What one paper adds to the counts: each spelling that it contains, once.
    pub(crate) fn of_paper(&self, paper: &Paper) -> Vec<(u32, SpellingUsage)> {
        let mut usages: HashMap<u32, SpellingUsage> = HashMap::new();
        let authors = author_hashes(paper);
        let year = paper.published.map(PartialDate::year);
        let fields = [Field::Title, Field::Abstract].into_iter().chain(Field::sections(paper));
        for text in fields.map(|field| field.of(paper)) {
            for (found, range) in self.table.find(text, &Folded::new(text)) {
                let surface = &text[range];
                let long_form = (found as usize).checked_sub(self.spellings.len());
                let number = long_form.map_or(found, |at| self.expansions[at]);
                let spelling = &self.spellings[number as usize];
                let by_others = !spelling.authors.iter().any(|author| authors.contains(author));
                let order = year.zip(spelling.year).filter(|_| by_others).map(|(year, since)| year.cmp(&since));
                let earlier = u32::from(order == Some(Ordering::Less));
                let same_year = u32::from(order == Some(Ordering::Equal));
                let usage = usages.entry(number).or_default();
                if long_form.is_some() {
                    let in_lower_case = u32::from(!surface.contains(char::is_uppercase));
                    usage.expansion_earlier |= earlier;
                    usage.expansion_same_year |= same_year & in_lower_case;
                    usage.expansion_lower_case |= u32::from(by_others) & in_lower_case;
                } else if is_written_as(&spelling.name, surface) {
                    usage.as_introduced = 1;
                    usage.earlier |= earlier;
                    usage.same_year |= same_year;
                } else if !surface.contains(char::is_uppercase) {
                    usage.lower_case = 1;
                } else {
                    usage.other_capitals = 1;
                }
                if long_form.is_none() && spelling.name.contains([' ', '-']) {
                    usage.earlier |= earlier;
                }
            }
        }
        usages.into_iter().collect()
    }

    pub(crate) fn add(&mut self, counts: impl IntoIterator<Item = (u32, SpellingUsage)>) {
        for (number, usage) in counts {
            self.counts[number as usize] += usage;
        }
    }

    /// The counts by spelling.
    pub(crate) fn finish(self) -> HashMap<String, SpellingUsage> {
        self.spellings.into_iter().map(|spelling| spelling.name).zip(self.counts).collect()
    }
}

/// Whether the letters and digits are the same in the same case, apart from a plural ending.
fn is_written_as(name: &str, surface: &str) -> bool {
    let letters = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let (name, surface) = (letters(name), letters(surface));
    surface.strip_prefix(name.as_str()).is_some_and(|rest| matches!(rest, "" | "s" | "es"))
        || name.strip_suffix('s') == Some(&surface)
}

/// The authors of a paper by family name and first initial, so that `Ada Lovelace` and `Lovelace, A.` are one.
pub(crate) fn author_hashes(paper: &Paper) -> Vec<u32> {
    let hash = |author: &String| {
        let (family, given) = match author.split_once(',') {
            Some((family, given)) => (family.trim(), given.trim()),
            None => author.trim().rsplit_once(' ').map_or((author.trim(), ""), |(given, family)| (family, given)),
        };
        let initial = fold_name(given).chars().next().unwrap_or(' ');
        xxh3_64(format!("{}|{initial}", squeeze(family)).as_bytes()) as u32
    };
    paper.authors.iter().flatten().map(hash).collect()
}
