//! What a long command says when the user ends it.

/// On Ctrl-C and SIGTERM prints `message` and ends the process, with the exit code that shells expect. For work that
/// survives being killed at any moment: nothing is cleaned up.
#[cfg(unix)]
pub fn say_on_interrupt(message: &'static str) {
    use std::io::Write as _;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    // Without the thread the system ends the process, which only says less.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    let _ = std::thread::Builder::new().name("interrupt".into()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let _ = writeln!(std::io::stderr(), "\ninterrupted: {message}");
            // Not `std::process::exit`, which would run the destructors of RocksDB beside its threads.
            signal_hook::low_level::exit(128 + signal);
        }
    });
}

#[cfg(not(unix))]
pub fn say_on_interrupt(_message: &'static str) {}
