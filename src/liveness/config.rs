use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use regex::RegexSet;

use super::hosts::Hosts;
use super::outcome::Confirm;
use super::resolve::Lookup;

/// How links are checked. [`Config::new`] has what suits the open internet.
#[derive(Clone)]
pub struct Config {
    pub hosts: Hosts,
    /// Values of the environment variables that `hosts` names, as far as they are set.
    pub tokens: BTreeMap<String, String>,
    /// Requests under way at one time, over all hosts.
    pub concurrency: usize,
    /// What the requests are for, in a word or two; part of the User-Agent.
    pub purpose: &'static str,
    /// An address or URL at which those who run a host can complain; part of the User-Agent.
    pub contact: Option<String>,
    /// How long an answer holds.
    pub max_age: Duration,
    pub confirm: Confirm,
    /// Links whose address one of these fits are skipped.
    pub exclude: RegexSet,
    /// Whether HTML pages that answer 200 are read for a sign that they are not there.
    pub read_pages: bool,
    /// Whether addresses that not everyone can reach are asked.
    pub allow_private: bool,

    /// Until a connection stands.
    pub connect_timeout: Duration,
    /// Until one request is answered, with as much of the body as is read.
    pub timeout: Duration,
    /// All requests about one link together; waiting out of politeness does not count.
    pub link_time: Duration,
    /// The longest wait that a host may ask for; what would have to wait longer is left to a later run.
    pub patience: Duration,
    /// Requests about the same thing within one run before its failure is believed.
    pub tries: usize,
    /// Before the second try; doubled for each after it, with jitter.
    pub backoff: Duration,
    pub max_redirects: usize,
    /// Bytes of a page that are read, after decompression.
    pub page_bytes: usize,
    /// Bytes of the answer of an API that are read, after decompression.
    pub api_bytes: usize,

    /// Asked through this proxy. It resolves the names, so that addresses cannot be checked after resolution.
    pub proxy: Option<String>,
    /// Names that lead to an address of the caller's choice, public or not, as `--resolve` of curl.
    pub resolve: BTreeMap<String, SocketAddr>,
    /// Certificates (PEM) of authorities that are trusted besides those of the system.
    pub certificates: Vec<Vec<u8>>,
    /// In place of the system's resolver.
    pub lookup: Option<Arc<dyn Lookup>>,
    /// End early, and in order, on Ctrl-C and SIGTERM.
    pub stop_on_signal: bool,
}

impl Config {
    pub fn new(hosts: Hosts) -> Self {
        Self {
            hosts,
            tokens: BTreeMap::new(),
            concurrency: 64,
            purpose: "link check",
            contact: None,
            max_age: Duration::from_secs(7 * 24 * 3600),
            confirm: Confirm::default(),
            exclude: RegexSet::empty(),
            read_pages: true,
            allow_private: false,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(20),
            link_time: Duration::from_secs(60),
            patience: Duration::from_secs(120),
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

    /// Takes the tokens that the environment has for the known hosts.
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
            // What no header can hold would fail every request.
            Some(contact) => format!("{name}; {})", contact.replace(|c: char| !matches!(c, ' '..='~'), "")),
            None => format!("{name})"),
        }
    }
}
