//! A reading list in Markdown: a table for each year, with code and datasets.

use std::io::Write;

use super::ExportError;
use super::plain::one_line;
use super::reading::{PaperReading, code_remark, each_reading, papers_by_date};
use crate::graph::{ChosenPart, web_address};

/// Maximum number of datasets in a row.
const DATASETS: usize = 6;

/// Writes the papers from the newest to the oldest.
pub(crate) fn write(out: &mut dyn Write, chosen: &ChosenPart<'_>, title: &str) -> Result<(), ExportError> {
    let papers = papers_by_date(chosen)?;
    writeln!(out, "# {}\n", inline(title))?;
    writeln!(out, "{} {}.", papers.len(), if papers.len() == 1 { "paper" } else { "papers" })?;
    let mut heading = None;
    let render = |reading: PaperReading| Ok((reading.entry.node.date.map(|date| date.year()), row(&reading)));
    each_reading(chosen, &papers, render, |(year, row)| {
        if heading != Some(year) {
            let year = year.map_or_else(|| "Undated".to_string(), |year| year.to_string());
            writeln!(out, "\n## {year}\n\n| Date | Paper | Code | Datasets |\n|---|---|---|---|")?;
        }
        heading = Some(year);
        Ok(writeln!(out, "{row}")?)
    })
}

fn row(reading: &PaperReading) -> String {
    let date = reading.entry.node.date.map(|date| date.to_string()).unwrap_or_default();
    let title = link(&reading.entry.node.label, reading.entry.node.url.as_deref());
    let code: Vec<String> = reading
        .repositories
        .iter()
        .map(|repository| {
            let node = &repository.entry.node;
            let shown = link(&node.label, repository.entry.node.url.as_deref());
            let shown = if node.dead { format!("~~{shown}~~") } else { shown };
            match code_remark(node) {
                Some(remark) => format!("{shown} ({})", inline(remark)),
                None => shown,
            }
        })
        .collect();
    let code = if code.is_empty() { reading.promise().map(inline).unwrap_or_default() } else { code.join(", ") };
    let mut datasets: Vec<String> =
        reading.datasets.iter().take(DATASETS).map(|dataset| inline(&dataset.entry.node.label)).collect();
    if reading.datasets.len() > DATASETS {
        datasets.push(format!("{} more", reading.datasets.len() - DATASETS));
    }
    format!("| {date} | {title} | {code} | {} |", datasets.join(", "))
}

/// A link, or only the text if there is no safe address.
pub(super) fn link(text: &str, url: Option<&str>) -> String {
    match url.and_then(web_address) {
        Some(url) => format!("[{}](<{}>)", inline(text), target(&url)),
        None => inline(text),
    }
}

/// An address as a link target in angle brackets, for a cell of a table.
fn target(url: &str) -> String {
    url.replace('<', "%3C").replace('>', "%3E").replace('|', "%7C").replace('\\', "%5C")
}

/// Text in one line that Markdown (CommonMark, GitHub's, Obsidian's) shows unchanged.
pub(crate) fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '$' | '%' | '=' | '^' | '@'
        ) {
            out.push('\\');
        }
        out.push(c);
    }
    // At the beginning of a line, these characters make a list or a rule.
    if out.starts_with(['-', '+', ':']) {
        out.insert(0, '\\');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulldown_cmark::{Event, Options, Parser};

    fn shown(markdown: &str) -> String {
        Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION)
            .filter_map(|event| match event {
                Event::Text(text) => Some(text.to_string()),
                Event::Start(_) | Event::End(_) => None,
                other => panic!("{markdown:?} has {other:?}"),
            })
            .collect()
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_shown_as_it_is(name in "[ -~äא🤗]{0,24}") {
            let wanted = one_line(&name);
            // Digits and a full stop at the beginning make a list. In everything that we write,
            // names follow other text.
            let text = shown(&format!("x {}", inline(&name)));
            proptest::prop_assert_eq!(text.trim_start_matches('x').trim(), wanted);
        }
    }
}
