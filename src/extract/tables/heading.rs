//! Finds what a heading, a label or a caption of a table names: metrics, datasets, tasks, splits, systems.

use std::ops::Range;

use super::super::mentions::{self, OwnName, PaperEvidence, Span};
use super::super::reading::ReadField;
use super::super::record::Field;
use super::super::variants::settings;
use crate::extract::Extractor;
use crate::paper::Paper;
use crate::text::{Sentences, single_spaced};
use crate::vocabulary::{EntityId, Kind, squeeze};

rule!(
    SPLIT,
    r"(?i)\b(?:(?P<dev>dev(?:el(?:opment)?)?|val(?:id(?:ation)?)?)|(?P<test>test(?:ing(?:[ -](?:sets?|data|splits?)|\s*$))?)|(?P<train>train(?:ing)?))(?:[ -]?(?:set|split|[ab]))?\b"
);
// Behind the name of a dataset.
rule!(
    DATA_BEHIND,
    r"(?i)^\s(?:(?:test|dev|development|validation|evaluation)\s){0,2}(?:data\s?sets?|corpus|corpora|benchmarks?|data|test\s?sets?|sets?|treebank)\b"
);
// Behind the name of a metric that is an ordinary word.
rule!(MEASURED_BEHIND, r"(?i)^(?:\s(?:scores?|rates?|results?))?\s?(?:\s(?:on|of|for|by|over|across)\b|[(.,:;]|$)");
rule!(DIRECTION, r"\w[+#)]*\s?(?:→|⇒|⟶|->|=>)\s?[\w(]");
rule!(OURS, r"(?i)\b(?:ours?|this (?:work|paper)|proposed|we)\b");
rule!(
    CITED,
    r"(?x)\bet\sal\b | (?:^|[\s(,])(?:19|20)\d\d[a-z]?\s?\)? (?:\s|$|,|;|-) | \[\s?\d+(?:\s?[,;-]\s?\d+)*\s?\] |
    \[\s?[A-Z][A-Za-z+]*\d\d[a-z]?\s?\] | \(\s?[A-Z][\w’'-]+(?:\s(?:and|&)\s[A-Z][\w’'-]+)?,?\s(?:19|20)\d\d"
);
rule!(
    NOT_OWN,
    r"(?i)^none$|\b(?:baselines?|previous|prior|state[- ]of[- ]the[- ]art|sota|best (?:published|reported|system)|human|random|majority|oracle|optimal|ground[- ]truth|existing|upper bound|lower bound|chance|published|reported|leaderboard|organi[sz]ers?|winner|1st|2nd|3rd)\b"
);
// Scores that are divided by those of people.
rule!(HUMAN_NORMALISED, r"(?i)\bhuman[- ]normali[sz]ed\b");
// A metric that the vocabulary does not have, by its last word.
rule!(
    UNLISTED_METRIC,
    r"(?i)^(?:[a-z][a-z'’-]*\s){0,3}(?:rates?|scores?|correlation|similarity|agreement|likelihood|rewards?|returns?|wins?|winning percentage)\b"
);
rule!(
    SETTING,
    r"(?i)\b(?:learning|drop|dropout|decay|sampling|frame|bit|data|growth|compression|masking|noise)\s?rates?\b"
);
rule!(TOP_ERROR, r"(?i)\btop[- ]?([15])\s+(?:(?:val|test)\.?\s+)?err(?:or|\.|\b)");
// Recall or precision among the first candidates of a list with this many: `R10@1`.
rule!(OF_LIST, r"\b(?P<metric>[RP])[_\s]?(?P<list>\d{1,3})\s?@\s?(?P<first>\d{1,3})\b");
// What is left of it without a part that was read as a name.
rule!(OF_LIST_LEFT, r"\b[RP]?[_\s]?\d{0,3}\s?@\s?\d{1,3}\b|@\s?\d{1,3}\b");
// Average precision of boxes or masks, at an overlap, or of objects of a size: `AP^b_50`, `AP^{mask}`, `AP_S`.
rule!(
    AP_FORM,
    r"\b(?P<metric>m?AP)(?:\s?(?:\^\s?\{?\s?(?P<of>[a-z]{1,4})\s?\}?|_\s?\{?\s?(?P<at>[A-Za-z0-9]{1,3})\s?\}?)){1,2}(?:\W|$)"
);
// The same without a mark for the index: `APS`.
rule!(AP_OF_SIZE, r"^(?P<metric>m?AP)(?P<size>[SML])$");
// Share of answers among the first candidates: `H@10`, `Hits @1`.
rule!(HITS, r"(?i)\bh(?:its?)?\s?@\s?(?P<first>\d{1,3})\b");
// What is left of them without a part that was read as a name.
rule!(HITS_LEFT, r"(?i)\b(?:h(?:its?)?\s?)?@\s?\d{1,3}\b");
rule!(AP_LEFT, r"(?:\bm?AP)?(?:\s?(?:\^\s?\{?\s?[a-z]{1,4}\s?\}?|_\s?\{?\s?[A-Za-z0-9]{1,3}\s?\}?)){1,2}");
/// Short forms of metrics that occur only in headings, squeezed, with the metric's slug and name.
const SHORT_METRICS: [(&str, &str, &str); 31] = [
    ("acc", "accuracy", "accuracy"),
    ("accur", "accuracy", "accuracy"),
    ("prec", "precision", "precision"),
    ("p", "precision", "precision"),
    ("rec", "recall", "recall"),
    ("r", "recall", "recall"),
    ("f", "f1", "F1"),
    ("f1", "f1", "F1"),
    ("fscore", "f1", "F1"),
    ("fmeasure", "f1", "F1"),
    ("ppl", "perplexity", "perplexity"),
    ("perp", "perplexity", "perplexity"),
    ("rg1", "rouge", "ROUGE-1"),
    ("rg2", "rouge", "ROUGE-2"),
    ("rgl", "rouge", "ROUGE-L"),
    ("r1", "rouge", "ROUGE-1"),
    ("r2", "rouge", "ROUGE-2"),
    ("rl", "rouge", "ROUGE-L"),
    ("err", "error-rate", "error rate"),
    ("error", "error-rate", "error rate"),
    ("top1", "accuracy", "top-1 accuracy"),
    ("top5", "accuracy", "top-5 accuracy"),
    ("params", "parameter-count", "params"),
    ("param", "parameter-count", "params"),
    ("parameters", "parameter-count", "params"),
    ("em", "exact-match", "EM"),
    ("uas", "unlabeled-attachment-score", "UAS"),
    ("las", "labeled-attachment-score", "LAS"),
    ("bpc", "bits-per-character", "BPC"),
    ("map", "map", "MAP"),
    ("ndcg", "ndcg", "NDCG"),
];

