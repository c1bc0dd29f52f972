//! The site that `kg serve` makes from a graph: leaderboards, entities, papers, search, and their data.

use papergraph::liveness::{CheckOutcome, RepositoryFacts, Verdict};
use serde_json::{Value, json};

use crate::checks;
use crate::cli::{kg, stdout};
use crate::http::{Server, address};
use crate::small_graph::{build, paper, with};

/// A result in a table on COCO, as in the record.
fn table_result(system: &str, own: bool, variant: Option<&str>, metric: &str, value: &str) -> Value {
    json!({
        "system": system, "own": own, "task": "object detection", "dataset": "coco", "variant": variant,
        "metric": metric, "value": value, "entities": ["dataset/coco"],
        "place": {"table": 1, "label": "Table 1", "row": 3, "column": 2},
    })
}

/// Two papers with results on COCO, one with a link to its code.
fn board_graph() -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    let results = json!([
        table_result("One", true, None, "AP", "40.1"),
        table_result("One", true, None, "AP50", "61.0"),
        table_result("One", true, Some("dev"), "AP", "41.9"),
        table_result("Old", false, None, "AP", "30.0"),
    ]);
    let first = paper("one", "The One", "2020-03", &["dataset/coco", "task/object-detection"]);
    let first = with(first, "results", results);
    let first = with(first, "repos", json!(["github.com/one/one"]));
    let second = paper("two", "The Two", "2021-05-02", &["dataset/coco", "task/object-detection"]);
    let second = with(second, "results", json!([table_result("Two", true, None, "AP", "0.45")]));
    build(folder.path(), vec![first, second]);
    let server = Server::start(folder.path(), &[]);
    (folder, server)
}

fn page(server: &Server, path: &str) -> String {
    let answer = server.page(path);
    assert_eq!((answer.status, answer.media()), (200, "text/html"), "{path}: {}", answer.text());
    answer.text()
}

/// The text of the cells of a table's body, row by row, without tags.
fn rows(page: &str, class: &str) -> Vec<Vec<String>> {
    let table = page.split(&format!("<table class=\"{class}")).nth(1).unwrap_or_default();
    let body = table.split("<tbody>").nth(1).unwrap_or_default().split("</tbody>").next().unwrap_or_default();
    let cells = |row: &str| {
        let cells = row.split("<t").filter(|cell| cell.starts_with('d') || cell.starts_with('h'));
        cells.map(|cell| text(&format!("<t{cell}"))).collect()
    };
    body.split("<tr").skip(1).map(|row| cells(row.split_once('>').unwrap().1)).collect()
}

