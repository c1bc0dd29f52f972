//! Finds figures that an abstract, an introduction or a conclusion claims for the paper's own system: `FID of 2.12 on
//! ImageNet`, `62.2 mAP on COCO`.
//!
//! Speed-ups, relative gains and the figures of others are not results.

use std::ops::Range;
use std::sync::LazyLock;

use super::mentions::Span;
use super::reading::ReadField;
use super::record::ResultClaim;
use super::rule::{Rule, rule};
use super::variants::settings;
use crate::vocabulary::{EntityId, Kind};

rule!(VALUE, r"(?P<v>[<>~]?\d+(?:[.,]\d+)?)\s?(?P<p>\\?%|percent\b)?");
// From the metric's name to its value: "FID of 2.12", "AUC (…) = 0.93", "accuracies ranging from 76.5%".
rule!(
    TO_VALUE,
    r"(?ix)^(?:\s?\([^)]{0,60}\))?\s?(?:scores?|values?|rates?|levels?|result|performance)?\s?
    (?:(?:further\s|significantly\s|substantially\s|also\s|then\s)?(?:drop|fall|decreas|increas|improv|ris|lower|reduc|boost|rais|climb|go)(?:s|es|ed|ing)?\s
        (?:from\s~?[\d.,]+\s?\\?%?\s)?to\s|from\s~?[\d.,]+\s?\\?%?\sto\s)?
    (?:of|is|are|was|to|at|=|:|reach(?:es|ed|ing)?|up\sto|as\slow\sas|as\shigh\sas|ranging\sfrom|over|above|about|around|only|equal\sto|\s|,|~|\$|\{|approximately|nearly|as)*$"
);
// From the value to the metric: "62.2 mAP", "12.7% average WER".
rule!(
    TO_METRIC,
    r"(?i)^[\s~}$]*(?:-?point\s)?(?:(?:dB|ms|mm|cm|m|s|Hz)\s)?(?:in\s(?:terms\sof\s)?|average\s|mean\s|overall\s|zero-shot\s|box\s|mask\s|absolute\s|of\s|test\s|top-\d\s|\()?$"
);
rule!(
    GAIN_BEFORE,
    r"(?i)(?:\bby(?:\s(?:up\sto|about|around|over|more\sthan|at\sleast|an?\s(?:average|mean)\sof|roughly|approximately))?|\+|\bgains?\sof|\bimprove(?:s|d|ments?)?\s(?:of|by)|\bincrease(?:s|d)?\s(?:of|by)|\breduc(?:es?|tion|ed)\s(?:of|by)|\bdrop(?:s|ped)?\s(?:of|by)|\bmargin\sof|\badvantage\sof|\b(?:reduc|sav|cut)(?:es?|ing|s)|\bfrom|\bthan|\bvs\.?|\bversus|\bover|\ba|\bless\sthan|\bwithin|\bremaining)\s?[\s~($]*$"
);
// "an increase in accuracy of 5.3%" is a gain although the metric comes directly before the value.
rule!(
    GAIN_IN,
    r"(?i)\b(?:improvement|increase|gain|reduction|decrease|drop)s?\s(?:in|on)\s(?:[\w@-]+\s){1,5}(?:of|by)\s(?:up\sto\s|about\s|around\s|over\s|more\sthan\s)?~?$"
);
// "at over 30 FPS" is no comparison, "improvements of over 30 BLEU" are a gain.
rule!(MORE_THAN, r"(?i)\b(?:of|at|to|with|reach(?:es|ed|ing)?|achiev(?:es|ed|ing)|exceed(?:s|ed|ing)?)(\sover\s~?)$");
rule!(
    GAIN_BEHIND,
    r"(?i)^\s?(?:\\?%|percent)?\s?(?:absolute\s|relative\s|percentage\s|average\s)?(?:points?\b|higher|lower|better|worse|faster|slower|fewer|less|more\b|improvement|gains?\b|increase|reduction|drop|decrease|degradation|speed-?up|x\b|×|times\b|-?fold|boost|of\sthe|relative)"
);
rule!(
    GAIN_AFTER_METRIC,
    r"(?i)^\s?(?:points?\b|(?:score|F1)\s(?:improvement|gain)|improvements?\b|gains?\b|increase|reduction|drop\b|degradation|boost|baseline|higher|lower|better|loss\b|difference|over\s)"
);
rule!(
    OTHERS_BEFORE,
    r"(?i)\b(?:compar(?:ed|able)\s(?:to|with)|on\spar\swith|than|versus|vs\.?|against|baselines?\s(?:of|with|at)|previous(?:ly)?|prior|outperform(?:s|ing|ed)?|surpass(?:es|ing|ed)?)\b[^.;]*$"
);
rule!(
    ACHIEVES,
    r"(?i)\b(?:achiev\w+|reach\w*|obtain\w*|yield\w*|attain\w*|get(?:s|ting)?|report\w*|perform\w*|set(?:s|ting)?|scor(?:es?|ing|ed)|record\w*|deliver\w*|exceed\w*|demonstrat\w*|show\w*|with|result\w*|produc\w*|surpass\w*|improv\w*|maintain\w*|establish\w*|up\sto|we|our|retain\w*|outperform\w*|accuracy|push\w*|has|have|process\w*|drop(?:s|ped)?|falls?|decreas\w*|reduc\w*|increas\w*|boost\w*|rais\w*|rises?|lower(?:s|ed))\b"
);

/// A metric named in the text.
struct NamedMetric<'a> {
    /// As the text writes it, or in its short form if the text defines one.
    name: String,
    range: &'a Range<usize>,
}

