//! The daily-papers API of Hugging Face: a list of entries (`/api/daily_papers?date=…`), each a paper with what the
//! community says of it, or papers alone (`/api/papers/…`). A paper's id is its arXiv id.

use serde_json::Value;

use super::facts::{add_link, add_repository, date, set_authors, titled};
use super::json::{JsonAccess, RecordOutline};
use super::place::{RecordResult, SkippedRecord};
use crate::paper::PaperId;
use crate::text::single_spaced;

pub(super) fn looks_like(outline: &RecordOutline) -> bool {
    outline.has("paper.id") && outline.has("paper.title")
        || (outline.has("upvotes") && outline.has("summary") && outline.has("id"))
}

pub(super) fn read(entry: Value) -> RecordResult {
    let inner = entry.get("paper").filter(|paper| paper.is_object()).unwrap_or(&entry);
    let title = inner.text("title").or(entry.text("title")).ok_or_else(SkippedRecord::untitled)?;
    let mut paper = titled(title)?;
    paper.identify(inner.text("id").and_then(PaperId::arxiv));
    paper.abstract_text = single_spaced(inner.text("summary").or(entry.text("summary")).unwrap_or_default());
    paper.published = inner.text("publishedAt").or(entry.text("publishedAt")).and_then(date);
    set_authors(&mut paper, inner.texts("authors", "name"));
    let organization = entry.get("organization").or(inner.get("organization"));
    paper.organization = organization.and_then(|o| o.text("fullname").or(o.text("name"))).map(str::to_string);
    paper.comments = entry.number("numComments").and_then(|n| n.try_into().ok());
    if let Some(code) = inner.text("githubRepo") {
        // The page lists the repository that the authors or the community entered: it does not say who.
        add_repository(&mut paper, code, None, None);
    }
    if let Some(page) = inner.text("projectPage") {
        add_link(&mut paper, page);
    }
    Ok(vec![paper])
}
