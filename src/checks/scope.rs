//! Selects the links of the graph to check.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use oxigraph::model::NamedNode;

use crate::liveness::{CheckOutcome, ConfirmRule, Verdict};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};

/// A repository or page of the graph, with its latest outcome.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LinkOfGraph {
    pub node: NodeRef,
    /// The address to request.
    pub url: String,
    /// The host of the address, in lower case; empty if the address has none.
    pub host: String,
    /// The latest outcome; `None` if the link was never checked.
    pub outcome: Option<CheckOutcome>,
}

/// A selection of links. An empty field selects everything.
#[derive(Debug, Clone, Default)]
pub(crate) struct LinkScope {
    /// [`NodeKind::Repository`] and [`NodeKind::Page`].
    pub kinds: Vec<NodeKind>,
    /// Hosts, ignoring case and a leading `www.`.
    pub hosts: Vec<String>,
    /// Papers, and entities that papers name: selects the links of these papers.
    pub around: Vec<NodeRef>,
    pub only: Vec<OutcomeFilter>,
}

/// A condition on the latest outcome of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutcomeFilter {
    /// Never checked.
    New,
    /// Last checked too long ago.
    Stale,
    Dead,
    /// Missing, but not dead yet.
    Suspected,
    Verdict(Verdict),
}

impl FromStr for OutcomeFilter {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Ok(match s.to_lowercase().as_str() {
            "new" => Self::New,
            "stale" => Self::Stale,
            "dead" => Self::Dead,
            "suspected" => Self::Suspected,
            verdict => Self::Verdict(verdict.parse().map_err(|_| {
                let verdicts = Verdict::ALL.map(Verdict::as_str).join(", ");
                format!("`{s}` is none of new, stale, dead, suspected, {verdicts}")
            })?),
        })
    }
}

impl fmt::Display for OutcomeFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::New => "new",
            Self::Stale => "stale",
            Self::Dead => "dead",
            Self::Suspected => "suspected",
            Self::Verdict(verdict) => verdict.as_str(),
        })
    }
}

/// When an outcome is out of date.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutcomeAge {
    pub now: Timestamp,
    pub max_age: Duration,
    pub confirm: ConfirmRule,
}

impl OutcomeAge {
    /// Whether a link is due.
    pub(crate) fn is_due(&self, known: Option<&CheckOutcome>) -> bool {
        CheckOutcome::is_due(known, self.now, self.max_age, self.confirm)
    }
}

impl LinkScope {
    /// The papers whose links are selected; `None` for the links of all papers.
    pub(crate) fn papers(&self, store: &GraphStore) -> Result<Option<BTreeSet<NamedNode>>, StoreError> {
        if self.around.is_empty() { Ok(None) } else { papers_of(store, &self.around).map(Some) }
    }

    /// The selected links, by host and address. `journal` returns the latest outcome that the journal has for a node: a
    /// run that was killed leaves outcomes there that the graph does not have yet.
    pub(crate) fn links(
        &self,
        store: &GraphStore,
        age: &OutcomeAge,
        journal: impl Fn(&str) -> Option<CheckOutcome>,
    ) -> Result<Vec<LinkOfGraph>, StoreError> {
        let nodes: Box<dyn Iterator<Item = Result<NamedNode, StoreError>>> = match self.around.as_slice() {
            [] => Box::new(store.places()),
            around => Box::new(links_of(store, around)?.into_iter().map(Ok)),
        };
        let hosts: Vec<String> = self.hosts.iter().map(|host| plain_host(host).to_lowercase()).collect();
        let mut links = Vec::new();
        for node in nodes {
            let Some(node) = store.node(&node?)? else { continue };
            if !self.kinds.is_empty() && !self.kinds.contains(&node.kind) {
                continue;
            }
            let Some(url) = node.address() else { continue };
            let host = host_of(&url);
            if !hosts.is_empty() && !hosts.iter().any(|wanted| *wanted == plain_host(&host)) {
                continue;
            }
            let known = CheckOutcome::later(store.checked(&node)?, journal(&node.id));
            if self.only.is_empty() || self.only.iter().any(|only| only.takes(known.as_ref(), age)) {
                links.push(LinkOfGraph { node, url, host, outcome: known });
            }
        }
        links.sort_by(|a, b| (&a.host, &a.node).cmp(&(&b.host, &b.node)));
        Ok(links)
    }
}

impl OutcomeFilter {
    fn takes(self, known: Option<&CheckOutcome>, age: &OutcomeAge) -> bool {
        let Some(known) = known else { return self == Self::New };
        match self {
            Self::New => false,
            Self::Stale => age.is_due(Some(known)),
            Self::Dead => known.is_dead(age.confirm),
            Self::Suspected => known.lost.is_some() && !known.is_dead(age.confirm),
            Self::Verdict(verdict) => known.verdict == verdict,
        }
    }
}

/// The repositories and pages that these papers, or papers that name these entities, link to.
fn links_of(store: &GraphStore, around: &[NodeRef]) -> Result<BTreeSet<NamedNode>, StoreError> {
    let kg = &store.ontology().kg;
    let mut links: BTreeSet<NamedNode> =
        around.iter().filter(|node| node.address().is_some()).map(|node| node.iri.clone()).collect();
    let naming: Vec<NodeRef> = around.iter().filter(|node| node.address().is_none()).cloned().collect();
    for paper in papers_of(store, &naming)? {
        for predicate in [&kg.has_repository, &kg.has_page] {
            links.extend(store.objects(&paper, predicate.as_ref())?);
        }
    }
    Ok(links)
}

/// The papers among the nodes, and those that name or link to one of them.
fn papers_of(store: &GraphStore, around: &[NodeRef]) -> Result<BTreeSet<NamedNode>, StoreError> {
    let kg = &store.ontology().kg;
    let ties = [kg.mentions.clone(), kg.declares.clone(), kg.has_repository.clone(), kg.has_page.clone()];
    let mut papers = BTreeSet::new();
    for node in around {
        if node.kind == NodeKind::Paper {
            papers.insert(node.iri.clone());
            continue;
        }
        for link in store.links(&node.iri, &ties) {
            let link = link?;
            if link.incoming {
                papers.insert(link.other);
            }
        }
    }
    Ok(papers)
}

fn host_of(url: &str) -> String {
    url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_lowercase)).unwrap_or_default()
}

fn plain_host(host: &str) -> &str {
    let plain = host.get(..4).filter(|start| start.eq_ignore_ascii_case("www.")).and_then(|_| host.get(4..));
    plain.unwrap_or(host)
}
