//! The tools, one file for each.

mod code_state;
mod compare;
mod evidence;
mod leaderboard;
mod neighbors;
mod path;
mod read_paper;
mod search;
mod show;
mod similar;
mod sparql;

use super::failure::ToolFailure;
use super::tool::ToolEntry;

/// All tools, in the order in which hosts list them.
pub(super) const TOOLS: [ToolEntry; 11] = [
    ToolEntry::of::<search::SearchTool>(),
    ToolEntry::of::<show::ShowTool>(),
    ToolEntry::of::<neighbors::NeighborsTool>(),
    ToolEntry::of::<leaderboard::LeaderboardTool>(),
    ToolEntry::of::<compare::CompareTool>(),
    ToolEntry::of::<path::PathTool>(),
    ToolEntry::of::<similar::SimilarTool>(),
    ToolEntry::of::<read_paper::ReadPaperTool>(),
    ToolEntry::of::<evidence::EvidenceTool>(),
    ToolEntry::of::<code_state::CodeStateTool>(),
    ToolEntry::of::<sparql::SparqlTool>(),
];

/// The names of all tools.
pub(crate) fn tool_names() -> impl Iterator<Item = &'static str> {
    TOOLS.iter().map(|tool| tool.name)
}

/// The tool with this name.
///
/// # Errors
/// If there is none; the error lists all.
pub(super) fn find(name: &str) -> Result<&'static ToolEntry, ToolFailure> {
    static ALL: [ToolEntry; 11] = TOOLS;
    ALL.iter().find(|tool| tool.name == name).ok_or_else(|| {
        let near = tool_names()
            .map(|known| (strsim::jaro_winkler(name, known), known))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(likeness, _)| *likeness > 0.75);
        let said = near.map(|(_, near)| format!("did you mean `{near}`? ")).unwrap_or_default();
        let names: Vec<&str> = tool_names().collect();
        ToolFailure::new(format!("there is no tool `{}`", crate::text::shorten(name, 60)))
            .help(format!("{said}the tools are {}", names.join(", ")))
    })
}
