//! The metrics that a text names, in its own words.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::super::mentions::Span;
use super::super::reading::ReadField;
use crate::vocabulary::Kind;

/// A metric named in the text.
pub(super) struct NamedMetric {
    /// As the text writes it, or in its short form if the text defines one.
    pub name: String,
    pub range: Range<usize>,
}

impl NamedMetric {
    /// The linked metrics and the scores without an entry, in the order of the text.
    pub(super) fn all(reading: &ReadField, spans: &[Span]) -> Vec<Self> {
        let linked = spans.iter().filter(|span| span.entity.kind() == Kind::Metric);
        let mut all: Vec<Self> = linked.map(|span| Self::of_span(reading, spans, span)).collect();
        let scores: Vec<Self> = scores(reading.text).filter(|score| !all.iter().any(|m| m.overlaps(score))).collect();
        if !scores.is_empty() {
            all.extend(scores);
            all.sort_by_key(|metric| metric.range.start);
        }
        all
    }

    /// With the subscript behind its name: "mAP$_{50}$".
    fn of_span(reading: &ReadField, spans: &[Span], span: &Span) -> Self {
        rule!(SUBSCRIPT, r"^\$?_(?:\{(?P<braced>[\w.:]+)\}|(?P<one>\w)\b)\$?");
        let mut metric = Self { name: written(reading, spans, span), range: span.range.clone() };
        if let Some(found) = SUBSCRIPT.captures(&reading.text[span.range.end..]) {
            let below = found.name("braced").or_else(|| found.name("one"));
            metric.name.push_str(below.map_or("", |below| below.as_str()));
            metric.range.end += found.get(0).map_or(0, |whole| whole.len());
        }
        metric
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.range.start < other.range.end && other.range.start < self.range.end
    }
}

/// "a FEVER score of 75.9%": names before "score" and a number, whether they are linked or not.
fn scores(text: &str) -> impl Iterator<Item = NamedMetric> {
    rule!(SCORE, r"(?P<name>\b(?:[A-Z][\w@+.-]*|[\w@+.-]*[a-z-][A-Z][\w@+.-]*)\sscores?)\s(?:of|=|:)\s?~?\d");
    // Most texts name no score.
    static NAMED: LazyLock<memmem::Finder> = LazyLock::new(|| memmem::Finder::new(" score"));
    let text = if NAMED.find(text.as_bytes()).is_some() { text } else { "" };
    let is_name = |name: &&str| name.chars().filter(|c| c.is_uppercase() || c.is_ascii_digit()).count() > 1;
    SCORE.captures_iter(text).filter_map(move |found| {
        let name = found.name("name")?;
        is_name(&name.as_str()).then(|| NamedMetric { name: name.as_str().to_string(), range: name.range() })
    })
}

/// The name of a metric as the text writes it: its abbreviation if one is defined right here, and with the words that
/// make it a separate metric ("grasp success rate", "top-20 retrieval accuracy").
fn written(reading: &ReadField, spans: &[Span], metric: &Span) -> String {
    let range = &metric.range;
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
        name.strip_suffix('s').filter(|one| one.ends_with(char::is_uppercase) && !metric.name.ends_with('s'))
    {
        name.truncate(one.len());
    }
    if name.to_lowercase().ends_with("scores") {
        name.pop();
    }
    // "F1 score" is F1, but "Dice score" and "F-score" are names.
    rule!(HEAD_NOUN, r"(?i)(?P<end>..)[\s-](?:scores?|points|values?)$");
    let end = HEAD_NOUN.captures(&name).and_then(|found| found.name("end")).map(|end| end.end());
    if let Some(end) = end.filter(|_| !metric.name.to_lowercase().ends_with("score")) {
        name.truncate(end);
    }
    // "F$_1$" in LaTeX.
    name.retain(|c| !matches!(c, '$' | '_' | '{' | '}'));
    let dataset_before =
        spans.iter().filter(|span| span.entity.kind() == Kind::Dataset && span.range.end <= range.start);
    let from = dataset_before.map(|span| span.range.end).max().unwrap_or(0);
    let before = reading.before(range.start, 40);
    let qualifiers = qualifiers(text[from.max(range.start - before.len())..range.start].trim_end_matches('$'));
    if qualifiers.is_empty() { name } else { format!("{} {name}", qualifiers.join(" ")) }
}

/// The words before a metric that belong to its name, behind an article or a value: "grasp" in "a grasp success rate",
/// "weighted average" in "0.55 weighted average F1".
fn qualifiers(before: &str) -> Vec<&str> {
    rule!(
        BEHIND_ARTICLE,
        r"\b(?:[Aa]n?|the|[Aa]verage|[Oo]verall|mean)\s(?:average\s|mean\s)?((?:[a-z]+(?:-[a-z0-9]+)*\s){1,2})$"
    );
    rule!(BEHIND_VALUE, r"(?:\d\.\d+|\d\s?\\?%)\s((?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\s){1,3})$");
    let Some(found) = BEHIND_ARTICLE.captures(before).or_else(|| BEHIND_VALUE.captures(before)) else {
        return Vec::new();
    };
    let words = found.get(1).map_or("", |words| words.as_str()).split_whitespace();
    let words: Vec<&str> = words.skip_while(|word| has_word(NO_PART, word)).collect();
    if words.iter().all(|word| is_qualifier(word)) { words } else { Vec::new() }
}

/// Words and units before the name of a metric that are no part of it, but say how good or how sure its value is.
const NO_PART: &str = "new high higher best better lower low state-of-the-art superior impressive competitive remarkable notable \
    zero-shot final average mean test validation inference strong total good absolute relative maximum record \
    similar comparable significant promising relatively very only highest lowest winning respectable decent \
    reasonable excellent outstanding exceptional near-perfect dB ms mm cm m s Hz GB MB";

/// Whether a word before a metric can belong to its name. The others lead to something else, or say that the value is a
/// gain.
pub(super) fn is_qualifier(word: &str) -> bool {
    const NO_QUALIFIER: &str = "of on in for and or the a an to with from by at as than over under per is are was were while but \
        using reduction drop boost decrease higher lower better worse more less fewer faster slower \
        greater additional extra further relative original same point points percent percentage million \
        billion";
    const VERBS: [&str; 8] = ["achiev", "attain", "gain", "increas", "improv", "obtain", "reach", "yield"];
    !has_word(NO_QUALIFIER, word) && !VERBS.iter().any(|verb| word.starts_with(verb))
}

fn has_word(words: &str, word: &str) -> bool {
    words.split(' ').any(|one| one == word)
}
