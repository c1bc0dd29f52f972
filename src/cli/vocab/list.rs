use std::io::{self, BufWriter, Write};

use clap::{Args, ValueEnum};
use papergraph::export::csv::{csv_field, tsv_field};
use papergraph::vocabulary::{Entity, Kind};
use serde_json::Value;

use super::show::json;
use crate::cli::failure::Failure;
use crate::cli::{Context, table};

/// List the entities of the vocabulary
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct List {
    /// Only these: dataset, model, method, task, metric, hardware, software
    #[arg(short, long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<Kind>,
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
    Tsv,
}

const EXAMPLES: &str = "\
Examples:
  kg vocab list --kind hardware | less
  kg vocab list --kind dataset --format csv > datasets.csv
  kg vocab list --format json | jq -r '.[] | select(.year == 2025) | .name'
  kg --vocab my-field.toml vocab list --kind task";

const COLUMNS: [&str; 9] = ["id", "name", "aliases", "weak", "year", "paper", "homepage", "broader", "place"];

impl List {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let vocabulary = context.vocabulary()?;
        let chosen: Vec<&Entity> =
            vocabulary.entities().iter().filter(|e| self.kind.is_empty() || self.kind.contains(&e.kind())).collect();
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            Format::Table => {
                let heading = ["id", "name", "year"].map(str::to_string);
                let year = |e: &Entity| e.year.map(|year| year.to_string()).unwrap_or_default();
                let rows: Vec<_> = chosen.iter().map(|e| vec![e.id.to_string(), e.name.clone(), year(e)]).collect();
                table::print(&mut out, &heading, &rows, table::width())?;
            }
            Format::Json => {
                let all: Vec<Value> = chosen.iter().map(|e| json(e)).collect();
                serde_json::to_writer_pretty(&mut out, &all).map_err(io::Error::from)?;
                writeln!(out)?;
            }
            Format::Csv => {
                write!(out, "{}\r\n", COLUMNS.join(","))?;
                for entity in chosen {
                    write!(out, "{}\r\n", row(entity).map(|field| csv_field(&field)).join(","))?;
                }
            }
            Format::Tsv => {
                writeln!(out, "{}", COLUMNS.join("\t"))?;
                for entity in chosen {
                    writeln!(out, "{}", row(entity).map(|field| tsv_field(&field)).join("\t"))?;
                }
            }
        }
        out.flush()?;
        Ok(())
    }
}

/// The fields of [`COLUMNS`]; of lists, the items with `|` between them, which no name contains.
fn row(entity: &Entity) -> [String; 9] {
    [
        entity.id.to_string(),
        entity.name.clone(),
        entity.aliases.join("|"),
        entity.weak.join("|"),
        entity.year.map(|year| year.to_string()).unwrap_or_default(),
        entity.paper.clone().unwrap_or_default(),
        entity.homepage.clone().unwrap_or_default(),
        entity.broader.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"),
        entity.place.to_string(),
    ]
}
