//! Outcomes of link checks, in the graph.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use oxigraph::model::{GraphName, NamedNode, Quad, Term, Triple};

use super::{GenerationEdit, GraphStore, NodeRef, StoreError, read};
use crate::liveness::{CheckOutcome, ConfirmRule, PastCheck, Verdict};
use crate::ontology::{NodeKind, rdf, whole_second};

impl NodeRef {
    /// The URL of a repository or page; `None` for other nodes.
    pub fn address(&self) -> Option<String> {
        match self.kind {
            NodeKind::Repository => Some(format!("https://{}", self.label)),
            NodeKind::Page => Some(self.label.clone()),
            _ => None,
        }
    }
}

impl GraphStore {
    /// All repositories and pages.
    pub fn places(&self) -> impl Iterator<Item = Result<NamedNode, StoreError>> + '_ {
        let kg = &self.ontology.kg;
        [&kg.repository_class, &kg.page_class].into_iter().flat_map(move |class| {
            let class = Term::from(class.clone());
            self.quads(None, Some(rdf::TYPE), Some(&class)).filter_map(|quad| match self.ok(quad) {
                Ok(quad) => read::named(quad.subject).map(Ok),
                Err(e) => Some(Err(e)),
            })
        })
    }

    /// The outcome of the checks of a repository or page; `None` if it was never checked.
    pub fn checked(&self, node: &NodeRef) -> Result<Option<CheckOutcome>, StoreError> {
        let Some(url) = node.address() else { return Ok(None) };
        Ok(self.ontology.checked(&node.id, &url, &self.ok(read::description(self.store()?, &node.iri))?))
    }

    /// Every recorded check of a repository or page, the latest first.
    pub fn past_checks(&self, node: &NamedNode) -> Result<Vec<PastCheck>, StoreError> {
        let mut by_check: BTreeMap<String, Vec<Triple>> = BTreeMap::new();
        for quad in self.ok(read::history(self.store()?, &self.ontology, node))? {
            by_check.entry(quad.subject.to_string()).or_default().push(quad.into());
        }
        let mut checks: Vec<PastCheck> =
            by_check.values().filter_map(|triples| self.ontology.past_check(triples)).collect();
        checks.sort_by_key(|check| Reverse(check.checked_at));
        Ok(checks)
    }

    /// When the host last reported facts about a repository.
    pub fn facts_reported_at(&self, node: &NamedNode) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.literal(node, self.ontology.kg.facts_at.as_ref())?.and_then(|moment| moment.parse().ok()))
    }

    /// The latest verdict on a repository or page, and whether it counts as dead.
    pub fn verdict(&self, node: &NamedNode) -> Result<(Option<Verdict>, bool), StoreError> {
        let kg = &self.ontology.kg;
        let verdict = self.literal(node, kg.verdict.as_ref())?.and_then(|verdict| verdict.parse().ok());
        let dead = verdict.is_some() && self.literal(node, kg.dead.as_ref())?.as_deref() == Some("true");
        Ok((verdict, dead))
    }
}

/// Number of links whose statements are changed in one step.
const CHUNK: usize = 5000;

/// Writes check outcomes into a graph: the latest one on each node, and every check in the history. Outcomes that are
/// not later than the known one change nothing, so the same outcomes may be written twice. Outcomes of links that are
/// no longer in the graph are skipped. Returns the number of links that were written.
pub fn record_checks(
    change: &mut GenerationEdit,
    outcomes: &[CheckOutcome],
    confirm: ConfirmRule,
) -> Result<usize, StoreError> {
    let mut by_link: BTreeMap<&str, Vec<&CheckOutcome>> = BTreeMap::new();
    for outcome in outcomes {
        by_link.entry(&outcome.key).or_default().push(outcome);
    }
    let links: Vec<_> = by_link.into_iter().collect();
    let mut written = 0;
    for chunk in links.chunks(CHUNK) {
        let mut difference = QuadDifference::default();
        for (key, outcomes) in chunk {
            written += usize::from(difference.add(change.graph(), key, outcomes, confirm)?);
        }
        for quad in difference.removes {
            change.remove(quad)?;
        }
        for quad in difference.inserts {
            change.insert(quad)?;
        }
    }
    Ok(written)
}

/// Quads to remove and to insert.
#[derive(Default)]
struct QuadDifference {
    removes: Vec<Quad>,
    inserts: Vec<Quad>,
}

impl QuadDifference {
    /// Adds the changes from the outcomes of one link; `false` if there are none.
    fn add(
        &mut self,
        graph: &GraphStore,
        key: &str,
        outcomes: &[&CheckOutcome],
        confirm: ConfirmRule,
    ) -> Result<bool, StoreError> {
        let ontology = graph.ontology();
        let Some(node) = graph.node(&ontology.base.node(key))? else { return Ok(false) };
        let known = graph.checked(&node)?;
        let mut latest = known.clone();
        let mut outcomes = outcomes.to_vec();
        outcomes.sort_by_key(|outcome| outcome.checked_at);
        for outcome in outcomes {
            if is_news(outcome, latest.as_ref()) {
                let outcome = outcome.clone().after(latest.as_ref(), confirm.apart);
                self.inserts.extend(ontology.check_quads(&node.iri, &outcome));
                latest = Some(outcome);
            }
        }
        let Some(latest) = latest.filter(|latest| Some(latest) != known.as_ref()) else { return Ok(false) };
        let mut old = graph.ok(read::description(graph.store()?, &node.iri))?;
        old.retain(|triple| ontology.is_checked_fact(triple.predicate.as_ref()));
        let new = ontology.checked_triples(&node.iri, &latest, &old, confirm);
        let in_default = |triple: &Triple| triple.clone().in_graph(GraphName::DefaultGraph);
        self.removes.extend(old.iter().filter(|triple| !new.contains(triple)).map(in_default));
        self.inserts.extend(new.iter().filter(|triple| !old.contains(triple)).map(in_default));
        if let Some(url) = &latest.moved_to {
            let (place, description) = ontology.place(url);
            if graph.node(&place)?.is_none() {
                self.inserts.extend(description.iter().map(in_default));
            }
        }
        Ok(true)
    }
}

/// Whether an outcome adds information. It must be later than the known one. A skipped or rate-limited check adds
/// something only if nothing is known but such checks.
fn is_news(outcome: &CheckOutcome, known: Option<&CheckOutcome>) -> bool {
    let asked = |outcome: &CheckOutcome| !matches!(outcome.verdict, Verdict::Skipped | Verdict::RateLimited);
    known.is_none_or(|known| {
        whole_second(outcome.checked_at) > whole_second(known.checked_at) && (asked(outcome) || !asked(known))
    })
}
