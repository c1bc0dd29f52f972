//! Reads and checks vocabulary files. All problems are collected, so that a curator sees them in one run.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::entity::{Better, CaseRule, Entity, EntityId, Kind, VocabularyLine};
use super::{SqueezedName, Vocabulary, squeeze};
use crate::paper::slug;
use crate::text::{stable_hash, stable_hash_after};

/// One problem in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VocabularyProblem {
    /// Name of the file.
    pub file: String,
    /// Line number from 1; `None` if the problem concerns the whole file.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for VocabularyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// All problems in a set of vocabulary files.
#[derive(Debug, Clone, Default)]
pub struct VocabularyProblems(pub Vec<VocabularyProblem>);

impl fmt::Display for VocabularyProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for VocabularyProblems {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVocabularyFile {
    kind: Option<Kind>,
    #[serde(default)]
    entity: Vec<Spanned<RawEntity>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEntity {
    /// Overrides the kind of the file, so that a user's own file can hold several kinds.
    kind: Option<Kind>,
    id: String,
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    weak: Vec<String>,
    #[serde(default)]
    context: Vec<String>,
    #[serde(default)]
    forbid: Vec<String>,
    case: Option<CaseRule>,
    paper: Option<String>,
    year: Option<u16>,
    homepage: Option<String>,
    #[serde(default)]
    broader: Vec<String>,
    #[serde(default)]
    modality: Vec<String>,
    #[serde(default)]
    tasks: Vec<String>,
    vendor: Option<String>,
    #[serde(default)]
    memory_gb: Vec<f32>,
    architecture: Option<String>,
    better: Option<Better>,
    wikidata: Option<String>,
    huggingface: Option<String>,
}

/// Collects files in layers. Within a layer, an id may occur only once; a later layer replaces entities of an
/// earlier one.
#[derive(Default)]
pub(crate) struct VocabularyLoader {
    /// The vocabulary under the layers.
    base: Vocabulary,
    entities: BTreeMap<EntityId, Entity>,
    problems: Vec<VocabularyProblem>,
    version: VocabularyHash,
}

impl VocabularyLoader {
    /// A loader that adds layers over a vocabulary.
    pub(crate) fn over(base: Vocabulary) -> Self {
        Self { version: VocabularyHash(base.version), base, ..Self::default() }
    }

    /// Returns the ids in the layer.
    pub(crate) fn layer(&mut self, files: impl Iterator<Item = (String, String)>) -> Vec<EntityId> {
        let mut places: HashMap<EntityId, VocabularyLine> = HashMap::new();
        for (file, text) in files {
            self.version.add(&file, &text);
            for entity in self.file(&file, &text) {
                if let Some(first) = places.get(&entity.id) {
                    self.report(
                        &entity.defined_at,
                        format!(
                            "id `{}` is already used at {first}; give one of them another id or join them",
                            entity.id.slug()
                        ),
                    );
                    continue;
                }
                places.insert(entity.id.clone(), entity.defined_at.clone());
                self.entities.insert(entity.id.clone(), entity);
            }
        }
        places.into_keys().collect()
    }

    /// Adds a layer from one file, or from the `*.toml` files of a folder. Returns the ids in it.
    pub(crate) fn path(&mut self, path: &Path) -> Vec<EntityId> {
        let shown = path.display().to_string();
        let listed = if path.is_file() { Ok(vec![path.to_path_buf()]) } else { toml_files(path) };
        let mut paths = match listed {
            Ok(paths) => paths,
            Err(e) => {
                let message = format!("cannot read this file or folder of vocabularies: {e}");
                self.problems.push(VocabularyProblem { file: shown, line: None, message });
                return Vec::new();
            }
        };
        paths.sort();
        if paths.is_empty() {
            let message = "holds no vocabulary (*.toml); see vocab/README.md for the format".to_string();
            self.problems.push(VocabularyProblem { file: shown, line: None, message });
            return Vec::new();
        }
        let mut files = Vec::new();
        for path in paths {
            let file = path.display().to_string();
            match std::fs::read_to_string(&path) {
                Ok(text) => files.push((file, text)),
                Err(e) => {
                    self.problems.push(VocabularyProblem { file, line: None, message: format!("cannot read: {e}") });
                }
            }
        }
        self.layer(files.into_iter())
    }

