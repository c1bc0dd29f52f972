//! Turns candidate spans into mentions: decides which entity is meant, how sure that is, and which of overlapping spans
//! is kept.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::contributions::CoinedName;
use super::reading::ReadField;
use super::record::Field;
use super::rule::{Rule, rule};
use super::unlisted::is_read_from;
use crate::matcher::Matcher;
use crate::paper::PartialDate;
use crate::text::{fold_name, folded_name};
use crate::vocabulary::{Entity, EntityId, Kind, Vocabulary, squeeze};

/// A decided span.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub entity: EntityId,
    pub name: String,
    /// Byte range in the field.
    pub range: Range<usize>,
    pub confidence: f32,
    pub own: bool,
    pub variant: Option<String>,
}

/// One of the paper's own names and the entity it became.
pub(super) struct OwnName<'c> {
    pub coined: &'c CoinedName,
    /// The vocabulary's name if it has the entity, else the paper's.
    pub name: &'c str,
    pub entity: EntityId,
    /// The folded spellings to search for, each with whether only the paper's own capitalisation counts.
    patterns: Vec<(String, bool)>,
    /// All its names, squeezed.
    pub squeezed: Vec<String>,
}

impl<'c> OwnName<'c> {
    pub(super) fn new(coined: &'c CoinedName, name: &'c str, entity: EntityId) -> Self {
        let mut patterns: Vec<(String, bool)> = Vec::new();
        let names = || coined.surfaces.iter().chain([&coined.name]);
        for surface in names() {
            // An ordinary word counts only in the paper's spelling of its name.
            let exact = !surface.contains(' ')
                && !surface.chars().skip(1).any(|c| c.is_uppercase() || c.is_ascii_digit())
                || surface.chars().count() <= 4;
            for pattern in [fold_name(surface), squeeze(surface)] {
                if pattern.len() >= 2 && !patterns.iter().any(|(p, _)| *p == pattern) {
                    patterns.push((pattern, exact));
                }
            }
        }
        let squeezed = names().map(|name| squeeze(name)).collect();
        Self { coined, name, entity, patterns, squeezed }
    }

    /// Whether a name begins with this byte.
    fn has_name_with(&self, first: u8) -> bool {
        self.squeezed.iter().any(|name| name.as_bytes().first() == Some(&first))
    }

    fn has_name(&self, squeezed: &str) -> bool {
        self.squeezed.iter().any(|name| name == squeezed)
    }
}

/// What is known about the whole paper before its spans are decided.
pub(super) struct PaperEvidence<'e> {
    vocabulary: &'e Vocabulary,
    /// Entities that have an unambiguous name in this paper, sorted.
    certain: Vec<u32>,
    /// Folded short forms that the paper defines, each with the entities that have the long form as a name (none if it
    /// means something else).
    defined: HashMap<String, HashSet<u32>>,
    /// The long form of each of them, folded.
    long_forms: HashMap<String, String>,
    /// All texts, folded, for context words.
    words: Vec<u8>,
    /// Whether the texts have a context word, for those that were looked up.
    has: RefCell<HashMap<&'e str, bool>>,
    /// When the paper was published.
    year: Option<u16>,
    /// Folded weak names and the entities that they mean in this paper, according to some sentence of it.
    shown: HashSet<(String, EntityId)>,
}

impl<'e> PaperEvidence<'e> {
    pub(super) fn gather(
        readings: &[&ReadField],
        matcher: &Matcher,
        vocabulary: &'e Vocabulary,
        published: Option<PartialDate>,
    ) -> Self {
        let mut certain = Vec::new();
        let mut defined: HashMap<String, HashSet<u32>> = HashMap::new();
        let mut long_forms = HashMap::new();
        let mut words = vec![b' '];
        for reading in readings {
            for candidate in &reading.candidates {
                let name = matcher.name(candidate.name);
                if !name.weak {
                    certain.push(name.entity);
                }
            }
            words.extend_from_slice(reading.folded.bytes());
            words.push(b' ');
        }
        for reading in readings {
            for abbreviation in &reading.abbreviations {
                let short = singular(&reading.text[abbreviation.short.clone()]);
                let long = &abbreviation.long;
                let meant = reading
                    .candidates
                    .iter()
                    .filter(|c| c.end == long.end && c.start >= long.start && c.end > long.start)
                    .filter(|c| covers(c.range(), long, reading.text))
                    .map(|c| matcher.name(c.name).entity);
                long_forms.entry(short.clone()).or_insert_with(|| fold_name(&reading.text[long.clone()]));
                defined.entry(short).or_default().extend(meant);
            }
        }
        certain.sort_unstable();
        certain.dedup();
        let year = published.map(PartialDate::year);
        Self { vocabulary, certain, defined, long_forms, words, has: RefCell::default(), year, shown: HashSet::new() }
    }

