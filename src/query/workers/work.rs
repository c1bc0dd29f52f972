//! The other end: what a worker does.

use std::io::{self, BufRead, BufWriter, Write};
use std::path::Path;

use oxigraph::model::NamedNode;

use super::super::{Answer, Limits, Query, QueryError};
use super::wire::{Task, write_answer};
use crate::store::GraphStore;

/// Answers tasks from `input`, one a line, on `output`, until the input ends. When a build has ended between two tasks,
/// the later one sees what it made.
///
/// # Errors
/// If the server is gone or says what is no task.
pub fn work(store: &Path, input: impl BufRead, output: impl Write) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(1 << 16, output);
    let mut open: Option<GraphStore> = None;
    for line in input.lines() {
        let task: Task = serde_json::from_str(&line?)?;
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

fn answer(task: Task, graph: &GraphStore) -> Result<Answer, QueryError> {
    let nodes = |iris: Vec<String>| iris.into_iter().map(NamedNode::new_unchecked).collect();
    let limits = Limits { timeout: task.timeout, rows: task.rows, ..Limits::default() };
    Query::parse(&task.text, graph.base())?
        .bind(&task.parameters, graph)?
        .over(nodes(task.default_graphs), nodes(task.named_graphs))
        .run(graph, limits)
}
