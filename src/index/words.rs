//! Search for nodes by words, including misspelt ones.

use std::collections::HashMap;

use tantivy::postings::Postings;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{Field, IndexRecordOption, Term};
use tantivy::termdict::TermDictionary;
use tantivy::{DocSet, TERMINATED};

use super::schema::words_of;
use super::{Index, IndexError, IndexedNode};
use crate::ontology::name_key;

/// A search result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndexHit {
    pub doc: IndexedNode,
    /// Score; comparable only among the results of one search.
    pub score: f32,
}

/// A search, split into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchWords {
    words: Vec<String>,
    key: String,
}

/// Weights of a match: the whole word, its beginning, and one or two letters away.
const WHOLE: f32 = 1.0;
const BEGINNING: f32 = 0.85;
const ONE_AWAY: f32 = 0.6;
const TWO_AWAY: f32 = 0.4;
/// Letters of the longest word that is searched with misspellings. The automaton of a word takes memory and time in
/// proportion to its length; that of 100,000 letters took half a minute.
const FORGIVEN_LETTERS: usize = 256;
/// Maximum number of index words that one misspelt or incomplete word may match.
const READINGS: usize = 64;
/// Weight of a word in the title, relative to one in the abstract.
const TITLE: f32 = 2.5;

impl SearchWords {
    pub fn new(text: &str) -> Self {
        Self { words: words_of(text), key: name_key(text) }
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.words.len()
    }
}

/// The papers that a search found.
#[derive(Debug, Clone, Default)]
pub struct FoundPapers {
    /// The best first.
    pub first: Vec<IndexHit>,
    pub total: usize,
    /// Number of words of the search that each of them has.
    pub matched: usize,
}

/// A word of the index that a search word may match.
struct WordReading {
    text: Vec<u8>,
    weight: f32,
}

impl Index {
    /// Entities, repositories and pages with all search words in their names, and those whose name without spaces is
    /// the search, begins with it or nearly equals it (`llama2`, `efficientqta`). The result is not sorted.
    pub fn names(&self, search: &SearchWords) -> Result<Vec<IndexHit>, IndexError> {
        let mut best: HashMap<IndexedNode, f32> = self.whole_names(search, true)?;
        for segment in &self.segments {
            let mut of_all: Option<HashMap<IndexedNode, f32>> = None;
            for word in &search.words {
                let mut of_word: HashMap<IndexedNode, f32> = HashMap::new();
                for reading in self.readings(segment, self.fields.name, word, true)? {
                    let term = Term::from_field_text(self.fields.name, &String::from_utf8_lossy(&reading.text));
                    let each = segment.each(&term, |doc| {
                        let weight = of_word.entry(doc).or_default();
                        *weight = weight.max(reading.weight);
                    });
                    each.map_err(|e| self.error(e))?;
                }
                of_all = Some(match of_all {
                    None => of_word,
                    Some(all) => all
                        .into_iter()
                        .filter_map(|(doc, score)| of_word.get(&doc).map(|weight| (doc, score + weight)))
                        .collect(),
                });
            }
            for (doc, score) in of_all.unwrap_or_default() {
                let score = score / search.words.len().max(1) as f32;
                let best = best.entry(doc).or_default();
                *best = best.max(score);
            }
        }
        Ok(best.into_iter().map(|(doc, score)| IndexHit { doc, score }).collect())
    }

    /// Like [`Index::names`], for a search whose words are in no single name: the names with the most of its words, at
    /// least half of them, and the number of these words.
    pub fn names_with_most(&self, search: &SearchWords) -> Result<(Vec<IndexHit>, usize), IndexError> {
        let mut held: HashMap<IndexedNode, (usize, f32)> = HashMap::new();
        for segment in &self.segments {
            for word in &search.words {
                let mut of_word: HashMap<IndexedNode, f32> = HashMap::new();
                for reading in self.readings(segment, self.fields.name, word, false)? {
                    let term = Term::from_field_text(self.fields.name, &String::from_utf8_lossy(&reading.text));
                    let each = segment.each(&term, |doc| {
                        let weight = of_word.entry(doc).or_default();
                        *weight = weight.max(reading.weight);
                    });
                    each.map_err(|e| self.error(e))?;
                }
                for (doc, weight) in of_word {
                    let (words, sum) = held.entry(doc).or_default();
                    *words += 1;
                    *sum += weight;
                }
            }
        }
        let most = held.values().map(|(words, _)| *words).max().unwrap_or_default();
        if most * 2 < search.len() {
            return Ok((Vec::new(), 0));
        }
        let best = held.into_iter().filter(|(_, (words, _))| *words == most);
        let found = best.map(|(doc, (_, sum))| IndexHit { doc, score: sum / search.len().max(1) as f32 });
        Ok((found.collect(), most))
    }

