//! Model cards and dataset cards: Markdown with YAML before it, as model hubs keep them. A card describes one paper:
//! the first entry of BibTeX that the card asks to cite, else the first link whose label is the title of a paper.
//! Further entries are papers that the card cites.

use std::collections::BTreeSet;
use std::io::{BufRead, Cursor};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::bibtex;
use super::facts::{add_repository, identify_by_url, titled};
use super::json::JsonAccess;
use super::lines::InputLines;
use super::place::{FramedRecord, ProblemReason, SkippedRecord, SourceInput, SourceItem};
use super::yaml;
use crate::extract::{LinkTarget, classify_url};
use crate::paper::{Declared, DeclaredName, DeclaredResult, Paper, PaperId, arxiv_id};
use crate::text::single_spaced;

/// Size limit: longer texts are not cards.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Number of lines of YAML at the beginning; no card has more.
const MOST_FRONT_LINES: usize = 20_000;

/// Fields that only cards have, and fields that other pages with YAML also have.
const OF_CARDS: [&str; 11] = [
    "library_name",
    "pipeline_tag",
    "base_model",
    "model-index",
    "model_name",
    "datasets",
    "inference",
    "widget",
    "task_categories",
    "dataset_info",
    "pretty_name",
];
const OF_OTHERS: [&str; 4] = ["license", "language", "tags", "metrics"];

/// Whether the beginning of the text shows a card.
pub(super) fn looks_like(start: &str) -> bool {
    let Some(rest) = start.strip_prefix("---") else { return false };
    let front = rest.lines().skip(1).take_while(|line| line.trim_end() != "---");
    let fields: BTreeSet<&str> =
        front.clone().filter_map(|line| line.split_once(':').map(|(field, _)| field)).collect();
    let of = |names: &[&str]| names.iter().filter(|name| fields.contains(**name)).count();
    // Hubs tag a card with the id of its paper.
    let is_tagged = front.clone().any(|line| line.trim_start().trim_start_matches("- ").starts_with("arxiv:"));
    (of(&OF_CARDS) > 0 || is_tagged) && of(&OF_CARDS) + of(&OF_OTHERS) > 1
}

/// The papers of a card.
pub(super) fn read(reader: impl BufRead, place: &SourceInput) -> Vec<SourceItem> {
    let fail = |reason, message: String| vec![Err(place.problem(1, SkippedRecord::new(reason, message)))];
    // Lines of YAML become empty lines, so that line numbers are those of the file.
    let (mut front, mut body) = (String::new(), String::new());
    let mut marks = 0;
    for line in InputLines::new(reader, place.clone()) {
        let FramedRecord { line, record } = match line {
            Ok(frame) => frame,
            Err(problem) => return vec![Err(problem)],
        };
        let is_mark = marks < 2 && record.trim_end() == "---" && (line == 1 || marks == 1);
        marks += usize::from(is_mark);
        match marks {
            1 if !is_mark => front.push_str(&record),
            1 | 2 if is_mark => {}
            _ => body.push_str(&record),
        }
        front.push('\n');
        body.push('\n');
        if front.len() + body.len() > MAX_BYTES || (marks == 1 && line > MOST_FRONT_LINES as u64) {
            return fail(ProblemReason::TooLarge, format!("is larger than any card ({} MiB)", MAX_BYTES >> 20));
        }
    }
    let (front, note) = match yaml::parse(&front) {
        Ok(front) => (front, None),
        Err(error) => {
            let message = format!("the YAML at the beginning is left out: {error}");
            (Value::Null, Some(Err(place.problem(1, SkippedRecord::new(ProblemReason::Field, message)))))
        }
    };
    let mut items: Vec<SourceItem> = papers(&front, &body, place);
    items.extend(note);
    items
}

fn papers(front: &Value, body: &str, place: &SourceInput) -> Vec<SourceItem> {
    let entries = bibtex::read(Cursor::new(body.to_string()), place.clone());
    // A card may also cite software; that is ignored here.
    let mut cited: Vec<Paper> = entries.filter_map(Result::ok).collect();
    let ids = arxiv_ids(front, body);
    let (line, mut own) = if cited.is_empty() {
        match linked(body) {
            Some(found) => found,
            None => return vec![Err(place.problem(1, no_title(&ids)))],
        }
    } else {
        let paper = cited.remove(0);
        let line = paper.sources.first().map_or(1, |origin| origin.line);
        (line, Paper { sources: Vec::new(), ..paper })
    };
    // If a card links to only one paper at arXiv, it asks to cite that paper.
    if let ([id], true) = (ids.iter().collect::<Vec<_>>().as_slice(), cited.is_empty()) {
        own.identify([(*id).clone()]);
    }
    // The key of the entry belongs to the card, not to anybody's library.
    own.library.citation_keys.clear();
    let declared = declared(front, body);
    own.declared.join(declared);
    for url in code(body) {
        add_repository(&mut own, url, None, None);
    }
    std::iter::once(place.paper(line, own)).chain(cited.into_iter().map(Ok)).collect()
}

