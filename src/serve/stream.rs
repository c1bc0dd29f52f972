//! Streams an answer from the thread that computes it to the client. A truncated answer never looks complete.
//!
//! The first pieces are held back. As long as nothing has been sent, an error gets a status of its own. Later, an error
//! closes the connection within the (chunked) body, which every HTTP client reports as an error.

use std::io::{self, Write};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::Version;
use futures_util::stream;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::problem::HttpProblem;

/// Size of a piece, in bytes.
const PIECE: usize = 32 << 10;
/// How much is held back before the first piece is sent, in bytes.
const HELD: usize = 512 << 10;
/// The same for clients of HTTP/1.0, which cannot tell a truncated body from a complete one.
const HELD_OLD: usize = 16 << 20;
/// Maximum number of pieces that wait for the client.
const WAITING: usize = 4;

enum AnswerPiece {
    Bytes(Vec<u8>),
    End,
    Failed(HttpProblem),
}

/// The writer of a job's answer.
pub(super) struct AnswerSink {
    buffer: Vec<u8>,
    pieces: Sender<AnswerPiece>,
    runtime: Handle,
    patience: Duration,
    left: usize,
    limit: usize,
    /// The error for which the server stopped the writing, if it did.
    stopped: Option<HttpProblem>,
}

impl AnswerSink {
    fn send(&mut self, piece: AnswerPiece) -> io::Result<()> {
        let sent = self.runtime.block_on(tokio::time::timeout(self.patience, self.pieces.send(piece)));
        match sent {
            Ok(Ok(())) => Ok(()),
            // The client has disconnected, so the error cannot be sent.
            Ok(Err(_)) | Err(_) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Write for AnswerSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = self.left.checked_sub(bytes.len()) else {
            let problem = HttpProblem::internal(format!("the result has more than {} bytes", self.limit))
                .help("ask for less, with LIMIT or in parts with OFFSET");
            self.stopped = Some(problem);
            return Err(io::ErrorKind::FileTooLarge.into());
        };
        self.left = left;
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE {
            let piece = std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE * 2));
            self.send(AnswerPiece::Bytes(piece))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs `job` on a thread of its own. Returns the body that it writes once the job has finished or the first pieces are
/// full. `asker` is kept until the body is sent or the client disconnects.
///
/// # Errors
/// If the job fails before much is written.
pub(super) async fn body<A, J>(
    bytes: usize,
    patience: Duration,
    version: Version,
    asker: A,
    job: J,
) -> Result<Body, HttpProblem>
where
    A: Send + 'static,
    J: FnOnce(&mut AnswerSink) -> Result<(), HttpProblem> + Send + 'static,
{
    let (pieces, mut receiver) = channel(WAITING);
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        let buffer = Vec::with_capacity(PIECE * 2);
        let mut sink = AnswerSink { buffer, pieces, runtime, patience, left: bytes, limit: bytes, stopped: None };
        let done = job(&mut sink);
        let last = match (sink.stopped.take(), done) {
            (Some(problem), _) | (None, Err(problem)) => AnswerPiece::Failed(problem),
            (None, Ok(())) => {
                let rest = std::mem::take(&mut sink.buffer);
                if sink.send(AnswerPiece::Bytes(rest)).is_err() {
                    return;
                }
                AnswerPiece::End
            }
        };
        let _ = sink.send(last);
    });
    let most = if version < Version::HTTP_11 { HELD_OLD } else { HELD };
    let mut held = Vec::new();
    loop {
        match receiver.recv().await {
            Some(AnswerPiece::Bytes(bytes)) => held.extend_from_slice(&bytes),
            Some(AnswerPiece::End) => return Ok(Body::from(held)),
            Some(AnswerPiece::Failed(problem)) => return Err(problem),
            // The job panicked.
            None => return Err(HttpProblem::internal("the answer was interrupted")),
        }
        if held.len() > most {
            if version < Version::HTTP_11 {
                return Err(
                    HttpProblem::internal("the result is too large for HTTP/1.0").help("ask again with HTTP/1.1")
                );
            }
            return Ok(rest(held, receiver, asker));
        }
    }
}

