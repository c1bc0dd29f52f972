//! From the text of a paper to what it names.
//!
//! The matcher gives candidates; this room turns them into mentions. Each step is a file: abbreviations that the text
//! defines, names that the paper introduces, the decision between candidates, relations, hardware, results, links, and
//! the code statement.

#[macro_use]
mod rule;

mod abbreviations;
mod candidates;
mod code;
mod contributions;
mod cue_words;
mod declared;
mod edges;
mod hardware;
mod introduced;
mod links;
mod mentions;
mod reading;
mod record;
mod relations;
mod results;
mod suggestions;
mod tables;
mod teams;
mod unlisted;
mod variants;

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use candidates::add_candidates;

pub use introduced::CollectionName;
pub(crate) use introduced::{IntroducedName, NameSearch, NamedThing};
pub(crate) use links::{LinkTarget, classify as classify_url, find as find_links, repository_behind};
pub use record::*;
pub(crate) use suggestions::{SuggestionQuery, suggest, write_toml};

use crate::matcher::Matcher;
use crate::paper::{Paper, arxiv_id};
use crate::text::CodePoints;
use crate::vocabulary::{Entity, EntityId, Kind, Vocabulary};
use contributions::CoinedName;
use introduced::LearntNames;
use mentions::{OwnName, PaperEvidence, Span};
use reading::ReadField;

/// The lowest confidence of what is kept, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ConfidenceLimits {
    /// Limit for links. The default leaves out links to the paper's own names that lack the shape of a name. About nine
    /// in ten of the others are right, whatever their evidence (ACCURACY.md).
    pub links: f32,
    /// Limit for results. On two of five boards, the best result above the default is right; boards show only surer
    /// ones (ACCURACY.md).
    pub results: f32,
}

impl ConfidenceLimits {
    /// One limit for links and results.
    pub fn of(limit: f32) -> Self {
        Self { links: limit, results: limit }
    }

    #[cfg(feature = "graph")]
    pub(crate) fn to_bits(self) -> [u32; 2] {
        [self.links.to_bits(), self.results.to_bits()]
    }
}

impl Default for ConfidenceLimits {
    fn default() -> Self {
        Self { links: 0.75, results: 0.3 }
    }
}