    /// Records what weak names mean where a sentence shows it: they mean the same in the whole paper. Returns whether
    /// that can change a decision.
    pub(super) fn take_over(&mut self, decided: &[(&ReadField, Vec<Span>)]) -> bool {
        for (reading, spans) in decided {
            for span in spans.iter().filter(|span| !span.own && SHOWN.contains(&span.confidence)) {
                let surface = &reading.text[span.range.clone()];
                if surface.contains(|c: char| c.is_uppercase() || c.is_ascii_digit()) {
                    self.shown.insert((singular(surface), span.entity.clone()));
                }
            }
        }
        !self.shown.is_empty()
    }

    /// Whether any text has the context word.
    fn has(&self, word: &'e str) -> bool {
        *self.has.borrow_mut().entry(word).or_insert_with(|| has_word(&self.words, word))
    }

    /// The entity that a squeezed name means without further evidence.
    fn named(&self, squeezed: &str) -> Option<&'e Entity> {
        self.vocabulary.meant_by(squeezed)
    }

    /// Whether the paper is older than the entity. A preprint from the year before is not counted as older.
    fn is_before(&self, entity: &Entity) -> bool {
        matches!((self.year, entity.year), (Some(paper), Some(entity)) if paper + 1 < entity)
    }

    /// 0 to 1, or `None` if the span cannot mean the entity.
    fn judge(&self, reading: &ReadField, range: &Range<usize>, entity: u32, weak: bool, rivals: bool) -> Option<f32> {
        let vocabulary: &'e Vocabulary = self.vocabulary;
        let e = &vocabulary.entities()[entity as usize];
        if self.is_before(e) {
            return None;
        }
        if reading.sentence_has(range.start, e.forbid.iter()) {
            return None;
        }
        let certain = || if rivals { 0.7 } else { 0.97 };
        if self.defined.is_empty() && !weak {
            return Some(certain());
        }
        let surface = singular(&reading.text[range.clone()]);
        let surface = surface.as_str();
        // A definition in the text decides, for or against.
        if let Some(meant) = self.defined.get(surface) {
            let spelled = || self.long_forms.get(surface).is_some_and(|long| shares_words(e, long));
            return if meant.contains(&entity) {
                Some(0.98)
            } else if meant.is_empty() && spelled() {
                Some(0.9)
            } else if weak || surface.len() <= 5 {
                None
            } else {
                Some(DEFINED_OTHERWISE)
            };
        }
        if !weak {
            return Some(certain());
        }
        if self.certain.binary_search(&entity).is_ok() {
            return Some(0.93);
        }
        let context = || e.context.iter().filter(|w| !folds_to(w, surface));
        if reading.sentence_has(range.start, context()) {
            return Some(0.85);
        }
        if head_word_beside(reading, range, e.kind()) || is_data_in_use(reading, range, e.kind()) {
            return Some(0.8);
        }
        if !self.shown.is_empty() && self.shown.contains(&(surface.to_string(), e.id.clone())) {
            return Some(SHOWN_ELSEWHERE);
        }
        if context().any(|w| self.has(w)) {
            let named = reading.text[range.clone()].contains(|c: char| c.is_uppercase() || c.is_ascii_digit());
            return Some(if named || memmem::find_iter(&self.words, surface).nth(1).is_some() {
                SPOKEN_OF
            } else {
                WORD_USED_ONCE
            });
        }
        None
    }
}

/// A name that the text defines with words that are not the entity's: usually another spelling. 9 of 10 were right.
const DEFINED_OTHERWISE: f32 = 0.77;
/// A weak name for which only another sentence of the paper has a context word, if it is written like a name or more than
/// once. 83 of 92 were right in one reading, 21 of 25 in another.
const SPOKEN_OF: f32 = 0.78;
/// The same for a word in lower case that the paper has only once. 18 of 28 were right.
const WORD_USED_ONCE: f32 = 0.64;
/// A weak name that another sentence of the paper explains. A guess: too few were judged.
const SHOWN_ELSEWHERE: f32 = 0.79;
/// A name that the paper introduces in several ways, and whose kind the text states: 122 of 124 were right in the last two
/// samples, 347 of 359 before.
const OWN_BY_SEVERAL_CUES: f32 = 0.96;
/// The same if only one phrase introduces it: 119 of 131, and 410 of 440 before.
const OWN: f32 = 0.9;
/// The same if nothing states the kind: 45 of 47, and 46 of 53 in four samples before.
const OWN_OF_UNKNOWN_KIND: f32 = 0.9;
/// The same if the kind is guessed from the long form, an activity: 9 of 11.
const OWN_OF_GUESSED_KIND: f32 = 0.8;
/// The same for several words that have neither the shape nor the short form of a name. A guess: too few were judged.
const OWN_PHRASE: f32 = 0.6;

