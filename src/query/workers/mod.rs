//! Evaluation in worker processes, for a server.
//!
//! A SPARQL evaluation cannot be stopped from inside. Oxigraph checks its cancellation token only when it reads from
//! the store, but joins, sorting, grouping and string functions can multiply in memory, for any length of time, what
//! has been read. A stack overflow also kills the process. So a server evaluates in other processes, as database
//! servers have always done: killing the process is the only sure way to end a query and to free all its memory.
//! Workers are kept and reused, so that a normal query does not have to wait for a new process.
//!
//! The server itself does not parse queries either.

mod wire;
mod work;

use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

pub use wire::QueryTask;
use wire::WireFrame;
pub(crate) use work::work;

use super::answer::{
    ByteBudget, EvaluationRows, IN_FLIGHT, QueryAnswer, QueryLimits, ReceivedMessage, StoppableEvaluation, WATCH,
};
use super::{QueryError, memory};

/// Worker processes that evaluate queries over one graph.
///
/// A query takes an idle worker or starts a new one. The caller must limit how many run at once. Dropping the value
/// ends the idle workers; busy ones end after their answers.
pub struct EvaluationWorkers {
    pool: Arc<WorkerPool>,
}

struct WorkerPool {
    program: PathBuf,
    store: PathBuf,
    /// Idle workers, the most recently used one last.
    idle: Mutex<Vec<EvaluationWorker>>,
    watched: Mutex<Vec<Weak<WorkerJob>>>,
    job_started: Condvar,
}

/// Maximum number of idle workers. Further ones are ended after their answer.
const KEPT: usize = 16;
/// Memory in bytes above which a worker is not reused after its answer.
const LEAN: u64 = 256 << 20;

struct EvaluationWorker {
    process: KilledOnDrop,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// A busy worker, shared by its listener and the watcher.
struct WorkerJob {
    /// Taken once the answer is complete; the process may no longer be killed.
    process: Mutex<Option<KilledOnDrop>>,
    limits: QueryLimits,
    began: Instant,
    /// Dangles once the caller has gone away.
    asker: Option<Weak<()>>,
    /// Why the process was killed.
    ended: OnceLock<JobEnd>,
}

#[derive(Clone, Copy)]
enum JobEnd {
    TimedOut,
    OutOfMemory,
    /// The caller is gone.
    Unheard,
}

impl EvaluationWorkers {
    /// Workers for the graph at `store`. Each is a process of `program`, the path of a `kg` binary, and is started when
    /// it is needed.
    pub fn new(program: PathBuf, store: &Path) -> Self {
        let pool = Arc::new(WorkerPool {
            program,
            store: store.to_path_buf(),
            idle: Mutex::default(),
            watched: Mutex::default(),
            job_started: Condvar::new(),
        });
        let watched = Arc::downgrade(&pool);
        std::thread::spawn(move || watch(&watched));
        Self { pool }
    }

    /// Gives a task to a worker. Rows arrive as they are found. The call returns when the answer begins, or at the
    /// latest when the time limit is reached. The worker is killed when it reaches [`QueryLimits`] or when the answer
    /// is dropped.
    ///
    /// # Errors
    /// Any error in the task, and any limit that is reached before the first row.
    pub fn run(&self, task: QueryTask, limits: QueryLimits) -> Result<QueryAnswer, QueryError> {
        self.start(task, limits, None)
    }

    /// Like [`EvaluationWorkers::run`], for a caller that may go away while the call waits. The worker is killed when
    /// the last owner of `asker`'s target is gone.
    ///
    /// # Errors
    /// As [`EvaluationWorkers::run`].
    pub fn run_for(&self, asker: Weak<()>, task: QueryTask, limits: QueryLimits) -> Result<QueryAnswer, QueryError> {
        self.start(task, limits, Some(asker))
    }

    fn start(
        &self,
        mut task: QueryTask,
        limits: QueryLimits,
        asker: Option<Weak<()>>,
    ) -> Result<QueryAnswer, QueryError> {
        // The worker's own time limit applies only if the server is gone.
        task.timeout = limits.timeout.and_then(|timeout| timeout.checked_add(Duration::from_secs(1)));
        task.rows = limits.rows;
        let EvaluationWorker { process, input, output } = self.pool.given(&task)?;
        let job = Arc::new(WorkerJob {
            process: Mutex::new(Some(process)),
            limits,
            began: Instant::now(),
            asker,
            ended: OnceLock::new(),
        });
        lock(&self.pool.watched).push(Arc::downgrade(&job));
        self.pool.job_started.notify_all();
        let (sender, receiver) = sync_channel(IN_FLIGHT);
        let listener = WorkerListener { job: Arc::clone(&job), pool: Arc::downgrade(&self.pool), input, output };
        std::thread::spawn(move || listener.listen(&sender));
        // The worker counts the rows, so that it runs to the end.
        EvaluationRows::new(receiver, Box::new(RunningJob { job }), QueryLimits { rows: None, ..limits }).answer()
    }

    /// Starts a worker if none is idle. It opens the graph while the caller prepares the task.
    ///
    /// # Errors
    /// If the process cannot be started.
    pub fn prepare(&self) -> io::Result<()> {
        if lock(&self.pool.idle).is_empty() {
            let worker = self.pool.start()?;
            lock(&self.pool.idle).push(worker);
        }
        Ok(())
    }

