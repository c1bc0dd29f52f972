use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use oxigraph::model::Term;
use papergraph::extract::{Extraction, Extractor, Field, Mention};
use papergraph::internals::index::NodeHash;
use papergraph::internals::ontology::NodeKind;
use papergraph::internals::store::{GenerationBuild, GraphStore, NodeRef, StoreError};
use papergraph::paper::{
    Declared, DeclaredName, DeclaredRepository, DeclaredResult, LibraryEntry, Paper, PaperId, PartialDate, Section,
    SourceLocation,
};
use proptest::prelude::*;

use crate::small_graph::{build, paper, papers, vocabulary, with};

/// Every triple of the data and the ontology, without the metadata of the build (which holds the time).
pub(crate) fn graph(at: &Path) -> BTreeSet<String> {
    let graph = GraphStore::open(at).unwrap();
    let notes = graph.ontology().build_graph();
    graph
        .store()
        .unwrap()
        .iter()
        .map(Result::unwrap)
        .filter(|quad| quad.graph_name != notes)
        .map(|q| q.to_string())
        .collect()
}

fn generations(at: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(at.join("generations"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".readers"))
        .collect();
    names.sort();
    names
}

#[test]
fn building_the_same_papers_twice_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = build(folder.path(), papers());
    assert_eq!((first.added, first.published), (3, true));
    let before = graph(folder.path());
    let second = build(folder.path(), papers());
    assert_eq!((second.unchanged, second.published), (3, false));
    assert_eq!(graph(folder.path()), before);
    assert_eq!(generations(folder.path()), ["1"]);
}

#[test]
fn the_graph_does_not_depend_on_the_order_or_number_of_builds() {
    let at_once = tempfile::tempdir().unwrap();
    build(at_once.path(), papers());
    let one_by_one = tempfile::tempdir().unwrap();
    for paper in papers().into_iter().rev() {
        build(one_by_one.path(), vec![paper]);
    }
    assert_eq!(graph(at_once.path()), graph(one_by_one.path()));
    let counts = |at: &Path| GraphStore::open(at).unwrap().counts().unwrap().triples;
    assert_eq!(counts(at_once.path()), counts(one_by_one.path()));
    let data = graph(at_once.path()).into_iter().filter(|quad| !quad.ends_with("papergraph/ontology>")).count();
    assert_eq!(counts(at_once.path()), data as u64);
}

#[test]
fn a_paper_that_changes_leaves_nothing_stale_behind() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let mut changed = papers();
    changed[0] = paper("arxiv-2407.11062", "EfficientQAT: Efficient Training", "2024-07-10", &["dataset/coco"]);
    let summary = build(folder.path(), changed.clone());
    assert_eq!((summary.changed, summary.unchanged), (1, 2));
    let fresh = tempfile::tempdir().unwrap();
    build(fresh.path(), changed);
    // The follow-up still names it, although no paper introduces it any more: the words of the mention are the label
    // then.
    assert_eq!(graph(folder.path()), graph(fresh.path()));
    assert!(GraphStore::open(folder.path()).unwrap().resolve("ImageNet").unwrap().is_empty(), "orphans are removed");
}

#[test]
fn a_paper_that_is_removed_takes_what_only_it_named_along() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let vocabulary = vocabulary();
    let mut again = GenerationBuild::begin(folder.path(), None, &vocabulary).unwrap();
    let [first, ..] = &papers()[..] else { panic!() };
    assert!(again.remove(&first.paper.id).unwrap());
    assert!(!again.remove(&PaperId::from_title("never seen")).unwrap());
    again.finish().unwrap();
    let rest = tempfile::tempdir().unwrap();
    build(rest.path(), papers().split_off(1));
    assert_eq!(graph(folder.path()), graph(rest.path()));
}

#[test]
fn a_paper_given_twice_counts_as_its_last_version() {
    let folder = tempfile::tempdir().unwrap();
    let mut twice = papers();
    twice.insert(0, paper("arxiv-2407.11062", "An Older Title", "2024", &["dataset/imagenet"]));
    build(folder.path(), twice);
    let once = tempfile::tempdir().unwrap();
    build(once.path(), papers());
    assert_eq!(graph(folder.path()), graph(once.path()));
}

