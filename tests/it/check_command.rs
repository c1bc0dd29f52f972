//! `kg check` from outside: its requests, its output, and the graph after it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use assert_cmd::prelude::*;
use papergraph::liveness::{RepositoryFacts, Verdict};
use predicates::prelude::*;
use serde_json::Value;

use crate::checks::{day, found, write};
use crate::cli::{kg, send, stdout};
use crate::liveness_server::{Identity, Reply, Request, Server};
use crate::small_graph::{build, paper, with};

/// A graph whose repositories are all on one server that acts as GitHub.
struct World {
    folder: tempfile::TempDir,
    server: Server,
    authority: PathBuf,
}

fn linking(key: &str, year: &str, dataset: &str, repositories: &[&str]) -> papergraph::extract::Extraction {
    let repositories: Vec<String> = repositories.iter().map(|name| format!("github.com/{name}")).collect();
    let code = if repositories.is_empty() { "promised" } else { "link" };
    let record = paper(key, &format!("Paper {key}"), year, &[dataset]);
    with(with(record, "repos", serde_json::json!(repositories)), "code", code.into())
}

fn papers() -> Vec<papergraph::extract::Extraction> {
    let lost = with(linking("lost", "2021", "dataset/imagenet-1k", &["a/gone"]), "organization", "NVIDIA".into());
    vec![
        linking("kept", "2019", "dataset/coco", &["a/alive"]),
        lost,
        linking("moved", "2021", "dataset/coco", &["a/moved"]),
        linking("late", "2020", "dataset/coco", &[]),
    ]
}

fn github(request: &Request) -> Reply {
    match request.path.as_str() {
        "/a/gone" => Reply::status(404),
        "/a/moved" => Reply::to(301, "/b/Moved"),
        _ => Reply::html("<title>code</title>"),
    }
}

fn world(play: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> World {
    let folder = tempfile::tempdir().unwrap();
    build(&folder.path().join("graph"), papers());
    let identity = Identity::of(&["github.com"]);
    let authority = folder.path().join("authority.pem");
    std::fs::write(&authority, &identity.authority).unwrap();
    World { server: Server::start_tls(&identity, play), folder, authority }
}

impl World {
    fn graph(&self) -> PathBuf {
        self.folder.path().join("graph")
    }

    fn check(&self) -> Command {
        let mut command = kg(&self.graph());
        for token in ["GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "HF_TOKEN", "KG_CONTACT"] {
            command.env_remove(token);
        }
        command.args(["check", "--allow-private", "--timeout", "60s", "--ca-certificate"]).arg(&self.authority);
        command.arg("--resolve").arg(format!("github.com:443:{}", self.server.address));
        command
    }

    fn verdicts(&self) -> BTreeMap<String, String> {
        let query = "SELECT ?name ?verdict WHERE { ?repository kg:verdict ?verdict ; rdfs:label ?name }";
        let out = stdout(kg(&self.graph()).args(["query", "--format", "csv", "-e", query]));
        out.lines().skip(1).filter_map(|line| line.split_once(',')).map(|(a, b)| (a.into(), b.into())).collect()
    }
}

/// The graph of [`papers`] with checks on fixed days, so that output about it does not depend on today.
fn known() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let key = |name: &str| format!("repository/github.com/{name}");
    let mut alive = found(&key("a/alive"), Verdict::Alive, day(1));
    alive.facts = RepositoryFacts {
        stars: Some(1234),
        licence: Some("MIT".into()),
        last_push: Some(day(-40)),
        ..RepositoryFacts::default()
    };
    alive.status = Some(200);
    let mut moved = found(&key("a/moved"), Verdict::Moved, day(2));
    moved.moved_to = Some("https://github.com/b/Moved".into());
    write(folder.path(), &[alive, moved, found(&key("a/gone"), Verdict::Alive, day(1))]);
    for at in [10, 20, 30] {
        write(folder.path(), &[found(&key("a/gone"), Verdict::Gone, day(at))]);
    }
    folder
}

