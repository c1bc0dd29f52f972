//! Proposes names that no vocabulary has, by their shape and the words around them.
//!
//! "the FooBench benchmark", "evaluated on FooBench", "datasets such as FooQA and BarSet", "Foo Retrieval Dataset
//! (FRD)", a name in one list with known datasets. A shape shows that something is a name, but not of what kind. So a
//! name counts once some text of the collection gives it a kind. Then its other places count too, and most of them
//! decide its kind.
//!
//! This is guessing. Candidates are off by default, and carry [`CONFIDENCE`] when they are on.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;

use super::abbreviations;
use super::contributions::{head_noun_kind, is_ordinary, is_refused, kind_by_suffix, noun_kind};
use super::record::{Extraction, Field, Mention, Relation};
use super::unlisted::{is_generic, is_name_word, is_nationality};
use crate::text::{ByteOffsets, Sentences, range_of};
use crate::vocabulary::{EntityId, Kind, Vocabulary, squeeze};

/// Confidence of a candidate: above nothing, and below everything that the vocabulary knows.
pub(super) const CONFIDENCE: f32 = 0.3;

/// Shorter names mean too many things; their context does not tell which.
const LEAST_LETTERS: usize = 3;

/// A name found in one field of one paper.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FoundName {
    field: Field,
    /// Byte range in the field.
    range: Range<usize>,
    /// The kind that the text around it states; `None` if it only has the shape of a name.
    kind: Option<Kind>,
    /// Its long form, from a bracket.
    long_form: Option<String>,
}

/// A name that the collection uses and no vocabulary knows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct UnlistedName {
    /// The most frequent spelling.
    pub name: String,
    pub kind: Kind,
    /// Its long form, if a paper defines one.
    pub long_form: Option<String>,
    pub places: Vec<CandidatePlace>,
}

/// The position of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CandidatePlace {
    /// Index of the extraction.
    pub paper: usize,
    pub field: Field,
    /// Byte range in the field.
    pub range: Range<usize>,
}

/// The names in the texts of `extractions` that are neither linked nor introduced there, and that `vocabulary` does not
/// even have as weak names. Names in the most papers come first.
pub(super) fn candidates(extractions: &[Extraction], vocabulary: &Vocabulary) -> Vec<UnlistedName> {
    let known: HashSet<String> = vocabulary.entities().iter().flat_map(|e| e.names().map(squeeze)).collect();
    let introduced: HashSet<&EntityId> =
        extractions.iter().flat_map(|extraction| &extraction.introduces).map(|c| &c.entity).collect();
    let found: Vec<Vec<FoundName>> =
        extractions.par_iter().map(|extraction| find(extraction, &known, &introduced)).collect();
    let mut by_name: BTreeMap<String, NamePlaces> = BTreeMap::new();
    for (paper, found) in found.into_iter().enumerate() {
        for one in found {
            let surface = &one.field.of(&extractions[paper].paper)[one.range.clone()];
            let key = squeeze(surface);
            let key = key.strip_suffix('s').filter(|k| k.len() > 3).map_or(key.clone(), str::to_string);
            by_name.entry(key).or_default().add(paper, one, surface);
        }
    }
    let unknown = |c: &UnlistedName| {
        let entity = EntityId::of_name(c.kind, &c.name);
        !known.contains(&squeeze(&c.name)) && !entity.slug().is_empty() && vocabulary.get(&entity).is_none()
    };
    let mut all: Vec<UnlistedName> = by_name
        .into_iter()
        .filter(|(key, _)| !known.contains(key))
        .filter_map(|(_, gathered)| gathered.decide())
        .filter(unknown)
        .collect();
    all.sort_by(|a, b| {
        let key = |c: &UnlistedName| (c.papers(), c.places.len());
        key(b).cmp(&key(a)).then_with(|| a.name.cmp(&b.name))
    });
    all
}

