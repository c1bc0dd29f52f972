//! The build of a graph out of sources: what has changed since the last one, what must be read again for it, and the
//! work on that in batches, each of which survives a kill.
//!
//! The graph is a function of the records, the vocabulary and the rules. The ledger has all records; so a build that
//! does only what is needed ends at the same graph as one from scratch. What is needed:
//!
//! 1. *Records*: inputs whose bytes are known are not read; of the others, records whose hash is known are not kept
//!    twice.
//! 2. *Papers*: records are put together by paper (all of them; it takes a second for a million). A paper made of the
//!    same records as before is as before.
//! 3. *Names*: papers that are new, and those that a changed entry of the vocabulary can concern, are read for the names
//!    that they introduce.
//! 4. *Everything*: these papers, and those that a name can concern that is introduced now and was not before (or the
//!    other way round), are read whole and written.
//!
//! A paper is concerned by a name if the name can stand in its text (see [`crate::matcher::Watch`]).

mod names;
mod records;
mod work;

use std::collections::HashSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::extract::Extractor;
use crate::ledger::{Records, State, Vocabulary};
use crate::ontology::Base;
use crate::paper::{Contradiction, PaperId};
use crate::source::Problem;
use crate::store::{Build, StoreError, Summary, Workplace};
use crate::vocabulary;
pub use records::Task;
use work::Work;

/// Of the program's own rules: another version reads everything again.
pub const RULES: &str = env!("KG_RULES");

/// What a build is asked for.
pub struct Request<'r> {
    pub store: &'r Path,
    pub base: Option<&'r Base>,
    pub vocabulary: &'r Arc<vocabulary::Vocabulary>,
    pub task: Task,
    /// Read everything again, also what is known.
    pub rebuild: bool,
    /// Link also names that no vocabulary knows, see [`crate::extract::add_candidates`]. Holds all papers in memory.
    pub candidates: bool,
}

