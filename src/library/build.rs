use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use super::error::{Error, ErrorKind};
use crate::answer::make_boards;
use crate::collection::DoubtReason;
use crate::extract::ConfidenceLimits;
use crate::ontology::Base;
use crate::pipeline::{self, BuildOutcome, BuildRequest, BuildTask, Observer};
use crate::source::{Format, Input, InputScope, ReadOptions, ReadProblem};
use crate::vocabulary::Vocabulary;

/// A build of a graph, made by [`Graph::build`](super::Graph::build).
///
/// Unchanged inputs are not read again. Readers see the old graph until [`GraphBuild::run`] has returned.
///
/// ```
/// use papergraph::{Graph, Vocabulary};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let (listing, graph) = (folder.path().join("listing.bib"), folder.path().join("graph"));
/// std::fs::write(&listing, "@article{a, title = {A study of ImageNet}, year = 2020}")?;
/// let build = Graph::build(graph).vocabulary(Vocabulary::builtin()?).input(listing);
/// assert_eq!(build.clone().run()?.added, 1);
/// // The second build finds nothing new.
/// let again = build.run()?;
/// assert_eq!((again.papers, again.added, again.unread), (1, 0, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct GraphBuild {
    path: PathBuf,
    inputs: Vec<PathBuf>,
    vocabulary: Option<Arc<Vocabulary>>,
    format: Option<Format>,
    base: Option<Base>,
    limits: ConfidenceLimits,
    rebuild: bool,
    keep_missing: bool,
    candidates: bool,
    strict: bool,
}

/// The result of a build.
#[derive(Debug, Clone, Serialize)]
pub struct BuildReport {
    /// Number of papers in the graph.
    pub papers: u64,
    /// Number of new papers.
    pub added: u64,
    /// Number of papers that changed.
    pub changed: u64,
    /// Number of papers that no source has any more.
    pub removed: u64,
    /// Number of records that were read.
    pub read: u64,
    /// Number of records that were read but were in the graph already.
    pub known: u64,
    /// Number of inputs that were not read because they have not changed.
    pub unread: u64,
    /// Number of papers that several records describe.
    pub merged: u64,
    /// Number of records that could not be read.
    pub skipped: usize,
    /// What could not be read and why, and other messages for the user; at most a thousand.
    pub problems: Vec<String>,
    /// Where sources state different values for one field of a paper.
    pub contradictions: Vec<String>,
    /// Pairs of records that may be one paper, and what they share: `title` or `doi`.
    pub doubts: Vec<(String, String, &'static str)>,
}

impl GraphBuild {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            inputs: Vec::new(),
            vocabulary: None,
            format: None,
            base: None,
            limits: ConfidenceLimits::default(),
            rebuild: false,
            keep_missing: false,
            candidates: false,
            strict: false,
        }
    }

    /// Reads this file, folder or pattern too.
    #[must_use]
    pub fn input(mut self, path: impl Into<PathBuf>) -> Self {
        self.inputs.push(path.into());
        self
    }

    /// Links the names of this vocabulary instead of the shipped one.
    #[must_use]
    pub fn vocabulary(self, vocabulary: impl Into<Arc<Vocabulary>>) -> Self {
        Self { vocabulary: Some(vocabulary.into()), ..self }
    }

    /// Reads the inputs as this format. Without it, the content shows the format.
    #[must_use]
    pub fn format(self, format: Format) -> Self {
        Self { format: Some(format), ..self }
    }

    /// The base IRI of a new graph, with which the IRIs of its nodes begin. A graph keeps its base.
    #[must_use]
    pub fn base(self, base: Base) -> Self {
        Self { base: Some(base), ..self }
    }

    /// The lowest confidence of links and results that are kept.
    #[must_use]
    pub fn confidence(self, limits: ConfidenceLimits) -> Self {
        Self { limits, ..self }
    }

    /// Reads all inputs again and makes the graph from scratch, even if its files are damaged.
    #[must_use]
    pub fn rebuild(self, rebuild: bool) -> Self {
        Self { rebuild, ..self }
    }

    /// Keeps the records of files that are no longer in a folder.
    #[must_use]
    pub fn keep_missing(self, keep_missing: bool) -> Self {
        Self { keep_missing, ..self }
    }

    /// Also links names that are in no vocabulary, with a confidence of 0.3.
    #[must_use]
    pub fn candidates(self, candidates: bool) -> Self {
        Self { candidates, ..self }
    }

    /// Makes the first record that cannot be read an error.
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }

    /// Reads the inputs into the graph.
    ///
    /// # Errors
    /// If an input, the vocabulary or the graph cannot be used. The graph then stays as it was.
    pub fn run(self) -> Result<BuildReport, Error> {
        let mut inputs = Vec::new();
        for path in &self.inputs {
            inputs.extend(Input::expand(path)?);
        }
        let scopes = match self.keep_missing {
            true => Vec::new(),
            false => self.inputs.iter().filter_map(|path: &PathBuf| InputScope::of(path)).collect(),
        };
        let vocabulary = match &self.vocabulary {
            Some(vocabulary) => Arc::clone(vocabulary),
            None => Vocabulary::builtin()
                .map(Arc::new)
                .map_err(|problems| Error::new(ErrorKind::Input, problems.to_string()))?,
        };
        let request = BuildRequest {
            store: &self.path,
            base: self.base.as_ref(),
            vocabulary: &vocabulary,
            task: BuildTask::Read {
                inputs,
                options: ReadOptions { from: self.format, ..ReadOptions::default() },
                scopes,
            },
            rebuild: self.rebuild,
            candidates: self.candidates,
            limits: Some(self.limits),
        };
        let collector = MessageCollector { strict: self.strict, messages: Mutex::default() };
        let outcome = pipeline::build(&request, &collector)?;
        // The graph is there without its list of boards: the first question that needs the list makes it.
        let _ = make_boards(&self.path);
        let messages = collector.messages.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(BuildReport::new(outcome, messages))
    }
}

