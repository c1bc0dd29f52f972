//! Measures how well `collection/people` tells authors apart, on files that state ids of authors, such as those of the
//! ACL Anthology: `cargo run --release --example people -- FILE…`. The ids are hidden from it, and so are ORCIDs.
//!
//! It prints each person in several nodes and each node of several people, and then the counts of pairs of authorships:
//!
//! - `stated`: of all authors with a stated id.
//! - `half 0`, `half 1`: of people who were given one frequent name, six to a name. They are people with a rare name
//!   and at least two papers, in two halves by a hash of the name. What was chosen on one half is measured on the
//!   other.

mod files;

use std::collections::{BTreeMap, HashMap, HashSet};

use papergraph::internals::collection::author_keys;
use papergraph::internals::text::fold_name;
use papergraph::paper::Paper;
use xxhash_rust::xxh3::xxh3_64;

/// People to a name.
const PEOPLE: usize = 6;
/// The names are all combinations of so many given names and family names.
const PARTS: usize = 8;
/// Other people with each given name and with each family name: they make the names frequent.
const OTHERS: usize = 80;
/// A person has at most this many papers, so that a single one does not decide the count.
const MOST_PAPERS: usize = 25;
/// The family name of a person is that of at least this many.
const OF_FAMILY: usize = 8;
/// Expected other people with a rare name, if given names and family names were independent.
const RARE: f64 = 0.05;

fn main() {
    let mut papers = files::papers_of_arguments();
    let stated = hide_ids(&mut papers);
    let keys = author_keys(&papers);
    report(&stated, &keys);
    println!("\n              pairs of one node    right  precision   recall  (of pairs of one person)");
    count("stated", &stated, &keys);
    for half in [0, 1] {
        let (papers, people) = renamed(&papers, half);
        count(&format!("half {half}"), &people, &author_keys(&papers));
    }
}

/// The people that are known: of each, the papers and the positions in their lists of authors.
type KnownPeople = BTreeMap<String, Vec<(usize, usize)>>;

/// Removes all ids of authors.
fn hide_ids(papers: &mut [Paper]) -> KnownPeople {
    let mut people = KnownPeople::new();
    for (number, paper) in papers.iter_mut().enumerate() {
        let names = paper.authors.clone().unwrap_or_default();
        for author in paper.document.iter_mut().flat_map(|document| &mut document.authors) {
            author.orcid = None;
            let position = names.iter().position(|name| words(name) == words(&author.name));
            if let (Some(id), Some(position)) = (author.ids.first(), position) {
                people.entry(id.clone()).or_default().push((number, position));
            }
            author.ids.clear();
        }
    }
    people
}

/// The words of a name, the family name last.
fn words(name: &str) -> Vec<String> {
    let spoken = name.split_once(',').map_or(name.to_string(), |(family, given)| format!("{given} {family}"));
    fold_name(&spoken).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_string).collect()
}

