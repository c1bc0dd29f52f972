//! Checks whether repositories and pages still exist: over HTTP, politely and safely, with a journal of outcomes.
//!
//! [`Plan`] selects the links that are due. [`Checker`] asks them and writes each [`Outcome`] into the [`Journal`] at
//! once. The descriptions of hosts are data ([`Hosts`], `vocab/hosts.toml`).

mod address;
mod batch;
mod checker;
mod client;
mod config;
mod gate;
mod hosts;
mod journal;
mod net;
mod outcome;
mod page;
mod pointer;
mod reached;
mod repository;
mod resolve;
mod site;
mod soft404;
mod template;
mod trouble;
mod verdict;
mod wishes;

pub use checker::{CheckError, Checker, End, Plan};
pub use client::{Client, Got, NoAnswer};
pub use config::Config;
pub use hosts::{Hosts, HostsError, Limits};
pub use journal::{Journal, JournalError};
pub use outcome::{Confirm, Facts, Link, Outcome, Streak};
pub use resolve::Lookup;
pub use verdict::{Certainty, Severity, Verdict};
