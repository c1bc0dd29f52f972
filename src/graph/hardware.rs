//! The devices that papers run their experiments on.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Selection;
use super::papers::PaperIndex;
use crate::index::{ByHash, Index, NodeHash};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, NodeRef, StoreError};
use crate::vocabulary::Kind;

/// The devices of a graph.
#[derive(Debug, Clone, Default)]
pub(crate) struct UsedDevices {
    /// The device that most papers name comes first.
    pub devices: Vec<UsedDevice>,
    /// Number of papers by year that name any device.
    pub by_year: BTreeMap<u16, usize>,
    /// Number of papers that name any device.
    pub papers: usize,
    /// Number of these papers without a date.
    pub undated: usize,
    /// Vendors of all devices in the graph, including those that were not asked for.
    pub vendors: BTreeSet<String>,
}

/// A device and its use.
#[derive(Debug, Clone)]
pub(crate) struct UsedDevice {
    pub node: NodeRef,
    pub vendor: Option<String>,
    /// Number of papers that name it.
    pub papers: usize,
    pub by_year: BTreeMap<u16, usize>,
    /// How many units each paper used, if it says so, in ascending order.
    pub counts: Vec<u64>,
}

impl UsedDevice {
    /// The lower median of the counts that papers state.
    pub(crate) fn median(&self) -> Option<u64> {
        self.counts.get(self.counts.len().checked_sub(1)? / 2).copied()
    }

    pub(crate) fn most(&self) -> Option<u64> {
        self.counts.last().copied()
    }
}

/// Collects the devices that papers of the selected period name. `vendors` limits them to these makers, ignoring
/// case; if it is empty, all count.
pub(crate) fn devices(
    store: &GraphStore,
    selection: &Selection,
    vendors: &[String],
) -> Result<UsedDevices, StoreError> {
    let vendors: Vec<String> = vendors.iter().map(|vendor| vendor.to_lowercase()).collect();
    let papers = PaperIndex::of(store)?;
    let nodes = papers.index.nodes()?;
    let mut counts = stated_counts(papers.index, selection)?;
    let mut found = UsedDevices::default();
    let mut naming_any: HashMap<u32, ()> = HashMap::new();
    for node in store.nodes_of(NodeKind::Entity(Kind::Hardware)) {
        let Some(node) = store.node(&node?)? else { continue };
        let mut naming = papers.naming(&node.id)?;
        naming.retain(|paper| selection.takes_paper(nodes, *paper));
        if naming.is_empty() {
            continue;
        }
        let mut by_year: BTreeMap<u16, usize> = BTreeMap::new();
        let vendor = store.literal(&node.iri, store.ontology().kg.vendor.as_ref())?;
        found.vendors.extend(vendor.clone());
        let is_wanted = |vendor: &String| vendors.contains(&vendor.to_lowercase());
        if !vendors.is_empty() && !vendor.as_ref().is_some_and(is_wanted) {
            continue;
        }
        for paper in &naming {
            naming_any.insert(*paper, ());
            if let Some(date) = nodes.date(*paper) {
                *by_year.entry(date.year()).or_default() += 1;
            }
        }
        found.devices.push(UsedDevice {
            vendor,
            papers: naming.len(),
            by_year,
            counts: NodeHash::of(&node.id).and_then(|device| counts.remove(&device)).unwrap_or_default(),
            node,
        });
    }
    found.papers = naming_any.len();
    for paper in naming_any.keys() {
        match nodes.date(*paper) {
            Some(date) => *found.by_year.entry(date.year()).or_default() += 1,
            None => found.undated += 1,
        }
    }
    found.devices.sort_by(|a, b| b.papers.cmp(&a.papers).then_with(|| a.node.id.cmp(&b.node.id)));
    Ok(found)
}

/// The counts that papers of the selected period state for each device, in ascending order.
fn stated_counts(index: &Index, selection: &Selection) -> Result<ByHash<Vec<u64>>, StoreError> {
    let nodes = index.nodes()?;
    let mut counts: ByHash<Vec<u64>> = ByHash::default();
    for (paper, device, count) in index.units()? {
        if selection.takes_paper(nodes, paper) {
            counts.entry(device).or_default().push(count);
        }
    }
    counts.values_mut().for_each(|counts| counts.sort_unstable());
    Ok(counts)
}
