//! `datasets`: each element is a dataset, with the paper that introduces it.

use serde_json::Value;

use super::super::facts::{add_link, date, identify_by_url, titled};
use super::super::json::JsonAccess;
use super::super::place::{RecordResult, SkippedRecord};
use crate::paper::DeclaredName;

pub(in crate::source) fn read(record: Value) -> RecordResult {
    let name = record.text("name").ok_or_else(|| SkippedRecord::malformed("a dataset without `name`"))?;
    let introduced = record.get("paper").filter(|paper| paper.text("title").is_some());
    let Some(introduced) = introduced else {
        return Err(SkippedRecord::not_a_paper(format!("the dataset `{name}` comes with no paper")));
    };
    let mut paper = titled(introduced.text("title").unwrap_or_default())?;
    if let Some(url) = introduced.text("url") {
        identify_by_url(&mut paper, url);
    }
    let home = record.text("homepage");
    // The date of the dataset is also the date of its paper.
    paper.published = record.text("introduced_date").and_then(date);
    paper.declared.datasets.push(DeclaredName { name: name.to_string(), url: home.map(str::to_string) });
    paper.declared.tasks = record.texts("tasks", "task");
    if let Some(home) = home {
        add_link(&mut paper, home);
    }
    Ok(vec![paper])
}
