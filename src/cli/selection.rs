//! The options that select nodes and ties, the same in every command that shows a part of the graph.

use clap::Args;
use papergraph::graph::{Selection, Tie, years_of_papers};
use papergraph::ontology::NodeKind;
use papergraph::paper::PartialDate;
use papergraph::store::{GraphStore, StoreError};

#[derive(Args)]
pub struct SelectionArgs {
    /// Kinds to show: dataset, model, method, task, metric, hardware, software, unknown, paper, repository, page,
    /// work (cited, not in the graph), author
    #[arg(short, long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<NodeKind>,
    /// Relations to show: introduces, evaluates-on, trains-on, builds-on, compares-with, runs-on, mentions,
    /// declares, has-repository, has-page, cites, written-by, broader, for-task, related
    #[arg(short, long, value_name = "RELATION", value_delimiter = ',')]
    relation: Vec<Tie>,
    #[command(flatten)]
    time: TimeArgs,
    /// Papers that link to a repository not known to be dead, and no dead repositories or pages; what `kg check` has
    /// not looked at counts as live
    #[arg(long, visible_alias = "live")]
    live_only: bool,
}

impl SelectionArgs {
    /// The title of a picture of the whole graph.
    pub fn title(&self) -> String {
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

    pub fn selection(&self) -> Selection {
        let (kinds, ties) = (self.kind.clone(), self.relation.clone());
        Selection { kinds, ties, live_only: self.live_only, ..self.time.selection() }
    }
}

/// The options that choose a time.
#[derive(Args)]
pub struct TimeArgs {
    /// Papers of these years: 2024, 2020..2024, 2020.., ..2024
    #[arg(long, value_name = "YEARS", conflicts_with_all = ["since", "until"])]
    year: Option<Years>,
    /// Papers from this day on: 2024, 2024-07 or 2024-07-10
    #[arg(long, value_name = "DATE")]
    since: Option<PartialDate>,
    /// Papers up to this day
    #[arg(long, value_name = "DATE")]
    until: Option<PartialDate>,
}

impl TimeArgs {
    /// Explains why no paper lies in the selected period, and gives the years that the graph has.
    pub fn why_empty(&self, graph: &GraphStore) -> Result<String, StoreError> {
        let (Some((first, last)), true) = (years_of_papers(graph)?, self.selection().has_dates()) else {
            return Ok("no paper of the graph has a date".to_string());
        };
        let years = if first == last { first.to_string() } else { format!("{first} to {last}") };
        Ok(format!("no paper of the graph is of the time asked for; its papers are of {years}"))
    }

    pub fn selection(&self) -> Selection {
        let years = self.year.unwrap_or(Years { since: self.since, until: self.until });
        Selection { since: years.since, until: years.until, ..Selection::default() }
    }
}

#[derive(Clone, Copy)]
struct Years {
    since: Option<PartialDate>,
    until: Option<PartialDate>,
}

impl std::str::FromStr for Years {
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
