//! Hints for names of commands and options that other programs use.

use std::process::ExitCode;

use clap::CommandFactory as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{Cli, CommandFailure};

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

/// Options that people try, and the options that do the same. A command's first one of these is meant.
const OPTIONS: [(&[&str], &[&str]); 12] = [
    (&["port", "address", "listen", "hostname"], &["bind"]),
    (&["db", "database", "graph", "path", "dir"], &["store"]),
    (&["output", "out", "outfile", "o"], &["output", "svg", "report"]),
    (&["json", "csv", "tsv", "fmt", "type", "to"], &["format"]),
    (&["top", "max", "count", "n", "num", "first", "rows"], &["limit"]),
    (&["after", "start", "begin"], &["since"]),
    (&["before", "end", "stop"], &["until"]),
    (&["threads", "jobs", "workers", "parallel"], &["concurrency"]),
    (&["overwrite", "replace"], &["force", "rebuild"]),
    (&["token-file", "auth", "password", "api-key"], &["token"]),
    (&["vocabulary", "entities", "dictionary"], &["vocab"]),
    (&["silent"], &["quiet"]),
];

/// Prints an argument error, with a hint if the user tried another program's name for a command or an option.
pub(super) fn report(error: clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    let failure = command_failure(&error).or_else(|| option_failure(&error));
    let _ = failure.map_or_else(|| error.print(), |failure| failure.print(false));
    ExitCode::from(code)
}

fn command_failure(error: &clap::Error) -> Option<CommandFailure> {
    let name = name(error)?;
    let hint = hint(name)?;
    let failure = CommandFailure::usage(format!("there is no command `{name}`"));
    Some(failure.help(format!("{hint}; `kg --help` lists the commands")))
}

/// The error about an unknown option that has another name in this command. It is preferred to clap's own suggestion,
/// which is the option with the most similar letters.
fn option_failure(error: &clap::Error) -> Option<CommandFailure> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(tried)) = error.get(ContextKind::InvalidArg) else { return None };
    let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) else { return None };
    let usage = usage.to_string();
    let words = usage.split_whitespace().skip_while(|word| *word != "kg").skip(1);
    let mut command = Cli::command();
    command.build();
    let mut path = String::from("kg");
    for word in words {
        let Some(part) = command.find_subcommand(word).cloned() else { break };
        command = part;
        path = format!("{path} {word}");
    }
    let guess = tried.trim_start_matches('-').split('=').next().unwrap_or_default();
    let (_, options) = OPTIONS.iter().find(|(guesses, _)| guesses.contains(&guess))?;
    let meant = options.iter().find_map(|name| command.get_arguments().find(|arg| arg.get_long() == Some(name)))?;
    let value = meant.get_value_names().and_then(|names| names.first()).filter(|_| meant.get_action().takes_values());
    let value = value.map(|name| format!(" {name}")).unwrap_or_default();
    let about = meant.get_help().map(|help| format!(": {}", help.to_string().replace('\n', " "))).unwrap_or_default();
    let failure =
        CommandFailure::usage(format!("`{path}` has no option `{}`", tried.split('=').next().unwrap_or(tried)));
    Some(failure.help(format!("try `--{}{value}`{about}", meant.get_long().unwrap_or_default())))
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
