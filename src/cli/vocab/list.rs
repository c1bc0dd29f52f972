use std::io::{self, BufWriter, Write};

use crate::vocabulary::{Entity, Kind};
use clap::Args;

use super::show::{EntityDetails, EntityList};
use crate::answer::Sheet;
use crate::cli::CommandContext;
use crate::cli::failure::CommandFailure;
use crate::cli::format::{self, OutputFormat};

/// List the entities of the vocabulary
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ListEntities {
    /// Only these kinds: dataset, model, method, task, metric, hardware, software
    #[arg(short, long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<Kind>,
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::ROWS), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

const EXAMPLES: &str = "\
Examples:
  kg vocab list --kind hardware | less
  kg vocab list --kind dataset --format csv > datasets.csv
  kg vocab list --format json | jq -r '.entities[] | select(.year == 2025) | .name'
  kg --vocab my-field.toml vocab list --kind task";

const COLUMNS: [&str; 9] = ["id", "name", "aliases", "weak", "year", "paper", "homepage", "broader", "place"];

impl ListEntities {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let vocabulary = context.vocabulary()?;
        let chosen: Vec<&Entity> =
            vocabulary.entities().iter().filter(|e| self.kind.is_empty() || self.kind.contains(&e.kind())).collect();
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            OutputFormat::Json => {
                let entities = chosen.into_iter().map(EntityDetails::of).collect();
                format::json(&mut out, &EntityList { entities })?;
            }
            OutputFormat::Csv | OutputFormat::Tsv => {
                let mut sheet = Sheet::new(COLUMNS);
                chosen.into_iter().for_each(|entity| sheet.row(row(entity)));
                format::rows(&mut out, &sheet, self.format)?;
            }
            OutputFormat::Table | OutputFormat::Dot | OutputFormat::Svg => {
                let mut sheet = Sheet::new(["id", "name", "year"]);
                let year = |e: &Entity| e.year.map(|year| year.to_string()).unwrap_or_default();
                chosen.into_iter().for_each(|e| sheet.row([e.id.to_string(), e.name.clone(), year(e)]));
                format::rows(&mut out, &sheet, self.format)?;
            }
        }
        out.flush()?;
        Ok(())
    }
}

/// The fields of [`COLUMNS`]. List items are joined by `|`, which occurs in no name.
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
        entity.defined_at.to_string(),
    ]
}
