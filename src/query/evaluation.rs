//! Evaluation in this process, on a thread of its own.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use oxigraph::sparql::{CancellationToken, QueryEvaluationError, QueryResults};

use super::answer::{Budget, IN_FLIGHT, Limits, Message, Rows, Source, Told, size};
use super::{QueryError, STACK};

/// Starts an evaluation; rows come as they are found.
///
/// The thread is why a time limit holds: oxigraph looks at its cancellation token when it reads from the store, and a
/// cross product, once read, multiplies in memory for hours without doing so. Such a thread is left behind until it
/// ends by itself or with the process: good enough for a command, while a server uses [`super::Workers`].
pub(super) fn start(
    limits: Limits,
    evaluate: impl FnOnce(CancellationToken, &mut Sender) -> Option<()> + Send + 'static,
) -> Result<Rows, QueryError> {
    let (channel, receiver) = sync_channel(IN_FLIGHT);
    let token = CancellationToken::new();
    let mut sender = Sender { channel, budget: Budget::new(&limits) };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn({
        let token = token.clone();
        move || {
            let _ = evaluate(token, &mut sender);
        }
    });
    let thread = thread.map_err(QueryError::Worker)?;
    Ok(Rows::new(receiver, Box::new(Evaluation { thread: Some(thread), token }), limits))
}

/// The telling end of an evaluation. Each method gives `None` as soon as nobody listens any more.
pub(super) struct Sender {
    channel: SyncSender<Told>,
    budget: Budget,
}

impl Sender {
    pub fn results(&mut self, results: Result<QueryResults<'_>, QueryEvaluationError>) -> Option<()> {
        match results {
            Err(e) => return self.tell(Err(e.into())),
            Ok(QueryResults::Boolean(value)) => self.tell(Ok(Message::Boolean(value)))?,
            Ok(QueryResults::Solutions(rows)) => {
                self.tell(Ok(Message::Variables(rows.variables().to_vec())))?;
                for row in rows {
                    let bytes = |row: &_| -> usize { terms(row).map(size).sum() };
                    self.row(row, bytes, Message::Row)?;
                }
            }
            Ok(QueryResults::Graph(triples)) => {
                self.tell(Ok(Message::Graph))?;
                for triple in triples {
                    self.row(triple, |t| size(&t.subject.clone().into()) + size(&t.object), Message::Triple)?;
                }
            }
        }
        self.tell(Ok(Message::End))
    }

    /// After an error nothing more is told.
    fn row<T>(
        &mut self,
        row: Result<T, QueryEvaluationError>,
        bytes: impl Fn(&T) -> usize,
        message: impl Fn(T) -> Message,
    ) -> Option<()> {
        let told = row.map_err(QueryError::from).and_then(|row| {
            self.budget.take(bytes(&row))?;
            Ok(message(row))
        });
        let failed = told.is_err();
        self.tell(told)?;
        (!failed).then_some(())
    }

    pub fn tell(&self, told: Told) -> Option<()> {
        self.channel.send(told).ok()
    }
}

fn terms(row: &oxigraph::sparql::QuerySolution) -> impl Iterator<Item = &oxigraph::model::Term> {
    row.values().iter().flatten()
}

struct Evaluation {
    thread: Option<JoinHandle<()>>,
    token: CancellationToken,
}

/// How long an evaluation that nobody listens to may take to end.
const LET_GO: Duration = Duration::from_millis(500);

impl Source for Evaluation {
    /// Waits until the evaluation has let go of the store: a process that ends while a thread of it still closes
    /// RocksDB is aborted. An evaluation that cannot be stopped is left behind after a moment.
    fn stop(&mut self) {
        self.token.cancel();
        let Some(thread) = self.thread.take() else { return };
        let began = Instant::now();
        while !thread.is_finished() && began.elapsed() < LET_GO {
            std::thread::sleep(Duration::from_millis(1));
        }
        if thread.is_finished() {
            // A panic of the evaluation was told as an interrupted answer.
            let _ = thread.join();
        }
    }

    fn process(&self) -> Option<u32> {
        Some(std::process::id())
    }
}
