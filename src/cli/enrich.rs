use crate::fetch::enrich::{self, LackedField, PaperCatalogue};
use crate::text::{counted, counted_as};
use clap::{Args, ValueEnum};
use url::Url;

use super::CommandContext;
use super::failure::CommandFailure;
use super::fetch::{FetchArgs, today};

/// Ask a catalogue for data that papers of the graph lack: dates, abstracts, DOIs, references, venues
///
/// kg asks for papers by their arXiv id, DOI or Anthology id, many in one request. It writes the answers to files as
/// they come, and the list of papers that it asked for to .enriched.json next to them: an interrupted run continues
/// where it stopped, and no paper is requested twice. `kg build` reads the files: each statement has the catalogue as
/// its source, and nothing that other sources state is overwritten.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct EnrichArgs {
    /// The catalogue to ask
    #[arg(value_enum)]
    catalogue: CatalogueName,
    /// Ask for papers that lack one of these
    #[arg(long, value_enum, value_name = "FIELD", value_delimiter = ',', default_values_t = MissingField::ALL)]
    missing: Vec<MissingField>,
    /// Ask for at most this many papers, 0 for all; the next run continues
    #[arg(short, long, value_name = "N")]
    limit: Option<usize>,
    /// Another address of the service
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
    #[command(flatten)]
    request_args: FetchArgs,
}

#[derive(Clone, Copy, ValueEnum)]
enum CatalogueName {
    /// OpenAlex
    Openalex,
    /// Semantic Scholar
    SemanticScholar,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MissingField {
    Date,
    Abstract,
    Doi,
    References,
    Venue,
}

impl MissingField {
    const ALL: [Self; 5] = [Self::Date, Self::Abstract, Self::Doi, Self::References, Self::Venue];

    fn gap(self) -> LackedField {
        match self {
            Self::Date => LackedField::Date,
            Self::Abstract => LackedField::Abstract,
            Self::Doi => LackedField::Doi,
            Self::References => LackedField::References,
            Self::Venue => LackedField::Venue,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  kg enrich openalex --contact you@example.org -o enriched
  kg enrich semantic-scholar --missing abstract,references -o enriched
  kg build enriched";

impl EnrichArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let catalogue = match self.catalogue {
            CatalogueName::Openalex => PaperCatalogue::Openalex,
            CatalogueName::SemanticScholar => PaperCatalogue::SemanticScholar,
        };
        let base = match self.base_url {
            Some(url) => url,
            None => Url::parse(catalogue.base()).map_err(|e| CommandFailure::new(e.to_string()))?,
        };
        let gaps: Vec<LackedField> = self.missing.iter().map(|field| field.gap()).collect();
        let papers = {
            let graph = context.open()?;
            enrich::wanted_papers(&graph, &gaps)?
        };
        let lacking = papers.len();
        let mut fetcher = self.request_args.fetcher(&base, today(), context)?;
        let limit = self.limit.filter(|limit| *limit > 0);
        let enriched = enrich::enrich(&mut fetcher, catalogue, &papers, self.request_args.contact(), limit)?;
        let folder = self.request_args.folder().display();
        if enriched.nameless > 0 {
            let papers = counted(enriched.nameless, "paper");
            context.say(&format!("note: no arXiv id, DOI or Anthology id to ask by: {papers}"));
        }
        context.say(&match enriched.asked {
            0 => {
                format!(
                    "nothing new: {} lack something, and kg has asked for all of them",
                    counted(lacking as u64, "paper")
                )
            }
            asked => format!(
                "{} of {} known to {}, in {} at {folder}; `kg build {folder}` reads them",
                enriched.fetched.papers,
                counted_as(asked, "paper is", "papers are"),
                catalogue.as_str(),
                counted(enriched.fetched.files, "file")
            ),
        });
        Ok(())
    }
}
