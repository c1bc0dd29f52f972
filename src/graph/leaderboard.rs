//! Results on a dataset: what abstracts claim, and what sources state, kept apart.

use std::collections::BTreeMap;

use oxigraph::model::NamedNode;

use super::about::Facts;
use super::evidence::quoted;
use super::{Node, Selection};
use crate::ontology::name_key;
use crate::store::{GraphStore, NodeRef, StoreError};

/// All results on a dataset, by metric.
#[derive(Debug, Clone, Default)]
pub struct Leaderboard {
    /// The metric with the most results first.
    pub boards: Vec<Board>,
}

/// Results in one metric.
#[derive(Debug, Clone)]
pub struct Board {
    pub metric: String,
    /// The metric as a node, where the papers' words for it are known.
    pub node: Option<NodeRef>,
    /// Whether a smaller value is better; `None` if the vocabulary does not say.
    pub lower_is_better: Option<bool>,
    /// Sentences of abstracts, the best value first.
    pub claims: Vec<Standing>,
    /// What tables of a source state, the best value first.
    pub declared: Vec<Standing>,
}

/// One result.
#[derive(Debug, Clone)]
pub struct Standing {
    pub paper: Node,
    pub system: Option<String>,
    /// As written: `69.48`, `81.2%`.
    pub value: String,
    pub number: Option<f64>,
    /// The sentence of the abstract that claims it.
    pub evidence: Option<String>,
    /// Of a declared result: the sources that state it, as `file:line`.
    pub stated_by: Vec<String>,
}

/// Collects the results on a dataset; of one metric only if `metric` names one, as a node or in words.
pub fn leaderboard(
    store: &GraphStore,
    dataset: &NodeRef,
    metric: Option<&str>,
    selection: &Selection,
) -> Result<Leaderboard, StoreError> {
    let kg = &store.ontology().kg;
    let mut boards: BTreeMap<String, Board> = BTreeMap::new();
    for part in store.subjects(kg.on_dataset.as_ref(), &dataset.iri) {
        let part = part?;
        let Some(iri) = part.as_str().split_once('#').map(|(paper, _)| NamedNode::new_unchecked(paper)) else {
            continue;
        };
        let Some(paper) = Node::read(store, &iri)?.filter(|paper| selection.takes_date(paper.date)) else { continue };
        let facts = Facts(store.facts(&part)?);
        let (Some(name), Some(value)) = (facts.text(&kg.metric_name), facts.text(&kg.value)) else { continue };
        let node = match store.objects(&part, kg.by_metric.as_ref())?.first() {
            Some(metric) => store.node(metric)?,
            None => None,
        };
        let key = node.as_ref().map_or_else(|| name_key(&name), |node| node.id.clone());
        if !wanted(metric, &name, node.as_ref()) {
            continue;
        }
        let is_declared = part.as_str().contains("#declared-");
        let standing = Standing {
            number: number(&value),
            evidence: match facts.place(kg) {
                Some(place) => quoted(store, &iri, place)?.map(|quote| quote.marked("", "")),
                None => None,
            },
            stated_by: if is_declared { sources(store, &part)? } else { Vec::new() },
            system: facts.text(&kg.system),
            paper,
            value,
        };
        let board = boards.entry(key).or_insert_with(|| Board {
            metric: node.as_ref().map_or(name, |node| node.label.clone()),
            node: node.clone(),
            lower_is_better: None,
            claims: Vec::new(),
            declared: Vec::new(),
        });
        if is_declared { board.declared.push(standing) } else { board.claims.push(standing) }
    }
    let mut boards: Vec<Board> = boards.into_values().collect();
    for board in &mut boards {
        if let Some(node) = &board.node {
            board.lower_is_better = store.literal(&node.iri, kg.better.as_ref())?.map(|better| better == "lower");
        }
        let lower = board.lower_is_better == Some(true);
        board.claims.sort_by(|a, b| order(a, b, lower));
        board.declared.sort_by(|a, b| order(a, b, lower));
    }
    boards.sort_by_key(|board| (std::cmp::Reverse(board.claims.len() + board.declared.len()), board.metric.clone()));
    Ok(Leaderboard { boards })
}

fn wanted(metric: Option<&str>, name: &str, node: Option<&NodeRef>) -> bool {
    let Some(metric) = metric else { return true };
    let key = name_key(metric);
    name_key(name) == key || node.is_some_and(|node| node.id == metric || name_key(&node.label) == key)
}

/// The best first, then the newest.
fn order(a: &Standing, b: &Standing, lower: bool) -> std::cmp::Ordering {
    let rank = |standing: &Standing| standing.number.map(|n| if lower { -n } else { n }).unwrap_or(f64::NEG_INFINITY);
    rank(b).total_cmp(&rank(a)).then(b.paper.date.cmp(&a.paper.date)).then_with(|| a.paper.id.cmp(&b.paper.id))
}

/// The figure at the beginning of a value: 81.2 of `81.2%`, 1024 of `1,024`.
fn number(value: &str) -> Option<f64> {
    let value = value.trim().replace(',', "");
    let end = value.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-' || c == '+')).unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

fn sources(store: &GraphStore, part: &NamedNode) -> Result<Vec<String>, StoreError> {
    let kg = &store.ontology().kg;
    let mut stated = Vec::new();
    for source in store.objects(part, kg.stated_by.as_ref())? {
        let facts = Facts(store.facts(&source)?);
        if let (Some(file), Some(line)) = (facts.text(&kg.file), facts.text(&kg.line)) {
            stated.push(format!("{file}:{line}"));
        }
    }
    stated.sort();
    Ok(stated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_up_to_its_unit() {
        assert_eq!(number("81.2%"), Some(81.2));
        assert_eq!(number("1,024 ms"), Some(1024.0));
        assert_eq!(number("-0.3"), Some(-0.3));
        assert_eq!(number("state of the art"), None);
    }

    #[test]
    fn the_best_stands_first_whichever_way_the_metric_goes() {
        let standing = |value: &str| Standing {
            paper: Node::new(crate::ontology::NodeKind::Paper, format!("paper/{value}"), String::new()),
            system: None,
            value: value.to_string(),
            number: number(value),
            evidence: None,
            stated_by: Vec::new(),
        };
        let sorted = |lower: bool| {
            let mut all = ["2.5", "n/a", "10"].map(standing);
            all.sort_by(|a, b| order(a, b, lower));
            all.map(|standing| standing.value)
        };
        assert_eq!(sorted(false), ["10", "2.5", "n/a"]);
        assert_eq!(sorted(true), ["2.5", "10", "n/a"]);
    }
}
