//! A few papers, written by hand, with an answer to every question.

use std::path::Path;

use papergraph::extract::Extraction;
use papergraph::internals::store::{BuildSummary, GenerationBuild};
use papergraph::vocabulary::Vocabulary;

pub(crate) fn vocabulary() -> Vocabulary {
    Vocabulary::from_texts([
        (
            "datasets.toml",
            r#"
kind = "dataset"
entity = [
  { id = "coco", name = "COCO", aliases = ["MS COCO", "Microsoft COCO"], paper = "1405.0312", year = 2014, homepage = "https://cocodataset.org", modality = ["image"], tasks = ["object-detection"] },
  { id = "imagenet", name = "ImageNet", year = 2009, modality = ["image"], wikidata = "Q24901201" },
  { id = "imagenet-1k", name = "ImageNet-1K", broader = ["imagenet"] },
]"#,
        ),
        (
            "tasks.toml",
            r#"
kind = "task"
entity = [ { id = "object-detection", name = "object detection" } ]"#,
        ),
        (
            "others.toml",
            r#"
kind = "hardware"
entity = [ { id = "nvidia-a100", name = "NVIDIA A100", aliases = ["A100"], vendor = "NVIDIA", memory_gb = [40, 80] } ]"#,
        ),
        ("models.toml", "kind = \"model\"\nentity = [ { id = \"llama-2\", name = \"Llama 2\" } ]"),
        ("methods.toml", "kind = \"method\"\nentity = [ { id = \"lora\", name = \"LoRA\", year = 2021 } ]"),
        ("metrics.toml", "kind = \"metric\"\nentity = [ { id = \"accuracy\", name = \"accuracy\" } ]"),
        ("software.toml", "kind = \"software\"\nentity = [ { id = \"pytorch\", name = \"PyTorch\" } ]"),
    ])
    .unwrap()
}

/// A paper in which each of `named` (`kind/slug`, optionally `kind/slug=relation`) is a mention.
pub(crate) fn paper(key: &str, title: &str, date: &str, named: &[&str]) -> Extraction {
    let mut text = String::new();
    let mut mentions = Vec::new();
    for name in named {
        let (id, relation) = name.split_once('=').unwrap_or((name, "mentions"));
        let (kind, slug) = id.split_once('/').unwrap();
        let start = text.chars().count();
        text.push_str(slug);
        mentions.push(serde_json::json!({
            "entity": id, "name": slug, "type": kind, "text": slug, "field": "abstract",
            "start": start, "end": text.chars().count(), "confidence": 0.9, "relation": relation,
        }));
        text.push_str(", ");
    }
    let record = serde_json::json!({
        "id": format!("paper/{key}"), "title": title, "abstract": text, "published": date, "author_count": 3,
        "authors": null, "organization": null, "comments": 2,
        "sources": [{"file": "list.txt", "line": 7, "format": "daily-papers"}],
        "mentions": mentions, "introduces": [], "repos": [], "pages": [], "code": "none",
        "hardware": [], "results": [],
    });
    serde_json::from_value(record).unwrap()
}

/// The fields of the record as JSON.
pub(crate) fn with(extraction: Extraction, field: &str, value: serde_json::Value) -> Extraction {
    let mut record = serde_json::to_value(extraction).unwrap();
    record[field] = value;
    serde_json::from_value(record).unwrap()
}

pub(crate) fn papers() -> Vec<Extraction> {
    let efficient = paper(
        "arxiv-2407.11062",
        "EfficientQAT: Efficient Training",
        "2024-07-10",
        &[
            "model/llama-2=builds-on",
            "dataset/imagenet-1k=evaluates-on",
            "dataset/coco",
            "hardware/nvidia-a100",
            "metric/accuracy",
        ],
    );
    let efficient = with(
        efficient,
        "introduces",
        serde_json::json!([{"entity": "method/efficientqat", "name": "EfficientQAT", "kind": "method"}]),
    );
    let efficient = with(efficient, "repos", serde_json::json!(["github.com/OpenGVLab/EfficientQAT"]));
    let efficient = with(efficient, "code", serde_json::json!("link"));
    let efficient = with(
        efficient,
        "hardware",
        serde_json::json!([{"entity": "hardware/nvidia-a100", "name": "NVIDIA A100", "count": 8, "memory_gb": 80}]),
    );
    let efficient = with(
        efficient,
        "results",
        serde_json::json!([{"system": "EfficientQAT", "dataset": "imagenet-1k", "metric": "accuracy", "value": "69.48"}]),
    );
    let follow_up = paper(
        "arxiv-2501.00001",
        "A Follow-Up",
        "2025-01",
        &[
            "method/efficientqat=builds-on",
            "method/lora",
            "dataset/coco=evaluates-on",
            "task/object-detection",
            "software/pytorch",
        ],
    );
    let follow_up = with(follow_up, "organization", serde_json::json!("NVIDIA"));
    let follow_up = with(follow_up, "code", serde_json::json!("promised"));
    let follow_up = with(
        follow_up,
        "urls",
        serde_json::json!(["https://github.com/nvidia/Follow-Up", "https://follow.example.org/"]),
    );
    let plain =
        paper("a-plain-one", "A Plain One", "2023", &["dataset/coco", "task/object-detection", "metric/accuracy"]);
    vec![efficient, follow_up, plain]
}

pub(crate) fn build(at: &Path, papers: Vec<Extraction>) -> BuildSummary {
    let vocabulary = vocabulary();
    let mut build = GenerationBuild::begin(at, None, &vocabulary).unwrap();
    build.replace(papers).unwrap();
    build.finish().unwrap()
}
