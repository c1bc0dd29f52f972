//! Checking the links of a graph: which ones, what is told about them, and the page that sums them up.

mod scope;

pub use scope::{Age, LinkOfGraph, Only, Scope};
