//! The socket of one client. Closing it lets the client read everything that was sent.
//!
//! Two things would lose sent data. A system that closes a socket with unread bytes resets the connection, and the
//! reset discards what the client has not read yet. So the server first closes its own half, then reads and discards
//! what still arrives ([`drain`]; RFC 9112, section 9.6). And hyper drops its buffer when a body fails. So the error of
//! a body is held back until the socket has taken everything before it ([`FlushedBody`]).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::task::AtomicWaker;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep, sleep, timeout, timeout_at};

/// How long a closed connection may be silent before the server drops it.
const SILENCE: Duration = Duration::from_secs(2);
/// How long a client may continue to send on a connection that the server has closed.
const DRAIN: Duration = Duration::from_secs(8);

/// Counts how often the socket has taken everything that hyper had buffered.
#[derive(Default)]
pub(super) struct FlushCount {
    count: AtomicU64,
    waiting: AtomicWaker,
}

/// A socket that is returned through the receiver when hyper has finished with it.
pub(super) struct ClientSocket {
    /// `Some` until the value is dropped.
    stream: Option<TcpStream>,
    returned_to: Option<oneshot::Sender<TcpStream>>,
    flushes: Arc<FlushCount>,
}

impl ClientSocket {
    pub(super) fn new(stream: TcpStream) -> (Self, Arc<FlushCount>, oneshot::Receiver<TcpStream>) {
        let (back, returned) = oneshot::channel();
        let flushes = Arc::new(FlushCount::default());
        let socket = Self { stream: Some(stream), returned_to: Some(back), flushes: Arc::clone(&flushes) };
        (socket, flushes, returned)
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}

impl Drop for ClientSocket {
    fn drop(&mut self) {
        if let (Some(stream), Some(back)) = (self.stream.take(), self.returned_to.take()) {
            let _ = back.send(stream);
        }
    }
}

impl AsyncRead for ClientSocket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_read(cx, buffer)
    }
}

impl AsyncWrite for ClientSocket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(cx, bytes)
    }

    /// hyper calls this whenever its own buffer is empty, and only then.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.stream()?.poll_flush(cx))?;
        self.flushes.count.fetch_add(1, Ordering::Release);
        self.flushes.waiting.wake();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.as_ref().is_some_and(AsyncWrite::is_write_vectored)
    }
}

/// A body whose error is held back until the socket has taken everything before it, or the client's time is over.
pub(super) struct FlushedBody {
    body: Body,
    flushes: Arc<FlushCount>,
    /// The longest wait for a client that reads nothing.
    patience: Duration,
    failed: Option<HeldError>,
}

struct HeldError {
    error: axum::Error,
    /// The number of flushes at the time the body failed.
    flushes: u64,
    deadline: Pin<Box<Sleep>>,
}

impl FlushedBody {
    pub(super) fn new(body: Body, flushes: Arc<FlushCount>, patience: Duration) -> Self {
        Self { body, flushes, patience, failed: None }
    }

    fn poll_failed(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.flushes.waiting.register(cx.waker());
        let Some(held) = &mut self.failed else { return Poll::Ready(None) };
        let flushed = self.flushes.count.load(Ordering::Acquire) > held.flushes;
        if !flushed && held.deadline.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        Poll::Ready(self.failed.take().map(|held| Err(held.error)))
    }
}

impl HttpBody for FlushedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.failed.is_none() {
            let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
            let Some(Err(error)) = frame else { return Poll::Ready(frame) };
            let flushes = self.flushes.count.load(Ordering::Acquire);
            let deadline = Box::pin(sleep(self.patience));
            self.failed = Some(HeldError { error, flushes, deadline });
            // hyper flushes when it is polled again, whether or not it has something in its buffer.
            cx.waker().wake_by_ref();
        }
        self.poll_failed(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.failed.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Closes the server's half of the connection, then discards what the client still sends until it closes its own half.
pub(super) async fn drain(mut stream: TcpStream) {
    if stream.shutdown().await.is_err() {
        return;
    }
    let end = Instant::now() + DRAIN;
    let discard = async {
        let mut bytes = [0; 16 << 10];
        while let Ok(Ok(1..)) = timeout(SILENCE, stream.read(&mut bytes)).await {}
    };
    let _ = timeout_at(end, discard).await;
}
