use std::collections::BTreeSet;

use super::papers::PaperIndex;
use super::{MinConfidence, Tie};
use crate::store::{GraphStore, StoreError};

/// The strongest tie from each of these nodes to each other one that it is tied to: subject, tie, object.
///
/// # Errors
/// If the graph cannot be read.
pub(crate) fn ties_among(
    store: &GraphStore,
    ids: &[&str],
    min_confidence: Option<MinConfidence>,
) -> Result<Vec<(String, Tie, String)>, StoreError> {
    let papers = PaperIndex::sure(store, min_confidence)?;
    let chosen: BTreeSet<&str> = ids.iter().copied().collect();
    let mut ties = Vec::new();
    for from in ids {
        let Some(doc) = papers.index.find(from)? else { continue };
        for (to, found) in papers.leaving(doc)? {
            if to != *from
                && chosen.contains(to.as_str())
                && let Some(tie) = found.strongest(&[])
            {
                ties.push(((*from).to_string(), tie, to));
            }
        }
    }
    Ok(ties)
}