fn text(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_board_says_what_the_command_line_says() {
    let (folder, server) = board_graph();
    let path = address("/leaderboard", &[("dataset", "coco"), ("metric", "AP"), ("variant", "none")]);
    let board = page(&server, &path);
    let shown = rows(&board, "results");
    let first: Vec<&str> = shown[0].iter().map(String::as_str).collect();
    assert_eq!(first[..3], ["1", "Two record", "0.45"], "{shown:?}");
    // The other metric of the same system is in the same row.
    assert_eq!((shown[1][1].as_str(), shown[1][3].as_str()), ("One record", "61.0"), "{shown:?}");
    assert!(shown[1].iter().any(|cell| cell == "one/one official, not checked"), "{shown:?}");
    assert!(shown[2][1].starts_with("Old as cited") && shown[2].last().unwrap() == "Table 1, row 3", "{shown:?}");
    assert!(board.contains("<svg") && board.contains("class=\"chart narrow\""), "{board}");
    for says in ["href=\"/dataset/coco\"", "variant=dev", "metric=AP50", "kg leaderboard COCO --metric AP"] {
        assert!(board.contains(says), "{says} in {board}");
    }
    // The data at the same address have the command's fields and values.
    let of_page: Value =
        serde_json::from_str(&server.get(&path.replace("/leaderboard?", "/leaderboard.json?")).text()).unwrap();
    let by_accept = server.request("GET", &path, &[("Accept", "application/json")], b"").text();
    let of_command = stdout(kg(folder.path()).args([
        "leaderboard",
        "COCO",
        "--metric",
        "AP",
        "--variant",
        "none",
        "--format",
        "json",
    ]));
    let of_command: Value = serde_json::from_str(&of_command).unwrap();
    assert_eq!(of_page, of_command);
    assert_eq!(serde_json::from_str::<Value>(&by_accept).unwrap(), of_command);
    let csv = server.get("/leaderboard.csv?dataset=coco").text();
    assert_eq!(
        csv.replace("\r\n", "\n"),
        stdout(kg(folder.path()).args(["leaderboard", "COCO", "--format", "csv"])).replace("\r\n", "\n")
    );
}

#[test]
fn blocks_of_a_narrow_screen_have_the_headings_of_the_table() {
    let (_folder, server) = board_graph();
    for path in
        ["/leaderboards", "/leaderboards?by=dataset", "/leaderboard?dataset=coco", "/hardware", "/papers", "/code"]
    {
        let html = page(&server, path);
        let without_tags = |html: &str| -> String {
            html.split('<').map(|part| part.rsplit_once('>').map_or(part, |(_, text)| text)).collect()
        };
        let heads = html.split("<thead>").skip(1).map(|rest| rest.split("</thead>").next().unwrap());
        let headings: Vec<String> = heads.flat_map(|head| head.split("</th>").map(without_tags)).collect();
        for label in html.split("data-label=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(headings.iter().any(|heading| heading.starts_with(label)), "{path}: {label} of {headings:?}");
        }
    }
}

#[test]
fn a_board_is_filtered_and_sorted_by_its_address() {
    let (_folder, server) = board_graph();
    let names = |more: &[(&str, &str)]| {
        let pairs = [&[("dataset", "coco"), ("metric", "AP"), ("variant", "none")], more].concat();
        let board = page(&server, &address("/leaderboard", &pairs));
        rows(&board, "results").into_iter().map(|row| row[1].split(' ').next().unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(&[]), ["Two", "One", "Old"]);
    assert_eq!(names(&[("own", "1")]), ["Two", "One"]);
    assert_eq!(names(&[("until", "2020")]), ["One", "Old"]);
    assert_eq!(names(&[("sort", "system")]), ["Old", "One", "Two"]);
    assert_eq!(server.page("/leaderboard?dataset=coco&author=Nobody").status, 404);
    assert_eq!(names(&[("sort", "date")]), ["Two", "One", "Old"]);
    let none = page(&server, &address("/leaderboard", &[("dataset", "coco"), ("metric", "AP"), ("runnable", "1")]));
    assert!(none.contains("No result of this board passes these filters"), "{none}");
    assert_eq!(server.page("/leaderboard?dataset=coco&since=tomorrow").status, 400);
    assert_eq!(server.page("/leaderboard?dataset=coco&metric=nonsense").status, 404);
    assert_eq!(server.page("/leaderboard").status, 400);
}

#[test]
fn boards_are_listed_searched_and_linked_from_what_they_are_about() {
    let (_folder, server) = board_graph();
    let list = page(&server, "/leaderboards");
    assert!(list.contains("href=\"/task/object-detection\"") && list.contains("3 boards"), "{list}");
    let board = "/leaderboard?dataset=coco&amp;task=object+detection&amp;metric=AP&amp;variant=none";
    for from in [
        "/leaderboards",
        "/leaderboards?by=dataset",
        "/leaderboards?q=coco+ap50+detection",
        "/dataset/coco",
        "/task/object-detection",
        "/paper/one",
    ] {
        let page = page(&server, from);
        assert!(page.contains("/leaderboard?dataset=coco&amp;task=object+detection"), "{from}: {page}");
        assert_eq!(page.contains(&format!("\"{board}\"")), !from.contains("ap50"), "{from}: {page}");
    }
    assert!(page(&server, "/leaderboards?q=nonsense").contains("No board has these words"));
    let ranks = rows(&page(&server, "/paper/one"), "boards");
    assert!(ranks.iter().any(|row| row[4..] == ["40.1", "2 of 3"]), "{ranks:?}");
    let csv = server.get("/leaderboards.csv").text();
    assert_eq!(csv.lines().next(), Some("dataset,task,variant,metric,papers,best,system,date"));
}

#[test]
fn a_long_group_of_boards_leads_to_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let on = |task: Option<&str>, number: usize| {
        let mut result = table_result("One", true, None, "AP", "40.1");
        result["task"] = json!(task);
        result["dataset"] = json!(format!("Set {number:02}"));
        result["entities"] = json!([]);
        result
    };
    let results: Vec<Value> = (1..=14).map(|n| on(None, n)).chain([on(Some("object detection"), 99)]).collect();
    build(folder.path(), vec![with(paper("one", "The One", "2020", &[]), "results", json!(results))]);
    let server = Server::start(folder.path(), &[]);
    let list = page(&server, "/leaderboards");
    assert!(list.contains("15 boards") && !list.contains("Set 14") && list.contains("All 14 datasets"), "{list}");
    let group = "/leaderboards?by=task&amp;group=none";
    assert!(list.contains(&format!("href=\"{group}\"")), "{list}");
    let whole = page(&server, &group.replace("&amp;", "&"));
    assert!(whole.contains("14 boards") && whole.contains("Set 14") && !whole.contains("Set 99"), "{whole}");
    let csv = server.get("/leaderboards.csv?by=task&group=Object+Detection").text();
    assert_eq!(csv.lines().count(), 2, "{csv}");
}

#[test]
fn a_board_without_a_task_is_found_by_the_task_of_its_dataset() {
    let folder = tempfile::tempdir().unwrap();
    let unstated = |dataset: &str, entities: Value| {
        let mut result = table_result("One", true, None, "AP", "40.1");
        (result["task"], result["dataset"], result["entities"]) = (Value::Null, json!(dataset), entities);
        result
    };
    let results = json!([unstated("COCO", json!(["dataset/coco"])), unstated("Some Set", json!([]))]);
    let one = paper("one", "The One", "2020", &["dataset/coco", "task/object-detection"]);
    build(folder.path(), vec![with(one, "results", results)]);
    let server = Server::start(folder.path(), &[]);
    let board = "/leaderboard?dataset=coco&amp;task=none&amp;metric=AP&amp;variant=none";
    let task = page(&server, "/task/object-detection");
    assert!(task.contains("Leaderboards on datasets made for object detection") && task.contains(board), "{task}");
    assert!(!task.contains("Some+Set"), "{task}");
    let list = page(&server, "/leaderboards");
    let (of_task, without) = list.split_once("Task not stated").unwrap();
    assert!(
        of_task.contains(board) && of_task.contains("do not state this task") && without.contains("Some+Set"),
        "{list}"
    );
    assert!(list.contains("2 boards"), "a board of a task counts once: {list}");
    let group = page(&server, "/leaderboards?by=task&group=object+detection");
    assert!(group.contains(board) && !group.contains("Some+Set"), "{group}");
    assert!(page(&server, "/leaderboards?q=detection").contains(board));
    let board = page(&server, &board.replace("&amp;", "&"));
    // The command has the same boards.
    let listed = |task: &str| stdout(kg(folder.path()).args(["leaderboard", "--task", task, "--format", "csv"]));
    assert_eq!(listed("object detection").lines().count(), 2, "{}", listed("object detection"));
    let none = stdout(kg(folder.path()).args(["leaderboard", "--task", "cooking"]));
    assert!(none.contains("of 2 results none is of the task “cooking”"), "{none}");
    let says = "Task not stated, but the dataset is made for <a href=\"/task/object-detection\">object detection</a>";
    assert!(board.contains(says), "{board}");
}

#[test]
fn the_start_page_begins_with_the_search() {
    let (_folder, server) = board_graph();
    let start = page(&server, "/");
    assert_eq!(start.matches("role=\"search\"").count(), 1, "one search box: {start}");
    let place = |words: &str| start.find(words).unwrap_or_else(|| panic!("{words} in {start}"));
    assert!(place("<h1>") < place("role=\"search\"") && place("role=\"search\"") < place("class=\"tiles\""));
    // Papers are the first tile, boards the second.
    assert!(
        place("href=\"/papers\"><span class=\"number\">2") < place("href=\"/leaderboards\"><span class=\"number\">3")
    );
    assert!(place("id=\"query\"") > place("Leaderboards</h2>"), "SPARQL is below");
}

#[test]
fn the_shipped_queries_are_data() {
    let (_folder, server) = board_graph();
    let list: Value = serde_json::from_str(&server.get("/queries.json").text()).unwrap();
    assert_eq!(list["schema_version"], 1);
    let queries = list["queries"].as_array().unwrap();
    let using = queries.iter().find(|query| query["name"] == "papers-using").unwrap();
    let parameter = &using["parameters"][0];
    assert_eq!((&parameter["name"], &parameter["kind"]), (&json!("dataset"), &json!("dataset")), "{using:#}");
    assert_eq!((&parameter["required"], &using["parameters"][1]["default"]), (&json!(true), &json!("1000")));
    let csv = server.get("/queries.csv").text();
    assert_eq!(csv.lines().count(), queries.len() + 1, "{csv}");
    assert!(page(&server, "/queries").contains("href=\"/queries.json\""));
}

#[test]
fn a_list_of_papers_names_the_venue_briefly_with_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let long = "Proceedings of the 58th Annual Meeting of the Association for Computational Linguistics";
    let one = with(paper("one", "The One", "2020-07", &["dataset/coco"]), "venue", json!(long));
    build(folder.path(), vec![one, paper("two", "The Two", "2021", &[])]);
    let server = Server::start(folder.path(), &[]);
    let list = page(&server, "/papers");
    assert!(list.contains(&format!("title=\"{long}\"><a href=\"/venue/acl-2020\">ACL 2020</a>")), "{list}");
    // Where the table is a list of blocks, each value says what it is.
    assert!(list.contains("data-label=\"Venue\"") && list.contains("data-label=\"Code\""), "{list}");
}

