use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;

use super::build::GraphBuild;
use super::error::Error;
use super::name;
use crate::answer::{BoardList, Neighborhood, NodeDetails, SearchResults, listed_boards};
use crate::graph::{BoardQuery, NeighborQuery, Selection, WantedMetric, WantedTask, leaderboard};
use crate::ontology::{Base, NodeKind};
use crate::query::{EvaluationWorkers, Query, QueryAnswer, QueryLimits, QueryTask, named_query};
use crate::store::{GraphFolder, GraphStore};
use crate::vocabulary::Kind;

/// A graph in a folder, and the questions to it.
///
/// ```
/// use papergraph::query::QueryAnswer;
/// use papergraph::question::{NeighborQuery, QueryLimits};
/// use papergraph::{ErrorKind, Graph};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let listing = folder.path().join("listing.bib");
/// std::fs::write(&listing, "@article{a, title = {Warm-up of ResNet-50 on ImageNet}, year = 2020, eprint =
/// {2001.00001}}")?;
///
/// let report = Graph::build(folder.path().join("graph")).input(&listing).run()?;
/// assert_eq!(report.added, 1);
///
/// let graph = Graph::open(folder.path().join("graph"))?;
/// let around = graph.neighbors("ImageNet", &NeighborQuery::default())?.value;
/// assert_eq!(around.groups[0].rows[0].name, "Warm-up of ResNet-50 on ImageNet");
///
/// // The result of a query has rows, triples, or yes or no, by the form of the query.
/// let used = "ASK { paper:arxiv-2001.00001 kg:mentions dataset:imagenet }";
/// assert!(matches!(graph.query(used, &[], QueryLimits::default())?, QueryAnswer::Boolean(true)));
///
/// // An error says what can be done.
/// let error = graph.show("ImageNett", None).unwrap_err();
/// assert_eq!((error.kind(), error.suggestions()), (ErrorKind::NotFound, ["dataset/imagenet".to_string()].as_slice()));
/// # Ok(())
/// # }
/// ```
pub struct Graph {
    folder: GraphFolder,
    path: PathBuf,
    /// Processes that evaluate queries, if the program `kg` is known.
    workers: Option<EvaluationWorkers>,
}

/// An answer, with notes on how the names in the question were read.
#[derive(Debug, Clone)]
pub struct Noted<T> {
    /// The answer.
    pub value: T,
    /// Sentences for the user: "`COCO` is read as dataset/coco; it can also mean method/coco".
    pub notes: Vec<String>,
}

/// Which results a leaderboard shows; by default all of the graph.
#[derive(Debug, Clone, Default)]
pub struct LeaderboardQuery {
    /// Name, alias or id of the dataset; all datasets if `None`.
    pub dataset: Option<String>,
    /// Name or id of the task: results of it, and those without a stated task on datasets that are made for it.
    pub task: Option<String>,
    /// Name, alias or id of the metric; all metrics if `None`.
    pub metric: Option<String>,
    /// Words that the variant has; `none` for results without a variant.
    pub variant: Option<String>,
    /// Shows only results that papers and sources state for the papers' own systems.
    pub own_only: bool,
    /// Shows only rows whose code is official and was alive at the last check.
    pub runnable_only: bool,
    /// Which papers count.
    pub selection: Selection,
}

/// Size of all terms in the answer to a query beyond which it is stopped, in bytes.
const MOST_BYTES: u64 = 1 << 30;

