//! Headings over several columns that no ruled line marks: `CoNLL` in the middle above `P`, `R` and `F1`.

use std::ops::Range;

use crate::document::Cell;

/// No group of a table has more columns.
const MAX_WIDTH: usize = 12;

/// Widens the headings of a row that are in the middle above groups of columns. The row below has the headings of
/// the single columns. Nothing changes unless every column then has a heading, except for those of labels.
pub(super) fn widen(upper: &mut Vec<Cell>, lower: &[Cell]) {
    let (above, below) = (columns(upper), columns(lower));
    let width = below.len();
    if above.len() != width || width < 3 {
        return;
    }
    // A heading above a blank is that of one column.
    let is_group = |cell: &usize| above.iter().zip(&below).any(|(a, b)| *a == Some(*cell) && b.is_some());
    let mut named: Vec<usize> = above.iter().skip(1).copied().flatten().collect();
    named.dedup();
    let (groups, single): (Vec<usize>, Vec<usize>) = named.into_iter().partition(is_group);
    if groups.len() < 2 {
        return;
    }
    let place = |cell: &usize| {
        let start = above.iter().position(|column| column == &Some(*cell)).unwrap_or_default();
        start..start + above[start..].iter().take_while(|column| *column == &Some(*cell)).count()
    };
    let places: Vec<Range<usize>> = groups.iter().map(place).collect();
    let single: Vec<Range<usize>> = single.iter().map(place).collect();
    let of_width = |width: usize| {
        let one = |place: &Range<usize>| {
            let more = width.checked_sub(place.len()).filter(|more| more % 2 == 0)? / 2;
            let start = place.start.checked_sub(more).filter(|start| *start > 0)?;
            Some(start..place.end + more)
        };
        places.iter().map(one).collect::<Option<Vec<Range<usize>>>>()
    };
    let covers = |groups: &[Range<usize>]| {
        let mut all: Vec<&Range<usize>> = groups.iter().chain(&single).collect();
        all.sort_by_key(|place| place.start);
        let is_whole = all.windows(2).all(|pair| pair[0].end == pair[1].start);
        is_whole
            && all.last().is_some_and(|last| last.end == width)
            && groups.iter().cloned().flatten().all(|at| below[at].is_some())
    };
    let wide = (2..=MAX_WIDTH).filter_map(of_width).find(|groups| covers(groups));
    let Some(wide) = wide.filter(|wide| *wide != places) else { return };
    *upper = spread(upper, &groups, &wide, &above);
}

/// For each column the number of the cell with text in it.
fn columns(row: &[Cell]) -> Vec<Option<usize>> {
    let mut out = Vec::new();
    for (at, cell) in row.iter().enumerate() {
        let named = (!cell.text.is_empty()).then_some(at);
        out.extend(std::iter::repeat_n(named, usize::from(cell.column_span.max(1))));
    }
    out
}

/// The row with its groups at new places.
fn spread(row: &[Cell], groups: &[usize], places: &[Range<usize>], above: &[Option<usize>]) -> Vec<Cell> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < above.len() {
        let group = places.iter().position(|place| place.start == at);
        let cell = match (group, above[at]) {
            (Some(group), _) => {
                let span = u16::try_from(places[group].len()).unwrap_or(1);
                Cell { column_span: span, ..row[groups[group]].clone() }
            }
            (None, Some(cell)) => row[cell].clone(),
            (None, None) => Cell { is_header: row.first().is_some_and(|cell| cell.is_header), ..Cell::default() },
        };
        at += usize::from(cell.column_span.max(1));
        out.push(cell);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The upper row, with the number of columns of each cell.
    fn widened(upper: &[(&str, u16)], lower: &[&str]) -> Vec<(String, u16)> {
        let cell = |(text, column_span): &(&str, u16)| Cell { column_span: *column_span, ..Cell::new(*text) };
        let mut upper: Vec<Cell> = upper.iter().map(cell).collect();
        let lower: Vec<Cell> = lower.iter().map(|text| Cell::new(*text)).collect();
        widen(&mut upper, &lower);
        upper.into_iter().map(|cell| (cell.text, cell.column_span)).collect()
    }

    fn cells(cells: &[(&str, u16)]) -> Vec<(String, u16)> {
        cells.iter().map(|(text, span)| ((*text).to_string(), *span)).collect()
    }

    #[test]
    fn a_heading_in_the_middle_of_a_group_is_over_all_its_columns() {
        let lower = ["Model", "P", "R", "F1", "P", "R", "F1"];
        let upper = [("", 1), ("", 1), ("FooSet", 1), ("", 1), ("", 1), ("BarSet", 1), ("", 1)];
        let wanted = cells(&[("", 1), ("FooSet", 3), ("BarSet", 3)]);
        assert_eq!(widened(&upper, &lower), wanted);
        // One of the headings is as wide as its group.
        assert_eq!(widened(&[("", 1), ("FooSet", 3), ("", 1), ("BarSet", 1), ("", 1)], &lower), wanted);
    }

    #[test]
    fn headings_of_labels_and_of_single_columns_stay() {
        let lower = ["Model", "Net", "P", "R", "F1", "P", "R", "F1", ""];
        let upper = [("", 1), ("", 1), ("", 1), ("FooSet", 1), ("", 1), ("", 1), ("BarSet", 1), ("", 1), ("Mean", 1)];
        let wanted = cells(&[("", 1), ("", 1), ("FooSet", 3), ("BarSet", 3), ("Mean", 1)]);
        assert_eq!(widened(&upper, &lower), wanted);
    }

    #[test]
    fn the_first_line_of_a_heading_is_not_over_its_neighbours() {
        let same = |upper: &[(&str, u16)], lower: &[&str]| assert_eq!(widened(upper, lower), cells(upper));
        same(&[("", 1), ("", 1), ("Number of", 1), ("", 1)], &["Model", "Dev", "words", "Test"]);
        same(&[("", 1), ("Dev", 1), ("Test", 1), ("", 1)], &["Model", "F1", "F1", "EM"]);
        same(&[("Model", 1), ("Dev", 1), ("Test", 1)], &["", "", ""]);
        same(&[], &[]);
    }
}
