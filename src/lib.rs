//! A knowledge graph of machine-learning papers: which datasets, models, methods, tasks, metrics, hardware and
//! software they name, where exactly, and which code they publish.
//!
//! The program `kg` is made from this library. A program of your own needs a part of it:
//!
//! ```
//! use papergraph::extract::Extractor;
//! use papergraph::paper::Paper;
//! use papergraph::vocabulary::Vocabulary;
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
//! # Ok(())
//! # }
//! ```
//!
//! [`source`] reads the papers of a file, in every format that `kg build` knows:
//!
//! ```
//! use papergraph::source::{self, Options};
//!
//! let file = "@article{a, title = {A study of {ImageNet}}, year = 2020, eprint = {2001.00001}}";
//! let papers = source::read_stream(file.as_bytes(), "a.bib", &Options::default()).expect("BibTeX is recognised");
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
//! | `cli` | the commands of `kg` |
//!
//! All of them are on by default; a program that only reads papers depends on the crate with
//! `default-features = false`.
//!
//! # Rooms
//!
//! The modules, lowest first. A module imports only modules below it (`ARCHITECTURE.md` has the diagram): `text`, `document`,
//! `paper`, `schema`, `vocabulary`, `matcher`, `lint`, `extract`, `collection`, `eval`, `source`, `liveness`, `ontology`,
//! `index`, `store`, `graph`, `answer`, `query`, `export`, `mcp`, `checks`, `fetch`, `serve`. Before version 1.0 any of them may
//! change in a minor version.

#[cfg(feature = "graph")]
pub mod answer;
mod builtin;
#[cfg(feature = "graph")]
pub mod checks;
pub mod collection;
#[cfg(feature = "graph")]
mod disk;
pub mod document;
pub mod eval;
#[cfg(feature = "graph")]
pub mod export;
pub mod extract;
#[cfg(feature = "check")]
pub mod fetch;
#[cfg(feature = "graph")]
pub mod graph;
#[cfg(feature = "graph")]
pub mod index;
#[cfg(feature = "graph")]
pub mod ledger;
pub mod lint;
#[cfg(feature = "graph")]
pub mod liveness;
pub mod matcher;
#[cfg(feature = "serve")]
pub mod mcp;
#[cfg(feature = "graph")]
pub mod ontology;
pub mod paper;
#[cfg(feature = "graph")]
pub mod pipeline;
#[cfg(feature = "graph")]
pub mod query;
pub mod schema;
#[cfg(feature = "serve")]
pub mod serve;
pub mod source;
#[cfg(feature = "graph")]
pub mod store;
pub mod text;
pub mod vocabulary;
