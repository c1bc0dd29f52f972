use std::sync::Arc;

use crate::store::{GraphFolder, GraphStore, StoreError};

/// The graph of a server.
pub(crate) trait GraphSource: Send + Sync + 'static {
    /// The current generation.
    ///
    /// # Errors
    /// If there is no graph, or it cannot be read.
    fn graph(&self) -> Result<Arc<GraphStore>, StoreError>;

    /// Called after an answer failed: rebuilds the search index if it is damaged. Returns `true` if it was.
    fn mend(&self) -> bool;
}

impl GraphSource for GraphFolder {
    fn graph(&self) -> Result<Arc<GraphStore>, StoreError> {
        Self::graph(self)
    }

    fn mend(&self) -> bool {
        Self::mend(self)
    }
}
