//! `kg vocab`: tools for curating a vocabulary.

mod export;
mod lint;
mod list;
mod ontology;
mod show;
mod suggest;

use clap::{Args, Subcommand};

use super::Context;
use super::failure::Failure;
pub(super) use show::EntityList;

/// Look at, check and extend the vocabulary: the names that can be linked
///
/// The shipped vocabulary is part of the program; --vocab adds your own files to it as layers, here as everywhere.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Vocab {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  kg vocab show COCO
  kg vocab list --kind hardware
  kg vocab suggest listing.txt > my-field.toml
  kg vocab lint my-field.toml
  kg vocab export --format skos > vocabulary.ttl
  kg vocab ontology > ontology.ttl";

#[derive(Subcommand)]
enum Command {
    Show(show::Show),
    List(list::List),
    Lint(lint::Lint),
    Suggest(suggest::Suggest),
    Export(export::Export),
    Ontology(ontology::Ontology),
}

impl Vocab {
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        match self.command {
            Command::Show(command) => command.run(context),
            Command::List(command) => command.run(context),
            Command::Lint(command) => command.run(context),
            Command::Suggest(command) => command.run(context),
            Command::Export(command) => command.run(context),
            Command::Ontology(command) => command.run(context),
        }
    }
}
