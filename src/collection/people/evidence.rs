//! What connects papers with one author name: co-authors, organisations and rare words of titles, each weighted by how
//! unlikely a chance match is.

use std::collections::{HashMap, HashSet};

use super::byline::Byline;

/// The evidence needed to join papers with one author name, as the logarithm of how unlikely it is by chance.
const NEEDED: f64 = 3.5;
/// The evidence needed for different spellings of a name.
const NEEDED_FOR_SPELLINGS: f64 = 1.0;
/// In a paper with more authors, co-authorship says little about who works together.
const MOST_AUTHORS: usize = 30;
/// A word in a larger share of titles is shared by chance too often to connect papers alone.
const RARE: f64 = 0.005;
const RAREST: u32 = 3;
/// A word in a larger share of titles names no subject.
const OF_SUBJECT: f64 = 0.02;
/// The weight of similar subjects, see [`JoinEvidence::likeness`].
const LIKENESS: f64 = 0.4;
/// A smaller collection is counted as if it had this many papers and names.
const FEWEST: usize = 2000;
/// If more components share a feature, only neighbours are compared.
const CROWD: usize = 60;
const ROUNDS: usize = 12;

/// Counts over all papers.
pub(super) struct JoinEvidence {
    papers: f64,
    names: f64,
    affiliations: f64,
    /// Expected number of people of each name.
    bearers: Vec<f64>,
    /// Start of each paper's authors in `authors`.
    begins: Vec<u32>,
    authors: Vec<u32>,
    /// Number of papers with each word in their title that names a subject.
    words: HashMap<u32, u32>,
    /// Largest number of papers with a rare word.
    rare: u32,
    /// Number of authorships of each organisation.
    organizations: HashMap<u32, u32>,
}

/// Papers with one author name, or several spellings of it, that are by one person.
#[derive(Debug, Default)]
pub(super) struct Component {
    pub units: Vec<u32>,
    names: Vec<u32>,
    coauthors: Vec<u32>,
    /// Rare words.
    words: Vec<u32>,
    organizations: Vec<u32>,
    /// Words that name a subject, each with its number of papers.
    subjects: Vec<(u32, u32)>,
    papers: u32,
}

/// Two units that the evidence joins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Join {
    pub a: u32,
    pub b: u32,
    pub score: f64,
    needed: f64,
}

impl Join {
    /// Whether the evidence is only slightly more than needed.
    pub(super) fn is_weak(&self) -> bool {
        self.score < self.needed + 1.0
    }
}