#[test]
fn a_search_without_hits_says_where_to_go() {
    let (_folder, server) = board_graph();
    let nothing = page(&server, "/search?q=zzzzqqqq");
    assert!(nothing.contains("href=\"/search?kind=task\"") && !nothing.contains("aria-label=\"Kinds\""), "{nothing}");
    let problem = server.page("/nothing-here").text();
    assert!(problem.contains("<h1>Not found</h1>") && problem.contains("The search above"), "{problem}");
}

#[test]
fn a_paper_shows_its_code_first_and_each_sentence_once() {
    let (_folder, server) = board_graph();
    let one = page(&server, "/paper/one");
    let code = one.find("id=\"code\"").unwrap();
    assert!(code < one.find("id=\"abstract\"").unwrap() && one.contains("not checked yet"), "{one}");
    assert!(one.contains("<pre class=\"copy\"") && one.contains("@misc{one,"), "{one}");
    // The abstract has the sentence; the list of names does not repeat it.
    assert!(!one.contains("<blockquote>"), "{one}");
    assert!(one.contains("list.txt:7 (daily-papers)"), "{one}");
    let two = page(&server, "/paper/two");
    assert!(two.contains("The paper and its sources give no code."), "{two}");
}

#[test]
fn an_entity_shows_every_year_with_its_share() {
    let folder = tempfile::tempdir().unwrap();
    let papers = vec![
        paper("one", "One", "2020", &["dataset/coco"]),
        paper("other", "Other", "2020", &["dataset/imagenet"]),
        paper("two", "Two", "2022-05", &["dataset/coco"]),
        paper("three", "Three", "2023", &["dataset/imagenet"]),
    ];
    build(folder.path(), papers);
    let server = Server::start(folder.path(), &[]);
    let coco = page(&server, "/dataset/coco");
    let years: Vec<String> = rows(&coco, "years").into_iter().map(|row| row.join(" ")).collect();
    assert_eq!(years, ["2023 0 0 %", "2022 1 100.0 %", "2021 0 no papers", "2020 1 50.0 %"]);
    assert!(coco.contains("2020: 1 paper, 50.0 % of the papers of the year"), "{coco}");
}

