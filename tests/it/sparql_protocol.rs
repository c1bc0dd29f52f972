//! The cases of the W3C's test suite for the SPARQL 1.1 Protocol that a read-only endpoint must answer, with their
//! original names and our own graphs and queries.

use oxigraph::model::{GraphName, Literal, NamedNode, Quad};
use papergraph::internals::store::GenerationEdit;

use crate::cli::graph;
use crate::http::{Response, Server, address, form};

const ONE: &str = "http://example.org/graph/one";
const TWO: &str = "http://example.org/graph/two";
const THREE: &str = "http://example.org/graph/three";

/// Three named graphs, each with one triple that tells which it is.
fn server() -> (tempfile::TempDir, Server) {
    let graph = graph();
    let mut change = GenerationEdit::begin(graph.path()).unwrap();
    for name in [ONE, TWO, THREE] {
        let iri = |s: &str| NamedNode::new(s).unwrap();
        let says = iri("http://example.org/says");
        let graph = GraphName::from(iri(name));
        change.insert(Quad::new(iri("http://example.org/it"), says, Literal::from(name), graph)).unwrap();
    }
    assert!(change.finish().unwrap());
    let server = Server::start(graph.path(), &[]);
    (graph, server)
}

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const DIRECT: (&str, &str) = ("Content-Type", "application/sparql-query");
const UPDATE: (&str, &str) = ("Content-Type", "application/sparql-update");

fn post(server: &Server, path: &str, kind: (&str, &str), body: &str) -> Response {
    server.request("POST", path, &[kind], body.as_bytes())
}

fn says_yes(answer: &Response) -> bool {
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().contains("\"boolean\":true")
}

fn refused(answer: &Response) {
    assert!((400..500).contains(&answer.status), "{} {}", answer.status, answer.text());
    assert_eq!(answer.media(), "text/plain");
    assert!(!answer.text().trim().is_empty());
}

/// True only if the default graph is the union of one and two, and three is the only named graph.
const DATASET: &str = "ASK { \
    ?it <http://example.org/says> 'http://example.org/graph/one' , 'http://example.org/graph/two' \
    FILTER NOT EXISTS { ?it <http://example.org/says> 'http://example.org/graph/three' } \
    GRAPH ?g { ?it <http://example.org/says> 'http://example.org/graph/three' } \
    FILTER NOT EXISTS { GRAPH ?h { ?it <http://example.org/says> 'http://example.org/graph/one' } } }";
const DEFAULT: &str = "ASK { ?it <http://example.org/says> 'http://example.org/graph/one' , 'http://example.org/graph/two' \
    FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }";
const NAMED: &str = "ASK { GRAPH ?g { ?it <http://example.org/says> 'http://example.org/graph/one' } \
    GRAPH ?h { ?it <http://example.org/says> 'http://example.org/graph/two' } \
    FILTER NOT EXISTS { GRAPH ?i { ?it <http://example.org/says> 'http://example.org/graph/three' } } \
    FILTER NOT EXISTS { ?s ?p ?o } }";

#[test]
fn query_get_query_post_form_and_query_post_direct() {
    let (_graph, server) = server();
    let ask = "ASK { dataset:coco a kg:Dataset }";
    assert!(says_yes(&server.get(&address("/sparql", &[("query", ask)]))));
    assert!(says_yes(&post(&server, "/sparql", FORM, &form(&[("query", ask)]))));
    assert!(says_yes(&post(&server, "/sparql", DIRECT, ask)));
    let with_charset = ("Content-Type", "application/sparql-query; charset=UTF-8");
    assert!(says_yes(&post(&server, "/sparql", with_charset, ask)));
    assert!(!says_yes(&post(&server, "/sparql", DIRECT, "ASK { dataset:coco a kg:Model }")));
}

#[test]
fn query_dataset_default_graphs() {
    let (_graph, server) = server();
    let given = [("query", DEFAULT), ("default-graph-uri", ONE), ("default-graph-uri", TWO)];
    assert!(says_yes(&server.get(&address("/sparql", &given))));
    assert!(says_yes(&post(&server, "/sparql", FORM, &form(&given))));
    assert!(says_yes(&post(&server, &address("/sparql", &given[1..]), DIRECT, DEFAULT)));
    assert!(!says_yes(&server.get(&address("/sparql", &given[..2]))));
}

