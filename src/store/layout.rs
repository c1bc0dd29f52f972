//! The folder of a graph: generations, the pointer to the current one, and the locks.
//!
//! ```text
//! kg-store/
//!   current              the pointer: number, base and format of the published generation; replaced by one rename
//!   build.lock           locked while a build runs (the lock ends with the process, the file stays)
//!   user.nt              the user's own statements (see [`super::user_statements`])
//!   checks.jsonl         outcomes of link checks (see [`crate::liveness::Journal`])
//!   generations/7/       a RocksDB folder, never written again once `current` names it
//!   generations/7/graph.json   a copy of `current` from when it named this generation, in case `current` is lost
//!   generations/7/overview     counts, sources and build time (see [`super::overview`])
//!   generations/7/communities, devices, growth, missing, orders, paper-register, rows-NAME   answers that `kg serve` shows
//!                        (see [`super::kept`])
//!   generations/7/boards       all boards, made from the search index (see `graph::leaderboard`)
//!   generations/7/ledger/   the records of the sources (see [`crate::ledger`])
//!   generations/7/search/   the search index (see [`crate::index`])
//!   generations/7.readers   created when generation 7 is complete; readers hold a shared lock on it
//!   generations/8.plan      generation 8 is unfinished; a build with the same plan resumes it
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::disk;
use crate::ontology::Base;

/// In format 1, ledger files had no version. Up to format 2, no parts of papers were packed: a graph of format 2 is
/// read as it is.
const FORMAT: u64 = 3;
/// The first line of a plan; the second is its hash.
const PLAN: &str = "papergraph plan 1";
/// Grace period for a lock that was just released.
const LET_GO: Duration = Duration::from_millis(200);

/// The contents of the pointer file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CurrentPointer {
    /// Identifies the kind of file; always [`CurrentPointer::KIND`] from format 2 on.
    #[serde(default)]
    papergraph: String,
    format: u64,
    pub base: String,
    pub generation: u64,
    /// Generation that is kept for readers that opened it before the last build ended.
    pub previous: Option<u64>,
}

impl CurrentPointer {
    const KIND: &'static str = "graph";

    pub(super) fn new(base: &Base, generation: u64, previous: Option<u64>) -> Self {
        Self { papergraph: Self::KIND.to_string(), format: FORMAT, base: base.to_string(), generation, previous }
    }
}

/// Why a pointer cannot be used.
enum PointerError {
    Undecodable,
    TooNew(u64),
}

/// Reads a pointer of this format or an earlier one.
fn parse_pointer(text: &str) -> Result<(CurrentPointer, Base), PointerError> {
    #[derive(Deserialize)]
    struct LayoutVersion {
        format: u64,
    }
    let undecodable = |_| PointerError::Undecodable;
    let LayoutVersion { format } = serde_json::from_str(text).map_err(undecodable)?;
    if format > FORMAT {
        return Err(PointerError::TooNew(format));
    }
    let current: CurrentPointer = serde_json::from_str(text).map_err(undecodable)?;
    if format >= 2 && current.papergraph != CurrentPointer::KIND {
        return Err(PointerError::Undecodable);
    }
    let base = current.base.parse().map_err(|_| PointerError::Undecodable)?;
    Ok((current, base))
}

#[derive(Debug, Clone)]
pub(super) struct StoreLayout {
    root: PathBuf,
}

impl StoreLayout {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    fn pointer(&self) -> PathBuf {
        self.root.join("current")
    }

    /// Whether links were ever checked.
    pub(super) fn has_journal(&self) -> bool {
        self.root.join("checks.jsonl").exists()
    }

    /// When the current generation was published.
    pub(super) fn published(&self) -> Option<SystemTime> {
        fs::metadata(self.pointer()).and_then(|pointer| pointer.modified()).ok()
    }

    fn generations(&self) -> PathBuf {
        self.root.join("generations")
    }

    pub(super) fn generation(&self, number: u64) -> PathBuf {
        self.generations().join(number.to_string())
    }

