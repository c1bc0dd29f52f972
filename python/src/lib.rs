//! The native half of the Python package `papergraph`.
//!
//! Its other half, `python/papergraph/`, documents the functions and turns the JSON that they return into Python
//! values. So an answer has the same fields as that of the command, and is made from the same type.

mod build;
mod extraction;
mod failure;
mod graph;
mod table;

/// Reading papers allocates many small texts. With glibc's allocator that takes a tenth of the processor time, and the
/// module would be slower than the program (`benches/python_speed.py`), which has the same allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the Python half imports.
#[pyo3::pymodule]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::build::{build, isolate};
    #[pymodule_export]
    use super::extraction::Extractor;
    #[pymodule_export]
    use super::graph::Graph;
    #[pymodule_export]
    use super::table::Table;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
