//! Outcomes of checks in the graph: written, kept through builds, and removed with the node.

use std::path::Path;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use oxigraph::model::GraphNameRef;
use papergraph::internals::ontology::NodeKind;
use papergraph::internals::store::{GenerationBuild, GenerationEdit, GraphStore, record_checks};
use papergraph::liveness::{CheckOutcome, ConfirmRule, Link, RepositoryFacts, Verdict};

use crate::small_graph::{build, paper, papers, vocabulary, with};

const CODE: &str = "repository/github.com/opengvlab/efficientqat";
const CONFIRM: ConfirmRule = ConfirmRule { times: 2, apart: Duration::from_hours(24) };

/// Noon of a day of January 2026.
pub(crate) fn day(day: i64) -> Timestamp {
    "2026-01-01T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * (day - 1))
}

/// The outcome of a check of the node `key` on a day.
pub(crate) fn found(key: &str, verdict: Verdict, at: Timestamp) -> CheckOutcome {
    let (_, place) = key.split_once('/').unwrap();
    CheckOutcome::new(&Link { key: key.into(), url: format!("https://{place}") }, verdict, at)
}

pub(crate) fn write(graph: &Path, outcomes: &[CheckOutcome]) -> usize {
    let mut change = GenerationEdit::begin(graph).unwrap();
    let written = record_checks(&mut change, outcomes, CONFIRM).unwrap();
    change.finish().unwrap();
    written
}

fn known(graph: &Path, key: &str) -> Option<CheckOutcome> {
    let graph = GraphStore::open(graph).unwrap();
    let node = graph.node(&graph.base().node(key)).unwrap()?;
    graph.checked(&node).unwrap()
}

fn small_graph() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    folder
}

/// Everything in a graph except its build time, as sorted lines.
fn dump(path: &Path) -> Vec<String> {
    let graph = GraphStore::open(path).unwrap();
    let quads = graph.store().unwrap().iter().map(|quad| quad.unwrap().to_string());
    let mut lines: Vec<String> = quads.filter(|line| !line.contains("AtTime>")).collect();
    lines.sort();
    lines
}

fn history(path: &Path) -> usize {
    let graph = GraphStore::open(path).unwrap();
    let checks = graph.ontology().checks_graph();
    graph.store().unwrap().quads_for_pattern(None, None, None, Some(checks.as_ref())).count()
}

#[test]
fn what_a_check_found_is_read_back_as_it_was() {
    let folder = small_graph();
    let mut outcome = found(CODE, Verdict::Moved, day(1));
    outcome.url = "https://github.com/OpenGVLab/EfficientQAT".into();
    outcome.status = Some(200);
    outcome.final_url = Some("https://github.com/NewLab/EfficientQAT".into());
    outcome.moved_to = Some("https://github.com/newlab/efficientqat".into());
    outcome.reason = Some("renamed".into());
    outcome.etag = Some("W/\"7\"".into());
    outcome.facts = RepositoryFacts {
        stars: Some(1234),
        licence: Some("MIT".into()),
        last_push: Some(day(-300)),
        archived: Some(false),
        default_branch: Some("main".into()),
        size_kb: Some(42),
        topics: vec!["llm".into(), "quantization".into()],
    };
    assert_eq!(write(folder.path(), &[outcome.clone()]), 1);
    let outcome = outcome.after(None, CONFIRM.apart);
    assert_eq!(known(folder.path(), CODE), Some(outcome.clone()));
    let before = dump(folder.path());
    assert_eq!(write(folder.path(), &[outcome]), 0, "the same once more");
    assert_eq!(dump(folder.path()), before);
}

#[test]
fn the_place_that_a_repository_moved_to_is_a_node() {
    let folder = small_graph();
    let mut outcome = found(CODE, Verdict::Moved, day(1));
    outcome.moved_to = Some("https://github.com/NewLab/EfficientQAT".into());
    write(folder.path(), &[outcome]);
    let graph = GraphStore::open(folder.path()).unwrap();
    let place = graph.resolve("github.com/newlab/EfficientQAT").unwrap().remove(0);
    assert_eq!((place.kind, place.label.as_str()), (NodeKind::Repository, "github.com/NewLab/EfficientQAT"));
    assert_eq!(
        graph.objects(&graph.base().node(CODE), graph.ontology().kg.moved_to.as_ref()).unwrap(),
        std::slice::from_ref(&place.iri)
    );
}

#[test]
fn a_repository_that_differs_in_capitals_only_has_not_moved_away_from_itself() {
    let folder = small_graph();
    let mut outcome = found(CODE, Verdict::Moved, day(1));
    outcome.moved_to = Some("https://github.com/opengvlab/EFFICIENTQAT".into());
    write(folder.path(), &[outcome]);
    assert_eq!(known(folder.path(), CODE).unwrap().moved_to, None);
}

