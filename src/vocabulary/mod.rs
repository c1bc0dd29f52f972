//! The entities that can be linked: what they are called, and what is known about them.
//!
//! Names live in `vocab/*.toml` (the format is described in `vocab/README.md`), not in code. The shipped files are
//! compiled into the binary; a reader's own folder is laid over them, and wins.

mod entity;
mod load;

use std::collections::HashMap;
use std::path::Path;

pub use entity::{CaseRule, Entity, EntityId, Kind, Place};
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

    /// The shipped vocabulary with the TOML files of `folders` laid over it, in order: an entity of the same id
    /// replaces the earlier one.
    ///
    /// # Errors
    /// Every problem found in any file, with file and line.
    pub fn with_overlays<P: AsRef<Path>>(folders: &[P]) -> Result<Self, Problems> {
        let mut loader = load::Loader::default();
        loader.layer(VOCABULARY_FILES.iter().map(|(file, text)| ((*file).to_string(), (*text).to_string())));
        for folder in folders {
            loader.folder(folder.as_ref());
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

    /// Changes whenever a file that was loaded changes: kept with a graph, so that a build knows what to read again.
    pub fn version(&self) -> u64 {
        self.version
    }
}

/// A name reduced to what tells names apart: folded, without spaces.
pub(crate) fn squeeze(name: &str) -> String {
    fold_name(name).replace(' ', "")
}
