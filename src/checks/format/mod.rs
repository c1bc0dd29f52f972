//! Output formats of the findings: one file for each format.

mod csv;
mod json;
mod junit;
mod markdown;

pub(crate) use csv::write_csv;
pub(crate) use json::{CheckedLinks, write_json, write_jsonl};
pub(crate) use junit::write_junit;
pub(crate) use markdown::write_markdown;
