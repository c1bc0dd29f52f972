//! Figures that an abstract claims for the paper's own system: `FID of 2.12 on ImageNet`, `62.2 mAP on COCO`.
//!
//! Speed-ups, relative gains and the figures of others are not results.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::mentions::Span;
use super::reading::Reading;
use super::record::ResultClaim;
use crate::vocabulary::Kind;

macro_rules! rule {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($pattern).expect("a constant pattern"));
    };
}

rule!(VALUE, r"(?P<v>[<>~]?\d+(?:[.,]\d+)?)\s?(?P<p>\\?%|percent\b)?");
// From the metric's name to its value: "FID of 2.12", "AUC (…) = 0.93", "accuracies ranging from 76.5%".
rule!(
    TO_VALUE,
    r"(?ix)^(?:\s?\([^)]{0,60}\))?\s?(?:scores?|values?|rates?|result|performance)?\s?
    (?:of|is|are|was|to|at|=|:|reach(?:es|ed|ing)?|up\sto|as\slow\sas|as\shigh\sas|ranging\sfrom|over|above|about|around|only|equal\sto|\s|,|~|\$|\{|approximately|nearly|as)*$"
);
// From the value to the metric: "62.2 mAP", "12.7% average WER".
rule!(
    TO_METRIC,
    r"(?i)^[\s~}$]*(?:-?point\s)?(?:in\s(?:terms\sof\s)?|average\s|mean\s|overall\s|zero-shot\s|box\s|mask\s|absolute\s|of\s|test\s|top-\d\s|\()?$"
);
rule!(
    GAIN_BEFORE,
    r"(?i)(?:\bby(?:\s(?:up\sto|about|around|over|more\sthan|at\sleast|an?\s(?:average|mean)\sof|roughly|approximately))?|\+|\bgains?\sof|\bimprove(?:s|d|ments?)?\s(?:of|by)|\bincrease(?:s|d)?\s(?:of|by)|\breduc(?:es?|tion|ed)\s(?:of|by)|\bdrop(?:s|ped)?\s(?:of|by)|\bmargin\sof|\badvantage\sof|\bfrom|\bthan|\bvs\.?|\bversus|\bover|\ba|\bless\sthan|\bwithin|\bremaining)\s?[\s~($]*$"
);
rule!(
    GAIN_BEHIND,
    r"(?i)^\s?(?:\\?%|percent)?\s?(?:absolute\s|relative\s|percentage\s|average\s)?(?:points?\b|higher|lower|better|worse|faster|slower|fewer|less|more\b|improvement|gains?\b|increase|reduction|drop|decrease|degradation|speed-?up|x\b|×|times\b|-?fold|boost|of\sthe|relative)"
);
rule!(
    GAIN_AFTER_METRIC,
    r"(?i)^\s?(?:points?\b|score\s(?:improvement|gain)|improvements?\b|gains?\b|increase|reduction|drop\b|degradation|boost|baseline|higher|lower|better|loss\b|difference|over\s)"
);
rule!(
    OTHERS_BEFORE,
    r"(?i)\b(?:compared\s(?:to|with)|than|versus|vs\.?|against|baselines?\s(?:of|with|at)|previous(?:ly)?|prior|outperform(?:s|ing|ed)?|surpass(?:es|ing|ed)?)\b[^.;]*$"
);
rule!(
    ACHIEVES,
    r"(?i)\b(?:achiev\w+|reach\w*|obtain\w*|yield\w*|attain\w*|get(?:s|ting)?|report\w*|perform\w*|set(?:s|ting)?|scor(?:es?|ing|ed)|record\w*|deliver\w*|exceed\w*|demonstrat\w*|show\w*|with|result\w*|produc\w*|surpass\w*|improv\w*|maintain\w*|establish\w*|up\sto|we|our|retain\w*|outperform\w*|accuracy|push\w*|has|have|process\w*)\b"
);

/// A metric named in the text.
struct Named<'a> {
    name: &'a str,
    range: Range<usize>,
}

