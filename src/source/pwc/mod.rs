//! The dumps of Papers with Code, which many have kept since the site was switched off in July 2025. Each is one JSON
//! array: papers with abstracts, links between papers and code, datasets, methods, and evaluation tables.

mod datasets;
mod evaluations;
mod links;
mod methods;
mod papers;

pub(super) use evaluations::read as evaluations;
pub(super) use {datasets::read as datasets, links::read as links, methods::read as methods, papers::read as papers};

use super::Format;
use super::facts::identify_by_url;
use super::json::RecordOutline;
use crate::paper::{Paper, PaperId};

/// An element of the evaluation tables is a task with all its tables.
pub(super) const MAX_TASK_BYTES: usize = 128 * 1024 * 1024;

/// Which dump it is.
pub(super) fn detect(outline: &RecordOutline) -> Option<Format> {
    if outline.has("repo_url") && (outline.has("paper_url") || outline.has("paper_title")) {
        return Some(Format::PwcLinks);
    }
    // A task can come after all its tables.
    let tables = ["datasets[].sota", "datasets[].dataset_links", "datasets[].dataset_citations"];
    let has_tables = tables.iter().any(|field| outline.has(field));
    if outline.has("sota") || has_tables || (outline.has("task") && outline.has("subtasks")) {
        return Some(Format::PwcEvaluations);
    }
    if outline.has("url_abs") && outline.has("paper_url") {
        return Some(Format::PwcPapers);
    }
    if outline.has("num_papers") && outline.has("introduced_date") {
        return Some(Format::PwcDatasets);
    }
    (outline.has("introduced_year") && outline.has("source_title")).then_some(Format::PwcMethods)
}

/// Records the identity of a paper from its arXiv id and addresses. Its page on the site itself says nothing.
fn identify(paper: &mut Paper, arxiv: Option<&str>, addresses: [Option<&str>; 2]) {
    paper.identify(arxiv.and_then(PaperId::arxiv));
    for address in addresses.into_iter().flatten() {
        identify_by_url(paper, address);
    }
}