/// The ties to and from a node: local name of the predicate, and the id of the other node.
fn ties(graph: &GraphStore, node: &NodeRef, incoming: bool) -> BTreeSet<(String, String)> {
    let predicates = graph.edge_predicates();
    let ends = graph.links(&node.iri, &predicates).map(Result::unwrap).filter(|end| end.incoming == incoming);
    ends.map(|end| {
        let id = graph.base().id(end.other.as_str()).unwrap();
        (GraphStore::index_name(&end.predicate).to_string(), id.to_string())
    })
    .collect()
}

#[test]
fn broader_entities_come_along_and_lead_upwards() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let graph = GraphStore::open(folder.path()).unwrap();
    let [imagenet] = &graph.resolve("image net").unwrap()[..] else { panic!() };
    assert_eq!(imagenet.id, "dataset/imagenet");
    assert_eq!(graph.papers_up_to(&imagenet.iri, 10).unwrap(), 0);
    assert_eq!(ties(&graph, imagenet, true), [("broader".to_string(), "dataset/imagenet-1k".to_string())].into());
}

#[test]
fn a_node_is_found_by_id_name_alias_arxiv_id_title_and_address() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let graph = GraphStore::open(folder.path()).unwrap();
    for (name, id) in [
        ("dataset/coco", "dataset/coco"),
        ("dataset:coco", "dataset/coco"),
        ("https://w3id.org/papergraph/dataset/coco", "dataset/coco"),
        ("ms-coco", "dataset/coco"),
        ("Microsoft  COCO", "dataset/coco"),
        ("LLAMA2", "model/llama-2"),
        ("EfficientQAT", "method/efficientqat"),
        ("2407.11062", "paper/arxiv-2407.11062"),
        ("arXiv:2407.11062v3", "paper/arxiv-2407.11062"),
        ("https://arxiv.org/abs/2407.11062", "paper/arxiv-2407.11062"),
        ("efficientqat: efficient training", "paper/arxiv-2407.11062"),
        ("github.com/opengvlab/efficientqat", "repository/github.com/opengvlab/efficientqat"),
        ("https://github.com/OpenGVLab/EfficientQAT.git", "repository/github.com/opengvlab/efficientqat"),
        ("OpenGVLab/EfficientQAT", "repository/github.com/opengvlab/efficientqat"),
        ("https://follow.example.org", "page/follow.example.org"),
    ] {
        let found: Vec<String> = graph.resolve(name).unwrap().into_iter().map(|node| node.id).collect();
        assert_eq!(found, [id], "{name}");
    }
    assert!(graph.resolve("no such thing").unwrap().is_empty());
    assert!(graph.resolve("").unwrap().is_empty());
    assert!(graph.resolve("dataset/").unwrap().is_empty());
    let near: Vec<String> = graph.nearest("EficientQAT", 3).unwrap().into_iter().map(|node| node.id).collect();
    assert_eq!(near[0], "method/efficientqat");
}

#[test]
fn edges_and_evidence_lead_from_a_node_to_the_words_of_the_papers() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let graph = GraphStore::open(folder.path()).unwrap();
    let [coco] = &graph.resolve("COCO").unwrap()[..] else { panic!() };
    let expected = [
        ("evaluatesOn", "paper/arxiv-2501.00001"),
        ("usesDataset", "paper/arxiv-2501.00001"),
        ("usesDataset", "paper/a-plain-one"),
        ("usesDataset", "paper/arxiv-2407.11062"),
    ];
    let expected = expected.map(|(predicate, id)| (predicate.to_string(), id.to_string()));
    assert_eq!(ties(&graph, coco, true), expected.into());
    assert_eq!(graph.papers_up_to(&coco.iri, 10).unwrap(), 3);
    let of_paper = |paper: String| graph.mentions_in(&graph.base().node(&paper)).unwrap();
    let evidence = ties(&graph, coco, true).into_iter().filter(|(predicate, _)| predicate == "usesDataset");
    let evidence: Vec<_> =
        evidence.flat_map(|(_, paper)| of_paper(paper)).filter(|mention| mention.entity == coco.iri).collect();
    assert_eq!(evidence.len(), 3);
    for mention in evidence {
        let paper = graph.paper(&graph.base().id(mention.paper.as_str()).unwrap().parse().unwrap()).unwrap().unwrap();
        let place = mention.place;
        let said: String = paper.abstract_text.chars().skip(place.start).take(place.end - place.start).collect();
        assert_eq!(said, mention.text);
    }
    let [paper] = &graph.resolve("2407.11062").unwrap()[..] else { panic!() };
    let out: BTreeSet<String> = ties(&graph, paper, false).into_iter().map(|(_, id)| id).collect();
    assert!(out.contains("method/efficientqat") && out.contains("repository/github.com/opengvlab/efficientqat"));
    assert_eq!(graph.mentions_in(&paper.iri).unwrap().len(), 5);
}

