//! Results of checking repositories and pages, as triples and back.
//!
//! The latest result is stored on the node itself, so that queries are short (`?repo kg:verdict "gone"`). Every
//! check is also a resource of its own in [`Ontology::checks_graph`].

use jiff::Timestamp;
use oxigraph::model::{Literal, NamedNode, NamedNodeRef, Quad, Term, Triple};

use super::entity::NodeTriples;
use super::paper::text_literal;
use super::{Ontology, rdf, xsd};
use crate::extract::{LinkTarget, classify_url};
use crate::liveness::{CheckOutcome, ConfirmRule, FailureStreak, PastCheck, RepositoryFacts};
use crate::vocabulary::Vocabulary;

impl Ontology {
    /// Whether a statement with this predicate comes from checking a repository or page, not from papers. Builds
    /// leave such statements alone.
    pub fn is_checked_fact(&self, predicate: NamedNodeRef<'_>) -> bool {
        let kg = &self.kg;
        self.is_fact_of_host(predicate)
            || [
                &kg.verdict,
                &kg.certainty,
                &kg.dead,
                &kg.checked_at,
                &kg.last_seen_alive,
                &kg.failures,
                &kg.failing_since,
                &kg.last_failure,
                &kg.unreachable,
                &kg.unreachable_since,
                &kg.last_unreachable,
                &kg.http_status,
                &kg.reason,
                &kg.moved_to,
                &kg.redirects_to,
                &kg.etag,
            ]
            .iter()
            .any(|fact| fact.as_ref() == predicate)
    }

    /// Whether the host reports this fact about a repository. Such a fact stays valid until the host reports it
    /// again.
    fn is_fact_of_host(&self, predicate: NamedNodeRef<'_>) -> bool {
        let kg = &self.kg;
        [&kg.facts_at, &kg.stars, &kg.license, &kg.last_push, &kg.archived, &kg.default_branch, &kg.size_kb, &kg.topic]
            .iter()
            .any(|fact| fact.as_ref() == predicate)
    }

    /// The triples about a repository or page after a check that took all earlier ones into account
    /// ([`CheckOutcome::after`]). They replace the `known` triples. Facts that only a response can give are kept from
    /// before if there was none.
    pub fn checked_triples(
        &self,
        node: &NamedNode,
        outcome: &CheckOutcome,
        known: &[Triple],
        confirm: ConfirmRule,
    ) -> Vec<Triple> {
        let kg = &self.kg;
        let mut about = NodeTriples { node, triples: Vec::new() };
        about.add(kg.verdict.as_ref(), text_literal(outcome.verdict.as_str()));
        about.add(kg.certainty.as_ref(), text_literal(outcome.certainty(confirm).as_str()));
        about.add(kg.dead.as_ref(), Literal::from(outcome.is_dead(confirm)));
        about.add(kg.checked_at.as_ref(), time(outcome.checked_at));
        if let Some(alive) = outcome.last_alive {
            about.add(kg.last_seen_alive.as_ref(), time(alive));
        }
        for ([times, since, latest], streak) in self.streaks().into_iter().zip([outcome.lost, outcome.unreachable]) {
            if let Some(streak) = streak {
                about.add(times.as_ref(), Literal::from(i64::from(streak.times)));
                about.add(since.as_ref(), time(streak.since));
                about.add(latest.as_ref(), time(streak.latest));
            }
        }
        if let Some(status) = outcome.status {
            about.add(kg.http_status.as_ref(), Literal::from(i64::from(status)));
        }
        if let Some(reason) = &outcome.reason {
            about.add(kg.reason.as_ref(), text_literal(reason));
        }
        if let Some(url) = &outcome.final_url {
            about.add(kg.redirects_to.as_ref(), Literal::new_typed_literal(url, xsd::ANY_URI));
        }
        if let Some(url) = &outcome.moved_to {
            let (place, _) = self.place(url);
            // An address that differs only in case is the same place.
            if place != *node {
                about.add(kg.moved_to.as_ref(), place);
            }
        }
        if let Some(etag) = &outcome.etag {
            about.add(kg.etag.as_ref(), text_literal(etag));
        }
        if !outcome.facts.is_empty() {
            about.add(kg.facts_at.as_ref(), time(outcome.checked_at));
            self.facts(&outcome.facts, &mut about);
        }
        let stays = |triple: &&Triple| {
            let predicate = triple.predicate.as_ref();
            let answered = [&kg.moved_to, &kg.redirects_to, &kg.etag].iter().any(|p| p.as_ref() == predicate);
            outcome.facts.is_empty() && self.is_fact_of_host(predicate) || answered && !outcome.verdict.is_there()
        };
        about.triples.extend(known.iter().filter(stays).cloned());
        about.triples
    }

