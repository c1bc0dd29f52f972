//! Decides who wrote which papers: separates people who share a name, and joins the spellings of one person.
//!
//! An id that a source states decides. Otherwise the name decides how much evidence is needed. The expected number of
//! people with a name follows from how many other people of the collection have its family name and its given name:
//! nobody else is called `Quirin Ostrowski`, but many people are called `Wei` and many are called `Zhang`.
//!
//! - The papers of a rare name are by one person, unless affiliations, co-authors and subjects of two groups of them
//!   are all different.
//! - The papers of a frequent name, and different spellings of a name, are by one person only where co-authors or
//!   organisations connect them, or co-authors of co-authors and titles together. A connection counts by how
//!   unlikely it is to arise by chance.
//! - Papers of an abbreviated name that nothing connects stay one node, because the name says too little to tell people
//!   apart.
//!
//! The outcome depends on the set of papers alone. Names are compared within blocks of one family name and initial.

mod byline;
mod decisions;
mod evidence;
mod name;

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::disjoint_sets::DisjointSets;
use crate::paper::{Paper, PaperId, author_key};
pub(crate) use byline::Byline;
pub(crate) use decisions::PeopleDecisions;
use evidence::{FREQUENT, JoinEvidence, PersonComponent, UnitJoin};
use name::PersonName;

/// Expected bearers of an abbreviated name with one initial, and with several.
const INITIALS_BEARERS: [f64; 2] = [10.0, 1.0];
/// A smaller collection says little about how frequent names are: it is counted as if it had this many names.
const MIN_NAMES: usize = 2000;
/// Registries of people, the best first.
const REGISTRIES: [&str; 5] = ["orcid", "openalex", "s2", "acl", "dblp"];
/// If a rare name has this many papers, they are tested for being by two people.
const MIN_TESTED_PAPERS: usize = 4;

/// The authors of papers whose keys do not follow from their names alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IdentifiedAuthors {
    /// For each such paper by its number, the keys of all its authors.
    keys: HashMap<u32, Vec<Option<String>>>,
    /// People whose papers may be by several.
    pub doubts: Vec<DoubtfulPerson>,
    /// Names in the user's decisions that the collection does not have.
    pub unknown_names: Vec<String>,
}

/// A person whose papers were joined on little evidence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DoubtfulPerson {
    /// The name as one of the papers has it.
    pub name: String,
    /// The papers in groups that are connected among themselves.
    pub papers: Vec<Vec<PaperId>>,
}

impl IdentifiedAuthors {
    /// The keys of the authors of a paper, in their order; `None` if each is made from the name.
    pub(crate) fn of_paper(&self, paper: u32) -> Option<&[Option<String>]> {
        self.keys.get(&paper).map(Vec::as_slice)
    }

    /// A hash of the keys of a paper's authors; 0 if each is made from the name.
    pub(crate) fn hash_of(&self, paper: u32) -> u64 {
        let Some(keys) = self.keys.get(&paper) else { return 0 };
        let keys: Vec<&str> = keys.iter().map(|key| key.as_deref().unwrap_or_default()).collect();
        xxh3_64(keys.join("\n").as_bytes())
    }
}

/// Decides who wrote these papers.
pub(crate) fn identify_authors(papers: &[(&PaperId, &Byline)], decisions: &PeopleDecisions) -> IdentifiedAuthors {
    let authorships = Authorships::of(papers);
    let units = AuthorshipUnits::of(&authorships, decisions);
    units.join(&authorships, decisions)
}

/// The keys of the authors of each paper, as a build decides them if the user decides nothing.
pub fn author_keys(papers: &[Paper]) -> Vec<Vec<Option<String>>> {
    let bylines: Vec<Byline> = papers.iter().map(Byline::of).collect();
    let all: Vec<(&PaperId, &Byline)> = papers.iter().map(|paper| &paper.id).zip(&bylines).collect();
    let people = identify_authors(&all, &PeopleDecisions::default());
    let of = |(number, byline): (u32, &Byline)| match people.of_paper(number) {
        Some(keys) => keys.to_vec(),
        None => byline.names().map(author_key).collect(),
    };
    (0..).zip(&bylines).map(of).collect()
}

/// One author of one paper.
#[derive(Debug, Clone, Copy)]
struct Authorship {
    /// Rank of the paper, see [`Authorships::by_rank`].
    paper: u32,
    /// Number of the author in the paper.
    author: u16,
    /// Index into [`Authorships::spellings`].
    spelling: u32,
}

