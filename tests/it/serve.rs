//! `kg serve` as browsers, programs and operators see it.

use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use assert_cmd::prelude::*;
use predicates::prelude::*;
use serde_json::json;

use crate::cli::{graph, kg, send, stdout};
use crate::http::{Response, Server, address, head};
use crate::patience::{HANG, until};
use crate::small_graph::{build, paper, papers, with};

fn server() -> (tempfile::TempDir, Server) {
    let graph = graph();
    let server = Server::start(graph.path(), &[]);
    (graph, server)
}

fn page(server: &Server, path: &str) -> String {
    let answer = server.page(path);
    assert_eq!((answer.status, answer.media()), (200, "text/html"), "{path}: {}", answer.text());
    answer.text()
}

/// Everything that a page links to on this server.
fn links(page: &str) -> Vec<String> {
    let hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.filter(|href| href.starts_with('/')).map(|href| href.replace("&amp;", "&")).collect()
}

#[test]
fn every_link_of_every_kind_of_page_leads_somewhere() {
    let (_graph, server) = server();
    let mut seen = std::collections::BTreeSet::new();
    let mut waiting = vec!["/".to_string()];
    while let Some(path) = waiting.pop() {
        if seen.len() > 3000 || !seen.insert(path.clone()) {
            continue;
        }
        let answer = server.page(&path);
        assert!(answer.whole);
        // A query that needs a parameter shows its form; nothing else is refused.
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        if answer.media() == "text/html" {
            waiting.extend(links(&answer.text()));
        }
    }
    for expected in
        ["/dataset/coco", "/paper/arxiv-2407.11062", "/ontology", "/search?kind=dataset", "/dataset/coco.ttl"]
    {
        assert!(seen.contains(expected), "{expected} in {seen:?}");
    }
}

#[test]
fn the_start_page_counts_and_asks() {
    let (_graph, server) = server();
    let start = page(&server, "/");
    for says in ["role=\"search\"", "<textarea", "href=\"/queries/papers-using\"", "href=\"/papers\"", "<main"] {
        assert!(start.contains(says), "{says} in {start}");
    }
}

#[test]
fn a_node_is_a_page_for_people_and_data_for_programs() {
    let (_graph, server) = server();
    let coco = page(&server, "/dataset/coco");
    for says in [
        "<h1>COCO</h1>",
        "MS COCO",
        "href=\"https://cocodataset.org\" rel=\"noopener noreferrer nofollow\"",
        "href=\"/task/object-detection\"",
        "<mark>",
        "href=\"/dataset/coco.ttl\"",
    ] {
        assert!(coco.contains(says), "{says} in {coco}");
    }
    for (accept, media) in [
        ("*/*", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
    ] {
        let answer = server.request("GET", "/dataset/coco", &[("Accept", accept)], b"");
        assert_eq!((answer.status, answer.media()), (200, media));
        assert!(answer.text().contains("COCO") && answer.header("vary").contains("accept"));
    }
    for (ending, media) in [
        ("ttl", "text/turtle"),
        ("jsonld", "application/ld+json"),
        ("nt", "application/n-triples"),
        ("rdf", "application/rdf+xml"),
    ] {
        assert_eq!(server.page(&format!("/dataset/coco.{ending}")).media(), media);
    }
    // Both directions, and a paper with the evidence inside it.
    let coco = server.get("/dataset/coco.nt").text();
    assert!(coco.lines().any(|line| line.contains("#usesDataset> <https://w3id.org/papergraph/dataset/coco>")));
    let paper = server.get("/paper/arxiv-2407.11062.nt").text();
    assert!(paper.contains("#mention-abstract-") && paper.contains("EfficientQAT"));
}

#[test]
fn a_page_says_what_kg_show_says() {
    let (graph, server) = server();
    for id in ["dataset/coco", "paper/arxiv-2407.11062", "model/llama-2"] {
        let shown: serde_json::Value =
            serde_json::from_str(&stdout(kg(graph.path()).args(["show", id, "--format", "json", "--limit", "8"])))
                .unwrap();
        let page = page(&server, &format!("/{id}"));
        assert!(page.contains(&format!("<h1>{}</h1>", shown["name"].as_str().unwrap())));
        for row in shown["groups"].as_array().unwrap().iter().flat_map(|group| group["rows"].as_array().unwrap()) {
            let link = format!("href=\"/{}\"", row["id"].as_str().unwrap());
            assert!(page.contains(&link), "{id}: {link}");
        }
    }
}

#[test]
fn an_address_in_other_letters_leads_to_the_node() {
    let (_graph, server) = server();
    let answer = server.page("/Dataset/COCO");
    assert_eq!((answer.status, answer.header("location")), (301, "/dataset/coco"));
    let answer = server.page("/dataset/imagenet%2D1k");
    assert_eq!(answer.header("location"), "/dataset/imagenet-1k");
}

#[test]
fn what_is_not_there_is_reported_with_what_is_near() {
    let (_graph, server) = server();
    let answer = server.page("/dataset/cocoo");
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("Did you mean") && answer.text().contains("href=\"/dataset/coco\""));
    let answer = server.get("/dataset/cocoo");
    assert_eq!((answer.status, answer.media()), (404, "text/plain"));
    for path in ["/paper/", "/..%2f..%2fetc/passwd", "/%00", "/%FF", "/queries/none", "/a/b/c?tie=x"] {
        assert_eq!(server.page(path).status, 404, "{path}");
    }
    for path in ["/dataset/coco?tie=x&kind=paper", "/search?kind=zebra", "/search?q=a&q=b", "/search?q=%FF"] {
        assert_eq!(server.page(path).status, 400, "{path}");
    }
}

