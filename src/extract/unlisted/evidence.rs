//! Finds the kind that the words around a name state.

use std::ops::Range;

use super::super::contributions::kind_by_suffix;
use super::names::{NameForm, NameSpan};
use crate::vocabulary::Kind;

/// One statement of the text about a name: the kind, and the weight of the evidence. 1 is proof.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct KindVote {
    pub kind: Kind,
    pub weight: f32,
}

/// Proves the kind.
const CERTAIN: f32 = 1.0;
/// Two of these prove it.
const LIKELY: f32 = 0.5;
/// Supports another.
const HINT: f32 = 0.25;

/// The evidence of one text for the units of one list ("COCO, FooDet and BarSeg"), for each of them. `within` is the
/// sentence.
pub(super) fn votes(text: &str, within: &Range<usize>, list: &[NameSpan]) -> Vec<Vec<KindVote>> {
    let mut all: Vec<Vec<KindVote>> = vec![Vec::new(); list.len()];
    let (Some(first), Some(last)) = (list.first(), list.last()) else { return all };
    if list.iter().all(NameSpan::is_linked) {
        return all;
    }
    let before = &text[within.start.min(first.range.start)..first.range.start];
    let several = list.len() > 1;

    // Evidence about the whole list.
    let mut common: Vec<KindVote> = announced(before).into_iter().chain(purpose(before)).collect();
    // "trained on FooSet, …"; acronyms in capitals name tasks, too.
    let is_alone =
        first.form == NameForm::Shaped && ends_phrase(&text[first.range.end..within.end.max(first.range.end)]);
    let in_capitals = !text[first.range.clone()].contains(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let with_others = list.iter().any(|unit| matches!(unit.form, NameForm::Linked(kind) if kind != Kind::Dataset));
    if is_alone && !in_capitals && !with_others && is_read_from(before) {
        common.push(KindVote { kind: Kind::Dataset, weight: LIKELY });
    }
    let behind_last = behind(&text[last.range.end..within.end.max(last.range.end)]);
    if several && let Some(noun) = behind_last.noun {
        let weight = if noun.plural { noun.weight } else { noun.weight / 2.0 };
        common.push(KindVote { kind: noun.kind, weight });
    }
    for (unit, votes) in list.iter().zip(&mut all) {
        if unit.is_linked() {
            continue;
        }
        votes.extend(common.iter().copied());
        let after = &text[unit.range.end..within.end.max(unit.range.end)];
        let behind = behind(after);
        if let Some(noun) = behind.noun {
            let loose = noun.loose && unit.form != NameForm::Shaped;
            votes.push(KindVote { kind: noun.kind, weight: if loose { noun.weight / 2.0 } else { noun.weight } });
        }
        let name = &text[unit.range.clone()];
        if let Some(kind) = kind_by_suffix(name).or_else(|| kind_by_last_word(name)) {
            // "QUX Zork Collection" states the kind as clearly as the words of plain capitals.
            let of_its_noun = !name.ends_with("Challenge")
                && !after.starts_with(" of ")
                && unit.range.start > within.start
                && kind_by_last_word(name).is_some();
            let headed = unit.form == NameForm::Capitalised || name.ends_with("Bench") || of_its_noun;
            votes.push(KindVote { kind, weight: if headed { CERTAIN } else { LIKELY } });
        }
        // Authors cite what others made; cited names in a list of data, or after "on", are data.
        if behind.cited
            && let Some(vote) = votes.first().copied()
        {
            votes.push(KindVote { kind: vote.kind, weight: HINT });
        }
    }
    // A name in a list with known names has their kind, if they agree.
    let mut known = list.iter().filter_map(|unit| match unit.form {
        NameForm::Linked(kind) => Some(kind),
        _ => None,
    });
    if let Some(kind) = known.next()
        && known.all(|other| other == kind)
        && !matches!(kind, Kind::Task | Kind::Metric)
    {
        for (unit, votes) in list.iter().zip(&mut all).filter(|(unit, _)| !unit.is_linked()) {
            let weight = match (kind, unit.form) {
                (Kind::Dataset, NameForm::Shaped) => CERTAIN,
                (Kind::Dataset, _) => LIKELY,
                (_, NameForm::Shaped) => LIKELY,
                _ => HINT,
            };
            votes.push(KindVote { kind, weight });
        }
    }
    all
}

/// Where a citation that begins at the start of `text` ends: "[12]", "(Foo et al., 2019)", "[3, 7-9]".
pub(super) fn citation(text: &str) -> Option<usize> {
    let start = text.len() - text.trim_start_matches([' ', '~']).len();
    let inside = |open: char, close: char| {
        let body = text[start..].strip_prefix(open)?;
        let length = body.find(close).filter(|length| *length <= 160)?;
        Some((&body[..length], start + 1 + length + 1))
    };
    if let Some((body, end)) = inside('[', ']') {
        let numbers = body.bytes().all(|b| b.is_ascii_digit() || matches!(b, b' ' | b',' | b'-' | b';'));
        let key = body.len() <= 12 && body.bytes().any(|b| b.is_ascii_digit());
        return (numbers || key || has_year(body)).then_some(end);
    }
    let (body, end) = inside('(', ')')?;
    (has_year(body) && body.contains([',', ' ']) || body.contains("et al")).then_some(end)
}

/// `2019`, even if a converter has separated its digits.
fn has_year(text: &str) -> bool {
    let mut digits = String::new();
    for c in text.chars().filter(|c| *c != ' ').chain([' ']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20")) {
            return true;
        }
        digits.clear();
    }
    false
}

