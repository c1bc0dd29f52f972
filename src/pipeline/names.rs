//! Meanings of the names that the papers of the collection introduce, and which of them have changed.

use std::collections::{BTreeMap, HashMap};

use crate::extract::CollectionName;

/// Names whose meaning has changed, by key: all spellings of each.
pub(super) fn changed(old: &[CollectionName], new: &[CollectionName]) -> BTreeMap<String, Vec<String>> {
    let by_key = |names| -> HashMap<&String, &CollectionName> {
        let names: &[CollectionName] = names;
        names.iter().map(|name| (&name.key, name)).collect()
    };
    let (of_old, of_new) = (by_key(old), by_key(new));
    let mut changed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (names, others) in [(old, &of_new), (new, &of_old)] {
        for name in names.iter().filter(|name| others.get(&name.key) != Some(name)) {
            changed.entry(name.key.clone()).or_default().extend(name.spellings.iter().cloned());
        }
    }
    changed
}
