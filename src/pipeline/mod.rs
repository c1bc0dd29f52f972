//! Builds a graph from sources: finds out what has changed since the last build and what must be read again, and does
//! the work in batches. Each finished batch survives a kill.
//!
//! The graph is a function of the records, the vocabulary and the rules. The ledger holds all records, so an
//! incremental build produces the same graph as one from scratch. The steps are:
//!
//! 1. *Records*: inputs with known bytes are not read. From the others, records with a known hash are not stored
//!    twice.
//! 2. *Papers*: records are merged by paper (all of them; this takes a second for a million). A paper made from the
//!    same records as before is unchanged.
//! 3. *Names*: the names that papers introduce are read from new papers, and from those that a changed vocabulary
//!    entry may affect.
//! 4. *Everything*: these papers are read whole and written, and also those that a newly introduced name, or one that
//!    is no longer introduced, may affect.
//!
//! A name may affect a paper if the name may be in its text (see `matcher::NameWatch`). A paper that is new, changed or
//! gone may affect the papers that cite it: they are written again too (see [`crate::collection::ReferenceResolver`]).
//!
//! When the rules change, as they do in another version of the program, all inputs that still exist are read again, and
//! the graph is rebuilt from scratch. The same holds for [`BuildRequest::rebuild`], which reads nothing from the
//! previous graph and works even if that graph is damaged. The user's statements and the outcomes of link checks are
//! carried over.

mod names;
mod people;
mod records;
mod selection;

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::collection::{DoubtReason, PeopleDecisions};
use crate::extract::{ConfidenceLimits, Extractor, ExtractorError};
use crate::ledger::{LedgerState, PaperState, RecordReader, VocabularySummary};
use crate::liveness::{CheckOutcome, ConfirmRule, Journal};
use crate::ontology::Base;
use crate::paper::{Contradiction, PaperId};
use crate::source::ReadProblem;
use crate::store::{
    BuildSummary, GenerationBasis, GenerationBuild, GenerationEdit, GenerationFolders, LockedStore, StoreError,
    record_checks,
};
use crate::text::counted;
use crate::vocabulary;
pub use records::BuildTask;
use records::{InputPlan, Rereading};
use selection::{CountedNames, PaperSelection, SelectedPapers};

/// Hash of the program's own rules for reading, extracting and mapping papers. When the rules change, everything is
/// read again.
pub const RULES: &str = env!("KG_RULES");

/// Parameters of a build.
pub struct BuildRequest<'r> {
    pub store: &'r Path,
    pub base: Option<&'r Base>,
    pub vocabulary: &'r Arc<vocabulary::Vocabulary>,
    pub task: BuildTask,
    /// Read everything again, including known inputs.
    pub rebuild: bool,
    /// Also link names that are in no vocabulary, see [`crate::extract::add_candidates`]. Holds all papers in memory.
    pub candidates: bool,
    /// `None`: as in the last build.
    pub limits: Option<ConfidenceLimits>,
}