/// The part of a dataset on which a value was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Split {
    Train,
    Development,
    Test,
}

impl Split {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Development => "dev",
            Self::Test => "test",
        }
    }
}

/// A name in a heading.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HeadingName {
    /// `None` for a word that the vocabulary does not have as an entity.
    pub entity: Option<EntityId>,
    /// The name that a result uses.
    pub name: String,
}

/// A metric at a place of a text.
#[derive(Debug)]
pub(super) struct MetricPlace {
    pub named: HeadingName,
    /// Bytes of the text.
    pub range: Range<usize>,
}

/// Names in a text of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Heading {
    pub metrics: Vec<HeadingName>,
    pub datasets: Vec<HeadingName>,
    pub tasks: Vec<HeadingName>,
    /// Whether it names a model, a method or software other than the paper's own.
    pub names_system: bool,
    /// Those that it names.
    pub systems: Vec<EntityId>,
    /// The first model or method other than the paper's own, as written.
    pub first_system: Option<String>,
    /// Whether it marks the system as the paper's own, by `ours` or by a name that the paper introduces.
    pub is_own: bool,
    /// The paper's own name in it.
    pub own_name: Option<String>,
    /// Whether it cites another work or says that the system is somebody else's.
    pub is_cited: bool,
    pub is_not_own: bool,
    pub split: Option<Split>,
    /// Whether it says from what to what: `C++ → Java`. That is not a system.
    pub is_direction: bool,
    /// Languages, shots and resolution, as results write them: `en-de`, `5-shot`, `256x256`.
    pub settings: Vec<String>,
    /// The remaining words.
    pub rest: String,
    /// All words.
    pub text: String,
}

/// The meanings of names in one paper.
pub(in crate::extract) struct NameMeanings<'e> {
    pub extractor: &'e Extractor,
    pub paper: &'e Paper,
    pub evidence: &'e PaperEvidence<'e>,
    pub own: &'e [OwnName<'e>],
}

