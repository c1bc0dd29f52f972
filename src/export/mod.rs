//! The graph in the formats of other programs: one file for each.

pub mod csv;
pub mod dot;
pub mod graphviz;