fn offline(graph: &Path, args: &[&str]) -> String {
    stdout(kg(graph).args(["check", "--offline"]).args(args))
}

#[test]
fn what_is_found_is_reported_and_becomes_part_of_the_graph() {
    let world = world(github);
    let table = stdout(world.check().args(["--contact", "me@example.org"]));
    assert!(table.contains("github.com"), "{table}");
    assert!(table.contains("In doubt (1)\n  https://github.com/a/gone  private-or-gone"), "{table}");
    assert!(
        table.contains("Moved (1)\n  https://github.com/a/moved  moved\n      now https://github.com/b/Moved"),
        "{table}"
    );
    assert!(table.ends_with("3 links asked\n"), "{table}");
    let verdicts = world.verdicts();
    let said: Vec<&str> =
        ["alive", "gone", "moved"].map(|name| verdicts[&format!("github.com/a/{name}")].as_str()).into();
    assert_eq!(said, ["alive", "private-or-gone", "moved"]);
    assert!(world.server.requests().iter().all(|r| r.headers["user-agent"].contains("me@example.org")));
    let shown = stdout(kg(&world.graph()).args(["show", "github.com/a/moved"]));
    assert!(
        shown.contains("last check    moved, ") && shown.contains("moved to      https://github.com/b/"),
        "{shown}"
    );
    let list = stdout(kg(&world.graph()).args(["neighbors", "ImageNet-1K"]));
    assert!(list.contains("https://github.com/a/gone  private-or-gone"), "{list}");
}

#[test]
fn what_is_known_is_not_asked_again_before_its_time() {
    let world = world(github);
    stdout(&mut world.check());
    let asked = world.server.requests().len();
    let again = stdout(&mut world.check());
    assert!(again.contains("0 links asked") || again.contains("1 link asked"), "{again}");
    assert!(!world.server.asked()[asked..].iter().any(|request| request.contains("alive") || request.contains("gone")));
    let asked = world.server.requests().len();
    stdout(world.check().args(["--max-age", "0", "--only", "alive"]));
    let since = &world.server.asked()[asked..];
    assert!(since.iter().any(|request| request.contains("/a/alive")), "{since:?}");
    assert!(!since.iter().any(|request| request.contains("gone")), "{since:?}");
}

#[test]
fn a_run_fails_only_for_the_named_states() {
    let world = world(github);
    world.check().assert().success();
    world
        .check()
        .args(["--fail-on", "private-or-gone,empty"])
        .assert()
        .code(4)
        .stderr(predicate::str::contains("1 link failed the check (--fail-on private-or-gone,empty)"));
    world.check().args(["--fail-on", "dead,gone"]).assert().success();
    world.check().args(["--fail-on", "suspected"]).assert().code(4);
    world
        .check()
        .args(["--fail-on", "sad"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("none of dead, suspected"));
}

#[test]
fn a_dry_run_asks_nothing_and_lists_what_would_be_asked() {
    let world = world(github);
    let output = world.check().arg("--dry-run").assert().success().get_output().clone();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "https://github.com/a/alive\nhttps://github.com/a/gone\nhttps://github.com/a/moved\n"
    );
    assert!(String::from_utf8(output.stderr).unwrap().contains("3 links on 1 host would be checked"));
    assert!(world.server.requests().is_empty());
    assert!(world.verdicts().is_empty());
}

#[test]
fn a_machine_without_a_network_says_so_and_records_nothing() {
    let world = world(github);
    // A port that nobody listens on.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxy = format!("http://{nobody}");
    world
        .check()
        .args(["--tries", "1", "--proxy", &proxy])
        .assert()
        .code(3)
        .stdout("")
        .stderr(predicate::str::contains("cannot be reached from this machine; nothing was written"))
        .stderr(predicate::str::contains("run it again"));
    assert!(!std::fs::read_to_string(world.graph().join("checks.jsonl")).unwrap().contains("verdict"));
    assert!(world.verdicts().is_empty());
    // The next run asks everything.
    assert!(stdout(&mut world.check()).ends_with("3 links asked\n"));
}