/// Receives progress and messages of a build.
pub trait Observer: Sync {
    /// A phase of the build begins; `steps` is the number of its steps.
    fn begin(&self, what: &'static str, steps: u64);
    fn step(&self, steps: u64);
    /// Something in an input cannot be used. Returning an error ends the build.
    fn problem(&self, problem: ReadProblem) -> Result<(), ReadProblem>;
    fn detail(&self, message: &str);
    /// The new graph is the current one: from here on, the build cannot be undone by ending the process.
    fn published(&self) {}
    /// A message for the user.
    fn note(&self, message: &str) {
        self.detail(message);
    }
}

/// Result of a build.
#[derive(Debug, Default)]
pub struct BuildOutcome {
    /// Number of papers in the graph.
    pub papers: u64,
    /// Number of new papers.
    pub added: u64,
    /// Number of papers that changed.
    pub changed: u64,
    /// Number of papers that no source has any more.
    pub removed: u64,
    /// Whether there is a new generation of the graph.
    pub published: bool,
    /// Number of records that were read.
    pub read: u64,
    /// Number of records that were read but were in the ledger already.
    pub known: u64,
    /// Number of inputs that were not read because they have not changed.
    pub unread: u64,
    /// Number of papers that were read again although no source states anything new about them.
    pub read_again: u64,
    /// Number of papers that several records describe.
    pub merged: u64,
    pub contradictions: Vec<(PaperId, Contradiction)>,
    /// Pairs of records with the same title that may be about one paper: the locations of both.
    pub doubts: Vec<(String, String, DoubtReason)>,
    /// Number of authors whose papers were joined on little evidence.
    pub doubtful_authors: u64,
    /// Whether an existing graph was rebuilt from scratch, without comparing anything with it.
    pub rebuilt: bool,
    /// Sources whose file is gone from a folder, with the number of their records that were removed.
    pub gone_sources: Vec<(String, u64)>,
    /// Sources that an earlier version of the program read and this one could not read again.
    pub stale_sources: Vec<StaleSource>,
    /// Sources with records from an earlier version that this one cannot read, with the number of those records.
    pub unreadable_sources: Vec<(String, u64)>,
}

impl BuildOutcome {
    /// A line for each source that is gone, each that was not read again, and each that can no longer be read.
    pub(crate) fn source_notes(&self) -> [Vec<String>; 3] {
        let gone = self.gone_sources.iter();
        let gone = gone.map(|(name, n)| format!("removed: {name} is gone, and {} with it", counted(*n, "record")));
        let stale = self.stale_sources.iter().map(|source| {
            let records = counted(source.records, "record");
            format!("not read again: {} ({records}, kept as it was): {}", source.name, source.why)
        });
        let unreadable = self.unreadable_sources.iter().map(|(name, n)| {
            let records = counted(*n, "record");
            format!("lost: {records} of {name}, kept by an earlier version of kg, cannot be read; name it again")
        });
        [gone.collect(), stale.collect(), unreadable.collect()]
    }
}

/// A source whose records stay as an earlier version of the program read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleSource {
    pub name: String,
    pub records: u64,
    pub why: &'static str,
}

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An unreadable input that ends the build.
    #[error(transparent)]
    ReadProblem(#[from] ReadProblem),
    /// The only input could not be read.
    #[error("{}", .0.as_ref().map_or_else(|| "no paper could be read from the inputs".to_string(), ToString::to_string))]
    NothingRead(Option<ReadProblem>),
    /// A mistake in the user's file about people.
    #[error("{0}")]
    People(String),
    #[error(
        "no paper of the graph comes from `{name}`; its sources are {}",
        if .known.is_empty() { "not known".to_string() } else { .known.join(", ") }
    )]
    NoSuchSource { name: String, known: Vec<String> },
    #[error("the ledger {path} cannot be used: {error}")]
    Ledger { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Extractor(#[from] ExtractorError),
}

/// Number of papers that are read at a time, on all cores.
const BATCH: usize = 1024;

/// Updates the graph as requested.
///
/// # Errors
/// If an input, the graph or its ledger cannot be used. The graph then stays as it was, and a later build of the same
/// inputs resumes this one.
pub fn build(request: &BuildRequest<'_>, observer: &dyn Observer) -> Result<BuildOutcome, BuildError> {
    let built = BuildSession::begin(request, observer).and_then(|(session, locked, basis)| session.run(locked, basis));
    match built {
        Err(BuildError::Store(error)) if error.is_disk_full() => {
            Err(BuildError::Store(free_the_disk(request.store, error)))
        }
        Err(BuildError::Ledger { path, error }) if crate::disk::is_full(&error) => {
            let error = StoreError::Io { path, doing: "write to", error };
            Err(BuildError::Store(free_the_disk(request.store, error)))
        }
        built => built,
    }
}

/// Frees the disk: what a build wrote to a full disk is useless, and the space is needed.
fn free_the_disk(store: &Path, error: StoreError) -> StoreError {
    match LockedStore::take(store, None).and_then(|locked| locked.discard_unfinished()) {
        Ok(written) => StoreError::DiskFull { path: store.to_path_buf(), written },
        Err(_) => error,
    }
}

/// A build, from the request to its outcome.
struct BuildSession<'r> {
    request: &'r BuildRequest<'r>,
    observer: &'r dyn Observer,
    /// The ledger of the published graph.
    old: LedgerState,
    plan: InputPlan<'r>,
    vocabulary: VocabularySummary,
    limits: ConfidenceLimits,
    /// What the user states about people.
    decisions: PeopleDecisions,
    /// Whether every paper is read again.
    reads_all: bool,
    outcome: BuildOutcome,
}

