//! The graph that is served: the current generation, replaced when a build publishes a new one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use super::log;
use super::pages::{topics, trending};
use crate::answer::{BoardIndex, CodeList, NodeRanking, SearchResults, TopicList};
use crate::graph::{Network, most_named, papers_by_year};
use crate::index::Doc;
use crate::ontology::NodeKind;
use crate::store::{Counts, GraphStore, StoreError};
use crate::vocabulary::Kind;

/// How often to check the pointer to the current generation, a file of a hundred bytes.
const LOOK: Duration = Duration::from_millis(500);

/// A value that is computed at its first use. Concurrent requests compute it only once.
struct Once<T> {
    value: OnceLock<T>,
    computing: Mutex<()>,
}

impl<T> Once<T> {
    fn new() -> Self {
        Self { value: OnceLock::new(), computing: Mutex::new(()) }
    }

    fn get(&self, compute: impl FnOnce() -> Result<T, StoreError>) -> Result<&T, StoreError> {
        if self.value.get().is_none() {
            let _one = self.computing.lock().unwrap_or_else(PoisonError::into_inner);
            if self.value.get().is_none() {
                let _ = self.value.set(compute()?);
            }
        }
        self.value.get().ok_or_else(|| StoreError::Missing { path: PathBuf::new() })
    }
}

/// One generation, and the values that are computed once for it.
pub struct Served {
    pub graph: Arc<GraphStore>,
    counts: Once<Counts>,
    boards: Once<BoardIndex>,
    years: Once<BTreeMap<u16, usize>>,
    trending: Once<Vec<(Kind, NodeRanking)>>,
    topics: Once<TopicList>,
    code: Once<CodeList>,
    /// The nodes of each kind in the order of lists, as in [`NodeKind::ALL`].
    ranked: [Once<Vec<Doc>>; NodeKind::ALL.len()],
}

impl Served {
    /// The counts of the graph.
    pub fn counts(&self) -> Result<&Counts, StoreError> {
        self.counts.get(|| self.graph.counts())
    }

    /// The boards of the graph. The first call reads every result.
    pub fn boards(&self) -> Result<&BoardIndex, StoreError> {
        self.boards.get(|| BoardIndex::ask(&self.graph))
    }

    /// Number of dated papers by year. The first call reads the date of every paper.
    pub fn years(&self) -> Result<&BTreeMap<u16, usize>, StoreError> {
        self.years.get(|| papers_by_year(&self.graph))
    }

    /// What grows, by kind; empty if the papers are of fewer than two years. The first call reads the whole graph.
    pub fn trending(&self) -> Result<&Vec<(Kind, NodeRanking)>, StoreError> {
        self.trending.get(|| {
            let network = Network::load(&self.graph)?;
            let mut rankings = Vec::new();
            for kind in trending::KINDS {
                rankings.extend(
                    NodeRanking::ask(&self.graph, &network, &trending::wish(kind))?.map(|ranking| (kind, ranking)),
                );
            }
            Ok(rankings)
        })
    }

    /// The communities of the graph. The first call reads the whole graph.
    pub fn topics(&self) -> Result<&TopicList, StoreError> {
        self.topics.get(|| {
            let network = Network::load(&self.graph)?;
            TopicList::ask(&self.graph, &network, &topics::wish(), topics::TOPICS)
        })
    }

    /// The papers that link to code, and its state. The first call reads all of them.
    pub fn code(&self) -> Result<&CodeList, StoreError> {
        self.code.get(|| CodeList::ask(&self.graph))
    }

    /// A part of all nodes of a kind, those with the most papers first. The first call for a kind counts them.
    pub fn browse(&self, kind: NodeKind, offset: usize, limit: usize) -> Result<SearchResults, StoreError> {
        let place = NodeKind::ALL.into_iter().position(|known| known == kind).unwrap_or_default();
        let ranked = match self.ranked.get(place) {
            Some(ranked) => ranked.get(|| most_named(&self.graph, kind))?,
            None => return Ok(SearchResults::default()),
        };
        SearchResults::browse(&self.graph, ranked, offset, limit)
    }
}

