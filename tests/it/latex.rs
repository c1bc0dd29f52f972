//! Papers in LaTeX: archives, folders, files that include other files, and malicious files.

use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

const MAIN: &str = "\\documentclass{article}\n\\title{A Paper of Parts}\n\\begin{document}\n\\begin{abstract}We test parts.\\end{abstract}\n\
    \\input{sections/one}\n\\bibliography{refs}\n\\end{document}\n";
const ONE: &str = "\\section{One}\nWe use SQuAD \\cite{a}.\n";
const REFS: &str = "@article{a, title={An Earlier Paper}, author={Doe, Jane}, year={2019}}\n";

fn kg(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("kg").unwrap();
    command.current_dir(folder);
    command
}

fn extracted(folder: &Path, input: &str) -> Vec<Value> {
    let output = kg(folder).args(["extract", input]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn paper_of_parts(folder: &Path) {
    std::fs::create_dir_all(folder.join("paper/sections")).unwrap();
    for (name, text) in [("main.tex", MAIN), ("sections/one.tex", ONE), ("refs.bib", REFS)] {
        std::fs::write(folder.join("paper").join(name), text).unwrap();
    }
}

fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut archive = tar::Builder::new(packer);
    for (name, text) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

#[test]
fn a_folder_a_file_and_an_archive_of_a_paper_are_the_same_paper() {
    let folder = tempfile::tempdir().unwrap();
    paper_of_parts(folder.path());
    let packed = archive(&[("main.tex", MAIN), ("sections/one.tex", ONE), ("refs.bib", REFS)]);
    std::fs::write(folder.path().join("2401.00001v2.tar.gz"), packed).unwrap();
    for input in ["paper", "paper/main.tex", "2401.00001v2.tar.gz"] {
        let papers = extracted(folder.path(), input);
        assert_eq!(papers.len(), 1, "{input}");
        let paper = &papers[0];
        assert_eq!(paper["title"], "A Paper of Parts", "{input}");
        assert_eq!(paper["abstract"], "We test parts.");
        assert_eq!(paper["document"]["references"][0]["title"], "An Earlier Paper");
        let named: Vec<&Value> = paper["mentions"].as_array().unwrap().iter().map(|mention| &mention["name"]).collect();
        assert!(named.iter().any(|name| *name == "SQuAD"), "{named:?}");
    }
    assert_eq!(extracted(folder.path(), "2401.00001v2.tar.gz")[0]["id"], "paper/arxiv-2401.00001");
}

#[test]
fn a_paper_is_read_again_when_a_file_that_it_puts_in_changes() {
    let folder = tempfile::tempdir().unwrap();
    paper_of_parts(folder.path());
    let build = || {
        let output = kg(folder.path()).args(["build", "paper/main.tex"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let names = |what: &str| {
        let output = kg(folder.path()).args(["neighbors", what]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).contains("A Paper of Parts")
    };
    build();
    assert!(names("SQuAD") && !names("ImageNet"));
    std::fs::write(folder.path().join("paper/sections/one.tex"), "\\section{One}\nWe use ImageNet.\n").unwrap();
    build();
    assert!(names("ImageNet") && !names("SQuAD"));
}

/// A valid paper and a malicious one: the second is reported or cut off, the first is read.
fn harmless(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("in")).unwrap();
    std::fs::write(folder.path().join("in/good.tex"), MAIN).unwrap();
    std::fs::write(folder.path().join("in").join(name), bytes).unwrap();
    let output = kg(folder.path()).args(["extract", "in/good.tex"]).arg(format!("in/{name}")).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{name}: {stderr}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("A Paper of Parts"), "{name}: {stderr}");
}

#[test]
fn a_paper_made_to_do_harm_costs_only_itself() {
    let begin = "\\documentclass{article}\n\\title{Harm}\n";
    let document = |body: &str| format!("{begin}\\begin{{document}}\n{body}\n\\end{{document}}\n").into_bytes();
    harmless("itself.tex", &document("\\newcommand{\\x}{\\x\\x}\\x"));
    harmless(
        "doubling.tex",
        &document(
            "\\def\\a{words }\\def\\b{\\a\\a\\a\\a\\a\\a\\a\\a\\a\\a}\\def\\c{\\b\\b\\b\\b\\b\\b\\b\\b\\b\\b}\\def\\d{\\c\\c\\c\\c\\c\\c\\c\\c\\c\\c}\\def\\e{\\d\\d\\d\\d\\d\\d\\d\\d\\d\\d}\\def\\f{\\e\\e\\e\\e\\e\\e\\e\\e\\e\\e}\\def\\g{\\f\\f\\f\\f\\f\\f\\f\\f\\f\\f}\\def\\h{\\g\\g\\g\\g\\g\\g\\g\\g\\g\\g}\\h\\h\\h",
        ),
    );
    harmless("loop.tex", &document("\\input{loop}\\input{loop}"));
    harmless("deep.tex", &document(&"{".repeat(50_000)));
    harmless("boxes.tex", &document(&"\\footnote{".repeat(20_000)));
    harmless("open.tex", &document(&"\\begin{".repeat(20_000)));
    harmless("tables.tex", &document(&"\\begin{tabular}{l}".repeat(2_000)));
    harmless("long.tar.gz", &archive(&[("main.tex", &"\\section{a}".repeat(100_000))]));
    harmless("cut.tar.gz", &archive(&[("main.tex", MAIN), ("two.tex", ONE)])[..200]);
    harmless("empty.tar.gz", &archive(&[("readme.md", "no paper")]));
}

#[test]
fn an_archive_that_is_cut_off_before_its_main_file_is_called_so() {
    let folder = tempfile::tempdir().unwrap();
    let style: String = (0..20_000_u64).map(|i| format!("% {:x}\n", i.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    let whole = archive(&[("style.tex", &style), ("main.tex", MAIN)]);
    std::fs::write(folder.path().join("paper.tar.gz"), &whole[..whole.len() / 2]).unwrap();
    let output = kg(folder.path()).args(["extract", "paper.tar.gz"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("cut off"), "{said}");
}
