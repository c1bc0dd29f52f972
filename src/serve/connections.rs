//! Accepts connections, and closes them in order on shutdown.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::wire::{self, ClientSocket, FlushedBody};
use super::{ServerApp, log};

/// How long running requests have to finish after the server is asked to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// Maximum size of a request's head (request line and headers), in bytes.
const HEAD: usize = 96 << 10;

/// The server's own address on a connection; an extension of each request.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocalAddress(pub(super) IpAddr);

/// Serves connections until the process is asked to stop. Then it accepts no more, lets the running requests finish,
/// and returns. A second signal ends the wait.
pub(super) async fn accept(listener: TcpListener, router: Router, app: &ServerApp) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(app.limits.connections));
    let mut stop = pin!(stop_requested());
    loop {
        // Connections above the limit wait in the system's queue.
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, stream) = tokio::select! {
            biased;
            () = &mut stop => break,
            (place, accepted) = accepted => match accepted {
                Ok((stream, _)) => (place, stream),
                Err(error) => {
                    // For example, the process is out of file descriptors: other connections will close soon.
                    log(&format!("warning: cannot accept a connection: {error}"));
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let _ = stream.set_nodelay(true);
        let open = app.metrics.connection();
        let local = stream.local_addr().map(|address| LocalAddress(address.ip().to_canonical())).ok();
        let (socket, flushes, returned) = ClientSocket::new(stream);
        let patience = app.limits.client_timeout;
        let service = TowerToHyperService::new(router.clone());
        let service = service_fn(move |mut request: Request<Incoming>| {
            if let Some(local) = local {
                request.extensions_mut().insert(local);
            }
            let answer = service.call(request);
            let flushes = Arc::clone(&flushes);
            async move { answer.await.map(|answer| answer.map(|body| FlushedBody::new(body, flushes, patience))) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(app.limits.client_timeout)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(socket), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // Errors of the client on its own connection are not logged.
            let _ = connection.await;
            if let Ok(stream) = returned.await {
                wire::drain(stream).await;
            }
            drop((place, open));
        });
    }
    drop(listener);
    let ended = async {
        graceful.shutdown().await;
        // Each connection returns its permit when it closes.
        let all = u32::try_from(app.limits.connections).unwrap_or(u32::MAX);
        let _ = places.acquire_many(all).await;
    };
    tokio::select! {
        () = ended => {}
        () = tokio::time::sleep(DRAIN) => log("warning: some requests did not end in time and were stopped"),
        () = stop_requested() => {}
    }
}

#[cfg(unix)]
async fn stop_requested() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

#[cfg(not(unix))]
async fn stop_requested() {
    let _ = tokio::signal::ctrl_c().await;
}
