//! Diagnosis of a damaged graph: which parts are damaged, what can be saved, and what to do.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use oxigraph::model::{NamedNode, Term};
use oxigraph::store::Store;
use schemars::JsonSchema;
use serde::Serialize;

use super::generation::base_of;
use super::layout::{CurrentPointer, StoreLayout};
use super::quads::{Quads, is_hidden};
use super::user_statements::{self, UserStatements};
use super::{StoreError, open_read_only, search_index};
use crate::index::Index;
use crate::ledger::{LedgerState, RecordReader};
use crate::liveness::Journal;
use crate::ontology::Ontology;
use crate::text::counted;

/// Condition of a part of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PartCondition {
    Sound,
    Damaged,
    /// The part is missing, which loses nothing.
    Absent,
    /// Leftover of a build that did not finish.
    Unfinished,
}

/// Findings about one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PartHealth {
    /// Name of the part, as in `search index`.
    pub part: &'static str,
    pub path: PathBuf,
    pub health: PartCondition,
    /// Contents of the part, or what is wrong with it.
    pub detail: String,
}

/// Result of an examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StoreExamination {
    pub parts: Vec<PartHealth>,
    /// What a repair keeps, and what it loses.
    pub saved: Vec<String>,
    /// Steps to take, in this order; empty if nothing needs to be done.
    pub advice: Vec<String>,
}

impl StoreExamination {
    pub(crate) fn is_sound(&self) -> bool {
        self.parts.iter().all(|part| part.health != PartCondition::Damaged)
    }

    fn is_damaged(&self, name: &str) -> bool {
        self.parts.iter().any(|part| part.part == name && part.health == PartCondition::Damaged)
    }
}

const POINTER: &str = "pointer";
const DATABASE: &str = "database";
const STATE: &str = "ledger";
const RECORDS: &str = "records";
const INDEX: &str = "search index";
const STATEMENTS: &str = "your statements";
const CHECKS: &str = "link checks";
const LEFTOVER: &str = "unfinished build";

/// Reads everything in the graph at `path` and compares it with its checksums. Changes nothing.
///
/// # Errors
/// If there is no graph, the path holds something else, or a later version of the program made the graph.
pub(crate) fn examine(path: &Path) -> Result<StoreExamination, StoreError> {
    let layout = StoreLayout::new(path);
    let mut doctor = StoreDoctor { parts: Vec::new(), statements: 0, inputs: InputFiles::default() };
    let generation = doctor.pointer(&layout)?;
    match generation {
        Some(number) => doctor.generation(&layout, number),
        None => doctor.add(DATABASE, layout.generation(0), PartCondition::Damaged, "no generation can be opened"),
    }
    doctor.user_statements(&layout)?;
    doctor.journal(&layout);
    doctor.leftovers(&layout, generation)?;
    Ok(doctor.conclude())
}

/// Files from which the graph was made.
#[derive(Default)]
struct InputFiles {
    /// Files that are unchanged since they were read.
    unchanged: Vec<String>,
    /// Files that are gone or changed, with the number of their records in the ledger.
    missing: Vec<(String, u64)>,
    are_known: bool,
}

struct StoreDoctor {
    parts: Vec<PartHealth>,
    /// Number of the user's statements that can be read.
    statements: usize,
    inputs: InputFiles,
}

impl StoreDoctor {
    fn add(&mut self, part: &'static str, path: PathBuf, health: PartCondition, detail: impl Into<String>) {
        self.parts.push(PartHealth { part, path, health, detail: detail.into() });
    }

    /// The generation to examine: the published one, or the newest that could be restored.
    fn pointer(&mut self, layout: &StoreLayout) -> Result<Option<u64>, StoreError> {
        let path = layout.root().join("current");
        match layout.current() {
            Ok((CurrentPointer { generation, .. }, base)) if layout.generation(generation).is_dir() => {
                self.add(POINTER, path, PartCondition::Sound, format!("names generation {generation}, base {base}"));
                return Ok(Some(generation));
            }
            Ok((CurrentPointer { generation, .. }, _)) => {
                self.add(POINTER, path, PartCondition::Damaged, format!("generation {generation} is missing"));
            }
            Err(StoreError::Corrupt { message, .. }) => self.add(POINTER, path, PartCondition::Damaged, message),
            Err(error) => return Err(error),
        }
        Ok(layout.whole()?.into_iter().find(|number| open_read_only(layout, *number).is_ok()))
    }

