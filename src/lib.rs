//! A knowledge graph of machine-learning papers: which datasets, models, methods, tasks, metrics, hardware and
//! software they name, where exactly, and which code they publish.
//!
//! The rooms (modules), lowest first; a room imports only rooms below it (`ARCHITECTURE.md` has the diagram):
//! [`text`], [`document`], [`paper`], [`schema`], [`vocabulary`], [`matcher`], [`lint`], [`extract`], [`collection`], [`eval`],
//! [`source`], [`liveness`], [`ontology`], [`index`], [`store`], [`graph`], [`answer`], [`query`], [`export`],
//! [`mcp`], [`checks`], [`fetch`], [`serve`].

pub mod answer;
mod builtin;
pub mod checks;
pub mod collection;
mod disk;
pub mod document;
pub mod eval;
pub mod export;
pub mod extract;
pub mod fetch;
pub mod graph;
pub mod index;
pub mod ledger;
pub mod lint;
pub mod liveness;
pub mod matcher;
pub mod mcp;
pub mod ontology;
pub mod paper;
pub mod pipeline;
pub mod query;
pub mod schema;
pub mod serve;
pub mod source;
pub mod store;
pub mod text;
pub mod vocabulary;
