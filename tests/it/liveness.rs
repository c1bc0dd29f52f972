//! Checks links over HTTP: one test for each verdict and each behaviour of a host, against a server on the loopback.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use papergraph::liveness::{
    AddressLookup, Certainty, CheckConfig, CheckError, CheckOutcome, CheckPlan, Checker, HostLimits, Hosts, Journal,
    Link, RunEnd, Verdict,
};
use serde_json::json;

use crate::liveness_server::{Identity, Reply, Request, Server};
use crate::patience::{HANG, until};
use crate::small_graph;

/// Allows the loopback, with short pauses, and with time limits that only a hang reaches.
fn config() -> CheckConfig {
    let mut config = CheckConfig::new(Hosts::shipped().unwrap());
    config.hosts.default = HostLimits { concurrency: 4, per_second: 0.0 };
    config.allow_private = true;
    config.timeout = HANG;
    config.connect_timeout = HANG;
    config.link_time = HANG;
    config.patience = Duration::from_secs(5);
    config.backoff = Duration::from_millis(20);
    config.tries = 2;
    config
}

/// As [`config`], for hosts that do not answer in time.
fn impatient() -> CheckConfig {
    let time = Duration::from_millis(600);
    CheckConfig { timeout: time, connect_timeout: time, link_time: Duration::from_secs(2), ..config() }
}

