//! The fields of the index, and how names and texts are split into words.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use tantivy::{IndexSettings, IndexSortByField, Order};

use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::text::fold_name;

/// Raised when the fields or their order change. An index of another format is rebuilt.
pub(crate) const FORMAT: u32 = 11;

const FOLDED: &str = "folded";
const DATE: &str = "date";
pub(super) const UNITS: &str = "units";
/// Block size of the document store, in bytes. One block is read to show one node. It is small because nodes are
/// mostly shown in another order than that of the index.
const BLOCK: usize = 2048;

#[derive(Debug, Clone)]
pub(super) struct IndexFields {
    pub schema: Schema,
    pub id: Field,
    pub kind: Field,
    /// Words in the names of entities, repositories and pages.
    pub name: Field,
    /// Each of these names as a whole, without spaces: `flashattention2`.
    pub key: Field,
    pub title: Field,
    pub text: Field,
    pub date: Field,
    /// Outgoing ties, as in `evaluatesOn dataset/coco`.
    pub tie: Field,
    /// Hashes of the nodes that a paper names, sorted, once for each mention.
    pub named: Field,
    /// The node's own hash.
    pub hash: Field,
    pub headline: Field,
    /// For each device whose number a paper states: the hash of the device, then the number.
    pub units: Field,
    /// Ids of the datasets on which a paper states results.
    pub result: Field,
    /// Results of a paper, in postcard.
    pub results: Field,
    /// Links of a paper with their confidences, see `confidence::link_number`.
    pub confidence: Field,
    /// Fields for display, in postcard.
    pub shown: Field,
}

impl IndexFields {
    pub(super) fn new() -> Self {
        let mut schema = Schema::builder();
        // Scores depend on how often a word is in an abstract, but not on how often it is in a name.
        let words = |record| {
            let indexing = TextFieldIndexing::default().set_tokenizer(FOLDED).set_index_option(record);
            TextOptions::default().set_indexing_options(indexing.set_fieldnorms(false))
        };
        Self {
            id: schema.add_text_field("id", STRING | FAST),
            kind: schema.add_u64_field("kind", FAST),
            name: schema.add_text_field("name", words(IndexRecordOption::Basic)),
            key: schema.add_text_field("key", STRING),
            title: schema.add_text_field("title", words(IndexRecordOption::Basic)),
            text: schema.add_text_field("text", words(IndexRecordOption::WithFreqs)),
            date: schema.add_u64_field(DATE, FAST | INDEXED),
            tie: schema.add_text_field("tie", STRING | FAST),
            named: schema.add_u64_field("named", FAST | INDEXED),
            hash: schema.add_u64_field("hash", INDEXED),
            headline: schema.add_text_field("headline", STRING),
            units: schema.add_u64_field(UNITS, FAST),
            result: schema.add_text_field("result", STRING),
            results: schema.add_bytes_field("results", STORED),
            confidence: schema.add_u64_field("confidence", FAST | INDEXED),
            shown: schema.add_bytes_field("shown", STORED),
            schema: schema.build(),
        }
    }
}

/// Settings with which an index is written.
pub(super) fn index_settings() -> IndexSettings {
    IndexSettings {
        docstore_blocksize: BLOCK,
        // Puts the newest papers that name something first in each list, and next to each other in every file.
        sort_by_field: Some(IndexSortByField { field: DATE.to_string(), order: Order::Desc }),
        ..IndexSettings::default()
    }
}

pub(super) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(FOLDED, TextAnalyzer::builder(FoldedWords::default()).build());
    manager
}

/// Splits a text into words for comparison. They are folded like names, so that `Müller-Lyer` and `muller lyer` match,
/// and split at everything except letters, digits, the dot of `2.0` and the end of `C++`.
pub(super) fn words_of(text: &str) -> Vec<String> {
    let folded = fold_name(text);
    let mut words = Vec::new();
    for piece in folded.split(|c: char| !(c.is_alphanumeric() || "+#.".contains(c))) {
        let word = piece.trim_matches('.').trim_start_matches(['+', '#']);
        if word.contains('.') && !word.contains(|c: char| c.is_ascii_digit()) {
            words.extend(word.split('.').filter(|part| !part.is_empty()).map(str::to_string));
        } else if !word.is_empty() {
            words.push(word.to_string());
        }
    }
    words
}

#[derive(Clone, Default)]
struct FoldedWords {
    token: Token,
}

struct FoldedStream<'a> {
    words: std::vec::IntoIter<String>,
    token: &'a mut Token,
}

impl Tokenizer for FoldedWords {
    type TokenStream<'a> = FoldedStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> FoldedStream<'a> {
        self.token.reset();
        FoldedStream { words: words_of(text).into_iter(), token: &mut self.token }
    }
}

impl TokenStream for FoldedStream<'_> {
    fn advance(&mut self) -> bool {
        match self.words.next() {
            Some(word) => {
                self.token.text = word;
                self.token.position = self.token.position.wrapping_add(1);
                true
            }
            None => false,
        }
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

/// The number of a kind in the index.
pub(super) fn kind_number(kind: NodeKind) -> u64 {
    NodeKind::ALL.iter().position(|k| *k == kind).unwrap_or_default() as u64
}

pub(super) fn kind_of(number: u64) -> Option<NodeKind> {
    NodeKind::ALL.get(usize::try_from(number).ok()?).copied()
}

/// A date as a number that sorts: 20240710, or 20240700 if the day is unknown.
pub(super) fn date_number(date: PartialDate) -> u64 {
    u64::from(date.year()) * 10_000 + u64::from(date.month().unwrap_or(0)) * 100 + u64::from(date.day().unwrap_or(0))
}

pub(super) fn date_of(number: u64) -> Option<PartialDate> {
    let known = |part: u64| u8::try_from(part).ok().filter(|part| *part > 0);
    PartialDate::new(u16::try_from(number / 10_000).ok()?, known(number / 100 % 100), known(number % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_folded_words() {
        assert_eq!(words_of("Müller-Lyer in C++ (v2.0)."), ["muller", "lyer", "in", "c++", "v2.0"]);
        assert_eq!(words_of("e.g. encoder/decoder, F#"), ["e", "g", "encoder", "decoder", "f#"]);
        assert!(words_of("…!?").is_empty());
    }

    #[test]
    fn a_date_comes_back_with_the_precision_it_had() {
        for date in ["2024", "2024-07", "2024-07-10"] {
            let date: PartialDate = date.parse().unwrap();
            assert_eq!(date_of(date_number(date)), Some(date));
        }
    }
}