/// All authorships, and the counts over them.
struct Authorships<'p> {
    papers: &'p [(&'p PaperId, &'p Byline)],
    /// Numbers of the papers in the order of a hash of their ids, which does not depend on how they were read.
    by_rank: Vec<u32>,
    spellings: Vec<&'p str>,
    /// For each spelling, the index of its name; `u32::MAX` if it is no name.
    name_of_spelling: Vec<u32>,
    names: Vec<PersonName>,
    /// For each name, the name that represents both orders of it.
    usual_order: Vec<u32>,
    /// Expected number of people of each name.
    bearers: Vec<f64>,
    /// All authorships, sorted by name, then by paper.
    list: Vec<Authorship>,
    evidence: JoinEvidence,
}

impl<'p> Authorships<'p> {
    fn of(papers: &'p [(&'p PaperId, &'p Byline)]) -> Self {
        let mut by_rank: Vec<u32> = (0..papers.len() as u32).collect();
        by_rank.sort_by_cached_key(|&i| (xxh3_64(papers[i as usize].0.key().as_bytes()), papers[i as usize].0));
        let mut spellings: Vec<&str> = Vec::new();
        let mut known: HashMap<&str, u32> = HashMap::new();
        let authorships = papers.iter().map(|(_, byline)| byline.names().count()).sum();
        let mut all: Vec<Authorship> = Vec::with_capacity(authorships);
        for (paper, &number) in (0..).zip(&by_rank) {
            for (author, spelling) in (0..u16::MAX).zip(papers[number as usize].1.names()) {
                let spelling = *known.entry(spelling).or_insert_with(|| {
                    spellings.push(spelling);
                    (spellings.len() - 1) as u32
                });
                all.push(Authorship { paper, author, spelling });
            }
        }
        drop(known);
        let parsed: Vec<Option<PersonName>> = spellings.par_iter().map(|spelling| PersonName::of(spelling)).collect();
        let mut sorted: Vec<&PersonName> = parsed.iter().flatten().collect();
        sorted.par_sort_unstable();
        sorted.dedup();
        let names: Vec<PersonName> = sorted.into_iter().cloned().collect();
        let find = |name: &PersonName| names.binary_search(name).ok().map(|at| at as u32);
        let name_of_spelling: Vec<u32> =
            parsed.par_iter().map(|name| name.as_ref().and_then(find).unwrap_or(u32::MAX)).collect();
        drop(parsed);
        all.retain(|one| name_of_spelling[one.spelling as usize] != u32::MAX);
        let usual_order = usual_order(&names, &find);
        let mut of_paper: Vec<(u32, u32)> =
            all.iter().map(|one| (one.paper, name_of_spelling[one.spelling as usize])).collect();
        of_paper.sort_unstable();
        let bearers = bearers(&names);
        let bylines = by_rank.iter().map(|&number| papers[number as usize].1);
        let evidence = JoinEvidence::of(bylines, &of_paper, &bearers);
        all.par_sort_unstable_by_key(|one| (name_of_spelling[one.spelling as usize], one.paper, one.author));
        Self { papers, by_rank, spellings, name_of_spelling, names, usual_order, bearers, list: all, evidence }
    }

    fn name_of(&self, one: &Authorship) -> u32 {
        self.name_of_spelling[one.spelling as usize]
    }

    fn paper(&self, one: &Authorship) -> (&'p PaperId, &'p Byline) {
        self.papers[self.by_rank[one.paper as usize] as usize]
    }

    /// The ids that sources state for an author.
    fn ids(&self, one: &Authorship) -> impl Iterator<Item = &'p str> {
        let ids = &self.paper(one).1.ids;
        let from = ids.partition_point(|(author, _)| *author < one.author);
        let author = one.author;
        ids[from..].iter().take_while(move |(other, _)| *other == author).map(|(_, id)| &**id)
    }
}

/// For each name, the name that represents both orders of it: the order with the more frequent family name.
fn usual_order(names: &[PersonName], find: &(impl Fn(&PersonName) -> Option<u32> + Sync)) -> Vec<u32> {
    let mut families: HashMap<&str, u32> = HashMap::new();
    names.iter().for_each(|name| *families.entry(&name.family).or_default() += 1);
    let rank = |at: u32| (families.get(names[at as usize].family.as_str()), std::cmp::Reverse(at));
    let of = |(at, name): (usize, &PersonName)| {
        let turned = name.turned().as_ref().and_then(find);
        let at = at as u32;
        turned.filter(|turned| rank(*turned) > rank(at)).unwrap_or(at)
    };
    names.par_iter().enumerate().map(of).collect()
}

