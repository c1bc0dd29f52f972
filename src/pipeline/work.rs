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
    ReferenceFacts, ReferenceResolver, UsageCounter, WorkTitles, decide_names, group_records, identify_authors,
    introduction, merge_records, sort_introductions,
};
use crate::disk::FileKind;
use crate::extract::{CollectionName, Extraction, Extractor, ExtractorError};
use crate::ledger::{BuildLog, LedgerState, PaperState, RecordPosition, RecordReader, RecordWriter};
use crate::matcher::NameWatch;
use crate::paper::{Contradiction, Paper, PaperId};
use crate::vocabulary::{EntityId, Kind, Vocabulary, squeeze};

pub(super) struct BuildWork<'w> {
    new: &'w LedgerState,
    records: RecordReader,
    groups: Vec<RecordGroup>,
    doubts: Vec<RecordDoubt>,
    /// Hash of the records of each paper.
    inputs: Vec<u64>,
    /// Papers whose introductions must be read, and papers that must be read whole, as group numbers.
    introduce: Vec<u32>,
    whole: Vec<u32>,
    /// Whether a source states something new about each paper.
    is_new: Vec<bool>,
    /// Keys of papers that are new, changed or gone: references to them may mean another paper now.
    changed_keys: HashSet<u64>,
    /// Resolves references; `None` before all papers are known.
    resolver: Option<ReferenceResolver>,
    /// The authors of papers, once all papers are known.
    people: IdentifiedAuthors,
    /// Papers whose authors have changed.
    changed_people: Vec<u32>,
    /// Extractions of papers that were read by themselves.
    extractions: Option<RecordReader>,
    /// Their positions, sorted by paper.
    by_itself: Vec<(u32, RecordPosition)>,
    observer: &'w dyn Observer,
}

/// The papers to read whole, without what was needed to select them.
pub(super) struct SelectedPapers<'o> {
    papers: Vec<(u32, PaperOrigin)>,
    records: RecordReader,
    extractions: Option<RecordReader>,
    resolver: Option<ReferenceResolver>,
    people: IdentifiedAuthors,
    observer: &'o dyn Observer,
}

/// From what a paper is read.
enum PaperOrigin {
    /// Its extraction, if it was read by itself.
    Extraction(RecordPosition),
    /// Its records.
    Records(Box<(RecordGroup, Vec<RecordPosition>)>),
}

/// Number of papers between two points at which reading can be resumed.
const STRETCH: usize = 4 * BATCH;

/// Log of [`FileOfIntroductions`] entries.
const INTRODUCED: FileKind = FileKind { magic: b"kg-intr\n", version: 3 };

/// Log of the names of the collection. It has one entry, written when all papers have been counted.
const NAMES: FileKind = FileKind { magic: b"kg-name\n", version: 2 };

/// Introductions of a stretch of papers.
#[derive(Default, Serialize, Deserialize)]
struct FileOfIntroductions {
    papers: Vec<PaperState>,
    /// Position of the extraction of each paper by itself.
    extractions: Vec<RecordPosition>,
    contradictions: Vec<(PaperId, Contradiction)>,
}

/// A paper that was read by itself.
struct IntroducedPaper {
    /// Its extraction, as it is kept.
    bytes: Vec<u8>,
    paper: PaperState,
    /// Those that a new source brings.
    contradictions: Vec<Contradiction>,
}

/// Papers that were read by themselves. They are kept in stretches, which survive a crash.
struct IntroducedPapers {
    log: BuildLog,
    writer: RecordWriter,
    stretch: FileOfIntroductions,
    papers: Vec<PaperState>,
    /// Positions of their extractions.
    places: Vec<RecordPosition>,
    contradictions: Vec<(PaperId, Contradiction)>,
}

impl IntroducedPapers {
    /// Opens the log at `path`, with what an interrupted build has read. Extractions are kept in `folder`; `count`
    /// papers are expected.
    fn open(path: &Path, folder: &Path, count: usize) -> io::Result<Self> {
        let (log, done) = BuildLog::open::<FileOfIntroductions>(path, INTRODUCED)?;
        let last = done.iter().flat_map(|stretch| &stretch.extractions).map(|place| place.segment).max();
        let mut this = Self {
            log,
            writer: RecordWriter::new(folder, last.map_or(1, |last| last + 1)),
            stretch: FileOfIntroductions::default(),
            papers: Vec::with_capacity(count),
            places: Vec::with_capacity(count),
            contradictions: Vec::new(),
        };
        done.into_iter().for_each(|stretch| this.take(stretch));
        Ok(this)
    }

