use std::collections::HashSet;
use std::io::{self, BufWriter, Write};

use crate::text::wrap;
use crate::vocabulary::{Better, CaseRule, Entity, EntityId, Kind, Vocabulary};
use clap::{Args, ValueEnum};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::failure::CommandFailure;
use crate::cli::{CommandContext, format, table};

/// Show everything that the vocabulary knows about a name
///
/// NAME is an id (dataset/coco), a name or an alias; case, hyphens and spaces do not matter. Every entity with the name
/// is shown.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ShowEntity {
    #[arg(value_name = "NAME")]
    name: String,
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = EntityFormat::Text)]
    format: EntityFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum EntityFormat {
    Text,
    Json,
}

const EXAMPLES: &str = "\
Examples:
  kg vocab show COCO
  kg vocab show 'llama 2'
  kg vocab show SGD                 the optimiser and the dialogues
  kg vocab show model/clip --format json";

/// Number of suggestions for an unknown name.
const SUGGESTIONS: usize = 4;

impl ShowEntity {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let vocabulary = context.vocabulary()?;
        let found = find(&vocabulary, &self.name);
        if found.is_empty() {
            let failure = CommandFailure::new(format!("the vocabulary has no `{}`", self.name));
            let near = vocabulary.nearest(&self.name, SUGGESTIONS);
            return Err(if near.is_empty() {
                failure.help("`kg vocab list` shows all names; add your own with --vocab")
            } else {
                let near: Vec<String> = near.iter().map(|e| format!("{} ({})", e.name, e.id)).collect();
                failure.help(format!("did you mean {}?", near.join(", ")))
            });
        }
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            EntityFormat::Json => {
                let details = found.into_iter().map(|entity| {
                    let narrower = vocabulary.narrower(&entity.id).map(|narrower| narrower.id.clone()).collect();
                    EntityDetails { narrower: Some(narrower), ..EntityDetails::of(entity) }
                });
                format::json(&mut out, &EntityList { entities: details.collect() })?;
            }
            EntityFormat::Text => {
                for (i, entity) in found.iter().enumerate() {
                    if i > 0 {
                        writeln!(out)?;
                    }
                    print(&mut out, entity, &vocabulary, table::width().into())?;
                }
            }
        }
        out.flush()?;
        Ok(())
    }
}

/// Searches by id, then by any name, then by the id without its kind.
fn find<'v>(vocabulary: &'v Vocabulary, name: &str) -> Vec<&'v Entity> {
    if let Some(entity) = name.parse::<EntityId>().ok().and_then(|id| vocabulary.get(&id)) {
        return vec![entity];
    }
    let named = vocabulary.named(name);
    if !named.is_empty() {
        return named;
    }
    vocabulary.entities().iter().filter(|e| e.id.slug() == name).collect()
}

fn print(out: &mut dyn Write, entity: &Entity, vocabulary: &Vocabulary, width: usize) -> io::Result<()> {
    writeln!(out, "{}  {}", entity.name, entity.id)?;
    let mut field = |label: &str, value: String| {
        if value.is_empty() { Ok(()) } else { hanging(out, label, &value, width) }
    };
    let strong: Vec<&str> = entity.strong_names().collect();
    field("names", strong.join(", "))?;
    field("weak names", entity.weak.join(", "))?;
    field("context", entity.context.join(", "))?;
    field("forbid", entity.forbid.join(", "))?;
    field("case", entity.case.map(case).unwrap_or_default().to_string())?;
    field("paper", entity.paper.clone().unwrap_or_default())?;
    field("year", entity.year.map(|year| year.to_string()).unwrap_or_default())?;
    field("homepage", entity.homepage.clone().unwrap_or_default())?;
    field("modality", entity.modality.join(", "))?;
    field("tasks", ids(&entity.tasks))?;
    field("vendor", entity.vendor.clone().unwrap_or_default())?;
    let memory: Vec<String> = entity.memory_gb.iter().map(|gb| format!("{gb} GB")).collect();
    field("memory", memory.join(", "))?;
    field("architecture", entity.architecture.clone().unwrap_or_default())?;
    field("better", entity.better.map(|better| better.as_str().to_string()).unwrap_or_default())?;
    field("wikidata", entity.wikidata.clone().unwrap_or_default())?;
    field("huggingface", entity.huggingface.clone().unwrap_or_default())?;
    for chain in broader_chains(entity, vocabulary) {
        field("broader", chain.join(" > "))?;
    }
    let narrower: Vec<String> = vocabulary.narrower(&entity.id).map(|e| e.id.to_string()).collect();
    field("narrower", narrower.join(", "))?;
    field("defined at", entity.defined_at.to_string())
}

