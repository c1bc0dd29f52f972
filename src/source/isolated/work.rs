//! The side of the worker.

use std::io::{self, Read, Write};
use std::process;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::{MAX_MEMORY, MAX_TIME, TIMED_OUT, read_here, wire};

/// How often the worker checks the time.
const WATCH: Duration = Duration::from_millis(100);

/// Reads papers from `input` and writes the results to `output`, until the input ends.
///
/// # Errors
/// If the caller's process is gone.
pub(crate) fn work(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    limit_memory();
    let began: Arc<Mutex<Option<Instant>>> = Arc::default();
    let watched = Arc::clone(&began);
    thread::Builder::new().name("watch".to_string()).spawn(move || watch(&watched))?;
    while let Some(message) = wire::read(&mut input)? {
        *began.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        let files = postcard::from_bytes(&message).map_err(io::Error::other)?;
        drop(message);
        let answer = serde_json::to_vec(&read_here(files))?;
        *began.lock().unwrap_or_else(PoisonError::into_inner) = None;
        wire::write(&mut output, &answer)?;
    }
    Ok(())
}

/// Ends the process when a file takes too long.
fn watch(began: &Mutex<Option<Instant>>) {
    loop {
        thread::sleep(WATCH);
        let began = *began.lock().unwrap_or_else(PoisonError::into_inner);
        if began.is_some_and(|began| began.elapsed() > MAX_TIME) {
            process::exit(TIMED_OUT);
        }
    }
}

#[cfg(unix)]
fn limit_memory() {
    // If the system refuses, the other limits must suffice.
    let _ = rlimit::setrlimit(rlimit::Resource::AS, MAX_MEMORY, MAX_MEMORY);
    let _ = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0);
}

#[cfg(not(unix))]
fn limit_memory() {}
