use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::outcome::CheckOutcome;

/// The first line of the file. In files older than the header, all lines are outcomes.
#[derive(Serialize, Deserialize)]
struct JournalHeader {
    /// Names the kind of file; always [`KIND`].
    papergraph: String,
    format: u64,
}

const KIND: &str = "checks";
const FORMAT: u64 = 1;

/// The latest outcome of each link of a graph: a file with one JSON object per line,
/// after a header line that names the format.
///
/// Each outcome is appended by one write as soon as it is known, so nothing is lost however the program ends. An
/// incomplete last line is discarded. Only one process at a time can open it.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Locked as long as this value lives.
    _lock: File,
    latest: HashMap<String, CheckOutcome>,
    /// Number of lines that hold outcomes, damaged ones included.
    lines: usize,
}

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Another check is running on the same graph.
    #[error("another check is writing to {0}")]
    Locked(PathBuf),
    /// A later version of the program wrote it.
    #[error("the journal of checks {path} has format {format}, which this version cannot read")]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Version of the file's format.
        format: u64,
    },
    /// The file cannot be read or written.
    #[error("cannot use the journal of checks {path}: {error}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
}

impl Journal {
    /// Opens and reads the journal in the folder of a graph.
    ///
    /// # Errors
    /// If the file cannot be read or locked, or another check runs.
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
        let whole = whole_lines(&bytes);
        if whole.len() < bytes.len() {
            file.set_len(whole.len() as u64).map_err(io)?;
        }
        let (latest, lines, has_header) = latest_of(whole, &path)?;
        let mut journal = Self { file, _lock: lock, latest, lines, path };
        if !has_header {
            journal.rewrite()?;
        }
        Ok(journal)
    }

    /// The latest outcome of each link, by its key. Does not open the journal for writing,
    /// so it works while a check runs.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(folder: &Path) -> Result<HashMap<String, CheckOutcome>, JournalError> {
        let path = folder.join("checks.jsonl");
        match fs::read(&path) {
            Ok(bytes) => Ok(latest_of(whole_lines(&bytes), &path)?.0),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(HashMap::new()),
            Err(error) => Err(JournalError::Io { path, error }),
        }
    }

    /// How many lines of a journal hold outcomes, and how many are damaged; `None` if there is no such file. Changes
    /// nothing, and takes no lock.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn count(path: &Path) -> io::Result<Option<(usize, usize)>> {
        let Some(bytes) = crate::disk::read(path)? else { return Ok(None) };
        let lines = whole_lines(&bytes).split(|byte| *byte == b'\n');
        let (mut sound, mut damaged) = (0, 0);
        for (number, line) in lines.filter(|line| !line.is_empty()).enumerate() {
            if number == 0 && header(line).is_some() {
                continue;
            }
            match serde_json::from_slice::<CheckOutcome>(line) {
                Ok(_) => sound += 1,
                Err(_) => damaged += 1,
            }
        }
        Ok(Some((sound, damaged)))
    }

    /// The latest outcome of a link.
    pub fn get(&self, key: &str) -> Option<&CheckOutcome> {
        self.latest.get(key)
    }

    /// The last outcome of each link.
    pub fn outcomes(&self) -> impl Iterator<Item = &CheckOutcome> {
        self.latest.values()
    }

    /// Records an outcome that is also stored elsewhere, such as in the graph. A later outcome wins.
    pub fn remember(&mut self, outcome: CheckOutcome) {
        remember(&mut self.latest, outcome);
    }

    /// Appends an outcome to the file.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn append(&mut self, outcome: &CheckOutcome) -> Result<(), JournalError> {
        let mut line = serde_json::to_vec(outcome).map_err(|e| self.io(e.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(|e| self.io(e))?;
        self.lines += 1;
        self.latest.insert(outcome.key.clone(), outcome.clone());
        Ok(())
    }

    /// Flushes the file to disk. If most of its lines are older outcomes, it is replaced by a file without them.
    ///
    /// # Errors
    /// If the file cannot be written or replaced.
    pub fn finish(mut self) -> Result<(), JournalError> {
        if self.lines > 1000 && self.lines > 2 * self.latest.len() {
            self.rewrite()?;
        }
        self.file.sync_all().map_err(|e| self.io(e))
    }

    fn rewrite(&mut self) -> Result<(), JournalError> {
        let temporary = self.path.with_extension("jsonl.tmp");
        let mut outcomes: Vec<&CheckOutcome> = self.latest.values().collect();
        outcomes.sort_by(|a, b| a.key.cmp(&b.key));
        let write = || -> io::Result<File> {
            let mut file = io::BufWriter::new(File::create(&temporary)?);
            serde_json::to_writer(&mut file, &JournalHeader { papergraph: KIND.to_string(), format: FORMAT })?;
            file.write_all(b"\n")?;
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

/// The header in a line; `None` if the line is an outcome.
fn header(line: &[u8]) -> Option<JournalHeader> {
    serde_json::from_slice::<JournalHeader>(line).ok().filter(|header| header.papergraph == KIND)
}

/// The beginning of the file, up to the end of its last whole line.
fn whole_lines(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    bytes.get(..end).unwrap_or_default()
}

/// The latest outcome of each link, the number of outcomes, and whether the first line is a header.
fn latest_of(lines: &[u8], path: &Path) -> Result<(HashMap<String, CheckOutcome>, usize, bool), JournalError> {
    let (mut latest, mut count, mut has_header) = (HashMap::new(), 0, false);
    for (number, line) in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate() {
        if let (0, Some(JournalHeader { format, .. })) = (number, header(line)) {
            if format > FORMAT {
                return Err(JournalError::TooNew { path: path.to_path_buf(), format });
            }
            has_header = true;
            continue;
        }
        count += 1;
        // A line that a disk has damaged costs one more check of its link.
        if let Ok(outcome) = serde_json::from_slice(line) {
            remember(&mut latest, outcome);
        }
    }
    Ok((latest, count, has_header))
}

fn remember(latest: &mut HashMap<String, CheckOutcome>, outcome: CheckOutcome) {
    match latest.get(&outcome.key) {
        Some(known) if known.checked_at > outcome.checked_at => {}
        _ => {
            latest.insert(outcome.key.clone(), outcome);
        }
    }
}

impl JournalError {
    /// What the user can do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Locked(_) => "wait until it has ended, then try again",
            Self::TooNew { .. } => "update papergraph",
            Self::Io { .. } => "check the permissions and the space left on the disk",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liveness::{Link, Verdict};
    use jiff::Timestamp;

    fn outcome(key: &str, verdict: Verdict, second: i64) -> CheckOutcome {
        let link = Link { key: key.into(), url: format!("https://{key}") };
        CheckOutcome::new(&link, verdict, Timestamp::from_second(second).unwrap())
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
        assert_eq!(fs::read_to_string(folder.path().join("checks.jsonl")).unwrap().lines().count(), 2);
        assert_eq!(Journal::open(folder.path()).unwrap().get("page/a").unwrap().checked_at.as_second(), 1499);
    }

    #[test]
    fn a_journal_from_before_headers_is_given_one_and_a_later_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checks.jsonl");
        let line = serde_json::to_string(&outcome("page/a", Verdict::Alive, 1)).unwrap();
        fs::write(&path, format!("{line}\n")).unwrap();
        assert!(Journal::open(folder.path()).unwrap().get("page/a").is_some());
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("{{\"papergraph\":\"checks\",\"format\":1}}\n{line}\n"));
        fs::write(&path, text.replace("\"format\":1", "\"format\":2")).unwrap();
        assert!(matches!(Journal::open(folder.path()), Err(JournalError::TooNew { format: 2, .. })));
    }
}