/// The expected number of people with each name, if given names and family names were independent.
fn bearers(names: &[PersonName]) -> Vec<f64> {
    let mut families: HashMap<&str, u32> = HashMap::new();
    let mut given: HashMap<&[String], u32> = HashMap::new();
    for name in names {
        *families.entry(&name.family).or_default() += 1;
        *given.entry(&name.given).or_default() += 1;
    }
    let all = names.len().max(MIN_NAMES) as f64;
    let of = |name: &PersonName| match &name.given[..] {
        // The name of a group, or the name of a person with one name.
        [] => 0.0,
        _ if name.is_abbreviated() => INITIALS_BEARERS[usize::from(name.given.len() > 1)],
        others => {
            let same_family = families.get(name.family.as_str()).copied().unwrap_or(1) - 1;
            let same_given = given.get(others).copied().unwrap_or(1) - 1;
            f64::from(same_family) * f64::from(same_given) / all
        }
    };
    names.par_iter().map(of).collect()
}

/// Groups of authorships that are certainly by one person: all of a rare name, or a single one.
struct AuthorshipUnits {
    /// The range of each unit in [`Authorships::list`].
    ranges: Vec<(u32, u32)>,
    /// The name of each unit.
    names: Vec<u32>,
    /// Pairs of units that are certainly one person.
    certain_joins: Vec<(u32, u32)>,
    /// Pairs of units that are joined without evidence.
    weak_joins: Vec<(u32, u32)>,
}

impl AuthorshipUnits {
    fn of(all: &Authorships<'_>, decisions: &PeopleDecisions) -> Self {
        let parted: HashSet<PersonName> =
            decisions.different.iter().filter_map(|d| PersonName::of(&d.name.replace('-', " "))).collect();
        let mut units =
            Self { ranges: Vec::new(), names: Vec::new(), certain_joins: Vec::new(), weak_joins: Vec::new() };
        let mut from = 0;
        for same in all.list.chunk_by(|a, b| all.name_of(a) == all.name_of(b)) {
            let name = all.name_of(&same[0]);
            let first = units.ranges.len() as u32;
            let is_frequent = all.bearers[name as usize] > FREQUENT;
            let is_parted =
                is_frequent || parted.contains(&all.names[name as usize]) || have_contradicting_ids(all, same);
            let groups = if is_parted { Vec::new() } else { separate_groups(all, same) };
            if is_parted || !groups.is_empty() {
                for at in 0..same.len() as u32 {
                    units.ranges.push((from + at, from + at + 1));
                    units.names.push(name);
                }
            } else {
                units.ranges.push((from, from + same.len() as u32));
                units.names.push(name);
            }
            for group in &groups {
                units.certain_joins.extend(group.windows(2).map(|pair| (first + pair[0], first + pair[1])));
            }
            // Papers that belong to no group are added to the largest.
            let mut left: Vec<u32> =
                (0..same.len() as u32).filter(|at| !groups.iter().flatten().any(|g| g == at)).collect();
            if let Some(largest) = groups.iter().max_by_key(|group| (group.len(), std::cmp::Reverse(group[0]))) {
                units.weak_joins.extend(left.drain(..).map(|at| (first + largest[0], first + at)));
            }
            from += same.len() as u32;
        }
        units
    }

    /// Joins units, and gives each person a key.
    fn join(&self, all: &Authorships<'_>, decisions: &PeopleDecisions) -> IdentifiedAuthors {
        let mut joined = JoinedUnits::new(self, all, decisions);
        joined.join_by_id(self, all);
        let named: HashMap<&PersonName, u32> = (0..).zip(&all.names).map(|(at, name)| (name, at)).collect();
        let mut unknown_names = Vec::new();
        joined.join_by_decision(self, &named, decisions, &mut unknown_names);
        for &(a, b) in &self.certain_joins {
            joined.join(a, b, false);
        }
        for join in self.joins_by_evidence(all, &mut joined) {
            let is_weak = join.is_weak();
            if joined.join(join.a, join.b, false) && is_weak {
                joined.doubtful.push((join.a, join.b));
            }
        }
        joined.join_unconnected(self, all, &named, decisions);
        joined.into_authors(self, all, unknown_names)
    }