#[test]
fn papers_about_a_node_are_filtered_and_paged_by_address() {
    let folder = tempfile::tempdir().unwrap();
    let mut papers: Vec<_> = (1..=120)
        .map(|n| paper(&format!("p{n:03}"), &format!("Paper {n:03}"), &format!("20{:02}", n % 20), &["dataset/coco"]))
        .collect();
    let coded = paper("coded", "Coded", "2021", &["dataset/coco=evaluates-on"]);
    papers.push(with(coded, "repos", json!(["github.com/one/one"])));
    build(folder.path(), papers);
    let server = Server::start(folder.path(), &[]);
    let titles = |more: &[(&str, &str)]| {
        let page = page(&server, &address("/papers", &[&[("of", "COCO")], more].concat()));
        rows(&page, "papers").into_iter().map(|row| row[1].clone()).collect::<Vec<_>>()
    };
    let mut all: Vec<String> = ["1", "2", "3"].iter().flat_map(|n| titles(&[("page", n)])).collect();
    assert_eq!((all.len(), all[0].as_str()), (121, "Coded"));
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 121, "a paper is on two pages");
    assert_eq!(titles(&[("code", "linked")]), ["Coded"]);
    assert_eq!(titles(&[("relation", "evaluates-on")]), ["Coded"]);
    assert_eq!(titles(&[("since", "2020")]), ["Coded"]);
    assert_eq!(titles(&[("order", "oldest")])[0], "Paper 020");
    assert!(titles(&[("code", "alive")]).is_empty());
    let data: Value = serde_json::from_str(&server.get("/papers.json?of=coco").text()).unwrap();
    assert_eq!((&data["total"], data["papers"].as_array().unwrap().len()), (&json!(121), 121));
    assert_eq!(server.page("/papers?of=nothing-like-it").status, 404);
    assert_eq!(rows(&page(&server, "/papers?page=3"), "papers").len(), 21);
}

