//! Finds the papers of a graph that lack something that a catalogue may know.

use std::collections::HashSet;

use crate::paper::{Paper, PaperId};
use crate::store::{GraphStore, StoreError};

/// A paper to ask for, by the ids that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WantedPaper {
    /// Its id in the graph.
    pub id: String,
    /// The DOI without the resolver.
    pub doi: Option<String>,
    /// The arXiv id without the version.
    pub arxiv: Option<String>,
    /// The id in the ACL Anthology, in lower case.
    pub acl: Option<String>,
}

/// A field that a paper can lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum LackedField {
    Date,
    Abstract,
    Doi,
    References,
    Venue,
}

/// The papers of a graph that lack one of these fields, in the order of their ids.
///
/// # Errors
/// If the graph cannot be read.
pub(crate) fn wanted_papers(store: &GraphStore, gaps: &[LackedField]) -> Result<Vec<WantedPaper>, StoreError> {
    let kg = &store.ontology().kg;
    let mut citing: HashSet<String> = HashSet::new();
    if gaps.contains(&LackedField::References) {
        citing.extend(store.ids_with(&kg.cites)?);
        citing.extend(store.ids_with(&kg.cited_works)?);
    }
    let mut wanted = Vec::new();
    for id in store.ids_with(&kg.code_statement)? {
        let Some(paper) = id.parse().ok().map(|id| store.paper_facts(&id)).transpose()?.flatten() else { continue };
        let lacks = |gap: &LackedField| match gap {
            // A date that was inferred from an id is not stated by a source.
            LackedField::Date => paper.published.is_none() || paper.date_source.is_some(),
            LackedField::Abstract => paper.abstract_text.trim().is_empty(),
            LackedField::Doi => paper.doi.is_none(),
            LackedField::References => !citing.contains(&id),
            LackedField::Venue => paper.venue.is_none(),
        };
        if gaps.iter().any(lacks) {
            wanted.push(WantedPaper::of(id, &paper));
        }
    }
    wanted.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    wanted.dedup();
    Ok(wanted)
}

impl WantedPaper {
    fn of(id: String, paper: &Paper) -> Self {
        let ids = || [&paper.id].into_iter().chain(&paper.identifiers);
        Self {
            id,
            doi: paper.doi.clone(),
            arxiv: ids().find_map(PaperId::as_arxiv),
            acl: ids().find_map(PaperId::as_acl).map(str::to_string),
        }
    }
}
