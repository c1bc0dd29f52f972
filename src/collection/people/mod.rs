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
const OF_INITIALS: [f64; 2] = [10.0, 1.0];
/// A smaller collection says little about how frequent names are: it is counted as if it had this many names.
const FEWEST_NAMES: usize = 2000;
/// Registries of people, the best first.
const REGISTRIES: [&str; 5] = ["orcid", "openalex", "s2", "acl", "dblp"];
/// If a rare name has this many papers, they are tested for being by two people.
const TESTED: usize = 4;

/// The authors of papers whose keys do not follow from their names alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IdentifiedAuthors {
    /// For each such paper by its number, the keys of all its authors.
    keys: HashMap<u32, Vec<Option<String>>>,
    /// People whose papers may be by several.
    pub doubts: Vec<DoubtfulPerson>,
    /// What the user's decisions name and the collection lacks.
    pub unknown: Vec<String>,
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
    /// The rank of the paper.
    paper: u32,
    /// The number of the author in the paper.
    author: u16,
    spelling: u32,
}

/// All authorships, and the counts over them.
struct Authorships<'p> {
    papers: &'p [(&'p PaperId, &'p Byline)],
    /// Numbers of the papers by a hash of their ids: the order does not depend on how they were read.
    order: Vec<u32>,
    spellings: Vec<&'p str>,
    /// The name of each spelling.
    names_of: Vec<u32>,
    names: Vec<PersonName>,
    /// For each name, the name that represents both orders of it.
    upright: Vec<u32>,
    /// Expected number of people of each name.
    bearers: Vec<f64>,
    /// Sorted by name, then by paper.
    all: Vec<Authorship>,
    evidence: JoinEvidence,
}