fn rest<A: Send + 'static>(held: Vec<u8>, receiver: Receiver<AnswerPiece>, asker: A) -> Body {
    let following = stream::unfold(Some((receiver, asker)), |state| async {
        let (mut receiver, asker) = state?;
        match receiver.recv().await {
            Some(AnswerPiece::Bytes(bytes)) => Some((Ok(Bytes::from(bytes)), Some((receiver, asker)))),
            Some(AnswerPiece::End) => None,
            Some(AnswerPiece::Failed(problem)) => Some((Err(io::Error::other(problem.message)), None)),
            None => Some((Err(io::Error::other("the answer was interrupted")), None)),
        }
    });
    let first = stream::once(async { Ok(Bytes::from(held)) });
    Body::from_stream(futures_util::StreamExt::chain(first, following))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answered(
        bytes: usize,
        version: Version,
        job: impl FnOnce(&mut AnswerSink) -> Result<(), HttpProblem> + Send + 'static,
    ) -> Result<Result<usize, axum::Error>, HttpProblem> {
        let body = body(bytes, Duration::from_secs(5), version, (), job).await?;
        Ok(axum::body::to_bytes(body, usize::MAX).await.map(|bytes| bytes.len()))
    }

    fn fill(sink: &mut AnswerSink, bytes: usize) -> Result<(), HttpProblem> {
        let line = [b'x'; 1000];
        for _ in 0..bytes / line.len() {
            sink.write_all(&line).map_err(|e| HttpProblem::internal(e.to_string()))?;
        }
        Ok(())
    }

    #[tokio::test]
    async fn an_answer_comes_whole() {
        for size in [0, 1000, PIECE, HELD, 2 * HELD] {
            let length = answered(usize::MAX, Version::HTTP_11, move |sink| fill(sink, size)).await.unwrap().unwrap();
            assert_eq!(length, size / 1000 * 1000);
        }
    }

    #[tokio::test]
    async fn an_early_error_has_a_status() {
        let outcome = answered(usize::MAX, Version::HTTP_11, |sink| {
            fill(sink, 5000)?;
            Err(HttpProblem::bad_request("no"))
        });
        assert_eq!(outcome.await.unwrap_err().message, "no");
        let outcome = answered(10_000, Version::HTTP_11, |sink| fill(sink, 20_000)).await.unwrap_err();
        assert!(outcome.message.contains("more than 10000 bytes"), "{outcome:?}");
        let outcome = answered(usize::MAX, Version::HTTP_11, |_| panic!("a fault of the program")).await.unwrap_err();
        assert_eq!(outcome.status, 500);
    }

    #[tokio::test]
    async fn what_goes_wrong_late_breaks_the_body_off() {
        let late = answered(usize::MAX, Version::HTTP_11, |sink| {
            fill(sink, 2 * HELD)?;
            Err(HttpProblem::bad_request("no"))
        });
        assert!(late.await.unwrap().is_err());
        assert!(answered(2 * HELD, Version::HTTP_11, |sink| fill(sink, 3 * HELD)).await.unwrap().is_err());
        let panicked = answered(usize::MAX, Version::HTTP_11, |sink| {
            fill(sink, 2 * HELD)?;
            panic!("a fault of the program")
        });
        assert!(panicked.await.unwrap().is_err());
    }

    #[tokio::test]
    async fn an_old_client_gets_all_or_an_error() {
        let late = answered(usize::MAX, Version::HTTP_10, |sink| {
            fill(sink, 2 * HELD)?;
            Err(HttpProblem::bad_request("no"))
        });
        assert_eq!(late.await.unwrap_err().message, "no");
    }
}
