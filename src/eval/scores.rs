//! Precision, recall and F1 of an extraction, with its false negatives and false positives.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::str::FromStr;

use super::fold;
use super::labels::{LabelledPaper, title_key};
use super::pairing::{entities_of, matching_pairs};
use crate::text::stable_hash;
use crate::vocabulary::Kind;

/// A measure of an extraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ScoreMeasure {
    /// Entities of a kind, with models counted as methods.
    Entities(Kind),
    /// All entities together.
    AllEntities,
    /// Entities of a kind, with models and methods kept apart.
    Strict(Kind),
    Introduces,
    Repos,
    Pages,
    /// Device, count and memory together.
    HardwareUse,
    Results,
    Code,
}

impl ScoreMeasure {
    const OF_SETS: [Self; 6] =
        [Self::Introduces, Self::Repos, Self::Pages, Self::HardwareUse, Self::Results, Self::Code];
}

impl fmt::Display for ScoreMeasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entities(kind) => f.pad(kind.as_str()),
            Self::Strict(kind) => f.pad(&format!("strict {kind}")),
            Self::AllEntities => f.pad("ALL ENTITIES"),
            Self::Introduces => f.pad("introduces"),
            Self::Repos => f.pad("repos"),
            Self::Pages => f.pad("pages"),
            Self::HardwareUse => f.pad("hardware use"),
            Self::Results => f.pad("results"),
            Self::Code => f.pad("code"),
        }
    }
}

impl FromStr for ScoreMeasure {
    type Err = String;

    /// Parses a measure whose errors can be listed.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let wanted = s.replace('-', " ");
        if let Ok(kind) = wanted.parse::<Kind>() {
            return Ok(Self::Entities(if kind == Kind::Model { Kind::Method } else { kind }));
        }
        let known = Self::OF_SETS.into_iter().find(|m| m.to_string() == wanted);
        known.ok_or_else(|| {
            let kinds = Kind::ALL.map(Kind::as_str).join(", ");
            let sets = Self::OF_SETS.map(|m| m.to_string().replace(' ', "-")).join(", ");
            format!("`{s}` is not measured; one of {kinds}, {sets}")
        })
    }
}

/// True positives, false positives and false negatives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ConfusionCounts {
    pub found: usize,
    pub wrong: usize,
    pub missed: usize,
}

impl ConfusionCounts {
    /// `None` if nothing was predicted.
    pub(crate) fn precision(self) -> Option<f64> {
        ratio(self.found, self.found + self.wrong)
    }

    /// `None` if nothing is labelled.
    pub(crate) fn recall(self) -> Option<f64> {
        ratio(self.found, self.found + self.missed)
    }

    /// The harmonic mean of precision and recall; 0 if nothing was found.
    pub(crate) fn f1(self) -> f64 {
        ratio(2 * self.found, 2 * self.found + self.wrong + self.missed).unwrap_or_default()
    }

    fn add(&mut self, other: Self) {
        self.found += other.found;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// One measure and its counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MeasureCounts {
    pub measure: ScoreMeasure,
    pub counts: ConfusionCounts,
}

/// A false negative or a false positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ErrorSign {
    Wrong,
    Missed,
}

impl fmt::Display for ErrorSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Wrong => "+",
            Self::Missed => "-",
        })
    }
}

/// One error of an extraction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScoredError {
    pub measure: ScoreMeasure,
    pub sign: ErrorSign,
    pub name: String,
    /// The surface forms, for entities.
    pub surfaces: Vec<String>,
    pub title: String,
}

/// All figures of one extraction.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExtractionScores {
    /// Number of labelled papers.
    pub papers: usize,
    /// Number of labelled papers that the extraction has.
    pub found: usize,
    /// The figures in display order. A kind that neither side names has no figure.
    pub figures: Vec<MeasureCounts>,
    /// The share of linked entities with the most common id of their name, and with the most common name of their id;
    /// `None` if no entity was linked.
    pub id_consistency: Option<f64>,
    misses: Vec<ScoredError>,
}