    /// The id of the database of a generation. RocksDB gives each new database another one; `None` if there is none yet.
    pub(super) fn identity(&self, number: u64) -> Option<Vec<u8>> {
        fs::read(self.generation(number).join("IDENTITY")).ok()
    }

    pub(super) fn ledger(&self, number: u64) -> PathBuf {
        self.generation(number).join("ledger")
    }

    /// Files that only an unfinished build needs.
    pub(super) fn work(&self, number: u64) -> PathBuf {
        self.generation(number).join("work")
    }

    /// The shards of a graph that is being filled.
    pub(super) fn shards(&self, number: u64) -> PathBuf {
        self.work(number).join("shards")
    }

    /// Removes the work folder. This is the last step before a generation is published.
    pub(super) fn end_work(&self, number: u64) -> Result<(), StoreError> {
        let work = self.work(number);
        if work.exists() { fs::remove_dir_all(work).map_err(self.io("write to")) } else { Ok(()) }
    }

    fn plan(&self, number: u64) -> PathBuf {
        self.generations().join(format!("{number}.plan"))
    }

    /// The unfinished generation with this plan. Those with other plans are abandoned.
    pub(super) fn planned(&self, plan: u64, current: Option<&CurrentPointer>) -> Result<Option<u64>, StoreError> {
        let mut found = None;
        for number in self.numbers()? {
            // A build that was killed right after publishing left its plan behind.
            if current.is_some_and(|c| c.generation == number || c.previous == Some(number)) {
                let _ = fs::remove_file(self.plan(number));
                continue;
            }
            match fs::read_to_string(self.plan(number)) {
                Ok(text) if text == plan_text(plan) && self.ledger(number).is_dir() => found = Some(number),
                Ok(_) => {
                    self.remove(number)?;
                }
                Err(_) => {}
            }
        }
        Ok(found)
    }

    /// Records the plan of an unfinished generation, once it can be resumed.
    pub(super) fn note_plan(&self, number: u64, plan: u64) -> Result<(), StoreError> {
        for folder in [self.ledger(number), self.work(number)] {
            fs::create_dir_all(folder).map_err(self.io("write to"))?;
        }
        disk::replace_with(&self.plan(number), plan_text(plan).as_bytes()).map_err(self.io("write to"))
    }

    /// Deletes all plans, so that no generation counts as unfinished.
    pub(super) fn forget_plans(&self) -> Result<(), StoreError> {
        for number in self.numbers()? {
            let plan = self.plan(number);
            if plan.exists() {
                fs::remove_file(plan).map_err(self.io("remove old generations of"))?;
            }
        }
        Ok(())
    }

    /// Removes a generation without readers.
    pub(super) fn remove(&self, number: u64) -> Result<(), StoreError> {
        let doing = "remove old generations of";
        for file in [self.plan(number), self.plan(number).with_extension("plan.tmp"), self.readers(number)] {
            if file.exists() {
                fs::remove_file(file).map_err(self.io(doing))?;
            }
        }
        let folder = self.generation(number);
        if folder.exists() { fs::remove_dir_all(&folder).map_err(self.io(doing)) } else { Ok(()) }
    }

    fn readers(&self, number: u64) -> PathBuf {
        self.generations().join(format!("{number}.readers"))
    }

    pub(super) fn io(&self, doing: &'static str) -> impl FnOnce(std::io::Error) -> StoreError {
        let path = self.root.clone();
        move |error| StoreError::Io { path, doing, error }
    }

    /// The pointer to the published generation, for a reader.
    pub(super) fn current(&self) -> Result<(CurrentPointer, Base), StoreError> {
        let path = || self.root.clone();
        match self.try_current()? {
            Some(found) => Ok(found),
            None if !self.root.exists() => Err(StoreError::Missing { path: path() }),
            None if !self.whole()?.is_empty() => {
                Err(StoreError::Corrupt { path: path(), message: "its file `current` is missing".to_string() })
            }
            None if self.generations().is_dir() => Err(StoreError::Unfinished { path: path() }),
            None if self.is_empty() => Err(StoreError::Missing { path: path() }),
            None => Err(StoreError::NotAStore { path: path() }),
        }
    }

