//! `methods`: each element is a method, with the paper that is its source.

use serde_json::Value;

use super::super::facts::{add_repository, date_of, identify_by_url, titled};
use super::super::json::JsonAccess;
use super::super::place::{RecordResult, SkippedRecord};

pub(in crate::source) fn read(record: Value) -> RecordResult {
    let name = record.text("name").ok_or_else(|| SkippedRecord::malformed("a method without `name`"))?;
    let introduced = record.get("paper");
    let title = record.text("source_title").or_else(|| introduced?.text("title"));
    let Some(title) = title else {
        return Err(SkippedRecord::not_a_paper(format!("the method `{name}` comes with no paper")));
    };
    let mut paper = titled(title)?;
    for url in [record.text("source_url"), introduced.and_then(|paper| paper.text("url"))].into_iter().flatten() {
        identify_by_url(&mut paper, url);
    }
    let year = record.number("introduced_year").and_then(|year| u16::try_from(year).ok());
    // The dump has 2000 for an unknown year.
    paper.published = year.filter(|year| *year > 2000).and_then(|year| date_of(year, None, None));
    paper.declared.methods.push(name.to_string());
    // Most addresses lead to a file of a library that also contains the method: that is not the paper's repository.
    let is_part = |url: &&str| ["/blob/", "/tree/", "/-/", "/src/"].iter().any(|part| url.contains(part));
    if let Some(code) = record.text("code_snippet_url").filter(|url| !is_part(url)) {
        add_repository(&mut paper, code, None, None);
    }
    Ok(vec![paper])
}
