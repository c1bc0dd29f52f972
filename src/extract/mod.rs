//! From a paper's text to what it names.

mod record;

pub use record::*;

use crate::paper::Paper;
use crate::vocabulary::Vocabulary;

/// Reads papers against one vocabulary; built once, shared by all threads.
pub struct Extractor {
    #[allow(dead_code)]
    vocabulary: Vocabulary,
}

impl Extractor {
    pub fn new(vocabulary: Vocabulary) -> Self {
        Self { vocabulary }
    }

    pub fn extract(&self, paper: Paper) -> Extraction {
        Extraction {
            paper,
            mentions: vec![],
            introduces: vec![],
            repos: vec![],
            pages: vec![],
            code: CodeStatement::None,
            hardware: vec![],
            results: vec![],
        }
    }
}