impl JoinEvidence {
    /// `bylines` are in the order of the papers' ranks; `of_paper` has the rank and name of each author, sorted.
    pub(super) fn of<'b>(bylines: impl Iterator<Item = &'b Byline>, of_paper: &[(u32, u32)], bearers: &[f64]) -> Self {
        let (mut words, mut organizations) = (HashMap::new(), HashMap::new());
        let (mut papers, mut affiliations) = (0, 0);
        for byline in bylines {
            papers += 1;
            affiliations += byline.organizations.len();
            byline.words.iter().for_each(|word| *words.entry(*word).or_default() += 1);
            byline.organizations.iter().for_each(|(_, one)| *organizations.entry(*one).or_default() += 1);
        }
        let at_most = |share: f64| ((papers as f64 * share) as u32).max(RAREST);
        let (rare, most) = (at_most(RARE), at_most(OF_SUBJECT));
        // A word of a single title connects nothing.
        words.retain(|_, papers: &mut u32| (2..=most).contains(papers));
        let mut begins = vec![0_u32; papers + 1];
        of_paper.iter().for_each(|(paper, _)| begins[*paper as usize + 1] += 1);
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        Self {
            papers: papers.max(FEWEST) as f64,
            names: bearers.len().max(FEWEST) as f64,
            affiliations: affiliations.max(FEWEST) as f64,
            bearers: bearers.to_vec(),
            begins,
            authors: of_paper.iter().map(|(_, name)| *name).collect(),
            words,
            rare,
            organizations,
        }
    }

    /// Adds a paper to a component: its author `author`, whose name is `name`.
    pub(super) fn add(&self, component: &mut Component, paper: u32, author: u16, name: u32, byline: &Byline) {
        let paper = paper as usize;
        let all = &self.authors[self.begins[paper] as usize..self.begins[paper + 1] as usize];
        if all.len() <= MOST_AUTHORS {
            component.coauthors.extend(all.iter().filter(|other| **other != name));
        }
        for word in &byline.words {
            let Some(papers) = self.words.get(word) else { continue };
            component.subjects.push((*word, 1));
            if *papers <= self.rare {
                component.words.push(*word);
            }
        }
        component.papers += 1;
        let own = byline.organizations.iter().filter(|(of, _)| *of == author).map(|(_, organization)| *organization);
        component.organizations.extend(own);
        component.names.push(name);
    }

    /// The joins among these components, in rounds: a joined component has more in common with others.
    pub(super) fn join(&self, mut all: Vec<Component>, fits: &impl Fn(u32, u32) -> bool) -> Vec<Join> {
        let mut joins = Vec::new();
        for _ in 0..ROUNDS {
            let mut found: Vec<(Join, usize, usize)> = self
                .candidates(&all)
                .into_iter()
                .filter_map(|(a, b)| Some((self.compare(&all[a], &all[b], fits)?, a, b)))
                .collect();
            found.sort_by(|x, y| y.0.score.total_cmp(&x.0.score).then((x.0.a, x.0.b).cmp(&(y.0.a, y.0.b))));
            let mut taken = vec![false; all.len()];
            for (join, a, b) in found {
                if taken[a] || taken[b] {
                    continue;
                }
                (taken[a], taken[b]) = (true, true);
                joins.push(join);
                let other = std::mem::take(&mut all[b]);
                all[a].take(other);
            }
            if !taken.contains(&true) {
                break;
            }
            all.retain(|component| !component.units.is_empty());
        }
        joins
    }

    /// Pairs of components that share a feature.
    fn candidates(&self, all: &[Component]) -> HashSet<(usize, usize)> {
        let mut features: Vec<((u8, u32), usize)> = Vec::new();
        for (at, component) in all.iter().enumerate() {
            features.extend(component.features().map(|feature| (feature, at)));
        }
        features.sort_unstable();
        features.dedup();
        let mut pairs = HashSet::new();
        for same in features.chunk_by(|a, b| a.0 == b.0) {
            let reach = if same.len() > CROWD { 1 } else { same.len() };
            for (i, (_, a)) in same.iter().enumerate() {
                pairs.extend(same[i + 1..].iter().take(reach).map(|(_, b)| (*a, *b)));
            }
        }
        pairs
    }

    /// The average similarity of a title of one component to a title of the other: the sum of the rarities of the
    /// shared words that name a subject.
    fn likeness(&self, a: &Component, b: &Component) -> f64 {
        let share = |titles: u32, of: &Component| f64::from(titles) / f64::from(of.papers);
        let shared = a.subjects.iter().filter_map(|(word, of_a)| {
            let at = b.subjects.binary_search_by_key(word, |(word, _)| *word).ok()?;
            let rarity = (self.papers / f64::from(*self.words.get(word)?)).ln();
            Some(rarity * share(*of_a, a) * share(b.subjects[at].1, b))
        });
        shared.sum()
    }

    /// The join of two components, if there is enough evidence for it.
    fn compare(&self, a: &Component, b: &Component, fits: &impl Fn(u32, u32) -> bool) -> Option<Join> {
        if !a.names.iter().all(|a| b.names.iter().all(|b| fits(*a, *b))) {
            return None;
        }
        let chance = |of: f64, a: &[u32], b: &[u32], frequency: f64| {
            (of / ((a.len() * b.len()) as f64 * frequency)).ln().max(0.0)
        };
        let mut score = 0.0;
        for shared in common(&a.coauthors, &b.coauthors) {
            let bearers = 1.0 + self.bearers.get(shared as usize).copied().unwrap_or_default();
            score += chance(self.names, &a.coauthors, &b.coauthors, bearers);
        }
        for shared in common(&a.organizations, &b.organizations) {
            let authorships = self.organizations.get(&shared).copied().unwrap_or(1);
            score += chance(self.affiliations, &a.organizations, &b.organizations, authorships.into());
        }
        let is_one_spelling = common(&a.names, &b.names).next().is_some();
        if !is_one_spelling && score == 0.0 {
            return None;
        }
        for shared in common(&a.words, &b.words) {
            let papers = self.words.get(&shared).copied().unwrap_or(1);
            score += chance(self.papers, &a.words, &b.words, papers.into());
        }
        score += LIKENESS * self.likeness(a, b);
        let needed = if is_one_spelling { NEEDED } else { NEEDED + NEEDED_FOR_SPELLINGS };
        let (a, b) = (a.units.iter().min().copied()?, b.units.iter().min().copied()?);
        (score >= needed).then_some(Join { a: a.min(b), b: a.max(b), score, needed })
    }
}

impl Component {
    /// Sorts the features.
    pub(super) fn finish(&mut self) {
        for list in [&mut self.names, &mut self.coauthors, &mut self.words, &mut self.organizations] {
            list.sort_unstable();
            list.dedup();
        }
        self.subjects.sort_unstable();
        self.subjects.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            kept.1 += if is_same { next.1 } else { 0 };
            is_same
        });
    }

    fn take(&mut self, other: Self) {
        self.units.extend(other.units);
        self.names.extend(other.names);
        self.coauthors.extend(other.coauthors);
        self.words.extend(other.words);
        self.organizations.extend(other.organizations);
        self.subjects.extend(other.subjects);
        self.papers += other.papers;
        self.finish();
    }

    /// All features that can connect it with another component.
    pub(super) fn features(&self) -> impl Iterator<Item = (u8, u32)> + '_ {
        let lists = [&self.coauthors, &self.organizations, &self.words];
        (0..).zip(lists).flat_map(|(kind, list)| list.iter().map(move |feature| (kind, *feature)))
    }
}

/// The common elements of two sorted lists.
fn common<'a>(a: &'a [u32], b: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.iter().copied().filter(|one| long.binary_search(one).is_ok())
}