/// The confidence of a weak name that its own sentence explains.
const SHOWN: std::ops::RangeInclusive<f32> = 0.8..=0.9;

/// Whether the folded form of a name is `folded`.
fn folds_to(name: &str, folded: &str) -> bool {
    // A small letter at the beginning is the same in the folded form, and mostly tells two words apart.
    let differs =
        name.bytes().next().is_some_and(|first| first.is_ascii_lowercase() && !folded.as_bytes().starts_with(&[first]));
    !differs && folded_name(name) == folded
}

/// Folded, without a plural ending.
fn singular(surface: &str) -> String {
    let mut folded = fold_name(surface);
    if folded.len() > 2 && folded.ends_with('s') {
        folded.pop();
    }
    folded
}

/// Whether a long form shares half of its words with some name of the entity: another spelling of it.
fn shares_words(entity: &Entity, long: &str) -> bool {
    let words: Vec<&str> = long.split(' ').collect();
    entity.names().any(|name| {
        let name = fold_name(name);
        if replaces_a_word(&words, &name) {
            return false;
        }
        let common = words
            .iter()
            .filter(|w| {
                name.split(' ').any(|n| n == **w || n.strip_suffix('s') == Some(**w) || w.strip_suffix('s') == Some(n))
            })
            .count();
        common >= 2 && common * 2 >= words.len()
    })
}

/// Whether two terms of equally many words differ in a word: "instructional quality assessment" and "image quality
/// assessment" are two things. Forms of one word ("regressor", "regression") and general nouns are no difference.
fn replaces_a_word(words: &[&str], name: &str) -> bool {
    let is_general = |word: &str| {
        matches!(word, "challenge" | "corpus" | "dataset" | "service" | "services" | "system" | "systems" | "task")
    };
    let same_beginning = |a: &str, b: &str| a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count() >= 3;
    name.split(' ').count() == words.len()
        && name.split(' ').zip(words).any(|(a, b)| !(a == *b || same_beginning(a, b) || is_general(a) && is_general(b)))
}

/// Whether the folded text contains `word` as a word, plural endings included.
pub(super) fn has_word(folded: &[u8], word: &str) -> bool {
    let word = folded_name(word);
    if word.is_empty() {
        return false;
    }
    memmem::find_iter(folded, word.as_bytes()).any(|i| {
        let begins = i == 0 || !folded[i - 1].is_ascii_alphanumeric();
        begins && crate::matcher::word_end(folded, i + word.len()).is_some()
    })
}

/// Whether a candidate is the whole long form of an abbreviation, apart from descriptive words ("the popular").
fn covers(candidate: Range<usize>, long: &Range<usize>, text: &str) -> bool {
    let extra = &text[long.start..candidate.start.max(long.start)];
    extra.split_whitespace().count() <= 1
}

