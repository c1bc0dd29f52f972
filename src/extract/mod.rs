//! From a paper's text to what it names.
//!
//! The matcher gives candidates; here they become mentions. The steps, each in a file of its own: abbreviations that
//! the text defines, names that the paper introduces, the decision between candidates, relations, hardware, results,
//! links, and the code statement.

#[macro_use]
mod rule;

mod abbreviations;
mod candidates;
mod code;
mod contributions;
mod declared;
mod hardware;
mod links;
mod mentions;
mod reading;
mod record;
mod relations;
mod results;
mod suggestions;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

pub use candidates::{
    CONFIDENCE as CANDIDATE_CONFIDENCE, Candidate, Place as CandidatePlace, add_candidates, candidates,
};
pub use links::{Link, Target, classify as classify_url, find as find_links};
pub use record::*;
use serde::{Deserialize, Serialize};
pub use suggestions::{Example, Suggestion, Wanted, suggest, write_toml};

use crate::matcher::{Matcher, Table};
use crate::paper::Paper;
use crate::text::{ByteOffsets, CodePoints, Folded};
use crate::vocabulary::{Entity, EntityId, Kind, Vocabulary};
use contributions::Coined;
use mentions::{Evidence, Own, Span};
use reading::Reading;

/// Reads papers against one vocabulary; built once, shared by all threads.
pub struct Extractor {
    vocabulary: Arc<Vocabulary>,
    matcher: Matcher,
    /// Names that papers of the collection introduce, see [`Extractor::learn`].
    learnt: Option<Learnt>,
}

/// Names introduced by papers of the collection, searched in all the others.
struct Learnt {
    /// The distinctive ones, in the order of the table.
    entities: Vec<(EntityId, String)>,
    table: Table,
    by_name: HashMap<String, EntityId>,
}

/// A name that a paper introduces and that other papers may mean when they write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntroducedName {
    pub entity: EntityId,
    pub name: String,
    /// Whether the name alone tells that this is meant, also in a text that does not introduce it.
    pub distinctive: bool,
}

impl Extractor {
    /// # Errors
    /// If the automaton over all names would not fit into memory.
    pub fn new(vocabulary: impl Into<Arc<Vocabulary>>) -> Result<Self, aho_corasick::BuildError> {
        let vocabulary = vocabulary.into();
        let matcher = Matcher::of_vocabulary(&vocabulary)?;
        Ok(Self { vocabulary, matcher, learnt: None })
    }

    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The names that a paper introduces and the vocabulary does not have.
    pub fn introduced(&self, contributions: &[Contribution]) -> Vec<IntroducedName> {
        let new = contributions.iter().filter(|c| self.vocabulary.get(&c.entity).is_none());
        new.map(|contribution| IntroducedName {
            entity: contribution.entity.clone(),
            name: contribution.name.clone(),
            distinctive: contributions::is_distinctive(&contribution.name),
        })
        .collect()
    }

    /// Whether what was read out of a paper by itself is what is read with the names that the collection introduces:
    /// none of them stands where nothing was linked, and none of the paper's own goes by another id.
    pub fn stands_alone(&self, extraction: &Extraction) -> bool {
        let Some(learnt) = &self.learnt else { return true };
        let renamed = self.introduced(&extraction.introduces).into_iter().any(|own| {
            let known = learnt.by_name.get(&crate::vocabulary::squeeze(&own.name));
            own.distinctive && known.is_some_and(|id| *id != own.entity)
        });
        let fields = [Field::Title, Field::Abstract].into_iter().chain(Field::sections(&extraction.paper));
        !renamed && fields.into_iter().all(|field| learnt.adds_nothing(extraction, field))
    }

    /// Makes names that papers of the collection introduce known to all its papers. The first id of a name holds; the
    /// order of `names` is the order of preference.
    pub fn learn(&mut self, names: impl IntoIterator<Item = IntroducedName>) {
        let mut by_name: HashMap<String, EntityId> = HashMap::new();
        let mut entities: Vec<(EntityId, String)> = Vec::new();
        for introduced in names {
            let key = crate::vocabulary::squeeze(&introduced.name);
            if by_name.contains_key(&key) {
                continue;
            }
            by_name.insert(key, introduced.entity.clone());
            if introduced.distinctive {
                entities.push((introduced.entity, introduced.name));
            }
        }
        let table = Table::new(entities.iter().map(|(id, name)| (id.kind(), name.as_str())));
        self.learnt = Some(Learnt { entities, table, by_name });
    }

