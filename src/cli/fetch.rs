use std::path::PathBuf;
use std::time::Duration;

use crate::fetch::arxiv_oai::{self, MetadataFormat};
use crate::fetch::papers_with_code::{self, ArchivePart};
use crate::fetch::{FetchEvent, FetchedCounts, Fetcher, arxiv, hf_daily};
use crate::liveness::{CheckConfig, HostLimits, Hosts};
use crate::text::counted;
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use url::Url;

use super::CommandContext;
use super::failure::CommandFailure;

/// Get listings of papers from arXiv or Hugging Face, and the archive of Papers with Code, as files for kg build
///
/// kg writes each answer to a file as it comes, and the progress to .fetched.json next to it: an interrupted run
/// continues where it stopped, and nothing complete is requested again. kg sends one request at a time with a pause
/// between requests, and waits as long as the service asks.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct FetchCommand {
    #[command(subcommand)]
    service: FetchService,
}

#[derive(Subcommand)]
enum FetchService {
    /// Papers of a category of arXiv, by the day they were first submitted
    Arxiv(Arxiv),
    /// Records of arXiv by OAI-PMH, its interface for bulk access, by the day on which they last changed
    ArxivOai(ArxivOai),
    /// The daily papers of Hugging Face
    HfDaily(HfDaily),
    /// The archive of Papers with Code: papers, their code, results, datasets, methods, as Parquet
    PapersWithCode(PapersWithCode),
}

#[derive(Args)]
struct Arxiv {
    /// A category (cs.CL), or several
    #[arg(short, long, value_name = "CATEGORY", value_delimiter = ',', required = true, value_parser = category)]
    category: Vec<String>,
    /// The first day: 2026-01-01
    #[arg(long, value_name = "DATE")]
    since: Date,
    /// The last day [default: today]
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// Number of papers in one answer
    #[arg(long, value_name = "N", default_value_t = arxiv::PAGE, value_parser = clap::value_parser!(u32).range(1..=2000))]
    page_size: u32,
    /// Another address of the service
    #[arg(long, value_name = "URL", default_value = arxiv::BASE)]
    base_url: Url,
    #[command(flatten)]
    request_args: FetchArgs,
}

#[derive(Args)]
struct ArxivOai {
    /// A set (cs, stat, cs:cs:CL), or several [default: all of arXiv]
    #[arg(long, value_name = "SET", value_delimiter = ',', value_parser = set)]
    set: Vec<String>,
    /// The first day on which a record changed: 2026-01-01
    #[arg(long, value_name = "DATE")]
    since: Date,
    /// The last day [default: today]
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// Format of the records
    #[arg(long, value_enum, default_value_t = OaiFormat::Arxiv)]
    metadata_prefix: OaiFormat,
    /// Another address of the service
    #[arg(long, value_name = "URL", default_value = arxiv_oai::BASE)]
    base_url: Url,
    #[command(flatten)]
    request_args: FetchArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum OaiFormat {
    /// With authors' names split into parts
    #[value(name = "arXiv")]
    Arxiv,
    /// With all versions, and the authors on one line
    #[value(name = "arXivRaw")]
    ArxivRaw,
}

#[derive(Args)]
struct HfDaily {
    /// The list of this day
    #[arg(long, value_name = "DATE", conflicts_with_all = ["since", "until"], required_unless_present = "since")]
    date: Option<Date>,
    /// The lists from this day on
    #[arg(long, value_name = "DATE")]
    since: Option<Date>,
    /// The last day [default: today]
    #[arg(long, value_name = "DATE", requires = "since")]
    until: Option<Date>,
    /// Another address of the service
    #[arg(long, value_name = "URL", default_value = hf_daily::BASE)]
    base_url: Url,
    #[command(flatten)]
    request_args: FetchArgs,
}

#[derive(Args)]
struct PapersWithCode {
    /// Parts to fetch
    #[arg(long, value_enum, value_name = "PART", value_delimiter = ',', default_values_t = PartName::ALL)]
    only: Vec<PartName>,
    /// Another address of the service
    #[arg(long, value_name = "URL", default_value = papers_with_code::BASE)]
    base_url: Url,
    #[command(flatten)]
    request_args: FetchArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum PartName {
    /// Papers with abstracts, tasks and methods
    Papers,
    /// Links between papers and code
    Links,
    /// Evaluation tables
    Evaluations,
    Datasets,
    Methods,
}

impl PartName {
    const ALL: [Self; 5] = [Self::Papers, Self::Links, Self::Evaluations, Self::Datasets, Self::Methods];

