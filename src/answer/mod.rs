//! One typed view for each question that people and programs ask of a graph.
//!
//! A view has everything that any face shows: the command line prints it as a table, pages render it, and as JSON it is
//! what `--format json` writes. So a count, a name or a cut is decided once, here, and no two faces differ in it.
//!
//! - How many papers are about a node is a [`PaperCount`], everywhere.
//! - What a list leaves out is an [`Extent`]: how many rows there are, and how many of them are listed.
//! - Views print nothing and know nothing of HTTP; how a value looks is the business of the faces.

mod comparison;
mod devices;
mod neighbors;
mod node;
mod paths;
mod ranking;
mod search;
mod show;
mod similar;
mod stats;
mod topics;
mod trends;

pub use comparison::{ClaimFact, ComparedName, ComparedPaper, ComparedRepository, DeviceFact, PaperComparison};
pub use devices::{DeviceList, DeviceUse};
pub use neighbors::{
    Direction, Evidence, LinkCheck, Mentions, NeighborGroup, NeighborRow, Neighborhood, RowFacts, Shared,
};
pub use node::{CountedNode, NodeName};
pub use paths::{NodePath, PathStep, ShortestPaths};
pub use ranking::{NodeRanking, RankedNode};
pub use search::{SearchHit, SearchResults};
pub use show::{
    CheckFacts, DeviceStatement, NodeDetails, NodeFacts, OtherFacts, PaperFacts, RelatedNode, ResultStatement,
};
pub use similar::{SharedNeighbor, SimilarNode, SimilarNodes};
pub use stats::GraphSummary;
pub use topics::{TellingNode, TopicList, TopicSummary};
pub use trends::{TrendLine, TrendLines};

pub use crate::graph::PaperCount;

/// How much of a list an answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Rows that there are.
    pub total: usize,
    /// Rows that are listed.
    pub listed: usize,
}

impl Extent {
    /// How many rows are not listed.
    pub fn left_out(self) -> usize {
        self.total.saturating_sub(self.listed)
    }
}
