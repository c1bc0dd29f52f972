//! The library of Zotero: its items as JSON, from its interface, from Better `BibTeX`, or from its database.

#[cfg(feature = "zotero")]
mod database;

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::facts::{add_link, date, marked_arxiv_id, name, set_authors, set_doi, titled};
use super::json::{JsonAccess, RecordOutline};
use super::markup::plain;
use super::place::{RecordResult, SkippedRecord};
use crate::paper::{FILE_IDS, LibraryEntry};
use crate::text::single_spaced;
#[cfg(feature = "zotero")]
pub(super) use database::json_lines;

/// The first bytes of every database of `SQLite`.
pub(super) const MAGIC: &[u8] = b"SQLite format 3\0";

/// Types of items that are papers.
const PAPERS: [&str; 9] = [
    "bookSection",
    "conferencePaper",
    "document",
    "journalArticle",
    "magazineArticle",
    "manuscript",
    "preprint",
    "presentation",
    "thesis",
];

/// The fields for the publication in items of different types.
const VENUES: [&str; 8] = [
    "publicationTitle",
    "proceedingsTitle",
    "conferenceName",
    "bookTitle",
    "seriesTitle",
    "university",
    "meetingName",
    "repository",
];

/// Fields that this program adds to the items of a database: collections by their paths, and the keys of attached PDFs.
const COLLECTION_PATHS: &str = "kg-collections";
const FILE_KEYS: &str = "kg-files";

pub(super) fn looks_like(outline: &RecordOutline) -> bool {
    let item = outline.has("itemType") && (outline.has("creators") || outline.has("abstractNote"));
    let data = outline.has("data.itemType") && (outline.has("data.creators") || outline.has("data.abstractNote"));
    item || data
}

pub(super) fn read(item: Value) -> RecordResult {
    // The web interface has the fields one level deeper.
    let item = item.get("data").filter(|data| data.get("itemType").is_some()).unwrap_or(&item);
    let kind = item.text("itemType").unwrap_or_default();
    let mut paper = titled(&plain(item.text("title").unwrap_or_default()))?;
    set_doi(&mut paper, item.text("DOI").unwrap_or_default());
    // Older versions keep `DOI: …` and `arXiv: …` as lines of `extra`.
    let extra = item.text("extra").unwrap_or_default();
    for line in extra.lines() {
        if let Some((_, doi)) = line.split_once(':').filter(|(label, _)| label.trim().eq_ignore_ascii_case("doi")) {
            set_doi(&mut paper, doi.trim());
        }
    }
    let notes = ["archiveID", "number", "reportNumber", "publicationTitle"];
    let marked = notes.iter().filter_map(|field| item.text(field)).chain(extra.lines());
    paper.identify(marked.filter_map(marked_arxiv_id));
    if let Some(url) = item.text("url") {
        add_link(&mut paper, url);
    }
    paper.abstract_text = plain(item.text("abstractNote").unwrap_or_default());
    // `2017-06-00 June 2017`: the date in the program's form, then in the user's.
    paper.published = item.text("date").and_then(date);
    let is_author = |creator: &&Value| {
        matches!(creator.text("creatorType"), None | Some("author" | "presenter" | "contributor" | "programmer"))
    };
    let person = |creator: &Value| {
        let family = creator.text("lastName").or(creator.text("name"));
        name(creator.text("firstName"), family)
    };
    set_authors(&mut paper, item.list("creators").iter().filter(is_author).filter_map(person).collect());
    paper.venue = VENUES.iter().find_map(|field| item.text(field)).map(|venue| single_spaced(&plain(venue)));
    let is_paper = match kind {
        "report" => paper.authors.is_some() || paper.id.is_registered(),
        // Preprints were web pages before they had their own type.
        "webpage" => paper.id.is_registered(),
        kind => PAPERS.contains(&kind),
    };
    if !is_paper {
        return Err(SkippedRecord::not_a_paper(format!("an item of the type `{kind}`")));
    }
    paper.library = library(item, extra);
    paper.catalogue_ids = item.texts(FILE_KEYS, "").iter().map(|key| file_id(key)).collect();
    paper.catalogue_ids.sort_unstable();
    Ok(vec![paper])
}

/// How the user files an item: tags, collections, notes, and the key by which documents cite it.
fn library(item: &Value, extra: &str) -> LibraryEntry {
    let mut library = LibraryEntry::default();
    let labelled = extra.lines().filter_map(|line| line.split_once(':'));
    let in_extra = labelled.filter(|(label, _)| label.trim().eq_ignore_ascii_case("citation key")).map(|(_, key)| key);
    for key in [item.text("citationKey"), item.text("citekey")].into_iter().flatten().chain(in_extra) {
        library.add_citation_key(key);
    }
    library.add_tags(item.texts("tags", "tag").iter().map(String::as_str));
    // Collections of the web interface are keys without names.
    library.collections.extend(item.texts(COLLECTION_PATHS, ""));
    let notes = item.texts("notes", "note");
    library.notes.extend(notes.iter().map(|note| paragraphs(note)).filter(|note| !note.is_empty()));
    library
}

/// The text of a note, which is HTML, with a line for each paragraph.
fn paragraphs(note: &str) -> String {
    static ENDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)</(?:p|li|h[1-6]|div|blockquote|tr)\s*>|<br\s*/?>").expect("a pattern of the program is sound")
    });
    // A character of the private use area marks the ends, because the markup must stay intact.
    let marked = plain(&ENDS.replace_all(note, "\u{e000}$0"));
    let lines: Vec<&str> = marked.split('\u{e000}').map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// The id that a file in the storage of Zotero shares with its item, from the path of the file:
/// `…/Zotero/storage/ABCD1234/Paper.pdf`.
pub(super) fn id_of_file(path: &Path) -> Option<String> {
    let folder = path.parent()?;
    let key = folder.file_name()?.to_str()?;
    let storage = folder.parent()?;
    let is_key = key.len() == 8 && key.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let is_stored = storage.file_name()? == "storage" && storage.parent()?.join("zotero.sqlite").is_file();
    (is_key && is_stored).then(|| file_id(key))
}

/// The id of a file by the key of its attachment.
fn file_id(key: &str) -> String {
    format!("{FILE_IDS}{key}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::source::{ReadOptions, read_stream};

    #[test]
    fn items_as_json_are_read_like_those_of_the_database() {
        let text = json!({ "items": [{ "itemType": "journalArticle", "title": "Lamps", "date": "2030-01-02",
            "creators": [{ "creatorType": "author", "name": "Ana Ruiz" }], "publicationTitle": "Letters of Lamps" }] });
        let bytes = std::io::Cursor::new(text.to_string().into_bytes());
        let items: Vec<_> = read_stream(bytes, "items.json", &ReadOptions::default()).unwrap().collect();
        let paper = items[0].as_ref().unwrap();
        assert_eq!((paper.title.as_str(), paper.venue.as_deref()), ("Lamps", Some("Letters of Lamps")));
        assert_eq!(paper.sources[0].format, "zotero");
    }
}