/// What the whole paper says about its results.
pub(super) struct ClaimContext<'a> {
    pub main_system: Option<&'a str>,
    /// The dataset of results that name none.
    pub usual_dataset: Option<&'a str>,
    /// The name of the paper's dataset for a task.
    pub dataset_of_task: &'a dyn Fn(&EntityId) -> Option<String>,
}

/// Confidence of a claim of an abstract about the only dataset that the abstract names.
const IMPLIED_DATASET: f32 = 0.6;

/// Claims of the abstract; its mentions are decided already. A claim without a dataset is about the only dataset of the
/// abstract.
pub(super) fn find(reading: &ReadField, spans: &[Span], context: &ClaimContext) -> Vec<ResultClaim> {
    let mut datasets = spans.iter().filter(|span| span.entity.kind() == Kind::Dataset);
    let first = datasets.next();
    let only = first.filter(|first| datasets.all(|span| span.entity == first.entity)).map(|span| span.name.clone());
    let mut claims = find_where(reading, spans, context, |_| true);
    for claim in claims.iter_mut().filter(|claim| claim.dataset.is_none()) {
        claim.dataset.clone_from(&only);
        claim.confidence = only.as_ref().map(|_| IMPLIED_DATASET);
    }
    claims
}

/// Claims of the selected sentences.
fn find_where(
    reading: &ReadField,
    spans: &[Span],
    context: &ClaimContext,
    takes: impl Fn(&Range<usize>) -> bool,
) -> Vec<ResultClaim> {
    let metrics: Vec<NamedMetric> = spans
        .iter()
        .filter(|s| s.entity.kind() == Kind::Metric)
        .map(|s| NamedMetric { name: written(reading, &s.range, &s.name), range: &s.range })
        .collect();
    if metrics.is_empty() {
        return Vec::new();
    }
    let mut claims = Vec::new();
    let mut before: Vec<&NamedMetric> = Vec::new();
    for sentence in reading.sentences.iter() {
        let here: Vec<&NamedMetric> = metrics.iter().filter(|m| sentence.contains(&m.range.start)).collect();
        let text = &reading.text[sentence.clone()];
        let has_metric = !here.is_empty() || before.len() == 1;
        if has_metric && text.contains(|c: char| c.is_ascii_digit()) && takes(&sentence) && ACHIEVES.is_match(text) {
            let numbers = SentenceNumber::all(reading.text, &sentence);
            let of = SentenceValues { reading, spans, sentence, numbers, metrics: &here, context };
            match before.as_slice() {
                // "We measure accuracy. FooNet reaches 84.2% on ImageNet."
                [metric] if here.is_empty() => of.read_for(metric, &mut claims),
                _ if here.is_empty() => {}
                _ => of.read(&mut claims),
            }
        }
        before = here;
    }
    claims
}

rule!(SUMS_UP, r"(?i)\b(?:introduction|contributions?|conclusions?|concluding|summary)\b");
// Sections about others, or about parts of the system.
rule!(
    ABOUT_OTHERS,
    r"(?i)\b(?:related|previous|prior|background|preliminar\w*|motivation|ablat\w*|analys[ei]s|baselines?|datasets?|data|corpora|set-?up|settings?|implementation|hyper-?parameters?|training|error|discussion|limitations?|future|acknowledge?ments?)\b"
);
rule!(
    OWN_SUBJECT,
    r"(?i)\b(?:we|our|ours|the proposed (?:\w+ )?(?:model|method|approach|system)|this (?:model|method|approach|system))\b"
);
rule!(CITED, r"(?i)\bet\sal\b|\(\s?[A-Z][\w’'-]+[^()]{0,40}(?:19|20)\d\d[a-z]?\s?\)|\[\d+(?:,\s?\d+)*\]");
// Behind it, a sentence is about the systems that it compares with.
rule!(
    COMPARES,
    r"(?i)\b(?:compar(?:ed|able|es|ing)|outperform\w*|surpass\w*|exceed\w*|beat(?:s|ing)?|than|versus|vs|against|whereas|while|higher|better|improv(?:es|ing|ement)\sover|similar\sto|close\sto|competitive\swith)\b"
);
// A value that is not a final result: development data, or a system without one of its parts.
rule!(
    ON_THE_WAY,
    r"(?i)\b(?:dev(?:elopment)?|valid(?:ation)?|training)\s(?:set|data|split|accuracy|perplexity)|\b(?:without|removing|removed?|ablat\w*|drops?|dropped|decreas\w*|degrad\w*|only)\b"
);

