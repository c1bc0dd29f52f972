use std::path::PathBuf;

use oxigraph::store::StorageError;

use crate::disk;
use crate::index::IndexError;
use crate::ontology::Base;

/// Errors of a graph on disk. [`StoreError::help`] says what the user can do about each.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Nothing is at the path.
    #[error("there is no graph at {path}")]
    Missing { path: PathBuf },
    /// The folder holds no finished graph, only the leftovers of a killed build.
    #[error("{path} holds no finished graph: its first build did not end")]
    Unfinished { path: PathBuf },
    /// The path holds something other than a store.
    #[error("{path} is not a papergraph store")]
    NotAStore { path: PathBuf },
    /// A later version of this program wrote the graph.
    #[error("the graph at {path} has format {format}, which this version cannot read")]
    TooNew { path: PathBuf, format: u64 },
    /// The graph was made with another base IRI.
    #[error("the graph at {path} has the base {has}, not {wanted}")]
    OtherBase { path: PathBuf, has: Base, wanted: Base },
    /// Another build is writing.
    #[error("another build is writing to {path}")]
    Locked { path: PathBuf },
    /// There are generations, but nothing says which one is published.
    #[error("the graph at {path} is damaged: nothing says which of its generations is the graph")]
    Lost { path: PathBuf },
    /// A build stopped because the disk is full. What it had written is removed.
    #[error("the disk of {path} is full: the build had written {} MB and needed more; they are free again", .written.div_ceil(1_000_000))]
    DiskFull {
        path: PathBuf,
        /// Number of bytes written.
        written: u64,
    },
    /// The graph was removed, and perhaps built again, while a program read it.
    #[error("the graph at {path} was removed or replaced while it was read")]
    Replaced { path: PathBuf },
    /// The files are damaged.
    #[error("the graph at {path} is damaged: {message}")]
    Corrupt { path: PathBuf, message: String },
    #[error("cannot {doing} {path}: {error}")]
    Io {
        path: PathBuf,
        doing: &'static str,
        #[source]
        error: std::io::Error,
    },
    /// The database failed during a read or write.
    #[error("the graph at {path} failed: {error}")]
    Storage {
        path: PathBuf,
        #[source]
        error: StorageError,
    },
    /// The search index failed.
    #[error(transparent)]
    Index(#[from] IndexError),
}

/// Advice for a damaged graph.
const REPAIR: &str = "`kg doctor` says what is damaged and what can be saved; `kg build --rebuild INPUT…` makes the graph \
                      again and keeps your statements and the results of checks";

impl StoreError {
    /// Whether the disk was full.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::DiskFull { .. } => true,
            Self::Io { error, .. } => disk::is_full(error),
            Self::Storage { error: StorageError::Io(error), .. } => disk::is_full(error),
            Self::Storage { error, .. } => disk::says_full(&error.to_string()),
            Self::Index(error) => disk::says_full(&error.message),
            _ => false,
        }
    }

    /// What the user can do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Missing { .. } | Self::Unfinished { .. } => {
                "build a graph first (`kg build FILE…`), or name another with --store or $KG_STORE".into()
            }
            Self::NotAStore { .. } => "name an empty folder, a new one, or a graph with --store or $KG_STORE".into(),
            Self::TooNew { .. } => "update papergraph, or build the graph again into another folder".into(),
            Self::OtherBase { has, .. } => {
                format!("leave --base out (or write `--base {has}`), or build into another folder with --store")
            }
            Self::Replaced { .. } => "try again when its build has ended".into(),
            Self::Locked { .. } => "wait until it has ended, then try again".into(),
            Self::Corrupt { .. } | Self::Lost { .. } => REPAIR.into(),
            Self::DiskFull { .. } => {
                "make room, or build into another folder with --store; the graph has not changed".into()
            }
            Self::Io { .. } => "check the permissions and the space left on the disk".into(),
            Self::Index(error) => format!(
                "check the permissions and the space left on the disk; if {} is removed, it is made again",
                error.path.display()
            ),
            Self::Storage { .. } if self.is_disk_full() => "make room on the disk".into(),
            Self::Storage { .. } => REPAIR.into(),
        }
    }
}
