//! Exports: one selection in every format, complete files or none, and hostile names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use assert_cmd::prelude::*;
use oxigraph::io::{RdfFormat, RdfParser};
use oxigraph::model::{GraphName, Literal, Quad};
use papergraph::internals::graph::{ChosenPart, GraphView, PartChoice, Selection, Tie};
use papergraph::internals::ontology::NodeKind;
use papergraph::internals::store::{GenerationEdit, GraphStore};
use papergraph::vocabulary::Kind;
use parquet::file::reader::SerializedFileReader;
use parquet::record::RowAccessor;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use quick_xml::XmlVersion;
use quick_xml::events::Event as Xml;
use serde_json::{Value, json};

use crate::cli::{graph, kg, stdout};
use crate::small_graph::{build, paper, with};

/// Ids of the nodes, ends of the edges.
type Shape = (BTreeSet<String>, BTreeSet<(String, String)>);

fn export(store: &Path, format: &str, args: &[&str]) -> String {
    stdout(kg(store).args(["export", format]).args(args))
}

/// The files of a format that is a folder.
fn folder(store: &Path, format: &str, args: &[&str]) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    kg(store).args(["export", format, "-o"]).arg(&out).args(args).assert().success();
    place
}

fn xml(text: &str, of_node: &str, of_edge: &str) -> Shape {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut nodes, mut edges) = Shape::default();
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(element) => {
                let value = |name: &str| {
                    let attribute = element.try_get_attribute(name).unwrap()?;
                    Some(attribute.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned())
                };
                if element.name().as_ref() == of_node {
                    nodes.insert(value("id").unwrap());
                } else if element.name().as_ref() == of_edge {
                    edges.insert((value("source").unwrap(), value("target").unwrap()));
                }
            }
            Xml::Eof => return (nodes, edges),
            _ => {}
        }
    }
}

fn table(place: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(place.join("out").join(name)).unwrap().deserialize().map(Result::unwrap).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_string()
}

/// The contents of a part, as a foreign reader reports them for each format.
fn shapes(store: &Path, args: &[&str]) -> Vec<(&'static str, Shape)> {
    let cytoscape: Value = serde_json::from_str(&export(store, "cytoscape", args)).unwrap();
    let elements = |of: &str| cytoscape["elements"][of].as_array().unwrap().clone();
    let nodes = elements("nodes").iter().map(|node| text(&node["data"]["id"])).collect();
    let ends = |edge: &Value| (text(&edge["source"]), text(&edge["target"]));
    let edges = elements("edges").iter().map(|edge| ends(&edge["data"])).collect();
    let cytoscape = (nodes, edges);
    let graph: Value = serde_json::from_str(&export(store, "json-graph", args)).unwrap();
    let nodes = graph["graph"]["nodes"].as_object().unwrap().keys().cloned().collect();
    let json_graph = (nodes, graph["graph"]["edges"].as_array().unwrap().iter().map(ends).collect());
    let tables = folder(store, "csv", args);
    let nodes = table(tables.path(), "nodes.csv").iter().map(|row| row["id:ID"].clone()).collect();
    let ends = |row: &BTreeMap<String, String>| (row[":START_ID"].clone(), row[":END_ID"].clone());
    let tables = (nodes, table(tables.path(), "edges.csv").iter().map(ends).collect());
    let place = folder(store, "parquet", args);
    let rows = |name: &str| SerializedFileReader::try_from(place.path().join("out").join(name).as_path()).unwrap();
    let string = |row: &parquet::record::Row, i: usize| row.get_string(i).unwrap().clone();
    let nodes = rows("nodes.parquet").into_iter().map(|row| string(&row.unwrap(), 0)).collect();
    let edges = rows("edges.parquet").into_iter().map(|row| row.unwrap()).map(|r| (string(&r, 0), string(&r, 1)));
    let parquet = (nodes, edges.collect());
    vec![
        ("graphml", xml(&export(store, "graphml", args), "node", "edge")),
        ("gexf", xml(&export(store, "gexf", args), "node", "edge")),
        ("cytoscape", cytoscape),
        ("json-graph", json_graph),
        ("csv", tables),
        ("parquet", parquet),
    ]
}

