use std::collections::HashMap;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::outcome::Outcome;

/// What the checks of a graph have found, the latest outcome of each link: a file of one JSON object a line.
///
/// Each outcome is appended by one write as soon as it is known, so that whatever ends the program loses nothing that
/// was learnt. Of a line that was cut off the beginning is thrown away. One process at a time can have it open.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Locked for as long as this value lives.
    _lock: File,
    latest: HashMap<String, Outcome>,
    lines: usize,
}

/// Why the memory of checks cannot be used.
#[derive(Debug)]
pub enum JournalError {
    /// Another check is running on the same graph.
    Locked(PathBuf),
    Io {
        path: PathBuf,
        error: io::Error,
    },
}

impl Journal {
    /// Opens the journal in the folder of a graph, and reads it.
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        let path = folder.join("checks.jsonl");
        let io = |error| JournalError::Io { path: path.clone(), error };
        let lock = File::create(folder.join("checks.lock")).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::Locked(path)),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let file = OpenOptions::new().append(true).create(true).open(&path).map_err(io)?;
        let bytes = fs::read(&path).map_err(io)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < bytes.len() {
            file.set_len(whole as u64).map_err(io)?;
        }
        let mut journal = Self { file, _lock: lock, latest: HashMap::new(), lines: 0, path };
        for line in bytes.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n').filter(|line| !line.is_empty())
        {
            journal.lines += 1;
            // A line that a disk has damaged costs one more look at its link.
            if let Ok(outcome) = serde_json::from_slice(line) {
                journal.remember(outcome);
            }
        }
        Ok(journal)
    }

    /// The latest outcome of a link.
    pub fn get(&self, key: &str) -> Option<&Outcome> {
        self.latest.get(key)
    }

    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.latest.values()
    }

    /// Takes note of an outcome that is kept elsewhere too, such as in the graph. A later one wins.
    pub fn remember(&mut self, outcome: Outcome) {
        match self.latest.get(&outcome.key) {
            Some(known) if known.checked_at > outcome.checked_at => {}
            _ => {
                self.latest.insert(outcome.key.clone(), outcome);
            }
        }
    }

    /// Writes an outcome down.
    pub fn append(&mut self, outcome: &Outcome) -> Result<(), JournalError> {
        let mut line = serde_json::to_vec(outcome).map_err(|e| self.io(e.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(|e| self.io(e))?;
        self.lines += 1;
        self.latest.insert(outcome.key.clone(), outcome.clone());
        Ok(())
    }

    /// Makes sure that all of it is on the disk; where most of it is older outcomes, writes it anew without them.
    pub fn finish(mut self) -> Result<(), JournalError> {
        if self.lines > 1000 && self.lines > 2 * self.latest.len() {
            self.rewrite()?;
        }
        self.file.sync_all().map_err(|e| self.io(e))
    }

    fn rewrite(&mut self) -> Result<(), JournalError> {
        let temporary = self.path.with_extension("jsonl.tmp");
        let mut outcomes: Vec<&Outcome> = self.latest.values().collect();
        outcomes.sort_by(|a, b| a.key.cmp(&b.key));
        let write = || -> io::Result<File> {
            let mut file = io::BufWriter::new(File::create(&temporary)?);
            for outcome in outcomes {
                serde_json::to_writer(&mut file, outcome)?;
                file.write_all(b"\n")?;
            }
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            fs::rename(&temporary, &self.path)?;
            Ok(file)
        };
        let file = write().map_err(|e| self.io(e))?;
        (self.file, self.lines) = (file, self.latest.len());
        Ok(())
    }

    fn io(&self, error: io::Error) -> JournalError {
        JournalError::Io { path: self.path.clone(), error }
    }
}

impl JournalError {
    /// What the user can do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Locked(_) => "wait until it has ended, then try again",
            Self::Io { .. } => "check the permissions and the space left on the disk",
        }
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked(path) => write!(f, "another check is writing to {}", path.display()),
            Self::Io { path, error } => write!(f, "cannot use the journal of checks {}: {error}", path.display()),
        }
    }
}

impl std::error::Error for JournalError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liveness::{Link, Verdict};
    use jiff::Timestamp;

    fn outcome(key: &str, verdict: Verdict, second: i64) -> Outcome {
        let link = Link { key: key.into(), url: format!("https://{key}") };
        Outcome::new(&link, verdict, Timestamp::from_second(second).unwrap())
    }

    #[test]
    fn what_was_appended_is_there_after_any_end_and_a_torn_line_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path()).unwrap();
        journal.append(&outcome("page/a", Verdict::Alive, 1)).unwrap();
        journal.append(&outcome("page/b", Verdict::Gone, 1)).unwrap();
        journal.append(&outcome("page/a", Verdict::Gone, 2)).unwrap();
        drop(journal);
        let path = folder.path().join("checks.jsonl");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}{{\"key\":\"page/c\",\"url\":\"ht")).unwrap();

        let mut journal = Journal::open(folder.path()).unwrap();
        assert_eq!(journal.outcomes().count(), 2);
        assert_eq!(journal.get("page/a").unwrap().verdict, Verdict::Gone);
        journal.append(&outcome("page/d", Verdict::Alive, 3)).unwrap();
        drop(journal);
        assert_eq!(Journal::open(folder.path()).unwrap().outcomes().count(), 3);
    }

    #[test]
    fn two_checks_cannot_write_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Journal::open(folder.path()).unwrap();
        assert!(matches!(Journal::open(folder.path()), Err(JournalError::Locked(_))));
    }

    #[test]
    fn older_outcomes_are_dropped_when_they_are_the_most_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(folder.path()).unwrap();
        for second in 0..1500 {
            journal.append(&outcome("page/a", Verdict::Alive, second)).unwrap();
        }
        journal.finish().unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("checks.jsonl")).unwrap().lines().count(), 1);
        assert_eq!(Journal::open(folder.path()).unwrap().get("page/a").unwrap().checked_at.as_second(), 1499);
    }
}
