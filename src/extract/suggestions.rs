//! Turns candidates into vocabulary entries that a curator can check and paste.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::ops::Range;

use super::candidates::candidates;
use super::record::{Extraction, Field};
use crate::text::{ByteOffsets, Sentences, shorten, single_spaced};
use crate::vocabulary::{EntityId, Kind, Vocabulary, squeeze};

/// An entry that a vocabulary could contain.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VocabularySuggestion {
    pub id: EntityId,
    pub name: String,
    /// The long form of the name.
    pub alias: Option<String>,
    /// Whether the name alone is not evidence: an acronym with few letters.
    pub weak: bool,
    pub papers: usize,
    pub mentions: usize,
    pub examples: Vec<ExampleSentence>,
}

/// A sentence that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExampleSentence {
    /// Id of the paper.
    pub paper: String,
    pub sentence: String,
}

/// Which suggestions are wanted.
#[derive(Debug, Clone)]
pub(crate) struct SuggestionQuery {
    /// Kinds of the names; any if empty.
    pub kinds: Vec<Kind>,
    /// Minimum number of papers with the name.
    pub papers: usize,
    pub limit: usize,
    /// Number of sentences for each name.
    pub examples: usize,
    /// Whether to include names that papers of the collection introduce.
    pub introduced: bool,
}

/// The names that a collection uses most and `vocabulary` does not have. All of them together can be added to it as a
/// layer: no id and no name is taken.
pub(crate) fn suggest(
    extractions: &[Extraction],
    vocabulary: &Vocabulary,
    wanted: &SuggestionQuery,
) -> Vec<VocabularySuggestion> {
    let mut all: Vec<NameWithPlaces> = candidates(extractions, vocabulary)
        .into_iter()
        .map(|c| {
            let places = c.places.into_iter().map(|p| (p.paper, p.field, p.range)).collect();
            NameWithPlaces { id: EntityId::of_name(c.kind, &c.name), name: c.name, long_form: c.long_form, places }
        })
        .collect();
    if wanted.introduced {
        all.extend(introduced(extractions, vocabulary));
    }
    all.sort_by_cached_key(|n| (std::cmp::Reverse((n.papers(), n.places.len())), n.name.clone()));

    let mut names: HashSet<String> = vocabulary.entities().iter().flat_map(|e| e.names().map(squeeze)).collect();
    let mut ids = HashSet::new();
    let mut suggestions = Vec::new();
    for named in all {
        if suggestions.len() >= wanted.limit {
            break;
        }
        let kind = named.id.kind();
        let fits = named.papers() >= wanted.papers && (wanted.kinds.is_empty() || wanted.kinds.contains(&kind));
        let letters = named.name.chars().filter(|c| c.is_alphanumeric()).count();
        if !fits || letters < 2 || !names.insert(squeeze(&named.name)) || !ids.insert(named.id.clone()) {
            continue;
        }
        let alias = named.long_form.clone().filter(|long| names.insert(squeeze(long)));
        suggestions.push(VocabularySuggestion {
            weak: letters <= 3,
            papers: named.papers(),
            mentions: named.places.len(),
            examples: named.examples(extractions, wanted.examples),
            alias,
            id: named.id,
            name: named.name,
        });
    }
    suggestions
}

/// A name with all its places, paper by paper.
struct NameWithPlaces {
    id: EntityId,
    name: String,
    long_form: Option<String>,
    places: Vec<(usize, Field, Range<usize>)>,
}

impl NameWithPlaces {
    fn papers(&self) -> usize {
        self.places.chunk_by(|a, b| a.0 == b.0).count()
    }

    /// The first sentence of each paper, for up to this many papers.
    fn examples(&self, extractions: &[Extraction], most: usize) -> Vec<ExampleSentence> {
        let first_of_papers = self.places.chunk_by(|a, b| a.0 == b.0).filter_map(|places| {
            // A sentence says more than a title.
            places.iter().find(|(_, field, _)| *field == Field::Abstract).or(places.first())
        });
        first_of_papers
            .take(most)
            .map(|(paper, field, range)| {
                let paper = &extractions[*paper].paper;
                ExampleSentence { paper: paper.id.to_string(), sentence: excerpt(field.of(paper), range) }
            })
            .collect()
    }
}

