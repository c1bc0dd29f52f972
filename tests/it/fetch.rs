//! `kg fetch` against services that behave like the real ones on bad days.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::prelude::*;
use predicates::prelude::*;

use crate::cli::kg;
use crate::liveness_server::{Reply, Request, Server};

/// A value of a question's query.
fn asked(request: &Request, name: &str) -> String {
    let url = url::Url::parse(&format!("http://x{}", request.path)).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// A page of a feed of `total` papers.
fn atom(request: &Request, total: usize) -> Reply {
    let start: usize = asked(request, "start").parse().unwrap();
    let size: usize = asked(request, "max_results").parse().unwrap();
    Reply::status(200).body(feed(start..total.min(start + size), total).into_bytes())
}

fn feed(papers: std::ops::Range<usize>, total: usize) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\
         <opensearch:totalResults xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\">{total}</opensearch:totalResults>"
    );
    for n in papers {
        let _ = write!(
            xml,
            "<entry><id>http://arxiv.org/abs/2601.{n:05}v1</id><title>Paper {n} &amp; more</title><summary>We test on COCO.</summary>\
             <published>2026-01-02T00:00:00Z</published><author><name>A. Author</name></author></entry>"
        );
    }
    xml + "</feed>"
}

fn arxiv(server: &Server, folder: &Path) -> Command {
    let mut command = kg(folder);
    command.args(["fetch", "arxiv", "--category", "cs.CL", "--since", "2024-01-01", "--until", "2024-01-31"]);
    service(&mut command, server, folder);
    command.args(["--page-size", "10"]);
    command
}

fn hf_daily(server: &Server, folder: &Path, dates: &[&str]) -> Command {
    let mut command = kg(folder);
    command.args(["fetch", "hf-daily"]).args(dates);
    service(&mut command, server, folder);
    command
}

fn service(command: &mut Command, server: &Server, folder: &Path) {
    command.env_remove("KG_CONTACT").args(["--allow-private", "--pause", "0", "--timeout", "60", "--base-url"]);
    command.arg(server.url("/api")).arg("-o").arg(folder);
}

fn files(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != ".fetched.json").collect();
    names.sort();
    names
}

#[test]
fn a_month_comes_in_pages_and_is_not_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| atom(request, 25));
    arxiv(&server, folder.path()).assert().success().stderr(predicate::str::contains("25 papers in 3 files"));
    let pages = ["arxiv-cs.CL-2024-01-000.xml", "arxiv-cs.CL-2024-01-001.xml", "arxiv-cs.CL-2024-01-002.xml"];
    assert_eq!(files(folder.path()), pages);
    let first = std::fs::read_to_string(folder.path().join(pages[0])).unwrap();
    assert_eq!(first, feed(0..10, 25), "as the service sent it");
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(asked(&requests[0], "search_query"), "cat:cs.CL AND submittedDate:[202401010000 TO 202401312359]");
    assert_eq!(asked(&requests[2], "start"), "20");
    assert!(requests[0].headers["user-agent"].contains("(fetch"), "{:?}", requests[0].headers);
    arxiv(&server, folder.path()).assert().success().stderr(predicate::str::contains("nothing new"));
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_long_time_is_asked_for_month_by_month() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| atom(request, 1));
    let mut command = kg(folder.path());
    command.args(["fetch", "arxiv", "-c", "cs.CL,stat.ML", "--since", "2023-11-15", "--until", "2024-02-10"]);
    service(&mut command, &server, folder.path());
    command.assert().success();
    let asked: BTreeSet<String> = server.requests().iter().map(|r| asked(r, "search_query")).collect();
    assert_eq!(asked.len(), 8);
    assert!(asked.contains("cat:stat.ML AND submittedDate:[202311150000 TO 202311302359]"), "{asked:?}");
    assert!(asked.contains("cat:cs.CL AND submittedDate:[202402010000 TO 202402102359]"), "{asked:?}");
}