#[test]
fn the_same_options_choose_the_same_part_in_every_format() {
    let graph = graph();
    let everything = shapes(graph.path(), &[]).remove(0).1;
    let sizes: Vec<String> = [
        &[][..],
        &["--kind", "paper,dataset"],
        &["--kind", "dataset"],
        &["--relation", "evaluates-on,introduces"],
        &["--relation", "evaluates-on", "--min-degree", "1"],
        &["--since", "2025"],
        &["--until", "2023", "--kind", "paper,dataset,task"],
        &["--min-degree", "3"],
        &["--max-nodes", "5"],
        &["--live-only"],
        &["--around", "COCO"],
        &["--around", "LoRA", "--around", "llama 2"],
        &["--around", "LoRA", "--depth", "2", "--kind", "dataset,method"],
        &["--around", "COCO", "--since", "2024", "--max-nodes", "3"],
    ]
    .into_iter()
    .map(|args| {
        let shapes = shapes(graph.path(), args);
        let (_, first) = &shapes[0];
        for (format, shape) in &shapes {
            assert_eq!(shape, first, "{format} {args:?}");
        }
        assert!(first.0.is_subset(&everything.0), "{args:?}");
        assert!(first.1.iter().all(|(a, b)| first.0.contains(a) && first.0.contains(b)), "{args:?}");
        format!("{:60} {} nodes, {} edges", args.join(" "), first.0.len(), first.1.len())
    })
    .collect();
    insta::assert_snapshot!(sizes.join("\n"));
}

