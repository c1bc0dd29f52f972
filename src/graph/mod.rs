//! The graph as a petgraph view of the store, loaded whole for an analysis or only as far as a question reaches.
//!
//! The cost of a question about one node must depend on its neighbourhood, not on the size of the graph. So
//! everything here walks outwards from a node by point reads, reads names and dates only for what it lists, and
//! stops at hubs: a metric that a hundred thousand papers name says nothing about any two of them. Where a walk was
//! cut off, the result says so ([`Cut`]).

mod about;
mod among;
mod around;
mod betweenness;
mod browse;
mod catalogue;
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
mod missing;
mod model;
mod neighbors;
mod network;
mod pagerank;
mod paper_list;
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

pub use about::{About, Checked, Claim, Device, PaperAbout};
pub use among::ties_among;
pub use around::{Around, Reach, Selection};
pub use betweenness::{Betweenness, SOURCES, betweenness};
pub use browse::{listed, most_named};
pub use catalogue::{Catalogue, LinkedPaper};
pub use chosen::{Chosen, Degrees, Leaving, Walk};
pub use code_state::CodeState;
pub use communities::{Communities, communities};
pub use compare::{Compared, Comparison, Row, compare};
pub use constructed::Constructed;
pub use entry::{Edge, Entry, web_address};
pub use evidence::{Quote, citing_quote, quote, quotes_of};
pub use hardware::{DeviceUse, Devices, devices};
pub use leaderboard::{
    Board, BoardFilter, BoardQuery, BoardRow, EmptyingFilter, Leaderboard, ResultCode, ResultSource, WantedMetric,
    leaderboard,
};
pub use meaning::{Candidate, Meaning};
pub use missing::{MissingWork, missing};
pub use model::{Cut, Graph, Link, Node};
pub use neighbors::{Group, Neighbor, Neighbors, Wanted};
pub use network::{Adjacency, Network, Number};
pub use pagerank::pagerank;
pub use paper_list::{CodeWish, ListedPaper, PaperList, PaperOrder, PaperWish, list_papers, paper_rows};
pub use paper_set::PaperSet;
pub use papers::{PaperCount, paper_count, years_of_papers};
pub use path::{Path, Step, Ways, paths};
pub use rank::{By, Growth, Ranked, Ranking, Wish, rank};
pub use search::{Hit, Hits, search};
pub use select::{Cutout, Part};
pub use similar::{Because, Likeness, Similar, similar};
pub use tie::{Tie, Ties};
pub use topics::{Telling, Topic, TopicWish, Topics, topics};
pub use trends::{Period, Step as TimeStep, Trend, Trends, trends};

/// The weight of sharing a neighbour that `papers` papers name: ln(1 + 1000/papers). Sharing a dataset that one
/// paper names counts ten times as much as sharing one that a thousand name. Beyond a thousand the weight stays
/// the same, so counting can stop there.
pub fn rarity(papers: usize) -> f64 {
    (1.0 + COUNTED as f64 / papers.clamp(1, COUNTED) as f64).ln()
}

/// Where only the rarity of a node matters, its papers are counted up to this number.
const COUNTED: usize = 1000;
