//! Evaluation in processes of their own, for a server.
//!
//! A SPARQL evaluation cannot be stopped from inside: oxigraph looks at its cancellation token when it reads from the
//! store, while joins, sorting, grouping and the functions on strings multiply what has been read, in memory, for as
//! long as they like; and a stack that overflows takes the process with it. So a server lets other processes evaluate,
//! as database servers have always done: the one thing that surely ends a query, and gives back all its memory, is to
//! end its process. Workers are kept and used again, so that a query that behaves costs no start of a process.
//!
//! The server parses nothing itself either.

mod wire;
mod work;

use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use wire::Frame;
pub use wire::Task;
pub use work::work;

use super::answer::{Answer, Budget, IN_FLIGHT, Limits, Rows, Source, Told, WATCH};
use super::{QueryError, memory};

/// Processes that evaluate queries over one graph.
///
/// A query takes a worker that waits, or starts one: how many may run at once is for the caller to bound. Dropping the
/// value ends the workers that wait; those that still answer end with their answers.
pub struct Workers {
    pool: Arc<Pool>,
}

struct Pool {
    program: PathBuf,
    store: PathBuf,
    /// Workers that wait, the last used last.
    idle: Mutex<Vec<Worker>>,
    watched: Mutex<Vec<Weak<Job>>>,
    begun: Condvar,
}

/// Workers that are kept waiting; more than these are ended when they have answered.
const KEPT: usize = 16;
/// A worker that holds more memory than this after its answer is not used again.
const LEAN: u64 = 256 << 20;

struct Worker {
    process: Process,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// A worker at work, as its listener and the watcher see it.
struct Job {
    /// Taken by whoever reads the answer once it is complete: from then on nobody may end the process.
    process: Mutex<Option<Process>>,
    limits: Limits,
    began: Instant,
    /// Dangles when whoever asked has gone away.
    asker: Option<Weak<()>>,
    /// Why the process was ended.
    ended: OnceLock<Ended>,
}

#[derive(Clone, Copy)]
enum Ended {
    TimedOut,
    OutOfMemory,
    /// Nobody listens any more.
    Unheard,
}

impl Workers {
    /// Workers for the graph at `store`, which are instances of this program. None is started before it is needed.
    ///
    /// # Errors
    /// If the system does not tell where this program is.
    pub fn new(store: &Path) -> io::Result<Self> {
        Ok(Self::of_program(own_program()?, store))
    }

    /// As [`Workers::new`], with the `kg` at `program`.
    pub fn of_program(program: PathBuf, store: &Path) -> Self {
        let pool = Arc::new(Pool {
            program,
            store: store.to_path_buf(),
            idle: Mutex::default(),
            watched: Mutex::default(),
            begun: Condvar::new(),
        });
        let watched = Arc::downgrade(&pool);
        std::thread::spawn(move || watch(&watched));
        Self { pool }
    }

    /// Has a worker answer a task; rows come as they are found. The call returns when the answer begins, at the latest
    /// when the time is over; when [`Limits`] are reached, and when the answer is dropped, the worker is ended.
    ///
    /// # Errors
    /// What is wrong with the task, and every limit that is reached before the first row.
    pub fn run(&self, task: Task, limits: Limits) -> Result<Answer, QueryError> {
        self.start(task, limits, None)
    }

    /// As [`Workers::run`], for one who may go away while the call waits: the worker is ended when nobody owns any more
    /// what `asker` points to.
    ///
    /// # Errors
    /// As [`Workers::run`].
    pub fn run_for(&self, asker: Weak<()>, task: Task, limits: Limits) -> Result<Answer, QueryError> {
        self.start(task, limits, Some(asker))
    }

    fn start(&self, mut task: Task, limits: Limits, asker: Option<Weak<()>>) -> Result<Answer, QueryError> {
        // A worker keeps its own time only for the case that the server is gone.
        task.timeout = limits.timeout.and_then(|timeout| timeout.checked_add(Duration::from_secs(1)));
        task.rows = limits.rows;
        let Worker { process, input, output } = self.pool.given(&task)?;
        let job = Arc::new(Job {
            process: Mutex::new(Some(process)),
            limits,
            began: Instant::now(),
            asker,
            ended: OnceLock::new(),
        });
        lock(&self.pool.watched).push(Arc::downgrade(&job));
        self.pool.begun.notify_all();
        let (sender, receiver) = sync_channel(IN_FLIGHT);
        let listener = Listener { job: Arc::clone(&job), pool: Arc::downgrade(&self.pool), input, output };
        std::thread::spawn(move || listener.listen(&sender));
        // The rows are counted by the worker, so that it comes to its end.
        Rows::new(receiver, Box::new(Running { job }), Limits { rows: None, ..limits }).answer()
    }

    /// How many processes wait for a task.
    pub fn idle(&self) -> usize {
        lock(&self.pool.idle).len()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        lock(&self.pool.idle).clear();
        self.pool.begun.notify_all();
    }
}

/// The running program. On Linux it can be started again even when its file has been replaced since.
fn own_program() -> io::Result<PathBuf> {
    let itself = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") && itself.exists() { Ok(itself) } else { std::env::current_exe() }
}

impl Pool {
    /// A worker that has been told the task.
    fn given(&self, task: &Task) -> Result<Worker, QueryError> {
        let mut line = serde_json::to_vec(task).map_err(io::Error::other)?;
        line.push(b'\n');
        // One that waited may have died meanwhile.
        while let Some(mut worker) = { lock(&self.idle).pop() } {
            if worker.tell(&line).is_ok() {
                return Ok(worker);
            }
        }
        let mut worker = self.start().map_err(QueryError::Worker)?;
        worker.tell(&line).map_err(QueryError::Worker)?;
        Ok(worker)
    }

