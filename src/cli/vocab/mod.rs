//! `kg vocab`: tools for curating a vocabulary.

mod export;
mod lint;
mod list;
mod ontology;
mod show;
mod suggest;

use clap::{Args, Subcommand};

use super::CommandContext;
use super::failure::CommandFailure;
pub(super) use show::EntityList;

/// Look at, check and extend the vocabulary: the names that can be linked
///
/// The shipped vocabulary is part of the program; --vocab adds your own files to it as layers, here as everywhere.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct VocabArgs {
    #[command(subcommand)]
    command: VocabCommand,
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
enum VocabCommand {
    Show(show::ShowEntity),
    List(list::ListEntities),
    Lint(lint::LintFiles),
    Suggest(suggest::SuggestEntries),
    Export(export::ExportVocabulary),
    Ontology(ontology::PrintOntology),
}

impl VocabArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        match self.command {
            VocabCommand::Show(command) => command.run(context),
            VocabCommand::List(command) => command.run(context),
            VocabCommand::Lint(command) => command.run(context),
            VocabCommand::Suggest(command) => command.run(context),
            VocabCommand::Export(command) => command.run(context),
            VocabCommand::Ontology(command) => command.run(context),
        }
    }
}
