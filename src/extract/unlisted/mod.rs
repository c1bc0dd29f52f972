//! Links names that no vocabulary has if the paper itself explains them clearly enough: "the FooBench benchmark",
//! "datasets such as FooQA and BarSet", a name in a list with known datasets.
//!
//! The whole paper is one body of evidence. Every place of a name gives votes for a kind. A name with enough votes, and
//! with clearly fewer for any other kind, is a mention wherever it occurs. The decision depends only on this paper and
//! the vocabulary, so the order of reading and the rest of the collection do not matter.

mod evidence;
mod names;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use super::mentions::{Span, has_word};
use super::reading::ReadField;
use super::record::Field;
use crate::paper::PartialDate;
use crate::vocabulary::{Entity, EntityId, Kind, Vocabulary, squeeze};
use evidence::KindVote;
pub(super) use evidence::is_read_from;
use names::{NameForm, NameSpan};
pub(super) use names::{is_generic, is_name_word, is_nationality};

/// Votes that a name needs.
const ENOUGH: f32 = 1.0;

/// Share of such links that are right: 52 of 60 drawn at random and judged (ACCURACY.md).
const CONFIDENCE: f32 = 0.87;

/// The kinds that are linked. The same votes distinguish models and methods from data, but one in two of those links
/// was wrong: acronyms of general terms ("the NSR system", "MMLMs").
const LINKED: [Kind; 4] = [Kind::Dataset, Kind::Software, Kind::Hardware, Kind::Metric];

/// A name in one of the texts.
struct NamePlace {
    text: usize,
    range: Range<usize>,
    form: NameForm,
    /// Whether this very place has enough votes.
    said: bool,
}

/// All places of one name in a paper.
#[derive(Default)]
struct NameEvidence {
    votes: BTreeMap<Kind, f32>,
    surfaces: BTreeMap<String, usize>,
    places: Vec<NamePlace>,
    shaped: bool,
}

/// Adds spans for the names of a paper that are neither in `vocabulary` nor among its `own` names. `texts` are the
/// paper's fields with their decided spans, in order.
pub(super) fn add(
    texts: &mut [(&ReadField, Vec<Span>)],
    vocabulary: &Vocabulary,
    own: &HashSet<&str>,
    published: Option<PartialDate>,
) {
    let mut gathered: BTreeMap<String, NameEvidence> = BTreeMap::new();
    let mut refused: HashSet<String> = HashSet::new();
    let mut long_forms: HashMap<String, Kind> = HashMap::new();
    for (number, (reading, spans)) in texts.iter().enumerate() {
        gather(number, reading, spans, &mut gathered);
        for abbreviation in &reading.abbreviations {
            let (short, long) =
                (&reading.text[abbreviation.short.clone()], reading.text[abbreviation.long.clone()].trim());
            let key = key_of(short);
            match evidence::of_long_form(long) {
                Some(kind) if capitals(long) >= 2 => drop(long_forms.insert(key, kind)),
                _ if is_plain_abbreviation(short, long, vocabulary) => drop(refused.insert(key)),
                _ => {}
            }
        }
    }
    for (key, mut name) in gathered {
        if refused.contains(&key) || own.contains(key.as_str()) {
            continue;
        }
        if let Some(kind) = long_forms.get(&key) {
            *name.votes.entry(*kind).or_default() += ENOUGH;
        }
        let Some(kind) = name.decide().filter(|kind| LINKED.contains(kind)) else { continue };
        let known =
            known_dataset(vocabulary, &key).filter(|known| kind == Kind::Dataset && fits(known, texts, published));
        if known.is_none() && is_known(vocabulary, &key, kind) {
            continue;
        }
        let entity = known.map_or_else(|| EntityId::of_name(kind, &key), |known| known.id.clone());
        if entity.slug().is_empty() || known.is_none() && vocabulary.get(&entity).is_some() {
            continue;
        }
        let written = known.map_or_else(|| name.written(), |known| known.name.clone());
        let certain = vocabulary.meant_by(&key).is_some();
        for place in &name.places {
            // Capitalised words are a name only if the text says so.
            if !place.said && place.form != NameForm::Shaped {
                continue;
            }
            // Where the automaton found a certain name, it was refused for a reason.
            let seen = || texts[place.text].0.candidates.iter().any(|candidate| candidate.range() == place.range);
            if known.is_some() && (!place.said || certain && seen()) {
                continue;
            }
            texts[place.text].1.push(Span {
                entity: entity.clone(),
                name: written.clone(),
                range: place.range.clone(),
                confidence: CONFIDENCE,
                own: false,
                variant: None,
            });
        }
    }
    for (_, spans) in texts {
        spans.sort_by_key(|span| span.range.start);
    }
}

