//! Entries of the page as it is since 2026: "Submitted by", a handle, the number of votes, the title, the organisation
//! or the number of authors, and the numbers of stars and comments, each on a line of its own.

use super::{ListedDate, ListingEntry, ListingLine, author_count, is_prose};

/// Number of lines in one entry; later lines are another part of the page.
pub(super) const MOST_LINES: usize = 16;

/// Whether an entry begins with this line.
pub(super) fn is_mark(line: &str) -> bool {
    line.eq_ignore_ascii_case("submitted by") || line.eq_ignore_ascii_case("submitted by:")
}

/// The entry in the lines after the mark, and the lines that do not belong to it.
pub(super) fn entry(lines: Vec<ListingLine>) -> (Option<ListingEntry>, Vec<ListingLine>) {
    let votes = lines.iter().take(4).position(|line| count(&line.text).is_some() || line.text == "-");
    // Without votes, the title follows the handle.
    let title = votes.map_or(1, |votes| votes + 1);
    let mut lines = lines.into_iter().skip(title);
    let Some(title) = lines.next() else { return (None, Vec::new()) };
    let mut entry = ListingEntry {
        line: title.number,
        title: title.text,
        abstract_text: String::new(),
        author_count: None,
        organization: None,
        date: None,
        comments: None,
    };
    let mut unused = Vec::new();
    for line in lines {
        let text = line.text.as_str();
        // Stars come before comments: the last number counts.
        if let Some(number) = count(text) {
            entry.comments = u32::try_from(number).ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
        } else if let Some(authors) = author_count(text) {
            entry.author_count = Some(authors);
        } else if let Some(date) = ListedDate::parse(text) {
            entry.date = Some(date);
        } else if is_prose(text) {
            if entry.abstract_text.is_empty() { entry.abstract_text = line.text } else { entry.go_on(text) }
        } else if text == "·" || text == "•" {
        } else if entry.organization.is_none() && entry.author_count.is_none() && text.chars().count() <= 120 {
            entry.organization = Some(line.text);
        } else {
            unused.push(line);
        }
    }
    (Some(entry), unused)
}

/// `41`, `1.2k`.
fn count(text: &str) -> Option<u64> {
    let number = text.trim_end_matches(['k', 'K', 'M']);
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',');
    is_number.then(|| number.replace(['.', ','], "").parse().ok())?
}