/// The papers with groups of people under one name, and these people.
fn renamed(papers: &[Paper], half: u64) -> (Vec<Paper>, KnownPeople) {
    let mut by_name: BTreeMap<Vec<String>, Vec<(usize, usize)>> = BTreeMap::new();
    for (number, paper) in papers.iter().enumerate() {
        for (position, name) in paper.authors.iter().flatten().enumerate() {
            by_name.entry(words(name)).or_default().push((number, position));
        }
    }
    let (mut families, mut given): (HashMap<&str, usize>, HashMap<&[String], usize>) = Default::default();
    for (family, before) in by_name.keys().filter_map(|name| name.split_last()) {
        *families.entry(family).or_default() += 1;
        *given.entry(before).or_default() += 1;
    }
    let hash = |name: &[String]| xxh3_64(name.join(" ").as_bytes());
    let is_wanted = |name: &[String], of: &[(usize, usize)]| {
        let Some((family, before)) = name.split_last() else { return false };
        let others = (families[family.as_str()] - 1) * (given[before] - 1);
        before.first().is_some_and(|first| first.chars().count() > 1)
            && (2..=MOST_PAPERS).contains(&of.len())
            && families[family.as_str()] >= OF_FAMILY
            && (others as f64) < RARE * by_name.len() as f64
            && hash(name) % 2 == half
    };
    let mut chosen: Vec<_> = by_name.iter().filter(|(name, of)| is_wanted(name, of)).collect();
    chosen.sort_by_key(|(name, _)| hash(name));
    let (mut papers, mut people) = (papers.to_vec(), KnownPeople::new());
    for (number, group) in chosen.chunks_exact(PEOPLE).take(PARTS * PARTS).enumerate() {
        let name = format!("{} {}", part("Ambrose", number % PARTS), part("Quillfeather", number / PARTS));
        let mut taken = HashSet::new();
        for (person, of) in group {
            // Nobody writes a paper with a person of the same name.
            if of.iter().any(|(paper, _)| taken.contains(paper)) {
                continue;
            }
            taken.extend(of.iter().map(|(paper, _)| *paper));
            for (paper, position) in *of {
                let paper = &mut papers[*paper];
                paper.authors.as_mut().expect("the paper has this author")[*position].clone_from(&name);
                paper.document = None;
            }
            people.insert(format!("{number} {}", person.join(" ")), (*of).clone());
        }
    }
    for (at, other) in (0..PARTS).flat_map(|at| (0..OTHERS).map(move |other| (at, other))) {
        let authors = [
            format!("{} {}", part("Ambrose", at), part("Familia", other)),
            format!("{} {}", part("Giveon", other), part("Quillfeather", at)),
        ];
        papers.extend(authors.map(|author| {
            let id = format!("paper/by-{}", words(&author).join("-")).parse().expect("the id is well formed");
            Paper { id, authors: Some(vec![author]), ..Paper::titled("Quux") }
        }));
    }
    (papers, people)
}

/// A name that nobody has.
fn part(name: &str, number: usize) -> String {
    let letter = |digit: usize| char::from(b'a' + digit as u8);
    format!("{name}{}{}", letter(number / 26), letter(number % 26))
}

/// For each node, the people whose papers it has, with their numbers of papers.
fn by_node<'p>(people: &'p KnownPeople, keys: &[Vec<Option<String>>]) -> BTreeMap<String, BTreeMap<&'p str, usize>> {
    let mut nodes: BTreeMap<String, BTreeMap<&str, usize>> = BTreeMap::new();
    for (person, of) in people {
        for (paper, position) in of {
            let Some(key) = keys[*paper].get(*position).cloned().flatten() else { continue };
            *nodes.entry(key).or_default().entry(person).or_default() += 1;
        }
    }
    nodes
}

fn report(people: &KnownPeople, keys: &[Vec<Option<String>>]) {
    let nodes = by_node(people, keys);
    let mut of_person: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
    for (node, people) in &nodes {
        people.iter().for_each(|(person, papers)| of_person.entry(person).or_default().push((node, *papers)));
        if people.len() > 1 {
            println!("{node} is {people:?}");
        }
    }
    for (person, nodes) in of_person.iter().filter(|(_, nodes)| nodes.len() > 1) {
        println!("{person} is in {nodes:?}");
    }
}

fn count(name: &str, people: &KnownPeople, keys: &[Vec<Option<String>>]) {
    let pairs = |papers: usize| papers * papers.saturating_sub(1) / 2;
    let nodes = by_node(people, keys);
    let all: usize = nodes.values().map(|people| pairs(people.values().sum())).sum();
    let right: usize = nodes.values().flat_map(BTreeMap::values).map(|papers| pairs(*papers)).sum();
    let wanted: usize = people.values().map(|of| pairs(of.len())).sum();
    let share = |of: usize| right as f64 / of.max(1) as f64;
    println!("{name:12} {all:18} {right:8}      {:.3}    {:.3}  {wanted}", share(all), share(wanted));
}