#[test]
fn a_search_finds_names_kinds_and_misspellings() {
    let (_graph, server) = server();
    let hits = page(&server, "/search?q=imagnet");
    assert!(hits.contains("href=\"/dataset/imagenet\""), "{hits}");
    assert!(!page(&server, "/search?q=imagenet&kind=paper").contains("href=\"/dataset/imagenet\""));
    assert!(page(&server, "/search?q=zzzzqqqq").contains("Fewer or more common words"));
    // A search with one wrong word still has results, with its words marked.
    let most = page(&server, "/search?q=efficientqat+training+2031");
    assert!(most.contains("Nothing has all 3 words. These have 2 of them."), "{most}");
    assert!(most.contains("href=\"/paper/arxiv-2407.11062\""), "{most}");
    assert!(page(&server, "/search?q=coco&kind=paper").contains("<mark>coco</mark>"));
    assert!(page(&server, "/search?q=coco").contains("papers (3)"));
    let datasets = page(&server, "/search?kind=dataset");
    assert!(datasets.contains("href=\"/dataset/coco\"") && !datasets.contains("href=\"/model/llama-2\""));
}

#[test]
fn an_id_or_an_address_leads_to_its_node_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut papers = papers();
    let registered =
        with(paper("acl-n19-1423", "With a DOI", "2019", &["dataset/coco"]), "doi", json!("10.18653/v1/N19-1423"));
    let elsewhere = with(
        paper("arxiv-1901.00001", "In a Journal", "2019", &["dataset/coco"]),
        "doi",
        json!("10.1162/Tacl_a_00290"),
    );
    papers.extend([registered, elsewhere]);
    build(folder.path(), papers);
    let server = Server::start(folder.path(), &[]);
    let efficient = "/paper/arxiv-2407.11062";
    for (text, target) in [
        ("2407.11062", efficient),
        ("arXiv:2407.11062v2", efficient),
        ("arXiv 2407.11062", efficient),
        ("https://arxiv.org/pdf/2407.11062v1.pdf", efficient),
        ("10.48550/arXiv.2407.11062", efficient),
        ("N19-1423", "/paper/acl-n19-1423"),
        ("acl-N19-1423", "/paper/acl-n19-1423"),
        ("arxiv-2407.11062", efficient),
        ("https://aclanthology.org/N19-1423/", "/paper/acl-n19-1423"),
        ("https://doi.org/10.1162/Tacl_a_00290", "/paper/arxiv-1901.00001"),
        ("https://github.com/OpenGVLab/EfficientQAT", "/repository/github.com/opengvlab/efficientqat"),
        ("dataset/coco", "/dataset/coco"),
    ] {
        let answer = server.page(&address("/search", &[("q", text)]));
        assert_eq!((answer.status, answer.header("location")), (303, target), "{text}: {}", answer.text());
    }
    assert_eq!(server.page("/search?q=COCO").status, 200);
    let suggested = server.request("GET", "/suggest?q=coc", &[("Accept", "application/json")], b"").text();
    assert!(suggested.contains("\"path\": \"/dataset/coco\""), "{suggested}");
    let for_browser: serde_json::Value = serde_json::from_str(&server.get("/suggest?q=coc").text()).unwrap();
    assert_eq!((&for_browser[0], &for_browser[1][0]), (&json!("coc"), &json!("COCO")));
}

