//! Whole papers with tables, from Markdown and TEI to results.

use assert_cmd::Command;
use serde_json::Value;

const MARKDOWN: &str = "\
# FooTag: A Tagger for Names

## Abstract

We propose FooTag, a tagger for named entity recognition. It is evaluated on CoNLL-2003.

## 1 Introduction

Names are found by taggers. Table 1 compares FooTag with others.

Table 1: F1 scores on CoNLL-2003.

| Model | Dev | Test |
|---|---|---|
| Bar et al. (2015) | 91.0 | 88.5 |
| FooTag (ours) | **94.1** | **91.2** |
| - character layer | 93.0 | 90.1 |

## References

[1] A. Bar. A tagger. 2015.
";

const TEI: &str = r##"<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc>
<titleStmt><title>FooTag: A Tagger for Names</title></titleStmt>
<sourceDesc><biblStruct><analytic><author><persName><forename>Ada</forename><surname>Bauer</surname></persName>
<affiliation><orgName type="department">Lab</orgName><orgName type="institution">University of X</orgName></affiliation></author></analytic></biblStruct></sourceDesc>
</fileDesc><profileDesc><abstract><p>We propose FooTag, a tagger for named entity recognition.</p></abstract></profileDesc></teiHeader>
<text><body><div><head n="1">Results</head><p>As in <ref type="bibr" target="#b0">[1]</ref>.</p></div>
<figure type="table"><head>Table 1 :</head><label>1</label><figDesc>F1 on CoNLL-2003.</figDesc>
<table><row><cell>Model</cell><cell>F1</cell></row><row><cell>Bar <ref type="bibr" target="#b0">[1]</ref></cell><cell>88.5</cell></row><row><cell>FooTag</cell><cell>91.2</cell></row></table></figure></body>
<back><div type="references"><listBibl><biblStruct xml:id="b0"><analytic><title>A tagger</title></analytic><monogr><imprint><date when="2015"/></imprint></monogr></biblStruct></listBibl></div></back></text></TEI>"##;

fn extract(text: &str) -> Value {
    extract_with(text, &[])
}