#[test]
fn a_dry_run_and_an_offline_listing_know_what_a_killed_run_learnt() {
    let world = world(github);
    let now = jiff::Timestamp::now();
    let outcome = found("repository/github.com/a/alive", Verdict::Alive, now);
    let line = serde_json::to_string(&outcome).unwrap();
    std::fs::write(world.graph().join("checks.jsonl"), format!("{line}\n")).unwrap();

    let planned = |args: &[&str]| stdout(world.check().arg("--dry-run").args(args));
    assert_eq!(planned(&[]), "https://github.com/a/gone\nhttps://github.com/a/moved\n");
    assert_eq!(planned(&["--only", "new"]), planned(&[]));
    assert!(planned(&["--max-age", "0"]).starts_with("https://github.com/a/alive  (alive, "));
    let listed = stdout(world.check().args(["--offline", "--format", "csv"]));
    assert!(listed.contains("https://github.com/a/alive,alive,"), "{listed}");
    assert_eq!(stdout(world.check().args(["--offline", "--only", "alive", "--format", "jsonl"])).lines().count(), 1);
    // A run requests exactly what the dry run has listed.
    assert!(stdout(&mut world.check()).contains("2 links asked"));
    let asked = world.server.asked();
    assert!(!asked.iter().any(|request| request.contains("/a/alive")), "{asked:?}");
}

#[test]
fn filters_bound_what_is_asked() {
    let world = world(github);
    let planned = |args: &[&str]| stdout(world.check().arg("--dry-run").args(args)).lines().count();
    assert_eq!(planned(&["--dataset", "COCO"]), 2);
    assert_eq!(planned(&["--paper", "Paper lost"]), 1);
    assert_eq!(planned(&["--around", "ImageNet-1K", "--around", "COCO"]), 3);
    assert_eq!(planned(&["--kind", "page"]), 0);
    assert_eq!(planned(&["--host", "www.GitHub.com"]), 3);
    assert_eq!(planned(&["--host", "gitlab.com"]), 0);
    assert_eq!(planned(&["--only", "new"]), 3);
    assert_eq!(planned(&["--only", "gone,stale"]), 0);
    world
        .check()
        .args(["--dataset", "Paper lost"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("no dataset called"));
}

#[test]
fn an_interrupted_run_keeps_what_it_learnt_and_the_next_asks_the_rest() {
    for signal in ["INT", "KILL"] {
        let world = world(|request| match request.path.as_str() {
            // Answers only the second request, in the second run.
            "/a/gone" if request.nth == 0 => Reply::Hang,
            _ => github(request),
        });
        let mut run = world.check().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let journal = world.graph().join("checks.jsonl");
        // The first line is the header.
        let learnt = || std::fs::read_to_string(&journal).unwrap_or_default().lines().count();
        // Were the link not asked yet, the second run would wait for the answer that never comes.
        let hangs = || world.server.requests().iter().any(|request| request.path == "/a/gone");
        while learnt() < 3 || !hangs() {
            assert_eq!(run.try_wait().unwrap(), None, "it ended before it learnt anything");
            std::thread::sleep(Duration::from_millis(20));
        }
        send(signal, run.id());
        let code = run.wait().unwrap().code();
        assert_eq!(code, if signal == "INT" { Some(130) } else { None });
        assert_eq!(world.verdicts().len(), if signal == "INT" { 2 } else { 0 }, "{signal}");
        stdout(&mut world.check());
        assert!(world.verdicts().len() >= 3, "{signal}: {:?}", world.verdicts());
        let times = world.server.asked().iter().filter(|request| request.contains("/a/alive")).count();
        assert_eq!(times, 1, "{signal}: asked twice within its age");
    }
}

#[test]
fn findings_are_summed_up_in_a_table() {
    let graph = known();
    insta::assert_snapshot!(offline(graph.path(), &[]));
    insta::assert_snapshot!("the_table_of_a_graph_that_was_never_checked", {
        let folder = tempfile::tempdir().unwrap();
        build(folder.path(), papers());
        offline(folder.path(), &[])
    });
}

#[test]
fn findings_come_in_every_format() {
    let graph = known();
    insta::assert_snapshot!("findings_csv", offline(graph.path(), &["--format", "csv"]));
    insta::assert_snapshot!("findings_markdown", offline(graph.path(), &["--format", "markdown"]));
    insta::assert_snapshot!("findings_junit", offline(graph.path(), &["--format", "junit"]));
    let all: Value = serde_json::from_str(&offline(graph.path(), &["--format", "json"])).unwrap();
    assert_eq!((all["links"].as_u64(), all["dead"].as_u64(), all["asked"].as_u64()), (Some(4), Some(1), Some(0)));
    let lines = offline(graph.path(), &["--format", "jsonl", "--only", "dead"]);
    let line: Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!((line["verdict"].as_str(), line["dead"].as_bool()), (Some("gone"), Some(true)));
    assert_eq!(line["last_alive"], "2026-01-01T12:00:00Z");
}

#[test]
fn hostile_addresses_stay_in_their_place_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let evil = "https://x.example/<b>|`&\"'\u{1b}[31m=1+1";
    build(folder.path(), vec![with(paper("evil", "<i>Evil</i> & co", "2020", &[]), "urls", serde_json::json!([evil]))]);
    let xml = offline(folder.path(), &["--format", "junit"]);
    let mut reader = quick_xml::Reader::from_str(&xml);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{error}: {xml}"),
        }
    }
    assert!(!xml.contains("<b>") && !xml.contains('\u{1b}'), "{xml}");
    let markdown = offline(folder.path(), &["--format", "markdown"]);
    assert!(!markdown.contains("<b>"), "{markdown}");
    assert!(!offline(folder.path(), &[]).contains('\u{1b}'));
    let page = folder.path().join("page.html");
    kg(folder.path()).args(["check", "--offline", "--report"]).arg(&page).assert().success();
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(!html.contains("<i>Evil"), "{html}");
}

