//! Selects the papers to read, and reads them batch by batch.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::Path;

use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::Xxh3;

use super::{BATCH, BuildError, BuildOutcome, Observer};
use crate::collection::{
    Byline, DoubtReason, IdentifiedAuthors, Introduction, PeopleDecisions, RecordDoubt, RecordGroup, RecordTrace,
    ReferenceResolver, UsageCounter, WorkKeyCounter, citation_keys, decide_names, group_records, has_references,
    identify_authors, introduction, may_cite, merge_records, sort_introductions, untitled_reference_ids,
};
use crate::disk::FileKind;
use crate::document::DocumentParts;
use crate::extract::{CollectionName, Extraction, Extractor, ExtractorError};
use crate::ledger::{BuildLog, LedgerState, PaperState, RecordPosition, RecordReader, RecordWriter};
use crate::matcher::NameWatch;
use crate::paper::{Contradiction, Paper, PaperId};
use crate::vocabulary::{EntityId, Kind, Vocabulary, squeeze};

/// Decides which papers a build reads. A paper is read by itself to find what it introduces, and whole, with the names
/// of the collection, to write it. The number of a paper is that of its group of records.
pub(super) struct PaperSelection<'w> {
    /// The ledger after the inputs are read.
    state: &'w LedgerState,
    records: RecordReader,
    groups: Vec<RecordGroup>,
    doubts: Vec<RecordDoubt>,
    /// Hash of the records of each paper.
    records_hashes: Vec<u64>,
    /// Papers to read by themselves.
    to_read_alone: Vec<u32>,
    to_read_whole: Vec<u32>,
    /// Whether a source states something new about each paper.
    is_new: Vec<bool>,
    /// Keys of papers that are new, changed or gone: references to them may mean another paper now.
    changed_keys: HashSet<u64>,
    /// Resolves references; `None` before all papers are known.
    resolver: Option<ReferenceResolver>,
    /// The authors of papers, once all papers are known.
    authors: IdentifiedAuthors,
    /// Papers whose authors have changed.
    changed_authors: Vec<u32>,
    /// Extractions of papers that were read by themselves.
    extractions: Option<RecordReader>,
    /// Papers that were read by themselves, each with the position of its extraction; sorted.
    alone_positions: Vec<(u32, RecordPosition)>,
    observer: &'w dyn Observer,
}

/// The papers to read whole, without what was needed to select them.
pub(super) struct SelectedPapers<'o> {
    papers: Vec<(u32, PaperOrigin)>,
    records: RecordReader,
    extractions: Option<RecordReader>,
    resolver: Option<ReferenceResolver>,
    authors: IdentifiedAuthors,
    observer: &'o dyn Observer,
}

/// What a paper is read from.
enum PaperOrigin {
    /// Its extraction, if it was read by itself.
    Extraction(RecordPosition),
    /// Its records and their positions.
    Records(Box<(RecordGroup, Vec<RecordPosition>)>),
}

/// Number of papers between two points at which reading can be resumed.
const CHECKPOINT_PAPERS: usize = 4 * BATCH;

/// Log of [`Checkpoint`]s.
const CHECKPOINT_LOG: FileKind = FileKind { magic: b"kg-intr\n", version: 4 };

/// Log of the names of the collection. It has one entry, written when all papers have been counted.
const NAME_LOG: FileKind = FileKind { magic: b"kg-name\n", version: 2 };

/// What the papers between two checkpoints introduce.
#[derive(Default, Serialize, Deserialize)]
struct Checkpoint {
    papers: Vec<PaperState>,
    /// Position of the extraction of each of these papers.
    extractions: Vec<RecordPosition>,
    contradictions: Vec<(PaperId, Contradiction)>,
}

/// A paper that was read by itself.
struct IntroducedPaper {
    /// Its extraction, as it is kept.
    bytes: Vec<u8>,
    paper: PaperState,
    /// Contradictions that a new source brings.
    contradictions: Vec<Contradiction>,
}

