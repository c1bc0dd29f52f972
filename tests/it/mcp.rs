//! `kg mcp`, as a host and its model see it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::{graph, kg};
use crate::http::{Response, Server};
use crate::mcp_client::Client;
use crate::small_graph::{build, paper, papers, with};

fn client() -> (tempfile::TempDir, Client) {
    let graph = graph();
    let client = Client::start(graph.path(), &[]);
    (graph, client)
}

/// A question for each tool that the small graph can answer.
fn questions() -> Vec<(&'static str, Value)> {
    vec![
        ("search", json!({"words": "coco"})),
        ("show", json!({"name": "COCO"})),
        ("show", json!({"name": "2407.11062"})),
        ("neighbors", json!({"name": "dataset/coco"})),
        ("neighbors", json!({"name": "2407.11062", "kind": "dataset"})),
        ("leaderboard", json!({})),
        ("leaderboard", json!({"dataset": "COCO", "history": true})),
        ("compare", json!({"papers": ["2407.11062", "2501.00001"]})),
        ("path", json!({"from": "COCO", "to": "Llama 2"})),
        ("similar", json!({"name": "COCO"})),
        ("read_paper", json!({"paper": "2407.11062"})),
        ("evidence", json!({"paper": "2407.11062", "name": "COCO"})),
        ("code_state", json!({"name": "COCO"})),
        ("sparql", json!({"query": "SELECT ?p ?t { ?p dcterms:title ?t } ORDER BY ?t"})),
        ("sparql", json!({"query": "papers-using", "parameters": {"dataset": "COCO", "since": 2020}})),
        ("sparql", json!({"query": "ASK { dataset:coco a kg:Dataset }"})),
        ("sparql", json!({"query": "DESCRIBE dataset:coco"})),
    ]
}

#[test]
fn the_names_of_tools_resources_and_prompts_never_change() {
    let (_graph, mut client) = client();
    let names = |list: &Value, key: &str| -> Vec<String> {
        list.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_string()).collect()
    };
    let tools = client.ask("tools/list", json!({}))["result"]["tools"].clone();
    // Agents and their users have these names in instructions: add to them, but never change them.
    let frozen = [
        "search",
        "show",
        "neighbors",
        "leaderboard",
        "compare",
        "path",
        "similar",
        "read_paper",
        "evidence",
        "code_state",
        "sparql",
    ];
    assert_eq!(names(&tools, "name"), frozen);
    let arguments: Vec<String> = tools
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| {
            let mut names: Vec<&String> = tool["inputSchema"]["properties"].as_object().unwrap().keys().collect();
            names.sort();
            format!(
                "{}: {}",
                tool["name"].as_str().unwrap(),
                names.iter().map(|n| n.as_str()).collect::<Vec<_>>().join(" ")
            )
        })
        .collect();
    insta::assert_snapshot!(arguments.join("\n"), @r"
    search: author cursor kind limit max_characters organization since until venue words
    show: cursor limit max_characters name
    neighbors: author cursor depth kind limit live_only max_characters min_confidence name organization relation since until venue
    leaderboard: author cursor dataset history limit max_characters metric min_confidence organization own runnable since task until variant venue
    compare: cursor limit max_characters papers shared
    path: cursor from limit max_characters max_steps to
    similar: author cursor kind limit max_characters name organization since until venue
    read_paper: cursor limit max_characters paper section
    evidence: cursor limit max_characters name paper
    code_state: author cursor limit live_only max_characters name organization since until venue
    sparql: cursor limit max_characters parameters query
    ");
    let prompts = client.ask("prompts/list", json!({}))["result"]["prompts"].clone();
    assert_eq!(names(&prompts, "name"), ["related_work", "baselines_with_running_code", "changes_on_board"]);
    let resources = client.ask("resources/list", json!({}))["result"]["resources"].clone();
    assert_eq!(names(&resources, "uri"), ["papergraph:///", "papergraph:///ontology", "papergraph:///queries"]);
    let templates = client.ask("resources/templates/list", json!({}))["result"]["resourceTemplates"].clone();
    assert_eq!(names(&templates, "uriTemplate"), ["papergraph:///{+id}"]);
    assert_eq!(client.end(), Some(0));
}

