//! The worker's side.

use std::io::{self, BufRead, BufWriter, Write};
use std::path::Path;

use oxigraph::model::NamedNode;

use super::super::{Query, QueryAnswer, QueryError, QueryLimits, UserUpdate};
use super::wire::{QueryTask, write_answer};
use crate::store::{GenerationEdit, GraphStore};

/// Reads tasks from `input`, one on each line, and writes their answers to `output`, until the input ends. If a build
/// ends between two tasks, the later one sees its result.
///
/// # Errors
/// If the server is gone, or sends something that is not a task.
pub(crate) fn work(store: &Path, input: impl BufRead, output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(1 << 16, output);
    // Before the first task arrives. An error is left to the task.
    let mut open = GraphStore::open(store).ok();
    for line in input.lines() {
        let task: QueryTask = serde_json::from_str(&line?)?;
        if task.update {
            write_answer(update(task, store), &mut output)?;
            continue;
        }
        open = open.filter(GraphStore::is_current);
        let answer = match &open {
            Some(graph) => answer(task, graph),
            None => {
                GraphStore::open(store).map_err(QueryError::from).and_then(|graph| answer(task, open.insert(graph)))
            }
        };
        write_answer(answer, &mut output)?;
    }
    Ok(())
}

/// Applies an update. A worker that is killed meanwhile leaves the graph unchanged.
fn update(task: QueryTask, store: &Path) -> Result<QueryAnswer, QueryError> {
    let change = GenerationEdit::begin(store)?;
    let update = UserUpdate::parse(&task.text, change.graph().ontology())?;
    let done = update.using(nodes(task.default_graphs), nodes(task.named_graphs))?.apply(change)?;
    Ok(QueryAnswer::Boolean(done.added + done.removed > 0))
}

fn nodes(iris: Vec<String>) -> Vec<NamedNode> {
    iris.into_iter().map(NamedNode::new_unchecked).collect()
}

fn answer(task: QueryTask, graph: &GraphStore) -> Result<QueryAnswer, QueryError> {
    let limits = QueryLimits { timeout: task.timeout, rows: task.rows, ..QueryLimits::default() };
    Query::parse(&task.text, graph.base())?
        .bind(&task.parameters, graph)?
        .over(nodes(task.default_graphs), nodes(task.named_graphs))
        .run(graph, limits)
}
