//! Decides who may read the graph, who may change it, and which web pages may do either.
//!
//! A browser lets a page of any site send requests to this server. Two rules keep such a page from reading a private
//! graph. Answers carry no CORS header unless the operator names an origin, so the browser hides them from other
//! sites. And the server answers only to names that it knows, so a site cannot make its own name resolve to this
//! machine (DNS rebinding) and read the answers as its own.

use std::net::IpAddr;

use axum::http::header::{AUTHORIZATION, HOST, HeaderValue, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, Version};

use super::problem::HttpProblem;

/// Access rules.
#[derive(Debug, Clone, Default)]
pub(crate) struct AccessRules {
    pub allow_update: bool,
    /// The secret that a client must send to update.
    pub token: Option<String>,
    pub cross_origin: CrossOrigin,
    /// Host names, without port and in lower case, that the server answers to, as well as loopback names and the
    /// address of the connection.
    pub hosts: Vec<String>,
}

/// Which pages of other sites may read answers in a browser.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum CrossOrigin {
    Any,
    /// `https://example.org`
    One(HeaderValue),
    #[default]
    None,
}

impl AccessRules {
    /// Whether a server at this address must refuse writes from strangers.
    pub(crate) fn is_safe_at(&self, address: IpAddr) -> bool {
        !self.allow_update || self.token.is_some() || address.is_loopback()
    }

    /// Checks the name under which a request reached the server. `local` is the server's own address on the
    /// connection.
    ///
    /// # Errors
    /// If the name is unknown, or there is none where HTTP requires one.
    pub(crate) fn may_reach(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        version: Version,
        local: IpAddr,
    ) -> Result<(), HttpProblem> {
        let mut named = headers.get_all(HOST).iter();
        let header = match (named.next(), named.next()) {
            (Some(host), None) => Some(host.to_str().ok().and_then(|host| host.parse::<Authority>().ok())),
            (Some(_), Some(_)) => return Err(HttpProblem::bad_request("the request has more than one Host header")),
            (None, _) => None,
        };
        // Browsers always send the header, so a request without it does not come from a web page.
        if header.is_none() && version >= Version::HTTP_11 {
            return Err(HttpProblem::bad_request("the request has no Host header"));
        }
        let header = header.map(|host| host.ok_or_else(|| HttpProblem::bad_request("the Host header is not a host")));
        let header = header.transpose()?;
        match header.iter().chain(uri.authority()).find(|host| !self.knows(host.host(), local)) {
            Some(other) => Err(HttpProblem::new(
                StatusCode::MISDIRECTED_REQUEST,
                format!("this server does not answer to the name `{}`", other.host()),
            )
            .help("start it with --host NAME to serve it under that name")),
            None => Ok(()),
        }
    }

    /// Whether the operator named this host, or it is this machine.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.');
        is_loopback(name) || self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    fn knows(&self, name: &str, local: IpAddr) -> bool {
        let name = name.trim_end_matches('.');
        self.is_named(name) || ip(name).is_some_and(|address| address == local.to_canonical())
    }

    /// Whether an agent may call tools with this request. Programs send no origin. A page of a browser does, and only
    /// pages of this server and of the origins that the operator allows may call.
    ///
    /// # Errors
    /// If the request comes from another site.
    pub(crate) fn may_call(&self, headers: &HeaderMap) -> Result<(), HttpProblem> {
        let is_allowed = match &self.cross_origin {
            CrossOrigin::Any => true,
            CrossOrigin::One(site) => headers.get(ORIGIN) == Some(site),
            CrossOrigin::None => false,
        };
        match is_allowed || !from_another_site(headers) {
            true => Ok(()),
            false => Err(HttpProblem::forbidden("calls from pages of other sites are refused")
                .help("start the server with --cors ORIGIN to allow one")),
        }
    }

