//! Builds of a graph.

use std::path::PathBuf;

use papergraph::question::Base;
use papergraph::source::{self, Format};
use pyo3::prelude::*;

use crate::extraction::{limits, vocabulary};
use crate::failure::{PythonException, PythonFailure, detached};

/// Lets processes of the program `kg` read whole papers (PDF, LaTeX) from now on. The first call in a process counts.
#[pyfunction]
pub(crate) fn isolate(program: PathBuf) {
    source::isolate(program);
}

/// Reads inputs into the graph at `store`. Returns a report as JSON.
#[pyfunction]
#[allow(clippy::too_many_arguments, clippy::fn_params_excessive_bools, reason = "one for each option of the build")]
pub(crate) fn build(
    py: Python<'_>,
    store: PathBuf,
    inputs: Vec<PathBuf>,
    vocab: Vec<PathBuf>,
    format: Option<String>,
    base: Option<String>,
    rebuild: bool,
    keep_missing: bool,
    candidates: bool,
    min_confidence: Option<f32>,
    strict: bool,
) -> PyResult<String> {
    detached(py, || {
        let format: Option<Format> =
            format.map(|name| name.parse().map_err(|error: String| PythonFailure::argument(error))).transpose()?;
        let base: Option<Base> =
            base.map(|iri| iri.parse().map_err(|error: String| PythonFailure::argument(error))).transpose()?;
        let build = papergraph::Graph::build(store)
            .vocabulary(vocabulary(&vocab)?)
            .confidence(limits(min_confidence)?)
            .rebuild(rebuild)
            .keep_missing(keep_missing)
            .candidates(candidates)
            .strict(strict);
        let build = inputs.into_iter().fold(build, papergraph::GraphBuild::input);
        let build = format.into_iter().fold(build, papergraph::GraphBuild::format);
        let report = base.into_iter().fold(build, papergraph::GraphBuild::base).run()?;
        serde_json::to_string(&report).map_err(|error| PythonFailure::new(PythonException::Error, error.to_string()))
    })
}