#[test]
fn a_link_is_called_dead_after_failures_on_different_days_and_alive_at_once() {
    let folder = small_graph();
    let dead = |path: &Path| {
        let graph = GraphStore::open(path).unwrap();
        graph.verdict(&graph.base().node(CODE)).unwrap()
    };
    write(folder.path(), &[found(CODE, Verdict::Alive, day(1))]);
    write(folder.path(), &[found(CODE, Verdict::Gone, day(2))]);
    assert_eq!(dead(folder.path()), (Some(Verdict::Gone), false));
    write(folder.path(), &[found(CODE, Verdict::Gone, day(2) + SignedDuration::from_hours(1))]);
    assert_eq!(dead(folder.path()), (Some(Verdict::Gone), false), "an hour later is the same failure");
    write(folder.path(), &[found(CODE, Verdict::Gone, day(3))]);
    assert_eq!(dead(folder.path()), (Some(Verdict::Gone), true));
    assert_eq!(known(folder.path(), CODE).unwrap().last_alive, Some(day(1)));
    write(folder.path(), &[found(CODE, Verdict::Timeout, day(4))]);
    assert_eq!(dead(folder.path()), (Some(Verdict::Timeout), true), "a timeout does not bring it back");
    write(folder.path(), &[found(CODE, Verdict::Archived, day(5))]);
    assert_eq!(dead(folder.path()), (Some(Verdict::Archived), false));
}

#[test]
fn facts_from_a_host_stay_until_it_reports_them_again() {
    let folder = small_graph();
    let mut first = found(CODE, Verdict::Alive, day(1));
    first.facts =
        RepositoryFacts { stars: Some(7), topics: vec!["a".into(), "b".into()], ..RepositoryFacts::default() };
    first.etag = Some("\"1\"".into());
    write(folder.path(), &[first]);
    write(folder.path(), &[found(CODE, Verdict::Timeout, day(2))]);
    let after = known(folder.path(), CODE).unwrap();
    assert_eq!((after.verdict, after.facts.stars, after.etag.as_deref()), (Verdict::Timeout, Some(7), Some("\"1\"")));
    let mut second = found(CODE, Verdict::Alive, day(3));
    second.facts = RepositoryFacts { stars: Some(8), topics: vec!["b".into()], ..RepositoryFacts::default() };
    write(folder.path(), &[second]);
    let after = known(folder.path(), CODE).unwrap();
    assert_eq!((after.facts.stars, after.facts.topics, after.etag), (Some(8), vec!["b".to_string()], None));
}

#[test]
fn a_check_that_did_not_get_to_ask_takes_nothing_back() {
    let folder = small_graph();
    write(folder.path(), &[found(CODE, Verdict::Alive, day(1))]);
    for verdict in [Verdict::RateLimited, Verdict::Skipped] {
        assert_eq!(write(folder.path(), &[found(CODE, verdict, day(2))]), 0);
    }
    assert_eq!(known(folder.path(), CODE).unwrap().verdict, Verdict::Alive);
    let page = "page/follow.example.org";
    assert_eq!(
        write(folder.path(), &[found(page, Verdict::Skipped, day(2))]),
        1,
        "but it says so where nothing is known"
    );
}

#[test]
fn outcomes_are_taken_in_the_order_of_time_and_those_of_unknown_links_passed_over() {
    let folder = small_graph();
    let late = found(CODE, Verdict::Gone, day(3));
    let early = found(CODE, Verdict::Gone, day(1));
    let stranger = found("repository/github.com/no/one", Verdict::Gone, day(1));
    assert_eq!(write(folder.path(), &[late, stranger, early]), 1);
    assert_eq!(known(folder.path(), CODE).unwrap().lost.unwrap().times, 2);
    assert_eq!(write(folder.path(), &[found(CODE, Verdict::Alive, day(2))]), 0, "older than what is known");
}

#[test]
fn builds_leave_verdicts_alone() {
    let folder = small_graph();
    let mut outcome = found(CODE, Verdict::Moved, day(1));
    outcome.moved_to = Some("https://github.com/NewLab/EfficientQAT".into());
    outcome.facts = RepositoryFacts { stars: Some(5), ..RepositoryFacts::default() };
    write(folder.path(), &[outcome]);
    let before = known(folder.path(), CODE);
    let checks = history(folder.path());
    // Another paper links to the same repository, in other capitals.
    let other = with(
        paper("other", "Another", "2025", &["dataset/coco"]),
        "repos",
        serde_json::json!(["github.com/opengvlab/efficientqat", "github.com/newlab/efficientqat"]),
    );
    build(folder.path(), papers().into_iter().chain([other]).collect());
    assert_eq!(
        known(folder.path(), CODE).map(|known| (known.verdict, known.facts, known.moved_to)),
        before.map(|known| (known.verdict, known.facts, known.moved_to))
    );
    assert_eq!(history(folder.path()), checks);
}

