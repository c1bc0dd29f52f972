//! The options that select nodes and ties, the same in every command that shows a part of the graph.

use crate::graph::{MinConfidence, PaperSet, Selection, Tie, years_of_papers};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::store::{GraphStore, StoreError};
use clap::Args;

use super::failure::CommandFailure;
use super::{CommandContext, node};

#[derive(Args)]
pub(super) struct SelectionArgs {
    /// Kinds to show: dataset, model, method, task, metric, hardware, software, unknown, paper, repository, page,
    /// work (cited, not in the graph), author, venue, organization
    #[arg(short, long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<NodeKind>,
    /// Relations to show: introduces, evaluates-on, trains-on, builds-on, compares-with, runs-on, mentions,
    /// declares, has-repository, has-page, cites, written-by, published-in, affiliated-with, broader, for-task, related
    #[arg(short, long, value_name = "RELATION", value_delimiter = ',')]
    relation: Vec<Tie>,
    #[command(flatten)]
    papers: PaperArgs,
    /// Only papers that link to a repository not known to be dead, and no dead repositories or pages; links that `kg
    /// check` has not checked count as live
    #[arg(long, visible_alias = "live")]
    live_only: bool,
    /// Leave out links of papers to what they name with a lower confidence, 0 to 1: the share of correct links of their
    /// kind in a judged sample (ACCURACY.md). The confidence of a link is that of its surest mention; links that a
    /// source states are kept
    #[arg(long, value_name = "SHARE")]
    min_confidence: Option<MinConfidence>,
}

impl SelectionArgs {
    /// The title of a picture of the whole graph.
    pub(super) fn title(&self) -> String {
        let kinds: Vec<&str> = self.kind.iter().map(|kind| kind.plural()).collect();
        let what = match kinds.as_slice() {
            [] => return "Papers and what they name".to_string(),
            [one] => (*one).to_string(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        };
        let mut title: String = what.chars().take(1).flat_map(char::to_uppercase).chain(what.chars().skip(1)).collect();
        if !self.kind.contains(&NodeKind::Paper) {
            title.push_str(" that papers name together");
        }
        title
    }

    pub(crate) fn selection(&self, context: &CommandContext, graph: &GraphStore) -> Result<Selection, CommandFailure> {
        Ok(self.with_papers(self.papers.selection(context, graph)?))
    }

    /// The selection without names, which need no graph; and whether there are names.
    ///
    /// # Errors
    /// If the period has no day.
    pub(crate) fn without_names(&self) -> Result<(Selection, bool), CommandFailure> {
        Ok((self.with_papers(self.papers.dates()?), self.papers.has_names()))
    }

    /// Whether nothing is left out.
    pub(crate) fn is_everything(&self) -> bool {
        !self.papers.has_dates()
            && !self.papers.has_names()
            && self.with_papers(Selection::default()) == Selection::default()
    }

    fn with_papers(&self, papers: Selection) -> Selection {
        let (kinds, ties) = (self.kind.clone(), self.relation.clone());
        Selection { kinds, ties, live_only: self.live_only, min_confidence: self.min_confidence, ..papers }
    }
}

/// The options that choose papers by their time and by where they come from.
#[derive(Args)]
pub(super) struct PaperArgs {
    /// Only papers of these years: 2024, 2020..2024, 2020.., ..2024
    #[arg(long, value_name = "YEARS", conflicts_with_all = ["since", "until"])]
    year: Option<YearRange>,
    /// Only papers from this day on: 2024, 2024-07 or 2024-07-10
    #[arg(long, value_name = "DATE")]
    since: Option<PartialDate>,
    /// Only papers up to this day
    #[arg(long, value_name = "DATE")]
    until: Option<PartialDate>,
    /// Only papers by one of these authors
    #[arg(long, value_name = "NAME")]
    author: Vec<String>,
    /// Only papers from one of these organisations
    #[arg(long, value_name = "NAME", visible_alias = "organisation")]
    organization: Vec<String>,
    /// Only papers published in one of these venues: ACL, "ACL 2021"
    #[arg(long, value_name = "NAME")]
    venue: Vec<String>,
}

impl PaperArgs {
    /// Explains why no paper is selected, and names the years that the graph has.
    pub(super) fn why_empty(&self, graph: &GraphStore) -> Result<String, StoreError> {
        if self.has_names() {
            return Ok("no paper of the graph matches the time, authors, organisations and venues".to_string());
        }
        let (Some((first, last)), true) = (years_of_papers(graph)?, self.has_dates()) else {
            return Ok("no paper of the graph has a date".to_string());
        };
        let years = if first == last { first.to_string() } else { format!("{first} to {last}") };
        Ok(format!("no paper of the graph is from this time; they are from {years}"))
    }

    pub(super) fn has_names(&self) -> bool {
        [&self.author, &self.organization, &self.venue].iter().any(|names| !names.is_empty())
    }

    /// # Errors
    /// If the period has no day, or the graph has no author, organisation or venue with a name.
    pub(super) fn selection(&self, context: &CommandContext, graph: &GraphStore) -> Result<Selection, CommandFailure> {
        let dates = self.dates()?;
        let mut groups = Vec::new();
        for (kind, names) in [
            (NodeKind::Author, &self.author),
            (NodeKind::Organization, &self.organization),
            (NodeKind::Venue, &self.venue),
        ] {
            let nodes = names.iter().map(|name| node::find_of_kind(context, graph, name, kind));
            groups.push(nodes.collect::<Result<Vec<_>, _>>()?);
        }
        Ok(Selection { papers: PaperSet::of(graph, &groups)?, ..dates })
    }

    /// The selected time alone.
    ///
    /// # Errors
    /// If the period has no day.
    fn dates(&self) -> Result<Selection, CommandFailure> {
        let years = self.year.unwrap_or(YearRange { since: self.since, until: self.until });
        Selection::between(years.since, years.until).map_err(CommandFailure::usage)
    }

    pub(super) fn has_dates(&self) -> bool {
        self.year.is_some() || self.since.is_some() || self.until.is_some()
    }
}

#[derive(Clone, Copy)]
struct YearRange {
    since: Option<PartialDate>,
    until: Option<PartialDate>,
}

impl std::str::FromStr for YearRange {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let year = |s: &str| match s.trim() {
            "" => Ok(None),
            s => s
                .parse()
                .map(Some)
                .map_err(|_| format!("`{s}` is not a year; write 2024, 2020..2024, 2020.. or ..2024")),
        };
        let years = match s.split_once("..") {
            Some((since, until)) => Self { since: year(since)?, until: year(until.trim_start_matches('='))? },
            None => Self { since: year(s)?, until: year(s)? },
        };
        if let (Some(since), Some(until)) = (years.since, years.until)
            && since > until
        {
            return Err(format!("{since} is after {until}"));
        }
        Ok(years)
    }
}
