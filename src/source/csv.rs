//! Tables of papers with a line of column names, separated by commas, semicolons or tabs, from reference managers,
//! registries and spreadsheets. The names are those that `jsonl` knows.

use std::io::{self, BufRead, Read};

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::jsonl::{is_known, known_names, paper_of};
use super::place::{ProblemReason, SkippedRecord, SourceInput, SourceItem};

/// Separators of columns, the most frequent first.
const SEPARATORS: [u8; 3] = [b',', b'\t', b';'];

/// Size limit of one row: after a surplus quotation mark, the rest of the file is one row.
const MAX_ROW_BYTES: u64 = 16 * 1024 * 1024;

/// The longest name of a column in a table that is recognised by its shape.
const MAX_NAME_CHARS: usize = 40;

/// Number of consecutive rows that cannot be read; the rest is not a table then.
const MOST_FAULTS: u32 = 1000;

/// Whether the first line names a column of titles and another known column.
pub(super) fn looks_like(head: &str) -> bool {
    separator(head).is_some()
}

fn separator(head: &str) -> Option<u8> {
    let known = |separator: u8| {
        let mut reader = ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(head.as_bytes());
        let mut names = StringRecord::new();
        reader.read_record(&mut names).ok().filter(|read| *read)?;
        known_names(names.iter().map(name)).filter(|known| *known >= 2)
    };
    SEPARATORS
        .into_iter()
        .filter_map(|separator| Some((known(separator)?, separator)))
        .max_by_key(|(known, _)| *known)
        .map(|(_, separator)| separator)
}

/// The names of the columns, if the first lines look like a table: both have the same number of columns, and each
/// column has a short name of its own.
pub(super) fn columns_of_table(head: &str) -> Option<Vec<String>> {
    SEPARATORS.into_iter().filter_map(|separator| columns_by(head, separator)).max_by_key(Vec::len)
}

fn columns_by(head: &str, separator: u8) -> Option<Vec<String>> {
    let mut reader = ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(head.as_bytes());
    let (mut names, mut row) = (StringRecord::new(), StringRecord::new());
    // A second line with another number of columns is an error.
    let is_table = reader.read_record(&mut names).ok()? && reader.read_record(&mut row).ok()?;
    let names: Vec<String> = names.iter().map(|n| name(n).to_string()).collect();
    let is_name = |name: &String| (1..=MAX_NAME_CHARS).contains(&name.chars().count());
    let is_unique = |(at, name): (usize, &String)| !names[..at].contains(name);
    (is_table && names.len() > 1 && names.iter().all(is_name) && names.iter().enumerate().all(is_unique))
        .then_some(names)
}

/// Whether the first line names one of the columns that the user names.
pub(super) fn has_columns(head: &[u8], columns: &[(String, String)]) -> bool {
    let head = String::from_utf8_lossy(head);
    !columns.is_empty() && SEPARATORS.into_iter().any(|separator| fitting(&head, separator, columns) > 0)
}

/// Number of the columns named by the user that the first line has.
fn fitting(head: &str, separator: u8, columns: &[(String, String)]) -> usize {
    let mut reader = ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(head.as_bytes());
    let mut names = StringRecord::new();
    let is_read = reader.read_record(&mut names).unwrap_or(false);
    let named = |column: &str| names.iter().any(|found| name(found) == column);
    if is_read { columns.iter().filter(|(_, column)| named(column)).count() } else { 0 }
}

/// Whether a field of papers has this name, so that `--columns` may use it.
pub(super) fn is_field(name: &str) -> bool {
    is_known(name)
}

/// The column names; a column that the user names gets the name of its field.
///
/// # Errors
/// A message, if a column that the user names does not exist.
fn renamed(mut names: Vec<String>, columns: &[(String, String)]) -> Result<Vec<String>, String> {
    for (field, column) in columns {
        let Some(at) = names.iter().position(|name| name == column) else {
            return Err(format!(
                "no column is called `{column}` (--columns); the first line names {}",
                names.join(", ")
            ));
        };
        // Another column with the name of the field is not meant.
        names.iter_mut().filter(|name| name.eq_ignore_ascii_case(field)).for_each(String::clear);
        names[at].clone_from(field);
    }
    Ok(names)
}