    /// Like [`StoreLayout::current`]; `None` if there is no graph yet.
    pub(super) fn try_current(&self) -> Result<Option<(CurrentPointer, Base)>, StoreError> {
        let path = || self.root.clone();
        let text = match fs::read(self.pointer()) {
            // A damaged pointer need not be UTF-8.
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(e) => return Err(self.io("read")(e)),
        };
        match parse_pointer(&text) {
            Ok(found) => Ok(Some(found)),
            Err(PointerError::TooNew(format)) => Err(StoreError::TooNew { path: path(), format }),
            // A folder that is not a store may also hold a file of that name.
            Err(PointerError::Undecodable) if self.generations().is_dir() => Err(StoreError::Corrupt {
                path: path(),
                message: "its file `current` is not what a build writes there".to_string(),
            }),
            Err(PointerError::Undecodable) => Err(StoreError::NotAStore { path: path() }),
        }
    }

    /// The published generations, newest first.
    pub(super) fn whole(&self) -> Result<Vec<u64>, StoreError> {
        if !self.generations().is_dir() {
            return Ok(Vec::new());
        }
        let is_whole = |number: &u64| {
            let is_unfinished = self.plan(*number).exists() || self.work(*number).exists();
            self.generation(*number).is_dir() && self.readers(*number).exists() && !is_unfinished
        };
        let mut whole: Vec<u64> = self.numbers()?.into_iter().filter(is_whole).collect();
        whole.reverse();
        Ok(whole)
    }

    /// The base that is recorded beside the RDF of a published generation; `None` if an earlier version of the program
    /// wrote it.
    pub(super) fn noted_base(&self, number: u64) -> Option<Base> {
        let text = fs::read_to_string(self.note(number)).ok()?;
        parse_pointer(&text).ok().map(|(_, base)| base)
    }

    fn note(&self, number: u64) -> PathBuf {
        self.generation(number).join("graph.json")
    }

    fn is_empty(&self) -> bool {
        fs::read_dir(&self.root).is_ok_and(|mut entries| entries.next().is_none())
    }

