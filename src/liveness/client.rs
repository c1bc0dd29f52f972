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
    pub(crate) fn new(config: CheckConfig) -> Result<Self, CheckError> {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().map_err(CheckError::Runtime)?;
        Ok(Self { net: CheckNetwork::new(config)?, runtime })
    }

    /// Sends a request until the answer is final, as often as the configuration allows. Rate-limit refusals and server
    /// errors are tried again when the host wants, or after growing pauses.
    pub(crate) fn get(&self, url: &Url) -> Result<ServiceAnswer, NoAnswer> {
        self.send(HttpRequest::get(url.clone(), self.net.config.api_bytes))
    }

    /// As [`ServiceClient::get`], for a request that posts JSON.
    pub(crate) fn post(&self, url: &Url, json: &str) -> Result<ServiceAnswer, NoAnswer> {
        let ask = HttpRequest::get(url.clone(), self.net.config.api_bytes);
        self.send(HttpRequest { method: Method::POST, json: Some(json.to_string()), ..ask })
    }

    fn send(&self, ask: HttpRequest) -> Result<ServiceAnswer, NoAnswer> {
        let answer = self.runtime.block_on(self.net.follow(ask, &mut self.net.budget()));
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
