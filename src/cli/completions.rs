use std::io::{self, Write};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::failure::CommandFailure;
use super::{Cli, CommandContext};

/// Print the completions of a shell
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CompletionsArgs {
    #[arg(value_enum)]
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  kg completions bash > ~/.local/share/bash-completion/completions/kg
  kg completions zsh > ~/.zfunc/_kg
  kg completions fish > ~/.config/fish/completions/kg.fish";

impl CompletionsArgs {
    pub(super) fn run(self, _: &CommandContext) -> Result<(), CommandFailure> {
        // Written to memory first, because clap_complete panics if its writer fails.
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "kg", &mut script);
        io::stdout().lock().write_all(&script)?;
        Ok(())
    }
}