impl Graph {
    /// Opens the graph in a folder.
    ///
    /// # Errors
    /// If there is no graph, or it cannot be read.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let graph = Self::in_folder(path);
        graph.folder.graph()?;
        Ok(graph)
    }

    /// As [`Graph::open`], but the graph is opened at the first question, which then fails if there is none.
    pub fn in_folder(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        Self { folder: GraphFolder::new(path.clone()), path, workers: None }
    }

    /// A build of the graph in a folder, which may be new.
    pub fn build(path: impl Into<PathBuf>) -> GraphBuild {
        GraphBuild::new(path.into())
    }

    /// Evaluates queries in processes of the program `kg`, which can be stopped at any time. Without it, a query that
    /// reaches its limits may continue in a thread for a while.
    #[must_use]
    pub fn with_program(self, kg: impl Into<PathBuf>) -> Self {
        Self { workers: Some(EvaluationWorkers::new(kg.into(), &self.path)), ..self }
    }

    /// The base IRI, with which the IRIs of the graph's nodes begin; shortens IRIs for people.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub fn base(&self) -> Result<Base, Error> {
        Ok(self.folder.graph()?.base().clone())
    }

    /// The nodes tied to a node, by kind: what `kg neighbors` prints.
    ///
    /// # Errors
    /// If no node has the name, several have an equal claim to it, or the graph cannot be read.
    pub fn neighbors(&self, name: &str, query: &NeighborQuery) -> Result<Noted<Neighborhood>, Error> {
        if !(1..=4).contains(&query.depth) {
            return Err(Error::argument(format!("depth is {}; it can be 1 to 4", query.depth)));
        }
        self.ask(|graph, notes| Ok(Neighborhood::ask(graph, &name::find(graph, name, None, notes)?, query)?))
    }

    /// Everything that the graph holds about one node, with evidence: what `kg show` prints. `limit` is the largest
    /// number of rows of each kind; all rows if `None`.
    ///
    /// # Errors
    /// As [`Graph::neighbors`].
    pub fn show(&self, name: &str, limit: Option<usize>) -> Result<Noted<NodeDetails>, Error> {
        let query = NeighborQuery { limit, evidence: true, ..NeighborQuery::default() };
        self.ask(|graph, notes| Ok(NodeDetails::ask(graph, &name::find(graph, name, None, notes)?, &query)?))
    }

    /// Nodes whose names contain these words, of the given kinds (of all kinds if none is given): what `kg search`
    /// prints.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub fn search(&self, words: &str, kinds: &[NodeKind], limit: usize) -> Result<SearchResults, Error> {
        Ok(self.ask(|graph, _| Ok(SearchResults::ask(graph, words, kinds, limit)?))?.value)
    }

    /// The results that papers claim, on boards: what `kg leaderboard` prints. Without a dataset, each board has its
    /// best row only.
    ///
    /// # Errors
    /// As [`Graph::neighbors`], for the name of the dataset.
    pub fn leaderboard(&self, query: &LeaderboardQuery) -> Result<Noted<BoardList>, Error> {
        self.ask(|graph, notes| {
            let kind = Some(NodeKind::Entity(Kind::Dataset));
            let dataset = query.dataset.as_deref().map(|name| name::find(graph, name, kind, notes)).transpose()?;
            let metric = query.metric.as_deref().map(|words| WantedMetric::named(graph, words)).transpose()?;
            let query = BoardQuery {
                dataset: dataset.clone(),
                task: query.task.as_deref().map(|words| WantedTask::named(graph, words)).transpose()?,
                metric,
                variant: query.variant.clone(),
                own_only: query.own_only,
                runnable_only: query.runnable_only,
                selection: query.selection.clone(),
                without_evidence: false,
                without_code: false,
            };
            if dataset.is_none() {
                let found = listed_boards(graph, &query, 0..usize::MAX)?;
                return Ok(BoardList::of_all(graph, &found.boards, found.less_sure)?);
            }
            Ok(BoardList::of(dataset.as_ref(), &leaderboard(graph, &query)?))
        })
    }

    /// Evaluates a SPARQL query, or a shipped one by its name (`papers-using`). `parameters` are the values of those
    /// that the query declares. An answer of more than a gigabyte of text is an error at any `limits`.
    ///
    /// # Errors
    /// If the query has no such name or is not SPARQL, a parameter has no value, or a limit is reached before the
    /// first row.
    pub fn query(
        &self,
        query: &str,
        parameters: &[(String, String)],
        limits: QueryLimits,
    ) -> Result<QueryAnswer, Error> {
        let is_name =
            !query.is_empty() && query.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        let text = if is_name { named_query(query)? } else { query };
        let limits =
            QueryLimits { answer_bytes: Some(limits.answer_bytes.unwrap_or(MOST_BYTES).min(MOST_BYTES)), ..limits };
        let graph = self.folder.graph()?;
        Ok(match &self.workers {
            Some(workers) => workers.run(QueryTask::new(text).parameters(parameters.to_vec()), limits)?,
            None => Query::parse(text, graph.base())?.bind(parameters, &graph)?.run(&graph, limits)?,
        })
    }

    /// Asks a question. If the search index turns out to be damaged, it is rebuilt, and the question is asked again.
    fn ask<T>(&self, question: impl Fn(&GraphStore, &mut Vec<String>) -> Result<T, Error>) -> Result<Noted<T>, Error> {
        let once = || {
            let mut notes = Vec::new();
            let value = question(&*self.folder.graph()?, &mut notes)?;
            Ok(Noted { value, notes })
        };
        match panic::catch_unwind(AssertUnwindSafe(once)) {
            Ok(Err::<_, Error>(error)) if error.is_of_index && self.folder.mend() => once(),
            Ok(answer) => answer,
            Err(_) if self.folder.mend() => once(),
            Err(payload) => panic::resume_unwind(payload),
        }
    }
}
