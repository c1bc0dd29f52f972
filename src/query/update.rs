//! SPARQL UPDATE: the user's own statements, next to those of the build.
//!
//! They are in their own named graph, which builds leave alone and which queries see as part of the data. Statements
//! without GRAPH are written there. No other graph can be changed, because the next build would undo the change.

use std::collections::HashSet;

use oxigraph::model::{GraphName, NamedNode, Quad};
use oxigraph::sparql::{QueryEvaluationError, SparqlEvaluator};
use oxigraph::store::StorageError;
use spareval::{DeleteInsertQuad, QueryEvaluator};
use spargebra::algebra::{GraphTarget, QueryDataset};
use spargebra::term::{GraphName as WrittenGraph, GraphNamePattern};
use spargebra::{GraphUpdateOperation, SparqlParser};

use super::{QueryError, packed, syntax};
use crate::ontology::Ontology;
use crate::store::{GenerationEdit, Quads};

/// A parsed update. It changes only the user's graph.
#[derive(Debug, Clone)]
pub(crate) struct UserUpdate {
    algebra: spargebra::Update,
    user: GraphName,
}

/// Result of an update.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct UpdateSummary {
    pub added: usize,
    pub removed: usize,
    /// Number of statements that were not added because the graph already has them.
    pub already_there: usize,
}

impl UserUpdate {
    /// Parses an update. The prefixes of the graph are known, as for queries.
    ///
    /// # Errors
    /// The position of a syntax error, and any operation outside the user's graph.
    pub(crate) fn parse(text: &str, ontology: &Ontology) -> Result<Self, QueryError> {
        let mut algebra = syntax::parse(text, &ontology.base, SparqlParser::parse_update)?;
        let user = ontology.user_graph();
        if let GraphName::NamedNode(own) = &user {
            let mut own = UserGraphOnly(own);
            algebra.operations = algebra.operations.into_iter().map(|o| own.operation(o)).collect::<Result<_, _>>()?;
        }
        Ok(Self { algebra, user })
    }

    /// Sets the graphs in which WHERE is matched outside GRAPH, unless both lists are empty.
    ///
    /// # Errors
    /// If the update itself has USING, as the SPARQL protocol requires.
    pub(crate) fn using(mut self, default: Vec<NamedNode>, named: Vec<NamedNode>) -> Result<Self, QueryError> {
        if default.is_empty() && named.is_empty() {
            return Ok(self);
        }
        for operation in &mut self.algebra.operations {
            if let GraphUpdateOperation::DeleteInsert { using, .. } = operation {
                if using.is_some() {
                    return Err(QueryError::Update("both the update and the request name graphs to look in".into()));
                }
                *using = Some(QueryDataset { default: default.clone(), named: Some(named.clone()) });
            }
        }
        Ok(self)
    }

    /// Applies the update to `change` and finishes the edit. Nothing is published if nothing changes.
    ///
    /// # Errors
    /// Evaluation errors.
    pub(crate) fn apply(self, mut change: GenerationEdit) -> Result<UpdateSummary, QueryError> {
        let quads = change.store()?;
        let before = self.statements(quads)?;
        for operation in &self.algebra.operations {
            match operation {
                GraphUpdateOperation::DeleteInsert { pattern, .. } if packed::pattern_reads(pattern, quads) => {
                    self.delete_insert(operation, quads)?;
                }
                _ => self.execute(operation, quads)?,
            }
        }
        let store = quads.database();
        let mut after = self.statements(quads)?;
        // A statement in both graphs would be counted twice.
        let mut known = 0;
        for quad in after.difference(&before).cloned().collect::<Vec<_>>() {
            let in_data = Quad { graph_name: GraphName::DefaultGraph, ..quad.clone() };
            if quads.contains(&in_data).map_err(storage)? {
                store.remove(&quad).map_err(storage)?;
                after.remove(&quad);
                known += 1;
            }
        }
        let (added, removed) = (after.difference(&before).count(), before.difference(&after).count());
        if added + removed > 0 {
            change.finish()?;
        }
        Ok(UpdateSummary { added, removed, already_there: known })
    }

    /// Executes an operation on the database itself.
    fn execute(&self, operation: &GraphUpdateOperation, quads: &Quads) -> Result<(), QueryError> {
        let algebra = spargebra::Update { operations: vec![operation.clone()], ..self.algebra.clone() };
        let mut prepared = SparqlEvaluator::new().for_update(algebra);
        for dataset in prepared.using_datasets_mut().filter(|dataset| dataset.is_default_dataset()) {
            dataset.set_default_graph(vec![GraphName::DefaultGraph, self.user.clone()]);
        }
        prepared.on_store(quads.database()).execute().map_err(|e| QueryError::Update(e.to_string()))
    }

