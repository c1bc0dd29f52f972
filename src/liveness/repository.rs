//! Checks one repository through its host's API.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;
use url::Url;

use super::hosts::{AnswerFields, Host, NonCodeFiles, RepositoryPattern};
use super::net::{CheckNetwork, HttpAnswer, HttpRequest, TimeBudget};
use super::outcome::{CheckOutcome, Link, RepositoryFacts};
use super::page::{by_status, failed_outcome, known_tag, unchanged_outcome};
use super::pointer::AnswerPointer;
use super::template::{self, PlaceholderValues};
use super::trouble::RequestTrouble;
use super::verdict::Verdict;
use super::wishes::is_rate_limit;

/// Repositories larger than this (in kilobytes) hold more than a readme, so their files are not listed.
const LARGE: u64 = 4096;

/// A repository whose host is known.
#[derive(Debug, Clone)]
pub(super) struct KnownRepository {
    pub host: Arc<Host>,
    pub pattern: RepositoryPattern,
    pub values: PlaceholderValues,
}

impl KnownRepository {
    /// The repository that a link names; `None` if its host is unknown.
    pub(super) fn of(net: &CheckNetwork, link: &Link, url: &Url) -> Option<Self> {
        let host = net.config.hosts.of(url).filter(|_| link.is_repository())?;
        let (shape, parts) = host.repository(url)?;
        Some(Self { pattern: shape.clone(), values: parts, host: host.clone() })
    }

    /// An API address for this repository.
    fn address(&self, template: &str) -> Option<Url> {
        Url::parse(&template::fill(template, &self.values, encoded)?).ok()
    }
}

/// Asks the API. `None` if the answer does not show whether the repository exists; then its page must be checked.
pub(super) async fn look(
    net: &CheckNetwork,
    link: &Link,
    known: &KnownRepository,
    previous: Option<&CheckOutcome>,
) -> Option<CheckOutcome> {
    let api = known.host.api.as_ref()?;
    let url = known.address(known.pattern.api.as_ref()?)?;
    let mut budget = net.budget();
    let answer = match ask(net, known, &url, known_tag(previous), &mut budget).await {
        Ok(answer) => answer,
        Err(trouble) if matches!(trouble.verdict, Verdict::RateLimited | Verdict::Skipped) => {
            return Some(failed_outcome(link, &trouble, Timestamp::now()));
        }
        Err(_) => return None,
    };
    if let Some(previous) = previous.filter(|_| answer.status == 304) {
        return Some(unchanged_outcome(previous, link, Timestamp::now()));
    }
    if !answer.is_success() {
        let (verdict, reason) = by_status(&answer, Some(&known.host));
        let said = verdict.is_lost() || verdict == Verdict::RateLimited || answer.status == 451;
        let outcome = CheckOutcome {
            status: Some(answer.status),
            reason,
            retry_after: answer.retry_after,
            ..CheckOutcome::new(link, verdict, Timestamp::now())
        };
        return said.then_some(outcome);
    }
    let value: Value = serde_json::from_slice(&answer.body).ok().filter(|_| !answer.is_cut_off)?;
    let mut outcome = judge(link, known, &api.fields, &net.config.hosts.files, &value);
    outcome.status = Some(answer.status);
    outcome.etag = answer.header(reqwest::header::ETAG).filter(|_| answer.hops == 0).map(str::to_string);
    if matches!(outcome.verdict, Verdict::Alive | Verdict::Archived)
        && outcome.facts.size_kb.is_none_or(|kb| kb <= LARGE)
        && let Some(names) = list_files(net, known, &api.file_names, &mut budget).await
        && let Some(verdict) = by_files(&net.config.hosts.files, &names)
    {
        outcome.verdict = verdict;
    }
    Some(outcome)
}

/// Sends the request again without the token if the host refuses it. The token is not sent again in this run.
async fn ask(
    net: &CheckNetwork,
    known: &KnownRepository,
    url: &Url,
    etag: Option<String>,
    budget: &mut TimeBudget,
) -> Result<HttpAnswer, RequestTrouble> {
    let credentials = net.credentials(&known.host);
    let with_token = credentials.is_some();
    let ask = HttpRequest {
        accept: Some("application/json"),
        etag,
        credentials,
        ..HttpRequest::get(url.clone(), net.config.api_bytes)
    };
    let answer = net.follow(ask.clone(), budget).await?;
    if with_token && answer.status == 401 {
        net.refuse_token(&known.host);
        return net.follow(HttpRequest { credentials: None, ..ask }, budget).await;
    }
    Ok(answer)
}