#[test]
fn long_groups_are_paged_and_every_row_comes_once() {
    let folder = tempfile::tempdir().unwrap();
    let many =
        (0..120).map(|n| paper(&format!("p{n}"), &format!("Paper {n:03}"), "2024", &["dataset/coco=evaluates-on"]));
    build(folder.path(), many.collect());
    let server = Server::start(folder.path(), &[]);
    assert!(page(&server, "/dataset/coco").contains("href=\"/dataset/coco?tie=evaluates-on&amp;kind=paper\""));
    let mut seen = Vec::new();
    for number in ["1", "2", "3"] {
        let path = address("/dataset/coco", &[("tie", "evaluates-on"), ("kind", "paper"), ("page", number)]);
        seen.extend(links(&page(&server, &path)).into_iter().filter(|link| link.starts_with("/paper/")));
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((count, seen.len()), (120, 120));
}

#[test]
fn named_queries_have_a_form_and_answer_with_links_and_downloads() {
    let (graph, server) = server();
    let form = page(&server, "/queries/papers-using");
    assert!(form.contains("name=\"dataset\"") && form.contains("required"));
    let answer = page(&server, "/queries/papers-using?dataset=MS+COCO&since=");
    assert!(answer.contains("<table class=\"answer") && answer.contains("href=\"/paper/"), "{answer}");
    let csv = links(&answer).into_iter().find(|link| link.ends_with("format=csv")).unwrap();
    let downloaded = server.get(&csv);
    assert_eq!(downloaded.media(), "text/csv");
    let printed = stdout(kg(graph.path()).args(["query", "papers-using", "dataset=COCO", "--format", "csv"]));
    assert_eq!(downloaded.text(), printed);
    let wrong = server.page("/queries/papers-using?dataset=Cocco");
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("dataset/coco") && wrong.text().contains("<form"));
    assert_eq!(server.get("/queries/papers-using?dataset=COCO&format=zebra").status, 400);
    assert_eq!(server.get("/queries/papers-using?format=csv").status, 400);
}

#[test]
fn the_query_box_shows_rows_and_the_place_of_an_error() {
    let (_graph, server) = server();
    let select = "SELECT ?d ?name WHERE { ?d a kg:Dataset ; rdfs:label ?name } ORDER BY ?name";
    let answer = page(&server, &address("/sparql", &[("query", select)]));
    assert!(answer.contains("<a href=\"/dataset/coco\">dataset:coco</a>"), "{answer}");
    let wrong = server.page(&address("/sparql", &[("query", "SELECT <b>")]));
    assert_eq!(wrong.status, 400);
    assert!(wrong.text().contains("line 1, column") && wrong.text().contains("SELECT &lt;b&gt;"), "{}", wrong.text());
}

#[test]
fn hostile_names_are_text_on_every_page() {
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";
    let hostile = paper("evil", evil, "2024", &["dataset/coco=evaluates-on"]);
    let hostile = with(hostile, "abstract", json!(format!("coco {evil}")));
    let hostile = with(hostile, "authors", json!([evil]));
    let hostile = with(hostile, "organization", json!(evil));
    let hostile = with(hostile, "introduces", json!([{"entity": "method/evil", "name": evil, "kind": "method"}]));
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), vec![hostile]);
    let server = Server::start(folder.path(), &[]);
    let encoded = address("/search", &[("q", evil)]);
    let select = address("/sparql", &[("query", &format!("SELECT ?t {{ ?p dcterms:title ?t }} # {evil}"))]);
    let literal = address("/sparql", &[("query", "SELECT ?x { BIND('<script>alert(3)</script>' AS ?x) }")]);
    let iri = address("/sparql", &[("query", "SELECT ?x { BIND(<javascript:alert(4)> AS ?x) }")]);
    let named = address("/queries/papers-using", &[("dataset", evil)]);
    for path in [
        "/paper/evil",
        "/method/evil",
        "/dataset/coco",
        "/search?kind=paper",
        &encoded,
        &select,
        &literal,
        &iri,
        &named,
    ] {
        let answer = server.page(path);
        // The only script is the server's own file.
        let text = answer.text().to_lowercase().replace("<script src=\"/site.js\" defer></script>", "");
        assert!(
            !text.contains("<script") && !text.contains("<img") && !text.contains("href=\"javascript"),
            "{path}: {text}"
        );
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
}