#[test]
fn empty_and_short_pages_where_there_are_papers_are_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| match (asked(request, "start").as_str(), request.nth) {
        ("10", 0) => Reply::status(200).body(feed(0..0, 25).into_bytes()),
        ("10", 1) => Reply::status(200).body(feed(10..14, 25).into_bytes()),
        _ => atom(request, 25),
    });
    let run = arxiv(&server, folder.path()).assert().success().get_output().clone();
    let stderr = String::from_utf8(run.stderr).unwrap();
    assert!(
        stderr.contains("an empty page where there are 10 papers") && stderr.contains("4 papers where"),
        "{stderr}"
    );
    assert_eq!(std::fs::read_to_string(folder.path().join("arxiv-cs.CL-2024-01-001.xml")).unwrap(), feed(10..20, 25));
}

#[test]
fn a_service_that_stays_empty_ends_the_run_and_the_next_goes_on_there() {
    let folder = tempfile::tempdir().unwrap();
    let down = Server::start(|request| match asked(request, "start").as_str() {
        "0" => atom(request, 25),
        _ => Reply::status(200).body(feed(0..0, 25).into_bytes()),
    });
    arxiv(&down, folder.path())
        .args(["--tries", "2"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("no usable answer").and(predicate::str::contains("run it again later")));
    assert_eq!(files(folder.path()), ["arxiv-cs.CL-2024-01-000.xml"]);
    let up = Server::start(|request| atom(request, 25));
    arxiv(&up, folder.path()).assert().success().stderr(predicate::str::contains("15 papers in 2 files"));
    assert_eq!(up.requests().len(), 2, "the first page is there");
}

#[test]
fn a_busy_service_is_left_alone_for_as_long_as_it_asks() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| match request.nth {
        0 => Reply::status(503).with("retry-after", "1"),
        1 => Reply::status(429).with("retry-after", "1"),
        _ => atom(request, 5),
    });
    arxiv(&server, folder.path()).assert().success();
    let times: Vec<_> = server.requests().iter().map(|request| request.at).collect();
    assert_eq!(times.len(), 3);
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(950)), "{times:?}");
}

#[test]
fn requests_have_a_pause_between_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| atom(request, 25));
    let mut command = arxiv(&server, folder.path());
    command.args(["--pause", "0.3"]).assert().code(2);
    let began = Instant::now();
    let mut command = kg(folder.path());
    command.args(["fetch", "arxiv", "-c", "cs.CL", "--since", "2024-01-01", "--until", "2024-01-31"]);
    command.args(["--allow-private", "--page-size", "10", "--pause", "0.3", "--base-url"]);
    command.arg(server.url("/api")).arg("-o").arg(folder.path()).assert().success();
    // Measured where the pauses are made: a busy server sees requests late.
    let pauses = u32::try_from(server.requests().len() - 1).unwrap();
    assert!(pauses > 0 && began.elapsed() >= Duration::from_millis(300) * pauses);
}

#[test]
fn an_answer_that_is_cut_off_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| match request.nth {
        // Fewer bytes than announced, then a feed without its end, as a proxy may deliver it.
        0 => Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n<feed>".to_vec()),
        1 => Reply::status(200).body(feed(0..5, 5).replace("</feed>", "").into_bytes()),
        _ => atom(request, 5),
    });
    let run = arxiv(&server, folder.path()).assert().success().get_output().clone();
    let stderr = String::from_utf8(run.stderr).unwrap();
    assert!(stderr.contains("cut off") && stderr.contains("not a complete feed"), "{stderr}");
    assert_eq!(files(folder.path()), ["arxiv-cs.CL-2024-01-000.xml"]);
}

#[test]
fn what_the_service_says_is_wrong_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_| {
        Reply::status(400).body(
            b"<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>http://arxiv.org/api/errors#x</id><title>Error</title>\
              <summary>malformed query</summary></entry></feed>"
                .to_vec(),
        )
    });
    arxiv(&server, folder.path())
        .assert()
        .code(1)
        .stderr(predicate::str::contains("refuses the request: malformed query"));
    assert_eq!(server.requests().len(), 1);
}

/// Starts a run, and kills it at its third request.
fn kill_at_third_request(run: &mut Command, server: &Server) {
    let mut run = run.stderr(Stdio::null()).spawn().unwrap();
    while server.requests().len() < 3 {
        std::thread::sleep(Duration::from_millis(20));
    }
    run.kill().unwrap();
    run.wait().unwrap();
}