    fn coined(&self, paper: &Paper, title: &Reading, body: &Reading) -> Vec<Coined> {
        let mut coined = contributions::find(title, body, |name| {
            let key = crate::vocabulary::squeeze(name);
            let known = |name: &str| self.vocabulary.meant_by(name).is_some();
            // "FastSpeech 2s" is no plural of "FastSpeech 2".
            known(&key) || key.strip_suffix('s').is_some_and(|s| s.ends_with(char::is_alphabetic) && known(s))
        });
        // What the vocabulary knows to come from this very paper is its own, whatever words the paper has for it.
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

    /// The entity that a name of the paper's own becomes, and whether the vocabulary has it.
    fn entity_of(&self, coined: &Coined, paper: &Paper, readings: [&Reading; 2]) -> (EntityId, bool) {
        if let Some(id) = &coined.entity {
            return (id.clone(), true);
        }
        if let Some(entity) = self.vocabulary_entity(coined, paper, readings) {
            return (entity.id.clone(), true);
        }
        let key = crate::vocabulary::squeeze(&coined.name);
        if coined.is_distinctive()
            && let Some(id) = self.learnt.as_ref().and_then(|l| l.by_name.get(&key))
        {
            return (id.clone(), false);
        }
        let id = EntityId::of_name(coined.kind, &coined.name);
        if self.vocabulary.get(&id).is_none() {
            return (id, false);
        }
        // The vocabulary has another thing of this name (`method/monarch`): the paper's own needs an id of its own.
        let mark = paper.published.map_or_else(|| "introduced".to_string(), |d| d.year().to_string());
        (EntityId::of_name(coined.kind, &format!("{} {mark}", coined.name)), false)
    }

    /// The entry of the vocabulary that a paper's own name means: the one that says it comes from this paper, else one
    /// of a kind that fits whose name suffices by itself, or for whose weak name the text gives evidence.
    fn vocabulary_entity(&self, coined: &Coined, paper: &Paper, readings: [&Reading; 2]) -> Option<&Entity> {
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
        // A paper can be unsure whether its method is a model; what it calls a method for want of a better word can be
        // anything.
        let alike = |k: Kind| matches!(k, Kind::Method | Kind::Model | Kind::Software);
        let evidence = || {
            let text = readings.map(|r| String::from_utf8_lossy(r.folded.bytes()).into_owned()).join(" ");
            move |e: &Entity| e.context.iter().any(|w| mentions::has_word(text.as_bytes(), w))
        };
        let fits = meant.iter().find(|(index, weak)| {
            let e = &entities[*index as usize];
            let kind = e.kind() == coined.kind
                || (alike(e.kind()) && alike(coined.kind))
                || (coined.kind == Kind::Method && !weak && e.kind() != Kind::Task);
            let other_paper = arxiv.is_some() && e.paper.is_some();
            kind && (!weak || (!other_paper && evidence()(e)))
        });
        fits.map(|(index, _)| &entities[*index as usize])
    }

    /// Everything that the paper's text says.
    pub fn extract(&self, paper: Paper) -> Extraction {
        let title = Reading::new(Field::Title, &paper.title, &self.matcher);
        let body = Reading::new(Field::Abstract, &paper.abstract_text, &self.matcher);
        let coined = self.coined(&paper, &title, &body);
        let own: Vec<Own> = coined
            .iter()
            .map(|coined| {
                let (entity, _) = self.entity_of(coined, &paper, [&title, &body]);
                let name = self.vocabulary.get(&entity).map_or(&coined.name, |e| &e.name);
                Own { coined, name, entity }
            })
            .collect();
        let evidence = Evidence::gather(&[&title, &body], &self.matcher, &self.vocabulary);
        let mut decided: Vec<Vec<Span>> = [&title, &body]
            .into_iter()
            .map(|reading| mentions::decide(reading, &self.matcher, &evidence, &own))
            .collect();
        if let Some(learnt) = &self.learnt {
            for (reading, spans) in [&title, &body].into_iter().zip(&mut decided) {
                add_learnt(learnt, reading, spans);
            }
        }
        let (sections, section_spans) = self.read_sections(&paper, [&title, &body], &own);
        let body_spans = decided.pop().unwrap_or_default();
        let title_spans = decided.pop().unwrap_or_default();

        let read = [(&title, title_spans.as_slice()), (&body, body_spans.as_slice())];
        let of_sections = sections.iter().zip(section_spans.iter().map(Vec::as_slice));
        let all: Vec<(&Reading, &[Span])> = read.into_iter().chain(of_sections).collect();
        let hardware = hardware::find(&all, |span| self.vocabulary.get(&span.entity).cloned());
        let main_system = coined
            .iter()
            .find(|c| c.in_title)
            .or(coined.first())
            .filter(|c| c.kind != Kind::Dataset)
            .map(|c| c.name.as_str());
        let results = results::find(&body, &body_spans, main_system);

        let links = links::find(&paper.abstract_text);
        let code = code::statement(&paper.abstract_text, &body.sentences, &links);
        let mut repos = Vec::new();
        let mut pages = Vec::new();
        for link in links {
            match link.target {
                Target::Repository(repository) => repos.push(repository),
                Target::Page(page) => pages.push(page),
            }
        }
        let mut mentions = mentions_of(&title, title_spans);
        mentions.extend(mentions_of(&body, body_spans));
        for ((reading, spans), section) in sections.iter().zip(section_spans).zip(&paper.sections) {
            let named = mentions_of(reading, spans);
            mentions.extend(named.into_iter().map(|m| Mention { section: Some(section.title.clone()), ..m }));
        }
        drop(sections);
        let introduces = own
            .iter()
            .map(|o| Contribution {
                entity: o.entity.clone(),
                name: o.coined.name.clone(),
                kind: o.entity.kind(),
                place: o.coined.place,
            })
            .collect();
        let declared_entities = declared::resolve(&paper.declared, &self.vocabulary);
        Extraction { mentions, introduces, repos, pages, code, hardware, results, declared_entities, paper }
    }
}

impl Extractor {
    /// The sections of a full text. The whole paper is evidence for the names in them; they are none for those of the
    /// title and the abstract, which so mean the same with a full text as without.
    fn read_sections<'p>(
        &self,
        paper: &'p Paper,
        head: [&Reading; 2],
        own: &[Own],
    ) -> (Vec<Reading<'p>>, Vec<Vec<Span>>) {
        let read = |field: Field| Reading::new(field, field.of(paper), &self.matcher);
        let sections: Vec<Reading> = Field::sections(paper).map(read).collect();
        if sections.is_empty() {
            return (sections, Vec::new());
        }
        let all: Vec<&Reading> = head.into_iter().chain(&sections).collect();
        let evidence = Evidence::gather(&all, &self.matcher, &self.vocabulary);
        let decide = |reading: &Reading| {
            let mut spans = mentions::decide(reading, &self.matcher, &evidence, own);
            if let Some(learnt) = &self.learnt {
                add_learnt(learnt, reading, &mut spans);
            }
            spans
        };
        let spans = sections.iter().map(decide).collect();
        (sections, spans)
    }
}