fn extract_with(text: &str, options: &[&str]) -> Value {
    let output =
        Command::cargo_bin("kg").unwrap().args(["extract", "-"]).args(options).write_stdin(text).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Own or not, system, dataset, variant, metric and value.
fn shown(record: &Value) -> Vec<String> {
    let text = |result: &Value, field: &str| result[field].as_str().unwrap_or("-").to_string();
    let results = record["results"].as_array().unwrap();
    let fields = ["system", "dataset", "variant", "metric", "value"];
    let one = |result: &Value| {
        let own = if result["own"] == true { "own" } else { "other" };
        format!("{own} {}", fields.map(|field| text(result, field)).join(" | "))
    };
    results.iter().map(one).collect()
}

#[test]
fn a_table_of_markdown_becomes_results_with_their_place() {
    let record = extract_with(MARKDOWN, &["--min-confidence", "0.7"]);
    assert_eq!(
        shown(&record),
        ["other Bar et al. (2015) | CoNLL-2003 | - | F1 | 88.5", "own FooTag (ours) | CoNLL-2003 | - | F1 | 91.2",]
    );
    let best = &record["results"][1];
    assert_eq!(best["place"], serde_json::json!({"table": 1, "label": "Table 1", "row": 3, "column": 3}));
    assert_eq!((&best["bold"], &best["task"]), (&true.into(), &"named entity recognition".into()));
    assert_eq!(record["document"]["references"][0]["year"], 2015);
    let sections = record["sections"].as_array().unwrap();
    assert!(sections.iter().all(|section| !section["text"].as_str().unwrap().contains('|')), "{sections:?}");
}

/// As MinerU converts a PDF: tables of HTML with their captions below, and spaces in formulas.
const MARKDOWN_WITH_HTML: &str = r#"
# FooHand: A Small Model of Hands

# Abstract

We propose FooHand, a model of hand meshes. It reaches $8 4 . 2 \%$ accuracy.

## 1. Introduction

We measure FreiHAND and DexYCB, two datasets of hands.

![](images/0a1b.jpg)

<table><tr><td>Method</td><td>Backbone</td><td>PA-MPJPE↓</td><td>F@05↑</td><td>FPS</td></tr>
<tr><td>BarHand [2]</td><td>HRNet</td><td>6.7</td><td>0.717</td><td>27</td></tr>
<tr><td>FooHand</td><td>HRNet</td><td>$\mathbf { 5 . 8 } \pm 0 . 1$</td><td>0.766</td><td>33</td></tr></table>

Table 1. Results on FreiHAND.

The next tables have no text between them.

<html><body><table><tr><td>Method</td><td>PA-MPJPE↓</td></tr><tr><td>BarHand [2]</td><td>5.8</td></tr><tr><td>FooHand</td><td>5.5</td></tr></table></body></html>

Table 2. Results on DexYCB.

<table><tr><td rowspan="2">Model</td><td colspan="2">COCO</td></tr><tr><td>${ \mathrm { A P } } _ { 5 0 }$</td><td>AP</td></tr><tr><td>DETR [3]</td><td>$6 2 . 4$</td><td>42.0</td></tr><tr><td>FooHand</td><td>65.1</td><td>$\underline { 4 5 . 3 }$</td></tr></table>

Table 3. Detection.

## 2. Conclusion

It works.
"#;

#[test]
fn tables_of_html_in_markdown_become_results() {
    let record = extract(MARKDOWN_WITH_HTML);
    assert_eq!(record["abstract"], r"We propose FooHand, a model of hand meshes. It reaches $84.2 \%$ accuracy.");
    let own: Vec<String> = shown(&record).into_iter().filter(|shown| shown.starts_with("own")).collect();
    assert_eq!(
        own,
        [
            "own FooHand | - | - | accuracy | 84.2%",
            "own FooHand HRNet | FreiHAND | - | PA-MPJPE | 5.8",
            "own FooHand HRNet | FreiHAND | - | F@05 | 0.766",
            "own FooHand HRNet | FreiHAND | - | FPS | 33",
            "own FooHand | DexYCB | - | PA-MPJPE | 5.5",
            "own FooHand | COCO | - | AP50 | 65.1",
            "own FooHand | COCO | - | AP | 45.3",
        ]
    );
    let mut results = record["results"].as_array().unwrap().iter();
    let best = results.find(|result| result["own"] == true && result["value"] == "5.8").unwrap();
    assert_eq!(best["place"], serde_json::json!({"table": 1, "label": "Table 1", "row": 3, "column": 3}));
    assert_eq!(best["deviation"], "0.1");
    let text = record["sections"].to_string();
    assert!(!text.contains("<t") && !text.contains("images/"), "{text}");
}

#[test]
fn a_dataset_is_no_edition_of_one_whose_name_ends_with_a_number() {
    let table = "Table 1: Accuracy on CIFAR-10 and CIFAR-100.\n\n| Model | CIFAR-10 | CIFAR-100 |\n|---|---|---|\n\
        | Bar et al. (2015) | 91.0 | 68.5 |\n| FooNet (ours) | 94.1 | 71.2 |\n";
    let record =
        extract(&format!("# FooNet\n\n## Abstract\n\nWe propose FooNet.\n\n## 1 Introduction\n\nWords.\n\n{table}"));
    assert_eq!(
        shown(&record)[2..],
        ["own FooNet (ours) | CIFAR-10 | - | accuracy | 94.1", "own FooNet (ours) | CIFAR-100 | - | accuracy | 71.2"]
    );
}

#[test]
fn a_caption_can_name_a_dataset_without_an_entry() {
    let dataset = |caption: &str| {
        let table = "| Model | PSNR |\n|---|---|\n| Bar et al. (2015) | 36.1 |\n| FooNet (ours) | 49.5 |\n";
        let text = "We use Dense-Haze, a dataset of haze, for FooNet. Dense-Haze is hard.";
        let record = extract(&format!(
            "# FooNet\n\n## Abstract\n\nWe propose FooNet.\n\n## 1 Introduction\n\n{text}\n\nTable 1: {caption}\n\n{table}"
        ));
        record["results"][1]["dataset"].as_str().unwrap_or("-").to_string()
    };
    assert_eq!(dataset("Quantitative comparison on SPADE4 [78] for rain streak removal."), "SPADE4");
    assert_eq!(dataset("Results on FooHD."), "FooHD");
    assert_eq!(dataset("Results of models."), "Dense-Haze");
    assert_eq!(dataset("Performance on ResNet-50."), "Dense-Haze");
}

/// Two tables follow each other, so the first caption is between both.
#[test]
fn captions_below_tables_are_not_shifted() {
    let table = |value: &str| {
        format!(
            "<table><tr><td>Model</td><td>F@05 ↑ (mm)</td><td>PA-PVE↓</td></tr><tr><td>DexYCB [1]</td><td>0.5</td><td>7.1</td></tr>\
            <tr><td>Bar [2]</td><td>0.6</td><td>7.3</td></tr><tr><td>FooNet</td><td>{value}</td><td>6.1</td></tr></table>"
        )
    };
    let text = format!(
        "# FooNet\n\n# Abstract\n\nWe propose FooNet.\n\n## 1. Introduction\n\nWords.\n\n{}\n\nTable 1. FreiHAND.\n{}\n\n\
         Table 2. HO-3D.\n\nThe next table is about DexYCB.\n\n{}\n\nTable 3. DexYCB.\n\n## 2. Conclusion\n\nWords.\n",
        table("0.71"),
        table("0.72"),
        table("0.73"),
    );
    let record = extract(&text);
    let results = record["results"].as_array().unwrap();
    let own = results.iter().filter(|result| result["own"] == true && result["metric"] == "F@05");
    let one = |result: &Value| format!("{} {} {}", result["place"]["label"], result["dataset"], result["value"]);
    let own: Vec<String> = own.map(one).collect();
    assert_eq!(own, [r#""Table 1" "FreiHAND" "0.71""#, r#""Table 2" "HO-3D" "0.72""#, r#""Table 3" "DexYCB" "0.73""#]);
    // A row with the name of a dataset among systems is a system, and `PA-PVE` is a metric of its own.
    let other = results.iter().find(|result| result["value"] == "7.1").unwrap();
    assert_eq!((&other["system"], &other["metric"]), (&"DexYCB [1]".into(), &"PA-PVE".into()));
    assert_eq!(other["dataset"], "FreiHAND");
}

#[test]
fn less_sure_results_are_extracted_with_their_confidence() {
    let record = extract(MARKDOWN);
    let is_sure = |result: &Value| result["confidence"].as_f64().unwrap() >= 0.7;
    assert_eq!(record["results"].as_array().unwrap().iter().filter(|result| is_sure(result)).count(), 2);
    assert_eq!(
        shown(&record),
        [
            "other Bar et al. (2015) | CoNLL-2003 | dev | F1 | 91.0",
            "other Bar et al. (2015) | CoNLL-2003 | - | F1 | 88.5",
            "own FooTag (ours) | CoNLL-2003 | dev | F1 | 94.1",
            "own FooTag (ours) | CoNLL-2003 | - | F1 | 91.2",
            // A removed part of the paper's own system.
            "own - character layer | CoNLL-2003 | dev | F1 | 93.0",
            "own - character layer | CoNLL-2003 | - | F1 | 90.1",
        ]
    );
}

#[test]
fn boards_show_sure_results_and_say_how_many_others_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::cargo_bin("kg").unwrap().current_dir(&folder).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    std::fs::write(folder.path().join("paper.md"), MARKDOWN).unwrap();
    run(&["build", "paper.md"]);
    let values = |options: &[&str]| {
        let answer = run(&[&["leaderboard", "CoNLL-2003", "--format", "json"], options].concat());
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let boards = answer["boards"].as_array().unwrap().clone();
        let rows = boards.iter().flat_map(|board| board["rows"].as_array().unwrap().clone());
        let values: Vec<String> = rows.map(|row| row["value"].as_str().unwrap().to_string()).collect();
        (values.join(" "), answer["less_sure"].as_u64().unwrap())
    };
    assert_eq!(values(&[]), ("91.2 88.5".to_string(), 4));
    let (all, less_sure) = values(&["--min-confidence", "0"]);
    assert!(all.contains("94.1") && less_sure == 0, "{all} {less_sure}");
    let note = "left out: 4 results with a confidence below 0.7 (--min-confidence 0 lists all)";
    for arguments in [&["leaderboard"][..], &["leaderboard", "CoNLL-2003"]] {
        let shown = run(arguments);
        assert!(shown.contains(note), "{shown}");
    }
    assert!(!run(&["leaderboard", "--min-confidence", "0"]).contains("left out"));
}

#[test]
fn a_conclusion_claims_results_and_a_sentence_that_cites_does_not() {
    let text = "# FooTag: A Tagger\n\n## Abstract\n\nWe propose FooTag, a tagger for named entity recognition.\n\n\
                ## 5 Conclusion\n\nFooTag reaches an F1 of 91.2 on CoNLL-2003. \
                Bar et al. (2015) reach an F1 of 88.5 on CoNLL-2003.\n";
    assert_eq!(shown(&extract(text)), ["own FooTag | CoNLL-2003 | - | F1 | 91.2"]);
}

#[test]
fn sizes_after_labels_are_parameters_of_the_systems() {
    let text = "# FooLM: A Language Model\n\n## Abstract\n\nWe propose FooLM, a language model.\n\n## 1 Introduction\n\n\
                Results are in Table 1.\n\nTable 1: Perplexity on WikiText-103.\n\n| | PPL |\n|---|---|\n\
                | Bar et al. (2015) 35M | 30.1 |\n| FooLM (ours) 22M | **27.4** |\n";
    assert_eq!(
        shown(&extract(text)),
        [
            "other Bar et al. (2015) | WikiText-103 | - | perplexity | 30.1",
            "own FooLM (ours) | WikiText-103 | - | perplexity | 27.4",
            "other Bar et al. (2015) | WikiText-103 | - | params | 35M",
            "own FooLM (ours) | WikiText-103 | - | params | 22M",
        ]
    );
}

#[test]
fn tei_keeps_tables_affiliations_and_what_cells_and_sentences_cite() {
    let record = extract(TEI);
    assert_eq!(
        shown(&record),
        ["other Bar [1] | CoNLL-2003 | - | F1 | 88.5", "own FooTag | CoNLL-2003 | - | F1 | 91.2"]
    );
    let document = &record["document"];
    assert_eq!(document["authors"][0]["affiliations"][0], "Lab, University of X");
    assert_eq!(document["tables"][0]["rows"][1][0]["cites"][0], 0);
    assert_eq!(document["tables"][0]["location"]["xpath"], "/TEI/text/body/figure[1]");
    assert_eq!(record["sections"][0]["citations"][0], serde_json::json!({"start": 6, "end": 9, "reference": 0}));
    assert_eq!(record["authors"], serde_json::json!(["Ada Bauer"]));
}

#[test]
fn a_record_with_its_document_is_read_again() {
    let first = extract(MARKDOWN);
    let second = extract(&first.to_string());
    assert_eq!(first["document"], second["document"]);
    assert_eq!(first["results"], second["results"]);
}

#[test]
fn sentences_say_variants_and_falling_figures() {
    let paper = |text: &str| serde_json::json!({"title": "FooNet: A Model", "abstract": text}).to_string();
    let record = extract(&paper("We propose FooNet. FooNet reaches 30.1 BLEU on WMT14 En-De and 43.5 on En-Fr."));
    let variants: Vec<_> = record["results"].as_array().unwrap().iter().map(|r| (&r["value"], &r["variant"])).collect();
    assert_eq!(variants, [(&"30.1".into(), &"en-de".into()), (&"43.5".into(), &"en-fr".into())]);
    let record = extract(&paper("We propose FooNet. With FooNet the FID drops to 2.1 on CelebA-HQ 256x256."));
    assert_eq!((&record["results"][0]["value"], &record["results"][0]["variant"]), (&"2.1".into(), &"256x256".into()));
}

/// A paper with one section under this heading.
fn with_section(title: &str, text: &str) -> String {
    format!(
        "# FooTag: A Tagger\n\n## Abstract\n\nWe propose FooTag, a tagger for named entity recognition.\n\n\
         ## 4 {title}\n\n{text}\n"
    )
}

#[test]
fn a_section_of_results_claims_results_before_it_compares() {
    let text = "The data of CoNLL-2003 are used here. FooTag reaches an F1 of 91.2, higher than the 88.5 of Bar et al. (2015).";
    assert_eq!(shown(&extract(&with_section("Results", text))), ["own FooTag | CoNLL-2003 | - | F1 | 91.2"]);
    // Sections about others and about parts of the system claim nothing, and neither do sentences about them.
    for title in ["Related Work", "Ablation Study"] {
        assert_eq!(shown(&extract(&with_section(title, text))), [""; 0], "{title}");
    }
    for text in [
        "Without characters, our F1 on CoNLL-2003 is 90.1.",
        "We reach an F1 of 94.1 on the CoNLL-2003 development set.",
        "We know that Bar et al. (2015) reach an F1 of 88.5 on CoNLL-2003.",
    ] {
        assert_eq!(shown(&extract(&with_section("Results", text))), [""; 0], "{text}");
    }
}

#[test]
fn a_network_or_a_number_of_layers_over_a_value_is_its_variant() {
    let table = |caption: &str, rows: &str| {
        let text = format!("Results are in Table 1.\n\nTable 1: {caption}\n\n{rows}");
        let record =
            extract(&with_section("Results", &text).replace("named entity recognition", "image classification"));
        shown(&record).into_iter().filter(|shown| shown.starts_with("own")).collect::<Vec<_>>()
    };
    let rows = "| | ResNet | DenseNet |\n|---|---|---|\n| ReLU | 93.1 | 94.2 |\n| FooTag (ours) | 94.5 | 95.1 |\n";
    assert_eq!(
        table("Accuracy on CIFAR-10.", rows),
        [
            "own FooTag (ours) | CIFAR-10 | ResNet | accuracy | 94.5",
            "own FooTag (ours) | CIFAR-10 | DenseNet | accuracy | 95.1"
        ]
    );
    let rows = "| | 18 layers | 34 layers |\n|---|---|---|\n| plain | 93.1 | 94.2 |\n| FooTag (ours) | 94.5 | 95.1 |\n";
    assert_eq!(
        table("Accuracy on CIFAR-10.", rows),
        [
            "own FooTag (ours) | CIFAR-10 | 18 layers | accuracy | 94.5",
            "own FooTag (ours) | CIFAR-10 | 34 layers | accuracy | 95.1"
        ]
    );
    let rows = "| | accuracy |\n|---|---|\n| ReLU | 93.1 |\n| FooTag (ours) | 94.5 |\n";
    assert_eq!(table("MobileNet on ImageNet.", rows), ["own FooTag (ours) | ImageNet | MobileNet | accuracy | 94.5"]);
}

/// The results of a table of markdown with this caption in a paper that introduces `FooTag`.
fn of_table(caption: &str, rows: &str) -> Vec<String> {
    shown(&extract(&with_section("Results", &format!("Results are in Table 1.\n\nTable 1: {caption}\n\n{rows}"))))
}

#[test]
fn the_first_sentence_of_a_caption_says_what_its_table_contains() {
    let rows = "| Model | All |\n|---|---|\n| Bar et al. (2015) | 58.3 |\n| FooTag (ours) | 54.1 |\n";
    assert_eq!(
        of_table("Perplexities of each model on the PTB dataset. The BLEU of Bar et al. is on WMT 2014.", rows),
        [
            "other Bar et al. (2015) | Penn Treebank | - | perplexity | 58.3",
            "own FooTag (ours) | Penn Treebank | - | perplexity | 54.1"
        ]
    );
    let rows = "| Model | CIFAR-10 |\n|---|---|\n| Bar et al. (2015) | 5.3 |\n| FooTag (ours) | 4.1 |\n";
    assert_eq!(
        of_table("Testing errors of all models.", rows).last().unwrap(),
        "own FooTag (ours) | CIFAR-10 | - | Test error | 4.1"
    );
}

#[test]
fn a_metric_added_to_a_system_is_a_part_of_the_system() {
    let rows = "| Model | All |\n|---|---|\n| LSTM + AL (Bar et al., 2015) | 88.5 |\n| FooTag (ours) | 91.2 |\n";
    assert_eq!(
        of_table("F1 on CoNLL-2003.", rows),
        [
            "other LSTM + AL (Bar et al., 2015) | CoNLL-2003 | - | F1 | 88.5",
            "own FooTag (ours) | CoNLL-2003 | - | F1 | 91.2"
        ]
    );
}

#[test]
fn a_heading_over_values_says_that_they_are_the_papers_own() {
    let rows =
        "| | Previous work F1 | Our models F1 |\n|---|---|---|\n| LSTM | 88.5 | |\n| Zork (ensemble) | | 91.2 |\n";
    assert_eq!(
        of_table("Results on CoNLL-2003.", rows),
        ["other LSTM | CoNLL-2003 | - | F1 | 88.5", "own Zork (ensemble) | CoNLL-2003 | - | F1 | 91.2"]
    );
}

#[test]
fn a_label_in_one_table_says_whose_the_system_is_in_another() {
    let table =
        |number: u32, rows: &str| format!("Table {number}: F1 on CoNLL-2003.\n\n| Model | F1 |\n|---|---|\n{rows}\n\n");
    let first = table(1, "| Zorker (Bar et al., 2015) | 88.5 |\n| Quuxer (ours) | 91.2 |");
    let second = table(2, "| Zorker | 87.1 |\n| Quuxer | 90.3 |");
    let results = shown(&extract(&with_section("Results", &format!("{first}{second}"))));
    assert_eq!(results[2..], ["other Zorker | CoNLL-2003 | - | F1 | 87.1", "own Quuxer | CoNLL-2003 | - | F1 | 90.3"]);
}

#[test]
fn a_dataset_whose_task_has_the_metric_is_that_of_a_table_that_names_none() {
    // Both datasets are named equally often, and only one is translated.
    let text = "We use WMT 2014 and SQuAD.\n\nTable 1: BLEU of all models.\n\n\
                | Model | All |\n|---|---|\n| Bar et al. (2015) | 28.5 |\n| FooTag (ours) | 31.2 |\n";
    assert_eq!(
        shown(&extract(&with_section("Results", text))).last().unwrap(),
        "own FooTag (ours) | WMT14 | - | BLEU | 31.2"
    );
}

#[test]
fn a_paper_that_introduces_no_system_measured_those_without_a_citation() {
    let text = "# On depth\n\n## Abstract\n\nWe ask why deep networks need large images.\n\n## 2 Results\n\n\
                Table 1: Accuracy on CIFAR-10.\n\n| Model | Accuracy |\n|---|---|\n| ResNet-18 | 95.1 |\n| VGG16 | 93.2 |\n";
    assert_eq!(
        shown(&extract(text)),
        ["own ResNet-18 | CIFAR-10 | - | accuracy | 95.1", "own VGG16 | CIFAR-10 | - | accuracy | 93.2"]
    );
}

#[test]
fn directions_and_settings_that_are_numbers_are_no_systems() {
    let rows = "| | C++ → Java | Java → C++ |\n|---|---|---|\n| BLEU | 85.4 | 97.0 |\n| Accuracy | 60.9 | 80.9 |\n";
    assert_eq!(
        of_table("Results of our programs.", rows)[..2],
        ["own FooTag | - | C++ → Java | BLEU | 85.4", "own FooTag | - | Java → C++ | BLEU | 97.0"]
    );
    let rows = "| Width | Zorknet (ours) | Quuxnet |\n|---|---|---|\n| 32 | 71.2 | 72.1 |\n| 64 | 73.3 | 74.0 |\n";
    let results = of_table("Accuracy on CIFAR-10.", rows);
    assert_eq!(results.len(), 4);
    assert!(
        results.iter().all(|result| result.contains("Zorknet (ours) | ") || result.contains("Quuxnet | ")),
        "{results:?}"
    );
}

#[test]
fn rouge_without_its_kind_is_less_sure() {
    let rows = "| Model | All |\n|---|---|\n| Bar et al. (2015) | 28.5 |\n| FooTag (ours) | 31.2 |\n";
    assert_eq!(of_table("ROUGE on CNN/DailyMail.", rows), [""; 0]);
    assert_eq!(of_table("ROUGE-L on CNN/DailyMail.", rows).len(), 2);
}

#[test]
fn counts_and_averages_over_several_metrics_are_no_results() {
    let rows = "| Model | Crops | Top-1 error | Models |\n|---|---|---|---|\n| BarNet [3] | 144 | 21.2 | 7 |\n\
                | FooTag (ours) | 1 | 20.1 | 6 |\n";
    assert_eq!(
        of_table("Results on ImageNet.", rows),
        [
            "other BarNet [3] | ImageNet | - | top-1 error | 21.2",
            "own FooTag (ours) | ImageNet | - | top-1 error | 20.1"
        ]
    );
    let rows = "| Model | MNLI accuracy | SQuAD F1 | Avg. |\n|---|---|---|---|\n| FooTag | 82.5 | 89.2 | 85.9 |\n";
    assert_eq!(
        of_table("Results.", rows),
        ["own FooTag | MNLI | - | accuracy | 82.5", "own FooTag | SQuAD | - | F1 | 89.2"]
    );
}

#[test]
fn a_table_without_a_caption_is_about_the_dataset_of_the_text_that_refers_to_its_number() {
    let text = "# FooRank: A Ranker\n\n## Abstract\n\nWe propose FooRank, a ranker of answers. SQuAD and the Ubuntu Dialogue Corpus are used.\n\n\
                ## 1 Results\n\nTable 1 has the scores on the Ubuntu Dialogue Corpus.\n\nTable 2 has the scores on SQuAD.\n\nAll words are in small letters.\n\n\
                | Model | R10@1 | R10@2 |\n|---|---|---|\n| Bar et al. (2015) | 0.55 | 0.72 |\n| FooRank (ours) | 0.63 | 0.78 |\n\n\
                Table 2: F 1 of our model.\n\n| Model | F 1 |\n|---|---|\n| Bar et al. (2015) | 80.1 |\n| FooRank (ours) | 82.3 |\n";
    assert_eq!(
        shown(&extract(text)),
        [
            "other Bar et al. (2015) | Ubuntu Dialogue Corpus | - | R10@1 | 0.55",
            "other Bar et al. (2015) | Ubuntu Dialogue Corpus | - | R10@2 | 0.72",
            "own FooRank (ours) | Ubuntu Dialogue Corpus | - | R10@1 | 0.63",
            "own FooRank (ours) | Ubuntu Dialogue Corpus | - | R10@2 | 0.78",
            "other Bar et al. (2015) | SQuAD | - | F1 | 80.1",
            "own FooRank (ours) | SQuAD | - | F1 | 82.3",
        ]
    );
}

#[test]
fn short_forms_of_several_datasets_over_columns_name_them() {
    let text = "# FooSense: A Tagger\n\n## Abstract\n\nWe propose FooSense, a tagger of senses, tested on Senseval-2 and Senseval-3.\n\n\
                ## 1 Results\n\nResults are in Table 1.\n\nTable 1: F1 scores.\n\n\
                | Model | SE2 | SE3 |\n|---|---|---|\n| Bar et al. (2015) | 71.6 | 70.3 |\n| FooSense (ours) | 71.9 | 70.2 |\n";
    let all = shown(&extract(text));
    assert!(all.contains(&"own FooSense (ours) | Senseval-2 | - | F1 | 71.9".to_string()), "{all:?}");
    assert!(all.contains(&"own FooSense (ours) | Senseval-3 | - | F1 | 70.2".to_string()), "{all:?}");
}

#[test]
fn a_sentence_that_names_a_task_is_about_the_dataset_for_it() {
    let text = "# FooTag: A Tagger\n\n## Abstract\n\nWe propose FooTag and evaluate it on Penn Treebank and CoNLL-2003. \
                FooTag reaches 97.5% accuracy for POS tagging and an F1 of 91.2 for named entity recognition.\n";
    assert_eq!(
        shown(&extract(text)),
        ["own FooTag | Penn Treebank | - | accuracy | 97.5%", "own FooTag | CoNLL-2003 | - | F1 | 91.2"]
    );
}

#[test]
fn rows_in_a_paragraph_are_results() {
    let text = "We use ROUGE. Method R-1 R-2 R-L Bar (Weiss et al., 2015) 32.5 11.8 29.5 Bar + copying 32.1 11.7 29.2 FooTag (ours) \
                38.1 13.9 34.0 Table 1: Results on the Gigaword test set. All words are in small letters.\n";
    let results = shown(&extract(&with_section("Results", text)));
    let own: Vec<&String> = results.iter().filter(|result| result.starts_with("own FooTag (ours)")).collect();
    assert_eq!(
        own,
        [
            "own FooTag (ours) | Gigaword | - | ROUGE-1 | 38.1",
            "own FooTag (ours) | Gigaword | - | ROUGE-2 | 13.9",
            "own FooTag (ours) | Gigaword | - | ROUGE-L | 34.0"
        ]
    );
}

#[test]
fn a_series_over_values_is_the_edition_in_the_caption() {
    let rows = "| Model | CoNLL | OntoNotes |\n|---|---|---|\n| Bar et al. (2015) | 88.5 | 83.0 |\n| FooTag (ours) | 91.2 | 85.3 |\n";
    assert_eq!(
        of_table("F1 on CoNLL 2003 and OntoNotes.", rows)[2..],
        ["own FooTag (ours) | CoNLL-2003 | - | F1 | 91.2", "own FooTag (ours) | OntoNotes | - | F1 | 85.3"]
    );
}

#[test]
fn a_direction_is_a_variant_and_no_dataset() {
    let rows = "| | En→It | En→It | En→De |\n| Model | P@1 | Cov. | P@1 |\n|---|---|---|---|\n\
                | Bar et al. (2015) | 60.1 | 99.0 | 70.2 |\n| FooTag (ours) | 63.3 | 98.0 | 74.8 |\n";
    assert_eq!(
        of_table("Precision of translated words.", rows)[2..],
        ["own FooTag (ours) | - | en-it | P@1 | 63.3", "own FooTag (ours) | - | en-de | P@1 | 74.8"]
    );
}

#[test]
fn parts_of_a_dataset_in_small_letters_are_variants() {
    let rows =
        "| Model | clean | other |\n|---|---|---|\n| Bar et al. (2015) | 2.1 | 4.3 |\n| FooTag (ours) | 1.9 | 4.0 |\n";
    assert_eq!(
        of_table("Word error rates on LibriSpeech.", rows)[2..],
        ["own FooTag (ours) | LibriSpeech | clean | WER | 1.9", "own FooTag (ours) | LibriSpeech | other | WER | 4.0"]
    );
}

#[test]
fn average_precisions_and_hits_have_their_index() {
    let rows = "| Model | AP^b | AP^b_50 | AP^m_75 | AP_S |\n|---|---|---|---|---|\n| BarNet [3] | 41.0 | 61.7 | 37.1 | 20.2 |\n\
                | FooTag (ours) | 46.9 | 69.0 | 42.2 | 25.1 |\n";
    assert_eq!(
        of_table("Results on COCO.", rows)[4..],
        [
            "own FooTag (ours) | COCO | - | box AP | 46.9",
            "own FooTag (ours) | COCO | - | box AP50 | 69.0",
            "own FooTag (ours) | COCO | - | mask AP75 | 42.2",
            "own FooTag (ours) | COCO | - | APS | 25.1"
        ]
    );
    let rows = "| Model | MRR | H@1 | Hits @10 |\n|---|---|---|---|\n| BarE [3] | 33.1 | 24.2 | 53.1 |\n| FooTag (ours) | 35.0 | 25.1 | 54.3 |\n";
    assert_eq!(
        of_table("Results on FB15k-237.", rows)[3..],
        [
            "own FooTag (ours) | FB15k-237 | - | MRR | 35.0",
            "own FooTag (ours) | FB15k-237 | - | Hits@1 | 25.1",
            "own FooTag (ours) | FB15k-237 | - | Hits@10 | 54.3"
        ]
    );
}

#[test]
fn a_system_that_the_title_names_is_the_papers_own() {
    let text = "# Sentence Compression with LSTMs\n\n## Abstract\n\nWe compress sentences. LSTM networks do it well.\n\n## 1 Results\n\n\
                Table 1: F1 on the Google dataset.\n\n| | F1 |\n|---|---|\n| LSTM | 0.80 |\n| MIRA (Bar et al., 2015) | 0.75 |\n| LSTM+PAR | 0.82 |\n";
    let own = |result: &&String| result.starts_with("own LSTM");
    assert_eq!(shown(&extract(text)).iter().filter(own).count(), 2);
}

#[test]
fn values_of_single_classes_are_no_results() {
    let rows = "| Class | Accuracy |\n|---|---|\n| Anger | 79.6 |\n| Joy | 71.2 |\n";
    assert_eq!(of_table("Class-wise accuracy on IEMOCAP.", rows), [""; 0]);
}

#[test]
fn a_caption_says_the_metric_of_each_task() {
    let rows = "| Model | MNLI-m | MRPC | STS-B | Avg. |\n|---|---|---|---|---|\n| Bar et al. (2015) | 82.5 | 88.1 | 85.0 | 85.2 |\n\
                | FooTag (ours) | 84.6 | 90.2 | 87.4 | 87.4 |\n";
    let caption =
        "Results on GLUE. We report F1 for MRPC, Spearman correlation for STS-B, and accuracy for the other tasks.";
    assert_eq!(
        of_table(caption, rows)[3..],
        [
            "own FooTag (ours) | MNLI | m | accuracy | 84.6",
            "own FooTag (ours) | MRPC | - | F1 | 90.2",
            "own FooTag (ours) | STS-B | - | Spearman correlation | 87.4"
        ]
    );
}

#[test]
fn a_number_over_a_value_is_a_setting_that_was_varied() {
    let rows = "| Removed words | 10% | 30% |\n|---|---|---|\n| Bar et al. (2015) | 90.1 | 84.2 |\n| FooTag (ours) | 93.3 | 89.8 |\n";
    let text = format!("Results are in Table 1.\n\nTable 1: F1 on CoNLL-2003.\n\n{rows}");
    let record = extract(&with_section("Results", &text));
    assert_eq!(
        shown(&record)[2..],
        [
            "own FooTag (ours) | CoNLL-2003 | Removed words 10% | F1 | 93.3",
            "own FooTag (ours) | CoNLL-2003 | Removed words 30% | F1 | 89.8"
        ]
    );
    let confidences = record["results"].as_array().unwrap().iter().map(|result| result["confidence"].as_f64().unwrap());
    assert!(confidences.into_iter().all(|confidence| confidence < 0.5));
}

#[test]
fn systems_over_metrics_are_systems_if_rows_are_datasets() {
    let rows = "| | FooTag | FooTag | Zorker | Zorker |\n| | P | R | P | R |\n|---|---|---|---|---|\n\
                | CoNLL-2003 | 90.1 | 91.2 | 80.3 | 81.4 |\n| OntoNotes | 89.5 | 90.6 | 79.7 | 80.8 |\n";
    let results = of_table("Results.", rows);
    assert_eq!(
        results[..2],
        ["own FooTag | CoNLL-2003 | - | precision | 90.1", "own FooTag | CoNLL-2003 | - | recall | 91.2"]
    );
    assert!(results.iter().all(|result| !result.contains("80.3") || result.starts_with("other Zorker")), "{results:?}");
}

#[test]
fn a_label_does_not_name_the_metric_of_the_values_beside_it_if_it_cites() {
    let rows = "| Model | clean |\n|---|---|\n| LAS [3] | 2.8 |\n| FooTag (ours) | 1.9 |\n";
    assert_eq!(
        of_table("Word error rates on LibriSpeech.", rows),
        ["other LAS [3] | LibriSpeech | - | WER | 2.8", "own FooTag (ours) | LibriSpeech | - | WER | 1.9"]
    );
}

#[test]
fn comparisons_judgements_and_settings_are_no_results() {
    let rows = "| Model | F1 |\n|---|---|\n| Bar et al. (2015) | 88.5 |\n| FooTag (ours) | 91.2 |\n\
                | %Improv. | 3.05 |\n| p-value | 0.002 |\n| Relative gain (%) | 3.1 |\n";
    assert_eq!(of_table("Results on CoNLL-2003.", rows).len(), 2);
    let rows = "| Model | Fluency | Adequacy |\n|---|---|---|\n| Bar et al. (2015) | 3.5 | 3.2 |\n| FooTag (ours) | 4.2 | 4.1 |\n";
    assert_eq!(of_table("Human evaluation of outputs on CoNLL-2003 besides F1.", rows), [""; 0]);
    let rows = "| | Value |\n|---|---|\n| n_layers | 32 |\n| dim | 40.5 |\n| Batch size | 16 |\n";
    assert_eq!(of_table("The network for CoNLL-2003, which reaches the best F1.", rows), [""; 0]);
}

#[test]
fn an_average_over_datasets_is_no_result_even_above_metrics() {
    let rows = "| | SQuAD | SQuAD | MRPC | MRPC | Average | Average |\n| | P | R | P | R | P | R |\n|---|---|---|---|---|---|---|\n\
                | FooTag (ours) | 90.1 | 91.2 | 80.3 | 81.4 | 85.2 | 86.3 |\n";
    let results = of_table("Results.", rows);
    assert_eq!(results.len(), 4, "{results:?}");
}

#[test]
fn a_chance_baseline_is_no_system_of_others() {
    let text = "# On depth\n\n## Abstract\n\nWe ask why deep networks need large images.\n\n## 2 Results\n\n\
                Table 1: Accuracy on CIFAR-10.\n\n| Model | Accuracy |\n|---|---|\n| Random | 10.0 |\n| ResNet-18 | 95.1 |\n";
    assert_eq!(shown(&extract(text)).last().unwrap(), "own ResNet-18 | CIFAR-10 | - | accuracy | 95.1");
}

#[test]
fn the_opponent_of_the_papers_system_is_not_the_papers() {
    let rows = "| Program | Opponent | F1 |\n|---|---|---|\n| FooTag | Zorker | 83.5 |\n| Quuxer | Zorker | 78.0 |\n";
    let results = of_table("F1 on CoNLL-2003.", rows);
    assert_eq!(results[0], "own FooTag Zorker | CoNLL-2003 | - | F1 | 83.5");
    assert!(results[1..].iter().all(|result| result.starts_with("other")), "{results:?}");
}

#[test]
fn letters_for_metrics_of_captions_mean_them_together() {
    let rows = "| Model | B@4 | M | C | S |\n|---|---|---|---|---|\n| Bar et al. (2015) | 37.4 | 30.7 | 127.8 | 23.5 |\n\
                | FooTag (ours) | 41.5 | 31.2 | 140.4 | 24.6 |\n";
    assert_eq!(
        of_table("Results on COCO Captions.", rows)[4..],
        [
            "own FooTag (ours) | COCO Captions | - | BLEU-4 | 41.5",
            "own FooTag (ours) | COCO Captions | - | METEOR | 31.2",
            "own FooTag (ours) | COCO Captions | - | CIDEr | 140.4",
            "own FooTag (ours) | COCO Captions | - | SPICE | 24.6"
        ]
    );
}
