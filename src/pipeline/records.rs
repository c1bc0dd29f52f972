//! From inputs to records: what is known already is not kept twice.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::time::SystemTime;

use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::{Error, Observer, Outcome};
use crate::collection::{Trace, without_source};
use crate::extract::Extraction;
use crate::ledger::{Place, Record, Records, Source, State, Writer};
use crate::paper::Paper;
use crate::source::{self, Input, Options, Problem, Tally};

/// What a build is to do to the records.
pub enum Task {
    /// Read inputs. A file stands for all that it says: what it said before and says no more is taken back.
    Read { inputs: Vec<Input>, options: Options },
    /// Read what `kg extract` made of papers, each by itself, with this version and vocabulary.
    ReadExtracted { inputs: Vec<Input> },
    /// Take back what only these sources said.
    Remove { sources: Vec<String> },
}

/// What of a task is left to do.
pub(super) enum Plan<'t> {
    Read { inputs: Vec<(&'t Input, Source)>, options: Options, extracted: bool, unread: u64 },
    Remove { sources: &'t [String] },
}

/// Records that are hashed and packed at a time, on all cores.
const BATCH: usize = 4096;

impl<'t> Plan<'t> {
    pub fn new(task: &'t Task, old: &State, again: bool) -> Self {
        let (inputs, options, extracted) = match task {
            Task::Read { inputs, options } => (inputs, options.clone(), false),
            Task::ReadExtracted { inputs } => (inputs, Options::default(), true),
            Task::Remove { sources } => return Self::Remove { sources },
        };
        let mut changed = Vec::new();
        let mut unread = 0;
        for input in inputs {
            let source = look_at(input, &options, extracted);
            let known = old.sources.iter().find(|known| known.name == source.name);
            match known {
                Some(known) if !again && is_unchanged(known, &source, input) => unread += 1,
                _ => changed.push((input, source)),
            }
        }
        Self::Read { inputs: changed, options, extracted, unread }
    }

    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Read { inputs, .. } if inputs.is_empty())
    }

    /// The inputs that are read, not passed over as known.
    pub fn names(&self) -> HashSet<&str> {
        match self {
            Self::Read { inputs, .. } => inputs.iter().map(|(_, source)| source.name.as_str()).collect(),
            Self::Remove { .. } => HashSet::new(),
        }
    }

    pub fn unread(&self) -> u64 {
        match self {
            Self::Read { unread, .. } => *unread,
            Self::Remove { .. } => 0,
        }
    }

    /// The same for a build that would do the same. Standard input is never the same.
    pub fn hash(&self, circumstances: [u64; 5]) -> u64 {
        let mut hash = Xxh3::new();
        circumstances.iter().for_each(|n| hash.update(&n.to_le_bytes()));
        match self {
            Self::Read { inputs, .. } => {
                for (input, source) in inputs {
                    hash.update(source.name.as_bytes());
                    [source.options, source.size, source.modified as u64]
                        .iter()
                        .for_each(|n| hash.update(&n.to_le_bytes()));
                    if **input == Input::Stdin {
                        hash.update(&now().to_le_bytes());
                    }
                }
            }
            Self::Remove { sources } => sources.iter().for_each(|source| hash.update(source.as_bytes())),
        }
        hash.digest()
    }

    /// The records as they will be; new ones are written behind those that `ledger` has.
    pub fn run(
        &self,
        old: &State,
        ledger: &Path,
        observer: &dyn Observer,
        outcome: &mut Outcome,
        again: bool,
    ) -> Result<State, Error> {
        let mut reader = Reader {
            state: State { papers: Vec::new(), ..old.clone() },
            writer: Writer::new(ledger, old.next_segment.max(1)),
            ledger,
            observer,
            outcome,
            first_problem: None,
            again,
        };
        match self {
            Self::Read { inputs, options, extracted, .. } => {
                for (input, source) in inputs {
                    reader.read(input, source, options, *extracted)?;
                }
                if reader.outcome.read == 0 && self.unread() == 0 {
                    return Err(Error::NothingRead(reader.first_problem));
                }
            }
            Self::Remove { sources } => {
                for source in *sources {
                    reader.remove(source)?;
                }
            }
        }
        reader.finish()
    }
}