#[test]
fn what_a_paper_introduces_it_does_not_use() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let all = graph(folder.path()).into_iter().collect::<Vec<_>>().join("\n");
    let base = "<https://w3id.org/papergraph/";
    let says = |paper: &str, relation: &str, entity: &str| {
        all.contains(&format!("{base}paper/{paper}> {base}ontology#{relation}> {base}{entity}>"))
    };
    assert!(says("arxiv-2407.11062", "introduces", "method/efficientqat"));
    assert!(says("arxiv-2407.11062", "mentions", "method/efficientqat"));
    assert!(!says("arxiv-2407.11062", "usesMethod", "method/efficientqat"));
    assert!(says("arxiv-2501.00001", "usesMethod", "method/efficientqat"));
    assert!(says("arxiv-2501.00001", "buildsOn", "method/efficientqat"));
}

#[test]
fn counts_say_what_the_graph_holds() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let counts = GraphStore::open(folder.path()).unwrap().counts().unwrap();
    let of = |kind: NodeKind| counts.nodes.iter().find(|(k, _)| *k == kind).unwrap().1;
    assert_eq!(of(NodeKind::Paper), 3);
    assert_eq!(of(NodeKind::Repository), 2);
    assert_eq!(of(NodeKind::Page), 1);
    assert_eq!(counts.mentions, 13);
    assert_eq!(counts.years, Some((2023, 2025)));
    assert!(counts.bytes > 0);
}

#[test]
fn a_reader_keeps_its_graph_while_builds_come_and_go() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let reader = GraphStore::open(folder.path()).unwrap();
    for i in 0..4 {
        let more = vec![paper(&format!("more-{i}"), &format!("More {i}"), "2025", &["dataset/coco"])];
        build(folder.path(), more);
    }
    assert_eq!(reader.papers().map(Result::unwrap).count(), 3);
    let [coco] = &reader.resolve("COCO").unwrap()[..] else { panic!() };
    assert_eq!(reader.papers_up_to(&coco.iri, 10).unwrap(), 3);
    assert_eq!(GraphStore::open(folder.path()).unwrap().papers().count(), 7);
    assert_eq!(generations(folder.path()), ["1", "4", "5"], "read, previous and current");
    drop(reader);
    build(folder.path(), papers());
    assert_eq!(generations(folder.path()), ["4", "5"]);
}

/// A server may read a graph whose folder is removed. Its search index is gone with the folder, and generations are
/// numbered from one again.
#[test]
fn a_reader_of_a_removed_graph_leaves_the_graph_that_is_built_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let reader = GraphStore::open(folder.path()).unwrap();
    std::fs::remove_file(folder.path().join("current")).unwrap();
    std::fs::remove_dir_all(folder.path().join("generations")).unwrap();
    let error = reader.index().err().expect("no index");
    assert!(matches!(error, StoreError::Replaced { .. }), "{error}");
    let vocabulary = vocabulary();
    let mut next = GenerationBuild::begin(folder.path(), None, &vocabulary).unwrap();
    next.replace(papers()).unwrap();
    let error = reader.index().err().expect("no index");
    assert!(matches!(error, StoreError::Replaced { .. }), "{error}");
    next.finish().unwrap();
    let next = GraphStore::open(folder.path()).unwrap();
    next.index().unwrap();
    assert_eq!(next.papers().count(), 3);
    assert_eq!(generations(folder.path()), ["1"]);
}

