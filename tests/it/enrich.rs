//! `kg enrich` and `kg fetch papers-with-code` against services that answer like the real ones.

use std::path::Path;
use std::process::Command;

use assert_cmd::prelude::*;
use predicates::prelude::*;
use serde_json::{Value, json};

use crate::cli;
use crate::liveness_server::{Reply, Request, Server};

const LIBRARY: &str = "@article{ruiz, title={Lamps for Moths}, author={Ruiz, Ana}, year={2030}, eprint={3001.00001}, \
                       abstract={Short.}}\n@article{dam, title={Wicks}, author={Dam, Bo}, doi={10.1000/wicks}}\n\
                       @article{ode, title={A Paper Without an Id}, author={Ode, Cy}}\n";

/// The program, with a graph in this folder.
fn kg(folder: &Path) -> Command {
    cli::kg(&folder.join("graph"))
}

/// A folder with a bibliography and its graph.
fn graph() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("library.bib"), LIBRARY).unwrap();
    let input = folder.path().join("library.bib");
    kg(folder.path()).arg("build").arg(input).assert().success();
    folder
}

fn enrich(graph: &Path, server: &Server, catalogue: &str) -> Command {
    let mut command = kg(graph);
    command.env_remove("KG_CONTACT").args(["enrich", catalogue, "--contact", "ana@example.org", "--allow-private"]);
    command.args(["--pause", "0", "--base-url"]).arg(server.url("/works")).arg("-o").arg(graph.join("enriched"));
    command
}