#[test]
fn a_part_chosen_from_disk_is_the_part_chosen_in_memory() {
    let folder = graph();
    let store = GraphStore::open(folder.path()).unwrap();
    let whole = GraphView::load(&store).unwrap();
    let entity = |kind| NodeKind::Entity(kind);
    let date = |text: &str| Some(text.parse().unwrap());
    let kinds = [vec![], vec![NodeKind::Paper, entity(Kind::Dataset)], vec![entity(Kind::Dataset), entity(Kind::Task)]];
    let ties = [vec![], vec![Tie::EvaluatesOn, Tie::Introduces], vec![Tie::Mentions, Tie::Related]];
    let mut compared = 0;
    for (kinds, ties) in kinds.iter().flat_map(|kinds| ties.iter().map(move |ties| (kinds, ties))) {
        for (since, until) in [(None, None), (date("2024"), None), (None, date("2024-06"))] {
            for (min_degree, max_nodes) in [(0, None), (1, None), (2, None), (1, Some(6))] {
                let (kinds, ties) = (kinds.clone(), ties.clone());
                let selection = Selection { kinds, ties, since, until, ..Selection::default() };
                let cutout = PartChoice { selection, min_degree, max_nodes };
                let part = cutout.of(&whole, &[]);
                let chosen = ChosenPart::whole(&store, &cutout).unwrap();
                let shape = |graph: &GraphView| -> Vec<String> {
                    let mut all: Vec<String> = graph.nodes().map(|(_, node)| node.id.clone()).collect();
                    let name = |index| graph.node(index).unwrap().id.clone();
                    all.extend(graph.links().map(|(a, b, link)| {
                        // Their order says nothing about being named together.
                        let mut ends = [name(a), name(b)];
                        if link.ties.contains(Tie::Related) {
                            ends.sort();
                        }
                        format!("{ends:?} {:?} {}", link.ties, link.weight)
                    }));
                    all.sort();
                    all
                };
                assert_eq!(shape(&chosen.graph().unwrap()), shape(&part.graph), "{cutout:?}");
                assert_eq!(chosen.left_out, part.left_out, "{cutout:?}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 108);
}

#[test]
fn a_construct_chooses_its_nodes_and_edges() {
    let graph = graph();
    let query = graph.path().join("q.rq");
    let ask = |text: &str| {
        fs::write(&query, text).unwrap();
        let output = kg(graph.path()).args(["export", "graphml", "--query"]).arg(&query).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), errors)
    };
    let (_, graphml, _) = ask("CONSTRUCT { ?p kg:evaluatesOn ?d } WHERE { ?p kg:evaluatesOn ?d }");
    let (nodes, edges) = xml(&graphml, "node", "edge");
    assert_eq!((nodes.len(), edges.len()), (4, 2));
    assert!(edges.contains(&("paper/arxiv-2501.00001".into(), "dataset/coco".into())));
    let (_, graphml, errors) = ask("PREFIX ex: <https://example.org/> CONSTRUCT { ?a ex:near ?b . ?c a kg:Task } \
         WHERE { ?p kg:usesDataset ?a, ?b FILTER(STR(?a) < STR(?b)) ?c a kg:Task }");
    let (nodes, edges) = xml(&graphml, "node", "edge");
    assert_eq!((nodes.len(), edges.len()), (3, 1), "{graphml}");
    assert!(graphml.contains(">related<"), "{graphml}");
    assert!(errors.contains("https://example.org/near is not a relation of the graph; its 1 edge is"), "{errors}");
    let (code, _, errors) = ask("SELECT ?p { ?p a kg:Paper }");
    assert!(code == Some(1) && errors.contains("is not a CONSTRUCT query"), "{errors}");
    let (code, _, errors) = ask("CONSTRUCT { ?p");
    assert!(code == Some(1) && errors.contains("line 1"), "{errors}");
}

#[test]
fn dead_code_is_left_out_and_reported() {
    let graph = graph();
    let mut change = GenerationEdit::begin(graph.path()).unwrap();
    let ontology = change.graph().ontology().clone();
    let repository = ontology.base.node("repository/github.com/opengvlab/efficientqat");
    for (predicate, value) in [
        (&ontology.kg.verdict, Literal::new_simple_literal("gone")),
        (&ontology.kg.dead, Literal::from(true)),
        (&ontology.kg.stars, Literal::from(1234_i64)),
    ] {
        let quad = Quad::new(repository.clone(), predicate.clone(), value, GraphName::DefaultGraph);
        change.insert(quad).unwrap();
    }
    change.finish().unwrap();
    let list = export(graph.path(), "markdown", &[]);
    assert!(list.contains("~~[github.com/OpenGVLab/EfficientQAT]"), "{list}");
    assert!(list.contains("~~ (gone)"), "{list}");
    let live = export(graph.path(), "markdown", &["--live-only"]);
    assert!(live.contains("A Follow-Up") && !live.contains("EfficientQAT:"), "{live}");
    let (nodes, _) = xml(&export(graph.path(), "graphml", &["--live-only"]), "node", "edge");
    assert!(!nodes.contains("hardware/nvidia-a100"), "only the paper without live code names it: {nodes:?}");
    let around = export(graph.path(), "json-graph", &["--around", "COCO", "--live-only"]);
    assert!(!around.contains("2407.11062") && around.contains("2501.00001"), "{around}");
    assert!(export(graph.path(), "graphml", &[]).contains("<data key=\"node_verdict\">gone</data>"));
    let rows = stdout(kg(graph.path()).args(["neighbors", "2407.11062", "--format", "csv"]));
    let repository = rows.lines().find(|row| row.starts_with("has-repository")).unwrap();
    assert!(repository.contains(",gone,"), "{rows}");
    let dot = export(graph.path(), "dot", &["--around", "2407.11062"]);
    assert!(dot.contains("<s>OpenGVLab/<br/>EfficientQAT</s><br/><b>✗ gone</b>"), "{dot}");
}

#[test]
fn a_crate_holds_the_graph_that_it_describes() {
    let graph = graph();
    for args in [&[][..], &["--around", "LoRA"]] {
        let place = folder(graph.path(), "rocrate", args);
        let out = place.path().join("out");
        let described: Value =
            serde_json::from_str(&fs::read_to_string(out.join("ro-crate-metadata.json")).unwrap()).unwrap();
        let entity = |id: &str| {
            let all = described["@graph"].as_array().unwrap();
            all.iter().find(|entity| entity["@id"] == id).cloned().unwrap()
        };
        let file = entity("graph.nq");
        assert_eq!(file["encodingFormat"][0], "application/n-quads");
        assert_eq!(file["conformsTo"]["@id"], "ontology.ttl");
        assert_eq!(text(&file["contentSize"]), fs::metadata(out.join("graph.nq")).unwrap().len().to_string());
        assert!(entity("./")["hasPart"].as_array().unwrap().contains(&json!({"@id": "graph.nq"})));
        let quads = fs::read(out.join("graph.nq")).unwrap();
        let quads: Vec<Quad> =
            RdfParser::from_format(RdfFormat::NQuads).for_slice(&quads).map(Result::unwrap).collect();
        let papers = quads
            .iter()
            .filter(|quad| quad.predicate.as_str().ends_with("#type") && quad.object.to_string().ends_with("#Paper>"))
            .count();
        assert_eq!(papers, if args.is_empty() { 3 } else { 1 });
        assert_eq!(quads.iter().any(|quad| quad.graph_name != GraphName::DefaultGraph), args.is_empty());
    }
}

#[test]
fn reading_lists_look_like_this() {
    let graph = graph();
    insta::assert_snapshot!("reading_list", export(graph.path(), "markdown", &[]));
    insta::assert_snapshot!("bibtex", export(graph.path(), "bibtex", &[]));
    let notes = folder(graph.path(), "obsidian", &[]);
    let note = notes.path().join("out/Papers/A Follow-Up.md");
    insta::assert_snapshot!("obsidian_note", fs::read_to_string(note).unwrap());
    insta::assert_snapshot!("graphml", export(graph.path(), "graphml", &["--around", "LoRA"]));
    insta::assert_snapshot!("gexf", export(graph.path(), "gexf", &["--around", "LoRA"]));
}

#[test]
fn a_folder_is_not_replaced_unless_asked_and_a_failed_export_leaves_nothing() {
    let graph = graph();
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("out");
    let run = |args: &[&str]| kg(graph.path()).args(["export", "csv", "-o"]).arg(&out).args(args).assert();
    run(&[]).success();
    let refused = String::from_utf8(run(&[]).code(1).get_output().stderr.clone()).unwrap();
    assert!(refused.contains("is there already") && refused.contains("--force"), "{refused}");
    run(&["--force"]).success();
    let failed = run(&["--force", "--since", "2030"]).code(1).get_output().stderr.clone();
    assert!(String::from_utf8(failed).unwrap().contains("these options select no node of the graph"));
    assert!(out.join("nodes.csv").exists());
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1, "nothing is left beside it");
    kg(graph.path()).args(["export", "parquet"]).assert().code(2);
    kg(graph.path()).args(["export", "graphml", "-o", "/dev/null/all.graphml"]).assert().code(1);
    let papers = kg(graph.path()).args(["export", "bibtex", "--kind", "dataset"]).assert().code(1).get_output().clone();
    assert!(String::from_utf8(papers.stderr).unwrap().contains("no paper of the graph"));
    // A device is written to, and not replaced.
    kg(graph.path()).args(["export", "graphml", "-o", "/dev/null"]).assert().success();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

/// Names that mean something else to some program.
const HOSTILE: [&str; 22] = [
    "quotes \" and ' and `",
    "a <b>bold</b> & &lt; &amp;#10; name",
    "<script>alert(1)</script>",
    "back \\ slash \\N \\input{/etc/passwd} \\",
    "line\nbreak\r\nand\ttab",
    "controls \u{1}\u{8}\u{1b}[31m\u{7f}\u{85} \u{fffe}",
    "emoji 🤗 and 知识图谱",
    "עברית \u{202e}evil\u{202c} العربية \u{2066}x\u{2069}",
    "=HYPERLINK(\"http://x\",\"y\")",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "'=1+1",
    "\t=1",
    "]]> --> ]; n0 -> n1 [label=\"x\"]",
    "{unbalanced $math$ 50% #1 x_1^2 ~ & } @misc{x,",
    "| a | b | [[link]] [x](javascript:alert(1)) ![i](http://x/i.png)",
    "--- key: !!python/object [a, b] # no",
    "../../etc/passwd",
    "CON",
    "Case and case",
    "CASE AND CASE",
];

fn hostile() -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let papers = HOSTILE.iter().enumerate().map(|(i, name)| {
        let record = paper(&format!("arxiv-2401.{i:05}"), name, "2024-01-02", &["dataset/coco"]);
        let record = with(record, "organization", json!(name));
        let record = with(record, "authors", json!([name, "Ada Lovelace"]));
        let record = with(record, "urls", json!([format!("javascript:{name}"), "https://github.com/a/b"]));
        with(record, "introduces", json!([{"entity": format!("method/m{i}"), "name": name, "kind": "method"}]))
    });
    build(place.path(), papers.collect());
    place
}

/// Titles of the papers by id, from label by id.
fn titles(labels: impl IntoIterator<Item = (String, String)>) -> Vec<String> {
    let labels: BTreeMap<String, String> =
        labels.into_iter().filter(|(id, _)| id.starts_with("paper/arxiv-2401.")).collect();
    labels.into_values().collect()
}

fn visible(name: &str) -> String {
    papergraph::internals::export::one_line(name)
}

#[test]
fn hostile_names_are_data_to_every_program() {
    let store = hostile();
    let raw: Vec<String> = HOSTILE.map(str::to_string).into();

    let cytoscape: Value = serde_json::from_str(&export(store.path(), "cytoscape", &[])).unwrap();
    let nodes = cytoscape["elements"]["nodes"].as_array().unwrap();
    assert_eq!(titles(nodes.iter().map(|n| (text(&n["data"]["id"]), text(&n["data"]["label"])))), raw);

    let graph: Value = serde_json::from_str(&export(store.path(), "json-graph", &[])).unwrap();
    let nodes = graph["graph"]["nodes"].as_object().unwrap();
    assert_eq!(titles(nodes.iter().map(|(id, node)| (id.clone(), text(&node["label"])))), raw);

    let place = folder(store.path(), "parquet", &[]);
    let rows = SerializedFileReader::try_from(place.path().join("out/nodes.parquet").as_path()).unwrap();
    let rows = rows.into_iter().map(Result::unwrap);
    let labels = rows.map(|row| (row.get_string(0).unwrap().clone(), row.get_string(1).unwrap().clone()));
    assert_eq!(titles(labels), raw);

    // XML cannot hold control characters.
    let in_xml = |name: &String| name.replace(['\u{1}', '\u{8}', '\u{1b}', '\u{fffe}'], "\u{fffd}");
    let graphml = export(store.path(), "graphml", &[]);
    assert_eq!(titles(graphml_labels(&graphml)), raw.iter().map(in_xml).collect::<Vec<_>>());
    let gexf = export(store.path(), "gexf", &[]);
    let labels = xml_attributes(&gexf, "node", "label");
    assert_eq!(titles(labels), raw.iter().map(|name| visible(&in_xml(name))).collect::<Vec<_>>());

    let place = folder(store.path(), "csv", &[]);
    let rows = table(place.path(), "nodes.csv");
    let formula = ['=', '+', '-', '@', '\t', '\r'];
    assert!(rows.iter().flat_map(BTreeMap::values).all(|value| !value.starts_with(formula)), "{rows:?}");
    let back = |label: &String| {
        let bare = label.trim_start_matches('\'');
        if bare.len() < label.len() && bare.starts_with(formula) { label[1..].to_string() } else { label.clone() }
    };
    let labels = rows.iter().map(|row| (row["id:ID"].clone(), back(&row["label"])));
    let in_a_line = |name: &String| name.replace(char::is_control, " ");
    assert_eq!(titles(labels), raw.iter().map(in_a_line).collect::<Vec<_>>());
    assert!(rows.iter().all(|row| row["url"].is_empty() || row["url"].starts_with("http")));

    let crate_ = folder(store.path(), "rocrate", &[]);
    let metadata = fs::read_to_string(crate_.path().join("out/ro-crate-metadata.json")).unwrap();
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let entities = metadata["@graph"].as_array().unwrap();
    let articles = entities.iter().filter(|entity| entity["@type"] == "ScholarlyArticle");
    assert_eq!(titles(articles.map(|a| (text(&a["identifier"]), text(&a["name"])))), raw);
}

fn graphml_labels(text: &str) -> Vec<(String, String)> {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut labels, mut id, mut label) = (Vec::new(), String::new(), None);
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(element) => {
                let value = |name: &str| {
                    let value = element.try_get_attribute(name).unwrap()?;
                    Some(value.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned())
                };
                if element.name().as_ref() == "node" {
                    id = value("id").unwrap();
                }
                label = (value("key").as_deref() == Some("node_label")).then(String::new);
            }
            Xml::Text(text) => {
                if let Some(label) = &mut label {
                    label.push_str(&text.xml10_content());
                }
            }
            Xml::GeneralRef(reference) => {
                if let Some(label) = &mut label {
                    let entity = format!("&{};", &*reference);
                    label.push_str(&quick_xml::escape::unescape(&entity).unwrap());
                }
            }
            Xml::End(_) => labels.extend(label.take().map(|label| (id.clone(), label))),
            Xml::Eof => return labels,
            _ => {}
        }
    }
}