    /// The joins that have enough evidence, the surest first.
    fn joins_by_evidence(&self, all: &Authorships<'_>, joined: &mut JoinedUnits) -> Vec<UnitJoin> {
        let mut blocks: BTreeMap<(&str, Option<char>), Vec<u32>> = BTreeMap::new();
        for unit in 0..self.ranges.len() as u32 {
            let name = &all.names[all.usual_order[self.names[unit as usize] as usize] as usize];
            blocks.entry((&name.family, name.initial())).or_default().push(unit);
        }
        let blocks: Vec<Vec<(u32, u32)>> = blocks
            .into_values()
            .filter(|units| units.len() > 1)
            .map(|units| units.into_iter().map(|unit| (joined.root(unit), unit)).collect())
            .collect();
        let fits = |a: u32, b: u32| {
            let name = |name: u32| &all.names[all.usual_order[name as usize] as usize];
            name(a).can_be(name(b))
        };
        let mut joins: Vec<UnitJoin> = blocks
            .into_par_iter()
            .flat_map_iter(|mut units| {
                units.sort_unstable();
                let components = units.chunk_by(|a, b| a.0 == b.0).map(|units| {
                    let mut component = PersonComponent::default();
                    for (_, unit) in units {
                        let (from, to) = self.ranges[*unit as usize];
                        for one in &all.list[from as usize..to as usize] {
                            let name = all.name_of(one);
                            all.evidence.add(&mut component, one.paper, one.author, name, all.paper(one).1);
                        }
                        component.units.push(*unit);
                    }
                    component.finish();
                    component
                });
                all.evidence.join(components.collect(), &fits)
            })
            .collect();
        joins.sort_by(|a, b| b.score.total_cmp(&a.score).then((a.a, a.b).cmp(&(b.a, b.b))));
        joins
    }
}

/// Whether sources state that authorships with one name are by different people.
fn have_contradicting_ids(all: &Authorships<'_>, same: &[Authorship]) -> bool {
    let mut of_registry: HashMap<&str, &str> = HashMap::new();
    same.iter().flat_map(|one| all.ids(one)).any(|id| {
        let registry = id.split(':').next().unwrap_or_default();
        of_registry.insert(registry, id).is_some_and(|other| other != id)
    })
}

/// Groups of authorships with a rare name that are by different people: at least two, with nothing in common, and each
/// paper has an affiliation. Empty if all can be by one person.
fn separate_groups(all: &Authorships<'_>, same: &[Authorship]) -> Vec<Vec<u32>> {
    if same.len() < MIN_TESTED_PAPERS {
        return Vec::new();
    }
    let has_affiliation =
        |one: &Authorship| all.paper(one).1.organizations.iter().any(|(author, _)| *author == one.author);
    let known = same.iter().filter(|one| has_affiliation(one)).count();
    if known < MIN_TESTED_PAPERS {
        return Vec::new();
    }
    let mut of_feature: HashMap<(u8, u32), u32> = HashMap::new();
    let mut sets = DisjointSets::new(same.len());
    for (at, one) in (0..).zip(same) {
        let mut component = PersonComponent::default();
        all.evidence.add(&mut component, one.paper, one.author, all.name_of(one), all.paper(one).1);
        for feature in component.features() {
            if let Some(&other) = of_feature.get(&feature) {
                sets.join(other, at);
            }
            of_feature.insert(feature, at);
        }
    }
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for at in 0..same.len() as u32 {
        groups.entry(sets.root(at)).or_default().push(at);
    }
    let is_sure = |group: &Vec<u32>| group.len() > 1 && group.iter().all(|at| has_affiliation(&same[*at as usize]));
    let groups: Vec<Vec<u32>> = groups.into_values().filter(is_sure).collect();
    if groups.len() > 1 { groups } else { Vec::new() }
}

/// Units joined into people.
struct JoinedUnits<'a> {
    sets: DisjointSets,
    /// The names in each set that has more than one.
    names: HashMap<u32, Vec<u32>>,
    /// For each set, its ids and the user's decisions about it. Two with one registry or decision, but another value,
    /// exclude each other: the first number is the registry or the decision, the second the hash of the id or the number
    /// of the person in the decision.
    exclusions: HashMap<u32, Vec<(u32, u64)>>,
    /// The name of each unit.
    unit_names: &'a [u32],
    all: &'a Authorships<'a>,
    /// Pairs of units that were joined on little evidence.
    doubtful: Vec<(u32, u32)>,
}