impl NameMeanings<'_> {
    /// The names in a caption or a sentence.
    pub(super) fn caption(&self, text: &str) -> Heading {
        self.heading_of(text, &self.caption_spans(text), false)
    }

    fn caption_spans(&self, text: &str) -> Vec<Span> {
        let reading = ReadField::new(Field::Abstract, text, &self.extractor.matcher);
        let mut spans = self.spans(&reading);
        // What is behind a name that needs evidence is evidence: "the PTB dataset", "accuracy on …".
        self.add_weak(&reading, &mut spans, |kind, range| {
            let behind = &text[range.end..];
            let is_word = is_word(&text[range.clone()].to_lowercase());
            kind == Kind::Dataset && DATA_BEHIND.is_match(behind)
                || kind == Kind::Metric && is_word && MEASURED_BEHIND.is_match(behind)
        });
        spans
    }

    /// The metrics in a caption, in their order.
    pub(super) fn metric_places(&self, text: &str) -> Vec<MetricPlace> {
        let spans = self.caption_spans(text);
        let metrics = spans.iter().filter(|span| span.entity.kind() == Kind::Metric);
        let place = |span: &Span| {
            let named = HeadingName { entity: Some(span.entity.clone()), name: metric_name(text, span, false) };
            MetricPlace { named, range: span.range.clone() }
        };
        metrics.map(place).collect()
    }

    /// The names in the caption of a table. Its first sentence says what the table contains; later sentences are notes,
    /// which count for what the first does not say.
    pub(super) fn caption_of_table(&self, text: &str) -> Heading {
        let whole = self.caption(text);
        let sentences = Sentences::new(text);
        let first = sentences.iter().next().unwrap_or_default();
        if first.end >= text.len() {
            return whole;
        }
        let title = self.caption(&text[first]);
        let or = |title: Vec<HeadingName>, whole: Vec<HeadingName>| if title.is_empty() { whole } else { title };
        Heading {
            metrics: or(title.metrics, whole.metrics),
            datasets: or(title.datasets, whole.datasets),
            tasks: or(title.tasks, whole.tasks),
            ..whole
        }
    }

    /// The names in a heading or a label, where short forms are metrics.
    pub(super) fn heading(&self, text: &str) -> Heading {
        let reading = ReadField::new(Field::Abstract, text, &self.extractor.matcher);
        let mut spans = self.spans(&reading);
        // A name that needs evidence elsewhere has it here: the column contains results. Behind a sign or a letter it is
        // a part of a system: `LSTM + AL`, `RAM-3AL`.
        self.add_weak(&reading, &mut spans, |kind, range| {
            let before = &text[..range.start];
            let is_part = before.trim_end().ends_with('+') || before.ends_with(char::is_alphanumeric);
            let whole = squeeze(&text[range.clone()]) == squeeze(text);
            kind == Kind::Metric && !is_part || kind == Kind::Dataset && whole
        });
        self.heading_of(text, &spans, true)
    }

    /// Adds the names that need evidence and are in no span yet, if they fit.
    fn add_weak(&self, reading: &ReadField, spans: &mut Vec<Span>, fits: impl Fn(Kind, &Range<usize>) -> bool) {
        for candidate in &reading.candidates {
            let name = self.extractor.matcher.name(candidate.name);
            let range = candidate.range();
            let free = !spans.iter().any(|span| span.range.start < range.end && range.start < span.range.end);
            if name.weak && free && fits(name.kind, &range) {
                let entity = &self.extractor.vocabulary.entities()[name.entity as usize];
                spans.push(Span {
                    entity: entity.id.clone(),
                    name: entity.name.clone(),
                    range,
                    confidence: 0.6,
                    own: false,
                    variant: None,
                });
            }
        }
        spans.sort_by_key(|span| span.range.start);
    }

    fn spans(&self, reading: &ReadField) -> Vec<Span> {
        let mut spans = mentions::decide(reading, &self.extractor.matcher, self.evidence, self.own);
        if let Some(learnt) = &self.extractor.learnt {
            learnt.link(reading, self.paper, &mut spans);
        }
        spans.sort_by_key(|span| span.range.start);
        spans
    }

    fn heading_of(&self, text: &str, spans: &[Span], is_heading: bool) -> Heading {
        let mut heading = Heading::default();
        let mut rest = String::new();
        let mut at = 0;
        for span in spans {
            if span.range.start < at {
                continue;
            }
            rest.push_str(&text[at..span.range.start]);
            rest.push(' ');
            at = span.range.end;
            let named = |name: &str| HeadingName { entity: Some(span.entity.clone()), name: name.to_string() };
            match span.entity.kind() {
                Kind::Metric => {
                    let metric = named(&metric_name(text, span, is_heading));
                    add(&mut heading.metrics, metric);
                }
                Kind::Dataset => add(&mut heading.datasets, named(&span.name)),
                Kind::Task => add(&mut heading.tasks, named(&span.name)),
                Kind::Model | Kind::Method | Kind::Software | Kind::Unknown if span.own => {
                    heading.is_own = true;
                    heading.own_name.get_or_insert_with(|| span.name.clone());
                    rest.push_str(&text[span.range.clone()]);
                }
                Kind::Model | Kind::Method | Kind::Software | Kind::Unknown => {
                    heading.names_system = true;
                    heading.systems.push(span.entity.clone());
                    heading.first_system.get_or_insert_with(|| text[span.range.clone()].to_string());
                    rest.push_str(&text[span.range.clone()]);
                }
                Kind::Hardware => {}
            }
        }
        rest.push_str(&text[at..]);
        if is_heading {
            rest = self.short_metrics(&rest, &mut heading);
            let is_free = heading.metrics.is_empty() && heading.datasets.is_empty() && !heading.names_system;
            if is_free
                && let Some(found) = UNLISTED_METRIC.find(rest.trim()).filter(|found| !SETTING.is_match(found.as_str()))
            {
                add(&mut heading.metrics, HeadingName { entity: None, name: found.as_str().to_string() });
                rest.clear();
            } else if is_free && let Some(name) = metric_with_direction(&rest) {
                add(&mut heading.metrics, HeadingName { entity: None, name });
                rest.clear();
            }
        }
        // `PA-PVE ↓` is another metric than `PVE`.
        if is_heading
            && heading.metrics.len() == 1
            && rest.trim_start().split(' ').next().is_some_and(|first| first.len() > 1 && first.ends_with('-'))
            && let Some(name) = metric_with_direction(text)
        {
            heading.metrics = vec![HeadingName { entity: None, name }];
            rest.clear();
        }
        if is_heading && let Some((metric, left)) = self.indexed_metric(text, &rest) {
            heading.metrics = vec![metric];
            rest = left;
        }
        heading.is_own |= OURS.is_match(text);
        heading.is_cited = CITED.is_match(text);
        heading.is_not_own = NOT_OWN.is_match(&HUMAN_NORMALISED.replace_all(text, " "));
        if let Some(found) = TOP_ERROR.captures(text) {
            let is_part = |named: &HeadingName| {
                let slug = named.entity.as_ref().map(EntityId::slug);
                slug == Some("error-rate") || slug == Some("accuracy") && named.name.starts_with("top-")
            };
            heading.metrics.retain(|named| !is_part(named));
            add(&mut heading.metrics, self.metric("error-rate", format!("top-{} error", &found[1])));
        }
        let split = |found: regex::Captures| {
            let has = |name| found.name(name).is_some();
            if has("dev") {
                Split::Development
            } else if has("test") {
                Split::Test
            } else {
                Split::Train
            }
        };
        let splits: Vec<Split> = SPLIT.captures_iter(text).map(split).collect();
        // A caption that names several splits is over columns that say which.
        let is_of_test = !is_heading && splits.contains(&Split::Test);
        heading.split = if is_of_test { Some(Split::Test) } else { splits.last().copied() };
        // "after one epoch of training": a sentence mentions training without a split.
        heading.split = heading.split.filter(|split| is_heading || *split != Split::Train);
        heading.is_direction = is_heading && is_direction(text);
        heading.settings = settings(text);
        rest = SPLIT.replace_all(&rest, " ").into_owned();
        heading.rest = single_spaced(&rest);
        heading.text = text.to_string();
        heading
    }

    /// A metric that the text calls `name`. It is an entity if the vocabulary has the slug.
    fn metric(&self, slug: &str, name: String) -> HeadingName {
        let entity = EntityId::new(Kind::Metric, slug).filter(|id| self.extractor.vocabulary.get(id).is_some());
        HeadingName { entity, name }
    }

    /// The metric of a heading that an index distinguishes from others of its kind, and what is left of the other words.
    fn indexed_metric(&self, text: &str, rest: &str) -> Option<(HeadingName, String)> {
        if let Some(found) = OF_LIST.captures(text) {
            let slug = if &found["metric"] == "R" { "recall-at-k" } else { "precision-at-k" };
            let name = format!("{}{}@{}", &found["metric"], &found["list"], &found["first"]);
            return Some((self.metric(slug, name), OF_LIST_LEFT.replace_all(rest, " ").into_owned()));
        }
        if let Some(found) = HITS.captures(text) {
            let left = HITS_LEFT.replace_all(rest, " ").into_owned();
            return Some((self.metric("hit-rate", format!("Hits@{}", &found["first"])), left));
        }
        if let Some(found) = AP_OF_SIZE.captures(text) {
            let name = format!("{}{}", &found["metric"], &found["size"]);
            return Some((self.metric(&found["metric"].to_lowercase(), name), String::new()));
        }
        let found = AP_FORM.captures(text)?;
        let of = match found.name("of").map_or("", |of| of.as_str()) {
            "" => "",
            "b" | "bb" | "box" | "bbox" => "box ",
            "m" | "mk" | "mask" | "seg" => "mask ",
            _ => return None,
        };
        let at = found.name("at").map_or(String::new(), |at| at.as_str().to_uppercase());
        let slug = found["metric"].to_lowercase();
        Some((self.metric(&slug, format!("{of}{}{at}", &found["metric"])), AP_LEFT.replace_all(rest, " ").into_owned()))
    }

    /// Removes short forms of metrics from a text that contains no name.
    fn short_metrics(&self, rest: &str, heading: &mut Heading) -> String {
        let mut left = Vec::new();
        let words = rest.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
        for word in rest.split_whitespace() {
            let plain = word.trim_matches(|c: char| !c.is_alphanumeric());
            let short = SHORT_METRICS.iter().find(|(short, _, _)| squeeze(plain) == *short);
            // With other words, it is reinforcement learning, unless it has a hyphen.
            let short = short.filter(|(short, _, _)| *short != "rl" || words == 1 || plain == "R-L");
            // A small letter is a variable: `p`, `r`.
            match short.filter(|(short, _, _)| short.len() > 1 || plain.starts_with(char::is_uppercase)) {
                Some((_, slug, name)) => {
                    add(&mut heading.metrics, self.metric(slug, (*name).to_string()));
                }
                None => left.push(word),
            }
        }
        left.join(" ")
    }
}

