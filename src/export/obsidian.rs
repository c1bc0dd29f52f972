//! A folder of linked notes for Obsidian: one note for each paper and each entity.
//!
//! Repositories and pages are links in the notes of their papers. The note of a paper is named after its citation key,
//! if its library has one. Other file names come from titles and names, made safe for every system (Windows forbids the
//! most). If two notes would have the same name, ignoring case, all of them get the beginning of a hash of their id. So
//! a note's name does not depend on the order.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Write;

use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_128;

use super::ExportError;
use super::citation_keys::CitationKeys;
use super::each::each;
use super::markdown::{inline, link};
use super::output::OutputFolder;
use super::plain::one_line;
use super::reading::{PaperReading, code_remark, paper_facts};
use crate::graph::{ChosenPart, Edge, NodeEntry, Tie};
use crate::ontology::NodeKind;

/// Maximum length of a file name without its ending, in bytes. File systems allow 255, and encrypted ones 143.
const NAME: usize = 110;

/// Writes a note for each node. The names of all notes are kept in memory, for the links.
pub(crate) fn write(folder: &OutputFolder, chosen: &ChosenPart<'_>) -> Result<(), ExportError> {
    let names = NoteNames::of(chosen)?;
    let notes = |entries: &[NodeEntry]| {
        let mut notes = Vec::new();
        for entry in entries {
            let Some(path) = names.path(&entry.node.id) else { continue };
            let note = match entry.node.kind {
                NodeKind::Paper => paper(chosen, entry, &names)?,
                _ => thing(entry, &names),
            };
            notes.push((format!("{path}.md"), note));
        }
        Ok(notes)
    };
    each(chosen.entries(), notes, |notes| {
        for (path, note) in notes {
            let mut file = folder.file(&path)?;
            file.write_all(note.as_bytes())?;
            file.flush()?;
        }
        Ok(())
    })
}

/// The file of each node's note.
struct NoteNames(HashMap<String, NoteName>);

/// The file name of a note.
struct NoteName {
    path: String,
    /// The text of links to the note, if it is not the name of the file.
    title: Option<String>,
}

impl NoteNames {
    fn of(chosen: &ChosenPart<'_>) -> Result<Self, ExportError> {
        let keys = CitationKeys::of(chosen.store())?;
        let mut wanted = Vec::new();
        let mut taken: HashMap<String, u32> = HashMap::new();
        for entry in chosen.entries() {
            let node = entry?.node;
            let Some(folder) = place(node.kind) else { continue };
            // The note of a paper has the name by which its library cites it, so that `[[@key]]` in other notes leads
            // to it.
            let paper = if node.kind == NodeKind::Paper { paper_facts(chosen, &node.id)? } else { None };
            let key = paper.as_ref().and_then(|paper| keys.of_paper(paper));
            let name = format!("{folder}/{}", file_name(key.unwrap_or(&node.label)));
            *taken.entry(folded(&name)).or_default() += 1;
            wanted.push((node.id, name, key.is_some().then(|| node.label.clone())));
        }
        let names = wanted.into_iter().map(|(id, name, title)| {
            let shared = taken.get(&folded(&name)).is_some_and(|n| *n > 1);
            let name = if shared { format!("{name} {:06x}", xxh3_128(id.as_bytes()) >> 104) } else { name };
            (id, NoteName { path: name, title })
        });
        Ok(Self(names.collect()))
    }

    fn path(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(|name| name.path.as_str())
    }

    /// A link to a note; `None` if there is no such note.
    fn link(&self, id: &str) -> Option<String> {
        let NoteName { path, title } = self.0.get(id)?;
        let file = path.rsplit('/').next().unwrap_or(path);
        let shown = title.as_deref().map_or_else(|| file.to_string(), file_name);
        Some(format!("[[{path}|{shown}]]"))
    }
}

/// The folder of a kind; `None` for kinds without notes.
fn place(kind: NodeKind) -> Option<String> {
    match kind {
        NodeKind::Repository
        | NodeKind::Page
        | NodeKind::Work
        | NodeKind::Author
        | NodeKind::Venue
        | NodeKind::Organization => None,
        NodeKind::Entity(_) | NodeKind::Paper => {
            let plural = kind.plural();
            Some(plural.chars().take(1).flat_map(char::to_uppercase).chain(plural.chars().skip(1)).collect())
        }
    }
}

/// The name as compared by file systems that ignore case and the difference between composed and decomposed letters.
fn folded(name: &str) -> String {
    name.nfkd().flat_map(char::to_lowercase).collect()
}

