//! The message when the user interrupts a long command.

/// On Ctrl-C or SIGTERM, prints `message` and ends the process with the exit code that shells expect. Only for work
/// that survives being killed at any moment: there is no cleanup.
#[cfg(unix)]
pub(super) fn say_on_interrupt(message: &'static str) {
    use std::io::Write as _;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    // Without the thread, the signal still ends the process, but without a message.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    let _ = std::thread::Builder::new().name("interrupt".into()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let _ = writeln!(std::io::stderr(), "\ninterrupted: {message}");
            // Not `std::process::exit`, which would run the destructors of RocksDB while its threads are running.
            signal_hook::low_level::exit(128 + signal);
        }
    });
}

#[cfg(not(unix))]
pub fn say_on_interrupt(_message: &'static str) {}