    /// Nodes with names similar to the search, for "did you mean": names without spaces that begin with it or are one
    /// or two letters away.
    pub fn nearly(&self, search: &SearchWords) -> Result<Vec<IndexHit>, IndexError> {
        let best = self.whole_names(search, false)?;
        Ok(best.into_iter().map(|(doc, score)| IndexHit { doc, score }).collect())
    }

    fn whole_names(&self, search: &SearchWords, without_papers: bool) -> Result<HashMap<IndexedNode, f32>, IndexError> {
        let mut best: HashMap<IndexedNode, f32> = HashMap::new();
        if search.key.is_empty() {
            return Ok(best);
        }
        let nodes = self.nodes()?;
        for segment in &self.segments {
            for reading in self.readings(segment, self.fields.key, &search.key, true)? {
                let term = Term::from_field_text(self.fields.key, &String::from_utf8_lossy(&reading.text));
                let each = segment.each(&term, |doc| {
                    if !(without_papers && nodes.kind(doc) == Some(crate::ontology::NodeKind::Paper)) {
                        let weight = best.entry(doc).or_default();
                        *weight = weight.max(reading.weight);
                    }
                });
                each.map_err(|e| self.error(e))?;
            }
        }
        Ok(best)
    }

    /// Papers whose title or abstract holds every word, the best first, and their number. If there are none and
    /// `forgive` is set, those that hold the most words, at least half of them.
    ///
    /// A word is weighted by its rarity (as in BM25). In the title it counts two and a half times. In the abstract it
    /// counts by its frequency, with diminishing increments. A word that is in no paper matches words that are one or
    /// two letters away. Papers that `takes` refuses are as if they were not there.
    pub fn papers(
        &self,
        search: &SearchWords,
        most: usize,
        forgive: bool,
        takes: impl Fn(IndexedNode) -> bool,
    ) -> Result<FoundPapers, IndexError> {
        if search.words.is_empty() {
            return Ok(FoundPapers::default());
        }
        let fields = [self.fields.title, self.fields.text];
        let mut misspelt = Vec::new();
        let mut rarity = Vec::new();
        for word in &search.words {
            let mut papers = 0;
            for segment in &self.segments {
                for field in fields {
                    for reading in self.readings(segment, field, word, false)? {
                        papers += self.frequency(segment, field, &reading.text)?;
                    }
                }
            }
            misspelt.push(papers == 0);
            rarity.push((1.0 + f64::from(self.end()) / (f64::from(papers) + 1.0)).ln() as f32);
        }
        let mut parts = Vec::new();
        for segment in &self.segments {
            let size = segment.reader.max_doc() as usize;
            let (mut score, mut held) = (vec![0_f32; size], vec![0_u16; size]);
            for (i, word) in search.words.iter().enumerate() {
                let mut of_word = vec![0_f32; size];
                for field in fields {
                    let title = field == self.fields.title;
                    for reading in self.readings(segment, field, word, misspelt[i])? {
                        self.weigh(segment, field, &reading, title, &mut of_word)?;
                    }
                }
                for (at, weight) in of_word.into_iter().enumerate().filter(|(_, weight)| *weight > 0.0) {
                    score[at] += weight * rarity[i];
                    held[at] += 1;
                }
            }
            for (at, held) in held.iter_mut().enumerate().filter(|(_, held)| **held > 0) {
                if !takes(segment.base + at as IndexedNode) {
                    *held = 0;
                }
            }
            parts.push((segment.base, score, held));
        }
        let all = search.words.len() as u16;
        let held_most = parts.iter().flat_map(|(_, _, held)| held).copied().max().unwrap_or_default();
        let matched = if forgive && held_most * 2 >= all { held_most } else { all };
        let mut found: Vec<IndexHit> = Vec::new();
        if matched > 0 {
            for (base, score, held) in &parts {
                let full = held.iter().zip(score).enumerate().filter(|(_, (held, _))| **held == matched);
                found.extend(full.map(|(at, (_, score))| IndexHit { doc: base + at as IndexedNode, score: *score }));
            }
        }
        let total = found.len();
        Ok(FoundPapers { first: self.best(found, most)?, total, matched: usize::from(matched) })
    }

