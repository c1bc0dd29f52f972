//! Finds in the beginning of a JSON text where its records are, and which fields they have.

use std::collections::BTreeSet;

/// Objects around a list of records, by the path to the list: OpenAlex, Crossref, Semantic Scholar, Hugging Face, the
/// Zotero interface, OpenReview, DBLP, Europe PMC, Solr (ADS), bioRxiv, and the wrappers of people's own lists.
const LISTS: [&str; 19] = [
    "results",
    "message.items",
    "items",
    "data",
    "papers",
    "works",
    "records",
    "recommendedPapers",
    "dailyPapers",
    "rows",
    "notes",
    "entries",
    "articles",
    "publications",
    "hits.hits",
    "result.hits.hit",
    "resultList.result",
    "response.docs",
    "collection",
];

/// Objects around each record of a list: citations and references of Semantic Scholar, rows of a dataset viewer, hits of a
/// search engine, hits of DBLP.
const WRAPPERS: [&str; 5] = ["citedPaper", "citingPaper", "row", "_source", "info"];

/// Objects around one record, each with a field that the record has.
const SINGLE: [(&str, &str); 2] = [("message", "DOI"), ("data", "attributes")];

/// Depth of fields; deeper ones say nothing about the format.
const DEEPEST: usize = 5;

/// Number of fields; no format has more.
const MOST_FIELDS: usize = 2000;

/// The fields in the beginning of a text.
#[derive(Debug, Default)]
pub(in crate::source) struct RecordOutline {
    /// Paths of names; `[]` is an element: `[].paper.id`.
    fields: BTreeSet<String>,
    /// The values that are lists.
    lists: BTreeSet<String>,
    /// The values that are objects.
    objects: BTreeSet<String>,
    first: Option<u8>,
    /// Whether the first value ends with its line, or another value begins on a later line.
    by_line: bool,
}

/// How records are laid out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RecordLayout {
    /// One record a line.
    Lines,
    /// Under these names; `[]` means the elements of a list.
    Records(Vec<&'static str>),
}

impl RecordOutline {
    /// The outline of the beginning of a text, which may end anywhere.
    pub(crate) fn of(head: &[u8]) -> Self {
        let mut walk = OutlineWalk { bytes: head, offset: 0, outline: Self::default() };
        walk.whole();
        walk.outline
    }

    /// Whether the records have the field: `paper.id`, `authors[].name`.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.fields.contains(&self.path_of(field))
    }

    /// Whether the field of the records is a list.
    pub(crate) fn has_list(&self, field: &str) -> bool {
        self.lists.contains(&self.path_of(field))
    }

    /// Whether the first value is a list or an object.
    pub(crate) fn is_json(&self) -> bool {
        self.first.is_some()
    }

    /// The name under which each record is, if there is an object around it. An object with a title of its own is a record.
    pub(crate) fn wrapper(&self) -> Option<&'static str> {
        let prefix = self.prefix();
        if self.fields.contains(&under(&prefix, "title")) {
            return None;
        }
        WRAPPERS.into_iter().find(|name| self.objects.contains(&under(&prefix, name)))
    }

    fn path_of(&self, field: &str) -> String {
        let prefix = self.prefix();
        match self.wrapper() {
            Some(wrapper) => under(&under(&prefix, wrapper), field),
            None => under(&prefix, field),
        }
    }

    /// Where the records are.
    fn prefix(&self) -> String {
        match self.shape() {
            RecordLayout::Lines => self.single().unwrap_or_default().to_string(),
            RecordLayout::Records(path) => path.join(".").replace(".[]", "[]"),
        }
    }

    fn single(&self) -> Option<&'static str> {
        let single = SINGLE.into_iter().find(|(path, field)| self.fields.contains(&under(path, field)));
        single.map(|(path, _)| path)
    }

    /// An object with its own title is a record, and its lists are parts of it, such as `results` of `kg extract`,
    /// unless the elements of the list have titles too.
    fn holds_records(&self, list: &str) -> bool {
        let element = format!("{list}[]");
        let is_title = |field: &String| field.starts_with(&element) && field.ends_with("title");
        !self.fields.contains("title") || self.fields.iter().any(is_title)
    }

    pub(super) fn shape(&self) -> RecordLayout {
        if self.first == Some(b'[') {
            return RecordLayout::Records(vec!["[]"]);
        }
        if let Some(list) = LISTS.iter().find(|list| self.lists.contains(**list) && self.holds_records(list)) {
            return RecordLayout::Records(list.split('.').chain(["[]"]).collect());
        }
        if self.by_line {
            return RecordLayout::Lines;
        }
        if let Some(single) = self.single() {
            return RecordLayout::Records(vec![single]);
        }
        RecordLayout::Records(Vec::new())
    }
}

/// The path of a field of the object at `path`.
fn under(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_string() } else { format!("{path}.{field}") }
}