#[test]
fn every_answer_of_a_page_is_the_answer_of_its_command() {
    let (folder, server) = board_graph();
    let same = |path: &str, command: &[&str]| {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.media()), (200, "application/json"), "{path}: {}", answer.text());
        let said = stdout(kg(folder.path()).args(command).args(["--format", "json"]));
        let of = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(of(&answer.text()), of(&said), "{path}");
    };
    same("/similar.json?to=coco", &["similar", "COCO", "--limit", "50"]);
    same("/compare.json?papers=paper/one&papers=paper/two", &["compare", "paper/one", "paper/two"]);
    same("/path.json?from=coco&to=paper/one", &["path", "COCO", "paper/one", "--limit", "5"]);
    same("/trending.json?kind=task", &["rank", "--kind", "task", "--by", "growth", "--limit", "50"]);
    same("/communities.json", &["communities", "--limit", "40"]);
    for (path, command) in [
        ("/dataset/coco.csv", ["neighbors", "COCO", "--limit", "0"]),
        ("/trending.csv?kind=task", ["rank", "--kind", "task", "--by"]),
    ] {
        let mut kg = kg(folder.path());
        kg.args(command).args(["--format", "csv"]);
        if path.starts_with("/trending") {
            kg.arg("growth").args(["--limit", "50"]);
        }
        let csv = server.get(path);
        assert_eq!(csv.media(), "text/csv", "{path}");
        if !path.starts_with("/trending") {
            assert_eq!(csv.text().replace("\r\n", "\n"), stdout(&mut kg), "{path}");
        }
    }
    for path in [
        "/compare",
        "/path",
        "/path?from=coco&to=paper/two",
        "/compare?papers=paper/one,paper/two",
        "/trending",
        "/communities",
        "/code",
        "/similar?to=coco",
    ] {
        page(&server, path);
    }
    let code = page(&server, "/code");
    assert!(code.contains("Nothing was checked yet.") && !code.contains("missing at the last check"), "{code}");
    assert_eq!(server.page("/compare?papers=coco&papers=one").status, 400);
}

#[test]
fn new_papers_come_as_a_feed_with_absolute_addresses() {
    let folder = tempfile::tempdir().unwrap();
    build(
        folder.path(),
        vec![paper("a", "A <b> & C", "2024-05", &["dataset/coco"]), paper("z", "Z", "2025", &["dataset/coco"])],
    );
    let server = Server::start(folder.path(), &["--host", "kg.example.org", "--base-path", "/kg"]);
    let feed = server.request(
        "GET",
        "/kg/dataset/coco.atom",
        &[("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "kg.example.org")],
        b"",
    );
    assert_eq!((feed.status, feed.media()), (200, "application/atom+xml"));
    let feed = feed.text();
    assert!(feed.starts_with("<?xml") && feed.contains("A &lt;b&gt; &amp; C"), "{feed}");
    assert!(
        feed.contains("href=\"https://kg.example.org/kg/paper/a\"")
            && feed.contains("<updated>2024-05-01T00:00:00Z</updated>"),
        "{feed}"
    );
    assert!(feed.find("<title>Z</title>") < feed.find("<title>A"), "{feed}");
    // A name that is not the server's is not used in addresses.
    let other = server.request("GET", "/dataset/coco.atom", &[("X-Forwarded-Host", "evil.example")], b"").text();
    assert!(!other.contains("evil.example"), "{other}");
    let search = server.get("/opensearch.xml").text();
    assert!(search.contains("/kg/search?q={searchTerms}"), "{search}");
    assert!(server.get("/robots.txt").text().contains("Disallow: /kg/sparql"));
}

#[test]
fn below_a_base_path_every_address_of_a_page_begins_with_it() {
    let (folder, _) = board_graph();
    let server = Server::start(folder.path(), &["--base-path", "kg/"]);
    for path in ["/kg/", "/kg", "/kg/dataset/coco", "/kg/leaderboards", "/dataset/coco"] {
        let page = page(&server, path);
        for attribute in ["href=\"/", "src=\"/", "action=\"/"] {
            for at in page.match_indices(attribute).map(|(at, _)| at + attribute.len()) {
                assert!(page[at..].starts_with("kg/"), "{path}: {}", &page[at - 10..at + 30]);
            }
        }
    }
    let moved = server.page("/kg/Dataset/COCO");
    assert_eq!((moved.status, moved.header("location")), (301, "/kg/dataset/coco"));
}

/// The small graph in which a repository was checked three times.
fn checked_graph() -> (tempfile::TempDir, Server) {
    const CODE: &str = "repository/github.com/opengvlab/efficientqat";
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), crate::small_graph::papers());
    let alive = CheckOutcome {
        status: Some(200),
        facts: RepositoryFacts { stars: Some(1234), licence: Some("MIT".into()), ..RepositoryFacts::default() },
        ..checks::found(CODE, Verdict::Alive, checks::day(1))
    };
    let gone = |day| CheckOutcome { status: Some(404), ..checks::found(CODE, Verdict::Gone, checks::day(day)) };
    for outcome in [alive, gone(3), gone(5)] {
        checks::write(folder.path(), &[outcome]);
    }
    let server = Server::start(folder.path(), &[]);
    (folder, server)
}

