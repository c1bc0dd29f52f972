//! Many papers as one collection: the same paper from two places becomes one, and what one paper introduces is known
//! in all the others, whatever the order of reading.

use std::collections::HashMap;
use std::fmt;

use rayon::prelude::*;

use crate::extract::{Extraction, Extractor, Introduced};
use crate::paper::{Origin, Paper, PaperId};
use crate::text::fold_name;

/// Papers in the order in which they were first seen, each once.
#[derive(Debug, Default)]
pub struct Collection {
    papers: Vec<Paper>,
    by_id: HashMap<PaperId, usize>,
    by_title: HashMap<String, usize>,
    contradictions: Vec<Contradiction>,
}

/// Two sources that say different things of one paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    pub paper: PaperId,
    /// Name of the field in the record.
    pub field: &'static str,
    pub kept: String,
    pub dropped: String,
    /// Where the dropped value stands.
    pub source: Option<Origin>,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.source {
            write!(f, "{source}: ")?;
        }
        write!(f, "{} of {} is `{}` here; kept `{}`", self.field, self.paper, self.dropped, self.kept)
    }
}

impl Collection {
    /// Adds a paper, or joins it to the one it is: the same id, or the same title where not both have a registered id.
    /// Returns whether it was new.
    pub fn add(&mut self, paper: Paper) -> bool {
        let title = title_key(&paper.title);
        let known = self.by_id.get(&paper.id).copied().or_else(|| {
            let &i = self.by_title.get(&title)?;
            let both = self.papers[i].id.is_registered() && paper.id.is_registered();
            (!both).then_some(i)
        });
        match known {
            Some(i) => {
                self.by_id.insert(paper.id.clone(), i);
                self.by_title.entry(title).or_insert(i);
                join(&mut self.papers[i], paper, &mut self.contradictions);
                let id = self.papers[i].id.clone();
                self.by_id.insert(id, i);
                false
            }
            None => {
                let i = self.papers.len();
                self.by_id.insert(paper.id.clone(), i);
                self.by_title.entry(title).or_insert(i);
                self.papers.push(paper);
                true
            }
        }
    }

    pub fn papers(&self) -> &[Paper] {
        &self.papers
    }

    pub fn len(&self) -> usize {
        self.papers.len()
    }

    pub fn is_empty(&self) -> bool {
        self.papers.is_empty()
    }

    pub fn contradictions(&self) -> &[Contradiction] {
        &self.contradictions
    }

    /// Reads all papers, on all cores, in two passes: first for what each introduces, then for everything.
    ///
    /// `tick` is called once for each paper and pass.
    ///
    /// # Errors
    /// If the automaton over the introduced names would not fit into memory.
    pub fn extract(
        self,
        extractor: &mut Extractor,
        tick: impl Fn() + Sync,
    ) -> Result<Vec<Extraction>, aho_corasick::BuildError> {
        let introduced: Vec<Introduced> = self
            .papers
            .par_iter()
            .map(|paper| {
                tick();
                extractor.introduced(paper)
            })
            .collect();
        // By id, so that the order of the input files does not decide which paper gives a shared name its kind.
        let mut order: Vec<usize> = (0..self.papers.len()).collect();
        order.sort_by(|&a, &b| {
            let key = |i: usize| (self.papers[i].published.is_none(), self.papers[i].published, &self.papers[i].id);
            key(a).cmp(&key(b))
        });
        extractor.learn(order.into_iter().flat_map(|i| introduced[i].names.iter().cloned()))?;
        Ok(self
            .papers
            .into_par_iter()
            .zip(introduced)
            .map(|(paper, introduced)| {
                tick();
                extractor.extract_after(introduced, paper)
            })
            .collect())
    }
}