/// Confidence of a claim in an introduction or a conclusion.
const SUMMARY_CONFIDENCE: f32 = 0.7;
/// Confidence of a claim in another section, if its sentence names the dataset.
const SECTION_CONFIDENCE: f32 = 0.6;
/// The same if a sentence before it in the paragraph names the dataset.
const PARAGRAPH_CONFIDENCE: f32 = 0.5;
/// The same if only the rest of the paper names a dataset.
const PAPER_CONFIDENCE: f32 = 0.4;

/// Adds the claims of a section for the paper's own system. The part of their sentence before any comparison cites
/// nobody. An introduction or a conclusion must name the dataset in the sentence. Elsewhere the dataset can be that of
/// a sentence before it in the paragraph, or `usual_dataset`.
pub(super) fn find_in_section(
    title: &str,
    reading: &ReadField,
    spans: &[Span],
    context: &ClaimContext,
    claims: &mut Vec<ResultClaim>,
) {
    let sums_up = SUMS_UP.is_match(title);
    if !sums_up && ABOUT_OTHERS.is_match(title) {
        return;
    }
    let is_own = |sentence: &Range<usize>| {
        let whole = &reading.text[sentence.clone()];
        let end = if sums_up { None } else { COMPARES.find(whole) };
        let text = &whole[..end.map_or(whole.len(), |compares| compares.start())];
        let named = || {
            let here = sentence.start..sentence.start + text.len();
            spans.iter().any(|span| span.own && span.entity.kind() != Kind::Dataset && here.contains(&span.range.start))
        };
        let is_final = sums_up || !ON_THE_WAY.is_match(whole);
        is_final && !CITED.is_match(text) && (OWN_SUBJECT.is_match(text) || named())
    };
    for claim in find_where(reading, spans, context, is_own) {
        let (dataset, confidence) = if let Some(dataset) = claim.dataset.clone() {
            (Some(dataset), if sums_up { SUMMARY_CONFIDENCE } else { SECTION_CONFIDENCE })
        } else if let Some(dataset) = dataset_before(reading, spans, &claim) {
            (Some(dataset), PARAGRAPH_CONFIDENCE)
        } else {
            (context.usual_dataset.map(str::to_string), PAPER_CONFIDENCE)
        };
        let claim = ResultClaim { dataset, confidence: Some(confidence), ..claim };
        let known = |known: &ResultClaim| {
            (&known.dataset, &known.metric, &known.value) == (&claim.dataset, &claim.metric, &claim.value)
        };
        let is_exact = claim.value.contains(['.', '%']);
        if claim.dataset.is_some() && is_exact && !claims.iter().any(known) {
            claims.push(claim);
        }
    }
}

/// The nearest dataset before a claim in its paragraph.
fn dataset_before(reading: &ReadField, spans: &[Span], claim: &ResultClaim) -> Option<String> {
    let place = claim.place?;
    let (at, _) = reading.text.char_indices().nth(place.start)?;
    let paragraph = reading.text[..at].rfind('\n').map_or(0, |end| end + 1)..at;
    let mut before = spans.iter().filter(|span| paragraph.contains(&span.range.start));
    before.rfind(|span| span.entity.kind() == Kind::Dataset).map(|span| span.name.clone())
}

/// The name of a metric as the text writes it: its abbreviation if one is defined right here, and with the words that
/// make it a separate metric ("grasp success rate", "top-20 retrieval accuracy"). `canonical` is its name in the
/// vocabulary.
fn written(reading: &ReadField, range: &Range<usize>, canonical: &str) -> String {
    let text = reading.text;
    if let Some(abbreviation) = reading
        .abbreviations
        .iter()
        .find(|a| a.long == *range || (a.long.end == range.end && range.contains(&a.long.start)))
    {
        return text[abbreviation.short.clone()].to_string();
    }
    let mut name = text[range.clone()].to_string();
    if name.ends_with("ies") && name.starts_with(char::is_lowercase) {
        name.replace_range(name.len() - 3.., "y");
    }
    // "mAPs" is the plural of "mAP", "FLOPs" is a name.
    if let Some(one) =
        name.strip_suffix('s').filter(|one| one.ends_with(char::is_uppercase) && !canonical.ends_with('s'))
    {
        name.truncate(one.len());
    }
    static QUALIFIED: LazyLock<Rule> = LazyLock::new(|| {
        rule(r"\b(?:[Aa]n?|the|[Aa]verage|[Oo]verall|mean)\s(?:average\s|mean\s)?((?:[a-z]+(?:-[a-z0-9]+)*\s){1,2})$")
    });
    const NO_PART: [&str; 31] = [
        "new",
        "high",
        "higher",
        "best",
        "better",
        "lower",
        "low",
        "state-of-the-art",
        "superior",
        "impressive",
        "competitive",
        "remarkable",
        "notable",
        "zero-shot",
        "final",
        "average",
        "mean",
        "test",
        "validation",
        "inference",
        "strong",
        "total",
        "good",
        "absolute",
        "relative",
        "maximum",
        "record",
        "similar",
        "comparable",
        "significant",
        "promising",
    ];
    let before = reading.before(range.start, 40);
    if let Some(found) = QUALIFIED.captures(before) {
        let words = found[1].trim();
        if !words.split_whitespace().any(|w| NO_PART.contains(&w)) {
            name = format!("{words} {name}");
        }
    }
    name
}

