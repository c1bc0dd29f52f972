//! One binary for all tests that look at the program from outside: linking against RocksDB once is slow enough.

mod small_graph;

mod analyses;
mod build;
mod check_command;
mod checks;
mod cli;
mod eval;
mod exploring;
mod exports;
mod fetch;
mod garbage;
mod hostile;
mod http;
mod listings;
mod liveness;
mod liveness_server;
mod ontology;
mod pictures;
mod pipeline;
mod places;
mod queries;
mod rdf_exports;
mod serve;
mod sources;
mod sparql_protocol;
mod update;
mod vocab;
