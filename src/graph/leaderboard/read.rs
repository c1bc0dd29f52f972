//! Results as the search index has them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use oxigraph::model::NamedNode;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::row::{BoardRow, ResultCode, ResultSource};
use crate::graph::about::PartFacts;
use crate::graph::evidence::quoted;
use crate::graph::{MinConfidence, Node};
use crate::index::{IndexedNode, PaperResults, ResultPlace, StatedRepository, StatedResult};
use crate::store::{GraphStore, StoreError};

/// A result with what decides its board.
#[derive(Debug, Clone)]
pub(super) struct BoardStatement {
    pub paper: Arc<StatingPaper>,
    pub result: StatedResult,
    /// The dataset, if it is a node.
    pub dataset: Option<Arc<IdAndName>>,
    /// The metric, if it is a node.
    pub metric: Option<Arc<IdAndName>>,
}

/// Results, and how many others are not sure enough.
#[derive(Debug, Default)]
pub(super) struct StatedResults {
    /// Results that reach the asked confidence, and those that have none, from a sentence or a source.
    pub sure: Vec<BoardStatement>,
    /// Number of the others, by the id of the dataset; under the empty string those on no node.
    pub less_sure: BTreeMap<String, usize>,
}

/// A paper that states results.
#[derive(Debug, Clone)]
pub(super) struct StatingPaper {
    pub node: Arc<Node>,
    pub repositories: Arc<[StatedRepository]>,
}

/// Id and name of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct IdAndName {
    pub id: String,
    pub label: String,
}

impl BoardStatement {
    /// The vocabulary's name of the metric, if it is known.
    pub(super) fn metric_label(&self) -> Option<&str> {
        self.metric.as_ref().map(|node| node.label.as_str())
    }

    /// The row of a board for this result. Sentence, sources and code are not read.
    pub(super) fn into_row(self) -> BoardRow {
        let result = self.result;
        let source = match result.place {
            ResultPlace::BySource => ResultSource::Stated(Vec::new()),
            ResultPlace::InTable(place) => ResultSource::Table(place),
            ResultPlace::InSentence(field) => ResultSource::Sentence { field, text: None },
        };
        BoardRow {
            system: result.system,
            own: result.own,
            deviation: result.deviation,
            confidence: result.confidence,
            source,
            part: result.part,
            repositories: Arc::clone(&self.paper.repositories),
            ..BoardRow::new(Arc::clone(&self.paper.node), result.value)
        }
    }
}

pub(super) struct ResultReader<'s> {
    pub store: &'s GraphStore,
    /// The nodes that were read, by id.
    nodes: HashMap<String, Option<Arc<IdAndName>>>,
}

/// Number of papers that are read at a time.
const CHUNK: usize = 1024;

impl<'s> ResultReader<'s> {
    pub(crate) fn new(store: &'s GraphStore) -> Self {
        Self { store, nodes: HashMap::new() }
    }

    /// The results on the dataset with this id, or all that name one, that reach a confidence, from the index.
    pub(super) fn statements(
        &mut self,
        dataset: Option<&str>,
        least: MinConfidence,
    ) -> Result<StatedResults, StoreError> {
        let docs = self.store.index()?.stating(dataset)?;
        let store = self.store;
        let read = docs.par_chunks(CHUNK).map(|docs| docs.iter().map(|doc| stating(store, *doc)).collect());
        let read: Vec<Vec<_>> = read.collect::<Result<_, StoreError>>()?;
        let mut statements = StatedResults::default();
        for (paper, results) in read.into_iter().flatten().flatten() {
            for result in results {
                if dataset.is_some() && result.dataset_id.as_deref() != dataset {
                    continue;
                }
                if result.confidence.is_some_and(|confidence| !least.admits(confidence)) {
                    *statements.less_sure.entry(result.dataset_id.unwrap_or_default()).or_default() += 1;
                    continue;
                }
                statements.sure.push(BoardStatement {
                    dataset: self.node(result.dataset_id.as_deref())?,
                    metric: self.node(result.metric_id.as_deref())?,
                    paper: Arc::clone(&paper),
                    result,
                });
            }
        }
        Ok(statements)
    }

    fn node(&mut self, id: Option<&str>) -> Result<Option<Arc<IdAndName>>, StoreError> {
        let Some(id) = id else { return Ok(None) };
        if let Some(known) = self.nodes.get(id) {
            return Ok(known.clone());
        }
        let found = match self.store.index()?.find(id)? {
            Some(doc) => self.store.node_at(doc)?.map(|node| Arc::new(IdAndName { id: node.id, label: node.label })),
            None => None,
        };
        self.nodes.insert(id.to_string(), found.clone());
        Ok(found)
    }
}

/// A paper with its results.
type PaperWithResults = (Arc<StatingPaper>, Vec<StatedResult>);

/// A paper with its results; `None` if the index has no name of it.
fn stating(store: &GraphStore, doc: IndexedNode) -> Result<Option<PaperWithResults>, StoreError> {
    let Some(node) = Node::at(store, doc)?.map(Arc::new) else { return Ok(None) };
    let PaperResults { results, repositories } = store.index()?.results(doc)?;
    Ok(Some((Arc::new(StatingPaper { node, repositories: repositories.into() }), results)))
}

/// Whether the vocabulary says that a smaller value of a metric is better.
pub(super) fn lower_is_better(store: &GraphStore, metric: &IdAndName) -> Result<Option<bool>, StoreError> {
    let index = store.index()?;
    let shown = index.find(&metric.id)?.map(|doc| index.shown(doc)).transpose()?;
    Ok(shown.flatten().and_then(|shown| shown.lower_is_better))
}

impl BoardRow {
    /// Reads the repository of the paper that one would run: an official one before others, one that is there before
    /// one that is not.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn read_code(&mut self, store: &GraphStore) -> Result<(), StoreError> {
        let mut all = Vec::new();
        for StatedRepository { id, is_official } in self.repositories.iter() {
            let Some(node) = Node::read(store, &store.base().node(id))? else { continue };
            let is_dead = node.dead && node.verdict.is_some();
            all.push(ResultCode { is_official: *is_official, url: node.label, verdict: node.verdict, is_dead });
        }
        self.code = all.into_iter().max_by_key(|code| (code.is_runnable(), code.is_official, !code.is_dead));
        Ok(())
    }

    /// Reads the sentence that says the result, or the sources that state it.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn read_evidence(&mut self, store: &GraphStore) -> Result<(), StoreError> {
        let kg = &store.ontology().kg;
        let paper = store.base().node(&self.paper.id);
        let part = NamedNode::new_unchecked(format!("{}#{}", paper.as_str(), self.part));
        match &mut self.source {
            ResultSource::Sentence { text, .. } => {
                if let Some(place) = PartFacts(store.facts(&part)?).place(kg) {
                    *text = quoted(store, &paper, place)?.map(|quote| quote.marked("", ""));
                }
            }
            ResultSource::Table(_) => {}
            ResultSource::Stated(sources) => *sources = stated_by(store, &part)?,
        }
        Ok(())
    }
}

/// The sources that state a result, as `file:line`.
fn stated_by(store: &GraphStore, part: &NamedNode) -> Result<Vec<String>, StoreError> {
    let kg = &store.ontology().kg;
    let mut stated = Vec::new();
    for source in store.objects(part, kg.stated_by.as_ref())? {
        let facts = PartFacts(store.facts(&source)?);
        if let (Some(file), Some(line)) = (facts.text(&kg.file), facts.text(&kg.line)) {
            stated.push(format!("{file}:{line}"));
        }
    }
    stated.sort();
    Ok(stated)
}