/// The name of a metric without an entry. The arrow behind it shows that it is a metric: `F@05 ↑`, `MVE ↓ (mm)`.
fn metric_with_direction(words: &str) -> Option<String> {
    rule!(ARROW, r"^(?P<name>.*?)\s?(?:[↑↓]\s?(?:\([^()]{1,8}\))?|\([↑↓]\))$");
    let found = ARROW.captures(words.trim())?;
    let name = found["name"].trim();
    let is_name = name.contains(char::is_alphabetic) && name.split(' ').count() <= 4;
    (is_name && !super::NO_RESULT.is_match(name)).then(|| name.to_string())
}

/// Whether words say from what to what: `En→De`.
pub(super) fn is_direction(words: &str) -> bool {
    DIRECTION.is_match(words)
}

/// Adds a name that is not there yet.
pub(super) fn add(all: &mut Vec<HeadingName>, named: HeadingName) {
    if !all.iter().any(|known| known.name == named.name) {
        all.push(named);
    }
}

/// A metric as the text writes it, with the number or letter that makes it a separate metric (`ROUGE-1`, `Hits@10`),
/// and in a heading with the words before it (`Unigram Acc`).
fn metric_name(text: &str, span: &Span, is_heading: bool) -> String {
    rule!(BEHIND, r"^(?:\s?[-@_]?\s?(?:\d{1,3}(?:\.\d+)?|[L]))\b");
    let mut end = span.range.end;
    let written = &text[span.range.clone()];
    if is_heading
        && !written.ends_with(|c: char| c.is_ascii_digit())
        && let Some(behind) = BEHIND.find(&text[end..])
    {
        end += behind.end();
    }
    let written = text[span.range.start..end].split_whitespace().map(whole_word).collect::<Vec<_>>().join(" ");
    // "word error rates", "bits-per-character": a metric that is called by the first letters of its words.
    if first_letters(&written).to_lowercase() == squeeze(&span.name) {
        return span.name.clone();
    }
    let lower = written.to_lowercase();
    // "F1 scores", "accuracies": the metric's own name.
    let plural =
        lower.ends_with("ies") || lower.ends_with("scores") || lower.ends_with("score") || lower.ends_with("rates");
    // `PPL` is perplexity; initials (`BPC`) are equivalent to the name, and `ROUGE-1` and `mask AP` are more specific.
    let is_short = written.len() <= 4 && written.chars().all(|c| c.is_ascii_alphabetic()) && is_word(&span.name);
    if plural || is_short || squeeze(&written) == squeeze(&span.name) { span.name.clone() } else { written }
}

