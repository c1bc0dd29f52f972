//! Turns inputs into records. Known records are not stored twice.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::SystemTime;

use rayon::prelude::*;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::{BuildError, BuildOutcome, Observer, StaleSource};
use crate::collection::{RecordTrace, without_source};
use crate::extract::Extraction;
use crate::ledger::{LedgerState, Record, RecordPosition, RecordReader, RecordWriter, SourceState, StoredOptions};
use crate::paper::{Paper, PartialDate};
use crate::source::{self, Format, Input, InputScope, NamedInput, ReadAhead, ReadOptions, ReadProblem, ReadTally};

/// The task of a build.
pub enum BuildTask {
    /// Read inputs. A file replaces everything that it stated before, so records that it no longer has are removed. The
    /// same holds for the files of a folder or pattern: a file that is missing from one of `scopes` is removed as a
    /// source.
    Read { inputs: Vec<Input>, options: ReadOptions, scopes: Vec<InputScope> },
    /// Read the output of `kg extract`, made paper by paper with this version and vocabulary.
    ReadExtracted { inputs: Vec<Input>, scopes: Vec<InputScope> },
    /// Remove what only these sources contributed.
    Remove { sources: Vec<String> },
}

/// The steps of a task: what a build reads, and what it removes.
pub(super) struct InputPlan<'t> {
    /// Sources to remove because the user asked for it.
    removed: &'t [String],
    /// Sources to remove because their file is gone from a folder that was named.
    gone: Vec<String>,
    inputs: Vec<PlannedInput>,
    /// Number of known inputs that are not read.
    unread: u64,
    /// Sources that were read with other rules and cannot be read again.
    stale: Vec<(String, &'static str)>,
    /// Whether the task is to read inputs, even if all of them are unchanged.
    reads_inputs: bool,
    /// Whether known records are stored again too, see [`InputReader`].
    rewrites_records: bool,
}

struct PlannedInput {
    input: Input,
    source: SourceState,
    options: ReadOptions,
}

impl PlannedInput {
    fn is_extracted(&self) -> bool {
        self.source.options.as_ref().is_some_and(|options| options.is_extracted)
    }

    fn named(&self) -> NamedInput {
        NamedInput { input: self.input.clone(), name: self.source.name.clone(), options: self.options.clone() }
    }
}

/// Number of records that are hashed and compressed at a time, on all cores.
const BATCH: usize = 4096;

/// From this number of inputs on, progress counts them.
const MANY_INPUTS: usize = 10;

/// Why unchanged inputs are read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rereading {
    No,
    /// They were read with other rules.
    OtherRules,
    /// The user asked for it.
    Asked,
}

impl<'t> InputPlan<'t> {
    pub(super) fn new(task: &'t BuildTask, old: &LedgerState, rereading: Rereading) -> Self {
        let none: (&[Input], &[InputScope], &[String]) = (&[], &[], &[]);
        let plain = ReadOptions::default();
        let (inputs, options, scopes, removed, is_extracted) = match task {
            BuildTask::Read { inputs, options, scopes } => {
                (inputs.as_slice(), options, scopes.as_slice(), none.2, false)
            }
            BuildTask::ReadExtracted { inputs, scopes } => (inputs.as_slice(), &plain, scopes.as_slice(), none.2, true),
            BuildTask::Remove { sources } => (none.0, &plain, none.1, sources.as_slice(), false),
        };
        let known: HashMap<&str, &SourceState> =
            old.sources.iter().map(|source| (source.name.as_str(), source)).collect();
        let mut plan = Self {
            removed,
            gone: Vec::new(),
            inputs: Vec::new(),
            unread: 0,
            stale: Vec::new(),
            reads_inputs: !matches!(task, BuildTask::Remove { .. }),
            rewrites_records: rereading == Rereading::Asked,
        };
        let mut named: HashSet<String> = removed.iter().cloned().collect();
        for input in inputs {
            let options = options.of(input);
            let source = source_state(input, &options, is_extracted);
            named.insert(source.name.clone());
            match known.get(source.name.as_str()) {
                Some(known) if rereading == Rereading::No && is_unchanged(known, &source, input) => plan.unread += 1,
                _ => plan.inputs.push(PlannedInput { input: input.clone(), source, options }),
            }
        }
        for source in old.sources.iter().filter(|source| !named.contains(&source.name)) {
            if is_gone_from(source, scopes) {
                plan.gone.push(source.name.clone());
            } else if rereading != Rereading::No {
                match plan_rereading(source) {
                    Ok(input) => plan.inputs.push(input),
                    Err(why) => plan.stale.push((source.name.clone(), why)),
                }
            }
        }
        plan
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inputs.is_empty() && self.removed.is_empty() && self.gone.is_empty()
    }

