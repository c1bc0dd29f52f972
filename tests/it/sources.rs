//! Every input format: what is read from a sample with its special cases, that it is distinguished from all others in
//! every packing, and that no malicious input does harm.

use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use papergraph::paper::Paper;
use papergraph::source::{self, Format, Input, ReadOptions, ReadProblem};
use proptest::prelude::*;

/// A sample of each format; its file has the name of the format.
fn samples() -> Vec<(Format, PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sources");
    let mut samples: Vec<(Format, PathBuf, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let format = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
            let bytes = std::fs::read(&path).unwrap();
            (format, path, bytes)
        })
        .collect();
    samples.sort();
    samples
}

type Items = Vec<Result<Paper, ReadProblem>>;

fn read_as(bytes: Vec<u8>, from: Option<Format>) -> Result<Items, ReadProblem> {
    let options = ReadOptions { from, ..ReadOptions::default() };
    source::read_stream(Cursor::new(bytes), "sample", &options).map(Iterator::collect)
}

/// Everything that was read, without unknown fields.
fn described(items: &Items) -> String {
    let mut out = String::new();
    for item in items {
        match item {
            Ok(paper) => {
                let mut value = serde_json::to_value(paper).unwrap();
                value.as_object_mut().unwrap().retain(|_, value| !value.is_null());
                out.push_str(&serde_json::to_string_pretty(&value).unwrap());
            }
            Err(problem) => out.push_str(&format!("{}: {problem}", problem.reason)),
        }
        out.push('\n');
    }
    out
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Line ends of programs for the old Mac.
fn returns(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8(bytes.to_vec()).unwrap().replace("\r\n", "\n").replace('\n', "\r").into_bytes()
}

#[test]
fn there_is_a_sample_of_every_format() {
    let formats: Vec<Format> = samples().into_iter().map(|(format, ..)| format).collect();
    assert_eq!(formats, Format::ALL);
}

#[test]
fn what_is_read_from_each_sample() {
    for (format, _, bytes) in samples() {
        let items = read_as(bytes, None).unwrap_or_else(|problem| panic!("{format}: {problem}"));
        insta::assert_snapshot!(format!("source_{format}"), described(&items));
    }
}

#[test]
fn every_sample_is_distinguished_from_all_others_in_every_packing() {
    for (format, _, bytes) in samples() {
        let plain = read_as(bytes.clone(), Some(format)).unwrap();
        let (first, second) = bytes.split_at(bytes.len() / 2);
        let packings = [
            ("plain", bytes.clone()),
            ("byte order mark", [b"\xef\xbb\xbf", bytes.as_slice()].concat()),
            ("gzip", gzip(&bytes)),
            ("gzip in two members", [gzip(first), gzip(second)].concat()),
            ("zstd", zstd::encode_all(bytes.as_slice(), 1).unwrap()),
            ("returns instead of line feeds", returns(&bytes)),
            ("zstd in gzip", gzip(&zstd::encode_all(bytes.as_slice(), 1).unwrap())),
        ];
        for (packing, packed) in packings {
            let found = read_as(packed, None).unwrap_or_else(|problem| panic!("{format}, {packing}: {problem}"));
            assert_eq!(found, plain, "{format}, {packing}");
        }
    }
}

#[test]
fn standard_input_is_read_like_a_file() {
    for (format, path, bytes) in samples() {
        let run = |input: &str, stdin: Vec<u8>| {
            let output = assert_cmd::Command::cargo_bin("kg")
                .unwrap()
                .args(["extract", input])
                .write_stdin(stdin)
                .output()
                .unwrap();
            assert!(output.status.success(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let path = path.to_str().unwrap();
        let file = run(path, Vec::new());
        assert_eq!(run("-", gzip(&bytes)), file.replace(&format!("{path:?}"), "\"-\""), "{format}");
    }
}

#[test]
fn folders_are_read_in_order_without_what_is_hidden_and_patterns_fit_files() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(at("b/.git")).unwrap();
    for name in ["c.jsonl", "a.jsonl", "b/d.jsonl", "b/.git/e.jsonl", ".f.jsonl"] {
        std::fs::write(at(name), format!("{{\"title\": \"{name}\"}}")).unwrap();
    }
    let names = |path: &Path| -> Vec<String> {
        let inputs = Input::expand(path).unwrap();
        inputs.iter().map(|i| i.name().replace(&format!("{}/", folder.path().display()), "")).collect()
    };
    assert_eq!(names(folder.path()), ["a.jsonl", "b/d.jsonl", "c.jsonl"]);
    assert_eq!(names(&at("*.jsonl")), [".f.jsonl", "a.jsonl", "c.jsonl"]);
    assert_eq!(names(&at("**/d.json?")), ["b/d.jsonl"]);
    assert_eq!(names(&at("not-there")), ["not-there"]);
    let nothing = Input::expand(&at("*.bib")).unwrap_err();
    assert!(nothing.message.contains("fits no file"), "{nothing}");
    std::fs::create_dir(at("empty")).unwrap();
    assert_eq!(Input::expand(&at("empty")).unwrap_err().message, "has no files");
}

#[test]
fn what_cannot_be_unpacked_is_reported_by_its_name() {
    for (bytes, wanted) in [
        (b"BZh91AY&SY".as_slice(), "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"PK\x03\x04", "zip"),
        (b"\xff\xfe<\0", "UTF-16"),
        (b"\0\0\0", "binary"),
        (b" \n ", "empty"),
        (b"Dear diary,", "no format that kg knows"),
    ] {
        let problem = read_as(bytes.to_vec(), None).unwrap_err();
        assert!(problem.message.contains(wanted), "{problem}");
    }
    let nested = gzip(&gzip(&gzip(&gzip(b"{}"))));
    assert!(read_as(nested, None).unwrap_err().message.contains("more than 3 times"));
}

#[test]
fn an_archive_that_is_cut_off_gives_what_comes_before() {
    let line = |i: u32| format!("{{\"title\": \"Paper {i} {}\"}}\n", i.wrapping_mul(2_654_435_761));
    let text: String = (0..20_000).map(line).collect();
    for packed in [gzip(text.as_bytes()), zstd::encode_all(text.as_bytes(), 1).unwrap()] {
        let items = read_as(packed[..packed.len() / 2].to_vec(), None).unwrap();
        let (last, papers) = items.split_last().unwrap();
        assert!(papers.len() > 1000 && papers.iter().all(Result::is_ok), "{}", papers.len());
        assert_eq!(last.as_ref().unwrap_err().reason, source::ProblemReason::CutOff);
    }
    // The same for one JSON document, and for XML.
    let json = format!("[{}", "{\"title\": \"T\", \"url_abs\": \"x\", \"paper_url\": \"y\"},".repeat(20_000));
    let xml =
        format!("<feed>{}", "<entry><id>http://arxiv.org/abs/2501.00001v1</id><title>T</title></entry>".repeat(20_000));
    for text in [json, xml] {
        let packed = gzip(text.as_bytes());
        let items = read_as(packed[..packed.len() / 2].to_vec(), None).unwrap();
        assert!(items.len() > 1000, "{}", items.len());
        assert!(items.last().unwrap().is_err());
    }
}

#[test]
fn bombs_do_not_go_off() {
    // Nested entities: eight levels of ten would be a hundred million characters.
    let mut bomb = String::from("<!DOCTYPE TEI [<!ENTITY e0 \"xxxxxxxxxx\">");
    for level in 1..=8 {
        let before = format!("&e{};", level - 1).repeat(10);
        bomb.push_str(&format!("<!ENTITY e{level} \"{before}\">"));
    }
    bomb.push_str("]><feed><entry><id>http://arxiv.org/abs/2501.00001v1</id><title>&e8;&e8;</title></entry></feed>");
    let items = read_as(bomb.into_bytes(), None).unwrap();
    assert_eq!(items[0].as_ref().unwrap().title, "&e8;&e8;");

    // A gigabyte of spaces in a megabyte: it is read, but never held in memory.
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::copy(&mut std::io::repeat(b' ').take(1 << 30), &mut encoder).unwrap();
    encoder.write_all(b"\n{\"title\": \"T\"}\n").unwrap();
    let packed = encoder.finish().unwrap();
    let items = read_as([gzip(b"{\"title\": \"S\"}\n"), packed].concat(), None).unwrap();
    assert!(items[1].as_ref().is_err_and(|problem| problem.reason == source::ProblemReason::TooLarge));
    assert_eq!(items[2].as_ref().unwrap().title, "T");

    let deep = 1_000_000;
    for (text, from) in [
        ("[".repeat(deep), Format::PwcPapers),
        ("{\"a\":".repeat(deep), Format::Jsonl),
        ("{\"subtasks\":[".repeat(deep), Format::PwcEvaluations),
        (format!("[{}", "[".repeat(deep)), Format::CslJson),
        ("<a>".repeat(deep), Format::Tei),
        (format!("<TEI>{}", "<div>".repeat(deep)), Format::Tei),
        (format!("@a{{k, title = {}", "{".repeat(deep)), Format::Bibtex),
        ("- ".repeat(deep / 10), Format::Markdown),
        (format!("{}x", "> ".repeat(deep / 10)), Format::Markdown),
        ("[".repeat(deep / 10), Format::Markdown),
        (format!("{{\"DOI\":\"10.1/x\",\"title\":[\"{}\"]}}", "<i>".repeat(deep / 10)), Format::Crossref),
    ] {
        for format in [Some(from), None] {
            let _ = read_as(text.clone().into_bytes(), format);
        }
    }
}

#[test]
fn a_sample_cut_off_anywhere_gives_no_paper_that_it_does_not_have() {
    for (format, _, bytes) in samples() {
        let whole = read_as(bytes.clone(), Some(format)).unwrap();
        for end in 0..bytes.len() {
            let Ok(items) = read_as(bytes[..end].to_vec(), Some(format)) else { continue };
            assert!(items.len() <= whole.len() + 2, "{format} cut off at {end}");
            let _ = read_as(bytes[..end].to_vec(), None);
        }
    }
}

#[test]
fn what_sources_declare_is_in_the_graph_with_the_source_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("kg-store");
    let samples: Vec<PathBuf> = samples().into_iter().map(|(_, path, _)| path).collect();
    let kg = |args: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("kg").unwrap();
        command.current_dir(folder.path()).arg("--store").arg(&store).args(args);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    for path in samples {
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    kg(&["build", "."]);
    let rows = kg(&["query", "--format", "csv", "-e", DECLARED]);
    insta::assert_snapshot!(rows);
    // A second build changes nothing: all declared statements come back unchanged from the store.
    let graph = papergraph::internals::store::GraphStore::open(&store).unwrap();
    let papers: Vec<Paper> = graph.papers().collect::<Result<_, _>>().unwrap();
    let lantern = papers.iter().find(|paper| paper.id.key() == "arxiv-2510.00001").unwrap();
    assert!(lantern.declared.results.iter().any(|result| result.dataset.as_deref() == Some("LanternBench-Hard")));
    assert!(lantern.sources.len() >= 12, "{}", lantern.sources.len());
}

#[test]
fn figures_of_each_input_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    for (_, path, _) in samples() {
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let build = |inputs: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("kg").unwrap();
        let output = command.current_dir(folder.path()).args(["--store", "graph", "-v", "build"]).args(inputs).output();
        String::from_utf8(output.unwrap().stderr).unwrap()
    };
    let described = build(&["pwc-links.json", "acl-anthology.xml", "crossref.json"]);
    for line in [
        "reading pwc-links.json",
        "  2 read; skipped: 1 malformed",
        "pwc-links.json: 2 of 2 records merged with others of the same paper",
        "crossref.json: 1 of 2 records merged with others of the same paper",
    ] {
        assert!(described.lines().any(|described| described == line), "{line}\n{described}");
    }
    assert!(!described.contains("acl-anthology.xml: "), "{described}");
    // Also for an input that joins known papers; for skipped records, nothing.
    let described = build(&["hf-daily.json"]);
    assert!(described.contains("hf-daily.json: 1 of 3 records merged"), "{described}");
    assert!(!described.contains("pwc-links.json: "), "{described}");
}

const DECLARED: &str = "\
SELECT ?what ?name ?entity ?format WHERE {
  ?part kg:statedBy ?source .
  ?source kg:format ?format .
  ?part a ?what . FILTER(CONTAINS(STR(?what), 'Declared') || CONTAINS(STR(?what), 'Link'))
  OPTIONAL { ?part kg:name ?n } OPTIONAL { ?part kg:value ?v }
  OPTIONAL { ?part kg:entity ?entity }
  BIND(COALESCE(?n, ?v) AS ?name)
} ORDER BY ?what ?name ?format";

fn any_format() -> impl Strategy<Value = Format> {
    proptest::sample::select(Format::ALL)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_do_harm(bytes in proptest::collection::vec(any::<u8>(), 0..600), format in any_format()) {
        let _ = read_as(bytes.clone(), Some(format));
        let _ = read_as(bytes, None);
    }

    #[test]
    fn no_change_of_a_sample_does_harm(
        sample in 0..Format::ALL.len(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), "(?s).{0,3}|[<>{}\\[\\]\",:&@\\\\|*#-]{1,4}", 0..40_usize), 1..8),
    ) {
        let (format, _, bytes) = samples().swap_remove(sample);
        let mut bytes = bytes;
        for (at, new, taken) in changes {
            let at = at.index(bytes.len() + 1);
            let end = (at + taken).min(bytes.len());
            bytes.splice(at..end, new.into_bytes());
        }
        let _ = read_as(bytes.clone(), Some(format));
        let _ = read_as(bytes, None);
    }
}