/// The first letters of the words.
pub(super) fn first_letters(words: &str) -> String {
    words.split([' ', '-']).filter_map(|word| word.chars().next()).collect()
}

/// A word that headings abbreviate, next to others: `Top-1 Acc.` is top-1 accuracy.
fn whole_word(word: &str) -> &str {
    match word {
        "Acc" | "acc" | "Acc." | "acc." => "accuracy",
        "err" | "Err" | "err." | "Err." => "error",
        "Top-1" => "top-1",
        "Top-5" => "top-5",
        word => word,
    }
}

fn is_word(name: &str) -> bool {
    name.len() > 6 && name.chars().all(char::is_alphabetic)
}

/// Reads `R2` as ROUGE-2 if the headings beside it are other kinds of ROUGE.
pub(super) fn agree_on_rouge(headings: &mut [Vec<Heading>]) {
    let metrics = || headings.iter().flatten().flat_map(|heading| &heading.metrics);
    let Some(rouge) = metrics().find(|metric| metric.name.starts_with("ROUGE-")).cloned() else { return };
    for metric in headings.iter_mut().flatten().flat_map(|heading| &mut heading.metrics) {
        if squeeze(&metric.name) == "r2" {
            *metric = HeadingName { name: "ROUGE-2".to_string(), ..rouge.clone() };
        }
    }
}