    /// The names of the inputs to read.
    pub(super) fn names(&self) -> HashSet<&str> {
        self.inputs.iter().map(|planned| planned.source.name.as_str()).collect()
    }

    pub(super) fn unread(&self) -> u64 {
        self.unread
    }

    /// A hash that is equal for builds that would do the same. With standard input it always differs.
    pub(super) fn hash(&self, circumstances: &[u64]) -> u64 {
        let mut hash = Xxh3::new();
        circumstances.iter().for_each(|n| hash.update(&n.to_le_bytes()));
        for PlannedInput { input, source, options } in &self.inputs {
            hash.update(source.name.as_bytes());
            hash.update(format!("{options:?} {:?}", source.options).as_bytes());
            [source.size, source.modified as u64].iter().for_each(|n| hash.update(&n.to_le_bytes()));
            if input.is_stream() {
                hash.update(&now().to_le_bytes());
            }
        }
        self.removed.iter().chain(&self.gone).for_each(|source| hash.update(source.as_bytes()));
        hash.digest()
    }

    /// The resulting records. New ones are appended to those in `ledger`.
    pub(super) fn run(
        &self,
        old: &LedgerState,
        ledger: &Path,
        observer: &dyn Observer,
        outcome: &mut BuildOutcome,
    ) -> Result<LedgerState, BuildError> {
        let mut reader = InputReader::new(old, ledger, observer, outcome, self.rewrites_records);
        for name in self.removed {
            reader.remove(name)?;
        }
        for name in &self.gone {
            let records = reader.remove_gone(name);
            reader.outcome.gone_sources.push((name.clone(), records));
        }
        let is_listing = |planned: &&PlannedInput| !planned.is_extracted();
        let mut ahead = ReadAhead::new(self.inputs.iter().filter(is_listing).map(PlannedInput::named).collect());
        // With many inputs, progress counts the inputs, else the records.
        reader.counts_inputs = self.inputs.len() >= MANY_INPUTS;
        if reader.counts_inputs {
            observer.begin("files", self.inputs.len() as u64);
        }
        for planned in &self.inputs {
            reader.read(planned, &mut ahead)?;
            if reader.counts_inputs {
                observer.step(1);
            }
            // If there is only one input, this is the error at the end.
            if let Some(nothing) = reader.nothing_read.take().filter(|_| self.inputs.len() + self.unread as usize > 1) {
                observer.note(&nothing);
            }
        }
        if self.reads_inputs && reader.outcome.read == 0 && self.unread == 0 && self.gone.is_empty() {
            return Err(BuildError::NothingRead(reader.first_problem));
        }
        for (name, why) in &self.stale {
            let records = reader.count_records(name);
            reader.outcome.stale_sources.push(StaleSource { name: name.clone(), records, why });
        }
        reader.finish()
    }
}

/// What is known of an input without reading it.
fn source_state(input: &Input, options: &ReadOptions, is_extracted: bool) -> SourceState {
    let options = StoredOptions {
        format_and_columns: format_and_columns(options),
        as_of: options.as_of.map(|date| date.to_string()),
        is_extracted,
    };
    let mut source = SourceState {
        name: input.name(),
        path: None,
        options: Some(options),
        size: 0,
        modified: 0,
        hash: 0,
        problems: 0,
    };
    if let Input::File(path) = input {
        source.path = std::path::absolute(path).ok().and_then(|path| path.to_str().map(str::to_string));
        for metadata in Input::parts(path).iter().filter_map(|part| std::fs::metadata(part).ok()) {
            source.size += metadata.len();
            let modified = metadata.modified().ok().and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
            source.modified = source.modified.max(modified.map_or(0, |since| since.as_nanos()));
        }
    }
    source
}

/// The format that the user chose and, after a space, the columns that the user named: `csv title=Titel,date=Jahr`.
fn format_and_columns(options: &ReadOptions) -> Option<String> {
    let format = options.from.map_or("", Format::as_str);
    let columns: Vec<String> = options.columns.iter().map(|(field, column)| format!("{field}={column}")).collect();
    match (format, columns.join(",")) {
        ("", columns) if columns.is_empty() => None,
        (format, columns) if columns.is_empty() => Some(format.to_string()),
        (format, columns) => Some(format!("{format} {columns}")),
    }
}

