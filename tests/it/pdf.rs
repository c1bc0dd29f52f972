//! Whole papers as PDF: folders of them, unreadable files, and malicious files.

use std::path::Path;

use assert_cmd::Command;

fn sample() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sources/pdf.pdf")).unwrap()
}

/// The sample without the text on its page.
fn blank() -> String {
    sample().lines().filter(|line| !line.ends_with("Tj ET")).map(|line| format!("{line}\n")).collect()
}

/// The sample behind a page whose text was in the part that is cut off.
fn without_first_page() -> String {
    let page = "7 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 9 0 R >>\nendobj\n3 0 obj\n";
    let pages =
        sample().replace("/Kids [3 0 R] /Count 1", "/Kids [7 0 R 3 0 R] /Count 2").replacen("3 0 obj\n", page, 1);
    let (kept, _) = pages.rsplit_once("xref").unwrap();
    kept.to_string()
}

fn encrypted() -> String {
    let zeros = "00".repeat(32);
    let encrypt = format!("/Encrypt << /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <{zeros}> /U <{zeros}> >>");
    sample().replace("/Root 1 0 R", &format!("/Root 1 0 R {encrypt} /ID [<00> <00>]"))
}

/// The output and messages of `kg extract` for a folder with the sample and this file.
fn extracted(name: &str, bytes: &str) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pdf"), sample()).unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let output = Command::cargo_bin("kg").unwrap().current_dir(folder.path()).args(["extract", "."]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    (String::from_utf8(output.stdout).unwrap(), stderr)
}

#[test]
fn a_pdf_that_cannot_be_read_is_reported_with_what_to_do_and_costs_only_itself() {
    for (name, bytes, wanted) in [
        ("scan.pdf", blank(), "ocrmypdf"),
        ("locked.pdf", encrypted(), "qpdf --decrypt"),
        ("damaged.pdf", "%PDF-1.5\n%%EOF\n".to_string(), "damaged PDF"),
        ("half.pdf", sample()[..sample().len() / 2].to_string(), "cut off"),
        ("first-page.pdf", without_first_page(), "cut off"),
    ] {
        let (papers, stderr) = extracted(name, &bytes);
        assert_eq!(papers.lines().count(), 1, "{name}");
        assert!(papers.contains("WindowNet: Reading Long Windows"), "{name}");
        assert!(stderr.contains(name) && stderr.contains(wanted), "{name}: {stderr}");
    }
}

#[test]
fn the_only_pdf_that_cannot_be_read_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("locked.pdf"), encrypted()).unwrap();
    for command in ["build", "extract"] {
        let output =
            Command::cargo_bin("kg").unwrap().current_dir(folder.path()).args([command, "locked.pdf"]).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(1), "{command}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("encrypted"), "{command}");
    }
}

#[test]
fn a_pdf_made_to_do_harm_costs_only_itself() {
    let pages = sample().replace("/Kids [3 0 R]", "/Kids [2 0 R 3 0 R 2 0 R]");
    let form = "<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /X 4 0 R >> >> /Length ";
    let forms = sample()
        .replace("/Resources <<", "/Resources << /XObject << /X 4 0 R >>")
        .replacen("<< /Length ", form, 1)
        .replace("endstream", "/X Do /X Do /X Do\nendstream");
    let deep = sample().replace("/Type /Catalog", &format!("/Type /Catalog /D {}", "[".repeat(300_000)));
    let saved = sample().replacen("stream\n", &format!("stream\n{}\n", "q ".repeat(300_000)), 1);
    for (name, bytes) in [("pages.pdf", pages), ("forms.pdf", forms), ("deep.pdf", deep), ("saved.pdf", saved)] {
        let (papers, stderr) = extracted(name, &bytes);
        assert!(papers.contains("WindowNet: Reading Long Windows"), "{name}: {stderr}");
    }
}

#[test]
fn a_pdf_a_bibtex_entry_and_a_listing_of_a_paper_are_one_paper() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pdf"), sample()).unwrap();
    let entry = "@article{a, title={WindowNet: Reading Long Windows}, author={Example, Ada B. and Muster, Jon}, eprint={2510.00077}, archivePrefix={arXiv}, year={2025}}\n";
    std::fs::write(folder.path().join("b.bib"), entry).unwrap();
    let output = Command::cargo_bin("kg").unwrap().current_dir(folder.path()).args(["extract", "."]).output().unwrap();
    let papers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(papers.lines().count(), 1, "{papers}");
    assert!(papers.contains("a.pdf") && papers.contains("b.bib"), "{papers}");
}

#[test]
fn a_table_that_is_printed_as_a_figure_has_the_caption_of_the_figure() {
    let folder = tempfile::tempdir().unwrap();
    let figure = sample().replace("(Table 1: Accuracy of readers", "(Figure 1: Accuracy of readers");
    std::fs::write(folder.path().join("a.pdf"), figure).unwrap();
    let output = Command::cargo_bin("kg").unwrap().current_dir(folder.path()).args(["extract", "."]).output().unwrap();
    let paper: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let tables = paper["document"]["tables"].as_array().unwrap();
    let labels: Vec<(&str, &str)> =
        tables.iter().map(|t| (t["label"].as_str().unwrap(), t["caption"].as_str().unwrap())).collect();
    assert_eq!(labels, [("Figure 1", "Accuracy of readers on two datasets.")]);
    assert!(paper["results"].as_array().unwrap().iter().any(|result| result["place"]["label"] == "Figure 1"));
}