impl<'r> BuildSession<'r> {
    /// Takes the build lock, and plans the work.
    fn begin(
        request: &'r BuildRequest<'r>,
        observer: &'r dyn Observer,
    ) -> Result<(Self, LockedStore, GenerationBasis), BuildError> {
        let locked = LockedStore::take(request.store, request.base)?;
        locked.notes().iter().for_each(|note| observer.note(note));
        if locked.is_lost()? && !request.rebuild {
            return Err(StoreError::Lost { path: request.store.to_path_buf() }.into());
        }
        let (old, keeps_ledger) = match read_ledger(&locked) {
            Ok(state) => (state, true),
            Err(error) if request.rebuild => {
                observer.note(&format!("{error}; only the inputs that are named will be in the graph"));
                (LedgerState::default(), false)
            }
            Err(error) => return Err(error),
        };
        let has_graph = locked.generation().is_some();
        let rereading = match request.rebuild {
            true => Rereading::Asked,
            false if has_graph && old.rules != rules() => Rereading::OtherRules,
            false => Rereading::No,
        };
        let as_before = if has_graph { old.limits } else { ConfidenceLimits::default() };
        let limits = request.limits.unwrap_or(as_before);
        let basis = match rereading {
            Rereading::No => GenerationBasis::Published,
            Rereading::Asked | Rereading::OtherRules => GenerationBasis::Empty { ledger: keeps_ledger },
        };
        if rereading == Rereading::OtherRules {
            observer.note("another version of kg made this graph: all inputs that still exist are read again");
        }
        let session = Self {
            plan: InputPlan::new(&request.task, &old, rereading),
            vocabulary: VocabularySummary::of(request.vocabulary)
                .map_err(|error| ledger_error(request.store, error))?,
            limits,
            decisions: people::decisions(request.store)?,
            reads_all: rereading != Rereading::No || old.candidates || request.candidates || old.limits != limits,
            outcome: BuildOutcome { rebuilt: has_graph && rereading != Rereading::No, ..BuildOutcome::default() },
            request,
            observer,
            old,
        };
        Ok((session, locked, basis))
    }

    fn run(mut self, locked: LockedStore, basis: GenerationBasis) -> Result<BuildOutcome, BuildError> {
        self.outcome.unread = self.plan.unread();
        let generation = locked.generation();
        if generation.is_some() && self.is_up_to_date() {
            return Ok(self.unchanged());
        }
        let task_hash = self.task_hash(generation.unwrap_or_default());
        let mut build = GenerationBuild::on(locked, basis, self.request.vocabulary)?;
        let folders = build.work_on(task_hash)?;
        let Some((mut build, mut state)) = self.read_inputs(build, &folders)? else { return Ok(self.unchanged()) };
        let mut extractor = Extractor::new(Arc::clone(self.request.vocabulary)).map_err(BuildError::Extractor)?;
        extractor.set_limits(self.limits);
        let records = RecordReader::new(&folders.ledger);
        let mut selection = PaperSelection::new(&self.old, &state, records, self.reads_all, self.observer);
        self.report_merged(&state, &selection)?;
        let (papers, (names, works)) = self.introduce(&mut extractor, &mut selection, &state, &folders)?;
        remove_gone(&mut build, &self.old, &papers)?;
        self.outcome.read_again = selection.read_again();
        self.outcome.papers = papers.len() as u64;
        let selected = selection.into_selected(self.observer);
        self.outcome.doubtful_authors = people::report(self.request.store, selected.authors(), self.observer)?;
        // The state of a million papers is large, and the old one is not needed any more.
        self.old = LedgerState::default();
        build.made_from(&state.sources);
        (state.papers, state.names, state.works) = (papers, names, works);
        self.write(&mut build, &selected, &extractor, state, folders.ledger.join("state"))?;
        drop((selected, extractor));
        self.finish(build)
    }