#[test]
fn a_page_shows_what_became_of_the_code() {
    let graph = known();
    let page = graph.path().join("page.html");
    kg(graph.path()).args(["check", "--offline", "--report"]).arg(&page).assert().success();
    let html = std::fs::read_to_string(&page).unwrap();
    let section = |heading: &str| {
        let from = html.find(heading).unwrap_or_else(|| panic!("no {heading}"));
        html[from..].split("<section").next().unwrap().to_string()
    };
    let lead = section("class=\"lead\"");
    assert!(lead.contains("3 papers") && lead.contains("2 still have it") && lead.contains("1 lost it"), "{lead}");
    let lost = section("Papers that lost their code");
    assert!(lost.contains("Paper lost") && lost.contains("last seen alive 2026-01-01"), "{lost}");
    assert!(!lost.contains("Paper kept"), "{lost}");
    assert!(section("Promised, but not available").contains("Paper late"));
    assert!(section("Moved").contains("github.com/b/"));
    let survivors = section("The oldest survivors");
    assert!(survivors.contains("1,234 stars, MIT, last push 2025-11-21"), "{survivors}");
    assert!(html.contains("lang=\"en\"") && html.contains("role=\"img\""));
    // Needs nothing else, and runs nothing.
    assert!(!html.contains("<script") && !html.contains("src=") && !html.contains("@import"));
    let patterns: Vec<&str> = html.split("url(#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(!patterns.is_empty() && patterns.iter().all(|id| html.contains(&format!("id=\"{id}\""))));
}

