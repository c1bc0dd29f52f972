//! `tabular` and similar environments: rows, cells, spans, rules.

use super::arguments::{environment, group, optional, short_group};
use super::tokens::{LatexToken, PlacedToken, text};
use crate::document::Cell;
use crate::text::single_spaced;

/// Limits of rows, and of cells in a row; no table of a paper has more.
const MAX_ROWS: usize = 1_000;
const MAX_CELLS: usize = 200;

/// The rows of a table. `read` turns tokens into text, and returns the references that they cite.
pub(super) fn rows<'t>(
    kind: &str,
    inside: &'t [PlacedToken],
    read: &mut dyn FnMut(&'t [PlacedToken]) -> (String, Vec<u32>),
) -> Vec<Vec<Cell>> {
    let body = without_arguments(kind, inside);
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut header_end = None;
    // The row after the last one that a cell covers.
    let mut reach = 0;
    for row in split(body) {
        let (cells, rules) = without_rules(row);
        // The header ends at the first rule that has a row above it.
        if rules && header_end.is_none() && !rows.is_empty() {
            header_end = Some(rows.len());
        }
        let filled = cells
            .iter()
            .any(|cell| cell.iter().any(|(token, _)| !matches!(token, LatexToken::Space | LatexToken::Paragraph)));
        if !filled || rows.len() >= MAX_ROWS {
            if cells.len() > 1 && reach > rows.len() {
                reach = shorten(&mut rows);
            }
            continue;
        }
        let row: Vec<Cell> = cells.into_iter().take(MAX_CELLS).map(|tokens| cell(tokens, read)).collect();
        if row.iter().any(|cell| !cell.text.is_empty()) {
            let span = row.iter().map(|cell| usize::from(cell.row_span)).max().unwrap_or(1);
            reach = reach.max(rows.len() + span);
            rows.push(row);
        } else if reach > rows.len() {
            reach = shorten(&mut rows);
        }
    }
    if let Some(end) = header_end.filter(|end| *end < rows.len()) {
        rows[..end].iter_mut().flatten().for_each(|cell| cell.is_header = true);
    }
    without_covered(&mut rows);
    rows
}

/// The content after the arguments: the width, the position, the columns.
fn without_arguments<'t>(kind: &str, inside: &'t [PlacedToken]) -> &'t [PlacedToken] {
    let mut at = 0;
    if matches!(kind, "tabular*" | "tabularx" | "tabulary" | "xltabular") {
        at = group(inside, at).1;
    }
    while let Some((_, next)) = optional(inside, at) {
        at = next;
    }
    &inside[group(inside, at).1.min(inside.len())..]
}