/// The outcome of one page on a server that does not answer in time.
fn play_slow(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> CheckOutcome {
    let server = Server::start(reply);
    look(impatient(), page(server.url("/paper")))
}

fn page(url: impl Into<String>) -> Link {
    let url = url.into();
    Link { key: format!("page/{}", url.split_once("://").map_or(url.as_str(), |(_, rest)| rest)), url }
}

fn repository(name: &str) -> Link {
    Link { key: format!("repository/{}", name.to_lowercase()), url: format!("https://{name}") }
}

fn check_in(folder: &std::path::Path, config: CheckConfig, links: Vec<Link>) -> Vec<CheckOutcome> {
    let mut journal = Journal::open(folder).unwrap();
    let plan = CheckPlan::new(links, &journal, &config);
    let mut outcomes = plan.fresh;
    let end = Checker::new(config).unwrap().run(plan.due, &mut journal, |outcome| outcomes.push(outcome.clone()));
    assert_eq!(end.unwrap(), RunEnd::Finished);
    outcomes
}

fn check(config: CheckConfig, links: Vec<Link>) -> Vec<CheckOutcome> {
    check_in(tempfile::tempdir().unwrap().path(), config, links)
}

fn look(config: CheckConfig, link: Link) -> CheckOutcome {
    check(config, vec![link]).remove(0)
}

/// The outcome of one page on a server that behaves in this way.
fn play(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> (CheckOutcome, Server) {
    let server = Server::start(reply);
    (look(config(), page(server.url("/paper"))), server)
}

/// A name that resolves to the server, with the server's port in the address.
fn lead(config: &mut CheckConfig, names: &[&str], server: &Server) {
    config.resolve = names.iter().map(|name| (name.to_string(), server.address)).collect();
}

/// A resolver that counts, and finds only what it was given.
struct Names(BTreeMap<&'static str, SocketAddr>, AtomicUsize);

impl AddressLookup for Names {
    fn lookup(&self, name: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        let found = self.0.get(name.as_str()).copied();
        Box::pin(async move { found.map(|address| vec![address]).ok_or_else(|| io::ErrorKind::NotFound.into()) })
    }
}

fn far() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-long: ".to_vec()
}

// Verdicts for statuses.

#[test]
fn every_status_has_its_verdict() {
    let server = Server::start(|r| Reply::status(r.path[1..].parse().unwrap()));
    for (status, verdict) in [
        (200, Verdict::Alive),
        (204, Verdict::Alive),
        (404, Verdict::Gone),
        (410, Verdict::Gone),
        (401, Verdict::Forbidden),
        (403, Verdict::Forbidden),
        (451, Verdict::Forbidden),
        (418, Verdict::Forbidden),
        (500, Verdict::ServerError),
        (503, Verdict::ServerError),
        (304, Verdict::ServerError),
    ] {
        let outcome = look(config(), page(server.url(&format!("/{status}"))));
        assert_eq!((outcome.verdict, outcome.status), (verdict, Some(status)), "{status}");
    }
}

#[test]
fn a_failure_of_the_moment_is_asked_again_before_it_is_believed() {
    let (outcome, server) =
        play(|r| if r.method == "GET" && r.nth > 0 { Reply::status(200) } else { Reply::status(502) });
    assert_eq!(outcome.verdict, Verdict::Alive);
    assert_eq!(server.asked(), ["HEAD /paper", "GET /paper", "GET /paper"]);
}

#[test]
fn missing_once_is_a_suspicion_only() {
    let (outcome, _) = play(|_| Reply::status(404));
    assert_eq!(outcome.certainty(config().confirm), Certainty::Suspected);
    assert_eq!(outcome.lost.unwrap().times, 1);
}

#[test]
fn a_host_that_refuses_head_is_asked_with_get_from_then_on() {
    let server = Server::start(|r| if r.method == "HEAD" { Reply::status(405) } else { Reply::html("<title>Data") });
    let mut config = config();
    config.hosts.default.concurrency = 1;
    let outcomes = check(config, vec![page(server.url("/a")), page(server.url("/b"))]);
    assert!(outcomes.iter().all(|outcome| outcome.verdict == Verdict::Alive));
    assert_eq!(server.asked(), ["HEAD /a", "GET /a", "GET /b"]);
}

#[test]
fn head_alone_does_not_make_a_page_missing() {
    let (outcome, _) = play(|r| Reply::status(if r.method == "HEAD" { 404 } else { 200 }));
    assert_eq!(outcome.verdict, Verdict::Alive);
    // GET answers at once; the time is that of HEAD.
    let outcome = play_slow(|r| if r.method == "HEAD" { Reply::Hang } else { Reply::status(200) });
    assert_eq!(outcome.verdict, Verdict::Alive);
}

// Redirects.

#[test]
fn a_page_at_another_address_is_redirected_and_one_with_another_slash_is_not() {
    let (outcome, server) = play(|r| match r.path.as_str() {
        "/paper" => Reply::to(302, "/other?x=1#y"),
        _ => Reply::status(200),
    });
    assert_eq!((outcome.verdict, outcome.final_url), (Verdict::Redirected, Some(server.url("/other?x=1"))));
    let (outcome, _) = play(|r| if r.path == "/paper" { Reply::to(301, "/paper/") } else { Reply::status(200) });
    assert_eq!(outcome.verdict, Verdict::Alive);
    let (outcome, _) = play(|r| if r.path == "/paper" { Reply::to(302, "/") } else { Reply::status(200) });
    assert_eq!(outcome.reason.as_deref(), Some("redirects to a front page"));
}

#[test]
fn redirects_in_a_circle_and_without_end_are_left() {
    let (outcome, server) = play(|r| Reply::to(302, if r.path == "/paper" { "/a" } else { "/paper" }));
    assert_eq!((outcome.verdict, outcome.reason.as_deref()), (Verdict::ServerError, Some("redirects in a circle")));
    assert!(server.requests().len() <= 8);
    let (outcome, server) = play(|r| Reply::to(302, format!("{}x", r.path)));
    assert_eq!(outcome.reason.as_deref(), Some("redirects more than 10 times"));
    assert!(server.requests().len() <= 4 * 11, "{}", server.requests().len());
    let (outcome, _) = play(|_| Reply::to(302, "http://["));
    assert_eq!(outcome.verdict, Verdict::ServerError);
    let (outcome, _) = play(|_| Reply::status(302));
    assert_eq!(outcome.reason.as_deref(), Some("a redirect without a target"));
}

#[test]
fn a_redirect_to_another_scheme_is_not_followed() {
    let (outcome, _) = play(|_| Reply::to(302, "file:///etc/passwd"));
    assert_eq!(outcome.verdict, Verdict::Skipped);
}

// Bodies, headers and time.

#[test]
fn an_endless_body_is_left_after_its_beginning() {
    let (outcome, server) = play(|r| if r.method == "HEAD" { Reply::status(405) } else { Reply::Endless });
    assert_eq!(outcome.verdict, Verdict::Alive);
    assert!(server.sent() < 16 << 20, "{} bytes were taken", server.sent());
}

#[test]
fn slow_headers_are_a_timeout() {
    let begun = Instant::now();
    assert_eq!(play_slow(|_| Reply::Drip(far(), Duration::from_millis(50))).verdict, Verdict::Timeout);
    assert!(begun.elapsed() < HANG);
}

#[test]
fn a_host_that_never_answers_is_a_timeout_within_the_time_of_a_link() {
    let begun = Instant::now();
    assert_eq!(play_slow(|_| Reply::Hang).verdict, Verdict::Timeout);
    assert!(begun.elapsed() < HANG);
}

#[test]
fn endless_headers_are_no_http() {
    let (outcome, _) = play(|_| {
        let mut head = far();
        head.extend(std::iter::repeat_n(b'x', 2 << 20));
        Reply::Raw(head)
    });
    assert_eq!(outcome.verdict, Verdict::ServerError, "{outcome:?}");
    let (outcome, _) = play(|_| Reply::Raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec()));
    assert_eq!(outcome.verdict, Verdict::ServerError, "{outcome:?}");
}

#[test]
fn a_gzip_bomb_is_decompressed_no_further_than_a_page_is_read() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..256 {
        bomb.write_all(&zeros).unwrap();
    }
    // Unpacking all of it would be noticed.
    bomb.write_all(b"<title>404 Not Found</title>").unwrap();
    let bomb = bomb.finish().unwrap();
    let (outcome, _) = play(move |_| Reply::html("").with("content-encoding", "gzip").body(bomb.clone()));
    assert_eq!(outcome.verdict, Verdict::Alive);
}

#[test]
fn a_connection_that_is_cut_off_or_refused_is_not_an_answer() {
    let (outcome, _) = play(|_| Reply::Cut);
    assert!(matches!(outcome.verdict, Verdict::Refused | Verdict::ServerError), "{outcome:?}");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let outcome = look(config(), page(format!("http://{closed}/")));
    assert_eq!((outcome.verdict, outcome.reason.as_deref()), (Verdict::Refused, Some("connection refused")));
}

// Pages that only pretend to exist.

