//! Everything the graph says about one node, except its neighbours.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use oxigraph::model::{Literal, NamedNode};

use super::Tie;
use super::papers::{PaperCount, PaperIndex};
use crate::extract::TextPlace;
use crate::liveness::{CheckOutcome, PastCheck};
use crate::ontology::{KgTerms, NodeKind, dcterms, doap, foaf, owl, schema, skos};
use crate::paper::Paper;
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::text::thousands;

/// The facts about one node.
#[derive(Debug, Clone)]
pub(crate) struct NodeAbout {
    pub node: NodeRef,
    /// Other names, in alphabetical order.
    pub aliases: Vec<String>,
    pub homepage: Option<String>,
    /// The address of a repository, page or paper; for an entity, its addresses on other sites.
    pub urls: Vec<String>,
    /// The address of the paper that introduces it, as the vocabulary states it.
    pub source: Option<String>,
    pub same_as: Option<String>,
    pub year: Option<i64>,
    /// Facts specific to the kind: modality, vendor, memory, architecture.
    pub facts: Vec<(&'static str, String)>,
    pub broader: Vec<NodeRef>,
    pub narrower: Vec<NodeRef>,
    /// The tasks that it is made for.
    pub tasks: Vec<NodeRef>,
    /// Number of papers by the strongest tie that each has to the node.
    pub by_tie: Vec<(Tie, usize)>,
    /// Number of papers by year, without undated papers.
    pub by_year: Vec<(u16, usize)>,
    /// How many papers are about the node; zero if the node is a paper.
    pub count: PaperCount,
    pub paper: Option<PaperAbout>,
    /// The results of checks, if the node is a repository or page.
    pub checked: Option<LastCheck>,
}

/// What checks found about a repository or page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LastCheck {
    pub latest: CheckOutcome,
    /// Whether the link is considered dead.
    pub dead: bool,
    /// When the host last reported its facts about a repository; earlier than the latest check if that got no answer.
    pub facts_at: Option<Timestamp>,
    /// Every recorded check, the latest first.
    pub history: Vec<PastCheck>,
}

/// Facts that only papers have.
#[derive(Debug, Clone)]
pub struct PaperAbout {
    pub paper: Paper,
    /// `link`, `claimed`, `promised` or `none`.
    pub code: String,
    pub devices: Vec<ExperimentDevice>,
    pub results: Vec<ClaimedResult>,
}

/// A device that the paper's experiments ran on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExperimentDevice {
    pub name: String,
    pub count: Option<String>,
    pub memory_gb: Option<String>,
    /// Where the text says it.
    pub place: Option<TextPlace>,
}

/// A result that the abstract claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedResult {
    pub system: Option<String>,
    pub dataset: Option<String>,
    pub metric: String,
    pub value: String,
    /// Where the text says it.
    pub place: Option<TextPlace>,
}

impl PaperAbout {
    /// What the paper says about its code, in words; empty if it says nothing.
    pub fn code_words(&self) -> &'static str {
        match self.code.as_str() {
            "link" => "the text gives a link",
            "claimed" => "said to be available, without a link",
            "promised" => "promised",
            _ => "",
        }
    }
}

/// `8 × NVIDIA A100 (80 GB)`
impl fmt::Display for ExperimentDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(count) = &self.count {
            write!(f, "{count} × ")?;
        }
        f.write_str(&self.name)?;
        self.memory_gb.as_ref().map_or(Ok(()), |gb| write!(f, " ({gb} GB)"))
    }
}

/// `EfficientQAT: accuracy 69.48 on MMLU`
impl fmt::Display for ClaimedResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(system) = &self.system {
            write!(f, "{system}: ")?;
        }
        write!(f, "{} {}", self.metric, self.value)?;
        self.dataset.as_ref().map_or(Ok(()), |dataset| write!(f, " on {dataset}"))
    }
}

