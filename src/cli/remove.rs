use crate::pipeline::{self, BuildRequest, BuildTask};
use clap::Args;

use super::CommandContext;
use super::build::{INTERRUPTED, list_boards, report};
use super::failure::CommandFailure;
use super::input;
use super::interrupt::say_on_interrupt;
use super::progress::Progress;

/// Remove what one source contributed
///
/// Papers that only this source has are removed, with every node that only they name. Papers that other sources also
/// have keep the statements of those sources.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RemoveArgs {
    /// A file, with the name that `kg show PAPER` prints; may be given several times
    #[arg(long, value_name = "FILE", required = true)]
    source: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  kg remove --source listing.txt
  kg remove --source -               what came from standard input";

impl RemoveArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        context.open()?;
        let vocabulary = context.vocabulary()?;
        let progress = Progress::new(context, false, false);
        let request = BuildRequest {
            store: &context.store,
            base: None,
            vocabulary: &vocabulary,
            task: BuildTask::Remove { sources: self.source },
            rebuild: false,
            candidates: false,
            limits: None,
        };
        say_on_interrupt(INTERRUPTED);
        let outcome = pipeline::build(&request, &progress);
        if outcome.is_ok() {
            list_boards(context);
        }
        progress.end(outcome.is_err());
        report(&outcome.map_err(|error| input::failure(error, 0))?, context);
        Ok(())
    }
}