    /// Prepares the folder for a build and takes the lock. The lock is released when the file is dropped or the
    /// process ends in any way.
    pub(super) fn lock_for_build(&self) -> Result<File, StoreError> {
        if self.root.exists()
            && !self.generations().is_dir()
            && !self.root.join("build.lock").exists()
            && !self.is_empty()
        {
            return Err(StoreError::NotAStore { path: self.root.clone() });
        }
        fs::create_dir_all(self.generations()).map_err(self.io("create"))?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.root.join("build.lock"))
            .map_err(self.io("write to"))?;
        let began = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                // A process that is just starting holds all files of its parent open for a moment.
                Err(TryLockError::WouldBlock) if began.elapsed() < LET_GO => std::thread::sleep(LET_GO / 20),
                Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { path: self.root.clone() }),
                Err(TryLockError::Error(e)) => return Err(self.io("lock")(e)),
            }
        }
    }

    /// Marks a generation as being read, until the file is dropped. A store on a disk without locks can still be read.
    pub(super) fn lock_for_reading(&self, generation: u64) -> Option<File> {
        let file = File::open(self.readers(generation)).ok()?;
        file.try_lock_shared().ok()?;
        Some(file)
    }

    /// Removes unused files: leftovers of killed builds that cannot be resumed, and generations older than the
    /// previous one unless a reader has them open. The caller must hold the build lock.
    pub(super) fn clean(&self, current: Option<&CurrentPointer>) -> Result<(), StoreError> {
        let keep = |number: u64| current.is_some_and(|c| c.generation == number || c.previous == Some(number));
        for number in self.numbers()? {
            if keep(number) || self.plan(number).exists() {
                continue;
            }
            if let Ok(readers) = File::open(self.readers(number))
                && matches!(readers.try_lock(), Err(TryLockError::WouldBlock))
            {
                continue;
            }
            self.remove(number)?;
        }
        let _ = fs::remove_file(self.root.join("current.tmp"));
        Ok(())
    }

    /// A number that no generation has had since the last cleaning.
    pub(super) fn next_number(&self) -> Result<u64, StoreError> {
        Ok(self.numbers()?.into_iter().max().map_or(1, |max| max + 1))
    }

    /// All generations, complete or not.
    pub(super) fn all(&self) -> Result<Vec<u64>, StoreError> {
        let numbers = self.numbers()?;
        Ok(numbers.into_iter().filter(|number| self.generation(*number).is_dir()).collect())
    }

    fn numbers(&self) -> Result<Vec<u64>, StoreError> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(self.generations()).map_err(self.io("read"))? {
            let name = entry.map_err(self.io("read"))?.file_name();
            let name = name.to_string_lossy();
            let number =
                [".readers", ".plan", ".plan.tmp"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
            if let Ok(number) = number.parse() {
                numbers.push(number);
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// Gives a new generation some of the folders beside the RDF of an old one, by hard links. Files in these folders
    /// are never changed in place, only replaced.
    pub(super) fn carry(&self, from: u64, to: u64, folders: &[&str]) -> Result<(), StoreError> {
        for folder in folders {
            let (from, to) = (self.generation(from).join(folder), self.generation(to).join(folder));
            if from.is_dir() {
                link_folder(&from, &to).map_err(self.io("write to"))?;
            }
        }
        Ok(())
    }

    /// Publishes a generation. Readers see the old graph before the rename and the new one after it. A crash at any
    /// moment leaves one of the two.
    pub(super) fn publish(&self, current: &CurrentPointer) -> Result<(), StoreError> {
        let generation = self.generation(current.generation);
        let pointer = pointer_text(current)?;
        disk::replace_with(&self.note(current.generation), &pointer).map_err(self.io("write to"))?;
        // RocksDB's files must be on the disk before the pointer to them is.
        for entry in fs::read_dir(&generation).map_err(self.io("read"))? {
            let entry = entry.map_err(self.io("read"))?;
            sync(&entry.path()).map_err(self.io("write to"))?;
        }
        // The search index below this folder syncs its own files.
        sync(&generation).map_err(self.io("write to"))?;
        File::create(self.readers(current.generation)).map_err(self.io("write to"))?;
        sync(&self.generations()).map_err(self.io("write to"))?;
        self.point_to(current)
    }

    /// Replaces the pointer.
    pub(super) fn point_to(&self, current: &CurrentPointer) -> Result<(), StoreError> {
        disk::replace_with(&self.pointer(), &pointer_text(current)?).map_err(self.io("write to"))?;
        sync(&self.root).map_err(self.io("write to"))
    }

    /// Bytes on disk of one generation, including its ledger and search index. Files that two generations share are
    /// counted in each.
    pub(super) fn size(&self, generation: u64) -> u64 {
        bytes_in(&self.generation(generation))
    }

    /// Bytes on disk of all generations, finished or not. Files that several share are counted in each.
    pub(super) fn total_size(&self) -> u64 {
        bytes_in(&self.generations())
    }
}

fn plan_text(plan: u64) -> String {
    format!("{PLAN}\n{plan:016x}\n")
}

fn pointer_text(current: &CurrentPointer) -> Result<Vec<u8>, StoreError> {
    let mut text = serde_json::to_vec(current).map_err(|e| StoreError::Io {
        path: "current".into(),
        doing: "serialise",
        error: e.into(),
    })?;
    text.push(b'\n');
    Ok(text)
}

fn bytes_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes_in(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

fn link_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            link_folder(&entry.path(), &target)?;
        } else if fs::hard_link(entry.path(), &target).is_err() {
            // The disk does not support hard links.
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn sync(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

/// On other systems a folder cannot be opened for syncing. The rename is atomic anyway.
#[cfg(not(unix))]
fn sync(_: &Path) -> std::io::Result<()> {
    Ok(())
}