fn gather(number: usize, reading: &ReadField, spans: &[Span], gathered: &mut BTreeMap<String, NameEvidence>) {
    let linked: Vec<(Range<usize>, Kind)> = spans.iter().map(|s| (s.range.clone(), s.entity.kind())).collect();
    let units = names::units(reading.text, &reading.sentences, &linked, reading.field == Field::Title);
    for list in lists(&units, reading) {
        if list.iter().all(NameSpan::is_linked) {
            continue;
        }
        let within = reading.sentences.around(list[0].range.start);
        for (unit, votes) in list.iter().zip(evidence::votes(reading.text, &within, list)) {
            if !unit.is_linked() {
                let surface = &reading.text[unit.range.clone()];
                gathered.entry(key_of(surface)).or_default().add(number, unit, &votes, surface);
            }
        }
    }
}

/// The units, split between lists.
fn lists<'u>(units: &'u [NameSpan], reading: &'u ReadField) -> impl Iterator<Item = &'u [NameSpan]> {
    units.chunk_by(|a, b| {
        reading.text.get(a.range.end..b.range.start).is_some_and(evidence::joins_list)
            && reading.sentences.index(a.range.start) == reading.sentences.index(b.range.start)
    })
}

impl NameEvidence {
    fn add(&mut self, text: usize, unit: &NameSpan, votes: &[KindVote], surface: &str) {
        let mut here: BTreeMap<Kind, f32> = BTreeMap::new();
        for vote in votes {
            *here.entry(vote.kind).or_default() += vote.weight;
        }
        let said = here.values().any(|weight| *weight >= ENOUGH);
        for (kind, weight) in here {
            *self.votes.entry(kind).or_default() += weight;
        }
        *self.surfaces.entry(surface.to_string()).or_default() += 1;
        self.shaped |= unit.form == NameForm::Shaped;
        self.places.push(NamePlace { text, range: unit.range.clone(), form: unit.form, said });
    }

    /// The kind with enough votes, and with twice as many as any other.
    fn decide(&self) -> Option<Kind> {
        let (&kind, &weight) = self.votes.iter().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(a.0)))?;
        let system = |k: Kind| matches!(k, Kind::Method | Kind::Model | Kind::Software);
        let alike = |k: Kind| k == kind || system(k) && system(kind);
        let others: f32 = self.votes.iter().filter(|(k, _)| !alike(**k)).map(|(_, w)| *w).sum();
        (weight >= ENOUGH && weight >= 2.0 * others).then_some(kind)
    }

    /// The most frequent spelling; among equals the first in alphabetical order.
    fn written(&self) -> String {
        let most = |(surface, n): &(&String, &usize)| (**n, std::cmp::Reverse((*surface).clone()));
        self.surfaces.iter().max_by_key(most).map(|(surface, _)| surface.clone()).unwrap_or_default()
    }
}

/// All spellings of one name have one key: no spaces, hyphens, capitals or plural ending.
fn key_of(surface: &str) -> String {
    let mut key = squeeze(surface);
    let is_plural = surface.ends_with('s') && surface.chars().rev().nth(1).is_some_and(char::is_uppercase);
    if is_plural && key.len() > 3 && key.ends_with('s') {
        key.pop();
    }
    key
}

/// Whether the vocabulary has the name, with or without a plural ending.
fn has_name(vocabulary: &Vocabulary, key: &str) -> bool {
    !vocabulary.named(key).is_empty() || key.strip_suffix('s').is_some_and(|k| !vocabulary.named(k).is_empty())
}

/// The only entity of the vocabulary with this name, if it is a dataset: the name is weak, or written with another hyphen
/// ("J-Zork", "Zo-rkNet" at the end of a line).
fn known_dataset<'v>(vocabulary: &'v Vocabulary, key: &str) -> Option<&'v Entity> {
    match vocabulary.named(key)[..] {
        [entity] if entity.kind() == Kind::Dataset => Some(entity),
        _ => None,
    }
}

/// Whether nothing in the paper excludes the entity: no word with which its name means something else, and the paper is
/// not older.
fn fits(entity: &Entity, texts: &[(&ReadField, Vec<Span>)], published: Option<PartialDate>) -> bool {
    let is_older = matches!((published, entity.year), (Some(date), Some(year)) if date.year() + 1 < year);
    !is_older
        && !texts.iter().any(|(reading, _)| entity.forbid.iter().any(|word| has_word(reading.folded.bytes(), word)))
}