    fn take(&mut self, stretch: FileOfIntroductions) {
        self.papers.extend(stretch.papers);
        self.places.extend(stretch.extractions);
        self.contradictions.extend(stretch.contradictions);
    }

    fn keep(&mut self, read: Vec<IntroducedPaper>) -> io::Result<()> {
        for IntroducedPaper { bytes, paper, contradictions } in read {
            self.stretch.contradictions.extend(contradictions.into_iter().map(|c| (paper.id().clone(), c)));
            self.stretch.extractions.push(self.writer.push(&bytes)?);
            self.stretch.papers.push(paper);
        }
        if self.stretch.papers.len() >= STRETCH { self.end_stretch() } else { Ok(()) }
    }

    fn end_stretch(&mut self) -> io::Result<()> {
        let stretch = std::mem::take(&mut self.stretch);
        if !stretch.papers.is_empty() {
            self.writer.close()?;
            self.log.append(&stretch)?;
            self.take(stretch);
        }
        Ok(())
    }
}

/// The names of the collection, and the keys of works that are cited by an id alone.
pub(super) type CountedNames = (Vec<CollectionName>, Vec<(u64, String)>);

/// A paper, or its complete extraction.
enum PaperOrExtraction {
    Paper(Box<Paper>),
    Extraction(Box<Extraction>),
}

impl<'w> BuildWork<'w> {
    pub(super) fn new(
        old: &LedgerState,
        new: &'w LedgerState,
        records: RecordReader,
        all: bool,
        observer: &'w dyn Observer,
    ) -> Self {
        let by_name = {
            let mut order: Vec<usize> = (0..new.sources.len()).collect();
            order.sort_by_key(|&i| &new.sources[i].name);
            let mut rank = vec![0; order.len()];
            order.into_iter().enumerate().for_each(|(at, source)| rank[source] = at);
            rank
        };
        let rank = |i: u32| {
            let record = &new.records[i as usize];
            (by_name[record.source as usize], record.position, record.hash)
        };
        // Once the inputs are read, every record has a trace.
        let traces: Vec<_> = new.records.iter().filter_map(|record| record.trace.as_ref()).collect();
        let (groups, doubts) = group_records(&traces, rank);
        let inputs: Vec<u64> = groups.iter().map(|group| hash(new, group)).collect();
        let known: HashSet<u64> = old.papers.iter().map(|paper| paper.inputs).collect();
        let is_new: Vec<bool> = inputs.iter().map(|inputs| !known.contains(inputs)).collect();
        drop(known);
        let introduce: Vec<u32> = (0..).zip(&is_new).filter(|(_, new)| all || **new).map(|(i, _)| i).collect();
        // If all papers are read, it does not matter which of them a change affects.
        let is_whole = introduce.len() == groups.len();
        let changed_keys = if is_whole { HashSet::new() } else { changed_keys(old, new, &groups, &is_new) };
        Self {
            new,
            records,
            groups,
            doubts,
            inputs,
            introduce,
            whole: Vec::new(),
            is_new,
            changed_keys,
            resolver: None,
            people: IdentifiedAuthors::default(),
            changed_people: Vec::new(),
            extractions: None,
            by_itself: Vec::new(),
            observer,
        }
    }

    pub(super) fn merged(&self) -> u64 {
        self.groups.iter().filter(|group| group.records.len() > 1).count() as u64
    }

    /// For each source, the number of its records, and the number of those that share their paper with other records.
    pub(super) fn merged_by_source(&self) -> Vec<(u64, u64)> {
        let mut counts = vec![(0, 0); self.new.sources.len()];
        for group in &self.groups {
            for &record in &group.records {
                let (records, merged) = &mut counts[self.new.records[record as usize].source as usize];
                *records += 1;
                *merged += u64::from(group.records.len() > 1);
            }
        }
        counts
    }

