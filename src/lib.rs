//! A knowledge graph of machine-learning papers: which datasets, models, methods, tasks, metrics, hardware and
//! software they name, where exactly, and which code they publish.
//!
//! - [`Extractor`] finds what one paper names, with a [`Vocabulary`]; an [`Extraction`] is what it found.
//! - [`source`] reads [`Paper`]s from files in some forty formats.
//! - [`Graph`] builds a graph in a folder, opens it and answers questions.
//! - [`Checker`] asks the web which links still work.
//!
//! The program `kg` and the Python module are made from this library.
//!
//! ```
//! use papergraph::{Extractor, Paper, Vocabulary};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let extractor = Extractor::new(Vocabulary::builtin()?)?;
//! let paper = Paper {
//!     abstract_text: "We train ResNet-50 on ImageNet and release the code at https://github.com/a/b.".to_string(),
//!     ..Paper::titled("A study of warm-up")
//! };
//! let extraction = extractor.extract(paper);
//! let names: Vec<&str> = extraction.mentions.iter().map(|mention| mention.name.as_str()).collect();
//! assert_eq!(names, ["ResNet", "ImageNet"]);
//! assert_eq!(extraction.repos[0].to_string(), "github.com/a/b");
//!
//! // The JSON that `kg extract` prints.
//! let json = serde_json::to_value(papergraph::Versioned::new(extraction))?;
//! assert_eq!(json["schema_version"], 1);
//! # Ok(())
//! # }
//! ```
//!
//! [`source`] reads the papers of a file, in every format that `kg build` knows:
//!
//! ```
//! use papergraph::source::{self, ReadOptions};
//!
//! let file = "@article{a, title = {A study of {ImageNet}}, year = 2020, eprint = {2001.00001}}";
//! let papers = source::read_stream(file.as_bytes(), "a.bib", &ReadOptions::default()).expect("BibTeX is recognised");
//! for paper in papers {
//!     // What cannot be read is an item of its own, and reading goes on.
//!     let paper = paper.expect("the entry can be read");
//!     assert_eq!(paper.id.to_string(), "paper/arxiv-2001.00001");
//! }
//! ```
//!
//! # Features
//!
//! | feature | adds |
//! |---|---|
//! | none | reading papers and finding what they name: neither a database nor a network |
//! | `graph` | the graph on disk, its questions, SPARQL and exports (compiles RocksDB) |
//! | `check` | checking links and fetching listings over HTTP |
//! | `serve` | the graph over HTTP, and the Model Context Protocol |
//! | `parquet` | Parquet as input and output |
//! | `pdf` | whole papers as PDF |
//! | `yaml` | `CITATION.cff`, and the YAML of model cards |
//! | `zotero` | the database of Zotero (compiles SQLite) |
//! | `cli` | the commands of `kg` |
//! | `allocator` | mimalloc in `kg`, for RocksDB too |
//!
//! All of them are on by default; a program that only reads papers depends on the crate with
//! `default-features = false`.
//!
//! # Stability
//!
//! Before version 1.0, any of this may change in a minor version. Errors and their kinds may gain variants at any time.
//! Modules that this page does not list are for the program `kg` and its tests, even where they are visible.

// `ARCHITECTURE.md` is the map of the modules; a module uses only those above it there.

// With fewer features, some things have no user. The build with all of them finds what is never used.
#![cfg_attr(
    not(all(
        feature = "cli",
        feature = "serve",
        feature = "check",
        feature = "parquet",
        feature = "pdf",
        feature = "yaml",
        feature = "zotero"
    )),
    allow(dead_code, unused_imports, unreachable_pub)
)]

extern crate self as papergraph;