#[test]
fn a_page_of_a_scope_is_about_its_papers_only() {
    let graph = known();
    let page = graph.path().join("page.html");
    kg(graph.path()).args(["check", "--offline", "--dataset", "COCO", "--report"]).arg(&page).assert().success();
    let html = std::fs::read_to_string(&page).unwrap();
    assert!(html.contains("Paper kept") && html.contains("Paper late") && !html.contains("Paper lost"));
}

#[test]
fn named_queries_answer_what_became_of_the_code() {
    let graph = known();
    let ask = |args: &[&str]| stdout(kg(graph.path()).args(["query", "--format", "csv"]).args(args));
    assert_eq!(ask(&["dead-code-by-year"]), "year,papers,checked,lost\n2021,2,2,1\n2019,1,1,0\n");
    assert_eq!(
        ask(&["moved-repositories"]),
        "address,now,papers,repository\ngithub.com/a/moved,github.com/b/Moved,1,\
         https://w3id.org/papergraph/repository/github.com/a/moved\n"
    );
    let live = ask(&["live-code-for-dataset", "dataset=COCO"]);
    let live: Vec<&str> = live.lines().skip(1).collect();
    assert_eq!(live.len(), 2, "{live:?}");
    assert!(live[0].starts_with("2019,Paper kept,github.com/a/alive,alive,1234,"), "{live:?}");
    assert!(live[1].starts_with("2021,Paper moved,github.com/b/Moved,moved,,"), "{live:?}");
    assert_eq!(ask(&["live-code-for-dataset", "dataset=ImageNet-1K"]).lines().count(), 1);
    assert!(ask(&["dead-repositories"]).contains("github.com/a/gone,gone,2026-01-01T12:00:00Z,2021,Paper lost"));
    assert!(ask(&["promised-code"]).contains("2020,promised,Paper late"));
}

#[test]
fn a_promise_kept_by_an_empty_repository_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let promise =
        |key: &str| with(linking(key, "2024", "dataset/coco", &[&format!("x/{key}")]), "code", "promised".into());
    build(folder.path(), vec![promise("hollow"), promise("full")]);
    write(
        folder.path(),
        &[
            found("repository/github.com/x/hollow", Verdict::ReadmeOnly, day(1)),
            found("repository/github.com/x/full", Verdict::Alive, day(1)),
        ],
    );
    let rows = stdout(kg(folder.path()).args(["query", "promised-code", "--format", "csv"]));
    assert!(rows.contains("Paper hollow") && rows.contains("github.com/x/hollow,readme-only"), "{rows}");
    assert!(!rows.contains("Paper full"), "{rows}");
}

#[test]
fn the_verdict_is_shown_where_the_link_is() {
    let graph = known();
    let list = stdout(kg(graph.path()).args(["neighbors", "COCO", "--color", "always"]));
    assert!(list.contains("github.com/a/alive\u{1b}[0m  \u{1b}[32malive"), "{list}");
    let shown = stdout(kg(graph.path()).args(["show", "github.com/a/gone"]));
    assert!(shown.contains("last check    dead (gone), 2026-01-30"), "{shown}");
    assert!(shown.contains("missing       since 2026-01-10, in 3 checks"), "{shown}");
    assert!(shown.contains("seen alive    2026-01-01"), "{shown}");
    let json: Value =
        serde_json::from_str(&stdout(kg(graph.path()).args(["show", "github.com/a/alive", "--format", "json"])))
            .unwrap();
    assert_eq!(
        (json["check"]["verdict"].as_str(), json["check"]["facts"]["stars"].as_u64()),
        (Some("alive"), Some(1234))
    );
    let json: Value =
        serde_json::from_str(&stdout(kg(graph.path()).args(["neighbors", "ImageNet-1K", "--format", "json"]))).unwrap();
    assert_eq!(json["groups"][0]["rows"][0]["checks"]["github.com/a/gone"]["dead"], true, "{json:#}");
    let dot = stdout(kg(graph.path()).args(["neighbors", "ImageNet-1K", "--format", "dot", "--depth", "2"]));
    assert!(dot.contains("gone"), "{dot}");
}