fn xml_attributes(text: &str, of: &str, name: &str) -> Vec<(String, String)> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(element) if element.name().as_ref() == of => {
                let value = |name: &str| {
                    let value = element.try_get_attribute(name).unwrap().unwrap();
                    value.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned()
                };
                found.push((value("id"), value(name)));
            }
            Xml::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn hostile_names_are_text_to_every_reader() {
    let store = hostile();
    let shown: BTreeSet<String> = HOSTILE.map(visible).into();

    let list = export(store.path(), "markdown", &["--title", HOSTILE[16]]);
    let (mut cells, mut cell) = (Vec::new(), None);
    for event in Parser::new_ext(&list, Options::all() - Options::ENABLE_SMART_PUNCTUATION) {
        match event {
            Event::Start(Tag::TableCell) => cell = Some(String::new()),
            Event::End(TagEnd::TableCell) => cells.extend(cell.take()),
            Event::Start(Tag::Link { dest_url, .. }) => assert!(dest_url.starts_with("https://"), "{dest_url}"),
            Event::Text(text) => cell.iter_mut().for_each(|cell| cell.push_str(&text)),
            Event::Html(html) | Event::InlineHtml(html) => panic!("{html}"),
            Event::Start(Tag::Image { dest_url, .. }) => panic!("{dest_url}"),
            _ => {}
        }
    }
    let titles: BTreeSet<String> = cells[4..].chunks(4).map(|row| row[1].clone()).collect();
    assert_eq!(titles, shown);
    assert!(cells[4..].chunks(4).all(|row| row[2] == "github.com/a/b" && row[3] == "COCO"), "{cells:?}");

    let bibtex = export(store.path(), "bibtex", &[]);
    let bibliography = biblatex::Bibliography::parse(&bibtex).unwrap_or_else(|e| panic!("{e}\n{bibtex}"));
    assert_eq!(bibliography.len(), HOSTILE.len());
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let commands = ["textbackslash", "textbraceleft", "textbraceright", "textasciitilde", "textasciicircum"];
    for (i, name) in HOSTILE.iter().enumerate() {
        let entry = bibliography.get(&format!("arxiv-2401.{i:05}")).unwrap();
        let title = biblatex::ChunksExt::format_verbatim(entry.title().unwrap());
        let title = commands.iter().fold(title, |title, command| title.replace(command, ""));
        assert_eq!(letters(&title), letters(&visible(name)), "{bibtex}");
        assert_eq!(entry.author().unwrap().len(), 2, "{name:?}");
    }

    let place = folder(store.path(), "obsidian", &[]);
    let mut names = BTreeSet::new();
    let mut titles = BTreeSet::new();
    for file in fs::read_dir(place.path().join("out/Papers")).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        assert!(!name.contains(['<', '>', ':', '"', '\\', '|', '?', '*', '#', '^', '[', ']']), "{name:?}");
        assert!(!name.chars().any(char::is_control) && name.len() < 128, "{name:?}");
        assert!(names.insert(name.to_lowercase()), "{name:?} is there in another capitalisation");
        let note = fs::read_to_string(file.path()).unwrap();
        let (front, body) = note.strip_prefix("---\n").unwrap().split_once("\n---\n").unwrap();
        let title = front.lines().find_map(|line| line.strip_prefix("title: ")).unwrap();
        // A double-quoted YAML scalar that is also a JSON string.
        titles.insert(serde_json::from_str::<String>(title).unwrap());
        for link in body.split("[[").skip(1).map(|rest| rest.split(['|', ']']).next().unwrap()) {
            assert!(place.path().join("out").join(format!("{link}.md")).is_file(), "{link:?} in {name:?}");
        }
    }
    assert_eq!(titles, shown);
    assert!(names.contains("con_.md"), "{names:?}");
}

