//! Checks links without a graph, for the comparison with other link checkers (`benches/peers/check_peers.py`).
//!
//! `check_links FILE AT_ONE_HOST IN_ALL` asks every address in the file, one a line, and prints how many had which
//! verdict.

use std::collections::BTreeMap;
use std::error::Error;

use papergraph::liveness::{CheckConfig, CheckPlan, Checker, HostLimits, Hosts, Journal, Link, Verdict};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, at_one_host, in_all] = arguments.as_slice() else {
        return Err("check_links FILE AT_ONE_HOST IN_ALL".into());
    };
    let mut config = CheckConfig::new(Hosts::shipped()?);
    config.hosts.default = HostLimits { concurrency: at_one_host.parse()?, per_second: 0.0 };
    config.concurrency = in_all.parse()?;
    config.allow_private = true;
    config.read_pages = false;
    let links = std::fs::read_to_string(file)?
        .lines()
        .map(|url| Link { key: format!("page/{url}"), url: url.to_string() })
        .collect();
    let folder = std::env::temp_dir().join(format!("check-links-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut journal = Journal::open(&folder)?;
    let plan = CheckPlan::new(links, &journal, &config);
    let mut verdicts: BTreeMap<Verdict, usize> = BTreeMap::new();
    Checker::new(config)?.run(plan.due, &mut journal, |outcome| *verdicts.entry(outcome.verdict).or_default() += 1)?;
    journal.finish()?;
    std::fs::remove_dir_all(folder)?;
    println!("{verdicts:?}");
    Ok(())
}
