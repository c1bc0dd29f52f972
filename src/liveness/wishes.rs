//! The pauses that a host's headers ask for: `Retry-After`, `X-RateLimit-*` and similar.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

/// The pause that a host asks for. `now` is the wall-clock time, for hosts that name a date.
pub(super) fn wanted_pause(status: u16, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let refused = matches!(status, 403 | 429) || status >= 500;
    let retry_after = text(headers, "retry-after").filter(|_| refused).and_then(|value| delay(value, now));
    let used_up = remaining(headers) == Some(0);
    let reset = used_up.then(|| reset(headers, now)).flatten();
    match (retry_after, reset) {
        (Some(a), Some(b)) => Some(a.max(b)),
        (a, b) => a.or(b),
    }
}

/// Whether a refusal (403) means too many requests, not that this one is forbidden.
pub(super) fn is_rate_limit(status: u16, headers: &HeaderMap) -> bool {
    status == 429 || status == 403 && (remaining(headers) == Some(0) || headers.contains_key("retry-after"))
}

/// Seconds, or an HTTP date.
fn delay(value: &str, now: SystemTime) -> Option<Duration> {
    match value.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default()),
    }
}

fn remaining(headers: &HeaderMap) -> Option<u64> {
    let plain = ["x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining"];
    plain.iter().find_map(|name| text(headers, name)?.parse().ok()).or_else(|| parameter(headers, "r"))
}

/// Seconds since 1970, or from now. Hosts differ, and the values are far enough apart to distinguish.
fn reset(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    const LONG_AGO: u64 = 1_000_000_000;
    let plain = ["x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"];
    let value: u64 =
        plain.iter().find_map(|name| text(headers, name)?.parse().ok()).or_else(|| parameter(headers, "t"))?;
    if value < LONG_AGO {
        return Some(Duration::from_secs(value));
    }
    let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Some(Duration::from_secs(value).saturating_sub(now))
}

/// A parameter of the draft's single header: `RateLimit: "api";r=0;t=55`.
fn parameter(headers: &HeaderMap, name: &str) -> Option<u64> {
    let value = text(headers, "ratelimit")?;
    value.split(';').find_map(|part| part.trim().strip_prefix(name)?.trim().strip_prefix('=')?.trim().parse().ok())
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    const NOW: u64 = 1_790_000_000;

    fn pause(status: u16, headers: &[(&'static str, &str)]) -> Option<u64> {
        let map = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
            .collect();
        wanted_pause(status, &map, SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)).map(|d| d.as_secs())
    }

    #[test]
    fn every_way_to_ask_for_patience_is_understood() {
        let date = httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW + 90));
        let reset = (NOW + 30).to_string();
        assert_eq!(pause(429, &[("retry-after", "120")]), Some(120));
        assert_eq!(pause(503, &[("retry-after", &date)]), Some(90));
        assert_eq!(pause(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset)]), Some(30));
        assert_eq!(pause(200, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset)]), Some(30));
        assert_eq!(pause(429, &[("ratelimit-remaining", "0"), ("ratelimit-reset", "7")]), Some(7));
        assert_eq!(pause(429, &[("ratelimit", "\"api\";r=0;t=55")]), Some(55));
    }

    #[test]
    fn what_asks_for_nothing_is_left_alone() {
        assert_eq!(pause(200, &[("retry-after", "120")]), None);
        assert_eq!(pause(200, &[("x-ratelimit-remaining", "59"), ("x-ratelimit-reset", "1790000030")]), None);
        assert_eq!(pause(429, &[("retry-after", "soon")]), None);
        assert_eq!(pause(429, &[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")]), Some(0));
        assert_eq!(pause(429, &[]), None);
    }

    proptest::proptest! {
        #[test]
        fn any_header_is_harmless(value in "[ -~]{0,40}") {
            pause(429, &[("retry-after", &value)]);
            pause(429, &[("ratelimit", &value)]);
            pause(429, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &value)]);
        }
    }
}
