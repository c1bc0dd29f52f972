//! Finds nodes by name, allowing for typing errors, and papers by the words of their abstracts.

use std::collections::BTreeMap;

use super::Selection;
use super::papers::{PaperCount, PaperIndex};
use crate::index::{FoundPapers, SearchWords};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::text::fold_name;

/// A node that a search found.
#[derive(Debug, Clone)]
pub struct FoundByName {
    pub node: NodeRef,
    /// The name that matched, if it is not the label.
    pub alias: Option<String>,
    /// 0 to 1.
    pub score: f64,
    /// How many papers are about the node; zero for papers.
    pub count: PaperCount,
    /// The publication date of a paper.
    pub date: Option<PartialDate>,
}

/// The nodes that a search found.
#[derive(Debug, Clone, Default)]
pub struct FoundByWords {
    /// The best first.
    pub hits: Vec<FoundByName>,
    /// Number of matching nodes; `hits` may have only the first of them.
    pub total: usize,
    /// Number of matching nodes of each kind that has any.
    pub by_kind: Vec<(NodeKind, usize)>,
    /// Number of words of the search, and how many of them each node has.
    pub words: usize,
    pub matched: usize,
}

/// Number of names that are compared letter by letter. It applies to entities, and separately to repositories and
/// pages, since ten thousand of these can have a word in their address.
const COMPARED: usize = 300;

/// The nodes that match the words of `text`, the best first, and how many there are. Entities, repositories and
/// pages match if one name or alias has all words; papers match if title and abstract have them.
///
/// A word of the query scores fully if it is a word of the name, a little less if it begins one, and by its
/// similarity (Damerau–Levenshtein, at least two letters in three the same) if it is misspelt. A full name comes
/// before a partial one; among equals, the one that more papers name comes first. Papers come after names, the best
/// first: rare words count more than common ones, the title more than the abstract; among equals, the newest comes
/// first. If nothing has all words, what has the most of them is found, if that is half of them or more.
///
/// A selection that limits papers finds papers only, and only those that it has.
pub(crate) fn search(
    store: &GraphStore,
    text: &str,
    kinds: &[NodeKind],
    selection: &Selection,
    limit: usize,
) -> Result<FoundByWords, StoreError> {
    let words = SearchWords::new(text);
    if words.is_empty() {
        return Ok(FoundByWords::default());
    }
    let takes = |kind: NodeKind| match kinds.is_empty() {
        true => kind != NodeKind::Work,
        false => kinds.contains(&kind),
    };
    let takes = |kind: NodeKind| takes(kind) && (kind == NodeKind::Paper || !selection.limits_papers());
    let search = SplitSearch { store, text, words: &words, selection, limit };
    let found = search.nodes(takes, false)?;
    match found.total == 0 && words.len() > 1 {
        true => search.nodes(takes, true),
        false => Ok(found),
    }
}

/// A search, after its text was split into words.
struct SplitSearch<'a> {
    store: &'a GraphStore,
    text: &'a str,
    words: &'a SearchWords,
    selection: &'a Selection,
    limit: usize,
}

impl SplitSearch<'_> {
    /// Finds nodes with all words; if `forgive` is set, those with the most words.
    fn nodes(&self, takes: impl Fn(NodeKind) -> bool, forgive: bool) -> Result<FoundByWords, StoreError> {
        let words = self.words.len();
        let mut all = FoundByWords { words, matched: words, ..FoundByWords::default() };
        if NodeKind::ALL.into_iter().any(|kind| kind != NodeKind::Paper && takes(kind)) {
            all = names(self.store, self.text, self.words, &takes, self.limit, forgive)?;
        }
        if takes(NodeKind::Paper) {
            let (papers, found, matched) = self.papers(forgive)?;
            // Papers with more of the words make names with fewer of them useless, and the other way round.
            if forgive && matched > all.matched || all.total == 0 {
                all = FoundByWords { words, matched, ..FoundByWords::default() };
            }
            if matched >= all.matched && found > 0 {
                all.hits.extend(papers);
                all.total += found;
                all.by_kind.push((NodeKind::Paper, found));
            }
        }
        all.hits.truncate(self.limit);
        Ok(all)
    }

    /// The papers that were found, their number, and how many of the words each has.
    fn papers(&self, forgive: bool) -> Result<(Vec<FoundByName>, usize, usize), StoreError> {
        let index = self.store.index()?;
        let nodes = index.nodes()?;
        let takes = |paper| !self.selection.limits_papers() || self.selection.takes_paper(nodes, paper);
        let FoundPapers { first: found, total, matched } =
            index.papers(self.words, self.limit.saturating_mul(4).max(50), forgive, takes)?;
        let most = found.first().map_or(1.0, |found| f64::from(found.score)).max(f64::MIN_POSITIVE);
        let wanted = fold_name(self.text);
        let mut hits = Vec::new();
        for found in found {
            let Some(node) = self.store.node_at(found.doc)? else { continue };
            // A title with few other words comes before a long one.
            let title = fold_name(&node.label);
            let share = wanted.split_whitespace().count() as f64 / title.split_whitespace().count().max(1) as f64;
            let whole = if title == wanted { 1.0 } else { share.min(1.0) * 0.2 };
            let score = (f64::from(found.score) / most * 0.8 + whole).min(1.0);
            let date = nodes.date(found.doc);
            hits.push((
                nodes.day(found.doc),
                FoundByName { node, alias: None, score, count: PaperCount::default(), date },
            ));
        }
        hits.sort_by(|(day_a, a), (day_b, b)| {
            b.score.total_cmp(&a.score).then(day_b.cmp(day_a)).then_with(|| a.node.id.cmp(&b.node.id))
        });
        hits.truncate(self.limit);
        Ok((hits.into_iter().map(|(_, hit)| hit).collect(), total, matched))
    }
}

