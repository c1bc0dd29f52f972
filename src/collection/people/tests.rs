use super::*;
use crate::document::{DocumentAuthor, DocumentParts};

/// A paper: its key, title and authors. Each author has an affiliation or an id after `|`.
fn paper(key: &str, title: &str, authors: &[&str]) -> Paper {
    let details = authors.iter().map(|author| {
        let (name, said) = author.split_once('|').unwrap_or((author, ""));
        let mut author = DocumentAuthor { name: name.to_string(), ..DocumentAuthor::default() };
        match said.split_once(':') {
            Some(("orcid", orcid)) => author.orcid = Some(orcid.to_string()),
            Some(_) => author.ids.push(said.to_string()),
            None if !said.is_empty() => author.affiliations.push(said.to_string()),
            None => {}
        }
        author
    });
    let details: Vec<DocumentAuthor> = details.collect();
    let mut paper = Paper::titled(title);
    paper.id = format!("paper/{key}").parse().unwrap();
    paper.authors = Some(details.iter().map(|author| author.name.clone()).collect());
    paper.document = Some(Box::new(DocumentParts { authors: details, ..DocumentParts::default() }));
    paper
}

fn decided(papers: &[Paper], decisions: &str) -> (Vec<Vec<String>>, IdentifiedAuthors) {
    let decisions = PeopleDecisions::from_toml("people.toml", decisions).unwrap();
    let bylines: Vec<Byline> = papers.iter().map(Byline::of).collect();
    let all: Vec<(&PaperId, &Byline)> = papers.iter().map(|paper| &paper.id).zip(&bylines).collect();
    let people = identify_authors(&all, &decisions);
    let keys = |(at, paper): (usize, &Paper)| -> Vec<String> {
        let by_name = paper.authors.iter().flatten().map(|name| author_key(name).unwrap());
        match people.of_paper(at as u32) {
            Some(keys) => keys.iter().map(|key| key.clone().unwrap_or_default()).collect(),
            None => by_name.collect(),
        }
    };
    (papers.iter().enumerate().map(keys).collect(), people)
}

fn keys(papers: &[Paper]) -> Vec<Vec<String>> {
    decided(papers, "").0
}

/// Papers that make `Wei Zhang` a frequent name.
fn crowd() -> Vec<Paper> {
    let of = |n: usize| {
        let (given, family) = (format!("Wei Family{n}"), format!("Given{n} Zhang"));
        paper(&format!("crowd-{n}"), &format!("Quux{n}"), &[&given, &family])
    };
    (0..40).map(of).collect()
}

fn with_crowd(papers: Vec<Paper>) -> Vec<Vec<String>> {
    let many = papers.len();
    let all: Vec<Paper> = papers.into_iter().chain(crowd()).collect();
    let mut keys = keys(&all);
    keys.truncate(many);
    keys
}

#[test]
fn the_papers_of_a_rare_name_are_by_one_person() {
    let papers = [paper("a", "Lamps", &["Quirin Ostrowski", "Bo Li"]), paper("b", "Oil", &["Ostrowski, Quirin"])];
    assert_eq!(keys(&papers), [vec!["quirin-ostrowski", "bo-li"], vec!["quirin-ostrowski"]]);
}

#[test]
fn a_frequent_name_needs_a_common_coauthor() {
    let papers = vec![
        paper("a", "Lamps", &["Wei Zhang", "Ada Adeyemi"]),
        paper("b", "Oil", &["Wei Zhang", "Ada Adeyemi"]),
        paper("c", "Wicks", &["Wei Zhang", "Cy Cole"]),
    ];
    let keys = with_crowd(papers);
    assert_eq!(keys[0][0], "wei-zhang");
    assert_eq!((&keys[1][0], &keys[2][0]), (&keys[0][0], &"wei-zhang+2".to_string()));
}

/// Papers of `Wei Zhang` with two co-authors, who wrote ten papers with others or with each other.
fn with_coauthors(others: [&str; 2], titles: [&str; 2]) -> Vec<Paper> {
    let mut papers =
        vec![paper("a", titles[0], &["Wei Zhang", "Ada Adeyemi"]), paper("b", titles[1], &["Wei Zhang", "Cy Cole"])];
    for n in 0..10 {
        papers.push(paper(&format!("with-{n}"), &format!("Quux{n}"), &["Ada Adeyemi", others[0]]));
        papers.push(paper(&format!("also-{n}"), &format!("Quuz{n}"), &["Cy Cole", others[1]]));
    }
    papers
}

#[test]
fn coauthors_who_work_together_connect_papers_on_one_subject() {
    let is_one = |others, titles| {
        let keys = with_crowd(with_coauthors(others, titles));
        keys[0][0] == keys[1][0]
    };
    let (apart, together) = (["Dora Dietz", "Emil Eck"], ["Cy Cole", "Ada Adeyemi"]);
    assert!(is_one(together, ["Wicks of lamps", "Wicks for lanterns"]));
    assert!(!is_one(together, ["Wicks of lamps", "Genes of mice"]), "their work together is too little");
    assert!(!is_one(apart, ["Wicks of lamps", "Wicks for lanterns"]), "a subject is too little");
    assert!(!is_one(apart, ["Wicks of oil lamps with glass", "Wicks of oil lamps with glass"]), "any subject is");
}

