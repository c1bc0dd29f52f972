//! Finding nodes by what they are called, with typing errors forgiven.

use std::collections::HashMap;

use crate::ontology::{NodeKind, rdfs, skos};
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::text::fold_name;

/// A node that a search found.
#[derive(Debug, Clone)]
pub struct Hit {
    pub node: NodeRef,
    /// The name that matched, where it is not the label.
    pub alias: Option<String>,
    /// 0 to 1.
    pub score: f64,
    /// Papers that name it, up to a thousand.
    pub papers: usize,
}

/// The nodes whose name, alias or title holds the words of `text`, the best first.
///
/// A word counts whole if it is a word of the name, a little less if it begins one, and by its likeness (Damerau and
/// Levenshtein, at least two letters in three the same) if it is misspelt. All words must be found. A name that is
/// said in full stands before one that is said in part; of equals the one that more papers name. Looks at every name
/// of the graph, and at nothing else.
pub fn search(
    store: &GraphStore,
    text: &str,
    kinds: &[NodeKind],
    limit: usize,
) -> Result<(Vec<Hit>, usize), StoreError> {
    let wanted = fold_name(text);
    let words: Vec<&str> = wanted.split_whitespace().collect();
    if words.is_empty() {
        return Ok((Vec::new(), 0));
    }
    let mut best: HashMap<String, (f64, Option<String>)> = HashMap::new();
    for (predicate, alias) in [(rdfs::LABEL, false), (skos::ALT_LABEL, true)] {
        for found in store.all_literals(predicate) {
            let (node, name) = found?;
            let Some(kind) = store.base().kind(node.as_str()) else { continue };
            if !(kinds.is_empty() || kinds.contains(&kind)) || store.base().id(node.as_str()).is_none() {
                continue;
            }
            let Some(score) = score(&wanted, &words, &name) else { continue };
            let entry = best.entry(node.into_string()).or_insert((0.0, None));
            if score > entry.0 {
                *entry = (score, alias.then_some(name));
            }
        }
    }
    let total = best.len();
    let mut ranked: Vec<_> = best.into_iter().collect();
    ranked.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    // Counting papers is a read for each; those far down cannot come to the top by it.
    ranked.truncate(limit.saturating_mul(5).max(100));
    let mut hits = Vec::new();
    for (iri, (score, alias)) in ranked {
        let iri = oxigraph::model::NamedNode::new_unchecked(iri);
        if let Some(node) = store.node(&iri)? {
            let papers = if node.kind == NodeKind::Paper { 0 } else { store.papers_up_to(&iri, 1000)? };
            hits.push(Hit { node, alias, score, papers });
        }
    }
    hits.sort_by(|a, b| {
        let coarse = |hit: &Hit| (hit.score * 20.0).round() as i64;
        coarse(b).cmp(&coarse(a)).then(b.papers.cmp(&a.papers)).then_with(|| a.node.id.cmp(&b.node.id))
    });
    hits.truncate(limit);
    Ok((hits, total))
}

/// `None` if a word is not found.
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
        // "llama2" is a misspelling of no word of "Llama 2", but of its beginning.
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
