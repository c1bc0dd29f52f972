//! Checks one link by its own address, as a browser would see it.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header;
use url::Url;

use super::hosts::Host;
use super::net::{CheckNetwork, HttpAnswer, HttpRequest, TimeBudget};
use super::outcome::{CheckOutcome, Link};
use super::soft404::{is_path_of_missing, title_of_missing};
use super::trouble::RequestTrouble;
use super::verdict::Verdict;
use super::wishes::is_rate_limit;

/// Checks a link: HEAD; GET where HEAD is refused or unreliable; the content of a page that may only pretend to exist.
pub(super) async fn look(net: &CheckNetwork, link: &Link, url: &Url, previous: Option<&CheckOutcome>) -> CheckOutcome {
    let mut budget = net.budget();
    let result = ask(net, url, previous, &mut budget).await;
    let now = Timestamp::now();
    match result {
        Err(trouble) => failed_outcome(link, &trouble, now),
        Ok(answer) => match previous.filter(|_| answer.status == 304) {
            Some(previous) => unchanged_outcome(previous, link, now),
            None => judge(net, link, url, &answer, now),
        },
    }
}

pub(super) fn failed_outcome(link: &Link, trouble: &RequestTrouble, now: Timestamp) -> CheckOutcome {
    CheckOutcome {
        reason: Some(trouble.reason.clone()),
        retry_after: trouble.retry_after,
        ..CheckOutcome::new(link, trouble.verdict, now)
    }
}

/// The outcome of a link that has not changed since the last check.
pub(super) fn unchanged_outcome(previous: &CheckOutcome, link: &Link, now: Timestamp) -> CheckOutcome {
    let (key, url) = (link.key.clone(), link.url.clone());
    CheckOutcome {
        key,
        url,
        checked_at: now,
        status: Some(304),
        retry_after: None,
        lost: None,
        unreachable: None,
        ..previous.clone()
    }
}

/// A conditional request makes sense only if the last check found something.
pub(super) fn known_tag(previous: Option<&CheckOutcome>) -> Option<String> {
    previous.filter(|previous| previous.verdict.is_there()).and_then(|previous| previous.etag.clone())
}

async fn ask(
    net: &CheckNetwork,
    url: &Url,
    previous: Option<&CheckOutcome>,
    budget: &mut TimeBudget,
) -> Result<HttpAnswer, RequestTrouble> {
    let etag = known_tag(previous);
    let site = net.site(url);
    let exact = |url: &Url| net.config.hosts.of(url).is_some_and(|host| host.exact);
    if !site.refuses_head() {
        match net.follow(HttpRequest { etag: etag.clone(), ..HttpRequest::head(url.clone()) }, budget).await {
            Ok(answer) if is_enough(&answer, exact(&answer.url)) => {
                if pretends(net, &answer) && !exact(&answer.url) {
                    return read(net, answer, budget).await;
                }
                return Ok(answer);
            }
            Ok(answer) if matches!(answer.status, 405 | 501) => site.note_refused_head(),
            // GET would fare no better after a rate-limit refusal, or where requests are not allowed.
            Err(trouble) if matches!(trouble.verdict, Verdict::RateLimited | Verdict::Skipped) => return Err(trouble),
            _ => {}
        }
    }
    let get = HttpRequest { etag, ..HttpRequest::get(url.clone(), net.config.page_bytes) };
    net.follow(get, budget).await
}

/// Whether the answer to HEAD is final. Many servers support HEAD poorly. A failure counts only if GET fails too,
/// unless the host is known to be exact.
fn is_enough(answer: &HttpAnswer, exact: bool) -> bool {
    answer.is_success()
        || answer.status == 304
        || is_rate_limit(answer.status, &answer.headers)
        || exact && matches!(answer.status, 404 | 410 | 451)
}

/// Whether the text of a page might contradict its status.
fn pretends(net: &CheckNetwork, answer: &HttpAnswer) -> bool {
    net.config.read_pages && answer.is_success() && answer.is_html()
}

/// Gets the page after a HEAD request, without repeating the redirects.
async fn read(net: &CheckNetwork, head: HttpAnswer, budget: &mut TimeBudget) -> Result<HttpAnswer, RequestTrouble> {
    let page = net.follow(HttpRequest::get(head.url.clone(), net.config.page_bytes), budget).await?;
    Ok(HttpAnswer {
        hops: head.hops + page.hops,
        permanent: if page.hops == 0 { head.permanent } else { false },
        ..page
    })
}