    /// Executes an operation whose WHERE can match packed parts of papers.
    fn delete_insert(&self, operation: &GraphUpdateOperation, quads: &Quads) -> Result<(), QueryError> {
        let GraphUpdateOperation::DeleteInsert { delete, insert, using, pattern } = operation else { return Ok(()) };
        let evaluator = QueryEvaluator::new();
        let base = self.algebra.base_iri.clone();
        let mut prepared =
            evaluator.prepare_delete_insert(delete.clone(), insert.clone(), base, using.clone(), pattern);
        if prepared.dataset().is_default_dataset() {
            prepared.dataset_mut().set_default_graph(vec![GraphName::DefaultGraph, self.user.clone()]);
        }
        let failed = |e: QueryEvaluationError| QueryError::Update(e.to_string());
        let changes =
            prepared.execute(quads.dataset()).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let write = || -> Result<(), StorageError> {
            let mut transaction = quads.database().start_transaction()?;
            for change in &changes {
                if let DeleteInsertQuad::Delete(quad) = change {
                    transaction.remove(quad);
                }
            }
            for change in &changes {
                if let DeleteInsertQuad::Insert(quad) = change {
                    transaction.insert(quad);
                }
            }
            transaction.commit()
        };
        write().map_err(storage)
    }

    fn statements(&self, quads: &Quads) -> Result<HashSet<Quad>, QueryError> {
        quads.quads_for_pattern(None, None, None, Some(self.user.as_ref())).collect::<Result<_, _>>().map_err(storage)
    }
}

fn storage(error: StorageError) -> QueryError {
    QueryError::Update(error.to_string())
}

/// Restricts an update to the user's graph.
struct UserGraphOnly<'a>(&'a NamedNode);

impl UserGraphOnly<'_> {
    fn operation(&mut self, operation: GraphUpdateOperation) -> Result<GraphUpdateOperation, QueryError> {
        use GraphUpdateOperation as Op;
        Ok(match operation {
            Op::InsertData { mut data } => {
                data.iter_mut().try_for_each(|quad| self.graph(&mut quad.graph_name))?;
                Op::InsertData { data }
            }
            Op::DeleteData { mut data } => {
                data.iter_mut().try_for_each(|quad| self.graph(&mut quad.graph_name))?;
                Op::DeleteData { data }
            }
            Op::DeleteInsert { mut delete, mut insert, using, pattern } => {
                delete.iter_mut().try_for_each(|quad| self.pattern(&mut quad.graph_name))?;
                insert.iter_mut().try_for_each(|quad| self.pattern(&mut quad.graph_name))?;
                Op::DeleteInsert { delete, insert, using, pattern }
            }
            // It does not matter whether the graph exists, because it exists as soon as it has a statement.
            Op::Clear { graph, .. } | Op::Drop { graph, .. } => Op::Clear { silent: true, graph: self.target(graph)? },
            Op::Create { graph, .. } if graph == *self.0 => Op::Clear { silent: true, graph: self.own() },
            Op::Create { graph, .. } => return Err(QueryError::OtherGraph { graph: graph.to_string() }),
            Op::Load { source, .. } => return Err(QueryError::Load { address: source.to_string() }),
        })
    }

    fn graph(&self, graph: &mut WrittenGraph) -> Result<(), QueryError> {
        match graph {
            WrittenGraph::DefaultGraph => *graph = self.0.clone().into(),
            WrittenGraph::NamedNode(node) if node == self.0 => {}
            WrittenGraph::NamedNode(node) => return Err(QueryError::OtherGraph { graph: node.to_string() }),
        }
        Ok(())
    }

    fn pattern(&self, graph: &mut GraphNamePattern) -> Result<(), QueryError> {
        match graph {
            GraphNamePattern::DefaultGraph => *graph = self.0.clone().into(),
            GraphNamePattern::NamedNode(node) if node == self.0 => {}
            GraphNamePattern::NamedNode(node) => return Err(QueryError::OtherGraph { graph: node.to_string() }),
            GraphNamePattern::Variable(variable) => return Err(QueryError::OtherGraph { graph: variable.to_string() }),
        }
        Ok(())
    }

    fn target(&self, target: GraphTarget) -> Result<GraphTarget, QueryError> {
        let all = match target {
            GraphTarget::DefaultGraph => return Ok(self.own()),
            GraphTarget::NamedNode(node) if node == *self.0 => return Ok(self.own()),
            GraphTarget::NamedNode(node) => node.to_string(),
            GraphTarget::NamedGraphs => "NAMED".to_string(),
            GraphTarget::AllGraphs => "ALL".to_string(),
        };
        Err(QueryError::OtherGraph { graph: all })
    }

    fn own(&self) -> GraphTarget {
        GraphTarget::NamedNode(self.0.clone())
    }
}
