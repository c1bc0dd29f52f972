//! Display fields of a node, stored whole in the index, so that an export of a million nodes need not collect them
//! from the nodes' descriptions.

use std::sync::OnceLock;

use oxigraph::model::{NamedNode, Term};
use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;
use tantivy::schema::Value;
use tantivy::store::StoreReader;

use super::schema::{date_number, date_of};
use super::{Index, IndexDocument, IndexError, IndexedNode};
use crate::ontology::{Ontology, doap, foaf, rdfs, schema, skos};
use crate::paper::{PaperId, PartialDate};

/// What tables and pictures show of a node, apart from its ties.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DisplayFields {
    /// The node's id, as in `dataset/coco`.
    pub id: String,
    /// Name, title or address.
    pub label: String,
    /// Other names, in alphabetical order.
    pub aliases: Vec<String>,
    /// Web addresses, as in the graph. For a paper: arXiv, then the ACL Anthology, then its DOI.
    pub addresses: Vec<(u8, String)>,
    /// Publication date of a paper, as a number that sorts.
    pub(super) day: u64,
    /// Publication year of a paper; for anything else, the year since which it exists.
    pub year: Option<i64>,
    /// Code status of a paper: `link`, `claimed`, `promised` or `none`.
    pub code: Option<String>,
    pub organization: Option<String>,
    pub author_count: Option<i64>,
    /// Verdict of the latest check of a repository or page.
    pub verdict: Option<String>,
    pub dead: bool,
    pub stars: Option<i64>,
    /// Of a metric, whether a smaller value is better; `None` if the vocabulary does not say.
    pub lower_is_better: Option<bool>,
}

