//! One binary for all tests that look at the program from outside: linking against RocksDB once is slow enough.

mod small_graph;

mod build;
mod checks;
mod cli;
mod eval;
mod exploring;
mod garbage;
mod hostile;
mod http;
mod listings;
mod ontology;
mod pictures;
mod queries;
mod rdf_exports;
mod serve;
mod sparql_protocol;
mod update;
mod vocab;