    fn generation(&mut self, layout: &StoreLayout, number: u64) {
        let folder = layout.generation(number);
        let mut noted = BTreeSet::new();
        match open_read_only(layout, number) {
            Err(error) => self.add(DATABASE, folder.clone(), PartCondition::Damaged, error.to_string()),
            Ok(store) => {
                noted = noted_inputs(&store);
                match read_all(&store) {
                    Ok(triples) => {
                        self.add(DATABASE, folder.clone(), PartCondition::Sound, counted(triples, "statement"));
                    }
                    Err(error) => self.add(DATABASE, folder.clone(), PartCondition::Damaged, error),
                }
            }
        }
        self.ledger(&layout.ledger(number), noted);
        let index = folder.join(search_index::FOLDER);
        match Index::verify(&index) {
            Ok(None) => self.add(INDEX, index, PartCondition::Sound, "all checksums are right"),
            Ok(Some(_)) if !index.exists() => {
                self.add(INDEX, index, PartCondition::Absent, "the next question rebuilds it");
            }
            Ok(Some(defect)) => self.add(INDEX, index, PartCondition::Damaged, defect),
            Err(error) => self.add(INDEX, index, PartCondition::Damaged, error.to_string()),
        }
    }

    fn ledger(&mut self, folder: &Path, noted: BTreeSet<String>) {
        let path = folder.join("state");
        let state = match LedgerState::load(&path, 0) {
            Ok(Some(state)) => state,
            Ok(None) => {
                self.add(STATE, path, PartCondition::Damaged, "the file is missing");
                self.inputs.look_for(noted);
                return;
            }
            Err(error) => {
                self.add(STATE, path, PartCondition::Damaged, error.to_string());
                self.inputs.look_for(noted);
                return;
            }
        };
        let sources = state.sources.len();
        self.add(
            STATE,
            path,
            PartCondition::Sound,
            format!("{} of {}", counted(state.records.len(), "record"), counted(sources, "input")),
        );
        let mut counts = vec![0; sources];
        state.records.iter().for_each(|record| counts[record.source as usize] += 1);
        self.inputs.are_known = true;
        for (source, records) in state.sources.iter().zip(counts) {
            let path = source.path.as_ref().unwrap_or(&source.name);
            let is_there = std::fs::metadata(path).is_ok_and(|metadata| metadata.len() == source.size);
            match is_there {
                true => self.inputs.unchanged.push(source.name.clone()),
                false => self.inputs.missing.push((source.name.clone(), records)),
            }
        }
        let records = RecordReader::new(folder);
        let needed: BTreeSet<u32> = state.records.iter().map(|record| record.position.segment).collect();
        for segment in needed {
            let path = folder.join(format!("records-{segment}"));
            match records.verify(segment) {
                Ok(blocks) => self.add(
                    RECORDS,
                    path,
                    PartCondition::Sound,
                    format!("{}, all checksums are right", counted(blocks, "block")),
                ),
                Err(error) => self.add(RECORDS, path, PartCondition::Damaged, error.to_string()),
            }
        }
    }

    fn user_statements(&mut self, layout: &StoreLayout) -> Result<(), StoreError> {
        let path = user_statements::path(layout.root());
        match user_statements::read(layout.root()).map_err(layout.io("read"))? {
            UserStatements::Missing => {
                self.add(STATEMENTS, path, PartCondition::Absent, "none are kept beside the graph");
            }
            UserStatements::Whole(statements) => {
                self.statements = statements.len();
                self.add(STATEMENTS, path, PartCondition::Sound, counted(statements.len(), "statement"));
            }
            UserStatements::Damaged(lines) => {
                self.statements = lines.len();
                let detail = format!("the checksum is wrong; readable: {}", counted(lines.len(), "statement"));
                self.add(STATEMENTS, path, PartCondition::Damaged, detail);
            }
            UserStatements::TooNew(version) => return Err(StoreError::TooNew { path, format: version.into() }),
        }
        Ok(())
    }

    fn journal(&mut self, layout: &StoreLayout) {
        let path = layout.root().join("checks.jsonl");
        match Journal::count(&path) {
            Ok(None) => self.add(CHECKS, path, PartCondition::Absent, "no link was checked"),
            Ok(Some((outcomes, 0))) => self.add(CHECKS, path, PartCondition::Sound, counted(outcomes, "outcome")),
            Ok(Some((outcomes, damaged))) => {
                let detail =
                    format!("{damaged} of {} lines cannot be read; those links are checked again", outcomes + damaged);
                self.add(CHECKS, path, PartCondition::Damaged, detail);
            }
            Err(error) => self.add(CHECKS, path, PartCondition::Damaged, error.to_string()),
        }
    }

    fn leftovers(&mut self, layout: &StoreLayout, generation: Option<u64>) -> Result<(), StoreError> {
        let whole = layout.whole()?;
        for number in layout.all()? {
            if Some(number) != generation && !whole.contains(&number) {
                let detail =
                    format!("{} MB; the same build resumes it, another removes it", layout.size(number) / 1_000_000);
                self.add(LEFTOVER, layout.generation(number), PartCondition::Unfinished, detail);
            }
        }
        Ok(())
    }