/// Adds a mention of low confidence at every place of a candidate where nothing is linked.
pub fn add_candidates(extractions: &mut [Extraction], vocabulary: &Vocabulary) {
    for candidate in candidates(extractions, vocabulary) {
        // As for names that are linked without a vocabulary: one id for all spellings.
        let entity = EntityId::of_name(candidate.kind, &squeeze(&candidate.name));
        for place in candidate.places {
            let Some(extraction) = extractions.get_mut(place.paper) else { continue };
            let text = place.field.of(&extraction.paper);
            let start = text[..place.range.start].chars().count();
            let surface = text[place.range].to_string();
            let end = start + surface.chars().count();
            if extraction.mentions.iter().any(|m| m.field == place.field && m.start < end && start < m.end) {
                continue;
            }
            extraction.mentions.push(Mention {
                entity: entity.clone(),
                name: candidate.name.clone(),
                kind: candidate.kind,
                field: place.field,
                start,
                end,
                text: surface,
                confidence: CONFIDENCE,
                relation: Relation::Mentions,
                variant: None,
                listed: false,
                section: None,
            });
        }
    }
    for extraction in extractions {
        extraction.mentions.sort_by_key(|m| (m.field, m.start));
    }
}

impl UnlistedName {
    /// The number of papers that name it.
    pub(super) fn papers(&self) -> usize {
        // Places are collected paper by paper.
        self.places.chunk_by(|a, b| a.paper == b.paper).count()
    }
}

/// All places of one name.
#[derive(Default)]
struct NamePlaces {
    surfaces: BTreeMap<String, usize>,
    kinds: BTreeMap<Kind, usize>,
    long_form: Option<String>,
    places: Vec<CandidatePlace>,
}

impl NamePlaces {
    fn add(&mut self, paper: usize, found: FoundName, surface: &str) {
        *self.surfaces.entry(surface.to_string()).or_default() += 1;
        if let Some(kind) = found.kind {
            *self.kinds.entry(kind).or_default() += 1;
        }
        self.long_form = self.long_form.take().or(found.long_form);
        self.places.push(CandidatePlace { paper, field: found.field, range: found.range });
    }

    /// `None` if no place states the kind.
    fn decide(self) -> Option<UnlistedName> {
        // Among equals, the first in the order of kinds; then the first in alphabetical order.
        let (&kind, _) = self.kinds.iter().max_by_key(|(kind, n)| (**n, std::cmp::Reverse(**kind)))?;
        let most = |(surface, n): &(&String, &usize)| (**n, std::cmp::Reverse((*surface).clone()));
        let name = self.surfaces.iter().max_by_key(most)?.0.clone();
        Some(UnlistedName { name, kind, long_form: self.long_form, places: self.places })
    }
}

/// The candidates of one paper. `known` are the squeezed names of the vocabulary.
fn find(extraction: &Extraction, known: &HashSet<String>, introduced: &HashSet<&EntityId>) -> Vec<FoundName> {
    let mut found = Vec::new();
    for field in [Field::Title, Field::Abstract] {
        let text = field.of(&extraction.paper);
        let linked = linked_ranges(extraction, field, text, introduced);
        CandidateFinder { field, text, sentences: Sentences::new(text), linked, found: Vec::new() }.run(&mut found);
    }
    // Names that the paper introduces are its own even where they are not linked. A short form that the paper defines
    // for itself is nobody's name.
    let mut others: HashSet<String> = extraction.introduces.iter().map(|c| squeeze(&c.name)).collect();
    for field in [Field::Title, Field::Abstract] {
        others.extend(plain_abbreviations(field.of(&extraction.paper), known));
    }
    found.retain(|f| {
        let name = squeeze(&f.field.of(&extraction.paper)[f.range.clone()]);
        !others.contains(&name) && !name.strip_suffix('s').is_some_and(|singular| others.contains(singular))
    });
    found
}

/// Squeezed short forms of plain words ("table recognition (TR)") or of something that has a name ("Diffusion Models
/// (DM)").
fn plain_abbreviations(text: &str, known: &HashSet<String>) -> Vec<String> {
    let singular = |name: String| name.strip_suffix('s').map(str::to_string).unwrap_or(name);
    abbreviations::find(text, &Sentences::new(text))
        .into_iter()
        .filter(|a| {
            let (short, long) = (&text[a.short.clone()], text[a.long.clone()].trim());
            let squeezed = squeeze(long);
            let has_name = known.contains(&squeezed) || known.contains(&singular(squeezed));
            let letters = short.trim_end_matches('s').chars().all(|c| c.is_uppercase() || !c.is_alphabetic());
            has_name || letters && capitals(long) < 2
        })
        .map(|a| singular(squeeze(&text[a.short])))
        .collect()
}

