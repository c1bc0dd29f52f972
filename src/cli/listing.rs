//! How neighbours stand on a page: shared by `kg neighbors` and `kg show`.

use std::io::{self, Write};

use papergraph::extract::Place;
use papergraph::graph::{Group, Neighbor, Node, Quote, Tie};
use papergraph::ontology::NodeKind;
use papergraph::text::{display_width, shorten, wrap};
use serde_json::{Value, json};

use super::paint::Paint;

/// Width of the date and the gap behind it.
const DATE: usize = 12;
/// A name is cut at this width where something stands beside it.
const NAME: usize = 44;

/// Prints groups: the heading with the count, a row for each neighbour, and how many more there are. What is often
/// named together stands at the end, a line for each kind with the number of papers.
pub fn print_all(out: &mut dyn Write, groups: &[&Group], width: usize, paint: Paint) -> io::Result<()> {
    let together = |group: &Group| group.tie == Some(Tie::Related) && group.kind != NodeKind::Paper;
    for group in groups.iter().filter(|group| !together(group)) {
        writeln!(out)?;
        print(out, group, width, paint)?;
    }
    let together: Vec<&Group> = groups.iter().copied().filter(|group| together(group)).collect();
    if !together.is_empty() {
        writeln!(out, "\n{}", paint.bold("Often named together"))?;
    }
    for group in together {
        let mut names: Vec<String> = group
            .rows
            .iter()
            .map(|row| format!("{} ({})", printable(&row.node.label), row.shared).replace(' ', NO_BREAK))
            .collect();
        if group.total > group.rows.len() {
            names.push(format!("… {} more", group.total - group.rows.len()).replace(' ', NO_BREAK));
        }
        for (i, line) in wrap(&names.join(", "), width.saturating_sub(DATE + 2).max(20), 12).iter().enumerate() {
            let kind = if i == 0 { group.kind.plural() } else { "" };
            writeln!(out, "  {}  {}", paint.dim(format!("{kind:10}")), line.replace(NO_BREAK, " "))?;
        }
    }
    Ok(())
}

/// Stands for a space at which a line is not to be broken: white space to no function, and a column wide.
const NO_BREAK: &str = "\u{e0a0}";

fn print(out: &mut dyn Write, group: &Group, width: usize, paint: Paint) -> io::Result<()> {
    let heading = shorten(&printable(&group.heading), width.saturating_sub(10));
    writeln!(out, "{} ({})", paint.bold(heading), group.total)?;
    let name_width = group.rows.iter().map(|row| display_width(&row.node.label)).max().unwrap_or_default().min(NAME);
    for row in &group.rows {
        if row.node.kind == NodeKind::Paper {
            paper(out, group, row, width, paint)?;
        } else {
            other(out, group, row, name_width, width, paint)?;
        }
        if let Some(quote) = &row.evidence {
            let indent = if row.node.kind == NodeKind::Paper { DATE + 2 } else { 6 };
            print_quote(out, quote, indent, width, paint)?;
        }
    }
    let more = group.total - group.rows.len().min(group.total);
    if more > 0 {
        writeln!(out, "  {}", paint.dim(format!("… {more} more (--limit 0 lists all)")))?;
    }
    Ok(())
}

fn paper(out: &mut dyn Write, group: &Group, row: &Neighbor, width: usize, paint: Paint) -> io::Result<()> {
    let date = row.node.date.map_or_else(|| "undated".to_string(), |date| date.to_string());
    let space = width.saturating_sub(DATE + 2).max(20);
    for (i, line) in wrap(&printable(&row.node.label), space, 2).iter().enumerate() {
        let date = if i == 0 { date.as_str() } else { "" };
        writeln!(out, "  {}  {line}", paint.dim(format!("{date:10}")))?;
    }
    for repository in row.repositories.iter().take(2) {
        let address = paint.dim(format!("https://{}", printable(&repository.label)));
        writeln!(out, "{:14}{address}{}", "", verdict(repository, paint))?;
    }
    if row.repositories.len() > 2 {
        writeln!(out, "{:14}{}", "", paint.dim(format!("and {} more repositories", row.repositories.len() - 2)))?;
    }
    if !row.through.is_empty() {
        let word = if group.tie == Some(Tie::Related) { "shares" } else { "through" };
        for line in wrap(&format!("{word} {}", names(row)), space, 2) {
            writeln!(out, "{:14}{}", "", paint.dim(line))?;
        }
    }
    Ok(())
}