#[test]
fn query_dataset_named_graphs() {
    let (_graph, server) = server();
    let given = [("query", NAMED), ("named-graph-uri", ONE), ("named-graph-uri", TWO)];
    assert!(says_yes(&server.get(&address("/sparql", &given))));
    assert!(says_yes(&post(&server, "/sparql", FORM, &form(&given))));
    assert!(says_yes(&post(&server, &address("/sparql", &given[1..]), DIRECT, NAMED)));
}

#[test]
fn query_dataset_full() {
    let (_graph, server) = server();
    let given =
        [("query", DATASET), ("default-graph-uri", ONE), ("default-graph-uri", TWO), ("named-graph-uri", THREE)];
    assert!(says_yes(&server.get(&address("/sparql", &given))));
    assert!(says_yes(&post(&server, "/sparql", FORM, &form(&given))));
    assert!(!says_yes(&server.get(&address("/sparql", &given[..1]))));
}

#[test]
fn query_multiple_dataset_the_protocol_overrules_the_query() {
    let (_graph, server) = server();
    let query = DATASET.replace("ASK", &format!("ASK FROM <{THREE}> FROM NAMED <{ONE}>"));
    let given =
        [("query", query.as_str()), ("default-graph-uri", ONE), ("default-graph-uri", TWO), ("named-graph-uri", THREE)];
    assert!(says_yes(&server.get(&address("/sparql", &given))));
    // Without the parameter of the protocol, the query's own clause applies.
    let own = format!("ASK FROM <{ONE}> FROM <{TWO}> FROM NAMED <{THREE}> {}", &DATASET[4..]);
    assert!(says_yes(&server.get(&address("/sparql", &[("query", &own)]))));
}

#[test]
fn query_content_type_select_ask_describe_construct() {
    let (_graph, server) = server();
    let rows = [
        ("application/sparql-results+json", "{\"head\""),
        ("application/sparql-results+xml", "<?xml"),
        ("text/csv", "name\n"),
        ("text/tab-separated-values", "?name\n"),
    ];
    let select = "SELECT ?name WHERE { dataset:coco rdfs:label ?name }";
    for (media, start) in rows {
        let answer = server.query(select, media);
        assert_eq!((answer.status, answer.media()), (200, media));
        assert!(answer.text().starts_with(start) && answer.text().contains("COCO"), "{}", answer.text());
    }
    for (media, says) in [
        ("application/sparql-results+json", "\"boolean\":true"),
        ("application/sparql-results+xml", "<boolean>true</boolean>"),
        ("text/csv", "true"),
        ("text/tab-separated-values", "true"),
    ] {
        let answer = server.query("ASK { ?s ?p ?o }", media);
        assert_eq!((answer.status, answer.media()), (200, media));
        assert!(answer.text().contains(says), "{}", answer.text());
    }
    let construct = "CONSTRUCT { ?d rdfs:label ?n } WHERE { ?d a kg:Dataset ; rdfs:label ?n }";
    for query in ["DESCRIBE dataset:coco", construct] {
        for media in [
            "text/turtle",
            "application/n-triples",
            "application/n-quads",
            "application/trig",
            "application/rdf+xml",
            "application/ld+json",
        ] {
            let answer = server.query(query, media);
            assert_eq!((answer.status, answer.media()), (200, media));
            let format = oxigraph::io::RdfFormat::from_media_type(media).unwrap();
            let read = oxigraph::io::RdfParser::from_format(format).for_slice(&answer.body);
            let objects = read.map(|quad| quad.unwrap().object.to_string());
            assert!(objects.into_iter().any(|object| object == "\"COCO\""), "{media}");
        }
    }
}

#[test]
fn a_result_has_no_format_of_another_kind() {
    let (_graph, server) = server();
    for (query, accept) in [
        ("SELECT * { ?s ?p ?o } LIMIT 1", "text/turtle"),
        ("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", "text/csv"),
        ("ASK {}", "image/png"),
    ] {
        let answer = server.query(query, accept);
        assert_eq!(answer.status, 406);
        refused(&answer);
    }
    assert_eq!(server.query("ASK {}", "image/png, */*;q=0.1").status, 200);
}

#[test]
fn bad_query_method() {
    let (_graph, server) = server();
    for method in ["PUT", "DELETE", "PATCH"] {
        let answer = server.request(method, &address("/sparql", &[("query", "ASK {}")]), &[], b"");
        assert_eq!(answer.status, 405);
        assert_eq!(answer.header("allow"), "GET, HEAD, POST, OPTIONS");
    }
}

