//! The server's limits on one request and on concurrent work.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::HttpProblem;

/// Limits of a request. Bytes are counted before compression.
#[derive(Debug, Clone)]
pub(crate) struct ServeLimits {
    /// Time to evaluate one query and send its result.
    pub query_time: Duration,
    /// Maximum rows or triples of one result.
    pub rows: usize,
    /// Maximum size of one result, in bytes.
    pub result_bytes: usize,
    /// Maximum size of a request's body, in bytes.
    pub request_bytes: usize,
    /// Time for a client to send the head of a request, to send its body, or to take the next piece of an answer.
    pub client_timeout: Duration,
    /// Maximum number of concurrent queries.
    pub queries: usize,
    /// Maximum number of queries in the queue.
    pub waiting: usize,
    pub connections: usize,
    /// Maximum memory of one query, in bytes.
    pub memory: u64,
}

impl Default for ServeLimits {
    fn default() -> Self {
        Self {
            query_time: Duration::from_secs(30),
            rows: 1_000_000,
            result_bytes: 256 << 20,
            request_bytes: 1 << 20,
            client_timeout: Duration::from_secs(20),
            queries: 16,
            waiting: 64,
            connections: 1024,
            memory: 512 << 20,
        }
    }
}

/// A fixed number of permits, with a short queue.
#[derive(Clone)]
pub(super) struct QueryPermits {
    free: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

/// The longest wait for a permit.
const QUEUE_TIME: Duration = Duration::from_secs(10);

impl QueryPermits {
    pub(super) fn new(places: usize, waiting: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(places.max(1))), queue: Arc::new(Semaphore::new(waiting)) }
    }

    /// Takes a permit, which is returned when it is dropped.
    ///
    /// # Errors
    /// If the queue is full, or no permit becomes free within ten seconds.
    pub(super) async fn take(&self) -> Result<OwnedSemaphorePermit, HttpProblem> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Ok(permit);
        }
        let busy = |_| HttpProblem::busy();
        let _queued = self.queue.try_acquire().map_err(|_| HttpProblem::busy())?;
        let waited = tokio::time::timeout(QUEUE_TIME, Arc::clone(&self.free).acquire_owned()).await;
        waited.map_err(busy)?.map_err(|_| HttpProblem::busy())
    }
}
