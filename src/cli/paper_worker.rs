use std::io;

use clap::Args;
use papergraph::source::work;

use super::failure::Failure;

/// Read whole papers for another process, over standard input and output
#[derive(Args)]
pub struct PaperWorker {}

impl PaperWorker {
    pub fn run(self) -> Result<(), Failure> {
        Ok(work(io::stdin().lock(), io::stdout().lock())?)
    }
}