/// "on the X dataset", "X GPUs", "the X simulator": the noun beside a name states its kind.
pub(super) fn head_word_beside(reading: &ReadField, range: &Range<usize>, kind: Kind) -> bool {
    let after = reading.after(range.end, 40);
    let next = after
        .trim_start_matches([' ', '-', '('])
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let next = next.strip_suffix('s').unwrap_or(&next);
    let before = reading.before(range.start, 24).to_lowercase();
    match kind {
        Kind::Dataset => {
            matches!(
                next,
                "dataset"
                    | "benchmark"
                    | "corpus"
                    | "corpora"
                    | "challenge"
                    | "testbed"
                    | "collection"
                    | "treebank"
                    | "leaderboard"
                    | "environment"
                    | "split"
                    | "database"
                    | "testset"
            ) || ["data set", "data-set", "test set", "training set", "validation set", "dev set", "train set"]
                .iter()
                .any(|set| after.trim_start_matches([' ', '-']).starts_with(set))
                || before.trim_end().ends_with("dataset")
                || before.trim_end().ends_with("benchmark")
                || before.trim_end().ends_with("corpus")
        }
        Kind::Model => matches!(
            next,
            "model"
                | "network"
                | "architecture"
                | "backbone"
                | "encoder"
                | "decoder"
                | "transformer"
                | "llm"
                | "baseline"
                | "family"
                | "detector"
                | "checkpoint"
                | "agent"
        ),
        Kind::Method => matches!(
            next,
            "algorithm"
                | "method"
                | "optimizer"
                | "loss"
                | "training"
                | "optimization"
                | "technique"
                | "framework"
                | "approach"
                | "scheme"
                | "regularization"
                | "update"
                | "sampling"
                | "objective"
                | "module"
                | "attention"
                | "layer"
        ),
        Kind::Hardware => matches!(
            next,
            "gpu"
                | "gpus"
                | "fpga"
                | "board"
                | "card"
                | "chip"
                | "soc"
                | "processor"
                | "cpu"
                | "accelerator"
                | "device"
                | "cluster"
                | "microcontroller"
                | "robot"
                | "server"
                | "node"
        ),
        Kind::Software => matches!(
            next,
            "simulator"
                | "library"
                | "framework"
                | "toolkit"
                | "platform"
                | "engine"
                | "compiler"
                | "package"
                | "software"
                | "environment"
                | "system"
                | "backend"
                | "runtime"
        ),
        Kind::Metric => {
            // "accuracy of 0.8", not "the sensitivity of methods".
            let measured = || {
                let rest = after.trim_start().strip_prefix("of ").unwrap_or_default();
                rest.split(' ').take(3).any(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            };
            matches!(next, "score" | "metric" | "value" | "gain" | "improvement")
                || next == "of" && measured()
                || before.ends_with("% ")
                || before.trim_end().ends_with(|c: char| c.is_ascii_digit())
                || before.trim_end().ends_with('%')
        }
        Kind::Task => matches!(next, "task" | "problem"),
        Kind::Unknown => false,
    }
}

/// "trained on Kinetics": a capitalised name of data behind what a system does with data.
fn is_data_in_use(reading: &ReadField, range: &Range<usize>, kind: Kind) -> bool {
    kind == Kind::Dataset
        && reading.field != Field::Title
        && reading.text[range.clone()].contains(char::is_uppercase)
        && is_read_from(reading.before(range.start, 40))
}

/// Decides the spans of one field. `own` are the paper's own names, which win over the vocabulary.
pub(super) fn decide(reading: &ReadField, matcher: &Matcher, evidence: &PaperEvidence, own: &[OwnName]) -> Vec<Span> {
    let mut spans = own_spans(reading, own);
    // Candidates for one span compete: all are judged, and the best one stays.
    let mut all: Vec<(Range<usize>, u32, bool)> = Vec::with_capacity(reading.candidates.len());
    for candidate in &reading.candidates {
        let name = matcher.name(candidate.name);
        // In a title every word is capitalised: a dataset with a name of plain words needs evidence there.
        let capitals_say_nothing = reading.field == Field::Title
            && matches!(name.kind, Kind::Dataset | Kind::Software | Kind::Hardware)
            && !name.surface.split([' ', '-']).any(super::contributions::has_name_shape);
        all.push((candidate.range(), name.entity, name.weak || capitals_say_nothing));
    }
    // Two spellings of one name can end at one place; the stronger counts.
    all.sort_unstable_by_key(|(range, entity, weak)| (range.start, range.end, *entity, *weak));
    all.dedup_by_key(|(range, entity, _)| (range.start, range.end, *entity));
    for rivals in all.chunk_by(|a, b| a.0 == b.0) {
        let range = rivals[0].0.clone();
        let surface = &reading.text[range.clone()];
        let is_own = || {
            // A letter or digit at the beginning mostly tells two names apart.
            let first =
                surface.bytes().next().filter(u8::is_ascii_alphanumeric).map(|first| first.to_ascii_lowercase());
            if first.is_some_and(|first| !own.iter().any(|own| own.has_name_with(first))) {
                return false;
            }
            let squeezed = squeeze(surface);
            own.iter().any(|own| own.has_name(&squeezed))
        };
        if !own.is_empty() && is_own() || is_part_of_something_else(reading, &range) {
            continue;
        }
        let several = rivals.len() > 1;
        let mut judged: Vec<(f32, u32)> = rivals
            .iter()
            .filter_map(|&(_, entity, weak)| {
                Some((evidence.judge(reading, &range, entity, weak, several && weak)?, entity))
            })
            .collect();
        judged.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let Some(&(confidence, entity)) = judged.first() else { continue };
        // Two readings have the same evidence: the span is not linked.
        if judged.get(1).is_some_and(|second| second.0 == confidence && confidence < 0.9) {
            continue;
        }
        let e = &evidence.vocabulary.entities()[entity as usize];
        if is_member_of_unknown_compound(reading, &range, e.kind()) {
            continue;
        }
        if let Some((number, other)) = coordinated_number(reading, &range, evidence) {
            spans.push(Span {
                entity: other.id.clone(),
                name: other.name.clone(),
                range: number,
                confidence,
                own: false,
                variant: None,
            });
        }
        let (range, variant) = with_variant(reading, range, e.kind());
        spans.push(Span { entity: e.id.clone(), name: e.name.clone(), range, confidence, own: false, variant });
    }
    without_overlaps(spans)
}

/// `CIFAR-10/100`, `CIFAR-10 and -100`: a second number after a name that ends in a number is the number of a sibling,
/// if there is one.
fn coordinated_number<'e>(
    reading: &ReadField,
    range: &Range<usize>,
    evidence: &PaperEvidence<'e>,
) -> Option<(Range<usize>, &'e Entity)> {
    static NUMBER: LazyLock<Rule> = LazyLock::new(|| rule(r"^(?:/-?|\s?(?:and|or|&)\s?-|,\s?-)(\d{1,4}[A-Za-z]?)\b"));
    let surface = &reading.text[range.clone()];
    let stem = surface.trim_end_matches(|c: char| c.is_ascii_digit());
    if stem.len() == surface.len() {
        return None;
    }
    let found = NUMBER.captures(&reading.text[range.end..])?.get(1)?;
    let sibling = evidence.named(&squeeze(&format!("{stem}{}", found.as_str())))?;
    Some((range.end + found.start()..range.end + found.end(), sibling))
}

