//! Waiting in tests. No test depends on the speed of the machine: a test waits so long for an event that only a hang
//! can be the reason for its absence.

use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine. Only a hang exceeds this limit.
pub(crate) const HANG: Duration = Duration::from_mins(2);

/// Waits for an event that must come.
pub(crate) fn until<T>(mut what: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = what() {
            return found;
        }
        assert!(began.elapsed() < HANG, "it never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}