/// Papers that were read by themselves. Those before a checkpoint survive a crash.
struct IntroducedPapers {
    log: BuildLog,
    writer: RecordWriter,
    /// The papers since the last checkpoint.
    next: Checkpoint,
    papers: Vec<PaperState>,
    /// Positions of their extractions.
    positions: Vec<RecordPosition>,
    contradictions: Vec<(PaperId, Contradiction)>,
}

impl IntroducedPapers {
    /// Opens the log at `path`, with what an interrupted build has read. Extractions are kept in `folder`; `count`
    /// papers are expected.
    fn open(path: &Path, folder: &Path, count: usize) -> io::Result<Self> {
        let (log, done) = BuildLog::open::<Checkpoint>(path, CHECKPOINT_LOG)?;
        let last = done.iter().flat_map(|checkpoint| &checkpoint.extractions).map(|position| position.segment).max();
        let mut this = Self {
            log,
            writer: RecordWriter::new(folder, last.map_or(1, |last| last + 1)),
            next: Checkpoint::default(),
            papers: Vec::with_capacity(count),
            positions: Vec::with_capacity(count),
            contradictions: Vec::new(),
        };
        done.into_iter().for_each(|checkpoint| this.take(checkpoint));
        Ok(this)
    }

    fn take(&mut self, checkpoint: Checkpoint) {
        self.papers.extend(checkpoint.papers);
        self.positions.extend(checkpoint.extractions);
        self.contradictions.extend(checkpoint.contradictions);
    }

    fn keep(&mut self, read: Vec<IntroducedPaper>) -> io::Result<()> {
        for IntroducedPaper { bytes, paper, contradictions } in read {
            self.next.contradictions.extend(contradictions.into_iter().map(|c| (paper.id().clone(), c)));
            self.next.extractions.push(self.writer.push(&bytes)?);
            self.next.papers.push(paper);
        }
        if self.next.papers.len() >= CHECKPOINT_PAPERS { self.write_checkpoint() } else { Ok(()) }
    }

    fn write_checkpoint(&mut self) -> io::Result<()> {
        let checkpoint = std::mem::take(&mut self.next);
        if !checkpoint.papers.is_empty() {
            self.writer.close()?;
            self.log.append(&checkpoint)?;
            self.take(checkpoint);
        }
        Ok(())
    }
}

/// The names of the collection, and the keys of works that papers cite by an id alone.
pub(super) type CountedNames = (Vec<CollectionName>, Vec<(u64, String)>);

/// An extraction as the folder of a build keeps it. An extraction flattens the fields of its paper, and serde buffers
/// flattened fields before it reads them. The document is kept apart, because buffering many references is slow.
#[derive(Serialize, Deserialize)]
struct StoredExtraction {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    document: Option<Box<DocumentParts>>,
    extraction: Extraction,
}

impl StoredExtraction {
    fn new(mut extraction: Extraction) -> Self {
        Self { document: extraction.paper.document.take(), extraction }
    }

    fn into_extraction(mut self) -> Extraction {
        self.extraction.paper.document = self.document;
        self.extraction
    }
}

/// A paper, or its complete extraction.
enum PaperOrExtraction {
    Paper(Box<Paper>),
    Extraction(Box<Extraction>),
}

impl<'w> PaperSelection<'w> {
    pub(super) fn new(
        old: &LedgerState,
        state: &'w LedgerState,
        records: RecordReader,
        reads_all: bool,
        observer: &'w dyn Observer,
    ) -> Self {
        let by_name = {
            let mut order: Vec<usize> = (0..state.sources.len()).collect();
            order.sort_by_key(|&i| &state.sources[i].name);
            let mut rank = vec![0; order.len()];
            order.into_iter().enumerate().for_each(|(at, source)| rank[source] = at);
            rank
        };
        let rank = |i: u32| {
            let record = &state.records[i as usize];
            (by_name[record.source as usize], record.order, record.hash)
        };
        // Once the inputs are read, every record has a trace.
        let traces: Vec<_> = state.records.iter().filter_map(|record| record.trace.as_ref()).collect();
        let (groups, doubts) = group_records(&traces, rank);
        let records_hashes: Vec<u64> = groups.iter().map(|group| hash_of_records(state, group)).collect();
        let known: HashSet<u64> = old.papers.iter().map(|paper| paper.records_hash).collect();
        let is_new: Vec<bool> = records_hashes.iter().map(|hash| !known.contains(hash)).collect();
        drop(known);
        let to_read_alone: Vec<u32> =
            (0..).zip(&is_new).filter(|(_, is_new)| reads_all || **is_new).map(|(i, _)| i).collect();
        // If all papers are read, it does not matter which of them a change affects.
        let is_complete = to_read_alone.len() == groups.len();
        let changed_keys = if is_complete { HashSet::new() } else { changed_keys(old, state, &groups, &is_new) };
        Self {
            state,
            records,
            groups,
            doubts,
            records_hashes,
            to_read_alone,
            to_read_whole: Vec::new(),
            is_new,
            changed_keys,
            resolver: None,
            authors: IdentifiedAuthors::default(),
            changed_authors: Vec::new(),
            extractions: None,
            alone_positions: Vec::new(),
            observer,
        }
    }

