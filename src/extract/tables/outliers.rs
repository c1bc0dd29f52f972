//! Doubts values that are far better than all others of their column: a converter moved them from another column.

use std::collections::HashMap;

use super::super::record::ResultClaim;
use crate::vocabulary::{Better, Kind, Vocabulary};

/// A column with fewer values has no usual value.
const LEAST_VALUES: usize = 4;
/// A value this many times better than the median is an outlier.
const FAR: f64 = 3.0;
/// Factor for the confidence of an outlier.
const DOUBT: f32 = 0.4;

/// Lowers the confidence of outliers among the results of one table. The results on one dataset and variant in one
/// metric are compared.
pub(super) fn doubt(results: &mut [ResultClaim], vocabulary: &Vocabulary) {
    let mut columns: HashMap<[Option<String>; 3], Vec<usize>> = HashMap::new();
    for (at, result) in results.iter().enumerate().filter(|(_, result)| !is_sized(result)) {
        let key = [result.dataset.clone(), result.variant.clone(), Some(result.metric.clone())];
        columns.entry(key).or_default().push(at);
    }
    for column in columns.into_values().filter(|column| column.len() >= LEAST_VALUES) {
        let mut numbers: Vec<f64> = column.iter().filter_map(|at| number(&results[*at])).collect();
        numbers.sort_by(f64::total_cmp);
        let Some(median) = numbers.get(numbers.len() / 2).copied().filter(|median| *median > 0.0) else { continue };
        for at in column {
            let result = &mut results[at];
            let Some(number) = number(result) else { continue };
            let entity = result.entity(Kind::Metric).and_then(|id| vocabulary.get(id));
            let is_lower_better = entity.is_some_and(|entity| entity.better == Some(Better::Lower));
            let is_far = if is_lower_better { number * FAR < median } else { number > median * FAR };
            if let Some(confidence) = result.confidence.as_mut().filter(|_| is_far) {
                *confidence = (*confidence * DOUBT * 100.0).round() / 100.0;
            }
        }
    }
}

/// Whether the value is a size or a cost, in thousands or millions. Models of one table differ widely in it.
fn is_sized(result: &ResultClaim) -> bool {
    result.value.ends_with(['K', 'M', 'G', 'B'])
}

/// The value without its unit.
pub(super) fn number(result: &ResultClaim) -> Option<f64> {
    let end = result.value.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-')).unwrap_or(result.value.len());
    result.value[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confidences(metric: &str, values: &[&str]) -> Vec<f32> {
        let text = "kind = \"metric\"\nentity = [{ id = \"accuracy\", name = \"accuracy\" }, { id = \"wer\", name = \"WER\", better = \"lower\" }]";
        let vocabulary = Vocabulary::from_texts([("metrics.toml", text)]).unwrap();
        let result = |value: &&str| {
            let (dataset, entities) = (Some("FooSet"), vec![format!("metric/{metric}").parse().unwrap()]);
            let value = serde_json::json!({"dataset": dataset, "metric": metric, "value": value, "confidence": 1.0});
            ResultClaim { entities, ..serde_json::from_value(value).unwrap() }
        };
        let mut results: Vec<ResultClaim> = values.iter().map(result).collect();
        doubt(&mut results, &vocabulary);
        results.iter().filter_map(|result| result.confidence).collect()
    }

    #[test]
    fn a_value_far_better_than_its_column_is_doubted() {
        assert_eq!(confidences("accuracy", &["0.24", "0.25", "0.31", "501"]), [1.0, 1.0, 1.0, 0.4]);
        assert_eq!(confidences("wer", &["12.1%", "11.8%", "35.0%", "0.9%"]), [1.0, 1.0, 1.0, 0.4]);
        assert_eq!(confidences("accuracy", &["22M", "29M", "28M", "340M"]), [1.0, 1.0, 1.0, 1.0]);
        // A column of three has no usual value, and a bad value is no reason for doubt.
        assert_eq!(confidences("accuracy", &["0.24", "0.25", "501"]), [1.0, 1.0, 1.0]);
        assert_eq!(confidences("accuracy", &["88.1", "89.2", "90.3", "2.1"]), [1.0, 1.0, 1.0, 1.0]);
    }
}