/// Words that begin with a capital.
fn capitals(text: &str) -> usize {
    text.split([' ', '-']).filter(|word| word.starts_with(char::is_uppercase)).count()
}

/// Byte ranges of the mentions in a field, with their kinds, in order: mentions of entities in the vocabulary and of
/// names that a paper introduces. A name that is linked because its own paper explains it remains a candidate for a
/// vocabulary.
fn linked_ranges(
    extraction: &Extraction,
    field: Field,
    text: &str,
    introduced: &HashSet<&EntityId>,
) -> Vec<(Range<usize>, Kind)> {
    let bytes = ByteOffsets::new(text);
    let mut ranges: Vec<(Range<usize>, Kind)> = extraction
        .mentions
        .iter()
        .filter(|m| m.field == field && (m.listed || introduced.contains(&m.entity)))
        .filter_map(|m| Some((bytes.range(m.start, m.end)?, m.kind)))
        .collect();
    ranges.sort_by_key(|(range, _)| range.start);
    ranges
}

struct CandidateFinder<'t> {
    field: Field,
    text: &'t str,
    sentences: Sentences,
    linked: Vec<(Range<usize>, Kind)>,
    found: Vec<FoundName>,
}

impl CandidateFinder<'_> {
    fn run(mut self, out: &mut Vec<FoundName>) {
        self.shaped();
        self.plain_before_noun();
        self.short_forms();
        self.found.sort_by_key(|f| f.range.start);
        self.neighbours();
        out.append(&mut self.found);
    }

    fn is_free(&self, range: &Range<usize>) -> bool {
        let apart = |other: &Range<usize>| other.end <= range.start || range.end <= other.start;
        self.linked.iter().all(|(linked, _)| apart(linked)) && self.found.iter().all(|found| apart(&found.range))
    }

    fn push(&mut self, range: Range<usize>, kind: Option<Kind>, long_form: Option<String>) {
        if self.is_free(&range) {
            self.found.push(FoundName { field: self.field, range, kind, long_form });
        }
    }

    /// Words with the shape of a name, with the capitalised words before them and the version after them: "Foo BarNet",
    /// "FooSim 2.0".
    fn shaped(&mut self) {
        let words = words(self.text);
        let mut i = 0;
        while i < words.len() {
            let first = i;
            i += 1;
            if !is_name_word(&self.text[words[first].clone()]) {
                continue;
            }
            let mut range = words[first].clone();
            while let Some(next) = words.get(i) {
                let together = self.text[range.end..next.start].chars().all(|c| c == ' ');
                let word = &self.text[next.clone()];
                if !together || !(is_name_word(word) || is_version(word)) {
                    break;
                }
                range.end = next.end;
                i += 1;
            }
            if let Some(range) = self.without_plain_words(range) {
                let kind = self.kind_around(&range);
                self.push(range, kind, None);
            }
        }
    }

    /// Drops what cannot be a name: sizes, addresses, generic acronyms.
    fn without_plain_words(&self, range: Range<usize>) -> Option<Range<usize>> {
        let name = &self.text[range.clone()];
        let generic = |word: &str| is_refused(word) || is_generic(word);
        let words: Vec<&str> = name.split(' ').collect();
        let around =
            self.text[..range.start].chars().next_back().into_iter().chain(self.text[range.end..].chars().next());
        let glued = around.into_iter().any(|c| matches!(c, '/' | '@' | '\\' | '_' | '=' | '{' | '$' | '^' | '#'));
        let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
        (!glued && letters >= LEAST_LETTERS && !words.iter().all(|w| generic(w)) && words.len() <= 5).then_some(range)
    }

    /// The kind that the words beside a name state.
    fn kind_around(&self, range: &Range<usize>) -> Option<Kind> {
        let sentence = self.sentences.around(range.start);
        let after = &self.text[range.end..sentence.end.max(range.end)];
        let before = &self.text[sentence.start.min(range.start)..range.start];
        let name = &self.text[range.clone()];
        kind_behind(after).or_else(|| kind_before(before)).or_else(|| kind_by_suffix(name))
    }

    /// "the Argoverse dataset": capitalised words of no special shape, recognised by the noun after them.
    fn plain_before_noun(&mut self) {
        rule!(
            BEFORE_NOUN,
            r"\b(?:the|on|and|from|using|of|with)\s(?P<name>[A-Z][a-z]{2,}(?:[ -][A-Z0-9][A-Za-z0-9]*){0,3})\s(?P<noun>datasets?|benchmarks?|corpus|corpora|simulators?|toolkit|library|accelerator|GPUs?|FPGAs?|metric)\b"
        );
        // In a title in Title Case, capitals do not show a name.
        if self.field == Field::Title {
            return;
        }
        for found in BEFORE_NOUN.captures_iter(self.text) {
            let (Some(name), Some(noun)) = (found.name("name"), found.name("noun")) else { continue };
            let words = name.as_str().split([' ', '-']);
            if words.clone().all(|w| !is_ordinary(w) && !is_generic(w) && !is_nationality(w)) {
                self.push(name.range(), behind_noun(noun.as_str()), None);
            }
        }
    }

    /// "Foo Retrieval Dataset (FRD)": the head of the long form is the kind.
    fn short_forms(&mut self) {
        for abbreviation in abbreviations::find(self.text, &self.sentences) {
            let long = self.text[abbreviation.long.clone()].trim().to_string();
            let short = self.text[abbreviation.short.clone()].trim();
            if capitals(&long) < 2 || is_refused(short) || is_generic(short) {
                continue;
            }
            let kind = head_noun_kind(&long);
            match self.found.iter_mut().find(|f| f.range == abbreviation.short) {
                Some(found) => {
                    found.kind = kind.or(found.kind);
                    found.long_form = Some(long);
                }
                None => self.push(abbreviation.short, kind, Some(long)),
            }
        }
    }

    /// A name in a list with others has their kind: "COCO, FooDet and LVIS".
    fn neighbours(&mut self) {
        let mut known = self.linked.clone();
        known.extend(self.found.iter().filter_map(|f| Some((f.range.clone(), f.kind?))));
        known.sort_by_key(|(range, _)| range.start);
        // Forwards and backwards, so that a kind passes through a list of unknown names.
        for _ in 0..2 {
            for i in 0..self.found.len() {
                if self.found[i].kind.is_some() {
                    continue;
                }
                let range = self.found[i].range.clone();
                let beside = known.iter().find(|(other, _)| {
                    let between =
                        if other.end <= range.start { other.end..range.start } else { range.end..other.start };
                    between.start <= between.end && self.text.get(between).is_some_and(joins_list)
                });
                if let Some(kind) = beside.map(|(_, kind)| *kind).filter(|k| !matches!(k, Kind::Task | Kind::Metric)) {
                    self.found[i].kind = Some(kind);
                    known.push((range, kind));
                }
            }
        }
    }
}

