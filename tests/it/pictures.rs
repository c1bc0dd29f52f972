//! Pictures: their contents, and that GraphViz reads them whatever the names are.

use std::process::Command;

use assert_cmd::prelude::*;
use papergraph::internals::export::dot::{PictureCaption, to_dot};
use papergraph::internals::export::graphviz::{GraphvizError, ImageFormat, render};
use papergraph::internals::graph::{GraphView, Node, Tie};
use papergraph::internals::ontology::NodeKind;
use serde_json::json;

use crate::cli::{graph, kg, stdout};
use crate::small_graph::{build, paper, with};

/// Whether GraphViz is installed; prints a message if a test is skipped because it is not.
fn graphviz() -> bool {
    let there = Command::new("dot").arg("-V").output().is_ok();
    if !there {
        eprintln!("SKIPPED: GraphViz is not installed, so its reading of our DOT was not tested");
    }
    there
}

#[test]
fn a_neighbourhood_is_drawn() {
    let graph = graph();
    insta::assert_snapshot!(stdout(kg(graph.path()).args([
        "export",
        "dot",
        "--around",
        "coco",
        "--kind",
        "dataset,paper"
    ])));
    let same = stdout(kg(graph.path()).args(["neighbors", "coco", "--format", "dot"]));
    assert!(same.starts_with("digraph"), "{same}");
}

#[test]
fn the_whole_graph_can_be_selected_from() {
    let graph = graph();
    let export = |args: &[&str]| stdout(kg(graph.path()).args(["export", "dot"]).args(args));
    assert!(export(&[]).contains("id=\"repository/github.com/opengvlab/efficientqat\""));
    assert!(!export(&["--relation", "evaluates-on"]).contains("repository"));
    assert!(!export(&["--since", "2025"]).contains("id=\"paper/arxiv-2407.11062\""));
    assert!(export(&["--kind", "dataset,metric"]).contains("papers name both"));
    let cut = kg(graph.path()).args(["export", "dot", "--max-nodes", "4"]).assert().success().get_output().clone();
    assert!(String::from_utf8(cut.stderr).unwrap().contains("are left out (--max-nodes 0 keeps all)"));
    assert!(String::from_utf8(cut.stdout).unwrap().contains("more are left out"));
    kg(graph.path()).args(["export", "dot", "--since", "2030"]).assert().code(1);
}

#[test]
fn a_click_leads_to_the_paper_wherever_it_is() {
    let registered = |key: &str, field: &str, value: serde_json::Value| {
        with(paper(key, key, "2024", &["dataset/coco"]), field, value)
    };
    let place = tempfile::tempdir().unwrap();
    let papers = vec![
        paper("arxiv-2401.00001", "One", "2024", &["dataset/coco"]),
        paper("acl-2020.acl-main.1", "Two", "2020", &["dataset/coco"]),
        registered("three", "doi", json!("10.1234/abc")),
        registered("four", "identifiers", json!(["paper/acl-2021.eacl-main.7"])),
        registered("five", "repos", json!(["github.com/a/b"])),
    ];
    build(place.path(), papers);
    let dot = stdout(kg(place.path()).args(["export", "dot", "--max-nodes", "0"]));
    for address in [
        "https://arxiv.org/abs/2401.00001",
        "https://aclanthology.org/2020.acl-main.1",
        "https://doi.org/10.1234/abc",
        "https://aclanthology.org/2021.eacl-main.7",
        "https://github.com/a/b",
        "https://cocodataset.org/",
    ] {
        assert!(dot.contains(&format!("URL=\"{address}\"")), "{address}: {dot}");
    }
}

#[test]
fn graphviz_reads_every_name() {
    if !graphviz() {
        return;
    }
    let names = [
        "quotes \" and ' and `",
        "backslashes \\ \\N \\G \\",
        "<b>markup</b> & &lt; &amp;#10;",
        "line\nbreak\ttab\0null",
        "emoji 🤗 and 知识图谱",
        "\u{202e}abc עברית العربية",
        "]; n0 -> n1 [label=\"x",
        "",
        "e\u{301}\u{200d}\u{feff}",
        &format!("example.org/{}", "x".repeat(20_000)),
        &"e\u{301}".repeat(20_000),
    ];
    render(&to_dot(&GraphView::default(), &PictureCaption::default()), ImageFormat::Svg).unwrap();
    for large in [false, true] {
        let mut graph = GraphView::default();
        let paper = Node::new(NodeKind::Paper, "paper/p", names[0]);
        let center = graph.add_node(paper);
        for (i, name) in names.iter().cycle().take(if large { 90 } else { names.len() }).enumerate() {
            let kind = NodeKind::ALL[i % NodeKind::ALL.len()];
            let id = format!("{kind}/{i}{name}");
            let node = graph.add_node(Node { distance: 1, ..Node::new(kind, id, *name) });
            graph.tie(center, node, Tie::STORED[i % Tie::STORED.len()]);
        }
        for name in names {
            let dot =
                to_dot(&graph, &PictureCaption { title: name.into(), left_out: 1, centers: vec!["paper/p".into()] });
            let svg = render(&dot, ImageFormat::Svg).unwrap_or_else(|e| panic!("{name:?}: {e}\n{dot}"));
            let svg = String::from_utf8(svg).unwrap();
            let drawn = svg.matches("class=\"node\"").count() + svg.matches("class=\"edge\"").count();
            assert_eq!(drawn, graph.node_count() + graph.link_count(), "{name:?}");
        }
    }
}

#[test]
fn svg_and_png_are_drawn_or_the_lack_of_graphviz_is_said() {
    let graph = graph();
    let missing = kg(graph.path()).args(["export", "svg"]).env("PATH", "").assert().code(1).get_output().clone();
    let missing = String::from_utf8(missing.stderr).unwrap();
    assert!(missing.contains("GraphViz is not installed") && missing.contains("apt install graphviz"), "{missing}");
    if !graphviz() {
        return;
    }
    let file = graph.path().join("picture.png");
    kg(graph.path()).args(["export", "png", "--around", "COCO", "-o"]).arg(&file).assert().success();
    assert!(std::fs::read(&file).unwrap().starts_with(b"\x89PNG"));
    assert!(matches!(render("digraph {", ImageFormat::Svg), Err(GraphvizError::Failed(_))));
}
