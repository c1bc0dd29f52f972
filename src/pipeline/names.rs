//! What the collection introduces, as a whole.

use std::collections::{BTreeMap, HashMap};

use crate::extract::{Extractor, IntroducedName};
use crate::ledger::PaperState;
use crate::vocabulary::squeeze;

/// Of two papers that introduce one name, the earlier one gives it its kind; one without a date comes last.
fn in_order(papers: &[PaperState]) -> Vec<&IntroducedName> {
    let mut introducing: Vec<&PaperState> = papers.iter().filter(|paper| !paper.introduces.is_empty()).collect();
    introducing.sort_by_key(|paper| (paper.published.is_none(), paper.published, &paper.id));
    introducing.into_iter().flat_map(|paper| &paper.introduces).collect()
}

pub(super) fn learn(extractor: &mut Extractor, papers: &[PaperState]) {
    extractor.learn(in_order(papers).into_iter().cloned());
}

/// The names that mean something now that they did not mean before, or mean no more: as they are written, by what tells
/// names apart.
pub(super) fn changed(old: &[PaperState], new: &[PaperState]) -> BTreeMap<String, Vec<String>> {
    let meanings = |papers| {
        let mut meanings: HashMap<String, &IntroducedName> = HashMap::new();
        for introduced in in_order(papers) {
            meanings.entry(squeeze(&introduced.name)).or_insert(introduced);
        }
        meanings
    };
    let (old, new) = (meanings(old), meanings(new));
    let mut changed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (one, other) in [(&old, &new), (&new, &old)] {
        for (key, introduced) in one {
            if other.get(key) != Some(introduced) {
                changed.entry(key.clone()).or_default().push(introduced.name.clone());
            }
        }
    }
    changed
}