/// A format, and the columns that the user named with their fields.
type FormatAndColumns = (Option<Format>, Vec<(String, String)>);

/// The reverse of [`format_and_columns`].
fn parse_format_and_columns(text: &str) -> Option<FormatAndColumns> {
    let (format, columns) = text.split_once(' ').unwrap_or((text, ""));
    let format = if format.is_empty() { None } else { Some(format.parse().ok()?) };
    let columns = columns.split(',').filter(|column| !column.is_empty());
    let columns =
        columns.map(|column| column.split_once('=').map(|(field, column)| (field.to_string(), column.to_string())));
    Some((format, columns.collect::<Option<_>>()?))
}

/// The absolute path of a file that was read; `None` for standard input.
fn path_of(source: &SourceState) -> Option<PathBuf> {
    match &source.path {
        Some(path) => Some(path.into()),
        None if source.name == "-" => None,
        None => std::path::absolute(&source.name).ok(),
    }
}

/// Whether a file is missing from one of these folders or patterns.
fn is_gone_from(source: &SourceState, scopes: &[InputScope]) -> bool {
    let Some(path) = path_of(source) else { return false };
    let is_missing = || match std::fs::symlink_metadata(&path) {
        Err(e) => matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory),
        Ok(_) => false,
    };
    scopes.iter().any(|scope| scope.covers(&path)) && is_missing()
}

/// Plans to read a source that the user has not named in the same way as before; otherwise says why it cannot be read.
/// Only an unchanged file is read, because the user may not want the contents of another file with the same name.
fn plan_rereading(source: &SourceState) -> Result<PlannedInput, &'static str> {
    let path = path_of(source).ok_or("standard input cannot be read again")?;
    if !path.is_file() {
        return Err("the file no longer exists");
    }
    if size_of(&path) != source.size || hash_of(&path).ok() != Some(source.hash) {
        return Err("the file has changed; name it to read it again");
    }
    let unknown = "its options are not known; name it, with them, to read it again";
    let kept = source.options.as_ref().ok_or(unknown)?;
    let (from, columns) =
        kept.format_and_columns.as_deref().map_or(Some((None, Vec::new())), parse_format_and_columns).ok_or(unknown)?;
    let as_of = kept.as_of.as_ref().map(|date| date.parse::<PartialDate>()).transpose().map_err(|_| unknown)?;
    let mut source = source.clone();
    source.path = path.to_str().map(str::to_string);
    Ok(PlannedInput {
        input: Input::File(path),
        source,
        options: ReadOptions { from, as_of, columns, ..ReadOptions::default() },
    })
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

fn is_unchanged(known: &SourceState, found: &SourceState, input: &Input) -> bool {
    let Input::File(path) = input else { return false };
    let is_same =
        known.problems == 0 && known.options == found.options && known.size == found.size && found.modified != 0;
    is_same && (known.modified == found.modified || hash_of(path).is_ok_and(|hash| hash == known.hash))
}

/// Bytes of the files that are read for this one.
fn size_of(path: &Path) -> u64 {
    Input::parts(path).iter().filter_map(|part| std::fs::metadata(part).ok()).map(|metadata| metadata.len()).sum()
}

fn hash_of(path: &Path) -> io::Result<u64> {
    let mut hash = Xxh3::new();
    let mut buffer = vec![0; 1 << 20];
    for part in Input::parts(path) {
        let mut file = File::open(part)?;
        loop {
            match file.read(&mut buffer)? {
                0 => break,
                n => hash.update(&buffer[..n]),
            }
        }
    }
    Ok(hash.digest())
}

/// One item of an input.
enum InputItem {
    Paper(Box<Paper>),
    Extraction(Box<Extraction>),
}

type InputItems<'i> = Box<dyn Iterator<Item = Result<InputItem, ReadProblem>> + 'i>;

/// Opens an input. `tally` counts the papers of a listing while they are read.
fn open_items<'i>(
    planned: &'i PlannedInput,
    ahead: &'i mut ReadAhead,
    tally: &'i RefCell<ReadTally>,
) -> Result<InputItems<'i>, ReadProblem> {
    let name = planned.source.name.as_str();
    if planned.is_extracted() {
        let extractions = source::read_extracted(&planned.input, name)?;
        return Ok(Box::new(extractions.map(|one| one.map(|one| InputItem::Extraction(Box::new(one))))));
    }
    let papers = ahead.next_papers().unwrap_or_else(|| Err(ReadProblem::of_input(name, "is not among the inputs")))?;
    let counted = papers.inspect(|paper| tally.borrow_mut().add(paper));
    Ok(Box::new(counted.map(|paper| paper.map(|one| InputItem::Paper(Box::new(one))))))
}

