use std::io::{self, Write};

use clap::Args;
use clap::builder::PossibleValuesParser;
use papergraph::answer::{
    BoardList, DeviceList, MissingWorks, Neighborhood, NodeDetails, NodeRanking, PaperComparison, SearchResults,
    ShortestPaths, SimilarNodes, TopicList, TrendLines,
};
use papergraph::schema::{Versioned, of_printed};
use schemars::Schema;

use super::Context;
use super::failure::Failure;
use super::stats::StatsOfStore;

/// Print the JSON Schema of what a command prints with --format json
///
/// Without a command, the commands that have one are listed. Each object has `schema_version`, which rises when a field
/// is renamed, removed or means something else; a new field does not change it. `kg query --format json` is SPARQL 1.1
/// Query Results JSON.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct SchemaOf {
    /// The command
    #[arg(value_parser = PossibleValuesParser::new(SCHEMAS.iter().map(|(command, _)| *command)))]
    command: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  kg schema
  kg schema neighbors
  kg schema leaderboard > leaderboard.schema.json";

/// Makes the schema of an answer.
type MakeSchema = fn() -> Schema;

/// Each command with the schema of its answer.
const SCHEMAS: [(&str, MakeSchema); 13] = [
    ("communities", of_printed::<Versioned<TopicList>>),
    ("compare", of_printed::<Versioned<PaperComparison>>),
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
];

impl SchemaOf {
    pub fn run(self, _: &Context) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        match self.command {
            None => SCHEMAS.iter().try_for_each(|(command, _)| writeln!(out, "{command}"))?,
            Some(wanted) => {
                for (_, schema) in SCHEMAS.iter().filter(|(command, _)| *command == wanted) {
                    writeln!(out, "{:#}", schema().to_value())?;
                }
            }
        }
        Ok(())
    }
}
