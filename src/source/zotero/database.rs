//! Reads the items of a library from the database of Zotero.

use std::collections::{HashMap, HashSet};
use std::io;

use rusqlite::{Connection, OpenFlags, Row, params};
use serde_json::{Map, Value, json};
use tempfile::NamedTempFile;

use super::{COLLECTION_PATHS, FILE_KEYS};
use crate::source::compressed::Stream;
use crate::source::json_lines;
use crate::text::single_spaced;

/// The items of a library, one JSON object on each line. The database is copied first, because Zotero locks it while it
/// runs.
///
/// # Errors
/// If it cannot be copied, or is not a library of Zotero.
pub(in crate::source) fn json_lines(stream: Stream) -> Result<Stream, String> {
    let mut library = ZoteroLibrary::open(json_lines::on_disk(stream)?).map_err(|e| match e {
        rusqlite::Error::SqliteFailure(..) if e.to_string().contains("no such") => {
            "is an SQLite database, but not the library of Zotero".to_string()
        }
        e => format!("is a damaged SQLite database, or was being written ({e}); close Zotero and try again"),
    })?;
    let damaged = |e| io::Error::new(io::ErrorKind::InvalidData, format!("damaged database: {e}"));
    Ok(json_lines::stream(std::iter::from_fn(move || library.next().map_err(damaged).transpose())))
}

/// A copy of a library, and its items that are still to be read.
struct ZoteroLibrary {
    database: Connection,
    /// The key and the type of each item, by its number in the database.
    items: std::vec::IntoIter<(i64, String, String)>,
    collections: ZoteroCollections,
    /// Deleted at the end.
    _file: NamedTempFile,
}

impl ZoteroLibrary {
    fn open(file: NamedTempFile) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(file.path(), flags)?;
        let items = rows(
            &database,
            "SELECT itemID, key, typeName FROM items JOIN itemTypes USING (itemTypeID)
             WHERE typeName NOT IN ('attachment', 'note', 'annotation') AND itemID NOT IN (SELECT itemID FROM deletedItems)
             ORDER BY itemID",
            None,
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        let collections = ZoteroCollections::of(&database)?;
        Ok(Self { database, items: items.into_iter(), collections, _file: file })
    }

    /// The next item in the form of Zotero's own JSON.
    fn next(&mut self) -> rusqlite::Result<Option<Value>> {
        let Some((id, key, kind)) = self.items.next() else { return Ok(None) };
        let fields = rows(
            &self.database,
            "SELECT fieldName, value FROM itemData JOIN fields USING (fieldID) JOIN itemDataValues USING (valueID)
             WHERE itemID = ?1",
            Some(id),
            |row| Ok((row.get(0)?, Value::from(text(row, 1)?))),
        )?;
        let mut item: Map<String, Value> = fields.into_iter().collect();
        item.insert("key".to_string(), Value::from(key));
        item.insert("itemType".to_string(), Value::from(kind));
        let creators = rows(
            &self.database,
            "SELECT creatorType, firstName, lastName FROM itemCreators JOIN creators USING (creatorID)
             JOIN creatorTypes USING (creatorTypeID) WHERE itemID = ?1 ORDER BY orderIndex",
            Some(id),
            |row| Ok(json!({ "creatorType": text(row, 0)?, "firstName": text(row, 1)?, "lastName": text(row, 2)? })),
        )?;
        item.insert("creators".to_string(), Value::from(creators));
        let tags =
            self.texts("SELECT name FROM itemTags JOIN tags USING (tagID) WHERE itemID = ?1 ORDER BY name", id)?;
        item.insert("tags".to_string(), Value::from(tags));
        let notes = self.texts(
            "SELECT note FROM itemNotes WHERE parentItemID = ?1 AND itemID NOT IN (SELECT itemID FROM deletedItems)",
            id,
        )?;
        item.insert("notes".to_string(), Value::from(notes));
        let numbers =
            parts(&self.database, "SELECT collectionID FROM collectionItems WHERE itemID = ?1", Some(id), |row| {
                row.get::<_, i64>(0)
            })?;
        let paths: Vec<String> = numbers.into_iter().filter_map(|number| self.collections.path(number)).collect();
        item.insert(COLLECTION_PATHS.to_string(), Value::from(paths));
        let files = self.texts(
            "SELECT key FROM itemAttachments JOIN items USING (itemID)
             WHERE parentItemID = ?1 AND contentType = 'application/pdf'
             AND itemID NOT IN (SELECT itemID FROM deletedItems)",
            id,
        )?;
        item.insert(FILE_KEYS.to_string(), Value::from(files));
        Ok(Some(Value::Object(item)))
    }

