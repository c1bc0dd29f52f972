use super::papers::PaperIndex;
use super::{MinConfidence, Node, Ties};
use crate::index::{DisplayFields, IndexedNode};
use crate::ontology::NodeKind;
use crate::store::{GraphStore, StoreError};

/// A node with the details that a table shows and the edges that leave it.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeEntry {
    pub node: Node,
    /// Other names, in alphabetical order.
    pub aliases: Vec<String>,
    /// Year of publication for a paper; for anything else, the year since which it exists.
    pub year: Option<i64>,
    /// Code status of a paper: `link`, `claimed`, `promised` or `none`.
    pub code: Option<String>,
    pub organization: Option<String>,
    pub author_count: Option<i64>,
    /// Stars of a repository, as its host reported them at the latest check.
    pub stars: Option<i64>,
    /// Edges to other nodes, sorted by their ids.
    pub edges: Vec<Edge>,
}

/// An edge that leaves a node. Two nodes have at most one edge in each direction; it holds all their ties.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Id of the node at the other end.
    pub to: String,
    pub ties: Ties,
    /// As in [`super::Link`].
    pub weight: f64,
}

impl NodeEntry {
    /// Reads a node from the search index. `None` if the graph says nothing about it.
    pub fn read(store: &GraphStore, id: &str) -> Result<Option<Self>, StoreError> {
        Self::sure(store, id, None)
    }

    /// As [`NodeEntry::read`], without the edges that are less sure.
    pub(super) fn sure(
        store: &GraphStore,
        id: &str,
        min_confidence: Option<MinConfidence>,
    ) -> Result<Option<Self>, StoreError> {
        let papers = PaperIndex::sure(store, min_confidence)?;
        let index = papers.index;
        let Some(doc) = index.find(id)? else { return Ok(None) };
        let Some(mut entry) = Self::shown(store, doc)? else { return Ok(None) };
        for (to, ties) in papers.leaving(doc)? {
            // What a paper names is always in the graph; what the vocabulary ties to an entity need not be.
            if to != id && (entry.node.kind == NodeKind::Paper || index.find(&to)?.is_some()) {
                entry.edges.push(Edge::new(to, ties));
            }
        }
        Ok(Some(entry))
    }

    /// As [`NodeEntry::read`], without the edges.
    pub fn without_edges(store: &GraphStore, id: &str) -> Result<Option<Self>, StoreError> {
        match store.index()?.find(id)? {
            Some(doc) => Self::shown(store, doc),
            None => Ok(None),
        }
    }

    pub(super) fn shown(store: &GraphStore, doc: IndexedNode) -> Result<Option<Self>, StoreError> {
        let Some(shown) = store.index()?.shown(doc)? else { return Ok(None) };
        let Some(kind) = NodeKind::of_id(&shown.id) else { return Ok(None) };
        let date = shown.date();
        let DisplayFields {
            id,
            label,
            aliases,
            addresses,
            year,
            code,
            organization,
            author_count,
            verdict,
            dead,
            stars,
            ..
        } = shown;
        let url = addresses.iter().find_map(|(_, address)| web_address(address)).or_else(|| match kind {
            NodeKind::Repository => web_address(&format!("https://{label}")),
            NodeKind::Page => web_address(&label),
            _ => None,
        });
        let verdict = verdict.and_then(|verdict| verdict.parse().ok());
        let node = Node { date, verdict, dead, url, ..Node::new(kind, id, label) };
        Ok(Some(Self { node, aliases, year, code, organization, author_count, stars, edges: Vec::new() }))
    }
}

impl Edge {
    pub(super) fn new(to: String, ties: Ties) -> Self {
        Self { to, ties, weight: ties.weight() }
    }
}

/// The address, if a reader can follow it safely: it uses http or https and holds no characters that are invalid in
/// an address.
pub(crate) fn web_address(address: &str) -> Option<String> {
    let url = url::Url::parse(address.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_followed() {
        assert_eq!(web_address("https://example.org/a").as_deref(), Some("https://example.org/a"));
        assert_eq!(web_address("https://x.org/\"><script>").as_deref(), Some("https://x.org/%22%3E%3Cscript%3E"));
        for bad in ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd", "x", ""] {
            assert_eq!(web_address(bad), None, "{bad}");
        }
    }
}
