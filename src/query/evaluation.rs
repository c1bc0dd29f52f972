//! Evaluation in this process, on its own thread.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use oxigraph::sparql::{CancellationToken, QueryEvaluationError, QueryResults};

use super::answer::{
    ByteBudget, EvaluationMessage, EvaluationRows, IN_FLIGHT, QueryLimits, ReceivedMessage, StoppableEvaluation,
    term_size,
};
use super::{QueryError, STACK};

/// Starts an evaluation. Rows arrive as they are found.
///
/// The thread is needed for the time limit: oxigraph checks its cancellation token only when it reads from the store,
/// but a cross product, once read, can multiply in memory for hours without a check. Such a thread is left behind
/// until it ends by itself or with the process. This is good enough for a command, while a server uses
/// [`super::EvaluationWorkers`].
pub(super) fn start(
    limits: QueryLimits,
    evaluate: impl FnOnce(CancellationToken, &mut EvaluationSender) -> Option<()> + Send + 'static,
) -> Result<EvaluationRows, QueryError> {
    let (channel, receiver) = sync_channel(IN_FLIGHT);
    let token = CancellationToken::new();
    let mut sender = EvaluationSender { channel, budget: ByteBudget::new(&limits) };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn({
        let token = token.clone();
        move || {
            let _ = evaluate(token, &mut sender);
        }
    });
    let thread = thread.map_err(QueryError::Worker)?;
    Ok(EvaluationRows::new(receiver, Box::new(RunningEvaluation { thread: Some(thread), token }), limits))
}

/// The sending end of an evaluation. Each method returns `None` as soon as the receiver is gone.
pub(super) struct EvaluationSender {
    channel: SyncSender<ReceivedMessage>,
    budget: ByteBudget,
}

impl EvaluationSender {
    pub(super) fn results(&mut self, results: Result<QueryResults<'_>, QueryEvaluationError>) -> Option<()> {
        match results {
            Err(e) => return self.tell(Err(e.into())),
            Ok(QueryResults::Boolean(value)) => self.tell(Ok(EvaluationMessage::Boolean(value)))?,
            Ok(QueryResults::Solutions(rows)) => {
                self.tell(Ok(EvaluationMessage::Variables(rows.variables().to_vec())))?;
                for row in rows {
                    let bytes = |row: &_| -> usize { terms(row).map(term_size).sum() };
                    self.row(row, bytes, EvaluationMessage::Row)?;
                }
            }
            Ok(QueryResults::Graph(triples)) => {
                self.tell(Ok(EvaluationMessage::Graph))?;
                for triple in triples {
                    self.row(
                        triple,
                        |t| term_size(&t.subject.clone().into()) + term_size(&t.object),
                        EvaluationMessage::Triple,
                    )?;
                }
            }
        }
        self.tell(Ok(EvaluationMessage::End))
    }

    /// Sends a row. After an error, nothing more is sent.
    fn row<T>(
        &mut self,
        row: Result<T, QueryEvaluationError>,
        bytes: impl Fn(&T) -> usize,
        message: impl Fn(T) -> EvaluationMessage,
    ) -> Option<()> {
        let received = row.map_err(QueryError::from).and_then(|row| {
            self.budget.take(bytes(&row))?;
            Ok(message(row))
        });
        let failed = received.is_err();
        self.tell(received)?;
        (!failed).then_some(())
    }

    pub(super) fn tell(&self, received: ReceivedMessage) -> Option<()> {
        self.channel.send(received).ok()
    }
}

fn terms(row: &oxigraph::sparql::QuerySolution) -> impl Iterator<Item = &oxigraph::model::Term> {
    row.values().iter().flatten()
}

struct RunningEvaluation {
    thread: Option<JoinHandle<()>>,
    token: CancellationToken,
}

/// Grace period for an evaluation whose receiver is gone.
const LET_GO: Duration = Duration::from_millis(500);

impl StoppableEvaluation for RunningEvaluation {
    /// Waits until the evaluation has released the store, because a process that ends while one of its threads is
    /// closing RocksDB is aborted. An evaluation that cannot be stopped is left behind after a short wait.
    fn stop(&mut self) {
        self.token.cancel();
        let Some(thread) = self.thread.take() else { return };
        let began = Instant::now();
        while !thread.is_finished() && began.elapsed() < LET_GO {
            std::thread::sleep(Duration::from_millis(1));
        }
        if thread.is_finished() {
            // A panic of the evaluation was already reported as an interrupted answer.
            let _ = thread.join();
        }
    }

    fn process(&self) -> Option<u32> {
        Some(std::process::id())
    }
}