/// Letters and digits of a title, for comparison.
fn title_key(title: &str) -> String {
    fold_name(title).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Joins what two sources say. The more precise value wins; of two that contradict each other the first stays, and
/// the contradiction is noted.
fn join(into: &mut Paper, from: Paper, contradictions: &mut Vec<Contradiction>) {
    let source = from.sources.first().cloned();
    let mut contradict = |paper: &PaperId, field: &'static str, kept: String, dropped: String| {
        contradictions.push(Contradiction { paper: paper.clone(), field, kept, dropped, source: source.clone() });
    };
    let replaced = into.id.clone();
    if !into.id.is_registered() && from.id.is_registered() {
        into.id = from.id.clone();
    }
    match (into.published, from.published) {
        (Some(a), Some(b)) if a.agrees_with(b) => {
            if b.precision() > a.precision() {
                into.published = Some(b);
            }
        }
        (Some(a), Some(b)) => contradict(&into.id, "published", a.to_string(), b.to_string()),
        (None, b) => into.published = b,
        (Some(_), None) => {}
    }
    match (into.author_count, from.author_count) {
        (Some(a), Some(b)) if a != b => contradict(&into.id, "author_count", a.to_string(), b.to_string()),
        (None, b) => into.author_count = b,
        _ => {}
    }
    match (&into.organization, from.organization) {
        (Some(a), Some(b)) if !a.eq_ignore_ascii_case(&b) => contradict(&into.id, "organization", a.clone(), b),
        (None, b) => into.organization = b,
        _ => {}
    }
    if into.authors.is_none() {
        into.authors = from.authors;
    }
    // An abstract is cut off in one source and whole in another; the offsets of mentions need one text.
    if title_key(&into.abstract_text) != title_key(&from.abstract_text) {
        let longer = from.abstract_text.chars().count() > into.abstract_text.chars().count();
        if !into.abstract_text.is_empty() && !from.abstract_text.is_empty() {
            let shorten = |s: &str| s.chars().take(40).collect::<String>() + "…";
            let (kept, dropped) = if longer {
                (&from.abstract_text, &into.abstract_text)
            } else {
                (&into.abstract_text, &from.abstract_text)
            };
            contradict(&into.id, "abstract", shorten(kept), shorten(dropped));
        }
        if longer {
            into.abstract_text = from.abstract_text;
        }
    }
    // Comments only grow: the larger number is the later one.
    into.comments = into.comments.max(from.comments);
    match (&into.doi, from.doi) {
        (Some(a), Some(b)) if !a.eq_ignore_ascii_case(&b) => contradict(&into.id, "doi", a.clone(), b),
        (None, b) => into.doi = b,
        _ => {}
    }
    if into.venue.is_none() {
        into.venue = from.venue;
    }
    if into.sections.is_empty() {
        into.sections = from.sections;
    }
    for url in from.urls {
        if !into.urls.contains(&url) {
            into.urls.push(url);
        }
    }
    for id in [replaced, from.id].into_iter().chain(from.identifiers) {
        if id.is_registered() && id != into.id && !into.identifiers.contains(&id) {
            into.identifiers.push(id);
        }
    }
    into.identifiers.retain(|id| *id != into.id);
    into.declared.join(from.declared);
    for origin in from.sources {
        match into.sources.iter_mut().find(|known| known.is_at(&origin)) {
            Some(known) => *known = origin,
            None => into.sources.push(origin),
        }
    }
    into.sources.sort();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::Vocabulary;

    fn paper(id: Option<&str>, title: &str, file: &str) -> Paper {
        let paper = Paper {
            id: id.map_or_else(|| PaperId::from_title(title), |id| PaperId::arxiv(id).unwrap()),
            ..Paper::titled(title)
        };
        paper.read_from(file, 1, "jsonl")
    }

    #[test]
    fn a_paper_seen_twice_is_one_with_both_sources_and_the_better_id() {
        let mut collection = Collection::default();
        assert!(collection.add(paper(None, "FlashAttention: Fast Attention", "a")));
        assert!(!collection.add(paper(Some("2205.14135"), "FLASHATTENTION - Fast attention", "b")));
        assert_eq!(collection.len(), 1);
        assert_eq!(collection.papers()[0].id.to_string(), "paper/arxiv-2205.14135");
        assert_eq!(collection.papers()[0].sources.len(), 2);
    }

    #[test]
    fn two_registered_papers_of_one_title_stay_two() {
        let mut collection = Collection::default();
        collection.add(paper(Some("2205.14135"), "Attention", "a"));
        assert!(collection.add(paper(Some("2301.00001"), "Attention", "b")));
    }

    #[test]
    fn the_more_precise_date_wins_and_a_contradiction_is_kept() {
        let mut collection = Collection::default();
        let mut a = paper(None, "T", "a");
        a.published = Some("2024".parse().unwrap());
        a.author_count = Some(3);
        let mut b = paper(None, "T", "b");
        b.published = Some("2024-05-01".parse().unwrap());
        b.author_count = Some(4);
        collection.add(a);
        collection.add(b);
        assert_eq!(collection.papers()[0].published.unwrap().to_string(), "2024-05-01");
        let told: Vec<String> = collection.contradictions().iter().map(ToString::to_string).collect();
        assert_eq!(told, ["b:1: author_count of paper/t is `4` here; kept `3`"]);
    }

    #[test]
    fn a_name_that_one_paper_introduces_is_found_in_another_whatever_the_order() {
        let mut introducing = paper(None, "ZetaQuux: A Model of Things", "a");
        introducing.abstract_text = "We propose ZetaQuux, a model.".to_string();
        let mut using = paper(None, "Another", "a");
        using.abstract_text = "It is faster than ZetaQuux on all inputs.".to_string();
        for order in [[&introducing, &using], [&using, &introducing]] {
            let mut collection = Collection::default();
            for paper in order {
                collection.add(paper.clone());
            }
            let vocabulary = Vocabulary::from_texts([]).unwrap();
            let mut extractor = Extractor::new(vocabulary).unwrap();
            let out = collection.extract(&mut extractor, || {}).unwrap();
            let using = out.iter().find(|e| e.paper.title == "Another").unwrap();
            assert_eq!(using.mentions[0].entity.to_string(), "model/zetaquux");
        }
    }
}
