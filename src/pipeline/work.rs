//! Selects the papers to read, and reads them batch by batch.

use std::collections::{BTreeMap, HashMap, HashSet};
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
    /// Papers about which a source states something new.
    new_papers: HashSet<u32>,
    /// Keys of papers that are new, changed or gone: references to them may mean another paper now.
    changed_keys: HashSet<u64>,
    /// Resolves references; `None` before all papers are known.
    resolver: Option<ReferenceResolver>,
    /// The authors of papers, once all papers are known.
    people: IdentifiedAuthors,
    /// Papers whose authors have changed.
    changed_people: Vec<u32>,
    /// Extractions of papers that were read by themselves, and their positions.
    extractions: Option<RecordReader>,
    by_itself: HashMap<u32, RecordPosition>,
    observer: &'w dyn Observer,
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
        let changed = |i: &u32| !known.contains(&inputs[*i as usize]);
        let new_papers: HashSet<u32> = (0..groups.len() as u32).filter(changed).collect();
        let introduce = (0..groups.len() as u32).filter(|i| all || new_papers.contains(i)).collect();
        let changed_keys = if all { HashSet::new() } else { changed_keys(old, new, &groups, &new_papers) };
        Self {
            new,
            records,
            groups,
            doubts,
            inputs,
            introduce,
            whole: Vec::new(),
            new_papers,
            changed_keys,
            resolver: None,
            people: IdentifiedAuthors::default(),
            changed_people: Vec::new(),
            extractions: None,
            by_itself: HashMap::new(),
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
        self.whole.iter().filter(|paper| !self.new_papers.contains(paper)).count() as u64
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
        let new: HashSet<u32> =
            self.new_papers.iter().flat_map(|&paper| &self.groups[paper as usize].records).copied().collect();
        let doubts = self.doubts.iter().filter(|doubt| new.contains(&doubt.record));
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

    /// The authors of the papers.
    pub(super) fn people(&self) -> &IdentifiedAuthors {
        &self.people
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
        let (mut log, mut done) = BuildLog::open::<FileOfIntroductions>(&path, INTRODUCED).map_err(failed)?;
        let read: usize = done.iter().map(|batch| batch.papers.len()).sum();
        self.observer.begin("reading papers", self.introduce.len().saturating_sub(read) as u64);
        let last = done.iter().flat_map(|batch| &batch.extractions).map(|place| place.segment).max();
        let mut writer = RecordWriter::new(folder, last.map_or(1, |last| last + 1));
        for some in self.introduce.chunks(STRETCH).skip(done.len()) {
            let mut batch = FileOfIntroductions::default();
            for some in some.chunks(BATCH) {
                let read: Vec<(Vec<u8>, PaperState, Vec<Contradiction>)> = self
                    .extracted(some)?
                    .into_par_iter()
                    .zip(some)
                    .map(|(read, &i)| {
                        let extraction = match read {
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
                        let bytes = serde_json::to_vec(&extraction)?;
                        Ok((bytes, paper, extraction.paper.contradictions))
                    })
                    .collect::<Result<_, serde_json::Error>>()
                    .map_err(|error| failed(error.into()))?;
                for ((bytes, paper, contradictions), i) in read.into_iter().zip(some) {
                    if self.new_papers.contains(i) {
                        batch.contradictions.extend(contradictions.into_iter().map(|c| (paper.id().clone(), c)));
                    }
                    batch.extractions.push(writer.push(&bytes).map_err(failed)?);
                    batch.papers.push(paper);
                }
                self.observer.step(some.len() as u64);
            }
            writer.close().map_err(failed)?;
            log.append(&batch).map_err(failed)?;
            done.push(batch);
        }
        let mut as_before: HashMap<u64, &PaperState> = old.papers.iter().map(|paper| (paper.inputs, paper)).collect();
        let mut papers: Vec<Option<PaperState>> =
            self.inputs.iter().map(|inputs| as_before.remove(inputs).cloned()).collect();
        let mut which = self.introduce.iter();
        for batch in done {
            outcome.contradictions.extend(batch.contradictions);
            for ((paper, place), &i) in batch.papers.into_iter().zip(batch.extractions).zip(which.by_ref()) {
                papers[i as usize] = Some(paper);
                self.by_itself.insert(i, place);
            }
        }
        self.extractions = Some(RecordReader::new(folder));
        let papers: Option<Vec<PaperState>> = papers.into_iter().collect();
        papers.ok_or_else(|| failed(std::io::Error::from(std::io::ErrorKind::InvalidData)))
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
        let mut introductions: Vec<Introduction> = introducing.filter(|i| !i.names.is_empty()).cloned().collect();
        sort_introductions(&mut introductions);
        let mut counter = UsageCounter::new(&introductions);
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
        let traces: Vec<&RecordTrace> = self.new.records.iter().filter_map(|record| record.trace.as_ref()).collect();
        let ids = papers.iter().map(|paper| paper.id().clone()).collect();
        self.resolver = Some(ReferenceResolver::new(&traces, &self.groups, ids, works));
    }

    /// Batch `number` of the papers to read whole.
    pub(super) fn extract(&self, number: u64, extractor: &Extractor) -> Result<Option<Vec<Extraction>>, BuildError> {
        let from = number as usize * BATCH;
        if from >= self.whole.len() {
            return Ok(None);
        }
        let some = &self.whole[from..self.whole.len().min(from + BATCH)];
        let (read, unread): (Vec<u32>, Vec<u32>) = some.iter().partition(|i| self.by_itself.contains_key(i));
        let places: Vec<RecordPosition> = read.iter().filter_map(|i| self.by_itself.get(i).copied()).collect();
        let numbers: Vec<u32> = read.iter().chain(&unread).copied().collect();
        let read: Vec<Extraction> = match &self.extractions {
            Some(extractions) => self.of(extractions, &places)?,
            None => Vec::new(),
        };
        let mut extractions: Vec<Extraction> = read
            .into_par_iter()
            .map(|one| if extractor.stands_alone(&one) { one } else { extractor.extract(one.paper) })
            .collect();
        extractions.par_extend(self.papers(&unread)?.into_par_iter().map(|paper| extractor.extract(paper)));
        if let Some(resolver) = &self.resolver {
            extractions.par_iter_mut().for_each(|one| one.citations = resolver.citations(&one.paper));
        }
        for (one, number) in extractions.iter_mut().zip(numbers) {
            one.author_keys = self.people.of_paper(number).map(<[_]>::to_vec).unwrap_or_default();
        }
        self.observer.step(some.len() as u64);
        Ok(Some(extractions))
    }

    pub(super) fn to_extract(&self) -> u64 {
        self.whole.len() as u64
    }

    fn papers(&self, numbers: &[u32]) -> Result<Vec<Paper>, BuildError> {
        let groups = numbers.iter().map(|&i| &self.groups[i as usize]);
        let places: Vec<_> =
            groups.clone().flat_map(|group| &group.records).map(|&r| self.new.records[r as usize].place).collect();
        let mut records = self.read(&places)?.into_iter();
        let papers = groups.map(|group| merge_records(records.by_ref().take(group.records.len()).collect(), group));
        Ok(papers.flatten().collect())
    }

    /// Like [`BuildWork::papers`], but papers from `kg extract` are returned as their extractions, unchanged.
    fn extracted(&self, numbers: &[u32]) -> Result<Vec<PaperOrExtraction>, BuildError> {
        let extracted = |i: u32| match self.groups[i as usize].records[..] {
            [one] => Some(&self.new.records[one as usize]).filter(|record| record.is_extracted).map(|r| r.place),
            _ => None,
        };
        let places: Vec<RecordPosition> = numbers.iter().filter_map(|&i| extracted(i)).collect();
        let others: Vec<u32> = numbers.iter().copied().filter(|&i| extracted(i).is_none()).collect();
        let mut extractions = self.of::<Extraction>(&self.records, &places)?.into_iter();
        let mut papers = self.papers(&others)?.into_iter();
        let known = numbers.iter().map(|&i| match extracted(i) {
            Some(_) => extractions.next().map(|one| PaperOrExtraction::Extraction(Box::new(one))),
            None => papers.next().map(|one| PaperOrExtraction::Paper(Box::new(one))),
        });
        Ok(known.flatten().collect())
    }

    fn read(&self, places: &[RecordPosition]) -> Result<Vec<Paper>, BuildError> {
        self.of(&self.records, places)
    }

    fn of<T: DeserializeOwned + Send>(
        &self,
        records: &RecordReader,
        places: &[RecordPosition],
    ) -> Result<Vec<T>, BuildError> {
        records.read(places).map_err(|error| BuildError::Ledger { path: records.folder().into(), error })
    }
}

/// The keys of new, changed and removed papers.
fn changed_keys(
    old: &LedgerState,
    new: &LedgerState,
    groups: &[RecordGroup],
    new_papers: &HashSet<u32>,
) -> HashSet<u64> {
    let records = new_papers.iter().flat_map(|&paper| &groups[paper as usize].records);
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