    fn texts(&self, query: &str, item: i64) -> rusqlite::Result<Vec<String>> {
        parts(&self.database, query, Some(item), |row| text(row, 0))
    }
}

/// The collections of a library by number: the name of each, and the collection that contains it.
struct ZoteroCollections(HashMap<i64, (String, Option<i64>)>);

impl ZoteroCollections {
    fn of(database: &Connection) -> rusqlite::Result<Self> {
        let deleted: HashSet<i64> =
            parts(database, "SELECT collectionID FROM deletedCollections", None, |row| row.get(0))?
                .into_iter()
                .collect();
        let query = "SELECT collectionID, collectionName, parentCollectionID FROM collections";
        let all = parts(database, query, None, |row| Ok((row.get(0)?, (text(row, 1)?, row.get(2)?))))?;
        Ok(Self(all.into_iter().filter(|(number, _)| !deleted.contains(number)).collect()))
    }

    /// The name of a collection with the names of those that contain it: `Thesis/Chapter 2`.
    fn path(&self, number: i64) -> Option<String> {
        let mut names = Vec::new();
        let mut next = Some(number);
        // A damaged library could contain a circle.
        while let Some((name, around)) = next.and_then(|number| self.0.get(&number)).filter(|_| names.len() < 32) {
            names.push(single_spaced(name));
            next = *around;
        }
        names.reverse();
        (!names.is_empty()).then(|| names.join("/"))
    }
}

/// As [`rows`]; empty if a library lacks a table: libraries of other versions have fewer.
fn parts<T>(
    database: &Connection,
    query: &str,
    item: Option<i64>,
    read: impl FnMut(&Row) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    match rows(database, query, item, read) {
        Err(error) if error.to_string().contains("no such table") => Ok(Vec::new()),
        rows => rows,
    }
}

/// All rows that a query finds for an item.
fn rows<T>(
    database: &Connection,
    query: &str,
    item: Option<i64>,
    read: impl FnMut(&Row) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = database.prepare(query)?;
    match item {
        Some(item) => statement.query_map(params![item], read)?.collect(),
        None => statement.query_map([], read)?.collect(),
    }
}

