use oxigraph::model::{NamedNode, Term};

use super::{Node, Tie, Ties};
use crate::ontology::{NodeKind, dcterms, doap, foaf, rdfs, schema, skos};
use crate::store::{GraphStore, StoreError};

/// A node as a table shows it, with the edges that leave it: all from one read.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub node: Node,
    pub iri: NamedNode,
    /// Other names, in the order of the alphabet.
    pub aliases: Vec<String>,
    /// Where it can be looked at: always http or https.
    pub url: Option<String>,
    /// Of a paper when it was published, of anything else since when it exists.
    pub year: Option<i64>,
    /// Of a paper: `link`, `claimed`, `promised` or `none`.
    pub code: Option<String>,
    pub organization: Option<String>,
    pub author_count: Option<i64>,
    /// Of a repository, as its host told when it was last checked.
    pub stars: Option<i64>,
    /// Edges to other nodes, in the order of their ids.
    pub edges: Vec<Edge>,
}

/// An edge that leaves a node. Two nodes have one at most in each direction, with all its ties.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge {
    /// Id of the node at the other end.
    pub to: String,
    pub ties: Ties,
    /// As of [`super::Link`].
    pub weight: f64,
}

impl Entry {
    /// Reads a node. `None` if the graph says nothing about it.
    pub fn read(store: &GraphStore, iri: &NamedNode) -> Result<Option<Self>, StoreError> {
        let base = store.base();
        let Some((kind, id)) = base.kind(iri.as_str()).zip(base.id(iri.as_str())) else { return Ok(None) };
        let ontology = store.ontology();
        let kg = &ontology.kg;
        let mut label = None;
        let mut urls: Vec<(u8, String)> = Vec::new();
        let mut entry = Self {
            node: Node::new(kind, id, String::new()),
            iri: iri.clone(),
            aliases: Vec::new(),
            url: None,
            year: None,
            code: None,
            organization: None,
            author_count: None,
            stars: None,
            edges: Vec::new(),
        };
        for triple in store.description(iri)? {
            let predicate = &triple.predicate;
            let address = [foaf::HOMEPAGE, schema::URL, doap::LOCATION].iter().position(|p| *p == *predicate);
            match triple.object {
                Term::NamedNode(other) => {
                    if let Some(rank) = address {
                        urls.push((rank as u8, other.into_string()));
                    } else if let Some(tie) = Tie::of(ontology, predicate)
                        && let Some(to) = base.id(other.as_str())
                        && other != *iri
                        && (kind == NodeKind::Paper || store.node(&other)?.is_some())
                    {
                        // What the vocabulary ties a thing to need not be in the graph; what a paper names is.
                        entry.tie(to, tie);
                    }
                }
                Term::Literal(literal) => {
                    let number = || literal.value().parse().ok();
                    let text = || Some(literal.value().to_string());
                    match predicate {
                        _ if address.is_some() => urls.push((address.unwrap_or_default() as u8, literal.destruct().0)),
                        p if *p == rdfs::LABEL => label = label.or_else(text),
                        p if *p == dcterms::ISSUED => entry.node.date = literal.value().parse().ok(),
                        p if *p == skos::ALT_LABEL => entry.aliases.push(literal.destruct().0),
                        p if *p == kg.year => entry.year = number(),
                        p if *p == kg.code_statement => entry.code = text(),
                        p if *p == kg.organization => entry.organization = text(),
                        p if *p == kg.author_count => entry.author_count = number(),
                        p if *p == kg.verdict => entry.node.verdict = literal.value().parse().ok(),
                        p if *p == kg.dead => entry.node.dead = literal.value() == "true",
                        p if *p == kg.stars => entry.stars = number(),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        let Some(label) = label else { return Ok(None) };
        entry.node.label = label;
        entry.aliases.sort_unstable();
        entry.edges.sort_unstable_by(|a, b| a.to.cmp(&b.to));
        urls.sort_unstable();
        entry.url = urls.iter().find_map(|(_, url)| web_address(url)).or_else(|| match kind {
            NodeKind::Repository => web_address(&format!("https://{}", entry.node.label)),
            NodeKind::Page => web_address(&entry.node.label),
            _ => None,
        });
        Ok(Some(entry))
    }

    fn tie(&mut self, to: &str, tie: Tie) {
        match self.edges.iter_mut().find(|edge| edge.to == to) {
            Some(edge) => {
                edge.ties.insert(tie);
                edge.weight = edge.weight.max(tie.weight());
            }
            None => {
                let (ties, weight) = ([tie].into_iter().collect(), tie.weight());
                self.edges.push(Edge { to: to.to_string(), ties, weight });
            }
        }
    }
}

impl Edge {
    /// The edge with no other ties than these; `None` if none is left. All are taken where `wanted` is empty.
    pub(super) fn only(mut self, wanted: &[Tie]) -> Option<Self> {
        if !wanted.is_empty() {
            self.ties = self.ties.iter().filter(|tie| wanted.contains(tie)).collect();
            self.weight = self.ties.iter().map(Tie::weight).fold(0.0, f64::max);
        }
        self.ties.strongest(&[]).map(|_| self)
    }
}

/// The address if a reader may safely follow it: http or https, and nothing in it that is not part of an address.
pub fn web_address(address: &str) -> Option<String> {
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