/// Computes what pages need of a new generation before somebody asks for it. For the first generation the first request does
/// it: a thread could read that graph while somebody replaces it right after the start. A damaged graph shows its damage to whoever
/// asks, so errors are left to them.
fn prepare(served: &Arc<Served>) {
    let served = Arc::clone(served);
    let prepared = std::thread::Builder::new().name("prepare".to_string()).spawn(move || {
        let _ = (served.counts().is_ok(), served.years().is_ok(), served.boards().is_ok(), served.trending().is_ok());
        for kind in NodeKind::ALL {
            let _ = served.browse(kind, 0, 0).is_ok();
        }
    });
    // Without the thread, the first request computes it.
    drop(prepared);
}

/// Hands out the current generation. A holder keeps it, and its files, until it is dropped.
pub struct Live {
    path: PathBuf,
    current: RwLock<Arc<Served>>,
    /// Whether an answer failed since the search index was last compared with its checksums.
    is_suspect: AtomicBool,
}

impl Live {
    /// # Errors
    /// If there is no graph at `path`, or it cannot be read.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let first = Arc::new(open(path)?);
        let current = RwLock::new(first);
        Ok(Self { path: path.to_path_buf(), current, is_suspect: AtomicBool::new(false) })
    }

    pub fn get(&self) -> Arc<Served> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Opens the current generation if it is a new one. Returns `true` if it is.
    ///
    /// # Errors
    /// If the graph cannot be read. The previous generation is still served then.
    pub fn refresh(&self) -> Result<bool, StoreError> {
        if self.get().graph.is_current() {
            return Ok(false);
        }
        self.exchange()?;
        Ok(true)
    }

    /// Notes that an answer failed; a damaged search index may be the cause.
    pub fn suspect(&self) {
        self.is_suspect.store(true, Ordering::Relaxed);
    }

    /// Rebuilds the search index after a failed answer if it is damaged. Returns `true` if it was.
    ///
    /// # Errors
    /// If the index has to be rebuilt and cannot be written.
    pub fn mend(&self) -> Result<bool, StoreError> {
        if !self.is_suspect.swap(false, Ordering::Relaxed) || !GraphStore::mend_index(&self.path)? {
            return Ok(false);
        }
        self.exchange()?;
        Ok(true)
    }

    /// Replaces the open generation with the current one.
    fn exchange(&self) -> Result<(), StoreError> {
        let new = Arc::new(open(&self.path)?);
        prepare(&new);
        let old = std::mem::replace(&mut *self.current.write().unwrap_or_else(PoisonError::into_inner), new);
        // Closing may take a moment, so it happens outside the lock.
        drop(old);
        Ok(())
    }

    /// Looks for new generations as long as the server runs. A lasting error is logged once, not twice a second.
    pub async fn watch(self: Arc<Self>, verbose: bool) {
        let mut told = None;
        loop {
            tokio::time::sleep(LOOK).await;
            let live = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || Ok::<_, StoreError>(live.mend()? | live.refresh()?)).await {
                Ok(Ok(true)) => {
                    told = None;
                    if verbose {
                        log(&format!("serving generation {}", self.get().graph.generation()));
                    }
                }
                Ok(Ok(false)) => told = None,
                Ok(Err(error)) => {
                    let error = error.to_string();
                    if told.as_ref() != Some(&error) {
                        log(&format!("warning: {error}; the graph as it was is served on"));
                        told = Some(error);
                    }
                }
                Err(_) => {}
            }
        }
    }
}

fn open(path: &Path) -> Result<Served, StoreError> {
    let graph = Arc::new(GraphStore::open(path)?);
    Ok(Served {
        graph,
        counts: Once::new(),
        boards: Once::new(),
        years: Once::new(),
        trending: Once::new(),
        topics: Once::new(),
        code: Once::new(),
        ranked: std::array::from_fn(|_| Once::new()),
    })
}