    /// Number of idle processes.
    pub fn idle(&self) -> usize {
        lock(&self.pool.idle).len()
    }
}

impl Drop for EvaluationWorkers {
    fn drop(&mut self) {
        lock(&self.pool.idle).clear();
        self.pool.job_started.notify_all();
    }
}

impl WorkerPool {
    /// A worker to which the task has been sent.
    fn given(&self, task: &QueryTask) -> Result<EvaluationWorker, QueryError> {
        let mut line = serde_json::to_vec(task).map_err(io::Error::other)?;
        line.push(b'\n');
        // An idle worker may have died.
        while let Some(mut worker) = { lock(&self.idle).pop() } {
            if worker.tell(&line).is_ok() {
                return Ok(worker);
            }
        }
        let mut worker = self.start().map_err(QueryError::Worker)?;
        worker.tell(&line).map_err(QueryError::Worker)?;
        Ok(worker)
    }

    fn start(&self) -> io::Result<EvaluationWorker> {
        let mut command = Command::new(&self.program);
        command.arg("--store").arg(&self.store).arg("query-worker");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // An interrupt typed at the terminal must reach only the server, which lets running answers end.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut process = command.spawn()?;
        let (input, output) = (process.stdin.take(), process.stdout.take());
        let (Some(input), Some(output)) = (input, output) else { return Err(io::ErrorKind::BrokenPipe.into()) };
        Ok(EvaluationWorker {
            process: KilledOnDrop(process),
            input,
            output: BufReader::with_capacity(1 << 16, output),
        })
    }

    fn keep(&self, worker: EvaluationWorker) {
        let lean = memory::of_process(worker.process.0.id()).is_none_or(|held| held <= LEAN);
        let mut idle = lock(&self.idle);
        if lean && idle.len() < KEPT {
            idle.push(worker);
        }
    }
}

impl EvaluationWorker {
    fn tell(&mut self, line: &[u8]) -> io::Result<()> {
        self.input.write_all(line)?;
        self.input.flush()
    }
}

/// A process that is killed when this value is dropped.
struct KilledOnDrop(Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads the answer of a worker, and returns the worker to the pool.
struct WorkerListener {
    job: Arc<WorkerJob>,
    pool: Weak<WorkerPool>,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl WorkerListener {
    /// Forwards the worker's messages. The worker is returned to the pool before its last message is sent, because the
    /// receiver of that message drops the answer, and this kills a worker that still counts as busy.
    fn listen(mut self, to: &SyncSender<ReceivedMessage>) {
        let (complete, last) = self.relay(to);
        if let Some(process) = lock(&self.job.process).take() {
            let worker = EvaluationWorker { process, input: self.input, output: self.output };
            if complete && let Some(pool) = self.pool.upgrade() {
                pool.keep(worker);
            }
        }
        if let Some(last) = last {
            let _ = to.send(last);
        }
    }

    /// Forwards all messages but the last. Returns whether the worker is done and can take another task, and the last
    /// message.
    fn relay(&mut self, to: &SyncSender<ReceivedMessage>) -> (bool, Option<ReceivedMessage>) {
        let mut budget = ByteBudget::new(&self.job.limits);
        let mut buffer = Vec::new();
        let mut variables = Vec::new();
        loop {
            match WireFrame::read(&mut self.output, &mut buffer, |length| budget.take(length)) {
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

impl WorkerJob {
    fn end(&self, why: JobEnd) {
        if let Some(process) = lock(&self.process).as_mut() {
            let _ = self.ended.set(why);
            let _ = process.0.kill();
        }
    }

    /// Why the answer was interrupted.
    fn error(&self) -> QueryError {
        match self.ended.get() {
            Some(JobEnd::TimedOut) => QueryError::TimedOut { after: self.limits.timeout.unwrap_or_default() },
            Some(JobEnd::OutOfMemory) => QueryError::OutOfMemory { limit: self.limits.memory.unwrap_or_default() },
            Some(JobEnd::Unheard) | None => QueryError::Interrupted,
        }
    }

    fn look(&self) {
        if self.asker.as_ref().is_some_and(|asker| asker.strong_count() == 0) {
            return self.end(JobEnd::Unheard);
        }
        if self.limits.timeout.is_some_and(|timeout| self.began.elapsed() >= timeout) {
            return self.end(JobEnd::TimedOut);
        }
        let process = lock(&self.process).as_ref().map(|process| process.0.id());
        if let (Some(limit), Some(process)) = (self.limits.memory, process)
            && memory::of_process(process).is_some_and(|held| held > limit)
        {
            self.end(JobEnd::OutOfMemory);
        }
    }
}

/// Kills workers that exceed their time or memory, even if their next row is not being read.
fn watch(pool: &Weak<WorkerPool>) {
    while let Some(pool) = pool.upgrade() {
        let mut watched = lock(&pool.watched);
        watched.retain(|job| job.upgrade().is_some_and(|job| lock(&job.process).is_some()));
        if watched.is_empty() {
            // Wakes up now and then, to end when the pool is gone.
            let _ = pool.job_started.wait_timeout(watched, Duration::from_secs(1));
            continue;
        }
        let jobs: Vec<Arc<WorkerJob>> = watched.iter().filter_map(Weak::upgrade).collect();
        drop(watched);
        for job in jobs {
            job.look();
        }
        drop(pool);
        std::thread::sleep(WATCH);
    }
}

/// A job whose answer has a receiver.
struct RunningJob {
    job: Arc<WorkerJob>,
}

impl StoppableEvaluation for RunningJob {
    fn stop(&mut self) {
        self.job.end(JobEnd::Unheard);
    }

    fn process(&self) -> Option<u32> {
        None
    }
}

/// Locks a mutex. Poisoning is ignored, because a thread that panics leaves no inconsistent state behind these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
