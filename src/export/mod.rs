//! Exports the graph in the formats of other programs: one file for each format.
//!
//! Every format writes a [`Chosen`](crate::graph::Chosen) part of the graph node by node, so that it takes no more
//! memory than the format needs. Names come from foreign text and may hold anything. Each format documents how it
//! escapes them, and one test feeds the same hostile names to all formats.

pub mod bibtex;
pub mod chart;
pub mod citation_keys;
pub mod csl_json;
pub mod csv;
pub mod cytoscape;
pub mod dot;
pub mod gexf;
pub mod graphml;
pub mod graphviz;
pub mod html;
pub mod json_graph;
pub mod markdown;
pub mod obsidian;
pub mod output;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod picture;
pub mod rdf;
pub mod ris;
pub mod rocrate;
pub mod svg;

mod columns;
mod each;
mod error;
mod people;
mod plain;
mod reading;
mod xml;

pub use error::ExportError;
pub use plain::{one_line, printable, visible};