#[test]
fn hostile_names_do_nothing_in_a_picture() {
    let store = hostile();
    if std::process::Command::new("dot").arg("-V").output().is_err() {
        eprintln!("SKIPPED: GraphViz is not installed");
        return;
    }
    for args in [&["--max-nodes", "0"][..], &["--around", "COCO", "--max-nodes", "0"], &["--around", "2401.00002"]] {
        let title = ["--title", HOSTILE[2]];
        let svg = export(store.path(), "svg", &[args, &title].concat());
        let mut reader = quick_xml::Reader::from_str(&svg);
        let (mut nodes, mut titled) = (0, String::new());
        loop {
            match reader.read_event().unwrap() {
                Xml::Start(element) | Xml::Empty(element) => {
                    assert!(!element.name().as_ref().eq_ignore_ascii_case("script"), "{svg}");
                    for attribute in element.attributes().map(Result::unwrap) {
                        let name = attribute.key.as_ref().to_lowercase();
                        let value = attribute.normalized_value(XmlVersion::Explicit1_0).unwrap();
                        assert!(!name.starts_with("on"), "{name}");
                        assert!(!name.ends_with("href") || value.starts_with("https://"), "{name}={value}");
                        nodes += usize::from(name == "class" && value == "node");
                        titled = if name == "id" && value == "kg-title" { "next".into() } else { titled };
                    }
                }
                Xml::Eof => break,
                _ => {}
            }
        }
        assert!(nodes >= 2 && titled == "next", "{svg}");
    }
}
