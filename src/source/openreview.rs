//! Notes of `OpenReview`, in both versions of its interface: the second has an object around each value
//! (`content.title.value`). Submissions are papers; reviews, decisions and comments are notes below one.

use serde_json::Value;

use super::facts::{add_link, add_repository, date_of, set_authors, titled};
use super::json::{JsonAccess, RecordOutline};
use super::place::{ProblemReason, RecordResult, SkippedRecord};
use crate::paper::{OPENREVIEW_IDS, PartialDate};
use crate::text::single_spaced;

/// Fields of a submission with the address of its code.
const CODE: [&str; 8] =
    ["code", "code_url", "code_link", "github", "github_url", "software", "reproducibility_code", "code_and_data_url"];

pub(super) fn looks_like(outline: &RecordOutline) -> bool {
    let has_title = outline.has("content.title") || outline.has("content.title.value");
    let is_note = ["invitation", "invitations", "forum", "signatures"].iter().any(|field| outline.has(field));
    has_title && is_note && outline.has("id")
}

pub(super) fn read(note: Value) -> RecordResult {
    if note.get("ddate").is_some_and(|date| !date.is_null()) {
        return Err(SkippedRecord::new(ProblemReason::Deleted, "a note that was deleted"));
    }
    let id = note.text("id").unwrap_or_default();
    let is_reply = note.text("replyto").is_some() || note.text("forum").is_some_and(|forum| forum != id);
    let content = note.get("content").unwrap_or(&Value::Null);
    if is_reply || content.get("title").is_none() {
        return Err(SkippedRecord::not_a_paper("a review, a comment or another note that is not a submission"));
    }
    let text =
        |field: &str| value(content, field).and_then(Value::as_str).map(single_spaced).filter(|text| !text.is_empty());
    let mut paper = titled(&text("title").unwrap_or_default())?;
    paper.abstract_text = text("abstract").unwrap_or_default();
    set_authors(&mut paper, authors(content));
    // The date of publication, else of submission.
    paper.published = ["pdate", "odate", "cdate", "tcdate"].iter().find_map(|field| day(note.get(*field)?));
    paper.venue = text("venue").filter(|venue| is_published(venue));
    let keywords = value(content, "keywords");
    match keywords {
        Some(Value::Array(list)) => paper.library.add_tags(list.iter().filter_map(Value::as_str)),
        Some(Value::String(list)) => paper.library.add_tag_list(list),
        _ => {}
    }
    for code in CODE.iter().filter_map(|field| text(field)).filter(|code| code.starts_with("http")) {
        add_repository(&mut paper, &code, None, None);
    }
    for link in ["html", "pdf", "arxiv", "project_page", "url"].iter().filter_map(|field| text(field)) {
        if link.starts_with("http") {
            add_link(&mut paper, &link);
        }
    }
    if !id.is_empty() {
        add_link(&mut paper, &format!("https://openreview.net/forum?id={id}"));
        paper.catalogue_ids.push(format!("{OPENREVIEW_IDS}{id}"));
    }
    Ok(vec![paper])
}

/// The value of a field, which the second version puts into an object.
fn value<'v>(content: &'v Value, field: &str) -> Option<&'v Value> {
    let value = content.get(field)?;
    Some(value.get("value").unwrap_or(value))
}

/// Names in a list, as texts or as the objects of newer notes.
fn authors(content: &Value) -> Vec<String> {
    let list = value(content, "authors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let name = |author: &Value| author.as_str().or(author.text("fullname")).or(author.text("name")).map(single_spaced);
    list.iter().filter_map(name).filter(|name| !name.is_empty() && name != "Anonymous").collect()
}

/// The day of a time in milliseconds.
fn day(value: &Value) -> Option<PartialDate> {
    let time = jiff::Timestamp::from_millisecond(value.as_i64()?).ok()?;
    let day = time.to_zoned(jiff::tz::TimeZone::UTC).date();
    let small = |number: i8| u8::try_from(number).ok();
    date_of(u16::try_from(day.year()).ok()?, small(day.month()), small(day.day()))
}

/// Whether the field `venue` names where a paper appeared: for a submission it only says where it was sent.
pub(super) fn is_published(venue: &str) -> bool {
    let venue = venue.to_lowercase();
    !["submitted", "withdrawn", "rejected", "reject", "under review", "desk"].iter().any(|word| venue.contains(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_submission_is_a_paper_in_both_versions() {
        let first = json!({ "id": "aB1", "forum": "aB1", "invitation": "Lamp.cc/2019/-/Blind_Submission", "cdate": 1_538_087_700_000_i64,
            "content": { "title": "Lamps", "abstract": "We light.", "authors": ["Ana Ruiz"], "keywords": ["moths"], "code": "https://github.com/moths/lamps" } });
        let second = json!({ "id": "aB1", "forum": "aB1", "invitations": ["Lamp.cc/2024/-/Submission"], "pdate": 1_705_410_577_000_i64,
            "content": { "title": { "value": "Lamps" }, "abstract": { "value": "We light." }, "authors": { "value": [{ "fullname": "Ana Ruiz", "username": "~Ana_Ruiz1" }] },
                "venue": { "value": "Lamps 2024 poster" }, "keywords": { "value": ["moths"] } } });
        for (note, date, venue) in [(first, "2018-09-27", None), (second, "2024-01-16", Some("Lamps 2024 poster"))] {
            let paper = read(note).unwrap().remove(0);
            assert_eq!((paper.title.as_str(), paper.abstract_text.as_str()), ("Lamps", "We light."));
            assert_eq!(paper.authors.as_deref().unwrap(), ["Ana Ruiz"]);
            assert_eq!((paper.published.unwrap().to_string().as_str(), paper.venue.as_deref()), (date, venue));
            assert!(paper.library.tags.contains("moths"));
            assert_eq!(paper.urls, ["https://openreview.net/forum?id=aB1"]);
        }
    }

    #[test]
    fn where_a_paper_was_only_sent_is_not_a_venue() {
        assert!(is_published("NeurIPS 2023 spotlight"));
        for venue in ["Submitted to ICLR 2024", "ICLR 2024 Conference Withdrawn Submission", "ICLR 2024 Desk Rejected"]
        {
            assert!(!is_published(venue), "{venue}");
        }
    }

    #[test]
    fn replies_are_counted_and_give_no_paper() {
        for note in [
            json!({ "id": "b", "forum": "aB1", "replyto": "aB1", "content": { "title": { "value": "Thanks" } } }),
            json!({ "id": "b", "forum": "b", "content": { "review": { "value": "Good." } } }),
        ] {
            assert_eq!(read(note).unwrap_err().reason, ProblemReason::NotAPaper);
        }
    }
}
