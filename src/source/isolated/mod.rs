//! Reading whole papers in processes of their own.
//!
//! A PDF or a LaTeX source is written by a stranger and read by a large program. A thread cannot be stopped when it takes
//! too long, a stack that overflows ends its process, and so does an allocation that fails. So `kg` lets workers, which are
//! instances of itself, read such files under limits of time and memory. A worker that ends costs one file: the file is
//! reported, and another worker is started for the next one.
//!
//! A program that uses the library without calling [`isolate`] reads in its own process, under the same limits but for
//! those that only a process can have.

mod pool;
mod wire;
mod work;

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::latex::{self, SourceFiles};
use super::pdf;
use super::place::Skipped;
use crate::paper::Paper;
use pool::Pool;
pub(crate) use work::work;

/// Address space of a worker, in bytes. The papers that it was measured on need less than a tenth of it.
const MAX_MEMORY: u64 = 2 << 30;

/// Time for one file. The readers give up earlier, where they can.
const MAX_TIME: Duration = Duration::from_secs(30);

/// The exit code of a worker whose file took longer.
const TIMED_OUT: i32 = 3;

static POOL: OnceLock<Pool> = OnceLock::new();

/// Has whole papers read by processes of this program, which is to call `work` when its only argument is `paper-worker`.
pub fn isolate(program: PathBuf) {
    let _ = POOL.set(Pool::new(program));
}

/// The files of one paper.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum PaperFiles {
    Pdf(Vec<u8>),
    Latex {
        files: SourceFiles,
        /// The file that begins the paper, where that is known.
        main: Option<String>,
        /// What the user calls the input.
        name: String,
    },
}

/// The paper that these files are.
pub(super) fn read(files: PaperFiles) -> Result<Paper, Skipped> {
    match POOL.get() {
        Some(pool) => pool.read(&files),
        None => read_here(files),
    }
}

fn read_here(files: PaperFiles) -> Result<Paper, Skipped> {
    match files {
        PaperFiles::Pdf(bytes) => pdf::apart(bytes),
        PaperFiles::Latex { files, main, name } => latex::paper(files, main, &name),
    }
}
