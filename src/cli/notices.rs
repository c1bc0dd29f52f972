//! Prints the library's warnings on standard error: things that the user should know although nothing failed.

use std::io::Write as _;

use log::{LevelFilter, Log, Metadata, Record};

struct PrintedNotices;

/// Warnings of other crates do not concern the user.
const OURS: &str = env!("CARGO_PKG_NAME");

impl Log for PrintedNotices {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Warn && metadata.target().starts_with(OURS)
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let _ = writeln!(std::io::stderr(), "{}", record.args());
        }
    }

    fn flush(&self) {}
}

pub(super) fn install(quiet: bool) {
    if log::set_logger(&PrintedNotices).is_ok() {
        log::set_max_level(if quiet { LevelFilter::Off } else { LevelFilter::Warn });
    }
}