/// Whether the text between two units makes them items of one list, apart from citations.
pub(super) fn joins_list(between: &str) -> bool {
    let rest = citation(between).map_or(between, |end| &between[end..]);
    // "Foo (F), Bar (B)": a short form after the name.
    let rest = rest
        .trim_start()
        .strip_prefix('(')
        .and_then(|r| r.split_once(')'))
        .filter(|(inside, _)| inside.len() <= 12)
        .map_or(rest, |(_, r)| r);
    matches!(
        rest.trim(),
        "," | "and" | ", and" | "or" | ", or" | "/" | "&" | ";" | "; and" | ", the" | "and the" | ", and the"
    ) && rest.len() <= 12
}

struct WordsBehind {
    cited: bool,
    noun: Option<KindNoun>,
}

struct KindNoun {
    kind: Kind,
    weight: f32,
    plural: bool,
    /// The word has other meanings, so it is weaker evidence for a name that may not be one.
    loose: bool,
}

/// The text after a name: a citation, and the noun that the name qualifies ("FooBench [3] image classification
/// benchmark"), or a description (", a large dataset of").
fn behind(after: &str) -> WordsBehind {
    let cited = citation(after);
    let rest = cited.map_or(after, |end| &after[end..]);
    let noun = qualified_noun(rest).or_else(|| apposition(rest));
    WordsBehind { cited: cited.is_some(), noun }
}

fn qualified_noun(rest: &str) -> Option<KindNoun> {
    // "Foo (F) dataset"
    let rest = rest.trim_start();
    let rest = rest.strip_prefix(['"', '”', '\'', ')']).unwrap_or(rest);
    let rest = match rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
        Some((inside, behind)) if inside.len() <= 12 && !inside.contains(' ') => behind,
        _ => rest,
    };
    let mut words = words_of(rest);
    let first = words.next()?;
    let second = words.next();
    if let Some(noun) = noun(first, second) {
        return Some(noun);
    }
    // One or two plain words between: "image classification".
    if !is_plain(first) {
        return None;
    }
    let third = words.next();
    let second = second?;
    let strong = |word: &str, next: Option<&str>| noun(word, next).filter(|n| n.kind == Kind::Dataset && !n.loose);
    strong(second, third).or_else(|| strong(third.filter(|_| is_plain(second))?, words.next()))
}

/// "is a new dataset", ", a corpus of", "(a benchmark for": the noun in a description.
fn apposition(rest: &str) -> Option<KindNoun> {
    let rest = rest.trim_start();
    let said = ["is ", ", ", ": ", "(", "– ", "— ", "was ", "contains ", "consists "];
    let lead = said.iter().find_map(|lead| rest.strip_prefix(lead))?;
    let lead =
        ["a ", "an ", "the ", "one of the ", "another "].iter().find_map(|article| lead.strip_prefix(article))?;
    let mut words = words_of(lead).peekable();
    for _ in 0..6 {
        let word = words.next()?;
        if let Some(noun) = noun(word, words.peek().copied()).filter(|n| !n.loose) {
            return Some(noun);
        }
        if !(is_plain(word) || word.starts_with(char::is_uppercase) && !word.contains('.')) {
            return None;
        }
    }
    None
}

