//! `papers-with-abstracts`: each element is a paper, with its tasks and methods.

use serde_json::Value;

use super::super::facts::{date, set_authors, titled};
use super::super::json::JsonAccess;
use super::super::place::RecordResult;
use super::identify;
use crate::text::single_spaced;

pub(in crate::source) fn read(record: Value) -> RecordResult {
    let mut paper = titled(record.text("title").unwrap_or_default())?;
    identify(&mut paper, record.text("arxiv_id"), [record.text("url_abs"), record.text("url_pdf")]);
    paper.abstract_text = single_spaced(record.text("abstract").unwrap_or_default());
    paper.published = record.text("date").and_then(date);
    paper.venue = record.text("conference").or(record.text("proceeding")).map(str::to_string);
    set_authors(&mut paper, record.texts("authors", "name"));
    paper.declared.tasks = record.texts("tasks", "task");
    paper.declared.methods = record.texts("methods", "name");
    Ok(vec![paper])
}
