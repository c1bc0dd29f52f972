//! One run over all links: which links are due, in which order, with what concurrency,
//! and what happens to the outcomes.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, mpsc, oneshot};
use url::Url;

use super::batch;
use super::config::CheckConfig;
use super::journal::{Journal, JournalError};
use super::net::{CheckNetwork, strip_private};
use super::outcome::{CheckOutcome, Link};
use super::page;
use super::repository::{self, KnownRepository};
use super::trouble::RequestTrouble;
use super::verdict::Verdict;

/// Number of concurrent workers. Many of them wait for the limits of hosts.
const WORKERS: usize = 1024;

/// Number of unreachable hosts after which a run that has reached no host gives up.
const ENOUGH_HOSTS: usize = 16;

/// Checks links over HTTP.
///
/// ```no_run
/// use papergraph::liveness::{Checker, CheckPlan, CheckConfig, Hosts, Journal, Link};
///
/// let config = CheckConfig::new(Hosts::shipped()?);
/// let mut journal = Journal::open("kg-store".as_ref())?;
/// let links = vec![Link { key: "page/example.org".into(), url: "https://example.org/".into() }];
/// let plan = CheckPlan::new(links, &journal, &config);
/// Checker::new(config)?.run(plan.due, &mut journal, |outcome| println!("{} {}", outcome.verdict, outcome.url))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Checker {
    net: Arc<CheckNetwork>,
    /// `Some` until the value is dropped.
    runtime: Option<Runtime>,
}

impl Drop for Checker {
    /// Does not wait for name look-ups that are no longer needed.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Which links to ask, and which have a recent enough outcome.
#[derive(Debug, Clone, Default)]
pub struct CheckPlan {
    /// Links to request.
    pub due: Vec<Link>,
    /// Outcomes that are recent enough.
    pub fresh: Vec<CheckOutcome>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    /// Every link has its outcome.
    Finished,
    /// By Ctrl-C or SIGTERM. The journal has all outcomes up to then.
    Interrupted,
}

/// Why links cannot be checked at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The HTTP client cannot be created, for example because this system has no certificates of authorities.
    #[error("cannot set up HTTPS: {0}")]
    Client(String),
    /// The certificate of an authority cannot be read.
    #[error("the certificate of an authority cannot be read")]
    Certificate,
    /// The address of the proxy cannot be read.
    #[error("the address of the proxy cannot be read")]
    Proxy,
    /// Threads or timers cannot be made.
    #[error("cannot start: {0}")]
    Runtime(std::io::Error),
    /// No host could be reached.
    #[error("{} be reached from this machine; nothing was written", none_of(*.hosts))]
    Offline {
        /// The number of hosts that were tried.
        hosts: usize,
    },
}

fn none_of(hosts: usize) -> String {
    if hosts == 1 { "the host cannot".to_string() } else { format!("none of {hosts} hosts can") }
}

impl CheckPlan {
    /// Decides which links are due.
    pub fn new(links: Vec<Link>, journal: &Journal, config: &CheckConfig) -> Self {
        let now = Timestamp::now();
        let mut plan = Self::default();
        for link in links {
            match journal.get(&link.key) {
                known if CheckOutcome::is_due(known, now, config.max_age, config.confirm) => plan.due.push(link),
                known => plan.fresh.extend(known.cloned()),
            }
        }
        plan
    }
}

/// One address, and all links to it.
struct CheckTarget {
    url: Url,
    links: Vec<Link>,
    /// The outcome of the last check, if a conditional request can use it.
    previous: Option<CheckOutcome>,
    repository: Option<KnownRepository>,
}

/// One piece of work for a worker.
enum HostWork {
    One(Box<CheckTarget>),
    Batch(Vec<CheckTarget>),
}

/// The outcomes of a unit. Its worker asks the next unit only when these are recorded, so a run that is killed loses
/// no more than the requests under way.
struct Answered {
    outcomes: Vec<CheckOutcome>,
    recorded: oneshot::Sender<()>,
}

/// The units of one host.
struct HostQueue {
    concurrency: usize,
    units: VecDeque<HostWork>,
}

