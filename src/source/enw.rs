//! EndNote's tagged text (`.enw`, `.endf`), as Google Scholar, the ACL Anthology and publishers write it: `%T` and a
//! title, `%A` and a name, one statement a line.

use std::io::BufRead;

use super::facts::{add_link, date, marked_arxiv_id, set_authors, set_doi, spoken, titled};
use super::markup::plain;
use super::place::{FramedRecord, RecordResult, SkippedRecord, SourceInput, SourceItem};
use super::tagged::{self, TaggedFormat, TaggedReference, values_of};

/// Kinds of records that are papers (`%0`).
const PAPERS: [&str; 14] = [
    "Journal Article",
    "Electronic Article",
    "Magazine Article",
    "Conference Paper",
    "Conference Proceedings",
    "Conference Proceeding",
    "Book Section",
    "Electronic Book Section",
    "Thesis",
    "Report",
    "Unpublished Work",
    "Manuscript",
    "Preprint",
    "Generic",
];

/// Lines in which the first statements are.
const MOST_HEADER_LINES: usize = 40;

pub(super) fn looks_like(head: &str) -> bool {
    let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).take(MOST_HEADER_LINES).collect();
    let tags: Vec<char> = lines.iter().filter_map(|line| tag(line)).map(|(tag, _)| tag).collect();
    lines.first().and_then(|line| tag(line)).is_some()
        && tags.contains(&'T')
        && tags.iter().any(|tag| matches!(tag, '0' | 'A' | 'D'))
}

/// The tag of a line and its value.
fn tag(line: &str) -> Option<(char, &str)> {
    let mut rest = line.strip_prefix('%')?.chars();
    let tag = rest.next().filter(|c| c.is_ascii_alphanumeric() || "!@#$&*()+^<>=~".contains(*c))?;
    let value = rest.as_str();
    (value.is_empty() || value.starts_with(' ')).then(|| (tag, value.trim()))
}

pub(super) fn read(reader: impl BufRead, place: SourceInput) -> impl Iterator<Item = SourceItem> {
    tagged::read::<EnwRecord>(reader, place)
}

struct EnwRecord;

impl TaggedFormat for EnwRecord {
    fn line(reference: &mut TaggedReference, FramedRecord { line, record }: FramedRecord<String>) {
        reference.bytes += record.len();
        // A record begins with its kind. Older programs write no kind, and an empty line between records.
        let first = reference.statements().and_then(|statements| statements.first());
        let has_kind = first.is_some_and(|(tag, _)| tag == "0");
        match tag(&record) {
            Some(('0', kind)) => {
                reference.end::<Self>(None);
                reference.begin(line, "0", kind);
            }
            Some((tag, value)) => match reference.statements() {
                Some(statements) => statements.push((tag.to_string(), value.to_string())),
                None => reference.begin(line, &tag.to_string(), value),
            },
            None if record.trim().is_empty() => {
                if !has_kind {
                    reference.end::<Self>(None);
                }
            }
            None if reference.statements().is_none() => {
                reference.report(line, SkippedRecord::malformed("a line before the first statement of a record"));
            }
            None => reference.go_on(&record),
        }
        reference.end_if_too_large::<Self>(line);
    }

    fn end_of_input(reference: &mut TaggedReference) {
        reference.end::<Self>(None);
    }

    fn paper(statements: &[(String, String)]) -> RecordResult {
        paper(statements)
    }
}

fn paper(statements: &[(String, String)]) -> RecordResult {
    let all = |tag: &'static str| values_of(statements, tag);
    let first = |tags: &[&'static str]| tags.iter().find_map(|tag| all(tag).next());
    if let Some(kind) = first(&["0"]).filter(|kind| !PAPERS.contains(kind)) {
        return Err(SkippedRecord::not_a_paper(format!("a record of the kind `{kind}`")));
    }
    let mut paper = titled(&plain(first(&["T"]).unwrap_or_default()))?;
    paper.abstract_text = plain(first(&["X"]).unwrap_or_default());
    set_authors(&mut paper, all("A").filter_map(spoken).collect());
    // `%8` may be a whole date, or a month without its year.
    let dates = all("8").chain(all("D")).chain(all("7")).filter_map(date);
    paper.published = dates.max_by_key(|date| date.precision());
    paper.venue = first(&["J", "B", "S"]).map(plain);
    if let Some(doi) = first(&["R"]) {
        set_doi(&mut paper, doi);
    }
    paper.identify(["R", "Z", "J", "M"].into_iter().flat_map(all).filter_map(marked_arxiv_id));
    paper.library.add_tags(all("K").flat_map(|tags| tags.split(';')));
    for key in all("F") {
        paper.library.add_citation_key(key);
    }
    for url in all("U").chain(all(">")) {
        add_link(&mut paper, url);
    }
    Ok(vec![paper])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Format;

    fn all(text: &str) -> Vec<SourceItem> {
        read(text.as_bytes(), SourceInput::new("x", Format::Enw)).collect()
    }

    #[test]
    fn records_begin_with_their_kind_or_after_an_empty_line() {
        let items = all(
            "%0 Conference Proceedings\n%T Lamps\nat night\n%A Ruiz, Ana\n%A Li, Bo\n%D 2030\n%8 March\n%R 10.5555/l.1\n%X Dark.\n\nStill dark.\n%0 Web Page\n%T A page\n",
        );
        let paper = items[0].as_ref().unwrap();
        assert_eq!((paper.title.as_str(), paper.doi.as_deref()), ("Lamps at night", Some("10.5555/l.1")));
        assert_eq!((paper.abstract_text.as_str(), paper.published.unwrap().year()), ("Dark. Still dark.", 2030));
        assert_eq!(paper.authors.as_deref().unwrap(), ["Ana Ruiz", "Bo Li"]);
        assert_eq!(items[1].as_ref().unwrap_err().to_string(), "x:12: a record of the kind `Web Page`");
        let titles = |text| all(text).into_iter().map(|item| item.unwrap().title).collect::<Vec<_>>();
        assert_eq!(titles("%T A\n%A Ruiz, Ana\n\n%T B\n%D 2030\n"), ["A", "B"]);
    }

    #[test]
    fn comments_of_other_formats_are_no_statements() {
        assert!(looks_like("%0 Journal Article\n%T Lamps\n"));
        for other in ["", "% Encoding: UTF-8\n@article{a}\n", "%A comment\n\\section{T}\n", "%T\n"] {
            assert!(!looks_like(other), "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_lines_are_read(text in "(%0 |%T |%A |%D |%8 |%R |%X |%|Journal Article|\n|[a-z]{1,4}|é|2030| ){0,40}") {
            let _ = (looks_like(&text), all(&text));
        }
    }
}