/// Rows between `\\`, outside of groups and environments.
fn split(body: &[PlacedToken]) -> Vec<&[PlacedToken]> {
    let mut out = Vec::new();
    let (mut from, mut at, mut depth) = (0, 0, 0_usize);
    while at < body.len() {
        match &body[at].0 {
            LatexToken::Open => depth += 1,
            LatexToken::Close => depth = depth.saturating_sub(1),
            LatexToken::Command(name) if &**name == "begin" => {
                let (argument, next) = short_group(body, at + 1);
                at = environment(body, next, text(argument).trim()).1;
                continue;
            }
            LatexToken::Command(name) if depth == 0 && matches!(&**name, "\\" | "\\*" | "tabularnewline" | "cr") => {
                out.push(&body[from..at]);
                at += 1;
                if matches!(body.get(at), Some((LatexToken::Char('*'), _))) {
                    at += 1;
                }
                at = optional(body, at)
                    .filter(|(length, _)| {
                        text(length).trim().starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.')
                    })
                    .map_or(at, |(_, next)| next);
                from = at;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    out.push(&body[from.min(body.len())..]);
    out
}

/// The cells of a row between `&`, and whether a rule over the whole table is above it.
fn without_rules(row: &[PlacedToken]) -> (Vec<&[PlacedToken]>, bool) {
    let mut at = 0;
    let mut ruled = false;
    while let Some((token, _)) = row.get(at) {
        match token {
            LatexToken::Space | LatexToken::Paragraph => at += 1,
            LatexToken::Command(name) => match &**name {
                "hline" | "midrule" | "toprule" | "bottomrule" | "Xhline" | "specialrule" | "thickmid"
                | "hdashline" | "Hline" => {
                    ruled = true;
                    at += 1;
                    while let Some((_, next)) = optional(row, at) {
                        at = next;
                    }
                    let arguments = match &**name {
                        "Xhline" => 1,
                        "specialrule" => 3,
                        _ => 0,
                    };
                    for _ in 0..arguments {
                        at = group(row, at).1;
                    }
                }
                "cmidrule" | "cline" | "cdashline" | "arrayrulecolor" | "rowcolor" | "addlinespace" | "noalign"
                | "rowfont" => {
                    at += 1;
                    while let Some((_, next)) = optional(row, at) {
                        at = next;
                    }
                    if matches!(row.get(at), Some((LatexToken::Char('('), _))) {
                        while at < row.len() && row[at].0 != LatexToken::Char(')') {
                            at += 1;
                        }
                        at += 1;
                    }
                    if &**name != "addlinespace" {
                        at = group(row, at).1;
                    }
                }
                "endhead" | "endfirsthead" | "endfoot" | "endlastfoot" | "centering" => {
                    ruled |= name.contains("head");
                    at += 1;
                }
                _ => break,
            },
            _ => break,
        }
    }
    let row = row.get(at..).unwrap_or_default();
    let mut cells = Vec::new();
    let (mut from, mut depth) = (0, 0_usize);
    let mut at = 0;
    while at < row.len() {
        match &row[at].0 {
            LatexToken::Open => depth += 1,
            LatexToken::Close => depth = depth.saturating_sub(1),
            LatexToken::Command(name) if &**name == "begin" => {
                let (argument, next) = short_group(row, at + 1);
                at = environment(row, next, text(argument).trim()).1;
                continue;
            }
            LatexToken::Cell if depth == 0 => {
                cells.push(&row[from..at]);
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    cells.push(&row[from.min(row.len())..]);
    (cells, ruled)
}

fn cell<'t>(tokens: &'t [PlacedToken], read: &mut dyn FnMut(&'t [PlacedToken]) -> (String, Vec<u32>)) -> Cell {
    let mut cell = Cell::default();
    let mut inside = trim(tokens);
    // Spans, nested in any order.
    for _ in 0..4 {
        let Some((LatexToken::Command(name), _)) = inside.first() else { break };
        let number = |tokens: &[PlacedToken]| text(tokens).trim().parse::<i32>().unwrap_or(1);
        match &**name {
            "multicolumn" => {
                let (count, next) = group(inside, 1);
                let (_, next) = group(inside, next);
                let (argument, _) = group(inside, next);
                cell.column_span = number(count).clamp(1, MAX_CELLS as i32) as u16;
                inside = trim(argument);
            }
            "multirow" | "multirow*" => {
                let mut next = optional(inside, 1).map_or(1, |(_, next)| next);
                let (count, behind) = group(inside, next);
                next = optional(inside, behind).map_or(behind, |(_, next)| next);
                let (_, behind) = group(inside, next);
                next = optional(inside, behind).map_or(behind, |(_, next)| next);
                let (argument, _) = group(inside, next);
                cell.row_span = number(count).unsigned_abs().clamp(1, MAX_ROWS as u32) as u16;
                inside = trim(argument);
            }
            _ => break,
        }
    }
    let (text, cites) = read(inside);
    cell.text = single_spaced(&text);
    cell.cites = cites;
    cell.is_bold = is_bold(inside);
    cell
}

fn trim(mut tokens: &[PlacedToken]) -> &[PlacedToken] {
    let blank = |token: &PlacedToken| matches!(token.0, LatexToken::Space | LatexToken::Paragraph);
    while let Some((first, rest)) = tokens.split_first().filter(|(first, _)| blank(first)) {
        let _ = first;
        tokens = rest;
    }
    while let Some((last, rest)) = tokens.split_last().filter(|(last, _)| blank(last)) {
        let _ = last;
        tokens = rest;
    }
    tokens
}

/// Whether a cell begins in bold.
fn is_bold(tokens: &[PlacedToken]) -> bool {
    let visible = |token: &&PlacedToken| {
        !matches!(token.0, LatexToken::Space | LatexToken::Math | LatexToken::Open | LatexToken::Paragraph)
    };
    let mut shown = tokens.iter().filter(visible);
    shown.next().is_some_and(|(token, _)| {
        matches!(token, LatexToken::Command(name) if ["textbf", "bf", "bfseries", "mathbf", "boldsymbol", "bm", "B", "fontseries"].contains(&&**name))
    })
}

/// A cell that spans rows below.
struct SpanningCell {
    /// Row and place in it.
    cell: (usize, usize),
    /// The last row that it covers.
    last: usize,
    /// The columns that it covers: the first, and the one after the last.
    columns: (usize, usize),
}

/// LaTeX has an empty cell in each row that a cell above spans; a table has no cell there. Text in a covered place ends
/// the cell that covers it.
fn without_covered(rows: &mut [Vec<Cell>]) {
    let mut reaching: Vec<SpanningCell> = Vec::new();
    for row in 0..rows.len() {
        let mut column = 0;
        let mut kept = Vec::new();
        let mut begun = Vec::new();
        for cell in std::mem::take(&mut rows[row]) {
            let end = column + usize::from(cell.column_span);
            let covers =
                |known: &SpanningCell| known.last >= row && known.columns.0 <= column && column < known.columns.1;
            let covered = reaching.iter().any(covers);
            if !(covered && cell.text.is_empty()) {
                if cell.row_span > 1 {
                    let last = row + usize::from(cell.row_span) - 1;
                    begun.push(SpanningCell { cell: (row, kept.len()), last, columns: (column, end) });
                }
                for known in reaching.extract_if(.., |known| covers(known)) {
                    let (from, at) = known.cell;
                    rows[from][at].row_span = u16::try_from(row - from).unwrap_or(1).max(1);
                }
                kept.push(cell);
            }
            column = end;
        }
        reaching.extend(begun);
        rows[row] = kept;
    }
}

/// Removes an omitted row from the cells above that span it, and returns how far they extend now.
fn shorten(rows: &mut [Vec<Cell>]) -> usize {
    let at = rows.len();
    let mut reach = 0;
    for (row, cells) in rows.iter_mut().enumerate() {
        for cell in cells {
            if row + usize::from(cell.row_span) > at && cell.row_span > 1 {
                cell.row_span -= 1;
            }
            reach = reach.max(row + usize::from(cell.row_span));
        }
    }
    reach
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::latex::tokens::tokens;

    fn read(body: &str) -> Vec<Vec<(String, u16)>> {
        let tokens = tokens(&format!("{{lll}}{body}"), 0);
        let rows = rows("tabular", &tokens, &mut |tokens| (text(tokens).trim().to_string(), Vec::new()));
        rows.into_iter().map(|row| row.into_iter().map(|cell| (cell.text, cell.row_span)).collect()).collect()
    }

    #[test]
    fn a_cell_ends_where_another_is_printed_into_its_place() {
        let rows = read("\\multirow{4}{*}{A} & x & 1 \\\\ & y & 2 \\\\ \\multirow{4}{*}{B} & x & 3 \\\\ & y & 4 \\\\");
        let firsts: Vec<(&str, u16)> = rows.iter().map(|row| (row[0].0.as_str(), row[0].1)).collect();
        assert_eq!(firsts, [("A", 2), ("y", 1), ("B", 4), ("y", 1)]);
    }

    #[test]
    fn a_row_without_text_is_left_out_of_the_rows_that_a_cell_covers() {
        let rows = read("\\multirow{3}{*}{A} & x & 1 \\\\ & & \\\\ & y & 2 \\\\ B & z & 3 \\\\");
        assert_eq!(rows[0][0], ("A".to_string(), 2));
        assert_eq!(rows[2][0].0, "B");
    }
}
