use std::sync::{Mutex, MutexGuard, PoisonError};

use super::trouble::RequestTrouble;
use super::verdict::Verdict;

/// What this run has learnt about one site, so that it does not repeat hopeless requests.
#[derive(Debug, Default)]
pub(super) struct KnownSite(Mutex<SiteState>);

#[derive(Debug, Default)]
struct SiteState {
    refuses_head: bool,
    /// Number of consecutive links for which the site was unreachable.
    failures: u32,
    down: Option<RequestTrouble>,
}

/// Number of unreachable links after which the other links of the site are not asked.
const ENOUGH: u32 = 3;

impl KnownSite {
    pub(super) fn refuses_head(&self) -> bool {
        self.state().refuses_head
    }

    pub(super) fn note_refused_head(&self) {
        self.state().refuses_head = true;
    }

    /// Why requests to the site are pointless, if they are.
    pub(super) fn down(&self) -> Option<RequestTrouble> {
        self.state().down.clone()
    }

    pub(super) fn note_answer(&self) {
        let mut state = self.state();
        (state.failures, state.down) = (0, None);
    }

    /// Records that a link failed after all its tries.
    pub(super) fn note_failure(&self, trouble: &RequestTrouble) {
        if !trouble.is_of_host() {
            return;
        }
        let mut state = self.state();
        state.failures += 1;
        // A name that does not resolve fails for every link.
        if state.failures >= ENOUGH || trouble.verdict == Verdict::Dns {
            let reason =
                format!("{}; not requested, because other links of the host failed in this way", trouble.reason);
            state.down = Some(RequestTrouble { reason, ..trouble.clone() });
        }
    }

    fn state(&self) -> MutexGuard<'_, SiteState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
