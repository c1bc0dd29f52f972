//! Output formats of the findings: one file for each format.

mod csv;
mod json;
mod junit;
mod markdown;

pub use csv::write_csv;
pub use json::{CheckedLinks, write_json, write_jsonl};
pub use junit::write_junit;
pub use markdown::write_markdown;
