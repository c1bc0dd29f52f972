//! What connects papers with one author name: co-authors, their co-authors, organisations and rare words of titles,
//! each weighted by how unlikely a chance match is.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use rayon::prelude::*;

use super::byline::Byline;

/// The evidence needed to join papers with one author name, as the logarithm of how unlikely it is by chance.
const NEEDED: f64 = 5.0;
/// The same, if one of two spellings is a rare name.
const NEEDED_FOR_RARE: f64 = 3.5;
/// The evidence needed in addition for different spellings of a name.
const NEEDED_MORE_FOR_SPELLINGS: f64 = 1.0;
/// A name with more expected bearers is frequent.
pub(super) const FREQUENT: f64 = 0.1;
/// In a paper with more authors, co-authorship says little about who works together.
const MAX_AUTHORS: usize = 30;
/// A word in a larger share of titles is shared by chance too often to connect papers alone.
const RARE_SHARE: f64 = 0.005;
/// In a small collection, a word in this many titles is rare and names a subject.
const MIN_RARE_PAPERS: u32 = 3;
/// A word in a larger share of titles names no subject.
const SUBJECT_SHARE: f64 = 0.02;
/// The weight of similar subjects, see [`JoinEvidence::likeness`].
const LIKENESS_WEIGHT: f64 = 0.4;
/// Titles alone never join: many people work on one subject.
const MAX_SUBJECT_EVIDENCE: f64 = 3.0;
/// The weight of co-authors of co-authors, see [`JoinEvidence::circle`].
const CIRCLE_WEIGHT: f64 = 0.75;
/// Largest number of a co-author's papers that are looked at to see who works with them.
const MAX_COAUTHOR_PAPERS: usize = 30;
/// A smaller collection is counted as if it had this many papers, names and authorships.
const MIN_COUNT: usize = 2000;
/// If more components share a feature, each is compared with the next only.
const MAX_SHARING: usize = 60;
/// Largest number of rounds of joining, see [`JoinEvidence::join`].
const MAX_ROUNDS: usize = 12;

/// Counts over all papers.
pub(super) struct JoinEvidence {
    papers: f64,
    /// Number of authorships of papers with at most `MAX_AUTHORS` authors.
    authorships: f64,
    names: f64,
    affiliations: f64,
    /// Expected number of people of each name.
    bearers: Vec<f64>,
    /// Start of each paper's authors in `author_names`.
    author_starts: Vec<u32>,
    /// The names of the authors of all papers.
    author_names: Vec<u32>,
    /// Start of each name's papers in `name_papers`.
    paper_starts: Vec<u32>,
    /// The papers of each name that have at most `MAX_AUTHORS` authors.
    name_papers: Vec<u32>,
    /// Number of titles with each word that names a subject.
    words: HashMap<u32, u32>,
    /// Largest number of titles with a rare word.
    max_rare: u32,
    /// Number of authorships of each organisation.
    organizations: HashMap<u32, u32>,
}

/// Papers with one author name, or several spellings of it, that are by one person.
#[derive(Debug, Default)]
pub(super) struct PersonComponent {
    pub units: Vec<u32>,
    names: Vec<u32>,
    coauthors: Vec<u32>,
    rare_words: Vec<u32>,
    organizations: Vec<u32>,
    /// Words that name a subject, each with its number of papers.
    subjects: Vec<(u32, u32)>,
    /// Number of papers.
    papers: u32,
}

/// Two units that the evidence joins.
#[derive(Debug, Clone, Copy)]
pub(super) struct UnitJoin {
    pub a: u32,
    pub b: u32,
    pub score: f64,
    needed: f64,
}

