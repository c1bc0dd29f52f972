//! Checks many repositories with one GraphQL request.

use std::ops::Range;

use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use super::hosts::BatchApi;
use super::net::{CheckNetwork, HttpRequest};
use super::outcome::{CheckOutcome, Link};
use super::page::failed_outcome;
use super::repository::{KnownRepository, judge};
use super::template;
use super::trouble::RequestTrouble;
use super::verdict::Verdict;
use super::wishes::is_rate_limit;

/// Asks about repositories of one host. `None` for a repository that the answer does not mention;
/// its page must be checked.
pub(super) async fn look(
    net: &CheckNetwork,
    batch: &BatchApi,
    items: &[(&Link, &KnownRepository)],
) -> Vec<Option<CheckOutcome>> {
    let mut outcomes = vec![None; items.len()];
    // A request that is too large for the host is split in halves and sent again.
    let mut ranges = Vec::from_iter([Range { start: 0, end: items.len() }]);
    while let Some(range) = ranges.pop() {
        let Some(part) = items.get(range.clone()) else { continue };
        match ask(net, batch, part).await {
            BatchReply::Each(answers) => {
                for (place, answer) in outcomes.iter_mut().skip(range.start).zip(answers) {
                    *place = answer;
                }
            }
            BatchReply::Limited(trouble) => {
                let now = Timestamp::now();
                for (place, (link, _)) in outcomes.iter_mut().skip(range.start).zip(part) {
                    *place = Some(failed_outcome(link, &trouble, now));
                }
            }
            BatchReply::TooMuch if part.len() > 1 => {
                let middle = range.start + part.len() / 2;
                ranges.extend([range.start..middle, middle..range.end]);
            }
            BatchReply::TooMuch | BatchReply::Nothing => {}
        }
    }
    outcomes
}

enum BatchReply {
    Each(Vec<Option<CheckOutcome>>),
    Limited(RequestTrouble),
    TooMuch,
    Nothing,
}

async fn ask(net: &CheckNetwork, batch: &BatchApi, items: &[(&Link, &KnownRepository)]) -> BatchReply {
    let Some((_, first)) = items.first() else { return BatchReply::Nothing };
    let (Ok(url), Some(credentials)) = (Url::parse(&batch.url), net.credentials(&first.host)) else {
        return BatchReply::Nothing;
    };
    let ask = HttpRequest {
        method: Method::POST,
        accept: Some("application/json"),
        json: Some(json!({ "query": query(batch, items) }).to_string()),
        credentials: Some(credentials),
        ..HttpRequest::get(url, net.config.api_bytes)
    };
    let answer = match net.follow(ask, &mut net.budget()).await {
        Ok(answer) => answer,
        Err(trouble) if trouble.verdict == Verdict::RateLimited => return BatchReply::Limited(trouble),
        Err(trouble) if trouble.verdict == Verdict::Timeout => return BatchReply::TooMuch,
        Err(_) => return BatchReply::Nothing,
    };
    if is_rate_limit(answer.status, &answer.headers) {
        let retry_after = answer.retry_after;
        return BatchReply::Limited(RequestTrouble {
            retry_after,
            ..RequestTrouble::new(Verdict::RateLimited, "too many requests")
        });
    }
    match answer.status {
        200 if answer.is_cut_off => return BatchReply::TooMuch,
        200 => {}
        401 => {
            net.refuse_token(&first.host);
            return BatchReply::Nothing;
        }
        500 | 502..=504 => return BatchReply::TooMuch,
        _ => return BatchReply::Nothing,
    }
    let Ok(value) = serde_json::from_slice::<Value>(&answer.body) else { return BatchReply::Nothing };
    read(net, batch, items, &value, answer.retry_after)
}

fn query(batch: &BatchApi, items: &[(&Link, &KnownRepository)]) -> String {
    let mut query = batch.head.clone();
    query.push_str("query {");
    for (i, (_, known)) in items.iter().enumerate() {
        // A GraphQL string is written like a JSON string.
        if let Some(item) = template::fill(&batch.item, &known.values, |part| Value::from(part).to_string()) {
            query.push_str(&format!(" r{i}: {item}"));
        }
    }
    query.push_str(" }");
    query
}

fn read(
    net: &CheckNetwork,
    batch: &BatchApi,
    items: &[(&Link, &KnownRepository)],
    value: &Value,
    retry_after: Option<Timestamp>,
) -> BatchReply {
    let errors: Vec<&Value> = value.get("errors").and_then(Value::as_array).into_iter().flatten().collect();
    let kind = |error: &Value| error.get("type").and_then(Value::as_str).unwrap_or_default().to_string();
    if errors.iter().any(|error| batch.limited.contains(&kind(error))) {
        let wait = net.config.patience;
        let retry_after = retry_after.or_else(|| Timestamp::now().checked_add(wait).ok());
        return BatchReply::Limited(RequestTrouble {
            retry_after,
            ..RequestTrouble::new(Verdict::RateLimited, "too many requests")
        });
    }
    let each = items.iter().enumerate().map(|(i, (link, known))| {
        let alias = format!("r{i}");
        if let Some(found) = value.pointer(&format!("/data/{alias}")).filter(|found| !found.is_null()) {
            let outcome = judge(link, known, &batch.fields, &net.config.hosts.files, found);
            return Some(CheckOutcome { status: Some(200), ..outcome });
        }
        let error = errors.iter().find(|error| error.pointer("/path/0").and_then(Value::as_str) == Some(&alias))?;
        let missing = batch.missing.contains(&kind(error));
        let outcome =
            CheckOutcome { status: Some(200), ..CheckOutcome::new(link, known.host.missing, Timestamp::now()) };
        missing.then_some(outcome)
    });
    BatchReply::Each(each.collect())
}
