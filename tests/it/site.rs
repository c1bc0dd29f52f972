//! The site that `kg serve` makes of a graph: leaderboards, entities, papers, search, and their data.

use serde_json::{Value, json};

use crate::cli::{kg, stdout};
use crate::http::{Server, address};
use crate::small_graph::{build, paper, with};

/// A result of a table on COCO, as the record has it.
fn table_result(system: &str, own: bool, variant: Option<&str>, metric: &str, value: &str) -> Value {
    json!({
        "system": system, "own": own, "task": "object detection", "dataset": "coco", "variant": variant,
        "metric": metric, "value": value, "entities": ["dataset/coco"],
        "place": {"table": 1, "label": "Table 1", "row": 3, "column": 2},
    })
}

/// Two papers with results on COCO, one of which gives its code.
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
        let cells = row.split("<t").filter(|cell| cell.starts_with("d") || cell.starts_with("h"));
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
    // The other metric of the same system is beside it.
    assert_eq!((shown[1][1].as_str(), shown[1][3].as_str()), ("One record", "61.0"), "{shown:?}");
    assert!(shown[1].iter().any(|cell| cell == "one/one official, not checked"), "{shown:?}");
    assert!(shown[2][1].starts_with("Old as cited") && shown[2].last().unwrap() == "Table 1, row 3", "{shown:?}");
    assert!(board.contains("<svg") && board.contains("class=\"chart narrow\""), "{board}");
    for says in ["href=\"/dataset/coco\"", "variant=dev", "metric=AP50", "kg leaderboard COCO --metric AP"] {
        assert!(board.contains(says), "{says} in {board}");
    }
    // The data at the same address has the command's fields and values.
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