#[cfg(feature = "graph")]
pub mod answer;
mod builtin;
#[cfg(feature = "graph")]
mod checks;
#[cfg(feature = "cli")]
#[allow(rustdoc::bare_urls, reason = "help texts are printed as they are written")]
#[allow(missing_docs, clippy::missing_errors_doc, reason = "public in `internals` alone")]
mod cli;
#[allow(missing_docs, clippy::missing_errors_doc, reason = "public in `internals` alone")]
mod collection;
#[cfg(feature = "graph")]
mod disk;
pub mod document;
mod eval;
#[cfg(feature = "graph")]
#[allow(missing_docs, clippy::missing_errors_doc, reason = "public in `internals` alone")]
mod export;
pub mod extract;
#[cfg(feature = "check")]
mod fetch;
#[cfg(feature = "graph")]
#[allow(missing_docs, clippy::missing_errors_doc, reason = "public in `internals` alone")]
mod graph;
#[cfg(feature = "graph")]
#[allow(missing_docs, clippy::missing_errors_doc, reason = "public in `internals` alone")]
mod index;
#[cfg(feature = "graph")]
#[allow(missing_docs, clippy::missing_errors_doc, reason = "public in `internals` alone")]
mod ledger;
#[cfg(feature = "graph")]
mod library;
mod lint;
#[cfg(feature = "graph")]
pub mod liveness;
#[allow(missing_docs, clippy::missing_errors_doc, reason = "public in `internals` alone")]
mod matcher;
#[cfg(feature = "serve")]
mod mcp;
#[cfg(feature = "graph")]
#[allow(missing_docs, clippy::missing_errors_doc, reason = "public in `internals` alone")]
mod ontology;
pub mod paper;
#[cfg(feature = "graph")]
#[allow(missing_docs, clippy::missing_errors_doc, reason = "public in `internals` alone")]
mod pipeline;
#[cfg(feature = "graph")]
pub mod query;
mod schema;
#[cfg(feature = "serve")]
mod serve;
pub mod source;
#[cfg(feature = "graph")]
#[allow(missing_docs, clippy::missing_errors_doc, reason = "public in `internals` alone")]
mod store;
#[allow(missing_docs, clippy::missing_errors_doc, reason = "public in `internals` alone")]
mod text;
pub mod vocabulary;

pub use extract::{Extraction, Extractor};
#[cfg(feature = "graph")]
pub use library::{BuildReport, Error, ErrorKind, Graph, GraphBuild, Noted};
#[cfg(feature = "check")]
pub use liveness::Checker;
pub use paper::Paper;
pub use schema::Versioned;
pub use vocabulary::Vocabulary;

/// What the program `kg` and the tests, benchmarks and examples of this repository use of the other modules. It is not
/// part of the interface.
#[doc(hidden)]
#[rustfmt::skip]
pub mod internals {
    #[cfg(feature = "cli")] pub mod cli { pub use crate::cli::*; }
    pub mod collection { pub use crate::collection::*; }
    #[cfg(feature = "graph")] pub mod export { pub use crate::export::*; }
    #[cfg(feature = "graph")] pub mod graph { pub use crate::graph::*; }
    #[cfg(feature = "graph")] pub mod index { pub use crate::index::*; }
    #[cfg(feature = "graph")] pub mod ledger { pub use crate::ledger::*; }
    pub mod matcher { pub use crate::matcher::*; }
    #[cfg(feature = "graph")] pub mod ontology { pub use crate::ontology::*; }
    #[cfg(feature = "graph")] pub mod pipeline { pub use crate::pipeline::*; }
    #[cfg(feature = "graph")] pub mod store { pub use crate::store::*; }
    pub mod text { pub use crate::text::*; }
}

/// What a question to a [`Graph`] can ask for.
#[cfg(feature = "graph")]
pub mod question {
    pub use crate::graph::{NeighborQuery, PaperSet, Selection, Tie};
    pub use crate::library::LeaderboardQuery;
    pub use crate::ontology::{Base, NodeKind};
    pub use crate::paper::PartialDate;
    pub use crate::query::QueryLimits;
}
