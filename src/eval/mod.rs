//! Measures the extraction against labels that people made.
//!
//! Papers are paired by title. Entities are paired by name or words within one paper (`pairing`), everything else by
//! equality of its identifying fields. The figures are those of `score.py` of the labelled set, so that they can be
//! compared across programs; a test checks that both agree.

mod labels;
mod pairing;
mod scores;

pub(crate) use labels::{LabelledPaper, read_labels};
pub(crate) use scores::{
    ConfusionCounts, ExtractionScores, MeasureCounts, ScoreMeasure, ScoredError, score_extractions, split_by_title,
};

/// Keeps only ASCII letters and digits, in lower case, so that spelling does not count.
fn fold(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_ascii_alphanumeric()).collect()
}