    fn report(&mut self, place: &VocabularyLine, message: String) {
        self.problems.push(VocabularyProblem { file: place.file.to_string(), line: Some(place.line), message });
    }

    fn file(&mut self, file: &str, text: &str) -> Vec<Entity> {
        let lines = LineStarts::new(text);
        let raw: RawVocabularyFile = match toml::from_str(text) {
            Ok(raw) => raw,
            Err(e) => {
                let line = e.span().map(|s| lines.line(s.start));
                self.problems.push(VocabularyProblem {
                    file: file.to_string(),
                    line,
                    message: e.message().to_string(),
                });
                return Vec::new();
            }
        };
        let file: Arc<str> = file.into();
        let mut entities = Vec::with_capacity(raw.entity.len());
        for spanned in raw.entity {
            let place = VocabularyLine { file: file.clone(), line: lines.line(spanned.span().start) };
            let raw_entity = spanned.into_inner();
            let Some(kind) = raw_entity.kind.or(raw.kind) else {
                let message =
                    format!("`{}` has no kind; write `kind = \"dataset\"` at the head of the file", raw_entity.id);
                self.report(&place, message);
                continue;
            };
            entities.extend(self.entity(kind, raw_entity, place));
        }
        entities
    }

    fn entity(&mut self, kind: Kind, raw: RawEntity, place: VocabularyLine) -> Option<Entity> {
        if kind == Kind::Unknown {
            self.report(
                &place,
                format!("`{}` has the kind `unknown`; a vocabulary must say what its entities are", raw.id),
            );
            return None;
        }
        let Some(id) = EntityId::new(kind, &raw.id) else {
            let message = format!("id `{}` is not a slug; `{}` would be", raw.id, slug(&raw.id));
            self.report(&place, message);
            return None;
        };
        for name in std::iter::once(&raw.name).chain(&raw.aliases).chain(&raw.weak) {
            let squeezed = squeeze(name);
            if squeezed.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
                self.report(
                    &place,
                    format!("name `{name}` of `{}` is empty or a single letter; too short to match", raw.id),
                );
            }
        }
        let mut seen = vec![raw.name.as_str()];
        for alias in &raw.aliases {
            if seen.contains(&alias.as_str()) {
                self.report(&place, format!("alias `{alias}` of `{}` is given twice", raw.id));
            }
            seen.push(alias);
        }
        let broader = self.references(kind, &raw.broader, &place);
        let tasks = self.references(Kind::Task, &raw.tasks, &place);
        Some(Entity {
            id,
            name: raw.name,
            aliases: raw.aliases,
            weak: raw.weak,
            context: raw.context,
            forbid: raw.forbid,
            case: raw.case,
            paper: raw.paper,
            year: raw.year,
            homepage: raw.homepage,
            broader,
            modality: raw.modality,
            tasks,
            vendor: raw.vendor,
            memory_gb: raw.memory_gb,
            architecture: raw.architecture,
            better: raw.better,
            wikidata: raw.wikidata,
            huggingface: raw.huggingface,
            defined_at: place,
        })
    }

    /// `slug` of the given kind, or `kind/slug`.
    fn references(&mut self, kind: Kind, ids: &[String], place: &VocabularyLine) -> Vec<EntityId> {
        let mut out = Vec::with_capacity(ids.len());
        for id in ids {
            let parsed = if id.contains('/') { id.parse().ok() } else { EntityId::new(kind, id) };
            match parsed {
                Some(id) => out.push(id),
                None => self.report(place, format!("`{id}` is not an id; write slug or kind/slug")),
            }
        }
        out
    }

    /// The vocabulary, if there were no problems.
    pub(crate) fn finish(self) -> Result<Vocabulary, VocabularyProblems> {
        let (vocabulary, problems) = self.examine();
        if problems.is_empty() { Ok(vocabulary) } else { Err(VocabularyProblems(problems)) }
    }