/// Letters for metrics of image captions, which mean them only beside `B@4` or another of them in full.
const CAPTION_METRICS: [(&str, &str, &str); 8] = [
    ("B@1", "bleu", "BLEU-1"),
    ("B@2", "bleu", "BLEU-2"),
    ("B@3", "bleu", "BLEU-3"),
    ("B@4", "bleu", "BLEU-4"),
    ("M", "meteor", "METEOR"),
    ("R", "rouge", "ROUGE-L"),
    ("C", "cider", "CIDEr"),
    ("S", "spice", "SPICE"),
];

/// Reads `B@4 M C S` as the metrics of image captions, if there are three of them or more.
pub(super) fn agree_on_captions(names: &NameMeanings, headings: &mut [Vec<Heading>], texts: &[Vec<String>]) {
    let known = |text: &String| {
        let plain = text.trim_end_matches(|c: char| !c.is_alphanumeric()).replace("B-", "B@");
        CAPTION_METRICS.iter().find(|(short, _, _)| *short == plain)
    };
    let last = || texts.iter().filter_map(|texts| texts.last());
    let of_captions = last().filter_map(known).count();
    if of_captions < 3 || !last().filter_map(known).any(|(short, _, _)| short.starts_with('B')) {
        return;
    }
    for (headings, texts) in headings.iter_mut().zip(texts) {
        if let Some(((_, slug, name), heading)) = texts.last().and_then(known).zip(headings.last_mut()) {
            heading.metrics = vec![names.metric(slug, (*name).to_string())];
            heading.rest.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_and_systems_of_others_are_recognised() {
        for text in ["Kim et al., 2015", "BiDAF [12]", "ESIM (Chen and Li, 2017)", "Ling 2015"] {
            assert!(CITED.is_match(text), "{text}");
        }
        assert!(!CITED.is_match("LSTM-2000"));
        assert!(NOT_OWN.is_match("Previous best published"));
        assert!(OURS.is_match("Ours (ensemble)"));
    }
}