#[test]
fn a_stated_id_decides() {
    let orcid = "orcid:0000-0000-0000-0001";
    let other = "orcid:0000-0000-0000-0002";
    let papers = [
        paper("a", "Lamps", &[&format!("Quirin Ostrowski|{orcid}"), "Bo Li"]),
        paper("b", "Oil", &[&format!("Quirin Ostrowski|{other}"), "Bo Li"]),
        paper("c", "Wicks", &[&format!("Q. Kurz-Ostrowski|{orcid}")]),
    ];
    let keys = keys(&papers);
    assert_eq!(keys[0][0], "orcid-0000-0000-0000-0001");
    assert_eq!((keys[1][0].as_str(), &keys[2][0]), ("orcid-0000-0000-0000-0002", &keys[0][0]));
}

#[test]
fn spellings_of_one_person_are_joined_by_coauthors() {
    let papers = [
        paper("a", "Lamps", &["Jörg Ostrowski", "Ada Adeyemi"]),
        paper("b", "Oil", &["J. Ostrowski", "Ada Adeyemi"]),
        paper("c", "Wicks", &["Jan Ostrowski", "Cy Cole"]),
        paper("d", "Soot", &["J. Ostrowski", "Cy Cole"]),
        paper("e", "Ash", &["Ostrowski Jörg", "Ada Adeyemi"]),
    ];
    let keys = keys(&papers);
    let first: Vec<&str> = keys.iter().map(|keys| keys[0].as_str()).collect();
    assert_eq!(first, ["jorg-ostrowski", "jorg-ostrowski", "jan-ostrowski", "jan-ostrowski", "jorg-ostrowski"]);
}

#[test]
fn groups_with_nothing_in_common_are_two_people_of_a_rare_name() {
    let of = |key: &str, title: &str, place: &str, other: &str| {
        paper(key, title, &[&format!("Quirin Ostrowski|{place}"), other])
    };
    let papers = [
        of("a", "Lamps one", "Quux Hall", "Ada Adeyemi"),
        of("b", "Lamps two", "Quux Hall", "Ada Adeyemi"),
        of("c", "Genes one", "Zyzzy Hall", "Cy Cole"),
        of("d", "Genes two", "Zyzzy Hall", "Cy Cole"),
    ];
    let keys = keys(&papers);
    assert_eq!(keys[0][0], keys[1][0]);
    assert_eq!(keys[2][0], keys[3][0]);
    assert_ne!(keys[0][0], keys[2][0]);
}

#[test]
fn the_users_file_decides_over_everything() {
    let papers = [
        paper("a", "Lamps", &["Quirin Ostrowski", "Ada Adeyemi"]),
        paper("b", "Oil", &["Quirin Ostrowski", "Ada Adeyemi"]),
        paper("c", "Wicks", &["Quirin Ostrowski"]),
        paper("d", "Soot", &["Quirin Wolf"]),
    ];
    let (keys, people) = decided(
        &papers,
        "same = [[\"Quirin Ostrowski\", \"Quirin Wolf\", \"Nobody Known\"]]\n\
         different = [{ name = \"Quirin Ostrowski\", papers = [[\"paper/a\", \"paper/c\"], [\"paper/b\"]] }]",
    );
    assert_eq!(keys[0][0], keys[2][0]);
    assert_ne!(keys[0][0], keys[1][0]);
    assert_eq!(people.unknown_names, ["nobody-known"]);
}

proptest::proptest! {
    /// Authors from small pools, so that all combinations occur.
    #[test]
    fn the_order_of_the_papers_does_not_matter(
        all in proptest::collection::vec((0..4usize, 0..4usize, 0..3usize), 1..12),
        seed in proptest::num::u64::ANY,
    ) {
        const NAMES: [&str; 4] = ["Wei Zhang", "W. Zhang", "Zhang Wei", "Wei B. Zhang|s2:1"];
        const OTHERS: [&str; 4] = ["Ada Adeyemi", "A. Adeyemi|s2:2", "Cy Cole", "C. Cole|Quux Hall"];
        let make = |(at, &(a, b, t)): (usize, &(usize, usize, usize))| {
            paper(&format!("p{at}"), ["Lamps of oil", "Oil", "Wicks"][t], &[NAMES[a], OTHERS[b]])
        };
        let papers: Vec<Paper> = all.iter().enumerate().map(make).chain(crowd()).collect();
        let mut shuffled = papers.clone();
        fastrand::Rng::with_seed(seed).shuffle(&mut shuffled);
        let sorted = |papers: &[Paper]| {
            let mut keyed: Vec<(String, Vec<String>)> =
                papers.iter().map(|paper| paper.id.to_string()).zip(keys(papers)).collect();
            keyed.sort();
            keyed
        };
        proptest::prop_assert_eq!(sorted(&papers), sorted(&shuffled));
    }
}