#[test]
fn a_repository_shows_its_facts_with_their_age_and_every_check() {
    let (folder, server) = checked_graph();
    let repository = page(&server, "/repository/github.com/opengvlab/efficientqat");
    for says in ["1,234", "MIT", "facts as of", "EfficientQAT: Efficient Training"] {
        assert!(repository.contains(says), "{says} in {repository}");
    }
    let table = repository.split("aria-label=\"History of checks\"").nth(1).unwrap();
    let table = text(table.split("</table>").next().unwrap());
    let places = ["2026-01-05", "2026-01-03", "2026-01-01"].map(|day| table.find(day).unwrap());
    assert!(places.is_sorted() && table.contains("404") && table.contains("alive"), "{table}");
    // The command says the same.
    let said = stdout(kg(folder.path()).args(["show", "github.com/OpenGVLab/EfficientQAT"]));
    assert!(said.contains("as of 2026-01-01") && said.contains("gone on 2026-01-03, alive on 2026-01-01"), "{said}");
    let json: Value =
        serde_json::from_str(&server.get("/repository/github.com/opengvlab/efficientqat.json").text()).unwrap();
    assert_eq!(json["check"]["history"].as_array().unwrap().len(), 3, "{json}");
}

#[test]
fn what_code_is_gone_is_counted_by_year() {
    let (_folder, server) = checked_graph();
    let gone = page(&server, "/code");
    assert!(gone.contains("0 still have it and 1 lost it"), "{}", text(&gone));
    assert_eq!(rows(&gone, "papers")[0][1], "EfficientQAT: Efficient Training");
    let counts = page(&server, "/stats");
    let years: Vec<String> = rows(&counts, "years").into_iter().map(|row| row.join(" ")).collect();
    assert!(years.contains(&"2024 1 1 100.0 % 1".to_string()), "{years:?}");
}

#[test]
fn counts_trends_hardware_and_missing_papers_are_those_of_their_commands() {
    let (folder, server) = checked_graph();
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    for (path, command) in [
        ("/trends.json?of=coco&of=lora", vec!["trends", "COCO", "LoRA"]),
        ("/hardware.json", vec!["hardware", "--limit", "0"]),
        ("/missing.json", vec!["missing", "--limit", "100", "--min-papers", "1"]),
    ] {
        let said = stdout(kg(folder.path()).args(command).args(["--format", "json"]));
        assert_eq!(json(&server.get(path).text()), json(&said), "{path}");
    }
    let mut said = json(&stdout(kg(folder.path()).args(["stats", "--format", "json"])));
    // Pages do not show the folders of the machine.
    said.as_object_mut().unwrap().remove("store");
    assert_eq!(json(&server.get("/stats.json").text()), said);
    for (path, command) in [
        ("/stats.csv", vec!["stats"]),
        ("/trends.csv?of=coco", vec!["trends", "COCO"]),
        ("/hardware.csv", vec!["hardware", "--limit", "0"]),
    ] {
        let said = stdout(kg(folder.path()).args(command).args(["--format", "csv"]));
        assert_eq!(server.get(path).text().replace("\r\n", "\n"), said.replace("\r\n", "\n"), "{path}");
    }
    let trends = page(&server, "/trends?of=COCO,%20LoRA");
    assert!(trends.contains("class=\"chart wide\"") && trends.contains("class=\"chart narrow\""), "{trends}");
    assert_eq!(server.page("/trends?of=nothing-like-it").status, 404);
    assert_eq!(server.page("/trends?of=paper/arxiv-2407.11062").status, 400);
}

