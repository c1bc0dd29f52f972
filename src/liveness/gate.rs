use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBuilder};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::hosts::HostLimits;

/// Per-host limiter: concurrency, rate, and the pauses that the host asks for.
#[derive(Debug)]
pub(super) struct HostGate {
    slots: Semaphore,
    rate: Option<DefaultDirectRateLimiter>,
    state: Mutex<GateState>,
}

#[derive(Debug, Default)]
struct GateState {
    closed_until: Option<Instant>,
    /// Number of rate-limit refusals since the last answer.
    refusals: usize,
}

/// The host asks for a longer pause than we wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClosedGate {
    pub until: Instant,
}

impl HostGate {
    pub(super) fn new(limits: HostLimits) -> Self {
        let period = Duration::try_from_secs_f64(1.0 / limits.per_second).ok();
        Self {
            slots: Semaphore::new(limits.concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            // One request at a time: the limit is there to prevent bursts.
            rate: period
                .and_then(Quota::with_period)
                .map(|quota| RateLimiter::direct(quota.allow_burst(NonZeroU32::MIN))),
            state: Mutex::default(),
        }
    }

    /// Waits until a request may be sent. The request counts as under way until the returned permit is dropped.
    pub(super) async fn enter(&self, patience: Duration) -> Result<SemaphorePermit<'_>, ClosedGate> {
        self.check_open(patience)?;
        // The semaphore is never closed, so a permit becomes free eventually.
        let Ok(slot) = self.slots.acquire().await else { return Err(ClosedGate { until: Instant::now() }) };
        loop {
            if let Some(wait) = self.check_open(patience)? {
                tokio::time::sleep(wait).await;
                continue;
            }
            match self.rate.as_ref().map(|rate| rate.check()) {
                Some(Err(early)) => tokio::time::sleep(early.wait_time_from(DefaultClock::default().now())).await,
                _ => return Ok(slot),
            }
        }
    }

    /// How long the pause still lasts.
    fn check_open(&self, patience: Duration) -> Result<Option<Duration>, ClosedGate> {
        let Some(until) = self.state().closed_until else { return Ok(None) };
        let wait = until.saturating_duration_since(Instant::now());
        if wait > patience {
            return Err(ClosedGate { until });
        }
        Ok((!wait.is_zero()).then_some(wait))
    }

    /// Starts a pause that the host asked for.
    pub(super) fn close(&self, pause: Duration) {
        let Some(until) = Instant::now().checked_add(pause) else { return };
        let mut state = self.state();
        state.closed_until = Some(state.closed_until.map_or(until, |known| known.max(until)));
    }

    /// Starts a pause for a host that refuses because of its rate limit and names no duration. Each one is longer than
    /// the last. Returns its duration.
    pub(super) fn close_for_a_while(&self, first: Duration, longest: Duration) -> Duration {
        let refusals = {
            let mut state = self.state();
            state.refusals += 1;
            state.refusals
        };
        let pause = backoff(first, longest).nth(refusals - 1).unwrap_or(longest);
        self.close(pause);
        pause
    }

    /// The host answered, so the count of refusals starts from zero.
    pub(super) fn answered(&self) {
        self.state().refusals = 0;
    }

    fn state(&self) -> MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Pauses that double, with jitter, so that requests that failed together are not sent together again.
pub(super) fn backoff(first: Duration, longest: Duration) -> impl Iterator<Item = Duration> {
    ExponentialBuilder::new()
        .with_min_delay(first.min(longest))
        .with_max_delay(longest)
        .with_factor(2.0)
        .with_jitter()
        .with_jitter_seed(fastrand::u64(..))
        .without_max_times()
        .build()
        .map(move |pause| pause.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    #[test]
    fn requests_are_spread_and_bounded() {
        block_on(async {
            let gate = HostGate::new(HostLimits { concurrency: 2, per_second: 100.0 });
            let begun = Instant::now();
            for _ in 0..5 {
                drop(gate.enter(Duration::ZERO).await.unwrap());
            }
            assert!(begun.elapsed() >= Duration::from_millis(38), "{:?}", begun.elapsed());
            let _two = (gate.enter(Duration::ZERO).await.unwrap(), gate.enter(Duration::ZERO).await.unwrap());
            let third = tokio::time::timeout(Duration::from_millis(50), gate.enter(Duration::ZERO)).await;
            assert!(third.is_err(), "both slots are taken");
        });
    }

    #[test]
    fn a_host_that_wants_to_be_left_alone_is() {
        block_on(async {
            let gate = HostGate::new(HostLimits { concurrency: 1, per_second: 0.0 });
            gate.close(Duration::from_millis(60));
            assert!(gate.enter(Duration::from_millis(10)).await.is_err(), "longer than we are patient");
            let begun = Instant::now();
            drop(gate.enter(Duration::from_secs(1)).await.unwrap());
            assert!(begun.elapsed() >= Duration::from_millis(40));
        });
    }

    #[test]
    fn refusals_make_the_pauses_longer_and_an_answer_makes_them_short_again() {
        let gate = HostGate::new(HostLimits { concurrency: 1, per_second: 0.0 });
        let (first, longest) = (Duration::from_secs(1), Duration::from_mins(1));
        let pauses: Vec<_> = (0..8).map(|_| gate.close_for_a_while(first, longest)).collect();
        assert!(pauses[0] < pauses[2] && pauses[2] < pauses[4], "{pauses:?}");
        assert!(pauses.iter().all(|pause| *pause <= 2 * longest));
        gate.answered();
        assert!(gate.close_for_a_while(first, longest) <= Duration::from_secs(2));
    }
}
