//! The layout of lists of neighbours, shared by `kg neighbors` and `kg show`.

use std::io::{self, Write};

use crate::answer::{LinkCheck, NeighborGroup, NeighborRow, together_heading};
pub(crate) use crate::export::printable;
use crate::graph::{EvidenceQuote, Tie};
use crate::ontology::NodeKind;
use crate::text::{counted, display_width, shorten, wrap};

use super::paint::TerminalPaint;

/// Width of the date, including the gap after it, in columns.
const DATE: usize = 12;
/// Width in columns at which a name is cut if something follows it.
const NAME: usize = 44;

/// Prints groups: the heading with the count, a row for each neighbour, and the number of further ones. Names that
/// often occur together come last, with one line for each kind and the number of papers for each. `of`: the kind of the
/// node at the centre.
pub(super) fn print_all(
    out: &mut dyn Write,
    of: NodeKind,
    groups: &[&NeighborGroup],
    width: usize,
    paint: TerminalPaint,
) -> io::Result<()> {
    for group in groups.iter().filter(|group| !group.is_named_together()) {
        writeln!(out)?;
        print(out, group, width, paint)?;
    }
    let together: Vec<&NeighborGroup> = groups.iter().copied().filter(|group| group.is_named_together()).collect();
    if !together.is_empty() {
        writeln!(out, "\n{}", paint.bold(together_heading(of)))?;
    }
    let kind_width = together.iter().map(|group| group.kind.plural().len()).max().unwrap_or_default().max(DATE - 2);
    for group in together {
        let mut names: Vec<String> = group
            .rows
            .iter()
            .map(|row| format!("{} ({})", printable(&row.name), row.shared()).replace(' ', NO_BREAK))
            .collect();
        let more = group.extent().left_out();
        if more > 0 {
            names.push(format!("… {more} more").replace(' ', NO_BREAK));
        }
        for (i, line) in
            wrap(&names.join(", "), width.saturating_sub(kind_width + 4).max(20), usize::MAX).iter().enumerate()
        {
            let kind = if i == 0 { group.kind.plural() } else { "" };
            writeln!(out, "  {}  {}", paint.dim(format!("{kind:kind_width$}")), line.replace(NO_BREAK, " "))?;
        }
    }
    Ok(())
}

/// Replaces a space at which a line must not break. It is one column wide, and no function treats it as white
/// space.
const NO_BREAK: &str = "\u{e0a0}";

fn print(out: &mut dyn Write, group: &NeighborGroup, width: usize, paint: TerminalPaint) -> io::Result<()> {
    let heading = shorten(&printable(&group.heading), width.saturating_sub(10));
    writeln!(out, "{} ({})", paint.bold(heading), group.total)?;
    let name_width = group.rows.iter().map(|row| display_width(&row.name)).max().unwrap_or_default().min(NAME);
    for row in &group.rows {
        if group.kind == NodeKind::Paper {
            paper(out, group, row, width, paint)?;
        } else {
            other(out, group, row, name_width, width, paint)?;
        }
        if let Some(evidence) = &row.evidence {
            let indent = if group.kind == NodeKind::Paper { DATE + 2 } else { 6 };
            print_quote(out, &evidence.quote, indent, width, paint)?;
        }
    }
    let more = group.extent().left_out();
    if more > 0 {
        writeln!(out, "  {}", paint.dim(format!("… {more} more (--limit 0 lists all)")))?;
    }
    Ok(())
}

fn paper(
    out: &mut dyn Write,
    group: &NeighborGroup,
    row: &NeighborRow,
    width: usize,
    paint: TerminalPaint,
) -> io::Result<()> {
    let date = row.date().map_or_else(|| "undated".to_string(), |date| date.to_string());
    let space = width.saturating_sub(DATE + 2).max(20);
    for (i, line) in wrap(&printable(&row.name), space, 2).iter().enumerate() {
        let date = if i == 0 { date.as_str() } else { "" };
        writeln!(out, "  {}  {line}", paint.dim(format!("{date:10}")))?;
    }
    for (repository, check) in row.repositories().take(2) {
        let address = paint.dim(format!("https://{}", printable(repository)));
        writeln!(out, "{:14}{address}{}", "", verdict(check, paint))?;
    }
    let more = row.repositories().count().saturating_sub(2);
    if more > 0 {
        writeln!(out, "{:14}{}", "", paint.dim(format!("and {more} more repositories")))?;
    }
    if !row.through().is_empty() {
        let word = if group.relation == Some(Tie::Related) { "shares" } else { "through" };
        for line in wrap(&format!("{word} {}", names(row)), space, 2) {
            writeln!(out, "{:14}{}", "", paint.dim(line))?;
        }
    }
    Ok(())
}

