//! The graph as a petgraph view of the store, loaded whole for an analysis or only as far as a question reaches.
//!
//! The cost of a question about one node must depend on its neighbourhood, not on the size of the graph. So
//! everything here walks outwards from a node by point reads, reads names and dates only for what it lists, and
//! stops at hubs: a metric that a hundred thousand papers name says nothing about any two of them. Where a walk was
//! cut off, the result says so (`ViewCut`).

mod about;
mod among;
mod around;
mod betweenness;
mod browse;
mod chosen;
mod code_state;
mod communities;
mod compare;
mod constructed;
mod entry;
mod evidence;
mod hardware;
mod leaderboard;
mod live;
mod load;
mod meaning;
mod min_confidence;
mod missing;
mod model;
mod neighbors;
mod network;
mod pagerank;
mod paper_list;
mod paper_register;
mod paper_set;
mod papers;
mod path;
mod rank;
mod register;
mod search;
mod select;
mod similar;
mod tie;
mod topics;
mod trends;

pub(crate) use about::{ClaimedResult, ExperimentDevice, LastCheck, NodeAbout, PaperAbout};
pub(crate) use among::ties_among;
pub use around::Selection;
pub(crate) use around::{NodesAround, WalkLimits};

pub(crate) use browse::{browse_orders, listed_nodes};
pub use chosen::ChosenPart;
pub(crate) use chosen::LeavingEdges;
pub(crate) use code_state::{CodeState, PaperCode};
pub(crate) use paper_register::{LinkedPaper, PaperRegister};

pub(crate) use compare::{ComparedNode, compare};
pub(crate) use constructed::ConstructedGraph;
pub(crate) use entry::{Edge, NodeEntry, web_address};
pub(crate) use evidence::{EvidenceQuote, citing_quote, quote, quotes_of};
pub(crate) use hardware::devices;
pub use leaderboard::BoardStanding;
pub(crate) use leaderboard::{
    Board, BoardFile, BoardFilter, BoardQuery, BoardRow, EmptyingFilter, FoundBoards, ListedBoard, ResultCode,
    ResultSource, WantedMetric, WantedTask, board_order, leaderboard,
};
pub(crate) use meaning::{FoundNode, NameError, NodeCandidate, find_node, find_node_among, list_candidates};
pub use min_confidence::MinConfidence;
pub(crate) use min_confidence::SURE_RESULT;
pub(crate) use missing::{MissingWork, MostCited, missing_works};
pub use model::{GraphView, Node};
pub(crate) use model::{ViewCut, ViewEdge};
pub use neighbors::NeighborQuery;
pub(crate) use neighbors::{FoundNeighbors, Neighbor, NeighborsByTie};
pub use network::Network;
pub(crate) use network::NodeNumber;
pub(crate) use paper_list::{CodeFilter, ListedPaper, PaperListQuery, PaperOrder, code_rows, list_papers};
pub use paper_set::PaperSet;
pub use papers::PaperCount;
pub(crate) use papers::{less_sure_of, paper_count, years_of_papers};
pub(crate) use path::{GraphPath, paths};
pub(crate) use rank::{GrowthYears, RankMeasure, RankQuery, RankedNumber, Ranking, rank};
pub(crate) use search::{FoundByName, FoundByWords, search};
pub use select::PartChoice;
pub(crate) use select::SelectedPart;
pub(crate) use similar::similar;
pub use tie::Tie;
pub(crate) use tie::Ties;
pub(crate) use topics::{CharacteristicNode, TopicQuery, Topics, topics};
pub(crate) use trends::{Period, TimeStep, trends};

/// The weight of sharing a neighbour that `papers` papers name: ln(1 + 1000/papers). Sharing a dataset that one
/// paper names counts ten times as much as sharing one that a thousand name. Beyond a thousand the weight stays
/// the same, so counting can stop there.
pub fn weight_of_sharing(papers: usize) -> f64 {
    (1.0 + COUNTED as f64 / papers.clamp(1, COUNTED) as f64).ln()
}

/// Where only the rarity of a node matters, its papers are counted up to this number.
const COUNTED: usize = 1000;
