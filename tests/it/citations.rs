//! Citations: what papers cite, who cites them, and the works that the collection lacks.

use std::path::{Path, PathBuf};

use crate::command::kg;

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

const LAMPS: &str = r#"{"id":"2001.00001","title":"Lamps for Reading in the Long Night","authors":["Ana Ruiz"],"published":"2020-01-05"}"#;
const CITING: &str = r#"{"title":"A Survey of Lamps","authors":["Bo Li"],"published":"2022","references":["2001.00001",{"title":"Oil and Its Many Uses in the House","author":"Cy Cole","year":1999,"doi":"10.1000/182"}]}"#;
const ALSO_CITING: &str = r#"{"title":"Lamps Again","authors":["Di Doe"],"published":"2023","references":[{"title":"Lamps for reading in the long night","author":"A. Ruiz","year":2020},{"title":"Oil and its many uses in the house","year":1999}]}"#;

#[test]
fn a_paper_shows_what_it_cites_and_who_cites_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let papers = write(folder.path(), "papers.jsonl", &[LAMPS, CITING, ALSO_CITING].join("\n"));
    kg(&store, &["build", papers.to_str().unwrap()]);
    insta::assert_snapshot!(kg(&store, &["neighbors", "2001.00001"]), @r#"
    Lamps for Reading in the Long Night  paper/arxiv-2001.00001

    Papers that cite Lamps for Reading in the Long Night (2)
      2023        Lamps Again
      2022        A Survey of Lamps
    "#);
    insta::assert_snapshot!(kg(&store, &["neighbors", "A Survey of Lamps"]), @r#"
    A Survey of Lamps  paper/a-survey-of-lamps

    Cites: papers (1)
      2020-01-05  Lamps for Reading in the Long Night

    Cites, not in the graph (1)
      Oil and Its Many Uses in the House  2 papers
    "#);
    insta::assert_snapshot!(kg(&store, &["show", "Oil and its many uses in the house"]), @r#"
    Oil and Its Many Uses in the House
    work, work/oilanditsmanyusesinthehouse

    year          1999
    same as       https://doi.org/10.1000/182
    first author  Cy Cole
    cited by      2 papers

            2022  ████████████████████████████████████████ 1
            2023  ████████████████████████████████████████ 1

    Papers that cite Oil and Its Many Uses in the House (2)
      2023        Lamps Again
      2022        A Survey of Lamps
    "#);
}

#[test]
fn a_cited_work_becomes_the_paper_when_that_is_added_and_a_work_again_when_it_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let (citing, lamps) = (write(folder.path(), "citing.jsonl", CITING), write(folder.path(), "lamps.jsonl", LAMPS));
    let cited = || {
        let query = "SELECT ?cited ?name { ?p kg:cites ?cited . ?cited rdfs:label ?name } ORDER BY ?cited";
        kg(&store, &["query", "-e", query, "--format", "tsv"])
    };
    kg(&store, &["build", citing.to_str().unwrap()]);
    insta::assert_snapshot!(cited(), @r#"
    ?cited	?name
    <https://w3id.org/papergraph/work/arxiv-2001.00001>	"arXiv:2001.00001"
    <https://w3id.org/papergraph/work/oilanditsmanyusesinthehouse>	"Oil and Its Many Uses in the House"
    "#);
    kg(&store, &["build", lamps.to_str().unwrap()]);
    insta::assert_snapshot!(cited(), @r#"
    ?cited	?name
    <https://w3id.org/papergraph/paper/arxiv-2001.00001>	"Lamps for Reading in the Long Night"
    <https://w3id.org/papergraph/work/oilanditsmanyusesinthehouse>	"Oil and Its Many Uses in the House"
    "#);
    kg(&store, &["remove", "--source", lamps.to_str().unwrap()]);
    insta::assert_snapshot!(cited(), @r#"
    ?cited	?name
    <https://w3id.org/papergraph/work/arxiv-2001.00001>	"arXiv:2001.00001"
    <https://w3id.org/papergraph/work/oilanditsmanyusesinthehouse>	"Oil and Its Many Uses in the House"
    "#);
}

#[test]
fn the_sentence_that_cites_is_the_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let text = r##"<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Wicks and Lamps Compared</title></titleStmt></fileDesc></teiHeader>
<text><body><div><head>Introduction</head><p>It is dark. The brightest lamps were built before <ref type="bibr" target="#b0">(Ruiz, 2020)</ref>. They burn.</p></div></body>
<back><div type="references"><listBibl><biblStruct xml:id="b0"><analytic><title level="a">Lamps for reading in the long night</title><author><persName><forename>Ana</forename><surname>Ruiz</surname></persName></author></analytic><monogr><imprint><date type="published" when="2020">2020</date></imprint></monogr></biblStruct>
<biblStruct xml:id="b1"><analytic><title level="a">Wicks that nobody lights any more</title><author><persName><forename>[</forename><surname>Dam</surname></persName></author></analytic><monogr><imprint><date when="2019"/></imprint></monogr></biblStruct></listBibl></div></back></text></TEI>"##;
    let (tei, lamps) = (write(folder.path(), "wicks.tei.xml", text), write(folder.path(), "lamps.jsonl", LAMPS));
    kg(&store, &["build", tei.to_str().unwrap(), lamps.to_str().unwrap()]);
    insta::assert_snapshot!(kg(&store, &["neighbors", "2001.00001", "--evidence"]), @r#"
    Lamps for Reading in the Long Night  paper/arxiv-2001.00001

    Papers that cite Lamps for Reading in the Long Night (1)
      undated     Wicks and Lamps Compared
                  “The brightest lamps were built before **(Ruiz, 2020)**.”
    "#);
    let authors = kg(&store, &["query", "-e", "SELECT ?name { ?work kg:firstAuthor ?name }", "--format", "csv"]);
    assert_eq!(authors.replace("\r\n", "\n"), "name\nDam\n", "a bracket is not a given name");
}

#[test]
fn papers_that_cite_the_same_works_are_similar() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let other =
        r#"{"title":"Unlike All Others","published":"2023","references":["A Work That Nobody Else Has Cited"]}"#;
    let papers = write(folder.path(), "papers.jsonl", &[LAMPS, CITING, ALSO_CITING, other].join("\n"));
    kg(&store, &["build", papers.to_str().unwrap()]);
    insta::assert_snapshot!(kg(&store, &["similar", "A Survey of Lamps"]), @r#"
    A Survey of Lamps  paper/a-survey-of-lamps

      1.00  2023  Lamps Again
            2 neighbours in common, the most informative:
            Lamps for Reading in the Long Night (2 papers)
            Oil and Its Many Uses in the House (2 papers)
    "#);
    insta::assert_snapshot!(kg(&store, &["path", "A Survey of Lamps", "Lamps Again", "--limit", "2"]), @r#"
    A Survey of Lamps
      cites Oil and Its Many Uses in the House
      is cited by Lamps Again (2023)

    A Survey of Lamps
      cites Lamps for Reading in the Long Night (2020)
      is cited by Lamps Again (2023)
    "#);
}

#[test]
fn papers_that_are_cited_together_are_similar() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let second =
        r#"{"id":"2001.00002","title":"Wicks for the Same Lamps and Others","authors":["Ed Ek"],"published":"2020"}"#;
    let third =
        r#"{"id":"2001.00003","title":"Something That Nobody Cites at All","authors":["Fo Fu"],"published":"2020"}"#;
    let both = r#"{"title":"A Survey of Lamps","authors":["Bo Li"],"published":"2022","references":["2001.00001","2001.00002"]}"#;
    let papers = write(folder.path(), "papers.jsonl", &[LAMPS, second, third, both].join("\n"));
    kg(&store, &["build", papers.to_str().unwrap()]);
    assert_eq!(
        kg(&store, &["similar", "2001.00001", "--format", "csv"]).replace('\r', ""),
        "score,kind,id,name,date,shared,because\n\
         1.0000,paper,paper/arxiv-2001.00002,Wicks for the Same Lamps and Others,2020,1,A Survey of Lamps\n"
    );
}

#[test]
fn a_path_leads_through_what_a_paper_cites() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let last = r#"{"title":"Yet Another Survey","authors":["Gi Go"],"published":"2024","references":[{"title":"Lamps Again","author":"Di Doe","year":2023}]}"#;
    let papers = write(folder.path(), "papers.jsonl", &[LAMPS, ALSO_CITING, last].join("\n"));
    kg(&store, &["build", papers.to_str().unwrap()]);
    insta::assert_snapshot!(kg(&store, &["path", "Yet Another Survey", "2001.00001"]), @r#"
    Yet Another Survey
      cites Lamps Again (2023)
      cites Lamps for Reading in the Long Night (2020)
    "#);
}

#[test]
fn pagerank_flows_to_what_is_cited() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let papers = write(folder.path(), "papers.jsonl", &[LAMPS, CITING, ALSO_CITING].join("\n"));
    kg(&store, &["build", papers.to_str().unwrap()]);
    let ranked = kg(&store, &["rank", "--kind", "paper", "--by", "pagerank", "--format", "csv"]);
    assert!(ranked.lines().nth(1).unwrap().contains("paper/arxiv-2001.00001"), "{ranked}");
    let scores: Vec<f64> = ranked.lines().skip(1).map(|row| row.split(',').nth(4).unwrap().parse().unwrap()).collect();
    // Two papers hand over what each has; nothing cites them.
    assert!(scores[0] > 2.0 * scores[1] && (scores[1] - scores[2]).abs() < 1e-12, "{scores:?}");
}

#[test]
fn a_work_that_is_cited_by_doi_here_and_by_title_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let by_doi = r#"{"title":"By Number","published":"2022","references":["10.1000/182"]}"#;
    let by_both = r#"{"title":"By Both","published":"2022","references":[{"title":"Oil and Its Many Uses in the House","author":"Cy Cole","year":1999,"doi":"10.1000/182"}]}"#;
    let first = write(folder.path(), "first.jsonl", by_doi);
    let missing = || kg(&store, &["missing", "--format", "csv", "--min-papers", "1"]);
    kg(&store, &["build", first.to_str().unwrap()]);
    let alone = missing();
    assert!(alone.contains("work/doi-10.1000-182"), "{alone}");
    // The paper that was read earlier is written again.
    let second = write(folder.path(), "second.jsonl", by_both);
    kg(&store, &["build", second.to_str().unwrap()]);
    let joined = missing();
    assert_eq!(joined.lines().count(), 2, "{joined}");
    assert!(joined.contains("work/oilanditsmanyusesinthehouse"), "{joined}");
    kg(&store, &["remove", "--source", second.to_str().unwrap()]);
    assert_eq!(missing(), alone);
}

#[test]
fn what_hundreds_cite_or_belong_to_is_listed_from_tables_as_if_it_were_counted() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("graph");
    let one = |i: usize| {
        let year = 2000 + i % 25;
        format!(
            r#"{{"title":"Lamp Number {i}","authors":["Ana Ruiz","Bo Li {i}"],"published":"{year}","venue":"ACL","references":["2001.00001",{{"title":"Oil and Its Many Uses in the House","author":"Cy Cole","year":1999}}]}}"#
        )
    };
    let lines: Vec<String> = std::iter::once(LAMPS.to_string()).chain((0..600).map(one)).collect();
    let same_answers = || {
        for node in ["2001.00001", "work/oilanditsmanyusesinthehouse", "author/ana-ruiz", "venue/acl"] {
            for limit in ["3", "20", "30", "0"] {
                let asked = ["neighbors", node, "--format", "csv", "--limit", limit];
                // For a period, papers are counted when the question is asked.
                let counted = kg(&store, &[asked.as_slice(), &["--since", "1900"]].concat());
                assert_eq!(kg(&store, &asked), counted, "{node}, limit {limit}");
                assert!(counted.lines().count() > 3, "{node}: {counted}");
            }
        }
    };
    let papers = write(folder.path(), "papers.jsonl", &lines.join("\n"));
    kg(&store, &["build", papers.to_str().unwrap()]);
    same_answers();
    let citing = kg(&store, &["neighbors", "2001.00001", "--limit", "1"]);
    assert!(citing.contains("(600)"), "{citing}");
    // Some papers are removed and others added, so that the index has deleted records and a second segment.
    let fewer = lines[..590].iter().cloned().chain((600..605).map(one)).collect::<Vec<_>>().join("\n");
    write(folder.path(), "papers.jsonl", &fewer);
    kg(&store, &["build", papers.to_str().unwrap()]);
    same_answers();
    let citing = kg(&store, &["neighbors", "2001.00001", "--limit", "1"]);
    assert!(citing.contains("(594)"), "{citing}");
}