    /// Number of papers that are read whole although no source states anything new about them.
    pub(super) fn read_again(&self) -> u64 {
        self.whole.iter().filter(|paper| !self.is_new[**paper as usize]).count() as u64
    }

    /// Both locations of each doubt that involves a new paper.
    pub(super) fn doubts(&self) -> Result<Vec<(String, String, DoubtReason)>, BuildError> {
        let place = |record: u32| -> Result<String, BuildError> {
            let place = self.new.records[record as usize].place;
            let paper = self.read(&[place])?.pop();
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
        doubts.map(|doubt| Ok((place(doubt.record)?, place(doubt.other)?, doubt.reason))).collect()
    }

    /// Selects the papers that changed vocabulary entries may affect.
    pub(super) fn concerned_by_vocabulary(&mut self, old: &LedgerState, new: &LedgerState) -> Result<(), BuildError> {
        let changed = old.vocabulary.changed(&new.vocabulary);
        if changed.is_empty() || self.introduce.len() == self.groups.len() {
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
        let concerned: HashSet<u64> = old.papers.iter().filter(|paper| takes_id(paper)).map(|p| p.inputs).collect();
        let others = self.others(&self.introduce, |_| true);
        let takes_id = |i: u32| concerned.contains(&self.inputs[i as usize]);
        self.introduce = self.concerned(&self.introduce, &others, |paper| watch.concerns(paper), takes_id)?;
        Ok(())
    }

    /// Selects the papers to read whole: those whose introductions are read, those that the `changed` names may affect,
    /// and those with references that may mean another paper than before.
    pub(super) fn concerned_by_names(
        &mut self,
        changed: &BTreeMap<String, Vec<String>>,
        papers: &[PaperState],
    ) -> Result<(), BuildError> {
        let cites = |i: u32| !self.changed_keys.is_empty() && papers[i as usize].has_references;
        let others = self.others(&self.introduce, |i| !changed.is_empty() || cites(i));
        if others.is_empty() {
            self.whole = self.introduce.clone();
            self.add_changed_people();
            return Ok(());
        }
        let watch = NameWatch::new(changed.values().flatten().map(String::as_str)).map_err(ExtractorError::from)?;
        let introduces = |i: u32| {
            papers[i as usize].introduction.names.iter().any(|name| changed.contains_key(&squeeze(&name.name)))
        };
        let concerns = |paper: &Paper| watch.concerns(paper) || ReferenceFacts::concern(paper, &self.changed_keys);
        self.whole = self.concerned(&self.introduce, &others, concerns, introduces)?;
        self.add_changed_people();
        Ok(())
    }

    fn add_changed_people(&mut self) {
        self.whole.append(&mut self.changed_people);
        self.whole.sort_unstable();
        self.whole.dedup();
    }

    /// Decides who the authors of all papers are. Papers whose authors have changed are written again.
    pub(super) fn decide_people(&mut self, papers: &mut [PaperState], decisions: &PeopleDecisions) {
        self.observer.begin("telling people apart", 0);
        let bylines: Vec<(&PaperId, &Byline)> = papers.iter().map(|paper| (paper.id(), &paper.byline)).collect();
        self.people = identify_authors(&bylines, decisions);
        for (number, paper) in (0..).zip(papers) {
            let now = self.people.hash_of(number);
            if paper.people != now {
                paper.people = now;
                self.changed_people.push(number);
            }
        }
    }

    /// The papers that are not in this list and for which `wanted` holds.
    fn others(&self, these: &[u32], wanted: impl Fn(u32) -> bool) -> Vec<u32> {
        let these: HashSet<u32> = these.iter().copied().collect();
        (0..self.groups.len() as u32).filter(|i| !these.contains(i) && wanted(*i)).collect()
    }

    /// The papers in this list, and those of the others for which `concerns` or `otherwise` holds.
    fn concerned(
        &self,
        these: &[u32],
        others: &[u32],
        concerns: impl Fn(&Paper) -> bool + Sync,
        otherwise: impl Fn(u32) -> bool,
    ) -> Result<Vec<u32>, BuildError> {
        self.observer.begin("looking for papers that changes may affect", others.len() as u64);
        let mut all: HashSet<u32> = these.iter().copied().collect();
        for some in others.chunks(BATCH * 8) {
            let papers = self.papers(some)?;
            let found: Vec<bool> = papers.par_iter().map(&concerns).collect();
            all.extend(some.iter().zip(found).filter(|(i, found)| *found || otherwise(**i)).map(|(&i, _)| i));
            self.observer.step(some.len() as u64);
        }
        let mut all: Vec<u32> = all.into_iter().collect();
        all.sort_unstable();
        Ok(all)
    }

    /// The names that each paper introduces. They are known for unchanged papers and read from the others. The
    /// extractions of the latter are kept until the introductions of all papers are known.
    pub(super) fn introductions(
        &mut self,
        old: &LedgerState,
        extractor: &Extractor,
        folder: &Path,
        outcome: &mut BuildOutcome,
    ) -> Result<Vec<PaperState>, BuildError> {
        let path = folder.join("introduced");
        let failed = |error| BuildError::Ledger { path: path.clone(), error };
        let mut introduced = IntroducedPapers::open(&path, folder, self.introduce.len()).map_err(failed)?;
        let unread = self.introduce.get(introduced.papers.len()..).unwrap_or_default();
        self.observer.begin("reading papers", unread.len() as u64);
        // While some papers are written, the next are read.
        let mut read = Vec::new();
        for some in unread.chunks(BATCH) {
            let before = std::mem::take(&mut read);
            let (next, kept) =
                rayon::join(|| self.read_by_itself(some, extractor, &failed), || introduced.keep(before));
            kept.map_err(failed)?;
            read = next?;
            self.observer.step(some.len() as u64);
        }
        introduced.keep(read).and_then(|()| introduced.end_stretch()).map_err(failed)?;
        let IntroducedPapers { papers, places, contradictions, .. } = introduced;
        outcome.contradictions.extend(contradictions);
        self.by_itself = self.introduce.iter().copied().zip(places).collect();
        self.extractions = Some(RecordReader::new(folder));
        let all = if papers.len() == self.groups.len() { Some(papers) } else { self.with_others(papers, old) };
        all.ok_or_else(|| failed(io::Error::from(io::ErrorKind::InvalidData)))
    }

    /// All papers, if these are the ones that were read: the others are as before. `None` if one is not known.
    fn with_others(&self, read: Vec<PaperState>, old: &LedgerState) -> Option<Vec<PaperState>> {
        let mut as_before: HashMap<u64, &PaperState> = old.papers.iter().map(|paper| (paper.inputs, paper)).collect();
        let mut read = self.introduce.iter().zip(read).peekable();
        let papers = (0..).zip(&self.inputs).map(|(i, inputs)| match read.next_if(|(number, _)| **number == i) {
            Some((_, paper)) => Some(paper),
            None => as_before.remove(inputs).cloned(),
        });
        papers.collect()
    }

    fn read_by_itself(
        &self,
        papers: &[u32],
        extractor: &Extractor,
        failed: &(impl Fn(io::Error) -> BuildError + Sync),
    ) -> Result<Vec<IntroducedPaper>, BuildError> {
        let read = self.extracted(papers)?.into_par_iter().zip(papers).map(|(read, &i)| {
            let mut extraction = match read {
                PaperOrExtraction::Paper(paper) => extractor.extract(*paper),
                PaperOrExtraction::Extraction(extraction) => *extraction,
            };
            let paper = PaperState {
                inputs: self.inputs[i as usize],
                introduction: introduction(&extraction, extractor),
                has_references: ReferenceFacts::are_in(&extraction.paper),
                untitled: ReferenceFacts::without_title(&extraction.paper),
                byline: Byline::of(&extraction.paper),
                people: 0,
            };
            let bytes = serde_json::to_vec(&extraction).map_err(|error| failed(error.into()))?;
            let contradictions =
                if self.is_new[i as usize] { std::mem::take(&mut extraction.paper.contradictions) } else { Vec::new() };
            Ok(IntroducedPaper { bytes, paper, contradictions })
        });
        read.collect()
    }

    /// The meanings of the names that papers introduce, decided from how all papers write them; and the works that some
    /// papers cite by an id alone. A resumed build does not count again.
    pub(super) fn names(
        &self,
        papers: &[PaperState],
        vocabulary: &Vocabulary,
        folder: &Path,
    ) -> Result<CountedNames, BuildError> {
        let path = folder.join("names");
        let failed = |error| BuildError::Ledger { path: path.clone(), error };
        let (mut log, mut done) = BuildLog::open::<CountedNames>(&path, NAMES).map_err(failed)?;
        if let Some(names) = done.pop() {
            return Ok(names);
        }
        let introducing = papers.iter().map(|paper| &paper.introduction);
        let mut introductions: Vec<&Introduction> = introducing.filter(|i| !i.names.is_empty()).collect();
        sort_introductions(&mut introductions);
        let mut counter = UsageCounter::new(introductions.iter().copied());
        let mut titles = WorkTitles::new(papers.iter().flat_map(|paper| paper.untitled.iter().copied()));
        self.observer.begin("counting names", self.groups.len() as u64);
        let numbers: Vec<u32> = (0..self.groups.len() as u32).collect();
        for some in numbers.chunks(BATCH * 8) {
            let read = self.papers(some)?;
            let counts: Vec<_> = read.par_iter().map(|paper| counter.of_paper(paper)).collect();
            counter.add(counts.into_iter().flatten());
            let found: Vec<_> = read.par_iter().map(|paper| titles.of_paper(paper)).collect();
            titles.add(found.into_iter().flatten());
            self.observer.step(some.len() as u64);
        }
        let names = decide_names(&introductions, &counter.finish(), vocabulary);
        let counted = (names, titles.finish());
        log.append(&counted).map_err(failed)?;
        Ok(counted)
    }

    /// Papers that cite a work by an id alone are written again if the node of the work has changed.
    pub(super) fn concerned_by_works(&mut self, old: &[(u64, String)], new: &[(u64, String)]) {
        let (before, now): (HashSet<_>, HashSet<_>) = (old.iter().collect(), new.iter().collect());
        self.changed_keys.extend(before.symmetric_difference(&now).map(|(id, _)| *id));
    }

    /// Registers all papers, and the works that are cited by an id alone, for the papers that cite them.
    pub(super) fn resolve(&mut self, papers: &[PaperState], works: Vec<(u64, String)>) {
        if !papers.iter().any(|paper| paper.has_references) {
            return;
        }
        let traces: Vec<&RecordTrace> = self.new.records.iter().filter_map(|record| record.trace.as_ref()).collect();
        let ids = papers.iter().map(|paper| paper.id().clone()).collect();
        self.resolver = Some(ReferenceResolver::new(&traces, &self.groups, ids, works));
    }

    /// The papers to read whole. All else that was known for the selection is dropped.
    pub(super) fn into_selected(mut self, observer: &dyn Observer) -> SelectedPapers<'_> {
        let by_itself = std::mem::take(&mut self.by_itself);
        let selected = std::mem::take(&mut self.whole).into_iter().map(|paper| {
            let origin = match by_itself.binary_search_by_key(&paper, |(paper, _)| *paper) {
                Ok(at) => PaperOrigin::Extraction(by_itself[at].1),
                Err(_) => {
                    let group = std::mem::take(&mut self.groups[paper as usize]);
                    let places = group.records.iter().map(|&r| self.new.records[r as usize].place).collect();
                    PaperOrigin::Records(Box::new((group, places)))
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
            people: self.people,
            observer,
        }
    }

    fn papers(&self, numbers: &[u32]) -> Result<Vec<Paper>, BuildError> {
        let groups = numbers.iter().map(|&i| &self.groups[i as usize]);
        let places: Vec<_> =
            groups.clone().flat_map(|group| &group.records).map(|&r| self.new.records[r as usize].place).collect();
        Ok(merged(groups, self.read(&places)?))
    }

    /// Like [`BuildWork::papers`], but papers from `kg extract` are returned as their extractions, unchanged.
    fn extracted(&self, numbers: &[u32]) -> Result<Vec<PaperOrExtraction>, BuildError> {
        let extracted = |i: u32| match self.groups[i as usize].records[..] {
            [one] => Some(&self.new.records[one as usize]).filter(|record| record.is_extracted).map(|r| r.place),
            _ => None,
        };
        let places: Vec<RecordPosition> = numbers.iter().filter_map(|&i| extracted(i)).collect();
        let others: Vec<u32> = numbers.iter().copied().filter(|&i| extracted(i).is_none()).collect();
        let mut extractions = stored::<Extraction>(&self.records, &places)?.into_iter();
        let mut papers = self.papers(&others)?.into_iter();
        let known = numbers.iter().map(|&i| match extracted(i) {
            Some(_) => extractions.next().map(|one| PaperOrExtraction::Extraction(Box::new(one))),
            None => papers.next().map(|one| PaperOrExtraction::Paper(Box::new(one))),
        });
        Ok(known.flatten().collect())
    }

    fn read(&self, places: &[RecordPosition]) -> Result<Vec<Paper>, BuildError> {
        stored(&self.records, places)
    }
}

impl SelectedPapers<'_> {
    pub(super) fn count(&self) -> u64 {
        self.papers.len() as u64
    }

    /// The authors of the papers.
    pub(super) fn people(&self) -> &IdentifiedAuthors {
        &self.people
    }

    /// Batch `number` of the papers, read whole.
    pub(super) fn extract(&self, number: u64, extractor: &Extractor) -> Result<Option<Vec<Extraction>>, BuildError> {
        let from = number as usize * BATCH;
        if from >= self.papers.len() {
            return Ok(None);
        }
        let some = &self.papers[from..self.papers.len().min(from + BATCH)];
        let (mut numbers, mut places) = (Vec::with_capacity(some.len()), Vec::with_capacity(some.len()));
        let (mut unread, mut of_records) = (Vec::new(), Vec::new());
        for (paper, origin) in some {
            match origin {
                PaperOrigin::Extraction(place) => {
                    numbers.push(*paper);
                    places.push(*place);
                }
                PaperOrigin::Records(records) => {
                    unread.push((*paper, &records.0));
                    of_records.extend(&records.1);
                }
            }
        }
        numbers.extend(unread.iter().map(|(paper, _)| *paper));
        let read: Vec<Extraction> = match &self.extractions {
            Some(extractions) => stored(extractions, &places)?,
            None => Vec::new(),
        };
        let papers = merged(unread.into_iter().map(|(_, group)| group), stored(&self.records, &of_records)?);
        let mut extractions: Vec<Extraction> = read
            .into_par_iter()
            .map(|one| if extractor.is_independent(&one) { one } else { extractor.extract(one.paper) })
            .collect();
        extractions.par_extend(papers.into_par_iter().map(|paper| extractor.extract(paper)));
        extractions.par_iter_mut().for_each(|one| {
            // Without a resolver, no paper has references.
            one.citations = self.resolver.as_ref().map(|known| known.citations(&one.paper)).unwrap_or_default();
        });
        for (one, number) in extractions.iter_mut().zip(numbers) {
            one.author_keys = self.people.of_paper(number).map(<[_]>::to_vec).unwrap_or_default();
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

fn stored<T: DeserializeOwned + Send>(records: &RecordReader, places: &[RecordPosition]) -> Result<Vec<T>, BuildError> {
    records.read(places).map_err(|error| BuildError::Ledger { path: records.folder().into(), error })
}

/// The keys of new, changed and removed papers.
fn changed_keys(old: &LedgerState, new: &LedgerState, groups: &[RecordGroup], is_new: &[bool]) -> HashSet<u64> {
    let records = groups.iter().zip(is_new).filter(|(_, is_new)| **is_new).flat_map(|(group, _)| &group.records);
    let changed = records.filter_map(|&record| new.records[record as usize].trace.as_ref());
    let kept: HashSet<u64> = new.records.iter().map(|record| record.hash).collect();
    let gone = old.records.iter().filter(|record| !kept.contains(&record.hash));
    changed.chain(gone.filter_map(|record| record.trace.as_ref())).flat_map(ReferenceFacts::keys).collect()
}

/// Hash of everything from which a paper is made.
fn hash(state: &LedgerState, group: &RecordGroup) -> u64 {
    let mut hash = Xxh3::with_seed(group.mark.into());
    group.wrong_ids.iter().for_each(|id| hash.update(&id.to_le_bytes()));
    for &record in &group.records {
        hash.update(&state.records[record as usize].hash.to_le_bytes());
    }
    hash.digest()
}
