//! Doubts the paper's own results in tables that beat surer results in its other tables or its text: intermediate
//! values, and values that were read wrongly.

use std::collections::HashMap;

use super::super::record::ResultClaim;
use super::heading::Split;
use super::outliers::number;
use crate::vocabulary::{Better, Kind, Vocabulary};

/// Factor for the confidence of a result that beats a surer one.
const BEATS_SURER: f32 = 0.4;
/// A result is surer if its confidence is this many times higher.
const SURER: f32 = 1.2;

/// Confidence of a claim in the text that states none.
const SURE_CLAIM: f32 = 0.8;

/// Lowers the confidence of own results of a paper. Those on one dataset and variant in one metric are compared: a paper
/// claims its best result in its text and prints it in a table that says what it is, so a better value in another table
/// that says less is suspicious. Development data are no variant here: the paper's result is that on test data.
pub(in crate::extract) fn doubt(results: &mut [ResultClaim], vocabulary: &Vocabulary) {
    let mut boards: HashMap<[String; 3], Vec<usize>> = HashMap::new();
    for (at, result) in results.iter().enumerate().filter(|(_, result)| result.own) {
        let dataset = result.dataset.as_deref().unwrap_or_default().to_lowercase();
        let metric = result.metric.to_lowercase();
        let plain = metric.strip_suffix(" scores").or(metric.strip_suffix(" score")).unwrap_or(&metric);
        boards.entry([dataset, variant(result), plain.to_string()]).or_default().push(at);
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
    let is_split = |part: &str| [Split::Development, Split::Train].iter().any(|split| split.as_str() == part);
    let parts = result.variant.iter().flat_map(|variant| variant.split(", "));
    parts.filter(|part| !is_split(part)).collect::<Vec<_>>().join(", ")
}

/// A result of a board.
struct Rated {
    at: usize,
    /// Number of the table; `None` for a claim in the text.
    table: Option<u32>,
    confidence: f32,
    /// A number of which more is better.
    value: f64,
}

/// The results of a board that beat a surer one in another table or in the text.
fn surprising(board: &[usize], results: &[ResultClaim], vocabulary: &Vocabulary) -> Vec<usize> {
    let metric = board.iter().find_map(|at| vocabulary.get(results[*at].entity(Kind::Metric)?));
    let is_lower_better = metric.is_some_and(|metric| metric.better == Some(Better::Lower));
    let rated = |at: &usize| {
        let result = &results[*at];
        let table = result.cell.as_ref().map(|cell| cell.table);
        let confidence = result.confidence.or(table.is_none().then_some(SURE_CLAIM))?;
        let value = number(result)?;
        let value = if is_lower_better { -value } else { value };
        Some(Rated { at: *at, table, confidence, value })
    };
    let rated: Vec<Rated> = board.iter().filter_map(rated).collect();
    let beats_surer = |result: &&Rated| {
        result.table.is_some()
            && rated.iter().any(|surer| {
                surer.table != result.table
                    && surer.confidence > result.confidence * SURER
                    && result.value > surer.value
            })
    };
    rated.iter().filter(beats_surer).map(|result| result.at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The confidences of results on one dataset in one metric afterwards: table (0 for the text), variant, value,
    /// confidence before.
    fn doubted(results: &[(u32, Option<&str>, &str, f32)]) -> Vec<f32> {
        let text = "kind = \"metric\"\nentity = [{ id = \"accuracy\", name = \"accuracy\", better = \"higher\" }]";
        let vocabulary = Vocabulary::from_texts([("metrics.toml", text)]).unwrap();
        let result = |(table, variant, value, confidence): &(u32, Option<&str>, &str, f32)| {
            let mut json = serde_json::json!({
                "dataset": "FooSet", "variant": variant, "metric": "accuracy", "value": value, "confidence": confidence,
            });
            if *table > 0 {
                json["place"] = serde_json::json!({"table": table, "label": "", "row": 1, "column": 1});
            }
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

    #[test]
    fn a_value_in_a_table_that_beats_a_claim_of_the_text_is_doubted() {
        assert_eq!(doubted(&[(0, None, "88.1", 0.7), (1, None, "91.0", 0.5)]), [0.7, 0.2]);
        assert_eq!(doubted(&[(0, None, "91.0", 0.5), (1, None, "88.1", 0.9)]), [0.5, 0.9]);
    }
}