    /// Number of papers that several records describe.
    pub(super) fn merged(&self) -> u64 {
        self.groups.iter().filter(|group| group.records.len() > 1).count() as u64
    }

    /// For each source, the number of its records, and the number of those that share their paper with other records.
    pub(super) fn merged_by_source(&self) -> Vec<(u64, u64)> {
        let mut counts = vec![(0, 0); self.state.sources.len()];
        for group in &self.groups {
            for &record in &group.records {
                let (records, merged) = &mut counts[self.state.records[record as usize].source as usize];
                *records += 1;
                *merged += u64::from(group.records.len() > 1);
            }
        }
        counts
    }

    /// Number of papers that are read whole although no source states anything new about them.
    pub(super) fn read_again(&self) -> u64 {
        self.to_read_whole.iter().filter(|paper| !self.is_new[**paper as usize]).count() as u64
    }

    /// Both locations of each doubt that involves a new paper.
    pub(super) fn doubts(&self) -> Result<Vec<(String, String, DoubtReason)>, BuildError> {
        let location = |record: u32| -> Result<String, BuildError> {
            let position = self.state.records[record as usize].position;
            let paper = self.read_records(&[position])?.pop();
            Ok(paper
                .map(|p| match p.sources.first() {
                    Some(origin) => format!("{origin}: {}", p.title),
                    None => p.title,
                })
                .unwrap_or_default())
        };
        let mut doubtful: HashSet<u32> = self.doubts.iter().map(|doubt| doubt.record).collect();
        let old = self.groups.iter().zip(&self.is_new).filter(|(_, is_new)| !**is_new);
        for record in old.flat_map(|(group, _)| &group.records) {
            doubtful.remove(record);
        }
        let doubts = self.doubts.iter().filter(|doubt| doubtful.contains(&doubt.record));
        doubts.map(|doubt| Ok((location(doubt.record)?, location(doubt.other)?, doubt.reason))).collect()
    }

    /// Selects the papers that changed vocabulary entries may affect.
    pub(super) fn select_by_vocabulary(&mut self, old: &LedgerState, new: &LedgerState) -> Result<(), BuildError> {
        let changed = old.vocabulary.changed(&new.vocabulary);
        if changed.is_empty() || self.to_read_alone.len() == self.groups.len() {
            return Ok(());
        }
        let ids: HashSet<&EntityId> = changed.iter().map(|(id, _)| *id).collect();
        let watch = NameWatch::new(changed.iter().flat_map(|(_, names)| names.iter().copied()))
            .map_err(ExtractorError::from)?;
        // A name that a paper introduces gets another id if the vocabulary has one.
        let takes_id = |paper: &PaperState| {
            paper.introduction.names.iter().any(|introduced| {
                Kind::ALL.iter().any(|kind| ids.contains(&EntityId::of_name(*kind, &introduced.name)))
            })
        };
        let affected: HashSet<u64> =
            old.papers.iter().filter(|paper| takes_id(paper)).map(|p| p.records_hash).collect();
        let others = self.others(&self.to_read_alone, |_| true);
        let takes_id = |i: u32| affected.contains(&self.records_hashes[i as usize]);
        self.to_read_alone =
            self.with_affected(&self.to_read_alone, &others, |paper| watch.concerns(paper), takes_id)?;
        Ok(())
    }