#[test]
fn a_page_that_says_it_is_missing_is_gone_whatever_its_status() {
    let (outcome, _) = play(|_| Reply::html("<html><title>Page not found | Some Lab</title>"));
    assert_eq!((outcome.verdict, outcome.status), (Verdict::Gone, Some(200)));
    assert!(outcome.reason.unwrap().contains("“Page not found | Some Lab”"));
    let (outcome, _) = play(|r| if r.path == "/paper" { Reply::to(302, "/404.html") } else { Reply::html("") });
    assert_eq!(outcome.verdict, Verdict::Gone);
    let (outcome, _) = play(|_| Reply::html("<html><title>Not Found: a Dataset of Missing Things</title>"));
    assert_eq!(outcome.verdict, Verdict::Alive);
}

#[test]
fn a_file_is_not_fetched_to_see_whether_it_is_there() {
    let (outcome, server) = play(|_| Reply::status(200).with("content-type", "application/zip"));
    assert_eq!((outcome.verdict, server.asked()), (Verdict::Alive, vec!["HEAD /paper".to_string()]));
}

// Retries and pauses.

#[test]
fn retry_after_in_seconds_is_obeyed() {
    let (outcome, server) = play(|r| match r.nth {
        0 => Reply::status(429).with("retry-after", "1"),
        _ => Reply::status(200),
    });
    let requests = server.requests();
    assert_eq!(outcome.verdict, Verdict::Alive);
    assert!(requests[1].at - requests[0].at >= Duration::from_secs(1));
}

#[test]
fn retry_after_as_a_date_is_obeyed() {
    let (outcome, server) = play(|r| match r.nth {
        0 => {
            let date = SystemTime::now() + Duration::from_secs(2);
            Reply::status(503).with("retry-after", httpdate::fmt_http_date(date))
        }
        _ => Reply::status(200),
    });
    let requests = server.requests();
    assert_eq!(outcome.verdict, Verdict::Alive);
    // A date has no fractions of a second.
    assert!(requests[1].at - requests[0].at >= Duration::from_millis(900));
}

#[test]
fn a_host_that_wants_a_long_rest_gets_it_and_its_other_links_wait_for_a_later_run() {
    let server = Server::start(|_| Reply::status(429).with("retry-after", "3600"));
    let mut config = config();
    config.hosts.default.concurrency = 1;
    let links = (0..20).map(|i| page(server.url(&format!("/{i}")))).collect();
    let outcomes = check(config, links);
    assert_eq!((outcomes.len(), server.requests().len()), (20, 1));
    for outcome in outcomes {
        assert_eq!(outcome.verdict, Verdict::RateLimited);
        let wait = outcome.retry_after.unwrap().duration_since(outcome.checked_at);
        assert!((3500..=3600).contains(&wait.as_secs()), "{wait:?}");
        assert!(outcome.lost.is_none() && outcome.unreachable.is_none());
    }
}

#[test]
fn the_limit_that_a_host_counts_down_is_obeyed() {
    let server = Server::start(|r| {
        // Obeying the second header would wait longer than the limit.
        let (left, reset) = if r.path == "/0" { ("0", "1") } else { ("10", "3600") };
        Reply::status(200).with("x-ratelimit-remaining", left).with("x-ratelimit-reset", reset)
    });
    let mut config = config();
    config.hosts.default.concurrency = 1;
    let outcomes = check(config, (0..3).map(|i| page(server.url(&format!("/{i}")))).collect());
    assert!(outcomes.iter().all(|outcome| outcome.verdict == Verdict::Alive), "{outcomes:?}");
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_secs(1));
}

#[test]
fn limits_that_rise_and_fall_cost_time_but_no_link() {
    // The server allows this many requests in each tenth of a second, then none, then all.
    let window = Arc::new(std::sync::Mutex::new((Instant::now(), 0)));
    let begun = Instant::now();
    let server = Server::start(move |_| {
        let allowed = match begun.elapsed().as_millis() {
            0..300 => 8,
            300..600 => 1,
            _ => 1000,
        };
        let mut window = window.lock().unwrap();
        if window.0.elapsed() > Duration::from_millis(100) {
            *window = (Instant::now(), 0);
        }
        window.1 += 1;
        Reply::status(if window.1 > allowed { 429 } else { 200 })
    });
    let mut config = config();
    config.tries = 10;
    config.backoff = Duration::from_millis(50);
    let outcomes = check(config, (0..60).map(|i| page(server.url(&format!("/{i}")))).collect());
    assert_eq!(outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Alive).count(), 60);
    let refused = server.requests().len() - 60;
    assert!(refused < 60, "{refused} requests ran into the limit");
}

#[test]
fn no_host_sees_more_at_one_time_or_in_a_second_than_its_limit() {
    let server = Server::start(|_| Reply::status(200).after(Duration::from_millis(5)));
    let mut config = config();
    config.concurrency = 8;
    config.hosts.default = HostLimits { concurrency: 3, per_second: 0.0 };
    let url = |host: usize, i: usize| format!("http://127.0.0.{host}:{}/{i}", server.address.port());
    let links = (1..=5).flat_map(|host| (0..40).map(move |i| (host, i))).map(|(host, i)| page(url(host, i)));
    assert_eq!(check(config.clone(), links.collect()).len(), 200);
    let most = server.most();
    assert_eq!(most.len(), 5);
    assert!(most.values().all(|most| (2..=3).contains(most)), "{most:?}");

    config.hosts.default.per_second = 50.0;
    let begun = Instant::now();
    check(config, (0..20).map(|i| page(url(9, i))).collect());
    assert!(begun.elapsed() >= Duration::from_millis(370), "{:?}", begun.elapsed());
}