#[test]
fn pages_can_be_used_without_a_mouse_or_eyes() {
    let (_graph, server) = server();
    for path in ["/", "/dataset/coco", "/search?q=coco", "/queries/papers-using?dataset=COCO", "/ontology", "/nothing"]
    {
        let page = server.page(path).text();
        for part in
            ["<html lang=\"en\">", "<main", "<nav aria-label=", "class=\"skip\"", "<title>", "name=\"viewport\""]
        {
            assert!(page.contains(part), "{path}: {part}");
        }
        assert_eq!(page.matches("<h1").count(), 1, "{path}");
        // Every field has a label.
        for id in page.split("<input id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(page.contains(&format!("for=\"{id}\"")), "{path}: {id}");
        }
        assert!(
            page.matches("<th").count() == page.matches("scope=").count() + page.matches("<thead").count(),
            "{path}"
        );
    }
}

// Limits.

/// Very many rows, without reading from the store in between.
const CROSS: &str = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";

#[test]
fn a_query_that_takes_too_long_is_stopped_and_others_go_on() {
    let graph = graph();
    let server = Server::start(graph.path(), &["--timeout", "1"]);
    let began = Instant::now();
    let answer = server.query(CROSS, "*/*");
    assert_eq!(answer.status, 504, "{}", answer.text());
    assert!(answer.text().contains("stopped after 1.0 s"), "{}", answer.text());
    assert!(began.elapsed() < HANG);
    let metrics = server.get("/metrics").text();
    assert!(metrics.contains("kg_queries_total{outcome=\"timed_out\"} 1"), "{metrics}");
    assert!(metrics.contains("kg_queries_running 0"), "{metrics}");
    until(|| (server.query("ASK {}", "*/*").status == 200).then_some(()));
}

#[test]
fn a_result_beyond_the_limits_is_an_error_never_a_part() {
    let graph = graph();
    let server = Server::start(graph.path(), &["--max-rows", "5"]);
    let rows = |n| server.query(&format!("SELECT ?s {{ ?s ?p ?o }} LIMIT {n}"), "text/csv");
    assert_eq!(rows(5).text().lines().count(), 6);
    let refused = rows(6);
    assert_eq!(refused.status, 500);
    assert!(refused.text().contains("more than 5 rows"), "{}", refused.text());
}

#[test]
fn a_result_that_breaks_off_late_is_seen_to_break_off() {
    let graph = graph();
    let server = Server::start(graph.path(), &["--max-result", "1", "--timeout", "50"]);
    // Each row is 10 kB: the answer is on its way when the limit of 1 MiB is reached.
    let long = "SELECT ?x { ?s ?p ?o . ?a ?b ?c . BIND(REPLACE('0123456789', '[0-9]', '".to_string()
        + &"x".repeat(1000)
        + "') AS ?x) } LIMIT 10000";
    for encoding in ["identity", "gzip"] {
        let path = address("/sparql", &[("query", &long)]);
        let answer = server.request("GET", &path, &[("Accept", "text/csv"), ("Accept-Encoding", encoding)], b"");
        assert_eq!(answer.status, 200);
        assert!(!answer.whole, "{encoding}: {} bytes look whole", answer.body.len());
    }
    // HTTP/1.0 cannot mark a broken answer, so the error comes before the answer.
    let mut stream = server.connect();
    let path = address("/sparql", &[("query", &long)]);
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(Response::read(stream).unwrap().status, 500);
}

