//! A table reduced to its words, line by line, as written by converters that do not see columns. Numbers separate the
//! rows: a row is its label and the numbers after it, and the lines before the first row are the header.

use std::sync::LazyLock;

use regex::Regex;

use crate::document::{Cell, Table};
use crate::text::single_spaced;

/// The table that such a text contains.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct LooseTable {
    /// Sentences before the header.
    pub caption: String,
    /// Empty if no two rows have the same number of values.
    pub rows: Vec<Vec<Cell>>,
}

/// A line with this many words is a sentence, not a header.
const SENTENCE_WORDS: usize = 7;

/// No printed table is longer.
const MAX_LINES: usize = 2_000;

/// `Table 2 . Best results` as the label `Table 2` and the rest; `number` is used if the text has none.
pub(super) fn split_label<'t>(head: &'t str, kind: &str, number: &str) -> (String, &'t str) {
    let behind = head.get(..kind.len()).filter(|start| start.eq_ignore_ascii_case(kind)).map(|_| &head[kind.len()..]);
    let Some(behind) = behind else {
        return (if number.is_empty() { String::new() } else { format!("{kind} {number}") }, head);
    };
    let behind = behind.trim_start();
    let end = behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(behind.len());
    let printed = behind[..end].trim_end_matches('.');
    if printed.is_empty() || !printed.contains(|c: char| c.is_ascii_digit() || matches!(c, 'I' | 'V' | 'X')) {
        return (if number.is_empty() { String::new() } else { format!("{kind} {number}") }, behind);
    }
    (format!("{kind} {printed}"), behind[end..].trim_start_matches([' ', '.', ':', '|', '-', '–']))
}

/// The score F₁, whose index converters separate.
pub(super) static F_SCORE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bF[ \t]1(\s|$)").expect("a pattern of the program is sound"));

/// Least number of runs of tables that end with a caption without rows. A single one may have lost its rows.
const MIN_RUNS: usize = 2;

/// Gives rows to the caption below them. If a paper prints captions below its tables, the converter begins a table at
/// each caption, so that it has the rows of the next. Then every run of tables with rows ends with a caption alone.
pub(super) fn move_rows_below_captions(tables: &mut [Table]) {
    let number = |table: &Table| table.label.rsplit(' ').next()?.parse::<u32>().ok();
    let (mut moved, mut runs, mut others) = (Vec::new(), 0, 0);
    for (at, table) in tables.iter().enumerate() {
        let Some(own) = number(table).filter(|_| !table.rows.is_empty()) else { continue };
        let next = tables.get(at + 1);
        // A reference to a table in the text can be read as its caption.
        match next.and_then(|next| Some((next, number(next)?))) {
            Some((next, number)) if number == own || number == own + 1 => {
                moved.push(at);
                runs += usize::from(next.rows.is_empty() && !next.caption.is_empty());
            }
            _ => others += 1,
        }
    }
    if runs < MIN_RUNS || others * 2 > runs {
        return;
    }
    for at in moved.into_iter().rev() {
        tables[at + 1].rows = std::mem::take(&mut tables[at].rows);
    }
}

pub(super) fn read(text: &str) -> LooseTable {
    let text = &F_SCORE.replace_all(text, "F1$1");
    let mut lines: Vec<LooseLine> =
        text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MAX_LINES).map(LooseLine::new).collect();
    let prose = lines.iter().take_while(|line| line.is_sentence()).count();
    // The last line of a sentence is short and ends it.
    let ends = lines.get(prose).is_some_and(|line| prose > 0 && line.numbers.is_empty() && line.words.ends_with('.'));
    let caption: Vec<String> =
        lines.drain(..prose + usize::from(ends)).map(|line| join(&line.words, &line.numbers)).collect();
    LooseTable { caption: single_spaced(&caption.join(" ").replace("- ", "")), rows: rows(&lines) }
}

/// Words, and the numbers at the end.
struct LooseLine<'t> {
    words: String,
    numbers: Vec<&'t str>,
}

impl<'t> LooseLine<'t> {
    fn new(line: &'t str) -> Self {
        let tokens: Vec<&str> = line.split_whitespace().collect();
        let first = tokens.iter().rposition(|token| !is_number(token)).map_or(0, |at| at + 1);
        // `CoNLL 2003` is a name, and the last one of a header.
        let is_name = first > 0 && first + 1 == tokens.len() && tokens.get(first).is_some_and(|last| is_year(last));
        let first = if is_name { tokens.len() } else { first };
        Self { words: tokens[..first].join(" "), numbers: tokens[first..].to_vec() }
    }

    fn is_sentence(&self) -> bool {
        self.numbers.len() < 2 && self.words.split_whitespace().count() >= SENTENCE_WORDS
    }
}

fn is_year(token: &str) -> bool {
    token.len() == 4
        && token.bytes().all(|b| b.is_ascii_digit())
        && (token.starts_with("19") || token.starts_with("20"))
}