/// A column name without the mark that some programs write before the first.
fn name(name: &str) -> &str {
    name.trim_start_matches('\u{feff}').trim()
}

/// The papers of a table that begins with `head`; `columns` are pairs of a field and a column that the user names.
pub(super) fn read<R: BufRead + Send + 'static>(
    reader: R,
    head: &[u8],
    columns: &[(String, String)],
    place: SourceInput,
) -> impl Iterator<Item = SourceItem> + Send + use<R> {
    let head = String::from_utf8_lossy(head);
    // If no column has a name that the user gives, the shape decides, so that the error lists the columns.
    let fit = |separator: &u8| {
        (fitting(&head, *separator, columns), columns_by(&head, *separator).map_or(0, |names| names.len()))
    };
    let most_named = || SEPARATORS.into_iter().rev().max_by_key(fit);
    let separator = if columns.is_empty() { separator(&head) } else { most_named() }.unwrap_or(SEPARATORS[0]);
    let reader = LimitedStream { reader, left: MAX_ROW_BYTES };
    let mut reader = ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(reader);
    let names: Result<Vec<String>, String> = reader
        .headers()
        .map(|names| names.iter().map(|n| name(n).to_string()).collect())
        .map_err(|e| format!("not CSV: {e}"));
    let names = names.and_then(|names| renamed(names, columns));
    let mut faults = 0;
    let mut row = StringRecord::new();
    std::iter::from_fn(move || {
        let names = match &names {
            Ok(names) => names,
            Err(_) if faults > 0 => return None,
            Err(message) => {
                faults = 1;
                return Some(vec![Err(place.problem(1, SkippedRecord::malformed(message.clone())))]);
            }
        };
        if faults > MOST_FAULTS {
            return None;
        }
        reader.get_mut().left = MAX_ROW_BYTES;
        let line = reader.position().line();
        match reader.read_record(&mut row) {
            Ok(false) => None,
            Ok(true) => {
                faults = 0;
                // The row's lines include blank lines above it.
                Some(items(names, &row, row.position().map_or(line, csv::Position::line), &place))
            }
            Err(error) => {
                let is_over = matches!(error.kind(), csv::ErrorKind::Io(_));
                faults = if is_over { MOST_FAULTS + 1 } else { faults + 1 };
                Some(vec![Err(place.problem(line, fault(&error)))])
            }
        }
    })
    .flatten()
}

fn fault(error: &csv::Error) -> SkippedRecord {
    match error.kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            SkippedRecord::new(ProblemReason::TooLarge, error.to_string())
        }
        csv::ErrorKind::Io(error) => SkippedRecord::cut_off(super::compressed::unreadable(error)),
        csv::ErrorKind::Utf8 { .. } => {
            SkippedRecord::malformed("not UTF-8; convert the file, for example with `iconv -t UTF-8`")
        }
        _ => SkippedRecord::malformed(format!("not CSV: {error}")),
    }
}

/// The paper of a row, and messages about the fields that were left out.
fn items(names: &[String], row: &StringRecord, line: u64, place: &SourceInput) -> Vec<SourceItem> {
    let mut record = Map::new();
    for (name, value) in names.iter().zip(row).filter(|(_, value)| !value.trim().is_empty()) {
        record.entry(name.as_str()).or_insert_with(|| Value::from(value.trim()));
    }
    if record.is_empty() {
        return Vec::new();
    }
    match paper_of(&record, false) {
        Ok((paper, left_out)) => {
            let problem = |message| Err(place.problem(line, SkippedRecord::new(ProblemReason::Field, message)));
            std::iter::once(place.paper(line, paper)).chain(left_out.into_iter().map(problem)).collect()
        }
        // A row with any content has all columns.
        Err(skipped) if skipped.reason == ProblemReason::Malformed => {
            vec![Err(place.problem(line, SkippedRecord::untitled()))]
        }
        Err(skipped) => vec![Err(place.problem(line, skipped))],
    }
}

