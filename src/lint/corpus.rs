//! Finds names that do not behave like names in the text of papers, which a curator cannot see in the vocabulary.
//!
//! There are three signs, each a number of papers: the same letters occur in lower case, as an ordinary word; the name
//! occurs in papers that are years older than the entity; the name occurs without any of its context words. One sign in
//! a few papers is chance, so each sign needs a share of all papers that have the name.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::matcher::{Candidate, Matcher, NameTable};
use crate::paper::Paper;
use crate::text::{Folded, Sentences, folded_name};
use crate::vocabulary::{Entity, Vocabulary, VocabularyProblem};

/// With fewer papers than this, there are no warnings.
const PAPERS: u32 = 3;
/// Minimum number of older papers: a single one may have a wrong date.
const OLDER_PAPERS: u32 = 2;

/// Counts of papers for one name of the vocabulary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct NameUseInPapers {
    /// Papers that have the name in a capitalisation that counts.
    papers: u32,
    /// The number of these that are older than the entity by two years or more.
    before: u32,
    /// The number of these that have no other name of the entity, and no context word in the sentence.
    bare: u32,
    /// Papers that have the same letters without a capital.
    lower_case: u32,
}

impl NameUseInPapers {
    fn add(&mut self, other: Self) {
        self.papers += other.papers;
        self.before += other.before;
        self.bare += other.bare;
        self.lower_case += other.lower_case;
    }
}

/// Warnings about names of `vocabulary` that behave like something else in `papers`.
///
/// # Errors
/// If the automaton over all names would not fit into memory.
pub(super) fn warnings(
    vocabulary: &Vocabulary,
    papers: &[Paper],
) -> Result<Vec<VocabularyProblem>, aho_corasick::BuildError> {
    let matcher = Matcher::of_vocabulary(vocabulary)?;
    let names: Vec<(u32, &str)> = (0..)
        .zip(vocabulary.entities())
        .flat_map(|(number, entity)| entity.strong_names().map(move |name| (number, name)))
        .collect();
    let capitalised = |(_, name): &&(u32, &str)| name.contains(char::is_uppercase) && !name.contains([' ', '-']);
    let words: Vec<&(u32, &str)> = names.iter().filter(capitalised).collect();
    let table = NameTable::in_any_case(words.iter().map(|(_, name)| *name));
    let observer = CorpusObserver { vocabulary, matcher, words, table };
    let counted = papers.par_iter().map(|paper| observer.paper(paper)).reduce(HashMap::new, |mut all, one| {
        for (name, behaviour) in one {
            all.entry(name).or_default().add(behaviour);
        }
        all
    });
    let mut problems: Vec<VocabularyProblem> = names
        .iter()
        .filter_map(|&(number, name)| {
            let entity = &vocabulary.entities()[number as usize];
            let message = complaint(entity, name, *counted.get(&(number, name))?)?;
            Some(VocabularyProblem {
                file: entity.defined_at.file.to_string(),
                line: Some(entity.defined_at.line),
                message,
            })
        })
        .collect();
    problems.sort_by(|a, b| (&a.file, a.line, &a.message).cmp(&(&b.file, b.line, &b.message)));
    Ok(problems)
}

fn complaint(entity: &Entity, name: &str, seen: NameUseInPapers) -> Option<String> {
    let slug = entity.id.slug();
    let advice = "put it into `weak`, with `context`, or remove it";
    if seen.before >= OLDER_PAPERS && seen.before * 4 >= seen.papers {
        let year = entity.year.unwrap_or_default();
        return Some(format!(
            "`{name}` of `{slug}` ({year}) occurs in {} papers, {} of them older than it; {advice}",
            seen.papers, seen.before
        ));
    }
    if seen.papers >= PAPERS && seen.lower_case >= 5 * seen.papers {
        return Some(format!(
            "`{name}` of `{slug}` occurs in {} papers, and the same word in lower case in {}; {advice}",
            seen.papers, seen.lower_case
        ));
    }
    if seen.papers >= 2 * PAPERS && !entity.context.is_empty() && seen.bare * 10 >= seen.papers * 9 {
        return Some(format!(
            "`{name}` of `{slug}` occurs in {} papers, in {} of them without any word of its `context`; {advice}",
            seen.papers, seen.bare
        ));
    }
    None
}

struct CorpusObserver<'v> {
    vocabulary: &'v Vocabulary,
    matcher: Matcher,
    /// The names of one word that have a capital, and the table that finds them in any capitalisation.
    words: Vec<&'v (u32, &'v str)>,
    table: NameTable,
}

impl<'v> CorpusObserver<'v> {
    fn paper(&self, paper: &Paper) -> HashMap<(u32, &'v str), NameUseInPapers> {
        let mut seen: HashMap<(u32, &'v str), NameUseInPapers> = HashMap::new();
        let sections = paper.sections.iter().map(|section| section.text.as_str());
        let texts: Vec<&str> =
            [paper.title.as_str(), paper.abstract_text.as_str()].into_iter().chain(sections).collect();
        let mut read: Vec<(Folded, Sentences, Vec<Candidate>)> = Vec::new();
        for text in &texts {
            let folded = Folded::new(text);
            for (found, range) in self.table.find(text, &folded) {
                let (entity, name) = self.words[found as usize];
                if !text[range].contains(char::is_uppercase) {
                    seen.entry((*entity, *name)).or_default().lower_case = 1;
                }
            }
            let mut candidates = Vec::new();
            self.matcher.find(text, &folded, &mut candidates);
            read.push((folded, Sentences::new(text), candidates));
        }
        let entities = self.vocabulary.entities();
        let found = || {
            read.iter()
                .flat_map(|(folded, sentences, candidates)| candidates.iter().map(move |c| (folded, sentences, c)))
        };
        let mut context: HashMap<(u32, &'v str), bool> = HashMap::new();
        for (folded, sentences, candidate) in found() {
            let name = self.matcher.name(candidate.name);
            let entity = &entities[name.entity as usize];
            let Some(surface) = entity.strong_names().find(|strong| **strong == *name.surface) else { continue };
            let sentence = folded.of(sentences.around(candidate.start));
            let supported = entity.context.iter().any(|word| has_word(sentence, word))
                || found().any(|(_, _, other)| {
                    let other = self.matcher.name(other.name);
                    other.entity == name.entity && other.surface != name.surface
                });
            *context.entry((name.entity, surface)).or_default() |= supported;
        }
        for (key, supported) in context {
            let year = entities[key.0 as usize].year;
            let before = matches!((paper.published, year), (Some(date), Some(year)) if date.year() + 1 < year);
            let behaviour = seen.entry(key).or_default();
            behaviour.papers = 1;
            behaviour.before = u32::from(before);
            behaviour.bare = u32::from(!supported);
        }
        seen
    }
}

fn has_word(folded: &[u8], word: &str) -> bool {
    let word = folded_name(word);
    !word.is_empty()
        && memchr::memmem::find_iter(folded, word.as_bytes()).any(|at| {
            (at == 0 || !folded[at - 1].is_ascii_alphanumeric())
                && crate::matcher::word_end(folded, at + word.len()).is_some()
        })
}