/// Why an extractor cannot be made: the automaton over all names of the vocabulary would be too large.
#[derive(Debug, thiserror::Error)]
#[error("cannot build the automaton over all names: {0}")]
pub struct ExtractorError(#[from] aho_corasick::BuildError);

/// Reads papers against one vocabulary; built once, shared by all threads.
///
/// ```
/// use papergraph::extract::Relation;
/// use papergraph::{Extractor, Paper, Vocabulary};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let extractor = Extractor::new(Vocabulary::builtin()?)?;
/// let extraction = extractor.extract(Paper::titled("We evaluate our method on ImageNet"));
/// let mention = &extraction.mentions[0];
/// assert_eq!((mention.entity.to_string().as_str(), mention.text.as_str()), ("dataset/imagenet", "ImageNet"));
/// assert_eq!(mention.relation, Relation::EvaluatesOn);
/// # Ok(())
/// # }
/// ```
pub struct Extractor {
    vocabulary: Arc<Vocabulary>,
    matcher: Matcher,
    /// Names that papers of the collection introduce, see [`Extractor::learn`].
    learnt: Option<LearntNames>,
    limits: ConfidenceLimits,
}

impl Extractor {
    /// # Errors
    /// If the automaton over all names would not fit into memory.
    pub fn new(vocabulary: impl Into<Arc<Vocabulary>>) -> Result<Self, ExtractorError> {
        let vocabulary = vocabulary.into();
        let matcher = Matcher::of_vocabulary(&vocabulary)?;
        Ok(Self { vocabulary, matcher, learnt: None, limits: ConfidenceLimits::default() })
    }

    /// Leaves out links and results that are less sure.
    pub fn set_limits(&mut self, limits: ConfidenceLimits) {
        self.limits = limits;
    }

    /// The vocabulary that the extractor links to.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The names that a paper introduces and the vocabulary does not have.
    pub fn introduced(&self, contributions: &[Contribution]) -> Vec<IntroducedName> {
        let new = contributions.iter().filter(|c| self.vocabulary.get(&c.entity).is_none());
        new.map(introduced::introduced).collect()
    }

    /// Whether the names of the collection change nothing in what was extracted from a paper by itself.
    pub fn is_independent(&self, extraction: &Extraction) -> bool {
        let own: HashSet<&EntityId> = extraction.introduces.iter().map(|c| &c.entity).collect();
        let holds = |mention: &Mention| mention.listed || own.contains(&mention.entity);
        self.learnt.as_ref().is_none_or(|learnt| learnt.changes_nothing(extraction, holds))
    }

    /// Makes the names of the collection known to all its papers.
    pub fn learn(&mut self, names: Vec<CollectionName>) {
        self.learnt = Some(LearntNames::new(names));
    }

    fn coined(&self, paper: &Paper, title: &ReadField, body: &ReadField) -> Vec<CoinedName> {
        let mut coined = contributions::find(title, body, paper.venue.as_deref(), |name| {
            let key = crate::vocabulary::squeeze(name);
            let known = |name: &str| self.vocabulary.meant_by(name).is_some();
            // "FastSpeech 2s" is not the plural of "FastSpeech 2".
            known(&key) || key.strip_suffix('s').is_some_and(|s| s.ends_with(char::is_alphabetic) && known(s))
        });
        // A name that comes from this paper according to the vocabulary is its own, whatever words the paper uses.
        let Some(arxiv) = paper.id.as_arxiv() else { return coined };
        for reading in [title, body] {
            for candidate in &reading.candidates {
                let name = self.matcher.name(candidate.name);
                let entity = &self.vocabulary.entities()[name.entity as usize];
                if entity.paper.as_deref() == Some(&arxiv) {
                    let surface = &reading.text[candidate.range()];
                    contributions::add_known(&mut coined, entity, surface, reading.place(&candidate.range()));
                }
            }
        }
        coined
    }

    /// The entity for a name of the paper's own, and whether the vocabulary has it.
    fn entity_of(&self, coined: &CoinedName, paper: &Paper, readings: [&ReadField; 2]) -> (EntityId, bool) {
        if let Some(id) = &coined.entity {
            return (id.clone(), true);
        }
        if let Some(entity) = self.vocabulary_entity(coined, paper, readings) {
            return (entity.id.clone(), true);
        }
        if let Some(thing) = self.learnt.as_ref().and_then(|learnt| learnt.thing(&coined.name, &paper.id)) {
            return (thing.entity.clone(), false);
        }
        let id = EntityId::of_name(coined.kind, &coined.name);
        if self.vocabulary.get(&id).is_none() {
            return (id, false);
        }
        // The vocabulary has another thing with this name (`method/monarch`): the paper's own needs a different id.
        let mark = paper.published.map_or_else(|| "introduced".to_string(), |d| d.year().to_string());
        (EntityId::of_name(coined.kind, &format!("{} {mark}", coined.name)), false)
    }

    /// The vocabulary entry that a paper's own name means: the entry that names this paper as its origin, else one of a
    /// suitable kind whose name needs no evidence, or for whose weak name the text has evidence.
    fn vocabulary_entity(&self, coined: &CoinedName, paper: &Paper, readings: [&ReadField; 2]) -> Option<&Entity> {
        let key = crate::vocabulary::squeeze(&coined.name);
        let mut meant: Vec<(u32, bool)> = Vec::new();
        for reading in readings {
            for candidate in &reading.candidates {
                let name = self.matcher.name(candidate.name);
                let folded = &reading.folded.bytes()[candidate.folded_start..candidate.folded_end];
                let same = folded.iter().filter(|b| **b != b' ').eq(key.as_bytes());
                if same && !meant.iter().any(|(e, _)| *e == name.entity) {
                    meant.push((name.entity, name.weak));
                }
            }
        }
        let arxiv = paper.id.as_arxiv();
        let entities = self.vocabulary.entities();
        let of_this_paper = |e: &Entity| arxiv.is_some() && e.paper == arxiv;
        if let Some((entity, _)) = meant.iter().find(|(e, _)| of_this_paper(&entities[*e as usize])) {
            return Some(&entities[*entity as usize]);
        }
        // A paper can be unclear about whether its method is a model; a name without any noun can have any kind.
        let alike = |k: Kind| matches!(k, Kind::Method | Kind::Model | Kind::Software | Kind::Unknown);
        let evidence = || {
            let text = readings.map(|r| String::from_utf8_lossy(r.folded.bytes()).into_owned()).join(" ");
            move |e: &Entity| e.context.iter().any(|w| mentions::has_word(text.as_bytes(), w))
        };
        let fits = meant.iter().find(|(index, weak)| {
            let e = &entities[*index as usize];
            let kind = e.kind() == coined.kind
                || (alike(e.kind()) && alike(coined.kind))
                || (!coined.kind_stated && alike(coined.kind) && !weak && e.kind() != Kind::Task);
            let other_paper = arxiv.is_some() && e.paper.is_some();
            kind && (!weak || (!other_paper && evidence()(e)))
        });
        fits.map(|(index, _)| &entities[*index as usize])
    }

    /// Whether the entity comes from another paper according to the vocabulary: a paper that extends or surveys it does
    /// not introduce it again.
    fn is_anothers(&self, entity: &Entity, paper: &Paper) -> bool {
        let known = entity.paper.as_deref().filter(|known| arxiv_id(known).is_some());
        match (known, paper.id.as_arxiv()) {
            (Some(known), Some(own)) => known != own,
            // A task that the vocabulary lists belongs to nobody, nor does a term in lower case ("decision tree").
            (None, _) if entity.year.is_none() && entity.kind() == Kind::Task => true,
            (None, _)
                if entity.year.is_none()
                    && matches!(entity.kind(), Kind::Method | Kind::Model)
                    && !entity.name.contains(char::is_uppercase) =>
            {
                true
            }
            _ => matches!((paper.published, entity.year), (Some(date), Some(year)) if date.year() > year + 1),
        }
    }

    /// Whether a name is the abbreviation of something that others introduced: "Extreme Learning Machines (ELM)". A long
    /// form that the vocabulary has only as an alias may be new.
    fn spells_out_anothers(&self, own: &CoinedName, paper: &Paper) -> bool {
        let Some(long) = &own.expansion else { return false };
        let key = crate::vocabulary::squeeze(long);
        let meant = |key: &str| self.vocabulary.meant_by(key);
        let entity = meant(&key).or_else(|| meant(key.strip_suffix('s')?));
        let is_its_name = |entity: &&Entity| {
            let name = crate::vocabulary::squeeze(&entity.name);
            name == key || key.strip_suffix('s') == Some(&name)
        };
        entity.filter(is_its_name).is_some_and(|entity| self.is_anothers(entity, paper))
    }

    /// Everything that the paper's text says.
    pub fn extract(&self, mut paper: Paper) -> Extraction {
        paper.infer_date();
        let title = ReadField::new(Field::Title, &paper.title, &self.matcher);
        let body = ReadField::new(Field::Abstract, &paper.abstract_text, &self.matcher);
        let mut coined = self.coined(&paper, &title, &body);
        coined.retain(|own| match self.vocabulary_entity(own, &paper, [&title, &body]) {
            Some(entity) => !self.is_anothers(entity, &paper),
            None if self.spells_out_anothers(own, &paper) => false,
            None => self.learnt.as_ref().is_none_or(|learnt| !learnt.refuses(&own.name, &paper.id)),
        });
        let own: Vec<OwnName> = coined
            .iter()
            .map(|coined| {
                let (entity, _) = self.entity_of(coined, &paper, [&title, &body]);
                let name = self.vocabulary.get(&entity).map_or(&coined.name, |e| &e.name).as_str();
                OwnName::new(coined, name, entity)
            })
            .collect();
        let sections: Vec<ReadField> =
            Field::sections(&paper).map(|field| ReadField::new(field, field.of(&paper), &self.matcher)).collect();
        let readings: Vec<&ReadField> = [&title, &body].into_iter().chain(&sections).collect();
        let (decided, evidence) = self.decide(&paper, &readings, &own);
        let all: Vec<(&ReadField, &[Span])> =
            decided.iter().map(|(reading, spans)| (*reading, spans.as_slice())).collect();
        let hardware = hardware::find(&all, |span| self.vocabulary.get(&span.entity).cloned());
        let main_system = coined
            .iter()
            .find(|c| c.in_title)
            .or(coined.first())
            .filter(|c| c.kind != Kind::Dataset)
            .map(|c| c.name.as_str());
        let context = tables::PaperContext::of(&all, main_system);
        let of_claims = results::ClaimContext {
            main_system,
            usual_dataset: context.usual_dataset(),
            dataset_of_task: &|task| context.dataset_of_task(task, &self.vocabulary),
        };
        let mut results = results::find(&body, all[1].1, &of_claims);
        for ((reading, spans), section) in all[2..].iter().zip(&paper.sections) {
            results::find_in_section(&section.title, reading, spans, &of_claims, &mut results);
        }
        let names = tables::NameMeanings { extractor: self, paper: &paper, evidence: &evidence, own: &own };
        results.extend(tables::find(&names, &paper, &context));
        tables::doubt(&mut results, &self.vocabulary);
        results.retain(|result| result.confidence.is_none_or(|confidence| confidence >= self.limits.results));

        let links = links::find(&paper.abstract_text);
        let code = code::statement(&body.lower, &body.sentences, &links);
        let mut repos = Vec::new();
        let mut pages = Vec::new();
        for link in links {
            match link.target {
                LinkTarget::Repository(repository) => repos.push(repository),
                LinkTarget::Page(page) => pages.push(page),
            }
        }
        let headings = [None, None].into_iter().chain(paper.sections.iter().map(|section| Some(section.title.clone())));
        let mentions: Vec<Mention> = decided
            .into_iter()
            .zip(headings)
            .flat_map(|((reading, spans), heading)| {
                self.mentions_of(reading, spans).into_iter().map(move |m| Mention { section: heading.clone(), ..m })
            })
            .filter(|mention| mention.confidence >= self.limits.links)
            .collect();
        let introduces = own
            .iter()
            .map(|o| Contribution {
                entity: o.entity.clone(),
                name: o.coined.name.clone(),
                kind: o.entity.kind(),
                kind_stated: o.coined.kind_stated || self.vocabulary.get(&o.entity).is_some(),
                expansion: o.coined.expansion.clone(),
                place: o.coined.place,
            })
            .collect();
        let declared_entities = declared::resolve(&paper.declared, &self.vocabulary);
        let citations = Vec::new();
        let author_keys = Vec::new();
        Extraction {
            paper,
            mentions,
            introduces,
            repos,
            pages,
            code,
            hardware,
            results,
            declared_entities,
            citations,
            author_keys,
        }
    }
}

impl Extractor {
    /// The spans in all texts of a paper. The whole paper is evidence for each of them.
    fn decide<'r, 'p>(
        &self,
        paper: &Paper,
        readings: &[&'r ReadField<'p>],
        own: &[OwnName],
    ) -> (Vec<(&'r ReadField<'p>, Vec<Span>)>, PaperEvidence<'_>) {
        let mut evidence = PaperEvidence::gather(readings, &self.matcher, &self.vocabulary, paper.published);
        let decide = |evidence: &PaperEvidence| -> Vec<(&'r ReadField<'p>, Vec<Span>)> {
            readings.iter().map(|reading| (*reading, mentions::decide(reading, &self.matcher, evidence, own))).collect()
        };
        let mut decided = decide(&evidence);
        if evidence.take_over(&decided) {
            decided = decide(&evidence);
        }
        if let Some(learnt) = &self.learnt {
            for (reading, spans) in &mut decided {
                learnt.link(reading, paper, spans);
            }
        }
        let own_names = own.iter().flat_map(|o| o.squeezed.iter().map(String::as_str)).collect();
        unlisted::add(&mut decided, &self.vocabulary, &own_names, paper.published);
        teams::drop_teams(&mut decided);
        (decided, evidence)
    }

    fn mentions_of(&self, reading: &ReadField, spans: Vec<Span>) -> Vec<Mention> {
        let mut points = CodePoints::new(reading.text);
        spans
            .into_iter()
            .map(|span| Mention {
                start: points.before(span.range.start),
                end: points.before(span.range.end),
                text: reading.text[span.range.clone()].to_string(),
                field: reading.field,
                kind: span.entity.kind(),
                confidence: span.confidence,
                relation: relations::of(reading, &span.range, span.entity.kind(), span.own),
                variant: span.variant,
                listed: self.vocabulary.get(&span.entity).is_some(),
                section: None,
                entity: span.entity,
                name: span.name,
            })
            .collect()
    }
}