/// A server that closes while a client still sends would lose its answer: the system resets a connection that is closed
/// with unread bytes, and the reset discards what the client has not read yet.
#[test]
fn an_answer_is_read_by_a_client_that_is_still_sending() {
    let graph = graph();
    let server = Server::start(graph.path(), &["--max-request", "10"]);
    let direct = ("Content-Type", "application/sparql-query");
    for _ in 0..20 {
        let mut stream = server.connect();
        stream.write_all(&head("POST", "/sparql", &server.address, &[direct], 4 << 20)).unwrap();
        // The answer exists once the server has read the length. The client reads it after sending more.
        let mut sent = 0;
        while sent < 1 << 20 && stream.write_all(&vec![b' '; 64 << 10]).is_ok() {
            sent += 64 << 10;
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(sent, 1 << 20, "the server takes what a client sends after the answer");
        let answer = Response::read(stream).unwrap();
        assert_eq!((answer.status, answer.whole), (413, true));
    }
}

#[test]
fn requests_that_are_too_large_or_too_slow_are_refused() {
    let graph = graph();
    let server = Server::start(graph.path(), &["--max-request", "10", "--client-timeout", "3"]);
    let direct = ("Content-Type", "application/sparql-query");
    let large = format!("ASK {{}} #{}", "x".repeat(20 << 10));
    assert_eq!(server.request("POST", "/sparql", &[direct], large.as_bytes()).status, 413);
    let path = address("/sparql", &[("query", &"x".repeat(70 << 10))]);
    assert_eq!(server.get(&path).status, 414);
    // A head without an end, and a body that never comes.
    let mut slow = server.connect();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").unwrap();
    let began = Instant::now();
    let _ = slow.read(&mut [0; 100]);
    assert!(began.elapsed() < HANG);
    let mut slow = server.connect();
    slow.write_all(&head("POST", "/sparql", &server.address, &[direct], 100)).unwrap();
    assert_eq!(Response::read(slow).unwrap().status, 408);
    assert_eq!(server.query("ASK {}", "*/*").status, 200);
}

#[test]
fn when_all_places_are_taken_others_are_asked_to_come_back() {
    let graph = graph();
    let server = Server::start(graph.path(), &["--max-queries", "1", "--timeout", "60", "--max-waiting", "0"]);
    let mut busy = server.connect();
    busy.write_all(&head("GET", &address("/sparql", &[("query", CROSS)]), &server.address, &[], 0)).unwrap();
    // Only once it has the permit: an earlier query would take it, and the busy one would be refused.
    until(|| server.get("/metrics").text().contains("kg_queries_running 1").then_some(()));
    let refused = server.query("ASK {}", "*/*");
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after"), "5");
    // Pages have their own permits, and a client that goes away returns its permit.
    assert_eq!(server.page("/dataset/coco").status, 200);
    drop(busy);
    until(|| (server.query("ASK {}", "*/*").status == 200).then_some(()));
}

#[test]
fn hostile_queries_are_errors_of_their_own() {
    let graph = graph();
    let server = Server::start(graph.path(), &["--timeout", "2", "--max-memory", "300"]);
    let direct = ("Content-Type", "application/sparql-query");
    let values = (0..30_000).map(|n| format!("({n} {n})")).collect::<String>();
    for query in [
        format!("SELECT * {}{}", "{".repeat(50_000), "}".repeat(50_000)),
        format!("ASK {{ FILTER({}1{}) }}", "(".repeat(50_000), ")".repeat(50_000)),
        format!("ASK {{ FILTER({}true) }}", "!".repeat(100_000)),
        format!("SELECT * {{ ?s ({}kg:x{})* ?o }}", "(".repeat(5_000), ")*".repeat(5_000)),
        format!("SELECT * {{ VALUES (?a ?b) {{ {values} }} VALUES (?c ?d) {{ {values} }} }} ORDER BY ?c ?b"),
        "SELECT (GROUP_CONCAT(?x) AS ?y) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?x }".to_string(),
        "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i".to_string(),
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }".to_string(),
        CROSS.to_string(),
    ] {
        let answer = server.request("POST", "/sparql", &[direct], query.as_bytes());
        assert!(answer.status >= 400 || !answer.whole, "{}: {}", answer.status, &query[..60]);
        until(|| (server.query("ASK {}", "*/*").status == 200).then_some(()));
    }
    let server = Server::start(graph.path(), &[]);
    // Patterns that hang other engines get an answer; a pattern that is too large matches nothing.
    for pattern in ["^(([a-z])+.)+[A-Z]([a-z])+$", "(a*)*(a*)*(a*)*b", "b{1,1000}{1,1000}"] {
        let regex =
            format!("SELECT * {{ ?s ?p ?o FILTER(REGEX(CONCAT(STR(?o), 'aaaaaaaaaaaaaaaaaaaaaaaa!'), '{pattern}')) }}");
        assert_eq!(server.query(&regex, "*/*").status, 200, "{pattern}");
    }
}