    fn facts(&self, facts: &RepositoryFacts, about: &mut NodeTriples<'_>) {
        let kg = &self.kg;
        for (predicate, number) in [(&kg.stars, facts.stars), (&kg.size_kb, facts.size_kb)] {
            if let Some(number) = number {
                about.add(predicate.as_ref(), Literal::from(number));
            }
        }
        for (predicate, word) in [(&kg.license, &facts.licence), (&kg.default_branch, &facts.default_branch)] {
            if let Some(word) = word {
                about.add(predicate.as_ref(), text_literal(word));
            }
        }
        if let Some(pushed) = facts.last_push {
            about.add(kg.last_push.as_ref(), time(pushed));
        }
        if let Some(archived) = facts.archived {
            about.add(kg.archived.as_ref(), Literal::from(archived));
        }
        for topic in &facts.topics {
            about.add(kg.topic.as_ref(), text_literal(topic));
        }
    }

    /// The latest outcome of a node's checks, from the triples about it. `None` if it was never checked.
    pub fn checked(&self, key: &str, url: &str, triples: &[Triple]) -> Option<CheckOutcome> {
        let kg = &self.kg;
        let said = NodeStatements(triples);
        let [lost, unreachable] = self.streaks().map(|[times, since, latest]| {
            Some(FailureStreak {
                times: said.number(times)?.try_into().ok()?,
                since: said.moment(since)?,
                latest: said.moment(latest)?,
            })
        });
        Some(CheckOutcome {
            key: key.to_string(),
            url: url.to_string(),
            verdict: said.word(&kg.verdict)?.parse().ok()?,
            checked_at: said.moment(&kg.checked_at)?,
            status: said.number(&kg.http_status).and_then(|status| status.try_into().ok()),
            final_url: said.owned(&kg.redirects_to),
            moved_to: said.node(&kg.moved_to).and_then(|node| self.address(node)),
            reason: said.owned(&kg.reason),
            facts: RepositoryFacts {
                stars: said.number(&kg.stars),
                licence: said.owned(&kg.license),
                last_push: said.moment(&kg.last_push),
                archived: said.yes(&kg.archived),
                default_branch: said.owned(&kg.default_branch),
                size_kb: said.number(&kg.size_kb),
                topics: said.words(&kg.topic),
            },
            etag: said.owned(&kg.etag),
            retry_after: None,
            last_alive: said.moment(&kg.last_seen_alive),
            lost,
            unreachable,
        })
    }

    /// One check, from its triples in the history.
    pub fn past_check(&self, triples: &[Triple]) -> Option<PastCheck> {
        let kg = &self.kg;
        let said = NodeStatements(triples);
        Some(PastCheck {
            checked_at: said.moment(&kg.checked_at)?,
            verdict: said.word(&kg.verdict)?.parse().ok()?,
            status: said.number(&kg.http_status).and_then(|status| status.try_into().ok()),
            reason: said.owned(&kg.reason),
            final_url: said.owned(&kg.redirects_to),
        })
    }

    /// The predicates for number, first and latest time of failures: those that can make a link dead, and those
    /// that cannot.
    fn streaks(&self) -> [[&NamedNode; 3]; 2] {
        let kg = &self.kg;
        [
            [&kg.failures, &kg.failing_since, &kg.last_failure],
            [&kg.unreachable, &kg.unreachable_since, &kg.last_unreachable],
        ]
    }

