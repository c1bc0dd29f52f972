//! Answers that take seconds and never change for a generation, in files beside its RDF.
//!
//! An answer may have numbers of documents of the search index, so a file holds only for the index that it was made
//! with.

use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{GraphStore, StoreError};
use crate::disk::{self, FileKind};

/// A file that keeps an answer of a generation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptAnswer<'n> {
    /// Name of the file.
    pub name: &'n str,
    /// A change of what the answer says, or of how it is found, raises the version.
    pub kind: FileKind,
}

impl GraphStore {
    /// Reads an answer from its file. If there is no file that can be used, the answer is found, and written for the
    /// next time. Nothing is lost if it cannot be written.
    pub(crate) fn kept<T: Serialize + DeserializeOwned>(
        &self,
        file: KeptAnswer<'_>,
        find: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if let Some(answer) = self.read_kept(file) {
            return Ok(answer);
        }
        let answer = find()?;
        self.keep(file, &answer);
        Ok(answer)
    }

    /// Reads an answer from its file; `None` if there is no file that can be used.
    pub(crate) fn read_kept<T: DeserializeOwned>(&self, file: KeptAnswer<'_>) -> Option<T> {
        let contents = disk::read(&self.kept_file(file)).ok()??;
        let (index, answer): (u64, T) = postcard::from_bytes(file.kind.unsealed(&contents).ok()?).ok()?;
        (index == self.index().ok()?.fingerprint()).then_some(answer)
    }

    /// Writes an answer to its file. Nothing is lost if it cannot be written.
    pub(crate) fn keep(&self, file: KeptAnswer<'_>, answer: &impl Serialize) {
        let Ok(index) = self.index() else { return };
        if let Ok(contents) = postcard::to_allocvec(&(index.fingerprint(), answer)) {
            let _ = disk::replace_with(&self.kept_file(file), &file.kind.sealed(&contents));
        }
    }

    fn kept_file(&self, file: KeptAnswer<'_>) -> PathBuf {
        self.layout.generation(self.generation).join(file.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::ReadAmount;
    use crate::store::GenerationBuild;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn an_answer_is_found_once_and_again_if_its_file_is_damaged_or_of_another_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g");
        GenerationBuild::begin(&path, None, &Vocabulary::from_texts([]).unwrap()).unwrap().finish().unwrap();
        let graph = GraphStore::open_index(&path, ReadAmount::Much).unwrap();
        let kept = |version, answer: u32| {
            let kind = FileKind { magic: b"kg-test\n", version };
            graph.kept(KeptAnswer { name: "answer", kind }, || Ok(answer)).unwrap()
        };
        assert_eq!((kept(1, 7), kept(1, 8)), (7, 7));
        assert_eq!((kept(2, 8), kept(2, 9)), (8, 8));
        let file = graph.layout.generation(graph.generation).join("answer");
        let mut bytes = std::fs::read(&file).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&file, bytes).unwrap();
        assert_eq!((kept(2, 10), kept(2, 11)), (10, 10));
        // An answer that was found with another index is found again.
        let kind = FileKind { magic: b"kg-test\n", version: 2 };
        let of_other = postcard::to_allocvec(&(graph.index().unwrap().fingerprint() ^ 1, 10_u32)).unwrap();
        std::fs::write(&file, kind.sealed(&of_other)).unwrap();
        assert_eq!(kept(2, 12), 12);
    }
}