#[test]
fn nonsense_on_the_wire_does_no_harm() {
    let (_graph, server) = server();
    for nonsense in [&b"\x16\x03\x01\x02\x00"[..], b"GET", b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\n\r\n", &[0xff; 5000]] {
        let mut stream = server.connect();
        let _ = stream.write_all(nonsense);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    }
    let many = "X-Y: z\r\n".repeat(20_000);
    let mut stream = server.connect();
    let _ = stream.write_all(format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n").as_bytes());
    assert!(Response::read(stream).is_none_or(|answer| answer.status == 431));
    assert_eq!(server.page("/").status, 200);
}

// Updates.

const NOTE: &str = "INSERT DATA { dataset:coco rdfs:comment \"on the file server\" }";
const UPDATE: (&str, &str) = ("Content-Type", "application/sparql-update");

fn update(server: &Server, text: &str, headers: &[(&str, &str)]) -> Response {
    server.request("POST", "/sparql", &[&[UPDATE], headers].concat(), text.as_bytes())
}

#[test]
fn an_update_is_seen_by_the_next_request_and_survives() {
    let graph = graph();
    let server = Server::start(graph.path(), &["--allow-update"]);
    let done = update(&server, NOTE, &[]);
    assert_eq!((done.status, done.text().as_str()), (200, "changed\n"));
    assert_eq!(server.rows("SELECT ?c { dataset:coco rdfs:comment ?c }"), ["on the file server"]);
    let user = address("/graphs", &[("graph", "https://w3id.org/papergraph/graph/user"), ("format", "nt")]);
    assert!(server.get(&user).text().contains("on the file server"));
    assert_eq!(update(&server, NOTE, &[]).text(), "nothing changed\n");
    let form = crate::http::form(&[("update", "DELETE WHERE { dataset:coco rdfs:comment ?c }")]);
    let sent =
        server.request("POST", "/sparql", &[("Content-Type", "application/x-www-form-urlencoded")], form.as_bytes());
    assert_eq!((sent.status, sent.text().as_str()), (200, "changed\n"));
    assert!(server.rows("SELECT ?c { dataset:coco rdfs:comment ?c }").is_empty());
    let described = server.request("GET", "/sparql", &[("Accept", "application/n-triples")], b"");
    assert!(described.text().contains("SPARQL11Update"));
}

#[test]
fn updates_follow_the_rules_of_kg_update_and_of_the_protocol() {
    let graph = graph();
    let server = Server::start(graph.path(), &["--allow-update", "--timeout", "8"]);
    for (text, says) in [
        ("INSERT DATA { dataset:coco rdfs:comment }", "^"),
        ("CLEAR ALL", "ALL"),
        ("INSERT DATA { GRAPH <urn:other> { <urn:a> <urn:b> <urn:c> } }", "urn:other"),
        ("LOAD <http://127.0.0.1:1/x.ttl>", "127.0.0.1"),
    ] {
        let refused = update(&server, text, &[]);
        assert_eq!(refused.status, 400, "{text}: {}", refused.text());
        assert!(refused.text().contains(says), "{text}: {}", refused.text());
    }
    let both = address("/sparql", &[("using-graph-uri", "urn:g")]);
    let conflict = "DELETE { ?s ?p ?o } USING <urn:h> WHERE { ?s ?p ?o }";
    assert_eq!(server.request("POST", &both, &[UPDATE], conflict.as_bytes()).status, 400);
    let nothing_there = "INSERT { ?s rdfs:comment 'seen' } WHERE { ?s a kg:Dataset }";
    assert_eq!(server.request("POST", &both, &[UPDATE], nothing_there.as_bytes()).text(), "nothing changed\n");
    // An endless update is stopped, and the next one finds the graph unlocked.
    let endless =
        "INSERT { <urn:a> <urn:b> ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } }";
    assert_eq!(update(&server, endless, &[]).status, 504);
    assert_eq!(update(&server, NOTE, &[]).text(), "changed\n");
}

#[test]
fn who_may_update_is_checked() {
    let graph = graph();
    let server = Server::start(graph.path(), &["--allow-update"]);
    for (name, value) in [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"), ("Origin", "null")] {
        assert_eq!(update(&server, NOTE, &[(name, value)]).status, 403, "{name}: {value}");
    }
    let to = |server: &Server, host: &str| {
        let mut stream = server.connect();
        stream.write_all(&head("POST", "/sparql", host, &[UPDATE], NOTE.len())).unwrap();
        let _ = stream.write_all(NOTE.as_bytes());
        Response::read(stream).unwrap().status
    };
    assert_eq!(to(&server, "evil.example"), 421);
    let named = Server::start(graph.path(), &["--allow-update", "--host", "kg.example.org"]);
    assert_eq!(to(&named, "kg.example.org"), 403, "a name that others can reach needs a token");
    assert!(server.rows("SELECT ?c { dataset:coco rdfs:comment ?c }").is_empty());

    let guarded = Server::start(graph.path(), &["--allow-update", "--token", "s3cret"]);
    let refused = update(&guarded, NOTE, &[]);
    assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer realm=\"papergraph\""));
    assert_eq!(update(&guarded, NOTE, &[("Authorization", "Bearer wrong")]).status, 401);
    assert_eq!(update(&guarded, NOTE, &[("Authorization", "Bearer s3cret")]).status, 200);
    assert_eq!(guarded.query("ASK {}", "*/*").status, 200, "reading needs no token");
}