#[test]
fn a_run_that_is_killed_is_taken_up_without_asking_twice() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| match (asked(request, "start").as_str(), request.nth) {
        ("20", 0) => Reply::Hang,
        _ => atom(request, 45),
    });
    kill_at_third_request(&mut arxiv(&server, folder.path()), &server);
    arxiv(&server, folder.path()).assert().success().stderr(predicate::str::contains("25 papers in 3 files"));
    let starts: Vec<String> = server.requests().iter().map(|request| asked(request, "start")).collect();
    assert_eq!(starts, ["0", "10", "20", "20", "30", "40"]);
    assert_eq!(files(folder.path()).len(), 5);
}

#[test]
fn addresses_that_not_everyone_can_reach_are_not_asked_unless_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| atom(request, 5));
    let mut command = kg(folder.path());
    command
        .args(["fetch", "hf-daily", "--date", "2024-01-05", "--base-url"])
        .arg(server.url("/api"))
        .arg("-o")
        .arg(folder.path());
    command.assert().code(1).stderr(predicate::str::contains("is not public"));
    assert!(server.requests().is_empty());
}

/// A page of a list of `total` records by OAI-PMH, two a page; its token is where the next one begins.
fn oai(request: &Request, total: usize) -> Reply {
    let start: usize = asked(request, "resumptionToken").trim_start_matches("from|").parse().unwrap_or_default();
    Reply::status(200).body(records(start..total.min(start + 2), total).into_bytes())
}

fn records(papers: std::ops::Range<usize>, total: usize) -> String {
    let mut xml = String::from("<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\"><ListRecords>");
    for n in papers.clone() {
        let _ = write!(
            xml,
            "<record><header><identifier>oai:arXiv.org:2601.{n:05}</identifier></header><metadata><arXiv xmlns=\"http://arxiv.org/OAI/arXiv/\">\
             <id>2601.{n:05}</id><created>2024-01-02</created><title>Paper {n}</title><abstract>We test on COCO.</abstract></arXiv></metadata></record>"
        );
    }
    let next = if papers.end < total { format!("from|{}", papers.end) } else { String::new() };
    let _ = write!(
        xml,
        "<resumptionToken cursor=\"{}\" completeListSize=\"{total}\">{next}</resumptionToken>",
        papers.start
    );
    xml + "</ListRecords></OAI-PMH>"
}

fn oai_error(code: &str, text: &str) -> Reply {
    let xml = format!(
        "<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\"><error code=\"{code}\">{text}</error></OAI-PMH>"
    );
    Reply::status(200).body(xml.into_bytes())
}

fn arxiv_oai(server: &Server, folder: &Path) -> Command {
    let mut command = kg(folder);
    command.args(["fetch", "arxiv-oai", "--set", "cs", "--since", "2024-01-01", "--until", "2024-01-31"]);
    service(&mut command, server, folder);
    command
}

#[test]
fn records_come_page_by_page_along_the_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| oai(request, 5));
    arxiv_oai(&server, folder.path())
        .assert()
        .success()
        .stderr(predicate::str::contains("4 of 5 papers").and(predicate::str::contains("5 papers in 3 files")));
    let pages = ["arxiv-oai-cs-2024-01-000.xml", "arxiv-oai-cs-2024-01-001.xml", "arxiv-oai-cs-2024-01-002.xml"];
    assert_eq!(files(folder.path()), pages);
    assert_eq!(std::fs::read_to_string(folder.path().join(pages[1])).unwrap(), records(2..4, 5), "as it was sent");
    let requests = server.requests();
    let questions: Vec<&str> = requests.iter().map(|r| r.path.split_once('?').unwrap().1).collect();
    assert_eq!(
        questions,
        [
            "verb=ListRecords&metadataPrefix=arXiv&from=2024-01-01&until=2024-01-31&set=cs",
            "verb=ListRecords&resumptionToken=from%7C2",
            "verb=ListRecords&resumptionToken=from%7C4",
        ]
    );
    arxiv_oai(&server, folder.path()).assert().success().stderr(predicate::str::contains("nothing new"));
    assert_eq!(server.requests().len(), 3, "a month that is over is not asked for again");
}