    fn conclude(self) -> StoreExamination {
        let Self { parts, statements, inputs } = self;
        let mut examination = StoreExamination { parts, saved: Vec::new(), advice: Vec::new() };
        let is_damaged = |name: &str| examination.is_damaged(name);
        let (mut saved, mut advice) = (Vec::new(), Vec::new());
        let [database, state, records] = [DATABASE, STATE, RECORDS].map(is_damaged);
        if is_damaged(POINTER) && !database {
            advice.push("any `kg build` names the newest complete generation again; nothing is lost".to_string());
        }
        if database || state || records {
            saved.extend((statements > 0).then(|| format!("your {} (kg update)", counted(statements, "statement"))));
            if !is_damaged(STATEMENTS) && statements == 0 && !database {
                saved.push("your statements, which the database has".to_string());
            }
            saved.push("what link checks found".to_string());
            let ledger = if state {
                "are lost"
            } else if records {
                "may be lost"
            } else {
                "are kept"
            };
            for (name, n) in &inputs.missing {
                // Without its state, the ledger does not say how many records an input had.
                let number = if *n == 0 { String::new() } else { format!(" ({n})") };
                saved.push(format!("{name} is not there as it was read: its records{number} {ledger}"));
            }
            let quoted: Vec<String> = inputs.unchanged.iter().map(|name| shell_word(name)).collect();
            advice.push(match (inputs.are_known, quoted.is_empty()) {
                (_, false) => format!("kg build --rebuild {}", quoted.join(" ")),
                (true, true) => "name the inputs where they are now: kg build --rebuild INPUT…".to_string(),
                (false, true) => {
                    "the inputs are not known; name all of them again: kg build --rebuild INPUT…".to_string()
                }
            });
        } else if is_damaged(INDEX) {
            advice.push("the next question rebuilds the search index, for example `kg search x`".to_string());
        }
        if is_damaged(STATEMENTS) && !database {
            advice.push("the next `kg update` writes your statements again, from the database".to_string());
        }
        if is_damaged(CHECKS) {
            advice.push("the next `kg check` checks the links with lost outcomes again".to_string());
        }
        (examination.saved, examination.advice) = (saved, advice);
        examination
    }
}

impl InputFiles {
    /// Uses the names of inputs from the metadata of the graph, if the ledger cannot be read.
    fn look_for(&mut self, noted: BTreeSet<String>) {
        self.are_known = !noted.is_empty();
        for name in noted {
            match Path::new(&name).is_file() {
                true => self.unchanged.push(name),
                false => self.missing.push((name, 0)),
            }
        }
    }
}

/// The names of the inputs, from the metadata of the graph.
fn noted_inputs(store: &Store) -> BTreeSet<String> {
    let file = |ontology: &Ontology| ontology.kg.file.clone();
    let Some(base) = base_of(store) else { return BTreeSet::new() };
    let ontology = Ontology::new(base);
    let (predicate, graph) = (file(&ontology), ontology.build_graph());
    let quads = store.quads_for_pattern(None, Some(predicate.as_ref()), None, Some(graph.as_ref()));
    let values = quads.map_while(Result::ok).filter_map(|quad| match quad.object {
        Term::Literal(literal) => Some(literal.value().to_string()),
        _ => None,
    });
    values.collect()
}

/// Objects that are looked up by themselves: all of a small graph.
const OBJECTS: usize = 100_000;

/// Reads every statement, including those of packed parts, and compares the indexes of the database with each other: by
/// predicate completely, by object up to [`OBJECTS`] objects. oxigraph's own `validate` never ends if a part of the
/// database cannot be read.
fn read_all(store: &Store) -> Result<u64, String> {
    let packed = base_of(store).map(|base| Quads::new(store.clone(), &Ontology::new(base)));
    let mut n = 0;
    let mut predicates: HashMap<NamedNode, u64> = HashMap::new();
    let mut objects: HashSet<Term> = HashSet::new();
    for quad in store {
        let quad = quad.map_err(|e| e.to_string())?;
        n += match &packed {
            Some(quads) if is_hidden(&quad) => quads.parts_in(&quad).map_err(|e| e.to_string())?.len() as u64,
            _ => 1,
        };
        *predicates.entry(quad.predicate).or_default() += 1;
        if objects.len() < OBJECTS {
            objects.insert(quad.object);
        }
    }
    for (predicate, expected) in predicates {
        let mut found = 0;
        for quad in store.quads_for_pattern(None, Some(predicate.as_ref()), None, None) {
            quad.map_err(|e| e.to_string())?;
            found += 1;
        }
        if found != expected {
            return Err(format!("its indexes disagree: {expected} and {found} statements of {predicate}"));
        }
    }
    for object in &objects {
        for quad in store.quads_for_pattern(None, None, Some(object.as_ref()), None) {
            quad.map_err(|e| e.to_string())?;
        }
    }
    Ok(n)
}

/// Quotes a name as one word of a POSIX shell.
fn shell_word(name: &str) -> String {
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c));
    if is_plain { name.to_string() } else { format!("'{}'", name.replace('\'', "'\\''")) }
}