#[test]
fn a_name_that_is_not_the_servers_is_refused_for_every_address() {
    let graph = graph();
    let server = Server::start(graph.path(), &["--host", "kg.example.org"]);
    let ask = |host: &str, path: &str| {
        let mut stream = server.connect();
        stream.write_all(&head("GET", path, host, &[], 0)).unwrap();
        Response::read(stream).unwrap()
    };
    let query = address("/sparql", &[("query", "ASK {}")]);
    for path in ["/", "/dataset/coco", &query, "/graphs?default", "/search?q=coco", "/metrics", "/style.css"] {
        for known in ["localhost:80", &server.address, "KG.example.org"] {
            assert_eq!(ask(known, path).status, 200, "{known} {path}");
        }
        let refused = ask("rebound.example", path);
        assert_eq!(refused.status, 421, "{path}");
        assert!(refused.text().contains("--host"), "{}", refused.text());
        assert!(!refused.text().contains("COCO"));
    }
}

// Operation.

#[test]
fn a_new_generation_is_served_without_dropping_a_request() {
    let graph = graph();
    let server = Server::start(graph.path(), &[]);
    let done = AtomicBool::new(false);
    /// Lets the clients end when a check fails.
    struct Done<'a>(&'a AtomicBool);
    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let asked = std::thread::scope(|scope| {
        let end = Done(&done);
        let clients: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut asked = 0;
                    while !done.load(Ordering::Relaxed) {
                        let answer = server.query("SELECT ?t { ?p a kg:Paper ; dcterms:title ?t }", "text/csv");
                        assert_eq!((answer.status, answer.whole), (200, true), "{}", answer.text());
                        assert_eq!(server.page("/dataset/coco").status, 200);
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        for n in 0..4 {
            let mut all = papers();
            all.push(paper("new", &format!("New {n}"), "2025", &["dataset/coco=evaluates-on"]));
            build(graph.path(), all);
            let title = format!("New {n}");
            until(|| server.rows("SELECT ?t { paper:new dcterms:title ?t }").contains(&title).then_some(()));
            let heading = format!("<h1>{title}</h1>");
            until(|| server.page("/paper/new").text().contains(&heading).then_some(()));
        }
        drop(end);
        clients.into_iter().map(|client| client.join().unwrap()).sum::<usize>()
    });
    assert!(asked > 10, "{asked}");
    let generation = server.get("/health").text();
    assert!(generation.starts_with("ok, generation "), "{generation}");
}

#[test]
fn a_graph_that_was_removed_and_built_again_is_served() {
    let (graph, server) = server();
    for entry in std::fs::read_dir(graph.path()).unwrap() {
        let path = entry.unwrap().path();
        // The server may be opening the database for the first time, and then writes into its folder.
        if path.is_dir() {
            until(|| std::fs::remove_dir_all(&path).ok().or_else(|| (!path.exists()).then_some(())));
        } else {
            std::fs::remove_file(path).unwrap();
        }
    }
    build(graph.path(), vec![paper("other", "Another graph", "2025", &[])]);
    let titles = "SELECT ?t { ?p a kg:Paper ; dcterms:title ?t }";
    until(|| (server.query(titles, "text/csv").text() == "t\nAnother graph\n").then_some(()));
    until(|| (server.page("/paper/other").status == 200).then_some(()));
}

