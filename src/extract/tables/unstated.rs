//! What a table leaves to its readers: the metric of a task's results if nothing names one.

use crate::vocabulary::{EntityId, Kind};

/// Tasks, and the metric that papers report for them without saying so, by their slugs.
const USUAL_METRICS: [(&str, &str); 22] = [
    ("automatic-speech-recognition", "wer"),
    ("chunking", "f1"),
    ("commonsense-reasoning", "accuracy"),
    ("constituency-parsing", "f1"),
    ("coreference-resolution", "f1"),
    ("dialogue-act-classification", "accuracy"),
    ("image-classification", "accuracy"),
    ("language-modeling", "perplexity"),
    ("machine-translation", "bleu"),
    ("mathematical-reasoning", "accuracy"),
    ("named-entity-recognition", "f1"),
    ("natural-language-inference", "accuracy"),
    ("object-detection", "map"),
    ("part-of-speech-tagging", "accuracy"),
    ("relation-extraction", "f1"),
    ("semantic-role-labeling", "f1"),
    ("semantic-segmentation", "miou"),
    ("sentiment-analysis", "accuracy"),
    ("text-classification", "accuracy"),
    ("visual-question-answering", "accuracy"),
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

/// Metrics of what a system costs, by their slugs. A table whose headings name no metric is not about them.
const COSTS: [&str; 11] = [
    "flops",
    "fps",
    "latency",
    "parameter-count",
    "real-time-factor",
    "speedup",
    "throughput",
    "time-per-output-token",
    "time-to-first-token",
    "training-time",
    "wall-clock-time",
];

/// Whether a metric says what a system costs.
pub(super) fn is_cost(metric: &EntityId) -> bool {
    metric.kind() == Kind::Metric && COSTS.contains(&metric.slug())
}

/// Whether results of the task have this metric.
pub(super) fn has_metric(task: &EntityId, metric: &str) -> bool {
    let mut pairs = USUAL_METRICS.iter().chain(&TYPICAL_METRICS);
    pairs.any(|(slug, of_task)| *slug == task.slug() && *of_task == metric)
}

/// The slug of the metric that a task's results have if nothing names one.
pub(super) fn usual_metric(task: &EntityId) -> Option<&'static str> {
    USUAL_METRICS.iter().find(|(slug, _)| *slug == task.slug()).map(|(_, metric)| *metric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_and_metrics_are_in_the_vocabulary() {
        let vocabulary = crate::vocabulary::Vocabulary::builtin().unwrap();
        let id = |kind, slug| EntityId::new(kind, slug).unwrap();
        for (task, metric) in USUAL_METRICS.iter().chain(&TYPICAL_METRICS) {
            assert!(vocabulary.get(&id(Kind::Task, task)).is_some(), "{task}");
            assert!(vocabulary.get(&id(Kind::Metric, metric)).is_some(), "{metric}");
        }
        assert!(COSTS.iter().all(|slug| is_cost(&id(Kind::Metric, slug))));
        assert!(!is_cost(&id(Kind::Metric, "bleu")));
    }
}