/// Who is told what a build does.
pub trait Observer: Sync {
    /// A stretch of work begins, of so many steps.
    fn begin(&self, what: &'static str, steps: u64);
    fn step(&self, steps: u64);
    /// Something in an input cannot be used. An error ends the build.
    fn problem(&self, problem: Problem) -> Result<(), Problem>;
    fn detail(&self, message: &str);
}

/// What a build came to.
#[derive(Debug, Default)]
pub struct Outcome {
    pub papers: u64,
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
    pub published: bool,
    /// Records that were read, and how many of them the ledger had already.
    pub read: u64,
    pub known: u64,
    /// Inputs that have not changed and were not read.
    pub unread: u64,
    /// Papers whose text was read again, though no source says anything new of them.
    pub read_again: u64,
    /// Papers that several records speak of.
    pub merged: u64,
    pub contradictions: Vec<(PaperId, Contradiction)>,
    /// Records that may be of a paper of the same title, or not: where each stands.
    pub doubts: Vec<(String, String)>,
}

#[derive(Debug)]
pub enum Error {
    Store(StoreError),
    /// An input that cannot be read, where that is to end the build.
    Problem(Problem),
    /// The only input that there was could not be read.
    NothingRead(Option<Problem>),
    NoSuchSource {
        name: String,
        known: Vec<String>,
    },
    Ledger {
        path: PathBuf,
        error: io::Error,
    },
    Automaton(aho_corasick::BuildError),
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<aho_corasick::BuildError> for Error {
    fn from(error: aho_corasick::BuildError) -> Self {
        Self::Automaton(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Problem(problem) | Self::NothingRead(Some(problem)) => problem.fmt(f),
            Self::NothingRead(None) => write!(f, "no paper could be read from the inputs"),
            Self::NoSuchSource { name, known } if known.is_empty() => {
                write!(f, "no paper of the graph comes from `{name}`; its sources are not known")
            }
            Self::NoSuchSource { name, known } => {
                write!(f, "no paper of the graph comes from `{name}`; its sources are {}", known.join(", "))
            }
            Self::Ledger { path, error } => write!(f, "the ledger {} cannot be used: {error}", path.display()),
            Self::Automaton(error) => write!(f, "cannot build the automaton over all names: {error}"),
        }
    }
}

impl std::error::Error for Error {}

/// Papers that are read at a time, on all cores.
const BATCH: usize = 1024;

/// Brings the graph up to what is asked.
///
/// # Errors
/// If an input, the graph or its ledger cannot be used. The graph is then what it was; a later build of the same inputs
/// goes on where this one stopped.
pub fn build(request: &Request<'_>, observer: &dyn Observer) -> Result<Outcome, Error> {
    let mut graph = Build::begin(request.store, request.base, request.vocabulary)?;
    let old = match graph.published_ledger() {
        Some(folder) => load(&folder.join("state"))?.unwrap_or_default(),
        None => State::default(),
    };
    let task = records::Plan::new(&request.task, &old, request.rebuild);
    let vocabulary = Vocabulary::of(request.vocabulary);
    let rules = rules();
    let all = request.rebuild || old.rules != rules || old.candidates || request.candidates;
    let untouched = task.is_empty() && !all && old.vocabulary == vocabulary;
    if untouched && !graph.is_new() {
        return Ok(Outcome { papers: old.papers.len() as u64, unread: task.unread(), ..Outcome::default() });
    }

    let plan = task.hash([
        graph.generation().unwrap_or_default(),
        vocabulary.version,
        rules,
        request.rebuild.into(),
        request.candidates.into(),
    ]);
    let Workplace { ledger, work: folder } = graph.work_on(plan)?;
    let mut outcome = Outcome { unread: task.unread(), ..Outcome::default() };
    let mut new = match load(&folder.join("read"))? {
        Some(read) => {
            observer.detail("going on where an interrupted build stopped");
            read
        }
        None => {
            let mut read = match task.run(&old, &ledger, observer, &mut outcome, request.rebuild) {
                Ok(read) => read,
                Err(error) => {
                    graph.discard()?;
                    return Err(error);
                }
            };
            read.rules = rules;
            read.candidates = request.candidates;
            read.vocabulary = vocabulary;
            if !all && !graph.is_new() && read == (State { papers: Vec::new(), ..old.clone() }) {
                graph.discard()?;
                return Ok(Outcome { papers: old.papers.len() as u64, ..outcome });
            }
            save(&read, &folder.join("read"))?;
            read
        }
    };
    let mut work = Work::new(&old, &new, Records::new(&ledger), all, observer);
    outcome.merged = work.merged();
    let read = task.names();
    for (source, (records, merged)) in new.sources.iter().zip(work.merged_by_source()) {
        if merged > 0 && read.contains(source.name.as_str()) {
            observer.detail(&format!(
                "{}: {merged} of {records} records merged with others of the same paper",
                source.name
            ));
        }
    }
    outcome.doubts = work.doubts()?;
    let mut extractor = Extractor::new(Arc::clone(request.vocabulary)).map_err(Error::Automaton)?;
    work.concerned_by_vocabulary(&old, &new)?;
    let papers = work.introductions(&old, &extractor, &folder, &mut outcome)?;
    names::learn(&mut extractor, &papers);
    work.concerned_by_names(&names::changed(&old.papers, &papers), &papers)?;

    let ids: HashSet<&PaperId> = papers.iter().map(|paper| &paper.id).collect();
    for gone in old.papers.iter().filter(|paper| !ids.contains(&paper.id)) {
        graph.remove(&gone.id)?;
    }
    outcome.read_again = work.read_again();
    observer.begin("writing papers", work.to_extract());
    if request.candidates {
        let mut extractions = Vec::new();
        let mut number = 0;
        while let Some(batch) = work.extract(number, &extractor)? {
            extractions.extend(batch);
            number += 1;
        }
        crate::extract::add_candidates(&mut extractions, request.vocabulary);
        graph.replace(extractions)?;
    } else if graph.is_new() {
        graph.fill(|number| work.extract(number, &extractor))?;
    } else {
        graph.replace_batches(|number| work.extract(number, &extractor))?;
    }
    outcome.papers = papers.len() as u64;
    new.papers = papers;
    observer.begin("finishing", 0);
    save(&new, &ledger.join("state"))?;
    graph.made_from(&new.sources);
    let Summary { added, changed, removed, published, .. } = graph.finish()?;
    Ok(Outcome { added, changed, removed, published, ..outcome })
}

fn rules() -> u64 {
    xxhash_rust::xxh3::xxh3_64(RULES.as_bytes())
}

fn load(path: &Path) -> Result<Option<State>, Error> {
    State::load(path).map_err(|error| Error::Ledger { path: path.into(), error })
}

fn save(state: &State, path: &Path) -> Result<(), Error> {
    state.save(path).map_err(|error| Error::Ledger { path: path.into(), error })
}
