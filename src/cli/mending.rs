//! A command that meets a damaged search index: the index is made again, and the user is asked to ask again.
//!
//! Opening an index compares a part of it with its checksums. What is damaged beyond that shows as an error, or as a panic
//! in the library that reads the index, while a command runs; it may then have printed a part of its answer.

use std::panic::{self, AssertUnwindSafe};
use std::sync::{Mutex, PoisonError};

use papergraph::store::GraphStore;

use super::failure::Failure;
use super::{Command, Context};

/// What the last panic said.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Runs a command. A server catches what its answers meet, and prints it, itself.
pub fn run(command: Command, context: &Context) -> Result<(), Failure> {
    if matches!(command, Command::Serve(_)) {
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

/// Makes the index again if it is damaged; `None` if it is sound, or cannot be made: then the first failure says more.
fn mend(context: &Context) -> Option<Failure> {
    let mended = panic::catch_unwind(AssertUnwindSafe(|| GraphStore::mend_index(&context.store)));
    match mended {
        Ok(Ok(true)) => {
            let failure = Failure::new("the search index was damaged; it has been made again from the graph");
            Some(failure.help("run the command again"))
        }
        Ok(Ok(false) | Err(_)) | Err(_) => None,
    }
}
