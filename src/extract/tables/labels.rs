//! The labels of tables whose captions a converter lost: the numbers missing between the labels of the others.

use std::borrow::Cow;
use std::ops::Range;

use crate::document::{Section, Table};

rule!(LABEL, r"^Table\s(\d{1,3})$");
rule!(REFERENCE, r"\bTable\s(\d{1,3})\b");

/// For each table its label, or the label that it must have.
pub(super) fn inferred<'t>(tables: &'t [Table], sections: &[Section]) -> Vec<Cow<'t, str>> {
    let mut labels: Vec<Cow<str>> = tables.iter().map(|table| Cow::Borrowed(table.label.as_str())).collect();
    let mut last = 0;
    // Tables without a label since the last label.
    let mut open: Vec<usize> = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        if table.label.is_empty() {
            open.push(at);
        } else if let Some(number) = LABEL.captures(&table.label).and_then(|found| found[1].parse().ok()) {
            label(&mut open, last + 1..number, &mut labels);
            last = number;
        }
    }
    if !open.is_empty() {
        let numbers = sections.iter().flat_map(|section| REFERENCE.captures_iter(&section.text));
        let highest: u32 = numbers.filter_map(|found| found[1].parse().ok()).max().unwrap_or_default();
        label(&mut open, last + 1..highest + 1, &mut labels);
    }
    labels
}

/// Gives the missing numbers to the tables without a label, if there are as many of both.
fn label(open: &mut Vec<usize>, missing: Range<u32>, labels: &mut [Cow<str>]) {
    if open.len() == missing.len() {
        for (at, number) in open.iter().zip(missing) {
            labels[*at] = Cow::Owned(format!("Table {number}"));
        }
    }
    open.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(printed: &[&str], text: &str) -> Vec<String> {
        let table = |label: &&str| Table { label: (*label).to_string(), ..Table::default() };
        let tables: Vec<Table> = printed.iter().map(table).collect();
        let sections = [Section { text: text.to_string(), ..Section::default() }];
        inferred(&tables, &sections).into_iter().map(Cow::into_owned).collect()
    }

    #[test]
    fn a_missing_number_is_that_of_the_table_without_a_label() {
        assert_eq!(
            labels(&["", "Table 2", "Figure 1", "", "Table 4"], ""),
            ["Table 1", "Table 2", "Figure 1", "Table 3", "Table 4"]
        );
        assert_eq!(labels(&["Table 1", ""], "Table 2 shows it, as Table 1 does."), ["Table 1", "Table 2"]);
        // Two numbers are missing, or none.
        assert_eq!(labels(&["", "Table 3"], ""), ["", "Table 3"]);
        assert_eq!(labels(&["Table 1", "", "Table 2"], ""), ["Table 1", "", "Table 2"]);
        assert_eq!(labels(&["Table 1", ""], "Table 1 shows it."), ["Table 1", ""]);
    }
}