/// Number of problems that a report lists.
const LISTED: usize = 1000;

/// Collects the messages of a build.
struct MessageCollector {
    strict: bool,
    messages: Mutex<BuildMessages>,
}

#[derive(Default)]
struct BuildMessages {
    skipped: usize,
    problems: Vec<String>,
}

impl MessageCollector {
    fn add(&self, is_skipped: bool, message: String) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.skipped += usize::from(is_skipped);
        if messages.problems.len() < LISTED {
            messages.problems.push(message);
        }
    }
}

impl Observer for MessageCollector {
    fn begin(&self, _: &'static str, _: u64) {}

    fn step(&self, _: u64) {}

    fn problem(&self, problem: ReadProblem) -> Result<(), ReadProblem> {
        if problem.reason.is_expected() {
            return Ok(());
        }
        if self.strict {
            return Err(problem);
        }
        self.add(!problem.reason.keeps_record(), problem.to_string());
        Ok(())
    }

    fn detail(&self, _: &str) {}

    fn note(&self, message: &str) {
        self.add(false, message.to_string());
    }
}

impl BuildReport {
    fn new(outcome: BuildOutcome, messages: BuildMessages) -> Self {
        let BuildOutcome { papers, added, changed, removed, read, known, unread, merged, .. } = outcome;
        let contradictions = outcome.contradictions.iter().map(|(paper, found)| format!("{found} ({paper})")).collect();
        let BuildMessages { skipped, mut problems } = messages;
        problems.extend(outcome.source_notes().into_iter().flatten());
        Self {
            papers,
            added,
            changed,
            removed,
            read,
            known,
            unread,
            merged,
            skipped,
            problems,
            contradictions,
            doubts: outcome.doubts.into_iter().map(|(one, other, reason)| (one, other, shared(reason))).collect(),
        }
    }
}

/// What two records share that may be one paper.
fn shared(reason: DoubtReason) -> &'static str {
    match reason {
        DoubtReason::Title => "title",
        DoubtReason::SharedDoi => "doi",
    }
}
