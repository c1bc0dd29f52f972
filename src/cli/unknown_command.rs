//! Hints for command names that other programs use.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Names that people try, each with the command line that does the same.
const HINTS: [(&[&str], &str); 12] = [
    (
        &["import", "add", "init", "create", "new", "load", "ingest", "index"],
        "`kg build FILE…` reads papers into the graph",
    ),
    (&["list", "ls"], "`kg search --kind paper` lists papers, `kg rank --kind dataset` lists what papers name"),
    (&["find", "grep", "lookup"], "`kg search TEXT` finds names and papers"),
    (&["info", "status", "summary", "count"], "`kg stats` counts what is in the graph, `kg show NAME` shows one thing"),
    (&["get", "view", "describe", "cat"], "`kg show NAME` shows one thing with its evidence"),
    (&["delete", "rm", "uninstall"], "`kg remove --source FILE` removes what a file contributed"),
    (&["sparql", "ask", "select"], "`kg query` runs SPARQL and the queries that come with the program"),
    (&["insert", "edit", "set"], "`kg update` adds and removes statements of your own"),
    (&["server", "web", "start", "http"], "`kg serve` serves the graph over HTTP"),
    (&["download", "crawl", "harvest"], "`kg fetch` gets listings from arXiv and Hugging Face"),
    (&["verify", "validate", "links", "linkcheck"], "`kg check` checks links, `kg vocab lint` checks vocabularies"),
    (&["plot", "draw", "dump", "save"], "`kg export FORMAT` writes pictures, tables and RDF"),
];

/// Prints an argument error, with a hint if the user tried another program's name for a command.
pub(super) fn report(error: clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    let hint = name(&error).and_then(hint);
    match hint {
        Some(hint) => {
            let name = name(&error).unwrap_or_default().to_string();
            let failure = super::CommandFailure::usage(format!("there is no command `{name}`"));
            let _ = failure.help(format!("{hint}; `kg --help` lists the commands")).print(false);
        }
        None => {
            let _ = error.print();
        }
    }
    ExitCode::from(code)
}

/// The name of the unknown command.
fn name(error: &clap::Error) -> Option<&str> {
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(name)) if error.kind() == ErrorKind::InvalidSubcommand => Some(name),
        _ => None,
    }
}

fn hint(name: &str) -> Option<&'static str> {
    HINTS.iter().find(|(names, _)| names.contains(&name)).map(|(_, hint)| *hint)
}
