//! Tables whose rows a converter wrote into a paragraph: `… Model EM F1 FooNet 71.2 80.3 BarNet 72.0 81.1 Table 4: …`.
//!
//! Rows are labels with equally many numbers behind them. A paragraph with numbers is only a table if the words before
//! its first row, or the heading over it, are headings of columns: without them nobody knows what was measured.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::facts::pattern;
use super::loose_table::{CORNERS, F_SCORE, header, header_words, is_number, split_label};
use crate::document::{Cell, Document, Table};

/// Least number of rows; with one number a row, more can be a sentence.
const MIN_ROWS: usize = 3;
const MIN_NARROW_ROWS: usize = 4;
/// Number of words in a label. A longer one is a sentence.
const MAX_LABEL: usize = 14;
const MAX_NARROW_LABEL: usize = 8;
/// Number of rows with more or fewer numbers that a table can have in succession, such as rows without a value.
const MAX_ODD_ROWS: usize = 2;
/// Number of words of a caption. A converter lets other text follow it.
const MAX_CAPTION: usize = 60;

/// Words over columns: metrics and splits.
static COLUMN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^\(?(?:
        (?:macro-?|micro-?|avg-?)?(?:f|f-?[12](?:\.\d)?|f-?scores?|f-?measure|prec(?:ision)?|rec(?:all)?|acc(?:uracy)?) | [pr] |
        em | exact | bleu(?:-?\d)? | (?:rouge|rg|r)-?(?:[12l]|su4) | rouge | meteor | cider | spice | chrf | ter | wer | cer | per |
        ppl | perplexity | bp[cwb] | map | mrr | mr | ndcg(?:@\d+)? | auc | ap(?:\d\d)? | m?iou | uas | las | pos | ner | hits?@?\d* |
        [pr]\d{0,3}@\d{1,3} | top-?[15] | mae | rmse | mse | fid | psnr | ssim | smatch | err(?:or)? |
        dev | test | val | valid(?:ation)? | development | train | avg | average | params?
        )\.?(?:\(%\)|%)?[)↑↓]?$",
    )
});

/// Adds the tables in the paragraphs of the sections.
pub(super) fn add_all(document: &mut Document) {
    let Document { sections, parts, .. } = document;
    for section in sections {
        // The heading over the section can be the header of its first table.
        let mut title = section.title.as_str();
        for paragraph in section.text.lines() {
            for mut table in tables(paragraph, title) {
                table.location.clone_from(&section.location);
                add(table, &section.text, &mut parts.tables);
            }
            title = "";
        }
    }
}

/// Adds a table of a section with this text. Its rows can be those of a caption whose rows the converter did not find.
fn add(table: Table, text: &str, tables: &mut Vec<Table>) {
    if let Some(known) = tables.iter_mut().find(|known| !table.label.is_empty() && known.label == table.label) {
        if known.rows.is_empty() {
            known.rows = table.rows;
        }
        return;
    }
    let is_open = |known: &Table| known.rows.is_empty() && !known.caption.is_empty() && refers_to(text, &known.label);
    let open: Vec<usize> = (0..tables.len()).filter(|at| table.label.is_empty() && is_open(&tables[*at])).collect();
    match open.as_slice() {
        [only] => tables[*only].rows = table.rows,
        _ => tables.push(table),
    }
}

/// Whether a text mentions a label, such as `Table 2`.
fn refers_to(text: &str, label: &str) -> bool {
    let is_whole = |at: usize| !text[at + label.len()..].starts_with(|c: char| c.is_ascii_digit());
    !label.is_empty() && text.match_indices(label).any(|(at, _)| is_whole(at))
}

/// Words, and the numbers behind them.
#[derive(Debug, Default)]
struct Segment<'t> {
    words: Vec<&'t str>,
    numbers: Vec<&'t str>,
}

fn segments(paragraph: &str) -> Vec<Segment<'_>> {
    let mut all: Vec<Segment> = vec![Segment::default()];
    for token in paragraph.split_whitespace() {
        let last = all.last_mut().expect("there is always one");
        if is_value(token) || !last.numbers.is_empty() && is_number(token) {
            last.numbers.push(token);
        } else if last.numbers.is_empty() {
            last.words.push(token);
        } else {
            all.push(Segment { words: vec![token], numbers: Vec::new() });
        }
    }
    all
}