/// Names that papers introduce and the vocabulary does not have, with all their places.
fn introduced(extractions: &[Extraction], vocabulary: &Vocabulary) -> Vec<NameWithPlaces> {
    let mut by_id: HashMap<&EntityId, NameWithPlaces> = HashMap::new();
    for contribution in extractions.iter().flat_map(|e| &e.introduces) {
        if vocabulary.get(&contribution.entity).is_none() {
            by_id.entry(&contribution.entity).or_insert_with(|| NameWithPlaces {
                id: contribution.entity.clone(),
                name: contribution.name.clone(),
                long_form: None,
                places: Vec::new(),
            });
        }
    }
    for (paper, extraction) in extractions.iter().enumerate() {
        for mention in &extraction.mentions {
            let Some(named) = by_id.get_mut(&mention.entity) else { continue };
            let bytes = ByteOffsets::new(mention.field.of(&extraction.paper));
            let range = bytes.range(mention.start, mention.end);
            named.places.extend(range.map(|range| (paper, mention.field, range)));
        }
    }
    let mut all: Vec<NameWithPlaces> = by_id.into_values().filter(|n| !n.places.is_empty()).collect();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}

/// Width of an example in columns: with its paper it fits on one line of an editor.
const EXCERPT: usize = 120;

/// The sentence around a place, cut to one line that shows the place.
fn excerpt(text: &str, range: &Range<usize>) -> String {
    let sentence = Sentences::new(text).around(range.start);
    let before = &text[sentence.start.min(range.start)..range.start];
    let long = before.chars().count() > EXCERPT / 2;
    let from = if long {
        // Starts at the word half a line before the name.
        let start = before.char_indices().rev().nth(EXCERPT / 2).map_or(0, |(at, _)| at);
        range.start - before.len() + start + before[start..].find(' ').map_or(0, |space| space + 1)
    } else {
        sentence.start.min(range.start)
    };
    let words = single_spaced(&text[from..sentence.end.max(range.end)]);
    let words: String = words.chars().filter(|c| !c.is_control()).collect();
    shorten(&if long { format!("… {words}") } else { words }, EXCERPT)
}

/// A vocabulary file of the suggestions: a comment with counts and sentences before each entry. If all have one kind,
/// the file states it once, as the shipped files do.
pub(crate) fn write_toml(suggestions: &[VocabularySuggestion]) -> String {
    let one_kind = suggestions.first().map(|s| s.id.kind()).filter(|k| suggestions.iter().all(|s| s.id.kind() == *k));
    let mut out = String::from("# Guessed by `kg vocab suggest`: check every entry before you use it.\n");
    if let Some(kind) = one_kind {
        let _ = writeln!(out, "kind = \"{kind}\"");
    }
    out.push_str("entity = [\n");
    for s in suggestions {
        let plural = |n: usize, noun: &str| if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") };
        let _ = writeln!(out, "\n  # {}, {}", plural(s.papers, "paper"), plural(s.mentions, "mention"));
        for example in &s.examples {
            let _ = writeln!(out, "  # {}: {}", example.paper, example.sentence);
        }
        out.push_str("  { ");
        if one_kind.is_none() {
            let _ = write!(out, "kind = \"{}\", ", s.id.kind());
        }
        let _ = write!(out, "id = {}, name = {}", quoted(s.id.slug()), quoted(&s.name));
        if let Some(alias) = &s.alias {
            let _ = write!(out, ", aliases = [{}]", quoted(alias));
        }
        if s.weak {
            let context = head_words(s.id.kind()).iter().map(|w| quoted(w)).collect::<Vec<_>>().join(", ");
            let _ = write!(out, ", weak = [{}], context = [{context}]", quoted(&s.name));
        }
        out.push_str(" },\n");
    }
    out.push_str("]\n");
    out
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_string()).to_string()
}

/// Words that occur next to a name of this kind.
fn head_words(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Dataset => &["dataset", "benchmark", "corpus"],
        Kind::Model => &["model", "network", "architecture"],
        Kind::Method => &["method", "algorithm", "approach"],
        Kind::Task => &["task"],
        Kind::Metric => &["metric", "score"],
        Kind::Hardware => &["GPU", "chip", "accelerator"],
        Kind::Software => &["software", "toolkit", "library", "simulator"],
        Kind::Unknown => &[],
    }
}
