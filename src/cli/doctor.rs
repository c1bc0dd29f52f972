use std::io::{self, Write};

use crate::store::{PartCondition, StoreExamination, examine};
use clap::Args;

use super::CommandContext;
use super::failure::CommandFailure;
use super::format::{self, OutputFormat};

/// Find damage in the graph, and say what can be saved and how
///
/// Reads everything that belongs to the graph, compares it with its checksums, and changes nothing. The exit code is 1
/// if something is damaged.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DoctorArgs {
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&[OutputFormat::Table, OutputFormat::Json]), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

const EXAMPLES: &str = "\
Examples:
  kg doctor
  kg doctor --format json | jq -r '.advice[]'";

impl DoctorArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        context.progress("reading all of the graph");
        let examination = examine(&context.store)?;
        let mut out = io::stdout().lock();
        match self.format {
            OutputFormat::Json => format::json(&mut out, &examination)?,
            _ => print(&examination, &mut out)?,
        }
        out.flush()?;
        match examination.is_sound() {
            true => Ok(()),
            false => Err(CommandFailure::new(format!("the graph at {} is damaged", context.store.display()))),
        }
    }
}

fn print(examination: &StoreExamination, out: &mut impl Write) -> io::Result<()> {
    for part in &examination.parts {
        let health = match part.health {
            PartCondition::Sound => "sound",
            PartCondition::Damaged => "DAMAGED",
            PartCondition::Absent => "none",
            PartCondition::Unfinished => "unfinished",
        };
        writeln!(out, "{health:<10}  {:<16}  {}", part.part, part.path.display())?;
        writeln!(out, "{:<10}  {:<16}  {}", "", "", part.detail)?;
    }
    for (title, lines) in [("What can be saved", &examination.saved), ("What to do", &examination.advice)] {
        if !lines.is_empty() {
            writeln!(out, "\n{title}")?;
            lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
    }
    Ok(())
}
