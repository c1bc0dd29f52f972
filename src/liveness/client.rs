use std::pin::pin;
use std::time::Duration;

use reqwest::Method;
use tokio::runtime::Runtime;
use url::Url;

use super::checker::CheckError;
use super::config::CheckConfig;
use super::net::{CheckNetwork, HttpRequest};
use super::verdict::Verdict;

/// Fetches complete answers from a service, with the same limits and the same guard as link checks.
pub(crate) struct ServiceClient {
    net: CheckNetwork,
    runtime: Runtime,
    /// Time after which an answer that has not come is reported as slow.
    slow_after: Duration,
}

/// An answer, with any status.
#[derive(Debug, Clone)]
pub(crate) struct ServiceAnswer {
    pub status: u16,
    pub body: Vec<u8>,
    /// Whether the body is complete.
    pub is_complete: bool,
}

/// Why there is no answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub(crate) struct NoAnswer {
    message: String,
    /// Whether no connection was made or it gave no answer, in contrast to a host that refuses to answer.
    pub is_unreachable: bool,
}

impl ServiceClient {
    pub(crate) fn new(config: CheckConfig, slow_after: Duration) -> Result<Self, CheckError> {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().map_err(CheckError::Runtime)?;
        Ok(Self { net: CheckNetwork::new(config)?, runtime, slow_after })
    }

    /// Sends a request until the answer is final, as often as the configuration allows. Rate-limit refusals and server
    /// errors are tried again when the host wants, or after growing pauses. Calls `slow` once if the
    /// answer is slow.
    pub(crate) fn get(&self, url: &Url, slow: impl FnOnce()) -> Result<ServiceAnswer, NoAnswer> {
        self.send(HttpRequest::get(url.clone(), self.net.config.api_bytes), slow)
    }

    /// As [`ServiceClient::get`], for a request that posts JSON.
    pub(crate) fn post(&self, url: &Url, json: &str, slow: impl FnOnce()) -> Result<ServiceAnswer, NoAnswer> {
        let ask = HttpRequest::get(url.clone(), self.net.config.api_bytes);
        self.send(HttpRequest { method: Method::POST, json: Some(json.to_string()), ..ask }, slow)
    }

    fn send(&self, ask: HttpRequest, slow: impl FnOnce()) -> Result<ServiceAnswer, NoAnswer> {
        let answer = self.runtime.block_on(async {
            let mut budget = self.net.budget();
            let mut answer = pin!(self.net.follow(ask, &mut budget));
            match tokio::time::timeout(self.slow_after, &mut answer).await {
                Ok(answer) => answer,
                Err(_) => {
                    slow();
                    answer.await
                }
            }
        });
        let answer = answer.map_err(|trouble| NoAnswer {
            message: format!("{}: {}", trouble.verdict, trouble.reason),
            is_unreachable: matches!(
                trouble.verdict,
                Verdict::Dns | Verdict::Timeout | Verdict::Refused | Verdict::Tls
            ),
        })?;
        Ok(ServiceAnswer { status: answer.status, is_complete: !answer.is_cut_off, body: answer.body })
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::mpsc;

    use super::*;
    use crate::liveness::Hosts;

    #[test]
    fn a_slow_answer_is_announced_and_awaited() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let (announced, wait) = mpsc::channel();
        // The server answers only after the client has said that it waits.
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 1024]).unwrap();
            wait.recv().unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\nconnection: close\r\n\r\nyes").unwrap();
        });
        let config = CheckConfig { allow_private: true, ..CheckConfig::new(Hosts::shipped().unwrap()) };
        let client = ServiceClient::new(config, Duration::from_millis(1)).unwrap();
        let answer = client.get(&url, || announced.send(()).unwrap()).unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"yes"[..]));
        server.join().unwrap();
    }
}