/// The file name for a label, without ending. Characters that a system forbids or that Obsidian's links cannot hold
/// become spaces. Names that Windows reserves for devices get a `_`.
fn file_name(label: &str) -> String {
    let plain: String =
        label.chars().map(|c| if r#"\/:*?"<>|#^[]%"#.contains(c) || c.is_control() { ' ' } else { c }).collect();
    let mut name: String = one_line(&plain).nfc().collect();
    if name.len() > NAME {
        let end = (0..=NAME).rev().find(|end| name.is_char_boundary(*end)).unwrap_or_default();
        name.truncate(end);
    }
    let name = name.trim_matches(|c: char| c == '.' || c == ' ');
    let stem = name.split('.').next().unwrap_or_default().trim().to_ascii_uppercase();
    let numbered =
        |device: &str| stem.strip_prefix(device).is_some_and(|n| n.len() == 1 && n != "0" && n.parse::<u8>().is_ok());
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT");
    match name {
        "" => "untitled".to_string(),
        name if device => format!("{name}_"),
        name => name.to_string(),
    }
}

fn front_matter(entry: &NodeEntry, more: &[(&str, Vec<String>)]) -> String {
    let mut out = String::from("---\n");
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(out, "{name}: {}", yaml(value));
    };
    line("id", &entry.node.id);
    line("kind", entry.node.kind.as_str());
    line("title", &entry.node.label);
    if let Some(date) = entry.node.date {
        line("date", &date.to_string());
    }
    if let Some(url) = &entry.node.url {
        line("url", url);
    }
    if let Some(organization) = &entry.organization {
        line("organization", organization);
    }
    if let Some(year) = entry.year {
        let _ = writeln!(out, "year: {year}");
    }
    let aliases = ("aliases", entry.aliases.clone());
    let tags = ("tags", vec![entry.node.kind.as_str().to_string()]);
    for (name, list) in [&aliases, &tags].into_iter().chain(more) {
        if !list.is_empty() {
            let list: Vec<String> = list.iter().map(|value| yaml(value)).collect();
            let _ = writeln!(out, "{name}: [{}]", list.join(", "));
        }
    }
    out.push_str("---\n\n");
    out
}

/// A text as a double-quoted YAML scalar, with every non-printable character escaped.
fn yaml(text: &str) -> String {
    let mut out = String::from("\"");
    for c in one_line(text).chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\u{fffe}' | '\u{ffff}' | '\u{feff}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn paper(chosen: &ChosenPart<'_>, entry: &NodeEntry, names: &NoteNames) -> Result<String, ExportError> {
    let Some(reading) = PaperReading::load(chosen, &entry.node.id)? else { return Ok(String::new()) };
    let Some(facts) = paper_facts(chosen, &entry.node.id)? else { return Ok(String::new()) };
    let code: Vec<String> = reading.repositories.iter().filter_map(|r| r.entry.node.url.clone()).collect();
    let statement = reading.promise().map(str::to_string).into_iter().collect();
    let list = |texts: &BTreeSet<String>| texts.iter().cloned().collect::<Vec<_>>();
    let library = &facts.library;
    let mut out = front_matter(
        entry,
        &[
            ("code", code),
            ("code-statement", statement),
            ("citekey", list(&library.citation_keys)),
            ("keywords", list(&library.tags)),
            ("collections", list(&library.collections)),
        ],
    );
    let _ = writeln!(out, "# {}\n", link(&facts.title, entry.node.url.as_deref()));
    if !facts.abstract_text.trim().is_empty() {
        let _ = writeln!(out, "{}\n", inline(&format!("{} ", facts.abstract_text)));
    }
    for note in &library.notes {
        let _ = writeln!(out, "> [!note]\n> {}\n", inline(&format!("{} ", one_line(note))));
    }
    if !reading.repositories.is_empty() {
        let _ = writeln!(out, "## Code\n");
        for repository in &reading.repositories {
            let remark = code_remark(&repository.entry.node).map(|r| format!(" ({})", inline(r))).unwrap_or_default();
            let shown = link(&repository.entry.node.label, repository.entry.node.url.as_deref());
            let _ = writeln!(out, "- {shown}{remark}");
        }
        out.push('\n');
    }
    relations(&mut out, &entry.edges, names);
    Ok(out)
}

fn thing(entry: &NodeEntry, names: &NoteNames) -> String {
    let mut out = front_matter(entry, &[]);
    let _ = writeln!(out, "# {}\n", link(&entry.node.label, entry.node.url.as_deref()));
    relations(&mut out, &entry.edges, names);
    out
}

/// Writes a heading for each relation, with links. What papers say about an entity is among its backlinks.
fn relations(out: &mut String, edges: &[Edge], names: &NoteNames) {
    for tie in Tie::STORED.into_iter().chain([Tie::Related]) {
        let links: Vec<String> = edges
            .iter()
            .filter(|edge| edge.ties.strongest(&[]) == Some(tie))
            .filter_map(|edge| names.link(&edge.to))
            .collect();
        if links.is_empty() {
            continue;
        }
        let words = tie.words();
        let heading: String = words.chars().take(1).flat_map(char::to_uppercase).chain(words.chars().skip(1)).collect();
        let _ = writeln!(out, "## {heading}\n");
        for link in links {
            let _ = writeln!(out, "- {link}");
        }
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_safe_on_every_system() {
        for (label, name) in [
            ("COCO", "COCO"),
            ("../../etc/passwd", "etc passwd"),
            ("a/b\\c:d*e?f\"g<h>i|j", "a b c d e f g h i j"),
            ("[[x]]#y^z", "x y z"),
            ("con", "con_"),
            ("NUL.txt", "NUL.txt_"),
            ("COM1", "COM1_"),
            ("COM10", "COM10"),
            ("...", "untitled"),
            ("", "untitled"),
            ("trailing. . ", "trailing"),
            ("line\nbreak\0", "line break"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            ("e\u{301}", "é"),
        ] {
            assert_eq!(file_name(label), name, "{label:?}");
        }
        assert!(file_name(&"知".repeat(300)).len() <= NAME);
    }

    #[test]
    fn text_stays_inside_its_quotes() {
        assert_eq!(yaml("a \"b\" \\ c\n- d: !!x"), r#""a \"b\" \\ c - d: !!x""#);
        assert_eq!(yaml("\u{feff}x"), r#""x""#);
    }
}
