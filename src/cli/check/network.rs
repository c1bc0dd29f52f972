//! The options of `kg check` about network requests.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::liveness::{CheckConfig, HostLimits, Hosts};
use clap::Args;
use regex::RegexSet;

use crate::cli::failure::CommandFailure;

#[derive(Args)]
#[command(next_help_heading = "Requests")]
pub(super) struct NetworkArgs {
    /// Your address or web page, for operators who are troubled by the checks; part of the User-Agent
    #[arg(long, value_name = "CONTACT", env = "KG_CONTACT")]
    contact: Option<String>,
    /// Skip links whose address matches; may be given several times
    #[arg(long, value_name = "REGEX")]
    exclude: Vec<String>,
    /// Concurrent requests, over all hosts
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: u16,
    /// Concurrent requests to a host that kg does not know [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    per_host: Option<u16>,
    /// Requests per second to a host that kg does not know; 0 for no limit [default: 10]
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<f64>,
    /// How long one request may take
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = parse_duration)]
    timeout: Duration,
    /// Requests about one link before its failure counts for this run
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    tries: u8,
    /// The longest pause that a host may ask for (Retry-After and similar headers); links that would wait longer are
    /// left to a later run
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = parse_duration)]
    patience: Duration,
    /// Do not read pages that answer 200 for signs that they are missing
    #[arg(long)]
    no_page: bool,
    /// A file of hosts (like vocab/hosts.toml), added to the shipped one as a layer; may be given several times
    #[arg(long, value_name = "FILE")]
    hosts: Vec<PathBuf>,
    /// Also request addresses that are not public: this machine, private networks
    #[arg(long)]
    allow_private: bool,
    /// Send requests through this proxy, which resolves names itself, without the guard; proxies from the environment
    /// are not used
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Use this address for a name, as curl does; may be given several times
    #[arg(long, value_name = "HOST:PORT:ADDRESS", value_parser = resolved)]
    resolve: Vec<(String, SocketAddr)>,
    /// Also trust the certificate authorities in this PEM file; may be given several times
    #[arg(long, value_name = "FILE")]
    ca_certificate: Vec<PathBuf>,
}

impl NetworkArgs {
    /// # Errors
    /// If a file cannot be read or is not valid, or `--exclude` is not a regular expression.
    pub(super) fn config(&self) -> Result<CheckConfig, CommandFailure> {
        let mut hosts = Hosts::shipped()?;
        for path in &self.hosts {
            let text = String::from_utf8(read(path)?)
                .map_err(|_| CommandFailure::new(format!("{} is not UTF-8 text", path.display())))?;
            hosts = hosts.with(&path.display().to_string(), &text)?;
        }
        let HostLimits { concurrency, per_second } = hosts.default;
        hosts.default = HostLimits {
            concurrency: self.per_host.map_or(concurrency, usize::from),
            per_second: self.rate.unwrap_or(per_second),
        };
        let mut config = CheckConfig::new(hosts).with_tokens_of_environment();
        config.exclude = RegexSet::new(&self.exclude)
            .map_err(|e| CommandFailure::usage(format!("--exclude is not a regular expression: {e}")))?;
        config.certificates = self.ca_certificate.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
        config.resolve = self.resolve.iter().cloned().collect();
        config.contact.clone_from(&self.contact);
        config.concurrency = usize::from(self.concurrency);
        config.timeout = self.timeout;
        config.connect_timeout = config.connect_timeout.min(self.timeout);
        config.link_time = self.timeout.saturating_mul(u32::from(self.tries));
        config.tries = usize::from(self.tries);
        config.patience = self.patience;
        config.read_pages = !self.no_page;
        config.allow_private = self.allow_private;
        config.proxy.clone_from(&self.proxy);
        config.stop_on_signal = true;
        Ok(config)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, CommandFailure> {
    std::fs::read(path).map_err(|e| CommandFailure::new(format!("cannot read {}: {e}", path.display())))
}

/// A duration: `7d`, `12h`, `90s`, `1w 2d`, or `0`.
pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let wrong = || format!("`{text}` is not a duration; write 30s, 12h, 7d or 0");
    let span: jiff::Span = text.parse().map_err(|_| wrong())?;
    let length = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).map_err(|_| wrong())?;
    length.try_into().map_err(|_| wrong())
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0);
    number.ok_or_else(|| "must be a number of at least 0".to_string())
}

/// `example.org:443:127.0.0.1:8443`. The port after the address can be left out; it is then the requested port.
fn resolved(text: &str) -> Result<(String, SocketAddr), String> {
    let wrong = || format!("`{text}` is not HOST:PORT:ADDRESS");
    let (host, rest) = text.split_once(':').ok_or_else(wrong)?;
    let (port, address) = rest.split_once(':').ok_or_else(wrong)?;
    let port: u16 = port.parse().map_err(|_| wrong())?;
    let at = address.parse().or_else(|_| {
        let ip = address.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        ip.map(|ip| SocketAddr::new(ip, port))
    });
    Ok((host.to_lowercase(), at.map_err(|_| wrong())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_with_their_unit() {
        let seconds = |text| parse_duration(text).map(|d| d.as_secs_f64());
        assert_eq!(seconds("90s"), Ok(90.0));
        assert_eq!(seconds("1w 2d"), Ok(9.0 * 86400.0));
        assert_eq!(seconds("250ms"), Ok(0.25));
        assert_eq!(seconds("0"), Ok(0.0));
        for wrong in ["", "d", "7 things", "-1s", "1e400d", "nan"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
