//! What PubMed saves for reference managers (`.nbib`, the MEDLINE format): `PMID- 123`, `TI  - …`, and continuation
//! lines that begin with six spaces.

use std::io::BufRead;

use super::facts::{add_link, date_of, month, set_authors, set_doi, spoken, titled};
use super::markup::plain;
use super::place::{FramedRecord, RecordResult, SkippedRecord, SourceInput, SourceItem};
use super::tagged::{self, TaggedFormat, TaggedReference, values_of};
use crate::paper::PartialDate;

pub(super) fn looks_like(head: &str) -> bool {
    let first = head.lines().find(|line| !line.trim().is_empty());
    first.and_then(tag).is_some_and(|(tag, value)| tag == "PMID" && value.bytes().all(|b| b.is_ascii_digit()))
}

/// The tag of a line and its value: four characters, padded with spaces, and a hyphen.
fn tag(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_at_checked(4)?;
    let tag = name.trim_end();
    let is_tag = tag.len() >= 2 && tag.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    value.strip_prefix('-').filter(|_| is_tag).map(|value| (tag, value.trim()))
}

pub(super) fn read(reader: impl BufRead, place: SourceInput) -> impl Iterator<Item = SourceItem> {
    tagged::read::<NbibRecord>(reader, place)
}

struct NbibRecord;

impl TaggedFormat for NbibRecord {
    fn line(reference: &mut TaggedReference, FramedRecord { line, record }: FramedRecord<String>) {
        match tag(&record) {
            Some(("PMID", value)) => {
                reference.end::<Self>(None);
                reference.begin(line, "PMID", value);
            }
            Some((tag, value)) => match reference.statements() {
                Some(statements) => statements.push((tag.to_string(), value.to_string())),
                None => reference.report(line, SkippedRecord::malformed("a statement before the `PMID` of a record")),
            },
            None => reference.go_on(&record),
        }
        reference.bytes += record.len();
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
    let title = plain(first(&["TI", "BTI"]).unwrap_or_default());
    let mut paper = titled(title.trim_end_matches('.').trim_matches(['[', ']']))?;
    paper.abstract_text = plain(first(&["AB"]).unwrap_or_default());
    paper.published = first(&["DP", "DEP"]).and_then(published);
    let full: Vec<String> = all("FAU").filter_map(spoken).collect();
    set_authors(&mut paper, if full.is_empty() { all("AU").map(str::to_string).collect() } else { full });
    paper.venue = first(&["JT", "TA"]).map(plain);
    for id in all("LID").chain(all("AID")).filter_map(|id| id.strip_suffix("[doi]")) {
        set_doi(&mut paper, id.trim());
    }
    for url in all("4099").chain(all("URL")) {
        add_link(&mut paper, url);
    }
    Ok(vec![paper])
}

/// `2020 Mar 5`, `2020 Mar-Apr`, `2020`, `20200305`.
pub(super) fn published(text: &str) -> Option<PartialDate> {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return date_of(text[..4].parse().ok()?, text[4..6].parse().ok(), text[6..].parse().ok());
    }
    let mut words = text.split([' ', '-', '/']);
    let year = words.next()?.parse().ok()?;
    date_of(year, words.next().and_then(month), words.next().and_then(|day| day.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Format;

    fn all(text: &str) -> Vec<SourceItem> {
        read(text.as_bytes(), SourceInput::new("x", Format::Nbib)).collect()
    }

    #[test]
    fn lines_that_go_on_belong_to_the_statement_above_them() {
        let items = all(
            "\nPMID- 1\nTI  - Lamps\n      at night.\nDP  - 2030 Mar-Apr\nLID - 10.5555/l.1 [doi]\nFAU - Ruiz, Ana\nAU  - Ruiz A\n\nPMID- 2\nAB  - No title.\n",
        );
        let paper = items[0].as_ref().unwrap();
        assert_eq!((paper.title.as_str(), paper.doi.as_deref()), ("Lamps at night", Some("10.5555/l.1")));
        assert_eq!(
            (paper.published.unwrap().to_string().as_str(), paper.authors.clone().unwrap()),
            ("2030-03", vec!["Ana Ruiz".to_string()])
        );
        assert_eq!(items[1].as_ref().unwrap_err().to_string(), "x:10: the title is empty");
    }

    proptest::proptest! {
        #[test]
        fn any_lines_are_read(text in "(PMID- 1|TI  - |DP  - |LID - |FAU - |      |\n|[a-z]{1,4}|é|2030|\\[doi\\]){0,40}") {
            let _ = (looks_like(&text), all(&text));
        }
    }
}
