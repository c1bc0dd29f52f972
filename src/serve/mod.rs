//! The graph over HTTP: a SPARQL endpoint for programs, pages for people, and every node under the path of its IRI.
//!
//! No request may stop the server or take more than its share. Each request has limits on size, time, rows and memory
//! (`limits`). An answer is either complete or visibly broken off (`stream`). A fault in one request is an error of
//! that request only. A request keeps the generation of the graph that it began with; the next request gets the newest
//! (`reload`).

mod access;
mod address;
mod answer;
mod conditional;
mod connections;
mod description;
mod graph_store;
mod limits;
mod mcp;
mod metrics;
mod negotiation;
mod pages;
mod parameters;
mod problem;
mod protocol;
mod reload;
mod resource;
mod routes;
mod site;
mod sparql;
mod stream;
mod update;
mod wire;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Mutex;

pub(crate) use access::{AccessRules, CrossOrigin};
use limits::QueryPermits;
pub(crate) use limits::ServeLimits;
use metrics::Metrics;
use problem::HttpProblem;
use reload::LiveGraph;

use crate::query::EvaluationWorkers;
use crate::store::StoreError;

/// What the server serves, and how.
pub(crate) struct ServeOptions {
    /// Folder of the graph.
    pub store: PathBuf,
    /// Path of the `kg` binary, which is started again to evaluate queries.
    pub program: PathBuf,
    pub bind: SocketAddr,
    pub access: AccessRules,
    pub limits: ServeLimits,
    /// The path below which a reverse proxy publishes the server, such as `/kg`; empty for the root.
    pub base_path: String,
    /// Whether to log each request to standard error.
    pub verbose: bool,
}

/// State that all requests share.
struct ServerApp {
    live: Arc<LiveGraph>,
    limits: ServeLimits,
    /// Permits for queries and whole graphs.
    query_permits: QueryPermits,
    /// Permits for pages, which must answer even while slow queries run.
    page_permits: QueryPermits,
    /// The processes that evaluate queries.
    workers: Arc<EvaluationWorkers>,
    /// The tools for agents.
    mcp: mcp::AgentService,
    /// Held during an update: updates run one at a time.
    updating: Mutex<()>,
    metrics: Metrics,
    access: AccessRules,
    base_path: String,
    verbose: bool,
}

impl ServerApp {
    fn new(options: ServeOptions) -> Result<Self, ServeError> {
        let page_queue = options.limits.connections;
        let live = Arc::new(LiveGraph::open(&options.store).map_err(ServeError::Store)?);
        let workers = Arc::new(EvaluationWorkers::new(options.program, &options.store));
        Ok(Self {
            mcp: mcp::service(&live, &workers, &options.limits),
            live,
            query_permits: QueryPermits::new(options.limits.queries, options.limits.waiting),
            page_permits: QueryPermits::new(PAGES, page_queue),
            limits: options.limits,
            workers,
            updating: Mutex::new(()),
            metrics: Metrics::new(),
            access: options.access,
            base_path: options.base_path,
            verbose: options.verbose,
        })
    }
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error(transparent)]
    Store(StoreError),
    /// A server that others can reach and that takes updates needs a token, so that no other program can write.
    #[error("updates beyond this machine need a token")]
    OpenToAll,
    #[error("cannot listen on {address}: {error}")]
    Bind { address: SocketAddr, error: io::Error },
    #[error("cannot start the server: {0}")]
    Runtime(io::Error),
}

impl ServeError {
    /// What the user can do about it.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Store(error) => Some(error.help()),
            Self::OpenToAll => Some("give --token, bind to 127.0.0.1, or leave --allow-update out".to_string()),
            Self::Bind { error, .. } if error.kind() == io::ErrorKind::AddrInUse => {
                Some("another program listens there; give another port (--bind 127.0.0.1:0 takes any)".to_string())
            }
            _ => None,
        }
    }
}

/// Stops the kernel from giving this process, and the workers that it starts, memory in pages of 2 MB: each of many threads would
/// hold several that it hardly uses, and the server a gigabyte instead of a quarter (BENCHMARKS.md). A build is faster with them.
fn use_small_pages() {
    // If the kernel refuses, the server works too, and holds more memory.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// Serves the graph until the process is asked to stop (SIGTERM, SIGINT). Calls `ready` with the address once the
/// server accepts requests.
///
/// # Errors
/// If the server cannot start.
pub(crate) fn serve(options: ServeOptions, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    if !options.access.is_safe_at(options.bind.ip()) {
        return Err(ServeError::OpenToAll);
    }
    let bind = options.bind;
    use_small_pages();
    let app = Arc::new(ServerApp::new(options)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build()
        .map_err(ServeError::Runtime)?;
    let served = runtime.block_on(async {
        let bound = async {
            let listener = TcpListener::bind(bind).await?;
            Ok((listener.local_addr()?, listener))
        };
        let (address, listener) = bound.await.map_err(|error| ServeError::Bind { address: bind, error })?;
        tokio::spawn(Arc::clone(&app.live).watch(app.verbose));
        app.live.prepare();
        ready(address);
        connections::accept(listener, routes::router(Arc::clone(&app)), &app).await;
        Ok(())
    });
    runtime.shutdown_timeout(LET_GO);
    served
}

/// Maximum number of pages that are rendered at once.
const PAGES: usize = 8;
/// Stack size of each thread, in bytes. Only what is used takes memory.
const STACK: usize = 8 << 20;
/// How long threads may take to end after the last connection closes.
const LET_GO: Duration = Duration::from_secs(2);

/// Runs work that reads the graph on a thread that may block.
async fn off_the_loop<T, F>(work: F) -> Result<T, HttpProblem>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, HttpProblem> + Send + 'static,
{
    // The thread itself has already written its panic to standard error.
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(HttpProblem::internal("the server failed on this request")))
}

/// Writes a message to the operator's log. If the log cannot be written, the message is dropped.
fn log(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}