/// A number of a sentence.
struct SentenceNumber<'t> {
    /// Its place in the text, with the percent sign.
    range: Range<usize>,
    number: &'t str,
    percent: Option<&'t str>,
}

impl<'t> SentenceNumber<'t> {
    fn all(text: &'t str, sentence: &Range<usize>) -> Vec<Self> {
        let found = VALUE.captures_iter(&text[sentence.clone()]).filter_map(|found| {
            let (number, percent) = (found.name("v")?, found.name("p"));
            let end = percent.map_or(number.end(), |percent| percent.end());
            Some(Self {
                range: sentence.start + number.start()..sentence.start + end,
                number: number.as_str(),
                percent: percent.map(|percent| percent.as_str()),
            })
        });
        found.collect()
    }

    fn shown(&self) -> String {
        shown_value(self.number, self.percent)
    }
}

/// The values of one sentence. `at` is the position of a value among its numbers.
struct SentenceValues<'r, 'a> {
    reading: &'r ReadField<'a>,
    spans: &'r [Span],
    sentence: Range<usize>,
    numbers: Vec<SentenceNumber<'a>>,
    metrics: &'r [&'r NamedMetric<'r>],
    context: &'r ClaimContext<'r>,
}

/// The role of the previous value, for values that continue an enumeration.
#[derive(Clone)]
enum PreviousValue<'m> {
    Nothing,
    Gain {
        end: usize,
    },
    Claim {
        metrics: Vec<&'m NamedMetric<'m>>,
        end: usize,
    },
    /// Each of the next values has one of these metrics, in this order: "F1 and EM of 91.2 and 85.1".
    Paired {
        metrics: Vec<&'m NamedMetric<'m>>,
        end: usize,
    },
}