/// A column as text: the database stores years and pages as numbers if they look like numbers.
fn text(row: &Row, column: usize) -> rusqlite::Result<String> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(column)? {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::source::{ReadOptions, read_stream};

    /// The tables of a library that hold items, with two papers, a deleted one, a book and a file.
    const SAMPLE: &str = concat!(include_str!("../../../tests/fixtures/zotero/tables.sql"), "
        INSERT INTO itemTypes VALUES (1, 'preprint'), (2, 'conferencePaper'), (3, 'book'), (4, 'attachment');
        INSERT INTO fields VALUES (1, 'title'), (2, 'abstractNote'), (3, 'date'), (4, 'archiveID'), (5, 'DOI'),
            (6, 'proceedingsTitle'), (7, 'url'), (8, 'extra');
        INSERT INTO items VALUES (1, 1, 'AAAA1111'), (2, 2, 'BBBB2222'), (3, 3, 'CCCC3333'), (4, 4, 'DDDD4444'), (5, 1, 'EEEE5555');
        INSERT INTO deletedItems VALUES (5);
        INSERT INTO itemDataValues VALUES (1, 'Lamps for <i>Moths</i>'), (2, 'We light ImageNet.'), (3, '2030-03-00 March 2030'),
            (4, 'arXiv:3003.00001'), (5, '10.1000/moths'), (6, 'Proceedings of Moths'), (7, 'https://github.com/moths/lamps'),
            (8, 'All about Lamps'), (9, 2029), (10, 'Moths'), (11, 'Citation Key: ruiz2030');
        INSERT INTO itemData VALUES (1, 1, 1), (1, 2, 2), (1, 3, 3), (1, 4, 4), (1, 7, 7), (1, 8, 11), (2, 1, 10), (2, 3, 9), (2, 5, 5),
            (2, 6, 6), (3, 1, 8), (5, 1, 8);
        INSERT INTO creators VALUES (1, 'Ana', 'Ruiz', 0), (2, '', 'The Lamp Team', 1), (3, 'Bo', 'Dam', 0);
        INSERT INTO creatorTypes VALUES (1, 'author'), (2, 'editor');
        INSERT INTO itemCreators VALUES (1, 2, 1, 1), (1, 1, 1, 0), (2, 3, 2, 0), (2, 1, 1, 1);
        INSERT INTO tags VALUES (1, 'lamps'), (2, 'to read');
        INSERT INTO itemTags VALUES (1, 2, 0), (1, 1, 1);
        INSERT INTO collections VALUES (1, 'Thesis', NULL), (2, 'Chapter 2', 1), (3, 'Circle', 3);
        INSERT INTO collectionItems VALUES (2, 1), (3, 2);
        INSERT INTO itemTypes VALUES (5, 'note');
        INSERT INTO items VALUES (6, 5, 'FFFF6666'), (7, 5, 'GGGG7777');
        INSERT INTO itemNotes VALUES (6, 1, '<div><p>Read &amp; liked.</p><p>Moths <b>win</b>.</p></div>', 'Read'), (7, 1, '<p>Old</p>', '');
        INSERT INTO deletedItems VALUES (7);
        INSERT INTO itemAttachments VALUES (4, 1, 'application/pdf', 'storage:Lamps.pdf');");

    fn database(statements: &str) -> Vec<u8> {
        let file = NamedTempFile::new().unwrap();
        Connection::open(file.path()).unwrap().execute_batch(statements).unwrap();
        std::fs::read(file.path()).unwrap()
    }

    fn all(bytes: Vec<u8>) -> Result<Vec<crate::source::place::SourceItem>, crate::source::ReadProblem> {
        Ok(read_stream(Cursor::new(bytes), "zotero.sqlite", &ReadOptions::default())?.collect())
    }

    #[test]
    fn papers_of_a_library_are_read_and_other_items_are_left_out() {
        let items = all(database(SAMPLE)).unwrap();
        let papers: Vec<_> = items.iter().filter_map(|item| item.as_ref().ok()).collect();
        assert_eq!(papers.len(), 2);
        let first = papers[0];
        assert_eq!((first.title.as_str(), first.abstract_text.as_str()), ("Lamps for Moths", "We light ImageNet."));
        assert_eq!((first.id.key(), first.published.unwrap().to_string().as_str()), ("arxiv-3003.00001", "2030-03"));
        assert_eq!(first.authors.as_deref().unwrap(), ["Ana Ruiz", "The Lamp Team"]);
        assert_eq!(first.declared.repositories[0].url, "https://github.com/moths/lamps");
        let second = papers[1];
        assert_eq!(second.library.collections.iter().next().unwrap().split('/').next(), Some("Circle"));
        assert_eq!((second.id.key(), second.published.unwrap().to_string().as_str()), ("doi-10.1000-moths", "2029"));
        assert_eq!(second.authors.as_deref().unwrap(), ["Ana Ruiz"]);
        assert_eq!(second.venue.as_deref(), Some("Proceedings of Moths"));
        let left_out: Vec<_> =
            items.iter().filter_map(|item| item.as_ref().err()).map(|p| p.message.as_str()).collect();
        assert_eq!(left_out, ["an item of the type `book`"]);
    }

    #[test]
    fn tags_collections_notes_and_the_key_are_what_the_user_said_and_no_abstract() {
        let items = all(database(SAMPLE)).unwrap();
        let paper = items[0].as_ref().unwrap();
        let of = |texts: &std::collections::BTreeSet<String>| texts.iter().cloned().collect::<Vec<_>>();
        assert_eq!(of(&paper.library.tags), ["lamps", "to read"]);
        assert_eq!(of(&paper.library.collections), ["Thesis/Chapter 2"]);
        assert_eq!(of(&paper.library.notes), ["Read & liked.\nMoths win."]);
        assert_eq!(of(&paper.library.citation_keys), ["ruiz2030"]);
        assert_eq!(
            (paper.abstract_text.as_str(), paper.catalogue_ids.as_slice()),
            ("We light ImageNet.", ["zotero-file:DDDD4444".to_string()].as_slice())
        );
        assert!(paper.sources[0].states.contains(&"tags".to_string()), "{:?}", paper.sources[0].states);
    }

    #[test]
    fn a_library_without_the_tables_of_newer_versions_is_read() {
        let old: Vec<&str> =
            SAMPLE.lines().filter(|line| !line.contains("itemTags") && !line.contains("itemNotes")).collect();
        let items = all(database(&old.join("\n"))).unwrap();
        assert!(items[0].as_ref().unwrap().library.tags.is_empty());
    }

    #[test]
    fn a_database_of_another_program_is_named_as_such() {
        let error = all(database("CREATE TABLE moths (id INT); INSERT INTO moths VALUES (1);")).err().unwrap();
        assert_eq!(error.message, "is an SQLite database, but not the library of Zotero");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
        #[test]
        fn a_damaged_library_does_no_harm(at in 0..60_000_usize, byte in proptest::num::u8::ANY, cut in 0..60_000_usize) {
            let mut bytes = database(SAMPLE);
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(bytes.len() - (cut % bytes.len()) / 2);
            let _ = all(bytes);
        }
    }
}
