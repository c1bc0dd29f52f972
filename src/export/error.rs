use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::store::StoreError;

/// Why an export was not written.
#[derive(Debug)]
pub enum ExportError {
    Store(StoreError),
    Write(io::Error),
    /// A file or folder could not be written.
    At {
        path: PathBuf,
        error: io::Error,
    },
    /// The folder already exists.
    Exists(PathBuf),
    #[cfg(feature = "parquet")]
    Parquet(parquet::errors::ParquetError),
}

impl ExportError {
    /// What the user can do about it, if anything.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Store(error) => Some(error.help()),
            Self::Exists(_) => Some("name another folder, or replace this one with --force".to_string()),
            Self::At { .. } => Some("name another place with --output".to_string()),
            Self::Write(_) => None,
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => None,
        }
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => write!(f, "{error}"),
            Self::Write(error) => write!(f, "the export could not be written: {error}"),
            Self::At { path, error } => write!(f, "cannot write {}: {error}", path.display()),
            Self::Exists(path) => write!(f, "{} is there already", path.display()),
            #[cfg(feature = "parquet")]
            Self::Parquet(error) => write!(f, "the Parquet file could not be written: {error}"),
        }
    }
}

impl std::error::Error for ExportError {}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

#[cfg(feature = "parquet")]
impl From<parquet::errors::ParquetError> for ExportError {
    fn from(error: parquet::errors::ParquetError) -> Self {
        match error {
            parquet::errors::ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(error) => Self::Write(*error),
                Err(inner) => Self::Parquet(parquet::errors::ParquetError::External(inner)),
            },
            error => Self::Parquet(error),
        }
    }
}

impl From<csv::Error> for ExportError {
    fn from(error: csv::Error) -> Self {
        Self::Write(error.into())
    }
}

impl From<serde_json::Error> for ExportError {
    fn from(error: serde_json::Error) -> Self {
        Self::Write(error.into())
    }
}