#[test]
fn sites_of_one_service_share_its_limit() {
    let server = Server::start(|_| Reply::status(200).after(Duration::from_millis(10)));
    let mut config = config();
    let text =
        "[[host]]\nname = \"Pages\"\ndomains = [\"*.pages.example\"]\nconcurrency = 1\nper_second = 0.0\nexact = true";
    config.hosts = config.hosts.with("test.toml", text).unwrap();
    let names: Vec<String> = (0..6).map(|i| format!("s{i}.pages.example")).collect();
    lead(&mut config, &names.iter().map(String::as_str).collect::<Vec<_>>(), &server);
    check(config, names.iter().map(|name| page(format!("http://{name}/"))).collect());
    let requests = server.requests();
    assert_eq!(requests.len(), 6);
    assert!(requests.windows(2).all(|two| two[1].at - two[0].at >= Duration::from_millis(9)));
}

#[test]
fn a_host_that_is_down_is_not_asked_for_each_of_its_links() {
    let names = Arc::new(Names(BTreeMap::new(), AtomicUsize::new(0)));
    let mut config = config();
    config.lookup = Some(names.clone());
    config.hosts.default.concurrency = 1;
    let outcomes = check(config, (0..50).map(|i| page(format!("http://nowhere.example/{i}"))).collect());
    assert_eq!(outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Dns).count(), 50);
    // HEAD, and GET for each try.
    assert_eq!(names.1.load(Ordering::SeqCst), 3);
}

/// A run with its own journal, and the number of verdicts that it wrote.
fn run_and_journal(config: CheckConfig, links: Vec<Link>) -> (Result<RunEnd, CheckError>, usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(folder.path()).unwrap();
    let end = Checker::new(config).unwrap().run(links, &mut journal, |_| {});
    let written = std::fs::read_to_string(folder.path().join("checks.jsonl")).unwrap();
    (end, written.lines().filter(|line| line.contains("verdict")).count())
}

#[test]
fn a_machine_that_reaches_no_host_writes_nothing() {
    let mut config = config();
    config.lookup = Some(Arc::new(Names(BTreeMap::new(), AtomicUsize::new(0))));
    let links = ["a.example/1", "a.example/2", "b.example", "c.example"].map(|place| page(format!("http://{place}")));
    let (end, lines) = run_and_journal(config.clone(), links.to_vec());
    assert!(matches!(end, Err(CheckError::Offline { hosts: 3 })), "{end:?}");
    assert_eq!(lines, 0);
    // A host that the program knows always has an address.
    let (end, lines) = run_and_journal(config.clone(), vec![page("http://github.com/")]);
    assert!(matches!(end, Err(CheckError::Offline { hosts: 1 })), "{end:?}");
    assert_eq!(lines, 0);
    // A run of very many links ends early.
    let many = (0..5000).map(|i| page(format!("http://h{i}.example/")));
    let (end, lines) = run_and_journal(config, many.collect());
    assert!(matches!(end, Err(CheckError::Offline { hosts: 16..5000 })), "{end:?}");
    assert_eq!(lines, 0);
}

#[test]
fn one_host_that_is_reached_makes_the_failures_of_others_count() {
    let server = Server::start(|_| Reply::status(404));
    let mut config = config();
    config.lookup = Some(Arc::new(Names(BTreeMap::new(), AtomicUsize::new(0))));
    let links = [page("http://a.example/"), page("http://b.example/"), page(server.url("/gone"))];
    let (end, lines) = run_and_journal(config, links.to_vec());
    assert!(matches!(end, Ok(RunEnd::Finished)), "{end:?}");
    assert_eq!(lines, 3);
}

// The requests, and their hosts.

#[test]
fn an_address_is_asked_once_however_many_carry_it() {
    let server = Server::start(|_| Reply::status(200));
    let outcomes =
        check(config(), vec![page(server.url("/a#one")), page(server.url("/a#two")), page(server.url("/a"))]);
    assert_eq!((outcomes.len(), server.asked()), (3, vec!["HEAD /a".to_string()]));
}

#[test]
fn every_host_gets_the_name_of_the_program() {
    let server = Server::start(|_| Reply::status(200));
    let mut config = config();
    config.contact = Some("graph@example.org".into());
    look(config, page(server.url("/")));
    let agent = server.requests().remove(0).headers.remove("user-agent").unwrap();
    assert!(agent.starts_with("papergraph/") && agent.ends_with("(link check; graph@example.org)"), "{agent}");
}

#[test]
fn what_is_known_well_enough_is_not_asked() {
    let server = Server::start(|r| Reply::status(if r.path == "/gone" { 404 } else { 200 }));
    let folder = tempfile::tempdir().unwrap();
    let links = || vec![page(server.url("/here")), page(server.url("/gone"))];
    check_in(folder.path(), config(), links());
    let first = server.requests().len();
    assert_eq!(check_in(folder.path(), config(), links()).len(), 2);
    assert_eq!(server.requests().len(), first);
    let mut impatient = config();
    impatient.max_age = Duration::ZERO;
    check_in(folder.path(), impatient, links());
    assert_eq!(server.requests().len(), 2 * first);
}

