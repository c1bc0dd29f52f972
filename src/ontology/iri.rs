use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use oxigraph::model::NamedNode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::extract::RepositoryId;
use crate::paper::{PaperId, author_key};
use crate::vocabulary::{EntityId, Kind, squeeze};

/// The base IRI of a graph if its builder chooses no other.
pub(crate) const DEFAULT_BASE: &str = "https://w3id.org/papergraph/";

/// Prefixes of external vocabularies that a query can use without declaring them.
pub(crate) const PREFIXES: [(&str, &str); 12] = [
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("schema", "https://schema.org/"),
    ("prov", "http://www.w3.org/ns/prov#"),
    ("oa", "http://www.w3.org/ns/oa#"),
    ("void", "http://rdfs.org/ns/void#"),
    ("doap", "http://usefulinc.com/ns/doap#"),
    ("dcat", "http://www.w3.org/ns/dcat#"),
];

/// The IRI to which the id of a node is appended. It is chosen once for a graph and stored with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base(String);

impl Base {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The namespace of our own classes and properties (`kg:`).
    pub fn namespace(&self) -> String {
        format!("{}ontology#", self.0)
    }

    /// Every prefix that needs no declaration: `kg:`, one for each kind of node, and [`PREFIXES`].
    pub(crate) fn prefixes(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![("kg", self.namespace())];
        all.extend(NodeKind::ALL.map(|kind| (kind.as_str(), format!("{}{}/", self.0, kind.as_str()))));
        all.extend(PREFIXES.map(|(prefix, iri)| (prefix, iri.to_string())));
        all.push(("foaf", "http://xmlns.com/foaf/0.1/".to_string()));
        all
    }

    /// The IRI of the node with this id (`dataset/coco`).
    #[doc(hidden)]
    pub fn node(&self, id: &str) -> NamedNode {
        let mut iri = String::with_capacity(self.0.len() + id.len());
        iri.push_str(&self.0);
        encode(id, &mut iri);
        NamedNode::new_unchecked(iri)
    }

    pub(crate) fn entity(&self, id: &EntityId) -> NamedNode {
        self.node(&id.to_string())
    }

    pub(crate) fn paper(&self, id: &PaperId) -> NamedNode {
        self.node(&id.to_string())
    }

    pub(crate) fn repository(&self, id: &RepositoryId) -> NamedNode {
        self.node(&format!("repository/{}", id.key()))
    }

    /// The node of a work that is cited and not in the graph, by the key of the work.
    pub(crate) fn work(&self, key: &str) -> NamedNode {
        self.node(&format!("work/{key}"))
    }

    /// The node of an author, from the name as a source writes it: `He, Kaiming` and `Kaiming He` are one. `None` for a
    /// name without letters.
    pub(crate) fn author(&self, name: &str) -> Option<NamedNode> {
        author_key(name).map(|key| self.node(&format!("author/{key}")))
    }

    /// The node of a web page. Its id is the address without the scheme, so that `http` and `https` give the same
    /// node.
    pub(crate) fn page(&self, url: &str) -> NamedNode {
        let key = url.trim();
        let key = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
        let key = key.trim_end_matches('/');
        self.node(&format!("page/{}", if key.is_empty() { "unknown" } else { key }))
    }

    /// The id of a node of this graph; `None` for any other IRI, and for resources inside a node (`…#mention-…`).
    pub fn id<'i>(&self, iri: &'i str) -> Option<&'i str> {
        let id = iri.strip_prefix(&self.0)?;
        let (_, key) = id.split_once('/')?;
        (NodeKind::of_id(id).is_some() && !key.is_empty() && !key.contains('#')).then_some(id)
    }

    /// The kind of a node of this graph.
    pub fn kind(&self, iri: &str) -> Option<NodeKind> {
        NodeKind::of_id(self.id(iri)?)
    }

    /// The IRI in the short form for people: `dataset:coco`, `kg:usesDataset`; unchanged if no prefix fits. This is
    /// for display: characters that SPARQL requires to be escaped in a local name are not escaped.
    pub fn shorten(&self, iri: &str) -> String {
        self.prefixes()
            .into_iter()
            .find_map(|(prefix, start)| iri.strip_prefix(start.as_str()).map(|local| format!("{prefix}:{local}")))
            .unwrap_or_else(|| iri.to_string())
    }
}

impl Default for Base {
    fn default() -> Self {
        Self(DEFAULT_BASE.to_string())
    }
}

impl FromStr for Base {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let bad = |why: &str| format!("`{s}` cannot be the base of a graph: {why}; write {DEFAULT_BASE}");
        if !s.starts_with("http://") && !s.starts_with("https://") {
            return Err(bad("it does not begin with http:// or https://"));
        }
        if !s.ends_with('/') {
            return Err(bad("it does not end in /"));
        }
        if s.contains(['#', '?']) {
            return Err(bad("it has a # or ?"));
        }
        NamedNode::new(s).map_err(|e| bad(&e.to_string()))?;
        Ok(Self(s.to_string()))
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The kind of a node: the first part of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeKind {
    Entity(Kind),
    Paper,
    Repository,
    Page,
    /// A work that papers cite and that is not in the graph as a paper.
    Work,
    /// A person who wrote papers.
    Author,
    /// A conference, workshop, journal or archive, in one year or in all.
    Venue,
    /// A university, company or institute that papers come from.
    Organization,
}

impl NodeKind {
    /// In this order the index numbers them: a new one goes to the end.
    pub const ALL: [Self; 15] = [
        Self::Entity(Kind::Dataset),
        Self::Entity(Kind::Model),
        Self::Entity(Kind::Method),
        Self::Entity(Kind::Task),
        Self::Entity(Kind::Metric),
        Self::Entity(Kind::Hardware),
        Self::Entity(Kind::Software),
        Self::Paper,
        Self::Repository,
        Self::Page,
        Self::Work,
        Self::Entity(Kind::Unknown),
        Self::Author,
        Self::Venue,
        Self::Organization,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Entity(kind) => kind.as_str(),
            Self::Paper => "paper",
            Self::Repository => "repository",
            Self::Page => "page",
            Self::Work => "work",
            Self::Author => "author",
            Self::Venue => "venue",
            Self::Organization => "organization",
        }
    }