impl UnitJoin {
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
        let at_most = |share: f64| ((papers as f64 * share) as u32).max(MIN_RARE_PAPERS);
        let (max_rare, most) = (at_most(RARE_SHARE), at_most(SUBJECT_SHARE));
        // A word of a single title connects nothing.
        words.retain(|_, papers: &mut u32| (2..=most).contains(papers));
        let author_starts = starts(papers, of_paper.iter().map(|(paper, _)| *paper));
        let has_few_authors = |(paper, _): &&(u32, u32)| {
            let paper = *paper as usize;
            (author_starts[paper + 1] - author_starts[paper]) as usize <= MAX_AUTHORS
        };
        let mut by_name: Vec<(u32, u32)> =
            of_paper.iter().filter(has_few_authors).map(|(paper, name)| (*name, *paper)).collect();
        by_name.par_sort_unstable();
        by_name.dedup();
        let paper_starts = starts(bearers.len(), by_name.iter().map(|(name, _)| *name));
        Self {
            papers: papers.max(MIN_COUNT) as f64,
            authorships: by_name.len().max(MIN_COUNT) as f64,
            names: bearers.len().max(MIN_COUNT) as f64,
            affiliations: affiliations.max(MIN_COUNT) as f64,
            bearers: bearers.to_vec(),
            author_starts,
            author_names: of_paper.iter().map(|(_, name)| *name).collect(),
            paper_starts,
            name_papers: by_name.into_iter().map(|(_, paper)| paper).collect(),
            words,
            max_rare,
            organizations,
        }
    }

    fn authors_of(&self, paper: u32) -> &[u32] {
        let paper = paper as usize;
        &self.author_names[self.author_starts[paper] as usize..self.author_starts[paper + 1] as usize]
    }

    fn papers_of(&self, name: u32) -> &[u32] {
        let name = name as usize;
        &self.name_papers[self.paper_starts[name] as usize..self.paper_starts[name + 1] as usize]
    }

    /// Adds a paper to a component: its author `author`, whose name is `name`.
    pub(super) fn add(&self, component: &mut PersonComponent, paper: u32, author: u16, name: u32, byline: &Byline) {
        let all = self.authors_of(paper);
        if all.len() <= MAX_AUTHORS {
            component.coauthors.extend(all.iter().filter(|other| **other != name));
        }
        for word in &byline.words {
            let Some(papers) = self.words.get(word) else { continue };
            component.subjects.push((*word, 1));
            if *papers <= self.max_rare {
                component.rare_words.push(*word);
            }
        }
        component.papers += 1;
        let own = byline.organizations.iter().filter(|(of, _)| *of == author).map(|(_, organization)| *organization);
        component.organizations.extend(own);
        component.names.push(name);
    }

    /// The joins among these components, in rounds: a joined component has more in common with others.
    pub(super) fn join(&self, mut all: Vec<PersonComponent>, fits: &impl Fn(u32, u32) -> bool) -> Vec<UnitJoin> {
        let mut joins = Vec::new();
        let walks = CoauthorWalks::of(self, &all);
        for _ in 0..MAX_ROUNDS {
            let mut found: Vec<(UnitJoin, usize, usize)> = self
                .candidates(&all)
                .into_iter()
                .filter_map(|(a, b)| Some((self.compare(&all[a], &all[b], &walks, fits)?, a, b)))
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
                all[a].absorb(other);
            }
            if !taken.contains(&true) {
                break;
            }
            all.retain(|component| !component.units.is_empty());
        }
        joins
    }

    /// Pairs of components that share a feature.
    fn candidates(&self, all: &[PersonComponent]) -> HashSet<(usize, usize)> {
        let mut features: Vec<((u8, u32), usize)> = Vec::new();
        for (at, component) in all.iter().enumerate() {
            features.extend(component.features().map(|feature| (feature, at)));
        }
        features.sort_unstable();
        features.dedup();
        let mut pairs = HashSet::new();
        for same in features.chunk_by(|a, b| a.0 == b.0) {
            let compared = if same.len() > MAX_SHARING { 1 } else { same.len() };
            for (i, (_, a)) in same.iter().enumerate() {
                pairs.extend(same[i + 1..].iter().take(compared).map(|(_, b)| (*a, *b)));
            }
        }
        pairs
    }

    /// The average similarity of a title of one component to a title of the other: the sum of the rarities of the
    /// shared words that name a subject.
    fn likeness(&self, a: &PersonComponent, b: &PersonComponent) -> f64 {
        let share = |titles: u32, of: &PersonComponent| f64::from(titles) / f64::from(of.papers);
        let shared = a.subjects.iter().filter_map(|(word, of_a)| {
            let at = b.subjects.binary_search_by_key(word, |(word, _)| *word).ok()?;
            let rarity = (self.papers / f64::from(*self.words.get(word)?)).ln();
            Some(rarity * share(*of_a, a) * share(b.subjects[at].1, b))
        });
        shared.sum()
    }

    /// How much likelier than by chance a walk leads from the co-authors of one component to those of the other, as a
    /// logarithm; 0 if it is not likelier. The walk goes from one of the co-authors of a component, chosen at random,
    /// to one of the papers of that co-author, and from there to another of its authors.
    fn circle(&self, a: &PersonComponent, b: &PersonComponent, walks: &CoauthorWalks<'_>) -> f64 {
        let likelihoods = (self.walk(a, b, walks), self.walk(b, a, walks));
        let (Some(there), Some(back)) = likelihoods else { return 0.0 };
        f64::midpoint(there, back).max(1.0).ln()
    }

    /// How many times likelier than by chance a walk leads from `a` to `b`. `None` if no walk starts at `a`.
    fn walk(&self, a: &PersonComponent, b: &PersonComponent, walks: &CoauthorWalks<'_>) -> Option<f64> {
        let (mut begun, mut arrived) = (0, 0.0);
        for &coauthor in &a.coauthors {
            // The papers of a frequent name may be by somebody else. A co-author of both is counted elsewhere.
            if self.bearers[coauthor as usize] > FREQUENT || b.coauthors.binary_search(&coauthor).is_ok() {
                continue;
            }
            begun += 1;
            let company = walks.of_coauthor(coauthor);
            let arrives = company.iter().filter(|(other, _)| b.coauthors.binary_search(other).is_ok());
            arrived += arrives.map(|(_, share)| share).sum::<f64>();
        }
        let goals: usize = b.coauthors.iter().map(|other| self.papers_of(*other).len()).sum();
        let by_chance = goals as f64 / self.authorships;
        (begun > 0 && goals > 0).then(|| arrived / f64::from(begun) / by_chance)
    }

    /// The join of two components, if there is enough evidence for it.
    fn compare(
        &self,
        a: &PersonComponent,
        b: &PersonComponent,
        walks: &CoauthorWalks<'_>,
        fits: &impl Fn(u32, u32) -> bool,
    ) -> Option<UnitJoin> {
        if !a.names.iter().all(|a| b.names.iter().all(|b| fits(*a, *b))) {
            return None;
        }
        let chance = |of: f64, a: &[u32], b: &[u32], frequency: f64| {
            (of / ((a.len() * b.len()) as f64 * frequency)).ln().max(0.0)
        };
        let mut score = 0.0;
        for shared in common(&a.coauthors, &b.coauthors) {
            // A prolific co-author, or a name of many people, is shared by chance more often. But the papers of one
            // person also share prolific co-authors more often. So the square root of the number of papers counts.
            let papers = self.papers_of(shared).len() as f64 * self.authorships / self.names;
            let often = papers.sqrt() * (1.0 + self.bearers[shared as usize]);
            score += chance(self.authorships, &a.coauthors, &b.coauthors, often);
        }
        for shared in common(&a.organizations, &b.organizations) {
            let authorships = self.organizations.get(&shared).copied().unwrap_or(1);
            score += chance(self.affiliations, &a.organizations, &b.organizations, authorships.into());
        }
        let is_one_spelling = common(&a.names, &b.names).next().is_some();
        if !is_one_spelling && score == 0.0 {
            return None;
        }
        let mut subjects = LIKENESS_WEIGHT * self.likeness(a, b);
        for shared in common(&a.rare_words, &b.rare_words) {
            let papers = self.words.get(&shared).copied().unwrap_or(1);
            subjects += chance(self.papers, &a.rare_words, &b.rare_words, papers.into());
        }
        score += subjects.min(MAX_SUBJECT_EVIDENCE);
        score += CIRCLE_WEIGHT * self.circle(a, b, walks);
        let is_frequent = |of: &PersonComponent| of.names.iter().all(|name| self.bearers[*name as usize] > FREQUENT);
        let needed = if is_frequent(a) && is_frequent(b) { NEEDED } else { NEEDED_FOR_RARE };
        let needed = if is_one_spelling { needed } else { needed + NEEDED_MORE_FOR_SPELLINGS };
        let (a, b) = (a.units.iter().min().copied()?, b.units.iter().min().copied()?);
        (score >= needed).then_some(UnitJoin { a: a.min(b), b: a.max(b), score, needed })
    }
}