/// Positions of the paper's own names.
fn own_spans(reading: &ReadField, own: &[OwnName]) -> Vec<Span> {
    let mut spans = Vec::new();
    for OwnName { coined, name, entity, patterns, .. } in own {
        for (pattern, exact) in patterns {
            for folded in reading.occurrences(pattern) {
                let range = reading.folded.origin(folded);
                let surface = &reading.text[range.clone()];
                let all_capitals = surface.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
                if *exact && !all_capitals && !coined.surfaces.iter().any(|s| surface.starts_with(s.as_str())) {
                    continue;
                }
                // Dropping separators must not join the words of a sentence.
                if !surface.contains(|c: char| c.is_uppercase() || c.is_ascii_digit())
                    && !coined.surfaces.iter().any(|s| s.contains(' ') || s == surface)
                {
                    continue;
                }
                let (range, variant) = with_variant(reading, range, entity.kind());
                spans.push(Span {
                    entity: entity.clone(),
                    name: (*name).to_string(),
                    range,
                    confidence: own_confidence(coined),
                    own: true,
                    variant,
                });
            }
        }
    }
    spans
}

fn own_confidence(coined: &CoinedName) -> f32 {
    if coined.is_phrase {
        OWN_PHRASE
    } else if coined.kind_stated || coined.entity.is_some() {
        if coined.cues.len() >= 2 || coined.entity.is_some() { OWN_BY_SEVERAL_CUES } else { OWN }
    } else if coined.expansion.is_some()
        || !coined.name.contains(' ')
        || coined.name.split(' ').any(super::contributions::has_name_shape)
    {
        if coined.kind == Kind::Unknown { OWN_OF_UNKNOWN_KIND } else { OWN_OF_GUESSED_KIND }
    } else {
        OWN_PHRASE
    }
}

/// The longest spans without overlaps, in the order of the text; among equals, the paper's own come first.
fn without_overlaps(mut spans: Vec<Span>) -> Vec<Span> {
    // Among spans of one length, a name with that length wins over a family's name with a version after it (`wav2vec
    // 2.0`).
    let named = |s: &Span| s.range.len() - s.variant.as_ref().map_or(0, String::len);
    spans.sort_by(|a, b| {
        (b.range.len().cmp(&a.range.len()))
            .then(b.own.cmp(&a.own))
            .then(named(b).cmp(&named(a)))
            .then(a.range.start.cmp(&b.range.start))
            .then(b.confidence.total_cmp(&a.confidence))
            .then_with(|| a.entity.cmp(&b.entity))
    });
    let mut kept: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        if !kept.iter().any(|k| k.range.start < span.range.end && span.range.start < k.range.end) {
            kept.push(span);
        }
    }
    kept.sort_by_key(|s| s.range.start);
    kept
}

