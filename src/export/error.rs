use std::io;
use std::path::PathBuf;

use crate::store::StoreError;

/// Why an export was not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the export could not be written: {0}")]
    Write(#[from] io::Error),
    #[error("cannot write {path}: {error}")]
    At { path: PathBuf, error: io::Error },
    #[error("{0} is there already")]
    Exists(PathBuf),
    #[cfg(feature = "parquet")]
    #[error("the Parquet file could not be written: {0}")]
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