fn no_title(ids: &BTreeSet<PaperId>) -> SkippedRecord {
    let known: Vec<&str> = ids.iter().map(PaperId::key).collect();
    SkippedRecord::not_a_paper(match known.as_slice() {
        [] => "a card without a paper".to_string(),
        known => format!("a card that does not give the title of its paper ({})", known.join(", ")),
    })
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of the program is sound")
}

/// The arXiv ids to which a card links.
fn arxiv_ids(front: &Value, body: &str) -> BTreeSet<PaperId> {
    static LINK: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)(?:arxiv\.org/(?:abs|pdf|html)/|huggingface\.co/papers/|\barxiv:\s?)([0-9]{4}\.[0-9]{4,5})")
    });
    let tags = front.texts("tags", "");
    let of_tags = tags.iter().filter_map(|tag| tag.strip_prefix("arxiv:"));
    let of_body = LINK.captures_iter(body).take(1000).filter_map(|found| found.get(1)).map(|id| id.as_str());
    of_tags.chain(of_body).filter_map(arxiv_id).filter_map(|id| PaperId::arxiv(&id)).collect()
}

/// The first link to a registry that has the title of a paper as its label, and its line.
fn linked(body: &str) -> Option<(u64, Paper)> {
    static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[([^\[\]]{8,300})\]\((https?://[^()\s]{4,300})\)"));
    for (number, line) in (1..).zip(body.lines()) {
        for found in LINK.captures_iter(line) {
            let label = found[1].trim_matches(|c: char| c.is_whitespace() || "*_\"“”".contains(c));
            let Some(mut paper) = titled(label).ok().filter(|_| is_title(label)) else { continue };
            if identify_by_url(&mut paper, &found[2]) {
                return Some((number, paper));
            }
        }
    }
    None
}

/// Whether the label of a link is a title: "our paper on arXiv" and "Technical Report (PDF)" are not.
fn is_title(label: &str) -> bool {
    static KIND: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)\b(?:papers?|arxiv|preprint|report|pdf|publication|article|link|here|page|blog|post|read)\b")
    });
    let words = label.split_whitespace().count();
    label.starts_with(|c: char| !c.is_lowercase()) && (words >= 4 || words == 3 && !KIND.is_match(label))
}