fn asked(request: &Request, name: &str) -> String {
    let url = url::Url::parse(&format!("http://x{}", request.path)).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn openalex() -> Value {
    json!({ "meta": { "count": 2 }, "results": [
        { "id": "https://openalex.org/W1", "doi": "https://doi.org/10.48550/arxiv.3001.00001", "title": "LAMPS FOR MOTHS", "type": "preprint",
          "publication_date": "2030-01-02", "authorships": [{ "author": { "display_name": "Somebody Else" } }],
          "abstract_inverted_index": { "A": [0], "much": [1], "longer": [2], "abstract.": [3] },
          "primary_location": { "source": { "display_name": "arXiv" } }, "referenced_works": ["https://openalex.org/W2"] },
        { "id": "https://openalex.org/W2", "doi": "https://doi.org/10.1000/wicks", "title": "Wicks", "type": "article",
          "publication_date": "2029-05-06", "authorships": [], "abstract_inverted_index": { "About": [0], "wicks.": [1] } }
    ] })
}

fn show(graph: &Path, name: &str) -> Value {
    let output = kg(graph).args(["show", name, "--format", "json"]).assert().success().get_output().clone();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn papers_of_the_graph_are_asked_for_in_one_request_and_nothing_is_overwritten() {
    let graph = graph();
    let server = Server::start(|_| Reply::json(openalex()));
    enrich(graph.path(), &server, "openalex").assert().success().stderr(
        predicate::str::contains("2 of 2 papers are known to openalex")
            .and(predicate::str::contains("to ask by: 1 paper")),
    );
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(asked(&requests[0], "filter"), "doi:10.48550/arxiv.3001.00001|10.1000/wicks");
    assert_eq!(asked(&requests[0], "mailto"), "ana@example.org");
    let enriched = graph.path().join("enriched");
    kg(graph.path()).arg("build").arg(&enriched).assert().success();
    let moths = show(graph.path(), "Lamps for Moths");
    let paper = &moths["paper"];
    assert_eq!((&paper["title"], &paper["abstract"]), (&json!("Lamps for Moths"), &json!("Short.")));
    assert_eq!(paper["authors"], json!(["Ana Ruiz"]));
    assert_eq!((&paper["published"], &paper["venue"]), (&json!("2030-01-02"), &json!("arXiv")));
    let wicks = show(graph.path(), "Wicks");
    assert_eq!(
        (&wicks["paper"]["abstract"], &wicks["paper"]["published"]),
        (&json!("About wicks."), &json!("2029-05-06"))
    );
    let stated: Vec<&str> = wicks["paper"]["sources"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|source| source["states"].as_array().unwrap().contains(&json!("abstract")))
        .map(|source| source["format"].as_str().unwrap())
        .collect();
    assert_eq!(stated, ["openalex"], "the graph knows who states the abstract");
}

#[test]
fn a_paper_is_asked_for_once_and_an_interrupted_run_goes_on() {
    let graph = graph();
    let down = Server::start(|_| Reply::status(500));
    enrich(graph.path(), &down, "openalex").args(["--tries", "1"]).assert().code(1);
    let server = Server::start(|_| Reply::json(openalex()));
    enrich(graph.path(), &server, "openalex").args(["--limit", "1"]).assert().success();
    enrich(graph.path(), &server, "openalex").assert().success();
    enrich(graph.path(), &server, "openalex").assert().success().stderr(predicate::str::contains("nothing new"));
    let filters: Vec<String> = server.requests().iter().map(|request| asked(request, "filter")).collect();
    assert_eq!(filters, ["doi:10.48550/arxiv.3001.00001", "doi:10.1000/wicks"]);
}

#[test]
fn only_papers_that_lack_what_is_wanted_are_asked_for() {
    let graph = graph();
    let server = Server::start(|_| Reply::json(openalex()));
    enrich(graph.path(), &server, "openalex").args(["--missing", "abstract"]).assert().success();
    assert_eq!(asked(&server.requests()[0], "filter"), "doi:10.1000/wicks");
}

#[test]
fn semantic_scholar_is_asked_by_ids_of_all_registries_and_says_what_it_does_not_know() {
    let graph = graph();
    let server = Server::start(|_| {
        Reply::json(
            json!([{ "paperId": "ab12", "externalIds": { "ArXiv": "3001.00001" }, "title": "Lamps for Moths", "year": 2030,
            "references": [{ "title": "Lanterns of the Night", "year": 2020, "authors": [{ "name": "Di Eck" }] }] }, null]),
        )
    });
    enrich(graph.path(), &server, "semantic-scholar")
        .assert()
        .success()
        .stderr(predicate::str::contains("1 of 2 papers are known to semantic-scholar"));
    let requests = server.requests();
    assert_eq!(requests[0].method, "POST");
    assert_eq!(requests[0].body, r#"{"ids":["ARXIV:3001.00001","DOI:10.1000/wicks"]}"#);
    kg(graph.path()).arg("build").arg(graph.path().join("enriched")).assert().success();
    let cited = kg(graph.path()).args(["neighbors", "Lamps for Moths", "--relation", "cites"]).assert().success();
    assert!(String::from_utf8_lossy(&cited.get_output().stdout).contains("Lanterns of the Night"));
}

#[test]
fn what_a_catalogue_refuses_is_reported_as_it_says_it() {
    let graph = graph();
    let server = Server::start(|_| {
        let refusal = json!({ "error": "Invalid query", "message": "a filter is wrong" });
        Reply::status(400).body(refusal.to_string().into_bytes())
    });
    let mut run = enrich(graph.path(), &server, "openalex");
    run.assert().code(1).stderr(predicate::str::contains("refuses the request: a filter is wrong"));
}

fn archive(server: &Server, folder: &Path, parts: &str) -> Command {
    let mut command = kg(folder);
    command.env_remove("KG_CONTACT").args([
        "fetch",
        "papers-with-code",
        "--allow-private",
        "--pause",
        "0",
        "--only",
        parts,
    ]);
    command.arg("--base-url").arg(server.url("/api/")).arg("-o").arg(folder);
    command
}

/// A table of links between papers and code, as in the archive.
fn links() -> Vec<u8> {
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    let row = [
        ("paper_url", "https://paperswithcode.com/paper/lamps"),
        ("paper_title", "Lamps for Moths"),
        ("paper_arxiv_id", "3001.00001"),
        ("repo_url", "https://github.com/moths/lamps"),
    ];
    let fields: String = row.iter().map(|(name, _)| format!("optional binary {name} (UTF8); ")).collect();
    let schema = Arc::new(parse_message_type(&format!("message schema {{ {fields} }}")).unwrap());
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::default())).unwrap();
    let mut group = file.next_row_group().unwrap();
    for (_, value) in row {
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&[ByteArray::from(value)], Some(&[1]), None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    file.close().unwrap();
    bytes
}

#[test]
fn the_archive_comes_file_by_file_and_is_read_by_a_build() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| match request.path.as_str() {
        "/api/links-between-paper-and-code/parquet/default/train" => {
            Reply::json(json!([format!("http://{}/0.parquet", request.host)]))
        }
        // A file that was cut off is requested again.
        "/0.parquet" if request.nth == 0 => Reply::status(200).body(links()[..100].to_vec()),
        "/0.parquet" => Reply::status(200).body(links()),
        _ => Reply::status(404),
    });
    archive(&server, folder.path(), "links")
        .assert()
        .success()
        .stderr(predicate::str::contains("not a complete Parquet file"));
    let file = folder.path().join("papers-with-code-links-000.parquet");
    assert_eq!(std::fs::read(&file).unwrap(), links());
    archive(&server, folder.path(), "links").assert().success().stderr(predicate::str::contains("nothing new"));
    assert_eq!(server.requests().len(), 3);
    kg(folder.path()).arg("build").arg(&file).assert().success();
    let paper = show(folder.path(), "3001.00001");
    assert_eq!(paper["paper"]["declared"]["repositories"][0]["url"], json!("https://github.com/moths/lamps"));
}