impl<'a> JoinedUnits<'a> {
    fn new(units: &'a AuthorshipUnits, all: &'a Authorships<'a>, decisions: &PeopleDecisions) -> Self {
        let mut exclusions: HashMap<u32, Vec<(u32, u64)>> = HashMap::new();
        let mut decided: HashMap<(String, &str), (u32, u64)> = HashMap::new();
        for (number, different) in (REGISTRIES.len() as u32..).zip(&decisions.different) {
            for (person, papers) in (0..).zip(&different.papers) {
                decided.extend(papers.iter().map(|paper| ((different.name.clone(), paper.as_str()), (number, person))));
            }
        }
        for (unit, (from, to)) in (0..).zip(&units.ranges) {
            for one in &all.list[*from as usize..*to as usize] {
                for id in all.ids(one) {
                    let registry = REGISTRIES.iter().position(|known| id.split(':').next() == Some(known));
                    let Some(registry) = registry else { continue };
                    let exclusion = (registry as u32, xxh3_64(id.as_bytes()));
                    let exclusions = exclusions.entry(unit).or_default();
                    if !exclusions.contains(&exclusion) {
                        exclusions.push(exclusion);
                    }
                }
                if !decided.is_empty()
                    && let Some(key) = author_key(all.spellings[one.spelling as usize])
                    && let Some(exclusion) = decided.get(&(key, all.paper(one).0.to_string().as_str()))
                {
                    exclusions.entry(unit).or_default().push(*exclusion);
                }
            }
        }
        let sets = DisjointSets::new(units.ranges.len());
        Self { sets, names: HashMap::new(), exclusions, unit_names: &units.names, all, doubtful: Vec::new() }
    }

    fn root(&mut self, unit: u32) -> u32 {
        self.sets.root(unit)
    }

    fn names(&self, root: u32) -> Vec<u32> {
        self.names.get(&root).cloned().unwrap_or_else(|| vec![self.unit_names[root as usize]])
    }

    /// Whether both sets can be one person. With `ignores_names`, their names may differ.
    fn can_be_one(&self, a: u32, b: u32, ignores_names: bool) -> bool {
        let none = Vec::new();
        let (of_a, of_b) = (self.exclusions.get(&a).unwrap_or(&none), self.exclusions.get(&b).unwrap_or(&none));
        // Two ids of one registry are two people, unless they share another.
        let share = of_a.iter().any(|exclusion| (exclusion.0 as usize) < REGISTRIES.len() && of_b.contains(exclusion));
        let is_excluded = |(kind, id): &(u32, u64)| of_b.iter().any(|(other, known)| other == kind && known != id);
        if of_a.iter().any(|exclusion| is_excluded(exclusion) && (!share || exclusion.0 as usize >= REGISTRIES.len())) {
            return false;
        }
        let name = |name: u32| &self.all.names[self.all.usual_order[name as usize] as usize];
        ignores_names || self.names(a).iter().all(|a| self.names(b).iter().all(|b| a == b || name(*a).can_be(name(*b))))
    }

