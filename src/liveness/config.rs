use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use regex::RegexSet;

use super::hosts::Hosts;
use super::outcome::ConfirmRule;
use super::resolve::AddressLookup;

/// How links are checked. [`CheckConfig::new`] suits the public internet.
#[derive(Clone)]
pub struct CheckConfig {
    /// Known hosts and their limits.
    pub hosts: Hosts,
    /// Values of the environment variables that `hosts` names, where they are set.
    pub tokens: BTreeMap<String, String>,
    /// Maximum number of concurrent requests, over all hosts.
    pub concurrency: usize,
    /// The purpose of the requests, in a word or two; part of the User-Agent.
    pub purpose: &'static str,
    /// An address or URL for complaints from operators of hosts; part of the User-Agent.
    pub contact: Option<String>,
    /// How long an answer is valid.
    pub max_age: Duration,
    /// When a missing link is called dead.
    pub confirm: ConfirmRule,
    /// Links whose address matches one of these patterns are skipped.
    pub exclude: RegexSet,
    /// Whether HTML pages with status 200 are read for signs that the page is missing.
    pub read_pages: bool,
    /// Whether addresses that are not public are requested.
    pub allow_private: bool,

    /// Time limit for establishing a connection.
    pub connect_timeout: Duration,
    /// Time limit for one request, including the part of the body that is read.
    pub timeout: Duration,
    /// Time limit for all requests about one link together. Waiting for the limiter does not count.
    pub link_time: Duration,
    /// The longest wait that a host may ask for. Links that would wait longer are left to a later run.
    pub patience: Duration,
    /// Number of requests about the same thing within one run before a failure is final.
    pub tries: usize,
    /// Pause before the second try. It doubles for each further try, with jitter.
    pub backoff: Duration,
    /// Largest number of redirects that are followed.
    pub max_redirects: usize,
    /// How much of a page is read, in bytes after decompression.
    pub page_bytes: usize,
    /// How much of an API's answer is read, in bytes after decompression.
    pub api_bytes: usize,

    /// Proxy for all requests. It resolves the names, so addresses cannot be checked after resolution.
    pub proxy: Option<String>,
    /// Names with an address that the caller chooses, public or not, like curl's `--resolve`.
    pub resolve: BTreeMap<String, SocketAddr>,
    /// Certificates (PEM) of authorities that are trusted in addition to those of the system.
    pub certificates: Vec<Vec<u8>>,
    /// Replaces the system's resolver.
    pub lookup: Option<Arc<dyn AddressLookup>>,
    /// Whether Ctrl-C and SIGTERM end the run early and in order.
    pub stop_on_signal: bool,
}

impl CheckConfig {
    /// The usual limits, with these hosts.
    pub fn new(hosts: Hosts) -> Self {
        Self {
            hosts,
            tokens: BTreeMap::new(),
            concurrency: 64,
            purpose: "link check",
            contact: None,
            max_age: Duration::from_hours(168),
            confirm: ConfirmRule::default(),
            exclude: RegexSet::empty(),
            read_pages: true,
            allow_private: false,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(20),
            link_time: Duration::from_mins(1),
            patience: Duration::from_mins(2),
            tries: 3,
            backoff: Duration::from_secs(1),
            max_redirects: 10,
            page_bytes: 128 * 1024,
            api_bytes: 8 * 1024 * 1024,
            proxy: None,
            resolve: BTreeMap::new(),
            certificates: Vec::new(),
            lookup: None,
            stop_on_signal: false,
        }
    }

    /// Reads the tokens of known hosts from the environment.
    #[must_use]
    pub fn with_tokens_of_environment(mut self) -> Self {
        let variables = self.hosts.iter().filter_map(|host| host.token.as_ref()).flat_map(|token| &token.variables);
        let set = variables.filter_map(|name| Some((name.clone(), std::env::var(name).ok()?.trim().to_string())));
        self.tokens = set.filter(|(_, value)| !value.is_empty()).collect();
        self
    }

    /// `papergraph/0.1.0 (link check; someone@example.org)`
    pub(super) fn user_agent(&self) -> String {
        let name = format!("papergraph/{} ({}", env!("CARGO_PKG_VERSION"), self.purpose);
        match &self.contact {
            // Characters that no header may contain would make every request fail.
            Some(contact) => format!("{name}; {})", contact.replace(|c: char| !matches!(c, ' '..='~'), "")),
            None => format!("{name})"),
        }
    }
}