/// The words of a header; a year is joined with the word before it.
pub(super) fn header_words(lines: &[String]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in lines.iter().flat_map(|line| line.split_whitespace()) {
        match words.last_mut() {
            Some(name) if is_year(word) => *name = format!("{name} {word}"),
            _ => words.push(word.to_string()),
        }
    }
    words
}

/// `43.5`, `-0.2`, `97.4%`, `3.1±0.2`, `12,345`, `24M`, and the dashes that mean no value.
pub(super) fn is_number(token: &str) -> bool {
    let token = token.strip_suffix(['M', 'B', 'K']).filter(|number| number.len() > 1).unwrap_or(token);
    let plain = token.trim_end_matches(['*', '†', '‡', '%', '⋆', '∗']).trim_start_matches(['~', '+', '-', '−', '±']);
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    matches!(token, "-" | "–" | "—" | "--" | "N/A" | "n/a")
        || (digits > 0 && plain.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '±')))
}

/// A row of the text: the lines before its numbers; the last line is its label.
#[derive(Default)]
struct LooseRow<'t> {
    before: Vec<String>,
    values: Vec<&'t str>,
}

fn rows(lines: &[LooseLine]) -> Vec<Vec<Cell>> {
    let mut all: Vec<LooseRow> = Vec::new();
    let mut row = LooseRow::default();
    for line in lines {
        if !line.words.is_empty() && !row.values.is_empty() {
            all.push(std::mem::take(&mut row));
        }
        if !line.words.is_empty() {
            row.before.push(line.words.clone());
        }
        row.values.extend(&line.numbers);
    }
    all.push(row);
    let Some(width) = usual_width(&all) else { return Vec::new() };
    let mut rows = Vec::new();
    for mut row in all {
        let label = row.before.pop().unwrap_or_default();
        // If too many numbers were read, the first belong to the label.
        if row.values.len() < width {
            continue;
        }
        rows.extend(header(&row.before, width).into_iter().flatten());
        let surplus = row.values.len() - width;
        let label = join(&label, &row.values[..surplus]);
        let values = row.values[surplus..].iter().map(|value| Cell::new(*value));
        rows.push(std::iter::once(Cell::new(label)).chain(values).collect());
    }
    rows
}

/// The number of values that most rows have; a table has at least two rows.
fn usual_width(rows: &[LooseRow]) -> Option<usize> {
    let mut widths: Vec<usize> = rows.iter().map(|row| row.values.len()).filter(|n| *n > 0).collect();
    widths.sort_unstable();
    let groups = widths.chunk_by(|a, b| a == b);
    let (times, width) = groups.map(|group| (group.len(), group[0])).max()?;
    (times >= 2).then_some(width)
}

/// Headings over labels.
pub(super) const CORNERS: [&str; 8] =
    ["model", "models", "method", "methods", "system", "systems", "approach", "algorithm"];

/// The header rows for this number of columns and the corner before them, if the words can be distributed.
pub(super) fn header(lines: &[String], width: usize) -> Option<Vec<Vec<Cell>>> {
    let deal = |items: &[String]| {
        let corner = items.iter().position(|item| CORNERS.contains(&item.to_lowercase().as_str()));
        let (above, corner, columns) = match corner {
            Some(at) if items.len() - at - 1 == width => (&items[..at], items[at].as_str(), &items[at + 1..]),
            None if items.len() > width && (items.len() - 1).is_multiple_of(width) && items.len() == width + 1 => {
                (&items[..0], items[0].as_str(), &items[1..])
            }
            _ if items.len() >= width && corner.is_none_or(|at| at < items.len() - width) => {
                let (above, columns) = items.split_at(items.len() - width);
                let above = match above {
                    [first, rest @ ..] if CORNERS.contains(&first.to_lowercase().as_str()) => rest,
                    all => all,
                };
                (above, "", columns)
            }
            _ => return None,
        };
        if !above.is_empty() && !width.is_multiple_of(above.len()) {
            return None;
        }
        let mut rows = Vec::new();
        if !above.is_empty() {
            let span = u16::try_from(width / above.len()).unwrap_or(u16::MAX);
            let wide = above.iter().map(|item| Cell { column_span: span, ..Cell::header(item.as_str()) });
            rows.push(std::iter::once(Cell::header("")).chain(wide).collect());
        }
        let columns = columns.iter().map(|item| Cell::header(item.as_str()));
        rows.push(std::iter::once(Cell::header(corner)).chain(columns).collect());
        Some(rows)
    };
    if lines.is_empty() {
        return None;
    }
    let words = header_words(lines);
    let is_corner = |word: &String| CORNERS.contains(&word.to_lowercase().as_str());
    if words.len() == width + 1 && words.first().is_some_and(is_corner) {
        return deal(&words);
    }
    deal(lines).or_else(|| deal(&words)).or_else(|| {
        // The words belong to the columns, but it is unknown which word to which column.
        let span = u16::try_from(width).unwrap_or(u16::MAX);
        let all = Cell { column_span: span, ..Cell::header(lines.join(" ")) };
        Some(vec![vec![Cell::header(""), all]])
    })
}