    /// Selects the papers to read whole: those whose introductions are read, those that the `changed` names may affect,
    /// and those with references that may mean another paper than before.
    pub(super) fn select_by_names(
        &mut self,
        changed: &BTreeMap<String, Vec<String>>,
        papers: &[PaperState],
    ) -> Result<(), BuildError> {
        let cites = |i: u32| !self.changed_keys.is_empty() && papers[i as usize].has_references;
        let others = self.others(&self.to_read_alone, |i| !changed.is_empty() || cites(i));
        if others.is_empty() {
            self.to_read_whole = self.to_read_alone.clone();
            self.add_papers_with_changed_authors();
            return Ok(());
        }
        let watch = NameWatch::new(changed.values().flatten().map(String::as_str)).map_err(ExtractorError::from)?;
        let introduces = |i: u32| {
            papers[i as usize].introduction.names.iter().any(|name| changed.contains_key(&squeeze(&name.name)))
        };
        let affects = |paper: &Paper| watch.concerns(paper) || may_cite(paper, &self.changed_keys);
        self.to_read_whole = self.with_affected(&self.to_read_alone, &others, affects, introduces)?;
        self.add_papers_with_changed_authors();
        Ok(())
    }

    fn add_papers_with_changed_authors(&mut self) {
        self.to_read_whole.append(&mut self.changed_authors);
        self.to_read_whole.sort_unstable();
        self.to_read_whole.dedup();
    }

    /// Decides who the authors of all papers are. Papers whose authors have changed are written again.
    pub(super) fn identify_authors(&mut self, papers: &mut [PaperState], decisions: &PeopleDecisions) {
        self.observer.begin("telling people apart", 0);
        let bylines: Vec<(&PaperId, &Byline)> = papers.iter().map(|paper| (paper.id(), &paper.byline)).collect();
        self.authors = identify_authors(&bylines, decisions);
        for (number, paper) in (0..).zip(papers) {
            let now = self.authors.hash_of(number);
            if paper.authors_hash != now {
                paper.authors_hash = now;
                self.changed_authors.push(number);
            }
        }
    }

    /// The papers that are not in this list and for which `wanted` holds.
    fn others(&self, these: &[u32], wanted: impl Fn(u32) -> bool) -> Vec<u32> {
        let these: HashSet<u32> = these.iter().copied().collect();
        (0..self.groups.len() as u32).filter(|i| !these.contains(i) && wanted(*i)).collect()
    }

    /// The papers in this list, and those of the others that a change affects: by what they say, or by their number.
    fn with_affected(
        &self,
        these: &[u32],
        others: &[u32],
        affects: impl Fn(&Paper) -> bool + Sync,
        is_affected: impl Fn(u32) -> bool,
    ) -> Result<Vec<u32>, BuildError> {
        self.observer.begin("looking for papers that changes may affect", others.len() as u64);
        let mut all: HashSet<u32> = these.iter().copied().collect();
        for some in others.chunks(BATCH * 8) {
            let papers = self.read_papers(some)?;
            let found: Vec<bool> = papers.par_iter().map(&affects).collect();
            all.extend(some.iter().zip(found).filter(|(i, found)| *found || is_affected(**i)).map(|(&i, _)| i));
            self.observer.step(some.len() as u64);
        }
        let mut all: Vec<u32> = all.into_iter().collect();
        all.sort_unstable();
        Ok(all)
    }