impl<'p> Authorships<'p> {
    fn of(papers: &'p [(&'p PaperId, &'p Byline)]) -> Self {
        let mut order: Vec<u32> = (0..papers.len() as u32).collect();
        order.sort_by_cached_key(|&i| (xxh3_64(papers[i as usize].0.key().as_bytes()), papers[i as usize].0));
        let mut spellings: Vec<&str> = Vec::new();
        let mut known: HashMap<&str, u32> = HashMap::new();
        let authorships = papers.iter().map(|(_, byline)| byline.names().count()).sum();
        let mut all: Vec<Authorship> = Vec::with_capacity(authorships);
        for (paper, &number) in (0..).zip(&order) {
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
        let names_of: Vec<u32> =
            parsed.par_iter().map(|name| name.as_ref().and_then(find).unwrap_or(u32::MAX)).collect();
        drop(parsed);
        all.retain(|one| names_of[one.spelling as usize] != u32::MAX);
        let upright = upright(&names, &find);
        let mut of_paper: Vec<(u32, u32)> =
            all.iter().map(|one| (one.paper, names_of[one.spelling as usize])).collect();
        of_paper.sort_unstable();
        let bearers = bearers(&names);
        let by_rank = order.iter().map(|&number| papers[number as usize].1);
        let evidence = JoinEvidence::of(by_rank, &of_paper, &bearers);
        all.par_sort_unstable_by_key(|one| (names_of[one.spelling as usize], one.paper, one.author));
        Self { papers, order, spellings, names_of, names, upright, bearers, all, evidence }
    }

    fn name_of(&self, one: &Authorship) -> u32 {
        self.names_of[one.spelling as usize]
    }

    fn paper(&self, one: &Authorship) -> (&'p PaperId, &'p Byline) {
        self.papers[self.order[one.paper as usize] as usize]
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
fn upright(names: &[PersonName], find: &(impl Fn(&PersonName) -> Option<u32> + Sync)) -> Vec<u32> {
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
    let all = names.len().max(FEWEST_NAMES) as f64;
    let of = |name: &PersonName| match &name.given[..] {
        // The name of a group, or the name of a person with one name.
        [] => 0.0,
        _ if name.is_abbreviated() => OF_INITIALS[usize::from(name.given.len() > 1)],
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
    /// The range of each unit in the sorted authorships.
    ranges: Vec<(u32, u32)>,
    name: Vec<u32>,
    /// Units that are known to be one person.
    known: Vec<(u32, u32)>,
    /// Units joined without evidence.
    weak: Vec<(u32, u32)>,
}

impl AuthorshipUnits {
    fn of(all: &Authorships<'_>, decisions: &PeopleDecisions) -> Self {
        let parted: HashSet<PersonName> =
            decisions.different.iter().filter_map(|d| PersonName::of(&d.name.replace('-', " "))).collect();
        let mut units = Self { ranges: Vec::new(), name: Vec::new(), known: Vec::new(), weak: Vec::new() };
        let mut from = 0;
        for same in all.all.chunk_by(|a, b| all.name_of(a) == all.name_of(b)) {
            let name = all.name_of(&same[0]);
            let first = units.ranges.len() as u32;
            let is_frequent = all.bearers[name as usize] > FREQUENT;
            let is_parted = is_frequent || parted.contains(&all.names[name as usize]) || contradict(all, same);
            let groups = if is_parted { Vec::new() } else { different_groups(all, same) };
            if is_parted || !groups.is_empty() {
                for at in 0..same.len() as u32 {
                    units.ranges.push((from + at, from + at + 1));
                    units.name.push(name);
                }
            } else {
                units.ranges.push((from, from + same.len() as u32));
                units.name.push(name);
            }
            for group in &groups {
                units.known.extend(group.windows(2).map(|pair| (first + pair[0], first + pair[1])));
            }
            // Papers that belong to no group are added to the largest.
            let mut left: Vec<u32> =
                (0..same.len() as u32).filter(|at| !groups.iter().flatten().any(|g| g == at)).collect();
            if let Some(largest) = groups.iter().max_by_key(|group| (group.len(), std::cmp::Reverse(group[0]))) {
                units.weak.extend(left.drain(..).map(|at| (first + largest[0], first + at)));
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
        let mut unknown = Vec::new();
        joined.join_by_decision(self, &named, decisions, &mut unknown);
        for &(a, b) in &self.known {
            joined.join(a, b, false);
        }
        for join in self.joins_by_evidence(all, &mut joined) {
            let is_weak = join.is_weak();
            if joined.join(join.a, join.b, false) && is_weak {
                joined.doubtful.push((join.a, join.b));
            }
        }
        joined.join_rest(self, all, &named, decisions);
        joined.into_authors(self, all, unknown)
    }

    /// The joins that have enough evidence, the surest first.
    fn joins_by_evidence(&self, all: &Authorships<'_>, joined: &mut JoinedUnits) -> Vec<UnitJoin> {
        let mut blocks: BTreeMap<(&str, Option<char>), Vec<u32>> = BTreeMap::new();
        for unit in 0..self.ranges.len() as u32 {
            let name = &all.names[all.upright[self.name[unit as usize] as usize] as usize];
            blocks.entry((&name.family, name.initial())).or_default().push(unit);
        }
        let blocks: Vec<Vec<(u32, u32)>> = blocks
            .into_values()
            .filter(|units| units.len() > 1)
            .map(|units| units.into_iter().map(|unit| (joined.root(unit), unit)).collect())
            .collect();
        let fits = |a: u32, b: u32| {
            let name = |name: u32| &all.names[all.upright[name as usize] as usize];
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
                        for one in &all.all[from as usize..to as usize] {
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
fn contradict(all: &Authorships<'_>, same: &[Authorship]) -> bool {
    let mut of_registry: HashMap<&str, &str> = HashMap::new();
    same.iter().flat_map(|one| all.ids(one)).any(|id| {
        let registry = id.split(':').next().unwrap_or_default();
        of_registry.insert(registry, id).is_some_and(|other| other != id)
    })
}

/// Groups of authorships with a rare name that are by different people: at least two, with nothing in common, and each
/// paper has an affiliation. Empty if all can be by one person.
fn different_groups(all: &Authorships<'_>, same: &[Authorship]) -> Vec<Vec<u32>> {
    if same.len() < TESTED {
        return Vec::new();
    }
    let has_affiliation =
        |one: &Authorship| all.paper(one).1.organizations.iter().any(|(author, _)| *author == one.author);
    let known = same.iter().filter(|one| has_affiliation(one)).count();
    if known < TESTED {
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
    /// Ids and decisions of the user that exclude each other: the registry or the decision, and the id or the position
    /// in the decision.
    marks: HashMap<u32, Vec<(u32, u64)>>,
    own_name: &'a [u32],
    all: &'a Authorships<'a>,
    doubtful: Vec<(u32, u32)>,
}

impl<'a> JoinedUnits<'a> {
    fn new(units: &'a AuthorshipUnits, all: &'a Authorships<'a>, decisions: &PeopleDecisions) -> Self {
        let mut marks: HashMap<u32, Vec<(u32, u64)>> = HashMap::new();
        let mut decided: HashMap<(String, &str), (u32, u64)> = HashMap::new();
        for (number, different) in (REGISTRIES.len() as u32..).zip(&decisions.different) {
            for (place, papers) in (0..).zip(&different.papers) {
                decided.extend(papers.iter().map(|paper| ((different.name.clone(), paper.as_str()), (number, place))));
            }
        }
        for (unit, (from, to)) in (0..).zip(&units.ranges) {
            for one in &all.all[*from as usize..*to as usize] {
                for id in all.ids(one) {
                    let registry = REGISTRIES.iter().position(|known| id.split(':').next() == Some(known));
                    let Some(registry) = registry else { continue };
                    let mark = (registry as u32, xxh3_64(id.as_bytes()));
                    let marks = marks.entry(unit).or_default();
                    if !marks.contains(&mark) {
                        marks.push(mark);
                    }
                }
                if !decided.is_empty()
                    && let Some(key) = author_key(all.spellings[one.spelling as usize])
                    && let Some(mark) = decided.get(&(key, all.paper(one).0.to_string().as_str()))
                {
                    marks.entry(unit).or_default().push(*mark);
                }
            }
        }
        let sets = DisjointSets::new(units.ranges.len());
        Self { sets, names: HashMap::new(), marks, own_name: &units.name, all, doubtful: Vec::new() }
    }

    fn root(&mut self, unit: u32) -> u32 {
        self.sets.root(unit)
    }

    fn names(&self, root: u32) -> Vec<u32> {
        self.names.get(&root).cloned().unwrap_or_else(|| vec![self.own_name[root as usize]])
    }

    /// Whether both sets can be one person.
    fn can_be_one(&self, a: u32, b: u32, whatever_name: bool) -> bool {
        let none = Vec::new();
        let (of_a, of_b) = (self.marks.get(&a).unwrap_or(&none), self.marks.get(&b).unwrap_or(&none));
        // Two ids of one registry are two people, unless they share another.
        let share = of_a.iter().any(|mark| (mark.0 as usize) < REGISTRIES.len() && of_b.contains(mark));
        let is_excluded = |(kind, id): &(u32, u64)| of_b.iter().any(|(other, known)| other == kind && known != id);
        if of_a.iter().any(|mark| is_excluded(mark) && (!share || mark.0 as usize >= REGISTRIES.len())) {
            return false;
        }
        let name = |name: u32| &self.all.names[self.all.upright[name as usize] as usize];
        whatever_name || self.names(a).iter().all(|a| self.names(b).iter().all(|b| a == b || name(*a).can_be(name(*b))))
    }

    /// Joins two sets. `false` if they cannot be one person, or are joined already.
    fn join(&mut self, a: u32, b: u32, whatever_name: bool) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b || !self.can_be_one(a, b, whatever_name) {
            return false;
        }
        let mut names = [self.names(a), self.names(b)].concat();
        names.sort_unstable();
        names.dedup();
        let mut marks = self.marks.remove(&a).unwrap_or_default();
        marks.extend(self.marks.remove(&b).unwrap_or_default());
        marks.sort_unstable();
        marks.dedup();
        self.names.remove(&a);
        self.names.remove(&b);
        let root = self.sets.join(a, b);
        self.names.insert(root, names);
        if !marks.is_empty() {
            self.marks.insert(root, marks);
        }
        true
    }

    /// Units with one id are one person, whatever the spelling of the name.
    fn join_by_id(&mut self, units: &AuthorshipUnits, all: &Authorships<'_>) {
        let mut ids: Vec<(&str, u32)> = Vec::new();
        for (unit, (from, to)) in (0..).zip(&units.ranges) {
            for one in &all.all[*from as usize..*to as usize] {
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
        unknown: &mut Vec<String>,
    ) {
        let mut find = |key: &str| {
            let found = PersonName::of(&key.replace('-', " ")).and_then(|name| named.get(&name).copied());
            if found.is_none() {
                unknown.push(key.to_string());
            }
            found
        };
        for same in &decisions.same {
            let names: Vec<u32> = same.iter().filter_map(|key| find(key)).collect();
            let mut first = None;
            for name in names {
                let from = units.name.partition_point(|other| *other < name);
                for unit in from..units.name.partition_point(|other| *other <= name) {
                    match first {
                        Some(first) => drop(self.join(first, unit as u32, true)),
                        None => first = Some(unit as u32),
                    }
                }
            }
        }
        for different in &decisions.different {
            let Some(name) = find(&different.name) else { continue };
            let mut places: BTreeMap<(u32, u64), u32> = BTreeMap::new();
            let from = units.name.partition_point(|other| *other < name);
            for unit in from..units.name.partition_point(|other| *other <= name) {
                let unit = unit as u32;
                let root = self.root(unit);
                let decided = self.marks.get(&root).into_iter().flatten();
                let decided: Vec<(u32, u64)> =
                    decided.filter(|mark| mark.0 as usize >= REGISTRIES.len()).copied().collect();
                for mark in decided {
                    match places.get(&mark) {
                        Some(first) => drop(self.join(*first, unit, true)),
                        None => drop(places.insert(mark, unit)),
                    }
                }
            }
        }
    }

    /// Papers without any connection: those with a rare or an abbreviated name stay one node.
    fn join_rest(
        &mut self,
        units: &AuthorshipUnits,
        all: &Authorships<'_>,
        named: &HashMap<&PersonName, u32>,
        decisions: &PeopleDecisions,
    ) {
        for &(a, b) in &units.weak {
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
        for same in units.name.chunk_by(|a, b| a == b) {
            let (name, first) = (same[0], from as u32);
            from += same.len();
            let is_abbreviated = all.names[name as usize].is_abbreviated();
            let is_parted = parted.contains(&name);
            let is_frequent = all.bearers[name as usize] > FREQUENT && !is_abbreviated;
            if same.len() < 2 || (is_frequent && !is_parted) {
                continue;
            }
            let alone: Vec<u32> = (first..from as u32).filter(|unit| !self.has_company(*unit)).collect();
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

    fn has_company(&mut self, unit: u32) -> bool {
        let root = self.root(unit);
        self.names.contains_key(&root) || self.marks.contains_key(&root)
    }

    /// Gives each person a key, and collects the keys that differ from what the names alone would give.
    fn into_authors(
        mut self,
        units: &AuthorshipUnits,
        all: &Authorships<'_>,
        mut unknown: Vec<String>,
    ) -> IdentifiedAuthors {
        // The units of each person.
        let mut people: Vec<(u32, u32)> = (0..units.ranges.len() as u32).map(|unit| (self.root(unit), unit)).collect();
        people.par_sort_unstable();
        let people: Vec<&[(u32, u32)]> = people.chunk_by(|a, b| a.0 == b.0).collect();
        let members = |person: u32| {
            let ranges = people[person as usize].iter().map(move |(_, unit)| units.ranges[*unit as usize]);
            ranges.flat_map(move |(from, to)| &all.all[from as usize..to as usize])
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
                let number = all.order[one.paper as usize];
                let none = || vec![None; all.papers[number as usize].1.names().count()];
                keys.entry(number).or_insert_with(none)[usize::from(one.author)].clone_from(key);
            }
        }
        unknown.sort_unstable();
        unknown.dedup();
        let doubts = self.doubts(units, all);
        IdentifiedAuthors { keys, doubts, unknown }
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
            all.all[from as usize..to as usize].iter().map(|one| all.paper(one).0.clone()).collect()
        };
        let doubt = |mut units_of: Vec<u32>| {
            units_of.sort_unstable();
            units_of.dedup();
            let first = &all.all[units.ranges[units_of[0] as usize].0 as usize];
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
                    (all.upright[name as usize] == name, spelling.chars().count(), spelling)
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
