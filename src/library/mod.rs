//! A graph in a program: builds it, opens it and answers questions about it.
//!
//! This is what the Python module is made of, and what a Rust program calls. Each question returns the view that the
//! command of the same name prints as JSON.

mod build;
mod error;
mod graph;
mod name;

pub use build::{BuildReport, GraphBuild};
pub use error::{Error, ErrorKind};
pub use graph::{Graph, LeaderboardQuery, Noted};
