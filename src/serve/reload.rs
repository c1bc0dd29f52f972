//! The graph that is served: the current generation, replaced when a build publishes a new one.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use super::answer::ResultForm;
use super::log;
use super::pages::query::ShownResult;
use crate::answer::{BoardIndex, DatasetTasks, DeviceList, MissingWorks, NodeRanking, SearchResults, TopicList};
use crate::graph::{PaperRegister, browse_orders};
use crate::index::IndexedNode;
use crate::ontology::NodeKind;
use crate::store::{GraphCounts, GraphStore, StoreError};
use crate::vocabulary::Kind;

/// How often to check the pointer to the current generation, a file of a hundred bytes.
const LOOK: Duration = Duration::from_millis(500);

/// A value that is computed at its first use. Concurrent requests compute it only once.
struct ComputedOnce<T> {
    value: OnceLock<T>,
    computing: Mutex<()>,
}

impl<T> ComputedOnce<T> {
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

/// Answers of named queries by the address of the question.
#[derive(Default)]
pub(crate) struct NamedAnswers(Mutex<HashMap<String, Arc<(ShownResult, ResultForm)>>>);

impl NamedAnswers {
    /// Maximum number of answers, each of some hundred rows.
    const MOST: usize = 64;

    pub(crate) fn get(&self, question: &str) -> Option<Arc<(ShownResult, ResultForm)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(question).cloned()
    }

    pub(crate) fn keep(&self, question: String, answer: &Arc<(ShownResult, ResultForm)>) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= Self::MOST {
            answers.clear();
        }
        answers.insert(question, Arc::clone(answer));
    }
}

/// One generation, and the values that are computed once for it.
pub(crate) struct ServedGeneration {
    pub graph: Arc<GraphStore>,
    counts: ComputedOnce<GraphCounts>,
    boards: ComputedOnce<BoardIndex>,
    dataset_tasks: ComputedOnce<DatasetTasks>,
    paper_register: ComputedOnce<PaperRegister>,
    trending: ComputedOnce<Vec<(Kind, NodeRanking)>>,
    topics: ComputedOnce<TopicList>,
    devices: ComputedOnce<DeviceList>,
    missing: ComputedOnce<MissingWorks>,
    /// The answers of named queries.
    pub answers: NamedAnswers,
    /// The nodes of each kind in the order of lists, in the order of [`NodeKind::ALL`].
    orders: ComputedOnce<Vec<Vec<IndexedNode>>>,
}

impl ServedGeneration {
    /// The counts of the graph.
    pub(crate) fn counts(&self) -> Result<&GraphCounts, StoreError> {
        self.counts.get(|| self.graph.counts())
    }

    /// The boards of the graph. The first call reads the list that the build made, or makes it.
    pub(crate) fn boards(&self) -> Result<&BoardIndex, StoreError> {
        self.boards.get(|| BoardIndex::open(&self.graph))
    }

    /// The tasks that the datasets of boards are made for. The first call reads those of every dataset with a board.
    pub(crate) fn dataset_tasks(&self) -> Result<&DatasetTasks, StoreError> {
        self.dataset_tasks.get(|| DatasetTasks::of(&self.graph, self.boards()?))
    }

    /// All papers in the order of lists. The first call for a generation reads the date of every paper, and every
    /// repository, later ones a file.
    pub(crate) fn paper_register(&self) -> Result<&PaperRegister, StoreError> {
        self.paper_register.get(|| PaperRegister::of(&self.graph))
    }

    /// Number of dated papers by year.
    pub(crate) fn years(&self) -> Result<&BTreeMap<u16, usize>, StoreError> {
        Ok(self.paper_register()?.by_year())
    }

    /// Terms that grow, by kind; empty if the papers are of fewer than two years. The first call for a generation reads
    /// the whole graph. Later ones, also of another process, read a file.
    pub(crate) fn trending(&self) -> Result<&Vec<(Kind, NodeRanking)>, StoreError> {
        self.trending.get(|| NodeRanking::growth_of_kinds(&self.graph))
    }

    /// The communities of the graph. The first call for a generation reads the whole graph, later ones a file.
    pub(crate) fn topics(&self) -> Result<&TopicList, StoreError> {
        self.topics.get(|| TopicList::kept(&self.graph))
    }

    /// The devices that papers run on. The first call for a generation reads every statement about hardware, later ones
    /// a file.
    pub(crate) fn devices(&self) -> Result<&DeviceList, StoreError> {
        self.devices.get(|| DeviceList::kept(&self.graph))
    }

    /// The works that papers cite most and the graph does not have. The first call for a generation counts the
    /// citations of every work.
    pub(crate) fn missing(&self) -> Result<&MissingWorks, StoreError> {
        self.missing.get(|| MissingWorks::kept(&self.graph))
    }