#[test]
fn bad_multiple_queries() {
    let (_graph, server) = server();
    let twice = [("query", "ASK {}"), ("query", "SELECT * {}")];
    refused(&server.get(&address("/sparql", &twice)));
    refused(&post(&server, "/sparql", FORM, &form(&twice)));
    refused(&post(&server, &address("/sparql", &twice[..1]), DIRECT, "ASK {}"));
    refused(&post(&server, &address("/sparql", &twice[..1]), FORM, &form(&twice[1..])));
}

#[test]
fn bad_query_wrong_media_type_and_missing_types() {
    let (_graph, server) = server();
    let wrong = post(&server, "/sparql", ("Content-Type", "text/plain"), "ASK {}");
    assert_eq!(wrong.status, 415);
    refused(&wrong);
    for body in ["query=ASK%20%7B%7D", "ASK {}"] {
        let answer = server.request("POST", "/sparql", &[], body.as_bytes());
        assert_eq!(answer.status, 415);
        refused(&answer);
    }
}

#[test]
fn bad_query_non_utf8() {
    let (_graph, server) = server();
    let utf16: Vec<u8> = "ASK {}".encode_utf16().flat_map(u16::to_be_bytes).collect();
    refused(&server.request(
        "POST",
        "/sparql",
        &[("Content-Type", "application/sparql-query; charset=UTF-16")],
        &utf16,
    ));
    refused(&server.request("POST", "/sparql", &[DIRECT], b"ASK { ?s ?p '\xff' }"));
    refused(&server.request("POST", "/sparql", &[FORM], b"query=ASK%20%7B%20%3Fs%20%3Fp%20'%FF'%20%7D"));
}