/// The words up to the first that ends a phrase.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let mut ended = false;
    text.split(' ').filter(|word| !word.is_empty()).map_while(move |word| {
        if ended {
            return None;
        }
        let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        ended = bare.len() < word.len();
        (!bare.is_empty() && bare.bytes().all(|b| b != b',' && b != b'(' && b != b')')).then_some(bare)
    })
}

/// A word that can come between a name and its noun.
fn is_plain(word: &str) -> bool {
    const FUNCTION: [&str; 58] = [
        "all", "also", "and", "are", "as", "at", "both", "but", "by", "can", "contains", "dataset", "datasets", "do",
        "does", "each", "for", "from", "had", "has", "have", "how", "in", "into", "is", "it", "its", "may", "model",
        "not", "of", "on", "or", "our", "over", "show", "shows", "than", "that", "the", "their", "then", "these",
        "this", "to", "under", "using", "via", "was", "we", "were", "when", "where", "which", "while", "who", "will",
        "with",
    ];
    word.len() > 1
        && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b.is_ascii_digit())
        && FUNCTION.binary_search(&word).is_err()
}

/// The kind that a noun states for the name before it. `next` is the word after the noun, for "data set".
fn noun(word: &str, next: Option<&str>) -> Option<KindNoun> {
    let lower = if word.bytes().any(|b| b.is_ascii_uppercase()) { word.to_ascii_lowercase() } else { word.to_string() };
    if word.starts_with(char::is_uppercase) && word.len() > 4 && !lower.starts_with("data") {
        return None;
    }
    let plural = lower.ends_with('s') || lower == "corpora" || lower == "data";
    let singular = lower.strip_suffix('s').filter(|s| !s.ends_with('s')).unwrap_or(&lower);
    let say = |kind, weight, loose| Some(KindNoun { kind, weight, plural, loose });
    if matches!(singular, "data" | "test" | "training" | "train" | "validation" | "dev" | "development" | "evaluation")
        && let Some(next) = next
    {
        let set = next.strip_suffix('s').unwrap_or(next).to_ascii_lowercase();
        let set_follows = matches!(set.as_str(), "set" | "split" | "subset" | "partition" | "fold");
        if set_follows {
            return Some(KindNoun {
                kind: Kind::Dataset,
                weight: CERTAIN,
                plural: next.ends_with('s'),
                loose: singular != "data",
            });
        }
        if next == "data" || next == "images" {
            return Some(KindNoun { kind: Kind::Dataset, weight: LIKELY, plural: true, loose: true });
        }
        if singular != "data" {
            return None;
        }
    }
    match singular {
        "dataset" | "data-set" | "corpu" | "corpora" | "benchmark" | "database" | "testset" | "treebank"
        | "testbed" => {
            // "dataset distillation" is a method.
            let other = next.is_some_and(|next| matches!(next, "distillation" | "condensation" | "pruning" | "search"));
            (!other).then_some(KindNoun { kind: Kind::Dataset, weight: CERTAIN, plural, loose: false })
        }
        "collection" | "challenge" | "leaderboard" => say(Kind::Dataset, CERTAIN, true),
        "data" | "test" | "set" | "track" | "repository" => say(Kind::Dataset, LIKELY, true),
        // A part of a dataset has its own name only if there is other evidence.
        "split" | "subset" => say(Kind::Dataset, HINT, true),
        "simulator" | "toolkit" | "library" | "libraries" | "compiler" | "package" | "software" => {
            say(Kind::Software, CERTAIN, false)
        }
        "framework" | "platform" | "engine" | "tool" | "toolbox" => say(Kind::Software, LIKELY, true),
        "gpu" | "tpu" | "fpga" | "npu" | "soc" | "microcontroller" => say(Kind::Hardware, CERTAIN, false),
        "chip" | "processor" | "accelerator" | "cpu" => say(Kind::Hardware, LIKELY, true),
        "metric" => say(Kind::Metric, CERTAIN, false),
        "model" | "network" | "architecture" | "backbone" | "encoder" | "decoder" | "llm" | "detector" | "tagger"
        | "parser" | "classifier" => say(Kind::Model, CERTAIN, true),
        "algorithm" | "method" | "optimizer" | "approach" | "approache" | "loss" | "technique" | "baseline"
        | "system" | "module" | "layer" => say(Kind::Method, CERTAIN, true),
        _ => None,
    }
}

