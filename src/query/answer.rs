//! The result of a query, row by row, and the limits that apply while it is read.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use oxigraph::model::{Term, Triple, Variable};
use oxigraph::sparql::QuerySolution;

use super::{QueryError, memory};

/// Limits of one query. `None` means no limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct QueryLimits {
    /// Time limit; exceeding it is an error.
    pub timeout: Option<Duration>,
    /// Maximum number of rows or triples that are returned; the rest is left out.
    pub rows: Option<usize>,
    /// Memory of the evaluating process, in bytes, on systems that report it; exceeding it is an error.
    pub memory: Option<u64>,
    /// Size of all terms of the answer, in bytes; exceeding it is an error.
    pub answer_bytes: Option<u64>,
}

/// The result of a query, by its form.
pub enum QueryAnswer {
    /// The result of ASK.
    Boolean(bool),
    /// The rows of SELECT.
    Solutions(Solutions),
    /// The triples of CONSTRUCT or DESCRIBE.
    Graph(Triples),
}

/// The rows of a SELECT.
pub struct Solutions {
    variables: Vec<Variable>,
    rows: EvaluationRows,
}

impl Solutions {
    /// The variables of the rows, in their order.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }
}

impl Iterator for Solutions {
    type Item = Result<QuerySolution, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.next_message()? {
            Ok(EvaluationMessage::Row(row)) => Some(Ok(row)),
            Ok(_) => None,
            Err(e) => Some(Err(e)),
        }
    }
}

/// The triples of a CONSTRUCT or DESCRIBE.
pub struct Triples {
    rows: EvaluationRows,
}

impl Iterator for Triples {
    type Item = Result<Triple, QueryError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.rows.next_message()? {
            Ok(EvaluationMessage::Triple(triple)) => Some(Ok(triple)),
            Ok(_) => None,
            Err(e) => Some(Err(e)),
        }
    }
}

/// A message of an evaluation. The first one gives the form of the result, the last one is `End`.
pub(super) enum EvaluationMessage {
    Boolean(bool),
    Variables(Vec<Variable>),
    Graph,
    Row(QuerySolution),
    Triple(Triple),
    Plan(String),
    End,
}

pub(super) type ReceivedMessage = Result<EvaluationMessage, QueryError>;

/// Number of rows that may wait to be read. More would only take memory.
pub(super) const IN_FLIGHT: usize = 256;

/// An evaluation that can be stopped.
pub(super) trait StoppableEvaluation: Send {
    /// Stops the evaluation, and waits for its end for a reasonable time.
    fn stop(&mut self);
    /// The process whose memory must be checked during the evaluation; `None` if something else checks it.
    fn process(&self) -> Option<u32>;
}

/// The receiving end of an evaluation. Dropping it stops the evaluation.
pub(super) struct EvaluationRows {
    /// Taken on drop, so that a sender that waits learns that the receiver is gone.
    receiver: Option<Receiver<ReceivedMessage>>,
    source: Box<dyn StoppableEvaluation>,
    deadline: Option<(Instant, Duration)>,
    memory: Option<u64>,
    memory_checked_at: Instant,
    left: usize,
}

/// Interval between memory checks. A query can exceed the limit by what it allocates in one interval.
pub(super) const WATCH: Duration = Duration::from_millis(10);

impl EvaluationRows {
    pub(super) fn new(
        receiver: Receiver<ReceivedMessage>,
        source: Box<dyn StoppableEvaluation>,
        limits: QueryLimits,
    ) -> Self {
        let now = Instant::now();
        Self {
            receiver: Some(receiver),
            memory: limits.memory.filter(|_| source.process().is_some()),
            source,
            deadline: limits.timeout.and_then(|timeout| Some((now.checked_add(timeout)?, timeout))),
            memory_checked_at: now,
            left: limits.rows.unwrap_or(usize::MAX),
        }
    }

    /// Waits for the first message, which gives the form of the answer.
    pub(super) fn answer(mut self) -> Result<QueryAnswer, QueryError> {
        match self.receive()? {
            EvaluationMessage::Boolean(value) => Ok(QueryAnswer::Boolean(value)),
            EvaluationMessage::Variables(variables) => Ok(QueryAnswer::Solutions(Solutions { variables, rows: self })),
            _ => Ok(QueryAnswer::Graph(Triples { rows: self })),
        }
    }

    fn next_message(&mut self) -> Option<ReceivedMessage> {
        self.left = self.left.checked_sub(1)?;
        let message = self.receive();
        if !matches!(message, Ok(EvaluationMessage::Row(_) | EvaluationMessage::Triple(_))) {
            self.left = 0;
        }
        Some(message)
    }

    pub(super) fn receive(&mut self) -> ReceivedMessage {
        loop {
            // Checked before each row, so that a query with endless rows ends too.
            self.check()?;
            let Some(receiver) = &self.receiver else { return Err(QueryError::Interrupted) };
            match receiver.recv_timeout(self.patience()) {
                Ok(received) => return received,
                Err(RecvTimeoutError::Timeout) => {}
                // The evaluation ended without a last message, so the answer is incomplete.
                Err(RecvTimeoutError::Disconnected) => return Err(QueryError::Interrupted),
            }
        }
    }

    fn patience(&self) -> Duration {
        const LONG: Duration = Duration::from_hours(1);
        let until = self.deadline.map_or(LONG, |(deadline, _)| deadline.saturating_duration_since(Instant::now()));
        if self.memory.is_some() { until.min(WATCH) } else { until }
    }

    fn check(&mut self) -> Result<(), QueryError> {
        let now = Instant::now();
        if let Some((deadline, after)) = self.deadline
            && now >= deadline
        {
            return Err(QueryError::TimedOut { after });
        }
        if let (Some(limit), Some(process)) = (self.memory, self.source.process())
            && now.duration_since(self.memory_checked_at) >= WATCH
        {
            self.memory_checked_at = now;
            if memory::of_process(process).is_some_and(|held| held > limit) {
                return Err(QueryError::OutOfMemory { limit });
            }
        }
        Ok(())
    }
}

impl Drop for EvaluationRows {
    fn drop(&mut self) {
        self.receiver = None;
        self.source.stop();
    }
}

/// Number of bytes that are left for an answer.
pub(super) struct ByteBudget {
    left: u64,
    total: u64,
}

impl ByteBudget {
    pub(super) fn new(limits: &QueryLimits) -> Self {
        let whole = limits.answer_bytes.unwrap_or(u64::MAX);
        Self { left: whole, total: whole }
    }

    pub(super) fn take(&mut self, bytes: usize) -> Result<(), QueryError> {
        self.left = self.left.checked_sub(bytes as u64).ok_or(QueryError::TooLarge { limit: self.total })?;
        Ok(())
    }
}

/// Number of bytes of text in a term.
pub(super) fn term_size(term: &Term) -> usize {
    match term {
        Term::NamedNode(node) => node.as_str().len(),
        Term::BlankNode(node) => node.as_str().len(),
        Term::Literal(literal) => literal.value().len() + literal.datatype().as_str().len(),
    }
}
