use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::PathBuf;

use crate::export::output::write_file;
use crate::mcp::tool_names;
use crate::schema::SCHEMA_VERSION;
use clap::{Args, CommandFactory, Subcommand};

use super::failure::{CommandFailure, EXIT_CODES};
use super::{Cli, CommandContext};

/// Teach coding agents to use kg
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SkillsArgs {
    #[command(subcommand)]
    command: SkillsCommand,
}

#[derive(Subcommand)]
enum SkillsCommand {
    Add(AddSkill),
}

/// Write a skill, SKILL.md, made from this program
///
/// It tells an agent which commands there are, what they print as JSON, and what their limits are. It is written to
/// .claude/skills/papergraph/ in this folder, and never replaces an existing one without --force. After an update of
/// kg, write it again.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
struct AddSkill {
    /// Write into the home folder, for all projects
    #[arg(long)]
    global: bool,
    /// Write into DIR/papergraph/
    #[arg(long, value_name = "DIR", conflicts_with = "global")]
    dest: Option<PathBuf>,
    /// Replace an existing skill
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "\
Examples:
  kg skills add
  kg skills add --global
  kg skills add --dest .agents/skills --force";

impl SkillsArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let SkillsCommand::Add(add) = self.command;
        let file = add.folder()?.join("papergraph").join("SKILL.md");
        if file.exists() && !add.force {
            return Err(CommandFailure::new(format!("{} is there already", file.display()))
                .help("give --force to replace it, or another folder with --dest"));
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
        }
        write_file(&file, |out| Ok(out.write_all(text().as_bytes())?))?;
        context.say(&format!("{} is written", file.display()));
        Ok(())
    }
}

impl AddSkill {
    fn folder(&self) -> Result<PathBuf, CommandFailure> {
        const SKILLS: &str = ".claude/skills";
        match (&self.dest, self.global) {
            (Some(folder), _) => Ok(folder.clone()),
            (None, false) => Ok(PathBuf::from(SKILLS)),
            (None, true) => std::env::home_dir()
                .map(|home| home.join(SKILLS))
                .ok_or_else(|| CommandFailure::new("the home folder is not known").help("give a folder with --dest")),
        }
    }
}

fn unwritable(folder: &std::path::Path, error: &io::Error) -> CommandFailure {
    CommandFailure::new(format!("cannot make the folder {}: {error}", folder.display())).help("check its permissions")
}

/// The skill, from the program's own commands.
fn text() -> String {
    let mut out = HEAD.to_string();
    let cli = Cli::command();
    for command in cli.get_subcommands().filter(|command| !command.is_hide_set()) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(out, "- `kg {}`: {about}", command.get_name());
        let parts = command.get_subcommands().filter(|part| !part.is_hide_set());
        let parts: Vec<String> = parts.map(|part| format!("`{}`", part.get_name())).collect();
        if !parts.is_empty() {
            let _ = writeln!(out, "  ({})", parts.join(", "));
        }
    }
    let tools: Vec<&str> = tool_names().collect();
    let codes = EXIT_CODES.map(|(code, meaning)| format!("{code} {meaning}"));
    let _ = write!(
        out,
        "\n## Answers for programs\n\n\
         - `--format json` prints one object with `schema_version` ({SCHEMA_VERSION}); `kg schema COMMAND` prints its JSON Schema. \
         Also `csv` and `tsv` for rows.\n\
         - `--limit N` bounds rows, `--limit 0` lists all; a cut is said in `total` or on standard error.\n\
         - `--kind`, `--relation`, `--since`, `--until` mean the same in every command.\n\
         - Exit codes: {}. An error says what to try, with \"did you mean\".\n\
         - SPARQL: `kg query -e 'SELECT …'` stops after 60 s and 4 GB (`--timeout`, `--memory`); `kg query --list` has ready \
         questions.\n\n\
         As tools of the Model CommandContext Protocol: `kg mcp` ({}). Version of this skill: kg {}.\n",
        codes.join("; "),
        tools.join(", "),
        env!("CARGO_PKG_VERSION")
    );
    out
}

const HEAD: &str = "\
---
name: papergraph
description: Answers questions about the user's own machine-learning papers with the kg command. Use it when the user asks which \
papers use a dataset, model or method, for related work, results and leaderboards, whether code is still there, or for a graph of \
papers from listings, BibTeX, Zotero, PDFs or arXiv.
---

# papergraph

`kg` reads machine-learning papers, links the datasets, models, methods, tasks, metrics, hardware, software and repositories they \
name, and answers from a graph on this machine (`--store DIR` or `$KG_STORE`, `kg-store` by default). It knows the papers that it \
has read and nothing else: run `kg stats` first, and say \"in these papers\".

1. No graph yet: `kg build FILE…` (listings, BibTeX, folders of PDFs). `kg build` only reads what changed.
2. A name to an id: `kg search WORDS`. Wherever a name is taken, an id (`dataset/coco`), a title, an arXiv id or the address of a \
repository will do.
3. Quote the evidence: `kg neighbors NAME --evidence`, `kg show NAME`. Never claim what no sentence or table says.
4. Whether code is alive is known only after `kg check`; ask the user before you run it, because it uses the network.

## Commands

";
