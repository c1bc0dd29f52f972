//! One binary for all tests that look at the program from outside: linking against RocksDB once is slow enough.

mod small_graph;

mod analyses;
mod answers;
mod build;
mod check_command;
mod checks;
mod cli;
mod documents;
mod durability;
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
mod names;
mod ontology;
mod patience;
mod pictures;
mod pipeline;
mod places;
mod queries;
mod rdf_exports;
mod rooms;
mod serve;
mod setup;
mod sources;
mod sparql_protocol;
mod tables;
mod update;
mod vocab;
