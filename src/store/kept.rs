//! Answers that take seconds and never change for a generation, in files beside its RDF.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{GraphStore, StoreError};
use crate::disk::{self, FileKind};

/// A file that keeps an answer of a generation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptAnswer {
    /// Name of the file.
    pub name: &'static str,
    /// A change of what the answer says, or of how it is found, raises the version.
    pub kind: FileKind,
}

impl GraphStore {
    /// Reads an answer from its file. If there is no file that can be used, the answer is found, and written for the
    /// next time. Nothing is lost if it cannot be written.
    pub(crate) fn kept<T: Serialize + DeserializeOwned>(
        &self,
        file: KeptAnswer,
        find: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let path = self.layout.generation(self.generation).join(file.name);
        let read = || postcard::from_bytes(file.kind.unsealed(&disk::read(&path).ok()??).ok()?).ok();
        if let Some(answer) = read() {
            return Ok(answer);
        }
        let answer = find()?;
        if let Ok(contents) = postcard::to_allocvec(&answer) {
            let _ = disk::replace_with(&path, &file.kind.sealed(&contents));
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::ReadAmount;
    use crate::store::Build;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn an_answer_is_found_once_and_again_if_its_file_is_damaged_or_of_another_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("g");
        Build::begin(&path, None, &Vocabulary::from_texts([]).unwrap()).unwrap().finish().unwrap();
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
    }
}
