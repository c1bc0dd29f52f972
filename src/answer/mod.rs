//! One typed view for each question that people and programs ask of a graph.
//!
//! A view has everything that any output shows: the command line prints it as a table, pages render it, and `--format
//! json` serialises it. So a count, a name or a cut is decided once, here, and is the same in all outputs.
//!
//! - A [`PaperCount`] is the number of papers about a node, everywhere.
//! - What a list leaves out is an [`Extent`]: how many rows there are, and how many of them are listed.
//! - Views print nothing and know nothing of HTTP. The outputs decide how a value looks.

mod boards;
mod code;
mod comparison;
mod devices;
mod missing;
mod neighbors;
mod node;
mod papers;
mod paths;
mod ranking;
mod search;
mod sheet;
mod show;
mod similar;
mod stats;
mod topics;
mod trends;
mod vicinity;

pub use boards::{
    BoardAnswer, BoardDataset, BoardFacts, BoardIndex, BoardList, BoardSummary, CodeAnswer, ResultAnswer, board_sheet,
    result_sheet,
};
pub(crate) use boards::{DatasetTasks, ListedBoards, listed_boards, make_boards};
pub(crate) use code::CodeCounts;
pub use code::{CodeList, CodePaper};
pub use comparison::{ClaimFact, ComparedName, ComparedPaper, ComparedRepository, DeviceFact, PaperComparison};
pub use devices::{DeviceList, DeviceUse};
pub use missing::{CitedWork, CitingSentence, MissingWorks};
pub use neighbors::{
    Direction, Evidence, LinkCheck, Mentions, NeighborGroup, NeighborRow, Neighborhood, RowFacts, Shared,
    together_heading,
};
pub use node::{CountedNode, NodeName};
pub use papers::{ListedPaperAnswer, PaperList};
pub use paths::{NodePath, PathStep, ShortestPaths};
pub use ranking::{NodeRanking, RankedNode};
pub use search::{SearchHit, SearchResults};
pub use sheet::Sheet;
pub use show::{
    CheckFacts, DeviceStatement, NodeDetails, NodeFacts, OtherFacts, PaperFacts, RelatedNode, ResultStatement,
    papers_relation,
};
pub use similar::{SharedNeighbor, SimilarNode, SimilarNodes};
pub use stats::GraphSummary;
pub(crate) use stats::PapersByYear;
pub(crate) use topics::MIN_PAPERS;
pub use topics::{TellingNode, TopicList, TopicSummary};
pub use trends::{TrendLine, TrendLines};
pub use vicinity::{Vicinity, VicinityEdge, VicinityNode};

pub use crate::graph::PaperCount;

/// How many rows an answer has in all, and how many of them are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Number of rows in all.
    pub total: usize,
    /// Number of listed rows.
    pub listed: usize,
}

impl Extent {
    /// Number of rows that are not listed.
    pub fn left_out(self) -> usize {
        self.total.saturating_sub(self.listed)
    }
}