    fn part(self) -> ArchivePart {
        match self {
            Self::Papers => ArchivePart::Papers,
            Self::Links => ArchivePart::Links,
            Self::Evaluations => ArchivePart::Evaluations,
            Self::Datasets => ArchivePart::Datasets,
            Self::Methods => ArchivePart::Methods,
        }
    }
}

/// How to ask a service, and where to write its answers.
#[derive(Args)]
pub(super) struct FetchArgs {
    /// Folder for the files; created if there is none
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Seconds between two requests; for arXiv itself never less than its terms allow
    #[arg(long, value_name = "SECONDS", default_value_t = 3.0, value_parser = seconds)]
    pause: f64,
    /// Your mail address or web page, sent to the service so that it can reach you
    #[arg(long, value_name = "TEXT", env = "KG_CONTACT")]
    contact: Option<String>,
    /// Time limit for one answer in seconds [default: 120, for a file of an archive 3600]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    timeout: Option<f64>,
    /// Attempts for one answer before kg gives up
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=20))]
    tries: u8,
    /// Also request addresses that are not public (127.0.0.1, 10.0.0.0/8 …): for a mirror on an intranet
    #[arg(long)]
    allow_private: bool,
}

const EXAMPLES: &str = "\
Examples:
  kg fetch arxiv --category cs.CL --since 2026-01-01 -o papers
  kg fetch arxiv --category cs.CV,cs.LG --since 2025-01-01 --until 2025-12-31 -o papers
  kg fetch arxiv-oai --set cs,stat --since 2026-01-01 -o papers
  kg fetch hf-daily --date 2026-01-05 -o papers
  kg fetch hf-daily --since 2026-01-01 -o papers
  kg fetch papers-with-code --only papers,links -o archive
  kg build papers archive";

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|n: &f64| (0.0..=86_400.0).contains(n));
    seconds.ok_or_else(|| format!("`{text}` is not a number of seconds"))
}

/// `cs.CL`, `stat.ML`, `hep-th`, `cond-mat.str-el`. Checked because it becomes part of a request and of a file
/// name.
fn category(text: &str) -> Result<String, String> {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
    if text.split('.').count() <= 2 && text.split('.').all(plain) {
        return Ok(text.to_string());
    }
    Err(format!("`{text}` is not a category of arXiv; write cs.CL, stat.ML, hep-th"))
}

/// `cs`, `physics:hep-th`, `cs:cs:CL`.
fn set(text: &str) -> Result<String, String> {
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if text.split(':').all(plain) {
        return Ok(text.to_string());
    }
    Err(format!("`{text}` is not a set of arXiv; write cs, physics:hep-th, cs:cs:CL"))
}