impl ExtractionScores {
    pub(crate) fn get(&self, measure: ScoreMeasure) -> Option<ConfusionCounts> {
        self.figures.iter().find(|f| f.measure == measure).map(|f| f.counts)
    }

    /// The false negatives and false positives, worst papers first.
    pub(crate) fn misses(&self, measure: ScoreMeasure) -> Vec<&ScoredError> {
        let mut misses: Vec<&ScoredError> = self.misses.iter().filter(|m| m.measure == measure).collect();
        let mut of_paper: HashMap<&str, usize> = HashMap::new();
        for miss in &misses {
            *of_paper.entry(&miss.title).or_default() += 1;
        }
        misses.sort_by_key(|m| (std::cmp::Reverse(of_paper[m.title.as_str()]), m.title.as_str(), m.sign));
        misses
    }
}

/// Scores `predicted` against `gold`. Papers are paired by title, and unlabelled papers do not count.
pub(crate) fn score_extractions(gold: &[LabelledPaper], predicted: &[LabelledPaper]) -> ExtractionScores {
    let by_title: HashMap<String, &LabelledPaper> = predicted.iter().map(|p| (title_key(&p.title), p)).collect();
    let nothing = LabelledPaper::default();
    let mut found = 0;
    let pairs: Vec<(&LabelledPaper, &LabelledPaper)> = gold
        .iter()
        .map(|g| {
            let p = by_title.get(&title_key(&g.title)).copied();
            found += usize::from(p.is_some());
            (g, p.unwrap_or(&nothing))
        })
        .collect();
    let mut tally = ScoreTally::default();
    let mut links = LinkedIds::default();
    for &(g, p) in &pairs {
        tally.entities(g, p, Some(&mut links));
        tally.entities(g, p, None);
        for measure in ScoreMeasure::OF_SETS {
            tally.sets(measure, g, p);
        }
    }
    let mut all = ConfusionCounts::default();
    for (measure, counts) in &tally.counts {
        if matches!(measure, ScoreMeasure::Entities(_)) {
            all.add(*counts);
        }
    }
    tally.counts.insert(ScoreMeasure::AllEntities, all);
    ExtractionScores {
        papers: gold.len(),
        found,
        figures: tally.counts.into_iter().map(|(measure, counts)| MeasureCounts { measure, counts }).collect(),
        id_consistency: links.consistency(),
        misses: tally.misses,
    }
}

/// Splits labelled papers into `n` parts by a hash of their title, so that a paper stays in its part, even if other
/// papers are labelled. Rules tuned on some parts are measured on the others.
pub(crate) fn split_by_title(gold: &[LabelledPaper], n: usize) -> Vec<Vec<LabelledPaper>> {
    let n = n.max(1);
    let mut parts = vec![Vec::new(); n];
    for labels in gold {
        let hash = stable_hash(title_key(&labels.title).bytes());
        // The low bits depend mostly on the last letters, the high bits on all.
        parts[((hash >> 32) % n as u64) as usize].push(labels.clone());
    }
    parts
}

#[derive(Default)]
struct ScoreTally {
    counts: BTreeMap<ScoreMeasure, ConfusionCounts>,
    misses: Vec<ScoredError>,
}