#[test]
fn every_tool_says_what_it_takes_what_it_gives_and_that_it_only_reads() {
    let (_graph, mut client) = client();
    assert!(client.hello["instructions"].as_str().unwrap().contains("these papers and nothing else"));
    let list = client.ask("tools/list", json!({}))["result"]["tools"].clone();
    // A host may show the whole list to its model.
    let size = list.to_string().len();
    assert!(size < 40_000, "{size}");
    let mut without_answers = list.clone();
    for tool in without_answers.as_array_mut().unwrap() {
        tool.as_object_mut().unwrap().remove("outputSchema");
    }
    // Most hosts omit the schemas of answers.
    let size = without_answers.to_string().len();
    assert!(size < 21_000, "{size}");
    for tool in list.as_array().unwrap() {
        let name = &tool["name"];
        assert!(tool["description"].as_str().unwrap().len() > 100, "{name}");
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{name}");
        assert_eq!(tool["annotations"]["destructiveHint"], false, "{name}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{name}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{name}");
        for (argument, schema) in tool["inputSchema"]["properties"].as_object().unwrap() {
            assert!(schema["description"].as_str().is_some_and(|text| text.len() > 10), "{name} {argument}: {schema}");
        }
    }
}

#[test]
fn an_answer_says_what_the_graph_covers_and_each_row_where_it_comes_from() {
    let (_graph, mut client) = client();
    for (tool, arguments) in questions() {
        let answer = client.answer(tool, arguments.clone());
        assert_eq!(answer["schema_version"], 1, "{tool}");
        assert_eq!(answer["graph"]["papers"], papers().len(), "{tool}: {answer}");
        assert_eq!(answer["graph"]["base"], "https://w3id.org/papergraph/", "{tool}");
        for key in ["rows", "total", "next_cursor", "cut", "notes"] {
            assert!(answer.get(key).is_some(), "{tool} has no {key}: {answer}");
        }
    }
    let rows = client.answer("neighbors", json!({"name": "COCO", "kind": "paper"}))["rows"].clone();
    for row in rows.as_array().unwrap() {
        assert!(row["id"].as_str().unwrap().starts_with("paper/"), "{row}");
        assert!(row["evidence"]["sentence"].as_str().unwrap().contains("coco"), "{row}");
    }
}

#[test]
fn an_answer_keeps_to_its_size_and_a_cursor_leads_to_every_row_once() {
    let folder = tempfile::tempdir().unwrap();
    let many = (0..120).map(|i| {
        let title = format!("Paper number {i} with a title that is neither short nor long");
        paper(&format!("arxiv-2401.{i:05}"), &title, "2024-01-02", &["dataset/coco", "dataset/imagenet=evaluates-on"])
    });
    build(folder.path(), many.collect::<Vec<_>>());
    let mut client = Client::start(folder.path(), &[]);
    for (tool, mut arguments) in [
        ("neighbors", json!({"name": "COCO", "kind": ["paper"]})),
        ("search", json!({"words": "paper", "kind": ["paper"]})),
        ("code_state", json!({"name": "COCO"})),
        ("sparql", json!({"query": "SELECT ?id ?t { ?id dcterms:title ?t } ORDER BY ?t"})),
    ] {
        arguments["limit"] = json!(50);
        arguments["max_characters"] = json!(5_000);
        let mut seen = BTreeSet::new();
        let mut pages = 0;
        loop {
            let answer = client.answer(tool, arguments.clone());
            let size = answer.to_string().chars().count();
            assert!(size <= 5_000, "{tool}: {size}");
            for row in answer["rows"].as_array().unwrap() {
                let id = row.get("id").or(row.get("paper")).or(row.get(0)).unwrap();
                assert!(seen.insert(id.to_string()), "{tool}: {id} twice");
            }
            pages += 1;
            let next = answer["next_cursor"].clone();
            if next.is_null() {
                break;
            }
            arguments["cursor"] = next;
        }
        assert_eq!(seen.len(), 120, "{tool}");
        assert!(pages > 2, "{tool}: {pages}");
    }
}