impl FetchCommand {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let today = today();
        let (fetched, folder) = match &self.service {
            FetchService::Arxiv(Arxiv { category, since, until, page_size, base_url, request_args }) => {
                let mut fetcher = request_args.fetcher(base_url, today, context)?;
                let mut fetched = FetchedCounts::default();
                for category in category {
                    let wanted = arxiv::ArxivQuery {
                        category: category.clone(),
                        since: *since,
                        until: last(*since, *until, today)?,
                        page_size: *page_size,
                    };
                    fetched += arxiv::fetch(&mut fetcher, &wanted)?;
                }
                (fetched, &request_args.output)
            }
            FetchService::ArxivOai(ArxivOai { set, since, until, metadata_prefix, base_url, request_args }) => {
                let mut fetcher = request_args.fetcher(base_url, today, context)?;
                let until = last(*since, *until, today)?;
                let form = match metadata_prefix {
                    OaiFormat::Arxiv => MetadataFormat::Arxiv,
                    OaiFormat::ArxivRaw => MetadataFormat::ArxivRaw,
                };
                let sets = if set.is_empty() { vec![None] } else { set.iter().cloned().map(Some).collect() };
                let mut fetched = FetchedCounts::default();
                for set in sets {
                    let wanted = arxiv_oai::OaiQuery { set, since: *since, until, form };
                    fetched += arxiv_oai::fetch(&mut fetcher, &wanted)?;
                }
                (fetched, &request_args.output)
            }
            FetchService::HfDaily(HfDaily { date, since, until, base_url, request_args }) => {
                let since = date.or(*since).unwrap_or(today);
                let until = last(since, date.or(*until), today)?;
                let mut fetcher = request_args.fetcher(base_url, today, context)?;
                (hf_daily::fetch(&mut fetcher, since, until)?, &request_args.output)
            }
            FetchService::PapersWithCode(PapersWithCode { only, base_url, request_args }) => {
                let files = AnswerLimits { most_bytes: papers_with_code::MAX_FILE_BYTES, seconds: 3600.0 };
                let mut fetcher = request_args.fetcher_for(base_url, today, files, context)?;
                let parts: Vec<ArchivePart> = only.iter().map(|name| name.part()).collect();
                (papers_with_code::fetch(&mut fetcher, &parts)?, &request_args.output)
            }
        };
        let folder = folder.display();
        context.say(&match fetched.files {
            0 => format!("nothing new; {folder} has all of it"),
            files => format!("{} in {} at {folder}", counted(fetched.papers, "paper"), counted(files, "file")),
        });
        Ok(())
    }
}

pub(super) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The largest size of an answer, and its time limit if the user names none.
struct AnswerLimits {
    most_bytes: usize,
    seconds: f64,
}

/// The last day of the requested period.
fn last(since: Date, until: Option<Date>, today: Date) -> Result<Date, CommandFailure> {
    let until = until.unwrap_or(today);
    if since > until {
        return Err(CommandFailure::usage(format!("{since} is after {until}")));
    }
    if since > today {
        return Err(CommandFailure::usage(format!("{since} is in the future")));
    }
    Ok(until)
}

impl FetchArgs {
    /// The folder for the answers.
    pub(super) fn folder(&self) -> &std::path::Path {
        &self.output
    }

    pub(super) fn contact(&self) -> Option<&str> {
        self.contact.as_deref()
    }

    pub(super) fn fetcher<'c>(
        &self,
        base: &Url,
        today: Date,
        context: &'c CommandContext,
    ) -> Result<Fetcher<'c>, CommandFailure> {
        self.fetcher_for(base, today, AnswerLimits { most_bytes: 64 * 1024 * 1024, seconds: 120.0 }, context)
    }

    fn fetcher_for<'c>(
        &self,
        base: &Url,
        today: Date,
        answers: AnswerLimits,
        context: &'c CommandContext,
    ) -> Result<Fetcher<'c>, CommandFailure> {
        let mut hosts = Hosts::shipped()?;
        let per_second = if self.pause > 0.0 { 1.0 / self.pause } else { 0.0 };
        hosts.default = HostLimits { concurrency: 1, per_second };
        let mut config = CheckConfig::new(hosts);
        config.purpose = "fetch";
        config.contact.clone_from(&self.contact);
        config.timeout = Duration::from_secs_f64(self.timeout.unwrap_or(answers.seconds));
        config.link_time = config.timeout.saturating_mul(u32::from(self.tries));
        config.patience = Duration::from_mins(10);
        config.tries = usize::from(self.tries);
        // The first wait after a failure is as long as the pause between two requests.
        config.backoff = Duration::from_secs_f64(self.pause.max(0.01));
        config.api_bytes = answers.most_bytes;
        config.allow_private = self.allow_private;
        let tries = self.tries;
        let watch = move |event: FetchEvent<'_>| match event {
            FetchEvent::Wrote { file, papers, of: Some(of) } => {
                context.say(&format!("{file}  {papers} of {}", counted(of, "paper")));
            }
            FetchEvent::Wrote { file, papers, of: None } => {
                context.say(&format!("{file}  {}", counted(papers, "paper")));
            }
            FetchEvent::Known { what } => context.detail(&format!("{what} is there")),
            FetchEvent::Waiting { host } => {
                context.say(&format!("{host} has not answered yet; kg tries up to {tries} times"));
            }
            FetchEvent::Again { why } => context.say(&format!("again: {why}")),
        };
        Ok(Fetcher::new(base.clone(), &self.output, config, today, watch)?)
    }
}