impl ScoreTally {
    /// Counts the entities of one paper: by kind with models as methods if `links` are collected, otherwise strictly.
    fn entities(&mut self, gold: &LabelledPaper, predicted: &LabelledPaper, mut links: Option<&mut LinkedIds>) {
        let strict = links.is_none();
        let measure = |kind| if strict { ScoreMeasure::Strict(kind) } else { ScoreMeasure::Entities(kind) };
        let (gold_entities, predicted_entities) = (entities_of(gold, strict), entities_of(predicted, strict));
        let pairs = matching_pairs(&gold_entities, &predicted_entities);
        for &(i, j) in &pairs {
            let g = &gold_entities[i];
            self.counts.entry(measure(g.kind)).or_default().found += 1;
            if let Some(links) = &mut links {
                links.add((g.kind, fold(&g.name)), predicted_entities[j].entity.clone());
            }
        }
        let gold_paired: HashSet<usize> = pairs.iter().map(|p| p.0).collect();
        let predicted_paired: HashSet<usize> = pairs.iter().map(|p| p.1).collect();
        let missed = gold_entities.iter().enumerate().filter(|(i, _)| !gold_paired.contains(i));
        let wrong = predicted_entities.iter().enumerate().filter(|(j, _)| !predicted_paired.contains(j));
        let missed = missed.map(|(_, e)| (ErrorSign::Missed, e));
        for (sign, entity) in missed.chain(wrong.map(|(_, e)| (ErrorSign::Wrong, e))) {
            let (name, mut surfaces) = (entity.name.clone(), entity.surfaces.clone());
            surfaces.sort();
            self.miss(ScoredError { measure: measure(entity.kind), sign, name, surfaces, title: gold.title.clone() });
        }
    }

    fn sets(&mut self, measure: ScoreMeasure, gold: &LabelledPaper, predicted: &LabelledPaper) {
        let (gold_set, predicted_set) = (identified(measure, gold), identified(measure, predicted));
        let counts = self.counts.entry(measure).or_default();
        counts.found += gold_set.keys().filter(|key| predicted_set.contains_key(*key)).count();
        let one_sided = |a: &BTreeMap<String, String>, b: &BTreeMap<String, String>, sign| {
            let only: Vec<(ErrorSign, String)> =
                a.iter().filter(|(key, _)| !b.contains_key(*key)).map(|(_, shown)| (sign, shown.clone())).collect();
            only
        };
        let missed = one_sided(&gold_set, &predicted_set, ErrorSign::Missed);
        for (sign, name) in missed.into_iter().chain(one_sided(&predicted_set, &gold_set, ErrorSign::Wrong)) {
            self.miss(ScoredError { measure, sign, name, surfaces: Vec::new(), title: gold.title.clone() });
        }
    }

    fn miss(&mut self, miss: ScoredError) {
        let counts = self.counts.entry(miss.measure).or_default();
        match miss.sign {
            ErrorSign::Missed => counts.missed += 1,
            ErrorSign::Wrong => counts.wrong += 1,
        }
        self.misses.push(miss);
    }
}

/// The identifying key of each statement of a paper, and its display text.
fn identified(measure: ScoreMeasure, labels: &LabelledPaper) -> BTreeMap<String, String> {
    let url = |url: &String| {
        let bare = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let bare = bare.map_or(url.as_str(), |rest| rest.strip_prefix("www.").unwrap_or(rest));
        (bare.trim_end_matches('/').to_lowercase(), url.clone())
    };
    match measure {
        ScoreMeasure::Introduces => labels.introduces.iter().map(|x| (fold(&x.name), x.name.clone())).collect(),
        ScoreMeasure::Repos => labels.repos.iter().map(url).collect(),
        ScoreMeasure::Pages => labels.pages.iter().map(url).collect(),
        ScoreMeasure::HardwareUse => labels
            .hardware
            .iter()
            .map(|device| {
                let shown = |n: Option<f64>| n.map_or_else(|| "?".to_string(), |n| n.to_string());
                let (count, memory) = (shown(device.count), shown(device.memory_gb));
                let key = format!("{}|{count}|{memory}", fold(&device.name.replace("NVIDIA", "")));
                (key, format!("{}, count {count}, memory {memory} GB", device.name))
            })
            .collect(),
        ScoreMeasure::Results => labels
            .results
            .iter()
            .map(|claim| {
                let value = claim.value();
                let digits: String = value.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
                let dataset = claim.dataset.as_deref().map(|d| format!(" on {d}")).unwrap_or_default();
                (format!("{}|{digits}", fold(&claim.metric)), format!("{} {value}{dataset}", claim.metric))
            })
            .collect(),
        ScoreMeasure::Code => {
            let code = labels.code.as_deref().unwrap_or("none").to_string();
            BTreeMap::from([(code.clone(), code)])
        }
        ScoreMeasure::Entities(_) | ScoreMeasure::AllEntities | ScoreMeasure::Strict(_) => BTreeMap::new(),
    }
}