    /// Joins two sets. `false` if they cannot be one person, or are joined already.
    fn join(&mut self, a: u32, b: u32, ignores_names: bool) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b || !self.can_be_one(a, b, ignores_names) {
            return false;
        }
        let mut names = [self.names(a), self.names(b)].concat();
        names.sort_unstable();
        names.dedup();
        let mut exclusions = self.exclusions.remove(&a).unwrap_or_default();
        exclusions.extend(self.exclusions.remove(&b).unwrap_or_default());
        exclusions.sort_unstable();
        exclusions.dedup();
        self.names.remove(&a);
        self.names.remove(&b);
        let root = self.sets.join(a, b);
        self.names.insert(root, names);
        if !exclusions.is_empty() {
            self.exclusions.insert(root, exclusions);
        }
        true
    }

    /// Units with one id are one person, whatever the spelling of the name.
    fn join_by_id(&mut self, units: &AuthorshipUnits, all: &Authorships<'_>) {
        let mut ids: Vec<(&str, u32)> = Vec::new();
        for (unit, (from, to)) in (0..).zip(&units.ranges) {
            for one in &all.list[*from as usize..*to as usize] {
                ids.extend(all.ids(one).map(|id| (id, unit)));
            }
        }
        ids.sort_unstable();
        ids.dedup();
        for same in ids.chunk_by(|a, b| a.0 == b.0) {
            for (_, unit) in &same[1..] {
                self.join(same[0].1, *unit, true);
            }
        }
    }

    /// What the user decided: names of one person, and papers with one author name by one person.
    fn join_by_decision(
        &mut self,
        units: &AuthorshipUnits,
        named: &HashMap<&PersonName, u32>,
        decisions: &PeopleDecisions,
        unknown_names: &mut Vec<String>,
    ) {
        let mut find = |key: &str| {
            let found = PersonName::of(&key.replace('-', " ")).and_then(|name| named.get(&name).copied());
            if found.is_none() {
                unknown_names.push(key.to_string());
            }
            found
        };
        for same in &decisions.same {
            let names: Vec<u32> = same.iter().filter_map(|key| find(key)).collect();
            let mut first = None;
            for name in names {
                let from = units.names.partition_point(|other| *other < name);
                for unit in from..units.names.partition_point(|other| *other <= name) {
                    match first {
                        Some(first) => drop(self.join(first, unit as u32, true)),
                        None => first = Some(unit as u32),
                    }
                }
            }
        }
        for different in &decisions.different {
            let Some(name) = find(&different.name) else { continue };
            let mut first_units: BTreeMap<(u32, u64), u32> = BTreeMap::new();
            let from = units.names.partition_point(|other| *other < name);
            for unit in from..units.names.partition_point(|other| *other <= name) {
                let unit = unit as u32;
                let root = self.root(unit);
                let decided = self.exclusions.get(&root).into_iter().flatten();
                let decided: Vec<(u32, u64)> =
                    decided.filter(|exclusion| exclusion.0 as usize >= REGISTRIES.len()).copied().collect();
                for exclusion in decided {
                    match first_units.get(&exclusion) {
                        Some(first) => drop(self.join(*first, unit, true)),
                        None => drop(first_units.insert(exclusion, unit)),
                    }
                }
            }
        }
    }

    /// Papers without any connection: those with a rare or an abbreviated name stay one node.
    fn join_unconnected(
        &mut self,
        units: &AuthorshipUnits,
        all: &Authorships<'_>,
        named: &HashMap<&PersonName, u32>,
        decisions: &PeopleDecisions,
    ) {
        for &(a, b) in &units.weak_joins {
            if self.join(a, b, false) {
                self.doubtful.push((a, b));
            }
        }
        let parted: HashSet<u32> = decisions
            .different
            .iter()
            .filter_map(|d| named.get(&PersonName::of(&d.name.replace('-', " "))?).copied())
            .collect();
        let mut from = 0;
        for same in units.names.chunk_by(|a, b| a == b) {
            let (name, first) = (same[0], from as u32);
            from += same.len();
            let is_abbreviated = all.names[name as usize].is_abbreviated();
            let is_parted = parted.contains(&name);
            let is_frequent = all.bearers[name as usize] > FREQUENT && !is_abbreviated;
            if same.len() < 2 || (is_frequent && !is_parted) {
                continue;
            }
            let alone: Vec<u32> = (first..from as u32).filter(|unit| !self.is_connected(*unit)).collect();
            let to = if is_parted { Some(first) } else { alone.first().copied() };
            for unit in alone {
                if let Some(to) = to
                    && self.join(to, unit, false)
                    && !is_abbreviated
                    && !is_parted
                {
                    self.doubtful.push((to, unit));
                }
            }
        }
    }

    /// Whether the set of a unit has several names, an id or a decision.
    fn is_connected(&mut self, unit: u32) -> bool {
        let root = self.root(unit);
        self.names.contains_key(&root) || self.exclusions.contains_key(&root)
    }

    /// Gives each person a key, and collects the keys that differ from what the names alone would give.
    fn into_authors(
        mut self,
        units: &AuthorshipUnits,
        all: &Authorships<'_>,
        mut unknown_names: Vec<String>,
    ) -> IdentifiedAuthors {
        // The units of each person.
        let mut people: Vec<(u32, u32)> = (0..units.ranges.len() as u32).map(|unit| (self.root(unit), unit)).collect();
        people.par_sort_unstable();
        let people: Vec<&[(u32, u32)]> = people.chunk_by(|a, b| a.0 == b.0).collect();
        let members = |person: u32| {
            let ranges = people[person as usize].iter().map(move |(_, unit)| units.ranges[*unit as usize]);
            ranges.flat_map(move |(from, to)| &all.list[from as usize..to as usize])
        };
        let mut keyed: Vec<(PersonKey, u32)> = (0..people.len() as u32)
            .into_par_iter()
            .filter_map(|person| Some((PersonKey::of(all, members(person))?, person)))
            .collect();
        keyed.par_sort_unstable();
        let mut keys_of: Vec<Option<String>> = vec![None; people.len()];
        for (nth, (key, person)) in keyed.chunk_by(|a, b| a.0.text == b.0.text).flat_map(|same| (0..).zip(same)) {
            let text = if nth == 0 { key.text.clone() } else { format!("{}+{}", key.text, nth + 1) };
            keys_of[*person as usize] = Some(text);
        }
        drop(keyed);
        let by_name: Vec<Option<String>> = all.spellings.par_iter().map(|spelling| author_key(spelling)).collect();
        // Most papers have only authors whose keys follow from their names.
        let mut differs = vec![false; all.papers.len()];
        for (person, key) in (0..).zip(&keys_of).filter(|(_, key)| key.is_some()) {
            for one in members(person) {
                differs[one.paper as usize] |= by_name[one.spelling as usize] != *key;
            }
        }
        let mut keys: HashMap<u32, Vec<Option<String>>> = HashMap::new();
        for (person, key) in (0..).zip(&keys_of).filter(|(_, key)| key.is_some()) {
            for one in members(person).filter(|one| differs[one.paper as usize]) {
                let number = all.by_rank[one.paper as usize];
                let none = || vec![None; all.papers[number as usize].1.names().count()];
                keys.entry(number).or_insert_with(none)[usize::from(one.author)].clone_from(key);
            }
        }
        unknown_names.sort_unstable();
        unknown_names.dedup();
        let doubts = self.doubts(units, all);
        IdentifiedAuthors { keys, doubts, unknown_names }
    }

    /// The people whose papers were joined on little evidence.
    fn doubts(&mut self, units: &AuthorshipUnits, all: &Authorships<'_>) -> Vec<DoubtfulPerson> {
        let doubtful = std::mem::take(&mut self.doubtful);
        let mut people: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (a, b) in doubtful {
            let root = self.root(a);
            people.entry(root).or_default().extend([a, b]);
        }
        let papers = |unit: &u32| -> Vec<PaperId> {
            let (from, to) = units.ranges[*unit as usize];
            all.list[from as usize..to as usize].iter().map(|one| all.paper(one).0.clone()).collect()
        };
        let doubt = |mut units_of: Vec<u32>| {
            units_of.sort_unstable();
            units_of.dedup();
            let first = &all.list[units.ranges[units_of[0] as usize].0 as usize];
            DoubtfulPerson {
                name: all.spellings[first.spelling as usize].to_string(),
                papers: units_of.iter().map(papers).collect(),
            }
        };
        let mut doubts: Vec<DoubtfulPerson> = people.into_values().map(doubt).collect();
        doubts.sort_unstable();
        doubts
    }
}

/// The key that a person would have. If several would have it, the person with the most papers gets it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct PersonKey {
    text: String,
    /// A greater value for fewer papers.
    papers: std::cmp::Reverse<usize>,
    first: u32,
}

impl PersonKey {
    fn of<'a>(all: &'a Authorships<'_>, ones: impl Iterator<Item = &'a Authorship> + Clone) -> Option<Self> {
        let rank = |id: &str| REGISTRIES.iter().position(|known| id.split(':').next() == Some(known));
        let best = ones.clone().flat_map(|one| all.ids(one)).filter_map(|id| Some((rank(id)?, id))).min();
        let text = match best {
            Some((_, id)) => crate::paper::slug(id),
            None => {
                let rank = |one: &&Authorship| {
                    let (name, spelling) = (all.name_of(one), all.spellings[one.spelling as usize]);
                    (all.usual_order[name as usize] == name, spelling.chars().count(), spelling)
                };
                let best = ones.clone().max_by_key(rank)?;
                author_key(all.spellings[best.spelling as usize])?
            }
        };
        Some(Self { text, papers: std::cmp::Reverse(ones.clone().count()), first: ones.map(|one| one.paper).min()? })
    }
}

#[cfg(test)]
mod tests;