fn other(
    out: &mut dyn Write,
    group: &Group,
    row: &Neighbor,
    name_width: usize,
    width: usize,
    paint: Paint,
) -> io::Result<()> {
    let label = printable(&row.node.label);
    if matches!(row.node.kind, NodeKind::Repository | NodeKind::Page) {
        let scheme = if row.node.kind == NodeKind::Repository { "https://" } else { "" };
        let papers = if row.papers > 1 { format!("  ({} papers)", row.papers) } else { String::new() };
        return writeln!(out, "  {scheme}{label}{}{}", verdict(&row.node, paint), paint.dim(papers));
    }
    let label = shorten(&label, NAME);
    let beside = if !row.through.is_empty() {
        let space = width.saturating_sub(name_width + 4).max(16);
        let ways = if row.shared > 1 { format!("{} ways, ", row.shared) } else { String::new() };
        let first = row.through.first().map(|name| printable(name)).unwrap_or_default();
        shorten(&format!("{ways}through {first}"), space)
    } else if group.tie == Some(Tie::Related) {
        format!("{} together", count(row.shared))
    } else {
        count(row.papers)
    };
    let gap = " ".repeat(name_width.saturating_sub(display_width(&label)));
    writeln!(out, "{}", format!("  {label}{gap}  {}", paint.dim(beside)).trim_end())
}

/// What the latest check of a repository or page found, behind its address; nothing if there was none.
fn verdict(node: &Node, paint: Paint) -> String {
    node.verdict.map(|verdict| format!("  {}", paint.verdict(verdict, node.dead))).unwrap_or_default()
}

fn names(row: &Neighbor) -> String {
    let mut names: Vec<String> = row.through.iter().map(|name| shorten(&printable(name), 40)).collect();
    if row.shared > row.through.len() {
        names.push(format!("{} more", row.shared - row.through.len()));
    }
    names.join(", ")
}

fn count(papers: usize) -> String {
    match papers {
        0 => String::new(),
        1 => "1 paper".to_string(),
        n => format!("{n} papers"),
    }
}

/// The sentence with its mention marked, wrapped.
pub fn print_quote(out: &mut dyn Write, quote: &Quote, indent: usize, width: usize, paint: Paint) -> io::Result<()> {
    // Wrapped with private signs of no width in the place of escape sequences, which would count as letters.
    const OPEN: char = '\u{2060}';
    const CLOSE: char = '\u{200b}';
    let sentence = Quote {
        before: quote.before.replace([OPEN, CLOSE], ""),
        mention: quote.mention.replace([OPEN, CLOSE], ""),
        after: quote.after.replace([OPEN, CLOSE], ""),
        ..quote.clone()
    };
    let marked = sentence.marked(&OPEN.to_string(), &CLOSE.to_string());
    let (open, close) = paint.marks();
    let (open_width, close_width) = if paint.0 { (0, 0) } else { (open.len(), close.len()) };
    let space = width.saturating_sub(indent + open_width + close_width).max(20);
    let mut inside = false;
    for line in wrap(&format!("“{}”", printable(&marked)), space, 6) {
        // A mention that is broken over two lines is marked on both.
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

/// Text of papers may hold anything; a terminal must not obey it.
pub fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A group for programs.
pub fn json(group: &Group) -> Value {
    json!({
        "heading": group.heading,
        "relation": relation(group),
        "direction": direction(group),
        "kind": group.kind.as_str(),
        "distance": group.distance,
        "total": group.total,
        "rows": group.rows.iter().map(row_json).collect::<Vec<_>>(),
    })
}

pub fn relation(group: &Group) -> Option<&'static str> {
    group.tie.map(Tie::as_str)
}

/// Which way the relation reads: `in` if the neighbour is its subject.
pub fn direction(group: &Group) -> Option<&'static str> {
    group.tie.filter(|tie| *tie != Tie::Related).map(|_| if group.incoming { "in" } else { "out" })
}

fn check_json(node: &Node) -> Option<Value> {
    node.verdict.map(|verdict| json!({"verdict": verdict, "dead": node.dead}))
}

fn row_json(row: &Neighbor) -> Value {
    let mut value = json!({
        "id": row.node.id,
        "name": row.node.label,
    });
    if row.node.kind == NodeKind::Paper {
        value["date"] = json!(row.node.date);
        value["repositories"] = row.repositories.iter().map(|node| json!(node.label)).collect();
        let checked = row.repositories.iter().filter_map(|node| Some((node.label.clone(), check_json(node)?)));
        let checked: serde_json::Map<String, Value> = checked.collect();
        if !checked.is_empty() {
            value["checks"] = json!(checked);
        }
    } else {
        value["papers"] = json!(row.papers);
        if let Some(check) = check_json(&row.node) {
            value["check"] = check;
        }
    }
    if row.mentions > 0 {
        value["mentions"] = json!(row.mentions);
        value["in_title"] = json!(row.in_title);
    }
    if row.shared > 0 {
        value["shared"] = json!(row.shared);
        value["through"] = json!(row.through);
    }
    if let Some(quote) = &row.evidence {
        let said = json!({"sentence": quote.marked("", ""), "mention": quote.mention});
        value["evidence"] = placed(said, Some(quote.place));
    }
    value
}

/// A statement with the place in the text that makes it.
pub fn placed(mut value: Value, place: Option<Place>) -> Value {
    if let Some(Place { field, start, end }) = place {
        value["field"] = json!(field);
        value["start"] = json!(start);
        value["end"] = json!(end);
    }
    value
}