#[test]
fn a_build_that_is_dropped_leaves_the_graph_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let before = graph(folder.path());
    let vocabulary = vocabulary();
    let mut killed = GenerationBuild::begin(folder.path(), None, &vocabulary).unwrap();
    let many =
        (0..3000).map(|i| paper(&format!("p-{i}"), &format!("Paper {i}"), "2025", &["dataset/coco", "method/lora"]));
    killed.replace(many).unwrap();
    drop(killed);
    assert_eq!(graph(folder.path()), before);
    assert_eq!(generations(folder.path()), ["1"], "the room is given back");
}

#[test]
fn only_one_build_runs_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let vocabulary = vocabulary();
    let first = GenerationBuild::begin(folder.path(), None, &vocabulary).unwrap();
    assert!(matches!(GenerationBuild::begin(folder.path(), None, &vocabulary), Err(StoreError::Locked { .. })));
    drop(first);
    assert!(GenerationBuild::begin(folder.path(), None, &vocabulary).is_ok());
}

#[test]
fn what_is_not_a_graph_is_said_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let error = |at: &Path| GraphStore::open(at).err().unwrap();
    let missing = error(&folder.path().join("nowhere"));
    assert!(matches!(missing, StoreError::Missing { .. }));
    assert!(missing.help().contains("kg build"));

    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    assert!(matches!(error(&file), StoreError::NotAStore { .. }));

    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("thesis.tex"), "x").unwrap();
    assert!(matches!(error(&other), StoreError::NotAStore { .. }));
    let vocabulary = vocabulary();
    assert!(matches!(GenerationBuild::begin(&other, None, &vocabulary), Err(StoreError::NotAStore { .. })));
    assert!(!other.join("generations").exists(), "a folder of something else is left alone");

    let graph = folder.path().join("graph");
    build(&graph, papers());
    let other_base = "https://kg.example.org/".parse().unwrap();
    let refused = GenerationBuild::begin(&graph, Some(&other_base), &vocabulary).err().unwrap();
    assert!(matches!(refused, StoreError::OtherBase { .. }));

    std::fs::write(graph.join("current"), "{\"format\":99}").unwrap();
    assert!(matches!(error(&graph), StoreError::TooNew { format: 99, .. }));
    std::fs::write(graph.join("current"), "garbage").unwrap();
    assert!(matches!(error(&graph), StoreError::Corrupt { .. }));
    std::fs::remove_file(graph.join("current")).unwrap();
    assert!(matches!(error(&graph), StoreError::Corrupt { .. }));
    std::fs::remove_file(graph.join("generations/1.readers")).unwrap();
    assert!(matches!(error(&graph), StoreError::Unfinished { .. }), "it was never published");
}

#[test]
fn a_damaged_graph_is_an_error_and_not_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), papers());
    let generation = folder.path().join("generations/1");
    for entry in std::fs::read_dir(&generation).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("MANIFEST") {
            std::fs::write(path, b"not a manifest").unwrap();
        }
    }
    assert!(matches!(GraphStore::open(folder.path()), Err(StoreError::Corrupt { .. })));
    std::fs::remove_dir_all(generation).unwrap();
    assert!(matches!(GraphStore::open(folder.path()), Err(StoreError::Corrupt { .. })));
}

#[test]
fn a_build_without_papers_makes_an_empty_graph() {
    let folder = tempfile::tempdir().unwrap();
    build(folder.path(), vec![]);
    let graph = GraphStore::open(folder.path()).unwrap();
    assert_eq!(graph.papers().count(), 0);
    assert_eq!(graph.counts().unwrap().triples, 0);
}