impl<'r> SentenceValues<'r, '_> {
    fn read(&self, claims: &mut Vec<ResultClaim>) {
        let text = self.reading.text;
        let mut last = PreviousValue::Nothing;
        let mut behind_used: Vec<usize> = Vec::new();
        let mut range_goes_on = false;
        for (at, number) in self.numbers.iter().enumerate() {
            let value = number.range.clone();
            if range_goes_on {
                range_goes_on = false;
                continue;
            }
            if !is_free_number(text, &value, self.spans) {
                continue;
            }
            let before = &text[self.sentence.start..value.start];
            let after = &text[value.end..self.sentence.end];
            let own_first = after.starts_with(" vs") && before.ends_with('(');
            let follows_gain = matches!(last, PreviousValue::Gain { end } if end <= value.start && ENUMERATION.is_match(&text[end..value.start]));
            let Some((mut metrics, behind)) = self.metrics_of(at, &last, &behind_used, own_first) else {
                // "improvements of 6.38 and 10.04 BLEU": the second is a gain too.
                if follows_gain || GAIN_BEFORE.is_match(before) {
                    last = PreviousValue::Gain { end: value.end };
                }
                continue;
            };
            if behind {
                behind_used.push(metrics[0].range.start);
            }
            let tail = if behind { &text[metrics[0].range.end..self.sentence.end] } else { after };
            let of_metric = !behind && TO_VALUE.is_match(&text[metrics[0].range.end.min(value.start)..value.start]);
            // "a 40.9 mAP baseline" is not a gain; "a" alone says nothing.
            let article = before.ends_with(" a ") && !GAIN_AFTER_METRIC.is_match(tail);
            let more_than = MORE_THAN.captures(before).and_then(|found| found.get(1));
            let gain_before = GAIN_BEFORE.is_match(more_than.map_or(before, |over| &before[..over.start()]));
            let gain = follows_gain
                || (!of_metric && !article && gain_before)
                || GAIN_IN.is_match(before)
                || (!behind && GAIN_BEHIND.is_match(after))
                || GAIN_AFTER_METRIC.is_match(tail)
                || before.trim_end().ends_with(['+', '=', '−']);
            // An enumeration continues after the metric if the metric follows its value.
            let list = self.list_of(at);
            let end = if behind && list.end == at + 1 { metrics[0].range.end.max(value.end) } else { value.end };
            let clause = &before[clause_start(before)..];
            if gain || (OTHERS_BEFORE.is_match(clause) && !own_first) {
                last = if gain { PreviousValue::Gain { end } } else { PreviousValue::Nothing };
                continue;
            }
            let mut rest = Vec::new();
            match &last {
                PreviousValue::Paired { metrics: all, .. }
                    if all.first().is_some_and(|next| metrics[0].range == next.range) =>
                {
                    rest = all[1..].to_vec();
                }
                _ if !behind && metrics.len() > 1 && list.end - at == metrics.len() => {
                    // The nearest metric is the first of the list.
                    metrics.reverse();
                    rest = metrics.split_off(1);
                }
                _ => {}
            }
            let mut shown = number.shown();
            let mut place = value.clone();
            // "ranging from 76.5% to 80.9%" is one claim.
            if let Some(to) = RANGE.captures(after).filter(|_| before.trim_end().ends_with("from")) {
                shown = format!("{shown} to {}", shown_value(&to["v"], to.name("p").map(|p| p.as_str())));
                place.end += to.get(0).map_or(0, |whole| whole.len());
                range_goes_on = true;
            }
            for metric in &metrics {
                let claim = ResultClaim {
                    system: self.system(value.start),
                    dataset: self.dataset(at),
                    variant: self.variant(at),
                    ..ResultClaim::of_sentence(metric.name.clone(), shown.clone(), self.reading.place(&place))
                };
                if !claims.iter().any(|known| known.repeats(&claim)) {
                    claims.push(claim);
                }
            }
            last = if rest.is_empty() {
                PreviousValue::Claim { metrics, end }
            } else {
                PreviousValue::Paired { metrics: rest, end }
            };
        }
    }

    /// Languages, shots and resolution named after the list of the value, up to the next value; else those before it.
    fn variant(&self, at: usize) -> Option<String> {
        let text = self.reading.text;
        let list = self.list_of(at);
        let from = self.numbers[list.end - 1].range.end;
        let mut next = self.numbers[list.end..].iter().map(|number| &number.range);
        let to = next.find(|next| is_free_number(text, next, self.spans)).map_or(self.sentence.end, |next| next.start);
        let mut found = settings(&text[from..to]);
        if found.is_empty() {
            found = settings(&text[self.sentence.start..self.numbers[at].range.start]);
        }
        found.dedup();
        // "30.4 and 34.1 BLEU on English-German and German-English".
        if list.len() > 1 && found.len() == list.len() {
            return Some(found.swap_remove(at - list.start));
        }
        // If several come before a value, it is unclear which one is meant.
        (found.len() == 1).then(|| found.remove(0))
    }

    /// The values of a sentence that names datasets and no metric, as values of the metric in the sentence before: each
    /// directly before its dataset.
    fn read_for(&self, metric: &NamedMetric, claims: &mut Vec<ResultClaim>) {
        rule!(ON, r"^\s(?:on|for)\s(?:the\s)?$");
        let text = self.reading.text;
        for (at, number) in self.numbers.iter().enumerate() {
            let value = &number.range;
            let before = &text[self.sentence.start..value.start];
            let clause = &before[clause_start(before)..];
            let exact = number.percent.is_some() || number.number.contains('.');
            let claimed = exact
                && is_free_number(text, value, self.spans)
                && !GAIN_BEFORE.is_match(before)
                && !OTHERS_BEFORE.is_match(clause);
            let dataset = self.spans.iter().find(|span| {
                span.entity.kind() == Kind::Dataset
                    && text.get(value.end..span.range.start).is_some_and(|between| ON.is_match(between))
            });
            if let Some(dataset) = dataset.filter(|_| claimed) {
                let claim = ResultClaim {
                    system: self.system(value.start),
                    dataset: Some(dataset.name.clone()),
                    variant: self.variant(at),
                    ..ResultClaim::of_sentence(metric.name.clone(), number.shown(), self.reading.place(value))
                };
                if !claims.iter().any(|known| known.repeats(&claim)) {
                    claims.push(claim);
                }
            }
        }
    }

    /// The metrics of this value, and whether they follow it: directly after it, directly before it ("A, B and C are"),
    /// or those of the previous value in an enumeration ("2.12 and 1.73", "79.9% on LaSOT, 88.9% on TrackingNet").
    fn metrics_of(
        &self,
        at: usize,
        last: &PreviousValue<'r>,
        behind_used: &[usize],
        own_first: bool,
    ) -> Option<(Vec<&'r NamedMetric<'r>>, bool)> {
        let text = self.reading.text;
        let value = &self.numbers[at].range;
        let behind = self
            .metrics
            .iter()
            .find(|m| m.range.start >= value.end && TO_METRIC.is_match(&text[value.end..m.range.start]));
        if let Some(metric) = behind {
            return Some((vec![metric], true));
        }
        let before = self.metrics.iter().enumerate().rev().find(|(_, m)| {
            m.range.end <= value.start
                && !behind_used.contains(&m.range.start)
                && (TO_VALUE.is_match(&text[m.range.end..value.start])
                    || own_first && !text[m.range.end..value.start].contains([';', '%']))
        });
        if let Some((mut i, metric)) = before {
            let mut all = vec![*metric];
            while i > 0
                && matches!(
                    &text[self.metrics[i - 1].range.end..self.metrics[i].range.start],
                    ", " | " and " | ", and " | "/"
                )
            {
                i -= 1;
                all.push(self.metrics[i]);
            }
            return Some((all, false));
        }
        if let Some(metric) = self.metric_of_list(at) {
            return Some((vec![metric], true));
        }
        match last {
            PreviousValue::Claim { metrics, end }
                if *end <= value.start && ENUMERATION.is_match(&text[*end..value.start]) =>
            {
                Some((metrics.clone(), false))
            }
            PreviousValue::Paired { metrics, end }
                if *end <= value.start && ENUMERATION.is_match(&text[*end..value.start]) =>
            {
                Some((vec![*metrics.first()?], false))
            }
            PreviousValue::Gain { end } if *end <= value.start && ENUMERATION.is_match(&text[*end..value.start]) => {
                Some((vec![*self.metrics.first()?], false))
            }
            _ => None,
        }
    }

    /// "28.2 and 33.9 BLEU": the metric directly after the list that a value is in.
    fn metric_of_list(&self, at: usize) -> Option<&'r NamedMetric<'r>> {
        let end = self.numbers[self.list_of(at).end - 1].range.end;
        let behind = self.metrics.iter().find(|metric| metric.range.start >= end)?;
        TO_METRIC.is_match(&self.reading.text[end..behind.range.start]).then_some(*behind)
    }

    /// The paper's own name that is nearest before the value, or else the system that the paper is about.
    fn system(&self, at: usize) -> Option<String> {
        let own = self.spans.iter().filter(|s| {
            s.own && s.entity.kind() != Kind::Dataset && self.sentence.contains(&s.range.start) && s.range.end <= at
        });
        own.map(|s| s.name.as_str()).next_back().or(self.context.main_system).map(str::to_string)
    }

    /// "on X" after the value, else the nearest dataset before it in the sentence; `None` if X is not known.
    fn dataset(&self, at: usize) -> Option<String> {
        let value = &self.numbers[at].range;
        if self.is_on_unknown_data(value) {
            return None;
        }
        if let Some(dataset) = self.dataset_in_order(at) {
            return Some(dataset);
        }
        let text = self.reading.text;
        let mut datasets =
            self.spans.iter().filter(|s| s.entity.kind() == Kind::Dataset && self.sentence.contains(&s.range.start));
        let behind = datasets.clone().find(|s| {
            s.range.start >= value.end
                && s.range.start - value.end < 60
                && !text[value.end..s.range.start].contains(';')
        });
        let named = behind.or_else(|| datasets.rfind(|s| s.range.end <= value.start)).map(|s| s.name.clone());
        named.or_else(|| self.dataset_of_task(value))
    }

    /// The values of the list that a value is in, as "28.2, 30.1 and 33.9".
    fn list_of(&self, at: usize) -> Range<usize> {
        rule!(BETWEEN_VALUES, r"^\s?(?:,\s?and|,|and|/)\s?~?$");
        let text = self.reading.text;
        let joins_next = |at: usize| {
            let next = self.numbers.get(at + 1);
            next.is_some_and(|next| BETWEEN_VALUES.is_match(&text[self.numbers[at].range.end..next.range.start]))
        };
        let start = (0..at).rev().take_while(|before| joins_next(*before)).last().unwrap_or(at);
        let last = (at..self.numbers.len()).find(|last| !joins_next(*last)).unwrap_or(at);
        start..last + 1
    }

    /// The dataset of a value in a list, if as many datasets are listed behind it or before it: "28.2 and 33.9 BLEU on
    /// WMT14 and WMT16".
    fn dataset_in_order(&self, at: usize) -> Option<String> {
        rule!(BETWEEN_NAMES, r"^[^.;\d]{0,30}(?:,|\band\b|&|/)[^.;\d]{0,12}$");
        let text = self.reading.text;
        let list = self.list_of(at);
        let (first, last) = (&self.numbers[list.start].range, &self.numbers[list.end - 1].range);
        if list.len() < 2 {
            return None;
        }
        let named: Vec<&Span> = self
            .spans
            .iter()
            .filter(|span| span.entity.kind() == Kind::Dataset && self.sentence.contains(&span.range.start))
            .collect();
        let listed = |names: &[&Span]| {
            let joined = names.windows(2).all(|two| {
                text.get(two[0].range.end..two[1].range.start).is_some_and(|between| BETWEEN_NAMES.is_match(between))
            });
            (names.len() == list.len() && joined).then(|| names[at - list.start].name.clone())
        };
        let behind = named.iter().position(|span| span.range.start >= last.end).unwrap_or(named.len());
        let before = named.iter().take_while(|span| span.range.end <= first.start).count();
        let next = &named[behind..named.len().min(behind + list.len())];
        listed(next).or_else(|| listed(&named[before.saturating_sub(list.len())..before]))
    }

    /// "1.08 on foo8, 18.3 on WikiText-103": the first value is not one of WikiText-103.
    fn is_on_unknown_data(&self, value: &Range<usize>) -> bool {
        rule!(ON_NAME, r"^[^,;.\d]{0,25}\bon\s(?:the\s)?(?P<name>[\w-]*[A-Z\d][\w-]*)(?:[,;]|\sand\s|\.?$)");
        let behind = &self.reading.text[value.end..self.sentence.end];
        let Some(name) = ON_NAME.captures(behind).and_then(|found| found.name("name")) else { return false };
        let range = value.end + name.start()..value.end + name.end();
        let is_known = self.spans.iter().any(|span| span.range.start < range.end && range.start < span.range.end);
        !is_known && settings(name.as_str()).is_empty()
    }

    /// The dataset for the task directly after a value: "97.3% accuracy for POS tagging".
    fn dataset_of_task(&self, value: &Range<usize>) -> Option<String> {
        rule!(FOR_TASK, r"^[^,;.\d]{0,30}\b(?:on|for|in|at)\s(?:the\s)?$");
        let task = self.spans.iter().find(|span| {
            let between = self.reading.text.get(value.end..span.range.start);
            span.entity.kind() == Kind::Task && between.is_some_and(|between| FOR_TASK.is_match(between))
        });
        (self.context.dataset_of_task)(&task?.entity)
    }
}

