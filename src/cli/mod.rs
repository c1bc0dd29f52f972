//! The command line: arguments, printing, exit codes. One file per command; the logic of the graph is elsewhere.

mod build;
#[cfg(feature = "check")]
mod check;
mod communities;
mod compare;
mod completions;
mod doctor;
#[cfg(feature = "check")]
mod enrich;
mod eval;
mod export;
mod extract;
mod failure;
#[cfg(feature = "check")]
mod fetch;
mod format;
mod hardware;
mod input;
mod interrupt;
mod leaderboard;
mod listing;
#[cfg(feature = "serve")]
mod mcp;
mod mending;
mod missing;
mod names;
mod neighbors;
mod node;
mod notices;
mod paint;
mod paper_worker;
mod path;
mod progress;
mod query;
mod query_worker;
mod rank;
mod remove;
mod schema;
mod search;
mod selection;
#[cfg(feature = "serve")]
mod serve;
mod show;
mod similar;
#[cfg(feature = "serve")]
mod skills;
mod sparql;
mod stats;
mod table;
mod trends;
mod unknown_command;
mod update;
mod vocab;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use crate::answer::Extent;
use crate::index::ReadAmount;
use crate::store::GraphStore;
use crate::vocabulary::Vocabulary;
use clap::{Args, Parser, Subcommand, ValueEnum};
use failure::CommandFailure;

/// A knowledge graph of machine-learning papers, from text you have.
///
/// kg reads papers, from listings to full texts, and finds the datasets, models, methods, tasks, metrics, hardware, software and
/// repositories that they name. It stores the result as a graph on your own disk, and answers questions from it.
#[derive(Parser)]
#[command(name = "kg", version, max_term_width = 100, after_help = after_help())]
pub struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  kg build listing.txt                     read papers into ./kg-store
  kg stats                                 what the graph holds
  kg neighbors COCO                        papers that name COCO, with date and code
  kg show FlashAttention                   everything about one thing, with evidence
  kg export svg --around COCO -o coco.svg  a picture
  kg check --dataset COCO                  is the code of these papers still there?
  kg query --list                          the shipped queries
  kg query papers-using dataset=COCO       one of them

`kg COMMAND --help` shows examples for each command.";

/// Examples and exit codes.
fn after_help() -> String {
    let codes = failure::EXIT_CODES.map(|(code, meaning)| format!("\n  {code:<3}  {meaning}"));
    format!("{EXAMPLES}\n\nExit codes:{}", codes.concat())
}

// One entry for each command, in the order of a first session. Each has its own file.
#[derive(Subcommand)]
enum Command {
    Build(build::BuildArgs),
    Remove(remove::RemoveArgs),
    Extract(extract::ExtractArgs),
    Names(names::NamesArgs),
    #[command(alias = "neighbours")]
    Neighbors(neighbors::NeighborsArgs),
    Show(show::ShowArgs),
    Search(search::SearchArgs),
    Missing(missing::MissingArgs),
    Path(path::PathArgs),
    Similar(similar::SimilarArgs),
    Compare(compare::CompareArgs),
    Rank(rank::RankArgs),
    Trends(trends::TrendsArgs),
    Leaderboard(leaderboard::LeaderboardArgs),
    Communities(communities::CommunitiesArgs),
    Hardware(hardware::HardwareArgs),
    Query(query::QueryArgs),
    Update(update::UpdateArgs),
    #[cfg(feature = "serve")]
    Serve(serve::ServeArgs),
    #[cfg(feature = "serve")]
    Mcp(mcp::McpArgs),
    #[command(hide = true)]
    QueryWorker(query_worker::QueryWorker),
    #[command(hide = true)]
    PaperWorker(paper_worker::PaperWorker),
    Export(export::ExportArgs),
    #[cfg(feature = "check")]
    Check(Box<check::CheckArgs>),
    #[cfg(feature = "check")]
    Fetch(fetch::FetchCommand),
    #[cfg(feature = "check")]
    Enrich(enrich::EnrichArgs),
    Doctor(doctor::DoctorArgs),
    Stats(stats::StatsArgs),
    Vocab(vocab::VocabArgs),
    Eval(eval::EvalArgs),
    Schema(schema::SchemaOf),
    #[cfg(feature = "serve")]
    Skills(skills::SkillsArgs),
    Completions(completions::CompletionsArgs),
}