    /// Every entity that could be read, and every problem; [`VocabularyLoader::finish`] returns one or the other.
    pub(crate) fn examine(mut self) -> (Vocabulary, Vec<VocabularyProblem>) {
        self.check_references();
        let mut vocabulary = std::mem::take(&mut self.base);
        vocabulary.version = self.version.0;
        for (id, entity) in std::mem::take(&mut self.entities) {
            // Added entities go after the built-in ones, in order. Their indexes are not those of built-in
            // entities.
            let index = vocabulary.index(&id).unwrap_or(vocabulary.entities.len());
            if vocabulary.built_in > 0 {
                vocabulary.overlaid.push(index as u32);
            }
            if index < vocabulary.entities.len() {
                vocabulary.entities[index] = entity;
            } else {
                vocabulary.entities.push(entity);
            }
        }
        let changed: HashSet<u32> = if vocabulary.built_in > 0 {
            vocabulary.overlaid.iter().copied().collect()
        } else {
            (0..vocabulary.entities.len() as u32).collect()
        };
        vocabulary.names.retain(|n| !changed.contains(&n.entity));
        for index in changed {
            vocabulary.names.extend(SqueezedName::all_of(index, &vocabulary.entities[index as usize]));
        }
        vocabulary.names.sort();
        vocabulary.indexes.take();
        vocabulary.first_names.take();
        self.check_shared_names(&vocabulary);
        (vocabulary, self.problems)
    }

    fn check_references(&mut self) {
        let mut problems = Vec::new();
        for entity in self.entities.values() {
            for (field, ids) in [("broader", &entity.broader), ("tasks", &entity.tasks)] {
                let known = |id: &EntityId| self.entities.contains_key(id) || self.base.get(id).is_some();
                for id in ids.iter().filter(|id| !known(id)) {
                    problems.push((
                        entity.defined_at.clone(),
                        format!("{field} of `{}` names `{id}`, which is in no file", entity.id.slug()),
                    ));
                }
            }
            if entity.broader.contains(&entity.id) {
                problems.push((entity.defined_at.clone(), format!("`{}` is broader than itself", entity.id.slug())));
            }
        }
        for (place, message) in problems {
            self.report(&place, message);
        }
    }

    /// A name of two entities must be weak for both, so that only evidence decides.
    fn check_shared_names(&mut self, vocabulary: &Vocabulary) {
        let mut problems = Vec::new();
        for owners in vocabulary.names.chunk_by(|a, b| a.name == b.name) {
            let first = &owners[0];
            let rival = owners.iter().find(|o| o.entity != first.entity);
            let (false, Some(rival)) = (first.weak, rival) else { continue };
            let [first, other] = [first, rival].map(|o| &vocabulary.entities[o.entity as usize]);
            let owner = if rival.weak { first } else { other };
            let name = owner.strong_names().find(|n| squeeze(n) == rival.name).unwrap_or(&owner.name);
            problems.push((
                other.defined_at.clone(),
                format!(
                    "`{name}` means `{}` here and `{}` at {}; put it into `weak`, with `context`, on both",
                    other.id, first.id, first.defined_at
                ),
            ));
        }
        problems.sort_by(|a, b| (&a.0.file, a.0.line).cmp(&(&b.0.file, b.0.line)));
        for (place, message) in problems {
            self.report(&place, message);
        }
    }
}

fn toml_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries: Result<Vec<PathBuf>, _> = std::fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect();
    Ok(entries?.into_iter().filter(|path| is_vocabulary(path)).collect())
}

/// Files in the folder of the vocabularies that hold no entities: hosts for `kg check`, organisations and venues.
const OTHER_FILES: [&str; 3] = ["hosts.toml", "organizations.toml", "venues.toml"];

/// Whether a file in a folder holds entities.
pub(crate) fn is_vocabulary(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "toml")
        && path.file_name().is_some_and(|name| OTHER_FILES.iter().all(|other| name != *other))
}

/// A hash of the names and contents of all files.
struct VocabularyHash(u64);

impl Default for VocabularyHash {
    fn default() -> Self {
        Self(stable_hash([]))
    }
}

impl VocabularyHash {
    fn add(&mut self, file: &str, text: &str) {
        // Only the file name counts: moving a vocabulary does not change it.
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        self.0 = stable_hash_after(self.0, name.bytes().chain([0]).chain(text.bytes()).chain([0]));
    }
}

/// The offsets at which lines begin, to find the line of a byte offset.
pub(super) struct LineStarts(Vec<usize>);

impl LineStarts {
    pub(super) fn new(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i).collect())
    }

    pub(super) fn line(&self, at: usize) -> usize {
        self.0.partition_point(|&newline| newline < at) + 1
    }
}