fn join(words: &str, numbers: &[&str]) -> String {
    single_spaced(&format!("{words} {}", numbers.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let table = read(text);
        let row = |row: &Vec<Cell>| {
            let cells = row.iter().map(|cell| match cell.column_span {
                1 => cell.text.clone(),
                span => format!("{}×{span}", cell.text),
            });
            cells.collect::<Vec<_>>().join(" | ")
        };
        [table.caption].into_iter().chain(table.rows.iter().map(row)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn numbers_tell_rows_apart_and_the_words_before_them_are_the_header() {
        let text = "Model\nVal Test\n\nFirst et al. (2016)\n-\n48.7\nOurs, 1 GPU 32.0 33.0\n";
        insta::assert_snapshot!(shown(text), @r"

        Model | Val | Test
        First et al. (2016) | - | 48.7
        Ours, 1 GPU | 32.0 | 33.0
        ");
    }

    #[test]
    fn rows_are_those_of_the_caption_below_if_every_run_ends_with_a_caption_alone() {
        let moved = |printed: &[(&str, &str)]| {
            let table = |(label, row): &(&str, &str)| {
                let rows = if row.is_empty() { Vec::new() } else { vec![vec![Cell::new(*row)]] };
                Table { label: (*label).to_string(), caption: "Results.".to_string(), rows, ..Table::default() }
            };
            let mut tables: Vec<Table> = printed.iter().map(table).collect();
            move_rows_below_captions(&mut tables);
            let row = |table: &Table| table.rows.first().map_or(String::new(), |row| row[0].text.clone());
            tables.iter().map(row).collect::<Vec<_>>()
        };
        let below = [("Table 1", "b"), ("Table 2", "c"), ("Table 3", ""), ("Table 4", "e"), ("Table 5", "")];
        assert_eq!(moved(&below), ["", "b", "c", "", "e"]);
        let above = [("Table 1", "a"), ("Table 2", ""), ("Table 3", ""), ("Table 4", "d")];
        assert_eq!(moved(&above), ["a", "", "", "d"]);
    }

    #[test]
    fn a_number_of_parameters_is_a_value() {
        let text = "Model\nBPC\nParams\nFoo et al. (2016) 1.31\n24M\nOurs\n1.23\n47M\n";
        insta::assert_snapshot!(shown(text), @r"

        Model | BPC | Params
        Foo et al. (2016) | 1.31 | 24M
        Ours | 1.23 | 47M
        ");
    }

    #[test]
    fn a_second_header_row_is_dealt_out_over_the_columns() {
        let text = "We compare two parsers on two languages here.\nCzech\nGerman\nModel\nUAS\nLAS\nUAS\nLAS\nA 1 2 3 4\nB 5 6\n7 8\n";
        insta::assert_snapshot!(shown(text), @r"
        We compare two parsers on two languages here.
         | Czech×2 | German×2
        Model | UAS | LAS | UAS | LAS
        A | 1 | 2 | 3 | 4
        B | 5 | 6 | 7 | 8
        ");
    }

    #[test]
    fn a_year_in_a_header_is_part_of_a_name_and_f_1_is_a_score() {
        let text = "Model CoNLL 2000 Dutch CoNLL 2003\nA et al. (2016) 90.1 - 80.2\nOurs 91.2 81.3 82.4\n";
        insta::assert_snapshot!(shown(text), @r"

        Model | CoNLL 2000 | Dutch | CoNLL 2003
        A et al. (2016) | 90.1 | - | 80.2
        Ours | 91.2 | 81.3 | 82.4
        ");
        assert_eq!(shown("Model F 1\nA 90.1\nB 91.2\n"), "\nModel | F1\nA | 90.1\nB | 91.2");
    }

    #[test]
    fn a_text_without_rows_is_a_caption_or_nothing() {
        assert_eq!(read("The results are shown in the other table below.").rows, Vec::<Vec<Cell>>::new());
        assert_eq!(read(""), LooseTable::default());
    }

    #[test]
    fn labels_are_split_from_captions() {
        let split = |head| split_label(head, "Table", "4");
        assert_eq!(split("Table 2 . Best results"), ("Table 2".to_string(), "Best results"));
        assert_eq!(split("TABLE IV: Ours"), ("Table IV".to_string(), "Ours"));
        assert_eq!(split("Table"), ("Table 4".to_string(), ""));
        assert_eq!(split("Results"), ("Table 4".to_string(), "Results"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "([A-Z][a-z]{0,5}|[0-9]{1,2}(\\.[0-9])?|-| |\n|é){0,60}") {
            let _ = (read(&text), split_label(&text, "Table", ""));
        }
    }
}
