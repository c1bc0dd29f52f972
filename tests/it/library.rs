//! A library of Zotero: the whole folder is read, the user's notes on papers are kept, and it can be exported again.

use std::fs;
use std::path::Path;
use std::process::Command;

use assert_cmd::prelude::*;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::cli::{self, stdout};

fn kg(folder: &Path) -> Command {
    cli::kg(&folder.join("graph"))
}

const LIBRARY: &str = concat!(include_str!("../fixtures/zotero/tables.sql"), "
    INSERT INTO itemTypes VALUES (1, 'journalArticle'), (2, 'attachment'), (3, 'note');
    INSERT INTO fields VALUES (1, 'title'), (2, 'date'), (3, 'extra'), (4, 'publicationTitle'), (5, 'url');
    INSERT INTO items VALUES (1, 1, 'AAAA1111'), (2, 2, 'BBBB2222'), (3, 3, 'CCCC3333');
    INSERT INTO itemDataValues VALUES (1, 'What My Library Calls It'), (2, '2030-03-00 March 2030'), (3, 'Citation Key: ruiz_lamps2030'),
        (4, 'Journal of Moths'), (5, 'https://github.com/moths/lamps');
    INSERT INTO itemData VALUES (1, 1, 1), (1, 2, 2), (1, 3, 3), (1, 4, 4), (1, 5, 5);
    INSERT INTO creators VALUES (1, 'Ana', 'Ruiz', 0);
    INSERT INTO creatorTypes VALUES (1, 'author');
    INSERT INTO itemCreators VALUES (1, 1, 1, 0);
    INSERT INTO tags VALUES (1, 'moths'), (2, 'to read');
    INSERT INTO itemTags VALUES (1, 1, 0), (1, 2, 0);
    INSERT INTO collections VALUES (1, 'Thesis', NULL), (2, 'Chapter 2', 1);
    INSERT INTO collectionItems VALUES (2, 1);
    INSERT INTO itemNotes VALUES (3, 1, '<p>Compare with wicks.</p>', '');
    INSERT INTO itemAttachments VALUES (2, 1, 'application/pdf', 'storage:Lamps.pdf');");

/// A folder of Zotero with one paper, its PDF and a note; and its graph.
fn library() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let zotero = folder.path().join("Zotero");
    let file = zotero.join("storage/BBBB2222/Lamps.pdf");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sources/pdf.pdf"), file).unwrap();
    Connection::open(zotero.join("zotero.sqlite")).unwrap().execute_batch(LIBRARY).unwrap();
    kg(folder.path()).arg("build").arg(&zotero).assert().success();
    folder
}

fn show(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&stdout(kg(folder).args(["show", name, "--format", "json"]))).unwrap()
}

#[test]
fn an_item_and_its_pdf_are_one_paper_whatever_the_pdf_calls_itself() {
    let folder = library();
    let paper = &show(folder.path(), "What My Library Calls It")["paper"];
    let formats: Vec<&str> =
        paper["sources"].as_array().unwrap().iter().map(|source| source["format"].as_str().unwrap()).collect();
    assert_eq!(formats, ["pdf", "zotero"]);
    assert_eq!(paper["title"], "What My Library Calls It");
    assert!(!paper["sections"].as_array().unwrap().is_empty(), "the text of the PDF");
}

#[test]
fn what_the_user_says_is_kept_shown_and_found() {
    let folder = library();
    let library = &show(folder.path(), "What My Library Calls It")["paper"]["library"];
    let wanted = json!({ "citation_keys": ["ruiz_lamps2030"], "tags": ["moths", "to read"], "collections": ["Thesis/Chapter 2"],
        "notes": ["Compare with wicks."] });
    assert_eq!(library, &wanted);
    let page = stdout(kg(folder.path()).args(["show", "What My Library Calls It"]));
    for line in [
        "tags          moths, to read",
        "collections   Thesis/Chapter 2",
        "note          Compare with wicks.",
        "cited as      ruiz_lamps2030",
    ] {
        assert!(page.contains(line), "{page}");
    }
    for filter in ["tag=To Read", "collection=chapter 2", "collection=Thesis/Chapter 2"] {
        let found = stdout(kg(folder.path()).args(["query", "filed-papers", filter]));
        assert!(
            found.contains("What My Library Calls It") && found.contains("Compare with wicks."),
            "{filter}: {found}"
        );
    }
    let none = stdout(kg(folder.path()).args(["query", "filed-papers", "tag=wicks"]));
    assert!(!none.contains("Library"), "{none}");
}

