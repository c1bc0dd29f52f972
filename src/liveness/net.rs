//! Sends requests, with the guard, limits, retries and redirects.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};
use tokio::sync::Semaphore;
use url::{Host as UrlHost, Url};

use super::address::is_public;
use super::checker::CheckError;
use super::config::CheckConfig;
use super::gate::{ClosedGate, HostGate, backoff};
use super::hosts::Host;
use super::reached::AnyHostReached;
use super::repository::header_of;
use super::resolve::{GuardedResolver, SystemLookup};
use super::site::KnownSite;
use super::trouble::RequestTrouble;
use super::verdict::Verdict;
use super::wishes::{is_rate_limit, wanted_pause};

/// The network access that all link checks share.
pub(super) struct CheckNetwork {
    client: Client,
    pub config: Arc<CheckConfig>,
    /// Permits for concurrent requests, over all hosts.
    permits: Semaphore,
    gates: Mutex<HashMap<String, Arc<HostGate>>>,
    sites: Mutex<HashMap<String, Arc<KnownSite>>>,
    /// Whether any host was reached in this run.
    pub reached: AnyHostReached,
    /// Names of the hosts that refused their token.
    refused_tokens: Mutex<BTreeSet<String>>,
}

/// A request.
#[derive(Debug, Clone)]
pub(super) struct HttpRequest {
    pub method: Method,
    pub url: Url,
    pub accept: Option<&'static str>,
    pub etag: Option<String>,
    /// Sent only to the host of `url`, even after redirects.
    pub credentials: Option<(HeaderName, HeaderValue)>,
    pub json: Option<String>,
    /// How much of the body to read, in bytes after decompression.
    pub max_bytes: usize,
}

/// The answer after redirects.
#[derive(Debug)]
pub(super) struct HttpAnswer {
    pub url: Url,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Whether the body was longer than what was read.
    pub is_cut_off: bool,
    /// Number of redirects.
    pub hops: usize,
    /// Whether all redirects were permanent.
    pub permanent: bool,
    /// The earliest time for another request, if the host named one.
    pub retry_after: Option<Timestamp>,
}

/// The time left for a link.
pub(super) struct TimeBudget(Duration);

impl HttpRequest {
    pub(super) fn head(url: Url) -> Self {
        Self { method: Method::HEAD, url, accept: None, etag: None, credentials: None, json: None, max_bytes: 0 }
    }

    pub(super) fn get(url: Url, read: usize) -> Self {
        Self { method: Method::GET, max_bytes: read, ..Self::head(url) }
    }
}

impl HttpAnswer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(super) fn is_html(&self) -> bool {
        self.header(header::CONTENT_TYPE).is_some_and(|kind| {
            let kind = kind.to_ascii_lowercase();
            kind.starts_with("text/html") || kind.starts_with("application/xhtml")
        })
    }
}

impl CheckNetwork {
    pub(super) fn new(config: CheckConfig) -> Result<Self, CheckError> {
        Ok(Self {
            client: client(&config)?,
            permits: Semaphore::new(config.concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            config: Arc::new(config),
            gates: Mutex::default(),
            sites: Mutex::default(),
            reached: AnyHostReached::default(),
            refused_tokens: Mutex::default(),
        })
    }

    pub(super) fn budget(&self) -> TimeBudget {
        TimeBudget(self.config.link_time)
    }

    /// What this run has learnt about the host of an address.
    pub(super) fn site(&self, url: &Url) -> Arc<KnownSite> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        sites.entry(authority(url)).or_default().clone()
    }

    /// The limiter of the host of an address. Sites of one known service share a limiter.
    fn gate(&self, url: &Url) -> Arc<HostGate> {
        let hosts = &self.config.hosts;
        let known = hosts.of(url);
        let name = known.map_or_else(|| authority(url), |host| host.name.clone());
        let mut gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        let limits = known.map_or(hosts.default, |host| host.limits(hosts.default));
        gates.entry(name).or_insert_with(|| Arc::new(HostGate::new(limits))).clone()
    }

    /// Maximum number of concurrent requests to the host of an address, and the key under which hosts share this limit.
    pub(super) fn queue(&self, url: &Url) -> (String, usize) {
        let hosts = &self.config.hosts;
        match hosts.of(url) {
            Some(host) => (host.name.clone(), host.limits(hosts.default).concurrency),
            None => (authority(url), hosts.default.concurrency),
        }
    }

    /// The header with the host's token, if there is one and the host accepts it.
    pub(super) fn credentials(&self, host: &Host) -> Option<(HeaderName, HeaderValue)> {
        let token = host.token.as_ref()?;
        let value = token.variables.iter().find_map(|name| self.config.tokens.get(name))?;
        let refused = self.refused_tokens.lock().unwrap_or_else(PoisonError::into_inner).contains(&host.name);
        if refused { None } else { header_of(&token.header, &token.value.replace("{token}", value)) }
    }

