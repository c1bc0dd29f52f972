//! Waiting in tests. No test depends on how fast the machine is: what must come is waited for until only a hang can be
//! the reason that it does not.

use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine. What breaks this bound hangs.
pub(crate) const HANG: Duration = Duration::from_mins(2);

/// Waits for something that must come.
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