/// "non-task-oriented dialogue": the name is what the thing is not.
fn is_negated(before: &str) -> bool {
    before.ends_with('-')
        && ["non-", "Non-", "NON-"]
            .iter()
            .any(|prefix| before.strip_suffix(prefix).is_some_and(|rest| !rest.ends_with(char::is_alphanumeric)))
}

/// "out-of-domain generalization" is not domain generalization, "part-of-speech generation" not speech generation,
/// "under-translation" not translation, and "state-of-the-art classification" not a classification of art: the first word
/// belongs to what is before it.
fn loses_first_word(before: &str, name: &str) -> bool {
    let mut words = name.split(' ');
    let first = words.next().unwrap_or_default();
    let is_phrase = words.next().is_some();
    let Some(stem) = before.strip_suffix('-') else {
        let tail = before.len().saturating_sub("state of the ".len());
        return first.eq_ignore_ascii_case("art")
            && !super::contributions::has_name_shape(first)
            && before.get(tail..).is_some_and(|tail| tail.eq_ignore_ascii_case("state of the "));
    };
    if super::contributions::has_name_shape(first) {
        return false;
    }
    let prefix = stem.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_one_of = |known: &[&str]| known.iter().any(|known| prefix.eq_ignore_ascii_case(known));
    let is_of = || stem.strip_suffix("-of").is_some_and(|of| !of.ends_with("bag") && !of.ends_with("Bag"));
    is_of()
        || stem.ends_with("-of-the")
        || is_one_of(&["auto", "mis", "over", "under"])
        || is_phrase && is_one_of(&["cross", "pre", "self", "sub"])
}

/// "the International Workshop on Spoken Language Translation" names an event. The paper need not be about its topic, except
/// if its title has the name.
fn is_topic_of_event(before: &str, name: &str) -> bool {
    name.starts_with(char::is_uppercase)
        && before
            .strip_suffix(" on ")
            .is_some_and(|event| ["Workshop", "Conference", "Symposium"].iter().any(|kind| event.ends_with(kind)))
}

/// A name inside a URL, a citation key (`ruiz2023dreambooth`), or what a thing is said not to be.
fn is_part_of_something_else(reading: &ReadField, range: &Range<usize>) -> bool {
    let text = reading.text;
    // "graph-to-sequence learning" is not about sequences alone.
    let half = text[..range.start].ends_with("-to-") && !text[range.clone()].contains(char::is_uppercase);
    let (before, name) = (&text[..range.start], &text[range.clone()]);
    let is_topic = || reading.field != Field::Title && is_topic_of_event(before, name);
    if half || is_negated(before) || loses_first_word(before, name) || is_topic() {
        return true;
    }
    let from = text[..range.start]
        .rfind(char::is_whitespace)
        .map_or(0, |i| i + text[i..].chars().next().map_or(1, char::len_utf8));
    let token_before = &text[from..range.start];
    let to = text[range.end..].find(char::is_whitespace).map_or(text.len(), |i| range.end + i);
    let token = &text[from..to];
    // Few words have a sign that every address has.
    if !token.contains(['.', '/']) {
        return false;
    }
    let host = |s: &str| {
        s.contains("://")
            || s.contains("www.")
            || s.contains(".com/")
            || s.contains(".io/")
            || s.contains(".org/")
            || s.contains(".co/")
    };
    host(token)
        && (host(token_before)
            || token_before.contains("//")
            || token[token_before.len()..].contains(".io")
            || token[token_before.len()..].contains(".com"))
}

/// As in `BLSP-Emo`: the name is one half of a hyphenated name that is unknown. The other half is then a name too: it
/// is capitalised and does not only qualify.
fn is_member_of_unknown_compound(reading: &ReadField, range: &Range<usize>, kind: Kind) -> bool {
    if !matches!(kind, Kind::Model | Kind::Dataset | Kind::Software | Kind::Hardware | Kind::Method | Kind::Metric) {
        return false;
    }
    let before = &reading.text[..range.start];
    let Some(stem) = before.strip_suffix('-') else { return false };
    let prefix = stem.rsplit(|c: char| !(c.is_alphanumeric() || c == '-')).next().unwrap_or_default();
    let name_like = super::contributions::has_name_shape(prefix)
        || (prefix.len() > 1
            && prefix.chars().all(|c| c.is_uppercase() || c.is_ascii_digit())
            && prefix.chars().any(char::is_uppercase))
        || prefix.chars().next().is_some_and(char::is_uppercase)
            && reading.text[range.clone()].chars().next().is_some_and(char::is_uppercase)
            && reading.field != Field::Title;
    const QUALIFIERS: [&str; 24] = [
        "non",
        "pre",
        "post",
        "multi",
        "semi",
        "self",
        "vanilla",
        "standard",
        "tiny",
        "mini",
        "deep",
        "sparse",
        "dense",
        "ms",
        "nvidia",
        "google",
        "intel",
        "amd",
        "microsoft",
        "3d",
        "2d",
        "cross",
        "full",
        "sub",
    ];
    name_like && !QUALIFIERS.contains(&prefix.to_lowercase().as_str())
}