#[test]
fn exports_for_reference_managers_keep_the_key_the_tags_and_the_code_with_its_state() {
    let folder = library();
    let csl: Value = serde_json::from_str(&stdout(kg(folder.path()).args(["export", "csl-json"]))).unwrap();
    assert_eq!((&csl[0]["id"], &csl[0]["citation-key"]), (&json!("ruiz_lamps2030"), &json!("ruiz_lamps2030")));
    assert_eq!(csl[0]["author"], json!([{ "family": "Ruiz", "given": "Ana" }]));
    assert_eq!(csl[0]["type"], "article-journal");
    // The PDF also names a repository.
    let code = json!({ "url": "https://github.com/moths/lamps", "state": "not checked" });
    assert!(csl[0]["custom"]["code"].as_array().unwrap().contains(&code), "{}", csl[0]);
    assert!(csl[0]["note"].as_str().unwrap().contains("Code: https://github.com/moths/lamps (not checked)"));
    for (format, lines) in [
        (
            "ris",
            [
                "TY  - JOUR",
                "ID  - ruiz_lamps2030",
                "AU  - Ruiz, Ana",
                "N1  - Code: https://github.com/moths/lamps (not checked)",
            ],
        ),
        (
            "bibtex",
            [
                "@article{ruiz_lamps2030,",
                "keywords = {moths, to read}",
                "https://github.com/moths/lamps",
                "journal = {Journal of Moths}",
            ],
        ),
    ] {
        let text = stdout(kg(folder.path()).args(["export", format]));
        for line in lines {
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }
}

#[test]
fn what_is_exported_for_reference_managers_is_read_again_as_the_same_paper() {
    let folder = library();
    let before = &show(folder.path(), "What My Library Calls It")["paper"];
    for format in ["csl-json", "ris", "bibtex"] {
        let again = tempfile::tempdir().unwrap();
        let file = again.path().join("papers");
        fs::write(&file, stdout(kg(folder.path()).args(["export", format]))).unwrap();
        kg(again.path()).arg("build").arg(&file).assert().success();
        let after = &show(again.path(), "What My Library Calls It")["paper"];
        for field in ["id", "title", "authors", "published", "venue", "doi"] {
            assert_eq!(after[field], before[field], "{format}: {field}");
        }
        for field in ["tags", "citation_keys", "notes"] {
            assert_eq!(after["library"][field], before["library"][field], "{format}: {field}");
        }
        let declared = after["declared"]["repositories"].as_array().unwrap();
        let is_known = declared.iter().any(|repository| repository["url"] == "https://github.com/moths/lamps");
        assert!(is_known, "{format}: {declared:?}");
    }
}

#[test]
fn a_key_that_two_papers_have_is_the_key_of_neither() {
    let folder = tempfile::tempdir().unwrap();
    let one = folder.path().join("one.bib");
    let two = folder.path().join("two.bib");
    fs::write(&one, "@article{ruiz, title={Lamps}, year={2030}}\n").unwrap();
    fs::write(&two, "@article{Ruiz, title={Wicks}, year={2030}}\n@article{own, title={Oil}, year={2029}}\n").unwrap();
    kg(folder.path()).arg("build").args([&one, &two]).assert().success();
    let text = stdout(kg(folder.path()).args(["export", "bibtex"]));
    let keys: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("@misc{")).collect();
    assert_eq!(keys, ["lamps,", "wicks,", "own,"]);
}

#[test]
fn the_note_of_a_paper_is_called_by_its_citation_key() {
    let folder = library();
    let place = folder.path().join("notes");
    kg(folder.path()).args(["export", "obsidian", "-o"]).arg(&place).assert().success();
    let note = fs::read_to_string(place.join("Papers/ruiz_lamps2030.md")).unwrap();
    assert!(
        note.contains("citekey: [\"ruiz_lamps2030\"]") && note.contains("keywords: [\"moths\", \"to read\"]"),
        "{note}"
    );
    assert!(note.contains("> Compare with wicks."), "{note}");
}
