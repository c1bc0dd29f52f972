//! The papers of the files that an example gets as arguments.

use std::path::Path;

use papergraph::internals::collection::Collection;
use papergraph::paper::Paper;
use papergraph::source::{Input, ReadOptions, read};

/// The papers of all files in the arguments, merged. A file that cannot be read is reported on standard error.
pub(crate) fn papers_of_arguments() -> Vec<Paper> {
    let mut collection = Collection::default();
    for file in std::env::args().skip(1) {
        match read(&Input::new(Path::new(&file)), &ReadOptions::default()) {
            Ok(papers) => papers.filter_map(Result::ok).for_each(|paper| collection.add(paper)),
            Err(problem) => eprintln!("{problem}"),
        }
    }
    collection.into_papers()
}
