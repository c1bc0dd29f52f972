//! Confidences of links from papers to entities, so that less sure links can be left out without reading RDF.

use tantivy::schema::{IndexRecordOption, Term};

use super::{Index, IndexError, IndexedNode, NodeHash};

/// Number of bits of the percentage. The bits before it are the beginning of the node's hash.
const PERCENT_BITS: u32 = 7;

/// A link to a node in one number: the node, and the confidence of the link in percent.
pub(super) fn link_number(node: NodeHash, percent: u8) -> u64 {
    beginning(node) << PERCENT_BITS | u64::from(percent.min(100))
}

fn beginning(node: NodeHash) -> u64 {
    node.0 >> PERCENT_BITS
}

/// The nodes to which the links of one paper are less sure than a limit, by the beginning of their hashes.
#[derive(Debug, Clone, Default)]
pub struct LessSureNodes(Vec<u64>);

impl LessSureNodes {
    pub fn has(&self, node: NodeHash) -> bool {
        self.0.contains(&beginning(node))
    }

    pub fn has_id(&self, id: &str) -> bool {
        !self.0.is_empty() && NodeHash::of(id).is_some_and(|node| self.has(node))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Index {
    /// The papers whose link to this node is less sure than `least` percent, sorted by number.
    pub fn less_sure(&self, node: NodeHash, least: u8) -> Result<Vec<IndexedNode>, IndexError> {
        let field = self.fields.confidence;
        // Numbers of links to one node are consecutive.
        let key = |percent| Term::from_field_u64(field, link_number(node, percent));
        let (begin, end) = (key(0), key(least));
        let mut papers = Vec::new();
        for segment in &self.segments {
            let inverted = segment.reader.inverted_index(field).map_err(|e| self.error(e))?;
            let links = inverted.terms().range().ge(begin.serialized_value_bytes()).lt(end.serialized_value_bytes());
            let mut links = links.into_stream().map_err(|e| self.error(e))?;
            while links.advance() {
                let postings = inverted.read_block_postings_from_terminfo(links.value(), IndexRecordOption::Basic);
                segment.each_of(postings.map_err(|e| self.error(e))?, |paper| papers.push(paper));
            }
        }
        papers.sort_unstable();
        Ok(papers)
    }

    /// The nodes to which the links of this paper are less sure than `least` percent.
    pub fn less_sure_of(&self, paper: IndexedNode, least: u8) -> LessSureNodes {
        let column =
            self.segment(paper).and_then(|segment| Some((segment.confidences.as_ref()?, paper - segment.base)));
        let links = column.into_iter().flat_map(|(column, row)| column.values_for_doc(row));
        let less_sure = links.filter(|link| link & ((1 << PERCENT_BITS) - 1) < u64::from(least));
        LessSureNodes(less_sure.map(|link| link >> PERCENT_BITS).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_found_by_its_node_whatever_its_percentage() {
        let coco = NodeHash::of("dataset/coco").unwrap();
        let links = LessSureNodes(vec![link_number(coco, 78) >> PERCENT_BITS]);
        assert!(links.has(coco) && links.has_id("dataset/coco") && !links.has_id("dataset/lvis"));
        assert_ne!(link_number(coco, 78), link_number(coco, 97));
    }
}
