//! Bold and dim text, where the reader wants it.

use std::fmt::Display;

use papergraph::liveness::{Severity, Verdict};

/// Whether escape sequences are written.
#[derive(Clone, Copy)]
pub struct Paint(pub bool);

impl Paint {
    pub fn bold(self, text: impl Display) -> String {
        self.with("\x1b[1m", text)
    }

    pub fn dim(self, text: impl Display) -> String {
        self.with("\x1b[2m", text)
    }

    /// A verdict in the colour of its severity; the word alone says as much.
    pub fn verdict(self, verdict: Verdict, dead: bool) -> String {
        let code = match verdict.severity() {
            _ if dead => "\x1b[1;31m",
            Severity::Fine => "\x1b[32m",
            Severity::Notice => "\x1b[33m",
            Severity::Unclear => "\x1b[2m",
            Severity::Lost => "\x1b[31m",
        };
        self.with(code, if dead { format!("dead ({verdict})") } else { verdict.to_string() })
    }

    /// The signs around a mention in its sentence: bold, or asterisks.
    pub fn marks(self) -> (&'static str, &'static str) {
        if self.0 { ("\x1b[1m", "\x1b[0m") } else { ("**", "**") }
    }

    fn with(self, code: &str, text: impl Display) -> String {
        if self.0 { format!("{code}{text}\x1b[0m") } else { text.to_string() }
    }
}
