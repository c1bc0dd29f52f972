//! Doubts the paper's own results that beat surer results in its other tables: intermediate values, and values that were
//! read wrongly.

use std::collections::HashMap;

use super::super::record::ResultClaim;
use super::heading::Split;
use super::outliers::number;
use crate::vocabulary::{Better, EntityId, Kind, Vocabulary};

/// Factor for the confidence of a result that beats a surer one.
const BEATS_SURER: f32 = 0.4;
/// A result is surer if its confidence is this many times higher.
const SURER: f32 = 1.2;

/// Lowers the confidence of own results of a paper. Those on one dataset and variant in one metric are compared: a paper
/// prints its best result in a table that says what it is, so a better value in another table that says less is
/// suspicious. Development data are no variant here: the paper's result is that on test data.
pub(super) fn doubt(results: &mut [ResultClaim], vocabulary: &Vocabulary) {
    let mut boards: HashMap<[String; 3], Vec<usize>> = HashMap::new();
    for (at, result) in results.iter().enumerate().filter(|(_, result)| result.own) {
        let entity = result.entity(Kind::Dataset).map(EntityId::to_string);
        let dataset = entity.unwrap_or_else(|| result.dataset.as_deref().unwrap_or_default().to_lowercase());
        boards.entry([dataset, variant(result), result.metric.to_lowercase()]).or_default().push(at);
    }
    for board in boards.into_values() {
        for at in surprising(&board, results, vocabulary) {
            if let Some(confidence) = &mut results[at].confidence {
                *confidence = (*confidence * BEATS_SURER * 100.0).round() / 100.0;
            }
        }
    }
}

/// The variant without the split.
fn variant(result: &ResultClaim) -> String {
    let parts = result.variant.iter().flat_map(|variant| variant.split(", "));
    let is_split = |part: &str| [Split::Development, Split::Train].iter().any(|split| split.as_str() == part);
    parts.filter(|part| !is_split(part)).collect::<Vec<_>>().join(", ")
}

/// The results of a board that beat a surer one in another table.
fn surprising(board: &[usize], results: &[ResultClaim], vocabulary: &Vocabulary) -> Vec<usize> {
    let metric = board.first().and_then(|at| vocabulary.get(results[*at].entity(Kind::Metric)?));
    let is_lower_better = metric.is_some_and(|metric| metric.better == Some(Better::Lower));
    // The number of the table, the confidence, and a number of which more is better.
    let rated = |at: &usize| {
        let (table, sure) = (results[*at].cell.as_ref()?.table, results[*at].confidence?);
        let value = number(&results[*at])?;
        Some((*at, table, sure, if is_lower_better { -value } else { value }))
    };
    let rated: Vec<(usize, u32, f32, f64)> = board.iter().filter_map(rated).collect();
    let beats_surer = |(_, table, sure, value): &(usize, u32, f32, f64)| {
        rated.iter().any(|(_, other, surer, best)| table != other && *surer > sure * SURER && value > best)
    };
    rated.iter().filter(|result| beats_surer(result)).map(|(at, ..)| *at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The confidences of results on one dataset in one metric afterwards: table, variant, value, confidence before.
    fn doubted(results: &[(u32, Option<&str>, &str, f32)]) -> Vec<f32> {
        let text = "kind = \"metric\"\nentity = [{ id = \"accuracy\", name = \"accuracy\", better = \"higher\" }]";
        let vocabulary = Vocabulary::from_texts([("metrics.toml", text)]).unwrap();
        let result = |(table, variant, value, confidence): &(u32, Option<&str>, &str, f32)| {
            let json = serde_json::json!({
                "dataset": "FooSet", "variant": variant, "metric": "accuracy", "value": value, "confidence": confidence,
                "place": {"table": table, "label": "", "row": 1, "column": 1},
            });
            serde_json::from_value(json).unwrap()
        };
        let mut results: Vec<ResultClaim> = results.iter().map(result).collect();
        doubt(&mut results, &vocabulary);
        results.iter().filter_map(|result| result.confidence).collect()
    }

    #[test]
    fn a_better_value_that_is_less_sure_is_doubted() {
        assert_eq!(doubted(&[(1, None, "88.1", 0.9), (2, None, "91.0", 0.5), (2, None, "87.0", 0.5)]), [0.9, 0.2, 0.5]);
        // Of another variant, almost as sure, or in the same table.
        assert_eq!(
            doubted(&[
                (1, None, "88.1", 0.9),
                (2, Some("de"), "91.0", 0.5),
                (2, None, "91.0", 0.8),
                (1, None, "89.0", 0.5)
            ]),
            [0.9, 0.5, 0.8, 0.5]
        );
    }

    #[test]
    fn development_data_is_doubted_if_it_beats_test_data() {
        assert_eq!(doubted(&[(1, Some("en"), "88.1", 0.9), (2, Some("en, dev"), "89.0", 0.5)]), [0.9, 0.2]);
        assert_eq!(doubted(&[(1, Some("en"), "88.1", 0.9), (2, Some("en, dev"), "87.0", 0.5)]), [0.9, 0.5]);
    }
}
