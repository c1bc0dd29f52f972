use std::io;

use crate::source::work;
use clap::Args;

use super::failure::CommandFailure;

/// Read whole papers for another process, over standard input and output
#[derive(Args)]
pub(super) struct PaperWorker {}

impl PaperWorker {
    pub(super) fn run(self) -> Result<(), CommandFailure> {
        Ok(work(io::stdin().lock(), io::stdout().lock())?)
    }
}