fn any_paper() -> impl Strategy<Value = Extraction> {
    let id = prop_oneof![
        (1000u32..9999, 1000u32..99999).prop_filter_map("an arXiv id", |(a, b)| PaperId::arxiv(&format!("{a}.{b:05}"))),
        ".{0,30}".prop_map(|title| PaperId::from_title(&title)),
    ];
    let date = (1000u16..=9999, proptest::option::of((1u8..=12, proptest::option::of(1u8..=28))))
        .prop_map(|(y, rest)| PartialDate::new(y, rest.map(|(m, _)| m), rest.and_then(|(_, d)| d)).unwrap());
    let text = "(?s).{0,60}";
    let some = |shape: &'static str| proptest::option::of(shape);
    let states =
        proptest::collection::btree_set("(title|doi|task Parsing|url |repository |method .{0,3}|.{0,9})", 0..6);
    let origin = (".{0,20}", any::<u64>(), "[a-z-]{1,10}", states).prop_map(|(file, line, format, states)| {
        SourceLocation { file, line, format, states: states.into_iter().collect() }
    });
    let identifiers = proptest::collection::btree_set("[a-z][0-9]{2}-[0-9]{4}", 0..3);
    let several = || proptest::collection::btree_set(text, 0..3);
    let library = (several(), several(), several(), several())
        .prop_map(|(citation_keys, tags, collections, notes)| LibraryEntry { citation_keys, tags, collections, notes });
    let section = (text, text).prop_map(|(title, text)| Section { title, text, ..Section::default() });
    (
        (id, text, text, proptest::option::of(date), some(text), some(text), identifiers),
        (
            proptest::option::of(any::<u32>()),
            proptest::option::of(proptest::collection::vec(text, 0..4)),
            some(text),
            proptest::option::of(any::<u32>()),
        ),
        proptest::collection::vec(text, 0..3),
        (any_declared(), library),
        proptest::collection::vec(section, 0..3),
        proptest::collection::vec(origin, 0..12),
    )
        .prop_map(
            |(
                (id, title, abstract_text, published, doi, venue, identifiers),
                (author_count, authors, organization, comments),
                urls,
                (declared, library),
                sections,
                sources,
            )| {
                let paper = Paper {
                    id,
                    title,
                    abstract_text,
                    published,
                    date_source: None,
                    document: None,
                    author_count,
                    authors,
                    organization,
                    comments,
                    doi,
                    venue,
                    catalogue_ids: Vec::new(),
                    identifiers: identifiers.iter().filter_map(|id| PaperId::acl(id)).collect(),
                    urls,
                    declared,
                    library,
                    sections,
                    sources,
                    contradictions: Vec::new(),
                };
                let mut extraction = with(papers().remove(0), "mentions", serde_json::json!([]));
                extraction.paper = paper;
                extraction
            },
        )
}

