//! Authors as nodes: who wrote what, with whom, on what.

use std::path::Path;

use assert_cmd::Command;

fn kg(store: &Path, arguments: &[&str]) -> String {
    let output = Command::cargo_bin("kg").unwrap().args(arguments).arg("--store").arg(store).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const PAPERS: &str = r#"{"title":"Lamps on COCO","abstract":"We evaluate on COCO.","authors":["Jörg Peña","Bo Li"],"published":"2020"}
{"title":"Oil on COCO","abstract":"We evaluate on COCO.","authors":["Li, Bo","Jorg Pena"],"published":"2021"}
{"title":"Wicks","authors":["Cy Cole"],"published":"2022"}"#;

fn graph(folder: &Path) -> std::path::PathBuf {
    let (papers, store) = (folder.join("papers.jsonl"), folder.join("graph"));
    std::fs::write(&papers, PAPERS).unwrap();
    kg(&store, &["build", papers.to_str().unwrap()]);
    store
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

    Often named together
      authors     Bo Li (2)
      datasets    COCO (2)
    "#);
    insta::assert_snapshot!(kg(&store, &["rank", "--kind", "author", "--by", "degree", "--format", "csv"]), @r#"
    rank,kind,id,name,degree,error,ties,by_year,in_text
    1,author,author/bo-li,Bo Li,2e0,0e0,2,2020:1 2021:1,2
    2,author,author/jorg-pena,Jörg Peña,2e0,0e0,2,2020:1 2021:1,2
    3,author,author/cy-cole,Cy Cole,1e0,0e0,1,2022:1,1
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