struct OutlineWalk<'a> {
    bytes: &'a [u8],
    offset: usize,
    outline: RecordOutline,
}

/// An open object or list, and the text before its fields.
struct OpenValue {
    is_object: bool,
    path: String,
    key: Option<String>,
}

impl OutlineWalk<'_> {
    /// Parses the first value. Anything unexpected is skipped: the reader will report it.
    fn whole(&mut self) {
        let mut open: Vec<OpenValue> = Vec::new();
        while let Some(&byte) = self.bytes.get(self.offset) {
            self.offset += 1;
            match byte {
                b'{' | b'[' => {
                    self.outline.first.get_or_insert(byte);
                    let path = open.last().map(OpenValue::inner).unwrap_or_default();
                    if open.len() <= DEEPEST && self.outline.lists.len() + self.outline.objects.len() < MOST_FIELDS {
                        let kind = if byte == b'[' { &mut self.outline.lists } else { &mut self.outline.objects };
                        kind.insert(path.clone());
                    }
                    open.push(OpenValue { is_object: byte == b'{', path, key: None });
                    if open.len() > 64 {
                        return;
                    }
                }
                b'}' | b']' => {
                    open.pop();
                    if open.is_empty() {
                        break;
                    }
                }
                b'"' => {
                    let text = self.string();
                    if let Some(object) = open.last_mut().filter(|o| o.is_object && o.key.is_none()) {
                        object.key = Some(text);
                        let path = object.inner();
                        if open.len() <= DEEPEST && self.outline.fields.len() < MOST_FIELDS {
                            self.outline.fields.insert(path);
                        }
                    }
                }
                b',' => {
                    if let Some(object) = open.last_mut() {
                        object.key = None;
                    }
                }
                _ => {}
            }
        }
        self.outline.by_line = self.first_value_is_a_line();
    }

    fn string(&mut self) -> String {
        let from = self.offset;
        while let Some(&byte) = self.bytes.get(self.offset) {
            match byte {
                b'"' => break,
                b'\\' => self.offset += 2,
                _ => self.offset += 1,
            }
        }
        let to = self.offset.min(self.bytes.len());
        self.offset = (self.offset + 1).min(self.bytes.len());
        let text = self.bytes.get(from..to).unwrap_or_default();
        String::from_utf8_lossy(text.get(..text.len().min(100)).unwrap_or_default()).into_owned()
    }

    /// One record a line: the first value has no line break inside, or, if it is cut off, the next line is another
    /// value.
    fn first_value_is_a_line(&self) -> bool {
        let start = self.bytes.iter().position(|b| !b.is_ascii_whitespace() && *b != 0xef && *b != 0xbb && *b != 0xbf);
        let text = self.bytes.get(start.unwrap_or_default()..).unwrap_or_default();
        let end = self.offset.saturating_sub(start.unwrap_or_default());
        match memchr::memchr(b'\n', text) {
            None => true,
            Some(line) if line >= end => true,
            Some(line) => text.get(line + 1) == Some(&b'{'),
        }
    }
}

impl OpenValue {
    fn inner(&self) -> String {
        match (&self.key, self.path.as_str()) {
            (Some(key), "") => key.clone(),
            (Some(key), path) => format!("{path}.{key}"),
            (None, path) if self.is_object => path.to_string(),
            (None, path) => format!("{path}[]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_in_every_layout() {
        for (text, shape) in [
            ("{\"a\": 1}\n{\"a\": 2}", RecordLayout::Lines),
            ("{\"a\": 1", RecordLayout::Lines),
            ("{\"a\": 1\n{\"a\": 2}", RecordLayout::Lines),
            ("{\n  \"a\": 1\n}\n", RecordLayout::Records(vec![])),
            ("[{\"a\": 1}]", RecordLayout::Records(vec!["[]"])),
            ("{\"meta\": {\"a\": 3}, \"results\": [{\"a\": 1}]}", RecordLayout::Records(vec!["results", "[]"])),
            ("{\"message\": {\"items\": [{\"a\": [", RecordLayout::Records(vec!["message", "items", "[]"])),
            ("{\n\"message\": {\"DOI\": 1, \"a\": 2}}", RecordLayout::Records(vec!["message"])),
            // A record with a list of its own, and a list of records that has a title.
            ("{\"title\": 1, \"a\": 1, \"results\": [{\"system\": 1}]}\n{\"title\": 1}", RecordLayout::Lines),
            ("{\"title\": 1, \"papers\": [{\"title\": 1, \"a\": 1}]}", RecordLayout::Records(vec!["papers", "[]"])),
        ] {
            let outline = RecordOutline::of(text.as_bytes());
            assert_eq!(outline.shape(), shape, "{text}");
            assert!(outline.has("a"), "{text}: {outline:?}");
        }
        assert!(RecordOutline::of(b"[{\"p\": {\"id\": 1}, \"q\": [{\"r\": 2}]}]").has("q[].r"));
    }
}
