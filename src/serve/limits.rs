//! How much the server gives to whom: bounds on a request and on what runs at once.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;

/// Bounds on what requests may take. Bytes are counted before compression.
#[derive(Debug, Clone)]
pub struct Limits {
    /// For evaluating one query and sending its result.
    pub query_time: Duration,
    /// Rows or triples of one result.
    pub rows: usize,
    /// Bytes of one result.
    pub bytes: usize,
    /// Bytes of a request's body.
    pub request: usize,
    /// For a client to send the head of a request, to send its body, or to take the next piece of an answer.
    pub patience: Duration,
    /// Queries that are evaluated at once.
    pub queries: usize,
    /// Queries that wait for one of these to end.
    pub waiting: usize,
    pub connections: usize,
    /// Bytes of memory of one query.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            query_time: Duration::from_secs(30),
            rows: 1_000_000,
            bytes: 256 << 20,
            request: 1 << 20,
            patience: Duration::from_secs(20),
            queries: 16,
            waiting: 64,
            connections: 1024,
            memory: 512 << 20,
        }
    }
}

/// A number of places, and a short queue before them.
#[derive(Clone)]
pub struct Places {
    free: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

/// The longest wait for a place.
const QUEUE_TIME: Duration = Duration::from_secs(10);

impl Places {
    pub fn new(places: usize, waiting: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(places.max(1))), queue: Arc::new(Semaphore::new(waiting)) }
    }

    /// A place, which is given back when the permit is dropped.
    ///
    /// # Errors
    /// If the queue is full, or none has come free in ten seconds.
    pub async fn take(&self) -> Result<OwnedSemaphorePermit, Problem> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Ok(permit);
        }
        let busy = |_| Problem::busy();
        let _queued = self.queue.try_acquire().map_err(|_| Problem::busy())?;
        let waited = tokio::time::timeout(QUEUE_TIME, Arc::clone(&self.free).acquire_owned()).await;
        waited.map_err(busy)?.map_err(|_| Problem::busy())
    }
}
