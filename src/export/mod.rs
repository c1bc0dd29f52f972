//! Exports the graph in the formats of other programs: one file for each format.
//!
//! Every format writes a [part](crate::graph::ChosenPart) of the graph node by node, so that it takes no more
//! memory than the format needs. Names come from foreign text and may hold anything. Each format documents how it
//! escapes them, and one test feeds the same hostile names to all formats.

pub(crate) mod bibtex;
pub(crate) mod chart;
pub(crate) mod citation_keys;
pub(crate) mod csl_json;
pub(crate) mod csv;
pub(crate) mod cytoscape;
pub mod dot;
pub(crate) mod gexf;
pub(crate) mod graphml;
pub mod graphviz;
pub(crate) mod html;
pub(crate) mod json_graph;
pub(crate) mod markdown;
pub(crate) mod obsidian;
pub(crate) mod output;
#[cfg(feature = "parquet")]
pub(crate) mod parquet;
pub(crate) mod picture;
pub mod rdf;
pub(crate) mod ris;
pub(crate) mod rocrate;
pub(crate) mod svg;

mod columns;
mod each;
mod error;
mod people;
mod plain;
mod reading;
mod xml;

pub(crate) use error::ExportError;
pub use plain::one_line;
pub(crate) use plain::{printable, visible};
