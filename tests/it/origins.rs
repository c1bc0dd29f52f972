//! Venues and organisations as nodes, and papers by where they come from.

use std::path::Path;

use assert_cmd::Command;

use crate::command::{graph_of, kg};
use crate::http::Server;

const PAPERS: &str = r#"{"title":"Lamps on COCO","abstract":"We evaluate on COCO.","authors":["Jörg Peña","Bo Li"],"published":"2020","venue":"Proceedings of the 2nd Workshop on Quux Lamps (QL 2020)","organization":"quuxlab Quux Lab"}
{"title":"Oil on COCO","abstract":"We evaluate on COCO.","authors":["Li, Bo"],"published":"2021","venue":"Workshop on Quux Lamps","organization":"Quux Lab"}
{"title":"Wicks of ImageNet","abstract":"We evaluate on ImageNet.","authors":["Cy Cole"],"published":"2021","venue":"Letters of Quux Light, Volume 3"}"#;

fn graph(folder: &Path) -> std::path::PathBuf {
    graph_of(PAPERS, folder)
}

#[test]
fn a_venue_has_its_papers_and_years() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    insta::assert_snapshot!(kg(&store, &["neighbors", "Workshop on Quux Lamps"]), @r#"
    Workshop on Quux Lamps  venue/workshop-on-quux-lamps
    2 papers

    Papers published in Workshop on Quux Lamps (2)
      2021        Oil on COCO
      2020        Lamps on COCO

    Workshop on Quux Lamps by year (2)
      Workshop on Quux Lamps 2021  1 paper
      Workshop on Quux Lamps 2020  1 paper

    In the same papers
      datasets       COCO (2)
      authors        Bo Li (2)
      organisations  Quux Lab (2)
    "#);
    let edition = kg(&store, &["neighbors", "Workshop on Quux Lamps 2020"]);
    assert!(edition.contains("2020        Lamps on COCO") && !edition.contains("Oil"), "{edition}");
    assert!(edition.contains("Published in (1)\n  Workshop on Quux Lamps  2 papers"), "{edition}");
    let ranked = kg(&store, &["rank", "--kind", "venue,organization", "--by", "papers", "--format", "csv"]);
    let ids: Vec<&str> = ranked.lines().skip(1).map(|row| row.split(',').nth(2).unwrap()).collect();
    assert_eq!(ids[..2], ["organization/quux-lab", "venue/workshop-on-quux-lamps"], "{ranked}");
    assert_eq!(ids.len(), 5, "{ranked}");
    let grown = kg(&store, &["rank", "--kind", "venue", "--by", "growth", "--format", "csv"]);
    assert_eq!(grown.lines().count(), 3, "years of a venue do not grow: {grown}");
    let found = kg(&store, &["search", "quux"]);
    assert!(found.contains("organization/quux-lab") && found.contains("venue/letters-of-quux-light"), "{found}");
    let shown = kg(&store, &["show", "Lamps on COCO"]);
    assert!(shown.contains("venue         Proceedings of the 2nd Workshop on Quux Lamps (QL 2020)"), "{shown}");
    let paper = kg(&store, &["neighbors", "Lamps on COCO", "--kind", "venue,organization"]);
    assert!(paper.contains("Published in (2)") && paper.contains("Organisations (1)"), "{paper}");
}

#[test]
fn papers_are_chosen_by_author_organisation_and_venue_wherever_by_year() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    let papers = |arguments: &[&str]| {
        let shown = kg(&store, arguments);
        ["Lamps on COCO", "Oil on COCO", "Wicks of ImageNet"].map(|title| shown.contains(title))
    };
    assert_eq!(papers(&["neighbors", "COCO", "--author", "Jorg Pena"]), [true, false, false]);
    assert_eq!(papers(&["neighbors", "COCO", "--organization", "Quux Lab", "--since", "2021"]), [false, true, false]);
    assert_eq!(papers(&["neighbors", "COCO", "--venue", "Letters of Quux Light"]), [false, false, false]);
    let dot = ["export", "dot", "--kind", "paper,dataset", "--venue", "Workshop on Quux Lamps 2021"];
    assert_eq!(papers(&dot), [false, true, false]);
    assert_eq!(papers(&["similar", "Lamps on COCO", "--author", "Bo Li"]), [true, true, false]);
    assert_eq!(papers(&["similar", "Lamps on COCO", "--author", "Cy Cole"]), [true, false, false]);
    assert_eq!(
        papers(&["search", "evaluate", "--venue", "Workshop on Quux Lamps", "--until", "2020"]),
        [true, false, false]
    );
    insta::assert_snapshot!(kg(&store, &["trends", "COCO", "Quux Lab", "--author", "Bo Li", "--format", "csv"]), @r#"
    period,papers,COCO,COCO share,Quux Lab,Quux Lab share
    2020,1,1,1.000000,1,1.000000
    2021,1,1,1.000000,1,1.000000
    "#);
    let output = Command::cargo_bin("kg").unwrap();
    let mut output = output;
    let output = output.args(["trends", "COCO", "--venue", "Nowhere", "--store"]).arg(&store).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("the graph has no venue called `Nowhere`"), "{said}");
    let period = ["neighbors", "COCO", "--since", "2021", "--until", "2020", "--store"];
    let output = Command::cargo_bin("kg").unwrap().args(period).arg(&store).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("2021 is after 2020"), "{said}");
}

