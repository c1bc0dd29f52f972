//! The folder of a graph: generations, the pointer to the current one, and the locks.
//!
//! ```text
//! kg-store/
//!   current              which generation is the graph, its base and format; replaced by one atomic rename
//!   build.lock           locked while a build runs (the lock dies with the process, the file stays)
//!   user.nt              what the user stated (see [`super::user_statements`])
//!   checks.jsonl         what link checks found (see [`crate::liveness::Journal`])
//!   generations/7/       a RocksDB folder, never written again once `current` names it
//!   generations/7/graph.json   what `current` said when it named this generation, should `current` be lost
//!   generations/7/ledger/   what the sources said (see [`crate::ledger`])
//!   generations/7/search/   the search index (see [`crate::index`])
//!   generations/7.readers   there from the moment at which generation 7 is whole; locked (shared) by its readers
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

/// In format 1, the files of the ledger had no version.
const FORMAT: u64 = 2;
/// The first line of a plan; the second is its hash.
const PLAN: &str = "papergraph plan 1";
/// Grace period for a lock that was just released.
const LET_GO: Duration = Duration::from_millis(200);

/// The contents of the pointer file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Current {
    /// Names the kind of file; always [`Current::KIND`] from format 2 on.
    #[serde(default)]
    papergraph: String,
    format: u64,
    pub base: String,
    pub generation: u64,
    /// Kept for the readers that opened it before the last build ended.
    pub previous: Option<u64>,
}

impl Current {
    const KIND: &'static str = "graph";

    pub fn new(base: &Base, generation: u64, previous: Option<u64>) -> Self {
        Self { papergraph: Self::KIND.to_string(), format: FORMAT, base: base.to_string(), generation, previous }
    }
}

/// Why a pointer cannot be used.
enum PointerError {
    Undecodable,
    TooNew(u64),
}

/// Reads a pointer of this format or an earlier one.
fn parse_pointer(text: &str) -> Result<(Current, Base), PointerError> {
    #[derive(Deserialize)]
    struct Version {
        format: u64,
    }
    let undecodable = |_| PointerError::Undecodable;
    let Version { format } = serde_json::from_str(text).map_err(undecodable)?;
    if format > FORMAT {
        return Err(PointerError::TooNew(format));
    }
    let current: Current = serde_json::from_str(text).map_err(undecodable)?;
    if format >= 2 && current.papergraph != Current::KIND {
        return Err(PointerError::Undecodable);
    }
    let base = current.base.parse().map_err(|_| PointerError::Undecodable)?;
    Ok((current, base))
}

