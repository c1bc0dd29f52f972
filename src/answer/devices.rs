//! The devices that papers run on.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Extent, Sheet};
use crate::disk::FileKind;
use crate::graph::{Selection, devices};
use crate::store::{GraphStore, KeptAnswer, StoreError};

const FILE: KeptAnswer<'_> = KeptAnswer { name: "devices", kind: FileKind { magic: b"kg-devs\n", version: 1 } };

/// The devices of a graph and their use.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DeviceList {
    /// Papers that name any of the devices.
    pub papers: usize,
    /// The number of these papers without a date.
    pub undated: usize,
    /// Number of papers per year that name any of the devices.
    pub by_year: BTreeMap<u16, usize>,
    /// Number of devices; `devices` may have only the first of them.
    pub total: usize,
    /// The device that most papers name comes first.
    pub devices: Vec<DeviceUse>,
    /// Makers of all devices of the graph, also of those that the question leaves out.
    #[serde(skip)]
    pub vendors: BTreeSet<String>,
}

/// A device and its use.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DeviceUse {
    /// Id of its node: `dataset/coco`.
    pub id: String,
    /// Name that is shown.
    pub name: String,
    /// Maker of the device.
    pub vendor: Option<String>,
    /// Number of papers that name it.
    pub papers: usize,
    /// Number of these devices per paper, for each paper that states it, in ascending order.
    pub counts: Vec<u64>,
    /// The lower median of the counts.
    pub median: Option<u64>,
    /// Largest number of devices that a paper states.
    pub most: Option<u64>,
    /// Number of papers per year that name it.
    pub by_year: BTreeMap<u16, usize>,
}

impl DeviceList {
    /// The first `limit` devices of these makers (of all makers if none are given) that
    /// papers from the given time name.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn ask(
        store: &GraphStore,
        selection: &Selection,
        vendors: &[String],
        limit: usize,
    ) -> Result<Self, StoreError> {
        let found = devices(store, selection, vendors)?;
        let total = found.devices.len();
        let devices = found.devices.into_iter().take(limit).map(|device| DeviceUse {
            median: device.median(),
            most: device.most(),
            id: device.node.id,
            name: device.node.label,
            vendor: device.vendor,
            papers: device.papers,
            counts: device.counts,
            by_year: device.by_year,
        });
        Ok(Self {
            papers: found.papers,
            undated: found.undated,
            by_year: found.by_year,
            total,
            devices: devices.collect(),
            vendors: found.vendors,
        })
    }

    /// All devices of all papers. Finding them means reading every statement about hardware, so they are kept.
    ///
    /// # Errors
    /// If the graph cannot be read.
    pub(crate) fn kept(store: &GraphStore) -> Result<Self, StoreError> {
        let (list, vendors) = store.kept(FILE, || {
            let list = Self::ask(store, &Selection::default(), &[], usize::MAX)?;
            let vendors = list.vendors.clone();
            Ok((list, vendors))
        })?;
        Ok(Self { vendors, ..list })
    }

    /// The rows of `--format csv`.
    pub fn sheet(&self) -> Sheet {
        let said = |count: Option<u64>| count.map(|count| count.to_string()).unwrap_or_default();
        let mut sheet =
            Sheet::new(["id", "name", "vendor", "papers", "state_a_count", "median_count", "largest_count", "by_year"]);
        for device in &self.devices {
            let years: Vec<String> = device.by_year.iter().map(|(year, n)| format!("{year}:{n}")).collect();
            sheet.row([
                device.id.clone(),
                device.name.clone(),
                device.vendor.clone().unwrap_or_default(),
                device.papers.to_string(),
                device.counts.len().to_string(),
                said(device.median),
                said(device.most),
                years.join(" "),
            ]);
        }
        sheet
    }

    /// How many rows the answer has in all, and how many are listed.
    pub fn extent(&self) -> Extent {
        Extent { total: self.total, listed: self.devices.len() }
    }
}