#[test]
fn sets_months_and_forms_are_lists_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| match asked(request, "set").as_str() {
        "stat" => oai_error("noRecordsMatch", "none"),
        _ => oai(request, 1),
    });
    let mut command = kg(folder.path());
    command.args(["fetch", "arxiv-oai", "--set", "cs:cs:CL,stat", "--since", "2023-12-15", "--until", "2024-01-05"]);
    service(&mut command, &server, folder.path());
    command.args(["--metadata-prefix", "arXivRaw"]).assert().success();
    assert_eq!(
        files(folder.path()),
        ["arxiv-oai-raw-cs.cs.CL-2023-12-000.xml", "arxiv-oai-raw-cs.cs.CL-2024-01-000.xml"],
        "a list without records is no file"
    );
    assert_eq!(server.requests().len(), 4);
    let mut command = kg(folder.path());
    command.args(["fetch", "arxiv-oai", "--since", "2024-01-01", "--until", "2024-01-31"]);
    service(&mut command, &server, folder.path());
    command.assert().success();
    assert!(files(folder.path()).contains(&"arxiv-oai-all-2024-01-000.xml".to_string()));
}

#[test]
fn a_harvest_that_is_killed_goes_on_at_its_last_token() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| match (asked(request, "resumptionToken").as_str(), request.nth) {
        ("from|4", 0) => Reply::Hang,
        _ => oai(request, 7),
    });
    kill_at_third_request(&mut arxiv_oai(&server, folder.path()), &server);
    arxiv_oai(&server, folder.path()).assert().success().stderr(predicate::str::contains("3 papers in 2 files"));
    let tokens: Vec<String> = server.requests().iter().map(|request| asked(request, "resumptionToken")).collect();
    assert_eq!(tokens, ["", "from|2", "from|4", "from|4", "from|6"]);
    assert_eq!(files(folder.path()).len(), 4);
}

#[test]
fn a_token_that_has_expired_costs_its_month_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let down = Server::start(|request| match asked(request, "resumptionToken").as_str() {
        "from|4" => Reply::status(404),
        _ => oai(request, 7),
    });
    arxiv_oai(&down, folder.path()).assert().code(1).stderr(predicate::str::contains("run it again later"));
    let server = Server::start(|request| match (asked(request, "resumptionToken").as_str(), request.nth) {
        ("from|4", 0) => oai_error("badResumptionToken", "it has expired"),
        _ => oai(request, 2),
    });
    arxiv_oai(&server, folder.path()).assert().success().stderr(predicate::str::contains("the token has expired"));
    let tokens: Vec<String> = server.requests().iter().map(|request| asked(request, "resumptionToken")).collect();
    assert_eq!(tokens, ["from|4", ""]);
    assert_eq!(files(folder.path()), ["arxiv-oai-cs-2024-01-000.xml"], "the list has become shorter");
    // A repository whose every token has expired ends the run.
    let folder = tempfile::tempdir().unwrap();
    let broken = Server::start(|request| match asked(request, "resumptionToken").as_str() {
        "" => oai(request, 3),
        _ => oai_error("badResumptionToken", "it has expired"),
    });
    arxiv_oai(&broken, folder.path()).assert().code(1).stderr(predicate::str::contains("badResumptionToken"));
    assert_eq!(broken.requests().len(), 4);
}

#[test]
fn a_busy_repository_is_left_alone_and_what_it_refuses_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| match request.nth {
        0 => Reply::status(503).with("retry-after", "1"),
        1 => Reply::status(200).body(b"<OAI-PMH><ListRecords><record></record>".to_vec()),
        2 => Reply::html("<html><title>maintenance</title></html>"),
        _ => oai(request, 2),
    });
    let run = arxiv_oai(&server, folder.path()).assert().success().get_output().clone();
    let stderr = String::from_utf8(run.stderr).unwrap();
    assert!(stderr.contains("not a complete list") && stderr.contains("not OAI-PMH"), "{stderr}");
    let times: Vec<_> = server.requests().iter().map(|request| request.at).collect();
    assert!(times[1] - times[0] >= Duration::from_millis(950), "{times:?}");
    let folder = tempfile::tempdir().unwrap();
    let refusing = Server::start(|_| oai_error("badArgument", "the set is not known"));
    arxiv_oai(&refusing, folder.path())
        .assert()
        .code(1)
        .stderr(predicate::str::contains("refuses the request: badArgument: the set is not known"));
    assert_eq!(refusing.requests().len(), 1);
    let mut command = kg(folder.path());
    command.args(["fetch", "arxiv-oai", "--set", "../x", "--since", "2024-01-01", "-o"]).arg(folder.path());
    command.assert().code(2).stderr(predicate::str::contains("not a set of arXiv"));
}