/// Predicates of addresses, in order of preference.
const ADDRESSES: [oxigraph::model::NamedNodeRef<'_>; 3] = [foaf::HOMEPAGE, schema::URL, doap::LOCATION];
const ACL: u8 = ADDRESSES.len() as u8;
const DOI: u8 = ACL + 1;

impl DisplayFields {
    /// Takes the fields from one triple of the node.
    pub fn take(&mut self, ontology: &Ontology, predicate: &NamedNode, object: &Term) {
        let kg = &ontology.kg;
        if let Some(rank) = ADDRESSES.iter().position(|address| address == predicate) {
            let address = match object {
                Term::NamedNode(node) => node.as_str(),
                Term::Literal(literal) => literal.value(),
                _ => return,
            };
            self.addresses.push((rank as u8, address.to_string()));
        }
        let Term::Literal(literal) = object else { return };
        let text = || Some(literal.value().to_string());
        let number = || literal.value().parse().ok();
        match predicate {
            p if *p == rdfs::LABEL && self.label.is_empty() => self.label = literal.value().to_string(),
            p if *p == skos::ALT_LABEL => self.aliases.push(literal.value().to_string()),
            p if *p == kg.year => self.year = number(),
            p if *p == kg.code_statement => self.code = text(),
            p if *p == kg.organization => self.organization = text(),
            p if *p == kg.author_count => self.author_count = number(),
            p if *p == kg.verdict => self.verdict = text(),
            p if *p == kg.dead => self.dead = literal.value() == "true",
            p if *p == kg.stars => self.stars = number(),
            p if *p == kg.better => self.lower_is_better = Some(literal.value() == "lower"),
            p if *p == kg.doi => self.addresses.push((DOI, format!("https://doi.org/{}", literal.value()))),
            p if *p == kg.identifier => self.identifier(literal.value()),
            _ => {}
        }
    }

    /// Takes an identifier of a paper, its id or another one.
    fn identifier(&mut self, id: &str) {
        if let Some(acl) = id.parse::<PaperId>().ok().as_ref().and_then(PaperId::as_acl) {
            self.addresses.push((ACL, format!("https://aclanthology.org/{acl}")));
        }
    }

    /// Publication date of a paper.
    pub fn date(&self) -> Option<PartialDate> {
        date_of(self.day)
    }

    /// The encoded form in the index.
    pub(super) fn bytes(document: &IndexDocument) -> Result<Vec<u8>, postcard::Error> {
        let IndexDocument { id, date, .. } = document;
        let day = date.map_or(0, date_number);
        let mut shown = Self { id: id.clone(), day, ..document.shown.clone() };
        shown.identifier(id);
        shown.aliases.sort_unstable();
        shown.aliases.dedup();
        shown.addresses.sort_unstable();
        shown.addresses.dedup();
        postcard::to_allocvec(&shown)
    }
}

/// Number of blocks of a segment that are cached.
const BLOCKS: usize = 64;

/// The document store of a segment, opened on first use.
#[derive(Default)]
pub(super) struct SegmentDocuments(OnceLock<StoreReader>);

impl Index {
    /// Display fields of a node; `None` if it has no name.
    pub fn shown(&self, doc: IndexedNode) -> Result<Option<DisplayFields>, IndexError> {
        let Some(document) = self.stored(doc)? else { return Ok(None) };
        let Some(bytes) = document.get_first(self.fields.shown).and_then(|value| value.as_bytes()) else {
            return Ok(None);
        };
        let shown: DisplayFields = postcard::from_bytes(bytes).map_err(|e| self.error(e))?;
        Ok((!shown.label.is_empty()).then_some(shown))
    }

    /// The stored fields of a node.
    pub(super) fn stored(&self, doc: IndexedNode) -> Result<Option<TantivyDocument>, IndexError> {
        let Some(segment) = self.segment(doc) else { return Ok(None) };
        let store = match segment.documents.0.get() {
            Some(store) => store,
            None => {
                let opened = segment.reader.get_store_reader(BLOCKS).map_err(|e| self.error(e))?;
                segment.documents.0.get_or_init(|| opened)
            }
        };
        store.get(doc - segment.base).map(Some).map_err(|e| self.error(e))
    }

    /// Calls `f` with the id and number of every node, segment by segment. Within a segment, ids are in alphabetical
    /// order.
    pub fn each_id(&self, mut f: impl FnMut(&str, IndexedNode)) -> Result<(), IndexError> {
        let nodes = self.nodes()?;
        for (place, segment) in self.segments.iter().enumerate() {
            let Some(ids) = nodes.ids(place) else { continue };
            let mut by_place: Vec<Option<IndexedNode>> = vec![None; ids.num_terms()];
            for doc in segment.reader.doc_ids_alive() {
                if let Some(place) = ids.term_ords(doc).next().and_then(|ord| by_place.get_mut(ord as usize)) {
                    *place = Some(segment.base + doc);
                }
            }
            let mut stream = ids.dictionary().stream().map_err(|e| self.error(e))?;
            for doc in by_place {
                if !stream.advance() {
                    break;
                }
                if let (Some(doc), Ok(id)) = (doc, std::str::from_utf8(stream.key())) {
                    f(id, doc);
                }
            }
        }
        Ok(())
    }

    /// Calls `f` for every tie (predicate, id of the object), sorted within each segment, and collects the results by
    /// segment.
    pub fn each_tie<T>(&self, mut f: impl FnMut(&str, &str) -> T) -> Result<TiesBySegment<T>, IndexError> {
        let mut segments = Vec::with_capacity(self.segments.len());
        for segment in &self.segments {
            let mut made = Vec::new();
            if let Some(ties) = &segment.ties {
                made.reserve(ties.num_terms());
                let mut stream = ties.dictionary().stream().map_err(|e| self.error(e))?;
                while stream.advance() {
                    let (predicate, id) =
                        std::str::from_utf8(stream.key()).ok().and_then(|tie| tie.split_once(' ')).unwrap_or_default();
                    made.push(f(predicate, id));
                }
            }
            segments.push(made);
        }
        Ok(TiesBySegment(segments))
    }

    /// The results of [`Index::each_tie`] for the ties of a node.
    pub fn ties_of<'t, T>(&'t self, doc: IndexedNode, made: &'t TiesBySegment<T>) -> impl Iterator<Item = &'t T> {
        let of = self.place(doc).and_then(|place| {
            let segment = self.segments.get(place)?;
            Some((segment.ties.as_ref()?.term_ords(doc - segment.base), made.0.get(place)?))
        });
        of.into_iter().flat_map(|(ords, made)| ords.filter_map(move |ord| made.get(ord as usize)))
    }
}

/// A value for each tie of each segment.
pub struct TiesBySegment<T>(Vec<Vec<T>>);

impl<T> Default for TiesBySegment<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ontology::NodeKind;
    use oxigraph::model::Literal;

    #[test]
    fn what_is_shown_comes_back_from_its_bytes() {
        let ontology = Ontology::default();
        let mut shown = DisplayFields::default();
        for (predicate, object) in [
            (rdfs::LABEL.into_owned(), Term::from(Literal::new_simple_literal("A"))),
            (skos::ALT_LABEL.into_owned(), Literal::new_simple_literal("z").into()),
            (skos::ALT_LABEL.into_owned(), Literal::new_simple_literal("b").into()),
            (ontology.kg.doi.clone(), Literal::new_simple_literal("10.1/x").into()),
            (schema::URL.into_owned(), NamedNode::new_unchecked("https://arxiv.org/abs/2401.00001").into()),
            (ontology.kg.identifier.clone(), Literal::new_simple_literal("paper/acl-2020.acl-main.1").into()),
            (ontology.kg.year.clone(), Literal::from(2024_i64).into()),
        ] {
            shown.take(&ontology, &predicate, &object);
        }
        let document = IndexDocument {
            date: "2024-07".parse().ok(),
            shown,
            ..IndexDocument::new("paper/x".to_string(), NodeKind::Paper)
        };
        let back: DisplayFields = postcard::from_bytes(&DisplayFields::bytes(&document).unwrap()).unwrap();
        assert_eq!((back.id.as_str(), back.label.as_str(), back.year), ("paper/x", "A", Some(2024)));
        assert_eq!(back.date(), document.date);
        assert_eq!(back.aliases, ["b", "z"]);
        let addresses: Vec<&str> = back.addresses.iter().map(|(_, address)| address.as_str()).collect();
        assert_eq!(
            addresses,
            ["https://arxiv.org/abs/2401.00001", "https://aclanthology.org/2020.acl-main.1", "https://doi.org/10.1/x"]
        );
    }
}
