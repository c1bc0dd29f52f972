//! How good the extraction is, measured against labels that people made.
//!
//! Papers are paired by title, entities by name or words within one paper ([`pairing`]), everything else by equality
//! of what identifies it. The figures are those of `score.py` of the labelled set, so that they can be compared across
//! programs; a test holds the two together.

mod labels;
mod pairing;
mod scores;

pub use labels::{Labels, LabelsError, read_labels};
pub use scores::{Counts, Figure, Measure, Miss, Scores, Sign, folds, score};

/// Letters and digits of ASCII, lower-case: what is left of a name when spelling does not count.
fn fold(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_ascii_alphanumeric()).collect()
}
