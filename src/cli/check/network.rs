//! How the network is asked: the options of `kg check` that are about requests.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use papergraph::liveness::{Config, Confirm, Hosts, Limits};
use regex::RegexSet;

use crate::cli::failure::Failure;

#[derive(Args)]
#[command(next_help_heading = "Network")]
pub struct Network {
    /// How long an answer holds; what is younger is not asked again (30m, 12h, 7d)
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = duration)]
    max_age: Duration,
    /// Runs on which a link must be missing before it is called dead
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    confirm: u32,
    /// How far apart these runs must be to count
    #[arg(long, value_name = "TIME", default_value = "1d", value_parser = duration)]
    confirm_apart: Duration,
    /// Your address or page, told to every host so that they can reach you
    #[arg(long, value_name = "TEXT", env = "KG_CONTACT")]
    contact: Option<String>,
    /// Leave out links whose address this regular expression fits; may be given several times
    #[arg(long, value_name = "REGEX")]
    exclude: Vec<String>,
    /// Requests under way at one time, over all hosts
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = count)]
    concurrency: usize,
    /// Requests under way at one time on a host that is not in hosts.toml
    #[arg(long, value_name = "N", value_parser = count)]
    per_host: Option<usize>,
    /// Requests a second to a host that is not in hosts.toml; 0 for no limit
    #[arg(long, value_name = "N", value_parser = rate)]
    rate: Option<f64>,
    /// Time for one request
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    timeout: Duration,
    /// The longest wait that a host may ask for (Retry-After); what would have to wait longer is left to the next run
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = duration)]
    patience: Duration,
    /// Requests about one link within a run before its failure is believed
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = count)]
    tries: usize,
    /// Do not read pages that answer 200 for a sign that they are not there
    #[arg(long)]
    no_page: bool,
    /// What you know of hosts, in the format of vocab/hosts.toml; may be given several times, the last wins
    #[arg(long, value_name = "FILE")]
    hosts: Vec<PathBuf>,
    /// Also ask addresses that not everyone can reach (127.0.0.1, 10.0.0.0/8 …): for intranets
    #[arg(long)]
    allow_private: bool,
    /// Ask through this proxy, which then resolves the names unguarded; proxies of the environment are not used
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Where a name leads, instead of asking the system; may be given several times
    #[arg(long, value_name = "NAME=ADDRESS:PORT", value_parser = resolution)]
    resolve: Vec<(String, SocketAddr)>,
    /// Certificates of authorities (PEM) to trust besides those of the system; may be given several times
    #[arg(long, value_name = "FILE")]
    ca_certificate: Vec<PathBuf>,
}

impl Network {
    pub fn config(&self) -> Result<Config, Failure> {
        let mut hosts = Hosts::shipped()?;
        for path in &self.hosts {
            let text = read(path).and_then(|bytes| {
                String::from_utf8(bytes).map_err(|_| Failure::new(format!("{} is not UTF-8 text", path.display())))
            })?;
            hosts = hosts.with(&path.display().to_string(), &text)?;
        }
        let Limits { concurrency, per_second } = hosts.default;
        hosts.default =
            Limits { concurrency: self.per_host.unwrap_or(concurrency), per_second: self.rate.unwrap_or(per_second) };
        let mut config = Config::new(hosts).with_tokens_of_environment();
        config.exclude = RegexSet::new(&self.exclude)
            .map_err(|error| Failure::usage(format!("--exclude has no regular expression: {error}")))?;
        config.max_age = self.max_age;
        config.confirm = Confirm { times: self.confirm, apart: self.confirm_apart };
        config.contact.clone_from(&self.contact);
        config.concurrency = self.concurrency;
        config.timeout = self.timeout;
        config.connect_timeout = config.connect_timeout.min(self.timeout);
        config.link_time = self.timeout.saturating_mul(3);
        config.patience = self.patience;
        config.tries = self.tries;
        config.read_pages = !self.no_page;
        config.allow_private = self.allow_private;
        config.proxy.clone_from(&self.proxy);
        config.resolve = self.resolve.iter().cloned().collect();
        config.certificates = self.ca_certificate.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
        config.stop_on_signal = true;
        Ok(config)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))
}

/// `90s`, `30m`, `12h`, `7d`; a bare number is of seconds.
fn duration(text: &str) -> Result<Duration, String> {
    const UNITS: [(&str, f64); 5] = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86400.0)];
    let wrong = || format!("`{text}` is no time; write 90s, 30m, 12h or 7d");
    let digits = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "" => 1.0,
        unit => UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?.1,
    };
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(number * factor).map_err(|_| wrong())
}

fn count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "must be a whole number of at least 1".to_string())
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|n: &f64| n.is_finite() && *n >= 0.0);
    number.ok_or_else(|| "must be a number of at least 0".to_string())
}

fn resolution(text: &str) -> Result<(String, SocketAddr), String> {
    let wrong = || format!("`{text}` is not NAME=ADDRESS:PORT, as example.org=127.0.0.1:8080");
    let (name, address) = text.split_once('=').ok_or_else(wrong)?;
    Ok((name.to_lowercase(), address.parse().map_err(|_| wrong())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_their_unit() {
        let seconds = |text| duration(text).map(|d| d.as_secs_f64());
        assert_eq!(seconds("90"), Ok(90.0));
        assert_eq!(seconds("1.5h"), Ok(5400.0));
        assert_eq!(seconds("7d"), Ok(604_800.0));
        assert_eq!(seconds("250ms"), Ok(0.25));
        for wrong in ["", "d", "7w", "-1s", "1e400d", "nan"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