#[test]
fn an_organisation_is_chosen_by_a_name_that_something_else_has_too() {
    let folder = tempfile::tempdir().unwrap();
    let papers = r#"{"title":"Lamps on COCO","abstract":"We evaluate on COCO.","organization":"ImageNet","published":"2020"}
{"title":"Oil on COCO","abstract":"We evaluate on COCO and ImageNet.","published":"2020"}"#;
    let store = graph_of(papers, folder.path());
    assert!(kg(&store, &["neighbors", "ImageNet"]).contains("dataset/imagenet"));
    let shown = kg(&store, &["neighbors", "COCO", "--organization", "ImageNet"]);
    assert!(shown.contains("Lamps on COCO") && !shown.contains("Oil on COCO"), "{shown}");
    let server = Server::start(&store, &[]);
    let shown = server.page("/papers?organization=ImageNet").text();
    assert!(shown.contains("Lamps on COCO") && !shown.contains("Oil on COCO"), "{shown}");
}

#[test]
fn pages_choose_papers_as_commands_do() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    let server = Server::start(&store, &[]);
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    for (path, command) in [
        ("/trends.json?of=coco&author=Bo+Li", vec!["trends", "COCO", "--author", "Bo Li"]),
        ("/hardware.json?organization=Quux+Lab", vec!["hardware", "--limit", "0", "--organization", "Quux Lab"]),
        ("/search.json?q=on+coco&author=Jorg+Pena", vec!["search", "on coco", "--limit", "0", "--author", "Jorg Pena"]),
        (
            "/similar.json?to=Lamps+on+COCO&venue=Letters+of+Quux+Light",
            vec!["similar", "Lamps on COCO", "--limit", "50", "--venue", "Letters of Quux Light"],
        ),
    ] {
        let said = kg(&store, &[&command[..], &["--format", "json"]].concat());
        assert_eq!(json(&server.get(path).text()), json(&said), "{path}");
    }
    let papers = |path: &str| {
        let shown = server.page(path).text();
        ["Lamps on COCO", "Oil on COCO", "Wicks of ImageNet"].map(|title| shown.contains(title))
    };
    assert_eq!(papers("/papers?author=Bo+Li&author=Cy+Cole&since=2021"), [false, true, true]);
    assert_eq!(papers("/papers?of=coco&organization=Quux+Lab&author=Jorg+Pena"), [true, false, false]);
    assert_eq!(papers("/papers?venue=Workshop+on+Quux+Lamps+2021"), [false, true, false]);
    assert_eq!(papers("/search?q=coco&organization=Quux+Lab&since=2021"), [false, true, false]);
    assert_eq!(papers("/search?q=evaluate&kind=paper&author=Cy+Cole"), [false, false, true]);
    let none = server.page("/search?q=coco&author=Cy+Cole").text();
    assert!(none.contains("No paper that passes the filters has these words"), "{none}");
    assert!(!none.contains("href=\"/dataset/coco\""), "{none}");
    // Without words there is nothing to search: the list of papers has them all.
    let moved = server.page("/search?author=Bo+Li&venue=Workshop+on+Quux+Lamps");
    assert_eq!(moved.status, 303);
    assert_eq!(moved.header("location"), "/papers?author=Bo+Li&venue=Workshop+on+Quux+Lamps");
    let missing = server.page("/papers?venue=Nowhere");
    assert_eq!(missing.status, 404);
    assert!(missing.text().contains("the graph has no venue called `Nowhere`"), "{}", missing.text());
}

#[test]
fn venues_and_organisations_are_shown_only_where_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    for arguments in [
        &["neighbors", "COCO", "--depth", "2"][..],
        &["neighbors", "Lamps on COCO"],
        &["rank", "--by", "degree"],
        &["export", "dot"],
        &["path", "Lamps on COCO", "Oil on COCO"],
    ] {
        let shown = kg(&store, arguments);
        assert!(!shown.contains("venue/") && !shown.contains("Quux L"), "{arguments:?}: {shown}");
    }
}

#[test]
fn a_venue_goes_with_its_last_paper_and_is_renamed_by_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = graph(folder.path());
    let select = "SELECT ?name { { ?v a kg:Venue } UNION { ?v a kg:Organization } ?v rdfs:label ?name } ORDER BY ?name";
    let origins = || kg(&store, &["query", "-e", select, "--format", "tsv"]);
    assert_eq!(
        origins(),
        "?name\n\"Letters of Quux Light\"\n\"Quux Lab\"\n\"Workshop on Quux Lamps\"\n\"Workshop on Quux Lamps 2020\"\n\
         \"Workshop on Quux Lamps 2021\"\n"
    );
    let papers = folder.path().join("papers.jsonl");
    std::fs::write(&papers, PAPERS.lines().nth(1).unwrap()).unwrap();
    kg(&store, &["build", papers.to_str().unwrap()]);
    assert_eq!(origins(), "?name\n\"Quux Lab\"\n\"Workshop on Quux Lamps\"\n\"Workshop on Quux Lamps 2021\"\n");
}
