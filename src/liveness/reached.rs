use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::trouble::RequestTrouble;

/// Whether a run has reached any host.
///
/// A machine without a network finds no host for any link. That says nothing about the links, so it must not be
/// recorded as their verdict.
#[derive(Debug, Default)]
pub(super) struct AnyHostReached {
    reached: AtomicBool,
    /// Whether one failure alone shows that this machine is cut off.
    cut_off: AtomicBool,
    /// Hosts, with ports, that could not be reached.
    failed: Mutex<BTreeSet<String>>,
}

impl AnyHostReached {
    /// Records that a host answered, refused the connection, or spoke something other than expected.
    pub(super) fn note_host(&self) {
        self.reached.store(true, Ordering::Relaxed);
    }

    /// Records that no connection was made. `is_known` means that the program knows the host, and known hosts always
    /// have an address.
    pub(super) fn note_failure(&self, host: String, trouble: &RequestTrouble, is_known: bool) {
        if trouble.is_local || is_known && trouble.verdict == super::Verdict::Dns {
            self.cut_off.store(true, Ordering::Relaxed);
        }
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).insert(host);
    }

    pub(super) fn anyone(&self) -> bool {
        self.reached.load(Ordering::Relaxed)
    }

    /// The number of hosts that could not be reached.
    pub(super) fn failed(&self) -> usize {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether no host was reached because of this machine. One unknown host that does not answer is no proof: it may
    /// be down itself.
    pub(super) fn is_offline(&self) -> bool {
        !self.anyone() && (self.cut_off.load(Ordering::Relaxed) || self.failed() > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn failing(hosts: &[(&str, RequestTrouble, bool)]) -> AnyHostReached {
        let reached = AnyHostReached::default();
        hosts.iter().for_each(|(host, trouble, is_known)| reached.note_failure((*host).into(), trouble, *is_known));
        reached
    }

    fn trouble(verdict: Verdict) -> RequestTrouble {
        RequestTrouble::new(verdict, "")
    }

    #[test]
    fn one_unknown_host_that_fails_may_be_down_itself() {
        assert!(!failing(&[]).is_offline());
        assert!(!failing(&[("a.example", trouble(Verdict::Dns), false)]).is_offline());
        assert!(!failing(&[("a.example", trouble(Verdict::Timeout), true)]).is_offline());
    }

    #[test]
    fn a_machine_is_offline_if_several_hosts_fail_or_one_that_always_has_an_address() {
        let (dns, timeout) = (trouble(Verdict::Dns), trouble(Verdict::Timeout));
        assert!(failing(&[("a.example", dns.clone(), false), ("b.example", timeout, false)]).is_offline());
        assert!(failing(&[("github.com", dns.clone(), true)]).is_offline());
        let unreachable = RequestTrouble { is_local: true, ..trouble(Verdict::Refused) };
        assert!(failing(&[("a.example", unreachable, false)]).is_offline());
    }

    #[test]
    fn a_single_host_that_is_reached_proves_the_network() {
        let reached =
            failing(&[("a.example", trouble(Verdict::Dns), true), ("b.example", trouble(Verdict::Dns), true)]);
        reached.note_host();
        assert!(!reached.is_offline());
    }
}
