//! The entities that can be linked: what they are called, and what is known about them.
//!
//! Names live in `vocab/*.toml` (the format is described in `vocab/README.md`), not in code. The shipped files are
//! compiled into the binary; a reader's own folder is laid over them, and wins.

mod entity;
mod lint;
mod load;

use std::collections::HashMap;
use std::path::Path;

pub use entity::{CaseRule, Entity, EntityId, Kind, Place};
pub use lint::{Findings, Ground, lint};
pub use load::{Problem, Problems};

use crate::text::fold_name;

include!(concat!(env!("OUT_DIR"), "/vocabulary_files.rs"));

/// All entities, checked: ids are unique, and a name that means two things needs context for both.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    entities: Vec<Entity>,
    by_id: HashMap<EntityId, usize>,
    version: u64,
}

impl Vocabulary {
    /// The vocabulary shipped with the program.
    ///
    /// # Errors
    /// Only if a shipped file is broken, which the tests rule out.
    pub fn builtin() -> Result<Self, Problems> {
        Self::with_overlays(&[] as &[&Path])
    }

    /// The shipped vocabulary with others laid over it, in order: an entity of the same id replaces the earlier one.
    /// Each of `paths` is a TOML file or a folder of such.
    ///
    /// # Errors
    /// Every problem found in any file, with file and line.
    pub fn with_overlays<P: AsRef<Path>>(paths: &[P]) -> Result<Self, Problems> {
        let mut loader = load::Loader::default();
        loader.shipped();
        for path in paths {
            loader.path(path.as_ref());
        }
        loader.finish()
    }

    /// A vocabulary of these TOML texts alone, each with the name to report it by.
    ///
    /// # Errors
    /// As [`Vocabulary::with_overlays`].
    pub fn from_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Problems> {
        let mut loader = load::Loader::default();
        loader.layer(files.into_iter().map(|(file, text)| (file.to_string(), text.to_string())));
        loader.finish()
    }

    fn new(entities: Vec<Entity>, version: u64) -> Self {
        let by_id = entities.iter().enumerate().map(|(i, e)| (e.id.clone(), i)).collect();
        Self { entities, by_id, version }
    }

    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    pub fn get(&self, id: &EntityId) -> Option<&Entity> {
        self.by_id.get(id).map(|&i| &self.entities[i])
    }

    /// Every entity that carries the name, compared folded (case, hyphens and spaces alike).
    pub fn named(&self, name: &str) -> Vec<&Entity> {
        let wanted = squeeze(name);
        self.entities.iter().filter(|e| e.names().any(|n| squeeze(n) == wanted)).collect()
    }

    /// The entities whose `broader` names this one.
    pub fn narrower<'a>(&'a self, id: &'a EntityId) -> impl Iterator<Item = &'a Entity> {
        self.entities.iter().filter(move |e| e.broader.contains(id))
    }

    /// The entities whose names are most like `name`, best first, for "did you mean". Looks at every name.
    pub fn nearest(&self, name: &str, limit: usize) -> Vec<&Entity> {
        let wanted = squeeze(name);
        let mut scored: Vec<(f64, &Entity)> = Vec::new();
        for entity in &self.entities {
            let likeness = entity.names().map(|n| likeness(&wanted, &squeeze(n))).fold(0.0, f64::max);
            if likeness >= LEAST_LIKENESS {
                scored.push((likeness, entity));
            }
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
        scored.into_iter().take(limit).map(|(_, entity)| entity).collect()
    }

    /// Changes whenever a file that was loaded changes: kept with a graph, so that a build knows what to read again.
    pub fn version(&self) -> u64 {
        self.version
    }
}

/// Names less alike than this are no typing errors of each other.
const LEAST_LIKENESS: f64 = 0.6;

fn likeness(wanted: &str, name: &str) -> f64 {
    let (short, long) = (wanted.len().min(name.len()), wanted.len().max(name.len()));
    let begins = short >= 3 && name.starts_with(wanted);
    // Where the lengths differ by more, the least likeness cannot be had.
    if !begins && short * 5 < long * 3 {
        return 0.0;
    }
    strsim::normalized_damerau_levenshtein(wanted, name).max(if begins { 0.75 } else { 0.0 })
}

/// A name reduced to what tells names apart: folded, without spaces.
pub(crate) fn squeeze(name: &str) -> String {
    fold_name(name).replace(' ', "")
}