/// The state of reading one source.
struct SourceReading {
    /// Index of the source.
    source: u32,
    name: String,
    /// Positions of its earlier records, by content hash.
    known: HashMap<u64, RecordPosition>,
    is_stream: bool,
    /// Number of records that were read.
    records: u64,
    /// Number of records that could not be read.
    problems: u32,
}

/// A batch of items that are being encoded as records, on all cores.
struct EncodingBatch(JoinHandle<io::Result<Vec<EncodedRecord>>>);

/// The bytes of a record, and the record without its position and order.
type EncodedRecord = (Vec<u8>, Record);

impl EncodingBatch {
    /// Begins to encode items of the source that is called `name` and has this number.
    fn begin(items: Vec<InputItem>, name: String, source: u32) -> Self {
        let encode_all = move || items.into_par_iter().map(|item| encode(&item, &name, source)).collect();
        Self(std::thread::spawn(encode_all))
    }

    fn finish(self) -> io::Result<Vec<EncodedRecord>> {
        self.0.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

fn encode(item: &InputItem, name: &str, source: u32) -> io::Result<EncodedRecord> {
    let (bytes, paper, is_extracted) = match item {
        InputItem::Paper(paper) => (serde_json::to_vec(paper)?, paper.as_ref(), false),
        InputItem::Extraction(extraction) => (serde_json::to_vec(extraction)?, &extraction.paper, true),
    };
    let record = Record {
        source,
        order: 0,
        hash: xxh3_64(&bytes),
        position: RecordPosition { segment: 0, block: 0, index: 0 },
        trace: Some(RecordTrace::of(paper)),
        has_own_origins: paper.sources.iter().any(|origin| origin.file != name),
        is_extracted,
    };
    Ok((bytes, record))
}

/// Reads inputs into the ledger.
struct InputReader<'r> {
    sources: Vec<SourceState>,
    /// Index of each source in `sources`, by name.
    numbers: HashMap<String, u32>,
    /// Records of each source.
    records: Vec<Vec<Record>>,
    /// Removed sources.
    removed: HashSet<u32>,
    next_segment: u32,
    writer: RecordWriter,
    /// Folder of the ledger.
    ledger: &'r Path,
    observer: &'r dyn Observer,
    outcome: &'r mut BuildOutcome,
    first_problem: Option<ReadProblem>,
    /// The message about the last input if it contained no paper.
    nothing_read: Option<String>,
    /// Whether all records are stored again, to reclaim the space of removed ones.
    rewrites_records: bool,
    /// Whether progress counts inputs instead of records.
    counts_inputs: bool,
}

impl<'r> InputReader<'r> {
    fn new(
        old: &LedgerState,
        ledger: &'r Path,
        observer: &'r dyn Observer,
        outcome: &'r mut BuildOutcome,
        rewrites_records: bool,
    ) -> Self {
        let numbers = (0..).zip(&old.sources).map(|(number, source)| (source.name.clone(), number)).collect();
        let mut records = vec![Vec::new(); old.sources.len()];
        for record in &old.records {
            records[record.source as usize].push(record.clone());
        }
        Self {
            sources: old.sources.clone(),
            numbers,
            records,
            removed: HashSet::new(),
            next_segment: old.next_segment,
            writer: RecordWriter::new(ledger, old.next_segment.max(1)),
            ledger,
            observer,
            outcome,
            first_problem: None,
            nothing_read: None,
            rewrites_records,
            counts_inputs: false,
        }
    }