impl NodeAbout {
    pub(crate) fn load(store: &GraphStore, node: &NodeRef) -> Result<Self, StoreError> {
        let kg = &store.ontology().kg;
        let facts = store.facts(&node.iri)?;
        let texts = |predicate: oxigraph::model::NamedNodeRef<'_>| -> Vec<String> {
            let mut texts: Vec<String> =
                facts.iter().filter(|(p, _)| p.as_ref() == predicate).map(|(_, v)| v.value().to_string()).collect();
            texts.sort();
            texts
        };
        let number = |text: &String| text.parse::<f64>().unwrap_or(f64::MAX);
        let mut memory = texts(kg.memory_gb.as_ref());
        memory.sort_by(|a, b| number(a).total_cmp(&number(b)));
        let mut named = Vec::new();
        for (name, values) in [
            ("modality", texts(kg.modality.as_ref())),
            ("vendor", texts(kg.vendor.as_ref())),
            ("architecture", texts(kg.architecture.as_ref())),
            ("first author", texts(kg.first_author.as_ref())),
            ("memory (GB)", memory),
        ] {
            if !values.is_empty() {
                named.push((name, values.join(", ")));
            }
        }
        // An address is stored as an IRI if it is a valid one, otherwise as a literal.
        let addresses = |predicate: oxigraph::model::NamedNodeRef<'_>| -> Result<Vec<String>, StoreError> {
            let mut all = texts(predicate);
            all.extend(store.objects(&node.iri, predicate)?.into_iter().map(|iri| iri.into_string()));
            Ok(all)
        };
        let mut urls = addresses(schema::URL)?;
        urls.extend(addresses(doap::LOCATION)?);
        let mut about = Self {
            node: node.clone(),
            aliases: texts(skos::ALT_LABEL),
            homepage: addresses(foaf::HOMEPAGE)?.into_iter().next(),
            urls,
            source: addresses(dcterms::SOURCE)?.into_iter().next(),
            same_as: addresses(owl::SAME_AS)?.into_iter().next(),
            year: texts(kg.year.as_ref()).first().and_then(|year| year.parse().ok()),
            facts: named,
            broader: Vec::new(),
            narrower: Vec::new(),
            tasks: Vec::new(),
            by_tie: Vec::new(),
            by_year: Vec::new(),
            count: PaperCount::default(),
            paper: None,
            checked: match store.checked(node)? {
                Some(latest) => Some(LastCheck {
                    latest,
                    dead: store.verdict(&node.iri)?.1,
                    facts_at: store.facts_reported_at(&node.iri)?,
                    history: store.past_checks(&node.iri)?,
                }),
                None => None,
            },
        };
        match node.kind {
            NodeKind::Paper => about.paper = paper(store, node)?,
            _ => about.count_papers(store)?,
        }
        Ok(about)
    }

    /// How many papers name the node, as a phrase: `9 papers; 4 evaluate on it, 1 trains on it`.
    pub(crate) fn papers_said(&self) -> String {
        let papers = self.count.to_string();
        let telling = self.by_tie.iter().filter(|(tie, _)| {
            !matches!(tie, Tie::Mentions | Tie::Declares | Tie::Repository | Tie::Page | Tie::Cites) && !tie.is_origin()
        });
        let said: Vec<String> =
            telling.map(|(tie, n)| format!("{} {}", thousands(*n as u64), verb(*tie, *n))).collect();
        match self.count.has_two_parts() {
            _ if said.is_empty() => papers,
            true => format!("{papers}; {}", said.join(", ")),
            false => format!("{papers}; {}", said.join(", ")),
        }
    }

    fn count_papers(&mut self, store: &GraphStore) -> Result<(), StoreError> {
        let papers = PaperIndex::of(store)?;
        let nodes = papers.index.nodes()?;
        let leaving = papers.index.find(&self.node.id)?.map(|doc| papers.leaving(doc)).transpose()?;
        for (other, ties) in leaving.into_iter().flatten() {
            for (tie, list) in [(Tie::Broader, &mut self.broader), (Tie::ForTask, &mut self.tasks)] {
                if ties.contains(tie) {
                    list.extend(store.node(&store.base().node(&other))?);
                }
            }
        }
        for narrower in papers.subjects(Tie::Broader, &self.node.id)? {
            self.narrower.extend(store.node_at(narrower)?);
        }
        for list in [&mut self.broader, &mut self.narrower, &mut self.tasks] {
            list.sort_by_cached_key(|node| node.label.to_lowercase());
        }
        let mut by_tie: BTreeMap<Tie, usize> = BTreeMap::new();
        let mut by_year: BTreeMap<u16, usize> = BTreeMap::new();
        for (paper, ties) in papers.tied(&self.node.id, &Tie::STORED)? {
            if nodes.kind(paper) != Some(NodeKind::Paper) {
                continue;
            }
            self.count.papers += 1;
            self.count.in_text += usize::from(!ties.is_stated_only());
            if let Some(tie) = ties.strongest(&[]) {
                *by_tie.entry(tie).or_default() += 1;
            }
            if let Some(date) = nodes.date(paper) {
                *by_year.entry(date.year()).or_default() += 1;
            }
        }
        self.by_tie = by_tie.into_iter().collect();
        self.by_year = by_year.into_iter().collect();
        Ok(())
    }
}

