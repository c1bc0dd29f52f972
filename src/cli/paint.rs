//! Bold, dim and coloured text.

use std::fmt::Display;

use crate::liveness::{Severity, Verdict};

/// Whether to write escape sequences.
#[derive(Clone, Copy)]
pub(super) struct TerminalPaint(pub bool);

impl TerminalPaint {
    pub(super) fn bold(self, text: impl Display) -> String {
        self.with("\x1b[1m", text)
    }

    pub(super) fn dim(self, text: impl Display) -> String {
        self.with("\x1b[2m", text)
    }

    /// A verdict in the colour of its severity. The word alone carries the same information.
    pub(super) fn verdict(self, verdict: Verdict, dead: bool) -> String {
        let code = match verdict.severity() {
            _ if dead => "\x1b[1;31m",
            Severity::Fine => "\x1b[32m",
            Severity::Notice => "\x1b[33m",
            Severity::Unclear => "\x1b[2m",
            Severity::Lost => "\x1b[31m",
        };
        self.with(code, if dead { format!("dead ({verdict})") } else { verdict.to_string() })
    }

    /// The markers around a mention in its sentence: bold, or asterisks.
    pub(super) fn marks(self) -> (&'static str, &'static str) {
        if self.0 { ("\x1b[1m", "\x1b[0m") } else { ("**", "**") }
    }

    fn with(self, code: &str, text: impl Display) -> String {
        if self.0 { format!("{code}{text}\x1b[0m") } else { text.to_string() }
    }
}