/// Includes in the span the size, version or split after a family's name: `-70B`, ` 7B`, `-large`, `-v1.5`, `-1K`, `
/// 256x256`.
fn with_variant(reading: &ReadField, range: Range<usize>, kind: Kind) -> (Range<usize>, Option<String>) {
    static MODEL: LazyLock<Rule> = LazyLock::new(|| {
        rule(
            r"(?x)^(?:
                [-\ _](?:\d+(?:\.\d+)?[x×]?\d*(?:\.\d+)?[BbMK]\b(?:-A\d+(?:\.\d+)?B)?)
              | -(?:(?i:base|large|small|tiny|mini|medium|huge|giant|xxl|xl|nano|instruct|chat|turbo|preview|pro|lite|plus|max|dev|schnell|it|hf|uncased|cased))\b(?:[-/]\d+)?
              | -(?:[SMLBHGTX]|XL|XXL)(?:/\d+)?\b
              | [-\ ](?:Base|Large|Small|Tiny|Huge|Giant|XL)\b(?:/\d+)?
              | [-\ ]?[vV]\d+(?:\.\d+)*\b
              | [-\ ]?\d+\.\d+\b
              | -?\d{2,4}(?:[a-z]|x\d+d?)?\b
              | /\d{1,2}\b
            )+",
        )
    });
    static DATASET: LazyLock<Rule> = LazyLock::new(|| {
        rule(
            r"(?x)^(?:
                [-\ ]\d+(?:\.\d+)?[kKM]\b
              | [-\ ]?\$?\d{2,4}\s?(?:x|×|times|\\times)\s?\d{2,4}\$?(?:\b|$)
              | [-\ ](?:19|20)\d\d\b(?:[-\ ]\d+[kK]\b)?
              | -(?:mini|lite|hard|dev|test|val|train|full|small|large|[CARVW]|v\d+(?:\.\d+)?)\b
              | [-\ ]?[vV]\d(?:\.\d+)*\b
            )+",
        )
    });
    let rule = match kind {
        Kind::Model | Kind::Method => &*MODEL,
        Kind::Dataset => &*DATASET,
        _ => return (range, None),
    };
    // A plural has no size.
    let rest = &reading.text[range.end..];
    match rule.find(rest) {
        Some(found) if !found.is_empty() && !rest[found.end()..].starts_with(|c: char| c.is_alphanumeric()) => {
            let variant = found.as_str().trim_start_matches(['-', ' ', '_', '/']).to_string();
            (range.start..range.end + found.end(), Some(variant))
        }
        _ => (range, None),
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::Extractor;
    use crate::paper::Paper;
    use crate::vocabulary::Vocabulary;

    fn extractor(vocabulary: &str) -> Extractor {
        Extractor::new(Vocabulary::from_texts([("entities.toml", vocabulary)]).unwrap()).unwrap()
    }

    fn with_abstract(text: &str) -> Paper {
        Paper { abstract_text: text.to_string(), ..Paper::titled("A title") }
    }

    fn with_title(text: &str) -> Paper {
        Paper::titled(text)
    }

    const QUUX_FOLDING: &str = "kind = \"task\"\nentity = [ { id = \"quux-folding\", name = \"quux folding\" } ]";

    /// Counts the links of the paper that `paper` makes of a text.
    fn links_of(vocabulary: &str, paper: fn(&str) -> Paper) -> impl Fn(&str) -> usize {
        let extractor = extractor(vocabulary);
        move |text: &str| extractor.extract(paper(text)).mentions.len()
    }

    #[test]
    fn what_a_system_is_trained_on_is_evidence_for_a_weak_name_of_data() {
        let text = "kind = \"dataset\"\nentity = [ { id = \"quuxes\", name = \"Quuxes\", weak = [\"Quuxes\"] } ]";
        let linked = links_of(text, with_abstract);
        assert_eq!(linked("Networks pretrained on Quuxes are better."), 1);
        assert_eq!(linked("The Quuxes of old are better."), 0);
        assert_eq!(linked("An essay on Quuxes is better."), 0);
    }

    #[test]
    fn what_a_thing_is_not_is_no_name_of_it() {
        let linked = links_of(QUUX_FOLDING, with_title);
        assert_eq!(linked("Neural Quux Folding"), 1);
        assert_eq!(linked("Neural Non-Quux Folding"), 0);
        assert_eq!(linked("Neural graph-to-quux folding"), 0);
    }

    #[test]
    fn the_topic_in_the_name_of_an_event_is_not_what_the_paper_does() {
        let linked = links_of(QUUX_FOLDING, with_abstract);
        assert_eq!(linked("We took part in the Workshop on Quux Folding (WQF)."), 0);
        assert_eq!(linked("We held a workshop on quux folding."), 1);
        assert_eq!(linked("We work on Quux Folding."), 1);
        assert_eq!(links_of(QUUX_FOLDING, with_title)("Findings of the Workshop on Quux Folding"), 1);
    }

    #[test]
    fn a_name_whose_first_word_belongs_to_the_word_before_is_another_thing() {
        let text = "kind = \"task\"\nentity = [ { id = \"a\", name = \"art folding\" }, { id = \"b\", name = \"quux folding\" } ]";
        let linked = links_of(text, with_abstract);
        assert_eq!(linked("We study art folding and low-cost quux folding."), 2);
        assert_eq!(linked("We study state-of-the-art folding."), 0);
        assert_eq!(linked("We study state of the art folding."), 0);
        assert_eq!(linked("We study out-of-quux folding and cross-quux folding."), 0);
        assert_eq!(linked("We study multi-quux folding."), 1);
        assert_eq!(linked("We study under-quux folding and Over-Quux Folding."), 0);
        assert_eq!(linked("We study bag-of-quux folding."), 1);
    }

    #[test]
    fn an_abbreviation_of_a_term_with_another_word_means_something_else() {
        let text = "kind = \"task\"\nentity = [ { id = \"quux-bar-folding\", name = \"quux bar folding\", weak = [\"QBF\"], context = [\"zork\"] } ]";
        let extractor = extractor(text);
        let linked = |text: &str| extractor.extract(with_abstract(text)).mentions.iter().any(|m| m.text == "QBF");
        assert!(linked("We study the folding of quux bars. Quux bars folding (QBF) is old."));
        assert!(!linked("We study query bar folding (QBF) of the zork."));
    }

    #[test]
    fn a_word_that_a_paper_has_once_needs_evidence_beside_it() {
        let text = "kind = \"task\"\nentity = [ { id = \"quuxing\", name = \"quux folding\", weak = [\"quuxing\"], context = [\"zork\"] } ]";
        let linked = links_of(text, with_abstract);
        assert_eq!(linked("The zork is old. We improve quuxing."), 0);
        assert_eq!(linked("The zork is old. We improve quuxing of bars. So quuxing is fast."), 2);
        assert_eq!(linked("The zork is old. We improve Quuxing."), 1);
        assert_eq!(linked("We improve quuxing of the zork."), 1);
    }

    #[test]
    fn a_norm_is_not_a_graphics_card() {
        let extractor = Extractor::new(Vocabulary::builtin().unwrap()).unwrap();
        let is_linked = |text: &str| {
            let found = extractor.extract(with_abstract(&format!("It takes one GPU. {text}")));
            serde_json::to_string(&found).unwrap().contains("hardware/nvidia-l2")
        };
        assert!(is_linked("We serve it on an NVIDIA L2 with 24 GB of memory."));
        for text in
            ["We L2 normalize the sum.", "The scores are in the L2 formulation.", "L1 and L2 penalties are added."]
        {
            assert!(!is_linked(text), "{text}");
        }
    }

    #[test]
    fn an_abbreviation_of_a_known_term_is_not_introduced() {
        let text = "kind = \"method\"\nentity = [ { id = \"quux-folding-machine\", name = \"quux folding machine\" } ]";
        let extractor = extractor(text);
        let introduced = |text: &str| extractor.extract(with_abstract(text)).introduces.len();
        assert_eq!(introduced("We build a kernel-based Quux Folding Machines (QFM) for bars."), 0);
        assert_eq!(introduced("We build a kernel-based Quux Folding Network (QFN) for bars."), 1);
    }
}