    fn start(&self) -> io::Result<Worker> {
        let mut command = Command::new(&self.program);
        command.arg("--store").arg(&self.store).arg("query-worker");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // An interrupt typed at the terminal is for the server, which lets running answers end.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.spawn()?;
        let (input, output) = (process.stdin.take(), process.stdout.take());
        let (Some(input), Some(output)) = (input, output) else { return Err(io::ErrorKind::BrokenPipe.into()) };
        Ok(Worker { process: Process(process), input, output: BufReader::with_capacity(1 << 16, output) })
    }

    fn keep(&self, worker: Worker) {
        let lean = memory::of_process(worker.process.0.id()).is_none_or(|held| held <= LEAN);
        let mut idle = lock(&self.idle);
        if lean && idle.len() < KEPT {
            idle.push(worker);
        }
    }
}

impl Worker {
    fn tell(&mut self, line: &[u8]) -> io::Result<()> {
        self.input.write_all(line)?;
        self.input.flush()
    }
}

/// A process that does not outlive this value.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads the answer of a worker, and gives the worker back.
struct Listener {
    job: Arc<Job>,
    pool: Weak<Pool>,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Listener {
    /// Passes on what the worker says. The worker is given back before its last word is told: who has heard that drops
    /// the answer, and dropping it ends a worker that is still at work.
    fn listen(mut self, to: &SyncSender<Told>) {
        let (complete, last) = self.relay(to);
        if let Some(process) = lock(&self.job.process).take() {
            let worker = Worker { process, input: self.input, output: self.output };
            if complete && let Some(pool) = self.pool.upgrade() {
                pool.keep(worker);
            }
        }
        if let Some(last) = last {
            let _ = to.send(last);
        }
    }

    /// Passes on everything but the last word, and says whether the worker is done, so that it can be told the next
    /// task.
    fn relay(&mut self, to: &SyncSender<Told>) -> (bool, Option<Told>) {
        let mut budget = Budget::new(&self.job.limits);
        let mut buffer = Vec::new();
        let mut variables = Vec::new();
        loop {
            match Frame::read(&mut self.output, &mut buffer, |length| budget.take(length)) {
                Ok(frame) if frame.is_last() => return (true, Some(frame.message(&mut variables))),
                Ok(frame) => match frame.message(&mut variables) {
                    Err(error) => return (false, Some(Err(error))),
                    Ok(message) => {
                        if to.send(Ok(message)).is_err() {
                            return (false, None);
                        }
                    }
                },
                Err(QueryError::Lost(_)) => return (false, Some(Err(self.job.error()))),
                Err(error) => return (false, Some(Err(error))),
            }
        }
    }
}

impl Job {
    fn end(&self, why: Ended) {
        if let Some(process) = lock(&self.process).as_mut() {
            let _ = self.ended.set(why);
            let _ = process.0.kill();
        }
    }

    /// Why an answer broke off.
    fn error(&self) -> QueryError {
        match self.ended.get() {
            Some(Ended::TimedOut) => QueryError::TimedOut { after: self.limits.timeout.unwrap_or_default() },
            Some(Ended::OutOfMemory) => QueryError::OutOfMemory { limit: self.limits.memory.unwrap_or_default() },
            Some(Ended::Unheard) | None => QueryError::Interrupted,
        }
    }

    fn look(&self) {
        if self.asker.as_ref().is_some_and(|asker| asker.strong_count() == 0) {
            return self.end(Ended::Unheard);
        }
        if self.limits.timeout.is_some_and(|timeout| self.began.elapsed() >= timeout) {
            return self.end(Ended::TimedOut);
        }
        let process = lock(&self.process).as_ref().map(|process| process.0.id());
        if let (Some(limit), Some(process)) = (self.limits.memory, process)
            && memory::of_process(process).is_some_and(|held| held > limit)
        {
            self.end(Ended::OutOfMemory);
        }
    }
}

/// Ends workers that take too long or too much, whether or not somebody waits for their next row just now.
fn watch(pool: &Weak<Pool>) {
    while let Some(pool) = pool.upgrade() {
        let mut watched = lock(&pool.watched);
        watched.retain(|job| job.upgrade().is_some_and(|job| lock(&job.process).is_some()));
        if watched.is_empty() {
            // Looks up now and then, to end when the pool is gone.
            let _ = pool.begun.wait_timeout(watched, Duration::from_secs(1));
            continue;
        }
        let jobs: Vec<Arc<Job>> = watched.iter().filter_map(Weak::upgrade).collect();
        drop(watched);
        for job in jobs {
            job.look();
        }
        drop(pool);
        std::thread::sleep(WATCH);
    }
}

/// A job whose answer somebody listens to.
struct Running {
    job: Arc<Job>,
}

impl Source for Running {
    fn stop(&mut self) {
        self.job.end(Ended::Unheard);
    }

    fn process(&self) -> Option<u32> {
        None
    }
}

/// A thread that panicked leaves nothing half done behind these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