    /// The names that each paper introduces. They are known for unchanged papers and read from the others. The
    /// extractions of the latter are kept until the introductions of all papers are known.
    pub(super) fn read_introductions(
        &mut self,
        old: &LedgerState,
        extractor: &Extractor,
        folder: &Path,
        outcome: &mut BuildOutcome,
    ) -> Result<Vec<PaperState>, BuildError> {
        let path = folder.join("introduced");
        let failed = |error| BuildError::Ledger { path: path.clone(), error };
        let mut introduced = IntroducedPapers::open(&path, folder, self.to_read_alone.len()).map_err(failed)?;
        let unread = self.to_read_alone.get(introduced.papers.len()..).unwrap_or_default();
        self.observer.begin("reading papers", unread.len() as u64);
        // While some papers are written, the next are read.
        let mut read = Vec::new();
        for some in unread.chunks(BATCH) {
            let before = std::mem::take(&mut read);
            let (next, kept) = rayon::join(|| self.read_alone(some, extractor, &failed), || introduced.keep(before));
            kept.map_err(failed)?;
            read = next?;
            self.observer.step(some.len() as u64);
        }
        introduced.keep(read).and_then(|()| introduced.write_checkpoint()).map_err(failed)?;
        let IntroducedPapers { papers, positions, contradictions, .. } = introduced;
        outcome.contradictions.extend(contradictions);
        self.alone_positions = self.to_read_alone.iter().copied().zip(positions).collect();
        self.extractions = Some(RecordReader::new(folder));
        let all = if papers.len() == self.groups.len() { Some(papers) } else { self.with_others(papers, old) };
        all.ok_or_else(|| failed(io::Error::from(io::ErrorKind::InvalidData)))
    }

    /// All papers, if these are the ones that were read: the others are as before. `None` if one is not known.
    fn with_others(&self, read: Vec<PaperState>, old: &LedgerState) -> Option<Vec<PaperState>> {
        let mut as_before: HashMap<u64, &PaperState> =
            old.papers.iter().map(|paper| (paper.records_hash, paper)).collect();
        let mut read = self.to_read_alone.iter().zip(read).peekable();
        let papers = (0..).zip(&self.records_hashes).map(|(i, hash)| match read.next_if(|(number, _)| **number == i) {
            Some((_, paper)) => Some(paper),
            None => as_before.remove(hash).cloned(),
        });
        papers.collect()
    }

    fn read_alone(
        &self,
        papers: &[u32],
        extractor: &Extractor,
        failed: &(impl Fn(io::Error) -> BuildError + Sync),
    ) -> Result<Vec<IntroducedPaper>, BuildError> {
        let read = self.read_papers_or_extractions(papers)?.into_par_iter().zip(papers).map(|(read, &i)| {
            let extraction = match read {
                PaperOrExtraction::Paper(paper) => extractor.extract(*paper),
                PaperOrExtraction::Extraction(extraction) => *extraction,
            };
            let paper = PaperState {
                records_hash: self.records_hashes[i as usize],
                introduction: introduction(&extraction, extractor),
                has_references: has_references(&extraction.paper),
                untitled_references: untitled_reference_ids(&extraction.paper),
                byline: Byline::of(&extraction.paper),
                authors_hash: 0,
            };
            let stored = StoredExtraction::new(extraction);
            let bytes = serde_json::to_vec(&stored).map_err(|error| failed(error.into()))?;
            let contradictions =
                if self.is_new[i as usize] { stored.extraction.paper.contradictions } else { Vec::new() };
            Ok(IntroducedPaper { bytes, paper, contradictions })
        });
        read.collect()
    }

    /// The meanings of the names that papers introduce, decided from how all papers write them; and the works that some
    /// papers cite by an id alone. A resumed build does not count again.
    pub(super) fn decide_names(
        &self,
        papers: &[PaperState],
        vocabulary: &Vocabulary,
        folder: &Path,
    ) -> Result<CountedNames, BuildError> {
        let path = folder.join("names");
        let failed = |error| BuildError::Ledger { path: path.clone(), error };
        let (mut log, mut done) = BuildLog::open::<CountedNames>(&path, NAME_LOG).map_err(failed)?;
        if let Some(names) = done.pop() {
            return Ok(names);
        }
        let introducing = papers.iter().map(|paper| &paper.introduction);
        let mut introductions: Vec<&Introduction> = introducing.filter(|i| !i.names.is_empty()).collect();
        sort_introductions(&mut introductions);
        let mut counter = UsageCounter::new(introductions.iter().copied());
        let mut work_keys =
            WorkKeyCounter::new(papers.iter().flat_map(|paper| paper.untitled_references.iter().copied()));
        self.observer.begin("counting names", self.groups.len() as u64);
        let numbers: Vec<u32> = (0..self.groups.len() as u32).collect();
        for some in numbers.chunks(BATCH * 8) {
            let read = self.read_papers(some)?;
            let counts: Vec<_> = read.par_iter().map(|paper| counter.of_paper(paper)).collect();
            counter.add(counts.into_iter().flatten());
            let found: Vec<_> = read.par_iter().map(|paper| work_keys.of_paper(paper)).collect();
            work_keys.add(found.into_iter().flatten());
            self.observer.step(some.len() as u64);
        }
        let names = decide_names(&introductions, &counter.finish(), vocabulary);
        let counted = (names, work_keys.finish());
        log.append(&counted).map_err(failed)?;
        Ok(counted)
    }