#[test]
fn bad_query_syntax_shows_the_place() {
    let (_graph, server) = server();
    let answer = server.query("SELECT ?x\nWHERE { ?x kg:year }", "*/*");
    assert_eq!(answer.status, 400);
    refused(&answer);
    insta::assert_snapshot!(answer.text(), @r#"
    the query is not SPARQL at line 2, column 20
      |
    2 | WHERE { ?x kg:year }
      |                    ^ expected one of "$", "'", "'''", "(", "*", "+" or 17 others
    "#);
}

#[test]
fn bad_requests_name_what_is_wrong() {
    let (_graph, server) = server();
    refused(&server.get(&address("/sparql", &[("query", "ASK {}"), ("default-graph-uri", "no iri")])));
    refused(&post(&server, "/sparql", FORM, "quary=ASK"));
    refused(&post(&server, "/sparql", FORM, &form(&[("query", "ASK {}"), ("update", "CLEAR ALL")])));
    let empty = server.request("GET", "/sparql?query=", &[("Accept", "application/sparql-results+json")], b"");
    assert_eq!(empty.status, 400);
}

#[test]
fn bad_update_get_and_updates_of_a_read_only_endpoint() {
    let (_graph, server) = server();
    let update = "DELETE WHERE { ?s ?p ?o }";
    assert_eq!(server.get(&address("/sparql", &[("update", update)])).status, 400);
    assert_eq!(post(&server, "/sparql", UPDATE, update).status, 403);
    assert_eq!(post(&server, "/sparql", FORM, &form(&[("update", update)])).status, 403);
    // An update in place of a query is not a query.
    assert_eq!(post(&server, "/sparql", DIRECT, update).status, 400);
    assert!(says_yes(&server.get(&address("/sparql", &[("query", "ASK { dataset:coco ?p ?o }")]))));
}

#[test]
fn head_and_options() {
    let (_graph, server) = server();
    let head = server.request("HEAD", &address("/sparql", &[("query", "ASK {}")]), &[], b"");
    assert_eq!((head.status, head.media(), head.body.len()), (200, "application/sparql-results+json", 0));
    let options = server.request("OPTIONS", "/sparql", &[], b"");
    assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD, POST, OPTIONS"));
}

#[test]
fn pages_of_other_sites_read_nothing_unless_their_origin_is_allowed() {
    let graph = graph();
    let origin = ("Origin", "https://yasgui.example");
    let ask = |server: &Server| server.request("GET", &address("/sparql", &[("query", "ASK {}")]), &[origin], b"");
    let preflight = |server: &Server| {
        let headers = [
            origin,
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type,authorization"),
        ];
        server.request("OPTIONS", "/sparql", &headers, b"")
    };

    let closed = Server::start(graph.path(), &[]);
    for answer in [ask(&closed), preflight(&closed)] {
        let cors: Vec<&String> = answer.headers.keys().filter(|name| name.starts_with("access-control-")).collect();
        assert!(cors.is_empty(), "{cors:?}");
    }
    assert_eq!(ask(&closed).header("cross-origin-resource-policy"), "same-origin");

    for (allowed, expected) in [(origin.1, origin.1), ("https://other.example", "https://other.example"), ("any", "*")]
    {
        let open = Server::start(graph.path(), &["--cors", allowed]);
        // The browser compares the origin of the page with this one.
        assert_eq!(ask(&open).header("access-control-allow-origin"), expected);
        let answer = preflight(&open);
        assert_eq!(answer.status, 200);
        assert!(answer.header("access-control-allow-methods").contains("POST"));
        // A page of another site may not send a token.
        assert!(!answer.header("access-control-allow-headers").contains("authorization"));
    }
}

#[test]
fn the_service_describes_itself() {
    let (_graph, server) = server();
    let answer = server.request("GET", "/sparql", &[("Accept", "application/n-triples")], b"");
    assert_eq!((answer.status, answer.media()), (200, "application/n-triples"));
    let text = answer.text();
    let sd = "<http://www.w3.org/ns/sparql-service-description#";
    let endpoint = format!("<http://{}/sparql>", server.address);
    for says in [
        format!("{endpoint} {sd}endpoint> {endpoint} ."),
        format!("{endpoint} {sd}supportedLanguage> {sd}SPARQL11Query> ."),
        format!("{endpoint} {sd}resultFormat> <http://www.w3.org/ns/formats/SPARQL_Results_JSON> ."),
        format!("{endpoint} {sd}resultFormat> <http://www.w3.org/ns/formats/Turtle> ."),
        format!("{sd}name> <{ONE}> ."),
    ] {
        assert!(text.contains(&says), "{says}\n{text}");
    }
    assert!(!text.contains("SPARQL11Update"));
    // A client that accepts anything gets Turtle, and a browser gets a form.
    assert_eq!(server.get("/sparql").media(), "text/turtle");
    assert!(server.page("/sparql").text().contains("<textarea"));
}

#[test]
fn graphs_are_read_by_the_graph_store_protocol() {
    let (_graph, server) = server();
    let named =
        server.request("GET", &address("/graphs", &[("graph", ONE)]), &[("Accept", "application/n-triples")], b"");
    assert_eq!(named.text(), format!("<http://example.org/it> <http://example.org/says> \"{ONE}\" .\n"));
    let all = server.request("GET", "/graphs?default", &[("Accept", "application/n-triples")], b"");
    assert_eq!(all.media(), "application/n-triples");
    let count = server.rows("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }");
    assert_eq!(all.text().lines().count().to_string(), count[0]);
    // A graph whose IRI is an address of this server answers there.
    let direct = server.request("GET", "/ontology", &[("Accept", "text/turtle")], b"");
    assert_eq!((direct.status, direct.media()), (200, "text/turtle"));
    assert!(direct.text().contains("kg:Paper"));
    assert_eq!(server.get(&address("/graphs", &[("graph", "urn:none")])).status, 404);
    assert_eq!(server.get("/graphs").status, 400);
    assert_eq!(server.get("/graphs?default&graph=urn:x").status, 400);
    assert_eq!(server.request("HEAD", "/graphs?default", &[], b"").status, 200);
    for method in ["PUT", "POST", "DELETE"] {
        let answer = server.request(method, "/graphs?default", &[], b"");
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, HEAD, OPTIONS"));
    }
}

#[test]
fn answers_are_compressed_for_who_can_take_it() {
    let (_graph, server) = server();
    let plain = server.request("GET", "/graphs?default", &[], b"");
    let answer = server.request("GET", "/graphs?default", &[("Accept-Encoding", "gzip")], b"");
    assert_eq!(answer.header("content-encoding"), "gzip");
    let mut text = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&answer.body[..]), &mut text).unwrap();
    assert!(answer.body.len() * 2 < text.len() && text == plain.body);
}
