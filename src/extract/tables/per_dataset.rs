//! Metrics that a caption gives for some datasets each: `F1 for QQP and MRPC, and accuracy for the other tasks`.

use super::heading::{HeadingName, MetricPlace};
use crate::vocabulary::squeeze;

// Between a metric and the names of its datasets.
rule!(
    FOR,
    r"(?ix)^\s?(?:(?:scores?|rates?|coefficients?|correlations?)\s)?(?:\([^()]{1,12}\)\s)?(?:(?:is|are)\s)?(?:(?:used|reported|shown|given|measured)\s)?(?:for|on)\s(?:the\s)?"
);
// Between two metrics of the same datasets.
rule!(BETWEEN, r"(?i)^\s?(?:scores?\s?)?(?:/|,|and|&|,\sand)\s?$");
rule!(OTHERS, r"(?i)^(?:all\s)?(?:the\s)?(?:others?|rest|remaining)\b");
rule!(SEPARATOR, r"\s?[,;/&]\s?(?:and\s)?|\sand\s");
// The list ends before the next clause.
rule!(LIST_END, r"[.;:()]\s|[.;:()]$|\b(?:we|where|while|which|with|in|as|is|are)\b");

/// Names in a list; a longer list is a sentence.
const MAX_NAMES: usize = 20;

/// The metrics of some datasets.
#[derive(Debug, Clone, Default, PartialEq)]
struct Clause {
    metrics: Vec<HeadingName>,
    /// Squeezed.
    datasets: Vec<String>,
    /// Whether they are those of all datasets that no clause names.
    is_of_others: bool,
}

/// What a caption says about the metric of each dataset. Empty if it does not distinguish datasets.
#[derive(Debug, Default)]
pub(super) struct MetricsOfDatasets(Vec<Clause>);

impl MetricsOfDatasets {
    /// `places`: the metrics in the caption, in their order.
    pub(super) fn of(caption: &str, places: &[MetricPlace]) -> Self {
        let mut clauses: Vec<Clause> = Vec::new();
        let mut open: Vec<HeadingName> = Vec::new();
        for (at, place) in places.iter().enumerate() {
            open.push(place.named.clone());
            let next = places.get(at + 1).map_or(caption.len(), |next| next.range.start);
            let behind = caption.get(place.range.end..next).unwrap_or_default();
            if BETWEEN.is_match(behind) {
                continue;
            }
            let metrics = std::mem::take(&mut open);
            if let Some(found) = FOR.find(behind) {
                let (datasets, is_of_others) = names(&behind[found.end()..]);
                if !datasets.is_empty() || is_of_others {
                    clauses.push(Clause { metrics, datasets, is_of_others });
                }
            }
        }
        let differ = clauses.iter().any(|clause| clause.metrics != clauses[0].metrics);
        Self(if differ { clauses } else { Vec::new() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The metrics of the dataset that one of the texts names, else those of all other datasets.
    pub(super) fn get<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Option<&[HeadingName]> {
        let texts: Vec<String> = texts.map(squeeze).collect();
        let is_of = |clause: &&Clause| clause.datasets.iter().any(|name| texts.iter().any(|text| begins(text, name)));
        let named = self.0.iter().find(is_of).or_else(|| self.0.iter().find(|clause| clause.is_of_others));
        named.map(|clause| clause.metrics.as_slice())
    }
}

/// Whether a heading is a name, or the name with the index of a part: `MNLI-m` of MNLI.
fn begins(heading: &str, name: &str) -> bool {
    heading.strip_prefix(name).is_some_and(|part| part.chars().filter(|c| c.is_alphanumeric()).count() <= 2)
}

/// The squeezed names of a list, and whether it also means all others.
fn names(list: &str) -> (Vec<String>, bool) {
    let list = LIST_END.find(list).map_or(list, |end| &list[..end.start()]);
    let items = SEPARATOR.split(list).map(str::trim).filter(|item| !item.is_empty()).take(MAX_NAMES);
    let (others, named): (Vec<&str>, Vec<&str>) = items.partition(|item| OTHERS.is_match(item));
    let is_name = |item: &&str| item.split_whitespace().count() <= 3;
    (named.into_iter().filter(is_name).map(squeeze).filter(|name| name.len() > 1).collect(), !others.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(caption: &str) -> MetricsOfDatasets {
        let mut places: Vec<MetricPlace> = Vec::new();
        for name in ["F1", "accuracy", "Spearman correlation", "EM"] {
            for (start, _) in caption.match_indices(name) {
                let named = HeadingName { entity: None, name: name.to_string() };
                places.push(MetricPlace { named, range: start..start + name.len() });
            }
        }
        places.sort_by_key(|place| place.range.start);
        MetricsOfDatasets::of(caption, &places)
    }

    fn metrics(caption: &str, heading: &str) -> Vec<String> {
        let of = of(caption);
        let found = of.get(std::iter::once(heading)).unwrap_or_default();
        found.iter().map(|named| named.name.clone()).collect()
    }

    #[test]
    fn a_caption_says_the_metric_of_each_dataset() {
        let caption = "Results on FooBench. We report F1 for QuxPairs and ZorkPairs, Spearman correlation for FooSim, and accuracy for the other tasks.";
        for (heading, metric) in
            [("QuxPairs", "F1"), ("ZorkPairs", "F1"), ("FooSim", "Spearman correlation"), ("FooNLI-m", "accuracy")]
        {
            assert_eq!(metrics(caption, heading), [metric], "{heading}");
        }
        assert_eq!(metrics("EM and F1 are reported for FooQA, accuracy for BarNLI.", "FooQA"), ["EM", "F1"]);
        // A dataset that no clause names.
        assert!(metrics("F1 on FooNER and accuracy on FooPOS.", "FooSRL").is_empty());
    }

    #[test]
    fn a_caption_with_one_metric_does_not_distinguish_datasets() {
        for caption in ["F1 on FooNER and BarNER.", "The F1 and the accuracy of all systems.", "F1.", ""] {
            assert!(of(caption).is_empty(), "{caption}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_caption_is_too_odd(caption in ".{0,60}", heading in ".{0,12}") {
            let _ = metrics(&format!("F1 for {caption} accuracy on {caption}"), &heading);
        }
    }
}
