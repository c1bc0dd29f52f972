//! The message when the user interrupts a long command.

use std::sync::{Mutex, PoisonError};

static MESSAGE: Mutex<&str> = Mutex::new("");

/// On Ctrl-C or SIGTERM, prints `message` and ends the process with the exit code that shells expect. Only for work
/// that survives being killed at any moment: there is no cleanup.
#[cfg(unix)]
pub(super) fn say_on_interrupt(message: &'static str) {
    use std::io::Write as _;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    say_instead_on_interrupt(message);
    // Without the thread, the signal still ends the process, but without a message.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    let _ = std::thread::Builder::new().name("interrupt".into()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let message = *MESSAGE.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = writeln!(std::io::stderr(), "\ninterrupted: {message}");
            // Not `std::process::exit`, which would run the destructors of RocksDB while its threads are running.
            signal_hook::low_level::exit(128 + signal);
        }
    });
}

#[cfg(not(unix))]
pub(super) fn say_on_interrupt(message: &'static str) {
    say_instead_on_interrupt(message);
}

/// Replaces the message of [`say_on_interrupt`] when the work has reached its next part.
pub(super) fn say_instead_on_interrupt(message: &'static str) {
    *MESSAGE.lock().unwrap_or_else(PoisonError::into_inner) = message;
}
