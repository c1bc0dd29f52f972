//! The entities that can be linked: their names, and the known facts about them.
//!
//! The names are in `vocab/*.toml` (see `vocab/README.md` for the format), not in code. `build.rs` compiles this
//! module too: it reads and checks the shipped files when the program is built, and `builtin` loads the
//! result. A user's own folder is added as a layer at run time and takes precedence.

mod entity;
mod hosts;
mod load;
mod organizations;
mod venues;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

pub use entity::{Better, CaseRule, Entity, EntityId, Kind, VocabularyLine};
pub(crate) use hosts::{CodeHost, CodePatterns, code_hosts};
pub(crate) use load::VocabularyLoader;
// Used by `build.rs`.
#[allow(unused_imports)]
pub(crate) use load::is_vocabulary;
pub use load::{VocabularyProblem, VocabularyProblems};
pub(crate) use organizations::{Organization, OrganizationKind, Organizations};
pub(crate) use venues::{VenueSeries, Venues};

use crate::text::fold_name;

/// All entities, checked: ids are unique, and a name of two entities is weak for both.
///
/// ```
/// use papergraph::Vocabulary;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let vocabulary = Vocabulary::builtin()?;
/// // Case, hyphens and spaces make no difference.
/// let found = vocabulary.named("ms-coco");
/// assert_eq!(found[0].id.to_string(), "dataset/coco");
/// assert!(vocabulary.narrower(&found[0].id).any(|narrower| narrower.name == "COCO-Stuff"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Vocabulary {
    /// The built-in entities by id, then those that layers add, by id. An entity that a layer replaces keeps its
    /// index.
    entities: Vec<Entity>,
    /// Sorted by name.
    names: Vec<SqueezedName>,
    version: u64,
    /// Number of shipped entities.
    #[serde(skip)]
    built_in: usize,
    /// Indexes of the entities that layers replaced or added.
    #[serde(skip)]
    overlaid: Vec<u32>,
    /// The index of each entity, made by the first question for one.
    #[serde(skip)]
    indexes: OnceLock<HashMap<EntityId, u32>>,
    /// The first of `names` with each name, by the name's hash; made by the first question for a name.
    #[serde(skip)]
    first_names: OnceLock<HashMap<u64, u32>>,
}

/// A name of an entity, folded and without spaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct SqueezedName {
    name: String,
    weak: bool,
    entity: u32,
}

impl SqueezedName {
    fn all_of(index: u32, entity: &Entity) -> impl Iterator<Item = Self> {
        let strong = entity.strong_names().map(|name| (name, false));
        let weak = entity.weak.iter().map(|name| (name.as_str(), true));
        strong.chain(weak).map(move |(name, weak)| Self { name: squeeze(name), weak, entity: index })
    }
}

impl Vocabulary {
    /// A vocabulary from these TOML texts alone, each with the name to use in error messages.
    ///
    /// # Errors
    /// Every problem found in any file, with file and line.
    pub fn from_texts<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, VocabularyProblems> {
        let mut loader = VocabularyLoader::default();
        loader.layer(files.into_iter().map(|(file, text)| (file.to_string(), text.to_string())));
        loader.finish()
    }

    /// Marks all entities as shipped.
    pub(crate) fn into_built_in(mut self) -> Self {
        self.built_in = self.entities.len();
        self
    }

    /// All entities, sorted by id.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// The entity with an id.
    pub fn get(&self, id: &EntityId) -> Option<&Entity> {
        self.index(id).map(|i| &self.entities[i])
    }

    fn index(&self, id: &EntityId) -> Option<usize> {
        let indexes = self
            .indexes
            .get_or_init(|| self.entities.iter().zip(0..).map(|(entity, index)| (entity.id.clone(), index)).collect());
        indexes.get(id).map(|&index| index as usize)
    }

    /// Every entity with this name, compared in folded form (case, hyphens and spaces make no difference).
    pub fn named(&self, name: &str) -> Vec<&Entity> {
        let squeezed = squeeze(name);
        let Some(first) = self.first_name(&squeezed) else { return Vec::new() };
        let mut found: Vec<u32> =
            self.names[first..].iter().take_while(|n| n.name == squeezed).map(|n| n.entity).collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|i| &self.entities[i as usize]).collect()
    }

    /// The first of `names` with this name. Rules ask for many words that are no names: a search in the sorted names would
    /// compare some 17 strings for each.
    fn first_name(&self, squeezed: &str) -> Option<usize> {
        let hash = |name: &str| {
            let mut hasher = DefaultHasher::new();
            name.hash(&mut hasher);
            hasher.finish()
        };
        let firsts = self.first_names.get_or_init(|| {
            let mut firsts = HashMap::with_capacity(self.names.len());
            for (n, index) in self.names.iter().zip(0..) {
                firsts.entry(hash(&n.name)).or_insert(index);
            }
            firsts
        });
        let first = *firsts.get(&hash(squeezed))? as usize;
        match self.names[first].name == squeezed {
            true => Some(first),
            // Two names with one hash.
            false => self
                .names
                .binary_search_by(|n| n.name.as_str().cmp(squeezed))
                .ok()
                .map(|found| self.names[..found].partition_point(|n| n.name.as_str() < squeezed)),
        }
    }

    /// The entity that a squeezed name means without further evidence.
    pub(crate) fn meant_by(&self, squeezed: &str) -> Option<&Entity> {
        let found = self.names.get(self.first_name(squeezed)?).filter(|n| !n.weak)?;
        Some(&self.entities[found.entity as usize])
    }

    /// The entities whose `broader` names this one.
    pub fn narrower<'a>(&'a self, id: &'a EntityId) -> impl Iterator<Item = &'a Entity> {
        self.entities.iter().filter(move |e| e.broader.contains(id))
    }

    /// The entities whose names are most similar to `name`, best first, for "did you mean". Compares every name.
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

    /// Changes whenever a loaded file changes. It is stored with a graph, so that a build knows what to read again.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Number of entities, from the first, that are shipped or replace shipped ones.
    pub(crate) fn built_in(&self) -> usize {
        self.built_in
    }

    /// Indexes of the entities that layers replaced or added.
    pub(crate) fn overlaid(&self) -> &[u32] {
        &self.overlaid
    }
}

/// Names less similar than this are not typing errors of each other.
const LEAST_LIKENESS: f64 = 0.6;

fn likeness(wanted: &str, name: &str) -> f64 {
    let (short, long) = (wanted.len().min(name.len()), wanted.len().max(name.len()));
    let begins = short >= 3 && name.starts_with(wanted);
    // If the lengths differ by more, the similarity cannot reach the minimum.
    if !begins && short * 5 < long * 3 {
        return 0.0;
    }
    strsim::normalized_damerau_levenshtein(wanted, name).max(if begins { 0.75 } else { 0.0 })
}

/// A name folded and without spaces, the form in which names are compared.
pub(crate) fn squeeze(name: &str) -> String {
    let mut folded = fold_name(name);
    if folded.contains(' ') {
        folded.retain(|c| c != ' ');
    }
    folded
}