    /// Whether this request may update.
    ///
    /// Without a token, the server trusts the machine's own users, but not the web pages that they visit. A browser
    /// sends a page's origin with the request. A page whose own name resolves to this machine (DNS rebinding) sends
    /// that name as the host.
    ///
    /// # Errors
    /// If updates are switched off, the token is missing or wrong, or the request comes from another site.
    pub(crate) fn may_update(&self, headers: &HeaderMap) -> Result<(), HttpProblem> {
        if !self.allow_update {
            return Err(
                HttpProblem::forbidden("this server does not take updates").help("start it with --allow-update")
            );
        }
        if from_another_site(headers) {
            return Err(HttpProblem::forbidden("updates from pages of other sites are refused"));
        }
        match &self.token {
            Some(token) if bearer(headers).is_some_and(|given| same(given, token)) => Ok(()),
            Some(_) => Err(HttpProblem::unauthorized()),
            None if is_this_machine(headers) => Ok(()),
            None => Err(HttpProblem::forbidden("updates without a token must be sent to localhost or its address")),
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
    is_loopback(authority.host())
}

/// Names that always resolve to the machine itself: `localhost` and its subdomains (RFC 6761), and loopback addresses.
fn is_loopback(name: &str) -> bool {
    let top = name.rsplit('.').next().unwrap_or(name);
    top.eq_ignore_ascii_case("localhost") || ip(name).is_some_and(|address| address.is_loopback())
}

fn ip(name: &str) -> Option<IpAddr> {
    let address: IpAddr = name.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    Some(address.to_canonical())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Compares in constant time, so that the duration does not reveal how much of the token was right.
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

    fn open() -> AccessRules {
        AccessRules { allow_update: true, ..AccessRules::default() }
    }

    #[test]
    fn nobody_updates_unless_it_is_allowed() {
        let local = headers(&[("host", "localhost:7878")]);
        assert_eq!(AccessRules::default().may_update(&local).unwrap_err().status, 403);
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
    fn agents_call_unless_they_are_pages_of_other_sites() {
        let program = headers(&[("host", "localhost:7878")]);
        let own = headers(&[("host", "localhost:7878"), ("origin", "http://localhost:7878")]);
        let other = headers(&[("host", "localhost:7878"), ("origin", "https://evil.example")]);
        let closed = AccessRules::default();
        assert!(closed.may_call(&program).is_ok() && closed.may_call(&own).is_ok());
        assert_eq!(closed.may_call(&other).unwrap_err().status, 403);
        let site = HeaderValue::from_static("https://notebooks.example.org");
        let one = AccessRules { cross_origin: CrossOrigin::One(site), ..AccessRules::default() };
        assert!(one.may_call(&headers(&[("host", "localhost"), ("origin", "https://notebooks.example.org")])).is_ok());
        assert_eq!(one.may_call(&other).unwrap_err().status, 403);
        assert!(AccessRules { cross_origin: CrossOrigin::Any, ..AccessRules::default() }.may_call(&other).is_ok());
    }

    #[test]
    fn a_token_must_be_the_token() {
        let access = AccessRules { token: Some("s3cret".into()), ..open() };
        let with = |value| headers(&[("host", "kg.example.org"), ("authorization", value)]);
        assert!(access.may_update(&with("Bearer s3cret")).is_ok());
        assert!(access.may_update(&with("bearer s3cret")).is_ok());
        for wrong in ["Bearer s3cre", "Bearer s3cret1", "Bearer ", "Basic s3cret", "s3cret"] {
            assert_eq!(access.may_update(&with(wrong)).unwrap_err().status, 401, "{wrong}");
        }
        assert_eq!(access.may_update(&headers(&[("host", "localhost")])).unwrap_err().status, 401);
    }

    #[test]
    fn the_server_answers_to_names_that_it_knows() {
        let access = AccessRules { hosts: vec!["kg.example.org".into()], ..AccessRules::default() };
        let reach = |host: &'static str| {
            let local = "192.0.2.7".parse().unwrap();
            access.may_reach(&Uri::from_static("/"), &headers(&[("host", host)]), Version::HTTP_11, local)
        };
        for known in [
            "localhost:7878",
            "LOCALHOST",
            "kg.localhost",
            "127.0.0.1:7878",
            "127.8.9.1",
            "[::1]:7878",
            "192.0.2.7",
            "[::ffff:192.0.2.7]:80",
            "kg.example.org:443",
            "KG.Example.org.",
        ] {
            assert!(reach(known).is_ok(), "{known}");
        }
        for other in ["evil.example:7878", "localhost.evil.example", "192.0.2.8", "example.org", "1.kg.example.org"] {
            assert_eq!(reach(other).unwrap_err().status, 421, "{other}");
        }
        assert_eq!(reach("a b").unwrap_err().status, 400);
    }

    #[test]
    fn a_name_in_the_address_counts_as_the_host_does() {
        let local: IpAddr = "127.0.0.1".parse().unwrap();
        let reach = |uri: &'static str, pairs: &[(&'static str, &'static str)], version| {
            AccessRules::default().may_reach(&Uri::from_static(uri), &headers(pairs), version, local)
        };
        let host = [("host", "localhost")];
        assert_eq!(reach("http://evil.example/", &host, Version::HTTP_11).unwrap_err().status, 421);
        assert!(reach("http://localhost:7878/", &host, Version::HTTP_11).is_ok());
        assert_eq!(reach("/", &[], Version::HTTP_11).unwrap_err().status, 400);
        assert!(reach("/", &[], Version::HTTP_10).is_ok());
        let two = [("host", "localhost"), ("host", "evil.example")];
        let mut map = HeaderMap::new();
        two.iter().for_each(|(name, value)| {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        });
        let outcome = AccessRules::default().may_reach(&Uri::from_static("/"), &map, Version::HTTP_11, local);
        assert_eq!(outcome.unwrap_err().status, 400);
    }

    #[test]
    fn beyond_this_machine_updates_need_a_token() {
        let all: IpAddr = "0.0.0.0".parse().unwrap();
        assert!(AccessRules::default().is_safe_at(all));
        assert!(!open().is_safe_at(all));
        assert!(open().is_safe_at("127.0.0.1".parse().unwrap()));
        assert!(AccessRules { token: Some("x".into()), ..open() }.is_safe_at(all));
    }
}