    /// Whether the graph holds all that was asked for.
    fn is_up_to_date(&self) -> bool {
        self.plan.is_empty()
            && !self.reads_all
            && self.old.vocabulary == self.vocabulary
            && self.old.decisions_version == self.decisions.version
    }

    /// The outcome of a build that changes nothing.
    fn unchanged(self) -> BuildOutcome {
        BuildOutcome { papers: self.old.papers.len() as u64, ..self.outcome }
    }

    /// A hash that is equal for builds that do the same: such a build resumes an interrupted one.
    fn task_hash(&self, generation: u64) -> u64 {
        let [links, results] = self.limits.to_bits();
        self.plan.hash(&[
            generation,
            self.vocabulary.version,
            rules(),
            self.request.rebuild.into(),
            self.request.candidates.into(),
            links.into(),
            results.into(),
            self.decisions.version,
        ])
    }

    /// Reads the inputs that changed into the ledger, unless an interrupted build has done so. Discards the build and
    /// returns `None` if they state nothing new.
    fn read_inputs(
        &mut self,
        build: GenerationBuild<'r>,
        folders: &GenerationFolders,
    ) -> Result<Option<(GenerationBuild<'r>, LedgerState)>, BuildError> {
        let path = folders.work.join("read");
        if let Some(state) = load(&path)? {
            self.observer.detail("resuming the interrupted build");
            return Ok(Some((build, state)));
        }
        let read = match self.plan.run(&self.old, &folders.ledger, self.observer, &mut self.outcome) {
            Ok(read) => read,
            Err(error) => {
                build.discard()?;
                return Err(error);
            }
        };
        let state = LedgerState {
            rules: rules(),
            candidates: self.request.candidates,
            limits: self.limits,
            vocabulary: std::mem::take(&mut self.vocabulary),
            decisions_version: self.decisions.version,
            ..read
        };
        if !self.reads_all && !build.is_new() && is_same(&state, &self.old) {
            build.discard()?;
            return Ok(None);
        }
        state.save(&path).map_err(|error| ledger_error(&path, error))?;
        Ok(Some((build, state)))
    }

    /// Reports how many records were merged, and which records may be about the same paper.
    fn report_merged(&mut self, state: &LedgerState, selection: &PaperSelection<'_>) -> Result<(), BuildError> {
        self.outcome.merged = selection.merged();
        let read = self.plan.names();
        for (source, (records, merged)) in state.sources.iter().zip(selection.merged_by_source()) {
            if merged > 0 && read.contains(source.name.as_str()) {
                self.observer.detail(&format!(
                    "{}: {merged} of {} merged with others of the same paper",
                    source.name,
                    counted(records, "record")
                ));
            }
        }
        self.outcome.doubts = selection.doubts()?;
        Ok(())
    }

    /// Finds the names that all papers introduce and what they mean, and selects the papers that must be read whole.
    fn introduce(
        &mut self,
        extractor: &mut Extractor,
        selection: &mut PaperSelection<'_>,
        state: &LedgerState,
        folders: &GenerationFolders,
    ) -> Result<(Vec<PaperState>, CountedNames), BuildError> {
        let old = &self.old;
        selection.select_by_vocabulary(old, state)?;
        let mut papers = selection.read_introductions(old, extractor, &folders.work, &mut self.outcome)?;
        let (names, works) = selection.decide_names(&papers, self.request.vocabulary, &folders.work)?;
        selection.note_changed_works(&old.works, &works);
        selection.identify_authors(&mut papers, &self.decisions);
        selection.select_by_names(&names::changed(&old.names, &names), &papers)?;
        selection.make_resolver(&papers, works.clone());
        extractor.learn(names.clone());
        Ok((papers, (names, works)))
    }

    /// Writes the selected papers into the graph and, at the same time, the state into its file. The state is dropped as
    /// soon as it is written, because it is large.
    fn write(
        &self,
        build: &mut GenerationBuild<'_>,
        selected: &SelectedPapers<'_>,
        extractor: &Extractor,
        state: LedgerState,
        state_path: PathBuf,
    ) -> Result<(), BuildError> {
        let saving = std::thread::spawn(move || {
            let saved = state.save(&state_path);
            saved.map_err(|error| ledger_error(&state_path, error))
        });
        let written = write_papers(build, selected, extractor, self.request, self.observer);
        let saved = saving.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        written.and(saved)
    }

