//! Paper Copilot's lists of the papers of a conference: one JSON array for each conference and year. The addresses of
//! the papers name the conference, or the name of the file does (`iclr2024.json`).

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::facts::{add_link, add_repository, date_of, set_authors, titled};
use super::json::{JsonAccess, RecordOutline};
use super::openreview::is_published;
use super::place::{RecordResult, SkippedRecord};
use crate::paper::{OPENREVIEW_IDS, Paper, PaperId};
use crate::text::single_spaced;

/// Fields with addresses of the paper, its page and its talks.
const LINKS: [&str; 6] = ["site", "oa", "openreview", "proceeding", "pdf", "project"];

pub(super) fn looks_like(outline: &RecordOutline) -> bool {
    let of_a_list = ["aff", "track", "site", "rating", "gs_citation"].iter().filter(|field| outline.has(field)).count();
    outline.has("title")
        && outline.has("status")
        && outline.has("author")
        && !outline.has_list("author")
        && of_a_list > 0
}

/// Reads the records of a file with this name.
pub(super) fn reader(file: &str) -> impl FnMut(Value) -> RecordResult + Send + use<> {
    let of_file = Path::new(file).file_name().and_then(|name| conference_of_file(&name.to_string_lossy()));
    move |record| read(&record, of_file.as_ref())
}

fn read(record: &Value, of_file: Option<&(String, u16)>) -> RecordResult {
    let mut paper = titled(record.text("title").unwrap_or_default())?;
    paper.abstract_text = single_spaced(record.text("abstract").unwrap_or_default());
    let people = record.text("author").or(record.text("author_site")).unwrap_or_default();
    let between = if people.contains(';') { ';' } else { ',' };
    set_authors(&mut paper, people.split(between).map(single_spaced).filter(|name| !name.is_empty()).collect());
    let status = record.text("status").unwrap_or_default();
    let links = || LINKS.iter().filter_map(|field| record.text(field));
    let conference = links().find_map(conference_of_address).or_else(|| of_file.cloned());
    if let Some((name, year)) = conference {
        paper.published = date_of(year, None, None);
        // A status such as "Reject" or "Withdraw" says that it did not appear there.
        let appeared = is_published(status) && !status.eq_ignore_ascii_case("withdraw") && !status.is_empty();
        paper.venue = appeared.then(|| format!("{name} {year}"));
    }
    paper.library.add_tag_list(record.text("keywords").unwrap_or_default());
    paper.identify(record.text("arxiv").and_then(PaperId::arxiv));
    for link in links().filter(|link| link.starts_with("http")) {
        add_link(&mut paper, link);
        forum(&mut paper, link);
    }
    for code in record.text("github").unwrap_or_default().split([';', ' ']).filter(|code| code.starts_with("http")) {
        add_repository(&mut paper, code.trim_end_matches(['.', ',']), None, None);
    }
    if paper.authors.is_none() && paper.urls.is_empty() && !paper.id.is_registered() && status.is_empty() {
        return Err(SkippedRecord::malformed("a record without authors, status and addresses"));
    }
    Ok(vec![paper])
}

/// Records the id in an address at `OpenReview`.
fn forum(paper: &mut Paper, link: &str) {
    static FORUM: LazyLock<Regex> = LazyLock::new(|| pattern(r"openreview\.net/(?:forum|pdf)\?id=([\w-]+)"));
    if let Some(id) = FORUM.captures(link).and_then(|found| found.get(1)) {
        let id = format!("{OPENREVIEW_IDS}{}", id.as_str());
        if !paper.catalogue_ids.contains(&id) {
            paper.catalogue_ids.push(id);
        }
    }
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of the program is sound")
}

/// The conference and year in an address: `iclr.cc/virtual/2024/poster/…`, `openaccess.thecvf.com/content/CVPR2024/…`.
fn conference_of_address(url: &str) -> Option<(String, u16)> {
    static VIRTUAL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)//(?:www\.)?([a-z]{3,10})\.(?:cc|thecvf\.com|ecva\.net|org)/virtual/([0-9]{4})/")
    });
    static PROCEEDINGS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)openaccess\.thecvf\.com/content(?:_|/)([a-z]+)_?([0-9]{4})/"));
    let found = VIRTUAL.captures(url).or_else(|| PROCEEDINGS.captures(url))?;
    Some((name(&found[1]), found[2].parse().ok()?))
}

/// The conference and year in the name of a file: `iclr2024.json`.
fn conference_of_file(file: &str) -> Option<(String, u16)> {
    static FILE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^([a-z]{2,10})[_-]?((?:19|20)[0-9]{2})\b"));
    let found = FILE.captures(file)?;
    Some((name(&found[1]), found[2].parse().ok()?))
}

/// The name of a conference as people write it.
fn name(letters: &str) -> String {
    match letters.to_lowercase().as_str() {
        "nips" | "neurips" => "NeurIPS".to_string(),
        "corl" => "CoRL".to_string(),
        other => other.to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_conference_is_that_of_the_addresses_or_of_the_file() {
        let mut of_file = reader("lists/iclr2024.json");
        let paper = of_file(
            json!({ "title": "Lamps", "status": "Poster", "author": "Ana Ruiz;Bo Dam", "keywords": "moths;lamps", "github": "" }),
        );
        let paper = paper.unwrap().remove(0);
        assert_eq!((paper.venue.as_deref(), paper.author_count), (Some("ICLR 2024"), Some(2)));
        assert_eq!(paper.library.tags.len(), 2);
        let record = json!({ "title": "Lamps", "status": "Highlight", "author": "Ana Ruiz, Bo Dam",
            "site": "https://cvpr.thecvf.com/virtual/2030/poster/1", "github": "https://github.com/moths/lamps." });
        let paper = reader("list.json")(record).unwrap().remove(0);
        assert_eq!((paper.venue.as_deref(), paper.published.unwrap().year()), (Some("CVPR 2030"), 2030));
        assert_eq!(paper.declared.repositories[0].url, "https://github.com/moths/lamps");
    }

    #[test]
    fn a_paper_that_was_not_accepted_has_no_venue() {
        for status in ["Reject", "Withdraw", "Desk Reject"] {
            let record = json!({ "title": "Lamps", "status": status, "author": "Ana Ruiz" });
            let paper = reader("iclr2024.json")(record).unwrap().remove(0);
            assert_eq!((paper.venue, paper.published.map(|date| date.year())), (None, Some(2024)));
        }
    }
}