    /// A part of all nodes of a kind, those with the most papers first. The first call for a generation counts the
    /// papers of every node.
    pub(crate) fn browse(&self, kind: NodeKind, offset: usize, limit: usize) -> Result<SearchResults, StoreError> {
        if kind == NodeKind::Paper {
            return SearchResults::browse(&self.graph, self.paper_register()?.newest(), offset, limit);
        }
        let place = NodeKind::ALL.into_iter().position(|known| known == kind).unwrap_or_default();
        match self.orders.get(|| browse_orders(&self.graph))?.get(place) {
            Some(order) => SearchResults::browse(&self.graph, order, offset, limit),
            None => Ok(SearchResults::default()),
        }
    }
}

/// Computes what pages need of a generation before anybody asks, starting with what most pages need. If the graph is
/// damaged, the requests report it; errors are ignored here.
fn prepare(served: &Arc<ServedGeneration>) {
    let served = Arc::downgrade(served);
    let prepared = std::thread::Builder::new().name("prepare".to_string()).spawn(move || {
        let steps: [fn(&ServedGeneration) -> bool; 6] = [
            |served| served.counts().is_ok(),
            |served| served.paper_register().is_ok(),
            |served| served.dataset_tasks().is_ok(),
            |served| served.browse(NodeKind::Author, 0, 0).is_ok(),
            |served| served.trending().is_ok() && served.devices().is_ok() && served.missing().is_ok(),
            |served| served.topics().is_ok(),
        ];
        for step in steps {
            // A generation that is no longer in use is left.
            if !served.upgrade().is_some_and(|served| step(&served)) {
                return;
            }
        }
    });
    // Without the thread, the first request computes it.
    drop(prepared);
}

/// Hands out the current generation. A holder keeps it, and its files, until it is dropped.
pub(crate) struct LiveGraph {
    path: PathBuf,
    current: RwLock<Arc<ServedGeneration>>,
    /// Whether an answer failed since the search index was last compared with its checksums.
    is_suspect: AtomicBool,
}

impl LiveGraph {
    /// # Errors
    /// If there is no graph at `path`, or it cannot be read.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        let first = Arc::new(open(path)?);
        let current = RwLock::new(first);
        Ok(Self { path: path.to_path_buf(), current, is_suspect: AtomicBool::new(false) })
    }

    pub(crate) fn get(&self) -> Arc<ServedGeneration> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Opens the current generation if it is a new one. Returns `true` if it is.
    ///
    /// # Errors
    /// If the graph cannot be read. The previous generation is still served then.
    pub(crate) fn refresh(&self) -> Result<bool, StoreError> {
        if self.get().graph.is_current() {
            return Ok(false);
        }
        self.exchange()?;
        Ok(true)
    }

    /// Notes that an answer failed; a damaged search index may be the cause.
    pub(crate) fn suspect(&self) {
        self.is_suspect.store(true, Ordering::Relaxed);
    }

    /// Rebuilds the search index after a failed answer if it is damaged. Returns `true` if it was.
    ///
    /// # Errors
    /// If the index has to be rebuilt and cannot be written.
    pub(crate) fn mend(&self) -> Result<bool, StoreError> {
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

    /// Computes in the background what the pages of the first generation need.
    pub(crate) fn prepare(&self) {
        prepare(&self.get());
    }

    /// Looks for new generations while the server runs. A lasting error is logged once, not twice a second.
    pub(crate) async fn watch(self: Arc<Self>, verbose: bool) {
        let mut last_error = None;
        loop {
            tokio::time::sleep(LOOK).await;
            let live = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || Ok::<_, StoreError>(live.mend()? | live.refresh()?)).await {
                Ok(Ok(true)) => {
                    last_error = None;
                    if verbose {
                        log(&format!("serving generation {}", self.get().graph.generation()));
                    }
                }
                Ok(Ok(false)) => last_error = None,
                Ok(Err(error)) => {
                    let error = error.to_string();
                    if last_error.as_ref() != Some(&error) {
                        log(&format!("warning: {error}; the previous graph is still served"));
                        last_error = Some(error);
                    }
                }
                Err(_) => {}
            }
        }
    }
}

fn open(path: &Path) -> Result<ServedGeneration, StoreError> {
    let graph = Arc::new(GraphStore::open(path)?);
    Ok(ServedGeneration {
        graph,
        counts: ComputedOnce::new(),
        boards: ComputedOnce::new(),
        dataset_tasks: ComputedOnce::new(),
        paper_register: ComputedOnce::new(),
        trending: ComputedOnce::new(),
        topics: ComputedOnce::new(),
        devices: ComputedOnce::new(),
        missing: ComputedOnce::new(),
        answers: NamedAnswers::default(),
        orders: ComputedOnce::new(),
    })
}