/// Claims of the abstract, given its decided mentions.
pub(super) fn find(reading: &Reading, spans: &[Span], main_system: Option<&str>) -> Vec<ResultClaim> {
    let text = reading.text;
    let metrics: Vec<Named> = spans
        .iter()
        .filter(|s| s.entity.kind() == Kind::Metric)
        .map(|s| Named { name: &s.name, range: s.range.clone() })
        .collect();
    if metrics.is_empty() {
        return Vec::new();
    }
    let mut claims = Vec::new();
    for sentence in reading.sentences.iter() {
        let here: Vec<&Named> = metrics.iter().filter(|m| sentence.contains(&m.range.start)).collect();
        if here.is_empty() || !ACHIEVES.is_match(&text[sentence.clone()]) {
            continue;
        }
        let mut last: Option<(&Named, usize)> = None;
        for found in VALUE.captures_iter(&text[sentence.clone()]) {
            let number = found.name("v").expect("the group is not optional");
            let value = sentence.start + number.start()..sentence.start + found.get(0).expect("a match").end();
            if !is_free_number(text, &value, spans) {
                continue;
            }
            let before = &text[sentence.start..value.start];
            let after = &text[value.end..sentence.end];
            let metric = metric_of(text, &here, &value, last);
            let Some(metric) = metric else { continue };
            let behind_metric = metric.range.start >= value.end;
            let tail = if behind_metric { &text[metric.range.end..sentence.end] } else { after };
            let gain = (GAIN_BEFORE.is_match(before)
                && !TO_VALUE.is_match(&text[metric.range.end.min(value.start)..value.start])
                || before.ends_with(" a ") && GAIN_AFTER_METRIC.is_match(tail))
                || GAIN_BEHIND.is_match(after) && !behind_metric
                || GAIN_AFTER_METRIC.is_match(tail)
                || before.trim_end().ends_with('+');
            let clause = &before[before.rfind([',', ';', '(']).map_or(0, |i| i + 1)..];
            if gain || OTHERS_BEFORE.is_match(clause) {
                continue;
            }
            last = Some((metric, value.end));
            let percent =
                found.name("p").map(|p| if p.as_str().starts_with('p') { " percent" } else { "%" }).unwrap_or_default();
            claims.push(ResultClaim {
                system: system_of(spans, &sentence, value.start).or(main_system).map(str::to_string),
                dataset: dataset_of(spans, &sentence, &value, text).map(str::to_string),
                metric: metric.name.to_string(),
                value: format!("{}{percent}", number.as_str()),
            });
        }
    }
    claims.dedup();
    claims
}

/// Not a part of a name (`COCO 2017`), a version, a multiple (`2.5x`), a size (`70B`) or a reference.
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

/// The metric whose value this is: the one right behind it, or right before it, or the one of the value before in an
/// enumeration ("2.12 and 1.73", "79.9% on LaSOT, 88.9% on TrackingNet").
fn metric_of<'m>(
    text: &str,
    metrics: &[&'m Named<'m>],
    value: &Range<usize>,
    last: Option<(&'m Named<'m>, usize)>,
) -> Option<&'m Named<'m>> {
    let behind =
        metrics.iter().find(|m| m.range.start >= value.end && TO_METRIC.is_match(&text[value.end..m.range.start]));
    if let Some(metric) = behind {
        return Some(metric);
    }
    let before =
        metrics.iter().rev().find(|m| m.range.end <= value.start && TO_VALUE.is_match(&text[m.range.end..value.start]));
    if let Some(metric) = before {
        return Some(metric);
    }
    let (metric, end) = last?;
    static ENUMERATION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:\s(?:on|for|at|in)\s[^.;]{1,50}?)?\s?(?:,|,?\sand|,?\sto|/)\s?(?:and\s|a\s|an\s|of\s|~)*$")
            .expect("a constant pattern")
    });
    (end <= value.start && ENUMERATION.is_match(&text[end..value.start])).then_some(metric)
}

fn system_of<'s>(spans: &'s [Span], sentence: &Range<usize>, at: usize) -> Option<&'s str> {
    spans
        .iter()
        .filter(|s| s.own && s.entity.kind() != Kind::Dataset && sentence.contains(&s.range.start) && s.range.end <= at)
        .map(|s| s.name.as_str())
        .next_back()
}

/// "on X" behind the value, else the nearest dataset of the sentence before it.
fn dataset_of<'s>(spans: &'s [Span], sentence: &Range<usize>, value: &Range<usize>, text: &str) -> Option<&'s str> {
    let mut datasets = spans.iter().filter(|s| s.entity.kind() == Kind::Dataset && sentence.contains(&s.range.start));
    let behind = datasets.clone().find(|s| {
        s.range.start >= value.end
            && !text[value.end..s.range.start].contains([';'])
            && text[value.end..s.range.start].len() < 60
    });
    behind.or_else(|| datasets.rfind(|s| s.range.end <= value.start)).map(|s| s.name.as_str())
}