/// What can be told of an input without reading it.
fn look_at(input: &Input, options: &Options, extracted: bool) -> Source {
    let options = xxh3_64(format!("{options:?} {extracted}").as_bytes());
    let mut source = Source { name: input.name(), options, size: 0, modified: 0, hash: 0, problems: 0 };
    if let Input::File(path) = input
        && let Ok(metadata) = std::fs::metadata(path)
    {
        source.size = metadata.len();
        let modified = metadata.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        source.modified = modified.map_or(0, |since| since.as_nanos());
    }
    source
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

fn is_unchanged(known: &Source, found: &Source, input: &Input) -> bool {
    let Input::File(path) = input else { return false };
    let alike =
        known.problems == 0 && known.options == found.options && known.size == found.size && found.modified != 0;
    alike && (known.modified == found.modified || hash_of(path).is_ok_and(|hash| hash == known.hash))
}

fn hash_of(path: &Path) -> io::Result<u64> {
    let mut file = File::open(path)?;
    let mut hash = Xxh3::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.digest()),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// What an input has.
enum Read {
    Paper(Paper),
    Extraction(Extraction),
}

struct Reader<'r> {
    state: State,
    writer: Writer,
    ledger: &'r Path,
    observer: &'r dyn Observer,
    outcome: &'r mut Outcome,
    first_problem: Option<Problem>,
    again: bool,
}

