//! Which numbers of a sentence are values of which metric.

use std::ops::Range;

use super::super::mentions::Span;
use super::super::reading::ReadField;
use super::super::record::ResultClaim;
use super::super::variants::settings;
use super::ClaimContext;
use super::metrics::{NamedMetric, is_qualifier};
use super::numbers::{SentenceNumber, is_free_number, shown_value};
use crate::vocabulary::Kind;

// From the metric's name to its value: "FID of 2.12", "AUC (…) = 0.93", "accuracies ranging from 76.5%".
rule!(
    TO_VALUE,
    r"(?ix)^(?:\s?\([^)]{0,60}\))?\s?(?:scores?|values?|rates?|levels?|result|performance)?\s?
    (?:(?:further\s|significantly\s|substantially\s|also\s|then\s|(?:is|are|was|were)\s)?(?:drop|fall|decreas|increas|improv|ris|lower|reduc|boost|rais|climb|go)(?:s|es|ed|ing)?\s
        (?:from\s~?[\d.,]+\s?\\?%?\s)?to\s|from\s~?[\d.,]+\s?\\?%?\sto\s)?
    (?:of|is|are|was|were|to|at|=|:|reach(?:es|ed|ing)?|up\sto|as\slow\sas|as\shigh\sas|ranging\sfrom|over|above|about|around|only|equal\sto|\s|,|~|\$|\{|approximately|roughly|nearly|as)*$"
);
// From the value to the metric: "62.2 mAP", "12.7% average WER".
rule!(
    TO_METRIC,
    r"(?i)^[\s~}$]*(?:-?point\s)?(?:(?:dB|ms|mm|cm|m|s|Hz)\s)?(?:in\s(?:terms\sof\s)?|average\s|mean\s|overall\s|zero-shot\s|box\s|mask\s|absolute\s|of\s|test\s|top-\d\s|\()?$"
);
rule!(
    GAIN_BEFORE,
    r"(?ix)(?:\b(?:by|(?:gain|improvement|increase|reduction|drop|enhancement|gap|difference)s?\s(?:of|is|are)|gap|(?:improve|increase|reduce|drop(?:pe)?)[sd]?\sby|margin\sof|advantage\sof)
            (?:\s(?:up\sto|about|around|over|nearly|more\sthan|at\sleast|an?\s(?:average|mean)\sof|roughly|approximately))?
        |\+|\b(?:reduc|sav|cut)(?:es?|ing|s)|\b(?:from|than|vs\.?|versus|over|a|less\sthan|within|remaining|relative))\s?[\s~($]*$"
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
    r"(?i)^\s?(?:points?\b|(?:score|F1)\s(?:improvement|gain)|improvements?\b|gains?\b|increase|reduction|drop\b|degradation|boost|baseline|higher|lower|better|loss\b|difference|over\s|up\b)"
);
// In the text before a metric: "the improvement in the accuracy of our model is 3.8%" states a gain.
rule!(
    GAIN_OF,
    r"(?i)\b(?:improvement|increase|gain|reduction|decrease|drop|difference)s?\s(?:in|on|of)\s(?:[\w@-]+\s){0,4}(?:of\s[\d.]+%?,\s(?:and\s)?(?:[\w@-]+\s){0,3}){0,3}$"
);
// "annotators reached a kappa of 0.8": a value of people, not of a system.
rule!(OF_ANNOTATORS, r"(?i)\b(?:inter-?\s?(?:annotator|rater|coder)|IAA|annotat(?:or|ion)\sagreement)\b");
rule!(
    OTHERS_BEFORE,
    r"(?i)\b(?:compar(?:ed|able)\s(?:to|with)|on\spar\swith|than|versus|vs\.?|against|baselines?\s(?:of|with|at|\()|top-?\s?ranked|previous(?:ly)?|prior|outperform(?:s|ing|ed)?|surpass(?:es|ing|ed)?)\b[^.;]*$"
);

/// The values of one sentence. `at` is the position of a value among its numbers.
pub(super) struct SentenceValues<'r, 'a> {
    pub reading: &'r ReadField<'a>,
    pub spans: &'r [Span],
    pub sentence: Range<usize>,
    pub numbers: Vec<SentenceNumber<'a>>,
    pub metrics: &'r [&'r NamedMetric],
    pub context: &'r ClaimContext<'r>,
}

/// The role of the previous value, for values that continue an enumeration.
#[derive(Clone)]
enum PreviousValue<'m> {
    Nothing,
    Gain {
        end: usize,
    },
    Claim {
        metrics: Vec<&'m NamedMetric>,
        end: usize,
    },
    /// Each of the next values has one of these metrics, in this order: "F1 and EM of 91.2 and 85.1".
    Paired {
        metrics: Vec<&'m NamedMetric>,
        end: usize,
    },
}

