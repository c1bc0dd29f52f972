//! The folder of a graph: generations, the pointer to the current one, and the locks.
//!
//! ```text
//! kg-store/
//!   current              which generation is the graph, its base and format; replaced by one atomic rename
//!   build.lock           locked while a build runs (the lock dies with the process, the file stays)
//!   generations/7/       a RocksDB folder, never written again once `current` names it
//!   generations/7/ledger/   what the sources said (see [`crate::ledger`])
//!   generations/7.readers   locked (shared) by whoever reads generation 7
//!   generations/8.plan      generation 8 is unfinished; a build with the same plan takes it up where it was
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::ontology::Base;

const FORMAT: u64 = 1;
/// How long a lock is waited for that its holder has given back.
const LET_GO: Duration = Duration::from_millis(200);

/// The contents of the pointer file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Current {
    format: u64,
    pub base: String,
    pub generation: u64,
    /// Kept for the readers that opened it before the last build ended.
    pub previous: Option<u64>,
}

impl Current {
    pub fn new(base: &Base, generation: u64, previous: Option<u64>) -> Self {
        Self { format: FORMAT, base: base.to_string(), generation, previous }
    }
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
                Ok(text) if text == format!("{plan:016x}") && self.ledger(number).is_dir() => found = Some(number),
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
        let path = self.plan(number);
        let temporary = path.with_extension("tmp");
        let mut file = File::create(&temporary).map_err(self.io("write to"))?;
        write!(file, "{plan:016x}").and_then(|()| file.sync_all()).map_err(self.io("write to"))?;
        fs::rename(temporary, path).map_err(self.io("write to"))
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

    fn remove(&self, number: u64) -> Result<(), StoreError> {
        let doing = "remove old generations of";
        for file in [self.plan(number), self.readers(number)] {
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
        #[derive(Deserialize)]
        struct Format {
            format: u64,
        }
        let damaged = || StoreError::Corrupt {
            path: path(),
            message: "its file `current` is not what a build writes there".to_string(),
        };
        let Ok(Format { format }) = serde_json::from_str(&text) else {
            // A folder of something else may well hold a file of that name.
            let known = self.generations().is_dir();
            return Err(if known { damaged() } else { StoreError::NotAStore { path: path() } });
        };
        if format > FORMAT {
            return Err(StoreError::TooNew { path: path(), format });
        }
        let current: Current = serde_json::from_str(&text).map_err(|_| damaged())?;
        let base = current.base.parse().map_err(|_| damaged())?;
        Ok(Some((current, base)))
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

    fn numbers(&self) -> Result<Vec<u64>, StoreError> {
        let mut numbers = Vec::new();
        for entry in fs::read_dir(self.generations()).map_err(self.io("read"))? {
            let name = entry.map_err(self.io("read"))?.file_name();
            let name = name.to_string_lossy();
            let number = [".readers", ".plan", ".tmp"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
            if let Ok(number) = number.parse() {
                numbers.push(number);
            }
        }
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// Gives a new generation what stands beside the RDF in the folder of an old one, by hard links. Files of that
    /// kind are never changed in place, only replaced.
    pub fn carry(&self, from: u64, to: u64) -> Result<(), StoreError> {
        let (from, to) = (self.generation(from), self.generation(to));
        for entry in fs::read_dir(&from).map_err(self.io("read"))? {
            let entry = entry.map_err(self.io("read"))?;
            if entry.file_type().is_ok_and(|t| t.is_dir()) {
                link_folder(&entry.path(), &to.join(entry.file_name())).map_err(self.io("write to"))?;
            }
        }
        Ok(())
    }

    /// Makes a generation the graph. Before the rename readers see the old graph, after it the new one; a crash at
    /// any moment leaves one of the two.
    pub fn publish(&self, current: &Current) -> Result<(), StoreError> {
        let generation = self.generation(current.generation);
        File::create(self.readers(current.generation)).map_err(self.io("write to"))?;
        // What RocksDB wrote must be on the disk before the pointer to it is.
        for entry in fs::read_dir(&generation).map_err(self.io("read"))? {
            let entry = entry.map_err(self.io("read"))?;
            sync(&entry.path()).map_err(self.io("write to"))?;
        }
        // The search index below it syncs its own files.
        sync(&generation).map_err(self.io("write to"))?;
        sync(&self.generations()).map_err(self.io("write to"))?;
        let temporary = self.root.join("current.tmp");
        let mut file = File::create(&temporary).map_err(self.io("write to"))?;
        let json = serde_json::to_string(current).unwrap_or_default();
        writeln!(file, "{json}").and_then(|()| file.sync_all()).map_err(self.io("write to"))?;
        fs::rename(&temporary, self.pointer()).map_err(self.io("write to"))?;
        sync(&self.root).map_err(self.io("write to"))
    }

    /// Bytes on disk of one generation, its ledger and search index included. Files that two generations share are counted in each.
    pub fn size(&self, generation: u64) -> u64 {
        bytes_in(&self.generation(generation))
    }
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