    /// Papers that cite a work by an id alone are written again if the node of the work has changed.
    pub(super) fn note_changed_works(&mut self, old: &[(u64, String)], new: &[(u64, String)]) {
        let (before, now): (HashSet<_>, HashSet<_>) = (old.iter().collect(), new.iter().collect());
        self.changed_keys.extend(before.symmetric_difference(&now).map(|(id, _)| *id));
    }

    /// Makes the resolver of references from all papers and the works that papers cite by an id alone.
    pub(super) fn make_resolver(&mut self, papers: &[PaperState], works: Vec<(u64, String)>) {
        if !papers.iter().any(|paper| paper.has_references) {
            return;
        }
        let traces: Vec<&RecordTrace> = self.state.records.iter().filter_map(|record| record.trace.as_ref()).collect();
        let ids = papers.iter().map(|paper| paper.id().clone()).collect();
        self.resolver = Some(ReferenceResolver::new(&traces, &self.groups, ids, works));
    }

    /// The papers to read whole. All else that was known for the selection is dropped.
    pub(super) fn into_selected(mut self, observer: &dyn Observer) -> SelectedPapers<'_> {
        let alone_positions = std::mem::take(&mut self.alone_positions);
        let selected = std::mem::take(&mut self.to_read_whole).into_iter().map(|paper| {
            let origin = match alone_positions.binary_search_by_key(&paper, |(paper, _)| *paper) {
                Ok(at) => PaperOrigin::Extraction(alone_positions[at].1),
                Err(_) => {
                    let group = std::mem::take(&mut self.groups[paper as usize]);
                    let positions = group.records.iter().map(|&r| self.state.records[r as usize].position).collect();
                    PaperOrigin::Records(Box::new((group, positions)))
                }
            };
            (paper, origin)
        });
        let papers = selected.collect();
        SelectedPapers {
            papers,
            records: self.records,
            extractions: self.extractions,
            resolver: self.resolver,
            authors: self.authors,
            observer,
        }
    }

    /// The papers with these numbers, each merged from its records.
    fn read_papers(&self, numbers: &[u32]) -> Result<Vec<Paper>, BuildError> {
        let groups = numbers.iter().map(|&i| &self.groups[i as usize]);
        let positions: Vec<_> =
            groups.clone().flat_map(|group| &group.records).map(|&r| self.state.records[r as usize].position).collect();
        Ok(merged(groups, self.read_records(&positions)?))
    }

    /// Like [`PaperSelection::read_papers`], but papers from `kg extract` are returned as their extractions, unchanged.
    fn read_papers_or_extractions(&self, numbers: &[u32]) -> Result<Vec<PaperOrExtraction>, BuildError> {
        let extracted = |i: u32| match self.groups[i as usize].records[..] {
            [one] => Some(&self.state.records[one as usize]).filter(|record| record.is_extracted).map(|r| r.position),
            _ => None,
        };
        let positions: Vec<RecordPosition> = numbers.iter().filter_map(|&i| extracted(i)).collect();
        let others: Vec<u32> = numbers.iter().copied().filter(|&i| extracted(i).is_none()).collect();
        let mut extractions = stored::<Extraction>(&self.records, &positions)?.into_iter();
        let mut papers = self.read_papers(&others)?.into_iter();
        let known = numbers.iter().map(|&i| match extracted(i) {
            Some(_) => extractions.next().map(|one| PaperOrExtraction::Extraction(Box::new(one))),
            None => papers.next().map(|one| PaperOrExtraction::Paper(Box::new(one))),
        });
        Ok(known.flatten().collect())
    }

    fn read_records(&self, positions: &[RecordPosition]) -> Result<Vec<Paper>, BuildError> {
        stored(&self.records, positions)
    }
}