    /// Publishes the new generation.
    fn finish(self, build: GenerationBuild<'_>) -> Result<BuildOutcome, BuildError> {
        self.observer.begin("finishing", 0);
        let BuildSummary { added, changed, removed, published, checks_lost, .. } = build.finish()?;
        if published {
            self.observer.published();
        }
        if checks_lost {
            record_journal(self.request.store, self.observer)?;
        }
        Ok(BuildOutcome { added, changed, removed, published, ..self.outcome })
    }
}

/// The ledger state of the published graph; empty if there is no graph.
fn read_ledger(locked: &LockedStore) -> Result<LedgerState, BuildError> {
    let Some(folder) = locked.ledger() else { return Ok(LedgerState::default()) };
    let path = folder.join("state");
    let missing = || io::Error::new(io::ErrorKind::NotFound, "the file is missing");
    load(&path)?.ok_or_else(|| ledger_error(&path, missing()))
}

/// Whether reading has changed nothing. Papers are not compared, because they follow from the rest.
fn is_same(read: &LedgerState, old: &LedgerState) -> bool {
    let LedgerState {
        rules,
        candidates,
        limits,
        vocabulary,
        sources,
        records,
        papers: _,
        names: _,
        works: _,
        decisions_version,
        next_segment,
    } = read;
    (*rules, *candidates, *next_segment) == (old.rules, old.candidates, old.next_segment)
        && *limits == old.limits
        && *decisions_version == old.decisions_version
        && *vocabulary == old.vocabulary
        && *sources == old.sources
        && *records == old.records
}

/// Removes the papers that no source lists any more.
fn remove_gone(build: &mut GenerationBuild<'_>, old: &LedgerState, papers: &[PaperState]) -> Result<(), BuildError> {
    if build.is_new() {
        return Ok(());
    }
    let ids: HashSet<&PaperId> = papers.iter().map(PaperState::id).collect();
    for gone in old.papers.iter().filter(|paper| !ids.contains(paper.id())) {
        build.remove(gone.id())?;
    }
    Ok(())
}

/// Reads the selected papers whole and writes them into the graph.
fn write_papers(
    build: &mut GenerationBuild<'_>,
    papers: &SelectedPapers<'_>,
    extractor: &Extractor,
    request: &BuildRequest<'_>,
    observer: &dyn Observer,
) -> Result<(), BuildError> {
    observer.begin("writing papers", papers.count());
    if request.candidates {
        let mut extractions = Vec::new();
        let mut number = 0;
        while let Some(batch) = papers.extract(number, extractor)? {
            extractions.extend(batch);
            number += 1;
        }
        crate::extract::add_candidates(&mut extractions, request.vocabulary);
        return Ok(build.replace(extractions)?);
    }
    match build.is_new() {
        true => build.fill(|number| papers.extract(number, extractor)),
        false => build.replace_batches(|number| papers.extract(number, extractor)),
    }
}

/// Writes the outcomes from the journal of checks into a rebuilt graph, when the previous graph could not be read.
fn record_journal(store: &Path, observer: &dyn Observer) -> Result<(), BuildError> {
    let journal = match Journal::open(store) {
        Ok(journal) => journal,
        Err(error) => {
            observer.note(&format!("{error}; the next `kg check` writes the results of earlier checks"));
            return Ok(());
        }
    };
    let outcomes: Vec<CheckOutcome> = journal.outcomes().cloned().collect();
    let mut change = GenerationEdit::begin(store)?;
    record_checks(&mut change, &outcomes, ConfirmRule::default())?;
    change.finish()?;
    Ok(())
}

fn rules() -> u64 {
    xxhash_rust::xxh3::xxh3_64(RULES.as_bytes())
}

fn load(path: &Path) -> Result<Option<LedgerState>, BuildError> {
    LedgerState::load(path, rules()).map_err(|error| ledger_error(path, error))
}

fn ledger_error(path: &Path, error: io::Error) -> BuildError {
    BuildError::Ledger { path: path.into(), error }
}
