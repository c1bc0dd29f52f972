use std::io::IsTerminal;

use crate::query;
use crate::store::GenerationEdit;
use crate::text::counted;
use clap::Args;

use super::CommandContext;
use super::failure::CommandFailure;
use super::sparql::read_file;

/// Add statements of your own to the graph, in SPARQL UPDATE
///
/// The update is read from FILE or standard input; -e takes the text itself. The prefixes of `kg query` are declared
/// here too.
///
/// Your statements go into a graph of their own, BASE/graph/user. Builds leave it alone, and queries see it together
/// with the data. Statements of builds and checks cannot be changed: the next build would write them again. A statement
/// that is already in the data is not added again.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct UpdateArgs {
    /// File with the update, `-` for standard input
    #[arg(value_name = "FILE", conflicts_with = "execute")]
    file: Option<String>,
    /// The update itself
    #[arg(short = 'e', long, value_name = "SPARQL")]
    execute: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  kg update -e 'INSERT DATA { dataset:coco rdfs:comment \"we have this on the file server\" }'
  kg update my-notes.ru
  kg update -e 'DELETE WHERE { dataset:coco rdfs:comment ?x }'
  kg query -e 'SELECT * WHERE { GRAPH <https://w3id.org/papergraph/graph/user> { ?s ?p ?o } }'";

impl UpdateArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let text = match (&self.execute, &self.file) {
            (Some(text), _) => text.clone(),
            (None, Some(file)) => read_file(file)?,
            (None, None) if !std::io::stdin().is_terminal() => read_file("-")?,
            (None, None) => {
                return Err(CommandFailure::usage("which update?").help("name a file, or put the text after -e"));
            }
        };
        let change = GenerationEdit::begin(&context.store)?;
        let update = query::UserUpdate::parse(&text, change.graph().ontology())?;
        let done = update.apply(change)?;
        let statements = |n: usize| counted(n, "statement");
        context.say(&match (done.added, done.removed) {
            (0, 0) => "nothing changed".to_string(),
            (added, 0) => format!("{} added", statements(added)),
            (0, removed) => format!("{} removed", statements(removed)),
            (added, removed) => format!("{} added, {removed} removed", statements(added)),
        });
        if done.already_there > 0 {
            context.say(&format!("{} not added: already in the data", statements(done.already_there)));
        }
        Ok(())
    }
}