/// The names on the papers of one author, each with its share of the walks to one of these papers and to another of its
/// authors.
type CoauthorShares = Rc<[(u32, f64)]>;

/// Who works with the co-authors of the components of a block.
struct CoauthorWalks<'e> {
    evidence: &'e JoinEvidence,
    /// The names of the block. Papers under them do not count, because they are what is being decided.
    block: Vec<u32>,
    cache: RefCell<HashMap<u32, CoauthorShares>>,
}

impl<'e> CoauthorWalks<'e> {
    fn of(evidence: &'e JoinEvidence, all: &[PersonComponent]) -> Self {
        let mut block: Vec<u32> = all.iter().flat_map(|component| component.names.iter().copied()).collect();
        block.sort_unstable();
        block.dedup();
        Self { evidence, block, cache: RefCell::default() }
    }

    fn of_coauthor(&self, coauthor: u32) -> CoauthorShares {
        if let Some(known) = self.cache.borrow().get(&coauthor) {
            return Rc::clone(known);
        }
        let papers = self.evidence.papers_of(coauthor).iter().map(|paper| self.evidence.authors_of(*paper));
        let is_decided = |authors: &&[u32]| authors.iter().any(|name| self.block.binary_search(name).is_ok());
        // The papers are in the order of a hash, so these are a fair choice.
        let papers: Vec<&[u32]> = papers.filter(|authors| !is_decided(authors)).take(MAX_COAUTHOR_PAPERS).collect();
        let mut company: Vec<(u32, f64)> = Vec::new();
        for authors in &papers {
            let others = authors.iter().filter(|name| **name != coauthor);
            let share = 1.0 / (papers.len() * others.clone().count().max(1)) as f64;
            company.extend(others.map(|name| (*name, share)));
        }
        company.sort_by_key(|(name, _)| *name);
        company.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            kept.1 += if is_same { next.1 } else { 0.0 };
            is_same
        });
        let company: CoauthorShares = company.into();
        self.cache.borrow_mut().insert(coauthor, Rc::clone(&company));
        company
    }
}