    /// The best `most` results, best first; equal scores are sorted by date, newest first, and then by id.
    pub fn best(&self, mut found: Vec<IndexHit>, most: usize) -> Result<Vec<IndexHit>, IndexError> {
        let nodes = self.nodes()?;
        if found.len() > most && most > 0 {
            let (_, last, _) = found.select_nth_unstable_by(most - 1, |a, b| b.score.total_cmp(&a.score));
            let last = last.score;
            found.retain(|one| one.score >= last);
        }
        let rank = |found: &IndexHit| nodes.rank(found.doc);
        found.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then_with(|| rank(a).cmp(&rank(b))));
        found.truncate(most);
        Ok(found)
    }

    fn weigh(
        &self,
        segment: &super::read::IndexSegment,
        field: Field,
        reading: &WordReading,
        title: bool,
        of_word: &mut [f32],
    ) -> Result<(), IndexError> {
        let term = Term::from_field_text(field, &String::from_utf8_lossy(&reading.text));
        let inverted = segment.reader.inverted_index(field).map_err(|e| self.error(e))?;
        let postings = inverted.read_postings(&term, IndexRecordOption::WithFreqs).map_err(|e| self.error(e))?;
        let Some(mut postings) = postings else { return Ok(()) };
        let mut doc = postings.doc();
        while doc != TERMINATED {
            if !segment.reader.is_deleted(doc)
                && let Some(best) = of_word.get_mut(doc as usize)
            {
                let often = postings.term_freq() as f32;
                let weight = reading.weight * if title { TITLE } else { often / (often + 1.2) * 2.2 };
                // A word in both title and abstract counts more than in either one, but less than their sum.
                *best = best.max(weight) + best.min(weight) * 0.25;
            }
            doc = postings.advance();
        }
        Ok(())
    }

    /// Words of a segment that `word` may match: itself, words that begin with it, and, if misspellings are allowed,
    /// words one or two letters away (one in words of four to seven letters, two in longer ones).
    fn readings(
        &self,
        segment: &super::read::IndexSegment,
        field: Field,
        word: &str,
        forgive: bool,
    ) -> Result<Vec<WordReading>, IndexError> {
        let inverted = segment.reader.inverted_index(field).map_err(|e| self.error(e))?;
        let terms = inverted.terms();
        let letters = word.chars().count();
        let mut readings: Vec<WordReading> = Vec::new();
        if terms.get(word.as_bytes()).map_err(|e| self.error(e))?.is_some() {
            readings.push(WordReading { text: word.as_bytes().to_vec(), weight: WHOLE });
        }
        if letters >= 3 {
            self.begun(terms, word, &mut readings)?;
        }
        if forgive && (4..=FORGIVEN_LETTERS).contains(&letters) {
            self.misspelt(terms, field, word, letters, &mut readings)?;
        }
        Ok(readings)
    }

    fn begun(&self, terms: &TermDictionary, word: &str, readings: &mut Vec<WordReading>) -> Result<(), IndexError> {
        let mut stream = terms.range().gt(word).into_stream().map_err(|e| self.error(e))?;
        let mut begun: Vec<(u32, Vec<u8>)> = Vec::new();
        while stream.advance() && stream.key().starts_with(word.as_bytes()) && begun.len() < READINGS * 16 {
            begun.push((stream.value().doc_freq, stream.key().to_vec()));
        }
        begun.sort_unstable_by(|a, b| b.cmp(a));
        readings.extend(begun.into_iter().take(READINGS).map(|(_, text)| WordReading { text, weight: BEGINNING }));
        Ok(())
    }

    fn misspelt(
        &self,
        terms: &TermDictionary,
        field: Field,
        word: &str,
        letters: usize,
        readings: &mut Vec<WordReading>,
    ) -> Result<(), IndexError> {
        let distances: &[(u8, f32)] = if letters < 8 { &[(1, ONE_AWAY)] } else { &[(1, ONE_AWAY), (2, TWO_AWAY)] };
        for &(distance, weight) in distances {
            let query = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true);
            let automaton = query.automaton().map_err(|e| self.error(e))?;
            let mut stream = terms.search(automaton).into_stream().map_err(|e| self.error(e))?;
            let mut taken = 0;
            while taken < READINGS && stream.advance() {
                if !readings.iter().any(|known| known.text == stream.key()) {
                    readings.push(WordReading { text: stream.key().to_vec(), weight });
                    taken += 1;
                }
            }
        }
        Ok(())
    }

    fn frequency(&self, segment: &super::read::IndexSegment, field: Field, word: &[u8]) -> Result<u32, IndexError> {
        let inverted = segment.reader.inverted_index(field).map_err(|e| self.error(e))?;
        let info = inverted.terms().get(word).map_err(|e| self.error(e))?;
        Ok(info.map_or(0, |info| info.doc_freq))
    }
}
