use std::collections::{HashMap, HashSet};

use super::{GraphView, Node, Tie};
use crate::liveness::Verdict;
use crate::ontology::{dcterms, rdfs};
use crate::store::{GraphStore, StoreError};

impl GraphView {
    /// Every node and tie of the graph on disk. Time and memory grow with the whole graph, so this is for analyses
    /// only.
    pub fn load(store: &GraphStore) -> Result<Self, StoreError> {
        let base = store.base();
        let mut dates: HashMap<String, _> = HashMap::new();
        for found in store.all_literals(dcterms::ISSUED) {
            let (paper, date) = found?;
            if let (Some(id), Ok(date)) = (base.id(paper.as_str()), date.parse()) {
                dates.insert(id.to_string(), date);
            }
        }
        let kg = &store.ontology().kg;
        let mut verdicts: HashMap<String, Verdict> = HashMap::new();
        for found in store.all_literals(kg.verdict.as_ref()) {
            let (node, verdict) = found?;
            if let (Some(id), Ok(verdict)) = (base.id(node.as_str()), verdict.parse()) {
                verdicts.insert(id.to_string(), verdict);
            }
        }
        let mut dead: HashSet<String> = HashSet::new();
        for found in store.all_literals(kg.dead.as_ref()) {
            let (node, is) = found?;
            if is == "true" {
                dead.extend(base.id(node.as_str()).map(str::to_string));
            }
        }
        let mut labels: Vec<(String, String)> = Vec::new();
        for found in store.all_literals(rdfs::LABEL) {
            let (node, label) = found?;
            if let Some(id) = base.id(node.as_str()) {
                labels.push((id.to_string(), label));
            }
        }
        // The same graph gives the same indices, so that anything that orders equals by index is stable.
        labels.sort_unstable();
        labels.dedup_by(|a, b| a.0 == b.0);
        let mut graph = Self::default();
        for (id, label) in labels {
            if let Some(kind) = base.kind(base.node(&id).as_str()) {
                let date = dates.get(&id).copied();
                let verdict = verdicts.get(&id).copied();
                let dead = dead.contains(&id);
                graph.add_node(Node { date, verdict, dead, ..Node::new(kind, id, label) });
            }
        }
        let ontology = store.ontology();
        for predicate in Tie::predicates(ontology) {
            let Some(tie) = Tie::of(ontology, &predicate) else { continue };
            for found in store.all_links(predicate.as_ref()) {
                let (from, to) = found?;
                let find = |iri: &str| base.id(iri).and_then(|id| graph.find(id));
                if let (Some(from), Some(to)) = (find(from.as_str()), find(to.as_str())) {
                    graph.tie(from, to, tie);
                }
            }
        }
        Ok(graph)
    }
}
