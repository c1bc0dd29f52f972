//! Who may change the graph, and which web pages may read it.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, HOST, HeaderValue, ORIGIN};
use axum::http::uri::Authority;

use super::problem::Problem;

/// What is allowed beyond reading.
#[derive(Debug, Clone, Default)]
pub struct Access {
    pub allow_update: bool,
    /// What a client must know to update.
    pub token: Option<String>,
    pub cross_origin: CrossOrigin,
}

/// Which pages of other sites may read answers in a browser.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CrossOrigin {
    #[default]
    Any,
    One(HeaderValue),
    None,
}

impl Access {
    /// Whether no stranger can write to a server that listens at this address.
    pub fn is_safe_at(&self, address: IpAddr) -> bool {
        !self.allow_update || self.token.is_some() || address.is_loopback()
    }

    /// Whether this request may update.
    ///
    /// Without a token the machine's own users are trusted, but not the web pages that they look at: a browser sends
    /// such a page's request with the page's origin, and a page that has its own name resolve to this machine (DNS
    /// rebinding) sends that name as the host.
    ///
    /// # Errors
    /// If updates are switched off, the token is missing or wrong, or the request comes from another site.
    pub fn may_update(&self, headers: &HeaderMap) -> Result<(), Problem> {
        if !self.allow_update {
            return Err(Problem::forbidden("this server does not take updates").help("start it with --allow-update"));
        }
        if from_another_site(headers) {
            return Err(Problem::forbidden("updates from pages of other sites are refused"));
        }
        match &self.token {
            Some(token) if bearer(headers).is_some_and(|given| same(given, token)) => Ok(()),
            Some(_) => Err(Problem::unauthorized()),
            None if is_this_machine(headers) => Ok(()),
            None => Err(Problem::forbidden("updates without a token must be sent to localhost or its address")),
        }
    }
}

fn from_another_site(headers: &HeaderMap) -> bool {
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return true;
    }
    let Some(origin) = headers.get(ORIGIN) else { return false };
    let Ok(origin) = origin.to_str() else { return true };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let site = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    site.is_none() || site != host
}

fn is_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return false };
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Compares in a time that does not tell how much of the token was right.
fn same(given: &str, token: &str) -> bool {
    let (given, token) = (given.as_bytes(), token.as_bytes());
    let differences = (0..given.len().max(token.len())).fold(0_u8, |all, i| {
        let (a, b) = (given.get(i).copied().unwrap_or_default(), token.get(i).copied().unwrap_or_default());
        std::hint::black_box(all | (a ^ b))
    });
    differences == 0 && given.len() == token.len()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    fn open() -> Access {
        Access { allow_update: true, ..Access::default() }
    }

    #[test]
    fn nobody_updates_unless_it_is_allowed() {
        let local = headers(&[("host", "localhost:7878")]);
        assert_eq!(Access::default().may_update(&local).unwrap_err().status, 403);
        assert!(open().may_update(&local).is_ok());
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        for bad in [
            headers(&[("host", "localhost:7878"), ("origin", "https://evil.example")]),
            headers(&[("host", "localhost:7878"), ("origin", "null")]),
            headers(&[("host", "localhost:7878"), ("sec-fetch-site", "cross-site")]),
            // Rebinding: the page's own name, resolved to this machine.
            headers(&[("host", "evil.example:7878"), ("origin", "http://evil.example:7878")]),
            headers(&[("host", "localhost.evil.example")]),
            headers(&[]),
        ] {
            assert_eq!(open().may_update(&bad).unwrap_err().status, 403, "{bad:?}");
        }
        for good in [
            headers(&[
                ("host", "127.0.0.1:7878"),
                ("origin", "http://127.0.0.1:7878"),
                ("sec-fetch-site", "same-origin"),
            ]),
            headers(&[("host", "[::1]:7878")]),
        ] {
            assert!(open().may_update(&good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_token_must_be_the_token() {
        let access = Access { token: Some("s3cret".into()), ..open() };
        let with = |value| headers(&[("host", "kg.example.org"), ("authorization", value)]);
        assert!(access.may_update(&with("Bearer s3cret")).is_ok());
        assert!(access.may_update(&with("bearer s3cret")).is_ok());
        for wrong in ["Bearer s3cre", "Bearer s3cret1", "Bearer ", "Basic s3cret", "s3cret"] {
            assert_eq!(access.may_update(&with(wrong)).unwrap_err().status, 401, "{wrong}");
        }
        assert_eq!(access.may_update(&headers(&[("host", "localhost")])).unwrap_err().status, 401);
    }

    #[test]
    fn beyond_this_machine_updates_need_a_token() {
        let all: IpAddr = "0.0.0.0".parse().unwrap();
        assert!(Access::default().is_safe_at(all));
        assert!(!open().is_safe_at(all));
        assert!(open().is_safe_at("127.0.0.1".parse().unwrap()));
        assert!(Access { token: Some("x".into()), ..open() }.is_safe_at(all));
    }
}