/// Whether the words between two names make them items of one list.
fn joins_list(between: &str) -> bool {
    matches!(between, ", " | " and " | ", and " | " or " | ", or " | "/" | " & " | "; ")
}

/// The words of a text as byte ranges, without the punctuation around them; signs inside a name remain.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        // "knowledge.However", "COCO/LVIS", "(FooNet)", "—": none of them is inside a name.
        let inside = c.is_alphanumeric() || matches!(c, '-' | '+' | '.' | '\'' | '’');
        if inside {
            start.get_or_insert(at);
            continue;
        }
        if let Some(from) = start.take() {
            let word = &text[from..at];
            let trimmed = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+');
            let trimmed = trimmed.strip_suffix("'s").or_else(|| trimmed.strip_suffix("’s")).unwrap_or(trimmed);
            if !trimmed.is_empty() {
                words.extend(range_of(text, trimmed));
            }
        }
    }
    words
}

fn is_version(word: &str) -> bool {
    rule!(VERSION, r"^[vV]?\d{1,2}(?:\.\d{1,2})?$");
    VERSION.is_match(word)
}

/// The kind that the noun after a name states: "the FooBench benchmark", "FooBot simulator", "Foo-9 GPUs".
fn kind_behind(after: &str) -> Option<Kind> {
    let mut words = after.strip_prefix(' ')?.split(' ');
    let first = words.next()?;
    behind_noun(first).or_else(|| {
        // "the FooBench image classification benchmark": one or two plain words between.
        let plain = |w: &str| w.len() > 2 && w.chars().all(|c| c.is_lowercase() || c == '-') && !is_function_word(w);
        if !plain(first) {
            return None;
        }
        let second = words.next()?;
        let strong = |w: &str| behind_noun(w).filter(|k| *k == Kind::Dataset);
        strong(second).or_else(|| words.next().filter(|_| plain(second)).and_then(strong))
    })
}