fn names(
    store: &GraphStore,
    text: &str,
    search: &SearchWords,
    takes: impl Fn(NodeKind) -> bool,
    limit: usize,
    forgive: bool,
) -> Result<FoundByWords, StoreError> {
    let counts = PaperIndex::of(store)?;
    let nodes = counts.index.nodes()?;
    let (mut found, matched) = match forgive {
        true => counts.index.names_with_most(search)?,
        false => (counts.index.names(search)?, search.len()),
    };
    found.retain(|found| nodes.kind(found.doc).is_some_and(&takes));
    let mut by_kind: BTreeMap<NodeKind, usize> = BTreeMap::new();
    for kind in found.iter().filter_map(|found| nodes.kind(found.doc)) {
        *by_kind.entry(kind).or_default() += 1;
    }
    let wanted = fold_name(text);
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let mut hits = Vec::new();
    let total = found.len();
    let (entities, addresses): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|found| matches!(nodes.kind(found.doc), Some(NodeKind::Entity(_))));
    let best = |found| counts.index.best(found, COMPARED.max(limit));
    for found in best(entities)?.into_iter().chain(best(addresses)?) {
        let Some(node) = store.node_at(found.doc)? else { continue };
        let mut best = (score(&wanted, &words, &node.label).unwrap_or_default(), None);
        for alias in counts.index.shown(found.doc)?.map(|shown| shown.aliases).unwrap_or_default() {
            let score = score(&wanted, &words, &alias).unwrap_or_default();
            if score > best.0 {
                best = (score, Some(alias));
            }
        }
        // A name that the index finds although it shares no word with the query is written as one word.
        let score = best.0.max(f64::from(found.score) * 0.6);
        // The number of papers with it in their text is counted below, only for what is shown.
        let count = PaperCount { papers: counts.degree(&node.id)?, in_text: 0 };
        hits.push(FoundByName { node, alias: best.1, score, count, date: None });
    }
    hits.sort_by(|a, b| {
        let coarse = |hit: &FoundByName| (hit.score * 20.0).round() as i64;
        coarse(b).cmp(&coarse(a)).then(b.count.papers.cmp(&a.count.papers)).then_with(|| a.node.id.cmp(&b.node.id))
    });
    hits.truncate(limit);
    for hit in &mut hits {
        hit.count = counts.count(&hit.node.id)?;
    }
    Ok(FoundByWords { hits, total, by_kind: by_kind.into_iter().collect(), words: search.len(), matched })
}

/// The score of a name; `None` if a word is not found.
fn score(wanted: &str, words: &[&str], name: &str) -> Option<f64> {
    let name = fold_name(name);
    if name == wanted {
        return Some(1.0);
    }
    let squeezed = name.replace(' ', "");
    if squeezed == wanted.replace(' ', "") {
        return Some(0.99);
    }
    let parts: Vec<&str> = name.split_whitespace().collect();
    let mut sum = 0.0;
    for word in words {
        let best = parts.iter().map(|part| likeness(word, part)).fold(0.0, f64::max);
        // "llama2" is a misspelling of the beginning of "Llama 2", not of one of its words.
        let best = best.max(if words.len() == 1 { likeness(word, &squeezed) } else { 0.0 });
        if best == 0.0 {
            return None;
        }
        sum += best;
    }
    let share = words.len() as f64 / parts.len().max(words.len()) as f64;
    Some(sum / words.len() as f64 * 0.7 + share * 0.25)
}

fn likeness(word: &str, part: &str) -> f64 {
    if word == part {
        return 1.0;
    }
    let letters = word.chars().count();
    if letters >= 2 && part.starts_with(word) {
        return 0.9;
    }
    if letters < 4 || part.chars().count().abs_diff(letters) > letters / 3 {
        return 0.0;
    }
    let likeness = strsim::normalized_damerau_levenshtein(word, part);
    if likeness >= 0.66 { likeness * 0.85 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, name: &str) -> Option<f64> {
        let wanted = fold_name(text);
        score(&wanted, &wanted.split_whitespace().collect::<Vec<_>>(), name)
    }

    #[test]
    fn typing_errors_are_forgiven_and_exact_names_stand_first() {
        assert_eq!(of("coco", "COCO"), Some(1.0));
        assert!(of("flashatention", "FlashAttention").unwrap() < of("flashattention", "FlashAttention").unwrap());
        assert!(of("efficient trainng", "EfficientQAT: Efficient Training").is_some());
        assert!(of("coco", "COCO-Stuff").unwrap() < 1.0);
        assert_eq!(of("coco", "Penn Treebank"), None);
        assert_eq!(of("big coco", "COCO"), None);
    }
}