    /// One check, as stored in the history.
    pub fn check_quads(&self, node: &NamedNode, outcome: &CheckOutcome) -> Vec<Quad> {
        let kg = &self.kg;
        let stamp = whole_second(outcome.checked_at).to_string().replace(['-', ':'], "");
        let check = NamedNode::new_unchecked(format!("{}#check-{stamp}", node.as_str()));
        let mut about = NodeTriples { node: &check, triples: Vec::new() };
        about.add(rdf::TYPE, kg.check_class.clone());
        about.add(kg.check_of.as_ref(), node.clone());
        about.add(kg.verdict.as_ref(), text_literal(outcome.verdict.as_str()));
        about.add(kg.checked_at.as_ref(), time(outcome.checked_at));
        if let Some(status) = outcome.status {
            about.add(kg.http_status.as_ref(), Literal::from(i64::from(status)));
        }
        if let Some(reason) = &outcome.reason {
            about.add(kg.reason.as_ref(), text_literal(reason));
        }
        if let Some(url) = outcome.moved_to.as_ref().or(outcome.final_url.as_ref()) {
            about.add(kg.redirects_to.as_ref(), Literal::new_typed_literal(url, xsd::ANY_URI));
        }
        if let Some(stars) = outcome.facts.stars {
            about.add(kg.stars.as_ref(), Literal::from(stars));
        }
        let graph = self.checks_graph();
        about.triples.into_iter().map(|triple| triple.in_graph(graph.clone())).collect()
    }

    /// The node of the repository or page at an address, and the triples to describe it if no paper links to it.
    pub fn place(&self, url: &str) -> (NamedNode, Vec<Triple>) {
        let (node, name) = match classify_url(url).unwrap_or_else(|| LinkTarget::Page(url.to_string())) {
            LinkTarget::Repository(id) => (self.base.repository(&id), id.as_str().to_string()),
            LinkTarget::Page(url) => (self.base.page(&url), url),
        };
        let triples = self.shared_node_triples(&node, &Vocabulary::default(), &[name].into());
        (node, triples)
    }

    /// The address of a repository or page, as far as its id gives it.
    fn address(&self, node: &NamedNode) -> Option<String> {
        let (_, place) = self.base.id(node.as_str())?.split_once('/')?;
        Some(format!("https://{place}"))
    }
}

/// The statements about one node.
struct NodeStatements<'t>(&'t [Triple]);

impl<'t> NodeStatements<'t> {
    fn all(&self, predicate: &NamedNode) -> impl Iterator<Item = &'t Term> {
        self.0.iter().filter(move |triple| triple.predicate == *predicate).map(|triple| &triple.object)
    }

    fn word(&self, predicate: &NamedNode) -> Option<&'t str> {
        self.all(predicate).find_map(literal)
    }

    fn owned(&self, predicate: &NamedNode) -> Option<String> {
        self.word(predicate).map(str::to_string)
    }

    /// All objects of a predicate, in alphabetical order.
    fn words(&self, predicate: &NamedNode) -> Vec<String> {
        let mut words: Vec<String> = self.all(predicate).filter_map(literal).map(str::to_string).collect();
        words.sort_unstable();
        words
    }

    fn number(&self, predicate: &NamedNode) -> Option<u64> {
        self.word(predicate)?.parse().ok()
    }

    fn moment(&self, predicate: &NamedNode) -> Option<Timestamp> {
        self.word(predicate)?.parse().ok()
    }

    fn yes(&self, predicate: &NamedNode) -> Option<bool> {
        self.word(predicate)?.parse().ok()
    }

    fn node(&self, predicate: &NamedNode) -> Option<&'t NamedNode> {
        self.all(predicate).find_map(|term| match term {
            Term::NamedNode(node) => Some(node),
            _ => None,
        })
    }
}

fn literal(term: &Term) -> Option<&str> {
    match term {
        Term::Literal(literal) => Some(literal.value()),
        _ => None,
    }
}

/// Timestamps in statements are whole seconds.
pub(crate) fn whole_second(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

fn time(moment: Timestamp) -> Literal {
    Literal::new_typed_literal(whole_second(moment).to_string(), xsd::DATE_TIME)
}
