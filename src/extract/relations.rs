//! Decides which relation the sentence around a mention states. If in doubt, the paper only mentions the entity.
//!
//! All expressions read the text in lower case ([`ReadField::lower`]).

use std::ops::Range;
use std::sync::LazyLock;

use super::cue_words::CueRule;
use super::reading::ReadField;
use super::record::Relation;
use super::rule::{ClauseRule, NearbyRule};
use crate::vocabulary::Kind;

static TRAINS: LazyLock<NearbyRule> = LazyLock::new(|| {
    NearbyRule::new(
        r"\b(?:(?:pre-?)?train(?:ed|ing|s)?|fine-?tun(?:ed|ing|es?)|learn(?:ed|s|ing)?|distill(?:ed|ing)?)\b",
        60,
        r"\b(?:on|from|using|with|over)\b",
    )
});
static TRAINING_SET: LazyLock<ClauseRule> =
    LazyLock::new(|| ClauseRule::up_to_comma(r"\btrain(?:ing)?(?:\s(?:set|split|data))\b", 25));
static EVALUATES: LazyLock<CueRule> = LazyLock::new(|| {
    CueRule::new(
        r"\b(?:evaluat\w+|experiment\w*|benchmark\w*|results?|achiev\w+|outperform\w*|surpass\w*|test(?:s|ed|ing)?|validat\w+|state-of-the-art|sota|performance|improve\w*|accuracy|scores?|demonstrat\w+|reach\w*|obtain\w*|gains?|exceed\w*|attain\w*|yield\w*|assess\w*|verif\w+|showing|shows?)\b",
    )
});
static COMPARES: LazyLock<ClauseRule> = LazyLock::new(|| {
    ClauseRule::new(
        r"\b(?:outperform\w*|surpass\w*|exceed\w*|beat\w*|superior\sto|compar(?:ed|able|ison|es?|ing)|than|versus|vs\.?|relative\sto|over|unlike|against|match(?:es|ing)?|competitive\swith|on\spar\swith|baselines?|such\sas|state-of-the-art|including|prior|previous|existing)\b",
        90,
    )
});
static STRONG_COMPARES: LazyLock<ClauseRule> = LazyLock::new(|| {
    ClauseRule::new(
        r"\b(?:outperform\w*|surpass\w*|exceed\w*|beat\w*|superior\sto|compar(?:ed|able|ison)\s(?:to|with)|versus|vs\.?|on\spar\swith|competitive\swith|than)\b",
        90,
    )
});
static BUILDS: LazyLock<ClauseRule> = LazyLock::new(|| {
    ClauseRule::up_to_comma(
        r"\b(?:based\son|built\s(?:up)?on|builds?\s(?:up)?on|building\s(?:up)?on|extend(?:s|ing|ed)?|on\stop\sof|initiali[sz]ed\s(?:from|with)|inspired\sby|adapt(?:s|ed|ing)?|combin(?:es?|ing|ed)|integrat(?:es?|ing|ed)|incorporat(?:es?|ing|ed)|employ(?:s|ed|ing)?|leverag(?:es?|ing|ed)|adopt(?:s|ed|ing)?|us(?:e|es|ing|ed)|utili[sz](?:es?|ing|ed)|appl(?:y|ies|ied|ying)(?:\sto)?|via|with|through|by|fine-?tun(?:es?|ing|ed)|variants?\sof|into|equipped\swith|instantiat\w+)\b",
        60,
    )
});
static OWN: LazyLock<CueRule> =
    LazyLock::new(|| CueRule::new(r"\b(?:we|our|this\s(?:paper|work|article|study)|the\sproposed|proposed)\b"));
rule!(BASED, r"^-based\b");
static RUNS: LazyLock<ClauseRule> =
    LazyLock::new(|| ClauseRule::new(r"\b(?:on|with|using|across|over|of|under|by)\b", 40));

/// See [`super::cue_words`].
pub(super) fn cue_rules() -> [&'static CueRule; 9] {
    [
        &TRAINS.first,
        &TRAINS.second,
        &TRAINING_SET.cue,
        &EVALUATES,
        &COMPARES.cue,
        &STRONG_COMPARES.cue,
        &BUILDS.cue,
        &OWN,
        &RUNS.cue,
    ]
}

/// The relation of a mention of `kind` at `range`; `own` if it is one of the paper's own names.
pub(super) fn of(reading: &ReadField, range: &Range<usize>, kind: Kind, own: bool) -> Relation {
    if own {
        return Relation::Introduces;
    }
    if matches!(kind, Kind::Task | Kind::Metric | Kind::Unknown) {
        return Relation::Mentions;
    }
    let sentence = reading.lower_of(reading.sentence(range.start));
    let before = reading.lower_of(reading.before(range.start, 130));
    let after = reading.lower_of(reading.after(range.end, 60));
    let lower = &reading.lower;
    let ends_in = |rule: &ClauseRule| rule.ends(lower, before);
    let (owns, evaluates) = (|| lower.has(&OWN, sentence), || lower.has(&EVALUATES, sentence));
    match kind {
        Kind::Dataset => {
            if TRAINS.ends(lower, before, 60) || TRAINING_SET.begins(lower, after) {
                Relation::TrainsOn
            } else if evaluates() {
                Relation::EvaluatesOn
            } else {
                Relation::Mentions
            }
        }
        Kind::Hardware => {
            if ends_in(&RUNS) || owns() || evaluates() {
                Relation::RunsOn
            } else {
                Relation::Mentions
            }
        }
        Kind::Model | Kind::Method | Kind::Software => {
            if ends_in(&STRONG_COMPARES) {
                Relation::ComparesWith
            } else if owns() && (ends_in(&BUILDS) || BASED.is_match(after)) {
                Relation::BuildsOn
            } else if ends_in(&COMPARES) && evaluates() {
                Relation::ComparesWith
            } else {
                Relation::Mentions
            }
        }
        Kind::Task | Kind::Metric | Kind::Unknown => Relation::Mentions,
    }
}