    pub(super) fn refuse_token(&self, host: &Host) {
        self.refused_tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(host.name.clone());
    }

    /// Whether one request can ask about many repositories of this host.
    pub(super) fn can_batch(&self, host: &Host) -> bool {
        host.batch.is_some() && self.credentials(host).is_some()
    }

    pub(super) fn notes(&self) -> Vec<String> {
        let refused = self.refused_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        refused.iter().map(|host| format!("{host} refused its token; requests went without it")).collect()
    }

    /// Sends a request and follows redirects.
    pub(super) async fn follow(&self, ask: HttpRequest, budget: &mut TimeBudget) -> Result<HttpAnswer, RequestTrouble> {
        let mut ask = ask;
        let home = ask.url.origin();
        let mut seen = vec![ask.url.clone()];
        let mut permanent = true;
        loop {
            let mut answer = self.ask(&ask, budget).await?;
            let location = match answer.status {
                301 | 302 | 303 | 307 | 308 => answer.header(header::LOCATION).map(str::to_string),
                _ => None,
            };
            let Some(location) = location else {
                (answer.hops, answer.permanent) = (seen.len() - 1, permanent && seen.len() > 1);
                return Ok(answer);
            };
            permanent &= matches!(answer.status, 301 | 308);
            let broken = |reason: String| RequestTrouble::new(Verdict::ServerError, reason);
            let mut next = answer
                .url
                .join(&location)
                .map_err(|_| broken("redirects to something that is not an address".into()))?;
            strip_private(&mut next);
            if seen.contains(&next) {
                return Err(broken("redirects in a circle".into()));
            }
            if seen.len() > self.config.max_redirects {
                return Err(broken(format!("redirects more than {} times", self.config.max_redirects)));
            }
            if next.origin() != home {
                ask.credentials = None;
            }
            // The tag belongs to the first address.
            ask.etag = None;
            seen.push(next.clone());
            ask.url = next;
        }
    }

    /// Requests one address until it answers or its failure is final.
    async fn ask(&self, ask: &HttpRequest, budget: &mut TimeBudget) -> Result<HttpAnswer, RequestTrouble> {
        let site = self.site(&ask.url);
        if let Some(trouble) = site.down() {
            return Err(trouble);
        }
        let result = self.patiently(ask, budget).await;
        match &result {
            Ok(_) => site.note_answer(),
            // Some servers with poor support for HEAD do not answer it at all. GET follows.
            Err(_) if ask.method == Method::HEAD => {}
            Err(trouble) => site.note_failure(trouble),
        }
        result
    }

    async fn patiently(&self, ask: &HttpRequest, budget: &mut TimeBudget) -> Result<HttpAnswer, RequestTrouble> {
        let mut pauses = backoff(self.config.backoff, self.config.patience);
        let mut tries = 1;
        loop {
            let result = self.once(ask, budget).await;
            let again = match &result {
                Ok(answer) if is_rate_limit(answer.status, &answer.headers) => true,
                // A failure of HEAD is not final: GET follows.
                _ if ask.method == Method::HEAD => false,
                Ok(answer) => matches!(answer.status, 500 | 502..=504),
                Err(trouble) => trouble.may_pass(),
            };
            // If the host named a time, its limiter is closed. Another try waits there, or is refused.
            let put_off = matches!(&result, Ok(answer) if answer.retry_after.is_some());
            if !again || tries >= self.config.tries || budget.0.is_zero() {
                return result;
            }
            if !put_off {
                tokio::time::sleep(pauses.next().unwrap_or_default()).await;
            }
            tries += 1;
        }
    }

    async fn once(&self, ask: &HttpRequest, budget: &mut TimeBudget) -> Result<HttpAnswer, RequestTrouble> {
        self.permit(&ask.url)?;
        let gate = self.gate(&ask.url);
        let _slot = gate.enter(self.config.patience).await.map_err(limited)?;
        // The semaphore is never closed.
        let _permit = self.permits.acquire().await.map_err(|_| RequestTrouble::timeout())?;
        let begun = Instant::now();
        let time = self.config.timeout.min(budget.0);
        let result =
            tokio::time::timeout(time, self.exchange(ask)).await.unwrap_or_else(|_| Err(RequestTrouble::timeout()));
        budget.0 = budget.0.saturating_sub(begun.elapsed());
        self.note_reached(&ask.url, result.as_ref().err());
        let mut answer = result?;
        let mut pause = wanted_pause(answer.status, &answer.headers, SystemTime::now());
        match pause {
            Some(pause) => gate.close(pause),
            None if answer.status == 429 => {
                pause = Some(gate.close_for_a_while(self.config.backoff, self.config.patience));
            }
            None => gate.answered(),
        }
        if !answer.is_success() {
            answer.retry_after = pause.map(from_now);
        }
        Ok(answer)
    }