/// The nouns that state the kind of the name before them. "FooNet training" says nothing, so this knows fewer nouns
/// than [`noun_kind`].
fn behind_noun(word: &str) -> Option<Kind> {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    if matches!(
        bare,
        "GPU" | "GPUs" | "TPU" | "TPUs" | "FPGA" | "FPGAs" | "SoC" | "NPU" | "NPUs" | "CPU" | "CPUs" | "chip" | "chips"
    ) {
        return Some(Kind::Hardware);
    }
    let weak = matches!(
        bare.trim_end_matches('s'),
        "track"
            | "family"
            | "stack"
            | "collection"
            | "learning"
            | "training"
            | "tuning"
            | "attention"
            | "policy"
            | "representation"
            | "score"
            | "agent"
            | "lm"
            | "layer"
            | "block"
            | "suite"
            | "index"
            | "search"
            | "task"
            | "engine"
            | "transformer"
            | "sampling"
            | "optimization"
            | "pipeline"
            | "infrastructure"
            | "procedure"
    );
    if weak || !bare.chars().all(char::is_lowercase) { None } else { noun_kind(bare) }
}

/// The kind that the words before a name state: "evaluated on", "datasets such as", "the simulator".
fn kind_before(before: &str) -> Option<Kind> {
    rule!(
        SUCH_AS,
        r"(?P<noun>[a-z]+)(?:,)?\s(?:\(?(?:such as|including|like|namely|e\.g\.,?|i\.e\.,?|called|named)\s|\(|:\s|[—–]\s?)(?:[A-Z0-9][^ ,]*(?:\s[A-Z0-9][^ ,]*){0,2}(?:,\sand\s|,\sor\s|,\s|\sand\s|\sor\s))*(?:the\s)?$"
    );
    rule!(
        TESTED_ON,
        r"(?i)\b(?:evaluat\w+|experiments?|test(?:ed|s)?|benchmark(?:ed|s)?|results?|performance|state-of-the-art|sota|scores?|achiev\w+|improve\w+|accuracy|gains?|trained|pre-?trained|fine-?tuned|finetuned)\b[^.;:]{0,60}?\son\s(?:the\s)?$"
    );
    rule!(
        COMPARED,
        r"(?i)\b(?:outperform(?:s|ed|ing)?|surpass(?:es|ed|ing)?|compared? (?:with|to|against)|baselines? of|over|than|exceed(?:s|ing)?)\s(?:the\s)?(?:state-of-the-art\s|strong\s|previous\s|existing\s)?$"
    );
    rule!(
        NOUN,
        r"\b(?P<noun>dataset|benchmark|corpus|simulator|toolkit|library|framework|optimizer|model|network|accelerator|metric)\s$"
    );
    if let Some(noun) = NOUN.captures(before).or_else(|| SUCH_AS.captures(before)).and_then(|c| c.name("noun")) {
        let bare = noun.as_str();
        if let Some(kind) = behind_noun(bare) {
            return Some(kind);
        }
    }
    if TESTED_ON.is_match(before) {
        return Some(Kind::Dataset);
    }
    COMPARED.is_match(before).then_some(Kind::Method)
}