fn case(rule: CaseRule) -> &'static str {
    match rule {
        CaseRule::Exact => "exact",
        CaseRule::Any => "any",
    }
}

fn ids(ids: &[EntityId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Every chain of broader entities from an entity, each once and without cycles.
fn broader_chains(entity: &Entity, vocabulary: &Vocabulary) -> Vec<Vec<String>> {
    fn climb(
        entity: &Entity,
        vocabulary: &Vocabulary,
        path: &mut Vec<String>,
        seen: &mut HashSet<EntityId>,
        out: &mut Vec<Vec<String>>,
    ) {
        let mut ended = true;
        for id in &entity.broader {
            // It was reached through another chain, which shows it.
            if !seen.insert(id.clone()) {
                continue;
            }
            ended = false;
            path.push(id.to_string());
            match vocabulary.get(id) {
                Some(broader) => climb(broader, vocabulary, path, seen, out),
                None => out.push(path.clone()),
            }
            path.pop();
        }
        if ended && !path.is_empty() {
            out.push(path.clone());
        }
    }
    let mut out = Vec::new();
    climb(entity, vocabulary, &mut Vec::new(), &mut HashSet::from([entity.id.clone()]), &mut out);
    out
}

/// A label and its value. Continuation lines are indented to the beginning of the value.
fn hanging(out: &mut dyn Write, label: &str, value: &str, width: usize) -> io::Result<()> {
    const INDENT: usize = 16;
    for (i, line) in wrap(value, width.saturating_sub(INDENT).max(20), usize::MAX).iter().enumerate() {
        let label = if i == 0 { label } else { "" };
        writeln!(out, "  {label:<14}{line}")?;
    }
    Ok(())
}

/// What `kg vocab list` and `kg vocab show` print as JSON.
#[derive(Serialize, JsonSchema)]
pub(crate) struct EntityList<'v> {
    pub entities: Vec<EntityDetails<'v>>,
}

/// An entity with every field; unknown fields are `null` or empty. `vocab/README.md` describes them.
#[derive(Serialize, JsonSchema)]
pub(crate) struct EntityDetails<'v> {
    id: &'v EntityId,
    kind: Kind,
    name: &'v str,
    aliases: &'v [String],
    /// Names that count only near a word of `context`.
    weak: &'v [String],
    context: &'v [String],
    forbid: &'v [String],
    case: Option<CaseRule>,
    paper: Option<&'v str>,
    year: Option<u16>,
    homepage: Option<&'v str>,
    modality: &'v [String],
    tasks: &'v [EntityId],
    vendor: Option<&'v str>,
    /// Memory sizes on sale, in gigabytes.
    memory_gb: &'v [f32],
    architecture: Option<&'v str>,
    better: Option<Better>,
    wikidata: Option<&'v str>,
    huggingface: Option<&'v str>,
    broader: &'v [EntityId],
    /// Entities that have this one among `broader`; in `kg vocab show` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    narrower: Option<Vec<EntityId>>,
    /// The vocabulary file that has the entry.
    file: &'v str,
    /// The line of the entry, from 1.
    line: usize,
}

impl<'v> EntityDetails<'v> {
    pub(crate) fn of(entity: &'v Entity) -> Self {
        Self {
            id: &entity.id,
            kind: entity.kind(),
            name: &entity.name,
            aliases: &entity.aliases,
            weak: &entity.weak,
            context: &entity.context,
            forbid: &entity.forbid,
            case: entity.case,
            paper: entity.paper.as_deref(),
            year: entity.year,
            homepage: entity.homepage.as_deref(),
            modality: &entity.modality,
            tasks: &entity.tasks,
            vendor: entity.vendor.as_deref(),
            memory_gb: &entity.memory_gb,
            architecture: entity.architecture.as_deref(),
            better: entity.better,
            wikidata: entity.wikidata.as_deref(),
            huggingface: entity.huggingface.as_deref(),
            broader: &entity.broader,
            narrower: None,
            file: &entity.defined_at.file,
            line: entity.defined_at.line,
        }
    }
}