#[test]
fn a_node_is_drawn_with_its_neighbours_and_the_picture_has_a_page() {
    let (_folder, server) = checked_graph();
    let coco = page(&server, "/dataset/coco");
    assert!(coco.contains("class=\"picture wide\"") && coco.contains("class=\"picture narrow\""), "{coco}");
    assert!(coco.contains("/graph?around=dataset%2Fcoco"), "{coco}");
    let graph = page(&server, "/graph?around=coco");
    let drawn = graph.split("class=\"picture wide\"").nth(1).unwrap().split("</svg>").next().unwrap();
    assert!(
        drawn.contains("href=\"/paper/arxiv-2407.11062\"") && drawn.contains("paper · evaluates on · 2025"),
        "{drawn}"
    );
    for script in ["/site.js", "/cytoscape.js", "/graph.js"] {
        assert!(graph.contains(&format!("<script src=\"{script}\" defer></script>")), "{script}");
        assert_eq!(server.get(script).media(), "text/javascript");
    }
    let data: Value = serde_json::from_str(&server.get("/graph.json?around=coco").text()).unwrap();
    let ids: Vec<&str> = data["neighbors"].as_array().unwrap().iter().filter_map(|node| node["id"].as_str()).collect();
    assert!(ids.contains(&"paper/arxiv-2407.11062"), "{ids:?}");
    assert_eq!(data["node"]["path"], "/dataset/coco");
    // It also has relations between neighbours, and every relation has both ends in it.
    let edges = data["edges"].as_array().unwrap();
    let end = |edge: &Value, end: &str| edge[end].as_str().unwrap().to_string();
    assert!(
        edges.iter().any(|edge| end(edge, "from") != "dataset/coco" && end(edge, "to") != "dataset/coco"),
        "{edges:?}"
    );
    for edge in edges {
        for side in ["from", "to"] {
            let id = end(edge, side);
            assert!(id == "dataset/coco" || ids.contains(&id.as_str()), "{id}");
        }
    }
    assert!(page(&server, "/graph").contains("name=\"around\""));
    assert_eq!(server.get("/graph.json").status, 400);
}

#[test]
fn broader_and_narrower_terms_are_a_tree() {
    let (_folder, server) = checked_graph();
    let tree = |path: &str| {
        let page = page(&server, path);
        text(page.split("<ul class=\"tree\">").nth(1).unwrap().split("</section>").next().unwrap())
    };
    assert!(tree("/dataset/imagenet").starts_with("ImageNetImageNet-1K"), "{}", tree("/dataset/imagenet"));
    assert!(tree("/dataset/imagenet-1k").starts_with("ImageNet"), "{}", tree("/dataset/imagenet-1k"));
    assert!(!page(&server, "/dataset/coco").contains("class=\"tree\""));
}

#[test]
fn latex_in_titles_and_sentences_is_text() {
    let folder = tempfile::tempdir().unwrap();
    let title = "An $\\mathcal{O}(n^2)$ Bound for \\textbf{COCO}";
    build(folder.path(), vec![paper("one", title, "2020", &["dataset/coco"])]);
    let server = Server::start(folder.path(), &[]);
    for path in ["/paper/one", "/papers", "/dataset/coco", "/search?q=bound", "/"] {
        let page = page(&server, path);
        assert!(page.contains("An O(n²) Bound for COCO"), "{path}: {page}");
    }
    // Data and BibTeX keep what the source has.
    assert!(server.get("/papers.json").text().contains("\\\\mathcal{O}(n^2)"));
}

#[test]
fn authors_of_a_paper_lead_to_their_pages() {
    let folder = tempfile::tempdir().unwrap();
    let one = with(paper("one", "The One", "2020", &["dataset/coco"]), "authors", json!(["Ada Example", "Bo Sample"]));
    build(folder.path(), vec![one]);
    let server = Server::start(folder.path(), &[]);
    assert!(page(&server, "/paper/one").contains("<a href=\"/author/ada-example\">Ada Example</a>"));
    assert!(page(&server, "/author/ada-example").contains("The One"));
}

#[test]
fn papers_are_chosen_for_a_comparison_with_boxes() {
    let (_folder, server) = board_graph();
    for list in ["/papers", "/papers?of=coco", "/search?q=detection", "/search?q=detection&kind=paper"] {
        let list = page(&server, list);
        for paper in ["one", "two"] {
            let choice = format!(
                "<input class=\"choice\" type=\"checkbox\" form=\"compare\" name=\"papers\" value=\"paper/{paper}\""
            );
            assert_eq!(list.matches(&choice).count(), 1, "{list}");
        }
        assert_eq!(list.matches("<form id=\"compare\" method=\"get\" action=\"/compare\"").count(), 1);
    }
    // Where there is no paper, there is nothing to compare.
    assert!(!page(&server, "/search?q=coco&kind=dataset").contains("action=\"/compare\""));
    let compared = page(&server, "/compare?papers=paper/one&papers=paper/two");
    assert!(!compared.contains("side by side."), "{compared}");
    let seven = "/compare?papers=paper/one,paper/two,paper/one,paper/two,paper/one,paper/two,paper/one";
    assert!(page(&server, seven).contains("Of 7 papers, these are the first 6"), "{}", page(&server, seven));
}

