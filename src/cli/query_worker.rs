use std::io;

use crate::query::work;
use clap::Args;

use super::CommandContext;
use super::failure::CommandFailure;

/// Answer queries for a server, over standard input and output
#[derive(Args)]
pub(super) struct QueryWorker {}

impl QueryWorker {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        Ok(work(&context.store, io::stdin().lock(), io::stdout().lock())?)
    }
}