impl Checker {
    /// A checker with these limits and hosts.
    ///
    /// # Errors
    /// If the HTTP client or its threads cannot be made.
    pub fn new(config: CheckConfig) -> Result<Self, CheckError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CheckError::Runtime)?;
        Ok(Self { net: Arc::new(CheckNetwork::new(config)?), runtime: Some(runtime) })
    }

    /// Notes for the user about the run, apart from its outcomes.
    pub fn notes(&self) -> Vec<String> {
        self.net.notes()
    }

    /// Asks every link, writes each outcome to the journal as soon as it is known, then passes it to `on_outcome`.
    ///
    /// Outcomes stay in memory until the first host is reached. If no host is reached, the fault lies with this machine
    /// and says nothing about the links.
    ///
    /// # Errors
    /// [`CheckError::Offline`] if no host could be reached; then nothing is written. [`CheckError::Journal`] if an
    /// outcome cannot be written.
    pub fn run(
        &self,
        links: Vec<Link>,
        journal: &mut Journal,
        mut on_outcome: impl FnMut(&CheckOutcome),
    ) -> Result<RunEnd, CheckError> {
        let apart = self.net.config.confirm.apart;
        let mut take = |outcome: CheckOutcome, journal: &mut Journal| -> Result<(), CheckError> {
            let previous = journal.get(&outcome.key);
            let outcome = outcome.after(previous, apart);
            journal.append(&outcome).map_err(CheckError::Journal)?;
            on_outcome(&outcome);
            Ok(())
        };
        // The runtime exists as long as this value.
        let Some(runtime) = &self.runtime else { return Ok(RunEnd::Interrupted) };
        let reached = &self.net.reached;
        let (targets, mut held) = self.targets(links, journal);
        let queues = self.queues(targets);
        let (sender, mut receiver) = mpsc::channel::<Answered>(WORKERS);
        let asking = runtime.spawn(ask_all(self.net.clone(), queues, sender));
        let stop_on_signal = self.net.config.stop_on_signal;
        let end = runtime.block_on(async {
            let mut stop = std::pin::pin!(signalled(stop_on_signal));
            loop {
                let answered = tokio::select! {
                    biased;
                    () = &mut stop => break Ok(RunEnd::Interrupted),
                    answered = receiver.recv() => answered,
                };
                let Some(Answered { outcomes, recorded }) = answered else { break Ok(RunEnd::Finished) };
                held.extend(outcomes);
                if reached.anyone() {
                    held.drain(..).try_for_each(|outcome| take(outcome, journal))?;
                } else if reached.failed() >= ENOUGH_HOSTS {
                    break Ok(RunEnd::Finished);
                }
                // The worker is gone only if the run ends.
                let _ = recorded.send(());
            }
        });
        asking.abort();
        while let Ok(Answered { outcomes, .. }) = receiver.try_recv() {
            held.extend(outcomes);
        }
        if reached.is_offline() {
            return Err(CheckError::Offline { hosts: reached.failed() });
        }
        held.drain(..).try_for_each(|outcome| take(outcome, journal))?;
        end
    }

    /// Groups links by address. Also returns the outcomes of links that are not asked.
    fn targets(&self, links: Vec<Link>, journal: &Journal) -> (Vec<CheckTarget>, Vec<CheckOutcome>) {
        let mut targets: Vec<CheckTarget> = Vec::new();
        let mut places: HashMap<Url, usize> = HashMap::new();
        let mut skipped = Vec::new();
        for mut link in links {
            let url = match self.address(&mut link) {
                Ok(url) => url,
                Err(reason) => {
                    let trouble = RequestTrouble::new(Verdict::Skipped, reason);
                    skipped.push(page::failed_outcome(&link, &trouble, Timestamp::now()));
                    continue;
                }
            };
            let known = KnownRepository::of(&self.net, &link, &url);
            match places.get(&url).and_then(|place| targets.get_mut(*place)) {
                Some(target) => {
                    target.repository = target.repository.take().or(known);
                    target.links.push(link);
                }
                None => {
                    places.insert(url.clone(), targets.len());
                    let previous = journal.get(&link.key).filter(|outcome| outcome.etag.is_some()).cloned();
                    targets.push(CheckTarget { url, links: vec![link], previous, repository: known });
                }
            }
        }
        (targets, skipped)
    }

    /// The address to ask for a link, or why it is not asked. Removes user name and password from both.
    fn address(&self, link: &mut Link) -> Result<Url, String> {
        let mut url = Url::parse(link.url.trim()).map_err(|error| format!("is no address: {error}"))?;
        if !url.username().is_empty() || url.password().is_some() {
            strip_private(&mut url);
            link.url = url.to_string();
        }
        strip_private(&mut url);
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("{}: not requested; only http and https are", url.scheme()));
        }
        if self.net.config.exclude.is_match(url.as_str()) {
            return Err("left out by --exclude".to_string());
        }
        Ok(url)
    }

    /// Groups the requests by host. Hosts with the most requests come first, because they take the longest.
    fn queues(&self, targets: Vec<CheckTarget>) -> Vec<HostQueue> {
        let mut queues: BTreeMap<String, HostQueue> = BTreeMap::new();
        let mut batches: BTreeMap<String, Vec<CheckTarget>> = BTreeMap::new();
        let mut put = |url: &Url, unit: HostWork| {
            let (name, concurrency) = self.net.queue(url);
            let queue = queues.entry(name).or_insert_with(|| HostQueue { concurrency, units: VecDeque::new() });
            queue.units.push_back(unit);
        };
        for target in targets {
            let batch = target
                .repository
                .as_ref()
                .filter(|known| self.net.can_batch(&known.host))
                .map(|known| known.host.name.clone());
            match batch {
                Some(host) => batches.entry(host).or_default().push(target),
                None => put(&target.url.clone(), HostWork::One(Box::new(target))),
            }
        }
        for targets in batches.into_values() {
            let batch = targets.first().and_then(|target| target.repository.as_ref()?.host.batch.clone());
            let Some((batch, url)) = batch.and_then(|batch| Some((batch.size, Url::parse(&batch.url).ok()?))) else {
                continue;
            };
            let mut targets = targets.into_iter().peekable();
            while targets.peek().is_some() {
                put(&url, HostWork::Batch(targets.by_ref().take(batch).collect()));
            }
        }
        let mut queues: Vec<HostQueue> = queues.into_values().collect();
        queues.sort_by_key(|queue| std::cmp::Reverse(queue.units.len()));
        queues
    }
}