/// A number with a decimal point or a percent sign. Others can be part of a name.
fn is_value(token: &str) -> bool {
    token.contains(['.', '%']) && !token.ends_with(['.', ',']) && is_number(token)
}

/// The tables of a paragraph.
fn tables(paragraph: &str, title: &str) -> Vec<Table> {
    let paragraph = F_SCORE.replace_all(paragraph, "F1$1");
    let all = segments(&paragraph);
    let mut tables = Vec::new();
    let mut at = 0;
    while at < all.len() {
        let run = run(&all[at..]);
        if run.len() < MIN_ROWS {
            at += 1;
            continue;
        }
        let end = at + run.last().map_or(0, |last| last + 1);
        let rows: Vec<&Segment> = run.iter().map(|row| &all[at + row]).collect();
        let title = if at == 0 { title } else { "" };
        let behind = all.get(end).map_or(&[][..], |segment| segment.words.as_slice());
        tables.extend(table(&rows, title, behind));
        at = end;
    }
    tables
}

/// The segments at the beginning that are rows with equally many numbers, by their position.
fn run(all: &[Segment]) -> Vec<usize> {
    let width = all[0].numbers.len();
    let max_label = if width == 1 { MAX_NARROW_LABEL } else { MAX_LABEL };
    let mut rows = vec![0];
    if width == 0 {
        return Vec::new();
    }
    for (at, segment) in all.iter().enumerate().skip(1) {
        let is_label = !segment.words.is_empty() && segment.words.len() <= max_label && !is_prose(&segment.words);
        let odd = at - rows[rows.len() - 1] - 1;
        if !is_label || odd > MAX_ODD_ROWS || width == 1 && odd > 0 {
            break;
        }
        if segment.numbers.len() == width {
            rows.push(at);
        }
    }
    if width == 1 && rows.len() < MIN_NARROW_ROWS { Vec::new() } else { rows }
}

/// Whether words between numbers are a part of a sentence and no label.
fn is_prose(words: &[&str]) -> bool {
    const BEGIN: [&str; 24] = [
        "and",
        "or",
        "to",
        "vs",
        "vs.",
        "with",
        "of",
        "the",
        "a",
        "an",
        "in",
        "for",
        "by",
        "on",
        "which",
        "while",
        "is",
        "are",
        "points",
        "respectively",
        "than",
        "from",
        "at",
        "but",
    ];
    words.first().is_some_and(|word| BEGIN.contains(&word.trim_end_matches([',', '.', ';'])))
        || words
            .iter()
            .any(|word| word.ends_with('.') && word.len() > 3 && word.chars().all(|c| c.is_lowercase() || c == '.'))
}

fn table(rows: &[&Segment], title: &str, behind: &[&str]) -> Option<Table> {
    let width = rows[0].numbers.len();
    let over: Vec<String> = header_words(&[title.to_string(), rows[0].words.join(" ")]);
    let (columns, label) = columns(&over, width)?;
    let mut cells = header(&over[columns.clone()], width)?;
    for (at, row) in rows.iter().enumerate() {
        let label = if at == 0 { over[label..].join(" ") } else { row.words.join(" ") };
        let values = row.numbers.iter().map(|value| Cell::new(*value));
        cells.push(std::iter::once(Cell::new(label)).chain(values).collect());
    }
    let (label, caption) = caption(behind).or_else(|| caption_before(&over[..columns.start])).unwrap_or_default();
    Some(Table { label, caption, rows: cells, ..Table::default() })
}

/// Where the headings of the columns are among the words over the first value, and where the label of the first row
/// begins: behind the last headings that are as many as the columns, with those above them.
fn columns(over: &[String], width: usize) -> Option<(Range<usize>, usize)> {
    let is_column = |at: usize| COLUMN.is_match(&over[at]);
    let ends = (1..over.len()).rev().take(MAX_LABEL).filter(|end| is_column(end - 1) && !is_column(*end));
    let mut ranges = ends.map(|end| {
        let start = (0..end).rev().take_while(|at| is_column(*at)).last().unwrap_or(end);
        start..end
    });
    let fits = |range: &Range<usize>| {
        let above = range.len().checked_sub(width);
        above.is_some_and(|above| above == 0 || width.is_multiple_of(above))
    };
    let Range { start, end } = ranges.find(fits)?;
    let has_corner = start > 0 && CORNERS.contains(&over[start - 1].to_lowercase().as_str());
    Some((start - usize::from(has_corner)..end, end))
}

