use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::{GraphStore, StoreError};
use crate::index::ReadAmount;

/// A graph in a folder, opened at the first question. A graph that is built or changed later is seen by the next
/// question.
pub(crate) struct GraphFolder {
    path: PathBuf,
    open: Mutex<Option<Arc<GraphStore>>>,
}

impl GraphFolder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, open: Mutex::new(None) }
    }

    /// The current generation.
    ///
    /// # Errors
    /// If there is no graph, or it cannot be read.
    pub(crate) fn graph(&self) -> Result<Arc<GraphStore>, StoreError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(graph) = open.as_ref().filter(|graph| graph.is_current()) {
            return Ok(Arc::clone(graph));
        }
        let graph = Arc::new(GraphStore::open_index(&self.path, ReadAmount::Much)?);
        *open = Some(Arc::clone(&graph));
        Ok(graph)
    }

    /// Rebuilds the search index if it is damaged. Returns `true` if it was.
    pub(crate) fn mend(&self) -> bool {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = None;
        GraphStore::mend_index(&self.path).unwrap_or(false)
    }
}