#[test]
fn a_node_that_goes_takes_its_verdict_its_history_and_its_new_place_along() {
    let folder = small_graph();
    let untouched = dump(folder.path());
    let own = with(
        paper("own", "With code of its own", "2025", &["dataset/coco"]),
        "repos",
        serde_json::json!(["github.com/old/place"]),
    );
    build(folder.path(), vec![own]);
    let mut outcome = found("repository/github.com/old/place", Verdict::Moved, day(1));
    outcome.moved_to = Some("https://github.com/new/place".into());
    write(folder.path(), &[outcome, found("repository/github.com/new/place", Verdict::Alive, day(1))]);
    write(folder.path(), &[found("repository/github.com/new/place", Verdict::Alive, day(2))]);
    assert!(history(folder.path()) > 0);
    let vocabulary = vocabulary();
    let mut removal = GenerationBuild::begin(folder.path(), None, &vocabulary).unwrap();
    assert!(removal.remove(&"paper/own".parse().unwrap()).unwrap());
    removal.finish().unwrap();
    assert_eq!(dump(folder.path()), untouched);
}

#[test]
fn plain_queries_see_the_latest_and_the_history_is_in_its_graph() {
    let folder = small_graph();
    for (at, verdict) in [(1, Verdict::Alive), (2, Verdict::Gone), (3, Verdict::Gone)] {
        write(folder.path(), &[found(CODE, verdict, day(at))]);
    }
    let graph = GraphStore::open(folder.path()).unwrap();
    let verdict = graph.ontology().kg.verdict.as_ref();
    let in_graph = |name: GraphNameRef<'_>| {
        let quads = graph.store().unwrap().quads_for_pattern(None, Some(verdict), None, Some(name));
        let mut said: Vec<String> = quads.map(|quad| quad.unwrap().object.to_string()).collect();
        said.sort();
        said
    };
    assert_eq!(in_graph(GraphNameRef::DefaultGraph), ["\"gone\""]);
    assert_eq!(in_graph(graph.ontology().checks_graph().as_ref()), ["\"alive\"", "\"gone\"", "\"gone\""]);
}

proptest::proptest! {
    /// Compared with a simple model: only failures that are far enough apart count, one success erases them, and
    /// nothing else makes a link dead or alive.
    #[test]
    fn a_link_is_called_dead_by_failures_on_different_days_and_by_nothing_else(
        looks in proptest::collection::vec((0..Verdict::ALL.len(), 1..60i64), 0..40)
    ) {
        let mut latest: Option<CheckOutcome> = None;
        let (mut at, mut counted, mut last_counted, mut alive) = (0, 0, None, None);
        for (verdict, hours) in looks {
            at += hours;
            let verdict = Verdict::ALL[verdict];
            let now = day(1) + SignedDuration::from_hours(at);
            let outcome = found(CODE, verdict, now).after(latest.as_ref(), CONFIRM.apart);
            if verdict.is_there() {
                (counted, last_counted, alive) = (0, None, Some(now));
            } else if verdict.is_lost() && last_counted.is_none_or(|last| at - last >= 24) {
                (counted, last_counted) = (counted + 1, Some(at));
            }
            proptest::prop_assert_eq!(outcome.is_dead(CONFIRM), counted >= CONFIRM.times);
            proptest::prop_assert_eq!(outcome.last_alive, alive);
            proptest::prop_assert_eq!(outcome.lost.map_or(0, |streak| streak.times), counted);
            proptest::prop_assert!(outcome.due(Duration::from_hours(168), CONFIRM) <= now + SignedDuration::from_hours(168));
            latest = Some(outcome);
        }
    }

    #[test]
    fn transient_failures_never_make_a_link_dead(looks in proptest::collection::vec((0..Verdict::ALL.len(), 1..100i64), 1..60)) {
        let mut latest: Option<CheckOutcome> = None;
        let mut at = day(1);
        for (verdict, days) in looks {
            let verdict = Verdict::ALL[verdict];
            if !verdict.is_transient() {
                continue;
            }
            at += SignedDuration::from_hours(24 * days);
            let outcome = found(CODE, verdict, at).after(latest.as_ref(), CONFIRM.apart);
            proptest::prop_assert!(!outcome.is_dead(CONFIRM) && outcome.lost.is_none());
            latest = Some(outcome);
        }
    }

    /// Whatever a host reports about a repository comes back unchanged from the statements.
    #[test]
    fn any_outcome_survives_the_way_through_statements(
        verdict in 0..Verdict::ALL.len(), status in proptest::option::of(100..600u16), reason in proptest::option::of(".{1,30}"),
        stars in proptest::option::of(0..i64::MAX as u64), topics in proptest::collection::btree_set("[a-z-]{1,12}", 0..5),
        etag in proptest::option::of("[!-~]{1,20}"), hour in 0..90_000i64,
    ) {
        let ontology = papergraph::internals::ontology::Ontology::default();
        let node = ontology.base.node(CODE);
        let now = day(1) + SignedDuration::from_hours(hour);
        let mut outcome = found(CODE, Verdict::ALL[verdict], now).after(None, CONFIRM.apart);
        (outcome.status, outcome.reason, outcome.etag) = (status, reason, etag);
        outcome.facts = RepositoryFacts { stars, topics: topics.into_iter().collect(), ..RepositoryFacts::default() };
        let triples = ontology.checked_triples(&node, &outcome, &[], CONFIRM);
        proptest::prop_assert!(triples.iter().all(|triple| ontology.is_checked_fact(triple.predicate.as_ref())));
        proptest::prop_assert_eq!(ontology.checked(CODE, &outcome.url, &triples), Some(outcome));
    }
}