    /// Reads an input, and stores the records that are new.
    fn read(&mut self, planned: &PlannedInput, ahead: &mut ReadAhead) -> Result<(), BuildError> {
        let PlannedInput { input, source, .. } = planned;
        self.observer.detail(&format!("reading {}", source.name));
        let tally = RefCell::new(ReadTally::default());
        let items = match open_items(planned, ahead, &tally) {
            Ok(items) => items,
            // An input that cannot be opened today keeps its records.
            Err(problem) => return self.problem(problem),
        };
        let number = self.register(source);
        let earlier = std::mem::take(&mut self.records[number as usize]);
        let mut reading = SourceReading {
            source: number,
            name: source.name.clone(),
            known: match self.rewrites_records {
                true => HashMap::new(),
                false => earlier.iter().map(|record| (record.hash, record.position)).collect(),
            },
            is_stream: input.is_stream(),
            records: 0,
            problems: 0,
        };
        self.read_items(items, &mut reading)?;
        // A stream cannot be read again, so its earlier records stay, even if it no longer contains them.
        if reading.is_stream {
            let new: HashSet<u64> = self.records[number as usize].iter().map(|record| record.hash).collect();
            self.records[number as usize].extend(earlier.into_iter().filter(|record| !new.contains(&record.hash)));
        }
        let state = &mut self.sources[number as usize];
        state.problems = reading.problems;
        if let Input::File(path) = input {
            state.hash = hash_of(path).unwrap_or_default();
        }
        if planned.is_extracted() {
            self.observer.detail(&format!("  {} read", reading.records));
        } else {
            let tally = tally.borrow();
            let details = tally.details(planned.options.from.is_some());
            details.for_each(|detail| self.observer.detail(&detail));
            self.nothing_read = tally.nothing_read(&source.name);
        }
        Ok(())
    }

    /// Reads the items of a source in batches. While a batch is encoded on all cores, this thread reads the next.
    fn read_items(&mut self, items: InputItems<'_>, reading: &mut SourceReading) -> Result<(), BuildError> {
        if !self.counts_inputs {
            self.observer.begin("reading", 0);
        }
        let mut batch = Vec::with_capacity(BATCH.min(64));
        let mut encoding: Option<EncodingBatch> = None;
        for item in items {
            match item {
                Ok(item) => batch.push(item),
                Err(problem) => {
                    reading.problems += u32::from(!problem.reason.is_expected());
                    self.problem(problem)?;
                }
            }
            if batch.len() == BATCH {
                let next = EncodingBatch::begin(std::mem::take(&mut batch), reading.name.clone(), reading.source);
                if let Some(encoded) = encoding.replace(next) {
                    self.add_records(encoded, reading)?;
                }
            }
        }
        let last = (!batch.is_empty()).then(|| EncodingBatch::begin(batch, reading.name.clone(), reading.source));
        for encoded in encoding.into_iter().chain(last) {
            self.add_records(encoded, reading)?;
        }
        Ok(())
    }

    /// The index of a source, which is a new one or replaces what was known about it.
    fn register(&mut self, source: &SourceState) -> u32 {
        if let Some(&number) = self.numbers.get(&source.name) {
            self.sources[number as usize] = source.clone();
            self.removed.remove(&number);
            return number;
        }
        let number = self.sources.len() as u32;
        self.numbers.insert(source.name.clone(), number);
        self.sources.push(source.clone());
        self.records.push(Vec::new());
        number
    }

    /// Number of records of a source.
    fn count_records(&self, name: &str) -> u64 {
        self.numbers.get(name).map_or(0, |&number| self.records[number as usize].len() as u64)
    }

    fn problem(&mut self, problem: ReadProblem) -> Result<(), BuildError> {
        self.first_problem.get_or_insert_with(|| problem.clone());
        self.observer.problem(problem).map_err(BuildError::ReadProblem)
    }

    /// Adds records to their source, and stores those that are not known.
    fn add_records(&mut self, encoded: EncodingBatch, reading: &mut SourceReading) -> Result<(), BuildError> {
        let encoded = encoded.finish().map_err(|error| self.failed(error))?;
        self.outcome.read += encoded.len() as u64;
        if !self.counts_inputs {
            self.observer.step(encoded.len() as u64);
        }
        for (bytes, mut record) in encoded {
            reading.records += 1;
            record.position = match reading.known.get(&record.hash) {
                Some(position) => {
                    self.outcome.known += 1;
                    *position
                }
                None => self.writer.push(&bytes).map_err(|error| self.failed(error))?,
            };
            record.order = if reading.is_stream { record.hash } else { reading.records };
            self.records[reading.source as usize].push(record);
        }
        Ok(())
    }