#[derive(Debug, Clone)]
pub(super) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    fn pointer(&self) -> PathBuf {
        self.root.join("current")
    }

    /// Whether links were checked.
    pub fn has_journal(&self) -> bool {
        self.root.join("checks.jsonl").exists()
    }

    /// When the current generation was published.
    pub fn published(&self) -> Option<SystemTime> {
        fs::metadata(self.pointer()).and_then(|pointer| pointer.modified()).ok()
    }

    fn generations(&self) -> PathBuf {
        self.root.join("generations")
    }

    pub fn generation(&self, number: u64) -> PathBuf {
        self.generations().join(number.to_string())
    }

    pub fn ledger(&self, number: u64) -> PathBuf {
        self.generation(number).join("ledger")
    }

    /// What only an unfinished build needs.
    pub fn work(&self, number: u64) -> PathBuf {
        self.generation(number).join("work")
    }

    /// The last thing before a generation is published.
    pub fn end_work(&self, number: u64) -> Result<(), StoreError> {
        let work = self.work(number);
        if work.exists() { fs::remove_dir_all(work).map_err(self.io("write to")) } else { Ok(()) }
    }

    fn plan(&self, number: u64) -> PathBuf {
        self.generations().join(format!("{number}.plan"))
    }

    /// The unfinished generation of this plan. Those of other plans are given up.
    pub fn planned(&self, plan: u64, current: Option<&Current>) -> Result<Option<u64>, StoreError> {
        let mut found = None;
        for number in self.numbers()? {
            // A build that was killed right after publishing left its plan.
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

    /// Says what an unfinished generation is to become, once it is fit to be taken up.
    pub fn note_plan(&self, number: u64, plan: u64) -> Result<(), StoreError> {
        for folder in [self.ledger(number), self.work(number)] {
            fs::create_dir_all(folder).map_err(self.io("write to"))?;
        }
        disk::replace_with(&self.plan(number), plan_text(plan).as_bytes()).map_err(self.io("write to"))
    }

    /// From now on nothing is unfinished.
    pub fn forget_plans(&self) -> Result<(), StoreError> {
        for number in self.numbers()? {
            let plan = self.plan(number);
            if plan.exists() {
                fs::remove_file(plan).map_err(self.io("remove old generations of"))?;
            }
        }
        Ok(())
    }

    /// Removes a generation that nobody reads.
    pub fn remove(&self, number: u64) -> Result<(), StoreError> {
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

    pub fn io(&self, doing: &'static str) -> impl FnOnce(std::io::Error) -> StoreError {
        let path = self.root.clone();
        move |error| StoreError::Io { path, doing, error }
    }

    /// The graph that `current` names, for a reader.
    pub fn current(&self) -> Result<(Current, Base), StoreError> {
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

    /// As [`Layout::current`], `None` if there is no graph yet.
    pub fn try_current(&self) -> Result<Option<(Current, Base)>, StoreError> {
        let path = || self.root.clone();
        let text = match fs::read_to_string(self.pointer()) {
            Ok(text) => text,
            Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(e) if e.kind() == std::io::ErrorKind::InvalidData => {
                return Err(StoreError::NotAStore { path: path() });
            }
            Err(e) => return Err(self.io("read")(e)),
        };
        match parse_pointer(&text) {
            Ok(found) => Ok(Some(found)),
            Err(PointerError::TooNew(format)) => Err(StoreError::TooNew { path: path(), format }),
            // A folder of something else may well hold a file of that name.
            Err(PointerError::Undecodable) if self.generations().is_dir() => Err(StoreError::Corrupt {
                path: path(),
                message: "its file `current` is not what a build writes there".to_string(),
            }),
            Err(PointerError::Undecodable) => Err(StoreError::NotAStore { path: path() }),
        }
    }

    /// The generations that were published, the newest first.
    pub fn whole(&self) -> Result<Vec<u64>, StoreError> {
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

    /// The base that a published generation notes beside its RDF; `None` if an earlier version of the program wrote it.
    pub fn noted_base(&self, number: u64) -> Option<Base> {
        let text = fs::read_to_string(self.note(number)).ok()?;
        parse_pointer(&text).ok().map(|(_, base)| base)
    }

    fn note(&self, number: u64) -> PathBuf {
        self.generation(number).join("graph.json")
    }

    fn is_empty(&self) -> bool {
        fs::read_dir(&self.root).is_ok_and(|mut entries| entries.next().is_none())
    }

    /// Makes the folder ready for a build and takes the lock, which is given back when the file is dropped or the
    /// process ends in any way.
    pub fn lock_for_build(&self) -> Result<File, StoreError> {
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
                // A process that is just being started holds all files of its parent open for a moment.
                Err(TryLockError::WouldBlock) if began.elapsed() < LET_GO => std::thread::sleep(LET_GO / 20),
                Err(TryLockError::WouldBlock) => return Err(StoreError::Locked { path: self.root.clone() }),
                Err(TryLockError::Error(e)) => return Err(self.io("lock")(e)),
            }
        }
    }

    /// Says that a generation is being read, until the file is dropped. A store on a disk that cannot lock is read
    /// all the same.
    pub fn lock_for_reading(&self, generation: u64) -> Option<File> {
        let file = File::open(self.readers(generation)).ok()?;
        file.try_lock_shared().ok()?;
        Some(file)
    }

    /// Removes what no one needs: the leftovers of killed builds that cannot be taken up again, and generations older
    /// than the previous one unless somebody still reads them. Only for the holder of the build lock.
    pub fn clean(&self, current: Option<&Current>) -> Result<(), StoreError> {
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

    /// A number that no generation had since the last cleaning.
    pub fn next_number(&self) -> Result<u64, StoreError> {
        Ok(self.numbers()?.into_iter().max().map_or(1, |max| max + 1))
    }

    /// All generations, whole or not.
    pub fn all(&self) -> Result<Vec<u64>, StoreError> {
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

    /// Gives a new generation some of the folders that are beside the RDF of an old one, by hard links. Files of that
    /// kind are never changed in place, only replaced.
    pub fn carry(&self, from: u64, to: u64, folders: &[&str]) -> Result<(), StoreError> {
        for folder in folders {
            let (from, to) = (self.generation(from).join(folder), self.generation(to).join(folder));
            if from.is_dir() {
                link_folder(&from, &to).map_err(self.io("write to"))?;
            }
        }
        Ok(())
    }

    /// Makes a generation the graph. Before the rename readers see the old graph, after it the new one; a crash at
    /// any moment leaves one of the two.
    pub fn publish(&self, current: &Current) -> Result<(), StoreError> {
        let generation = self.generation(current.generation);
        let pointer = pointer_text(current)?;
        disk::replace_with(&self.note(current.generation), &pointer).map_err(self.io("write to"))?;
        // What RocksDB wrote must be on the disk before the pointer to it is.
        for entry in fs::read_dir(&generation).map_err(self.io("read"))? {
            let entry = entry.map_err(self.io("read"))?;
            sync(&entry.path()).map_err(self.io("write to"))?;
        }
        // The search index below it syncs its own files.
        sync(&generation).map_err(self.io("write to"))?;
        File::create(self.readers(current.generation)).map_err(self.io("write to"))?;
        sync(&self.generations()).map_err(self.io("write to"))?;
        self.point_to(current)
    }

    /// Replaces the pointer.
    pub fn point_to(&self, current: &Current) -> Result<(), StoreError> {
        disk::replace_with(&self.pointer(), &pointer_text(current)?).map_err(self.io("write to"))?;
        sync(&self.root).map_err(self.io("write to"))
    }

    /// Bytes on disk of one generation, its ledger and search index included. Files that two generations share are counted in each.
    pub fn size(&self, generation: u64) -> u64 {
        bytes_in(&self.generation(generation))
    }

    /// Bytes of all generations, finished or not. Files that several share are counted in each.
    pub fn total_size(&self) -> u64 {
        bytes_in(&self.generations())
    }
}

fn plan_text(plan: u64) -> String {
    format!("{PLAN}\n{plan:016x}\n")
}

fn pointer_text(current: &Current) -> Result<Vec<u8>, StoreError> {
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
            // A disk without hard links.
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn sync(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

/// Elsewhere a folder cannot be opened for syncing; the rename is atomic all the same.
#[cfg(not(unix))]
fn sync(_: &Path) -> std::io::Result<()> {
    Ok(())
}
