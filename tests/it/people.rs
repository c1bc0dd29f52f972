//! Authors as nodes: who wrote what, with whom, and about what.

use std::path::Path;

use assert_cmd::Command;

use crate::command::{graph_of, kg};

const PAPERS: &str = r#"{"title":"Lamps on COCO","abstract":"We evaluate on COCO.","authors":["Jörg Peña","Bo Li"],"published":"2020"}
{"title":"Oil on COCO","abstract":"We evaluate on COCO.","authors":["Li, Bo","Jorg Pena"],"published":"2021"}
{"title":"Wicks","authors":["Cy Cole"],"published":"2022"}"#;

fn graph(folder: &Path) -> std::path::PathBuf {
    graph_of(PAPERS, folder)
}

#[test]
fn an_author_has_papers_coauthors_and_subjects() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    insta::assert_snapshot!(kg(&store, &["neighbors", "Jorg Pena"]), @r#"
    Jörg Peña  author/jorg-pena
    2 papers

    Papers by Jörg Peña (2)
      2021        Oil on COCO
      2020        Lamps on COCO

    In the same papers
      authors     Bo Li (2)
      datasets    COCO (2)
    "#);
    insta::assert_snapshot!(kg(&store, &["rank", "--kind", "author", "--by", "degree", "--format", "csv"]), @r#"
    rank,kind,id,name,degree,error,ties,by_year,in_text
    1,author,author/bo-li,Bo Li,2,0,2,2020:1 2021:1,2
    2,author,author/jorg-pena,Jörg Peña,2,0,2,2020:1 2021:1,2
    3,author,author/cy-cole,Cy Cole,1,0,1,2022:1,1
    "#);
    insta::assert_snapshot!(kg(&store, &["search", "cole"]), @r#"
    NAME     PAPERS  ID
    Cy Cole       1  author/cy-cole
    "#);
    insta::assert_snapshot!(kg(&store, &["neighbors", "Wicks", "--kind", "author"]), @r#"
    Wicks  paper/wicks

    Authors (1)
      Cy Cole  1 paper
    "#);
}

#[test]
fn authors_are_not_shown_where_nobody_asks_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    for arguments in [
        &["neighbors", "COCO", "--depth", "2"][..],
        &["neighbors", "Lamps on COCO"],
        &["rank", "--by", "degree"],
        &["export", "dot"],
        &["similar", "Lamps on COCO"],
    ] {
        let shown = kg(&store, arguments);
        assert!(!shown.contains("author/") && !shown.contains("Bo Li"), "{arguments:?}: {shown}");
    }
}

#[test]
fn an_author_goes_with_the_last_paper() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    let authors = || {
        kg(
            &store,
            &["query", "-e", "SELECT ?name { ?a a kg:Author ; rdfs:label ?name } ORDER BY ?name", "--format", "tsv"],
        )
    };
    assert_eq!(authors(), "?name\n\"Bo Li\"\n\"Cy Cole\"\n\"Jörg Peña\"\n");
    let papers = folder.path().join("papers.jsonl");
    std::fs::write(&papers, PAPERS.lines().nth(1).unwrap()).unwrap();
    kg(&store, &["build", papers.to_str().unwrap()]);
    // The spelling with diacritics is gone with its paper.
    assert_eq!(authors(), "?name\n\"Bo Li\"\n\"Jorg Pena\"\n");
}

const DETAILED: &str = r#"{"title":"Lamps","authors":["Quirin Ostrowski","Bo Li"],"published":"2020","document":{"authors":[{"name":"Quirin Ostrowski","orcid":"0000-0002-1825-0097"},{"name":"Bo Li"}]}}
{"title":"Oil","authors":["Q. Ostrowski"],"published":"2021","document":{"authors":[{"name":"Q. Ostrowski","orcid":"0000-0002-1825-0097"}]}}"#;
const WITHOUT_ID: &str = r#"{"title":"Wicks","authors":["Ostrowski, Q.","Bo Li"],"published":"2022"}"#;

/// The papers of each author, by the author's id and name.
fn papers_of(store: &Path) -> String {
    let query = "SELECT ?a ?name (GROUP_CONCAT(?t; separator=\"+\") AS ?titles) { SELECT ?a ?name ?t { ?p kg:writtenBy ?a ; \
                 dcterms:title ?t . ?a rdfs:label ?name } ORDER BY ?t } GROUP BY ?a ?name ORDER BY ?a";
    kg(store, &["query", "-e", query, "--format", "csv"])
        .replace("https://w3id.org/papergraph/author/", "")
        .replace('\r', "")
}

#[test]
fn a_stated_id_is_one_person_in_all_spellings_and_papers_are_written_again_when_people_change() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let build = |name: &str, text: &str| {
        let papers = folder.path().join(name);
        std::fs::write(&papers, text).unwrap();
        kg(&store, &["build", papers.to_str().unwrap()]);
    };
    // Read first, without an id: only the name is known.
    build("late.jsonl", WITHOUT_ID);
    assert_eq!(papers_of(&store), "a,name,titles\nbo-li,Bo Li,Wicks\nq-ostrowski,Q. Ostrowski,Wicks\n");
    build("early.jsonl", DETAILED);
    let both = papers_of(&store);
    assert_eq!(
        both,
        "a,name,titles\nbo-li,Bo Li,Lamps+Wicks\norcid-0000-0002-1825-0097,Quirin Ostrowski,Lamps+Oil+Wicks\n"
    );
    let other = folder.path().join("other");
    let inputs = ["early.jsonl", "late.jsonl"].map(|name| folder.path().join(name).to_str().unwrap().to_string());
    kg(&other, &["build", &inputs[0], &inputs[1]]);
    assert_eq!(papers_of(&other), both, "a build from nothing gives the same people");
    assert!(kg(&store, &["neighbors", "Q. Ostrowski"]).contains("author/orcid-0000-0002-1825-0097"));
    kg(&store, &["remove", "--source", &inputs[0]]);
    assert_eq!(papers_of(&store), "a,name,titles\nbo-li,Bo Li,Wicks\nq-ostrowski,Q. Ostrowski,Wicks\n");
}

#[test]
fn people_toml_in_the_folder_of_the_graph_decides_and_can_be_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    let before = papers_of(&store);
    let papers = folder.path().join("papers.jsonl");
    let decide = |text: &str| {
        std::fs::write(store.join("people.toml"), text).unwrap();
        kg(&store, &["build", papers.to_str().unwrap()]);
    };
    decide(
        "different = [{ name = \"Bo Li\", papers = [[\"paper/lamps-on-coco\"], [\"paper/oil-on-coco\"]] }]\n\
         same = [[\"Jörg Peña\", \"Cy Cole\"]]\n",
    );
    let decided = papers_of(&store);
    assert!(decided.contains("bo-li,Bo Li,") && decided.contains("bo-li+2,"), "{decided}");
    assert!(decided.contains(",Lamps on COCO+Oil on COCO+Wicks\n"), "{decided}");
    decide("");
    assert_eq!(papers_of(&store), before);
    std::fs::write(store.join("people.toml"), "\nsame = [[\"Bo Li\"]]").unwrap();
    let mut build = Command::cargo_bin("kg").unwrap();
    let output = build.args(["build", papers.to_str().unwrap(), "--store"]).arg(&store).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("people.toml:2: `same` needs two names"), "{said}");
}
