//! Repairs a damaged search index that a command ran into: the index is rebuilt, and the user is asked to run the
//! command again.
//!
//! Opening an index compares only a part of it with its checksums. Other damage shows up while a command runs, as
//! an error or as a panic in the library that reads the index. By then, the command may have printed part of its
//! answer.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use crate::store::GraphStore;

use super::failure::CommandFailure;
use super::{Command, CommandContext};

/// The message of the last panic.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Runs a command. A server handles the failures of its answers itself, and reports them.
pub(super) fn run(command: Command, context: &CommandContext) -> Result<(), CommandFailure> {
    #[cfg(feature = "serve")]
    if matches!(command, Command::Serve(_) | Command::Mcp(_)) {
        return command.run(context);
    }
    panic::set_hook(Box::new(|info| {
        *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = Some(info.to_string());
    }));
    match panic::catch_unwind(AssertUnwindSafe(|| command.run(context))) {
        Ok(Err(failure)) if failure.is_of_index() => Err(mend(context).unwrap_or(failure)),
        Ok(result) => result,
        Err(payload) => {
            if let Some(failure) = mend(context) {
                return Err(failure);
            }
            let message = PANIC.lock().unwrap_or_else(PoisonError::into_inner).take();
            eprintln!("{}", message.unwrap_or_default());
            panic::resume_unwind(payload)
        }
    }
}

/// Rebuilds the index if it is damaged. `None` if it is sound or cannot be rebuilt; the first failure is then more
/// useful.
fn mend(context: &CommandContext) -> Option<CommandFailure> {
    let mended = panic::catch_unwind(AssertUnwindSafe(|| GraphStore::mend_index(&context.store)));
    match mended {
        Ok(Ok(true)) => {
            let failure = CommandFailure::new("the search index was damaged and has been rebuilt from the graph");
            Some(failure.help("run the command again"))
        }
        Ok(Ok(false) | Err(_)) | Err(_) => None,
    }
}