impl<'r> SentenceValues<'r, '_> {
    pub(super) fn read(&self, claims: &mut Vec<ResultClaim>) {
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
            let follows_gain =
                matches!(last, PreviousValue::Gain { end } if end <= value.start && self.gains_go_on(end, at));
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
            let gain = follows_gain || self.is_gain(&value, metrics[0], behind);
            // An enumeration continues after the metric if the metric follows its value.
            let list = self.list_of(at);
            let end = if behind && list.end == at + 1 { metrics[0].range.end.max(value.end) } else { value.end };
            let clause = &before[clause_start(before)..];
            let since_last = at.checked_sub(1).map_or(self.sentence.start, |last| self.numbers[last].range.end);
            let of_annotators = || OF_ANNOTATORS.is_match(&text[since_last..metrics[0].range.end.max(value.end)]);
            if gain || (OTHERS_BEFORE.is_match(clause) && !own_first) || of_annotators() {
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

    /// Whether a value is a change of the metric, not a value of it.
    fn is_gain(&self, value: &Range<usize>, metric: &NamedMetric, behind: bool) -> bool {
        rule!(OVER_ALL, r"^\sover\s(?:all\b|\d)");
        let text = self.reading.text;
        let before = &text[self.sentence.start..value.start];
        let after = &text[value.end..self.sentence.end];
        let tail = if behind { &text[metric.range.end..self.sentence.end] } else { after };
        let of_metric = !behind && TO_VALUE.is_match(&text[metric.range.end.min(value.start)..value.start]);
        // "F1 of 0.75 over all classes".
        let over_cases = OVER_ALL.is_match(tail) || of_metric && tail.starts_with(" over ");
        let tail_says = GAIN_AFTER_METRIC.is_match(tail) && !over_cases;
        // "a 40.9 mAP baseline" is not a gain; "a" alone says nothing.
        let article = before.ends_with(" a ") && !tail_says;
        let more_than = MORE_THAN.captures(before).and_then(|found| found.get(1));
        let gain_before = GAIN_BEFORE.is_match(more_than.map_or(before, |over| &before[..over.start()]));
        let of_gain = !behind && GAIN_OF.is_match(&text[self.sentence.start..metric.range.start]);
        let sign = before.trim_end().chars().next_back();
        (!of_metric && !article && gain_before)
            || GAIN_IN.is_match(before)
            || of_gain
            || (!behind && GAIN_BEHIND.is_match(after))
            || tail_says
            || matches!(sign, Some('+' | '−'))
            || (!of_metric && sign == Some('='))
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
    pub(super) fn read_for(&self, metric: &NamedMetric, claims: &mut Vec<ResultClaim>) {
        rule!(ON, r"^\s(?:on|for)\s(?:the\s)?$");
        let text = self.reading.text;
        for (at, number) in self.numbers.iter().enumerate() {
            let value = &number.range;
            let before = &text[self.sentence.start..value.start];
            let clause = &before[clause_start(before)..];
            let claimed = number.is_exact()
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
    ) -> Option<(Vec<&'r NamedMetric>, bool)> {
        let text = self.reading.text;
        let value = &self.numbers[at].range;
        let behind =
            self.metrics.iter().find(|m| m.range.start >= value.end && self.leads_to_metric(at, m.range.start));
        if let Some(metric) = behind {
            return Some((vec![metric], true));
        }
        let before = self.metrics.iter().enumerate().rev().find(|(_, m)| {
            m.range.end <= value.start
                && !behind_used.contains(&m.range.start)
                && (TO_VALUE.is_match(&text[m.range.end..value.start])
                    || self.numbers[at].is_exact() && names_what_was_measured(&text[m.range.end..value.start])
                    || own_first && !text[m.range.end..value.start].contains([';', '%']))
        });
        if let Some((nearest, _)) = before {
            return Some((self.metrics_listed_to(nearest), false));
        }
        if let Some(metric) = self.metric_of_list(at) {
            return Some((vec![metric], true));
        }
        let goes_on = |end: usize| end <= value.start && ENUMERATION.is_match(&text[end..value.start]);
        match last {
            PreviousValue::Claim { metrics, end } if goes_on(*end) => Some((metrics.clone(), false)),
            PreviousValue::Paired { metrics, end } if goes_on(*end) => Some((vec![*metrics.first()?], false)),
            PreviousValue::Gain { end } if goes_on(*end) => Some((vec![*self.metrics.first()?], false)),
            _ => None,
        }
    }

    /// Whether a list or a range of gains that ends at `end` goes on: "by 0.75 to 3 F1 and 1 BLEU". "From 0.75 to 3" is a
    /// change.
    fn gains_go_on(&self, end: usize, at: usize) -> bool {
        let text = self.reading.text;
        let between = &text[end..self.numbers[at].range.start];
        let is_range = || matches!(between, " to " | "-" | "–" | " - " | " – ");
        let before = || at.checked_sub(1).map_or("", |last| &text[..self.numbers[last].range.start]);
        ENUMERATION.is_match(between) || is_range() && !before().trim_end().ends_with("from")
    }

    /// "28.2 and 33.9 BLEU": the metric directly after the list that a value is in.
    fn metric_of_list(&self, at: usize) -> Option<&'r NamedMetric> {
        let last = self.list_of(at).end - 1;
        let behind = self.metrics.iter().find(|metric| metric.range.start >= self.numbers[last].range.end)?;
        self.leads_to_metric(last, behind.range.start).then_some(*behind)
    }

    /// A metric and those listed before it, nearest first: "precision and recall", "MAE (…) and RMSE (…)". A name before
    /// its short form in brackets is the same metric.
    fn metrics_listed_to(&self, nearest: usize) -> Vec<&'r NamedMetric> {
        let mut all = vec![self.metrics[nearest]];
        for (before, after) in self.metrics[..=nearest].windows(2).rev().map(|two| (two[0], two[1])) {
            // A subscript can reach into the next name.
            match self.reading.text.get(before.range.end..after.range.start).unwrap_or_default() {
                ", " | " and " | ", and " | "/" | "), " | ") and " | "), and " => all.push(before),
                " (" if before.name == after.name => {}
                _ => break,
            }
        }
        all
    }

    /// Whether only words that belong to the metric, or its dataset, are between a value and a metric: "62.2 mAP", "0.55
    /// weighted average F1", "84.5% ImageNet accuracy".
    fn leads_to_metric(&self, at: usize, metric: usize) -> bool {
        rule!(QUALIFIERS, r"^[\s~}$]*(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\s){0,3}$");
        let number = &self.numbers[at];
        let text = self.reading.text;
        let between = &text[number.range.end..metric];
        if TO_METRIC.is_match(between) {
            return true;
        }
        let is_qualified = |words: &str| QUALIFIERS.is_match(words) && words.split_whitespace().all(is_qualifier);
        let here = number.range.end..metric;
        let dataset = self.spans.iter().find(|s| s.entity.kind() == Kind::Dataset && here.contains(&s.range.start));
        number.is_exact()
            && match dataset {
                Some(dataset) => {
                    text.get(here.start..dataset.range.start).is_some_and(|words| words.trim().is_empty())
                        && text.get(dataset.range.end..here.end).is_some_and(is_qualified)
                }
                None => is_qualified(between),
            }
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
        rule!(BETWEEN_VALUES, r"^\s?(?:(?:dB|ms|mm|cm|m|s|Hz)\s?)?(?:,\s?and|,|and|/)\s?~?$");
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
    rule!(VERB, r"(?i)\b(?:achiev|reach|obtain|yield|attain)\w*");
    let comma = before.rfind([',', ';']).map_or(0, |i| i + 1);
    VERB.find_iter(before).last().map_or(comma, |v| v.start().max(comma))
}

/// Whether the words between a metric and a value say what was measured, as in "the accuracy of FooNet even reaches
/// 93.8%", "F1 for subtask B is 0.82" and "UAS and LAS on PTB (96.0%, 94.3%)".
fn names_what_was_measured(between: &str) -> bool {
    rule!(
        BEGIN,
        r"^(?:\s?\([^)]{0,30}\))?(?:\s(?:scores?|values?|rates?))?\s(?:(?:achiev|obtain|attain|reach)ed\s)?(?:of|for|in|on|over|by)\s"
    );
    rule!(
        END,
        r"\s(?:\(|(?:even\s|now\s|thus\s|also\s)?(?:is|was|are|were|to|reach(?:es|ed)?|stands\sat|(?:is|are|was|were)\sobtained\sas)\s(?:about\s|around\s|approximately\s|roughly\s|over\s|above\s|up\sto\s)?~?)$"
    );
    let (Some(begin), Some(end)) = (BEGIN.find(between), END.find(between)) else { return false };
    let object = between.get(begin.end()..end.start()).unwrap_or_default();
    !object.is_empty() && object.split(' ').count() <= 7 && !object.contains(['.', ';', ':', ',', '(', ')', '%'])
}

rule!(RANGE, r"^\s(?:to|-|–)\s(?P<v>\d+(?:\.\d+)?)\s?(?P<p>\\?%|percent\b)?");
rule!(
    ENUMERATION,
    r"(?i)^(?:\s[a-z]+)?(?:\s\([^()\d]{0,20}\d+(?:st|nd|rd|th)\b[^()]{0,30}\))?(?:\s(?:absolute\s)?(?:on|for|at|in|when|with|under)\s[^.;]{1,50}?)?\s?(?:,|,?\sand|/)\s?(?:and\s|an?\s|of\s|around\s|about\s|up\sto\s|~)*$"
);
