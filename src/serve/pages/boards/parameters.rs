//! The parameters in the address of a board.

use super::super::selection::AskedPapers;
use super::NONE;
use crate::graph::{BoardQuery, MinConfidence, SURE_RESULT, Selection};
use crate::ontology::name_key;
use crate::serve::parameters::{MIN_CONFIDENCE, Parameters, address};
use crate::serve::problem::HttpProblem;
use crate::store::GraphStore;

/// The parameters in the address of a board.
#[derive(Clone)]
pub(super) struct BoardParameters {
    pub dataset: String,
    pub task: Option<String>,
    pub metric: Option<String>,
    pub variant: Option<String>,
    pub own: bool,
    pub runnable: bool,
    /// The lowest confidence of results, if it is not the usual one.
    pub min_confidence: Option<MinConfidence>,
    pub papers: AskedPapers,
    pub sort: RowOrder,
    pub page: usize,
}

/// The order of the rows of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowOrder {
    Rank,
    System,
    Date,
    Paper,
    Code,
}

impl RowOrder {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Rank, "rank"),
        (Self::System, "system"),
        (Self::Date, "date"),
        (Self::Paper, "paper"),
        (Self::Code, "code"),
    ];

    pub(super) fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(sort, _)| *sort == self).map_or("rank", |(_, name)| name)
    }
}

impl BoardParameters {
    pub(super) fn of(parameters: &Parameters) -> Result<Option<Self>, HttpProblem> {
        let Some(dataset) = parameters.filled("dataset")? else { return Ok(None) };
        let text = |name| Ok::<_, HttpProblem>(parameters.filled(name)?.map(str::to_string));
        Ok(Some(Self {
            dataset: dataset.to_string(),
            task: text("task")?,
            metric: text("metric")?,
            variant: text("variant")?,
            own: parameters.filled("own")?.is_some(),
            runnable: parameters.filled("runnable")?.is_some(),
            min_confidence: parameters.min_confidence()?.filter(|least| *least != SURE_RESULT),
            papers: AskedPapers::of(parameters)?,
            sort: parameters.choice("sort", &RowOrder::ALL)?.unwrap_or(RowOrder::Rank),
            page: parameters.number("page")?,
        }))
    }

    /// Whether this is the board, or one of the boards, in the address.
    pub(super) fn is(&self, task: Option<&str>, metric: &str, variant: Option<&str>) -> bool {
        let same = |wanted: &Option<String>, is: Option<&str>| match (wanted.as_deref(), is) {
            (None, _) | (Some(NONE), None) => true,
            (Some(wanted), Some(is)) => name_key(wanted) == name_key(is),
            (Some(_), None) => false,
        };
        same(&self.task, task) && same(&self.variant, variant) && same(&self.metric, Some(metric))
    }

    /// Which rows to show.
    pub(super) fn query(&self, store: &GraphStore) -> Result<BoardQuery, HttpProblem> {
        Ok(BoardQuery {
            own_only: self.own,
            runnable_only: self.runnable,
            selection: Selection { min_confidence: self.min_confidence, ..self.papers.selection(store)? },
            ..BoardQuery::default()
        })
    }

    pub(super) fn is_filtered(&self) -> bool {
        self.own || self.runnable || !self.papers.is_all()
    }

    /// The address of this board in another order or on another page.
    pub(super) fn address(&self, path: &str, sort: RowOrder, page: usize) -> String {
        let (papers, page) = (self.papers.pairs(), page.to_string());
        let least = self.min_confidence.map(|least| least.to_string());
        let mut pairs = vec![("dataset", self.dataset.as_str())];
        let named = [("task", &self.task), ("metric", &self.metric), ("variant", &self.variant)];
        pairs.extend(named.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?))));
        pairs.extend(self.own.then_some(("own", "1")));
        pairs.extend(self.runnable.then_some(("runnable", "1")));
        pairs.extend(least.as_deref().map(|least| (MIN_CONFIDENCE, least)));
        pairs.extend(papers.iter().map(|(name, value)| (*name, value.as_str())));
        pairs.extend((sort != RowOrder::Rank).then(|| ("sort", sort.as_str())));
        pairs.extend((page != "1").then_some(("page", page.as_str())));
        address(path, &pairs)
    }
}