impl Command {
    fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        match self {
            Self::Build(command) => command.run(context),
            Self::Remove(command) => command.run(context),
            Self::Extract(command) => command.run(context),
            Self::Names(command) => command.run(context),
            Self::Neighbors(command) => command.run(context),
            Self::Show(command) => command.run(context),
            Self::Search(command) => command.run(context),
            Self::Missing(command) => command.run(context),
            Self::Path(command) => command.run(context),
            Self::Similar(command) => command.run(context),
            Self::Compare(command) => command.run(context),
            Self::Rank(command) => command.run(context),
            Self::Trends(command) => command.run(context),
            Self::Leaderboard(command) => command.run(context),
            Self::Communities(command) => command.run(context),
            Self::Hardware(command) => command.run(context),
            Self::Query(command) => command.run(context),
            Self::Update(command) => command.run(context),
            #[cfg(feature = "serve")]
            Self::Serve(command) => command.run(context),
            #[cfg(feature = "serve")]
            Self::Mcp(command) => command.run(context),
            Self::QueryWorker(command) => command.run(context),
            Self::PaperWorker(command) => command.run(),
            Self::Export(command) => command.run(context),
            #[cfg(feature = "check")]
            Self::Check(command) => command.run(context),
            #[cfg(feature = "check")]
            Self::Fetch(command) => command.run(context),
            #[cfg(feature = "check")]
            Self::Enrich(command) => command.run(context),
            Self::Doctor(command) => command.run(context),
            Self::Stats(command) => command.run(context),
            Self::Vocab(command) => command.run(context),
            Self::Eval(command) => command.run(context),
            Self::Schema(command) => command.run(context),
            #[cfg(feature = "serve")]
            Self::Skills(command) => command.run(context),
            Self::Completions(command) => command.run(context),
        }
    }
}

/// Options that every command takes. Its own options come first in the help of a command.
#[derive(Args)]
#[command(next_help_heading = "Options of every command")]
struct GlobalArgs {
    /// Folder of the graph
    #[arg(long, global = true, value_name = "DIR", env = "KG_STORE", default_value = "kg-store")]
    store: PathBuf,
    /// Your own vocabulary, a file or a folder of files, added to the shipped ones as a layer; may be given several
    /// times, the last wins
    #[arg(long, global = true, value_name = "PATH")]
    vocab: Vec<PathBuf>,
    /// Print only errors and results
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print details of the work
    #[arg(short, long, global = true)]
    verbose: bool,
    /// When to use colour; NO_COLOR in the environment switches it off
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto)]
    color: ColorChoice,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// The options shared by all commands.
pub struct CommandContext {
    pub store: PathBuf,
    pub vocab: Vec<PathBuf>,
    pub quiet: bool,
    pub verbose: bool,
    color: ColorChoice,
}

impl CommandContext {
    fn open(&self) -> Result<GraphStore, CommandFailure> {
        Ok(GraphStore::open(&self.store)?)
    }

    /// Opens the graph for questions that the search index answers.
    fn open_index(&self, reading: ReadAmount) -> Result<GraphStore, CommandFailure> {
        Ok(GraphStore::open_index(&self.store, reading)?)
    }

    fn vocabulary(&self) -> Result<Arc<Vocabulary>, CommandFailure> {
        Vocabulary::with_overlays(&self.vocab).map(Arc::new).map_err(|problems| {
            CommandFailure::new(format!("the vocabulary has errors\n{problems}"))
                .help("correct the files, or leave out --vocab")
        })
    }

    /// Prints a message on standard error that is not an error.
    fn say(&self, message: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{}", failure::lines(message));
        }
    }

    /// Reports how many rows of an answer were not printed, for formats that cannot say so themselves.
    fn say_cut(&self, extent: Extent, how: &str) {
        if extent.left_out() > 0 {
            self.say(&format!("note: {} of {} rows; {how}", extent.listed, extent.total));
        }
    }

    /// Reports that the options leave nothing of the answer.
    fn say_nothing_left(&self, why: &str) {
        self.say(&format!("note: {why}"));
    }

    /// Shows what is happening while the user waits, unless standard error is not a terminal.
    fn progress(&self, message: &str) {
        if std::io::stderr().is_terminal() || self.verbose {
            self.say(&format!("{message} …"));
        }
    }

    fn detail(&self, message: &str) {
        if self.verbose {
            let _ = writeln!(std::io::stderr(), "{}", failure::lines(message));
        }
    }

    fn wants_color(&self, terminal: bool) -> bool {
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

/// Path of the running program. On Linux it can be started again even if its file has been replaced since.
///
/// # Errors
/// If the system does not say where it is.
fn own_program() -> io::Result<PathBuf> {
    let itself = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") && itself.exists() { Ok(itself) } else { std::env::current_exe() }
}

/// Parses the arguments, runs the command, and returns the exit code, one of `failure::EXIT_CODES`. If the
/// reader of the output is gone (`kg query … | head`), that is not an error.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return unknown_command::report(error),
    };
    let GlobalArgs { store, vocab, quiet, verbose, color } = cli.global;
    let context = CommandContext { store, vocab, quiet, verbose, color };
    notices::install(quiet);
    if let Ok(program) = own_program() {
        crate::source::isolate(program);
    }
    match mending::run(cli.command, &context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = failure.print(context.wants_color(std::io::stderr().is_terminal()));
            failure.code()
        }
    }
}
