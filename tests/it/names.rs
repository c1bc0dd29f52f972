//! The names that papers introduce, judged by the whole collection, in one process and in several.

use std::path::Path;

use crate::cli::{printed, program};

const PAPERS: [&str; 7] = [
    r#"{"id":"2001.00001","title":"STIRRED: A Corpus of Talks","abstract":"We introduce STIRRED, a corpus of talks.","authors":["Ada Adeyemi"],"published":"2020-01-02"}"#,
    r#"{"id":"2101.00002","title":"Stirring","abstract":"It is stirred slowly. We evaluate on the STIRRED corpus.","authors":["Bo Bauer"],"published":"2021-01-02"}"#,
    r#"{"id":"2102.00003","title":"Shaking","abstract":"First stirred, then shaken. Stirred by this, we go on with QuuxParser.","authors":["Cy Chen"],"published":"2021-02-02"}"#,
    r#"{"id":"1801.00004","title":"Old","abstract":"Runs with QuuxParser are fast.","authors":["Di Doe"],"published":"2018-01-02"}"#,
    r#"{"id":"1802.00005","title":"Older","abstract":"Runs with QuuxParser are slow.","authors":["Ed Esposito"],"published":"2018-02-02"}"#,
    r#"{"id":"2103.00006","title":"QuuxParser: A Parser","abstract":"We present QuuxParser, a parser.","authors":["Fi Fay"],"published":"2021-03-02"}"#,
    r#"{"id":"2201.00007","title":"Later","abstract":"We compare with ZetaFoo (Gil, 2021) and ZetaFoos on STIRRED data.","authors":["Hu Ho"],"published":"2022-01-02"}"#,
];

fn write(folder: &Path, name: &str, lines: &[&str]) -> String {
    let path = folder.join(name);
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    path.display().to_string()
}

#[test]
fn many_processes_print_what_one_does() {
    let folder = tempfile::tempdir().unwrap();
    let all = write(folder.path(), "all.jsonl", &PAPERS);
    let parts = [write(folder.path(), "a.jsonl", &PAPERS[3..]), write(folder.path(), "b.jsonl", &PAPERS[..3])];
    let alone: Vec<String> = parts
        .iter()
        .enumerate()
        .map(|(i, part)| {
            let lines = printed(program().args(["extract", "--each", part]));
            write(folder.path(), &format!("alone-{i}"), &[lines.trim_end()])
        })
        .collect();
    let names = printed(program().arg("names").args(&alone));
    let names = write(folder.path(), "names.jsonl", &[names.trim_end()]);
    let sorted = |text: String| {
        let name = |line: &str| line.replace("a.jsonl", "all.jsonl").replace("b.jsonl", "all.jsonl");
        let mut lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(&name(line)).unwrap()).collect();
        for line in &mut lines {
            line.as_object_mut().unwrap().remove("sources");
        }
        lines.sort_by_key(|line| line["id"].to_string());
        lines
    };
    let one = sorted(printed(program().args(["extract", &all])));
    let second = |introduced: &[String]| {
        let mut command = program();
        command.args(["extract", "--each"]).args(&parts);
        introduced.iter().for_each(|file| {
            command.args(["--introduced", file]);
        });
        sorted(printed(&mut command))
    };
    assert_eq!(second(&[names]), one);
    assert_eq!(second(&alone), one);
    // The collection made a difference: nobody introduces QuuxParser, and `stirred` is an ordinary word.
    let introduces = |paper: &serde_json::Value| paper["introduces"].as_array().unwrap().len();
    assert_eq!(one.iter().map(introduces).sum::<usize>(), 1);
}
