//! What papers name, without a graph.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use papergraph::extract::ConfidenceLimits;
use papergraph::source::{self, Format, ReadOptions};
use papergraph::{Paper, Versioned, Vocabulary};
use pyo3::prelude::*;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::failure::{PythonException, PythonFailure, detached};

/// Reads papers against one vocabulary.
#[pyclass(frozen, module = "papergraph._core")]
pub struct Extractor {
    extractor: papergraph::Extractor,
    /// The threads that read papers, and the process that owns them: a forked process has none.
    threads: Mutex<Option<(u32, Arc<ThreadPool>)>>,
}

/// A paper in the form that the Python half passes.
#[derive(FromPyObject)]
enum PaperArgument {
    /// Title and abstract.
    Texts(String, String),
    /// A line of JSON Lines.
    Line(String),
}

#[pymethods]
impl Extractor {
    /// `vocab`: files or folders that are added to the shipped vocabulary as layers, the last with precedence.
    #[new]
    fn new(py: Python<'_>, vocab: Vec<PathBuf>, min_confidence: Option<f32>) -> PyResult<Self> {
        let extractor = detached(py, || {
            let mut extractor = papergraph::Extractor::new(vocabulary(&vocab)?)
                .map_err(|error| PythonFailure::new(PythonException::Error, error.to_string()))?;
            extractor.set_limits(limits(min_confidence)?);
            Ok(extractor)
        })?;
        Ok(Self { extractor, threads: Mutex::default() })
    }

    /// The extraction of one paper, as JSON.
    fn extract(&self, py: Python<'_>, title: String, r#abstract: String) -> PyResult<String> {
        detached(py, || self.print(0, PaperArgument::Texts(title, r#abstract)))
    }

    /// The extractions of papers in their order, as a JSON array. All cores share the work.
    fn extract_many(&self, py: Python<'_>, papers: Vec<PaperArgument>, first: usize) -> PyResult<String> {
        detached(py, || {
            let printed: Vec<String> = self.threads()?.install(|| {
                let papers = papers.into_par_iter().enumerate();
                papers.map(|(number, paper)| self.print(first + number, paper)).collect::<Result<_, PythonFailure>>()
            })?;
            Ok(format!("[{}]", printed.join(",")))
        })
    }
}

impl Extractor {
    fn print(&self, number: usize, given: PaperArgument) -> Result<String, PythonFailure> {
        let extraction = self.extractor.extract(given.paper(number)?);
        serde_json::to_string(&Versioned::new(extraction))
            .map_err(|error| PythonFailure::new(PythonException::Error, error.to_string()))
    }

    fn threads(&self) -> Result<Arc<ThreadPool>, PythonFailure> {
        let process = std::process::id();
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((owner, pool)) = threads.take() {
            if owner == process {
                *threads = Some((owner, Arc::clone(&pool)));
                return Ok(pool);
            }
            // Its threads belong to another process, so dropping it would wait for ever.
            std::mem::forget(pool);
        }
        let pool = ThreadPoolBuilder::new().build();
        let pool = Arc::new(pool.map_err(|error| PythonFailure::new(PythonException::Error, error.to_string()))?);
        *threads = Some((process, Arc::clone(&pool)));
        Ok(pool)
    }
}

impl PaperArgument {
    fn paper(self, number: usize) -> Result<Paper, PythonFailure> {
        match self {
            Self::Texts(title, _) if title.trim().is_empty() => {
                Err(PythonFailure::new(PythonException::InputError, format!("paper {number} has no title")))
            }
            Self::Texts(title, abstract_text) => Ok(Paper { abstract_text, ..Paper::titled(title) }),
            Self::Line(line) => {
                let options = ReadOptions { from: Some(Format::Jsonl), ..ReadOptions::default() };
                let mut papers = source::read_stream(Cursor::new(line), "-", &options)?;
                let wrong =
                    |why: &str| PythonFailure::new(PythonException::InputError, format!("paper {number} {why}"));
                match papers.find(|paper| !matches!(paper, Err(problem) if problem.reason.keeps_record())) {
                    Some(Ok(paper)) => Ok(paper),
                    Some(Err(problem)) => Err(wrong(&format!("cannot be read: {problem}"))),
                    None => Err(wrong("has no title")),
                }
            }
        }
    }
}

/// The shipped vocabulary with these files as layers.
pub(crate) fn vocabulary(overlays: &[PathBuf]) -> Result<Arc<Vocabulary>, PythonFailure> {
    Vocabulary::with_overlays(overlays).map(Arc::new).map_err(|problems| {
        PythonFailure::new(PythonException::InputError, format!("the vocabulary has errors\n{problems}"))
            .help("correct the files")
    })
}

/// The least confidence of links and results.
pub(crate) fn limits(min_confidence: Option<f32>) -> Result<ConfidenceLimits, PythonFailure> {
    match min_confidence {
        None => Ok(ConfidenceLimits::default()),
        Some(share) if (0.0..=1.0).contains(&share) => Ok(ConfidenceLimits::of(share)),
        Some(share) => Err(PythonFailure::argument(format!("min_confidence is {share}; it can be 0 to 1"))),
    }
}
