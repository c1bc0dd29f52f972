//! Reads whole papers in separate processes.
//!
//! A PDF or a LaTeX source is written by a stranger and read by a large program. A thread cannot be stopped when it
//! takes too long, a stack that overflows ends its process, and so does an allocation that fails. So workers, which are
//! instances of `kg`, read such files under limits of time and memory. If a worker ends, one file is lost: the file is
//! reported, and another worker is started for the next one.
//!
//! A program that uses the library without calling [`isolate`] reads in its own process, under the same limits except
//! those that only a process can have.

mod pool;
mod wire;
mod work;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::latex::{self, SourceFiles};
#[cfg(feature = "pdf")]
use super::pdf;
use super::place::SkippedRecord;
use crate::paper::Paper;
use pool::ReadingWorkers;
pub(crate) use work::work;

/// Address space of a worker, in bytes. The measured papers need less than a tenth of it.
const MAX_MEMORY: u64 = 2 << 30;

/// Time for one file. The readers stop earlier if they can.
const MAX_TIME: Duration = Duration::from_secs(30);

/// The exit code of a worker that ran out of time.
const TIMED_OUT: i32 = 3;

static POOL: OnceLock<ReadingWorkers> = OnceLock::new();

/// Lets processes of this program read whole papers. The program must call `work` if its only argument is
/// `paper-worker`.
pub fn isolate(program: PathBuf) {
    let _ = POOL.set(ReadingWorkers::new(program));
}

/// The files of one paper.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum PaperFiles {
    #[cfg(feature = "pdf")]
    Pdf(Vec<u8>),
    Latex {
        files: SourceFiles,
        /// The main file of the paper, if it is known.
        main: Option<String>,
        /// The user's name for the input.
        name: String,
    },
}

/// The paper in these files.
pub(super) fn read(files: PaperFiles) -> Result<Paper, SkippedRecord> {
    match POOL.get() {
        Some(pool) => pool.read(&files),
        None => read_here(files),
    }
}

fn read_here(files: PaperFiles) -> Result<Paper, SkippedRecord> {
    match files {
        #[cfg(feature = "pdf")]
        PaperFiles::Pdf(bytes) => pdf::apart(bytes),
        PaperFiles::Latex { files, main, name } => latex::paper(files, main, &name),
    }
}