/// Start of the clause of a value: after a comma, or at the verb that claims it.
fn clause_start(before: &str) -> usize {
    static VERB: LazyLock<Rule> = LazyLock::new(|| rule(r"(?i)\b(?:achiev|reach|obtain|yield|attain)\w*"));
    let comma = before.rfind([',', ';']).map_or(0, |i| i + 1);
    VERB.find_iter(before).last().map_or(comma, |v| v.start().max(comma))
}

fn shown_value(number: &str, percent: Option<&str>) -> String {
    let unit = percent.map_or("", |p| if p.starts_with('p') { " percent" } else { "%" });
    // A decimal comma, not one of thousands.
    let number = match number.split_once(',') {
        Some((_, behind)) if behind.len() < 3 => number.replace(',', "."),
        _ => number.to_string(),
    };
    format!("{number}{unit}")
}

rule!(RANGE, r"^\s(?:to|-|–)\s(?P<v>\d+(?:\.\d+)?)\s?(?P<p>\\?%|percent\b)?");
rule!(
    ENUMERATION,
    r"(?i)^(?:\s(?:scores?|points?))?(?:\s(?:absolute\s)?(?:on|for|at|in)\s[^.;]{1,50}?)?\s?(?:,|,?\sand|/)\s?(?:and\s|an?\s|of\s|around\s|about\s|up\sto\s|~)*$"
);