#[test]
#[cfg(unix)]
fn sigterm_lets_running_requests_end_and_takes_no_more() {
    let graph = graph();
    let mut server = Server::start(graph.path(), &["--timeout", "2"]);
    let mut running = server.connect();
    running.write_all(&head("GET", &address("/sparql", &[("query", CROSS)]), &server.address, &[], 0)).unwrap();
    until(|| server.get("/metrics").text().contains("kg_queries_running 1").then_some(()));
    send("TERM", server.process.id());
    assert_eq!(Response::read(running).unwrap().status, 504);
    let ended = until(|| server.process.try_wait().unwrap());
    assert!(ended.success(), "{ended}");
    assert!(std::net::TcpStream::connect(&server.address).is_err());
}

#[test]
fn health_and_metrics_report_the_state() {
    let (_graph, server) = server();
    assert_eq!(server.get("/health").status, 200);
    server.get("/nothing-here");
    server.request("BREW", "/sparql", &[], b"");
    let metrics = server.get("/metrics");
    assert_eq!(metrics.media(), "application/openmetrics-text");
    let text = metrics.text();
    for says in [
        "kg_requests_total{route=\"node\",method=\"GET\",status=\"404\"} 1",
        "kg_requests_total{route=\"sparql\",method=\"other\",status=\"405\"} 1",
        "kg_request_seconds_bucket{le=\"0.005\"",
        "kg_generation ",
        "kg_triples ",
        "kg_connections ",
    ] {
        assert!(text.contains(says), "{says} in {text}");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn what_keeps_a_server_from_starting_is_reported() {
    let graph = graph();
    kg(&graph.path().join("none"))
        .args(["serve", "--bind", "127.0.0.1:0"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("there is no graph at").and(predicate::str::contains("kg build")));
    let server = Server::start(graph.path(), &[]);
    kg(graph.path())
        .args(["serve", "--bind", &server.address])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("cannot listen on").and(predicate::str::contains("--bind 127.0.0.1:0")));
    kg(graph.path())
        .args(["serve", "--bind", "0.0.0.0:0", "--allow-update"])
        .env_remove("KG_TOKEN")
        .assert()
        .code(1)
        .stderr(predicate::str::contains("need a token"));
    kg(graph.path()).args(["serve", "--bind", "nowhere"]).assert().code(2);
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let (graph, server) = server();
    let ask = |path: &str, accept: &str, tag: &str| {
        server.request("GET", path, &[("Accept", accept), ("If-None-Match", tag)], b"")
    };
    let rows = address("/sparql", &[("query", "SELECT ?p { ?p kg:usesDataset dataset:coco }")]);
    let mut tags = std::collections::BTreeSet::new();
    for (path, accept) in [
        ("/", "text/html"),
        ("/dataset/coco", "text/html"),
        ("/dataset/coco", "text/turtle"),
        ("/dataset/coco.nt", "*/*"),
        ("/search?q=coco", "text/html"),
        (rows.as_str(), "text/csv"),
    ] {
        let first = ask(path, accept, "\"another\"");
        let tag = first.header("etag").to_string();
        assert_eq!((first.status, first.header("cache-control")), (200, "no-cache"), "{path}");
        assert!(first.header("last-modified").ends_with(" GMT"), "{path}");
        let again = ask(path, accept, &format!("\"another\", {tag}"));
        assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag.as_str()), "{path}");
        assert!(again.header("vary").contains("accept") && !again.header("x-content-type-options").is_empty());
        assert!(tags.insert(tag), "{path} as {accept} has the tag of another answer");
    }
    // Answers that differ each time, answers that are always computed, and missing pages have no validator.
    let now = address("/sparql", &[("query", "SELECT (NOW() AS ?now) {}")]);
    for path in [now.as_str(), "/health", "/metrics", "/dataset/nothing-of-the-kind"] {
        assert_eq!(server.get(path).header("etag"), "", "{path}");
    }
    // Another graph, another tag.
    let tag = ask("/dataset/coco", "text/html", "").header("etag").to_string();
    build(graph.path(), vec![paper("one-more", "One More", "2026", &["dataset/coco"])]);
    until(|| (server.get("/health").text() == "ok, generation 2\n").then_some(()));
    let new = ask("/dataset/coco", "text/html", &tag);
    assert!(new.status == 200 && new.header("etag") != tag && new.text().contains("One More"));
}

/// The status of a process has this line if Linux has such pages. With them, a server with many threads holds a gigabyte.
#[cfg(target_os = "linux")]
#[test]
fn a_server_has_no_pages_of_2_mb() {
    let (_graph, server) = server();
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process.id())).unwrap();
    assert!(!status.contains("THP_enabled:\t1"), "{status}");
}