#[test]
fn a_mistake_is_answered_with_what_to_try() {
    let (_graph, mut client) = client();
    let said = client.refusal("show", json!({"name": "coc"}));
    assert!(
        said.contains("nothing in the graph is called `coc`") && said.contains("did you mean dataset/coco"),
        "{said}"
    );
    let said = client.refusal("neighbors", json!({"name": "COCO", "kind": "paperz"}));
    assert!(said.contains("`paperz` is not a kind; one of dataset"), "{said}");
    let said = client.refusal("search", json!({"query": "COCO"}));
    assert!(said.contains("unknown field `query`, expected one of") && said.contains("`words`"), "{said}");
    let said = client.refusal("sparql", json!({"query": "SELECT ?p { ?p kg:usesDataset }"}));
    assert!(said.contains("not SPARQL at line 1"), "{said}");
    let said = client.refusal("leaderboard", json!({"dataset": "Llama 2"}));
    assert!(said.contains("no dataset called `Llama 2`"), "{said}");
    let said = client.refusal("show", json!({"name": "COCO", "cursor": "1.00000000.0"}));
    assert!(said.contains("another question"), "{said}");
    let said = client.ask("tools/call", json!({"name": "serch", "arguments": {}}))["error"]["message"].to_string();
    assert!(said.contains("did you mean `search`"), "{said}");
    let said =
        client.ask("resources/read", json!({"uri": "papergraph:///dataset/cocoo"}))["error"]["message"].to_string();
    assert!(said.contains("dataset/coco"), "{said}");
}

#[test]
fn nodes_are_read_as_markdown_and_prompts_carry_their_arguments() {
    let (_graph, mut client) = client();
    let mut read = |uri: &str| {
        let response = client.ask("resources/read", json!({"uri": uri}));
        let contents = &response["result"]["contents"][0];
        assert_eq!((&contents["mimeType"], &contents["uri"]), (&json!("text/markdown"), &json!(uri)), "{response}");
        contents["text"].as_str().unwrap().to_string()
    };
    let coco = read("papergraph:///dataset/coco");
    for says in ["# COCO\n", "MS COCO", "](<papergraph:///paper/arxiv-", "This graph covers"] {
        assert!(coco.contains(says), "{says} in {coco}");
    }
    assert!(read("papergraph:///").contains(" papers from "));
    assert!(read("papergraph:///ontology").contains("kg:usesDataset"));
    assert!(read("papergraph:///queries").contains("`papers-using`"));
    let prompt = client.ask("prompts/get", json!({"name": "changes_on_board", "arguments": {"dataset": "COCO"}}));
    let text = prompt["result"]["messages"][0]["content"]["text"].as_str().unwrap();
    assert!(text.contains("leaderboards of COCO from any time on"), "{text}");
}

#[test]
fn a_graph_that_is_missing_is_an_error_of_the_call_and_one_that_comes_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kg-store");
    let mut client = Client::start(&store, &[]);
    let said = client.refusal("search", json!({"words": "coco"}));
    assert!(said.contains("there is no graph at") && said.contains("kg build"), "{said}");
    build(&store, papers());
    assert_eq!(client.answer("search", json!({"words": "coco"}))["rows"][0]["id"], "dataset/coco");
    build(&store, vec![paper("arxiv-2502.00009", "A new one", "2025-02-01", &["dataset/coco"])]);
    let papers_now = client.answer("search", json!({"words": "coco"}))["graph"]["papers"].clone();
    assert_eq!(papers_now, 1 + papers().len());
}

