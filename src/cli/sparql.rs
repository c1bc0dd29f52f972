//! Reads the text of a query or update.

use std::io::{self, Read};

use super::failure::CommandFailure;

/// The text of a file, or of standard input if the name is `-`.
pub(super) fn read_file(name: &str) -> Result<String, CommandFailure> {
    if name == "-" {
        let mut text = String::new();
        io::stdin()
            .read_to_string(&mut text)
            .map_err(|e| CommandFailure::new(format!("cannot read standard input: {e}")))?;
        return Ok(text);
    }
    std::fs::read_to_string(name).map_err(|e| CommandFailure::new(format!("cannot read {name}: {e}")))
}
