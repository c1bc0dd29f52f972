//! Results as the graph has them.

use std::collections::HashMap;
use std::sync::Arc;

use oxigraph::model::NamedNode;

use super::row::{BoardRow, ResultCode, ResultSource};
use crate::graph::Node;
use crate::graph::about::Facts;
use crate::graph::evidence::quoted;
use crate::index::{Doc, PaperResults, Said, StatedRepository, StatedResult};
use crate::store::{GraphStore, NodeRef, StoreError};

/// A result with the fields that decide its board.
#[derive(Debug, Clone)]
pub(super) struct Statement {
    pub dataset: String,
    pub dataset_node: Option<NodeRef>,
    pub task: Option<String>,
    pub variant: Option<String>,
    pub metric: String,
    pub metric_node: Option<NodeRef>,
    pub row: BoardRow,
}

impl Statement {
    /// The vocabulary's name of the metric, where it is known.
    pub(super) fn metric_label(&self) -> Option<&str> {
        self.metric_node.as_ref().map(|node| node.label.as_str())
    }
}

pub(super) struct Reader<'s> {
    pub store: &'s GraphStore,
    /// The nodes that were read, by id.
    nodes: HashMap<String, Option<(Doc, NodeRef)>>,
    pub repositories: Arc<Repositories>,
}

/// The repositories of the papers that state a result, by the id of the paper.
pub(super) type Repositories = HashMap<String, Vec<StatedRepository>>;

impl<'s> Reader<'s> {
    pub(crate) fn new(store: &'s GraphStore, repositories: Arc<Repositories>) -> Self {
        Self { store, nodes: HashMap::new(), repositories }
    }

    /// All results on a dataset, or all that name one. Sentences and sources are not read.
    pub(super) fn statements(&mut self, dataset: Option<&NodeRef>) -> Result<Vec<Statement>, StoreError> {
        let index = self.store.index()?;
        let wanted = dataset.map(|dataset| dataset.id.as_str());
        let mut statements = Vec::new();
        for doc in index.stating(wanted)? {
            let Some(paper) = Node::at(self.store, doc)?.map(Arc::new) else { continue };
            let PaperResults { results, repositories } = index.results(doc)?;
            for result in results {
                if wanted.is_none() || result.dataset_id.as_deref() == wanted {
                    statements.push(self.statement(&paper, result)?);
                }
            }
            Arc::make_mut(&mut self.repositories).insert(paper.id.clone(), repositories);
        }
        Ok(statements)
    }

    fn statement(&mut self, paper: &Arc<Node>, result: StatedResult) -> Result<Statement, StoreError> {
        let source = match result.said {
            Said::BySource => ResultSource::Stated(Vec::new()),
            Said::InTable(place) => ResultSource::Table(place),
            Said::InSentence(field) => ResultSource::Sentence { field, text: None },
        };
        let row = BoardRow {
            system: result.system,
            own: result.own,
            deviation: result.deviation,
            confidence: result.confidence,
            source,
            part: result.part,
            ..BoardRow::new(Arc::clone(paper), result.value)
        };
        Ok(Statement {
            dataset_node: self.node(result.dataset_id)?,
            dataset: result.dataset,
            task: result.task,
            variant: result.variant,
            metric_node: self.node(result.metric_id)?,
            metric: result.metric,
            row,
        })
    }

    fn node(&mut self, id: Option<String>) -> Result<Option<NodeRef>, StoreError> {
        let Some(id) = id else { return Ok(None) };
        Ok(self.indexed(id)?.map(|(_, node)| node))
    }

    fn indexed(&mut self, id: String) -> Result<Option<(Doc, NodeRef)>, StoreError> {
        if let Some(known) = self.nodes.get(&id) {
            return Ok(known.clone());
        }
        let found = match self.store.index()?.find(&id)? {
            Some(doc) => self.store.node_at(doc)?.map(|node| (doc, node)),
            None => None,
        };
        self.nodes.insert(id, found.clone());
        Ok(found)
    }

    pub(crate) fn lower_is_better(&mut self, metric: &NodeRef) -> Result<Option<bool>, StoreError> {
        let Some((doc, _)) = self.indexed(metric.id.clone())? else { return Ok(None) };
        Ok(self.store.index()?.shown(doc)?.and_then(|shown| shown.lower_is_better))
    }

    /// The repository of a paper that one would run: an official one before others, one that is there before one that is
    /// not.
    pub(crate) fn code(&self, paper: &Node) -> Result<Option<ResultCode>, StoreError> {
        let mut all = Vec::new();
        for StatedRepository { id, is_official } in self.repositories.get(&paper.id).into_iter().flatten() {
            let Some(node) = Node::read(self.store, &self.store.base().node(id))? else { continue };
            let is_dead = node.dead && node.verdict.is_some();
            all.push(ResultCode { is_official: *is_official, url: node.label, verdict: node.verdict, is_dead });
        }
        Ok(all.into_iter().max_by_key(|code| (code.is_runnable(), code.is_official, !code.is_dead)))
    }
}

impl BoardRow {
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
                if let Some(place) = Facts(store.facts(&part)?).place(kg) {
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
        let facts = Facts(store.facts(&source)?);
        if let (Some(file), Some(line)) = (facts.text(&kg.file), facts.text(&kg.line)) {
            stated.push(format!("{file}:{line}"));
        }
    }
    stated.sort();
    Ok(stated)
}