async fn ask_all(net: Arc<CheckNetwork>, queues: Vec<HostQueue>, sender: mpsc::Sender<Answered>) {
    let workers = Arc::new(Semaphore::new(WORKERS));
    // Dropping the set with this task ends all of them.
    let mut tasks = tokio::task::JoinSet::new();
    for queue in queues {
        let count = queue.concurrency.min(queue.units.len());
        let units = Arc::new(Mutex::new(queue.units));
        for _ in 0..count {
            let Ok(permit) = workers.clone().acquire_owned().await else { return };
            let (net, units, sender) = (net.clone(), units.clone(), sender.clone());
            tasks.spawn(async move {
                let _permit = permit;
                loop {
                    let unit = units.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(unit) = unit else { break };
                    let (recorded, until_recorded) = oneshot::channel();
                    let answered = Answered { outcomes: ask(&net, unit).await, recorded };
                    if sender.send(answered).await.is_err() || until_recorded.await.is_err() {
                        break;
                    }
                }
            });
            while tasks.try_join_next().is_some() {}
        }
    }
    drop(sender);
    while tasks.join_next().await.is_some() {}
}

async fn ask(net: &CheckNetwork, unit: HostWork) -> Vec<CheckOutcome> {
    match unit {
        HostWork::One(target) => one(net, *target).await,
        HostWork::Batch(targets) => several(net, targets).await,
    }
}

async fn one(net: &CheckNetwork, target: CheckTarget) -> Vec<CheckOutcome> {
    let Some(link) = target.links.first() else { return Vec::new() };
    let previous = target.previous.as_ref();
    let said = match &target.repository {
        Some(known) => repository::look(net, link, known, previous).await,
        None => None,
    };
    let outcome = match said {
        Some(outcome) => outcome,
        None => page::look(net, link, &target.url, previous).await,
    };
    for_each(&target, outcome)
}

async fn several(net: &CheckNetwork, targets: Vec<CheckTarget>) -> Vec<CheckOutcome> {
    let items: Vec<_> =
        targets.iter().filter_map(|target| Some((target.links.first()?, target.repository.as_ref()?))).collect();
    let batch = items.first().and_then(|(_, known)| known.host.batch.as_ref());
    let answers = match batch {
        Some(batch) => batch::look(net, batch, &items).await,
        None => Vec::new(),
    };
    let mut answers = answers.into_iter();
    let mut outcomes = Vec::with_capacity(targets.len());
    for target in targets {
        match answers.next().flatten() {
            Some(outcome) => outcomes.extend(for_each(&target, outcome)),
            None => outcomes.extend(one(net, target).await),
        }
    }
    outcomes
}

/// Copies the outcome of an address to every link to it.
fn for_each(target: &CheckTarget, outcome: CheckOutcome) -> Vec<CheckOutcome> {
    let mut outcomes: Vec<CheckOutcome> = target
        .links
        .iter()
        .skip(1)
        .map(|link| CheckOutcome { key: link.key.clone(), url: link.url.clone(), ..outcome.clone() })
        .collect();
    outcomes.push(outcome);
    outcomes
}

/// Completes when the user or the system asks the program to end.
async fn signalled(listen: bool) {
    if !listen {
        return std::future::pending().await;
    }
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

impl CheckError {
    /// What the user can do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Journal(error) => error.help(),
            Self::Client(_) => {
                "install the certificates of authorities (ca-certificates), or name some with --ca-certificate"
            }
            Self::Certificate => "give a file with certificates in PEM format",
            Self::Proxy => "write it as http://host:port",
            Self::Offline { .. } => {
                "check the connection of this machine, or name a proxy with --proxy; then run it again"
            }
            Self::Runtime(_) => "check the limits of this system on threads and open files",
        }
    }
}
