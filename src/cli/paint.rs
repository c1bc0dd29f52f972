//! Bold and dim text, where the reader wants it.

use std::fmt::Display;

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

    /// The signs around a mention in its sentence: bold, or asterisks.
    pub fn marks(self) -> (&'static str, &'static str) {
        if self.0 { ("\x1b[1m", "\x1b[0m") } else { ("**", "**") }
    }

    fn with(self, code: &str, text: impl Display) -> String {
        if self.0 { format!("{code}{text}\x1b[0m") } else { text.to_string() }
    }
}