fn any_declared() -> impl Strategy<Value = Declared> {
    let some = || proptest::option::of(".{0,9}");
    let repository = (".{0,9}", proptest::option::of(any::<bool>()), some())
        .prop_map(|(url, official, framework)| DeclaredRepository { url, official, framework });
    let dataset = (".{0,9}", some()).prop_map(|(name, url)| DeclaredName { name, url });
    let result = (some(), some(), ".{0,9}", some(), ".{0,9}")
        .prop_map(|(task, dataset, metric, model, value)| DeclaredResult { task, dataset, metric, model, value });
    (
        proptest::collection::vec(repository, 0..3),
        proptest::collection::vec(dataset, 0..3),
        proptest::collection::vec("(Parsing|.{0,9})", 0..12),
        proptest::collection::vec(".{0,3}", 0..3),
        proptest::collection::vec(result, 0..3),
    )
        .prop_map(|(repositories, datasets, tasks, methods, results)| Declared {
            repositories,
            datasets,
            tasks,
            methods,
            results,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_paper_comes_out_of_the_store_as_it_went_in(extractions in proptest::collection::vec(any_paper(), 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        let mut wanted = std::collections::BTreeMap::new();
        for extraction in &extractions {
            wanted.insert(extraction.paper.id.clone(), extraction.paper.clone());
        }
        build(folder.path(), extractions);
        let graph = GraphStore::open(folder.path()).unwrap();
        let mut found = std::collections::BTreeMap::new();
        for paper in graph.papers() {
            let paper = paper.unwrap();
            found.insert(paper.id.clone(), paper);
        }
        prop_assert_eq!(found, wanted);
    }
}

#[test]
fn what_a_killed_build_had_filled_is_found_too() {
    let folder = tempfile::tempdir().unwrap();
    let vocabulary = vocabulary();
    // Two of the three batches have more triples than one stretch.
    let batch = |number: u64| {
        let paper = |i: u64| {
            let names: Vec<String> = (0..125).map(|name| format!("dataset/set-{}", (i * 7 + name) % 200)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            paper(&format!("arxiv-2401.{i:05}"), &format!("Paper {i}"), "2024-01", &names)
        };
        (number < 3).then(|| (number * 1000..(number + 1) * 1000).map(paper).collect::<Vec<_>>())
    };
    let fill = |path: &Path, batches: u64| {
        let mut build = GenerationBuild::begin(path, None, &vocabulary).unwrap();
        build.work_on(7).unwrap();
        let mut asked = Vec::new();
        let filled = build.fill(|number| {
            asked.push(number);
            if number < batches { Ok(batch(number)) } else { Err(StoreError::Missing { path: path.into() }) }
        });
        if filled.is_ok() {
            build.finish().unwrap();
        }
        asked
    };
    let killed = folder.path().join("killed");
    assert_eq!(fill(&killed, 2), [0, 1, 2]);
    assert_eq!(fill(&killed, 9), [2, 3], "what is written is not asked for again");

    let killed = GraphStore::open(&killed).unwrap();
    let index = killed.index().unwrap();
    assert_eq!(index.docs().count(), 3200);
    for name in ["dataset/set-0", "dataset/set-99"].map(|id| NodeHash::of(id).unwrap()) {
        assert_eq!(index.count(name).unwrap(), 1875);
    }
}

/// Full papers that name known entities throughout their sections.
fn full_paper() -> impl Strategy<Value = Paper> {
    let words = "(We test on COCO\\. |On ImageNet-1K, too\\. |PyTorch |with an A100 |[a-zé𝒳 ]{0,9}|\n){0,8}";
    let section =
        ("(|Data|Tests \\p{L}{0,5})", words).prop_map(|(title, text)| Section { title, text, ..Section::default() });
    proptest::collection::vec(section, 1..6).prop_map(|sections| Paper { sections, ..Paper::titled("Of Many Parts") })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_mention_of_the_full_text_leads_to_its_section_and_the_words_there(paper in full_paper()) {
        let extraction = Extractor::new(vocabulary()).unwrap().extract(paper);
        let is_in_section = |mention: &&Mention| matches!(mention.field, Field::Section(_));
        let wanted = extraction.mentions.iter().filter(is_in_section).count();
        let folder = tempfile::tempdir().unwrap();
        build(folder.path(), vec![extraction]);
        let mut nodes: HashMap<String, HashMap<String, String>> = HashMap::new();
        for quad in GraphStore::open(folder.path()).unwrap().store().unwrap().iter().map(Result::unwrap) {
            let property = quad.predicate.as_str().rsplit(['#', '/']).next().unwrap().to_string();
            let value = match &quad.object {
                Term::Literal(literal) => literal.value().to_string(),
                other => other.to_string(),
            };
            nodes.entry(quad.subject.to_string()).or_default().insert(property, value);
        }
        let mentions: Vec<_> = nodes.values().filter(|node| node.contains_key("inSection")).collect();
        prop_assert_eq!(mentions.len(), wanted);
        for mention in mentions {
            let section = &nodes[&mention["inSection"]];
            let (start, end): (usize, usize) = (mention["start"].parse().unwrap(), mention["end"].parse().unwrap());
            let words: String = section["text"].chars().skip(start).take(end - start).collect();
            prop_assert_eq!(&words, &mention["text"]);
            prop_assert!(mention["inSection"].contains(&mention["field"]), "{:?}", mention);
        }
    }
}

/// Another account can query a graph that one account builds.
#[cfg(unix)]
#[test]
fn who_may_read_one_file_of_a_graph_may_read_all() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let readers = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o044;
    for more in [papers(), vec![paper("one-more", "One more", "2024", &["dataset/coco"])]] {
        build(folder.path(), more);
        let (mut folders, mut files) = (vec![folder.path().join("generations")], 0);
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    assert_eq!(readers(&path), readers(&folder.path().join("current")), "{}", path.display());
                    files += 1;
                }
            }
        }
        assert!(files > 10);
    }
}