/// A stream that returns at most `left` bytes for one row.
struct LimitedStream<R> {
    reader: R,
    left: u64,
}

impl<R: BufRead> Read for LimitedStream<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let message = format!("a row is larger than {} MiB: a quotation mark is missing", MAX_ROW_BYTES >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        let read = self.reader.read(out)?;
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Format;

    fn all_of(text: &str, columns: &[(String, String)]) -> Vec<String> {
        let place = SourceInput::new("x.csv", Format::Csv);
        let shown = |item: SourceItem| match item {
            Ok(paper) => format!(
                "{} {} {:?} {:?}",
                paper.sources[0].line,
                paper.title,
                paper.id.key(),
                paper.authors.unwrap_or_default()
            ),
            Err(problem) => problem.to_string(),
        };
        read(io::Cursor::new(text.to_string()), text.as_bytes(), columns, place).map(shown).collect()
    }

    fn all(text: &str) -> Vec<String> {
        all_of(text, &[])
    }

    #[test]
    fn columns_that_the_user_names_are_read_as_their_fields() {
        let text = "Titel;title;Jahr\nLampen;no;2030\n";
        let columns =
            [("title", "Titel"), ("year", "Jahr")].map(|(field, column)| (field.to_string(), column.to_string()));
        assert!(has_columns(text.as_bytes(), &columns));
        assert_eq!(all_of(text, &columns), ["2 Lampen \"lampen\" []"]);
        let missing = [("title".to_string(), "Name".to_string())];
        let error = "x.csv:1: no column is called `Name` (--columns); the first line names Titel, title, Jahr";
        assert_eq!(all_of("Titel,title,Jahr\n", &missing), [error]);
        assert_eq!(all_of("Titel;title;Jahr\nLampen;no;2030\n", &missing), [error]);
    }

    #[test]
    fn a_table_is_seen_by_its_shape() {
        let columns = columns_of_table("Name;Jahr;Ort\nLampen;2030;\"Bonn; am Rhein\"\n");
        assert_eq!(columns.unwrap(), ["Name", "Jahr", "Ort"]);
        assert_eq!(columns_of_table("First, we look at lamps.\nThen, we look at moths, and at wicks.\n"), None);
        assert_eq!(columns_of_table("a,a\nb,c\n"), None);
        assert_eq!(columns_of_table("One line, and no more"), None);
    }

    #[test]
    fn columns_are_known_by_their_names_and_separators_by_the_first_line() {
        for separator in [",", ";", "\t"] {
            let text = "Title|Year|arXiv ID|Authors\n\"Lamps\nand Moths\"|2030|3001.00001|\"Ruiz, Ana and Dam, Bo\"\nMore Lamps|||\n".replace('|', separator);
            assert!(looks_like(&text));
            assert_eq!(
                all(&text),
                [
                    "2 Lamps\nand Moths \"arxiv-3001.00001\" [\"Ana Ruiz\", \"Bo Dam\"]",
                    "4 More Lamps \"more-lamps\" []"
                ]
            );
        }
        assert!(!looks_like("name,value\na,b\n"));
        assert!(!looks_like("Title\nA paper\n"));
    }

    #[test]
    fn a_row_without_a_title_is_reported_and_the_next_is_read() {
        assert_eq!(
            all("title,year\n,2030\nLamps,soon\n"),
            [
                "x.csv:2: the title is empty",
                "3 Lamps \"lamps\" []",
                "x.csv:3: `year` is left out: \"soon\" is not a date; write 2024, 2024-07 or 2024-07-10",
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_table_is_read(text in "(title|year|doi|[,;\t\n\"]|[a-z]{1,3}|é|20[0-9]{2}){0,60}") {
            let _ = (looks_like(&text), columns_of_table(&text), all(&text));
        }
    }
}
