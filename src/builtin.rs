//! The shipped vocabulary and its automaton, compiled into the binary by `build.rs`.
//!
//! Parsing `vocab/*.toml` and building the automaton take half a second. Decoding the compiled form takes 14 ms
//! (`BENCHMARKS.md`). An error in a shipped file is a build error with file and line.

use std::path::Path;
use std::sync::LazyLock;

use daachorse::DoubleArrayAhoCorasick;

use crate::matcher::Matcher;
#[cfg(feature = "graph")]
use crate::vocabulary::Venues;
use crate::vocabulary::{Organizations, Vocabulary, VocabularyLoader, VocabularyProblems};

static VOCABULARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/vocabulary.bin"));
static NAMES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/names.bin"));
static AUTOMATON: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/automaton.bin"));
#[cfg(feature = "graph")]
static VENUES: &str = include_str!(concat!(env!("OUT_DIR"), "/venues.toml"));
static ORGANIZATIONS: &str = include_str!(concat!(env!("OUT_DIR"), "/organizations.toml"));

const OURS: &str = "written by build.rs from the same types";

/// The venues shipped with the program. An error in the file is found when the program is built.
#[cfg(feature = "graph")]
pub(crate) fn venues() -> &'static Venues {
    static LIST: LazyLock<Venues> =
        LazyLock::new(|| Venues::from_toml("vocab/venues.toml", VENUES).unwrap_or_default());
    &LIST
}

/// The organisations shipped with the program.
pub(crate) fn organizations() -> &'static Organizations {
    static LIST: LazyLock<Organizations> =
        LazyLock::new(|| Organizations::from_toml("vocab/organizations.toml", ORGANIZATIONS).unwrap_or_default());
    &LIST
}

impl Vocabulary {
    /// The vocabulary shipped with the program.
    ///
    /// # Errors
    /// Never: errors in a shipped file are found when the program is built.
    ///
    /// # Panics
    /// If the tables in the program are damaged.
    pub fn builtin() -> Result<Self, VocabularyProblems> {
        let vocabulary: Self = postcard::from_bytes(VOCABULARY).expect(OURS);
        Ok(vocabulary.into_built_in())
    }

    /// The shipped vocabulary with overlays applied in order: an entity replaces an earlier one with the same id. Each
    /// of `folders` is a TOML file or a folder of such files.
    ///
    /// # Errors
    /// Every problem found in any file, with file and line.
    pub fn with_overlays<P: AsRef<Path>>(folders: &[P]) -> Result<Self, VocabularyProblems> {
        let builtin = Self::builtin()?;
        if folders.is_empty() {
            return Ok(builtin);
        }
        let mut loader = VocabularyLoader::over(builtin);
        for folder in folders {
            loader.path(folder.as_ref());
        }
        loader.finish()
    }
}

impl Matcher {
    /// A matcher for the names of a vocabulary. The automaton of the shipped entities is decoded, not built.
    ///
    /// # Errors
    /// As [`Matcher::new`].
    ///
    /// # Panics
    /// If the tables in the program are damaged.
    pub fn of_vocabulary(vocabulary: &Vocabulary) -> Result<Self, aho_corasick::BuildError> {
        let entities = vocabulary.entities();
        if vocabulary.built_in() == 0 {
            return Self::new(entities);
        }
        let names = postcard::from_bytes(NAMES).expect(OURS);
        let (automaton, _) = DoubleArrayAhoCorasick::deserialize(AUTOMATON).expect(OURS);
        let mut matcher = Self::from_parts(automaton, names);
        matcher.overlay(vocabulary.overlaid(), entities)?;
        Ok(matcher)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::matcher::Candidate;
    use crate::text::Folded;
    use crate::vocabulary::EntityId;

    /// The matches as (entity, start, end), sorted.
    fn found(matcher: &Matcher, vocabulary: &Vocabulary, text: &str) -> Vec<(EntityId, usize, usize)> {
        let mut candidates: Vec<Candidate> = Vec::new();
        matcher.find(text, &Folded::new(text), &mut candidates);
        let entity = |c: &Candidate| vocabulary.entities()[matcher.name(c.name).entity as usize].id.clone();
        let mut found: Vec<_> = candidates.iter().map(|c| (entity(c), c.start, c.end)).collect();
        found.sort();
        // Two spellings of one name can match at the same position.
        found.dedup();
        found
    }

    #[test]
    fn the_stored_automaton_finds_what_one_built_from_the_same_names_finds() {
        let vocabulary = Vocabulary::builtin().unwrap();
        let stored = Matcher::of_vocabulary(&vocabulary).unwrap();
        let built = Matcher::new(vocabulary.entities()).unwrap();
        let every_name: String =
            vocabulary.entities().iter().flat_map(|e| e.names()).fold(String::new(), |all, name| all + name + ", ");
        let candidates = found(&stored, &vocabulary, &every_name);
        assert!(candidates.len() > vocabulary.entities().len());
        assert_eq!(candidates, found(&built, &vocabulary, &every_name));
    }

    #[test]
    fn an_overlay_replaces_and_adds_entities_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("mine.toml"),
            "kind = \"dataset\"\nentity = [{ id = \"coco\", name = \"Quuxford Objects\" }, { id = \"zzz\", name = \"Zyzzyvabench\" }]",
        )
        .unwrap();
        let vocabulary = Vocabulary::with_overlays(&[folder.path()]).unwrap();
        let matcher = Matcher::of_vocabulary(&vocabulary).unwrap();
        let text = "Quuxford Objects, Zyzzyvabench, COCO and ImageNet";
        let ids: Vec<String> = found(&matcher, &vocabulary, text).into_iter().map(|f| f.0.to_string()).collect();
        assert_eq!(ids, ["dataset/coco", "dataset/imagenet", "dataset/zzz"]);
        assert_eq!(vocabulary.get(&"dataset/coco".parse().unwrap()).unwrap().name, "Quuxford Objects");
        assert_eq!(vocabulary.get(&"dataset/zzz".parse().unwrap()).unwrap().name, "Zyzzyvabench");
        assert!(vocabulary.named("MS COCO").is_empty());
        assert_eq!(vocabulary.named("zyzzyva bench")[0].id.slug(), "zzz");
        assert_ne!(vocabulary.version(), Vocabulary::builtin().unwrap().version());
    }

    #[test]
    fn an_overlay_that_takes_a_shipped_name_is_reported_with_the_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mine.toml");
        fs::write(
            &file,
            "kind = \"dataset\"\n\n[[entity]]\nid = \"zzz\"\nname = \"ImageNet\"\nbroader = [\"no-such\"]\n",
        )
        .unwrap();
        let problems = Vocabulary::with_overlays(&[folder.path()]).unwrap_err().0;
        let messages: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let place = format!("{}:3: ", file.display());
        assert_eq!(messages[0], format!("{place}broader of `zzz` names `dataset/no-such`, which is in no file"));
        assert!(
            messages[1].starts_with(&format!("{place}`ImageNet` means `dataset/zzz` here and `dataset/imagenet` at"))
        );
    }
}
