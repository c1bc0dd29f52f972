//! The pool of worker processes.

use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};

use super::super::place::{ProblemReason, SkippedRecord};
use super::{MAX_MEMORY, MAX_TIME, PaperFiles, TIMED_OUT, wire};
use crate::paper::Paper;

/// Processes that read papers. There is one for each concurrent call.
pub(super) struct ReadingWorkers {
    program: PathBuf,
    idle: Mutex<Vec<ReadingWorker>>,
}

/// A process that is killed with this value.
struct ReadingWorker {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl ReadingWorkers {
    pub(super) fn new(program: PathBuf) -> Self {
        Self { program, idle: Mutex::default() }
    }

    pub(super) fn read(&self, files: &PaperFiles) -> Result<Paper, SkippedRecord> {
        let message = postcard::to_allocvec(files)
            .map_err(|e| SkippedRecord::malformed(format!("cannot be handed to the process that reads it: {e}")))?;
        let mut worker = self.given(&message).map_err(|e| {
            SkippedRecord::malformed(format!("cannot be read: no process could be started to read it: {e}"))
        })?;
        match wire::read(&mut worker.output) {
            Ok(Some(answer)) => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
                let unreadable = |e| SkippedRecord::malformed(format!("gives a paper that cannot be understood: {e}"));
                serde_json::from_slice(&answer).map_err(unreadable)?
            }
            Ok(None) => Err(ended(worker.process.wait().ok())),
            Err(e) => {
                Err(SkippedRecord::malformed(format!("cannot be read: the process that reads it gives no answer: {e}")))
            }
        }
    }

    /// A worker to which the message has been written.
    fn given(&self, message: &[u8]) -> io::Result<ReadingWorker> {
        // Something else may have ended an idle worker. That is not the fault of this file.
        let waiting = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(mut worker) = waiting
            && wire::write(&mut worker.input, message).is_ok()
        {
            return Ok(worker);
        }
        let mut worker = self.start()?;
        // If a worker ends during the write, its status says why.
        let _ = wire::write(&mut worker.input, message);
        Ok(worker)
    }

    fn start(&self) -> io::Result<ReadingWorker> {
        let mut command = Command::new(&self.program);
        command.arg("paper-worker").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn()?;
        match (process.stdin.take(), process.stdout.take()) {
            (Some(input), Some(output)) => {
                Ok(ReadingWorker { process, input, output: BufReader::with_capacity(1 << 16, output) })
            }
            _ => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Drop for ReadingWorker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Why a worker ended before it had read its file.
fn ended(status: Option<ExitStatus>) -> SkippedRecord {
    let advice = "if it is a paper, make text of it first, as with `pdftotext FILE`";
    let too_large = |what: String| SkippedRecord::new(ProblemReason::TooLarge, format!("{what}; {advice}"));
    match status.map(|status| (status, status.code())) {
        Some((_, Some(TIMED_OUT))) => too_large(format!("takes longer than {} s to read", MAX_TIME.as_secs())),
        Some((status, Some(_))) => {
            SkippedRecord::malformed(format!("cannot be read: the process that reads it ended ({status}); try again"))
        }
        _ => too_large(format!(
            "ended the process that read it: it needs more than {} GiB of memory, or is nested too deep",
            MAX_MEMORY >> 30
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem_with(program: &str) -> String {
        ReadingWorkers::new(program.into()).read(&PaperFiles::Pdf(b"%PDF-1.5".to_vec())).unwrap_err().message
    }

    #[test]
    fn a_worker_that_cannot_be_started_is_an_error_that_says_so() {
        assert!(problem_with("/no/such/program").contains("no process could be started to read it"));
    }

    #[cfg(unix)]
    #[test]
    fn a_worker_that_ends_without_an_answer_is_an_error_with_its_status() {
        let message = problem_with("false");
        assert!(message.contains("the process that reads it ended (exit status: 1)"), "{message}");
    }
}
