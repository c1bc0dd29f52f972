//! Splits the list of references into its entries.

use std::sync::LazyLock;

use regex::Regex;

use super::hyphens::Spellings;
use super::pages::PageLine;
use crate::document::Reference;
use crate::source::references::parse;

static BRACKET: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\[([^\]]{1,40})\]").unwrap());
static COUNTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(\d{1,3})\.(?:\s|$)").unwrap());

/// The entries of the lines below the heading.
pub(super) fn split(lines: &[&PageLine], spellings: &Spellings) -> Vec<Reference> {
    if lines.is_empty() {
        return Vec::new();
    }
    let texts: Vec<String> = lines.iter().map(|line| line.line.text()).collect();
    let bracketed = texts.iter().filter(|text| BRACKET.is_match(text)).count();
    let counted = counted(&texts);
    let starts: Vec<bool> = if bracketed >= 3 && bracketed * 8 >= lines.len() {
        texts.iter().map(|text| BRACKET.is_match(text)).collect()
    } else if counted.iter().filter(|starts| **starts).count() >= 3 {
        counted
    } else {
        hanging(lines)
    };
    let mut out: Vec<Reference> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let end = (at + 1..lines.len()).find(|&i| starts[i]).unwrap_or(lines.len());
        let text = spellings.join(lines[at..end].iter().map(|line| &line.line));
        at = end;
        if text.chars().filter(|c| c.is_alphabetic()).count() < 12 {
            continue;
        }
        out.push(parse(&text));
    }
    out
}

/// Lines that begin with the next number.
fn counted(texts: &[String]) -> Vec<bool> {
    let mut next = 1;
    texts
        .iter()
        .map(|text| {
            let number = COUNTED.captures(text).and_then(|found| found[1].parse::<u32>().ok());
            let starts = number == Some(next);
            next += u32::from(starts);
            starts
        })
        .collect()
}

/// Entries with indented continuation lines, or with space between them.
fn hanging(lines: &[&PageLine]) -> Vec<bool> {
    let mut starts = vec![false; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        let end = (at..lines.len()).find(|&i| lines[i].region != lines[at].region).unwrap_or(lines.len());
        let part = &lines[at..end];
        let edge = part.iter().map(|line| line.line.x0).fold(f32::MAX, f32::min);
        let size = part[0].line.size;
        let indented = part.iter().filter(|line| line.line.x0 > edge + 0.5 * size).count();
        let by_indent = indented * 5 >= part.len() && indented < part.len();
        let mut steps: Vec<f32> = part.windows(2).map(|pair| pair[1].line.y - pair[0].line.y).collect();
        steps.sort_by(f32::total_cmp);
        let typical = steps.get(steps.len() / 4).copied().unwrap_or(size);
        for i in 0..part.len() {
            starts[at + i] = match by_indent {
                true => part[i].line.x0 < edge + 0.35 * size,
                // The first line of a column continues an entry if it does not look like a beginning.
                false if i == 0 => at == 0 || ended(lines[at - 1]),
                false => part[i].line.y - part[i - 1].line.y > 1.15 * typical,
            };
        }
        at = end;
    }
    if let Some(first) = starts.first_mut() {
        *first = true;
    }
    starts
}

fn ended(line: &PageLine) -> bool {
    line.line.text().ends_with('.')
}