    fn note_reached(&self, url: &Url, trouble: Option<&RequestTrouble>) {
        match trouble {
            Some(trouble) if trouble.verdict == Verdict::Skipped => {}
            Some(trouble) if !trouble.reached_host() => {
                let is_known = self.config.hosts.of(url).is_some();
                self.reached.note_failure(authority(url), trouble, is_known);
            }
            _ => self.reached.note_host(),
        }
    }

    /// Whether an address may be requested at all. Names are checked again when they are resolved.
    fn permit(&self, url: &Url) -> Result<(), RequestTrouble> {
        let skipped = |reason: &str| Err(RequestTrouble::new(Verdict::Skipped, reason));
        if !matches!(url.scheme(), "http" | "https") {
            return skipped(&format!("{}: not requested; only http and https are", url.scheme()));
        }
        let address = match url.host() {
            None => return skipped("names no host"),
            Some(UrlHost::Domain(_)) => return Ok(()),
            Some(UrlHost::Ipv4(address)) => address.into(),
            Some(UrlHost::Ipv6(address)) => address.into(),
        };
        if self.config.allow_private || is_public(address) {
            return Ok(());
        }
        skipped(&format!("{address} is not public"))
    }

    async fn exchange(&self, ask: &HttpRequest) -> Result<HttpAnswer, RequestTrouble> {
        let mut request = self.client.request(ask.method.clone(), ask.url.clone());
        request = request.header(header::ACCEPT, ask.accept.unwrap_or("text/html,application/xhtml+xml,*/*;q=0.8"));
        if let Some(etag) = &ask.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some((name, value)) = &ask.credentials {
            request = request.header(name, value);
        }
        if let Some(json) = &ask.json {
            request = request.header(header::CONTENT_TYPE, "application/json").body(json.clone());
        }
        let mut response = request.send().await.map_err(|error| {
            let trouble = RequestTrouble::of(&error);
            if self.config.proxy.is_some() { trouble.through_proxy() } else { trouble }
        })?;
        let mut body = Vec::new();
        let mut cut = false;
        while body.len() < ask.max_bytes {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let room = ask.max_bytes - body.len();
                    cut = chunk.len() > room;
                    body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
                }
                Ok(None) => break,
                // The part that arrived is enough for a page. Callers that need all of it see that it is cut off.
                Err(_) => {
                    cut = true;
                    break;
                }
            }
        }
        cut |= ask.max_bytes > 0 && body.len() == ask.max_bytes;
        let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
        let url = ask.url.clone();
        Ok(HttpAnswer { url, status, headers, body, is_cut_off: cut, hops: 0, permanent: false, retry_after: None })
    }
}

fn limited(closed: ClosedGate) -> RequestTrouble {
    let wait = closed.until.saturating_duration_since(Instant::now());
    RequestTrouble {
        retry_after: Some(from_now(wait)),
        ..RequestTrouble::new(Verdict::RateLimited, "the host asks for a longer pause than we wait")
    }
}

fn from_now(wait: Duration) -> Timestamp {
    Timestamp::now().checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// The authority of an address: `example.org:8080`.
fn authority(url: &Url) -> String {
    url[url::Position::BeforeHost..url::Position::AfterPort].to_string()
}

/// Removes what the host does not need: user name, password, fragment.
pub(super) fn strip_private(url: &mut Url) {
    // This fails only if there is no host, and then there is nothing to remove.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
}

fn client(config: &CheckConfig) -> Result<Client, CheckError> {
    // The process may have a provider already; any provider will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let lookup = config.lookup.clone().unwrap_or_else(|| Arc::new(SystemLookup));
    // Behind a proxy, the only name that is resolved here is the proxy's own.
    let allow_private = config.allow_private || config.proxy.is_some();
    let mut builder = Client::builder()
        .user_agent(config.user_agent())
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // A proxy from the environment would resolve names without the guard.
        .no_proxy()
        .dns_resolver(Arc::new(GuardedResolver { lookup, fixed: config.resolve.clone(), allow_private }))
        .connect_timeout(config.connect_timeout)
        .pool_idle_timeout(Duration::from_secs(15))
        .pool_max_idle_per_host(config.hosts.default.concurrency)
        .http2_max_header_list_size(64 * 1024);
    if let Some(proxy) = &config.proxy {
        let proxy = reqwest::Proxy::all(proxy).map_err(|_| CheckError::Proxy)?;
        builder = builder.proxy(proxy);
    }
    let mut certificates = Vec::new();
    for pem in &config.certificates {
        certificates.extend(reqwest::Certificate::from_pem_bundle(pem).map_err(|_| CheckError::Certificate)?);
    }
    if !certificates.is_empty() {
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(|error| CheckError::Client(RequestTrouble::of(&error).reason))
}
