use std::io::{self, Write};

use crate::answer::{
    BoardList, DeviceList, MissingWorks, Neighborhood, NodeDetails, NodeRanking, PaperComparison, SearchResults,
    ShortestPaths, SimilarNodes, TopicList, TrendLines,
};
#[cfg(feature = "check")]
use crate::checks::format::CheckedLinks;
use crate::extract::Extraction;
use crate::schema::{Versioned, of_printed};
use crate::store::StoreExamination;
use clap::Args;
use schemars::Schema;

use super::CommandContext;
use super::eval::EvalAnswer;
use super::failure::CommandFailure;
use super::stats::StatsOfStore;
use super::vocab::EntityList;

/// Print the JSON Schema of what a command prints with --format json
///
/// Without a command, the commands that have one are listed. Each object has `schema_version`, which rises when a field
/// is renamed, removed or changes its meaning; a new field does not change it. For `kg extract`, the schema is that of
/// each line. `kg query --format json` is SPARQL 1.1 Query Results JSON.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SchemaOf {
    /// The command
    #[arg(value_name = "COMMAND", num_args = 0..=2)]
    command: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  kg schema
  kg schema neighbors
  kg schema vocab list
  kg schema leaderboard > leaderboard.schema.json";

/// Makes the schema of an answer.
type MakeSchema = fn() -> Schema;

/// Each command with the schema of its answer.
const SCHEMAS: &[(&str, MakeSchema)] = &[
    #[cfg(feature = "check")]
    ("check", of_printed::<Versioned<CheckedLinks<'static>>>),
    ("communities", of_printed::<Versioned<TopicList>>),
    ("compare", of_printed::<Versioned<PaperComparison>>),
    ("doctor", of_printed::<Versioned<StoreExamination>>),
    ("eval", of_printed::<Versioned<EvalAnswer>>),
    ("extract", of_printed::<Versioned<Extraction>>),
    ("hardware", of_printed::<Versioned<DeviceList>>),
    ("leaderboard", of_printed::<Versioned<BoardList>>),
    ("missing", of_printed::<Versioned<MissingWorks>>),
    ("neighbors", of_printed::<Versioned<Neighborhood>>),
    ("path", of_printed::<Versioned<ShortestPaths>>),
    ("rank", of_printed::<Versioned<NodeRanking>>),
    ("search", of_printed::<Versioned<SearchResults>>),
    ("show", of_printed::<Versioned<NodeDetails>>),
    ("similar", of_printed::<Versioned<SimilarNodes>>),
    ("stats", of_printed::<Versioned<StatsOfStore<'static>>>),
    ("trends", of_printed::<Versioned<TrendLines>>),
    ("vocab list", of_printed::<Versioned<EntityList<'static>>>),
    ("vocab show", of_printed::<Versioned<EntityList<'static>>>),
];

impl SchemaOf {
    pub(super) fn run(self, _: &CommandContext) -> Result<(), CommandFailure> {
        let mut out = io::stdout().lock();
        if self.command.is_empty() {
            SCHEMAS.iter().try_for_each(|(command, _)| writeln!(out, "{command}"))?;
            return Ok(());
        }
        let wanted = self.command.join(" ");
        match SCHEMAS.iter().find(|(command, _)| *command == wanted) {
            Some((_, schema)) => Ok(writeln!(out, "{:#}", schema().to_value())?),
            None => {
                let known: Vec<&str> = SCHEMAS.iter().map(|(command, _)| *command).collect();
                Err(CommandFailure::usage(format!("`{wanted}` has no JSON Schema"))
                    .help(format!("one of {}", known.join(", "))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::{Command, CommandFactory};

    use super::*;
    use crate::cli::Cli;

    /// Every command and part of a command (`vocab list`) with its own arguments.
    fn commands() -> Vec<(String, Command)> {
        fn add(name: &str, command: &Command, all: &mut Vec<(String, Command)>) {
            let name = [name, command.get_name()].join(" ").trim().to_string();
            command.get_subcommands().for_each(|part| add(&name, part, all));
            all.push((name, command.clone()));
        }
        let mut all = Vec::new();
        Cli::command().get_subcommands().for_each(|command| add("", command, &mut all));
        all
    }

    #[test]
    fn every_command_that_prints_json_has_a_schema() {
        let prints_json = |command: &Command| {
            let format = command.get_arguments().find(|argument| argument.get_id() == "format");
            let Some(values) = format.map(clap::Arg::get_possible_values) else { return false };
            // An option that does not list its values may take any.
            values.is_empty() || values.iter().any(|value| matches!(value.get_name(), "json" | "jsonl"))
        };
        let printing: BTreeSet<String> =
            commands().into_iter().filter(|(_, command)| prints_json(command)).map(|(name, _)| name).collect();
        let mut documented: BTreeSet<String> = SCHEMAS.iter().map(|(command, _)| (*command).to_string()).collect();
        // A standard defines its output.
        documented.insert("query".to_string());
        assert_eq!(printing, documented);
    }

    #[test]
    fn one_option_has_one_name_in_all_commands() {
        // The name with the name of its value, and other names for it.
        let alike: [(&str, &str, &[&str]); 5] = [
            ("limit", "N", &["max", "top", "count", "number", "rows"]),
            ("kind", "KIND", &["kinds", "type", "types", "entity"]),
            ("since", "DATE", &["from-date", "after", "start", "begin", "from-year"]),
            ("until", "DATE", &["to-date", "before", "end", "to-year"]),
            ("format", "FORMAT", &["output-format", "as"]),
        ];
        for (name, command) in commands() {
            for argument in command.get_arguments() {
                let Some(long) = argument.get_long() else { continue };
                for (option, value, synonyms) in alike {
                    assert!(!synonyms.contains(&long), "`kg {name} --{long}` is `--{option}` in other commands");
                    if long == option {
                        let values: Vec<&str> =
                            argument.get_value_names().unwrap_or_default().iter().map(|value| value.as_str()).collect();
                        assert_eq!(values, [value], "kg {name} --{long}");
                    }
                }
                // `kg query -l` lists the shipped queries.
                if matches!(long, "kind" | "format" | "limit") && (name.as_str(), long) != ("query", "limit") {
                    assert_eq!(argument.get_short(), long.chars().next(), "kg {name} --{long}");
                }
                if long == "limit" {
                    let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
                    assert!(help.contains("0 for all") || help.contains("at least 1"), "kg {name} --limit: {help}");
                }
            }
        }
    }
}
