use std::fmt;
use std::path::PathBuf;

use oxigraph::store::StorageError;

use crate::index::IndexError;
use crate::ontology::Base;

/// What can be wrong with a graph on disk. Each says what to do in [`StoreError::help`].
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// Nothing is at the path.
    Missing {
        path: PathBuf,
    },
    /// The folder holds no finished graph, only what a killed build left.
    Unfinished {
        path: PathBuf,
    },
    /// Something else is at the path.
    NotAStore {
        path: PathBuf,
    },
    /// Written by a later version of this program.
    TooNew {
        path: PathBuf,
        format: u64,
    },
    /// The graph was made with another base IRI.
    OtherBase {
        path: PathBuf,
        has: Base,
        wanted: Base,
    },
    /// Another build is writing.
    Locked {
        path: PathBuf,
    },
    /// The files are damaged.
    Corrupt {
        path: PathBuf,
        message: String,
    },
    Io {
        path: PathBuf,
        doing: &'static str,
        error: std::io::Error,
    },
    /// The database failed in the middle of reading or writing.
    Storage {
        path: PathBuf,
        error: StorageError,
    },
    /// The search index failed.
    Index(IndexError),
}

impl From<IndexError> for StoreError {
    fn from(error: IndexError) -> Self {
        Self::Index(error)
    }
}

impl StoreError {
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
            Self::Locked { .. } => "wait until it has ended, then try again".into(),
            Self::Corrupt { path, .. } => {
                format!("remove {} and build the graph again; the sources are untouched", path.display())
            }
            Self::Io { .. } => "check the permissions and the space left on the disk".into(),
            Self::Index(error) => format!(
                "check the permissions and the space left on the disk; removing {} has it made anew",
                error.path.display()
            ),
            Self::Storage { path, .. } => format!(
                "check the space left on the disk; if that is not it, remove {} and build the graph again",
                path.display()
            ),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { path } => write!(f, "there is no graph at {}", path.display()),
            Self::Unfinished { path } => {
                write!(f, "{} holds no finished graph: its first build did not end", path.display())
            }
            Self::NotAStore { path } => write!(f, "{} is not a papergraph store", path.display()),
            Self::TooNew { path, format } => {
                write!(f, "the graph at {} has format {format}, which this version cannot read", path.display())
            }
            Self::OtherBase { path, has, wanted } => {
                write!(f, "the graph at {} has the base {has}, not {wanted}", path.display())
            }
            Self::Locked { path } => write!(f, "another build is writing to {}", path.display()),
            Self::Corrupt { path, message } => write!(f, "the graph at {} is damaged: {message}", path.display()),
            Self::Io { path, doing, error } => write!(f, "cannot {doing} {}: {error}", path.display()),
            Self::Storage { path, error } => write!(f, "the graph at {} failed: {error}", path.display()),
            Self::Index(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            Self::Storage { error, .. } => Some(error),
            Self::Index(error) => Some(error),
            _ => None,
        }
    }
}
