//! Checks whether repositories and pages still exist: over HTTP, politely and safely, with a journal of outcomes.
//!
//! [`CheckPlan`] selects the links that are due. [`Checker`] asks them and writes each [`CheckOutcome`] into the
//! [`Journal`] at once. The descriptions of hosts are data ([`Hosts`], `vocab/hosts.toml`).

#[cfg(feature = "check")]
mod address;
#[cfg(feature = "check")]
mod batch;
#[cfg(feature = "check")]
mod checker;
#[cfg(feature = "check")]
mod client;
#[cfg(feature = "check")]
mod config;
#[cfg(feature = "check")]
mod gate;
#[cfg(feature = "check")]
mod hosts;
mod journal;
#[cfg(feature = "check")]
mod net;
mod outcome;
#[cfg(feature = "check")]
mod page;
#[cfg(feature = "check")]
mod pointer;
#[cfg(feature = "check")]
mod reached;
#[cfg(feature = "check")]
mod repository;
#[cfg(feature = "check")]
mod resolve;
#[cfg(feature = "check")]
mod site;
#[cfg(feature = "check")]
mod soft404;
#[cfg(feature = "check")]
mod template;
#[cfg(feature = "check")]
mod trouble;
mod verdict;
#[cfg(feature = "check")]
mod wishes;

#[cfg(feature = "check")]
pub use checker::{CheckError, CheckPlan, Checker, RunEnd};
#[cfg(feature = "check")]
pub(crate) use client::{NoAnswer, ServiceAnswer, ServiceClient};
#[cfg(feature = "check")]
pub use config::CheckConfig;
#[cfg(feature = "check")]
pub use hosts::{HostLimits, Hosts, HostsError};
pub use journal::{Journal, JournalError};
pub use outcome::{CheckOutcome, ConfirmRule, Link, RepositoryFacts};
pub(crate) use outcome::{FailureStreak, PastCheck};
#[cfg(feature = "check")]
pub use resolve::AddressLookup;
pub use verdict::{Certainty, Severity, Verdict};