async fn list_files(
    net: &CheckNetwork,
    known: &KnownRepository,
    names: &AnswerPointer,
    budget: &mut TimeBudget,
) -> Option<Vec<String>> {
    let url = known.address(known.pattern.files.as_ref()?)?;
    let answer = ask(net, known, &url, None, budget).await.ok()?;
    if !answer.is_success() || answer.is_cut_off || is_rate_limit(answer.status, &answer.headers) {
        return None;
    }
    Some(names.texts(&serde_json::from_slice(&answer.body).ok()?))
}

/// The outcome that follows from a host's description of a repository.
pub(super) fn judge(
    link: &Link,
    known: &KnownRepository,
    fields: &AnswerFields,
    files: &NonCodeFiles,
    value: &Value,
) -> CheckOutcome {
    let facts = facts(fields, value);
    let mut outcome = CheckOutcome::new(link, Verdict::Alive, Timestamp::now());
    let names = fields.files.is_in(value).then(|| fields.files.texts(value));
    let empty = fields.empty.first(value) == Some(&Value::Bool(true))
        || !fields.not_empty.is_none() && fields.not_empty.first(value).is_none();
    let name = fields.name.text(value).filter(|name| !name.eq_ignore_ascii_case(&known.values.full_name()));
    outcome.moved_to = name.and_then(|name| known.host.address(&known.pattern, name));
    outcome.verdict = if outcome.moved_to.is_some() {
        Verdict::Moved
    } else if empty {
        Verdict::Empty
    } else if let Some(verdict) = names.and_then(|names| by_files(files, &names)) {
        verdict
    } else if facts.archived == Some(true) {
        Verdict::Archived
    } else {
        Verdict::Alive
    };
    outcome.final_url.clone_from(&outcome.moved_to);
    outcome.facts = facts;
    outcome
}

fn facts(fields: &AnswerFields, value: &Value) -> RepositoryFacts {
    let number = |pointer: &AnswerPointer| pointer.first(value).and_then(Value::as_u64);
    RepositoryFacts {
        stars: number(&fields.stars),
        // GitHub's value for a licence that it does not recognise.
        licence: fields.licence.text(value).filter(|name| *name != "NOASSERTION").map(str::to_string),
        last_push: fields.last_push.text(value).and_then(|text| text.parse().ok()),
        archived: fields.archived.first(value).and_then(Value::as_bool),
        default_branch: fields.default_branch.text(value).map(str::to_string),
        size_kb: number(&fields.size_kb).or_else(|| number(&fields.size_bytes).map(|bytes| bytes.div_ceil(1024))),
        // Hugging Face's tags with a colon are properties, not topics.
        topics: fields.topics.texts(value).into_iter().filter(|topic| !topic.contains(':')).collect(),
    }
}

/// The verdict from the names of all files; `None` if some file may be code.
fn by_files(rules: &NonCodeFiles, names: &[String]) -> Option<Verdict> {
    let options = glob::MatchOptions { case_sensitive: false, ..glob::MatchOptions::new() };
    let fits = |patterns: &[String], name: &str| {
        patterns.iter().any(|pattern| glob::Pattern::new(pattern).is_ok_and(|p| p.matches_with(name, options)))
    };
    let mut some = names.iter().filter(|name| !fits(&rules.none, name)).peekable();
    if some.peek().is_none() {
        return Some(Verdict::Empty);
    }
    some.all(|name| fits(&rules.words, name.split('/').next().unwrap_or(name))).then_some(Verdict::ReadmeOnly)
}

/// Percent-encodes a part of an address.
fn encoded(part: &str) -> String {
    part.split('/')
        .map(|segment| url::form_urlencoded::byte_serialize(segment.as_bytes()).collect::<String>())
        .collect::<Vec<_>>()
        .join("/")
}

/// The header that carries a token.
pub(super) fn header_of(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value))
}