/// The id to which each labelled name was linked, over all papers.
#[derive(Default)]
struct LinkedIds(Vec<((Kind, String), Option<String>)>);

impl LinkedIds {
    fn add(&mut self, name: (Kind, String), id: Option<String>) {
        self.0.push((name, id));
    }

    fn consistency(&self) -> Option<f64> {
        let ids = commonest(self.0.iter().map(|(name, id)| (name, id)));
        let names = commonest(self.0.iter().map(|(name, id)| (id, name)));
        let agreeing = self.0.iter().filter(|(name, id)| ids[name] == id && names[id] == name).count();
        ratio(agreeing, self.0.len())
    }
}

/// The most frequent value of each key; among equals the first seen.
fn commonest<K: std::hash::Hash + Eq + Copy, V: Eq + Copy>(pairs: impl Iterator<Item = (K, V)>) -> HashMap<K, V> {
    let mut counts: HashMap<K, Vec<(V, usize)>> = HashMap::new();
    for (key, value) in pairs {
        let values = counts.entry(key).or_default();
        match values.iter_mut().find(|(known, _)| *known == value) {
            Some((_, n)) => *n += 1,
            None => values.push((value, 1)),
        }
    }
    let first_of_most = |values: Vec<(V, usize)>| {
        values.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(value, _)| value)
    };
    counts.into_iter().filter_map(|(key, values)| Some((key, first_of_most(values)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(json: &str) -> LabelledPaper {
        serde_json::from_str(json).unwrap()
    }

    fn mentioning(title: &str, mentions: &[(&str, &str, &str)]) -> LabelledPaper {
        let mut labels = labels(&format!("{{\"title\": {title:?}}}"));
        for (entity, name, kind) in mentions {
            let json = serde_json::json!({"entity": entity, "name": name, "text": name, "type": kind});
            labels.mentions.push(serde_json::from_value(json).unwrap());
        }
        labels
    }

    #[test]
    fn entities_are_counted_by_kind_with_models_as_methods_and_strictly() {
        let gold = [mentioning("A", &[("", "COCO", "dataset"), ("", "BERT", "model"), ("", "Adam", "method")])];
        let predicted = [mentioning("a!", &[("dataset/coco", "COCO", "dataset"), ("method/bert", "BERT", "method")])];
        let scores = score_extractions(&gold, &predicted);
        let counts = |measure| scores.get(measure).unwrap();
        assert_eq!(counts(ScoreMeasure::Entities(Kind::Method)), ConfusionCounts { found: 1, wrong: 0, missed: 1 });
        assert_eq!(counts(ScoreMeasure::Strict(Kind::Method)), ConfusionCounts { found: 0, wrong: 1, missed: 1 });
        assert_eq!(counts(ScoreMeasure::AllEntities), ConfusionCounts { found: 2, wrong: 0, missed: 1 });
        assert_eq!(counts(ScoreMeasure::AllEntities).recall(), Some(2.0 / 3.0));
        assert_eq!(scores.get(ScoreMeasure::Entities(Kind::Task)), None);
        let missed = scores.misses(ScoreMeasure::Entities(Kind::Method));
        assert_eq!((missed[0].sign, missed[0].name.as_str()), (ErrorSign::Missed, "Adam"));
    }

    #[test]
    fn a_paper_that_was_not_predicted_counts_as_missed() {
        let gold = [labels(r#"{"title": "A", "repos": ["github.com/a/b"], "code": "link"}"#)];
        let scores = score_extractions(&gold, &[]);
        assert_eq!((scores.papers, scores.found), (1, 0));
        assert_eq!(scores.get(ScoreMeasure::Repos), Some(ConfusionCounts { found: 0, wrong: 0, missed: 1 }));
        assert_eq!(scores.get(ScoreMeasure::Code), Some(ConfusionCounts { found: 0, wrong: 1, missed: 1 }));
        assert_eq!(scores.get(ScoreMeasure::Repos).unwrap().precision(), None);
    }

    #[test]
    fn statements_are_compared_by_what_identifies_them() {
        let gold = [labels(
            r#"{"title": "A", "repos": ["https://www.github.com/A/B/"], "introduces": [{"name": "Foo-Net"}],
               "hardware": [{"name": "NVIDIA A100", "count": 8, "memory_gb": null}],
               "results": [{"metric": "Top-1", "value": "81.2%"}]}"#,
        )];
        let predicted = [labels(
            r#"{"title": "A", "repos": ["github.com/a/b"], "introduces": [{"name": "FooNet"}],
               "hardware": [{"name": "A100", "count": 8.0}], "results": [{"metric": "top 1", "value": 81.2}]}"#,
        )];
        let scores = score_extractions(&gold, &predicted);
        for measure in ScoreMeasure::OF_SETS {
            let counts = scores.get(measure).unwrap();
            assert_eq!((counts.wrong, counts.missed), (0, 0), "{measure}");
        }
    }

    #[test]
    fn ids_are_consistent_when_names_and_ids_go_with_each_other() {
        let gold: Vec<LabelledPaper> =
            ["A", "B", "C"].map(|title| mentioning(title, &[("", "COCO", "dataset")])).into();
        let predicted: Vec<LabelledPaper> = [("A", "dataset/coco"), ("B", "dataset/coco"), ("C", "dataset/other")]
            .map(|(title, id)| mentioning(title, &[(id, "COCO", "dataset")]))
            .into();
        assert_eq!(score_extractions(&gold, &predicted).id_consistency, Some(2.0 / 3.0));
        assert_eq!(score_extractions(&gold, &[]).id_consistency, None);
    }

    #[test]
    fn folds_hold_every_paper_once_and_a_paper_stays_in_its_fold() {
        let gold: Vec<LabelledPaper> = (0..50).map(|i| labels(&format!("{{\"title\": \"Paper {i}\"}}"))).collect();
        let parts = split_by_title(&gold, 5);
        assert_eq!(parts.iter().map(Vec::len).sum::<usize>(), 50);
        assert!(parts.iter().all(|part| part.len() > 2), "{:?}", parts.iter().map(Vec::len).collect::<Vec<_>>());
        let of =
            |parts: &[Vec<LabelledPaper>], title: &str| parts.iter().position(|p| p.iter().any(|l| l.title == title));
        assert_eq!(of(&parts, "Paper 7"), of(&split_by_title(&gold[5..], 5), "Paper 7"));
    }

    #[test]
    fn measures_are_named_as_they_are_printed() {
        for (name, measure) in [
            ("datasets", ScoreMeasure::Entities(Kind::Dataset)),
            ("model", ScoreMeasure::Entities(Kind::Method)),
            ("hardware use", ScoreMeasure::HardwareUse),
            ("hardware-use", ScoreMeasure::HardwareUse),
        ] {
            assert_eq!(name.parse(), Ok(measure));
        }
        assert!("cities".parse::<ScoreMeasure>().unwrap_err().contains("hardware-use"));
    }

    #[test]
    fn sets_do_not_count_twice() {
        let twice = labels(r#"{"title": "A", "introduces": [{"name": "X"}, {"name": "x"}]}"#);
        let set = identified(ScoreMeasure::Introduces, &twice);
        assert_eq!(set.len(), 1);
    }
}