fn files_below(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

#[test]
fn a_damaged_graph_is_an_error_of_the_call() {
    let graph = graph();
    let mut files = Vec::new();
    files_below(&graph.path().join("generations"), &mut files);
    let mut damaged = 0;
    for file in files {
        if file.extension().is_some_and(|extension| extension == "sst")
            || file.components().any(|part| part.as_os_str() == "search")
        {
            let length = fs::metadata(&file).unwrap().len() as usize;
            fs::write(&file, vec![0xa5; length]).unwrap();
            damaged += 1;
        }
    }
    assert!(damaged > 2, "{damaged}");
    let mut client = Client::start(graph.path(), &[]);
    for (tool, arguments) in questions() {
        let response = client.ask("tools/call", json!({"name": tool, "arguments": arguments}));
        let said = response["result"]["content"][0]["text"].as_str().unwrap();
        assert_eq!(response["result"]["isError"], true, "{tool}: {said}");
        assert!(said.contains("what to do:"), "{tool}: {said}");
    }
    assert_eq!(client.end(), Some(0));
}

/// Values that a careless or hostile caller passes in place of a text, a number or a list.
fn hostile_values() -> Vec<Value> {
    let mut deep = json!("x");
    for _ in 0..100 {
        deep = json!([deep]);
    }
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(0),
        json!(1e308),
        json!(18_446_744_073_709_551_615_u64),
        json!(""),
        json!("\u{0}\u{1b}[31m\u{202e}"),
        json!("x".repeat(200_000)),
        json!("' OR 1=1; DROP TABLE papers; --"),
        json!("} INSERT DATA { <urn:a> <urn:b> <urn:c> } #"),
        json!("../../../../etc/passwd"),
        json!("%00%2e%2e/dataset/coco"),
        json!(["COCO", "COCO"]),
        json!([]),
        json!({"$ref": "#"}),
        deep,
    ]
}

#[test]
fn two_hundred_hostile_calls_leave_the_server_answering() {
    let graph = graph();
    let mut client = Client::start(graph.path(), &["--timeout", "2"]);
    let tools = client.ask("tools/list", json!({}))["result"]["tools"].clone();
    let mut calls = 0;
    for tool in tools.as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        let sound = questions().into_iter().find(|(of, _)| *of == name).unwrap().1;
        let arguments: Vec<&String> = tool["inputSchema"]["properties"].as_object().unwrap().keys().collect();
        for (i, value) in hostile_values().into_iter().enumerate() {
            // Each value in one argument, each time in another one.
            let mut wrong = sound.clone();
            wrong[arguments[i % arguments.len()].as_str()] = value.clone();
            let response = client.ask("tools/call", json!({"name": name, "arguments": wrong}));
            calls += 1;
            let text = response["result"]["content"][0]["text"].as_str().map(str::to_string);
            let text = text.or_else(|| response["error"]["message"].as_str().map(str::to_string)).unwrap();
            assert!(text.chars().count() <= 12_000 && !text.contains("a fault"), "{name} {wrong}: {text}");
        }
    }
    for text in [
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "DROP ALL",
        "LOAD <file:///etc/passwd>",
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } }",
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    ] {
        let said = client.refusal("sparql", json!({"query": text}));
        calls += 1;
        assert!(said.len() > 10, "{said}");
    }
    let deep = "{".repeat(50_000) + &"}".repeat(50_000);
    client.refusal("sparql", json!({"query": format!("SELECT * {deep}")}));
    // A message that is not a call gets no answer; the next call shows that the server continues.
    for line in [
        r#"{"jsonrpc":"2.0","id":900,"method":"tools/call","params":[]}"#,
        r#"{"jsonrpc":"2.0","id":901,"method":"tools/call","params":{"name":7}}"#,
        r#"{"jsonrpc":"2.0","id":902,"method":"tools/call","params":{"name":"show","arguments":"COCO"}}"#,
        r#"{"jsonrpc":"2.0","id":903,"method":"no/such"}"#,
        r#"{"jsonrpc":"2.0","method":"tools/call"}"#,
        r#"{"id":{}}"#,
        "{",
        "[]",
        "null",
        "\u{feff}{}",
        "",
    ] {
        client.say(line);
        calls += 1;
    }
    assert!(calls > 200, "{calls}");
    // Nothing was changed, and the server continues.
    assert_eq!(client.answer("show", json!({"name": "COCO"}))["id"], "dataset/coco");
    let count = client.answer("sparql", json!({"query": "ASK { <urn:a> ?b ?c }"}));
    assert_eq!(count["boolean"], false);
    assert_eq!(client.end(), Some(0));
}

