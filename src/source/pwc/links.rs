//! `links-between-papers-and-code`: each element is a pair of a paper and a repository.

use serde_json::Value;

use super::super::facts::{add_repository, titled};
use super::super::json::JsonAccess;
use super::super::place::{RecordResult, SkippedRecord};
use super::identify;

pub(in crate::source) fn read(record: Value) -> RecordResult {
    let mut paper = titled(record.text("paper_title").unwrap_or_default())?;
    identify(&mut paper, record.text("paper_arxiv_id"), [record.text("paper_url_abs"), record.text("paper_url_pdf")]);
    let url = record.text("repo_url").ok_or_else(|| SkippedRecord::malformed("a link without `repo_url`"))?;
    let official = record.get("is_official").and_then(Value::as_bool);
    add_repository(&mut paper, url, official, record.text("framework"));
    Ok(vec![paper])
}