fn other(
    out: &mut dyn Write,
    group: &NeighborGroup,
    row: &NeighborRow,
    name_width: usize,
    width: usize,
    paint: TerminalPaint,
) -> io::Result<()> {
    let label = printable(&row.name);
    if matches!(group.kind, NodeKind::Repository | NodeKind::Page) {
        let scheme = if group.kind == NodeKind::Repository { "https://" } else { "" };
        let papers = if row.papers() > 1 { format!("  ({})", counted(row.papers(), "paper")) } else { String::new() };
        return writeln!(out, "  {scheme}{label}{}{}", verdict(row.check(), paint), paint.dim(papers));
    }
    let label = shorten(&label, NAME);
    let beside = if !row.through().is_empty() {
        let space = width.saturating_sub(name_width + 4).max(16);
        let ways = if row.shared() > 1 { format!("{} ways, ", row.shared()) } else { String::new() };
        let first = row.through().first().map(|name| printable(name)).unwrap_or_default();
        shorten(&format!("{ways}through {first}"), space)
    } else if group.relation == Some(Tie::Related) {
        format!("{} together", count(row.shared()))
    } else {
        count(row.papers())
    };
    let gap = " ".repeat(name_width.saturating_sub(display_width(&label)));
    writeln!(out, "{}", format!("  {label}{gap}  {}", paint.dim(beside)).trim_end())
}

/// The result of the latest check of a repository or page, to print after its address; empty if there was none.
fn verdict(check: Option<LinkCheck>, paint: TerminalPaint) -> String {
    check.map(|check| format!("  {}", paint.verdict(check.verdict, check.dead))).unwrap_or_default()
}

fn names(row: &NeighborRow) -> String {
    let mut names: Vec<String> = row.through().iter().map(|name| shorten(&printable(name), 40)).collect();
    if row.shared() > row.through().len() {
        names.push(format!("{} more", row.shared() - row.through().len()));
    }
    names.join(", ")
}

fn count(papers: usize) -> String {
    if papers == 0 { String::new() } else { counted(papers, "paper") }
}

/// Prints the sentence, wrapped, with its mention marked.
pub(super) fn print_quote(
    out: &mut dyn Write,
    quote: &EvidenceQuote,
    indent: usize,
    width: usize,
    paint: TerminalPaint,
) -> io::Result<()> {
    // Zero-width characters replace escape sequences during wrapping, because the escape sequences would count as
    // letters. `printable` removes these characters from the sentence itself.
    const OPEN: char = '\u{2060}';
    const CLOSE: char = '\u{200b}';
    let sentence = EvidenceQuote {
        before: printable(&quote.before),
        mention: printable(&quote.mention),
        after: printable(&quote.after),
        ..quote.clone()
    };
    let marked = sentence.marked(&OPEN.to_string(), &CLOSE.to_string());
    let (open, close) = paint.marks();
    let (open_width, close_width) = if paint.0 { (0, 0) } else { (open.len(), close.len()) };
    let space = width.saturating_sub(indent + open_width + close_width).max(20);
    let mut inside = false;
    for line in wrap(&format!("“{marked}”"), space, 6) {
        // A mention that spans two lines is marked on both.
        let mut text = if inside { open.to_string() } else { String::new() };
        for c in line.chars() {
            match c {
                OPEN => {
                    inside = true;
                    text.push_str(open);
                }
                CLOSE => {
                    inside = false;
                    text.push_str(close);
                }
                c => text.push(c),
            }
        }
        if inside {
            text.push_str(close);
        }
        writeln!(out, "{:indent$}{text}", "")?;
    }
    Ok(())
}