    /// The plural, for the heading of a group.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Entity(kind) => kind.plural(),
            Self::Paper => "papers",
            Self::Repository => "repositories",
            Self::Page => "pages",
            Self::Work => "works",
            Self::Author => "authors",
            Self::Venue => "venues",
            Self::Organization => "organisations",
        }
    }

    /// Whether nodes of this kind are so many that they are shown only where they are asked for.
    pub fn is_quiet(self) -> bool {
        self == Self::Work || self.is_origin()
    }

    /// Whether nodes of this kind tell where papers come from (authors, venues, organisations), not what they are
    /// about.
    pub fn is_origin(self) -> bool {
        matches!(self, Self::Author | Self::Venue | Self::Organization)
    }

    /// The kind of the node with this id; `None` if it is no valid id.
    pub fn of_id(id: &str) -> Option<Self> {
        let (kind, _) = id.split_once('/')?;
        Self::ALL.into_iter().find(|known| known.as_str() == kind)
    }
}

impl Serialize for NodeKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for NodeKind {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for NodeKind {
    fn schema_name() -> Cow<'static, str> {
        "NodeKind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        crate::schema::one_of(Self::ALL.map(Self::as_str), "The kind of a node.")
    }
}

impl fmt::Display for NodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for NodeKind {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let lower = s.to_lowercase();
        Self::ALL
            .into_iter()
            .find(|kind| lower == kind.as_str() || lower == kind.plural())
            .or_else(|| matches!(lower.as_str(), "organisation" | "organisations").then_some(Self::Organization))
            .ok_or_else(|| format!("`{s}` is not a kind; one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// The form in which names are looked up: case, hyphens, spaces, accents and LaTeX make no difference. It is stored
/// as `kg:key`, so that finding a node by name is a point read.
pub(crate) fn name_key(name: &str) -> String {
    squeeze(name)
}

/// Percent-encodes the characters that the path of an IRI cannot contain. Existing percent-encodings are kept.
fn encode(id: &str, out: &mut String) {
    let bytes = id.as_bytes();
    for (at, c) in id.char_indices() {
        let escape = c == '%' && bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        if c.is_ascii_alphanumeric()
            || "-._~/:@!$&'()*+,;=".contains(c)
            || escape
            || (!c.is_ascii() && c.is_alphanumeric())
        {
            out.push(c);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                out.push('%');
                out.extend(char::from_digit(u32::from(byte >> 4), 16).map(|d| d.to_ascii_uppercase()));
                out.extend(char::from_digit(u32::from(byte & 15), 16).map(|d| d.to_ascii_uppercase()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_becomes_an_iri_and_back() {
        let base = Base::default();
        for id in ["dataset/coco", "model/wav2vec-2.0", "method/c++", "repository/github.com/opengvlab/efficientqat"] {
            let iri = base.node(id);
            assert_eq!(base.id(iri.as_str()), Some(id));
        }
        assert_eq!(base.id("https://w3id.org/papergraph/paper/x#mention-title-0-4"), None);
        assert_eq!(base.id("https://example.org/dataset/coco"), None);
    }

    #[test]
    fn a_page_keeps_its_address_readable_and_safe() {
        let base = Base::default();
        let iri = base.page("https://example.org/a b?x=<y>#z");
        assert_eq!(iri.as_str(), "https://w3id.org/papergraph/page/example.org/a%20b%3Fx=%3Cy%3E%23z");
        assert_eq!(base.page("http://example.org/"), base.page("https://example.org"));
    }

    #[test]
    fn the_spellings_of_one_name_are_one_author() {
        let base = Base::default();
        let id = |name: &str| base.author(name).map(|iri| base.id(iri.as_str()).unwrap().to_string());
        for name in ["Jörg de la Peña", "de la Peña, Jörg", "JORG DE LA PENA"] {
            assert_eq!(id(name).as_deref(), Some("author/jorg-de-la-pena"), "{name}");
        }
        assert_eq!(id("J. B. Doe"), id("J B Doe"));
        assert_eq!(id("…"), None);
    }

    #[test]
    fn a_base_must_be_an_iri_that_ends_in_a_slash() {
        assert!("https://kg.example.org/".parse::<Base>().is_ok());
        for s in ["", "kg", "https://kg.example.org", "https://kg example.org/", "ftp://x/", "https://x/#/"] {
            assert!(s.parse::<Base>().is_err(), "{s}");
        }
    }

    #[test]
    fn iris_are_shown_with_their_prefix() {
        let base = Base::default();
        assert_eq!(base.shorten("https://w3id.org/papergraph/dataset/coco"), "dataset:coco");
        assert_eq!(base.shorten("https://w3id.org/papergraph/ontology#usesDataset"), "kg:usesDataset");
        assert_eq!(base.shorten("https://example.org/x"), "https://example.org/x");
    }

    proptest::proptest! {
        #[test]
        fn any_id_makes_a_valid_iri(id in ".*") {
            let iri = Base::default().node(&id);
            proptest::prop_assert!(oxigraph::model::NamedNode::new(iri.as_str()).is_ok(), "{}", iri);
        }
    }
}