#[test]
fn a_host_is_spared_what_has_not_changed() {
    let server = Server::start(|r| match r.headers.get("if-none-match").map(String::as_str) {
        Some("\"v1\"") => Reply::status(304),
        _ => Reply::status(200).with("etag", "\"v1\""),
    });
    let folder = tempfile::tempdir().unwrap();
    let mut config = config();
    config.max_age = Duration::ZERO;
    let first = check_in(folder.path(), config.clone(), vec![page(server.url("/a"))]).remove(0);
    let second = check_in(folder.path(), config, vec![page(server.url("/a"))]).remove(0);
    assert_eq!((first.status, second.status), (Some(200), Some(304)));
    assert_eq!((second.verdict, &second.etag), (Verdict::Alive, &first.etag));
    assert_eq!(second.last_alive, Some(second.checked_at));
}

#[test]
fn what_is_not_a_web_address_or_left_out_is_skipped() {
    let server = Server::start(|_| Reply::status(200));
    let mut config = config();
    config.exclude = regex::RegexSet::new([r"/private/"]).unwrap();
    let links = ["ftp://example.org/data.zip", "https://", "not an address", &server.url("/private/x")];
    let outcomes = check(config, links.into_iter().map(page).collect());
    assert!(
        outcomes.iter().all(|outcome| outcome.verdict == Verdict::Skipped && outcome.reason.is_some()),
        "{outcomes:?}"
    );
    assert!(server.requests().is_empty());
}

// Safety.