/// Nouns, plural or singular, that announce the names after them.
fn announcing(word: &str) -> Option<Kind> {
    noun(word, None).filter(|noun| noun.weight >= CERTAIN).map(|noun| noun.kind)
}

/// "datasets such as", "two benchmarks:", "corpora (", "the dataset", "the following datasets: A, B and": the
/// announcement directly before a name.
fn announced(before: &str) -> Option<KindVote> {
    let mut rest = before.trim_end();
    let spaced = rest.len() < before.len();
    let mut opened = false;
    // "datasets: the A", "benchmarks, the A and the B".
    if let Some(shorter) = rest.strip_suffix(" the").filter(|shorter| shorter.ends_with([':', ',', '(', '—', '–']))
    {
        rest = shorter;
    }
    // "two popular datasets, A and B"; not "the FooSet dataset, BarNet".
    if let Some(shorter) = rest.strip_suffix(',') {
        rule!(COUNTED, r"(?i)\b(?:two|three|four|five|six|seven|several|various|\d{1,2})\s(?:[\w-]+\s){0,4}?[\w-]+$");
        let from = shorter.char_indices().rev().nth(70).map_or(0, |(at, _)| at);
        if COUNTED.is_match(&shorter[from..]) {
            opened = true;
            rest = shorter;
        }
    }
    for cue in [
        "such as",
        "including",
        "like",
        "namely",
        "except",
        "except for",
        "e.g.",
        "e.g.,",
        "i.e.",
        "i.e.,",
        "called",
        "named",
        "are",
        "include",
        "is",
    ] {
        if let Some(shorter) = rest.strip_suffix(cue).filter(|s| s.ends_with([' ', '(', ','])) {
            // "the dataset is A" is weaker than a list.
            opened = !matches!(cue, "is" | "are")
                || shorter.trim_end().ends_with("datasets")
                || shorter.trim_end().ends_with("benchmarks");
            if !opened {
                return None;
            }
            rest = shorter.trim_end();
            break;
        }
    }
    // "the FooSet dataset, BarNet": the word after the comma does not belong to it.
    if !opened && rest.ends_with(',') {
        return None;
    }
    for sign in [':', '(', ',', '—', '–'] {
        if let Some(shorter) = rest.strip_suffix(sign) {
            opened = true;
            rest = shorter.trim_end();
        }
    }
    let rest = cut_citation(rest);
    // "a test collection; Doe and Roe found": the next clause begins.
    if rest.ends_with([';', '.']) {
        return None;
    }
    let word = rest.rsplit([' ', '(', '-']).next().unwrap_or_default();
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    if let Some(kind) = announcing(word).or_else(|| data_sets(rest)) {
        let plural = word.ends_with('s') || word == "corpora";
        if opened || (spaced && !plural) {
            return Some(KindVote { kind, weight: if kind == Kind::Dataset { CERTAIN } else { LIKELY } });
        }
    }
    // "three datasets for X: A", "benchmarks in this field, including A"
    if opened {
        let clause = &rest[rest.rfind(['.', ';', ':', ',']).map_or(0, |at| at + 1)..];
        let last = clause.split(' ').filter_map(|w| {
            announcing(w.trim_matches(|c: char| !c.is_alphanumeric())).filter(|_| w.ends_with('s') || w == "corpora")
        });
        let mut nearest_first = last.rev();
        return nearest_first
            .next()
            .filter(|kind| *kind == Kind::Dataset)
            .map(|kind| KindVote { kind, weight: LIKELY });
    }
    None
}

fn cut_citation(text: &str) -> &str {
    let text = text.trim_end();
    let open = match text.chars().next_back() {
        Some(']') => text.rfind('['),
        Some(')') => text.rfind('('),
        _ => return text,
    };
    match open {
        Some(at) if citation(&text[at..]).is_some() => text[..at].trim_end(),
        _ => text,
    }
}

fn data_sets(text: &str) -> Option<Kind> {
    let sets = text.strip_suffix("sets").or_else(|| text.strip_suffix("set"))?;
    let sets = sets.trim_end_matches([' ', '-']);
    (sets.ends_with("data") || sets.ends_with("test") || sets.ends_with("training")).then_some(Kind::Dataset)
}

