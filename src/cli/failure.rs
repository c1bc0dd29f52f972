use std::io::{self, Write};
use std::process::ExitCode;

#[cfg(feature = "check")]
use crate::checks::RunError;
use crate::export::printable;
#[cfg(feature = "check")]
use crate::fetch::FetchError;
#[cfg(feature = "check")]
use crate::liveness::{CheckError, HostsError};
use crate::query::{OutputError, QueryError};
use crate::store::StoreError;

/// An error message for the user: what is wrong, and what to do.
#[derive(Debug)]
pub(super) struct CommandFailure {
    message: String,
    help: Option<String>,
    code: u8,
    broken_pipe: bool,
    /// Whether the search index failed.
    of_index: bool,
}

/// Every exit code and its meaning. `kg --help` and the skill list them; docs/agents.md has the same table.
pub(super) const EXIT_CODES: [(u8, &str); 6] = [
    (0, "done; also when the reader of the output went away"),
    (ERROR, "an error: standard error says what is wrong and what to do"),
    (USAGE, "wrong usage: unknown, missing or contradictory arguments"),
    (NETWORK, "network: no host can be reached, or the service gives no answer"),
    (FOUND, "`kg check --fail-on` found a link in one of the states that it names"),
    (INTERRUPTED, "interrupted (Ctrl-C)"),
];

const ERROR: u8 = 1;
/// Exit code for wrong usage, the same as that of clap.
const USAGE: u8 = 2;
/// Exit code of a command that needs the network and reaches no host.
const NETWORK: u8 = 3;
/// Exit code of a check that found what `--fail-on` names.
const FOUND: u8 = 4;
/// Exit code after Ctrl-C, as in shells: 128 plus the number of SIGINT.
const INTERRUPTED: u8 = 130;

impl CommandFailure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, code: ERROR, broken_pipe: false, of_index: false }
    }

    /// Arguments that do not fit together; exit code 2.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, ..Self::new(message) }
    }

    /// The command needs the network and reaches no host; exit code 3.
    #[cfg(feature = "check")]
    fn of_network(self, is_unreachable: bool) -> Self {
        Self { code: if is_unreachable { NETWORK } else { self.code }, ..self }
    }

    /// A check found what it was asked to fail on; exit code 4.
    pub(super) fn found(message: impl Into<String>) -> Self {
        Self { code: FOUND, ..Self::new(message) }
    }

    /// The user interrupted the command; exit code 130.
    pub(super) fn interrupted(message: impl Into<String>) -> Self {
        Self { code: INTERRUPTED, ..Self::new(message) }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }

    pub(super) fn is_of_index(&self) -> bool {
        self.of_index
    }

    pub(super) fn code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }

    pub(super) fn print(&self, color: bool) -> io::Result<()> {
        let (red, cyan, plain) = if color { ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m") } else { ("", "", "") };
        let mut err = io::stderr().lock();
        writeln!(err, "{red}error:{plain} {}", lines(&self.message))?;
        if let Some(help) = &self.help {
            writeln!(err, "{cyan}help:{plain} {}", lines(help))?;
        }
        Ok(())
    }
}

/// A message made safe for the terminal. It can have several lines and quote text with control characters.
pub(super) fn lines(message: &str) -> String {
    message.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

impl From<StoreError> for CommandFailure {
    fn from(error: StoreError) -> Self {
        let of_index = matches!(error, StoreError::Index(_));
        Self { of_index, ..Self::new(error.to_string()).help(error.help()) }
    }
}

#[cfg(feature = "check")]
impl From<HostsError> for CommandFailure {
    fn from(error: HostsError) -> Self {
        Self::new(error.to_string()).help("see docs/hosts.md for the format")
    }
}

impl From<QueryError> for CommandFailure {
    fn from(error: QueryError) -> Self {
        let failure = Self::new(error.to_string());
        match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        }
    }
}

impl From<OutputError> for CommandFailure {
    fn from(error: OutputError) -> Self {
        match error {
            OutputError::Query(error) => error.into(),
            OutputError::Write(error) => error.into(),
        }
    }
}

#[cfg(feature = "check")]
impl From<FetchError> for CommandFailure {
    fn from(error: FetchError) -> Self {
        let is_unreachable = matches!(error, FetchError::Unreachable { .. });
        Self::new(error.to_string()).help(error.help()).of_network(is_unreachable)
    }
}

#[cfg(feature = "check")]
impl From<RunError> for CommandFailure {
    fn from(error: RunError) -> Self {
        let is_unreachable = matches!(error, RunError::Check(CheckError::Offline { .. }));
        Self::new(error.to_string()).help(error.help()).of_network(is_unreachable)
    }
}

/// Errors from writing results. Errors from reading name the file, and are reported elsewhere.
impl From<io::Error> for CommandFailure {
    fn from(error: io::Error) -> Self {
        let broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
        Self { broken_pipe, ..Self::new(format!("cannot write the output: {error}")) }
    }
}