#[test]
fn private_addresses_are_not_asked_by_whatever_name() {
    let server = Server::start(|_| Reply::status(200));
    let port = server.address.port();
    let mut config = config();
    config.allow_private = false;
    let names = BTreeMap::from([("inside.example", server.address), ("localhost", server.address)]);
    config.lookup = Some(Arc::new(Names(names, AtomicUsize::new(0))));
    for host in [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "localhost",
        "inside.example",
        "169.254.169.254",
        "10.0.0.1",
    ] {
        let outcome = look(config.clone(), page(format!("http://{host}:{port}/")));
        assert_eq!(outcome.verdict, Verdict::Skipped, "{host}: {outcome:?}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn a_redirect_to_a_private_address_is_not_followed() {
    let server = Server::start(|r| match r.path.as_str() {
        "/literal" => Reply::to(302, "http://127.0.0.1:1/"),
        "/metadata" => Reply::to(302, "http://169.254.169.254/latest/meta-data/"),
        _ => Reply::to(302, "http://inside.example/"),
    });
    let inside = Server::start(|_| Reply::status(200));
    let mut config = config();
    config.allow_private = false;
    // The user may choose any address for a name; for the targets of its redirects, he chose none.
    lead(&mut config, &["outside.example"], &server);
    config.lookup = Some(Arc::new(Names(BTreeMap::from([("inside.example", inside.address)]), AtomicUsize::new(0))));
    for path in ["literal", "metadata", "name"] {
        let outcome = look(config.clone(), page(format!("http://outside.example/{path}")));
        assert_eq!(outcome.verdict, Verdict::Skipped, "{outcome:?}");
    }
    assert!(inside.requests().is_empty());
}

#[test]
fn user_names_and_passwords_are_neither_sent_nor_kept() {
    let server = Server::start(|r| match r.path.as_str() {
        "/paper" => Reply::to(302, format!("http://user:secret@{}/there", r.host)),
        _ => Reply::status(200),
    });
    let folder = tempfile::tempdir().unwrap();
    let link = Link { key: "page/x".into(), url: format!("http://user:secret@{}/paper", server.address) };
    let outcome = check_in(folder.path(), config(), vec![link]).remove(0);
    assert_eq!(outcome.verdict, Verdict::Redirected);
    assert!(server.requests().iter().all(|request| !request.headers.contains_key("authorization")));
    let journal = std::fs::read_to_string(folder.path().join("checks.jsonl")).unwrap();
    assert!(!journal.contains("secret"), "{journal}");
}

#[test]
fn a_host_that_cannot_prove_who_it_is_is_not_believed() {
    let outcome_of = |identity: &Identity, trusted: bool| {
        let server = Server::start_tls(identity, |_| Reply::status(200));
        let mut config = config();
        lead(&mut config, &["secure.example"], &server);
        config.certificates.extend(trusted.then(|| identity.authority.clone()));
        look(config, page("https://secure.example/"))
    };
    assert_eq!(outcome_of(&Identity::of(&["secure.example"]), true).verdict, Verdict::Alive);
    assert_eq!(outcome_of(&Identity::of(&["secure.example"]), false).verdict, Verdict::Tls, "nobody vouches");
    assert_eq!(outcome_of(&Identity::of(&["other.example"]), true).verdict, Verdict::Tls, "another name");
    let expired = Identity::with(&["secure.example"], |params| {
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    let outcome = outcome_of(&expired, true);
    assert_eq!(outcome.verdict, Verdict::Tls);
    assert!(outcome.reason.unwrap().contains("expired"));
    let plain = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = plain.local_addr().unwrap();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = plain.accept() {
            let _ = io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let outcome = look(config(), page(format!("https://{address}/")));
    assert_eq!(outcome.verdict, Verdict::Tls, "no encryption at all: {outcome:?}");
}

// Known hosts.

/// A server that acts as all hosts with these names, and a configuration that finds it.
fn known_hosts(names: &[&str], play: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> (Server, CheckConfig) {
    let identity = Identity::of(names);
    let server = Server::start_tls(&identity, play);
    let mut config = config();
    lead(&mut config, names, &server);
    config.certificates.push(identity.authority);
    (server, config)
}

#[test]
fn a_renamed_repository_has_moved_and_the_new_place_is_kept() {
    let (_server, config) = known_hosts(&["github.com"], |r| match r.path.as_str() {
        "/old/name" => Reply::to(301, "/new/Name"),
        "/OLD/case" => Reply::to(301, "/old/Case"),
        "/old/away" => Reply::to(302, "/new/away"),
        _ => Reply::status(200),
    });
    let links = ["github.com/old/name", "github.com/OLD/case", "github.com/old/away"].map(repository).into();
    let outcomes: HashMap<String, CheckOutcome> =
        check(config, links).into_iter().map(|outcome| (outcome.key.clone(), outcome)).collect();
    let moved = &outcomes["repository/github.com/old/name"];
    assert_eq!((moved.verdict, moved.moved_to.as_deref()), (Verdict::Moved, Some("https://github.com/new/Name")));
    assert_eq!(outcomes["repository/github.com/old/case"].verdict, Verdict::Alive);
    let away = &outcomes["repository/github.com/old/away"];
    assert_eq!((away.verdict, &away.moved_to), (Verdict::Redirected, &None));
}

#[test]
fn a_host_that_hides_what_is_private_is_not_taken_at_its_word() {
    let (_server, config) = known_hosts(&["github.com", "gitlab.com"], |r| match r.host.as_str() {
        "github.com" => Reply::status(404),
        _ if r.path.starts_with("/api/") => Reply::status(500),
        _ if r.path == "/a/b" => Reply::to(302, "/users/sign_in"),
        _ => Reply::html("sign in"),
    });
    for name in ["github.com/a/b", "gitlab.com/a/b"] {
        let outcome = look(config.clone(), repository(name));
        assert_eq!(outcome.verdict, Verdict::PrivateOrGone, "{outcome:?}");
    }
}

fn github(name: &str, change: impl FnOnce(&mut serde_json::Value)) -> serde_json::Value {
    let mut value = json!({
        "nameWithOwner": name, "isArchived": false, "isEmpty": false, "isDisabled": false, "diskUsage": 321,
        "stargazerCount": 45, "pushedAt": "2025-03-04T05:06:07Z", "defaultBranchRef": {"name": "main"},
        "licenseInfo": {"spdxId": "MIT"}, "repositoryTopics": {"nodes": [{"topic": {"name": "vision"}}]},
        "object": {"entries": [{"name": "README.md"}, {"name": "train.py"}]},
    });
    change(&mut value);
    value
}

#[test]
fn with_a_token_github_is_asked_for_many_repositories_at_once() {
    let (server, mut config) = known_hosts(&["github.com", "api.github.com"], |r| {
        if r.path != "/graphql" {
            return Reply::status(200);
        }
        let query = serde_json::from_str::<serde_json::Value>(&r.body).unwrap()["query"].as_str().unwrap().to_string();
        let mut data = serde_json::Map::new();
        let mut errors = Vec::new();
        let item = regex::Regex::new(r#"(r\d+): repository\(owner: "([^"]*)", name: "([^"]*)""#).unwrap();
        for (_, [alias, owner, name]) in item.captures_iter(&query).map(|found| found.extract()) {
            let (alias, name) = (alias.to_string(), format!("{owner}/{name}"));
            let value = match name.as_str() {
                "lab/gone" => {
                    errors.push(json!({"type": "NOT_FOUND", "path": [alias], "message": "Could not resolve"}));
                    serde_json::Value::Null
                }
                // The answer does not mention it: its page must decide.
                "lab/odd" => serde_json::Value::Null,
                "lab/old" => github("lab/new", |_| {}),
                "lab/closed" => github(&name, |v| v["isArchived"] = true.into()),
                "lab/empty" => github(&name, |v| {
                    v["isEmpty"] = true.into();
                    v["object"] = serde_json::Value::Null;
                }),
                "lab/words" => {
                    github(&name, |v| v["object"]["entries"] = json!([{"name": "README.md"}, {"name": "LICENSE"}]))
                }
                _ => github(&name, |_| {}),
            };
            data.insert(alias, value);
        }
        Reply::json(json!({"data": data, "errors": errors}))
    });
    config.tokens = BTreeMap::from([("GITHUB_TOKEN".to_string(), "s3cret".to_string())]);
    let names = ["alive", "gone", "odd", "old", "closed", "empty", "words"];
    let outcomes = check(config, names.map(|name| repository(&format!("github.com/lab/{name}"))).into());
    let mut found: Vec<String> = outcomes.iter().map(|o| format!("{} {}", &o.key[26..], o.verdict)).collect();
    found.sort();
    insta::assert_snapshot!(found.join("\n"), @r"
    alive alive
    closed archived
    empty empty
    gone private-or-gone
    odd alive
    old moved
    words readme-only
    ");
    let alive = outcomes.iter().find(|o| o.key.ends_with("alive")).unwrap();
    assert_eq!(
        serde_json::to_value(&alive.facts).unwrap(),
        json!({
            "stars": 45, "licence": "MIT", "last_push": "2025-03-04T05:06:07Z", "archived": false, "default_branch": "main",
            "size_kb": 321, "topics": ["vision"],
        })
    );
    let moved = outcomes.iter().find(|o| o.key.ends_with("old")).unwrap();
    assert_eq!(moved.moved_to.as_deref(), Some("https://github.com/lab/new"));
    assert_eq!(server.asked(), ["POST /graphql", "HEAD /lab/odd"]);
    // The token is sent to the API only.
    let shown: Vec<bool> = server.requests().iter().map(|r| r.headers.contains_key("authorization")).collect();
    assert_eq!(shown, [true, false]);
}

#[test]
fn a_batch_that_is_too_much_is_asked_in_halves() {
    let (server, mut config) = known_hosts(&["github.com", "api.github.com"], |r| {
        let items = r.body.matches(": repository(").count();
        if items > 2 {
            return Reply::status(502);
        }
        let data: serde_json::Map<_, _> = (0..items).map(|i| (format!("r{i}"), github("lab/x", |_| {}))).collect();
        Reply::json(json!({"data": data}))
    });
    config.tries = 1;
    config.hosts = config
        .hosts
        .with("fast.toml", "[[host]]\nname = \"GitHub API\"\ndomains = [\"api.github.com\"]\nper_second = 0.0")
        .unwrap();
    config.tokens = BTreeMap::from([("GITHUB_TOKEN".to_string(), "s3cret".to_string())]);
    let outcomes = check(config, (0..7).map(|i| repository(&format!("github.com/lab/r{i}"))).collect());
    assert_eq!(outcomes.iter().filter(|outcome| outcome.facts.stars == Some(45)).count(), 7);
    assert!(server.asked().iter().all(|asked| asked == "POST /graphql"));
}

#[test]
fn a_token_that_is_refused_is_put_away_and_the_question_asked_without() {
    let (server, mut config) = known_hosts(&["github.com", "api.github.com"], |r| match r.path.as_str() {
        "/graphql" => Reply::status(401),
        _ => Reply::status(200),
    });
    config.tokens = BTreeMap::from([("GITHUB_TOKEN".to_string(), "expired".to_string())]);
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(folder.path()).unwrap();
    let checker = Checker::new(config).unwrap();
    let mut verdicts = Vec::new();
    checker.run(vec![repository("github.com/a/b")], &mut journal, |outcome| verdicts.push(outcome.verdict)).unwrap();
    assert_eq!(verdicts, [Verdict::Alive]);
    assert_eq!(checker.notes(), ["GitHub refused its token; requests went without it"]);
    assert_eq!(server.asked(), ["POST /graphql", "HEAD /a/b"]);
}

#[test]
fn a_token_does_not_follow_a_redirect_to_another_host() {
    let (server, mut config) = known_hosts(&["huggingface.co", "elsewhere.example"], |r| match r.host.as_str() {
        "huggingface.co" if r.path == "/api/models/a/old" => Reply::to(307, "/api/models/a/new"),
        "huggingface.co" => Reply::to(302, "https://elsewhere.example/api"),
        _ => Reply::json(json!({"id": "a/new", "likes": 3, "siblings": [{"rfilename": "model.safetensors"}]})),
    });
    config.tokens = BTreeMap::from([("HF_TOKEN".to_string(), "s3cret".to_string())]);
    let outcome = look(config, repository("huggingface.co/a/old"));
    assert_eq!((outcome.verdict, outcome.facts.stars), (Verdict::Moved, Some(3)));
    let shown: Vec<_> =
        server.requests().iter().map(|r| (r.host.clone(), r.headers.contains_key("authorization"))).collect();
    assert_eq!(
        shown,
        [("huggingface.co".into(), true), ("huggingface.co".into(), true), ("elsewhere.example".into(), false)]
    );
}

#[test]
fn the_apis_of_other_hosts_report_as_much() {
    let names = ["gitlab.com", "huggingface.co", "codeberg.org", "api.bitbucket.org"];
    let (_server, config) = known_hosts(&names, |r| {
        let path = r.path.split('?').next().unwrap();
        match (r.host.as_str(), path) {
            ("gitlab.com", "/api/v4/projects/g%2Fsub%2Fp") => Reply::json(json!({
                "path_with_namespace": "g/sub/p", "archived": true, "empty_repo": false, "default_branch": "main",
                "star_count": 7, "license": {"key": "mit"}, "last_activity_at": "2024-01-02T03:04:05.678Z", "topics": ["nlp"],
            })),
            ("gitlab.com", "/api/v4/projects/g%2Fsub%2Fp/repository/tree") => {
                Reply::json(json!([{"name": "setup.py"}]))
            }
            ("huggingface.co", "/api/datasets/a/d") => Reply::json(json!({
                "id": "a/d", "disabled": false, "likes": 9, "cardData": {"license": "cc-by-4.0"}, "usedStorage": 4096,
                "lastModified": "2025-05-06T07:08:09.000Z", "tags": ["audio", "license:cc-by-4.0"],
                "siblings": [{"rfilename": ".gitattributes"}, {"rfilename": "README.md"}],
            })),
            ("huggingface.co", _) => Reply::status(401),
            ("codeberg.org", "/api/v1/repos/a/b") => Reply::json(json!({
                "full_name": "a/b", "archived": false, "empty": true, "size": 24, "stars_count": 1,
                "default_branch": "main", "licenses": ["GPL-3.0-only"], "updated_at": "2023-04-05T06:07:08+02:00", "topics": [],
            })),
            ("api.bitbucket.org", "/2.0/repositories/a/b") => Reply::json(
                json!({"full_name": "a/b", "size": 100, "mainbranch": null, "updated_on": "2020-01-01T00:00:00+00:00"}),
            ),
            _ => Reply::status(404),
        }
    });
    let links = [
        "gitlab.com/g/sub/p",
        "huggingface.co/datasets/a/d",
        "huggingface.co/a/hidden",
        "codeberg.org/a/b",
        "codeberg.org/a/none",
        "bitbucket.org/a/b",
    ];
    let mut outcomes = check(config, links.map(repository).into());
    outcomes.sort_by(|a, b| a.key.cmp(&b.key));
    let lines: Vec<_> =
        outcomes.iter().map(|o| json!([o.key, o.verdict, o.facts])).map(|line| line.to_string()).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

// The program.

/// A graph whose only paper has this many pages on the server.
fn graph_of(server: &Server, pages: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let pages: Vec<String> = (0..pages).map(|i| server.url(&format!("/p{i}"))).collect();
    let paper = small_graph::paper("arxiv-2501.00001", "A Paper", "2025-01", &["dataset/coco"]);
    small_graph::build(&folder.path().join("graph"), vec![small_graph::with(paper, "pages", json!(pages))]);
    folder
}

fn kg_check(folder: &tempfile::TempDir) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kg"));
    command.arg("check").arg("--store").arg(folder.path().join("graph"));
    command.args(["--allow-private", "--rate", "0", "--per-host", "4", "--quiet"]);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    command
}

fn wait_for(server: &Server, requests: usize) {
    until(|| (server.requests().len() >= requests).then_some(()));
}

fn verdicts_in_graph(folder: &tempfile::TempDir) -> usize {
    let graph = papergraph::internals::store::GraphStore::open(&folder.path().join("graph")).unwrap();
    graph.places().filter(|place| graph.verdict(place.as_ref().unwrap()).unwrap().0.is_some()).count()
}

/// What a killed run has to ask again is what was under way, however slow the disk is.
#[test]
fn a_link_is_asked_only_when_the_one_before_it_is_recorded() {
    let server = Server::start(|_| Reply::status(200));
    let links = (0..20).map(|i| page(server.url(&format!("/p{i}")))).collect();
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::open(folder.path()).unwrap();
    let mut recorded = 0;
    let on_outcome = |_: &CheckOutcome| {
        std::thread::sleep(Duration::from_millis(20));
        recorded += 1;
        let asked = server.requests().len();
        assert!(asked < recorded + 4, "{asked} were asked when {recorded} were recorded, four at a time");
    };
    Checker::new(config()).unwrap().run(links, &mut journal, on_outcome).unwrap();
    assert_eq!(recorded, 20);
}

#[test]
fn a_run_that_was_killed_is_taken_up_where_it_was() {
    let server = Server::start(|_| Reply::status(200).after(Duration::from_millis(15)));
    let folder = graph_of(&server, 120);
    let mut killed = kg_check(&folder).spawn().unwrap();
    wait_for(&server, 40);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let known: Vec<String> = {
        let journal = Journal::open(&folder.path().join("graph")).unwrap();
        journal.outcomes().map(|outcome| outcome.url.clone()).collect()
    };
    assert!((30..120).contains(&known.len()), "{} were known when it was killed", known.len());

    assert!(kg_check(&folder).status().unwrap().success());
    assert_eq!(verdicts_in_graph(&folder), 120, "no link is lost");
    let mut times: HashMap<String, usize> = HashMap::new();
    for request in server.requests() {
        *times.entry(server.url(&request.path)).or_default() += 1;
    }
    assert!(known.iter().all(|url| times[url] == 1), "what was known is not asked again");
    let twice = times.values().filter(|times| **times > 1).count();
    assert!(twice <= 4, "{twice} were asked twice; only those under way when it was killed may be");

    let asked = server.requests().len();
    assert!(kg_check(&folder).status().unwrap().success());
    assert_eq!(server.requests().len(), asked, "a third run has nothing to ask");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_in_order_and_keeps_what_was_learnt() {
    let server = Server::start(|_| Reply::status(200).after(Duration::from_millis(15)));
    let folder = graph_of(&server, 120);
    let mut stopped = kg_check(&folder).spawn().unwrap();
    wait_for(&server, 40);
    crate::cli::send("INT", stopped.id());
    assert_eq!(stopped.wait().unwrap().code(), Some(130));
    let in_graph = verdicts_in_graph(&folder);
    assert!((30..120).contains(&in_graph), "{in_graph}");
    let journal = Journal::open(&folder.path().join("graph")).unwrap();
    assert_eq!(journal.outcomes().count(), in_graph);
}