#[test]
fn a_search_for_an_id_that_the_graph_lacks_says_so() {
    let (_folder, server) = board_graph();
    for id in
        ["2407.99999", "https://arxiv.org/abs/1706.03762v5", "github.com/detection/none", "10.1000/182", "W13-9999"]
    {
        let found = page(&server, &address("/search", &[("q", id)]));
        assert!(found.contains("Nothing in this graph has this id or address."), "{id}: {found}");
        assert!(!found.contains("Nothing has all"), "{id}: {found}");
    }
    assert!(page(&server, "/search?q=detection+zebra").contains("Nothing has all 2 words. These have 1 of them."));
    assert!(!page(&server, "/search?q=detection").contains("id or address."));
}

#[test]
fn the_answer_of_a_named_query_is_data_at_its_address_and_is_kept() {
    let (folder, server) = board_graph();
    let csv = server.get("/queries/papers-by-year.csv");
    assert_eq!((csv.status, csv.media()), (200, "text/csv"));
    assert_eq!(csv.text().replace("\r\n", "\n"), "year,papers,with_code\n2021,1,0\n2020,1,1\n");
    let json: Value = serde_json::from_str(&server.get("/queries/papers-using.json?dataset=coco").text()).unwrap();
    assert_eq!(json["results"]["bindings"].as_array().unwrap().len(), 2, "{json:#}");
    assert_eq!(server.get("/queries/nothing-like-it.csv").status, 404);
    let path = "/queries/papers-by-year";
    let answer = page(&server, path);
    assert!(text(&answer).contains("2 rows.yearpaperswith code202110202011"), "{answer}");
    let kept = folder.path().join("generations/1/rows-papers-by-year");
    let bytes = std::fs::read(&kept).unwrap();
    drop(server);
    // Another process has the answer from the file, and finds it again if the file is damaged.
    let server = Server::start(folder.path(), &["--max-queries", "1"]);
    assert_eq!(page(&server, path), answer);
    let metrics = server.get("/metrics").text();
    assert!(!metrics.contains("kg_queries_total{"), "{metrics}");
    drop(server);
    std::fs::write(&kept, &bytes[..bytes.len() - 1]).unwrap();
    let server = Server::start(folder.path(), &[]);
    assert_eq!(page(&server, path), answer);
    assert_eq!(std::fs::read(&kept).unwrap(), bytes);
}

#[test]
fn a_board_says_how_many_results_it_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut unsure = table_result("Unsure", true, None, "AP", "99.0");
    unsure["confidence"] = json!(0.4);
    let on_coco = |key: &str, result| with(paper(key, key, "2020-03", &["dataset/coco"]), "results", json!([result]));
    build(folder.path(), vec![on_coco("one", table_result("One", true, None, "AP", "40.1")), on_coco("two", unsure)]);
    let server = Server::start(folder.path(), &[]);
    let board = page(&server, "/leaderboard?dataset=coco");
    assert!(board.contains("On this dataset 1 result is left out, with a confidence below 0.7."), "{board}");
    let of_page: Value = serde_json::from_str(&server.get("/leaderboard.json?dataset=coco").text()).unwrap();
    let of_command = stdout(kg(folder.path()).args(["leaderboard", "COCO", "--format", "json"]));
    assert_eq!(of_page, serde_json::from_str::<Value>(&of_command).unwrap());
    assert_eq!(of_page["less_sure"], 1);
    // The link leads to the board with that result, as the option does.
    let all = "/leaderboard?dataset=coco&amp;min-confidence=0";
    assert!(board.contains(&format!("href=\"{all}\"")), "{board}");
    let all = page(&server, &all.replace("&amp;", "&"));
    assert!(
        text(&all).contains("2 results, by rank") && all.contains("40 % sure") && !all.contains("left out"),
        "{all}"
    );
    let of_page: Value =
        serde_json::from_str(&server.get("/leaderboard.json?dataset=coco&min-confidence=0").text()).unwrap();
    let mut command = kg(folder.path());
    command.args(["leaderboard", "COCO", "--min-confidence", "0", "--format", "json"]);
    assert_eq!(of_page, serde_json::from_str::<Value>(&stdout(&mut command)).unwrap());
    assert_eq!(server.page("/leaderboard?dataset=coco&min-confidence=2").status, 400);
}