impl Learnt {
    /// Whether all its names in a field overlap what is linked there.
    fn adds_nothing(&self, extraction: &Extraction, field: Field) -> bool {
        let text = field.of(&extraction.paper);
        let found = self.table.find(text, &Folded::new(text));
        if found.is_empty() {
            return true;
        }
        let bytes = ByteOffsets::new(text);
        let linked: Vec<Range<usize>> = extraction
            .mentions
            .iter()
            .filter(|mention| mention.field == field)
            .filter_map(|mention| bytes.range(mention.start, mention.end))
            .collect();
        found.iter().all(|(_, at)| linked.iter().any(|range| range.start < at.end && at.start < range.end))
    }
}

/// Mentions of names that other papers of the collection introduce, where nothing else was linked.
fn add_learnt(learnt: &Learnt, reading: &Reading, spans: &mut Vec<Span>) {
    let mut found = learnt.table.find(reading.text, &reading.folded);
    found.sort_by_key(|(name, at)| (std::cmp::Reverse(at.end - at.start), at.start, *name));
    for (name, range) in found {
        if spans.iter().any(|s| s.range.start < range.end && range.start < s.range.end) {
            continue;
        }
        let (entity, name) = &learnt.entities[name as usize];
        spans.push(Span {
            entity: entity.clone(),
            name: name.clone(),
            range,
            confidence: 0.85,
            own: false,
            variant: None,
        });
    }
    spans.sort_by_key(|s| s.range.start);
}

fn mentions_of(reading: &Reading, spans: Vec<Span>) -> Vec<Mention> {
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
            section: None,
            entity: span.entity,
            name: span.name,
        })
        .collect()
}