    /// Removes what only this source states.
    fn remove(&mut self, name: &str) -> Result<(), BuildError> {
        let number = self.numbers.get(name).copied();
        let mut changed = number.is_some_and(|_| self.remove_gone(name) > 0);
        // Records that were merged before they were read here may name the source.
        for source in 0..self.records.len() {
            let (merged, mut kept): (Vec<Record>, Vec<Record>) =
                std::mem::take(&mut self.records[source]).into_iter().partition(|record| record.has_own_origins);
            for some in merged.chunks(BATCH) {
                let positions: Vec<_> = some.iter().map(|record| record.position).collect();
                let papers: Vec<Paper> = self.ledger_reader().read(&positions).map_err(|error| self.failed(error))?;
                for (record, paper) in some.iter().zip(papers) {
                    if paper.sources.iter().all(|origin| origin.file != name) {
                        kept.push(record.clone());
                        continue;
                    }
                    changed = true;
                    let Some(rest) = without_source(paper, name) else { continue };
                    let bytes = serde_json::to_vec(&rest).map_err(|error| self.failed(error.into()))?;
                    let position = self.writer.push(&bytes).map_err(|error| self.failed(error))?;
                    let (hash, trace) = (xxh3_64(&bytes), Some(RecordTrace::of(&rest)));
                    kept.push(Record { hash, position, trace, is_extracted: false, ..record.clone() });
                }
            }
            self.records[source] = kept;
        }
        if number.is_none() && !changed {
            let mut known: Vec<String> = self.sources.iter().map(|source| source.name.clone()).collect();
            known.sort();
            return Err(BuildError::NoSuchSource { name: name.to_string(), known });
        }
        Ok(())
    }

    /// Removes the records of a source that name no other file, and returns their number.
    fn remove_gone(&mut self, name: &str) -> u64 {
        let Some(&number) = self.numbers.get(name) else { return 0 };
        let records = &mut self.records[number as usize];
        let before = records.len();
        records.retain(|record| record.has_own_origins);
        self.removed.insert(number);
        (before - records.len()) as u64
    }

    /// The state of the ledger after all inputs are read.
    fn finish(mut self) -> Result<LedgerState, BuildError> {
        self.writer.close().map_err(|error| self.failed(error))?;
        self.compute_missing_traces()?;
        // Sources without records stay, so that an input without papers is not read every time. Removed sources are
        // dropped.
        let mut state = LedgerState::default();
        let records = std::mem::take(&mut self.records);
        for ((source_number, source), mut records) in (0..).zip(std::mem::take(&mut self.sources)).zip(records) {
            if records.is_empty() && self.removed.contains(&source_number) {
                continue;
            }
            let number = state.sources.len() as u32;
            // A removed source that still has merged records is read again when it is named.
            let size = if self.removed.contains(&source_number) { u64::MAX } else { source.size };
            state.sources.push(SourceState { size, ..source });
            records.iter_mut().for_each(|record| record.source = number);
            // The list of the first source becomes that of all: it can take hundreds of megabytes.
            if state.records.is_empty() {
                state.records = records;
            } else {
                state.records.append(&mut records);
            }
        }
        let used: HashSet<u32> = state.records.iter().map(|record| record.position.segment).collect();
        self.ledger_reader().remove_segments(|segment| !used.contains(&segment));
        state.next_segment =
            state.records.iter().map(|record| record.position.segment + 1).max().unwrap_or(1).max(self.next_segment);
        Ok(state)
    }

    /// Computes the traces of records that were read with other rules and are kept as they were read.
    fn compute_missing_traces(&mut self) -> Result<(), BuildError> {
        let ledger = self.ledger_reader();
        let mut unreadable: BTreeMap<String, u64> = BTreeMap::new();
        for (records, source) in self.records.iter_mut().zip(&self.sources) {
            let mut untraced: Vec<&mut Record> = records.iter_mut().filter(|record| record.trace.is_none()).collect();
            for some in untraced.chunks_mut(BATCH) {
                let positions: Vec<RecordPosition> = some.iter().map(|record| record.position).collect();
                let papers: Vec<Option<Paper>> = match ledger.read::<Paper>(&positions) {
                    Ok(papers) => papers.into_iter().map(Some).collect(),
                    Err(_) => positions.iter().map(|position| ledger.read(&[*position]).ok()?.pop()).collect(),
                };
                for (record, paper) in some.iter_mut().zip(papers) {
                    record.trace = paper.as_ref().map(RecordTrace::of);
                }
            }
            let before = records.len();
            records.retain(|record| record.trace.is_some());
            if records.len() < before {
                unreadable.insert(source.name.clone(), (before - records.len()) as u64);
            }
        }
        self.outcome.unreadable_sources.extend(unreadable);
        Ok(())
    }

    fn ledger_reader(&self) -> RecordReader {
        RecordReader::new(self.ledger)
    }

    fn failed(&self, error: io::Error) -> BuildError {
        BuildError::Ledger { path: self.ledger.into(), error }
    }
}
