//! BibTeX of papers, for LaTeX, Zotero, JabRef.
//!
//! A paper keeps the citation key of the library that it comes from, if no other paper of the graph has that key; else
//! its key is the last part of its id (`arxiv-1706.03762`). It does not depend on what else is exported. All text is
//! escaped: TeX in a title is shown as written and never run.

use std::fmt::Write as _;
use std::io::Write;

use super::ExportError;
use super::citation_keys::CitationKeys;
use super::people::NameParts;
use super::plain::one_line;
use super::reading::{NOT_CHECKED, PaperReading, each_reading, paper_facts, papers_by_date};
use crate::graph::{ChosenPart, web_address};
use crate::paper::{Paper, PaperId};

/// Writes the papers from the newest to the oldest.
pub(crate) fn write(out: &mut dyn Write, chosen: &ChosenPart<'_>) -> Result<(), ExportError> {
    let keys = CitationKeys::of(chosen.store())?;
    let render = |reading: PaperReading| {
        let paper = paper_facts(chosen, &reading.entry.node.id)?;
        Ok(paper.map(|paper| entry(&reading, &paper, keys.of_paper(&paper))).unwrap_or_default())
    };
    each_reading(chosen, &papers_by_date(chosen)?, render, |text| Ok(out.write_all(text.as_bytes())?))
}

fn entry(reading: &PaperReading, paper: &Paper, key: Option<&str>) -> String {
    // Many styles print notes, so a missing fact gets none.
    let code = reading.code().map(|(url, state)| match state {
        NOT_CHECKED => url.to_string(),
        state => format!("{url} ({state})"),
    });
    let code: Vec<String> = code.collect();
    let url = reading.entry.node.url.as_deref().and_then(web_address);
    let mut out = of_paper(paper, key, url.as_deref(), &code);
    out.push('\n');
    out
}

/// The entry of one paper. `own_key` is its citation key, if it has one; `url` is where it can be read; `code` are the
/// addresses of its repositories, each with an optional remark.
pub(crate) fn of_paper(paper: &Paper, own_key: Option<&str>, url: Option<&str>, code: &[String]) -> String {
    let (kind, place) = match paper.venue.as_deref() {
        None => ("misc", None),
        Some(venue) if is_journal(venue) => ("article", Some(("journal", venue))),
        Some(venue) => ("inproceedings", Some(("booktitle", venue))),
    };
    let key = own_key.map_or_else(|| key(paper.id.key()), str::to_string);
    let mut out = format!("@{kind}{{{key},\n");
    // Double braces preserve capitals.
    field(&mut out, "title", &format!("{{{}}}", escape(&paper.title)));
    if let Some(authors) = paper.authors.as_ref().filter(|authors| !authors.is_empty()) {
        let authors: Vec<String> = authors.iter().map(|author| name(author)).collect();
        field(&mut out, "author", &authors.join(" and "));
    }
    if let Some(date) = paper.published {
        field(&mut out, "year", &date.year().to_string());
        if let Some(month) = date.month().and_then(|month| MONTHS.get(usize::from(month) - 1)) {
            // A name that BibTeX defines, so it has no braces.
            let _ = writeln!(out, "  month = {month},");
        }
    }
    if let Some((name, venue)) = place {
        field(&mut out, name, &escape(venue));
    }
    if let Some(arxiv) = [&paper.id].into_iter().chain(&paper.identifiers).find_map(PaperId::as_arxiv) {
        field(&mut out, "eprint", &arxiv);
        field(&mut out, "archivePrefix", "arXiv");
    }
    if let Some(doi) = &paper.doi {
        field(&mut out, "doi", &verbatim(&one_line(doi)));
    }
    if let Some(url) = url {
        field(&mut out, "url", &verbatim(url));
    }
    let code: Vec<String> = code.iter().map(|code| escape(code)).collect();
    if !code.is_empty() {
        field(&mut out, "note", &format!("Code: {}", code.join(", ")));
    }
    if !paper.library.tags.is_empty() {
        let tags: Vec<String> = paper.library.tags.iter().map(|tag| escape(tag)).collect();
        field(&mut out, "keywords", &tags.join(", "));
    }
    for note in &paper.library.notes {
        field(&mut out, "annote", &escape(note));
    }
    if !paper.abstract_text.trim().is_empty() {
        field(&mut out, "abstract", &escape(&paper.abstract_text));
    }
    out.push_str("}\n");
    out
}

/// Whether a venue's name is that of a journal; all others are proceedings.
pub(super) fn is_journal(venue: &str) -> bool {
    let venue = venue.to_lowercase();
    ["journal", "transactions", "letters", "review", "tacl", "tmlr", "jmlr"].iter().any(|word| venue.contains(word))
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn field(out: &mut String, name: &str, value: &str) {
    let _ = writeln!(out, "  {name} = {{{value}}},");
}

/// Keeps the characters that BibTeX allows in a key, and replaces any other by its number.
fn key(id: &str) -> String {
    let mut key = String::with_capacity(id.len());
    for c in id.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+' | ':' | '/') {
            key.push(c);
        } else {
            let _ = write!(key, "u{:x}", u32::from(c));
        }
    }
    key
}

/// An author's name that BibTeX splits correctly: the name of a group is put in braces, as is one with a comma or the
/// word "and".
fn name(author: &str) -> String {
    let escaped = escape(author);
    let is_group = matches!(NameParts::of(author), NameParts::Whole(name) if name.contains(' '));
    let parts = is_group || escaped.contains(',') || escaped.split(' ').any(|word| word.eq_ignore_ascii_case("and"));
    if parts || escaped.is_empty() { format!("{{{escaped}}}") } else { escaped }
}

/// Text in one line that TeX shows unchanged. Braces become commands,
/// because BibTeX counts them even after a backslash.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '{' => out.push_str("\\textbraceleft{}"),
            '}' => out.push_str("\\textbraceright{}"),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '$' | '&' | '%' | '#' | '_' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// An address, which BibTeX styles print unchanged, without the characters that would end the field.
fn verbatim(url: &str) -> String {
    url.replace('{', "%7B").replace('}', "%7D").replace('\\', "%5C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_field_or_run() {
        assert_eq!(
            escape("50% of $x_1$ & \\input{/etc/passwd}\n#"),
            "50\\% of \\$x\\_1\\$ \\& \\textbackslash{}input\\textbraceleft{}/etc/passwd\\textbraceright{} \\#"
        );
        assert_eq!(name("Ada Lovelace"), "Ada Lovelace");
        assert_eq!(name("Smith and Sons, Inc."), "{Smith and Sons, Inc.}");
        assert_eq!(name("The Lamp Team"), "{The Lamp Team}");
        assert_eq!(key("arxiv-1706.03762"), "arxiv-1706.03762");
        assert_eq!(key("知识{}"), "u77e5u8bc6u7bu7d");
    }
}
