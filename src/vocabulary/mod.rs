//! The entities that can be linked: what they are called, and what is known about them.
//!
//! Names live in `vocab/*.toml` (the format is described in `vocab/README.md`), not in code. `build.rs` compiles this
//! folder too: it reads and checks the shipped files when the program is built, and [`crate::builtin`] reads back what
//! came of them. A reader's own folder is laid over them at run time, and wins.

mod entity;
mod hosts;
mod load;

use serde::{Deserialize, Serialize};

pub use entity::{Better, CaseRule, Entity, EntityId, Kind, Place};
pub use hosts::{Code, CodeHost, code_hosts};
pub(crate) use load::Loader;
// For `build.rs`.
#[allow(unused_imports)]
pub(crate) use load::is_vocabulary;
pub use load::{Problem, Problems};

use crate::text::fold_name;

/// All entities, checked: ids are unique, and a name that means two things needs context for both.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Vocabulary {
    /// The built-in ones, by id; behind them those that overlays add, by id. An entity that an overlay replaces keeps
    /// its place.
    entities: Vec<Entity>,
    /// Sorted.
    names: Vec<Squeezed>,
    version: u64,
    /// How many of the entities are the shipped ones.
    #[serde(skip)]
    built_in: usize,
    /// Indexes of the entities that overlays replaced or added.
    #[serde(skip)]
    overlaid: Vec<u32>,
}

/// A name of an entity, reduced to what tells names apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Squeezed {
    name: String,
    weak: bool,
    entity: u32,
}

impl Squeezed {
    fn all_of(index: u32, entity: &Entity) -> impl Iterator<Item = Self> {
        let strong = entity.strong_names().map(|name| (name, false));
        let weak = entity.weak.iter().map(|name| (name.as_str(), true));
        strong.chain(weak).map(move |(name, weak)| Self { name: squeeze(name), weak, entity: index })
    }
}

impl Vocabulary {
    /// A vocabulary of these TOML texts alone, each with the name to report it by.
    ///
    /// # Errors
    /// Every problem found in any file, with file and line.
    pub fn from_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Problems> {
        let mut loader = Loader::default();
        loader.layer(files.into_iter().map(|(file, text)| (file.to_string(), text.to_string())));
        loader.finish()
    }

    /// Declares all entities to be the shipped ones.
    pub(crate) fn into_built_in(mut self) -> Self {
        self.built_in = self.entities.len();
        self
    }

    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    pub fn get(&self, id: &EntityId) -> Option<&Entity> {
        self.index(id).map(|i| &self.entities[i])
    }

    fn index(&self, id: &EntityId) -> Option<usize> {
        let (built_in, added) = self.entities.split_at(self.built_in);
        let find = |entities: &[Entity]| entities.binary_search_by(|e| e.id.cmp(id)).ok();
        find(built_in).or_else(|| find(added).map(|i| self.built_in + i))
    }

    /// Every entity that carries the name, compared folded (case, hyphens and spaces alike).
    pub fn named(&self, name: &str) -> Vec<&Entity> {
        let squeezed = squeeze(name);
        let first = self.names.partition_point(|n| n.name < squeezed);
        let mut found: Vec<u32> =
            self.names[first..].iter().take_while(|n| n.name == squeezed).map(|n| n.entity).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|i| &self.entities[i as usize]).collect()
    }

    /// The entity that a squeezed name suffices to mean.
    pub(crate) fn meant_by(&self, squeezed: &str) -> Option<&Entity> {
        let first = self.names.partition_point(|n| n.name.as_str() < squeezed);
        let found = self.names.get(first).filter(|n| n.name == squeezed && !n.weak)?;
        Some(&self.entities[found.entity as usize])
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

    /// How many of the entities, the first ones, are the shipped ones or stand in their place.
    pub(crate) fn built_in(&self) -> usize {
        self.built_in
    }

    /// Indexes of the entities that are not the shipped ones, if any are.
    pub(crate) fn overlaid(&self) -> &[u32] {
        &self.overlaid
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
    let mut folded = fold_name(name);
    folded.retain(|c| c != ' ');
    folded
}