/// The label, the caption and the cells of the only table of a PDF.
fn only_table(pdf: &str) -> (String, String, Vec<Vec<String>>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.pdf"), pdf).unwrap();
    let output = Command::cargo_bin("kg").unwrap().current_dir(folder.path()).args(["extract", "."]).output().unwrap();
    let paper: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let tables = paper["document"]["tables"].as_array().unwrap();
    assert_eq!(tables.len(), 1, "{tables:?}");
    let text = |cell: &serde_json::Value| cell.as_str().or(cell["text"].as_str()).unwrap_or_default().to_string();
    let row = |row: &serde_json::Value| row.as_array().unwrap().iter().map(text).collect();
    let rows = tables[0]["rows"].as_array().unwrap().iter().map(row).collect();
    (text(&tables[0]["label"]), text(&tables[0]["caption"]), rows)
}

#[test]
fn a_table_is_found_with_any_ruled_lines_and_without() {
    let expected = [["Model", "SQuAD", "MNLI"], ["Plain reader", "88.5", "84.6"], ["WindowNet (ours)", "91.0", "85.1"]];
    let is_rule = |line: &&str| line.ends_with(" l S");
    let without = |rules: &[usize]| -> String {
        let mut nth = 0;
        let mut keeps = |line: &&str| {
            nth += usize::from(is_rule(line));
            !is_rule(line) || !rules.contains(&nth)
        };
        sample().lines().filter(|line| keeps(line)).map(|line| format!("{line}\n")).collect()
    };
    // Some programs draw each line as an image.
    let images = sample()
        .replace("0.8 w 150 548 m 450 548 l S", "q 300 0 0 0.8 150 548 cm BI /W 1 /H 1 /IM true /F /AHx ID 00> EI Q")
        .replace("0.8 w 150 500 m 450 500 l S", "q 300 0 0 0.8 150 500 cm BI /W 1 /H 1 /IM true /F /AHx ID 00> EI Q");
    let beside = sample().replace(
        "180 556 Tm (Table 1: Accuracy of readers on two datasets.)",
        "456 524 Tm (Table 1: Accuracy of readers.)",
    );
    for (form, pdf) in [
        ("lines above, below and between", sample()),
        ("no line above the heading", without(&[1])),
        ("no line below", without(&[3])),
        ("no line", without(&[1, 2, 3])),
        ("images as lines", images),
        ("the caption beside it", beside),
    ] {
        let (label, caption, rows) = only_table(&pdf);
        assert_eq!(label, "Table 1", "{form}");
        assert!(caption.starts_with("Accuracy of readers"), "{form}: {caption}");
        assert_eq!(rows, expected, "{form}");
    }
}

#[test]
fn a_heading_over_several_columns_needs_no_line_below_it() {
    // In each line of the table: where a cell begins, in points from the left, and its words.
    let lines: [(u32, &[(u32, &str)]); 4] = [
        (540, &[(268, "SQuAD"), (388, "MNLI")]),
        (528, &[(155, "Model"), (245, "P"), (280, "R"), (315, "F1"), (365, "P"), (400, "R"), (435, "F1")]),
        (
            516,
            &[
                (155, "Plain reader"),
                (240, "88.5"),
                (275, "87.1"),
                (310, "87.8"),
                (360, "84.6"),
                (395, "83.2"),
                (430, "83.9"),
            ],
        ),
        (
            504,
            &[
                (155, "WindowNet"),
                (240, "91.0"),
                (275, "90.2"),
                (310, "90.6"),
                (360, "85.1"),
                (395, "84.0"),
                (430, "84.5"),
            ],
        ),
    ];
    let cell = |y: u32| move |(x, words): &(u32, &str)| format!("BT /F1 9 Tf 1 0 0 1 {x} {y} Tm ({words}) Tj ET\n");
    let table: String = lines.iter().flat_map(|(y, cells)| cells.iter().map(cell(*y))).collect();
    let sample = sample();
    let (before, rest) = sample.split_once("0.8 w 150 548 m 450 548 l S\n").unwrap();
    let (_, behind) = rest.split_once("0.8 w 150 500 m 450 500 l S\n").unwrap();
    for rules in ["", "0.8 w 150 550 m 450 550 l S\n0.5 w 150 525 m 450 525 l S\n0.8 w 150 500 m 450 500 l S\n"] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.pdf"), format!("{before}{rules}{table}{behind}")).unwrap();
        let output =
            Command::cargo_bin("kg").unwrap().current_dir(folder.path()).args(["extract", "."]).output().unwrap();
        let paper: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let own = paper["results"].as_array().unwrap().iter().filter(|result| result["own"] == true);
        let shown: Vec<String> = own
            .map(|result| format!("{} {} {}", result["dataset"], result["metric"], result["value"]).replace('"', ""))
            .collect();
        assert_eq!(
            shown,
            [
                "SQuAD precision 91.0",
                "SQuAD recall 90.2",
                "SQuAD F1 90.6",
                "MNLI precision 85.1",
                "MNLI recall 84.0",
                "MNLI F1 84.5"
            ],
            "{rules}"
        );
    }
}