/// Whether the vocabulary has something of this kind with the name, or something that the name always means. A weak
/// name of another thing can be the name of this one too: "the BAM dataset" is not an attention module.
fn is_known(vocabulary: &Vocabulary, key: &str, kind: Kind) -> bool {
    let known = |key: &str| {
        vocabulary.meant_by(key).is_some()
            || vocabulary.named(key).iter().any(|entity| kind != Kind::Dataset || entity.kind() == kind)
    };
    known(key) || key.strip_suffix('s').is_some_and(known)
}

/// A short form of plain words ("table recognition (TR)") or of something that has a name ("Diffusion Models (DM)").
fn is_plain_abbreviation(short: &str, long: &str, vocabulary: &Vocabulary) -> bool {
    let letters = short.trim_end_matches('s').chars().all(|c| c.is_uppercase() || !c.is_alphabetic());
    has_name(vocabulary, &squeeze(long)) || letters && capitals(long) < 2
}

/// Words that begin with a capital.
fn capitals(text: &str) -> usize {
    text.split([' ', '-']).filter(|word| word.starts_with(char::is_uppercase)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Extractor;
    use crate::paper::{Paper, Section};

    fn extractor() -> Extractor {
        let toml =
            "kind = \"dataset\"\nentity = [{ id = \"coco\", name = \"COCO\" }, { id = \"lvis\", name = \"LVIS\" }]";
        Extractor::new(Vocabulary::from_texts([("test.toml", toml)]).unwrap()).unwrap()
    }

    /// The unlisted names of a paper with this abstract and these sections, as `kind/id text`.
    fn found(abstract_text: &str, sections: &[&str]) -> Vec<String> {
        let section = |text: &&str| Section { text: (*text).to_string(), ..Section::default() };
        let paper = Paper {
            abstract_text: abstract_text.to_string(),
            sections: sections.iter().map(section).collect(),
            ..Paper::titled("A title")
        };
        let mentions = extractor().extract(paper).mentions;
        mentions.into_iter().filter(|m| !m.listed).map(|m| format!("{} {}", m.entity, m.text)).collect()
    }

    #[test]
    fn abbreviations_of_plain_words_languages_and_citations_are_no_data() {
        assert_eq!(found("Foo bar zorks (FBZs) are old. We use FBZ data.", &[]), [""; 0]);
        assert_eq!(found("We use the Guarani corpus and fMRI data.", &[]), [""; 0]);
        assert_eq!(found("It is from the Quux corpus (Brown 1973).", &[]), ["dataset/quux Quux"]);
        assert_eq!(found("We use other datasets (CITATION).", &[]), [""; 0]);
    }

    #[test]
    fn a_noun_beside_a_name_says_what_it_is() {
        assert_eq!(found("Tests use the QuuxEval dataset.", &[]), ["dataset/quuxeval QuuxEval"]);
        assert_eq!(found("Results on Argovista dataset are good.", &[]), ["dataset/argovista Argovista"]);
        assert_eq!(found("We use the QuuxEval [12] image retrieval benchmark.", &[]), ["dataset/quuxeval QuuxEval"]);
        assert_eq!(found("It was run in the FooBot simulator.", &[]), ["software/foobot FooBot"]);
        assert_eq!(found("The z9q data set is small.", &[]), ["dataset/z9q z9q"]);
    }

    #[test]
    fn what_a_system_is_trained_or_tested_on_is_data() {
        assert_eq!(found("It is pretrained on QuuxWorld, and fast.", &[]), ["dataset/quuxworld QuuxWorld"]);
        assert_eq!(found("Results on QuuxWorld and FooWorld are new.", &[]).len(), 2);
        assert_eq!(found("It is trained on QuuxNet outputs and tested on QUX.", &[]), [""; 0]);
    }

    #[test]
    fn a_corpus_of_a_language_is_named_with_it() {
        assert_eq!(found("It is trained on the Czech Treebank.", &[]), ["dataset/czechtreebank Czech Treebank"]);
        assert_eq!(found("It is trained on the Treebank.", &[]), [""; 0]);
    }

    #[test]
    fn a_list_is_of_one_kind() {
        assert_eq!(found("Gains hold for COCO, FooDet and others.", &[]), ["dataset/foodet FooDet"]);
        assert_eq!(
            found("Others use datasets such as FooQA (Bar et al., 2019), QuuxQA and Zork.", &[]),
            ["dataset/fooqa FooQA", "dataset/quuxqa QuuxQA", "dataset/zork Zork"]
        );
        assert_eq!(
            found("It is tested on the FooQA and QuuxQA datasets.", &[]),
            ["dataset/fooqa FooQA", "dataset/quuxqa QuuxQA"]
        );
    }

    #[test]
    fn counted_data_and_data_that_are_left_out_are_announced() {
        assert_eq!(
            found("It is run on two popular datasets, the QuuxZork and the ZorkQuux.", &[]),
            ["dataset/quuxzork QuuxZork", "dataset/zorkquux ZorkQuux"]
        );
        assert_eq!(found("It holds on all datasets except for QuuxZork.", &[]), ["dataset/quuxzork QuuxZork"]);
        assert_eq!(found("The QUX Zork Collection is old.", &[]), ["dataset/quxzorkcollection QUX Zork Collection"]);
        assert_eq!(found("It is run on the COCO dataset, QuuxZork and others.", &[]), [""; 0]);
    }

    #[test]
    fn another_spelling_of_a_known_name_and_an_explained_weak_name_are_the_known_thing() {
        let toml = "kind = \"dataset\"\nentity = [{ id = \"quux10\", name = \"QUUX-10\", year = 2010 }, \
                    { id = \"zork\", name = \"ZORKS\", weak = [\"ZORKS\"], forbid = [\"lamp\"] }]";
        let extractor = Extractor::new(Vocabulary::from_texts([("test.toml", toml)]).unwrap()).unwrap();
        let found = |text: &str, year: &str| {
            let paper =
                Paper { abstract_text: text.to_string(), published: year.parse().ok(), ..Paper::titled("A title") };
            let mentions = extractor.extract(paper).mentions;
            mentions.into_iter().map(|m| format!("{} {}", m.entity, m.text)).collect::<Vec<_>>()
        };
        assert_eq!(found("It is run on the QU-UX10 dataset.", "2020"), ["dataset/quux10 QU-UX10"]);
        assert_eq!(found("It is run on the QU-UX10 dataset.", "2001"), [""; 0]);
        assert_eq!(found("It is run on datasets like ZORKS.", "2020"), ["dataset/zork ZORKS"]);
        assert_eq!(found("It is run on datasets like ZORKS of a lamp.", "2020"), [""; 0]);
        assert_eq!(found("ZORKS are old.", "2020"), [""; 0]);
    }

    #[test]
    fn what_one_place_of_a_paper_shows_holds_in_all_of_it() {
        assert_eq!(found("FooDet is hard.", &[]), [""; 0]);
        assert_eq!(
            found("FooDet is hard.", &["Scores of FooDet are low.", "Of all, the Foo-Det benchmark is the hardest."]),
            ["dataset/foodet FooDet", "dataset/foodet FooDet", "dataset/foodet Foo-Det"]
        );
    }

    #[test]
    fn what_only_looks_like_a_name_is_left_alone() {
        for text in [
            "It is used by FooCorp in 3D at 80GB with 7B and U.S. LLM-based agents.",
            "The knowledge.However dataset of IV and Top-5.",
            "We collect a Synthetic dataset and the Training dataset of Figure 3.",
            "The Arabic corpus is read.",
            "With Table Recognition (TR), the TR dataset of others is read.",
            "FooNet dataset distillation is quick.",
            "It stems from a corpus (Quuxer et al., 2018).",
            "We use L1-Japanese data and the Odia-English corpus.",
            "The QUX model is read.",
            "We use the Twitter dataset and the Tamil corpus.",
            "It is tested on New Quux Times and Duplicate Detection datasets.",
            "We use the En-De dataset and the Grand Quux Corpus of Old Tales.",
            "The essays of a dataset (Quuxer and Zorker, 1999) are read.",
        ] {
            assert_eq!(found(text, &[]), [""; 0], "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in r"(the |on |COCO|[A-Z][a-z]{2,6}[A-Z]|[A-Z]{2,4}|dataset|datasets:|such as |et al\., 20| 1 0 |[ ,.():éα×$^'+\[\]-]){0,30}") {
            let paper = Paper { abstract_text: text, ..Paper::titled("Any") };
            let extraction = extractor().extract(paper);
            for mention in &extraction.mentions {
                let field = mention.field.of(&extraction.paper);
                let named: String = field.chars().skip(mention.start).take(mention.end - mention.start).collect();
                proptest::prop_assert_eq!(&named, &mention.text);
            }
        }
    }
}