impl SelectedPapers<'_> {
    pub(super) fn count(&self) -> u64 {
        self.papers.len() as u64
    }

    /// The authors of the papers.
    pub(super) fn authors(&self) -> &IdentifiedAuthors {
        &self.authors
    }

    /// Batch `number` of the papers, read whole.
    pub(super) fn extract(&self, number: u64, extractor: &Extractor) -> Result<Option<Vec<Extraction>>, BuildError> {
        let from = number as usize * BATCH;
        if from >= self.papers.len() {
            return Ok(None);
        }
        let some = &self.papers[from..self.papers.len().min(from + BATCH)];
        let (mut numbers, mut positions) = (Vec::with_capacity(some.len()), Vec::with_capacity(some.len()));
        let (mut unread, mut of_records) = (Vec::new(), Vec::new());
        for (paper, origin) in some {
            match origin {
                PaperOrigin::Extraction(position) => {
                    numbers.push(*paper);
                    positions.push(*position);
                }
                PaperOrigin::Records(records) => {
                    unread.push((*paper, &records.0));
                    of_records.extend(&records.1);
                }
            }
        }
        numbers.extend(unread.iter().map(|(paper, _)| *paper));
        let read: Vec<StoredExtraction> = match &self.extractions {
            Some(extractions) => stored(extractions, &positions)?,
            None => Vec::new(),
        };
        let papers = merged(unread.into_iter().map(|(_, group)| group), stored(&self.records, &of_records)?);
        let mut extractions: Vec<Extraction> = read
            .into_par_iter()
            .map(StoredExtraction::into_extraction)
            .map(|one| if extractor.is_independent(&one) { one } else { extractor.extract(one.paper) })
            .collect();
        extractions.par_extend(papers.into_par_iter().map(|paper| extractor.extract(paper)));
        extractions.par_iter_mut().for_each(|one| {
            // Without a resolver, no paper has references.
            one.citations = self.resolver.as_ref().map(|known| known.citations(&one.paper)).unwrap_or_default();
        });
        for (one, number) in extractions.iter_mut().zip(numbers) {
            one.author_keys = self.authors.of_paper(number).map(<[_]>::to_vec).unwrap_or_default();
        }
        self.observer.step(some.len() as u64);
        Ok(Some(extractions))
    }
}

/// Papers from their records, which are in the order of the groups.
fn merged<'g>(groups: impl Iterator<Item = &'g RecordGroup>, records: Vec<Paper>) -> Vec<Paper> {
    let mut records = records.into_iter();
    groups.filter_map(|group| merge_records(records.by_ref().take(group.records.len()).collect(), group)).collect()
}

fn stored<T: DeserializeOwned + Send>(
    records: &RecordReader,
    positions: &[RecordPosition],
) -> Result<Vec<T>, BuildError> {
    records.read(positions).map_err(|error| BuildError::Ledger { path: records.folder().into(), error })
}

/// The keys of new, changed and removed papers.
fn changed_keys(old: &LedgerState, new: &LedgerState, groups: &[RecordGroup], is_new: &[bool]) -> HashSet<u64> {
    let records = groups.iter().zip(is_new).filter(|(_, is_new)| **is_new).flat_map(|(group, _)| &group.records);
    let changed = records.filter_map(|&record| new.records[record as usize].trace.as_ref());
    let kept: HashSet<u64> = new.records.iter().map(|record| record.hash).collect();
    let gone = old.records.iter().filter(|record| !kept.contains(&record.hash));
    changed.chain(gone.filter_map(|record| record.trace.as_ref())).flat_map(citation_keys).collect()
}

/// Hash of everything from which a paper is made.
fn hash_of_records(state: &LedgerState, group: &RecordGroup) -> u64 {
    let mut hash = Xxh3::with_seed(group.namesake.into());
    group.wrong_ids.iter().for_each(|id| hash.update(&id.to_le_bytes()));
    for &record in &group.records {
        hash.update(&state.records[record as usize].hash.to_le_bytes());
    }
    hash.digest()
}