impl Reader<'_> {
    fn read(&mut self, input: &Input, source: &Source, options: &Options, extracted: bool) -> Result<(), Error> {
        self.observer.detail(&format!("reading {}", source.name));
        let tally = RefCell::new(Tally::default());
        let counted = |paper: &Result<Paper, Problem>| tally.borrow_mut().add(paper);
        let read: Result<Box<dyn Iterator<Item = Result<Read, Problem>> + '_>, Problem> = match extracted {
            true => {
                source::read_extracted(input).map(|records| Box::new(records.map(|r| r.map(Read::Extraction))) as _)
            }
            false => source::read(input, options)
                .map(|papers| Box::new(papers.inspect(counted).map(|paper| paper.map(Read::Paper))) as _),
        };
        let mut records = match read {
            Ok(records) => records,
            // What an input said that cannot be opened today is not taken back.
            Err(problem) => return self.problem(problem),
        };
        let number = self.number_of(source);
        // Standard input is not there to be read again: what it said stays, whatever it says now.
        let stays = *input == Input::Stdin;
        let (was, others): (Vec<Record>, Vec<Record>) =
            std::mem::take(&mut self.state.records).into_iter().partition(|record| record.source == number);
        self.state.records = others;
        // A rebuild writes everything down anew, so that the space of what is no more is given back.
        let known: HashMap<u64, Record> = match self.again {
            true => HashMap::new(),
            false => was.iter().map(|record| (record.hash, record.clone())).collect(),
        };
        let mut position = 0;
        let mut problems = 0;
        self.observer.begin("reading", 0);
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            let record = records.next();
            let end = record.is_none();
            match record {
                Some(Ok(record)) => batch.push(record),
                Some(Err(problem)) => {
                    problems += u32::from(!problem.reason.is_expected());
                    self.problem(problem)?;
                }
                None => {}
            }
            if batch.len() == BATCH || end {
                self.keep(std::mem::take(&mut batch), number, &mut position, &known, stays)?;
            }
            if end {
                break;
            }
        }
        drop(records);
        if stays {
            let new: HashSet<u64> =
                self.state.records.iter().filter(|record| record.source == number).map(|record| record.hash).collect();
            self.state.records.extend(was.into_iter().filter(|record| !new.contains(&record.hash)));
        }
        let known = &mut self.state.sources[number as usize];
        known.problems = problems;
        if let Input::File(path) = input {
            known.hash = hash_of(path).unwrap_or_default();
        }
        match extracted {
            true => self.observer.detail(&format!("  {position} read")),
            false => self.observer.detail(&format!("  {}", tally.borrow())),
        }
        Ok(())
    }

    fn number_of(&mut self, source: &Source) -> u32 {
        match self.state.sources.iter().position(|known| known.name == source.name) {
            Some(number) => {
                self.state.sources[number] = source.clone();
                number as u32
            }
            None => {
                self.state.sources.push(source.clone());
                self.state.sources.len() as u32 - 1
            }
        }
    }

    fn problem(&mut self, problem: Problem) -> Result<(), Error> {
        self.first_problem.get_or_insert_with(|| problem.clone());
        self.observer.problem(problem).map_err(Error::Problem)
    }

    /// Notes records, and writes those down that are not known.
    fn keep(
        &mut self,
        read: Vec<Read>,
        source: u32,
        position: &mut u64,
        known: &HashMap<u64, Record>,
        by_hash: bool,
    ) -> Result<(), Error> {
        let name = &self.state.sources[source as usize].name;
        let packed: Vec<(Vec<u8>, Record)> = read
            .into_par_iter()
            .map(|read| {
                let (bytes, paper, is_extracted) = match &read {
                    Read::Paper(paper) => (serde_json::to_vec(paper), paper, false),
                    Read::Extraction(extraction) => (serde_json::to_vec(extraction), &extraction.paper, true),
                };
                let bytes = bytes.unwrap_or_default();
                let record = Record {
                    source,
                    position: 0,
                    hash: xxh3_64(&bytes),
                    place: Place { segment: 0, block: 0, nth: 0 },
                    trace: Trace::of(paper),
                    has_own_origins: paper.sources.iter().any(|origin| origin.file != *name),
                    is_extracted,
                };
                (bytes, record)
            })
            .collect();
        self.outcome.read += packed.len() as u64;
        self.observer.step(packed.len() as u64);
        for (bytes, mut record) in packed {
            *position += 1;
            record.place = match known.get(&record.hash) {
                Some(known) => {
                    self.outcome.known += 1;
                    known.place
                }
                None => self.writer.push(&bytes).map_err(|error| self.failed(error))?,
            };
            record.position = if by_hash { record.hash } else { *position };
            self.state.records.push(record);
        }
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), Error> {
        let number = self.state.sources.iter().position(|source| source.name == name);
        let before = self.state.records.len();
        if let Some(number) = number {
            self.state.records.retain(|record| record.source != number as u32 || record.has_own_origins);
        }
        // Records that were put together before they came here may name it.
        let (merged, mut kept): (Vec<Record>, Vec<Record>) =
            std::mem::take(&mut self.state.records).into_iter().partition(|record| record.has_own_origins);
        let records = Records::new(self.ledger);
        let mut changed = before != kept.len() + merged.len();
        for some in merged.chunks(BATCH) {
            let places: Vec<_> = some.iter().map(|record| record.place).collect();
            let papers: Vec<Paper> = records.read(&places).map_err(|error| self.failed(error))?;
            for (record, paper) in some.iter().zip(papers) {
                if paper.sources.iter().all(|origin| origin.file != name) {
                    kept.push(record.clone());
                    continue;
                }
                changed = true;
                let Some(rest) = without_source(paper, name) else { continue };
                let bytes = serde_json::to_vec(&rest).unwrap_or_default();
                let place = self.writer.push(&bytes).map_err(|error| self.failed(error))?;
                let (hash, trace) = (xxh3_64(&bytes), Trace::of(&rest));
                kept.push(Record { hash, place, trace, is_extracted: false, ..record.clone() });
            }
        }
        self.state.records = kept;
        if number.is_none() && !changed {
            let mut known: Vec<String> = self.state.sources.iter().map(|source| source.name.clone()).collect();
            known.sort();
            return Err(Error::NoSuchSource { name: name.to_string(), known });
        }
        // The next build reads it anew, should it be named again.
        if let Some(number) = number {
            self.state.sources[number].size = u64::MAX;
        }
        Ok(())
    }

    fn finish(self) -> Result<State, Error> {
        let ledger = self.ledger;
        let Self { mut state, mut writer, .. } = self;
        writer.close().map_err(|error| Error::Ledger { path: ledger.into(), error })?;
        forget_empty_sources(&mut state);
        let used: HashSet<u32> = state.records.iter().map(|record| record.place.segment).collect();
        Records::new(ledger).forget(|segment| !used.contains(&segment));
        state.next_segment =
            state.records.iter().map(|record| record.place.segment + 1).max().unwrap_or(1).max(state.next_segment);
        Ok(state)
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::Ledger { path: self.ledger.into(), error }
    }
}

/// Drops sources that say nothing any more, and those that were taken back.
fn forget_empty_sources(state: &mut State) {
    let mut used = vec![false; state.sources.len()];
    state.records.iter().for_each(|record| used[record.source as usize] = true);
    let kept: Vec<bool> =
        used.iter().zip(&state.sources).map(|(used, source)| *used || source.size != u64::MAX).collect();
    let mut new = Vec::new();
    let numbers: Vec<u32> = kept
        .iter()
        .map(|kept| {
            let number = new.len() as u32;
            new.extend(kept.then_some(number));
            number
        })
        .collect();
    for record in &mut state.records {
        record.source = numbers[record.source as usize];
    }
    let mut at = kept.iter();
    state.sources.retain(|_| at.next().copied().unwrap_or_default());
}
