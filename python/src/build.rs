//! Builds of a graph.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use papergraph::collection::DoubtReason;
use papergraph::ontology::Base;
use papergraph::pipeline::{self, Observer, Outcome, Request, Task};
use papergraph::source::{self, Format, Input, InputScope, Options, Problem};
use pyo3::prelude::*;
use serde::Serialize;

use crate::extraction::{limits, vocabulary};
use crate::failure::{Exception, Failure, detached};

/// Has whole papers (PDF, LaTeX) read by processes of the program `kg` from now on. The first call of a process counts.
#[pyfunction]
pub fn isolate(program: PathBuf) {
    source::isolate(program);
}

/// What a build did.
#[derive(Serialize)]
struct Report {
    /// The number of papers in the graph.
    papers: u64,
    added: u64,
    changed: u64,
    removed: u64,
    /// Records that were read, and of those the ones that the graph knew.
    read: u64,
    known: u64,
    /// Inputs that were not read, since they have not changed.
    unread: u64,
    /// Papers that several records describe.
    merged: u64,
    /// Records that could not be read.
    skipped: usize,
    /// What could not be read and why, and what else there is to say; the first of them.
    problems: Vec<String>,
    /// Where sources state different things about one paper.
    contradictions: Vec<String>,
    /// Pairs of records that may or may not be one paper, and what they share: `title` or `doi`.
    doubts: Vec<(String, String, &'static str)>,
}

/// Number of problems that a report lists.
const LISTED: usize = 1000;

/// Collects what a build says.
struct Listener {
    strict: bool,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    skipped: usize,
    problems: Vec<String>,
}

impl Listener {
    fn hear(&self, is_skipped: bool, message: String) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.skipped += usize::from(is_skipped);
        if heard.problems.len() < LISTED {
            heard.problems.push(message);
        }
    }
}

impl Observer for Listener {
    fn begin(&self, _: &'static str, _: u64) {}

    fn step(&self, _: u64) {}

    fn problem(&self, problem: Problem) -> Result<(), Problem> {
        if problem.reason.is_expected() {
            return Ok(());
        }
        if self.strict {
            return Err(problem);
        }
        self.hear(!problem.reason.keeps_record(), problem.to_string());
        Ok(())
    }

    fn detail(&self, _: &str) {}

    fn note(&self, message: &str) {
        self.hear(false, message.to_string());
    }
}

/// Reads inputs into the graph at `store`. Returns a report as JSON.
#[pyfunction]
#[allow(clippy::too_many_arguments, reason = "one for each option of the build")]
pub fn build(
    py: Python<'_>,
    store: PathBuf,
    inputs: Vec<PathBuf>,
    vocab: Vec<PathBuf>,
    format: Option<String>,
    base: Option<String>,
    rebuild: bool,
    keep_missing: bool,
    candidates: bool,
    min_confidence: Option<f32>,
    strict: bool,
) -> PyResult<String> {
    detached(py, || {
        let from: Option<Format> =
            format.map(|name| name.parse().map_err(|error: String| Failure::argument(error))).transpose()?;
        let base: Option<Base> =
            base.map(|iri| iri.parse().map_err(|error: String| Failure::argument(error))).transpose()?;
        let mut all = Vec::new();
        for path in &inputs {
            all.extend(Input::expand(path)?);
        }
        let scopes = match keep_missing {
            true => Vec::new(),
            false => inputs.iter().filter_map(|path| InputScope::of(path)).collect(),
        };
        let vocabulary = vocabulary(&vocab)?;
        let request = Request {
            store: &store,
            base: base.as_ref(),
            vocabulary: &vocabulary,
            task: Task::Read { inputs: all, options: Options { from, ..Options::default() }, scopes },
            rebuild,
            candidates,
            limits: Some(limits(min_confidence)?),
        };
        let listener = Listener { strict, heard: Mutex::default() };
        let outcome = pipeline::build(&request, &listener)?;
        let heard = listener.heard.into_inner().unwrap_or_else(PoisonError::into_inner);
        serde_json::to_string(&Report::of(outcome, heard))
            .map_err(|error| Failure::new(Exception::Error, error.to_string()))
    })
}

fn words(shared: DoubtReason) -> &'static str {
    match shared {
        DoubtReason::Title => "title",
        DoubtReason::SharedDoi => "doi",
    }
}

impl Report {
    fn of(outcome: Outcome, heard: Heard) -> Self {
        let Outcome { papers, added, changed, removed, read, known, unread, merged, .. } = outcome;
        let contradictions = outcome.contradictions.iter().map(|(paper, found)| format!("{found} ({paper})")).collect();
        let Heard { skipped, mut problems } = heard;
        problems.extend(
            outcome.gone.iter().map(|(name, records)| format!("{name} is gone, and {records} records with it")),
        );
        problems
            .extend(outcome.stale.iter().map(|source| format!("{} was not read again: {}", source.name, source.why)));
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
            doubts: outcome.doubts.into_iter().map(|(one, other, shared)| (one, other, words(shared))).collect(),
        }
    }
}