/// "1 evaluates on it", "2 evaluate on it"
fn verb(tie: Tie, n: usize) -> String {
    let words = tie.words();
    let (verb, rest) = words.split_once(' ').map_or((words, String::new()), |(verb, rest)| (verb, format!(" {rest}")));
    let verb = match (n, verb) {
        (1, _) => verb,
        (_, "is") => "are",
        _ => verb.strip_suffix('s').unwrap_or(verb),
    };
    format!("{verb}{rest} it")
}

fn paper(store: &GraphStore, node: &NodeRef) -> Result<Option<PaperAbout>, StoreError> {
    let Some(paper) = node.id.parse().ok().map(|id| store.paper(&id)).transpose()?.flatten() else { return Ok(None) };
    let kg = &store.ontology().kg;
    let part = |part: &NamedNode| -> Result<PartFacts, StoreError> { Ok(PartFacts(store.facts(part)?)) };
    let mut devices = Vec::new();
    for iri in numbered(store.parts(&node.iri, &kg.hardware_use_class)?) {
        let facts = part(&iri)?;
        if let Some(name) = facts.text(&kg.name) {
            let (count, memory_gb) = (facts.text(&kg.count), facts.text(&kg.memory_gb));
            devices.push(ExperimentDevice { name, count, memory_gb, place: facts.place(kg) });
        }
    }
    let mut results = Vec::new();
    for iri in numbered(store.parts(&node.iri, &kg.result_class)?) {
        let facts = part(&iri)?;
        // Results from tables are left to `leaderboard`; a paper can have hundreds of cells.
        if facts.text(&kg.in_table).is_some() {
            continue;
        }
        if let (Some(metric), Some(value)) = (facts.text(&kg.metric_name), facts.text(&kg.value)) {
            let (system, dataset) = (facts.text(&kg.system), facts.text(&kg.dataset_name));
            results.push(ClaimedResult { system, dataset, metric, value, place: facts.place(kg) });
        }
    }
    let code = store.literal(&node.iri, kg.code_statement.as_ref())?.unwrap_or_else(|| "none".to_string());
    Ok(Some(PaperAbout { paper, code, devices, results }))
}

/// Sorts by number, so that `…#result-10` comes after `…#result-9`.
fn numbered(mut parts: Vec<NamedNode>) -> Vec<NamedNode> {
    parts.sort_by_key(|part| {
        let number = part.as_str().rsplit('-').next().and_then(|n| n.parse::<u32>().ok());
        (number.unwrap_or(u32::MAX), part.as_str().to_string())
    });
    parts
}

/// The literal facts about one node.
pub(super) struct PartFacts(pub Vec<(NamedNode, Literal)>);

impl PartFacts {
    pub(super) fn text(&self, predicate: &NamedNode) -> Option<String> {
        self.0.iter().find(|(p, _)| p == predicate).map(|(_, value)| value.value().to_string())
    }

    /// Where the paper's text says it.
    pub(super) fn place(&self, kg: &KgTerms) -> Option<TextPlace> {
        let point = |predicate| self.text(predicate)?.parse().ok();
        Some(TextPlace { field: self.text(&kg.field)?.parse().ok()?, start: point(&kg.start)?, end: point(&kg.end)? })
    }
}