/// Label and words of the caption with which words begin: `Table 4: Results on …`.
fn caption(words: &[&str]) -> Option<(String, String)> {
    let [first, number, ..] = words else { return None };
    if !matches!(*first, "Table" | "TABLE") || !number.ends_with([':', '.']) {
        return None;
    }
    let text = words[..words.len().min(MAX_CAPTION)].join(" ");
    let (label, rest) = split_label(&text, "Table", "");
    Some((label, rest.to_string()))
}

/// The caption with which words end.
fn caption_before(words: &[String]) -> Option<(String, String)> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let from = words.len().saturating_sub(MAX_CAPTION);
    (from..words.len()).rev().find_map(|at| caption(&words[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Section;

    fn shown(title: &str, text: &str) -> String {
        let section = Section { title: title.to_string(), text: text.to_string(), ..Section::default() };
        let mut document = Document { sections: vec![section], ..Document::default() };
        add_all(&mut document);
        let row = |row: &Vec<Cell>| row.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" | ");
        let table = |table: &Table| {
            let rows = table.rows.iter().map(row).collect::<Vec<_>>().join("\n");
            format!("{}: {}\n{rows}", table.label, table.caption)
        };
        document.parts.tables.iter().map(table).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn rows_in_a_paragraph_are_a_table_if_columns_have_headings() {
        let rows = "Foo (Bar et al., 2015) 32.5 11.8 29.5 Quux + CRF 32.1 11.7 29.2 Our Method 38.1 13.9 34.0";
        let text = format!("We replace it. Rouge-1 Rouge-2 Rouge-L {rows} Table 4: Results on FooSet. They are good.");
        insta::assert_snapshot!(shown("", &text), @r"
        Table 4: Results on FooSet. They are good.
         | Rouge-1 | Rouge-2 | Rouge-L
        Foo (Bar et al., 2015) | 32.5 | 11.8 | 29.5
        Quux + CRF | 32.1 | 11.7 | 29.2
        Our Method | 38.1 | 13.9 | 34.0
        ");
        assert_eq!(shown("Results", rows), "");
    }

    #[test]
    fn the_heading_over_a_paragraph_can_be_the_header() {
        let text = "Test EM F1 EM F1 Foo 1 40.0 51.0 40.4 51.0 Bar 2 74.5 83.1 75.1 83.1 Zork 75.3 - 76.0 83.9 The rest is text.";
        insta::assert_snapshot!(shown("Dev", text), @r"
        : 
         | Dev | Test
         | EM | F1 | EM | F1
        Foo 1 | 40.0 | 51.0 | 40.4 | 51.0
        Bar 2 | 74.5 | 83.1 | 75.1 | 83.1
        Zork | 75.3 | - | 76.0 | 83.9
        ");
    }

    #[test]
    fn sentences_with_numbers_are_no_table() {
        for text in [
            "We get a test perplexity of 65.8 and 66.7 on one set, and 67.5 and 68.0 on the other, 1.2 and 1.3 more.",
            "It has dev 0.3 to 0.4 with 0.5 points and 0.6 in the test.",
            "F1 of 80.1 for A, of 81.2 for B, of 82.3 for C, of 83.1 for D.",
        ] {
            assert_eq!(shown("", text), "", "{text}");
        }
    }

    #[test]
    fn rows_belong_to_the_only_caption_without_rows_that_the_section_mentions() {
        let text = "Table 2 and Table 12 compare. Model EM F1 A 40.0 51.0 B 40.4 51.0 C 41.3 52.0";
        let section = Section { text: text.to_string(), ..Section::default() };
        let table =
            |label: &str| Table { label: label.to_string(), caption: "Results.".to_string(), ..Table::default() };
        let mut document = Document { sections: vec![section], ..Document::default() };
        document.parts.tables = vec![table("Table 1"), table("Table 2")];
        add_all(&mut document);
        let rows: Vec<usize> = document.parts.tables.iter().map(|table| table.rows.len()).collect();
        assert_eq!(rows, [0, 4]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(Table 1: |Model |EM |F1 |Foo |[0-9]{1,2}\\.[0-9] |- |é ){0,60}", title in "(Dev |EM |){0,4}") {
            let _ = shown(&title, &text);
        }
    }
}