/// Not part of a name (`COCO 2017`), a version, a multiple (`2.5x`), a size (`70B`) or a reference.
fn is_free_number(text: &str, value: &Range<usize>, spans: &[Span]) -> bool {
    let before = text[..value.start].chars().next_back();
    let after = text[value.end..].chars().next();
    let glued_before =
        before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '/' | '_' | '^' | '[' | '@'));
    let glued_after = after.is_some_and(|c| c.is_alphabetic() || matches!(c, '-' | '/' | '×' | ']'));
    let inside = spans.iter().any(|s| s.range.start < value.end && value.start < s.range.end);
    let times = text[value.end..].trim_start().starts_with("times") || text[value.end..].starts_with("\\times");
    !glued_before && !glued_after && !inside && !times
}

#[cfg(test)]
mod tests {
    use super::ResultClaim;
    use crate::extract::Extractor;
    use crate::paper::Paper;
    use crate::vocabulary::Vocabulary;

    fn results(text: &str) -> Vec<ResultClaim> {
        let metrics = "kind = \"metric\"\nentity = [{ id = \"bleu\", name = \"BLEU\" }, { id = \"fid\", name = \"FID\" }, \
                       { id = \"psnr\", name = \"PSNR\" }, { id = \"top-1\", name = \"top-1 accuracy\" }]";
        let datasets = "kind = \"dataset\"\nentity = [{ id = \"wmt14\", name = \"WMT14\", aliases = [\"WMT'14\"] }, \
                        { id = \"imagenet\", name = \"ImageNet\" }]";
        let vocabulary = Vocabulary::from_texts([("metrics.toml", metrics), ("datasets.toml", datasets)]).unwrap();
        let paper = Paper { abstract_text: text.to_string(), ..Paper::titled("A title") };
        Extractor::new(vocabulary).unwrap().extract(paper).results
    }

    /// Dataset, metric and value of each claim.
    fn claims(text: &str) -> Vec<(Option<String>, String, String)> {
        results(text).into_iter().map(|claim| (claim.dataset, claim.metric, claim.value)).collect()
    }

    fn variants(text: &str) -> Vec<String> {
        results(text).into_iter().filter_map(|claim| claim.variant).collect()
    }

    fn claim(dataset: &str, metric: &str, value: &str) -> (Option<String>, String, String) {
        (Some(dataset.to_string()), metric.to_string(), value.to_string())
    }

    #[test]
    fn a_second_value_goes_on_after_the_metric_of_the_first() {
        assert_eq!(
            claims("Our model achieves 30.1 BLEU on WMT'14 En-De and 43.5 on En-Fr."),
            [claim("WMT14", "BLEU", "30.1"), claim("WMT14", "BLEU", "43.5")]
        );
    }