/// Addresses of code in lines that call them code.
fn code(body: &str) -> impl Iterator<Item = &str> {
    static NAMED: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)\b(?:repository|repo|code|github|implementation)\b"));
    static URL: LazyLock<Regex> = LazyLock::new(|| pattern(r#"https?://[^\s()<>\[\]"'`]{4,300}"#));
    let lines = body.lines().filter(|line| line.len() < 2000 && !line.trim_start().starts_with('@'));
    let named = lines.filter(|line| NAMED.is_match(URL.replace_all(line, "").as_ref()));
    let urls = named.flat_map(|line| URL.find_iter(line)).map(|url| url.as_str().trim_end_matches(['.', ',']));
    urls.filter(|url| matches!(classify_url(url), Some(LinkTarget::Repository(_))) && !url.contains("huggingface.co"))
        .take(20)
}

/// The statements of the YAML: datasets, the task, the model, its results.
fn declared(front: &Value, body: &str) -> Declared {
    let mut declared = Declared::default();
    let one_or_more = |field: &str| {
        let one = front.text(field).map(str::to_string);
        one.into_iter().chain(front.texts(field, "name")).collect::<Vec<_>>()
    };
    for id in one_or_more("datasets") {
        let name = id.rsplit('/').next().unwrap_or(&id).to_string();
        let url = (!id.contains(char::is_whitespace)).then(|| format!("https://huggingface.co/datasets/{id}"));
        declared.datasets.push(DeclaredName { name, url });
    }
    declared.datasets.extend(front.text("pretty_name").map(|name| DeclaredName { name: name.to_string(), url: None }));
    let tasks = ["pipeline_tag", "task_categories"].into_iter().flat_map(one_or_more);
    declared.tasks.extend(tasks.map(|task| task.replace('-', " ")));
    let models = front.list("model-index");
    let heading = || {
        let line = body.lines().find_map(|line| line.strip_prefix("# "))?;
        let name = single_spaced(line.trim_start_matches("Model Card for").trim_start_matches("Model card for"));
        (name.split(' ').count() <= 5 && !name.is_empty() && front.text("pretty_name").is_none()).then_some(name)
    };
    let indexed = || models.first().and_then(|model| model.text("name")).map(str::to_string);
    let model = front.text("model_name").map(str::to_string).or_else(indexed).or_else(heading);
    declared.methods.extend(model.clone());
    for found in models {
        let name = found.text("name").map(str::to_string).or_else(|| model.clone());
        for result in found.list("results") {
            let part = |part: &str| {
                let part = result.get(part)?;
                part.text("name").or(part.text("type")).map(str::to_string)
            };
            for metric in result.list("metrics") {
                let value = match metric.get("value") {
                    Some(Value::Number(number)) => number.to_string(),
                    Some(Value::String(text)) => single_spaced(text),
                    _ => continue,
                };
                let Some(called) = metric.text("name").or(metric.text("type")) else { continue };
                declared.results.push(DeclaredResult {
                    task: part("task"),
                    dataset: part("dataset"),
                    metric: called.to_string(),
                    model: name.clone(),
                    value,
                });
            }
        }
    }
    declared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Format;

    fn items(card: &str) -> Vec<SourceItem> {
        read(Cursor::new(card.to_string()), &SourceInput::new("README.md", Format::ModelCard))
    }

    const FRONT: &str = "---\nlicense: mit\npipeline_tag: image-classification\ndatasets:\n- moths/night-1k\n---\n";

    #[test]
    fn the_first_entry_to_cite_is_the_paper_and_the_yaml_is_declared_of_it() {
        let card = format!(
            "{FRONT}# LampNet\n\n**Repository:** https://github.com/moths/lampnet\n\n```bibtex\n@article{{ruiz,\n title={{Lamps for Moths}},\n \
             author={{Ruiz, Ana}}, year={{2030}}\n}}\n@article{{dam,\n title={{Older Lamps}}, year={{2020}}\n}}\n```\n"
        );
        assert!(looks_like(&card));
        let items = items(&card);
        let paper = items[0].as_ref().unwrap();
        assert_eq!((paper.title.as_str(), paper.sources[0].line), ("Lamps for Moths", 12));
        assert_eq!(paper.declared.datasets[0].name, "night-1k");
        assert_eq!(
            (paper.declared.tasks.as_slice(), paper.declared.methods.as_slice()),
            (["image classification".to_string()].as_slice(), ["LampNet".to_string()].as_slice())
        );
        assert_eq!(paper.declared.repositories[0].url, "https://github.com/moths/lampnet");
        let cited = items[1].as_ref().unwrap();
        assert_eq!((cited.title.as_str(), cited.declared.is_empty()), ("Older Lamps", true));
    }

    #[test]
    fn a_link_with_the_title_of_a_paper_is_the_paper_where_nothing_is_to_be_cited() {
        let card = format!(
            "{FRONT}See [our paper](https://arxiv.org/abs/3001.00001): [Lamps for All Moths](https://arxiv.org/abs/3001.00001).\n"
        );
        let items = items(&card);
        assert_eq!(items[0].as_ref().unwrap().id.key(), "arxiv-3001.00001");
        assert_eq!(items[0].as_ref().unwrap().title, "Lamps for All Moths");
    }

    #[test]
    fn a_label_of_three_words_is_a_title_unless_it_names_a_kind_of_page() {
        let labels = ["Lamps for Everyone", "The Lamp Paper", "Technical Report (PDF)", "our latest lamps", "LampNet"];
        assert_eq!(labels.map(is_title), [true, false, false, false, false]);
    }

    #[test]
    fn a_card_without_the_title_of_a_paper_is_counted_and_says_which_paper_it_means() {
        let card = format!("{FRONT}See [our paper](https://arxiv.org/abs/3001.00001).\n");
        let items = items(&card);
        let problem = items[0].as_ref().unwrap_err();
        assert_eq!(problem.reason, ProblemReason::NotAPaper);
        assert!(problem.message.contains("arxiv-3001.00001"), "{problem}");
    }

    #[test]
    fn results_of_the_model_are_declared_as_written() {
        let card = "---\nlicense: mit\nmodel-index:\n- name: LampNet\n  results:\n  - task: {type: image-classification}\n    dataset: {name: Night-1K}\n    \
                    metrics:\n    - {type: accuracy, value: 81.5}\n---\n@misc{a, title={Lamps for Moths}}\n";
        let items = items(card);
        let result = &items[0].as_ref().unwrap().declared.results[0];
        assert_eq!(
            (result.dataset.as_deref(), result.value.as_str(), result.model.as_deref()),
            (Some("Night-1K"), "81.5", Some("LampNet"))
        );
    }

    #[test]
    fn other_pages_with_yaml_before_them_are_no_cards() {
        assert!(!looks_like("---\ntitle: A Post\ntags: [moths]\n---\n# Lamps\n"));
        assert!(!looks_like("---\nlicense: mit\ntags:\n- lamps\n---\n"));
        assert!(looks_like("---\nlicense: mit\ntags:\n- lamps\n- arxiv:3001.00001\n---\n"));
        assert!(looks_like("---\nlicense: mit\ntask_categories:\n- qa\n---\n"));
    }
}
