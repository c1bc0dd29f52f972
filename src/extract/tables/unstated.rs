//! What a table leaves to its readers: the metric of a task's results if nothing names one.

use crate::vocabulary::EntityId;

/// Tasks, and the metric that papers report for them without saying so, by their slugs.
const USUAL_METRICS: [(&str, &str); 19] = [
    ("chunking", "f1"),
    ("constituency-parsing", "f1"),
    ("coreference-resolution", "f1"),
    ("dialogue-act-classification", "accuracy"),
    ("image-classification", "accuracy"),
    ("language-modeling", "perplexity"),
    ("machine-translation", "bleu"),
    ("named-entity-recognition", "f1"),
    ("natural-language-inference", "accuracy"),
    ("object-detection", "map"),
    ("part-of-speech-tagging", "accuracy"),
    ("relation-extraction", "f1"),
    ("semantic-role-labeling", "f1"),
    ("semantic-segmentation", "miou"),
    ("sentiment-analysis", "accuracy"),
    ("speech-recognition", "wer"),
    ("text-classification", "accuracy"),
    ("word-segmentation", "f1"),
    ("word-sense-disambiguation", "f1"),
];

/// Tasks, and metrics that are measured for them and hardly any other task, by their slugs.
const TYPICAL_METRICS: [(&str, &str); 6] = [
    ("dependency-parsing", "labeled-attachment-score"),
    ("dependency-parsing", "unlabeled-attachment-score"),
    ("question-answering", "exact-match"),
    ("summarization", "rouge"),
    ("semantic-parsing", "smatch"),
    ("amr-parsing", "smatch"),
];

/// Whether results of the task have this metric.
pub(super) fn has_metric(task: &EntityId, metric: &str) -> bool {
    let mut pairs = USUAL_METRICS.iter().chain(&TYPICAL_METRICS);
    pairs.any(|(slug, of_task)| *slug == task.slug() && *of_task == metric)
}

/// The slug of the metric that a task's results have if nothing names one.
pub(super) fn usual_metric(task: &EntityId) -> Option<&'static str> {
    USUAL_METRICS.iter().find(|(slug, _)| *slug == task.slug()).map(|(_, metric)| *metric)
}