impl PersonComponent {
    /// Sorts the features.
    pub(super) fn finish(&mut self) {
        for list in [&mut self.names, &mut self.coauthors, &mut self.rare_words, &mut self.organizations] {
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

    fn absorb(&mut self, other: Self) {
        self.units.extend(other.units);
        self.names.extend(other.names);
        self.coauthors.extend(other.coauthors);
        self.rare_words.extend(other.rare_words);
        self.organizations.extend(other.organizations);
        self.subjects.extend(other.subjects);
        self.papers += other.papers;
        self.finish();
    }

    /// All features that can connect it with another component.
    pub(super) fn features(&self) -> impl Iterator<Item = (u8, u32)> + '_ {
        let lists = [&self.coauthors, &self.organizations, &self.rare_words];
        (0..).zip(lists).flat_map(|(kind, list)| list.iter().map(move |feature| (kind, *feature)))
    }
}

/// Where the entries of each key begin in a list that is sorted by keys from 0 to `keys`.
fn starts(keys: usize, of_entries: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut starts = vec![0_u32; keys + 1];
    of_entries.for_each(|key| starts[key as usize + 1] += 1);
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    starts
}

/// The common elements of two sorted lists.
fn common<'a>(a: &'a [u32], b: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.iter().copied().filter(|one| long.binary_search(one).is_ok())
}