/// "evaluated on", "accuracy on the", "images from", "outperforms": what the paper does with the next name.
fn purpose(before: &str) -> Option<KindVote> {
    let rest = before.strip_suffix(' ')?;
    let rest = rest.strip_suffix(" the").unwrap_or(rest);
    let mut words = rest.rsplit(' ');
    let preposition = words.next()?;
    let near: Vec<&str> = words.take(9).map(|w| w.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let any = |stems: &[&str]| {
        near.iter().any(|word| {
            stems.iter().any(|stem| {
                word.len() >= stem.len()
                    && word.is_char_boundary(stem.len())
                    && word[..stem.len()].eq_ignore_ascii_case(stem)
            })
        })
    };
    match preposition {
        "on" | "over" | "across" => any(&[
            "evaluat",
            "experiment",
            "test",
            "benchmark",
            "result",
            "performance",
            "state-of-the-art",
            "sota",
            "score",
            "achiev",
            "improve",
            "accurac",
            "gain",
            "train",
            "pretrain",
            "pre-train",
            "fine-tun",
            "finetun",
            "validat",
            "report",
            "outperform",
            "compar",
            "ablation",
            "map",
            "auc",
            "f1",
            "bleu",
            "error",
            "miou",
        ])
        .then_some(KindVote { kind: Kind::Dataset, weight: LIKELY }),
        "from" | "of" | "in" => near
            .first()
            .is_some_and(|word| {
                matches!(
                    *word,
                    "images"
                        | "videos"
                        | "samples"
                        | "examples"
                        | "subset"
                        | "split"
                        | "sentences"
                        | "questions"
                        | "annotations"
                        | "version"
                        | "portion"
                        | "part"
                        | "documents"
                        | "utterances"
                        | "set"
                        | "clips"
                )
            })
            .then_some(KindVote { kind: Kind::Dataset, weight: LIKELY }),
        _ => {
            let verb = preposition.trim_end_matches(',');
            let compared = matches!(
                verb,
                "outperforms" | "outperform" | "outperforming" | "surpasses" | "surpassing" | "surpass" | "than"
            ) || matches!(verb, "with" | "to" | "against")
                && near.first().is_some_and(|word| word.starts_with("compar"));
            compared.then_some(KindVote { kind: Kind::Method, weight: LIKELY })
        }
    }
}

/// "pretrained on", "results on the": whether what follows at once is data that a system reads.
pub(in crate::extract) fn is_read_from(before: &str) -> bool {
    rule!(
        READ,
        r"(?ix)\b(?:(?:pre-?|fine-?|re-?)?(?:train(?:ed|ing|s)?|tun(?:ed|ing|es?))|evaluat\w+|test(?:ed|ing|s)?|validated|experiment\w*
          |results?|performances?|accurac(?:y|ies))\son\s$"
    );
    // Few names are behind "on", and the rule reads from the front.
    let rest = before.strip_suffix("the ").unwrap_or(before);
    let from = rest.char_indices().rev().nth(24).map_or(0, |(at, _)| at);
    rest.ends_with(" on ") && READ.is_match(&rest[from..])
}

/// Whether the words behind a name leave it alone: no noun follows that it would only qualify.
fn ends_phrase(after: &str) -> bool {
    rule!(
        ENDS,
        r"^\s?(?:$|[.,;:)(\[]|(?:and|or|for|with|in|to|using|by|as|is|are|we|while|but|which|that|achieves?|shows?|gives?)\b)"
    );
    ENDS.is_match(after)
}

/// "Foo Reading Corpus", "Grand Quux Benchmark": the name states the kind.
fn kind_by_last_word(name: &str) -> Option<Kind> {
    let (_, last) = name.rsplit_once(' ')?;
    matches!(
        last,
        "Corpus"
            | "Treebank"
            | "Dataset"
            | "Benchmark"
            | "Database"
            | "Challenge"
            | "Collection"
            | "Corpora"
            | "Datasets"
    )
    .then_some(Kind::Dataset)
}

/// The kind that the last noun of a long form states.
pub(super) fn of_long_form(long: &str) -> Option<Kind> {
    let last = long.trim().rsplit([' ', '-']).next()?.to_ascii_lowercase();
    noun(&last, None).filter(|noun| noun.weight >= CERTAIN).map(|noun| noun.kind)
}