fn list(papers: usize) -> Reply {
    let one = |n| serde_json::json!({"paper": {"id": format!("2401.{n:05}"), "title": format!("Paper {n}"), "summary": "We test on COCO."}});
    Reply::json((0..papers).map(one).collect())
}

#[test]
fn daily_lists_come_day_by_day_and_a_sunday_has_none() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| match asked(request, "date").as_str() {
        "2024-01-07" => list(0),
        "2024-01-08" if asked(request, "p") == "0" => list(100),
        _ => list(3),
    });
    let days = ["--since", "2024-01-06", "--until", "2024-01-08"];
    hf_daily(&server, folder.path(), &days)
        .assert()
        .success()
        .stderr(predicate::str::contains("106 papers in 3 files"));
    assert_eq!(
        files(folder.path()),
        ["hf-daily-2024-01-06.json", "hf-daily-2024-01-08-1.json", "hf-daily-2024-01-08.json"]
    );
    let requests = server.requests().len();
    hf_daily(&server, folder.path(), &days).assert().success();
    hf_daily(&server, folder.path(), &["--date", "2024-01-07"]).assert().success();
    assert_eq!(server.requests().len(), requests);
}

#[test]
fn an_answer_that_is_not_a_list_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|request| match asked(request, "date").as_str() {
        "2024-01-05" => Reply::json(serde_json::json!({"error": "Invalid date"})),
        _ => Reply::html("<title>maintenance</title>"),
    });
    hf_daily(&server, folder.path(), &["--date", "2024-01-05"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("Invalid date"));
    hf_daily(&server, folder.path(), &["--date", "2024-01-04"])
        .args(["--tries", "2"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("is not JSON"));
    assert!(files(folder.path()).is_empty());
}

#[test]
fn a_damaged_note_of_what_is_done_is_reported_and_wrong_arguments_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(|_| list(1));
    std::fs::write(folder.path().join(".fetched.json"), "{").unwrap();
    hf_daily(&server, folder.path(), &["--date", "2024-01-05"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("fetched.json"));
    std::fs::remove_file(folder.path().join(".fetched.json")).unwrap();
    hf_daily(&server, folder.path(), &["--since", "2024-02-01", "--until", "2024-01-01"]).assert().code(2);
    hf_daily(&server, folder.path(), &["--date", "2999-01-01"]).assert().code(2);
    let mut command = kg(folder.path());
    command.args(["fetch", "arxiv", "-c", "cs.CL/../x", "--since", "2024-01-01", "-o"]).arg(folder.path());
    command.assert().code(2).stderr(predicate::str::contains("not a category of arXiv"));
    assert!(server.requests().is_empty());
}

#[test]
fn what_was_fetched_is_what_a_build_reads() {
    let folder = tempfile::tempdir().unwrap();
    let (fetched, graph) = (folder.path().join("fetched"), folder.path().join("graph"));
    let server = Server::start(|request| match (asked(request, "date").as_str(), asked(request, "verb").as_str()) {
        ("", "") => atom(request, 3),
        ("", _) => oai(request, 5),
        _ => list(2),
    });
    arxiv(&server, &fetched).assert().success();
    arxiv_oai(&server, &fetched).assert().success();
    hf_daily(&server, &fetched, &["--date", "2024-01-05"]).assert().success();
    kg(&graph).arg("build").args(files(&fetched).iter().map(|name| fetched.join(name))).assert().success();
    let count = "SELECT (COUNT(*) AS ?n) WHERE { ?p a kg:Paper }";
    kg(&graph).args(["query", "--format", "csv", "-e", count]).assert().stdout(predicate::str::contains("7"));
}