fn is_function_word(word: &str) -> bool {
    const WORDS: [&str; 40] = [
        "the", "and", "for", "with", "that", "which", "from", "into", "can", "are", "was", "were", "has", "have",
        "had", "its", "our", "their", "this", "these", "over", "under", "using", "via", "when", "where", "while",
        "not", "but", "also", "than", "then", "each", "all", "both", "how", "who", "may", "will", "does",
    ];
    WORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Extractor;
    use crate::paper::Paper;

    fn vocabulary() -> Vocabulary {
        let toml = "kind = \"dataset\"\nentity = [{ id = \"coco\", name = \"COCO\" }]";
        Vocabulary::from_texts([("test.toml", toml)]).unwrap()
    }

    fn extraction(title: &str, text: &str) -> Extraction {
        Extractor::new(vocabulary()).unwrap().extract(Paper { abstract_text: text.to_string(), ..Paper::titled(title) })
    }

    fn names(text: &str) -> Vec<(String, Kind)> {
        candidates(&[extraction("A title", text)], &vocabulary()).into_iter().map(|c| (c.name, c.kind)).collect()
    }

    fn one(name: &str, kind: Kind) -> Vec<(String, Kind)> {
        vec![(name.to_string(), kind)]
    }

    #[test]
    fn nouns_beside_a_name_tell_its_kind() {
        assert_eq!(names("Tests run in the FooBot simulator."), one("FooBot", Kind::Software));
        assert_eq!(names("It holds on the Argovista dataset."), one("Argovista", Kind::Dataset));
        assert_eq!(names("It runs on Xyzzy-9 GPUs."), one("Xyzzy-9", Kind::Hardware));
        assert_eq!(names("Others study benchmarks such as QuuxEval 2.0."), one("QuuxEval 2.0", Kind::Dataset));
    }

    #[test]
    fn a_list_tells_the_kind_of_its_items() {
        assert_eq!(names("Gains hold for COCO, FooDet and others."), one("FooDet", Kind::Dataset));
    }

    #[test]
    fn a_bracket_names_the_words_before_it() {
        let found = candidates(&[extraction("A title", "Others use the Grand Quux Corpus (GQC) here.")], &vocabulary());
        assert_eq!((found[0].name.as_str(), found[0].kind), ("GQC", Kind::Dataset));
        assert_eq!(found[0].long_form.as_deref(), Some("Grand Quux Corpus"));
    }

    #[test]
    fn what_is_known_or_own_or_has_only_a_shape_is_not_a_candidate() {
        assert_eq!(names("We propose FooNet, a network, evaluated on COCO."), []);
        assert_eq!(names("It is used by FooCorp in 3D at 80GB with 7B and U.S. LLM-based agents."), []);
        assert_eq!(names("The knowledge.However dataset of IV and Top-5."), []);
    }

    #[test]
    fn a_kind_stated_in_one_paper_holds_in_all() {
        let all = [
            extraction("One", "Tests run in the FooBot simulator."),
            extraction("Two", "With FooBot it takes long."),
            extraction("Three", "With FooBots it takes longer."),
        ];
        let found = candidates(&all, &vocabulary());
        assert_eq!((found.len(), found[0].papers()), (1, 3));
        let mut all = all;
        add_candidates(&mut all, &vocabulary());
        let mention = &all[1].mentions[0];
        assert_eq!((mention.entity.to_string().as_str(), mention.text.as_str()), ("software/foobot", "FooBot"));
        assert_eq!((mention.start, mention.end, mention.confidence), (5, 11, CONFIDENCE));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in r"(the |on |COCO|[A-Z][a-z]{2,6}[A-Z]|[A-Z]{2,4}|dataset|[ ,.():éα×$^'+-]){0,30}") {
            let mut all = [extraction("Any", &text)];
            add_candidates(&mut all, &vocabulary());
            for mention in &all[0].mentions {
                let text: String = mention.field.of(&all[0].paper).chars().skip(mention.start)
                    .take(mention.end - mention.start).collect();
                proptest::prop_assert_eq!(&text, &mention.text);
            }
        }
    }
}