#[test]
fn a_host_that_goes_away_at_once_is_not_an_error() {
    let graph = graph();
    let mut silent = assert_cmd::Command::from_std(kg(graph.path()));
    silent.arg("mcp").write_stdin("").assert().success().stdout("");
}

/// The answer of `kg serve` to a request of an agent.
fn posted(server: &Server, headers: &[(&str, &str)], body: &str) -> Response {
    let mut all = vec![("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream")];
    all.extend(headers);
    server.request("POST", "/mcp", &all, body.as_bytes())
}

/// A call of a tool as one request.
fn call(tool: &str, arguments: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
        .to_string()
}

#[test]
fn kg_serve_gives_the_same_answers_over_http() {
    let graph = graph();
    let server = Server::start(graph.path(), &[]);
    let mut client = Client::start(graph.path(), &[]);
    for (tool, arguments) in questions() {
        let answer = posted(&server, &[], &call(tool, &arguments));
        assert_eq!((answer.status, answer.media()), (200, "application/json"), "{tool}: {}", answer.text());
        let answer: Value = serde_json::from_str(&answer.text()).unwrap();
        assert_eq!(answer["result"]["structuredContent"], client.answer(tool, arguments), "{tool}");
    }
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}});
    let hello: Value = serde_json::from_str(&posted(&server, &[], &hello.to_string()).text()).unwrap();
    assert_eq!(hello["result"]["instructions"], client.hello["instructions"]);
}

#[test]
fn pages_of_other_sites_and_other_names_cannot_call() {
    let graph = graph();
    let server = Server::start(graph.path(), &[]);
    let body = call("search", &json!({"words": "coco"}));
    assert_eq!(posted(&server, &[("Origin", "https://evil.example")], &body).status, 403);
    assert_eq!(posted(&server, &[("Origin", "null")], &body).status, 403);
    let own = format!("http://{}", server.address);
    assert_eq!(posted(&server, &[("Origin", own.as_str())], &body).status, 200);
    let mut head = String::from(
        "POST /mcp HTTP/1.1\r\nHost: evil.example\r\nContent-Type: application/json\r\nConnection: close\r\n",
    );
    head.push_str(&format!("Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n", body.len()));
    let mut stream = server.connect();
    std::io::Write::write_all(&mut stream, (head + &body).as_bytes()).unwrap();
    assert_eq!(Response::read(stream).unwrap().status, 421);
    assert_eq!(server.get("/mcp").status, 405);
    for wrong in ["", "{", "[]", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":7}"] {
        let answer = posted(&server, &[], wrong);
        assert!((400..500).contains(&answer.status), "{wrong}: {} {}", answer.status, answer.text());
    }
    assert!(posted(&server, &[], &call("search", &json!({"words": "x".repeat(2_000_000)}))).status >= 400);
    assert_eq!(posted(&server, &[], &body).status, 200);
}

#[test]
fn a_whole_paper_is_read_by_section_with_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let whole = with(
        paper("arxiv-2401.00001", "A Whole Paper", "2024-01-02", &["dataset/coco"]),
        "sections",
        json!([
            {"title": "Introduction", "text": "It begins here.\nIt goes on.", "location": {"page": {"number": 1}}},
            {"title": "Experiments", "text": "We measure it.", "location": {"page": {"number": 4}}},
        ]),
    );
    build(folder.path(), vec![whole]);
    let mut client = Client::start(folder.path(), &[]);
    let all = client.answer("read_paper", json!({"paper": "2401.00001"}));
    let texts: Vec<&str> = all["rows"].as_array().unwrap().iter().map(|row| row["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["coco,", "It begins here.", "It goes on.", "We measure it."]);
    assert_eq!(all["parts"][2], json!({"field": "section-2", "heading": "Experiments", "page": 4, "characters": 14}));
    let one = client.answer("read_paper", json!({"paper": "2401.00001", "section": "experim"}));
    assert_eq!((&one["total"], &one["rows"][0]["page"]), (&json!(1), &json!(4)));
    let said = client.refusal("read_paper", json!({"paper": "2401.00001", "section": "9"}));
    assert!(said.contains("section-2 (Experiments)"), "{said}");
}
