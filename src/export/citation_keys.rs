//! The keys with which documents cite papers, from the libraries that the papers come from.

use std::collections::{BTreeSet, HashMap};

use crate::paper::Paper;
use crate::store::{GraphStore, StoreError};

/// The citation key of each paper that has its own key.
pub(crate) struct CitationKeys {
    /// For each key in lower case, how many papers of the graph have it.
    papers: HashMap<String, u32>,
}

impl CitationKeys {
    /// Counts the keys of the whole graph, so that the key of a paper does not depend on what else is exported.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn of(store: &GraphStore) -> Result<Self, StoreError> {
        let mut papers: HashMap<String, u32> = HashMap::new();
        for key in store.texts(&store.ontology().kg.citation_key)? {
            *papers.entry(key.to_lowercase()).or_default() += 1;
        }
        Ok(Self { papers })
    }

    /// The first key of the paper that no other paper of the graph has.
    pub(crate) fn of_paper<'p>(&self, paper: &'p Paper) -> Option<&'p str> {
        let is_own = |key: &&str| self.papers.get(&key.to_lowercase()).is_none_or(|papers| *papers < 2);
        usable_keys(&paper.library.citation_keys).find(is_own)
    }
}

/// The keys that BibTeX can have.
pub(crate) fn usable_keys(keys: &BTreeSet<String>) -> impl Iterator<Item = &str> {
    let is_safe = |c: char| c.is_ascii_graphic() && !r##""#%'(),={}~\"##.contains(c);
    keys.iter().map(String::as_str).filter(move |key| key.chars().all(is_safe) && !key.is_empty())
}
