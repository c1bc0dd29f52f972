//! Results as the graph has them.

use std::collections::HashMap;

use oxigraph::model::NamedNode;

use super::row::{BoardRow, ResultCode, ResultSource};
use crate::graph::Node;
use crate::graph::about::Facts;
use crate::graph::evidence::quoted;
use crate::ontology::rdf;
use crate::store::{GraphStore, NodeRef, StoreError};

/// A result with the fields that decide its board.
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
    pub fn metric_label(&self) -> Option<&str> {
        self.metric_node.as_ref().map(|node| node.label.as_str())
    }
}

pub(super) struct Reader<'s> {
    store: &'s GraphStore,
    papers: HashMap<NamedNode, Option<Node>>,
    nodes: HashMap<NamedNode, Option<NodeRef>>,
    code: HashMap<String, Option<ResultCode>>,
}

impl<'s> Reader<'s> {
    pub fn new(store: &'s GraphStore) -> Self {
        Self { store, papers: HashMap::new(), nodes: HashMap::new(), code: HashMap::new() }
    }

    /// All results on a dataset, or all that name one.
    pub fn statements(&mut self, dataset: Option<&NodeRef>) -> Result<Vec<Statement>, StoreError> {
        let store = self.store;
        let kg = &store.ontology().kg;
        let mut parts: Vec<NamedNode> = Vec::new();
        match dataset {
            Some(dataset) => {
                for part in store.subjects(kg.on_dataset.as_ref(), &dataset.iri) {
                    parts.push(part?);
                }
            }
            None => {
                for class in [&kg.result_class, &kg.declared_result_class] {
                    for part in store.subjects(rdf::TYPE, class) {
                        parts.push(part?);
                    }
                }
            }
        }
        let mut statements = Vec::new();
        for part in parts {
            statements.extend(self.statement(&part)?);
        }
        Ok(statements)
    }

    fn statement(&mut self, part: &NamedNode) -> Result<Option<Statement>, StoreError> {
        let kg = &self.store.ontology().kg;
        let Some(iri) = part.as_str().split_once('#').map(|(paper, _)| NamedNode::new_unchecked(paper)) else {
            return Ok(None);
        };
        let Some(paper) = self.paper(&iri)? else { return Ok(None) };
        let facts = Facts(self.store.facts(part)?);
        let (Some(dataset), Some(metric), Some(value)) =
            (facts.text(&kg.dataset_name), facts.text(&kg.metric_name), facts.text(&kg.value))
        else {
            return Ok(None);
        };
        let is_declared = part.as_str().contains("#declared-");
        let source = match (is_declared, facts.text(&kg.in_table)) {
            (true, _) => ResultSource::Stated(self.sources(part)?),
            (false, Some(table)) => {
                let row = facts.text(&kg.row).map(|row| format!(", row {row}")).unwrap_or_default();
                let page = facts.text(&kg.page).map(|page| format!(", page {page}")).unwrap_or_default();
                ResultSource::Table(format!("{table}{row}{page}"))
            }
            (false, None) => {
                let place = facts.place(kg);
                let field = place.as_ref().map_or_else(|| "abstract".to_string(), |place| place.field.to_string());
                let text = match place {
                    Some(place) => quoted(self.store, &iri, place)?.map(|quote| quote.marked("", "")),
                    None => None,
                };
                ResultSource::Sentence { field, text }
            }
        };
        let row = BoardRow {
            system: facts.text(&kg.system),
            own: facts.text(&kg.own).is_none_or(|own| own == "true"),
            deviation: facts.text(&kg.deviation),
            confidence: facts.text(&kg.confidence).and_then(|confidence| confidence.parse().ok()),
            source,
            ..BoardRow::new(paper, value)
        };
        Ok(Some(Statement {
            dataset_node: self.object(part, &kg.on_dataset)?,
            dataset,
            task: facts.text(&kg.task_name),
            variant: facts.text(&kg.variant),
            metric_node: self.object(part, &kg.by_metric)?,
            metric,
            row,
        }))
    }

    fn paper(&mut self, iri: &NamedNode) -> Result<Option<Node>, StoreError> {
        if let Some(known) = self.papers.get(iri) {
            return Ok(known.clone());
        }
        let paper = Node::read(self.store, iri)?;
        self.papers.insert(iri.clone(), paper.clone());
        Ok(paper)
    }

    fn object(&mut self, part: &NamedNode, relation: &NamedNode) -> Result<Option<NodeRef>, StoreError> {
        let Some(iri) = self.store.objects(part, relation.as_ref())?.into_iter().next() else { return Ok(None) };
        if let Some(known) = self.nodes.get(&iri) {
            return Ok(known.clone());
        }
        let node = self.store.node(&iri)?;
        self.nodes.insert(iri, node.clone());
        Ok(node)
    }

    pub fn lower_is_better(&self, metric: &NodeRef) -> Result<Option<bool>, StoreError> {
        let kg = &self.store.ontology().kg;
        Ok(self.store.literal(&metric.iri, kg.better.as_ref())?.map(|better| better == "lower"))
    }

    /// The repository of a paper that one would run: an official one before others, one that is there before one that is
    /// not.
    pub fn code(&mut self, paper: &Node) -> Result<Option<ResultCode>, StoreError> {
        if let Some(known) = self.code.get(&paper.id) {
            return Ok(known.clone());
        }
        let kg = &self.store.ontology().kg;
        let iri = self.store.base().node(&paper.id);
        let mut all = Vec::new();
        for repository in self.store.objects(&iri, kg.has_repository.as_ref())? {
            let (verdict, is_dead) = self.store.verdict(&repository)?;
            let url = self.store.node(&repository)?.map(|node| node.label).unwrap_or_default();
            all.push(ResultCode { is_official: self.is_official(&iri, &repository)?, url, verdict, is_dead });
        }
        let best = all.into_iter().max_by_key(|code| (code.is_runnable(), code.is_official, !code.is_dead));
        self.code.insert(paper.id.clone(), best.clone());
        Ok(best)
    }

    /// Whether the paper's own text gives the address, or a source says that it is the authors'.
    fn is_official(&self, paper: &NamedNode, repository: &NamedNode) -> Result<bool, StoreError> {
        let kg = &self.store.ontology().kg;
        for link in self.store.subjects(kg.target.as_ref(), repository) {
            let link = link?;
            if link.as_str().split_once('#').is_none_or(|(of, _)| of != paper.as_str()) {
                continue;
            }
            let facts = Facts(self.store.facts(&link)?);
            let in_text = facts.text(&kg.stated_in).as_deref() == Some("text");
            if in_text || facts.text(&kg.official).as_deref() == Some("true") {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn sources(&self, part: &NamedNode) -> Result<Vec<String>, StoreError> {
        let kg = &self.store.ontology().kg;
        let mut stated = Vec::new();
        for source in self.store.objects(part, kg.stated_by.as_ref())? {
            let facts = Facts(self.store.facts(&source)?);
            if let (Some(file), Some(line)) = (facts.text(&kg.file), facts.text(&kg.line)) {
                stated.push(format!("{file}:{line}"));
            }
        }
        stated.sort();
        Ok(stated)
    }
}