    #[test]
    fn a_value_on_unknown_data_is_not_one_of_the_next_dataset() {
        let unknown = (None, "BLEU".to_string(), "28.4".to_string());
        assert_eq!(
            claims("Our model achieves 30.1 BLEU on WMT14, 28.4 on foo8 and 43.5 on ImageNet."),
            [claim("WMT14", "BLEU", "30.1"), unknown, claim("ImageNet", "BLEU", "43.5")]
        );
    }

    #[test]
    fn as_many_values_as_datasets_belong_to_one_each() {
        let of_each = [claim("WMT14", "BLEU", "28.2"), claim("ImageNet", "BLEU", "33.9")];
        assert_eq!(claims("It achieves 28.2 and 33.9 BLEU on the WMT14 and ImageNet datasets, respectively."), of_each);
        assert_eq!(
            variants("It achieves 30.4 and 34.1 BLEU on English-German and German-English."),
            ["en-de", "de-en"]
        );
        assert_eq!(claims("We reach on WMT14 and ImageNet a BLEU of 28.2 and 33.9."), of_each);
        assert_eq!(claims("It reaches a BLEU of 28.2 on WMT14 and 33.9 on ImageNet."), of_each);
    }

    #[test]
    fn all_values_of_a_list_of_gains_are_gains() {
        for gains in [
            "Our framework achieves improvements of 6.38 and 10.04 BLEU on WMT14.",
            "It outperforms others by 14\\%, 23\\% and 2\\% in top-1 accuracy on ImageNet.",
            "Our approach can improve it by 0.9 BLEU score on WMT14 and around 1.0 FID on ImageNet.",
        ] {
            assert_eq!(claims(gains), [], "{gains}");
        }
    }

    #[test]
    fn what_a_result_is_comparable_to_is_of_others() {
        let own = [claim("ImageNet", "FID", "2.5")];
        assert_eq!(claims("We obtain 2.5 FID on ImageNet, comparable to the 2.6 FID of larger models."), own);
    }

    #[test]
    fn of_a_change_the_value_that_it_ends_at_is_claimed() {
        assert_eq!(claims("FID drops to 2.1 on ImageNet."), [claim("ImageNet", "FID", "2.1")]);
        assert_eq!(claims("It improves BLEU from 28.1 to 30.4 on WMT14."), [claim("WMT14", "BLEU", "30.4")]);
    }

    #[test]
    fn as_many_values_as_metrics_belong_to_one_each() {
        assert_eq!(
            claims("Our model obtains BLEU and FID of 41.2 and 3.9 on WMT14, respectively."),
            [claim("WMT14", "BLEU", "41.2"), claim("WMT14", "FID", "3.9")]
        );
    }

    #[test]
    fn the_only_dataset_of_an_abstract_is_that_of_its_claims() {
        assert_eq!(claims("We evaluate on WMT14. Our model reaches a BLEU of 30,1."), [claim("WMT14", "BLEU", "30.1")]);
        let of_several = claims("We use WMT14 and ImageNet. Our model reaches a BLEU of 30.1.");
        assert_eq!(of_several, [(None, "BLEU".to_string(), "30.1".to_string())]);
    }

    #[test]
    fn an_increase_in_a_metric_is_no_value_of_it() {
        let none = "We show an absolute improvement in quality of 5.3% in BLEU on WMT14.";
        assert_eq!(claims(none), []);
        assert_eq!(claims("We report an increase in BLEU of 2.1 on WMT14."), []);
        assert_eq!(claims("We show improvements of over 2.1 BLEU on WMT14."), []);
        let text = "We achieve FIDs of 30.1 and 28.2 on WMT14 and ImageNet.";
        assert_eq!(claims(text), [claim("WMT14", "FID", "30.1"), claim("ImageNet", "FID", "28.2")]);
        let text = "Our model attains PSNR and FID levels above 80 on WMT14 and an inference BLEU of 30.";
        let metrics: Vec<String> =
            claims(text).into_iter().map(|(_, metric, value)| format!("{metric} {value}")).collect();
        assert_eq!(metrics, ["FID 80", "PSNR 80", "BLEU 30"]);
        assert_eq!(claims("We reach scores of over 67.1 BLEU on WMT14."), [claim("WMT14", "BLEU", "67.1")]);
    }

    #[test]
    fn a_unit_can_stand_between_value_and_metric() {
        assert_eq!(claims("Our method reaches 32.1 dB PSNR on ImageNet."), [claim("ImageNet", "PSNR", "32.1")]);
    }

    #[test]
    fn the_metric_of_the_sentence_before_holds_for_a_sentence_without_one() {
        assert_eq!(
            claims("We report top-1 accuracy. Our model reaches 84.2% on ImageNet."),
            [claim("ImageNet", "top-1 accuracy", "84.2%")]
        );
        assert_eq!(claims("We report top-1 accuracy. Others reach 84.2% of all on ImageNet."), []);
    }
}