fn judge(net: &CheckNetwork, link: &Link, asked: &Url, answer: &HttpAnswer, now: Timestamp) -> CheckOutcome {
    let host = net.config.hosts.of(asked);
    let (verdict, reason) = by_status(answer, host);
    let mut outcome = CheckOutcome {
        status: Some(answer.status),
        reason,
        retry_after: answer.retry_after,
        final_url: (answer.hops > 0 && answer.url != *asked).then(|| answer.url.to_string()),
        ..CheckOutcome::new(link, verdict, now)
    };
    if verdict != Verdict::Alive {
        return outcome;
    }
    if answer.hops == 0 {
        outcome.etag = answer.header(header::ETAG).map(str::to_string);
    }
    if let Some(reason) = pretended(net, host, answer) {
        return CheckOutcome { verdict: Verdict::Gone, reason: Some(reason), etag: None, ..outcome };
    }
    (outcome.verdict, outcome.reason) = match answer.hops {
        0 => (Verdict::Alive, None),
        _ => redirected(net, link, asked, answer, host, &mut outcome.moved_to),
    };
    outcome
}

/// The verdict for a status; known hosts may have their own.
pub(super) fn by_status(answer: &HttpAnswer, host: Option<&Arc<Host>>) -> (Verdict, Option<String>) {
    let status = answer.status;
    if let Some(verdict) = host.and_then(|host| host.status.get(&status)) {
        return (*verdict, None);
    }
    if is_rate_limit(status, &answer.headers) {
        return (Verdict::RateLimited, None);
    }
    let said = |verdict, reason: &str| (verdict, Some(reason.to_string()));
    match status {
        200..=299 => (Verdict::Alive, None),
        404 | 410 => (host.map_or(Verdict::Gone, |host| host.missing), None),
        408 => (Verdict::Timeout, None),
        451 => said(Verdict::Forbidden, "withheld for legal reasons"),
        401 | 403 | 407 => (Verdict::Forbidden, None),
        500..=599 => (Verdict::ServerError, None),
        300..=399 => said(Verdict::ServerError, "a redirect without a target"),
        _ => said(Verdict::Forbidden, &format!("answered {status}")),
    }
}

/// Looks for the signs of a missing page that all hosts share, and those of the requested host.
fn pretended(net: &CheckNetwork, host: Option<&Arc<Host>>, answer: &HttpAnswer) -> Option<String> {
    let signs = || [&net.config.hosts.soft_404].into_iter().chain(host.map(|host| &host.soft_404));
    if answer.hops > 0 && signs().any(|signs| is_path_of_missing(signs, &answer.url)) {
        return Some("redirects to a page for missing content".to_string());
    }
    let title = signs().find_map(|signs| answer.is_html().then(|| title_of_missing(signs, &answer.body))?)?;
    Some(format!("answers {}, but its title is “{title}”", answer.status))
}

/// The verdict for a redirect. Sets the new address of a repository that has moved permanently.
fn redirected(
    net: &CheckNetwork,
    link: &Link,
    asked: &Url,
    answer: &HttpAnswer,
    host: Option<&Arc<Host>>,
    moved_to: &mut Option<String>,
) -> (Verdict, Option<String>) {
    if let Some(host) = host.filter(|host| host.is_login(&answer.url)) {
        let verdict = if host.missing == Verdict::Gone { Verdict::Forbidden } else { host.missing };
        return (verdict, Some("redirects to its login page".to_string()));
    }
    if is_same(asked, &answer.url) {
        return (Verdict::Alive, None);
    }
    let there = net.config.hosts.of(&answer.url).filter(|_| link.is_repository());
    if let Some((there, (shape, parts))) = there.and_then(|host| Some((host, host.repository(&answer.url)?))) {
        let address = there.address(shape, &parts.full_name());
        let before = host.and_then(|host| {
            let (shape, parts) = host.repository(asked)?;
            host.address(shape, &parts.full_name())
        });
        if let (Some(before), Some(after)) = (&before, &address)
            && before.eq_ignore_ascii_case(after)
        {
            return (Verdict::Alive, None);
        }
        if answer.permanent {
            *moved_to = address;
            return (Verdict::Moved, None);
        }
    }
    let front = answer.url.path() == "/" && answer.url.query().is_none() && asked.path() != "/";
    (Verdict::Redirected, front.then(|| "redirects to a front page".to_string()))
}

/// Whether two addresses differ only in the scheme, `www.`, or a slash at the end.
fn is_same(a: &Url, b: &Url) -> bool {
    let host = |url: &Url| url.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host).to_string());
    let path = |url: &Url| url.path().trim_end_matches('/').to_string();
    host(a) == host(b) && path(a) == path(b) && a.query() == b.query()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_scheme_or_slash_is_not_another_place() {
        let same = |a: &str, b: &str| is_same(&Url::parse(a).unwrap(), &Url::parse(b).unwrap());
        assert!(same("http://example.org/a", "https://www.example.org/a/"));
        assert!(!same("http://example.org/a", "https://example.org/b"));
        assert!(!same("http://example.org/a", "https://example.org/a?login"));
        assert!(!same("http://example.org/", "https://example.com/"));
    }
}
